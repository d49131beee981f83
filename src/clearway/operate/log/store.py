"""Where the lines of a log are kept: one small set of methods, three engines behind it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, suppress
from dataclasses import dataclass
from typing import Any, Final, Protocol

from clearway.errors import LogError
from clearway.seal.lines import HEAD, RECORD, Place

_COLUMNS: Final = "sort, writer, chain, number, hash"
_READ: Final = f"SELECT {_COLUMNS}, data FROM clearway_log"  # noqa: S608 - all of it stands here
_ADD: Final = f"INSERT INTO clearway_log ({_COLUMNS}, data) VALUES (?, ?, ?, ?, ?, ?)"  # noqa: S608
_PLACED: Final = "sort = ? AND writer = ? AND chain = ? AND number = ? AND hash = ?"
_ENDS: Final = (
    f"SELECT writer, chain, max(number) FROM clearway_log WHERE sort = {RECORD}"  # noqa: S608
    " GROUP BY writer, chain"
)
_DROP: Final = f"DELETE FROM clearway_log WHERE {_PLACED}"  # noqa: S608 - as above


@dataclass(frozen=True, slots=True)
class Stored:
    """One line of a log and the place that it is stored under.

    Attributes
    ----------
    place
        What it is found by; the line says the same of itself, or the log has a fault.
    data
        Its canonical JSON.
    """

    place: Place
    data: bytes


class Transaction(Protocol):
    """A log while one writer alone may change it."""

    def of(self, sort: int) -> tuple[Stored, ...]:
        """Return the lines of one sort, in order."""

    def lines(self) -> tuple[Stored, ...]:
        """Return all lines, in order."""

    def add(self, lines: Iterable[Stored]) -> None:
        """Add lines; a line whose place is taken is an error."""

    def drop_heads(self, places: Iterable[Place]) -> None:
        """Take away heads that a newer one has taken the place of; nothing else ever goes."""


class Store(Protocol):
    """A log's lines in a database."""

    name: str

    def of(self, sort: int) -> tuple[Stored, ...]:
        """Return the lines of one sort, in order."""

    def lines(self) -> tuple[Stored, ...]:
        """Return all lines, in order, as they were at one moment."""

    def last(self) -> tuple[Stored, ...]:
        """Return the records at the end of each chain: from its first head on, or the last one."""

    def writing(self) -> AbstractContextManager[Transaction]:
        """Keep all other writers out; what was changed is durable when this ends without error."""

    def close(self) -> None:
        """Let go of the database."""


class Engine(Protocol):
    """What differs between databases."""

    name: str
    begin: tuple[str, ...]
    mark: str

    def connect(self) -> Any:
        """Return a connection (DB-API 2.0) to a log that is there, ready and durable."""

    def explained(self, error: Exception) -> str | None:
        """Return what an error of the database means; None if it is none of the database's."""


class SqlStore:
    """A log in a table of a database that speaks SQL."""

    def __init__(self, engine: Engine) -> None:
        """Connect at once, so that what is wrong is told now.

        Raises
        ------
        LogError
            If the log is not there, is not one, or cannot be opened.
        """
        self.name = engine.name
        self._engine = engine
        self._connection: Any = None
        with self._guarded():
            self._connection = engine.connect()

    def of(self, sort: int) -> tuple[Stored, ...]:
        """Return the lines of one sort, in order."""
        return self._read(f"{_READ} WHERE sort = ? ORDER BY 1, 2, 3, 4, 5", (sort,))

    def lines(self) -> tuple[Stored, ...]:
        """Return all lines, in order, as they were at one moment."""
        return self._read(f"{_READ} ORDER BY 1, 2, 3, 4, 5")

    def last(self) -> tuple[Stored, ...]:
        """Return the records at the end of each chain: from its first head on, or the last one."""
        with self._guarded():
            ends = {(one, other): most for one, other, most in self._run(_ENDS).fetchall()}
        for head in self.of(HEAD):
            chain = (head.place.writer, head.place.chain)
            ends[chain] = min(ends.get(chain, head.place.number), head.place.number)
        where = f"{_READ} WHERE sort = {RECORD} AND writer = ? AND chain = ? AND number >= ?"
        found = (self._read(f"{where} ORDER BY 4, 5", (*chain, ends[chain])) for chain in ends)
        return tuple(line for lines in found for line in lines)

    @contextmanager
    def writing(self) -> Iterator[Transaction]:
        """Keep all other writers out; what was changed is durable when this ends without error."""
        with self._guarded():
            for statement in self._engine.begin:
                self._run(statement)
            try:
                yield self
            except BaseException:
                self._roll_back()
                raise
            self._run("COMMIT")

    def add(self, lines: Iterable[Stored]) -> None:
        """Add lines; a line whose place is taken is an error."""
        for line in lines:
            self._run(_ADD, (*_key(line.place), line.data))

    def drop_heads(self, places: Iterable[Place]) -> None:
        """Take away heads that a newer one has taken the place of; nothing else ever goes."""
        for place in places:
            self._run(_DROP, (HEAD, *_key(place)[1:]))

    def close(self) -> None:
        """Let go of the database."""
        if self._connection is not None:
            with suppress(Exception):
                self._connection.close()
            self._connection = None

    def _roll_back(self) -> None:
        if self._connection is None:
            return  # Closed after an error; the transaction went with it.
        try:
            self._run("ROLLBACK")
        except Exception:  # noqa: BLE001 - whatever it was, the error before it is the one to tell
            self.close()

    def _read(self, statement: str, told: Sequence[object] = ()) -> tuple[Stored, ...]:
        with self._guarded():
            rows = self._run(statement, told).fetchall()
        return tuple(Stored(Place(*map(_plain, row[:5])), _raw(row[5])) for row in rows)

    def _run(self, statement: str, told: Sequence[object] = ()) -> Any:
        if self._connection is None:
            self._connection = self._engine.connect()
        return self._connection.execute(statement.replace("?", self._engine.mark), told)

    @contextmanager
    def _guarded(self) -> Iterator[None]:
        """Turn errors of the database into ``LogError``, and never trust that connection again.

        After a write that failed nobody knows what of it reached the disk. A new connection reads
        what is there, and makes it durable before anything is put after it.
        """
        try:
            yield
        except Exception as error:
            told = self._engine.explained(error)
            if told is None:
                raise
            self.close()
            msg = f"{self.name}: {told}"
            raise LogError(msg) from error


def _key(place: Place) -> tuple[int, str, str, int, str]:
    return place.sort, place.writer, place.chain, place.number, place.hash


def _plain(value: object) -> Any:
    """Return a value of a column; whoever tampered with it may have put anything there."""
    return value if isinstance(value, int | str) else repr(value)


def _raw(value: object) -> bytes:
    """Return a stored line; in place of bytes there may be anything, as in ``_plain``."""
    return bytes(value) if isinstance(value, bytes | memoryview) else repr(value).encode()
