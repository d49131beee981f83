"""Encryption in memory, and opening: all of it, or nothing."""

from __future__ import annotations

import os
from pathlib import Path

import pyrage  # type: ignore[import-untyped]
import pytest
from pyrage import passphrase as by_passphrase

from clearway.errors import LogError
from clearway.publish.bundle import locking
from clearway.publish.bundle.locking import (
    asks_passphrase,
    identities_in,
    is_locked,
    locked_to,
    locked_with,
    new_identity,
    unlocked,
)
from clearway.publish.bundle.opening import write_file, write_folder
from tests.publish.bundles import FILES, small

PASSPHRASE = "correct horse battery"  # noqa: S105 - of a test


def test_each_named_recipient_opens_it_and_nobody_else() -> None:
    (one, to_one), (two, to_two), (three, _) = new_identity(), new_identity(), new_identity()
    blob = locked_to(small(), [to_one, to_two])
    assert is_locked(blob)
    assert not is_locked(small())
    assert not asks_passphrase(blob)
    for identity in (one, two):
        assert unlocked(blob, identities_in(identity)) == small()
    assert unlocked(blob, [*identities_in(three), *identities_in(two)]) == small()
    with pytest.raises(LogError, match="encrypted to"):
        unlocked(blob, identities_in(three))


def test_nothing_of_what_was_put_in_stands_in_it() -> None:
    blob = locked_to(small(), [new_identity()[1]])
    for word in (b"scenario", b"manifest", b"PK\x03\x04", "حلب".encode()):
        assert word in small()
        assert word not in blob


def test_every_single_flipped_bit_of_an_encrypted_file_is_found() -> None:
    text, public = new_identity()
    keys = identities_in(text)
    blob = locked_to(b"tiny", [public])
    missed = []
    for bit in range(8 * len(blob)):
        flipped = bytearray(blob)
        flipped[bit // 8] ^= 1 << bit % 8
        try:
            unlocked(bytes(flipped), keys)
        except LogError:
            continue
        missed.append(bit)
    assert len(blob) > 200
    assert missed == []


def test_a_passphrase_opens_it() -> None:
    blob = locked_with(b"x", PASSPHRASE)
    assert asks_passphrase(blob)
    assert unlocked(blob, (), PASSPHRASE) == b"x"
    with pytest.raises(LogError, match="is needed"):
        unlocked(blob, identities_in(new_identity()[0]))
    with pytest.raises(LogError, match="at least 12"):
        locked_with(b"x", "short")


def test_what_is_no_key_is_refused_and_no_secret_is_shown() -> None:
    with pytest.raises(LogError, match="at least one"):
        locked_to(b"x", [])
    with pytest.raises(LogError, match="age1"):
        locked_to(b"x", ["age1nobody"])
    with pytest.raises(LogError, match="AGE-SECRET-KEY"):
        identities_in("# nothing\n")
    blob = locked_to(b"x", [new_identity()[1]])
    with pytest.raises(LogError) as told:
        unlocked(blob, ["AGE-SECRET-KEY-1BROKEN"])
    assert "BROKEN" not in str(told.value)


def test_a_folder_is_written_whole_and_for_its_owner_alone(tmp_path: Path) -> None:
    paths = write_folder(FILES, tmp_path / "deep" / "run")
    assert [path.read_bytes() for path in paths] == list(FILES.values())
    assert {path.stat().st_mode & 0o777 for path in paths} == {0o600}
    assert (tmp_path / "deep" / "run").stat().st_mode & 0o077 == 0
    assert [one.name for one in (tmp_path / "deep").iterdir()] == ["run"]


@pytest.mark.parametrize("names", [["../up"], ["/abs"], ["a", "b/../../c"], ["a\\b"]])
def test_no_name_leads_out_of_the_folder(names: list[str], tmp_path: Path) -> None:
    with pytest.raises(LogError, match="nothing was written"):
        write_folder(dict.fromkeys(names, b"x"), tmp_path / "run")
    assert list(tmp_path.iterdir()) == []


def test_what_is_there_is_not_written_over(tmp_path: Path) -> None:
    (tmp_path / "run").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(LogError, match="must not be there"):
        write_folder(FILES, tmp_path / "run")
    assert not (tmp_path / "elsewhere").exists()


def test_a_disk_that_fills_leaves_nothing_behind(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    calls: list[int] = []

    def failing(descriptor: int) -> None:
        calls.append(descriptor)
        if len(calls) == len(FILES):
            raise OSError(28, os.strerror(28))

    monkeypatch.setattr(os, "fsync", failing)
    with pytest.raises(OSError, match="No space"):
        write_folder(FILES, tmp_path / "run")
    assert list(tmp_path.iterdir()) == []
    calls.clear()
    (tmp_path / "there").write_bytes(b"before")
    calls.append(0)
    with pytest.raises(OSError, match="No space"):
        write_file(tmp_path / "there", b"after")
    assert (tmp_path / "there").read_bytes() == b"before"
    assert [one.name for one in tmp_path.iterdir()] == ["there"]


def test_a_file_is_written_in_one_step(tmp_path: Path) -> None:
    write_file(tmp_path / "a" / "b.age", b"one")
    write_file(tmp_path / "a" / "b.age", b"two")
    assert (tmp_path / "a" / "b.age").read_bytes() == b"two"
    assert [one.name for one in (tmp_path / "a").iterdir()] == ["b.age"]


def test_a_machine_that_is_busy_for_a_moment_opens_what_a_passphrase_locks(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    blob, measured = locked_with(small(), PASSPHRASE), []
    decrypt = by_passphrase.decrypt

    class Busy:
        @staticmethod
        def decrypt(blob: bytes, passphrase: str) -> bytes:
            measured.append(passphrase)
            if len(measured) < 3:
                msg = "Excessive work parameter for passphrase.\nDecryption would take 32 seconds."
                raise pyrage.DecryptError(msg)
            return bytes(decrypt(blob, passphrase))

    monkeypatch.setattr(locking, "by_passphrase", Busy)
    assert unlocked(blob, (), PASSPHRASE) == small()
    assert len(measured) == 3
