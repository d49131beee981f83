"""Vehicles whose depot is inside: they leave it once, by no gate, and stay outside then."""

from __future__ import annotations

import math
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clearway.judge import judge
from clearway.model.duty import Duty, begins
from clearway.model.plan import PATIENTS_OUT, PEOPLE, RED_OUT, Plan
from clearway.model.scenario import Scenario
from clearway.solve.beside import beside
from clearway.solve.crews import Crews
from clearway.solve.drives import drives, places
from clearway.solve.fleet import openings, plan_fleet
from clearway.solve.joint import Joint, follow
from clearway.solve.options import SolveOptions, Watch
from clearway.solve.problem import pose
from clearway.solve.relax import MIXED
from clearway.solve.solve import solve
from clearway.solve.stays import settle
from clearway.solve.vehicles import Turn, vehicles
from tests.scenarios import at_hour, one_bus, two_ambulances
from tests.solve.fleets import Wanted, wanted, with_buses, within
from tests.within import from_within

TWO_DAYS = ((1, 8, 9.5), (1, 32, 33.5))


def value(plan: Plan) -> tuple[float, ...]:
    """Return patients and people of a plan, the first first."""
    told = {level.name: level.value for level in plan.levels}
    return told.get(RED_OUT, 0.0), told.get(PATIENTS_OUT, 0.0), told[PEOPLE]


def sound(scenario: Scenario) -> Plan:
    """Return a plan that keeps every rule, in which only first trips begin inside."""
    plan = solve(scenario)
    assert judge(scenario, plan).breaches == ()
    assert value(plan)[-1] <= plan.level(PEOPLE).bound
    starts = begins(plan.duties, scenario.fleet.inside)
    for duty in plan.duties:
        first, *others = duty.trips
        assert (first.corridor_in == "") == (starts[duty.id] in scenario.fleet.inside)
        assert all(trip.corridor_in for trip in others)
        if duty.depot in scenario.fleet.inside:
            assert duty.back_s == duty.trips[-1].done_s
        if not first.corridor_in:
            assert first.gate_in_s == first.leave_s >= 0
    return plan


def of_vehicle(plan: Plan, name: str) -> list[Duty]:
    """Return a vehicle's duties in order of time."""
    mine = (duty for duty in plan.duties if duty.vehicle == name)
    return sorted(mine, key=lambda duty: duty.trips[0].leave_s)


@pytest.mark.parametrize("hours", [9.0, 9.5, 10.0])
def test_a_bus_inside_brings_out_at_least_as_many_as_outside(hours: float) -> None:
    # The depot is no farther from a stop than the gate is.
    base = one_bus(windows=((1, 8, hours),), margin_min=5.0)
    plan = sound(within(base))
    assert value(plan) >= value(solve(base))
    (duty,) = plan.duties
    assert duty.trips[0].corridor_in == ""


def test_on_a_later_day_it_comes_in_from_where_it_ended() -> None:
    scenario = within(one_bus(windows=TWO_DAYS))
    plan = sound(scenario)
    first, second = of_vehicle(plan, "M-bus-01")
    assert first.trips[0].corridor_in == ""
    assert second.trips[0].corridor_in == "C1"
    table = drives(scenario, scenario.fleet.types[0])
    where = [name for name, _, _ in places(scenario)].index("R1")
    drive = float(table.outside[where, 0] + table.inward[0])
    assert second.trips[0].gate_in_s - second.trips[0].leave_s == math.ceil(drive)


def test_ambulances_inside_take_patients_that_are_out_as_soon_as_the_gate_opens() -> None:
    base = two_ambulances(windows=((1, 8, 9),))
    plan = sound(within(base))
    assert value(plan)[:2] >= value(solve(base))[:2]
    soonest = min(trip.gate_out_s for duty in plan.duties for trip in duty.trips if trip.patients)
    came = min(trip.gate_out_s for duty in solve(base).duties for trip in duty.trips)
    assert soonest < came


def test_before_an_opening_they_wait_at_the_depot_and_not_at_the_gate() -> None:
    base = within(two_ambulances(windows=TWO_DAYS))
    rows = tuple(replace(one, since=at_hour(20)) for one in base.fleet.vehicles)
    plan = sound(base.replace(fleet=replace(base.fleet, vehicles=rows)))
    trips = [trip for duty in plan.duties for trip in duty.trips if trip.patients]
    first = min(trips, key=lambda trip: trip.gate_out_s)
    assert first.corridor_in == ""
    assert first.gate_out_s == 86_400
    # Nobody boards earlier than boarding at each stop, the drive and the check take.
    assert 86_400 - 600 * len(first.stops) - 120 < first.stops[0].arrive_s < 86_400


def test_one_that_was_not_needed_before_still_begins_inside() -> None:
    base = two_ambulances(windows=TWO_DAYS)
    late = tuple(replace(one, ready=at_hour(32)) for one in base.care.patients)
    scenario = within(base.replace(care=replace(base.care, patients=late)))
    plan = sound(scenario)
    (duty, *_) = of_vehicle(plan, "ambulance-01")
    assert duty.id.endswith("2016-10-21")
    assert duty.trips[0].corridor_in == ""
    assert duty.trips[0].stops[0].leave_s >= 86_400


def test_hours_of_its_row_of_the_fleet_hold() -> None:
    base = within(with_buses(one_bus(windows=TWO_DAYS), 1))
    (row,) = base.fleet.vehicles
    for since, until in ((8.5, None), (None, 9.0), (20.0, None), (8.2, 8.9)):
        timed = replace(
            row,
            since=None if since is None else at_hour(since),
            until=None if until is None else at_hour(until),
        )
        scenario = base.replace(fleet=replace(base.fleet, vehicles=(timed,)))
        plan = sound(scenario)
        for duty in plan.duties:
            assert since is None or duty.trips[0].leave_s >= (since - 8) * 3600
            assert until is None or duty.back_s <= (until - 8) * 3600
    assert {duty.id[-10:] for duty in solve(base).duties} == {"2016-10-20", "2016-10-21"}


def test_where_no_street_leads_from_the_depot_nobody_leaves_it() -> None:
    base = within(one_bus(windows=TWO_DAYS), node=one_bus().zones[1].node)
    links = base.network.links
    at = base.fleet.depots[1].node
    touched = (links.from_node == at) | (links.to_node == at)
    facility = np.where(touched & (links.side == "inside"), "footway", links.facility)
    shut = replace(base.network, links=replace(links, facility=facility))
    kinds = tuple(replace(one, barred=("footway",)) for one in base.fleet.types)
    scenario = base.replace(network=shut, fleet=replace(base.fleet, types=kinds))
    plan = sound(scenario)
    # It may fetch who is at its own stop, if it can go on from there; it cannot.
    assert plan.duties == ()


@pytest.mark.parametrize("reach_m", [900.0, 1500.0, 2500.0, 4000.0])
def test_nobody_drives_beyond_the_range(reach_m: float) -> None:
    scenario = within(with_buses(one_bus(windows=TWO_DAYS), 2, range_m=reach_m))
    sound(scenario)


def test_openings_of_one_date_are_driven_one_after_another() -> None:
    windows = ((1, 8, 9), (1, 9.75, 10.75), (1, 32, 33))
    scenario = within(with_buses(one_bus(windows=windows), 2))
    plan = sound(scenario)
    for name in ("M-bus-01", "M-bus-02"):
        duties = of_vehicle(plan, name)
        assert [not duty.trips[0].corridor_in for duty in duties] == [True] + [False] * (
            len(duties) - 1
        )
        for before, after in pairwise(duties):
            assert after.trips[0].leave_s >= before.back_s


@settings(max_examples=12, deadline=None, derandomize=True)
@given(wanted(), st.integers(0, 1))
def test_whatever_is_planned_keeps_every_rule(want: Wanted, zone: int) -> None:
    scenario = want.scenario()
    sound(within(scenario, scenario.zones[zone].node))


def test_beside_others_that_stand_outside() -> None:
    scenario = from_within()
    plan = sound(scenario)
    assert {duty.depot for duty in plan.duties} >= {"D2"}
    assert [one.inside for one in vehicles(scenario)] == [True, True, False]
    assert plan.level(RED_OUT).value == plan.level(RED_OUT).bound


# --------------------------------------------------------------------------- what it is made from


def turns_of(scenario: Scenario, *, outside: bool = False) -> list[Turn]:
    """Return the empty turns of all openings."""
    tables = {kind.id: drives(scenario, kind) for kind in scenario.fleet.types}
    every = openings(scenario, tables, outside=outside).values()
    return [turn for parts in every for part in parts for turn in part]


def test_the_first_opening_begins_inside_and_later_ones_do_not() -> None:
    scenario = within(one_bus(windows=TWO_DAYS))
    first, later = turns_of(scenario)
    assert (first.inside, first.waits, first.place, first.free_s) == (True, False, "D2", 0.0)
    assert (later.inside, later.waits, later.place) == (False, True, "R1")
    opens = float(later.day.opens.min())
    table = drives(scenario, scenario.fleet.types[0])
    assert later.free_s + float((table.outside + table.inward)[:1].max()) <= opens
    assert first.vehicle.until_s <= later.free_s
    assert later.vehicle.until_s == math.inf
    taken_out, _ = turns_of(scenario, outside=True)
    assert (taken_out.inside, taken_out.waits) == (False, True)


def test_crews_know_who_stands_inside_and_who_may() -> None:
    scenario = within(with_buses(one_bus(windows=TWO_DAYS), 3))
    tables = {kind.id: drives(scenario, kind) for kind in scenario.fleet.types}
    first, later = Crews(scenario, tables, turns_of(scenario)).alike
    assert (first.inside, first.depot, first.count) == (True, 1, 3)
    assert (later.inside, later.depot, later.count) == (False, 1, 3)
    used = turns_of(scenario)
    for turn in used:
        turn.waits = False
    _, gone = Crews(scenario, tables, used).alike
    assert gone.depot == -1


def test_a_bound_lets_later_days_begin_inside_and_plans_do_not() -> None:
    scenario = within(with_buses(one_bus(windows=TWO_DAYS), 2))
    tables = {kind.id: drives(scenario, kind) for kind in scenario.fleet.types}
    joint = Joint(pose(scenario), Crews(scenario, tables, turns_of(scenario)).alike)
    watch = Watch(SolveOptions(), None, None)
    joint.bound(MIXED, watch=watch)
    free = {(day.crew, day.trips[0][0][1] < 0) for day in joint.days}
    assert (1, True) in free
    assert (0, False) not in free
    strict = Joint(pose(scenario), Crews(scenario, tables, turns_of(scenario)).alike)
    strict.restrict(np.full((1, 1), np.inf).repeat(joint.slots.slots, axis=1))
    strict.bound(MIXED, watch=watch)
    assert {(day.crew, day.trips[0][0][1] < 0) for day in strict.days} <= {(0, True), (1, False)}


def test_a_first_trip_that_is_left_out_leaves_the_next_to_begin_inside() -> None:
    scenario = within(one_bus(windows=((1, 8, 10),)))
    tables = {kind.id: drives(scenario, kind) for kind in scenario.fleet.types}
    (crew,) = Crews(scenario, tables, turns_of(scenario)).alike
    drive = crew.shift.depot_stop[1]
    second = [crew.tick + 90, 0, crew.tick + 93, 0, crew.tick + 140, 0, crew.tick + 150]
    told = follow(crew, [], second)
    assert told is not None
    leave = crew.tick + 140 - int(drive[0])
    assert told == [leave, -2, leave, 0, *second[4:]]
    early = [crew.tick, 0, crew.tick, 0, crew.tick + int(drive[0]) - 1, 0, crew.tick + 60]
    assert follow(crew, [], early) is None


def test_trips_are_made_to_begin_where_the_vehicle_is() -> None:
    scenario = within(one_bus(windows=TWO_DAYS))
    tables = {kind.id: drives(scenario, kind) for kind in scenario.fleet.types}
    plan = solve(scenario)
    first, later = turns_of(scenario)
    one, other = of_vehicle(plan, "M-bus-01")
    # The second day alone: its first trip begins inside.
    later.trips = list(other.trips)
    _, alone = settle(scenario, tables, [first, later])
    assert alone.trips[0].corridor_in == ""
    assert alone.trips[0].stops[0].arrive_s == other.trips[0].stops[0].arrive_s
    assert alone.trips[1:] == later.trips[1:]
    # One that would begin inside a second time is left out, and one that leaves too soon.
    first.trips, later.trips = list(one.trips), [alone.trips[0], *later.trips[1:]]
    _, again = settle(scenario, tables, [first, later])
    assert again.trips == later.trips[1:]
    hasty = replace(other.trips[0], gate_in_s=one.back_s + 1)
    later.trips = [hasty, *other.trips[1:]]
    _, kept = settle(scenario, tables, [first, later])
    assert kept.trips == list(other.trips[1:])
    # Vehicles outside are let alone.
    plain = one_bus(windows=TWO_DAYS)
    mine = turns_of(plain)
    assert settle(plain, tables, mine) is mine


def test_as_if_outside_is_tried_as_well() -> None:
    scenario = within(with_buses(one_bus(windows=((1, 8, 10),)), 2))
    whole = pose(scenario)
    as_if = plan_fleet(whole, outside=True)
    assert all(not duty.trips[0].corridor_in for duty in as_if.duties)
    plan = beside(whole, plan_fleet(whole), None, Watch(SolveOptions(), None, None))
    assert value(plan)[-1] >= as_if.riders.persons
