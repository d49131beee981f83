"""Whole numbers as every point has them, and days on which fewer ride than there are seats."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clearway.model.population import Demand
from clearway.model.scenario import Scenario
from clearway.solve.booking import Booking
from clearway.solve.highs import INFINITY, LinearProgram, Sparse
from clearway.solve.joint import Joint, Trips
from clearway.solve.options import SolveOptions, Watch
from clearway.solve.relax import MIXED, MIXED_HOURS
from clearway.solve.whole import whole_days
from clearway.solve.whole_program import _places, _told, improved
from tests.solve.test_joint import riding
from tests.solve.test_whole import joint_of, persons

MOST = 3

tables = st.tuples(
    st.lists(
        st.tuples(st.integers(-6, 6), st.integers(1, 6), st.integers(-4, 4)),
        min_size=1,
        max_size=4,
    ),
    st.tuples(st.integers(0, 20), st.integers(-4, 12)),
)


def program(things: list[tuple[int, int, int]], room: tuple[int, int]) -> LinearProgram:
    """Return min of the first numbers where the second and third fill no more than their room."""
    found, count = LinearProgram(), len(things)
    found.add_rows(np.full(2, -INFINITY), np.array(room, dtype=float))
    parts = np.array([value for _, *two in things for value in two], dtype=float)
    index = np.tile(np.arange(2, dtype=np.int32), count)
    costs = np.array([one[0] for one in things], dtype=float)
    starts = 2 * np.arange(count, dtype=np.int32)
    found.add_columns(costs, np.full(count, float(MOST)), Sparse(starts, index, parts))
    return found


@settings(max_examples=80, deadline=None, derandomize=True)
@given(tables)
def test_no_point_of_whole_numbers_is_better(
    told: tuple[list[tuple[int, int, int]], tuple[int, int]],
) -> None:
    things, room = told
    costs, *rows = (np.array(column) for column in zip(*things, strict=True))
    points = [
        np.array(point)
        for point in product(range(MOST + 1), repeat=len(things))
        if all(row @ point <= most for row, most in zip(rows, room, strict=True))
    ]
    nothing = np.zeros(len(things))
    found = program(things, room).solve_whole(
        np.arange(len(things)), nothing, gap=0.0, nodes=10_000
    )
    if not points:
        assert found is None
        return
    assert found is not None
    assert np.rint(found) == pytest.approx(found, abs=1e-6)
    assert costs @ found == pytest.approx(min(costs @ point for point in points))
    assert any(np.rint(found).astype(int).tolist() == point.tolist() for point in points)


def few(people: int, buses: int, seats: int = 10) -> Scenario:
    """Return ``riding`` with so many people in all."""
    scenario = riding(buses, seats=seats)
    households = np.zeros(scenario.demand.households.shape, dtype=np.int64)
    households[1, 0, 0] = people
    return scenario.replace(demand=Demand(households))


@pytest.mark.parametrize("people", [3, 10, 25, 49, 50, 64])
@pytest.mark.parametrize("buses", [1, 2])
def test_all_ride_for_whom_there_is_a_seat(people: int, buses: int) -> None:
    # Five trips of ten a bus, as in tests/solve/test_joint.py.
    scenario = few(people, buses)
    found = whole_days(joint_of(scenario), Booking(scenario), [])
    assert persons(found) == pytest.approx(min(people, 50 * buses))
    assert all(count <= 10 + 1e-9 for _, trips in found for _, count in trips)


def two_days(joint: Joint) -> tuple[Trips, Trips]:
    """Add two days of one crew that share their second trip, as many ticks apart as need be."""
    crew = joint.crews[0]
    one = crew.shift
    drive, between = int(one.to_gate[crew.place, 0]), 60
    start = crew.tick + drive
    there, back = int(one.gate_stop[0, 0]), int(one.stop_gate[0, 0])
    trips = [
        [enter - drive, 0, enter, 0, enter + there, 0, enter + there + back]
        for enter in (start + 10, start + 10 + between, start + 30)
    ]
    first: Trips = [(trips[0], 9.0), (trips[1], 8.0)]
    second: Trips = [(trips[2], 7.0), (trips[1], 6.0)]
    joint.add([(0, first), (0, second)])
    return first, second


def test_places_are_counted_over_all_days() -> None:
    joint = joint_of(riding(2))
    first, second = two_days(joint)
    found = _places(joint)
    keys = [(0, t[3], t[5], t[6]) for t, _ in (first[0], first[1], second[0])]
    assert found == {keys[0]: {0: 9.0}, keys[1]: {0: 8.0, 1: 6.0}, keys[2]: {1: 7.0}}


@settings(max_examples=60, deadline=None, derandomize=True)
@given(st.tuples(st.integers(0, 2), st.integers(0, 2)), st.data())
def test_who_is_not_on_board_is_missing_somewhere_and_once(
    vehicles: tuple[int, int], data: st.DataObject
) -> None:
    joint = joint_of(riding(2))
    days = two_days(joint)
    most = {
        place: sum(some[n] * vehicles[n] for n in some) for place, some in _places(joint).items()
    }
    short = {place: data.draw(st.integers(0, round(count))) for place, count in most.items()}
    left = {place: float(count) for place, count in short.items()}
    found = _told(joint, np.array(vehicles), left)
    assert persons(found) == pytest.approx(sum(most.values()) - sum(short.values()))
    # All who are missing were taken off.
    assert not any(left.values())
    for place, count in most.items():
        riders = [c for _, trips in found for t, c in trips if (0, t[3], t[5], t[6]) == place]
        assert sum(riders) == pytest.approx(count - short[place])
        assert all(rider > 0 for rider in riders)
    assert len(found) <= sum(vehicles)
    assert all(trips for _, trips in found)
    for day, times in zip(days, vehicles, strict=True):
        if times and not any(short.values()):
            assert [trips for _, trips in found].count(day) == times


@settings(max_examples=12, deadline=None, derandomize=True)
@given(st.integers(1, 60), st.integers(1, 2), st.sampled_from((4, 10)))
def test_a_better_plan_is_a_plan(people: int, buses: int, seats: int) -> None:
    scenario = few(people, buses, seats)
    joint = joint_of(scenario)
    for _ in range(4):
        joint.price(MIXED, joint.relaxation.best(MIXED))
    found = improved(joint, {})
    assert len(found) <= buses
    assert persons(found) <= people + 1e-6
    assert all(count <= seats + 1e-9 for _, trips in found for _, count in trips)
    totals = [joint.column(n, trips)[1] for n, trips in found]
    value = sum(exposure - MIXED_HOURS * weight for weight, _, exposure, _ in totals)
    assert value < 0
    bound = joint.bound(MIXED, watch=Watch(SolveOptions(), None, None)).proved
    assert value >= bound - 1e-6 * abs(bound)
