"""Records as bytes: what is sealed, and what is no record."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest

from clearway.errors import LogError
from clearway.model.event import Event
from clearway.model.record import Head, Record
from clearway.seal.canonical import canonical, digest
from clearway.seal.chain import (
    NOTHING_BEFORE,
    event_from_json,
    head_is_signed,
    head_of,
    record_from_bytes,
    record_is_signed,
    record_to_bytes,
    record_to_json,
    seal,
    sign_head,
    signed_head_from_bytes,
    signed_head_to_bytes,
)
from tests.seal.chains import START, observed, writer, written

SEEN = (Head("ff" * 8, "monitors", 4, "ab" * 32), Head("00" * 8, "operations", 2, "cd" * 32))


@pytest.fixture
def record() -> Record:
    """Return a first record that had seen two other chains."""
    return seal(observed(1), writer(0), chain="operations", after=None, seen=SEEN, written=START)


def test_a_record_says_what_it_is_and_what_it_knew(record: Record) -> None:
    assert (record.writer, record.chain, record.number) == (writer(0).fingerprint, "operations", 1)
    assert record.before == NOTHING_BEFORE == digest(b"")
    assert record.seen == SEEN[::-1]
    told = record_to_json(record)
    hashed = {name: told[name] for name in told if name not in ("hash", "signature")}
    assert record.hash == digest(canonical(hashed))
    assert writer(0).public.verifies(bytes.fromhex(record.signature), bytes.fromhex(record.hash))
    assert record_is_signed(record, writer(0).public)
    assert not record_is_signed(record, writer(1).public)
    assert record_from_bytes(record_to_bytes(record)) == record


def test_a_record_follows_the_one_before_it(record: Record) -> None:
    after = head_of(record)
    other = seal(observed(2), writer(0), chain="operations", after=after, seen=(), written=START)
    assert (other.number, other.before) == (2, record.hash)
    for key, chain in ((writer(1), "operations"), (writer(0), "monitors")):
        with pytest.raises(LogError, match="another chain"):
            seal(observed(2), key, chain=chain, after=after, seen=(), written=START)


def test_moments_keep_their_zone_and_records_are_written_in_utc() -> None:
    damascus = timezone(timedelta(hours=3))
    at = datetime(2016, 10, 20, 11, 20, 5, 250000, damascus)
    event = Event("closure", at, {"corridor": "C1", "closed": True, "reason": "عاجل"})
    record = seal(event, writer(0), chain="operations", after=None, seen=(), written=at)
    assert record.event.at.isoformat() == "2016-10-20T11:20:05.250000+03:00"
    assert record.written.isoformat() == "2016-10-20T08:20:05.250000+00:00"
    assert record.written.tzinfo == UTC
    assert dict(record.event.about) == dict(event.about)


def test_a_head_is_signed_for_itself(record: Record) -> None:
    signed = sign_head(head_of(record), writer(0))
    assert head_is_signed(signed, writer(0).public)
    assert not head_is_signed(signed, writer(1).public)
    assert signed_head_from_bytes(signed_head_to_bytes(signed)) == signed
    # Neither signature stands for the other.
    assert signed.signature != record.signature
    moved = sign_head(Head(record.writer, "monitors", 1, record.hash), writer(0))
    assert moved.signature != signed.signature


BROKEN: list[tuple[dict[str, Any], str]] = [
    ({"number": 0}, "number"),
    ({"number": True}, "number"),
    ({"number": 1.5}, "number"),
    ({"number": "1"}, "number"),
    ({"chain": "other"}, "chain"),
    ({"chain": ["operations"]}, "chain"),
    ({"writer": "ABCDEF0123456789"}, "writer"),
    ({"hash": "0" * 63}, "hash"),
    ({"hash": "0" * 64}, "hash"),
    ({"before": None}, "before"),
    ({"signature": "g" * 128}, "signature"),
    ({"written": "2016-10-20T08:00:00+03:00"}, "written"),
    ({"written": "2016-10-20T08:00:00Z"}, "written"),
    ({"written": "2016-10-20T08:00:00"}, "written"),
    ({"written": 5}, "written"),
    ({"seen": {}}, "seen"),
    ({"seen": [5]}, "seen"),
    ({"seen": [{"chain": "operations"}]}, "seen"),
    ({"event": []}, "event"),
    ({"event": {"about": {}, "at": "2016-10-20T08:00:00+03:00"}}, "event"),
    ({"event": {"about": [], "at": "2016-10-20T08:00:00+03:00", "kind": "stop"}}, "event"),
    ({"event": {"about": {}, "at": "today", "kind": "stop"}}, "event"),
    ({"event": {"about": {}, "at": "2016-10-20T08:00:00+03:00", "kind": "x"}}, "event x.kind"),
    ({"more": 1}, "record"),
]


@pytest.mark.parametrize(("change", "field"), BROKEN)
def test_what_is_no_record_is_refused(record: Record, change: dict[str, Any], field: str) -> None:
    data = canonical({**record_to_json(record), **change})
    with pytest.raises(LogError) as caught:
        record_from_bytes(data, "day.jsonl", 17)
    assert [one.field for one in caught.value.breaches] == [field]
    assert {(one.file, one.row) for one in caught.value.breaches} == {("day.jsonl", 17)}


def test_every_breach_is_told(record: Record) -> None:
    data = canonical({**record_to_json(record), "number": 0, "chain": "x", "before": ""})
    with pytest.raises(LogError) as caught:
        record_from_bytes(data)
    assert [one.field for one in caught.value.breaches] == ["chain", "number", "before"]


def test_heads_seen_stand_in_order_and_once(record: Record) -> None:
    told = record_to_json(record)
    for seen in (told["seen"][::-1], [told["seen"][0]] * 2):
        with pytest.raises(LogError, match="seen"):
            record_from_bytes(canonical({**told, "seen": seen}))


def test_other_bytes_of_the_same_json_are_refused(record: Record) -> None:
    told = record_to_json(record)
    for data in (
        json.dumps(told, ensure_ascii=False).encode(),
        json.dumps(told, sort_keys=True, separators=(",", ":")).encode(),
        record_to_bytes(record) + b" ",
        b"[]",
        b"{",
    ):
        with pytest.raises(LogError):
            record_from_bytes(data)


@pytest.mark.parametrize("change", [{"number": 0}, {"signature": ""}, {"writer": 1}, {"x": 1}])
def test_what_is_no_head_is_refused(record: Record, change: dict[str, Any]) -> None:
    signed = sign_head(head_of(record), writer(0))
    told = {**json.loads(signed_head_to_bytes(signed)), **change}
    with pytest.raises(LogError):
        signed_head_from_bytes(canonical(told))


def test_an_event_of_json_obeys_its_kind() -> None:
    told = {"about": {"corridor": "C1", "closed": "yes"}, "at": START.isoformat()}
    with pytest.raises(LogError) as caught:
        event_from_json({**told, "kind": "closure"}, "stdin")
    assert [one.field for one in caught.value.breaches] == [
        "event closure.closed",
        "event closure.reason",
    ]
    assert {one.file for one in caught.value.breaches} == {"stdin"}


def test_chains_of_writers_who_take_turns_hold_together() -> None:
    records = written(12)
    by_hash = {one.hash: one for one in records}
    for one in records:
        before = by_hash.get(one.before)
        assert one.number == (1 if before is None else before.number + 1)
        assert all(by_hash[head.hash].number == head.number for head in one.seen)
