"""The bound of the whole: people on foot and vehicles' days in one linear program."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from clearway.model.plan import PEOPLE
from clearway.solve.boarding import Riders
from clearway.solve.booking import Booking
from clearway.solve.crews import Crew, over
from clearway.solve.dues import COUNT, Slots, day_entries, dues
from clearway.solve.highs import INFINITY, Sparse
from clearway.solve.options import Watch
from clearway.solve.outings import Ground, sweep_day, trace_day
from clearway.solve.problem import Problem
from clearway.solve.relax import Added, Relaxation, Relaxed
from clearway.solve.riders import Given
from clearway.solve.shifts import Shift

#: Share by which the program may still be off its bound: less than rounding leaves anyhow.
NEAR: Final = 3e-3
#: Rounds at most.
ROUNDS: Final = 40
#: Days of each crew that one round adds at most.
DIVERSE: Final = 4
#: Reduced cost above which a day is not worth adding, in the level's unit.
WORTHLESS: Final = 1e-7


@dataclass(frozen=True, slots=True)
class Bound:
    """What no plan exceeds, and what the days so far reach in the linear program."""

    proved: float
    reached: float


class Joint:
    r"""The relaxation of those who go by themselves, grown by vehicles' days.

    With :math:`y_d` vehicles on day :math:`d`, which lets :math:`a_{dig}` persons of zone
    :math:`i` and group :math:`g` board and takes :math:`a_{db}` persons through the gate in block
    :math:`b`, each row of :class:`~clearway.solve.relax.Relaxation` gains :math:`\sum_d a_d y_d`;
    :math:`\sum_{d \in c} y_d \le n_c` for the vehicles of a crew, and no more vehicles pass in a
    slot than a lane checks, and no more persons on board than the gate. A few persons more than
    the mean load of each trip allows may ride, since some trips are fuller. Days are priced
    exactly by :func:`~clearway.solve.outings.sweep_day`, so the optimum plus what the best day of
    each crew could still save for all its vehicles is a bound (Lagrange) for all plans that leave
    patients their trips, round drives up to half a minute, and book the check of a full vehicle.
    """

    def __init__(self, problem: Problem, crews: tuple[Crew, ...]) -> None:
        """Write the rows; there are no days yet.

        Parameters
        ----------
        problem
            With what patients take, and nothing else.
        crews
            Vehicles after what they do for patients.
        """
        self._problem, self._relaxation = problem, (relaxation := Relaxation(problem))
        self._slots = Slots.of(problem, relaxation)
        self._crews = crews
        self._first = relaxation.rows.added
        relaxation.add_limits(np.array([crew.count for crew in self._crews], dtype=float))
        self._lane = self._first + len(self._crews)
        most = Booking(problem.scenario).lane_most.astype(float)
        relaxation.add_limits(np.repeat(most, self._slots.slots))
        self._aboard = self._lane + self._slots.share.shape[0]
        serves = [one.gate_persons_per_s.central for one in problem.scenario.corridors]
        relaxation.add_limits(np.repeat(serves, self._slots.slots) * self._slots.slot_s)
        self._add_excess()

    def seed(self, days: list[Given]) -> None:
        """Add the days of a plan, so that the search begins where that is."""
        rows = {(id(one.shift), one.place, one.tick): n for n, one in enumerate(self._crews)}
        self._add([(rows[id(day.shift), *day.where], day.shift, day.trips) for day in days])

    def bound(
        self, level: str, *, weight: float = 0.0, exposure: float = INFINITY, watch: Watch
    ) -> Bound:
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
        return Bound(sign * best, sign * value)

    def _price(self, level: str, relaxed: Relaxed) -> tuple[float, bool]:
        """Add each crew's best days; return what they could save at most, and if any is new.

        After its best day the pick-ups of that are left out, and so on: different days of one
        round are all of use, where one alone would change its mind each round.
        """
        saved, found = 0.0, list[tuple[int, Shift, list[tuple[list[int], float]]]]()
        dues_ = relaxed.dual[self._first : self._first + len(self._crews)]
        for one in {id(crew.shift): crew.shift for crew in self._crews}.values():
            mine = [n for n, crew in enumerate(self._crews) if crew.shift is one]
            ground = self._ground(one, level, relaxed.dual)
            for number in range(DIVERSE):
                swept, used = sweep_day(ground), list[int]()
                for n in mine:
                    crew = self._crews[n]
                    reduced = -float(swept.standing[crew.tick, crew.place]) - float(dues_[n])
                    if reduced < -WORTHLESS:
                        saved += crew.count * reduced if number == 0 else 0.0
                        trips = trace_day(ground, swept, crew.place, crew.tick).tolist()
                        persons = ground.persons
                        found.append((n, one, [(trip, float(persons[trip[3]])) for trip in trips]))
                        used += [trip[3] for trip in trips]
                if not used:
                    break
                ground.worth[:, used] = -np.inf
        if found:
            self._add(found)
        return saved, bool(found)

    def _ground(self, one: Shift, level: str, dual: NDArray[np.float64]) -> Ground:
        gain, price = dues(self._problem, self._slots, one, level, dual)
        slots, count = self._slots.rows(one), self._slots.share.shape[0]
        toll = np.ascontiguousarray(-dual[self._lane : self._lane + count][slots])
        price = np.ascontiguousarray(price - dual[self._aboard : self._aboard + count][slots])
        return one.ground(one.pickups.persons, one.pickups.persons * gain, (price, toll))

    def _add(self, days: list[tuple[int, Shift, list[tuple[list[int], float]]]]) -> None:
        """Add vehicles' days as columns."""
        self._add_columns([self._column(*day) for day in days])

    def _add_columns(self, columns: list[tuple[dict[int, float], tuple[float, ...]]]) -> None:
        if not columns:
            return
        starts = np.cumsum([0, *(len(entries) for entries, _ in columns)])[:-1]
        index = np.concatenate([np.fromiter(e, np.int32, len(e)) for e, _ in columns])
        value = np.concatenate([np.fromiter(e.values(), float, len(e)) for e, _ in columns])
        counts = np.array([count for _, count in columns])
        sparse = Sparse(starts.astype(np.int32), index, value)
        self._relaxation.add(Added(sparse, *np.ascontiguousarray(counts.T)))

    def _column(
        self, n: int, one: Shift, trips: list[tuple[list[int], float]]
    ) -> tuple[dict[int, float], tuple[float, ...]]:
        aboard = [(trip[3], trip[5], trip[6], persons) for trip, persons in trips]
        entries, totals = day_entries(self._problem, self._slots, one, aboard)
        slots = self._slots.rows(one)
        for trip, _ in trips:
            for k, tick in ((trip[1], trip[2]), (trip[5], trip[6])):
                row = self._lane + int(slots[k, tick])
                entries[row] = entries.get(row, 0.0) + 1.0
        for _, k, tick, persons in aboard:
            row = self._aboard + int(slots[k, tick])
            entries[row] = entries.get(row, 0.0) + persons
        return {**entries, self._first + n: 1.0}, totals

    def _add_excess(self) -> None:
        """Let as many ride, by the shortest ride there is, as fuller trips could take in all."""
        most: dict[tuple[int, int], float] = {}
        ride: dict[tuple[int, int], float] = {}
        riders, scenario = Riders(self._problem.scenario), self._problem.scenario
        kinds = {crew.shift.drives.type.id: crew.shift for crew in self._crews}
        for name, one in kinds.items():
            ahead, least = over(riders, one.pickups, name, scenario), one.ride_h.min(axis=0)
            for n in np.flatnonzero(np.isfinite(least)):
                at = int(one.pickups.zone[n]), int(one.pickups.group[n])
                most[at] = most.get(at, 0.0) + float(ahead[n])
                ride[at] = min(ride.get(at, np.inf), float(least[n]))
        first = self._aboard + self._slots.share.shape[0]
        self._relaxation.add_limits(np.array(list(most.values())))
        rows, groups = self._relaxation.rows, self._problem.supply.shape[1]
        columns = list[tuple[dict[int, float], tuple[float, ...]]]()
        for row, (z, g) in enumerate(most, start=first):
            weight, hours = float(self._problem.weights[g]), ride[z, g]
            entries = {rows.supply + z * groups + g: 1.0, rows.weight: weight}
            entries |= {rows.exposure: hours, row: 1.0}
            columns.append((entries, (weight, 1.0, hours, 0.0)))
        self._add_columns(columns)
