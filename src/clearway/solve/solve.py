"""The whole of solving: pose, relax, search, round off, prove, explain."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import replace

import numpy as np

from clearway.model.checks import Checks
from clearway.model.plan import EXPOSURE, HOURS, PEOPLE, Level, Movement, Plan, Status
from clearway.model.scenario import Scenario
from clearway.solve.explain import Shadow, explain
from clearway.solve.fairness import level_out
from clearway.solve.flow import Flow, Search
from clearway.solve.master import COUNT
from clearway.solve.options import Progress, SolveOptions, Watch
from clearway.solve.problem import Problem, pose
from clearway.solve.relax import Relaxation
from clearway.solve.replay import Outcome, replay
from clearway.solve.rounding import Called, round_off
from clearway.solve.routes import Routes
from clearway.solve.withstand import before_gate_m, withstand

log = logging.getLogger(__name__)

#: What the linear program's values may be off by, as a share.
SOLVED = 1e-6
#: Margins of the fairness option that are tried, in households of the largest size.
MARGINS = (2.0, 4.0, 8.0)
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
    problem = pose(scenario)
    log.info("%d gate slots, %.0f persons", len(problem.cells), problem.supply.sum())
    if not len(problem.cells) or not problem.supply.any():
        status = explain(problem, None, None, finished=True)
        return _with_rules(_plan(problem, (), (), status), scenario, risk, watch)
    routes, relaxation = Routes(problem), Relaxation(problem)
    hurried = problem if risk is None else replace(problem, urgency=problem.weights)
    search, flow, called = _search(hurried, routes, relaxation, watch)
    outcome = replay(problem, routes, called)
    search.ready(called.columns)
    levels, shadow = _levels(problem, relaxation, search, outcome, watch)
    status = explain(problem, shadow, levels[0], finished=flow.finished)
    plan = _plan(problem, _movements(problem, routes, called), levels, status)
    return _with_rules(plan, scenario, risk, watch)


def _with_rules(plan: Plan, scenario: Scenario, risk: float | None, watch: Watch) -> Plan:
    """Return ``plan`` with rules if a risk was accepted: gates need them if nobody is called, too.

    People come of themselves, whatever the table says.
    """
    if risk is None:
        return plan
    walks = before_gate_m(scenario, plan.movements)
    return plan.replace(rules=withstand(scenario, plan.movements, walks, risk, watch))


def _check(risk: float | None) -> None:
    checks = Checks("solve")
    checks.number("risk", 1.0 if risk is None else risk, 1e-6, 1.0)
    checks.done()


def _search(
    problem: Problem, routes: Routes, relaxation: Relaxation, watch: Watch
) -> tuple[Search, Flow, Called]:
    """Return the search, flow and blocks that bring out most, by weight.

    With the fairness option, what rounding does to shares is not known beforehand: a small margin
    loses people when shares are levelled out afterwards, a large one in the linear program.
    """
    tries: list[tuple[Search, Flow, Called]] = []
    for margin in MARGINS if problem.scenario.planning.spread < 1 else MARGINS[:1]:
        if tries and watch.over():
            break
        search = Search(problem, routes, relaxation, margin)
        flow = search.best(watch)
        tries.append((search, flow, level_out(problem, round_off(problem, routes, flow))))
    weights = [
        float((problem.weights[called.columns.group] * called.persons).sum())
        for _, _, called in tries
    ]
    return tries[int(np.argmax(weights))]


def _plan(
    problem: Problem, movements: tuple[Movement, ...], levels: tuple[Level, ...], status: Status
) -> Plan:
    scenario = problem.scenario
    uptake = scenario.planning.uptake.central
    return Plan(scenario.id, movements, levels, status, int(problem.supply.sum()), uptake)


def _levels(
    problem: Problem, relaxation: Relaxation, search: Search, outcome: Outcome, watch: Watch
) -> tuple[tuple[Level, ...], Shadow]:
    """Return each level with the better of the bounds with and without streets, and what binds."""
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


def _movements(problem: Problem, routes: Routes, called: Called) -> tuple[Movement, ...]:
    """Return the blocks as movements, in order of departure, with ids by corridor."""
    scenario, columns = problem.scenario, called.columns
    order = np.lexsort((called.first, columns.group, columns.zone, columns.cell, columns.depart))
    numbers = dict.fromkeys((corridor.id for corridor in scenario.corridors), 0)
    link_ids = scenario.network.links.id
    movements = []
    for row in order:
        corridor = scenario.corridors[problem.cells.corridor[columns.cell[row]]].id
        numbers[corridor] += 1
        movements.append(
            Movement(
                id=f"{corridor}-{numbers[corridor]:04d}",
                zone=scenario.zones[columns.zone[row]].id,
                group=scenario.groups[columns.group[row]].id,
                corridor=corridor,
                links=tuple(link_ids[routes.links(int(columns.route[row]))].tolist()),
                depart_s=int(columns.depart[row]) * scenario.planning.step_s,
                first_household=int(called.first[row]),
                households=int(called.households[row]),
                persons=int(called.persons[row]),
            )
        )
    return tuple(movements)
