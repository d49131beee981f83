"""When a gate takes a vehicle: never more than there is room for, never later than need be."""

from __future__ import annotations

import math
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clearway.simulate import lanes
from clearway.simulate.traffic import (
    AGAIN,
    ANNOUNCED,
    ARRIVE,
    BEGINS,
    COMES,
    DONE,
    END,
    ENDS,
    GATE_OUT,
    GOAL,
    GOES_ON,
    HOSPITAL,
    KNOWN,
    LANE,
    LOST,
    NONE,
    OPENS,
    OUT_S,
    PENDING,
    PERSONS,
    PHASE,
    RATE,
    RUN_DAY,
    SICK,
    SLID,
    STANDS_S,
    TAKEN,
    UNDER_WAY,
    WAY,
    WAY_BACK,
    WAY_OUT,
)
from tests.simulate.plain import plain, traffic

LANES = plain(lanes)
SLOT_S, SLOTS = 900.0, 8


def gate(
    *, rate: float = 0.1, lane: float = 1 / 60, opens: float = 0.0, ends: float = 7200.0
) -> Any:
    """Return a yard with one gate that was announced to open at 0 and to close at two hours."""
    found = traffic(slots=SLOTS)
    window = found.chances.window
    window[0, [OPENS, ENDS, KNOWN, ANNOUNCED, BEGINS]] = opens, ends, math.inf, 7200.0, 0.0
    window[0, [RATE, LANE]] = rate, lane
    return found


def room(found: Any, slot: int, persons: int) -> bool:
    """Return whether one vehicle more may pass in a slot, by the words of the rule."""
    window, share = found.chances.window[0], found.orders.share[0]
    begin, end = slot * SLOT_S, (slot + 1) * SLOT_S
    served, passed = share[slot] if slot < len(share) else (1.0, 1.0)
    if window[OPENS] > window[BEGINS]:
        begin = min(max(begin, window[OPENS]), end)
    vehicles = math.floor(window[LANE] * passed * (end - begin) + 1e-6)
    checked = window[RATE] * served * (end - begin) + 1e-6
    if found.yard.lane[0, slot] + 1 > vehicles:
        return False
    if persons == 0 or found.yard.load[0, slot] + persons <= checked:
        return True
    return bool(found.yard.load[0, slot] == 0 and served > 0)


shares = st.lists(
    st.tuples(st.sampled_from((0.0, 0.4, 1.0, 2.0)), st.sampled_from((0.0, 0.5, 1.0))), max_size=6
)
asked = st.lists(
    st.tuples(st.floats(0, 7300), st.sampled_from((0, 0, 5, 30, 200))), min_size=1, max_size=40
)


@settings(max_examples=80, deadline=None, derandomize=True)
@given(shares, asked, st.sampled_from((0.0, 400.0, 1000.0)), st.sampled_from((7200.0, 3000.0)))
def test_each_passes_in_the_first_slot_that_has_room(
    share: list[tuple[float, float]], wishes: list[tuple[float, int]], opens: float, ends: float
) -> None:
    found = gate(rate=0.05, lane=1 / 200, opens=opens, ends=ends)
    found.orders.share = traffic(corridors=1).orders.share
    if share:
        found.orders.share.resize((1, len(share), 2), refcheck=False)
        found.orders.share[0] = share
    for wish, persons in wishes:
        at = LANES.find_pass(found, 0, 0, wish, persons)
        first = int(wish // SLOT_S)
        slots = [slot for slot in range(first, SLOTS) if slot * SLOT_S < ends]
        with_room = [slot for slot in slots if room(found, slot, persons)]
        if not with_room:
            assert at == math.inf
            continue
        assert int(at // SLOT_S) == with_room[0]
        assert at >= wish
        assert at == wish or at >= opens
        before = found.yard.lane.sum(), found.yard.load.sum()
        LANES.take_pass(found, 0, at, persons)
        assert found.yard.lane[0, with_room[0]] >= 1
        assert (found.yard.lane.sum(), found.yard.load.sum()) == (
            before[0] + 1,
            before[1] + persons,
        )


def test_vehicles_that_wait_for_a_slot_pass_it_evenly() -> None:
    found = gate(lane=3 / 900)
    found.yard.lane[0, 0] = 3
    times = []
    for _ in range(3):
        times.append(LANES.find_pass(found, 0, 0, 10.0, 0))
        LANES.take_pass(found, 0, times[-1], 0)
    assert times == pytest.approx([900.0, 1200.0, 1500.0])
    assert LANES.find_pass(found, 0, 0, 10.0, 0) == pytest.approx(1800.0)


def test_more_than_a_slot_checks_pass_alone() -> None:
    found = gate(rate=0.01)
    # Nine persons a slot: twenty pass where nobody else does.
    assert LANES.find_pass(found, 0, 0, 0.0, 20) == 0.0
    LANES.take_pass(found, 0, 0.0, 1)
    assert LANES.find_pass(found, 0, 0, 0.0, 20) == 900.0
    assert LANES.find_pass(found, 0, 0, 0.0, 8) == 0.0
    assert LANES.find_pass(found, 0, 0, 0.0, 9) == 900.0


def test_what_passes_after_the_last_slot_counts_in_it() -> None:
    found = gate()
    LANES.take_pass(found, 0, 1e6, 4)
    assert (found.yard.lane[0, -1], found.yard.load[0, -1]) == (1, 4.0)
    assert found.yard.lane.sum() == 1


def test_until_it_is_known_a_window_closes_as_announced() -> None:
    found = gate(ends=3000.0)
    found.chances.window[0, KNOWN] = 2000.0
    assert LANES.closing(found, 0, 1999.0) == 7200.0
    assert LANES.closing(found, 0, 2000.0) == 3000.0


def test_a_check_takes_as_long_as_its_rate_says() -> None:
    found = gate(rate=0.5)
    assert LANES.checked_s(found, 0, 30) == 60.0
    assert LANES.again_s(found, 0, 30) == 0.0
    found.chances.window[0, AGAIN] = 0.25
    assert LANES.again_s(found, 0, 30) == 120.0
    found.chances.window[0, RATE] = 0.0
    assert LANES.checked_s(found, 0, 30) == math.inf
    assert LANES.checked_s(found, 0, 0) == 0.0


def errand() -> Any:
    """Return a trip of two stops with ten persons, checked at one a second and again at half."""
    found = traffic(stops=2)
    found.chances.window[0, [RATE, AGAIN]] = 1.0, 0.5
    found.orders.way_s[:] = 100.0, 30.0, 40.0, 60.0
    trip = found.orders.trip[0]
    trip[[END, PERSONS, WAY_BACK, WAY_OUT]] = 2, 10, 2, 3
    found.orders.stop[:, WAY] = 0, 1
    found.orders.stop_s[0, [COMES, GOES_ON, STANDS_S]] = 500.0, 900.0, 200.0
    found.orders.stop_s[1, [COMES, GOES_ON, STANDS_S]] = 0.0, 0.0, 50.0
    return found


def test_a_trip_keeps_its_plan_where_it_is_early() -> None:
    found = errand()
    # There at 300, waits for 500, stands till 700, goes on at 900; the second stop 30 s away takes
    # 50; 40 to the gate, 10 for the check; 60 and 20 more until out.
    assert LANES.out_by(found, 0, 0, 0, 300.0) == 900 + 30 + 50 + 40 + 10 + 60 + 20
    found.orders.trip_s[0, GATE_OUT] = 2000.0
    assert LANES.out_by(found, 0, 0, 0, 300.0) == 2000 + 60 + 20
    assert LANES.out_by(found, 0, 0, 0, 2000.0) == 2000 + 200 + 30 + 50 + 40 + 10 + 60 + 20


def test_a_trip_of_another_day_has_no_times_to_wait_for() -> None:
    found = errand()
    found.yard.trip[0, SLID] = 1
    found.orders.trip_s[0, GATE_OUT] = 2000.0
    assert LANES.out_by(found, 0, 0, 0, 300.0) == 300 + 200 + 30 + 50 + 40 + 10 + 60 + 20
    assert LANES.out_by(found, 0, 0, 1, 300.0) == 300 + 50 + 40 + 10 + 60 + 20


def test_straight_out_is_driven_without_a_stop() -> None:
    found = errand()
    assert LANES.straight_out(found, 0, 0, 0, 300.0) == 300 + 30 + 40 + 10 + 60 + 20
    assert LANES.straight_out(found, 0, 0, 1, 300.0) == 300 + 40 + 10 + 60 + 20


@settings(max_examples=40, deadline=None, derandomize=True)
@given(st.floats(0, 5000), st.integers(0, 1), st.integers(0, 1))
def test_nobody_is_out_later_for_stopping_no_more(time: float, stop: int, slid: int) -> None:
    found = errand()
    found.yard.trip[0, SLID] = slid
    assert LANES.straight_out(found, 0, 0, stop, time) <= LANES.out_by(found, 0, 0, stop, time)


def test_a_hospital_takes_in_until_it_closes() -> None:
    found = errand()
    trip = found.orders.trip[0]
    trip[HOSPITAL] = NONE
    assert LANES.taken_in(found, 0, 1e9)
    trip[[HOSPITAL, GOAL]] = 0, 1
    found.orders.drive_s[1, 0] = 300.0
    # The pause begins at eight; the hospital closes at nine, 3600 s later.
    found.orders.hours[0, 1] = 9 * 3600.0
    assert LANES.taken_in(found, 0, 3300.0)
    assert not LANES.taken_in(found, 0, 3301.0)
    found.orders.trip_s[0, ARRIVE] = 3700.0
    assert not LANES.taken_in(found, 0, 100.0)
    found.yard.trip[0, SLID] = 1
    assert LANES.taken_in(found, 0, 100.0)
    # A day later it is open again.
    assert LANES.taken_in(found, 0, 3300.0 + 86_400.0)


def awaited(phases: list[int], outs: list[int], taken: list[int]) -> Any:
    """Return a yard in which subject 1 waits for convoy 0, and subject 2 for the patients (1)."""
    found = traffic(trips=len(phases), subjects=3, convoys=1)
    found.orders.awaits[1, 0] = found.orders.awaits[2, 1] = 1
    found.orders.date[:] = 1
    found.orders.trip[:, SICK] = 1
    found.yard.trip[:, PHASE], found.yard.trip[:, RUN_DAY] = phases, 0
    found.yard.trip[:, TAKEN] = taken
    found.yard.trip_s[:, OUT_S] = outs
    return found


def test_who_waits_for_nobody_may_go() -> None:
    found = awaited([], [], [])
    assert LANES.allowed(found, NONE, 0.0) == 1
    assert LANES.allowed(found, 0, 0.0) == 1
    found.orders.never[0] = 1
    assert LANES.allowed(found, 0, 0.0) == -1


def test_a_convoy_is_waited_for_until_it_has_come() -> None:
    found = awaited([], [], [])
    assert LANES.allowed(found, 1, 100.0) == 0
    found.yard.aid[0], found.yard.aid_s[0] = DONE, 50.0
    assert LANES.allowed(found, 1, 49.0) == 0
    assert LANES.allowed(found, 1, 50.0) == 1
    found.yard.aid[0] = LOST
    assert LANES.allowed(found, 1, 1e9) == -1


trips_of_patients = st.lists(
    st.tuples(
        st.sampled_from((PENDING, UNDER_WAY, DONE, DONE, LOST)),
        st.integers(0, 3),
        st.sampled_from((0, 2)),
    ),
    max_size=5,
)


@settings(max_examples=80, deadline=None, derandomize=True)
@given(trips_of_patients, st.integers(0, 3))
def test_patients_of_a_day_are_waited_for_while_any_may_still_come(
    told: list[tuple[int, int, int]], time: int
) -> None:
    found = awaited(*([list(column) for column in zip(*told, strict=True)] or [[], [], []]))
    out = [at for phase, at, taken in told if phase == DONE and taken]
    if any(phase in {PENDING, UNDER_WAY} for phase, _, _ in told):
        expected = 0
    elif not out:
        expected = -1
    else:
        expected = int(max(out) <= time + 1e-6)
    assert LANES.allowed(found, 2, time) == expected
