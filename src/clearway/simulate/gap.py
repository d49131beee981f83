"""When the room that somebody left at a link's end has come back to its entry (compiled).

Newell's rule (1993): by a time t no more have entered a link than had left it a wave's time before,
and as many as it holds. When how many had left is kept at some levels, evenly apart, one storage of
the link back; between them people are taken to have left evenly.
"""

from __future__ import annotations

from typing import Any, Final

import numba
import numpy as np

from clearway.simulate.state import (
    COUNT,
    GONE,
    LAST,
    LEVEL,
    LEVELS,
    REACHED,
    STORAGE,
    WAVE_S,
    World,
)

#: Seconds that are more than the last digits of a moment.
TRIFLE_S: Final = 1e-6


@numba.njit(cache=True, nogil=True, forceinline=True)
def has_room(world: World, link: int, size: float) -> Any:
    """Return whether ``size`` persons fit on ``link``, their gap come back to the entry or not."""
    real = world.roads.real
    # A link too short for a household takes it when empty.
    return real[link, COUNT] <= 0.0 or real[link, COUNT] + size <= real[link, STORAGE]


@numba.njit(cache=True, nogil=True, forceinline=True)
def gap_s(world: World, link: int, size: float, time: float) -> Any:
    """Return when the gap that ``size`` persons need is at the entry of ``link``.

    Or was: any moment before ``time``, which spares working out the right one, is told as 0.
    """
    real = world.roads.real
    full, gone = real[link, STORAGE], real[link, GONE]
    need = min(real[link, COUNT] + gone + size - full, gone)
    if need <= 0.0 or real[link, WAVE_S] == 0.0:
        return 0.0
    # None left later than the last; what is a trifle before ``time`` is worked out all the same.
    past = time - real[link, WAVE_S] - TRIFLE_S
    if real[link, LAST] < past:
        return 0.0
    step = full / LEVELS
    low = int(need / step)
    begin, above = real[link, LEVEL + low % (LEVELS + 2)], (low + 1) * step
    if above <= gone:
        end = real[link, LEVEL + (low + 1) % (LEVELS + 2)]
    else:
        above, end = gone, real[link, LAST]
    if end < past:
        return 0.0
    span = above - low * step
    share = (need - low * step) / span if span > 0.0 else 1.0
    return begin + share * (end - begin) + real[link, WAVE_S]


@numba.njit(cache=True, nogil=True, forceinline=True)
def note_gone(world: World, link: int, size: float, time: float) -> Any:
    """Note that ``size`` persons left the end of ``link`` at ``time``."""
    real = world.roads.real
    gone, step = real[link, GONE], real[link, STORAGE] / LEVELS
    if gone == 0.0:
        real[link, LEVEL] = time
    if step < np.inf:
        # Of a household larger than the link, the last levels alone are ever asked for.
        before, last = int(real[link, REACHED]), int((gone + size) / step)
        for level in range(max(before + 1, last - LEVELS - 1), last + 1):
            real[link, LEVEL + level % (LEVELS + 2)] = time
        real[link, REACHED] = last
    real[link, GONE] = gone + size
    real[link, LAST] = time
