"""Who boards a vehicle, comes out with it, or goes home again (compiled)."""

from __future__ import annotations

from typing import Any

import numba

from clearway.simulate.traffic import (
    ABOARD,
    APART,
    AT_HOME,
    BACK,
    BED,
    BIN_S,
    CALLED,
    CAME,
    CAME_OUT,
    CARE,
    CARE_NEEDED,
    CARRIED,
    CODE_END,
    CODE_FIRST,
    COLOUR,
    COMPANIONS,
    COMPANY,
    CROSSED,
    DEAD,
    END,
    FIRST,
    GROUP,
    HELD,
    HOME_ZONE,
    HOSPITAL,
    K_OUT,
    MISSED,
    NEED_SEATS,
    NEED_WHEELS,
    NONE,
    NOW_TRIP,
    OWN_TRIP,
    PLACE,
    REFUSAL,
    RIDER_END,
    RIDER_FIRST,
    RIDING,
    SAFE,
    SEATS,
    SHUT_IN,
    SICK,
    SIZE,
    STRETCHERS,
    TAKEN,
    TYPE,
    USED,
    USERS,
    WAITED,
    WAITS,
    WALKED,
    WHEELS,
    ZONE,
    Traffic,
)


@numba.njit(cache=True, nogil=True)
def board(traffic: Traffic, v: int, s: int, time: float, leave: float) -> Any:
    """Let those who are called to stop ``s`` board ``v`` at ``time``; it goes on at ``leave``."""
    t = traffic.yard.at[v, NOW_TRIP]
    if traffic.orders.trip[t, SICK]:
        _board_patients(traffic, v, s, time, leave)
    else:
        _board_riders(traffic, v, s, leave)


@numba.njit(cache=True, nogil=True)
def _board_riders(traffic: Traffic, v: int, s: int, leave: float) -> Any:
    """Let households board whole while there are places beside those kept for later stops."""
    orders, yard = traffic.orders, traffic.yard
    t = yard.at[v, NOW_TRIP]
    kind = orders.vehicle[v, TYPE]
    seats, wheels = orders.kind[kind, SEATS], orders.kind[kind, WHEELS]
    for later in range(s + 1, orders.trip[t, END]):
        seats -= orders.stop[later, NEED_SEATS]
        wheels -= orders.stop[later, NEED_WHEELS]
    for r in range(orders.stop[s, RIDER_FIRST], orders.stop[s, RIDER_END]):
        users = orders.rider[r, USERS]
        sit = orders.rider[r, SIZE] - users
        if not traffic.chances.goes[r] or yard.rider[r] != AT_HOME:
            continue
        if yard.at[v, USED + SEATS] + sit > seats or yard.at[v, USED + WHEELS] + users > wheels:
            continue
        yard.at[v, USED + SEATS] += sit
        yard.at[v, USED + WHEELS] += users
        yard.at[v, ABOARD] += sit + users
        yard.rider[r], yard.rider_s[r] = RIDING, leave
        yard.total[CALLED] += sit + users


@numba.njit(cache=True, nogil=True)
def _board_patients(traffic: Traffic, v: int, s: int, time: float, leave: float) -> Any:
    """Let the patients of this stop board; then others of the zone whose own trip was missed."""
    orders, yard = traffic.orders, traffic.yard
    t = yard.at[v, NOW_TRIP]
    for place in range(orders.stop[s, CODE_FIRST], orders.stop[s, CODE_END]):
        p = orders.listed[place]
        if yard.patient[p, 0] in (WAITS, MISSED) and _comes(traffic, p, time, leave):
            _take(traffic, v, p, s)
    while True:
        best = NONE
        for p in range(len(orders.patient)):
            if yard.patient[p, 0] != MISSED or orders.patient[p, OWN_TRIP] == t:
                continue
            if orders.patient[p, HOME_ZONE] != orders.stop[s, ZONE]:
                continue
            better = best == NONE or orders.patient[p, COLOUR] < orders.patient[best, COLOUR]
            if better and _fits(traffic, v, p, s) and orders.ready_s[p] <= leave:
                best = p
        if best == NONE:
            return
        if _comes(traffic, best, time, leave):
            _take(traffic, v, best, s)


@numba.njit(cache=True, nogil=True)
def _comes(traffic: Traffic, p: int, time: float, leave: float) -> Any:
    """Return whether ``p`` is alive, ready before it leaves, and does not refuse; note if not."""
    orders, yard = traffic.orders, traffic.yard
    if traffic.chances.dies_s[p] <= time:
        _drop(traffic, p, DEAD)
        return False
    if orders.ready_s[p] > leave:
        return False
    if traffic.chances.refuses[p]:
        _drop(traffic, p, REFUSAL)
        return False
    return yard.patient[p, 0] in (WAITS, MISSED)


@numba.njit(cache=True, nogil=True)
def _drop(traffic: Traffic, p: int, fate: int) -> Any:
    """Let patient ``p`` be called no more; the bed that was kept is free."""
    traffic.yard.patient[p, 0] = fate
    _keep(traffic, p, -1)


@numba.njit(cache=True, nogil=True)
def _keep(traffic: Traffic, p: int, count: int) -> Any:
    """Keep a bed for patient ``p`` where its own trip goes, or give it back."""
    orders = traffic.orders
    own = orders.patient[p, OWN_TRIP]
    if NONE not in (own, orders.patient[p, BED]) and orders.trip[own, HOSPITAL] != NONE:
        traffic.yard.kept[orders.trip[own, HOSPITAL], orders.patient[p, BED]] += count


@numba.njit(cache=True, nogil=True)
def _fits(traffic: Traffic, v: int, p: int, s: int) -> Any:
    """Return whether ``v`` has places for ``p``, care, and a bed that ``p`` would go to."""
    orders, yard = traffic.orders, traffic.yard
    t, kind = yard.at[v, NOW_TRIP], orders.vehicle[v, TYPE]
    own, bed = orders.patient[p, OWN_TRIP] == t, orders.patient[p, BED]
    h = orders.trip[t, HOSPITAL]
    if orders.kind[kind, CARE] < orders.patient[p, CARE_NEEDED]:
        return False
    if NONE in (h, bed) or not orders.takes[p, h]:
        return False
    kept = 0 if own else yard.kept[h, bed]
    mine = orders.patient[p, OWN_TRIP]
    if not own and mine != NONE and orders.trip[mine, HOSPITAL] == h:
        kept -= 1
    if yard.bed[h, bed] + kept >= orders.bed[h, bed]:
        return False
    for column in (SEATS, WHEELS, STRETCHERS):
        need = yard.at[v, USED + column] + _needs(traffic, p, column)
        need += 0 if own else _later(traffic, t, s, column)
        if need > orders.kind[kind, column]:
            return False
    return True


@numba.njit(cache=True, nogil=True)
def _needs(traffic: Traffic, p: int, column: int) -> Any:
    """Return how many places of one sort ``p`` and companions take."""
    orders = traffic.orders
    needs = 1 if orders.patient[p, PLACE] == column else 0
    return needs + (orders.patient[p, COMPANIONS] if column == SEATS else 0)


@numba.njit(cache=True, nogil=True)
def _later(traffic: Traffic, t: int, s: int, column: int) -> Any:
    """Return the places that the trip's own patients at later stops take."""
    orders, needs = traffic.orders, 0
    for place in range(orders.stop[s, CODE_END], orders.stop[orders.trip[t, END] - 1, CODE_END]):
        p = orders.listed[place]
        if traffic.yard.patient[p, 0] in (WAITS, MISSED):
            needs += _needs(traffic, p, column)
    return needs


@numba.njit(cache=True, nogil=True)
def _take(traffic: Traffic, v: int, p: int, s: int) -> Any:
    """Let ``p`` board with companions, if the vehicle fits; the rest of its places stay free."""
    orders, yard = traffic.orders, traffic.yard
    if not _fits(traffic, v, p, s):
        return
    t = yard.at[v, NOW_TRIP]
    for column in (SEATS, WHEELS, STRETCHERS):
        yard.at[v, USED + column] += _needs(traffic, p, column)
    yard.at[v, ABOARD] += 1 + orders.patient[p, COMPANIONS]
    yard.patient[p, 0], yard.patient[p, 1] = CARRIED, t
    _keep(traffic, p, -1)
    yard.bed[orders.trip[t, HOSPITAL], orders.patient[p, BED]] += 1


@numba.njit(cache=True, nogil=True)
def bring_out(traffic: Traffic, v: int, passed: float, out: float) -> Any:
    """Count all aboard ``v`` out of the exit at ``out``; it passed the gate at ``passed``."""
    orders, yard = traffic.orders, traffic.yard
    t = yard.at[v, NOW_TRIP]
    k = orders.trip[t, K_OUT]
    row = min(int(out / orders.clock[BIN_S]), len(yard.out) - 1)
    yard.trip[t, TAKEN] = yard.at[v, ABOARD]
    for r in range(*_riders(traffic, t)):
        if yard.rider[r] == RIDING:
            yard.rider[r] = CAME_OUT
            yard.out[row, k, orders.rider[r, GROUP]] += orders.rider[r, SIZE]
            _expose(traffic, v, r, passed, out)
    for p in range(len(orders.patient) if orders.trip[t, SICK] else 0):
        if yard.patient[p, 0] == CARRIED and yard.patient[p, 1] == t:
            yard.patient[p, 0], yard.patient_s[p] = SAFE, out
            yard.total[COMPANY] += orders.patient[p, COMPANIONS]
    _empty(traffic, v)


@numba.njit(cache=True, nogil=True)
def hold(traffic: Traffic, v: int, passed: float, ends: float, column: int) -> Any:
    """Count all aboard ``v`` caught in the corridor, or in the open, when the window ends."""
    orders, yard = traffic.orders, traffic.yard
    t = yard.at[v, NOW_TRIP]
    yard.tally[orders.trip[t, K_OUT], column] += yard.at[v, ABOARD]
    yard.trip[t, TAKEN] = yard.at[v, ABOARD]
    for r in range(*_riders(traffic, t)):
        if yard.rider[r] == RIDING:
            yard.rider[r] = HELD
            _expose(traffic, v, r, passed, ends)
    for p in range(len(orders.patient) if orders.trip[t, SICK] else 0):
        if yard.patient[p, 0] == CARRIED and yard.patient[p, 1] == t:
            yard.patient[p, 0] = SHUT_IN
            _free_bed(traffic, t, p)
    _empty(traffic, v)


@numba.njit(cache=True, nogil=True)
def send_back(traffic: Traffic, v: int, time: float) -> Any:
    """Send all aboard ``v`` home, inside; patients wait again, for any vehicle with a place."""
    orders, yard = traffic.orders, traffic.yard
    t = yard.at[v, NOW_TRIP]
    for r in range(*_riders(traffic, t)):
        if yard.rider[r] == RIDING:
            yard.rider[r] = AT_HOME
            yard.tally[orders.trip[t, K_OUT], BACK] += orders.rider[r, SIZE]
            _expose(traffic, v, r, time, time)
    for p in range(len(orders.patient) if orders.trip[t, SICK] else 0):
        if yard.patient[p, 0] == CARRIED and yard.patient[p, 1] == t:
            yard.patient[p, 0] = MISSED
            _keep(traffic, p, 1)
            _free_bed(traffic, t, p)
    _empty(traffic, v)


@numba.njit(cache=True, nogil=True)
def miss(traffic: Traffic, t: int) -> Any:
    """Let the patients of trip ``t`` know that it does not come as planned."""
    orders, yard = traffic.orders, traffic.yard
    for s in range(orders.trip[t, FIRST], orders.trip[t, END]):
        for place in range(orders.stop[s, CODE_FIRST], orders.stop[s, CODE_END]):
            p = orders.listed[place]
            if yard.patient[p, 0] == WAITS:
                yard.patient[p, 0] = MISSED


@numba.njit(cache=True, nogil=True)
def best_colour(traffic: Traffic, t: int) -> Any:
    """Return the row of the first colour among those whom trip ``t`` may still fetch, or none."""
    orders, yard, best = traffic.orders, traffic.yard, APART
    for s in range(orders.trip[t, FIRST], orders.trip[t, END]):
        for place in range(orders.stop[s, CODE_FIRST], orders.stop[s, CODE_END]):
            p = orders.listed[place]
            if yard.patient[p, 0] in (WAITS, MISSED):
                best = min(best, orders.patient[p, COLOUR])
    return best


@numba.njit(cache=True, nogil=True)
def _riders(traffic: Traffic, t: int) -> Any:
    """Return the first household of trip ``t``, and the one after its last."""
    orders = traffic.orders
    first, end = orders.trip[t, FIRST], orders.trip[t, END]
    return orders.stop[first, RIDER_FIRST], orders.stop[end - 1, RIDER_END]


@numba.njit(cache=True, nogil=True)
def _expose(traffic: Traffic, v: int, r: int, passed: float, until: float) -> Any:
    """Count how long household ``r`` was in the open: to the gate, at it, and beyond."""
    yard, size = traffic.yard, traffic.orders.rider[r, SIZE]
    came = min(yard.at_s[v, CAME], passed)
    yard.total[WALKED] += size * max(0.0, came - yard.rider_s[r])
    yard.total[WAITED] += size * (passed - came)
    yard.total[CROSSED] += size * (until - passed)


@numba.njit(cache=True, nogil=True)
def _free_bed(traffic: Traffic, t: int, p: int) -> Any:
    orders = traffic.orders
    traffic.yard.bed[orders.trip[t, HOSPITAL], orders.patient[p, BED]] -= 1


@numba.njit(cache=True, nogil=True)
def _empty(traffic: Traffic, v: int) -> Any:
    yard = traffic.yard
    yard.at[v, ABOARD] = 0
    for column in (SEATS, WHEELS, STRETCHERS):
        yard.at[v, USED + column] = 0
