"""A plan made anew on the day: what has happened stays, what was announced stays if it can."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from clearway.model.plan import Movement, Plan
from clearway.model.rates import served
from clearway.model.replan import Turn
from clearway.model.scenario import Scenario, row_of
from clearway.solve.anew_blocks import NONE, Block, Known, blocks
from clearway.solve.anew_fill import Filler
from clearway.solve.anew_gates import Clock, Kept, drop, keep
from clearway.solve.anew_pool import Pool
from clearway.solve.problem import Problem
from clearway.solve.residual import Line
from clearway.solve.routes import Routes

#: Slots that those who are called may wait at a gate.
PATIENCE = 1


@dataclass(frozen=True, slots=True, eq=False)
class OnFoot:
    """Those who go by themselves, from now on.

    Attributes
    ----------
    movements
        In order of departure.
    turns
        Those who go back.
    pool
        Who is left.
    """

    movements: tuple[Movement, ...]
    turns: tuple[Turn, ...]
    pool: Pool


def go_anew(problem: Problem, before: Scenario, plan: Plan, windows: Known, world: World) -> OnFoot:
    """Return the movements of ``plan`` as they can be kept, and new ones for those who are left.

    Parameters
    ----------
    problem
        Of the revised scenario.
    before
        The scenario as it was when ``plan`` was made.
    plan
        Sound, and run as printed until now.
    windows
        Of both.
    world
        When it is, what vehicles take, and who is left over from them.
    """
    scenario, clock = problem.scenario, world.clock
    kept = Kept(world.pool)
    mine = blocks(problem, before, plan, windows)
    by_window: dict[int, list[Block]] = {}
    for one in mine:
        by_window.setdefault(one.window, []).append(one)
    for one in by_window.pop(NONE, []):
        drop(one, clock, kept)
    serves = served(scenario, world.aboard, int(windows.end.max(initial=0)))
    rows = row_of(scenario.corridors)
    gates = np.array([rows[one.corridor] for one in scenario.windows])
    lines: dict[int, Line] = {}
    for w in np.lexsort((gates, windows.first)).tolist():
        line = _line(problem, windows, w, serves[gates[w]])
        keep(line, by_window.get(w, []), clock, problem.weights, kept)
        if windows.end[w] > clock.step:
            lines[w] = line
    kept.pool.put_never_called(scenario, plan, clock.now_s)
    kept.pool.settle()
    places = _places(problem, kept, world)
    filler = Filler(problem, Routes(problem), gates, kept.pool, clock, places, lines)
    filler.ids = {one.id for one in plan.movements}
    filler.loose = [one for one in kept.announced if windows.touched[one.window]]
    for w in lines:
        filler.fill(w)
    filler.exchange()
    fixed = [one.movement for one in kept.announced if not windows.touched[one.window]]
    loose = [one.movement for one in filler.loose]
    moves = [*kept.movements, *fixed, *loose, *filler.made]
    moves.sort(key=lambda one: (one.depart_s, one.id))
    return OnFoot(tuple(moves), tuple(kept.turns), kept.pool)


@dataclass(frozen=True, slots=True, eq=False)
class World:
    """What holds for those who go by themselves.

    Attributes
    ----------
    clock
        The moment.
    aboard
        Shape (k, slots), persons in vehicles that leave by each gate in each slot.
    riders
        Shape (r,), persons whom vehicles bring to each reception site.
    pool
        Households that rode before, and do no more.
    """

    clock: Clock
    aboard: NDArray[np.float64]
    riders: NDArray[np.float64]
    pool: Pool


def _line(problem: Problem, windows: Known, w: int, serves: NDArray[np.float64]) -> Line:
    scenario = problem.scenario
    corridor = row_of(scenario.corridors)[scenario.windows[w].corridor]
    first, end = int(windows.first[w]), int(windows.end[w])
    holding = scenario.corridors[corridor].holding.limit_persons
    return Line(
        first, serves[first:end], problem.last_step[:, w], holding, problem.cohorts * PATIENCE
    )


def _places(problem: Problem, kept: Kept, world: World) -> NDArray[np.float64]:
    """Return the persons that each site still takes beside those who are kept."""
    scenario = problem.scenario
    sites, corridors = row_of(scenario.receptions), row_of(scenario.corridors)
    places = np.array([site.places.central for site in scenario.receptions], dtype=float)
    places -= world.riders
    for move in (*kept.movements, *(one.movement for one in kept.announced)):
        places[sites[scenario.corridors[corridors[move.corridor]].reception]] -= move.persons
    return np.asarray(np.maximum(places, 0.0))
