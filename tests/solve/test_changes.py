"""Plans keep to hours in which gates are slow or shut."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clearway.judge.check import judge
from clearway.model.corridor import GateChange
from clearway.model.plan import PEOPLE
from clearway.model.scenario import Scenario
from clearway.solve.options import SolveOptions
from clearway.solve.solve import solve
from tests.scenarios import one_bus, one_corridor, two_gates


def _with(scenario: Scenario, *told: tuple[int, int, int, float]) -> Scenario:
    """Return it with changes: corridor's row, minutes since and until, and the share."""
    start = scenario.start
    return scenario.replace(
        changes=tuple(
            GateChange(
                scenario.corridors[k].id,
                start + timedelta(minutes=since),
                start + timedelta(minutes=until),
                share,
                share,
                "told by the gate",
            )
            for k, since, until, share in told
        )
    )


def _wholly(scenario: Scenario) -> float:
    return solve(scenario, SolveOptions(gap=0.001)).level(PEOPLE).value


def test_a_change_to_the_usual_rate_changes_nothing() -> None:
    scenario = two_gates()
    plain = solve(scenario)
    same = solve(_with(scenario, (0, 30, 90, 1.0)))
    assert same.persons == plain.persons
    assert not judge(_with(scenario, (0, 30, 90, 1.0)), same).breaches


def test_a_gate_that_is_shut_all_day_brings_nobody_out() -> None:
    scenario = _with(one_corridor(), (0, -60, 48 * 60, 0.0))
    plan = solve(scenario)
    assert plan.status.code == "infeasible"
    assert plan.level(PEOPLE).bound == 0
    assert not plan.movements


def test_half_the_rate_brings_out_about_half_where_the_gate_binds() -> None:
    scenario = one_corridor(households=400)
    whole, half = _wholly(scenario), _wholly(_with(scenario, (0, 0, 48 * 60, 0.5)))
    assert 0 < half < whole
    assert half == pytest.approx(whole / 2, rel=0.06)


def test_a_plan_made_for_an_open_gate_breaks_rules_when_it_is_shut() -> None:
    scenario = one_corridor(households=400)
    plan = solve(scenario)
    assert not judge(scenario, plan).breaches
    shut = _with(scenario, (0, 60, 24 * 60, 0.0))
    assert {breach.rule for breach in judge(shut, plan).breaches} & {"gate", "holding"}


def test_a_gate_that_is_shut_for_an_hour_is_not_waited_for() -> None:
    scenario = _with(one_corridor(households=400), (0, 60, 120, 0.0))
    plan = solve(scenario)
    assert plan.persons > 0
    assert not judge(scenario, plan).breaches


@settings(max_examples=25, deadline=None)
@given(
    told=st.lists(
        st.tuples(
            st.integers(0, 1),
            st.integers(0, 300),
            st.integers(5, 200),
            st.sampled_from([0.0, 0.3, 0.5, 1.5]),
        ),
        min_size=1,
        max_size=3,
    ),
    households=st.sampled_from([20, 120]),
)
def test_plans_keep_to_any_changes_and_stay_within_their_bounds(
    told: list[tuple[int, int, int, float]], households: int
) -> None:
    scenario = two_gates(households=households)
    scenario = _with(scenario, *((k, since, since + long, share) for k, since, long, share in told))
    plan = solve(scenario)
    verdict = judge(scenario, plan)
    assert not verdict.breaches, verdict.breaches[:3]
    people = plan.level(PEOPLE)
    assert people.value <= people.bound
    for level in plan.levels[1:]:
        assert level.value >= level.bound * (1 - 1e-6)


@settings(max_examples=8, deadline=None)
@given(
    since=st.integers(0, 240),
    long=st.integers(10, 240),
    share=st.sampled_from([0.0, 0.5, 2.0]),
)
def test_vehicles_keep_to_changes_too(since: int, long: int, share: float) -> None:
    scenario = _with(one_bus(), (0, since, since + long, share))
    plan = solve(scenario)
    verdict = judge(scenario, plan)
    assert not verdict.breaches, verdict.breaches[:3]
    assert plan.level(PEOPLE).value <= plan.level(PEOPLE).bound
