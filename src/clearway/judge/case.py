"""One plan before the judge: what was worked out once, for every rule to look at."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from clearway.judge.columns import Columns, columns
from clearway.judge.hours import open_hours
from clearway.judge.loads import Loads, loads
from clearway.judge.replay import Replay, replay
from clearway.judge.rides import Rides, ride
from clearway.judge.walking import Walks, walk
from clearway.judge.words import plain
from clearway.model.plan import Plan
from clearway.model.scenario import Scenario
from clearway.model.verdict import PlanBreach

#: Persons fewer than this are the rounding of floating-point numbers.
CRUMB = 1e-6
#: Share by which a limit may be exceeded for the same reason.
TOLERANCE = 1e-6
#: Moments further than this from the scenario's start are said in seconds: no calendar has them.
_CALENDAR_S = 30_000_000_000


@dataclass(frozen=True, slots=True, eq=False)
class Case:
    """What the rules look at.

    Attributes
    ----------
    scenario, plan
        As they were given.
    moves, walks, rides, seen, loads
        The plan as columns, its routes as walked, what its vehicles do, the replay of its gates,
        its use of links.
    """

    scenario: Scenario
    plan: Plan
    moves: Columns
    walks: Walks
    rides: Rides
    seen: Replay
    loads: Loads

    def when(self, seconds: float) -> str:
        """Return a moment in local time, as people read it."""
        if not abs(seconds) < _CALENDAR_S:
            return f"{seconds:.0f} s from the start"
        return f"{self.scenario.moment(float(seconds)):%Y-%m-%d %H:%M}"

    def name(self, movement: int) -> str:
        """Return the id of a movement by its row."""
        return plain(self.plan.movements[movement].id)


def open_case(scenario: Scenario, plan: Plan) -> Case:
    """Replay ``plan`` and lay out what the rules need."""
    moves = columns(scenario, plan)
    walks = walk(scenario, moves)
    hours = open_hours(scenario)
    rides = ride(scenario, plan, hours)
    seen = replay(scenario, moves, walks, hours, rides.aboard)
    use = loads(scenario, moves, walks, seen)
    return Case(scenario, plan, moves, walks, rides, seen, use)


def exceeds(value: float, limit: float) -> bool:
    """Whether ``value`` is above ``limit`` by more than rounding explains."""
    return bool(value > limit + abs(limit) * TOLERANCE + CRUMB)


def worst_first(breaches: Iterable[PlanBreach]) -> list[PlanBreach]:
    """Sort breaches by how far the value is from the limit; equally far ones by place."""

    def far(breach: PlanBreach) -> tuple[float, str]:
        return -abs(breach.value - breach.limit), breach.where

    return sorted(breaches, key=far)
