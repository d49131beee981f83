"""The distributions of what may come otherwise than planned, as a table."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from typing import Final

from clearway.model.facts import Estimate
from clearway.publish.edition import Edition
from clearway.publish.sources import Figure, figure

#: From so many seconds on, a time reads better in the longer unit.
_LONG_S: Final = ((3 * 3600.0, "h", 1 / 3600), (120.0, "min", 1 / 60), (0.0, "s", 1.0))
_FACTORS: Final = (
    "recheck_factor",
    "long_factor",
    "zone_factor",
    "pace_factor",
    "service_cv",
    "boarding_factor",
)
_OF_VEHICLES: Final = ("boarding_factor", "breakdown_share")
_OF_PATIENTS: Final = (
    *("refusal_share", "under_triage_share"),
    *("death_red_per_h", "death_yellow_per_h"),
)


def uncertainty_rows(edition: Edition) -> Iterator[Figure]:
    """Yield every distribution of the scenario's uncertainty, certain ones too.

    Those of vehicles and patients are left out where the scenario has none.
    """
    scenario = edition.scenario
    told = scenario.uncertainty
    without = {
        *(() if scenario.fleet.vehicles else _OF_VEHICLES),
        *(() if scenario.care.patients else _OF_PATIENTS),
    }
    for field in dataclasses.fields(told):
        if field.name in without:
            continue
        estimate = getattr(told, field.name)
        unit, factor = _unit(field.name, estimate)
        what = edition.words.say(f"uncertain.{field.name}")
        yield figure(edition, what, estimate, unit, factor)


def _unit(name: str, estimate: Estimate) -> tuple[str, float]:
    """Return in which unit a distribution is read, and the factor into it."""
    if name.endswith("_s"):
        return next((unit, factor) for least, unit, factor in _LONG_S if estimate.high >= least)
    if name.endswith("_per_h"):
        return "per_cent_h", 100.0
    return ("times", 1.0) if name in _FACTORS else ("percent", 100.0)
