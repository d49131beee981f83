"""Where a log is: a file on this laptop, or a database of a PostgreSQL server."""

from __future__ import annotations

import importlib
from pathlib import Path
from typing import Any, Final

from clearway.errors import Breach, LogError
from clearway.operate.log.log import Log
from clearway.operate.log.merge import key_to_stored
from clearway.operate.log.sqlite import FileEngine
from clearway.operate.log.store import SqlStore
from clearway.seal.keys import WriterKey

_SERVERS: Final = ("postgresql://", "postgres://")


def create_log(target: Path | str, key: WriterKey, passphrase: str | None = None) -> Log:
    """Make an empty log that knows its first writer, and open it.

    Parameters
    ----------
    target
        A file that is not there yet, or the URL of a PostgreSQL database that holds no log.
    key
        Of the writer on this laptop.
    passphrase
        For a file: encrypt it (SQLCipher); None leaves it in the clear.

    Raises
    ------
    LogError
        If a log is there already, or none can be made there.
    OSError
        If the file cannot be written.
    """
    engine = _engine(target, passphrase)
    engine.make()
    log = Log(SqlStore(engine), key)
    with log.store.writing() as there:
        there.add([key_to_stored(key.public)])
    return log


def open_log(
    target: Path | str,
    key: WriterKey | None = None,
    passphrase: str | None = None,
    *,
    despite_faults: bool = False,
) -> Log:
    """Open a log that is there, whatever became of the last one who wrote to it.

    Parameters
    ----------
    target
        As for ``create_log``.
    key
        Of whoever is going to write; None only to read.
    passphrase
        Of an encrypted file; of no use to any other log.
    despite_faults
        Open a log although the ends of its chains are damaged: to look, not to write.

    Raises
    ------
    LogError
        If there is no log, the passphrase is not its own, or the end of a chain is damaged: then
        with every fault found there. ``Log.faults`` looks at all of it.
    """
    log = Log(SqlStore(_engine(target, passphrase)), key)
    if despite_faults:
        return log
    try:
        faults = log.tail_faults()
    except BaseException:
        log.close()
        raise
    if faults:
        log.close()
        breaches = (Breach(log.store.name, 0, one.what, "", str(one)) for one in faults)
        msg = f"{log.store.name}: the end of the log is damaged"
        raise LogError(msg, tuple(breaches))
    return log


def is_server(target: Path | str) -> bool:
    """Return whether ``target`` is the URL of a server rather than a file."""
    return str(target).startswith(_SERVERS)


def is_encrypted(target: Path | str) -> bool:
    """Return whether a passphrase is needed to open the log at ``target``."""
    return not is_server(target) and FileEngine(Path(target)).is_encrypted()


def _engine(target: Path | str, passphrase: str | None) -> Any:
    if not is_server(target):
        return FileEngine(Path(target), passphrase)
    if passphrase is not None:
        msg = "a passphrase encrypts a file; a server's disk is encrypted by whoever runs it"
        raise LogError(msg)
    # Named, not imported: a laptop has no need of the library that speaks to a server.
    try:
        module = importlib.import_module("clearway.operate.log.postgres")
    except ModuleNotFoundError as error:
        msg = f"{error.name} is not installed; a log on a server needs clearway[headquarters]"
        raise LogError(msg) from error
    return module.PostgresEngine(str(target))
