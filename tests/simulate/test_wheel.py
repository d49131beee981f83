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
from clearway.simulate.state import BLOCK, NEXT, NOBODY, STATE, TIME, new_wheel
from clearway.simulate.streets import TICK_S as OURS_S
from tests.simulate.plain import plain

#: Two ticks a block, so that most of what comes later has to wait for its block.
SMALL = 2
WHEEL = plain(wheel, BLOCK=SMALL)
TICKS, TICK_S = 13, 4.0
COLUMNS = max(NEXT, NOBODY, STATE, TIME) + 1
LAST_S = TICKS * TICK_S

moments = st.lists(
    st.one_of(st.floats(0, LAST_S - 0.1), st.sampled_from((0.0, 4.0, 6.0, 12.0, 40.0, 42.0))),
    max_size=25,
)


def world(units: int) -> Any:
    """Return a world with an empty wheel."""
    return SimpleNamespace(
        wheel=SimpleNamespace(
            bucket=np.full((2 * SMALL, 2), NOBODY),
            later=np.full((TICKS // SMALL + 1, 2), NOBODY),
            now=np.zeros(1, dtype=np.int64),
            ticks=np.array([TICKS]),
            per_s=np.array([1.0 / TICK_S]),
        ),
        crowd=SimpleNamespace(
            real=np.zeros((units, COLUMNS)), whole=np.zeros((units, COLUMNS), dtype=np.int64)
        ),
    )


def emptied(found: Any) -> list[int]:
    """Turn the wheel to its end; return all units as they come off."""
    order = []
    for tick in range(TICKS):
        WHEEL.turn(found, tick)
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


@settings(max_examples=150, deadline=None, derandomize=True)
@given(
    moments,
    st.lists(st.one_of(st.floats(0, 40), st.just(4.0)), min_size=60, max_size=60),
    st.sampled_from((1, 2, 3)),
)
def test_who_comes_on_while_it_turns_waits_its_turn(
    times: list[float], later: list[float], looks: int
) -> None:
    """Each unit comes on a second time after its first event, against a heap that does the same.

    Some ticks are turned to more than once, as they are when gates are looked at before.
    """
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
        if turn < len(times) and again < LAST_S:
            heapq.heappush(heap, (again, number, unit))
            number += 1
    told = list[tuple[int, float]]()
    seen = set[int]()
    for tick in range(TICKS):
        for _ in range(looks):
            WHEEL.turn(found, tick)
        while (unit := int(WHEEL.pop(found))) != NOBODY:
            time = float(found.crowd.real[unit, TIME])
            told.append((unit, time))
            if unit not in seen:
                seen.add(unit)
                WHEEL.push(found, unit, time + later[unit], 0)
    assert told == expected


def test_what_is_due_already_happens_now() -> None:
    found = world(2)
    for tick in range(5):
        WHEEL.turn(found, tick)
    WHEEL.push(found, 0, 3.0, 1)
    assert found.wheel.bucket[:, 0].tolist() == [0, NOBODY, NOBODY, NOBODY]
    assert WHEEL.pop(found) == 0
    assert WHEEL.pop(found) == NOBODY


@pytest.mark.parametrize("time", [LAST_S, LAST_S + 4.0, 1e9])
def test_beyond_the_horizon_nothing_happens(time: float) -> None:
    found = world(1)
    WHEEL.push(found, 0, time, 2)
    assert found.crowd.real[0, TIME] == time
    assert emptied(found) == []


def test_a_tick_that_was_emptied_takes_units_again() -> None:
    found = world(3)
    WHEEL.push(found, 0, 1.0, 0)
    assert WHEEL.pop(found) == 0
    assert found.wheel.bucket[0, 0] == NOBODY
    WHEEL.push(found, 1, 3.5, 0)
    WHEEL.push(found, 2, 2.0, 0)
    assert [WHEEL.pop(found) for _ in range(3)] == [2, 1, NOBODY]


def test_only_the_present_block_and_the_next_are_in_order_beforehand() -> None:
    found = world(4)
    for unit, time in enumerate((2.0, 14.0, 22.0, 17.0)):
        WHEEL.push(found, unit, time, 0)
    assert found.wheel.bucket[:, 0].tolist() == [0, NOBODY, NOBODY, 1]
    assert found.wheel.later[:, 0].tolist() == [NOBODY, NOBODY, 2, *[NOBODY] * 4]
    assert found.wheel.later[2].tolist() == [2, 3]
    for tick in range(3):
        WHEEL.turn(found, tick)
        WHEEL.pop(found)
    # The second block has begun: what waited for the third is where the first was.
    assert found.wheel.bucket[:, 0].tolist() == [3, 2, NOBODY, 1]
    assert (found.wheel.later[:, 0] == NOBODY).all()


@pytest.mark.parametrize(("horizon_s", "tick_s", "ticks"), [(60.0, 1.0, 61), (0.3, 0.25, 3)])
def test_a_new_wheel_reaches_its_horizon(horizon_s: float, tick_s: float, ticks: int) -> None:
    found = new_wheel(horizon_s, tick_s)
    assert found.ticks.tolist() == [ticks]
    assert found.per_s.tolist() == [1.0 / tick_s]
    assert found.now.tolist() == [0]
    assert found.bucket.shape == (2 * BLOCK, 2)
    assert len(found.later) * BLOCK >= ticks
    assert (found.bucket == NOBODY).all()
    assert (found.later == NOBODY).all()


def test_ticks_and_steps_begin_together() -> None:
    """A step of whole seconds is a whole number of ticks, and no moment is put in another tick."""
    assert (1.0 / OURS_S).is_integer()
    assert 1.0 / OURS_S * OURS_S == 1.0
