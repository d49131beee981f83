"""Those who go by themselves: the search for their flow, and its blocks as movements."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from clearway.model.plan import Movement
from clearway.solve.called import Called
from clearway.solve.fairness import level_out
from clearway.solve.flow import Flow, Search
from clearway.solve.options import Watch
from clearway.solve.problem import Problem
from clearway.solve.relax import Relaxation
from clearway.solve.replay import Outcome, replay
from clearway.solve.rounding import round_off
from clearway.solve.routes import Routes

#: Margins of the fairness option that are tried, in households of the largest size.
MARGINS = (2.0, 4.0, 8.0)


@dataclass(frozen=True, slots=True, eq=False)
class Afoot:
    """What was found for those who go by themselves.

    Attributes
    ----------
    movements
        As the plan has them.
    relaxation, search
        Ready to prove bounds.
    flow
        The fractional plan that they were rounded from.
    outcome
        What they cost.
    """

    movements: tuple[Movement, ...]
    relaxation: Relaxation
    search: Search
    flow: Flow
    outcome: Outcome


def go(problem: Problem, risk: float | None, watch: Watch) -> Afoot | None:
    """Return the best that was found; None if nobody can go, or nobody is left to.

    With a risk, those who weigh more are called first.
    """
    if not len(problem.cells) or not problem.supply.any():
        return None
    routes, relaxation = Routes(problem), Relaxation(problem)
    hurried = problem if risk is None else replace(problem, urgency=problem.weights)
    search, flow, called = _search(hurried, routes, relaxation, watch)
    outcome = replay(problem, routes, called)
    search.ready(called.columns)
    return Afoot(_movements(problem, routes, called), relaxation, search, flow, outcome)


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
        cohorts = int(problem.cells.cohorts[columns.cell[row]])
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
                span_s=cohorts * scenario.planning.step_s if cohorts < problem.cohorts else None,
            )
        )
    return tuple(movements)
