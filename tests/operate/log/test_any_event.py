"""Whatever the kinds of event let through can be sealed, kept, merged and compared."""

from __future__ import annotations

from contextlib import closing
from datetime import UTC, datetime, timedelta
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clearway.model.event import KINDS, Event
from clearway.model.record import Head, Record
from clearway.operate.log.conflicts import conflicts, in_order, knew
from clearway.operate.log.opening import create_log, open_log
from clearway.seal.chain import (
    event_from_json,
    event_to_json,
    head_of,
    record_from_bytes,
    record_is_signed,
    record_to_bytes,
    seal,
)
from clearway.seal.verify import verify
from tests.operate.log.events import key
from tests.operate.log.exported import exported
from tests.operate.log.kinds import TEXTS, drawn_kinds, events

START = datetime(2016, 10, 19, tzinfo=UTC)
#: Kinds that contradict one another often where names are few.
FEW = st.sampled_from(["C1", "C2"])


def test_every_kind_is_drawn() -> None:
    assert drawn_kinds() == set(KINDS)


@given(event=events())
def test_an_event_comes_back_from_json(event: Event) -> None:
    again = event_from_json(event_to_json(event))
    assert again == event
    assert again.at.isoformat() == event.at.isoformat()


@settings(deadline=None)
@given(event=events(), written=st.integers(0, 10**6))
def test_a_record_comes_back_from_its_bytes(event: Event, written: int) -> None:
    head = Head("ab" * 8, "monitors", written + 1, "cd" * 32)
    record = seal(
        event,
        key(),
        chain="operations",
        after=None,
        seen=(head,),
        written=START + timedelta(microseconds=written),
    )
    data = record_to_bytes(record)
    assert record_from_bytes(data) == record
    assert record_to_bytes(record_from_bytes(data)) == data
    assert b"\n" not in data
    assert record_is_signed(record, key().public)


@settings(max_examples=20, deadline=None)
@given(drawn=st.lists(events(), min_size=1, max_size=8))
@pytest.mark.parametrize("secret", [None, "long enough"])
def test_any_events_are_kept_in_order(
    tmp_path_factory: pytest.TempPathFactory, secret: str | None, drawn: list[Event]
) -> None:
    path = tmp_path_factory.mktemp("any") / "log"
    with closing(create_log(path, key(), secret)) as log:
        records = [log.append(event) for event in drawn]
        kept, data = log.records(), exported(log)
        log.conflicts()
    with closing(open_log(path, None, secret)) as log:
        assert log.records() == kept == in_order(records)
        assert exported(log) == data
    assert verify(data) == ()
    assert [one.event for one in records] == drawn


@st.composite
def histories(draw: st.DrawFn) -> list[Record]:
    """Draw records of three writers, each of whom knows of some that were written before."""
    heads: dict[int, Head] = {}
    known: dict[int, dict[int, Head]] = {0: {}, 1: {}, 2: {}}
    records = []
    kinds = ("closure", "gate", "count", "window", "patient", "stop", "resume", "vehicle")
    for number, event in enumerate(draw(st.lists(events(kinds), min_size=2, max_size=12))):
        who = draw(st.integers(0, 2))
        other = draw(st.integers(0, 2))
        if draw(st.booleans()) and other != who:
            # A merge: all that the other knew, and has written, is known from here on.
            known[who] |= {one: head for one, head in known[other].items() if one != who}
            known[who] |= {other: heads[other]} if other in heads else {}
        few = {
            name: draw(FEW)
            for name in ("corridor", "day", "code", "vehicle")
            if name in event.about
        }
        about = {**event.about, **few, **({"trip": 1} if "trip" in event.about else {})}
        record = seal(
            Event(event.kind, event.at, about),
            key(who),
            chain="operations",
            after=heads.get(who),
            seen=tuple(head for one, head in known[who].items() if one != who),
            written=START + timedelta(seconds=number),
        )
        heads[who] = head_of(record)
        records.append(record)
    return records


@settings(deadline=None)
@given(records=histories(), order=st.randoms(use_true_random=False))
def test_conflicts_do_not_depend_on_how_the_log_came_together(
    records: list[Record], order: Random
) -> None:
    found = conflicts(records)
    shuffled = list(records)
    order.shuffle(shuffled)
    assert conflicts(shuffled) == found
    for one in found:
        assert one.one.writer != one.other.writer
        assert not knew(one.one, one.other)
        assert not knew(one.other, one.one)
        assert one.settled not in (one.one, one.other)
        if one.settled is not None:
            assert knew(one.settled, one.one)
            assert knew(one.settled, one.other)


@settings(deadline=None)
@given(records=histories())
def test_whoever_knew_all_before_them_contradicts_nobody(records: list[Record]) -> None:
    heads: dict[str, Head] = {}
    informed = []
    for number, record in enumerate(records):
        who = next(one for one in range(3) if key(one).fingerprint == record.writer)
        others = tuple(head for writer, head in heads.items() if writer != record.writer)
        again = seal(
            record.event,
            key(who),
            chain="operations",
            after=heads.get(record.writer),
            seen=others,
            written=START + timedelta(seconds=number),
        )
        heads[record.writer] = head_of(again)
        informed.append(again)
    assert conflicts(informed) == ()


@given(text=TEXTS)
def test_texts_drawn_are_texts_that_an_event_takes(text: str) -> None:
    told = {"corridor": "", "zone": "", "text": text}
    assert Event("observation", START, told).about["text"] == text
