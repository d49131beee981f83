"""The best flow of people, level by level: rounds of solving, bounding and pricing."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from clearway.model.plan import EXPOSURE, HOURS, PEOPLE
from clearway.solve.highs import INFINITY
from clearway.solve.master import Answer, Duals, Master
from clearway.solve.options import Watch
from clearway.solve.pricing import Pricing
from clearway.solve.problem import Problem
from clearway.solve.relax import Relaxation
from clearway.solve.routes import Columns, Routes
from clearway.solve.timetable import timetable

#: Share by which a level's row is looser than the level's own optimum, for the next level's sake.
SLACK = 1e-7


@dataclass(frozen=True, slots=True, eq=False)
class Bounds:
    """What the last round of a level proved: a bound for any ``hold`` on weighted persons.

    Attributes
    ----------
    value
        Lower bound on the level's cost where at least ``weight`` weighted persons come out.
    weight
        As the row that held it.
    slope
        Cost that one weighted person less in that row saves at most.
    """

    value: float
    weight: float
    slope: float

    def at(self, weight: float) -> float:
        """Return the bound where at least ``weight`` weighted persons come out."""
        return self.value + self.slope * (weight - self.weight)


@dataclass(frozen=True, slots=True, eq=False)
class Flow:
    """A fractional plan and what was proved on the way.

    Attributes
    ----------
    columns
        Blocks.
    persons
        Shape (columns,), persons in each.
    bounds
        One a level that was solved, from the linear program with streets.
    duals
        Of the first level, after its last round.
    finished
        Whether every level was solved as closely as asked for.
    """

    columns: Columns
    persons: NDArray[np.float64]
    bounds: dict[str, Bounds]
    duals: Duals
    finished: bool


def best_flow(
    problem: Problem, routes: Routes, relaxation: Relaxation, watch: Watch, spread: float
) -> Flow:
    """Return the lexicographically best flow: people by weight, exposure, then hours.

    Each level begins with the columns of the levels before, the first with a timetable of the
    relaxed flow. A round solves the master, adds rows for overfull streets, prices all columns,
    and so proves a bound: the master's optimum plus what the best column of each zone and group
    could save for all its people (Lagrange). Rounds end when the value is as near to the better
    of this bound and the relaxation's as asked for, or when no column would help.
    """
    master, pricing = Master(problem, routes, spread), Pricing(problem, routes)
    seed, floors = _relaxed_levels(relaxation)
    master.add(timetable(problem, routes, pricing.menu, seed))
    answer, bound, finished = _rounds(master, pricing, watch, (PEOPLE, floors[PEOPLE]), 0.0)
    bounds, duals = {PEOPLE: bound}, answer.duals
    weight, exposure = -answer.objective * (1 - SLACK), INFINITY
    for level in (EXPOSURE, HOURS):
        if watch.over():
            finished = False
            break
        master.hold(weight, exposure)
        answer, bounds[level], done = _rounds(
            master, pricing, watch, (level, floors[level]), weight
        )
        finished = finished and done
        exposure = answer.objective * (1 + SLACK)
    return Flow(master.columns, answer.x, bounds, duals, finished)


def _relaxed_levels(relaxation: Relaxation) -> tuple[NDArray[np.float64], dict[str, float]]:
    """Return the relaxed flow, and a lower bound on each level's cost where all before are best."""
    people = relaxation.best(PEOPLE)
    exposure = relaxation.best(EXPOSURE, weight=people.value)
    hours = relaxation.best(HOURS, weight=people.value, exposure=exposure.value)
    # Levels after the first hold what the master reached, less than the relaxation: no floor.
    floors = {PEOPLE: -people.value, EXPOSURE: -INFINITY, HOURS: -INFINITY}
    return hours.persons, floors


def _rounds(
    master: Master, pricing: Pricing, watch: Watch, goal: tuple[str, float], weight: float
) -> tuple[Answer, Bounds, bool]:
    """Return a level's optimum, its bound, and whether it is as near as asked for."""
    level, bound = goal
    number = 0
    while True:
        number += 1
        answer = master.solve(level)
        priced = pricing.price(level, answer.duals)
        lagrange = answer.objective + float((pricing.supply * priced.least).sum())
        bound = max(bound, lagrange)
        watch.tell(level, number, answer.objective, bound)
        proved = Bounds(bound, weight, max(answer.duals.weight, 0.0))
        if watch.near(answer.objective, bound) or not master.adds(priced.columns):
            return answer, proved, True
        if watch.over():
            return answer, proved, False
        master.add(priced.columns)
