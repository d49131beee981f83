"""Budgets and bans for code: each function takes files and returns one line a finding."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from graphlib import CycleError, TopologicalSorter
from typing import Final, TypeVar

from tests.house.files import Files, of_kind, python

FILE_LINES: Final = 500
FUNCTION_LINES: Final = 60
CLASS_METHODS: Final = 15

_CODE: Final = (".py", ".ts", ".js", ".mjs", ".css", ".html", ".sh")
_SKIPS: Final = frozenset({"skip", "skipif", "xfail", "importorskip", "skipTest", "skipUnless"})
_NETWORK: Final = frozenset(
    {"aiohttp", "ftplib", "http", "httpx", "requests", "smtplib", "socket", "urllib", "urllib3"}
)
_MARKS: Final = re.compile(r"\b(?:TO" + r"DO|FIX" + r"ME|X" + r"XX|HA" + r"CK|T" + r"BD)\b")

Function = ast.FunctionDef | ast.AsyncFunctionDef
Node = TypeVar("Node", bound=ast.AST)


def long_files(files: Files) -> list[str]:
    """Find code files longer than the budget."""
    lengths = {name: len(text.splitlines()) for name, text in of_kind(files, *_CODE).items()}
    return [f"{name}: {n} lines" for name, n in lengths.items() if n > FILE_LINES]


def long_functions(files: Files) -> list[str]:
    """Find functions longer than the budget, docstring and all."""
    found = []
    for name, function in _functions(files):
        length = (function.end_lineno or 0) - function.lineno + 1
        if length > FUNCTION_LINES:
            found.append(f"{name}:{function.lineno}: {function.name} has {length} lines")
    return found


def crowded_classes(files: Files) -> list[str]:
    """Find classes with more methods than the budget."""
    found = []
    for name, one in _nodes(files, ast.ClassDef):
        methods = sum(isinstance(part, Function) for part in one.body)
        if methods > CLASS_METHODS:
            found.append(f"{name}:{one.lineno}: {one.name} has {methods} methods")
    return found


def nested_imports(files: Files) -> list[str]:
    """Find imports inside functions."""
    found = set()
    for name, function in _functions(files):
        for part in ast.walk(function):
            if isinstance(part, ast.Import | ast.ImportFrom):
                found.add(f"{name}:{part.lineno}: import inside {function.name}")
    return sorted(found)


def import_cycles(files: Files) -> list[str]:
    """Find a circle of imports among the modules of ``src``, type checking or not."""
    modules = {_module(name): (name, text) for name, text in python(files, "src").items()}
    graph = {module: _imports(module, modules) for module in modules}
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        return [" -> ".join(error.args[1])]
    return []


def thin_tests(files: Files) -> list[str]:
    """Find out whether there are fewer lines of tests than of source."""
    source, tests = (
        sum(len(text.splitlines()) for text in python(files, top).values())
        for top in ("src", "tests")
    )
    return [f"{tests} lines of tests for {source} of source"] if tests < source else []


def skipped_tests(files: Files) -> list[str]:
    """Find tests that may be passed over."""
    tests = python(files, "tests")
    named = [(name, part.lineno, part.attr) for name, part in _nodes(tests, ast.Attribute)]
    named += [(name, line, dotted.rpartition(".")[2]) for name, line, dotted in _imported(tests)]
    return [f"{name}:{line}: {word}" for name, line, word in named if word in _SKIPS]


def unfinished(files: Files) -> list[str]:
    """Find marks of work put off, and functions that do nothing."""
    found = []
    for name, text in of_kind(files, *_CODE, ".md", ".toml", "").items():
        for number, line in enumerate(text.splitlines(), 1):
            found += [f"{name}:{number}: {mark}" for mark in _MARKS.findall(line)]
    for name, part in _nodes(files, ast.Raise):
        raised = ast.unparse(part.exc) if part.exc else ""
        if raised.startswith("NotImplemented"):
            found.append(f"{name}:{part.lineno}: {raised}")
    promised = {
        (name, method.lineno)
        for name, one in _nodes(files, ast.ClassDef)
        for method in _promised(one)
    }
    for name, function in _functions(files):
        if (name, function.lineno) not in promised and all(
            _is_nothing(part) for part in function.body
        ):
            found.append(f"{name}:{function.lineno}: {function.name} does nothing")
    return found


def network_imports(files: Files) -> list[str]:
    """Find modules of ``src`` that could send a request to a host."""
    imported = _imported(python(files, "src"))
    return [
        f"{name}:{line}: {dotted}"
        for name, line, dotted in imported
        if dotted.split(".")[0] in _NETWORK
    ]


def _nodes(files: Files, kind: type[Node]) -> Iterator[tuple[str, Node]]:
    for name, text in python(files).items():
        for part in ast.walk(ast.parse(text, name)):
            if isinstance(part, kind):
                yield name, part


def _functions(files: Files) -> Iterator[tuple[str, Function]]:
    yield from _nodes(files, ast.FunctionDef)
    yield from _nodes(files, ast.AsyncFunctionDef)


def _imported(files: Files) -> Iterator[tuple[str, int, str]]:
    """Yield file, line and dotted name of each import, with what is taken from it."""
    for name, part in _nodes(files, ast.Import):
        yield from ((name, part.lineno, one.name) for one in part.names)
    for name, taken in _nodes(files, ast.ImportFrom):
        yield from ((name, taken.lineno, f"{taken.module}.{one.name}") for one in taken.names)


def _promised(one: ast.ClassDef) -> list[ast.stmt]:
    """Return the methods that a protocol names without doing anything."""
    protocol = any("Protocol" in ast.unparse(base) for base in one.bases)
    return one.body if protocol else []


def _is_nothing(part: ast.stmt) -> bool:
    return isinstance(part, ast.Pass) or (
        isinstance(part, ast.Expr) and isinstance(part.value, ast.Constant)
    )


def _module(name: str) -> str:
    parts = name.removeprefix("src/").removesuffix(".py").split("/")
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def _imports(module: str, modules: dict[str, tuple[str, str]]) -> set[str]:
    name, text = modules[module]
    found: set[str] = set()
    for part in ast.walk(ast.parse(text, name)):
        if isinstance(part, ast.Import):
            found |= {one.name for one in part.names}
        elif isinstance(part, ast.ImportFrom):
            base = _base(module, part, is_package=name.endswith("__init__.py"))
            inner = {f"{base}.{one.name}" for one in part.names}
            known = inner & modules.keys()
            found |= known if known == inner else known | {base}
    return (found & modules.keys()) - {module}


def _base(module: str, part: ast.ImportFrom, *, is_package: bool) -> str:
    if not part.level:
        return part.module or ""
    parents = module.split(".")
    above = parents[: len(parents) - part.level + is_package]
    return ".".join([*above, part.module] if part.module else above)
