"""Walking times and shortest walks against slow searches."""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from clearway.model.network import CLOSED, INSIDE, OPEN, OUTSIDE, Network
from clearway.model.scenario import Scenario
from clearway.solve.walks import (
    NONE,
    Arcs,
    backward_trees,
    corridor_tail,
    follow,
    link_ticks,
    walking_arcs,
)
from tests.plans import Streets
from tests.scenarios import FIRST_LINK, four_sides, one_corridor, two_gates


def with_links(scenario: Scenario, **columns: Any) -> Scenario:
    """Return ``scenario`` with some columns of its links replaced."""
    network = scenario.network
    links = dataclasses.replace(network.links, **columns)
    return scenario.replace(network=Network(network.nodes, links))


def arcs_of(nodes: int, pairs: list[tuple[int, int]]) -> Arcs:
    """Return links between ``pairs`` of nodes, both ways."""
    ends = np.array(pairs, dtype=np.int64).reshape(-1, 2)
    tail, head = np.concatenate([ends[:, 0], ends[:, 1]]), np.concatenate([ends[:, 1], ends[:, 0]])
    order = np.lexsort((head, tail))
    forward = np.repeat([True, False], len(ends))[order]
    return Arcs(tail[order], head[order], np.tile(np.arange(len(ends)), 2)[order], forward, nodes)


def slow_distances(arcs: Arcs, ticks: NDArray[np.int64], root: int) -> list[float]:
    """Return the fewest ticks to ``root`` by Bellman and Ford."""
    best = [np.inf] * arcs.nodes
    best[root] = 0
    for _ in range(arcs.nodes):
        for a in range(len(arcs)):
            cost = int(ticks[arcs.link[a]]) + best[arcs.head[a]]
            best[arcs.tail[a]] = min(best[arcs.tail[a]], cost)
    return best


@st.composite
def graphs(draw: st.DrawFn) -> tuple[Arcs, NDArray[np.int64]]:
    """Draw links between a few nodes, some parallel, some nodes alone, with ticks."""
    nodes = draw(st.integers(2, 8))
    one = st.tuples(st.integers(0, nodes - 1), st.integers(0, nodes - 1))
    pairs = draw(st.lists(one.filter(lambda pair: pair[0] != pair[1]), max_size=14))
    ticks = draw(st.lists(st.integers(1, 9), min_size=len(pairs), max_size=len(pairs)))
    return arcs_of(nodes, pairs), np.array(ticks, dtype=np.int64)


@settings(max_examples=150, deadline=None, derandomize=True)
@given(graphs())
def test_trees_hold_the_fewest_ticks(graph: tuple[Arcs, NDArray[np.int64]]) -> None:
    arcs, ticks = graph
    roots = np.arange(arcs.nodes)
    distance, _ = backward_trees(arcs, ticks, roots)
    assert distance.tolist() == [slow_distances(arcs, ticks, int(root)) for root in roots]


@settings(max_examples=150, deadline=None, derandomize=True)
@given(graphs())
def test_following_a_tree_takes_its_ticks(graph: tuple[Arcs, NDArray[np.int64]]) -> None:
    arcs, ticks = graph
    distance, first = backward_trees(arcs, ticks, np.arange(arcs.nodes))
    for root in range(arcs.nodes):
        for node in range(arcs.nodes):
            if not np.isfinite(distance[root, node]):
                assert first[root, node] == NONE
                continue
            path, at = follow(arcs, first[root], node), node
            for arc in path:
                assert arcs.tail[arc] == at
                at = int(arcs.head[arc])
            assert at == root
            assert ticks[arcs.link[path]].sum() == distance[root, node]
            assert len(set(path.tolist())) == len(path)


def test_the_quickest_of_parallel_links_is_taken() -> None:
    arcs = arcs_of(2, [(0, 1), (0, 1), (1, 0)])
    distance, first = backward_trees(arcs, np.array([7, 3, 5]), np.array([1]))
    assert distance.tolist() == [[3.0, 0.0]]
    assert arcs.link[first[0, 0]] == 1
    assert first[0, 1] == NONE


@pytest.mark.parametrize(
    ("length_m", "ticks"), [(0.1, 1), (6, 1), (17.9, 1), (18.1, 2), (120, 10), (126.1, 11)]
)
def test_ticks_are_rounded_to_nearest_and_never_none(length_m: float, ticks: int) -> None:
    # A tick of 10 s at 1.2 m/s is 12 m.
    scenario = one_corridor()
    lengths = np.full(len(scenario.network.links), length_m)
    assert set(link_ticks(with_links(scenario, length_m=lengths), 0).tolist()) == {ticks}


def test_slow_groups_take_longer() -> None:
    scenario = two_gates()
    assert link_ticks(scenario, 0)[0] == 10
    assert link_ticks(scenario, 1)[0] == 20


def test_arcs_run_both_ways_on_one_side_only() -> None:
    scenario = four_sides()
    links = scenario.network.links
    for side in (INSIDE, OUTSIDE):
        arcs = walking_arcs(scenario.network, side)
        rows = np.flatnonzero(links.side == side)
        assert sorted(arcs.link.tolist()) == sorted(2 * rows.tolist())
        assert (np.diff(arcs.tail) >= 0).all()
        starts = scenario.network.node_index(links.from_node[arcs.link])
        ends = scenario.network.node_index(links.to_node[arcs.link])
        assert (np.where(arcs.forward, starts, ends) == arcs.tail).all()
        assert (np.where(arcs.forward, ends, starts) == arcs.head).all()


def test_people_walk_both_ways_where_vehicles_may_not() -> None:
    scenario = two_gates()
    one_way = np.ones(len(scenario.network.links), dtype=bool)
    directed = with_links(scenario, directed=one_way)
    pairs = [walking_arcs(one.network, INSIDE) for one in (scenario, directed)]
    assert pairs[0].tail.tolist() == pairs[1].tail.tolist()
    assert pairs[0].head.tolist() == pairs[1].head.tolist()


def test_closed_links_carry_nobody() -> None:
    scenario = two_gates()
    state = scenario.network.links.state.copy()
    row = int(np.flatnonzero(scenario.network.links.side == INSIDE)[0])
    state[row] = CLOSED
    arcs = walking_arcs(with_links(scenario, state=state).network, INSIDE)
    assert row not in arcs.link
    assert len(arcs) == 2 * ((state == OPEN) & (scenario.network.links.side == INSIDE)).sum()


def test_a_tail_leads_through_the_corridor_to_its_site() -> None:
    scenario = two_gates()
    outside = walking_arcs(scenario.network, OUTSIDE)
    streets = Streets(scenario)
    for corridor in scenario.corridors:
        tail = corridor_tail(scenario, corridor, outside)
        assert tail is not None
        found = tuple(scenario.network.links.id[tail.links].tolist())
        assert found == streets.tail(corridor)
        assert tail.corridor_links == len(corridor.links)
        assert scenario.network.nodes.id[tail.mouth] == corridor.mouth


def test_a_tail_knows_which_way_links_are_written() -> None:
    scenario = one_corridor()
    links = scenario.network.links
    swap = links.id == scenario.corridors[0].links[1]
    turned = with_links(
        scenario,
        from_node=np.where(swap, links.to_node, links.from_node),
        to_node=np.where(swap, links.from_node, links.to_node),
    )
    tail = corridor_tail(turned, turned.corridors[0], walking_arcs(turned.network, OUTSIDE))
    assert tail is not None
    assert tail.forward.tolist() == [True, False, True]


def test_no_tail_where_the_way_to_the_site_is_closed() -> None:
    scenario = one_corridor()
    state = scenario.network.links.state.copy()
    state[scenario.network.links.id == FIRST_LINK + 4] = CLOSED
    closed = with_links(scenario, state=state)
    outside = walking_arcs(closed.network, OUTSIDE)
    assert corridor_tail(closed, closed.corridors[0], outside) is None
