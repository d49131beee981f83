"""A vehicle's days: when trips are due, where they slide to, and which of them are lost."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from clearway.simulate import days
from clearway.simulate.traffic import (
    BEGINS,
    BROKEN,
    CONVOY,
    DEPOT,
    DONE,
    GONE,
    K_IN,
    K_OUT,
    LEAVE,
    LOST,
    NONE,
    PENDING,
    PHASE,
    READY,
    RUN_DAY,
    SLID,
    STATE,
    TIME,
    TODAY,
    TRIP_END,
    UNDER_WAY,
    VEHICLE,
    WAY_IN,
    WHERE,
    WITHIN,
)
from tests.simulate.plain import plain, traffic

DAYS = plain(days)
#: Days of the pauses that are drawn here, and seconds between their openings.
COUNT, DAY_S = 4, 86_400.0

tables = st.lists(st.lists(st.booleans(), min_size=COUNT, max_size=COUNT), min_size=3, max_size=3)


def yard(trips: int = 1, *, corridors: int = 2) -> Any:
    """Return one vehicle with some trips on day 0, in by corridor 0 and out by the last one."""
    found = traffic(trips=trips, days=COUNT, corridors=corridors, convoys=1)
    found.orders.trip[:, K_OUT] = corridors - 1
    found.orders.vehicle[0, TRIP_END] = trips
    for day, row in enumerate(found.orders.window.T):
        found.chances.window[row, BEGINS] = day * DAY_S
    return found


@settings(max_examples=100, deadline=None, derandomize=True)
@given(tables, st.integers(0, COUNT - 1), st.sampled_from((0, NONE)), st.sampled_from((NONE, 0)))
def test_a_trip_slides_to_the_next_day_on_which_all_that_it_needs_is_there(
    told: list[list[bool]], day: int, into: int, convoy: int
) -> None:
    found = yard()
    able, first, second = told
    found.orders.able[0] = able
    found.orders.window[0, ~np.array(first)] = NONE
    found.orders.window[1, ~np.array(second)] = NONE
    found.orders.trip[0, K_IN], found.orders.vehicle[0, CONVOY] = into, convoy
    found.yard.trip[0, [PHASE, RUN_DAY]] = UNDER_WAY, day
    DAYS.slide(found, 0)
    fit = [
        later
        for later in range(day + 1, COUNT)
        if able[later] and second[later] and (into == NONE or first[later])
    ]
    if convoy == 0 or not fit:
        assert found.yard.trip[0, [PHASE, RUN_DAY, SLID]].tolist() == [LOST, day, 0]
        assert found.yard.aid[0] == (LOST if convoy == 0 else PENDING)
    else:
        assert found.yard.trip[0, [PHASE, RUN_DAY, SLID]].tolist() == [PENDING, fit[0], 1]


def test_aid_that_came_stays_come_when_its_trip_is_lost() -> None:
    found = yard()
    found.orders.vehicle[0, CONVOY] = 0
    found.yard.aid[0] = DONE
    DAYS.lose(found, 0)
    assert found.yard.trip[0, PHASE] == LOST
    assert found.yard.aid[0] == DONE


def test_a_planned_trip_leaves_as_planned_and_one_that_slid_to_be_there_at_the_opening() -> None:
    found = yard()
    found.orders.trip_s[0, LEAVE] = 1234.0
    assert DAYS.due_s(found, 0) == 1234.0
    found.yard.trip[0, [SLID, RUN_DAY]] = 1, 2
    found.orders.way_s[1], found.orders.trip[0, WAY_IN] = 70.0, 1
    found.orders.vehicle[0, DEPOT], found.orders.drive_s[2, 0] = 2, 130.0
    assert DAYS.due_s(found, 0) == 2 * DAY_S - 70.0 - 130.0
    # A vehicle whose depot is inside sets out from where it is.
    found.orders.vehicle[0, WITHIN], found.yard.at[0, WHERE] = 1, 1
    found.orders.drive_s[1, 0] = 30.0
    assert DAYS.due_s(found, 0) == 2 * DAY_S - 70.0 - 30.0
    # If it stands there still, it does so when its way outward opens.
    found.yard.at[0, WHERE] = 2
    assert DAYS.due_s(found, 0) == 2 * DAY_S


@settings(max_examples=100, deadline=None, derandomize=True)
@given(
    st.lists(
        st.tuples(
            st.integers(0, COUNT - 1),
            st.floats(0, DAY_S),
            st.sampled_from((PENDING, DONE, LOST)),
        ),
        max_size=6,
    ),
    st.integers(-1, COUNT - 1),
    st.floats(0, COUNT * DAY_S),
)
def test_the_next_day_is_the_first_with_a_trip_that_waits_for_it(
    told: list[tuple[int, float, int]], today: int, time: float
) -> None:
    found = yard(len(told))
    for t, (day, leave, phase) in enumerate(told):
        found.yard.trip[t, [PHASE, RUN_DAY]] = phase, day
        found.orders.trip_s[t, LEAVE] = leave
    found.yard.at[0, [TODAY, BROKEN, WHERE]] = today, 1, 1
    found.orders.vehicle[0, DEPOT] = 2
    DAYS.next_day(found, 0, time)
    later = sorted({day for day, _, phase in told if phase == PENDING and day > today})
    if not later:
        assert found.yard.at[0, STATE] == GONE
        assert found.yard.at_s[0, TIME] == math.inf
        return
    due = min(leave for day, leave, phase in told if (day, phase) == (later[0], PENDING))
    assert found.yard.at[0, [STATE, TODAY, BROKEN, WHERE]].tolist() == [READY, later[0], 0, 2]
    assert found.yard.at_s[0, TIME] == max(time, due)


def four_trips() -> Any:
    """Return two vehicles: trips on days 0, 1 and 1 of one, and on day 1 of the other."""
    found = traffic(trips=4, days=COUNT, vehicles=2)
    found.orders.trip[3, VEHICLE] = 1
    found.orders.vehicle[:, TRIP_END] = 3, 4
    found.orders.vehicle[1, TRIP_END - 1] = 3
    found.yard.trip[:, RUN_DAY] = 0, 1, 1, 1
    found.yard.trip[2, PHASE] = DONE
    return found


def test_a_day_that_is_lost_takes_what_waits_for_it_and_nothing_else() -> None:
    found = four_trips()
    DAYS.lose_day(found, 0, 1)
    assert found.yard.trip[:, PHASE].tolist() == [PENDING, LOST, DONE, PENDING]


def test_a_vehicle_that_is_gone_runs_no_trip_any_more() -> None:
    found = four_trips()
    DAYS.lose_rest(found, 0)
    assert found.yard.trip[:, PHASE].tolist() == [LOST, LOST, DONE, PENDING]


def test_trips_of_a_day_slide_together() -> None:
    found = four_trips()
    DAYS._slide_day(found, 0, 1)
    assert found.yard.trip[:, RUN_DAY].tolist() == [0, 2, 1, 1]
    assert found.yard.trip[:, SLID].tolist() == [0, 1, 0, 0]
