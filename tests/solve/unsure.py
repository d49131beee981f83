"""Tiny scenarios in which much may come otherwise, and estimates for more of them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import pytest

from clearway.model.facts import SPLIT_LOG, Estimate
from clearway.model.scenario import Scenario
from clearway.model.uncertainty import Uncertainty
from clearway.solve import withstand
from tests.scenarios import ASSUMED, two_gates


def est(low: float, central: float | None = None, high: float | None = None) -> Estimate:
    """Return an estimate; of one number, that number exactly."""
    middle = low if central is None else central
    return Estimate(low, middle, middle if high is None else high, ASSUMED)


#: Late, stopped, extended days; failures; second checks; slow gates; people who come otherwise.
MUCH = Uncertainty(
    start_delay_s=est(0, 600, 3600),
    stop_share=est(0.1, 0.3, 0.5),
    extend_share=est(0.0, 0.2, 0.4),
    extension_s=est(1200, 1800, 3600),
    fail_share=est(0.0, 0.05, 0.1),
    unannounced_share=est(0.2, 0.4, 0.6),
    notice_s=est(900, 1800, 3600),
    recheck_share=est(0.1, 0.2, 0.4),
    recheck_factor=est(0.5, 0.8, 1.2),
    long_share=est(0.0, 0.1, 0.2),
    long_factor=est(2.0, 3.0, 4.0),
    service_cv=est(0.2, 0.5, 1.0),
    zone_factor=est(0.8, 1.0, 1.2),
    uncalled_share=est(0.0, 0.05, 0.1),
    pace_factor=est(0.8, 0.95, 1.05),
    lateness_s=est(0, 120, 600),
)


@contextmanager
def small_sample() -> Iterator[None]:
    """Have rules chosen on few courses: for what must hold whichever rules are chosen."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(withstand, "MEMBERS", 30)
        patch.setattr(withstand, "SCREENED", 10)
        yield


def two_unsure_gates(uncertainty: Uncertainty = MUCH, **changes: Any) -> Scenario:
    """Two gates on two days, a share of three quarters who go, and gates of any pace."""
    recipe: dict[str, Any] = {
        "windows": tuple((k, day + 8, day + 11) for day in (0, 24) for k in (1, 2)),
        "gates_persons_per_h": (240.0, 120.0),
        "weights": (1.0, 2.0),
        "uptake": 0.75,
        "holding_persons": 60.0,
        "margin_min": 20.0,
    }
    scenario = two_gates(**(recipe | changes))
    corridors = tuple(
        replace(
            one,
            gate_persons_per_s=_any_pace(one.gate_persons_per_s.central),
            open_limit_persons=80.0,
            check_points=2,
        )
        for one in scenario.corridors
    )
    uptake = est(0.6, scenario.planning.uptake.central, 0.9)
    planning = replace(scenario.planning, uptake=uptake)
    return scenario.replace(corridors=corridors, planning=planning, uncertainty=uncertainty)


def _any_pace(central: float) -> Estimate:
    return Estimate(central / 3, central, central * 2, ASSUMED, SPLIT_LOG)
