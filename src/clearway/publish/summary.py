"""The figures of a run for other programs: ``summary.json``."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from clearway.model.plan import Binding, Plan
from clearway.model.scenario import Scenario
from clearway.model.verdict import Verdict
from clearway.publish.days import stamp
from clearway.publish.figures import Measure, measures

FORMAT: Final = "clearway-summary/1"
VERBS: Final = ("read", "solve", "judge", "publish")


def summary(
    scenario: Scenario, plan: Plan, verdict: Verdict, timings: Mapping[str, float]
) -> dict[str, Any]:
    """Return what ``docs/summary-format.md`` describes.

    Values are the judge's, bounds the plan's; what is not known is None.

    Parameters
    ----------
    scenario, plan, verdict
        What was planned, and what the judge found.
    timings
        Seconds by verb, and ``peak_mb``; any may be missing.
    """
    people, exposure, hours = measures(plan, verdict)
    return {
        "format": FORMAT,
        "scenario": scenario.id,
        "uptake": plan.uptake,
        "status": plan.status.code,
        "reason": plan.status.reason.en,
        "reason_ar": plan.status.reason.ar,
        "people": {
            "inside": verdict.people_inside,
            "willing": verdict.people_willing,
            "out": verdict.people_out,
            "bound": people.bound,
            "gap": people.gap,
            "out_by_day": dict(verdict.out_by_day),
        },
        "hours_until_out": _measure(hours),
        "exposure_person_hours": _measure(exposure),
        "breaches": len(verdict.breaches),
        "movements": len(plan.movements),
        "binding": [_binding(scenario, one) for one in plan.status.binding],
        "seconds": {verb: timings.get(verb) for verb in VERBS},
        "peak_mb": timings.get("peak_mb"),
    }


def _measure(measure: Measure) -> dict[str, float | None]:
    return {"value": measure.value, "bound": measure.bound, "gap": measure.gap}


def _binding(scenario: Scenario, binding: Binding) -> dict[str, Any]:
    return {
        "kind": binding.kind,
        "where": binding.where,
        "from": stamp(scenario.moment(binding.from_s)),
        "until": stamp(scenario.moment(binding.until_s)),
        "worth_persons": binding.worth_persons,
        "text": binding.text.en,
        "text_ar": binding.text.ar,
    }
