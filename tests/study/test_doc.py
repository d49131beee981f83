"""What ``docs/history.md`` says came of the cases is what comes of them."""

from __future__ import annotations

import re
from typing import Final

import pytest

from clearway.study.history import history
from tests.house.files import ROOT

PAGE: Final = (ROOT / "docs" / "history.md").read_text("utf-8")
ROW: Final = re.compile(
    r"^\| ([^|]+) \| (\S+) to (\S+) \| (\S+) \| (\S+) \| \S+ % \| (.+) \|$", re.MULTILINE
)
#: Half the members of the page's run; the ends of intervals then move by less than this part.
MEMBERS: Final = 200
MOVES: Final = 0.45


def test_the_page_has_every_record_with_the_interval_that_comes() -> None:
    found = history(ROOT / "examples" / "history", members=MEMBERS)
    rows = ROW.findall(PAGE)
    told = [(row[0], _number(row[4]), row[5] == "hit") for row in rows]
    assert told == [(one.recorded.label.en, one.recorded.persons, one.hit) for one in found.trials]
    for row, trial in zip(rows, found.trials, strict=True):
        assert _number(row[1]) == pytest.approx(trial.low, rel=MOVES), trial
        assert _number(row[2]) == pytest.approx(trial.high, rel=MOVES), trial
    hits = found.hits
    assert f"**{hits.hits} hits of {hits.of}**" in PAGE
    assert f"would have {found.expected_hits:g}" in PAGE


def _number(text: str) -> int:
    return int(text.replace(",", ""))
