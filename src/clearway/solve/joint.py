"""The bound of the whole: people on foot and vehicles' days in one linear program."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from clearway.model.plan import PEOPLE
from clearway.solve.booking import Booking, Day, days
from clearway.solve.drives import Drives, places
from clearway.solve.dues import COUNT, Slots, day_entries, dues
from clearway.solve.highs import INFINITY, Sparse
from clearway.solve.options import Watch
from clearway.solve.outings import Ground, sweep_day, trace_day
from clearway.solve.problem import Problem
from clearway.solve.relax import Added, Relaxation, Relaxed
from clearway.solve.riders import pickups
from clearway.solve.shifts import Shift, shift

#: Share by which the program may still be off its bound, and rounds at most.
NEAR: Final = 2e-4
ROUNDS: Final = 60
#: Days of each crew that one round adds at most.
DIVERSE: Final = 6
#: Loads that a bound tells apart: up to each share of a full vehicle, checked as the one below.
PARTS: Final = (0.5, 0.75, 0.9, 1.0)


@dataclass(frozen=True, slots=True, eq=False)
class _Crew:
    """Vehicles of one type at one depot on one day."""

    count: int
    place: int
    shift: Shift


class Joint:
    r"""The relaxation of those who go by themselves, grown by vehicles' days.

    With :math:`y_d` vehicles on day :math:`d`, which lets :math:`a_{dig}` persons of zone
    :math:`i` and group :math:`g` board and takes :math:`a_{db}` persons through the gate in block
    :math:`b`, each row of :class:`~clearway.solve.relax.Relaxation` gains :math:`\sum_d a_d y_d`,
    and :math:`\sum_{d \in c} y_d \le n_c` for the vehicles of each type, depot and date. Days are
    priced exactly by :func:`~clearway.solve.outings.sweep_day`, with drives rounded down, and
    checks of a little fewer than are on board: every plan's days are among them or worth less. So
    the optimum plus what the best day of each crew could still save for all its vehicles is a
    bound for all plans (Lagrange).
    """

    def __init__(self, problem: Problem, relaxation: Relaxation, tables: dict[str, Drives]) -> None:
        """Write a row for each crew; there are no days yet."""
        self._problem, self._relaxation = problem, relaxation
        self._slots = Slots.of(problem, relaxation)
        self._crews = list(_crews(problem, tables))
        self._first = relaxation.rows.added
        relaxation.add_limits(np.array([crew.count for crew in self._crews], dtype=float))
        self._lane = self._first + len(self._crews)
        most = Booking(problem.scenario).lane_most.astype(float)
        relaxation.add_limits(np.repeat(most, self._slots.slots))

    def bound(
        self, level: str, *, weight: float = 0.0, exposure: float = INFINITY, watch: Watch
    ) -> float:
        """Return the best that any plan can reach at a level; see :meth:`Relaxation.best`.

        Parameters
        ----------
        level
            A level of the objective, or ``COUNT``.
        weight, exposure
            Weighted persons at least, person-hours at most.
        watch
            Ends the search early; the bound is then right, but not as near.
        """
        name, best, sign = (PEOPLE if level == COUNT else level), -INFINITY, 1.0
        sign = -1.0 if name == PEOPLE else 1.0
        for number in range(1, ROUNDS + 1):
            relaxed = self._relaxation.best(
                name, weight=weight, exposure=exposure, weighted=level != COUNT
            )
            value = sign * relaxed.value
            saved, grown = self._price(level, relaxed)
            best = max(best, value + saved)
            watch.tell(name, number, value, best)
            if not grown or value - best <= NEAR * abs(best) or watch.over():
                break
        return sign * best

    def _price(self, level: str, relaxed: Relaxed) -> tuple[float, bool]:
        """Add each crew's best days; return what they could save at most, and if any is new.

        After its best day the pick-ups of that are left out, and so on: different days of one
        round are all of use, where one alone would change its mind each round.
        """
        saved, found = 0.0, list[tuple[int, _Crew, NDArray[np.int64]]]()
        for n, crew in enumerate(self._crews):
            ground, due = (
                self._ground(crew.shift, level, relaxed.dual),
                relaxed.dual[self._first + n],
            )
            for number in range(DIVERSE):
                swept = sweep_day(ground)
                reduced = -float(swept.standing[0, crew.place]) - float(due)
                if reduced >= -1e-7:
                    break
                saved += crew.count * reduced if number == 0 else 0.0
                found.append((n, crew, trace_day(ground, swept, crew.place, 0)))
                ground.worth[:, found[-1][2][:, 3]] = -np.inf
        if found:
            self._add(found)
        return saved, bool(found)

    def _ground(self, one: Shift, level: str, dual: NDArray[np.float64]) -> Ground:
        gain, price = dues(self._problem, self._slots, one, level, dual)
        lanes = -dual[self._lane : self._lane + self._slots.share.shape[0]]
        toll = np.ascontiguousarray(lanes[self._slots.rows(one)])
        return one.ground(one.pickups.persons, one.pickups.persons * gain, (price, toll))

    def _add(self, days_found: list[tuple[int, _Crew, NDArray[np.int64]]]) -> None:
        """Add vehicles' days as columns."""
        columns = [self._column(n, crew, trips) for n, crew, trips in days_found]
        starts = np.cumsum([0, *(len(entries) for entries, _ in columns)])[:-1]
        index = np.concatenate([np.fromiter(e, np.int32, len(e)) for e, _ in columns])
        value = np.concatenate([np.fromiter(e.values(), float, len(e)) for e, _ in columns])
        counts = np.array([count for _, count in columns])
        sparse = Sparse(starts.astype(np.int32), index, value)
        self._relaxation.add(Added(sparse, *np.ascontiguousarray(counts.T)))

    def _column(
        self, n: int, crew: _Crew, trips: NDArray[np.int64]
    ) -> tuple[dict[int, float], tuple[float, float, float, float]]:
        one = crew.shift
        aboard = [
            (pickup, k, minute, float(one.pickups.persons[pickup]))
            for pickup, k, minute in trips[:, [3, 5, 6]].tolist()
        ]
        entries, totals = day_entries(self._problem, self._slots, one, aboard)
        slots = self._slots.rows(one)
        for k_in, gate_in, k_out, gate_out in trips[:, [1, 2, 5, 6]].tolist():
            for k, minute in ((k_in, gate_in), (k_out, gate_out)):
                row = self._lane + int(slots[k, minute])
                entries[row] = entries.get(row, 0.0) + 1.0
        return {**entries, self._first + n: 1.0}, totals


def _crews(problem: Problem, tables: dict[str, Drives]) -> list[_Crew]:
    scenario = problem.scenario
    row = {name: n for n, (name, _, _) in enumerate(places(scenario))}
    inside = {depot.id for depot in scenario.fleet.depots if depot.node is not None}
    shifts: dict[tuple[str, str], Shift] = {}
    found = []
    for day in days(scenario):
        for stock in scenario.fleet.vehicles:
            if not stock.count or stock.depot in inside:
                continue
            one = _shift(shifts, day, tables[stock.type])
            if len(one.pickups.zone):
                found.append(_Crew(stock.count, row[stock.depot], one))
    return found


def _shift(shifts: dict[tuple[str, str], Shift], day: Day, drives: Drives) -> Shift:
    at = (day.date, drives.type.id)
    if at not in shifts:
        found = pickups(drives.scenario, drives).parted(PARTS)
        shifts[at] = shift(drives, day, found, hopeful=True)
    return shifts[at]
