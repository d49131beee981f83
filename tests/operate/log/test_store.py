"""What lies below a log: databases that are busy, gone, altered or not to be trusted."""

from __future__ import annotations

import random
import sqlite3
import threading
from contextlib import closing
from pathlib import Path
from typing import Any

import psycopg
import pytest

from benchmarks.postgres_server import Server
from clearway.errors import LogError
from clearway.operate.log.log import Log
from clearway.operate.log.opening import create_log, is_encrypted, is_server, open_log
from clearway.operate.log.sqlite import FileEngine
from clearway.operate.log.store import SqlStore
from clearway.seal.lines import HEAD, KEY, RECORD
from tests.operate.log.conftest import Logs
from tests.operate.log.events import closure, counted, key, observed

#: Bits of a database that are flipped, of several hundred thousand.
FLIPS = 240


@pytest.fixture
def three(tmp_path: Path) -> Path:
    """Return a closed log of three records in the clear."""
    path = tmp_path / "three.log"
    with closing(create_log(path, key())) as log:
        for number in range(3):
            log.append(counted(number, 15 * number, 15 * number + 15))
    return path


def sql(path: Path, statement: str, *told: Any) -> list[Any]:
    """Run a statement on a database behind the log's back, and return its rows."""
    with closing(sqlite3.connect(path)) as connection:
        rows = connection.execute(statement, told).fetchall()
        connection.commit()
    return rows


def loosen(path: Path) -> None:
    """Take the guards of a log away, as whoever owns the file can."""
    for name in ("clearway_log_kept", "clearway_log_same"):
        sql(path, f"DROP TRIGGER {name}")


def set_full_pages(url: str, value: str) -> None:
    """Change a setting of a server, and wait until it holds."""
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(f"ALTER SYSTEM SET full_page_writes = {value}".encode())
        connection.execute("SELECT pg_reload_conf()")
        while connection.execute("SHOW full_page_writes").fetchone() != (value,):
            connection.execute("SELECT pg_sleep(0.02)")


def test_commits_are_flushed_and_nothing_goes_to_temporary_files(three: Path) -> None:
    with closing(open_log(three, key())) as log:
        store: Any = log.store
        told = {
            name: store._run(f"PRAGMA {name}").fetchone()[0]
            for name in ("journal_mode", "synchronous", "fullfsync", "temp_store")
        }
    assert told == {"journal_mode": "wal", "synchronous": 2, "fullfsync": 1, "temp_store": 2}


def test_an_encrypted_log_is_durable_in_the_same_way(tmp_path: Path) -> None:
    with closing(create_log(tmp_path / "x", key(), "secret")) as log:
        store: Any = log.store
        assert store._run("PRAGMA synchronous").fetchone()[0] == 2
        assert store._run("PRAGMA temp_store").fetchone()[0] == 2
        assert store._run("PRAGMA journal_mode").fetchone()[0] == "wal"
    assert is_encrypted(tmp_path / "x")
    with pytest.raises(sqlite3.DatabaseError):
        sql(tmp_path / "x", "SELECT * FROM clearway_log")


def test_what_a_killed_writer_left_is_in_the_database_once_it_is_opened(tmp_path: Path) -> None:
    log = create_log(tmp_path / "x", key())
    records = [log.append(counted(number)) for number in range(3)]
    # As the files lie when the writer is killed: the last records stand beside the database.
    left = tmp_path / "left"
    left.mkdir()
    for one in (tmp_path / "x", tmp_path / "x-wal"):
        (left / one.name).write_bytes(one.read_bytes())
    log.close()
    assert (left / "x-wal").stat().st_size > 0
    with closing(open_log(left / "x", key())) as again:
        assert (left / "x-wal").stat().st_size == 0
        assert {one.hash for one in again.records()} == {one.hash for one in records}
        assert again.faults() == ()


def test_readers_see_whole_records_while_another_writes(logs: Logs) -> None:
    target, log = logs.make()
    log.append(counted(1))
    reader = logs.open(target)
    with log.store.writing() as there:
        there.drop_heads(one.place for one in there.of(HEAD))
        assert [one.number for one in reader.heads()] == [1]
        assert len(reader.records()) == 1
        there.add(reader.store.of(HEAD))
    assert reader.faults() == ()


def test_a_writer_waits_for_the_other(logs: Logs) -> None:
    target, log = logs.make()
    done: list[int] = []

    def write() -> None:
        other = open_log(target, key(1), logs.passphrase)
        with closing(other):
            done.append(other.append(counted(2)).number)

    thread = threading.Thread(target=write)
    with log.store.writing() as there:
        assert len(there.of(KEY)) == 1
        thread.start()
        thread.join(1.0)
        assert done == []
    thread.join(60)
    assert done == [1]
    assert len(log.records()) == 1
    assert log.faults() == ()


def test_a_writer_that_waits_too_long_is_told(three: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("clearway.operate.log.sqlite._PATIENCE_S", 0.05)
    with closing(open_log(three, key())) as log, closing(open_log(three, key(1))) as other:
        with log.store.writing(), pytest.raises(LogError, match=r"locked; .*not acknowledged"):
            other.append(counted(9))
        # Then as if nothing had been.
        assert other.append(counted(9)).number == 1
        assert log.append(counted(8)).number == 4
        assert log.faults() == ()


def test_after_an_error_of_the_database_the_connection_is_a_new_one(three: Path) -> None:
    with closing(open_log(three, key())) as log:
        store: Any = log.store
        connection = store._connection
        with pytest.raises(LogError, match="no such table"), store._guarded():
            store._run("SELECT * FROM no_table")
        assert store._connection is None
        assert log.append(counted(9)).number == 4
        assert store._connection not in (None, connection)


def test_a_log_that_went_away_is_told_and_found_again(three: Path) -> None:
    with closing(open_log(three, key())) as log:
        log.store.close()
        away = three.rename(three.with_suffix(".away"))
        with pytest.raises(LogError, match="no log can be read there"):
            log.append(counted(9))
        assert not three.exists()
        away.rename(three)
        assert log.append(counted(9)).number == 4


@pytest.mark.parametrize(
    ("statement", "what"),
    [
        ("UPDATE clearway_log SET data = x'ff' WHERE sort = 2 AND number = 1", "unreadable"),
        ("UPDATE clearway_log SET data = '' WHERE sort = 2 AND number = 2", "unreadable"),
        ("UPDATE clearway_log SET data = data || x'0a' WHERE number = 2", "unreadable"),
        ("UPDATE clearway_log SET data = 10000000000 WHERE sort = 2 AND number = 2", "unreadable"),
        ("UPDATE clearway_log SET writer = x'ff00' WHERE sort = 2 AND number = 1", "moved"),
        ("UPDATE clearway_log SET number = 'many' WHERE sort = 2 AND number = 1", "moved"),
        ("UPDATE clearway_log SET chain = 'monitors' WHERE sort = 2 AND number = 1", "moved"),
        ("UPDATE clearway_log SET sort = 7 WHERE sort = 2 AND number = 1", "moved"),
        ("DELETE FROM clearway_log WHERE sort = 1", "unknown key"),
        ("DELETE FROM clearway_log WHERE sort = 2 AND number = 2", "dropped"),
        ("DELETE FROM clearway_log WHERE sort = 3", "truncated"),
        ("DELETE FROM clearway_log WHERE sort = 2", "truncated"),
    ],
)
def test_what_was_altered_in_the_database_is_named(three: Path, statement: str, what: str) -> None:
    loosen(three)
    sql(three, statement)
    with closing(open_log(three, None, despite_faults=True)) as log:
        assert what in {one.what for one in log.faults()}


def test_rows_exchanged_in_the_database_are_named(three: Path) -> None:
    loosen(three)
    rows = sql(three, "SELECT number, data FROM clearway_log WHERE sort = 2 ORDER BY number")
    (_, first), (_, second), _ = rows
    sql(three, "UPDATE clearway_log SET data = ? WHERE sort = 2 AND number = 1", second)
    sql(three, "UPDATE clearway_log SET data = ? WHERE sort = 2 AND number = 2", first)
    with closing(open_log(three)) as log:
        assert {(one.what, one.number) for one in log.faults()} >= {("moved", 1), ("moved", 2)}


def test_a_bit_that_flips_in_the_database_never_alters_the_log_unseen(
    three: Path, tmp_path: Path
) -> None:
    data = three.read_bytes()
    with closing(open_log(three)) as log:
        lines, heads = log.lines(), log.heads()
    draws = random.Random(3)  # noqa: S311 - lots, no secrets
    other = tmp_path / "other.log"
    seen = {"refused": 0, "faults": 0, "same": 0}
    for bit in draws.sample(range(8 * len(data)), FLIPS):
        flipped = bytearray(data)
        flipped[bit // 8] ^= 1 << bit % 8
        other.write_bytes(flipped)
        seen[_outcome(other, lines)] += 1
        for end in ("-wal", "-shm"):
            other.with_name(f"{other.name}{end}").unlink(missing_ok=True)
    assert seen["refused"] + seen["faults"] + seen["same"] == FLIPS
    assert min(seen.values()) > 0
    assert [head.number for head in heads] == [3]


def test_other_layouts_are_not_read(three: Path) -> None:
    sql(three, "PRAGMA user_version = 2")
    with pytest.raises(LogError, match="no log of this version"):
        open_log(three, key())


def test_the_end_is_checked_without_reading_the_whole(tmp_path: Path) -> None:
    with closing(create_log(tmp_path / "x", key())) as log:
        for number in range(30):
            log.append(counted(number), "monitors" if number % 2 else "operations")
        assert len(log.store.last()) == 2
        assert log.tail_faults() == ()
        assert [len(log.store.of(sort)) for sort in (KEY, RECORD, HEAD)] == [1, 30, 2]


def test_a_log_that_cannot_be_made_leaves_nothing(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises((LogError, OSError)):
        create_log(tmp_path / "file" / "x", key())
    with pytest.raises(LogError):
        create_log(tmp_path / "x", key(), "\0")
    assert [one.name for one in tmp_path.iterdir()] == ["file"]


def test_targets_are_told_apart() -> None:
    assert is_server("postgresql://host/day")
    assert is_server("postgres://host/day")
    assert not is_server(Path("postgresql"))
    assert not is_encrypted("postgresql://host/day")
    assert "secret" not in repr(FileEngine(Path("x"), "secret"))


def test_a_server_that_was_killed_is_found_again(server: Server) -> None:
    url = server.create("killed")
    with closing(create_log(url, key())) as log:
        first = log.append(counted(1))
        server.kill()
        with pytest.raises(LogError, match="not acknowledged"):
            log.append(counted(2))
        with pytest.raises(LogError):
            log.records()
        server.start()
        assert log.append(counted(3)).before == first.hash
        assert [one.number for one in log.records()] == [1, 2]
        assert log.faults() == ()


def test_a_server_that_does_not_flush_is_refused(server: Server) -> None:
    url = server.create("careless")
    create_log(url, key()).close()
    try:
        set_full_pages(url, "off")
        with pytest.raises(LogError, match="must have fsync and full_page_writes on"):
            open_log(url, key())
    finally:
        set_full_pages(url, "on")
    open_log(url, key()).close()


def test_a_database_without_a_log_is_told(server: Server) -> None:
    url = server.create("empty")
    with pytest.raises(LogError, match="holds no log"):
        open_log(url, key())
    with pytest.raises(LogError, match="does not exist"):
        open_log(server.url("nowhere"), key())
    with pytest.raises(LogError, match="does not exist"):
        create_log(server.url("nowhere"), key())


def test_commits_to_a_server_are_flushed_whatever_its_user_set(server: Server) -> None:
    url = f"{server.create('lazy')}&options=-c%20synchronous_commit%3Doff"
    with closing(create_log(url, key())) as log:
        store: Any = log.store
        assert store._run("SHOW synchronous_commit").fetchone() == ("on",)
        assert isinstance(store, SqlStore)


def test_all_kinds_of_letters_come_back(logs: Logs) -> None:
    _, log = logs.make()
    texts = ["معبر 12: «شرق»", "a\u0000b", "\u202e\u2066x\u2069", "😀\r\n\t\\\"'%s?", " "]
    for text in texts[:-1]:
        log.append(observed(text))
    log.append(closure(closed=True, corridor="C%s?"))
    told = [one.event.about.get("text") for one in log.records()]
    assert sorted(map(str, told)) == sorted([*texts[:-1], "None"])
    assert log.faults() == ()


def _outcome(path: Path, lines: tuple[bytes, ...]) -> str:
    try:
        log: Log = open_log(path, key(), despite_faults=True)
        with closing(log):
            if log.faults():
                return "faults"
            assert log.lines() == lines
    except LogError:
        return "refused"
    return "same"
