"""Times and shortest ways, on foot and by car: one backward tree a corridor and group."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array
from scipy.sparse.csgraph import dijkstra

from clearway.model.corridor import Corridor
from clearway.model.network import OPEN, Network
from clearway.model.scenario import Scenario
from clearway.solve.modes import pace_m_per_s

NONE = -1


@dataclass(frozen=True, slots=True, eq=False)
class Arcs:
    """The open links of one side of the pocket, once each way that they may be used.

    Attributes
    ----------
    tail, head
        Shape (a,), rows of nodes; sorted by tail.
    link
        Shape (a,), rows of links.
    forward
        Shape (a,), whether the arc runs the way the link is written.
    nodes
        Number of nodes in the whole network.
    """

    tail: NDArray[np.int64]
    head: NDArray[np.int64]
    link: NDArray[np.int64]
    forward: NDArray[np.bool_]
    nodes: int

    def __len__(self) -> int:
        """Return the number of arcs."""
        return len(self.link)

    def take(self, rows: NDArray[np.bool_]) -> Arcs:
        """Return some of the arcs."""
        return Arcs(
            self.tail[rows], self.head[rows], self.link[rows], self.forward[rows], self.nodes
        )


@dataclass(frozen=True, slots=True, eq=False)
class Tail:
    """What every route through one corridor ends with.

    Attributes
    ----------
    mouth
        Row of the mouth's node.
    links
        Shape (n,), rows of the links from the mouth through the corridor to the reception site.
    forward
        Shape (n,), whether each is walked the way it is written.
    corridor_links
        How many of them are the corridor's.
    """

    mouth: int
    links: NDArray[np.int64]
    forward: NDArray[np.bool_]
    corridor_links: int


def walking_arcs(network: Network, side: str) -> Arcs:
    """Return the arcs that people may walk on one side: every open link, both ways."""
    links = network.links
    rows = np.flatnonzero((links.side == side) & (links.state == OPEN))
    starts, ends = (
        network.node_index(links.from_node[rows]),
        network.node_index(links.to_node[rows]),
    )
    tail, head = np.concatenate([starts, ends]), np.concatenate([ends, starts])
    order = np.lexsort((head, tail))
    forward = np.repeat([True, False], len(rows))
    return Arcs(
        tail[order], head[order], np.tile(rows, 2)[order], forward[order], len(network.nodes)
    )


def driving_arcs(scenario: Scenario, side: str) -> Arcs:
    """Return the arcs that cars may use on one side: open links that carry vehicles.

    One-way streets are driven one way, and those with contraflow only against it.
    """
    links, both = scenario.network.links, walking_arcs(scenario.network, side)
    carries = (links.capacity_veh_per_s > 0) & (links.speed_m_per_s > 0)
    turned = np.isin(links.id, scenario.contraflow)[both.link]
    allowed = ~links.directed[both.link] | (both.forward != turned)
    return both.take(carries[both.link] & allowed)


def link_ticks(scenario: Scenario, group: int) -> NDArray[np.int64]:
    """Return the ticks that a group takes on each link: rounded to nearest, at least one."""
    tick_m = pace_m_per_s(scenario, group) * scenario.planning.tick_s
    lengths = scenario.network.links.length_m
    return np.maximum(1, np.floor(lengths / tick_m + 0.5)).astype(np.int64)


def backward_trees(
    arcs: Arcs, ticks: NDArray[np.int64], roots: NDArray[np.int64]
) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """Return the fewest ticks from every node to each root, and the arc that begins such a walk.

    Parameters
    ----------
    arcs
        Arcs to walk on.
    ticks
        Shape (links,), ticks a link.
    roots
        Shape (r,), rows of nodes.

    Returns
    -------
    distance
        Shape (r, nodes), ticks; infinite where there is no way.
    first_arc
        Shape (r, nodes), row of the arc to take at each node; -1 at the root and where there is
        no way.
    """
    return cheapest_trees(arcs, ticks[arcs.link].astype(float), roots)


def cheapest_trees(
    arcs: Arcs, cost: NDArray[np.float64], roots: NDArray[np.int64]
) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """Return the same for any cost of each arc, shape (a,), above zero."""
    best = cheapest(arcs, cost)
    shape = (arcs.nodes, arcs.nodes)
    backward = csr_array((cost[best], (arcs.head[best], arcs.tail[best])), shape=shape)
    distance, parent = dijkstra(backward, indices=roots, return_predecessors=True)
    keys = arcs.tail[best] * arcs.nodes + arcs.head[best]
    order = np.argsort(keys)
    node = np.arange(arcs.nodes)
    wanted = node * arcs.nodes + np.maximum(parent, 0)
    at = np.minimum(np.searchsorted(keys[order], wanted), max(len(keys) - 1, 0))
    first = np.where(parent >= 0, best[order][at] if len(keys) else NONE, NONE)
    return np.atleast_2d(distance), np.atleast_2d(first)


def cheapest(arcs: Arcs, cost: NDArray[np.float64]) -> NDArray[np.int64]:
    """Return the rows of arcs that stand for their pair of nodes, by tail and head.

    Of parallel links it is the cheapest; a sparse matrix would add their costs up.
    """
    best = np.lexsort((cost, arcs.head, arcs.tail))
    pair = arcs.tail[best] * arcs.nodes + arcs.head[best]
    return best[np.concatenate([[True], pair[1:] != pair[:-1]])] if len(best) else best


def follow(arcs: Arcs, first_arc: NDArray[np.int64], start: int) -> NDArray[np.int64]:
    """Return the arcs from node ``start`` to the root of a tree of :func:`backward_trees`."""
    path = []
    while (arc := int(first_arc[start])) != NONE:
        path.append(arc)
        start = int(arcs.head[arc])
    return np.array(path, dtype=np.int64)


def corridor_tail(scenario: Scenario, corridor: Corridor, outside: Arcs) -> Tail | None:
    """Return the links from a corridor's mouth to its reception site; None if none do.

    Parameters
    ----------
    scenario, corridor
        Whose it is.
    outside
        Arcs beyond the corridor's exit.
    """
    network = scenario.network
    rows = network.link_index(corridor.links)
    node = int(network.node_index(corridor.mouth))
    mouth, forward = node, []
    starts = network.node_index(network.links.from_node[rows])
    ends = network.node_index(network.links.to_node[rows])
    for start, end in zip(starts, ends, strict=True):
        forward.append(bool(start == node))
        node = int(end if start == node else start)
    site = next(r for r in scenario.receptions if r.id == corridor.reception)
    root = network.node_index([site.node])
    keep = ~np.isin(outside.link, rows)
    free = outside.take(keep)
    metres = np.maximum(1, np.rint(network.links.length_m)).astype(np.int64)
    distance, first = backward_trees(free, metres, root)
    if not np.isfinite(distance[0, node]):
        return None
    way = follow(free, first[0], node)
    links = np.concatenate([rows, free.link[way]])
    return Tail(mouth, links, np.concatenate([forward, free.forward[way]]).astype(bool), len(rows))


def drives(scenario: Scenario, tail: Tail) -> bool:
    """Return whether cars may drive a corridor's own links from its mouth to its exit."""
    links = scenario.network.links
    rows, forward = tail.links[: tail.corridor_links], tail.forward[: tail.corridor_links]
    carries = (links.capacity_veh_per_s[rows] > 0) & (links.speed_m_per_s[rows] > 0)
    turned = np.isin(links.id[rows], scenario.contraflow)
    return bool((carries & (~links.directed[rows] | (forward != turned))).all())
