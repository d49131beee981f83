"""The judge: a plan is checked exactly against its scenario, by code that did not make it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import Final

import numpy as np

from clearway.judge.aboard import check_bed, check_patient, check_seat, check_triage
from clearway.judge.aid import check_convoy, check_linked
from clearway.judge.case import Case, open_case, worst_first
from clearway.judge.claims import check_bound, check_claim
from clearway.judge.decide import decide
from clearway.judge.gates import (
    check_conservation,
    check_gate,
    check_holding,
    check_margin,
    check_window,
)
from clearway.judge.households import check_household, check_supply
from clearway.judge.outcome import levels, out_by_day, out_by_group, out_by_zone, whole
from clearway.judge.outcome import willing_by_zone as willing
from clearway.judge.references import check_reference, check_scenario, check_slot
from clearway.judge.routes import check_closed, check_route
from clearway.judge.rules import check_rule
from clearway.judge.sites import check_reception, check_spread
from clearway.judge.streets import check_link, peak_use
from clearway.judge.tallies import tally_aid, tally_care, tally_fleet
from clearway.judge.vehicles import check_duty, check_lane, check_mode, check_trip
from clearway.model.outcome import Ensemble
from clearway.model.plan import EXPOSURE, HOURS, PEOPLE, Plan
from clearway.model.scenario import Scenario
from clearway.model.verdict import PlanBreach, Verdict

#: Breaches of one rule that are told one by one; the rest is counted.
LISTED: Final = 1_000

Check = Callable[[Case], Iterable[PlanBreach]]

#: The check of every rule, in the order in which breaches are told.
CHECKS: Final[Mapping[str, Check]] = MappingProxyType(
    {
        "scenario": check_scenario,
        "reference": check_reference,
        "supply": check_supply,
        "household": check_household,
        "route": check_route,
        "closed": check_closed,
        "slot": check_slot,
        "window": check_window,
        "margin": check_margin,
        "link": check_link,
        "gate": check_gate,
        "holding": check_holding,
        "reception": check_reception,
        "spread": check_spread,
        "conservation": check_conservation,
        "claim": check_claim,
        "bound": check_bound,
        "rule": check_rule,
        "mode": check_mode,
        "duty": check_duty,
        "trip": check_trip,
        "lane": check_lane,
        "seat": check_seat,
        "patient": check_patient,
        "bed": check_bed,
        "triage": check_triage,
        "convoy": check_convoy,
        "linked": check_linked,
    }
)


def judge(scenario: Scenario, plan: Plan, ensemble: Ensemble | None = None) -> Verdict:
    """Replay ``plan`` and check it against every rule of ``scenario``; say whether to run.

    People are a fluid that leaves home evenly over a slot, a cohort each step. Each gate is
    replayed step by step, first come first served, as ``docs/model.md`` says; those aboard vehicles
    that leave in a slot are served before, evenly over it. A movement that names something unknown,
    whose route does not hold its corridor, whose group cannot go that way, or that departs at no
    whole second cannot be replayed: it is a breach, its people stay inside, and the rest is judged.
    So it is with a trip of a vehicle whose way or times do not hold, or that is out too late.

    Parameters
    ----------
    scenario
        What the plan is for.
    plan
        Any plan, however wrong; nothing in it raises.
    ensemble
        What became of the plan in simulation; without it nothing is said on whether to run.

    Returns
    -------
    Verdict
        Every breach, by rule and then the worst first, one a rule and place; of more than 1,000
        of one rule the rest is counted in a last one without place. People are out if they are
        out of the exit by the closing margin. Records of gates hold those who walk or drive.
    """
    case = open_case(scenario, plan)
    found, zones, broken = levels(case), willing(case), breaches(case, CHECKS)
    return Verdict(
        breaches=broken,
        people_inside=int(scenario.demand.persons.sum()),
        people_willing=sum(zones),
        people_out=whole(np.array([found[PEOPLE]]))[0],
        out_by_day=out_by_day(case),
        out_by_zone=whole(out_by_zone(case)),
        willing_by_zone=zones,
        out_by_group=whole(out_by_group(case)),
        hours_until_out=found[HOURS],
        exposure_person_hours=found[EXPOSURE],
        step_s=scenario.planning.step_s,
        gates=case.seen.gates,
        peak_link_use=peak_use(case),
        decision=None if ensemble is None else decide(scenario, plan, broken, ensemble),
        care=tally_care(case),
        fleet=tally_fleet(case),
        aid=tally_aid(case),
    )


def breaches(case: Case, checks: Mapping[str, Check]) -> tuple[PlanBreach, ...]:
    """Return what ``checks`` find, rule by rule, the worst first."""
    return tuple(one for rule, check in checks.items() for one in _listed(rule, check(case)))


def _listed(rule: str, found: Iterable[PlanBreach]) -> Iterator[PlanBreach]:
    ordered = worst_first(
        replace(one, value=float(one.value), limit=float(one.limit)) for one in found
    )
    yield from ordered[:LISTED]
    more = len(ordered) - LISTED
    if more > 0:
        text = f"{more:,} more breaches of this rule are not listed."
        yield PlanBreach(rule, "", float(len(ordered)), float(LISTED), "breaches", text)
