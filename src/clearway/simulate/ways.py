"""The ways that people walk: from home to a mouth, and through its corridor."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array
from scipy.sparse.csgraph import dijkstra

from clearway.model.corridor import Corridor
from clearway.model.network import INSIDE, OPEN, Network
from clearway.model.plan import Movement
from clearway.model.scenario import Scenario


@dataclass(frozen=True, slots=True, eq=False)
class Way:
    """Links in the order that they are walked, each in its direction.

    Attributes
    ----------
    steps
        Shape (n,), twice the link's row, plus one where it is walked against its direction.
    length_m
        Metres in all.
    """

    steps: NDArray[np.int64]
    length_m: float


def to_mouth(scenario: Scenario, movement: Movement) -> Way:
    """Return the part of a movement's way that lies before the gate."""
    corridor = next(one for one in scenario.corridors if one.id == movement.corridor)
    before = movement.links.index(corridor.links[0])
    zone = next(zone for zone in scenario.zones if zone.id == movement.zone)
    return _walked(scenario.network, zone.node, movement.links[:before])


def corridor_way(network: Network, corridor: Corridor) -> Way:
    """Return the links of a corridor, from the mouth to the exit."""
    return _walked(network, corridor.mouth, corridor.links)


def nearest_mouths(scenario: Scenario) -> tuple[NDArray[np.int64], tuple[Way, ...]]:
    """Return the row of the corridor nearest to each zone on foot, and the way to its mouth.

    Returns
    -------
    tuple
        Shape (z,) rows of corridors, -1 where no mouth can be reached; one way a zone.
    """
    network = scenario.network
    rows = np.flatnonzero((network.links.side == INSIDE) & (network.links.state == OPEN))
    tail = network.node_index(network.links.from_node[rows])
    head = network.node_index(network.links.to_node[rows])
    metres = network.links.length_m[rows]
    count = len(network.nodes)
    both = (np.concatenate([tail, head]), np.concatenate([head, tail]))
    steps = np.concatenate([2 * rows, 2 * rows + 1])
    lengths = np.concatenate([metres, metres])
    # Of links between the same nodes the shortest counts; the sparse matrix would add them up.
    order = np.lexsort((lengths, both[1], both[0]))
    pair = both[0][order] * count + both[1][order]
    order = order[np.concatenate([[True], pair[1:] != pair[:-1]])] if len(order) else order
    graph = csr_array((lengths[order], (both[0][order], both[1][order])), shape=(count, count))
    step_of = dict(zip(zip(both[0][order], both[1][order], strict=True), steps[order], strict=True))
    mouths = network.node_index([corridor.mouth for corridor in scenario.corridors])
    # The graph goes both ways, so a tree from the mouths is one to them.
    far, before = dijkstra(graph, directed=True, indices=mouths, return_predecessors=True)
    nodes = network.node_index([zone.node for zone in scenario.zones])
    nearest = far[:, nodes].argmin(axis=0)
    ways = []
    for z, node in enumerate(nodes):
        k = nearest[z]
        if not np.isfinite(far[k, node]):
            nearest[z] = -1
            ways.append(Way(np.empty(0, dtype=np.int64), 0.0))
            continue
        walked, at = [], int(node)
        while at != mouths[k]:
            onward = int(before[k, at])
            walked.append(step_of[at, onward])
            at = onward
        ways.append(Way(np.array(walked, dtype=np.int64), float(far[k, node])))
    return nearest.astype(np.int64), tuple(ways)


def _walked(network: Network, start: int, links: tuple[int, ...]) -> Way:
    rows = network.link_index(np.array(links, dtype=np.int64))
    node, steps = start, []
    for row in rows:
        forward = int(network.links.from_node[row]) == node
        node = int((network.links.to_node if forward else network.links.from_node)[row])
        steps.append(2 * int(row) + (0 if forward else 1))
    return Way(np.array(steps, dtype=np.int64), float(network.links.length_m[rows].sum()))
