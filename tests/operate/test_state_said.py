"""What records say together: in order, corrected, confirmed by another key."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from itertools import permutations
from typing import Any

import pytest

from clearway.model.event import Event
from clearway.operate.state_said import ALONE, CONFIRMED, DISPUTED, said
from tests.operate.events import SECOND, Pages
from tests.scenarios import at_hour


def _close(pages: Pages, hour: float, *, closed: bool = True) -> Any:
    return pages.tell("closure", hour, corridor="C1", closed=closed, reason="")


def _event(hour: float, *, closed: bool) -> dict[str, Any]:
    about = {"corridor": "C1", "closed": closed, "reason": ""}
    return {"kind": "closure", "at": at_hour(hour).isoformat(), "about": about}


def _correct(pages: Pages, hour: float, of: str, instead: dict[str, Any] | None) -> Any:
    return pages.tell("correction", hour, of=of, reason="wrong", instead=instead)


def test_records_are_put_in_the_order_of_what_happened_whatever_order_they_come_in() -> None:
    pages, other = Pages(), Pages(writer=SECOND)
    _close(pages, 9)
    _close(other, 8, closed=False)
    _close(pages, 8.5)
    records = [*pages.records, *other.records]
    found = [said(order) for order in permutations(records)]
    assert all(one == found[0] for one in found)
    assert [one.at for one in found[0].sayings] == [at_hour(8), at_hour(8.5), at_hour(9)]


def test_of_one_moment_what_was_written_first_comes_first() -> None:
    pages = Pages()
    first, second = _close(pages, 9), _close(pages, 9, closed=False)
    swapped = [
        replace(first, written=second.written + timedelta(seconds=9), hash="9" * 64),
        second,
    ]
    assert [one.record.hash for one in said(pages.records).sayings] == [first.hash, second.hash]
    assert [one.record.number for one in said(swapped).sayings] == [2, 1]


def test_a_record_that_stands_twice_counts_once() -> None:
    pages = Pages()
    _close(pages, 9)
    assert len(said(pages.records * 3).sayings) == 1


def test_until_a_moment_holds_what_happened_at_it() -> None:
    pages = Pages()
    _close(pages, 9)
    _close(pages, 10)
    found = said(pages.records)
    assert [one.at for one in found.until(at_hour(9))] == [at_hour(9)]
    assert found.until(at_hour(8)) == ()


def test_a_correction_takes_the_place_of_what_it_corrects_and_moves_it_in_time() -> None:
    pages = Pages()
    wrong = _close(pages, 9)
    _close(pages, 9.5, closed=False)
    fix = _correct(pages, 11, wrong.hash, _event(10, closed=True))
    found = said(pages.records).sayings
    assert [(one.at, one.event.about["closed"]) for one in found] == [
        (at_hour(9.5), False),
        (at_hour(10), True),
    ]
    assert found[1].record == fix


def test_a_correction_to_nothing_withdraws() -> None:
    pages = Pages()
    wrong = _close(pages, 9)
    _correct(pages, 11, wrong.hash, None)
    assert said(pages.records).sayings == ()


def test_of_two_corrections_the_last_holds() -> None:
    pages = Pages()
    wrong = _close(pages, 9)
    _correct(pages, 10, wrong.hash, None)
    _correct(pages, 11, wrong.hash, _event(9, closed=False))
    assert [one.event.about["closed"] for one in said(pages.records).sayings] == [False]


def test_a_correction_that_was_withdrawn_does_not_count() -> None:
    pages = Pages()
    record = _close(pages, 9)
    fix = _correct(pages, 10, record.hash, None)
    _correct(pages, 11, fix.hash, None)
    (one,) = said(pages.records).sayings
    assert one.record == record


def test_a_correction_can_itself_be_corrected() -> None:
    pages = Pages()
    record = _close(pages, 9)
    fix = _correct(pages, 10, record.hash, _event(9.1, closed=True))
    _correct(pages, 11, fix.hash, _event(9.2, closed=True))
    assert [one.at for one in said(pages.records).sayings] == [at_hour(9.2)]
    other = Pages()
    record = _close(other, 9)
    fix = _correct(other, 10, record.hash, None)
    about = {"of": record.hash, "reason": "so", "instead": _event(9.3, closed=True)}
    told = {"kind": "correction", "at": at_hour(10).isoformat(), "about": about}
    _correct(other, 11, fix.hash, told)
    assert [one.at for one in said(other.records).sayings] == [at_hour(9.3)]


def test_corrections_in_a_circle_end() -> None:
    pages = Pages()
    first = _correct(pages, 10, "0" * 64, None)
    second = _correct(pages, 10, first.hash, None)
    pages.records[0] = replace(first, event=Event("correction", first.event.at, _of(second.hash)))
    assert said(pages.records).sayings == ()


def _of(name: str) -> dict[str, Any]:
    return {"of": name, "reason": "circle", "instead": None}


@pytest.mark.parametrize(
    "instead",
    [
        {"kind": "nothing known", "at": "2016-10-20T09:00:00+03:00", "about": {}},
        {"kind": "closure", "at": "yesterday", "about": {}},
        {"kind": "closure", "at": None, "about": {}},
        {"kind": "closure", "at": "2016-10-20T09:00:00+03:00", "about": None},
        {"kind": ["closure"], "at": "2016-10-20T09:00:00+03:00", "about": {}},
        {"kind": "closure", "at": "2016-10-20T09:00:00", "about": {}},
    ],
)
def test_a_correction_that_cannot_be_read_changes_nothing_and_is_shown(
    instead: dict[str, Any],
) -> None:
    pages = Pages()
    record = _close(pages, 9)
    fix = _correct(pages, 10, record.hash, instead)
    found = said(pages.records)
    assert [one.record for one in found.sayings] == [record]
    assert [one.hash for one in found.odd] == [fix.hash]


def test_what_is_about_no_record_of_the_log_is_shown() -> None:
    pages = Pages()
    fix = _correct(pages, 10, "1" * 64, None)
    note = pages.tell("confirmation", 10, of="2" * 64, role="coordinator", agrees=True)
    assert {one.hash for one in said(pages.records).odd} == {fix.hash, note.hash}


def test_two_records_with_one_number_are_both_used_and_shown() -> None:
    pages, fork = Pages(), Pages()
    one, other = _close(pages, 9), _close(fork, 10, closed=False)
    found = said([*pages.records, *fork.records])
    assert len(found.sayings) == 2
    assert {odd.hash for odd in found.odd} == {one.hash, other.hash}


def test_only_another_key_confirms() -> None:
    pages, second = Pages(), Pages(writer=SECOND)
    record = _close(pages, 9)
    assert said(pages.records).sayings[0].confirmation == ALONE
    pages.tell("confirmation", 9.1, of=record.hash, role="coordinator", agrees=True)
    assert said(pages.records).sayings[0].confirmation == ALONE
    second.tell("confirmation", 9.2, of=record.hash, role="access officer", agrees=True)
    both = [*pages.records, *second.records]
    assert said(both).sayings[0].confirmation == CONFIRMED
    second.tell("confirmation", 9.3, of=record.hash, role="access officer", agrees=False)
    assert said([*pages.records, *second.records]).sayings[0].confirmation == DISPUTED


def test_a_confirmation_that_was_withdrawn_does_not_count() -> None:
    pages, second = Pages(), Pages(writer=SECOND)
    record = _close(pages, 9)
    note = second.tell("confirmation", 9.2, of=record.hash, role="officer", agrees=True)
    _correct(second, 9.4, note.hash, None)
    assert said([*pages.records, *second.records]).sayings[0].confirmation == ALONE


def test_a_confirmation_is_of_the_words_that_were_there() -> None:
    """What was corrected afterwards needs a second person anew."""
    pages, second = Pages(), Pages(writer=SECOND)
    record = _close(pages, 9)
    second.tell("confirmation", 9.2, of=record.hash, role="officer", agrees=True)
    fix = _correct(pages, 10, record.hash, _event(9.5, closed=True))
    assert said([*pages.records, *second.records]).sayings[0].confirmation == ALONE
    second.tell("confirmation", 10.2, of=fix.hash, role="officer", agrees=True)
    assert said([*pages.records, *second.records]).sayings[0].confirmation == CONFIRMED


@pytest.mark.parametrize("year", ["0001", "9999"])
def test_a_moment_that_cannot_be_compared_is_shown_and_not_used(year: str) -> None:
    pages = Pages()
    far = f"{year}-01-01T00:00:00+14:00"
    about = {"corridor": "C1", "day": "2016-10-20", "state": "opened"}
    hours = {"opens": at_hour(8).isoformat(), "closes": f"{year}-12-31T23:59:59-12:00"}
    first = pages.tell("window", 8, **about, **hours)
    second = pages.write(replace(_close(Pages(), 9).event, at=datetime.fromisoformat(far)))
    wrong = _close(pages, 9)
    fix = _correct(pages, 10, wrong.hash, {**_event(9, closed=True), "at": far})
    found = said(pages.records)
    assert found.sayings == ()
    assert {one.hash for one in found.odd} == {first.hash, second.hash, fix.hash}
