"""Reports of plans with vehicles, patients and aid: sound ones, and what may become of them."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import numpy as np

from clearway.judge.check import judge
from clearway.model.care import Care
from clearway.model.facts import Text
from clearway.model.fleet import Aid
from clearway.model.outcome import DIED, LEFT, MOVED, Ensemble, FleetOutcome
from clearway.model.plan import Plan
from clearway.model.scenario import Scenario
from clearway.model.verdict import Verdict
from clearway.publish.course import course
from clearway.publish.days import Calendar
from clearway.publish.edition import Edition
from clearway.publish.report import reports
from clearway.publish.rides import rides
from clearway.publish.walks import walks
from clearway.publish.words import words
from tests.judge.sound import sound
from tests.publish.ensembles import blank
from tests.publish.pages import HOSTILE, hostile

MEMBERS = 20


@cache
def aided() -> tuple[Scenario, Plan, Verdict]:
    """Return two zones with a bus, two ambulances, five patients and a convoy, all of them out."""
    scenario, plan = sound("aid_in")
    return scenario, plan, judge(scenario, plan)


@cache
def short() -> tuple[Scenario, Plan, Verdict]:
    """Return the same without the second day: P4 is left inside."""
    scenario, plan, _ = aided()
    left = plan.replace(duties=plan.duties[:-1])
    return scenario, left, judge(scenario, left)


@cache
def aided_ensemble() -> Ensemble:
    """Return members: all out in half of them, P1 (red) dies in three, the convoy fails in five."""
    scenario, plan, _ = aided()
    patients, hospitals = len(scenario.care.patients), len(scenario.care.hospitals)
    end = np.full((MEMBERS, patients), MOVED)
    end[: MEMBERS // 2, 3] = LEFT
    end[:3, 0] = DIED
    arrived = np.ones((MEMBERS, 1), dtype=bool)
    arrived[:5] = False
    outcome = FleetOutcome(
        patient_out_s=np.where(end == MOVED, 4000.0, np.inf),
        patient_end=end,
        companions_out=np.full(MEMBERS, 5),
        riders=np.arange(MEMBERS) + 30,
        trips=np.full(MEMBERS, 6),
        beds=np.tile(np.arange(1, hospitals + 1), (MEMBERS, 1)),
        aid_arrived=arrived,
    )
    members = blank(scenario, MEMBERS, bins=100)
    return replace(members, most=np.full(MEMBERS, plan.persons), fleet=outcome)


def driven_edition(case: tuple[Scenario, Plan, Verdict] | None = None, lang: str = "en") -> Edition:
    """Return what one edition is written from."""
    scenario, plan, verdict = case or aided()
    walked, ridden, said = walks(scenario, plan), rides(scenario, plan), words(lang)
    happened = course(scenario, walked, verdict, ridden)
    calendar = Calendar(scenario, said)
    return Edition(scenario, plan, verdict, walked, happened, said, calendar, ridden)


@cache
def aided_pages() -> dict[str, str]:
    """Return the report by language, of the plan with its members."""
    scenario, plan, verdict = aided()
    return reports(scenario, plan, aided_ensemble(), verdict)


@cache
def short_pages() -> dict[str, str]:
    """Return the report by language of the plan that leaves P4, not simulated."""
    scenario, plan, verdict = short()
    return reports(scenario, plan, None, verdict)


def hostile_case() -> tuple[Scenario, Plan]:
    """Return the aided scenario and plan with names and sources that try to run as script."""
    scenario, plan, _ = aided()
    everything = " ".join(HOSTILE)
    text = Text(f"{everything} en", f"{everything} عربي")
    fleet, care, aid = scenario.fleet, scenario.care, scenario.aid
    bad = hostile(scenario.replace(care=Care(), aid=Aid()))
    zones = dict(zip([z.id for z in scenario.zones], [z.id for z in bad.zones], strict=True))
    codes = {one.code: f"{one.code}{HOSTILE[0]}" for one in care.patients}
    patients = tuple(
        replace(one, code=codes[one.code], zone=zones[one.zone], bed=one.bed)
        for one in care.patients
    )
    bad = bad.replace(
        fleet=replace(
            fleet,
            types=tuple(replace(one, name=text, source=everything) for one in fleet.types),
            depots=tuple(replace(one, name=text, source=everything) for one in fleet.depots),
        ),
        care=replace(
            care,
            patients=patients,
            hospitals=tuple(replace(one, name=text, source=everything) for one in care.hospitals),
        ),
        aid=replace(
            aid,
            convoys=tuple(
                replace(one, name=text, zone=zones[one.zone], source=everything)
                for one in aid.convoys
            ),
            links=tuple(replace(one, source=everything) for one in aid.links),
        ),
    )
    duties = tuple(
        replace(
            duty,
            vehicle=f"{duty.vehicle}{HOSTILE[1]}",
            trips=tuple(
                replace(
                    trip,
                    stops=tuple(
                        replace(
                            stop,
                            zone=zones[stop.zone],
                            patients=tuple(codes[code] for code in stop.patients),
                        )
                        for stop in trip.stops
                    ),
                )
                for trip in duty.trips
            ),
        )
        for duty in plan.duties
    )
    return bad, plan.replace(duties=duties)
