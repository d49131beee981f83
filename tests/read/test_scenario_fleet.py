"""Vehicles, hospitals and aid in ``scenario.toml``: read back whole, breaches told by key."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import numpy as np
import pytest

from clearway.model.corridor import NO_VEHICLES
from clearway.model.scenario import NO_AID, NO_CARE, NO_FLEET
from clearway.publish.scenario_folder import write_scenario
from clearway.read.scenario import read_scenario
from tests import scenarios
from tests.read import rides
from tests.read.folders import ALL_FILES, FILES, LINKS, PLAN, breaches, change, only, written

# By the table that they are in: old text, new text, key, value and rule that are told.
_BREACHES = {
    "group[1]": [
        ('"car", "ride"', '"car", "fly"', "modes[2]", "fly", "'walk', 'car'"),
        ('"car", "ride"', '"car", "car"', "modes[2]", "car", "must be unique"),
        ('"car", "ride"', '"walk", "car"', "modes", "['walk'", "at once"),
        ('["car", "ride"]', '"car"', "modes", "car", "must be a list"),
    ],
    "group[2]": [
        ('modes = ["ride"]', "modes = []", "modes", "[]", "at least 1"),
        ("chair_users = 1", "chair_users = 2", "wheelchair_users", "2", "1 or less"),
        ("chair_users = 1", "chair_users = true", "wheelchair_users", "True", "whole"),
    ],
    "group[1].persons_per_car": [
        ("low = 2, central = 3.5", "low = 0, central = 3.5", "low", "0", "1 or"),
        ("low = 2, central = 3.5", "low = 4, central = 3.5", "central", "4 /", "low to"),
    ],
    "group[1].speed_m_per_s": [
        (
            "low = 5, central = 10, high = 15",
            "low = 5, central = 10, high = 61",
            "high",
            "61",
            "60 or less",
        ),
    ],
    "corridor[1].gate.vehicles_per_h": [
        ("_h = { low = 4,", "_h = { low = 14,", "central", "14 /", "low to"),
        ("_h = { low = 4,", "_h = { low = -4,", "low", "-4", "0 or"),
    ],
    "corridor[1].gate": [
        ("vehicles_per_h", "vehicles_per_min", "vehicles_per_min", "{", "must be vehicles_per_h"),
    ],
    "": [
        (
            "contraflow = [1001, 1002]",
            "contraflow = [1001, 9]",
            "contraflow[2]",
            "9",
            "id of a link",
        ),
        (
            "contraflow = [1001, 1002]",
            "contraflow = [1001, 1001]",
            "contraflow[2]",
            "1001",
            "unique",
        ),
        (
            "contraflow = [1001, 1002]",
            "contraflow = [1001, 1003]",
            "contraflow[2]",
            "1003",
            "one direction",
        ),
        ("contraflow = [1001, 1002]", "contraflow = 1001", "contraflow", "1001", "a list"),
        ("[care]", "[cares]", "cares", "{", "must be care"),
    ],
    "vehicle_type[2]": [
        ('id = "truck"', 'id = "bus"', "id", "bus", "must be unique"),
    ],
    "vehicle_type[1]": [
        ("seats = 50", "seats = -1", "seats", "-1", "0 or more"),
        ("seats = 50", "seats = 50.5", "seats", "50.5", "whole number"),
        ("stretchers = 1", "stretchers = 1001", "stretchers", "1001", "1000 or"),
        ('care = "basic"', 'care = "good"', "care", "good", "'none', 'basic' or"),
        ("speed_km_per_h", "speed_m_per_s", "speed_m_per_s", "{", "must be speed_km_per_h"),
        ("rest_min = 20", "rest_min = 1441", "rest_min", "1441", "1440 or less"),
        ("range_km = 400", "range_km = 0", "range_km", "0", "above 0"),
        ("range_km = 400", "range_km = inf", "range_km", "inf", "finite"),
        ("range_km = 400", "range_m = 400", "range_m", "400", "must be range_km"),
        (
            'rs = ["C1", "C2"]\nbarred',
            'rs = ["C1", "C9"]\nbarred',
            "corridors[2]",
            "C9",
            "of a corridor",
        ),
        ('rs = ["C1", "C2"]\nbarred', 'rs = ["C1", "C1"]\nbarred', "corridors[2]", "C1", "unique"),
        ('"service", "track"', '"track", "track"', "barred[2]", "track", "unique"),
        ('"service", "track"', '"a street"', "barred[1]", "a street", "1 to 40"),
    ],
    "vehicle_type[1].speed_km_per_h": [
        (
            "low = 18, central = 27, high = 45",
            "low = 18, central = 27, high = 300",
            "high",
            "300",
            "216 or less",
        ),
    ],
    "vehicle_type[1].board_min": [
        (
            "low = 10, central = 15, high = 60",
            "low = 20, central = 15, high = 60",
            "central",
            "20 /",
            "low to",
        ),
        ("high = 60, source", "high = 10081, source", "high", "10081", "1440 or"),
    ],
    "vehicle_type[1].alight_min": [
        (
            "low = 5, central = 15, high = 30",
            "low = nan, central = 15, high = 30",
            "low",
            "nan",
            "finite",
        ),
    ],
    "depot[1]": [
        ("lon = 37.19\nlat = 36.2\n", "lat = 36.2\n", "lon", "", "or the node"),
        ("lat = 36.2\nsource", "lat = 91\nsource", "lat", "91", "90 or less"),
        (
            "lon = 37.19\nlat = 36.2\n",
            "lon = 37.151\nlat = 36.2\n",
            "lon",
            "[37.151",
            "outside the outline",
        ),
        ("lon = 37.19\nlat = 36.2\n", "lon = 36.2\nlat = 37.19\n", "lon", "[36.2", "swapped"),
        ('id = "H2"', 'id = "D1"', "id", "D1", "must be unique among"),
    ],
    "depot[2]": [
        ("lat = 36.2\nnode", "node", "lat", "", "with the other"),
        ("node = 102", "node = 9999", "node", "9999", "id of a node"),
    ],
    "vehicles[1]": [
        ('type = "bus"', 'type = "tram"', "type", "tram", "of a vehicle type"),
        ('depot = "D1"', 'depot = "D7"', "depot", "D7", "of a depot"),
        ("count = 4", "count = -4", "count", "-4", "0 or more"),
        ("count = 4", 'count = "4"', "count", "4", "whole number"),
    ],
    "vehicles[3]": [
        (
            "until = 2016-10-20T20:00:00+03:00",
            "until = 2016-10-20T05:00:00+03:00",
            "until",
            "2016-10-20 05",
            "after since",
        ),
        (
            "until = 2016-10-20T20:00:00+03:00",
            "until = 2016-10-20T20:00:00",
            "until",
            "2016-10-20 20",
            "a time zone",
        ),
    ],
    "fleet": [
        (
            "outside_speed_km_per_h",
            "outside_speed_m_per_s",
            "outside_speed_m_per_s",
            "{",
            "must be outside_speed_km_per_h",
        ),
    ],
    "fleet.outside_speed_km_per_h": [
        ("high = 36,", "high = 20,", "central", "18 /", "low to"),
    ],
    "fleet.outside_detour": [
        ("low = 1.2, central = 1.4", "low = 0.9, central = 1.4", "low", "0.9", "1 or more"),
    ],
    "hospital[2]": [
        ('id = "H2"', 'id = "H1"', "id", "H1", "must be unique"),
        ("lon = 37.1\n", "lon = 181\n", "lon", "181", "180 or less"),
        ("lon = 37.1\nlat = 36.22", "lon = 37.151\nlat = 36.2", "lon", "[37.151", "outside"),
    ],
    "hospital[1]": [
        ('opens = "08:00"', 'opens = "8:00"', "opens", "8:00", "time of the day"),
        ('opens = "08:00"', "opens = 08:00:00", "opens", "08:00", "must be text"),
        ('opens = "08:00"', 'opens = "24:00"', "closes", "20:01:30", "after it opens"),
        ('closes = "20:01:30"', 'closes = "25:00"', "closes", "25:00", "time of the"),
        ('closes = "20:01:30"', 'closes = "08:00"', "closes", "08:00", "after it opens"),
    ],
    "hospital[1].beds[2]": [
        ('kind = "general"', 'kind = "surgery"', "kind", "surgery", "unique"),
    ],
    "hospital[1].beds[1].places": [
        (
            "low = 1, central = 2, high = 4",
            "low = 3, central = 2, high = 4",
            "central",
            "3 /",
            "low to",
        ),
        ("low = 1, central = 2, high = 4", "low = -1, central = 2, high = 4", "low", "-1", "0 or"),
    ],
    "convoy[2]": [
        ('id = "A2"', 'id = "A1"', "id", "A1", "must be unique"),
    ],
    "convoy[1]": [
        ("vehicles = 5", "vehicles = 0", "vehicles", "0", "1 or more"),
        ('type = "truck"', 'type = "tram"', "type", "tram", "of a vehicle type"),
        ('zone = "Z2"', 'zone = "Z9"', "zone", "Z9", "of a zone"),
        ("persons = 500", "persons = -1", "persons", "-1", "0 or more"),
    ],
    "linked_movement[2]": [
        ('then = "aid:A2"', 'then = "aid:A7"', "then", "aid:A7", "of a convoy"),
        ('then = "aid:A2"', 'then = "food:A2"', "then", "food:A2", "must be aid:"),
        ('id = "K2"', 'id = "K1"', "id", "K1", "must be unique"),
    ],
    "linked_movement[1]": [
        ('after = "aid:A1"', 'after = "aid:"', "after", "aid:", "must be aid:"),
        (
            'n = "patients:2016-10-20"',
            'n = "patients:2016-10-21"',
            "then",
            "patients:2016-10-21",
            "a day on which",
        ),
        (
            'n = "patients:2016-10-20"',
            'n = "patients:20161020"',
            "then",
            "patients:2016",
            "must be aid:",
        ),
        (
            'n = "patients:2016-10-20"',
            'n = "patients:2016-02-30"',
            "then",
            "patients:2016",
            "must be aid:",
        ),
    ],
    "care": [
        ('system = "START"', 'system = "start"', "system", "start", "'IITT', 'START' or"),
    ],
}
_CASES = [(table, *case) for table, cases in _BREACHES.items() for case in cases]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a good folder with every table, to be broken."""
    return written(rides.told(), tmp_path / "s")


@pytest.mark.parametrize("case", _CASES)
def test_each_breach_is_named(folder: Path, case: tuple[str, ...]) -> None:
    table, old, new, key, value, rule = case
    change(folder, PLAN, old, new)
    field = f"{table}.{key}" if table else key
    (told,) = [one for one in breaches(folder) if one.field == field]
    assert told.file == PLAN
    assert told.value.startswith(value)
    assert rule in told.rule
    line = (folder / PLAN).read_text(encoding="utf-8").split("\n")[told.row - 1]
    # What is missing is told where its table begins.
    last = key.rpartition(".")[2].partition("[")[0]
    assert line.startswith("[[") if "must be given" in told.rule else last in line


def test_everything_comes_back_exactly(folder: Path) -> None:
    made, back = rides.told(), read_scenario(folder)
    for field in ("groups", "fleet", "care", "aid", "contraflow", "uncertainty"):
        assert getattr(back, field) == getattr(made, field), field
    lanes = [corridor.vehicles_per_s for corridor in back.corridors]
    assert lanes == [corridor.vehicles_per_s for corridor in made.corridors]


def test_it_is_written_the_same_again(folder: Path, tmp_path: Path) -> None:
    again = written(read_scenario(folder), tmp_path / "again")
    for name in ALL_FILES:
        assert (folder / name).read_bytes() == (again / name).read_bytes()


def test_what_is_not_said_is_not_written_and_has_its_default(tmp_path: Path) -> None:
    folder = written(scenarios.two_gates(), tmp_path / "s")
    found = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}
    assert found == set(FILES)
    back = read_scenario(folder)
    assert (back.fleet, back.care, back.aid, back.contraflow) == (NO_FLEET, NO_CARE, NO_AID, ())
    assert all(group.modes == ("walk",) for group in back.groups)
    assert all(corridor.vehicles_per_s == NO_VEHICLES for corridor in back.corridors)


def test_units_become_si(folder: Path) -> None:
    change(folder, PLAN, "low = 18, central = 27, high = 45", "low = 36, central = 36, high = 72")
    change(folder, PLAN, "rest_min = 20", "rest_min = 2.5")
    change(folder, PLAN, "range_km = 400", "range_km = 0.25")
    change(folder, PLAN, "_h = { low = 4, central = 12", "_h = { low = 9, central = 18")
    bus = read_scenario(folder).fleet.types[0]
    assert (bus.speed_m_per_s.low, bus.speed_m_per_s.high) == (10, 20)
    assert (bus.board_s.low, bus.alight_s.high, bus.rest_s, bus.range_m) == (600, 1_800, 150, 250)
    lane = read_scenario(folder).corridors[0].vehicles_per_s
    assert (lane.low, lane.central) == (0.0025, 0.005)


def test_the_ends_of_every_range_are_allowed(folder: Path) -> None:
    """No rounding of units makes a noun refuse what its file allows."""
    ends = "{ low = 0.36, central = 36, high = 216,"
    change(folder, PLAN, "{ low = 18, central = 27, high = 45,", ends)
    change(folder, PLAN, "{ low = 18, central = 27, high = 36,", ends)
    change(
        folder, PLAN, "{ low = 10, central = 15, high = 60,", "{ low = 0, central = 0, high = 1440,"
    )
    change(
        folder,
        PLAN,
        "{ low = 20, central = 30, high = 60,",
        "{ low = 0, central = 0, high = 10080,",
    )
    change(
        folder,
        PLAN,
        "_h = { low = 4, central = 12, high = 30,",
        "_h = { low = 0, central = 0, high = 360000,",
    )
    change(
        folder,
        PLAN,
        "{ low = 5, central = 10, high = 15,",
        "{ low = 0.05, central = 10, high = 60,",
    )
    scenario = read_scenario(folder)
    assert scenario.fleet.types[0].speed_m_per_s.low == 0.1
    assert scenario.fleet.outside_m_per_s.high == 60
    assert scenario.corridors[0].vehicles_per_s.high == 100


def test_a_walker_is_no_car(folder: Path) -> None:
    """Groups without cars keep the limit of walking; those whose modes are wrong are not told."""
    change(
        folder,
        PLAN,
        'modes = ["car", "ride"]\npersons_per_car',
        'modes = ["walk"]\npersons_per_car',
    )
    told = {one.field: one.rule for one in breaches(folder)}
    assert told == {
        "group[1].persons_per_car": "must be left out where modes has no car",
        "group[1].speed_m_per_s.high": "must be 3 or less: without cars it is a walking speed",
    }


def test_a_car_needs_persons(folder: Path) -> None:
    text = (folder / PLAN).read_text(encoding="utf-8")
    kept = [line for line in text.split("\n") if not line.startswith("persons_per_car")]
    (folder / PLAN).write_text("\n".join(kept), encoding="utf-8")
    told = only(folder)
    assert (told.field, told.rule) == (
        "group[1].persons_per_car",
        "must be given where modes has car",
    )


def test_the_fleet_needs_its_speed_outside(folder: Path) -> None:
    """No silent assumption: where vehicles or convoys drive, somebody says how fast."""
    text = (folder / PLAN).read_text(encoding="utf-8")
    lines = [line for line in text.split("\n") if not line.startswith(("[fleet]", "outside_"))]
    (folder / PLAN).write_text("\n".join(lines), encoding="utf-8")
    told = only(folder)
    assert (told.row, told.field) == (0, "fleet")
    assert told.rule == "must be given where there are vehicles or convoys"


def test_vehicles_of_one_type_depot_and_beginning_stand_once(folder: Path) -> None:
    change(folder, PLAN, "since = 2016-10-20T06:00:00+03:00\n", "")
    told = only(folder)
    assert (told.field, told.value) == ("vehicles[2]", "bus at D1")
    assert told.rule == "must be unique (type, depot, since)"


def test_a_depot_inside_stands_where_its_node_is(folder: Path) -> None:
    change(folder, PLAN, "lon = 37.15\nlat = 36.2\nnode", "node")
    scenario = read_scenario(folder)
    depot = scenario.fleet.depots[1]
    at = np.flatnonzero(scenario.network.nodes.id == depot.node)
    assert [depot.lon] == scenario.network.nodes.lon[at].tolist()
    assert [depot.lat] == scenario.network.nodes.lat[at].tolist()


def test_a_depot_at_its_node_is_written_by_its_node_alone(tmp_path: Path) -> None:
    made = rides.told()
    nodes, (outside, inside) = made.network.nodes, made.fleet.depots
    there = dataclasses.replace(inside, lon=float(nodes.lon[1]), lat=float(nodes.lat[1]))
    fleet = dataclasses.replace(made.fleet, depots=(outside, there))
    folder = written(made.replace(fleet=fleet), tmp_path / "s")
    text = (folder / PLAN).read_text(encoding="utf-8")
    assert text.count("\nlon = ") == 3
    assert read_scenario(folder).fleet.depots[1].node == inside.node


def test_a_depot_inside_stands_on_a_street_inside(folder: Path) -> None:
    scenario = rides.told()
    site = scenario.receptions[0].node
    change(folder, PLAN, "node = 102", f"node = {site}")
    assert "must be a node where an open inside link ends" in {
        one.rule for one in breaches(folder) if one.field == "depot[2].node"
    }


def test_a_convoy_sets_out_outside(folder: Path) -> None:
    head, mark, tail = (folder / PLAN).read_text(encoding="utf-8").partition("[[convoy]]")
    (folder / PLAN).write_text(head + mark + tail.replace('"D1"', '"D2"', 1), encoding="utf-8")
    told = only(folder)
    assert (told.field, told.value) == ("convoy[1].depot", "D2")
    assert told.rule == "must be a depot outside, without a node"


def test_a_convoy_has_its_hours(folder: Path) -> None:
    head, mark, tail = (folder / PLAN).read_text(encoding="utf-8").partition("[[convoy]]")
    tail = tail.replace("until = 2016-10-20T10:00", "until = 2016-10-20T08:00", 1)
    (folder / PLAN).write_text(head + mark + tail, encoding="utf-8")
    told = only(folder)
    assert (told.field, told.rule) == ("convoy[1].until", "must be after since")


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ('id = "bus"', 'id = "a bus"', {"vehicle_type[1].id"}),
        ('id = "D1"', 'id = "D 1"', {"depot[1].id"}),
        ('id = "A1"', 'id = "A 1"', {"convoy[1].id"}),
        ('id = "C2"', 'id = "C 2"', {"corridor[2].id"}),
        ("[[vehicle_type]]", "[vehicle_type]", {"file"}),
        ("[fleet]", "[[fleet]]", {"fleet"}),
        ("opens = 2016-10-20T08:00:00+03:00", "opens = 2016-10-20T08:00:00", {"window[1].opens"}),
        ('timezone = "Asia/Damascus"', 'timezone = "Asia/Nowhere"', {"timezone"}),
        ("outline = [", "outline = [ 7,", {"outline[1]"}),
    ],
)
def test_what_follows_from_another_breach_is_not_told(
    folder: Path, old: str, new: str, told: set[str]
) -> None:
    change(folder, PLAN, old, new)
    assert {one.field for one in breaches(folder)} == told


@pytest.mark.parametrize(("wrong", "told"), [("7", {"vehicle_type"}), ("[]", {"vehicles[1].type"})])
def test_types_that_are_no_tables_are_told_once(folder: Path, wrong: str, told: set[str]) -> None:
    """Where there are none, those who name one are told; where it is unknown, they are not."""
    blocks = (folder / PLAN).read_text(encoding="utf-8").split("\n\n")
    kept = [block for block in blocks if not block.startswith("[[vehicle_type]]")]
    kept[0] += f"\nvehicle_type = {wrong}"
    (folder / PLAN).write_text("\n\n".join(kept), encoding="utf-8")
    found = {one.field for one in breaches(folder)}
    assert told <= found
    assert wrong == "[]" or found == told


def test_a_link_that_breaks_a_rule_may_be_the_one_that_is_meant(folder: Path) -> None:
    lines = (folder / LINKS).read_text(encoding="utf-8").split("\n")
    row = next(n for n, line in enumerate(lines) if line.startswith("1001,"))
    cells = lines[row].split(",", 4)
    lines[row] = ",".join([*cells[:3], "perhaps", cells[4]])
    (folder / LINKS).write_text("\n".join(lines), encoding="utf-8")
    assert "contraflow[1]" not in {one.field for one in breaches(folder)}


def test_a_list_of_patients_that_is_no_more_is_taken_away(tmp_path: Path) -> None:
    """Otherwise the folder would still list them."""
    folder = written(rides.told(), tmp_path / "s")
    assert (folder / "patients.csv").exists()
    write_scenario(rides.told(care=NO_CARE), folder)
    assert not (folder / "patients.csv").exists()
    assert read_scenario(folder).care == NO_CARE
