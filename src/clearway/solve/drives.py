"""Where vehicles of the fleet can drive, and how long that takes."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array
from scipy.sparse.csgraph import dijkstra

from clearway.model.care import metres_between
from clearway.model.corridor import Corridor
from clearway.model.fleet import VehicleType
from clearway.model.network import INSIDE, OPEN
from clearway.model.scenario import Scenario


@dataclass(frozen=True, slots=True, eq=False)
class Roads:
    """Arcs that one type of vehicle may drive inside, the quickest of each pair of nodes.

    Attributes
    ----------
    graph
        Shape (nodes, nodes), seconds.
    link
        Rows of links by ``tail * nodes + head``.
    """

    graph: csr_array
    link: dict[int, int]


@dataclass(frozen=True, slots=True, eq=False)
class Drives:
    """Seconds of driving of one type; z zones, k corridors, p places outside. Infinite: no way.

    Attributes
    ----------
    gate_stop, stop_gate
        Shape (k, z), between a gate and a zone's node, each way.
    stop_stop
        Shape (z, z), from one zone's node to another's.
    inward, outward
        Shape (k,), along the corridor to the gate and from the gate; infinite too where the type
        may not pass.
    outside
        Shape (p, k), between places outside and corridors' exits.
    depot_stop
        Shape (d, z), from depots inside to zones' nodes; depots stand in the order of the scenario,
        no way leads from one that is outside.
    """

    scenario: Scenario
    type: VehicleType
    roads: Roads
    gate_stop: NDArray[np.float64]
    stop_gate: NDArray[np.float64]
    stop_stop: NDArray[np.float64]
    inward: NDArray[np.float64]
    outward: NDArray[np.float64]
    outside: NDArray[np.float64]
    depot_stop: NDArray[np.float64]
    from_gate: NDArray[np.int32]
    from_stop: NDArray[np.int32]
    from_depot: dict[int, tuple[int, NDArray[np.int32]]]
    mouths: NDArray[np.int64]
    stops: NDArray[np.int64]

    def links_in(self, corridor: int, zone: int) -> tuple[int, ...]:
        """Return ids of the links from a corridor's exit to a zone's node."""
        inward = tuple(reversed(self.scenario.corridors[corridor].links))
        way = self._way(self.from_gate[corridor], int(self.mouths[corridor]), zone)
        return (*inward, *way)

    def links_from(self, depot: int, zone: int) -> tuple[int, ...]:
        """Return ids of the links from a depot inside to a zone's node."""
        start, before = self.from_depot[depot]
        return self._way(before, start, zone)

    def links_between(self, zone: int, other: int) -> tuple[int, ...]:
        """Return ids of the links from one zone's node to another's."""
        return self._way(self.from_stop[zone], int(self.stops[zone]), other)

    def links_out(self, zone: int, corridor: int) -> tuple[int, ...]:
        """Return ids of the links from a zone's node to a corridor's exit."""
        start, mouth = int(self.stops[zone]), int(self.mouths[corridor])
        way = _ways(self.roads, self.from_stop[zone], start, mouth, self.scenario)
        return (*way, *self.scenario.corridors[corridor].links)

    def within(self, metres: float, corridor: int, zones: Sequence[int], other: int) -> bool:
        """Whether it is no farther from a corridor's exit by zones' nodes to another's exit."""
        seconds = self.inward[corridor] + self.gate_stop[corridor, zones[0]]
        seconds += sum(self.stop_stop[pair] for pair in pairwise(zones))
        seconds += self.stop_gate[other, zones[-1]] + self.outward[other]
        # Nobody is faster than the type: most ways need not be looked up.
        if seconds * self.type.speed_m_per_s.central <= metres:
            return True
        return self._metres(self.links_in(corridor, zones[0]), zones, other) <= metres

    def within_from(self, metres: float, depot: int, zones: Sequence[int], other: int) -> bool:
        """Whether it is no farther from a depot inside by zones' nodes to a corridor's exit."""
        return self._metres(self.links_from(depot, zones[0]), zones, other) <= metres

    def _metres(self, first: tuple[int, ...], zones: Sequence[int], other: int) -> float:
        """Return metres of a way to the first of some zones, by the others and out."""
        ways = [first, *(self.links_between(*pair) for pair in pairwise(zones))]
        ways.append(self.links_out(zones[-1], other))
        network = self.scenario.network
        rows = network.link_index([link for way in ways for link in way])
        return float(network.links.length_m[rows].sum())

    def outside_m(self, place: int, corridor: int) -> float:
        """Return metres between a place outside and a corridor's exit."""
        return float(self.outside[place, corridor]) * self.scenario.fleet.outside_m_per_s.central

    def _way(self, before: NDArray[np.int32], start: int, zone: int) -> tuple[int, ...]:
        return _ways(self.roads, before, start, int(self.stops[zone]), self.scenario)


def _ways(
    roads: Roads, before: NDArray[np.int32], start: int, end: int, scenario: Scenario
) -> tuple[int, ...]:
    """Return ids of the links of the quickest way that ``before`` (a tree) holds."""
    rows, nodes = list[int](), len(before)
    while end != start:
        previous = int(before[end])
        rows.append(roads.link[previous * nodes + end])
        end = previous
    return tuple(scenario.network.links.id[rows[::-1]].tolist())


def drives(scenario: Scenario, kind: VehicleType) -> Drives:
    """Work out how long vehicles of a type drive between all that they may have to reach."""
    network = scenario.network
    roads = _roads(scenario, kind)
    mouths = network.node_index([corridor.mouth for corridor in scenario.corridors])
    stops = network.node_index([zone.node for zone in scenario.zones])
    gates, from_gate = dijkstra(roads.graph, indices=mouths, return_predecessors=True)
    zones, from_stop = dijkstra(roads.graph, indices=stops, return_predecessors=True)
    each = [_through(scenario, kind, corridor) for corridor in scenario.corridors]
    depot_stop, from_depot = _from_depots(scenario, roads, stops)
    return Drives(
        scenario=scenario,
        type=kind,
        roads=roads,
        gate_stop=gates[:, stops],
        stop_gate=zones[:, mouths].T,
        stop_stop=zones[:, stops],
        inward=np.array([one[0] for one in each]),
        outward=np.array([one[1] for one in each]),
        outside=outside(scenario),
        depot_stop=depot_stop,
        from_gate=from_gate,
        from_stop=from_stop,
        from_depot=from_depot,
        mouths=mouths,
        stops=stops,
    )


def places(scenario: Scenario) -> tuple[tuple[str, float, float], ...]:
    """Return id, longitude and latitude of depots, reception sites and hospitals, in this order.

    A depot inside stands here too, though nobody drives to it outside.
    """
    nodes = scenario.network.nodes
    sites = scenario.network.node_index([site.node for site in scenario.receptions])
    found = [(one.id, one.lon, one.lat) for one in scenario.fleet.depots]
    found += [
        (site.id, float(nodes.lon[row]), float(nodes.lat[row]))
        for site, row in zip(scenario.receptions, sites, strict=True)
    ]
    found += [(one.id, one.lon, one.lat) for one in scenario.care.hospitals]
    return tuple(found)


def outside(scenario: Scenario) -> NDArray[np.float64]:
    """Return seconds between places outside and the corridors' exits, shape (p, k)."""
    fleet, nodes = scenario.fleet, scenario.network.nodes
    pace = fleet.outside_detour.central / fleet.outside_m_per_s.central
    exits = [exit_node(scenario, corridor) for corridor in scenario.corridors]
    return np.array(
        [
            [
                pace * metres_between(lon, lat, float(nodes.lon[row]), float(nodes.lat[row]))
                for row in exits
            ]
            for _, lon, lat in places(scenario)
        ]
    ).reshape(-1, len(exits))


def between(scenario: Scenario, one: str, other: str) -> float:
    """Return seconds between two places outside, by id."""
    known = {name: (lon, lat) for name, lon, lat in places(scenario)}
    pace = scenario.fleet.outside_detour.central / scenario.fleet.outside_m_per_s.central
    return pace * metres_between(*known[one], *known[other])


def home(scenario: Scenario, place: str, depot: str) -> float:
    """Return seconds from a place outside to a depot, by id.

    Whose depot is inside stays where its last trip ended: it comes in again on a trip alone.
    """
    return 0.0 if depot in scenario.fleet.inside else between(scenario, place, depot)


def exit_node(scenario: Scenario, corridor: Corridor) -> int:
    """Return the row of the node at which a corridor ends."""
    network = scenario.network
    node = int(network.node_index(corridor.mouth))
    for row in network.link_index(corridor.links):
        ends = network.node_index([network.links.from_node[row], network.links.to_node[row]])
        node = int(ends[1] if node == ends[0] else ends[0])
    return node


def _roads(scenario: Scenario, kind: VehicleType) -> Roads:
    links, nodes = scenario.network.links, len(scenario.network.nodes)
    rows = np.flatnonzero((links.side == INSIDE) & _drivable(scenario, kind))
    starts = scenario.network.node_index(links.from_node[rows])
    ends = scenario.network.node_index(links.to_node[rows])
    seconds = _seconds(scenario, kind)[rows]
    turned = np.isin(links.id[rows], scenario.contraflow)
    ahead, back = ~turned, turned | ~links.directed[rows]
    tail = np.concatenate([starts[ahead], ends[back]])
    head = np.concatenate([ends[ahead], starts[back]])
    cost = np.concatenate([seconds[ahead], seconds[back]])
    link = np.concatenate([rows[ahead], rows[back]])
    keys = tail * nodes + head
    order = np.lexsort((cost, keys))
    first = order[np.unique(keys[order], return_index=True)[1]]
    graph = csr_array((cost[first], (tail[first], head[first])), shape=(nodes, nodes))
    return Roads(graph, dict(zip(keys[first].tolist(), link[first].tolist(), strict=True)))


def _from_depots(
    scenario: Scenario, roads: Roads, stops: NDArray[np.int64]
) -> tuple[NDArray[np.float64], dict[int, tuple[int, NDArray[np.int32]]]]:
    """Return seconds from depots inside to stops, (d, z), and by row each one's node and tree."""
    depots, trees = scenario.fleet.depots, dict[int, tuple[int, NDArray[np.int32]]]()
    seconds = np.full((len(depots), len(stops)), np.inf)
    for d, depot in enumerate(depots):
        if depot.node is not None:
            start = int(scenario.network.node_index(depot.node))
            reached, before = dijkstra(roads.graph, indices=start, return_predecessors=True)
            seconds[d], trees[d] = reached[stops], (start, before)
    return seconds, trees


def _drivable(scenario: Scenario, kind: VehicleType) -> NDArray[np.bool_]:
    links = scenario.network.links
    wide = (links.speed_m_per_s > 0) & (links.capacity_veh_per_s > 0) & (links.lanes > 0)
    allowed = ~np.isin(links.facility, kind.barred)
    return np.asarray((links.state == OPEN) & wide & allowed)


def _seconds(scenario: Scenario, kind: VehicleType) -> NDArray[np.float64]:
    """Return seconds of each link, shape (links,)."""
    links = scenario.network.links
    speed = np.minimum(links.speed_m_per_s, kind.speed_m_per_s.central)
    known = np.asarray(speed > 0)
    return np.asarray(np.where(known, links.length_m / np.where(known, speed, 1.0), math.inf))


def _through(scenario: Scenario, kind: VehicleType, corridor: Corridor) -> tuple[float, float]:
    """Return seconds along a corridor inward and outward."""
    if corridor.vehicles_per_s.central <= 0:
        return math.inf, math.inf
    if kind.corridors and corridor.id not in kind.corridors:
        return math.inf, math.inf
    links = scenario.network.links
    rows = scenario.network.link_index(corridor.links)
    if not _drivable(scenario, kind)[rows].all():
        return math.inf, math.inf
    total = float(_seconds(scenario, kind)[rows].sum())
    node, inward, outward = int(scenario.network.node_index(corridor.mouth)), total, total
    for row in rows:
        start = int(scenario.network.node_index(links.from_node[row]))
        end = int(scenario.network.node_index(links.to_node[row]))
        ahead = node == start
        if links.directed[row]:
            turned = links.id[row] in scenario.contraflow
            inward, outward = (math.inf, outward) if ahead != turned else (inward, math.inf)
        node = end if ahead else start
    return inward, outward
