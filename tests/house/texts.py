"""Bans and promises for texts: paths, hosts, links, and commands that documents name."""

from __future__ import annotations

import contextlib
import io
import posixpath
import re
import shlex
from collections.abc import Iterator
from pathlib import PurePosixPath
from typing import Final

from clearway.cli.arguments import COMMANDS, parser
from tests.house.files import ROOT, Files, of_kind

_TOPS: Final = "home|root|Users|work|tmp|mnt|media|srv|opt|private|var/(?:tmp|folders)"
_MACHINE_PATH: Final = re.compile(rf"(?<![\w.~$}})-])/(?:{_TOPS})(?:/[\w.-]+|(?=[\s\"'`):,]|$))")
_HOSTS: Final = (
    "pypi" + ".org",
    "python" + "hosted.org",
    "npm" + "js.org",
    "npm" + "js.com",
    "yarn" + "pkg.com",
    "debian" + ".org",
    "ubuntu" + ".com",
    "ana" + "conda.org",
    "crates" + ".io",
    "golang" + ".org",
    "docker" + ".io",
)
_LINK: Final = re.compile(r"!?\[[^\]]*\]\(\s*<?([^)\s>]+)>?(?:\s+\"[^\"]*\")?\s*\)")
_FENCE: Final = re.compile(r"^(```+|~~~+)\s*(\w*)\s*$")
_INLINE: Final = re.compile(r"`(clearway [^`]+|make [^`]+)`")
_SHELLS: Final = frozenset({"sh", "bash", "shell", "console"})


def machine_paths(files: Files) -> list[str]:
    """Find paths that hold on one machine alone."""
    return [
        f"{name}:{number}: {hit.group()}"
        for name, number, line in _lines(files)
        for hit in _MACHINE_PATH.finditer(line)
    ]


def registry_hosts(files: Files) -> list[str]:
    """Find host names of package registries; the user's own settings say where they are."""
    return [
        f"{name}:{number}: {host}"
        for name, number, line in _lines(files)
        for host in _HOSTS
        if host in line
    ]


def broken_links(files: Files) -> list[str]:
    """Find relative links in documents to a file or heading that is not there."""
    documents = of_kind(files, ".md")
    headings = {name: set(_anchors(text)) for name, text in documents.items()}
    found = []
    for name, text in documents.items():
        for number, line in _prose(text):
            for target in _LINK.findall(line):
                problem = _link_problem(name, target, files, headings)
                found += [f"{name}:{number}: {target}: {problem}"] if problem else []
    return found


def wrong_commands(files: Files) -> list[str]:
    """Find commands in documents that the program, the Makefile or the tree does not know."""
    targets = set(re.findall(r"^([a-z-]+):", files.get("Makefile", ""), re.MULTILINE))
    found = []
    for name, text in of_kind(files, ".md").items():
        for number, command in _commands(text):
            problem = _command_problem(command, targets, files)
            found += [f"{name}:{number}: {command}: {problem}"] if problem else []
        for number, line in _prose(text):
            for inline in _INLINE.findall(line):
                if not _inline_known(inline, targets):
                    found.append(f"{name}:{number}: {inline}: unknown")
    return found


def fences(text: str, *languages: str) -> Iterator[tuple[int, str]]:
    """Yield the line number and the content of each fenced block in one of ``languages``."""
    mark, kept, start, block = "", False, 0, list[str]()
    for number, line in enumerate(text.splitlines(), 1):
        fence = _FENCE.match(line.strip())
        if mark and line.strip() == mark:
            if kept:
                yield start, "\n".join(block)
            mark = ""
        elif fence and not mark:
            mark, kept = fence.group(1), fence.group(2) in languages
            start, block = number + 1, []
        elif mark:
            block.append(line)


def _lines(files: Files) -> Iterator[tuple[str, int, str]]:
    for name, text in files.items():
        for number, line in enumerate(text.splitlines(), 1):
            yield name, number, line


def _prose(text: str) -> Iterator[tuple[int, str]]:
    """Yield the lines outside fenced blocks."""
    mark = ""
    for number, line in enumerate(text.splitlines(), 1):
        fence = _FENCE.match(line.strip())
        if mark:
            mark = "" if line.strip() == mark else mark
        elif fence:
            mark = fence.group(1)
        else:
            yield number, line


def _anchors(text: str) -> Iterator[str]:
    """Yield the anchors of a document's headings, as the usual viewers of Markdown make them."""
    for _, line in _prose(text):
        if re.match(r"#{1,6} ", line):
            words = re.sub(r"[^\w\- ]", "", line.lstrip("#").strip().lower())
            yield words.replace(" ", "-")


def _link_problem(name: str, target: str, files: Files, headings: dict[str, set[str]]) -> str:
    if re.match(r"(https|mailto):", target):
        return ""
    if re.match(r"\w+:", target):
        return "must be https or relative"
    path, _, anchor = target.partition("#")
    where = posixpath.normpath(str(PurePosixPath(name).parent / path)) if path else name
    if not (where in files or (ROOT / where).exists()):
        return "is not there"
    if anchor and anchor not in headings.get(where, set()):
        return "has no such heading"
    return ""


def _commands(text: str) -> Iterator[tuple[int, str]]:
    for start, block in fences(text, *_SHELLS):
        joined = block.replace("\\\n", " ")
        for offset, line in enumerate(joined.splitlines()):
            command = line.strip().removeprefix("$ ")
            if command and not command.startswith("#"):
                yield start + offset, command


def _command_problem(command: str, targets: set[str], files: Files) -> str:
    words = [word for word in shlex.split(command, comments=True) if word != "PYTHONPATH=src"]
    tool = PurePosixPath(words[0]).name
    if tool == "clearway":
        return _parse_problem(words[1:])
    if tool == "make":
        unknown = [word for word in words[1:] if "=" not in word and word not in targets]
        return f"no target {unknown[0]}" if unknown else ""
    scripts = [word for word in words if word.endswith((".py", ".sh")) and "/" in word]
    missing = [word for word in scripts if word not in files]
    return f"no file {missing[0]}" if missing else ""


def _parse_problem(words: list[str]) -> str:
    said = io.StringIO()
    try:
        with contextlib.redirect_stderr(said), contextlib.redirect_stdout(said):
            parser().parse_args(words)
    except SystemExit as end:
        return said.getvalue().strip().splitlines()[-1] if end.code else ""
    return ""


def _inline_known(inline: str, targets: set[str]) -> bool:
    tool, word = inline.split()[:2]
    return word in (targets if tool == "make" else COMMANDS) or word.startswith("-")
