"""Vehicles' days written out in full, minute by minute, as one mixed-integer program (HiGHS).

It shares nothing with ``clearway.solve``: drives, checks, lanes and walks are written again from
``docs/model.md``. Whole vehicles flow over places, gates and stops; people on board, and those who
pass a gate on foot in each step, are shares of persons, so that no plan of trips with one stop,
rounded to minutes, brings out more.
"""

from __future__ import annotations

import math
from collections import defaultdict
from dataclasses import dataclass, field
from itertools import product

import networkx as nx  # type: ignore[import-untyped]
import numpy as np
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import coo_array

from clearway.model.care import COLOURS, STRETCHER, WHEELCHAIR, Patient, metres_between
from clearway.model.fleet import CARE, VehicleType
from clearway.model.population import WALK
from clearway.model.scenario import Scenario

MINUTE = 60
Key = tuple[object, ...]


@dataclass
class Program:
    """Columns by number, rows by name: ``row: {column: share}`` with a lower and upper limit."""

    upper: list[float] = field(default_factory=list)
    whole: list[int] = field(default_factory=list)
    rows: dict[Key, dict[int, float]] = field(default_factory=lambda: defaultdict(dict))
    limits: dict[Key, tuple[float, float]] = field(default_factory=dict)

    def column(self, upper: float = math.inf, *, whole: bool = False) -> int:
        """Add a column; return its number."""
        self.upper.append(upper)
        self.whole.append(int(whole))
        return len(self.upper) - 1

    def put(self, name: Key, column: int, share: float, limits: tuple[float, float]) -> None:
        """Let a column count in a row."""
        entries = self.rows[name]
        entries[column] = entries.get(column, 0.0) + share
        self.limits[name] = limits

    def most(self, gain: dict[int, float], gap: float) -> float:
        """Return the most of ``gain`` that there is: a bound, ``gap`` or less above a solution."""
        at = {name: n for n, name in enumerate(self.rows)}
        entries = [
            (at[name], column, share)
            for name, row in self.rows.items()
            for column, share in row.items()
        ]
        rows, columns, shares = (np.array(part) for part in zip(*entries, strict=True))
        matrix = coo_array((shares, (rows, columns)), shape=(len(at), len(self.upper))).tocsr()
        low, high = (np.array([self.limits[name][n] for name in at]) for n in (0, 1))
        cost = np.zeros(len(self.upper))
        cost[list(gain)] = [-value for value in gain.values()]
        answer = milp(
            cost,
            constraints=LinearConstraint(matrix, low, high),
            bounds=Bounds(np.zeros(len(self.upper)), np.array(self.upper)),
            integrality=np.array(self.whole),
            options={"mip_rel_gap": gap, "time_limit": 60.0},
        )
        assert answer.status == 0, answer.message
        return float(-answer.mip_dual_bound)


class Town:
    """Times of one scenario of a single day, in minutes from its opening."""

    def __init__(self, scenario: Scenario) -> None:
        """Read streets and windows."""
        self.scenario = scenario
        links = scenario.network.links
        self.ends = {
            int(i): (int(a), int(b))
            for i, a, b in zip(links.id, links.from_node, links.to_node, strict=True)
        }
        self.metres = dict(zip(links.id.tolist(), links.length_m.tolist(), strict=True))
        self.speed = dict(zip(links.id.tolist(), links.speed_m_per_s.tolist(), strict=True))
        inside = (links.side == "inside") & (links.state == "open")
        self.inside = links.id[inside].tolist()
        (window,) = {
            (scenario.seconds(one.opens), scenario.seconds(one.closes)) for one in scenario.windows
        }
        assert window[0] == 0
        self.closes_s = window[1]

    def drives(self, kind: VehicleType) -> dict[tuple[int, int], float]:
        """Return seconds between all nodes inside."""
        graph = nx.Graph()
        most = kind.speed_m_per_s.central
        for link in self.inside:
            seconds = self.metres[link] / min(most, self.speed[link])
            graph.add_edge(*self.ends[link], seconds=seconds)
        lengths = nx.all_pairs_dijkstra_path_length(graph, weight="seconds")
        return {(a, b): s for a, row in lengths for b, s in row.items()}

    def through(self, k: int, speed: float) -> float:
        """Return seconds along a corridor."""
        links = self.scenario.corridors[k].links
        return float(sum(self.metres[link] / min(speed, self.speed[link]) for link in links))

    def exit(self, k: int) -> tuple[float, float]:
        """Return longitude and latitude of a corridor's exit."""
        node = self.scenario.corridors[k].mouth
        for link in self.scenario.corridors[k].links:
            a, b = self.ends[link]
            node = b if node == a else a
        return self.at(node)

    def at(self, node: int) -> tuple[float, float]:
        """Return longitude and latitude of a node."""
        nodes = self.scenario.network.nodes
        row = int(np.flatnonzero(nodes.id == node)[0])
        return float(nodes.lon[row]), float(nodes.lat[row])

    def outside(self, place: tuple[float, float], k: int) -> float:
        """Return seconds from a place outside to a corridor's exit."""
        fleet = self.scenario.fleet
        metres = fleet.outside_detour.central * metres_between(*place, *self.exit(k))
        return metres / fleet.outside_m_per_s.central

    def walks(self, g: int) -> dict[tuple[int, int], int]:
        """Return ticks between all nodes inside of those of a group who walk."""
        graph = nx.Graph()
        for link in self.inside:
            graph.add_edge(*self.ends[link], ticks=self.ticks(g, link))
        lengths = nx.all_pairs_dijkstra_path_length(graph, weight="ticks")
        return {(a, b): t for a, row in lengths for b, t in row.items()}

    def ticks(self, g: int, link: int) -> int:
        """Return the ticks that a group walks along a link."""
        tick = self.scenario.planning.tick_s
        speed = self.scenario.groups[g].speed_m_per_s.central
        return int(max(1, math.floor(self.metres[link] / (speed * tick) + 0.5)))


def minutes(seconds: float) -> int:
    """Return whole minutes, never too few."""
    return math.ceil(seconds / MINUTE - 1e-9)


@dataclass(frozen=True)
class Out:
    """One way out: a vehicle's column, its type, zone, corridor, destination, and when."""

    column: int
    kind: VehicleType
    zone: int
    corridor: int
    to: str
    leave: int
    gate: int


class Days:
    """The vehicles of a scenario in a program: where each of them can be in which minute."""

    def __init__(self, scenario: Scenario, destinations: dict[str, tuple[float, float]]) -> None:
        """Write the rows of every type.

        ``destinations`` are the places at which a trip may end; a vehicle goes on from there.
        """
        self.town, self.scenario, self.program = Town(scenario), scenario, Program()
        depots = scenario.fleet.depots
        self.places = {one.id: (one.lon, one.lat) for one in depots if one.node is None}
        self.places |= destinations
        self.depots = {one.id: one.node for one in depots if one.node is not None}
        self.to = tuple(destinations)
        self.ends = self.town.closes_s // MINUTE
        self.begin = -40
        self.outs: list[Out] = []
        for kind in scenario.fleet.types:
            rows = [one for one in scenario.fleet.vehicles if one.type == kind.id]
            for row in rows:
                if row.count:
                    self._type(kind, row.depot, row.count)

    def _type(self, kind: VehicleType, depot: str, count: int) -> None:
        corridors = range(len(self.scenario.corridors))
        for name, k in product(self.places, corridors):
            there = self.town.outside(self.places[name], k)
            drive = minutes(there + self.town.through(k, kind.speed_m_per_s.central))
            for t in range(self.begin, self.ends - drive):
                self._move(kind, ("at", name, t), ("in", k, t + drive))
        nodes = [("at", name) for name in self.places] + [("in", k) for k in corridors]
        nodes += [("stop", z) for z in range(len(self.scenario.zones))]
        for node in nodes:
            for t in range(self.begin, self.ends):
                self._move(kind, (*node, t), (*node, t + 1), whole=False)
        self._inside(kind)
        start = self.program.column(float(count))
        if depot in self.depots:
            self._stand_inside(kind, depot, start)
        else:
            self._balance(kind, ("at", depot, self.begin), start, 1.0)
        for node in nodes:
            self._balance(kind, (*node, self.ends), self.program.column(), -1.0)

    def _stand_inside(self, kind: VehicleType, depot: str, start: int) -> None:
        """Let vehicles leave a depot inside for a stop, from the opening on: by no gate."""
        drives, node = self.town.drives(kind), ("home", depot)
        self._balance(kind, (*node, 0), start, 1.0)
        for t in range(self.ends):
            self._move(kind, (*node, t), (*node, t + 1), whole=False)
            for z, zone in enumerate(self.scenario.zones):
                to = t + minutes(drives[self.depots[depot], zone.node] + kind.board_s.central)
                if to < self.ends:
                    self._move(kind, (*node, t), ("stop", z, to))
        self._balance(kind, (*node, self.ends), self.program.column(), -1.0)

    def _inside(self, kind: VehicleType) -> None:
        drives = self.town.drives(kind)
        full = kind.seats + kind.wheelchairs + kind.stretchers
        for (z, zone), (k, corridor) in product(
            enumerate(self.scenario.zones), enumerate(self.scenario.corridors)
        ):
            drive = drives[corridor.mouth, zone.node]
            into = minutes(drive + kind.board_s.central)
            for t in range(self.ends - into):
                self._lane(k, t, self._move(kind, ("in", k, t), ("stop", z, t + into)))
            check = full / corridor.gate_persons_per_s.central
            through = self.town.through(k, kind.speed_m_per_s.central)
            last = self.town.closes_s - corridor.margin_s - through
            out = minutes(drive + check)
            for t, to in product(range(self.ends - out), self._to(k)):
                gate = t + out
                if gate * MINUTE > last:
                    continue
                after = through + self.town.outside(self.places[to], k)
                done = gate + minutes(after + kind.alight_s.central + kind.rest_s)
                end = min(done, self.ends)
                column = self._move(kind, ("stop", z, t), ("at", to, end))
                self._lane(k, gate, column)
                self.outs.append(Out(column, kind, z, k, to, t, gate))

    def _to(self, k: int) -> tuple[str, ...]:
        """Return where those who leave by a corridor are brought."""
        site = self.scenario.corridors[k].reception
        return (site,) if site in self.to else self.to

    def _move(self, kind: VehicleType, start: Key, end: Key, *, whole: bool = True) -> int:
        column = self.program.column(99.0, whole=whole)
        self._balance(kind, start, column, -1.0)
        self._balance(kind, end, column, 1.0)
        return column

    def _balance(self, kind: VehicleType, node: Key, column: int, sign: float) -> None:
        self.program.put((kind.id, *node), column, sign, (0.0, 0.0))

    def _lane(self, k: int, minute: int, column: int) -> None:
        slot_s, corridor = self.scenario.planning.slot_s, self.scenario.corridors[k]
        most = math.floor(corridor.vehicles_per_s.central * slot_s + 1e-6)
        slot = minute * MINUTE // slot_s
        self.program.put(("lane", k, slot), column, 1.0, (0.0, float(most)))


def most_people(scenario: Scenario, gap: float) -> float:
    """Return the most persons by weight who can be brought out on foot and on board."""
    nodes = {site.id: site.node for site in scenario.receptions}
    town = Town(scenario)
    days = Days(scenario, {name: town.at(node) for name, node in nodes.items()})
    program, gain = days.program, dict[int, float]()
    supply = {
        (z, g): float(scenario.demand.willing(z, g, scenario.planning.uptake.central).sum())
        for z in range(len(scenario.zones))
        for g in range(len(scenario.groups))
    }
    for out in days.outs:
        seats = (f"seats {out.kind.id}", out.column)
        program.put(seats, out.column, -float(out.kind.seats), (-math.inf, 0.0))
        for g, group in enumerate(scenario.groups):
            if group.rides and not out.kind.stretchers:
                assert not group.wheelchair_users
                column = program.column()
                program.put(seats, column, 1.0, (-math.inf, 0.0))
                home = ("home", out.zone, g)
                program.put(home, column, 1.0, (0.0, supply[out.zone, g]))
                _check(days, column, out.corridor, out.gate)
                gain[column] = group.weight
    for g, group in enumerate(scenario.groups):
        if WALK in group.modes:
            gain |= _on_foot(days, g, supply)
    return program.most(gain, gap)


def _check(days: Days, column: int, k: int, minute: int) -> None:
    """Let persons on board be checked evenly over the slot."""
    planning = days.scenario.planning
    steps = planning.slot_s // planning.step_s
    rate = days.scenario.corridors[k].gate_persons_per_s.central * planning.step_s
    slot = minute * MINUTE // planning.slot_s
    for step in range(slot * steps, (slot + 1) * steps):
        days.program.put(("gate", k, step), column, 1.0 / steps, (0.0, rate))


def _on_foot(days: Days, g: int, supply: dict[tuple[int, int], float]) -> dict[int, float]:
    """Let a group pass the gates step by step; who is there early may wait."""
    scenario, town, gain = days.scenario, days.town, dict[int, float]()
    planning, walks = scenario.planning, town.walks(g)
    for k, corridor in enumerate(scenario.corridors):
        through = sum(town.ticks(g, link) for link in corridor.links) * planning.tick_s
        last = int((town.closes_s - corridor.margin_s - through) // planning.step_s)
        rate = corridor.gate_persons_per_s.central * planning.step_s
        for z, zone in enumerate(scenario.zones):
            walk = walks[zone.node, corridor.mouth] * planning.tick_s
            for step in range(-(-walk // planning.step_s), last + 1):
                column = days.program.column()
                home = ("home", z, g)
                days.program.put(home, column, 1.0, (0.0, supply[z, g]))
                days.program.put(("gate", k, step), column, 1.0, (0.0, rate))
                gain[column] = scenario.groups[g].weight
    return gain


def most_patients(scenario: Scenario, gap: float) -> tuple[float, ...]:
    """Return the most patients of each colour, those with the first claim first."""
    homes = {one.id: (one.lon, one.lat) for one in scenario.care.hospitals}
    days = Days(scenario, homes)
    program, care = days.program, scenario.care
    gains: dict[str, dict[int, float]] = {colour: {} for colour in COLOURS}
    for out, one in product(days.outs, care.patients):
        if not _may(scenario, out, one):
            continue
        column = program.column(1.0, whole=True)
        lies, rolls = one.posture == STRETCHER, one.posture == WHEELCHAIR
        kind = out.kind
        needs = (
            ("seats", one.companions + (not lies and not rolls), kind.seats),
            ("chairs", int(rolls), kind.wheelchairs),
            ("lying", int(lies), kind.stretchers),
        )
        for name, need, there in needs:
            row = (name, out.column)
            program.put(row, out.column, -float(there), (-math.inf, 0.0))
            program.put(row, column, float(need), (-math.inf, 0.0))
        hospital = next(h for h in care.hospitals if h.id == out.to)
        program.put(("once", one.code), column, 1.0, (0.0, 1.0))
        program.put(("bed", out.to, one.bed), column, 1.0, (0.0, hospital.places(one.bed)))
        rate = scenario.corridors[out.corridor].gate_persons_per_s.central
        slot_s = scenario.planning.slot_s
        gate = ("aboard", out.corridor, out.gate * MINUTE // slot_s)
        program.put(gate, column, float(one.persons), (0.0, rate * slot_s))
        gains[care.colour(one)][column] = 1.0
    best = list[float]()
    for colour in COLOURS:
        found = float(math.floor(program.most(gains[colour], gap) + 1e-6)) if gains[colour] else 0.0
        for column in gains[colour]:
            program.put(("held", colour), column, 1.0, (found, math.inf))
        best.append(found)
    return tuple(best)


def _may(scenario: Scenario, out: Out, one: Patient) -> bool:
    """Whether a patient may be on a way out at all."""
    ready = -math.inf if one.ready is None else scenario.seconds(one.ready)
    here = scenario.zones[out.zone].id == one.zone and out.leave * MINUTE >= ready
    agreed = one.accepts in {"", out.to} and out.to not in one.refuses
    return here and agreed and CARE.index(one.care) <= CARE.index(out.kind.care)
