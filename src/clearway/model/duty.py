"""What vehicles do: duties made of trips, and convoys that go in and come back."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from clearway.model.checks import Checks


@dataclass(frozen=True, slots=True)
class Load:
    """Households of one zone and group that board together; whole, in the order of their zone.

    Attributes
    ----------
    group
        Id.
    first_household
        Place of the first of them in the order of the zone's households of that group.
    households, persons
        How many; the persons are those of the households.
    """

    group: str
    first_household: int
    households: int
    persons: int

    def __post_init__(self) -> None:
        """Refuse an empty load."""
        checks = Checks(f"load {self.group}")
        checks.number("first_household", self.first_household, 0, 1e9)
        checks.number("households", self.households, 1, 1e9)
        checks.number("persons", self.persons, self.households, 9 * self.households)
        checks.done()


@dataclass(frozen=True, slots=True)
class Stop:
    """Where a vehicle stands to be boarded.

    Attributes
    ----------
    zone
        Id; it stands at the zone's node.
    links
        Ids of the links driven to come here: from the corridor's exit inward for the first stop of
        a trip, from the depot inside or from the stop before otherwise; empty where it stood.
    arrive_s, leave_s
        Seconds from the scenario's start.
    loads
        Households that board.
    patients
        Codes of patients that board, their companions with them.
    """

    zone: str
    links: tuple[int, ...]
    arrive_s: int
    leave_s: int
    loads: tuple[Load, ...] = ()
    patients: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Trip:
    """One way in, its stops, and the way out to a destination.

    Attributes
    ----------
    corridor_in
        Id of the corridor that it comes in by; empty for a vehicle that is inside already.
    corridor_out
        Id of the corridor that it leaves by.
    leave_s
        When it leaves the depot, or where its trip before ended: the one of the day before for the
        first of a later day, if the depot is inside.
    gate_in_s, gate_out_s
        When it passes the gates; it is checked until then. ``gate_in_s`` is ``leave_s`` for a
        vehicle that is inside already.
    stops
        At least one, in order.
    links_out
        Ids of the links driven from the last stop through the corridor to its exit.
    destination
        Id of the reception site or hospital; for a convoy its depot.
    arrive_s, done_s
        When it is there, and when the last has left it and it has rested.
    """

    corridor_in: str
    corridor_out: str
    leave_s: int
    gate_in_s: int
    stops: tuple[Stop, ...]
    gate_out_s: int
    links_out: tuple[int, ...]
    destination: str
    arrive_s: int
    done_s: int

    def __post_init__(self) -> None:
        """Refuse a trip without a stop."""
        checks = Checks("trip")
        checks.that(bool(self.stops), "stops", "", "must have at least one")
        checks.done()

    @property
    def loads(self) -> tuple[Load, ...]:
        """All that board."""
        return tuple(load for stop in self.stops for load in stop.loads)

    @property
    def patients(self) -> tuple[str, ...]:
        """Codes of all patients that board."""
        return tuple(code for stop in self.stops for code in stop.patients)


@dataclass(frozen=True, slots=True)
class Duty:
    """One vehicle's day: from its depot, trip after trip, and back.

    Attributes
    ----------
    id
        Unique in the plan, such as ``bus-01 2016-10-20``.
    vehicle
        What is written on it, such as ``bus-01``; one of as many as the fleet has.
    type, depot
        Ids.
    trips
        In order, at least one.
    back_s
        When it is back at its depot; if that is inside, when its last trip is done, where it stays.
    """

    id: str
    vehicle: str
    type: str
    depot: str
    trips: tuple[Trip, ...]
    back_s: int

    def __post_init__(self) -> None:
        """Refuse an empty day."""
        checks = Checks(f"duty {self.id}")
        checks.that(bool(self.trips), "trips", "", "must have at least one")
        checks.done()


def begins(duties: Iterable[Duty], inside: Collection[str]) -> dict[str, str]:
    """Return where each duty begins: ids of places by ids of duties.

    Parameters
    ----------
    duties
        Of a plan.
    inside
        Ids of depots inside; who left one begins its next duty where the one before ended.
    """
    ends, found = dict[str, str](), dict[str, str]()
    for duty in sorted(duties, key=lambda one: one.trips[0].leave_s):
        within = duty.depot in inside
        found[duty.id] = ends.get(duty.vehicle, duty.depot) if within else duty.depot
        ends[duty.vehicle] = duty.trips[-1].destination
    return found


@dataclass(frozen=True, slots=True)
class ConvoyRun:
    """What one aid convoy does.

    Attributes
    ----------
    convoy
        Id.
    trip
        Its one stop is where it is unloaded; its destination is its depot. ``gate_in_s`` and
        ``gate_out_s`` are those of its last vehicle.
    """

    convoy: str
    trip: Trip
