"""Exact pricing: the best block of every zone and group, over all routes and departures."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from clearway.errors import SolverError
from clearway.model.plan import EXPOSURE, HOURS, PEOPLE
from clearway.solve.cells import NEVER
from clearway.solve.kernels import Ground, sweep, trace
from clearway.solve.master import COUNT, Duals, Goal
from clearway.solve.options import Watch
from clearway.solve.problem import Problem
from clearway.solve.routes import Columns, Routes, join_all, menu, passes
from clearway.solve.timetable import static_columns
from clearway.solve.walks import NONE, Arcs

#: Reduced cost above which a column is not worth adding, in the level's unit.
WORTHLESS = -1e-6
#: Columns that one zone and group may add for one window in one round on shortest walks, where
#: rounds are quick.
FEW = 2
#: Sweeps at a time.
THREADS = 2


@dataclass(frozen=True, slots=True, eq=False)
class Priced:
    """What pricing found.

    Attributes
    ----------
    columns
        Columns of negative reduced cost, the best of each zone and group among them.
    least
        Shape (z, g), least reduced cost of any column at all, or 0 if none is below.
    """

    columns: Columns
    least: NDArray[np.float64]


class Pricing:
    """Finds columns of negative reduced cost among all that the rules allow."""

    def __init__(self, problem: Problem, routes: Routes) -> None:
        """Prepare what does not change from round to round."""
        self._problem, self._routes = problem, routes
        self.menu = menu(problem)
        self._passes = passes(problem)
        self._streets = [_Streets.of(arcs) for arcs in problem.inside]

    @property
    def sweep_size(self) -> float:
        """Arcs times ticks of all sweeps that one round would take with tolls everywhere."""
        p, total = self._problem, 0.0
        for window in np.unique(p.cells.window):
            span = int(p.cells.front[p.cells.window == window].max()) - int(p.open_step[window])
            arcs = sum(len(p.inside[mode]) for mode in p.modes.of_group[p.modes.able])
            total += float(span) * p.ticks_per_step * arcs
        return total

    def price(self, goal: Goal, duals: Duals) -> Priced:
        """Return the columns worth adding for ``goal``; see :meth:`price_within`."""
        priced = self.price_within(goal, duals, None)
        if priced is None:
            raise SolverError("pricing gave up without a limit")
        return priced

    def price_within(self, goal: Goal, duals: Duals, watch: Watch | None) -> Priced | None:
        """Return the columns worth adding for ``goal``.

        Without tolls on streets, the shortest walk is the best route to any gate, so that one
        look at every zone, group and slot is exact. With tolls, one sweep back over time for each
        window and group finds the best route for every departure.
        """
        parts = _Parts.of(self._problem, goal, duals)
        tolled = self._tolled(duals)
        priced = self._look(parts, ~tolled)
        if not tolled.any():
            return priced
        if watch is not None and watch.over():
            return None
        cells = self._problem.cells
        asked = [
            (int(window), int(cohorts), int(group))
            for window, cohorts in np.unique(np.stack([cells.window, cells.cohorts]), axis=1).T
            for group in np.flatnonzero(tolled)
        ]
        self._number_tails()
        with ThreadPoolExecutor(THREADS) as pool:
            swept = list(pool.map(lambda one: self._sweep_window(one, parts, duals), asked))
        found, least = [priced.columns], priced.least
        for (*_, group), one in zip(asked, swept, strict=True):
            if one is not None:
                found.append(self._columns(group, one))
                least[:, group] = np.minimum(least[:, group], one.least)
        return Priced(join_all(found), least)

    def _number_tails(self) -> None:
        """Give numbers to the routes that begin at a mouth, in an order that no thread changes."""
        for mode, tails in enumerate(self._problem.tails):
            for corridor in range(len(tails)):
                self._routes.add(mode, corridor, np.empty(0, dtype=np.int64))

    def _tolled(self, duals: Duals) -> NDArray[np.bool_]:
        """Return which groups meet a toll on any street; shape (g,)."""
        modes = self._problem.modes
        mode, _ = self._routes.place(duals.keys[duals.link < WORTHLESS])
        return np.isin(modes.of_group, mode)

    def _look(self, parts: _Parts, groups: NDArray[np.bool_]) -> Priced:
        p = self._problem
        corridor = p.cells.corridor
        walk = p.walk_steps[:, :, corridor]
        cost = parts.home[:, :, None] + parts.gate[None] + parts.walk * np.minimum(walk, NEVER)
        cost = np.where(self.menu & groups[None, :, None], cost, 0.0)
        least = np.minimum(cost.min(axis=2, initial=0.0), 0.0)
        zone, group, cell = np.nonzero(cost < WORTHLESS)
        owner = zone * cost.shape[1] + group
        keep = _best(owner, p.cells.window[cell], cost[zone, group, cell], FEW)
        places = (zone[keep], group[keep], cell[keep])
        return Priced(static_columns(p, self._routes, places), least)

    def _sweep_window(
        self, place: tuple[int, int, int], parts: _Parts, duals: Duals
    ) -> _Swept | None:
        """Return what one sweep of a window and group finds; None where none of it can go.

        It is for blocks that leave home over so many steps alone: what they pay depends on that.
        """
        p, (window, cohorts, group) = self._problem, place
        cells = np.flatnonzero((p.cells.window == window) & (p.cells.cohorts == cohorts))
        begin, end = int(p.open_step[window]), int(p.cells.front[cells].max())
        span = (end - begin) * p.ticks_per_step + 1
        mine = cells[self._passes[group, cells]]
        goes = p.walk_steps[:, group, p.cells.corridor[cells[0]]] < NEVER
        if not len(mine) or not (p.supply[:, group] > 0)[goes].any():
            return None
        mode = int(p.modes.of_group[group])
        inside, corridor = p.inside[mode], int(p.cells.corridor[cells[0]])
        tolls = self._tolls((group, cohorts), duals, begin * p.ticks_per_step, span)
        terminal, meets = np.full(span, np.inf), np.full(span, -1)
        per = p.ticks_per_step
        for cell in mine:
            front = int(p.cells.front[cell] - begin) * per
            price = parts.gate[group, cell] + self._tail_toll(corridor, group, int(cell), duals)
            terminal[max(0, front - per + 1) : front + 1] = price + parts.walk * front / per
            meets[max(0, front - per + 1) : front + 1] = cell
        tail = p.tails[mode][corridor]
        ground = Ground(
            self._streets[mode].start,
            inside.head,
            p.ticks[group, inside.link],
            tolls.row,
            tolls.toll,
            terminal,
            tail.mouth if tail else NONE,
        )
        values = sweep(ground)
        departs = np.arange(0, span, per)
        cost = values[departs][:, p.zone_node] - parts.walk * (departs / per)[:, None]
        cost = cost.T + parts.home[:, group, None]
        cost = np.where(np.isfinite(cost) & (p.supply[:, group] > 0)[:, None], cost, 0.0)
        zone, depart = np.nonzero(cost < WORTHLESS)
        bucket = depart // p.cohorts
        keep = _best(zone, bucket, cost[zone, depart], 1)
        zone, depart = zone[keep], depart[keep]
        blocks = [
            (int(z), begin + int(d), *trace(ground, values, int(p.zone_node[z]), int(d) * per))
            for z, d in zip(zone, depart, strict=True)
        ]
        return _Swept(
            corridor,
            [(z, d, int(meets[tick]), arcs) for z, d, arcs, tick in blocks],
            cost.min(axis=1, initial=0.0),
        )

    def _columns(self, group: int, swept: _Swept) -> Columns:
        """Return the blocks that a sweep found as columns."""
        mode = int(self._problem.modes.of_group[group])
        rows = [
            (z, group, cell, self._routes.add(mode, swept.corridor, arcs), depart)
            for z, depart, cell, arcs in swept.blocks
        ]
        return Columns(*np.array(rows, dtype=np.int64).reshape(-1, 5).T)

    def _tolls(self, who: tuple[int, int], duals: Duals, begin: int, span: int) -> _Tolls:
        """Return a person's toll on each arc in a block whose first enters it at each tick.

        ``who`` are the group, and the steps over which the block leaves home.
        """
        p, slots, (group, cohorts) = self._problem, self._routes.slots, who
        mode, unit = int(p.modes.of_group[group]), float(p.modes.unit[group])
        inside = p.inside[mode]
        paid = duals.link < 0
        keys, price = duals.keys[paid], -duals.link[paid]
        ways, at = np.unique(keys // slots, return_inverse=True)
        ticks = begin + np.arange(span + cohorts * p.ticks_per_step)
        slot = ticks // self._routes.ticks_per_slot
        by_slot = np.zeros((len(ways), slots + 1))
        by_slot[at, keys % slots] = price
        now = by_slot[:, np.minimum(slot, slots)]
        toll = np.zeros((len(ways), span))
        for cohort in range(cohorts):
            toll += now[:, cohort * p.ticks_per_step :][:, :span] / cohorts * unit
        way = 2 * (inside.link + mode * len(p.modes.room[mode])) + ~inside.forward
        row = np.minimum(np.searchsorted(ways, way), len(ways) - 1)
        return _Tolls(np.where(ways[row] == way, row, -1), toll)

    def _tail_toll(self, corridor: int, group: int, cell: int, duals: Duals) -> float:
        """Return what a block pays on the streets after the gate."""
        mode = int(self._problem.modes.of_group[group])
        tail = self._problem.tails[mode][corridor]
        if tail is None or not len(duals.keys):
            return 0.0
        none = np.empty(0, dtype=np.int64)
        route = self._routes.add(mode, corridor, none)
        at = np.array([0]), np.array([group]), np.array([cell]), np.array([route]), np.array([0])
        use = self._routes.use(Columns(*at))
        place = np.minimum(np.searchsorted(duals.keys, use.key), len(duals.keys) - 1)
        paid = np.where(duals.keys[place] == use.key, -duals.link[place], 0.0)
        return float((paid * use.share).sum())


@dataclass(frozen=True, slots=True, eq=False)
class _Swept:
    """What one sweep found.

    ``blocks`` are zone, departure, gate slot and arcs of blocks worth calling, the best of each
    slot of departures; ``least`` (z,) is the least cost of any.
    """

    corridor: int
    blocks: list[tuple[int, int, int, NDArray[np.int64]]]
    least: NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class _Tolls:
    """Tolls by arc and tick: the row of each arc or -1, and (rows, ticks) the tolls."""

    row: NDArray[np.int64]
    toll: NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class _Streets:
    """Arcs inside by the node they leave: those of node n are ``start[n]`` to ``start[n + 1]``."""

    start: NDArray[np.int64]

    @staticmethod
    def of(arcs: Arcs) -> _Streets:
        return _Streets(np.searchsorted(arcs.tail, np.arange(arcs.nodes + 1)))


@dataclass(frozen=True, slots=True, eq=False)
class _Parts:
    """A column's reduced cost, in parts: ``home[z, g] + gate[g, c] + walk x steps walked``."""

    home: NDArray[np.float64]
    gate: NDArray[np.float64]
    walk: float

    @staticmethod
    def of(problem: Problem, goal: Goal, duals: Duals) -> _Parts:
        p, cells, planning = problem, problem.cells, problem.scenario.planning
        level, wait_s = goal.level, cells.wait_s if goal.waiting else 0.0 * cells.wait_s
        exposed = (1.0 if level == EXPOSURE else 0.0) - duals.exposure
        weight = -p.weights * ((1.0 if level == PEOPLE else 0.0) + duals.weight)
        weight = weight - (1.0 if level == COUNT else 0.0)
        corridor = p.corridor_ticks[:, cells.corridor] * planning.tick_s
        beyond = (corridor + wait_s) / 3600.0
        gate = exposed * beyond - duals.cell - duals.site[p.site[cells.corridor]]
        if level == HOURS:
            passing = (cells.front + (cells.cohorts - 1) / 2) * planning.step_s / 3600.0
            gate = gate + (passing + beyond) * p.urgency[:, None]
        home = weight[None, :] - duals.supply - duals.spread[:, None]
        return _Parts(home, gate, exposed * planning.step_s / 3600.0)


def _best(
    owner: NDArray[np.int64], window: NDArray[np.int64], cost: NDArray[np.float64], most: int
) -> NDArray[np.int64]:
    """Return rows with the ``most`` least costs of each owner and window."""
    order = np.lexsort((cost, window, owner))
    key = owner[order] * (window.max(initial=0) + 1) + window[order]
    rank = np.arange(len(order)) - np.searchsorted(key, key)
    return np.asarray(order[rank < most])
