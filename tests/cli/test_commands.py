"""Each command on tiny scenarios in a folder, in this process."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from clearway.cli import main
from clearway.model.scenario import Scenario
from clearway.publish.scenario_folder import write_scenario
from tests import scenarios
from tests.cli.town_files import write_town

Capture = pytest.CaptureFixture[str]
FEW = ("--members", "2", "--quiet")
WITH_PLAN = ("judge", "simulate", "report")


@pytest.fixture
def folder(tmp_path: Path, two_gates: Scenario) -> Path:
    """Return the folder of a tiny scenario that everyone can leave."""
    write_scenario(two_gates, tmp_path / "tiny")
    return tmp_path / "tiny"


@pytest.fixture
def shut(tmp_path: Path) -> Path:
    """Return the folder of a scenario whose windows are shorter than the margin."""
    write_scenario(scenarios.one_corridor(windows=((1, 8, 8.25),)), tmp_path / "shut")
    return tmp_path / "shut"


@pytest.fixture
def plan(folder: Path, tmp_path: Path, capsys: Capture) -> Path:
    """Return the file of a good plan for ``folder``."""
    path = tmp_path / "plan.json"
    assert main(["solve", str(folder), "--out", str(path), "--quiet"]) == 0
    capsys.readouterr()
    return path


def test_check_scenario_says_that_a_good_one_holds(folder: Path, capsys: Capture) -> None:
    assert main(["check-scenario", str(folder)]) == 0
    said = capsys.readouterr()
    assert "no breach" in said.out
    assert "3 zones, 2 corridors" in said.out
    assert said.err == ""


def test_check_scenario_lists_every_breach(folder: Path, capsys: Capture) -> None:
    _edit(folder / "network" / "node.csv", lambda text: text.replace("36.2", "136.2", 1))
    _edit(folder / "demand.csv", lambda text: text.replace("Z1,", "Z9,", 1))
    assert main(["check-scenario", str(folder)]) == 2
    lines = capsys.readouterr().err.splitlines()
    assert len(lines) >= 2
    assert any(line.startswith("clearway: network/node.csv:2: y_coord") for line in lines)
    assert any(line.startswith("clearway: demand.csv:2: zone_id") for line in lines)


@pytest.mark.parametrize(
    "command", ["check-scenario", "solve", "judge", "simulate", "report", "run"]
)
def test_a_scenario_that_is_not_there_is_bad_input(
    command: str, tmp_path: Path, capsys: Capture
) -> None:
    words = [command, str(tmp_path / "nowhere")]
    words += [str(tmp_path / "plan.json")] if command in WITH_PLAN else []
    words += ["--out", str(tmp_path / "out")] if command not in ("check-scenario", "judge") else []
    assert main(words) == 2
    assert "Traceback" not in capsys.readouterr().err
    assert not (tmp_path / "out").exists()


def test_solve_writes_a_plan_and_says_what_it_does(
    folder: Path, tmp_path: Path, capsys: Capture
) -> None:
    out = tmp_path / "deep" / "plan.json"
    assert main(["solve", str(folder), "--out", str(out)]) == 0
    movements = json.loads(out.read_text("utf-8"))["movements"]
    persons = sum(one["persons"] for one in movements)
    said = capsys.readouterr()
    assert f"{out}: {persons:,} people" in said.out
    assert "solved: " in said.err
    assert [path.name for path in out.parent.iterdir()] == ["plan.json"]


def test_quiet_says_nothing(folder: Path, tmp_path: Path, capsys: Capture) -> None:
    assert main(["run", str(folder), "--out", str(tmp_path / "out"), *FEW]) == 0
    said = capsys.readouterr()
    assert (said.out, said.err) == ("", "")


@pytest.mark.parametrize("limit", [["--seconds", "-1"], ["--gap", "2"], ["--gap", "nan"]])
def test_limits_that_make_no_sense_are_bad_input(
    limit: list[str], folder: Path, tmp_path: Path, capsys: Capture
) -> None:
    assert main(["solve", str(folder), "--out", str(tmp_path / "plan.json"), *limit]) == 2
    assert limit[0].strip("-") in capsys.readouterr().err


def test_a_plan_that_brings_nobody_out_has_a_code_of_its_own(
    shut: Path, tmp_path: Path, capsys: Capture
) -> None:
    out = tmp_path / "out"
    assert main(["run", str(shut), "--out", str(out)]) == 3
    assert "infeasible" in capsys.readouterr().out
    summary = json.loads((out / "summary.json").read_text("utf-8"))
    assert (summary["people"]["out"], summary["status"]) == (0, "infeasible")
    path = tmp_path / "plan.json"
    assert main(["solve", str(shut), "--out", str(path), "--quiet"]) == 3
    assert main(["judge", str(shut), str(path), "--quiet"]) == 3
    assert main(["report", str(shut), str(path), "--out", str(out), "--quiet"]) == 3


def test_judge_finds_nothing_in_a_good_plan(folder: Path, plan: Path, capsys: Capture) -> None:
    assert main(["judge", str(folder), str(plan)]) == 0
    said = capsys.readouterr().out
    assert "  breaches  0\n" in said
    assert "(gap 0.000 %)" in said


def test_judge_names_the_breach_of_a_bad_plan(folder: Path, plan: Path, capsys: Capture) -> None:
    _edit_plan(plan, lambda movement: movement.update(persons=movement["persons"] - 1))
    assert main(["judge", str(folder), str(plan)]) == 1
    said = capsys.readouterr()
    assert any(line.startswith("clearway: household: ") for line in said.err.splitlines())
    assert "  breaches  0\n" not in said.out


def test_a_bad_plan_is_reported_all_the_same(
    folder: Path, plan: Path, tmp_path: Path, capsys: Capture
) -> None:
    _edit_plan(plan, lambda movement: movement.update(persons=movement["persons"] - 1))
    out = tmp_path / "out"
    assert main(["report", str(folder), str(plan), "--out", str(out)]) == 1
    assert "household" in capsys.readouterr().err
    assert json.loads((out / "summary.json").read_text("utf-8"))["breaches"] > 0


@pytest.mark.parametrize("text", ["", "{", "[]", '{"format": "other/1"}', "\0"])
@pytest.mark.parametrize("command", WITH_PLAN)
def test_a_broken_plan_file_is_bad_input(
    command: str, text: str, folder: Path, tmp_path: Path, capsys: Capture
) -> None:
    path = tmp_path / "broken.json"
    path.write_text(text, "utf-8")
    out = ["--out", str(tmp_path / "out")] if command != "judge" else []
    assert main([command, str(folder), str(path), *out]) == 2
    assert "clearway: broken.json" in capsys.readouterr().err


def test_a_plan_file_that_is_not_there_is_bad_input(
    folder: Path, tmp_path: Path, capsys: Capture
) -> None:
    assert main(["judge", str(folder), str(tmp_path / "gone.json")]) == 2
    assert "gone.json" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("lang", "pages"),
    [
        ("en", ["report.html"]),
        ("ar", ["report.ar.html"]),
        ("both", ["report.ar.html", "report.html"]),
    ],
)
def test_report_writes_the_languages_asked_for(
    lang: str, pages: list[str], folder: Path, plan: Path, tmp_path: Path, capsys: Capture
) -> None:
    out = tmp_path / "report"
    words = ["report", str(folder), str(plan), "--out", str(out), "--lang", lang]
    assert main(words) == 0
    names = sorted(path.name for path in out.iterdir())
    assert names == sorted([*pages, "plan.json", "summary.json"])
    assert all(str(out / name) in capsys.readouterr().out for name in names[:1])
    for page in pages:
        text = (out / page).read_text("utf-8")
        assert ('dir="rtl"' if page == "report.ar.html" else 'dir="ltr"') in text


def test_run_prints_what_its_summary_holds(folder: Path, tmp_path: Path, capsys: Capture) -> None:
    out = tmp_path / "out"
    assert main(["run", str(folder), "--out", str(out), "--members", "5"]) == 0
    said = capsys.readouterr()
    summary = json.loads((out / "summary.json").read_text("utf-8"))
    people = summary["people"]
    assert f"  inside    {people['inside']:,} people" in said.out
    assert f"  willing   {people['willing']:,} people, uptake 1" in said.out
    assert f"  out       {people['out']:,} people, at most {people['bound']:,.0f} (gap" in said.out
    assert f"{summary['hours_until_out']['value']:,.0f} person-hours, at least" in said.out
    assert f"{summary['exposure_person_hours']['value']:,.0f} person-hours, at least" in said.out
    assert "  breaches  0\n" in said.out
    assert summary["reason"] in " ".join(said.out.split())
    assert summary["peak_mb"] > 1
    timed = {verb for verb, seconds in summary["seconds"].items() if seconds is not None}
    assert timed == set(summary["seconds"])
    assert all(f"{verb} " in said.out for verb in timed)
    names = {"plan.json", "report.ar.html", "report.html", "summary.json"}
    assert {path.name for path in out.iterdir()} == names
    assert all(str(out / name) in said.out for name in names)


def test_run_replaces_what_an_earlier_run_left_and_nothing_else(
    folder: Path, tmp_path: Path, capsys: Capture
) -> None:
    out = tmp_path / "out"
    out.mkdir()
    (out / "notes.txt").write_text("mine", "utf-8")
    (out / "plan.json").write_text("old", "utf-8")
    assert main(["run", str(folder), "--out", str(out), *FEW]) == 0
    assert (out / "notes.txt").read_text("utf-8") == "mine"
    assert (out / "plan.json").read_text("utf-8") != "old"
    assert capsys.readouterr().err == ""


def test_the_chain_and_its_single_commands_agree(folder: Path, tmp_path: Path) -> None:
    out, path = tmp_path / "out", tmp_path / "plan.json"
    few = ["--quiet", "--members", "3"]
    assert main(["run", str(folder), "--out", str(out), *few]) == 0
    assert main(["solve", str(folder), "--out", str(path), "--risk", "0.01", "--quiet"]) == 0
    assert (out / "plan.json").read_bytes() == path.read_bytes()
    again = tmp_path / "again"
    assert main(["simulate", str(folder), str(path), "--out", str(again), *few]) == 0
    both = [json.loads((one / "summary.json").read_text("utf-8")) for one in (out, again)]
    assert both[0]["risk"] == both[1]["risk"]
    assert both[0]["verdict"] == both[1]["verdict"]


@pytest.mark.parametrize("command", ["solve", "run"])
def test_an_output_that_cannot_be_written_is_one_line(
    command: str, folder: Path, tmp_path: Path, capsys: Capture
) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("in the way", "utf-8")
    out = str(blocked / "plan.json")
    assert main([command, str(folder), "--out", out]) == 1
    complaints = [
        line for line in capsys.readouterr().err.splitlines() if line.startswith("clearway:")
    ]
    assert len(complaints) == 1
    assert str(blocked) in complaints[0]
    assert blocked.read_text("utf-8") == "in the way"


def test_import_makes_a_folder_that_can_be_planned(tmp_path: Path, capsys: Capture) -> None:
    streets, recipe = write_town(tmp_path)
    made = tmp_path / "made"
    words = ["import", str(streets), "--recipe", str(recipe), "--out", str(made)]
    assert main(words) == 0
    assert "zones, " in capsys.readouterr().out
    assert main(["run", str(made), "--out", str(tmp_path / "out"), *FEW]) == 0


def test_import_of_nothing_is_bad_input(tmp_path: Path, capsys: Capture) -> None:
    recipe = tmp_path / "recipe.toml"
    recipe.write_text("format = 'clearway-recipe/1'\n", "utf-8")
    words = ["import", str(tmp_path / "gone.parquet"), "--recipe", str(recipe)]
    assert main([*words, "--out", str(tmp_path / "out")]) == 2
    assert "recipe.toml" in capsys.readouterr().err
    assert not (tmp_path / "out").exists()


def _edit(path: Path, change: Callable[[str], str]) -> None:
    before = path.read_text("utf-8")
    after = change(before)
    assert after != before
    path.write_text(after, "utf-8")


def _edit_plan(path: Path, change: Callable[[dict[str, Any]], None]) -> None:
    plan = json.loads(path.read_text("utf-8"))
    change(plan["movements"][0])
    path.write_text(json.dumps(plan), "utf-8")
