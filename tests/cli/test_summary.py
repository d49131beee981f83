"""The block that ends a run."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from clearway.cli.sizes import moved, size
from clearway.cli.summary import cost, summary, written
from clearway.judge.check import judge
from clearway.model.facts import Text
from clearway.model.outcome import Ensemble
from clearway.model.plan import HOURS, LIMITED, PEOPLE, Level, Plan, Status
from clearway.model.scenario import Scenario
from clearway.model.verdict import Verdict
from tests.publish.driven import aided, aided_ensemble

WORDS = Text("Nobody was asked. " * 12, "لم يُسأل أحد.")


@pytest.fixture
def plan(one_corridor: Scenario) -> Plan:
    """Return a plan that moves nobody and has proved nothing."""
    return Plan(one_corridor.id, (), (), Status(LIMITED, WORDS), 100, 0.8)


@pytest.fixture
def verdict(one_corridor: Scenario, plan: Plan) -> Verdict:
    """Return what the judge says of that plan."""
    return judge(one_corridor, plan)


def test_what_is_not_proved_is_said(one_corridor: Scenario, plan: Plan, verdict: Verdict) -> None:
    said = summary(one_corridor, plan, verdict).splitlines()
    assert said[0] == "Tiny scenario (tiny)"
    assert said[3] == "  out       0 people, nothing proved"
    assert said[4] == "  until out 0 person-hours, nothing proved"


def test_the_gap_is_of_what_the_judge_found(
    one_corridor: Scenario, plan: Plan, verdict: Verdict
) -> None:
    """A plan that claims 200 people and moves 190 is not praised for its claim."""
    claimed = plan.replace(levels=(Level(PEOPLE, 200, 200), Level(HOURS, 5, 4)))
    found = replace(verdict, people_out=190, hours_until_out=6.0)
    said = summary(one_corridor, claimed, found)
    assert "  out       190 people, at most 200 (gap 5.000 %)" in said
    assert "  until out 6 person-hours, at least 4 (gap 50.000 %)" in said


def test_a_long_reason_is_wrapped(one_corridor: Scenario, plan: Plan, verdict: Verdict) -> None:
    lines = summary(one_corridor, plan, verdict).splitlines()
    first = next(number for number, line in enumerate(lines) if line.startswith("  status"))
    assert len(lines) > first + 2
    assert all(len(line) <= 100 for line in lines)
    assert all(line.startswith(" " * 12) for line in lines[first + 1 :])


def test_what_a_run_took() -> None:
    said = cost({"read": 0.46, "solve": 12.0}, 1234.5)
    assert said == "  seconds   read 0.5, solve 12.0; peak memory 1,234 MB"


def test_files_stand_one_a_line_and_are_never_cut() -> None:
    long = Path("out") / ("a b " * 40) / "plan.json"
    said = written((Path("out/report.html"), long)).splitlines()
    assert said == ["  written   out/report.html", f"            {long}"]


# --------------------------------------------------------------------------- who does not walk


def lines(ensemble: Ensemble | None = None) -> dict[str, str]:
    """Return the block of the aided plan, by the word that each line begins with."""
    scenario, plan, verdict = aided()
    said = summary(scenario, plan, verdict, ensemble).splitlines()[1:]
    return {line[2:12].strip(): line[12:] for line in said if line[2:12].strip()}


def test_patients_fleet_and_aid_have_a_line_each() -> None:
    found = lines()
    assert found["patients"].startswith("2 of 2 red out, at most 2 (gap 0.000 %); 5 of 5 patients")
    assert found["fleet"] == ("52 riders out, in 6 trips of 3 vehicles; 62 of 92 places taken")
    assert found["aid"] == "1 of 1 convoys arrive, for 500 people"
    assert "all red" not in found


def test_without_vehicles_there_is_no_such_line(
    one_corridor: Scenario, plan: Plan, verdict: Verdict
) -> None:
    said = summary(one_corridor, plan, verdict)
    assert not [word for word in ("patients", "fleet", "aid", "riders") if f"  {word}" in said]
    assert size(one_corridor).endswith("links")


def test_members_say_the_chance_that_all_red_are_out() -> None:
    scenario, plan, verdict = aided()
    said = summary(scenario, plan, verdict, aided_ensemble())
    assert "  all red   85.0 % (95 % interval 62.1 to 96.8 %): out, in 17 of 20 members" in said
    assert "  patients  4 out, median; nine members in ten from 3 on" in said


def test_members_of_another_scenario_say_nothing_of_patients() -> None:
    scenario, plan, verdict = aided()
    care = replace(scenario.care, patients=scenario.care.patients[:2])
    other = scenario.replace(care=care)
    assert "all red" not in summary(other, plan, verdict, aided_ensemble())


def test_nothing_proved_of_patients_is_said() -> None:
    scenario, plan, verdict = aided()
    said = summary(scenario, plan.replace(levels=()), verdict)
    assert "2 of 2 red out, nothing proved; 5 of 5 patients out, nothing proved" in said


def test_what_is_large_is_said_with_its_vehicles_and_patients() -> None:
    scenario, plan, _ = aided()
    assert size(scenario).endswith("links, 3 vehicles, 5 patients, 1 convoy")
    assert moved(plan) == f"{plan.persons:,} people, 5 patients"
    assert moved(plan.replace(duties=())) == f"{plan.persons - plan.riders:,} people"
