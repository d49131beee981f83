"""Members on the command line: simulate, run with and without, and what is said of them."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from clearway.cli import main
from clearway.model.agreement import Agreement, Consent, Decider
from clearway.model.facts import Estimate, Text
from clearway.model.scenario import Scenario
from clearway.model.uncertainty import Uncertainty
from clearway.publish.scenario_folder import write_scenario

Capture = pytest.CaptureFixture[str]
ASSUMED = "assumed: for tests"
PARTY = Text("Party", "طرف")


def uncertain(scenario: Scenario) -> Scenario:
    """Return ``scenario`` with days that begin late and consent of the only party."""
    codes = tuple(corridor.id for corridor in scenario.corridors)
    consent = Consent("A1", PARTY, "local", codes, "no reply", "", None, ASSUMED)
    return scenario.replace(
        uncertainty=Uncertainty(start_delay_s=Estimate(0, 600, 1200, ASSUMED)),
        agreement=Agreement(consents=(consent,), decider=Decider(Text("Head", "رئيس"))),
    )


@pytest.fixture
def folder(tmp_path: Path, two_gates: Scenario) -> Path:
    """Return the folder of a tiny scenario whose days begin late."""
    write_scenario(uncertain(two_gates), tmp_path / "tiny")
    return tmp_path / "tiny"


@pytest.fixture
def plan(folder: Path, tmp_path: Path, capsys: Capture) -> Path:
    """Return the file of a plan for ``folder``."""
    path = tmp_path / "plan.json"
    assert main(["solve", str(folder), "--out", str(path), "--quiet"]) == 0
    capsys.readouterr()
    return path


def told(out: Path) -> dict[str, Any]:
    """Return the summary in a folder."""
    found: dict[str, Any] = json.loads((out / "summary.json").read_text("utf-8"))
    return found


def simulated(folder: Path, plan: Path, out: Path, *words: str) -> int:
    """Simulate a plan with a few members."""
    draws = ["--members", "5", "--seed", "3", *words]
    return main(["simulate", str(folder), str(plan), "--out", str(out), *draws])


def test_simulate_prints_what_its_summary_holds(
    folder: Path, plan: Path, tmp_path: Path, capsys: Capture
) -> None:
    out = tmp_path / "out"
    assert simulated(folder, plan, out) == 0
    said, found = capsys.readouterr(), told(out)
    assert found["risk"]["members"] == 5
    assert found["verdict"]["decision"] == "do-not-run"
    lines = said.out.splitlines()
    assert lines[1].startswith("  recommend DO NOT RUN (")
    states = [reason["state"] for reason in found["verdict"]["reasons"]]
    assert f"({states.count('barred')} bar, {states.count('condition')} cond" in lines[1]
    assert f"{states.count('met')} met)" in lines[1]
    (caught,) = [line for line in lines if line.startswith("  caught ")]
    share = float(re.findall(r"at most ([\d.]+) %", caught)[0]) / 100
    assert found["risk"]["p_caught_upper95"] <= share < found["risk"]["p_caught_upper95"] + 0.001
    assert "in 0 of 5 members, seed 3" in caught
    (likely,) = [line for line in lines if line.startswith("  likely ")]
    low = float(re.findall(r"from ([\d,]+) to", likely)[0].replace(",", ""))
    assert low == pytest.approx(found["people"]["out_p10"], abs=0.5)
    assert "simulated 5 members of 5" in said.err
    assert found["seconds"]["simulate"] > 0
    assert found["seconds"]["solve"] is None


def test_a_recommendation_not_to_run_names_what_bars_it(
    folder: Path, plan: Path, tmp_path: Path, capsys: Capture
) -> None:
    assert simulated(folder, plan, tmp_path / "out") == 0
    said = capsys.readouterr().out
    first = told(tmp_path / "out")["verdict"]["reasons"][0]
    assert first["state"] == "barred"
    shown = " ".join(said.split())
    assert "because " + first["text"]["en"].replace("\u00a0", " ") in shown
    assert "\\xa0" not in said


def test_the_same_seed_gives_the_same_report(folder: Path, plan: Path, tmp_path: Path) -> None:
    one, two, other = (tmp_path / name for name in ("one", "two", "other"))
    assert simulated(folder, plan, one, "--quiet") == 0
    assert simulated(folder, plan, two, "--quiet") == 0
    assert simulated(folder, plan, other, "--quiet", "--seed", "4") == 0
    for name in ("report.html", "report.ar.html", "plan.json"):
        assert (one / name).read_bytes() == (two / name).read_bytes()
    assert (one / "report.html").read_bytes() != (other / "report.html").read_bytes()


def test_a_plan_that_breaks_a_rule_is_not_simulated(
    folder: Path, plan: Path, tmp_path: Path, capsys: Capture
) -> None:
    broken = json.loads(plan.read_text("utf-8"))
    broken["movements"][0]["persons"] -= 1
    plan.write_text(json.dumps(broken), "utf-8")
    assert simulated(folder, plan, tmp_path / "out") == 1
    said = capsys.readouterr()
    assert "clearway: household: " in said.err
    assert "simulated" not in said.err
    found = told(tmp_path / "out")
    assert found["risk"]["members"] is None
    assert found["verdict"] == {"decision": None, "reasons": None}
    assert "This plan was not simulated" in (tmp_path / "out" / "report.html").read_text("utf-8")


def test_run_simulates_unless_told_otherwise(folder: Path, tmp_path: Path, capsys: Capture) -> None:
    words = ["run", str(folder), "--out"]
    assert main([*words, str(tmp_path / "with"), "--members", "3"]) == 0
    assert "  recommend DO NOT RUN" in capsys.readouterr().out
    assert main([*words, str(tmp_path / "without"), "--no-simulate"]) == 0
    said = capsys.readouterr()
    assert "recommend" not in said.out
    assert "members" not in said.out + said.err
    found = told(tmp_path / "without")
    assert found["seconds"]["simulate"] is None
    assert found["risk"] == {"level": 0.01} | dict.fromkeys(
        ("p_caught", "p_caught_upper95", "members")
    )
    assert told(tmp_path / "with")["risk"]["members"] == 3


def test_a_consent_that_is_given_bars_nothing(
    tmp_path: Path, one_corridor: Scenario, capsys: Capture
) -> None:
    """The recommendation follows from the record: the same place with its consent given."""
    scenario = uncertain(one_corridor)
    (asked,) = scenario.agreement.consents
    given = replace(asked, state="given", evidence="Letter 1")
    agreed = scenario.replace(agreement=replace(scenario.agreement, consents=(given,)))
    for name, one in (("asked", scenario), ("given", agreed)):
        write_scenario(one, tmp_path / name)
        words = ["run", str(tmp_path / name), "--out", str(tmp_path / f"{name}-out")]
        assert main([*words, "--members", "3", "--quiet"]) == 0
    states = {
        name: [
            reason["state"]
            for reason in told(tmp_path / f"{name}-out")["verdict"]["reasons"]
            if reason["topic"] == "consent"
        ]
        for name in ("asked", "given")
    }
    assert states["asked"] == ["barred"]
    assert states["given"]
    assert "barred" not in states["given"]
    assert capsys.readouterr().out == ""


def test_run_sets_the_plan_beside_others(folder: Path, tmp_path: Path, capsys: Capture) -> None:
    out = tmp_path / "out"
    assert main(["run", str(folder), "--out", str(out), "--members", "4"]) == 0
    assert "compared with other plans under the same draws" in capsys.readouterr().err
    found = told(out)
    assert found["seconds"]["compare"] > 0
    assert found["people"]["price_of_robustness"] is not None
    page = (out / "report.html").read_text("utf-8")
    assert "Plan for central values, usual rules" in page
    assert "was not compared with others" not in page


def test_a_plan_file_is_simulated_and_not_compared(
    folder: Path, plan: Path, tmp_path: Path
) -> None:
    assert simulated(folder, plan, tmp_path / "out", "--quiet") == 0
    assert told(tmp_path / "out")["people"]["price_of_robustness"] is None
    assert told(tmp_path / "out")["seconds"]["compare"] is None


def test_a_plan_made_for_a_risk_has_rules(folder: Path, tmp_path: Path, capsys: Capture) -> None:
    """With the risk in the plan, in the summary and in the report's words; without, none."""
    for name, words in (("plain", []), ("ruled", ["--risk", "0.02"])):
        path = tmp_path / f"{name}.json"
        assert main(["solve", str(folder), "--out", str(path), "--quiet", *words]) == 0
        assert simulated(folder, path, tmp_path / name, "--quiet") == 0
    assert capsys.readouterr().err == ""
    assert [told(tmp_path / name)["risk"]["level"] for name in ("plain", "ruled")] == [None, 0.02]
    plain, ruled = ((tmp_path / one / "report.html").read_text() for one in ("plain", "ruled"))
    assert "made without rules for the gates" in plain
    assert "accepts a chance of 2\u00a0% that anyone is caught" in ruled


def test_run_plans_for_one_in_a_hundred(folder: Path, tmp_path: Path) -> None:
    words = ["run", str(folder), "--out", str(tmp_path / "out"), "--members", "2", "--quiet"]
    assert main(words) == 0
    assert told(tmp_path / "out")["risk"]["level"] == 0.01
    assert main([*words, "--risk", "0.04"]) == 0
    assert told(tmp_path / "out")["risk"]["level"] == 0.04


@pytest.mark.parametrize("bad", ["0", "-0.1", "1.5", "nan", "inf", "few", "1e-9", ""])
@pytest.mark.parametrize("command", ["run", "solve"])
def test_a_risk_that_is_no_chance_is_refused(
    command: str, bad: str, tmp_path: Path, capsys: Capture
) -> None:
    with pytest.raises(SystemExit) as end:
        main([command, str(tmp_path), "--out", str(tmp_path / "out"), "--risk", bad])
    assert end.value.code == 2
    assert "must be from 1e-06 to 1" in capsys.readouterr().err


@pytest.mark.parametrize(
    "words",
    [
        *(["--members", bad] for bad in ("0", "-1", "many", "1.5", "", "٣")),
        *(["--seed", bad] for bad in ("-1", "x", "1e3")),
    ],
)
@pytest.mark.parametrize("command", ["run", "simulate"])
def test_draws_that_cannot_be_are_refused(
    command: str, words: list[str], tmp_path: Path, capsys: Capture
) -> None:
    plan = ["plan.json"] if command == "simulate" else []
    with pytest.raises(SystemExit) as end:
        main([command, str(tmp_path), *plan, "--out", str(tmp_path / "out"), *words])
    assert end.value.code == 2
    assert "must be a whole number" in capsys.readouterr().err
    assert not (tmp_path / "out").exists()
