"""Ctrl-C and failing disks under the whole chain, in a process of its own with real signals."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from clearway.publish.scenario_folder import write_scenario
from tests import scenarios
from tests.house.files import ROOT

#: Ctrl-C is pressed as often as asked once solving has begun; then, until the program notices, it
#: waits: a tiny scenario is otherwise solved before anyone could press a key.
PROGRAM = """
import os, resource, signal, sys, threading
from clearway.cli import commands, main

signal.signal(signal.SIGINT, signal.default_int_handler)
solve, read_scenario = commands.solve, commands.read_scenario
simulate, compare = commands.simulate, commands.compare
where, times, file_bytes = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])

def press(*_ignored, **_too):
    for _ in range(times):
        os.kill(os.getpid(), signal.SIGINT)

def slow_solve(scenario, options, *, risk, progress, stop):
    press()
    while times and not stop():
        threading.Event().wait(0.01)
    if times > 1:
        threading.Event().wait(120)
    return solve(scenario, options, risk=risk, progress=progress, stop=stop)

def slow_simulate(scenario, plan, members, seed, *, progress, stop):
    def heard(done, of):
        if not stop():  # members that were under way end after the key was pressed
            press()
        while not stop():
            threading.Event().wait(0.01)
        if times > 1:
            threading.Event().wait(120)
        progress(done, of)
    return simulate(scenario, plan, members, seed, progress=heard, stop=stop)

def slow_compare(scenario, plan, ensemble, *, progress, stop):
    press()
    while not stop():
        threading.Event().wait(0.01)
    return compare(scenario, plan, ensemble, progress=progress, stop=stop)

if where == "compare":
    commands.compare = slow_compare
if where == "simulate":
    commands.simulate = slow_simulate
if where == "solve":
    commands.solve = slow_solve
if where == "read":
    commands.read_scenario = press
if file_bytes:
    resource.setrlimit(resource.RLIMIT_FSIZE, (file_bytes, file_bytes))
sys.exit(main(sys.argv[4:]))
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return the folder of a scenario that takes more than one round to solve."""
    write_scenario(scenarios.four_sides(), tmp_path / "tiny")
    return tmp_path / "tiny"


def test_one_ctrl_c_gives_the_best_plan_so_far(folder: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    end = _run("solve", 1, "run", str(folder), "--out", str(out), "--members", "2")
    assert "stopping: the best plan so far is kept" in end.stderr
    assert "Traceback" not in end.stderr
    summary = json.loads((out / "summary.json").read_text("utf-8"))
    assert summary["breaches"] == 0
    assert summary["status"] == "time_limit"
    assert f"status time_limit: {summary['reason']}" in " ".join(end.stdout.split())
    assert end.returncode == (0 if summary["people"]["out"] else 3)
    assert (out / "report.ar.html").stat().st_size > 1000


def test_one_ctrl_c_is_kept_by_solve_as_well(folder: Path, tmp_path: Path) -> None:
    path = tmp_path / "plan.json"
    _run("solve", 1, "solve", str(folder), "--out", str(path))
    assert json.loads(path.read_text("utf-8"))["status"]["code"] == "time_limit"


def test_one_ctrl_c_keeps_the_members_done(folder: Path, tmp_path: Path) -> None:
    """The report is written from them, and the code is that of the plan."""
    out = tmp_path / "out"
    end = _run("simulate", 1, "run", str(folder), "--out", str(out), "--members", "90")
    assert "stopping: the members done so far are kept" in end.stderr
    assert "Traceback" not in end.stderr
    summary = json.loads((out / "summary.json").read_text("utf-8"))
    members = summary["risk"]["members"]
    assert 1 <= members < 90
    assert f"simulated {members} members of 90" in end.stderr
    assert f"of {members} members, seed 1" in end.stdout
    assert end.returncode == (0 if summary["people"]["out"] else 3)
    assert summary["people"]["price_of_robustness"] is None
    assert "was not compared with others" in (out / "report.html").read_text("utf-8")


def test_one_ctrl_c_while_comparing_writes_the_report_without(folder: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    end = _run("compare", 1, "run", str(folder), "--out", str(out), "--members", "4")
    assert "stopping: the report is written without the comparison" in end.stderr
    summary = json.loads((out / "summary.json").read_text("utf-8"))
    assert summary["risk"]["members"] == 4
    assert summary["people"]["price_of_robustness"] is None
    assert end.returncode == 0


def test_a_second_ctrl_c_in_simulation_ends_at_once(folder: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    end = _run("simulate", 2, "run", str(folder), "--out", str(out))
    assert (end.returncode, end.stdout) == (130, "")
    assert not out.exists()


def test_a_second_ctrl_c_ends_at_once_and_leaves_nothing(folder: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    end = _run("solve", 2, "run", str(folder), "--out", str(out))
    assert end.returncode == 130
    assert end.stdout == ""
    assert not out.exists()


def test_ctrl_c_outside_solving_ends_the_command(folder: Path, tmp_path: Path) -> None:
    end = _run("read", 1, "run", str(folder), "--out", str(tmp_path / "out"))
    assert (end.returncode, end.stdout) == (130, "")
    assert end.stderr == "clearway: interrupted\n"


@pytest.mark.parametrize("command", ["solve", "run"])
def test_a_disk_without_room_leaves_nothing_half_done(
    command: str, folder: Path, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    end = _run("", 0, command, str(folder), "--out", str(out), "--quiet", file_bytes=1000)
    assert (end.returncode, end.stdout) == (1, "")
    assert end.stderr.count("\n") == 1
    assert "File too large" in end.stderr
    left = list(out.rglob("*")) if out.is_dir() else [*out.parent.glob("out*")]
    assert left == []


def _run(
    where: str, times: int, *words: str, file_bytes: int = 0
) -> subprocess.CompletedProcess[str]:
    program = [sys.executable, "-c", PROGRAM, where, str(times), str(file_bytes), *words]
    return subprocess.run(
        program, cwd=ROOT, capture_output=True, text=True, check=False, timeout=300
    )
