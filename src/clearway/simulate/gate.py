"""Who passes a gate, who is sent home, and what is counted (compiled)."""

from __future__ import annotations

from typing import Any

import numba
import numpy as np

from clearway.simulate.state import (
    AT,
    BEGINS,
    BUSY,
    CALLED_OUT,
    CAP,
    CHECKED,
    CHECKING,
    CLOSES,
    CORRIDOR,
    COUNT,
    END,
    GATE,
    GOES,
    GROUP,
    HOME,
    IDLE,
    INSIDE,
    INSIDE_CORRIDOR,
    IS_OPEN,
    JOINED,
    KEEPS_ROOM,
    KEPT,
    LEFT,
    LONGEST_WAIT,
    N_BACK,
    N_UNCALLED_BACK,
    NEXT,
    NOBODY,
    PACE,
    PASSED,
    PHASE,
    RECHECK,
    RUNNING,
    RUNS,
    SECONDS_EACH,
    SENT_HOME,
    SIZE,
    SPACE,
    STATE,
    UNCALLED,
    WAITING,
    WINDOW,
    World,
    space,
)


@numba.njit(cache=True, nogil=True, forceinline=True)
def came_to_gate(world: World, k: int, unit: int, time: float) -> Any:
    """Count ``unit`` among those who wait at gate ``k``, or send it home if that has shut."""
    crowd, pause = world.crowd, world.pause
    crowd.real[unit, JOINED] = time
    crowd.whole[unit, PHASE] = WAITING
    window = int(pause.live[k, WINDOW])
    day = window < pause.course.shape[1] and time >= pause.course[k, window, BEGINS]
    if not day or pause.shut[k, crowd.whole[unit, GROUP]]:
        send_home(world, unit, time)
    watch_gate(world, k, time)


@numba.njit(cache=True, nogil=True, forceinline=True)
def admit(world: World, k: int, unit: int, time: float) -> Any:
    """Return whether the check of ``unit`` may begin; if so, keep its place in the corridor."""
    pause = world.pause
    size = world.crowd.real[unit, SIZE]
    if not may_pass(world, k, unit, time):
        return False
    inside, most = pause.live[k, INSIDE] + pause.live[k, CHECKING], pause.live[k, CAP]
    if world.roads.real[pause.gate[k], SECONDS_EACH] == np.inf:
        return False
    # A household larger than the limit passes alone; with a limit of nobody, none does.
    if most <= 0.0 or (inside > 0.0 and inside + size > most):
        return False
    pause.live[k, CHECKING] += size
    return True


@numba.njit(cache=True, nogil=True, forceinline=True)
def may_pass(world: World, k: int, unit: int, time: float) -> Any:
    """Return whether gate ``k`` is open to the group of ``unit``, by what is known now."""
    pause, group = world.pause, world.crowd.whole[unit, GROUP]
    if pause.live[k, IS_OPEN] == 0.0 or pause.shut[k, group]:
        return False
    return time <= pause.live[k, CLOSES] - last_entry_s(world, k, group)


@numba.njit(cache=True, nogil=True, forceinline=True)
def last_entry_s(world: World, k: int, group: int) -> Any:
    """Return how long before closing gate ``k`` admits nobody of ``group`` any more, today."""
    pause = world.pause
    window = min(int(pause.live[k, WINDOW]), pause.course.shape[1] - 1)
    again = 1 if pause.course[k, window, RECHECK] > 0.0 else 0
    return pause.last_entry_s[k, again, group]


@numba.njit(cache=True, nogil=True, forceinline=True)
def passed_gate(world: World, k: int, unit: int, time: float) -> Any:
    """Let ``unit`` into corridor ``k``."""
    crowd, pause = world.crowd, world.pause
    size = crowd.real[unit, SIZE]
    crowd.whole[unit, PHASE] = INSIDE_CORRIDOR
    crowd.real[unit, PASSED] = time
    pause.live[k, INSIDE] += size
    if pause.will[unit] != UNCALLED:
        pause.live[k, CALLED_OUT] -= size
    waited = time - crowd.real[unit, JOINED]
    pause.tally[k, LONGEST_WAIT] = max(pause.tally[k, LONGEST_WAIT], waited)
    row = min(int(time / pause.bin_s[0]), len(pause.open) - 1)
    pause.open[row, k] = max(pause.open[row, k], pause.live[k, INSIDE])


@numba.njit(cache=True, nogil=True, forceinline=True)
def came_out(world: World, k: int, unit: int, time: float) -> Any:
    """Count ``unit`` out of corridor ``k``."""
    crowd, pause = world.crowd, world.pause
    size = crowd.real[unit, SIZE]
    row = min(int(time / pause.bin_s[0]), len(pause.out) - 1)
    pause.out[row, k, crowd.whole[unit, GROUP]] += int(size)
    pause.live[k, INSIDE] -= size
    pause.total[0] += size * (crowd.real[unit, JOINED] - crowd.real[unit, LEFT])
    pause.total[1] += size * (crowd.real[unit, PASSED] - crowd.real[unit, JOINED])
    pause.total[2] += size * (time - crowd.real[unit, PASSED])


@numba.njit(cache=True, nogil=True, forceinline=True)
def send_home(world: World, unit: int, time: float) -> Any:
    """Send ``unit``, on its way to the mouth or waiting there, home: the same way back."""
    crowd, pause = world.crowd, world.pause
    k, size = crowd.whole[unit, CORRIDOR], crowd.real[unit, SIZE]
    walked = time - crowd.real[unit, LEFT]
    if crowd.whole[unit, PHASE] == WAITING:
        waited = time - crowd.real[unit, JOINED]
        walked -= waited
        pause.total[1] += size * waited
        pause.tally[k, LONGEST_WAIT] = max(pause.tally[k, LONGEST_WAIT], waited)
    pause.total[0] += size * 2.0 * walked
    if pause.will[unit] == UNCALLED:
        pause.tally[k, N_UNCALLED_BACK] += size
    else:
        pause.tally[k, N_BACK] += size
        pause.live[k, CALLED_OUT] -= size
    call_again(world, unit)
    take_off(world, unit, SENT_HOME)


@numba.njit(cache=True, nogil=True, forceinline=True)
def call_again(world: World, unit: int) -> Any:
    """Put the household of ``unit``, sent home, on the list that its corridor calls first.

    Nothing is done for a household that no block calls. It becomes a new unit: the old one may
    still stand in lists that are cleared only when they are next looked at.
    """
    crowd, pause = world.crowd, world.pause
    fresh, household = pause.chain[-1, 0], pause.origin[unit]
    if fresh >= len(pause.origin) or household >= pause.folk[-1]:
        return
    pause.chain[-1, 0] += 1
    k = pause.home[household, 2]
    pause.origin[fresh], pause.will[fresh] = household, GOES
    pause.leave_s[fresh] = pause.spread_s[household]
    for column in (SIZE, PACE, SPACE):
        crowd.real[fresh, column] = crowd.real[household, column]
    crowd.work[fresh] = crowd.work[household]
    crowd.whole[fresh, GROUP] = crowd.whole[household, GROUP]
    crowd.whole[fresh, CORRIDOR], crowd.whole[fresh, PHASE] = k, HOME
    crowd.whole[fresh, AT], crowd.whole[fresh, END] = (
        pause.home[household, 0],
        pause.home[household, 1],
    )
    crowd.whole[fresh, NEXT] = NOBODY
    if pause.chain[k, 0] == NOBODY:
        pause.chain[k, 0] = fresh
    else:
        crowd.whole[pause.chain[k, 1], NEXT] = fresh
    pause.chain[k, 1] = fresh


@numba.njit(cache=True, nogil=True, forceinline=True)
def take_off(world: World, unit: int, phase: int) -> Any:
    """Take ``unit`` off the streets; its place in lists and its next event die with it."""
    roads, crowd = world.roads, world.crowd
    link = crowd.route[crowd.whole[unit, AT]]
    size = space(world, link, unit)
    if crowd.whole[unit, STATE] == CHECKED:
        leave_check(world, unit)
    roads.real[link, COUNT] -= size
    if crowd.whole[unit, STATE] == RUNS:
        roads.real[link, RUNNING] -= size
    if crowd.whole[unit, STATE] == KEEPS_ROOM:
        kept = crowd.whole[unit, KEPT]
        roads.real[kept, COUNT] -= space(world, kept, unit)
    crowd.whole[unit, PHASE] = phase


@numba.njit(cache=True, nogil=True, forceinline=True)
def leave_check(world: World, unit: int) -> Any:
    """Free the check point that ``unit`` is at; its check will not end a second time."""
    roads, crowd = world.roads, world.crowd
    link = crowd.route[crowd.whole[unit, AT]]
    gate = roads.whole[link, GATE]
    roads.real[link, BUSY] -= 1.0
    if gate != NOBODY:
        world.pause.live[gate, CHECKING] -= crowd.real[unit, SIZE]
    crowd.whole[unit, STATE] = IDLE


@numba.njit(cache=True, nogil=True, forceinline=True)
def watch_gate(world: World, k: int, time: float) -> Any:
    """Note how many stand at gate ``k`` and are in its corridor."""
    pause = world.pause
    row = min(int(time / pause.bin_s[0]), len(pause.queue) - 1)
    waiting = world.roads.real[pause.gate[k], COUNT]
    pause.queue[row, k] = max(pause.queue[row, k], waiting)
    pause.open[row, k] = max(pause.open[row, k], pause.live[k, INSIDE])
