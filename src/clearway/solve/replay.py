"""What a rounded plan really costs: the gates replayed step by step."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from clearway.solve.called import Called
from clearway.solve.problem import Problem
from clearway.solve.routes import Routes
from clearway.solve.taken import served, uneven

SECONDS_PER_HOUR = 3600.0


@dataclass(frozen=True, slots=True, eq=False)
class Outcome:
    """Values of a plan in whole households.

    Attributes
    ----------
    persons
        Brought out.
    weight
        The same, weighted.
    exposure_hours, out_hours
        Person-hours in the open, and until out.
    """

    persons: int
    weight: float
    exposure_hours: float
    out_hours: float


def replay(problem: Problem, routes: Routes, called: Called) -> Outcome:
    """Return what ``called`` costs when the gates serve first come, first served.

    Those who come to a gate in the same step are served alike, so one wait a step is enough: the
    mean over the stretch of the gate's work that those of the step take up.
    """
    columns, planning = called.columns, problem.scenario.planning
    corridor = problem.cells.corridor[columns.cell]
    window = problem.cells.window[columns.cell]
    places = zip(columns.route, columns.group, strict=True)
    walk = np.array([routes.walk_ticks(int(r), int(g)) for r, g in places], dtype=np.int64)
    joins = columns.depart - (-walk // problem.ticks_per_step)
    cohorts = problem.cells.cohorts[columns.cell]
    steps = joins[:, None] + np.arange(problem.cohorts)
    leaves = np.arange(problem.cohorts) < cohorts[:, None]
    share = np.where(leaves, (called.persons / cohorts)[:, None], 0.0)
    passing = np.zeros(steps.shape)
    for w in np.unique(window):
        mine = window == w
        k = int(corridor[mine][0])
        if uneven(problem.scenario, problem.taken, k):
            passing[mine] = _passing_shared(problem, k, steps[mine], share[mine])
        else:
            rate = problem.gate_rate[k] * planning.step_s
            passing[mine] = _passing(steps[mine], share[mine], rate)
    beyond = problem.corridor_ticks[columns.group, corridor] * planning.tick_s
    out_s = passing * planning.step_s + beyond[:, None]
    left_s = (columns.depart[:, None] + np.arange(problem.cohorts)) * planning.step_s
    return Outcome(
        int(called.persons.sum()),
        float((problem.weights[columns.group] * called.persons).sum()),
        float((share * (out_s - left_s)).sum() / SECONDS_PER_HOUR),
        float((share * out_s).sum() / SECONDS_PER_HOUR),
    )


def _passing(
    steps: NDArray[np.int64], share: NDArray[np.float64], rate: float
) -> NDArray[np.float64]:
    """Return the mean step in which those who join a gate in each step pass it."""
    first = int(steps.min())
    arrived = np.bincount((steps - first).ravel(), weights=share.ravel())
    served, mean = 0.0, np.zeros(len(arrived))
    # The gate's work is laid end to end from each busy stretch on: one step is `rate` of it.
    for step, persons in enumerate(arrived):
        if persons <= 0:
            continue
        served = max(served, step * rate)
        mean[step] = _mean_step(served / rate, (served + persons) / rate)
        served += persons
    return np.asarray(first + mean[steps - first])


def _mean_step(begin: float, end: float) -> float:
    """Return the mean of the whole steps that a stretch of work from ``begin`` to ``end`` is in."""
    near, far = np.floor(begin + 1e-9), np.floor(end - 1e-9)
    if far <= near:
        return float(near)
    # Sum over the steps of (step x part of the stretch in it).
    inner = (near + 1 + far - 1) * (far - near - 1) / 2
    total = near * (near + 1 - begin) + inner + far * (end - far)
    return float(total / (end - begin))


def _passing_shared(
    problem: Problem, corridor: int, steps: NDArray[np.int64], share: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Return the same at a gate that does not always serve alike."""
    first = int(steps.min())
    arrived = np.bincount((steps - first).ravel(), weights=share.ravel())
    day = 86_400 // problem.scenario.planning.step_s
    grid = np.arange(first, first + len(arrived) + day)
    work = served(problem.scenario, problem.taken, corridor, grid)
    # The gate's work laid end to end, and the integral of the step over it.
    done = np.append(0.0, np.cumsum(work))
    moment = np.append(0.0, np.cumsum(work * np.arange(len(grid))))
    at, mean = 0.0, np.zeros(len(arrived))
    for step, persons in enumerate(arrived):
        if persons <= 0:
            continue
        begin = max(at, float(done[step]))
        at = begin + persons
        low, high = np.interp([begin, at], done, moment)
        mean[step] = (high - low) / persons
    return np.asarray(first + mean[steps - first])
