"""Sheets and pages: what stands on paper, before it is said in any language.

A page's facts are what JSON has, without a word of any language but names that the scenario gives
in both. They alone are hashed and signed, so that a page is the same page in either language.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from clearway.model.facts import Text

Facts = dict[str, Any]

COVER, CONTACTS = "cover", "contacts"
ZONE, GATE, VEHICLE, CONVOY, PATIENT = "zone", "gate", "vehicle", "convoy", "patient"
COUNTS, CALLS = "tally-counts", "tally-calls"
TRIPS, CONVOY_TRIPS = "tally-trips", "tally-convoys"
ABORT_ZONE, ABORT_GATE, ABORT_VEHICLE = "abort-zone", "abort-gate", "abort-vehicle"
#: In the order in which they are printed.
KINDS: Final = (
    *(COVER, CONTACTS, GATE, ZONE, VEHICLE, CONVOY, PATIENT),
    *(COUNTS, CALLS, TRIPS, CONVOY_TRIPS),
    *(ABORT_GATE, ABORT_ZONE, ABORT_VEHICLE),
)

#: Millimetres of a page below its head and above its foot.
BODY_MM: Final = 222.0


@dataclass(frozen=True, slots=True)
class Part:
    """Rows of one table, however many; they go on from page to page.

    Attributes
    ----------
    name
        Of the table.
    rows
        What stands in it, one object a row.
    head_mm, row_mm
        Height of its heading with the names of its columns, and of every row.
    """

    name: str
    rows: tuple[Facts, ...]
    head_mm: float
    row_mm: float


@dataclass(frozen=True, slots=True)
class Sheet:
    """Pages that one person or team is handed together.

    Attributes
    ----------
    kind
        One of ``KINDS``.
    subject
        Id of the zone, corridor, vehicle, convoy or patient; of the scenario for the others.
    pages
        Facts, one object a page.
    """

    kind: str
    subject: str
    pages: tuple[Facts, ...]


@dataclass(frozen=True, slots=True)
class Page:
    """One page of the pack.

    Attributes
    ----------
    id
        Such as ``gate/C1/2016-10-20/2``: kind, subject, day, and number in its sheet.
    kind, subject
        Of its sheet.
    number, of
        Its place in its sheet, from 1, and how many that has.
    place, all
        Its place in the pack, from 1, and how many that has.
    facts
        What stands on it.
    """

    id: str
    kind: str
    subject: str
    number: int
    of: int
    place: int
    all: int
    facts: Mapping[str, Any]


def spread(parts: Iterable[Part], first_mm: float, later_mm: float) -> list[list[Facts]]:
    """Return what stands on each page, at least one: tables in order, as many rows as have room.

    Parameters
    ----------
    parts
        Tables; those without rows are left out.
    first_mm, later_mm
        Room on the first page and on each other; every other holds a heading and one row at least.
    """
    pages: list[list[Facts]] = [[]]
    left = first_mm
    for part in parts:
        start = 0
        while start < len(part.rows):
            room = int((left - part.head_mm) / part.row_mm + 1e-9)
            if room < min(2, len(part.rows) - start) and left < later_mm:
                pages.append([])
                left = later_mm
                continue
            rows = part.rows[start : start + max(1, room)]
            pages[-1].append({"part": part.name, "rows": list(rows)})
            left -= part.head_mm + len(rows) * part.row_mm
            start += len(rows)
            if start < len(part.rows):
                pages.append([])
                left = later_mm
    return pages


def both(text: Text) -> Facts:
    """Return words of the scenario in both languages."""
    return {"en": text.en, "ar": text.ar}
