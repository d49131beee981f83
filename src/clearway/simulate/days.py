"""The days of a vehicle: when a trip is due, and where it goes that cannot be run (compiled)."""

from __future__ import annotations

from typing import Any

import numba
import numpy as np

from clearway.simulate.boarding import (
    bring_out,
    miss,
    send_back,
)
from clearway.simulate.lanes import (
    is_convoy,
)
from clearway.simulate.traffic import (
    BEGINS,
    BROKEN,
    COMES_BY,
    CONVOY,
    DEPOT,
    DONE,
    ENDS,
    GATE,
    GOAL,
    GONE,
    K_IN,
    K_OUT,
    LEAVE,
    LOST,
    NONE,
    NOW_TRIP,
    OPENS,
    OUT_S,
    PASSED_OUT,
    PENDING,
    PHASE,
    READY,
    RUN_DAY,
    SLID,
    STATE,
    TIME,
    TODAY,
    TRIP_END,
    TRIP_FIRST,
    VEHICLE,
    WAY_BACK,
    WAY_IN,
    WAY_OUT,
    WHERE,
    WITHIN,
    Traffic,
)


@numba.njit(cache=True, nogil=True)
def then(traffic: Traffic, v: int, state: int, time: float) -> Any:
    """Let the next event of ``v`` be at ``time``."""
    traffic.yard.at[v, STATE] = state
    traffic.yard.at_s[v, TIME] = time


@numba.njit(cache=True, nogil=True)
def next_day(traffic: Traffic, v: int, time: float) -> Any:
    """Let ``v`` stand at its depot until it is due on the next day that has a trip for it.

    Whose depot is inside stays where it is.
    """
    orders, yard = traffic.orders, traffic.yard
    for day in range(yard.at[v, TODAY] + 1, orders.able.shape[1]):
        soonest = np.inf
        yard.at[v, TODAY] = day
        for t in range(orders.vehicle[v, TRIP_FIRST], orders.vehicle[v, TRIP_END]):
            if yard.trip[t, PHASE] == PENDING and yard.trip[t, RUN_DAY] == day:
                soonest = min(soonest, due_s(traffic, t))
        if soonest < np.inf:
            yard.at[v, BROKEN] = 0
            if not orders.vehicle[v, WITHIN]:
                yard.at[v, WHERE] = orders.vehicle[v, DEPOT]
            then(traffic, v, READY, max(time, soonest))
            return
    then(traffic, v, GONE, np.inf)


@numba.njit(cache=True, nogil=True)
def stands_inside(traffic: Traffic, v: int) -> Any:
    """Return whether ``v`` stands at its depot inside still."""
    vehicle = traffic.orders.vehicle
    return vehicle[v, WITHIN] and traffic.yard.at[v, WHERE] == vehicle[v, DEPOT]


@numba.njit(cache=True, nogil=True)
def due_s(traffic: Traffic, t: int) -> Any:
    """Return when trip ``t`` may leave: as planned, or if it slid, to be there at the opening."""
    orders, day = traffic.orders, traffic.yard.trip[t, RUN_DAY]
    if not traffic.yard.trip[t, SLID]:
        return orders.trip_s[t, LEAVE]
    k, v = orders.trip[t, COMES_BY], orders.trip[t, VEHICLE]
    if k == NONE or stands_inside(traffic, v):
        return traffic.chances.window[orders.window[orders.trip[t, K_OUT], day], BEGINS]
    begins = traffic.chances.window[orders.window[k, day], BEGINS]
    place = traffic.yard.at[v, WHERE] if orders.vehicle[v, WITHIN] else orders.vehicle[v, DEPOT]
    return begins - orders.way_s[orders.trip[t, WAY_IN]] - orders.drive_s[place, k]


@numba.njit(cache=True, nogil=True)
def rescue(traffic: Traffic, v: int, time: float, out: float) -> Any:
    """Let another vehicle bring out those aboard ``v``, which broke down, if the window allows."""
    orders, yard = traffic.orders, traffic.yard
    t = yard.at[v, NOW_TRIP]
    w = orders.window[orders.trip[t, K_OUT], yard.trip[t, RUN_DAY]]
    yard.trip[t, PHASE], yard.at[v, BROKEN] = LOST, 1
    if out <= traffic.chances.window[w, ENDS]:
        passed = max(time, out - orders.way_s[orders.trip[t, WAY_OUT]])
        bring_out(traffic, v, passed, out)
        yard.trip[t, GATE] = orders.trip[t, K_OUT]
        yard.trip_s[t, PASSED_OUT], yard.trip_s[t, OUT_S] = passed, out
    else:
        send_back(traffic, v, time)
    miss(traffic, t)
    then(traffic, v, READY, time)


@numba.njit(cache=True, nogil=True)
def shut_in(traffic: Traffic, v: int, time: float) -> Any:
    """Send all aboard home; ``v`` comes out when the corridor opens next, and goes on then."""
    orders, yard, window = traffic.orders, traffic.yard, traffic.chances.window
    t = yard.at[v, NOW_TRIP]
    k = orders.trip[t, K_OUT]
    if orders.vehicle[v, WITHIN]:
        yard.at[v, WHERE] = orders.trip[t, GOAL]
    send_back(traffic, v, time)
    slide(traffic, t)
    for day in range(yard.at[v, TODAY] + 1, orders.able.shape[1]):
        w = orders.window[k, day]
        if w != NONE and window[w, OPENS] < window[w, ENDS]:
            # Trips of the days between find it shut in.
            for other in range(yard.at[v, TODAY], day):
                _slide_day(traffic, v, other)
            yard.at[v, TODAY] = day - 1
            drives = orders.way_s[orders.trip[t, WAY_BACK]] + orders.way_s[orders.trip[t, WAY_OUT]]
            next_day(traffic, v, window[w, OPENS] + drives)
            return
    lose_rest(traffic, v)
    then(traffic, v, GONE, np.inf)


@numba.njit(cache=True, nogil=True)
def slide(traffic: Traffic, t: int) -> Any:
    """Let trip ``t`` wait for the next day on which its vehicle and its windows can be used.

    Aid does not wait: a convoy is sent on its day, or not.
    """
    orders, yard = traffic.orders, traffic.yard
    v, into, out = orders.trip[t, VEHICLE], orders.trip[t, K_IN], orders.trip[t, K_OUT]
    miss(traffic, t)
    if not is_convoy(traffic, t):
        for day in range(yard.trip[t, RUN_DAY] + 1, orders.able.shape[1]):
            way_in = into == NONE or orders.window[into, day] != NONE
            if orders.able[v, day] and way_in and orders.window[out, day] != NONE:
                yard.trip[t, PHASE], yard.trip[t, RUN_DAY] = PENDING, day
                yard.trip[t, SLID] = 1
                return
    lose(traffic, t)


@numba.njit(cache=True, nogil=True)
def _slide_day(traffic: Traffic, v: int, day: int) -> Any:
    orders, yard = traffic.orders, traffic.yard
    for t in range(orders.vehicle[v, TRIP_FIRST], orders.vehicle[v, TRIP_END]):
        if yard.trip[t, PHASE] == PENDING and yard.trip[t, RUN_DAY] == day:
            slide(traffic, t)


@numba.njit(cache=True, nogil=True)
def lose(traffic: Traffic, t: int) -> Any:
    """Let trip ``t`` run no more; its patients wait for any vehicle with a place."""
    orders, yard = traffic.orders, traffic.yard
    yard.trip[t, PHASE] = LOST
    miss(traffic, t)
    if is_convoy(traffic, t):
        c = orders.vehicle[orders.trip[t, VEHICLE], CONVOY]
        yard.aid[c] = DONE if yard.aid[c] == DONE else LOST


@numba.njit(cache=True, nogil=True)
def lose_day(traffic: Traffic, v: int, day: int) -> Any:
    """Let no trip of ``v`` run that waits for ``day``."""
    orders, yard = traffic.orders, traffic.yard
    for t in range(orders.vehicle[v, TRIP_FIRST], orders.vehicle[v, TRIP_END]):
        if yard.trip[t, PHASE] == PENDING and yard.trip[t, RUN_DAY] == day:
            lose(traffic, t)


@numba.njit(cache=True, nogil=True)
def lose_rest(traffic: Traffic, v: int) -> Any:
    """Let ``v`` run no trip any more."""
    for day in range(traffic.orders.able.shape[1]):
        lose_day(traffic, v, day)
