"""Households that may be called again: runs, joined, taken in order, none twice."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from clearway.solve.anew_pool import Pool, Run
from clearway.solve.solve import solve
from tests.scenarios import one_corridor, two_days


def test_runs_that_meet_are_joined_where_they_are_ready_at_once() -> None:
    pool = Pool.of(one_corridor())
    for run in (Run(5, 3, 0), Run(0, 5, 0), Run(8, 2, 600)):
        pool.put(0, 0, run)
    pool.settle()
    assert pool.runs[0, 0] == [Run(0, 8, 0), Run(8, 2, 600)]


def test_nobody_is_ready_before_the_time() -> None:
    pool = Pool.of(one_corridor())
    pool.put(0, 0, Run(2, 3, 600))
    assert pool.ready(0, 0, 599) is None
    assert pool.ready(0, 0, 600) == Run(2, 3, 600)
    assert pool.soonest().tolist() == [[600]]


def test_what_is_taken_is_not_there_any_more() -> None:
    pool = Pool.of(one_corridor())
    pool.put(0, 0, run := Run(2, 5, 0))
    pool.take(0, 0, run, 2)
    rest = Run(4, 3, 0)
    assert pool.runs[0, 0] == [rest]
    pool.take(0, 0, rest, 3)
    assert pool.runs[0, 0] == []


def test_an_empty_run_is_none() -> None:
    pool = Pool.of(one_corridor())
    pool.put(0, 0, Run(0, 0, 0))
    assert not pool.runs


def test_those_whom_a_plan_does_not_call_may_be_called() -> None:
    scenario = two_days(gates_persons_per_h=(30.0,))
    plan = solve(scenario)
    pool = Pool.of(scenario)
    pool.put_never_called(scenario, plan, 7)
    called = sum(move.households for move in plan.movements)
    free = [run for runs in pool.runs.values() for run in runs]
    assert 0 < sum(run.households for run in free) == int(pool.willing.sum()) - called
    assert {run.ready_s for run in free} == {7}


@given(st.integers(0, 20), st.integers(0, 60))
def test_as_many_fit_as_have_room(first: int, room: int) -> None:
    pool = Pool.of(one_corridor())
    count = pool.fit(0, 0, first, float(room))
    assert pool.persons(0, 0, first, count) <= room
    end = len(pool.sums[0][0]) - 1
    assert first + count == end or pool.persons(0, 0, first, count + 1) > room
    assert np.diff(pool.sums[0][0]).min() >= 1


@given(st.integers(0, 28), st.integers(0, 60))
def test_as_many_of_the_last_fit_as_have_room(end: int, room: int) -> None:
    pool = Pool.of(one_corridor())
    count = pool.fit_last(0, 0, end, float(room))
    assert 0 <= count <= end
    assert pool.persons(0, 0, end - count, count) <= room
    assert count == end or pool.persons(0, 0, end - count - 1, count + 1) > room


@given(st.lists(st.tuples(st.integers(0, 9), st.integers(0, 900)), max_size=6), st.integers(0, 9))
def test_the_soonest_is_that_of_the_runs(found: list[tuple[int, int]], taken: int) -> None:
    pool = Pool.of(two_days())
    for n, (households, ready) in enumerate(found):
        pool.put(0, 0, Run(10 * n, households, ready))
    pool.settle()
    for run in list(pool.runs.get((0, 0), ()))[:taken]:
        pool.take(0, 0, run, run.households)
    left = [run.ready_s for run in pool.runs.get((0, 0), ())]
    assert pool.soonest()[0, 0] == min(left, default=np.iinfo(np.int64).max)
