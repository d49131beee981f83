"""The contact matrix: who is reached how, level by level, and what if nobody answers."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from clearway.publish.pack.blocks import (
    EMPTY,
    STRONG,
    TABLE_MM,
    Block,
    Column,
    Tongue,
    fit,
    lines,
    table,
)
from clearway.publish.pack.day import Day
from clearway.publish.pack.sheet import BODY_MM, CONTACTS, Page, Part, Sheet, both, spread
from clearway.publish.words import Said

ROW_MM: Final = 34.0
_INTRO_MM: Final = 7.0 * 2
#: Rows to fill in by hand where the scenario names no contact.
_BLANK: Final = 5


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
    columns = [
        Column(tongue.say("contacts.party"), 1.5),
        Column(tongue.say("contacts.level"), 1.6),
        Column(tongue.say("contacts.corridors"), 0.9),
        Column(tongue.say("contacts.role"), 1.3),
        Column(tongue.say("contacts.channel"), 1.4, STRONG),
        Column(tongue.say("contacts.backup"), 1.4, STRONG),
        Column(tongue.say("contacts.lost"), 2.7),
    ]
    rows: list[list[Said]] = [
        [
            tongue.name(one["party"], 80),
            tongue.words.say(f"level.{one['level']}"),
            tongue.codes(one["corridors"]) if one["corridors"] else tongue.say("contacts.all"),
            tongue.name(one["role"], 70),
            tongue.words.quote(fit(one["channel"], 70)),
            tongue.words.quote(fit(one["backup"], 70)),
            tongue.name(one["if_lost"], 155),
        ]
        for part in page.facts["parts"]
        for one in part["rows"]
    ]
    intro = tongue.say("contacts.how" if rows else "contacts.none")
    rows = rows or [[EMPTY] * len(columns) for _ in range(_BLANK)]
    said = lines([intro, tongue.say("contacts.rule")], 7.0)
    return [said, table(tongue.say("contacts.title"), columns, rows, ROW_MM)]
