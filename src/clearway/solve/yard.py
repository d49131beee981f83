"""What a rehearsal works on: call list, course, gate, and what changes while it runs."""

from __future__ import annotations

from typing import Any, Final, NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

from clearway.borrow import borrowed

# Columns of ``Course.window``.
OPENS, ENDS, ANNOUNCED, KNOWN, SUDDEN, RATE, RECHECK, BEGINS = 0, 1, 2, 3, 4, 5, 6, 7
# Columns of the result.
OUT, BACK, CAUGHT = 0, 1, 2
UNCALLED_SIZE: Final = 5.0
NONE: Final = -1


class Calls(NamedTuple):
    """The call list of one corridor; b blocks, n households.

    Attributes
    ----------
    depart_s, span_s, walk_m, late_s
        Shape (b,), earliest call, seconds over which it leaves, metres to the mouth, seconds before
        closing for the last call.
    start
        Shape (b + 1,), first household of each block.
    zone, group
        Shape (b,).
    size
        Shape (n,), persons; of all who are called, whether they come or not.
    step_s
        Seconds.
    """

    depart_s: NDArray[np.float64]
    span_s: NDArray[np.float64]
    walk_m: NDArray[np.float64]
    late_s: NDArray[np.float64]
    start: NDArray[np.int64]
    zone: NDArray[np.int64]
    group: NDArray[np.int64]
    size: NDArray[np.float64]
    step_s: float


class Course(NamedTuple):
    """What one draw makes of one corridor.

    Attributes
    ----------
    window
        Shape (windows, 8), by time.
    come
        Shape (z,), share of the households called that come.
    speed
        Shape (g, 64), walking speed by quantile.
    work
        Shape (64,), work of a check by quantile, the mean 1.
    long
        Share of checks that take longer, and how many times as long.
    late
        Shape (64,), seconds by which households leave late, by quantile.
    uncalled_per_s
        Persons who come of themselves in an announced second.
    key
        Of the random numbers.
    """

    window: NDArray[np.float64]
    come: NDArray[np.float64]
    speed: NDArray[np.float64]
    work: NDArray[np.float64]
    long: NDArray[np.float64]
    late: NDArray[np.float64]
    uncalled_per_s: float
    key: int


class Gate(NamedTuple):
    """A corridor and the rules tried at it.

    Attributes
    ----------
    length_m, turn_m
        Metres of the corridor, and from the mouth to the marked point.
    points
        Check points.
    hold_queue, hold_called
        Persons beyond whom no block is called.
    most
        Persons in the corridor at most: without and with a second check.
    last_s
        Shape (2, g), last entry in seconds before closing: without and with a second check.
    """

    length_m: float
    turn_m: float
    points: int
    hold_queue: float
    hold_called: float
    most: NDArray[np.float64]
    last_s: NDArray[np.float64]


class Yard(NamedTuple):
    """One rehearsal: what it is of, and what changes in it."""

    calls: Calls
    course: Course
    gate: Gate
    group: NDArray[np.int64]
    pace: NDArray[np.float64]
    leave_s: NDArray[np.float64]
    arrive_s: NDArray[np.float64]
    following: NDArray[np.int64]
    by_step: NDArray[np.int64]
    queue: NDArray[np.int64]
    place: NDArray[np.int64]
    passed_s: NDArray[np.float64]
    out_s: NDArray[np.float64]
    inside: NDArray[np.int64]
    called: NDArray[np.int8]
    free_s: NDArray[np.float64]
    again_s: NDArray[np.float64]
    live: NDArray[np.float64]
    result: NDArray[np.float64]


# Columns of ``Yard.live`` and of ``Yard.place``.
WAITING, CALLED, INSIDE, OWED = 0, 1, 2, 3
HEAD, TAIL, FIRST, LAST, POINTER, NEWCOMER, AGAIN_HEAD, AGAIN_TAIL = 0, 1, 2, 3, 4, 5, 6, 7


@njit(cache=True, nogil=True, forceinline=True)
def borrow(yard: Yard) -> Any:
    """Return ``yard`` with arrays that nobody counts; the caller keeps the first as long."""
    calls, course, gate = yard.calls, yard.course, yard.gate
    return Yard(
        Calls(
            borrowed(calls.depart_s),
            borrowed(calls.span_s),
            borrowed(calls.walk_m),
            borrowed(calls.late_s),
            borrowed(calls.start),
            borrowed(calls.zone),
            borrowed(calls.group),
            borrowed(calls.size),
            calls.step_s,
        ),
        Course(
            borrowed(course.window),
            borrowed(course.come),
            borrowed(course.speed),
            borrowed(course.work),
            borrowed(course.long),
            borrowed(course.late),
            course.uncalled_per_s,
            course.key,
        ),
        Gate(
            gate.length_m,
            gate.turn_m,
            gate.points,
            gate.hold_queue,
            gate.hold_called,
            borrowed(gate.most),
            borrowed(gate.last_s),
        ),
        borrowed(yard.group),
        borrowed(yard.pace),
        borrowed(yard.leave_s),
        borrowed(yard.arrive_s),
        borrowed(yard.following),
        borrowed(yard.by_step),
        borrowed(yard.queue),
        borrowed(yard.place),
        borrowed(yard.passed_s),
        borrowed(yard.out_s),
        borrowed(yard.inside),
        borrowed(yard.called),
        borrowed(yard.free_s),
        borrowed(yard.again_s),
        borrowed(yard.live),
        borrowed(yard.result),
    )
