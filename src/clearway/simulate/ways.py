"""The ways that people walk or drive: from home to a mouth, and through its corridor."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array
from scipy.sparse.csgraph import dijkstra

from clearway.model.corridor import Corridor
from clearway.model.network import INSIDE, OPEN, Network
from clearway.model.plan import Movement
from clearway.model.population import CAR, WALK
from clearway.model.scenario import Scenario

#: Metres a second of a car on a street that is not for cars, so that every way has an end.
STANDSTILL_M_PER_S: Final = 0.01


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


def nearest_mouths(
    scenario: Scenario, mode: str = WALK
) -> tuple[NDArray[np.int64], tuple[Way, ...]]:
    """Return the row of the corridor nearest to each zone, and the way to its mouth.

    Parameters
    ----------
    scenario
        Where.
    mode
        ``walk``: on foot, by metres, both ways everywhere; ``car``: by seconds at the links' own
        speeds, by the rules for vehicles.

    Returns
    -------
    tuple
        Shape (z,) rows of corridors, -1 where no mouth can be reached; one way a zone.
    """
    network = scenario.network
    steps = _usable(scenario, mode)
    rows, back = steps // 2, steps % 2 == 1
    tail = network.node_index(network.links.from_node[rows])
    head = network.node_index(network.links.to_node[rows])
    metres = network.links.length_m[rows]
    count = len(network.nodes)
    both = (np.where(back, head, tail), np.where(back, tail, head))
    lengths = metres / network.links.speed_m_per_s[rows] if mode == CAR else metres
    # Of links between the same nodes the shortest counts; the sparse matrix would add them up.
    order = np.lexsort((lengths, both[1], both[0]))
    pair = both[0][order] * count + both[1][order]
    order = order[np.concatenate([[True], pair[1:] != pair[:-1]])] if len(order) else order
    # A tree from the mouths is one to them on the graph turned round.
    turned = np.lexsort((both[0][order], both[1][order]))
    ends = (both[1][order][turned], both[0][order][turned])
    graph = csr_array((lengths[order][turned], ends), shape=(count, count))
    step_of = dict(zip(zip(both[0][order], both[1][order], strict=True), steps[order], strict=True))
    mouths = network.node_index([corridor.mouth for corridor in scenario.corridors])
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
        chosen = np.array(walked, dtype=np.int64)
        ways.append(Way(chosen, float(network.links.length_m[chosen // 2].sum())))
    return nearest.astype(np.int64), tuple(ways)


def drive_s(scenario: Scenario, way: Way, speed_m_per_s: float) -> float:
    """Return the seconds that a car of at most this speed takes on free streets."""
    links, rows = scenario.network.links, way.steps // 2
    speed = np.minimum(links.speed_m_per_s[rows], speed_m_per_s)
    return float((links.length_m[rows] / np.maximum(speed, STANDSTILL_M_PER_S)).sum())


def _usable(scenario: Scenario, mode: str) -> NDArray[np.int64]:
    """Return the steps (see ``Way``) that may be gone inside, those along each link first."""
    links = scenario.network.links
    rows = np.flatnonzero((links.side == INSIDE) & (links.state == OPEN))
    if mode != CAR:
        return np.asarray(np.concatenate([2 * rows, 2 * rows + 1]))
    able = (links.speed_m_per_s > 0) & (links.lanes > 0) & (links.capacity_veh_per_s > 0)
    turned = np.isin(links.id, scenario.contraflow)
    along, against = able & ~turned, able & (turned | ~links.directed)
    return np.concatenate([2 * rows[along[rows]], 2 * rows[against[rows]] + 1])


def _walked(network: Network, start: int, links: tuple[int, ...]) -> Way:
    rows = network.link_index(np.array(links, dtype=np.int64))
    node, steps = start, []
    for row in rows:
        forward = int(network.links.from_node[row]) == node
        node = int((network.links.to_node if forward else network.links.from_node)[row])
        steps.append(2 * int(row) + (0 if forward else 1))
    return Way(np.array(steps, dtype=np.int64), float(network.links.length_m[rows].sum()))
