"""Keys of those who write: Ed25519, one pair on each laptop, the private half in one file."""

from __future__ import annotations

import hashlib
import json
import os
import secrets
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from cryptography.exceptions import InvalidSignature, InvalidTag
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

from clearway.errors import Breach, LogError

#: Hexadecimal digits of a fingerprint.
FINGERPRINT_DIGITS: Final = 16

_BYTES: Final = 32
#: Cost of a guess at the passphrase: 64 MB and about a fifth of a second (RFC 7914).
_COST: Final = 2**16
_COSTS: Final = range(2**14, 2**20 + 1)
_MARK: Final = "clearway key"


@dataclass(frozen=True, slots=True)
class PublicKey:
    """The half of a key that everybody may know: it tells whether a signature is genuine.

    Attributes
    ----------
    raw
        Its 32 bytes.
    """

    raw: bytes
    _key: Ed25519PublicKey = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Refuse what is no key."""
        try:
            key = Ed25519PublicKey.from_public_bytes(self.raw)
        except ValueError as error:
            breach = Breach("", 0, "public", self.raw.hex()[:60], "must be 32 bytes")
            raise LogError("not a public key", (breach,)) from error
        object.__setattr__(self, "_key", key)

    @property
    def fingerprint(self) -> str:
        """The first 16 hexadecimal digits of the SHA-256 of the key: what people compare."""
        return fingerprint(self.raw)

    def verifies(self, signature: bytes, message: bytes) -> bool:
        """Return whether ``signature`` was made over ``message`` by the other half."""
        try:
            self._key.verify(signature, message)
        except InvalidSignature:
            return False
        return True


@dataclass(frozen=True, slots=True)
class WriterKey:
    """A whole pair: it signs. It never shows its private half.

    Attributes
    ----------
    public
        The half that may be known.
    """

    public: PublicKey
    _key: Ed25519PrivateKey = field(repr=False, compare=False)

    @classmethod
    def from_seed(cls, seed: bytes) -> WriterKey:
        """Return the pair that 32 secret bytes stand for."""
        key = Ed25519PrivateKey.from_private_bytes(seed)
        return cls(PublicKey(key.public_key().public_bytes_raw()), key)

    @property
    def fingerprint(self) -> str:
        """Of the public half; records call it the writer."""
        return self.public.fingerprint

    def sign(self, message: bytes) -> bytes:
        """Return the 64 bytes of the signature over ``message``."""
        return self._key.sign(message)


def fingerprint(raw: bytes) -> str:
    """Return the fingerprint of the public key whose bytes are ``raw``."""
    return hashlib.sha256(raw).hexdigest()[:FINGERPRINT_DIGITS]


def create_key(path: Path, passphrase: str | None = None) -> WriterKey:
    """Make a pair and store it in ``path``, readable by its owner alone.

    Parameters
    ----------
    path
        A file that must not be there yet: a key that is written over is lost for ever.
    passphrase
        Seals the private half (scrypt, ChaCha20-Poly1305); None leaves it open.

    Raises
    ------
    LogError
        If the file is there, or the passphrase is empty.
    OSError
        If it cannot be written; nothing is left behind then.
    """
    if path.exists():
        raise _refused(path, "", "is there already; a key is never written over")
    seed = secrets.token_bytes(_BYTES)
    key = WriterKey.from_seed(seed)
    secret = {"seed": seed.hex()} if passphrase is None else _sealed(path, seed, passphrase)
    told = {_MARK: 1, "public": key.public.raw.hex(), **secret}
    _write_private(path, json.dumps(told, indent=2).encode() + b"\n")
    return key


def load_key(path: Path, passphrase: str | None = None) -> WriterKey:
    """Return the pair that ``create_key`` stored in ``path``.

    Raises
    ------
    LogError
        If the file is not there or holds no key, or the passphrase is not its own.
    """
    try:
        told = json.loads(path.read_bytes())
    except (OSError, ValueError) as error:
        raise _refused(path, "", f"must be a key file that can be read: {error}") from error
    if not isinstance(told, dict) or told.get(_MARK) != 1:
        raise _refused(path, _MARK, "must be 1: this is no key file of this version")
    if is_sealed(path):
        if passphrase is None:
            raise _refused(path, "passphrase", "is needed: this key is sealed")
        seed = _opened(path, told["sealed"], passphrase)
    else:
        seed = _bytes(path, told, "seed", _BYTES)
    key = WriterKey.from_seed(seed)
    if key.public.raw.hex() != told.get("public"):
        raise _refused(path, "public", "is not the other half of the private key")
    return key


def is_sealed(path: Path) -> bool:
    """Return whether the key in ``path`` asks for a passphrase; False if there is no such key."""
    try:
        told = json.loads(path.read_bytes())
    except (OSError, ValueError):
        return False
    return isinstance(told, dict) and "sealed" in told


def _sealed(path: Path, seed: bytes, passphrase: str) -> dict[str, Any]:
    if not passphrase:
        raise _refused(path, "passphrase", "must not be empty")
    salt, nonce = secrets.token_bytes(_BYTES), secrets.token_bytes(12)
    box = ChaCha20Poly1305(_stretched(passphrase, salt, _COST)).encrypt(nonce, seed, None)
    told = {"kdf": "scrypt", "n": _COST, "r": 8, "p": 1, "cipher": "chacha20-poly1305"}
    return {"sealed": {**told, "salt": salt.hex(), "nonce": nonce.hex(), "box": box.hex()}}


def _opened(path: Path, told: Any, passphrase: str) -> bytes:
    if not isinstance(told, dict):
        raise _refused(path, "sealed", "must be an object")
    cost = told.get("n")
    # Bounded, so that a file from elsewhere cannot ask for all the memory there is.
    if not isinstance(cost, int) or cost not in _COSTS or cost & (cost - 1):
        raise _refused(path, "sealed.n", "must be a power of two from 2**14 to 2**20")
    salt, nonce = _bytes(path, told, "salt", _BYTES), _bytes(path, told, "nonce", 12)
    box = _bytes(path, told, "box", _BYTES + 16)
    try:
        return ChaCha20Poly1305(_stretched(passphrase, salt, cost)).decrypt(nonce, box, None)
    except InvalidTag as error:
        raise _refused(path, "passphrase", "is not the one of this key") from error


def _stretched(passphrase: str, salt: bytes, cost: int) -> bytes:
    return Scrypt(salt=salt, length=_BYTES, n=cost, r=8, p=1).derive(passphrase.encode())


def _bytes(path: Path, told: dict[str, Any], name: str, length: int) -> bytes:
    try:
        raw = bytes.fromhex(told[name])
    except (KeyError, TypeError, ValueError):
        raw = b""
    if len(raw) != length:
        raise _refused(path, name, f"must be {length} bytes in hexadecimal digits")
    return raw


def _write_private(path: Path, data: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    staged = path.with_name(f".{path.name}-{secrets.token_hex(4)}")
    try:
        descriptor = os.open(staged, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        staged.replace(path)
    finally:
        staged.unlink(missing_ok=True)


def _refused(path: Path, name: str, rule: str) -> LogError:
    # Never the value: it may be the secret itself.
    return LogError(f"{path}: no usable key", (Breach(str(path), 0, name, "", rule),))
