"""Two logs that were apart become one, and not a record is lost."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from clearway.errors import Breach, LogError
from clearway.model.record import Record
from clearway.operate.log.conflicts import Conflict
from clearway.operate.log.store import Stored
from clearway.seal.chain import SignedHead, record_to_bytes, signed_head_to_bytes
from clearway.seal.keys import PublicKey
from clearway.seal.lines import HEAD, HEADER, KEY, RECORD, Fault, Line, Place, key_line
from clearway.seal.verify import read_lines, relations


class Source(Protocol):
    """Whatever a log can be merged from."""

    def lines(self) -> tuple[bytes, ...]:
        """Return the lines of a log as an export has them, its header first."""


@dataclass(frozen=True, slots=True)
class Merged:
    """What came of a merge.

    Attributes
    ----------
    new
        Records that were not in the log before, in order.
    conflicts
        Contradictions that a new record has a part in.
    writers
        Fingerprints of writers whose key was not in the log before: compare them with the laptops'.
    faults
        What was wrong with the other log.
    """

    new: tuple[Record, ...]
    conflicts: tuple[Conflict, ...]
    writers: tuple[str, ...] = ()
    faults: tuple[Fault, ...] = ()


@dataclass(frozen=True, slots=True)
class Union:
    """What has to change in a log so that it holds all that another one holds.

    Attributes
    ----------
    new
        Lines to add.
    gone
        Heads that a newer one takes the place of.
    faults
        What was wrong with the other log.
    """

    new: tuple[Stored, ...]
    gone: tuple[Place, ...]
    faults: tuple[Fault, ...]


def unite(
    ours: Sequence[Stored], theirs: Sequence[bytes], *, despite_faults: bool = False
) -> Union:
    """Return what our log lacks of theirs.

    Raises
    ------
    LogError
        If theirs has faults other than forks, each of them named, unless it is taken despite them.
    """
    read = read_lines(theirs)
    faults = relations(read)
    worse = [fault for fault in faults if fault.what != "forked"]
    if worse and not despite_faults:
        breaches = (Breach("other log", one.row, one.what, "", str(one)) for one in worse)
        msg = "the other log is damaged; nothing was taken from it"
        raise LogError(msg, tuple(breaches))
    held = {one.place: one.data for one in ours}
    sound = {line.place: line for line in read if not line.faults and line.place.sort != HEADER}
    _expect_same_keys(held, sound)
    new = [line for place, line in sound.items() if place not in held]
    followed = _followed([one.data for one in ours if one.place.sort == RECORD], new)
    return Union(
        tuple(
            Stored(line.place, line.data)
            for line in new
            if line.place.sort != HEAD or line.place.hash not in followed
        ),
        tuple(place for place in held if place.sort == HEAD and place.hash in followed),
        faults,
    )


def record_to_stored(record: Record) -> Stored:
    """Return ``record`` as the line that is stored."""
    place = Place(RECORD, record.writer, record.chain, record.number, record.hash)
    return Stored(place, record_to_bytes(record))


def head_to_stored(signed: SignedHead) -> Stored:
    """Return a signed head as the line that is stored."""
    head = signed.head
    place = Place(HEAD, head.writer, head.chain, head.number, head.hash)
    return Stored(place, signed_head_to_bytes(signed))


def key_to_stored(public: PublicKey) -> Stored:
    """Return a public key as the line that is stored."""
    return Stored(Place(KEY, public.fingerprint), key_line(public))


def _expect_same_keys(held: dict[Place, bytes], sound: dict[Place, Line]) -> None:
    for place, line in sound.items():
        if place.sort == KEY and held.get(place, line.data) != line.data:
            msg = f"the logs hold different keys with the fingerprint {place.writer}"
            raise LogError(msg)


def _followed(ours: Sequence[bytes], new: Sequence[Line]) -> set[str]:
    """Return the hashes that some record names as the one before it."""
    hashes = {line.record.before for line in new if line.record is not None}
    # The first key of a record, for keys are in order.
    mark = b'{"before":"'
    return hashes | {
        one[len(mark) : len(mark) + 64].decode("ascii", "replace")
        for one in ours
        if one.startswith(mark)
    }
