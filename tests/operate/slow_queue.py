"""A gate's queue the slow way: one household after another, one stretch of time after another."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from clearway.model.plan import Plan
from clearway.model.scenario import Scenario, row_of
from tests.plans import Streets

#: From when until when a gate serves so many persons a second.
Stretch = tuple[float, float, float]


@dataclass
class Household:
    """One household of one movement, and when it left, came, passed and was sent back."""

    movement: str
    persons: int
    walk_s: float
    left: float = math.inf
    passed: float = math.inf
    turned: float = math.inf

    @property
    def arrived(self) -> float:
        """When it came to the mouth."""
        return self.left + self.walk_s


def replayed(
    scenario: Scenario, plan: Plan, corridor: str, stretches: Sequence[Stretch], closes: float
) -> list[Household]:
    """Return the households of a plan that goes by one gate, with no rule but its hours.

    Parameters
    ----------
    scenario, plan
        Of one window; the plan's movements by other corridors are left aside.
    corridor
        Id.
    stretches
        Of its gate, apart and in order, all before ``closes``.
    closes
        When the window ends: who has not passed by then is sent back.
    """
    streets, groups = Streets(scenario), row_of(scenario.groups)
    zones = row_of(scenario.zones)
    first = next(one for one in scenario.corridors if one.id == corridor).links[0]
    found = []
    moves = [move for move in plan.movements if move.corridor == corridor]
    for move in sorted(moves, key=lambda one: one.depart_s):
        ticks = streets.ticks[groups[move.group]]
        way = sum(ticks[link] for link in move.links[: move.links.index(first)])
        order = scenario.demand.sequence(zones[move.zone], groups[move.group])
        run = order[move.first_household : move.first_household + move.households]
        block = [
            Household(move.id, int(size), float(way * scenario.planning.tick_s)) for size in run
        ]
        _leave(block, float(move.depart_s), scenario.planning.slot_s / len(block), stretches)
        found += block
    _serve(found, stretches)
    for one in found:
        if one.left < closes and one.passed > closes:
            one.passed, one.turned = math.inf, closes
    return found


def _leave(
    block: list[Household], due: float, spacing: float, stretches: Sequence[Stretch]
) -> None:
    """Let a block leave while its gate serves; what is interrupted goes on when it serves again."""
    waiting = list(block)
    for since, until, rate in _open(stretches):
        at = max(since, due)
        if rate <= 0 or at >= until:
            continue
        while waiting and at < until:
            waiting.pop(0).left = at
            at += spacing


def _open(stretches: Sequence[Stretch]) -> list[Stretch]:
    """Return the stretches with those that follow one another, at whatever rate, joined."""
    joined: list[Stretch] = []
    for since, until, rate in stretches:
        if rate > 0 and joined and joined[-1][1] == since:
            joined[-1] = (joined[-1][0], until, rate)
        elif rate > 0:
            joined.append((since, until, rate))
    return joined


def _serve(found: list[Household], stretches: Sequence[Stretch]) -> None:
    """Let the gate serve one household after the other, in the order in which they come."""
    free = -math.inf
    for one in sorted((h for h in found if h.left < math.inf), key=lambda h: h.arrived):
        free = one.passed = _done(max(free, one.arrived), one.persons, stretches)


def _done(at: float, persons: float, stretches: Sequence[Stretch]) -> float:
    """Return when a gate that begins at a moment has let so many persons through."""
    left = float(persons)
    for since, until, rate in stretches:
        begin = max(at, since)
        if begin >= until or rate <= 0:
            continue
        if rate * (until - begin) >= left - 1e-9:
            return begin + left / rate
        left -= rate * (until - begin)
    return math.inf
