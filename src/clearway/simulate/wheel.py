"""When things happen: a timing wheel (Brown 1988's calendar queue with a bucket a tick).

Within a tick events are kept in order of time, first come first served where they are equal, so
that what happens does not depend on the length of a tick.

The ticks of the present block and of the next have a bucket each, used anew block after block, so
that they stay near the processor. What comes later waits unsorted for its block, and is sorted in
when the one before begins: what is pushed straight to a bucket of a block was pushed later.
"""

from __future__ import annotations

from typing import Any

import numba

from clearway.simulate.state import BLOCK, NEXT, NOBODY, STATE, TIME, World


@numba.njit(cache=True, nogil=True, forceinline=True)
def push(world: World, unit: int, time: float, state: int) -> Any:
    """Let ``unit`` have its next event at ``time``; beyond the horizon it has none."""
    wheel, crowd = world.wheel, world.crowd
    crowd.real[unit, TIME] = time
    crowd.whole[unit, STATE] = state
    now = wheel.now[0]
    tick = max(int(time * wheel.per_s[0]), now)
    block = tick // BLOCK
    if block > now // BLOCK + 1:
        _wait(world, block, unit)
    else:
        _sort_in(world, tick % (2 * BLOCK), unit, time)


@numba.njit(cache=True, nogil=True, forceinline=True)
def turn(world: World, tick: int) -> Any:
    """Let it be ``tick``: none is left out, and what is pushed falls in it or in a later one."""
    wheel, whole = world.wheel, world.crowd.whole
    wheel.now[0] = tick
    block = tick // BLOCK + 1
    if tick % BLOCK > 0 or block >= len(wheel.later):
        return
    unit = wheel.later[block, 0]
    wheel.later[block, 0] = NOBODY
    while unit != NOBODY:
        following = whole[unit, NEXT]
        time = world.crowd.real[unit, TIME]
        _sort_in(world, int(time * wheel.per_s[0]) % (2 * BLOCK), unit, time)
        unit = following


@numba.njit(cache=True, nogil=True, forceinline=True)
def pop(world: World) -> Any:
    """Return the next unit of this tick and take it off, or ``NOBODY``."""
    bucket = world.wheel.bucket
    tick = world.wheel.now[0] % (2 * BLOCK)
    unit = bucket[tick, 0]
    if unit != NOBODY:
        bucket[tick, 0] = world.crowd.whole[unit, NEXT]
    return unit


@numba.njit(cache=True, nogil=True, forceinline=True)
def _wait(world: World, block: int, unit: int) -> Any:
    """Put ``unit`` behind all who wait for ``block``; after the last there is nothing."""
    later, whole = world.wheel.later, world.crowd.whole
    if block >= len(later):
        return
    whole[unit, NEXT] = NOBODY
    if later[block, 0] == NOBODY:
        later[block, 0] = unit
    else:
        whole[later[block, 1], NEXT] = unit
    later[block, 1] = unit


@numba.njit(cache=True, nogil=True, forceinline=True)
def _sort_in(world: World, tick: int, unit: int, time: float) -> Any:
    """Put ``unit`` into a bucket, behind all that come before it or with it."""
    bucket, crowd = world.wheel.bucket, world.crowd
    first = bucket[tick, 0]
    if first == NOBODY:
        crowd.whole[unit, NEXT] = NOBODY
        bucket[tick, 0] = bucket[tick, 1] = unit
        return
    last = bucket[tick, 1]
    if crowd.real[last, TIME] <= time:
        crowd.whole[unit, NEXT] = NOBODY
        crowd.whole[last, NEXT] = unit
        bucket[tick, 1] = unit
        return
    before = NOBODY
    while crowd.real[first, TIME] <= time:
        before, first = first, crowd.whole[first, NEXT]
    crowd.whole[unit, NEXT] = first
    if before == NOBODY:
        bucket[tick, 0] = unit
    else:
        crowd.whole[before, NEXT] = unit
