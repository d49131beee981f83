"""What a dispatcher makes of a notice: who still stops, who still passes, who is called off."""

from __future__ import annotations

import math
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clearway.simulate import dispatch
from clearway.simulate.dispatch import LOOSE_S, NOTICE_SHARE
from clearway.simulate.traffic import (
    ANNOUNCED,
    BEGINS,
    BROKEN,
    CODE_END,
    CODE_FIRST,
    COLOUR,
    END,
    ENDS,
    FIRST,
    GATE_OUT,
    GONE,
    HOSPITAL,
    KNOWN,
    LEAVE,
    LOST,
    MISSED,
    NONE,
    OPENS,
    PENDING,
    PERSONS,
    PHASE,
    RATE,
    READY,
    SICK,
    SLID,
    STATE,
    SUDDEN,
    TIME,
    TRIP_END,
    WAITS,
    WAY_BACK,
    WAY_OUT,
)
from tests.simulate.plain import plain, traffic

DISPATCH = plain(dispatch)


def noticed(known: float = 5000.0, ends: float = 6000.0) -> Any:
    """Return a trip of one stop in a window of two hours that ends early; that is known before."""
    found = traffic()
    window = found.chances.window[0]
    window[[OPENS, BEGINS, ANNOUNCED, KNOWN, ENDS, RATE]] = 0.0, 0.0, 7200.0, known, ends, 1.0
    found.orders.margin_s[0] = 1800.0
    found.orders.way_s[:] = 0.0, 100.0, 60.0, 0.0
    found.orders.trip[0, [END, WAY_BACK, WAY_OUT, HOSPITAL, PERSONS]] = 1, 1, 2, NONE, 20
    return found


def test_before_notice_all_keep_the_margin_of_the_announced_closing() -> None:
    found = noticed()
    assert DISPATCH._last_exit(found, 0, 0, 4999.0) == 7200.0 - 1800.0
    # A quarter of the thousand seconds between notice and end.
    assert DISPATCH._last_exit(found, 0, 0, 5000.0) == 6000.0 - 250.0


@settings(max_examples=60, deadline=None, derandomize=True)
@given(st.floats(0, 7000), st.floats(0, 3000), st.floats(0, 7200))
def test_who_is_let_through_is_out_before_the_end_that_is_known(
    known: float, notice: float, time: float
) -> None:
    found = noticed(known, min(known + notice, 7200.0))
    last = DISPATCH._last_exit(found, 0, 0, time)
    shut = found.chances.window[0, ENDS] if time >= known else 7200.0
    assert last <= shut
    margin = 1800.0
    if shut < 7200.0:
        margin = min(margin, NOTICE_SHARE * (shut - known))
    assert last == pytest.approx(shut - margin)


def test_a_plan_s_moment_counts_only_while_it_is_in_time() -> None:
    found = noticed()
    found.orders.trip_s[0, GATE_OUT] = 5950.0
    assert DISPATCH._planned_out(found, 0, 0, 100.0) == 5950.0
    # Out at 6010, after the end that is now known.
    assert DISPATCH._planned_out(found, 0, 0, 5000.0) == 0.0
    found.orders.trip_s[0, GATE_OUT] = 5940.0
    assert DISPATCH._planned_out(found, 0, 0, 5000.0) == 5940.0
    found.yard.trip[0, SLID] = 1
    assert DISPATCH._planned_out(found, 0, 0, 100.0) == 0.0


def test_boarding_is_called_off_when_notice_comes_and_waiting_would_be_too_long() -> None:
    found = noticed()
    # Twenty are checked in 20 s: 100 + 20 + 60 from the stop to the exit.
    assert not DISPATCH._called_off(found, 0, 0, 0, 5820.0)
    assert DISPATCH._called_off(found, 0, 0, 0, 5821.0)
    # Notice that comes after it has left changes nothing.
    found.chances.window[0, KNOWN] = 5821.0
    assert not DISPATCH._called_off(found, 0, 0, 0, 5821.0)
    # Nor does an end that nobody told of.
    found.chances.window[0, [KNOWN, SUDDEN]] = 5000.0, 1.0
    assert not DISPATCH._called_off(found, 0, 0, 0, 5821.0)


@pytest.mark.parametrize(("comes", "late"), [(5220.0, False), (5221.0, True), (math.nan, True)])
def test_a_trip_is_too_late_if_it_is_not_out_by_the_margin(comes: float, *, late: bool) -> None:
    found = noticed()
    assert DISPATCH._too_late(found, 0, comes, 0.0) == late


def shift() -> Any:
    """Return a vehicle with three trips, to leave at 100, 200 and 300, and nothing else to do."""
    found = traffic(trips=3, stops=3)
    found.orders.vehicle[0, TRIP_END] = 3
    found.orders.trip_s[:, LEAVE] = 100.0, 200.0, 300.0
    for t in range(3):
        found.orders.trip[t, [FIRST, END]] = t, t + 1
    return found


def test_a_vehicle_waits_for_the_first_of_its_trips() -> None:
    found = shift()
    DISPATCH._look(found, 0, 50.0)
    assert found.yard.at_s[0, TIME] == 100.0
    assert (found.yard.trip[:, PHASE] == PENDING).all()


def test_a_vehicle_with_nothing_left_is_gone() -> None:
    found = shift()
    found.yard.trip[:, PHASE] = LOST
    DISPATCH._look(found, 0, 500.0)
    assert found.yard.at[0, STATE] == GONE
    assert found.yard.at_s[0, TIME] == math.inf


@pytest.mark.parametrize("broken", [0, 1])
def test_a_broken_vehicle_runs_no_trip_of_the_day(broken: int) -> None:
    found = shift()
    found.yard.at[0, BROKEN] = broken
    found.chances.break_s[0, 0] = 80.0 if not broken else math.inf
    DISPATCH._look(found, 0, 80.0)
    assert (found.yard.trip[:, PHASE] == LOST).all()
    assert found.yard.at[0, STATE] == GONE


@settings(max_examples=60, deadline=None, derandomize=True)
@given(
    st.tuples(*[st.integers(0, 3)] * 3),
    st.tuples(*[st.sampled_from((WAITS, MISSED))] * 3),
    st.sampled_from((100.0 - LOOSE_S / 2, 150.0, 250.0, 350.0)),
)
def test_of_those_that_are_due_the_worst_patients_are_fetched_first(
    colours: tuple[int, int, int], states: tuple[int, int, int], time: float
) -> None:
    found = shift()
    found.orders.trip[:, SICK], found.orders.trip[:, HOSPITAL] = 1, NONE
    found.orders.patient = found.orders.patient.copy()
    found.orders.patient.resize((3, 7), refcheck=False)
    found.orders.patient[:, COLOUR] = colours
    found.orders.listed = found.orders.trip[:, END] - 1
    found.orders.stop[:, CODE_FIRST], found.orders.stop[:, CODE_END] = (0, 1, 2), (1, 2, 3)
    found.yard.patient = found.yard.patient.copy()
    found.yard.patient.resize((3, 2), refcheck=False)
    found.yard.patient[:, 0] = states
    found.chances.window[0, [ANNOUNCED, ENDS, KNOWN]] = 7200.0, 7200.0, math.inf
    DISPATCH._look(found, 0, time)
    due = [t for t in range(3) if 100.0 * (t + 1) <= time + LOOSE_S]
    first = min(due, key=lambda t: colours[t])
    begun = [t for t in range(3) if found.yard.trip[t, PHASE] != PENDING]
    assert begun == [first]


def test_a_vehicle_that_looks_stays_ready() -> None:
    found = shift()
    DISPATCH._look(found, 0, 50.0)
    assert found.yard.at[0, STATE] == READY
