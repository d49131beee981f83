"""The contact matrix: who is reached how at each level of each party, and what if nobody answers."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from clearway.publish.pack.blocks import BIG, BOX, EMPTY, TABLE_MM, Block, Column, Tongue, lines, table
from clearway.publish.pack.day import Day
from clearway.publish.pack.sheet import BODY_MM, CONTACTS, Page, Part, Sheet, both, spread
from clearway.publish.words import Said

ROW_MM: Final = 24.0
_INTRO_MM: Final = 7.0 * 2
#: Rows to fill in by hand where the scenario names no contact.
_BLANK: Final = 7


def contact_sheets(day: Day) -> Iterator[Sheet]:
    """Yield one sheet with every contact, in the scenario's order."""
    rows = tuple(
        {
            "party": both(one.party),
            "level": one.level,
            "corridors": list(one.corridors),
            "role": both(one.role),
            "channel": one.channel,
            "backup": one.backup,
            "if_lost": both(one.if_lost),
        }
        for one in day.scenario.agreement.contacts
    )
    room = BODY_MM - _INTRO_MM
    pages = spread([Part("contacts", rows, TABLE_MM, ROW_MM)], room, room)
    yield Sheet(CONTACTS, day.scenario.id, tuple({"parts": page} for page in pages))


def contact_blocks(page: Page, tongue: Tongue) -> list[Block]:
    """Return the blocks of a page of contacts; empty rows where none is on record."""
    style = BIG if page.facts["parts"] else BOX
    columns = [
        Column(tongue.say("contacts.party"), 1.6),
        Column(tongue.say("contacts.level"), 1.1),
        Column(tongue.say("contacts.corridors"), 1),
        Column(tongue.say("contacts.role"), 1.5),
        Column(tongue.say("contacts.channel"), 1.5, style),
        Column(tongue.say("contacts.backup"), 1.5, style),
        Column(tongue.say("contacts.lost"), 2.2),
    ]
    rows: list[list[Said]] = [
        [
            tongue.name(one["party"], 50),
            tongue.words.say(f"level.{one['level']}"),
            tongue.codes(one["corridors"]) if one["corridors"] else tongue.say("contacts.all"),
            tongue.name(one["role"], 50),
            tongue.words.quote(one["channel"]),
            tongue.words.quote(one["backup"]),
            tongue.name(one["if_lost"], 90),
        ]
        for part in page.facts["parts"]
        for one in part["rows"]
    ]
    intro = tongue.say("contacts.how" if rows else "contacts.none")
    rows = rows or [[EMPTY] * len(columns) for _ in range(_BLANK)]
    said = lines([intro, tongue.say("contacts.rule")], 7.0)
    return [said, table(tongue.say("contacts.title"), columns, rows, ROW_MM)]
