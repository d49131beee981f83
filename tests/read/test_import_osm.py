"""OpenStreetMap files: ways become streets, with their one-ways, in XML and in PBF."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import osmium
import pytest
import shapely

from clearway.errors import ScenarioError
from clearway.read.osm import read_osm
from clearway.read.scenario_build import build_scenario
from clearway.read.street_files import read_streets
from clearway.read.streets import Streets
from tests.read import town

#: Node: longitude and latitude. A cross of streets about node 3.
NODES = {
    1: (37.150, 36.200),
    2: (37.151, 36.200),
    3: (37.152, 36.200),
    4: (37.153, 36.200),
    5: (37.152, 36.201),
    6: (37.152, 36.199),
}
Ways = dict[int, tuple[list[int], dict[str, str]]]
CROSS: Ways = {
    10: ([1, 2, 3, 4], {"highway": "primary"}),
    11: ([5, 3, 6], {"highway": "residential"}),
}


def xml(ways: Ways, nodes: dict[int, tuple[float, float]] = NODES) -> str:
    """Return OpenStreetMap XML."""
    rows = [
        f'<node id="{one}" lon="{lon}" lat="{lat}" version="1"/>'
        for one, (lon, lat) in nodes.items()
    ]
    for one, (refs, tags) in ways.items():
        inner = "".join(f'<nd ref="{ref}"/>' for ref in refs)
        inner += "".join(f'<tag k="{key}" v="{value}"/>' for key, value in tags.items())
        rows.append(f'<way id="{one}" version="1">{inner}</way>')
    return f'<osm version="0.6">{"".join(rows)}</osm>'


def read(folder: Path, ways: Ways, nodes: dict[int, tuple[float, float]] = NODES) -> Streets:
    """Return the streets of ways, written as XML into ``folder``."""
    path = folder / "town.osm"
    path.write_text(xml(ways, nodes), encoding="utf-8")
    return read_osm(path)


def one(folder: Path, **tags: str) -> Streets:
    """Return the streets of one way with these tags (``a__b`` stands for ``a:b``)."""
    return read(folder, {10: ([1, 2, 3], {k.replace("__", ":"): v for k, v in tags.items()})})


def rule(path: Path) -> str:
    """Return the one rule that a file breaks."""
    with pytest.raises(ScenarioError) as caught:
        read_osm(path)
    (breach,) = caught.value.breaches
    assert breach.file == path.name
    return breach.rule


def test_ways_are_cut_where_they_meet(tmp_path: Path) -> None:
    """Two ways that cross at a node are four streets; node 2 is only drawing."""
    streets = read(tmp_path, CROSS)
    assert sorted(streets.highway.tolist()) == ["primary"] * 2 + ["residential"] * 2
    assert len(np.unique(np.concatenate([streets.start, streets.end]))) == 5
    assert sorted(shapely.get_num_points(streets.line).tolist()) == [2, 2, 2, 3]


def test_ways_that_cross_without_a_node_do_not_meet(tmp_path: Path) -> None:
    """A bridge is no junction."""
    ways = {10: ([1, 4], {"highway": "primary"}), 11: ([5, 6], {"highway": "residential"})}
    streets = read(tmp_path, ways)
    assert len(np.unique(np.concatenate([streets.start, streets.end]))) == 4


def test_a_way_that_meets_itself_is_cut_there(tmp_path: Path) -> None:
    """A loop with a tail: the node where it closes is a junction."""
    streets = read(tmp_path, {10: ([1, 3, 5, 4, 3], {"highway": "residential"})})
    assert len(streets) == 2
    assert (streets.start == streets.end).sum() == 1


@pytest.mark.parametrize(
    ("tags", "directed", "first"),
    [
        ({"oneway": "yes"}, True, 1),
        ({"oneway": "-1"}, True, 3),
        ({"oneway": "no"}, False, 1),
        ({}, False, 1),
        ({"junction": "roundabout"}, True, 1),
        ({"highway": "motorway"}, True, 1),
        ({"highway": "motorway", "oneway": "no"}, False, 1),
        ({"highway": "footway", "oneway": "yes"}, False, 1),
    ],
)
def test_one_ways(tmp_path: Path, tags: dict[str, str], first: int, *, directed: bool) -> None:
    """Tagged, backward, implied, refused, and never for people on foot."""
    streets = one(tmp_path, **({"highway": "residential"} | tags))
    assert streets.directed.tolist() == [directed]
    begin = shapely.get_coordinates(streets.line[0])[0]
    assert begin == pytest.approx(NODES[first])


@pytest.mark.parametrize(
    ("tags", "kept"),
    [
        ({}, True),
        ({"access": "private"}, False),
        ({"access": "no", "foot": "yes"}, True),
        ({"foot": "no"}, False),
        ({"highway": "trunk", "foot": "no"}, True),
        ({"highway": "trunk", "access": "no"}, False),
        ({"highway": "construction"}, False),
        ({"highway": "proposed"}, False),
        ({"highway": "pedestrian", "area": "yes"}, False),
        ({"highway": "an_unknown_kind"}, True),
    ],
)
def test_what_people_can_walk_along(tmp_path: Path, tags: dict[str, str], *, kept: bool) -> None:
    """Shut streets are left out; on fast roads nothing else runs in a pause."""
    ways = {10: ([1, 2], {"highway": "residential"} | tags), 11: CROSS[11]}
    assert len(read(tmp_path, ways)) == 1 + kept


def test_figures_are_each_way(tmp_path: Path) -> None:
    """Two of four lanes, half of 14 m; a one-way street has all of its own."""
    both = one(tmp_path, highway="primary", lanes="4", width="14 m", maxspeed="30 mph")
    assert (both.lanes[0], both.width_m[0]) == (2, 7)
    assert both.speed_kph[0] == pytest.approx(48.28, abs=0.01)
    single = one(tmp_path, highway="primary", lanes="4", width="14", oneway="yes")
    assert (single.lanes[0], single.width_m[0]) == (4, 14)
    assert np.isnan(single.speed_kph[0])


@pytest.mark.parametrize("said", ["", "two", "2;3", "0", "-1", "1e9", "99999999"])
def test_figures_that_are_none_are_not_taken(tmp_path: Path, said: str) -> None:
    """Better the class's figures than a guess at what was meant."""
    assert np.isnan(one(tmp_path, highway="primary", lanes=said).lanes[0])


def test_nodes_beyond_the_files_edge_cut_the_way(tmp_path: Path) -> None:
    """An extract names nodes that it does not hold."""
    ways = {10: ([1, 2, 99, 3, 4], {"highway": "primary"}), 11: ([98, 5], {"highway": "road"})}
    streets = read(tmp_path, ways)
    assert len(streets) == 2
    assert set(streets.highway.tolist()) == {"primary"}


def test_pbf_and_xml_say_the_same(tmp_path: Path) -> None:
    """The same ways in both kinds of file."""
    path = tmp_path / "town.osm.pbf"
    with osmium.SimpleWriter(str(path)) as writer:
        for number, place in NODES.items():
            writer.add_node(osmium.osm.mutable.Node(id=number, location=place, version=1))
        for number, (refs, tags) in CROSS.items():
            writer.add_way(osmium.osm.mutable.Way(id=number, nodes=refs, tags=tags, version=1))
    from_pbf, from_xml = read_osm(path), read(tmp_path, CROSS)
    assert np.array_equal(from_pbf.start, from_xml.start)
    assert np.array_equal(from_pbf.highway, from_xml.highway)
    for mine, other in zip(from_pbf.line, from_xml.line, strict=True):
        assert shapely.equals_exact(mine, other, tolerance=1e-6)


def test_the_source_names_openstreetmap(tmp_path: Path) -> None:
    """Its licence asks for that."""
    assert "© OpenStreetMap contributors" in read(tmp_path, CROSS).source
    path = tmp_path / "town.osm"
    assert read_osm(path, source="my own").source == "my own"


def test_a_file_without_streets_is_refused(tmp_path: Path) -> None:
    """Rivers are no streets."""
    path = tmp_path / "town.osm"
    path.write_text(xml({10: ([1, 2], {"waterway": "river"})}), encoding="utf-8")
    assert "must have ways with a highway tag" in rule(path)


@pytest.mark.parametrize("content", ["", "not xml", "<osm version='0.6'><node id='1'", "<html/>"])
def test_a_broken_xml_file_is_refused(tmp_path: Path, content: str) -> None:
    """Never a traceback."""
    path = tmp_path / "town.osm"
    path.write_text(content, encoding="utf-8")
    assert rule(path).startswith("must be a readable OpenStreetMap file") or "highway" in rule(path)


def test_a_broken_pbf_file_is_refused(tmp_path: Path) -> None:
    """Bytes that only bear the name."""
    path = tmp_path / "town.osm.pbf"
    path.write_bytes(b"\x00\x00\x00\x0dPK\x03\x04 no such thing")
    assert rule(path).startswith("must be a readable OpenStreetMap file")


def test_a_missing_file_is_refused(tmp_path: Path) -> None:
    """With the reason of the system."""
    assert "No such file" in rule(tmp_path / "gone.osm")


def test_a_town_from_a_pbf_file_becomes_a_scenario(tmp_path: Path) -> None:
    """From the file to people, zones and corridors; its one-way street stays one-way."""
    path = tmp_path / "town.osm.pbf"
    write_town(path, town.town())
    scenario = build_scenario(read_streets(path), town.recipe())
    same = build_scenario(town.town(), town.recipe())
    assert scenario.demand.persons.sum() == 2_000
    assert [one.id for one in scenario.corridors] == ["C1", "C2", "C3", "C4"]
    assert len(scenario.network.links) == pytest.approx(len(same.network.links), abs=4)
    assert scenario.network.links.length_m.sum() == pytest.approx(
        same.network.links.length_m.sum(), abs=240
    )
    (row,) = np.flatnonzero(scenario.network.links.directed)
    assert scenario.network.links.facility[row] == "residential"


def write_town(path: Path, streets: Streets) -> None:
    """Write streets as an OpenStreetMap file, the first residential one as a one-way."""
    shapes = [shapely.get_coordinates(line) - np.array(town.MIDDLE) for line in streets.line]
    first = int(np.flatnonzero(streets.highway == "residential")[0])
    ends = np.stack([streets.start, streets.end], axis=1) + 1
    with osmium.SimpleWriter(str(path)) as writer:
        for number in range(1, int(ends.max()) + 1):
            row, at = np.argwhere(ends == number)[0]
            (place,) = town.degrees([shapes[row][-at]])
            writer.add_node(osmium.osm.mutable.Node(id=number, location=place, version=1))
        for row, (start, end) in enumerate(ends.tolist()):
            tags = {"highway": str(streets.highway[row])}
            tags |= {"oneway": "yes"} if row == first else {}
            way = osmium.osm.mutable.Way(id=row + 1, nodes=[start, end], tags=tags, version=1)
            writer.add_way(way)
