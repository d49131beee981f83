"""What a vehicle's driver knows and when a gate takes it: lanes, checks, conditions (compiled)."""

from __future__ import annotations

from typing import Any

import numba
import numpy as np

from clearway.simulate.traffic import (
    AGAIN,
    ANNOUNCED,
    ARRIVE,
    BEGINS,
    CLOSED_DAY,
    COMES,
    CONVOY,
    DAWN_S,
    DAY_S,
    DONE,
    END,
    ENDS,
    GATE_OUT,
    GOAL,
    GOES_ON,
    HOSPITAL,
    K_OUT,
    KNOWN,
    LANE,
    LOST,
    NONE,
    OPENS,
    OUT_S,
    PENDING,
    PERSONS,
    PHASE,
    RATE,
    RUN_DAY,
    SICK,
    SLID,
    SLOT_S,
    STANDS_S,
    TAKEN,
    UNDER_WAY,
    VEHICLE,
    WAY,
    WAY_BACK,
    WAY_OUT,
    Traffic,
)


@numba.njit(cache=True, nogil=True)
def closing(traffic: Traffic, w: int, time: float) -> Any:
    """Return when window ``w`` closes, by what is known at ``time``."""
    window = traffic.chances.window
    return window[w, ENDS] if time >= window[w, KNOWN] else window[w, ANNOUNCED]


@numba.njit(cache=True, nogil=True)
def checked_s(traffic: Traffic, w: int, persons: int) -> Any:
    """Return how long ``persons`` aboard are checked at the gate; infinite if nobody is."""
    if persons == 0:
        return 0.0
    rate = traffic.chances.window[w, RATE]
    return persons / rate if rate > 0.0 else np.inf


@numba.njit(cache=True, nogil=True)
def again_s(traffic: Traffic, w: int, persons: int) -> Any:
    """Return how long they are checked again at the corridor's end."""
    rate = traffic.chances.window[w, AGAIN]
    return persons / rate if rate > 0.0 else 0.0


@numba.njit(cache=True, nogil=True)
def find_pass(traffic: Traffic, k: int, w: int, wish: float, persons: int) -> Any:
    """Return when a vehicle passes gate ``k``: at ``wish``, or when a slot has room for it.

    A slot takes the lane's vehicles and, of those who leave, the gate's persons; a vehicle with
    more than that passes alone. Hours in which the gate is slow or shut count whole slots at their
    mean. Infinite if there is no room before the window ends.
    """
    window, lane, load = traffic.chances.window, traffic.yard.lane, traffic.yard.load
    slot_s = traffic.orders.clock[SLOT_S]
    late = window[w, OPENS] > window[w, BEGINS]
    for slot in range(max(0, int(wish / slot_s)), lane.shape[1]):
        begin, end = slot * slot_s, (slot + 1) * slot_s
        if begin >= window[w, ENDS]:
            return np.inf
        # Announced hours may cut a slot, of which a plan may use the whole.
        begin = max(begin, window[w, OPENS]) if late else begin
        served, passed = 1.0, 1.0
        if slot < traffic.orders.share.shape[1]:
            served, passed = traffic.orders.share[k, slot, 0], traffic.orders.share[k, slot, 1]
        most = int(window[w, LANE] * passed * (end - begin) + 1e-6)
        fits = load[k, slot] + persons <= window[w, RATE] * served * (end - begin) + 1e-6
        alone = load[k, slot] == 0.0 and served > 0.0
        if lane[k, slot] < most and (persons == 0 or alone or fits):
            if wish >= begin:
                return wish
            return begin + lane[k, slot] * (end - begin) / most
    return np.inf


@numba.njit(cache=True, nogil=True)
def take_pass(traffic: Traffic, k: int, time: float, persons: int) -> Any:
    """Take the place of a vehicle that passes gate ``k`` at ``time``."""
    slot = min(int(time / traffic.orders.clock[SLOT_S]), traffic.yard.lane.shape[1] - 1)
    traffic.yard.lane[k, slot] += 1
    traffic.yard.load[k, slot] += persons


@numba.njit(cache=True, nogil=True)
def out_by(traffic: Traffic, t: int, w: int, stop: int, time: float) -> Any:
    """Return when trip ``t`` is out of the exit by central times, on its way to ``stop``.

    It keeps the plan's times where it is early; a trip that slid to another day has none.
    """
    orders, slid = traffic.orders, traffic.yard.trip[t, SLID]
    for s in range(stop, orders.trip[t, END]):
        time += orders.way_s[orders.stop[s, WAY]] if s > stop else 0.0
        if slid:
            time += orders.stop_s[s, STANDS_S]
        else:
            time = max(time, orders.stop_s[s, COMES]) + orders.stop_s[s, STANDS_S]
            time = max(time, orders.stop_s[s, GOES_ON])
    persons = orders.trip[t, PERSONS]
    time += orders.way_s[orders.trip[t, WAY_BACK]] + checked_s(traffic, w, persons)
    time = time if slid else max(time, orders.trip_s[t, GATE_OUT])
    return time + orders.way_s[orders.trip[t, WAY_OUT]] + again_s(traffic, w, persons)


@numba.njit(cache=True, nogil=True)
def straight_out(traffic: Traffic, t: int, w: int, stop: int, time: float) -> Any:
    """Return when trip ``t`` is out of the exit if it leaves ``stop`` now and stops no more."""
    orders = traffic.orders
    for s in range(stop + 1, orders.trip[t, END]):
        time += orders.way_s[orders.stop[s, WAY]]
    persons = orders.trip[t, PERSONS]
    time += orders.way_s[orders.trip[t, WAY_BACK]] + checked_s(traffic, w, persons)
    return time + orders.way_s[orders.trip[t, WAY_OUT]] + again_s(traffic, w, persons)


@numba.njit(cache=True, nogil=True)
def taken_in(traffic: Traffic, t: int, out: float) -> Any:
    """Return whether the hospital of trip ``t``, if any, is still open when it comes."""
    orders = traffic.orders
    h = orders.trip[t, HOSPITAL]
    if h == NONE:
        return True
    time = out + orders.drive_s[orders.trip[t, GOAL], orders.trip[t, K_OUT]]
    time = time if traffic.yard.trip[t, SLID] else max(time, orders.trip_s[t, ARRIVE])
    return (orders.clock[DAWN_S] + time) % DAY_S <= orders.hours[h, CLOSED_DAY]


@numba.njit(cache=True, nogil=True)
def allowed(traffic: Traffic, subject: int, time: float) -> Any:
    """Return 1 if all that a subject waits for is done by ``time``, 0 if not yet, -1 if never."""
    orders = traffic.orders
    if subject == NONE:
        return 1
    if orders.never[subject]:
        return -1
    found = 1
    for other in range(len(orders.never)):
        if orders.awaits[subject, other]:
            found = min(found, _done(traffic, other, time))
            if found < 0:
                return -1
    return found


@numba.njit(cache=True, nogil=True)
def _done(traffic: Traffic, subject: int, time: float) -> Any:
    """Return 1 if a convoy has reached its zone, or a day's patients are out; 0, -1 as above."""
    orders, yard = traffic.orders, traffic.yard
    if subject < len(yard.aid):
        if yard.aid[subject] == LOST:
            return -1
        reached = yard.aid[subject] == DONE and yard.aid_s[subject] <= time + 1e-6
        return 1 if reached else 0
    last, anyone = 0.0, False
    for t in range(len(orders.trip)):
        if not orders.trip[t, SICK] or orders.date[yard.trip[t, RUN_DAY]] != subject:
            continue
        if yard.trip[t, PHASE] in (PENDING, UNDER_WAY):
            return 0
        if yard.trip[t, PHASE] == DONE and yard.trip[t, TAKEN] > 0:
            last, anyone = max(last, yard.trip_s[t, OUT_S]), True
    if not anyone:
        return -1
    return 1 if last <= time + 1e-6 else 0


@numba.njit(cache=True, nogil=True)
def is_convoy(traffic: Traffic, t: int) -> Any:
    """Return whether trip ``t`` brings aid."""
    return traffic.orders.vehicle[traffic.orders.trip[t, VEHICLE], CONVOY] != NONE
