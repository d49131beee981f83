"""Whatever drives, rides or is broken: there is a report, and it adds up."""

from __future__ import annotations

import re

import pytest

from clearway.judge.check import judge
from clearway.publish.beside import NOTHING_BESIDE
from clearway.publish.course import course
from clearway.publish.isolate import unisolated
from clearway.publish.report import reports
from clearway.publish.rides import rides
from clearway.publish.sources import figure_rows
from clearway.publish.summary import summary
from clearway.publish.walks import walks
from tests.judge.breaks import Break
from tests.judge.fleet_breaks import FLEET_BREAKS
from tests.judge.sound import sound
from tests.publish.driven import driven_edition
from tests.publish.pages import parsed

NAMES = ("one_bus", "two_ambulances", "aid_in", "car_town")
#: One broken plan a rule.
ONE_A_RULE = {broken.rule: broken for broken in reversed(FLEET_BREAKS)}


@pytest.mark.parametrize("name", NAMES)
def test_any_sound_plan_has_a_report(name: str) -> None:
    scenario, plan = sound(name)
    verdict = judge(scenario, plan)
    both = reports(scenario, plan, None, verdict)
    english, arabic = parsed(both["en"]), parsed(both["ar"])
    assert english.ids == arabic.ids
    assert [text for text in arabic.texts if unisolated(text)] == []
    assert not re.search(r"\b(nan|inf|None)\b", english.read)
    assert "No breach found" in english.read
    assert ("vehicles" in english.ids) == (verdict.fleet is not None)
    assert ("patients" in english.ids) == (verdict.care is not None)
    assert ("aid" in english.ids) == (verdict.aid is not None)


@pytest.mark.parametrize("name", NAMES)
def test_everybody_that_the_judge_counts_out_is_out_in_the_course(name: str) -> None:
    scenario, plan = sound(name)
    verdict = judge(scenario, plan)
    walked = walks(scenario, plan)
    happened = course(scenario, walked, verdict, rides(scenario, plan))
    assert happened.out[:, -1].sum() == pytest.approx(verdict.people_out)
    assert happened.under_way[-1] == pytest.approx(0, abs=1e-6)


@pytest.mark.parametrize("broken", ONE_A_RULE.values(), ids=list(ONE_A_RULE))
def test_a_broken_plan_has_a_report_that_names_it(broken: Break) -> None:
    scenario, plan = broken.make()
    verdict = judge(scenario, plan)
    both = reports(scenario, plan, None, verdict)
    english, arabic = parsed(both["en"]), parsed(both["ar"])
    assert english.ids == arabic.ids
    assert "this plan cannot be carried out as it stands" in english.read
    assert [text for text in arabic.texts if unisolated(text)] == []
    assert summary(scenario, plan, None, verdict, NOTHING_BESIDE)["breaches"] > 0


def test_cars_take_as_long_as_streets_let_them() -> None:
    """A street lets nobody drive faster than 30 km/h; a car of the town could go at 36."""
    scenario, plan = sound("car_town")
    walked = walks(scenario, plan)
    car = [group.id for group in scenario.groups].index("G2")
    driven = [row for row, group in enumerate(walked.group.tolist()) if group == car]
    assert driven
    tick = scenario.planning.tick_s
    for row in driven:
        links = walked.links[walked.start[row] : walked.mouth[row]]
        lengths = scenario.network.links.length_m[links]
        ticks = [max(1, int(length / (30 / 3.6) / tick + 0.5)) for length in lengths]
        assert walked.gate_s[row] == tick * sum(ticks)


def test_cars_have_a_driving_speed() -> None:
    scenario, plan = sound("car_town")
    edition = driven_edition((scenario, plan, judge(scenario, plan)))
    names = [str(row.what) for row in figure_rows(edition)]
    assert "Walking speed: Group 1" in names
    assert "Driving speed: Group 2" in names
