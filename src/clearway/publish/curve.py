"""The curve of people out: corridors stacked, beside the proven bound and those willing."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from clearway.publish.axes import Axes, Line, Panel, Size, Tick, between
from clearway.publish.colours import corridor_colour
from clearway.publish.course import Course
from clearway.publish.days import Calendar


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
    axes = Axes(course.sessions, calendar, size, top)
    below = np.zeros_like(stacked[0])
    areas = []
    for row, above in enumerate(stacked):
        pairs = zip(_runs(axes, course, below), _runs(axes, course, above), strict=True)
        areas.append((corridor_colour(row), "".join(between(low, high) for low, high in pairs)))
        below = above
    return Curve(
        size=size,
        areas=tuple(areas),
        total="".join(f"M{run}" for run in _runs(axes, course, stacked[-1])),
        panels=tuple(axes.panels()),
        ticks=tuple(axes.ticks()),
        lines=tuple(Line(name, axes.y(value)) for name, value in lines.items()),
    )


def _runs(axes: Axes, course: Course, values: NDArray[np.float64]) -> Iterator[str]:
    """Yield the points of each session's run of ``values``, from its start on."""
    for number, (times, heights) in enumerate(course_runs(course, values)):
        yield axes.run(number, times, heights)


def course_runs(
    course: Course, values: NDArray[np.float64]
) -> Iterator[tuple[list[float], list[float]]]:
    """Yield each session's moments and heights of a value that is counted from its start on.

    Parameters
    ----------
    course
        Of the pause.
    values
        Shape (slots,), by the end of each slot.
    """
    before = 0.0
    for number, session in enumerate(course.sessions):
        of = course.session == number
        ends = np.minimum(course.from_s[of] + course.slot_s, session.closes_s)
        heights = [before, *values[of].tolist()]
        before = heights[-1]
        yield [session.opens_s, *ends.tolist()], heights
