"""A command starts with what it needs: what else is installed is not even looked at."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Final

import pytest

import clearway
from clearway.judge.check import judge
from clearway.publish.report import publish
from clearway.read.scenario import read_scenario
from clearway.simulate.simulate import simulate
from clearway.solve.options import Progress, SolveOptions
from clearway.solve.solve import solve
from tests.house.files import ROOT

#: What takes tens of milliseconds and more to import.
_HEAVY: Final = frozenset(
    {"PIL", "geopandas", "highspy", "jinja2", "numba", "numpy", "pydantic", "scipy", "typst"}
)
_PROGRAM: Final = f"""
import contextlib, sys
from clearway.cli import main
with contextlib.suppress(SystemExit):
    main(sys.argv[1:])
print(*sorted({set(_HEAVY)!r} & sys.modules.keys()))
"""


def imported(program: str, *words: str) -> set[str]:
    """Return what of the heavy libraries a program had imported when it ended."""
    end = subprocess.run(
        [sys.executable, "-c", program, *words],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert end.returncode == 0, end.stderr
    return set(end.stdout.splitlines()[-1].split())


@pytest.mark.parametrize("words", [("--version",), ("--help",), ("log", "append", "--help"), ()])
def test_a_command_line_is_looked_at_with_nothing_heavy(words: tuple[str, ...]) -> None:
    assert imported(_PROGRAM, *words) == set()


def test_a_log_is_written_without_solver_or_compiler(tmp_path: Path) -> None:
    log = str(tmp_path / "day.log")
    assert imported(_PROGRAM, "log", "init", log) <= {"numpy"}
    words = ("log", "append", log, "observation", "text=quiet", "--at", "2016-10-20T08:00Z")
    assert imported(_PROGRAM, *words) <= {"numpy"}
    assert imported(_PROGRAM, "log", "show", log) <= {"numpy"}


@pytest.mark.parametrize("command", ["status", "ledger", "start"])
def test_the_state_needs_neither_solver_nor_compiler(command: str, tmp_path: Path) -> None:
    parts = {"start": ("plan.json", "--out", str(tmp_path / "out"))}.get(command, ())
    found = imported(_PROGRAM, command, str(tmp_path / "none"), *parts)
    assert found <= {"numpy", "pydantic", "scipy"}


def test_looking_at_a_plan_needs_no_typesetter_and_a_judge_no_solver(tmp_path: Path) -> None:
    words = (str(tmp_path / "none"), str(tmp_path / "plan.json"))
    # On the day it starts from what a plan made anew starts from, which has the solver beside it.
    assert imported(_PROGRAM, "abort", *words).isdisjoint({"PIL", "jinja2", "typst"})
    reads = f"import clearway, sys; clearway.judge; print(*({set(_HEAVY)!r} & sys.modules.keys()))"
    assert imported(reads) <= {"numpy", "pydantic", "scipy"}


def test_each_public_name_is_what_its_module_has() -> None:
    functions = (judge, publish, read_scenario, simulate, solve)
    found = {one.__name__: one for one in (*functions, Progress, SolveOptions)}
    # Here the packages were imported first, which sets them under the names of the functions.
    for name, one in found.items():
        assert getattr(clearway, name) is one
    late = set(vars(type(clearway))) - {"__doc__", "__module__"}
    assert late == found.keys()
    assert set(clearway.__all__) - late == {
        *("Breach", "ClearwayError", "ScenarioError", "SolverError", "__version__")
    }
    assert all(hasattr(clearway, name) for name in clearway.__all__)


_ORDERS: Final = (
    "import clearway.solve.options, clearway as cw; print(cw.solve.__module__)",
    "import clearway as cw, clearway.solve.options; print(cw.solve.__module__)",
    "from clearway import solve; import clearway.solve.options; print(solve.__module__)",
    "from clearway import *; import clearway.solve.solve; print(solve.__module__)",
    "import clearway.operate.run_folder, clearway as cw; print(cw.judge.__module__)",
)


@pytest.mark.parametrize("program", _ORDERS)
def test_a_name_is_the_function_whatever_was_imported_before(program: str) -> None:
    (module,) = imported(program)
    assert module in {"clearway.solve.solve", "clearway.judge.check"}


def test_a_public_name_can_be_put_in_the_place_of_another(monkeypatch: pytest.MonkeyPatch) -> None:
    name = "judge"
    with monkeypatch.context() as patched:
        patched.setattr(clearway, name, print)
        assert getattr(clearway, name) is print
    assert getattr(clearway, name) is judge
    assert not hasattr(clearway, "none_of_these")
