"""What each vehicle does when: one row a duty, trips as bars, a drawing a day and type."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from typing import Final

from clearway.model.scenario import Scenario
from clearway.publish.axes import Tick, hours_marked
from clearway.publish.course import Session, sessions
from clearway.publish.edition import Edition
from clearway.publish.rides import Shift
from clearway.publish.words import Said

#: Kinds of bars, each told from the others by its height and filling, on black and white too.
INWARD, STOP, OUTWARD, AWAY, BACK = "inward", "stop", "outward", "away", "back"
KINDS: Final = (INWARD, STOP, OUTWARD, AWAY, BACK)
_HEIGHTS: Final = {INWARD: 5.0, STOP: 13.0, OUTWARD: 9.0, AWAY: 13.0, BACK: 1.5}
_WIDTH: Final = 900
_SIDE: Final = 104
_EDGE: Final = 8
_ROW: Final = 17
_HEAD: Final = 24
_MARKS: Final = 10


@dataclass(frozen=True, slots=True)
class Row:
    """One duty: its vehicle, how far down it stands, and its day in words."""

    name: Said
    y: float
    text: Said


@dataclass(frozen=True, slots=True)
class Gantt:
    """One drawing; right to left in Arabic, as the page is.

    Attributes
    ----------
    width, height, start, label
        Of the drawing, where its hours begin, and where the vehicles' names stand.
    rows
        A duty each.
    paths
        By kind of bar, all of them as one path.
    gates
        Passages of gates as one path of upright strokes.
    open
        Where corridors are open: from, and how wide.
    ticks
        Hours.
    """

    width: int
    height: int
    start: float
    label: float
    rows: tuple[Row, ...]
    paths: tuple[tuple[str, str], ...]
    gates: str
    open: tuple[tuple[float, float], ...]
    ticks: tuple[Tick, ...]


@dataclass(frozen=True, slots=True)
class Chart:
    """One type of vehicle on one day: what it is, a line that sums it up, and the drawing."""

    name: Said
    sum: Said
    drawing: Gantt


@dataclass(frozen=True, slots=True)
class DayOfDuties:
    """One day: its name, a line that sums it up, and a drawing a type of vehicle."""

    day: Said
    sum: Said
    charts: tuple[Chart, ...]


@dataclass(frozen=True, slots=True)
class _Frame:
    """The hours of one day and where they stand."""

    edition: Edition
    first_s: float
    last_s: float

    def x(self, seconds: float) -> float:
        """Return how far right a moment stands."""
        share = (seconds - self.first_s) / (self.last_s - self.first_s)
        return self.flip(_SIDE + share * (_WIDTH - _SIDE - _EDGE))

    def flip(self, at: float) -> float:
        """Return how far right something stands that is ``at`` pixels along the reading."""
        return round(at if self.edition.words.direction == "ltr" else _WIDTH - at, 1)


def duty_days(edition: Edition) -> Iterator[DayOfDuties]:
    """Yield the days on which vehicles drive."""
    words = edition.words
    for day, of_day in groupby(edition.rides.shifts, key=lambda one: one.day):
        shifts = tuple(of_day)
        frame = _frame(edition, day, shifts)
        charts = [
            _chart(frame, tuple(own)) for _, own in groupby(shifts, key=lambda one: one.type.id)
        ]
        total = words.say(
            "vehicles.day_sum",
            vehicles=words.say("vehicles.count", n=len(shifts)),
            trips=words.say("vehicles.trips", n=sum(len(one.rides) for one in shifts)),
            persons=edition.persons(persons_of(shifts)),
        )
        yield DayOfDuties(edition.calendar.day(day), total, tuple(charts))


def persons_of(shifts: tuple[Shift, ...]) -> int:
    """Return everybody whom duties bring out."""
    return sum(ride.persons for one in shifts for ride in one.rides)


def _frame(edition: Edition, day: date, shifts: tuple[Shift, ...]) -> _Frame:
    open_on = [one for one in sessions(edition.scenario) if one.day == day]
    first = min([one.duty.trips[0].leave_s for one in shifts] + [one.opens_s for one in open_on])
    last = max([one.duty.back_s for one in shifts] + [one.closes_s for one in open_on])
    return _Frame(edition, first, max(last, first + 1))


def _chart(frame: _Frame, shifts: tuple[Shift, ...]) -> Chart:
    edition = frame.edition
    words = edition.words
    total = words.say(
        "vehicles.chart_sum",
        trips=words.say("vehicles.trips", n=sum(len(one.rides) for one in shifts)),
        persons=edition.persons(persons_of(shifts)),
    )
    rows = tuple(_row(edition, one, number) for number, one in enumerate(shifts))
    height = _HEAD + _ROW * len(shifts) + 4
    bars: dict[str, list[str]] = {kind: [] for kind in KINDS}
    gates = []
    for one, row in zip(shifts, rows, strict=True):
        for kind, since, until in _bars(one):
            bars[kind].append(_box(frame, kind, row.y, (since, until)))
        gates += [f"M{frame.x(at)} {row.y - 7}v14" for at in _gates(one)]
    session = Session(shifts[0].day, int(frame.first_s), int(frame.last_s))
    drawing = Gantt(
        width=_WIDTH,
        height=height,
        start=frame.flip(_SIDE),
        label=frame.flip(_SIDE - 8),
        rows=rows,
        paths=tuple((kind, "".join(paths)) for kind, paths in bars.items() if paths),
        gates="".join(gates),
        open=tuple(_open(frame, edition.scenario, shifts[0].day)),
        ticks=tuple(
            Tick(frame.x(at), edition.calendar.clock(at))
            for at in hours_marked(edition.calendar, session, _MARKS)
        ),
    )
    return Chart(words.name(shifts[0].type.name), total, drawing)


def _row(edition: Edition, shift: Shift, number: int) -> Row:
    words, clock = edition.words, edition.calendar.clock
    text = words.say(
        "vehicles.row",
        vehicle=shift.duty.vehicle,
        trips=words.say("vehicles.trips", n=len(shift.rides)),
        persons=edition.persons(persons_of((shift,))),
        leaves=clock(shift.duty.trips[0].leave_s),
        back=clock(shift.duty.back_s),
    )
    return Row(words.code(shift.duty.vehicle), _HEAD + _ROW * (number + 0.5), text)


def _bars(shift: Shift) -> Iterator[tuple[str, float, float]]:
    """Yield the parts of a duty: kind, from, until."""
    for trip in shift.duty.trips:
        at = trip.leave_s
        for stop in trip.stops:
            yield INWARD, at, stop.arrive_s
            yield STOP, stop.arrive_s, stop.leave_s
            at = stop.leave_s
        yield OUTWARD, at, trip.arrive_s
        yield AWAY, trip.arrive_s, trip.done_s
    yield BACK, shift.duty.trips[-1].done_s, shift.duty.back_s


def _gates(shift: Shift) -> Iterator[int]:
    for trip in shift.duty.trips:
        if trip.corridor_in:
            yield trip.gate_in_s
        yield trip.gate_out_s


def _box(frame: _Frame, kind: str, middle: float, span: tuple[float, float]) -> str:
    left, right = sorted((frame.x(span[0]), frame.x(span[1])))
    if right <= left:
        return ""
    high = _HEIGHTS[kind]
    wide = round(right - left, 1)
    return f"M{left} {round(middle - high / 2, 2)}h{wide}v{high}h-{wide}z"


def _open(frame: _Frame, scenario: Scenario, day: date) -> Iterator[tuple[float, float]]:
    for one in sessions(scenario):
        if one.day == day:
            left, right = sorted((frame.x(one.opens_s), frame.x(one.closes_s)))
            yield left, round(right - left, 1)
