"""The fairness option after rounding: no zone's share too far above another's."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from clearway.solve.called import Called
from clearway.solve.problem import Problem


def level_out(problem: Problem, called: Called) -> Called:
    """Return ``called`` without the last households of zones that are too far ahead.

    The linear program keeps the fairness rule with a margin for rounding; what the margin did not
    cover is taken back here, one household at a time, from the zone with the highest share.
    """
    spread = problem.scenario.planning.spread
    willing = problem.supply.sum(axis=1)
    households, persons = called.households.copy(), called.persons.copy()
    while spread < 1 and (willing > 0).any():
        out = np.bincount(called.columns.zone, weights=persons, minlength=len(willing))
        share = np.divide(out, willing, out=np.full(len(willing), np.nan), where=willing > 0)
        if np.nanmax(share) - np.nanmin(share) <= spread:
            break
        row = _last_call(called, households, int(np.nanargmax(share)))
        group = int(called.columns.group[row])
        households[row] -= 1
        at = int(called.first[row] + households[row])
        zone = int(called.columns.zone[row])
        persons[row] -= problem.scenario.demand.sequence(zone, group)[at]
    some = households > 0
    return Called(called.columns.take(some), called.first[some], households[some], persons[some])


def _last_call(called: Called, households: NDArray[np.int64], zone: int) -> int:
    """Return the row of the zone's last block that still has households."""
    mine = np.flatnonzero((called.columns.zone == zone) & (households > 0))
    last = np.lexsort((called.first[mine], called.columns.depart[mine]))[-1]
    return int(mine[last])
