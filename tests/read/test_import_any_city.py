"""Any city: what an import must hold whatever the streets, the outline and the one-ways."""

from __future__ import annotations

import dataclasses
import functools
import re
import tempfile
from pathlib import Path

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy.sparse import csr_array
from scipy.sparse.csgraph import dijkstra

from clearway.model.network import CLOSED, CROSSING, INSIDE, OPEN, OUTSIDE, Network
from clearway.model.scenario import Scenario
from clearway.publish.scenario_folder import write_scenario
from clearway.read.scenario import read_scenario
from clearway.read.scenario_build import build_scenario
from clearway.read.streets import Streets
from tests.read import cities
from tests.read.cities import SEEDS, City, city, scenario

#: Nodes are written to five digits of a degree, about a metre.
ROUND_M = 2.0
few = settings(max_examples=20, deadline=None)


def distances(
    ends: tuple[NDArray[np.int64], NDArray[np.int64]],
    length: NDArray[np.float64],
    directed: NDArray[np.bool_],
    nodes: int,
    roots: NDArray[np.int64],
) -> NDArray[np.float64]:
    """Return shape (roots, nodes), metres from each root, one-way where directed."""
    tail = np.concatenate([ends[0], ends[1][~directed]])
    head = np.concatenate([ends[1], ends[0][~directed]])
    metres = np.concatenate([length, length[~directed]])
    # Of parallel streets the shortest counts; a matrix would add them up.
    order = np.lexsort((metres, head, tail))
    tail, head, metres = tail[order], head[order], metres[order]
    first = np.ones(len(tail), dtype=bool)
    first[1:] = (tail[1:] != tail[:-1]) | (head[1:] != head[:-1])
    graph = csr_array((metres[first], (tail[first], head[first])), shape=(nodes, nodes))
    return np.asarray(dijkstra(graph, indices=roots))


def link_distances(
    network: Network, roots: NDArray[np.int64], *, on_foot: bool
) -> NDArray[np.float64]:
    """Return shape (roots, nodes), metres over the links."""
    links = network.links
    ends = (network.node_index(links.from_node), network.node_index(links.to_node))
    directed = links.directed & (not on_foot)
    return distances(ends, links.length_m, directed, len(network.nodes), roots)


def piece_distances(made: City, roots: NDArray[np.int64], *, on_foot: bool) -> NDArray[np.float64]:
    """Return shape (roots, nodes), metres over the kept pieces, before they become links."""
    pieces, kept = made.pieces, made.kept
    directed = made.streets.directed[pieces.row[kept]] & (not on_foot)
    ends = (pieces.start[kept], pieces.end[kept])
    return distances(ends, pieces.length_m[kept], directed, len(pieces.x), roots)


@few
@given(SEEDS, st.booleans())
def test_every_way_is_as_long_as_before(seed: int, on_foot: bool) -> None:
    """Between any two nodes that stay, on foot and for vehicles, to a tenth of a metre a link.

    So joining pieces to links loses no connection, adds none, and turns no one-way street.
    """
    made = city(seed)
    stay = np.flatnonzero(made.built.node)
    roots = stay[:: max(1, len(stay) // 12)]
    before = piece_distances(made, roots, on_foot=on_foot)[:, stay]
    network = made.built.network
    rows = network.node_index(made.built.node[stay])
    after = link_distances(network, network.node_index(made.built.node[roots]), on_foot=on_foot)
    assert (np.isfinite(before) == np.isfinite(after[:, rows])).all()
    reached = np.isfinite(before)
    assert after[:, rows][reached] == pytest.approx(before[reached], abs=5)


@few
@given(SEEDS)
def test_no_metre_of_the_kept_streets_is_lost(seed: int) -> None:
    """By side and class, to the rounding of each link."""
    made = city(seed)
    links, pieces = made.built.network.links, made.pieces.keep(made.kept)
    for side, rows in ((INSIDE, pieces.inside), (CROSSING, pieces.crossing)):
        for kind in np.unique(pieces.highway):
            here = (links.side == side) & (links.facility == kind)
            before = pieces.length_m[rows & (pieces.highway == kind)].sum()
            assert links.length_m[here].sum() == pytest.approx(before, abs=0.06 * here.sum() + 1e-6)


@few
@given(SEEDS)
def test_sides_are_those_of_the_outline(seed: int) -> None:
    """By shapely, from the written places of nodes; those on the line itself may round over it."""
    network, pocket = scenario(seed).network, cities.pocket_of(seed)
    places = cities.in_metres(list(zip(network.nodes.lon, network.nodes.lat, strict=True)))
    points = shapely.points(places)
    clear = shapely.distance(pocket.boundary, points) > ROUND_M
    inner = shapely.contains(pocket, points)
    begin, end = (
        network.node_index(ids) for ids in (network.links.from_node, network.links.to_node)
    )
    sure = clear[begin] & clear[end]
    expected = np.where(
        inner[begin] & inner[end], INSIDE, np.where(inner[begin] | inner[end], CROSSING, OUTSIDE)
    )
    assert (network.links.side[sure] == expected[sure]).all()
    assert sure.mean() > 0.5


@few
@given(SEEDS)
def test_all_crossings_but_those_of_corridors_are_closed(seed: int) -> None:
    """And nothing else is."""
    made = scenario(seed)
    links = made.network.links
    shut = links.state == CLOSED
    assert (links.side[shut] == CROSSING).all()
    crossings = set(links.id[(links.side == CROSSING) & ~shut].tolist())
    assert crossings == {corridor.links[0] for corridor in made.corridors}
    assert all(link not in crossings for corridor in made.corridors for link in corridor.links[1:])


@few
@given(SEEDS)
def test_closed_crossings_part_the_pocket_from_the_outside(seed: int) -> None:
    """Without the corridors' crossings nobody gets out: from inside no outer node is reached."""
    network = scenario(seed).network
    links = network.links
    rows = np.flatnonzero((links.state == OPEN) & (links.side != CROSSING))
    ends = (network.node_index(links.from_node[rows]), network.node_index(links.to_node[rows]))
    inner = np.unique(ends[0][links.side[rows] == INSIDE])
    both = np.zeros(len(rows), dtype=bool)
    reach = distances(ends, links.length_m[rows], both, len(network.nodes), inner[:1])[0]
    outer = np.unique(np.concatenate(ends)[np.tile(links.side[rows] == OUTSIDE, 2)])
    assert np.isfinite(reach[inner]).all()
    assert not np.isfinite(reach[outer]).any()


@few
@given(SEEDS)
def test_every_zone_has_a_way_to_every_site(seed: int) -> None:
    """Over open links, through each corridor, as plans walk."""
    made = scenario(seed)
    network = made.network
    zones = network.node_index([zone.node for zone in made.zones])
    inside = _side(network, INSIDE)
    for corridor, site in zip(made.corridors, made.receptions, strict=True):
        mouth = network.node_index([corridor.mouth])
        assert np.isfinite(_reach(network, inside, mouth)[zones]).all()
        last = network.link_index(corridor.links[-1:])
        tips = network.node_index([network.links.from_node[last], network.links.to_node[last]])
        onward = _side(network, OUTSIDE) & ~np.isin(network.links.id, corridor.links)
        reach = _reach(network, onward, tips.ravel()).min(axis=0)
        assert np.isfinite(reach[network.node_index([site.node])]).all()


@few
@given(SEEDS)
def test_corridors_and_ways_on_are_as_long_as_wanted(seed: int) -> None:
    """Mouth to exit, exit to site, crossing near the wanted mouth; and nothing is shared."""
    made, options = city(seed), cities.recipe_of(seed).options
    pieces = made.pieces
    taken: list[int] = []
    for way, mouth in zip(made.ways, made.recipe.mouths, strict=True):
        for rows, (low, _, high) in (
            (way.pieces, options.corridor_m),
            (way.onward, options.onward_m),
        ):
            assert low - 1e-6 <= pieces.length_m[list(rows)].sum() <= high + 1e-6
            taken += rows
        place = cities.in_metres([(mouth.lon, mouth.lat)])[0]
        off = np.hypot(pieces.x[way.mouth] - place[0], pieces.y[way.mouth] - place[1])
        assert way.moved_m == pytest.approx(off)
        assert off <= options.mouth_m
        assert pieces.inner[way.mouth]
        assert not pieces.inner[[way.exit, way.reception]].any()
    assert len(taken) == len(set(taken))


@few
@given(SEEDS)
def test_corridors_of_the_scenario_are_the_ways_that_were_found(seed: int) -> None:
    """The same metres from mouth to exit, as links."""
    made = city(seed)
    links = made.built.network.links
    for way in made.ways:
        rows = made.built.network.link_index(made.built.path(way.pieces))
        walked = made.pieces.length_m[list(way.pieces)].sum()
        assert links.length_m[rows].sum() == pytest.approx(walked, abs=0.06 * len(rows))
        assert links.side[rows].tolist() == [CROSSING] + [OUTSIDE] * (len(rows) - 1)


@few
@given(SEEDS)
def test_people_add_up_and_live_in_proportion(seed: int) -> None:
    """Not one lost; a zone has its share by residential metres, to a person."""
    made, recipe = scenario(seed), cities.recipe_of(seed)
    assert made.demand.persons.sum() == recipe.persons
    metres = np.array([zone.residential_m for zone in made.zones])
    share = recipe.persons * metres / metres.sum()
    rounding = recipe.persons * 0.06 * len(metres) / metres.sum()
    assert np.abs(made.demand.persons.sum(axis=1) - share).max() < 1 + rounding


@few
@given(SEEDS)
def test_zones_can_be_spoken_and_told_apart(seed: int) -> None:
    """A letter and a number each, none twice; a node of its own inside."""
    made = scenario(seed)
    codes = [zone.id for zone in made.zones]
    assert all(re.fullmatch(r"[NESWM][1-9]\d?", code) for code in codes)
    assert len(set(codes)) == len(codes) <= cities.recipe_of(seed).options.zones
    nodes = [zone.node for zone in made.zones]
    assert len(set(nodes)) == len(nodes)


@few
@given(SEEDS)
def test_zones_tile_the_outline_in_degrees(seed: int) -> None:
    """As they are drawn on paper: the outline, without gap or overlap worth a house."""
    made = scenario(seed)
    shapes = [shapely.union_all([shapely.Polygon(ring) for ring in z.rings]) for z in made.zones]
    pocket = shapely.Polygon(made.outline)
    together = shapely.union_all(shapes, grid_size=1e-7)
    assert together.symmetric_difference(pocket).area < 3e-3 * pocket.area
    assert sum(shape.area for shape in shapes) == pytest.approx(pocket.area, rel=3e-3)


@few
@given(SEEDS)
def test_what_an_import_writes_is_read_without_a_breach(seed: int) -> None:
    """Every rule of the scenario folder is kept, and what is read is what was made."""
    made = scenario(seed)
    with tempfile.TemporaryDirectory() as folder:
        write_scenario(made, folder)
        again = read_scenario(Path(folder))
    assert np.array_equal(again.demand.households, made.demand.households)
    assert again.network.links.line == made.network.links.line
    assert again.network.links.length_m == pytest.approx(made.network.links.length_m)
    assert [one.links for one in again.corridors] == [one.links for one in made.corridors]
    assert again.facts == made.facts


@few
@given(SEEDS, st.randoms(use_true_random=False))
def test_the_order_of_streets_in_a_file_does_not_matter(seed: int, random: object) -> None:
    """Another order of lines and other numbers of nodes: the same metres, mouths and zones."""
    shuffled = _shuffled(seed, np.random.default_rng(random.getrandbits(32)))  # type: ignore[attr-defined]
    one, two = scenario(seed), build_scenario(shuffled, cities.recipe_of(seed))
    for side in (INSIDE, CROSSING, OUTSIDE):
        metres = [
            made.network.links.length_m[made.network.links.side == side].sum()
            for made in (one, two)
        ]
        assert metres[0] == pytest.approx(metres[1], abs=0.06 * len(one.network.links) + 1)
    assert _places(one) == _places(two)
    assert [zone.id for zone in one.zones] == [zone.id for zone in two.zones]
    assert np.array_equal(one.demand.persons.sum(axis=1), two.demand.persons.sum(axis=1))


@few
@given(SEEDS)
def test_everything_told_is_told_in_both_languages(seed: int) -> None:
    """With the same figures in both; only the sizes of households are spelled out in Arabic."""
    facts = scenario(seed).facts
    assert len({fact.topic for fact in facts}) == len(facts)
    for fact in facts:
        said = fact.text.en.removeprefix("Households of 1 to 9 persons")
        assert _figures(said) == _figures(fact.text.ar)


def _figures(text: str) -> list[str]:
    """Return the numbers of a text that has codes of mouths or classes beside them, sorted."""
    return sorted(re.findall(r"(?<![A-Za-z\d])\d[\d,.]*\d|(?<![A-Za-z\d.,])\d(?![\d.,]*\d)", text))


def _side(network: Network, side: str) -> NDArray[np.bool_]:
    return np.asarray((network.links.side == side) & (network.links.state == OPEN))


def _reach(
    network: Network, allowed: NDArray[np.bool_], roots: NDArray[np.int64]
) -> NDArray[np.float64]:
    links = network.links
    ends = (
        network.node_index(links.from_node[allowed]),
        network.node_index(links.to_node[allowed]),
    )
    both = np.zeros(int(allowed.sum()), dtype=bool)
    found = distances(ends, links.length_m[allowed], both, len(network.nodes), roots)
    return found if len(roots) > 1 else found[0]


def _places(made: Scenario) -> list[tuple[float, float]]:
    """Return where mouths and sites are."""
    nodes = made.network.nodes
    ids = [corridor.mouth for corridor in made.corridors] + [site.node for site in made.receptions]
    rows = made.network.node_index(ids)
    return list(zip(nodes.lon[rows].tolist(), nodes.lat[rows].tolist(), strict=True))


@functools.cache
def _numbers(seed: int) -> int:
    streets = cities.streets_of(seed)
    return int(max(streets.start.max(), streets.end.max())) + 1


def _shuffled(seed: int, random: np.random.Generator) -> Streets:
    streets = cities.streets_of(seed)
    order, name = random.permutation(len(streets)), random.permutation(_numbers(seed))
    columns = {
        field.name: getattr(streets, field.name)
        for field in dataclasses.fields(streets)
        if field.name not in ("crs", "source")
    }
    columns = {field: column[order] for field, column in columns.items()}
    columns |= {field: name[columns[field]] for field in ("start", "end")}
    return dataclasses.replace(streets, **columns)
