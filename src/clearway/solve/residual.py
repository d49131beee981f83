"""One gate in one window, step by step: who comes, who waits, and how many more may come."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

#: Persons that a sum of floating-point numbers may be off by.
CRUMB = 1e-6


@dataclass(frozen=True, slots=True)
class Arrival:
    """A block that comes evenly to a gate.

    Attributes
    ----------
    first, steps
        Step in which the first of it joins the holding area, and in how many steps it comes.
    group
        Row of its group.
    persons
        How many.
    """

    first: int
    steps: int
    group: int
    persons: float


@dataclass(frozen=True, slots=True, eq=False)
class Course:
    """What becomes of all who come: n steps from the line's first.

    Attributes
    ----------
    waiting
        Shape (n,), persons at the end of each step.
    finish
        Shape (n,), step of the line in which the last of those who came in each step passes; n
        if not all do.
    """

    waiting: NDArray[np.float64]
    finish: NDArray[np.int64]

    def overfull(self, room: float) -> int | None:
        """Return the first step in which more wait than there is room for; None if none."""
        steps = np.flatnonzero(self.waiting > room + CRUMB)
        return int(steps[0]) if len(steps) else None


class Line:
    """The queue of one gate in one window, first come, first served, as the judge replays it.

    Those who come in the same step are served alike, so all of them have passed when the last of
    them has.
    """

    def __init__(
        self,
        begin: int,
        budget: NDArray[np.float64],
        last: NDArray[np.int64],
        room: float,
        patience: int,
    ) -> None:
        """Start with nobody.

        Parameters
        ----------
        begin
            First step of the line, from the scenario's start.
        budget
            Shape (n,), persons that the gate serves in each step.
        last
            Shape (g,), last step, from the scenario's start, in which a group may pass.
        room
            Persons that may wait at the end of a step.
        patience
            Steps that those who are called may wait at most.
        """
        self.begin, self.budget = begin, budget
        self._ahead = np.cumsum(budget)
        self._last, self.room = last - begin, room
        self._patience = patience
        self._allowed = np.full(len(budget), patience, dtype=np.int64)
        self._come = np.zeros(len(budget))
        self._arrivals: list[Arrival] = []
        self._latest = np.full(len(last), -1, dtype=np.int64)

    def __len__(self) -> int:
        """Return the number of steps."""
        return len(self.budget)

    def empty(self, now: int = 0, times: int = 1) -> Line:
        """Return the same line with nobody on it.

        Parameters
        ----------
        now, times
            Who comes may wait so many times as long as on this line, from step ``now`` on (from the
            scenario's start) who came before it.
        """
        line = Line(
            self.begin, self.budget, self._last + self.begin, self.room, self._patience * times
        )
        steps = min(max(now - self.begin, 0), len(self))
        line._allowed[:steps] += np.arange(steps, 0, -1)
        return line

    def begun(self, now: int) -> NDArray[np.bool_]:
        """Return of which steps' arrivals any had passed before a step, shape (n,).

        ``now`` counts from the scenario's start.
        """
        course = self.course()
        came = np.cumsum(self._come)
        step = min(max(now - self.begin, 0), len(self))
        through = float((came - course.waiting)[step - 1]) if step else 0.0
        return np.asarray((came - self._come < through - CRUMB) & (np.arange(len(self)) < step))

    def fails(self, course: Course, one: Arrival) -> bool:
        """Whether a block on the line passes too late, or waits for too long."""
        first = one.first - self.begin
        mine = slice(first, first + one.steps)
        finish = course.finish[mine]
        waits = finish - np.arange(first, first + one.steps)
        late = bool(finish[-1] > self._last[one.group])
        return late or bool((waits > self._allowed[mine]).any())

    def holds(self, one: Arrival) -> bool:
        """Whether a block comes while the line lasts."""
        first = one.first - self.begin
        return first >= 0 and first + one.steps <= len(self)

    def steps_in(self, one: Arrival) -> int:
        """Return in how many steps a block comes while the line lasts; 0 if it begins before."""
        first = one.first - self.begin
        return max(0, min(one.steps, len(self) - first)) if first >= 0 else 0

    def add(self, one: Arrival) -> None:
        """Let a block come that the line holds."""
        first = one.first - self.begin
        self._come[first : first + one.steps] += one.persons / one.steps
        self._latest[one.group] = max(self._latest[one.group], first + one.steps - 1)
        self._arrivals.append(one)

    def remove(self, one: Arrival) -> None:
        """Let a block not come that comes so far."""
        self._arrivals.remove(one)
        first = one.first - self.begin
        come = self._come[first : first + one.steps] - one.persons / one.steps
        self._come[first : first + one.steps] = np.maximum(come, 0.0)
        ends = [each.first + each.steps for each in self._arrivals if each.group == one.group]
        self._latest[one.group] = max(ends, default=self.begin) - self.begin - 1

    def bear(self) -> None:
        """Let those who come so far wait as long as they do: that cannot be changed any more."""
        course = self.course()
        waits = course.finish - np.arange(len(self))
        self._allowed = np.where(self._come > 0, np.maximum(self._allowed, waits), self._allowed)

    def course(self) -> Course:
        """Return what becomes of those who come so far."""
        return _course(self._come, self._ahead)

    def holds_all(self) -> bool:
        """Whether all who come so far pass in time, and never too many wait, or for too long."""
        return self._fits(self._come, self._latest)

    def fits(self, one: Arrival) -> bool:
        """Whether all would still pass in time if a block came as well."""
        if not self.holds(one):
            return False
        come, first = self._come.copy(), one.first - self.begin
        come[first : first + one.steps] += one.persons / one.steps
        latest = self._latest.copy()
        latest[one.group] = max(latest[one.group], first + one.steps - 1)
        return self._fits(come, latest)

    def most(self, one: Arrival) -> int:
        """Return the whole persons, at most those of a block, that might come as it does."""
        low, high = 0, int(one.persons)
        # A quick look before a long one.
        if not self.fits(Arrival(one.first, one.steps, one.group, 1.0)):
            return 0
        while low < high:
            middle = (low + high + 1) // 2
            if self.fits(Arrival(one.first, one.steps, one.group, float(middle))):
                low = middle
            else:
                high = middle - 1
        return low

    def _fits(self, come: NDArray[np.float64], latest: NDArray[np.int64]) -> bool:
        course = _course(come, self._ahead)
        if course.waiting.max(initial=0.0) > self.room + CRUMB:
            return False
        there = latest >= 0
        if (course.finish[latest[there]] > self._last[there]).any():
            return False
        waits = course.finish - np.arange(len(come))
        return not ((waits > self._allowed) & (come > CRUMB)).any()


def _course(come: NDArray[np.float64], ahead: NDArray[np.float64]) -> Course:
    """Return what becomes of those who come, where the gate could serve ``ahead`` so far."""
    came = np.cumsum(come)
    behind = came - ahead
    # Lindley (1952): the queue is how far work is behind its least lead so far.
    waiting = behind - np.minimum(np.minimum.accumulate(behind), 0.0)
    finish = np.searchsorted(came - waiting, came - CRUMB)
    return Course(waiting, np.asarray(finish, dtype=np.int64))
