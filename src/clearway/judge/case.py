"""One plan before the judge: what was worked out once, for every rule to look at."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

from clearway.judge.columns import Columns, columns
from clearway.judge.loads import Loads, loads
from clearway.judge.replay import Replay, replay
from clearway.judge.walking import Walks, walk
from clearway.model.checks import shown
from clearway.model.plan import Plan
from clearway.model.scenario import Scenario
from clearway.model.verdict import PlanBreach

#: Persons fewer than this are the rounding of floating-point numbers.
CRUMB = 1e-6
#: Share by which a limit may be exceeded for the same reason.
TOLERANCE = 1e-6
#: Moments further than this from the scenario's start are said in seconds: no calendar has them.
_CALENDAR_S = 30_000_000_000
#: Characters of a value that are looked at; what is shown is shorter still.
_LOOKED_AT = 200


@dataclass(frozen=True, slots=True, eq=False)
class Case:
    """What the rules look at.

    Attributes
    ----------
    scenario, plan
        As they were given.
    moves, walks, seen, loads
        The plan as columns, its routes as walked, the replay of its gates, its use of links.
    """

    scenario: Scenario
    plan: Plan
    moves: Columns
    walks: Walks
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
    seen = replay(scenario, moves, walks)
    return Case(scenario, plan, moves, walks, seen, loads(scenario, moves, walks, seen))


def plain(value: object) -> str:
    """Return ``value`` as one short line without characters that steer a terminal."""
    if isinstance(value, float) and math.isfinite(value):
        return f"{value:,.10g}"
    try:
        text = str(value)[:_LOOKED_AT]
    except ValueError:  # Python refuses to spell out a whole number of more than 4,300 digits.
        text = "a number of thousands of digits"
    return shown("".join(map(_visible, text))) or "(empty)"


def _visible(one: str) -> str:
    return one if one.isprintable() else one.encode("unicode_escape", "replace").decode()


def exceeds(value: float, limit: float) -> bool:
    """Whether ``value`` is above ``limit`` by more than rounding explains."""
    return bool(value > limit + abs(limit) * TOLERANCE + CRUMB)


def people(count: float) -> str:
    """Return a number of persons as people read it; parts of a person only below ten."""
    whole = round(count)
    text = f"{count:.2g}" if count < 10 and abs(count - whole) > CRUMB else f"{whole:,}"
    return f"{text} person" if text == "1" else f"{text} persons"


def worst_first(breaches: Iterable[PlanBreach]) -> list[PlanBreach]:
    """Sort breaches by how far the value is from the limit; equally far ones by place."""

    def far(breach: PlanBreach) -> tuple[float, str]:
        return -abs(breach.value - breach.limit), breach.where

    return sorted(breaches, key=far)
