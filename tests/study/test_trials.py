"""Intervals of ensembles made by hand, hit and miss at their ends, and the count of hits."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from clearway.errors import ScenarioError
from clearway.model.outcome import Share
from clearway.study.trials import INTERVAL, History, measured
from tests.study import made

#: The tiny scenario starts at 08:00; two bins of an hour, then one of the next day's first hour.
HOUR = 3600


def test_the_interval_is_that_of_the_middle_eight_tenths() -> None:
    out = np.arange(11)[:, None] * 10  # members with 0, 10, ... 100 people out
    found = measured(made.two_days(), made.ensemble(out, bin_s=HOUR), made.recorded(50))
    assert (found.low, found.median, found.high) == (10, 50, 90)
    assert found.below == Share(6, 11)
    assert found.case == "tiny"
    assert found.title == made.two_days().title


def test_the_interval_does_not_depend_on_the_order_of_members() -> None:
    out = np.arange(11)[:, None] * 10
    turned = out[[3, 0, 10, 7, 1, 9, 2, 8, 4, 6, 5]]
    first, second = (
        measured(made.two_days(), made.ensemble(one, bin_s=HOUR), made.recorded(0))
        for one in (out, turned)
    )
    assert first == second


@pytest.mark.parametrize(
    ("begins_h", "hours", "people"),
    [
        (0, 24, 3),  # the whole first day
        (8, 1, 1),  # the first bin alone
        (9, 1, 2),  # the second
        (8.5, 1, 2),  # a bin counts where it begins
        (0, 8, 0),  # the night before
        (24, 24, 4),  # the second day
        (0, 48, 7),  # both
        (48, 24, 0),  # later than every bin
    ],
)
def test_only_bins_of_the_recorded_stretch_count(
    begins_h: float, hours: float, people: int
) -> None:
    out = np.zeros((2, 26), dtype=int)
    out[:, 0], out[:, 1], out[:, 24] = 1, 2, 4  # from 08:00, from 09:00, from 08:00 next day
    record = made.recorded(people, begins_h, hours)
    found = measured(made.two_days(), made.ensemble(out, bin_s=HOUR), record)
    assert (found.low, found.median, found.high) == (people, people, people)
    assert found.hit
    assert found.below == Share(2, 2)


def test_all_corridors_and_groups_count() -> None:
    out = np.arange(24).reshape(2, 2, 3, 2)
    found = measured(made.two_days(), made.ensemble(out, bin_s=HOUR), made.recorded(0))
    total = out.sum(axis=(1, 2, 3))
    assert found.median == total.mean()
    assert found.low == pytest.approx(np.quantile(total, 0.1))
    assert found.below == Share(0, 2)


@pytest.mark.parametrize(
    ("persons", "hit"), [(9, False), (10, True), (11, True), (90, True), (91, False)]
)
def test_a_hit_includes_the_ends(persons: int, *, hit: bool) -> None:
    assert made.trial(persons, 10, 90).hit is hit


def test_a_trial_refuses_ends_out_of_order() -> None:
    with pytest.raises(ScenarioError, match="low <= median <= high"):
        made.trial(5, 10, 9)
    with pytest.raises(ScenarioError, match="low <= median <= high"):
        made.trial(5, -1, 9)


def test_misses_stay_in_the_count() -> None:
    history = made.trials(3, 2)
    assert history.hits == Share(3, 5)
    assert history.expected_hits == pytest.approx(4)
    assert INTERVAL == 0.8


def test_a_history_of_nothing_is_refused() -> None:
    with pytest.raises(ScenarioError, match="must have at least one"):
        History((), 400, 1)


@given(
    out=st.lists(st.integers(0, 5000), min_size=1, max_size=40),
    persons=st.integers(0, 6000),
)
def test_a_hit_is_what_counting_members_says(out: Sequence[int], persons: int) -> None:
    found = measured(made.two_days(), made.ensemble(np.array(out)[:, None]), made.recorded(persons))
    assert found.below.hits == sum(one <= persons for one in out)
    assert min(out) <= found.low <= found.median <= found.high <= max(out)
    # A tenth of the members lie beyond either end, or one more, where the end lies between two.
    assert sum(one < found.low for one in out) <= 0.1 * (len(out) - 1) + 1
    assert sum(one > found.high for one in out) <= 0.1 * (len(out) - 1) + 1
    if persons < min(out) or persons > max(out):
        assert not found.hit
    if len(set(out)) == 1:
        assert found.hit is (persons == out[0])
