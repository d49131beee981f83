"""The short block that ends a run."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from clearway.model.plan import EXPOSURE, HOURS, PEOPLE, Plan
from clearway.model.scenario import Scenario
from clearway.model.verdict import Verdict


def summary(scenario: Scenario, plan: Plan, verdict: Verdict) -> str:
    """Return what the judge found beside what the solver proved, one figure a line."""
    rows = [
        ("inside", f"{verdict.people_inside:,} people"),
        ("willing", f"{verdict.people_willing:,} people, uptake {plan.uptake:g}"),
        ("out", _levelled(plan, PEOPLE, verdict.people_out, "people, at most")),
        ("until out", _levelled(plan, HOURS, verdict.hours_until_out, "person-hours, at least")),
        (
            "exposed",
            _levelled(plan, EXPOSURE, verdict.exposure_person_hours, "person-hours, at least"),
        ),
        ("breaches", f"{len(verdict.breaches)}"),
        ("status", f"{plan.status.code}: {plan.status.reason.en}"),
    ]
    return "\n".join([f"{scenario.title.en} ({scenario.id})", *map(_row, rows)])


def cost(seconds: Mapping[str, float], peak_mb: float) -> str:
    """Return what a run took."""
    each = ", ".join(f"{verb} {value:.1f}" for verb, value in seconds.items())
    return _row(("seconds", f"{each}; peak memory {peak_mb:,.0f} MB"))


def written(paths: tuple[Path, ...]) -> str:
    """Return which files a run wrote."""
    first, *others = [str(path) for path in paths]
    return "\n".join([f"  {'written':<10}{first}", *(" " * 12 + path for path in others)])


def _levelled(plan: Plan, name: str, value: float, words: str) -> str:
    found = [level for level in plan.levels if level.name == name]
    if not found:
        return f"{value:,.0f} {words.partition(',')[0]}, nothing proved"
    level = replace(found[0], value=value)
    return f"{value:,.0f} {words} {level.bound:,.0f} (gap {100 * level.gap:.3f} %)"


def _row(row: tuple[str, str]) -> str:
    start = f"  {row[0]:<10}"
    return textwrap.fill(row[1], 100, initial_indent=start, subsequent_indent=" " * len(start))
