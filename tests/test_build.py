"""What a newcomer's machine is told, and what the locks promise."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.house.files import ROOT

SHELL = "/bin/sh"
LOCKS = ("requirements.lock", "requirements-dev.lock")


def test_a_bare_machine_is_told_everything_at_once(tmp_path: Path) -> None:
    said = _needs(tmp_path)
    assert (said.returncode, said.stdout) == (1, "")
    lines = said.stderr.splitlines()
    assert [line.split(" ")[0] for line in lines] == ["missing:"] * 4
    for word, line in zip(("Python 3.11", "C compiler", "Node.js 20", "npm"), lines, strict=True):
        assert word in line


def test_a_machine_with_everything_is_told_nothing(tmp_path: Path) -> None:
    _tool(tmp_path, "python3", f'exec {sys.executable} "$@"')
    for name in ("cc", "node", "npm"):
        _tool(tmp_path, name, "exit 0")
    said = _needs(tmp_path)
    assert (said.returncode, said.stdout, said.stderr) == (0, "", "")


def test_an_old_node_is_named_with_its_version(tmp_path: Path) -> None:
    _tool(tmp_path, "node", '[ "$1" = --version ] && echo v18.20.4 || exit 1')
    assert "Node.js 20 or later (found v18.20.4)" in _needs(tmp_path).stderr


@pytest.mark.parametrize(("answer", "code"), [(0, 0), (1, 1)])
def test_an_old_python_is_passed_over(tmp_path: Path, answer: int, code: int) -> None:
    _tool(tmp_path, "python3", f"exit {answer}")
    said = _needs(tmp_path, "python")
    assert (said.returncode, said.stdout) == (code, "" if code else "python3\n")


def test_help_lists_the_targets() -> None:
    said = subprocess.run(
        ["make", "help"],  # noqa: S607 - the make of whoever runs the tests
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    targets = {line.split()[0] for line in said.stdout.splitlines()}
    assert {"demo", "test", "check", "crosscheck", "bench", "format", "clean"} <= targets


@pytest.mark.parametrize("name", LOCKS)
def test_every_file_of_the_lock_has_a_hash_and_no_host(name: str) -> None:
    text = (ROOT / name).read_text("utf-8")
    assert "://" not in text
    assert "--index-url" not in text
    blocks = re.split(r"\n(?=\S)", text.strip())
    assert len(blocks) > 20
    assert [block for block in blocks if not re.fullmatch(PINNED, block)] == []


def test_the_locks_agree() -> None:
    run, work = (_pins(name) for name in LOCKS)
    assert run.items() <= work.items()


def test_the_bundles_lock_has_a_digest_and_no_address() -> None:
    lock = json.loads((ROOT / "web" / "package-lock.json").read_text("utf-8"))
    packages = {name: one for name, one in lock["packages"].items() if name}
    assert packages
    assert [name for name, one in packages.items() if "resolved" in one] == []
    assert [name for name, one in packages.items() if "integrity" not in one] == []


#: A requirement at one version, for some systems perhaps, with at least one digest.
PINNED = re.compile(r"[\w.-]+==[\w.]+( ; [^\\\n]+)?( \\\n    --hash=sha256:[0-9a-f]{64})+")


def _pins(name: str) -> dict[str, str]:
    text = (ROOT / name).read_text("utf-8")
    return dict(re.findall(r"^([\w.-]+)==(\S+)", text, re.MULTILINE))


def _tool(folder: Path, name: str, script: str) -> None:
    path = folder / name
    path.write_text(f"#!{SHELL}\n{script}\n", "utf-8")
    path.chmod(0o755)


def _needs(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """Run the script where ``folder`` alone has programs."""
    return subprocess.run(
        [SHELL, str(ROOT / "scripts" / "needs.sh"), *words],
        env={"PATH": str(folder)},
        capture_output=True,
        text=True,
        check=False,
    )
