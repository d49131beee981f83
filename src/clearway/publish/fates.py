"""What becomes of each patient by a plan: fetched by which vehicle, or why not."""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import dataclass
from typing import Final

from clearway.model.care import DIED, REFUSED, STRETCHER, WHEELCHAIR, Hospital, Patient
from clearway.model.duty import Stop
from clearway.model.fleet import AID, CARE, PATIENTS, VehicleType, deadlock
from clearway.model.plan import Plan
from clearway.model.scenario import Scenario
from clearway.publish.reach import reached
from clearway.publish.rides import Ride, Rides

#: Why a patient is not moved: the first that holds.
WHY: Final = (
    "refused",
    "died",
    "gone",
    "no_hospital",
    "no_vehicle",
    "not_ready",
    "unreachable",
    "linked",
    "beds_taken",
    "no_time",
)
#: Those who can not be called any more.
ENDED: Final = ("refused", "died", "gone")


@dataclass(frozen=True, slots=True)
class Fate:
    """One patient.

    Attributes
    ----------
    row, patient, colour
        Place in the scenario's list, and who.
    ride, stop
        The trip and the stop at which they board; None if they are not moved.
    why
        One of ``WHY``; empty if they are moved.
    """

    row: int
    patient: Patient
    colour: str
    ride: Ride | None
    stop: Stop | None
    why: str

    @property
    def moved(self) -> bool:
        """Whether the plan brings them out."""
        return self.ride is not None


def fates(scenario: Scenario, plan: Plan, ridden: Rides) -> tuple[Fate, ...]:
    """Return what becomes of every patient listed, in the scenario's order."""
    aboard = {
        code: (ride, stop)
        for ride in ridden.all
        for stop in ride.trip.stops
        for code in stop.patients
    }
    reasons = _Reasons(scenario, plan, ridden)
    found = []
    for row, one in enumerate(scenario.care.patients):
        ride, stop = aboard.get(one.code, (None, None))
        why = "" if ride is not None else reasons.why(one)
        found.append(Fate(row, one, scenario.care.colour(one), ride, stop, why))
    return tuple(found)


def agrees(hospital: Hospital, patient: Patient) -> bool:
    """Return whether a patient agrees to a hospital, as far as is on record."""
    return hospital.id not in patient.refuses and patient.accepts in {"", hospital.id}


def fits(kind: VehicleType, patient: Patient) -> bool:
    """Return whether a vehicle has the care and the places for a patient with companions."""
    lies, rolls = patient.posture == STRETCHER, patient.posture == WHEELCHAIR
    seats = patient.companions + (not lies and not rolls)
    places = kind.seats >= seats and kind.wheelchairs >= rolls and kind.stretchers >= lies
    return places and CARE.index(kind.care) >= CARE.index(patient.care)


class _Reasons:
    """Tells why patients are left; streets are looked at once for each type of vehicle."""

    def __init__(self, scenario: Scenario, plan: Plan, ridden: Rides) -> None:
        self._scenario = scenario
        there = {one.type for one in scenario.fleet.vehicles if one.count > 0}
        self._types = [one for one in scenario.fleet.types if one.id in there]
        self._zones: dict[str, frozenset[str]] = {}
        self._used = Counter(
            (ride.trip.destination, one.bed) for ride in ridden.all for one in ride.patients
        )
        self._barred = barred_days(scenario, plan, ridden)

    def why(self, patient: Patient) -> str:
        """Return the first reason that holds."""
        ended = self._ended(patient)
        if ended:
            return ended
        hospitals = [
            one
            for one in self._scenario.care.hospitals
            if agrees(one, patient) and one.places(patient.bed) >= 1
        ]
        kinds = [one for one in self._types if fits(one, patient)]
        asked = (
            ("no_hospital", not hospitals),
            ("no_vehicle", not kinds),
            ("not_ready", not self._days(patient)),
            ("unreachable", all(patient.zone not in self._reached(kind) for kind in kinds)),
            ("linked", self._days(patient) <= self._barred),
            ("beds_taken", all(self._full(one, patient.bed) for one in hospitals)),
        )
        return next((name for name, holds in asked if holds), "no_time")

    def _ended(self, patient: Patient) -> str:
        if patient.waiting:
            return ""
        return {REFUSED: "refused", DIED: "died"}.get(patient.state, "gone")

    def _days(self, patient: Patient) -> set[str]:
        """Return the dates with a window that closes after a patient is ready."""
        scenario = self._scenario
        ready = -math.inf if patient.ready is None else scenario.seconds(patient.ready)
        return {
            scenario.moment(scenario.seconds(window.opens)).date().isoformat()
            for window in scenario.windows
            if scenario.seconds(window.closes) > ready
        }

    def _reached(self, kind: VehicleType) -> frozenset[str]:
        if kind.id not in self._zones:
            self._zones[kind.id] = reached(self._scenario, kind)
        return self._zones[kind.id]

    def _full(self, hospital: Hospital, bed: str) -> bool:
        return hospital.places(bed) - self._used[hospital.id, bed] < 1


def barred_days(scenario: Scenario, plan: Plan, ridden: Rides) -> set[str]:
    """Return the dates whose patients may not go, as that which must be done before is not."""
    done = {f"{AID}:{run.convoy}" for run in plan.convoys}
    done |= {
        f"{PATIENTS}:{scenario.moment(ride.trip.gate_out_s).date().isoformat()}"
        for ride in ridden.all
        if ride.patients
    }
    ring = set(deadlock(scenario.aid.links))
    return {
        link.then.partition(":")[2]
        for link in scenario.aid.links
        if link.then.startswith(f"{PATIENTS}:") and (link.id in ring or link.after not in done)
    }
