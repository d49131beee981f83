"""Tally sheets: what was counted, called and driven, written down row by row."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Any, Final

from clearway.model.event import CALL_STATES, CASE_STATES, CONVOY_STATES, VEHICLE_STATES
from clearway.publish.pack.blocks import (
    BIG,
    BOX,
    EMPTY,
    TABLE_MM,
    Block,
    Column,
    Tongue,
    lines,
    table,
)
from clearway.publish.pack.day import Day
from clearway.publish.pack.gate import passes
from clearway.publish.pack.sheet import (
    BODY_MM,
    CALLS,
    CONVOY_TRIPS,
    COUNTS,
    PATIENT,
    TRIPS,
    Facts,
    Page,
    Part,
    Sheet,
    spread,
)

ROW_MM: Final = 9.5
_INTRO_MM: Final = 7.0 * 2 + 2
#: Boxes of each kind of page that is filled in, by the name of their column in the form.
BOXES: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {
        COUNTS: ("persons",),
        CALLS: CALL_STATES,
        TRIPS: VEHICLE_STATES,
        CONVOY_TRIPS: CONVOY_STATES,
        PATIENT: (*CASE_STATES, "place"),
    }
)


def count_sheets(day: Day) -> Iterator[Sheet]:
    """Yield a sheet for each gate with a row a slot, for those who go out by it."""
    vehicles = list(passes(day))
    slot_s = day.scenario.planning.slot_s
    for corridor in day.corridors:
        rows: list[Facts] = []
        own = [one for where, one in vehicles if where == corridor.id]
        walked = [one for one in day.calls if one.movement.corridor == corridor.id]
        for window in day.windows(corridor.id):
            opens, closes = (day.scenario.seconds(at) for at in (window.opens, window.closes))
            for start in range(opens, closes, slot_s):
                end = min(start + slot_s, closes)
                rows.append(
                    {
                        "row": f"{len(rows) + 1:02d}",
                        "from": start,
                        "until": end,
                        "walk": round(
                            sum(
                                one.movement.persons
                                * _overlap(one.gate_s, one.gate_until_s, start, end)
                                for one in walked
                            )
                        ),
                        "ride": sum(one["persons"] for one in own if start <= one["at"] < end),
                        "vehicles": sum(one["vehicles"] for one in own if start <= one["at"] < end),
                    }
                )
        yield Sheet(COUNTS, corridor.id, _pages(tuple(rows)))


def _overlap(first: float, last: float, start: float, end: float) -> float:
    """Return the share of an even flow from ``first`` to ``last`` that falls into a slot."""
    return max(0.0, min(last, end) - max(first, start)) / (last - first)


def call_sheets(day: Day) -> Iterator[Sheet]:
    """Yield a sheet for each gate with a row a block."""
    for corridor in day.corridors:
        rows = tuple(
            {
                "row": one.movement.id,
                "from": one.movement.depart_s,
                "zone": one.movement.zone,
                "group": day.letter(one.movement.group),
                "persons": one.movement.persons,
            }
            for one in day.calls
            if one.movement.corridor == corridor.id
        )
        if rows:
            yield Sheet(CALLS, corridor.id, _pages(rows))


def trip_sheets(day: Day) -> Iterator[Sheet]:
    """Yield a sheet for each vehicle and each convoy with a row a trip."""
    for shift in day.shifts:
        rows = [
            {
                "row": f"{number}",
                "out": ride.trip.corridor_out,
                "leave": ride.trip.leave_s,
                "back": ride.trip.arrive_s,
            }
            for number, ride in enumerate(shift.rides, start=1)
        ]
        yield Sheet(TRIPS, shift.duty.vehicle, _pages(tuple(rows)))
    for convoy, run in day.convoys:
        row: Facts = {"row": "1", "out": run.trip.corridor_out}
        row |= {"leave": run.trip.leave_s, "back": run.trip.arrive_s}
        yield Sheet(CONVOY_TRIPS, convoy.id, _pages((row,)))


def _pages(rows: tuple[Facts, ...]) -> tuple[Facts, ...]:
    pages = spread([Part("rows", rows, TABLE_MM, ROW_MM)], BODY_MM - _INTRO_MM, BODY_MM - _INTRO_MM)
    return tuple({"parts": page} for page in pages)


def count_blocks(page: Page, tongue: Tongue) -> list[Block]:
    """Return the blocks of a page on which a gate's team counts."""
    columns = [
        Column(tongue.say("row"), 0.7),
        Column(tongue.say("from"), 1, BIG),
        Column(tongue.say("until"), 1, BIG),
        Column(tongue.say("count.walk"), 1.4),
        Column(tongue.say("count.ride"), 1.4),
        Column(tongue.say("count.vehicles"), 1.2),
        Column(tongue.say("count.persons"), 1.8, BOX),
    ]
    cells = [
        [
            tongue.code(one["row"]),
            tongue.clock(one["from"]),
            tongue.clock(one["until"]),
            tongue.number(one["walk"]),
            tongue.number(one["ride"]),
            tongue.number(one["vehicles"]),
            EMPTY,
        ]
        for one in _rows(page)
    ]
    return _tallied(tongue, "count", columns, cells)


def call_blocks(page: Page, tongue: Tongue) -> list[Block]:
    """Return the blocks of a page on which calls are ticked off."""
    columns = [
        Column(tongue.say("call"), 1.4),
        Column(tongue.say("call_at"), 1, BIG),
        Column(tongue.say("zone_head"), 1, BIG),
        Column(tongue.say("group"), 0.8),
        Column(tongue.say("persons"), 1),
        *(Column(tongue.say(f"called.{state}"), 1.1, BOX) for state in CALL_STATES),
    ]
    cells = [
        [
            tongue.code(one["row"]),
            tongue.clock(one["from"]),
            tongue.code(one["zone"]),
            tongue.code(one["group"]),
            tongue.number(one["persons"]),
            *([EMPTY] * len(CALL_STATES)),
        ]
        for one in _rows(page)
    ]
    return _tallied(tongue, "called", columns, cells)


def trip_blocks(page: Page, tongue: Tongue) -> list[Block]:
    """Return the blocks of a page on which a vehicle's trips are written down."""
    heads = [tongue.say(f"moved.{state.replace(' ', '_')}") for state in BOXES[page.kind]]
    columns = [
        Column(tongue.say("trip"), 0.7, BIG),
        Column(tongue.say("trips.leave"), 1, BIG),
        Column(tongue.say("trips.out"), 0.8),
        Column(tongue.say("trips.back"), 1),
        *(Column(head, 1, BOX) for head in heads),
    ]
    cells = [
        [
            tongue.code(one["row"]),
            tongue.clock(one["leave"]),
            tongue.code(one["out"]),
            tongue.clock(one["back"]),
            *([EMPTY] * len(heads)),
        ]
        for one in _rows(page)
    ]
    return _tallied(tongue, "trips", columns, cells)


def _rows(page: Page) -> list[dict[str, Any]]:
    return [row for part in page.facts["parts"] for row in part["rows"]]


def _tallied(
    tongue: Tongue, key: str, columns: list[Column], cells: list[list[Any]]
) -> list[Block]:
    intro = lines([tongue.say(f"{key}.how"), tongue.say("tally.return")], 7.0)
    return [intro, lines([EMPTY], 2), table(tongue.say(f"{key}.title"), columns, cells, ROW_MM)]
