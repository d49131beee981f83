"""Households, in the order of the blocks that they are called in."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from clearway.model.plan import Movement, Plan
from clearway.model.scenario import Scenario, row_of


@dataclass(frozen=True, slots=True, eq=False)
class Folk:
    """All households inside; n of them, b blocks.

    A block calls a stretch of its zone's households of one group: those expected to go and, in
    proportion, those who are not. Who comes of it is drawn.

    Attributes
    ----------
    size, group, zone
        Shape (n,).
    row
        Shape (n,), its place among all households, whatever the plan: zone by zone, group by group,
        in their order. What it draws goes by this.
    block_start
        Shape (b + 1,), first household of each block; those that are never called come last.
    leave_s
        Shape (n,), seconds after the call at which it leaves: evenly over one slot.
    way, near_way
        Shape (n,), its way if called, and to the nearest mouth if it comes of itself; -1: none.
    """

    size: NDArray[np.int64]
    group: NDArray[np.int32]
    zone: NDArray[np.int64]
    row: NDArray[np.int64]
    block_start: NDArray[np.int64]
    leave_s: NDArray[np.float64]
    way: NDArray[np.int64]
    near_way: NDArray[np.int64]


def gather_folk(
    scenario: Scenario,
    plan: Plan,
    movements: list[Movement],
    way: NDArray[np.int64],
    near_way: NDArray[np.int64],
) -> Folk:
    """Return every household once: those of ``movements`` in that order, then the rest.

    Parameters
    ----------
    scenario, plan
        Whose households, and the uptake that its blocks reckon with.
    movements
        In the order of blocks.
    way
        Shape (movements,), rows of their ways.
    near_way
        Shape (zones,), rows of the ways to the nearest mouth.
    """
    slot, zones, groups = scenario.planning.slot_s, row_of(scenario.zones), row_of(scenario.groups)
    orders = {
        (z, g): scenario.demand.sequence(z, g)
        for z in range(len(zones))
        for g in range(len(groups))
    }
    free = {place: np.ones(len(order), dtype=bool) for place, order in orders.items()}
    counts = [len(order) for order in orders.values()]
    begin = dict(zip(orders, np.cumsum([0, *counts]).tolist(), strict=False))
    parts: list[_Part] = []
    for row, movement in enumerate(movements):
        place = zones[movement.zone], groups[movement.group]
        called = movement.first_household, movement.households
        first, last = stretch(*called, plan.uptake, len(orders[place]))
        free[place][first:last] = False
        span = movement.leaves_over_s(slot)
        even = (np.arange(last - first) + 0.5) / max(last - first, 1) * span
        rows = begin[place] + np.arange(first, last)
        parts.append(_Part(orders[place][first:last], place, rows, even, int(way[row])))
    blocks = [len(part.size) for part in parts]
    for place, order in orders.items():
        rest = order[free[place]]
        rows = begin[place] + np.flatnonzero(free[place])
        parts.append(_Part(rest, place, rows, np.zeros(len(rest)), -1))
    return Folk(
        size=np.concatenate([part.size for part in parts]),
        group=_each(parts, [part.place[1] for part in parts]).astype(np.int32),
        zone=_each(parts, [part.place[0] for part in parts]),
        row=np.concatenate([part.row for part in parts]),
        block_start=np.concatenate([[0], np.cumsum(blocks)]).astype(np.int64),
        leave_s=np.concatenate([part.leave_s for part in parts]),
        way=_each(parts, [part.way for part in parts]),
        near_way=_each(parts, [int(near_way[part.place[0]]) for part in parts]),
    )


def stretch(first: int, households: int, uptake: float, count: int) -> tuple[int, int]:
    """Return the households, of all ``count`` in order, among whom some are expected.

    Parameters
    ----------
    first, households
        Of those expected: place of the first of them, and how many they are.
    uptake
        Share of households that is expected to go.
    count
        Of all households, whoever goes.
    """
    willing = int(np.floor(uptake * count + 0.5))
    ends = first, first + households
    begin, end = (int(np.floor(end * count / max(willing, 1) + 0.5)) for end in ends)
    return min(begin, count), min(end, count)


@dataclass(frozen=True, slots=True, eq=False)
class _Part:
    size: NDArray[np.int64]
    place: tuple[int, int]
    row: NDArray[np.int64]
    leave_s: NDArray[np.float64]
    way: int


def _each(parts: list[_Part], values: list[int]) -> NDArray[np.int64]:
    return np.repeat(np.array(values, dtype=np.int64), [len(part.size) for part in parts])
