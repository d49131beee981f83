"""Zips of one layout: what they give back, and every trap that a zip can set."""

from __future__ import annotations

import io
import os
import zipfile
import zlib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clearway.errors import ScenarioError
from clearway.publish.bundle import archive
from clearway.publish.bundle.archive import MOST_NAME, name_problem, unzipped, zipped
from clearway.publish.bundle.faults import KINDS, Fault

FILES = {"b.txt": b"b" * 300, "a/c.txt": "ماء".encode(), "empty": b""}


def test_the_same_files_give_the_same_bytes_and_come_back() -> None:
    blob = zipped(FILES)
    assert blob == zipped(dict(reversed(FILES.items())))
    assert unzipped(blob) == (dict(sorted(FILES.items())), ())
    assert list(unzipped(blob)[0]) == sorted(FILES)


@given(
    st.dictionaries(
        st.from_regex(r"[a-w0-9]{1,8}(/[a-w0-9]{1,8}){0,2}\.(txt|csv)", fullmatch=True),
        st.binary(max_size=300),
        max_size=5,
    )
)
def test_any_files_come_back(files: dict[str, bytes]) -> None:
    assert unzipped(zipped(files)) == (files, ())


def test_other_readers_see_the_same(tmp_path: Path) -> None:
    path = tmp_path / "a.zip"
    path.write_bytes(zipped(FILES))
    with zipfile.ZipFile(path) as file:
        assert file.testzip() is None
        assert {name: file.read(name) for name in file.namelist()} == FILES
        assert {one.date_time for one in file.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        assert {one.external_attr >> 16 for one in file.infolist()} == {0o100600}


@pytest.mark.parametrize(
    "name",
    [
        *("", "/etc/passwd", "../up", "a/../b", "a/./b", "a//b", "a/", "C:/x", "C:x", "a\\b"),
        *("\\\\host\\x", "a\nb", "a\0b", "\u202egnp.exe", "x" * (MOST_NAME + 1), " a", "a ", "a."),
        *("con", "aux.txt", "a/NUL.csv", "lpt1"),
    ],
)
def test_unsafe_names_are_refused_both_ways(name: str) -> None:
    assert name_problem(name)
    with pytest.raises(ValueError, match=r"must|large"):
        zipped({name: b""})
    if name and "\0" not in name:
        assert kinds(_foreign((name, b"x"))) >= {"unsafe name"}


@pytest.mark.parametrize("name", ["a", "a/b.txt", "حلب/خطة.json", "a b.txt", "console.txt", ".a"])
def test_ordinary_names_are_not(name: str) -> None:
    assert name_problem(name) is None


def test_a_zip_of_another_program_is_told_by_its_layout() -> None:
    assert kinds(_foreign(("a.txt", b"x"))) == {"layout"}


def test_names_that_meet_are_told() -> None:
    assert kinds(_foreign(("a.txt", b"1"), ("A.TXT", b"2"))) == {"twice"}
    with pytest.warns(UserWarning, match="Duplicate name"):
        assert kinds(_foreign(("a", b"1"), ("a", b"2"))) == {"twice"}


@pytest.mark.parametrize("mode", [0o120777, 0o040755, 0o020644, 0o010644])
def test_links_folders_and_devices_are_told(mode: int) -> None:
    one = zipfile.ZipInfo("a")
    one.external_attr = mode << 16
    assert kinds(_foreign((one, b"/etc/passwd"))) == {"not a file"}


def test_a_bomb_is_not_unpacked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archive, "MOST_BYTES", 100_000)
    bomb = zipped({"a": b"\0" * 60_000, "b": b""})
    monkeypatch.setattr(archive, "MOST_BYTES", 50_000)
    asked: list[int] = []
    monkeypatch.setattr(archive, "_unpacked", lambda member: asked.append(member.size))
    assert kinds(bomb) == {"too large"}
    assert kinds(b"x" * 50_001) == {"too large"}
    assert not asked


def test_a_lie_about_a_size_is_told_before_it_fills_the_memory() -> None:
    packed = zlib.compressobj(9, zlib.DEFLATED, -15)
    data = packed.compress(b"\0" * 1_000_000) + packed.flush()
    liar = archive.Member("a", 8, zlib.crc32(b"\0" * 10), 10, data)
    assert archive._unpacked(liar) is None
    assert kinds(archive._assembled([liar])) == {"damaged"}


@pytest.mark.parametrize(
    ("method", "size", "packed"),
    [
        (0, 4, b"abc"),
        (8, 3, b"\xff\xff\xff"),
        (8, 3, b"\x4b\x4c\x4a\x06\x00!"),
        (8, 3, b"\x4b\x4c"),
    ],
)
def test_content_that_is_not_what_the_zip_says_is_told(
    method: int, size: int, packed: bytes
) -> None:
    member = archive.Member("a", method, zlib.crc32(b"abc"), size, packed)
    assert kinds(archive._assembled([member])) == {"damaged"}


def test_what_is_no_zip_is_told() -> None:
    blob = zipped(FILES)
    for bad in (b"", b"PK\x05\x06", b"not a zip", blob[:-1], blob[30:], blob[-22:-1] + b"PK\5\6"):
        found = kinds(bad)
        assert found <= {"not a zip", "layout"}, bad
        assert found, bad


@pytest.mark.parametrize("where", [0, 10, -22])
def test_bytes_of_one_s_own_have_no_room(where: int) -> None:
    blob = zipped(FILES)
    at = where % len(blob)
    assert kinds(blob[:at] + b"hidden" + blob[at:])
    assert kinds(blob + b"hidden") == {"layout"}


@given(st.binary(max_size=400))
def test_no_bytes_raise(blob: bytes) -> None:
    files, faults = unzipped(blob)
    assert bool(files) != bool(faults) or blob == zipped({})


@given(st.integers(0, 10**6), st.binary(min_size=1, max_size=4))
def test_no_change_raises_or_passes(at: int, patch: bytes) -> None:
    blob = zipped(FILES)
    place = at % len(blob)
    changed = blob[:place] + patch + blob[place + len(patch) :]
    files, faults = unzipped(changed)
    assert bool(faults) or files == FILES


def test_every_fault_has_a_known_kind() -> None:
    assert len(set(KINDS)) == len(KINDS)
    with pytest.raises(ScenarioError, match="must be one of"):
        Fault("odd", "", "")
    assert str(Fault("layout", "a\nb", "x")) == "a\nb: layout: x"
    assert str(Fault("layout", "", "x")) == "layout: x"


def test_too_many_files_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    many = {f"{n}": b"" for n in range(5)}
    blob = zipped(many)
    monkeypatch.setattr(archive, "MOST_FILES", 4)
    assert kinds(blob) == {"not a zip"}
    with pytest.raises(ValueError, match="too much"):
        zipped(many)
    with pytest.raises(ValueError, match="capitals"):
        zipped({"a": b"", "A": b""})


def kinds(blob: bytes) -> set[str]:
    """Return the kinds of fault that are found; nothing may be read where there is one."""
    files, faults = unzipped(blob)
    assert not (files and faults)
    return {fault.kind for fault in faults}


def _foreign(*entries: tuple[str | zipfile.ZipInfo, bytes]) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as file:
        for name, content in entries:
            info = name if isinstance(name, zipfile.ZipInfo) else _named(name)
            file.writestr(info, content)
    return made.getvalue()


def _named(name: str) -> zipfile.ZipInfo:
    info = zipfile.ZipInfo("x")
    info.filename = name  # as it is: ZipInfo would put a backslash right
    info.external_attr = 0o100600 << 16
    assert os.sep == "/"
    return info
