"""What is in a bundle, for whom, until when: the text that is signed."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from clearway.errors import Breach, LogError
from clearway.model.checks import Checks, shown
from clearway.publish.bundle.archive import name_problem
from clearway.seal.canonical import canonical, digest, from_canonical

FORMAT: Final = "clearway-bundle/1"
#: Digits of the id that a release carries in every file.
ID_DIGITS: Final = 10

_HASH: Final = re.compile("[0-9a-f]{64}")
_KEYS: Final = frozenset(
    (
        *("format", "id", "profile", "recipient", "watermark"),
        *("created", "expires", "files"),
    )
)
_FILE_KEYS: Final = frozenset(("name", "sha256", "size", "class"))
_MOST_SIZE: Final = 2**40


@dataclass(frozen=True, slots=True)
class Listed:
    """One file of a bundle.

    Attributes
    ----------
    name
        With slashes, inside the bundle.
    sha256
        Of its content, in small hexadecimal digits.
    size
        Bytes.
    cls
        Class of the most sensitive thing in it, such as ``full``.
    """

    name: str
    sha256: str
    size: int
    cls: str


@dataclass(frozen=True, slots=True)
class Manifest:
    """What is signed.

    Attributes
    ----------
    id
        Ten hexadecimal digits by which this release is known.
    profile
        Name of the release profile.
    recipient
        An organisation or a role, never a person.
    watermark
        The line that stands in every file that has room for it.
    created, expires
        Moments with a time zone; after ``expires`` it must not be kept.
    files
        By name, without ``manifest.json`` and ``manifest.sig``.
    """

    id: str
    profile: str
    recipient: str
    watermark: str
    created: datetime
    expires: datetime
    files: tuple[Listed, ...]

    def __post_init__(self) -> None:
        """Refuse moments without a zone or out of order, and a release to nobody."""
        checks = Checks("manifest")
        checks.that(bool(self.recipient.strip()), "recipient", "", "must name an organisation")
        zoned = self.created.tzinfo is not None and self.expires.tzinfo is not None
        checks.that(zoned, "created", self.created, "must carry a time zone")
        checks.done()
        later = self.created.astimezone(UTC) < self.expires.astimezone(UTC)
        checks.that(later, "expires", self.expires, "must be after it was created")
        checks.unique("files", [one.name for one in self.files])
        checks.done()


def listed(files: Mapping[str, bytes], classes: Mapping[str, str]) -> tuple[Listed, ...]:
    """Return the list of ``files`` by name, each with its class."""
    return tuple(
        Listed(name, digest(files[name]), len(files[name]), classes[name]) for name in sorted(files)
    )


def manifest_to_bytes(manifest: Manifest) -> bytes:
    """Return the canonical JSON that is signed."""
    return canonical(
        {
            "format": FORMAT,
            "id": manifest.id,
            "profile": manifest.profile,
            "recipient": manifest.recipient,
            "watermark": manifest.watermark,
            "created": manifest.created.astimezone(UTC).isoformat(),
            "expires": manifest.expires.astimezone(UTC).isoformat(),
            "files": [
                {"name": one.name, "sha256": one.sha256, "size": one.size, "class": one.cls}
                for one in manifest.files
            ],
        }
    )


def manifest_from_bytes(data: bytes) -> Manifest:
    """Return the manifest whose canonical JSON is ``data``.

    Raises
    ------
    ClearwayError
        If it is not canonical JSON, or not a manifest of this format.
    """
    told = from_canonical(data)
    if not isinstance(told, dict) or set(told) != _KEYS or told["format"] != FORMAT:
        raise _refused("keys", FORMAT, "must be a manifest of this format")
    for key in _KEYS - {"files"}:
        if not isinstance(told[key], str):
            raise _refused(key, told[key], "must be text")
    if not isinstance(told["files"], list):
        raise _refused("files", told["files"], "must be a list")
    return Manifest(
        id=told["id"],
        profile=told["profile"],
        recipient=told["recipient"],
        watermark=told["watermark"],
        created=_moment(told, "created"),
        expires=_moment(told, "expires"),
        files=tuple(map(_listed, told["files"])),
    )


def _moment(told: dict[str, Any], key: str) -> datetime:
    rule = "must be a moment in ISO 8601 with a time zone"
    try:
        moment = datetime.fromisoformat(told[key])
    except ValueError as error:
        raise _refused(key, told[key], rule) from error
    if moment.tzinfo is None:
        raise _refused(key, told[key], rule)
    return moment


def _listed(told: object) -> Listed:
    if not isinstance(told, dict) or set(told) != _FILE_KEYS:
        raise _refused("files", told, "must each have a name, a hash, a size and a class")
    name, sha256, size, cls = (told[key] for key in ("name", "sha256", "size", "class"))
    if not isinstance(name, str) or name_problem(name):
        raise _refused("files.name", name, "must be a name that can be written")
    if not isinstance(sha256, str) or not _HASH.fullmatch(sha256):
        raise _refused("files.sha256", sha256, "must be 64 small hexadecimal digits")
    whole = isinstance(size, int) and not isinstance(size, bool)
    if not whole or not 0 <= size <= _MOST_SIZE or not isinstance(cls, str):
        raise _refused("files.size", size, "must be a number of bytes, beside a class")
    return Listed(name, sha256, size, cls)


def _refused(field: str, value: object, rule: str) -> LogError:
    return LogError("not a manifest", (Breach("manifest.json", 0, field, shown(value), rule),))
