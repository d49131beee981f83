"""What may come otherwise: every field has its range, and the default knows all."""

from __future__ import annotations

import dataclasses

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clearway.model.facts import Estimate
from clearway.model.uncertainty import RANGES, Uncertainty
from tests.model.nouns import ASSUMED, estimate, refusal

FIELDS = [field.name for field in dataclasses.fields(Uncertainty)]
FACTORS = ("recheck_factor", "long_factor", "zone_factor", "pace_factor", "boarding_factor")


def test_every_field_has_a_range() -> None:
    assert list(RANGES) == FIELDS


@pytest.mark.parametrize("name", FIELDS)
def test_by_default_all_comes_as_announced(name: str) -> None:
    """No delay, no stop, no second check; factors of one; and it says that this is assumed."""
    told = getattr(Uncertainty(), name)
    expected = 1.0 if name in FACTORS else 0.0
    assert (told.low, told.central, told.high) == (expected, expected, expected)
    assert told.assumed
    assert "as announced" in told.source


@pytest.mark.parametrize("name", FIELDS)
def test_both_ends_of_a_range_are_allowed(name: str) -> None:
    low, high = RANGES[name]
    told = getattr(Uncertainty(**{name: Estimate(low, low, high, ASSUMED)}), name)
    assert (told.low, told.high) == (low, high)


@pytest.mark.parametrize("name", FIELDS)
def test_beyond_either_end_is_refused_by_field(name: str) -> None:
    """Both ends at once; central lies between them."""
    low, high = RANGES[name]
    wide = Estimate(low - 0.01, low, high + 0.01, ASSUMED)
    rule = f"must be a number from {low:g} to {high:g}"
    assert refusal(lambda: Uncertainty(**{name: wide})) == [
        (f"uncertainty.{name}.low", rule),
        (f"uncertainty.{name}.high", rule),
    ]


@given(st.sampled_from([name for name in FIELDS if name.endswith("_share")]), st.floats(-1, 2))
def test_a_share_is_a_probability(name: str, value: float) -> None:
    if 0 <= value <= 1:
        assert getattr(Uncertainty(**{name: estimate(value)}), name).central == value
    else:
        assert len(refusal(lambda: Uncertainty(**{name: estimate(value)}))) == 2


def test_factors_never_stop_all_movement() -> None:
    """A pace of zero would leave people on the way for ever; a check of no time has no rate."""
    for name in ("pace_factor", "recheck_factor", "long_factor", "boarding_factor"):
        assert RANGES[name][0] > 0


def test_every_breach_is_told_at_once() -> None:
    told = refusal(lambda: Uncertainty(stop_share=estimate(2), notice_s=estimate(-1)))
    assert [field for field, _ in told] == [
        "uncertainty.stop_share.low",
        "uncertainty.stop_share.high",
        "uncertainty.notice_s.low",
        "uncertainty.notice_s.high",
    ]


def test_a_copy_with_changes_is_looked_at_anew() -> None:
    told = Uncertainty()
    later = told.replace(start_delay_s=estimate(3_600))
    assert later.start_delay_s.central == 3_600
    assert later.stop_share == told.stop_share
    assert told.start_delay_s.central == 0
    assert len(refusal(lambda: told.replace(pace_factor=estimate(0)))) == 2
