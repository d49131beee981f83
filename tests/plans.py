"""Good plans for tests, made without the solver: simple, greedy, and careful.

The planner goes through the departures in order and lets as many households go as the gate can
pass without anyone waiting longer than to the next step. Such a plan is no optimum, but every
figure of it follows from the scenario without replaying a queue.
"""

from __future__ import annotations

import heapq
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from math import floor

import numpy as np
from numpy.typing import NDArray

from clearway.model.corridor import Corridor, Window
from clearway.model.facts import Text
from clearway.model.network import INSIDE, OPEN, OUTSIDE
from clearway.model.plan import (
    EXPOSURE,
    HOURS,
    OPTIMAL,
    PARTIAL,
    PEOPLE,
    Level,
    Movement,
    Plan,
    Status,
)
from clearway.model.population import CAR, Group
from clearway.model.scenario import Scenario

#: Part of what is left of a limit that the planner leaves alone: rounding never fills it.
_SPARE = 1e-9

#: Cost of a link that is not to be used.
_FAR_M = 10**9

#: For each node: the cost to a root, and the first link of the way there.
Ways = dict[int, tuple[int, tuple[int, ...]]]

#: Pairs of a link with its way (0 as it is written, 1 back), and the ticks until it is entered.
Entries = tuple[tuple[tuple[int, int], int], ...]


@dataclass(frozen=True)
class Way:
    """One way out: of a zone, for a group, through a corridor.

    Attributes
    ----------
    links
        Ids from the zone's node to the reception site.
    entries
        Of the links before the gate, ticks from home.
    behind
        Of the corridor's links and those behind it, ticks from the gate.
    gate, through
        Ticks from home to the gate, and from there to the exit.
    """

    links: tuple[int, ...]
    entries: Entries
    behind: Entries
    gate: int
    through: int


@dataclass
class _Room:
    """What is left of every limit while a plan grows."""

    gates: dict[tuple[str, int], float] = field(default_factory=dict)
    links: dict[tuple[tuple[int, int], int], float] = field(default_factory=dict)
    sites: dict[str, float] = field(default_factory=dict)


def greedy_plan(
    scenario: Scenario,
    *,
    most_households: int = 1_000_000,
    aboard: Mapping[tuple[str, int], float] | None = None,
    riding: Mapping[tuple[int, int], int] | None = None,
) -> Plan:
    """Return a plan of ``scenario`` on foot and in cars that keeps every rule but fairness.

    Parameters
    ----------
    scenario
        Any scenario.
    most_households
        Most households that one movement may call.
    aboard
        Persons in vehicles that leave by each corridor's gate in each slot; they go first.
    riding
        Households, of each zone and group (rows), that ride: the last of those willing.
    """
    return _Greedy(scenario, most_households, aboard or {}, riding or {}).plan()


def ways_out(scenario: Scenario) -> dict[tuple[int, int, int], Way]:
    """Return the quickest way of each zone, group and corridor (rows), where there is one."""
    streets = Streets(scenario)
    found = {}
    for k, corridor in enumerate(scenario.corridors):
        tail = streets.tail(corridor)
        for g in range(len(scenario.groups)):
            if scenario.groups[g].own_way is None:
                continue
            to_mouth = streets.tree(corridor.mouth, INSIDE, streets.ticks[g], g)
            for z, zone in enumerate(scenario.zones):
                if tail is not None and zone.node in to_mouth:
                    head = streets.follow(to_mouth, zone.node)
                    found[z, g, k] = streets.way(g, corridor, head, tail)
    return found


def levels_of(scenario: Scenario, movements: tuple[Movement, ...]) -> tuple[Level, ...]:
    """Return the levels of a plan in which nobody waits longer than to the next step.

    The first level's bound is everyone willing; those of the others are half the value: true of
    any plan that this planner makes, and proved by nobody.
    """
    planning = scenario.planning
    row = {group.id: g for g, group in enumerate(scenario.groups)}
    streets = Streets(scenario)
    corridors = {corridor.id: corridor for corridor in scenario.corridors}
    people = exposure = hours = 0.0
    for move in movements:
        corridor, ticks = corridors[move.corridor], streets.ticks[row[move.group]]
        walk = sum(ticks[link] for link in move.links[: move.links.index(corridor.links[0])])
        through = sum(ticks[link] for link in corridor.links) * planning.tick_s
        for leave in _leaves(scenario, move.depart_s):
            gate = -(-(leave + walk * planning.tick_s) // planning.step_s) * planning.step_s
            persons = move.persons / (planning.slot_s // planning.step_s)
            exposure += persons * (gate + through - leave) / 3600
            hours += persons * (gate + through) / 3600
        people += move.persons
    willing = float(willing_persons(scenario))
    return (
        Level(PEOPLE, people, willing),
        Level(EXPOSURE, exposure, exposure / 2),
        Level(HOURS, hours, hours / 2),
    )


def willing_persons(scenario: Scenario) -> int:
    """Return the persons in all households expected to go."""
    uptake = scenario.planning.uptake.central
    zones, groups = range(len(scenario.zones)), range(len(scenario.groups))
    return sum(int(scenario.demand.willing(z, g, uptake).sum()) for z in zones for g in groups)


class Streets:
    """The links of a scenario by their ids, to walk on."""

    def __init__(self, scenario: Scenario) -> None:
        """Take what walking needs out of ``scenario``."""
        self.scenario = scenario
        links, tick_s = scenario.network.links, scenario.planning.tick_s
        ids, lengths = links.id.tolist(), links.length_m.tolist()
        ends = zip(links.from_node.tolist(), links.to_node.tolist(), strict=True)
        self.ends: dict[int, tuple[int, int]] = dict(zip(ids, ends, strict=True))
        self.metres = {one: max(1, round(length)) for one, length in zip(ids, lengths, strict=True)}
        self.free: dict[int, float] = dict(zip(ids, links.speed_m_per_s.tolist(), strict=True))
        self.one_way = set(links.id[links.directed].tolist())
        self.ticks: list[dict[int, int]] = [
            {
                one: max(1, floor(length / (self._speed(group, one) * tick_s) + 0.5))
                for one, length in zip(ids, lengths, strict=True)
            }
            for group in scenario.groups
        ]

    def _speed(self, group: Group, link: int) -> float:
        central = group.speed_m_per_s.central
        return min(central, self.free[link]) if CAR in group.modes else central

    def drivable(self, group: int | None, link: int, start: int) -> bool:
        """Return whether a group, or vehicles (None), may enter a link at node ``start``."""
        if group is not None and CAR not in self.scenario.groups[group].modes:
            return True
        if link not in self.one_way:
            return True
        turned = group is not None and link in self.scenario.contraflow
        return start == self.ends[link][1 if turned else 0]

    def other(self, link: int, node: int) -> int:
        """Return the end of ``link`` that is not ``node``."""
        a, b = self.ends[link]
        return b if node == a else a

    def tree(self, root: int, side: str, cost: dict[int, int], group: int | None = 0) -> Ways:
        """Return for each node the cost to the root and the first link there (none at it)."""
        links = self.scenario.network.links
        around: dict[int, list[int]] = defaultdict(list)
        for link in links.id[(links.side == side) & (links.state == OPEN)].tolist():
            for end in self.ends[link]:
                around[end].append(link)
        best: Ways = {}
        heap: list[tuple[int, int, tuple[int, ...]]] = [(0, root, ())]
        while heap:
            far, node, first = heapq.heappop(heap)
            if node in best:
                continue
            best[node] = (far, first)
            for link in around[node]:
                start = self.other(link, node)
                if self.drivable(group, link, start):
                    heapq.heappush(heap, (far + cost[link], start, (link,)))
        return best

    def follow(self, tree: Ways, node: int) -> tuple[int, ...]:
        """Return the links from ``node`` to the root of ``tree``."""
        route = []
        while tree[node][1]:
            link = tree[node][1][0]
            route.append(link)
            node = self.other(link, node)
        return tuple(route)

    def tail(self, corridor: Corridor) -> tuple[int, ...] | None:
        """Return the links from a corridor's mouth to its reception site."""
        node = corridor.mouth
        for link in corridor.links:
            node = self.other(link, node)
        site = next(site for site in self.scenario.receptions if site.id == corridor.reception)
        cost = self.metres | dict.fromkeys(corridor.links, _FAR_M)
        tree = self.tree(site.node, OUTSIDE, cost)
        if node not in tree or tree[node][0] >= _FAR_M:
            return None
        return corridor.links + self.follow(tree, node)

    def way(self, g: int, corridor: Corridor, head: tuple[int, ...], tail: tuple[int, ...]) -> Way:
        """Return the way of group ``g`` over the links ``head`` and ``tail``."""
        start = corridor.mouth
        for link in reversed(head):
            start = self.other(link, start)
        before, gate = self._entries(g, head, start)
        behind, _ = self._entries(g, tail, corridor.mouth)
        through = sum(self.ticks[g][link] for link in corridor.links)
        return Way(head + tail, before, behind, gate, through)

    def _entries(self, g: int, links: tuple[int, ...], node: int) -> tuple[Entries, int]:
        entries, far = [], 0
        for link in links:
            entries.append(((link, self.ends[link].index(node)), far))
            node, far = self.other(link, node), far + self.ticks[g][link]
        return tuple(entries), far


class _Greedy:
    """One plan while it grows."""

    def __init__(
        self,
        scenario: Scenario,
        most_households: int,
        aboard: Mapping[tuple[str, int], float],
        riding: Mapping[tuple[int, int], int],
    ) -> None:
        self.scenario = scenario
        self.most, self.aboard, self.riding = most_households, aboard, riding
        self.step, self.slot = scenario.planning.step_s, scenario.planning.slot_s
        self.ways = ways_out(scenario)
        links = scenario.network.links
        capacity = links.foot_capacity_persons_per_s * self.slot
        self.capacity: dict[int, float] = dict(
            zip(links.id.tolist(), capacity.tolist(), strict=True)
        )
        cars = links.capacity_veh_per_s * self.slot
        self.cars: dict[int, float] = dict(zip(links.id.tolist(), cars.tolist(), strict=True))
        self.room = _Room(sites={site.id: site.places.central for site in scenario.receptions})
        self.called: dict[tuple[int, int], int] = defaultdict(int)
        self.totals: dict[tuple[int, int], NDArray[np.int64]] = {}

    def plan(self) -> Plan:
        """Let block after block go until nobody is left or the last window is over."""
        movements: list[Movement] = []
        for depart, window in self._departures():
            for z in range(len(self.scenario.zones)):
                for g in range(len(self.scenario.groups)):
                    move = self._block(f"M{len(movements) + 1}", depart, window, (z, g))
                    movements += [move] if move else []
        scenario, moves = self.scenario, tuple(movements)
        levels = levels_of(scenario, moves)
        willing = willing_persons(scenario)
        done = levels[0].value == willing
        reason = Text("Greedy, for tests.", "خطة للاختبار.")
        status = Status(OPTIMAL if done else PARTIAL, reason)
        return Plan(scenario.id, moves, levels, status, willing, scenario.planning.uptake.central)

    def _departures(self) -> Iterator[tuple[int, Window]]:
        """Yield each moment at which blocks may leave, with the window that they would use."""
        found = []
        for order, window in enumerate(self.scenario.windows):
            opens = self.scenario.seconds(window.opens)
            closes = self.scenario.seconds(window.closes)
            first = -(-opens // self.step) * self.step
            found += [(depart, order, window) for depart in range(first, closes, self.slot)]
        for depart, _, window in sorted(found, key=lambda one: one[:2]):
            yield depart, window

    def _block(
        self, name: str, depart: int, window: Window, who: tuple[int, int]
    ) -> Movement | None:
        """Let as many households of one zone and group go as there is room for."""
        k = next(n for n, c in enumerate(self.scenario.corridors) if c.id == window.corridor)
        way = self.ways.get((*who, k))
        sizes = self._sizes(*who)
        begun = self.called[who]
        if way is None or begun + 1 >= len(sizes):
            return None
        corridor = self.scenario.corridors[k]
        room = self._gate_room(corridor, window, way, depart)
        if room >= sizes[begun + 1] - sizes[begun]:
            links = self._link_room(way, depart, who[1])
            room = min(room, self.room.sites[corridor.reception], links)
        end = int(np.searchsorted(sizes, sizes[begun] + room * (1 - _SPARE), side="right")) - 1
        count = min(end - begun, self.most)
        if count <= 0:
            return None
        persons = int(sizes[begun + count] - sizes[begun])
        self._take(corridor, way, depart, (persons, who[1]))
        self.called[who] = begun + count
        zone, group = self.scenario.zones[who[0]].id, self.scenario.groups[who[1]].id
        return Movement(name, zone, group, corridor.id, way.links, depart, begun, count, persons)

    def _sizes(self, z: int, g: int) -> NDArray[np.int64]:
        """Return the persons in the first 0, 1, 2, ... households that are willing."""
        if (z, g) not in self.totals:
            uptake = self.scenario.planning.uptake.central
            sizes = self.scenario.demand.willing(z, g, uptake)
            sizes = sizes[: len(sizes) - self.riding.get((z, g), 0)]
            self.totals[z, g] = np.concatenate([[0], np.cumsum(sizes)])
        return self.totals[z, g]

    def _passes(self, way: Way, depart: int) -> list[int]:
        """Return the step in which each cohort passes the gate if nobody has to wait."""
        walk = way.gate * self.scenario.planning.tick_s
        return [-(-(leave + walk) // self.step) for leave in _leaves(self.scenario, depart)]

    def _gate_room(self, corridor: Corridor, window: Window, way: Way, depart: int) -> float:
        passes = self._passes(way, depart)
        out = passes[-1] * self.step + way.through * self.scenario.planning.tick_s
        if out > self.scenario.seconds(window.closes) - corridor.margin_s:
            return 0.0
        return len(passes) * min(self._gate_left(corridor, p) for p in passes)

    def _gate_left(self, corridor: Corridor, p: int) -> float:
        riders = self.aboard.get((corridor.id, p * self.step // self.slot), 0.0)
        full = (corridor.gate_persons_per_s.central - riders / self.slot) * self.step
        return self.room.gates.get((corridor.id, p), full)

    def _link_room(self, way: Way, depart: int, group: int) -> float:
        shares = self._shares(way, depart).items()
        return min(self._left(key, group) / share for key, share in shares) * self._per(group)

    def _left(self, key: tuple[tuple[int, int], int], group: int) -> float:
        """Return what a link still takes: persons on foot, or cars, which do not share it."""
        (link, way), slot = key
        if self.scenario.groups[group].persons_per_car is None:
            return self.room.links.get(key, self.capacity[link])
        return self.room.links.get(((-link, way), slot), self.cars[link])

    def _per(self, group: int) -> float:
        """Return how many persons of a group go together."""
        told = self.scenario.groups[group].persons_per_car
        return 1.0 if told is None else told.central

    def _take(self, corridor: Corridor, way: Way, depart: int, who: tuple[int, int]) -> None:
        persons, group = who
        passes = self._passes(way, depart)
        for p in passes:
            left = self._gate_left(corridor, p)
            self.room.gates[corridor.id, p] = left - persons / len(passes)
        for key, share in self._shares(way, depart).items():
            (link, back), slot = key
            sign = 1 if self.scenario.groups[group].persons_per_car is None else -1
            left = self._left(key, group) - persons / self._per(group) * share
            self.room.links[(sign * link, back), slot] = left
        self.room.sites[corridor.reception] -= persons

    def _shares(self, way: Way, depart: int) -> dict[tuple[tuple[int, int], int], float]:
        """Return the share of a block that enters each link in each slot."""
        tick = self.scenario.planning.tick_s
        shares: dict[tuple[tuple[int, int], int], float] = defaultdict(float)
        leaves, passes = _leaves(self.scenario, depart), self._passes(way, depart)
        for leave, passing in zip(leaves, passes, strict=True):
            for link, ticks in way.entries:
                shares[link, (leave + ticks * tick) // self.slot] += 1 / len(leaves)
            for link, ticks in way.behind:
                shares[link, (passing * self.step + ticks * tick) // self.slot] += 1 / len(leaves)
        return shares


def _leaves(scenario: Scenario, depart: int) -> range:
    """Return the moments at which the cohorts of a block leave home."""
    return range(depart, depart + scenario.planning.slot_s, scenario.planning.step_s)
