"""The curve of people out: corridors stacked, beside the proven bound and those willing."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from clearway.publish.colours import corridor_colour
from clearway.publish.course import Course, Session
from clearway.publish.days import Calendar
from clearway.publish.words import Said

_TICK_MINUTES: Final = (15, 30, 60, 120, 180, 240, 360, 720)


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


@dataclass(frozen=True, slots=True)
class Line:
    """A straight line across the curve: the proven bound, or those willing."""

    name: str
    y: float


@dataclass(frozen=True, slots=True)
class Tick:
    """A mark on an axis: where it stands and what it says."""

    at: float
    text: Said


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
class Curve:
    """All that the drawing needs; right to left in Arabic, as the page is.

    Attributes
    ----------
    size
        Of the drawing.
    areas
        A colour and a path for each corridor, stacked.
    total
        Path of all who are out.
    panels, ticks, lines
        Days, heights, and straight lines.
    """

    size: Size
    areas: tuple[tuple[str, str], ...]
    total: str
    panels: tuple[Panel, ...]
    ticks: tuple[Tick, ...]
    lines: tuple[Line, ...]


def curve(course: Course, calendar: Calendar, lines: dict[str, float], size: Size) -> Curve:
    """Return the curve of people out.

    Parameters
    ----------
    course
        Of the pause.
    calendar
        Of the language.
    lines
        Heights in persons by name.
    size
        Of the drawing.
    """
    stacked = np.cumsum(course.out, axis=0)
    top = max([1.0, *lines.values(), float(stacked.max())]) * 1.04
    scale = _Scale(course, calendar, size, top)
    below = np.zeros_like(stacked[0])
    areas = []
    for row, above in enumerate(stacked):
        areas.append((corridor_colour(row), scale.area(below, above)))
        below = above
    return Curve(
        size=size,
        areas=tuple(areas),
        total="".join(f"M{run}" for run in scale.runs(stacked[-1])),
        panels=tuple(scale.panels()),
        ticks=tuple(Tick(scale.y(v), calendar.words.number(v)) for v in _heights(top)),
        lines=tuple(Line(name, scale.y(value)) for name, value in lines.items()),
    )


@dataclass(frozen=True, slots=True)
class _Scale:
    course: Course
    calendar: Calendar
    size: Size
    top: float

    def y(self, persons: float) -> float:
        room = self.size.height - self.size.foot - self.size.head
        return round(self.size.height - self.size.foot - persons / self.top * room, 1)

    def x(self, at: float) -> float:
        return round(at if self.calendar.words.direction == "ltr" else self.size.width - at, 1)

    def spans(self) -> list[tuple[float, float]]:
        """Return where each session begins and ends, in proportion to its length."""
        gap = 14.0
        found = self.course.sessions
        room = self.size.width - self.size.side - 8 - gap * (len(found) - 1)
        per_second = room / sum(one.closes_s - one.opens_s for one in found)
        spans, at = [], float(self.size.side)
        for one in found:
            spans.append((at, at + (one.closes_s - one.opens_s) * per_second))
            at = spans[-1][1] + gap
        return spans

    def runs(self, values: NDArray[np.float64]) -> Iterator[str]:
        """Yield the points of each session's run of ``values``, from its start on."""
        before = 0.0
        for number, (session, span) in enumerate(
            zip(self.course.sessions, self.spans(), strict=True)
        ):
            of = self.course.session == number
            ends = np.minimum(self.course.from_s[of] + self.course.slot_s, session.closes_s)
            times = [session.opens_s, *ends.tolist()]
            heights = [before, *values[of].tolist()]
            before = heights[-1]
            yield " ".join(
                f"{self.x(_along(session, span, second))} {self.y(value)}"
                for second, value in zip(times, heights, strict=True)
            )

    def area(self, below: NDArray[np.float64], above: NDArray[np.float64]) -> str:
        pairs = zip(self.runs(below), self.runs(above), strict=True)
        return "".join(f"M{_turned(low)} {high}Z" for low, high in pairs)

    def panels(self) -> Iterator[Panel]:
        for session, span in zip(self.course.sessions, self.spans(), strict=True):
            name = self.calendar.short(session.day)
            hours = tuple(
                Tick(self.x(_along(session, span, second)), self.calendar.clock(second))
                for second in self._hours(session)
            )
            yield Panel(self.x(span[0]), self.x(span[1]), name, hours)

    def _hours(self, session: Session) -> list[int]:
        length = (session.closes_s - session.opens_s) / 60
        fits = [minutes for minutes in _TICK_MINUTES if length / minutes <= self.size.marks]
        every = fits[0] if fits else _TICK_MINUTES[-1]
        opens = self.calendar.scenario.moment(session.opens_s)
        since = opens.hour * 60 + opens.minute
        first = -(-since // every) * every - since
        edge = length * 0.04
        marks = np.arange(first, length + 1, every)
        return [session.opens_s + int(m * 60) for m in marks if edge <= m <= length - edge]


def _along(session: Session, span: tuple[float, float], second: float) -> float:
    share = (second - session.opens_s) / (session.closes_s - session.opens_s)
    return span[0] + share * (span[1] - span[0])


def _turned(run: str) -> str:
    numbers = run.split(" ")
    pairs = [f"{numbers[at]} {numbers[at + 1]}" for at in range(0, len(numbers), 2)]
    return " ".join(reversed(pairs))


def _heights(top: float) -> list[float]:
    """Return about five round heights from zero on."""
    rough = top / 5
    power = 10.0 ** math.floor(math.log10(rough))
    step = next(power * m for m in (1, 2, 2.5, 5, 10) if power * m >= rough)
    step = max(step, 1.0)
    return [step * n for n in range(int(top // step) + 1)]
