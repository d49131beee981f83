"""Events and records for tests, made without keys: what a log's records say, not their seals."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from clearway.model.event import Event
from clearway.model.record import Record
from clearway.model.scenario import Scenario
from tests.scenarios import at_hour

FIRST, SECOND = "a" * 16, "b" * 16


@dataclass
class Pages:
    """The records of one writer, as they are told."""

    writer: str = FIRST
    chain: str = "operations"
    records: list[Record] = field(default_factory=list)

    def tell(self, kind: str, hour: float | datetime, /, **about: Any) -> Record:
        """Write down what happened at a moment, or so many hours after midnight of day one."""
        at = hour if isinstance(hour, datetime) else at_hour(hour)
        return self.write(Event(kind, at, about))

    def write(self, event: Event) -> Record:
        """Write an event down."""
        number = len(self.records) + 1
        told = f"{self.writer} {self.chain} {number} {event.kind} {event.at} {dict(event.about)}"
        record = Record(
            writer=self.writer,
            chain=self.chain,
            number=number,
            written=_written(event.at, number),
            event=event,
            seen=(),
            before="0" * 64,
            hash=hashlib.sha256(told.encode()).hexdigest(),
            signature="0" * 128,
        )
        self.records.append(record)
        return record

    def window(self, corridor: str, state: str, hour: float, hours: tuple[float, float]) -> Record:
        """Tell of a window, at ``hour``: opens and closes in hours after midnight of day one."""
        opens, closes = (at_hour(one) for one in hours)
        return self.tell(
            "window",
            hour,
            corridor=corridor,
            day=opens.date().isoformat(),
            state=state,
            opens=opens.isoformat(),
            closes=closes.isoformat(),
        )

    def call(self, state: str, hour: float | datetime, *movements: str) -> Record:
        """Tell what became of movements."""
        return self.tell("call", hour, movements=list(movements), state=state)

    def open_all(self, scenario: Scenario, corridors: Iterable[str] = ()) -> None:
        """Tell of every window, or those of some corridors, that it opened as announced."""
        some = set(corridors)
        for window in scenario.windows:
            if some and window.corridor not in some:
                continue
            self.tell(
                "window",
                window.opens,
                corridor=window.corridor,
                day=window.opens.date().isoformat(),
                state="opened",
                opens=window.opens.isoformat(),
                closes=window.closes.isoformat(),
            )


def _written(at: datetime, number: int) -> datetime:
    """Return a moment a little later, or another one where the calendar ends."""
    try:
        return at.astimezone(UTC) + timedelta(seconds=number)
    except OverflowError:
        return at_hour(0) + timedelta(seconds=number)


def opened(scenario: Scenario) -> Pages:
    """Return records in which every window opened as announced."""
    pages = Pages()
    pages.open_all(scenario)
    return pages
