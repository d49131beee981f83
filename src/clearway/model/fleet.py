"""Vehicles that fetch people: their types, where they stand, and convoys that bring aid in."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from clearway.model.checks import Checks
from clearway.model.facts import Estimate, Text

#: Care that a vehicle's crew can give on the way, each including those before it.
NO_CARE, BASIC, ADVANCED = "none", "basic", "advanced"
CARE: Final = (NO_CARE, BASIC, ADVANCED)
AID, PATIENTS = "aid", "patients"
#: What linked movements speak of: ``aid:<convoy>`` or ``patients:<date>``.
SUBJECTS: Final = (AID, PATIENTS)
_NOTHING: Final = "assumed: the scenario has no vehicles"
_ANY_SPEED: Final = Estimate(10.0, 10.0, 10.0, _NOTHING)
_NO_DETOUR: Final = Estimate(1.0, 1.0, 1.0, _NOTHING)


@dataclass(frozen=True, slots=True)
class VehicleType:
    """Vehicles that are alike.

    Attributes
    ----------
    id, name
        Short code, and what people read.
    seats, wheelchairs, stretchers
        Places for people who sit, in a wheelchair, and lying. Each is used by those alone.
    care
        One of ``CARE``: what its crew can do for patients on the way.
    speed_m_per_s
        Most speed on streets; a link's own speed holds where it is lower.
    board_s, alight_s
        Seconds that it stands at each stop to be boarded, and at its destination to be left.
    rest_s
        Seconds of rest after each trip.
    range_m
        Metres that it may drive on one trip, from where it stood to its destination; it is
        refuelled there. Infinite if no limit was set.
    corridors
        Ids of the corridors that it may use; empty for all.
    barred
        Classes of street (``facility``) that it cannot use.
    source
        Where the figures come from.
    """

    id: str
    name: Text
    seats: int
    wheelchairs: int
    stretchers: int
    care: str
    speed_m_per_s: Estimate
    board_s: Estimate
    alight_s: Estimate
    source: str
    rest_s: float = 0.0
    range_m: float = math.inf
    corridors: tuple[str, ...] = ()
    barred: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        """Refuse a vehicle without places, and figures that none has."""
        checks = Checks(f"vehicle type {self.id}")
        checks.that(bool(self.id.strip()), "id", self.id, "must not be empty")
        for field in ("seats", "wheelchairs", "stretchers"):
            checks.number(field, getattr(self, field), 0, 1000)
        checks.that(self.care in CARE, "care", self.care, f"must be one of {CARE}")
        for field, least, most in (
            ("speed_m_per_s", 0.1, 60.0),
            ("board_s", 0.0, 86_400.0),
            ("alight_s", 0.0, 86_400.0),
        ):
            told = getattr(self, field)
            checks.number(f"{field}.low", told.low, least, most)
            checks.number(f"{field}.high", told.high, least, most)
        checks.number("rest_s", self.rest_s, 0, 86_400)
        checks.that(self.range_m > 0, "range_m", self.range_m, "must be above 0")  # nan: refused
        checks.that(bool(self.source.strip()), "source", self.source, "must name a source")
        checks.done()


@dataclass(frozen=True, slots=True)
class Depot:
    """Where vehicles stand before their first trip and after their last.

    Attributes
    ----------
    id, name
        Short code, and what people read.
    lon, lat
        Degrees, WGS 84.
    node
        Id of its node, if it is inside the pocket; None outside.
    source
        Where the place comes from.
    """

    id: str
    name: Text
    lon: float
    lat: float
    source: str
    node: int | None = None

    def __post_init__(self) -> None:
        """Refuse an empty code and a place off the globe."""
        checks = Checks(f"depot {self.id}")
        checks.that(bool(self.id.strip()), "id", self.id, "must not be empty")
        checks.number("lon", self.lon, -180, 180)
        checks.number("lat", self.lat, -90, 90)
        checks.that(bool(self.source.strip()), "source", self.source, "must name a source")
        checks.done()


@dataclass(frozen=True, slots=True)
class Vehicles:
    """So many vehicles of one type at one depot.

    Attributes
    ----------
    type, depot
        Ids.
    count
        How many.
    source
        Where the number comes from.
    since, until
        Moments between which they may be used; None without end. Each day of the pause begins and
        ends at the depot.
    """

    type: str
    depot: str
    count: int
    source: str
    since: datetime | None = None
    until: datetime | None = None

    def __post_init__(self) -> None:
        """Refuse negative numbers and times without a zone."""
        checks = Checks(f"vehicles {self.type} at {self.depot}")
        checks.number("count", self.count, 0, 10_000)
        for field in ("since", "until"):
            at = getattr(self, field)
            zoned = at is None or at.tzinfo is not None
            checks.that(zoned, field, at, "must carry a time zone")
        checks.that(bool(self.source.strip()), "source", self.source, "must name a source")
        checks.done()


@dataclass(frozen=True, slots=True)
class Fleet:
    """All vehicles that fetch people, and how they drive outside the network.

    Outside, between depots, exits, reception sites and hospitals, a drive takes the distance as
    the crow flies times ``outside_detour`` at ``outside_m_per_s``; nobody surveyed those roads.

    Attributes
    ----------
    types, depots, vehicles
        The parts.
    outside_m_per_s, outside_detour
        Metres a second, and a factor of 1 or more.
    """

    types: tuple[VehicleType, ...] = ()
    depots: tuple[Depot, ...] = ()
    vehicles: tuple[Vehicles, ...] = ()
    outside_m_per_s: Estimate = _ANY_SPEED
    outside_detour: Estimate = _NO_DETOUR

    def __post_init__(self) -> None:
        """Refuse repeated ids, vehicles of unknown types or depots, and speeds out of range."""
        checks = Checks("fleet")
        checks.unique("types.id", [one.id for one in self.types])
        checks.unique("depots.id", [one.id for one in self.depots])
        checks.unique("vehicles", [(one.type, one.depot, one.since) for one in self.vehicles])
        types, depots = {one.id for one in self.types}, {one.id for one in self.depots}
        for one in self.vehicles:
            checks.that(one.type in types, "vehicles.type", one.type, "must be a vehicle type")
            checks.that(one.depot in depots, "vehicles.depot", one.depot, "must be a depot")
        checks.number("outside_m_per_s.low", self.outside_m_per_s.low, 0.1, 60)
        checks.number("outside_m_per_s.high", self.outside_m_per_s.high, 0.1, 60)
        checks.number("outside_detour.low", self.outside_detour.low, 1, 20)
        checks.number("outside_detour.high", self.outside_detour.high, 1, 20)
        checks.done()

    @property
    def count(self) -> int:
        """Vehicles in all."""
        return sum(one.count for one in self.vehicles)

    @property
    def inside(self) -> frozenset[str]:
        """Ids of depots inside: who leaves one stays outside where its last trip ended."""
        return frozenset(one.id for one in self.depots if one.node is not None)


@dataclass(frozen=True, slots=True)
class Convoy:
    """Aid that is brought into the pocket: it drives in, is unloaded, and drives out again.

    Attributes
    ----------
    id, name
        Short code, and what it brings.
    depot
        Id of the depot outside from which it sets out and to which it returns.
    type
        Id of the vehicle type whose speed and streets are its own.
    vehicles
        How many; its own, not the fleet's.
    zone
        Id of the zone in which it is unloaded.
    unload_s
        Seconds that it stands there.
    since, until
        Moments between which it may pass the gate inward.
    persons
        Persons whom its load serves; 0 if nobody said.
    source
        Where this comes from.
    """

    id: str
    name: Text
    depot: str
    type: str
    vehicles: int
    zone: str
    unload_s: Estimate
    since: datetime
    until: datetime
    persons: int
    source: str

    def __post_init__(self) -> None:
        """Refuse an empty convoy and times without a zone."""
        checks = Checks(f"convoy {self.id}")
        checks.that(bool(self.id.strip()), "id", self.id, "must not be empty")
        checks.number("vehicles", self.vehicles, 1, 1000)
        checks.number("unload_s.low", self.unload_s.low, 0, 7 * 86_400)
        checks.number("unload_s.high", self.unload_s.high, 0, 7 * 86_400)
        checks.number("persons", self.persons, 0, 1e8)
        zoned = self.since.tzinfo is not None and self.until.tzinfo is not None
        checks.that(zoned, "since", self.since, "must carry a time zone")
        checks.done()
        checks.that(self.since < self.until, "until", self.until, "must be after since")
        checks.that(bool(self.source.strip()), "source", self.source, "must name a source")
        checks.done()


@dataclass(frozen=True, slots=True)
class LinkedMovement:
    """A condition that somebody set: one thing may begin only after another is done (R12).

    ``aid:A1`` begins when the convoy passes the gate inward and is done when it has reached its
    zone; ``patients:2016-10-20`` begins when the first patient of that day passes the gate
    outward and is done when the last one is out of the exit.

    Attributes
    ----------
    id
        Short code.
    then, after
        ``aid:<convoy>`` or ``patients:<date>``.
    source
        Who set it, and where that is recorded.
    """

    id: str
    then: str
    after: str
    source: str

    def __post_init__(self) -> None:
        """Refuse subjects that are neither a convoy nor a day's patients."""
        checks = Checks(f"linked movement {self.id}")
        checks.that(bool(self.id.strip()), "id", self.id, "must not be empty")
        for field in ("then", "after"):
            told = getattr(self, field)
            kind, _, name = told.partition(":")
            known = kind in SUBJECTS and bool(name)
            checks.that(known, field, told, "must be aid:<convoy> or patients:<date>")
        checks.that(bool(self.source.strip()), "source", self.source, "must name a source")
        checks.done()


@dataclass(frozen=True, slots=True)
class Aid:
    """What is to come in, and what was made to depend on it.

    Attributes
    ----------
    convoys, links
        The parts.
    """

    convoys: tuple[Convoy, ...] = ()
    links: tuple[LinkedMovement, ...] = ()

    def __post_init__(self) -> None:
        """Refuse repeated ids, and conditions on convoys that nobody sends."""
        checks = Checks("aid")
        checks.unique("convoys.id", [one.id for one in self.convoys])
        checks.unique("links.id", [one.id for one in self.links])
        known = {f"{AID}:{one.id}" for one in self.convoys}
        for link in self.links:
            for field in ("then", "after"):
                told = getattr(link, field)
                named = not told.startswith(f"{AID}:") or told in known
                checks.that(named, f"link {link.id}.{field}", told, "must be a convoy")
        checks.done()


def deadlock(links: tuple[LinkedMovement, ...]) -> tuple[str, ...]:
    """Return ids of conditions that wait for one another in a ring, in order; empty if none do."""
    waits: dict[str, list[LinkedMovement]] = {}
    for link in links:
        waits.setdefault(link.then, []).append(link)
    for start in links:
        found = _ring(start, waits)
        if found:
            return found
    return ()


def _ring(start: LinkedMovement, waits: dict[str, list[LinkedMovement]]) -> tuple[str, ...]:
    """Return the shortest ring of conditions that leads from ``start`` back to it, or none."""
    paths: list[tuple[LinkedMovement, ...]] = [(start,)]
    seen = {start.id}
    while paths:
        path = paths.pop(0)
        if path[-1].after == start.then:
            return tuple(link.id for link in path)
        for link in waits.get(path[-1].after, []):
            if link.id not in seen:
                seen.add(link.id)
                paths.append((*path, link))
    return ()
