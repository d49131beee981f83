"""What became of a plan: shares with intervals, sums of members, quantiles over time."""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binomtest

from clearway.model.outcome import ENDINGS, FAILED, Ensemble, Share, mean_interval
from tests.model.nouns import fields, refusal

MEMBERS, BINS, CORRIDORS, GROUPS, WINDOWS = 4, 3, 2, 2, 3


def ensemble(**changes: Any) -> Ensemble:
    """Return four members: nobody out in the first, ten more people in each that follows."""
    shape = (MEMBERS, BINS, CORRIDORS, GROUPS)
    out = np.zeros(shape, dtype=np.int64)
    out[:, 1, 0, 0] = 10 * np.arange(MEMBERS)
    out[3, 2, 1, 1] = 5
    per_corridor, per_window = np.zeros((MEMBERS, CORRIDORS)), np.zeros((MEMBERS, WINDOWS))
    columns: dict[str, Any] = {
        "numbers": np.arange(MEMBERS) + 7,
        "out": out,
        "queue": np.zeros((MEMBERS, BINS, CORRIDORS)),
        "open": np.zeros((MEMBERS, BINS, CORRIDORS)),
        "longest_wait_s": per_corridor,
        "exposure_person_s": np.zeros((MEMBERS, 3)),
        "willing": np.full((MEMBERS, GROUPS), 20),
        "arrived": np.zeros((MEMBERS, 1)),
    }
    for name in ("caught", "turned_back", "uncalled_back", "in_open", "recalled"):
        columns[name] = per_corridor
    for name in ("opens_s", "closes_s", "ending"):
        columns[name] = per_window
    for name in ("called", "uncalled", "most"):
        columns[name] = np.zeros(MEMBERS)
    return Ensemble(scenario="tiny", seed=1, bin_s=900, **(columns | changes))


# One-sided 95 % limits of Clopper and Pearson, as printed in tables of the binomial.
TABLE = [
    (0, 10, 0.0, 0.2589),
    (1, 10, 0.0051, 0.3942),
    (2, 20, 0.0181, 0.2826),
    (5, 10, 0.2224, 0.7776),
    (10, 10, 0.7411, 1.0),
    (0, 100, 0.0, 0.0295),
    (0, 300, 0.0, 0.0099),
    (0, 2_000, 0.0, 0.0015),
]


@pytest.mark.parametrize(("hits", "of", "lower", "upper"), TABLE)
def test_limits_of_a_share_are_those_of_the_tables(
    hits: int, of: int, lower: float, upper: float
) -> None:
    """Nobody caught in 300 members: less than 1 % at 95 % confidence; in 100: not."""
    assert Share(hits, of).lower() == pytest.approx(lower, abs=6e-5)
    assert Share(hits, of).upper() == pytest.approx(upper, abs=6e-5)


@given(st.integers(1, 3_000), st.floats(0, 1), st.sampled_from([0.9, 0.95, 0.975, 0.99]))
def test_limits_of_a_share_are_those_of_another_program(
    of: int, part: float, confidence: float
) -> None:
    """A one-sided limit is the end of a two-sided interval with twice the rest."""
    hits = round(part * of)
    both = binomtest(hits, of).proportion_ci(2 * confidence - 1, "exact")
    assert Share(hits, of).lower(confidence) == pytest.approx(both.low, abs=1e-9)
    assert Share(hits, of).upper(confidence) == pytest.approx(both.high, abs=1e-9)


@given(st.integers(1, 10_000), st.floats(0, 1))
def test_a_share_lies_between_its_limits(of: int, part: float) -> None:
    share = Share(round(part * of), of)
    assert 0 <= share.lower() <= share.value <= share.upper() <= 1
    assert share.upper(0.99) >= share.upper(0.95)
    assert share.lower(0.99) <= share.lower(0.95)


def test_of_no_members_nothing_is_known() -> None:
    """The interval is the whole of it."""
    nothing = Share(0, 0)
    assert (nothing.value, nothing.lower(), nothing.upper()) == (0.0, 0.0, 1.0)


@pytest.mark.parametrize(("truth", "of"), [(0.01, 200), (0.02, 1_000), (0.3, 50)])
def test_the_upper_limit_holds_as_often_as_it_says(truth: float, of: int) -> None:
    """In 95 of 100 ensembles at least, at small counts too; a normal limit would not."""
    hits, times = np.unique(np.random.default_rng(5).binomial(of, truth, 4_000), return_counts=True)
    held = sum(
        n
        for k, n in zip(hits.tolist(), times.tolist(), strict=True)
        if Share(k, of).upper() > truth
    )
    assert held / 4_000 >= 0.95 - 4 * np.sqrt(0.95 * 0.05 / 4_000)


def test_people_out_are_those_of_all_bins_corridors_and_groups() -> None:
    assert len(ensemble()) == MEMBERS
    assert ensemble().people_out.tolist() == [0, 10, 20, 35]


def test_anyone_caught_counts_members_and_not_people() -> None:
    """Forty people at one corridor are one member; so is one at each of two."""
    caught = np.array([[0, 0], [40, 0], [1, 1], [0, 0]])
    assert ensemble(caught=caught).anyone_caught == Share(2, MEMBERS)
    assert ensemble().anyone_caught == Share(0, MEMBERS)


def test_all_of_a_group_are_out_where_none_is_missing() -> None:
    """More than would go (some came uncalled) is not fewer."""
    assert ensemble().all_out(0) == Share(2, MEMBERS)
    assert ensemble(willing=np.full((MEMBERS, GROUPS), 10)).all_out(0) == Share(3, MEMBERS)
    assert ensemble(willing=np.zeros((MEMBERS, GROUPS))).all_out(1) == Share(MEMBERS, MEMBERS)


def test_out_over_time_is_what_came_so_far() -> None:
    """Quantiles of the members at the end of each bin; none ever falls."""
    least, middle, most = ensemble().out_over_time((0.0, 0.5, 1.0))
    assert least.tolist() == [0, 0, 0]
    assert middle.tolist() == [0, 15, 15]
    assert most.tolist() == [0, 30, 35]


def test_columns_cannot_be_changed() -> None:
    made = ensemble()
    with pytest.raises(ValueError, match="read-only"):
        made.out[0, 0, 0, 0] = 1
    with pytest.raises(dataclasses.FrozenInstanceError):
        made.seed = 2  # type: ignore[misc]


def test_columns_are_of_the_kinds_that_they_say() -> None:
    """Whatever they were made of, so that the same draws give the same bytes."""
    made = ensemble(queue=np.ones((MEMBERS, BINS, CORRIDORS), dtype=np.int64))
    assert made.queue.dtype == np.float32
    assert made.out.dtype == np.int32
    assert made.caught.dtype == np.int64
    assert made.ending.dtype == np.int8


def test_an_ensemble_has_a_member_at_least() -> None:
    """An early end with nothing done is none."""
    columns = (field.name for field in dataclasses.fields(Ensemble) if field.name != "fleet")
    empty = dict.fromkeys(columns, ())
    told = refusal(lambda: Ensemble(**(empty | {"scenario": "a", "seed": 1, "bin_s": 1})))  # type: ignore[arg-type]
    assert told == [("ensemble.numbers", "must have at least one member")]


@pytest.mark.parametrize("field", ["out", "caught", "opens_s", "most"])
def test_every_column_has_a_row_a_member(field: str) -> None:
    column = getattr(ensemble(), field)
    assert fields(ensemble(), **{field: column[:-1]}) == [f"ensemble.{field}"]


def test_a_member_stands_once() -> None:
    assert fields(ensemble(), numbers=[1, 2, 2, 3]) == ["ensemble.numbers"]


def test_every_ending_has_a_name() -> None:
    assert ENDINGS[FAILED] == "failed"
    assert len(set(ENDINGS)) == FAILED + 1


@given(st.lists(st.floats(-1e6, 1e6), min_size=2, max_size=50))
def test_a_mean_lies_in_the_middle_of_its_interval(values: list[float]) -> None:
    mean, low, high = mean_interval(np.array(values))
    assert mean == pytest.approx(np.mean(values))
    half = 1.959964 * np.std(values, ddof=1) / np.sqrt(len(values))
    assert high - low == pytest.approx(2 * half, rel=1e-6, abs=1e-6)
    assert (low + high) / 2 == pytest.approx(mean, abs=1e-6)


def test_the_interval_of_a_mean_holds_as_often_as_it_says() -> None:
    draws = np.random.default_rng(11).normal(3.0, 2.0, (2_000, 200))
    held = [low <= 3.0 <= high for _, low, high in map(mean_interval, draws)]
    assert np.mean(held) == pytest.approx(0.95, abs=0.02)


def test_the_mean_of_one_member_has_no_width() -> None:
    assert mean_interval(np.array([4.0])) == (4.0, 4.0, 4.0)
