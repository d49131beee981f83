"""A shift: drives in ticks that are never shorter than they are, and ways that keep their range."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clearway.model.fleet import VehicleType
from clearway.model.scenario import Scenario
from clearway.solve.boarding import Riders
from clearway.solve.booking import Booking, days
from clearway.solve.crews import pickups
from clearway.solve.drives import drives, places
from clearway.solve.outings import FAR
from clearway.solve.shifts import TICK_S, Pickups, Shift, shift
from tests.scenarios import one_bus, two_ambulances
from tests.solve.fleets import Wanted, exactly, wanted


def shifts(scenario: Scenario) -> list[Shift]:
    """Return those of all types on all days that have a pick-up."""
    riders, found = Riders(scenario), list[Shift]()
    for kind in scenario.fleet.types:
        table = drives(scenario, kind)
        where = pickups(scenario, table, riders)
        found += [shift(table, day, where) for day in days(scenario) if len(where.zone)]
    return found


def of_bus(scenario: Scenario, **changes: object) -> Shift:
    """Return the shift of the first type with changes, on the first day, without its pick-ups."""
    kind: VehicleType = replace(scenario.fleet.types[0], **changes)  # type: ignore[arg-type]
    where = Pickups(np.array([0, 1]), np.array([0, 0]), np.array([30.0, 30.0]), np.full(2, 30.0))
    return shift(drives(scenario, kind), days(scenario)[0], where)


def ways_round(one: Shift, pickup: int, out: int) -> list[float]:
    """Return the metres from anywhere outside, in by any corridor, and out by one, to anywhere."""
    table, z, scenario = one.drives, int(one.pickups.zone[pickup]), one.drives.scenario
    links = scenario.network.links
    length = dict(zip(links.id.tolist(), links.length_m.tolist(), strict=True))
    return [
        table.outside_m(place, into)
        + sum(length[link] for link in table.links_in(into, z))
        + sum(length[link] for link in table.links_out(z, out))
        + table.outside_m(to, out)
        for into in range(len(scenario.corridors))
        if math.isfinite(table.inward[into])
        for place in range(len(places(scenario)))
        for to in range(len(places(scenario)))
    ]


def test_the_bus_by_hand() -> None:
    one = of_bus(one_bus())
    # The depot is some 130 s on a round earth and 60 s of corridor from the gate.
    assert one.to_gate[0, 0] in {7, 6}
    # Z1 is 40 s from the gate, Z2 20 s; 600 s to board; the check of thirty takes 180 s.
    assert one.gate_stop.tolist() == [[22, 21]]
    assert one.stop_gate.tolist() == [[8, 7]]
    # A minute through the corridor, 12 s or so to the site, 300 s to alight and 60 s of rest.
    assert one.after[0] == math.ceil((60 + one.drives.outside[1, 0] + 360) / TICK_S)
    assert one.begin_s <= -190
    assert one.opens[0] * TICK_S + one.begin_s == pytest.approx(0, abs=TICK_S)
    # Half an hour before twelve it is out of the exit.
    assert one.second(int(one.last_out[0])) + 60 <= 4 * 3600 - 1800
    assert one.second(int(one.last_out[0]) + 1) + 60 > 4 * 3600 - 1800
    assert one.ride_h[0] * 3600 == pytest.approx([40 + 60 + 180, 20 + 60 + 180])
    assert one.out_h.tolist() == pytest.approx([60 / 3600])


@settings(max_examples=40, deadline=None, derandomize=True)
@given(wanted())
def test_ticks_are_the_drives_rounded_up(wish: Wanted) -> None:
    scenario = wish.scenario()
    slowest = Booking(scenario).slowest
    for one in shifts(scenario):
        table, q, kind = one.drives, one.pickups, one.drives.type
        for k in range(len(scenario.corridors)):
            for n in range(len(q.zone)):
                inside = math.ceil(table.gate_stop[k, q.zone[n]]) + kind.board_s.central
                assert math.ceil(inside / TICK_S) - 1 <= one.gate_stop[k, n]
                assert one.gate_stop[k, n] * TICK_S >= inside
                if one.stop_gate[k, n] < FAR:
                    back = table.stop_gate[k, q.zone[n]] + q.checked[n] / slowest[k]
                    assert one.stop_gate[k, n] == math.ceil(back / TICK_S - 1e-12)
            if one.opens[k] < FAR:
                assert one.second(int(one.opens[k])) >= one.day.opens[k]
                assert one.second(int(one.opens[k]) - 1) < one.day.opens[k]
                out = one.second(int(one.last_out[k])) + table.outward[k]
                assert out <= one.day.out_by[k] or one.last_out[k] < 0
        assert one.second(0) <= np.nanmin(one.day.opens)


@settings(max_examples=40, deadline=None, derandomize=True)
@given(wanted())
def test_a_way_that_may_be_driven_is_in_range_from_everywhere_outside(wish: Wanted) -> None:
    scenario = wish.scenario()
    for one in shifts(scenario):
        table, most = one.drives, one.drives.type.range_m
        for n in range(len(one.pickups.zone)):
            for k in range(len(scenario.corridors)):
                legs = ways_round(one, n, k)
                there = bool(legs) and max(legs) <= most and math.isfinite(table.outward[k])
                assert (one.stop_gate[k, n] < FAR) == (there and Booking(scenario).rate[k] > 0)


@pytest.mark.parametrize("out", [0, 1])
def test_the_longest_way_in_counts_whichever_way_a_vehicle_came(out: int) -> None:
    scenario = one_bus(
        columns=4, gates_persons_per_h=(600.0, 600.0), windows=((1, 8, 12), (2, 8, 12))
    )
    lane = scenario.corridors[0].vehicles_per_s
    both = tuple(replace(one, vehicles_per_s=lane) for one in scenario.corridors)
    scenario = scenario.replace(corridors=both)
    legs = ways_round(of_bus(scenario), 0, out)
    assert min(legs) < max(legs) - 100
    for range_m, allowed in ((max(legs) + 0.5, True), (max(legs) - 0.5, False)):
        one = of_bus(scenario, range_m=range_m)
        assert (one.stop_gate[out, 0] < FAR) == allowed


@settings(max_examples=60, deadline=None, derandomize=True)
@given(st.integers(-10_000, 20_000))
def test_minutes_are_the_first_whole_ones(second: int) -> None:
    one = of_bus(one_bus())
    tick = one.minute(second)
    assert tick >= 0
    assert one.second(tick) >= second
    assert tick == 0 or one.second(tick - 1) < second


@pytest.mark.parametrize(
    ("range_m", "allowed"), [(1e9, [1, 1]), (4000.0, [1, 1]), (1100.0, [0, 0])]
)
def test_a_short_range_closes_ways(range_m: float, allowed: list[int]) -> None:
    one = of_bus(one_bus(), range_m=range_m)
    assert (one.stop_gate[0] < FAR).astype(int).tolist() == allowed
    endless = of_bus(one_bus(), range_m=math.inf)
    assert (endless.stop_gate < FAR).all()


def test_vehicles_are_never_free_at_once() -> None:
    one = of_bus(one_bus(), alight_s=exactly(0.0), rest_s=0.0)
    assert one.after[0] * TICK_S >= 60 + TICK_S


def test_a_gate_that_checks_nobody_is_no_way_out() -> None:
    scenario = one_bus(gates_persons_per_h=(0.0,))
    assert (of_bus(scenario).stop_gate == FAR).all()


def test_what_is_booked_is_no_ground_to_stand_on() -> None:
    scenario = two_ambulances()
    one, booking = of_bus(scenario), Booking(scenario)
    booking.lane[0, 2] = booking.lane_most[0, 2]
    booking.aboard[0, 3] = 100.0
    price = np.zeros((1, one.minutes)), np.zeros((1, one.minutes))
    worth = np.ones((1, 2))
    free = one.ground(np.array([30.0, 0.0]), worth, price)
    told = one.ground(np.array([30.0, 0.0]), worth, price, booking)
    # Nobody stops for none.
    assert free.worth.tolist() == told.worth.tolist() == [[1.0, -math.inf]]
    assert free.lane.all()
    assert np.isinf(free.room).all()
    for tick in range(one.minutes):
        slot = min(max(one.second(tick) // 900, 0), booking.lane.shape[1] - 1)
        assert told.lane[0, tick] == (slot != 2)
        assert told.room[0, tick] == pytest.approx(35.0 if slot == 3 else 135.0)
