"""Whatever is told, a window is agreed exactly if all of R1 holds; checked one by one, slowly."""

from __future__ import annotations

import random
from datetime import datetime, timedelta
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from clearway.model.agreement import CONSENT_LEVELS, CONSENT_STATES, Agreement, Notification
from clearway.model.ledger import Ledger
from clearway.model.record import Record
from clearway.model.scenario import Scenario
from clearway.operate.ledger import ledger
from tests.operate.events import SECOND, Pages
from tests.scenarios import ASSUMED, at_hour, two_gates

PARTIES = ("Party A", "Party B")
CORRIDORS = ("C1", "C2")
DAY = "2016-10-20"


def _scenario() -> Scenario:
    """Return two corridors open from eight to ten, and notice due at six the day before."""
    told = Notification(None, timedelta(hours=26), ASSUMED)
    return two_gates().replace(agreement=Agreement(notification=told))


@st.composite
def logs(draw: st.DrawFn) -> list[Record]:
    """Draw what two writers tell of consents and notices, and what they confirm and correct."""
    writers = (Pages(), Pages(writer=SECOND))
    if draw(st.sampled_from((True, True, False))):  # else hardly any window would be agreed
        for level in CONSENT_LEVELS:
            writers[0].tell("consent", -31.0, **{**draw(_consents()), **_given(level)})
    for _ in range(draw(st.integers(0, 7))):
        pages = draw(st.sampled_from(writers))
        hour = float(draw(st.integers(-30, 7)))
        kind = draw(st.sampled_from(("consent",) * 8 + ("notice", "confirmation", "correction")))
        there = [one for some in writers for one in some.records]
        if kind == "consent":
            pages.tell("consent", hour, **draw(_consents()))
        elif kind == "notice":
            pages.tell("notice", hour, **draw(_notices()))
        elif there:
            of = draw(st.sampled_from(there)).hash
            if kind == "confirmation":
                pages.tell(kind, hour, of=of, role="officer", agrees=draw(st.booleans()))
            else:
                pages.tell(kind, hour, of=of, reason="wrong", instead=None)
    return [one for some in writers for one in some.records]


def _given(level: str) -> dict[str, Any]:
    told = {"party": "Party A", "level": level, "state": "given", "evidence": "letter"}
    return {**told, "corridors": ["C1", "C2"], "expires": None}


@st.composite
def _consents(draw: st.DrawFn) -> dict[str, Any]:
    state = draw(st.sampled_from(("given",) * 6 + CONSENT_STATES))
    ends = draw(st.sampled_from((None, None, None, 9.0, 10.0)))
    return {
        "id": draw(st.sampled_from(("A", "B"))),
        "party": draw(st.sampled_from(PARTIES)),
        "level": draw(st.sampled_from(CONSENT_LEVELS)),
        "corridors": draw(st.sampled_from((["C1"], ["C2"], ["C1", "C2"]))),
        "state": state,
        "evidence": draw(st.sampled_from(("letter", "letter", "letter", ""))),
        "expires": None if ends is None else at_hour(ends).isoformat(),
    }


@st.composite
def _notices(draw: st.DrawFn) -> dict[str, Any]:
    return {
        "party": draw(st.sampled_from(PARTIES)),
        "level": draw(st.sampled_from(CONSENT_LEVELS)),
        "corridors": draw(st.sampled_from(([], ["C1"]))),
        "window": DAY,
        "channel": "VHF 1",
        "state": draw(st.sampled_from(("notified", "acknowledged", "no reply"))),
        "evidence": "",
    }


def _said(records: list[Record], hour: float) -> list[Record]:
    """Return the records that stand and have happened, by looking at each correction in turn."""

    def stands(record: Record) -> bool:
        against = [
            one
            for one in records
            if one.event.kind == "correction" and one.event.about["of"] == record.hash
        ]
        return not any(stands(one) for one in against)

    found = [one for one in records if stands(one) and one.event.at <= at_hour(hour)]
    return sorted(found, key=lambda o: (o.event.at, o.written, o.writer, o.number))


def _agreed(records: list[Record], corridor: str, hour: float) -> bool:
    """Return whether R1 holds for a corridor, from its words alone."""
    told = _said(records, hour)
    listed: dict[tuple[str, str], Record | None] = {}
    for one in told:
        about = one.event.about
        if one.event.kind == "notice" and corridor in (about["corridors"] or CORRIDORS):
            listed.setdefault((about["party"], about["level"]), None)
        if one.event.kind == "consent" and corridor in about["corridors"]:
            if about["state"] == "given" and not about["evidence"]:
                continue
            listed[about["party"], about["level"]] = one
    levels = {level for _, level in listed}
    return levels == set(CONSENT_LEVELS) and all(
        one is not None and _counts(one, told, records) for one in listed.values()
    )


def _counts(one: Record, told: list[Record], records: list[Record]) -> bool:
    about = one.event.about
    ends = about["expires"]
    lasts = ends is None or datetime.fromisoformat(ends) >= at_hour(10)
    standing = _said(records, 1e4)
    against = [
        other
        for other in standing
        if other.event.kind == "confirmation"
        and other.event.about["of"] == one.hash
        and other.writer != one.writer
        and not other.event.about["agrees"]
    ]
    assert one in told
    return about["state"] == "given" and lasts and not against


def _ledger(records: list[Record], hour: float = 7.0) -> Ledger:
    return ledger(_scenario(), records, at_hour(hour))


@settings(max_examples=70, deadline=None)
@given(logs(), st.sampled_from((-20.0, 0.0, 7.0)))
def test_a_window_is_agreed_exactly_if_everybody_listed_consented(
    records: list[Record], hour: float
) -> None:
    for window in _ledger(records, hour).windows:
        assert window.agreed == _agreed(records, window.corridor, hour)
        assert window.agreed == (not window.missing)
        assert {row.level for row in window.rows} == set(CONSENT_LEVELS)


@settings(max_examples=30, deadline=None)
@given(logs(), st.randoms(use_true_random=False))
def test_the_order_in_which_logs_are_merged_does_not_matter(
    records: list[Record], shuffler: random.Random
) -> None:
    mixed = [*records, *records[:2]]
    shuffler.shuffle(mixed)
    assert _ledger(mixed) == _ledger(records)


@settings(max_examples=30, deadline=None)
@given(logs(), st.sampled_from(PARTIES), st.sampled_from(CONSENT_LEVELS))
def test_a_refusal_told_last_is_missing_by_name(
    records: list[Record], party: str, level: str
) -> None:
    third = Pages(writer="c" * 16)
    third.tell(
        "consent",
        7.5,
        id="last",
        party=party,
        level=level,
        corridors=["C1"],
        state="refused",
        evidence="",
        expires=None,
    )
    first, second = _ledger([*records, *third.records], 7.75).windows
    assert not first.agreed
    lacking = [(row.party.en, row.level, row.lacks) for row in first.missing if row.party]
    assert (party, level, "refused") in lacking
    assert second.agreed == _agreed(records, "C2", 7.75)


@settings(max_examples=30, deadline=None)
@given(logs(), st.sampled_from((-20.0, -17.0, 7.0)))
def test_notice_is_measured_by_the_first_that_was_sent(records: list[Record], hour: float) -> None:
    told = [one for one in _said(records, hour) if one.event.kind == "notice"]
    for row in _ledger(records, hour).rows:
        if row.party is None:
            continue
        own = [
            one
            for one in told
            if (one.event.about["party"], one.event.about["level"]) == (row.party.en, row.level)
            and row.corridor in (one.event.about["corridors"] or CORRIDORS)
        ]
        assert row.notice.due == at_hour(-18)
        if not own:
            assert row.notice.lead == ("not yet" if hour <= -18 else "overdue")
        elif own[-1].event.about["state"] == "no reply":
            assert row.notice.lead == "no reply"
        else:
            in_time = own[0].event.at <= at_hour(-18)
            assert row.notice.lead == ("in time" if in_time else "notified late")
