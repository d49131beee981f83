"""The replay of every gate in steps: who arrives, waits and passes when, first come first served.

A block leaves home as one cohort a step. Whatever joins a holding area in one step is served in
proportion, so what passes in a step is known cohort by cohort: people are treated as a fluid.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from clearway.judge.columns import Columns
from clearway.judge.hours import Hours
from clearway.judge.totals import spread_out, total
from clearway.judge.walking import NONE, Walks
from clearway.model.rates import served
from clearway.model.scenario import Scenario
from clearway.model.verdict import GateRecord


@dataclass(frozen=True, slots=True, eq=False)
class Cohorts:
    """What leaves home in one step of one block, for every movement that can be replayed.

    Attributes
    ----------
    movement
        Shape (c,), row of the movement.
    depart_s
        Shape (c,), seconds from the scenario's start.
    persons
        Shape (c,), persons, not whole.
    join
        Shape (c,), step in which they join the holding area.
    window
        Shape (c,), row of the window that they use; -1 where the corridor has none.
    missed
        Shape (c,), whether they come to the gate after it has closed.
    """

    movement: NDArray[np.int64]
    depart_s: NDArray[np.int64]
    persons: NDArray[np.float64]
    join: NDArray[np.int64]
    window: NDArray[np.int64]
    missed: NDArray[np.bool_]


@dataclass(frozen=True, slots=True, eq=False)
class Portions:
    """What passes a gate in one step of one cohort.

    Attributes
    ----------
    cohort
        Shape (q,), row among the cohorts.
    step
        Shape (q,), step in which they pass.
    persons
        Shape (q,), persons, not whole.
    out_s
        Shape (q,), seconds from the scenario's start at which they are out of the exit.
    late
        Shape (q,), whether that is later than the margin before closing allows.
    """

    cohort: NDArray[np.int64]
    step: NDArray[np.int64]
    persons: NDArray[np.float64]
    out_s: NDArray[np.int64]
    late: NDArray[np.bool_]


@dataclass(frozen=True, slots=True, eq=False)
class Replay:
    """Everything that the replay found.

    Attributes
    ----------
    hours
        The windows.
    cohorts, portions
        Who left home, and who passed a gate.
    left_waiting
        Shape (w,), persons still waiting when the window closes.
    gates
        One record a corridor.
    """

    hours: Hours
    cohorts: Cohorts
    portions: Portions
    left_waiting: NDArray[np.float64]
    gates: tuple[GateRecord, ...]


def replay(
    scenario: Scenario,
    moves: Columns,
    walks: Walks,
    hours: Hours,
    aboard: NDArray[np.float64],
) -> Replay:
    """Send the movements that can be replayed to their gates and through them.

    Parameters
    ----------
    aboard
        Shape (corridors, slots), persons in vehicles that leave in each slot: they are served
        first, evenly over the slot, and the gate has that much less for everybody else. Both as
        far as the gate serves at its usual rate.
    """
    cohorts = _cohorts(scenario, moves, walks, hours)
    steps = int(max(hours.end.max(initial=0), 0))
    records = np.zeros((3, len(scenario.corridors), steps))
    budgets = served(scenario, aboard, steps)
    of = moves.corridor[cohorts.movement]
    seen = cohorts.join < steps
    np.add.at(records[0], (of[seen], np.maximum(cohorts.join[seen], 0)), cohorts.persons[seen])
    waiting = np.zeros(len(hours.corridor))
    found = []
    for w in range(len(hours.corridor)):
        one, waiting[w] = _through(hours, w, cohorts, records, budgets)
        found.append(one)
    cohort, step, persons = (np.concatenate(column) for column in zip(*found, strict=True))
    group, corridor = (column[cohorts.movement[cohort]] for column in (moves.group, moves.corridor))
    planning = scenario.planning
    out_s = step * planning.step_s + walks.corridor_ticks[group, corridor] * planning.tick_s
    late = out_s > hours.out_by_s[cohorts.window[cohort]]
    gates = tuple(
        GateRecord(corridor.id, *records[:, k]) for k, corridor in enumerate(scenario.corridors)
    )
    return Replay(hours, cohorts, Portions(cohort, step, persons, out_s, late), waiting, gates)


def _cohorts(scenario: Scenario, moves: Columns, walks: Walks, hours: Hours) -> Cohorts:
    planning = scenario.planning
    rows = np.flatnonzero(walks.usable)
    row, nth = spread_out(moves.cohorts[rows])
    movement = rows[row]
    depart = moves.depart_s[movement] + nth * planning.step_s
    walked = walks.before[moves.offset[rows] + walks.gate[rows]]
    arrive = depart + walked[row] * planning.tick_s
    join = -(-arrive // planning.step_s)
    window, missed = np.full(len(movement), NONE), np.zeros(len(movement), dtype=np.bool_)
    for k in range(len(scenario.corridors)):
        own = np.flatnonzero(moves.corridor[movement] == k)
        window[own], missed[own] = _window_of(hours, k, depart[own], join[own])
    persons = moves.persons[movement] / moves.cohorts[movement]
    return Cohorts(movement, depart, persons, join, window, missed)


def _window_of(
    hours: Hours, corridor: int, depart: NDArray[np.int64], join: NDArray[np.int64]
) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    """Return the window into which each arrival falls, and who comes after it has closed.

    Who comes while the gate is closed is early for the next window, unless they left home before
    the last one closed, or there is no next: then they are late for that.
    """
    rows = np.flatnonzero(hours.corridor == corridor)
    rows = rows[np.argsort(hours.opens_s[rows], kind="stable")]
    if not len(rows):
        return np.full(len(join), NONE), np.zeros(len(join), dtype=np.bool_)
    following = np.searchsorted(hours.end[rows], join, side="right")
    last = np.minimum(following, len(rows) - 1)
    inside = (following < len(rows)) & (join >= hours.first[rows[last]])
    before = np.maximum(following - 1, 0)
    left_earlier = (following > 0) & (depart < hours.closes_s[rows[before]])
    missed = ~inside & (left_earlier | (following == len(rows)))
    return rows[np.where(missed, before, last)], missed


def _through(
    hours: Hours,
    w: int,
    cohorts: Cohorts,
    records: NDArray[np.float64],
    budgets: NDArray[np.float64],
) -> tuple[tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float64]], float]:
    """Serve those who come for window ``w``; note it in ``records``, say who is left."""
    k = int(hours.corridor[w])
    own = np.flatnonzero((cohorts.window == w) & ~cohorts.missed)
    if not len(own):
        return (np.empty(0, dtype=np.int64), np.empty(0, dtype=np.int64), np.empty(0)), 0.0
    join = np.maximum(cohorts.join[own], 0)
    begin, end = int(join.min()), int(hours.end[w])
    arrived = total(join - begin, cohorts.persons[own], end - begin)
    closed = max(int(hours.first[w]) - begin, 0)
    served = np.where(np.arange(end - begin) >= closed, budgets[k, begin:end], 0.0)
    joined, passed, share, waiting = _serve(arrived, served)
    records[2, k, begin:end] = waiting
    np.add.at(records[1, k], passed + begin, share * arrived[joined])
    low = np.searchsorted(joined, join - begin, side="left")
    count = np.searchsorted(joined, join - begin, side="right") - low
    row, nth = spread_out(count)
    # The n-th portion of a cohort is the n-th of all that joined in the same step.
    cohort, portion = own[row], low[row] + nth
    persons = cohorts.persons[cohort] * share[portion]
    return (cohort, passed[portion] + begin, persons), float(waiting[-1])


def _serve(
    arrived: NDArray[np.float64], served: NDArray[np.float64]
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float64], NDArray[np.float64]]:
    """Serve arrivals in their order, at most ``served`` persons in each step.

    Returns
    -------
    joined, passed, share
        Shape (p,), sorted by ``joined``: in which step a portion came and passed, and its share of
        all who came in that step.
    waiting
        Shape (steps,), persons left at the end of each step.
    """
    remaining = arrived.tolist()
    waiting = np.zeros(len(remaining))
    portions: list[tuple[int, int, float]] = []
    head, queue = 0, 0.0
    for step, (new, budget) in enumerate(zip(arrived.tolist(), served.tolist(), strict=True)):
        queue, left = queue + new, budget
        while head <= step and (left > 0 or remaining[head] == 0):
            taken = min(left, remaining[head])
            if taken > 0:
                portions.append((head, step, taken))
            queue, left = queue - taken, left - taken
            remaining[head] -= taken
            head += remaining[head] == 0
        waiting[step] = queue = max(queue, 0.0) if head <= step else 0.0
    joined, passed = (np.array([p[n] for p in portions], dtype=np.int64) for n in (0, 1))
    taken_all = np.array([p[2] for p in portions], dtype=np.float64)
    return joined, passed, taken_all / arrived[joined], waiting
