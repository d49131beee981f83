"""Which zones a type of vehicle can come to from the corridors, and leave again."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array
from scipy.sparse.csgraph import breadth_first_order

from clearway.model.fleet import VehicleType
from clearway.model.network import INSIDE, OPEN
from clearway.model.scenario import Scenario


def reached(scenario: Scenario, kind: VehicleType) -> frozenset[str]:
    """Return the ids of the zones that vehicles of a type can come to and leave again.

    They come from a gate that lets vehicles pass, or from a depot inside, by open streets that
    they may use, one-way streets and contraflow kept; time and range are not looked at.
    """
    network = scenario.network
    gates = [
        one.mouth
        for one in scenario.corridors
        if one.vehicles_per_s.central > 0 and (not kind.corridors or one.id in kind.corridors)
    ]
    inside = [one.node for one in scenario.fleet.depots if one.node is not None]
    if not gates:
        return frozenset()
    out_of = network.node_index(gates)
    into = network.node_index([*gates, *inside])
    start, end = _arcs(scenario, kind)
    count = len(network.nodes)
    come = _from(start, end, into, count)
    leave = _from(end, start, out_of, count)
    zones = network.node_index([zone.node for zone in scenario.zones])
    both = (come & leave)[zones].tolist()
    return frozenset(zone.id for zone, there in zip(scenario.zones, both, strict=True) if there)


def _arcs(scenario: Scenario, kind: VehicleType) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return the nodes that arcs inside lead from and to."""
    links = scenario.network.links
    usable = (links.side == INSIDE) & (links.state == OPEN) & (links.speed_m_per_s > 0)
    usable &= (links.lanes > 0) & (links.capacity_veh_per_s > 0)
    usable &= ~np.isin(links.facility, kind.barred)
    first = scenario.network.node_index(links.from_node[usable])
    last = scenario.network.node_index(links.to_node[usable])
    against = np.isin(links.id[usable], scenario.contraflow)
    back = ~links.directed[usable] | against
    return (
        np.concatenate((first[~against], last[back])),
        np.concatenate((last[~against], first[back])),
    )


def _from(
    start: NDArray[np.int64], end: NDArray[np.int64], roots: NDArray[np.int64], count: int
) -> NDArray[np.bool_]:
    """Return which of ``count`` nodes are reached from any root, shape (count,)."""
    tails = np.concatenate((start, np.full(len(roots), count)))
    heads = np.concatenate((end, roots))
    graph = csr_array((np.ones(len(tails)), (tails, heads)), shape=(count + 1, count + 1))
    seen = np.zeros(count + 1, dtype=np.bool_)
    seen[breadth_first_order(graph, count, return_predecessors=False)] = True
    return seen[:count]
