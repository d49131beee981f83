"""The way of solving for cities whose streets bind, forced on towns small enough to check."""

from __future__ import annotations

import dataclasses
import sys

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clearway.judge import judge
from clearway.model.plan import EXPOSURE, PEOPLE, Plan
from clearway.model.scenario import Scenario
from clearway.solve.called import Called
from clearway.solve.flow import Flow, Search
from clearway.solve.options import SolveOptions, Watch
from clearway.solve.problem import Problem, pose
from clearway.solve.relax import Relaxation
from clearway.solve.repeated import repeated
from clearway.solve.rounding import round_off
from clearway.solve.routes import Columns, Routes
from clearway.solve.shave import shave
from clearway.solve.solve import solve
from clearway.solve.steady import Steady
from tests.crosscheck.instances import drawn
from tests.scenarios import car_town, narrow_street, small_site, two_gates

seeds = st.integers(0, 2**16)
#: The package's function ``solve`` hides the module of that name.
FLOW = sys.modules[Flow.__module__]


@pytest.fixture
def as_in_a_city(monkeypatch: pytest.MonkeyPatch) -> None:
    """Take any town for one whose sweeps would take too long."""
    monkeypatch.setattr(FLOW, "LARGE", 0.0)


def narrow_cars(share: float = 0.02) -> Scenario:
    """Return the town with cars and streets that carry few of them."""
    scenario = car_town(households=(8, 9, 9, 9, 9, 8, 6, 5, 4))
    links = scenario.network.links
    narrow = dataclasses.replace(links, capacity_veh_per_s=links.capacity_veh_per_s * share)
    return scenario.replace(network=dataclasses.replace(scenario.network, links=narrow))


def level(plan: Plan, name: str) -> tuple[float, float]:
    """Return value and bound of one level."""
    found = next(one for one in plan.levels if one.name == name)
    return found.value, found.bound


def flowing(problem: Problem, routes: Routes) -> Flow:
    """Return the fractional plan."""
    return Search(problem, routes, Relaxation(problem)).best(Watch(SolveOptions(), None, None))


@pytest.mark.usefixtures("as_in_a_city")
@pytest.mark.parametrize("scenario", [narrow_street(), narrow_cars(), narrow_cars(0.05)])
def test_plans_keep_every_rule_and_their_bounds(scenario: Scenario) -> None:
    plan = solve(scenario, SolveOptions(gap=0.01))
    persons, most = level(plan, PEOPLE)
    assert 0 < persons <= most
    exposure, least = level(plan, EXPOSURE)
    assert exposure >= least * (1 - 1e-9)
    assert judge(scenario, plan).breaches == ()


@pytest.mark.usefixtures("as_in_a_city")
def test_it_comes_near_what_exact_rounds_find(monkeypatch: pytest.MonkeyPatch) -> None:
    scenario = narrow_cars()
    here, _ = level(solve(scenario, SolveOptions(gap=0.01)), PEOPLE)
    monkeypatch.setattr(FLOW, "LARGE", 1e12)
    there, _ = level(solve(scenario), PEOPLE)
    assert here >= 0.9 * there


@pytest.mark.usefixtures("as_in_a_city")
def test_the_same_plan_comes_twice() -> None:
    scenario = narrow_cars()
    one, other = (solve(scenario, SolveOptions(gap=0.01)) for _ in range(2))
    assert one == other


@pytest.mark.usefixtures("as_in_a_city")
def test_wide_streets_are_solved_as_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    scenario = two_gates()
    here = solve(scenario)
    monkeypatch.setattr(FLOW, "LARGE", 1e12)
    assert solve(scenario) == here


@settings(max_examples=15, deadline=None)
@given(seeds, st.integers(1, 2))
def test_shaved_blocks_keep_every_limit(seed: int, groups: int) -> None:
    problem = pose(drawn(seed, groups=groups))
    routes = Routes(problem)
    flow = flowing(problem, routes)
    called = shave(problem, routes, dataclasses.replace(flow, tight=True))
    keeps_limits(problem, routes, called)


def keeps_limits(problem: Problem, routes: Routes, called: Called) -> None:
    """Assert that no street, gate slot, site or zone is overfull, and households are whole."""
    columns, persons = called.columns, called.persons
    use = routes.use(columns)
    keys, row = np.unique(use.key, return_inverse=True)
    entered = np.bincount(row, use.share * persons[use.column], len(keys))
    assert (entered <= routes.capacity(keys) + 1e-6).all()
    cells = problem.cells
    load = np.bincount(columns.cell, persons, len(cells))
    assert (load <= cells.capacity + cells.spare + np.r_[0, cells.spare[:-1]] + 1e-6).all()
    sites = np.bincount(problem.site[cells.corridor[columns.cell]], persons, len(problem.places))
    assert (sites <= problem.places + 1e-6).all()
    for zone, group in {*zip(columns.zone.tolist(), columns.group.tolist(), strict=True)}:
        mine = np.flatnonzero((columns.zone == zone) & (columns.group == group))
        mine = mine[np.lexsort((called.first[mine], columns.depart[mine]))]
        sizes = problem.taken.willing(problem.scenario, zone, group)
        ends = called.first[mine] + called.households[mine]
        assert (called.first[mine][1:] == ends[:-1]).all()
        assert ends[-1] <= len(sizes)
        for at in mine.tolist():
            run = sizes[called.first[at] : called.first[at] + called.households[at]]
            assert run.sum() == persons[at]


def test_shaving_what_fits_loses_less_than_a_household_a_zone_and_group() -> None:
    problem = pose(two_gates())
    routes = Routes(problem)
    flow = flowing(problem, routes)
    called = shave(problem, routes, flow)
    keeps_limits(problem, routes, called)
    who = {*zip(flow.columns.zone.tolist(), flow.columns.group.tolist(), strict=True)}
    assert called.persons.sum() >= flow.persons.sum() - 9 * len(who)


def test_places_of_a_site_are_kept() -> None:
    problem = pose(small_site())
    routes = Routes(problem)
    called = shave(problem, routes, flowing(problem, routes))
    keeps_limits(problem, routes, called)
    assert called.persons.sum() > 40


def test_a_tight_flow_is_rounded_by_shaving() -> None:
    problem = pose(narrow_cars())
    routes = Routes(problem)
    flow = dataclasses.replace(flowing(problem, routes), tight=True)
    one, other = round_off(problem, routes, flow), shave(problem, routes, flow)
    assert np.array_equal(one.households, other.households)
    assert np.array_equal(one.first, other.first)


def test_nobody_is_called_of_nothing() -> None:
    problem = pose(two_gates())
    routes = Routes(problem)
    none = Columns(*(np.empty(0, dtype=np.int64) for _ in range(5)))
    called = shave(problem, routes, Flow(none, np.empty(0), finished=True))
    assert not len(called.columns)


def test_paths_are_called_in_every_slot_that_they_can_meet() -> None:
    problem = pose(narrow_cars())
    routes, steady = Routes(problem), Steady(problem)
    blocks = repeated(problem, routes, steady, [steady.best(PEOPLE)])
    columns = blocks.columns
    assert len(columns) == len(blocks.most) > 0
    walked = [
        -(-routes.walk_ticks(int(r), int(g)) // problem.ticks_per_step)
        for r, g in zip(columns.route, columns.group, strict=True)
    ]
    assert (columns.depart + np.array(walked) == problem.cells.front[columns.cell]).all()
    assert (columns.depart >= problem.open_step[problem.cells.window[columns.cell]]).all()
    # Streets of cars bind, those of walkers do not.
    boxed = np.isfinite(blocks.most)
    assert boxed.any()
    assert (problem.modes.of_group[columns.group[boxed]] == 1).all()


def test_shares_of_a_path_add_up_to_more_than_it_carries() -> None:
    problem = pose(narrow_cars())
    routes, steady = Routes(problem), Steady(problem)
    flow = steady.best(PEOPLE)
    blocks = repeated(problem, routes, steady, [flow])
    boxed = np.isfinite(blocks.most)
    assert blocks.most[boxed].sum() >= 1.5 * sum(
        persons
        for persons, path in zip(flow.persons, steady.paths, strict=False)
        if problem.modes.of_group[path.group] == 1 and persons > 1e-3
    )
