"""A notice for each zone: who is called when, and by which corridor; and that nobody has to go."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

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
    table,
)
from clearway.publish.pack.day import Day
from clearway.publish.pack.sheet import BODY_MM, ZONE, Facts, Page, Part, Sheet, spread
from clearway.publish.words import Said

ROW_MM: Final = 10.0
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
        ]
        known = day.legend(one.id for one in day.scenario.groups)
        room = BODY_MM - LINE_MM * len(known) - 2
        pages = spread(parts, room - _INTRO_MM, room)
        facts: list[Facts] = [{"parts": page, "legend": known} for page in pages]
        facts[0]["place"] = day.spot(zone.node)
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
        say = _call_table if part["part"] == "calls" else _visit_table
        blocks.append(say(tongue, part["rows"]))
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
