"""How long each street and gate can serve anybody who is out in time."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array
from scipy.sparse.csgraph import dijkstra

from clearway.model.scenario import row_of
from clearway.solve.cells import NEVER
from clearway.solve.problem import Problem
from clearway.solve.taken import served
from clearway.solve.walks import cheapest


def gate_persons(problem: Problem) -> NDArray[np.float64]:
    """Return the persons that each gate can serve in all; shape (k,).

    From the first step at which anyone who left home at an opening can be there to the last at
    which any group may enter.
    """
    row, total = row_of(problem.scenario.corridors), np.zeros(len(problem.gate_rate))
    for w, window in enumerate(problem.scenario.windows):
        k = row[window.corridor]
        walks = np.where(problem.supply > 0, problem.walk_steps[:, :, k], NEVER)
        begin, end = problem.open_step[w] + walks.min(), int(problem.last_step[:, w].max()) + 1
        if begin < end:
            steps = np.arange(int(begin), end)
            total[k] += served(problem.scenario, problem.taken, k, steps).sum()
    return total


def street_room(problem: Problem) -> NDArray[np.float64]:
    """Return the persons, or cars, that can enter each street in all and be out in time.

    Limits are kept by slots of the scenario: a street counts whole in each slot in which anyone
    can enter it. Those who wait at a gate come later to streets behind it, but no later than they
    could enter who passed the gate last.

    Returns
    -------
    room
        Shape (2 x modes x links,), by mode, link and direction.
    """
    p, links = problem, problem.modes.room.shape[1]
    count = 2 * len(p.modes) * links
    slots = np.zeros((count, p.street_slots), dtype=bool)
    for w, window in enumerate(p.scenario.windows):
        k = row_of(p.scenario.corridors)[window.corridor]
        for group in np.flatnonzero(p.modes.able & p.supply.any(axis=0)):
            _mark(p, (w, k, int(group)), slots)
    per_s = np.repeat(p.modes.room.ravel(), 2)
    return np.asarray(per_s * p.scenario.planning.slot_s * slots.sum(axis=1))


def _mark(p: Problem, place: tuple[int, int, int], slots: NDArray[np.bool_]) -> None:
    """Mark the slots in which one group can enter streets on its way through one window."""
    w, k, group = place
    mode, links = int(p.modes.of_group[group]), p.modes.room.shape[1]
    arcs, tail, per = p.inside[mode], p.tails[mode][k], p.ticks_per_step
    if tail is None:
        return
    cost = p.ticks[group, arcs.link].astype(float)
    one = cheapest(arcs, cost)
    pairs = (arcs.tail[one], arcs.head[one])
    graph = csr_array((cost[one], pairs), shape=(arcs.nodes, arcs.nodes))
    homes = p.zone_node[p.supply[:, group] > 0]
    reach = int(p.open_step[w]) * per + dijkstra(graph, indices=homes, min_only=True)
    latest = float(int(p.last_step[group, w]) * per)
    behind = p.walk_ticks[group, k][arcs.head]
    _fill(slots, 2 * (arcs.link + mode * links) + ~arcs.forward, (
        reach[arcs.tail], latest - behind - cost, p.ticks_per_slot,
    ))  # fmt: skip
    entered = np.cumsum(p.ticks[group, tail.links]) - p.ticks[group, tail.links]
    first = reach[tail.mouth] + entered
    _fill(slots, 2 * (tail.links + mode * links) + ~tail.forward, (
        np.where(reach[tail.mouth] <= latest, first, np.inf), latest + entered, p.ticks_per_slot,
    ))  # fmt: skip


def _fill(
    slots: NDArray[np.bool_],
    ways: NDArray[np.int64],
    span: tuple[NDArray[np.float64], NDArray[np.float64], int],
) -> None:
    first, last, per_slot = span
    # Infinite where there is no way.
    known = np.isfinite(first) & np.isfinite(last) & (first <= last)
    begin = (first[known] // per_slot).astype(np.int64)
    end = (last[known] // per_slot).astype(np.int64)
    at = np.arange(slots.shape[1])
    slots[ways[known]] |= (at >= begin[:, None]) & (at <= end[:, None])
