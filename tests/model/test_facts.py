"""Words in two languages, numbers with a range, facts with a source."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy.stats import triang

from clearway.errors import ScenarioError
from clearway.model.facts import SHAPES, SPLIT, SPLIT_LOG, TRIANGULAR, Estimate, Fact, Text
from tests.model.nouns import ASSUMED, NAME, estimate, fact, fields, refusal

numbers = st.floats(-1e12, 1e12)


@pytest.mark.parametrize(("lang", "words"), [("en", "East gate"), ("ar", "البوابة الشرقية")])
def test_words_are_said_in_the_language_asked_for(lang: str, words: str) -> None:
    assert NAME.say(lang) == words


@pytest.mark.parametrize(
    ("en", "ar", "refused"),
    [("", "بوابة", ["text.en"]), ("Gate", " \t", ["text.ar"]), ("\n", "", ["text.en", "text.ar"])],
)
def test_words_are_needed_in_both_languages(en: str, ar: str, refused: list[str]) -> None:
    """Blanks are no words, and both gaps are told at once."""
    assert [field for field, _ in refusal(lambda: Text(en, ar))] == refused


@given(st.tuples(numbers, numbers, numbers))
def test_a_range_must_be_ordered(three: tuple[float, float, float]) -> None:
    """From low over central to high; any other order is refused, and nothing else is."""
    if list(three) == sorted(three):
        assert dataclasses.astuple(Estimate(*three, ASSUMED))[:3] == three
    else:
        assert refusal(lambda: Estimate(*three, ASSUMED)) == [
            ("estimate.central", "must satisfy low <= central <= high")
        ]


def test_a_range_in_disorder_is_shown_whole() -> None:
    """One number of three would not tell what is wrong."""
    with pytest.raises(ScenarioError, match="3 / 2 / 1"):
        estimate(3, 2, 1)


@pytest.mark.parametrize("value", [float("nan"), float("inf"), 1e13])
@pytest.mark.parametrize("field", ["low", "central", "high"])
def test_a_range_is_made_of_numbers(field: str, value: float) -> None:
    """NaN hides in comparisons; it is refused by name."""
    assert f"estimate.{field}" in fields(estimate(1, 2, 3), **{field: value})


@pytest.mark.parametrize("source", ["", "   "])
def test_a_number_without_a_source_is_refused(source: str) -> None:
    assert fields(estimate(1), source=source) == ["estimate.source"]


@pytest.mark.parametrize(
    ("source", "assumed"),
    [
        ("assumed", True),
        ("Assumed: a guess", True),
        ("ASSUMED", True),
        ("OCHA, 24 October 2016", False),
        ("not assumed", False),
    ],
)
def test_what_begins_with_assumed_is_assumed(source: str, *, assumed: bool) -> None:
    """However it is spelled; the word must come first."""
    assert Estimate(1, 2, 3, source).assumed is assumed
    assert Fact("topic", NAME, source).assumed is assumed


@pytest.mark.parametrize("field", ["topic", "source"])
def test_a_fact_needs_topic_and_source(field: str) -> None:
    (found,) = fields(fact(), **{field: "  "})
    assert found.endswith(f".{field}")


def test_words_numbers_and_facts_cannot_be_changed() -> None:
    """Frozen, and equal where they say the same."""
    for noun, field in ((NAME, "en"), (estimate(1), "low"), (fact(), "topic")):
        with pytest.raises(dataclasses.FrozenInstanceError):
            setattr(noun, field, getattr(noun, field))
        assert noun == dataclasses.replace(noun)


RANGES = ((60.0, 600.0, 1_800.0), (0.1, 0.25, 0.5), (1.0, 1.0, 3.0), (0.8, 1.0, 1.0))
DRAWS = 200_000


def sampled(estimate_: Estimate) -> NDArray[np.float64]:
    """Draw from what the shape says in words, without the quantile function."""
    low, central, high = estimate_.low, estimate_.central, estimate_.high
    generator = np.random.default_rng(20161020)
    if estimate_.shape == TRIANGULAR:
        return generator.triangular(low, central, high, DRAWS)
    ends = np.array([low, central, high])
    marks = np.log(ends) if estimate_.shape == SPLIT_LOG else ends
    under = generator.uniform(marks[0], marks[1], DRAWS)
    over = generator.uniform(marks[1], marks[2], DRAWS)
    values = np.where(generator.random(DRAWS) < 0.5, under, over)
    return np.exp(values) if estimate_.shape == SPLIT_LOG else values


@pytest.mark.parametrize("three", RANGES)
@pytest.mark.parametrize("shape", SHAPES)
def test_quantiles_are_those_of_many_draws(shape: str, three: tuple[float, float, float]) -> None:
    """The share of draws below the value of a share is that share, to four standard errors."""
    uneven = Estimate(*three, ASSUMED, shape)
    draws = sampled(uneven)
    for share in (0.01, 0.1, 0.25, 0.4, 0.6, 0.75, 0.9, 0.99):
        value = float(uneven.at(share))
        below, upto = (draws < value - 1e-12).mean(), (draws <= value + 1e-12).mean()
        slack = 4 * np.sqrt(share * (1 - share) / DRAWS)
        assert below - slack <= share <= upto + slack


@pytest.mark.parametrize("three", RANGES)
def test_a_triangle_is_that_of_the_textbook(three: tuple[float, float, float]) -> None:
    """Its mode is central; both ends and every share between."""
    low, central, high = three
    shares = np.linspace(0, 1, 101)
    expected = triang.ppf(shares, (central - low) / (high - low), loc=low, scale=high - low)
    assert Estimate(*three, ASSUMED, TRIANGULAR).at(shares) == pytest.approx(expected, abs=1e-9)


@given(
    st.lists(st.floats(1e-6, 1e6), min_size=3, max_size=3).map(sorted),
    st.sampled_from(SHAPES),
    st.floats(0, 1),
    st.floats(0, 1),
)
def test_quantiles_stay_in_the_range_and_in_order(
    three: list[float], shape: str, one: float, other: float
) -> None:
    """None is ever out of low to high; a greater share has no smaller value."""
    low, central, high = three
    made = Estimate(low, central, high, ASSUMED, shape)
    first, second = made.at(sorted((one, other)))
    assert low * (1 - 1e-9) <= first <= second * (1 + 1e-9)
    assert second <= high * (1 + 1e-9)


@given(st.floats(1e-6, 1e6), st.sampled_from(SHAPES), st.floats(0, 1))
def test_a_number_without_a_range_is_that_number(value: float, shape: str, share: float) -> None:
    """Whatever is drawn."""
    exact = Estimate(value, value, value, ASSUMED, shape)
    assert float(exact.at(share)) == pytest.approx(value, rel=1e-12)


@pytest.mark.parametrize("shape", [SPLIT, SPLIT_LOG])
def test_central_is_the_middle_of_what_is_split(shape: str) -> None:
    """Half of the draws lie below it, however far the ends are."""
    rate = Estimate(60, 600, 1_800, ASSUMED, shape)
    assert rate.at((0, 0.5, 1)) == pytest.approx((60, 600, 1_800))


def test_a_scale_of_logarithms_makes_equal_factors_equally_far() -> None:
    """A quarter of the way up from a tenth is the root of ten times as much."""
    rate = Estimate(1, 10, 1_000, ASSUMED, SPLIT_LOG)
    assert rate.at((0.25, 0.75)) == pytest.approx((np.sqrt(10), 100))


@pytest.mark.parametrize("shape", SHAPES)
def test_values_have_the_shape_of_the_shares(shape: str) -> None:
    """One a draw, in any array."""
    made = Estimate(1, 2, 3, ASSUMED, shape)
    assert made.at(np.full((4, 2), 0.3)).shape == (4, 2)
    assert made.at(0.3).dtype == np.float64


def test_an_unknown_shape_is_refused() -> None:
    assert fields(estimate(1), shape="bell") == ["estimate.shape"]


@given(st.floats(-1e6, 1e6), st.floats(0, 1e6))
def test_a_scale_of_logarithms_needs_numbers_above_zero(low: float, more: float) -> None:
    """Zero has no logarithm: refused at the low end, where it would begin."""
    assume(low + more <= 1e12)
    if low > 0:
        assert Estimate(low, low + more, low + more, ASSUMED, SPLIT_LOG).low == low
    else:
        told = refusal(lambda: Estimate(low, low + more, low + more, ASSUMED, SPLIT_LOG))
        assert told == [("estimate.low", "must be above 0 in the shape split-log")]
