"""Simulate a plan: many courses that the pause may take."""

from __future__ import annotations

import logging
import os
from collections.abc import Callable, Sequence
from itertools import count

from clearway.model.outcome import Ensemble
from clearway.model.plan import Plan
from clearway.model.scenario import Scenario
from clearway.simulate.case import Case, lay_out
from clearway.simulate.ensemble import gather
from clearway.simulate.member import Member
from clearway.simulate.usual import usual_rules

log = logging.getLogger(__name__)


def simulate(
    scenario: Scenario,
    plan: Plan,
    members: int | Sequence[int] = 200,
    seed: int = 1,
    *,
    progress: Callable[[int, int], None] | None = None,
    stop: Callable[[], bool] | None = None,
) -> Ensemble:
    """Return what becomes of ``plan`` in many members drawn from the scenario's uncertainty.

    Parameters
    ----------
    scenario, plan
        What is simulated; a plan without rules is run by the usual ones
        (:func:`clearway.simulate.usual.usual_rules`).
    members
        How many, numbered from 0; or their numbers. A member is a function of scenario, plan,
        seed and its number alone.
    seed
        0 or more.
    progress
        Told how many members are done, of how many.
    stop
        Asked after each member; true ends with the members done.

    Raises
    ------
    ValueError
        No members, members twice or below 0, or a seed below 0.
    """
    numbers = range(members) if isinstance(members, int) else members
    _check(numbers, seed)
    case = lay_out(scenario, plan, plan.rules or usual_rules(scenario, plan))
    done = count(1)

    def heard(_: Member) -> bool:
        if progress is not None:
            progress(next(done), len(numbers))
        return stop is not None and stop()

    return run_members(case, numbers, seed, heard)


def run_members(
    case: Case,
    numbers: Sequence[int],
    seed: int,
    heard: Callable[[Member], bool],
    *,
    first: Sequence[int] = (),
) -> Ensemble:
    """Return members ``numbers`` of what is laid out, run in a thread a core.

    Parameters are those of :func:`clearway.simulate.ensemble.gather`.
    """
    threads = min(len(numbers), os.cpu_count() or 1)
    log.info("%d members, %d threads, %d households", len(numbers), threads, len(case.folk.size))
    return gather(case, numbers, seed, threads, heard, first=first)


def _check(numbers: Sequence[int], seed: int) -> None:
    if not len(numbers):
        raise ValueError("an ensemble needs at least one member")
    if min(numbers) < 0 or len(set(numbers)) < len(numbers):
        raise ValueError("members are numbered from 0, each once")
    if seed < 0:
        raise ValueError("the seed must be 0 or more")
