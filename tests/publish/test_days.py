"""Days and hours as people read them: short enough for a table's cell, in local time."""

from __future__ import annotations

import pytest

from clearway.publish.days import Calendar
from clearway.publish.isolate import unisolated
from clearway.publish.words import words
from tests.publish.packs import MARKS
from tests.scenarios import two_gates


@pytest.mark.parametrize(
    ("seconds", "english"),
    [(0, "Thu 20 08:00"), (15 * 60 + 59, "Thu 20 08:15"), (16 * 3600, "Fri 21 00:00")],
)
def test_a_moment_fits_a_cell_with_its_day(seconds: float, english: str) -> None:
    calendar = Calendar(two_gates(), words("en"))
    assert calendar.short_at(seconds) == english


def test_in_arabic_its_numbers_are_isolated_and_the_day_has_its_name() -> None:
    told = Calendar(two_gates(), words("ar")).short_at(0)
    assert unisolated(told) == []
    assert told.translate(MARKS).split()[-2:] == ["20", "08:00"]
    assert "الخميس" in told
