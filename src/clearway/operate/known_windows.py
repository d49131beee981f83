"""Windows as they are known at a moment, from what was announced and what was told since."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Final

from clearway.model.corridor import Window
from clearway.model.scenario import Scenario
from clearway.operate.state_said import Saying

#: Source of a window that the log changed or announced.
_FROM_LOG: Final = "log: {state}, record {hash}"


@dataclass(frozen=True, slots=True)
class Stretches:
    """One window as it is known: when its gate was open, or will be.

    Attributes
    ----------
    window
        From its announced opening (or an earlier one) to its last closing.
    open_s
        Pairs of seconds from the scenario's start between which its gate is open as far as
        windows say; what lies in the window between them is shut.
    opened
        Whether an opening is on record.
    closings
        Pairs: from which moment on which closing was known, in order; the first from ever.
    late
        Whether it should be open by now and no opening is on record.
    """

    window: Window
    open_s: tuple[tuple[int, int], ...]
    opened: bool
    closings: tuple[tuple[float, float], ...]
    late: bool = False


def known_windows(
    scenario: Scenario, sayings: Sequence[Saying], now_s: float
) -> tuple[tuple[Stretches, ...], tuple[Saying, ...]]:
    """Return each window as known at ``now_s``, and the records that make no sense.

    Those of the scenario come first, in its order, then those that only the log announced. A
    window keeps its announced opening, so that the scenario's start stays; until an opening is on
    record it is shut, up to now, and from now on expected at any moment.

    Parameters
    ----------
    scenario
        As announced.
    sayings
        Of kind ``window`` and of known corridors, in order, until now.
    now_s
        Seconds from the scenario's start.
    """
    courses = [_announced(scenario, window) for window in scenario.windows]
    strange = []
    for one in sayings:
        told = _told(scenario, one)
        course = _find(courses, told)
        if told.closes <= told.opens and (told.state in {"announced", "opened"} or course is None):
            strange.append(one)
        elif course is not None:
            course.take(told)
        elif told.state in {"announced", "opened"}:
            courses.append(_only_told(told))
            courses[-1].take(told)
        else:
            strange.append(one)
    found = [_known(scenario, course, now_s) for course in courses]
    return tuple(_apart(scenario, found)), tuple(strange)


@dataclass(frozen=True, slots=True)
class _Told:
    """One record about a window; times in seconds from the scenario's start, none before it."""

    corridor: str
    day: str
    state: str
    opens: int
    closes: int
    at: int
    source: str


def _told(scenario: Scenario, one: Saying) -> _Told:
    about = one.event.about
    opens, closes = (
        max(scenario.seconds(datetime.fromisoformat(about[key])), 0) for key in ("opens", "closes")
    )
    source = _FROM_LOG.format(state=about["state"], hash=one.record.hash[:8])
    at = scenario.seconds(one.at)
    return _Told(about["corridor"], about["day"], about["state"], opens, closes, at, source)


@dataclass(slots=True)
class _Course:
    """What became of one window so far; seconds from the scenario's start.

    ``hours`` are those first announced, ``closings`` from when on which closing was known;
    ``open`` are stretches in which the gate was said to be open, the last perhaps still;
    ``expected`` is what is announced and did not begin.
    """

    corridor: str
    day: str
    hours: tuple[int, int]
    first: Window | None
    open: list[tuple[int, int]]
    expected: tuple[int, int] | None
    closings: list[tuple[float, float]]
    last: _Told | None = None
    opened: bool = False

    def take(self, told: _Told) -> None:
        """Take a record in."""
        self._take(told)
        self.last = told
        last = self.open[-1] if self.open else self.hours
        closes = last[1] if self.expected is None else self.expected[1]
        self.closings.append((told.at, closes))

    def _take(self, told: _Told) -> None:
        going_on = bool(self.open) and self.open[-1][1] > told.at
        if told.state == "opened":
            self.opened, self.expected = True, None
            if going_on:
                self.open.pop()
            self._add(told.opens, told.closes)
        elif told.state == "announced":
            if going_on:
                self._add(self.open.pop()[0], told.closes)
            else:
                self.expected = (told.opens, told.closes)
        elif self.open:  # cut or closed
            self.expected = None
            self._add(self.open.pop()[0], told.closes)
        else:
            self._cancel(told)

    def _add(self, opens: int, closes: int) -> None:
        since = max(opens, self.open[-1][1]) if self.open else opens
        if since < closes:
            self.open.append((since, closes))

    def _cancel(self, told: _Told) -> None:
        since, _ = self.expected if self.expected is not None else self.hours
        since = max(since, told.opens)
        cut = told.state == "cut" and since < told.closes
        self.expected = (since, told.closes) if cut else None


def _announced(scenario: Scenario, window: Window) -> _Course:
    hours = (scenario.seconds(window.opens), scenario.seconds(window.closes))
    day = scenario.moment(hours[0]).date().isoformat()
    return _Course(window.corridor, day, hours, window, [], hours, [(-math.inf, hours[1])])


def _only_told(told: _Told) -> _Course:
    hours = (told.opens, told.closes)
    return _Course(told.corridor, told.day, hours, None, [], None, [(-math.inf, told.closes)])


def _find(courses: Sequence[_Course], told: _Told) -> _Course | None:
    """Return the window that a record is about: of its day, the one that begins nearest."""
    day = _iso(told.day)
    own = [one for one in courses if one.corridor == told.corridor and _iso(one.day) == day]
    return min(own, key=lambda one: abs(one.hours[0] - told.opens), default=None)


def _iso(day: str) -> str:
    """Return a date as it is written in one way; other words as they are."""
    try:
        return date.fromisoformat(day.strip()).isoformat()
    except ValueError:
        return day.strip()


def _known(scenario: Scenario, course: _Course, now_s: float) -> Stretches:
    open_s = list(course.open)
    late = False
    if course.expected is not None:
        opens, closes = course.expected
        late = opens <= now_s < closes
        if late:  # not said to be open: not until now, at any moment from then on
            opens = math.floor(now_s) + 1
        opens = max(opens, open_s[-1][1]) if open_s else opens
        if max(opens, now_s) < closes:
            open_s.append((opens, closes))
    window = _window(scenario, course, open_s)
    return Stretches(window, tuple(open_s), course.opened, tuple(course.closings), late)


def _window(scenario: Scenario, course: _Course, open_s: list[tuple[int, int]]) -> Window:
    """Return the window that holds all stretches; as first announced if there is none."""
    opens, closes = course.hours
    if open_s:
        opens, closes = min(opens, open_s[0][0]), open_s[-1][1]
    if course.first is not None and (opens, closes) == course.hours:
        return course.first
    source = course.last.source if course.last is not None else "log"
    return Window(course.corridor, scenario.moment(opens), scenario.moment(closes), source)


def _apart(scenario: Scenario, found: list[Stretches]) -> list[Stretches]:
    """Return the windows with each cut off where the next of its corridor begins."""
    order = sorted(range(len(found)), key=lambda row: found[row].window.opens.astimezone(UTC))
    last: dict[str, int] = {}
    for row in order:
        window = found[row].window
        before = last.get(window.corridor)
        if before is not None:
            found[before] = _cut(scenario, found[before], scenario.seconds(window.opens))
        last[window.corridor] = row
    return found


def _cut(scenario: Scenario, one: Stretches, at: int) -> Stretches:
    if scenario.seconds(one.window.closes) <= at or scenario.seconds(one.window.opens) >= at:
        return one
    open_s = tuple((since, min(until, at)) for since, until in one.open_s if since < at)
    window = dataclasses.replace(one.window, closes=scenario.moment(at))
    return dataclasses.replace(one, window=window, open_s=open_s)
