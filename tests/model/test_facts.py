"""Words in two languages, numbers with a range, facts with a source."""

from __future__ import annotations

import dataclasses

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clearway.errors import ScenarioError
from clearway.model.facts import Estimate, Fact, Text
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
