"""Vehicles that drive as one: all of them through the lane, in hours in which it is open."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clearway.simulate import dispatch
from clearway.simulate.traffic import BEGINS, CARS, ENDS, LANE, OPENS
from tests.simulate.plain import plain, traffic

DISPATCH = plain(dispatch)
SLOT_S, SLOTS, EACH_S = 900.0, 8, 60.0
#: Vehicles that a slot takes.
MOST = int(SLOT_S / EACH_S)

halves = st.sampled_from((0.0, 0.5, 1.0, 1.0))


def row(cars: int, *, share: list[float] | None = None, taken: list[int] | None = None) -> Any:
    """Return so many vehicles as one at a gate that is open for two hours, one a minute."""
    found = traffic(slots=SLOTS)
    found.orders.vehicle[0, CARS], found.orders.lane_s[:] = cars, EACH_S
    found.chances.window[0, [OPENS, BEGINS, ENDS, LANE]] = 0.0, 0.0, SLOTS * SLOT_S, 1 / EACH_S
    if share:
        found.orders.share = np.stack([np.ones(len(share)), share], axis=1)[None]
    if taken:
        found.yard.lane[0, : len(taken)] = taken
    return found


def in_slots(last: float, cars: int) -> list[int]:
    """Return how many of a row pass in each slot, the last of them at a moment."""
    counts = [0] * SLOTS
    for j in range(cars):
        counts[int(max(0.0, last - j * EACH_S) / SLOT_S)] += 1
    return counts


@settings(max_examples=120, deadline=None, derandomize=True)
@given(
    st.integers(2, 20),
    st.lists(halves, max_size=SLOTS),
    st.lists(st.integers(0, MOST), max_size=SLOTS),
    st.floats(0, 6000),
)
def test_no_slot_lets_more_through_than_its_lane_does_then(
    cars: int, share: list[float], taken: list[int], wish: float
) -> None:
    found = row(cars, share=share, taken=taken)
    room = np.array([math.floor(MOST * s) for s in share] + [MOST] * (SLOTS - len(share)))
    left = np.maximum(room - found.yard.lane[0], 0)
    before = found.yard.lane.copy()
    last = DISPATCH._row_passes(found, 0, 0, 0, wish)
    begin = max(wish, max(wish - (cars - 1) * EACH_S, 0.0) + (cars - 1) * EACH_S)
    tried = np.arange(begin, SLOTS * SLOT_S, SLOT_S)
    fits = [float(at) for at in tried if (np.array(in_slots(float(at), cars)) <= left).all()]
    assert last == pytest.approx(fits[0] if fits else math.inf)
    if fits:
        DISPATCH._take_row(found, 0, 0, 0, wish)
        assert (found.yard.lane - before)[0].tolist() == in_slots(last, cars)


def test_a_convoy_does_not_drive_through_a_gate_that_is_shut_to_vehicles() -> None:
    shut = row(3, share=[0.0] * SLOTS)
    assert DISPATCH._row_passes(shut, 0, 0, 0, 600.0) == math.inf
    an_hour = row(3, share=[0.0] * 4)
    # The first of three is through from the hour on, so that the last is not in its first slot.
    assert DISPATCH._row_passes(an_hour, 0, 0, 0, 600.0) == 600.0 + 4 * SLOT_S


def test_one_vehicle_is_a_row_of_its_own() -> None:
    found = row(1, taken=[MOST])
    assert DISPATCH._row_passes(found, 0, 0, 0, 10.0) == SLOT_S
    DISPATCH._take_row(found, 0, 0, 0, 10.0)
    assert found.yard.lane[0, :2].tolist() == [MOST, 1]


def test_a_lane_for_nobody_lets_no_row_through() -> None:
    found = row(3)
    found.chances.window[0, LANE] = 0.0
    assert DISPATCH._row_passes(found, 0, 0, 0, 0.0) == math.inf


def test_a_slow_lane_lets_the_last_through_later_than_planned() -> None:
    found = row(5)
    found.chances.window[0, LANE] = 1 / 120.0
    # Planned a minute apart: the first at 760; two minutes apart the last is through at 1240.
    assert DISPATCH._row_passes(found, 0, 0, 0, 1000.0) == pytest.approx(760.0 + 4 * 120.0)
