"""Rules on what a plan says of itself: its figures, and the bounds that it claims to be proved."""

from __future__ import annotations

import math
from collections.abc import Iterator
from types import MappingProxyType
from typing import Any, Final

from clearway.judge.case import TOLERANCE, Case
from clearway.judge.columns import number
from clearway.judge.outcome import levels, willing_by_zone
from clearway.judge.words import plain
from clearway.model.plan import PATIENTS_OUT, PEOPLE, RED_OUT
from clearway.model.verdict import PlanBreach

#: Difference that floating-point numbers make where the figure itself is about zero.
_CRUMB = 1e-6
#: Levels at which more is better, and what they count.
_MORE: Final = MappingProxyType({RED_OUT: "patients", PATIENTS_OUT: "patients", PEOPLE: "persons"})


def check_claim(case: Case) -> Iterator[PlanBreach]:
    """Yield a breach for each figure of the plan that the replay does not find."""
    plan, found = case.plan, levels(case)
    for level in plan.levels:
        yield from _compare(level.name, level.value, found[level.name])
    yield from _compare("willing_persons", plan.willing_persons, sum(willing_by_zone(case)))
    yield from _compare("uptake", plan.uptake, case.scenario.planning.uptake.central)


def check_bound(case: Case) -> Iterator[PlanBreach]:
    """Yield a breach for each level whose value is better than its bound."""
    found = levels(case)
    for level in case.plan.levels:
        value, bound = found[level.name], number(level.bound)
        better = value - bound if level.name in _MORE else bound - value
        slack = TOLERANCE * abs(bound) if math.isfinite(bound) else 0.0
        # Not "above the slack": a bound that is not a number proves nothing.
        if not better <= slack + _CRUMB:
            text = (
                f"{level.name} is {value:,.6g}, better than the bound of {plain(level.bound)} "
                "that the plan says is proved."
            )
            yield PlanBreach("bound", level.name, value, _finite(bound), _unit(level.name), text)


def _compare(name: str, claimed: Any, found: float) -> Iterator[PlanBreach]:
    value = number(claimed)
    if not abs(value - found) <= TOLERANCE * abs(found) + _CRUMB:
        text = f"The plan says {name} is {plain(claimed)}; the replay finds {found:,.10g}."
        yield PlanBreach("claim", name, _finite(value), found, _unit(name), text)


def _unit(name: str) -> str:
    if name == "uptake":
        return "share"
    return "persons" if name == "willing_persons" else _MORE.get(name, "person-hours")


def _finite(value: float) -> float:
    """Return ``value``, or 0 where it is not finite: a verdict holds numbers alone."""
    return value if math.isfinite(value) else 0.0
