"""A ledger's nouns refuse words that are not in their lists."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from clearway.errors import ScenarioError
from clearway.model.facts import Text
from clearway.model.ledger import LACKS, LEADS, Guarantee, LedgerWindow, Notice
from tests.scenarios import at_hour

NOTICE = Notice("notified", None, None, "", None, "")
ROW = Guarantee(
    corridor="C1",
    day=date(2016, 10, 20),
    party=Text("Party A", "الطرف أ"),
    level="gate",
    state="given",
    lacks="",
    evidence="letter",
    expires=None,
    told=None,
    record="",
    confirmation="",
    notice=NOTICE,
)


@pytest.mark.parametrize(
    ("field", "told"),
    [("level", "street"), ("state", "approved"), ("lacks", "nothing"), ("confirmation", "safe")],
)
def test_a_line_has_only_words_of_the_lists(field: str, told: str) -> None:
    with pytest.raises(ScenarioError, match=field):
        replace(ROW, **{field: told})  # type: ignore[arg-type]


@pytest.mark.parametrize(("field", "told"), [("state", "given"), ("lead", "soon")])
def test_a_notice_has_only_words_of_the_lists(field: str, told: str) -> None:
    with pytest.raises(ScenarioError, match=field):
        replace(NOTICE, **{field: told})  # type: ignore[arg-type]


def test_what_lacks_nothing_counts() -> None:
    assert ROW.counts
    assert not any(replace(ROW, lacks=lacks).counts for lacks in LACKS if lacks)


def test_a_notice_warns_when_somebody_has_to_see_to_it() -> None:
    warning = {lead for lead in LEADS if replace(NOTICE, lead=lead).warns}
    assert warning == {"notified late", "overdue", "no reply"}


def test_a_window_without_a_line_is_not_agreed() -> None:
    window = LedgerWindow("C1", ROW.day, at_hour(8), at_hour(10), False, ())
    assert not window.agreed
    assert replace(window, rows=(ROW,)).agreed
    lacking = replace(ROW, lacks="refused", notice=replace(NOTICE, lead="overdue"))
    both = replace(window, rows=(ROW, lacking))
    assert (both.agreed, both.missing, both.warnings) == (False, (lacking,), (lacking,))


def test_nobody_is_warned_of_whom_nobody_listed() -> None:
    nobody = replace(ROW, party=None, lacks="nobody listed", notice=replace(NOTICE, lead="overdue"))
    window = LedgerWindow("C1", ROW.day, at_hour(8), at_hour(10), over=False, rows=(nobody,))
    assert window.warnings == ()
