"""Shortest ways over street pieces, as corridors and roads to reception sites need them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array
from scipy.sparse.csgraph import dijkstra

_NONE = -9999


@dataclass(frozen=True, slots=True, eq=False)
class Tree:
    """Cheapest ways from one node to all nodes in reach.

    Attributes
    ----------
    nodes
        Shape (k,), rows of the nodes reached, nearest first; the first is the root.
    length_m
        Shape (n,), metres of the way to each node; infinite where there is none.
    before
        Shape (n,), the node before each node on its way.
    pieces
        Shape (n,), the piece by which its way comes to each node.
    """

    nodes: NDArray[np.int64]
    length_m: NDArray[np.float64]
    before: NDArray[np.int64]
    pieces: NDArray[np.int64]

    def way(self, node: int) -> tuple[int, ...]:
        """Return the pieces from the root to ``node``, in order."""
        back: list[int] = []
        while node != self.nodes[0]:
            back.append(int(self.pieces[node]))
            node = int(self.before[node])
        return tuple(reversed(back))


@dataclass(frozen=True, slots=True, eq=False)
class Streetmap:
    """Which pieces may be walked, both ways, and what each costs.

    Attributes
    ----------
    start, end, length_m, cost
        Shape (m,), nodes, metres and cost (above zero) of each piece.
    nodes
        Number of nodes.
    """

    start: NDArray[np.int64]
    end: NDArray[np.int64]
    length_m: NDArray[np.float64]
    cost: NDArray[np.float64]
    nodes: int

    def tree(self, root: int, allowed: NDArray[np.bool_], limit: float) -> Tree:
        """Return the cheapest ways from ``root`` over ``allowed`` pieces, up to cost ``limit``."""
        rows = np.flatnonzero(allowed)
        both = np.concatenate([rows, rows])
        tail = np.concatenate([self.start[rows], self.end[rows]])
        head = np.concatenate([self.end[rows], self.start[rows]])
        # Of parallel pieces only the cheapest matters.
        order = np.lexsort((both, self.cost[both], head, tail))
        tail, head, both = tail[order], head[order], both[order]
        first = np.ones(len(tail), dtype=bool)
        first[1:] = (tail[1:] != tail[:-1]) | (head[1:] != head[:-1])
        tail, head, both = tail[first], head[first], both[first]
        begin = np.searchsorted(tail, np.arange(self.nodes + 1))
        graph = csr_array((self.cost[both], head, begin), shape=(self.nodes, self.nodes))
        cost, before = dijkstra(graph, indices=root, limit=limit, return_predecessors=True)
        near = np.flatnonzero(np.isfinite(cost))
        near = near[np.lexsort((near, cost[near]))]
        length = np.full(self.nodes, np.inf)
        pieces = np.full(self.nodes, _NONE)
        length[root] = 0
        for node in near[1:]:
            left, right = begin[before[node]], begin[before[node] + 1]
            piece = both[left + np.searchsorted(head[left:right], node)]
            pieces[node] = piece
            length[node] = length[before[node]] + self.length_m[piece]
        return Tree(near, length, np.asarray(before, dtype=np.int64), pieces)
