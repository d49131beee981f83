"""A corridor rehearsed: its blocks called, checked, sent through, in one course of the pause.

The solver's own picture of a day that goes otherwise (compiled): walks take their free time, the
streets hold everybody, and only the gate, the corridor and a second check at its end bind. It is
fast enough to try many rules on many courses; whether they hold on real streets is for others to
find out.
"""

from __future__ import annotations

from typing import Any, Final, NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

from clearway.borrow import borrowed

# Columns of ``Course.window``.
OPENS, ENDS, ANNOUNCED, KNOWN, SUDDEN, RATE, RECHECK = 0, 1, 2, 3, 4, 5, 6
# Columns of the result.
OUT, BACK, CAUGHT = 0, 1, 2
_UNCALLED_SIZE: Final = 5.0
_NONE: Final = -1


class Calls(NamedTuple):
    """The call list of one corridor; b blocks, n households.

    Attributes
    ----------
    depart_s, walk_m, late_s
        Shape (b,), earliest call, metres to the mouth, seconds before closing for the last call.
    start
        Shape (b + 1,), first household of each block.
    zone, group
        Shape (b,).
    size
        Shape (n,), persons.
    slot_s, step_s
        Seconds.
    """

    depart_s: NDArray[np.float64]
    walk_m: NDArray[np.float64]
    late_s: NDArray[np.float64]
    start: NDArray[np.int64]
    zone: NDArray[np.int64]
    group: NDArray[np.int64]
    size: NDArray[np.float64]
    slot_s: float
    step_s: float


class Course(NamedTuple):
    """What one draw makes of one corridor.

    Attributes
    ----------
    window
        Shape (windows, 7), by time.
    come
        Shape (z,), households that come for each that the plan expects.
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


@njit(cache=True, nogil=True)
def _share(key: int, household: int, topic: int) -> Any:
    """Return a share from 0 to 1: a mix of the three (SplitMix64, Steele et al. 2014)."""
    z = np.uint64(key) * np.uint64(0x9E3779B97F4A7C15)
    z += np.uint64(household * 8 + topic + 1) * np.uint64(0xD1342543DE82EF95)
    z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    z = z ^ (z >> np.uint64(31))
    return np.float64(z >> np.uint64(11)) * (1.0 / 9007199254740992.0)


class _Yard(NamedTuple):
    """One rehearsal: what it is of, and what changes in it."""

    calls: Calls
    course: Course
    gate: Gate
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


# Columns of ``_Yard.live`` and of ``_Yard.place``.
_WAITING, _CALLED, _INSIDE, _OWED = 0, 1, 2, 3
_HEAD, _TAIL, _FIRST, _LAST, _POINTER, _NEWCOMER = 0, 1, 2, 3, 4, 5


@njit(cache=True, nogil=True)
def rehearse(calls: Calls, course: Course, gate: Gate) -> Any:
    """Return persons out, turned back, and caught, shape (3,)."""
    last = max(course.window[-1, ENDS], course.window[-1, ANNOUNCED])
    steps = int(last / calls.step_s) + 2
    room = len(calls.size) + int(course.uncalled_per_s * last / _UNCALLED_SIZE) + 8
    held = _Yard(
        calls,
        course,
        gate,
        np.zeros(room),
        np.full(room, _NONE),
        np.full((steps, 2), _NONE),
        np.zeros(room, dtype=np.int64),
        np.zeros(6, dtype=np.int64),
        np.zeros(room),
        np.zeros(room),
        np.zeros(room, dtype=np.int64),
        np.zeros(len(calls.depart_s), dtype=np.int8),
        np.zeros(gate.points),
        np.zeros(gate.points),
        np.zeros(4),
        np.zeros(3),
    )
    yard = _borrow(held)
    yard.place[_NEWCOMER] = len(calls.size)
    for w in range(len(course.window)):
        opens, ends = course.window[w, OPENS], course.window[w, ENDS]
        if opens < ends:
            yard.free_s[:] = opens
            yard.again_s[:] = opens
            for step in range(int(opens / calls.step_s), int(ends / calls.step_s)):
                _uncalled(yard, step)
                _call(yard, w, step * calls.step_s)
                _arrivals(yard, step)
                _leave(yard, step * calls.step_s)
                _admit(yard, w, step * calls.step_s)
            _close(yard, w)
    return held.result


@njit(cache=True, nogil=True)
def _borrow(yard: _Yard) -> Any:
    """Return ``yard`` with arrays that nobody counts; the caller keeps the first as long."""
    calls, course, gate = yard.calls, yard.course, yard.gate
    return _Yard(
        Calls(
            borrowed(calls.depart_s),
            borrowed(calls.walk_m),
            borrowed(calls.late_s),
            borrowed(calls.start),
            borrowed(calls.zone),
            borrowed(calls.group),
            borrowed(calls.size),
            calls.slot_s,
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


@njit(cache=True, nogil=True)
def _size(yard: _Yard, household: int) -> Any:
    sizes = yard.calls.size
    return sizes[household] if household < len(sizes) else _UNCALLED_SIZE


@njit(cache=True, nogil=True)
def _group(yard: _Yard, household: int) -> Any:
    if household >= len(yard.calls.size):
        return yard.gate.last_s.shape[1] - 1
    return yard.calls.group[np.searchsorted(yard.calls.start, household, side="right") - 1]


@njit(cache=True, nogil=True)
def _pace(yard: _Yard, household: int) -> Any:
    quantile = int(64 * _share(yard.course.key, household, 2))
    return yard.course.speed[_group(yard, household), quantile]


@njit(cache=True, nogil=True)
def _known(yard: _Yard, w: int, time: float) -> Any:
    window = yard.course.window
    return window[w, ENDS] if window[w, KNOWN] <= time else window[w, ANNOUNCED]


@njit(cache=True, nogil=True)
def _uncalled(yard: _Yard, step: int) -> Any:
    """Let those come who were not called, a household of five at a time."""
    yard.live[_OWED] += yard.course.uncalled_per_s * yard.calls.step_s
    while yard.live[_OWED] >= _UNCALLED_SIZE:
        yard.live[_OWED] -= _UNCALLED_SIZE
        newcomer = yard.place[_NEWCOMER]
        if newcomer < len(yard.arrive_s):
            yard.place[_NEWCOMER] += 1
            _expect(yard, newcomer, step * yard.calls.step_s)


@njit(cache=True, nogil=True)
def _expect(yard: _Yard, household: int, arrives: float) -> Any:
    step = int(arrives / yard.calls.step_s)
    yard.arrive_s[household] = arrives
    yard.following[household] = _NONE
    if step >= len(yard.by_step):
        return
    if yard.by_step[step, 0] == _NONE:
        yard.by_step[step, 0] = household
    else:
        yard.following[yard.by_step[step, 1]] = household
    yard.by_step[step, 1] = household


@njit(cache=True, nogil=True)
def _call(yard: _Yard, w: int, time: float) -> Any:
    closes, calls, gate = _known(yard, w, time), yard.calls, yard.gate
    for block in range(yard.place[_POINTER], len(calls.depart_s)):
        if calls.depart_s[block] > time:
            break
        if not yard.called[block]:
            if yard.live[_WAITING] > gate.hold_queue or yard.live[_CALLED] > gate.hold_called:
                break
            if time <= closes - calls.late_s[block]:
                _call_block(yard, block, time)
        if yard.called[block] and block == yard.place[_POINTER]:
            yard.place[_POINTER] += 1


@njit(cache=True, nogil=True)
def _call_block(yard: _Yard, block: int, time: float) -> Any:
    calls, course = yard.calls, yard.course
    yard.called[block] = 1
    first, last = calls.start[block], calls.start[block + 1]
    for household in range(first, last):
        if _share(course.key, household, 0) < course.come[calls.zone[block]]:
            leaves = time + (household - first + 0.5) / (last - first) * calls.slot_s
            leaves += course.late[int(64 * _share(course.key, household, 1))]
            yard.live[_CALLED] += calls.size[household]
            _expect(yard, household, leaves + calls.walk_m[block] / _pace(yard, household))


@njit(cache=True, nogil=True)
def _arrivals(yard: _Yard, step: int) -> Any:
    household = yard.by_step[step, 0]
    while household != _NONE:
        yard.queue[yard.place[_TAIL]] = household
        yard.place[_TAIL] += 1
        yard.live[_WAITING] += _size(yard, household)
        household = yard.following[household]


@njit(cache=True, nogil=True)
def _leave(yard: _Yard, time: float) -> Any:
    """Count out whoever has come to the corridor's end."""
    for row in range(yard.place[_FIRST], yard.place[_LAST]):
        household = yard.inside[row]
        if household != _NONE and yard.out_s[household] <= time:
            yard.live[_INSIDE] -= _size(yard, household)
            yard.result[OUT] += _size(yard, household)
            yard.inside[row] = _NONE
        if yard.inside[row] == _NONE and row == yard.place[_FIRST]:
            yard.place[_FIRST] += 1


@njit(cache=True, nogil=True)
def _admit(yard: _Yard, w: int, time: float) -> Any:
    """Check whoever waits, in order, as far as check points are free in this step."""
    gate, window = yard.gate, yard.course.window
    again = 1 if window[w, RECHECK] > 0.0 else 0
    closes, most = _known(yard, w, time), gate.most[again]
    while yard.place[_HEAD] < yard.place[_TAIL]:
        household = yard.queue[yard.place[_HEAD]]
        size, inside = _size(yard, household), yard.live[_INSIDE]
        point = np.argmin(yard.free_s)
        begins = max(yard.free_s[point], yard.arrive_s[household], time)
        full = most <= 0.0 or (inside > 0.0 and inside + size > most)
        if full or begins >= time + yard.calls.step_s:
            return
        work = _work(yard, household)
        passes = begins + work * gate.points / window[w, RATE]
        yard.place[_HEAD] += 1
        yard.live[_WAITING] -= size
        called = size if household < len(yard.calls.size) else 0.0
        yard.live[_CALLED] -= called
        if passes > closes - gate.last_s[again, _group(yard, household)]:
            yard.result[BACK] += called
        else:
            yard.free_s[point] = passes
            yard.passed_s[household] = passes
            yard.out_s[household] = _out_s(yard, w, household, work)
            yard.live[_INSIDE] += size
            yard.inside[yard.place[_LAST]] = household
            yard.place[_LAST] += 1


@njit(cache=True, nogil=True)
def _work(yard: _Yard, household: int) -> Any:
    course = yard.course
    work = _size(yard, household) * course.work[int(64 * _share(course.key, household, 3))]
    longer = _share(course.key, household, 4) < course.long[0]
    return work * course.long[1] if longer else work


@njit(cache=True, nogil=True)
def _out_s(yard: _Yard, w: int, household: int, work: float) -> Any:
    """Return when a household that has passed the gate is out of the corridor."""
    again = yard.course.window[w, RECHECK]
    walked = yard.passed_s[household] + yard.gate.length_m / _pace(yard, household)
    if again <= 0.0:
        return walked
    point = np.argmin(yard.again_s)
    yard.again_s[point] = max(yard.again_s[point], walked) + work * yard.gate.points / again
    return yard.again_s[point]


@njit(cache=True, nogil=True)
def _close(yard: _Yard, w: int) -> Any:
    """Close the corridor: who is inside is caught or has turned back, the others go home."""
    window, gate = yard.course.window, yard.gate
    ends, known = window[w, ENDS], window[w, KNOWN]
    _leave(yard, ends)
    for row in range(yard.place[_FIRST], yard.place[_LAST]):
        household = yard.inside[row]
        if household == _NONE:
            continue
        since = known - yard.passed_s[household]
        # Its check ended after the notice, too late for the last entry: not let in at all.
        last = gate.last_s[1 if window[w, RECHECK] > 0.0 else 0, _group(yard, household)]
        if since < 0 and yard.passed_s[household] > ends - last:
            yard.result[BACK] += _size(yard, household)
            continue
        turns = known < ends and 0 <= since * _pace(yard, household) < gate.turn_m
        if turns and since <= ends - known:
            yard.result[BACK] += _size(yard, household)
        elif window[w, SUDDEN] == 0.0:
            yard.result[CAUGHT] += _size(yard, household)
    yard.result[BACK] += yard.live[_CALLED]
    yard.live[:3] = 0.0
    yard.place[_FIRST] = yard.place[_LAST]
    yard.place[_HEAD] = yard.place[_TAIL]
    # Whoever is still on the way turns round.
    yard.by_step[int(ends / yard.calls.step_s) :] = _NONE
