"""What holds of a log on every engine: SQLite, SQLCipher, PostgreSQL."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from clearway.errors import LogError
from clearway.operate.log.log import Log
from clearway.operate.log.opening import create_log, open_log
from clearway.operate.log.store import Stored
from clearway.seal.chain import NOTHING_BEFORE, record_to_bytes
from clearway.seal.lines import HEAD, RECORD
from clearway.seal.verify import verify
from tests.operate.log.conftest import Logs
from tests.operate.log.events import clock, closure, counted, key, observed
from tests.operate.log.exported import exported


def test_what_was_appended_is_there_after_opening_anew(logs: Logs) -> None:
    target, log = logs.make()
    first = log.append(counted(120))
    second = log.append(counted(80, 15, 30))
    seen = log.append(observed("هدوء عند البوابة"), chain="monitors")
    assert [one.number for one in (first, second, seen)] == [1, 2, 1]
    assert (first.before, second.before) == (NOTHING_BEFORE, first.hash)
    assert [(one.chain, one.number, one.hash) for one in seen.seen] == [
        ("operations", 2, second.hash)
    ]
    log.close()
    again = logs.open(target)
    assert again.records() == (seen, first, second)
    assert again.faults() == ()
    assert [(head.chain, head.hash) for head in again.heads()] == [
        ("monitors", seen.hash),
        ("operations", second.hash),
    ]


def test_the_bytes_are_the_same_on_every_engine(logs: Logs, tmp_path: Path) -> None:
    _, log = logs.make()
    plain = create_log(tmp_path / "plain", key())
    plain.clock = clock()
    for one in (log, plain):
        one.append(counted(5))
        one.append(observed("نعم"), chain="monitors")
    assert log.lines() == plain.lines()
    assert verify(exported(log)) == ()
    stored = [record_to_bytes(one) for one in log.records()]
    assert set(stored) < set(log.lines())
    plain.close()


def test_a_log_opened_twice_goes_on_where_the_other_left_off(logs: Logs) -> None:
    target, log = logs.make()
    other = logs.open(target, key())
    records = [(log, other)[number % 2].append(counted(number)) for number in range(6)]
    assert [one.number for one in records] == [1, 2, 3, 4, 5, 6]
    assert [one.before for one in records[1:]] == [one.hash for one in records[:-1]]
    assert log.faults() == other.faults() == ()


def test_a_second_writer_has_a_chain_and_a_key_of_their_own(logs: Logs) -> None:
    target, log = logs.make()
    first = log.append(counted(1))
    other = logs.open(target, key(1))
    second = other.append(counted(2))
    third = log.append(counted(3))
    assert second.number == 1
    assert [head.hash for head in second.seen] == [first.hash]
    assert [head.hash for head in third.seen] == [second.hash]
    assert {one.writer for one in log.records()} == {key(0).fingerprint, key(1).fingerprint}
    assert log.faults() == ()
    assert [one.what for one in log.faults([key(0).fingerprint])] == ["unknown key"]


def test_nothing_is_written_without_a_key_or_when_the_event_cannot_be_sealed(logs: Logs) -> None:
    target, log = logs.make()
    log.append(counted(1))
    reader = logs.open(target)
    with pytest.raises(LogError, match="without a key"):
        reader.append(counted(2))
    wrong = closure(closed=True)
    object.__setattr__(wrong, "about", {**wrong.about, "reason": "\ud800"})
    with pytest.raises(LogError):
        log.append(wrong)
    assert len(log.records()) == 1
    assert log.append(counted(2)).number == 2
    assert log.faults() == ()


def test_a_log_is_never_written_over(logs: Logs) -> None:
    target, log = logs.make()
    log.append(counted(1))
    with pytest.raises(LogError, match="already"):
        create_log(target, key(), logs.passphrase)
    assert len(logs.open(target).records()) == 1


def test_lines_once_written_cannot_be_changed_or_removed(logs: Logs) -> None:
    _, log = logs.make()
    log.append(counted(1))
    store: Any = log.store
    for statement in (
        "DELETE FROM clearway_log WHERE sort = 2",
        "DELETE FROM clearway_log",
        "UPDATE clearway_log SET number = 7",
    ):
        with pytest.raises(LogError, match="only ever added to"), store._guarded():
            store._run(statement)
    assert log.faults() == ()
    with pytest.raises(LogError), log.store.writing() as there:
        there.add(there.of(RECORD))
    assert log.append(counted(2)).number == 2


def test_what_fails_in_the_middle_leaves_nothing(logs: Logs) -> None:
    _, log = logs.make()
    first = log.append(counted(1))
    before = log.lines()
    with pytest.raises(ZeroDivisionError):
        _write_half(log)
    assert log.lines() == before
    assert log.append(counted(2)).before == first.hash


def test_damage_is_named_and_the_rest_can_still_be_read(logs: Logs) -> None:
    target, log = logs.make()
    for number in range(4):
        log.append(counted(number))
    _rewrite(log, RECORD, 2, lambda data: data.replace(b'"persons":1', b'"persons":9'))
    again = logs.open(target, key())  # The ends of the chains are sound.
    assert [(one.what, one.number) for one in again.faults()] == [("flipped", 2)]
    with pytest.raises(LogError, match="/operations/2: hash") as caught:
        again.records()
    assert len(caught.value.breaches) == 1
    assert [one.number for one in again.records(despite_faults=True)] == [1, 3, 4]


def test_a_log_whose_end_is_damaged_is_opened_only_to_look(logs: Logs) -> None:
    target, log = logs.make()
    for number in range(3):
        log.append(counted(number))
    _rewrite(log, RECORD, 3, None)
    with pytest.raises(LogError, match=r"truncated: .*/operations/3") as caught:
        logs.open(target, key())
    assert [one.field for one in caught.value.breaches] == ["truncated"]
    looked = open_log(target, None, logs.passphrase, despite_faults=True)
    assert [one.number for one in looked.records()] == [1, 2]
    assert [(one.what, one.number) for one in looked.faults()] == [("truncated", 3)]
    looked.close()


@pytest.mark.parametrize("sort", [HEAD, RECORD])
def test_an_end_that_does_not_fit_its_head_is_found_at_once(logs: Logs, sort: int) -> None:
    _, log = logs.make()
    log.append(counted(1))
    log.append(counted(2))
    number = 2
    _rewrite(log, sort, number, lambda data: data.replace(b'"signature":"', b'"signature":"0', 1))
    assert next((one.what, one.number) for one in log.tail_faults()) == ("unreadable", number)
    _rewrite(log, sort, number, None)
    assert {one.what for one in log.tail_faults()} == {"truncated"}


def test_a_line_under_the_place_of_another_is_found(logs: Logs) -> None:
    _, log = logs.make()
    log.append(counted(1))
    log.append(counted(2))
    _loosened(log, "UPDATE clearway_log SET hash = ? WHERE sort = 2 AND number = 1", ("0" * 64,))
    assert [(one.what, one.number) for one in log.faults()] == [("moved", 1)]


def test_other_files_are_no_logs(tmp_path: Path) -> None:
    other = tmp_path / "other.db"
    with sqlite3.connect(other) as connection:
        connection.execute("CREATE TABLE t (x)")
    connection.close()
    for path, secret, rule in (
        (other, None, "no log of this version"),
        (other, "secret", "not encrypted"),
        (tmp_path / "none", None, "no log can be read"),
        (tmp_path, None, "no log can be read"),
    ):
        with pytest.raises(LogError, match=rule):
            open_log(path, key(), secret)
    text = tmp_path / "text"
    text.write_text("no database at all, but long enough to be taken for one\n" * 100)
    noise = tmp_path / "noise"
    noise.write_bytes(bytes(range(256)) * 16)
    for path, secret, rule in (
        (text, None, "text: is no log$"),
        (text, "secret", "text: is no log$"),
        (noise, None, "passphrase is needed"),
        (noise, "secret", "not its own"),
    ):
        with pytest.raises(LogError, match=rule):
            open_log(path, key(), secret)
    with pytest.raises(LogError, match="encrypts a file"):
        open_log("postgresql:///x?host=/nowhere", key(), "secret")
    assert sorted(one.name for one in tmp_path.iterdir()) == ["noise", "other.db", "text"]


def test_a_passphrase_is_not_empty_and_opens_its_own_log_alone(tmp_path: Path) -> None:
    for bad in ("", "a\0b"):
        with pytest.raises(LogError, match="passphrase"):
            create_log(tmp_path / "x", key(), bad)
    assert list(tmp_path.iterdir()) == []
    create_log(tmp_path / "x", key(), "right").close()
    with pytest.raises(LogError, match="not its own"):
        open_log(tmp_path / "x", key(), "wrong")
    log = open_log(tmp_path / "x", key(), "right")
    assert "right" not in repr(log)
    assert "right" not in repr(vars(log.store))
    log.close()


def test_only_the_owner_can_read_a_log(tmp_path: Path) -> None:
    log = create_log(tmp_path / "x", key())
    log.append(counted(1))
    files = sorted(one.name for one in tmp_path.iterdir())
    assert files == ["x", "x-shm", "x-wal"]
    assert {one.stat().st_mode & 0o777 for one in tmp_path.iterdir()} == {0o600}
    log.close()


def test_two_processes_at_once_make_one_chain(logs: Logs) -> None:
    target, log = logs.make()
    program = (
        "import os, sys\n"
        "from clearway.operate.log.opening import open_log\n"
        "from tests.operate.log.events import counted, key\n"
        "log = open_log(sys.argv[1], key(), os.environ.get('SECRET'))\n"
        "for number in range(12): log.append(counted(number))\n"
    )
    env = {"SECRET": logs.passphrase} if logs.passphrase else {}
    words = [sys.executable, "-c", program, target]
    root = str(Path(__file__).parents[3])
    processes = [subprocess.Popen(words, env=env, cwd=root) for _ in range(2)]
    assert [one.wait(60) for one in processes] == [0, 0]
    assert [one.number for one in log.heads()] == [24]
    assert log.faults() == ()


def test_a_laptop_needs_no_library_for_servers(tmp_path: Path) -> None:
    program = (
        "import sys; sys.modules['psycopg'] = None\n"
        "from clearway.operate.log.opening import create_log, open_log\n"
        "from tests.operate.log.events import key\n"
        f"create_log({str(tmp_path / 'x')!r}, key()).close()\n"
        "open_log('postgresql:///x', key())\n"
    )
    said = subprocess.run(
        [sys.executable, "-c", program],
        cwd=Path(__file__).parents[3],
        capture_output=True,
        text=True,
        check=False,
    )
    assert "LogError: psycopg is not installed; a log on a server needs" in said.stderr
    assert (tmp_path / "x").exists()


def _write_half(log: Log) -> None:
    with log.store.writing() as there:
        there.drop_heads(one.place for one in there.of(HEAD))
        there.add([Stored(replace(there.lines()[1].place, number=9), b"half")])
        raise ZeroDivisionError


def _rewrite(log: Log, sort: int, number: int, change: Any) -> None:
    """Change the bytes of one line behind the log's back; with None, take the line away."""
    for one in log.store.of(sort):
        if one.place.number == number:
            if change is None:
                gone = "DELETE FROM clearway_log WHERE sort = ? AND number = ?"
                _loosened(log, gone, (sort, number))
            else:
                other = "UPDATE clearway_log SET data = ? WHERE sort = ? AND number = ?"
                _loosened(log, other, (change(one.data), sort, number))


def _loosened(log: Log, statement: str, told: tuple[Any, ...]) -> None:
    """Run a statement with the guards of the table off, as whoever owns the file can."""
    store: Any = log.store
    names = ("clearway_log_kept", "clearway_log_same")
    on = " ON clearway_log" if store._engine.mark == "%s" else ""
    with store._guarded():
        for name in names:
            store._run(f"DROP TRIGGER IF EXISTS {name}{on}")
        store._run(statement, told)
