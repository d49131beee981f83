"""Who is under way as the judge sees it, and the ways that it looks for, by arithmetic."""

from __future__ import annotations

import math

import numpy as np
import pytest

from clearway.judge.abort_reach import Reach
from clearway.judge.abort_seen import NONE, Part, Watch, Way
from clearway.judge.case import open_case
from clearway.model.plan import Plan
from clearway.model.scenario import Scenario
from tests.judge.sound import sound
from tests.operate.aborts import street
from tests.scenarios import car_town, one_corridor


def watched(scenario: Scenario, plan: Plan) -> Watch:
    """Return what sees who of a plan is under way."""
    case = open_case(scenario, plan)
    return Watch(case, Reach(case))


def parts(scenario: Scenario, plan: Plan, at_s: int) -> list[Part]:
    """Return everybody under way at a moment."""
    return list(watched(scenario, plan).parts(at_s))


def test_parts_are_cohorts_along_the_way() -> None:
    scenario, plan = street()
    first, second, third = parts(scenario, plan, 180)
    assert [one.left_s for one in (first, second, third)] == [0, 60, 120]
    assert first.spot is not None
    assert (first.spot.node, first.spot.ahead, first.spot.into_s) == (1, 2, 80.0)
    assert first.spot.left_s == 20.0
    assert (first.persons, first.on_s, first.home) == (2.0, 360.0, 0)


def test_who_is_past_the_gate_is_at_no_spot() -> None:
    scenario, plan = street()
    first, *_ = parts(scenario, plan, 240)
    assert (first.past, first.spot, first.corridor, first.on_s) == (True, None, 0, 300.0)


def test_who_never_gets_through_is_never_out() -> None:
    _, plan = street()
    shut = one_corridor(households=(30, *[0] * 8), gates_persons_per_h=(0.0,))
    waiting = parts(shut, plan, 900)
    assert [one.left_s for one in waiting] == list(range(0, 900, 60))
    assert all(math.isinf(one.on_s) and not one.past for one in waiting)


@pytest.mark.parametrize("at_s", [-1, 0, 100_000])
def test_nobody_is_seen_when_nobody_is_there(at_s: int) -> None:
    scenario, plan = street()
    assert parts(scenario, plan, at_s) == []


def test_moments_hold_everybody() -> None:
    scenario, plan = sound("aid_in")
    watch = watched(scenario, plan)
    first, last = watch.moments
    assert list(watch.parts(first - 1)) == []
    assert list(watch.parts(last)) == []
    assert any(list(watch.parts(at_s)) for at_s in range(first, first + 120))


def test_a_vehicle_is_in_one_place_at_a_time() -> None:
    scenario, plan = sound("aid_in")
    watch = watched(scenario, plan)
    blocks = len(plan.movements)
    for at_s in range(-200, 9000, 61):
        movers = [one.mover for one in watch.parts(at_s) if one.mover >= blocks]
        assert len(movers) == len(set(movers))


def test_a_vehicle_carries_whom_it_has_called_for() -> None:
    scenario, plan = sound("one_bus")
    trip = plan.duties[0].trips[1]
    first, second = trip.stops
    blocks = len(plan.movements)
    boarded = [sum(load.persons for load in stop.loads) for stop in (first, second)]
    for at_s, persons in (
        (first.leave_s, 0),
        (first.leave_s + 1, boarded[0]),
        (second.leave_s, boarded[0]),
        (second.leave_s + 1, sum(boarded)),
    ):
        riding = [one.persons for one in parts(scenario, plan, at_s) if one.mover == blocks + 1]
        assert riding == [persons]


def test_homes_of_vehicles_are_where_all_aboard_come_from() -> None:
    scenario, plan = sound("one_bus")
    trip = plan.duties[0].trips[1]
    first, second = trip.stops
    blocks = len(plan.movements)
    homes = []
    for at_s in (first.arrive_s, first.leave_s + 1, second.leave_s + 1):
        (bus,) = [one for one in parts(scenario, plan, at_s) if one.mover == blocks + 1]
        homes.append(bus.home)
    nodes = scenario.network.node_index([zone.node for zone in scenario.zones]).tolist()
    assert homes == [nodes[0], nodes[0], NONE]


def test_a_way_tells_where_one_is() -> None:
    way = Way(
        np.array([4, 5, 6]),
        np.array([7, 8]),
        np.array([0.0, 10.0, 30.0]),
        np.array([True, False]),
    )
    assert way.spot(0.0)[:4] == (4, 5, 7, 0.0)
    assert way.spot(4.0) == (4, 5, 7, 4.0, 6.0, True)
    assert way.spot(10.0) == (5, 6, 8, 0.0, 20.0, False)
    assert way.spot(29.5).left_s == 0.5
    assert way.spot(30.0) == (6, NONE, NONE, 0.0, 0.0, True)
    assert way.spot(99.0) == way.spot(30.0)


def test_the_last_way_of_a_block_is_of_those_who_are_out_soonest() -> None:
    scenario, plan = street()
    ((row, last),) = watched(scenario, plan).lasts(None)
    assert (row, last.pass_s, last.out_s, last.home) == (0, 240.0, 540.0, 0)
    assert list(watched(scenario, plan).lasts(set())) == []


def test_every_mover_has_a_last_way() -> None:
    scenario, plan = sound("aid_in")
    watch = watched(scenario, plan)
    assert [row for row, _ in watch.lasts(None)] == list(range(len(watch.movers)))


# ------------------------------------------------------------------------------- reach


def test_reach_is_symmetric_on_foot_and_not_by_car() -> None:
    scenario, plan = sound("car_town")
    reach = Reach(open_case(scenario, plan))
    count = len(scenario.network.nodes)
    walked = np.stack([reach.to(0, node) for node in range(count)])
    driven = np.stack([reach.to(1, node) for node in range(count)])
    assert (walked == walked.T).all()
    assert (driven != driven.T).any()


def test_reach_obeys_the_triangle() -> None:
    scenario, plan = sound("car_town")
    reach = Reach(open_case(scenario, plan))
    inside = sorted({*reach.start[reach.inside].tolist(), *reach.end[reach.inside].tolist()})
    for who in (0, 1):
        to = np.stack([reach.to(who, node) for node in inside])[:, inside]
        # Row k, column i: from i to k; by way of any j it takes as long or longer.
        through = (to[:, :, None] + to[None, :, :]).min(axis=1)
        assert np.isfinite(to).any()
        assert through == pytest.approx(to)


def test_nobody_may_use_a_link_that_is_not_for_them() -> None:
    scenario = car_town()
    _, plan = sound("car_town")
    reach = Reach(open_case(scenario, plan))
    cars, links = reach.going(1), scenario.network.links
    (turned,) = np.flatnonzero(np.isin(links.id, scenario.contraflow)).tolist()
    assert not cars.may(turned, forward=True)
    assert cars.may(turned, forward=False)
    assert reach.going(0).may(turned, forward=True)
    closed = int(np.flatnonzero(links.state == "closed")[0])
    assert not reach.going(0).may(closed, forward=True)
