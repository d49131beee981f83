"""The pause as it runs: windows open and close, blocks are called or held, people turn (compiled).

Looked at once a step: what happens between two steps counts from the next.
"""

from __future__ import annotations

from typing import Any, Final

import numba
import numpy as np

from clearway.simulate.flow import check, enter, happen, wake
from clearway.simulate.gate import call_again, last_entry_s, send_home, take_off, watch_gate
from clearway.simulate.state import (
    AGAIN_CAP,
    ANNOUNCED,
    AT,
    CALLED_OUT,
    CAP,
    CAUGHT,
    CLOSES,
    CORRIDOR,
    COUNT,
    DEPART,
    ENDS,
    ENTERED,
    GOES,
    GROUP,
    HOLD_CALLED,
    HOLD_QUEUE,
    HOME,
    IN_OPEN,
    INSIDE,
    INSIDE_CORRIDOR,
    IS_OPEN,
    JOINED,
    LATEST,
    LEFT,
    LENGTH,
    N_BACK,
    N_CAUGHT,
    N_IN_OPEN,
    N_RECALLED,
    N_UNCALLED_BACK,
    NEXT,
    NOBODY,
    NOTICE,
    OPEN_CAP,
    OPENS,
    PACE,
    PASSED,
    PHASE,
    POINTER,
    RATE,
    RECHECK,
    RUNS,
    SECONDS_EACH,
    SENT_HOME,
    SIZE,
    SPEED,
    STATE,
    TIME,
    TURN_M,
    UNANNOUNCED,
    UNCALLED,
    WAITING,
    WALKING,
    WINDOW,
    World,
    borrow,
)
from clearway.simulate.wheel import pop, push, turn

#: Share of its rate below which a gate that is busy with vehicles begins no other check.
LEAST_SHARE: Final = 0.1


@numba.njit(cache=True, nogil=True)
def run_pause(held: World, step_s: float) -> Any:
    """Run the whole pause of one member; what it counts is in ``held.pause``."""
    world = borrow(held)
    wheel = world.wheel
    steps = int(wheel.ticks[0] / wheel.per_s[0] / step_s)
    ticks = int(step_s * wheel.per_s[0])
    _start_uncalled(world)
    for step in range(steps):
        turn(world, step * ticks)
        for k in range(len(world.pause.gate)):
            _look(world, k, step, step * step_s)
        for tick in range(step * ticks, (step + 1) * ticks):
            turn(world, tick)
            _run_tick(world)
    _send_rest_home(world, steps * step_s)


@numba.njit(cache=True, nogil=True, forceinline=True)
def _run_tick(world: World) -> Any:
    while True:
        unit = pop(world)
        if unit == NOBODY:
            return
        if world.crowd.whole[unit, PHASE] == HOME:
            _leave(world, unit)
        else:
            happen(world, unit)


@numba.njit(cache=True, nogil=True)
def _send_rest_home(world: World, time: float) -> Any:
    """Send home whoever, uncalled, is still on the way to a gate after the last closing."""
    for unit in range(world.pause.chain[-1, 0]):
        if world.crowd.whole[unit, PHASE] in (WALKING, WAITING):
            send_home(world, unit, time)


@numba.njit(cache=True, nogil=True, forceinline=True)
def _start_uncalled(world: World) -> Any:
    """Let those who come of themselves leave when they do."""
    pause = world.pause
    for unit in range(len(pause.home)):
        if pause.will[unit] == UNCALLED:
            push(world, unit, pause.leave_s[unit], RUNS)


@numba.njit(cache=True, nogil=True, forceinline=True)
def _leave(world: World, unit: int) -> Any:
    """Let ``unit`` step out of its door; whoever was called, unless the gate has shut since."""
    crowd, pause = world.crowd, world.pause
    k, time, size = crowd.whole[unit, CORRIDOR], crowd.real[unit, TIME], crowd.real[unit, SIZE]
    if pause.will[unit] == UNCALLED:
        pause.total[4] += size
    elif pause.shut[k, crowd.whole[unit, GROUP]] or pause.live[k, IS_OPEN] == 0.0:
        # Heard at the door that the call is off: stays, and was never in the open.
        pause.live[k, CALLED_OUT] -= size
        crowd.whole[unit, PHASE] = SENT_HOME
        call_again(world, unit)
        return
    else:
        pause.total[3] += size
    crowd.real[unit, LEFT] = time
    crowd.whole[unit, PHASE] = WALKING
    enter(world, crowd.route[crowd.whole[unit, AT]], unit, time)


@numba.njit(cache=True, nogil=True)
def _look(held: World, k: int, step: int, time: float) -> Any:
    """See how corridor ``k`` stands at ``time``, the begin of ``step``, and act on it."""
    world = borrow(held)
    pause = world.pause
    window = int(pause.live[k, WINDOW])
    if window >= pause.course.shape[1]:
        return
    watch_gate(world, k, time)
    course = pause.course
    known = course[k, window, ANNOUNCED]
    if time >= course[k, window, NOTICE]:
        known = course[k, window, ENDS]
    if time >= course[k, window, ENDS]:
        _close(world, k, time, course[k, window, UNANNOUNCED] > 0.0)
        return
    if known < pause.live[k, CLOSES]:
        _turn(world, k, time, known)
    if known > pause.live[k, CLOSES]:
        pause.shut[k] = 0
    pause.live[k, CLOSES] = known
    for group in range(pause.shut.shape[1]):
        late = time >= known - last_entry_s(world, k, group)
        if late and not pause.shut[k, group]:
            pause.shut[k, group] = 1
            _send_group_home(world, k, group, time)
    if time >= course[k, window, OPENS]:
        if pause.live[k, IS_OPEN] == 0.0:
            _open(world, k, window)
        _share_rate(world, k, window, step)
        check(world, pause.gate[k], time)
        _call(world, k, time)


@numba.njit(cache=True, nogil=True)
def _open(world: World, k: int, window: int) -> Any:
    """Open gate ``k``, with the rates that its checks have in this window."""
    pause, real = world.pause, world.roads.real
    pause.live[k, IS_OPEN] = 1.0
    rate, again = pause.course[k, window, RATE], pause.course[k, window, RECHECK]
    most = pause.rule[k, OPEN_CAP] if rate > 0.0 else 0.0
    real[pause.gate[k], SECONDS_EACH] = 1.0 / rate if rate > 0.0 else 0.0
    pause.live[k, CAP] = min(most, pause.rule[k, AGAIN_CAP]) if again > 0.0 else most
    real[pause.again[k], SECONDS_EACH] = 1.0 / again if again > 0.0 else 0.0


@numba.njit(cache=True, nogil=True, forceinline=True)
def _share_rate(world: World, k: int, window: int, step: int) -> Any:
    """Leave to those at gate ``k`` what vehicles of the fleet leave of its rate in this step."""
    rate = world.pause.course[k, window, RATE]
    steps = world.pause.taken.shape[1]
    left = rate - world.pause.taken[k, step] if step < steps else rate
    if steps > 0 and rate > 0.0:
        # Next to nothing would hold one household at its check for hours: then nobody begins.
        each = 1.0 / left if left > LEAST_SHARE * rate else np.inf
        world.roads.real[world.pause.gate[k], SECONDS_EACH] = each


@numba.njit(cache=True, nogil=True, forceinline=True)
def _call(world: World, k: int, time: float) -> Any:
    """Call the blocks that are due, in order, unless they are held or it is too late for them."""
    pause = world.pause
    _call_again_first(world, k, time)
    first = int(pause.live[k, POINTER])
    for block in range(first, pause.blocks_of[k + 1]):
        if pause.block[block, DEPART] > time or _held(world, k):
            break
        if not pause.called[block] and _in_time(world, k, block, time):
            _call_block(world, k, block, time)
        if pause.called[block] and block == int(pause.live[k, POINTER]):
            pause.live[k, POINTER] += 1.0


@numba.njit(cache=True, nogil=True, forceinline=True)
def _held(world: World, k: int) -> Any:
    """Return whether calls are held: too many wait at gate ``k``, or are on the way to it.

    Held all day, too, where nobody is admitted: nobody should come for nothing.
    """
    pause = world.pause
    if pause.live[k, CAP] <= 0.0:
        return True
    if world.roads.real[pause.gate[k], COUNT] > pause.rule[k, HOLD_QUEUE]:
        return True
    return pause.live[k, CALLED_OUT] > pause.rule[k, HOLD_CALLED]


@numba.njit(cache=True, nogil=True, forceinline=True)
def _in_time(world: World, k: int, block: int, time: float) -> Any:
    """Return whether ``block`` may still be called: before its hour, and its group admitted."""
    pause, first = world.pause, world.pause.folk[block]
    if first < pause.folk[block + 1] and pause.shut[k, world.crowd.whole[first, GROUP]]:
        return False
    return time <= pause.live[k, CLOSES] - pause.block[block, LATEST]


@numba.njit(cache=True, nogil=True, forceinline=True)
def _call_again_first(world: World, k: int, time: float) -> Any:
    """Call those first who were called in an earlier window and sent home."""
    pause, crowd = world.pause, world.crowd
    while pause.chain[k, 0] != NOBODY and not _held(world, k):
        unit = pause.chain[k, 0]
        block = np.searchsorted(pause.folk, pause.origin[unit], side="right") - 1
        if not _in_time(world, k, block, time):
            return
        pause.chain[k, 0] = crowd.whole[unit, NEXT]
        pause.live[k, CALLED_OUT] += crowd.real[unit, SIZE]
        push(world, unit, time + pause.leave_s[unit], RUNS)


@numba.njit(cache=True, nogil=True)
def _call_block(world: World, k: int, block: int, time: float) -> Any:
    pause, crowd = world.pause, world.crowd
    pause.called[block] = 1
    for unit in range(pause.folk[block], pause.folk[block + 1]):
        if pause.will[unit] == GOES:
            pause.live[k, CALLED_OUT] += crowd.real[unit, SIZE]
            push(world, unit, time + pause.leave_s[unit], RUNS)


@numba.njit(cache=True, nogil=True)
def _send_group_home(world: World, k: int, group: int, time: float) -> Any:
    """Send home everyone of ``group`` who waits at gate ``k`` or is on the way to it."""
    crowd = world.crowd
    for unit in range(world.pause.chain[-1, 0]):
        if crowd.whole[unit, CORRIDOR] == k and crowd.whole[unit, GROUP] == group:
            phase = crowd.whole[unit, PHASE]
            if phase in (WALKING, WAITING):
                send_home(world, unit, time)
                wake(world, crowd.route[crowd.whole[unit, AT]], time)


@numba.njit(cache=True, nogil=True)
def _turn(world: World, k: int, time: float, closes: float) -> Any:
    """On notice of an earlier closing: those before the marked point go back, the others on."""
    crowd, pause = world.crowd, world.pause
    for unit in range(world.pause.chain[-1, 0]):
        if crowd.whole[unit, CORRIDOR] != k or crowd.whole[unit, PHASE] != INSIDE_CORRIDOR:
            continue
        metres = _metres(world, unit, time)
        if metres >= pause.rule[k, TURN_M]:
            continue
        size = crowd.real[unit, SIZE]
        link = crowd.route[crowd.whole[unit, AT]]
        back_s = metres / min(crowd.real[unit, PACE], world.roads.real[link, SPEED])
        if time + back_s > closes:
            pause.tally[k, N_CAUGHT] += size
            _end(world, k, unit, closes, CAUGHT)
            continue
        pause.tally[k, N_RECALLED] += size
        walked = crowd.real[unit, JOINED] - crowd.real[unit, LEFT]
        pause.total[0] += size * walked
        if pause.will[unit] == UNCALLED:
            pause.tally[k, N_UNCALLED_BACK] += size
        else:
            pause.tally[k, N_BACK] += size
        call_again(world, unit)
        _end(world, k, unit, time + back_s, SENT_HOME)


@numba.njit(cache=True, nogil=True)
def _metres(world: World, unit: int, time: float) -> Any:
    """Return how far ``unit`` is from the mouth, along the corridor."""
    crowd = world.crowd
    place = crowd.whole[unit, AT]
    length = world.roads.real[crowd.route[place], LENGTH]
    part = 1.0
    if crowd.whole[unit, STATE] == RUNS:
        begun, ends = crowd.real[unit, ENTERED], crowd.real[unit, TIME]
        part = min(1.0, max(0.0, (time - begun) / max(ends - begun, 1e-9)))
    return world.pause.metres[place] + part * length


@numba.njit(cache=True, nogil=True)
def _end(world: World, k: int, unit: int, time: float, phase: int) -> Any:
    """Take ``unit`` out of corridor ``k`` and count how long it was in the open."""
    crowd, pause = world.crowd, world.pause
    size = crowd.real[unit, SIZE]
    pause.live[k, INSIDE] -= size
    pause.total[0] += size * (crowd.real[unit, JOINED] - crowd.real[unit, LEFT])
    pause.total[1] += size * (crowd.real[unit, PASSED] - crowd.real[unit, JOINED])
    pause.total[2] += size * (time - crowd.real[unit, PASSED])
    link = crowd.route[crowd.whole[unit, AT]]
    take_off(world, unit, phase)
    wake(world, link, time)


@numba.njit(cache=True, nogil=True)
def _close(world: World, k: int, time: float, unannounced: bool) -> Any:
    """Close corridor ``k``: who is inside is caught, or in the open if nobody could know."""
    crowd, pause = world.crowd, world.pause
    for unit in range(world.pause.chain[-1, 0]):
        if crowd.whole[unit, CORRIDOR] != k:
            continue
        phase = crowd.whole[unit, PHASE]
        if phase == INSIDE_CORRIDOR:
            size = crowd.real[unit, SIZE]
            pause.tally[k, N_IN_OPEN if unannounced else N_CAUGHT] += size
            _end(world, k, unit, time, IN_OPEN if unannounced else CAUGHT)
        elif phase in (WALKING, WAITING):
            send_home(world, unit, time)
            wake(world, crowd.route[crowd.whole[unit, AT]], time)
    pause.live[k, IS_OPEN] = 0.0
    pause.live[k, WINDOW] += 1.0
    pause.live[k, CLOSES] = np.inf
    for group in range(pause.shut.shape[1]):
        pause.shut[k, group] = 0
