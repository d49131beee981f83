"""How long it takes inside the pocket from every node to cover, on foot, in cars and vehicles."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array
from scipy.sparse.csgraph import dijkstra

from clearway.judge.case import Case
from clearway.judge.walking import for_vehicles
from clearway.model.network import INSIDE, OPEN
from clearway.model.population import CAR

#: Who goes: the row of a group, or the id of a vehicle type.
Who = int | str


@dataclass(frozen=True, slots=True, eq=False)
class Going:
    """How one kind of mover goes along the links.

    Attributes
    ----------
    seconds
        Shape (links,); infinite where it cannot go.
    forward, backward
        Shape (links,), whether it may go the way a link is written, and the other way.
    """

    seconds: NDArray[np.float64]
    forward: NDArray[np.bool_]
    backward: NDArray[np.bool_]

    def may(self, link: int, *, forward: bool) -> bool:
        """Whether it may go along a link in a direction."""
        there = bool(np.isfinite(self.seconds[link]))
        return there and bool((self.forward if forward else self.backward)[link])


class Reach:
    """Least seconds to nodes that stand for shelters and homes; each is looked for once."""

    def __init__(self, case: Case) -> None:
        """Take the streets of a case."""
        self.case, self.network = case, case.scenario.network
        links = self.network.links
        self.start = self.network.node_index(links.from_node)
        self.end = self.network.node_index(links.to_node)
        self.inside = links.side == INSIDE
        self._going: dict[Who, Going] = {}
        self._graph: dict[Who, csr_array] = {}
        self._found: dict[tuple[Who, int], NDArray[np.float64]] = {}

    def going(self, who: Who) -> Going:
        """Return how a group or type goes."""
        if who not in self._going:
            self._going[who] = self._group(who) if isinstance(who, int) else self._type(who)
        return self._going[who]

    def to(self, who: Who, node: int) -> NDArray[np.float64]:
        """Shape (nodes,), least seconds from each node to one (its row); infinite without a way."""
        if (who, node) not in self._found:
            if who not in self._graph:
                self._graph[who] = self._against(who)
            self._found[who, node] = dijkstra(self._graph[who], indices=node)
        return self._found[who, node]

    def _group(self, row: int) -> Going:
        links, planning = self.network.links, self.case.scenario.planning
        speed = self.case.walks.speed_m_per_s[row]
        ticks = np.maximum(1, np.floor(links.length_m / (speed * planning.tick_s) + 0.5))
        seconds = ticks * float(planning.tick_s)
        if CAR in self.case.scenario.groups[row].modes:
            return Going(np.where(for_vehicles(links), seconds, np.inf), *self._one_way())
        everywhere = np.ones(len(links), dtype=np.bool_)
        return Going(np.where(links.state == OPEN, seconds, np.inf), everywhere, everywhere)

    def _type(self, name: str) -> Going:
        links = self.network.links
        kind = next(one for one in self.case.scenario.fleet.types if one.id == name)
        fit = for_vehicles(links) & ~np.isin(links.facility, list(kind.barred))
        speed = np.minimum(kind.speed_m_per_s.central, links.speed_m_per_s)
        return Going(
            np.divide(links.length_m, speed, out=np.full(len(links), np.inf), where=fit),
            *self._one_way(),
        )

    def _one_way(self) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
        links = self.network.links
        against = np.isin(links.id, np.array(self.case.scenario.contraflow, dtype=np.int64))
        return np.asarray(~links.directed | ~against), np.asarray(~links.directed | against)

    def _against(self, who: Who) -> csr_array:
        """Return the graph with every way turned round, so that one search finds all ways to."""
        going, count = self.going(who), len(self.network.nodes)
        fit = self.inside & np.isfinite(going.seconds)
        there, back = fit & going.forward, fit & going.backward
        rows = np.concatenate([self.end[there], self.start[back]])
        columns = np.concatenate([self.start[there], self.end[back]])
        seconds = np.concatenate([going.seconds[there], going.seconds[back]])
        # Of links beside one another the quickest; a matrix would add them up.
        place = rows * count + columns
        order = np.lexsort((seconds, place))
        first = np.ones(len(order), dtype=np.bool_)
        first[1:] = np.diff(place[order]) > 0
        kept = order[first]
        return csr_array((seconds[kept], (rows[kept], columns[kept])), shape=(count, count))
