"""The ledger of guarantees: agreed only by all, in time, with evidence; the missing by name."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from clearway.model.agreement import Agreement, Consent, Contact, Notification
from clearway.model.facts import Text
from clearway.model.ledger import (
    ABSENT,
    ALONE,
    CONFIRMED,
    DISPUTED,
    ENDS_BEFORE,
    IN_TIME,
    NO_RECORD,
    NOBODY,
    NOT_GIVEN,
    NOT_YET,
    NOTHING,
    NOTIFIED_LATE,
    OVERDUE,
    WAS_REFUSED,
    WAS_WITHDRAWN,
    Guarantee,
    Ledger,
    LedgerWindow,
)
from clearway.model.scenario import Scenario
from clearway.operate.ledger import ledger
from tests.operate.events import SECOND, Pages
from tests.scenarios import ASSUMED, at_hour, two_days, two_gates

A, B = Text("Party A", "الطرف أ"), Text("Party B", "الطرف ب")
DAY = date(2016, 10, 20)
LEVELS = ("headquarters", "local", "gate")


def _consent(name: str, party: Text, level: str, **changes: object) -> Consent:
    told = {
        "corridors": ("C1",),
        "state": "given",
        "evidence": "letter of 18 October",
        "expires": None,
        "source": ASSUMED,
        **changes,
    }
    return Consent(name, party, level, **told)  # type: ignore[arg-type]


def _whole(**changes: object) -> Scenario:
    """Return two corridors; for C1 party A consented at all levels, until 12:00 at the gate."""
    consents = (
        _consent("A1", A, "headquarters"),
        _consent("A2", A, "local"),
        _consent("A3", A, "gate", expires=at_hour(12)),
    )
    agreement = Agreement(**{"consents": consents, **changes})  # type: ignore[arg-type]
    return two_gates().replace(agreement=agreement)


def _ledger(scenario: Scenario, hour: float = 7, *pages: Pages) -> Ledger:
    return ledger(scenario, [one for some in pages for one in some.records], at_hour(hour))


def _window(scenario: Scenario, hour: float = 7, *pages: Pages) -> LedgerWindow:
    return _ledger(scenario, hour, *pages).window("C1", DAY)


def _row(window: LedgerWindow, party: Text | None, level: str) -> Guarantee:
    (found,) = [row for row in window.rows if (row.party, row.level) == (party, level)]
    return found


def _say(pages: Pages, hour: float, party: Text = A, level: str = "local", **told: object) -> str:
    about = {
        "id": "L9",
        "party": party.en,
        "level": level,
        "corridors": ["C1"],
        "state": "given",
        "evidence": "letter",
        "expires": None,
        **told,
    }
    return pages.tell("consent", hour, **about).hash


def test_a_window_is_agreed_when_every_party_consented_at_every_level_until_it_closes() -> None:
    found = _window(_whole())
    assert found.agreed
    assert found.missing == ()
    assert [row.level for row in found.rows] == list(LEVELS)
    assert all(row.confirmation == NO_RECORD for row in found.rows)


def test_a_window_that_nobody_is_listed_for_is_not_agreed() -> None:
    other = _ledger(_whole()).window("C2", DAY)
    assert not other.agreed
    assert [(row.party, row.level, row.lacks) for row in other.missing] == [
        (None, level, NOBODY) for level in LEVELS
    ]
    assert other.warnings == ()


@pytest.mark.parametrize("level", LEVELS)
def test_one_level_without_anybody_is_enough_to_be_missing(level: str) -> None:
    scenario = _whole()
    kept = tuple(one for one in scenario.agreement.consents if one.level != level)
    found = _window(scenario.replace(agreement=Agreement(consents=kept)))
    assert [(row.level, row.lacks) for row in found.missing] == [(level, NOBODY)]


@pytest.mark.parametrize(
    ("state", "lacks"),
    [
        ("notified", NOT_GIVEN),
        ("acknowledged", NOT_GIVEN),
        ("no reply", NOT_GIVEN),
        ("refused", WAS_REFUSED),
        ("withdrawn", WAS_WITHDRAWN),
    ],
)
def test_only_consent_counts(state: str, lacks: str) -> None:
    pages = Pages()
    _say(pages, 6, state=state, evidence="")
    found = _window(_whole(), 7, pages)
    assert not found.agreed
    assert [(row.party, row.level, row.state, row.lacks) for row in found.missing] == [
        (A, "local", state, lacks)
    ]


def test_a_consent_that_ends_before_the_closing_does_not_count() -> None:
    scenario = _whole()
    pages = Pages()
    pages.window("C1", "announced", 7, (8, 12))
    assert _window(scenario, 7.5, pages).agreed
    pages.window("C1", "announced", 7.6, (8, 12.5))
    found = _window(scenario, 7.7, pages)
    assert [(row.level, row.lacks) for row in found.missing] == [("gate", ENDS_BEFORE)]
    _say(pages, 7.8, level="gate", expires=at_hour(13).isoformat())
    assert _window(scenario, 7.9, pages).agreed


def test_a_consent_of_one_day_is_none_of_the_next() -> None:
    consents = tuple(
        _consent(f"A{n}", A, level, expires=at_hour(20)) for n, level in enumerate(LEVELS)
    )
    scenario = two_days().replace(agreement=Agreement(consents=consents))
    found = _ledger(scenario, 7)
    assert [window.agreed for window in found.windows] == [True, False]
    assert {row.lacks for row in found.windows[1].rows} == {ENDS_BEFORE}


def test_parties_are_listed_by_consents_contacts_and_notices() -> None:
    contact = Contact(B, "gate", (), A, "VHF 12", "courier", A, ASSUMED)
    pages = Pages()
    pages.tell("notice", 6, **_notice(party="Party C", level="local"))
    found = _window(_whole(contacts=(contact,)), 7, pages)
    assert [(row.party.en if row.party else "", row.level, row.lacks) for row in found.missing] == [
        ("Party C", "local", ABSENT),
        ("Party B", "gate", ABSENT),
    ]
    row = _row(found, B, "gate")
    assert (row.channel, row.backup, row.role, row.if_lost) == ("VHF 12", "courier", A, A)
    assert row.state == NOTHING
    assert _row(found, A, "gate").channel is None


def test_what_a_party_says_later_takes_the_place_of_what_it_said() -> None:
    pages = Pages()
    first = _say(pages, 5, B, "gate", state="refused", evidence="")
    given = _say(pages, 6, B, "gate")
    found = _window(_whole(), 7, pages)
    assert found.agreed
    named = Text("Party B", "Party B")  # the scenario does not know it: as the log has it
    row = _row(found, named, "gate")
    assert (row.record, row.told, row.evidence) == (given, at_hour(6), "letter")
    earlier = _row(_window(_whole(), 5.5, pages), named, "gate")
    assert (earlier.record, earlier.lacks) == (first, WAS_REFUSED)


def test_of_two_consents_that_the_scenario_has_of_one_seat_the_worse_counts() -> None:
    late = _consent("A4", A, "local", expires=at_hour(9))
    none = _consent("A5", A, "local", state="notified", evidence="")
    whole = _whole().agreement.consents
    assert _row(_window(_whole(consents=(*whole, late))), A, "local").lacks == ENDS_BEFORE
    assert _row(_window(_whole(consents=(late, *whole))), A, "local").lacks == ENDS_BEFORE
    both = _whole(consents=(none, *whole, late))
    assert _row(_window(both), A, "local").lacks == NOT_GIVEN


def test_a_second_key_confirms_a_consent_and_one_that_disagrees_takes_it_away() -> None:
    pages, second = Pages(), Pages(writer=SECOND)
    name = _say(pages, 6)
    assert _row(_window(_whole(), 7, pages), A, "local").confirmation == ALONE
    pages.tell("confirmation", 6.1, of=name, role="officer", agrees=True)
    assert _row(_window(_whole(), 7, pages), A, "local").confirmation == ALONE
    second.tell("confirmation", 6.2, of=name, role="coordinator", agrees=True)
    assert _row(_window(_whole(), 7, pages, second), A, "local").confirmation == CONFIRMED
    second.tell("confirmation", 6.3, of=name, role="coordinator", agrees=False)
    found = _window(_whole(), 7, pages, second)
    row = _row(found, A, "local")
    assert (row.confirmation, row.lacks, found.agreed) == (DISPUTED, DISPUTED, False)


def test_a_consent_that_was_corrected_away_does_not_count() -> None:
    pages = Pages()
    name = _say(pages, 6, state="withdrawn")
    assert not _window(_whole(), 7, pages).agreed
    pages.tell("correction", 6.5, of=name, reason="of another corridor", instead=None)
    found = _window(_whole(), 7, pages)
    assert found.agreed
    assert {row.record for row in found.rows} == {""}


def _notice(**changes: object) -> dict[str, object]:
    return {
        "party": "Party A",
        "level": "local",
        "corridors": ["C1"],
        "window": "2016-10-20",
        "channel": "VHF 12",
        "state": "notified",
        "evidence": "",
        **changes,
    }


def _noticed(lead_h: float, sent: float | None = None) -> Scenario:
    """Return windows of 08:00 that notice must be given of so many hours before."""
    moment = None if sent is None else at_hour(sent)
    return _whole(notification=Notification(moment, timedelta(hours=lead_h), ASSUMED))


def test_notice_is_due_the_lead_time_before_the_opening() -> None:
    scenario = _noticed(48)
    before, after = (_row(_window(scenario, hour), A, "local").notice for hour in (-41, -39))
    assert before.due == at_hour(-40)
    assert (before.lead, before.warns, before.state) == (NOT_YET, False, NOTHING)
    assert (after.lead, after.warns) == (OVERDUE, True)
    assert [row.level for row in _window(scenario, -39).warnings] == list(LEVELS)


def test_a_notice_in_time_or_late() -> None:
    scenario = _noticed(24)
    pages = Pages()
    pages.tell("notice", -17, **_notice())
    pages.tell("notice", -15, **_notice(level="gate"))
    pages.tell("notice", -14, **_notice(state="acknowledged"))
    found = _window(scenario, -13, pages)
    local, gate, top = (_row(found, A, level).notice for level in ("local", "gate", "headquarters"))
    assert (local.lead, local.state, local.first, local.at) == (
        IN_TIME,
        "acknowledged",
        at_hour(-17),
        at_hour(-14),
    )
    assert (gate.lead, gate.channel, gate.warns) == (NOTIFIED_LATE, "VHF 12", True)
    assert top.lead == OVERDUE


def test_no_reply_is_a_warning_until_something_comes_back() -> None:
    scenario = _noticed(24)
    pages = Pages()
    pages.tell("notice", -20, **_notice(state="no reply"))
    assert _row(_window(scenario, -19, pages), A, "local").notice.lead == "no reply"
    pages.tell("notice", -18, **_notice(state="acknowledged"))
    assert _row(_window(scenario, -17, pages), A, "local").notice.lead == IN_TIME


def test_an_announcement_to_all_is_a_notice_to_each_from_when_it_was_sent() -> None:
    scenario = _noticed(24, sent=-18)
    assert _row(_window(scenario, -19), A, "gate").notice.lead == NOT_YET
    found = _row(_window(scenario, -17), A, "gate").notice
    assert (found.lead, found.state, found.first) == (IN_TIME, "notified", at_hour(-18))
    assert _row(_window(_noticed(48, sent=-18), 7), A, "gate").notice.lead == NOTIFIED_LATE


def test_notices_are_about_one_corridor_and_one_day() -> None:
    scenario = _noticed(24)
    pages = Pages()
    pages.tell("notice", -20, **_notice(window="2016-10-21"))
    pages.tell("notice", -20, **_notice(corridors=["C2"]))
    pages.tell("notice", -20, **_notice(window="some day"))
    assert _row(_window(scenario, -19, pages), A, "local").notice.state == NOTHING
    pages.tell("notice", -20, **_notice(corridors=[]))
    assert _row(_window(scenario, -19, pages), A, "local").notice.state == "notified"


def test_without_a_lead_time_there_is_no_warning() -> None:
    row = _row(_window(_whole()), A, "local")
    assert (row.notice.due, row.notice.lead, row.notice.warns) == (None, "", False)


def test_notice_is_counted_back_from_the_opening_as_it_is_known() -> None:
    scenario = _noticed(24)
    pages = Pages()
    pages.window("C1", "announced", -20, (10, 12))
    found = _window(scenario, -15, pages)
    assert found.opens == at_hour(10)
    assert _row(found, A, "local").notice.due == at_hour(-14)
    late = _window(scenario, 11, pages)
    assert late.opens == at_hour(8)  # nobody said that it opened; announced first for eight
    assert not late.over
    assert _window(scenario, 13, pages).over


def test_windows_come_by_their_opening_then_by_corridor() -> None:
    found = _ledger(two_gates(windows=((2, 8, 10), (1, 9, 10), (1, 32, 33), (2, 32, 33))))
    assert [(one.corridor, one.day.day) for one in found.windows] == [
        ("C2", 20),
        ("C1", 20),
        ("C1", 21),
        ("C2", 21),
    ]
    assert len(found.rows) == 12
    with pytest.raises(KeyError):
        found.window("C9", DAY)


def test_the_order_of_records_does_not_matter() -> None:
    pages, second = Pages(), Pages(writer=SECOND)
    name = _say(pages, 6)
    _say(pages, 6.5, B, "gate", state="refused", evidence="")
    second.tell("confirmation", 6.2, of=name, role="coordinator", agrees=True)
    records = [*pages.records, *second.records]
    now = at_hour(7)
    assert ledger(_whole(), records, now) == ledger(_whole(), records[::-1], now)
