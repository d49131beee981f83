"""Scenarios as people edit them: impossible ones, hostile ones, and those of other editors."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from clearway.cli import main
from clearway.publish.scenario_folder import write_scenario
from tests import scenarios

Capture = pytest.CaptureFixture[str]
HOSTILE = '<script>alert(1)</script> & \\"<img src=x onerror=alert(2)>'
PLAN, NODE, LINK, DEMAND = "scenario.toml", "network/node.csv", "network/link.csv", "demand.csv"

GATE = "rate_persons_per_h = { low = 0, central = 0, high = 5, source"
PLACES = "places_persons = { low = 0, central = 0, high = 5, source"
UPTAKE = "uptake = { low = 0, central = 0, high = 1, source"
SPEED = "speed_m_per_s = { low = 0.05, central = 0.05, high = 1, source"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return the folder of a scenario with one corridor, which everyone can leave."""
    write_scenario(scenarios.one_corridor(), tmp_path / "tiny")
    return tmp_path / "tiny"


def edit(folder: Path, name: str, pattern: str, new: str) -> None:
    """Replace what ``pattern`` finds in a file of the folder; it must find something."""
    path = folder / name
    text, count = re.subn(pattern, lambda _: new, path.read_text("utf-8"))
    assert count
    path.write_text(text, "utf-8")


def run(folder: Path, *words: str) -> int:
    """Return the exit code of the whole chain, with the report in ``out`` beside the folder."""
    few = ("--members", "2")
    return main(["run", str(folder), "--out", str(folder.parent / "out"), *few, *words])


def summary(folder: Path) -> dict[str, object]:
    """Return the figures that the chain left."""
    text = (folder.parent / "out" / "summary.json").read_text("utf-8")
    found: dict[str, object] = json.loads(text)
    return found


@pytest.mark.parametrize(
    ("name", "pattern", "new", "reason"),
    [
        (PLAN, r"rate_persons_per_h = \{.*?source", GATE, "gate"),
        (PLAN, r"places_persons = \{.*?source", PLACES, "reception sites"),
        (PLAN, r"uptake = \{.*?source", UPTAKE, "uptake of zero"),
        (PLAN, r"margin_min = .*", "margin_min = 600", "too short"),
        (PLAN, r"closes = 2016-10-20T10:00", "closes = 2016-10-20T08:01", "too short"),
        (PLAN, r"speed_m_per_s = \{.*?source", SPEED, "too short"),
        (DEMAND, r"(?<=,)\d+(?=\r?\n)", "0", "no households"),
    ],
)
def test_each_way_to_bring_nobody_out_is_told(
    folder: Path, capsys: Capture, name: str, pattern: str, new: str, reason: str
) -> None:
    """Exit code 3, a status that says why in both languages, and a report all the same."""
    edit(folder, name, pattern, new)
    assert run(folder) == 3
    told = summary(folder)
    assert told["status"] == "infeasible"
    assert reason in str(told["reason"])
    assert re.search(r"[\u0600-\u06ff]", str(told["reason_ar"]))
    assert " ".join(str(told["reason"]).split()) in " ".join(capsys.readouterr().out.split())
    assert (folder.parent / "out" / "report.html").is_file()


def test_streets_that_are_all_closed_are_told_before_planning(
    folder: Path, capsys: Capture
) -> None:
    """Zones then stand at no open street: the folder itself breaks a rule."""
    edit(folder, LINK, r"inside,open", "inside,closed")
    assert run(folder) == 2
    assert "an open inside link" in capsys.readouterr().err


def test_markup_in_names_is_shown_and_never_run(folder: Path) -> None:
    """Every tag of a name stands in the report as letters."""
    edit(folder, PLAN, r'(?<=en = ")[^"]*(?=")', HOSTILE)
    edit(folder, PLAN, r'(?<=source = ")[^"]*(?=")', f"assumed: {HOSTILE}")
    assert run(folder) == 0
    for name in ("report.html", "report.ar.html"):
        page = (folder.parent / "out" / name).read_text("utf-8")
        assert "<script>alert" not in page
        assert "<img src=x" not in page
        assert "alert(1)" in page


@pytest.mark.parametrize("mark", ["\\u202E", "\\u2066", "\\u200F"])
def test_marks_that_turn_text_round_do_not_reach_the_terminal(
    folder: Path, capsys: Capture, mark: str
) -> None:
    """A name cannot make a terminal show another figure than there is."""
    edit(folder, PLAN, r'title = \{ en = "', f'title = {{ en = "{mark}')
    assert run(folder) == 0
    said = capsys.readouterr().out
    assert mark.lower() in said
    assert mark.encode().decode("unicode_escape") not in said


@pytest.mark.parametrize(
    "change",
    [
        lambda data: data.replace(b"\n", b"\r\n"),
        lambda data: b"\xef\xbb\xbf" + data,
        lambda data: b"\xef\xbb\xbf" + data.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n"),
    ],
    ids=["windows", "mark", "both"],
)
def test_files_of_another_editor_make_the_same_plan(
    folder: Path, change: Callable[[bytes], bytes]
) -> None:
    """Windows line ends and byte order marks in all five files."""
    assert run(folder) == 0
    first = (folder.parent / "out" / "plan.json").read_bytes()
    for name in (PLAN, NODE, LINK, DEMAND, "zones.geojson"):
        path = folder / name
        path.write_bytes(change(path.read_bytes()))
    assert run(folder) == 0
    assert (folder.parent / "out" / "plan.json").read_bytes() == first


@pytest.mark.parametrize("number", ["1" + "0" * 400, "1e400", "-1e400", "1e308", "nan", "inf"])
@pytest.mark.parametrize("key", ["slot_min", "margin_min", "area_m2", "central"])
def test_huge_numbers_are_breaches(folder: Path, capsys: Capture, key: str, number: str) -> None:
    """One line for each, no traceback, whatever a float makes of them."""
    edit(folder, PLAN, rf"(?<={key} = )[\d.]+", number)
    assert main(["check-scenario", str(folder)]) == 2
    said = capsys.readouterr().err
    assert all(line.startswith("clearway: scenario.toml") for line in said.splitlines())
    assert key in said
    assert len(max(said.splitlines(), key=len)) < 300


@pytest.mark.parametrize("number", ["9" * 400, "1e400", "9223372036854775808", "-1"])
@pytest.mark.parametrize(("name", "column"), [(NODE, 0), (LINK, 0), (DEMAND, 3)])
def test_huge_numbers_in_tables_are_breaches(
    folder: Path, capsys: Capture, name: str, column: int, number: str
) -> None:
    """The row and the column are told; nothing overflows."""
    path = folder / name
    rows = path.read_text("utf-8").splitlines()
    cells = rows[1].split(",")
    cells[column] = number
    path.write_text("\n".join([rows[0], ",".join(cells), *rows[2:], ""]), "utf-8")
    assert main(["check-scenario", str(folder)]) == 2
    said = capsys.readouterr().err
    assert f"clearway: {name}:2: {rows[0].split(',')[column]}" in said
    assert "Traceback" not in said
