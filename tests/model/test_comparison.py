"""What withstanding costs and gains: members side by side."""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from clearway.model.comparison import Alternative, Comparison
from clearway.model.outcome import Ensemble
from tests.model.nouns import refusal
from tests.model.test_outcome import BINS, CORRIDORS, GROUPS, MEMBERS, ensemble


def with_out(people: list[int], **changes: Any) -> Ensemble:
    """Return an ensemble whose members bring out so many."""
    out = np.zeros((MEMBERS, BINS, CORRIDORS, GROUPS), dtype=np.int64)
    out[:, 0, 0, 0] = people
    return ensemble(out=out, **changes)


def other(people: list[int], **changes: Any) -> Alternative:
    """Return another plan with the same draws."""
    return Alternative(50, None, with_out(people, **changes))


ROBUST = with_out([10, 20, 30, 40], most=[40, 40, 40, 40])


def test_the_price_is_what_the_plan_for_the_mean_brings_out_more() -> None:
    """Member by member: its interval is of the differences."""
    told = Comparison(ROBUST, other([12, 22, 32, 42]), None)
    assert told.price_of_robustness == (2.0, 2.0, 2.0)


def test_the_price_may_be_below_zero() -> None:
    """A plan for the mean that is caught out brings out fewer."""
    mean, low, high = Comparison(ROBUST, other([0, 0, 30, 40]), None).price_of_robustness
    assert mean == -7.5
    assert low < mean < high


def test_the_gain_is_what_a_flat_margin_brings_out_fewer() -> None:
    told = Comparison(ROBUST, other([12, 22, 32, 42]), other([5, 15, 25, 35]))
    assert told.gain_over_flat == (5.0, 5.0, 5.0)


def test_without_a_flat_margin_there_is_no_gain_to_tell() -> None:
    """No margin was wide enough: nothing is made up."""
    assert Comparison(ROBUST, other([12, 22, 32, 42]), None).gain_over_flat is None


def test_perfect_information_is_what_no_plan_could_exceed() -> None:
    mean, low, high = Comparison(ROBUST, other([0] * 4), None).perfect_information
    assert mean == pytest.approx((30 + 20 + 10 + 0) / 4)
    assert low < mean < high


@given(st.lists(st.integers(0, 1_000), min_size=8, max_size=8))
def test_a_price_is_the_gain_of_the_other(people: list[int]) -> None:
    """Seen from either side."""
    one, two = people[:4], people[4:]
    price = Comparison(with_out(one), other(two), None).price_of_robustness
    gain = Comparison(with_out(two), other(one), other(one)).gain_over_flat
    assert gain == price


@pytest.mark.parametrize("changes", [{"numbers": [7, 8, 9, 11]}, {"numbers": [8, 7, 9, 10]}])
def test_other_draws_are_no_comparison(changes: dict[str, Any]) -> None:
    """Nor the same members in another order: they are compared row by row."""
    told = refusal(lambda: Comparison(ROBUST, other([0] * 4, **changes), None))
    assert told == [("comparison.numbers", "must be the same draws")]


def test_another_seed_is_no_comparison() -> None:
    strange = dataclasses.replace(ensemble(), seed=2)
    told = refusal(lambda: Comparison(ROBUST, Alternative(0, 60.0, strange), None))
    assert told == [("comparison.numbers", "must be the same draws")]


def test_both_alternatives_are_looked_at() -> None:
    strange = other([0] * 4, numbers=[1, 2, 3, 4])
    assert len(refusal(lambda: Comparison(ROBUST, strange, strange))) == 2
    assert len(refusal(lambda: Comparison(ROBUST, other([0] * 4), strange))) == 1
