"""Vehicles from now on: trips that can still be driven, later or by another way if need be."""

from __future__ import annotations

import heapq
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace


from clearway.model.care import DAY_S
from clearway.model.duty import ConvoyRun, Duty, Trip
from clearway.model.fleet import Convoy
from clearway.model.plan import Plan
from clearway.model.replan import Turn
from clearway.model.scenario import Scenario, row_of
from clearway.solve.anew_gates import Clock
from clearway.solve.anew_lanes import Lanes, aboard_of, persons_aboard
from clearway.solve.anew_patients import Places
from clearway.solve.anew_pool import Pool, Run
from clearway.solve.drives import Drives, between, places
from clearway.solve.problem import Problem

#: Seconds that a trip may be later than announced; what would be later is given up.
LATER_S = 5400.0
#: Share of those announced elsewhere whose turn at a gate may go to people who are aboard already.
SPARE = 0.01
#: Seconds by which a moment may be early: the rounding of floating-point numbers.
CRUMB_S = 1e-6
#: Seconds by which a convoy may be later.
CONVOY_LATER_S = 4 * 3600


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
        self._problem, self._scenario = problem, (revised := problem.scenario)
        self._tables, self._clock, self._pool = tables, clock, pool
        self._lanes = Lanes(revised)
        self._persons = persons_aboard(revised)
        self._place = {name: n for n, (name, _, _) in enumerate(places(revised))}
        self._corridors, self._zones = row_of(revised.corridors), row_of(revised.zones)
        self._groups = row_of(revised.groups)
        self._hospitals = {one.id: one for one in revised.care.hospitals}
        self._kinds = {one.id: one for one in revised.fleet.types}
        self._spare = 0.0
        self._turns: list[Turn] = []
        self._left: list[str] = []

    def drive(self, plan: Plan, touched: set[str], lost: frozenset[str]) -> Driven:
        """Return the duties and convoys of ``plan`` from now on.

        Parameters
        ----------
        plan
            As it was.
        touched
            Keys of gates and days that are not as they were, as :func:`key` writes them.
        lost
            Names of vehicles that are gone.
        """
        self._spare = SPARE * self._free_persons(plan, touched)
        convoys = self._convoys(plan)
        queue = list[tuple[float, int]]()
        vehicles = [
            _Vehicle(one, one.vehicle in lost, one.depot, -math.inf) for one in plan.duties
        ]
        for n, one in enumerate(vehicles):
            self._book_kept(one, touched)
            heapq.heappush(queue, (float(one.duty.trips[0].leave_s), n))
        while queue:
            _, n = heapq.heappop(queue)
            one = vehicles[n]
            self._next(one, touched)
            if one.at < len(one.duty.trips):
                heapq.heappush(queue, (float(one.duty.trips[one.at].leave_s), n))
        days = [(one.duty.type, one.trips) for one in vehicles]
        places_ = Places(self._scenario, dict(self._tables), self._clock, self._lanes)
        left = places_.give(days, self._left + _never_moved(self._scenario, plan))
        held = sorted({one.duty.vehicle for one in vehicles if one.place is None})
        duties = [made for one in vehicles if (made := self._duty(one)) is not None]
        return Driven(
            tuple(duties), convoys, tuple(self._turns), self._lanes, tuple(sorted(left)), tuple(held)
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
        if one.lost:
            return False
        gates = [(trip.corridor_out, trip.gate_out_s)]
        if trip.corridor_in and trip.gate_in_s >= now:
            gates.append((trip.corridor_in, trip.gate_in_s))
        return not any(key(self._scenario, k, at) in touched for k, at in gates)

    def _book_kept(self, one: _Vehicle, touched: set[str]) -> None:
        """Note what trips take that may stay as they are."""
        for trip in one.duty.trips:
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
        new = None if one.lost or one.place is None else self._again(one, trip, inside=inside)
        if new is not None and not inside and not self._leaves_time(one, new, touched):
            new = None
        if new is None:
            self._give_up(one, trip, inside=inside)
            return
        if self._harm(trip, new)[0]:
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
        if trip.gate_in_s < self._clock.now_s or not trip.corridor_in or one.place is None:
            return True
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
            one.place = None  # It stays inside until a gate opens.
            self._book_in(trip, -1)
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

    def _again(self, one: _Vehicle, trip: Trip, *, inside: bool) -> Trip | None:
        """Return a trip driven from where the vehicle is; None if it cannot be in time."""
        drives = self._tables[one.duty.type]
        everywhere = range(len(self._scenario.corridors))
        own_in = [self._corridors[trip.corridor_in]] if trip.corridor_in else []
        own_out = [self._corridors[trip.corridor_out]]
        # Its own gates if it can use them, then the soonest.
        for gates in ((own_in, own_out), (everywhere, everywhere)):
            entries = [trip] if inside else self._entries(one, trip, drives, gates[0])
            ways = [
                way for entry in entries for way in self._exits(one, trip, entry, (drives, gates[1]))
            ]
            if ways:
                best = min(ways, key=lambda way: self._harm(trip, way))
                return self._with_links(best, trip, drives)
        return None

    def _harm(self, trip: Trip, way: Trip) -> tuple[bool, int, str, str]:
        """Return what speaks against a way: that it takes others' turn at a gate, then hours."""
        other = way.corridor_out != trip.corridor_out
        k = self._corridors[way.corridor_out]
        takes = other and bool(way.loads) and not self._last_minutes(k, way.gate_out_s)
        return takes, way.gate_out_s, way.corridor_out, way.corridor_in

    def _with_links(self, new: Trip, trip: Trip, drives: Drives) -> Trip:
        """Return a trip with the streets of its ways, where those are not as they were."""
        if new.corridor_in != trip.corridor_in:
            first, *rest = new.stops
            zone = self._zones[first.zone]
            links = drives.links_in(self._corridors[new.corridor_in], zone)
            new = replace(new, stops=(replace(first, links=links), *rest))
        if new.corridor_out != trip.corridor_out:
            zone = self._zones[new.stops[-1].zone]
            new = replace(new, links_out=drives.links_out(zone, self._corridors[new.corridor_out]))
        return new

    def _entries(
        self, one: _Vehicle, trip: Trip, drives: Drives, gates: Sequence[int]
    ) -> list[Trip]:
        """Return the trip with each way in of some, as early as it can and not before it was announced."""
        found = []
        place, board = self._place[str(one.place)], math.ceil(drives.type.board_s.central)
        zones = [self._zones[stop.zone] for stop in trip.stops]
        under_way = trip.leave_s < self._clock.now_s and not one.shifted
        free = float(trip.leave_s) if under_way else max(one.free_s, float(self._clock.now_s))
        for k in gates:
            drive = float(drives.outside[place, k] + drives.inward[k])
            there = float(drives.gate_stop[k, zones[0]])
            own = self._scenario.corridors[k].id == trip.corridor_in
            if not math.isfinite(drive + there):
                continue
            after = max(free + drive, float(trip.gate_in_s) if own else float(self._clock.now_s))
            gate = self._lanes.earliest(k, max(after, 0.0, self._clock.now_s))
            if gate > trip.gate_in_s + LATER_S:
                continue
            stops, at = [], gate
            for n, stop in enumerate(trip.stops):
                drive_to = there if n == 0 else float(drives.stop_stop[zones[n - 1], zones[n]])
                arrive = max(math.ceil(at + drive_to), stop.arrive_s)
                leave = max(arrive + board, stop.leave_s)
                stops.append(replace(stop, arrive_s=arrive, leave_s=leave))
                at = float(leave)
            leave_s = trip.leave_s
            if trip.leave_s < free or float(trip.leave_s) + drive > gate:
                leave_s = max(math.ceil(free), math.floor(gate - drive))
            found.append(
                replace(
                    trip,
                    corridor_in=self._scenario.corridors[k].id,
                    leave_s=leave_s,
                    gate_in_s=int(gate),
                    stops=tuple(stops),
                )
            )
        return found

    def _exits(
        self, one: _Vehicle, trip: Trip, entry: Trip, by: tuple[Drives, Sequence[int]]
    ) -> list[Trip]:
        """Return the trip with each way out of some by which it is out in time."""
        found, now, (drives, gates) = [], self._clock.now_s, by
        last = entry.stops[-1]
        zone, persons = self._zones[last.zone], aboard_of(entry, self._persons)
        # Whoever waits at home gives no place at another gate to those who were announced there.
        gates_matter = not trip.patients and not any(stop.leave_s < now for stop in trip.stops)
        for k in gates:
            own = self._scenario.corridors[k].id == trip.corridor_out
            drive = float(drives.stop_gate[k, zone])
            outward = float(drives.outward[k])
            if not math.isfinite(drive + outward):
                continue
            left = float(last.leave_s)
            if not own and left < now:
                left = float(now + (now - last.leave_s))  # Back to its stop, and out from there.
            ready = self._lanes.checked(k, left + drive, persons)
            if own:
                ready = max(ready, float(trip.gate_out_s))
            soonest = self._lanes.earliest(k, max(ready, now), persons)
            gates_at = {soonest}
            if not own and entry.loads:
                last_slot = max(soonest, self._last_slot(k, soonest))
                gates_at.add(self._lanes.earliest(k, last_slot, persons))
                if gates_matter or persons > self._spare:
                    gates_at = {at for at in gates_at if self._last_minutes(k, at)}
            for gate in sorted(gates_at):
                if gate > trip.gate_out_s + LATER_S or not self._out_in_time(k, gate, outward):
                    continue
                end = self._end(one, trip, entry, (k, gate))
                if end is not None and self._same_day(entry, k, gate):
                    found.append(end)
        return found

    def _out_in_time(self, corridor: int, gate: float, outward: float) -> bool:
        """Whether who passes a gate outward at a moment is out of the exit by the margin."""
        hours = self._lanes.hours(corridor, gate) if math.isfinite(gate) else None
        return hours is not None and gate + outward <= hours.out_by

    def _last_minutes(self, corridor: int, gate: float) -> bool:
        """Whether hardly anyone on foot passes a gate in time in the slot of a moment."""
        return gate >= self._last_slot(corridor, gate) > 0

    def _last_slot(self, corridor: int, gate: float) -> float:
        """Return when the first slot begins in which hardly anyone on foot passes; 0 if none."""
        p, slot_s = self._problem, self._scenario.planning.slot_s
        for w, window in enumerate(self._scenario.windows):
            opens, closes = (self._scenario.seconds(at) for at in (window.opens, window.closes))
            if self._corridors[window.corridor] == corridor and opens <= gate < closes:
                last = int(p.last_step[:, w].max()) - p.cohorts // 4
                return float(-(-last // p.cohorts) * slot_s)
        return 0.0

    def _same_day(self, entry: Trip, corridor: int, gate: float) -> bool:
        """Whether a trip goes out in a window that opened with that by which it came in."""
        if not entry.corridor_in:
            return True
        came = self._lanes.hours(self._corridors[entry.corridor_in], float(entry.gate_in_s))
        goes = self._lanes.hours(corridor, gate)
        return came is not None and goes is not None and came.opens == goes.opens

    def _end(
        self, one: _Vehicle, trip: Trip, entry: Trip, way: tuple[int, float]
    ) -> Trip | None:
        """Return the trip by a way out to where it brings its people."""
        (k, gate), drives = way, self._tables[one.duty.type]
        corridor = self._scenario.corridors[k]
        own = corridor.id == trip.corridor_out
        to = corridor.reception if trip.loads or not trip.patients else trip.destination
        drive = float(drives.outward[k]) + float(drives.outside[self._place[to], k])
        arrive = math.ceil(gate + drive)
        if own and to == trip.destination:
            arrive = max(arrive, trip.arrive_s)
        if to in self._hospitals and not self._takes_in(to, arrive):
            return None
        stand = math.ceil(drives.type.alight_s.central + drives.type.rest_s)
        done = max(arrive + stand, trip.done_s if own and to == trip.destination else 0)
        new = replace(
            entry,
            corridor_out=corridor.id,
            gate_out_s=int(gate),
            destination=to,
            arrive_s=arrive,
            done_s=done,
        )
        same_ways = own and new.corridor_in == trip.corridor_in and not one.shifted
        return new if same_ways or self._in_range(str(one.place), new, drives) else None

    def _takes_in(self, hospital: str, arrive: int) -> bool:
        at = self._scenario.moment(arrive)
        second = at.hour * 3600 + at.minute * 60 + at.second
        one = self._hospitals[hospital]
        return one.opens_s <= second and (second < one.closes_s or one.closes_s >= DAY_S)

    def _in_range(self, place: str, trip: Trip, drives: Drives) -> bool:
        if not math.isfinite(drives.type.range_m):
            return True
        k_in, k_out = self._corridors[trip.corridor_in], self._corridors[trip.corridor_out]
        far = drives.outside_m(self._place[place], k_in)
        far += drives.outside_m(self._place[trip.destination], k_out)
        zones = [self._zones[stop.zone] for stop in trip.stops]
        return drives.within(drives.type.range_m - far, k_in, zones, k_out)

    def _duty(self, one: _Vehicle) -> Duty | None:
        trips = one.trips
        while trips and not (trips[-1].loads or trips[-1].patients):
            self._book(trips.pop(), -1)
        if not trips:
            return None
        if tuple(trips) == one.duty.trips:
            return one.duty
        last = trips[-1]
        back = math.ceil(last.done_s + between(self._scenario, last.destination, one.duty.depot))
        return replace(one.duty, trips=tuple(trips), back_s=back)

    def _convoys(self, plan: Plan) -> tuple[ConvoyRun, ...]:
        """Return the convoys that can still run, as announced or later; they take lanes first."""
        kept = []
        for run in plan.convoys:
            one = next((c for c in self._scenario.aid.convoys if c.id == run.convoy), None)
            if one is None:
                continue
            if run.trip.gate_in_s < self._clock.now_s:
                later = run.trip  # It is inside: it waits for its gate if need be.
            else:
                later = next(self._delays(one, run.trip), None)
            if later is None:
                continue
            kept.append(replace(run, trip=later))
            for k, passes in self._passes(one, later):
                for at in passes:
                    self._lanes.take(k, at)
        return tuple(kept)

    def _delays(self, one: Convoy, trip: Trip) -> Iterator[Trip]:
        """Yield a convoy's trip as much later as its lanes need, within its hours."""
        outward = float(self._tables[one.type].outward[self._corridors[trip.corridor_out]])
        until = self._scenario.seconds(one.until)
        for late in range(0, CONVOY_LATER_S + 1, self._clock.step_s):
            new = _later(trip, late)
            hours = self._lanes.hours(self._corridors[new.corridor_out], new.gate_out_s)
            if hours is None or new.gate_out_s + outward > hours.out_by or new.gate_in_s > until:
                continue
            if all(self._lanes.fits(k, passes) for k, passes in self._passes(one, new)):
                yield new

    def _passes(self, one: Convoy, trip: Trip) -> Iterator[tuple[int, list[float]]]:
        """Yield the rows of a convoy's gates, and when each of its vehicles passes."""
        for corridor, last in (
            (trip.corridor_in, trip.gate_in_s),
            (trip.corridor_out, trip.gate_out_s),
        ):
            if corridor:
                k = self._corridors[corridor]
                rate = self._scenario.corridors[k].vehicles_per_s.central
                apart = 1 / rate if rate > 0 else 0.0
                yield k, [last - j * apart for j in range(one.vehicles)]


def _later(trip: Trip, seconds: int) -> Trip:
    """Return a trip with all its moments later."""
    stops = tuple(
        replace(stop, arrive_s=stop.arrive_s + seconds, leave_s=stop.leave_s + seconds)
        for stop in trip.stops
    )
    moments = ("leave_s", "gate_in_s", "gate_out_s", "arrive_s", "done_s")
    return replace(trip, stops=stops, **{n: getattr(trip, n) + seconds for n in moments})


def _never_moved(scenario: Scenario, plan: Plan) -> list[str]:
    """Return codes of patients who may still be called and whom a plan does not move."""
    moved = set(plan.patients)
    return [one.code for one in scenario.care.patients if one.waiting and one.code not in moved]


def key(scenario: Scenario, corridor: str, second: float) -> str:
    """Return a name of a corridor's gate on the day of a moment."""
    return f"{corridor} {scenario.moment(second).date().isoformat()}"
