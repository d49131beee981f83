"""Room on a link comes back to its entry a wave's time after somebody left its end."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clearway.simulate import gap
from clearway.simulate.state import COUNT, GONE, LAST, LEVEL, LEVELS, REACHED, STORAGE, WAVE_S
from tests.simulate.plain import plain

GAP = plain(gap)
WAVE = 40.0
#: Persons for whom the link has room: one a level.
FULL = float(LEVELS)

ways_out = st.lists(
    st.tuples(st.floats(0.0, 30.0), st.integers(1, 9)), min_size=1, max_size=3 * LEVELS
)


def link(*, storage: float = FULL, wave_s: float = WAVE) -> Any:
    """Return a world of one empty link."""
    width = max(COUNT, GONE, LAST, STORAGE, WAVE_S, LEVEL + LEVELS + 2) + 1
    real = np.zeros((1, width))
    real[0, STORAGE], real[0, WAVE_S] = storage, wave_s
    return SimpleNamespace(roads=SimpleNamespace(real=real))


def leave(world: Any, times: list[float], size: float = 1.0) -> None:
    """Let persons leave the link's end, so many at each moment."""
    for time in times:
        GAP.note_gone(world, 0, size, time)


def gap_s(world: Any, size: float, time: float = -np.inf) -> float:
    """Return when the gap for so many persons is there; 0 if that was before ``time``."""
    return float(GAP.gap_s(world, 0, size, time))


def test_an_empty_link_takes_anybody() -> None:
    world = link(storage=3.0)
    assert GAP.has_room(world, 0, 3.0)
    # Too large for the link, but nobody is on it.
    assert GAP.has_room(world, 0, 9.0)
    world.roads.real[0, COUNT] = 1.0
    assert GAP.has_room(world, 0, 2.0)
    assert not GAP.has_room(world, 0, 2.1)


def test_while_there_was_always_room_no_gap_is_waited_for() -> None:
    world = link()
    leave(world, [10.0, 20.0])
    world.roads.real[0, COUNT] = FULL - 5
    assert gap_s(world, 3.0) == 0.0
    assert gap_s(world, 4.0) > 0.0


def test_gaps_come_back_at_once_where_there_is_no_wave() -> None:
    world = link(wave_s=0.0)
    leave(world, [10.0, 20.0])
    world.roads.real[0, COUNT] = FULL
    assert gap_s(world, 1.0) == 0.0


@settings(max_examples=120, deadline=None, derandomize=True)
@given(st.lists(st.floats(0.0, 30.0), min_size=2, max_size=3 * LEVELS), st.data())
def test_the_gap_of_one_person_is_where_that_one_left(
    apart: list[float], data: st.DataObject
) -> None:
    """One a level: of those who left lately the moment of each is known exactly."""
    world, times = link(), np.cumsum(apart).tolist()
    leave(world, times)
    # Those who need the n-th gap: n - 1 others have come after those for whom there was room.
    need = data.draw(st.integers(max(1, len(times) - LEVELS), len(times)))
    world.roads.real[0, COUNT] = FULL + need - 1 - len(times)
    assert gap_s(world, 1.0) == pytest.approx(times[need - 1] + WAVE)


@settings(max_examples=100, deadline=None, derandomize=True)
@given(ways_out, st.floats(20.0, 200.0), st.data())
def test_a_gap_lies_between_those_who_left_around_it(
    told: list[tuple[float, int]], storage: float, data: st.DataObject
) -> None:
    world, time = link(storage=storage), 0.0
    left = [(0.0, 0.0)]
    for apart, size in told:
        time += apart
        leave(world, [time], float(size))
        left.append((time, left[-1][1] + size))
    gone = left[-1][1]
    # Levels are kept for as many as the link holds.
    need = data.draw(st.floats(max(0.001, gone - storage), gone))
    world.roads.real[0, COUNT] = storage - gone
    step = storage / LEVELS
    early = [at for at, sum_ in left[1:] if sum_ >= need - step - 1e-9]
    late = [at for at, sum_ in left[1:] if sum_ >= min(need + step, gone) - 1e-9]
    found = gap_s(world, need) - WAVE
    assert early[0] - 1e-6 <= found <= late[0] + 1e-6


@settings(max_examples=60, deadline=None, derandomize=True)
@given(ways_out, st.floats(20.0, 200.0))
def test_who_needs_more_room_waits_no_less(told: list[tuple[float, int]], storage: float) -> None:
    world, time = link(storage=storage), 0.0
    for apart, size in told:
        time += apart
        leave(world, [time], float(size))
    gone = float(world.roads.real[0, GONE])
    world.roads.real[0, COUNT] = storage - gone
    needs = np.linspace(max(0.01, gone - storage), gone, 30)
    gaps = [gap_s(world, float(need)) for need in needs]
    assert (np.diff(gaps) >= -1e-6).all()
    assert gaps[-1] == pytest.approx(time + WAVE)


def test_people_are_taken_to_have_left_evenly_between_levels() -> None:
    world = link(storage=10.0 * LEVELS)
    # Ten persons a level, all of whom leave at two moments: between these, evenly.
    leave(world, [100.0, 200.0], 10.0)
    world.roads.real[0, COUNT] = 10.0 * LEVELS - 20.0
    assert gap_s(world, 15.0) == pytest.approx(150.0 + WAVE)
    assert gap_s(world, 12.5) == pytest.approx(125.0 + WAVE)


def test_a_link_without_limit_has_no_levels() -> None:
    world = link(storage=np.inf)
    leave(world, [10.0, 20.0], 7.0)
    assert world.roads.real[0, GONE] == 14.0
    assert GAP.has_room(world, 0, 1e9)
    assert gap_s(world, 5.0) == 0.0


@settings(max_examples=150, deadline=None, derandomize=True)
@given(ways_out, st.floats(20.0, 200.0), st.floats(0.0, 1.0), st.floats(-3.0, 3.0))
def test_a_gap_that_was_there_before_is_not_worked_out(
    told: list[tuple[float, int]], storage: float, share: float, late: float
) -> None:
    """Whatever is told instead lies before the moment; nothing else is told otherwise."""
    world, time = link(storage=storage), 0.0
    for apart, size in told:
        time += apart
        leave(world, [time], float(size))
    gone = float(world.roads.real[0, GONE])
    world.roads.real[0, COUNT] = storage - gone
    need = max(0.01, gone - storage) * (1.0 - share) + gone * share
    right = gap_s(world, need)
    for moment in (right + late, right, np.nextafter(right, np.inf), time + WAVE + late):
        found = gap_s(world, need, moment)
        assert found == right or max(found, right) < moment
        assert max(found, moment) == max(right, moment)
    assert gap_s(world, need, time + WAVE + 1.0) == 0.0


def test_levels_are_noted_once_each() -> None:
    """Two persons a level: who goes on from where the last one was leaves older moments alone."""
    world = link(storage=2.0 * LEVELS)
    leave(world, [10.0, 20.0, 30.0])
    assert world.roads.real[0, REACHED] == 1.0
    assert world.roads.real[0, LEVEL : LEVEL + 3].tolist() == [10.0, 20.0, 0.0]
    leave(world, [40.0], 5.0)
    assert world.roads.real[0, REACHED] == 4.0
    assert world.roads.real[0, LEVEL : LEVEL + 6].tolist() == [10.0, 20.0, 40.0, 40.0, 40.0, 0.0]
