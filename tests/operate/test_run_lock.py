"""The lock of an encrypted run: one passphrase opens one key, which opens all else."""

from __future__ import annotations

from pathlib import Path

import pytest
from pyrage import passphrase as age  # type: ignore[import-untyped]

from clearway.errors import LogError
from clearway.operate.run_lock import IDENTITY_FILE, RunLock, new_lock, open_lock
from clearway.publish.bundle.locking import asks_passphrase, identities_in, is_locked

SECRET = "a passphrase of some length"  # noqa: S105 - of a test


@pytest.fixture(scope="module")
def made() -> tuple[RunLock, bytes]:
    return new_lock(SECRET)


@pytest.fixture
def folder(made: tuple[RunLock, bytes], tmp_path: Path) -> Path:
    (tmp_path / IDENTITY_FILE).write_bytes(made[1])
    return tmp_path


def test_the_passphrase_opens_the_lock_and_the_lock_all_else(
    made: tuple[RunLock, bytes], folder: Path
) -> None:
    lock, content = made
    assert asks_passphrase(content)
    found = open_lock(folder, SECRET)
    assert (found.identity, found.public) == (lock.identity, lock.public)
    locked = lock.locked(b"three zones")
    assert is_locked(locked)
    assert not asks_passphrase(locked)
    assert b"zones" not in locked
    (folder / "x.age").write_bytes(locked)
    assert found.opened(folder / "x.age") == b"three zones"


def test_the_key_is_as_the_program_age_writes_and_reads_it(made: tuple[RunLock, bytes]) -> None:
    text = age.decrypt(made[1], SECRET).decode()
    assert identities_in(text) == (made[0].identity,)


def test_the_private_key_stands_nowhere_in_the_clear(made: tuple[RunLock, bytes]) -> None:
    lock, content = made
    assert lock.identity.encode() not in content
    assert lock.identity not in repr(lock)
    assert lock.public in repr(lock)


@pytest.mark.parametrize(
    ("left", "secret", "rule"),
    [
        (1.0, "another passphrase", "its own"),
        (0.9, SECRET, "as it was written"),
        (0.0, SECRET, "must be there"),
        (1.0, None, "is needed"),
    ],
    ids=["another passphrase", "cut", "empty", "none"],
)
def test_what_does_not_open_is_named(
    folder: Path, left: float, secret: str | None, rule: str
) -> None:
    content = (folder / IDENTITY_FILE).read_bytes()
    (folder / IDENTITY_FILE).write_bytes(content[: round(left * len(content))])
    with pytest.raises(LogError, match=rule) as found:
        open_lock(folder, secret)
    (breach,) = found.value.breaches
    assert breach.file == str(folder / IDENTITY_FILE)


def test_a_folder_without_its_key_says_so(tmp_path: Path) -> None:
    with pytest.raises(LogError, match="must be there"):
        open_lock(tmp_path, SECRET)


def test_files_of_another_run_do_not_open(made: tuple[RunLock, bytes], tmp_path: Path) -> None:
    other, _ = new_lock(SECRET)
    path = tmp_path / "plan-1.json.age"
    path.write_bytes(other.locked(b"{}"))
    with pytest.raises(LogError, match="as it was written"):
        made[0].opened(path)
    assert other.opened(path) == b"{}"


def test_a_machine_too_slow_for_its_passphrase_says_so_and_blames_no_passphrase(
    made: tuple[RunLock, bytes], folder: Path
) -> None:
    first, rest = made[1].split(b"\n", 1)
    head, _, tail = rest.partition(b"\n")
    slow = head.rsplit(b" ", 1)[0] + b" 40"
    (folder / IDENTITY_FILE).write_bytes(b"\n".join((first, slow, tail)))
    with pytest.raises(LogError, match="too busy now, or far slower") as found:
        open_lock(folder, SECRET)
    assert "its own" not in str(found.value)
