"""Cars as a mode: their own network, capacity, and one-way rules; walkers as before."""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np
import pytest

from clearway.judge import judge
from clearway.model.facts import Estimate
from clearway.model.network import INSIDE, OUTSIDE
from clearway.model.plan import PEOPLE, Movement
from clearway.model.population import CAR, RIDE
from clearway.model.scenario import Scenario
from clearway.solve.cells import NEVER
from clearway.solve.modes import BY_CAR, ON_FOOT, Modes, pace_m_per_s
from clearway.solve.problem import pose
from clearway.solve.relax import Relaxation
from clearway.solve.routes import Routes
from clearway.solve.solve import solve
from clearway.solve.walks import corridor_tail, drives, driving_arcs, link_ticks, walking_arcs
from tests.scenarios import car_town, one_corridor, two_gates


def with_links(scenario: Scenario, **columns: Any) -> Scenario:
    """Return a scenario with some columns of its links replaced."""
    links = dataclasses.replace(scenario.network.links, **columns)
    return scenario.replace(network=dataclasses.replace(scenario.network, links=links))


def driven(scenario: Scenario) -> list[Movement]:
    """Return the movements of cars in the best plan."""
    cars = {group.id for group in scenario.groups if group.own_way == CAR}
    return [one for one in solve(scenario).movements if one.group in cars]


def test_walkers_alone_have_one_mode() -> None:
    modes = Modes.of(two_gates())
    assert len(modes) == 1
    assert modes.of_group.tolist() == [ON_FOOT, ON_FOOT]
    assert modes.unit.tolist() == [1.0, 1.0]
    assert modes.able.all()


def test_cars_have_a_mode_and_share_a_car() -> None:
    scenario = car_town()
    modes = Modes.of(scenario)
    assert modes.of_group.tolist() == [ON_FOOT, BY_CAR]
    assert modes.unit.tolist() == [1.0, 0.5]
    assert modes.room[BY_CAR].tolist() == scenario.network.links.capacity_veh_per_s.tolist()


def test_cars_go_at_their_own_speed_or_the_streets() -> None:
    scenario = car_town()
    assert set(pace_m_per_s(scenario, 1).tolist()) == {30 / 3.6}
    fast = with_links(scenario, speed_m_per_s=np.full(len(scenario.network.links), 30.0))
    assert set(pace_m_per_s(fast, 1).tolist()) == {10.0}
    assert set(pace_m_per_s(scenario, 0).tolist()) == {1.2}


def test_ticks_of_cars_are_rounded_and_at_least_one() -> None:
    scenario = car_town(spacing_m=20.0)
    ticks = link_ticks(scenario, 1)
    length = scenario.network.links.length_m
    expected = np.maximum(1, np.floor(length / (30 / 3.6) / 10 + 0.5))
    assert ticks.tolist() == expected.tolist()
    assert ticks.min() == 1


def test_one_way_streets_are_driven_one_way_and_contraflow_against_it() -> None:
    scenario = car_town()
    arcs, links = driving_arcs(scenario, INSIDE), scenario.network.links
    for row in np.flatnonzero((links.side == INSIDE) & (links.state == "open")).tolist():
        ways = sorted(arcs.forward[arcs.link == row].tolist())
        told = int(links.id[row]) in scenario.contraflow
        assert ways == ([False, True] if not links.directed[row] else [not told])


@pytest.mark.parametrize("column", ["capacity_veh_per_s", "speed_m_per_s"])
def test_links_without_vehicles_are_not_driven(column: str) -> None:
    scenario = car_town()
    none = getattr(scenario.network.links, column).copy()
    none[0] = 0.0
    changed = with_links(scenario, **{column: none})
    assert 0 in driving_arcs(scenario, INSIDE).link
    assert 0 not in driving_arcs(changed, INSIDE).link
    assert 0 in walking_arcs(changed.network, INSIDE).link


def test_a_corridor_that_leads_in_is_for_walkers() -> None:
    scenario = car_town()
    rows = scenario.network.link_index(scenario.corridors[0].links)
    links = scenario.network.links
    first = int(rows[0])
    start, end, way = links.from_node.copy(), links.to_node.copy(), links.directed.copy()
    start[first], end[first], way[first] = end[first], start[first], True
    line = tuple(one[::-1] if row == first else one for row, one in enumerate(links.line))
    inward = with_links(scenario, from_node=start, to_node=end, directed=way, line=line)
    tail = corridor_tail(inward, inward.corridors[0], walking_arcs(inward.network, OUTSIDE))
    assert tail is not None
    assert not drives(inward, tail)
    turned = inward.replace(contraflow=(*inward.contraflow, int(links.id[first])))
    assert drives(turned, tail)
    assert (pose(inward).walk_steps[:, 1, 0] == NEVER).all()
    assert (pose(inward).walk_steps[:, 0, 0] < NEVER).all()
    assert (pose(turned).walk_steps[:, 1, 0] < NEVER).all()


def test_plans_with_cars_keep_every_rule() -> None:
    scenario = car_town()
    plan = solve(scenario)
    assert judge(scenario, plan).breaches == ()
    assert {one.group for one in plan.movements} == {"G1", "G2"}
    level = next(one for one in plan.levels if one.name == PEOPLE)
    assert level.value <= level.bound


def test_cars_do_not_go_against_one_way_streets() -> None:
    scenario = car_town()
    links = scenario.network.links
    nodes = {zone.id: zone.node for zone in scenario.zones}
    for one in driven(scenario):
        node = nodes[one.zone]
        for row in scenario.network.link_index(one.links).tolist():
            forward = bool(links.from_node[row] == node)
            told = int(links.id[row]) in scenario.contraflow
            assert not links.directed[row] or forward != told
            node = int(links.to_node[row] if forward else links.from_node[row])


def test_more_in_a_car_never_brings_out_fewer() -> None:
    tight = car_town(households=(8, 9, 9, 9, 9, 8, 6, 5, 4))
    tight = with_links(tight, capacity_veh_per_s=tight.network.links.capacity_veh_per_s * 0.01)
    out = []
    for persons in (1.0, 2.0, 4.0):
        share = Estimate(persons, persons, persons, "assumed: for tests")
        cars = dataclasses.replace(tight.groups[1], persons_per_car=share)
        plan = solve(tight.replace(groups=(tight.groups[0], cars)))
        assert judge(tight.replace(groups=(tight.groups[0], cars)), plan).breaches == ()
        out.append(sum(one.persons for one in plan.movements))
    assert out[0] < out[2]
    assert out == sorted(out)


def test_cars_and_walkers_do_not_share_a_street() -> None:
    scenario = car_town()
    problem = pose(scenario)
    routes = Routes(problem)
    one, other = (routes.shortest(0, group, 0) for group in (0, 1))
    assert not set(routes.ways[one].tolist()) & set(routes.ways[other].tolist())
    modes, rows = routes.place(routes.ways[other] * routes.slots)
    assert set(modes.tolist()) == {BY_CAR}
    assert rows.tolist() == routes.links(other).tolist()


def test_those_who_only_ride_do_not_walk() -> None:
    scenario = two_gates()
    riders = dataclasses.replace(scenario.groups[1], modes=(RIDE,))
    told = scenario.replace(groups=(scenario.groups[0], riders))
    problem = pose(told)
    assert (problem.walk_steps[:, 1] == NEVER).all()
    assert problem.supply[:, 1].any()
    assert {one.group for one in solve(told).movements} == {"G1"}
    assert Relaxation(problem).best(PEOPLE).value <= problem.supply[:, 0].sum() + 1e-6


def test_a_car_takes_as_much_of_a_street_as_its_persons_share() -> None:
    problem = pose(car_town())
    routes = Routes(problem)
    called = solve(problem.scenario).movements
    assert called
    keys = routes.ways[routes.shortest(0, 1, 0)] * routes.slots
    room = routes.capacity(keys)
    assert set(room.tolist()) == {0.5 * 900}


def test_nobody_drives_where_nothing_carries_cars() -> None:
    scenario = car_town()
    none = with_links(scenario, capacity_veh_per_s=np.zeros(len(scenario.network.links)))
    plan = solve(none)
    assert {one.group for one in plan.movements} == {"G1"}
    assert judge(none, plan).breaches == ()


def test_walkers_are_planned_alike_beside_cars_that_stay() -> None:
    scenario = one_corridor()
    plan = solve(scenario)
    households = np.concatenate([scenario.demand.households] * 2, axis=1)
    households[:, 1] = 0
    cars = dataclasses.replace(
        scenario.groups[0],
        id="G2",
        modes=(CAR,),
        persons_per_car=Estimate(2.0, 2.0, 2.0, "assumed: for tests"),
    )
    beside = scenario.replace(
        groups=(scenario.groups[0], cars), demand=type(scenario.demand)(households)
    )
    assert solve(beside).movements == plan.movements
