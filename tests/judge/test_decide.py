"""The recommendation as a whole: its code, its order, and that it is said in both languages."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from clearway.judge import judge
from clearway.judge.decide import decide
from clearway.judge.matter import NEEDS, TOPICS
from clearway.model.agreement import REFUSED, Agreement, Decider, Hazard
from clearway.model.facts import Text
from clearway.model.thresholds import BARRED, CONDITION, MET, STATES
from clearway.model.verdict import CONDITIONS, DO_NOT_RUN, GO, Decision, PlanBreach
from clearway.publish.isolate import isolate, unisolated
from tests.judge.ensembles import (
    BINS,
    MEMBERS,
    consent,
    ensemble,
    only,
    pause,
    reasons,
    recommend,
    record,
)
from tests.judge.ruled import ruled
from tests.plans import greedy_plan
from tests.scenarios import ASSUMED

K2 = (MEMBERS, 2)


def bad() -> Decision:
    """Return a decision in which everything is wrong at once."""
    hazards = (
        Hazard("C1", Text("Rounds fell near the mouth.", "سقطت قذائف قرب المدخل."), True, ASSUMED),
        Hazard("C2", Text("The road is muddy", "الطريق موحل"), False, ASSUMED),
    )
    scenario = pause(agreement=Agreement((consent("gate", REFUSED),), hazards))
    columns: dict[str, Any] = {
        "out": np.zeros((MEMBERS, BINS, 2, 2)),
        "willing": np.full((MEMBERS, 2), 9),
        "queue": np.full((MEMBERS, BINS, 2), 4100.0),
        "open": np.full((MEMBERS, BINS, 2), 900.0),
        "longest_wait_s": np.full(K2, 15_000.0),
        "caught": np.ones(K2),
        "turned_back": np.full(K2, 20),
        "in_open": np.full(K2, 3),
        "arrived": np.full(K2, 999),
    }
    broken = PlanBreach("margin", "C1 2016-10-20 10:00", 1.0, 0.0, "s", "Late.")
    return decide(scenario, greedy_plan(scenario), (broken,), ensemble(scenario, **columns))


def middling() -> Decision:
    """Return a decision in which much is a condition and nothing bars."""
    scenario = pause(agreement=record(provisions=(), decider=None, notification=None))
    caught = np.zeros(K2)
    caught[:4, 1] = 2
    return recommend(
        scenario, caught=caught, longest_wait_s=np.full(K2, 8000.0), turned_back=np.full(K2, 3)
    )


def mixed() -> Decision:
    """Return a decision on a record with gaps of every kind."""
    given = consent("headquarters", corridors=("C1",))
    scenario = pause(
        agreement=record(
            consents=(given,), decider=Decider(Text("The coordinator", "المنسق")), hazards=()
        )
    )
    corridors = tuple(replace(one, open_limit_persons=np.inf) for one in scenario.corridors)
    return recommend(scenario.replace(corridors=corridors))


def strange() -> Decision:
    """Return a decision for which the ensemble is no use."""
    scenario = pause()
    other = ensemble(scenario.replace(id="elsewhere"))
    return decide(scenario, greedy_plan(scenario), (), other)


EACH = pytest.mark.parametrize(
    "make", [recommend, bad, middling, mixed, strange], ids=lambda make: make.__name__
)


def test_a_pause_in_which_nothing_is_wrong_may_go() -> None:
    decision = recommend()
    assert decision.code == GO
    assert {one.state for one in decision.reasons} == {MET}
    assert {one.topic for one in decision.reasons} == set(TOPICS) - {"ensemble", *NEEDS}


def test_one_condition_makes_it_conditional() -> None:
    decision = recommend(pause(agreement=record(provisions=())))
    assert decision.code == CONDITIONS
    assert [one.topic for one in decision.reasons if one.state == CONDITION] == ["stay"]


def test_one_bar_among_many_that_are_met_is_enough() -> None:
    decision = recommend(arrived=np.full(K2, 241))
    assert decision.code == DO_NOT_RUN
    assert [(one.topic, one.where) for one in decision.reasons if one.state == BARRED] == [
        ("reception", "R2")
    ]


def test_everything_wrong_is_told_and_the_worst_first() -> None:
    decision = bad()
    assert decision.code == DO_NOT_RUN
    ranks = [STATES.index(one.state) for one in decision.reasons]
    assert ranks == sorted(ranks, reverse=True)
    assert {one.topic for one in decision.reasons} == set(TOPICS) - {"ensemble", *NEEDS}
    assert not [one for one in decision.reasons if one.state == MET]


def test_the_first_few_reasons_are_of_different_topics() -> None:
    barred = [one for one in bad().reasons if one.state == BARRED]
    first = [one.topic for one in barred[:12]]
    assert first == [
        "breach",
        "out",
        "consent",
        "hazard",
        "caught",
        "open",
        "density",
        "wait",
        "first-priority",
        "reception",
        "shelter",
        "turned-back",
    ]
    assert [(one.topic, one.where) for one in barred[12:]] == [
        ("open", "C2"),
        ("density", "C2"),
        ("wait", "C2"),
        ("reception", "R2"),
        ("shelter", "C2"),
    ]


@EACH
def test_every_reason_is_a_sentence_in_both_languages(make: Callable[[], Decision]) -> None:
    for one in make().reasons:
        for text in (one.text, *([one.turn] if one.turn else [])):
            assert text.en.endswith(".")
            assert text.ar.endswith(".")
            assert text.en != text.ar
            assert not re.search("[\u0600-\u06ff]", text.en)
            assert re.search("[\u0600-\u06ff]", text.ar)
            assert "{" not in text.en + text.ar
            assert "  " not in text.en + text.ar
            assert ".." not in text.en + text.ar


@EACH
def test_both_languages_tell_the_same_figures(make: Callable[[], Decision]) -> None:
    for one in make().reasons:
        told = re.findall(r"[CR]\d", one.text.en), re.findall(r"[CR]\d", one.text.ar)
        assert set(told[0]) == set(told[1])
        big_en, big_ar = (set(re.findall(r"\d[\d,.]{2,}\d", t)) for t in (one.text.en, one.text.ar))
        assert big_en == big_ar


@EACH
def test_what_turns_a_reason_is_told_where_it_is_not_met(make: Callable[[], Decision]) -> None:
    for one in make().reasons:
        assert (one.turn is None) == (one.state == MET)


@EACH
def test_arabic_can_be_printed_with_every_number_isolated(make: Callable[[], Decision]) -> None:
    for one in make().reasons:
        for text in (one.text, *([one.turn] if one.turn else [])):
            assert unisolated(isolate(text.ar)) == []
            assert not re.search("[\u0660-\u0669\u06f0-\u06f9]", text.ar)
            assert not re.search("[A-Za-z]{3,}", text.ar)


@EACH
def test_no_permission_and_no_promise_is_ever_given(make: Callable[[], Decision]) -> None:
    for one in make().reasons:
        words = " ".join([one.text.en, one.turn.en if one.turn else ""]).lower()
        assert "approv" not in words
        assert not re.search(r"\bsaf", words)
        arabic = " ".join([one.text.ar, one.turn.ar if one.turn else ""])
        assert "آمن" not in arabic
        assert "معتمد" not in arabic


def test_an_ensemble_of_another_scenario_bars_and_the_record_is_still_told() -> None:
    decision = strange()
    assert decision.code == DO_NOT_RUN
    assert only(decision, "ensemble").state == BARRED
    assert decision.reasons[0].topic == "ensemble"
    assert {one.topic for one in decision.reasons[1:]} == {
        "breach",
        "consent",
        "hazard",
        "lead",
        "decider",
    }


@pytest.mark.parametrize(
    "columns",
    [
        {"queue": np.full((MEMBERS, BINS, 3), 1.0)},
        {"open": np.full((MEMBERS, BINS + 1, 2), 1.0)},
        {"out": np.zeros((MEMBERS, BINS, 2, 3))},
        {"out": np.zeros((MEMBERS, BINS))},
        {"arrived": np.zeros((MEMBERS, 3))},
        {"willing": np.zeros(MEMBERS)},
        {"longest_wait_s": np.full(K2, np.nan)},
        {"queue": np.full((MEMBERS, BINS, 2), np.inf)},
        {"turned_back": np.full(K2, -1)},
    ],
)
def test_an_ensemble_that_cannot_be_read_bars(columns: dict[str, Any]) -> None:
    decision = recommend(**columns)
    assert decision.code == DO_NOT_RUN
    assert only(decision, "ensemble").state == BARRED
    assert reasons(decision, "caught") == []


def test_an_ensemble_of_one_member_proves_little() -> None:
    scenario = pause()
    decision = decide(scenario, greedy_plan(scenario), (), ensemble(scenario, members=1))
    assert decision.code == DO_NOT_RUN
    assert [one.topic for one in decision.reasons if one.state == BARRED] == ["caught"]


def test_the_judge_decides_where_there_is_an_ensemble() -> None:
    scenario = pause()
    plan = greedy_plan(scenario)
    assert judge(scenario, plan).decision is None
    verdict = judge(scenario, plan, ensemble(scenario))
    assert verdict.decision is not None
    assert verdict.decision.code == GO
    assert verdict.breaches == ()


def test_a_breach_of_the_rules_for_gates_keeps_the_judge_from_go() -> None:
    scenario, plan = ruled(pause())
    assert plan.rules is not None
    good = judge(scenario, plan, ensemble(scenario)).decision
    careless = plan.replace(rules=replace(plan.rules, risk=0.5))
    found = judge(scenario, careless, ensemble(scenario)).decision
    assert good is not None
    assert found is not None
    assert (good.code, found.code) == (GO, DO_NOT_RUN)
    assert only(found, "breach").state == BARRED
