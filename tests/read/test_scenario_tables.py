"""Every way to break a CSV table or the zones is told with its line, column, value and rule."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from clearway.model.scenario import Scenario
from clearway.read.scenario import read_scenario
from clearway.read.tables import MOST_ROWS
from tests.read.folders import DEMAND, LINKS, NODES, ZONES, breaches, change, line_of, only, written

_LINK = '1001,101,102,0,120,2,1,30,1800,residential,inside,open,"LINESTRING (37.15 36.2, '

#: Arabic-Indic digits, which Python would take for a number.
_ARABIC = "37.15".translate({ord("0") + n: 0x0660 + n for n in range(10)})

# File, what is replaced, by what; then line, column, value, and words of the rule.
_ONE_BREACH = [
    (NODES, "101,37.15,", "101,,", 2, "x_coord", "", "a finite number from -180 to 180"),
    (NODES, "101,37.15,", "101,nan,", 2, "x_coord", "nan", "a finite number"),
    (NODES, "101,37.15,", "101,-inf,", 2, "x_coord", "-inf", "a finite number"),
    (NODES, "101,37.15,", "101,1e999,", 2, "x_coord", "1e999", "a finite number"),
    (NODES, "101,37.15,", "101,181,", 2, "x_coord", "181", "from -180 to 180"),
    (NODES, "101,37.15,", '101,"37,15",', 2, "x_coord", "37,15", "a finite number"),
    (NODES, "101,37.15,", "101,3_7.15,", 2, "x_coord", "3_7.15", "a finite number"),
    (NODES, "101,37.15,", f"101,{_ARABIC},", 2, "x_coord", _ARABIC, "a finite number"),
    (NODES, "101,37.15,", '101,"37.15\n0",', 2, "x_coord", "37.15\\n0", "a finite number"),
    (NODES, ",36.2\n102", ",-91\n102", 2, "y_coord", "-91", "from -90 to 90"),
    (NODES, "101,", "101.0,", 2, "node_id", "101.0", "whole number"),
    (NODES, "101,", "-101,", 2, "node_id", "-101", "whole number from 0"),
    (NODES, "101,", "9007199254740992,", 2, "node_id", "9007199254740992", "to 9007199254740991"),
    (NODES, "101,", f"{10**30},", 2, "node_id", f"{10**30}", "whole number"),
    (LINKS, _LINK, _LINK.replace("1001", "x"), 2, "link_id", "x", "whole number"),
    (LINKS, _LINK, _LINK.replace(",101,", ",102,"), 2, "to_node_id", "102", "not be from_node_id"),
    (LINKS, _LINK, _LINK.replace(",101,", ",9,"), 2, "from_node_id", "9", "id of a node"),
    (LINKS, _LINK, _LINK.replace(",0,", ",yes,"), 2, "directed", "yes", "1 or 0"),
    (LINKS, _LINK, _LINK.replace(",120,", ",0,"), 2, "length_m", "0", "from 0.01"),
    (LINKS, _LINK, _LINK.replace(",120,", ",-120,"), 2, "length_m", "-120", "from 0.01"),
    (LINKS, _LINK, _LINK.replace(",120,", ",0.12,"), 2, "length_m", "0.12", "must be in metres"),
    (LINKS, _LINK, _LINK.replace(",120,2,", ",120,0,"), 2, "width_m", "0", "from 0.01"),
    (LINKS, _LINK, _LINK.replace(",2,1,", ",2,-1,"), 2, "lanes", "-1", "from 0 to 100"),
    (LINKS, _LINK, _LINK.replace(",30,", ",300,"), 2, "free_speed_kph", "300", "from 0 to 200"),
    (LINKS, _LINK, _LINK.replace(",1800,", ",-1,"), 2, "capacity_veh_per_h", "-1", "from 0"),
    (LINKS, _LINK, _LINK.replace(",residential,", ",,"), 2, "facility_type", "", "1 to 40 letters"),
    (LINKS, _LINK, _LINK.replace("inside", "in"), 2, "side", "in", "inside, crossing, outside"),
    (LINKS, _LINK, _LINK.replace("open", "OPEN"), 2, "state", "OPEN", "open, closed"),
    (LINKS, "LINESTRING", "POINT", 2, "geometry", "POINT (37.15 36.2, ", "LINESTRING"),
    (LINKS, "37.15 36.2, ", "37.15 nan, ", 2, "geometry", "LINESTRING (37.15 nan", "LINESTRING"),
    (LINKS, "37.15 36.2, ", "37.15 36.2 0, ", 2, "geometry", "LINESTRING (37.15 36.2 0", "LINE"),
    (LINKS, "37.15 36.2, ", "", 2, "geometry", "LINESTRING (37.151334 36.2)", "LINESTRING"),
    (LINKS, "37.15 36.2, ", "377.15 36.2, ", 2, "geometry", "LINESTRING (377", "LINESTRING"),
    (LINKS, "37.15 36.2, ", "37.16 36.2, ", 2, "geometry", "((37.16, 36.2)", "must lead from"),
    (DEMAND, "Z1,G1,1,2", "Z7,G1,1,2", 2, "zone_id", "Z7", "a zone in zones.geojson"),
    (DEMAND, "Z1,G1,1,2", "Z 1,G1,1,2", 2, "zone_id", "Z 1", "1 to 40 letters"),
    (DEMAND, "Z1,G1,1,2", "Z1,G7,1,2", 2, "group", "G7", "a group in scenario.toml"),
    (DEMAND, "Z1,G1,1,2", "Z1,G1,0,2", 2, "size", "0", "whole number from 1 to 9"),
    (DEMAND, "Z1,G1,1,2", "Z1,G1,10,2", 2, "size", "10", "whole number from 1 to 9"),
    (DEMAND, "Z1,G1,1,2", "Z1,G1,1,-2", 2, "households", "-2", "whole number from 0"),
    (DEMAND, "Z1,G1,1,2", "Z1,G1,1,2.5", 2, "households", "2.5", "whole number from 0"),
    (DEMAND, "Z1,G1,2,", "Z1,G1,1,", 3, "zone_id", "Z1", "unique (zone_id, group, size)"),
]

_ZONE_BREACH = [
    ('"id": "Z2"', '"id": "Z1"', "properties.id", "Z1", "must be unique"),
    ('"id": "Z2"', '"id": 2', "properties.id", "2", "must be text in quotes"),
    ('"id": "Z2"', '"id": "Z 2"', "properties.id", "Z 2", "1 to 40 letters"),
    ('"node_id": 107', '"node_id": 7', "properties.node_id", "7", "id of a node"),
    ('"node_id": 107', '"node_id": "107"', "properties.node_id", "107", "whole number"),
    ('"node_id": 107', '"node_id": 115', "properties.node_id", "115", "open inside link ends"),
    ('"node_id": 107', '"node": 107', "properties.node", "107", "must be node_id"),
    (
        '"type": "Feature", "properties": {"id": "Z2"',
        '"properties": {"id": "Z2"',
        "type",
        "",
        "given",
    ),
]


@pytest.fixture
def folder(two_gates: Scenario, tmp_path: Path) -> Path:
    """Return a good folder, to be broken."""
    return written(two_gates, tmp_path / "s")


@pytest.mark.parametrize("case", _ONE_BREACH)
def test_breach(folder: Path, case: tuple[str, str, str, int, str, str, str]) -> None:
    name, old, new, row, field, value, rule = case
    change(folder, name, old, new)
    told = [one for one in breaches(folder) if (one.file, one.field, one.row) == (name, field, row)]
    assert len(told) == 1, breaches(folder)
    assert told[0].value.startswith(value[:40])
    assert rule in told[0].rule


@pytest.mark.parametrize("case", _ZONE_BREACH)
def test_breach_of_a_zone(folder: Path, case: tuple[str, ...]) -> None:
    old, new, field, value, rule = case
    change(folder, ZONES, old, new)
    told = [one for one in breaches(folder) if one.field == f"features[2].{field}"]
    assert len(told) == 1, breaches(folder)
    assert (told[0].file, told[0].row) == (ZONES, 3)
    assert told[0].value.startswith(value)
    assert rule in told[0].rule


@pytest.mark.parametrize(
    ("name", "column", "unit"),
    [
        (NODES, "x_coord", "lon"),
        (LINKS, "length_m", "length_km"),
        (LINKS, "free_speed_kph", "free_speed_mph"),
        (LINKS, "geometry", "wkt"),
        (DEMAND, "size", "sise"),
    ],
)
def test_wrong_header(folder: Path, name: str, column: str, unit: str) -> None:
    change(folder, name, column, unit)
    told = [one for one in breaches(folder) if one.file == name]
    assert [(one.row, one.field) for one in told] == [(1, column), (1, unit)]
    assert told[0].rule == "must be a column of the header"
    assert column in told[1].rule


def test_column_with_another_unit_names_the_right_one(folder: Path) -> None:
    change(folder, LINKS, "length_m", "length_km")
    told = breaches(folder)
    assert told[-1].rule == "must be length_m: no other name or unit is known here"


def test_no_header_at_all(folder: Path) -> None:
    text = (folder / DEMAND).read_text(encoding="utf-8")
    (folder / DEMAND).write_text(text.split("\n", 1)[1], encoding="utf-8")
    told = [one for one in breaches(folder) if one.rule == "must be a column of the header"]
    assert [one.field for one in told] == ["zone_id", "group", "size", "households"]


def test_header_without_rows(folder: Path) -> None:
    (folder / DEMAND).write_text("zone_id,group,size,households\n", encoding="utf-8")
    told = [one for one in breaches(folder) if one.file == DEMAND]
    assert [(one.field, one.rule) for one in told] == [
        ("row", "must have at least one row that can be read")
    ]


def test_column_that_stands_twice(folder: Path) -> None:
    change(folder, NODES, "node_id,x_coord,y_coord", "node_id,x_coord,y_coord,y_coord")
    told = [one for one in breaches(folder) if one.row == 1]
    assert [(one.field, one.rule) for one in told] == [("y_coord", "must be one column, not two")]


def test_columns_in_another_order(folder: Path, two_gates: Scenario) -> None:
    lines = (folder / NODES).read_text(encoding="utf-8").split("\n")
    turned = [",".join(reversed(line.split(","))) for line in lines]
    (folder / NODES).write_text("\n".join(turned), encoding="utf-8")
    assert read_scenario(folder).network.nodes.id.tolist() == two_gates.network.nodes.id.tolist()


def test_spaces_around_cells_and_blank_lines_are_accepted(folder: Path) -> None:
    change(folder, NODES, "101,37.15,36.2", "\n 101 , 37.15,+36.2 \n")
    change(
        folder, LINKS, "1001,101,102,0,120,2,1,30,1800", " 1001,101,102, false ,120,2.,1,30,1.8e3"
    )
    change(folder, LINKS, 'inside,open,"LINESTRING (', 'inside ,open," linestring(  ')
    change(folder, DEMAND, "Z1,G1,1,2", " Z1 ,G1, 1,2")
    assert breaches(folder) == ()


def test_row_with_too_few_and_too_many_cells(folder: Path) -> None:
    change(folder, DEMAND, "Z1,G1,1,2\n", "Z1,G1,1\nZ1,G1,1,2,5\n")
    few, many = breaches(folder)
    assert (few.file, few.row, few.field, few.value) == (DEMAND, 2, "row", "3 cells")
    assert (many.row, many.value) == (3, "5 cells")
    assert few.rule == "must have 4 cells, as the header has"


def test_row_is_the_line_at_which_it_begins(folder: Path) -> None:
    change(folder, DEMAND, "Z1,G1,1,2\n", '"Z\n\n1",G1,1,2\n\nZ1,G1,1,x\n')
    told = [(one.row, one.field, one.value) for one in breaches(folder)]
    assert told == [(2, "zone_id", "Z\\n\\n1"), (6, "households", "x")]


def test_quote_that_is_not_closed(folder: Path) -> None:
    change(folder, DEMAND, "Z1,G1,1,2", '"Z1,G1,1,2')
    breach = only(folder)
    assert (breach.file, breach.field) == (DEMAND, "file")
    assert "must be comma-separated values" in breach.rule


def test_cell_too_large_for_a_table(folder: Path) -> None:
    change(folder, LINKS, "LINESTRING (37.15 36.2, ", "LINESTRING (" + "37.15 36.2, " * 12_000)
    breach = only(folder)
    assert (breach.file, breach.row, breach.field) == (LINKS, 2, "file")
    assert "field larger than field limit" in breach.rule


def test_duplicate_ids(folder: Path) -> None:
    change(folder, NODES, "102,", "101,")
    change(folder, LINKS, "\n1002,", "\n1001,")
    told = {(one.file, one.row, one.field): one for one in breaches(folder)}
    for place, value in (((NODES, 3, "node_id"), "101"), ((LINKS, 3, "link_id"), "1001")):
        assert told[place].value == value
        assert told[place].rule == "must be unique"


def test_id_that_is_no_number_repeats_no_other(folder: Path) -> None:
    change(folder, NODES, "114,", "0,")
    change(folder, NODES, "113,", "x,")
    assert not [one for one in breaches(folder) if one.rule == "must be unique"]


def test_line_may_be_left_out(folder: Path, two_gates: Scenario) -> None:
    lines = (folder / LINKS).read_text(encoding="utf-8").split("\n")
    bare = [line.split('"')[0] if '"' in line else line for line in lines]
    (folder / LINKS).write_text("\n".join(bare), encoding="utf-8")
    links = read_scenario(folder).network.links
    assert len(links) == len(two_gates.network.links)
    assert links.line[0] == ((37.15, 36.2), (37.151334, 36.2))


def test_zone_that_demand_forgets(folder: Path) -> None:
    text = (folder / DEMAND).read_text(encoding="utf-8")
    kept = [line for line in text.split("\n") if not line.startswith("Z2,")]
    (folder / DEMAND).write_text("\n".join(kept), encoding="utf-8")
    breach = only(folder)
    assert (breach.file, breach.row, breach.value) == (ZONES, 3, "Z2")
    assert "must have a row in demand.csv" in breach.rule


def test_zone_in_two_parts(folder: Path) -> None:
    lines = (folder / ZONES).read_text(encoding="utf-8").split("\n")
    first, second = (json.loads(line.rstrip(",")) for line in lines[1:3])
    parts = [feature["geometry"]["coordinates"] for feature in (first, second)]
    first["geometry"] = {"type": "MultiPolygon", "coordinates": parts}
    lines[1] = json.dumps(first) + ","
    (folder / ZONES).write_text("\n".join(lines), encoding="utf-8")
    one, other = read_scenario(folder).zones[:2]
    assert len(one.rings) == 2
    assert one.rings[1] == other.rings[0]


def test_zone_in_no_part(folder: Path) -> None:
    lines = (folder / ZONES).read_text(encoding="utf-8").split("\n")
    first = json.loads(lines[1].rstrip(","))
    first["geometry"] = {"type": "MultiPolygon", "coordinates": []}
    lines[1] = json.dumps(first) + ","
    (folder / ZONES).write_text("\n".join(lines), encoding="utf-8")
    breach = only(folder)
    assert (breach.row, breach.rule) == (2, "must have at least one polygon")


@pytest.mark.parametrize(
    ("coordinates", "rule"),
    [
        ("[]", "must be a list of rings"),
        ("[[]]", "must have at least 4 points"),
        ("[7]", "must be a list of rings"),
        (
            "[[[37.15, 36.2], [37.151, 36.2], [37.151, 36.201], [37.15, 36.201]]]",
            "last as the first",
        ),
        ("[[[37.15, 36.2], [37.15, 36.2]]]", "must have at least 4 points"),
        ("[[[37.15, true], [37.15, 36.2]]]", "must be [longitude, latitude]"),
        ("[[[37.15, NaN], [37.15, 36.2]]]", "must be [longitude, latitude]"),
        ("[[[37.15, 36.2, 400], [37.15, 36.2, 400]]]", "must be [longitude, latitude]"),
        ("[[[37.15, 136.2], [37.15, 36.2]]]", "must be [longitude, latitude]"),
        ("7", "must be a list"),
    ],
)
def test_shape_of_a_zone(folder: Path, coordinates: str, rule: str) -> None:
    lines = (folder / ZONES).read_text(encoding="utf-8").split("\n")
    head = lines[1][: lines[1].index('"coordinates": ')]
    lines[1] = f'{head}"coordinates": {coordinates}}}}},'
    (folder / ZONES).write_text("\n".join(lines), encoding="utf-8")
    breach = only(folder)
    assert (breach.file, breach.row) == (ZONES, 2)
    assert breach.field.startswith("features[1].geometry.coordinates")
    assert rule in breach.rule


def test_zone_with_a_hole(folder: Path) -> None:
    change(
        folder,
        ZONES,
        "]]}}",
        "], [[37.15, 36.2], [37.151, 36.2], [37.151, 36.201], [37.15, 36.2]]]}}",
    )
    breach = only(folder)
    assert breach.field == "features[1].geometry.coordinates[2]"
    assert "must have no hole" in breach.rule


def test_not_json(folder: Path) -> None:
    change(folder, ZONES, '"id": "Z2"', '"id" "Z2"')
    told = [one for one in breaches(folder) if one.file == ZONES]
    assert [(one.row, one.field) for one in told] == [(3, "file")]
    assert "must be JSON" in told[0].rule


def test_json_of_something_else(folder: Path) -> None:
    (folder / ZONES).write_text("[1, 2]", encoding="utf-8")
    told = [one for one in breaches(folder) if one.file == ZONES]
    assert [one.rule for one in told] == ["must be a GeoJSON FeatureCollection"]


def test_key_that_stands_twice_in_json(folder: Path) -> None:
    change(folder, ZONES, '"id": "Z2"', '"id": "Z9", "id": "Z2"')
    breach = only(folder)
    assert (breach.file, breach.field, breach.value) == (ZONES, "id", "2 times")


def test_what_other_programs_add_to_geojson_is_accepted(folder: Path) -> None:
    change(folder, ZONES, '"features": [', '"name": "zones", "bbox": [1, 2, 3, 4], "features": [')
    assert breaches(folder) == ()
    assert line_of(folder, ZONES, '"Z1"') == 2


def test_more_rows_than_any_city_has(folder: Path) -> None:
    with (folder / DEMAND).open("a", encoding="utf-8") as file:
        file.write("\n" * MOST_ROWS)
    breach = only(folder)
    assert (breach.file, breach.row, breach.field) == (DEMAND, MOST_ROWS + 2, "row")
    assert breach.rule == "must have at most 400,000 rows"


def test_more_columns_than_any_table_has(folder: Path) -> None:
    change(folder, DEMAND, "zone_id", "zone_id" + "," * 4_000)
    breach = only(folder)
    assert (breach.file, breach.row, breach.value) == (DEMAND, 1, "4,004 columns")
    assert breach.rule == "must have at most 100 columns"
