"""An order for each vehicle and each convoy: every step of its day, with whom it takes aboard."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from clearway.model.care import Patient
from clearway.model.duty import ConvoyRun, Stop, Trip, begins
from clearway.model.fleet import Convoy
from clearway.publish.pack.blocks import (
    BIG,
    BOX,
    EMPTY,
    LINE_MM,
    NAMED,
    TABLE_MM,
    Block,
    Column,
    Tongue,
    legend,
    lines,
    pairs,
    spots,
    table,
    ways,
)
from clearway.publish.pack.day import Day
from clearway.publish.pack.sheet import (
    BODY_MM,
    CONVOY,
    VEHICLE,
    Facts,
    Page,
    Part,
    Sheet,
    both,
    spread,
)
from clearway.publish.pack.way import way
from clearway.publish.pack.zone import numbers
from clearway.publish.rides import Shift
from clearway.publish.words import Said

ROW_MM: Final = 9.5
SPOT_MM: Final = 11.0
_FIGURES_MM: Final = 13.0 * 2 + 3
_RULES_MM: Final = 7.0 * 3 + 3
#: Patients named in one row; more go on in the next.
_CODES: Final = 4


def vehicle_sheets(day: Day) -> Iterator[Sheet]:
    """Yield an order for each vehicle that drives on this day."""
    for shift in day.shifts:
        steps = tuple(_steps(day, shift))
        head = {
            "depot": shift.duty.depot,
            "back": shift.duty.back_s,
            "leave": shift.duty.trips[0].leave_s,
            "type": both(shift.type.name),
            "places": [shift.type.seats, shift.type.wheelchairs, shift.type.stretchers],
            "trips": len(shift.rides),
        }
        facts = _pages(day, head, steps, tuple(_ways(day, shift)))
        yield Sheet(VEHICLE, shift.duty.vehicle, facts)


def convoy_sheets(day: Day) -> Iterator[Sheet]:
    """Yield an order for each aid convoy of this day."""
    for convoy, run in day.convoys:
        head = {
            "depot": convoy.depot,
            "back": run.trip.done_s,
            "leave": run.trip.leave_s,
            "name": both(convoy.name),
            "vehicles": convoy.vehicles,
            "serves": convoy.persons,
            "conditions": [
                {"id": one.id, "then": one.then, "after": one.after}
                for one in day.scenario.aid.links
                if f"aid:{convoy.id}" in (one.then, one.after)
            ],
        }
        steps = tuple(_convoy_steps(convoy, run))
        legs = tuple(_legs(day, run.trip, convoy.depot))
        yield Sheet(CONVOY, convoy.id, _pages(day, head, steps, legs))


def _pages(
    day: Day, head: Facts, steps: tuple[Facts, ...], legs: tuple[Facts, ...]
) -> tuple[Facts, ...]:
    used = {one["group"] for one in steps if "group" in one}
    known = [one for one in day.legend(g.id for g in day.scenario.groups) if one["letter"] in used]
    parts = [
        Part("steps", steps, TABLE_MM, ROW_MM),
        Part("ways", legs, TABLE_MM, SPOT_MM),
        Part("spots", tuple(_spots(day, steps)), TABLE_MM, SPOT_MM),
    ]
    conditions = 7.0 * len(head.get("conditions", ()))
    room = BODY_MM - LINE_MM * len(known) - 2
    pages = spread(parts, room - _FIGURES_MM - _RULES_MM - conditions, room)
    facts: list[Facts] = [{"parts": page, "legend": known} for page in pages]
    facts[0] |= head
    return tuple(facts)


def _steps(day: Day, shift: Shift) -> Iterator[Facts]:
    inside = day.scenario.fleet.inside
    where, free = begins(day.plan.duties, inside).get(shift.duty.id, shift.duty.depot), -1
    for number, ride in enumerate(shift.rides, start=1):
        trip = ride.trip
        listed = {one.code: one for one in ride.patients}
        if trip.leave_s != free:  # else the step before says when it leaves
            yield _step(number, "leave", where, trip.leave_s)
        if trip.corridor_in:
            yield _step(number, "gate_in", trip.corridor_in, trip.gate_in_s)
        for stop in trip.stops:
            yield from _boarding(day, number, stop, listed)
        yield from _way_out(number, trip)
        where, free = trip.destination, trip.done_s
    # Whose depot is inside stays where its last trip ends.
    back = (shift.duty.depot, shift.duty.back_s)
    if shift.duty.depot not in inside and (where, free) != back:
        yield _step(len(shift.rides), "back", shift.duty.depot, shift.duty.back_s)


def _convoy_steps(convoy: Convoy, run: ConvoyRun) -> Iterator[Facts]:
    trip = run.trip
    yield _step(1, "leave", convoy.depot, trip.leave_s)
    yield _step(1, "gate_in", trip.corridor_in, trip.gate_in_s)
    for stop in trip.stops:
        yield _step(1, "unload", stop.zone, stop.arrive_s, stop.leave_s)
    yield from _way_out(1, trip)


def _way_out(number: int, trip: Trip) -> Iterator[Facts]:
    yield _step(number, "gate_out", trip.corridor_out, trip.gate_out_s)
    yield _step(number, "arrive", trip.destination, trip.arrive_s, trip.done_s)


def _step(trip: int, do: str, where: str, start: float, end: float | None = None) -> Facts:
    return {"trip": trip, "do": do, "where": where, "from": start, "until": end}


def _boarding(day: Day, number: int, stop: Stop, listed: dict[str, Patient]) -> Iterator[Facts]:
    """Yield a row for each load and each few patients; the hours stand in the first."""
    head = _step(number, "board", stop.zone, stop.arrive_s, stop.leave_s)
    rows: list[Facts] = [day.load(load) for load in stop.loads]
    for start in range(0, len(stop.patients), _CODES):
        codes = stop.patients[start : start + _CODES]
        companions = sum(listed[code].companions for code in codes if code in listed)
        rows.append({"patients": list(codes), "companions": companions})
    for place, row in enumerate(rows or [{}]):
        yield {**head, "more": place > 0, **row}


def _ways(day: Day, shift: Shift) -> Iterator[Facts]:
    """Yield each way that a vehicle drives inside, once."""
    seen = set()
    for ride in shift.rides:
        for leg in _legs(day, ride.trip, shift.duty.depot):
            key = (leg["start"], leg["end"], *leg["points"])
            if key not in seen:
                seen.add(key)
                yield leg


def _legs(day: Day, trip: Trip, depot: str) -> Iterator[Facts]:
    """Yield the ways of one trip: in to its stops, from one to the next, and out to the gate."""
    where = trip.corridor_in or depot
    for stop in trip.stops:
        if stop.links:
            yield {"start": where, "end": stop.zone, **way(day.scenario.network, stop.links)}
        where = stop.zone
    if trip.links_out:
        told = way(day.scenario.network, trip.links_out)
        yield {"start": where, "end": trip.corridor_out, **told}


def _spots(day: Day, steps: tuple[Facts, ...]) -> Iterator[Facts]:
    """Yield where everything is that the steps name, each once."""
    zones = {one.id: one for one in day.scenario.zones}
    corridors = {one.id: one for one in day.scenario.corridors}
    seen = set()
    for one in steps:
        code = one["where"]
        if code in seen:
            continue
        seen.add(code)
        if one["do"] in ("board", "unload") and code in zones:
            spot = day.spot(zones[code].node)
            yield {"code": code, "what": "meeting", "place": spot}
        elif one["do"] in ("gate_in", "gate_out") and code in corridors:
            yield {"code": code, "what": "mouth", "place": day.spot(corridors[code].mouth)}
        else:
            site = day.site(code)
            if site is not None:
                yield {"code": code, "what": NAMED, "name": site[0], "place": site[1]}


def vehicle_blocks(page: Page, tongue: Tongue) -> list[Block]:
    """Return the blocks of a driver's page."""
    facts = page.facts
    head: list[Block] = []
    if page.number == 1:
        seats, wheelchairs, stretchers = facts["places"]
        places = tongue.words.say(
            "vehicles.places_of", seats=seats, wheelchairs=wheelchairs, stretchers=stretchers
        )
        figures = [
            (tongue.say("drive.type"), tongue.name(facts["type"], 40)),
            (tongue.say("drive.places"), places),
            (tongue.say("drive.depot"), tongue.code(facts["depot"])),
            (tongue.say("drive.day"), tongue.hours(facts["leave"], facts["back"])),
        ]
        texts = [tongue.say(f"drive.{key}") for key in ("aboard", "late", "abort")]
        head = [pairs(figures), lines([EMPTY], 3), lines(texts, 7.0), lines([EMPTY], 3)]
    return [*head, *_tables(page, tongue)]


def convoy_blocks(page: Page, tongue: Tongue) -> list[Block]:
    """Return the blocks of a convoy's page."""
    facts = page.facts
    head: list[Block] = []
    if page.number == 1:
        figures = [
            (tongue.say("convoy.name"), tongue.name(facts["name"], 50)),
            (tongue.say("convoy.vehicles"), tongue.number(facts["vehicles"])),
            (tongue.say("convoy.serves"), tongue.number(facts["serves"])),
            (tongue.say("drive.day"), tongue.hours(facts["leave"], facts["back"])),
        ]
        texts = [tongue.say(f"convoy.{key}") for key in ("together", "late", "abort")]
        texts += [
            tongue.say(
                "convoy.condition",
                id=tongue.code(one["id"]),
                then=_subject(tongue, one["then"]),
                after=_subject(tongue, one["after"]),
            )
            for one in facts["conditions"]
        ]
        head = [pairs(figures), lines([EMPTY], 3), lines(texts, 7.0), lines([EMPTY], 3)]
    return [*head, *_tables(page, tongue)]


def _subject(tongue: Tongue, told: str) -> Said:
    """Return what a condition speaks of: a convoy, or a day's patients."""
    kind, _, name = told.partition(":")
    return tongue.say(f"subject.{kind}", code=tongue.code(name))


def _tables(page: Page, tongue: Tongue) -> list[Block]:
    blocks = []
    for part in page.facts["parts"]:
        if part["part"] == "steps":
            blocks.append(_step_table(tongue, part["rows"]))
        else:
            say = ways if part["part"] == "ways" else spots
            blocks.append(say(tongue, part["rows"], SPOT_MM))
    return [*blocks, lines([EMPTY], 2), *legend(tongue, page.facts["legend"])]


def _step_table(tongue: Tongue, rows: list[dict[str, Any]]) -> Block:
    columns = [
        Column(tongue.say("trip"), 0.7),
        Column(tongue.say("drive.do"), 1.9),
        Column(tongue.say("drive.where"), 1, BIG),
        Column(tongue.say("drive.from"), 1, BIG),
        Column(tongue.say("drive.until"), 1, BIG),
        Column(tongue.say("drive.whom"), 3.6),
        Column(tongue.say("drive.actual"), 1.2, BOX),
    ]
    cells = [
        [
            tongue.number(one["trip"]),
            tongue.say(f"do.{one['do']}"),
            tongue.code(one["where"]),
            EMPTY if one.get("more") else tongue.clock(one["from"]),
            EMPTY if one.get("more") or one["until"] is None else tongue.clock(one["until"]),
            _whom(tongue, one),
            EMPTY,
        ]
        for one in rows
    ]
    return table(tongue.say("drive.steps"), columns, cells, ROW_MM)


def _whom(tongue: Tongue, row: dict[str, Any]) -> Said:
    if "patients" in row:
        codes = tongue.codes(row["patients"])
        if not row["companions"]:
            return codes
        company = tongue.words.say("patients.company", n=row["companions"])
        return tongue.say("drive.with", codes=codes, company=company)
    if "group" in row:
        persons = tongue.words.say("unit.persons", n=row["persons"])
        group = tongue.code(row["group"])
        return tongue.say("drive.load", group=group, persons=persons, numbers=numbers(tongue, row))
    return EMPTY
