"""The whole of solving: pose, relax, search, round off, prove, explain."""

from __future__ import annotations

import logging
from collections.abc import Callable

import numpy as np

from clearway.model.checks import Checks
from clearway.model.plan import EXPOSURE, HOURS, PEOPLE, Level, Movement, Plan, Status
from clearway.model.scenario import Scenario
from clearway.solve.beside import beside
from clearway.solve.explain import Shadow, explain
from clearway.solve.fleet import plan_fleet
from clearway.solve.go import Afoot, go
from clearway.solve.likewise import likewise
from clearway.solve.master import COUNT
from clearway.solve.options import Progress, SolveOptions, Watch
from clearway.solve.problem import Problem, pose
from clearway.solve.withstand import rules_for

log = logging.getLogger(__name__)

#: What the linear program's values may be off by, as a share.
SOLVED = 1e-6
_DEFAULT = SolveOptions()


def solve(
    scenario: Scenario,
    options: SolveOptions = _DEFAULT,
    *,
    risk: float | None = None,
    progress: Callable[[Progress], None] | None = None,
    stop: Callable[[], bool] | None = None,
) -> Plan:
    """Return the plan that brings out the most people, then least exposed, then soonest.

    With ``risk`` it is made to withstand what may come: those who weigh more are called first, and
    rules for gates are added (:mod:`clearway.solve.withstand`).

    Parameters
    ----------
    scenario
        What to plan for; its central estimates are planned with.
    options
        How far to go.
    risk
        Accepted probability that anyone is caught in a corridor when it closes; None plans for
        the central estimates alone.
    progress
        Called after each round.
    stop
        Asked after each round; true ends solving with the best plan so far.

    Returns
    -------
    Plan
        If nobody can be brought out, its status says why.

    Raises
    ------
    SolverError
        If the linear program's solver fails.

    Notes
    -----
    The method is in ``docs/model.md``: column generation with rows on demand (Ford and Fulkerson
    1958; Dantzig and Wolfe 1960), bounds by Lagrange, and rounding by error diffusion.
    """
    _check(risk)
    watch = Watch(options, progress, stop)
    whole = pose(scenario)
    if options.vehicles is not None:
        plan = likewise(whole, options.vehicles, risk, watch)
    elif scenario.fleet.vehicles or scenario.aid.convoys:
        plan = beside(whole, plan_fleet(whole), risk, watch)
    else:
        plan = _alone(whole, risk, watch)
    if risk is None or plan.rules is not None:
        return plan
    return plan.replace(rules=rules_for(scenario, plan.movements, risk, watch))


def _alone(problem: Problem, risk: float | None, watch: Watch) -> Plan:
    """Return the plan of those who go by themselves, where nothing else drives."""
    afoot = go(problem, risk, watch)
    if afoot is None:
        return _plan(problem, (), (), explain(problem, None, None, finished=True))
    levels, shadow = _levels(problem, afoot, watch)
    status = explain(problem, shadow, levels[0], finished=afoot.flow.finished)
    return _plan(problem, afoot.movements, levels, status)


def _check(risk: float | None) -> None:
    checks = Checks("solve")
    checks.number("risk", 1.0 if risk is None else risk, 1e-6, 1.0)
    checks.done()


def _plan(
    problem: Problem, movements: tuple[Movement, ...], levels: tuple[Level, ...], status: Status
) -> Plan:
    scenario = problem.scenario
    uptake = scenario.planning.uptake.central
    return Plan(scenario.id, movements, levels, status, int(problem.supply.sum()), uptake)


def _levels(problem: Problem, afoot: Afoot, watch: Watch) -> tuple[tuple[Level, ...], Shadow]:
    """Return each level with the better of the bounds with and without streets, and what binds."""
    relaxation, search, outcome = afoot.relaxation, afoot.search, afoot.outcome
    people = relaxation.best(PEOPLE, weighted=False)
    least = {
        EXPOSURE: relaxation.best(EXPOSURE, weight=outcome.weight).value,
        HOURS: relaxation.best(HOURS, weight=outcome.weight).value,
    }
    most, shadow = people.value, Shadow.of_relaxation(relaxation, people)
    if search.streets_bind() and not watch.over():
        proof = search.prove(COUNT, 0.0, watch)
        if proof.answer is not None and -proof.bound < most * (1 - SOLVED):
            most, shadow = -proof.bound, Shadow.of_master(problem, proof.answer.duals)
        for level, bound in least.items():
            if level == EXPOSURE or not search.hurried:
                least[level] = max(bound, search.prove(level, outcome.weight, watch).bound)
    # Persons are whole; the simplex method's answer is exact to about 1e-7 of it.
    whole = float(np.floor(most * (1 + SOLVED) + SOLVED))
    values = {EXPOSURE: outcome.exposure_hours, HOURS: outcome.out_hours}
    rest = (Level(name, value, least[name]) for name, value in values.items())
    return (Level(PEOPLE, float(outcome.persons), whole), *rest), shadow
