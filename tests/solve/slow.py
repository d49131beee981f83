"""Slow ways to the same figures: every step of a gate, every walk of a block, by plain loops."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linprog

from clearway.model.plan import EXPOSURE, HOURS, PEOPLE
from clearway.solve.cells import NEVER
from clearway.solve.master import Duals
from clearway.solve.problem import Problem
from clearway.solve.routes import Columns, Routes, exposure_hours, out_hours, passes
from clearway.solve.walks import Arcs


class StepByStep:
    """The relaxation with one row for each step of each gate instead of blocks of steps."""

    def __init__(self, problem: Problem) -> None:
        """List who may pass when: zone, group, corridor, window and step."""
        self.problem = problem
        corridors = {c.id: k for k, c in enumerate(problem.scenario.corridors)}
        self.rows: list[tuple[int, int, int, int, int]] = []
        for w, window in enumerate(problem.scenario.windows):
            k = corridors[window.corridor]
            for z, g in np.ndindex(problem.supply.shape):
                if problem.walk_steps[z, g, k] >= NEVER:
                    continue
                ready = int(problem.open_step[w] + problem.walk_steps[z, g, k])
                last = int(problem.last_step[g, w])
                self.rows += [(z, g, k, w, step) for step in range(ready, last + 1)]

    def best(self, level: str, *, weight: float = 0.0, weighted: bool = True) -> float:
        """Return the optimum of a level where at least ``weight`` weighted persons come out."""
        problem, planning = self.problem, self.problem.scenario.planning
        worth = np.array([problem.weights[g] for _, g, *_ in self.rows])
        through = np.array([problem.corridor_ticks[g, k] for _, g, k, *_ in self.rows])
        walk = np.array([problem.walk_steps[z, g, k] for z, g, k, *_ in self.rows])
        step = np.array([row[4] for row in self.rows])
        corridor_s = through * planning.tick_s
        cost = {
            PEOPLE: -worth if weighted else -np.ones(len(worth)),
            EXPOSURE: (corridor_s + walk * planning.step_s) / 3600,
            HOURS: (corridor_s + step * planning.step_s) / 3600,
        }[level]
        matrix, limit = self._limits()
        answer = linprog(
            cost,
            np.vstack([matrix, -worth]),
            np.append(limit, -weight * (1 - 1e-9)),
            method="highs",
        )
        assert answer.status == 0, answer.message
        return float(-answer.fun if level == PEOPLE else answer.fun)

    def _limits(self) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Return rows for supplies, steps of gates, and sites."""
        problem = self.problem
        sites = problem.scenario.receptions
        limits: dict[tuple[int, ...], float] = {}
        members: dict[tuple[int, ...], list[int]] = defaultdict(list)
        for at, (z, g, k, w, step) in enumerate(self.rows):
            site = int(problem.site[k])
            rate = problem.gate_rate[k] * problem.scenario.planning.step_s
            mine: dict[tuple[int, ...], float] = {
                (0, z, g): float(problem.supply[z, g]),
                (1, w, step): float(rate),
                (2, site): sites[site].places.central,
            }
            limits |= mine
            for key in mine:
                members[key].append(at)
        matrix = np.zeros((len(limits), len(self.rows)))
        for row, key in enumerate(limits):
            matrix[row, members[key]] = 1.0
        return matrix, np.array(list(limits.values()))


def every_column(problem: Problem, routes: Routes, most_arcs: int) -> Columns:
    """Return all columns on walks of at most so many arcs, loops and all."""
    rows = []
    can = passes(problem)
    for cell in range(len(problem.cells)):
        k, w = int(problem.cells.corridor[cell]), int(problem.cells.window[cell])
        for z, g in np.ndindex(problem.supply.shape):
            mode = int(problem.modes.of_group[g])
            inside, tail = problem.inside[mode], problem.tails[mode][k]
            if not can[g, cell] or not problem.supply[z, g] or tail is None:
                continue
            for walk in walks(inside, int(problem.zone_node[z]), tail.mouth, most_arcs):
                arcs = np.array(walk, dtype=np.int64)
                ticks = int(problem.ticks[g, inside.link[arcs]].sum())
                depart = int(problem.cells.front[cell]) - -(-ticks // problem.ticks_per_step)
                if depart >= problem.open_step[w]:
                    rows.append((z, g, cell, routes.add(mode, k, arcs), depart))
    table = np.array(rows, dtype=np.int64).reshape(-1, 5)
    return Columns(*table.T)


def walks(inside: Arcs, node: int, mouth: int, most: int) -> Iterator[tuple[int, ...]]:
    """Yield every walk of arcs from a node to the mouth."""
    stack: list[tuple[int, tuple[int, ...]]] = [(node, ())]
    while stack:
        here, path = stack.pop()
        if here == mouth:
            yield path
        if len(path) < most:
            arcs = np.flatnonzero(inside.tail == here).tolist()
            stack += [(int(inside.head[arc]), (*path, arc)) for arc in arcs]


def reduced_costs(
    problem: Problem, routes: Routes, level: str, columns: Columns, duals: Duals
) -> NDArray[np.float64]:
    """Return each column's reduced cost, row of the master by row of the master."""
    weight = problem.weights[columns.group]
    exposed = exposure_hours(problem, columns)
    cost = {PEOPLE: -weight, EXPOSURE: exposed, HOURS: out_hours(problem, columns)}[level]
    cost = cost - duals.supply[columns.zone, columns.group] - duals.cell[columns.cell]
    cost = cost - duals.site[problem.site[problem.cells.corridor[columns.cell]]]
    cost = cost - duals.weight * weight - duals.exposure * exposed - duals.spread[columns.zone]
    tolls = dict(zip(duals.keys.tolist(), duals.link.tolist(), strict=True))
    use = routes.use(columns)
    for column, key, share in zip(use.column, use.key.tolist(), use.share, strict=True):
        cost[column] -= tolls.get(key, 0.0) * share
    return np.asarray(cost)
