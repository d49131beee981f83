"""What is wrong with a log: every damaged, missing, moved or contradicting line, by name."""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Final

from clearway.model.record import Head
from clearway.seal.chain import NOTHING_BEFORE
from clearway.seal.lines import (
    HEAD,
    HEADER,
    KEY,
    RECORD,
    Fault,
    Line,
    Place,
    header_line,
    known_keys,
    read_line,
)

_Chain = tuple[str, str]


def verify(data: bytes, trusted: Collection[str] | None = None) -> tuple[Fault, ...]:
    """Return all that is wrong with an exported log; nothing if it is as it was written.

    Parameters
    ----------
    data
        The file: a header, public keys, records and signed heads, one canonical JSON a line.
    trusted
        Fingerprints of those who may have written it; None for whoever's key it holds.

    Notes
    -----
    Each line is checked by itself (bytes, hash, signature), then what lines say of one another:
    their order, each record of the one before it, each head of its chain's end, each record of the
    other chains that its writer had seen. Whoever can take away the last records of a chain
    together with its head, and everything that saw them, leaves a log that was once whole: against
    that stand the logs of others, and the hash on paper.
    """
    return relations(read_lines(split(data)), trusted)


def split(data: bytes) -> tuple[bytes, ...]:
    """Return the lines of an exported log; a last line without its end keeps a mark of that."""
    *whole, rest = data.split(b"\n")
    # No canonical JSON begins like that: the line is found unreadable, as it must be.
    return (*whole, b"without end: " + rest) if rest else tuple(whole)


def read_lines(lines: Sequence[bytes]) -> tuple[Line, ...]:
    """Return the lines of a log, its header first, each read and checked by itself."""
    keys = known_keys(lines)
    return tuple(read_line(line, row, keys) for row, line in enumerate(lines, start=1))


def relations(lines: Sequence[Line], trusted: Collection[str] | None = None) -> tuple[Fault, ...]:
    """Return what is wrong with ``lines``, by themselves and with one another (see ``verify``)."""
    faults = [fault for line in lines for fault in line.faults]
    sound = [line for line in lines if not line.faults]
    faults += _out_of_order(sound)
    faults += _miscounted(lines)
    for chain in _chains(lines, sound):
        faults += chain.faults()
    if trusted is not None:
        faults += _strangers(sound, trusted)
    return tuple(faults)


def in_order(sound: Sequence[Line]) -> bool:
    """Return whether each line stands after the one before it; if not, ``relations`` names one."""
    return all(one.place < other.place for one, other in pairwise(sound))


def _strangers(sound: Sequence[Line], trusted: Collection[str]) -> Iterator[Fault]:
    for line in sound:
        if line.key is not None and line.key.fingerprint not in trusted:
            yield _named("unknown key", line.place, "nobody vouched for this key", line.row)


def _out_of_order(sound: Sequence[Line]) -> Iterator[Fault]:
    """Name the fewest lines that would have to be put elsewhere, and lines that stand twice."""
    if in_order(sound):
        return
    seen: set[Place] = set()
    stays = _longest_rise([line.place for line in sound])
    for index, line in enumerate(sound):
        if line.place in seen:
            yield _named("repeated", line.place, "stands here once more", line.row)
        elif index not in stays:
            yield _named("moved", line.place, "does not stand in its place", line.row)
        seen.add(line.place)


def _longest_rise(places: Sequence[Place]) -> set[int]:
    """Return the indices of a longest strictly rising subsequence (patience sorting)."""
    ends: list[Place] = []
    last: list[int] = []
    before: list[int] = []
    for index, place in enumerate(places):
        length = bisect_left(ends, place)
        before.append(last[length - 1] if length else -1)
        ends[length : length + 1] = [place]
        last[length : length + 1] = [index]
    rise = set()
    at = last[-1] if last else -1
    while at >= 0:
        rise.add(at)
        at = before[at]
    return rise


def _miscounted(lines: Sequence[Line]) -> Iterator[Fault]:
    sorts = [line.place.sort for line in lines]
    counts = [sorts.count(sort) for sort in (KEY, RECORD, HEAD)]
    if not lines or lines[0].data != header_line(*counts):
        told = f"the first line is not that of {counts[0]} keys, {counts[1]} records and "
        yield Fault("miscounted", "", "", 0, f"{told}{counts[2]} heads", 1)
    for line in lines[1:]:
        if line.place.sort == HEADER:
            yield Fault("repeated", "", "", 0, "a header stands here once more", line.row)


@dataclass(slots=True)
class _ChainLines:
    """What a log holds of one chain, and what it says of it elsewhere."""

    writer: str
    chain: str
    records: dict[int, list[Line]] = field(default_factory=lambda: defaultdict(list))
    heads: list[Line] = field(default_factory=list)
    seen: dict[Head, int] = field(default_factory=dict)
    damaged: set[int] = field(default_factory=set)
    damaged_heads: bool = False

    def faults(self) -> Iterator[Fault]:
        """Name what is missing, what does not follow what it says, and what stands twice."""
        yield from self._missing()
        for number, lines in self.records.items():
            if len(lines) > 1:
                told = f"{len(lines)} records stand here, each signed by the same writer"
                yield self._fault("forked", number, told)
            for line in lines:
                yield from self._follows(number, line)
        yield from self._ends()
        for head, row in self.seen.items():
            if self._is_other(head):
                told = "the record in this line had seen another one here"
                yield self._fault("forked", head.number, told, row)

    def _missing(self) -> Iterator[Fault]:
        last, told = max(self.records, default=0), self._told()
        there = sorted({*self.records, *(one for one in self.damaged if one <= told), told + 1})
        before = 0
        for number in there:
            if number > before + 1:
                what = "dropped" if number <= last else "truncated"
                least, most = before + 1, number - 1
                missing = (
                    f"record {least} is" if least == most else f"records {least} to {most} are"
                )
                yield self._fault(what, least, f"{missing} not there")
            before = number

    def _follows(self, number: int, line: Line) -> Iterator[Fault]:
        before = line.record.before if line.record else ""
        if number == 1:
            if before != NOTHING_BEFORE:
                yield self._fault(
                    "dropped", 1, "follows a record, though it is the first", line.row
                )
            return
        others = self.records.get(number - 1, [])
        if others and before not in {one.place.hash for one in others}:
            told = "follows another record than the one that stands before it"
            if number - 1 not in self.damaged:
                yield self._fault("forked", number, told, line.row)

    def _ends(self) -> Iterator[Fault]:
        followed = {
            line.record.before for lines in self.records.values() for line in lines if line.record
        }
        closed = followed | {line.place.hash for line in self.heads}
        for number, lines in self.records.items():
            open_ends = [line for line in lines if line.place.hash not in closed]
            told_already = self.damaged_heads or self._is_lost(number + 1)
            if open_ends and not told_already:
                yield self._fault("truncated", number, "has no signed head after it")
        for line in self.heads:
            if line.place.hash in followed:
                told = "an old head of this chain still stands here"
                yield self._fault("repeated", line.place.number, told, line.row)
            elif line.head is not None and self._is_other(line.head.head):
                told = "the signed head is of another record than the one that stands here"
                yield self._fault("forked", line.place.number, told, line.row)

    def _told(self) -> int:
        """Return the highest number of a record that anything sound tells of."""
        heads = (line.place.number for line in self.heads)
        return max([0, *self.records, *heads, *(head.number for head in self.seen)])

    def _is_lost(self, number: int) -> bool:
        """Return whether a record is damaged or missing there, which is told already."""
        gap = number not in self.records and number <= self._told()
        return gap or number in self.damaged

    def _is_other(self, head: Head) -> bool:
        """Return whether what stands in the place of ``head`` is sound, but not it."""
        there = self.records.get(head.number, [])
        other = bool(there) and head.hash not in {line.place.hash for line in there}
        return other and head.number not in self.damaged

    def _fault(self, what: str, number: int, told: str, row: int = 0) -> Fault:
        return Fault(what, self.writer, self.chain, number, told, row)


def _chains(lines: Iterable[Line], sound: Iterable[Line]) -> list[_ChainLines]:
    chains: dict[_Chain, _ChainLines] = {}

    def of(writer: str, chain: str) -> _ChainLines:
        return chains.setdefault((writer, chain), _ChainLines(writer, chain))

    for line in lines:
        place = line.place
        if line.faults and place.sort == RECORD:
            of(place.writer, place.chain).damaged.add(place.number)
        elif line.faults and place.sort == HEAD:
            of(place.writer, place.chain).damaged_heads = True
    for line in sound:
        place = line.place
        if line.record is not None:
            there = of(place.writer, place.chain).records[place.number]
            if all(one.place != place for one in there):
                there.append(line)
            for head in line.record.seen:
                of(head.writer, head.chain).seen.setdefault(head, line.row)
        elif line.head is not None:
            of(place.writer, place.chain).heads.append(line)
    return [chains[name] for name in sorted(chains)]


def _named(what: str, place: Place, told: str, row: int) -> Fault:
    return Fault(what, place.writer, place.chain, place.number, told, row)


__all__: Final = ["read_lines", "relations", "split", "verify"]
