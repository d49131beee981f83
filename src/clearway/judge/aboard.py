"""Rules on who is aboard: places, patients, the beds that wait for them, and who goes first."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterator
from typing import Final, NamedTuple

from clearway.judge.case import Case
from clearway.judge.journeys import Journey, look
from clearway.judge.words import capital, plain
from clearway.model.care import COLOURS, STRETCHER, WHEELCHAIR, Hospital, Patient
from clearway.model.fleet import CARE, VehicleType
from clearway.model.verdict import PlanBreach

#: Days from the start beyond which no calendar is asked.
_FAR_S: Final = 30_000_000_000
_CRUMB: Final = 1e-6


class Room(NamedTuple):
    """Places of each kind."""

    seats: float
    wheelchairs: float
    stretchers: float

    def less(self, other: Room) -> Room:
        """Return what is left."""
        return Room(*(mine - its for mine, its in zip(self, other, strict=True)))

    def more(self, other: Room) -> Room:
        """Return both together."""
        return Room(*(mine + its for mine, its in zip(self, other, strict=True)))

    def holds(self, other: Room) -> bool:
        """Whether there is a place for each of ``other``."""
        return all(mine >= its - _CRUMB for mine, its in zip(self, other, strict=True))


def room_of(kind: VehicleType) -> Room:
    """Return the places of a vehicle."""
    return Room(kind.seats, kind.wheelchairs, kind.stretchers)


def room_for(patient: Patient) -> Room:
    """Return the places that a patient takes with companions."""
    lies, rolls = patient.posture == STRETCHER, patient.posture == WHEELCHAIR
    return Room(patient.companions + (not lies and not rolls), int(rolls), int(lies))


def can_care(kind: VehicleType, patient: Patient) -> bool:
    """Whether a vehicle's crew can give what a patient needs on the way."""
    return CARE.index(kind.care) >= CARE.index(patient.care)


def takes(hospital: Hospital, patient: Patient) -> bool:
    """Whether a patient agrees to a hospital, as far as is on record."""
    return hospital.id not in patient.refuses and patient.accepts in {"", hospital.id}


def check_seat(case: Case) -> Iterator[PlanBreach]:
    """Yield a breach for each trip with more aboard than there are places, of the worst kind."""
    for one, _ in case.rides.trips:
        if one.kind is None:
            continue
        taken, there = _taken(case, one), room_of(one.kind)
        over = [(t - h, t, h, name) for t, h, name in zip(taken, there, Room._fields, strict=True)]
        excess, wanted, has, name = max(over)
        if excess > _CRUMB:
            text = f"{capital(one.name)} needs {wanted:,g} {name}; it has {has:,}."
            yield PlanBreach("seat", one.name, wanted, has, name, text)


def check_patient(case: Case) -> Iterator[PlanBreach]:
    """Yield a breach for each patient unknown, not to be moved, or not so, and for each trip.

    A patient is fetched once, at the own zone, not before being ready and with the care needed;
    who was moved, refused or died is not called. Boarding may end at the moment of being ready.
    """
    moved: dict[str, str] = {}
    known = {one.code: one for one in case.scenario.care.patients}
    for one, _ in case.rides.trips:
        problems = []
        for stand in one.stands:
            for code in stand.codes:
                patient = look(known, code)
                if patient is None:
                    problems.append(f"patient {plain(code)}, whom nobody listed")
                elif code in moved:
                    problems.append(f"patient {code}, who is on {moved[code]} too")
                else:
                    moved[code] = one.name
        problems += [said for said in (_unfit(case, one, *who) for who in one.patients) if said]
        if problems:
            more = f" and {len(problems) - 1} more" if len(problems) > 1 else ""
            text = f"{capital(one.name)} carries {problems[0]}{more}."
            yield PlanBreach("patient", one.name, len(problems), 0, "patients", text)


def check_bed(case: Case) -> Iterator[PlanBreach]:
    """Yield a breach for each trip that brings patients where they are not received.

    And for each kind of bed of which a hospital has fewer than patients come for it.
    """
    needed: dict[tuple[str, str], set[str]] = defaultdict(set)
    hospitals = {one.id: one for one in case.scenario.care.hospitals}
    for one, _ in case.rides.trips:
        if not one.patients or one.destination is None:
            continue
        to = one.destination.of
        problem = _refused(case, one, to) if isinstance(to, Hospital) else "to no hospital"
        if problem is not None:
            text = f"{capital(one.name)} brings patients {problem}."
            yield PlanBreach("bed", one.name, float(one.moments["arrive_s"]), 0, "", text)
        if isinstance(to, Hospital):
            for patient, _ in one.patients:
                needed[to.id, patient.bed].add(patient.code)
    for (name, kind), codes in sorted(needed.items()):
        places = hospitals[name].places(kind)
        if len(codes) > places + _CRUMB:
            text = f"{len(codes):,} patients come to {name} for {kind} beds; it has {places:,g}."
            yield PlanBreach("bed", f"{name} {kind}", len(codes), places, "beds", text)


def check_triage(case: Case) -> Iterator[PlanBreach]:
    """Yield a breach for each trip on which somebody took the place of one with a higher claim.

    That one is in a zone where the trip stops, may be called, is ready by then, is never moved by
    the plan, needs no more care than there is, would fit with companions if the one of the lower
    colour were not aboard, agrees to the trip's hospital, and a bed of that kind is left there.
    """
    care, zones = case.scenario.care, case.scenario.zones
    moved = {patient.code for one, _ in case.rides.trips for patient, _ in one.patients}
    left = _beds_left(case)
    waiting: dict[str, list[Patient]] = defaultdict(list)
    for patient in care.patients:
        if patient.waiting and patient.code not in moved:
            waiting[patient.zone].append(patient)
    for one, _ in case.rides.trips:
        if one.destination is None or not isinstance(one.destination.of, Hospital):
            continue
        free, hospital = _free(case, one), one.destination.of
        passed = [
            (aboard, other)
            for stand in one.stands
            for other in waiting[zones[stand.zone].id if stand.zone >= 0 else ""]
            if _ready(case, other, stand.leave_s)
            and takes(hospital, other)
            and left[hospital.id, other.bed] >= 1 - _CRUMB
            and one.kind is not None
            and can_care(one.kind, other)
            for aboard, _ in one.patients
            if _rank(case, aboard) > _rank(case, other)
            and free.more(room_for(aboard)).holds(room_for(other))
        ]
        if passed:
            aboard, other = passed[0]
            text = (
                f"{capital(one.name)} takes patient {aboard.code} ({care.colour(aboard)}), though "
                f"{other.code} ({care.colour(other)}) waits there, fits, and is left inside."
            )
            count = len({higher.code for _, higher in passed})
            yield PlanBreach("triage", one.name, count, 0, "patients", text)


def _taken(case: Case, one: Journey) -> Room:
    """Return the places that all aboard take when the trip leaves its last stop."""
    room = Room(0, 0, 0)
    for patient, _ in one.patients:
        room = room.more(room_for(patient))
    for boarding in one.boardings:
        if boarding.group < 0:
            continue
        users = case.scenario.groups[boarding.group].wheelchair_users * boarding.load.households
        room = room.more(Room(boarding.load.persons - users, users, 0))
    return room


def _free(case: Case, one: Journey) -> Room:
    there = Room(0, 0, 0) if one.kind is None else room_of(one.kind)
    return there.less(_taken(case, one))


def _unfit(case: Case, one: Journey, patient: Patient, stop: int) -> str | None:
    """Say why a patient does not go like this, if so."""
    stand, name = one.stands[stop], f"patient {patient.code}"
    if one.convoy is not None:
        return f"{name}, and is a convoy"
    if not patient.waiting:
        return f"{name}, whose state is {patient.state}"
    if stand.zone >= 0 and case.scenario.zones[stand.zone].id != patient.zone:
        return f"{name} from another zone than {patient.zone}"
    if not _ready(case, patient, stand.leave_s):
        return f"{name} before they are ready"
    if one.kind is not None and not can_care(one.kind, patient):
        return f"{name} without the care that they need"
    return None


def _ready(case: Case, patient: Patient, by_s: float) -> bool:
    return patient.ready is None or case.scenario.seconds(patient.ready) <= by_s


def _rank(case: Case, patient: Patient) -> int:
    return COLOURS.index(case.scenario.care.colour(patient))


def _refused(case: Case, one: Journey, hospital: Hospital) -> str | None:
    """Say why a hospital does not receive the patients of a trip, if so."""
    arrive = one.moments["arrive_s"]
    for patient, _ in one.patients:
        if not takes(hospital, patient):
            return f"to {hospital.id}, to which {patient.code} did not agree"
    if abs(arrive) >= _FAR_S:
        return f"to {hospital.id} at no hour of any calendar"
    local = case.scenario.moment(arrive)
    clock = local.hour * 3600 + local.minute * 60 + local.second
    if not hospital.opens_s <= clock <= hospital.closes_s:
        return f"to {hospital.id} at {case.when(float(arrive))}, when it takes nobody in"
    return None


def _beds_left(case: Case) -> dict[tuple[str, str], float]:
    """Return the beds that no trip uses, by hospital and kind."""
    left: dict[tuple[str, str], float] = defaultdict(float)
    for hospital in case.scenario.care.hospitals:
        for beds in hospital.beds:
            left[hospital.id, beds.kind] = math.floor(beds.places.central + _CRUMB)
    for one, _ in case.rides.trips:
        if one.destination is not None and isinstance(one.destination.of, Hospital):
            for patient, _ in one.patients:
                left[one.destination.id, patient.bed] -= 1
    return left
