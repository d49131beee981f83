"""A log in a file: SQLite, in the clear or, on request, encrypted by SQLCipher."""

from __future__ import annotations

import os
import sqlite3
import tempfile
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import sqlcipher3  # type: ignore[import-untyped]

from clearway.errors import LogError

#: What the first bytes of a SQLite file are, unless it is encrypted.
_CLEAR: Final = b"SQLite format 3\x00"
#: As many random bytes, as an encrypted log begins with, are never a text.
_HEAD_BYTES: Final = 64
_TEXT: Final = frozenset((*range(32, 127), *b"\t\n\r"))
#: Seconds that a writer waits for another one to be done.
_PATIENCE_S: Final = 20.0

#: Tells a log from any other database ("clwy"), and its layout.
_APPLICATION: Final = 0x636C7779
_LAYOUT: Final = 1

_SCHEMA: Final = (
    """CREATE TABLE clearway_log (
        sort INTEGER NOT NULL, writer TEXT NOT NULL, chain TEXT NOT NULL, number INTEGER NOT NULL,
        hash TEXT NOT NULL, data BLOB NOT NULL, PRIMARY KEY (sort, writer, chain, number, hash))""",
    """CREATE TRIGGER clearway_log_kept BEFORE DELETE ON clearway_log WHEN OLD.sort < 3
        BEGIN SELECT RAISE(ABORT, 'a log is only ever added to'); END""",
    """CREATE TRIGGER clearway_log_same BEFORE UPDATE ON clearway_log
        BEGIN SELECT RAISE(ABORT, 'a log is only ever added to'); END""",
    f"PRAGMA application_id = {_APPLICATION}",
    f"PRAGMA user_version = {_LAYOUT}",
)
#: Durable before it is acknowledged: the write-ahead log is flushed with each commit, on macOS down
#: to the medium. Nothing is ever written to temporary files.
_DURABLE: Final = (
    "PRAGMA journal_mode = WAL",
    "PRAGMA synchronous = FULL",
    "PRAGMA fullfsync = ON",
    "PRAGMA checkpoint_fullfsync = ON",
    "PRAGMA temp_store = MEMORY",
    "PRAGMA trusted_schema = OFF",
)


@dataclass(frozen=True, slots=True)
class FileEngine:
    """SQLite, or SQLCipher where there is a passphrase.

    Attributes
    ----------
    path
        The database; beside it stand ``-wal`` and ``-shm`` while it is used.
    passphrase
        From which SQLCipher makes the key; None for a log in the clear. It is never shown.
    """

    path: Path
    passphrase: str | None = field(default=None, repr=False)
    begin: tuple[str, ...] = ("BEGIN IMMEDIATE",)
    mark: str = "?"

    @property
    def name(self) -> str:
        """Where it is."""
        return str(self.path)

    def make(self) -> None:
        """Make an empty log; it is there as a whole or not at all.

        Raises
        ------
        LogError
            If something is there already, or the passphrase cannot be one.
        OSError
            If it cannot be written.
        """
        if self.path.exists():
            msg = f"{self.path}: is there already; a log is never written over"
            raise LogError(msg)
        self.path.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=self.path.parent, prefix=".clearway-") as folder:
            staged = Path(folder) / self.path.name
            # Made before the database is, so that nobody else can read it at any time.
            os.close(os.open(staged, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
            with closing(_opened(staged, self.passphrase)) as connection:
                for statement in (*_SCHEMA, "PRAGMA journal_mode = WAL"):
                    connection.execute(statement)
            staged.rename(self.path)
        _flush_folder(self.path.parent)

    def connect(self) -> Any:
        """Return a connection to the log, with all that it holds flushed to the disk.

        What a writer that was killed had written last may stand in the write-ahead log without
        ever having been flushed, or after a flush that failed. It is written anew, flushed, and
        moved into the database, and that is flushed, before anything follows it: else a power cut
        could take an acknowledged record away together with what it follows.
        """
        self._look()
        connection = _opened(self.path, self.passphrase)
        try:
            self._expect_durable(connection)
            self._settle(connection)
        except BaseException:
            connection.close()
            raise
        return connection

    def _settle(self, connection: Any) -> None:
        """Move all that stands in the write-ahead log into the database, each flushed."""
        # While this is held, nobody writes to the write-ahead log.
        connection.execute("BEGIN IMMEDIATE")
        try:
            self._write_anew()
        finally:
            connection.execute("ROLLBACK")
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    def _write_anew(self) -> None:
        """Write the write-ahead log as it is read, and flush it.

        After a flush that failed the system shows what the disk may not hold, and takes it for
        flushed. Moved into the database from there, a part of it could be on the disk in the one
        and missing in the other when the power is cut: no order of both would be whole.
        """
        beside = self.path.with_name(f"{self.path.name}-wal")
        if not beside.exists():
            return
        descriptor = os.open(beside, os.O_RDWR)
        try:
            data = os.pread(descriptor, os.fstat(descriptor).st_size, 0)
            done = 0
            while done < len(data):
                done += os.pwrite(descriptor, data[done:], done)
            os.fsync(descriptor)
        finally:
            os.close(descriptor)

    def is_encrypted(self) -> bool:
        """Return whether the file does not begin as SQLite does.

        Raises
        ------
        LogError
            If no file can be read there, or its beginning is that of no log: nobody should be
            asked for the passphrase of an empty file, or of a text.
        """
        try:
            with self.path.open("rb") as file:
                head = file.read(_HEAD_BYTES)
        except OSError as error:
            msg = f"{self.path}: no log can be read there: {error.strerror}"
            raise LogError(msg) from error
        if len(head) < _HEAD_BYTES or not any(head) or _TEXT.issuperset(head):
            msg = f"{self.path}: is no log"
            raise LogError(msg)
        return not head.startswith(_CLEAR)

    def explained(self, error: Exception) -> str | None:
        """Return what an error of SQLite or of the file system means; None for any other."""
        if isinstance(error, sqlite3.Error | sqlcipher3.Error):
            if "not a database" in str(error):
                return "is no log, or the passphrase is not its own"
            return f"{error}; what was to be written is not acknowledged"
        return str(error) if isinstance(error, OSError) else None

    def _expect_durable(self, connection: Any) -> None:
        for statement in _DURABLE:
            connection.execute(statement)
        told = [
            connection.execute(f"PRAGMA {name}").fetchone()[0]
            for name in ("application_id", "user_version", "journal_mode", "synchronous")
        ]
        if told != [_APPLICATION, _LAYOUT, "wal", 2]:
            msg = f"{self.path}: is no log of this version, or cannot be kept durably: {told}"
            raise LogError(msg)

    def _look(self) -> None:
        """Refuse a passphrase for a log in the clear, and an encrypted log without one."""
        encrypted = self.is_encrypted()
        if not encrypted and self.passphrase is not None:
            msg = f"{self.path}: is not encrypted, but a passphrase was given for it"
            raise LogError(msg)
        if encrypted and self.passphrase is None:
            msg = f"{self.path}: is no log, or is encrypted: a passphrase is needed"
            raise LogError(msg)


def _opened(path: Path, passphrase: str | None) -> Any:
    opened: Callable[..., Any] = sqlite3.connect
    if passphrase is not None:
        opened = sqlcipher3.connect
        if not passphrase or "\x00" in passphrase:
            msg = f"{path}: a passphrase must not be empty, nor hold a zero byte"
            raise LogError(msg)
    connection = opened(str(path), timeout=_PATIENCE_S, isolation_level=None)
    connection.text_factory = _text
    if passphrase is not None:
        # This statement takes no parameter; a quote inside is written twice, as SQL wants it.
        told = passphrase.replace("'", "''")
        connection.execute(f"PRAGMA key = '{told}'")
    return connection


def _flush_folder(folder: Path) -> None:
    """Make a new name in ``folder`` durable."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _text(raw: bytes) -> str:
    return raw.decode("utf-8", "replace")
