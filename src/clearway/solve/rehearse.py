"""A corridor rehearsed: its blocks called, checked, sent through, in one course of the pause.

The solver's own picture of a day that goes otherwise (compiled): walks take their free time, the
streets hold everybody, and only the gate, the corridor and a second check at its end bind. It is
fast enough to try many rules on many courses; whether they hold on real streets is for others to
find out.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit

from clearway.solve.yard import (
    AGAIN_HEAD,
    AGAIN_TAIL,
    ANNOUNCED,
    BACK,
    BEGINS,
    CALLED,
    CAUGHT,
    ENDS,
    FIRST,
    HEAD,
    INSIDE,
    KNOWN,
    LAST,
    NEWCOMER,
    NONE,
    OPENS,
    OUT,
    OWED,
    POINTER,
    RATE,
    RECHECK,
    SUDDEN,
    TAIL,
    UNCALLED_SIZE,
    WAITING,
    Calls,
    Course,
    Gate,
    Yard,
    borrow,
)


@njit(cache=True, nogil=True)
def _share(key: int, household: int, topic: int) -> Any:
    """Return a share from 0 to 1: a mix of the three (SplitMix64, Steele et al. 2014)."""
    z = np.uint64(key) * np.uint64(0x9E3779B97F4A7C15)
    z += np.uint64(household * 8 + topic + 1) * np.uint64(0xD1342543DE82EF95)
    z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    z = z ^ (z >> np.uint64(31))
    return np.float64(z >> np.uint64(11)) * (1.0 / 9007199254740992.0)


@njit(cache=True, nogil=True)
def rehearse(calls: Calls, course: Course, gate: Gate) -> Any:
    """Return persons out, turned back, and caught, shape (3,)."""
    last = max(course.window[-1, ENDS], course.window[-1, ANNOUNCED])
    steps = int(last / calls.step_s) + 2
    room = len(calls.size) + int(course.uncalled_per_s * last / UNCALLED_SIZE) + 8
    held = Yard(
        calls,
        course,
        gate,
        np.zeros(room, dtype=np.int64),
        np.zeros(room),
        np.zeros(room),
        np.zeros(room),
        np.full(room, NONE),
        np.full((steps, 2), NONE),
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
    yard = borrow(held)
    yard.place[NEWCOMER] = len(calls.size)
    yard.place[AGAIN_HEAD] = NONE
    for w in range(len(course.window)):
        opens, ends = course.window[w, OPENS], course.window[w, ENDS]
        if opens < ends:
            yard.free_s[:] = opens
            yard.again_s[:] = opens
            # Whoever came by the hours announced has waited for the gate to open.
            yard.live[OWED] = course.uncalled_per_s * (opens - course.window[w, BEGINS])
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
def _size(yard: Yard, household: int) -> Any:
    sizes = yard.calls.size
    return sizes[household] if household < len(sizes) else UNCALLED_SIZE


@njit(cache=True, nogil=True, forceinline=True)
def _known(yard: Yard, w: int, time: float) -> Any:
    window = yard.course.window
    return window[w, ENDS] if window[w, KNOWN] <= time else window[w, ANNOUNCED]


@njit(cache=True, nogil=True, forceinline=True)
def _uncalled(yard: Yard, w: int, step: int) -> Any:
    """Let those come who were not called, a household of five at a time, in announced hours."""
    if step * yard.calls.step_s < yard.course.window[w, ANNOUNCED]:
        yard.live[OWED] += yard.course.uncalled_per_s * yard.calls.step_s
    while yard.live[OWED] >= UNCALLED_SIZE:
        yard.live[OWED] -= UNCALLED_SIZE
        newcomer = yard.place[NEWCOMER]
        if newcomer < len(yard.arrive_s):
            yard.place[NEWCOMER] += 1
            _expect(yard, newcomer, yard.gate.last_s.shape[1] - 1, step * yard.calls.step_s, 0.0)


@njit(cache=True, nogil=True, forceinline=True)
def _expect(yard: Yard, household: int, group: int, leaves: float, walk_m: float) -> Any:
    """Let a household leave its door: note who it is and the step in which it comes."""
    pace = yard.course.speed[group, int(64 * _share(yard.course.key, household, 2))]
    arrives = leaves + walk_m / pace
    yard.group[household], yard.pace[household] = group, pace
    yard.leave_s[household], yard.arrive_s[household] = leaves, arrives
    yard.following[household] = NONE
    # Whoever would come after the last closing is kept in the last row.
    step = min(int(arrives / yard.calls.step_s), len(yard.by_step) - 1)
    if yard.by_step[step, 0] == NONE:
        yard.by_step[step, 0] = household
    else:
        yard.following[yard.by_step[step, 1]] = household
    yard.by_step[step, 1] = household


@njit(cache=True, nogil=True, forceinline=True)
def _call(yard: Yard, w: int, time: float) -> Any:
    """Call first those who were sent home, then the blocks that are due, as far as rules allow."""
    calls, place = yard.calls, yard.place
    while place[AGAIN_HEAD] != NONE and not _held(yard, w):
        household = place[AGAIN_HEAD]
        block = np.searchsorted(calls.start, household, side="right") - 1
        if not _in_time(yard, w, block, time):
            break
        place[AGAIN_HEAD] = yard.following[household]
        _set_out(yard, block, household, time)
    for block in range(place[POINTER], len(calls.depart_s)):
        if calls.depart_s[block] > time or _held(yard, w):
            break
        if not yard.called[block] and _in_time(yard, w, block, time):
            yard.called[block] = 1
            for household in range(calls.start[block], calls.start[block + 1]):
                if _share(yard.course.key, household, 0) < yard.course.come[calls.zone[block]]:
                    _set_out(yard, block, household, time)
        if yard.called[block] and block == place[POINTER]:
            place[POINTER] += 1


@njit(cache=True, nogil=True, forceinline=True)
def _held(yard: Yard, w: int) -> Any:
    """Return whether calls are held: too many wait or are under way, or nobody is let in."""
    if yard.live[WAITING] > yard.gate.hold_queue or _most(yard, w) <= 0.0:
        return True
    return yard.live[CALLED] > yard.gate.hold_called


@njit(cache=True, nogil=True, forceinline=True)
def _most(yard: Yard, w: int) -> Any:
    """Return how many the corridor may hold in window ``w``: nobody if its gate stands still."""
    window = yard.course.window
    most = yard.gate.most[1 if window[w, RECHECK] > 0.0 else 0]
    return most if window[w, RATE] > 0.0 else 0.0


@njit(cache=True, nogil=True, forceinline=True)
def _in_time(yard: Yard, w: int, block: int, time: float) -> Any:
    closes, last = _known(yard, w, time), _last_s(yard, w, yard.calls.group[block])
    return time <= closes - yard.calls.late_s[block] and time < closes - last


@njit(cache=True, nogil=True, forceinline=True)
def _last_s(yard: Yard, w: int, group: int) -> Any:
    return yard.gate.last_s[1 if yard.course.window[w, RECHECK] > 0.0 else 0, group]


@njit(cache=True, nogil=True, forceinline=True)
def _set_out(yard: Yard, block: int, household: int, time: float) -> Any:
    """Let a household that was called leave: evenly, by its place in the block."""
    calls, course = yard.calls, yard.course
    first, last = calls.start[block], calls.start[block + 1]
    leaves = time + (household - first + 0.5) / (last - first) * calls.span_s[block]
    leaves += course.late[int(64 * _share(course.key, household, 1))]
    yard.live[CALLED] += calls.size[household]
    _expect(yard, household, calls.group[block], leaves, calls.walk_m[block])


@njit(cache=True, nogil=True, forceinline=True)
def _arrivals(yard: Yard, step: int) -> Any:
    household = yard.by_step[step, 0]
    while household != NONE:
        yard.queue[yard.place[TAIL] % len(yard.queue)] = household
        yard.place[TAIL] += 1
        yard.live[WAITING] += _size(yard, household)
        household = yard.following[household]


@njit(cache=True, nogil=True, forceinline=True)
def _leave(yard: Yard, time: float) -> Any:
    """Count out whoever has come to the corridor's end."""
    for row in range(yard.place[FIRST], yard.place[LAST]):
        household = yard.inside[row]
        if household != NONE and yard.out_s[household] <= time:
            yard.live[INSIDE] -= _size(yard, household)
            yard.result[OUT] += _size(yard, household)
            yard.inside[row] = NONE
        if yard.inside[row] == NONE and row == yard.place[FIRST]:
            yard.place[FIRST] += 1


@njit(cache=True, nogil=True, forceinline=True)
def _admit(yard: Yard, w: int, time: float) -> Any:
    """Check whoever waits, in order, as far as check points are free in this step."""
    gate, window = yard.gate, yard.course.window
    closes, most = _known(yard, w, time), _most(yard, w)
    while yard.place[HEAD] < yard.place[TAIL]:
        household = yard.queue[yard.place[HEAD] % len(yard.queue)]
        size, inside = _size(yard, household), yard.live[INSIDE]
        point = np.argmin(yard.free_s)
        begins = max(yard.free_s[point], yard.arrive_s[household], time)
        full = most <= 0.0 or (inside > 0.0 and inside + size > most)
        if full or begins >= time + yard.calls.step_s:
            return
        work = _work(yard, household)
        passes = begins + work * gate.points / window[w, RATE]
        yard.place[HEAD] += 1
        yard.live[WAITING] -= size
        yard.live[CALLED] -= _called(yard, household)
        if passes > closes - _last_s(yard, w, yard.group[household]):
            _send_home(yard, w, household)
        else:
            yard.free_s[point] = passes
            yard.passed_s[household] = passes
            yard.out_s[household] = _out_s(yard, w, household, work)
            yard.live[INSIDE] += size
            yard.inside[yard.place[LAST]] = household
            yard.place[LAST] += 1


@njit(cache=True, nogil=True, forceinline=True)
def _work(yard: Yard, household: int) -> Any:
    course = yard.course
    work = _size(yard, household) * course.work[int(64 * _share(course.key, household, 3))]
    longer = _share(course.key, household, 4) < course.long[0]
    return work * course.long[1] if longer else work


@njit(cache=True, nogil=True, forceinline=True)
def _out_s(yard: Yard, w: int, household: int, work: float) -> Any:
    """Return when a household that has passed the gate is out of the corridor."""
    again = yard.course.window[w, RECHECK]
    walked = yard.passed_s[household] + yard.gate.length_m / yard.pace[household]
    if again <= 0.0:
        return walked
    point = np.argmin(yard.again_s)
    yard.again_s[point] = max(yard.again_s[point], walked) + work * yard.gate.points / again
    return yard.again_s[point]


@njit(cache=True, nogil=True, forceinline=True)
def _called(yard: Yard, household: int) -> Any:
    """Return the persons of a household that was called; 0 of one that came of itself."""
    return _size(yard, household) if household < len(yard.calls.size) else 0.0


@njit(cache=True, nogil=True, forceinline=True)
def _send_home(yard: Yard, w: int, household: int) -> Any:
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
def _turn_back(yard: Yard, household: int) -> Any:
    yard.result[BACK] += _called(yard, household)
    _call_again(yard, household)


@njit(cache=True, nogil=True, forceinline=True)
def _call_again(yard: Yard, household: int) -> Any:
    """Put a household that was called behind those who are called first as soon as may be."""
    if household >= len(yard.calls.size):
        return
    yard.following[household] = NONE
    if yard.place[AGAIN_HEAD] == NONE:
        yard.place[AGAIN_HEAD] = household
    else:
        yard.following[yard.place[AGAIN_TAIL]] = household
    yard.place[AGAIN_TAIL] = household


@njit(cache=True, nogil=True, forceinline=True)
def _turn(yard: Yard, w: int, time: float) -> Any:
    """On notice of an earlier closing: those before the marked point go back, the others on."""
    window = yard.course.window
    ends, known = window[w, ENDS], window[w, KNOWN]
    if ends >= window[w, ANNOUNCED] or not known <= time < known + yard.calls.step_s:
        return
    for row in range(yard.place[FIRST], yard.place[LAST]):
        household = yard.inside[row]
        if household == NONE:
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
def _remove(yard: Yard, row: int) -> Any:
    yard.live[INSIDE] -= _size(yard, yard.inside[row])
    yard.inside[row] = NONE


@njit(cache=True, nogil=True, forceinline=True)
def _close(yard: Yard, w: int) -> Any:
    """Close the corridor: who is inside is caught, the others go home."""
    window = yard.course.window
    ends = window[w, ENDS]
    _leave(yard, ends)
    for row in range(yard.place[FIRST], yard.place[LAST]):
        household = yard.inside[row]
        if household == NONE:
            continue
        if yard.passed_s[household] > ends:
            _turn_back(yard, household)  # still at its check
        elif window[w, SUDDEN] == 0.0:
            yard.result[CAUGHT] += _size(yard, household)
    for place in range(yard.place[HEAD], yard.place[TAIL]):
        _send_home(yard, w, yard.queue[place % len(yard.queue)])
    # Whoever is still on the way turns round.
    for step in range(int(ends / yard.calls.step_s), len(yard.by_step)):
        household = yard.by_step[step, 0]
        while household != NONE:
            following = yard.following[household]
            _send_home(yard, w, household)
            household = following
        yard.by_step[step] = NONE
    yard.live[:3] = 0.0
    yard.place[:4] = 0
