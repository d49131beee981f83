"""What an encrypted run is locked with: one key of age, itself encrypted with the passphrase.

A passphrase is made slow to guess, and so slow to use: once for a whole folder, not once a file.
The files are those of age: its own program opens ``identity.age`` with the passphrase, and all
others with what is in it.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Final

from clearway.errors import Breach, LogError
from clearway.publish.bundle.locking import (
    identities_in,
    locked_to,
    locked_with,
    new_identity,
    unlocked,
)

IDENTITY_FILE: Final = "identity.age"
#: What files that are locked end in.
LOCKED: Final = ".age"


@dataclass(frozen=True, slots=True, eq=False)
class RunLock:
    """The open lock of a run.

    Attributes
    ----------
    identity, public
        Private and public key of age.
    """

    identity: str
    public: str

    def __repr__(self) -> str:
        # A private key has no place in a traceback.
        return f"RunLock({self.public})"

    def locked(self, content: bytes) -> bytes:
        """Return ``content`` encrypted."""
        return locked_to(content, (self.public,))

    def opened(self, path: Path) -> bytes:
        """Return what is in an encrypted file.

        Raises
        ------
        LogError
            If it is not there, was changed, or is of another run.
        """
        return _opened(path, (self.identity,), None, "must be there as it was written")


def new_lock(passphrase: str) -> tuple[RunLock, bytes]:
    """Return a new lock, and the content of ``IDENTITY_FILE`` for it.

    Raises
    ------
    LogError
        If the passphrase is too short.
    """
    text, public = new_identity()
    return RunLock(identities_in(text)[0], public), locked_with(text.encode(), passphrase)


def open_lock(folder: Path, passphrase: str | None) -> RunLock:
    """Return the lock of the encrypted run in ``folder``; this takes about a second.

    Raises
    ------
    LogError
        If there is none, or the passphrase is not its own; if this machine is too busy to tell.
    """
    rule = "must be there as it was written, and the passphrase its own"
    text = _opened(folder / IDENTITY_FILE, (), passphrase, rule).decode()
    public = text.partition("# public key: ")[2].partition("\n")[0]
    return RunLock(identities_in(text)[0], public)


def _opened(path: Path, identities: tuple[str, ...], passphrase: str | None, rule: str) -> bytes:
    if not path.is_file():
        raise _refused(path, rule)
    try:
        return unlocked(path.read_bytes(), identities, passphrase)
    except LogError as error:
        told = [one.rule for one in error.breaches if one.field != "identity"]
        raise _refused(path, told[0] if told else rule) from error


def _refused(path: Path, rule: str) -> LogError:
    return LogError("this run cannot be used", (Breach(str(path), 0, "file", "", rule),))
