"""Vehicles, one member: a dispatcher's rules, event by event in order of time (compiled).

A vehicle goes through its trips of a day. What it cannot do before its window closes slides to
the next day on which it can be used.
"""

from __future__ import annotations

from typing import Any

import numba
import numpy as np

from clearway.simulate.boarding import (
    best_colour,
    board,
    bring_out,
    hold,
    miss,
)
from clearway.simulate.days import (
    due_s,
    lose,
    lose_day,
    lose_rest,
    next_day,
    rescue,
    shut_in,
    slide,
    stands_inside,
    then,
)
from clearway.simulate.lanes import (
    again_s,
    allowed,
    checked_s,
    closing,
    find_pass,
    is_convoy,
    out_by,
    straight_out,
    take_pass,
    taken_in,
)
from clearway.simulate.traffic import (
    ABOARD,
    ANNOUNCED,
    APART,
    ARRIVE,
    ARRIVED,
    BEGINS,
    BROKEN,
    CAME,
    CARS,
    CAUGHT,
    COMES,
    COMES_BY,
    COMES_IN,
    CONVOY,
    DAWN_S,
    DAY_S,
    DEPOT,
    DONE,
    END,
    ENDS,
    FAILS,
    FIRST,
    FROM_DEPOT,
    FROM_GATE,
    GATE,
    GATE_IN,
    GATE_OUT,
    GOAL,
    GOES_ON,
    GOES_OUT,
    GONE,
    HOSPITAL,
    IN_OPEN,
    K_OUT,
    KNOWN,
    LANE,
    LOST,
    NONE,
    NOW_STOP,
    NOW_TRIP,
    OPEN_DAY,
    OPENS,
    OUT_S,
    PASSED_IN,
    PASSED_OUT,
    PENDING,
    PHASE,
    REACHED,
    READY,
    RUN_DAY,
    SICK,
    SLID,
    SLOT_S,
    STANDS_S,
    STATE,
    STEP_S,
    STOPS,
    SUBJECT,
    SUDDEN,
    TIME,
    TODAY,
    TRIP_END,
    TRIP_FIRST,
    TRIPS,
    TYPE,
    UNDER_WAY,
    WAY,
    WAY_BACK,
    WAY_IN,
    WAY_OUT,
    WHERE,
    Traffic,
    hold_all,
)

#: Seconds until those aboard a vehicle that broke down are out with another (assumed).
RESCUE_S = 3600.0
#: The same for those between gate and exit: the next vehicle takes them, or they walk; assumed.
CORRIDOR_RESCUE_S = 1800.0
#: Share of the time of a notice that is kept as a margin before the end that it told of; assumed.
NOTICE_SHARE = 0.25
#: Seconds by which sums of times may differ.
LOOSE_S = 1e-3


@numba.njit(cache=True, nogil=True)
def run_fleet(held: Traffic) -> Any:
    """Run all vehicles of one member until none has anything left to do."""
    traffic = hold_all(held)
    yard = traffic.yard
    for t in range(len(traffic.orders.trip)):
        if yard.trip[t, RUN_DAY] == NONE:
            lose(traffic, t)
    for v in range(len(yard.at)):
        yard.at[v, TODAY], yard.at[v, WHERE] = -1, traffic.orders.vehicle[v, DEPOT]
        next_day(traffic, v, -np.inf)
    while True:
        v = NONE
        for other in range(len(yard.at)):
            if v == NONE or yard.at_s[other, TIME] < yard.at_s[v, TIME]:
                v = other
        if v == NONE or yard.at_s[v, TIME] == np.inf:
            return
        _act(traffic, v, yard.at_s[v, TIME])


@numba.njit(cache=True, nogil=True)
def _act(traffic: Traffic, v: int, time: float) -> Any:
    state = traffic.yard.at[v, STATE]
    if state == READY:
        _look(traffic, v, time)
    elif state == COMES_IN:
        _come_in(traffic, v, time)
    elif state == STOPS:
        _stop(traffic, v, time)
    else:
        _go_out(traffic, v, time)


@numba.njit(cache=True, nogil=True)
def _look(traffic: Traffic, v: int, time: float) -> Any:
    """Choose the next trip of those due: the first with the worst patients, else the first."""
    orders, yard = traffic.orders, traffic.yard
    day = yard.at[v, TODAY]
    if yard.at[v, BROKEN] or traffic.chances.break_s[v, day] <= time:
        lose_day(traffic, v, day)
        next_day(traffic, v, time)
        return
    best, colour, soonest = NONE, APART + 1, np.inf
    for t in range(orders.vehicle[v, TRIP_FIRST], orders.vehicle[v, TRIP_END]):
        if yard.trip[t, PHASE] != PENDING or yard.trip[t, RUN_DAY] != day:
            continue
        due = due_s(traffic, t)
        soonest = min(soonest, due)
        # Trips stand in order of time, those that slid before those of the day.
        if due <= time + LOOSE_S:
            rank = best_colour(traffic, t)
            if rank < colour:
                best, colour = t, rank
    if soonest == np.inf:
        next_day(traffic, v, time)
    elif best == NONE:
        yard.at_s[v, TIME] = soonest
    else:
        _begin(traffic, v, best, time)


@numba.njit(cache=True, nogil=True)
def _begin(traffic: Traffic, v: int, t: int, time: float) -> Any:
    """Let ``v`` leave for trip ``t``, unless it is known to be in vain."""
    orders, yard, window = traffic.orders, traffic.yard, traffic.chances.window
    k, day, inside = orders.trip[t, COMES_BY], yard.trip[t, RUN_DAY], stands_inside(traffic, v)
    first = orders.trip[t, FROM_DEPOT]
    out = orders.window[orders.trip[t, K_OUT], day]
    into = out if inside or k == NONE else orders.window[k, day]
    barred = window[into, FAILS] > 0.0 or window[out, FAILS] > 0.0
    subject = orders.date[day] if orders.trip[t, SICK] else orders.trip[t, SUBJECT]
    if orders.trip[t, SICK] and best_colour(traffic, t) == APART:
        yard.trip[t, PHASE] = LOST
    elif (first if inside else k) == NONE:
        lose(traffic, t)
    elif barred or allowed(traffic, subject, time) < 0:
        slide(traffic, t)
    else:
        yard.trip[t, PHASE], yard.at[v, NOW_TRIP] = UNDER_WAY, t
        yard.at[v, NOW_STOP] = orders.trip[t, FIRST]
        if inside:
            if _too_late(traffic, t, time + orders.way_s[first], time):
                slide(traffic, t)
            else:
                yard.trip_s[t, PASSED_IN] = time
                then(traffic, v, STOPS, time + traffic.chances.way_s[first])
            return
        away = orders.drive_s[yard.at[v, WHERE], k] * traffic.chances.outside[0]
        yard.at_s[v, CAME] = time + away
        then(traffic, v, COMES_IN, time + away)


@numba.njit(cache=True, nogil=True)
def _come_in(traffic: Traffic, v: int, time: float) -> Any:
    """Let ``v``, at the exit, drive in when the window is open and it can be out in time."""
    orders, yard, window = traffic.orders, traffic.yard, traffic.chances.window
    t = yard.at[v, NOW_TRIP]
    k, subject = orders.trip[t, COMES_BY], orders.trip[t, SUBJECT]
    w = orders.window[k, yard.trip[t, RUN_DAY]]
    opens, late = window[w, OPENS], window[w, OPENS] > window[w, BEGINS]
    if time < opens and late:
        then(traffic, v, COMES_IN, opens)
        return
    drive = traffic.chances.way_s[orders.trip[t, WAY_IN]]
    came = max(yard.at_s[v, CAME], opens) if late else yard.at_s[v, CAME]
    wish = max(came + drive, opens, time)
    if not yard.trip[t, SLID]:
        wish = max(wish, orders.trip_s[t, GATE_IN])
    state = allowed(traffic, subject, time)
    passes = _row_passes(traffic, v, k, w, wish)
    first = orders.trip[t, FROM_GATE]
    last = min(orders.until_s[v] + LOOSE_S, closing(traffic, w, time))
    if state < 0 or passes > last or _too_late(traffic, t, passes + orders.way_s[first], time):
        slide(traffic, t)
        then(traffic, v, READY, time)
    elif state == 0:
        then(traffic, v, COMES_IN, max(wish, time + orders.clock[STEP_S]))
    elif passes >= window[w, ENDS]:
        slide(traffic, t)
        then(traffic, v, READY, max(time, window[w, ENDS]))
    else:
        _take_row(traffic, v, k, w, wish)
        yard.trip_s[t, PASSED_IN] = passes
        then(traffic, v, STOPS, passes + traffic.chances.way_s[first])


@numba.njit(cache=True, nogil=True)
def _too_late(traffic: Traffic, t: int, comes: float, time: float) -> Any:
    """Return whether trip ``t``, first stopping at ``comes``, is out too late by what is known."""
    orders, k = traffic.orders, traffic.orders.trip[t, K_OUT]
    w = orders.window[k, traffic.yard.trip[t, RUN_DAY]]
    out = out_by(traffic, t, w, orders.trip[t, FIRST], comes)
    # Not a comparison the other way: what is not a number would pass.
    if not out <= closing(traffic, w, time) - orders.margin_s[k] + LOOSE_S:
        return True
    return not taken_in(traffic, t, out)


@numba.njit(cache=True, nogil=True)
def _row_passes(traffic: Traffic, v: int, k: int, w: int, wish: float) -> Any:
    """Return when the last of the vehicles that drive as ``v`` passes gate ``k``."""
    count = traffic.orders.vehicle[v, CARS]
    if count == 1:
        return find_pass(traffic, k, w, wish, 0)
    window = traffic.chances.window
    lane = window[w, LANE]
    if lane <= 0.0:
        return np.inf
    # By the plan the last of them passes at its time, the first so much earlier.
    first = max(wish - (count - 1) * traffic.orders.lane_s[k], window[w, OPENS])
    last = max(wish, first + (count - 1) / lane)
    while last < window[w, ENDS]:
        if _row_fits(traffic, v, k, w, last):
            return last
        last += traffic.orders.clock[SLOT_S]
    return np.inf


@numba.njit(cache=True, nogil=True)
def _row_fits(traffic: Traffic, v: int, k: int, w: int, last: float) -> Any:
    """Return whether slots have room for all that drive as ``v``, the last of them at ``last``."""
    lane, slot_s = traffic.chances.window[w, LANE], traffic.orders.clock[SLOT_S]
    share, slot, here = traffic.orders.share, -1, 0
    for j in range(traffic.orders.vehicle[v, CARS]):
        at = int(max(0.0, last - j / lane) / slot_s)
        here = here + 1 if at == slot else 1
        slot = at
        passed = share[k, slot, 1] if slot < share.shape[1] else 1.0
        if traffic.yard.lane[k, slot] + here > int(lane * passed * slot_s + 1e-6):
            return False
    return True


@numba.njit(cache=True, nogil=True)
def _take_row(traffic: Traffic, v: int, k: int, w: int, wish: float) -> Any:
    """Take the places of all that drive as ``v``, of whom the last passes as told above."""
    count = traffic.orders.vehicle[v, CARS]
    last = _row_passes(traffic, v, k, w, wish)
    each = 0.0 if count == 1 else 1.0 / traffic.chances.window[w, LANE]
    for j in range(count):
        take_pass(traffic, k, max(0.0, last - (count - 1 - j) * each), 0)


@numba.njit(cache=True, nogil=True)
def _stop(traffic: Traffic, v: int, time: float) -> Any:
    """Let people board at a stop, as far as time allows, and go on."""
    orders, yard = traffic.orders, traffic.yard
    t, s = yard.at[v, NOW_TRIP], yard.at[v, NOW_STOP]
    w = orders.window[orders.trip[t, K_OUT], yard.trip[t, RUN_DAY]]
    if traffic.chances.break_s[v, yard.at[v, TODAY]] <= time:
        yard.at_s[v, CAME] = time
        rescue(traffic, v, time, straight_out(traffic, t, w, s, time) + RESCUE_S)
        return
    begins = time if yard.trip[t, SLID] else max(time, orders.stop_s[s, COMES])
    leave, usual = begins + traffic.chances.stand_s[s], begins + orders.stop_s[s, STANDS_S]
    known = closing(traffic, w, time) + LOOSE_S
    planned = 0.0 if yard.trip[t, SLID] else orders.stop_s[s, GOES_ON]
    if straight_out(traffic, t, w, s, max(usual, planned)) <= known:
        leave = max(leave, planned)
    yard.trip_s[t, REACHED] = time
    convoy = is_convoy(traffic, t)
    if convoy:
        c = orders.vehicle[v, CONVOY]
        yard.aid[c], yard.aid_s[c] = DONE, time
    if straight_out(traffic, t, w, s, usual) > known:
        leave = time
    elif _called_off(traffic, t, w, s, leave):
        # Who was to board here is still at home, or near it.
        leave = max(time, traffic.chances.window[w, KNOWN])
    elif not convoy:
        board(traffic, v, s, begins, leave)
    if s + 1 < orders.trip[t, END]:
        yard.at[v, NOW_STOP] = s + 1
        then(traffic, v, STOPS, leave + traffic.chances.way_s[orders.stop[s + 1, WAY]])
        return
    at_gate = leave + traffic.chances.way_s[orders.trip[t, WAY_BACK]]
    yard.at_s[v, CAME] = at_gate
    then(traffic, v, GOES_OUT, at_gate)


@numba.njit(cache=True, nogil=True)
def _called_off(traffic: Traffic, t: int, w: int, s: int, leave: float) -> Any:
    """Return whether notice comes while a vehicle stands, after which it could not wait."""
    window = traffic.chances.window
    if window[w, SUDDEN] > 0.0 or window[w, KNOWN] >= leave:
        return False
    return straight_out(traffic, t, w, s, leave) > window[w, ENDS] + LOOSE_S


@numba.njit(cache=True, nogil=True)
def _go_out(traffic: Traffic, v: int, time: float) -> Any:
    """Let ``v``, at the gate, be checked and drive out, if it is out before the closing known."""
    orders, yard, window = traffic.orders, traffic.yard, traffic.chances.window
    t = yard.at[v, NOW_TRIP]
    k, day = orders.trip[t, K_OUT], yard.trip[t, RUN_DAY]
    w, persons = orders.window[k, day], yard.at[v, ABOARD]
    if time >= window[w, ENDS]:
        shut_in(traffic, v, time)
        return
    if time < window[w, OPENS]:
        then(traffic, v, GOES_OUT, window[w, OPENS])
        return
    wish = max(yard.at_s[v, CAME], window[w, OPENS]) + checked_s(traffic, w, persons)
    wish = max(wish, time, _planned_out(traffic, t, w, time))
    sick = orders.trip[t, SICK] and persons > 0
    state = allowed(traffic, orders.date[day], time) if sick else 1
    if orders.vehicle[v, CARS] > 1:
        passes = _row_passes(traffic, v, k, w, wish)
    else:
        passes = find_pass(traffic, k, w, wish, persons)
    out = passes + orders.way_s[orders.trip[t, WAY_OUT]] + again_s(traffic, w, persons)
    known = max(time, min(passes, window[w, ENDS]))
    if state < 0 or out > _last_exit(traffic, w, k, known) + LOOSE_S:
        shut_in(traffic, v, time)
    elif state == 0:
        then(traffic, v, GOES_OUT, max(wish, time + orders.clock[STEP_S]))
    elif orders.vehicle[v, CARS] > 1:
        _take_row(traffic, v, k, w, wish)
        _cross(traffic, v, passes)
    else:
        take_pass(traffic, k, passes, persons)
        _cross(traffic, v, passes)


@numba.njit(cache=True, nogil=True)
def _last_exit(traffic: Traffic, w: int, k: int, time: float) -> Any:
    """Return when a vehicle let through now must be out: the margin before the closing known.

    After notice of an earlier end the margin is shorter, or nobody could be fetched any more.
    """
    window, margin = traffic.chances.window, traffic.orders.margin_s[k]
    shut = closing(traffic, w, time)
    if shut < window[w, ANNOUNCED]:
        margin = min(margin, NOTICE_SHARE * (window[w, ENDS] - window[w, KNOWN]))
    return shut - margin


@numba.njit(cache=True, nogil=True)
def _planned_out(traffic: Traffic, t: int, w: int, time: float) -> Any:
    """Return when the plan lets trip ``t`` out, 0 if it has no time, or one too late by now."""
    orders = traffic.orders
    planned = 0.0 if traffic.yard.trip[t, SLID] else orders.trip_s[t, GATE_OUT]
    out = planned + orders.way_s[orders.trip[t, WAY_OUT]]
    return planned if out <= closing(traffic, w, time) + LOOSE_S else 0.0


@numba.njit(cache=True, nogil=True)
def _cross(traffic: Traffic, v: int, passed: float) -> Any:
    """Let ``v`` drive from the gate to the exit, and on to where it goes."""
    orders, yard, window = traffic.orders, traffic.yard, traffic.chances.window
    t = yard.at[v, NOW_TRIP]
    k, breaks = orders.trip[t, K_OUT], traffic.chances.break_s[v, yard.at[v, TODAY]]
    w = orders.window[k, yard.trip[t, RUN_DAY]]
    out = passed + traffic.chances.way_s[orders.trip[t, WAY_OUT]]
    out += again_s(traffic, w, yard.at[v, ABOARD])
    if breaks <= passed:
        rescue(traffic, v, passed, out + RESCUE_S)
        return
    broke = breaks <= out
    out += CORRIDOR_RESCUE_S if broke else 0.0
    miss(traffic, t)
    yard.trip[t, GATE], yard.trip_s[t, PASSED_OUT], yard.trip_s[t, OUT_S] = k, passed, out
    if out > window[w, ENDS] + LOOSE_S:
        hold(traffic, v, passed, window[w, ENDS], IN_OPEN if window[w, SUDDEN] else CAUGHT)
        yard.trip[t, PHASE], yard.trip_s[t, OUT_S] = LOST, window[w, ENDS]
        # The vehicle is out of use from then on.
        lose_rest(traffic, v)
        then(traffic, v, GONE, np.inf)
        return
    bring_out(traffic, v, passed, out)
    yard.trip[t, PHASE] = DONE
    _arrive(traffic, v, out, breaks if not broke else np.inf)


@numba.njit(cache=True, nogil=True)
def _arrive(traffic: Traffic, v: int, out: float, breaks: float) -> Any:
    """Let ``v``, out of the exit at ``out``, drive to where it goes, and be left."""
    orders, yard = traffic.orders, traffic.yard
    t = yard.at[v, NOW_TRIP]
    k = orders.trip[t, K_OUT]
    arrives = out + orders.drive_s[orders.trip[t, GOAL], k] * traffic.chances.outside[0]
    arrives = arrives if yard.trip[t, SLID] else max(arrives, orders.trip_s[t, ARRIVE])
    h = orders.trip[t, HOSPITAL]
    if h != NONE:
        early = orders.hours[h, OPEN_DAY] - (orders.clock[DAWN_S] + arrives) % DAY_S
        arrives += max(0.0, early)
    arrives += RESCUE_S if breaks <= arrives else 0.0
    yard.trip_s[t, ARRIVED] = arrives
    yard.total[TRIPS] += 0.0 if is_convoy(traffic, t) else 1.0
    yard.at[v, WHERE] = orders.trip[t, GOAL]
    rests = orders.rest_s[orders.vehicle[v, TYPE]]
    then(traffic, v, READY, arrives + traffic.chances.alight_s[t] + rests)
