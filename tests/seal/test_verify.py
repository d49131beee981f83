"""Tampering: bits that flip, lines that go, come twice or move are all found, and named.

``make bench`` flips every bit of a log of 1,000 records.
"""

from __future__ import annotations

import dataclasses
import random
from itertools import combinations

import pytest

from clearway.model.record import Record
from clearway.seal.canonical import canonical, digest
from clearway.seal.chain import (
    head_of,
    record_from_bytes,
    record_to_bytes,
    record_to_json,
    seal,
    sign_head,
    signed_head_to_bytes,
)
from clearway.seal.lines import FAULTS, Fault, known_keys, read_line
from clearway.seal.verify import read_lines, relations, split, verify
from tests.seal.chains import START, export, joined, observed, writer, written

RECORDS = written(14)
LINES = export(RECORDS)
WHOLE = joined(LINES)
#: A log so small that all of it can be read anew for each bit.
SMALL = export(written(4))


def names(faults: tuple[Fault, ...]) -> list[tuple[str, str, int]]:
    """Return what is wrong and where, without the header's count, which follows from the rest."""
    return [(one.what, one.chain, one.number) for one in faults if one.what != "miscounted"]


def flipped(data: bytes, bit: int) -> bytes:
    """Return ``data`` with one bit that is not as it was."""
    other = bytearray(data)
    other[bit // 8] ^= 1 << bit % 8
    return bytes(other)


def place(line: bytes) -> tuple[str, int]:
    """Return chain and number of the record in a line."""
    record = next(one for one in RECORDS if record_to_bytes(one) == line)
    return record.chain, record.number


def test_a_log_as_it_was_written_has_no_fault() -> None:
    assert verify(WHOLE) == ()
    assert verify(joined(export([], writers=0))) == ()
    assert verify(WHOLE, [writer(0).fingerprint, writer(1).fingerprint]) == ()


def test_every_single_bit_that_flips_is_found() -> None:
    # Lines that did not change are read once; all that lines say of one another is looked at anew.
    keys, read = known_keys(SMALL), read_lines(SMALL)
    missed = []
    for row, line in enumerate(SMALL):
        if b'"public"' in line:
            continue  # What verifies all others: flipped in the next test, with all read anew.
        for bit in range(8 * len(line)):
            parts = flipped(line, bit).split(b"\n")
            lines = [read_line(part, row + 1, keys) for part in parts]
            if not relations((*read[:row], *lines, *read[row + 1 :])):
                missed.append((row, bit))
    assert missed == []


@pytest.mark.parametrize("what", ["keys", "ends", "some"])
def test_bits_that_flip_are_found_in_the_file_itself(what: str) -> None:
    whole = joined(SMALL)
    starts = [sum(len(line) + 1 for line in SMALL[:row]) for row in range(len(SMALL) + 1)]
    bits = {
        "keys": range(8 * starts[1], 8 * starts[3]),
        "ends": [8 * (start - 1) + bit for start in starts[1:] for bit in range(8)],
        "some": random.Random(1).sample(range(8 * len(whole)), 1000),  # noqa: S311 - lots
    }[what]
    assert len(bits) > 80
    assert [bit for bit in bits if not verify(flipped(whole, bit))] == []


@pytest.mark.parametrize("row", range(len(LINES)))
def test_every_line_that_is_dropped_is_found_and_named(row: int) -> None:
    faults = verify(joined(LINES[:row] + LINES[row + 1 :]))
    assert "miscounted" in {one.what for one in faults}
    if b'"before"' in LINES[row]:
        chain, number = place(LINES[row])
        assert {one[1:] for one in names(faults)} == {(chain, number)}
        assert {one[0] for one in names(faults)} <= {"dropped", "truncated"}
    elif b'"public"' in LINES[row]:
        assert {one.what for one in faults} == {"miscounted", "unknown key"}
    elif row:
        assert [one[0] for one in names(faults)] == ["truncated"]


def test_every_swap_is_found() -> None:
    for one, other in combinations(range(len(LINES)), 2):
        lines = list(LINES)
        lines[one], lines[other] = lines[other], lines[one]
        found = {fault.what for fault in verify(joined(lines))}
        assert found & {"moved", "miscounted"}, (one, other)


@pytest.mark.parametrize("row", range(len(LINES)))
def test_every_line_that_stands_twice_is_found(row: int) -> None:
    lines = [*LINES[: row + 1], LINES[row], *LINES[row + 1 :]]
    assert "repeated" in {one.what for one in verify(joined(lines))}


def test_every_truncation_is_found() -> None:
    small = joined(SMALL)
    assert [end for end in range(len(small)) if not verify(small[:end])] == []
    assert all(verify(joined(LINES[:rows])) for rows in range(len(LINES)))
    assert verify(WHOLE[:-1])
    assert verify(WHOLE + b"\n")
    assert verify(WHOLE + b"x")


def test_a_moved_record_is_named() -> None:
    rows = [row for row, line in enumerate(LINES) if b'"before"' in line]
    lines = list(LINES)
    line = lines.pop(rows[1])
    lines.insert(rows[-1], line)
    assert names(verify(joined(lines))) == [("moved", *place(line))]


def test_records_that_go_with_their_heads_are_told_by_those_who_saw_them() -> None:
    # The last record of the first writer's operations, and its head, are taken away.
    own = [one for one in RECORDS if (one.writer, one.chain) == _place_of(0, "operations")]
    gone = own[-1]
    assert any(head.hash == gone.hash for one in RECORDS for head in one.seen)
    rest = [one for one in RECORDS if one is not gone]
    assert verify(joined(export(rest))) == (
        Fault("truncated", gone.writer, "operations", gone.number, _missing(gone.number)),
    )


def test_a_whole_chain_that_is_gone_is_told_by_those_who_saw_it() -> None:
    rest = [one for one in RECORDS if one.writer == writer(1).fingerprint]
    lines = [line for line in export(rest) if writer(0).public.raw.hex().encode() not in line]
    lines[0] = lines[0].replace(b'"keys":2', b'"keys":1')
    found = verify(joined(lines))
    assert {(one.what, one.writer) for one in found} == {("truncated", writer(0).fingerprint)}
    assert {one.chain for one in found} == {"monitors", "operations"}


def test_a_chain_written_anew_is_a_fork_to_those_who_saw_the_first() -> None:
    own = [one for one in RECORDS if (one.writer, one.chain) == _place_of(0, "operations")]
    last = own[-1]
    other = _anew(last, "something else")
    lines = export([other if one is last else one for one in RECORDS])
    found = verify(joined(lines))
    assert {(one.what, one.number) for one in found} == {("forked", last.number)}


def test_a_record_in_the_middle_written_anew_does_not_fit_its_neighbours() -> None:
    own = [one for one in RECORDS if (one.writer, one.chain) == _place_of(0, "operations")]
    middle = own[1]
    lines = export([_anew(middle, "else") if one is middle else one for one in RECORDS])
    found = [one for one in verify(joined(lines)) if one.what == "forked"]
    assert {one.number for one in found} == {middle.number, middle.number + 1}


def test_a_record_signed_by_another_is_named() -> None:
    record = RECORDS[4]
    told = record_to_json(record)
    forged = canonical({**told, "signature": writer(2).sign(bytes.fromhex(record.hash)).hex()})
    lines = [forged if line == record_to_bytes(record) else line for line in LINES]
    assert names(verify(joined(lines))) == [("bad signature", record.chain, record.number)]


def test_a_writer_nobody_vouches_for_is_named() -> None:
    found = verify(WHOLE, [writer(0).fingerprint])
    assert [(one.what, one.writer) for one in found] == [("unknown key", writer(1).fingerprint)]


def test_a_stale_head_beside_the_new_one_is_named() -> None:
    own = [one for one in RECORDS if (one.writer, one.chain) == _place_of(0, "operations")]
    stale = signed_head_to_bytes(sign_head(head_of(own[-2]), writer(0)))
    end = signed_head_to_bytes(sign_head(head_of(own[-1]), writer(0)))
    at = LINES.index(end)
    lines = [*LINES[:at], stale, *LINES[at:]]
    lines[0] = lines[0].replace(b'"heads":4', b'"heads":5')
    assert names(verify(joined(lines))) == [("repeated", "operations", own[-2].number)]
    lines = [*LINES[:at], stale, *LINES[at + 1 :]]
    assert names(verify(joined(lines))) == [
        ("truncated", "operations", own[-1].number),
        ("repeated", "operations", own[-2].number),
    ]


@pytest.mark.parametrize(
    "data", [b"", b"\n", b"{}\n", b"\xff\n", b'{"clearway log":1}\n', b"[]\n" * 3, b"x" * 1000]
)
def test_any_file_at_all_is_told_apart(data: bytes) -> None:
    found = verify(data)
    assert found
    assert {one.what for one in found} <= set(FAULTS)
    assert all(str(one) for one in found)


def test_a_first_record_that_follows_another_is_named() -> None:
    after = dataclasses.replace(head_of(RECORDS[0]), number=1)
    second = seal(
        observed(1), writer(0), chain=RECORDS[0].chain, after=after, seen=(), written=START
    )
    told = {**record_to_json(second), "number": 1}
    for name in ("hash", "signature"):
        del told[name]
    lines = export([_signed(told)], writers=1)
    assert names(verify(joined(lines))) == [("dropped", RECORDS[0].chain, 1)]


def test_a_number_far_ahead_costs_no_time() -> None:
    after = dataclasses.replace(head_of(RECORDS[0]), number=2**52)
    ahead = seal(
        observed(1), writer(0), chain=RECORDS[0].chain, after=after, seen=(), written=START
    )
    found = verify(joined(export([ahead], writers=1)))
    assert names(found) == [("dropped", RECORDS[0].chain, 1)]
    assert "records 1 to 4503599627370496" in found[0].told


def test_the_lines_of_a_file_are_split_at_ends_alone() -> None:
    assert split(b"a\rb\x0bc\xe2\x80\xa8\n") == (b"a\rb\x0bc\xe2\x80\xa8",)
    assert split(b"") == ()
    assert split(b"a\nb")[0] == b"a"
    assert split(b"a\nb")[1] != b"b"


def _place_of(who: int, chain: str) -> tuple[str, str]:
    return writer(who).fingerprint, chain


def _missing(number: int) -> str:
    return f"record {number} is not there"


def _anew(record: Record, text: str) -> Record:
    """Return another record in the place of ``record``, by its own writer."""
    told = record_to_json(record)
    told["event"]["about"]["text"] = text
    del told["hash"], told["signature"]
    return _signed(told)


def _signed(told: dict[str, object]) -> Record:
    from_bytes = canonical(told)
    name = digest(from_bytes)
    signature = writer(0).sign(bytes.fromhex(name)).hex()
    return record_from_bytes(canonical({**told, "hash": name, "signature": signature}))
