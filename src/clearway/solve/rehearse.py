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
OPENS, ENDS, ANNOUNCED, KNOWN, SUDDEN, RATE, RECHECK, BEGINS = 0, 1, 2, 3, 4, 5, 6, 7
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
        Shape (n,), persons; of all who are called, whether they come or not.
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


# Columns of ``_Yard.live`` and of ``_Yard.place``.
_WAITING, _CALLED, _INSIDE, _OWED = 0, 1, 2, 3
_HEAD, _TAIL, _FIRST, _LAST, _POINTER, _NEWCOMER, _AGAIN_HEAD, _AGAIN_TAIL = 0, 1, 2, 3, 4, 5, 6, 7


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
        np.zeros(room, dtype=np.int64),
        np.zeros(room),
        np.zeros(room),
        np.zeros(room),
        np.full(room, _NONE),
        np.full((steps, 2), _NONE),
        np.zeros(room, dtype=np.int64),
        np.zeros(8, dtype=np.int64),
        np.zeros(room),
        np.zeros(room),
        # In one window a household passes twice at most: notice comes once.
        np.zeros(2 * room, dtype=np.int64),
        np.zeros(len(calls.depart_s), dtype=np.int8),
        np.zeros(gate.points),
        np.zeros(gate.points),
        np.zeros(4),
        np.zeros(3),
    )
    yard = _borrow(held)
    yard.place[_NEWCOMER] = len(calls.size)
    yard.place[_AGAIN_HEAD] = _NONE
    for w in range(len(course.window)):
        opens, ends = course.window[w, OPENS], course.window[w, ENDS]
        if opens < ends:
            yard.free_s[:] = opens
            yard.again_s[:] = opens
            # Whoever came by the hours announced has waited for the gate to open.
            yard.live[_OWED] = course.uncalled_per_s * (opens - course.window[w, BEGINS])
            for step in range(int(opens / calls.step_s), int(ends / calls.step_s)):
                _leave(yard, step * calls.step_s)
                _turn(yard, w, step * calls.step_s)
                _uncalled(yard, w, step)
                _call(yard, w, step * calls.step_s)
                _arrivals(yard, step)
                _admit(yard, w, step * calls.step_s)
            _close(yard, w)
    return held.result


@njit(cache=True, nogil=True, forceinline=True)
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


@njit(cache=True, nogil=True, forceinline=True)
def _size(yard: _Yard, household: int) -> Any:
    sizes = yard.calls.size
    return sizes[household] if household < len(sizes) else _UNCALLED_SIZE


@njit(cache=True, nogil=True, forceinline=True)
def _known(yard: _Yard, w: int, time: float) -> Any:
    window = yard.course.window
    return window[w, ENDS] if window[w, KNOWN] <= time else window[w, ANNOUNCED]


@njit(cache=True, nogil=True, forceinline=True)
def _uncalled(yard: _Yard, w: int, step: int) -> Any:
    """Let those come who were not called, a household of five at a time, in announced hours."""
    if step * yard.calls.step_s < yard.course.window[w, ANNOUNCED]:
        yard.live[_OWED] += yard.course.uncalled_per_s * yard.calls.step_s
    while yard.live[_OWED] >= _UNCALLED_SIZE:
        yard.live[_OWED] -= _UNCALLED_SIZE
        newcomer = yard.place[_NEWCOMER]
        if newcomer < len(yard.arrive_s):
            yard.place[_NEWCOMER] += 1
            _expect(yard, newcomer, yard.gate.last_s.shape[1] - 1, step * yard.calls.step_s, 0.0)


@njit(cache=True, nogil=True, forceinline=True)
def _expect(yard: _Yard, household: int, group: int, leaves: float, walk_m: float) -> Any:
    """Let a household leave its door: note who it is and the step in which it comes."""
    pace = yard.course.speed[group, int(64 * _share(yard.course.key, household, 2))]
    arrives = leaves + walk_m / pace
    yard.group[household], yard.pace[household] = group, pace
    yard.leave_s[household], yard.arrive_s[household] = leaves, arrives
    yard.following[household] = _NONE
    # Whoever would come after the last closing is kept in the last row.
    step = min(int(arrives / yard.calls.step_s), len(yard.by_step) - 1)
    if yard.by_step[step, 0] == _NONE:
        yard.by_step[step, 0] = household
    else:
        yard.following[yard.by_step[step, 1]] = household
    yard.by_step[step, 1] = household


@njit(cache=True, nogil=True, forceinline=True)
def _call(yard: _Yard, w: int, time: float) -> Any:
    """Call first those who were sent home, then the blocks that are due, as far as rules allow."""
    calls, place = yard.calls, yard.place
    while place[_AGAIN_HEAD] != _NONE and not _held(yard, w):
        household = place[_AGAIN_HEAD]
        block = np.searchsorted(calls.start, household, side="right") - 1
        if not _in_time(yard, w, block, time):
            break
        place[_AGAIN_HEAD] = yard.following[household]
        _set_out(yard, block, household, time)
    for block in range(place[_POINTER], len(calls.depart_s)):
        if calls.depart_s[block] > time or _held(yard, w):
            break
        if not yard.called[block] and _in_time(yard, w, block, time):
            yard.called[block] = 1
            for household in range(calls.start[block], calls.start[block + 1]):
                if _share(yard.course.key, household, 0) < yard.course.come[calls.zone[block]]:
                    _set_out(yard, block, household, time)
        if yard.called[block] and block == place[_POINTER]:
            place[_POINTER] += 1


@njit(cache=True, nogil=True, forceinline=True)
def _held(yard: _Yard, w: int) -> Any:
    """Return whether calls are held: too many wait or are under way, or nobody is let in."""
    if yard.live[_WAITING] > yard.gate.hold_queue or _most(yard, w) <= 0.0:
        return True
    return yard.live[_CALLED] > yard.gate.hold_called


@njit(cache=True, nogil=True, forceinline=True)
def _most(yard: _Yard, w: int) -> Any:
    """Return how many the corridor may hold in window ``w``: nobody if its gate stands still."""
    window = yard.course.window
    most = yard.gate.most[1 if window[w, RECHECK] > 0.0 else 0]
    return most if window[w, RATE] > 0.0 else 0.0


@njit(cache=True, nogil=True, forceinline=True)
def _in_time(yard: _Yard, w: int, block: int, time: float) -> Any:
    closes, last = _known(yard, w, time), _last_s(yard, w, yard.calls.group[block])
    return time <= closes - yard.calls.late_s[block] and time < closes - last


@njit(cache=True, nogil=True, forceinline=True)
def _last_s(yard: _Yard, w: int, group: int) -> Any:
    return yard.gate.last_s[1 if yard.course.window[w, RECHECK] > 0.0 else 0, group]


@njit(cache=True, nogil=True, forceinline=True)
def _set_out(yard: _Yard, block: int, household: int, time: float) -> Any:
    """Let a household that was called leave: evenly over the slot, by its place in the block."""
    calls, course = yard.calls, yard.course
    first, last = calls.start[block], calls.start[block + 1]
    leaves = time + (household - first + 0.5) / (last - first) * calls.slot_s
    leaves += course.late[int(64 * _share(course.key, household, 1))]
    yard.live[_CALLED] += calls.size[household]
    _expect(yard, household, calls.group[block], leaves, calls.walk_m[block])


@njit(cache=True, nogil=True, forceinline=True)
def _arrivals(yard: _Yard, step: int) -> Any:
    household = yard.by_step[step, 0]
    while household != _NONE:
        yard.queue[yard.place[_TAIL] % len(yard.queue)] = household
        yard.place[_TAIL] += 1
        yard.live[_WAITING] += _size(yard, household)
        household = yard.following[household]


@njit(cache=True, nogil=True, forceinline=True)
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


@njit(cache=True, nogil=True, forceinline=True)
def _admit(yard: _Yard, w: int, time: float) -> Any:
    """Check whoever waits, in order, as far as check points are free in this step."""
    gate, window = yard.gate, yard.course.window
    closes, most = _known(yard, w, time), _most(yard, w)
    while yard.place[_HEAD] < yard.place[_TAIL]:
        household = yard.queue[yard.place[_HEAD] % len(yard.queue)]
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
        yard.live[_CALLED] -= _called(yard, household)
        if passes > closes - _last_s(yard, w, yard.group[household]):
            _send_home(yard, w, household)
        else:
            yard.free_s[point] = passes
            yard.passed_s[household] = passes
            yard.out_s[household] = _out_s(yard, w, household, work)
            yard.live[_INSIDE] += size
            yard.inside[yard.place[_LAST]] = household
            yard.place[_LAST] += 1


@njit(cache=True, nogil=True, forceinline=True)
def _work(yard: _Yard, household: int) -> Any:
    course = yard.course
    work = _size(yard, household) * course.work[int(64 * _share(course.key, household, 3))]
    longer = _share(course.key, household, 4) < course.long[0]
    return work * course.long[1] if longer else work


@njit(cache=True, nogil=True, forceinline=True)
def _out_s(yard: _Yard, w: int, household: int, work: float) -> Any:
    """Return when a household that has passed the gate is out of the corridor."""
    again = yard.course.window[w, RECHECK]
    walked = yard.passed_s[household] + yard.gate.length_m / yard.pace[household]
    if again <= 0.0:
        return walked
    point = np.argmin(yard.again_s)
    yard.again_s[point] = max(yard.again_s[point], walked) + work * yard.gate.points / again
    return yard.again_s[point]


@njit(cache=True, nogil=True, forceinline=True)
def _called(yard: _Yard, household: int) -> Any:
    """Return the persons of a household that was called; 0 of one that came of itself."""
    return _size(yard, household) if household < len(yard.calls.size) else 0.0


@njit(cache=True, nogil=True, forceinline=True)
def _send_home(yard: _Yard, w: int, household: int) -> Any:
    """Send home a household that came in vain; it has not if it heard so at its door."""
    window = yard.course.window
    ends, announced, known = window[w, ENDS], window[w, ANNOUNCED], window[w, KNOWN]
    last = _last_s(yard, w, yard.group[household])
    shut = announced - last
    if ends > announced or shut > known:
        shut = max(known, ends - last)
    if yard.leave_s[household] < min(shut, ends):
        yard.result[BACK] += _called(yard, household)
    _call_again(yard, household)


@njit(cache=True, nogil=True, forceinline=True)
def _turn_back(yard: _Yard, household: int) -> Any:
    yard.result[BACK] += _called(yard, household)
    _call_again(yard, household)


@njit(cache=True, nogil=True, forceinline=True)
def _call_again(yard: _Yard, household: int) -> Any:
    """Put a household that was called behind those who are called first as soon as may be."""
    if household >= len(yard.calls.size):
        return
    yard.following[household] = _NONE
    if yard.place[_AGAIN_HEAD] == _NONE:
        yard.place[_AGAIN_HEAD] = household
    else:
        yard.following[yard.place[_AGAIN_TAIL]] = household
    yard.place[_AGAIN_TAIL] = household


@njit(cache=True, nogil=True, forceinline=True)
def _turn(yard: _Yard, w: int, time: float) -> Any:
    """On notice of an earlier closing: those before the marked point go back, the others on."""
    window = yard.course.window
    ends, known = window[w, ENDS], window[w, KNOWN]
    if ends >= window[w, ANNOUNCED] or not known <= time < known + yard.calls.step_s:
        return
    for row in range(yard.place[_FIRST], yard.place[_LAST]):
        household = yard.inside[row]
        if household == _NONE:
            continue
        since = time - yard.passed_s[household]
        if since < 0.0:
            # Its check is not over. If that will be too late now, it is not let in at all.
            if yard.passed_s[household] > ends - _last_s(yard, w, yard.group[household]):
                _remove(yard, row)
                _turn_back(yard, household)
        elif since * yard.pace[household] < yard.gate.turn_m:
            _remove(yard, row)
            if time + since > ends:
                yard.result[CAUGHT] += _size(yard, household)
            else:
                _turn_back(yard, household)


@njit(cache=True, nogil=True, forceinline=True)
def _remove(yard: _Yard, row: int) -> Any:
    yard.live[_INSIDE] -= _size(yard, yard.inside[row])
    yard.inside[row] = _NONE


@njit(cache=True, nogil=True, forceinline=True)
def _close(yard: _Yard, w: int) -> Any:
    """Close the corridor: who is inside is caught, the others go home."""
    window = yard.course.window
    ends = window[w, ENDS]
    _leave(yard, ends)
    for row in range(yard.place[_FIRST], yard.place[_LAST]):
        household = yard.inside[row]
        if household == _NONE:
            continue
        if yard.passed_s[household] > ends:
            _turn_back(yard, household)  # still at its check
        elif window[w, SUDDEN] == 0.0:
            yard.result[CAUGHT] += _size(yard, household)
    for place in range(yard.place[_HEAD], yard.place[_TAIL]):
        _send_home(yard, w, yard.queue[place % len(yard.queue)])
    # Whoever is still on the way turns round.
    for step in range(int(ends / yard.calls.step_s), len(yard.by_step)):
        household = yard.by_step[step, 0]
        while household != _NONE:
            following = yard.following[household]
            _send_home(yard, w, household)
            household = following
        yard.by_step[step] = _NONE
    yard.live[:3] = 0.0
    yard.place[:4] = 0
