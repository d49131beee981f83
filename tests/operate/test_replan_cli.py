"""``clearway replan``: what it says and writes, and what it refuses."""

from __future__ import annotations

from pathlib import Path

import pytest

from clearway.cli.entry import main
from clearway.publish.plan_file import plan_to_json
from clearway.publish.scenario_folder import write_scenario
from clearway.read.plan_file import read_plan
from clearway.read.scenario import read_scenario
from tests.operate.replans import case

NOW = "2016-10-20T08:25"


@pytest.fixture
def run(tmp_path: Path) -> Path:
    """Return a folder with a plan and its scenario."""
    scenario, plan = case("two_gates")
    folder = tmp_path / "run"
    write_scenario(scenario, folder / "scenario")
    (folder / "plan.json").write_text(plan_to_json(scenario, plan), "utf-8")
    return folder


def said(run: Path, *more: str) -> list[str]:
    """Return the command."""
    return ["replan", str(run), "--now", NOW, *more]


def test_the_answer_is_told_and_written(run: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = run.parent / "out"
    assert main(said(run, "--event", "C1 closed", "--out", str(out))) == 0
    text = capsys.readouterr().out
    for words in ("Made anew at 2016-10-20 08:25", "turn back", "orders changed", "judged"):
        assert words in text
    scenario = read_scenario(out / "scenario")
    plan = read_plan(out / "plan.json", scenario)
    assert [change.corridor for change in scenario.changes] == ["C1"]
    assert not any(move.corridor == "C1" and move.depart_s >= 1500 for move in plan.movements)


def test_quiet_says_nothing(run: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["replan", str(run), "--quiet", "--now", NOW, "--event", "stop"]) == 0
    assert capsys.readouterr().out == ""


def test_a_plan_made_anew_can_be_made_anew(run: Path) -> None:
    out, later = run.parent / "out", run.parent / "later"
    assert main(said(run, "--quiet", "--event", "stop", "--out", str(out))) == 0
    command = ["replan", str(out), "--quiet", "--now", "2016-10-20T08:40", "--event", "resume"]
    announced = ["--announced", str(run / "plan.json"), "--out", str(later)]
    assert main([*command, *announced]) == 0
    scenario = read_scenario(later / "scenario")
    plan = read_plan(later / "plan.json", scenario)
    stopped = read_plan(out / "plan.json", scenario)
    assert plan.persons > stopped.persons


def test_every_event_that_cannot_be_read_is_said(
    run: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = run.parent / "out"
    more = ("--event", "C9 closed", "--event", "rain", "--out", str(out))
    assert main(said(run, *more)) == 2
    text = capsys.readouterr().err
    assert "C9 closed" in text
    assert "rain" in text
    assert not out.exists()


@pytest.mark.parametrize("now", ["soon", "2016-10-20T08:25:00.5"])
def test_a_moment_that_is_none_is_refused(
    run: Path, now: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["replan", str(run), "--now", now, "--event", "stop"]) == 2
    assert "--now" in capsys.readouterr().err


def test_a_folder_without_a_plan_is_refused(tmp_path: Path) -> None:
    assert main(said(tmp_path, "--event", "stop")) != 0
