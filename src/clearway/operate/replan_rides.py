"""Vehicles and convoys as they drove until now, for a plan made anew."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from clearway.model.duty import ConvoyRun, Duty, Stop, Trip
from clearway.model.plan import Plan
from clearway.model.replan import Turn
from clearway.operate.known import Known
from clearway.operate.state_rides import Ride
from clearway.solve.drives import home

#: What a record calls a stop of a vehicle that is over, and one of a convoy.
_BOARDED, _DELIVERED = "boarded", "delivered"


@dataclass(frozen=True, slots=True)
class Ridden:
    """What vehicles did until now, and are announced to do.

    Attributes
    ----------
    duties, convoys
        As the plan has them, but with trips of the past as they were driven; what had not begun
        and was to have begun begins now.
    turns
        Those aboard who went back with their vehicle, or without it.
    late
        Ids of duties of which anything is not as printed.
    """

    duties: tuple[Duty, ...]
    convoys: tuple[ConvoyRun, ...]
    turns: tuple[Turn, ...]
    late: frozenset[str]


def ridden(
    plan: Plan, vehicles: Sequence[Ride], convoys: Sequence[Ride], conditions: Known
) -> Ridden:
    """Return what became of a plan's duties and convoys.

    Parameters
    ----------
    plan
        The one that ran.
    vehicles, convoys
        As they ran, in its order.
    conditions
        As known now, at a whole second.
    """
    now_s = int(conditions.now_s)
    barred = {one.code for one in conditions.scenario.care.patients if not one.waiting}
    duties, turns, late = [], list[Turn](), set[str]()
    for duty, ride in zip(plan.duties, vehicles, strict=True):
        trips = duty.trips
        if not _as_printed(ride, now_s):
            late.add(duty.id)
            trips = tuple(_trips(ride, now_s))
            turns += _aboard(duty, ride)
        kept = tuple(one for one in (_without(trip, barred, now_s) for trip in trips) if one)
        if kept:
            duties.append(duty if kept == duty.trips else _with_trips(conditions, duty, kept))
    runs = []
    for run, ride in zip(plan.convoys, convoys, strict=True):
        driven = (run.trip,) if _as_printed(ride, now_s) else tuple(_trips(ride, now_s))
        runs += [run if trip == run.trip else replace(run, trip=trip) for trip in driven]
    slot = now_s // conditions.scenario.planning.slot_s
    late |= _crowded(duties, late, slot, conditions.scenario.planning.slot_s)
    return Ridden(tuple(duties), tuple(runs), tuple(turns), frozenset(late))


def _with_trips(conditions: Known, duty: Duty, trips: tuple[Trip, ...]) -> Duty:
    """Return a duty with other trips, back when the last of them is."""
    last = trips[-1]
    home_s = last.done_s + home(conditions.scenario, last.destination, duty.depot)
    return replace(duty, trips=trips, back_s=math.ceil(home_s))


def _crowded(duties: Sequence[Duty], late: set[str], slot: int, slot_s: int) -> set[str]:
    """Return the ids of duties that pass a gate in a slot in which late ones pass it as well.

    Those that waited for a gate pass it at once by the replay; others may find no room beside them.
    """
    passes = {
        (duty.id, corridor)
        for duty in duties
        for trip in duty.trips
        for corridor, at in (
            (trip.corridor_in, trip.gate_in_s),
            (trip.corridor_out, trip.gate_out_s),
        )
        if at // slot_s == slot
    }
    full = {corridor for name, corridor in passes if name in late}
    return {name for name, corridor in passes if corridor in full}


def _as_printed(ride: Ride, now_s: int) -> bool:
    """Whether all that was to be until now was so, and nothing else."""
    pairs = zip(ride.errand.points, ride.at_s, strict=True)
    return ride.end_s > now_s and all(
        at == point.planned_s for point, at in pairs if min(at, point.planned_s) < now_s
    )


def _trips(ride: Ride, now_s: int) -> Iterator[Trip]:
    """Yield the trips of a vehicle as driven; after a loss or a turn those that were over."""
    clock = _Clock(now_s)
    for n, trip in enumerate(ride.errand.trips):
        over = ride.when(n, "gate out") < now_s
        if not over and ride.end_s <= now_s:
            return
        if over or _came_in(ride, n) < now_s:
            yield _driven(ride, n, clock)
        elif trip.gate_in_s >= now_s and trip.leave_s >= now_s:
            yield trip
        else:
            yield _to_come(ride, n, now_s)


def _came_in(ride: Ride, n: int) -> float:
    return ride.when(n, "gate in" if ride.errand.trips[n].corridor_in else "left")


def _driven(ride: Ride, n: int, clock: _Clock) -> Trip:
    """Return a trip that has begun with the times of what is over; the rest as soon as can be."""
    trip = ride.errand.trips[n]
    name = _BOARDED if ride.errand.duty else _DELIVERED
    leave_s = clock.at(ride.when(n, "left"), trip.leave_s)
    gate_in_s = clock.at(ride.when(n, "gate in"), trip.gate_in_s) if trip.corridor_in else leave_s
    stops = list[Stop]()
    for row, stop in enumerate(trip.stops):
        arrive_s = clock.at(ride.when(n, "stop", row), stop.arrive_s)
        stops.append(
            replace(
                stop, arrive_s=arrive_s, leave_s=clock.at(ride.when(n, name, row), stop.leave_s)
            )
        )
    out_s = clock.at(ride.when(n, "gate out"), trip.gate_out_s)
    arrive_s = clock.at(ride.when(n, "arrived"), trip.arrive_s)
    clock.turn(gate_in_s)
    return replace(
        trip,
        leave_s=leave_s,
        gate_in_s=gate_in_s,
        stops=tuple(stops),
        gate_out_s=out_s,
        arrive_s=arrive_s,
        done_s=arrive_s + trip.done_s - trip.arrive_s,
    )


class _Clock:
    """Times of trips, point after point: of what is over as it was, of the rest as late as that.

    What is to come does not come before now. When a gate lets it pass is found later. No trip
    begins with the one before it, though a record of a later trip may tell them to be over at once.
    """

    def __init__(self, now_s: int) -> None:
        self._now_s, self._late, self._last = now_s, 0, -math.inf

    def at(self, at_s: float, printed_s: int) -> int:
        """Return the whole second of a point, by what is known of it and was printed."""
        over = at_s < self._now_s
        found = math.floor(at_s) if over else max(printed_s + self._late, self._now_s)
        found = int(max(found, self._last))
        self._last, self._late = found, max(found - printed_s, 0)
        return found

    def turn(self, gate_in_s: int) -> None:
        """Go on to the next trip."""
        self._last, self._late = gate_in_s + 1, 0


def _to_come(ride: Ride, n: int, now_s: int) -> Trip:
    """Return a trip that was to have begun by now and did not: it begins now."""
    trip, left = ride.errand.trips[n], ride.when(n, "left")
    later = max(now_s - trip.gate_in_s, 0)
    leave_s = math.floor(left) if left < now_s else max(trip.leave_s + later, now_s)
    stops = (
        replace(stop, arrive_s=stop.arrive_s + later, leave_s=stop.leave_s + later)
        for stop in trip.stops
    )
    return replace(
        trip,
        leave_s=min(leave_s, trip.gate_in_s + later) if trip.corridor_in else trip.leave_s + later,
        gate_in_s=trip.gate_in_s + later,
        stops=tuple(stops),
        gate_out_s=trip.gate_out_s + later,
        arrive_s=trip.arrive_s + later,
        done_s=trip.done_s + later,
    )


def _aboard(duty: Duty, ride: Ride) -> Iterator[Turn]:
    """Yield those who were aboard when their vehicle was lost or turned: they went back then."""
    for n, trip in enumerate(ride.errand.trips):
        if not (_came_in(ride, n) <= ride.end_s < ride.when(n, "gate out")):
            continue
        for row, stop in enumerate(trip.stops):
            boarded_s = ride.when(n, _BOARDED, row)
            for load in stop.loads if boarded_s <= ride.end_s else ():
                yield Turn(
                    movement=f"{duty.id}/{n + 1}",
                    zone=stop.zone,
                    group=load.group,
                    corridor=trip.corridor_out,
                    first_household=load.first_household,
                    households=load.households,
                    persons=load.persons,
                    place=stop.zone,
                    back_s=math.ceil(2 * ride.end_s - boarded_s),
                )


def _without(trip: Trip, barred: set[str], now_s: int) -> Trip | None:
    """Return a trip without patients who are not to be moved any more and are not aboard yet."""
    if not barred.intersection(trip.patients):
        return trip
    stops = tuple(
        stop
        if stop.leave_s < now_s
        else replace(stop, patients=tuple(code for code in stop.patients if code not in barred))
        for stop in trip.stops
    )
    new = replace(trip, stops=stops)
    return new if new.loads or new.patients or trip.gate_in_s < now_s else None
