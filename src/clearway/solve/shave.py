"""Whole households where many streets are full: round each call, take back what is too much."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from clearway.solve.called import Called
from clearway.solve.flow import Flow
from clearway.solve.problem import Problem
from clearway.solve.routes import Columns, Routes, Use

#: Persons below which a block of the flow is left out.
SMALL: Final = 0.05
#: Persons that a sum of floating-point numbers may be off by.
CRUMB: Final = 1e-6
#: Most rounds of taking back; a few tens are enough.
ROUNDS: Final = 10_000


def shave(problem: Problem, routes: Routes, flow: Flow) -> Called:
    """Return ``flow`` in whole households, within every limit.

    Each zone and group is called in the order in which its blocks leave; where one block ends and
    the next begins, its share of all persons is rounded to a whole household. Streets, gates and
    sites of which that is too much then lose one household after another, each of the block that
    uses most of the overfull slot, so that no block gives way whole for a few persons of its last
    cohort.
    """
    keep = flow.persons > SMALL
    columns, target = flow.columns.take(keep), flow.persons[keep]
    simple = [len(set(routes.links(int(r)).tolist())) == len(routes.links(int(r)))
              for r in columns.route]  # fmt: skip
    columns, target = columns.take(np.array(simple, dtype=bool)), target[simple]
    order = np.lexsort((columns.cell, columns.depart, columns.group, columns.zone))
    columns, target = columns.take(order), target[order]
    homes = _Homes(problem, columns)
    households = homes.rounded(target)
    limits = _Limits(problem, routes, columns)
    for _ in range(ROUNDS):
        persons = homes.persons(households)
        block = limits.too_much(persons)
        if not len(block):
            break
        households[block] = np.maximum(0, households[block] - 1)
    some = households > 0
    first = homes.first(households)
    return Called(columns.take(some), first[some], households[some], persons[some])


class _Homes:
    """The runs of blocks of one zone and group, in the order of its households."""

    def __init__(self, problem: Problem, columns: Columns) -> None:
        who = columns.zone * problem.supply.shape[1] + columns.group
        self._begin = np.searchsorted(who, np.unique(who))
        self._end = np.searchsorted(who, np.unique(who), side="right")
        self._sums = [
            np.append(0, np.cumsum(problem.taken.willing(
                problem.scenario, int(columns.zone[at]), int(columns.group[at])
            )))
            for at in self._begin
        ]  # fmt: skip

    def rounded(self, target: NDArray[np.float64]) -> NDArray[np.int64]:
        """Return the households of each block whose ends are nearest to the persons asked for."""
        households = np.zeros(len(target), dtype=np.int64)
        for begin, end, sums in zip(self._begin, self._end, self._sums, strict=True):
            until = np.minimum(np.cumsum(target[begin:end]), sums[-1])
            middles = (sums[1:] + sums[:-1]) / 2
            at = np.searchsorted(middles, until + CRUMB)
            households[begin:end] = np.diff(np.append(0, at))
        return households

    def first(self, households: NDArray[np.int64]) -> NDArray[np.int64]:
        """Return the place of each block's first household."""
        before = np.cumsum(households) - households
        start = np.repeat(before[self._begin], self._end - self._begin)
        return np.asarray(before - start)

    def persons(self, households: NDArray[np.int64]) -> NDArray[np.int64]:
        """Return the persons of each block."""
        first = self.first(households)
        persons = np.zeros(len(households), dtype=np.int64)
        for begin, end, sums in zip(self._begin, self._end, self._sums, strict=True):
            at = first[begin:end]
            persons[begin:end] = sums[at + households[begin:end]] - sums[at]
        return persons


class _Limits:
    """What blocks use of streets, gates and sites."""

    def __init__(self, problem: Problem, routes: Routes, columns: Columns) -> None:
        self._problem, self._columns = problem, columns
        use = routes.use(columns)
        self._keys, row = np.unique(use.key, return_inverse=True)
        self._use = Use(use.column, row.astype(np.int64), use.share)
        self._room = routes.capacity(self._keys)
        by_row = np.lexsort((-use.share, row))
        # The blocks of each street slot, those that use most of it first.
        self._blocks = use.column[by_row]
        self._start = np.searchsorted(row[by_row], np.arange(len(self._keys) + 1))

    def too_much(self, persons: NDArray[np.int64]) -> NDArray[np.int64]:
        """Return blocks that are to lose a household; none if every limit is kept."""
        entered = np.bincount(
            self._use.key, self._use.share * persons[self._use.column], len(self._keys)
        )
        found = []
        for row in np.flatnonzero(entered > self._room + CRUMB):
            mine = self._blocks[self._start[row] : self._start[row + 1]]
            found.append(int(mine[persons[mine] > 0][0]))
        found += self._at_gates(persons) + self._at_sites(persons)
        return np.unique(np.array(found, dtype=np.int64))

    def _at_gates(self, persons: NDArray[np.int64]) -> list[int]:
        cells, cell = self._problem.cells, self._columns.cell
        load = np.bincount(cell, persons, len(cells))
        found, waiting = [], 0.0
        for at in range(len(cells)):
            if at == 0 or cells.window[at] != cells.window[at - 1]:
                waiting = 0.0
            if cells.overlap[at]:
                behind = load[at] + load[at - 1] - cells.capacity[at]
            else:
                late = cells.late_share[at] * load[at] - cells.late_capacity[at]
                waiting = max(0.0, late, waiting + load[at] - cells.capacity[at])
                behind = waiting - cells.spare[at]
            if behind > CRUMB:
                mine = np.flatnonzero((cell == at) & (persons > 0))
                mine = mine if len(mine) else np.flatnonzero((cell == at - 1) & (persons > 0))
                found.append(int(mine[np.argmax(persons[mine])]))
        return found

    def _at_sites(self, persons: NDArray[np.int64]) -> list[int]:
        site = self._problem.site[self._problem.cells.corridor[self._columns.cell]]
        come = np.bincount(site, persons, len(self._problem.places))
        found = []
        for full in np.flatnonzero(come > self._problem.places + CRUMB):
            mine = np.flatnonzero((site == full) & (persons > 0))
            found.append(int(mine[np.argmax(persons[mine])]))
        return found
