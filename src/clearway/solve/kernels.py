"""Compiled kernels of pricing: the sweep back over time, and the walk that it found."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray


class Ground(NamedTuple):
    """Streets, tolls and one gate, for blocks that walk without a stop.

    Attributes
    ----------
    start
        Shape (nodes + 1,), first arc of each node.
    head, ticks, toll_row
        Shape (arcs,), node that an arc leads to, ticks that it takes, and row of its tolls or -1.
    toll
        Shape (rows, span), toll for a block whose first enters at a tick.
    terminal
        Shape (span,), cost of being at the mouth at a tick; infinite where it meets no slot.
    mouth
        Node of the gate.
    """

    start: NDArray[np.int64]
    head: NDArray[np.int64]
    ticks: NDArray[np.int64]
    toll_row: NDArray[np.int64]
    toll: NDArray[np.float64]
    terminal: NDArray[np.float64]
    mouth: int


@njit(cache=True, nogil=True)
def sweep(ground: Ground) -> NDArray[np.float64]:
    """Return the least cost from every tick and node to the gate.

    ``value[t, n] = min(terminal[t] if n is the mouth, min over arcs a of n of
    toll[a, t] + value[t + ticks[a], head[a]])``; travel times are at least one tick, so one pass
    back over time settles it.

    Returns
    -------
    value
        Shape (span, nodes); infinite where there is no way.
    """
    span, nodes = len(ground.terminal), len(ground.start) - 1
    value = np.full((span, nodes), np.inf)
    for tick in range(span - 1, -1, -1):
        for node in range(nodes):
            best = ground.terminal[tick] if node == ground.mouth else np.inf
            for arc in range(ground.start[node], ground.start[node + 1]):
                then = tick + ground.ticks[arc]
                if then < span:
                    cost = value[then, ground.head[arc]]
                    if ground.toll_row[arc] >= 0:
                        cost += ground.toll[ground.toll_row[arc], tick]
                    best = min(best, cost)
            value[tick, node] = best
    return value


@njit(cache=True)
def trace(
    ground: Ground, value: NDArray[np.float64], node: int, tick: int
) -> tuple[NDArray[np.int64], int]:
    """Return the arcs of a best walk that :func:`sweep` found, and the tick at which it ends.

    Parameters
    ----------
    ground
        What was swept.
    value
        What the sweep returned.
    node, tick
        Where and when the walk begins; its value must be finite.
    """
    span = len(ground.terminal)
    path = np.empty(span, dtype=np.int64)
    count = 0
    while not (node == ground.mouth and value[tick, node] == ground.terminal[tick]):
        best, chosen = np.inf, -1
        for arc in range(ground.start[node], ground.start[node + 1]):
            then = tick + ground.ticks[arc]
            if then < span:
                cost = value[then, ground.head[arc]]
                if ground.toll_row[arc] >= 0:
                    cost += ground.toll[ground.toll_row[arc], tick]
                if cost < best:
                    best, chosen = cost, arc
        path[count] = chosen
        count += 1
        tick += ground.ticks[chosen]
        node = ground.head[chosen]
    return path[:count].copy(), tick
