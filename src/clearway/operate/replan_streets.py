"""Streets: who is called anew stays at home where a street could not carry them as well."""

from __future__ import annotations

import numpy as np

from clearway.judge.case import CRUMB, TOLERANCE, Case, open_case
from clearway.model.plan import Movement, Plan
from clearway.model.scenario import Scenario

#: Slots before that in which a street is overfull in which those who fill it may have left.
_AHEAD = 16


def within_streets(scenario: Scenario, before: Plan, plan: Plan, now_s: int) -> Case:
    """Return ``plan`` as replayed, without so many calls that no street carries too many.

    Calls that were not announced are left out first, then those that leave last. Who had left
    before now stays. Where streets are wide nothing is looked for twice.
    """
    announced = {move.id for move in before.movements}
    while True:
        case = open_case(scenario, plan)
        slots = _overfull(case)
        able = [one for one in plan.movements if _may_go(scenario, one, slots, now_s)]
        if not able:
            return case
        worst = max(able, key=lambda one: (one.id not in announced, one.depart_s, one.id))
        plan = plan.replace(movements=tuple(one for one in plan.movements if one is not worst))


def _overfull(case: Case) -> dict[int, set[int]]:
    """Return the slots in which each street carries too many, by the link's id."""
    loads, ids = case.loads, case.scenario.network.links.id
    rows = np.flatnonzero(loads.amount > loads.capacity * (1 + TOLERANCE) + CRUMB)
    found: dict[int, set[int]] = {}
    for row in rows.tolist():
        found.setdefault(int(ids[loads.link[row]]), set()).add(int(loads.slot[row]))
    return found


def _may_go(scenario: Scenario, move: Movement, slots: dict[int, set[int]], now_s: int) -> bool:
    """Whether a movement that has not left may be on a street while that carries too many."""
    if move.depart_s < now_s:
        return False
    first = move.depart_s // scenario.planning.slot_s
    return any(
        first <= slot <= first + _AHEAD for link in move.links for slot in slots.get(link, ())
    )
