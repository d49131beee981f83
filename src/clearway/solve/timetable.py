"""A first timetable: the relaxed flow laid into the gates' slots, nearest zones first."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from clearway.solve.problem import Problem
from clearway.solve.routes import NO_COLUMNS, Columns, Routes

#: Persons below which a share of a slot is nobody.
NOBODY = 1e-6


def timetable(
    problem: Problem, routes: Routes, menu: NDArray[np.bool_], persons: NDArray[np.float64]
) -> Columns:
    """Return the columns that bring ``persons`` through the gates, as far as slots allow.

    Each window is filled slot by slot. Of those who can meet a slot, those go first for whom the
    fewest slots are left, then those who can be there first: so each zone's blocks follow one
    another, and gates are busy from the first slot on.

    Parameters
    ----------
    problem
        As posed.
    routes
        Takes the shortest routes that are used.
    menu
        Shape (z, g, cells), who can meet which slot.
    persons
        Shape (z, g, w), persons to bring through each window.
    """
    rows: list[tuple[int, int, int]] = []
    for window in range(persons.shape[2]):
        cells = np.flatnonzero(problem.cells.window == window)
        if len(cells):
            rows += _fill(problem, menu[:, :, cells], persons[:, :, window], cells)
    if not rows:
        return NO_COLUMNS
    zone, group, cell = (np.array(column, dtype=np.int64) for column in zip(*rows, strict=True))
    return static_columns(problem, routes, (zone, group, cell))


def static_columns(
    problem: Problem, routes: Routes, places: tuple[NDArray[np.int64], ...]
) -> Columns:
    """Return columns on shortest routes for rows of zones, groups and cells."""
    zone, group, cell = places
    corridor = problem.cells.corridor[cell]
    found = [
        routes.shortest(int(z), int(g), int(k))
        for z, g, k in zip(zone, group, corridor, strict=True)
    ]
    depart = problem.cells.front[cell] - problem.walk_steps[zone, group, corridor]
    return Columns(zone, group, cell, np.array(found, dtype=np.int64), depart)


def _fill(
    problem: Problem,
    menu: NDArray[np.bool_],
    persons: NDArray[np.float64],
    cells: NDArray[np.int64],
) -> list[tuple[int, int, int]]:
    left = np.where(menu.any(axis=2), persons, 0.0)
    zone, group = np.nonzero(left > NOBODY)
    can = menu[zone, group]
    release = can.argmax(axis=1)
    until = can.shape[1] - can[:, ::-1].argmax(axis=1)
    order = np.lexsort((zone, release, until))
    zone, group, can, amount = zone[order], group[order], can[order], left[zone, group][order]
    rows = []
    for at, cell in enumerate(cells):
        room = problem.cells.capacity[cell]
        for item in np.flatnonzero(can[:, at] & (amount > NOBODY)):
            if room <= NOBODY:
                break
            taken = min(room, amount[item])
            amount[item] -= taken
            room -= taken
            rows.append((int(zone[item]), int(group[item]), int(cell)))
    return rows
