"""Ways back inside: how long from every node to a shelter or home, and by which links."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array
from scipy.sparse.csgraph import dijkstra

from clearway.model.fleet import VehicleType
from clearway.model.network import INSIDE, OPEN
from clearway.model.population import CAR, Group
from clearway.model.scenario import Scenario

NOWHERE: Final = -1


@dataclass(frozen=True, slots=True, eq=False)
class Pace:
    """How one kind of mover goes along links.

    Attributes
    ----------
    seconds
        Shape (links,), infinite where it cannot go.
    ahead, back
        Shape (links,), whether it may go as a link is written, and the other way.
    """

    seconds: NDArray[np.float64]
    ahead: NDArray[np.bool_]
    back: NDArray[np.bool_]


@dataclass(frozen=True, slots=True, eq=False)
class Tree:
    """Quickest ways of one pace to one node.

    Attributes
    ----------
    seconds
        Shape (nodes,), infinite without a way.
    following
        Shape (nodes,), row of the next node on the way; negative at the end and without a way.
    """

    seconds: NDArray[np.float64]
    following: NDArray[np.int32]


def pace_of_group(scenario: Scenario, group: Group) -> Pace:
    """Return how a group goes by itself: on foot both ways, in cars as streets allow."""
    links, planning = scenario.network.links, scenario.planning
    drives = CAR in group.modes
    speed = np.full(len(links), group.speed_m_per_s.central)
    if drives:
        own = links.speed_m_per_s
        speed = np.where(own > 0, np.minimum(speed, own), speed)
    ticks = np.maximum(1, np.floor(links.length_m / (speed * planning.tick_s) + 0.5))
    seconds = ticks * float(planning.tick_s)
    if not drives:
        both = np.ones(len(links), dtype=bool)
        return Pace(np.where(links.state == OPEN, seconds, np.inf), both, both)
    ahead, back = _directions(scenario)
    return Pace(np.where(_carry_vehicles(scenario), seconds, np.inf), ahead, back)


def pace_of_type(scenario: Scenario, kind: VehicleType) -> Pace:
    """Return how vehicles of a type drive."""
    links = scenario.network.links
    fit = _carry_vehicles(scenario) & ~np.isin(links.facility, list(kind.barred))
    speed = np.minimum(links.speed_m_per_s, kind.speed_m_per_s.central)
    seconds = links.length_m / np.where(fit, speed, 1.0)
    return Pace(np.where(fit, seconds, np.inf), *_directions(scenario))


def _carry_vehicles(scenario: Scenario) -> NDArray[np.bool_]:
    links = scenario.network.links
    fit = (links.speed_m_per_s > 0) & (links.lanes > 0) & (links.capacity_veh_per_s > 0)
    return np.asarray(fit & (links.state == OPEN))


def _directions(scenario: Scenario) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Return which links vehicles may use as they are written, and which the other way."""
    links = scenario.network.links
    turned = np.isin(links.id, np.array(scenario.contraflow, dtype=np.int64))
    return ~(links.directed & turned), np.asarray(~links.directed | turned)


class Ways:
    """The quickest ways back of each pace, worked out once for each node that is asked for."""

    def __init__(self, scenario: Scenario) -> None:
        """Take the streets of ``scenario``."""
        self.scenario, network = scenario, scenario.network
        self.from_row = network.node_index(network.links.from_node)
        self.to_row = network.node_index(network.links.to_node)
        self.ends = list(zip(self.from_row.tolist(), self.to_row.tolist(), strict=True))
        self.inside = network.links.side == INSIDE
        self._order = np.argsort(network.links.id, kind="stable")
        self.paces: dict[str, Pace] = {}
        self._graphs: dict[str, csr_array] = {}
        self._links: dict[str, dict[int, int]] = {}
        self._trees: dict[tuple[str, int], Tree] = {}

    def rows(self, links: tuple[int, ...]) -> NDArray[np.int64]:
        """Return the rows of links."""
        known = self.scenario.network.links.id
        at = np.searchsorted(known, np.array(links, dtype=np.int64), sorter=self._order)
        return np.asarray(self._order[at])

    def pace(self, name: str) -> Pace:
        """Return a pace: ``group:<id>`` or ``type:<id>``."""
        if name not in self.paces:
            kind, _, one = name.partition(":")
            if kind == "group":
                group = next(group for group in self.scenario.groups if group.id == one)
                self.paces[name] = pace_of_group(self.scenario, group)
            else:
                told = next(kind for kind in self.scenario.fleet.types if kind.id == one)
                self.paces[name] = pace_of_type(self.scenario, told)
        return self.paces[name]

    def trees(self, name: str, nodes: list[int]) -> list[Tree]:
        """Return the ways to each of ``nodes`` (rows) of a pace."""
        missing = sorted({node for node in nodes if (name, node) not in self._trees})
        if missing:
            seconds, following = dijkstra(
                self._graph(name), indices=missing, return_predecessors=True
            )
            for row, node in enumerate(missing):
                self._trees[name, node] = Tree(seconds[row], following[row])
        return [self._trees[name, node] for node in nodes]

    def route(self, name: str, start: int, end: int) -> tuple[int, ...]:
        """Return ids of the links from one node to another (rows) by the quickest way."""
        tree, at, rows = self.trees(name, [end])[0], start, list[int]()
        links, count = self._links[name], len(tree.seconds)
        while at != end:
            after = int(tree.following[at])
            rows.append(links[at * count + after])
            at = after
        return tuple(self.scenario.network.links.id[rows].tolist())

    def _graph(self, name: str) -> csr_array:
        """Return the reversed graph of a pace, the quickest link of each pair of nodes."""
        if name in self._graphs:
            return self._graphs[name]
        pace, rows = self.pace(name), np.arange(len(self.inside))
        fit = self.inside & np.isfinite(pace.seconds)
        ahead, back = rows[fit & pace.ahead], rows[fit & pace.back]
        tail = np.concatenate([self.from_row[ahead], self.to_row[back]])
        head = np.concatenate([self.to_row[ahead], self.from_row[back]])
        link = np.concatenate([ahead, back])
        count = len(self.scenario.network.nodes)
        order = np.lexsort((link, pace.seconds[link], tail * count + head))
        keys, first = np.unique((tail * count + head)[order], return_index=True)
        kept = order[first]
        self._links[name] = dict(zip(keys.tolist(), link[kept].tolist(), strict=True))
        shape = (count, count)
        graph = csr_array((pace.seconds[link[kept]], (head[kept], tail[kept])), shape=shape)
        self._graphs[name] = graph
        return graph
