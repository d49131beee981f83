"""Measurements in processes of their own."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks.child import ROOT, peak_mb, run_child
from benchmarks.clock import Clock
from clearway.publish.scenario_folder import write_scenario
from tests.scenarios import two_days


@pytest.fixture
def folder(tmp_path: Path) -> str:
    """Return a tiny scenario's folder."""
    write_scenario(two_days(households=(100, 0, 0, 0, 0, 0, 0, 0, 0)), tmp_path)
    return str(tmp_path)


def test_both_programs_find_the_same_in_processes_of_their_own(folder: str) -> None:
    asked = {"folder": folder, "hours": 1, "days": 2}
    mine, full = (run_child(task, asked, 120) for task in ("flow", "explicit"))
    assert (mine["end"], full["end"]) == ("done", "done")
    assert mine["people"] == pytest.approx(full["people"], abs=1e-3)
    assert mine["exposure_h"] == pytest.approx(full["exposure_h"], rel=1e-6)
    assert 0 < full["people"] < mine["willing"]
    assert full["cpu_all_s"] >= full["cpu_before_s"] + full["mcf"]["cpu_s"]


def test_a_plan_is_measured_whole_and_in_parts(folder: str) -> None:
    row = run_child("plan", {"folder": folder}, 120)
    assert row["end"] == "done"
    assert row["levels"]["people_out"]["value"] <= row["levels"]["people_out"]["bound"]
    assert min(row[part]["cpu_s"] for part in ("solve", "pose", "flow")) > 0
    assert row["movements"] > 0


def test_a_process_that_takes_too_long_is_ended() -> None:
    row = run_child("plan", {"folder": str(ROOT / "examples/aleppo-2016")}, 0.2)
    assert row["end"] == "time limit"
    assert row["limit_s"] == 0.2
    assert "solve" not in row


def test_a_process_that_fails_says_why_in_its_last_line(tmp_path: Path) -> None:
    row = run_child("flow", {"folder": str(tmp_path / "no"), "hours": 1, "days": 1}, 120)
    assert row["end"] == "failed"
    assert "must be a folder that can be read" in row["why"]


def test_a_clock_counts_each_lap_once() -> None:
    clock = Clock()
    sum(range(200_000))
    first, second = clock.lap(), clock.lap()
    assert first["cpu_s"] > second["cpu_s"] >= 0
    assert first["wall_s"] > second["wall_s"] >= 0


def test_memory_is_in_megabytes() -> None:
    """An interpreter with arrays loaded takes some tens of megabytes, not of kilobytes."""
    assert 20 < peak_mb() < 20_000
