"""Where lines meet: line ends in tables, nodes of GMNS folders, and lines that lead elsewhere."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from clearway.errors import ScenarioError
from clearway.read.gmns import read_gmns
from clearway.read.street_lines import _ends
from clearway.read.streets import FIGURES, Streets
from tests.read import town

#: Four nodes a few hundred metres apart, in degrees.
PLACES = {1: (37.150, 36.200), 2: (37.153, 36.201), 3: (37.151, 36.204), 4: (37.147, 36.202)}
Link = tuple[int, int, str, str]
links = st.lists(
    st.tuples(
        st.sampled_from(sorted(PLACES)),
        st.sampled_from(sorted(PLACES)),
        st.sampled_from(["0", "1", "true", "False", "yes", ""]),
        st.sampled_from(["residential", "Freeway", "local", "Minor Arterial", "unheard of"]),
    ),
    min_size=1,
    max_size=12,
)


def gmns(folder: Path, rows: list[str], head: str = "") -> Streets:
    """Return the streets of a GMNS folder with these rows of links."""
    names = head or "link_id,from_node_id,to_node_id,directed,facility_type,geometry"
    node = [f"{name},{lon},{lat}" for name, (lon, lat) in PLACES.items()]
    (folder / "node.csv").write_text("\n".join(["node_id,x_coord,y_coord", *node]), "utf-8")
    (folder / "link.csv").write_text("\n".join([names, *rows]), "utf-8")
    return read_gmns(folder)


def met(lines: list[list[tuple[float, float]]], crs: str = town.CRS) -> list[list[int]]:
    """Return the node of each end of each line."""
    shapes = np.array([shapely.LineString(line) for line in lines], dtype=object)
    found: list[list[int]] = np.stack(_ends(shapes, gpd.GeoSeries(crs=crs).crs), axis=1).tolist()
    return found


@given(
    st.lists(st.integers(0, 8), min_size=4, max_size=4, unique=True),
    st.floats(-0.003, 0.003),
    st.floats(-0.003, 0.003),
)
def test_ends_that_are_millimetres_apart_meet(marks: list[int], x: float, y: float) -> None:
    """Whatever the last digits are; ends a metre apart do not meet."""
    a, b, c, d = ((333_000.005 + mark, 4_007_000.005) for mark in marks)
    nodes = met([[a, b], [(b[0] + x, b[1] + y), c], [c, d]])
    assert nodes[0][1] == nodes[1][0]
    assert nodes[1][1] == nodes[2][0]
    assert len(np.unique(nodes)) == 4


def test_a_centimetre_grid_parts_nobody() -> None:
    """Two ends on either side of a half of a centimetre are one place."""
    nodes = met([[(0.0, 0.0), (5.004999, 0.0)], [(5.005001, 0.0), (9.0, 0.0)]])
    assert nodes == [[0, 1], [1, 2]]


def test_in_degrees_a_centimetre_is_the_seventh_digit() -> None:
    """A metre is the fifth."""
    line = [(37.15, 36.2), (37.16, 36.2)]
    close, far = (37.16 + 4e-8, 36.2), (37.16 + 1e-5, 36.2)
    assert met([line, [close, (37.17, 36.2)]], "EPSG:4326")[1][0] == 1
    assert len(np.unique(met([line, [far, (37.17, 36.2)]], "EPSG:4326"))) == 4


@settings(deadline=None, max_examples=60)
@given(links)
def test_a_gmns_folder_keeps_every_street(tmp_path_factory: object, rows: list[Link]) -> None:
    """Each link once, but that two one-way links that mirror each other are one two-way street."""
    folder = tmp_path_factory.mktemp("gmns")  # type: ignore[attr-defined]
    text = [f"{n},{a},{b},{said},{kind}," for n, (a, b, said, kind) in enumerate(rows)]
    streets = gmns(folder, text)
    one_way = {"1", "true", "yes"}
    runs = sum(1 if said in one_way else 2 for _, _, said, _ in rows)
    assert sum(1 if directed else 2 for directed in streets.directed) == runs
    assert len(streets) <= len(rows)
    number = {name: row for row, name in enumerate(PLACES)}
    joined = {frozenset((number[a], number[b])) for a, b, _, _ in rows}
    found = zip(streets.start.tolist(), streets.end.tolist(), strict=True)
    assert {frozenset(ends) for ends in found} == joined


@pytest.mark.parametrize("line", ["start", "end"])
def test_a_line_begins_and_ends_at_its_nodes(tmp_path: Path, line: str) -> None:
    """Drawn lines stop some metres short; the street still joins its nodes."""
    near = {"start": "37.1501 36.2000, 37.153 36.201", "end": "37.150 36.200, 37.1529 36.201"}
    streets = gmns(tmp_path, [f'7,1,2,0,road,"LINESTRING ({near[line]})"'])
    assert shapely.get_coordinates(streets.line[0]).tolist() == [[*PLACES[1]], [*PLACES[2]]]


@pytest.mark.parametrize(
    "line",
    [
        "37.153 36.201, 37.152 36.2, 37.150 36.200",
        "36.200 37.150, 36.201 37.153",
        "37.250 36.200, 37.253 36.201",
    ],
)
def test_a_line_that_leads_elsewhere_is_refused(tmp_path: Path, line: str) -> None:
    """Drawn backwards, with latitude first, or somewhere else: its nodes would move."""
    with pytest.raises(ScenarioError) as caught:
        gmns(tmp_path, [f'7,1,2,0,road,"LINESTRING ({line})"', "8,2,3,0,road,"])
    (breach,) = caught.value.breaches
    assert (breach.file, breach.row, breach.field) == ("link.csv", 2, "geometry")
    assert breach.rule == "must lead from from_node_id to to_node_id"


@pytest.mark.parametrize(
    ("cell", "value"), [("2.5", 2.5), (" 3 ", 3.0), ("", np.nan), ("wide", np.nan), ("1e1", 10.0)]
)
@pytest.mark.parametrize("field", FIGURES)
def test_figures_of_gmns_links(tmp_path: Path, field: str, cell: str, value: float) -> None:
    """A number, or nothing said; words are no figures."""
    column = {"speed_kph": "free_speed_kph"}.get(field, field)
    head = f"link_id,from_node_id,to_node_id,directed,{column}"
    streets = gmns(tmp_path, [f"7,1,2,0,{cell}"], head)
    assert getattr(streets, field)[0] == pytest.approx(value, nan_ok=True)


def test_gmns_files_of_another_editor(tmp_path: Path) -> None:
    """A byte order mark, Windows line ends, quotes, and columns that nobody asked for."""
    node = '\ufeffnode_id,name,x_coord,y_coord\r\n"1","a, b",37.15,36.2\r\n2,,37.153,36.201\r\n'
    link = "name,directed,to_node_id,from_node_id,link_id\r\nx,0,2,1,7\r\n"
    (tmp_path / "node.csv").write_bytes(node.encode())
    (tmp_path / "link.csv").write_bytes(link.encode())
    streets = read_gmns(tmp_path)
    assert (streets.start.tolist(), streets.end.tolist()) == ([0], [1])


def test_columns_of_unequal_length_are_refused() -> None:
    """A reader that lost a row must not shift the others."""
    made = town.town()
    with pytest.raises(ScenarioError, match="must be as many in every column"):
        Streets(
            made.crs, made.line, made.start[1:], made.end, made.highway, made.directed,
            made.lanes, made.width_m, made.speed_kph, made.capacity_veh_per_h, "x",
        )  # fmt: skip
