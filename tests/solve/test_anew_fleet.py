"""Vehicles whose gate is closed while they are inside: out by another, and on with their day."""

from __future__ import annotations

from functools import cache

import pytest

from clearway.model.duty import Trip
from clearway.model.plan import Plan
from clearway.model.scenario import Scenario
from clearway.operate.replan import Offer, replan
from clearway.operate.replan_events import revise
from clearway.solve.anew_gates import Clock
from clearway.solve.anew_lanes import Lanes
from clearway.solve.anew_ways import Standing, Ways
from clearway.solve.drives import drives
from clearway.solve.problem import pose
from clearway.solve.solve import solve
from tests.scenarios import one_bus

#: The bus has come in by C2 and is on its way to its first stop, or stands there.
NOW = 120


@cache
def two_ways() -> tuple[Scenario, Plan]:
    """Return a bus that comes in and goes out by C2 once, and by C1 later: C2 closes at nine."""
    scenario = one_bus(
        columns=4, gates_persons_per_h=(600.0, 600.0), windows=((1, 8, 12), (2, 8, 9))
    )
    plan = solve(scenario)
    first, *others = plan.duties[0].trips
    assert (first.corridor_in, first.corridor_out) == ("C2", "C2")
    assert first.gate_in_s < NOW < first.stops[-1].leave_s
    assert {trip.corridor_out for trip in others} == {"C1"}
    return scenario, plan


def after(now_s: int, event: str) -> Offer:
    """Return the plan made anew."""
    scenario, plan = two_ways()
    offer = replan(scenario, plan, revise(scenario, plan, now_s, [event]).scenario, now_s)
    assert not offer.breaches
    return offer


def trips(offer: Offer) -> tuple[Trip, ...]:
    """Return those of the only vehicle."""
    return tuple(trip for duty in offer.replan.plan.duties for trip in duty.trips)


@pytest.mark.parametrize("event", ["C2 closed", "C2 opens 08:30"])
def test_who_has_boarded_nobody_leaves_empty_by_the_gate_that_is_open(event: str) -> None:
    first, plan = trips(after(NOW, event))[0], two_ways()[1]
    assert first.gate_in_s == plan.duties[0].trips[0].gate_in_s
    assert first.corridor_out == "C1"
    assert not first.loads
    assert first.destination == "R1"
    # It is not checked, since nobody is aboard: it passes as soon as it can be there.
    assert first.stops[-1].leave_s < first.gate_out_s < plan.duties[0].trips[0].gate_out_s


@pytest.mark.parametrize("event", ["C2 closed", "C2 opens 08:30"])
def test_its_next_trips_are_driven_as_announced(event: str) -> None:
    offer, (_, *told) = after(NOW, event), two_ways()[1].duties[0].trips
    called = [[(stop.leave_s, stop.loads) for stop in trip.stops] for trip in trips(offer)]
    later = [trip for trip in told if trip.corridor_in == "C1"]
    assert later
    for trip in later:
        assert [(stop.leave_s, stop.loads) for stop in trip.stops] in called
    assert offer.replan.held == ()
    assert offer.replan.changes.unaffected > 0
    assert offer.replan.changes.unaffected_changed == 0


def test_who_has_boarded_turns_and_the_vehicle_stays_inside() -> None:
    first = two_ways()[1].duties[0].trips[0]
    now = first.stops[-1].leave_s + 60
    scenario, plan = two_ways()
    closed = revise(scenario, plan, now, ["C1 closed", "C2 closed"]).scenario
    offer = replan(scenario, plan, closed, now)
    assert not offer.breaches
    assert [turn.persons for turn in offer.replan.turns] == [sum(x.persons for x in first.loads)]
    assert offer.replan.held == (plan.duties[0].vehicle,)
    assert not offer.replan.plan.duties


def test_a_vehicle_that_is_lost_inside_does_not_leave() -> None:
    scenario, plan = two_ways()
    vehicle = plan.duties[0].vehicle
    offer = replan(scenario, plan, scenario, NOW, lost_vehicles=(vehicle,))
    assert not offer.breaches
    assert not offer.replan.plan.duties


@pytest.mark.parametrize(("short", "kept"), [(0, True), (1, True), (14, True), (-1, False)])
def test_who_is_on_time_passes_as_announced_while_the_slot_has_room(short: int, kept: bool) -> None:
    # Others sent anew may take nine tenths of a slot; what was announced may take all of it.
    scenario, plan = two_ways()
    trip, before = plan.duties[0].trips[-1], plan.duties[0].trips[-2]
    serves = 150
    problem, clock, lanes = pose(scenario), Clock(NOW, 60), Lanes(scenario)
    aboard = sum(load.persons for load in trip.loads)
    lanes.take(0, trip.gate_out_s, serves - aboard - short)
    tables = {kind.id: drives(scenario, kind) for kind in scenario.fleet.types}
    there = Standing("M-bus", before.destination, float(before.done_s), shifted=True)
    again = Ways(problem, tables, clock, lanes).again(there, trip, inside=False, spare=0.0)
    assert (again is not None and again.gate_out_s == trip.gate_out_s) == kept


def test_what_has_boarded_is_as_it_was_or_turns() -> None:
    first = two_ways()[1].duties[0].trips[0]
    offer = after(first.stops[-1].leave_s + 60, "C2 closed")
    turned = sum(turn.persons for turn in offer.replan.turns)
    kept = [trip for trip in trips(offer) if trip.gate_in_s == first.gate_in_s]
    aboard = sum(load.persons for trip in kept for load in trip.loads)
    assert turned + aboard == sum(load.persons for load in first.loads) > 0
    assert all(trip.stops == first.stops for trip in kept)
