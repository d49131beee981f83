"""A vehicle's best day: trip after trip, exactly, by one sweep back over its minutes."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

#: Minutes of a drive that does not exist.
FAR = 1 << 20
NOTHING, WAIT = -1, -2


class Ground(NamedTuple):
    """One type of vehicle on one day, in whole minutes from the day's begin.

    p places outside, k corridors, q pick-ups (a zone and a group), t minutes.

    Attributes
    ----------
    to_gate
        Shape (p, k), from a place to a gate.
    gate_stop
        Shape (k, q), from a gate to a pick-up, with boarding.
    stop_gate
        Shape (k, q), from a pick-up to a gate, with the check of those on board.
    after
        Shape (k,), from a gate outward until the vehicle is free again.
    site
        Shape (k,), row of the place at which it is free then.
    opens, closes, last_out
        Shape (k,), first and last minute of the gate inward (the last not included), and last
        minute outward.
    lane
        Shape (k, t), whether the lane has room for a vehicle.
    room
        Shape (k, t), persons on board whom the gate can still check.
    persons
        Shape (q,), persons of a full vehicle.
    worth
        Shape (k, q), worth of such a trip, apart from the moment.
    price, toll
        Shape (k, t), what a person on board and what a vehicle pays for passing a gate in a minute.
    """

    to_gate: NDArray[np.int64]
    gate_stop: NDArray[np.int64]
    stop_gate: NDArray[np.int64]
    after: NDArray[np.int64]
    site: NDArray[np.int64]
    opens: NDArray[np.int64]
    closes: NDArray[np.int64]
    last_out: NDArray[np.int64]
    lane: NDArray[np.bool_]
    room: NDArray[np.float64]
    persons: NDArray[np.float64]
    worth: NDArray[np.float64]
    price: NDArray[np.float64]
    toll: NDArray[np.float64]


class Swept(NamedTuple):
    """What :func:`sweep_day` found; a choice of ``WAIT`` is a minute's wait, ``NOTHING`` an end.

    Attributes
    ----------
    leaving, leaving_by
        Shape (t + 1, q), best worth of all that follows leaving a pick-up in a minute, and the
        corridor that it leaves by.
    entering, entering_to
        Shape (t + 1, k), the same for passing a gate inward, and the pick-up that it goes to.
    standing, standing_to
        Shape (t + 1, p), the same for standing at a place, and the gate that it sets out for.
    """

    leaving: NDArray[np.float64]
    leaving_by: NDArray[np.int32]
    entering: NDArray[np.float64]
    entering_to: NDArray[np.int32]
    standing: NDArray[np.float64]
    standing_to: NDArray[np.int32]


@njit(cache=True, nogil=True)
def sweep_day(ground: Ground) -> Swept:
    """Return the best worth from every minute and place on.

    ``leaving[t, q] = max(leaving[t + 1, q], max over k of worth - persons x price + standing at
    the site)``, ``entering[t, k] = max(entering[t + 1, k], max over q of leaving[t + drive, q])``
    and ``standing[t, p] = max(standing[t + 1, p], max over k of entering[t + drive, k])``. From a
    pick-up until free again takes a minute at least, so one pass back over time settles it; as
    many minutes as the shortest of those takes know nothing of one another, and are done at once.
    What is as good now as later is done now: if somebody else takes those who were to be fetched
    last, time is left.
    """
    corridors, pickups = ground.worth.shape
    minutes, places = ground.price.shape[1], len(ground.to_gate)
    # Tables lie by what they are of and then by the minute, as the sweep reads them.
    leaving = np.full((pickups, minutes + 1), -np.inf)
    leaving_by = np.full((pickups, minutes + 1), NOTHING, dtype=np.int32)
    entering = np.full((corridors, minutes + 1), -np.inf)
    entering_to = np.full((corridors, minutes + 1), NOTHING, dtype=np.int32)
    standing = np.zeros((places, minutes + 1))
    standing_to = np.full((places, minutes + 1), NOTHING, dtype=np.int32)
    gates = _gates(ground)
    ways, count, block = _ways_out(ground)
    value, which = np.empty(block), np.empty(block, dtype=np.int64)
    for until in range(minutes, 0, -block):
        since = max(0, until - block)
        best = value[: until - since], which[: until - since]
        for q in range(pickups):
            if count[q]:
                _leave(ground, gates, q, ways[q, : count[q]], since, best)
                _later(best, leaving[q], leaving_by[q], since)
        for k in range(corridors):
            _enter(ground, (count, leaving), k, since, best)
            _later(best, entering[k], entering_to[k], since)
        for p in range(places):
            _stand(ground, entering, p, since, best)
            _later(best, standing[p], standing_to[p], since)
        _pass(ground, gates, standing, since, until)
    return Swept(leaving.T, leaving_by.T, entering.T, entering_to.T, standing.T, standing_to.T)


@njit(cache=True, nogil=True)
def _gates(ground: Ground) -> NDArray[np.float64]:
    """Return what passing a gate outward comes to, shape (4, k, 2 t).

    What a person pays, what a vehicle pays, persons whom the gate can check, and the best worth
    of all that follows: below everything where none may pass, or until the sweep has come there.
    """
    corridors, minutes = ground.price.shape
    gates = np.zeros((4, corridors, 2 * minutes))
    gates[0, :, :minutes], gates[1, :, :minutes] = ground.price, ground.toll
    gates[2, :, :minutes] = ground.room
    gates[3] = -np.inf
    for k in range(corridors):
        for t in range(max(0, minutes - ground.after[k]), minutes):
            if _passable(ground, k, t):
                gates[3, k, t] = 0.0
    return gates


@njit(cache=True, nogil=True)
def _passable(ground: Ground, k: int, t: int) -> bool:
    """Return whether a vehicle may pass a gate outward in a minute."""
    return bool(ground.lane[k, t] and ground.opens[k] <= t <= ground.last_out[k])


@njit(cache=True, nogil=True)
def _ways_out(ground: Ground) -> tuple[NDArray[np.int64], NDArray[np.int64], int]:
    """Return the corridors outward from each pick-up that are worth anything, and their count.

    And the least minutes from leaving a pick-up until free again.
    """
    corridors, pickups = ground.worth.shape
    minutes = ground.price.shape[1]
    ways, count = np.zeros((pickups, corridors), np.int64), np.zeros(pickups, np.int64)
    least = minutes
    for q in range(pickups):
        for k in range(corridors):
            if ground.worth[k, q] > -np.inf and ground.stop_gate[k, q] < minutes:
                ways[q, count[q]] = k
                count[q] += 1
                least = min(least, ground.stop_gate[k, q] + ground.after[k])
    return ways, count, max(1, least)


@njit(cache=True, nogil=True)
def _leave(
    ground: Ground,
    gates: NDArray[np.float64],
    q: int,
    ways: NDArray[np.int64],
    since: int,
    best: tuple[NDArray[np.float64], NDArray[np.int64]],
) -> None:
    """Find the best of leaving a pick-up, full, in each of some minutes."""
    value, which = best
    value[:] = -np.inf
    which[:] = ways[0]
    persons = ground.persons[q]
    for k in ways:
        at, worth = since + ground.stop_gate[k, q], ground.worth[k, q]
        price, toll = gates[0, k, at : at + len(value)], gates[1, k, at : at + len(value)]
        room, then = gates[2, k, at : at + len(value)], gates[3, k, at : at + len(value)]
        for n in range(len(value)):
            one = worth - persons * price[n] - toll[n] + then[n]
            better = one > value[n] and room[n] >= persons
            value[n] = one if better else value[n]
            which[n] = k if better else which[n]


@njit(cache=True, nogil=True)
def _enter(
    ground: Ground,
    out: tuple[NDArray[np.int64], NDArray[np.float64]],
    k: int,
    since: int,
    best: tuple[NDArray[np.float64], NDArray[np.int64]],
) -> None:
    """Find the best of passing a gate inward in each of some minutes."""
    (count, leaving), (value, which) = out, best
    value[:] = -np.inf
    which[:] = 0
    first, last = max(since, ground.opens[k]), min(since + len(value), ground.closes[k])
    for q in range(len(count)):
        drive = ground.gate_stop[k, q]
        end = min(last, leaving.shape[1] - drive)
        if count[q] == 0 or end <= first:
            continue
        toll, then = ground.toll[k, first:end], leaving[q, first + drive : end + drive]
        mine, by = value[first - since : end - since], which[first - since : end - since]
        for n in range(len(mine)):
            one = then[n] - toll[n]
            better = one > mine[n]
            mine[n] = one if better else mine[n]
            by[n] = q if better else by[n]
    for n in range(len(value)):
        if not ground.lane[k, since + n]:
            value[n] = -np.inf


@njit(cache=True, nogil=True)
def _stand(
    ground: Ground,
    entering: NDArray[np.float64],
    p: int,
    since: int,
    best: tuple[NDArray[np.float64], NDArray[np.int64]],
) -> None:
    """Find the best of setting out from a place in each of some minutes."""
    value, which = best
    value[:] = -np.inf
    which[:] = 0
    for k in range(len(ground.after)):
        drive = ground.to_gate[p, k]
        for n in range(min(len(value), entering.shape[1] - drive - since)):
            one = entering[k, since + drive + n]
            if one > value[n]:
                value[n], which[n] = one, k


@njit(cache=True, nogil=True)
def _later(
    best: tuple[NDArray[np.float64], NDArray[np.int64]],
    worth: NDArray[np.float64],
    to: NDArray[np.int32],
    since: int,
) -> None:
    """Let a minute's wait be chosen where that is better."""
    value, which = best
    for n in range(len(value) - 1, -1, -1):
        t = since + n
        if value[n] >= worth[t + 1]:
            worth[t], to[t] = value[n], which[n]
        else:
            worth[t], to[t] = worth[t + 1], WAIT


@njit(cache=True, nogil=True)
def _pass(
    ground: Ground,
    gates: NDArray[np.float64],
    standing: NDArray[np.float64],
    since: int,
    until: int,
) -> None:
    """Note what follows passing a gate outward, of vehicles that are free in some minutes."""
    for k in range(len(ground.after)):
        for free in range(since, until):
            t = free - ground.after[k]
            if t >= 0 and _passable(ground, k, t):
                gates[3, k, t] = standing[ground.site[k], free]


def best_from(swept: Swept, drive: NDArray[np.int64], minute: int) -> tuple[float, int]:
    """Return the best worth of a day that begins inside, and the pick-up that it goes to.

    Parameters
    ----------
    swept
        Of the ground.
    drive
        Shape (q,), minutes from where it stands to a pick-up, with boarding.
    minute
        From when on it may leave.
    """
    at = minute + drive
    there = at < len(swept.leaving)
    pickups = np.flatnonzero(there)
    if not len(pickups):
        return 0.0, NOTHING
    worth = swept.leaving[at[pickups], pickups]
    best = int(np.argmax(worth))
    return (float(worth[best]), int(pickups[best])) if worth[best] > 0.0 else (0.0, NOTHING)


def trace_from(
    ground: Ground, swept: Swept, depot: int, drive: NDArray[np.int64], minute: int
) -> NDArray[np.int64]:
    """Return the trips of a best day that begins inside, as :func:`trace_day` does.

    Of its first trip, which passes no gate inward, the corridor is below 0: ``-1 - depot``. It
    leaves as late as it can, and so stands no longer at its stop than it must.
    """
    _, pickup = best_from(swept, drive, minute)
    if pickup == NOTHING:
        return np.empty((0, 7), dtype=np.int64)
    off = minute + int(drive[pickup])
    while swept.leaving_by[off, pickup] == WAIT:
        off += 1
    out, leave = int(swept.leaving_by[off, pickup]), off - int(drive[pickup])
    gate = off + int(ground.stop_gate[out, pickup])
    first = np.array([[leave, -1 - depot, leave, pickup, off, out, gate]], dtype=np.int64)
    free = min(gate + int(ground.after[out]), ground.price.shape[1])
    return np.concatenate([first, trace_day(ground, swept, int(ground.site[out]), free)])


@njit(cache=True, nogil=True)
def trace_day(ground: Ground, swept: Swept, place: int, minute: int) -> NDArray[np.int64]:
    """Return the trips of a best day from a place and minute on.

    Returns
    -------
    trips
        Shape (n, 7): minute of leaving the place, corridor inward, minute at its gate, pick-up,
        minute of leaving it, corridor outward, minute at its gate.
    """
    minutes = ground.price.shape[1]
    trips = np.empty((minutes, 7), dtype=np.int64)
    count = 0
    while minute < minutes and swept.standing[minute, place] > 0.0:
        gate = swept.standing_to[minute, place]
        if gate == WAIT:
            minute += 1
            continue
        trips[count, 0], trips[count, 1] = minute, gate
        minute += ground.to_gate[place, gate]
        while swept.entering_to[minute, gate] == WAIT:
            minute += 1
        pickup = swept.entering_to[minute, gate]
        trips[count, 2], trips[count, 3] = minute, pickup
        minute += ground.gate_stop[gate, pickup]
        while swept.leaving_by[minute, pickup] == WAIT:
            minute += 1
        out = swept.leaving_by[minute, pickup]
        trips[count, 4], trips[count, 5] = minute, out
        minute += ground.stop_gate[out, pickup]
        trips[count, 6] = minute
        minute = min(minute + ground.after[out], minutes)
        place = ground.site[out]
        count += 1
    return trips[:count].copy()
