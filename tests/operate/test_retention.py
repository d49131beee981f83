"""The register, end dates, and proof that something was deleted."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clearway.errors import LogError
from clearway.model.event import Event
from clearway.operate.retention import (
    DELETED,
    HELD,
    OVERDUE,
    STATES,
    Kept,
    delete,
    destroy_key,
    incidents,
    kept,
    overdue,
    register,
)
from clearway.publish.bundle.checking import check
from clearway.publish.bundle.locking import locked_to, new_identity
from clearway.publish.bundle.opening import write_folder
from clearway.publish.release.handing import Release, Terms, release_event, whole_release
from clearway.seal.canonical import digest
from tests.publish.bundles import KEY

NOW = datetime(2016, 10, 20, 9, tzinfo=UTC)
EXPIRES = NOW + timedelta(days=3)
TERMS = Terms("full", "Relief agency", NOW, EXPIRES, "UTC")


def release(content: bytes = b"content") -> Release:
    return whole_release({"a/b/notes.txt": content, "plan.json": b"{}"}, TERMS, KEY)


def opened(folder: Path) -> Path:
    """Return the folder that a bundle was opened into."""
    found = check(release().bundle, {KEY.fingerprint}, NOW)
    write_folder({**found.files, **found.seals}, folder)
    return folder


def deletion(file: str) -> Event:
    return Event("deletion", EXPIRES, {"file": file, "reason": "end date"})


def test_the_register_tells_what_went_to_whom_and_what_became_of_it() -> None:
    first = release_event(TERMS, b"1", NOW)
    second = release_event(TERMS, b"2", NOW - timedelta(hours=1))
    events = [first, Event("stop", NOW, {"corridors": [], "reason": ""}), second]
    rows = register(events, NOW)
    assert [row.file for row in rows] == [digest(b"2"), digest(b"1")]
    assert {(row.profile, row.to, row.expires) for row in rows} == {
        ("full", "Relief agency", EXPIRES)
    }
    assert [row.state for row in rows] == [HELD, HELD]
    assert [row.state for row in register(events, EXPIRES)] == [OVERDUE, OVERDUE]
    events.append(deletion(digest(b"1")))
    assert [row.state for row in register(events, EXPIRES)] == [OVERDUE, DELETED]


def test_incidents_are_listed_in_order() -> None:
    texts = ("later", "first")
    events = [
        Event("incident", NOW - timedelta(hours=n), {"corridor": "", "zone": "", "text": text})
        for n, text in enumerate(texts)
    ]
    found = incidents([*events, deletion("0" * 64)])
    assert [one.about["text"] for one in found] == ["first", "later"]


def test_bundles_in_the_clear_and_opened_folders_tell_their_own_end(tmp_path: Path) -> None:
    (tmp_path / "x.zip").write_bytes(release().bundle)
    opened(tmp_path / "open")
    (tmp_path / "notes.txt").write_text("mine")
    (tmp_path / "other.zip").write_bytes(b"PK\x03\x04 not a bundle")
    (tmp_path / "loop").symlink_to(tmp_path)
    found = kept(tmp_path, ())
    assert [one.path.relative_to(tmp_path).as_posix() for one in found] == [
        "open/manifest.json",
        "x.zip",
    ]
    assert {one.expires for one in found} == {EXPIRES}
    assert overdue(found, EXPIRES - timedelta(seconds=1)) == ()
    assert overdue(found, EXPIRES) == found


def test_an_encrypted_bundle_is_known_by_the_register(tmp_path: Path) -> None:
    blob = locked_to(release().bundle, [new_identity()[1]])
    (tmp_path / "x.age").write_bytes(blob)
    assert kept(tmp_path, ()) == ()
    found = kept(tmp_path, [release_event(TERMS, blob, NOW)])
    assert [(one.file, one.expires) for one in found] == [(digest(blob), EXPIRES)]


def test_what_is_past_its_end_is_deleted_and_proved(tmp_path: Path) -> None:
    (tmp_path / "x.zip").write_bytes(release().bundle)
    (item,) = kept(tmp_path, ())
    with pytest.raises(LogError, match="not past"):
        delete(item, EXPIRES - timedelta(seconds=1))
    event = delete(item, EXPIRES)
    assert (event.kind, event.at) == ("deletion", EXPIRES)
    assert event.about["file"] == digest(release().bundle)
    assert list(tmp_path.iterdir()) == []
    rows = register([release_event(TERMS, release().bundle, NOW), event], EXPIRES)
    assert [row.state for row in rows] == [DELETED]


def test_of_an_opened_folder_all_that_came_with_it_is_deleted_and_no_more(tmp_path: Path) -> None:
    opened(tmp_path / "alone")
    mixed = opened(tmp_path / "mixed")
    (mixed / "a" / "own.txt").write_text("my own")
    for item in kept(tmp_path, ()):
        delete(item, EXPIRES)
    left = sorted(one.relative_to(tmp_path).as_posix() for one in tmp_path.rglob("*"))
    assert left == ["mixed", "mixed/a", "mixed/a/own.txt"]


def test_nothing_is_deleted_through_a_link(tmp_path: Path) -> None:
    folder = opened(tmp_path / "open")
    outside = tmp_path / "outside"
    (folder / "a").rename(outside)
    (folder / "a").symlink_to(outside)
    (item,) = [one for one in kept(tmp_path, ()) if one.path.parent == folder]
    delete(item, EXPIRES)
    assert (outside / "b" / "notes.txt").read_bytes() == b"content"
    assert not (folder / "plan.json").exists()


def test_a_deletion_that_was_cut_short_is_found_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened(tmp_path / "open")
    (item,) = kept(tmp_path, ())
    unlink, calls = Path.unlink, list[Path]()

    def failing(path: Path, *, missing_ok: bool = False) -> None:
        calls.append(path)
        if len(calls) == 2:
            raise OSError(5, "Input/output error")
        unlink(path, missing_ok=missing_ok)

    monkeypatch.setattr(Path, "unlink", failing)
    with pytest.raises(OSError, match="Input/output"):
        delete(item, EXPIRES)
    monkeypatch.undo()
    assert kept(tmp_path, ()) == (item,)
    delete(item, EXPIRES)
    assert list(tmp_path.iterdir()) == []


def test_what_is_no_longer_what_was_found_is_not_deleted(tmp_path: Path) -> None:
    (tmp_path / "x.zip").write_bytes(release().bundle)
    (item,) = kept(tmp_path, ())
    (tmp_path / "x.zip").write_bytes(release(b"new").bundle)
    with pytest.raises(LogError, match="not what was found"):
        delete(item, EXPIRES)
    (tmp_path / "x.zip").unlink()
    with pytest.raises(LogError, match="not what was found"):
        delete(item, EXPIRES)


def test_a_key_that_is_destroyed_is_proved_by_its_hash(tmp_path: Path) -> None:
    text, _ = new_identity()
    (tmp_path / "me.key").write_text(text)
    event = destroy_key(tmp_path / "me.key", NOW)
    assert dict(event.about) == {"file": digest(text.encode()), "reason": "key destroyed"}
    assert list(tmp_path.iterdir()) == []
    with pytest.raises(LogError, match="file of a key"):
        destroy_key(tmp_path / "me.key", NOW)


told = st.lists(
    st.tuples(st.sampled_from("abc"), st.integers(0, 20), st.sampled_from((True, False))),
    max_size=12,
)


@given(told, st.integers(-5, 30))
def test_any_register_tells_each_release_once_and_its_state_from_the_log(
    steps: list[tuple[str, int, bool]], now: int
) -> None:
    events, gone = [], set()
    for name, days, released in steps:
        file = digest(name.encode())
        if released:
            until = NOW + timedelta(days=days + 1)
            terms = Terms("gate", f"Team {name}", NOW, until, "UTC")
            events.append(release_event(terms, name.encode(), NOW + timedelta(minutes=days)))
        else:
            gone.add(file)
            events.append(deletion(file))
    at = NOW + timedelta(days=now)
    rows = register(events, at)
    assert len(rows) == sum(released for _, _, released in steps)
    assert [row.at for row in rows] == sorted(row.at for row in rows)
    for row in rows:
        late = row.expires <= at
        expected = DELETED if row.file in gone else OVERDUE if late else HELD
        assert row.state == expected
        assert row.state in STATES
    assert register(reversed(events), at) == tuple(
        sorted(register(reversed(events), at), key=lambda row: row.at)
    )


@given(st.integers(-3, 3))
def test_nothing_is_deleted_a_moment_too_soon(seconds: int) -> None:
    now = EXPIRES + timedelta(seconds=seconds)
    item = Kept(Path("nowhere"), "0" * 64, EXPIRES)
    assert (overdue([item], now) == (item,)) == (seconds >= 0)
    # In another zone it is the same moment.
    shifted = now.astimezone(timezone(timedelta(hours=3)))
    assert overdue([item], shifted) == overdue([item], now)


def test_an_expired_bundle_of_one_s_own_opens_nowhere_and_is_still_found(tmp_path: Path) -> None:
    (tmp_path / "x.zip").write_bytes(release().bundle)
    found = check((tmp_path / "x.zip").read_bytes(), {KEY.fingerprint}, EXPIRES)
    assert [fault.kind for fault in found.faults] == ["expired"]
    assert len(overdue(kept(tmp_path, ()), EXPIRES)) == 1


def test_the_register_outlives_what_it_tells_of(tmp_path: Path) -> None:
    """The date in the register holds before the one in the file: who released it sets it."""
    blob = release().bundle
    (tmp_path / "x.zip").write_bytes(blob)
    sooner = Terms("full", "Relief agency", NOW, NOW + timedelta(days=1), "UTC")
    (item,) = kept(tmp_path, [release_event(sooner, blob, NOW)])
    assert item.expires == NOW + timedelta(days=1)
    (item,) = kept(tmp_path, ())
    assert item.expires == EXPIRES
