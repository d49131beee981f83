"""Tally sheets as files: the same rows with the same ids, to fill in, and to read back as events.

A form is a table in CSV, one for each kind of page that is filled in. A row stands for a row on
paper (of a hand-over slip: for the slip), a column for a box. Hours are local, such as ``08:15``,
on the day of the page, or with their date. Rows that are not filled in may be left out.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from types import MappingProxyType
from typing import Any, Final
from zoneinfo import ZoneInfo

from clearway.errors import Breach, ScenarioError
from clearway.model.checks import shown
from clearway.model.event import Event
from clearway.publish.days import stamp
from clearway.publish.pack.pack import Pack
from clearway.publish.pack.sheet import CALLS, CONVOY_TRIPS, COUNTS, PATIENT, TRIPS, Facts, Page
from clearway.publish.pack.tally import BOXES

#: Columns before the boxes: the plan (first digits of its hash), page, row, and what is printed.
KEYS: Final = ("plan", "page", "row", "printed")
PLAN_DIGITS: Final = 12
_CLOCK: Final = re.compile(r"([01]?[0-9]|2[0-3])[:.]([0-5][0-9])")
_MOST: Final = 10**7
_HOUR_RULE: Final = "must be an hour such as 08:15, or a date with one: 2016-10-20T08:15"
#: Boxes of each kind whose hours follow one another, as far as they are filled in.
_ORDERED: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {
        CALLS: ("called", "turned", "home"),
        TRIPS: ("left", "gate in", "boarded", "gate out", "arrived", "back"),
        CONVOY_TRIPS: ("left", "gate in", "delivered", "gate out", "arrived"),
        PATIENT: ("listed", "assessed", "consented", "moved", "handed over"),
    }
)

_Row = tuple[Page, Facts]


def forms(pack: Pack) -> dict[str, str]:
    """Return every form of a pack, empty, by file name."""
    written = {}
    for kind, boxes in BOXES.items():
        rows = [
            [pack.plan[:PLAN_DIGITS], page.id, row["row"], _printed(pack, kind, row)]
            for page in pack.pages
            if page.kind == kind
            for row in _rows(page)
        ]
        if rows:
            file = io.StringIO()
            writer = csv.writer(file, lineterminator="\n")
            writer.writerow([*KEYS, *boxes])
            writer.writerows([*row, *([""] * len(boxes))] for row in rows)
            written[f"{kind}.csv"] = file.getvalue()
    return written


def events(pack: Pack, text: str, file: str) -> tuple[Event, ...]:
    """Return what a filled form tells, by moment.

    Parameters
    ----------
    pack
        From which it was printed.
    text
        The form's content; columns apart by commas or semicolons.
    file
        Its name, for breaches.

    Raises
    ------
    ScenarioError
        With every breach, by row and column, if anything in it is wrong.
    """
    reading = _Reading(pack, file)
    found = [event for line, row in reading.lines(text) for event in reading.row(line, row)]
    if reading.breaches:
        raise ScenarioError(tuple(reading.breaches))
    return tuple(sorted(found, key=lambda one: one.at))


@dataclass(slots=True)
class _Reading:
    """One form being read."""

    pack: Pack
    file: str
    breaches: list[Breach] = field(default_factory=list)
    kind: str = ""
    known: dict[tuple[str, str], _Row] = field(default_factory=dict)
    seen: set[tuple[str, str]] = field(default_factory=set)

    def lines(self, text: str) -> Iterator[tuple[int, dict[str, str]]]:
        """Yield every row that has anything in its boxes, with its line."""
        text = text.removeprefix("\ufeff")
        first = text.split("\n", 1)[0]
        delimiter = ";" if first.count(";") > first.count(",") else ","
        reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
        try:
            head = [one.strip() for one in next(reader, [])]
            if not self._begin(head):
                return
            for row in reader:
                if any(one.strip() for one in row):
                    yield from self._cells(reader.line_num, head, row)
        except csv.Error as error:
            self._refuse(reader.line_num, "row", "", f"must be CSV: {error}")

    def _begin(self, head: list[str]) -> bool:
        for kind, boxes in BOXES.items():
            if head == [*KEYS, *boxes]:
                self.kind = kind
                self.known = {
                    (page.id, row["row"]): (page, row)
                    for page in self.pack.pages
                    if page.kind == kind
                    for row in _rows(page)
                }
                return True
        kinds = "; ".join(",".join([*KEYS, *boxes]) for boxes in BOXES.values())
        self._refuse(1, "columns", ",".join(head), f"must be those of a form: {kinds}")
        return False

    def _cells(
        self, line: int, head: list[str], row: list[str]
    ) -> Iterator[tuple[int, dict[str, str]]]:
        if len(row) != len(head):
            rule = f"must have {len(head)} columns, as the first row"
            self._refuse(line, "row", str(len(row)), rule)
            return
        told = {name: one.strip() for name, one in zip(head, row, strict=True)}
        if any(told[box] for box in BOXES[self.kind]):
            yield line, told

    def row(self, line: int, told: Mapping[str, str]) -> Iterator[Event]:
        """Yield the events of one row; what is wrong is kept as breaches."""
        key = (told["page"], told["row"])
        if told["plan"] != self.pack.plan[:PLAN_DIGITS]:
            rule = f"must be {self.pack.plan[:PLAN_DIGITS]}: this form is of another plan"
            self._refuse(line, "plan", told["plan"], rule)
        if key not in self.known:
            self._refuse(line, "row", " ".join(key), "must be a page and row of this day's pack")
            return
        if key in self.seen:
            self._refuse(line, "row", " ".join(key), "must stand once")
            return
        self.seen.add(key)
        page, facts = self.known[key]
        if self.kind == COUNTS:
            yield from self._count(line, page, facts, told["persons"])
            return
        hours = {
            box: self._moment(line, box, told[box])
            for box in BOXES[self.kind]
            if told[box] and box != "place"
        }
        self._in_order(line, told, hours)
        if self.kind == PATIENT and not hours:
            self._refuse(line, "place", told["place"], "must stand beside the hour of a state")
        for state, at in hours.items():
            if at is not None:
                yield self._event(page, facts, state, at, told)

    def _count(self, line: int, page: Page, facts: Facts, told: str) -> Iterator[Event]:
        if not (told.isascii() and told.isdigit() and int(told) <= _MOST):
            self._refuse(line, "persons", told, f"must be a whole number from 0 to {_MOST:,}")
            return
        moment = self.pack.day.scenario.moment
        since, until = moment(facts["from"]), moment(facts["until"])
        about = {
            "corridor": page.subject,
            "since": stamp(since),
            "until": stamp(until),
            "persons": int(told),
        }
        yield Event("count", until, about)

    def _event(
        self, page: Page, facts: Facts, state: str, at: datetime, told: Mapping[str, str]
    ) -> Event:
        if self.kind == CALLS:
            return Event("call", at, {"movements": [facts["row"]], "state": state})
        if self.kind == TRIPS:
            trip = int(facts["row"])
            return Event("vehicle", at, {"vehicle": page.subject, "trip": trip, "state": state})
        if self.kind == CONVOY_TRIPS:
            return Event("convoy", at, {"convoy": page.subject, "state": state})
        return Event("patient", at, {"code": page.subject, "state": state, "place": told["place"]})

    def _moment(self, line: int, box: str, told: str) -> datetime | None:
        scenario, day = self.pack.day.scenario, self.pack.day.date
        clock = _CLOCK.fullmatch(told)
        try:
            if clock is not None:
                hour, minute = map(int, clock.groups())
                at = datetime(day.year, day.month, day.day, hour, minute)  # noqa: DTZ001 - zone below
            else:
                at = datetime.fromisoformat(told)
        except ValueError:
            self._refuse(line, box, told, _HOUR_RULE)
            return None
        if clock is None and "T" not in told.upper().replace(" ", "T"):
            self._refuse(line, box, told, _HOUR_RULE)
            return None
        return at if at.tzinfo is not None else at.replace(tzinfo=ZoneInfo(scenario.timezone))

    def _in_order(
        self, line: int, told: Mapping[str, str], hours: Mapping[str, datetime | None]
    ) -> None:
        last: tuple[str, datetime] | None = None
        for box in _ORDERED[self.kind]:
            at = hours.get(box)
            if at is None:
                continue
            if last is not None and at < last[1]:
                self._refuse(line, box, told[box], f"must not be before {last[0]}")
            last = (box, at)

    def _refuse(self, line: int, box: str, value: str, rule: str) -> None:
        self.breaches.append(Breach(self.file, line, box, shown(value) if value else "", rule))


def _rows(page: Page) -> list[Facts]:
    """Return a page's rows; a slip is one, under the patient's code."""
    if page.kind == PATIENT:
        return [{**page.facts, "row": page.subject}]
    return [row for part in page.facts["parts"] for row in part["rows"]]


def _printed(pack: Pack, kind: str, row: Facts) -> str:
    """Return what stands on paper beside the boxes, to find the row by."""
    told: Mapping[str, Callable[[], list[Any]]] = {
        COUNTS: lambda: [_clock(pack, row["from"]), _clock(pack, row["until"])],
        CALLS: lambda: [_clock(pack, row["from"]), row["zone"], row["group"], row["persons"]],
        TRIPS: lambda: [_clock(pack, row["leave"]), row["out"]],
        CONVOY_TRIPS: lambda: [_clock(pack, row["leave"]), row["out"]],
        PATIENT: lambda: [_clock(pack, row["board"][0]), row["vehicle"], row["to"]],
    }
    return " ".join(map(str, told[kind]()))


def _clock(pack: Pack, seconds: float) -> str:
    return pack.day.scenario.moment(seconds).strftime("%H:%M")
