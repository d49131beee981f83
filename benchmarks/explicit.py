"""The time-expanded graph written out in full, as arrays, for OR-Tools' minimum-cost flow.

One group of equal people, with call-forward slots, steps and ticks of one length: then a plan is a
flow, every street is an arc in every step, and OR-Tools solves the very model that Clearway does.
The rules are written again from ``docs/model.md``; nothing of ``clearway.solve`` is used.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from ortools.graph.python import min_cost_flow
from scipy.sparse import csr_array
from scipy.sparse.csgraph import dijkstra

from clearway.model.network import INSIDE, OPEN
from clearway.model.scenario import Scenario, row_of

SOURCE, SINK = 0, 1
SECONDS_PER_HOUR = 3600.0
#: Step that never comes.
_NEVER = 1 << 30


@dataclass(frozen=True, slots=True, eq=False)
class Graph:
    """Arcs of the time-expanded graph; node 0 is the source, node 1 the sink.

    Attributes
    ----------
    tail, head
        Shape (a,), numbers of nodes.
    capacity
        Shape (a,), whole persons.
    cost
        Shape (a,), steps in the open that a person has on the arc.
    nodes
        Number of nodes.
    persons
        Persons who are willing to go.
    """

    tail: NDArray[np.int32]
    head: NDArray[np.int32]
    capacity: NDArray[np.int64]
    cost: NDArray[np.int64]
    nodes: int
    persons: int

    def __len__(self) -> int:
        """Return the number of arcs."""
        return len(self.tail)


@dataclass(frozen=True, slots=True)
class Flow:
    """The optimum: most people, then least exposure.

    Attributes
    ----------
    people
        Persons brought out.
    exposure_h
        Person-hours in the open.
    """

    people: int
    exposure_h: float


def expand(scenario: Scenario) -> Graph:
    """Write out the graph of a scenario with one group.

    A place in a step is a node only if someone from home can be there by then and be at a gate in
    time from there; all others are left out, which makes the graph smaller and changes no flow.

    Raises
    ------
    ValueError
        If there are many groups, if slot, step and tick differ, if a capacity is no whole number
        of persons a step, or if a day's corridors do not open together.
    """
    planning = scenario.planning
    if len(scenario.groups) != 1 or not planning.slot_s == planning.step_s == planning.tick_s:
        raise ValueError("needs one group, and slots, steps and ticks of one length")
    parts = _Parts(len(scenario.zones), len(scenario.receptions))
    streets = _Streets.of(scenario)
    persons = [
        int(scenario.demand.willing(z, 0, planning.uptake.central).sum())
        for z in range(len(scenario.zones))
    ]
    parts.add(np.full(len(persons), SOURCE), parts.home(), np.array(persons), 0)
    for opens in sorted({window.opens for window in scenario.windows}):
        _add_day(parts, scenario, streets, scenario.seconds(opens))
    places = [int(site.places.central) for site in scenario.receptions]
    parts.add(parts.site(), np.full(len(places), SINK), np.array(places), 0)
    return parts.graph(sum(persons))


def solve(graph: Graph, step_s: int) -> Flow:
    """Return the flow of most people at least exposure, by OR-Tools' cost-scaling push-relabel.

    Raises
    ------
    RuntimeError
        If OR-Tools finds no optimum.
    """
    program = min_cost_flow.SimpleMinCostFlow()
    program.add_arcs_with_capacity_and_unit_cost(graph.tail, graph.head, graph.capacity, graph.cost)
    program.set_node_supply(SOURCE, graph.persons)
    program.set_node_supply(SINK, -graph.persons)
    status = program.solve_max_flow_with_min_cost()
    if status != program.OPTIMAL:
        raise RuntimeError(f"minimum-cost flow ended with status {status}")
    return Flow(int(program.maximum_flow()), program.optimal_cost() * step_s / SECONDS_PER_HOUR)


@dataclass(frozen=True, slots=True, eq=False)
class _Streets:
    """Open streets inside, once each way; walks and capacities in steps.

    ``tail`` and ``head`` are rows of nodes, ``room`` is in persons a step; ``way[k]`` is the steps
    from every node to the mouth of corridor k, and ``home`` those from the nearest zone's node.
    """

    tail: NDArray[np.int64]
    head: NDArray[np.int64]
    walk: NDArray[np.int64]
    room: NDArray[np.int64]
    way: NDArray[np.float64]
    home: NDArray[np.float64]

    @staticmethod
    def of(scenario: Scenario) -> _Streets:
        network, links = scenario.network, scenario.network.links
        rows = np.flatnonzero((links.side == INSIDE) & (links.state == OPEN))
        one = network.node_index(links.from_node[rows])
        other = network.node_index(links.to_node[rows])
        tail, head = np.concatenate([one, other]), np.concatenate([other, one])
        walk = np.tile(walk_steps(scenario)[rows], 2)
        order = np.lexsort((walk, head, tail))
        pair = tail[order] * len(network.nodes) + head[order]
        quick = order[np.append([True], pair[1:] != pair[:-1])]
        shape = (len(network.nodes),) * 2
        graph = csr_array((walk[quick].astype(float), (head[quick], tail[quick])), shape=shape)
        mouths = network.node_index([corridor.mouth for corridor in scenario.corridors])
        zones = network.node_index([zone.node for zone in scenario.zones])
        return _Streets(
            tail,
            head,
            walk,
            np.tile(_persons_a_step(scenario)[rows], 2),
            dijkstra(graph, indices=mouths),
            dijkstra(graph, indices=zones, min_only=True),
        )


def walk_steps(scenario: Scenario) -> NDArray[np.int64]:
    """Return the steps that each link takes: rounded to nearest, at least one."""
    step_m = scenario.groups[0].speed_m_per_s.central * scenario.planning.step_s
    steps = np.floor(scenario.network.links.length_m / step_m + 0.5)
    return np.maximum(1, steps).astype(np.int64)


def _persons_a_step(scenario: Scenario) -> NDArray[np.int64]:
    room = scenario.network.links.foot_capacity_persons_per_s * scenario.planning.step_s
    return _whole(room)


def _whole(values: NDArray[np.float64]) -> NDArray[np.int64]:
    whole = np.rint(values)
    if not np.allclose(values, whole, rtol=0, atol=1e-6):
        raise ValueError("needs capacities of whole persons a step")
    return whole.astype(np.int64)


class _Parts:
    """Arcs, put together part by part."""

    def __init__(self, zones: int, sites: int) -> None:
        self._zones, self._sites = zones, sites
        self.nodes = 2 + zones + sites
        self._arcs: list[tuple[NDArray[np.int64], ...]] = []

    def home(self) -> NDArray[np.int64]:
        return 2 + np.arange(self._zones)

    def site(self) -> NDArray[np.int64]:
        return 2 + self._zones + np.arange(self._sites)

    def add(self, *columns: NDArray[np.int64] | int) -> None:
        """Add arcs: tail, head, capacity, cost, each an array or one number for all."""
        self._arcs.append(np.broadcast_arrays(*columns))

    def graph(self, persons: int) -> Graph:
        tail, head, room, cost = (np.concatenate(part) for part in zip(*self._arcs, strict=True))
        return Graph(tail.astype(np.int32), head.astype(np.int32), room, cost, self.nodes, persons)


def _add_day(parts: _Parts, scenario: Scenario, streets: _Streets, opens_s: int) -> None:
    """Add one day's streets in every step, and its gates."""
    step_s, row = scenario.planning.step_s, row_of(scenario.corridors)
    first, steps, room = -(-opens_s // step_s), walk_steps(scenario), _persons_a_step(scenario)
    gates = []
    for window in scenario.windows:
        if scenario.seconds(window.opens) == opens_s:
            corridor = scenario.corridors[row[window.corridor]]
            links = scenario.network.link_index(corridor.links)
            out_by = scenario.seconds(window.closes) - corridor.margin_s
            through = int(steps[links].sum())
            gates.append((row[corridor.id], through, int(out_by // step_s) - through))
    early = np.where(np.isfinite(streets.home), first + streets.home, _NEVER).astype(np.int64)
    late = np.max([last - streets.way[k] for k, _, last in gates], axis=0)
    late = np.where(np.isfinite(late), late, -1).astype(np.int64)
    count = np.maximum(0, late - early + 1)
    base = parts.nodes + np.cumsum(count) - count - early
    parts.nodes += int(count.sum())
    _add_streets(parts, streets, early, late, base)
    zones = scenario.network.node_index([zone.node for zone in scenario.zones])
    each, step = _runs(early[zones], late[zones])
    parts.add(parts.home()[each], base[zones[each]] + step, 1_000_000_000, 0)
    sites = row_of(scenario.receptions)
    for k, through, last in gates:
        corridor = scenario.corridors[k]
        mouth = int(scenario.network.node_index(corridor.mouth))
        rate = _whole(np.array([corridor.gate_persons_per_s.central * step_s]))[0]
        narrow = min(rate, room[scenario.network.link_index(corridor.links)].min())
        step = np.arange(early[mouth], last + 1)
        parts.add(base[mouth] + step, parts.site()[sites[corridor.reception]], narrow, through)


def _add_streets(
    parts: _Parts,
    streets: _Streets,
    early: NDArray[np.int64],
    late: NDArray[np.int64],
    base: NDArray[np.int64],
) -> None:
    """Add every street in every step in which someone may enter it and still be in time."""
    arc, step = _runs(early[streets.tail], late[streets.head] - streets.walk)
    parts.add(
        base[streets.tail][arc] + step,
        base[streets.head][arc] + step + streets.walk[arc],
        streets.room[arc],
        streets.walk[arc],
    )


def _runs(
    first: NDArray[np.int64], last: NDArray[np.int64]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return the pairs of a row and each step from its first to its last, that included."""
    count = np.maximum(0, last - first + 1)
    row = np.repeat(np.arange(len(count)), count)
    offset = np.arange(len(row)) - np.repeat(np.cumsum(count) - count, count)
    return row, first[row] + offset
