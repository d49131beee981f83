"""A plan's movements as blocks that come to gates, and its windows as they are known now."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from clearway.model.plan import Movement, Plan
from clearway.model.rates import VEHICLES, Shares, served
from clearway.model.scenario import Scenario, row_of
from clearway.solve.problem import Problem
from clearway.solve.residual import Arrival

NONE = -1
#: What two rates may differ by through rounding.
_CRUMB = 1e-9


@dataclass(frozen=True, slots=True, eq=False)
class Block:
    """A movement, and when it comes to its gate.

    Attributes
    ----------
    movement
        As the plan has it.
    zone, group, corridor, window
        Rows in the scenario; the window is that of the revised one, -1 if it has none any more.
    depart, join, steps
        First steps in which it leaves and joins the holding area, and in how many it does.
    """

    movement: Movement
    zone: int
    group: int
    corridor: int
    window: int
    depart: int
    join: int
    steps: int

    @property
    def arrival(self) -> Arrival:
        """How it comes to its gate."""
        return Arrival(self.join, self.steps, self.group, float(self.movement.persons))


@dataclass(frozen=True, slots=True, eq=False)
class Known:
    """Windows before and as they are known now; w rows of the revised scenario's.

    Attributes
    ----------
    first, end
        Shape (w,), first step in which the gate serves, and the first in which no more.
    before
        Shape (w,), row of the window in the scenario before; -1 for a new one.
    touched
        Shape (w,), whether it, or what its gate serves from now on, is not as it was.
    """

    first: NDArray[np.int64]
    end: NDArray[np.int64]
    before: NDArray[np.int64]
    touched: NDArray[np.bool_]

    def now(self, row: int) -> int:
        """Return the revised window that was ``row`` before; -1 if there is none."""
        found = np.flatnonzero(self.before == row)
        return int(found[0]) if len(found) else NONE


def known(before: Scenario, revised: Scenario, now_step: int) -> Known:
    """Compare the windows of two states of one scenario, and what their gates serve from now on.

    A window is the one before of its corridor that it overlaps, or else that opens on the same
    local day.
    """
    step_s = revised.planning.step_s
    opens = np.array([revised.seconds(one.opens) for one in revised.windows])
    closes = np.array([revised.seconds(one.closes) for one in revised.windows])
    first, end = -(-opens // step_s), -(-closes // step_s)
    same = np.array([_same(before, revised, w) for w in range(len(opens))])
    steps = int(end.max(initial=0))
    rows = row_of(revised.corridors)
    serves = [np.stack([_serves(one, steps), _checks(one, steps)]) for one in (before, revised)]
    changed = np.asarray((np.abs(serves[0] - serves[1]) > _CRUMB).any(axis=0), dtype=bool)
    touched = np.ones(len(opens), dtype=bool)
    for w, row in enumerate(same):
        if row != NONE:
            other, one = before.windows[row], revised.windows[w]
            begin = max(int(first[w]), now_step)
            moved = (before.seconds(other.opens), before.seconds(other.closes)) != (
                int(opens[w]),
                int(closes[w]),
            )
            k = rows[one.corridor]
            touched[w] = moved or bool(changed[k, begin : int(end[w])].any())
    return Known(first, end, same, touched)


def _same(before: Scenario, revised: Scenario, w: int) -> int:
    one = revised.windows[w]
    mine = [n for n, other in enumerate(before.windows) if other.corridor == one.corridor]
    for n in mine:
        other = before.windows[n]
        if other.opens < one.closes and one.opens < other.closes:
            return n
    day = revised.moment(revised.seconds(one.opens)).date()
    for n in mine:
        if before.moment(before.seconds(before.windows[n].opens)).date() == day:
            return n
    return NONE


def _serves(scenario: Scenario, steps: int) -> NDArray[np.float64]:
    return served(scenario, np.zeros((len(scenario.corridors), 0)), steps)


def _checks(scenario: Scenario, steps: int) -> NDArray[np.float64]:
    """Return vehicles that lanes check, laid out in steps, shape (k, steps)."""
    at = np.arange(steps) * scenario.planning.step_s
    rows = [Shares(scenario, one.id, VEHICLES).at(at) for one in scenario.corridors]
    return np.stack(rows)


def blocks(problem: Problem, before: Scenario, plan: Plan, windows: Known) -> list[Block]:
    """Return the movements of a plan that was sound, in its order."""
    scenario = problem.scenario
    zones, groups = row_of(scenario.zones), row_of(scenario.groups)
    corridors = row_of(scenario.corridors)
    planning = scenario.planning
    walks = walk_ticks(problem, plan)
    opens = [before.seconds(one.opens) for one in before.windows]
    closes = [before.seconds(one.closes) for one in before.windows]
    found = []
    for move, ticks in zip(plan.movements, walks, strict=True):
        arrive = move.depart_s + ticks * planning.tick_s
        used = NONE
        for n, one in enumerate(before.windows):
            if one.corridor == move.corridor and opens[n] <= move.depart_s < closes[n]:
                used = windows.now(n)
        span = planning.slot_s if move.span_s is None else move.span_s
        found.append(
            Block(
                move,
                zones[move.zone],
                groups[move.group],
                corridors[move.corridor],
                used,
                move.depart_s // planning.step_s,
                -(-arrive // planning.step_s),
                span // planning.step_s,
            )
        )
    return found


def walk_ticks(problem: Problem, plan: Plan) -> list[int]:
    """Return the ticks from home to the gate of each movement."""
    scenario = problem.scenario
    heads = {one.id: one.links[0] for one in scenario.corridors}
    groups = row_of(scenario.groups)
    routes: dict[tuple[str, str, tuple[int, ...]], int] = {}
    found = []
    for move in plan.movements:
        at = (move.group, move.corridor, move.links)
        if at not in routes:
            inside = move.links[: move.links.index(heads[move.corridor])]
            rows = scenario.network.link_index(inside) if inside else np.empty(0, dtype=np.int64)
            routes[at] = int(problem.ticks[groups[move.group], rows].sum())
        found.append(routes[at])
    return found
