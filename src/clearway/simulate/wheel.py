"""When things happen: a timing wheel (Brown 1988's calendar queue with a bucket a tick).

Within a tick events are kept in order of time, first come first served where they are equal, so
that what happens does not depend on the length of a tick.
"""

from __future__ import annotations

from typing import Any

import numba

from clearway.simulate.state import NEXT, NOBODY, STATE, TIME, World


@numba.njit(cache=True, nogil=True, forceinline=True)
def push(world: World, unit: int, time: float, state: int) -> Any:
    """Let ``unit`` have its next event at ``time``; beyond the horizon it has none."""
    wheel, crowd = world.wheel, world.crowd
    crowd.real[unit, TIME] = time
    crowd.whole[unit, STATE] = state
    crowd.whole[unit, NEXT] = NOBODY
    tick = max(int(time / wheel.tick_s[0]), wheel.now[0])
    if tick >= len(wheel.head):
        return
    last = wheel.tail[tick]
    if last == NOBODY:
        wheel.head[tick] = wheel.tail[tick] = unit
    elif crowd.real[last, TIME] <= time:
        crowd.whole[last, NEXT] = unit
        wheel.tail[tick] = unit
    else:
        _insert(world, tick, unit, time)


@numba.njit(cache=True, nogil=True, forceinline=True)
def _insert(world: World, tick: int, unit: int, time: float) -> Any:
    """Put ``unit`` before the first of its tick that comes later; there is one."""
    wheel, crowd = world.wheel, world.crowd
    before, at = NOBODY, wheel.head[tick]
    while crowd.real[at, TIME] <= time:
        before, at = at, crowd.whole[at, NEXT]
    crowd.whole[unit, NEXT] = at
    if before == NOBODY:
        wheel.head[tick] = unit
    else:
        crowd.whole[before, NEXT] = unit


@numba.njit(cache=True, nogil=True, forceinline=True)
def pop(world: World) -> Any:
    """Return the next unit of this tick and take it off, or ``NOBODY``."""
    wheel = world.wheel
    tick = wheel.now[0]
    unit = wheel.head[tick]
    if unit != NOBODY:
        following = world.crowd.whole[unit, NEXT]
        wheel.head[tick] = following
        if following == NOBODY:
            wheel.tail[tick] = NOBODY
    return unit
