"""Patients, vehicles and convoys counted, as far as the plan brings them where they should be."""

from __future__ import annotations

from collections import Counter

from clearway.judge.case import Case
from clearway.model.care import COLOURS, RED, Hospital, Patient
from clearway.model.verdict import AidTally, CareTally, FleetTally


def brought_out(case: Case) -> tuple[Patient, ...]:
    """Return the patients whom a trip that keeps its times brings out, each once."""
    found: dict[str, Patient] = {}
    for one, driven in case.rides.fleet:
        if driven.kept:
            found |= {patient.code: patient for patient, _ in one.patients if patient.waiting}
    return tuple(found.values())


def tally_care(case: Case) -> CareTally | None:
    """Return patients and beds; None where the scenario has neither."""
    care = case.scenario.care
    if not care.patients and not care.hospitals:
        return None
    waiting = [one for one in care.patients if one.waiting]
    out = brought_out(case)
    listed_of = Counter(care.colour(one) for one in waiting)
    out_of = Counter(care.colour(one) for one in out)
    used = _received(case)
    return CareTally(
        listed=len(waiting),
        red=listed_of[RED],
        out=len(out),
        red_out=out_of[RED],
        companions_out=sum(one.companions for one in out),
        colours=tuple((colour, listed_of[colour], out_of[colour]) for colour in COLOURS),
        beds=tuple(
            (hospital.id, beds.kind, beds.places.central, used[hospital.id, beds.kind])
            for hospital in care.hospitals
            for beds in hospital.beds
        ),
    )


def tally_fleet(case: Case) -> FleetTally | None:
    """Return vehicles, their trips and places; None where the scenario has no vehicles."""
    if not case.scenario.fleet.vehicles:
        return None
    full = [
        (one, one.kind)
        for one, driven in case.rides.fleet
        if driven.kept and one.persons > 0 and one.kind is not None
    ]
    return FleetTally(
        vehicles=case.scenario.fleet.count,
        trips=len(full),
        seats_offered=sum(kind.seats + kind.wheelchairs + kind.stretchers for _, kind in full),
        seats_used=round(sum(one.persons for one, _ in full)),
        riders=round(float(case.rides.riders.persons.sum())),
    )


def tally_aid(case: Case) -> AidTally | None:
    """Return convoys; None where the scenario has none."""
    known = case.scenario.aid.convoys
    if not known:
        return None
    arrived = {
        one.convoy.id: one.convoy
        for one, driven in case.rides.convoys
        if driven.kept
        and one.convoy is not None
        and _reaches(case, one.stands[0].zone, one.convoy.zone)
    }
    served = sum(convoy.persons for convoy in arrived.values())
    return AidTally(convoys=len(known), arrived=len(arrived), persons_served=served)


def _reaches(case: Case, zone: int, wanted: str) -> bool:
    return case.scenario.zones[zone].id == wanted


def _received(case: Case) -> Counter[tuple[str, str]]:
    """Return how many patients each hospital receives, by kind of bed."""
    used: Counter[tuple[str, str]] = Counter()
    seen: set[str] = set()
    for one, driven in case.rides.fleet:
        if not driven.kept or one.destination is None:
            continue
        if not isinstance(one.destination.of, Hospital):
            continue
        for patient, _ in one.patients:
            if patient.waiting and patient.code not in seen:
                seen.add(patient.code)
                used[one.destination.id, patient.bed] += 1
    return used
