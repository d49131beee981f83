"""The pause without streets: a small linear program whose optimum no plan can beat."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from clearway.model.plan import EXPOSURE, HOURS, PEOPLE
from clearway.model.scenario import row_of
from clearway.solve.cells import NEVER
from clearway.solve.highs import INFINITY, LinearProgram, Sparse
from clearway.solve.problem import Problem
from clearway.solve.taken import served

SECONDS_PER_HOUR = 3600.0
#: Slack on rows that hold an earlier level, as a share: what the simplex method may be off by.
HOLD = 1e-9
#: People first, then exposure, in one objective; and hours that a weighted person counts for in it.
MIXED = "mixed"
MIXED_HOURS = 24.0


@dataclass(frozen=True, slots=True, eq=False)
class Relaxed:
    """An optimum of the relaxation.

    Attributes
    ----------
    value
        Of the objective: weighted persons, persons, or person-hours.
    persons
        Shape (z, g, w), persons that go through each window.
    gate_worth
        Shape (b,), what one person more through the gate in each block of steps would add.
    site_worth
        Shape (r,), the same for one place more at each reception site.
    dual
        Shape (rows,), what one unit more on each right-hand side adds to the minimum.
    extra
        Shape (columns added,), values of columns that were added from outside.
    """

    value: float
    persons: NDArray[np.float64]
    gate_worth: NDArray[np.float64]
    site_worth: NDArray[np.float64]
    dual: NDArray[np.float64]
    extra: NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Rows:
    """Where rows of the program begin: supply (z, g), gates' blocks, sites, and rows that hold.

    Attributes
    ----------
    supply, serve, site, weight, exposure, added
        First row of each family; ``added`` is the first of those added from outside.
    """

    supply: int
    serve: int
    site: int
    weight: int
    exposure: int
    added: int


@dataclass(frozen=True, slots=True, eq=False)
class Added:
    """Columns from outside: n of them, with what each counts at each level.

    Attributes
    ----------
    entries
        Their parts in rows.
    weight, persons, exposure, hours
        Shape (n,), weighted persons, persons, and person-hours in the open and until out.
    """

    entries: Sparse
    weight: NDArray[np.float64]
    persons: NDArray[np.float64]
    exposure: NDArray[np.float64]
    hours: NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Blocks:
    """Runs of steps at one gate in which the same people can pass; one row a run.

    Attributes
    ----------
    window
        Shape (b,), rows of windows.
    first, end
        Shape (b,), first step, and first step after it.
    """

    window: NDArray[np.int64]
    first: NDArray[np.int64]
    end: NDArray[np.int64]


class Relaxation:
    r"""The flow of people through gates, as if streets were wide and households divisible.

    With :math:`x_{igw}` persons of zone :math:`i` and group :math:`g` through window :math:`w`,
    :math:`q_{gb}` persons still waiting after block :math:`b` of steps, :math:`s_{gb}` persons
    that pass in it and :math:`y_p \le \rho` persons that pass in step :math:`p`:

    .. math::

        \sum_w x_{igw} \le S_{ig}, \qquad
        \sum_{i:\,r(igw) \in b} x_{igw} + q_{g,b-1} = q_{gb} + s_{gb}, \qquad
        \sum_g s_{gb} = \sum_{p \in b} y_p

    and the places of the reception sites. :math:`r(igw)` is the first step at which anyone of
    :math:`i, g` can be at the gate; waiting costs nothing. Every plan that the rules allow is a
    solution, so the optimum is a bound for all of them, whatever their streets, slots and routes.
    """

    _weight: NDArray[np.float64]
    _exposure: NDArray[np.float64]
    _hours: NDArray[np.float64]
    _held: tuple[NDArray[np.float64], ...]
    room: NDArray[np.float64]

    def __init__(self, problem: Problem) -> None:
        """Write the program of ``problem``."""
        self._problem = problem
        self.blocks = _blocks(problem)
        self._lay_out()
        self._lp = LinearProgram()
        self._write()
        self._own = self._lp.columns
        self._persons = np.where(self._weight > 0, 1.0, 0.0)
        self.rows = Rows(
            0, self._serve_row, self._site_row, self._hold, self._hold + 1, self._lp.rows
        )

    def add_limits(self, upper: NDArray[np.float64]) -> None:
        """Add empty rows that columns from outside fill, shape (n,): at most ``upper``."""
        self._lp.add_rows(np.full(len(upper), -INFINITY), upper)

    def add(self, more: Added) -> int:
        """Add columns from outside, none below 0; return the number of the first."""
        count, first = len(more.weight), self._lp.columns
        self._lp.add_columns(np.zeros(count), np.full(count, INFINITY), more.entries)
        self._weight = np.concatenate([self._weight, more.weight])
        self._persons = np.concatenate([self._persons, more.persons])
        self._exposure = np.concatenate([self._exposure, more.exposure])
        self._hours = np.concatenate([self._hours, more.hours])
        return first

    def fix(self, column: int, value: float) -> None:
        """Give one column from outside a value."""
        self._lp.fix_column(column, value)

    @property
    def own(self) -> int:
        """Columns of the program itself, before those from outside."""
        return self._own

    def limit(self, column: int, lower: float, upper: float) -> None:
        """Let one column from outside have values between two."""
        self._lp.limit_column(column, lower, upper)

    def program(self) -> LinearProgram:
        """Return the linear program as it was solved last, to be changed at will."""
        return self._lp.copy()

    def limits(self) -> NDArray[np.float64]:
        """Return the most that each row may hold, shape (rows,)."""
        return self._lp.row_upper()

    def limit_row(self, row: int, upper: float) -> None:
        """Let one row that was added have at most a value."""
        self._lp.set_row(row, -INFINITY, upper)

    def prefer_primal(self, *, primal: bool = True) -> None:
        """Say which simplex method comes next: the primal one is quicker after new columns."""
        self._lp.prefer_primal(primal=primal)

    def best(
        self, level: str, *, weight: float = 0.0, exposure: float = INFINITY, weighted: bool = True
    ) -> Relaxed:
        """Return the best value of ``level`` among flows that keep the levels given.

        Parameters
        ----------
        level
            ``people_out``, ``exposure_person_hours`` or ``hours_until_out``; or ``MIXED``.
        weight
            Weighted persons brought out, at least.
        exposure
            Person-hours of exposure, at most.
        weighted
            For ``people_out``: whether persons count by their group's weight.
        """
        people = self._weight if weighted else self._persons
        both = self._exposure - MIXED_HOURS * self._weight
        cost = {PEOPLE: -people, EXPOSURE: self._exposure, HOURS: self._hours, MIXED: both}[level]
        self._lp.set_costs(cost)
        self._lp.set_row(self._hold, weight - HOLD * abs(weight), INFINITY)
        self._lp.set_row(self._hold + 1, -INFINITY, exposure * (1 + HOLD))
        optimum = self._lp.solve()
        persons = np.zeros(self._shape)
        persons[self._zone, self._group, self._window] = optimum.x[: len(self._zone)]
        sign = -1.0 if level == PEOPLE else 1.0
        return Relaxed(
            sign * optimum.objective,
            persons,
            np.abs(optimum.dual[self._serve_row : self._serve_row + len(self.blocks.window)]),
            np.abs(optimum.dual[self._site_row : self._hold]),
            optimum.dual,
            optimum.x[self._own :],
        )

    def _lay_out(self) -> None:
        """Give numbers to persons by zone, group and window; then who waits, passes, and steps."""
        p, scenario = self._problem, self._problem.scenario
        corridor = _window_corridor(p)
        self._shape = (*p.supply.shape, len(scenario.windows))
        walk = p.walk_steps[:, :, corridor]
        release = np.where(walk >= NEVER, NEVER, p.open_step + walk)
        usable = (release <= p.last_step[None, :, :]) & (p.supply[:, :, None] > 0)
        self._zone, self._group, self._window = np.nonzero(usable)
        self._release = release[usable]
        self._corridor = corridor[self._window]
        self._block = _block_of(self.blocks, self._window, self._release)
        last = p.last_step[:, self.blocks.window]
        self._serve_group, self._serve_block = np.nonzero(self.blocks.first[None, :] <= last)
        steps = self.blocks.end - self.blocks.first
        self._step_block = np.repeat(np.arange(len(steps)), steps)
        offset = np.arange(len(self._step_block)) - np.repeat(np.cumsum(steps) - steps, steps)
        self._step = self.blocks.first[self._step_block] + offset

    def _write(self) -> None:
        p, planning = self._problem, self._problem.scenario.planning
        zones, groups = p.supply.shape
        chain = np.full((groups, len(self.blocks.window)), -1)
        chain[self._serve_group, self._serve_block] = np.arange(len(self._serve_group))
        ahead = _ahead(self.blocks, chain)
        self._chain_row = zones * groups
        self._serve_row = self._chain_row + len(self._serve_group)
        self._site_row = self._serve_row + len(self.blocks.window)
        self._hold = self._site_row + len(p.scenario.receptions)
        self._objectives(len(ahead[0]))
        self._rows(zones)
        columns = _Columns()
        supply = self._zone * groups + self._group
        site = self._site_row + p.site[self._corridor]
        enters = self._chain_row + chain[self._group, self._block]
        persons: list[_Entry] = [(supply, 1.0), (site, 1.0), (enters, 1.0)]
        persons += [(self._hold + n, row[: len(supply)]) for n, row in enumerate(self._held)]
        if planning.spread < 1:
            share = 1.0 / p.supply.sum(axis=1)[self._zone]
            persons += [(self._hold + 2 + self._zone + n * zones, share) for n in (0, 1)]
        columns.add(len(supply), persons)
        columns.add(
            len(ahead[0]), [(self._chain_row + ahead[0], -1.0), (self._chain_row + ahead[1], 1.0)]
        )
        passed = self._chain_row + np.arange(len(self._serve_group))
        columns.add(len(passed), [(passed, -1.0), (self._serve_row + self._serve_block, 1.0)])
        columns.add(len(self._step), [(self._serve_row + self._step_block, -1.0)])
        upper = np.full(len(self._weight), INFINITY)
        steps = slice(columns.count - len(self._step), columns.count)
        gate = _window_corridor(p)[self.blocks.window[self._step_block]]
        room = [served(p.scenario, p.taken, int(k), self._step[gate == k]) for k in np.unique(gate)]
        for k, left in zip(np.unique(gate), room, strict=True):
            upper[steps][gate == k] = left
        whole = np.bincount(self._step_block, upper[steps], len(self.blocks.window))
        self.room = whole.astype(np.float64)
        if planning.spread < 1:
            columns.add_one(self._hold + 2 + np.arange(2 * zones), -1.0)
        self._lp.add_columns(np.zeros(columns.count), upper, columns.sparse())

    def _objectives(self, waits: int) -> None:
        p, planning = self._problem, self._problem.scenario.planning
        rest = waits + len(self._serve_group)
        least = 1 if planning.spread < 1 else 0
        corridor_s = p.corridor_ticks[self._group, self._corridor] * planning.tick_s
        walk_s = p.walk_steps[self._zone, self._group, self._corridor] * planning.step_s
        nothing, steps = np.zeros(rest), np.zeros(len(self._step) + least)
        out_s = np.append(self._step * planning.step_s, np.zeros(least))
        self._weight = np.concatenate([p.weights[self._group], nothing, steps])
        exposure = np.concatenate([(corridor_s + walk_s).astype(float), nothing, steps])
        hours = np.concatenate([corridor_s.astype(float), nothing, out_s])
        self._exposure, self._hours = exposure / SECONDS_PER_HOUR, hours / SECONDS_PER_HOUR
        self._held = (self._weight, self._exposure)

    def _rows(self, zones: int) -> None:
        p, spread = self._problem, self._problem.scenario.planning.spread
        free = np.full(1, -INFINITY)
        blocks, chains = len(self.blocks.window), len(self._serve_group)
        places = p.places
        lower = [np.full(p.supply.size, -INFINITY), np.zeros(chains), np.full(blocks, -INFINITY)]
        upper = [p.supply.ravel(), np.zeros(chains), np.zeros(blocks)]
        lower += [np.full(len(places), -INFINITY), np.zeros(1), free]
        upper += [places, -free, -free]
        if spread < 1:
            some = p.supply.sum(axis=1) > 0
            lower += [np.where(some, 0.0, -INFINITY), np.full(zones, -INFINITY)]
            upper += [np.full(zones, INFINITY), np.where(some, spread, INFINITY)]
        self._lp.add_rows(np.concatenate(lower), np.concatenate(upper))


_Entry = tuple[NDArray[np.int64], NDArray[np.float64] | float]


class _Columns:
    """Columns with a fixed number of entries each, put together family by family."""

    def __init__(self) -> None:
        self.count = 0
        self._lengths: list[NDArray[np.int64]] = []
        self._index: list[NDArray[np.int64]] = []
        self._value: list[NDArray[np.float64]] = []

    def add(self, count: int, entries: list[_Entry]) -> None:
        rows = [np.broadcast_to(row, count) for row, _ in entries]
        values = [np.broadcast_to(np.asarray(value, dtype=float), count) for _, value in entries]
        self.count += count
        self._lengths.append(np.full(count, len(entries)))
        self._index.append(np.stack(rows, axis=1).ravel())
        self._value.append(np.stack(values, axis=1).ravel())

    def add_one(self, rows: NDArray[np.int64], value: float) -> None:
        self.count += 1
        self._lengths.append(np.array([len(rows)]))
        self._index.append(rows)
        self._value.append(np.full(len(rows), value))

    def sparse(self) -> Sparse:
        lengths = np.concatenate(self._lengths)
        return Sparse(
            (np.cumsum(lengths) - lengths).astype(np.int32),
            np.concatenate(self._index).astype(np.int32),
            np.concatenate(self._value),
        )


def _window_corridor(problem: Problem) -> NDArray[np.int64]:
    row = row_of(problem.scenario.corridors)
    return np.array([row[window.corridor] for window in problem.scenario.windows])


def _blocks(problem: Problem) -> Blocks:
    """Cut each window's steps where the people who can pass change; early on every few steps."""
    corridor = _window_corridor(problem)
    fine = max(1, problem.cohorts // 3)
    windows, firsts, ends = [], [], []
    for w, k in enumerate(corridor):
        walks = problem.walk_steps[:, :, k]
        last = problem.last_step[:, w]
        known = walks[walks < NEVER]
        if not len(known) or problem.open_step[w] + known.min() > last.max():
            continue
        begin, end = problem.open_step[w] + known.min(), last.max() + 1
        late = min(problem.open_step[w] + known.max(), end)
        cuts = np.concatenate([np.arange(begin, late + fine, fine), last + 1, [end]])
        cuts = np.unique(cuts[(cuts >= begin) & (cuts <= end)])
        windows.append(np.full(len(cuts) - 1, w))
        firsts.append(cuts[:-1])
        ends.append(cuts[1:])
    if not windows:
        nothing = np.empty(0, dtype=np.int64)
        return Blocks(nothing, nothing, nothing)
    return Blocks(np.concatenate(windows), np.concatenate(firsts), np.concatenate(ends))


def _block_of(
    blocks: Blocks, window: NDArray[np.int64], step: NDArray[np.int64]
) -> NDArray[np.int64]:
    """Return the block of each (window, step)."""
    far = int(blocks.end.max(initial=0)) + 1
    keys = blocks.window * far + blocks.first
    return np.searchsorted(keys, window * far + step, side="right") - 1


def _ahead(blocks: Blocks, chain: NDArray[np.int64]) -> tuple[NDArray[np.int64], ...]:
    """Return the pairs of chain rows between which people of one group may wait."""
    same = blocks.window[1:] == blocks.window[:-1]
    both = same[None, :] & (chain[:, 1:] >= 0) & (chain[:, :-1] >= 0)
    return chain[:, :-1][both], chain[:, 1:][both]
