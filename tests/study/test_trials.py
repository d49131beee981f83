"""Intervals of ensembles made by hand, hit and miss at their ends, and the count of hits."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from clearway.errors import ScenarioError
from clearway.model.outcome import Ensemble, FleetOutcome, Share
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


@pytest.mark.parametrize(
    ("busiest_h", "people"),
    [
        (1, 5),  # the fullest bin
        (2, 7),  # two bins side by side; 5 and 4 are further apart
        (3, 8),
        (24, 12),  # as long as the stretch: all of it
        (0.1, 5),  # shorter than a bin: one bin
    ],
)
def test_the_busiest_part_is_the_most_of_so_many_bins_on_end(busiest_h: float, people: int) -> None:
    out = np.zeros((2, 26), dtype=int)
    out[:, :6] = [1, 5, 2, 0, 4, 0]
    record = replace(made.recorded(people), busiest_s=busiest_h * HOUR)
    found = measured(made.two_days(), made.ensemble(out, bin_s=HOUR), record)
    assert found.low == found.high == people


@given(out=st.lists(st.integers(0, 50), min_size=24, max_size=24), hours=st.integers(1, 23))
def test_a_longer_busiest_part_never_holds_fewer(out: list[int], hours: int) -> None:
    ensemble = made.ensemble(np.array([out, out]), bin_s=HOUR)
    some, more, all_of_it = (
        measured(made.two_days(), ensemble, replace(made.recorded(0, 8), busiest_s=length)).high
        for length in (hours * HOUR, (hours + 1) * HOUR, None)
    )
    assert max(out) <= some <= more <= all_of_it


def test_a_stretch_before_every_bin_has_no_busiest_part() -> None:
    record = replace(made.recorded(0, -24), busiest_s=float(HOUR))
    found = measured(made.two_days(), made.ensemble([[3], [4]], bin_s=HOUR), record)
    assert (found.low, found.high) == (0, 0)


def test_patients_count_by_the_second_at_which_they_are_out() -> None:
    times = np.array([[0.0, 3599.0, 3600.0, np.inf], [10.0, np.inf, np.inf, np.inf]])
    ensemble = with_patients(times)
    record = replace(made.recorded(2, 8, 1), counts="patients")
    found = measured(made.two_days(), ensemble, record)
    assert (found.low, found.high) == pytest.approx((1.1, 1.9))  # of one and of two patients
    assert found.below == Share(2, 2)
    later = replace(made.recorded(2, 9, 1), counts="patients")
    assert measured(made.two_days(), ensemble, later).high == pytest.approx(0.9)  # one in one


def test_a_plan_without_vehicles_moves_no_patient() -> None:
    record = replace(made.recorded(1), counts="patients")
    found = measured(made.two_days(), made.ensemble([[900], [900]], bin_s=HOUR), record)
    assert (found.low, found.high, found.hit) == (0, 0, False)


def test_people_of_the_demand_are_no_patients() -> None:
    ensemble = with_patients(np.zeros((2, 5)))
    found = measured(made.two_days(), ensemble, made.recorded(0))
    assert found.high == 0


def with_patients(times: np.ndarray) -> Ensemble:
    """Return an ensemble without people in which patients, shape (m, p), are out at these times."""
    m = len(times)
    fleet = FleetOutcome(
        patient_out_s=times.astype(np.float32),
        patient_end=np.where(np.isfinite(times), 0, 1).astype(np.int8),
        companions_out=np.zeros(m, dtype=np.int64),
        riders=np.zeros(m, dtype=np.int64),
        trips=np.zeros(m, dtype=np.int64),
        beds=np.zeros((m, 1), dtype=np.int64),
        aid_arrived=np.zeros((m, 0), dtype=bool),
    )
    return replace(made.ensemble(np.zeros((m, 26), dtype=int), bin_s=HOUR), fleet=fleet)
