"""The same streets and the same travellers for every program that is measured beside ours."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array
from scipy.sparse.csgraph import dijkstra

Floats = NDArray[np.float64]
Rows = NDArray[np.int64]

#: A walkway's lane: 0.6 m at 4 persons a square metre.
LANE_PERSONS_PER_M: Final = 2.4
WALK_M_PER_S: Final = 1.2
#: A car's lane: 7.5 m a car, as in MATSim.
LANE_CARS_PER_M: Final = 1 / 7.5
CAR_M_PER_S: Final = 50 / 3.6
#: Seconds between a traveller's move and that of the one behind. With the figures above a walkway's
#: lane takes 0.742 persons a second, 1.24 a metre, and a road's lane 0.649 cars.
REACTION_S: Final = 1.0


@dataclass(frozen=True, slots=True, eq=False)
class Roads:
    """Directed links with a triangular fundamental diagram each, and gates at nodes.

    Attributes
    ----------
    x_m, y_m
        Shape (nodes,), where they are.
    gate_per_s
        Shape (nodes,), what passes a node at most, in travellers a second; 0 where there is no
        gate. A gate's node has one link in and one out.
    tail, head
        Shape (links,), rows of nodes.
    length_m, speed_m_per_s
        Shape (links,), length and free speed.
    lanes
        Shape (links,), a whole number.
    jam_per_m
        Shape (links,), travellers on a metre at standstill, all lanes together.
    flow_per_s
        Shape (links,), travellers that leave it a second at most: what it was given, or what its
        fundamental diagram lets through, whichever is less.
    reaction_s
        Seconds between a traveller's move and that of the one behind in the same lane: a gap
        travels back at lanes / (reaction x jam) metres a second.
    """

    x_m: Floats
    y_m: Floats
    gate_per_s: Floats
    tail: Rows
    head: Rows
    length_m: Floats
    speed_m_per_s: Floats
    lanes: Rows
    jam_per_m: Floats
    flow_per_s: Floats
    reaction_s: float

    @property
    def wave_m_per_s(self) -> Floats:
        """Shape (links,), metres a second at which a gap travels back."""
        return np.asarray(self.lanes / (self.reaction_s * self.jam_per_m))

    @property
    def storage(self) -> Floats:
        """Shape (links,), travellers that stand on it at most."""
        return np.asarray(self.jam_per_m * self.length_m)


@dataclass(frozen=True, slots=True, eq=False)
class Case:
    """Roads and who travels on them, by fixed routes.

    Attributes
    ----------
    roads
        Where.
    depart_s
        Shape (units,), rising.
    start, route
        Shapes (units + 1,) and (sum of routes,): the links of unit u are
        ``route[start[u]:start[u + 1]]``.
    unit
        Travellers that move as one.
    horizon_s
        How long is simulated.
    """

    roads: Roads
    depart_s: Floats
    start: Rows
    route: Rows
    unit: int
    horizon_s: float

    def __len__(self) -> int:
        """Return the number of units."""
        return len(self.depart_s)

    @property
    def travellers(self) -> int:
        """How many there are."""
        return len(self) * self.unit


def full_flow(speed_m_per_s: Floats, lanes: Floats, jam_per_m: Floats, reaction_s: float) -> Floats:
    """Return the top of the triangular fundamental diagram, travellers a second."""
    return np.asarray(1.0 / (reaction_s / lanes + 1.0 / (speed_m_per_s * jam_per_m)))


def curve(arrive_s: Floats, unit: int, horizon_s: float, every_s: float = 900.0) -> Floats:
    """Return how many have arrived by the end of each quarter of an hour.

    Parameters
    ----------
    arrive_s
        Shape (units,); NaN or anything beyond the horizon for those who have not.
    unit
        Travellers a unit.
    horizon_s, every_s
        How far, and how often, seconds.
    """
    edges = np.arange(0.0, horizon_s + every_s / 2, every_s)
    counted, _ = np.histogram(arrive_s[np.isfinite(arrive_s)], edges)
    return np.asarray(unit * np.cumsum(counted), dtype=np.float64)


def apart(one: Floats, other: Floats, travellers: int) -> float:
    """Return the largest difference of two curves, as a share of all travellers."""
    return float(np.abs(one - other).max() / travellers)


def routes_to(roads: Roads, cost: Floats, target: int) -> tuple[Floats, NDArray[np.int64]]:
    """Return each node's cost to a target and the link by which its cheapest way begins.

    Parameters
    ----------
    roads
        Where.
    cost
        Shape (links,), positive.
    target
        Row of a node.

    Returns
    -------
    tuple
        Shape (nodes,) each; infinite and -1 where there is no way.
    """
    nodes = len(roads.x_m)
    # Of parallel links the cheapest counts.
    order = np.lexsort((cost, roads.tail, roads.head))
    pair = roads.head[order] * nodes + roads.tail[order]
    order = order[np.r_[True, pair[1:] != pair[:-1]]]
    back = csr_array((cost[order], (roads.head[order], roads.tail[order])), shape=(nodes, nodes))
    away, before = dijkstra(back, indices=target, return_predecessors=True)
    by_pair = dict(
        zip((roads.tail[order] * nodes + roads.head[order]).tolist(), order.tolist(), strict=True)
    )
    first = np.full(nodes, -1)
    for node in np.flatnonzero(before >= 0):
        first[node] = by_pair[int(node) * nodes + int(before[node])]
    return np.asarray(away), first


def follow(roads: Roads, first: NDArray[np.int64], origin: int) -> list[int]:
    """Return the links from ``origin`` on, each the first of its node's cheapest way."""
    links, node = list[int](), origin
    while first[node] >= 0:
        links.append(int(first[node]))
        node = int(roads.head[links[-1]])
    return links


def assemble(
    roads: Roads, trips: list[tuple[float, int]], ways: list[list[int]], unit: int, horizon_s: float
) -> Case:
    """Return the case of ``trips``, each a departure (s) and a row of ``ways``."""
    trips = sorted(trips)
    lengths = np.array([len(way) for way in ways])
    chosen = np.array([way for _, way in trips])
    start = np.r_[0, np.cumsum(lengths[chosen])]
    route = np.concatenate([ways[way] for way in chosen.tolist()])
    depart = np.array([when for when, _ in trips])
    return Case(roads, depart, start, route.astype(np.int64), unit, horizon_s)
