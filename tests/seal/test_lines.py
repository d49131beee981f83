"""One line by itself: what it is, and what can still be made out of a damaged one."""

from __future__ import annotations

import random

import pytest

from clearway.errors import LogError
from clearway.seal.canonical import canonical
from clearway.seal.lines import (
    HEAD,
    HEADER,
    KEY,
    RECORD,
    Fault,
    Place,
    header_line,
    key_from_line,
    key_line,
    known_keys,
    read_line,
)
from tests.seal.chains import export, observed, writer, written

RECORDS = written(8)
LINES = export(RECORDS)
KEYS = known_keys(LINES)


def sorts() -> list[int]:
    """Return what each line is."""
    return [read_line(line, row, KEYS).place.sort for row, line in enumerate(LINES)]


def test_each_line_is_known_for_what_it_is() -> None:
    assert sorts() == [HEADER, KEY, KEY, *[RECORD] * 8, *[HEAD] * 4]
    read = [read_line(line, row, KEYS) for row, line in enumerate(LINES, start=1)]
    assert [one.row for one in read] == list(range(1, 16))
    assert [one.data for one in read] == LINES
    assert {one.faults for one in read} == {()}
    assert [one.key is not None for one in read] == [one == KEY for one in sorts()]
    assert [one.record is not None for one in read] == [one == RECORD for one in sorts()]
    assert [one.head is not None for one in read] == [one == HEAD for one in sorts()]


def test_the_place_of_a_line_is_what_it_says_of_itself() -> None:
    for row, line in enumerate(LINES):
        one = read_line(line, row, KEYS)
        if one.record is not None:
            told = one.record
            assert one.place == Place(RECORD, told.writer, told.chain, told.number, told.hash)
        if one.head is not None:
            head = one.head.head
            assert one.place == Place(HEAD, head.writer, head.chain, head.number, head.hash)
        if one.key is not None:
            assert one.place == Place(KEY, one.key.fingerprint)


def test_lines_of_an_export_stand_in_the_order_of_their_places() -> None:
    places = [read_line(line, row, KEYS).place for row, line in enumerate(LINES)]
    assert places == sorted(places)
    assert len(set(places)) == len(places)


@pytest.mark.parametrize("row", [row for row, sort in enumerate(sorts()) if sort in (RECORD, HEAD)])
def test_a_damaged_line_is_named_by_what_is_left_of_it(row: int) -> None:
    whole = read_line(LINES[row], row, KEYS).place
    draws = random.Random(row)  # noqa: S311 - lots, no secrets
    bits = draws.sample(range(8 * len(LINES[row])), 60)
    named = 0
    for bit in bits:
        flipped = bytearray(LINES[row])
        flipped[bit // 8] ^= 1 << bit % 8
        one = read_line(bytes(flipped), row, KEYS)
        assert len(one.faults) == 1
        assert one.faults[0].row == row
        found = (one.faults[0].writer, one.faults[0].chain, one.faults[0].number)
        named += found == (whole.writer, whole.chain, whole.number)
    # Unless the bit is one of its name, which is a third of a head and less of a record.
    assert named > 0.6 * len(bits)


@pytest.mark.parametrize(
    ("name", "what"),
    [
        ("at", "flipped"),
        ("number", "flipped"),
        ("before", "flipped"),
        ("hash", "flipped"),
        ("signature", "bad signature"),
        ("kind", "unreadable"),
        ("chain", "unreadable"),
    ],
)
def test_what_changed_decides_the_name_of_the_fault(name: str, what: str) -> None:
    row = sorts().index(RECORD)
    mark = f'"{name}":'.encode()
    at = LINES[row].index(mark) + len(mark) + (name != "number")
    old = LINES[row][at : at + 1]
    new = b"2" if old != b"2" else b"3"
    changed = LINES[row][:at] + new + LINES[row][at + 1 :]
    (fault,) = read_line(changed, 7, KEYS).faults
    assert (fault.what, fault.row) == (what, 7)


def test_a_writer_without_a_key_is_named() -> None:
    row = sorts().index(RECORD)
    one = read_line(LINES[row], row, {})
    assert [fault.what for fault in one.faults] == ["unknown key"]
    assert one.record is not None
    head = read_line(LINES[-1], len(LINES), {})
    assert [fault.what for fault in head.faults] == ["unknown key"]


def test_a_head_signed_by_another_is_named() -> None:
    keys = {name: writer(2).public for name in KEYS}
    assert [one.what for one in read_line(LINES[-1], 1, keys).faults] == ["bad signature"]


def test_texts_of_an_event_are_not_taken_for_marks() -> None:
    text = '"written":"", "public":"", "clearway log":1, "writer":"0000000000000000"}'
    event = observed(1)
    object.__setattr__(event, "about", {**event.about, "text": text})
    record = RECORDS[0]
    line = canonical({"public": text, "writer": text})
    assert read_line(line, 1, KEYS).place.sort == KEY
    told = LINES[sorts().index(RECORD)].replace(b'"zone":""', canonical({"z": text})[1:-1])
    one = read_line(told, 1, KEYS)
    assert (one.place.sort, one.place.writer) == (RECORD, RECORDS[0].writer)
    assert record.writer in {writer(0).fingerprint, writer(1).fingerprint}


def test_keys_are_read_from_their_lines_and_damaged_ones_are_left_out() -> None:
    public = writer(0).public
    assert key_from_line(key_line(public)) == public
    assert known_keys(LINES) == {writer(who).fingerprint: writer(who).public for who in (0, 1)}
    damaged = [LINES[0], LINES[1].replace(b"a", b"b"), *LINES[2:]]
    assert known_keys(damaged).keys() < known_keys(LINES).keys()


@pytest.mark.parametrize(
    "told",
    [
        {},
        [],
        None,
        {"public": 5, "writer": ""},
        {"public": "00", "writer": ""},
        {"public": "A" * 64, "writer": writer(0).fingerprint},
        {"public": writer(0).public.raw.hex(), "writer": writer(1).fingerprint},
        {"public": writer(0).public.raw.hex(), "writer": writer(0).fingerprint, "more": 1},
    ],
)
def test_what_is_no_key_is_refused(told: object) -> None:
    with pytest.raises(LogError):
        key_from_line(canonical(told))


def test_the_header_counts_what_follows() -> None:
    assert header_line(2, 8, 4) == LINES[0]
    assert header_line(0, 0, 0) == b'{"clearway log":1,"heads":0,"keys":0,"records":0}'


@pytest.mark.parametrize(
    ("fault", "said"),
    [
        (
            Fault("flipped", "ab", "operations", 3, "why", 9),
            "flipped: ab/operations/3 (line 9): why",
        ),
        (Fault("dropped", "ab", "monitors", 2, "why"), "dropped: ab/monitors/2: why"),
        (Fault("miscounted", "", "", 0, "why", 1), "miscounted: the log (line 1): why"),
        (Fault("unknown key", "ab", "", 0, "why"), "unknown key: ab: why"),
    ],
)
def test_a_fault_says_where_it_is(fault: Fault, said: str) -> None:
    assert str(fault) == said
