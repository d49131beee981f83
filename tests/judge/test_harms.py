"""What becomes of people in an ensemble, beside each threshold: exact values, in all states."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from clearway.judge.decide import decide
from clearway.model.facts import Estimate, Text
from clearway.model.outcome import Share
from clearway.model.thresholds import BARRED, CONDITION, MET, Threshold, Thresholds
from clearway.model.verdict import DO_NOT_RUN, GO, Reason
from tests.judge.ensembles import (
    BINS,
    MEMBERS,
    OPEN_LIMIT,
    at,
    ensemble,
    only,
    pause,
    reasons,
    recommend,
    spread,
)
from tests.judge.ruled import rules_for
from tests.plans import greedy_plan
from tests.scenarios import ASSUMED

KM = (MEMBERS, 2)
BINNED = (MEMBERS, BINS, 2)
#: Members numbered from the best to the worst, as shares from 0 to 1.
ORDER = np.arange(MEMBERS) / (MEMBERS - 1)


def caught(hits: int, people: int = 5) -> np.ndarray[Any, Any]:
    """Return columns in which that many members have people caught in C2."""
    return at(KM, (slice(0, hits), 1), people)


def one(topic: str, **columns: Any) -> Reason:
    """Return the one thing said on a topic."""
    return only(recommend(**columns), topic)


def place(topic: str, where: str, **columns: Any) -> Reason:
    """Return what is said on a topic about one place."""
    (found,) = [each for each in reasons(recommend(**columns), topic) if each.where == where]
    return found


@pytest.mark.parametrize(
    ("hits", "upper", "state"),
    [(0, "0.75", MET), (1, "1.2", CONDITION), (12, "4.9", CONDITION), (13, "5.2", BARRED)],
)
def test_being_caught_is_measured_by_its_upper_limit(hits: int, upper: str, state: str) -> None:
    reason = one("caught", caught=caught(hits))
    assert reason.state == state
    assert f"probability is at most {upper}\u00a0%; accepted: 1\u00a0%." in reason.text.en
    assert float(upper) / 100 >= Share(hits, MEMBERS).upper() > float(upper) / 100 - 0.001
    assert f"لا يتجاوز الاحتمال {upper}\u00a0%؛ والمقبول 1\u00a0%." in reason.text.ar


def test_nobody_caught_is_said_as_such() -> None:
    text = one("caught").text
    assert text.en.startswith("In none of 400 members was anyone inside a corridor when it closed")
    assert "في أي من 400 حالة محاكاة" in text.ar


@pytest.mark.parametrize(
    ("hits", "en", "ar"),
    [
        (1, "In 1 of 400 members", "في حالة محاكاة واحدة من أصل 400"),
        (2, "In 2 of 400 members", "في حالتي محاكاة من أصل 400"),
        (3, "In 3 of 400 members", "في 3 حالات محاكاة من أصل 400"),
        (11, "In 11 of 400 members", "في 11 حالة محاكاة من أصل 400"),
        (100, "In 100 of 400 members", "في 100 حالة محاكاة من أصل 400"),
    ],
)
def test_hits_are_counted_of_members_in_their_plural(hits: int, en: str, ar: str) -> None:
    text = one("caught", caught=caught(hits)).text
    assert text.en.startswith(f"{en} somebody was still inside a corridor when it closed")
    assert text.ar.startswith(ar)


@pytest.mark.parametrize(
    ("people", "ar"),
    [
        (1, "شخص واحد"),
        (2, "شخصان"),
        (7, "7 أشخاص"),
        (45, "45 شخصًا"),
        (300, "300 شخص"),
        (1203, "1,203 أشخاص"),
    ],
)
def test_the_most_people_caught_and_where_are_told(people: int, ar: str) -> None:
    text = one("caught", caught=caught(2, people)).text
    noun = "person" if people == 1 else "people"
    assert f"(at worst {people:,} {noun}, most often in C2)" in text.en
    assert f"(وعددهم في أسوأ حالة {ar}، وأكثر ما يكون ذلك في الممر C2)" in text.ar


def test_people_caught_in_several_corridors_of_one_member_add_up() -> None:
    both = np.zeros(KM)
    both[3] = (4, 5)
    assert "at worst 9 people" in one("caught", caught=both).text.en


def test_where_the_sample_is_too_small_a_larger_one_would_turn_it() -> None:
    reason = one("caught", caught=caught(1))
    assert reason.turn is not None
    assert "A larger ensemble may show" in reason.turn.en
    assert "473 members" in reason.turn.en
    assert "473 حالة محاكاة" in reason.turn.ar
    assert Share(1, 473).upper() <= 0.01 < Share(1, 472).upper()


def test_no_larger_ensemble_is_promised_where_the_limit_is_out_of_reach() -> None:
    never = Thresholds(caught_share=Threshold(0.0, 0.5))
    reason = only(recommend(pause(thresholds=never)), "caught")
    assert reason.state == CONDITION
    assert reason.turn is not None
    assert "made for a risk of 0\u00a0% at most" in reason.turn.en


def test_a_plan_without_rules_is_to_be_made_for_the_risk() -> None:
    reason = one("caught", caught=caught(20))
    assert reason.turn == Text(
        "A plan that is made for a risk of 1\u00a0% at most, with rules for its gates.",
        "خطة توضع على أساس خطر لا يتجاوز 1\u00a0%، مع قواعد لبواباتها.",
    )


def test_a_plan_made_for_the_risk_needs_earlier_last_entries() -> None:
    scenario = pause()
    plan = greedy_plan(scenario).replace(rules=rules_for(scenario))
    reason = only(recommend(scenario, plan, caught=caught(20)), "caught")
    assert reason.turn is not None
    assert reason.turn.en == "Earlier last entries and lower caps, most of all at C2."


@pytest.mark.parametrize(
    ("share", "state"), [(1.0, MET), (1.01, CONDITION), (1.2, CONDITION), (1.21, BARRED)]
)
def test_people_in_the_open_are_measured_by_the_corridors_limit(share: float, state: str) -> None:
    reason = place("open", "C1", open=at(BINNED, (slice(None), 1, 0), share * OPEN_LIMIT))
    assert reason.state == state
    assert f"{share * OPEN_LIMIT:.0f} people or more are between gate and exit" in reason.text.en
    assert "the limit is 200, accepted up to 100\u00a0% of it" in reason.text.en


def test_the_open_limit_holds_but_for_the_worst_twentieth() -> None:
    few = at(BINNED, (slice(0, 19), 0, 0), 900)
    assert one("open", open=few).state == MET
    many = at(BINNED, (slice(0, 22), 0, 0), 900)
    assert place("open", "C1", open=many).state == BARRED


def test_stops_without_notice_are_told_beside_it() -> None:
    found = place("open", "C1", in_open=at(KM, (7, 0), 33), open=np.full(BINNED, 220.0))
    assert found.state == CONDITION
    assert "at worst a stop without notice finds 33 people there" in found.text.en
    assert "عند توقف دون إشعار في أسوأ حالة: 33 شخصًا" in found.text.ar
    assert found.turn is not None
    assert "at most 200 between it and the exit" in found.turn.en


def test_a_corridor_without_limit_cannot_be_measured() -> None:
    scenario = pause()
    first, second = scenario.corridors
    scenario = scenario.replace(corridors=(replace(first, open_limit_persons=np.inf), second))
    found = {each.where: each for each in reasons(recommend(scenario), "open")}
    assert {where: each.state for where, each in found.items()} == {"C1": CONDITION, "C2": MET}
    assert found["C1"].text.en.startswith("Corridor C1 has no limit for people between gate")
    assert "10 people or more are there at once" in found["C1"].text.en


def test_a_corridor_that_nobody_enters_needs_no_limit() -> None:
    scenario = pause()
    first, second = scenario.corridors
    scenario = scenario.replace(corridors=(first, replace(second, open_limit_persons=np.inf)))
    plan = greedy_plan(scenario)
    plan = plan.replace(movements=tuple(m for m in plan.movements if m.corridor == "C1"))
    empty = at(BINNED, (slice(None), slice(None), 0), 10.0)
    assert only(recommend(scenario, plan, open=empty), "open").where == "C1"


@pytest.mark.parametrize(
    ("queue", "said", "state"),
    [(3500, "3.5", MET), (3501, "3.51", CONDITION), (4000, "4", CONDITION), (4001, "4.01", BARRED)],
)
def test_density_is_the_peak_queue_on_the_holding_area(queue: int, said: str, state: str) -> None:
    reason = place("density", "C2", queue=at(BINNED, (slice(None), 1, 1), queue))
    assert reason.state == state
    assert f"{said} persons or more stand on a square metre ({queue:,} people on 1,000 m²)" in (
        reason.text.en
    )
    assert f"الكثافة {said} شخص في المتر المربع" in reason.text.ar
    assert "accepted: 3.5." in reason.text.en


def test_density_is_that_of_the_worst_tenth() -> None:
    values = spread(10_000 * ORDER, BINNED)  # the worst tenth begins at 9,000
    reason = place("density", "C1", queue=values)
    assert "9 persons or more" in reason.text.en
    assert reason.turn is not None
    assert "a holding area of 2,572 m² there" in reason.turn.en


def test_a_mouth_that_is_crowded_once_in_twenty_is_met() -> None:
    assert one("density", queue=at(BINNED, (slice(0, 20), 0, 0), 9999)).state == MET


@pytest.mark.parametrize(
    ("seconds", "said", "ar", "state"),
    [
        (7200, "2 hours", "ساعتين", MET),
        (7201, "2 hours 1 minute", "ساعتين ودقيقة واحدة", CONDITION),
        (14_400, "4 hours", "4 ساعات", CONDITION),
        (14_520, "4 hours 2 minutes", "4 ساعات ودقيقتين", BARRED),
        (39_900, "11 hours 5 minutes", "11 ساعة و5 دقائق", BARRED),
    ],
)
def test_waits_are_said_in_hours_and_minutes(
    seconds: float, said: str, ar: str, state: str
) -> None:
    waits = at(KM, (slice(None), 0), seconds)
    reason = place("wait", "C1", longest_wait_s=waits)
    assert reason.state == state
    assert f"in the open is {said} or more; accepted: 2 hours." in reason.text.en
    assert f"إلى {ar} أو أكثر؛ والمقبول ما لا يزيد على ساعتين." in reason.text.ar


def test_a_wait_is_that_of_the_worst_tenth() -> None:
    waits = at(KM, (slice(None), 1), 10_000 * ORDER)
    reason = place("wait", "C2", longest_wait_s=waits)
    assert "2 hours 30 minutes or more" in reason.text.en  # 9,000 s


@pytest.mark.parametrize(
    ("waiting", "state"), [(1000, MET), (1001, CONDITION), (2000, CONDITION), (2001, BARRED)]
)
def test_shelter_is_measured_by_the_holding_areas_limit(waiting: int, state: str) -> None:
    reason = place("shelter", "C1", queue=at(BINNED, (slice(None), 0, 0), waiting))
    assert reason.state == state
    assert f"{waiting:,} people or more wait at once and need shelter" in reason.text.en
    assert "takes 1,000, accepted up to 100\u00a0% of it" in reason.text.en
    if reason.turn is not None:
        assert reason.turn.en.startswith(f"Shelter and room for {waiting:,} people at C1")


def test_a_holding_area_without_room_is_no_shelter() -> None:
    scenario = pause()
    first, second = scenario.corridors
    bare = replace(first, holding=replace(first.holding, limit_persons=0.0))
    scenario = scenario.replace(corridors=(bare, second))
    assert [(each.where, each.state) for each in reasons(recommend(scenario), "shelter")] == [
        ("C1", BARRED),
        ("C2", MET),
    ]
    empty = recommend(scenario, queue=np.zeros(BINNED))
    assert only(empty, "shelter").state == MET


@pytest.mark.parametrize(
    ("come", "more", "state"),
    [(200, "", MET), (201, "1 more place ", CONDITION), (240, "40 more places ", CONDITION),
     (241, "41 more places ", BARRED)],
)  # fmt: skip
def test_arrivals_are_measured_by_the_places(come: int, more: str, state: str) -> None:
    reason = place("reception", "R2", arrived=at(KM, (slice(None), 1), come))
    assert reason.state == state
    assert f"{come} people or more arrive; it takes 200" in reason.text.en
    assert reason.turn is None or reason.turn.en.startswith(f"{more}at R2")


@pytest.mark.parametrize(
    ("lack", "ar"),
    [(1, "مكان إضافي واحد"), (2, "مكانان إضافيان"), (5, "5 أماكن إضافية"),
     (40, "40 مكانًا إضافيًا"), (100, "100 مكان إضافي")],
)  # fmt: skip
def test_places_that_lack_are_counted_in_their_plural(lack: int, ar: str) -> None:
    reason = place("reception", "R2", arrived=at(KM, (slice(None), 1), 200 + lack))
    assert reason.turn is not None
    assert reason.turn.ar.startswith(f"{ar} في R2")


def test_a_site_without_places_is_full_at_the_first_arrival() -> None:
    scenario = pause()
    first, second = scenario.receptions
    none = replace(first, places=Estimate(0.0, 0.0, 0.0, ASSUMED))
    scenario = scenario.replace(receptions=(none, second))
    states = {each.where: each.state for each in reasons(recommend(scenario), "reception")}
    assert states == {"R1": BARRED, "R2": MET}


@pytest.mark.parametrize(
    ("back", "said", "state"),
    [(0, "0", MET), (3, "5", MET), (4, "6.7", CONDITION), (12, "20", CONDITION),
     (13, "21.7", BARRED)],
)  # fmt: skip
def test_people_turned_back_are_a_share_of_those_called(back: int, said: str, state: str) -> None:
    reason = one("turned-back", turned_back=at(KM, (slice(None), 0), back))
    assert reason.state == state
    assert f"{said}\u00a0% or more of those called are turned back ({back} " in reason.text.en
    assert f"{said}\u00a0% أو أكثر ممن نودي عليهم" in reason.text.ar


def test_a_share_just_above_what_is_accepted_is_not_said_to_be_equal() -> None:
    called, back = np.full(MEMBERS, 100_000), at(KM, (slice(None), 0), 5_001)
    reason = one("turned-back", called=called, turned_back=back)
    assert reason.state == CONDITION
    assert "5.1\u00a0% or more" in reason.text.en


def test_turned_back_where_nobody_is_called_cannot_be_measured() -> None:
    reason = one("turned-back", called=np.zeros(MEMBERS))
    assert reason.state == CONDITION
    assert "cannot be told" in reason.text.en


def test_members_that_call_nobody_count_as_nobody_turned_back() -> None:
    called = np.full(MEMBERS, 60)
    called[:20] = 0
    back = at(KM, (slice(40, 60), 0), 30)
    assert one("turned-back", called=called, turned_back=back).state == MET


def outs(first: int) -> np.ndarray[Any, Any]:
    """Return people out where all of G2 are out in the first members, one lacks in the others."""
    out = np.zeros((MEMBERS, BINS, 2, 2))
    out[:, 1, 1, 1] = 19
    out[:first, 0, 0, 1] = 1
    out[:, 0, 0, 0] = 40
    return out


@pytest.mark.parametrize(
    ("members", "state"),
    [(400, MET), (360, MET), (359, CONDITION), (200, CONDITION), (199, BARRED)],
)
def test_first_priority_is_the_share_of_members_with_all_of_them_out(
    members: int, state: str
) -> None:
    willing = np.tile([40, 20], (MEMBERS, 1))
    reason = one("first-priority", out=outs(members), willing=willing)
    assert reason.state == state
    assert reason.text.en.startswith(f"In {members} of 400 members all first-priority people")
    assert "(Group 2)" in reason.text.en
    assert "(المجموعة 2)" in reason.text.ar


def test_the_interval_and_the_worst_tenth_of_first_priority_are_told() -> None:
    willing = np.tile([40, 20], (MEMBERS, 1))
    text = one("first-priority", out=outs(300), willing=willing).text
    seen = Share(300, 400)
    low, high = 100 * seen.lower(0.975), 100 * seen.upper(0.975)
    assert (
        f"that is 75\u00a0% (95\u00a0% interval {low:.1f}\u00a0% to {high:.1f}\u00a0%)" in text.en
    )
    assert "asked for: 90\u00a0%" in text.en
    assert "worst tenth of members 19 of them or fewer come out, of 20 who on average" in text.en


def test_first_priority_in_no_member_is_said_as_such() -> None:
    reason = one("first-priority", out=outs(0), willing=np.tile([40, 20], (MEMBERS, 1)))
    assert reason.state == BARRED
    assert reason.text.en.startswith("In none of 400 members are all first-priority people")
    assert "لا يخرج جميع الراغبين" in reason.text.ar


def test_a_share_just_below_what_is_asked_for_is_not_said_to_be_equal() -> None:
    scenario, members = pause(), 10_000
    out = np.zeros((members, 1, 2, 2))
    out[:8_999, 0, 0, 1] = 1
    willing = np.tile([0, 1], (members, 1))
    found = ensemble(
        scenario, members, out=out, willing=willing, queue=np.zeros((members, 1, 2)),
        open=np.zeros((members, 1, 2)),
    )  # fmt: skip
    reason = only(decide(scenario, greedy_plan(scenario), (), found), "first-priority")
    assert reason.state == CONDITION
    assert "that is 89.9\u00a0%" in reason.text.en


def test_nobody_of_first_priority_cannot_be_measured() -> None:
    reason = one("first-priority", willing=np.tile([40, 0], (MEMBERS, 1)))
    assert reason.state == CONDITION
    assert "cannot be measured" in reason.text.en


def test_groups_of_one_weight_share_first_priority() -> None:
    scenario = pause()
    alike = tuple(replace(group, weight=1.0) for group in scenario.groups)
    scenario = scenario.replace(groups=alike)
    out = outs(400)
    out[:100, 0, 0, 0] = 39
    reason = only(
        recommend(scenario, out=out, willing=np.tile([40, 20], (MEMBERS, 1))), "first-priority"
    )
    assert reason.text.en.startswith("In 300 of 400 members all first-priority people")
    assert "(Group 1 and Group 2)" in reason.text.en


def test_a_group_that_nobody_belongs_to_has_no_priority() -> None:
    scenario = pause()
    households = scenario.demand.households.copy()
    households[:, 1] = 0
    scenario = scenario.replace(demand=type(scenario.demand)(households))
    reason = only(recommend(scenario), "first-priority")
    assert "(Group 1)" in reason.text.en
    assert reason.state == MET


def test_a_plan_that_calls_nobody_bars() -> None:
    scenario = pause()
    decision = recommend(scenario, greedy_plan(scenario).replace(movements=(), levels=()))
    assert decision.code == DO_NOT_RUN
    assert only(decision, "out").text == Text("The plan calls nobody.", "لا تنادي الخطة على أحد.")


def test_a_plan_by_which_nobody_comes_out_bars() -> None:
    reason = one("out", out=np.zeros((MEMBERS, BINS, 2, 2)))
    assert reason.state == BARRED
    assert reason.text.en == "In none of 400 members does anyone come out."


def test_people_out_are_told_in_the_mean_and_the_worst_tenth() -> None:
    out = at((MEMBERS, BINS, 2, 2), (slice(None), 0, 0, 0), np.arange(MEMBERS) * 10)
    text = one("out", out=out, willing=np.tile([4000, 0], (MEMBERS, 1))).text
    assert (
        text.en == "On average 1,995 people come out, in the worst tenth of members 399 or fewer."
    )
    assert "1,995 شخصًا" in text.ar
    assert "399 أو أقل" in text.ar


def test_the_place_nearest_to_its_limit_stands_for_all_that_are_within() -> None:
    waits = np.tile([600.0, 900.0], (MEMBERS, 1))
    reason = one("wait", longest_wait_s=waits)
    assert (reason.where, reason.state, reason.turn) == ("C2", MET, None)
    assert reason.text.en.endswith(" The other place is no nearer to its limit.")
    assert reason.text.ar.endswith(" والموقع الآخر ليس أقرب إلى حده.")


def test_places_beyond_their_limit_are_told_one_by_one() -> None:
    waits = np.tile([20_000.0, 8_000.0], (MEMBERS, 1))
    found = reasons(recommend(longest_wait_s=waits), "wait")
    assert [(each.where, each.state) for each in found] == [("C1", BARRED), ("C2", CONDITION)]
    alone = reasons(recommend(longest_wait_s=np.tile([20_000.0, 600.0], (MEMBERS, 1))), "wait")
    assert [(each.where, each.state) for each in alone] == [("C1", BARRED), ("C2", MET)]
    assert "other place" not in alone[1].text.en


def test_thresholds_are_those_of_the_scenario() -> None:
    strict = Thresholds(
        caught_share=Threshold(0.001, 0.002),
        density_persons_per_m2=Threshold(0.005, 0.006),
        wait_s=Threshold(60.0, 120.0),
        reception_share=Threshold(0.01, 0.02),
        shelter_share=Threshold(0.001, 0.002),
        open_share=Threshold(0.01, 0.02),
    )
    assert recommend().code == GO
    decision = recommend(pause(thresholds=strict))
    barred = {each.topic for each in decision.reasons if each.state == BARRED}
    assert barred == {"caught", "density", "wait", "reception", "shelter", "open"}


def test_what_is_accepted_of_a_limit_is_told() -> None:
    half = Thresholds(open_share=Threshold(0.5, 0.8), shelter_share=Threshold(0.5, 0.8))
    decision = recommend(
        pause(thresholds=half),
        open=np.full(BINNED, 130.0),
        queue=np.full(BINNED, 600.0),
    )
    found = [each for each in decision.reasons if each.state == CONDITION]
    assert {each.topic for each in found} == {"open", "shelter"}
    assert all("accepted up to 50\u00a0% of it" in each.text.en for each in found)
    turns = [each.turn.en for each in found if each.turn]
    assert "The gate of C1 admits fewer at a time: at most 100 between it and the exit." in turns
