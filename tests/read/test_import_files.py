"""Street lines in GeoParquet, GeoPackage and GMNS, and the one reader for all kinds."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pyogrio
import pytest
import shapely

from clearway.errors import Breach, ScenarioError
from clearway.read.street_files import read_streets
from clearway.read.street_lines import read_street_lines
from tests.read import town

#: A cross: two streets in metres that end where a third begins.
LINES = [
    shapely.LineString(town.placed(points))
    for points in (
        [(0, 0), (50, 5), (100, 0)],
        [(100.004, 0), (200, 0)],
        [(100, 0), (100, 80)],
    )
]
NODE = "node_id,x_coord,y_coord\n1,37.150,36.200\n2,37.151,36.200\n3,37.151,36.201\n"
HEAD = "link_id,from_node_id,to_node_id,directed,facility_type,geometry\n"


def frame(**columns: Any) -> gpd.GeoDataFrame:
    """Return a table of the cross; ``columns`` replace or add some, None takes one away."""
    data: dict[str, Any] = {"highway": ["primary", "residential", "footway"], "geometry": LINES}
    data |= columns
    data = {name: column for name, column in data.items() if column is not None}
    return gpd.GeoDataFrame(data, crs=town.CRS) if "geometry" in data else gpd.GeoDataFrame(data)


def gmns(folder: Path, link: str, node: str = NODE, config: str = "") -> Path:
    """Write a GMNS folder."""
    (folder / "node.csv").write_text(node, encoding="utf-8")
    (folder / "link.csv").write_text(link, encoding="utf-8")
    if config:
        (folder / "config.csv").write_text(config, encoding="utf-8")
    return folder


def breaches(path: Path) -> tuple[Breach, ...]:
    """Return the breaches of a file or folder."""
    with pytest.raises(ScenarioError) as caught:
        read_streets(path)
    return caught.value.breaches


@pytest.mark.parametrize("name", ["town.parquet", "town.gpkg"])
def test_lines_meet_where_they_end(tmp_path: Path, name: str) -> None:
    """To a centimetre; both kinds of file say the same."""
    path = tmp_path / name
    table = frame()
    table.to_parquet(path) if name.endswith("parquet") else table.to_file(path)
    streets = read_streets(path)
    assert streets.highway.tolist() == ["primary", "residential", "footway"]
    assert streets.end[0] == streets.start[1] == streets.start[2]
    assert len(np.unique(np.concatenate([streets.start, streets.end]))) == 4
    assert not streets.directed.any()
    assert np.isnan(streets.lanes).all()
    assert streets.source == name
    assert streets.crs == town.CRS


def test_one_ways_and_figures_are_read(tmp_path: Path) -> None:
    """``-1`` turns the line round."""
    path = tmp_path / "town.parquet"
    frame(
        oneway=["yes", "-1", "no"], lanes=["2", "x", None], width_m=[7.0, 2.5, np.nan]
    ).to_parquet(path)
    streets = read_street_lines(path, source="by hand")
    assert streets.directed.tolist() == [True, True, False]
    assert shapely.get_coordinates(streets.line[1])[0].tolist() == pytest.approx(
        town.placed([(200, 0)])[0]
    )
    assert streets.lanes.tolist() == pytest.approx([2, np.nan, np.nan], nan_ok=True)
    assert streets.width_m.tolist() == pytest.approx([7, 2.5, np.nan], nan_ok=True)
    assert streets.source == "by hand"


def test_lines_of_several_parts_become_several_streets(tmp_path: Path) -> None:
    """Both parts have the class of the row."""
    path = tmp_path / "town.parquet"
    both = shapely.MultiLineString(LINES[:2])
    frame(highway=["primary", "path"], geometry=[both, LINES[2]]).to_parquet(path)
    assert read_streets(path).highway.tolist() == ["primary", "primary", "path"]


def test_every_fault_of_a_table_is_told_at_once(tmp_path: Path) -> None:
    """No coordinate system, no classes, and a point among the lines."""
    path = tmp_path / "town.gpkg"
    table = gpd.GeoDataFrame({"geometry": [*LINES[:2], shapely.Point(0, 0)]})
    table.to_parquet(path.with_suffix(".parquet"))
    found = breaches(path.with_suffix(".parquet"))
    assert [breach.field for breach in found] == ["crs", "highway", "geometry"]


def test_an_empty_table_is_refused(tmp_path: Path) -> None:
    """No line, no street."""
    path = tmp_path / "town.parquet"
    frame().iloc[:0].to_parquet(path)
    assert [breach.field for breach in breaches(path)] == ["geometry"]


def test_a_row_without_a_line_is_refused(tmp_path: Path) -> None:
    """An empty geometry is most likely a fault of an export."""
    path = tmp_path / "town.parquet"
    frame(geometry=[*LINES[:2], None]).to_parquet(path)
    assert [breach.field for breach in breaches(path)] == ["geometry"]


@pytest.mark.parametrize("name", ["town.parquet", "town.gpkg"])
def test_bytes_that_only_bear_the_name_are_refused(tmp_path: Path, name: str) -> None:
    """Never a traceback."""
    path = tmp_path / name
    path.write_bytes(b"PAR1 but nothing else")
    (found,) = breaches(path)
    assert "must be a readable GeoParquet or GeoPackage file" in found.rule


def test_a_table_without_geometry_is_refused(tmp_path: Path) -> None:
    """A plain Parquet file has no lines."""
    path = tmp_path / "town.parquet"
    gpd.pd.DataFrame({"highway": ["primary"]}).to_parquet(path)
    assert len(breaches(path)) == 1


def test_a_geopackage_of_plain_rows_is_refused(tmp_path: Path) -> None:
    """A table without a geometry column has no lines either."""
    path = tmp_path / "town.gpkg"
    pyogrio.write_dataframe(gpd.pd.DataFrame({"highway": ["primary"]}), path)
    assert [breach.field for breach in breaches(path)] == ["geometry"]


def test_unknown_kinds_and_missing_files_are_refused(tmp_path: Path) -> None:
    """By the end of the name."""
    (tmp_path / "town.shp").write_bytes(b"")
    (kind,) = breaches(tmp_path / "town.shp")
    assert "must be a GMNS folder or a file that ends in .parquet" in kind.rule
    (missing,) = breaches(tmp_path / "town.osm.pbf")
    assert missing.rule == "must be there"


def test_a_gmns_folder_becomes_streets(tmp_path: Path) -> None:
    """With geometry and without; words for facilities become classes."""
    rows = '7,1,2,1,Minor Arterial,"LINESTRING (37.15 36.2, 37.1505 36.2002, 37.151 36.2)"\n'
    streets = read_streets(gmns(tmp_path, f"{HEAD}{rows}8,2,3,0,residential,\n9,3,1,false,,\n"))
    assert streets.highway.tolist() == ["secondary", "residential", "road"]
    assert streets.directed.tolist() == [True, False, False]
    assert shapely.get_num_points(streets.line).tolist() == [3, 2, 2]
    assert (streets.start.tolist(), streets.end.tolist()) == ([0, 1, 2], [1, 2, 0])
    assert streets.crs == "EPSG:4326"
    assert streets.source.startswith("GMNS")


def test_two_directed_links_are_one_street(tmp_path: Path) -> None:
    """GMNS draws a two-way street twice; people have it once."""
    streets = read_streets(gmns(tmp_path, f"{HEAD}7,1,2,1,road,\n8,2,1,1,road,\n9,2,3,1,road,\n"))
    assert streets.directed.tolist() == [False, True]


def test_two_ways_round_a_block_stay_two_streets(tmp_path: Path) -> None:
    """The same ends, but one way is longer."""
    detour = '"LINESTRING (37.151 36.2, 37.151 36.205, 37.15 36.2)"'
    streets = read_streets(gmns(tmp_path, f"{HEAD}7,1,2,1,road,\n8,2,1,1,road,{detour}\n"))
    assert streets.directed.tolist() == [True, True]


def test_gmns_units_come_from_the_configuration(tmp_path: Path) -> None:
    """Miles an hour and a projected system."""
    node = "node_id,x_coord,y_coord\n1,333000,4007000\n2,333100,4007000\n"
    link = "link_id,from_node_id,to_node_id,directed,free_speed,lanes,capacity\n7,1,2,0,30,2,900\n"
    folder = gmns(tmp_path, link, node, "dataset_name,speed,crs\ntown,mph,EPSG:32637\n")
    streets = read_streets(folder)
    assert streets.speed_kph[0] == pytest.approx(48.28, abs=0.01)
    assert (streets.lanes[0], streets.capacity_veh_per_h[0]) == (2, 900)
    assert streets.crs == "EPSG:32637"


def test_a_scenario_network_can_be_imported_again(tmp_path: Path) -> None:
    """Its own column names carry their units; a configuration does not change them."""
    link = "link_id,from_node_id,to_node_id,directed,free_speed_kph,width_m\n7,1,2,0,30,2.5\n"
    streets = read_streets(gmns(tmp_path, link, NODE, "dataset_name,speed\ntown,mph\n"))
    assert (streets.speed_kph[0], streets.width_m[0]) == (30, 2.5)


def test_every_fault_of_a_gmns_folder_is_told_with_its_row(tmp_path: Path) -> None:
    """File, row and column, as an editor counts."""
    link = f"{HEAD}7,1,5,perhaps,road,\n8,1,2,0,road,POINT (1 1)\n"
    found = breaches(gmns(tmp_path, link))
    assert [(one.file, one.row, one.field) for one in found] == [
        ("link.csv", 2, "to_node_id"),
        ("link.csv", 2, "directed"),
        ("link.csv", 3, "geometry"),
    ]
    node = NODE + "3,37,36\n4,east,36\n"
    found = breaches(gmns(tmp_path, link, node))
    assert [(one.file, one.row, one.field) for one in found][:2] == [
        ("node.csv", 5, "node_id"),
        ("node.csv", 6, "x_coord"),
    ]


@pytest.mark.parametrize(
    ("link", "config", "field"),
    [
        ("link_id,from_node_id\n1,2\n", "", "to_node_id"),
        ("", "", "link_id"),
        (HEAD, "", "rows"),
        (f"{HEAD}7,1,2,0,road,\n", "crs\nEPSG:1\n", "crs"),
        (f'{HEAD}7,1,2,0,"road,\n', "", "file"),
    ],
)
def test_a_broken_gmns_folder_is_refused(
    tmp_path: Path, link: str, config: str, field: str
) -> None:
    """Missing columns, no rows, an unknown system, an open quote."""
    assert field in [one.field for one in breaches(gmns(tmp_path, link, config=config))]


def test_an_empty_folder_lacks_both_tables(tmp_path: Path) -> None:
    """Both are named."""
    assert [one.file for one in breaches(tmp_path)] == ["node.csv", "link.csv"]
