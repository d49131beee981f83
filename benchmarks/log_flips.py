"""Tampering with a log of 1,000 records: every bit, every line, every end; and what is missed.

``python -m benchmarks.log_flips TASK JSON ANSWER`` does one part; ``benchmarks/log.py`` all.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from itertools import combinations, pairwise
from typing import Any, Final

from benchmarks.answer import answer
from benchmarks.log_crash import event
from clearway.model.record import Head, Record
from clearway.seal.chain import head_of, record_to_bytes, seal, sign_head, signed_head_to_bytes
from clearway.seal.keys import PublicKey, WriterKey
from clearway.seal.lines import Line, header_line, key_line, known_keys, read_line
from clearway.seal.verify import in_order, read_lines, relations, split, verify

#: Flips and swaps that are looked for in the file as a whole, to see that this finds what lines
#: tell, alone or by their order.
_WHOLE: Final = 100
_SWAPS: Final = 2000
_WRITERS: Final = 2
_START: Final = datetime(2016, 10, 20, 8, tzinfo=UTC)


def flips(records: int, part: int, parts: int) -> Iterator[dict[str, Any]]:
    """Flip every bit of every ``parts``-th line; give how many, and which were missed.

    What is wrong with a line by itself is wrong with the log (``relations`` begins with it), so a
    flip needs only its own line to be read anew; of the header, which nothing but the other lines
    can contradict, all of them.
    """
    lines = export(records)
    keys, read = known_keys(lines), read_lines(lines)
    tried, missed = 0, []
    for row in range(part, len(lines), parts):
        for bit in range(8 * (len(lines[row]) + 1)):
            tried += 1
            if not _is_found(read, row, bit, keys):
                missed.append([row, bit])
    yield {"flips": tried, "missed": missed}


def edits(records: int, seed: int) -> Iterator[dict[str, Any]]:
    """Drop, repeat, truncate, swap any two lines; verify flips and swaps in the file as a whole.

    Give how many of each, and which were missed.
    """
    lines = export(records)
    read, whole = read_lines(lines), b"".join(line + b"\n" for line in lines)
    rows = range(len(read))
    missed = [row for row in rows if not relations((*read[:row], *read[row + 1 :]))]
    yield {"drops": len(rows), "drops_missed": missed}
    missed = [row for row in rows if not relations((*read[: row + 1], *read[row:]))]
    yield {"repeats": len(rows), "repeats_missed": missed}
    pairs = list(combinations(rows, 2))
    swaps = [pair for pair in pairs if in_order(_swapped(read, *pair))]
    yield {"swaps": len(pairs), "swaps_missed": swaps}
    draws = random.Random(seed)  # noqa: S311 - lots, no secrets
    pairs = [*pairwise(rows), *draws.sample(pairs, min(_SWAPS, len(pairs)))]
    swaps = [pair for pair in pairs if not relations(_swapped(read, *pair))]
    yield {"swaps_of_the_file": len(pairs), "swaps_of_the_file_missed": swaps}
    yield {"truncations": len(whole), "truncations_missed": _truncated(lines, read)}
    bits = draws.sample(range(8 * len(whole)), _WHOLE)
    missed = [bit for bit in bits if not verify(_flipped(whole, bit))]
    yield {"flips_of_the_file": len(bits), "flips_of_the_file_missed": missed}


def export(records: int) -> list[bytes]:
    """Return the lines of a log whose writers take turns, each knowing the others' last records."""
    pairs = [WriterKey.from_seed(bytes([who + 1]) * 32) for who in range(_WRITERS)]
    keys = {key.fingerprint: key for key in pairs}
    heads: dict[tuple[str, str], Head] = {}
    made: list[Record] = []
    for number in range(records):
        key = pairs[number % _WRITERS]
        place = (key.fingerprint, "monitors" if number % 5 == 0 else "operations")
        record = seal(
            event(number),
            key,
            chain=place[1],
            after=heads.get(place),
            seen=tuple(head for other, head in heads.items() if other != place),
            written=_START + timedelta(seconds=number),
        )
        heads[place] = head_of(record)
        made.append(record)
    made.sort(key=lambda one: (one.writer, one.chain, one.number))
    return [
        header_line(len(keys), len(made), len(heads)),
        *(key_line(keys[name].public) for name in sorted(keys)),
        *map(record_to_bytes, made),
        *(signed_head_to_bytes(sign_head(heads[place], keys[place[0]])) for place in sorted(heads)),
    ]


def _is_found(read: Sequence[Line], row: int, bit: int, keys: Mapping[str, PublicKey]) -> bool:
    """Return whether a flip in a line, or in its end, is found."""
    line, replaced = read[row].data, 1
    if bit < 8 * len(line):
        parts = split(_flipped(line, bit) + b"\n")
    else:
        # Without its end it runs into the next line, or the file ends without one.
        after = [one.data + b"\n" for one in read[row + 1 : row + 2]]
        parts = split(_flipped(line + b"\n", bit) + b"".join(after))
        replaced = 2
    lines = [read_line(part, row + 1, keys) for part in parts]
    if any(one.faults for one in lines):
        return True
    return bool(relations((*read[:row], *lines, *read[row + replaced :])))


def _truncated(lines: Sequence[bytes], read: Sequence[Line]) -> list[list[int]]:
    """Return where the file could end without that being found."""
    missed = []
    for row, line in enumerate(lines):
        if not relations(read[:row]):
            missed.append([row, 0])
        for end in range(1, len(line) + 1):
            (part,) = split(line[:end])
            last = read_line(part, row + 1, {})
            if not last.faults and not relations((*read[:row], last)):
                missed.append([row, end])
    return missed


def _swapped(read: Sequence[Line], one: int, other: int) -> tuple[Line, ...]:
    lines = list(read)
    lines[one], lines[other] = lines[other], lines[one]
    return tuple(lines)


def _flipped(data: bytes, bit: int) -> bytes:
    other = bytearray(data)
    other[bit // 8] ^= 1 << bit % 8
    return bytes(other)


if __name__ == "__main__":
    answer({"flips": flips, "edits": edits})
