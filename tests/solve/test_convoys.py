"""Convoys: one vehicle after another through the lane, after what they wait for, or not at all."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clearway.model.duty import ConvoyRun
from clearway.model.scenario import Scenario
from clearway.solve.booking import Booking, days
from clearway.solve.convoys import run_convoy
from clearway.solve.drives import drives
from tests.scenarios import aid_in, at_hour

#: At six m/s inward from D1, 130 s outside and 60 s along the corridor; two streets of 20 s.
LANE = 15


def with_convoy(scenario: Scenario | None = None, **changes: Any) -> Scenario:
    """Return ``aid_in`` with its convoy changed."""
    scenario = scenario or aid_in()
    (convoy,) = scenario.aid.convoys
    return scenario.replace(aid=replace(scenario.aid, convoys=(replace(convoy, **changes),)))


def run(
    scenario: Scenario, booking: Booking | None = None, not_before_s: float = 0.0
) -> ConvoyRun | None:
    """Run the scenario's convoy."""
    (convoy,) = scenario.aid.convoys
    kind = next(one for one in scenario.fleet.types if one.id == convoy.type)
    table = drives(scenario, kind)
    booking = booking or Booking(scenario)
    return run_convoy(scenario, convoy, table, booking, days(scenario), not_before_s)


def done(scenario: Scenario, booking: Booking | None = None, since: float = 0.0) -> ConvoyRun:
    """Run it where there is room for it."""
    found = run(scenario, booking, since)
    assert found is not None
    return found


def test_a_convoy_comes_as_soon_as_the_gate_opens_and_goes_when_it_is_unloaded() -> None:
    trip = done(aid_in()).trip
    # Three trucks a minute apart: the last is through two minutes after the gate has opened.
    assert trip.gate_in_s == 120
    (stop,) = trip.stops
    assert (stop.zone, stop.arrive_s, stop.leave_s) == ("Z2", 140, 1340)
    # The first is back at the gate after twenty seconds, the last two minutes later.
    assert trip.gate_out_s == 1480
    assert trip.leave_s <= 120 - 120 - 190
    assert trip.destination == "D1"
    assert trip.arrive_s == pytest.approx(1480 + 60 + 130, abs=2)
    assert trip.done_s == trip.arrive_s + 360


def test_every_vehicle_of_it_takes_its_place_in_the_lane() -> None:
    scenario = aid_in()
    booking = Booking(scenario)
    done(scenario, booking)
    assert booking.lane[0, :3].tolist() == [3, 3, 0]


def test_a_file_does_not_begin_in_a_slot_that_is_full() -> None:
    scenario = aid_in()
    booking = Booking(scenario)
    booking.take(0, 0, times=LANE - 2)
    trip = done(scenario, booking).trip
    # Two may pass before a quarter past; the third at it.
    assert trip.gate_in_s == 900
    assert booking.lane[0, :2].tolist() == [LANE, 1]


@settings(max_examples=40, deadline=None, derandomize=True)
@given(
    st.lists(st.integers(0, LANE), min_size=17, max_size=17),
    st.integers(1, 20),
    st.integers(0, 7200),
)
def test_no_lane_is_overfull_and_nothing_is_taken_for_nothing(
    taken: list[int], vehicles: int, since: int
) -> None:
    scenario = with_convoy(vehicles=vehicles)
    booking = Booking(scenario)
    booking.lane[0, : len(taken)] = taken
    before = booking.lane.sum()
    found = run(scenario, booking, float(since))
    assert booking.lane[0].max() <= max(LANE, *taken)
    assert booking.lane.sum() - before == (0 if found is None else 2 * vehicles)
    if found is not None:
        first_in = found.trip.gate_in_s - 60 * (vehicles - 1)
        assert first_in >= since
        assert found.trip.stops[0].leave_s <= found.trip.gate_out_s - 60 * (vehicles - 1)


def test_it_waits_for_its_hours_and_for_what_comes_before() -> None:
    late = with_convoy(since=at_hour(9))
    assert done(late).trip.gate_in_s == 3600 + 120
    assert done(aid_in(), since=1000.0).trip.gate_in_s == 1120


@pytest.mark.parametrize(
    "changes",
    [
        {"until": at_hour(8.02)},  # closed before the third truck is through
        {"since": at_hour(10), "until": at_hour(20)},  # the gate has closed
        {"vehicles": 240},  # too many for the window
        {"type": "far"},  # cannot drive so far
        {"type": "barred"},  # no street is for it
    ],
)
def test_where_there_is_no_room_it_does_not_run(changes: dict[str, Any]) -> None:
    scenario = aid_in(windows=((1, 8, 10),))
    truck = scenario.fleet.types[-1]
    more = (
        replace(truck, id="far", range_m=1000.0),
        replace(truck, id="barred", barred=("residential",)),
    )
    fleet = replace(scenario.fleet, types=(*scenario.fleet.types, *more))
    scenario = with_convoy(scenario.replace(fleet=fleet), **changes)
    booking = Booking(scenario)
    assert run(scenario, booking) is None
    assert booking.lane.sum() == 0


def test_it_stays_the_night_out_if_the_first_day_is_full() -> None:
    scenario = with_convoy(until=at_hour(40))
    booking = Booking(scenario)
    booking.lane[0, :16] = LANE
    trip = done(scenario, booking).trip
    assert trip.gate_in_s == 86_400 + 120


def test_it_takes_the_gate_by_which_it_is_there_first() -> None:
    scenario = aid_in(gates_persons_per_h=(600.0, 600.0), windows=((1, 8, 12), (2, 8, 12)))
    lane = scenario.corridors[0].vehicles_per_s
    scenario = scenario.replace(
        corridors=tuple(replace(one, vehicles_per_s=lane) for one in scenario.corridors)
    )
    booking = Booking(scenario)
    # Z2 lies in the middle: either gate is as near, until one of them is full.
    booking.lane[0, 0] = LANE
    trip = done(scenario, booking).trip
    assert (trip.corridor_in, trip.gate_in_s) == ("C2", 120)
