"""Good plans are judged clean, and what the judge measures is what the planner meant."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from clearway.judge import judge
from clearway.model.facts import Text
from clearway.model.plan import EXPOSURE, HOURS, INFEASIBLE, PEOPLE, Plan, Status
from clearway.model.scenario import Scenario
from tests import scenarios
from tests.plans import greedy_plan, willing_persons

NAMED = (
    scenarios.one_corridor,
    scenarios.two_gates,
    scenarios.late_window,
    scenarios.two_days,
    scenarios.narrow_street,
    scenarios.small_site,
    scenarios.four_sides,
)

named = pytest.mark.parametrize("make", NAMED, ids=lambda make: make.__name__)


@named
@pytest.mark.parametrize("most", [3, 1_000_000])
def test_a_good_plan_breaks_no_rule(make: Callable[..., Scenario], most: int) -> None:
    scenario = make()
    verdict = judge(scenario, greedy_plan(scenario, most_households=most))
    assert verdict.breaches == ()
    assert verdict.feasible
    assert verdict.people_out > 0


@named
def test_the_replay_finds_what_the_planner_meant(make: Callable[..., Scenario]) -> None:
    scenario = make()
    plan = greedy_plan(scenario)
    verdict = judge(scenario, plan)
    assert verdict.people_out == plan.persons == plan.level(PEOPLE).value
    assert verdict.exposure_person_hours == pytest.approx(plan.level(EXPOSURE).value, rel=1e-12)
    assert verdict.hours_until_out == pytest.approx(plan.level(HOURS).value, rel=1e-12)


@named
def test_the_parts_of_a_verdict_add_up(make: Callable[..., Scenario]) -> None:
    scenario = make()
    plan = greedy_plan(scenario)
    verdict = judge(scenario, plan)
    by_zone = [sum(m.persons for m in plan.movements if m.zone == z.id) for z in scenario.zones]
    by_group = [sum(m.persons for m in plan.movements if m.group == g.id) for g in scenario.groups]
    assert list(verdict.out_by_zone) == by_zone
    assert list(verdict.out_by_group) == by_group
    assert sum(count for _, count in verdict.out_by_day) == verdict.people_out
    assert sum(verdict.willing_by_zone) == verdict.people_willing == willing_persons(scenario)
    assert verdict.people_inside == scenario.demand.persons.sum()
    for corridor, record in zip(scenario.corridors, verdict.gates, strict=True):
        through = sum(m.persons for m in plan.movements if m.corridor == corridor.id)
        assert record.corridor == corridor.id
        assert record.arrived.sum() == pytest.approx(through)
        assert record.passed.sum() == pytest.approx(through)
        assert record.waiting.max() == 0


def test_each_day_with_a_window_has_its_count(two_days: Scenario) -> None:
    plan = greedy_plan(two_days)
    first = sum(m.persons for m in plan.movements if m.depart_s < 12 * 3600)
    out = judge(two_days, plan).out_by_day
    assert out == (("2016-10-20", first), ("2016-10-21", plan.persons - first))
    assert 0 < first < plan.persons


def test_a_day_without_anyone_is_still_told(two_days: Scenario) -> None:
    plan = greedy_plan(two_days)
    early = tuple(m for m in plan.movements if m.depart_s < 12 * 3600)
    out = dict(judge(two_days, plan.replace(movements=early)).out_by_day)
    assert out["2016-10-21"] == 0


def test_people_who_stay_are_no_breach(one_corridor: Scenario) -> None:
    status = Status(INFEASIBLE, Text("Nobody goes.", "لا أحد يغادر."))
    plan = Plan(one_corridor.id, (), (), status, willing_persons(one_corridor), 1.0)
    verdict = judge(one_corridor, plan)
    assert verdict.breaches == ()
    assert verdict.people_out == 0
    assert verdict.peak_link_use == 0
    assert verdict.people_willing == verdict.people_inside > 0


def test_uptake_bounds_who_is_willing() -> None:
    scenario = scenarios.two_gates(uptake=0.5)
    verdict = judge(scenario, greedy_plan(scenario))
    assert verdict.breaches == ()
    assert verdict.people_out == verdict.people_willing < verdict.people_inside


def test_the_same_plan_gives_the_same_verdict(four_sides: Scenario) -> None:
    plan = greedy_plan(four_sides)

    def told(verdict: Any) -> str:
        return repr([getattr(verdict, name) for name in verdict.__slots__ if name != "gates"])

    assert told(judge(four_sides, plan)) == told(judge(four_sides, plan))


def test_the_order_in_which_movements_are_listed_changes_nothing(four_sides: Scenario) -> None:
    plan = greedy_plan(four_sides)
    one, other = (
        judge(four_sides, plan.replace(movements=moves))
        for moves in (plan.movements, plan.movements[::-1])
    )
    assert other.breaches == ()
    assert other.out_by_zone == one.out_by_zone
    assert other.exposure_person_hours == pytest.approx(one.exposure_person_hours, rel=1e-12)
