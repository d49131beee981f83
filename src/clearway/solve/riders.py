"""Who rides on which trip: vehicle after vehicle, each with its best day of what is left."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from clearway.model.duty import Load, Stop, Trip
from clearway.model.population import SIZES
from clearway.model.scenario import Scenario, row_of
from clearway.solve.boarding import Riders
from clearway.solve.booking import Booking
from clearway.solve.crews import Crews
from clearway.solve.drives import places
from clearway.solve.dues import Aboard, Slots, day_entries, dues
from clearway.solve.highs import Sparse
from clearway.solve.joint import Joint, Trips, size
from clearway.solve.outings import sweep_day, trace_day, trace_from
from clearway.solve.problem import Problem
from clearway.solve.relax import MIXED, Added, Relaxation
from clearway.solve.shifts import Shift
from clearway.solve.vehicles import Turn, with_load
from clearway.solve.whole import whole_days
from clearway.solve.whole_program import SMALL

#: Rounds in which vehicles that have no day are given one; and, where the program is small, in
#: which all are given a first one, and in which each is thought over.
REST, FIRST, AGAIN = 3, 12, 24
#: Shares by which those who would be fetched twice are worth less in other tries of a day, and by
#: which one must be better to be taken.
EASE, BETTER = (0.01, 0.1, 0.3, 0.6), 1e-6
#: Persons on board as a multiple of those whom a trip was planned for, at most.
MORE = 1.1


class Rides:
    """Gives vehicles days for those who ride.

    What a trip is worth is told by the duals of the linear program, people first and then
    exposure: whom it brings out or spares the open, and what others lose at the gate. Most
    vehicles have their days from the program of all of them; those for which it found no whole
    one have their best day of what is left, one after another.

    Attributes
    ----------
    joint
        The program, with all days that were thought of.
    """

    def __init__(self, problem: Problem, crews: Crews, booking: Booking) -> None:
        """Write the program.

        Parameters
        ----------
        problem
            With what is taken already, by patients.
        crews
            All vehicles' days; trips are added to their turns.
        booking
            What is taken at the gates; is added to.
        """
        self._problem, self._booking, self._turns = problem, booking, crews.turns
        self.joint = Joint(problem, crews.alike, booking)
        self._relaxation, self._left = Relaxation(problem), Riders(problem.scenario).everybody()
        self._given: dict[int, Given] = {}
        self._place = {name: n for n, (name, _, _) in enumerate(places(problem.scenario))}
        self._row = row_of(problem.scenario.corridors)
        self._slots = Slots.of(problem, self._relaxation)

    def give(self) -> None:
        """Give every vehicle a day: whole ones of the program, then what is best of the rest."""
        tried = self._tried() if size(self.joint) <= SMALL else []
        free: dict[tuple[int, int, int], list[tuple[Turn, Shift]]] = {}
        for turn, one in self._turns:
            free.setdefault((id(one), *self._where(turn, one)), []).append((turn, one))
        for n, trips in whole_days(self.joint, self._booking, tried):
            crew = self.joint.crews[n]
            self._settle(*free[id(crew.shift), crew.place, crew.tick].pop(0), trips)
        self._round([pair for pairs in free.values() for pair in pairs], REST)

    def _tried(self) -> list[tuple[int, int, int, Trips]]:
        """Return days that are given one vehicle after another, and thought over a second time."""
        for rounds in (FIRST, AGAIN):
            self._round(self._turns, rounds)
        found = [(id(one.shift), *one.where, one.trips) for one in self.days()]
        for turn, _ in self._turns:
            self._withdraw(turn)
        return found

    def _round(self, pairs: list[tuple[Turn, Shift]], rounds: int) -> None:
        """Give every vehicle its best day, some in each round; what they had is taken back."""
        for number in range(rounds):
            some = pairs[_nth(number, rounds, len(pairs))]
            for turn, _ in some:
                self._withdraw(turn)
            dual = self._relaxation.best(MIXED).dual if some else np.empty(0)
            for turn, one in some:
                self._give(turn, one, dual)

    def days(self) -> list[Given]:
        """Return what was given, as columns of a linear program may hold it."""
        return [given for given in self._given.values() if given.rides]

    def _where(self, turn: Turn, one: Shift) -> tuple[int, int]:
        """Return place and tick at which a vehicle is free."""
        return self._place[turn.place], one.minute(turn.free_s)

    def _settle(self, turn: Turn, one: Shift, trips: Trips) -> None:
        """Give a vehicle a whole day of the program."""
        where = self._where(turn, one)
        given = Given(one, where, len(turn.trips), turn.place, turn.free_s, [], [], [], [])
        for entry, persons in trips:
            self._add(turn, one, entry, persons, given)
        self._given[id(turn)] = given
        aboard = [(trip[3], trip[5], trip[6], persons) for trip, persons in given.trips]
        given.columns.append(self._fix(one, aboard))

    def _add(self, turn: Turn, one: Shift, entry: list[int], persons: float, given: Given) -> None:
        """Give a vehicle one trip, and book it."""
        pickup, k = entry[3], entry[5]
        zone, group = int(one.pickups.zone[pickup]), int(one.pickups.group[pickup])
        trip = _trip(self._problem.scenario, one, entry)
        self._left[zone, group] -= persons
        if entry[1] >= 0:
            self._booking.take(entry[1], trip.gate_in_s)
        self._booking.take(k, trip.gate_out_s, persons)
        homes = math.ceil(persons / max(SIZES))
        name = self._problem.scenario.groups[group].id
        turn.add(with_load(trip, Load(name, 0, homes, math.ceil(persons))))
        given.rides.append((zone, group, k, trip.gate_out_s, persons))
        given.trips.append((entry, persons))

    def _withdraw(self, turn: Turn) -> None:
        """Take back all rides of one day."""
        given = self._given.pop(id(turn), None)
        if given is None:
            return
        for trip in turn.trips[given.first :]:
            if trip.corridor_in:
                self._booking.take(self._row[trip.corridor_in], trip.gate_in_s, times=-1)
        for zone, group, k, second, persons in given.rides:
            self._booking.take(k, second, -persons, times=-1)
            self._left[zone, group] += persons
        for column in given.columns:
            self._relaxation.fix(column, 0.0)
        turn.back_to(given.first, given.place, given.free_s)

    def _give(self, turn: Turn, one: Shift, dual: NDArray[np.float64]) -> None:
        """Give a vehicle its best day; as far as the same people are not fetched twice.

        The best day does not know that people can be fetched once. Where it would fetch some again,
        days are tried in which they are worth a little less.
        """
        gain, price = dues(self._problem, self._slots, one, MIXED, dual)
        worth, scarce = self._try(turn, one, gain, price)
        best, now = (worth, gain), gain
        for ease in EASE if scarce else ():
            self._withdraw(turn)
            now = gain.copy()
            now[:, list(scarce)] -= ease * np.abs(now[:, list(scarce)])
            self._try(turn, one, now, price)
            worth = self._worth(turn, gain, price)
            if worth > best[0] * (1 + BETTER):
                best = worth, now
        if now is not best[1]:
            self._withdraw(turn)
            self._try(turn, one, best[1], price)
        given = self._given.get(id(turn))
        if given is not None:
            trips = [(trip[3], trip[5], trip[6], persons) for trip, persons in given.trips]
            given.columns.append(self._fix(one, trips))

    def _worth(self, turn: Turn, gain: NDArray[np.float64], price: NDArray[np.float64]) -> float:
        """Return what a vehicle's day is worth."""
        given = self._given.get(id(turn))
        trips = given.trips if given is not None else []
        return sum(
            persons * float(gain[trip[5], trip[3]] - price[trip[5], trip[6]])
            for trip, persons in trips
        )

    def _try(
        self, turn: Turn, one: Shift, gain: NDArray[np.float64], price: NDArray[np.float64]
    ) -> tuple[float, set[int]]:
        """Give a vehicle a day; return its worth, and the pick-ups where too few were left."""
        q, mean = one.pickups, one.pickups.persons
        prices, scarce = (price, np.zeros(price.shape)), set[int]()
        where, slots = self._where(turn, one), self._slots.rows(one)
        given = Given(one, where, len(turn.trips), turn.place, turn.free_s, [], [], [], [])
        while True:
            persons = np.minimum(mean, self._left[q.zone, q.group])
            # No more than some gate can check in a slot at all.
            persons = np.minimum(persons, self._booking.persons_most.max())
            ground = one.ground(persons, persons * gain, prices, self._booking)
            for k, tick in given.full:
                ground.lane[k, slots[k] == slots[k, tick]] = False
            swept, where = sweep_day(ground), self._where(turn, one)
            if turn.inside:
                drive = one.depot_stop[where[0]]
                table = trace_from(ground, swept, where[0], drive, where[1]).tolist()
            else:
                table = trace_day(ground, swept, *where).tolist()
            taken = self._take(turn, one, table, persons, given)
            if taken == len(table):
                break
            scarce.add(table[taken][3])
        if given.rides:
            self._given[id(turn)] = given
        return self._worth(turn, gain, price), scarce

    def _take(
        self,
        turn: Turn,
        one: Shift,
        table: list[list[int]],
        persons: NDArray[np.float64],
        given: Given,
    ) -> int:
        """Give a vehicle trips of ``table``; return how many until too few are left for one."""
        for taken, entry in enumerate(table):
            pickup, k = entry[3], entry[5]
            zone, group = int(one.pickups.zone[pickup]), int(one.pickups.group[pickup])
            count = float(persons[pickup])
            if self._left[zone, group] < count - 1e-6:
                return taken
            trip = _trip(self._problem.scenario, one, entry)
            ways = ((entry[1], trip.gate_in_s), (k, trip.gate_out_s))
            if not self._booking.fits(ways if entry[1] >= 0 else ways[1:]):
                # In and out in one slot, or after the trip before, of which it took the last place.
                if not taken:
                    given.full.append((entry[1], entry[2]))
                return taken
            self._add(turn, one, entry, count, given)
        return len(table)

    def _fix(self, one: Shift, aboard: list[Aboard]) -> int:
        """Let the relaxation know of trips; return their column."""
        entries, totals = day_entries(self._problem, self._slots, one, aboard)
        index = np.fromiter(entries, np.int32, len(entries))
        value = np.fromiter(entries.values(), float, len(entries))
        sparse = Sparse(np.zeros(1, np.int32), index, value)
        column = self._relaxation.add(Added(sparse, *(np.array([one]) for one in totals)))
        self._relaxation.fix(column, 1.0)
        return column


@dataclass(slots=True)
class Given:
    """Rides of one day: the state before them, and what they took.

    Attributes
    ----------
    shift, where
        Drives, and place and tick from which it sets out.
    first, place, free_s
        Trips before, and where and when it was free after them.
    rides
        Zone, group, corridor outward, second at its gate, and persons.
    trips
        As they were traced, and the persons of each.
    columns
        In the relaxation.
    full
        Corridor and tick inward of slots in which it cannot come in, for it would go out in them.
    """

    shift: Shift
    where: tuple[int, int]
    first: int
    place: str
    free_s: float
    rides: list[tuple[int, int, int, int, float]]
    trips: list[tuple[list[int], float]]
    columns: list[int]
    full: list[tuple[int, int]]


def _nth(number: int, parts: int, count: int) -> slice:
    """Return one of ``parts`` about equal parts of ``count``."""
    return slice(number * count // parts, (number + 1) * count // parts)


def _trip(scenario: Scenario, one: Shift, entry: list[int]) -> Trip:
    leave, k_in, gate_in, pickup, off, k_out, gate_out = entry
    zone, drives = int(one.pickups.zone[pickup]), one.drives
    ids = [corridor.id for corridor in scenario.corridors]
    if k_in < 0:
        drive, links = drives.depot_stop[-1 - k_in, zone], drives.links_from(-1 - k_in, zone)
    else:
        drive, links = drives.gate_stop[k_in, zone], drives.links_in(k_in, zone)
    arrive = one.second(gate_in) + math.ceil(drive)
    stop = Stop(scenario.zones[zone].id, links, arrive, one.second(off))
    site = scenario.corridors[k_out].reception
    done = one.second(gate_out + int(one.after[k_out]))
    stand = math.ceil(drives.type.alight_s.central + drives.type.rest_s)
    return Trip(
        corridor_in=ids[k_in] if k_in >= 0 else "",
        corridor_out=ids[k_out],
        leave_s=one.second(leave),
        gate_in_s=one.second(gate_in),
        stops=(stop,),
        gate_out_s=one.second(gate_out),
        links_out=drives.links_out(zone, k_out),
        destination=site,
        arrive_s=done - stand,
        done_s=done,
    )


def board_all(scenario: Scenario, days: list[list[Turn]]) -> tuple[list[list[Turn]], Riders]:
    """Return the turns with households on board in the order in which they are called.

    Trips were chosen in another order than they run in; the last trip takes the last households of
    its zone and group, and so on back. No gate has more to check in a slot than it can.
    """
    riders, zones, groups = Riders(scenario), row_of(scenario.zones), row_of(scenario.groups)
    trips = [
        (trip.stops[0].leave_s, turn.vehicle.name, turn, n)
        for turns in days
        for turn in turns
        for n, trip in enumerate(turn.trips)
        if trip.loads
    ]
    row, ledger = row_of(scenario.corridors), Booking(scenario)
    codes = {one.code: one.persons for one in scenario.care.patients}
    for turn in (turn for turns in days for turn in turns):
        for trip in turn.trips:
            aboard = sum(load.persons for load in trip.loads)
            aboard += sum(codes[code] for code in trip.patients)
            ledger.take(row[trip.corridor_out], trip.gate_out_s, aboard)
    for _, _, turn, n in sorted(trips, key=lambda one: one[:2], reverse=True):
        trip = turn.trips[n]
        zone, group = zones[trip.stops[0].zone], groups[trip.loads[0].group]
        k, planned = row[trip.corridor_out], trip.loads[0].persons
        room = planned + ledger.left(k, trip.gate_out_s)
        load = riders.board(turn.vehicle.kind, zone, group, min(MORE * planned + 1, room))
        turn.trips[n] = with_load(trip, load)
        aboard = load.persons if load else 0
        ledger.take(k, trip.gate_out_s, aboard - planned, times=0)
    return days, riders
