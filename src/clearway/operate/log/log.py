"""A log: what happened, as its writers signed it; appended to, read, verified and merged."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Final

from clearway.errors import Breach, LogError
from clearway.model.event import Event
from clearway.model.record import Head, Record
from clearway.operate.log.conflicts import Conflict, conflicts, in_order
from clearway.operate.log.merge import (
    Merged,
    Source,
    head_to_stored,
    key_to_stored,
    record_to_stored,
    unite,
)
from clearway.operate.log.store import Store, Stored
from clearway.seal.chain import (
    head_of,
    record_from_bytes,
    seal,
    sign_head,
    signed_head_from_bytes,
)
from clearway.seal.keys import WriterKey
from clearway.seal.lines import HEAD, KEY, RECORD, Fault, Place, header_line, known_keys, read_line
from clearway.seal.verify import read_lines, relations

OPERATIONS: Final = "operations"


@dataclass(slots=True)
class Log:
    """A log that is open, for one writer.

    Attributes
    ----------
    store
        Where its lines are.
    key
        The writer's; None for a log that is only read.
    clock
        Gives the moment at which a record is written down.
    """

    store: Store
    key: WriterKey | None = None
    clock: Callable[[], datetime] = field(default=lambda: datetime.now(UTC), repr=False)
    _read: dict[bytes, Record] = field(default_factory=dict, repr=False)

    def append(self, event: Event, chain: str = OPERATIONS) -> Record:
        """Write ``event`` down as the next record of the writer's chain.

        When this returns, the record and the signed head of its chain are on the disk.

        Raises
        ------
        LogError
            If it could not be written; the record is then not acknowledged. It may be there all the
            same (a server that failed after it wrote): look before writing it again.
        """
        key = self.key
        if key is None:
            msg = f"{self.store.name}: was opened without a key; nothing can be written"
            raise LogError(msg)
        with self.store.writing() as there:
            heads = [signed_head_from_bytes(one.data).head for one in there.of(HEAD)]
            last = _last(heads, key.fingerprint, chain)
            record = seal(
                event,
                key,
                chain=chain,
                after=last,
                seen=tuple(head for head in heads if head != last),
                written=self.clock(),
            )
            lines = [record_to_stored(record), head_to_stored(sign_head(head_of(record), key))]
            if all(one.place.writer != key.fingerprint for one in there.of(KEY)):
                lines.append(key_to_stored(key.public))
            there.drop_heads(_place(head) for head in heads if head.hash == record.before)
            there.add(lines)
        return record

    def merge(self, other: Source, *, despite_faults: bool = False) -> Merged:
        """Take in all that another log holds and this one does not; nothing here is ever lost.

        Parameters
        ----------
        other
            Another open log, or an export that was read.
        despite_faults
            Take what is sound of a damaged log, in place of an error. What is missing then is a
            fault of this log too, until a sound copy is merged.

        Raises
        ------
        LogError
            If the other log has faults (forks aside, which are conflicts and are kept), every one
            named; or if this one cannot be written. Nothing is taken then.
        """
        with self.store.writing() as there:
            union = unite(there.lines(), other.lines(), despite_faults=despite_faults)
            there.drop_heads(union.gone)
            there.add(union.new)
        new = tuple(self._record(one.data) for one in union.new if one.place.sort == RECORD)
        hashes = {record.hash for record in new}
        found = (one for one in self.conflicts() if hashes & {one.one.hash, one.other.hash})
        writers = tuple(one.place.writer for one in union.new if one.place.sort == KEY)
        return Merged(in_order(new), tuple(found), writers, union.faults)

    def records(self, *, despite_faults: bool = False) -> tuple[Record, ...]:
        """Return all records in the order of what they tell (see ``in_order``).

        Parameters
        ----------
        despite_faults
            Leave out records that cannot be read or have another hash, in place of an error.

        Raises
        ------
        LogError
            If a record cannot be read or has another hash, with every breach. Signatures are looked
            at by ``faults`` alone: that takes a second for ten thousand records.
        """
        found, breaches = [], []
        for one in self.store.lines():
            if one.place.sort == RECORD:
                try:
                    found.append(self._record(one.data))
                except LogError as error:
                    breaches += [_placed(breach, one.place) for breach in error.breaches]
        if breaches and not despite_faults:
            msg = f"{self.store.name}: records are damaged; 'verify' names every fault"
            raise LogError(msg, tuple(breaches))
        return in_order(found)

    def heads(self) -> tuple[Head, ...]:
        """Return the last record of each chain, by writer and chain; of a fork, each of its ends.

        Raises
        ------
        LogError
            If a head cannot be read.
        """
        return tuple(signed_head_from_bytes(one.data).head for one in self.store.of(HEAD))

    def faults(self, trusted: Collection[str] | None = None) -> tuple[Fault, ...]:
        """Return all that is wrong with the log: nothing, unless somebody or something damaged it.

        Every hash, signature and link is checked.

        Parameters
        ----------
        trusted
            Fingerprints of those who may have written it; None for whoever's key it holds.
        """
        there = self.store.lines()
        lines = read_lines(_export(there))
        misplaced = (
            _fault("moved", one.place, "is stored under the place of another line")
            for one, line in zip(there, lines[1:], strict=True)
            if one.place != line.place and not line.faults
        )
        return (*relations(lines, trusted), *misplaced)

    def tail_faults(self) -> tuple[Fault, ...]:
        """Return what is wrong with the ends of the chains, quickly whatever the log's length."""
        keys = known_keys([one.data for one in self.store.of(KEY)])
        there = (*self.store.last(), *self.store.of(HEAD))
        lines = [read_line(one.data, 0, keys) for one in there]
        records = [line.record for line in lines if line.record is not None]
        heads = [line.head.head for line in lines if line.head is not None]
        known = {record.hash for record in records}
        closed = {head.hash for head in heads} | {record.before for record in records}
        faults = [fault for line in lines for fault in line.faults]
        for head in heads:
            if head.hash not in known:
                told = "the record of this head is missing"
                faults.append(_fault("truncated", _place(head), told))
        for record in records:
            own = [head.number for head in heads if head.writer == record.writer]
            if record.hash not in closed and record.number >= max(own, default=0):
                told = "has no signed head after it"
                faults.append(_fault("truncated", _place(head_of(record)), told))
        return tuple(faults)

    def conflicts(self) -> tuple[Conflict, ...]:
        """Return what contradicts in the log (see ``conflicts``), settled or not."""
        return conflicts(self.records(despite_faults=True))

    def lines(self) -> tuple[bytes, ...]:
        """Return the lines of the log as an export has them, its header first."""
        return tuple(_export(self.store.lines()))

    def close(self) -> None:
        """Let go of the database."""
        self.store.close()

    def _record(self, data: bytes) -> Record:
        record = self._read.get(data)
        if record is None:
            record = self._read[data] = record_from_bytes(data)
        return record


def _export(there: Sequence[Stored]) -> list[bytes]:
    sorts = [one.place.sort for one in there]
    counts = (sorts.count(KEY), sorts.count(RECORD), sorts.count(HEAD))
    return [header_line(*counts), *(one.data for one in there)]


def _last(heads: Sequence[Head], writer: str, chain: str) -> Head | None:
    """Return the end of the writer's own chain; of a forked one that with the highest number."""
    own = [head for head in heads if (head.writer, head.chain) == (writer, chain)]
    return max(own, key=lambda head: (head.number, head.hash), default=None)


def _placed(breach: Breach, place: Place) -> Breach:
    told = f"{place.writer}/{place.chain}/{place.number}"
    return Breach(told, 0, breach.field, breach.value, breach.rule)


def _place(head: Head) -> Place:
    return Place(HEAD, head.writer, head.chain, head.number, head.hash)


def _fault(what: str, place: Place, told: str) -> Fault:
    return Fault(what, place.writer, place.chain, place.number, told)
