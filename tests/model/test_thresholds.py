"""How much of each harm is accepted: met, on condition, barred."""

from __future__ import annotations

import dataclasses
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clearway.model.thresholds import BARRED, CONDITION, MET, STATES, Threshold, Thresholds
from tests.model.nouns import ASSUMED, fields, refusal

limits = st.floats(0, 1e9)


@pytest.mark.parametrize(
    ("value", "state"),
    [
        (0.0, MET),
        (3.5, MET),
        (3.6, CONDITION),
        (4.0, CONDITION),
        (4.1, BARRED),
        (math.inf, BARRED),
        (math.nan, BARRED),
    ],
)
def test_less_is_better_up_to_go(value: float, state: str) -> None:
    """Each limit belongs to the better side; what is no number is never met."""
    assert not Threshold(3.5, 4.0).more_is_better
    assert Threshold(3.5, 4.0).state(value) == state


@pytest.mark.parametrize(
    ("value", "state"),
    [
        (1.0, MET),
        (0.9, MET),
        (0.89, CONDITION),
        (0.5, CONDITION),
        (0.49, BARRED),
        (math.nan, BARRED),
    ],
)
def test_more_is_better_from_go_on(value: float, state: str) -> None:
    """Where the bar lies below."""
    assert Threshold(0.9, 0.5).more_is_better
    assert Threshold(0.9, 0.5).state(value) == state


@given(limits, limits, limits, limits)
def test_a_worse_value_is_in_no_better_state(
    go: float, bar: float, one: float, other: float
) -> None:
    limit = Threshold(go, bar)
    better, worse = sorted((one, other), reverse=limit.more_is_better)
    assert STATES.index(limit.state(better)) <= STATES.index(limit.state(worse))


@given(limits, limits)
def test_the_limits_themselves_are_met_and_a_condition_at_most(go: float, bar: float) -> None:
    limit = Threshold(go, bar)
    assert limit.state(go) == MET
    assert limit.state(bar) in {MET, CONDITION}


@pytest.mark.parametrize("value", [-0.1, math.nan, math.inf, 2e9])
@pytest.mark.parametrize("field", ["go", "bar"])
def test_limits_are_numbers(field: str, value: float) -> None:
    assert fields(Threshold(1, 2), **{field: value}) == [f"threshold.{field}"]


def test_a_limit_says_who_set_it() -> None:
    assert fields(Threshold(1, 2), source=" ") == ["threshold.source"]
    assert Threshold(1, 2).source.startswith("assumed")


def test_usual_limits_bar_beyond_go_on_the_worse_side() -> None:
    """First-priority people out is the one measure of which more is better."""
    usual = Thresholds()
    told = {field.name: getattr(usual, field.name) for field in dataclasses.fields(usual)}
    better = [
        name for name, one in told.items() if isinstance(one, Threshold) and one.more_is_better
    ]
    assert better == ["first_priority_share"]
    assert usual.caught_share.go == 0.01
    assert usual.density_persons_per_m2.go == 3.5


@pytest.mark.parametrize("name", ["caught_share", "first_priority_share"])
def test_probabilities_are_from_0_to_1(name: str) -> None:
    told = refusal(lambda: Thresholds(**{name: Threshold(1.5, 2.0)}))  # type: ignore[arg-type]
    assert [field for field, _ in told] == [f"thresholds.{name}.go", f"thresholds.{name}.bar"]


@pytest.mark.parametrize("value", [-0.1, 10.1, math.nan])
def test_the_weight_of_people_turned_back_is_from_0_to_10(value: float) -> None:
    assert fields(Thresholds(), turned_back_weight=value) == ["thresholds.turned_back_weight"]


def test_the_weight_says_who_set_it() -> None:
    told = fields(Thresholds(), turned_back_weight_source="")
    assert told == ["thresholds.turned_back_weight_source"]


def test_a_copy_with_changes_is_looked_at_anew() -> None:
    strict = Thresholds().replace(caught_share=Threshold(0.001, 0.01, ASSUMED))
    assert strict.caught_share.state(0.005) == CONDITION
    assert strict.wait_s == Thresholds().wait_s
    assert refusal(lambda: strict.replace(turned_back_weight=11)) == [
        ("thresholds.turned_back_weight", "must be a number from 0 to 10")
    ]
