"""A notice for each zone: who is called when, and by which corridor; and that nobody has to go."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from clearway.model.population import Zone
from clearway.publish.pack.blocks import (
    BIG,
    EMPTY,
    LINE_MM,
    TABLE_MM,
    Block,
    Column,
    Tongue,
    legend,
    lines,
    run,
    spots,
    table,
    ways,
)
from clearway.publish.pack.day import Day
from clearway.publish.pack.sheet import BODY_MM, ZONE, Facts, Page, Part, Sheet, spread
from clearway.publish.pack.way import way
from clearway.publish.words import Said

ROW_MM: Final = 10.0
WAY_MM: Final = 11.0
RULES_MM: Final = 8.0
_RULES: Final = ("voluntary", "wait", "whole", "hold", "turn", "lost")
_INTRO_MM: Final = RULES_MM * len(_RULES) + 3


def zone_sheets(day: Day) -> Iterator[Sheet]:
    """Yield a notice for each zone from which anybody is called or fetched."""
    for zone in day.scenario.zones:
        calls, visits = tuple(_calls(day, zone.id)), tuple(_visits(day, zone.id))
        if not calls and not visits:
            continue
        parts = [
            Part("calls", calls, TABLE_MM, ROW_MM),
            Part("visits", visits, TABLE_MM, ROW_MM),
            Part("ways", tuple(_ways(day, zone.id)), TABLE_MM, WAY_MM),
            Part("spots", tuple(_spots(day, zone, calls)), TABLE_MM, WAY_MM),
        ]
        known = day.legend(one.id for one in day.scenario.groups)
        room = BODY_MM - LINE_MM * len(known) - 2
        pages = spread(parts, room - _INTRO_MM, room)
        facts: list[Facts] = [{"parts": page, "legend": known} for page in pages]
        yield Sheet(ZONE, zone.id, tuple(facts))


def _calls(day: Day, zone: str) -> Iterator[Facts]:
    for call in day.calls:
        movement = call.movement
        if movement.zone == zone:
            yield {
                "id": movement.id,
                "from": movement.depart_s,
                "until": call.until_s,
                "corridor": movement.corridor,
                "group": day.letter(movement.group),
                "households": movement.households,
                "persons": movement.persons,
                "first": movement.first_household + 1,
                "latest": call.last_s,
            }


def _ways(day: Day, zone: str) -> Iterator[Facts]:
    """Yield each way to a gate that is walked or driven from the zone, once."""
    first = {one.id: one.links[0] for one in day.scenario.corridors}
    seen = set()
    for call in day.calls:
        movement = call.movement
        links = movement.links[: movement.links.index(first[movement.corridor])]
        if movement.zone != zone or not links or (movement.corridor, links) in seen:
            continue
        seen.add((movement.corridor, links))
        told = way(day.scenario.network, links)
        yield {"start": zone, "end": movement.corridor, **told}


def _spots(day: Day, zone: Zone, calls: tuple[Facts, ...]) -> Iterator[Facts]:
    """Yield where the zone's meeting point is, and the gates that it is called to."""
    yield {"code": zone.id, "what": "meeting", "place": day.spot(zone.node)}
    used = {one["corridor"] for one in calls}
    for corridor in day.scenario.corridors:
        if corridor.id in used:
            yield {"code": corridor.id, "what": "mouth", "place": day.spot(corridor.mouth)}


def _visits(day: Day, zone: str) -> Iterator[Facts]:
    """Yield vehicles that stop in the zone, each load a row; patients are counted, not named."""
    found = []
    for shift in day.shifts:
        for ride in shift.rides:
            for stop in ride.trip.stops:
                if stop.zone != zone:
                    continue
                head = {
                    "from": stop.arrive_s,
                    "until": stop.leave_s,
                    "vehicle": ride.vehicle,
                    "corridor": ride.trip.corridor_out,
                }
                found += [{**head, **day.load(load)} for load in stop.loads]
                if stop.patients:
                    listed = {one.code: one for one in ride.patients}
                    persons = sum(listed[code].persons for code in stop.patients if code in listed)
                    found.append({**head, "patients": len(stop.patients), "persons": persons})
    yield from sorted(found, key=lambda one: (one["from"], one["vehicle"]))


def zone_blocks(page: Page, tongue: Tongue) -> list[Block]:
    """Return the blocks of a zone's page."""
    blocks: list[Block] = []
    if page.number == 1:
        texts = [tongue.say(f"zone.{key}") for key in _RULES]
        blocks.append(lines(texts, RULES_MM, 13.0))
        blocks.append(lines([EMPTY], 3))
    for part in page.facts["parts"]:
        if part["part"] in ("ways", "spots"):
            say = ways if part["part"] == "ways" else spots
            blocks.append(say(tongue, part["rows"], WAY_MM))
        else:
            own = _call_table if part["part"] == "calls" else _visit_table
            blocks.append(own(tongue, part["rows"]))
    return [*blocks, lines([EMPTY], 2), *legend(tongue, page.facts["legend"])]


def _call_table(tongue: Tongue, rows: list[dict[str, Any]]) -> Block:
    columns = [
        Column(tongue.say("zone.from"), 1.2, BIG),
        Column(tongue.say("zone.until"), 1.2, BIG),
        Column(tongue.say("corridor"), 1.2, BIG),
        Column(tongue.say("group"), 1, BIG),
        Column(tongue.say("households"), 1.1),
        Column(tongue.say("persons"), 1.1),
        Column(tongue.say("numbers"), 1.9),
        Column(tongue.say("zone.latest"), 1.5, BIG),
        Column(tongue.say("call"), 1.4),
    ]
    cells = [
        [
            tongue.clock(one["from"]),
            tongue.clock(one["until"]),
            tongue.code(one["corridor"]),
            tongue.code(one["group"]),
            tongue.number(one["households"]),
            tongue.number(one["persons"]),
            numbers(tongue, one),
            tongue.clock(one["latest"]),
            tongue.code(one["id"]),
        ]
        for one in rows
    ]
    return table(tongue.say("zone.calls"), columns, cells, ROW_MM)


def _visit_table(tongue: Tongue, rows: list[dict[str, Any]]) -> Block:
    columns = [
        Column(tongue.say("visit.from"), 1.1, BIG),
        Column(tongue.say("visit.until"), 1.1, BIG),
        Column(tongue.say("vehicle"), 1.9, BIG),
        Column(tongue.say("visit.whom"), 2.6),
        Column(tongue.say("persons"), 1),
        Column(tongue.say("numbers"), 1.7),
        Column(tongue.say("corridor"), 1),
    ]
    cells = [
        [
            tongue.clock(one["from"]),
            tongue.clock(one["until"]),
            tongue.code(one["vehicle"]),
            _whom(tongue, one),
            tongue.number(one["persons"]),
            numbers(tongue, one),
            tongue.code(one["corridor"]),
        ]
        for one in rows
    ]
    return table(tongue.say("visit.title"), columns, cells, ROW_MM)


def _whom(tongue: Tongue, row: dict[str, Any]) -> Said:
    if "patients" in row:
        return tongue.say("visit.patients", n=row["patients"])
    return tongue.say("visit.group", group=tongue.code(row["group"]), n=row["households"])


def numbers(tongue: Tongue, row: dict[str, Any]) -> Said:
    """Return which households: their numbers in the zone's order of that group, from 1."""
    if "first" not in row:
        return EMPTY
    return run(tongue, row["first"], row["first"] + row["households"] - 1)
