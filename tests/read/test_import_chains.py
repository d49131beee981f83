"""Chains: joined where nothing but drawing keeps pieces apart, and no metre lost."""

from __future__ import annotations

from collections import Counter

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from clearway.read.chains import Chain, join_chains

Graph = tuple[list[tuple[int, int]], list[int], list[bool], list[bool]]


@st.composite
def graphs(draw: st.DrawFn) -> Graph:
    """Draw pieces between few nodes, so that most nodes have two: kinds, one-ways, fixed."""
    nodes = draw(st.integers(2, 9))
    node = st.integers(0, nodes - 1)
    pairs = st.tuples(node, node).filter(lambda ends: ends[0] != ends[1])
    ends = draw(st.lists(pairs, min_size=1, max_size=14))
    kinds = draw(st.lists(st.integers(0, 1), min_size=len(ends), max_size=len(ends)))
    directed = draw(st.lists(st.booleans(), min_size=len(ends), max_size=len(ends)))
    fixed = draw(st.lists(st.booleans(), min_size=nodes, max_size=nodes))
    return ends, kinds, directed, fixed


def joined(graph: Graph) -> tuple[Chain, ...]:
    """Return the chains of a graph."""
    ends, kinds, directed, fixed = graph
    start, end = np.array(ends).T
    return join_chains(start, end, np.array(kinds), np.array(directed), np.array(fixed))


def line(count: int, **changes: object) -> tuple[Chain, ...]:
    """Return the chains of ``count`` pieces in a row, with columns changed by name."""
    columns: dict[str, object] = {
        "kind": np.zeros(count, dtype=np.int64),
        "directed": np.zeros(count, dtype=bool),
        "fixed": np.zeros(count + 1, dtype=bool),
    }
    columns |= changes
    return join_chains(np.arange(count), np.arange(1, count + 1), **columns)  # type: ignore[arg-type]


@settings(deadline=None)
@given(graphs())
def test_every_piece_is_in_exactly_one_chain(graph: Graph) -> None:
    """No piece is lost or doubled, so lengths add up to what they were."""
    found = Counter(piece for chain in joined(graph) for piece in chain.pieces)
    assert found == Counter(range(len(graph[0])))


@settings(deadline=None)
@given(graphs())
def test_a_chain_hangs_together_from_start_to_end(graph: Graph) -> None:
    """Walking the pieces as the chain says leads from its start to its end, which differ."""
    for chain in joined(graph):
        node = chain.start
        for piece, forward in zip(chain.pieces, chain.forward, strict=True):
            ends = graph[0][piece]
            assert node == (ends[0] if forward else ends[1])
            node = ends[1] if forward else ends[0]
        assert node == chain.end
        assert chain.start != chain.end


@settings(deadline=None)
@given(graphs())
def test_no_chain_runs_through_a_fixed_node_or_a_junction(graph: Graph) -> None:
    """Inner nodes of chains are not fixed, and have exactly the two pieces of the chain."""
    ends, _, _, fixed = graph
    degree = Counter(node for pair in ends for node in pair)
    for chain in joined(graph):
        inner = [
            ends[piece][1] if forward else ends[piece][0]
            for piece, forward in zip(chain.pieces[:-1], chain.forward[:-1], strict=True)
        ]
        assert all(degree[node] == 2 and not fixed[node] for node in inner)


@settings(deadline=None)
@given(graphs())
def test_a_chain_is_of_one_kind_and_keeps_its_direction(graph: Graph) -> None:
    """Kinds and one-ways are never mixed, and one-way pieces run forward."""
    _, kinds, directed, _ = graph
    for chain in joined(graph):
        assert len({(kinds[piece], directed[piece]) for piece in chain.pieces}) == 1
        if directed[chain.pieces[0]]:
            assert all(chain.forward)


def test_a_row_of_pieces_becomes_one_chain() -> None:
    """Nothing keeps four alike pieces apart."""
    (chain,) = line(4)
    assert (chain.start, chain.end, chain.pieces) == (0, 4, (0, 1, 2, 3))


def test_a_fixed_node_keeps_pieces_apart() -> None:
    """A zone's node stays a node."""
    chains = line(4, fixed=np.array([False, False, True, False, False]))
    assert [chain.pieces for chain in chains] == [(0, 1), (2, 3)]


def test_kinds_keep_pieces_apart() -> None:
    """A residential street does not become part of a primary road."""
    chains = line(3, kind=np.array([1, 1, 2]))
    assert [chain.pieces for chain in chains] == [(0, 1), (2,)]


def test_one_way_pieces_that_meet_head_on_stay_apart() -> None:
    """Two one-way streets that lead to the same node are no one-way street."""
    start, end = np.array([0, 2]), np.array([1, 1])
    none, both = np.zeros(3, dtype=bool), np.ones(2, dtype=bool)
    assert len(join_chains(start, end, np.zeros(2, dtype=np.int64), both, none)) == 2


def test_a_ring_is_left_in_two_halves() -> None:
    """A ring on its own has no node that stays; it becomes two links between two nodes."""
    start, end = np.array([0, 1, 2, 3]), np.array([1, 2, 3, 0])
    zeros = np.zeros(4, dtype=np.int64)
    chains = join_chains(start, end, zeros, zeros.astype(bool), zeros.astype(bool))
    assert sorted(len(chain.pieces) for chain in chains) == [2, 2]
