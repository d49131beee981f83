"""Signed bundles: every fault has its name, and every flipped bit is found."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from clearway.errors import ClearwayError, ScenarioError
from clearway.publish.bundle.archive import unzipped, zipped
from clearway.publish.bundle.checking import Checked, check
from clearway.publish.bundle.manifest import (
    Manifest,
    listed,
    manifest_from_bytes,
    manifest_to_bytes,
)
from clearway.publish.bundle.sealing import MANIFEST, SIGNATURE, sealed
from clearway.seal.canonical import canonical, from_canonical
from tests.publish.bundles import CREATED, FILES, KEY, NOW, OTHER_KEY, manifest, small

SIGNERS = {KEY.fingerprint}


def found(blob: bytes, now: datetime = NOW) -> Checked:
    checked = check(blob, SIGNERS, now)
    assert not (checked.files and checked.faults)
    return checked


def kinds(blob: bytes) -> set[tuple[str, str]]:
    return {(fault.kind, fault.where) for fault in found(blob).faults}


def again(changes: dict[str, bytes | None]) -> bytes:
    """Return a well laid out zip of the small bundle's files with changes."""
    files = {**unzipped(small())[0], **changes}
    return zipped({name: content for name, content in files.items() if content is not None})


def test_a_bundle_gives_back_what_was_put_in() -> None:
    checked = found(small())
    assert checked.sound
    assert checked.files == FILES
    assert checked.manifest == manifest()
    assert checked.signer == KEY.fingerprint
    assert small() == small()


def test_every_single_flipped_bit_is_found_or_changes_nothing_that_is_read() -> None:
    blob = small()
    missed = []
    for bit in range(8 * len(blob)):
        flipped = bytearray(blob)
        flipped[bit // 8] ^= 1 << bit % 8
        checked = check(bytes(flipped), SIGNERS, NOW)
        if checked.sound and (checked.files, checked.manifest) != (FILES, manifest()):
            missed.append(bit)
    assert len(blob) > 900
    assert missed == []


def test_a_flip_is_found_by_this_check_at_all() -> None:
    blob = small()
    sound = sum(
        check(blob[:at] + bytes([blob[at] ^ 1]) + blob[at + 1 :], SIGNERS, NOW).sound
        for at in range(0, len(blob), 7)
    )
    assert sound < len(blob) // 7 // 50


def test_missing_extra_and_changed_files_are_named() -> None:
    changed = {"log.jsonl": b"{}", "scenario/scenario.toml": None, "new.txt": b"x"}
    assert kinds(again(changed)) == {
        ("changed", "log.jsonl"),
        ("missing", "scenario/scenario.toml"),
        ("extra", "new.txt"),
    }


def test_a_missing_manifest_or_signature_is_named() -> None:
    assert kinds(again({MANIFEST: None})) == {("missing", MANIFEST)}
    assert kinds(again({SIGNATURE: None})) == {("missing", SIGNATURE)}
    assert kinds(zipped({})) == {("missing", MANIFEST), ("missing", SIGNATURE)}


def test_a_manifest_that_somebody_changed_is_not_what_was_signed() -> None:
    told = from_canonical(unzipped(small())[0][MANIFEST])
    later = canonical({**told, "recipient": "Somebody else"})
    assert kinds(again({MANIFEST: later})) == {("signature", SIGNATURE)}


def test_a_bundle_that_another_key_signed_is_not_believed() -> None:
    forged = sealed(FILES, manifest(), OTHER_KEY)
    assert kinds(forged) == {("unknown signer", SIGNATURE)}
    assert found(forged).signer == OTHER_KEY.fingerprint
    assert check(small(), (), NOW).faults[0].kind == "unknown signer"


def test_a_signature_under_another_s_name_is_bad() -> None:
    theirs = from_canonical(unzipped(sealed(FILES, manifest(), OTHER_KEY))[0][SIGNATURE])
    lie = canonical({**theirs, "key": KEY.public.raw.hex()})
    assert kinds(again({SIGNATURE: lie})) == {("signature", SIGNATURE)}


@pytest.mark.parametrize(
    "told",
    [
        *(b"", b"{}", b"[]", b"null", b'"x"', b"\xff"),
        canonical({"format": "clearway-signature/1", "key": "00", "signature": "00"}),
        canonical({"format": "clearway-signature/1", "key": 1, "signature": 2}),
        canonical({"format": "x/1", "key": "0" * 64, "signature": "0" * 128}),
        canonical({"format": "clearway-signature/1", "key": "f" * 64, "signature": "0" * 128}),
    ],
)
def test_a_broken_signature_is_named(told: bytes) -> None:
    assert kinds(again({SIGNATURE: told})) == {("signature", SIGNATURE)}


def test_a_bundle_expires() -> None:
    expires = manifest().expires
    assert found(small(), expires - timedelta(seconds=1)).sound
    assert [fault.kind for fault in found(small(), expires).faults] == ["expired"]


@pytest.mark.parametrize(
    ("key", "value"),
    [
        *(("format", "x/1"), ("id", 3), ("recipient", ""), ("recipient", None)),
        *(("created", "yesterday"), ("expires", "2016-10-20"), ("expires", "2016-10-01T00:00Z")),
        *(("files", {}), ("files", [1]), ("files", [{"name": "a"}])),
    ],
)
def test_a_broken_manifest_is_named(key: str, value: Any) -> None:
    told = {**from_canonical(manifest_to_bytes(manifest())), key: value}
    with pytest.raises(ClearwayError):
        manifest_from_bytes(canonical(told))
    assert ("manifest", MANIFEST) in kinds(again({MANIFEST: canonical(told)}))


@pytest.mark.parametrize(
    ("key", "value"),
    [
        *(("name", "../up"), ("name", 3), ("sha256", "0"), ("sha256", "G" * 64)),
        *(("size", -1), ("size", True), ("size", "1"), ("class", 2)),
    ],
)
def test_a_broken_entry_of_a_manifest_is_named(key: str, value: Any) -> None:
    told = from_canonical(manifest_to_bytes(manifest()))
    told["files"][0][key] = value
    with pytest.raises(ClearwayError):
        manifest_from_bytes(canonical(told))


@pytest.mark.parametrize("data", [b"", b"{", b" {}", b'{"a":1,"a":2}', b"{}", b"[]", b"\xff"])
def test_what_is_not_canonical_is_no_manifest(data: bytes) -> None:
    with pytest.raises(ClearwayError):
        manifest_from_bytes(data)


def test_a_manifest_needs_moments_in_order_and_a_recipient() -> None:
    args: dict[str, Any] = {
        "id": "0",
        "profile": "full",
        "recipient": "X",
        "watermark": "",
        "files": (),
        "created": CREATED,
        "expires": CREATED + timedelta(1),
    }
    for key, value in (
        ("recipient", " "),
        ("expires", CREATED),
        ("created", datetime(2016, 1, 1)),  # noqa: DTZ001 - what is refused
        ("files", listed({"a": b""}, {"a": "full"}) * 2),
    ):
        with pytest.raises(ScenarioError):
            Manifest(**{**args, key: value})
    assert Manifest(**args).expires.tzinfo is UTC


def test_only_what_is_listed_is_sealed() -> None:
    with pytest.raises(ValueError, match="must list these"):
        sealed({**FILES, "more": b""}, manifest(), KEY)
    both = {**FILES, MANIFEST: b""}
    with pytest.raises(ValueError, match="must list these"):
        sealed(both, manifest(both), KEY)
