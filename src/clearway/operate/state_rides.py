"""Where vehicles and convoys are by the plan, by what gates do, and by what was told of them."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from clearway.model.duty import Duty, Trip, begins
from clearway.model.plan import Plan
from clearway.model.scenario import Scenario, row_of
from clearway.model.state import (
    AT_DEPOT,
    AT_END,
    AT_STOP,
    BACK_TURNED,
    IN_CORRIDOR,
    INSIDE_WAY,
    LOST,
    WAY_IN,
    WAY_ON,
    ConvoyState,
    VehicleState,
)
from clearway.operate.state_gates import Spans

NEVER: Final = math.inf


class Point(NamedTuple):
    """One moment of a trip.

    Attributes
    ----------
    trip
        Place in the duty, from 0.
    stop
        Place in the trip of the stop that it is about; -1 for none.
    name
        As records say it (``left``, ``gate in``, ``boarded``, ``gate out``, ``arrived``, ``back``),
        or ``stop`` and ``exit``, which no record tells.
    planned_s
        Seconds from the scenario's start, by the plan.
    place, where
        Where it is from then on.
    corridor
        Row of the corridor whose gate it passes then; -1 for none.
    """

    trip: int
    stop: int
    name: str
    planned_s: float
    place: str
    where: str
    corridor: int = -1


class Heard(NamedTuple):
    """What a record says of one vehicle or convoy: trip from 0 (-1 for none), state, when."""

    trip: int
    state: str
    at_s: float


@dataclass(frozen=True, slots=True, eq=False)
class Errand:
    """One duty, or one run of a convoy, as printed.

    Attributes
    ----------
    name
        Of the vehicle or convoy.
    duty
        Its id; empty for a convoy.
    trips
        Of the plan.
    points
        In order.
    row
        Of each point by trip, name and stop.
    start
        Where it is before the first of them: a place, and what that speaks of.
    """

    name: str
    duty: str
    trips: tuple[Trip, ...]
    points: tuple[Point, ...]
    row: Mapping[tuple[int, str, int], int]
    start: tuple[str, str]


@dataclass(frozen=True, slots=True, eq=False)
class Ride:
    """An errand, and when its points were passed.

    Attributes
    ----------
    errand
        As printed.
    at_s
        One a point: as told, or by the plan and the gates; infinite after the end.
    told
        One a point, whether a record says so.
    end_s
        When it was lost or turned; infinite if not.
    end
        ``lost`` or ``turned``; empty if neither.
    """

    errand: Errand
    at_s: tuple[float, ...]
    told: tuple[bool, ...]
    end_s: float
    end: str

    def when(self, trip: int, name: str, stop: int = -1) -> float:
        """Return when a trip passed a point; infinite if it never does."""
        row = self.errand.row.get((trip, name, stop))
        return NEVER if row is None else self.at_s[row]


def lay_errands(scenario: Scenario, plan: Plan) -> tuple[tuple[Errand, ...], tuple[Errand, ...]]:
    """Return the errands of a plan's vehicles, and of its convoys."""
    roads = _Roads(scenario)
    kinds = {one.id: one.type for one in scenario.aid.convoys}
    inside, starts = scenario.fleet.inside, begins(plan.duties, scenario.fleet.inside)
    duties = [
        _errand(
            one.vehicle,
            one.id,
            one.trips,
            _duty_points(one, roads, stays=one.depot in inside),
            (AT_DEPOT if starts[one.id] == one.depot else AT_END, starts[one.id]),
        )
        for one in plan.duties
    ]
    convoys = [
        _errand(
            one.convoy,
            "",
            (one.trip,),
            _convoy_points(one.trip, kinds.get(one.convoy, ""), roads),
            (AT_DEPOT, one.trip.destination),
        )
        for one in plan.convoys
    ]
    return tuple(duties), tuple(convoys)


def ride(errand: Errand, lanes: Sequence[Spans], heard: Sequence[Heard]) -> Ride:
    """Return when each point was passed.

    A point told of is passed when that was told, and those before it by then; what follows is as
    much later as it was, or as the gate lets it through. After a loss or a turn nothing follows.

    Parameters
    ----------
    errand
        As printed.
    lanes
        One a corridor: when it lets vehicles through, as far as is known.
    heard
        Of this errand alone, in order.
    """
    told = _told(errand.points, heard)
    at_s: list[float] = []
    late = 0.0
    for n, point in enumerate(errand.points):
        before = at_s[-1] if at_s else -NEVER
        if n in told:
            at = told[n]
            at_s = [min(one, at) for one in at_s]
        else:
            at = max(point.planned_s + late, before)
            if point.corridor >= 0:
                at = _next_open(lanes[point.corridor], at)
        late = max(at - point.planned_s, 0.0) if at < NEVER else NEVER
        at_s.append(at)
    end = heard[-1] if heard and heard[-1].state in {"lost", "turned"} else None
    if end is not None:
        at_s = [at if at <= end.at_s else NEVER for at in at_s]
    return Ride(
        errand,
        tuple(at_s),
        tuple(n in told for n in range(len(errand.points))),
        NEVER if end is None else end.at_s,
        "" if end is None else end.state,
    )


class _Roads:
    """How long vehicles drive through each corridor."""

    def __init__(self, scenario: Scenario) -> None:
        self.corridors = row_of(scenario.corridors)
        links = scenario.network.links
        rows = [scenario.network.link_index(one.links) for one in scenario.corridors]
        self._length = [links.length_m[row] for row in rows]
        self._speed = [links.speed_m_per_s[row] for row in rows]
        self._kinds = {one.id: one.speed_m_per_s.central for one in scenario.fleet.types}
        self._through: dict[tuple[str, str], float] = {}

    def through_s(self, kind: str, corridor: str) -> float:
        """Return the seconds from the gate to the exit for a vehicle type."""
        if (kind, corridor) not in self._through:
            k, speed = self.corridors[corridor], self._kinds.get(kind, NEVER)
            held = np.minimum(self._speed[k], speed)
            seconds = self._length[k] / np.where(held > 0, held, speed)
            self._through[kind, corridor] = float(seconds.sum())
        return self._through[kind, corridor]


def _errand(
    name: str,
    duty: str,
    trips: tuple[Trip, ...],
    points: tuple[Point, ...],
    start: tuple[str, str],
) -> Errand:
    row = {(point.trip, point.name, point.stop): n for n, point in enumerate(points)}
    return Errand(name, duty, trips, points, row, start)


def _duty_points(duty: Duty, roads: _Roads, *, stays: bool) -> tuple[Point, ...]:
    """Return the points of a duty; who stays where its last trip ends is not back at a depot."""
    points = [
        point
        for n, trip in enumerate(duty.trips)
        for point in _trip_points(n, trip, duty.type, roads)
    ]
    last = len(duty.trips) - 1
    end = (AT_END, duty.trips[last].destination) if stays else (AT_DEPOT, duty.depot)
    points.append(Point(last, -1, "back", float(duty.back_s), *end))
    return tuple(points)


def _convoy_points(trip: Trip, kind: str, roads: _Roads) -> tuple[Point, ...]:
    """Return the points of a convoy's run, in order; ``boarded`` is called ``delivered``."""
    return tuple(
        point._replace(name="delivered") if point.name == "boarded" else point
        for point in _trip_points(0, trip, kind, roads)
    )


def _trip_points(n: int, trip: Trip, kind: str, roads: _Roads) -> Iterator[Point]:
    first = trip.stops[0].zone
    if trip.corridor_in:
        k = roads.corridors[trip.corridor_in]
        yield Point(n, -1, "left", float(trip.leave_s), WAY_IN, trip.corridor_in)
        yield Point(n, -1, "gate in", float(trip.gate_in_s), INSIDE_WAY, first, k)
    else:
        yield Point(n, -1, "left", float(trip.leave_s), INSIDE_WAY, first)
    zones = [*(stop.zone for stop in trip.stops[1:]), trip.corridor_out]
    for row, (stop, onward) in enumerate(zip(trip.stops, zones, strict=True)):
        yield Point(n, row, "stop", float(stop.arrive_s), AT_STOP, stop.zone)
        yield Point(n, row, "boarded", float(stop.leave_s), INSIDE_WAY, onward)
    k, out = roads.corridors[trip.corridor_out], float(trip.gate_out_s)
    yield Point(n, -1, "gate out", out, IN_CORRIDOR, trip.corridor_out, k)
    through = min(roads.through_s(kind, trip.corridor_out), max(trip.arrive_s - out, 0.0))
    yield Point(n, -1, "exit", out + through, WAY_ON, trip.destination)
    yield Point(n, -1, "arrived", float(trip.arrive_s), AT_END, trip.destination)


def _next_open(lane: Spans, at_s: float) -> float:
    """Return when a vehicle that is at a gate can pass; infinite if that is not known."""
    return next((max(at_s, since) for since, until in lane if at_s < until), NEVER)


def _told(points: Sequence[Point], heard: Sequence[Heard]) -> dict[int, float]:
    """Return when points were passed of which something was told: the last that was."""
    found = {}
    for one in heard:
        rows = [
            n for n, point in enumerate(points) if (point.trip, point.name) == (one.trip, one.state)
        ]
        # Of several stops a record says the first that was not told of yet.
        fresh = [n for n in rows if n not in found]
        if rows:
            found[(fresh or rows)[0]] = one.at_s
    return found


def aboard(
    scenario: Scenario, rides: Sequence[Ride], persons: Mapping[str, int], slots: int
) -> NDArray[np.float64]:
    """Return the persons in vehicles that pass out by each gate in each slot.

    Parameters
    ----------
    scenario
        With its corridors and the length of a slot.
    rides
        Of vehicles; convoys carry nobody.
    persons
        Of each patient by code, companions included.
    slots
        How many.

    Returns
    -------
    Shape (corridors, slots).
    """
    corridors, slot_s = row_of(scenario.corridors), scenario.planning.slot_s
    found = np.zeros((len(corridors), slots))
    for one in rides:
        for n, trip in enumerate(one.errand.trips):
            at = one.when(n, "gate out")
            slot = math.floor(at / slot_s) if at < NEVER else slots
            if 0 <= slot < slots:
                found[corridors[trip.corridor_out], slot] += trip_persons(trip, persons)
    return found


def trip_persons(trip: Trip, persons: Mapping[str, int]) -> int:
    """Return all who leave on a trip: riders, patients and their companions."""
    riders = sum(load.persons for load in trip.loads)
    return riders + sum(persons.get(code, 0) for code in trip.patients)


class Boarded(NamedTuple):
    """One load and what became of it: when it boarded, passed the gate and was out."""

    zone: str
    group: str
    first_household: int
    households: int
    boarded_s: float
    gate_s: float
    exit_s: float


def boarded(rides: Sequence[Ride]) -> Iterator[Boarded]:
    """Yield every load of the demand."""
    for one in rides:
        for n, trip in enumerate(one.errand.trips):
            gate_s, exit_s = one.when(n, "gate out"), one.when(n, "exit")
            for row, stop in enumerate(trip.stops):
                at = one.when(n, "boarded", row)
                for load in stop.loads:
                    who = (stop.zone, load.group, load.first_household, load.households)
                    yield Boarded(*who, at, gate_s, exit_s)


def patient_times(rides: Sequence[Ride]) -> dict[str, tuple[str, float, float]]:
    """Return for each patient of the plan the vehicle, and when they board and arrive."""
    found = {}
    for one in rides:
        for n, trip in enumerate(one.errand.trips):
            arrives = one.when(n, "arrived")
            for row, stop in enumerate(trip.stops):
                for code in stop.patients:
                    found[code] = (one.errand.name, one.when(n, "boarded", row), arrives)
    return found


def vehicle_states(rides: Sequence[Ride], now_s: float) -> tuple[VehicleState, ...]:
    """Return where each vehicle is: on the duty that it began last, or before its first."""
    of: dict[str, list[Ride]] = defaultdict(list)
    for one in rides:
        of[one.errand.name].append(one)
    return tuple(_vehicle(_present(of[name], now_s), now_s) for name in sorted(of))


def convoy_states(rides: Sequence[Ride], now_s: float) -> tuple[ConvoyState, ...]:
    """Return where each convoy is, in the order of ``rides``."""
    found = []
    for one in rides:
        row = _last(one, now_s)
        place, where, since, told = _place(one, row, now_s)
        delivered = one.when(0, "delivered", 0) <= now_s
        found.append(
            ConvoyState(one.errand.name, place, where, since, told, _late(one, row), delivered)
        )
    return tuple(found)


def _vehicle(one: Ride, now_s: float) -> VehicleState:
    row = _last(one, now_s)
    place, where, since, told = _place(one, row, now_s)
    trip = one.errand.points[row].trip if row >= 0 else -1
    riders, patients = 0, list[str]()
    if trip >= 0 and one.when(trip, "arrived") > now_s:
        for n, stop in enumerate(one.errand.trips[trip].stops):
            if one.when(trip, "boarded", n) <= now_s:
                riders += sum(load.persons for load in stop.loads)
                patients += stop.patients
    return VehicleState(
        vehicle=one.errand.name,
        duty=one.errand.duty,
        trip=trip + 1,
        place=place,
        where=where,
        since_s=since,
        told=told,
        late_s=_late(one, row),
        riders=riders,
        patients=tuple(patients),
    )


def _present(rides: Sequence[Ride], now_s: float) -> Ride:
    """Return the last that began, or that was lost before it began, or else the first."""
    ordered = sorted(rides, key=lambda one: one.errand.points[0].planned_s)
    begun = [one for one in ordered if _last(one, now_s) >= 0]
    ended = [one for one in ordered if one.end_s <= now_s]
    return begun[-1] if begun else ended[0] if ended else ordered[0]


def _last(one: Ride, now_s: float) -> int:
    """Return the last point passed until now; -1 for none."""
    passed = [row for row, at in enumerate(one.at_s) if at <= now_s]
    return passed[-1] if passed else -1


def _place(one: Ride, row: int, now_s: float) -> tuple[str, str, float | None, bool]:
    """Return the place, what it speaks of, since when, and whether that was told."""
    place, where = one.errand.start
    if row >= 0:
        place, where = one.errand.points[row].place, one.errand.points[row].where
    if one.end_s <= now_s:
        return (LOST if one.end == "lost" else BACK_TURNED), where, one.end_s, True
    if row < 0:
        return place, where, None, False
    return place, where, one.at_s[row], one.told[row]


def _late(one: Ride, row: int) -> float:
    return max(one.at_s[row] - one.errand.points[row].planned_s, 0.0) if row >= 0 else 0.0
