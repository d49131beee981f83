"""Swapped coordinates, points far off, zones outside, corridors that lead nowhere."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest

from clearway.model.scenario import Scenario
from clearway.read.geometry import Cluster, crossing_sides, metres, metres_outside
from clearway.read.scenario import read_scenario
from tests.read.folders import LINKS, NODES, PLAN, ZONES, breaches, change, line_of, only, written

_SWAPPED = "latitude and longitude look swapped: longitude must come first"
_SQUARE = np.array([(37.0, 36.0), (37.1, 36.0), (37.1, 36.1), (37.0, 36.1)])


@pytest.fixture
def folder(two_gates: Scenario, tmp_path: Path) -> Path:
    """Return a good folder, to be broken."""
    return written(two_gates, tmp_path / "s")


def _swap(folder: Path, name: str, pattern: str, swapped: str) -> None:
    text = (folder / name).read_text(encoding="utf-8")
    turned = re.sub(pattern, swapped, text)
    assert turned != text
    (folder / name).write_text(turned, encoding="utf-8")


@pytest.mark.parametrize(
    ("name", "pattern", "swapped", "field", "line"),
    [
        (NODES, r"(37[\d.]+),(36[\d.]+)", r"\2,\1", "x_coord, y_coord", ""),
        (LINKS, r"(37[\d.]+) (36[\d.]+)", r"\2 \1", "geometry", ""),
        (ZONES, r"(37[\d.]+), (36[\d.]+)", r"\2, \1", "features", ""),
        (PLAN, r"(37[\d.]+), (36[\d.]+)", r"\2, \1", "outline", "outline = ["),
    ],
)
def test_file_with_latitude_and_longitude_swapped(
    folder: Path, *, name: str, pattern: str, swapped: str, field: str, line: str
) -> None:
    _swap(folder, name, pattern, swapped)
    breach = only(folder)
    row = line_of(folder, name, line) if line else 0
    assert (breach.file, breach.row, breach.field) == (name, row, field)
    assert breach.value.startswith("36.20")
    assert breach.rule == _SWAPPED


def test_streets_swapped_in_both_files(folder: Path) -> None:
    _swap(folder, NODES, r"(37[\d.]+),(36[\d.]+)", r"\2,\1")
    _swap(folder, LINKS, r"(37[\d.]+) (36[\d.]+)", r"\2 \1")
    told = {one.file for one in breaches(folder) if one.rule == _SWAPPED}
    # Two of four: nobody can tell which half is right, so all are named.
    assert told == {PLAN, NODES, LINKS, ZONES}


@pytest.mark.parametrize(
    ("place", "rule"),
    [
        ("36.2,37.151334", _SWAPPED),
        ("37.151334,26.2", "must lie near the other places"),
        ("3.7151334,36.2", "must lie near the other places"),
        ("0,0", "must lie near the other places"),
    ],
)
def test_node_far_from_the_rest(folder: Path, place: str, rule: str) -> None:
    change(folder, NODES, "102,37.151334,36.2", f"102,{place}")
    breach = only(folder)
    assert (breach.file, breach.row, breach.field) == (NODES, 3, "x_coord, y_coord")
    assert breach.value == place.replace(",", ", ")
    assert breach.rule == rule


def test_node_off_by_a_digit_is_told_by_its_links(folder: Path) -> None:
    change(folder, NODES, "102,37.151334,36.2", "102,37.161334,36.2")
    told = [one for one in breaches(folder) if one.file == LINKS]
    assert {one.rule for one in told} == {"must lead from from_node_id to to_node_id"}
    assert [one.row for one in told] == [2, 4, 5]


@pytest.mark.parametrize(
    ("place", "rule"),
    [("36.199513, 37.1494", _SWAPPED), ("37.1494, 3.6199513", "must lie near the other places")],
)
def test_corner_of_the_outline_far_from_the_rest(folder: Path, place: str, rule: str) -> None:
    change(folder, PLAN, "[37.1494, 36.199513]", f"[{place}]")
    told = [one for one in breaches(folder) if one.field == "outline[1]"]
    assert [(one.row, one.value, one.rule) for one in told] == [
        (line_of(folder, PLAN, place), f"[{place}]", rule)
    ]


def test_corner_of_the_outline_off_the_globe(folder: Path) -> None:
    change(folder, PLAN, "[37.1494, 36.199513]", "[37.1494, 136.199513]")
    assert any(one.field == "outline[1]" for one in breaches(folder))


def test_outline_that_crosses_itself(folder: Path) -> None:
    text = (folder / PLAN).read_text(encoding="utf-8").split("\n")
    first = text.index("outline = [") + 1
    text[first], text[first + 1] = text[first + 1], text[first]
    (folder / PLAN).write_text("\n".join(text), encoding="utf-8")
    told = [one for one in breaches(folder) if one.rule == "must not cross itself"]
    assert [(one.file, one.field) for one in told] == [(PLAN, "outline[2]")]
    assert told[0].value == "the sides from points 2 and 4"


def test_zone_outside_the_outline(folder: Path) -> None:
    lines = (folder / ZONES).read_text(encoding="utf-8").split("\n")
    lines[2] = lines[2].replace("[37.15", "[37.16")
    (folder / ZONES).write_text("\n".join(lines), encoding="utf-8")
    breach = only(folder)
    assert (breach.file, breach.row) == (ZONES, 3)
    assert breach.field == "features[2].geometry.coordinates"
    assert re.fullmatch(r"\[37\.163\d+, 36\.20\d+\], 772 m out", breach.value)
    assert breach.rule == "must lie inside the outline, or at most 100 m out"


def test_node_of_a_zone_outside_the_outline(folder: Path) -> None:
    # Node 113 is the far end of C1's crossing; 114 its exit, 240 m farther on.
    change(folder, ZONES, '"node_id": 107', '"node_id": 114')
    change(folder, LINKS, ",4,1,30,1800,residential,outside", ",4,1,30,1800,residential,inside")
    told = {(one.file, one.row, one.field): one for one in breaches(folder)}
    breach = told[ZONES, 3, "features[2].properties.node_id"]
    assert re.fullmatch(r"114, \d+ m out", breach.value)
    assert breach.rule == "must be a node inside the outline, or at most 100 m out"


@pytest.mark.parametrize(
    ("old", "new", "field", "rule"),
    [
        ("[1018, 1019]", "[1019]", "links", "must be connected from the mouth on; link 1019"),
        ("[1018, 1019]", "[1019, 1018]", "links", "must be connected from the mouth on"),
        ("[1018, 1019]", "[1001]", "links", "must be connected from the mouth on; link 1001"),
        ("[1018, 1019]", "[1018, 1022]", "links", "must be connected"),
        ("[1018, 1019]", "[1018, 4711]", "links[2]", "the corridor does not touch the network"),
        ("mouth = 108", "mouth = 101", "links", "must be connected from the mouth on; link 1018"),
        ("mouth = 108", "mouth = 4711", "mouth", "must be the id of a node"),
    ],
)
def test_corridor_that_does_not_touch_the_network(
    folder: Path, *, old: str, new: str, field: str, rule: str
) -> None:
    change(folder, PLAN, old, new)
    breach = only(folder)
    assert (breach.file, breach.field) == (PLAN, f"corridor[1].{field}")
    assert breach.row == line_of(folder, PLAN, f"{field.partition('[')[0]} = ")
    assert rule in breach.rule


def test_corridor_over_a_closed_link(folder: Path) -> None:
    change(folder, LINKS, "crossing,open", "crossing,closed")
    breach = only(folder)
    assert breach.field == "corridor[1].links"
    assert breach.value == "[1018, 1019]"
    assert breach.rule == "must be open; link 1018 is closed"


def test_corridor_that_does_not_cross_the_outline(folder: Path) -> None:
    change(folder, LINKS, "crossing,open", "outside,open")
    breach = only(folder)
    assert (breach.field, breach.rule) == (
        "corridor[1].links",
        "must begin at the outline and cross it",
    )


def test_mouth_that_no_street_inside_reaches(one_corridor: Scenario, tmp_path: Path) -> None:
    folder = written(one_corridor, tmp_path / "s")
    change(
        folder,
        LINKS,
        "1002,102,103,0,120,2,1,30,1800,residential,inside,open",
        "1002,102,103,0,120,2,1,30,1800,residential,inside,closed",
    )
    breach = only(folder)
    assert (breach.field, breach.value) == ("corridor[1].mouth", "103")
    assert "does not touch the network" in breach.rule


def test_exit_from_which_no_street_leads_to_the_site(
    one_corridor: Scenario, tmp_path: Path
) -> None:
    folder = written(one_corridor, tmp_path / "s")
    lines = (folder / LINKS).read_text(encoding="utf-8").split("\n")
    row = max(n for n, line in enumerate(lines) if ",outside,open" in line)
    lines[row] = lines[row].replace(",outside,open", ",outside,closed")
    (folder / LINKS).write_text("\n".join(lines), encoding="utf-8")
    breach = only(folder)
    assert (breach.field, breach.value) == ("corridor[1].reception", "R1")
    assert "must be reached from the corridor's exit" in breach.rule


def test_link_of_a_corridor_that_breaks_another_rule_is_told_once(folder: Path) -> None:
    change(
        folder,
        LINKS,
        ",120,4,1,30,1800,residential,crossing",
        ",nan,4,1,30,1800,residential,crossing",
    )
    breach = only(folder)
    assert (breach.file, breach.field, breach.value) == (LINKS, "length_m", "nan")


def test_streets_that_all_break_one_rule_are_told_once_each(
    one_corridor: Scenario, tmp_path: Path
) -> None:
    folder = written(one_corridor, tmp_path / "s")
    count = len(one_corridor.network.links)
    change(folder, LINKS, ",1,30,", ",1,-30,", count)
    told = {(one.file, one.field) for one in breaches(folder)}
    assert told == {(LINKS, "free_speed_kph")}
    assert len(breaches(folder)) == count


def test_scenario_at_home_anywhere_on_the_globe(one_corridor: Scenario, tmp_path: Path) -> None:
    folder = written(one_corridor, tmp_path / "s")
    for name in (NODES, LINKS, ZONES, PLAN):
        _swap(folder, name, r"\b37\.(\d+)", r"-3.\1")
        _swap(folder, name, r"\b36\.(\d+)", r"40.\1")
    assert read_scenario(folder).outline[0][0] < -3


def test_metres_outside_a_square() -> None:
    places = np.array([(37.05, 36.05), (37.05, 36.2), (37.2, 36.05), (37.2, 36.2), (37.1, 36.05)])
    out = metres_outside(places, _SQUARE)
    assert out[0] == 0
    assert out[1] == pytest.approx(11_120, rel=0.01)
    assert out[2] == pytest.approx(11_120 * np.cos(np.radians(36.05)), rel=0.01)
    assert out[3] == pytest.approx(np.hypot(out[1], out[2]), rel=0.01)
    assert out[4] == pytest.approx(0, abs=1)
    assert len(metres_outside(np.zeros((0, 2)), _SQUARE)) == 0


def test_metres_of_a_degree() -> None:
    here, there = np.array([37.0, 36.0]), np.array([37.0, 37.0])
    assert metres(here, there) == pytest.approx(110_980, rel=0.005)
    assert metres(here, np.array([38.0, 36.0])) == pytest.approx(90_160, rel=0.005)


def test_crossing_sides() -> None:
    assert crossing_sides(_SQUARE) is None
    assert crossing_sides(_SQUARE[[1, 0, 2, 3]]) == (1, 3)
    assert crossing_sides(_SQUARE[:3]) is None


def test_cluster_near_the_line_where_latitude_is_longitude() -> None:
    places = np.array([(36.2, 36.25), (36.25, 36.2), (36.22, 36.22)])
    assert not Cluster.of(places).looks_swapped(Cluster.of(places[:, ::-1]))
