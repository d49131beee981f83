"""A log at a headquarters: PostgreSQL. Imported only where such a log is asked for."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Final

import psycopg

from clearway.errors import LogError

#: Key of the lock that one writer holds at a time ("clearway" in bytes), for logs of one database.
_LOCK: Final = 0x636C656172776179

_SCHEMA: Final = (
    """CREATE TABLE clearway_log (
        sort INTEGER NOT NULL, writer TEXT COLLATE "C" NOT NULL, chain TEXT COLLATE "C" NOT NULL,
        number BIGINT NOT NULL, hash TEXT COLLATE "C" NOT NULL, data BYTEA NOT NULL,
        PRIMARY KEY (sort, writer, chain, number, hash))""",
    """CREATE FUNCTION clearway_log_kept() RETURNS trigger LANGUAGE plpgsql AS
        $$BEGIN RAISE EXCEPTION 'a log is only ever added to'; END$$""",
    """CREATE TRIGGER clearway_log_kept BEFORE DELETE ON clearway_log
        FOR EACH ROW WHEN (OLD.sort < 3) EXECUTE FUNCTION clearway_log_kept()""",
    """CREATE TRIGGER clearway_log_same BEFORE UPDATE OR TRUNCATE ON clearway_log
        FOR EACH STATEMENT EXECUTE FUNCTION clearway_log_kept()""",
)
_DURABLE: Final = ("fsync", "full_page_writes", "synchronous_commit")


@dataclass(frozen=True, slots=True)
class PostgresEngine:
    """A database of a PostgreSQL server; it holds one log.

    Attributes
    ----------
    url
        As libpq takes it: ``postgresql://host/database``. A password belongs into ``PGPASSFILE``.
    """

    url: str = field(repr=False)
    begin: tuple[str, ...] = ("BEGIN", f"SELECT pg_advisory_xact_lock({_LOCK})")
    mark: str = "%s"

    @property
    def name(self) -> str:
        """Where it is, without a password."""
        told = psycopg.conninfo.conninfo_to_dict(self.url)
        return f"postgresql {told.get('host', '')}/{told.get('dbname', '')}"

    def make(self) -> None:
        """Make an empty log in the database; it is there as a whole or not at all.

        Raises
        ------
        LogError
            If the database cannot be reached or changed, or holds a log already.
        """
        try:
            with psycopg.connect(self.url) as connection:
                for statement in _SCHEMA:
                    connection.execute(statement)
        except psycopg.errors.DuplicateTable as error:
            msg = f"{self.name}: holds a log already; a log is never written over"
            raise LogError(msg) from error
        except psycopg.Error as error:
            msg = f"{self.name}: {self.explained(error)}"
            raise LogError(msg) from error

    def connect(self) -> Any:
        """Return a connection whose commits are durable before they are acknowledged."""
        connection = psycopg.connect(self.url, autocommit=True)
        try:
            self._expect_durable(connection)
        except BaseException:
            connection.close()
            raise
        return connection

    def explained(self, error: Exception) -> str | None:
        """Return what an error of the server, or of the way to it, means; None for any other."""
        if not isinstance(error, psycopg.Error):
            return None
        if isinstance(error, psycopg.errors.UndefinedTable):
            return "holds no log"
        told = " ".join(str(error).split())
        return f"{told}; what was to be written is not acknowledged"

    def _expect_durable(self, connection: Any) -> None:
        connection.execute("SET synchronous_commit = on")
        shown = [connection.execute(f"SHOW {name}").fetchone() for name in _DURABLE]
        if shown != [("on",)] * len(_DURABLE):
            msg = f"{self.name}: the server must have fsync and full_page_writes on"
            raise LogError(msg)
        connection.execute("SELECT 1 FROM clearway_log LIMIT 0")
