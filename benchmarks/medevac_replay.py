"""What becomes of tours, whoever made them: laid out in time under Clearway's rules.

A tour says which vehicle goes where with whom, in which order; hours are found here, the same way
for every program: each trip starts as early as it can, by the quickest corridor, through a gate
with room in its lane. Whom a rule keeps out does not count as served.
"""

from __future__ import annotations

import heapq
import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from benchmarks.medevac_task import Day, Kind, Task, by_colour, fits, needs
from clearway.model.care import Patient


@dataclass(frozen=True, slots=True)
class Ride:
    """One trip.

    Attributes
    ----------
    stops
        Zones in order, each with the codes of those who board there.
    hospital
        Where it goes.
    """

    stops: tuple[tuple[str, tuple[str, ...]], ...]
    hospital: str

    @property
    def codes(self) -> tuple[str, ...]:
        """All who board."""
        return tuple(code for _, codes in self.stops for code in codes)


@dataclass(frozen=True, slots=True)
class Tour:
    """One vehicle's day.

    Attributes
    ----------
    kind, depot
        Ids of the vehicle's type and of where it stands.
    day
        Number of the day, from 0.
    rides
        In order.
    """

    kind: str
    depot: str
    day: int
    rides: tuple[Ride, ...]


@dataclass(slots=True)
class Laid:
    """What became of tours.

    Attributes
    ----------
    out_s, there_s
        When each patient was out of the exit and at the hospital, seconds from the start, by code.
    left
        Why rides, or people on them, were left out, and how often.
    """

    out_s: dict[str, float] = field(default_factory=dict)
    there_s: dict[str, float] = field(default_factory=dict)
    left: Counter[str] = field(default_factory=Counter)


def lay(task: Task, tours: Sequence[Tour]) -> Laid:
    """Lay tours out in time; who cannot be brought out under the rules stays."""
    found, beds, lane = Laid(), _beds(task), Lane(task)
    _count_vehicles(task, tours, found)
    kinds = {kind.type.id: kind for kind in task.kinds}
    people = {one.code: one for one in task.patients}
    # Day by day, vehicles in the order in which they become free: lanes go to who comes first.
    waiting = [
        (tour.day, -math.inf, number, 0, task.places[tour.depot])
        for number, tour in enumerate(tours)
        if tour.rides
    ]
    heapq.heapify(waiting)
    while waiting:
        _, free, number, turn, place = heapq.heappop(waiting)
        tour = tours[number]
        kind, ride = kinds[tour.kind], tour.rides[turn]
        aboard = _allowed(kind, ride, people, (found, beds))
        way = _way(task, kind, (ride, aboard), (task.days[tour.day], free, place), lane)
        if aboard and way is None:
            found.left["not out before closing"] += len(aboard)
        if way is not None:
            free, place = way.done_s, task.places[ride.hospital]
            for code in aboard:
                found.out_s[code], found.there_s[code] = way.out_s, way.there_s
                beds[ride.hospital, people[code].bed] -= 1
        if turn + 1 < len(tour.rides):
            heapq.heappush(waiting, (tour.day, free, number, turn + 1, place))
    return found


def score(task: Task, found: Laid) -> dict[str, Any]:
    """Return what is compared: who is served, by colour, and how soon."""
    served = set(found.out_s)
    out = list(found.out_s.values())
    return {
        "served": len(served),
        "by_colour": by_colour(task, served),
        "companions": sum(one.companions for one in task.patients if one.code in served),
        "hours_until_out": sum(out) / 3600,
        "last_out_h": max(out, default=0.0) / 3600,
        "last_there_h": max(found.there_s.values(), default=0.0) / 3600,
        "left": dict(sorted(found.left.items())),
    }


class Lane:
    """Vehicles that have passed each gate in each slot."""

    def __init__(self, task: Task) -> None:
        """Start with empty lanes."""
        self._slot_s = task.scenario.planning.slot_s
        rates = [one.vehicles_per_s.central for one in task.scenario.corridors]
        self._most = [math.floor(rate * self._slot_s + 1e-6) for rate in rates]
        self._used: Counter[tuple[int, int]] = Counter()

    def next_s(self, corridor: int, at_s: float) -> float:
        """Return the first moment from ``at_s`` on at which a gate has room in its lane."""
        if self._most[corridor] == 0:
            return math.inf
        while self._used[corridor, math.floor(at_s / self._slot_s)] >= self._most[corridor]:
            at_s = (math.floor(at_s / self._slot_s) + 1) * self._slot_s
        return at_s

    def take(self, corridor: int, at_s: float) -> None:
        """Let a vehicle pass."""
        self._used[corridor, math.floor(at_s / self._slot_s)] += 1


@dataclass(frozen=True, slots=True)
class _Way:
    gates: tuple[tuple[int, float], tuple[int, float]]
    out_s: float
    there_s: float
    done_s: float


def _way(
    task: Task,
    kind: Kind,
    ride: tuple[Ride, list[str]],
    start: tuple[Day, float, int],
    lane: Lane,
) -> _Way | None:
    """Return the quickest way of a ride with those aboard, its gates passed; None if it is late."""
    people = {one.code: one for one in task.patients}
    aboard = [people[code] for code in ride[1]]
    stops = [
        (task.zones[zone], [one for one in aboard if one.code in codes])
        for zone, codes in ride[0].stops
    ]
    stops = [stop for stop in stops if stop[1]]
    if not stops:
        return None
    inward = _inward(kind, stops[0][0], start, lane)
    at = inward[0]
    for (zone, who), before in zip(stops, [None, *stops[:-1]], strict=True):
        at += 0.0 if before is None else kind.between_s[before[0], zone]
        at = max(at, *(task.ready_s(one) for one in who)) + kind.type.board_s.central
    persons = sum(one.persons for one in aboard)
    outward = _outward(task, kind, (stops[-1][0], at, persons), (start[0], ride[0].hospital), lane)
    if not math.isfinite(at) or outward is None:
        return None
    there, corridor, gate_s, out = outward
    lane.take(inward[1], inward[2])
    lane.take(corridor, gate_s)
    gates = ((inward[1], inward[2]), (corridor, gate_s))
    return _Way(gates, out, there, there + kind.stand_s)


def _inward(
    kind: Kind, zone: int, start: tuple[Day, float, int], lane: Lane
) -> tuple[float, int, float]:
    """Return when it is at its first stop at the earliest, the corridor, and when at its gate."""
    day, free, place = start
    best = (math.inf, 0, math.inf)
    for corridor, opens in enumerate(day.opens_s.tolist()):
        there = free + kind.outside_s[place, corridor] + kind.through_in_s[corridor]
        if math.isnan(opens) or there == math.inf:
            continue
        gate_s = lane.next_s(corridor, max(opens, there))
        best = min(best, (gate_s + kind.into_s[corridor, zone], corridor, gate_s))
    return best


def _outward(
    task: Task,
    kind: Kind,
    last: tuple[int, float, int],
    to: tuple[Day, str],
    lane: Lane,
) -> tuple[float, int, float, float] | None:
    """Return when it is there at the earliest, by which corridor, when at its gate and out."""
    zone, at, persons = last
    day, hospital = to
    place = task.places[hospital]
    found = next(one for one in task.scenario.care.hospitals if one.id == hospital)
    best: tuple[float, int, float, float] | None = None
    for number, corridor in enumerate(task.scenario.corridors):
        checked = at + kind.out_s[number, zone] + task.check_s(number, persons)
        closes = day.closes_s[number]
        if math.isnan(closes) or not math.isfinite(checked):
            continue
        gate_s = lane.next_s(number, max(checked, float(day.opens_s[number])))
        out = gate_s + kind.through_out_s[number]
        if out > closes - corridor.margin_s:
            continue
        there = _within(task, found.opens_s, found.closes_s, out + kind.outside_s[place, number])
        if best is None or there < best[0]:
            best = (there, number, gate_s, out)
    return best if best is not None and math.isfinite(best[0]) else None


def _within(task: Task, opens_s: int, closes_s: int, at_s: float) -> float:
    """Return the first moment from ``at_s`` on within the hours of a day; infinite if too late."""
    moment = task.scenario.moment(at_s)
    clock = moment.hour * 3600 + moment.minute * 60 + moment.second
    if clock > closes_s:
        return math.inf
    return at_s + max(0, opens_s - clock)


def _allowed(
    kind: Kind,
    ride: Ride,
    people: dict[str, Patient],
    so_far: tuple[Laid, Counter[tuple[str, str]]],
) -> list[str]:
    """Return those of a ride who may board: each once, with places, care and a bed."""
    found, beds = so_far
    offered = np.array([kind.type.seats, kind.type.wheelchairs, kind.type.stretchers])
    aboard: list[str] = []
    used: Counter[str] = Counter()
    for code in ride.codes:
        patient = people.get(code)
        why = _barred(kind, ride, patient, found)
        if patient is not None and not why:
            need = np.array(needs(patient))
            if (need > offered).any():
                why = "no place"
            elif used[patient.bed] >= beds[ride.hospital, patient.bed]:
                why = "no bed"
            else:
                offered = offered - need
                used[patient.bed] += 1
                aboard.append(code)
        if why:
            found.left[why] += 1
    return aboard


def _barred(kind: Kind, ride: Ride, patient: Patient | None, found: Laid) -> str:
    if patient is None:
        return "unknown"
    if patient.code in found.out_s:
        return "twice"
    if not fits(patient, kind.type):
        return "not in this vehicle"
    if ride.hospital in patient.refuses or patient.accepts not in ("", ride.hospital):
        return "destination refused"
    here = {code: zone for zone, codes in ride.stops for code in codes}
    return "" if here[patient.code] == patient.zone else "not there"


def _beds(task: Task) -> Counter[tuple[str, str]]:
    return Counter(
        {
            (hospital.id, bed.kind): int(bed.places.central)
            for hospital in task.scenario.care.hospitals
            for bed in hospital.beds
        }
    )


def _count_vehicles(task: Task, tours: Sequence[Tour], found: Laid) -> None:
    """Note vehicles that are used and not there; their tours are a defect of an adapter."""
    used = Counter((tour.kind, tour.depot, tour.day) for tour in tours)
    has = {kind.type.id: kind.counts for kind in task.kinds}
    for (kind, depot, _), count in used.items():
        if count > has[kind].get(depot, 0):
            found.left["vehicles that are not there"] += count - has[kind].get(depot, 0)
