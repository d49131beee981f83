"""The scenario as the solver sees it, against figures worked out by hand."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from hypothesis import given, settings

from clearway.model.population import SIZES
from clearway.solve.cells import NEVER
from clearway.solve.problem import Problem, pose
from tests.plans import ways_out, willing_persons
from tests.scenarios import Recipe, build, four_sides, late_window, one_corridor, two_gates
from tests.solve.draws import recipes
from tests.solve.test_walks import with_links


def test_one_corridor_by_hand() -> None:
    # Two streets of 100 s to the gate: 200 s, four steps. The corridor takes 300 s. Out by 09:30
    # is 5,400 s: the gate is passed by 5,100 s, step 85. Slots begin at step 4.
    problem = pose(one_corridor())
    cells = problem.cells
    assert (problem.cohorts, problem.ticks_per_step, problem.ticks_per_slot) == (15, 6, 90)
    assert problem.walk_steps.tolist() == [[[4]]]
    assert problem.corridor_ticks.tolist() == [[30]]
    assert (problem.open_step.tolist(), problem.last_step.tolist()) == ([0], [[85]])
    assert cells.first.tolist() == [4, 19, 34, 49, 64, 79]
    assert cells.steps.tolist() == [15, 15, 15, 15, 15, 7]
    # The last block leaves over 15 steps as well, so that its first come eight steps early.
    assert cells.front.tolist() == [4, 19, 34, 49, 64, 71]
    # 600 persons an hour are ten a step.
    assert cells.capacity == pytest.approx([150, 150, 150, 150, 150, 70])
    assert cells.wait_s.tolist() == [0, 0, 0, 0, 0, 240]
    assert problem.supply.tolist() == [[124]]


def test_each_group_has_a_last_step_of_its_own() -> None:
    # G2 is 600 s in the corridor: by step 80, 4,800 s.
    problem = pose(two_gates())
    assert problem.last_step.tolist() == [[85, 85], [80, 80]]
    assert problem.corridor_ticks.tolist() == [[30, 30], [60, 60]]
    assert problem.weights.tolist() == [1, 1]


def test_windows_count_from_the_first_opening() -> None:
    problem = pose(late_window())
    assert problem.open_step.tolist() == [0, 60]
    assert problem.cells.corridor.tolist() == [0, 0, 0, 1, 1]
    assert problem.cells.window.tolist() == [0, 0, 0, 1, 1]


def test_a_window_that_opens_between_steps_begins_with_the_next() -> None:
    scenario = late_window(windows=((1, 8, 9.25), (2, 9 + 1 / 3600, 10)))
    assert pose(scenario).open_step.tolist() == [0, 61]


@pytest.mark.parametrize(("minutes", "cells"), [(22, 0), (23, 1), (24, 2), (37, 2), (38, 2)])
def test_a_window_has_a_slot_if_a_whole_one_fits(minutes: int, cells: int) -> None:
    # Four steps to the gate, a slot of 15, five to be out: the last of a slot passes in step 18.
    # Where nobody may wait, a last slot overlaps the one before until a second whole one fits.
    hours = minutes / 60
    problem = pose(one_corridor(windows=((1, 8, 8 + hours),), margin_min=0.0, holding_persons=0.0))
    assert len(problem.cells) == cells
    assert problem.cells.overlap.tolist() == [False, minutes < 38][:cells]


def test_the_uptake_rules_the_supply() -> None:
    scenario = one_corridor(uptake=0.5)
    assert pose(scenario).supply.sum() == willing_persons(scenario)
    assert pose(one_corridor(uptake=0.0)).supply.sum() == 0


def test_walks_without_a_way_are_never() -> None:
    scenario = two_gates()
    state = scenario.network.links.state.copy()
    state[scenario.network.links.side == "outside"] = "closed"
    # The corridors themselves must stay open.
    state[scenario.network.link_index([c.links for c in scenario.corridors])] = "open"
    problem = pose(with_links(scenario, state=state))
    assert problem.tails == ((None, None),)
    assert (problem.walk_steps == NEVER).all()


@settings(max_examples=60, deadline=None, derandomize=True)
@given(recipes())
def test_walks_are_those_of_a_slow_search(recipe: Recipe) -> None:
    scenario = build(recipe)
    problem, ways = pose(scenario), ways_out(scenario)
    per_step = recipe.step_s // recipe.tick_s
    for z, g, k in np.ndindex(problem.walk_steps.shape):
        assert problem.walk_steps[z, g, k] == -(-ways[z, g, k].gate // per_step)
        assert problem.corridor_ticks[g, k] == ways[z, g, k].through


@settings(max_examples=80, deadline=None, derandomize=True)
@given(recipes())
def test_slots_of_a_window_follow_one_another_and_end_in_time(recipe: Recipe) -> None:
    problem = pose(build(recipe))
    _check_slots(problem, recipe)


def test_slots_of_many_windows() -> None:
    problem = pose(four_sides())
    assert sorted(set(problem.cells.window.tolist())) == list(range(8))
    _check_slots(problem, Recipe(gates_persons_per_h=(600.0, 300.0, 450.0, 150.0)))


def _check_slots(problem: Problem, recipe: Recipe) -> None:
    cells = problem.cells
    for window in np.unique(cells.window):
        mine = np.flatnonzero(cells.window == window)
        if cells.overlap[mine[-1]]:
            end = cells.first[mine[-1]] + cells.steps[mine[-1]] - 1
            assert end == problem.last_step[:, window].max()
            assert cells.first[mine[-1]] > cells.first[mine[-2]]
            assert not cells.spare[mine].any()
            mine = mine[:-1]
        first, steps, front = cells.first[mine], cells.steps[mine], cells.front[mine]
        assert (np.diff(mine) == 1).all()
        assert (first[1:] == first[:-1] + steps[:-1]).all()
        assert (steps[:-1] == problem.cohorts).all()
        assert 1 <= steps[-1] <= problem.cohorts
        assert front.tolist() == (first + steps - problem.cohorts).tolist()
        assert front.min() >= problem.open_step[window]
        assert first[-1] + steps[-1] - 1 <= problem.last_step[:, window].max()
        rate = recipe.gates_persons_per_h[cells.corridor[mine[0]]] / 3600 * recipe.step_s
        assert cells.capacity[mine] == pytest.approx(rate * steps)
        assert (cells.spare[mine] <= recipe.holding_persons).all()
        assert cells.spare[mine[-1]] == 0


def test_persons_of_the_supply_are_those_of_households() -> None:
    households = (0, 3, 0, 0, 2, 0, 0, 0, 0)
    scenario = one_corridor(households=households)
    assert pose(scenario).supply.sum() == np.dot(households, SIZES) == 16


def test_a_street_slot_is_numbered_for_every_slot_of_the_pause() -> None:
    problem = pose(one_corridor())
    last = int(problem.last_step.max()) * problem.ticks_per_step
    assert problem.street_slots > last // problem.ticks_per_slot
    longer = pose(one_corridor(windows=((1, 8, 12),)))
    assert longer.street_slots > problem.street_slots


def test_the_crowd_before_the_last_slot_fits_the_holding_area() -> None:
    # Seven steps are left for the last block: eight of its fifteen cohorts come early, 70 / 15
    # persons each, 37.3 in all.
    wide, tight = (
        pose(one_corridor(holding_persons=limit)).cells.steps.tolist() for limit in (38.0, 37.0)
    )
    assert wide == [15, 15, 15, 15, 15, 7]
    assert sum(tight) < sum(wide)


def test_problems_are_of_the_scenario_given() -> None:
    scenario = one_corridor()
    faster = dataclasses.replace(
        scenario.groups[0], speed_m_per_s=dataclasses.replace(
            scenario.groups[0].speed_m_per_s, low=2.4, central=2.4, high=2.4
        )
    )  # fmt: skip
    assert pose(scenario.replace(groups=(faster,))).walk_steps.tolist() == [[[2]]]
    assert pose(scenario).scenario is scenario
