"""Files that are missing, hostile or no text at all are refused in words, at once."""

from __future__ import annotations

import os
import socket
import sys
import tracemalloc
from pathlib import Path

import pytest

from clearway.model.scenario import Scenario
from clearway.read.scenario import LIMITS, read_scenario
from tests.read.folders import DEMAND, FILES, LINKS, NODES, PLAN, ZONES, breaches, only, written


@pytest.fixture
def folder(two_gates: Scenario, tmp_path: Path) -> Path:
    """Return a good folder, to be broken."""
    return written(two_gates, tmp_path / "s")


def test_folder_missing(tmp_path: Path) -> None:
    breach = only(tmp_path / "nothing")
    assert (breach.file, breach.field) == ("", "folder")
    assert breach.value.endswith("…") or breach.value.endswith("nothing")
    assert "must be a folder" in breach.rule


def test_folder_is_a_file(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x", encoding="utf-8")
    assert "must be a folder" in only(tmp_path / "file").rule


def test_folder_name_with_nul() -> None:
    assert "must be a folder" in only(Path("a\0b")).rule


@pytest.mark.parametrize("name", FILES)
def test_file_missing(folder: Path, name: str) -> None:
    (folder / name).unlink()
    told = [one for one in breaches(folder) if one.file == name]
    assert [(one.row, one.field, one.value, one.rule) for one in told] == [
        (0, "file", "", "must be there")
    ]


def test_every_file_missing(tmp_path: Path) -> None:
    assert [one.file for one in breaches(tmp_path)] == list(FILES)


def test_network_is_a_file(folder: Path) -> None:
    for name in (NODES, LINKS):
        (folder / name).unlink()
    (folder / "network").rmdir()
    (folder / "network").write_text("x", encoding="utf-8")
    told = [(one.file, one.rule) for one in breaches(folder)]
    assert told == [(NODES, "must be there"), (LINKS, "must be there")]


@pytest.mark.parametrize("name", FILES)
def test_file_empty(folder: Path, name: str) -> None:
    (folder / name).write_bytes(b"")
    assert name in {one.file for one in breaches(folder)}


@pytest.mark.parametrize("name", FILES)
def test_not_utf8(folder: Path, name: str) -> None:
    content = (folder / name).read_bytes()
    (folder / name).write_bytes(content + b"\n\xe9t\xe9")
    told = [one for one in breaches(folder) if one.file == name]
    assert [(one.row, one.field, one.value, one.rule) for one in told] == [
        (content.count(b"\n") + 2, "file", "bytes E9 74 E9", "must be text in UTF-8")
    ]


@pytest.mark.parametrize("name", FILES)
def test_nul_byte(folder: Path, name: str) -> None:
    content = (folder / name).read_bytes()
    (folder / name).write_bytes(content.replace(b"\n", b"\n\0", 1))
    told = [one for one in breaches(folder) if one.file == name]
    assert [(one.row, one.value, one.rule) for one in told] == [
        (2, "NUL byte", "must be text in UTF-8")
    ]


@pytest.mark.parametrize("name", FILES)
def test_directory_in_place_of_a_file(folder: Path, name: str) -> None:
    (folder / name).unlink()
    (folder / name).mkdir()
    told = [one for one in breaches(folder) if one.file == name]
    assert [(one.value, one.rule) for one in told] == [("directory", "must be an ordinary file")]


@pytest.mark.parametrize("name", FILES)
def test_named_pipe_is_refused_and_not_waited_for(folder: Path, name: str) -> None:
    (folder / name).unlink()
    os.mkfifo(folder / name)
    told = [one for one in breaches(folder) if one.file == name]
    assert [(one.value, one.rule) for one in told] == [("named pipe", "must be an ordinary file")]


def test_socket_is_refused(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (folder / DEMAND).unlink()
    monkeypatch.chdir(folder)  # names of sockets are short
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind("demand.csv")
        breach = only(folder)
    assert (breach.file, breach.field, breach.value) == (DEMAND, "file", "socket")
    assert breach.rule == "must be an ordinary file"


@pytest.mark.parametrize("name", FILES)
def test_symlink_out_of_the_folder(folder: Path, tmp_path: Path, name: str) -> None:
    (folder / name).rename(tmp_path / "outside")
    (folder / name).symlink_to(tmp_path / "outside")
    told = [one for one in breaches(folder) if one.file == name]
    assert [(one.row, one.field, one.value, one.rule) for one in told] == [
        (0, "file", "symbolic link", "must not lead out of the scenario's folder")
    ]


def test_symlink_of_a_directory_out_of_the_folder(folder: Path, tmp_path: Path) -> None:
    (folder / "network").rename(tmp_path / "outside")
    (folder / "network").symlink_to(tmp_path / "outside", target_is_directory=True)
    told = [(one.file, one.value) for one in breaches(folder)]
    assert told == [(NODES, "symbolic link"), (LINKS, "symbolic link")]


def test_symlink_to_a_device(folder: Path) -> None:
    (folder / DEMAND).unlink()
    (folder / DEMAND).symlink_to("/dev/zero")
    assert only(folder).rule == "must not lead out of the scenario's folder"


def test_symlink_in_a_circle(folder: Path) -> None:
    (folder / DEMAND).unlink()
    (folder / DEMAND).symlink_to("demand.csv")
    breach = only(folder)
    assert (breach.file, breach.rule) == (DEMAND, "must be readable")


def test_symlink_inside_the_folder_is_followed(folder: Path) -> None:
    (folder / DEMAND).rename(folder / "counted.csv")
    (folder / DEMAND).symlink_to("counted.csv")
    assert breaches(folder) == ()


def test_file_without_permission(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    opened = os.open

    def refuse(path: Path, flags: int, *rest: int) -> int:
        if str(path).endswith("demand.csv"):
            raise PermissionError(13, "Permission denied")
        return opened(path, flags, *rest)

    monkeypatch.setattr(os, "open", refuse)
    breach = only(folder)
    assert (breach.file, breach.value, breach.rule) == (
        DEMAND,
        "Permission denied",
        "must be readable",
    )


@pytest.mark.parametrize("name", FILES)
def test_line_of_200_mb(folder: Path, name: str) -> None:
    with (folder / name).open("r+b") as file:
        file.seek(0, os.SEEK_END)
        size = file.tell() + 200_000_000
        file.truncate(size)  # sparse: takes no room
    told = [one for one in breaches(folder) if one.file == name]
    assert [(one.row, one.field, one.value) for one in told] == [(0, "file", f"{size:,} bytes")]
    assert told[0].rule == f"must have at most {LIMITS[name].file_bytes:,} bytes"


def test_large_file_is_not_read_into_memory(folder: Path) -> None:
    with (folder / LINKS).open("r+b") as file:
        file.truncate(200_000_000)
    tracemalloc.start()
    try:
        assert only(folder).file == LINKS
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 20_000_000


@pytest.mark.parametrize("name", [PLAN, NODES, LINKS, DEMAND])
def test_line_longer_than_its_limit(folder: Path, name: str) -> None:
    most = LIMITS[name].line_bytes
    content = (folder / name).read_bytes()
    (folder / name).write_bytes(content + b"#" + b"x" * most + b"\n")
    told = [one for one in breaches(folder) if one.file == name]
    assert [(one.row, one.value, one.rule) for one in told] == [
        (
            content.count(b"\n") + 1,
            f"line of {most + 1:,} bytes",
            f"must have no line of more than {most:,} bytes",
        )
    ]


def test_line_of_just_its_limit_is_read(folder: Path) -> None:
    most = LIMITS[PLAN].line_bytes
    content = (folder / PLAN).read_bytes()
    (folder / PLAN).write_bytes(content + b"#" + b"x" * (most - 1) + b"\n# end")
    assert breaches(folder) == ()


@pytest.mark.parametrize("name", FILES)
def test_byte_order_mark_is_dropped(folder: Path, name: str) -> None:
    (folder / name).write_bytes(b"\xef\xbb\xbf" + (folder / name).read_bytes())
    assert breaches(folder) == ()


@pytest.mark.parametrize("name", FILES)
def test_windows_line_ends_are_read(folder: Path, name: str) -> None:
    (folder / name).write_bytes((folder / name).read_bytes().replace(b"\n", b"\r\n"))
    assert breaches(folder) == ()


def test_other_files_are_not_looked_at(folder: Path) -> None:
    (folder / "README.md").write_bytes(b"\xff\xff")
    os.mkfifo(folder / "pipe")
    assert read_scenario(folder).id == "tiny"


@pytest.mark.parametrize("name", [ZONES, PLAN])
def test_nested_too_deep(folder: Path, name: str) -> None:
    depth = 40_000
    opening = "a = " if name == PLAN else ""
    (folder / name).write_text(opening + "[" * depth + "]" * depth, encoding="utf-8")
    told = [one for one in breaches(folder) if one.file == name]
    assert len(told) == 1
    assert "nested too deep" in told[0].rule


def test_number_of_thousands_of_digits(folder: Path) -> None:
    digits = "9" * (sys.get_int_max_str_digits() + 1)
    for name, old, new in (
        (PLAN, "step_s = 60", f"step_s = {digits}"),
        (ZONES, '"node_id": 102', f'"node_id": {digits}'),
        (NODES, "102,", f"{digits},"),
        (DEMAND, "Z1,G1,1,", f"Z1,G1,{digits},"),
    ):
        text = (folder / name).read_text(encoding="utf-8")
        assert old in text
        (folder / name).write_text(text.replace(old, new, 1), encoding="utf-8")
    told = {one.file for one in breaches(folder)}
    assert {PLAN, ZONES, NODES, DEMAND} <= told


def test_number_of_thousands_of_hexadecimal_digits(folder: Path) -> None:
    text = (folder / PLAN).read_text(encoding="utf-8")
    text = text.replace("step_s = 60", "step_s = 0x" + "f" * 50_000)
    (folder / PLAN).write_text(text, encoding="utf-8")
    breach = only(folder)
    assert breach.field == "planning.step_s"
    assert breach.value == "a number of thousands of digits"


def test_keys_nested_so_deep_that_parsing_would_take_minutes(folder: Path) -> None:
    with (folder / PLAN).open("a", encoding="utf-8") as file:
        file.write("a." * 40_000 + "a = 1\n")
    told = [one for one in breaches(folder) if one.file == PLAN]
    assert len(told) == 1
    assert told[0].rule == "must nest keys less than 16 deep"
    assert told[0].row == (folder / PLAN).read_text(encoding="utf-8").count("\n")
