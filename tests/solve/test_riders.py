"""Who rides on which trip: what is booked is what is driven, and all of it can be taken back."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np
import pytest
from hypothesis import given, settings

from clearway.model.scenario import Scenario, row_of
from clearway.solve.boarding import Riders
from clearway.solve.booking import Booking, days
from clearway.solve.crews import Crews, pickups
from clearway.solve.drives import drives
from clearway.solve.problem import pose
from clearway.solve.riders import Rides, board_all
from clearway.solve.vehicles import Turn, duty, turns, vehicles, with_load
from tests.scenarios import at_hour, one_bus, two_ambulances
from tests.solve.fleets import Wanted, exactly, wanted, with_buses


@dataclass
class Given:
    """A scenario's vehicles after rides were given to them, before anybody boards."""

    scenario: Scenario
    booking: Booking
    crews: Crews
    rides: Rides
    turns: list[Turn]


def rides_of(scenario: Scenario) -> Given:
    """Give every vehicle its rides; there are no patients and no convoys."""
    tables = {kind.id: drives(scenario, kind) for kind in scenario.fleet.types}
    booking = Booking(scenario)
    all_turns = [turn for day in days(scenario) for turn in turns(scenario, day)]
    crews = Crews(scenario, tables, all_turns)
    rides = Rides(pose(scenario), crews, booking)
    rides.give()
    return Given(scenario, booking, crews, rides, all_turns)


def booked(given_: Given) -> Booking:
    """Return what the trips of all vehicles take, booked once more."""
    ledger, row = Booking(given_.scenario), row_of(given_.scenario.corridors)
    for turn in given_.turns:
        for trip in turn.trips:
            ledger.take(row[trip.corridor_in], trip.gate_in_s)
            ledger.take(row[trip.corridor_out], trip.gate_out_s)
    return ledger


@settings(max_examples=25, deadline=None, derandomize=True)
@given(wanted())
def test_what_is_booked_is_what_is_driven(wish: Wanted) -> None:
    found = rides_of(wish.scenario())
    assert found.booking.lane.tolist() == booked(found).lane.tolist()
    assert (found.booking.lane <= found.booking.lane_most[:, None]).all()
    planned = sum(persons for day in found.rides.days() for _, persons in day.trips)
    assert found.booking.aboard.sum() == pytest.approx(planned)
    everybody = Riders(found.scenario).everybody().sum()
    assert planned <= everybody + 1e-6


@settings(max_examples=25, deadline=None, derandomize=True)
@given(wanted())
def test_each_trip_follows_the_one_before(wish: Wanted) -> None:
    found = rides_of(wish.scenario())
    for turn in found.turns:
        free, place = turn.vehicle.since_s, turn.vehicle.depot
        for trip in turn.trips:
            assert trip.leave_s >= free
            assert place != ""
            assert trip.leave_s < trip.gate_in_s < trip.stops[0].leave_s <= trip.gate_out_s
            assert trip.gate_out_s < trip.arrive_s < trip.done_s
            free, place = trip.done_s, trip.destination
        assert (turn.place, turn.free_s) == (place, free)


@settings(max_examples=25, deadline=None, derandomize=True)
@given(wanted())
def test_loads_are_the_last_households_and_no_gate_has_too_many(wish: Wanted) -> None:
    found = rides_of(wish.scenario())
    scenario = found.scenario
    boarded, riders = board_all(scenario, [found.turns])
    zones, groups = row_of(scenario.zones), row_of(scenario.groups)
    taken = np.zeros((len(zones), len(groups)), dtype=int)
    ledger, row = Booking(scenario), row_of(scenario.corridors)
    for turn in boarded[0]:
        for trip in turn.trips:
            for load in trip.loads:
                taken[zones[trip.stops[0].zone], groups[load.group]] += load.households
                assert load.persons <= turn.vehicle.kind.seats + turn.vehicle.kind.wheelchairs
                ledger.take(row[trip.corridor_out], trip.gate_out_s, load.persons)
    assert taken.tolist() == riders.taken.tolist()
    assert (ledger.aboard <= ledger.rate[:, None] * ledger.slot_s + 1e-6).all()


def test_a_bus_alone_with_time_brings_out_those_who_only_ride() -> None:
    found = rides_of(one_bus())
    loads = [trip.loads[0] for turn in found.turns for trip in turn.trips]
    # Eight households of G2 are sixteen persons, four wheelchair places: four trips for them.
    only = [load for load in loads if load.group == "G2"]
    assert len(only) >= 2
    _, riders = board_all(found.scenario, [found.turns])
    assert riders.taken[:, 1].tolist() == [4, 4]


def test_nobody_rides_where_no_vehicle_may_take_them() -> None:
    scenario = one_bus()
    ambulance = replace(scenario.fleet.types[0], stretchers=2)
    small = replace(scenario.fleet.types[0], seats=0, wheelchairs=0)
    for kind in (ambulance, small):
        none = scenario.replace(fleet=replace(scenario.fleet, types=(kind,)))
        found = rides_of(none)
        assert not any(turn.trips for turn in found.turns)
        assert found.crews.alike == ()
        table = drives(none, kind)
        assert len(pickups(none, table, Riders(none)).zone) == 0


def test_alike_vehicles_are_a_crew() -> None:
    scenario = with_buses(two_ambulances(), 5)
    found = rides_of(scenario)
    assert sorted(crew.count for crew in found.crews.alike) == [5, 5]  # one a day
    assert len(found.crews.turns) == 10


def test_no_more_ride_than_a_gate_can_check_in_a_slot() -> None:
    # Fifteen a slot, and a bus of thirty seats: it leaves half empty, rather than not at all.
    scenario = one_bus(gates_persons_per_h=(60.0,))
    found = rides_of(scenario)
    assert any(turn.trips for turn in found.turns)
    assert found.booking.aboard.max() <= 15.0


@pytest.mark.parametrize("places", [1, 2, 3])
def test_who_comes_in_and_goes_out_in_a_slot_needs_two_places_in_it(places: int) -> None:
    scenario = with_buses(one_bus(slot_s=900), 3, board_s=exactly(0.0))
    lane = exactly(places / 900)
    narrow = tuple(replace(one, vehicles_per_s=lane) for one in scenario.corridors)
    found = rides_of(scenario.replace(corridors=narrow))
    assert found.booking.lane.max() <= places
    assert places == 1 or any(turn.trips for turn in found.turns)


def test_vehicles_are_named_by_type_and_number_and_keep_their_hours() -> None:
    scenario = two_ambulances()
    assert [one.name for one in vehicles(scenario)] == ["M-bus-01", "ambulance-01", "ambulance-02"]
    (bus, own) = scenario.fleet.vehicles
    timed = replace(own, since=at_hour(9), until=at_hour(11))
    later = scenario.replace(fleet=replace(scenario.fleet, vehicles=(bus, timed)))
    assert [(one.since_s, one.until_s) for one in vehicles(later)][1:] == [(3600, 10_800)] * 2
    inside = tuple(replace(one, node=101) for one in scenario.fleet.depots)
    within = vehicles(scenario.replace(fleet=replace(scenario.fleet, depots=inside)))
    assert [(one.inside, one.since_s, one.until_s) for one in within] == [(True, 0.0, math.inf)] * 3
    assert not any(one.inside for one in vehicles(scenario))


def test_a_duty_ends_with_the_last_trip_from_which_it_is_back_in_time() -> None:
    scenario = one_bus()
    found = rides_of(scenario)
    boarded, _ = board_all(scenario, [found.turns])
    (turn,) = boarded[0]
    whole = duty(scenario, turn)
    assert whole is not None
    assert whole.id == "M-bus-01 2016-10-20"
    early = replace(turn.vehicle, until_s=whole.back_s - 1)
    shorter = duty(scenario, replace(turn, vehicle=early))
    assert shorter is not None
    assert len(shorter.trips) == len(whole.trips) - 1
    assert shorter.back_s <= early.until_s
    empty = [with_load(trip, None) for trip in turn.trips]
    assert duty(scenario, replace(turn, trips=empty)) is None


def test_what_was_done_after_a_trip_can_be_taken_back() -> None:
    found = rides_of(one_bus())
    (turn,) = found.turns
    first = turn.trips[0]
    turn.back_to(1, first.destination, first.done_s)
    assert turn.trips == [first]
    assert (turn.place, turn.free_s) == (first.destination, first.done_s)


def test_rides_end_in_time_for_the_way_back() -> None:
    scenario = one_bus()
    (row,) = scenario.fleet.vehicles
    timed = scenario.replace(
        fleet=replace(scenario.fleet, vehicles=(replace(row, until=at_hour(9)),))
    )
    found = rides_of(timed)
    boarded, riders = board_all(timed, [found.turns])
    (turn,) = boarded[0]
    whole = duty(timed, turn)
    assert whole is not None
    assert whole.back_s <= 3600
    # Nobody boards a trip that is then left out.
    assert len(whole.trips) == len(turn.trips)
    aboard = sum(load.households for trip in whole.trips for load in trip.loads)
    assert aboard == riders.taken.sum()
