"""What is said of patients, beds, aid, linked movements and those who are left inside."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from clearway.judge.decide import decide
from clearway.judge.matter import NEEDS, TOPICS
from clearway.model.agreement import GIVEN, NO_REPLY, Consent
from clearway.model.facts import Text
from clearway.model.fleet import LinkedMovement
from clearway.model.outcome import DIED, LEFT, MOVED
from clearway.model.plan import Plan
from clearway.model.thresholds import BARRED, CONDITION, MET, Threshold
from clearway.model.verdict import Decision, Reason
from tests.judge.changes import Case, exactly, on_patient, on_type
from tests.judge.ensembles import MEMBERS, ensemble, only, pause, reasons, recommend
from tests.judge.needed import became
from tests.judge.sound import sound
from tests.scenarios import ASSUMED, at_hour


def decided(case: Case | None = None, **columns: Any) -> Decision:
    """Return the decision on a sound plan of ``aid_in``, or another."""
    scenario, plan = case or sound("aid_in")
    return decide(scenario, plan, (), became(scenario, **columns))


def one(topic: str, case: Case | None = None, **columns: Any) -> Reason:
    """Return what is said on one topic."""
    return only(decided(case, **columns), topic)


def without(plan: Plan, *vehicles: str) -> Plan:
    """Return a plan without the duties of some vehicles."""
    return plan.replace(duties=tuple(duty for duty in plan.duties if duty.vehicle not in vehicles))


def test_where_all_goes_well_every_need_is_met() -> None:
    decision = decided()
    assert [one.topic for one in decision.reasons if one.topic in NEEDS] == list(NEEDS)
    assert {one.state for one in decision.reasons if one.topic in NEEDS} == {MET}
    assert all(only(decision, topic).turn is None for topic in NEEDS)
    assert set(NEEDS) <= set(TOPICS)


def test_nothing_is_said_of_what_a_scenario_does_not_have() -> None:
    assert not {one.topic for one in recommend(pause()).reasons} & set(NEEDS)
    (found,) = [one.topic for one in decided(sound("one_bus")).reasons if one.topic in NEEDS]
    assert found == "left"


def test_an_ensemble_says_nothing_of_needs_without_patients() -> None:
    scenario, plan = sound("one_bus")
    text = only(decide(scenario, plan, (), ensemble(scenario)), "left").text
    assert text.en == "By the plan 0 people stay inside."
    assert text.ar == "عدد من يبقون في الداخل وفق الخطة: لا أحد."


# ------------------------------------------------------------------------------------ red patients


def ends(lost: int, code: int = LEFT, patient: int = 0) -> np.ndarray[Any, Any]:
    """Return what became of five patients: one of them is lost in so many members."""
    found = np.full((MEMBERS, 5), MOVED)
    found[:lost, patient] = code
    return found


@pytest.mark.parametrize(
    ("lost", "state"), [(0, MET), (40, MET), (41, CONDITION), (200, CONDITION), (201, BARRED)]
)
def test_red_patients_are_measured_as_those_of_first_priority_are(lost: int, state: str) -> None:
    reason = one("red", patient_end=ends(lost))
    assert reason.state == state
    assert reason.text.en.startswith(f"In {400 - lost} of 400 members all red patients (2) are out")
    assert (reason.turn is None) == (state == MET)


def test_the_worst_tenth_of_red_patients_is_told() -> None:
    assert "2 of them or fewer" in one("red", patient_end=ends(39)).text.en
    assert "1 of them or fewer" in one("red", patient_end=ends(41)).text.en


def test_who_died_waiting_or_refused_is_not_out() -> None:
    assert one("red", patient_end=ends(400, DIED)).text.en.startswith("In none of 400 members")
    assert one("red", patient_end=ends(400, DIED)).state == BARRED


def test_yellow_patients_are_not_counted_as_red() -> None:
    assert one("red", patient_end=ends(400, LEFT, patient=2)).state == MET


def test_red_patients_who_may_not_be_called_any_more_are_not_counted() -> None:
    case = on_patient("P1", state="died waiting")(*sound("aid_in"))
    assert "all red patients (1) are out" in one("red", case, patient_end=ends(400)).text.en
    both_gone = on_patient("P2", state="refused")(*case)
    assert reasons(decided(both_gone), "red") == []


def test_the_scenario_sets_what_is_asked_for() -> None:
    scenario, plan = sound("aid_in")
    limits = replace(scenario.thresholds, first_priority_share=Threshold(0.5, 0.25))
    found = one("red", (scenario.replace(thresholds=limits), plan), patient_end=ends(200))
    assert found.state == MET
    assert "asked for: 50" in found.text.en


# ------------------------------------------------------------------------- patients who are left


def test_patients_out_are_told_beside_those_of_the_plan() -> None:
    text = one("patients", patient_end=ends(100)).text.en
    assert text == (
        "Of 5 patients who may be called 5 are out on average, in the worst tenth of members 4 or"
        " fewer; the plan moves 5."
    )


def left_for(**changes: Any) -> Reason:
    """Return what is said where the plan does not move P1 and P3, P1 changed."""
    scenario, plan = on_patient("P1", **changes)(*sound("two_ambulances"))
    duties = tuple(duty for duty in plan.duties if duty.id != "amb-01 2016-10-20")
    return one("patients", (scenario, plan.replace(duties=duties)))


def test_why_the_plan_leaves_patients_is_counted() -> None:
    reason = left_for()
    assert reason.state == CONDITION
    assert "It leaves 2: 2 because vehicles, beds or hours do not suffice." in reason.text.en
    assert "وعدد من تتركهم: 2" in reason.text.ar
    assert reason.turn is not None


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"bed": "burns"}, "no hospital that they agree to has a bed of their kind"),
        ({"refuses": ("H1", "H2")}, "no hospital that they agree to has a bed of their kind"),
        ({"companions": 9}, "no vehicle has the places and the care that they need"),
        ({"ready": at_hour(36)}, "they are not ready before the last closing"),
    ],
)
def test_who_cannot_be_moved_is_told_apart(changes: dict[str, Any], why: str) -> None:
    text = left_for(**changes).text.en
    assert f"It leaves 2: 1 because {why}; 1 because vehicles, beds or hours" in text


def test_care_that_no_vehicle_gives_is_a_reason() -> None:
    scenario, plan = on_type("ambulance", care="basic")(*sound("two_ambulances"))
    text = one("patients", (scenario, without(plan, "amb-01"))).text.en
    assert "It leaves 3: 1 because no vehicle has the places and the care" in text


def test_without_any_duty_all_are_left() -> None:
    scenario, plan = sound("two_ambulances")
    bare = plan.replace(duties=())
    decision = decide(scenario, bare, (), ensemble(scenario))
    assert only(decision, "red").state == BARRED
    assert "the plan moves 0. It leaves 5" in only(decision, "patients").text.en
    assert "patients left: 5 (2 red, 2 yellow and 1 green)" in only(decision, "left").text.en


def test_what_was_not_simulated_is_a_condition() -> None:
    scenario, plan = sound("aid_in")
    decision = decide(scenario, plan, (), ensemble(scenario))
    assert only(decision, "patients").state == CONDITION
    assert "not simulated" in only(decision, "patients").text.en
    assert reasons(decision, "red") == reasons(decision, "beds") == []


def test_an_outcome_of_other_patients_is_not_read() -> None:
    wrong = decided(None, patient_end=np.full((MEMBERS, 3), MOVED))
    assert "not simulated" in only(wrong, "patients").text.en
    assert reasons(wrong, "red") == []


# ------------------------------------------------------------------------------------------- beds


@pytest.mark.parametrize(("come", "state"), [(3, MET), (4, BARRED)])
def test_patients_at_a_hospital_are_measured_by_its_beds(come: int, state: str) -> None:
    columns = np.tile([come, 1], (MEMBERS, 1))
    found = reasons(decided(None, beds=columns), "beds")
    assert found[0].where == "H1"
    assert found[0].state == state
    assert f"{come} patients or more come; it has 3 beds" in found[0].text.en


def test_a_hospital_without_beds_to_which_nobody_comes_is_no_reason() -> None:
    scenario, plan = sound("aid_in")
    first, other = scenario.care.hospitals
    none = tuple(replace(beds, places=exactly(0.0)) for beds in first.beds)
    care = replace(scenario.care, hospitals=(replace(first, beds=none), other))
    case = (scenario.replace(care=care), plan)
    assert one("beds", case, beds=np.tile([0, 1], (MEMBERS, 1))).state == MET
    (full, *_) = reasons(decided(case, beds=np.tile([1, 0], (MEMBERS, 1))), "beds")
    assert (full.where, full.state) == ("H1", BARRED)


# ---------------------------------------------------------------------------- aid, linked movements


def test_aid_that_comes_in_is_told_with_whom_it_serves() -> None:
    arrived = np.ones((MEMBERS, 1), dtype=bool)
    arrived[:100] = False
    text = one("aid", aid_arrived=arrived).text
    assert text.en == (
        "The plan brings in 1 of 1 aid convoys, to Z2, with what serves 500 people; in simulation"
        " 75\u00a0% of them arrive on average."
    )
    assert "500" in text.ar


def test_aid_that_the_plan_leaves_out_is_a_condition() -> None:
    scenario, plan = sound("aid_in")
    reason = one("aid", (scenario, plan.replace(convoys=())))
    assert reason.state == CONDITION
    assert reason.text.en.startswith("None of the aid convoys")
    other = replace(scenario.aid.convoys[0], id="A2")
    aid = replace(scenario.aid, convoys=(*scenario.aid.convoys, other))
    some = one("aid", (scenario.replace(aid=aid), plan))
    assert some.state == CONDITION
    assert "1 of 2 aid convoys" in some.text.en


def test_a_deadlock_bars_and_is_named() -> None:
    scenario, plan = sound("aid_in")
    ring = (
        *scenario.aid.links,
        LinkedMovement("L2", "aid:A1", "patients:2016-10-20", ASSUMED),
    )
    aid = replace(scenario.aid, links=ring)
    reason = one("linked", (scenario.replace(aid=aid), plan))
    assert (reason.state, reason.where) == (BARRED, "L1, L2")
    assert "the patients of 2016-10-20 only after convoy A1" in reason.text.en
    assert "convoy A1 only after the patients of 2016-10-20" in reason.text.en
    assert "القافلة A1" in reason.text.ar
    assert reason.turn is not None


def test_conditions_that_can_be_kept_are_met() -> None:
    assert one("linked").state == MET
    assert "(L1)" in one("linked").text.en


# -------------------------------------------------------------------------------- left, and consent


def test_whom_the_plan_leaves_inside_is_told_by_zone() -> None:
    scenario, plan = sound("two_ambulances")
    moves = tuple(move for move in plan.movements if move.zone != "Z2")
    left = sum(move.persons for move in plan.movements if move.zone == "Z2")
    bare = without(plan.replace(movements=moves), "bus-01")
    stay = left + plan.riders
    text = one("left", (scenario, bare)).text.en
    in_second = left + 17
    assert text.startswith(
        f"By the plan {stay} people stay inside, most of them in Z2 ({in_second}) and Z1 (35);"
    )
    assert text.endswith("; no patient who may be called is left.")


def test_corridors_that_vehicles_alone_use_need_consent_too() -> None:
    scenario, plan = sound("one_bus")
    consents = tuple(
        Consent(level, Text("The guard", "الحرس"), level, ("C1",), state, "letter", None, ASSUMED)
        for level, state in (("headquarters", GIVEN), ("local", GIVEN), ("gate", NO_REPLY))
    )
    scenario = scenario.replace(agreement=replace(scenario.agreement, consents=consents))
    driven = plan.replace(movements=())
    found = only(decide(scenario, driven, (), became(scenario)), "consent")
    assert (found.state, found.where) == (BARRED, "C1")
    idle = driven.replace(duties=())
    assert only(decide(scenario, idle, (), became(scenario)), "consent").state == CONDITION


def test_a_plan_of_duties_alone_calls_somebody() -> None:
    scenario, plan = sound("one_bus")
    driven = plan.replace(movements=())
    assert only(decide(scenario, driven, (), became(scenario)), "out").state == MET
    nobody = driven.replace(duties=())
    assert only(decide(scenario, nobody, (), became(scenario)), "out").state == BARRED
