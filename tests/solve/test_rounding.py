"""Whole households out of any flow, within every limit; fairness; and what it all costs."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from clearway.judge import judge
from clearway.model.plan import EXPOSURE, HOURS, PEOPLE
from clearway.solve.called import Called
from clearway.solve.fairness import level_out
from clearway.solve.flow import Flow
from clearway.solve.problem import Problem, pose
from clearway.solve.replay import replay
from clearway.solve.rounding import round_off
from clearway.solve.routes import NO_COLUMNS, Routes, menu
from clearway.solve.timetable import static_columns
from tests.scenarios import Recipe, build, narrow_street, one_corridor, small_site, two_gates
from tests.solve.draws import recipes, solved

ONES = (300, 0, 0, 0, 0, 0, 0, 0, 0)
NINES = (0, 0, 0, 0, 0, 0, 0, 0, 30)


def no_flow() -> Flow:
    """Return a flow of nobody."""
    return Flow(NO_COLUMNS, np.empty(0), finished=True)


def any_flow(problem: Problem, routes: Routes, seed: int) -> Flow:
    """Return a random flow over shortest walks: far too many, too few, in any order."""
    draw = np.random.default_rng(seed)
    columns = static_columns(problem, routes, np.nonzero(menu(problem)))
    persons = draw.random(len(columns)) * draw.choice([0.0, 0.04, 5.0, 80.0], len(columns))
    return Flow(columns, persons, finished=True)


@settings(max_examples=80, deadline=None, derandomize=True)
@given(recipes(), st.integers(0, 2**20))
def test_any_flow_becomes_blocks_within_every_limit(recipe: Recipe, seed: int) -> None:
    problem = pose(build(recipe))
    assume(len(problem.cells))
    routes = Routes(problem)
    called = round_off(problem, routes, any_flow(problem, routes, seed))
    _check_limits(problem, routes, called)
    _check_homes(problem, called)


def _check_limits(problem: Problem, routes: Routes, called: Called) -> None:
    """Assert that gates, sites and streets have no more than they take."""
    columns, cells = called.columns, problem.cells
    load = np.bincount(columns.cell, weights=called.persons, minlength=len(cells))
    for window in np.unique(cells.window):
        waiting = 0.0
        for cell in np.flatnonzero(cells.window == window):
            waiting = max(0.0, waiting + load[cell] - cells.capacity[cell])
            assert waiting <= cells.spare[cell] + 1e-5
    site = problem.site[cells.corridor[columns.cell]]
    for r, one in enumerate(problem.scenario.receptions):
        assert called.persons[site == r].sum() <= one.places.central
    use = routes.use(columns)
    keys, at = np.unique(use.key, return_inverse=True)
    persons = np.bincount(at, weights=use.share * called.persons[use.column], minlength=len(keys))
    assert (persons <= routes.capacity(keys) + 1e-5).all()


def _check_homes(problem: Problem, called: Called) -> None:
    """Assert that each zone and group's households leave in order, without a hole."""
    scenario, columns = problem.scenario, called.columns
    assert (called.households > 0).all()
    for z, g in np.ndindex(problem.supply.shape):
        mine = np.flatnonzero((columns.zone == z) & (columns.group == g))
        mine = mine[np.argsort(called.first[mine])]
        ends = called.first[mine] + called.households[mine]
        assert called.first[mine].tolist() == [0, *ends[:-1].tolist()][: len(mine)]
        assert (np.diff(columns.depart[mine]) >= 0).all()
        sizes = scenario.demand.willing(z, g, scenario.planning.uptake.central)
        for first, end, persons in zip(called.first[mine], ends, called.persons[mine], strict=True):
            assert end <= len(sizes)
            assert persons == sizes[first:end].sum()


def test_of_no_flow_the_gates_are_filled_all_the_same() -> None:
    problem = pose(one_corridor())
    called = round_off(problem, Routes(problem), no_flow())
    assert called.persons.sum() == 124


def test_a_household_that_does_not_fit_is_not_split() -> None:
    # Two a step pass: 30 a slot and two that may be left for the next; households of nine. The
    # last slot has 14: one household.
    scenario = one_corridor(households=NINES, gates_persons_per_h=(120.0,), windows=((1, 8, 9),))
    problem = pose(scenario)
    called = round_off(problem, Routes(problem), no_flow())
    assert set(called.persons.tolist()) <= {9, 18, 27}
    assert called.persons.sum() == 36
    assert problem.cells.capacity.sum() == pytest.approx(44)


def test_what_one_block_has_too_many_the_next_has_fewer() -> None:
    problem = pose(one_corridor(households=(0, 0, 0, 0, 0, 0, 100, 0, 0)))
    routes = Routes(problem)
    slots = np.arange(5)
    columns = static_columns(problem, routes, (0 * slots, 0 * slots, slots))
    called = round_off(problem, routes, Flow(columns, np.full(5, 50.0), finished=True))
    # Five blocks of 50 are 250 persons; whole households of seven never run seven ahead.
    firsts = called.persons[np.argsort(called.first)][:5]
    ahead = np.cumsum(firsts) - 50 * np.arange(1, 6)
    assert ((ahead >= 0) & (ahead < 7)).all()


def test_crumbs_of_a_flow_are_left_out() -> None:
    problem = pose(one_corridor(households=ONES))
    routes = Routes(problem)
    columns = static_columns(problem, routes, (np.zeros(2, int), np.zeros(2, int), np.arange(2)))
    called = round_off(problem, routes, Flow(columns, np.array([0.01, 30.0]), finished=True))
    assert called.columns.cell[0] == 1
    assert called.persons[0] == 30


def test_walks_with_a_loop_are_never_called() -> None:
    problem = pose(narrow_street(households=ONES))
    routes = Routes(problem)
    arcs = problem.inside[0]
    there = int(np.flatnonzero((arcs.link == 0) & arcs.forward)[0])
    back = int(np.flatnonzero((arcs.link == 0) & ~arcs.forward)[0])
    on = int(np.flatnonzero((arcs.link == 1) & arcs.forward)[0])
    loop = routes.add(0, 0, np.array([there, back, there, on]))
    columns = static_columns(problem, routes, (np.zeros(1, int), np.zeros(1, int), np.ones(1, int)))
    columns.route[:] = loop
    columns.depart[:] -= 4
    called = round_off(problem, routes, Flow(columns, np.array([20.0]), finished=True))
    assert loop not in called.columns.route
    assert called.persons.sum() > 0


def test_a_full_site_takes_nobody_more() -> None:
    problem = pose(small_site(households=ONES, gates_persons_per_h=(600.0, 0.0)))
    called = round_off(problem, Routes(problem), no_flow())
    assert called.persons.sum() == 40


@settings(max_examples=60, deadline=None, derandomize=True)
@given(recipes(wide=True), st.integers(0, 2**20), st.sampled_from((0.0, 0.1, 0.3)))
def test_levelling_keeps_the_fairness_rule(recipe: Recipe, seed: int, spread: float) -> None:
    scenario = build(recipe)
    planning = scenario.planning
    rules = planning.slot_s, planning.step_s, planning.tick_s, planning.uptake
    problem = pose(scenario.replace(planning=type(planning)(*rules, spread)))
    assume(len(problem.cells))
    routes = Routes(problem)
    before = round_off(problem, routes, any_flow(problem, routes, seed))
    after = level_out(problem, before)
    _check_homes(problem, after)
    willing = problem.supply.sum(axis=1)
    some = willing > 0
    shares = [
        np.bincount(c.columns.zone, weights=c.persons, minlength=len(willing))[some] / willing[some]
        for c in (before, after)
    ]
    if some.any():
        assert np.ptp(shares[1]) <= spread + 1e-9
        assert (shares[1] <= shares[0] + 1e-12).all()


def test_levelling_leaves_a_fair_plan_alone() -> None:
    problem = pose(two_gates(spread=0.3))
    called = round_off(problem, Routes(problem), no_flow())
    assert called.persons.sum() == 744
    assert level_out(problem, called).persons.tolist() == called.persons.tolist()


@settings(max_examples=35, deadline=None, derandomize=True)
@given(recipes())
def test_the_replay_says_what_the_judge_finds(recipe: Recipe) -> None:
    scenario = build(recipe)
    plan = solved(scenario)
    verdict = judge(scenario, plan)
    assume(plan.levels)
    assert plan.level(PEOPLE).value == verdict.people_out
    assert plan.level(EXPOSURE).value == pytest.approx(verdict.exposure_person_hours, rel=1e-9)
    assert plan.level(HOURS).value == pytest.approx(verdict.hours_until_out, rel=1e-9)


def test_a_replay_by_hand() -> None:
    # 150 leave in steps 0 to 14, ten each, and pass in steps 4 to 18 without a wait.
    problem = pose(one_corridor(households=ONES))
    routes = Routes(problem)
    columns = static_columns(
        problem, routes, (np.zeros(1, int), np.zeros(1, int), np.zeros(1, int))
    )
    many = np.array([150])
    outcome = replay(problem, routes, Called(columns, np.array([0]), many, many))
    assert (outcome.persons, outcome.weight) == (150, 150)
    assert outcome.exposure_hours == pytest.approx(150 * 540 / 3600)
    assert outcome.out_hours == pytest.approx(150 * (11 * 60 + 300) / 3600)


def test_a_replay_with_a_queue_by_hand() -> None:
    # Twenty come in each of 15 steps and ten pass: the n-th cohort (n = 0..14) passes in steps
    # 4 + 2 n and 5 + 2 n, half of it each.
    problem = pose(one_corridor(households=ONES))
    routes = Routes(problem)
    columns = static_columns(
        problem, routes, (np.zeros(1, int), np.zeros(1, int), np.zeros(1, int))
    )
    many = np.array([300])
    outcome = replay(problem, routes, Called(columns, np.array([0]), many, many))
    passing = sum(20 * (4.5 + 2 * n) for n in range(15))
    leaving = sum(20 * n for n in range(15))
    assert outcome.out_hours == pytest.approx((passing * 60 + 300 * 300) / 3600)
    assert outcome.exposure_hours == pytest.approx(((passing - leaving) * 60 + 300 * 300) / 3600)
