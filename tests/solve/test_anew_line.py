"""The queue of one gate: against a slow replay, person by person, and its own laws."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from clearway.solve.residual import Arrival, Line

STEPS = 20


@st.composite
def arrivals(draw: st.DrawFn) -> Arrival:
    """Draw a block that comes to a gate of two groups."""
    first = draw(st.integers(0, STEPS - 1))
    steps = draw(st.integers(1, STEPS - first))
    return Arrival(first, steps, draw(st.integers(0, 1)), float(draw(st.integers(1, 40))))


budgets = st.lists(st.integers(0, 8).map(float), min_size=STEPS, max_size=STEPS)


def line(budget: list[float], room: float = 1e9, last: tuple[int, int] = (STEPS, STEPS)) -> Line:
    """Return an empty line that bears any wait."""
    return Line(0, np.array(budget), np.array(last), room, STEPS)


def slowly(budget: list[float], come: NDArray[np.float64]) -> tuple[list[float], list[int]]:
    """Serve first come, first served, with a list of who came when."""
    waiting, finish, queue = [], [len(budget)] * len(budget), list[list[float]]()
    for step, room in enumerate(budget):
        queue.append([float(step), float(come[step])])
        left = room
        while queue and (left > 0 or queue[0][1] <= 1e-9):
            taken = min(left, queue[0][1])
            queue[0][1] -= taken
            left -= taken
            if queue[0][1] > 1e-9:
                break
            finish[int(queue[0][0])] = step
            queue.pop(0)
        waiting.append(sum(one[1] for one in queue))
    return waiting, finish


@given(budgets, st.lists(arrivals(), max_size=5))
def test_the_queue_is_that_of_a_slow_replay(budget: list[float], coming: list[Arrival]) -> None:
    one, come = line(budget), np.zeros(STEPS)
    for each in coming:
        one.add(each)
        come[each.first : each.first + each.steps] += each.persons / each.steps
    waiting, finish = slowly(budget, come)
    course = one.course()
    np.testing.assert_allclose(course.waiting, waiting, atol=1e-6)
    there = come > 1e-9
    assert course.finish[there].tolist() == np.array(finish)[there].tolist()


@given(budgets, st.lists(arrivals(), max_size=4), arrivals(), st.integers(0, 60))
def test_no_more_than_the_most_fit(
    budget: list[float], coming: list[Arrival], more: Arrival, room: int
) -> None:
    one = line(budget, float(room), (STEPS - 3, STEPS))
    for each in coming:
        if one.fits(each):
            one.add(each)
    most = one.most(more)
    assert 0 <= most <= more.persons
    as_many = Arrival(more.first, more.steps, more.group, float(most))
    one_more = Arrival(more.first, more.steps, more.group, float(most + 1))
    assert most == 0 or one.fits(as_many)
    assert most == more.persons or not one.fits(one_more)


@given(budgets, st.lists(arrivals(), max_size=4), arrivals())
def test_who_comes_and_is_taken_out_again_leaves_no_trace(
    budget: list[float], coming: list[Arrival], more: Arrival
) -> None:
    one = line(budget)
    for each in coming:
        one.add(each)
    before, fits = one.course(), one.holds_all()
    one.add(more)
    one.remove(more)
    np.testing.assert_allclose(one.course().waiting, before.waiting, atol=1e-9)
    assert one.holds_all() == fits


def test_a_group_that_passes_too_late_does_not_fit() -> None:
    one = line([1.0] * STEPS, last=(5, STEPS))
    early, late = Arrival(0, 3, 0, 3.0), Arrival(4, 3, 0, 3.0)
    assert one.fits(early)
    assert not one.fits(late)
    assert one.fits(Arrival(4, 3, 1, 3.0))


def test_waits_that_are_borne_fail_nobody_else() -> None:
    patient = Line(0, np.array([0.0] * 10 + [5.0] * 10), np.array([19]), 100.0, 2)
    patient.add(Arrival(0, 1, 0, 5.0))
    assert not patient.holds_all()
    patient.bear()
    assert patient.holds_all()
    assert not patient.fits(Arrival(3, 1, 0, 1.0))


def test_an_empty_line_has_nobody() -> None:
    one = line([1.0] * STEPS)
    one.add(Arrival(0, 2, 0, 4.0))
    assert one.empty().course().waiting.max() == 0
    assert one.course().waiting.max() > 0


def test_who_has_begun_to_pass_counts_as_through() -> None:
    one = Line(10, np.array([2.0] * 5), np.array([99]), 100.0, 99)
    one.add(Arrival(10, 2, 0, 6.0))
    assert one.begun(10).tolist() == [False] * 5
    assert one.begun(11).tolist()[:2] == [True, False]
    assert one.begun(12).tolist()[:2] == [True, True]


def test_too_many_waiting_are_found_at_their_step() -> None:
    one = line([1.0] * STEPS, room=3.0)
    one.add(Arrival(4, 1, 0, 9.0))
    assert one.course().overfull(one.room) == 4
    assert line([9.0] * STEPS).course().overfull(3.0) is None


def test_a_block_comes_in_as_many_steps_as_the_line_has_left() -> None:
    one = Line(10, np.ones(STEPS), np.array([99]), 1e9, STEPS)
    assert one.steps_in(Arrival(9, 3, 0, 1.0)) == 0
    assert one.steps_in(Arrival(10, 3, 0, 1.0)) == 3
    assert one.steps_in(Arrival(28, 3, 0, 1.0)) == 2
    assert one.steps_in(Arrival(30, 3, 0, 1.0)) == 0


def test_who_is_under_way_waits_longer_and_from_now_on() -> None:
    budget = np.concatenate([np.zeros(8), np.ones(12)])
    early, late = Arrival(0, 2, 0, 2.0), Arrival(7, 2, 0, 2.0)
    for now, times, fails in ((0, 1, True), (0, 2, True), (0, 3, False), (8, 1, False)):
        one = Line(0, budget, np.array([99]), 1e9, 3).empty(now, times)
        one.add(early)
        assert one.fails(one.course(), early) == fails
        one.add(late)
        assert not one.fails(one.course(), late)
