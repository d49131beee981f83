"""Logs as they are exported, made without any store."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from clearway.model.event import Event
from clearway.model.record import Head, Record
from clearway.seal.chain import head_of, record_to_bytes, seal, sign_head, signed_head_to_bytes
from clearway.seal.keys import WriterKey
from clearway.seal.lines import header_line, key_line

START = datetime(2016, 10, 20, 8, tzinfo=UTC)


def writer(who: int) -> WriterKey:
    """Return the key of a writer: always the same."""
    return WriterKey.from_seed(bytes([who + 1]) * 32)


def observed(number: int) -> Event:
    """Return an observation with letters, quotes and numbers in it."""
    text = f'رقم {number}: "C1", \\ 10:{number % 60:02d}'
    told = {"corridor": "C1", "zone": "", "text": text}
    return Event("observation", START + timedelta(minutes=number), told)


def written(count: int, writers: int = 2) -> list[Record]:
    """Return the records of writers who take turns, each knowing all that was written before."""
    heads: dict[tuple[str, str], Head] = {}
    records = []
    for number in range(count):
        key = writer(number % writers)
        place = (key.fingerprint, "monitors" if number % 3 == 0 else "operations")
        record = seal(
            observed(number),
            key,
            chain=place[1],
            after=heads.get(place),
            seen=tuple(head for other, head in heads.items() if other != place),
            written=START + timedelta(seconds=number),
        )
        heads[place] = head_of(record)
        records.append(record)
    return records


def export(records: Sequence[Record], writers: int = 2) -> list[bytes]:
    """Return the lines of the export of whole chains."""
    keys = {writer(who).fingerprint: writer(who) for who in range(writers)}
    ordered = sorted(records, key=lambda one: (one.writer, one.chain, one.number, one.hash))
    ends = {(one.writer, one.chain): one for one in ordered}
    heads = [sign_head(head_of(one), keys[one.writer]) for one in ends.values()]
    return [
        header_line(len(keys), len(ordered), len(heads)),
        *(key_line(keys[name].public) for name in sorted(keys)),
        *(record_to_bytes(one) for one in ordered),
        *(signed_head_to_bytes(one) for one in heads),
    ]


def joined(lines: Sequence[bytes]) -> bytes:
    """Return lines as the file that they make."""
    return b"".join(line + b"\n" for line in lines)
