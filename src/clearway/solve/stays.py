"""Vehicles whose depot is inside: they leave it once, and from then on stay outside."""

from __future__ import annotations

import math
from collections import defaultdict
from dataclasses import replace

import numpy as np

from clearway.model.duty import Trip
from clearway.model.scenario import Scenario, row_of
from clearway.solve.drives import Drives, places
from clearway.solve.shifts import TICK_S
from clearway.solve.vehicles import Turn


def staying(
    scenario: Scenario,
    tables: dict[str, Drives],
    openings: list[list[Turn]],
    *,
    outside: bool = False,
) -> None:
    """Let the turns of such vehicles begin where they can be by then.

    At the first opening at which one is there it stands inside. Later it is planned as one that is
    outside, at a site, and free so early that it is at any gate when that opens: as early it must
    be done the time before. What it may be instead, if it had not left yet, is noted.

    Parameters
    ----------
    scenario
        Whose they are.
    tables
        Drives by type.
    openings
        Turns by opening, in order; such turns are changed.
    outside
        Whether all are planned as if they were outside, also at the first opening.
    """
    reach = max((_reach(one) for one in tables.values()), default=0.0) + 2 * TICK_S
    begins = [_begins(part) for part in openings]
    ends = [_closes(part) for part in openings]
    begun = set[str]()
    for n, part in enumerate(openings):
        later = min((begin for begin in begins if begin >= ends[n]), default=math.inf)
        until = later if math.isinf(later) else float(math.floor(later - reach))
        for turn in (one for one in part if one.vehicle.inside):
            since, last = turn.vehicle.since_s, min(turn.vehicle.until_s, until)
            turn.vehicle = replace(turn.vehicle, until_s=last)
            first = turn.vehicle.name not in begun and since < ends[n]
            if first:
                begun.add(turn.vehicle.name)
            if turn.vehicle.name in begun and (outside or not first):
                early = float(math.floor(begins[n] - reach))
                turn.place, turn.waits = scenario.receptions[0].id, True
                turn.free_s = max(since, early) if since > 0 else early


def settle(scenario: Scenario, tables: dict[str, Drives], turns: list[Turn]) -> list[Turn]:
    """Return turns with such vehicles setting out from where they are.

    The first trip of each begins inside, all others do not; what cannot be driven so is left out.

    Parameters
    ----------
    scenario
        Whose they are.
    tables
        Drives by type.
    turns
        Of all openings, in order of time for each vehicle.
    """
    if not scenario.fleet.inside:
        return turns
    at: dict[str, tuple[str, float]] = defaultdict(lambda: ("", -math.inf))
    settled, ways = list[Turn](), _Ways(scenario)
    for turn in turns:
        trips = list[Trip]()
        for trip in turn.trips if turn.vehicle.inside else ():
            where, free = at[turn.vehicle.name]
            drives = tables[turn.vehicle.kind.id]
            if where:
                kept = ways.comes(drives, trip, where, free) if trip.corridor_in else None
            else:
                kept = ways.begins(drives, trip, turn.vehicle.depot, turn.vehicle.since_s)
            # One with nobody on board is left out, if nothing but that could move a vehicle.
            if kept is not None and (kept.loads or kept.patients):
                trips.append(kept)
                at[turn.vehicle.name] = kept.destination, float(kept.done_s)
        settled.append(replace(turn, trips=trips) if turn.vehicle.inside else turn)
    return settled


class _Ways:
    """Ways of one scenario by which trips begin."""

    def __init__(self, scenario: Scenario) -> None:
        self._scenario = scenario
        self._place = {name: n for n, (name, _, _) in enumerate(places(scenario))}
        self._corridors, self._zones = row_of(scenario.corridors), row_of(scenario.zones)

    def begins(self, drives: Drives, trip: Trip, depot: str, since_s: float) -> Trip | None:
        """Return a trip from a depot inside, as late as its first stop allows; None if too late."""
        d, first = self._place[depot], trip.stops[0]
        zones = [self._zones[stop.zone] for stop in trip.stops]
        drive = float(drives.depot_stop[d, zones[0]])
        if not math.isfinite(drive) or not self._in_range(drives, trip, d, zones):
            return None
        leave = first.arrive_s - math.ceil(drive)
        if leave < since_s:
            return None
        stop = replace(first, links=drives.links_from(d, zones[0]))
        stops = stop, *trip.stops[1:]
        return replace(trip, corridor_in="", leave_s=leave, gate_in_s=leave, stops=stops)

    def comes(self, drives: Drives, trip: Trip, place: str, free_s: float) -> Trip | None:
        """Return a trip from a place outside; None if it cannot be at its gate in time."""
        p, k = self._place[place], self._corridors[trip.corridor_in]
        drive = float(drives.outside[p, k] + drives.inward[k])
        leave = max(math.ceil(free_s), math.floor(trip.gate_in_s - drive))
        if leave + drive > trip.gate_in_s + 1e-6:
            return None
        if math.isfinite(drives.type.range_m):
            out = self._corridors[trip.corridor_out]
            far = drives.outside_m(p, k) + drives.outside_m(self._place[trip.destination], out)
            zones = [self._zones[stop.zone] for stop in trip.stops]
            if not drives.within(drives.type.range_m - far, k, zones, out):
                return None
        return replace(trip, leave_s=leave)

    def _in_range(self, drives: Drives, trip: Trip, depot: int, zones: list[int]) -> bool:
        if not math.isfinite(drives.type.range_m):
            return True
        out = self._corridors[trip.corridor_out]
        far = drives.outside_m(self._place[trip.destination], out)
        return drives.within_from(drives.type.range_m - far, depot, zones, out)


def _reach(one: Drives) -> float:
    """Return the most seconds from a place outside to a gate."""
    inside = one.scenario.fleet.inside
    there = [name not in inside for name, _, _ in places(one.scenario)]
    drive = (one.outside + one.inward)[there]
    return float(drive[np.isfinite(drive)].max(initial=0.0))


def _begins(part: list[Turn]) -> float:
    """Return when the first gate of an opening opens; infinite if it has no vehicles."""
    return min((float(turn.day.opens.min()) for turn in part), default=math.inf)


def _closes(part: list[Turn]) -> float:
    return max((float(turn.day.closes.max()) for turn in part), default=-math.inf)
