"""Orders as arrays: what a plan tells vehicles, row for row as the plan says it."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clearway.model.duty import Trip
from clearway.model.plan import Plan
from clearway.model.scenario import Scenario, row_of
from clearway.simulate.folk import stretch
from clearway.simulate.orders import Roster, draw_up
from clearway.simulate.traffic import (
    CARS,
    CODE_END,
    CODE_FIRST,
    CONVOY,
    DAY,
    END,
    FIRST,
    GATE_OUT,
    GOAL,
    HOSPITAL,
    K_IN,
    K_OUT,
    LEAVE,
    NEED_SEATS,
    NEED_WHEELS,
    NONE,
    PERSONS,
    RIDER_END,
    RIDER_FIRST,
    SICK,
    TRIP_END,
    TRIP_FIRST,
    VEHICLE,
)
from tests.judge.sound import sound
from tests.scenarios import at_hour, one_bus

NAMES = ("one_bus", "two_ambulances", "aid_in")


def drawn_up(name: str) -> tuple[Scenario, Plan, Roster, list[Trip]]:
    """Return a sound plan, its orders, and its trips in their order."""
    scenario, plan = sound(name)
    roster = draw_up(scenario, plan)
    assert roster is not None
    trips = [run.trip for run in plan.convoys]
    for vehicle in dict.fromkeys((duty.vehicle, duty.depot) for duty in plan.duties):
        mine = [duty for duty in plan.duties if (duty.vehicle, duty.depot) == vehicle]
        for duty in sorted(mine, key=lambda one: one.trips[0].leave_s):
            trips += duty.trips
    return scenario, plan, roster, trips


@pytest.mark.parametrize("name", NAMES)
def test_every_trip_is_told_once_as_the_plan_has_it(name: str) -> None:
    scenario, _, roster, trips = drawn_up(name)
    orders, corridors = roster.orders, row_of(scenario.corridors)
    hospitals, codes = row_of(scenario.care.hospitals), [p.code for p in scenario.care.patients]
    assert len(orders.trip) == len(trips)
    for row, times, trip in zip(orders.trip, orders.trip_s, trips, strict=True):
        assert times[[LEAVE, GATE_OUT]].tolist() == [trip.leave_s, trip.gate_out_s]
        assert row[K_OUT] == corridors[trip.corridor_out]
        assert row[K_IN] == corridors.get(trip.corridor_in, NONE)
        assert row[HOSPITAL] == hospitals.get(trip.destination, NONE)
        assert row[SICK] == bool(trip.patients)
        assert row[END] - row[FIRST] == len(trip.stops)
        sick = sum(scenario.care.patients[codes.index(code)].persons for code in trip.patients)
        assert row[PERSONS] == sick + sum(load.persons for load in trip.loads)
        window = scenario.windows[orders.window[row[K_OUT], row[DAY]]]
        assert scenario.seconds(window.opens) <= trip.gate_out_s
        assert trip.gate_out_s <= scenario.seconds(window.closes)


@pytest.mark.parametrize("name", NAMES)
def test_each_vehicle_has_its_trips_in_order_of_time(name: str) -> None:
    scenario, plan, roster, _ = drawn_up(name)
    orders = roster.orders
    vehicles = {(duty.vehicle, duty.type, duty.depot) for duty in plan.duties}
    assert len(orders.vehicle) == len(vehicles) + len(scenario.aid.convoys)
    ends = 0
    for v, row in enumerate(orders.vehicle):
        assert row[TRIP_FIRST] == ends
        ends = row[TRIP_END]
        mine = slice(row[TRIP_FIRST], row[TRIP_END])
        assert (orders.trip[mine, VEHICLE] == v).all()
        assert (np.diff(orders.trip_s[mine, LEAVE]) > 0).all()
        if row[CONVOY] != NONE:
            assert row[CARS] == scenario.aid.convoys[row[CONVOY]].vehicles
        else:
            assert row[CARS] == 1
    assert ends == len(orders.trip)


@pytest.mark.parametrize("name", NAMES)
def test_all_who_board_by_plan_stand_at_their_stops(name: str) -> None:
    scenario, plan, roster, trips = drawn_up(name)
    orders = roster.orders
    stops = [stop for trip in trips for stop in trip.stops]
    codes = [one.code for one in scenario.care.patients]
    for row, stop in zip(orders.stop, stops, strict=True):
        listed = orders.listed[row[CODE_FIRST] : row[CODE_END]]
        assert [codes[p] for p in listed] == list(stop.patients)
        users = {one.id: one.wheelchair_users for one in scenario.groups}
        chairs = sum(users[load.group] * load.households for load in stop.loads)
        assert row[NEED_WHEELS] == chairs
        assert row[NEED_SEATS] == sum(load.persons for load in stop.loads) - chairs
        # All are expected to go: the households of the load, and no others.
        assert plan.uptake == 1.0
        riders = orders.rider[row[RIDER_FIRST] : row[RIDER_END]]
        assert len(riders) == sum(load.households for load in stop.loads)
        assert riders[:, 0].sum() == sum(load.persons for load in stop.loads)
    assert len(set(roster.household.tolist())) == len(roster.household)


def test_a_plan_without_vehicles_has_no_orders() -> None:
    scenario, plan = sound("one_bus")
    assert draw_up(scenario, plan.replace(duties=())) is None


def test_patients_are_ready_at_their_hour_and_go_where_they_would() -> None:
    scenario, _, roster, _ = drawn_up("two_ambulances")
    # P3 is ready at nine; P2 accepts H2 alone, P5 refuses H1.
    assert roster.orders.ready_s.tolist() == [-math.inf, -math.inf, 3600.0, -math.inf, -math.inf]
    assert roster.orders.takes.tolist() == [[1, 1], [0, 1], [1, 1], [1, 1], [0, 1]]
    assert roster.orders.bed.sum(axis=1).tolist() == [3, 4]
    assert roster.orders.hours[:, 0].tolist() == [9 * 3600.0, 0.0]
    assert roster.orders.takes.shape == (5, len(scenario.care.hospitals))


def test_there_may_be_no_patients_and_no_hospitals() -> None:
    _, _, roster, _ = drawn_up("one_bus")
    assert roster.orders.takes.shape == (0, 0)
    assert roster.orders.ready_s.shape == (0,)
    assert roster.orders.hours.shape == (0, 2)


@pytest.mark.parametrize(
    ("since", "until", "able"),
    [(None, None, [1, 1]), (9.0, None, [1, 1]), (None, 35.9, [1, 0]), (32.5, None, [1, 0])],
)
def test_a_vehicle_may_be_used_on_days_on_which_it_is_there_all_day(
    since: float | None, until: float | None, able: list[int]
) -> None:
    # On the first day it has a trip by plan, whatever its row says.
    _, plan = sound("one_bus")
    scenario = one_bus(windows=((1, 8, 12), (1, 32, 36)))
    (row,) = scenario.fleet.vehicles
    told = replace(
        row,
        since=None if since is None else at_hour(since),
        until=None if until is None else at_hour(until),
    )
    scenario = scenario.replace(fleet=replace(scenario.fleet, vehicles=(told,)))
    roster = draw_up(scenario, plan)
    assert roster is not None
    assert roster.orders.able.tolist() == [able]


@settings(max_examples=150, deadline=None, derandomize=True)
@given(st.integers(0, 60), st.floats(0.05, 1.0), st.lists(st.integers(1, 9), max_size=10))
def test_loads_side_by_side_are_expected_among_households_side_by_side(
    count: int, uptake: float, loads: list[int]
) -> None:
    willing, first, last = math.floor(uptake * count + 0.5), 0, 0
    for households in loads:
        if first + households > willing:
            break
        begin, end = stretch(first, households, uptake, count)
        assert begin == last
        # As many are asked as are expected, and more where not all go.
        assert end - begin >= households
        first, last = first + households, end
    if first == willing and willing:
        assert last == count


def test_places_and_goals_are_of_one_table() -> None:
    scenario, _, roster, trips = drawn_up("two_ambulances")
    names = [site.id for site in scenario.receptions]
    names += [one.id for one in scenario.fleet.depots] + [one.id for one in scenario.care.hospitals]
    goals = [names[row] for row in roster.orders.trip[:, GOAL]]
    assert goals == [trip.destination for trip in trips]


@pytest.mark.parametrize("name", NAMES)
def test_a_vehicle_stands_at_another_number_each_time_of_a_day(name: str) -> None:
    _, _, roster, _ = drawn_up(name)
    orders, stops = roster.orders, len(roster.orders.stop)
    for row in orders.vehicle:
        for day in set(orders.trip[row[TRIP_FIRST] : row[TRIP_END], DAY].tolist()):
            numbers: list[int] = []
            for t in range(row[TRIP_FIRST], row[TRIP_END]):
                if orders.trip[t, DAY] == day:
                    first, end = orders.trip[t, [FIRST, END]]
                    numbers += [*roster.stand[first:end], roster.stand[stops + t]]
            # Stop after stop, and each destination after its stops.
            assert numbers == list(range(len(numbers)))
