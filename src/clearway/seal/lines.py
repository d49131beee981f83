"""The lines of an exported log: a header, keys, records and heads, each line canonical JSON."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from clearway.errors import LogError
from clearway.model.checks import shown
from clearway.model.record import Record
from clearway.seal.canonical import canonical, from_canonical
from clearway.seal.chain import (
    SignedHead,
    head_is_signed,
    record_from_bytes,
    record_is_signed,
    signed_head_from_bytes,
)
from clearway.seal.keys import PublicKey

HEADER, KEY, RECORD, HEAD = range(4)

#: What can be wrong with a log.
FAULTS: Final = (
    "unreadable",
    "flipped",
    "bad signature",
    "unknown key",
    "moved",
    "repeated",
    "dropped",
    "truncated",
    "forked",
    "miscounted",
)


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """Where a line stands: lines of a log are in this order, and no two have the same place.

    Attributes
    ----------
    sort
        ``HEADER``, ``KEY``, ``RECORD`` or ``HEAD``.
    writer, chain
        Of a key no chain, of the header neither.
    number, hash
        Of a record or head; 0 and empty otherwise.
    """

    sort: int
    writer: str = ""
    chain: str = ""
    number: int = 0
    hash: str = ""


@dataclass(frozen=True, slots=True)
class Fault:
    """Something that is wrong with a log, and where.

    Attributes
    ----------
    what
        One of ``FAULTS``.
    writer, chain, number
        Of the record, as far as they can be known.
    told
        What is wrong in plain words.
    row
        Line in the export, from 1; 0 if it is about no one line.
    """

    what: str
    writer: str
    chain: str
    number: int
    told: str
    row: int = 0

    def __str__(self) -> str:
        place = "/".join(str(one) for one in (self.writer, self.chain, self.number) if one)
        line = f" (line {self.row})" if self.row else ""
        return f"{self.what}: {place or 'the log'}{line}: {self.told}"


@dataclass(frozen=True, slots=True)
class Line:
    """One line as it was read.

    Attributes
    ----------
    data
        Its bytes, without the end of the line.
    row
        Where it stands, from 1.
    place
        As it says itself; as far as that can still be made out where it is damaged.
    record, head, key
        What it holds: at most one of them, and None where it could not be read.
    faults
        What is wrong with the line by itself.
    """

    data: bytes
    row: int
    place: Place
    record: Record | None = None
    head: SignedHead | None = None
    key: PublicKey | None = None
    faults: tuple[Fault, ...] = ()


def header_line(keys: int, records: int, heads: int) -> bytes:
    """Return the first line of an export: what it is and how many lines of each sort follow."""
    return canonical({"clearway log": 1, "heads": heads, "keys": keys, "records": records})


def key_line(public: PublicKey) -> bytes:
    """Return the line of a writer's public key."""
    return canonical({"public": public.raw.hex(), "writer": public.fingerprint})


def key_from_line(data: bytes) -> PublicKey:
    """Return the public key that a line tells.

    Raises
    ------
    LogError
        If it tells none, or its fingerprint is another.
    """
    told = from_canonical(data)
    raw = told.get("public") if isinstance(told, dict) else None
    if not isinstance(raw, str) or not re.fullmatch("[0-9a-f]{64}", raw):
        msg = "not a public key"
        raise LogError(msg)
    public = PublicKey(bytes.fromhex(raw))
    if told != {"public": raw, "writer": public.fingerprint}:
        msg = "not the key that has this fingerprint"
        raise LogError(msg)
    return public


def known_keys(lines: Iterable[bytes]) -> dict[str, PublicKey]:
    """Return the public keys among ``lines`` by fingerprint; damaged ones are left out."""
    found = {}
    for data in lines:
        if _sort(data) == KEY:
            try:
                key = key_from_line(data)
            except LogError:
                continue
            found[key.fingerprint] = key
    return found


def read_line(data: bytes, row: int, keys: Mapping[str, PublicKey]) -> Line:
    """Read one line and find all that is wrong with it by itself.

    A bit that flipped anywhere in a line is found here: bytes that are not canonical cannot be
    read, any other content has another hash, and a hash or signature that changed no longer fits.
    """
    place = _claimed(data)
    readers = {KEY: _read_key, RECORD: _read_record, HEAD: _read_head}
    try:
        if place.sort == HEADER:
            return Line(data, row, place)
        return readers[place.sort](data, row, keys)
    except LogError as error:
        told = "; ".join(f"{one.field} {one.rule}" for one in error.breaches) or str(error)
        hashed = any(one.field == "hash" for one in error.breaches)
        what = "flipped" if hashed else "unreadable"
        return Line(data, row, place, faults=(_fault(what, place, told, row),))


def _read_key(data: bytes, row: int, keys: Mapping[str, PublicKey]) -> Line:
    del keys
    key = key_from_line(data)
    return Line(data, row, Place(KEY, key.fingerprint), key=key)


def _read_record(data: bytes, row: int, keys: Mapping[str, PublicKey]) -> Line:
    record = record_from_bytes(data, row=row)
    place = Place(RECORD, record.writer, record.chain, record.number, record.hash)
    key = keys.get(record.writer)
    faults = _unsigned(place, row, key, key is not None and record_is_signed(record, key))
    return Line(data, row, place, record=record, faults=faults)


def _read_head(data: bytes, row: int, keys: Mapping[str, PublicKey]) -> Line:
    signed = signed_head_from_bytes(data, row=row)
    head = signed.head
    place = Place(HEAD, head.writer, head.chain, head.number, head.hash)
    key = keys.get(head.writer)
    faults = _unsigned(place, row, key, key is not None and head_is_signed(signed, key))
    return Line(data, row, place, head=signed, faults=faults)


def _unsigned(place: Place, row: int, key: PublicKey | None, holds: bool) -> tuple[Fault, ...]:
    if holds:
        return ()
    if key is None:
        told = "the log does not hold this writer's public key"
        return (_fault("unknown key", place, told, row),)
    return (_fault("bad signature", place, "the signature is not its writer's", row),)


def _fault(what: str, place: Place, told: str, row: int) -> Fault:
    noun = ("header", "key", "record", "head")[place.sort]
    return Fault(what, place.writer, place.chain, place.number, f"{noun}: {shown(told)}", row)


# Inside a text of JSON a quotation mark follows a backslash: no text can be taken for these.
_SORTS: Final = (
    (RECORD, b'"written":"'),
    (RECORD, b'"before":"'),
    (KEY, b'"public":"'),
    (HEADER, b'"clearway log":'),
)
_CLAIMS: Final = {
    name: re.compile(f'"{name}":"?([^",}}]*)"?[,}}]'.encode())
    for name in ("writer", "chain", "number", "hash")
}


def _sort(data: bytes) -> int:
    """Return what a line most likely is, by keys that no other sort has; it may be damaged."""
    return next((sort for sort, mark in _SORTS if mark in data), HEAD)


def _claimed(data: bytes) -> Place:
    """Return the place of a line that may be damaged, as far as it can be made out."""
    sort = _sort(data)
    if sort == HEADER:
        return Place(HEADER)
    # A record's own chain, hash and number stand before those of what it saw, its writer after.
    found = {name: pattern.findall(data) for name, pattern in _CLAIMS.items()}
    texts = {
        name: some[-1 if name == "writer" else 0].decode("utf-8", "replace")
        for name, some in found.items()
        if some
    }
    if sort == KEY:
        return Place(KEY, texts.get("writer", ""))
    number = texts.get("number", "")
    return Place(
        sort,
        texts.get("writer", ""),
        texts.get("chain", ""),
        int(number) if number.isascii() and number.isdigit() and len(number) < 16 else 0,
        texts.get("hash", ""),
    )
