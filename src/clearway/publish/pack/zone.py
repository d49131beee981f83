"""A notice for each zone: who is called when, and by which corridor; and that nobody has to go."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Final

from clearway.model.population import Zone
from clearway.publish.pack.blocks import (
    BIG,
    EMPTY,
    LINE_MM,
    TABLE_MM,
    Block,
    Tongue,
    legend,
    lines,
    run,
    spots,
    ways,
)
from clearway.publish.pack.day import Day
from clearway.publish.pack.fields import Field, Row, clock, code, count, listing
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
            title, fields = _TABLES[part["part"]]
            blocks.append(listing(tongue, title, fields, part["rows"], ROW_MM))
    return [*blocks, lines([EMPTY], 2), *legend(tongue, page.facts["legend"])]


def _whom(tongue: Tongue, row: Row) -> Said:
    if "patients" in row:
        return tongue.say("visit.patients", n=row["patients"])
    return tongue.say("visit.group", group=tongue.code(row["group"]), n=row["households"])


def numbers(tongue: Tongue, row: Row) -> Said:
    """Return which households: their numbers in the zone's order of that group, from 1."""
    if "first" not in row:
        return EMPTY
    return run(tongue, row["first"], row["first"] + row["households"] - 1)


_CALLS: Final = (
    Field("zone.from", 1.2, clock("from"), BIG),
    Field("zone.until", 1.2, clock("until"), BIG),
    Field("corridor", 1.2, code("corridor"), BIG),
    Field("group", 1, code("group"), BIG),
    Field("households", 1.1, count("households")),
    Field("persons", 1.1, count("persons")),
    Field("numbers", 1.9, numbers),
    Field("zone.latest", 1.5, clock("latest"), BIG),
    Field("call", 1.4, code("id")),
)

_VISITS: Final = (
    Field("visit.from", 1.1, clock("from"), BIG),
    Field("visit.until", 1.1, clock("until"), BIG),
    Field("vehicle", 1.9, code("vehicle"), BIG),
    Field("visit.whom", 2.6, _whom),
    Field("persons", 1, count("persons")),
    Field("numbers", 1.7, numbers),
    Field("corridor", 1, code("corridor")),
)


#: By its part of the page, what each table is called and what stands in it.
_TABLES: Final[Mapping[str, tuple[str, tuple[Field, ...]]]] = MappingProxyType(
    {
        "calls": ("zone.calls", _CALLS),
        "visits": ("visit.title", _VISITS),
    }
)
