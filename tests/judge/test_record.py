"""What is on record: consents, hazards, lead time, those who stay, who decides, and breaches."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import numpy as np
import pytest

from clearway.judge.decide import decide
from clearway.model.agreement import (
    ACKNOWLEDGED,
    CONSENT_LEVELS,
    NO_REPLY,
    NOTIFIED,
    REFUSED,
    WITHDRAWN,
    Agreement,
    Consent,
    Decider,
    Hazard,
    Notification,
    Provision,
)
from clearway.model.facts import Text
from clearway.model.scenario import Scenario
from clearway.model.thresholds import BARRED, CONDITION, MET
from clearway.model.verdict import DO_NOT_RUN, RULES, Decision, PlanBreach, Reason
from tests.judge.ensembles import (
    MEMBERS,
    consent,
    ensemble,
    later,
    only,
    pause,
    reasons,
    recommend,
    record,
)
from tests.plans import greedy_plan
from tests.scenarios import ASSUMED, at_hour

MORTAR = Text("Rounds fell near the mouth", "سقطت قذائف قرب المدخل")


def said(agreement: Agreement, topic: str) -> list[Reason]:
    """Return what is said on a topic where this is on record."""
    return reasons(recommend(pause(agreement=agreement)), topic)


def consented(*consents: Consent) -> dict[str, Reason]:
    """Return what is said on consent by corridor, with these on record."""
    return by_corridor(recommend(pause(agreement=record(consents=consents))))


def by_corridor(decision: Decision) -> dict[str, Reason]:
    """Return what is said on consent, for each corridor that it is about."""
    found = reasons(decision, "consent")
    return {corridor: one for one in found for corridor in one.where.split(", ")}


def through_one(*, hazards: tuple[Hazard, ...] = (), **changes: Any) -> Decision:
    """Return the decision on a plan that uses C1 alone, though C2 is announced as well."""
    scenario = pause(agreement=record(hazards=hazards, **changes))
    plan = greedy_plan(scenario)
    plan = plan.replace(movements=tuple(m for m in plan.movements if m.corridor == "C1"))
    return decide(scenario, plan, (), ensemble(scenario))


def test_consent_of_everybody_at_each_level_is_met() -> None:
    found = consented(*(consent(level) for level in CONSENT_LEVELS))
    assert {where: one.state for where, one in found.items()} == {"C1": MET, "C2": MET}
    assert found["C1"] is found["C2"]
    assert found["C1"].text == Text(
        "Corridors C1 and C2: consent is recorded of every party listed, until the last closing.",
        "الممران C1 وC2: سُجّلت موافقة كل طرف مُدرج حتى آخر إغلاق.",
    )


def test_no_consent_on_record_bars() -> None:
    (reason,) = said(record(consents=()), "consent")
    assert (reason.state, reason.where) == (BARRED, "")
    assert reason.text == Text("No consent is on record.", "لا توجد أي موافقة في السجل.")
    assert reason.turn is not None
    assert "(C1 and C2)" in reason.turn.en
    assert "(C1 وC2)" in reason.turn.ar


@pytest.mark.parametrize(
    ("state", "en", "ar"),
    [
        (NOTIFIED, "notified", "أُرسل الإبلاغ"),
        (ACKNOWLEDGED, "acknowledged", "ورد إقرار بالاستلام"),
        (NO_REPLY, "no reply", "لم يرد رد"),
        (REFUSED, "refused", "رُفضت"),
        (WITHDRAWN, "withdrawn", "سُحبت"),
    ],
)
def test_anything_but_consent_bars_and_the_party_is_named(state: str, en: str, ar: str) -> None:
    levels = [consent("headquarters"), consent("local"), consent("gate", state, corridors=("C1",))]
    found = consented(*levels, consent("gate", id="other", corridors=("C2",)))
    assert (found["C1"].state, found["C2"].state) == (BARRED, MET)
    assert found["C1"].text == Text(
        f"Corridor C1: 2 of 3 consents given. Missing from gates: The gate guard ({en}).",
        f"الممر C1: أُعطيت موافقتان من أصل 3. وما ينقص على مستوى البوابات: حرس البوابة ({ar}).",
    )
    assert found["C1"].turn == Text(
        "The missing consent is recorded, with evidence and holding until 20 October 2016, 10:00;"
        " or the plan is made anew without corridor C1.",
        "أن تُسجَّل الموافقة الناقصة، مع ما يثبت ذلك، على أن تسري حتى 20 تشرين الأول/أكتوبر 2016،"
        " الساعة 10:00؛ أو أن توضع الخطة من جديد دون الممر C1.",
    )


def test_consent_that_ends_before_the_last_closing_bars() -> None:
    given = [consent("headquarters"), consent("local")]
    found = consented(*given, consent("gate", expires=later(-1)))
    assert found["C1"].state == found["C2"].state == BARRED
    assert "The gate guard (given only until 20 October 2016, 09:00)" in found["C1"].text.en
    assert "أُعطيت حتى 20 تشرين الأول/أكتوبر 2016، الساعة 09:00 فقط" in found["C1"].text.ar
    held = consented(*given, consent("gate", expires=later(0)))
    assert {one.state for one in held.values()} == {MET}


def test_the_last_closing_is_that_of_the_corridor() -> None:
    scenario = pause()
    early, late = scenario.windows
    windows = (early, type(late)(late.corridor, late.opens, later(24), late.source))
    levels = tuple(consent(level, expires=later(1)) for level in CONSENT_LEVELS)
    scenario = pause(agreement=record(consents=levels), windows=windows)
    states = {where: one.state for where, one in by_corridor(recommend(scenario)).items()}
    assert states == {"C1": MET, "C2": BARRED}


def test_a_corridor_without_any_consent_is_named() -> None:
    found = consented(*(consent(level, corridors=("C2",)) for level in CONSENT_LEVELS))
    assert (found["C1"].state, found["C2"].state) == (BARRED, MET)
    assert found["C1"].text.en == "No consent is on record for corridor C1."
    assert found["C1"].turn is not None
    assert found["C1"].turn.en.endswith("; or the plan is made anew without corridor C1.")
    assert found["C1"].turn.ar.endswith("؛ أو أن توضع الخطة من جديد دون الممر C1.")


def test_all_who_are_missing_are_named_from_headquarters_down() -> None:
    found = consented(consent("gate", REFUSED), consent("local"), consent("headquarters", NO_REPLY))
    text = found["C2"].text
    assert text.en == (
        "Corridors C1 and C2: 1 of 3 consents given. Missing from headquarters: The council (no"
        " reply); from gates: The gate guard (refused)."
    )
    assert text.ar == (
        "الممران C1 وC2: أُعطيت موافقة واحدة من أصل 3. وما ينقص على مستوى القيادة العليا: المجلس"
        " (لم يرد رد)؛ وعلى مستوى البوابات: حرس البوابة (رُفضت)."
    )
    assert found["C2"].turn is not None
    assert found["C2"].turn.en.startswith("The 2 missing consents are recorded")
    assert found["C2"].turn.ar.startswith("أن تُسجَّل الموافقتان الناقصتان")


def test_parties_of_one_level_are_named_together() -> None:
    gates = [consent("gate", NO_REPLY, id=f"g{n}") for n in range(3)]
    text = consented(*gates)["C1"].text
    assert text.en.endswith(
        "Missing from gates: The gate guard (no reply), The gate guard (no reply) and The gate"
        " guard (no reply)."
    )


def test_corridors_that_stand_otherwise_are_told_apart() -> None:
    shared = consent("headquarters")
    found = consented(shared, consent("gate", REFUSED, corridors=("C2",)))
    assert (found["C1"].where, found["C2"].where) == ("C1", "C2")
    assert (found["C1"].state, found["C2"].state) == (CONDITION, BARRED)


def test_where_every_corridor_is_barred_none_can_be_left_out() -> None:
    found = consented(consent("gate", REFUSED))
    for one in found.values():
        assert one.turn is not None
        assert "made anew" not in one.turn.en
    assert "0 of 1 consent given" in found["C1"].text.en
    assert "لم تُعطَ أي موافقة، والمطلوب موافقة واحدة" in found["C1"].text.ar


def test_a_level_at_which_nobody_is_listed_cannot_be_measured() -> None:
    found = consented(consent("headquarters"), consent("gate"))
    assert {one.state for one in found.values()} == {CONDITION}
    assert "nobody is listed at the level of local commanders" in found["C1"].text.en
    found = consented(consent("gate"))
    assert "headquarters and local commanders" in found["C1"].text.en


def test_a_corridor_that_is_announced_and_not_used_needs_consent_or_a_word() -> None:
    given = tuple(consent(level, corridors=("C1",)) for level in CONSENT_LEVELS)
    decision = through_one(consents=given)
    states = {one.where: one.state for one in reasons(decision, "consent")}
    assert states == {"C1": MET, "C2": CONDITION}
    told = next(one for one in reasons(decision, "consent") if one.where == "C2")
    assert told.turn == Text(
        "Everyone inside is told that this is closed: corridor C2.",
        "أن يُبلَّغ كل من في الداخل بإغلاق الممر C2.",
    )


def test_a_corridor_with_consent_and_not_used_is_no_matter() -> None:
    assert [one.where for one in reasons(through_one(), "consent")] == ["C1"]


def test_a_hazard_that_bars_a_corridor_bars_the_pause() -> None:
    decision = recommend(pause(agreement=record(hazards=(Hazard("C1", MORTAR, True, ASSUMED),))))
    reason = only(decision, "hazard")
    assert decision.code == DO_NOT_RUN
    assert (reason.where, reason.state) == ("C1", BARRED)
    assert reason.text.en == (
        "Corridor C1: Rounds fell near the mouth. Nobody should be sent there while it lasts."
    )
    assert reason.turn is not None
    assert reason.turn.en == (
        "It is on record that this has ended; or the plan is made anew without corridor C1."
    )


def three(**changes: Any) -> Scenario:
    """Return a pause with a third corridor, C3, beside C1."""
    scenario = pause(agreement=Agreement())
    window = scenario.windows[0]
    return scenario.replace(
        corridors=(*scenario.corridors, replace(scenario.corridors[0], id="C3")),
        windows=(*scenario.windows, replace(window, corridor="C3")),
    ).replace(agreement=record(**changes))


def through_three(scenario: Scenario) -> Decision:
    """Return the decision on a plan that uses all three."""
    plan = greedy_plan(pause())
    *moves, last = plan.movements
    plan = plan.replace(movements=(*moves, replace(last, corridor="C3")))
    return decide(scenario, plan, (), ensemble(scenario))


def test_what_would_have_to_go_is_named_together() -> None:
    given = tuple(consent(level, corridors=("C3",)) for level in CONSENT_LEVELS)
    decision = through_three(three(consents=given))
    lacking = by_corridor(decision)["C1"]
    assert (lacking.where, lacking.state) == ("C1, C2", BARRED)
    assert lacking.turn is not None
    assert lacking.turn.en.endswith("made anew without corridors C1 and C2.")
    assert lacking.turn.ar.endswith("من جديد دون الممرين C1 وC2.")


def test_a_hazard_at_one_corridor_asks_for_that_one_alone_to_go() -> None:
    hazards = (Hazard("C2", MORTAR, True, ASSUMED),)
    decision = through_three(three(consents=(), hazards=hazards))
    turn = only(decision, "hazard").turn
    assert turn is not None
    assert turn.en.endswith("; or the plan is made anew without corridor C2.")


def test_a_hazard_that_does_not_bar_is_a_condition() -> None:
    (reason,) = said(record(hazards=(Hazard("C2", MORTAR, False, ASSUMED),)), "hazard")
    assert (reason.where, reason.state) == ("C2", CONDITION)
    assert reason.text.en.endswith("near the mouth. Whoever is called there must know it.")
    assert reason.turn is not None
    assert reason.turn.en == "Everyone called to C2 is told of it before they set out."


def test_a_hazard_at_a_corridor_that_is_not_used_is_a_condition() -> None:
    reason = only(through_one(hazards=(Hazard("C2", MORTAR, True, ASSUMED),)), "hazard")
    assert (reason.where, reason.state) == ("C2", CONDITION)
    assert "sends nobody there" in reason.text.en
    assert reason.turn is not None
    assert reason.turn.en == "Everyone inside is told that this is closed: corridor C2."


def test_every_hazard_on_record_is_told() -> None:
    hazards = tuple(Hazard("C1", MORTAR, bars, ASSUMED) for bars in (True, False, True))
    assert [one.state for one in said(record(hazards=hazards), "hazard")] == [
        BARRED,
        BARRED,
        CONDITION,
    ]


@pytest.mark.parametrize(
    ("ahead_h", "asked_h", "state"),
    [(50, 48, MET), (48, 48, MET), (47.99, 48, CONDITION), (0.01, 24, CONDITION), (0, 24, BARRED),
     (-3, 0, BARRED)],
)  # fmt: skip
def test_notice_is_counted_back_from_the_first_opening(
    ahead_h: float, asked_h: float, state: str
) -> None:
    told = Notification(at_hour(8 - ahead_h), timedelta(hours=asked_h), ASSUMED)
    (reason,) = said(record(notification=told), "lead")
    assert reason.state == state


def test_a_short_notice_names_the_windows_that_open_too_early() -> None:
    scenario = pause()
    first, second = scenario.windows
    windows = (first, type(second)(second.corridor, at_hour(30), at_hour(32), ASSUMED))
    told = Notification(at_hour(-10), timedelta(hours=24), ASSUMED)
    scenario = pause(agreement=record(notification=told), windows=windows)
    reason = only(recommend(scenario), "lead")
    assert reason.state == CONDITION
    assert reason.text == Text(
        "The parties were notified on 19 October 2016, 14:00, 18 hours before the first opening;"
        " asked for: at least 24 hours; 1 of 2 windows open sooner than that.",
        "أُبلغت الأطراف في 19 تشرين الأول/أكتوبر 2016، الساعة 14:00، أي قبل أول فتح بمدة 18 ساعة؛"
        " والمطلوب مدة 24 ساعة على الأقل، ويقع موعد فترة واحدة من أصل 2 قبل انقضائها.",
    )
    assert reason.turn is not None
    assert reason.turn.en == "No window opens before 20 October 2016, 14:00."


def test_a_lead_time_is_never_said_longer_than_it_was() -> None:
    told = Notification(at_hour(8 - 23.999), timedelta(hours=24), ASSUMED)
    (reason,) = said(record(notification=told), "lead")
    assert reason.state == CONDITION
    assert "23 hours 59 minutes before" in reason.text.en


@pytest.mark.parametrize("asked", [False, True])
def test_a_notification_that_nobody_recorded_is_a_condition(*, asked: bool) -> None:
    told = Notification(None, timedelta(hours=48), ASSUMED) if asked else None
    (reason,) = said(record(notification=told), "lead")
    assert reason.state == CONDITION
    assert reason.text.en == "When the parties were notified is not on record."
    assert reason.turn is not None
    assert ("48 hours" in reason.turn.en) == asked
    assert ("48 ساعة" in reason.turn.ar) == asked


def test_those_who_stay_are_counted_by_the_mean() -> None:
    out = np.zeros((MEMBERS, 2, 2, 2))
    out[::2, 0, 0, 0] = 100
    scenario = pause(agreement=record(provisions=()))
    inside = int(scenario.demand.persons.sum())
    reason = only(recommend(scenario, out=out), "stay")
    assert reason.state == CONDITION
    assert reason.text.en == (
        f"On average {inside - 50} people stay inside, and nothing is on record of what is done"
        " for them."
    )
    assert f"{inside - 50} شخصًا" in reason.text.ar


def test_what_is_done_for_those_who_stay_is_told() -> None:
    words = [("Water.", "مياه."), ("Food", "غذاء"), ("Care", "رعاية"), ("Fuel", "وقود")]
    provisions = tuple(Provision(Text(*one), ASSUMED) for one in words)
    (reason,) = said(record(provisions=provisions), "stay")
    assert reason.state == MET
    assert reason.text.en.endswith("on record for them: Water, Food, Care and 1 more.")
    assert reason.text.ar.endswith("والمسجَّل لأجلهم: مياه، غذاء، رعاية وواحد آخر.")


def test_a_role_decides_and_the_record_says_when_it_is_reviewed() -> None:
    role = Text("The pause coordinator", "منسق الهدنة")
    (met,) = said(record(), "decider")
    (undated,) = said(record(decider=Decider(role)), "decider")
    (nobody,) = said(record(decider=None), "decider")
    assert [one.state for one in (met, undated, nobody)] == [MET, CONDITION, CONDITION]
    assert met.text.en == ("Who decides: The pause coordinator; review on 20 October 2016, 20:00.")
    assert "no time is set" in undated.text.en
    assert nobody.text.en == "Nobody is named who decides."


def breaches(*found: PlanBreach) -> Reason:
    """Return what is said of a plan with these breaches."""
    scenario = pause()
    return only(decide(scenario, greedy_plan(scenario), found, ensemble(scenario)), "breach")


def breach(rule: str, where: str) -> PlanBreach:
    return PlanBreach(rule, where, 1.0, 0.0, "", "Wrong.")


def test_breaches_are_counted_and_the_first_three_named() -> None:
    found = [breach(rule, f"M{n}") for n, rule in enumerate(RULES[:12])]
    reason = breaches(*found)
    assert reason.state == BARRED
    assert reason.text == Text(
        "The plan breaks its own rules: 12 breaches found, the first: another scenario at M0,"
        " an unknown name at M1 and households called at M2.",
        "تخالف الخطة قواعدها: عُثر على 12 مخالفة، وأولها: سيناريو آخر عند M0، اسم غير معروف عند M1"
        " والأسر المنادى عليها عند M2.",
    )


def test_breaches_that_are_only_counted_count() -> None:
    rest = PlanBreach("slot", "", 1007.0, 1000.0, "breaches", "7 more.")
    assert "8 breaches found, the first: margin before closing at C1." in (
        breaches(breach("margin", "C1"), rest).text.en
    )


@pytest.mark.parametrize("rule", RULES)
def test_every_rule_of_a_plan_has_a_name_in_both_languages(rule: str) -> None:
    text = breaches(breach(rule, "M1")).text
    assert f": {rule} at M1" not in text.en.replace("route at", "").replace("rule at", "")
    assert f"{rule} عند" not in text.ar
    assert "1 breach found" in text.en
    assert "مخالفة واحدة" in text.ar
