"""What all members of an ensemble share: streets, ways, households and the call list."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from clearway.model.network import FOOT_FLOW_PERSONS_PER_M_S
from clearway.model.plan import Movement, Plan
from clearway.model.population import CAR, WALK
from clearway.model.rules import Rules
from clearway.model.scenario import Scenario, row_of
from clearway.simulate.folk import Folk, gather_folk
from clearway.simulate.orders import Roster, draw_up
from clearway.simulate.speed import STANDING_PERSONS_PER_M2, WAVE_M_PER_S
from clearway.simulate.state import (
    AT,
    BIN_S,
    CORRIDOR,
    END,
    GROUP,
    NOBODY,
    STANDING_BY,
    UNIT_INDEXES,
)
from clearway.simulate.streets import Streets
from clearway.simulate.ways import (
    STANDSTILL_M_PER_S,
    Way,
    corridor_way,
    nearest_mouths,
    to_mouth,
)

#: Persons a square metre that a holding area takes in at all; beyond it people stand in the street.
CRUSH_PERSONS_PER_M2: Final = 4.0
#: Metres of lane that a standing car takes, and seconds between its move and that of the next
#: behind: a gap travels back at their quotient (assumed; 7.5 m as in MATSim, range 6 to 8 m; 1 to
#: 1.8 s).
CAR_M: Final = 7.5
REACTION_S: Final = 1.0
#: Cars a second on a street that is not for cars, so that every way has an end.
LEAST_CARS_PER_S: Final = 1e-6


@dataclass(frozen=True, slots=True, eq=False)
class Case:
    """A scenario and a plan, laid out for the kernel; m links, k corridors, b blocks.

    Attributes
    ----------
    scenario, plan, rules
        What is simulated.
    streets
        The links that anyone may use, then the gates, then the second checks at corridors' ends.
    gate, again
        Shape (k,), rows of the gates and of the second checks.
    route, metres
        All ways one after the other, each from its zone's door to the exit; beside it the metres
        from the mouth to the entry of each corridor link.
    way_start
        Shape (ways + 1,), where each begins.
    corridor_of
        Shape (ways + 1,), the corridor of each; after them none, for those who have no way.
    folk
        Households, block by block.
    block
        Shape (b, 2), seconds at which it may be called, and before closing at which no more.
    blocks_of
        Shape (k + 1,), first block of each corridor.
    home
        Shape (n, 3), where the way of each household begins and ends if it is called, and by which
        corridor.
    unit
        Shape (units, 8), ``Crowd.whole`` before anything happens, everybody to be called.
    horizon_s
        Seconds after which nothing is followed any more.
    roster
        What the plan tells vehicles; None if it has none.
    """

    scenario: Scenario
    plan: Plan
    rules: Rules
    streets: Streets
    gate: NDArray[np.int32]
    again: NDArray[np.int32]
    route: NDArray[np.int32]
    metres: NDArray[np.float32]
    way_start: NDArray[np.int64]
    corridor_of: NDArray[np.int32]
    folk: Folk
    block: NDArray[np.float64]
    blocks_of: NDArray[np.int64]
    home: NDArray[np.int32]
    unit: NDArray[np.int32]
    horizon_s: int
    roster: Roster | None = None

    @property
    def bins(self) -> int:
        """Bins of time until the horizon."""
        return self.horizon_s // BIN_S


def lay_out(scenario: Scenario, plan: Plan, rules: Rules) -> Case:
    """Return the case of ``plan`` run by ``rules``."""
    corridors = row_of(scenario.corridors)
    movements = _in_order(scenario, plan)
    zones, modes = row_of(scenario.zones), {one.id: one.own_way for one in scenario.groups}
    ways = _Ways(scenario)
    way_of = [
        ways.add(
            to_mouth(scenario, one),
            zones[one.zone],
            corridors[one.corridor],
            drives=modes[one.group] == CAR,
        )
        for one in movements
    ]
    near_way = _near_ways(scenario, ways)
    on_foot = near_way[:, _first(scenario, WALK)]
    folk = gather_folk(scenario, plan, movements, np.array(way_of), on_foot)
    folk = dataclasses.replace(folk, near_way=near_way[folk.zone, folk.group])
    places = [corridors[one.corridor] for one in movements]
    last = max(scenario.seconds(window.closes) for window in scenario.windows)
    # Beyond the last closing by so much that a look at every gate comes after it.
    beyond = max(BIN_S, 2 * scenario.planning.step_s)
    horizon = last + scenario.uncertainty.extension_s.high + beyond
    streets, gate, again = ways.streets()
    route, metres, start = ways.routes(gate, again)
    columns = (start[folk.way], start[folk.way + 1], ways.corridors()[folk.way])
    home = np.stack(columns, axis=1).astype(np.int32)
    return Case(
        scenario,
        plan,
        rules,
        streets,
        gate,
        again,
        route,
        metres,
        start,
        ways.corridors(),
        folk,
        _blocks(movements, rules),
        np.searchsorted(places, np.arange(len(scenario.corridors) + 1)).astype(np.int64),
        home,
        _units(home, folk),
        int(-(-horizon // BIN_S) * BIN_S),
        draw_up(scenario, plan),
    )


def ruled(case: Case, rules: Rules) -> Case:
    """Return ``case`` run by other rules; all else is shared."""
    block = _blocks(_in_order(case.scenario, case.plan), rules)
    return dataclasses.replace(case, rules=rules, block=block)


def _in_order(scenario: Scenario, plan: Plan) -> list[Movement]:
    """Return the movements corridor by corridor, as they are called."""
    corridors, told = row_of(scenario.corridors), plan.movements
    order = sorted(
        range(len(told)), key=lambda m: (corridors[told[m].corridor], told[m].depart_s, m)
    )
    return [told[m] for m in order]


def _blocks(movements: list[Movement], rules: Rules) -> NDArray[np.float64]:
    """Return ``Case.block``."""
    latest = {(one.zone, one.group, one.corridor): one.before_s for one in rules.last_departures}
    rows = [
        (float(one.depart_s), latest.get((one.zone, one.group, one.corridor), 0.0))
        for one in movements
    ]
    return np.array(rows, dtype=np.float64).reshape(-1, 2)


def _units(home: NDArray[np.int32], folk: Folk) -> NDArray[np.int32]:
    """Return ``Case.unit``."""
    count = len(home)
    found = np.zeros((STANDING_BY * count, UNIT_INDEXES), dtype=np.int32)
    found[:, CORRIDOR] = NOBODY
    found[:count, [AT, END, CORRIDOR]] = home
    found[:count, GROUP] = folk.group
    return found


def _near_ways(scenario: Scenario, ways: _Ways) -> NDArray[np.int64]:
    """Return the way of those who come of themselves, shape (zones, groups); -1: they can not."""
    found = np.full((len(scenario.zones), len(scenario.groups)), -1, dtype=np.int64)
    for mode in (WALK, CAR):
        mine = [g for g, group in enumerate(scenario.groups) if group.own_way == mode]
        if not mine:
            continue
        near, near_ways = nearest_mouths(scenario, mode)
        for z, way in enumerate(near_ways):
            if near[z] >= 0:
                found[z, mine] = ways.add(way, z, int(near[z]), drives=mode == CAR)
    return found


def _first(scenario: Scenario, mode: str) -> int:
    """Return the first group that goes by ``mode``, or else the first of all."""
    own = [group.own_way for group in scenario.groups]
    return own.index(mode) if mode in own else 0


class _Ways:
    """Distinct ways, and the links that they use, numbered as they come.

    A street that cars drive is another link than the same street on foot: they have lanes of their
    own, and meet people on foot at the gate alone.
    """

    def __init__(self, scenario: Scenario) -> None:
        self._scenario = scenario
        self._beyond = [corridor_way(scenario.network, one) for one in scenario.corridors]
        self._rows: dict[int, int] = {}
        self._ways: dict[tuple[int, int, bool, bytes], int] = {}
        self._parts: list[tuple[int, int, bool, NDArray[np.int64]]] = []
        self._lanes = 2 * len(scenario.network.links)
        for way in self._beyond:
            self._number(way)

    def add(self, way: Way, zone: int, corridor: int, *, drives: bool = False) -> int:
        """Return the row of the way from ``zone`` through ``corridor``."""
        key = zone, corridor, drives, way.steps.tobytes()
        if key not in self._ways:
            self._ways[key] = len(self._parts)
            self._parts.append((zone, corridor, drives, self._number(way, drives=drives)))
            if drives:
                self._number(self._beyond[corridor], drives=True)
        return self._ways[key]

    def _number(self, way: Way, *, drives: bool = False) -> NDArray[np.int64]:
        steps = (way.steps + (self._lanes if drives else 0)).tolist()
        rows = [self._rows.setdefault(step, len(self._rows)) for step in steps]
        return np.array(rows, dtype=np.int64)

    def streets(self) -> tuple[Streets, NDArray[np.int32], NDArray[np.int32]]:
        """Return the links used, gates and second checks after them, and the rows of both."""
        links, corridors = self._scenario.network.links, self._scenario.corridors
        steps = np.fromiter(self._rows, dtype=np.int64, count=len(self._rows))
        rows, cars = steps % self._lanes // 2, steps >= self._lanes
        length, width = links.length_m[rows], links.width_m[rows]
        speed = np.maximum(links.speed_m_per_s[rows], STANDSTILL_M_PER_S)
        lanes = np.maximum(links.lanes[rows], 1.0)
        walks, drives = width * FOOT_FLOW_PERSONS_PER_M_S, links.capacity_veh_per_s[rows]
        stand = length * width * STANDING_PERSONS_PER_M2
        extra = 2 * len(corridors)
        holds = [CRUSH_PERSONS_PER_M2 * one.holding.area_m2 for one in corridors]
        points = [one.check_points for one in corridors]
        streets = Streets(
            length_m=_then(length, np.zeros(extra)),
            speed_m_per_s=_then(np.where(cars, speed, np.inf), np.full(extra, np.inf)),
            flow_per_s=_then(
                np.where(cars, np.maximum(drives, LEAST_CARS_PER_S), walks), np.full(extra, np.inf)
            ),
            storage=_then(
                np.where(cars, np.maximum(1.0, length * lanes / CAR_M), stand),
                holds,
                np.full(len(corridors), np.inf),
            ),
            walkway_m2=_then(np.where(cars, 0.0, length * width), np.zeros(extra)),
            wave_m_per_s=_then(
                np.where(cars, CAR_M / REACTION_S, WAVE_M_PER_S), np.full(extra, np.inf)
            ),
            check_points=_then(np.zeros(len(rows)), points, points).astype(np.int64),
        )
        gate = len(rows) + np.arange(len(corridors), dtype=np.int32)
        return streets, gate, gate + np.int32(len(corridors))

    def corridors(self) -> NDArray[np.int32]:
        """Return the corridor of each way, and after them none."""
        return np.array([*(k for _, k, _, _ in self._parts), NOBODY], dtype=np.int32)

    def routes(
        self, gate: NDArray[np.int32], again: NDArray[np.int32]
    ) -> tuple[NDArray[np.int32], NDArray[np.float32], NDArray[np.int64]]:
        """Return all ways joined, the metres beside them, and where each begins."""
        lengths = self._scenario.network.links.length_m
        doors = len(self._rows) + len(gate) + len(again)
        rows, metres, start = [], [], [0]
        for zone, k, drives, inside in self._parts:
            beyond = self._number(self._beyond[k], drives=drives)
            reached = np.cumsum(lengths[self._beyond[k].steps // 2])
            before = np.concatenate([[0.0], reached])
            rows.append(_then([doors + zone], inside, [gate[k]], beyond, [again[k]]))
            metres.append(_then(np.zeros(len(inside) + 2), before))
            start.append(start[-1] + len(rows[-1]))
        if not rows:
            rows, metres = [np.empty(0)], [np.empty(0)]
        return (
            np.concatenate(rows).astype(np.int32),
            np.concatenate(metres).astype(np.float32),
            np.array(start, dtype=np.int64),
        )


def _then(*parts: object) -> NDArray[np.float64]:
    return np.concatenate([np.asarray(part, dtype=np.float64) for part in parts])
