"""What a page is made of in one language: blocks of a fixed height, filled with words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from clearway.model.facts import Text
from clearway.publish.days import Calendar
from clearway.publish.words import Said, Words

Block = dict[str, Any]

#: How a column is set: plain; bold; larger and bold; an empty box to write into.
PLAIN, STRONG, BIG, BOX = "plain", "strong", "big", "box"
HEADING_MM: Final = 9.0
HEAD_MM: Final = 11.0
#: Height of a table's heading and the names of its columns.
TABLE_MM: Final = HEADING_MM + HEAD_MM
LINE_MM: Final = 6.0
#: What a place is that has a name of its own; others are a gate, an exit, a meeting point.
NAMED: Final = "named"
NO_BREAK: Final = "\u00a0"
NOTHING: Final = Said("–")
EMPTY: Final = Said("")


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a table.

    Attributes
    ----------
    head
        Its name.
    width
        Its share of the width.
    style
        ``plain``, ``strong``, ``big`` or ``box``.
    """

    head: Said
    width: float
    style: str = PLAIN


@dataclass(frozen=True, slots=True)
class Tongue:
    """One language, with a scenario's days.

    Attributes
    ----------
    words
        The report's sentences and the pack's, whose keys begin with ``pack.``.
    calendar
        The scenario's local time.
    said
        What was said before: the same heads, codes and hours come back on hundreds of pages.
    """

    words: Words
    calendar: Calendar
    said: dict[tuple[Any, ...], Said] = field(default_factory=dict, repr=False, compare=False)

    def say(self, key: str, **values: Any) -> Said:
        """Return one of the pack's sentences."""
        # A truth value would be the number that it equals; none is ever said.
        asked = (key, *values.items())
        if asked not in self.said:
            self.said[asked] = self.words.say(f"pack.{key}", **values)
        return self.said[asked]

    def code(self, text: str) -> Said:
        """Return an id, a time or a place as one piece."""
        if ("code", text) not in self.said:
            self.said["code", text] = self.words.code(text)
        return self.said["code", text]

    def codes(self, texts: Iterable[str]) -> Said:
        """Return ids one after another."""
        return self.words.listed(self.code(text) for text in texts)

    def number(self, value: float | None) -> Said:
        """Return a number; a dash for None."""
        return NOTHING if value is None else self.words.number(value)

    def clock(self, seconds: float | None) -> Said:
        """Return the local time of day; a dash for None."""
        if seconds is None:
            return NOTHING
        if ("clock", seconds) not in self.said:
            self.said["clock", seconds] = self.calendar.clock(seconds)
        return self.said["clock", seconds]

    def hours(self, start: float, end: float) -> Said:
        """Return a range of hours in words."""
        return self.calendar.hours(start, end)

    def name(self, both: Mapping[str, str], most: int = 60) -> Said:
        """Return a name of the scenario, cut after ``most`` letters."""
        return self.words.name(Text(*(fit(both[lang], most) for lang in ("en", "ar"))))


def fit(text: str, most: int) -> str:
    """Return ``text`` with at most ``most`` letters, and an ellipsis where it was cut."""
    told = " ".join(text.split())
    return told if len(told) <= most else told[: most - 1].rstrip() + "…"


def run(tongue: Tongue, first: int, last: int) -> Said:
    """Return a run of numbers in words, or the only one."""
    if first == last:
        return tongue.number(first)
    return tongue.say("from_to", first=tongue.number(first), last=tongue.number(last))


def lines(texts: Sequence[Said], mm: float = LINE_MM, size: float = 11.0) -> Block:
    """Return sentences one below another, each with ``mm`` of room, in points of ``size``."""
    return {"kind": "lines", "mm": mm * len(texts), "each": mm, "size": size, "texts": list(texts)}


def huge(text: Said) -> Block:
    """Return a code that is read from afar."""
    return {"kind": "huge", "mm": 20.0, "text": text}


def pairs(rows: Sequence[tuple[Said, Said]], columns: int = 2, mm: float = 13.0) -> Block:
    """Return values below their names, ``columns`` side by side."""
    deep = -(-len(rows) // columns)
    return {
        "kind": "pairs",
        "mm": mm * deep,
        "each": mm,
        "columns": columns,
        "rows": [list(row) for row in rows],
    }


def table(
    title: Said, columns: Sequence[Column], rows: Sequence[Sequence[Said]], row_mm: float
) -> Block:
    """Return a table under its heading; as high as :class:`Part` says of the same rows."""
    return {
        "kind": "table",
        "mm": TABLE_MM + row_mm * len(rows),
        "title": title,
        "title_mm": HEADING_MM,
        "head_mm": HEAD_MM,
        "row_mm": row_mm,
        "head": [one.head for one in columns],
        "widths": [one.width for one in columns],
        "styles": [one.style for one in columns],
        "rows": [list(row) for row in rows],
    }


def legend(tongue: Tongue, rows: Sequence[Mapping[str, Any]]) -> list[Block]:
    """Return what the letters of groups mean; nothing where none stands on the page."""
    if not rows:
        return []
    texts = [
        tongue.say("legend", letter=tongue.code(one["letter"]), name=tongue.name(one["name"], 90))
        for one in rows
    ]
    return [lines(texts)]


def spots(tongue: Tongue, rows: Sequence[Mapping[str, Any]], row_mm: float) -> Block:
    """Return a table of places in three notations; each row has code, name (or None), place."""
    columns = [
        # In tenths of a millimetre: no place is broken over two lines.
        Column(tongue.say("spots.code"), 145, BIG),
        Column(tongue.say("spots.name"), 325),
        Column(tongue.say("spots.dd"), 405),
        Column(tongue.say("spots.dms"), 535),
        Column(tongue.say("spots.mgrs"), 430),
    ]
    cells = [
        [
            tongue.code(one["code"]),
            spot_name(tongue, one),
            tongue.code(one["place"]["dd"]),
            tongue.code(one["place"]["dms"]),
            tongue.code(one["place"]["mgrs"]),
        ]
        for one in rows
    ]
    return table(tongue.say("spots.title"), columns, cells, row_mm)


def ways(tongue: Tongue, rows: Sequence[Mapping[str, Any]], row_mm: float) -> Block:
    """Return a table of ways; each row has from, to, kilometres and points."""
    columns = [
        Column(tongue.say("ways.from"), 1, BIG),
        Column(tongue.say("ways.to"), 1, BIG),
        Column(tongue.say("ways.km"), 0.8),
        Column(tongue.say("ways.points"), 7),
    ]
    cells = [
        [
            tongue.code(one["start"]),
            tongue.code(one["end"]),
            tongue.code(one["km"]),
            # A point is never broken over two lines.
            tongue.codes(point.replace(" ", NO_BREAK) for point in one["points"])
            if one["points"]
            else tongue.say("ways.straight"),
        ]
        for one in rows
    ]
    return table(tongue.say("ways.title"), columns, cells, row_mm)


def spot_name(tongue: Tongue, row: Mapping[str, Any]) -> Said:
    """Return the name of a place, or what it is to a corridor or zone."""
    if row["what"] == NAMED:
        return tongue.name(row["name"], 34)
    return tongue.say(f"spots.{row['what']}")
