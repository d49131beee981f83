"""What vehicles are to do, read as far as it can be: ids turned into nouns, odd values marked."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from clearway.judge.columns import UNKNOWN, link_rows, near, whole_number
from clearway.judge.words import plain
from clearway.model.care import Hospital, Patient
from clearway.model.corridor import Reception
from clearway.model.duty import Duty, Load, Stop, Trip
from clearway.model.fleet import Convoy, Depot, VehicleType
from clearway.model.plan import Plan
from clearway.model.scenario import Scenario, row_of

#: Fields of a trip and of a stop that are moments.
_TRIP_S: Final = ("leave_s", "gate_in_s", "gate_out_s", "arrive_s", "done_s")
_STOP_S: Final = ("arrive_s", "leave_s")


@dataclass(frozen=True, slots=True)
class Place:
    """Where a drive outside begins or ends.

    Attributes
    ----------
    id
        As the scenario names it.
    lon, lat
        Degrees.
    of
        The depot, hospital or reception site.
    """

    id: str
    lon: float
    lat: float
    of: Depot | Hospital | Reception

    @property
    def inside(self) -> int | None:
        """The node of a depot inside the pocket; None for all others."""
        return self.of.node if isinstance(self.of, Depot) else None


@dataclass(frozen=True, slots=True)
class Boarding:
    """One load that boards.

    Attributes
    ----------
    name
        Of duty, trip, stop and load.
    zone, group
        Rows in the scenario; -1 where unknown.
    load
        As the plan has it.
    arrive_s, leave_s
        When its vehicle comes and goes.
    """

    name: str
    zone: int
    group: int
    load: Load
    arrive_s: int
    leave_s: int


@dataclass(frozen=True, slots=True, eq=False)
class Stand:
    """One stop.

    Attributes
    ----------
    zone
        Row in the scenario; -1 where unknown.
    links
        Shape (f,), rows of the links driven to come here; -1 where unknown.
    arrive_s, leave_s
        Seconds from the scenario's start; 0 where they are no whole numbers.
    boardings
        Who boards.
    codes
        Of the patients who board.
    """

    zone: int
    links: NDArray[np.int64]
    arrive_s: int
    leave_s: int
    boardings: tuple[Boarding, ...]
    codes: tuple[Any, ...]


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Journey:
    """One trip of a vehicle or a convoy.

    Attributes
    ----------
    name
        Of duty and trip, or of the convoy.
    kind
        Type of its vehicles; None where unknown.
    convoy
        None of a vehicle of the fleet, or where unknown.
    vehicles
        How many drive together.
    start, destination
        None where unknown.
    corridor_in, corridor_out
        Rows in the scenario; -1 where unknown, and for ``corridor_in`` of one that is inside.
    moments
        Each moment of the trip by its name; cut far off, 0 where it is no whole number.
    timed
        Whether every moment, also of its stops, is a whole number of seconds.
    stands
        Its stops.
    links_out
        Shape (f,), rows; -1 where unknown.
    strange
        What it names that the scenario does not have.
    patients
        Those that it names and the scenario has, with the stop (its number from 0).
    """

    name: str
    kind: VehicleType | None = None
    convoy: Convoy | None = None
    vehicles: int = 1
    start: Place | None = None
    destination: Place | None = None
    corridor_in: int = UNKNOWN
    corridor_out: int = UNKNOWN
    moments: dict[str, int]
    timed: bool = False
    stands: tuple[Stand, ...] = ()
    links_out: NDArray[np.int64]
    strange: tuple[str, ...] = ()
    patients: tuple[tuple[Patient, int], ...] = ()

    @property
    def known(self) -> bool:
        """Whether it can be followed: everything that it needs exists."""
        whole = not self.strange and self.timed and bool(self.stands)
        return whole and None not in (self.kind, self.start, self.destination)

    @property
    def boardings(self) -> tuple[Boarding, ...]:
        """All loads."""
        return tuple(one for stand in self.stands for one in stand.boardings)

    @property
    def persons(self) -> float:
        """Persons aboard when it leaves: riders, patients and companions."""
        riders = sum(float(one.load.persons) for one in self.boardings)
        return riders + sum(patient.persons for patient, _ in self.patients)


@dataclass(frozen=True, slots=True, eq=False)
class Day:
    """One duty.

    Attributes
    ----------
    name, vehicle
        As people read them.
    kind, depot
        None where unknown.
    journeys
        Rows of its trips.
    back_s
        None where it is no whole number.
    """

    name: str
    vehicle: str
    kind: VehicleType | None
    depot: Depot | None
    journeys: tuple[int, ...]
    back_s: int | None


class Reader:
    """Reads duties and convoys of one scenario."""

    def __init__(self, scenario: Scenario) -> None:
        """Take the names that ``scenario`` knows."""
        self.scenario = scenario
        self.zones, self.groups = row_of(scenario.zones), row_of(scenario.groups)
        self.corridors = row_of(scenario.corridors)
        self.types = {one.id: one for one in scenario.fleet.types}
        self.depots = {one.id: one for one in scenario.fleet.depots}
        self.convoys = {one.id: one for one in scenario.aid.convoys}
        self.patients = {one.code: one for one in scenario.care.patients}
        self.places = {one.id: one for one in _places(scenario)}
        self.order = np.argsort(scenario.network.links.id, kind="stable")

    def days(self, plan: Plan) -> tuple[tuple[Day, ...], tuple[Journey, ...]]:
        """Return the duties of a plan, and their trips followed by those of its convoys."""
        days: list[Day] = []
        journeys: list[Journey] = []
        starts = self._starts(plan)
        for n, duty in enumerate(plan.duties):
            trips = list(self._duty(duty, starts.get(n)))
            rows = tuple(range(len(journeys), len(journeys) + len(trips)))
            journeys += trips
            days.append(
                Day(
                    name=plain(duty.id),
                    vehicle=plain(getattr(duty, "vehicle", None)),
                    kind=look(self.types, getattr(duty, "type", None)),
                    depot=look(self.depots, getattr(duty, "depot", None)),
                    journeys=rows,
                    back_s=_moment(getattr(duty, "back_s", None)),
                )
            )
        return tuple(days), (*journeys, *self._runs(plan))

    def _starts(self, plan: Plan) -> dict[int, Place | None]:
        """Return where duties begin, by row, that do not begin at a depot.

        Who once left a depot inside is outside from then on: each later duty begins where the one
        before ended.
        """
        ends: dict[str, Any] = {}
        found: dict[int, Place | None] = {}
        for n, duty in sorted(enumerate(plan.duties), key=lambda one: _leaves(one[1])):
            depot = look(self.places, getattr(duty, "depot", None))
            trips, vehicle = _trips(duty), plain(getattr(duty, "vehicle", None))
            if depot is None or depot.inside is None or not trips:
                continue
            if vehicle in ends:
                found[n] = look(self.places, ends[vehicle])
            ends[vehicle] = trips[-1].destination
        return found

    def _duty(self, duty: Duty, start: Place | None) -> Iterator[Journey]:
        kind = look(self.types, getattr(duty, "type", None))
        at = look(self.places, getattr(duty, "depot", None)) if start is None else start
        for number, trip in enumerate(items(getattr(duty, "trips", ())), 1):
            made = self._journey(f"{plain(duty.id)} trip {number}", trip, kind, at)
            at = made.destination
            yield made

    def _runs(self, plan: Plan) -> Iterator[Journey]:
        seen: Counter[str] = Counter()
        for run in items(plan.convoys):
            told: Any = getattr(run, "convoy", None)
            name, convoy = f"convoy {plain(told)}", look(self.convoys, told)
            seen[name] += 1
            name += f" run {seen[name]}" if seen[name] > 1 else ""
            kind = None if convoy is None else look(self.types, convoy.type)
            at = None if convoy is None else look(self.places, convoy.depot)
            yield self._journey(name, getattr(run, "trip", None), kind, at, convoy)

    def _journey(
        self,
        name: str,
        trip: Trip | None,
        kind: VehicleType | None,
        start: Place | None,
        convoy: Convoy | None = None,
    ) -> Journey:
        if not isinstance(trip, Trip):
            nothing = np.empty(0, dtype=np.int64)
            return Journey(
                name=name, moments=dict.fromkeys(_TRIP_S, 0), links_out=nothing, strange=("trip",)
            )
        stops = [one for one in items(trip.stops) if isinstance(one, Stop)]
        moments = {field: _moment(getattr(trip, field)) for field in _TRIP_S}
        stood = [_moment(getattr(stop, field)) for stop in stops for field in _STOP_S]
        stands = tuple(self._stand(f"{name} stop {n}", stop) for n, stop in enumerate(stops, 1))
        told = [(look(self.patients, code), n) for n, s in enumerate(stands) for code in s.codes]
        links_out = self._links(trip.links_out)
        return Journey(
            name=name,
            kind=kind,
            convoy=convoy,
            vehicles=1 if convoy is None else convoy.vehicles,
            start=start,
            destination=look(self.places, trip.destination),
            corridor_in=look(self.corridors, trip.corridor_in, UNKNOWN),
            corridor_out=look(self.corridors, trip.corridor_out, UNKNOWN),
            moments={field: at or 0 for field, at in moments.items()},
            timed=None not in stood and None not in moments.values(),
            stands=stands,
            links_out=links_out,
            strange=tuple(self._strange(trip, stops, stands, links_out)),
            patients=tuple((patient, n) for patient, n in told if patient is not None),
        )

    def _stand(self, name: str, stop: Stop) -> Stand:
        zone = look(self.zones, stop.zone, UNKNOWN)
        arrive_s, leave_s = _moment(stop.arrive_s) or 0, _moment(stop.leave_s) or 0
        loads = [one for one in items(stop.loads) if isinstance(one, Load)]
        boardings = tuple(
            Boarding(
                f"{name} load {n}",
                zone,
                look(self.groups, load.group, UNKNOWN),
                load,
                arrive_s,
                leave_s,
            )
            for n, load in enumerate(loads, 1)
        )
        links = self._links(stop.links)
        return Stand(zone, links, arrive_s, leave_s, boardings, items(stop.patients))

    def _links(self, told: Any) -> NDArray[np.int64]:
        return link_rows(self.scenario.network.links.id, list(items(told)), self.order)

    def _strange(
        self,
        trip: Trip,
        stops: list[Stop],
        stands: tuple[Stand, ...],
        links_out: NDArray[np.int64],
    ) -> Iterator[str]:
        """Yield what a trip names that the scenario does not have."""
        told: Any = trip.corridor_in
        inside = isinstance(told, str) and not told
        if not inside and look(self.corridors, told) is None:
            yield f"corridor {plain(told)}"
        if look(self.corridors, trip.corridor_out) is None:
            yield f"corridor {plain(trip.corridor_out)}"
        if look(self.places, trip.destination) is None:
            yield f"destination {plain(trip.destination)}"
        if not stops or len(stops) < len(items(trip.stops)):
            yield "a stop that is none"
        for stop, stand in zip(stops, stands, strict=True):
            if stand.zone == UNKNOWN:
                yield f"zone {plain(stop.zone)}"
            if len(stand.boardings) < len(items(stop.loads)):
                yield "a load that is none"
            for one in stand.boardings:
                if one.group == UNKNOWN:
                    yield f"group {plain(one.load.group)}"
            yield from _strange_links(stop.links, stand.links)
        yield from _strange_links(trip.links_out, links_out)


def items(told: Any) -> tuple[Any, ...]:
    """Return the items of a tuple or list; anything else is one item, and a strange one."""
    return tuple(told) if isinstance(told, tuple | list) else (told,)


def look(table: dict[str, Any], name: Any, missing: Any = None) -> Any:
    """Return what a table has under ``name``, whatever that is."""
    return table.get(name, missing) if isinstance(name, str) else missing


def _trips(duty: Any) -> tuple[Trip, ...]:
    """Return what a duty has of trips that are some."""
    return tuple(one for one in items(getattr(duty, "trips", ())) if isinstance(one, Trip))


def _leaves(duty: Any) -> float:
    """Return when a duty begins, as far as that is a moment."""
    trips = _trips(duty)
    moment = _moment(trips[0].leave_s) if trips else None
    return float("inf") if moment is None else float(moment)


def _moment(value: Any) -> int | None:
    whole = whole_number(value)
    return None if whole is None else near(whole)


def _strange_links(told: Any, rows: NDArray[np.int64]) -> Iterator[str]:
    missing = np.flatnonzero(rows == UNKNOWN)
    if len(missing):
        more = f" and {len(missing) - 1} more" if len(missing) > 1 else ""
        yield f"link {plain(items(told)[int(missing[0])])}{more}"


def _places(scenario: Scenario) -> Iterator[Place]:
    nodes = scenario.network.nodes
    rows = scenario.network.node_index([site.node for site in scenario.receptions])
    for site, row in zip(scenario.receptions, rows.tolist(), strict=True):
        yield Place(site.id, float(nodes.lon[row]), float(nodes.lat[row]), site)
    for hospital in scenario.care.hospitals:
        yield Place(hospital.id, hospital.lon, hospital.lat, hospital)
    for depot in scenario.fleet.depots:
        yield Place(depot.id, depot.lon, depot.lat, depot)
