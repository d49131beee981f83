"""Whole households: a fractional flow becomes blocks of households, in the order of their calls."""

from __future__ import annotations

import heapq
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from clearway.solve.called import Called
from clearway.solve.flow import Flow
from clearway.solve.problem import Problem
from clearway.solve.routes import NO_COLUMNS, Columns, Routes, menu
from clearway.solve.shave import shave
from clearway.solve.timetable import static_columns

#: Persons below which a block of the flow is left out.
SMALL = 0.05
#: Share by which the walk to a gate that rounding fills may be longer than to the nearest.
DETOUR = 0.5
#: Persons that a sum of floating-point numbers may be off by.
ROUND = 1e-6


def round_off(problem: Problem, routes: Routes, flow: Flow) -> Called:
    """Return ``flow`` in whole households, within every limit.

    Blocks are taken gate slot by gate slot, and for each zone and group in the order in which
    they leave, for later calls take later households. What one block takes too many, the next
    takes fewer: the last block of a slot takes households until its gate has had as many persons
    as the flow sent there up to then, any other until its zone and group has sent as many. A
    household that is still at the gate when its slot ends is served in the next; none is too many
    for a window's last slot, a street, or a reception site. Where many streets are full to the
    last person, see :mod:`clearway.solve.shave`.
    """
    if flow.tight:
        return shave(problem, routes, flow)
    blocks = _Blocks.of(problem, routes, flow)
    limits = _Limits(problem, routes)
    homes = _Homes(problem)
    rows: list[tuple[int, int, int]] = []
    for block in blocks.order():
        zone, group, cell = blocks.place(block)
        target = float(blocks.target[block])
        owed = homes.owes(zone, group, target), limits.gates.owes(cell, target)
        wanted = max(owed) if blocks.eager[block] else owed[int(blocks.last[block])]
        column = blocks.columns.take(np.array([block]))
        rows.append(homes.take(zone, group, wanted, limits.room(column)))
        limits.enter(column, rows[-1][2])
    columns = blocks.columns.take(np.array(blocks.order(), dtype=np.int64))
    spare, more = _fill(problem, routes, limits, homes, columns)
    columns, rows = columns.join(spare), rows + more
    table = np.array(rows, dtype=np.int64).reshape(-1, 3)
    some = table[:, 1] > 0
    return Called(columns.take(some), table[some, 0], table[some, 1], table[some, 2])


def _fill(
    problem: Problem, routes: Routes, limits: _Limits, homes: _Homes, columns: Columns
) -> tuple[Columns, list[tuple[int, int, int]]]:
    """Return blocks for households that are left, in what rounding left free at the gates.

    Nobody is called before an earlier household of the same zone and group, or to a gate that is
    much farther than the nearest: to fill a gate is no reason to cross the city.
    """
    latest = np.full(problem.supply.shape, -1)
    np.maximum.at(latest, (columns.zone, columns.group), columns.depart)
    can, cells = menu(problem), problem.cells
    shortest = problem.walk_steps.min(axis=2)
    found = NO_COLUMNS
    rows: list[tuple[int, int, int]] = []
    for cell in np.argsort(cells.first, kind="stable"):
        if limits.gates.room(int(cell)) < 1:
            continue
        walk = problem.walk_steps[:, :, cells.corridor[cell]]
        ready = can[:, :, cell] & (cells.front[cell] - walk >= latest) & (homes.left() > 0)
        ready &= walk <= shortest + DETOUR * shortest
        zones, groups = np.nonzero(ready)
        for at in np.lexsort((walk[ready], -problem.weights[groups])):
            zone, group = zones[at], groups[at]
            place = np.array([zone]), np.array([group]), np.array([cell])
            column = static_columns(problem, routes, place)
            room = limits.room(column)
            row = homes.take(int(zone), int(group), room, room)
            if row[1]:
                limits.enter(column, row[2])
                latest[zone, group] = column.depart[0]
                found, rows = found.join(column), [*rows, row]
    return found, rows


@dataclass(frozen=True, slots=True, eq=False)
class _Blocks:
    """Blocks of the flow that are worth calling, and the persons of each.

    ``last`` tells which end a slot of a gate; there, lighter groups come last. ``eager`` tells
    which make up at once for what their zone and group was called too few: those that end its
    call, and those of people who weigh more than others.
    """

    columns: Columns
    target: NDArray[np.float64]
    window: NDArray[np.int64]
    last: NDArray[np.bool_]
    eager: NDArray[np.bool_]

    @staticmethod
    def of(problem: Problem, routes: Routes, flow: Flow) -> _Blocks:
        simple = {
            int(route): len(np.unique(routes.links(route))) == len(routes.links(route))
            for route in np.unique(flow.columns.route)
        }
        keep = (flow.persons > SMALL) & np.array(
            [simple[int(route)] for route in flow.columns.route], dtype=bool
        )
        columns, target = flow.columns.take(keep), flow.persons[keep]
        order = np.lexsort(
            (columns.depart, columns.zone, -problem.weights[columns.group], columns.cell)
        )
        columns = columns.take(order)
        last = np.append(columns.cell[1:] != columns.cell[:-1], np.ones(min(len(columns), 1)))
        window = problem.cells.window[columns.cell]
        target = target[order]
        called = np.zeros(problem.supply.shape)
        np.add.at(called, (columns.zone, columns.group), target)
        everyone = called > problem.supply - 1
        who = columns.zone * problem.supply.shape[1] + columns.group
        ends = (_next(who, columns.depart) < 0) & everyone[columns.zone, columns.group]
        heavy = problem.weights[columns.group] > problem.weights.min()
        return _Blocks(columns, target, window, last.astype(bool), ends | heavy)

    def place(self, block: int) -> tuple[int, int, int]:
        """Return a block's zone, group and cell."""
        columns = self.columns
        return int(columns.zone[block]), int(columns.group[block]), int(columns.cell[block])

    def order(self) -> list[int]:
        """Return blocks by gate slot within a window and by departure within a zone and group.

        Where the two orders contradict each other, departure wins.
        """
        columns, count = self.columns, len(self.columns)
        who = columns.zone * (columns.group.max(initial=0) + 1) + columns.group
        homes = _next(who, columns.depart)
        gates = _next(self.window, columns.cell)
        waits = np.zeros((count, 2), dtype=np.int64)
        for nth, chain in enumerate((homes, gates)):
            waits[chain[chain >= 0], nth] = 1
        ready = [(int(columns.depart[b]), b) for b in range(count) if not waits[b].any()]
        stuck = [(int(columns.depart[b]), b) for b in range(count) if waits[b].any()]
        heapq.heapify(ready)
        heapq.heapify(stuck)
        order: list[int] = []
        done = np.zeros(count, dtype=bool)
        while len(order) < count:
            if not ready:
                ready.append(_unstick(stuck, waits, done))
            _, block = heapq.heappop(ready)
            if done[block]:
                continue
            done[block] = True
            order.append(block)
            for nth, chain in enumerate((homes, gates)):
                then = int(chain[block])
                if then >= 0 and not done[then]:
                    waits[then, nth] = 0
                    if not waits[then].any():
                        heapq.heappush(ready, (int(columns.depart[then]), then))
        return order


def _next(chain: NDArray[np.int64], key: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return the block that follows each in its chain, by key and then by row; -1 at the end."""
    order = np.lexsort((np.arange(len(key)), key, chain))
    following = np.full(len(key), -1)
    same = chain[order[1:]] == chain[order[:-1]]
    following[order[:-1][same]] = order[1:][same]
    return following


def _unstick(
    stuck: list[tuple[int, int]], waits: NDArray[np.int64], done: NDArray[np.bool_]
) -> tuple[int, int]:
    """Return the next block that waits for its gate alone."""
    aside = []
    while done[stuck[0][1]] or waits[stuck[0][1], 0]:
        item = heapq.heappop(stuck)
        if not done[item[1]]:
            aside.append(item)
    chosen = heapq.heappop(stuck)
    for item in aside:
        heapq.heappush(stuck, item)
    return chosen


class _Gates:
    """How far each window's gate is ahead of the flow, and how many wait there."""

    def __init__(self, problem: Problem) -> None:
        cells = problem.cells
        self._window, self._capacity = cells.window, cells.capacity
        self._spare = cells.spare
        self._late_share, self._late = cells.late_share, cells.late_capacity
        self._overlap = cells.overlap
        self._load = np.zeros(len(cells))
        self._owed = np.zeros(int(cells.window.max(initial=-1)) + 1)

    def owes(self, cell: int, target: float) -> float:
        """Return the persons to send to a slot, with what was sent too few or many before."""
        self._owed[self._window[cell]] += target
        return float(self._owed[self._window[cell]])

    def room(self, cell: int) -> float:
        """Return the persons that may still come in a slot, so that all pass in time."""
        mine = np.flatnonzero(self._window == self._window[cell])
        if self._overlap[mine[-1]] and cell >= int(mine[-2]):
            return float(self._capacity[cell] - self._load[mine[-2:]].sum())
        if self._overlap[mine[-1]]:
            mine = mine[:-1]
        waiting = 0.0
        for at in range(int(mine[0]), cell):
            late = self._late_share[at] * self._load[at] - self._late[at]
            waiting = max(0.0, late, waiting + self._load[at] - self._capacity[at])
        spare = 0.0
        for at in range(int(mine[-1]), cell, -1):
            spare = min(self._spare[at - 1], spare + self._capacity[at] - self._load[at])
        room = spare + self._capacity[cell] - self._load[cell] - waiting
        if self._late_share[cell] > 0:
            late = (spare + self._late[cell]) / self._late_share[cell]
            room = min(room, late - self._load[cell])
        return float(room)

    def enter(self, cell: int, persons: int) -> None:
        """Note that persons come in a slot."""
        self._load[cell] += persons
        self._owed[self._window[cell]] -= persons


class _Limits:
    """What is left at gates, on streets, and at reception sites."""

    def __init__(self, problem: Problem, routes: Routes) -> None:
        self.gates = _Gates(problem)
        self._routes = routes
        self._site = problem.site[problem.cells.corridor]
        self._places = problem.places
        self._entered: dict[int, float] = {}

    def room(self, column: Columns) -> float:
        """Return the persons that may still be called in one column."""
        cell = int(column.cell[0])
        room = min(self.gates.room(cell), float(self._places[self._site[cell]]))
        use = self._routes.use(column)
        entered = np.array([self._entered.get(key, 0.0) for key in use.key.tolist()])
        left = (self._routes.capacity(use.key) - entered) / use.share
        return float(min(room, left.min(initial=np.inf)))

    def enter(self, column: Columns, persons: int) -> None:
        """Note that persons are called in one column."""
        cell = int(column.cell[0])
        self.gates.enter(cell, persons)
        self._places[self._site[cell]] -= persons
        use = self._routes.use(column)
        for key, share in zip(use.key.tolist(), use.share.tolist(), strict=True):
            self._entered[key] = self._entered.get(key, 0.0) + persons * share


class _Homes:
    """The households of each zone and group that were not called yet, in their order."""

    def __init__(self, problem: Problem) -> None:
        scenario, taken = problem.scenario, problem.taken
        zones, groups = problem.supply.shape
        self._sums = [
            [np.append(0, np.cumsum(taken.willing(scenario, z, g))) for g in range(groups)]
            for z in range(zones)
        ]
        self._homes = np.array([[len(sums) - 1 for sums in row] for row in self._sums])
        self._called = np.zeros((zones, groups), dtype=np.int64)
        self._owed = np.zeros((zones, groups))

    def owes(self, zone: int, group: int, target: float) -> float:
        """Return the persons to call, with what was called too few or many before."""
        self._owed[zone, group] += target
        return float(self._owed[zone, group])

    def left(self) -> NDArray[np.int64]:
        """Return the households that were not called, shape (z, g)."""
        return np.asarray(self._homes - self._called)

    def take(self, zone: int, group: int, wanted: float, room: float) -> tuple[int, int, int]:
        """Return the first household, households and persons that are called next.

        They are as few as make ``wanted`` persons, and at most ``room``.
        """
        sums, first = self._sums[zone][group], int(self._called[zone, group])
        enough = int(np.searchsorted(sums, sums[first] + max(wanted, 0.0) - ROUND))
        most = int(np.searchsorted(sums, sums[first] + max(room, 0.0) + ROUND, side="right")) - 1
        until = max(first, min(enough, most, len(sums) - 1))
        persons = int(sums[until] - sums[first])
        self._called[zone, group] = until
        self._owed[zone, group] -= persons
        return first, until - first, persons
