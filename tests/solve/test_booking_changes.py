"""Where gates are slow or shut for some hours, vehicles keep to what is left of them."""

from __future__ import annotations

import math
from dataclasses import replace
from datetime import timedelta

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clearway.model.corridor import GateChange
from clearway.model.scenario import Scenario
from clearway.solve.booking import ABOARD, Booking, days
from clearway.solve.convoys import run_convoy
from clearway.solve.drives import drives
from clearway.solve.taken import Taken, served, uneven
from tests.scenarios import aid_in, one_bus, one_corridor

#: Minutes since and until, shares for persons and for vehicles.
Told = tuple[int, int, float, float]

SLOT_MIN, LANE, PERSONS = 15, 15, 150.0

shares = st.sampled_from((0.0, 0.0, 0.5, 0.75, 1.0, 2.0))
changes = st.lists(
    st.tuples(st.integers(-30, 230), st.integers(1, 90), shares, shares).map(
        lambda one: (one[0], one[0] + one[1], one[2], one[3])
    ),
    max_size=4,
)


def changed(scenario: Scenario, told: list[Told]) -> Scenario:
    """Return it with changes of its first gate."""
    start, corridor = scenario.start, scenario.corridors[0].id
    return scenario.replace(
        changes=tuple(
            GateChange(
                corridor,
                start + timedelta(minutes=since),
                start + timedelta(minutes=until),
                persons,
                vehicles,
                "told by the gate",
            )
            for since, until, persons, vehicles in told
        )
    )


def minute_by_minute(told: list[Told], column: int, first: int, count: int) -> list[float]:
    """Return the share in each minute: that of the change that began last, and was told last."""
    found = []
    for minute in range(first, first + count):
        best = 1.0
        since = -math.inf
        for one in told:
            if one[0] <= minute < one[1] and one[0] >= since:
                since, best = one[0], one[column]
        found.append(best)
    return found


@settings(max_examples=80, deadline=None, derandomize=True)
@given(changes)
def test_a_slot_has_as_much_room_as_its_minutes_and_none_after_one_that_is_shut(
    told: list[Told],
) -> None:
    booking = Booking(changed(one_bus(), told))
    slots = booking.lane.shape[1]
    persons = np.array(minute_by_minute(told, 2, -SLOT_MIN, (slots + 1) * SLOT_MIN))
    vehicles = np.array(minute_by_minute(told, 3, -SLOT_MIN, (slots + 1) * SLOT_MIN))
    by_slot = [column.reshape(slots + 1, SLOT_MIN) for column in (persons, vehicles)]
    shut = np.any([column.min(axis=1) == 0 for column in by_slot], axis=0)
    shut = shut[1:] | shut[:-1]
    lane = np.floor(LANE * by_slot[1][1:].mean(axis=1) + 1e-6)
    serves = PERSONS * by_slot[0][1:].mean(axis=1)
    assert booking.lane_most[0].tolist() == np.where(shut, 0, lane).tolist()
    assert booking.serves[0] == pytest.approx(serves)
    assert booking.persons_most[0] == pytest.approx(np.where(shut, 0.0, ABOARD * serves))


@settings(max_examples=60, deadline=None, derandomize=True)
@given(changes, st.floats(0, 15_000), st.sampled_from((0.0, 10.0, 60.0)))
def test_the_earliest_second_lies_in_a_slot_that_has_room(
    told: list[Told], after: float, persons: float
) -> None:
    booking = Booking(changed(one_bus(), told))
    at = booking.earliest(0, after, persons)
    room = (booking.lane_most[0] > 0) & (booking.persons_most[0] >= persons)
    first = math.ceil(after) // booking.slot_s
    open_ = [slot for slot in np.flatnonzero(room) if slot >= first]
    if not open_:
        assert at == math.inf
    else:
        assert at == max(math.ceil(after), open_[0] * booking.slot_s)


@settings(max_examples=60, deadline=None, derandomize=True)
@given(changes)
def test_a_check_is_booked_as_long_as_the_slowest_hours_take(told: list[Told]) -> None:
    booking = Booking(changed(one_bus(), told))
    slowest = min([1.0, *(share for _, _, share, _ in told if share > 0)])
    assert booking.check_s(0, 30) == pytest.approx(180.0 / slowest)
    assert booking.left(0, 0.0) == pytest.approx(booking.serves[0, 0])
    booking.take(0, 10.0, 4.0)
    assert booking.left(0, 899.0) == pytest.approx(booking.serves[0, 0] - 4.0)
    assert booking.left(0, 900.0) == pytest.approx(booking.serves[0, 1])


@settings(max_examples=60, deadline=None, derandomize=True)
@given(changes, st.lists(st.floats(0, 200), min_size=9, max_size=9))
def test_those_in_vehicles_are_served_first_over_what_the_gate_serves_in_their_slot(
    told: list[Told], aboard: list[float]
) -> None:
    scenario = changed(one_corridor(), told)
    taken = Taken(np.array([aboard]), np.zeros((1, 1), dtype=np.int64), np.zeros(1))
    steps = np.arange(10 * SLOT_MIN)
    share = np.array(minute_by_minute(told, 2, 0, len(steps)))
    found = served(scenario, taken, 0, steps)
    for slot in range(10):
        mine = slice(slot * SLOT_MIN, (slot + 1) * SLOT_MIN)
        whole, riders = share[mine].sum(), aboard[slot] if slot < len(aboard) else 0.0
        each = riders * share[mine] / whole if whole else np.zeros(SLOT_MIN)
        # Ten persons a minute at the usual rate.
        assert found[mine] == pytest.approx(np.maximum(0.0, 10 * share[mine] - each))


@settings(max_examples=40, deadline=None, derandomize=True)
@given(changes, st.permutations(range(40)))
def test_steps_may_be_asked_for_in_any_order(told: list[Told], order: list[int]) -> None:
    scenario = changed(one_corridor(), told)
    taken = Taken(np.full((1, 2), 30.0), np.zeros((1, 1), dtype=np.int64), np.zeros(1))
    straight = served(scenario, taken, 0, np.arange(40))
    assert served(scenario, taken, 0, np.array(order)) == pytest.approx(straight[order])


def test_a_gate_is_uneven_where_vehicles_or_changes_make_it_so() -> None:
    scenario = one_corridor()
    nothing = Taken.nothing(scenario)
    assert not uneven(scenario, nothing, 0)
    assert uneven(changed(scenario, [(10, 20, 0.5, 1.0)]), nothing, 0)
    riders = Taken(np.array([[0.0, 3.0]]), nothing.households, nothing.places)
    assert uneven(scenario, riders, 0)


@settings(max_examples=60, deadline=None, derandomize=True)
@given(changes, st.integers(1, 8), st.integers(0, 9000))
def test_convoys_pass_where_their_lane_has_room_for_all_of_them(
    told: list[Told], vehicles: int, since: int
) -> None:
    scenario = changed(aid_in(), told)
    (convoy,) = scenario.aid.convoys
    (kind,) = [one for one in scenario.fleet.types if one.id == convoy.type]
    convoy = replace(convoy, vehicles=vehicles)
    booking = Booking(scenario)
    found = run_convoy(
        scenario, convoy, drives(scenario, kind), booking, days(scenario), float(since)
    )
    assert (booking.lane <= booking.lane_most).all()
    assert booking.lane.sum() == (0 if found is None else 2 * vehicles)
    if found is not None:
        passes = [
            gate - 60 * j
            for gate in (found.trip.gate_in_s, found.trip.gate_out_s)
            for j in range(vehicles)
        ]
        share = minute_by_minute(told, 3, 0, 600)
        assert all(share[at // 60] > 0 for at in passes)


@pytest.mark.parametrize(("until", "expected"), [(60, 4620), (74, 5520), (75, 5520), (45, 3720)])
def test_a_convoy_waits_for_a_slot_after_the_gate_is_open_again(until: int, expected: int) -> None:
    # Three trucks a minute apart; the slot after the last that was shut is left out too.
    scenario = changed(aid_in(), [(0, until, 1.0, 0.0)])
    (convoy,) = scenario.aid.convoys
    (kind,) = [one for one in scenario.fleet.types if one.id == convoy.type]
    table = drives(scenario, kind)
    found = run_convoy(scenario, convoy, table, Booking(scenario), days(scenario))
    assert found is not None
    assert found.trip.gate_in_s == expected
