"""Patients first: who is fetched when, by which vehicle, to which bed."""

from __future__ import annotations

import heapq
import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from clearway.model.care import COLOURS, STRETCHER, WHEELCHAIR, Patient
from clearway.model.duty import Stop, Trip
from clearway.model.fleet import CARE, NO_CARE, VehicleType
from clearway.model.scenario import Scenario, row_of
from clearway.solve.beds import Wards
from clearway.solve.booking import Booking
from clearway.solve.drives import Drives, home, places
from clearway.solve.vehicles import Turn

#: Stops of one trip at most, and seconds of detour for which a place is not left empty.
STOPS = 4
DETOUR_S = 600.0
_DAY_S = 86_400


@dataclass(frozen=True, slots=True, eq=False)
class Rides:
    """Seconds that a type of vehicle takes with patients; p places, k corridors, z zones.

    Attributes
    ----------
    drives
        Of the type.
    inward
        Shape (p, k), from a place to a gate.
    leave
        Shape (h, k), from a gate outward to a hospital.
    """

    drives: Drives
    inward: NDArray[np.float64]
    leave: NDArray[np.float64]

    @staticmethod
    def of(drives: Drives) -> Rides:
        """Return those of a type."""
        care = drives.scenario.care
        rows = {name: n for n, (name, _, _) in enumerate(places(drives.scenario))}
        homes = [rows[one.id] for one in care.hospitals]
        return Rides(drives, drives.outside + drives.inward, drives.outside[homes] + drives.outward)


class Medevac:
    """Gives patients to vehicles, day by day, those with the first claim first.

    The vehicle that is free first takes, of those whom it can serve, the patients of the highest
    colour who can be out soonest; places left over are filled from the same zone, or from others on
    the way, for the same hospital. A trip is booked at the gates as it is given.
    """

    def __init__(self, scenario: Scenario, tables: dict[str, Drives], booking: Booking) -> None:
        """Start with every patient who may still be called waiting."""
        self._scenario, self._booking = scenario, booking
        self._rides = {name: Rides.of(drives) for name, drives in tables.items()}
        self._place = {name: n for n, (name, _, _) in enumerate(places(scenario))}
        self._zone = row_of(scenario.zones)
        self.waiting = [one for one in scenario.care.patients if one.waiting]
        self._able = fetched(scenario, tables)
        self.wards = Wards(
            scenario,
            [
                [one for one in self._able if scenario.care.colour(one) == colour]
                for colour in COLOURS
            ],
        )
        self._rank = {
            one.code: (COLOURS.index(scenario.care.colour(one)), n)
            for n, one in enumerate(self.waiting)
        }
        self._ready = {
            one.code: -math.inf if one.ready is None else float(scenario.seconds(one.ready))
            for one in self.waiting
        }

    def run(self, day_turns: list[Turn], not_before_s: float = -math.inf) -> None:
        """Give the vehicles of one day their trips with patients.

        Parameters
        ----------
        day_turns
            Of one day; trips are added to them.
        not_before_s
            No patient passes a gate earlier: what must be done before is not done yet.
        """
        special = [turn for turn in day_turns if _special(turn.vehicle.kind)]
        plain = [turn for turn in day_turns if not _special(turn.vehicle.kind)]
        for group in (special, plain):
            queue = [(turn.free_s, n) for n, turn in enumerate(group)]
            heapq.heapify(queue)
            while queue and self.waiting:
                _, n = heapq.heappop(queue)
                trip = self._next(group[n], not_before_s)
                if trip is not None:
                    group[n].add(trip)
                    heapq.heappush(queue, (group[n].free_s, n))

    def run_rest(self, day_turns: list[Turn], not_before_s: float = -math.inf) -> None:
        """Give vehicles of the last day trips for beds that were kept in vain; as :meth:`run`.

        For whom a bed is kept still, no vehicle can come any more.
        """
        there = {one.code for one in self.waiting}
        able = [one for one in self._able if one.code in there and not self.wards.due(one)]
        self.wards.release(sorted(able, key=lambda one: self._rank[one.code]))
        self.run(day_turns, not_before_s)

    def _next(self, turn: Turn, not_before_s: float) -> Trip | None:
        """Return the vehicle's next trip, booked; None if it can serve nobody any more."""
        kind = turn.vehicle.kind
        for rank in sorted({self._rank[one.code][0] for one in self.waiting}):
            able = [
                one
                for one in self.waiting
                if self._rank[one.code][0] == rank and _Room(kind).takes(one)
            ]
            trips = [self._try(turn, [one], not_before_s) for one in self._one_each(able)]
            found = [one for one in trips if one is not None]
            if found:
                return self._fill(turn, min(found, key=lambda one: one.key), not_before_s)
        return None

    def _one_each(self, able: list[Patient]) -> list[Patient]:
        """Return the first patient of each zone, kind of bed and destination: others are alike."""
        first: dict[tuple[object, ...], Patient] = {}
        for one in able:
            alike = (one.zone, one.bed, one.accepts, one.refuses, self._ready[one.code])
            first.setdefault(alike, one)
        return list(first.values())

    def _fill(self, turn: Turn, draft: _Draft, not_before_s: float) -> Trip:
        """Return the trip with as many more patients as fit, booked."""
        room = _Room(turn.vehicle.kind)
        for one in draft.patients:
            room.take(one)
        here = draft.patients[0].zone
        drives = self._rides[turn.vehicle.kind.id].drives
        near = drives.stop_stop[self._zone[here]]
        others = [one for one in self.waiting if one is not draft.patients[0] and room.takes(one)]
        others.sort(
            key=lambda one: (
                self._rank[one.code][0],
                float(near[self._zone[one.zone]]),
                self._rank[one.code],
            )
        )
        for one in others:
            if not room.takes(one) or not math.isfinite(near[self._zone[one.zone]]):
                continue
            longer = self._try(turn, [*draft.patients, one], not_before_s, draft.hospital)
            stands = turn.vehicle.kind.board_s.central
            if longer is not None and longer.out_s <= draft.out_s + DETOUR_S + stands:
                draft = longer
                room.take(one)
        return self._book(draft)

    def _try(
        self, turn: Turn, patients: list[Patient], not_before_s: float, hospital: int | None = None
    ) -> _Draft | None:
        """Return the soonest trip that takes ``patients``, or None."""
        stops = list(dict.fromkeys(one.zone for one in patients))
        if len(stops) > STOPS:
            return None
        beds = self.wards.open_to(patients) if hospital is None else [hospital]
        beds = [h for h in beds if self.wards.fits(h, patients)]
        if not beds:
            return None
        entered = self._enter(turn, stops[0])
        if entered is None:
            return None
        k_in, gate_in, arrive = entered
        kind, drives = turn.vehicle.kind, self._rides[turn.vehicle.kind.id].drives
        calls, now = list[tuple[str, float, float]](), arrive
        for n, zone in enumerate(stops):
            if n:
                now += float(drives.stop_stop[self._zone[stops[n - 1]], self._zone[zone]])
            ready = max(self._ready[one.code] for one in patients if one.zone == zone)
            stood = math.ceil(max(now, ready - kind.board_s.central))
            calls.append((zone, float(stood), float(stood + math.ceil(kind.board_s.central))))
            now = calls[-1][2]
        way = k_in, gate_in, tuple(calls)
        if k_in < 0:
            return self._leave(turn, patients, way, beds, not_before_s)
        # It takes its own place in the lane inward before it looks for one outward.
        self._booking.take(k_in, gate_in)
        draft = self._leave(turn, patients, way, beds, not_before_s)
        self._booking.take(k_in, gate_in, times=-1)
        return draft

    def _enter(self, turn: Turn, zone: str) -> tuple[int, float, float] | None:
        """Return the corridor inward by which a zone is reached soonest, and when.

        From a depot inside, ``-1 - depot`` in place of the corridor, and when it leaves that.
        """
        rides, day = self._rides[turn.vehicle.kind.id], turn.day
        z, best = self._zone[zone], (math.inf, -1, math.inf)
        if turn.inside:
            depot = self._place[turn.place]
            away = float(math.ceil(turn.free_s))
            there = away + float(rides.drives.depot_stop[depot, z])
            return (-1 - depot, away, there) if math.isfinite(there) else None
        for k, drive in enumerate(rides.inward[self._place[turn.place]]):
            stop = float(rides.drives.gate_stop[k, z])
            if not math.isfinite(drive + stop) or not math.isfinite(day.opens[k]):
                continue
            after = max(float(day.opens[k]), turn.free_s + drive, 0.0)
            gate = self._booking.earliest(k, after) if after < day.closes[k] else math.inf
            if gate < day.closes[k]:
                best = min(best, (gate + stop, k, gate))
        arrive, k_in, gate = best
        return None if k_in < 0 else (k_in, gate, arrive)

    def _leave(
        self,
        turn: Turn,
        patients: list[Patient],
        way: tuple[int, float, tuple[tuple[str, float, float], ...]],
        beds: list[int],
        not_before_s: float,
    ) -> _Draft | None:
        """Return the soonest way out and into a bed, or None."""
        rides, day = self._rides[turn.vehicle.kind.id], turn.day
        persons = sum(one.persons for one in patients)
        last, left, within = self._zone[way[2][-1][0]], way[2][-1][2], way[0] < 0
        stand = turn.vehicle.kind.alight_s.central + turn.vehicle.kind.rest_s
        best: _Draft | None = None
        for k in range(len(day.opens)):
            drive = float(rides.drives.stop_gate[k, last]) + float(rides.drives.outward[k])
            if not math.isfinite(drive) or not math.isfinite(day.opens[k]):
                continue
            there = left + float(rides.drives.stop_gate[k, last])
            ready = there + self._booking.check_s(k, persons)
            after = max(ready, not_before_s, float(day.opens[k]) if within else 0.0)
            gate = self._booking.earliest(k, after, persons)
            out = gate + float(rides.drives.outward[k])
            if not gate < day.closes[k] or out > day.out_by[k]:
                continue
            for h in beds:
                # No hospital is reached sooner for being closed: most need no closer look.
                soonest = math.ceil(gate + float(rides.leave[h, k]))
                if best is not None and (out, soonest) >= best.key:
                    continue
                arrive = self.wards.open_from(h, soonest)
                if not math.isfinite(arrive) or not self._in_time(turn, h, arrive + stand):
                    continue
                if not self._in_range(turn, way, k, h):
                    continue
                # Who stands inside already waits at its depot, not at the gate.
                mine = _later(way, gate - ready) if within else way
                draft = _Draft(turn, tuple(patients), mine, k, gate, out, h, arrive, stand)
                if best is None or draft.key < best.key:
                    best = draft
        return best

    def _in_range(
        self,
        turn: Turn,
        way: tuple[int, float, tuple[tuple[str, float, float], ...]],
        corridor: int,
        hospital: int,
    ) -> bool:
        """Whether a vehicle can drive all of a trip without fuel in between."""
        kind, drives = turn.vehicle.kind, self._rides[turn.vehicle.kind.id].drives
        if not math.isfinite(kind.range_m):
            return True
        zones = [self._zone[zone] for zone, _, _ in way[2]]
        goal = self._place[self._scenario.care.hospitals[hospital].id]
        far = drives.outside_m(goal, corridor)
        if way[0] < 0:
            return drives.within_from(kind.range_m - far, -1 - way[0], zones, corridor)
        far = drives.outside_m(self._place[turn.place], way[0]) + far
        return drives.within(kind.range_m - far, way[0], zones, corridor)

    def _in_time(self, turn: Turn, hospital: int, done_s: float) -> bool:
        """Whether a vehicle that is free at a hospital then is back at its depot in time."""
        until = turn.vehicle.until_s
        if not math.isfinite(until):
            return True
        goal = self._scenario.care.hospitals[hospital].id
        back = home(self._scenario, goal, turn.vehicle.depot)
        return math.ceil(math.ceil(done_s) + back) <= until

    def _book(self, draft: _Draft) -> Trip:
        """Take places and beds, and return the trip."""
        scenario, drives = self._scenario, self._rides[draft.turn.vehicle.kind.id].drives
        k_in, gate_in, calls = draft.way
        persons = sum(one.persons for one in draft.patients)
        if k_in >= 0:
            self._booking.take(k_in, gate_in)
        self._booking.take(draft.corridor, draft.gate_s, persons)
        self.wards.take(draft.hospital, draft.patients)
        taken = {one.code for one in draft.patients}
        self.waiting = [one for one in self.waiting if one.code not in taken]
        stops, before = list[Stop](), ""
        for zone, arrive, leave in calls:
            z = self._zone[zone]
            if before:
                links = drives.links_between(self._zone[before], z)
            else:
                links = drives.links_in(k_in, z) if k_in >= 0 else drives.links_from(-1 - k_in, z)
            codes = tuple(one.code for one in draft.patients if one.zone == zone)
            stops.append(Stop(zone, links, int(arrive), int(leave), (), codes))
            before = zone
        return Trip(
            corridor_in=scenario.corridors[k_in].id if k_in >= 0 else "",
            corridor_out=scenario.corridors[draft.corridor].id,
            leave_s=self._leaves(draft),
            gate_in_s=int(gate_in),
            stops=tuple(stops),
            gate_out_s=int(draft.gate_s),
            links_out=drives.links_out(self._zone[before], draft.corridor),
            destination=scenario.care.hospitals[draft.hospital].id,
            arrive_s=int(draft.arrive_s),
            done_s=math.ceil(draft.arrive_s + draft.stand_s),
        )

    def _leaves(self, draft: _Draft) -> int:
        """Return when a vehicle leaves for a trip: no sooner than it must, and is free."""
        turn, (k_in, gate_in, _) = draft.turn, draft.way
        if k_in < 0:
            return int(gate_in)
        inward = float(self._rides[turn.vehicle.kind.id].inward[self._place[turn.place], k_in])
        free = math.ceil(turn.free_s) if math.isfinite(turn.free_s) else -_DAY_S
        return max(free, math.floor(gate_in - inward))


@dataclass(frozen=True, slots=True, eq=False)
class _Draft:
    """A trip that is thought of: the way in, the corridor outward, when, and to which hospital."""

    turn: Turn
    patients: tuple[Patient, ...]
    way: tuple[int, float, tuple[tuple[str, float, float], ...]]
    corridor: int
    gate_s: float
    out_s: float
    hospital: int
    arrive_s: float
    stand_s: float

    @property
    def key(self) -> tuple[float, float]:
        """Soonest out of the exit, then soonest in bed."""
        return self.out_s, self.arrive_s


def _later(
    way: tuple[int, float, tuple[tuple[str, float, float], ...]], spare_s: float
) -> tuple[int, float, tuple[tuple[str, float, float], ...]]:
    """Return a way as much later as is to spare, in whole seconds."""
    later = float(max(0, math.floor(spare_s)))
    calls = tuple((zone, arrive + later, leave + later) for zone, arrive, leave in way[2])
    return way[0], way[1] + later, calls


class _Room:
    """The places of a vehicle that are still free."""

    def __init__(self, kind: VehicleType) -> None:
        self._kind = kind
        self._seats, self._chairs, self._lying = kind.seats, kind.wheelchairs, kind.stretchers

    def takes(self, one: Patient) -> bool:
        seats, chairs, lying = _needs(one)
        fits = seats <= self._seats and chairs <= self._chairs and lying <= self._lying
        return fits and CARE.index(one.care) <= CARE.index(self._kind.care)

    def take(self, one: Patient) -> None:
        seats, chairs, lying = _needs(one)
        self._seats -= seats
        self._chairs -= chairs
        self._lying -= lying


def _needs(one: Patient) -> tuple[int, int, int]:
    """Return the seats, wheelchair places and stretchers that a patient and companions take."""
    chairs, lying = int(one.posture == WHEELCHAIR), int(one.posture == STRETCHER)
    return one.persons - chairs - lying, chairs, lying


def _special(kind: VehicleType) -> bool:
    """Whether a type is made for patients; all others help where those do not suffice."""
    return bool(kind.stretchers or kind.wheelchairs or kind.care != NO_CARE)


def can_take(kind: VehicleType, one: Patient) -> bool:
    """Whether an empty vehicle of a type could take a patient with companions."""
    return _Room(kind).takes(one)


def fetched(scenario: Scenario, tables: dict[str, Drives]) -> list[Patient]:
    """Return who is waiting and can be fetched at all, by a vehicle that is there."""
    rows, there = row_of(scenario.zones), {row.type for row in scenario.fleet.vehicles if row.count}
    depots = row_of(scenario.fleet.depots)
    starts = {(row.type, depots[row.depot]) for row in scenario.fleet.vehicles if row.count}
    able = []
    for one in scenario.care.patients:
        z = rows[one.zone]
        for table in tables.values() if one.waiting else ():
            mine = [d for kind, d in starts if kind == table.type.id]
            ways = np.isfinite(table.gate_stop[:, z] + table.inward).any()
            ways = ways or np.isfinite(table.depot_stop[mine, z]).any()
            back = np.isfinite(table.stop_gate[:, z] + table.outward).any()
            if table.type.id in there and ways and back and can_take(table.type, one):
                able.append(one)
                break
    return able
