"""Vehicles from now on: trips that can still be driven, later or by another way if need be."""

from __future__ import annotations

import heapq
import math
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from clearway.model.duty import ConvoyRun, Duty, Trip, begins
from clearway.model.plan import Plan
from clearway.model.replan import Turn
from clearway.model.scenario import Scenario, row_of
from clearway.solve.anew_convoys import ConvoysAnew
from clearway.solve.anew_gates import Clock
from clearway.solve.anew_lanes import Lanes, aboard_of, persons_aboard
from clearway.solve.anew_patients import Places
from clearway.solve.anew_pool import Pool, Run
from clearway.solve.anew_ways import Standing, Ways
from clearway.solve.drives import Drives, home, places
from clearway.solve.problem import Problem

#: Share of those announced elsewhere whose turn at a gate may go to people who are aboard already.
SPARE = 0.01
#: Seconds by which a moment may be early: the rounding of floating-point numbers.
CRUMB_S = 1e-6


@dataclass(frozen=True, slots=True, eq=False)
class Driven:
    """What vehicles do from now on.

    Attributes
    ----------
    duties, convoys
        As the plan has them.
    turns
        Riders who are on board and whom no gate lets through in time.
    lanes
        What they take of the gates.
    patients
        Codes of those who may still be called and are not moved.
    held
        Names of vehicles that are inside and cannot leave today.
    """

    duties: tuple[Duty, ...]
    convoys: tuple[ConvoyRun, ...]
    turns: tuple[Turn, ...]
    lanes: Lanes
    patients: tuple[str, ...]
    held: tuple[str, ...]


@dataclass(slots=True)
class _Vehicle:
    """One vehicle's day while it is looked at.

    Attributes
    ----------
    duty
        As it was.
    lost
        Whether it is gone from now on.
    place, free_s
        Where it will be, and from when on it may leave; None once it is held inside.
    at
        Number of the trip that is next.
    trips
        Kept so far, and each as it was before.
    shifted
        Whether it is not where it was to be, or later.
    """

    duty: Duty
    lost: bool
    place: str | None
    free_s: float
    at: int = 0
    trips: list[Trip] = field(default_factory=list)
    shifted: bool = False


class FleetAnew:
    """Drives a plan's duties again, in the order in which trips begin.

    What lies before now stays. A trip whose gates serve as before, and whose vehicle is where it
    was to be, stays as it was. Any other is driven as early as it can, though no earlier than
    announced, by its corridors if they let it through and by others if not; what cannot be driven
    is given up, and whom it would have fetched may be called otherwise.
    """

    def __init__(
        self, problem: Problem, tables: Mapping[str, Drives], clock: Clock, pool: Pool
    ) -> None:
        """Start with nothing.

        Parameters
        ----------
        problem
            Of the scenario as it is known now.
        tables
            Drives by type of vehicle.
        clock
            The moment.
        pool
            Gets the households that ride no more.
        """
        self._scenario = revised = problem.scenario
        self._tables, self._clock, self._pool = tables, clock, pool
        self._lanes = Lanes(revised)
        self._persons = persons_aboard(revised)
        self._place = {name: n for n, (name, _, _) in enumerate(places(revised))}
        self._corridors, self._zones = row_of(revised.corridors), row_of(revised.zones)
        self._groups = row_of(revised.groups)
        self._ways = Ways(problem, tables, clock, self._lanes)
        self._spare = 0.0
        self._turns: list[Turn] = []
        self._left: list[str] = []
        self._late = frozenset[str]()
        # Of vehicles whose depot is inside: where they were to begin, and where they were last.
        self._starts = dict[str, str]()
        self._stands = dict[str, tuple[str | None, float]]()

    def drive(
        self,
        plan: Plan,
        touched: set[str],
        lost: frozenset[str],
        *,
        late: frozenset[str] = frozenset(),
    ) -> Driven:
        """Return the duties and convoys of ``plan`` from now on.

        Parameters
        ----------
        plan
            As it was.
        touched
            Keys of gates and days that are not as they were, as :func:`key` writes them.
        lost
            Names of vehicles that are gone.
        late
            Ids of duties that did not run as printed: no trip of theirs is taken to be as it was.
        """
        self._late = late
        self._spare = SPARE * self._free_persons(plan, touched)
        queue = list[tuple[float, int]]()
        self._starts = begins(plan.duties, self._scenario.fleet.inside)
        vehicles = [_Vehicle(one, one.vehicle in lost, one.depot, -math.inf) for one in plan.duties]
        for one in vehicles:  # Who has passed a gate took its place there before any convoy.
            self._book_kept(one, touched, begun=True)
        convoys = ConvoysAnew(self._scenario, self._tables, self._clock, self._lanes).run(plan)
        for n, one in enumerate(vehicles):
            self._book_kept(one, touched, begun=False)
            heapq.heappush(queue, (float(one.duty.trips[0].leave_s), n))
        while queue:
            _, n = heapq.heappop(queue)
            one = vehicles[n]
            if one.duty.depot in self._scenario.fleet.inside and not one.at:
                _find(one, self._starts[one.duty.id], self._stands.get(one.duty.vehicle))
            self._next(one, touched)
            self._stands[one.duty.vehicle] = one.place, one.free_s
            if one.at < len(one.duty.trips):
                heapq.heappush(queue, (float(one.duty.trips[one.at].leave_s), n))
        days = [(one.duty.type, one.trips) for one in vehicles]
        places_ = Places(self._scenario, dict(self._tables), self._clock, self._lanes)
        left = places_.give(days, self._left + _never_moved(self._scenario, plan))
        held = sorted({one.duty.vehicle for one in vehicles if one.place is None})
        duties = [made for one in vehicles if (made := self._duty(one)) is not None]
        return Driven(
            tuple(duties),
            convoys,
            tuple(self._turns),
            self._lanes,
            tuple(sorted(left)),
            tuple(held),
        )

    def _free_persons(self, plan: Plan, touched: set[str]) -> int:
        """Return the persons who are announced on foot at gates that are as they were."""
        return sum(
            move.persons
            for move in plan.movements
            if move.depart_s >= self._clock.now_s
            and key(self._scenario, move.corridor, move.depart_s) not in touched
        )

    def _kept(self, one: _Vehicle, trip: Trip, touched: set[str]) -> bool:
        """Whether a trip stays as it was, as far as gates go and the vehicle is there."""
        now = self._clock.now_s
        if trip.gate_out_s < now:
            return True
        if one.lost or one.duty.id in self._late:
            return False
        gates = [(trip.corridor_out, trip.gate_out_s)]
        if trip.corridor_in and trip.gate_in_s >= now:
            gates.append((trip.corridor_in, trip.gate_in_s))
        return not any(key(self._scenario, k, at) in touched for k, at in gates)

    def _book_kept(self, one: _Vehicle, touched: set[str], *, begun: bool) -> None:
        """Note what trips take that may stay as they are, of those that have begun or of others."""
        for trip in one.duty.trips:
            if (trip.gate_in_s < self._clock.now_s) != begun:
                continue
            if self._kept(one, trip, touched):
                self._book(trip, 1)
            elif trip.gate_in_s < self._clock.now_s:
                self._book_in(trip, 1)

    def _book(self, trip: Trip, times: int) -> None:
        self._book_in(trip, times)
        self._book_out(trip, times)

    def _book_in(self, trip: Trip, times: int) -> None:
        if trip.corridor_in:
            self._lanes.take(self._corridors[trip.corridor_in], trip.gate_in_s, times=times)

    def _book_out(self, trip: Trip, times: int) -> None:
        persons = aboard_of(trip, self._persons) * times
        k = self._corridors[trip.corridor_out]
        self._lanes.take(k, trip.gate_out_s, persons, times=times)

    def _next(self, one: _Vehicle, touched: set[str]) -> None:
        """Look at the next trip of a vehicle."""
        trip, now = one.duty.trips[one.at], self._clock.now_s
        one.at += 1
        kept = self._kept(one, trip, touched)
        one.shifted = one.shifted or (kept and not self._on_time(one, trip))
        if kept and (not one.shifted or trip.gate_out_s < now):
            one.trips.append(trip)
            one.place, one.free_s = trip.destination, float(trip.done_s)
            return
        inside = trip.gate_in_s < now
        if kept:
            self._book_out(trip, -1)
            if not inside:
                self._book_in(trip, -1)
        new = None
        if not one.lost and one.place is not None:
            there = Standing(one.duty.type, one.place, one.free_s, one.shifted)
            new = self._ways.again(there, trip, inside=inside, spare=self._spare)
        if new is not None and not self._leaves_time(one, new, touched):
            # One that is inside may bring its people, if it is late for the next trip even empty.
            empty = self._empty(one, trip) if inside else None
            if not inside or (empty is not None and self._leaves_time(one, empty, touched)):
                new = None
        if new is None:
            self._give_up(one, trip, inside=inside)
            return
        if self._ways.takes(trip, new):
            self._spare -= aboard_of(new, self._persons)
        if inside:
            self._book_out(new, 1)
        else:
            self._book(new, 1)
        one.shifted = one.shifted or (new.destination, new.done_s) != (
            trip.destination,
            trip.done_s,
        )
        one.trips.append(new)
        one.place, one.free_s = new.destination, float(new.done_s)

    def _on_time(self, one: _Vehicle, trip: Trip) -> bool:
        """Whether a vehicle can set out on a trip as announced from where it is."""
        if trip.gate_in_s < self._clock.now_s or one.place is None:
            return True
        inside = one.place in self._scenario.fleet.inside
        if inside or not trip.corridor_in:
            return inside and not trip.corridor_in
        drives, k = self._tables[one.duty.type], self._corridors[trip.corridor_in]
        drive = float(drives.outside[self._place[one.place], k] + drives.inward[k])
        return one.free_s <= trip.leave_s and trip.leave_s + drive <= trip.gate_in_s + CRUMB_S

    def _leaves_time(self, one: _Vehicle, new: Trip, touched: set[str]) -> bool:
        """Whether the trip after a new one, if it may stay as it was, can still be on time."""
        if one.at >= len(one.duty.trips):
            return True
        after = one.duty.trips[one.at]
        if not self._kept(one, after, touched) or not after.corridor_in:
            return True
        drives, k = self._tables[one.duty.type], self._corridors[after.corridor_in]
        drive = float(drives.outside[self._place[new.destination], k] + drives.inward[k])
        return new.done_s + drive <= after.gate_in_s

    def _give_up(self, one: _Vehicle, trip: Trip, *, inside: bool) -> None:
        """Take a trip out: who had boarded goes back, the others may be called otherwise."""
        one.shifted = True
        now = self._clock.now_s
        if inside:
            self._leave_empty(one, trip)
        for stop in trip.stops:
            boarded = inside and stop.leave_s < now
            back = now + (now - stop.leave_s) if boarded else now
            for load in stop.loads:
                z, g = self._zones[stop.zone], self._groups[load.group]
                self._pool.put(z, g, Run(load.first_household, load.households, back))
                if boarded:
                    self._turns.append(
                        Turn(
                            movement=f"{one.duty.id}/{one.at}",
                            zone=stop.zone,
                            group=load.group,
                            corridor=trip.corridor_out,
                            first_household=load.first_household,
                            households=load.households,
                            persons=load.persons,
                            place=stop.zone,
                            back_s=back,
                        )
                    )
            self._left += stop.patients

    def _leave_empty(self, one: _Vehicle, trip: Trip) -> None:
        """Bring a vehicle out by the soonest gate, so that it can drive its next trip."""
        new = self._empty(one, trip)
        if new is None:
            one.place = None  # It stays inside until a gate opens.
            self._book_in(trip, -1)
            return
        self._book_out(new, 1)
        one.trips.append(new)
        one.place, one.free_s = new.destination, float(new.done_s)

    def _empty(self, one: _Vehicle, trip: Trip) -> Trip | None:
        """Return a trip of a vehicle that is inside without people; None if some have boarded."""
        boarded = any(stop.leave_s < self._clock.now_s for stop in trip.stops)
        if one.lost or boarded or one.place is None:
            return None
        stops = tuple(replace(stop, loads=(), patients=()) for stop in trip.stops)
        there = Standing(one.duty.type, one.place, one.free_s, one.shifted)
        return self._ways.again(there, replace(trip, stops=stops), inside=True, spare=0.0)

    def _duty(self, one: _Vehicle) -> Duty | None:
        trips, now = one.trips, self._clock.now_s
        while trips and not (trips[-1].loads or trips[-1].patients or trips[-1].gate_in_s < now):
            self._book(trips.pop(), -1)
        if not trips:
            return None
        if tuple(trips) == one.duty.trips:
            return one.duty
        last = trips[-1]
        back = math.ceil(last.done_s + home(self._scenario, last.destination, one.duty.depot))
        return replace(one.duty, trips=tuple(trips), back_s=back)


def _find(one: _Vehicle, start: str, stands: tuple[str | None, float] | None) -> None:
    """Let a duty of a vehicle whose depot is inside begin where the one before ended, if any."""
    if stands is not None:
        one.place, one.free_s = stands
    one.shifted = one.place != start


def _never_moved(scenario: Scenario, plan: Plan) -> list[str]:
    """Return codes of patients who may still be called and whom a plan does not move."""
    moved = set(plan.patients)
    return [one.code for one in scenario.care.patients if one.waiting and one.code not in moved]


def key(scenario: Scenario, corridor: str, second: float) -> str:
    """Return a name of a corridor's gate on the day of a moment."""
    return f"{corridor} {scenario.moment(second).date().isoformat()}"
