"""A session of the simulation: what is compared, what is left out, and a short one."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from benchmarks.child import run_child
from benchmarks.flagship import told, withstand
from benchmarks.simulate_session import beside
from clearway.publish.scenario_folder import write_scenario
from clearway.simulate.simulate import simulate
from clearway.solve.solve import solve
from tests.benchmarks.simulated import course, drove
from tests.house.files import ROOT
from tests.scenarios import two_days


def test_programs_are_compared_by_processor_memory_and_curve() -> None:
    row = course(drove(5.0, 1000.0, (0.0, 450.0, 1000.0)))
    assert row["beside"]["uxsim"] == {
        "ratio": pytest.approx(50),
        "memory_ratio": pytest.approx(5),
        "apart": pytest.approx(0.05),
    }


def test_who_did_not_end_is_not_compared() -> None:
    assert course({"end": "time limit"})["beside"] == {}
    mine = {"end": "failed"}
    assert beside({"clearway": mine, "uxsim": drove(1.0, 2.0, (3.0,))}) == {}


def test_a_short_session_of_the_grid(tmp_path: Path) -> None:
    before = (ROOT / "docs" / "benchmarks.md").read_bytes()
    said = _run(["--quick", "--only", "grid", "--repeats", "1", "--out", str(tmp_path)])
    assert said.returncode == 0, said.stderr
    found = json.loads((tmp_path / "simulate.json").read_text("utf-8"))
    assert found["format"] == "clearway-bench-simulate/1"
    (row,) = found["courses"]
    assert row["clearway"]["end"] == row["uxsim"]["end"] == "done"
    assert row["beside"]["uxsim"]["apart"] < 0.05
    assert row["clearway"]["travellers"] == pytest.approx(20_000, rel=0.02)
    assert (found["flagship"], found["bottleneck"]) == (None, None)
    assert (ROOT / "docs" / "benchmarks.md").read_bytes() == before


def test_data_that_are_not_there_are_said_in_one_line(tmp_path: Path) -> None:
    missing = tmp_path / "no"
    said = _run(["--only", "surf", "--surf-coast", str(missing), "--out", str(tmp_path)])
    assert said.returncode == 0, said.stderr
    assert said.stdout.splitlines()[0].startswith(f"surf coast, 5 together: {missing} has no ")
    found = json.loads((tmp_path / "simulate.json").read_text("utf-8"))
    assert [row["end"] for row in found["courses"]] == ["no data", "no data"]


def test_a_plan_is_planned_simulated_and_judged_by_other_members(tmp_path: Path) -> None:
    scenario = two_days(households=(100, 0, 0, 0, 0, 0, 0, 0, 0))
    write_scenario(scenario, tmp_path)
    asked = {"folder": str(tmp_path), "risk": 0.05, "members": 3, "fresh": 4, "seed": 7}
    found = run_child("withstand", asked, 240, "benchmarks.flagship")
    assert found["end"] == "done", found.get("why")
    assert found["people"] == 100
    assert found["ensemble"]["members"] == 3
    assert found["fresh"]["seed"] == 8
    plan = solve(scenario, risk=0.05)
    ours = told(simulate(scenario, plan, 4, 8))
    assert {name: found["fresh"][name] for name in ours} == ours
    assert found["deterministic"]["margin_s"] is None


def test_parts_are_told_one_after_the_other(tmp_path: Path) -> None:
    """What was found before a limit was reached is not lost."""
    write_scenario(two_days(households=(10, 0, 0, 0, 0, 0, 0, 0, 0)), tmp_path)
    parts = withstand(str(tmp_path), 0.05, 2, 2, 1)
    assert set(next(parts)) == {"links", "people"}
    assert set(next(parts)) == {"solve", "promised", "solve_peak_mb"}
    assert set(next(parts)) == {"ensemble", "peak_mb"}


def _run(words: list[str]) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, str(ROOT / "benchmarks" / "simulate.py"), *words]
    return subprocess.run(command, capture_output=True, text=True, check=False)
