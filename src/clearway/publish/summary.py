"""The figures of a run for other programs: ``summary.json``."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from clearway.model.care import RED
from clearway.model.comparison import Comparison
from clearway.model.facts import Text
from clearway.model.outcome import Ensemble, FleetOutcome, Share
from clearway.model.plan import Binding, Plan
from clearway.model.scenario import Scenario
from clearway.model.verdict import Reason, Verdict
from clearway.publish.beside import Beside
from clearway.publish.days import stamp
from clearway.publish.figures import Measure, measures
from clearway.publish.risk import people_out

FORMAT: Final = "clearway-summary/1"
VERBS: Final = ("read", "solve", "simulate", "compare", "judge", "publish")


def summary(
    scenario: Scenario,
    plan: Plan,
    ensemble: Ensemble | None,
    verdict: Verdict,
    beside: Beside,
) -> dict[str, Any]:
    """Return what ``docs/summary-format.md`` describes.

    Values are the judge's, bounds the plan's; what is not known is None.

    Parameters
    ----------
    scenario, plan, verdict
        What was planned, and what the judge found.
    ensemble
        What became of the plan in simulation; None if it was not simulated.
    beside
        What it was compared with, and seconds by verb and ``peak_mb``; any may be missing.
    """
    timings = beside.timings
    people, exposure, hours = measures(plan, verdict)
    outcome = ensemble.fleet if ensemble is not None else None
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
            **_people_simulated(ensemble, beside.comparison),
        },
        "risk": _risk(plan, ensemble),
        **_moved(scenario, verdict, outcome),
        "verdict": _verdict(verdict),
        "hours_until_out": _measure(hours),
        "exposure_person_hours": _measure(exposure),
        "breaches": len(verdict.breaches),
        "movements": len(plan.movements),
        "binding": [_binding(scenario, one) for one in plan.status.binding],
        "seconds": {verb: timings.get(verb) for verb in VERBS},
        "peak_mb": timings.get("peak_mb"),
    }


def _people_simulated(
    ensemble: Ensemble | None, comparison: Comparison | None
) -> dict[str, float | None]:
    out = people_out(ensemble).spread if ensemble is not None else None
    flat = comparison.flat if comparison is not None else None
    return {
        "out_mean": out.mean if out else None,
        "out_p10": out.low if out else None,
        "price_of_robustness": comparison.price_of_robustness[0] if comparison else None,
        "flat_margin_out_mean": people_out(flat.ensemble).spread.mean if flat else None,
    }


def _risk(plan: Plan, ensemble: Ensemble | None) -> dict[str, float | int | None]:
    share = ensemble.anyone_caught if ensemble is not None else None
    return {
        "level": plan.rules.risk if plan.rules else None,
        "p_caught": share.value if share else None,
        "p_caught_upper95": share.upper() if share else None,
        "members": share.of if share else None,
    }


def _moved(
    scenario: Scenario, verdict: Verdict, outcome: FleetOutcome | None
) -> dict[str, dict[str, float | int | None]]:
    """Return patients, vehicles and aid, each where the scenario has any."""
    care, fleet, aid = verdict.care, verdict.fleet, verdict.aid
    found: dict[str, dict[str, float | int | None]] = {}
    if care is not None:
        found["patients"] = {
            "listed": care.listed,
            "red": care.red,
            "out": care.out,
            "red_out": care.red_out,
            "companions_out": care.companions_out,
            "p_all_red_out": all_red_out(scenario, outcome).value if outcome else None,
        }
    if fleet is not None:
        found["fleet"] = {
            "vehicles": fleet.vehicles,
            "trips": fleet.trips,
            "seats_offered": fleet.seats_offered,
            "seats_used": fleet.seats_used,
        }
    if aid is not None:
        found["aid"] = {"convoys": aid.convoys, "arrived": aid.arrived}
    return found


def all_red_out(scenario: Scenario, outcome: FleetOutcome) -> Share:
    """Return in how many members all red patients who may be called are out; all of none."""
    return outcome.all_out(waiting(scenario, RED))


def waiting(scenario: Scenario, *colours: str) -> NDArray[np.bool_]:
    """Return who may be called and is of one of ``colours``, any if none is given: shape (p,)."""
    care = scenario.care
    return np.array(
        [one.waiting and (not colours or care.colour(one) in colours) for one in care.patients],
        dtype=np.bool_,
    )


def _verdict(verdict: Verdict) -> dict[str, Any]:
    decision = verdict.decision
    reasons = None if decision is None else [_reason(one) for one in decision.reasons]
    return {"decision": decision.code if decision else None, "reasons": reasons}


def _reason(reason: Reason) -> dict[str, Any]:
    return {
        "topic": reason.topic,
        "where": reason.where,
        "state": reason.state,
        "text": _both(reason.text),
        "turn": _both(reason.turn) if reason.turn else None,
    }


def _both(text: Text) -> dict[str, str]:
    return {"en": text.en, "ar": text.ar}


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
