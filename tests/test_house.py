"""The rules of the house: the project keeps them, and each is shown to catch who does not."""

from __future__ import annotations

import shutil
import subprocess
import sys
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Final

import pytest

import clearway
from tests.house import code, texts
from tests.house.files import ROOT, Files, project_files

Rule = Callable[[Files], list[str]]

#: Each rule, with files that break it, what it must then say, and files that do not break it.
#: What is forbidden in every text is written in two pieces here.
PLANTED: Final[tuple[tuple[Rule, dict[str, str], str, dict[str, str]], ...]] = (
    (
        code.long_files,
        {"src/a.py": "x = 1\n" * 501},
        "src/a.py: 501 lines",
        {"src/a.py": "x = 1\n" * 500, "data.csv": "1\n" * 501},
    ),
    (
        code.long_functions,
        {"src/a.py": "def f():\n" + "    x = 1\n" * 60},
        "src/a.py:1: f has 61 lines",
        {"src/a.py": "def f():\n" + "    x = 1\n" * 59},
    ),
    (
        code.crowded_classes,
        {"src/a.py": "class A:\n" + "    def f(self): return 1\n" * 16},
        "src/a.py:1: A has 16 methods",
        {"src/a.py": "class A:\n" + "    def f(self): return 1\n" * 15},
    ),
    (
        code.nested_imports,
        {"src/a.py": "def f():\n    if f:\n        from os import path\n"},
        "src/a.py:3: import inside f",
        {"src/a.py": "if True:\n    import os\n"},
    ),
    (
        code.import_cycles,
        {
            "src/p/__init__.py": "",
            "src/p/a.py": "from p.b import x\n",
            "src/p/b.py": "from . import c\n",
            "src/p/c.py": "import p.a\n",
        },
        "p.a",
        {"src/p/__init__.py": "from p.a import y\n", "src/p/a.py": "import os\ny = 1\n"},
    ),
    (
        code.thin_tests,
        {"src/a.py": "x = 1\n" * 3, "tests/test_a.py": "x = 1\n" * 2, "tests/data.csv": "1\n" * 9},
        "2 lines of tests for 3 of source",
        {"src/a.py": "x = 1\n" * 3, "tests/test_a.py": "x = 1\n" * 3},
    ),
    (
        code.skipped_tests,
        {"tests/test_a.py": "import pytest\n\n@pytest.mark.skipif(True)\ndef f(): f()\n"},
        "tests/test_a.py:3: skipif",
        {"tests/test_a.py": "import pytest\n\n@pytest.mark.parametrize('x', 'a')\ndef f(x): f()\n"},
    ),
    (
        code.skipped_tests,
        {"tests/test_a.py": "from pytest import importorskip\n"},
        "tests/test_a.py:1: importorskip",
        {"src/a.py": "line.skip = True\n"},
    ),
    (
        code.unfinished,
        {"docs/a.md": "One\n\nTO" + "DO: more\n"},
        "docs/a.md:3",
        {"docs/a.md": "What a to-do list is.\n"},
    ),
    (
        code.unfinished,
        {"src/a.py": "def f():\n    raise NotImplementedError('later')\n"},
        "src/a.py:2: NotImplementedError",
        {"src/a.py": "def f():\n    raise ValueError('now')\n"},
    ),
    (
        code.unfinished,
        {"src/a.py": 'def f():\n    """Do it."""\n'},
        "src/a.py:1: f does nothing",
        {"src/a.py": 'class A(Protocol):\n    def f(self):\n        """Do it."""\n'},
    ),
    (
        code.network_imports,
        {"src/a.py": "from urllib.request import urlopen\n"},
        "src/a.py:1: urllib.request.urlopen",
        {"tests/a.py": "import socket\n", "src/a.py": "import httpd\n"},
    ),
    (
        texts.machine_paths,
        {"docs/a.md": "See `/ho" + "me/someone/data`.\n"},
        "docs/a.md:1: /ho" + "me/someone",
        {"docs/a.md": "See https://example.org/home/a, ./work/b, ~/tmp and /dev/full.\n"},
    ),
    (
        texts.registry_hosts,
        {"requirements.lock": "--index-url https://py" + "pi.org/simple\n"},
        "requirements.lock:1",
        {"README.md": "[docs](https://example.org/pypi)\n"},
    ),
    (
        texts.broken_links,
        {"docs/a.md": "# A\n\nSee [that](b.md).\n"},
        "docs/a.md:3: b.md: is not there",
        {
            "docs/a.md": "# A\n\n[that](b.md), [up](../README.md)\n",
            "docs/b.md": "",
            "README.md": "",
        },
    ),
    (
        texts.broken_links,
        {"docs/a.md": "# A\n\nSee [it](#b-c).\n"},
        "docs/a.md:3: #b-c: has no such heading",
        {"docs/a.md": "# A\n\nSee [it](#b-c).\n\n## B: c\n\n```md\n[x](no.md)\n```\n"},
    ),
    (
        texts.wrong_commands,
        {"README.md": "```sh\n$ clearway solve here --output x\n```\n"},
        "README.md:2: clearway solve here --output x",
        {"README.md": "```sh\n$ clearway solve here \\\n    --out x.json  # the plan\n```\n"},
    ),
    (
        texts.wrong_commands,
        {"README.md": "```sh\nmake tea\n```\n", "Makefile": "test: check\n"},
        "README.md:2: make tea: no target tea",
        {"README.md": "Say `make test`.\n", "Makefile": "test: check\n"},
    ),
    (
        texts.wrong_commands,
        {"README.md": "Say `clearway fly there`.\n"},
        "README.md:1: clearway fly there: unknown",
        {"README.md": "Say `clearway run DIR` or `clearway --help`.\n"},
    ),
)
RULES: Final = {rule.__name__: rule for rule, _, _, _ in PLANTED}


@pytest.fixture(scope="module")
def files() -> Files:
    """Return the project's own text files."""
    return project_files()


@pytest.mark.parametrize("name", RULES)
def test_the_project_keeps_the_rule(name: str, files: Files) -> None:
    assert RULES[name](files) == []


@pytest.mark.parametrize(
    ("rule", "bad", "finding", "good"), PLANTED, ids=lambda value: getattr(value, "__name__", "")
)
def test_a_planted_violation_is_caught(
    rule: Rule, bad: dict[str, str], finding: str, good: dict[str, str]
) -> None:
    found = rule(bad)
    assert len(found) == 1
    assert finding in found[0]
    assert rule(good) == []


def test_every_rule_is_among_the_planted() -> None:
    ours = {
        name
        for module in (code, texts)
        for name, one in vars(module).items()
        if getattr(one, "__module__", "") == module.__name__
        and getattr(one, "__annotations__", {}).get("return") == "list[str]"
        and not name.startswith("_")
    }
    assert ours == RULES.keys()


def test_the_walk_finds_source_and_leaves_out_what_is_built(files: Files) -> None:
    assert {"pyproject.toml", "Makefile", ".ci/run", "src/clearway/errors.py"} <= files.keys()
    assert not [name for name in files if name.startswith((".venv", ".git/", "out/"))]


def test_ruff_is_strict_and_bounds_complexity() -> None:
    branches = "".join(f"    if x == {n}:\n        x = {n}\n" for n in range(11))
    planted = f"def f(x):\n{branches}    return x\n"
    words = ["check", "--no-cache", "--output-format=concise"]
    words += ["--stdin-filename=src/clearway/planted.py", "-"]
    said = _run([sys.executable, "-m", "ruff", *words], planted)
    assert said.returncode == 1
    assert "C901" in said.stdout
    assert "ANN001" in said.stdout
    assert tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["ruff"]["lint"][
        "select"
    ] == ["ALL"]


def test_mypy_is_strict(tmp_path: Path) -> None:
    planted = tmp_path / "planted.py"
    planted.write_text("def f(x): return x\n")
    said = _run([sys.executable, "-m", "mypy", "--cache-dir=/dev/null", str(planted)])
    assert said.returncode == 1
    assert "no-untyped-def" in said.stdout


def test_each_import_contract_catches_a_planted_import(tmp_path: Path) -> None:
    package = tmp_path / "src" / "clearway"
    shutil.copytree(
        ROOT / "src" / "clearway",
        package,
        ignore=lambda _, names: [name for name in names if name in ("static", "__pycache__")],
    )
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    clean = _lint_imports(tmp_path)
    assert (clean.returncode, "BROKEN" in clean.stdout) == (0, False), clean.stdout
    planted = {
        "judge/planted.py": "import clearway.solve\n",
        "model/planted.py": "import shapely\nimport clearway.read\n",
        "read/planted.py": "import highspy\n",
        "stray.py": "",
    }
    for name, text in planted.items():
        (package / name).write_text(text)
    said = _lint_imports(tmp_path)
    config = tomllib.loads((ROOT / "pyproject.toml").read_text())
    names = [contract["name"] for contract in config["tool"]["importlinter"]["contracts"]]
    lines = said.stdout.splitlines()
    assert len(names) == 4
    for name in names:
        assert any(line.startswith(name) and "BROKEN" in line for line in lines), name


def test_one_version_everywhere(files: Files) -> None:
    version = clearway.__version__
    assert f"\nversion: {version}\n" in files["CITATION.cff"]
    assert f"## {version}" in files["CHANGELOG.md"]


def _lint_imports(folder: Path) -> subprocess.CompletedProcess[str]:
    tool = Path(sys.executable).with_name("lint-imports")
    return subprocess.run(
        [tool, "--no-cache", "--config", "pyproject.toml"],
        cwd=folder,
        env={"PYTHONPATH": str(folder / "src"), "COLUMNS": "200"},
        capture_output=True,
        text=True,
        check=False,
    )


def _run(words: list[str], stdin: str = "") -> subprocess.CompletedProcess[str]:
    return subprocess.run(words, cwd=ROOT, input=stdin, capture_output=True, text=True, check=False)
