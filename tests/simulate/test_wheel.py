"""The wheel of time hands out units in the order of their moments, first come first served."""

from __future__ import annotations

import heapq
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clearway.simulate import wheel
from clearway.simulate.state import NEXT, NOBODY, STATE, TIME
from tests.simulate.plain import plain

WHEEL = plain(wheel)
TICKS, TICK_S = 12, 5.0
COLUMNS = max(NEXT, NOBODY, STATE, TIME) + 1

moments = st.lists(
    st.one_of(st.floats(0, TICKS * TICK_S - 0.1), st.sampled_from((0.0, 5.0, 7.5, 12.0))),
    max_size=25,
)


def world(units: int) -> Any:
    """Return a world with an empty wheel."""
    return SimpleNamespace(
        wheel=SimpleNamespace(
            head=np.full(TICKS, NOBODY),
            tail=np.full(TICKS, NOBODY),
            now=np.zeros(1, dtype=np.int64),
            tick_s=np.array([TICK_S]),
        ),
        crowd=SimpleNamespace(
            real=np.zeros((units, COLUMNS)), whole=np.zeros((units, COLUMNS), dtype=np.int64)
        ),
    )


def emptied(found: Any) -> list[int]:
    """Turn the wheel to its end; return all units as they come off."""
    order = []
    for tick in range(TICKS):
        found.wheel.now[0] = tick
        while (unit := WHEEL.pop(found)) != NOBODY:
            order.append(int(unit))
    return order


@settings(max_examples=150, deadline=None, derandomize=True)
@given(moments)
def test_all_come_off_once_in_order_of_time(times: list[float]) -> None:
    found = world(len(times))
    for unit, time in enumerate(times):
        WHEEL.push(found, unit, time, 3)
    assert emptied(found) == sorted(range(len(times)), key=lambda unit: times[unit])
    assert (found.crowd.whole[:, STATE] == 3).all()
    assert found.crowd.real[:, TIME].tolist() == times


@settings(max_examples=100, deadline=None, derandomize=True)
@given(moments, st.lists(st.floats(0, 20), min_size=60, max_size=60))
def test_who_comes_on_while_it_turns_waits_its_turn(times: list[float], later: list[float]) -> None:
    """Each unit comes on a second time after its first event, against a heap that does the same."""
    found, heap = world(len(times)), list[tuple[float, int, int]]()
    for unit, time in enumerate(times):
        WHEEL.push(found, unit, time, 0)
        heap.append((time, unit, unit))
    heapq.heapify(heap)
    expected, number = list[tuple[int, float]](), len(times)
    while heap:
        time, turn, unit = heapq.heappop(heap)
        expected.append((unit, time))
        again = time + later[unit]
        if turn < len(times) and again < TICKS * TICK_S:
            heapq.heappush(heap, (again, number, unit))
            number += 1
    told = list[tuple[int, float]]()
    seen = set[int]()
    for tick in range(TICKS):
        found.wheel.now[0] = tick
        while (unit := int(WHEEL.pop(found))) != NOBODY:
            time = float(found.crowd.real[unit, TIME])
            told.append((unit, time))
            if unit not in seen:
                seen.add(unit)
                WHEEL.push(found, unit, time + later[unit], 0)
    assert told == expected


def test_what_is_due_already_happens_now() -> None:
    found = world(2)
    found.wheel.now[0] = 4
    WHEEL.push(found, 0, 3.0, 1)
    assert found.wheel.head[0] == NOBODY
    assert WHEEL.pop(found) == 0
    assert WHEEL.pop(found) == NOBODY


@pytest.mark.parametrize("time", [TICKS * TICK_S, 1e9])
def test_beyond_the_horizon_nothing_happens(time: float) -> None:
    found = world(1)
    WHEEL.push(found, 0, time, 2)
    assert found.crowd.real[0, TIME] == time
    assert emptied(found) == []


def test_a_tick_that_was_emptied_takes_units_again() -> None:
    found = world(3)
    WHEEL.push(found, 0, 1.0, 0)
    assert WHEEL.pop(found) == 0
    assert found.wheel.tail[0] == NOBODY
    WHEEL.push(found, 1, 4.0, 0)
    WHEEL.push(found, 2, 2.0, 0)
    assert [WHEEL.pop(found) for _ in range(3)] == [2, 1, NOBODY]
