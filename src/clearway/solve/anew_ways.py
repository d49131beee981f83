"""One trip driven again: by its own gates or by others, as early as it can."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from clearway.model.care import DAY_S
from clearway.model.duty import Stop, Trip
from clearway.model.scenario import row_of
from clearway.solve.anew_gates import Clock
from clearway.solve.anew_lanes import Lanes, aboard_of, persons_aboard
from clearway.solve.drives import Drives, places
from clearway.solve.problem import Problem

#: Seconds that a trip may be later than announced; what would be later is given up.
LATER_S: Final = 5400.0


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a vehicle will be, and from when on it may leave.

    Attributes
    ----------
    type, place
        Ids; the place is outside, or a depot inside that it has not left.
    free_s
        Seconds from the scenario's start.
    shifted
        Whether it is not where it was to be, or later.
    """

    type: str
    place: str
    free_s: float
    shifted: bool


class Ways:
    """Finds how a trip can still be driven.

    Whoever waits at home is given no place at a gate at which others were announced; who is aboard
    already is, within what may be spared, or in the last minutes of a gate, when nobody on foot
    could be out in time any more.
    """

    def __init__(
        self, problem: Problem, tables: Mapping[str, Drives], clock: Clock, lanes: Lanes
    ) -> None:
        """Keep what all trips need.

        Parameters
        ----------
        problem
            Of the scenario as it is known now.
        tables
            Drives by type of vehicle.
        clock
            The moment.
        lanes
            What other trips take of the gates.
        """
        self._scenario = revised = problem.scenario
        self._tables, self._clock, self._lanes = tables, clock, lanes
        self._persons = persons_aboard(revised)
        self._place = {name: n for n, (name, _, _) in enumerate(places(revised))}
        self._corridors, self._zones = row_of(revised.corridors), row_of(revised.zones)
        cohorts, slot_s = problem.cohorts, revised.planning.slot_s
        # Of each window: corridor, hours, and where the slot begins in which hardly anyone on foot
        # passes any more.
        self._ends = [
            (
                self._corridors[window.corridor],
                revised.seconds(window.opens),
                revised.seconds(window.closes),
                float(-(-(int(problem.last_step[:, w].max()) - cohorts // 4) // cohorts) * slot_s),
            )
            for w, window in enumerate(revised.windows)
        ]
        self._hospitals = {one.id: one for one in revised.care.hospitals}

    def again(self, one: Standing, trip: Trip, *, inside: bool, spare: float) -> Trip | None:
        """Return a trip driven from where the vehicle is; None if it cannot be in time."""
        drives = self._tables[one.type]
        everywhere = range(len(self._scenario.corridors))
        own_in = [self._corridors[trip.corridor_in]] if trip.corridor_in else []
        own_out = [self._corridors[trip.corridor_out]]
        # Its own gates if it can use them, then the soonest; the soonest for one that is empty.
        own = [(own_in, own_out)] if trip.loads or trip.patients else []
        for gates in (*own, (everywhere, everywhere)):
            entries = [trip] if inside else self._entries(one, trip, drives, gates[0])
            if not inside and one.place in self._scenario.fleet.inside:
                entries = self._begins(one, trip, drives)
            ways = list[Trip]()
            for entry in entries:
                # It takes its own place in the lane inward before it looks for one outward.
                by = "" if inside else entry.corridor_in
                at = (self._corridors[by], entry.gate_in_s) if by else None
                if at is not None:
                    self._lanes.take(*at)
                ways += self._exits(one, trip, entry, (drives, gates[1], spare))
                if at is not None:
                    self._lanes.take(*at, times=-1)
            if ways:
                best = min(ways, key=lambda way: (self.takes(trip, way), *_order(way)))
                return self._with_links(best, trip, drives, one.place)
        return None

    def takes(self, trip: Trip, way: Trip) -> bool:
        """Whether a way takes the turn of people on foot at a gate that was not its own."""
        other = way.corridor_out != trip.corridor_out
        k = self._corridors[way.corridor_out]
        return other and bool(way.loads) and not self._last_minutes(k, way.gate_out_s)

    def _with_links(self, new: Trip, trip: Trip, drives: Drives, place: str) -> Trip:
        """Return a trip with the streets of its ways, where those are not as they were."""
        if new.corridor_in != trip.corridor_in:
            first, *rest = new.stops
            zone = self._zones[first.zone]
            if new.corridor_in:
                links = drives.links_in(self._corridors[new.corridor_in], zone)
            else:
                links = drives.links_from(self._place[place], zone)
            new = replace(new, stops=(replace(first, links=links), *rest))
        if new.corridor_out != trip.corridor_out:
            zone = self._zones[new.stops[-1].zone]
            new = replace(new, links_out=drives.links_out(zone, self._corridors[new.corridor_out]))
        return new

    def _entries(
        self, one: Standing, trip: Trip, drives: Drives, gates: Sequence[int]
    ) -> list[Trip]:
        """Return the trip with some ways in, as early as it can and not before announced."""
        found = []
        place, zone = self._place[one.place], self._zones[trip.stops[0].zone]
        under_way = trip.leave_s < self._clock.now_s and not one.shifted
        free = float(trip.leave_s) if under_way else max(one.free_s, float(self._clock.now_s))
        for k in gates:
            drive = float(drives.outside[place, k] + drives.inward[k])
            there = float(drives.gate_stop[k, zone])
            own = self._scenario.corridors[k].id == trip.corridor_in
            if not math.isfinite(drive + there):
                continue
            after = max(free + drive, float(trip.gate_in_s) if own else float(self._clock.now_s))
            gate = self._lanes.earliest(k, max(after, 0.0, self._clock.now_s))
            if gate > trip.gate_in_s + LATER_S:
                continue
            leave_s = trip.leave_s
            if trip.leave_s < free or float(trip.leave_s) + drive > gate:
                leave_s = max(math.ceil(free), math.floor(gate - drive))
            found.append(
                replace(
                    trip,
                    corridor_in=self._scenario.corridors[k].id,
                    leave_s=leave_s,
                    gate_in_s=int(gate),
                    stops=_stops(trip, self._zones, drives, gate + there),
                )
            )
        return found

    def _begins(self, one: Standing, trip: Trip, drives: Drives) -> list[Trip]:
        """Return the trip from a depot inside, as early as it can and not before announced."""
        place, zone = self._place[one.place], self._zones[trip.stops[0].zone]
        drive = float(drives.depot_stop[place, zone])
        if not math.isfinite(drive):
            return []
        free = math.ceil(max(one.free_s, float(self._clock.now_s)))
        stops = _stops(trip, self._zones, drives, free + drive)
        leave = max(free, stops[0].arrive_s - math.ceil(drive))
        return [replace(trip, corridor_in="", leave_s=leave, gate_in_s=leave, stops=stops)]

    def _exits(
        self, one: Standing, trip: Trip, entry: Trip, by: tuple[Drives, Sequence[int], float]
    ) -> list[Trip]:
        """Return the trip with each way out of some by which it is out in time."""
        found, now, (drives, gates, spare) = [], self._clock.now_s, by
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
            soonest = self._soonest(trip, k, max(ready, now), persons)
            gates_at = {soonest}
            if not own and entry.loads:
                last_slot = max(soonest, self._last_slot(k, soonest))
                gates_at.add(self._lanes.earliest(k, last_slot, persons))
                if gates_matter or persons > spare:
                    gates_at = {at for at in gates_at if self._last_minutes(k, at)}
            for gate in sorted(gates_at):
                late = gate > trip.gate_out_s + LATER_S and bool(entry.loads or entry.patients)
                if late or not self._out_in_time(k, gate, outward):
                    continue
                end = self._end(one, trip, entry, (k, gate))
                if end is not None and self._same_day(entry, k, gate):
                    found.append(end)
        return found

    def _soonest(self, trip: Trip, corridor: int, ready: float, persons: int) -> float:
        """Return when who is ready may pass a gate outward: as announced, if that can be."""
        at = float(trip.gate_out_s)
        own = self._scenario.corridors[corridor].id == trip.corridor_out
        free = self._lanes.open_at(corridor, at) and self._lanes.room(corridor, at, persons)
        if own and ready <= at and free:
            return at
        return self._lanes.earliest(corridor, ready, persons)

    def _out_in_time(self, corridor: int, gate: float, outward: float) -> bool:
        """Whether who passes a gate outward at a moment is out of the exit by the margin."""
        hours = self._lanes.hours(corridor, gate) if math.isfinite(gate) else None
        return hours is not None and gate + outward <= hours.out_by

    def _last_minutes(self, corridor: int, gate: float) -> bool:
        """Whether hardly anyone on foot passes a gate in time in the slot of a moment."""
        return gate >= self._last_slot(corridor, gate) > 0

    def _last_slot(self, corridor: int, gate: float) -> float:
        """Return when the first slot begins in which hardly anyone on foot passes; 0 if none."""
        for k, opens, closes, begins in self._ends:
            if k == corridor and opens <= gate < closes:
                return begins
        return 0.0

    def _same_day(self, entry: Trip, corridor: int, gate: float) -> bool:
        """Whether a trip goes out in a window that opened with that by which it came in."""
        if not entry.corridor_in:
            return True
        came = self._lanes.hours(self._corridors[entry.corridor_in], float(entry.gate_in_s))
        goes = self._lanes.hours(corridor, gate)
        return came is not None and goes is not None and came.opens == goes.opens

    def _end(self, one: Standing, trip: Trip, entry: Trip, way: tuple[int, float]) -> Trip | None:
        """Return the trip by a way out to where it brings its people."""
        (k, gate), drives = way, self._tables[one.type]
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
        return new if same_ways or self._in_range(one.place, new, drives) else None

    def _takes_in(self, hospital: str, arrive: int) -> bool:
        at = self._scenario.moment(arrive)
        second = at.hour * 3600 + at.minute * 60 + at.second
        one = self._hospitals[hospital]
        return one.opens_s <= second and (second < one.closes_s or one.closes_s >= DAY_S)

    def _in_range(self, place: str, trip: Trip, drives: Drives) -> bool:
        if not math.isfinite(drives.type.range_m):
            return True
        k_out = self._corridors[trip.corridor_out]
        zones = [self._zones[stop.zone] for stop in trip.stops]
        out = drives.outside_m(self._place[trip.destination], k_out)
        if not trip.corridor_in:
            left = drives.type.range_m - out
            return drives.within_from(left, self._place[place], zones, k_out)
        k_in = self._corridors[trip.corridor_in]
        far = drives.outside_m(self._place[place], k_in) + out
        return drives.within(drives.type.range_m - far, k_in, zones, k_out)


def _stops(trip: Trip, rows: Mapping[str, int], drives: Drives, there: float) -> tuple[Stop, ...]:
    """Return the stops of a trip that comes to the first at a moment, or as announced."""
    board, stops = math.ceil(drives.type.board_s.central), list[Stop]()
    zones = [rows[stop.zone] for stop in trip.stops]
    for n, stop in enumerate(trip.stops):
        if n:
            there = stops[-1].leave_s + float(drives.stop_stop[zones[n - 1], zones[n]])
        arrive = max(math.ceil(there), stop.arrive_s)
        leave = max(arrive + board, stop.leave_s)
        stops.append(replace(stop, arrive_s=arrive, leave_s=leave))
    return tuple(stops)


def _order(way: Trip) -> tuple[int, str, str]:
    return way.gate_out_s, way.corridor_out, way.corridor_in
