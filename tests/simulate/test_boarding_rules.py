"""Who boards a vehicle at its stop: whole households, the worst first, and nobody's place twice."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clearway.simulate import boarding
from clearway.simulate.traffic import (
    ABOARD,
    APART,
    AT_HOME,
    BACK,
    BED,
    CALLED,
    CAME,
    CAME_OUT,
    CARE_NEEDED,
    CARRIED,
    CAUGHT,
    CODE_END,
    CODE_FIRST,
    COLOUR,
    COMPANIONS,
    COMPANY,
    CROSSED,
    DEAD,
    END,
    FIRST,
    HELD,
    HOME_ZONE,
    HOSPITAL,
    MISSED,
    NEED_SEATS,
    NEED_WHEELS,
    NONE,
    OWN_TRIP,
    PLACE,
    REFUSAL,
    RIDER_END,
    RIDER_FIRST,
    RIDING,
    SAFE,
    SEATS,
    SHUT_IN,
    SICK,
    STRETCHERS,
    TAKEN,
    UNCALLED,
    USED,
    WAITED,
    WAITS,
    WALKED,
    WHEELS,
    ZONE,
)
from tests.simulate.plain import plain, traffic

BOARDING = plain(boarding)

households = st.lists(
    st.tuples(st.integers(1, 6), st.integers(0, 1), st.sampled_from((0, 1, 1, 1))), max_size=8
)


def bus(*stops: list[tuple[int, int, int]], seats: int = 9, wheels: int = 2) -> Any:
    """Return a bus with stops of households: persons, wheelchair users, whether they come."""
    found = traffic(stops=len(stops))
    riders = [one for stop in stops for one in stop]
    orders, yard = found.orders, found.yard
    orders.kind = np.array([[seats, wheels, 0, 0]])
    orders.rider = np.array([(size, users, 0) for size, users, _ in riders]).reshape(-1, 3)
    found.chances.goes = np.array([goes for _, _, goes in riders], dtype=np.int8)
    orders.trip[0, [FIRST, END]] = 0, len(stops)
    ends = np.cumsum([len(stop) for stop in stops])
    orders.stop[:, RIDER_FIRST], orders.stop[:, RIDER_END] = np.append(0, ends[:-1]), ends
    yard.rider = np.full(len(riders), AT_HOME, dtype=np.int8)
    yard.rider_s = np.zeros(len(riders))
    yard.total, yard.tally = np.zeros(6), np.zeros((1, 3))
    yard.out = np.zeros((10, 1, 1), dtype=np.int32)
    return found


@settings(max_examples=100, deadline=None, derandomize=True)
@given(households, households, st.integers(0, 6), st.integers(0, 2))
def test_households_board_in_order_beside_those_of_later_stops(
    here: list[tuple[int, int, int]], there: list[tuple[int, int, int]], seats: int, wheels: int
) -> None:
    found = bus(here, there)
    found.orders.stop[1, [NEED_SEATS, NEED_WHEELS]] = seats, wheels
    free, chairs, riding = 9 - seats, 2 - wheels, list[int]()
    for size, users, goes in here:
        fits = bool(goes) and size - users <= free and users <= chairs
        free, chairs = (free - size + users, chairs - users) if fits else (free, chairs)
        riding.append(RIDING if fits else AT_HOME)
    BOARDING.board(found, 0, 0, 100.0, 700.0)
    assert found.yard.rider.tolist() == riding + [AT_HOME] * len(there)
    persons = sum(one[0] for one, state in zip(here, riding, strict=True) if state == RIDING)
    assert found.yard.at[0, ABOARD] == found.yard.total[CALLED] == persons
    BOARDING.board(found, 0, 1, 900.0, 1500.0)
    used = found.yard.at[0, USED:]
    assert used[SEATS] <= 9
    assert used[WHEELS] <= 2
    on_board = found.yard.rider == RIDING
    assert found.yard.at[0, ABOARD] == found.orders.rider[on_board, 0].sum()
    assert (found.yard.rider_s[on_board][: riding.count(RIDING)] == 700.0).all()


def test_who_rides_is_out_of_the_exit_with_the_bus() -> None:
    found = bus([(3, 0, 1), (2, 1, 0), (4, 1, 1)])
    BOARDING.board(found, 0, 0, 0.0, 100.0)
    found.yard.at_s[0, CAME] = 160.0
    BOARDING.bring_out(found, 0, 200.0, 290.0)
    assert found.yard.rider.tolist() == [CAME_OUT, AT_HOME, CAME_OUT]
    # Bins of a minute: out in the fifth.
    assert found.yard.out[:, 0, 0].tolist() == [0, 0, 0, 0, 7, 0, 0, 0, 0, 0]
    assert found.yard.total[[WALKED, WAITED, CROSSED]].tolist() == [7 * 60, 7 * 40, 7 * 90]
    assert found.yard.trip[0, TAKEN] == 7
    assert not found.yard.at[0, [ABOARD, USED + SEATS, USED + WHEELS]].any()


def test_what_comes_after_the_last_bin_counts_in_it() -> None:
    found = bus([(3, 0, 1)])
    BOARDING.board(found, 0, 0, 0.0, 100.0)
    BOARDING.bring_out(found, 0, 200.0, 1e7)
    assert found.yard.out[-1, 0, 0] == 3


@pytest.mark.parametrize("column", [CAUGHT, 2])
def test_who_is_held_counts_at_the_gate(column: int) -> None:
    found = bus([(3, 0, 1), (2, 0, 1)])
    BOARDING.board(found, 0, 0, 0.0, 100.0)
    BOARDING.hold(found, 0, 200.0, 250.0, column)
    assert found.yard.rider.tolist() == [HELD, HELD]
    assert found.yard.tally[0, column] == found.yard.tally.sum() == 5
    assert found.yard.total[CROSSED] == 5 * 50
    assert not found.yard.out.any()


def test_who_is_sent_back_may_ride_again() -> None:
    found = bus([(3, 0, 1)])
    BOARDING.board(found, 0, 0, 0.0, 100.0)
    BOARDING.send_back(found, 0, 400.0)
    assert found.yard.rider.tolist() == [AT_HOME]
    assert found.yard.tally[0, BACK] == 3
    BOARDING.board(found, 0, 0, 500.0, 600.0)
    assert found.yard.rider.tolist() == [RIDING]
    assert found.yard.total[CALLED] == 6


#: Colour, companions, sort of place, bed, whether it is on this trip, refuses, ready and dies.
Told = tuple[int, int, int, int, int, int, float, float]

sick = st.lists(
    st.tuples(
        st.integers(0, 3),
        st.integers(0, 2),
        st.sampled_from((SEATS, WHEELS, STRETCHERS)),
        st.integers(0, 1),
        st.integers(0, 1),
        st.sampled_from((0, 0, 1)),
        st.sampled_from((-math.inf, -math.inf, 650.0, 900.0)),
        st.sampled_from((math.inf, math.inf, 50.0, 150.0)),
    ),
    max_size=7,
)


def ambulance(told: list[Told], beds: tuple[int, int]) -> Any:
    """Return an ambulance at one stop: those of its trip wait, others of the zone were missed."""
    found = bus([], seats=3, wheels=1)
    orders, yard = found.orders, found.yard
    orders.kind = np.array([[3, 1, 2, 1]])
    orders.trip[0, [SICK, HOSPITAL]] = 1, 0
    orders.patient = np.zeros((len(told), 7), dtype=np.int64)
    for p, (colour, company, place, bed, mine, *_) in enumerate(told):
        orders.patient[p, [HOME_ZONE, COLOUR, PLACE, COMPANIONS, CARE_NEEDED, BED, OWN_TRIP]] = (
            *(0, colour, place, company, 1, bed),
            0 if mine else NONE,
        )
    own = [p for p, one in enumerate(told) if one[4]]
    orders.listed = np.array(own, dtype=np.int64)
    orders.stop[0, [ZONE, CODE_FIRST, CODE_END]] = 0, 0, len(own)
    orders.ready_s = np.array([one[6] for one in told])
    orders.takes, orders.bed = np.ones((len(told), 1), dtype=np.int8), np.array([beds])
    found.chances.refuses = np.array([one[5] for one in told], dtype=np.int8)
    found.chances.dies_s = np.array([one[7] for one in told])
    yard.patient = np.full((len(told), 2), NONE)
    yard.patient[:, 0] = [WAITS if one[4] else MISSED for one in told]
    yard.patient_s = np.full(len(told), math.inf)
    kept = [sum(1 for p in own if told[p][3] == kind) for kind in (0, 1)]
    yard.kept, yard.bed = np.array([kept]), np.zeros((1, 2), dtype=np.int64)
    return found


def needs(one: Told) -> list[int]:
    """Return seats, wheelchair places and stretchers that one takes with companions."""
    return [one[1] * (sort == SEATS) + (one[2] == sort) for sort in (SEATS, WHEELS, STRETCHERS)]


@settings(max_examples=200, deadline=None, derandomize=True)
@given(sick, st.tuples(st.integers(0, 3), st.integers(0, 3)))
def test_its_own_patients_board_first_and_then_the_worst_of_the_others(
    told: list[Told], beds: tuple[int, int]
) -> None:
    found = ambulance(told, beds)
    free, left = [3, 1, 2], list(beds)
    kept = [sum(1 for one in told if one[4] and one[3] == bed) for bed in (0, 1)]
    state = [WAITS if one[4] else MISSED for one in told]
    others = sorted((p for p, one in enumerate(told) if not one[4]), key=lambda p: told[p][0])
    for p in [p for p, one in enumerate(told) if one[4]] + others:
        one = told[p]
        need, bed, mine = needs(one), one[3], bool(one[4])
        roomy = all(a <= b for a, b in zip(need, free, strict=True))
        roomy &= left[bed] - (0 if mine else kept[bed]) > 0
        if not mine and (not roomy or one[6] > 700.0):
            continue
        if one[7] <= 100.0:
            state[p] = DEAD
            kept[bed] -= mine
        elif one[6] <= 700.0 and one[5]:
            state[p] = REFUSAL
            kept[bed] -= mine
        elif one[6] <= 700.0 and roomy:
            state[p] = CARRIED
            free = [b - a for a, b in zip(need, free, strict=True)]
            left[bed] -= 1
            kept[bed] -= mine
    BOARDING.board(found, 0, 0, 100.0, 700.0)
    assert found.yard.patient[:, 0].tolist() == state
    assert (np.array([[3, 1, 2]]) - found.yard.at[0, USED:]).tolist() == [free]
    assert (found.orders.bed - found.yard.bed).tolist() == [left]
    assert found.yard.kept.tolist() == [kept]
    assert found.yard.at[0, ABOARD] == sum(
        1 + one[1] for one, fate in zip(told, state, strict=True) if fate == CARRIED
    )


WELL: Told = (1, 1, SEATS, 0, 1, 0, -math.inf, math.inf)


def carried() -> Any:
    """Return an ambulance with one patient and one companion on board."""
    found = ambulance([WELL], (1, 0))
    BOARDING.board(found, 0, 0, 100.0, 700.0)
    assert found.yard.patient[0, 0] == CARRIED
    return found


def test_patients_are_out_with_their_companions() -> None:
    found = carried()
    BOARDING.bring_out(found, 0, 800.0, 900.0)
    assert found.yard.patient[0, 0] == SAFE
    assert found.yard.patient_s[0] == 900.0
    assert found.yard.total[COMPANY] == 1
    assert found.yard.bed[0, 0] == 1


def test_beds_are_free_again_when_nobody_comes_to_them() -> None:
    held, back = carried(), carried()
    BOARDING.hold(held, 0, 800.0, 900.0, CAUGHT)
    assert (held.yard.patient[0, 0], held.yard.bed[0, 0], held.yard.kept[0, 0]) == (SHUT_IN, 0, 0)
    BOARDING.send_back(back, 0, 800.0)
    # Who waits again has the bed of its own trip kept.
    assert (back.yard.patient[0, 0], back.yard.bed[0, 0], back.yard.kept[0, 0]) == (MISSED, 0, 1)


def test_the_worst_colour_is_of_those_who_can_still_be_fetched() -> None:
    told = [(colour, *WELL[1:]) for colour in (2, 1, 3)]
    found = ambulance(told, (9, 9))
    assert BOARDING.best_colour(found, 0) == 1
    found.yard.patient[1, 0] = SAFE
    assert BOARDING.best_colour(found, 0) == 2
    found.yard.patient[:, 0] = DEAD, SAFE, UNCALLED
    assert BOARDING.best_colour(found, 0) == APART


def test_only_those_who_wait_are_missed() -> None:
    found = ambulance([WELL] * 4, (9, 9))
    found.yard.patient[:, 0] = WAITS, CARRIED, DEAD, MISSED
    BOARDING.miss(found, 0)
    assert found.yard.patient[:, 0].tolist() == [MISSED, CARRIED, DEAD, MISSED]
