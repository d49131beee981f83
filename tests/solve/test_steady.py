"""The bound with the hours summed up, beside plans, other bounds, and explicit programs."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy.optimize import linprog

from clearway.model.plan import EXPOSURE, PEOPLE
from clearway.model.scenario import Scenario
from clearway.solve.flow import Search
from clearway.solve.master import COUNT, Goal
from clearway.solve.options import SolveOptions, Watch
from clearway.solve.problem import Problem, pose
from clearway.solve.relax import Relaxation
from clearway.solve.replay import replay
from clearway.solve.rounding import round_off
from clearway.solve.routes import Routes
from clearway.solve.steady import Steady
from clearway.solve.taken import Taken
from clearway.solve.useful import gate_persons, street_room
from tests.crosscheck.instances import drawn
from tests.scenarios import car_town, four_sides, narrow_street, one_corridor, two_days, two_gates

seeds = st.integers(0, 2**16)


def listed(problem: Problem) -> NDArray[np.float64]:
    """Return all simple paths' use of every limit, one column a path, by walking the town."""
    rows, links = [], problem.modes.room.shape[1]
    zones, groups = problem.supply.shape
    for zone, group in np.argwhere(problem.supply > 0).tolist():
        mode = int(problem.modes.of_group[group])
        inside = problem.inside[mode]
        for k, tail in enumerate(problem.tails[mode]):
            if tail is None or not problem.modes.able[group]:
                continue
            stack = [(int(problem.zone_node[zone]), list[int](), {int(problem.zone_node[zone])})]
            while stack:
                node, arcs, seen = stack.pop()
                if node == tail.mouth:
                    use = np.zeros(zones * groups + len(problem.gate_rate) + 2 * 2 * links)
                    use[zone * groups + group] = 1
                    use[zones * groups + k] = 1
                    first = zones * groups + len(problem.gate_rate)
                    ways = 2 * (inside.link[arcs] + mode * links) + ~inside.forward[arcs]
                    use[first + ways] = problem.modes.unit[group]
                    behind = 2 * (tail.links + mode * links) + ~tail.forward
                    use[first + behind] = problem.modes.unit[group]
                    rows.append(use)
                for arc in np.flatnonzero(inside.tail == node).tolist():
                    head = int(inside.head[arc])
                    if head not in seen:
                        stack.append((head, [*arcs, arc], seen | {head}))
    return np.array(rows).T


@settings(max_examples=15, deadline=None)
@given(seeds)
def test_paths_are_priced_to_the_optimum_over_all_paths(seed: int) -> None:
    problem = pose(small(seed))
    found = Steady(problem).best(COUNT)
    use = listed(problem)
    if not use.size:
        assert found.bound == pytest.approx(0, abs=1e-6)
        return
    room = np.zeros(use.shape[0])
    limits = np.concatenate([problem.supply.ravel(), gate_persons(problem), street_room(problem)])
    room[: len(limits)] = limits
    every = linprog(-np.ones(use.shape[1]), A_ub=use, b_ub=room, method="highs")
    assert found.bound == pytest.approx(-every.fun, rel=1e-4, abs=1e-4)


def small(seed: int) -> Scenario:
    """Return a town in which all paths can be listed: three places by two."""
    draw = np.random.default_rng(seed)
    scenario = two_gates(
        columns=3,
        rows=2,
        zones=((0, 0), (2, 1)),
        households=draw.integers(0, 9, (2, 2, 9)),
        gates_persons_per_h=tuple(draw.choice([300.0, 900.0, 3600.0], 2).tolist()),
        windows=((1, 8, 8.75), (2, 8.25, 9.5)),
    )
    links = scenario.network.links
    narrow = dataclasses.replace(links, width_m=draw.choice([0.01, 0.03, 2.0], len(links)))
    return scenario.replace(network=dataclasses.replace(scenario.network, links=narrow))


@settings(max_examples=15, deadline=None)
@given(seeds, st.integers(1, 2))
def test_no_plan_beats_it(seed: int, groups: int) -> None:
    problem = pose(drawn(seed, groups=groups))
    routes, relaxation = Routes(problem), Relaxation(problem)
    flow = Search(problem, routes, relaxation).best(Watch(SolveOptions(), None, None))
    outcome = replay(problem, routes, round_off(problem, routes, flow))
    steady = Steady(problem)
    assert outcome.weight <= steady.best(PEOPLE).bound + 1e-6
    assert outcome.persons <= steady.best(COUNT).bound + 1e-6
    least = steady.best(EXPOSURE, weight=outcome.weight).bound
    assert outcome.exposure_hours >= least * (1 - 1e-6) - 1e-6


@settings(max_examples=10, deadline=None)
@given(seeds)
def test_no_flow_of_blocks_beats_it(seed: int) -> None:
    problem = pose(drawn(seed))
    routes = Routes(problem)
    search = Search(problem, routes, Relaxation(problem))
    search.best(Watch(SolveOptions(), None, None))
    proof = search.prove(COUNT, 0.0, Watch(SolveOptions(), None, None))
    if proof.answer is not None:
        assert -proof.answer.objective <= Steady(problem).best(COUNT).bound + 1e-6


@pytest.mark.parametrize("scenario", [one_corridor(), two_gates(), two_days(), four_sides()])
def test_where_streets_are_wide_it_is_no_tighter_than_the_gates(scenario: Scenario) -> None:
    problem = pose(scenario)
    steady = Steady(problem)
    gates = Relaxation(problem).best(PEOPLE, weighted=False).value
    assert steady.best(COUNT).bound >= gates - 1e-6
    assert steady.watched == 0
    assert not len(steady.binding)


def test_a_narrow_street_bounds_people_by_its_slots() -> None:
    problem = pose(narrow_street())
    steady = Steady(problem)
    room = street_room(problem)
    least = room[room > 0].min()
    assert steady.best(COUNT).bound == pytest.approx(min(least, problem.supply.sum()), rel=1e-6)


def test_more_is_asked_for_than_there_is() -> None:
    problem = pose(one_corridor())
    steady = Steady(problem)
    most = steady.best(PEOPLE).bound
    assert steady.best(EXPOSURE, weight=10 * most).bound == pytest.approx(
        steady.best(EXPOSURE, weight=most).bound
    )


def test_half_the_people_are_half_as_long_in_the_open() -> None:
    problem = pose(one_corridor())
    steady = Steady(problem)
    most = steady.best(PEOPLE).bound
    whole, half = (steady.best(EXPOSURE, weight=share * most).bound for share in (1.0, 0.5))
    assert half == pytest.approx(whole / 2)
    assert steady.best(PEOPLE).bound == pytest.approx(most)


def test_cars_have_streets_of_their_own() -> None:
    scenario = car_town()
    problem = pose(scenario)
    room = street_room(problem)
    links = len(scenario.network.links)
    assert len(room) == 4 * links
    one_way = np.flatnonzero(scenario.network.links.directed)
    told = np.isin(scenario.network.links.id[one_way], scenario.contraflow)
    forward, backward = (room[2 * (one_way + links) + way] for way in (0, 1))
    assert not backward[~told].any()
    assert not forward[told].any()


def test_gates_count_from_the_first_who_can_be_there() -> None:
    scenario = one_corridor()
    problem = pose(scenario)
    first, last = problem.walk_steps.min(), problem.last_step.max()
    assert gate_persons(problem) == pytest.approx([(last - first + 1) * 10.0])
    taken = dataclasses.replace(Taken.nothing(scenario), gate=np.full((1, 8), 30.0))
    less = gate_persons(pose(scenario, taken))
    assert less == pytest.approx([(last - first + 1) * 8.0])


def test_streets_do_not_count_where_nobody_is_out_in_time() -> None:
    shut = pose(one_corridor(windows=((1, 8, 8.51),)))
    open_ = pose(one_corridor())
    assert street_room(shut).sum() < street_room(open_).sum()
    assert Steady(shut).best(COUNT).bound <= Steady(open_).best(COUNT).bound


def test_goals_at_once_put_people_first() -> None:
    problem = pose(two_gates())
    routes, relaxation = Routes(problem), Relaxation(problem)
    search = Search(problem, routes, relaxation)
    search.best(Watch(SolveOptions(), None, None))
    master = search._master
    master.hold(0.0, np.inf)
    one = master.solve(Goal(PEOPLE))
    all_ = master.solve(Goal(PEOPLE, all_at_once=True))
    assert all_.x.sum() == pytest.approx(one.x.sum(), rel=1e-3)
