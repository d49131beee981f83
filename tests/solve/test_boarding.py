"""Who boards: whole households, from the end of the order, and never more than a bound knows."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clearway.model.fleet import VehicleType
from clearway.model.scenario import Scenario
from clearway.solve.boarding import Riders, full_load
from tests.scenarios import one_bus

BUS = one_bus().fleet.types[0]
sizes = st.lists(st.integers(0, 5), min_size=9, max_size=9)


def town(first: list[int], second: list[int], **changes: Any) -> Scenario:
    """Return ``one_bus`` with households of both groups in Z1 alone."""
    nobody = [0] * 9
    return one_bus(households=((first, second), (nobody, nobody)), **changes)


@st.composite
def buses(draw: st.DrawFn) -> VehicleType:
    """Draw the places of a bus."""
    return replace(BUS, seats=draw(st.integers(0, 30)), wheelchairs=draw(st.integers(0, 4)))


def order(scenario: Scenario, group: int) -> list[int]:
    """Return the sizes of the households of Z1 that are expected to go, in order."""
    uptake = scenario.planning.uptake.central
    return [int(size) for size in scenario.demand.willing(0, group, uptake)]


@settings(max_examples=80, deadline=None, derandomize=True)
@given(sizes, sizes, buses(), st.sampled_from((1.0, 0.6)), st.lists(st.floats(0, 40), max_size=9))
def test_runs_of_whole_households_board_from_the_end_of_the_order(
    first: list[int], second: list[int], bus: VehicleType, uptake: float, most: list[float]
) -> None:
    scenario = town(first, second, uptake=uptake)
    for group in (0, 1):
        riders, homes = Riders(scenario), order(scenario, group)
        end = len(homes)
        for limit in most:
            load = riders.board(bus, 0, group, limit)
            if load is None:
                continue
            assert load.first_household + load.households == end
            end = load.first_household
            mine = homes[end : end + load.households]
            users = scenario.groups[group].wheelchair_users * len(mine)
            assert load.persons == sum(mine) <= limit
            assert users <= bus.wheelchairs
            assert sum(mine) - users <= bus.seats
            assert load.group == scenario.groups[group].id
        assert riders.taken[0, group] == len(homes) - end


@settings(max_examples=80, deadline=None, derandomize=True)
@given(sizes, buses(), st.floats(0, 40))
def test_one_more_household_would_not_fit(first: list[int], bus: VehicleType, most: float) -> None:
    scenario = town(first, [0] * 9)
    homes = order(scenario, 0)[::-1]
    count = Riders(scenario).fit(bus, 0, 0, most)
    sums = np.cumsum([0, *homes])
    assert sums[count] <= min(most, bus.seats)
    assert count == len(homes) or sums[count + 1] > min(most, bus.seats)


@settings(max_examples=80, deadline=None, derandomize=True)
@given(sizes, sizes, buses(), st.data())
def test_no_number_of_trips_takes_more_than_the_mean_and_its_excess(
    first: list[int], second: list[int], bus: VehicleType, data: st.DataObject
) -> None:
    scenario = town(first, second)
    for group in (0, 1):
        riders, taken = Riders(scenario), 0
        mean, (excess, each) = riders.mean(bus, 0, group), riders.excess(bus, 0, group)
        full = full_load(bus, scenario.groups[group])
        for trips in range(1, 30):
            limit = data.draw(st.sampled_from((full, full, full, 0.7 * full)))
            load = riders.board(bus, 0, group, limit)
            if load is None:
                break
            assert load.persons <= full
            taken += load.persons
            assert taken <= trips * mean + min(excess, trips * each) + 1e-9


def test_everybody_is_at_home_at_first() -> None:
    riders = Riders(town([3, 2, 1, 0, 0, 0, 0, 0, 0], [0, 2, 0, 0, 0, 0, 0, 0, 0]))
    assert riders.everybody().tolist() == [[10.0, 4.0], [0.0, 0.0]]
    assert riders.taken.tolist() == [[0, 0], [0, 0]]


def test_a_wheelchair_place_is_no_seat() -> None:
    # Pairs with one wheelchair user each: four wheelchair places, whatever the seats.
    riders = Riders(town([0] * 9, [0, 9, 0, 0, 0, 0, 0, 0, 0]))
    assert riders.fit(BUS, 0, 1, 100.0) == 4
    assert riders.mean(BUS, 0, 1) == 8.0
    load = riders.board(BUS, 0, 1, 100.0)
    assert load is not None
    assert (load.first_household, load.households, load.persons) == (5, 4, 8)


def test_a_full_vehicle_holds_its_seats_or_what_its_wheelchair_places_allow() -> None:
    walkers, users = one_bus().groups
    assert full_load(BUS, walkers) == 30.0
    assert full_load(BUS, users) == 34.0
    assert full_load(replace(BUS, wheelchairs=2), users) == 18.0
    assert full_load(replace(BUS, wheelchairs=0), users) == 0.0


@pytest.mark.parametrize("size", [2, 5, 9])
def test_who_does_not_fit_rides_on_no_trip(size: int) -> None:
    homes = [0] * 9
    homes[size - 1] = 3
    riders = Riders(town(homes, [0] * 9))
    small = replace(BUS, seats=size - 1)
    assert riders.board(small, 0, 0, 100.0) is None
    assert riders.mean(small, 0, 0) == 0.0
    assert riders.excess(small, 0, 0) == (0.0, 0.0)
    just = replace(BUS, seats=size)
    assert riders.mean(just, 0, 0) == size
    assert riders.excess(just, 0, 0) == (0.0, 0.0)


def test_nobody_boards_twice() -> None:
    riders = Riders(town([5, 0, 0, 0, 0, 0, 0, 0, 0], [0] * 9))
    loads = [riders.board(replace(BUS, seats=2), 0, 0, 100.0) for _ in range(4)]
    told = [(one.first_household, one.households) for one in loads if one]
    assert told == [(3, 2), (1, 2), (0, 1)]
    assert loads[3] is None
