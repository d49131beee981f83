"""The master linear program: blocks in gate slots, grown by columns and by rows on demand."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from clearway.errors import SolverError
from clearway.model.plan import EXPOSURE, HOURS, PEOPLE
from clearway.solve.highs import INFINITY, LinearProgram, Sparse
from clearway.solve.options import Watch
from clearway.solve.problem import Problem
from clearway.solve.routes import NO_COLUMNS, Columns, Routes, Use, exposure_hours, out_hours

#: The level that counts every person alike, for bounds: what the field asks for first.
COUNT = "persons"
#: Share by which a street may be overfull before its row is added.
OVERFULL = 1e-7
#: What a person-hour in the open counts beside a person, where all levels are solved at once; an
#: hour until out counts its square.
ONCE = 1e-3
#: Room of a street that is left for whole households where many streets are full: a share of it,
#: and persons.
ROUND_SHARE, ROUND_PERSONS = 0.002, 2.0


@dataclass(frozen=True, slots=True)
class Goal:
    """What to optimise.

    Attributes
    ----------
    level
        A level of the objective, or ``COUNT``.
    waiting
        Whether people are charged for waits at the gates: those left over for the next slot, and
        those in a window's last. The charge is right while the gate is busy and too high where it
        is not, so that a bound must do without.
    all_at_once
        Whether later levels count a little, at ``ONCE`` a unit, so that one optimum does for all.
    """

    level: str
    waiting: bool = True
    all_at_once: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class Duals:
    """What one unit more on each right-hand side adds to the minimum.

    Attributes
    ----------
    supply
        Shape (z, g).
    cell
        Shape (cells,).
    site
        Shape (r,).
    weight, exposure
        Of the rows that hold earlier levels.
    spread
        Shape (z,), both fairness rows of a zone together, for one person.
    keys, link
        Shape (n,), the street slots that have a row, sorted, and their duals.
    """

    supply: NDArray[np.float64]
    cell: NDArray[np.float64]
    site: NDArray[np.float64]
    weight: float
    exposure: float
    spread: NDArray[np.float64]
    keys: NDArray[np.int64]
    link: NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Answer:
    """An optimum of the master over the columns so far.

    Attributes
    ----------
    objective
        Minimum of the level's cost; persons count below zero.
    x
        Shape (columns,), persons.
    duals
        Of the rows.
    whole
        Whether no street is overfull; otherwise time ran out before every row was there.
    """

    objective: float
    x: NDArray[np.float64]
    duals: Duals
    whole: bool = True


#: Majors (columns or rows), minors, and values of entries.
_Entries = tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float64]]


class Master:
    r"""The plan as a flow of blocks.

    With :math:`x_j` persons in block :math:`j` of zone, group, route and gate slot:

    .. math::

        \sum_{j \in ig} x_j \le S_{ig}, \qquad \sum_{j \in c} x_j + q_{c-1} - q_c \le \rho_c, \qquad
        \sum_{j \in r} x_j \le P_r, \qquad \sum_j a_{j\ell s} x_j \le u_{\ell s}

    for zones and groups, gate slots, reception sites, and those streets :math:`\ell` and slots
    :math:`s` that were once overfull; :math:`a` is the share of a block that enters a
    street in a slot. A few persons :math:`q_c`, as many as pass in one step, may be left over at
    the end of a gate slot for the next. Two rows hold the levels before: weighted persons at
    least, exposure at most. With the fairness option,
    :math:`m \le \sum_{j \in i} x_j / S_i \le m + \sigma` for each zone.
    """

    def __init__(self, problem: Problem, routes: Routes, spread: float) -> None:
        """Write the rows that every plan has; ``spread`` is the fairness option, 1 for none."""
        self._problem, self._routes, self._spread = problem, routes, spread
        self.columns: Columns = NO_COLUMNS
        self._names: set[tuple[int, ...]] = set()
        self._costs = {level: np.empty(0) for level in (PEOPLE, EXPOSURE, HOURS, COUNT)}
        self._use = Use(NO_COLUMNS.zone, NO_COLUMNS.zone, np.empty(0))
        self._keys, self._key_rows = np.empty(0, np.int64), np.empty(0, np.int64)
        self._lp = LinearProgram()
        self._extra = 0
        self._headroom = False
        # A queue that stands at the end of a slot grew in it and shrinks in the next.
        self._slot_hours = problem.scenario.planning.slot_s / 3600.0
        self._write()

    def _write(self) -> None:
        p = self._problem
        zones, sites = p.supply.shape[0], p.scenario.receptions
        upper = [p.supply.ravel(), p.cells.capacity, p.places, np.full(2, INFINITY)]
        lower = [np.full(sum(map(len, upper)), -INFINITY)]
        self._cell_row = p.supply.size
        self._site_row = self._cell_row + len(p.cells)
        self._hold = self._site_row + len(sites)
        if self._spread < 1:
            some = p.supply.sum(axis=1) > 0
            lower += [np.where(some, 0.0, -INFINITY), np.full(zones, -INFINITY)]
            upper += [np.full(zones, INFINITY), np.where(some, self._spread, INFINITY)]
        self._late_row = sum(map(len, upper))
        self._late = np.flatnonzero(p.cells.late_share > 0)
        lower.append(np.full(len(self._late), -INFINITY))
        upper.append(p.cells.late_capacity[self._late])
        self._lp.add_rows(np.concatenate(lower), np.concatenate(upper))
        if self._spread < 1:
            rows = self._hold + 2 + np.arange(2 * zones, dtype=np.int32)
            least = Sparse(np.zeros(1, np.int32), rows, np.full(2 * zones, -1.0))
            self._lp.add_columns(np.zeros(1), np.array([1.0]), least)
        self._carry = self._lp.columns
        self._add_carry()
        self._extra = self._lp.columns

    def _add_carry(self) -> None:
        """Add a column for those left over at the end of each gate slot."""
        cells = np.flatnonzero(self._problem.cells.spare > 0)
        each, row = np.arange(len(cells)), self._cell_row + cells
        wait = np.full(len(cells), self._slot_hours)
        entries: list[_Entries] = [
            (each, row, np.full(len(cells), -1.0)),
            (each, row + 1, np.ones(len(cells))),
            (each, np.full(len(cells), self._hold + 1), wait),
            _late(self._problem, self._late_row, (each, cells, np.full(len(cells), -1.0))),
        ]
        upper = self._problem.cells.spare[cells]
        self._lp.add_columns(np.zeros(len(cells)), upper, _sparse(entries, len(cells)))

    @property
    def watched(self) -> int:
        """Number of streets and slots that have a row."""
        return len(self._keys)

    def hold(self, weight: float, exposure: float) -> None:
        """Ask for at least ``weight`` weighted persons and at most ``exposure`` person-hours."""
        self._lp.set_row(self._hold, weight, INFINITY)
        self._lp.set_row(self._hold + 1, -INFINITY, exposure)

    def set_spread(self, spread: float) -> None:
        """Replace the fairness option of a master that has one."""
        zones = self._problem.supply.shape[0]
        for zone in np.flatnonzero(self._problem.supply.any(axis=1)):
            self._lp.set_row(self._hold + 2 + zones + int(zone), -INFINITY, spread)

    def adds(self, columns: Columns) -> bool:
        """Return whether any of ``columns`` is not there yet."""
        return bool(self._new(columns).any())

    def _new(self, columns: Columns) -> NDArray[np.bool_]:
        """Return which columns are not there yet, each once; remembers nothing."""
        keys = _names(columns)
        fresh = np.array([key not in self._names for key in keys], dtype=bool)
        first = dict(zip(reversed(keys), range(len(keys) - 1, -1, -1), strict=True))
        once = np.array([first[key] == at for at, key in enumerate(keys)], dtype=bool)
        return np.asarray(fresh & once)

    def add(self, columns: Columns, most: NDArray[np.float64] | None = None) -> None:
        """Add those columns that are not there yet, with their part in every row there is.

        Parameters
        ----------
        columns
            Blocks.
        most
            Shape (n,), persons in each at most; no limit by default. With limits the duals prove
            nothing about columns that are not there.
        """
        new = self._new(columns)
        columns = columns.take(new)
        limits = np.full(len(columns), INFINITY) if most is None else most[new]
        self._headroom = self._headroom or most is not None
        self._names.update(_names(columns))
        p, count = self._problem, len(columns)
        if not count:
            return
        weight = p.weights[columns.group]
        costs = {
            PEOPLE: -weight,
            EXPOSURE: exposure_hours(p, columns),
            HOURS: out_hours(p, columns) * p.urgency[columns.group],
            COUNT: np.full(count, -1.0),
        }
        use = self._routes.use(columns)
        each = np.arange(count)
        site = p.site[p.cells.corridor[columns.cell]]
        supply = columns.zone * p.supply.shape[1] + columns.group
        entries: list[_Entries] = [
            (each, supply, np.ones(count)),
            (each, self._cell_row + columns.cell, np.ones(count)),
            (each, self._site_row + site, np.ones(count)),
            (each, np.full(count, self._hold), weight),
            (each, np.full(count, self._hold + 1), costs[EXPOSURE]),
            _late(p, self._late_row, (each, columns.cell, p.cells.late_share[columns.cell])),
            _overlapping(p, self._cell_row, each, columns.cell),
            self._link_entries(use),
        ]
        if self._spread < 1:
            share = 1.0 / p.supply.sum(axis=1)[columns.zone]
            first = self._hold + 2 + columns.zone
            entries += [(each, first, share), (each, first + p.supply.shape[0], share)]
        cost = np.zeros(count)
        self._lp.add_columns(cost, limits, _sparse(entries, count))
        before = len(self.columns)
        self.columns = self.columns.join(columns)
        for level, values in costs.items():
            self._costs[level] = np.concatenate([self._costs[level], values])
        self._use = Use(
            np.concatenate([self._use.column, before + use.column]),
            np.concatenate([self._use.key, use.key]),
            np.concatenate([self._use.share, use.share]),
        )

    def solve(self, goal: Goal) -> Answer:
        """Return the best of ``goal`` over the columns so far, with rows for overfull streets."""
        answer = self.solve_within(goal, None)
        if answer is None:
            raise SolverError("the linear program's solver gave up without a limit")
        return answer

    def solve_within(self, goal: Goal, watch: Watch | None) -> Answer | None:
        """Return the same as far as ``watch`` lets it come; None if not even a first optimum."""
        extra, cost = np.zeros(self._extra), self._costs[goal.level]
        if goal.level in {EXPOSURE, HOURS}:
            if goal.waiting:
                extra[self._carry :] = self._slot_hours
            else:
                cost = cost - self._problem.cells.wait_s[self.columns.cell] / 3600.0
        if goal.all_at_once:
            cost = cost + ONCE * self._costs[EXPOSURE] + ONCE**2 * self._costs[HOURS]
            extra[self._carry :] = ONCE * self._slot_hours
        cost = np.concatenate([extra, cost])
        self._lp.set_costs(cost)
        answer = None
        while True:
            optimum = self._lp.solve_within(watch.left_s() if watch else INFINITY)
            if optimum is None:
                return answer
            x = np.maximum(optimum.x[self._extra :], 0.0)
            # Before rows are added: duals are of the rows that were there.
            answer = Answer(optimum.objective, x, self._duals(optimum.dual), whole=False)
            if not self._add_overfull(x):
                return dataclasses.replace(answer, whole=True)
            if watch is not None and watch.over():
                return answer

    def link_use(self, x: NDArray[np.float64]) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
        """Return the street slots that persons ``x`` use, and how many enter them."""
        walked = x[self._use.column]
        some = walked > 0
        keys, at = np.unique(self._use.key[some], return_inverse=True)
        persons = self._use.share[some] * walked[some]
        entered = np.bincount(at, weights=persons, minlength=len(keys))
        return keys, entered.astype(np.float64)

    def _add_overfull(self, x: NDArray[np.float64]) -> bool:
        keys, persons = self.link_use(x)
        room = (
            _less(self._problem, self._routes, keys)
            if self._headroom
            else (self._routes.capacity(keys))
        )
        over = persons > room * (1 + OVERFULL) + OVERFULL
        new = np.setdiff1d(keys[over], self._keys)
        if not len(new):
            return False
        mine = np.isin(self._use.key, new)
        row, column = np.searchsorted(new, self._use.key[mine]), self._use.column[mine]
        entries: list[_Entries] = [(row, self._extra + column, self._use.share[mine])]
        lower = np.full(len(new), -INFINITY)
        first = self._lp.rows
        self._lp.add_rows(lower, room[np.searchsorted(keys, new)], _sparse(entries, len(new)))
        keys = np.concatenate([self._keys, new])
        rows = np.concatenate([self._key_rows, first + np.arange(len(new))])
        order = np.argsort(keys)
        self._keys, self._key_rows = keys[order], rows[order]
        return True

    def _link_entries(self, use: Use) -> _Entries:
        if not len(self._keys):
            return use.column[:0], use.key[:0], use.share[:0]
        at = np.minimum(np.searchsorted(self._keys, use.key), len(self._keys) - 1)
        mine = self._keys[at] == use.key
        return use.column[mine], self._key_rows[at[mine]], use.share[mine]

    def _duals(self, dual: NDArray[np.float64]) -> Duals:
        p, zones = self._problem, self._problem.supply.shape[0]
        spread = np.zeros(zones)
        if self._spread < 1:
            first = self._hold + 2
            both = dual[first : first + zones] + dual[first + zones : first + 2 * zones]
            persons = p.supply.sum(axis=1)
            spread = np.divide(both, persons, out=spread, where=persons > 0)
        cell = dual[self._cell_row : self._site_row].copy()
        late = dual[self._late_row : self._late_row + len(self._late)]
        cell[self._late] += p.cells.late_share[self._late] * late
        shared = np.flatnonzero(p.cells.overlap)
        cell[shared] += cell[shared - 1]
        return Duals(
            dual[: self._cell_row].reshape(p.supply.shape),
            cell,
            dual[self._site_row : self._hold],
            float(dual[self._hold]),
            float(dual[self._hold + 1]),
            spread,
            self._keys,
            dual[self._key_rows],
        )


def _late(p: Problem, late_row: int, entries: _Entries) -> _Entries:
    """Return the part in the rows of those who come late in a slot, of entries in slots."""
    each, cell, value = entries
    mine = p.cells.late_share[cell] > 0
    row = late_row + np.searchsorted(np.flatnonzero(p.cells.late_share > 0), cell[mine])
    return each[mine], row, value[mine]


def _overlapping(
    p: Problem, cell_row: int, each: NDArray[np.int64], cell: NDArray[np.int64]
) -> _Entries:
    """Return the part of those in an overlapping slot in the row of the one before."""
    mine = p.cells.overlap[cell]
    return each[mine], cell_row + cell[mine] - 1, np.ones(int(mine.sum()))


def _less(p: Problem, routes: Routes, keys: NDArray[np.int64]) -> NDArray[np.float64]:
    """Return what may enter streets, less what whole households need."""
    mode, _ = routes.place(keys)
    modes = p.modes
    unit = [modes.unit[modes.of_group == one].max(initial=0.0) for one in range(len(modes))]
    room = routes.capacity(keys) * (1 - ROUND_SHARE) - ROUND_PERSONS * np.array(unit)[mode]
    return np.asarray(np.maximum(0.0, room))


def _names(columns: Columns) -> list[tuple[int, ...]]:
    """Return what tells columns apart."""
    parts = (columns.zone, columns.group, columns.cell, columns.route, columns.depart)
    return list(zip(*(part.tolist() for part in parts), strict=True))


def _sparse(entries: list[_Entries], count: int) -> Sparse:
    """Return compressed rows or columns from triples of major, minor and value."""
    major = np.concatenate([entry[0] for entry in entries])
    minor = np.concatenate([entry[1] for entry in entries])
    value = np.concatenate([entry[2] for entry in entries])
    order = np.lexsort((minor, major))
    major, minor, value = major[order], minor[order], value[order]
    fresh = np.ones(len(major), dtype=bool)
    fresh[1:] = (major[1:] != major[:-1]) | (minor[1:] != minor[:-1])
    # A walk that enters a street twice in a slot has one entry, the sum.
    value = np.add.reduceat(value, np.flatnonzero(fresh)) if len(value) else value
    starts = np.searchsorted(major[fresh], np.arange(count))
    return Sparse(starts.astype(np.int32), minor[fresh].astype(np.int32), value)
