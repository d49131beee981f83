"""The vehicles of the fleet one by one, and what each has been given to do on a day."""

from __future__ import annotations

import math
from dataclasses import dataclass, field, replace

from clearway.model.duty import Duty, Load, Stop, Trip
from clearway.model.fleet import VehicleType
from clearway.model.scenario import Scenario
from clearway.solve.booking import Day
from clearway.solve.drives import home


@dataclass(frozen=True, slots=True)
class Vehicle:
    """One vehicle.

    Attributes
    ----------
    name
        Such as ``bus-01``: the type and a number over all depots.
    kind
        Its type.
    depot
        Id.
    since_s, until_s
        Seconds from the start between which it may be away from the depot.
    inside
        Whether its depot is inside.
    """

    name: str
    kind: VehicleType
    depot: str
    since_s: float
    until_s: float
    inside: bool = False


@dataclass(slots=True)
class Turn:
    """What one vehicle does on one day, while it is being planned.

    Attributes
    ----------
    vehicle, day
        Whose, and when.
    place
        Id of the place where it will be: outside, or its depot inside.
    free_s
        From when on it may leave there.
    waits
        Whether it may still stand at its depot inside, as long as it has no trips.
    trips
        So far.
    """

    vehicle: Vehicle
    day: Day
    place: str
    free_s: float
    waits: bool = False
    trips: list[Trip] = field(default_factory=list)

    @property
    def inside(self) -> bool:
        """Whether it sets out from its depot inside."""
        return self.vehicle.inside and self.place == self.vehicle.depot

    def add(self, trip: Trip) -> None:
        """Give it one more trip, after all others."""
        self.trips.append(trip)
        self.place, self.free_s = trip.destination, trip.done_s

    def back_to(self, trips: int, place: str, free_s: float) -> None:
        """Take back all but the first ``trips``, after which it was free at a place."""
        del self.trips[trips:]
        self.place, self.free_s = place, free_s


def vehicles(scenario: Scenario) -> tuple[Vehicle, ...]:
    """Return all vehicles, row by row.

    Those at a depot inside do nothing before the scenario's start.
    """
    fleet = scenario.fleet
    kinds = {kind.id: kind for kind in fleet.types}
    inside = fleet.inside
    numbers = dict.fromkeys(kinds, 0)
    found = []
    for row in fleet.vehicles:
        since = -math.inf if row.since is None else scenario.seconds(row.since)
        until = math.inf if row.until is None else scenario.seconds(row.until)
        within = row.depot in inside
        since = max(since, 0.0) if within else since
        for _ in range(row.count):
            numbers[row.type] += 1
            name = f"{row.type}-{numbers[row.type]:02d}"
            found.append(Vehicle(name, kinds[row.type], row.depot, since, until, within))
    return tuple(found)


def turns(scenario: Scenario, day: Day) -> list[Turn]:
    """Return every vehicle's empty day."""
    return [Turn(one, day, one.depot, one.since_s) for one in vehicles(scenario)]


def duty(scenario: Scenario, turn: Turn) -> Duty | None:
    """Return a day as a duty; None if nothing is left of it.

    Trips at its end that bring nobody out, or from which the vehicle would not be back in time,
    are left out.
    """
    trips = list(turn.trips)
    while trips:
        drive = home(scenario, trips[-1].destination, turn.vehicle.depot)
        back = math.ceil(trips[-1].done_s + drive)
        if back <= turn.vehicle.until_s and (trips[-1].loads or trips[-1].patients):
            name = f"{turn.vehicle.name} {turn.day.date}"
            kind, depot = turn.vehicle.kind.id, turn.vehicle.depot
            return Duty(name, turn.vehicle.name, kind, depot, tuple(trips), back)
        trips.pop()
    return None


def with_load(trip: Trip, load: Load | None) -> Trip:
    """Return a trip of one stop with ``load`` on board."""
    stop: Stop = replace(trip.stops[0], loads=(load,) if load else ())
    return replace(trip, stops=(stop,))
