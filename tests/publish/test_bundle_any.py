"""Bundles of anything, and anything as a bundle: what is accepted is exactly what was sealed."""

from __future__ import annotations

import io
import struct
import zipfile
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clearway.errors import ClearwayError, LogError
from clearway.publish.bundle import archive
from clearway.publish.bundle.archive import problems, unzipped, zipped
from clearway.publish.bundle.checking import check
from clearway.publish.bundle.locking import identities_in, locked_to, new_identity, unlocked
from clearway.publish.bundle.manifest import (
    Manifest,
    listed,
    manifest_from_bytes,
    manifest_to_bytes,
)
from clearway.publish.bundle.sealing import sealed
from tests.publish.bundles import FILES, KEY, NOW, manifest, small

SIGNERS = {KEY.fingerprint}
words = st.text("abcdefgh حلبسو-_", min_size=1, max_size=12).filter(lambda text: text.strip())
names = st.from_regex(r"[a-w0-9_]{1,9}(/[a-w0-9_]{1,9}){0,2}\.[a-w]{1,4}", fullmatch=True)
contents = st.dictionaries(names, st.binary(max_size=120), max_size=4)
moments = st.datetimes(datetime(2016, 1, 1), datetime(2030, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 - the zone is drawn


@st.composite
def manifests(draw: st.DrawFn) -> Manifest:
    """Draw manifests of any files."""
    files = draw(contents)
    created = draw(moments)
    return Manifest(
        id=draw(st.text("0123456789abcdef", min_size=10, max_size=10)),
        profile=draw(st.sampled_from(("public", "full"))),
        recipient=draw(words),
        watermark=draw(words),
        created=created,
        expires=created + timedelta(seconds=draw(st.integers(1, 10**8))),
        files=listed(files, dict.fromkeys(files, "full")),
    )


@given(manifests())
def test_a_manifest_comes_back_as_it_was(told: Manifest) -> None:
    assert manifest_from_bytes(manifest_to_bytes(told)) == told


@given(st.binary(max_size=300))
def test_no_bytes_make_a_manifest_raise_anything_else(data: bytes) -> None:
    with pytest.raises(ClearwayError):
        manifest_from_bytes(data)


@settings(deadline=None)
@given(contents)
def test_any_files_are_sealed_and_come_back(files: dict[str, bytes]) -> None:
    if any(problems(files)):
        return
    found = check(sealed(files, manifest(files), KEY), SIGNERS, NOW)
    assert found.sound
    assert found.files == files
    assert set(found.seals) == {"manifest.json", "manifest.sig"}


@settings(deadline=None)
@given(
    contents,
    st.sampled_from((zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2)),
    st.binary(max_size=20),
)
def test_a_zip_of_another_program_is_never_taken_for_one_of_ours(
    files: dict[str, bytes], method: int, comment: bytes
) -> None:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", method) as file:
        for name, content in files.items():
            file.writestr(name, content)
        file.comment = comment
    found, faults = unzipped(made.getvalue())
    # An empty zip is the same whoever writes it.
    assert bool(faults) or (not files and not comment)
    assert found == {}


@settings(deadline=None, max_examples=300)
@given(st.integers(0, 10**6), st.integers(0, 10**6), st.binary(max_size=6))
def test_what_is_accepted_after_any_cut_and_paste_is_what_was_sealed(
    start: int, end: int, put: bytes
) -> None:
    """Other readers see no other content either: there is but one in an accepted file."""
    blob = small()
    first, last = sorted((start % (len(blob) + 1), end % (len(blob) + 1)))
    changed = blob[:first] + put + blob[last:]
    found = check(changed, SIGNERS, NOW)
    if found.sound:
        assert found.files == FILES
        with zipfile.ZipFile(io.BytesIO(changed)) as file:
            assert {name: file.read(name) for name in FILES} == FILES
    else:
        assert found.files == {}


def test_two_bundles_in_one_file_are_none() -> None:
    for blob in (small() + small(), small()[:-22] + small(), small() + b"\0" * 22):
        assert not check(blob, SIGNERS, NOW).sound


def test_entries_in_another_order_are_told() -> None:
    files, faults = unzipped(small())
    assert faults == ()
    members = [archive._member(name, content) for name, content in files.items()]
    assert archive._assembled(members) == small()
    # Well formed and complete, yet not what anybody sealed: a reader may not care, we do.
    swapped = check(archive._assembled(members[::-1]), SIGNERS, NOW)
    assert [fault.kind for fault in swapped.faults] == ["layout"]


def test_a_directory_that_counts_wrong_is_told() -> None:
    blob = bytearray(small())
    at = blob.rfind(b"PK\x05\x06")
    for count in (0, 1, 3, 5, 65_535):
        struct.pack_into("<HH", blob, at + 8, count, count)
        assert not check(bytes(blob), SIGNERS, NOW).sound, count


def test_a_directory_that_leads_elsewhere_is_told() -> None:
    at = small().rfind(b"PK\x05\x06")
    for place in (0, 1, len(small()) - 1, 2**32 - 1):
        blob = bytearray(small())
        struct.pack_into("<I", blob, at + 16, place)
        assert not check(bytes(blob), SIGNERS, NOW).sound, place


def test_a_name_that_is_not_utf_8_is_told() -> None:
    blob = small().replace(b"log.jsonl", b"log.\xff\xfe\xfd\xfc\xfb")
    assert [fault.kind for fault in check(blob, SIGNERS, NOW).faults] == ["not a zip"]


def test_an_encrypted_file_that_was_cut_short_or_made_longer_is_refused() -> None:
    text, public = new_identity()
    keys = identities_in(text)
    blob = locked_to(small(), [public])
    assert unlocked(blob, keys) == small()
    for changed in (*(blob[:at] for at in range(0, len(blob), 37)), blob + b"\0", blob + blob):
        if changed.startswith(b"age-encryption.org/v1\n"):
            with pytest.raises(LogError):
                unlocked(changed, keys)


def test_the_empty_bundle_says_what_it_lacks() -> None:
    assert {fault.where for fault in check(zipped({}), SIGNERS, NOW).faults} == {
        "manifest.json",
        "manifest.sig",
    }
