"""The best flow of people, level by level: rounds of solving, bounding and pricing."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from clearway.model.plan import EXPOSURE, HOURS, PEOPLE
from clearway.model.population import SIZES
from clearway.solve.highs import INFINITY
from clearway.solve.master import Answer, Goal, Master
from clearway.solve.options import Watch
from clearway.solve.pricing import Pricing
from clearway.solve.problem import Problem
from clearway.solve.relax import Relaxation
from clearway.solve.repeated import repeated
from clearway.solve.routes import Columns, Routes
from clearway.solve.steady import Steady
from clearway.solve.timetable import timetable

#: Share by which a level's row is looser than the level's own optimum, for the next level's sake.
SLACK = 1e-7
#: Labels that the sweeps of one round may set; beyond, rounds are too slow where streets bind.
LARGE = 5e7


@dataclass(frozen=True, slots=True, eq=False)
class Flow:
    """A fractional plan.

    Attributes
    ----------
    columns
        Blocks.
    persons
        Shape (columns,), persons in each.
    finished
        Whether every level was solved as closely as asked for.
    tight
        Whether many streets are full to the last person.
    """

    columns: Columns
    persons: NDArray[np.float64]
    finished: bool
    tight: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class Proof:
    """What rounds of one level came to.

    Attributes
    ----------
    answer
        The last optimum over the columns so far; None if there was no time for any.
    bound
        No flow of blocks costs less.
    finished
        Whether the two are as near as asked for, or no column would help.
    """

    answer: Answer | None
    bound: float
    finished: bool


class Search:
    """Finds the lexicographically best flow: people by weight, exposure, then hours.

    Each level begins with the columns of the levels before, the first with a timetable of the
    relaxed flow. A round solves the master, adds rows for overfull streets, prices all columns,
    and so proves a bound: the master's optimum plus what the best column of each zone and group
    could save for all its people (Lagrange). Rounds end when the value is as near to the better
    of this bound and the relaxation's as asked for, or when no column would help.
    """

    def __init__(
        self, problem: Problem, routes: Routes, relaxation: Relaxation, margin: float = 2.0
    ) -> None:
        """Prepare the master.

        Parameters
        ----------
        problem, routes
            What is solved, and where routes are kept.
        relaxation
            Gives the first columns and a bound on people.
        margin
            Households of the largest size by which the fairness option is tightened, for what
            rounding does to a zone's share.
        """
        self._problem, self._routes, self._relaxation = problem, routes, relaxation
        self._master = Master(problem, routes, _rounded_spread(problem, margin))
        self._pricing = Pricing(problem, routes)
        self._steady: Steady | None = None
        self._last: Answer | None = None

    def best(self, watch: Watch) -> Flow:
        """Return the best flow found until ``watch`` is over, at least a first one."""
        people = self._relaxation.best(PEOPLE)
        exposure = self._relaxation.best(EXPOSURE, weight=people.value)
        seed = self._relaxation.best(HOURS, weight=people.value, exposure=exposure.value)
        first = timetable(self._problem, self._routes, self._pricing.menu, seed.persons)
        self._master.add(first)
        if self._pricing.sweep_size > LARGE:
            self._sum_up(watch)
        proof = self._rounds(Goal(PEOPLE), -people.value, watch)
        if self._steady is not None and proof.answer is not None:
            return Flow(self._master.columns, proof.answer.x, proof.finished, tight=True)
        if proof.answer is None:
            # Not even one round: the timetable, as full as rounding can make it.
            return Flow(first, self._problem.cells.capacity[first.cell], finished=False)
        answer, finished = proof.answer, proof.finished
        weight, most = -answer.objective * (1 - SLACK), INFINITY
        for level in (EXPOSURE, HOURS):
            if watch.over():
                finished = False
                break
            self._master.hold(weight, most)
            proof = self._rounds(Goal(level), -INFINITY, watch)
            finished = finished and proof.finished
            if proof.answer is None:
                break
            answer = proof.answer
            most = answer.objective * (1 + SLACK)
        # Columns of a round that was cut off are there, but nobody is in them.
        persons = np.zeros(len(self._master.columns))
        persons[: len(answer.x)] = answer.x
        return Flow(self._master.columns, persons, finished)

    def _sum_up(self, watch: Watch) -> None:
        """Add the blocks of a flow with its hours summed up, if streets turn out to bind.

        Rounds of sweeps would take too long then; the summed-up flow proves the bounds.
        """
        self._master.solve_within(Goal(PEOPLE), watch)
        if not self._master.watched or watch.over():
            return
        steady = Steady(self._problem)
        people = steady.best(PEOPLE)
        exposure = steady.best(EXPOSURE, weight=people.bound)
        blocks = repeated(self._problem, self._routes, steady, [people, exposure])
        self._master.add(blocks.columns, blocks.most)
        self._steady = steady

    def streets_bind(self) -> bool:
        """Return whether any street was overfull in any round."""
        return self._master.watched > 0

    @property
    def hurried(self) -> bool:
        """Whether hours count for more than one, so that they prove nothing about plain hours."""
        return bool((self._problem.urgency != 1).any())

    def ready(self, called: Columns) -> None:
        """Prepare to prove bounds for a plan of blocks ``called``, which is then among the flows.

        Rounding may have called blocks that the master does not have, and used the margin that
        the fairness option had for it.
        """
        self._master.add(called)
        spread = self._problem.scenario.planning.spread
        if spread < 1:
            self._master.set_spread(spread)

    def prove(self, level: str, weight: float, watch: Watch) -> Proof:
        """Return the best of ``level`` where at least ``weight`` weighted persons come out."""
        if self._steady is not None:
            return Proof(self._last, self._steady_bound(level, weight), finished=True)
        self._master.hold(weight * (1 - SLACK), INFINITY)
        return self._rounds(Goal(level, waiting=False), -INFINITY, watch)

    def _steady_bound(self, level: str, weight: float) -> float:
        """Return what no plan costs less than, with the hours summed up; nothing about hours."""
        if self._steady is None or level == HOURS:
            return -INFINITY
        bound = self._steady.best(level, weight=weight).bound
        return bound if level == EXPOSURE else -bound

    def _rounds(self, goal: Goal, bound: float, watch: Watch) -> Proof:
        number, best = 0, None
        while True:
            number += 1
            if self._steady is not None:
                goal = dataclasses.replace(goal, all_at_once=True)
            answer = self._master.solve_within(goal, watch)
            if answer is None or (best is not None and not answer.whole):
                return Proof(best, bound, finished=False)
            best = answer
            if self._steady is not None:
                return self._summed_up(goal, answer, watch)
            priced = self._pricing.price_within(goal, answer.duals, watch)
            if priced is None:
                return Proof(best, bound, finished=False)
            lagrange = answer.objective + float((self._problem.supply * priced.least).sum())
            bound = max(bound, lagrange)
            watch.tell(goal.level, number, answer.objective, bound)
            near = watch.near(answer.objective, bound) or not self._master.adds(priced.columns)
            if answer.whole and near:
                return Proof(best, bound, finished=True)
            if watch.over():
                return Proof(best, bound, finished=False)
            self._master.add(priced.columns)

    def _summed_up(self, goal: Goal, answer: Answer, watch: Watch) -> Proof:
        """Return the only round of one level where sweeps would take too long."""
        self._last, bound = answer, self._steady_bound(PEOPLE, 0.0)
        weight = self._problem.weights[self._master.columns.group]
        value = -float((weight * answer.x).sum())
        watch.tell(goal.level, 1, value, bound)
        return Proof(answer, bound, finished=answer.whole and watch.close(value, bound))


def _rounded_spread(problem: Problem, margin: float) -> float:
    """Return the fairness option, tightened by what a household more or less does to a share."""
    spread = problem.scenario.planning.spread
    persons = problem.supply.sum(axis=1)
    if spread >= 1 or not (persons > 0).any():
        return 1.0
    return max(0.0, spread - margin * max(SIZES) / float(persons[persons > 0].min()))
