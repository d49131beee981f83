"""What was released to whom, what is past its end date, and proof that it was deleted.

Deleting means: the file is taken away and the folder made durable. Writing over it first would
prove nothing, for disks without moving parts write elsewhere. Only what was encrypted can be made
unreadable for certain, by destroying its key.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from clearway.errors import Breach, ClearwayError, LogError
from clearway.model.event import Event
from clearway.publish.bundle.archive import unzipped
from clearway.publish.bundle.locking import is_locked
from clearway.publish.bundle.manifest import Manifest, manifest_from_bytes
from clearway.publish.bundle.opening import sync_folder
from clearway.publish.bundle.sealing import MANIFEST, SIGNATURE
from clearway.seal.canonical import digest

HELD, OVERDUE, DELETED = "held", "overdue", "deleted"
STATES: Final = (HELD, OVERDUE, DELETED)
_ZIP: Final = b"PK\x03\x04"


@dataclass(frozen=True, slots=True)
class Released:
    """One row of the register.

    Attributes
    ----------
    file
        SHA-256 of what was handed over.
    profile, to
        As what, and to whom.
    at, expires
        When, and until when it may be kept.
    state
        ``held``, ``overdue`` or ``deleted``: what the log proves, not what is on other disks.
    """

    file: str
    profile: str
    to: str
    at: datetime
    expires: datetime
    state: str


@dataclass(frozen=True, slots=True)
class Kept:
    """Something on this disk with an end date.

    Attributes
    ----------
    path
        A bundle, or the ``manifest.json`` of a folder that one was opened into.
    file
        SHA-256 of that file: what the proof of its deletion names.
    expires
        Until when it may be kept.
    """

    path: Path
    file: str
    expires: datetime


def register(events: Iterable[Event], now: datetime) -> tuple[Released, ...]:
    """Return everything that was released, by moment, with its state at ``now``."""
    held = list(events)
    deleted = {one.about["file"] for one in held if one.kind == "deletion"}
    rows = []
    for one in held:
        if one.kind == "release":
            expires = datetime.fromisoformat(one.about["expires"])
            state = OVERDUE if _past(expires, now) else HELD
            state = DELETED if one.about["file"] in deleted else state
            told = (one.about["file"], one.about["profile"], one.about["to"])
            rows.append(Released(*told, one.at, expires, state))
    return tuple(sorted(rows, key=lambda row: row.at.astimezone(UTC)))


def incidents(events: Iterable[Event]) -> tuple[Event, ...]:
    """Return the incident register: every incident on record, by moment."""
    found = (one for one in events if one.kind == "incident")
    return tuple(sorted(found, key=lambda one: one.at.astimezone(UTC)))


def kept(folder: Path, events: Iterable[Event]) -> tuple[Kept, ...]:
    """Return what in ``folder`` has an end date: bundles, and folders that bundles were opened to.

    An encrypted bundle does not say until when it may be kept; the register does, by its hash.

    Parameters
    ----------
    folder
        Looked through whole; links are not followed.
    events
        Of the log.

    Raises
    ------
    OSError
        If it cannot be read.
    """
    dates = {
        one.about["file"]: datetime.fromisoformat(one.about["expires"])
        for one in events
        if one.kind == "release"
    }
    found = []
    for path in sorted(folder.rglob("*")):
        if path.is_symlink() or not path.is_file():
            continue
        content = path.read_bytes()
        file = digest(content)
        expires = dates.get(file) or _own_date(path, content)
        if expires is not None:
            found.append(Kept(path, file, expires))
    return tuple(found)


def overdue(items: Iterable[Kept], now: datetime) -> tuple[Kept, ...]:
    """Return what of ``items`` is past its end date at ``now``."""
    return tuple(one for one in items if _past(one.expires, now))


def delete(item: Kept, now: datetime) -> Event:
    """Delete what is past its end date, and return the record that proves it.

    Of a folder that a bundle was opened into, the files that its manifest lists are deleted, the
    manifest last: if this is cut short, it is found again. Files of one's own stay.

    Parameters
    ----------
    item
        As :func:`kept` found it.
    now
        When.

    Raises
    ------
    LogError
        If it is not past its end date, or is no longer what was found.
    OSError
        If it cannot be deleted.
    """
    if not _past(item.expires, now):
        raise _refused(item.path, "is not past its end date")
    content = item.path.read_bytes() if item.path.is_file() else b""
    if digest(content) != item.file:
        raise _refused(item.path, "is not what was found here")
    manifest = _manifest(content) if item.path.name == MANIFEST else None
    if manifest is not None:
        _delete_listed(item.path.parent, manifest)
    _delete_file(item.path)
    if manifest is not None:
        with contextlib.suppress(OSError):  # holds files of one's own
            item.path.parent.rmdir()
            sync_folder(item.path.parent.parent)
    reason = f"kept until {item.expires.isoformat()}"
    return Event("deletion", now, {"file": item.file, "reason": reason})


def destroy_key(path: Path, now: datetime) -> Event:
    """Delete the file of a private key, so that all that was encrypted to it alone is unreadable.

    Copies of the key elsewhere open it all the same: there must be none.

    Raises
    ------
    LogError
        If there is no such file.
    OSError
        If it cannot be deleted.
    """
    if path.is_symlink() or not path.is_file():
        raise _refused(path, "must be the file of a key")
    file = digest(path.read_bytes())
    _delete_file(path)
    return Event("deletion", now, {"file": file, "reason": "key destroyed"})


def _past(expires: datetime, now: datetime) -> bool:
    return expires.astimezone(UTC) <= now.astimezone(UTC)


def _own_date(path: Path, content: bytes) -> datetime | None:
    """Return the end date that a bundle in the clear, or the manifest of an opened one, tells."""
    told = content if path.name == MANIFEST else b""
    if content.startswith(_ZIP) and not is_locked(content):
        told = unzipped(content)[0].get(MANIFEST, b"")
    manifest = _manifest(told)
    return manifest.expires if manifest is not None else None


def _manifest(data: bytes) -> Manifest | None:
    try:
        return manifest_from_bytes(data)
    except ClearwayError:
        return None


def _delete_listed(folder: Path, manifest: Manifest) -> None:
    root = folder.resolve()
    paths = [folder / one.name for one in manifest.files]
    # A folder in it may since have become a link to elsewhere: nothing is deleted through it.
    paths = [path for path in paths if path.parent.resolve().is_relative_to(root)]
    for path in [*paths, folder / SIGNATURE]:
        if path.is_symlink() or path.is_file():
            _delete_file(path)
    for parent in sorted(set(_parents(paths, folder)), key=lambda one: -len(one.parts)):
        with contextlib.suppress(OSError):  # holds files of one's own
            parent.rmdir()
    sync_folder(folder)


def _parents(paths: Iterable[Path], folder: Path) -> Iterator[Path]:
    for path in paths:
        yield from (one for one in path.parents if one != folder and one.is_relative_to(folder))


def _delete_file(path: Path) -> None:
    path.unlink()
    sync_folder(path.parent)


def _refused(path: Path, rule: str) -> LogError:
    return LogError("nothing was deleted", (Breach(str(path), 0, "file", "", rule),))
