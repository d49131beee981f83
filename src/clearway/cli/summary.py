"""The short block that ends a run."""

from __future__ import annotations

import math
import textwrap
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Final

import numpy as np

from clearway.model.care import RED
from clearway.model.outcome import MOVED, Ensemble
from clearway.model.plan import EXPOSURE, HOURS, PATIENTS_OUT, PEOPLE, RED_OUT, Plan
from clearway.model.scenario import Scenario
from clearway.model.thresholds import BARRED, CONDITION, MET
from clearway.model.verdict import CONDITIONS, DO_NOT_RUN, GO, Verdict

_WORDS: Final = {GO: "GO", CONDITIONS: "GO WITH CONDITIONS", DO_NOT_RUN: "DO NOT RUN"}
#: Reasons that are told; the report has all of them.
_SHOWN: Final = 3


def summary(
    scenario: Scenario, plan: Plan, verdict: Verdict, ensemble: Ensemble | None = None
) -> str:
    """Return what the judge found beside what the solver proved, one figure a line."""
    rows = [
        *_recommended(verdict),
        *(_likely(ensemble) if ensemble is not None else ()),
        *(_likely_patients(scenario, ensemble) if ensemble is not None else ()),
        ("inside", f"{verdict.people_inside:,} people"),
        ("willing", f"{verdict.people_willing:,} people, uptake {plan.uptake:g}"),
        ("out", _levelled(plan, PEOPLE, verdict.people_out, "people, at most")),
        *_moved(plan, verdict),
        ("until out", _levelled(plan, HOURS, verdict.hours_until_out, "person-hours, at least")),
        (
            "exposed",
            _levelled(plan, EXPOSURE, verdict.exposure_person_hours, "person-hours, at least"),
        ),
        ("breaches", f"{len(verdict.breaches)}"),
        ("status", f"{plan.status.code}: {plan.status.reason.en}"),
    ]
    return "\n".join([f"{scenario.title.en} ({scenario.id})", *map(_row, rows)])


def _recommended(verdict: Verdict) -> Iterator[tuple[str, str]]:
    """Yield the recommendation, then what bars it."""
    decision = verdict.decision
    if decision is None:
        return
    states = Counter(reason.state for reason in decision.reasons)
    counts = f"{states[BARRED]} bar, {states[CONDITION]} conditions, {states[MET]} met"
    yield "recommend", f"{_WORDS[decision.code]} ({counts}); the software recommends, others decide"
    barred = [reason for reason in decision.reasons if reason.state == BARRED]
    for reason in barred[:_SHOWN]:
        yield "  because", reason.text.en.replace("\N{NO-BREAK SPACE}", " ")


def _likely(ensemble: Ensemble) -> Iterator[tuple[str, str]]:
    """Yield people out and being caught, over the members."""
    low, median, high = np.quantile(ensemble.people_out, (0.1, 0.5, 0.9)).tolist()
    interval = f"80 % of members from {low:,.0f} to {high:,.0f}"
    yield "likely", f"{median:,.0f} people out, median; {interval}"
    caught = ensemble.anyone_caught
    upper = math.ceil(1000 * caught.upper() - 1e-9) / 10
    members = f"{caught.hits:,} of {caught.of:,} members, seed {ensemble.seed}"
    yield "caught", f"at most {upper:g} % (upper 95 % limit): anyone, in {members}"


def _likely_patients(scenario: Scenario, ensemble: Ensemble) -> Iterator[tuple[str, str]]:
    """Yield the chance that all red patients are out, and the worst decile of patients."""
    outcome, care = ensemble.fleet, scenario.care
    if outcome is None or outcome.patient_end.shape[1] != len(care.patients):
        return
    waiting = np.array([one.waiting for one in care.patients], dtype=np.bool_)
    red = np.array([one.waiting and care.colour(one) == RED for one in care.patients], dtype=bool)
    if red.any():
        share = outcome.all_out(red)
        interval = f"{100 * share.lower(0.975):.1f} to {100 * share.upper(0.975):.1f} %"
        members = f"{share.hits:,} of {share.of:,} members"
        yield "all red", f"{100 * share.value:.1f} % (95 % interval {interval}): out, in {members}"
    if waiting.any():
        out = (outcome.patient_end[:, waiting] == MOVED).sum(axis=1)
        low, median = np.quantile(out, (0.1, 0.5)).tolist()
        yield "patients", f"{median:,.0f} out, median; nine members in ten from {low:,.0f} on"


def _moved(plan: Plan, verdict: Verdict) -> Iterator[tuple[str, str]]:
    """Yield patients, vehicles and aid by plan, each where the scenario has any."""
    care, fleet, aid = verdict.care, verdict.fleet, verdict.aid
    if care is not None:
        red = _levelled(plan, RED_OUT, care.red_out, f"of {care.red:,} red out, at most")
        out = _levelled(plan, PATIENTS_OUT, care.out, f"of {care.listed:,} patients out, at most")
        yield "patients", f"{red}; {out}; {care.companions_out:,} companions"
    if fleet is not None:
        places = f"{fleet.seats_used:,} of {fleet.seats_offered:,} places taken"
        trips = f"{fleet.trips:,} trips of {fleet.vehicles:,} vehicles"
        yield "fleet", f"{fleet.riders:,} riders out, in {trips}; {places}"
    if aid is not None:
        served = f"for {aid.persons_served:,} people"
        yield "aid", f"{aid.arrived:,} of {aid.convoys:,} convoys arrive, {served}"


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
