"""First blocks where streets bind: paths of the summed-up hours, called again in every slot."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from clearway.solve.problem import Problem
from clearway.solve.routes import Columns, Routes, join_all, passes
from clearway.solve.steady import Path, Steady, SteadyFlow
from clearway.solve.timetable import static_columns

#: Persons on a path below which it is nobody's.
NOBODY: Final = 1e-3
#: Slots at the beginning of a window in which the near may go who would else have gone later.
EARLY: Final = 4
#: How many times its even share of its path a block may be where streets bind.
BOX: Final = 2.0


@dataclass(frozen=True, slots=True, eq=False)
class Repeated:
    """Blocks, and the persons that each may be at most.

    Attributes
    ----------
    columns
        Blocks.
    most
        Shape (n,), infinite for those of a mode whose streets do not bind.
    """

    columns: Columns
    most: NDArray[np.float64]


def repeated(problem: Problem, routes: Routes, steady: Steady, flows: list[SteadyFlow]) -> Repeated:
    """Return the blocks of the paths in use, one for each slot of the gate that they can meet.

    So Ford and Fulkerson (1958) make a flow over time of a steady one. The even share of a path
    keeps every street within its capacity; a few times that keep most, so that few streets need a
    row. In a window's first slots, when those from afar can not be there yet, everyone may go by
    the shortest way.
    """
    persons = np.zeros(len(steady.paths))
    for flow in flows:
        persons[: len(flow.persons)] = np.maximum(persons[: len(flow.persons)], flow.persons)
    modes = problem.modes
    tight = np.unique(steady.binding // (2 * modes.room.shape[1]))
    can = passes(problem)
    parts = [_early(problem, routes, can)]
    most = [np.full(len(parts[0]), np.inf)]
    for at in np.flatnonzero(persons > NOBODY):
        path = steady.paths[at]
        part = _slots(problem, routes, path, can[path.group])
        parts.append(part)
        boxed = modes.of_group[path.group] in tight
        share = BOX * persons[at] / max(1, len(part)) if boxed else np.inf
        most.append(np.full(len(part), share))
    return Repeated(join_all(parts), np.concatenate(most))


def _slots(problem: Problem, routes: Routes, path: Path, can: NDArray[np.bool_]) -> Columns:
    cells = problem.cells
    route = routes.add(int(problem.modes.of_group[path.group]), path.corridor, path.arcs)
    steps = -(-routes.walk_ticks(route, path.group) // problem.ticks_per_step)
    depart = cells.front - steps
    meets = (cells.corridor == path.corridor) & can & (depart >= problem.open_step[cells.window])
    rows = np.flatnonzero(meets)
    told = (path.zone, path.group, rows, route, depart[rows])
    return Columns(*(np.broadcast_to(one, len(rows)).astype(np.int64) for one in told))


def _early(problem: Problem, routes: Routes, can: NDArray[np.bool_]) -> Columns:
    cells = problem.cells
    order = np.arange(len(cells)) - np.searchsorted(cells.window, cells.window)
    walk = problem.walk_steps[:, :, cells.corridor]
    meets = (order < EARLY) & can[None] & (problem.supply[:, :, None] > 0)
    meets &= cells.front - walk >= problem.open_step[cells.window]
    return static_columns(problem, routes, np.nonzero(meets))
