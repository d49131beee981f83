"""The axes of a drawing over the pause: hours in one panel a session, heights in persons."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from clearway.publish.course import Session
from clearway.publish.days import Calendar
from clearway.publish.words import Said

_TICK_MINUTES: Final = (15, 30, 60, 120, 180, 240, 360, 720)
_GAP: Final = 14.0
_EDGE: Final = 8


@dataclass(frozen=True, slots=True)
class Size:
    """Size of a drawing, its margins, and how many marks fit on an axis.

    Attributes
    ----------
    width, height
        In pixels.
    side, foot, head
        Margins: for the vertical axis's words, for the days, and on top.
    marks
        Most hours marked in one day.
    """

    width: int
    height: int
    side: int
    foot: int
    head: int
    marks: int


WIDE: Final = Size(1040, 400, 78, 52, 16, 6)
NARROW: Final = Size(400, 340, 62, 58, 14, 2)
#: One of several drawings side by side.
SMALL: Final = Size(390, 210, 56, 52, 12, 3)


@dataclass(frozen=True, slots=True)
class Tick:
    """A mark on an axis: where it stands and what it says."""

    at: float
    text: Said


@dataclass(frozen=True, slots=True)
class Line:
    """A straight line across a drawing, such as the proven bound."""

    name: str
    y: float


@dataclass(frozen=True, slots=True)
class Panel:
    """One session: where it begins and ends, its day, and its hours."""

    left: float
    right: float
    day: Said
    hours: tuple[Tick, ...]

    @property
    def middle(self) -> float:
        """Where the day's name stands."""
        return (self.left + self.right) / 2


@dataclass(frozen=True, slots=True)
class Axes:
    """Where hours and persons stand in a drawing; right to left in Arabic, as the page is.

    Attributes
    ----------
    sessions
        Hours that are drawn; those between them are left out.
    calendar
        Of the language.
    size
        Of the drawing.
    top
        Persons at the upper edge.
    """

    sessions: tuple[Session, ...]
    calendar: Calendar
    size: Size
    top: float

    @property
    def start(self) -> float:
        """Where the axis of persons stands."""
        return self.x(self.size.side)

    @property
    def end(self) -> float:
        """Where the drawing ends, across from the axis of persons."""
        return self.x(self.size.width - _EDGE)

    def y(self, persons: float) -> float:
        """Return how far down a number of persons stands."""
        room = self.size.height - self.size.foot - self.size.head
        return round(self.size.height - self.size.foot - persons / self.top * room, 1)

    def x(self, at: float) -> float:
        """Return how far right something stands that is ``at`` pixels along the reading."""
        return round(at if self.calendar.words.direction == "ltr" else self.size.width - at, 1)

    def run(self, number: int, times: Sequence[float], heights: Sequence[float]) -> str:
        """Return the points of one session's values.

        Parameters
        ----------
        number
            Of the session.
        times, heights
            Seconds from the scenario's start, and persons.
        """
        session, span = self.sessions[number], self._spans()[number]
        return " ".join(
            f"{self.x(_along(session, span, second))} {self.y(value)}"
            for second, value in zip(times, heights, strict=True)
        )

    def panels(self) -> Iterator[Panel]:
        """Yield the sessions with their days and hours."""
        for session, span in zip(self.sessions, self._spans(), strict=True):
            name = self.calendar.short(session.day)
            hours = tuple(
                Tick(self.x(_along(session, span, second)), self.calendar.clock(second))
                for second in hours_marked(self.calendar, session, self.size.marks)
            )
            yield Panel(self.x(span[0]), self.x(span[1]), name, hours)

    def ticks(self) -> Iterator[Tick]:
        """Yield about five round heights from zero on."""
        for value in _heights(self.top, 5 if self.size.height > SMALL.height else 3):
            yield Tick(self.y(value), self.calendar.words.number(value))

    def _spans(self) -> list[tuple[float, float]]:
        """Return where each session begins and ends, in proportion to its length."""
        room = self.size.width - self.size.side - _EDGE - _GAP * (len(self.sessions) - 1)
        per_second = room / sum(one.closes_s - one.opens_s for one in self.sessions)
        spans, at = [], float(self.size.side)
        for one in self.sessions:
            spans.append((at, at + (one.closes_s - one.opens_s) * per_second))
            at = spans[-1][1] + _GAP
        return spans


def between(below: str, above: str) -> str:
    """Return the closed path between two runs of points."""
    numbers = below.split(" ")
    pairs = [f"{numbers[at]} {numbers[at + 1]}" for at in range(0, len(numbers), 2)]
    return f"M{' '.join(reversed(pairs))} {above}Z"


def hours_marked(calendar: Calendar, session: Session, marks: int) -> list[int]:
    """Return round hours of a session, in seconds from the scenario's start.

    Parameters
    ----------
    calendar
        Whose local time is meant.
    session
        Of the pause.
    marks
        Most that may be marked.
    """
    length = (session.closes_s - session.opens_s) / 60
    fits = [minutes for minutes in _TICK_MINUTES if length / minutes <= marks]
    every = fits[0] if fits else _TICK_MINUTES[-1]
    opens = calendar.scenario.moment(session.opens_s)
    since = opens.hour * 60 + opens.minute
    first = -(-since // every) * every - since
    edge = length * 0.04
    found = np.arange(first, length + 1, every)
    return [session.opens_s + int(m * 60) for m in found if edge <= m <= length - edge]


def _along(session: Session, span: tuple[float, float], second: float) -> float:
    share = (second - session.opens_s) / (session.closes_s - session.opens_s)
    return span[0] + share * (span[1] - span[0])


def _heights(top: float, about: int) -> list[float]:
    rough = top / about
    power = 10.0 ** math.floor(math.log10(rough))
    step = next(power * m for m in (1, 2, 2.5, 5, 10) if power * m >= rough)
    step = max(step, 1.0)
    return [step * n for n in range(int(top // step) + 1)]
