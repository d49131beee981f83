"""The arrays that the kernel works on: links, units, and the wheel of what comes next."""

from __future__ import annotations

from typing import Any, Final, NamedTuple, TypeVar

import numba
import numpy as np
from numpy.typing import NDArray

from clearway.borrow import borrowed
from clearway.simulate.rows import rows

Number = TypeVar("Number", np.float64, np.int32)

NOBODY: Final = -1
#: Bytes that a processor fetches at a time.
CACHE_LINE: Final = 64
#: Ticks whose events are kept in order beforehand, and again as many.
BLOCK: Final = 4096
#: Seconds of the bins in which results are counted.
BIN_S: Final = 900

# Columns of ``Roads.real``, one row a link: the first five change, the next six are given; then
# what has left it (see ``gap``): persons, when the last did, and when each of some levels did.
COUNT, RUNNING, EXIT_FREE, ENTRY_FREE, BUSY = 0, 1, 2, 3, 4
SECONDS_EACH, LENGTH, SPEED, STORAGE, M2, WAVE_S = 5, 6, 7, 8, 9, 10
GONE, LAST, REACHED, LEVEL = 11, 12, 13, 14
LEVELS: Final = 16
LINK_NUMBERS: Final = LEVEL + LEVELS + 2

# Columns of ``Roads.whole``: the unit at the link's end and those behind it; the links that wait
# for room on it; the next link in the list that it waits in itself; its check points (0: a road);
# the corridor whose gate it is.
FRONT, HEAD, TAIL, WAIT_HEAD, WAIT_TAIL, WAIT_NEXT, POINTS, GATE = 0, 1, 2, 3, 4, 5, 6, 7
LINK_INDEXES: Final = 8

# Columns of ``Crowd.real`` and ``Crowd.whole``.
TIME, ENTERED, PACE, SIZE, SPACE, LEFT, JOINED, PASSED = 0, 1, 2, 3, 4, 5, 6, 7
UNIT_NUMBERS: Final = 8
NEXT, AT, END, STATE, PHASE, CORRIDOR, GROUP, KEPT = 0, 1, 2, 3, 4, 5, 6, 7
UNIT_INDEXES: Final = 8
#: Rows of units a household: itself, and as many on average for when it is called again.
STANDING_BY: Final = 2

# What a unit's next event is, or what it waits for: it comes to the link's end, asks to go on,
# waits for room, goes on (room and its turn at the entry are kept), stands behind others, its check
# is over; nothing more.
IDLE, RUNS, READY, BLOCKED, KEEPS_ROOM, QUEUED, CHECKED = 0, 1, 2, 3, 4, 5, 6
# Where it is in the pause.
HOME, WALKING, WAITING, INSIDE_CORRIDOR, OUT, SENT_HOME, CAUGHT, IN_OPEN = 0, 1, 2, 3, 4, 5, 6, 7


class Roads(NamedTuple):
    """Links as the kernel sees them; a gate is a link whose end is kept by check points.

    Attributes
    ----------
    real
        Shape (links, 32): persons on it, of these still on the move, when its end and its entry
        are next free (s), check points busy; seconds a person at its end, length (m),
        free speed (m/s), persons it holds, square metres (0: speed does not fall with density),
        seconds until a gap has travelled back to its entry; persons that have left its end, when
        the last did, the last level of these that was reached, and when each was.
    whole
        Shape (links, 8): unit at its end, head and tail of those behind, head and tail of the
        links that wait for room, next in such a list, check points, corridor of a gate.
    """

    real: NDArray[np.float64]
    whole: NDArray[np.int32]


class Crowd(NamedTuple):
    """Units, each a household on foot or a vehicle.

    Attributes
    ----------
    real
        Shape (units, 8): time of its next event, of entering its link (s), free speed (m/s),
        persons, what it takes of a street's flow and room (persons on foot, cars), when it left
        home, came to the gate and passed it.
    whole
        Shape (units, 8): next in its list, place in ``route``, end of its route, next event,
        phase, corridor, group, and the link on which room is kept for it.
    route
        Rows of links, all routes one after the other.
    work
        Shape (units,), work at a check (persons).
    """

    real: NDArray[np.float64]
    whole: NDArray[np.int32]
    route: NDArray[np.int32]
    work: NDArray[np.float64]


class Wheel(NamedTuple):
    """Events by the tick they fall in.

    Attributes
    ----------
    bucket
        Shape (2 * BLOCK, 2), first and last unit of each tick of the present block of ticks and of
        the next.
    later
        Shape (blocks, 2), first and last of those whose events fall in later blocks.
    now
        Shape (1,), the tick being worked on.
    ticks
        Shape (1,), how many there are.
    per_s
        Shape (1,), ticks a second.
    """

    bucket: NDArray[np.int32]
    later: NDArray[np.int32]
    now: NDArray[np.int64]
    ticks: NDArray[np.int64]
    per_s: NDArray[np.float64]


# Columns of ``Pause.rule`` (given) and ``Pause.live`` (changes), one row a corridor.
HOLD_QUEUE, HOLD_CALLED, OPEN_CAP, TURN_M, AGAIN_CAP = 0, 1, 2, 3, 4
IS_OPEN, INSIDE, CHECKING, CALLED_OUT, CLOSES, WINDOW, POINTER, CAP = 0, 1, 2, 3, 4, 5, 6, 7
LIVE: Final = 8
# Columns of ``Pause.course``, one row a window: seconds from the start.
OPENS, ENDS, ANNOUNCED, NOTICE, UNANNOUNCED, RATE, RECHECK, BEGINS = 0, 1, 2, 3, 4, 5, 6, 7
COURSE: Final = 8
# Columns of ``Pause.block``: when it may be called, and how long before closing at the latest.
DEPART, LATEST = 0, 1
# Columns of ``Pause.tally``, one row a corridor.
N_CAUGHT, N_BACK, N_UNCALLED_BACK, N_IN_OPEN, N_RECALLED, LONGEST_WAIT = 0, 1, 2, 3, 4, 5
COUNTS: Final = 6
# What a household does: stays, goes if called, comes of itself.
STAYS, GOES, UNCALLED = 0, 1, 2


class Pause(NamedTuple):
    """Corridors, their windows as one member runs them, the call list, and what is counted.

    Attributes
    ----------
    rule
        Shape (k, 5): hold while more wait, hold while more are called, most in the corridor,
        metres to the marked point, most in the corridor while there is a second check.
    last_entry_s
        Shape (k, 2, g), seconds before closing: without and with a second check.
    gate, again
        Shape (k,), the links that are the gate, and the second check at the corridor's end.
    live
        Shape (k, 8): open now, persons in the corridor, persons at check points, persons called
        and not through, closing as known now, window, first block not called, most persons in the
        corridor today.
    shut
        Shape (k, g), whether a group was sent home for the rest of the window.
    course
        Shape (k, windows, 8): opens, ends, announced closing, when that end is known, 1 if it
        comes without notice; persons a second through the gate, and through the second check at
        the corridor's end (0: none); announced opening.
    block
        Shape (blocks, 2), sorted by corridor, then as they are called.
    folk
        Shape (blocks + 1,), first unit of each block; units that belong to none come last.
    blocks_of
        Shape (k + 1,), first block of each corridor.
    called
        Shape (blocks,), 1 if it was called.
    will
        Shape (units,): stays, goes if called, comes of itself.
    origin
        Shape (units,), the household that a unit is: whoever is sent home is called again as a
        new unit, for which rows without a corridor stand by at the end.
    home
        Shape (households, 3), where the way of each begins and ends if it is called, and by which
        corridor.
    spread_s
        Shape (households,), seconds after a call at which each leaves.
    chain
        Shape (k + 1, 2), first and last of those to be called again at each corridor, each the
        ``NEXT`` of the one before; in the last row, the next row that stands by.
    leave_s
        Shape (units,), seconds after the call at which it leaves; for those who come of
        themselves, seconds from the start.
    metres
        Beside ``Crowd.route``: metres between the mouth and the entry of each corridor link.
    out, queue, open
        Shape (bins, k, g), (bins, k), (bins, k): persons out; most waiting; most in the corridor.
    tally
        Shape (k, 6): persons caught, turned back, uncalled and sent home, in the open at a stop,
        recalled from the corridor; longest wait (s).
    total
        Shape (5,): exposure (person-s) walking, waiting, in the corridor; called; uncalled.
    bin_s
        Shape (1,), seconds a bin.
    taken
        Shape (k, steps), persons a second of each gate's rate that vehicles of the fleet take, or
        by which it is slowed; no steps where neither is known of.
    """

    rule: NDArray[np.float64]
    last_entry_s: NDArray[np.float64]
    gate: NDArray[np.int32]
    again: NDArray[np.int32]
    live: NDArray[np.float64]
    shut: NDArray[np.int8]
    course: NDArray[np.float64]
    block: NDArray[np.float64]
    folk: NDArray[np.int64]
    blocks_of: NDArray[np.int64]
    called: NDArray[np.int8]
    will: NDArray[np.int8]
    origin: NDArray[np.int32]
    home: NDArray[np.int32]
    spread_s: NDArray[np.float64]
    chain: NDArray[np.int32]
    leave_s: NDArray[np.float64]
    metres: NDArray[np.float32]
    out: NDArray[np.int32]
    queue: NDArray[np.float32]
    open: NDArray[np.float32]
    tally: NDArray[np.float64]
    total: NDArray[np.float64]
    bin_s: NDArray[np.float64]
    taken: NDArray[np.float64]


class World(NamedTuple):
    """Everything that moves."""

    roads: Roads
    crowd: Crowd
    wheel: Wheel
    pause: Pause


def no_rows(count: int, columns: int, kind: type[Number]) -> NDArray[Number]:
    """Return rows of zeros that begin where a line of the processor's cache does."""
    each = np.dtype(kind).itemsize
    found = np.zeros(count * columns + CACHE_LINE // each, dtype=kind)
    first = -found.ctypes.data % CACHE_LINE // each
    return found[first : first + count * columns].reshape(count, columns)


def new_wheel(horizon_s: float, tick_s: float) -> Wheel:
    """Return an empty wheel that reaches ``horizon_s``."""
    ticks = int(np.ceil(horizon_s / tick_s)) + 1
    return Wheel(
        bucket=np.full((2 * BLOCK, 2), NOBODY, dtype=np.int32),
        later=np.full((ticks // BLOCK + 1, 2), NOBODY, dtype=np.int32),
        now=np.zeros(1, dtype=np.int64),
        ticks=np.array([ticks]),
        per_s=np.array([1.0 / tick_s]),
    )


@numba.njit(cache=True, nogil=True, forceinline=True)
def borrow(world: World) -> Any:
    """Return ``world`` with arrays that nobody counts; the caller keeps the first as long."""
    roads, crowd, wheel, pause = world.roads, world.crowd, world.wheel, world.pause
    return World(
        Roads(rows(roads.real, LINK_NUMBERS), rows(roads.whole, LINK_INDEXES)),
        Crowd(
            rows(crowd.real, UNIT_NUMBERS),
            rows(crowd.whole, UNIT_INDEXES),
            rows(crowd.route, 0),
            borrowed(crowd.work),
        ),
        Wheel(
            rows(wheel.bucket, 2),
            borrowed(wheel.later),
            borrowed(wheel.now),
            borrowed(wheel.ticks),
            borrowed(wheel.per_s),
        ),
        Pause(
            borrowed(pause.rule),
            borrowed(pause.last_entry_s),
            borrowed(pause.gate),
            borrowed(pause.again),
            borrowed(pause.live),
            borrowed(pause.shut),
            borrowed(pause.course),
            borrowed(pause.block),
            borrowed(pause.folk),
            borrowed(pause.blocks_of),
            borrowed(pause.called),
            borrowed(pause.will),
            borrowed(pause.origin),
            borrowed(pause.home),
            borrowed(pause.spread_s),
            borrowed(pause.chain),
            borrowed(pause.leave_s),
            borrowed(pause.metres),
            borrowed(pause.out),
            borrowed(pause.queue),
            borrowed(pause.open),
            borrowed(pause.tally),
            borrowed(pause.total),
            borrowed(pause.bin_s),
            borrowed(pause.taken),
        ),
    )


@numba.njit(cache=True, nogil=True, forceinline=True)
def space(world: World, link: int, unit: int) -> Any:
    """Return what ``unit`` takes of the room of ``link``: at a gate persons, cars on a road."""
    column = SIZE if world.roads.whole[link, POINTS] > 0 else SPACE
    return world.crowd.real[unit, column]
