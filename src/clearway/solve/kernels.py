"""Compiled kernels of pricing: the sweep back over time, and the walk that it found."""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray


@njit(cache=True)
def sweep(
    start: NDArray[np.int64],
    head: NDArray[np.int64],
    ticks: NDArray[np.int64],
    toll_row: NDArray[np.int64],
    toll: NDArray[np.float64],
    terminal: NDArray[np.float64],
    mouth: int,
) -> NDArray[np.float64]:
    """Return the least cost from every node and tick to a gate, for walks without a stop.

    ``value[t, n] = min(terminal[t] if n is the mouth, min over arcs a of n of
    toll[a, t] + value[t + ticks[a], head[a]])``; travel times are at least one tick, so one pass
    back over time settles it.

    Parameters
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

    Returns
    -------
    value
        Shape (span, nodes); infinite where there is no way.
    """
    span, nodes = len(terminal), len(start) - 1
    value = np.full((span, nodes), np.inf)
    for tick in range(span - 1, -1, -1):
        for node in range(nodes):
            best = terminal[tick] if node == mouth else np.inf
            for arc in range(start[node], start[node + 1]):
                then = tick + ticks[arc]
                if then < span:
                    cost = value[then, head[arc]]
                    if toll_row[arc] >= 0:
                        cost += toll[toll_row[arc], tick]
                    best = min(best, cost)
            value[tick, node] = best
    return value


@njit(cache=True)
def trace(
    start: NDArray[np.int64],
    head: NDArray[np.int64],
    ticks: NDArray[np.int64],
    toll_row: NDArray[np.int64],
    toll: NDArray[np.float64],
    terminal: NDArray[np.float64],
    mouth: int,
    value: NDArray[np.float64],
    node: int,
    tick: int,
) -> tuple[NDArray[np.int64], int]:
    """Return the arcs of a best walk of :func:`sweep` from a node and tick, and when it ends.

    Parameters
    ----------
    start, head, ticks, toll_row, toll, terminal, mouth
        As for :func:`sweep`.
    value
        What it returned.
    node, tick
        Where and when the walk begins; its value must be finite.
    """
    span = len(terminal)
    path = np.empty(span, dtype=np.int64)
    count = 0
    while not (node == mouth and value[tick, node] == terminal[tick]):
        best, chosen = np.inf, -1
        for arc in range(start[node], start[node + 1]):
            then = tick + ticks[arc]
            if then < span:
                cost = value[then, head[arc]]
                if toll_row[arc] >= 0:
                    cost += toll[toll_row[arc], tick]
                if cost < best:
                    best, chosen = cost, arc
        path[count] = chosen
        count += 1
        tick += ticks[chosen]
        node = head[chosen]
    return path[:count].copy(), tick
