"""A hand-over slip for each patient who is fetched: a code, never who it is."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from clearway.model.care import DAY_S, STATES
from clearway.publish.pack.blocks import (
    BIG,
    BOX,
    EMPTY,
    NOTHING,
    Block,
    Column,
    Tongue,
    huge,
    lines,
    pairs,
    table,
)
from clearway.publish.pack.day import Day
from clearway.publish.pack.sheet import PATIENT, Facts, Page, Sheet, both
from clearway.publish.words import Said

_STATE_MM: Final = 11.0


def patient_sheets(day: Day) -> Iterator[Sheet]:
    """Yield a slip for each patient who is fetched on this day, by code."""
    found: dict[str, Facts] = {}
    for shift in day.shifts:
        for number, ride in enumerate(shift.rides, start=1):
            listed = {one.code: one for one in ride.patients}
            for stop in ride.trip.stops:
                for code in stop.patients:
                    if code not in listed:
                        continue
                    one = listed[code]
                    found[code] = {
                        "colour": day.scenario.care.colour(one),
                        "category": one.category,
                        "system": day.scenario.care.system,
                        "posture": one.posture,
                        "companions": one.companions,
                        "care": one.care,
                        "bed": one.bed,
                        "state": one.state,
                        "zone": stop.zone,
                        "vehicle": ride.vehicle,
                        "trip": number,
                        "board": [stop.arrive_s, stop.leave_s],
                        "corridor": ride.trip.corridor_out,
                        "gate": ride.trip.gate_out_s,
                        "to": ride.trip.destination,
                        "there": ride.trip.arrive_s,
                        **_hospital(day, ride.trip.destination),
                    }
    for code in sorted(found):
        yield Sheet(PATIENT, code, (found[code],))


def _hospital(day: Day, code: str) -> Facts:
    for one in day.scenario.care.hospitals:
        if one.id == code:
            return {"name": both(one.name), "opens_s": one.opens_s, "closes_s": one.closes_s}
    return {"name": None, "opens_s": 0, "closes_s": DAY_S}


def patient_blocks(page: Page, tongue: Tongue) -> list[Block]:
    """Return the blocks of a slip."""
    facts = page.facts
    say, words = tongue.say, tongue.words
    destination = tongue.code(facts["to"])
    if facts["name"] is not None:
        name = tongue.name(facts["name"], 40)
        destination = say("patient.hospital", code=destination, name=name)
    rows: list[tuple[Said, Said]] = [
        (say("patient.colour"), _colour(tongue, facts["colour"], facts["category"])),
        (say("patient.posture"), words.say(f"posture.{facts['posture']}")),
        (say("patient.companions"), tongue.number(facts["companions"])),
        (say("patient.bed"), _bed(tongue, facts["bed"])),
        (say("patient.care"), words.say(f"care.{facts['care']}")),
        (say("patient.known"), say(f"state.{facts['state'].replace(' ', '_')}")),
        (say("patient.zone"), tongue.code(facts["zone"])),
        (say("patient.board"), tongue.hours(*facts["board"])),
        (say("vehicle"), _ride(tongue, facts["vehicle"], facts["trip"])),
        (say("patient.gate"), _gate(tongue, facts["corridor"], facts["gate"])),
        (say("patient.to"), destination),
        (say("patient.there"), tongue.clock(facts["there"])),
        (say("patient.open"), _open(tongue, facts["opens_s"], facts["closes_s"])),
    ]
    columns = [
        Column(say("patient.state"), 1.6, BIG),
        Column(say("patient.time"), 1.2, BOX),
        Column(say("patient.place"), 1.6, BOX),
        Column(say("patient.role"), 2.2, BOX),
    ]
    states = [[say(f"state.{one.replace(' ', '_')}"), EMPTY, EMPTY, EMPTY] for one in STATES]
    return [
        huge(tongue.code(page.subject)),
        lines([say("patient.code_only")], 7.0),
        pairs(rows, 2, 11.5),
        table(say("patient.states"), columns, states, _STATE_MM),
    ]


def _colour(tongue: Tongue, colour: str, category: str) -> Said:
    said = tongue.words.say(f"colour.{colour}")
    if category == colour:
        return said
    return tongue.words.say("patients.category", colour=said, category=tongue.code(category))


def _bed(tongue: Tongue, kind: str) -> Said:
    key = f"bed.{kind}"
    return tongue.words.say(key) if key in tongue.words.messages else tongue.words.quote(kind)


def _ride(tongue: Tongue, vehicle: str, trip: int) -> Said:
    return tongue.say("patient.ride", vehicle=tongue.code(vehicle), n=trip)


def _gate(tongue: Tongue, corridor: str, at: float) -> Said:
    code = tongue.code(corridor)
    return tongue.say("patient.by_gate", code=code, time=tongue.clock(at))


def _open(tongue: Tongue, opens_s: int, closes_s: int) -> Said:
    if closes_s - opens_s >= DAY_S:
        return tongue.words.say("beds.always")
    if closes_s <= opens_s:
        return NOTHING
    clocks = [
        tongue.code(f"{one // 3600:02d}:{one % 3600 // 60:02d}") for one in (opens_s, closes_s)
    ]
    return tongue.words.say("time.range", opens=clocks[0], closes=clocks[1])
