"""What vehicles take of gates, sites and households is not planned twice."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clearway.model.plan import EXPOSURE, HOURS, PEOPLE
from clearway.model.scenario import Scenario
from clearway.solve.called import Called
from clearway.solve.flow import Search
from clearway.solve.options import SolveOptions, Watch
from clearway.solve.problem import Problem, pose
from clearway.solve.relax import Relaxation
from clearway.solve.replay import replay
from clearway.solve.rounding import round_off
from clearway.solve.routes import Routes
from clearway.solve.taken import Taken, served
from tests.scenarios import one_corridor, small_site, two_days, two_gates

SLOTS = 8


def taken(scenario: Scenario, *gate: tuple[float, ...]) -> Taken:
    """Return that vehicles take so many persons of each gate, slot by slot."""
    told = np.zeros((len(scenario.corridors), SLOTS))
    for k, row in enumerate(gate):
        told[k, : len(row)] = row
    return dataclasses.replace(Taken.nothing(scenario), gate=told)


def planned(problem: Problem) -> tuple[Called, float]:
    """Return the blocks of the best plan, and a bound on people."""
    routes, relaxation = Routes(problem), Relaxation(problem)
    search = Search(problem, routes, relaxation)
    flow = search.best(Watch(SolveOptions(), None, None))
    bound = relaxation.best(PEOPLE, weighted=False).value
    return round_off(problem, routes, flow), bound


def stepwise(problem: Problem, called: Called, corridor: int) -> tuple[float, float]:
    """Replay one gate step by step; return most who wait at a step's end, and the last step."""
    routes, longest = problem, problem.cohorts
    walk = problem.walk_steps[called.columns.zone, called.columns.group, corridor]
    mine = problem.cells.corridor[called.columns.cell] == corridor
    joins, over = (called.columns.depart + walk)[mine], problem.cells.cohorts[called.columns.cell]
    steps = np.arange(int(joins.max()) + 10 * longest)
    arrive = np.zeros(len(steps))
    for begin, persons, cohorts in zip(joins, called.persons[mine], over[mine], strict=True):
        arrive[begin : begin + cohorts] += persons / cohorts
    rate = served(routes.scenario, problem.taken, corridor, steps)
    waiting, most, last = 0.0, 0.0, 0
    for step, (come, room) in enumerate(zip(arrive, rate, strict=True)):
        passed = min(waiting + come, room)
        waiting += come - passed
        most = max(most, waiting)
        last = step if passed > 1e-6 else last
    assert waiting < 1e-6
    return most, last


def test_nothing_taken_is_the_plain_problem() -> None:
    scenario = two_gates()
    plain, posed = pose(scenario), pose(scenario, Taken.nothing(scenario))
    for field in dataclasses.fields(plain.cells):
        one, other = getattr(plain.cells, field.name), getattr(posed.cells, field.name)
        assert np.array_equal(one, other)
    assert np.array_equal(plain.supply, posed.supply)
    assert not plain.cells.late_share.any()


def test_the_gate_serves_those_in_vehicles_first_and_evenly() -> None:
    scenario = one_corridor()
    told = taken(scenario, (0, 90, 300))
    per = served(scenario, told, 0, np.array([-1, 0, 14, 15, 29, 30, 44, 45, 900]))
    assert per == pytest.approx([10, 10, 10, 4, 4, 0, 0, 10, 10])


def test_a_gate_taken_whole_lets_nobody_else_through() -> None:
    scenario = one_corridor()
    problem = pose(scenario, taken(scenario, (1e4,) * SLOTS))
    assert problem.cells.capacity.max() == 0
    assert Relaxation(problem).best(PEOPLE).value == pytest.approx(0, abs=1e-9)


def test_capacity_is_what_vehicles_leave() -> None:
    scenario = one_corridor(holding_persons=0.0)
    plain, less = pose(scenario), pose(scenario, taken(scenario, (75.0,) * SLOTS))
    own = plain.cells.capacity[~plain.cells.overlap]
    assert less.cells.capacity == pytest.approx(less.cells.steps * 5.0)
    assert own == pytest.approx(plain.cells.steps[~plain.cells.overlap] * 10.0)


def test_riders_are_the_last_households() -> None:
    scenario = one_corridor()
    told = dataclasses.replace(Taken.nothing(scenario), households=np.array([[5]]))
    sizes = scenario.demand.willing(0, 0, 1.0)
    assert told.willing(scenario, 0, 0).tolist() == sizes[:-5].tolist()
    assert pose(scenario, told).supply[0, 0] == sizes[:-5].sum()
    called, _ = planned(pose(scenario, told))
    assert (called.first + called.households).max() <= len(sizes) - 5


def test_more_riders_than_households_leave_nobody() -> None:
    scenario = one_corridor()
    told = dataclasses.replace(Taken.nothing(scenario), households=np.array([[500]]))
    assert not pose(scenario, told).supply.any()


def test_places_of_a_site_are_shared_with_riders() -> None:
    scenario = small_site()
    told = dataclasses.replace(Taken.nothing(scenario), places=np.array([30.0, 0.0]))
    problem = pose(scenario, told)
    assert problem.places.tolist() == [10.0, 1e6]
    called, _ = planned(problem)
    first = problem.site[problem.cells.corridor[called.columns.cell]] == 0
    assert called.persons[first].sum() <= 10


def test_what_is_taken_on_one_day_leaves_the_other_as_it_was() -> None:
    scenario = two_days()
    plain, posed = pose(scenario), pose(scenario, taken(scenario, (20, 20, 20, 20)))
    whole, left = (
        [cells.capacity[cells.window == w].sum() for w in range(2)]
        for cells in (plain.cells, posed.cells)
    )
    assert left[1] == pytest.approx(whole[1])
    assert left[0] < whole[0]


_gates = st.lists(st.integers(0, 160), min_size=SLOTS, max_size=SLOTS).map(tuple)


@settings(max_examples=25, deadline=None)
@given(one=_gates, other=_gates, holding=st.sampled_from([0.0, 30.0, 1000.0]))
def test_plans_keep_the_gates_that_are_left(
    one: tuple[float, ...], other: tuple[float, ...], holding: float
) -> None:
    scenario = two_gates(holding_persons=holding, households=(8, 9, 9, 9, 9, 8, 6, 5, 4))
    problem = pose(scenario, taken(scenario, one, other))
    called, bound = planned(problem)
    assert called.persons.sum() <= bound + 1e-6
    for corridor in np.unique(problem.cells.corridor[called.columns.cell]):
        most, last = stepwise(problem, called, int(corridor))
        assert most <= holding + 1e-6 + (9 if holding else 0)
        assert last <= problem.last_step.max(axis=0)[int(corridor)]


@settings(max_examples=25, deadline=None)
@given(one=_gates, other=_gates)
def test_replay_costs_what_was_bounded(one: tuple[float, ...], other: tuple[float, ...]) -> None:
    scenario = two_gates(households=(8, 9, 9, 9, 9, 8, 6, 5, 4))
    problem = pose(scenario, taken(scenario, one, other))
    routes, relaxation = Routes(problem), Relaxation(problem)
    flow = Search(problem, routes, relaxation).best(Watch(SolveOptions(), None, None))
    called = round_off(problem, routes, flow)
    outcome = replay(problem, routes, called)
    least = {level: relaxation.best(level, weight=outcome.weight) for level in (EXPOSURE, HOURS)}
    assert outcome.exposure_hours >= least[EXPOSURE].value - 1e-6
    assert outcome.out_hours >= least[HOURS].value - 1e-6


def test_replay_waits_while_vehicles_are_served() -> None:
    scenario = one_corridor()
    plain = pose(scenario)
    called, _ = planned(plain)
    routes = Routes(plain)
    route = routes.shortest(0, 0, 0)
    columns = dataclasses.replace(called.columns, route=np.full(len(called.columns), route))
    called = dataclasses.replace(called, columns=columns)
    before = replay(plain, routes, called)
    crowded = dataclasses.replace(plain, taken=taken(scenario, (75.0,) * SLOTS))
    after = replay(crowded, routes, called)
    assert after.exposure_hours > before.exposure_hours
    nearly = dataclasses.replace(plain, taken=taken(scenario, (1e-9,) * SLOTS))
    same = replay(nearly, routes, called)
    assert same.exposure_hours == pytest.approx(before.exposure_hours)
    assert same.out_hours == pytest.approx(before.out_hours)
