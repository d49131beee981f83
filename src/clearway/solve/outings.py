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
    leaving_by: NDArray[np.int64]
    entering: NDArray[np.float64]
    entering_to: NDArray[np.int64]
    standing: NDArray[np.float64]
    standing_to: NDArray[np.int64]


@njit(cache=True, nogil=True)
def sweep_day(ground: Ground) -> Swept:
    """Return the best worth from every minute and place on.

    ``leaving[t, q] = max(leaving[t + 1, q], max over k of worth - persons x price + standing at
    the site)``, ``entering[t, k] = max(entering[t + 1, k], max over q of leaving[t + drive, q])``
    and ``standing[t, p] = max(standing[t + 1, p], max over k of entering[t + drive, k])``. Every
    drive takes a minute at least, so one pass back over time settles it. What is as good now as
    later is done now: if somebody else takes those who were to be fetched last, time is left.
    """
    corridors, pickups = ground.worth.shape
    minutes, places = ground.price.shape[1], len(ground.to_gate)
    leaving = np.full((minutes + 1, pickups), -np.inf)
    leaving_by = np.full((minutes + 1, pickups), NOTHING)
    entering = np.full((minutes + 1, corridors), -np.inf)
    entering_to = np.full((minutes + 1, corridors), NOTHING)
    standing = np.zeros((minutes + 1, places))
    standing_to = np.full((minutes + 1, places), NOTHING)
    found = Swept(leaving, leaving_by, entering, entering_to, standing, standing_to)
    for t in range(minutes - 1, -1, -1):
        for q in range(pickups):
            leaving[t, q], leaving_by[t, q] = _leave(ground, found, t, q)
        for k in range(corridors):
            entering[t, k], entering_to[t, k] = _enter(ground, found, t, k)
        for p in range(places):
            standing[t, p], standing_to[t, p] = _stand(ground, found, t, p)
    return found


@njit(cache=True, nogil=True)
def _leave(ground: Ground, found: Swept, t: int, q: int) -> tuple[float, int]:
    """Return the best of leaving a pick-up, full, now or a minute later."""
    minutes = ground.price.shape[1]
    best, by = found.leaving[t + 1, q], WAIT
    for k in range(len(ground.after)):
        out = t + ground.stop_gate[k, q]
        if out > ground.last_out[k] or out < ground.opens[k] or out >= minutes:
            continue
        if not ground.lane[k, out] or ground.room[k, out] < ground.persons[q]:
            continue
        value = ground.worth[k, q] - ground.persons[q] * ground.price[k, out] - ground.toll[k, out]
        value += found.standing[min(out + ground.after[k], minutes), ground.site[k]]
        if value > best or (by == WAIT and value == best):
            best, by = value, k
    return best, by


@njit(cache=True, nogil=True)
def _enter(ground: Ground, found: Swept, t: int, k: int) -> tuple[float, int]:
    """Return the best of passing a gate inward now or a minute later."""
    minutes = ground.price.shape[1]
    best, to = found.entering[t + 1, k], WAIT
    if ground.opens[k] <= t < ground.closes[k] and ground.lane[k, t]:
        for q in range(len(ground.persons)):
            then = t + ground.gate_stop[k, q]
            value = found.leaving[then, q] - ground.toll[k, t] if then <= minutes else -np.inf
            if value > best or (to == WAIT and value == best):
                best, to = value, q
    return best, to


@njit(cache=True, nogil=True)
def _stand(ground: Ground, found: Swept, t: int, p: int) -> tuple[float, int]:
    """Return the best of setting out from a place now or a minute later."""
    minutes = ground.price.shape[1]
    best, to = found.standing[t + 1, p], WAIT
    for k in range(len(ground.after)):
        then = t + ground.to_gate[p, k]
        value = found.entering[then, k] if then <= minutes else -np.inf
        if value > best or (to == WAIT and value == best):
            best, to = value, k
    return best, to


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
