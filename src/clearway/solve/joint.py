"""People on foot and vehicles' days in one linear program: its bound, and its columns."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
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
from clearway.solve.outings import Ground, Swept, best_from, sweep_day, trace_day, trace_from
from clearway.solve.problem import Problem
from clearway.solve.relax import Added, Relaxation, Relaxed
from clearway.solve.shifts import Shift

#: Share by which the program may still be off its bound: less than rounding leaves anyhow.
NEAR: Final = 3e-3
#: Rounds at most.
ROUNDS: Final = 40
#: Days of each crew that one round adds at most.
DIVERSE: Final = 4
#: Reduced cost above which a day is not worth adding, in the level's unit.
WORTHLESS: Final = 1e-7

#: A trip as it was traced, and the persons on board.
Trips = list[tuple[list[int], float]]


@dataclass(frozen=True, slots=True)
class Bound:
    """What no plan exceeds, and what the days so far reach in the linear program."""

    proved: float
    reached: float


@dataclass(frozen=True, slots=True, eq=False)
class Day:
    """A day that one vehicle of a crew may have: a column.

    Attributes
    ----------
    crew
        Row of the crew.
    trips
        As traced, and the persons of each.
    column
        Number in the program, from the first one that was added.
    row, share
        Shape (n,) each: its parts in rows.
    """

    crew: int
    trips: Trips
    column: int
    row: NDArray[np.int64]
    share: NDArray[np.float64]


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

    Attributes
    ----------
    crews, slots, relaxation
        As given, how gates' slots lie on the blocks, and the program.
    days
        Columns so far; before them come those for persons more than the mean load of a trip.
    """

    def __init__(
        self, problem: Problem, crews: tuple[Crew, ...], booking: Booking | None = None
    ) -> None:
        """Write the rows; there are no days yet.

        Parameters
        ----------
        problem
            With what patients take, and nothing else.
        crews
            Vehicles after what they do for patients.
        booking
            What patients and convoys take of the gates; None for nothing.
        """
        self.problem, self.relaxation = problem, (relaxation := Relaxation(problem))
        self.slots = Slots.of(problem, relaxation)
        self.crews, self.days = crews, list[Day]()
        self._strict = False
        self._others = dict[int, float]()
        self.first = relaxation.rows.added
        relaxation.add_limits(np.array([crew.count for crew in self.crews], dtype=float))
        self.lane = self.first + len(self.crews)
        booking = booking or Booking(problem.scenario)
        shape = booking.lane.shape
        lane = booking.lane_most.reshape(shape[0], -1) - booking.lane
        self._serves = booking.serves - booking.aboard
        relaxation.add_limits(np.maximum(lane, 0).astype(float).ravel())
        self.aboard = self.lane + lane.size
        relaxation.add_limits(np.maximum(self._serves, 0.0).ravel())
        self._fuller = _fuller(self, self.aboard + lane.size)
        relaxation.add_limits(np.zeros(sum(len(more) for more in self._fuller.more.values())))
        self._add_columns(self._fuller.columns)
        for column, limit in enumerate(self._fuller.limits, start=relaxation.own):
            self._others[column] = limit
            relaxation.limit(column, 0.0, limit)

    def seed(self, days: list[tuple[int, int, int, Trips]]) -> None:
        """Add days of a plan: id of the shift, place and tick from which it sets out, and trips."""
        rows = {(id(one.shift), one.place, one.tick): n for n, one in enumerate(self.crews)}
        self.add([(rows[shift, place, tick], trips) for shift, place, tick, trips in days])

    def restrict(self, aboard: NDArray[np.float64]) -> None:
        """Ask for what can be driven: mean loads, and so many persons on board, (k, slots).

        Whoever could have left its depot inside before is taken to be outside.
        """
        self._strict = True
        for column in self._others:
            self.relaxation.limit(column, 0.0, 0.0)
        _limit_aboard(self, aboard)

    def release(self) -> None:
        """Take back what was asked for, and let every day have any number of vehicles again."""
        self._strict = False
        for column, limit in self._others.items():
            self.relaxation.limit(column, 0.0, limit)
        for day in self.days:
            self.hold(day, 0.0, INFINITY)
        _limit_aboard(self, self._serves)

    def hold(self, day: Day, lower: float, upper: float) -> None:
        """Let a number of vehicles between two have a day."""
        self.relaxation.limit(self.relaxation.own + day.column, lower, upper)

    def vehicles(self, relaxed: Relaxed) -> NDArray[np.float64]:
        """Return how many vehicles have each day that the program knew of, shape (days,)."""
        return relaxed.extra[len(self._others) :]

    def bound(
        self,
        level: str,
        *,
        weight: float = 0.0,
        exposure: float = INFINITY,
        watch: Watch,
        near: float = NEAR,
    ) -> Bound:
        """Return the best that any plan can reach at a level; see :meth:`Relaxation.best`.

        Parameters
        ----------
        level
            A level of the objective, ``COUNT``, or ``MIXED``.
        weight, exposure
            Weighted persons at least, person-hours at most.
        watch
            Ends the search early; the bound is then right, but not as near.
        near
            Share by which the program may still be off its bound.
        """
        name, best = (PEOPLE if level == COUNT else level), -INFINITY
        sign = -1.0 if name == PEOPLE else 1.0
        self.relaxation.prefer_primal(primal=True)
        for number in range(1, ROUNDS + 1):
            relaxed = self.relaxation.best(
                name, weight=weight, exposure=exposure, weighted=level != COUNT
            )
            value = sign * relaxed.value
            saved, grown = self.price(level, relaxed)
            best = max(best, value + saved)
            watch.tell(name, number, value, best)
            if not grown or value - best <= near * abs(best) or watch.over():
                break
        return Bound(sign * best, sign * value)

    def price(self, level: str, relaxed: Relaxed) -> tuple[float, bool]:
        """Add each crew's best days; return what they could save at most, and if any is new.

        After its best day the pick-ups of that are left out, and so on: different days of one
        round are all of use, where one alone would change its mind each round.
        """
        dues_ = relaxed.dual[self.first : self.first + len(self.crews)]

        def rounds(one: Shift) -> list[list[tuple[int, float, Trips]]]:
            mine = [n for n, crew in enumerate(self.crews) if crew.shift is one]
            ground = self.ground(one, level, relaxed.dual)
            return best_rounds(self, ground, mine, dues_, DIVERSE)

        with ThreadPoolExecutor() as pool:
            every = list(pool.map(rounds, {id(c.shift): c.shift for c in self.crews}.values()))
        saved = sum(
            self.crews[n].count * reduced for some in every for n, reduced, _ in (some or [[]])[0]
        )
        found = [(n, trips) for some in every for days in some for n, _, trips in days]
        self.add(found)
        return saved, bool(found)

    def best_days(
        self, ground: Ground, crews: list[int], dues_: NDArray[np.float64]
    ) -> list[tuple[int, float, Trips]]:
        """Return the best day of each of some crews that drive on one ground, if worth adding.

        Returns
        -------
        list
            Row of the crew, reduced cost, and trips.
        """
        swept, found = sweep_day(ground), list[tuple[int, float, Trips]]()
        for n in crews:
            crew = self.crews[n]
            worth, within = _best_of(crew, swept, strict=self._strict)
            reduced = -worth - float(dues_[n])
            if reduced < -WORTHLESS:
                if within:
                    drive = crew.shift.depot_stop[crew.depot]
                    traced = trace_from(ground, swept, crew.depot, drive, _from_tick(crew))
                else:
                    traced = trace_day(ground, swept, crew.place, crew.tick)
                trips = traced.tolist()
                found.append((n, reduced, [(one, float(ground.persons[one[3]])) for one in trips]))
        return found

    def ground(self, one: Shift, level: str, dual: NDArray[np.float64]) -> Ground:
        """Return what a day is chosen from at prices ``dual``, as if nothing were ever too much."""
        gain, prices = self.prices(one, level, dual)
        worth = one.pickups.persons * gain + self.more(one, dual)
        return one.ground(one.pickups.persons, worth, prices)

    def more(self, one: Shift, dual: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return what a trip is worth for persons more than the mean, shape (q,)."""
        kind = one.drives.type.id
        first, more = self._fuller.first[kind], self._fuller.more[kind]
        return np.asarray(-dual[first : first + len(more)] * more)

    def prices(
        self, one: Shift, level: str, dual: NDArray[np.float64]
    ) -> tuple[NDArray[np.float64], tuple[NDArray[np.float64], NDArray[np.float64]]]:
        """Return what letting a person ride saves, (k, q), and what passing costs, (k, t) each."""
        gain, price = dues(self.problem, self.slots, one, level, dual)
        slots, count = self.slots.rows(one), self.slots.share.shape[0]
        toll = np.ascontiguousarray(-dual[self.lane : self.lane + count][slots])
        price = np.ascontiguousarray(price - dual[self.aboard : self.aboard + count][slots])
        return gain, (price, toll)

    def add(self, days: list[tuple[int, Trips]]) -> list[Day]:
        """Add vehicles' days as columns: rows of crews, and trips."""
        columns = [self.column(*day) for day in days]
        first = self._add_columns(columns)
        more = [
            Day(
                n,
                trips,
                first + number,
                np.fromiter(entries, np.int64, len(entries)),
                np.fromiter(entries.values(), float, len(entries)),
            )
            for number, ((n, trips), (entries, _)) in enumerate(zip(days, columns, strict=True))
        ]
        self.days += more
        return more

    def _add_columns(self, columns: list[tuple[dict[int, float], tuple[float, ...]]]) -> int:
        """Add columns; return the number of the first, from the first that was ever added."""
        if not columns:
            return 0
        starts = np.cumsum([0, *(len(entries) for entries, _ in columns)])[:-1]
        index = np.concatenate([np.fromiter(e, np.int32, len(e)) for e, _ in columns])
        value = np.concatenate([np.fromiter(e.values(), float, len(e)) for e, _ in columns])
        counts = np.array([count for _, count in columns])
        sparse = Sparse(starts.astype(np.int32), index, value)
        first = self.relaxation.add(Added(sparse, *np.ascontiguousarray(counts.T)))
        return first - self.relaxation.own

    def column(self, n: int, trips: Trips) -> tuple[dict[int, float], tuple[float, ...]]:
        """Return a day's parts in rows, and what it counts at each level."""
        one = self.crews[n].shift
        aboard = [(trip[3], trip[5], trip[6], persons) for trip, persons in trips]
        entries, totals = day_entries(self.problem, self.slots, one, aboard)
        slots = self.slots.rows(one)
        for trip, _ in trips:
            ways = ((trip[1], trip[2]), (trip[5], trip[6]))
            for k, tick in ways if trip[1] >= 0 else ways[1:]:
                row = self.lane + int(slots[k, tick])
                entries[row] = entries.get(row, 0.0) + 1.0
        for _, k, tick, persons in aboard:
            row = self.aboard + int(slots[k, tick])
            entries[row] = entries.get(row, 0.0) + persons
        kind = one.drives.type.id
        first, more = self._fuller.first[kind], self._fuller.more[kind]
        for pickup, _, _, _ in aboard:
            row = first + pickup
            entries[row] = entries.get(row, 0.0) - float(more[pickup])
        return {**entries, self.first + n: 1.0}, totals


def best_rounds(
    joint: Joint, ground: Ground, crews: list[int], dues_: NDArray[np.float64], most: int
) -> list[list[tuple[int, float, Trips]]]:
    """Return best days, then the best without the pick-ups of those, and so on: ``most`` times."""
    every = list[list[tuple[int, float, Trips]]]()
    while len(every) < most and (days := joint.best_days(ground, crews, dues_)):
        every.append(days)
        ground.worth[:, [trip[3] for _, _, trips in days for trip, _ in trips]] = -np.inf
    return every


def size(joint: Joint) -> int:
    """Return the rows and columns of a program."""
    return joint.relaxation.rows.added + joint.relaxation.own + len(joint.days)


def room(joint: Joint) -> NDArray[np.float64]:
    """Return how much there is of all that days take, by row; infinite where none take any."""
    rows, left, p = joint.relaxation.rows, joint.relaxation.limits(), joint.problem
    left[rows.supply : rows.supply + p.supply.size] = p.supply.ravel()
    left[rows.serve : rows.site] = joint.relaxation.room
    left[rows.site : rows.weight] = p.places
    left[rows.weight : rows.added] = INFINITY
    return left


def _limit_aboard(joint: Joint, aboard: NDArray[np.float64]) -> None:
    for n, most in enumerate(np.maximum(aboard, 0.0).ravel().tolist()):
        joint.relaxation.limit_row(joint.aboard + n, most)


@dataclass(frozen=True, slots=True, eq=False)
class _Fuller:
    """How many persons more may ride than the mean loads of so many trips, as fuller ones could.

    ``first`` and ``more`` are, by type of vehicle, the first row, one a pick-up, and shape (q,),
    persons more a trip; ``columns`` and ``limits`` are of the persons, at most so many in all.
    """

    first: dict[str, int]
    more: dict[str, NDArray[np.float64]]
    columns: list[tuple[dict[int, float], tuple[float, ...]]]
    limits: list[float]


def _fuller(joint: Joint, first: int) -> _Fuller:
    riders, scenario = Riders(joint.problem.scenario), joint.problem.scenario
    rows, groups = joint.relaxation.rows, joint.problem.supply.shape[1]
    found = _Fuller({}, {}, [], [])
    for name, one in {crew.shift.drives.type.id: crew.shift for crew in joint.crews}.items():
        q, least = one.pickups, one.ride_h.min(axis=0)
        most, found.more[name] = over(riders, q, name, scenario)
        most[~np.isfinite(least)] = 0.0
        found.first[name] = first
        for n in np.flatnonzero(most > 0):
            weight, hours = float(joint.problem.weights[q.group[n]]), float(least[n])
            entries = {rows.supply + int(q.zone[n]) * groups + int(q.group[n]): 1.0}
            entries |= {rows.weight: weight, rows.exposure: hours, first + int(n): 1.0}
            found.columns.append((entries, (weight, 1.0, hours, 0.0)))
            found.limits.append(float(most[n]))
        first += len(most)
    return found


def _from_tick(crew: Crew) -> int:
    """Return from which tick on a crew may leave its depot inside."""
    return crew.tick if crew.inside else crew.shift.minute(0.0)


def _best_of(crew: Crew, swept: Swept, *, strict: bool) -> tuple[float, bool]:
    """Return the best worth of a crew's day, and whether that begins at its depot inside.

    Who may be inside or outside by what it did before has the better of both, so that what is made
    of it is a bound; where that is not asked for, it is outside.
    """
    worth = 0.0 if crew.inside else float(swept.standing[crew.tick, crew.place])
    if crew.depot < 0 or (strict and not crew.inside):
        return worth, False
    drive = crew.shift.depot_stop[crew.depot]
    within, _ = best_from(swept, drive, _from_tick(crew))
    return max(worth, within), crew.inside or within > worth


def follow(crew: Crew, before: Trips, trip: list[int]) -> list[int] | None:
    """Return a trip as one of a crew makes it after others; None if it is not there in time.

    Where a trip before is left out, a vehicle may set out from somewhere else.
    """
    one, place, free = crew.shift, crew.place, crew.tick
    if crew.depot >= 0 and not before and (crew.inside or trip[1] < 0):
        leave = trip[4] - int(one.depot_stop[crew.depot, trip[3]])
        away = [leave, -1 - crew.depot, leave, *trip[3:]]
        return away if leave >= _from_tick(crew) else None
    if before:
        last = before[-1][0]
        place, free = int(one.site[last[5]]), last[6] + int(one.after[last[5]])
    leave = min(max(trip[0], free), trip[2] - int(one.to_gate[place, trip[1]]))
    return [leave, *trip[1:]] if leave >= free else None
