"""Ways inside for vehicles whose depot is inside: to a stop from there, or from a gate."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array
from scipy.sparse.csgraph import dijkstra

from clearway.model.corridor import Corridor
from clearway.model.fleet import VehicleType
from clearway.model.network import INSIDE, OPEN
from clearway.model.scenario import Scenario
from clearway.simulate.ways import corridor_way


class Within:
    """The quickest ways of one type of vehicle on streets inside."""

    def __init__(self, scenario: Scenario, kind: VehicleType) -> None:
        """Take the streets that the type may use."""
        self._scenario, self._kind = scenario, kind
        links, network = scenario.network.links, scenario.network
        steps = self._steps(np.flatnonzero((links.side == INSIDE) & (links.state == OPEN)))
        rows, back = steps // 2, steps % 2 == 1
        ends = network.node_index(links.from_node[rows]), network.node_index(links.to_node[rows])
        tail, head = np.where(back, ends[1], ends[0]), np.where(back, ends[0], ends[1])
        speed = np.minimum(links.speed_m_per_s[rows], kind.speed_m_per_s.central)
        seconds = links.length_m[rows] / speed
        count = len(network.nodes)
        order = np.lexsort((seconds, tail * count + head))
        order = order[np.unique((tail * count + head)[order], return_index=True)[1]]
        shape = count, count
        self._graph = csr_array((seconds[order], (tail[order], head[order])), shape=shape)
        pairs = zip(tail[order].tolist(), head[order].tolist(), strict=True)
        self._link = dict(zip(pairs, links.id[rows[order]].tolist(), strict=True))
        self._trees: dict[int, NDArray[np.int32]] = {}

    def way(self, start: int, end: int) -> tuple[int, ...] | None:
        """Return the ids of the links from one node to another; None if there is no way."""
        first, at = self._scenario.network.node_index([start, end]).tolist()
        if first not in self._trees:
            _, before = dijkstra(self._graph, indices=first, return_predecessors=True)
            self._trees[first] = before
        found = list[int]()
        while at != first:
            previous = int(self._trees[first][at])
            if previous < 0:
                return None
            found.append(self._link[previous, at])
            at = previous
        return tuple(reversed(found))

    def comes_in(self, corridor: Corridor) -> bool:
        """Whether such a vehicle may come in by a corridor."""
        if corridor.vehicles_per_s.central <= 0:
            return False
        if self._kind.corridors and corridor.id not in self._kind.corridors:
            return False
        inward = corridor_way(self._scenario.network, corridor).steps ^ 1
        links = self._scenario.network.links
        opened = (links.state == OPEN)[inward // 2]
        return bool(opened.all() and np.isin(inward, self._steps(np.unique(inward // 2))).all())

    def _steps(self, rows: NDArray[np.int64]) -> NDArray[np.int64]:
        """Return the steps of links that it may drive: twice the row, one more if against it."""
        links = self._scenario.network.links
        able = (links.speed_m_per_s > 0) & (links.lanes > 0) & (links.capacity_veh_per_s > 0)
        able &= ~np.isin(links.facility, self._kind.barred)
        turned = np.isin(links.id, self._scenario.contraflow)
        along, against = able & ~turned, able & (turned | ~links.directed)
        return np.concatenate([2 * rows[along[rows]], 2 * rows[against[rows]] + 1])
