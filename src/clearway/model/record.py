"""One line of the log: an event, who wrote it when, and what it follows."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from clearway.model.checks import Checks
from clearway.model.event import CHAINS, Event


@dataclass(frozen=True, slots=True)
class Head:
    """The last record of a chain that somebody knew.

    Attributes
    ----------
    writer, chain
        Whose, and which of theirs.
    number
        Of the record.
    hash
        Of the record, in small hexadecimal digits.
    """

    writer: str
    chain: str
    number: int
    hash: str


@dataclass(frozen=True, slots=True)
class Record:
    """An event as it stands in the log.

    Each writer (a key on one laptop) has a chain of operations and one of monitors' observations; a
    log is a set of chains. What a record knew of the other chains when it was written stands in
    ``seen``, so that the records of laptops that were apart have an order where one knew of the
    other, and none where neither did.

    Attributes
    ----------
    writer
        Fingerprint of the key that signed it: the first 16 hexadecimal digits of the SHA-256 of
        the public key.
    chain
        One of ``CHAINS``.
    number
        Its place in the chain, from 1 without a gap.
    written
        When it was written down, by the writer's clock, in UTC.
    event
        What it tells.
    seen
        Heads of all other chains that the writer's log held, by writer and chain.
    before
        Hash of the record before it in the chain; of the first the SHA-256 of no bytes.
    hash
        SHA-256 of the canonical JSON (RFC 8785) of all of the above.
    signature
        Ed25519 over the 32 bytes of the hash, in small hexadecimal digits.
    """

    writer: str
    chain: str
    number: int
    written: datetime
    event: Event
    seen: tuple[Head, ...]
    before: str
    hash: str
    signature: str

    def __post_init__(self) -> None:
        """Refuse an unknown chain, a number below 1 and a moment without a zone."""
        checks = Checks(f"record {self.writer}/{self.chain}/{self.number}")
        checks.that(self.chain in CHAINS, "chain", self.chain, f"must be one of {CHAINS}")
        checks.that(self.number >= 1, "number", self.number, "must be 1 or more")
        checks.that(self.written.tzinfo is not None, "written", self.written, "must carry a zone")
        checks.done()
