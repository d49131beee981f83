"""Routes, and when a block on one of them uses which street."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from clearway.solve.cells import NEVER
from clearway.solve.problem import Problem
from clearway.solve.walks import follow


@dataclass(frozen=True, slots=True, eq=False)
class Columns:
    """Blocks that may be called: one row a zone, group, route and slot of a gate.

    Attributes
    ----------
    zone, group, cell
        Shape (n,), rows of zones, groups and gate slots.
    route
        Shape (n,), numbers in :class:`Routes`.
    depart
        Shape (n,), step in which the first of a block leaves home.
    """

    zone: NDArray[np.int64]
    group: NDArray[np.int64]
    cell: NDArray[np.int64]
    route: NDArray[np.int64]
    depart: NDArray[np.int64]

    def __len__(self) -> int:
        """Return the number of columns."""
        return len(self.zone)

    def take(self, rows: NDArray[np.int64] | NDArray[np.bool_]) -> Columns:
        """Return some of the columns."""
        return Columns(
            self.zone[rows], self.group[rows], self.cell[rows], self.route[rows], self.depart[rows]
        )

    def join(self, other: Columns) -> Columns:
        """Return these columns and, after them, the others."""
        mine = (self.zone, self.group, self.cell, self.route, self.depart)
        theirs = (other.zone, other.group, other.cell, other.route, other.depart)
        return Columns(*(np.concatenate(pair) for pair in zip(mine, theirs, strict=True)))


NO_COLUMNS = Columns(*(np.empty(0, dtype=np.int64) for _ in range(5)))


def join_all(parts: list[Columns]) -> Columns:
    """Return the columns of all ``parts``, in their order."""
    names = [field.name for field in dataclasses.fields(Columns)]
    kept = [part for part in parts if len(part)] or [NO_COLUMNS]
    return Columns(*(np.concatenate([getattr(part, name) for part in kept]) for name in names))


@dataclass(frozen=True, slots=True, eq=False)
class Use:
    """Shares of columns that enter streets in call-forward slots, one row a column and street slot.

    Attributes
    ----------
    column
        Shape (u,), rows of columns, in order.
    key
        Shape (u,), a street's direction and slot, as :class:`Routes` numbers them.
    share
        Shape (u,), what a person of the block takes of the street then: the share of the block
        that enters, in persons or in cars.
    """

    column: NDArray[np.int64]
    key: NDArray[np.int64]
    share: NDArray[np.float64]


class Routes:
    """Every route in play, by number: the streets inside, then the tail of its corridor.

    A street's direction has the number ``2 x (mode x links + link) + (0 forward, 1 backward)``, and
    a direction in a slot the key ``number x slots + slot``. Walkers and cars do not meet.
    """

    def __init__(self, problem: Problem) -> None:
        """Start with no route."""
        self._problem = problem
        self._numbers: dict[tuple[int, int, bytes], int] = {}
        self.ways: list[NDArray[np.int64]] = []
        self.inside: list[int] = []
        self._static: dict[tuple[int, int, int], int] = {}
        self._offsets: dict[tuple[int, int], NDArray[np.int64]] = {}
        self.ticks_per_slot, self.slots = problem.ticks_per_slot, problem.street_slots
        self._links = len(problem.scenario.network.links)

    def __len__(self) -> int:
        """Return the number of routes."""
        return len(self.ways)

    def shortest(self, zone: int, group: int, corridor: int) -> int:
        """Return the number of the shortest route of a group from a zone through a corridor."""
        at = (zone, group, corridor)
        if at not in self._static:
            p, mode = self._problem, int(self._problem.modes.of_group[group])
            tree = p.first_arc[group, corridor]
            arcs = follow(p.inside[mode], tree, int(p.zone_node[zone]))
            self._static[at] = self.add(mode, corridor, arcs)
        return self._static[at]

    def add(self, mode: int, corridor: int, arcs: NDArray[np.int64]) -> int:
        """Return the number of the route of a mode by ``arcs`` and then the corridor's tail."""
        at = (mode, corridor, arcs.tobytes())
        if at not in self._numbers:
            inside, tail = self._problem.inside[mode], self._problem.tails[mode][corridor]
            links = [inside.link[arcs], tail.links] if tail else [inside.link[arcs]]
            forward = [inside.forward[arcs], tail.forward] if tail else [inside.forward[arcs]]
            rows = np.concatenate(links) + mode * self._links
            self._numbers[at] = len(self.ways)
            self.ways.append(2 * rows + ~np.concatenate(forward))
            self.inside.append(len(arcs))
        return self._numbers[at]

    def links(self, route: int) -> NDArray[np.int64]:
        """Return the rows of a route's links in order."""
        return self.ways[route] // 2 % self._links

    def walk_ticks(self, route: int, group: int) -> int:
        """Return the ticks that a group takes along a route as far as the gate."""
        return int(self._problem.ticks[group, self.links(route)[: self.inside[route]]].sum())

    def use(self, columns: Columns) -> Use:
        """Return which streets columns use in which slots, if nobody waits at the gates."""
        p = self._problem
        entries = [self._entries(r, g) for r, g in zip(columns.route, columns.group, strict=True)]
        if not entries:
            return Use(NO_COLUMNS.zone, NO_COLUMNS.zone, np.empty(0))
        lengths = np.array([len(entry) for entry in entries])
        column = np.repeat(np.arange(len(columns)), lengths)
        offset = np.concatenate(entries)
        way = np.concatenate([self.ways[route] for route in columns.route])
        place = np.arange(len(way)) - np.repeat(np.cumsum(lengths) - lengths, lengths)
        beyond = place >= np.array([self.inside[route] for route in columns.route])[column]
        start = np.where(beyond, p.cells.front[columns.cell][column], columns.depart[column])
        tick = start * p.ticks_per_step + offset
        slot = tick // self.ticks_per_slot
        left = (slot + 1) * self.ticks_per_slot - tick
        cohorts = p.cells.cohorts[columns.cell][column]
        early = np.minimum(-(-left // p.ticks_per_step), cohorts)
        key = way * self.slots + slot
        late = early < cohorts
        both = np.concatenate([column, column[late]])
        order = np.argsort(both, kind="stable")
        share = np.concatenate([early / cohorts, ((cohorts - early) / cohorts)[late]])
        return Use(
            both[order],
            np.concatenate([key, key[late] + 1])[order],
            (share * p.modes.unit[columns.group[both]])[order],
        )

    def place(self, keys: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Return the mode and the row of the link of each key."""
        rows = keys // self.slots // 2
        return rows // self._links, rows % self._links

    def capacity(self, keys: NDArray[np.int64]) -> NDArray[np.float64]:
        """Return the persons, or vehicles, that may enter a street in a slot, for each key."""
        p = self._problem
        per_s = p.modes.room[self.place(keys)]
        return np.asarray(per_s * p.scenario.planning.slot_s)

    def _entries(self, route: int, group: int) -> NDArray[np.int64]:
        """Return ticks from leaving home, or from the gate beyond it, to the start of each link."""
        at = (int(route), int(group))
        if at not in self._offsets:
            ticks = self._problem.ticks[group, self.links(route)]
            inside = self.inside[route]
            parts = (ticks[:inside], ticks[inside:])
            self._offsets[at] = np.concatenate([np.cumsum(part) - part for part in parts])
        return self._offsets[at]


def menu(problem: Problem) -> NDArray[np.bool_]:
    """Return who can meet which gate slot by the shortest walk; shape (z, g, cells)."""
    cells = problem.cells
    walk = problem.walk_steps[:, :, cells.corridor]
    leaves = cells.front - np.minimum(walk, NEVER) >= problem.open_step[cells.window]
    return np.asarray(leaves & passes(problem)[None] & (problem.supply[:, :, None] > 0))


def passes(problem: Problem) -> NDArray[np.bool_]:
    """Return which group can pass the gate in time in which gate slot; shape (g, cells)."""
    cells = problem.cells
    done = cells.front + cells.cohorts - 1 + cells.delay
    latest = np.minimum(done, problem.last_step.max(axis=0)[cells.window])
    return np.asarray(latest[None, :] <= problem.last_step[:, cells.window])


def exposure_hours(problem: Problem, columns: Columns) -> NDArray[np.float64]:
    """Return the hours in the open of a person in each column."""
    planning, cells = problem.scenario.planning, problem.cells
    corridor = problem.corridor_ticks[columns.group, cells.corridor[columns.cell]]
    walk = (cells.front[columns.cell] - columns.depart) * planning.step_s
    return np.asarray((walk + cells.wait_s[columns.cell] + corridor * planning.tick_s) / 3600.0)


def out_hours(problem: Problem, columns: Columns) -> NDArray[np.float64]:
    """Return the mean hours from the scenario's start until a person in each column is out."""
    planning, cells = problem.scenario.planning, problem.cells
    corridor = problem.corridor_ticks[columns.group, cells.corridor[columns.cell]]
    middle = cells.front + (cells.cohorts - 1) / 2
    passing = middle[columns.cell] * planning.step_s
    return np.asarray((passing + cells.wait_s[columns.cell] + corridor * planning.tick_s) / 3600.0)
