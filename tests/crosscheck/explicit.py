"""The time-expanded graph written out in full, for scenarios whose slot, step and tick are one.

It shares nothing with ``clearway.solve``: walking times, capacities and the rules of the gate are
written again from ``docs/model.md``. Every day's windows must be the same for all corridors.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from ortools.graph.python import max_flow
from scipy.optimize import linprog
from scipy.sparse import coo_array, vstack

from clearway.model.corridor import Corridor
from clearway.model.scenario import Scenario

SCALE = 1000
FAR = 1e7


@dataclass
class Graph:
    """Arcs between numbered nodes; node 0 is the source, node 1 the sink.

    ``shared`` numbers what arcs have in common (a street in a step, a gate in a step, a site), so
    that groups, which have graphs of their own, can share its capacity.
    """

    tail: list[int] = field(default_factory=list)
    head: list[int] = field(default_factory=list)
    capacity: list[float] = field(default_factory=list)
    shared: list[tuple[object, ...] | None] = field(default_factory=list)
    exposed: list[float] = field(default_factory=list)
    clock: list[float] = field(default_factory=list)
    numbers: dict[tuple[object, ...], int] = field(default_factory=dict)

    def node(self, *name: object) -> int:
        """Return the number of a node."""
        return self.numbers.setdefault(name, 2 + len(self.numbers))

    def arc(
        self,
        ends: tuple[int, int],
        capacity: float,
        shared: tuple[object, ...] | None = None,
        *,
        exposed: float = 0.0,
        clock: float = 0.0,
    ) -> None:
        """Add an arc; ``exposed`` and ``clock`` are its steps in the open and until out."""
        self.tail.append(ends[0])
        self.head.append(ends[1])
        self.capacity.append(capacity)
        self.shared.append(shared)
        self.exposed.append(exposed)
        self.clock.append(clock)


@dataclass(frozen=True)
class Street:
    """Ticks that a group takes for each link, persons it holds in a step; who may wait at gates."""

    ticks: NDArray[np.int64]
    room: NDArray[np.float64]
    waiting: bool


def expand(scenario: Scenario, group: int, *, waiting: bool = True) -> Graph:
    """Return one group's graph over all days; ``waiting`` lets people stand at the mouths."""
    planning = scenario.planning
    assert planning.slot_s == planning.step_s == planning.tick_s
    graph = Graph()
    links = scenario.network.links
    speed = scenario.groups[group].speed_m_per_s.central
    ticks = np.maximum(1, np.floor(links.length_m / (speed * planning.tick_s) + 0.5)).astype(int)
    street = Street(ticks, links.foot_capacity_persons_per_s * planning.slot_s, waiting)
    people(graph, scenario, group)
    for span in days(scenario):
        inside(graph, scenario, span, street)
        for corridor in scenario.corridors:
            gate(graph, scenario, corridor, span, street)
    for site in scenario.receptions:
        graph.arc((graph.node("site", site.id), 1), site.places.central, ("site", site.id))
    return graph


def days(scenario: Scenario) -> list[tuple[int, int]]:
    """Return first and last step (to be out by, before margins) of each day's windows."""
    step = scenario.planning.step_s
    spans = {
        (scenario.seconds(w.opens) // step, scenario.seconds(w.closes) // step)
        for w in scenario.windows
    }
    assert len(spans) * len(scenario.corridors) == len(scenario.windows)
    return sorted(spans)


def people(graph: Graph, scenario: Scenario, group: int) -> None:
    """Add the persons willing to go, zone by zone, free to leave in any step of any day."""
    for z, zone in enumerate(scenario.zones):
        willing = scenario.demand.willing(z, group, scenario.planning.uptake.central).sum()
        home = graph.node("home", zone.id)
        graph.arc((0, home), float(willing))
        for first, last in days(scenario):
            for step in range(first, last):
                graph.arc((home, graph.node(first, zone.node, step)), FAR)


def inside(graph: Graph, scenario: Scenario, span: tuple[int, int], street: Street) -> None:
    """Add every open street inside, both ways, in every step."""
    links, (first, last) = scenario.network.links, span
    for row in np.flatnonzero((links.side == "inside") & (links.state == "open")):
        ends = int(links.from_node[row]), int(links.to_node[row])
        walk = int(street.ticks[row])
        for way in (ends, ends[::-1]):
            for step in range(first, last - walk):
                pair = graph.node(first, way[0], step), graph.node(first, way[1], step + walk)
                graph.arc(
                    pair, float(street.room[row]), ("street", row, way[0], step), exposed=walk
                )


def gate(
    graph: Graph, scenario: Scenario, corridor: Corridor, span: tuple[int, int], street: Street
) -> None:
    """Add one gate, its holding area and corridor, and the way on to the reception site."""
    planning, (first, last) = scenario.planning, span
    rows = scenario.network.link_index(corridor.links)
    through = int(street.ticks[rows].sum())
    final = int((last * planning.step_s - corridor.margin_s) // planning.step_s) - through
    rate = corridor.gate_persons_per_s.central * planning.step_s
    room = min(float(rate), float(street.room[rows].min()))
    limit = corridor.holding.limit_persons if street.waiting else 0.0
    site = graph.node("site", corridor.reception)
    for step in range(first, final + 1):
        here = graph.node(first, corridor.mouth, step)
        held = graph.node(first, "held", corridor.id, step)
        graph.arc((here, held), FAR)
        gate_at = ("gate", corridor.id, step)
        graph.arc((held, site), room, gate_at, exposed=through, clock=step + through)
        if step < final:
            later = graph.node(first, "held", corridor.id, step + 1)
            graph.arc((held, later), limit, ("held", corridor.id, step), exposed=1)


def most_people(graph: Graph) -> float:
    """Return the maximum flow by OR-Tools; capacities count to a thousandth of a person."""
    flow = max_flow.SimpleMaxFlow()
    capacity = np.round(np.array(graph.capacity) * SCALE).astype(np.int64)
    flow.add_arcs_with_capacity(np.array(graph.tail), np.array(graph.head), capacity)
    assert flow.solve(0, 1) == flow.OPTIMAL
    return float(flow.optimal_flow()) / SCALE


@dataclass(frozen=True)
class Levels:
    """Optimum of each level by the explicit program: persons, and steps times persons."""

    people: float
    exposure: float
    hours: float


def explicit_levels(scenario: Scenario, held: float, *, waiting: bool = True) -> Levels:
    """Return each level by HiGHS: weighted persons, then exposure and hours given a share of them.

    ``held`` is that share, just below 1: what linear programs need as elbow room.
    """
    graphs = [expand(scenario, g, waiting=waiting) for g in range(len(scenario.groups))]
    weights = [group.weight for group in scenario.groups]
    flow = np.concatenate(
        [w * (np.array(g.head) == 1) for w, g in zip(weights, graphs, strict=True)]
    )
    exposed = np.concatenate([g.exposed for g in graphs])
    clock = np.concatenate([g.clock for g in graphs])
    upper = np.concatenate([g.capacity for g in graphs])
    balance, sharing, limit = _balance(graphs), *_sharing(graphs)
    zero = np.zeros(balance.shape[0])

    def best(cost: NDArray[np.float64], least: float) -> float:
        held = vstack([sharing, coo_array(-flow[None, :])]).tocsr()
        rhs = np.append(limit, -least)
        bounds = np.stack([np.zeros(len(upper)), upper], axis=1)
        answer = linprog(cost, held, rhs, balance, zero, bounds, method="highs")
        assert answer.status == 0, answer.message
        return float(answer.fun)

    people_out = -best(-flow, 0.0)
    least = people_out * held
    return Levels(people_out, best(exposed, least), best(clock, least))


def _balance(graphs: list[Graph]) -> coo_array:
    """Return the rows that keep what flows into each node equal to what flows out of it."""
    rows, columns, values, first, arcs = [], [], [], 0, 0
    for graph in graphs:
        for ends, sign in ((graph.tail, -1.0), (graph.head, 1.0)):
            inner = np.array(ends) >= 2
            rows.append(first + np.array(ends)[inner] - 2)
            columns.append(arcs + np.flatnonzero(inner))
            values.append(np.full(inner.sum(), sign))
        first, arcs = first + len(graph.numbers), arcs + len(graph.tail)
    index = (np.concatenate(rows), np.concatenate(columns))
    return coo_array((np.concatenate(values), index), shape=(first, arcs)).tocsr()


def _sharing(graphs: list[Graph]) -> tuple[coo_array, NDArray[np.float64]]:
    """Return the rows of what groups share, and their limits."""
    names: dict[tuple[object, ...], int] = {}
    limits: list[float] = []
    rows, columns, arcs = [], [], 0
    for graph in graphs:
        for arc, shared in enumerate(graph.shared):
            if shared is not None:
                if shared not in names:
                    names[shared] = len(names)
                    limits.append(graph.capacity[arc])
                rows.append(names[shared])
                columns.append(arcs + arc)
        arcs += len(graph.tail)
    shape = (len(names), arcs)
    return coo_array((np.ones(len(rows)), (rows, columns)), shape=shape), np.array(limits)
