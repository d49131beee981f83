"""Solving with an accepted risk: the same people at best, sooner for whom it matters, and rules."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clearway.judge.check import judge
from clearway.model.plan import EXPOSURE, HOURS, PEOPLE, Plan
from clearway.model.scenario import Scenario
from clearway.publish.plan_file import plan_to_json
from clearway.simulate.simulate import simulate
from clearway.solve.courses import SEED
from clearway.solve.options import RULES, Progress
from clearway.solve.problem import pose
from clearway.solve.solve import solve
from tests.model.nouns import refusal
from tests.scenarios import Recipe, build, four_sides, narrow_street, one_corridor, two_gates
from tests.solve.draws import NO_CLOCK, recipes
from tests.solve.unsure import MUCH, est, small_sample, two_unsure_gates

RISK = 0.05

WEIGHED: tuple[Scenario, ...] = (
    two_gates(weights=(1.0, 3.0)),
    two_gates(weights=(5.0, 1.0), gates_persons_per_h=(240.0, 120.0)),
    four_sides(weights=(1.0, 2.0)),
    narrow_street(zones=((0, 0), (1, 0)), speeds_m_per_s=(1.2, 0.7), weights=(1.0, 3.0)),
)


@pytest.fixture(scope="module")
def unsure() -> Scenario:
    """Return two gates of which nobody knows much."""
    return two_unsure_gates()


@pytest.fixture(scope="module")
def robust(unsure: Scenario) -> Plan:
    """Return its plan at a risk of one in twenty."""
    return solve(unsure, risk=RISK)


@pytest.fixture(scope="module")
def plain(unsure: Scenario) -> Plan:
    """Return its plan for the mean."""
    return solve(unsure)


@pytest.mark.parametrize("risk", [0.0, -0.01, 1e-7, 1.01, float("nan"), float("inf")])
def test_a_risk_that_is_no_probability_is_refused(risk: float) -> None:
    """None at all cannot be promised: below one in a million it is refused."""
    found = refusal(lambda: solve(one_corridor(), risk=risk))
    assert found == [("solve.risk", "must be a number from 1e-06 to 1")]


@pytest.mark.parametrize("risk", [1e-6, 0.01, 1.0])
def test_the_plan_keeps_the_risk_that_was_accepted(risk: float) -> None:
    rules = solve(one_corridor(), risk=risk).rules
    assert rules is not None
    assert rules.risk == risk


def test_without_a_risk_there_are_no_rules_and_nothing_else_is_different(plain: Plan) -> None:
    """Byte for byte: a plan file as it was before there were rules."""
    assert plain.rules is None
    told = plan_to_json(two_unsure_gates(), plain)
    assert not json.loads(told).get("rules")
    assert plan_to_json(two_unsure_gates(), solve(two_unsure_gates(), risk=None)) == told
    certain = two_unsure_gates(two_gates().uncertainty)
    assert plan_to_json(certain, solve(certain)) == told


def test_the_same_plan_comes_twice(unsure: Scenario, robust: Plan) -> None:
    assert plan_to_json(unsure, solve(unsure, risk=RISK)) == plan_to_json(unsure, robust)


def test_the_table_brings_out_as_many_as_the_best_for_the_mean(plain: Plan, robust: Plan) -> None:
    """What the rules cost shows when it is simulated: the table is none the worse."""
    assert robust.persons == plain.persons
    assert robust.level(PEOPLE).bound == plain.level(PEOPLE).bound
    assert robust.status == plain.status
    assert robust.willing_persons == plain.willing_persons


def test_the_judge_finds_no_breach(unsure: Scenario, robust: Plan) -> None:
    assert judge(unsure, robust).breaches == ()


@settings(max_examples=6, deadline=None, derandomize=True)
@given(recipes(), st.sampled_from((0.05, 0.01)), st.booleans())
def test_the_judge_finds_no_breach_in_the_plan_of_any_scenario(
    recipe: Recipe, risk: float, everything: bool
) -> None:
    """Rules for every gate, within every limit, whatever is uncertain."""
    scenario = build(recipe)
    if everything:
        scenario = scenario.replace(uncertainty=MUCH)
    with small_sample():
        plan = solve(scenario, NO_CLOCK, risk=risk, stop=_after(40))
    assert plan.rules is not None
    assert judge(scenario, plan).breaches == ()
    assert len(plan.rules.gates) == len(scenario.corridors)


def _after(asked: int) -> Any:
    answers = iter([False] * asked)
    return lambda: next(answers, True)


@pytest.mark.parametrize("scenario", WEIGHED)
def test_those_who_weigh_more_are_called_no_later(scenario: Scenario) -> None:
    """Hours until out count by weight: fewer for the heaviest, in all and in the mean."""
    plain, robust = _both(scenario)
    heaviest = max(scenario.groups, key=lambda group: group.weight).id
    assert _weighted_hours(scenario, robust) <= _weighted_hours(scenario, plain) * (1 + 1e-3)
    assert _mean_call(robust, heaviest) <= _mean_call(plain, heaviest) + 1
    # Other blocks are rounded off otherwise: by a household or two.
    assert robust.persons >= 0.99 * plain.persons
    assert robust.level(PEOPLE).bound == plain.level(PEOPLE).bound


def test_in_one_of_them_they_are_called_much_sooner() -> None:
    """Where gates are short of time: by five minutes in the mean."""
    plain, robust = _both(WEIGHED[1])
    assert _mean_call(robust, "G1") < _mean_call(plain, "G1") - 300


def _both(scenario: Scenario) -> tuple[Plan, Plan]:
    """Return the plan for the mean and one with rules, whichever they are."""
    with small_sample():
        return solve(scenario), solve(scenario, risk=0.01)


def _mean_call(plan: Plan, group: str) -> float:
    """Return the mean second at which people of a group are called."""
    mine = [one for one in plan.movements if one.group == group]
    return float(np.average([one.depart_s for one in mine], weights=[one.persons for one in mine]))


def _weighted_hours(scenario: Scenario, plan: Plan) -> float:
    """Return hours until called, by weight: the walks of one table are those of the other."""
    weight = {group.id: group.weight for group in scenario.groups}
    hours = [weight[one.group] * one.persons * one.depart_s / 3600 for one in plan.movements]
    return float(sum(hours))


@pytest.mark.parametrize("scenario", WEIGHED)
def test_the_bounds_of_all_levels_hold_for_the_plan(scenario: Scenario) -> None:
    """They are of plain people, exposure and hours: what is weighed for the order is no level."""
    plain, robust = _both(scenario)
    for plan in (plain, robust):
        people, exposure, hours = (plan.level(name) for name in (PEOPLE, EXPOSURE, HOURS))
        assert people.value <= people.bound
        assert exposure.value >= exposure.bound * (1 - 1e-6)
        assert hours.value >= hours.bound * (1 - 1e-6)
    assert robust.level(EXPOSURE).value == pytest.approx(plain.level(EXPOSURE).value, rel=0.05)


def test_nobody_is_urgent_in_the_plain_objective() -> None:
    """A problem as posed counts every hour once."""
    assert pose(WEIGHED[0]).urgency.tolist() == [1, 1]


def test_where_nobody_can_come_out_there_are_rules_all_the_same() -> None:
    """People may come of themselves."""
    scenario = one_corridor(windows=((1, 8, 8.1),))
    plan = solve(scenario, risk=0.01)
    assert plan.movements == ()
    assert plan.rules is not None
    assert [gate.corridor for gate in plan.rules.gates] == ["C1"]
    assert simulate(scenario, plan, 3).people_out.tolist() == [0, 0, 0]


def test_a_plan_that_was_stopped_has_rules_that_are_careful(unsure: Scenario) -> None:
    """Caps at the limits of each place, and nobody admitted where people are checked again."""
    plan = solve(unsure, risk=RISK, stop=lambda: True)
    assert plan.rules is not None
    assert judge(unsure, plan).breaches == ()
    for gate, corridor in zip(plan.rules.gates, unsure.corridors, strict=True):
        assert gate.hold_queue_persons == corridor.holding.limit_persons
        assert gate.open_recheck_persons == 0


def test_who_waits_hears_of_the_rules_being_tried(unsure: Scenario) -> None:
    heard: list[Progress] = []
    with small_sample():
        solve(unsure, risk=RISK, progress=heard.append)
    stages = [one.stage for one in heard]
    assert stages.index(RULES) > stages.index(PEOPLE)
    assert set(stages[stages.index(RULES) :]) == {RULES}
    last = max(heard[stages.index(RULES) :], key=lambda one: one.round)
    assert 0 < last.value <= last.bound


def test_few_members_that_the_solver_never_saw_catch_anyone(
    unsure: Scenario, robust: Plan, plain: Plan
) -> None:
    """In 400 of them no evidence of more than the risk; of the plan for the mean, plenty."""
    certified, mean = simulate(unsure, robust, 400, 11), simulate(unsure, plain, 400, 11)
    assert certified.anyone_caught.lower() <= RISK
    assert certified.anyone_caught.value < 0.06
    assert mean.anyone_caught.lower() > RISK
    assert certified.seed != SEED
    assert certified.turned_back.sum() < mean.turned_back.sum()


def test_less_accepted_risk_catches_fewer_and_brings_out_fewer(unsure: Scenario) -> None:
    """On the same draws, from one in five to one in a hundred."""
    bold, careful = (simulate(unsure, solve(unsure, risk=risk), 300, 11) for risk in (0.2, 0.01))
    assert careful.anyone_caught.hits < bold.anyone_caught.hits
    assert careful.people_out.mean() < bold.people_out.mean()


def test_more_may_come_than_planned(unsure: Scenario) -> None:
    """All who live there want to go where half were reckoned with: caps hold them back."""
    planning = replace(unsure.planning, uptake=est(1.0))
    crowd = unsure.replace(planning=planning)
    plan = solve(unsure.replace(planning=replace(planning, uptake=est(0.5))), risk=RISK)
    told = simulate(crowd, plan, 50, 3)
    held = simulate(crowd, plan.replace(rules=None), 50, 3)
    assert told.queue.max(axis=(1, 2)).mean() < held.queue.max(axis=(1, 2)).mean()
    assert told.caught.sum() < held.caught.sum()
