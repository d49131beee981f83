"""Who passes a gate, who is sent home and called again, and what of it is counted."""

from __future__ import annotations

import math
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clearway.simulate import gate
from clearway.simulate.state import (
    AT,
    BEGINS,
    BUSY,
    CALLED_OUT,
    CAP,
    CHECKED,
    CHECKING,
    CLOSES,
    CORRIDOR,
    COUNT,
    COUNTS,
    COURSE,
    GATE,
    GOES,
    HOME,
    IDLE,
    INSIDE,
    INSIDE_CORRIDOR,
    IS_OPEN,
    JOINED,
    LEFT,
    LIVE,
    LONGEST_WAIT,
    N_BACK,
    N_UNCALLED_BACK,
    NEXT,
    NOBODY,
    PACE,
    PASSED,
    PHASE,
    POINTS,
    RECHECK,
    RUNNING,
    RUNS,
    SECONDS_EACH,
    SENT_HOME,
    SIZE,
    SPACE,
    STATE,
    UNCALLED,
    WAITING,
    WINDOW,
)
from tests.simulate.plain import plain

RULES = plain(gate)
#: Households, and rows that stand by for those who are called again.
HOMES, SPARE = 3, 2


def world(sizes: tuple[float, ...] = (4.0, 2.0, 1.0)) -> Any:
    """Return one gate (link 0) that is open till 3600, with households that wait at it."""
    units = HOMES + SPARE
    crowd = SimpleNamespace(
        real=np.zeros((units, 20)),
        whole=np.zeros((units, 20), dtype=np.int64),
        route=np.zeros(4, dtype=np.int64),
        work=np.append(np.full(HOMES, 6.0), np.zeros(SPARE)),
    )
    crowd.real[:HOMES, SIZE] = crowd.real[:HOMES, SPACE] = sizes
    crowd.real[:HOMES, PACE] = 1.2
    crowd.whole[:, NEXT], crowd.whole[:HOMES, PHASE] = NOBODY, WAITING
    crowd.whole[HOMES:, CORRIDOR] = -1
    roads = SimpleNamespace(real=np.zeros((1, 40)), whole=np.zeros((1, 20), dtype=np.int64))
    roads.real[0, [COUNT, SECONDS_EACH]] = sum(sizes), 6.0
    roads.whole[0, [GATE, POINTS]] = 0, 1
    pause = SimpleNamespace(
        last_entry_s=np.array([[[300.0], [900.0]]]),
        gate=np.zeros(1, dtype=np.int64),
        live=np.zeros((1, LIVE)),
        shut=np.zeros((1, 1), dtype=np.int8),
        course=np.zeros((1, 1, COURSE)),
        folk=np.array([0, HOMES]),
        will=np.full(units, GOES),
        origin=np.append(np.arange(HOMES), np.full(SPARE, NOBODY)),
        home=np.tile([1, 2, 0], (HOMES, 1)),
        spread_s=np.array([10.0, 20.0, 30.0]),
        chain=np.array([[NOBODY, NOBODY], [HOMES, 0]]),
        leave_s=np.zeros(units),
        out=np.zeros((5, 1, 1), dtype=np.int64),
        queue=np.zeros((5, 1)),
        open=np.zeros((5, 1)),
        tally=np.zeros((1, COUNTS)),
        total=np.zeros(5),
        bin_s=np.array([60.0]),
    )
    pause.live[0, [IS_OPEN, CLOSES, CAP, CALLED_OUT]] = 1.0, 3600.0, math.inf, sum(sizes)
    return SimpleNamespace(roads=roads, crowd=crowd, pause=pause)


@settings(max_examples=150, deadline=None, derandomize=True)
@given(
    st.sampled_from((0.0, 3.0, 4.0, 6.0, math.inf)),
    st.sampled_from((0.0, 1.0, 2.0)),
    st.sampled_from((0.0, 2.0)),
    st.sampled_from((3299.0, 3300.0, 3301.0)),
    st.tuples(*[st.sampled_from((0, 1, 1, 1))] * 3),
)
def test_a_check_begins_where_the_corridor_has_room_and_time(
    most: float, inside: float, checking: float, time: float, told: tuple[int, int, int]
) -> None:
    found = world()
    is_open, is_not_shut, checks = told
    found.pause.live[0, [IS_OPEN, INSIDE, CHECKING, CAP]] = is_open, inside, checking, most
    found.pause.shut[0, 0] = 1 - is_not_shut
    found.roads.real[0, SECONDS_EACH] = 6.0 if checks else math.inf
    whole = most > 0 and (inside + checking == 0 or inside + checking + 4 <= most)
    expected = bool(all(told) and time <= 3300.0 and whole)
    assert RULES.admit(found, 0, 0, time) == expected
    assert found.pause.live[0, CHECKING] == checking + 4 * expected


def test_with_a_second_check_the_last_entry_is_earlier() -> None:
    found = world()
    assert RULES.last_entry_s(found, 0, 0) == 300.0
    found.pause.course[0, 0, RECHECK] = 0.5
    assert RULES.last_entry_s(found, 0, 0) == 900.0
    # After the last window what held in it holds on.
    found.pause.live[0, WINDOW] = 7
    assert RULES.last_entry_s(found, 0, 0) == 900.0
    assert RULES.may_pass(found, 0, 0, 2700.0)
    assert not RULES.may_pass(found, 0, 0, 2701.0)


@pytest.mark.parametrize(("will", "called"), [(GOES, 3.0), (UNCALLED, 7.0)])
def test_who_has_passed_is_in_the_corridor_and_called_no_more(will: int, called: float) -> None:
    found = world()
    found.pause.will[0] = will
    found.crowd.real[0, JOINED] = 100.0
    found.pause.tally[0, LONGEST_WAIT] = 20.0
    RULES.passed_gate(found, 0, 0, 130.0)
    assert found.crowd.whole[0, PHASE] == INSIDE_CORRIDOR
    assert found.pause.live[0, [INSIDE, CALLED_OUT]].tolist() == [4.0, called]
    assert found.pause.tally[0, LONGEST_WAIT] == 30.0
    assert found.pause.open[:, 0].tolist() == [0, 0, 4, 0, 0]
    RULES.passed_gate(found, 0, 1, 9999.0)
    assert found.pause.open[:, 0].tolist() == [0, 0, 4, 0, 6]


def test_whoever_is_out_counts_with_all_the_time_in_the_open() -> None:
    found = world()
    found.crowd.real[0, [LEFT, JOINED, PASSED]] = 10.0, 100.0, 130.0
    found.pause.live[0, INSIDE] = 4.0
    RULES.came_out(found, 0, 0, 200.0)
    assert found.pause.out[:, 0, 0].tolist() == [0, 0, 0, 4, 0]
    assert found.pause.live[0, INSIDE] == 0.0
    assert found.pause.total[:3].tolist() == [4 * 90, 4 * 30, 4 * 70]


def test_who_waits_in_vain_walks_home_the_same_way() -> None:
    found = world()
    found.crowd.real[0, [LEFT, JOINED]] = 10.0, 100.0
    RULES.send_home(found, 0, 160.0)
    assert found.pause.total[:2].tolist() == [4 * 2 * 90, 4 * 60]
    assert found.pause.tally[0, [N_BACK, N_UNCALLED_BACK, LONGEST_WAIT]].tolist() == [4, 0, 60]
    assert found.pause.live[0, CALLED_OUT] == 3.0
    assert found.crowd.whole[0, PHASE] == SENT_HOME
    assert found.roads.real[0, COUNT] == 3.0


def test_who_came_uncalled_counts_apart() -> None:
    found = world()
    found.pause.will[0] = UNCALLED
    RULES.send_home(found, 0, 160.0)
    assert found.pause.tally[0, [N_BACK, N_UNCALLED_BACK]].tolist() == [0, 4]
    assert found.pause.live[0, CALLED_OUT] == 7.0


def test_those_sent_home_are_called_again_in_that_order() -> None:
    found = world()
    for unit in (1, 0):
        RULES.send_home(found, unit, 160.0)
    first, second = HOMES, HOMES + 1
    assert found.pause.chain.tolist() == [[first, second], [HOMES + 2, 0]]
    assert found.crowd.whole[[first, second], NEXT].tolist() == [second, NOBODY]
    assert found.pause.origin[[first, second]].tolist() == [1, 0]
    assert found.pause.leave_s[[first, second]].tolist() == [20.0, 10.0]
    assert found.crowd.real[[first, second], SIZE].tolist() == [2.0, 4.0]
    assert found.crowd.work[[first, second]].tolist() == [6.0, 6.0]
    assert found.crowd.whole[[first, second], PHASE].tolist() == [HOME, HOME]
    assert found.crowd.whole[first, [CORRIDOR, AT]].tolist() == [0, 1]
    # No row stands by any more: the third stays at home.
    RULES.send_home(found, 2, 160.0)
    assert found.pause.chain.tolist() == [[first, second], [HOMES + 2, 0]]


def test_a_household_that_no_block_calls_is_not_called_again() -> None:
    found = world()
    found.pause.folk[-1] = 2
    RULES.send_home(found, 2, 160.0)
    assert found.pause.chain.tolist() == [[NOBODY, NOBODY], [HOMES, 0]]


def test_whoever_leaves_a_check_frees_its_point() -> None:
    found = world()
    found.crowd.whole[0, STATE] = CHECKED
    found.roads.real[0, BUSY], found.pause.live[0, CHECKING] = 2.0, 6.0
    RULES.take_off(found, 0, SENT_HOME)
    assert found.roads.real[0, [BUSY, COUNT]].tolist() == [1.0, 3.0]
    assert found.pause.live[0, CHECKING] == 2.0
    assert found.crowd.whole[0, STATE] == IDLE


def test_whoever_still_runs_is_taken_off_those_who_do() -> None:
    found = world()
    found.crowd.whole[1, STATE], found.roads.real[0, RUNNING] = RUNS, 5.0
    RULES.take_off(found, 1, SENT_HOME)
    assert found.roads.real[0, [RUNNING, COUNT]].tolist() == [3.0, 5.0]


@pytest.mark.parametrize(("begins", "shut", "stays"), [(0, 0, True), (99, 0, False), (0, 1, False)])
def test_whoever_comes_waits_only_at_a_gate_of_the_day(
    begins: float, shut: int, *, stays: bool
) -> None:
    found = world()
    found.pause.course[0, 0, BEGINS], found.pause.shut[0, 0] = begins, shut
    RULES.came_to_gate(found, 0, 0, 70.0)
    assert found.crowd.real[0, JOINED] == 70.0
    assert (found.crowd.whole[0, PHASE] == WAITING) == stays
    # Most who stood there are noted in their bin.
    assert found.pause.queue[:, 0].tolist() == [0, 7.0 if stays else 3.0, 0, 0, 0]


def test_after_the_last_window_nobody_waits() -> None:
    found = world()
    found.pause.live[0, WINDOW] = 1
    RULES.came_to_gate(found, 0, 0, 70.0)
    assert found.crowd.whole[0, PHASE] == SENT_HOME
