"""A vehicle's best day: every sequence of trips on tiny grounds, tried one by one."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from clearway.solve.outings import FAR, Ground, sweep_day, trace_day


@st.composite
def grounds(draw: st.DrawFn) -> Ground:
    """Draw a ground of at most two places, corridors and pick-ups, and nine minutes."""
    places, corridors, pickups = (draw(st.integers(1, 2)) for _ in range(3))
    minutes = draw(st.integers(3, 9))
    drive = st.one_of(st.integers(1, 3), st.integers(1, 3), st.just(FAR))

    def table(values: st.SearchStrategy[int], *shape: int) -> NDArray[np.int64]:
        count = math.prod(shape)
        return np.array(draw(st.lists(values, min_size=count, max_size=count))).reshape(shape)

    opens = table(st.integers(0, 2), corridors)
    return Ground(
        to_gate=table(drive, places, corridors),
        gate_stop=table(drive, corridors, pickups),
        stop_gate=table(drive, corridors, pickups),
        after=table(st.integers(1, 3), corridors),
        site=table(st.integers(0, places - 1), corridors),
        opens=opens,
        closes=opens + table(st.integers(0, 9), corridors),
        last_out=table(st.integers(-1, 9), corridors),
        lane=table(st.integers(0, 3), corridors, minutes) > 0,
        room=table(st.integers(0, 9), corridors, minutes).astype(float),
        persons=table(st.integers(0, 4), pickups).astype(float),
        worth=table(st.integers(-2, 9), corridors, pickups).astype(float),
        price=table(st.integers(0, 2), corridors, minutes).astype(float),
        toll=table(st.integers(0, 2), corridors, minutes).astype(float),
    )


class Outing(NamedTuple):
    """One trip: as ``trace_day`` tells it, its worth, and where and when the vehicle is free."""

    told: tuple[int, ...]
    worth: float
    place: int
    minute: int


def outings(ground: Ground, place: int, minute: int) -> Iterator[Outing]:
    """Yield every trip that begins at ``place`` from ``minute`` on, waits anywhere included."""
    minutes = ground.price.shape[1]
    corridors, pickups = ground.worth.shape
    for leave in range(minute, minutes):
        for k in range(corridors):
            for enter in range(leave + int(ground.to_gate[place, k]), minutes):
                inside = ground.opens[k] <= enter < ground.closes[k] and ground.lane[k, enter]
                for q in range(pickups) if inside else ():
                    at = enter + int(ground.gate_stop[k, q])
                    for off in range(at, minutes):
                        yield from ways_out(ground, (leave, k, enter, q, off))


def ways_out(ground: Ground, before: tuple[int, int, int, int, int]) -> Iterator[Outing]:
    """Yield every way out from a pick-up."""
    _, k_in, enter, q, off = before
    minutes = ground.price.shape[1]
    for k in range(len(ground.after)):
        out = off + int(ground.stop_gate[k, q])
        if not ground.opens[k] <= out <= min(ground.last_out[k], minutes - 1):
            continue
        if ground.lane[k, out] and ground.room[k, out] >= ground.persons[q]:
            worth = ground.worth[k, q] - ground.persons[q] * ground.price[k, out]
            worth -= ground.toll[k_in, enter] + ground.toll[k, out]
            free = min(out + int(ground.after[k]), minutes)
            yield Outing((*before, k, out), float(worth), int(ground.site[k]), free)


def best(ground: Ground, place: int, minute: int) -> float:
    """Return the worth of the best sequence of trips, none at all included."""
    rest: dict[tuple[int, int], float] = {}

    def from_on(place: int, minute: int) -> float:
        if (place, minute) not in rest:
            rest[place, minute] = max(
                (
                    one.worth + from_on(one.place, one.minute)
                    for one in outings(ground, place, minute)
                ),
                default=0.0,
            )
        return max(0.0, rest[place, minute])

    return from_on(place, minute)


@settings(max_examples=150, deadline=None, derandomize=True)
@given(grounds(), st.data())
def test_no_sequence_of_trips_is_better_than_the_sweep(ground: Ground, data: st.DataObject) -> None:
    place = data.draw(st.integers(0, len(ground.to_gate) - 1))
    minute = data.draw(st.integers(0, ground.price.shape[1] - 1))
    found = sweep_day(ground).standing[minute, place]
    assert found == pytest.approx(best(ground, place, minute))


@settings(max_examples=150, deadline=None, derandomize=True)
@given(grounds(), st.data())
def test_the_trips_told_can_be_driven_and_are_worth_what_was_found(
    ground: Ground, data: st.DataObject
) -> None:
    place = data.draw(st.integers(0, len(ground.to_gate) - 1))
    minute = data.draw(st.integers(0, ground.price.shape[1] - 1))
    swept = sweep_day(ground)
    worth, at = 0.0, (place, minute)
    for told in trace_day(ground, swept, place, minute).tolist():
        known = {one.told: one for one in outings(ground, *at)}
        one = known[tuple(told)]
        worth, at = worth + one.worth, (one.place, one.minute)
    assert worth == pytest.approx(swept.standing[minute, place])


@settings(max_examples=60, deadline=None, derandomize=True)
@given(grounds())
def test_who_has_more_time_is_never_worse_off(ground: Ground) -> None:
    swept = sweep_day(ground)
    for table in (swept.standing, swept.entering, swept.leaving):
        assert (table[:-1] >= table[1:]).all()


def alone(minutes: int = 12) -> Ground:
    """Return a ground of one place, gate and pick-up: a trip takes six minutes and is worth 5."""
    one = np.ones((1, 1), dtype=np.int64)
    return Ground(
        to_gate=one,
        gate_stop=2 * one,
        stop_gate=2 * one,
        after=one[0],
        site=np.zeros(1, np.int64),
        opens=np.zeros(1, np.int64),
        closes=np.full(1, minutes),
        last_out=np.full(1, minutes - 1),
        lane=np.ones((1, minutes), dtype=np.bool_),
        room=np.full((1, minutes), 9.0),
        persons=np.ones(1),
        worth=np.full((1, 1), 5.0),
        price=np.zeros((1, minutes)),
        toll=np.zeros((1, minutes)),
    )


def test_two_trips_fit_where_there_is_time_for_two() -> None:
    trips = trace_day(alone(), sweep_day(alone()), 0, 0)
    assert trips.tolist() == [[0, 0, 1, 0, 3, 0, 5], [6, 0, 7, 0, 9, 0, 11]]


def test_a_minute_too_few_is_a_trip_less() -> None:
    ground = alone()._replace(last_out=np.array([10]))
    assert len(trace_day(ground, sweep_day(ground), 0, 0)) == 1
    assert sweep_day(ground).standing[0, 0] == 5.0


def test_it_waits_for_a_cheaper_minute() -> None:
    price = np.full((1, 12), 4.0)
    price[0, 8] = 0.0
    ground = alone()._replace(price=price)
    (trip,) = trace_day(ground, sweep_day(ground), 0, 0).tolist()
    assert trip[6] == 8
    assert sweep_day(ground).standing[0, 0] == 5.0


def test_who_gains_nothing_stays() -> None:
    ground = alone()._replace(toll=np.full((1, 12), 2.5))
    assert sweep_day(ground).standing[0, 0] == 0.0
    assert trace_day(ground, sweep_day(ground), 0, 0).shape == (0, 7)


def test_a_full_lane_and_a_full_check_let_nobody_pass() -> None:
    for change in ({"lane": np.zeros((1, 12), np.bool_)}, {"room": np.full((1, 12), 0.5)}):
        assert sweep_day(alone()._replace(**change)).standing.max() == 0.0
