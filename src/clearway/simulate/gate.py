"""Who passes a gate, who is sent home, and what is counted (compiled)."""

from __future__ import annotations

from typing import Any

import numba

from clearway.simulate.state import (
    AT,
    CALLED_OUT,
    CHECKING,
    CLOSES,
    CORRIDOR,
    COUNT,
    GROUP,
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
    OPEN_CAP,
    PASSED,
    PHASE,
    RUNNING,
    RUNS,
    SENT_HOME,
    SIZE,
    STATE,
    UNCALLED,
    WAITING,
    World,
)


@numba.njit(cache=True, nogil=True, forceinline=True)
def came_to_gate(world: World, k: int, unit: int, time: float) -> Any:
    """Count ``unit`` among those who wait at gate ``k``, or send it home if that has shut."""
    crowd, pause = world.crowd, world.pause
    crowd.number[unit, JOINED] = time
    crowd.index[unit, PHASE] = WAITING
    if pause.shut[k, crowd.index[unit, GROUP]]:
        send_home(world, unit, time)
    watch_gate(world, k, time)


@numba.njit(cache=True, nogil=True, forceinline=True)
def admit(world: World, k: int, unit: int, time: float) -> Any:
    """Return whether the check of ``unit`` may begin; if so, keep its place in the corridor."""
    pause = world.pause
    size = world.crowd.number[unit, SIZE]
    if not may_pass(world, k, unit, time):
        return False
    inside = pause.live[k, INSIDE] + pause.live[k, CHECKING]
    if inside > 0.0 and inside + size > pause.rule[k, OPEN_CAP]:
        return False
    pause.live[k, CHECKING] += size
    return True


@numba.njit(cache=True, nogil=True, forceinline=True)
def may_pass(world: World, k: int, unit: int, time: float) -> Any:
    """Return whether gate ``k`` is open to the group of ``unit``, by what is known now."""
    pause, group = world.pause, world.crowd.index[unit, GROUP]
    if pause.live[k, IS_OPEN] == 0.0 or pause.shut[k, group]:
        return False
    return time <= pause.live[k, CLOSES] - pause.last_entry_s[k, group]


@numba.njit(cache=True, nogil=True, forceinline=True)
def passed_gate(world: World, k: int, unit: int, time: float) -> Any:
    """Let ``unit`` into corridor ``k``."""
    crowd, pause = world.crowd, world.pause
    size = crowd.number[unit, SIZE]
    crowd.index[unit, PHASE] = INSIDE_CORRIDOR
    crowd.number[unit, PASSED] = time
    pause.live[k, INSIDE] += size
    if pause.will[unit] != UNCALLED:
        pause.live[k, CALLED_OUT] -= size
    waited = time - crowd.number[unit, JOINED]
    pause.count[k, LONGEST_WAIT] = max(pause.count[k, LONGEST_WAIT], waited)
    row = min(int(time / pause.bin_s[0]), len(pause.open) - 1)
    pause.open[row, k] = max(pause.open[row, k], pause.live[k, INSIDE])


@numba.njit(cache=True, nogil=True, forceinline=True)
def came_out(world: World, k: int, unit: int, time: float) -> Any:
    """Count ``unit`` out of corridor ``k``."""
    crowd, pause = world.crowd, world.pause
    size = crowd.number[unit, SIZE]
    row = min(int(time / pause.bin_s[0]), len(pause.out) - 1)
    pause.out[row, k, crowd.index[unit, GROUP]] += int(size)
    pause.live[k, INSIDE] -= size
    pause.total[0] += size * (crowd.number[unit, JOINED] - crowd.number[unit, LEFT])
    pause.total[1] += size * (crowd.number[unit, PASSED] - crowd.number[unit, JOINED])
    pause.total[2] += size * (time - crowd.number[unit, PASSED])


@numba.njit(cache=True, nogil=True, forceinline=True)
def send_home(world: World, unit: int, time: float) -> Any:
    """Send ``unit``, on its way to the mouth or waiting there, home: the same way back."""
    crowd, pause = world.crowd, world.pause
    k, size = crowd.index[unit, CORRIDOR], crowd.number[unit, SIZE]
    walked = time - crowd.number[unit, LEFT]
    if crowd.index[unit, PHASE] == WAITING:
        waited = time - crowd.number[unit, JOINED]
        walked -= waited
        pause.total[1] += size * waited
        pause.count[k, LONGEST_WAIT] = max(pause.count[k, LONGEST_WAIT], waited)
    pause.total[0] += size * 2.0 * walked
    if pause.will[unit] == UNCALLED:
        pause.count[k, N_UNCALLED_BACK] += size
    else:
        pause.count[k, N_BACK] += size
        pause.live[k, CALLED_OUT] -= size
    take_off(world, unit, SENT_HOME)


@numba.njit(cache=True, nogil=True, forceinline=True)
def take_off(world: World, unit: int, phase: int) -> Any:
    """Take ``unit`` off the streets; its place in lists and its next event die with it."""
    roads, crowd = world.roads, world.crowd
    size, link = crowd.number[unit, SIZE], crowd.route[crowd.index[unit, AT]]
    roads.number[link, COUNT] -= size
    if crowd.index[unit, STATE] == RUNS:
        roads.number[link, RUNNING] -= size
    if crowd.index[unit, STATE] == KEEPS_ROOM:
        roads.number[crowd.index[unit, KEPT], COUNT] -= size
    crowd.index[unit, PHASE] = phase


@numba.njit(cache=True, nogil=True, forceinline=True)
def watch_gate(world: World, k: int, time: float) -> Any:
    """Note how many stand at gate ``k`` and are in its corridor."""
    pause = world.pause
    row = min(int(time / pause.bin_s[0]), len(pause.queue) - 1)
    waiting = world.roads.number[pause.gate[k], COUNT]
    pause.queue[row, k] = max(pause.queue[row, k], waiting)
    pause.open[row, k] = max(pause.open[row, k], pause.live[k, INSIDE])
