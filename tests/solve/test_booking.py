"""What vehicles take of the gates: never more than there is, and never later than need be."""

from __future__ import annotations

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clearway.model.scenario import Scenario
from clearway.solve.booking import Booking, days
from tests.scenarios import late_window, one_bus, two_days

#: One vehicle a minute at a gate of ten persons a minute, slots of a quarter of an hour.
LANE, PERSONS = 15, 150.0
CLOSES_S = 4 * 3600

passages = st.lists(
    st.tuples(st.floats(0, CLOSES_S), st.sampled_from((0.0, 1.0, 7.0, 30.0, 80.0))), max_size=60
)


def filled(booking: Booking, slot: int, count: int, persons: float = 0.0) -> Booking:
    """Let ``count`` vehicles pass in a slot, with ``persons`` in all."""
    booking.take(0, slot * booking.slot_s, persons, times=count)
    return booking


@settings(max_examples=60, deadline=None, derandomize=True)
@given(passages)
def test_whoever_asks_before_passing_keeps_every_limit(asked: list[tuple[float, float]]) -> None:
    booking = Booking(one_bus())
    for after, persons in asked:
        at = booking.earliest(0, after, persons)
        if math.isfinite(at):
            booking.take(0, at, persons)
    assert booking.lane.max() <= LANE
    assert set(booking.lane_most[0].tolist()) == {LANE}
    assert booking.aboard.max() <= PERSONS


@settings(max_examples=60, deadline=None, derandomize=True)
@given(passages, st.floats(0, CLOSES_S), st.sampled_from((0.0, 5.0, 60.0)))
def test_the_earliest_second_is_the_first_with_room(
    taken: list[tuple[float, float]], after: float, persons: float
) -> None:
    booking = Booking(one_bus())
    for at, aboard in taken:
        booking.take(0, at, aboard)
    found = booking.earliest(0, after, persons)
    for slot in range(booking.lane.shape[1]):
        begin = max(math.ceil(after), slot * booking.slot_s)
        if begin >= (slot + 1) * booking.slot_s:
            continue
        alone = Booking(one_bus())
        alone.lane[0, slot], alone.aboard[0, slot] = booking.lane[0, slot], booking.aboard[0, slot]
        free = alone.earliest(0, begin, persons) == begin
        if begin < found:
            assert not free
        elif begin == found:
            assert free
    assert found == math.inf or found == int(found) >= after


def test_a_full_slot_is_passed_over() -> None:
    booking = filled(Booking(one_bus()), 1, LANE)
    assert booking.earliest(0, 10.2) == 11.0
    assert booking.earliest(0, 900.0) == 1800.0
    assert booking.earliest(0, 899.5) == 1800.0  # a whole second: 900 is in the full slot
    booking.take(0, 1000, times=-1)
    assert booking.earliest(0, 899.5) == 900.0


def test_those_on_board_wait_for_a_slot_that_can_check_them() -> None:
    booking = filled(Booking(one_bus()), 0, 1, 100.0)
    assert booking.earliest(0, 0.0, 30.0) == 0.0
    assert booking.earliest(0, 0.0, 60.0) == 900.0
    assert booking.earliest(0, 0.0, PERSONS + 1) == math.inf


def test_nothing_passes_after_the_last_slot_or_at_no_moment() -> None:
    booking = Booking(one_bus())
    assert booking.earliest(0, 1e6) == math.inf
    assert booking.earliest(0, math.inf) == math.inf


def test_two_passages_in_a_slot_need_two_places() -> None:
    booking = filled(Booking(one_bus()), 0, LANE - 1)
    assert booking.fits(((0, 30),))
    assert not booking.fits(((0, 30), (0, 899)))
    assert booking.fits(((0, 30), (0, 900)))
    assert booking.lane.sum() == LANE - 1


def test_the_check_takes_its_time_and_none_where_nobody_is() -> None:
    booking = Booking(one_bus())
    assert booking.check_s(0, 30) == pytest.approx(180.0)
    assert booking.check_s(0, 0) == 0.0


def test_a_gate_that_checks_nobody_never_ends() -> None:
    assert Booking(one_bus(gates_persons_per_h=(0.0,))).check_s(0, 1) == math.inf


def days_of(scenario: Scenario) -> list[tuple[str, list[float], list[float]]]:
    """Return date, openings and latest moments out of each day."""
    return [(day.date, day.opens.tolist(), day.out_by.tolist()) for day in days(scenario)]


def test_days_are_in_order_each_with_its_margin() -> None:
    assert days_of(two_days()) == [
        ("2016-10-20", [0.0], [1800.0]),
        ("2016-10-21", [86_400.0], [88_200.0]),
    ]


def test_windows_that_open_at_other_moments_are_days_of_their_own() -> None:
    assert days_of(late_window()) == [
        ("2016-10-20", [0.0, math.inf], [2700.0, -math.inf]),
        ("2016-10-20", [math.inf, 3600.0], [-math.inf, 5400.0]),
    ]
