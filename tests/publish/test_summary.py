"""``summary.json``: every key documented, values from the judge, bounds from the plan."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from clearway.judge.check import judge
from clearway.model.facts import Text
from clearway.model.plan import PARTIAL, Binding, Level, Plan, Status
from clearway.model.scenario import Scenario
from clearway.model.verdict import PlanBreach
from clearway.publish.beside import NOTHING_BESIDE, Beside
from clearway.publish.summary import FORMAT, VERBS, all_red_out, summary, waiting
from tests.judge.sound import sound
from tests.plans import greedy_plan
from tests.publish.driven import aided, aided_ensemble, short
from tests.publish.ensembles import compared
from tests.publish.pages import decision, town, town_comparison, town_ensemble

DOCUMENT = (Path(__file__).parents[2] / "docs" / "summary-format.md").read_text(encoding="utf-8")
TIMINGS = {"read": 0.5, "solve": 4.0, "judge": 1.0, "publish": 2.0, "peak_mb": 700.0}


def figures(scenario: Scenario, **changes: Any) -> dict[str, Any]:
    """Return the summary of a greedy plan with ``changes``."""
    plan = greedy_plan(scenario).replace(**changes)
    return summary(scenario, plan, None, judge(scenario, plan), Beside(timings=TIMINGS))


def keys_of(value: Any) -> Iterator[str]:
    """Yield every key of every object in ``value``, but for dates."""
    if isinstance(value, dict):
        yield from (key for key in value if not re.fullmatch(r"\d{4}-\d\d-\d\d", key))
        for child in value.values():
            yield from keys_of(child)
    if isinstance(value, list):
        for child in value:
            yield from keys_of(child)


def bound_plan(scenario: Scenario) -> Plan:
    """Return a plan whose first level is not proved best."""
    plan = greedy_plan(scenario)
    people, *others = plan.levels
    levels = (
        replace(people, bound=people.value * 1.25),
        *(replace(level, bound=level.value * 0.8) for level in others),
    )
    words = Text("Gate C1 is full.", "البوابة C1 ممتلئة.")
    binding = Binding("gate", "C1", 3600, 7200, 150.0, words)
    return plan.replace(levels=levels, status=Status(PARTIAL, words, (binding,)))


def test_every_key_is_documented_and_every_documented_key_is_there(two_days: Scenario) -> None:
    plan = bound_plan(two_days)
    verdict = replace(judge(two_days, plan), decision=decision())
    found = set(keys_of(summary(two_days, plan, None, verdict, Beside(timings=TIMINGS))))
    assert not {"patients", "fleet", "aid"} & found
    found |= set(keys_of(summary(*aided()[:2], None, aided()[2], NOTHING_BESIDE)))
    rows = re.findall(r"^\| (`[^|]+`) \|", DOCUMENT, re.MULTILINE)
    documented = {name for row in rows for name in re.findall(r"`(\w+)`", row)}
    seconds = set(VERBS)
    assert found - seconds == documented - {"clearway"}
    assert all(f"`{name}`" in DOCUMENT for name in seconds)


def test_values_are_the_judges_and_bounds_the_plans(two_days: Scenario) -> None:
    plan = bound_plan(two_days)
    verdict = judge(two_days, plan)
    found = summary(two_days, plan, None, verdict, Beside(timings=TIMINGS))
    assert found["format"] == FORMAT == "clearway-summary/1"
    assert found["scenario"] == "tiny"
    people = found["people"]
    assert people["inside"] == verdict.people_inside
    assert people["willing"] == verdict.people_willing
    assert people["out"] == verdict.people_out
    assert people["bound"] == pytest.approx(1.25 * plan.persons)
    assert people["gap"] == pytest.approx(0.2)
    assert people["out_by_day"] == {"2016-10-20": 0, "2016-10-21": 0} | dict(verdict.out_by_day)
    assert sum(people["out_by_day"].values()) == people["out"]
    hours = found["hours_until_out"]
    assert hours["value"] == pytest.approx(verdict.hours_until_out)
    assert hours["gap"] == pytest.approx(0.25)
    assert found["exposure_person_hours"]["value"] == verdict.exposure_person_hours
    assert found["breaches"] == 0


def test_a_claim_does_not_get_into_the_summary(one_corridor: Scenario) -> None:
    plan = greedy_plan(one_corridor)
    levels = tuple(Level(level.name, level.value * 2, level.bound) for level in plan.levels)
    claimed = plan.replace(levels=levels)
    verdict = judge(one_corridor, claimed)
    found = summary(one_corridor, claimed, None, verdict, NOTHING_BESIDE)
    assert found["people"]["out"] == verdict.people_out == plan.persons
    assert found["breaches"] == len(verdict.breaches) > 0


def test_times_are_local_and_what_is_not_measured_is_null(one_corridor: Scenario) -> None:
    plan = bound_plan(one_corridor)
    found = summary(
        one_corridor, plan, None, judge(one_corridor, plan), Beside(timings={"solve": 1.5})
    )
    assert found["seconds"] == dict.fromkeys(VERBS) | {"solve": 1.5}
    assert found["peak_mb"] is None
    assert found["binding"][0] == {
        "kind": "gate",
        "where": "C1",
        "from": "2016-10-20T09:00:00+03:00",
        "until": "2016-10-20T10:00:00+03:00",
        "worth_persons": 150.0,
        "text": "Gate C1 is full.",
        "text_ar": "البوابة C1 ممتلئة.",
    }


def test_without_levels_nothing_is_proved(one_corridor: Scenario) -> None:
    found = figures(one_corridor, levels=())
    for measure in (found["people"], found["hours_until_out"], found["exposure_person_hours"]):
        assert measure["bound"] is None
        assert measure["gap"] is None


def test_a_bound_of_zero_or_without_end_is_still_json(one_corridor: Scenario) -> None:
    plan = greedy_plan(one_corridor)
    for bound in (0.0, math.inf):
        levels = tuple(replace(level, bound=bound) for level in plan.levels)
        changed = plan.replace(levels=levels)
        found = summary(
            one_corridor, changed, None, judge(one_corridor, changed), Beside(timings=TIMINGS)
        )
        assert found["people"]["gap"] is None
        json.dumps(found, allow_nan=False)


def test_breaches_are_counted(one_corridor: Scenario) -> None:
    plan = greedy_plan(one_corridor)
    breach = PlanBreach("gate", "C1", 2.0, 1.0, "persons", "Too many.")
    verdict = replace(judge(one_corridor, plan), breaches=(breach,) * 3)
    assert summary(one_corridor, plan, None, verdict, Beside(timings=TIMINGS))["breaches"] == 3


def test_risk_and_recommendation_are_null_where_nothing_was_simulated(two_days: Scenario) -> None:
    found = figures(two_days, rules=None)
    assert found["risk"] == dict.fromkeys(("level", "p_caught", "p_caught_upper95", "members"))
    assert found["verdict"] == {"decision": None, "reasons": None}
    later = ("out_mean", "out_p10", "price_of_robustness", "flat_margin_out_mean")
    assert [found["people"][name] for name in later] == [None] * 4


def test_risk_is_of_the_members_and_its_level_of_the_plan() -> None:
    scenario, plan, verdict = town()
    ensemble, comparison = town_ensemble(), town_comparison()
    beside = Beside(comparison, TIMINGS | {"simulate": 9.0, "compare": 3.0})
    found = summary(scenario, plan, ensemble, verdict, beside)
    share = ensemble.anyone_caught
    assert found["risk"] == {
        "level": 0.01,
        "p_caught": share.hits / 40,
        "p_caught_upper95": share.upper(),
        "members": 40,
    }
    people = found["people"]
    assert people["out_mean"] == pytest.approx(ensemble.people_out.mean())
    assert people["out_p10"] == pytest.approx(np.quantile(ensemble.people_out, 0.1))
    assert people["price_of_robustness"] == pytest.approx(comparison.price_of_robustness[0])
    assert comparison.flat is not None
    flat = comparison.flat.ensemble.people_out.mean()
    assert people["flat_margin_out_mean"] == pytest.approx(flat)
    assert found["seconds"]["simulate"] == 9.0
    json.dumps(found, allow_nan=False)


def test_no_flat_margin_is_null() -> None:
    scenario, plan, verdict = town()
    beside = Beside(compared(town_ensemble(), 700, flat=False))
    found = summary(scenario, plan, town_ensemble(), verdict, beside)
    assert found["people"]["flat_margin_out_mean"] is None
    assert found["people"]["price_of_robustness"] is not None


def test_reasons_are_told_in_both_languages() -> None:
    scenario, plan, verdict = town()
    found = summary(scenario, plan, None, verdict, NOTHING_BESIDE)["verdict"]
    assert found["decision"] == "do-not-run"
    assert verdict.decision is not None
    assert len(found["reasons"]) == len(verdict.decision.reasons)
    missing = [reason for reason in found["reasons"] if reason["topic"] == "consent"]
    assert missing[0] == {
        "topic": "consent",
        "where": "C1",
        "state": "barred",
        "text": {"en": "No reply for C1.", "ar": "لا رد بشأن C1."},
        "turn": {"en": "A consent for C1.", "ar": "موافقة على C1."},
    }
    met = [reason for reason in found["reasons"] if reason["state"] == "met"]
    assert {reason["turn"] for reason in met} == {None}


# --------------------------------------------------------------------------- who does not walk


def test_patients_vehicles_and_aid_are_the_judges() -> None:
    scenario, plan, verdict = aided()
    found = summary(scenario, plan, aided_ensemble(), verdict, NOTHING_BESIDE)
    assert found["patients"] == {
        "listed": 5,
        "red": 2,
        "out": 5,
        "red_out": 2,
        "companions_out": 5,
        "p_all_red_out": 0.85,
    }
    tally = verdict.fleet
    assert tally is not None
    assert found["fleet"] == {
        "vehicles": 3,
        "trips": 6,
        "seats_offered": tally.seats_offered,
        "seats_used": tally.seats_used,
    }
    assert found["aid"] == {"convoys": 1, "arrived": 1}
    json.dumps(found, allow_nan=False)


def test_what_a_scenario_has_none_of_is_not_there() -> None:
    scenario, plan, verdict = town()
    assert not {"patients", "fleet", "aid"} & set(figures(scenario))
    assert list(summary(scenario, plan, None, verdict, NOTHING_BESIDE)).count("people") == 1
    scenario, plan = sound("one_bus")
    found = summary(scenario, plan, None, judge(scenario, plan), NOTHING_BESIDE)
    assert "fleet" in found
    assert not {"patients", "aid"} & set(found)


def test_the_chance_of_red_patients_is_null_without_members() -> None:
    scenario, plan, verdict = short()
    found = summary(scenario, plan, None, verdict, NOTHING_BESIDE)
    assert found["patients"]["p_all_red_out"] is None
    assert (found["patients"]["listed"], found["patients"]["out"]) == (5, 4)


def test_red_patients_who_refused_are_not_waited_for() -> None:
    scenario, _, _ = aided()
    outcome = aided_ensemble().fleet
    assert outcome is not None
    assert waiting(scenario).tolist() == [True] * 5
    assert waiting(scenario, "red").tolist() == [True, True, False, False, False]
    refused = replace(scenario.care.patients[0], state="refused")
    care = replace(scenario.care, patients=(refused, *scenario.care.patients[1:]))
    other = scenario.replace(care=care)
    # It was P1 who died in three members; P2 is out in all of them.
    assert all_red_out(scenario, outcome).value == 0.85
    assert all_red_out(other, outcome).value == 1.0
