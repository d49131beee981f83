"""Drawings of the members together: people out, queues at the mouths, people in the open."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from clearway.model.outcome import Ensemble
from clearway.publish.axes import Axes, Line, Panel, Size, Tick, between, hours_marked
from clearway.publish.course import Course, Session
from clearway.publish.curve import course_runs
from clearway.publish.days import Calendar

#: Quantiles of the bands of people out, the widest band first, and of the line in their middle.
BANDS: Final = ((0.05, 0.95), (0.1, 0.9), (0.25, 0.75))
MEDIAN: Final = 0.5
_MARKS: Final = 6
_ROOM: Final = 1.04


@dataclass(frozen=True, slots=True)
class Chart:
    """All that a drawing needs; right to left in Arabic, as the page is.

    Attributes
    ----------
    size
        Of the drawing.
    start, end
        Where the axis of persons stands, and where the drawing ends.
    bands
        Names and closed paths, the widest first.
    lines
        Names and paths.
    levels
        Straight lines.
    panels, ticks
        Days and heights.
    """

    size: Size
    start: float
    end: float
    bands: tuple[tuple[str, str], ...]
    lines: tuple[tuple[str, str], ...]
    levels: tuple[Line, ...]
    panels: tuple[Panel, ...]
    ticks: tuple[Tick, ...]


@dataclass(frozen=True, slots=True)
class Hour:
    """People out by one moment: quantiles of the members, and what the plan promises."""

    at_s: int
    quantiles: tuple[float, ...]
    planned: float


def held(sessions: tuple[Session, ...], ensemble: Ensemble) -> tuple[Session, ...]:
    """Return the sessions, each until the latest closing of any member, extended or not.

    A session never runs into the next one.
    """
    latest = np.where(ensemble.closes_s > ensemble.opens_s, ensemble.closes_s, -1)
    found = []
    for number, session in enumerate(sessions):
        last = number + 1 == len(sessions)
        until = math.inf if last else sessions[number + 1].opens_s
        own = latest[(latest > session.opens_s) & (latest < until)]
        closes = max([session.closes_s, *own.tolist()])
        found.append(replace(session, closes_s=int(min(closes, until))))
    return tuple(found)


def fan(ensemble: Ensemble, course: Course, calendar: Calendar, size: Size) -> Chart:
    """Return the drawing of people out over time.

    Parameters
    ----------
    ensemble
        Its members.
    course
        Of the plan, if all goes as announced.
    calendar
        Of the language.
    size
        Of the drawing.
    """
    shares = (*(share for band in BANDS for share in band), MEDIAN)
    found = dict(zip(shares, ensemble.out_over_time(shares), strict=True))
    planned = course.out.sum(axis=0)
    top = max(1.0, float(planned.max()), float(found[BANDS[0][1]].max())) * _ROOM
    axes = Axes(held(course.sessions, ensemble), calendar, size, top)
    counted = {share: _by_session(axes, ensemble.bin_s, found[share]) for share in shares}
    bands = tuple(
        (_band_name(low, high), _band(axes, counted[low], counted[high])) for low, high in BANDS
    )
    lines = (
        ("median", _line(axes, counted[MEDIAN])),
        ("planned", _line(axes, list(course_runs(course, planned)))),
    )
    return _chart(axes, bands, lines, {})


def over_day(
    values: NDArray[np.float32],
    bin_s: int,
    sessions: tuple[Session, ...],
    calendar: Calendar,
    size: Size,
    levels: dict[str, float],
) -> Chart:
    """Return the drawing of a number of people that rises and falls: those who wait, say.

    Parameters
    ----------
    values
        Shape (members, bins), most persons in each bin.
    bin_s
        Seconds a bin.
    sessions
        Hours that are drawn.
    calendar
        Of the language.
    size
        Of the drawing.
    levels
        Heights of straight lines in persons by name; an infinite one is left out.
    """
    low, median, high = np.quantile(values, (0.05, MEDIAN, 0.95), axis=0)
    levels = {name: value for name, value in levels.items() if math.isfinite(value)}
    top = max([1.0, float(high.max()), *levels.values()]) * _ROOM
    axes = Axes(sessions, calendar, size, top)
    runs = [_in_session(axes, bin_s, one) for one in (low, median, high)]
    return _chart(
        axes,
        ((_band_name(0.05, 0.95), _band(axes, runs[0], runs[2])),),
        (("median", _line(axes, runs[1])),),
        levels,
    )


def hours(ensemble: Ensemble, course: Course, calendar: Calendar) -> Iterator[Hour]:
    """Yield people out at round hours and at the end of each session: the drawing as figures."""
    shares = (BANDS[0][0], BANDS[1][0], MEDIAN, BANDS[1][1], BANDS[0][1])
    found = ensemble.out_over_time(shares)
    planned = course.out.sum(axis=0)
    ends = np.minimum(
        course.from_s + course.slot_s,
        [course.sessions[number].closes_s for number in course.session],
    )
    for session in held(course.sessions, ensemble):
        for at_s in [*hours_marked(calendar, session, _MARKS), session.closes_s]:
            row = min(max(-(-at_s // ensemble.bin_s) - 1, 0), found.shape[1] - 1)
            done = int(np.searchsorted(ends, at_s, side="right")) - 1
            before = float(planned[done]) if done >= 0 else 0.0
            yield Hour(at_s, tuple(found[:, row].tolist()), before)


_Runs = list[tuple[list[float], list[float]]]


def _chart(
    axes: Axes,
    bands: tuple[tuple[str, str], ...],
    lines: tuple[tuple[str, str], ...],
    levels: dict[str, float],
) -> Chart:
    return Chart(
        size=axes.size,
        start=axes.start,
        end=axes.end,
        bands=bands,
        lines=lines,
        levels=tuple(Line(name, axes.y(value)) for name, value in levels.items()),
        panels=tuple(axes.panels()),
        ticks=tuple(axes.ticks()),
    )


def _band_name(low: float, high: float) -> str:
    return f"q{round(100 * (high - low))}"


def _band(axes: Axes, low: _Runs, high: _Runs) -> str:
    pairs = zip(_points(axes, low), _points(axes, high), strict=True)
    return "".join(between(below, above) for below, above in pairs)


def _line(axes: Axes, runs: _Runs) -> str:
    return "".join(f"M{points}" for points in _points(axes, runs))


def _points(axes: Axes, runs: _Runs) -> list[str]:
    return [axes.run(number, times, heights) for number, (times, heights) in enumerate(runs)]


def _by_session(axes: Axes, bin_s: int, values: NDArray[np.float64]) -> _Runs:
    """Return each session's moments and heights of a value by the end of each bin."""
    ends = (np.arange(len(values)) + 1.0) * bin_s
    moments, heights = np.concatenate([[0.0], ends]), np.concatenate([[0.0], values])
    return [_cut(session, moments, heights) for session in axes.sessions]


def _in_session(axes: Axes, bin_s: int, values: NDArray[np.float64]) -> _Runs:
    """Return each session's moments and heights of a value within each bin."""
    middles = (np.arange(len(values)) + 0.5) * bin_s
    return [_cut(session, middles, values) for session in axes.sessions]


def _cut(
    session: Session, moments: NDArray[np.floating[Any]], heights: NDArray[np.float64]
) -> tuple[list[float], list[float]]:
    """Return what lies in a session, with what stands at its edges."""
    inside = (moments > session.opens_s) & (moments < session.closes_s)
    times = np.concatenate([[session.opens_s], moments[inside], [session.closes_s]])
    return times.tolist(), np.interp(times, moments, heights).tolist()
