"""Ways out: cheapest ways over pieces, and how a crossing is chosen for a mouth."""

from __future__ import annotations

import dataclasses
import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clearway.errors import ScenarioError
from clearway.read.corridors_build import Way, find_ways
from clearway.read.pieces import cut_streets, main_part
from clearway.read.recipe import ImportOptions
from clearway.read.ways import Streetmap
from tests.read import town
from tests.read.town import HALF, Line

OPTIONS = ImportOptions()
Graph = tuple[int, list[tuple[int, int]], list[float], list[bool]]


@st.composite
def graphs(draw: st.DrawFn) -> Graph:
    """Draw a few pieces, parallel ones too, with costs and which of them may be walked."""
    nodes = draw(st.integers(2, 7))
    pairs = list(itertools.permutations(range(nodes), 2))
    ends = draw(st.lists(st.sampled_from(pairs), min_size=1, max_size=12))
    costs = st.floats(1, 100)
    cost = draw(st.lists(costs, min_size=len(ends), max_size=len(ends)))
    allowed = draw(st.lists(st.booleans(), min_size=len(ends), max_size=len(ends)))
    return nodes, ends, cost, allowed


def cheapest(graph: Graph) -> list[float]:
    """Return the cost from node 0 to each node, by relaxing every piece again and again."""
    nodes, ends, cost, allowed = graph
    best = [0.0] + [np.inf] * (nodes - 1)
    for _ in range(nodes):
        for (one, two), price, ok in zip(ends, cost, allowed, strict=True):
            if ok:
                best[two] = min(best[two], best[one] + price)
                best[one] = min(best[one], best[two] + price)
    return best


def streetmap(graph: Graph) -> Streetmap:
    """Return the graph as pieces that are half as long as they cost."""
    start, end = np.array(graph[1]).T
    cost = np.array(graph[2])
    return Streetmap(start, end, cost / 2, cost, graph[0])


@settings(deadline=None)
@given(graphs())
def test_ways_are_cheapest(graph: Graph) -> None:
    """Every node in reach, none beyond, at the cost that relaxing finds, half of it in metres."""
    tree = streetmap(graph).tree(0, np.array(graph[3]), limit=1_000.0)
    best = np.array(cheapest(graph))
    assert sorted(tree.nodes.tolist()) == np.flatnonzero(np.isfinite(best)).tolist()
    assert tree.length_m[tree.nodes] * 2 == pytest.approx(best[tree.nodes])


@settings(deadline=None)
@given(graphs())
def test_a_way_is_connected_allowed_and_as_long_as_it_says(graph: Graph) -> None:
    """From the root to the node, over allowed pieces only."""
    _, ends, cost, allowed = graph
    tree = streetmap(graph).tree(0, np.array(allowed), limit=1_000.0)
    for goal in tree.nodes.tolist():
        node, metres = 0, 0.0
        for piece in tree.way(goal):
            assert allowed[piece]
            assert node in ends[piece]
            node = sum(ends[piece]) - node
            metres += cost[piece] / 2
        assert node == goal
        assert metres == pytest.approx(tree.length_m[goal])


@settings(deadline=None)
@given(graphs(), st.floats(1, 150))
def test_nothing_beyond_the_limit_is_reached(graph: Graph, limit: float) -> None:
    """So that a search stays near its mouth."""
    tree = streetmap(graph).tree(0, np.array(graph[3]), limit)
    assert (tree.length_m[tree.nodes] * 2 <= limit + 1e-9).all()


def found(
    mouths: list[tuple[float, float]], extra: list[Line], options: ImportOptions = OPTIONS
) -> tuple[tuple[Way, ...], list[set[str]]]:
    """Return the ways for mouths at places in metres, and the classes along each."""
    pieces = cut_streets(town.town(extra), town.square(HALF), options)
    part = main_part(pieces, pieces.inside, pieces.length_m)
    wanted = tuple(town.mouth(f"C{row}", *place) for row, place in enumerate(mouths, start=1))
    ways = find_ways(pieces, part, wanted, np.array(town.placed(mouths)), options)
    return ways, [set(pieces.highway[list(way.pieces)].tolist()) for way in ways]


def test_the_major_crossing_comes_before_a_nearer_minor_one() -> None:
    """A lane 300 m off leads out as well, but the road is meant."""
    lane: Line = ("residential", ((800.0, 300.0), (FAR, 300.0)))
    ways, kinds = found([(HALF, 280.0)], [lane])
    assert kinds == [{"primary"}]
    assert ways[0].moved_m == pytest.approx(280, abs=60)


FAR = 4_200.0


def test_a_major_crossing_that_comes_back_is_passed_over() -> None:
    """A road that only rounds a corner of the pocket leads nowhere; the next one is taken."""
    corner: list[Line] = [
        ("primary", ((600.0, 600.0), (760.0, 600.0))),
        ("primary", ((760.0, 600.0), (760.0, 450.0))),
        ("primary", ((760.0, 450.0), (600.0, 450.0))),
    ]
    (way,), kinds = found([(HALF, 600.0)], corner)
    assert kinds == [{"primary"}]
    assert way.moved_m > 500


def test_the_way_out_keeps_to_major_streets() -> None:
    """A short cut over a lane is not taken unless it saves two thirds."""
    shortcut: list[Line] = [
        ("residential", ((1_000.0, 0.0), (1_500.0, 400.0))),
        ("residential", ((1_500.0, 400.0), (FAR, 400.0))),
    ]
    _, kinds = found([(HALF, 0.0)], [*_split_road(), *shortcut])
    assert kinds == [{"primary"}]


def test_the_corridor_is_as_long_as_wanted() -> None:
    """From the inner end of the crossing, to a piece."""
    options = dataclasses.replace(OPTIONS, corridor_m=(400.0, 500.0, 700.0))
    pieces = cut_streets(town.town(), town.square(HALF), options)
    (way,), _ = found([(0.0, HALF)], [], options)
    assert 400 <= pieces.length_m[list(way.pieces)].sum() <= 700
    assert 1_000 <= pieces.length_m[list(way.onward)].sum() <= 3_000


def test_mouths_keep_their_distance() -> None:
    """Two carriageways of one road are one way out."""
    twin: list[Line] = [("primary", ((600.0, 150.0), (FAR, 150.0)))]
    ways, _ = found([(HALF, 0.0), (HALF, 150.0)], twin)
    assert ways[1].moved_m > 400
    close = dataclasses.replace(OPTIONS, apart_m=0.0)
    ways, _ = found([(HALF, 0.0), (HALF, 150.0)], twin, close)
    assert [way.moved_m < 60 for way in ways] == [True, True]


def test_ways_share_no_piece_even_where_roads_merge() -> None:
    """The second must not walk through the first one's corridor."""
    merge: list[Line] = [("primary", ((600.0, 450.0), (1_000.0, 0.0))), *_split_road()]
    options = dataclasses.replace(OPTIONS, apart_m=100.0)
    ways, _ = found([(HALF, 0.0), (HALF, 400.0)], merge, options)
    first, second = ({*way.pieces, *way.onward} for way in ways)
    assert not first & second


def test_every_mouth_without_a_way_is_named() -> None:
    """Not the first alone."""
    with pytest.raises(ScenarioError) as caught:
        found([(9_000.0, 0.0), (0.0, HALF), (0.0, -9_000.0)], [])
    assert [breach.field for breach in caught.value.breaches] == ["mouth C1", "mouth C3"]


def _split_road() -> list[Line]:
    """Return a second stretch of the eastern road, so that streets can join it at 1,000 m."""
    return [
        ("primary", ((600.0, 0.0), (1_000.0, 0.0))),
        ("primary", ((1_000.0, 0.0), (FAR, 0.0))),
    ]
