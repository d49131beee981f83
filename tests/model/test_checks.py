"""How nouns look at themselves: every breach is gathered, in words that a person can use."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from clearway.errors import Breach, ClearwayError, ScenarioError
from clearway.model.checks import Checks, frozen_array, shown


def breaches(checks: Checks) -> list[str]:
    """Return what was noted, one line each."""
    with pytest.raises(ScenarioError) as caught:
        checks.done()
    return [str(breach) for breach in caught.value.breaches]


def test_nothing_noted_raises_nothing() -> None:
    """A noun that holds is made without a word, as often as it is asked."""
    checks = Checks("zone N3")
    checks.that(True, "id", "N3", "must not be empty")
    checks.number("residential_m", 5, 0, 10)
    checks.unique("nodes", [1, 2, 3])
    checks.done()
    checks.that(False, "last", "", "must be there")
    assert breaches(checks) == ["scenario: zone N3.last: must be there"]


def test_every_breach_is_noted_in_order() -> None:
    """Not the first alone; each names the noun, the field, the value and the rule."""
    checks = Checks("gate C1")
    checks.that(False, "id", "", "must not be empty")
    checks.number("rate", -3.5, 0, 100)
    checks.unique("links", [4, 5, 4, 4])
    assert breaches(checks) == [
        "scenario: gate C1.id: must not be empty",
        "scenario: gate C1.rate = -3.5: must be a number from 0 to 100",
        "scenario: gate C1.links = 4: must be unique",
        "scenario: gate C1.links = 4: must be unique",
    ]


@pytest.mark.parametrize("value", [float("nan"), float("inf"), -float("inf"), -1e-9, 10.001])
def test_a_number_out_of_range_is_a_breach(value: float) -> None:
    """Neither below nor above, and nothing that is no number."""
    checks = Checks("x")
    checks.number("y", value, 0, 10)
    assert breaches(checks)[0].endswith("must be a number from 0 to 10")


@given(st.floats(-1e6, 1e6), st.floats(0, 1e6))
def test_the_ends_of_a_range_belong_to_it(low: float, width: float) -> None:
    """From and to, both included."""
    checks = Checks("x")
    for value in (low, low + width, low + width / 2):
        checks.number("y", value, low, low + width)
    checks.number("z", low - 1, low, low + width)
    assert len(breaches(checks)) == 1


@given(st.lists(st.integers(0, 5)))
def test_as_many_repeats_are_noted_as_there_are(ids: list[int]) -> None:
    """Every one after the first of its kind."""
    checks = Checks("x")
    checks.unique("ids", ids)
    checks.that(False, "last", "", "must be there")
    assert len(breaches(checks)) == len(ids) - len(set(ids)) + 1


@given(st.text())
def test_a_value_is_shown_in_sixty_letters_at_most(text: str) -> None:
    """Short ones as they are, long ones with a sign that more stood there."""
    assert len(shown(text)) <= 60
    assert shown(text) == text if len(text) <= 60 else shown(text).endswith("…")
    assert text.startswith(shown(text).removesuffix("…"))


def test_a_breach_tells_file_and_row_where_it_has_them() -> None:
    """As an editor counts; a whole file has no row."""
    assert str(Breach("demand.csv", 3, "size", "0", "must be 1 to 9")) == (
        "demand.csv:3: size = 0: must be 1 to 9"
    )
    assert str(Breach("demand.csv", 0, "size", "", "must be a column")) == (
        "demand.csv: size: must be a column"
    )


def test_an_error_says_how_many_and_each_on_a_line() -> None:
    """One breach is not called breaches."""
    one, two = Breach("a", 1, "b", "c", "d"), Breach("e", 2, "f", "g", "h")
    assert str(ScenarioError((one,))).splitlines() == ["1 breach", str(one)]
    assert str(ScenarioError((one, two))).splitlines() == ["2 breaches", str(one), str(two)]
    assert isinstance(ScenarioError((one,)), ClearwayError)


def test_a_frozen_array_is_a_copy_that_cannot_be_written() -> None:
    """What the caller does to his own array later changes nothing."""
    mine = np.array([1, 2, 3])
    kept = frozen_array(mine, np.float64)
    mine[0] = 99
    assert kept.tolist() == [1.0, 2.0, 3.0]
    with pytest.raises(ValueError, match="read-only"):
        kept[0] = 5
