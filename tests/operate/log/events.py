"""Events, keys and clocks for tests of the log."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from itertools import count as numbers
from typing import Any

from clearway.model.event import Event
from clearway.seal.keys import WriterKey

START = datetime.fromisoformat("2016-10-20T08:00:00+03:00")


def key(who: int = 0) -> WriterKey:
    """Return the key of writer ``who``: always the same."""
    return WriterKey.from_seed(bytes([who + 1]) * 32)


def clock(start: datetime = START) -> Callable[[], datetime]:
    """Return a clock that goes on by a second each time it is looked at."""
    ticks = numbers()
    return lambda: start.astimezone(UTC) + timedelta(seconds=next(ticks))


def at(minute: float) -> datetime:
    """Return the moment so many minutes after the opening."""
    return START + timedelta(minutes=minute)


def event(kind: str, minute: float = 0, **about: Any) -> Event:
    """Return an event ``minute`` minutes after the opening."""
    return Event(kind, at(minute), about)


def observed(text: str, minute: float = 0) -> Event:
    """Return what a monitor saw."""
    return event("observation", minute, corridor="C1", zone="", text=text)


def counted(persons: int, since: float = 0, until: float = 15, corridor: str = "C1") -> Event:
    """Return a count at a gate from minute ``since`` to minute ``until``."""
    told = {"since": at(since).isoformat(), "until": at(until).isoformat()}
    return event("count", until, corridor=corridor, persons=persons, **told)


def window(state: str, minute: float, opens: float = 0, closes: float = 480) -> Event:
    """Return what was said of the window of corridor C1."""
    told = {"opens": at(opens).isoformat(), "closes": at(closes).isoformat()}
    return event("window", minute, corridor="C1", day="2016-10-20", state=state, **told)


def closure(closed: bool, minute: float = 0, corridor: str = "C1") -> Event:
    """Return that a corridor is closed, or open again."""
    return event("closure", minute, corridor=corridor, closed=closed, reason="")
