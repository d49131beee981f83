"""What vehicles do by a plan: trips in order, with whom they carry, as far as names are known."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Final

from clearway.model.care import Patient
from clearway.model.corridor import Corridor
from clearway.model.duty import ConvoyRun, Duty, Trip
from clearway.model.fleet import Convoy, VehicleType
from clearway.model.plan import Plan
from clearway.model.scenario import Scenario


@dataclass(frozen=True, slots=True)
class Ride:
    """One trip of one vehicle.

    Attributes
    ----------
    vehicle, type
        What is written on it, and its type.
    day
        Local date on which the duty begins.
    trip
        As planned.
    out_s
        When it is out of the exit, seconds from the scenario's start.
    riders
        Persons of the demand aboard.
    patients
        Patients aboard, in the order of the stops.
    """

    vehicle: str
    type: VehicleType
    day: date
    trip: Trip
    out_s: float
    riders: int
    patients: tuple[Patient, ...]

    @property
    def companions(self) -> int:
        """Companions aboard."""
        return sum(one.companions for one in self.patients)

    @property
    def persons(self) -> int:
        """Everybody aboard but the crew."""
        return self.riders + len(self.patients) + self.companions


@dataclass(frozen=True, slots=True)
class Shift:
    """One duty with its trips; those that name unknown corridors are left out."""

    duty: Duty
    type: VehicleType
    day: date
    rides: tuple[Ride, ...]


@dataclass(frozen=True, slots=True)
class Rides:
    """All that the vehicles of a plan do.

    Attributes
    ----------
    shifts
        Duties of known types, by day, type and vehicle.
    convoys
        Known convoys with what they do, in the plan's order.
    """

    shifts: tuple[Shift, ...] = ()
    convoys: tuple[tuple[Convoy, ConvoyRun], ...] = ()

    @property
    def all(self) -> tuple[Ride, ...]:
        """Every trip of every duty."""
        return tuple(ride for shift in self.shifts for ride in shift.rides)


NO_RIDES: Final = Rides()


def rides(scenario: Scenario, plan: Plan) -> Rides:
    """Return the rides of ``plan``; what names unknown parts is left to the verdict."""
    types = {one.id: one for one in scenario.fleet.types}
    order = {one.id: row for row, one in enumerate(scenario.fleet.types)}
    shifts = [
        _shift(scenario, duty, types[duty.type]) for duty in plan.duties if duty.type in types
    ]
    shifts.sort(key=lambda one: (one.day, order[one.type.id], one.duty.vehicle))
    convoys = {one.id: one for one in scenario.aid.convoys}
    runs = tuple((convoys[run.convoy], run) for run in plan.convoys if run.convoy in convoys)
    return Rides(tuple(shifts), runs)


def _shift(scenario: Scenario, duty: Duty, kind: VehicleType) -> Shift:
    # A vehicle may leave its depot before midnight of the day whose windows it serves.
    day = scenario.moment(duty.trips[0].gate_in_s).date()
    return Shift(duty, kind, day, tuple(_rides(scenario, duty, kind, day)))


def _rides(scenario: Scenario, duty: Duty, kind: VehicleType, day: date) -> Iterator[Ride]:
    corridors = {one.id: one for one in scenario.corridors}
    patients = {one.code: one for one in scenario.care.patients}
    for trip in duty.trips:
        if trip.corridor_out not in corridors:
            continue
        yield Ride(
            vehicle=duty.vehicle,
            type=kind,
            day=day,
            trip=trip,
            out_s=trip.gate_out_s + through_s(scenario, kind, corridors[trip.corridor_out]),
            riders=sum(load.persons for load in trip.loads),
            patients=tuple(patients[code] for code in trip.patients if code in patients),
        )


def through_s(scenario: Scenario, kind: VehicleType, corridor: Corridor) -> float:
    """Return the seconds that a vehicle takes from a corridor's gate to its exit."""
    links = scenario.network.links
    rows = scenario.network.link_index(corridor.links).tolist()
    speeds = [min(float(links.speed_m_per_s[row]), kind.speed_m_per_s.central) for row in rows]
    lengths = [float(links.length_m[row]) for row in rows]
    return sum(far / fast for far, fast in zip(lengths, speeds, strict=True) if fast > 0)
