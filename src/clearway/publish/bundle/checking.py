"""Look at a bundle without a network, and name every fault."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from clearway.errors import ClearwayError
from clearway.publish.bundle import faults as kinds
from clearway.publish.bundle.archive import unzipped
from clearway.publish.bundle.faults import Fault
from clearway.publish.bundle.manifest import Manifest, manifest_from_bytes
from clearway.publish.bundle.sealing import MANIFEST, SIGNATURE, SIGNATURE_FORMAT
from clearway.seal.canonical import digest, from_canonical
from clearway.seal.keys import PublicKey

_KEY: Final = re.compile("[0-9a-f]{64}")
_SIGNATURE: Final = re.compile("[0-9a-f]{128}")


@dataclass(frozen=True, slots=True)
class Checked:
    """What was found in a bundle.

    Attributes
    ----------
    faults
        Everything wrong with it; empty if it may be believed.
    manifest
        None where it could not be read.
    files
        Content by name, without the manifest and its signature; empty where anything is wrong.
    seals
        The manifest and its signature by name; empty where anything is wrong.
    signer
        Fingerprint of the key that signed it; empty where no signature holds.
    """

    faults: tuple[Fault, ...]
    manifest: Manifest | None
    files: Mapping[str, bytes]
    seals: Mapping[str, bytes]
    signer: str

    @property
    def sound(self) -> bool:
        """Whether nothing is wrong."""
        return not self.faults


def check(blob: bytes, signers: Collection[str], now: datetime) -> Checked:
    """Return what is in a bundle, and everything that is wrong with it.

    Parameters
    ----------
    blob
        Any bytes; an encrypted bundle must be unlocked first.
    signers
        Fingerprints of the keys that are believed here, compared by another way than this file.
    now
        Moment by which it must not have expired; with a time zone.
    """
    files, faults = unzipped(blob)
    if faults:
        return Checked(faults, None, {}, {}, "")
    found = [*_unlisted(files)]
    manifest = _manifest(files, found)
    signer = _signer(files, found)
    if signer and signer not in signers:
        told = f"{signer} is none that is believed here; compare it with its owner"
        found.append(Fault(kinds.SIGNER, SIGNATURE, told))
    if manifest is not None:
        found += _differences(files, manifest)
        if manifest.expires.astimezone(UTC) <= now.astimezone(UTC):
            told = f"was to be kept until {manifest.expires.isoformat()}"
            found.append(Fault(kinds.EXPIRED, "", told))
    if found:
        return Checked(tuple(found), manifest, {}, {}, signer)
    seals = {name: files[name] for name in (MANIFEST, SIGNATURE)}
    content = {name: one for name, one in files.items() if name not in seals}
    return Checked((), manifest, content, seals, signer)


def _unlisted(files: Mapping[str, bytes]) -> Iterator[Fault]:
    for name in (MANIFEST, SIGNATURE):
        if name not in files:
            yield Fault(kinds.MISSING, name, "every bundle has one")


def _manifest(files: Mapping[str, bytes], found: list[Fault]) -> Manifest | None:
    try:
        return manifest_from_bytes(files[MANIFEST]) if MANIFEST in files else None
    except ClearwayError as error:
        found.append(Fault(kinds.MANIFEST, MANIFEST, " ".join(str(error).split())))
        return None


def _signer(files: Mapping[str, bytes], found: list[Fault]) -> str:
    """Return the fingerprint of the key whose signature holds, or nothing with the fault noted."""
    if MANIFEST not in files or SIGNATURE not in files:
        return ""
    try:
        told = from_canonical(files[SIGNATURE])
    except ClearwayError:
        told = None
    if not _is_signature(told):
        found.append(Fault(kinds.SIGNATURE, SIGNATURE, "cannot be read"))
        return ""
    try:
        key = PublicKey(bytes.fromhex(told["key"]))
        holds = key.verifies(bytes.fromhex(told["signature"]), files[MANIFEST])
    except ClearwayError:
        holds = False
    if not holds:
        found.append(Fault(kinds.SIGNATURE, SIGNATURE, "is not of this manifest by this key"))
        return ""
    return key.fingerprint


def _is_signature(told: object) -> bool:
    if not isinstance(told, dict) or set(told) != {"format", "key", "signature"}:
        return False
    texts = all(isinstance(one, str) for one in told.values())
    return (
        texts
        and told["format"] == SIGNATURE_FORMAT
        and bool(_KEY.fullmatch(told["key"]))
        and bool(_SIGNATURE.fullmatch(told["signature"]))
    )


def _differences(files: Mapping[str, bytes], manifest: Manifest) -> Iterator[Fault]:
    listed = {one.name: one for one in manifest.files}
    for name, one in listed.items():
        if name not in files:
            yield Fault(kinds.MISSING, name, "is listed and not there")
        elif (len(files[name]), digest(files[name])) != (one.size, one.sha256):
            yield Fault(kinds.CHANGED, name, "is not what was signed")
    for name in sorted(set(files) - set(listed) - {MANIFEST, SIGNATURE}):
        yield Fault(kinds.EXTRA, name, "is there and not listed")
