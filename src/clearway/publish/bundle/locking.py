"""Encrypt a bundle to those who may read it, by age (age-encryption.org/v1), in memory alone."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

import pyrage  # type: ignore[import-untyped]
from pyrage import passphrase as by_passphrase
from pyrage import x25519

from clearway.errors import Breach, LogError

_MARK: Final = b"age-encryption.org/v1\n"
_PASSPHRASE_MARK: Final = b"-> scrypt "
IDENTITY: Final = "AGE-SECRET-KEY-1"
#: How age refuses a passphrase that would take this machine, as busy as it is now, too long: it
#: measures anew each time, and on a busy machine finds itself many times slower than it is.
_SLOW: Final = "Excessive work"
_TRIES: Final = 20
#: A passphrase is guessed offline, by machines: shorter ones are refused.
LEAST_PASSPHRASE: Final = 12


def is_locked(blob: bytes) -> bool:
    """Return whether ``blob`` is encrypted by age."""
    return blob.startswith(_MARK)


def asks_passphrase(blob: bytes) -> bool:
    """Return whether ``blob`` was encrypted with a passphrase."""
    return blob[len(_MARK) :].startswith(_PASSPHRASE_MARK)


def locked_to(blob: bytes, recipients: Sequence[str]) -> bytes:
    """Return ``blob`` encrypted to ``recipients``, each a public key ``age1...``.

    Raises
    ------
    LogError
        If there is none, or one is no such key.
    """
    if not recipients:
        raise _refused("recipient", "", "at least one is needed")
    try:
        keys = [x25519.Recipient.from_str(one) for one in recipients]
    except pyrage.RecipientError as error:
        raise _refused("recipient", str(error), "must each be a public key age1...") from error
    return bytes(pyrage.encrypt(blob, keys))


def locked_with(blob: bytes, passphrase: str) -> bytes:
    """Return ``blob`` encrypted with a passphrase.

    Raises
    ------
    LogError
        If it is shorter than ``LEAST_PASSPHRASE`` letters.
    """
    if len(passphrase) < LEAST_PASSPHRASE:
        raise _refused("passphrase", "", f"must have at least {LEAST_PASSPHRASE} letters")
    return bytes(by_passphrase.encrypt(blob, passphrase))


def unlocked(blob: bytes, identities: Iterable[str], passphrase: str | None = None) -> bytes:
    """Return what was encrypted.

    Parameters
    ----------
    blob
        Encrypted by age.
    identities
        Private keys ``AGE-SECRET-KEY-1...`` to try.
    passphrase
        For what was encrypted with one.

    Raises
    ------
    LogError
        If none of them opens it, or it was changed; which of the two, age does not tell. If this
        machine is too slow, or too busy, for its passphrase.
    """
    if asks_passphrase(blob) and passphrase is None:
        raise _refused("passphrase", "", "is needed: it was encrypted with one")
    try:
        if asks_passphrase(blob):
            return _opened(blob, passphrase or "")
        return bytes(pyrage.decrypt(blob, [x25519.Identity.from_str(one) for one in identities]))
    except pyrage.IdentityError as error:
        raise _refused("identity", "", f"must each be a private key {IDENTITY}...") from error
    except pyrage.DecryptError as error:
        rule = "must be of somebody it was encrypted to, and the file as it was made"
        raise _refused("identity", "", rule) from error


def _opened(blob: bytes, passphrase: str) -> bytes:
    for _ in range(_TRIES):
        try:
            return bytes(by_passphrase.decrypt(blob, passphrase))
        except pyrage.DecryptError as error:
            if _SLOW not in str(error):
                raise
    rule = "would take this machine too long: it is too busy now, or far slower than the one before"
    raise _refused("passphrase", "", rule)


def identities_in(text: str) -> tuple[str, ...]:
    """Return the private keys in the text of an identity file, as ``age-keygen`` writes it.

    Raises
    ------
    LogError
        If it holds none.
    """
    lines = (line.strip() for line in text.splitlines())
    found = tuple(line for line in lines if line.startswith(IDENTITY))
    if not found:
        raise _refused("identity", "", f"must hold a line {IDENTITY}...")
    return found


def new_identity() -> tuple[str, str]:
    """Return a new private key as the text of an identity file, and its public key."""
    identity = x25519.Identity.generate()
    public = str(identity.to_public())
    return f"# public key: {public}\n{identity}\n", public


def _refused(field: str, value: str, rule: str) -> LogError:
    return LogError("cannot be locked or unlocked", (Breach("bundle", 0, field, value[:60], rule),))
