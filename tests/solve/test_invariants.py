"""What holds for the plan of any scenario, found by the judge and by solving again."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clearway.judge import judge
from clearway.model.plan import (
    EXPOSURE,
    HOURS,
    INFEASIBLE,
    LIMITED,
    OPTIMAL,
    PARTIAL,
    PEOPLE,
    Plan,
)
from clearway.model.scenario import Scenario
from clearway.publish.plan_file import plan_to_json
from clearway.solve import SolveOptions, solve
from clearway.solve.problem import pose
from clearway.solve.relax import Relaxation
from tests.scenarios import Recipe, build
from tests.solve.draws import recipes, renamed, shuffled, solved


@settings(max_examples=80, deadline=None, derandomize=True)
@given(recipes())
def test_the_judge_finds_no_breach(recipe: Recipe) -> None:
    scenario = build(recipe)
    plan = solved(scenario)
    verdict = judge(scenario, plan)
    assert verdict.breaches == ()
    assert verdict.people_out == plan.persons
    assert verdict.people_willing == plan.willing_persons
    _check_status(plan)


@settings(max_examples=35, deadline=None, derandomize=True)
@given(recipes(), st.sampled_from((0, 1, 2, 5)))
def test_a_plan_that_was_stopped_keeps_every_rule(recipe: Recipe, asked: int) -> None:
    scenario = build(recipe)
    answers = iter([False] * asked)
    plan = solve(scenario, stop=lambda: next(answers, True))
    assert judge(scenario, plan).breaches == ()
    _check_status(plan)


@settings(max_examples=25, deadline=None, derandomize=True)
@given(recipes(wide=False))
def test_a_plan_out_of_time_keeps_every_rule(recipe: Recipe) -> None:
    scenario = build(recipe)
    plan = solve(scenario, SolveOptions(seconds=0.0))
    assert judge(scenario, plan).breaches == ()


@settings(max_examples=40, deadline=None, derandomize=True)
@given(recipes())
def test_no_value_is_better_than_its_bound(recipe: Recipe) -> None:
    plan = solved(build(recipe))
    for level in plan.levels:
        better = level.value - level.bound if level.name == PEOPLE else level.bound - level.value
        assert better <= 1e-6 * max(1.0, abs(level.bound))
        assert np.isfinite([level.value, level.bound]).all()
        assert level.value >= 0
        assert level.bound >= 0


@settings(max_examples=25, deadline=None, derandomize=True)
@given(recipes())
def test_households_are_called_in_their_order_and_whole(recipe: Recipe) -> None:
    scenario = build(recipe)
    plan = solved(scenario)
    zones = {zone.id: z for z, zone in enumerate(scenario.zones)}
    groups = {group.id: g for g, group in enumerate(scenario.groups)}
    called: dict[tuple[int, int], tuple[int, int]] = {}
    for move in sorted(plan.movements, key=lambda one: (one.depart_s, one.first_household)):
        who = zones[move.zone], groups[move.group]
        until, left = called.get(who, (0, 0))
        assert move.first_household == until
        assert move.depart_s >= left
        until += move.households
        sizes = scenario.demand.willing(*who, recipe.uptake)
        assert move.persons == sizes[move.first_household : until].sum()
        assert until <= len(sizes)
        called[who] = until, move.depart_s


@settings(max_examples=25, deadline=None, derandomize=True)
@given(recipes())
def test_the_same_scenario_gives_the_same_bytes(recipe: Recipe) -> None:
    first, again = build(recipe), build(recipe)
    plans = [solved(one) for one in (first, again)]
    texts = [plan_to_json(one, plan) for one, plan in zip((first, again), plans, strict=True)]
    assert texts[0] == texts[1]


@settings(max_examples=25, deadline=None, derandomize=True)
@given(recipes(), st.integers(0, 2**20))
def test_the_order_of_the_parts_changes_no_bound(recipe: Recipe, seed: int) -> None:
    scenario = build(recipe)
    _check_same_bound(scenario, shuffled(scenario, seed), narrow=recipe.width_m < 1)


@settings(max_examples=25, deadline=None, derandomize=True)
@given(recipes())
def test_ids_change_no_bound(recipe: Recipe) -> None:
    scenario = build(recipe)
    _check_same_bound(scenario, renamed(scenario), narrow=recipe.width_m < 1)


@settings(max_examples=25, deadline=None, derandomize=True)
@given(recipes(wide=True))
def test_ids_change_no_value_where_streets_are_wide(recipe: Recipe) -> None:
    scenario = build(recipe)
    plan, other = solved(scenario), solved(renamed(scenario))
    assert [level.value for level in plan.levels] == [level.value for level in other.levels]
    assert [move.depart_s for move in plan.movements] == [move.depart_s for move in other.movements]


def _check_same_bound(scenario: Scenario, other: Scenario, *, narrow: bool) -> None:
    plans = solved(scenario), solved(other)
    assert judge(other, plans[1]).breaches == ()
    assert [level.name for level in plans[0].levels] == [level.name for level in plans[1].levels]
    if not plans[0].levels:
        return
    relaxed = [Relaxation(pose(one)) for one in (scenario, other)]
    bounds = [one.best(PEOPLE, weighted=False).value for one in relaxed]
    assert bounds[0] == pytest.approx(bounds[1], rel=1e-6, abs=1e-6)
    # A bound from blocks is below that of the relaxation, yet above any plan of the same pause.
    for plan, twin in (plans, plans[::-1]):
        assert twin.level(PEOPLE).value <= plan.level(PEOPLE).bound
        assert plan.level(PEOPLE).bound <= bounds[0] * (1 + 1e-5) + 1e-5
    if scenario.planning.spread == 1 and not narrow:
        values = [plan.level(PEOPLE).bound for plan in plans]
        assert values[0] == values[1]


def _check_status(plan: Plan) -> None:
    """Assert that the status says what the figures say."""
    code = plan.status.code
    assert plan.status.reason.en
    assert plan.status.reason.ar
    if not plan.levels:
        assert (code, plan.movements) == (INFEASIBLE, ())
        return
    assert tuple(level.name for level in plan.levels) == (PEOPLE, EXPOSURE, HOURS)
    assert plan.level(PEOPLE).value == plan.persons
    if not plan.persons:
        assert code in {INFEASIBLE, LIMITED}
        assert plan.level(EXPOSURE).value == plan.level(HOURS).value == 0
    elif code == OPTIMAL:
        assert plan.persons == plan.willing_persons
    elif code == PARTIAL:
        assert plan.persons < plan.willing_persons
    worth = [one.worth_persons for one in plan.status.binding]
    assert worth == sorted(worth, reverse=True)
    assert all(one.from_s < one.until_s for one in plan.status.binding)


@settings(max_examples=25, deadline=None, derandomize=True)
@given(recipes())
def test_people_leave_only_in_windows_that_the_gates_have(recipe: Recipe) -> None:
    scenario = build(recipe)
    plan, problem = solved(scenario), pose(scenario)
    row = {corridor.id: k for k, corridor in enumerate(scenario.corridors)}
    spans = [
        (
            row[window.corridor],
            scenario.seconds(window.opens),
            scenario.seconds(window.closes) - scenario.corridors[0].margin_s,
        )
        for window in scenario.windows
    ]
    for move in plan.movements:
        k, group = row[move.corridor], int(move.group[1:]) - 1
        through = int(problem.corridor_ticks[group, k]) * recipe.tick_s
        last_home = move.depart_s + recipe.slot_s - recipe.step_s
        assert any(
            k == at and opens <= move.depart_s and last_home + through <= out_by
            for at, opens, out_by in spans
        )
