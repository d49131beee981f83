"""The first page: what the pack holds, for whom, and how the day runs by it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from clearway.publish.pack.blocks import (
    EMPTY,
    STRONG,
    Block,
    Column,
    Tongue,
    lines,
    pairs,
    run,
    table,
)
from clearway.publish.pack.day import Day
from clearway.publish.pack.sheet import COVER, KINDS, Facts, Page, Sheet, both

_RULES: Final = ("hand_out", "clock", "call", "gate", "stop", "tally", "check")


def cover_sheet(day: Day, sheets: Sequence[Sheet]) -> Sheet:
    """Return the cover of all ``sheets``, in the order in which they are printed."""
    facts: Facts = {
        "title": both(day.scenario.title),
        "rows": list(_rows(sheets)),
        "called": sum(one.movement.persons for one in day.calls),
        "riders": sum(ride.riders for shift in day.shifts for ride in shift.rides),
        "patients": sum(len(ride.patients) for shift in day.shifts for ride in shift.rides),
        "companions": sum(ride.companions for shift in day.shifts for ride in shift.rides),
        "vehicles": len(day.shifts),
        "convoys": len(day.convoys),
        "zone": day.scenario.timezone,
    }
    return Sheet(COVER, day.scenario.id, (facts,))


def _rows(sheets: Sequence[Sheet]) -> Iterator[Facts]:
    place = 2
    for kind in KINDS:
        own = [one for one in sheets if one.kind == kind]
        pages = sum(len(one.pages) for one in own)
        if pages:
            last = place + pages - 1
            yield {"kind": kind, "sheets": len(own), "first": place, "last": last}
            place += pages


def cover_blocks(page: Page, tongue: Tongue) -> list[Block]:
    """Return the blocks of the cover."""
    facts = page.facts
    figures = [
        (tongue.say("cover.clock_of"), tongue.code(facts["zone"])),
        (tongue.say("cover.called"), tongue.number(facts["called"])),
        (tongue.say("cover.riders"), tongue.number(facts["riders"])),
        (tongue.say("cover.patients"), tongue.number(facts["patients"])),
        (tongue.say("cover.companions"), tongue.number(facts["companions"])),
        (tongue.say("cover.vehicles"), tongue.number(facts["vehicles"])),
        (tongue.say("cover.convoys"), tongue.number(facts["convoys"])),
    ]
    columns = [
        Column(tongue.say("cover.what"), 2.1),
        Column(tongue.say("cover.whom"), 4.3),
        Column(tongue.say("cover.sheets"), 0.75),
        Column(tongue.say("cover.pages"), 1.75, STRONG),
    ]
    rows = [
        [
            tongue.say(f"kind.{one['kind']}"),
            tongue.say(f"whom.{one['kind']}"),
            tongue.number(one["sheets"]),
            run(tongue, one["first"], one["last"]),
        ]
        for one in facts["rows"]
    ]
    rules = [tongue.say(f"cover.{key}", n=n) for n, key in enumerate(_RULES, start=1)]
    return [
        lines([tongue.name(facts["title"], 80)], 8.0, 14.0),
        pairs(figures, 4, 12.0),
        lines([EMPTY], 2),
        lines(rules, 7.0),
        table(tongue.say("cover.title"), columns, rows, 8.0),
    ]
