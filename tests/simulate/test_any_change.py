"""What slow hours take of gates: second by second, for whatever was drawn."""

from __future__ import annotations

import dataclasses
from datetime import timedelta

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clearway.model.corridor import GateChange
from clearway.model.draws import draw_course
from clearway.model.scenario import Scenario
from clearway.simulate.slowed import slot_shares, slowed
from tests.scenarios import two_gates

#: Corridor, minutes since and until, shares for persons and for vehicles.
Told = tuple[int, int, int, float, float]

shares = st.sampled_from((0.0, 0.25, 1.0, 3.0))
changes = st.lists(
    st.tuples(st.integers(0, 1), st.integers(-40, 200), st.integers(1, 120), shares, shares),
    min_size=1,
    max_size=4,
)


def changed(scenario: Scenario, told: list[Told]) -> Scenario:
    """Return it with changes."""
    return scenario.replace(
        changes=tuple(
            GateChange(
                scenario.corridors[k].id,
                scenario.start + timedelta(minutes=since),
                scenario.start + timedelta(minutes=since + long),
                persons,
                vehicles,
                "told by the gate",
            )
            for k, since, long, persons, vehicles in told
        )
    )


def minutes(told: list[Told], corridor: int, column: int, count: int) -> list[float]:
    """Return the share in each minute: of the change that began last, else the usual rate."""
    found = []
    for minute in range(count):
        mine = [one for one in told if one[0] == corridor and one[1] <= minute < one[1] + one[2]]
        latest = max((one[1] for one in mine), default=0)
        found.append([1.0, *(one[column] for one in mine if one[1] == latest)][-1])
    return found


@settings(max_examples=80, deadline=None, derandomize=True)
@given(changes, st.integers(0, 19))
def test_each_slot_has_the_mean_of_its_minutes(told: list[Told], count: int) -> None:
    scenario = changed(two_gates(), told)
    found = slot_shares(scenario, count)
    assert found.shape == (2, count, 2)
    for k in range(2):
        for serves in range(2):
            each = np.array(minutes(told, k, 3 + serves, 15 * count)).reshape(count, 15)
            assert found[k, :, serves] == pytest.approx(each.mean(axis=1))


@settings(max_examples=60, deadline=None, derandomize=True)
@given(
    changes,
    st.lists(st.floats(0, 1), max_size=30),
    st.tuples(st.floats(600, 9000), st.floats(600, 9000)),
)
def test_what_is_taken_is_the_rate_of_the_window_times_what_is_not_served(
    told: list[Told], taken: list[float], ends: tuple[float, float]
) -> None:
    base = two_gates(windows=((1, 8, 9), (2, 8, 9), (1, 10, 11), (2, 10, 11)))
    scenario = changed(base, told)
    rate = np.array([0.1, 0.2, 0.3, 0.4])
    draw = dataclasses.replace(
        draw_course(scenario, 1, 0), ends_s=np.array([*ends, 10_800.0, 10_800.0]), rate=rate
    )
    found = slowed(scenario, draw, np.array([taken, taken]).reshape(2, len(taken)))
    last = max(0, *(since + long for _, since, long, _, _ in told))
    assert found.shape == (2, max(last, len(taken)))
    for k in range(2):
        share = minutes(told, k, 3, found.shape[1])
        for minute in range(found.shape[1]):
            before = taken[minute] if minute < len(taken) else 0.0
            drawn = rate[k] if minute * 60 < ends[k] else rate[k + 2]
            assert found[k, minute] == pytest.approx(before + drawn * (1 - share[minute]))


def test_what_vehicles_take_stays_as_it_was() -> None:
    scenario = changed(two_gates(), [(0, 10, 5, 0.0, 0.0)])
    taken = np.full((2, 20), 0.01)
    slowed(scenario, draw_course(scenario, 1, 0), taken)
    assert (taken == 0.01).all()
