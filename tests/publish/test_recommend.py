"""What stands on top: the recommendation, what is likely, who decides, what was considered."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clearway.judge.check import judge
from clearway.judge.matter import TOPICS
from clearway.model.agreement import Agreement, Decider
from clearway.model.comparison import Comparison
from clearway.model.facts import Text
from clearway.model.outcome import Share
from clearway.model.thresholds import BARRED, CONDITION, MET
from clearway.model.verdict import DECISIONS, GO, Decision, Reason
from clearway.publish.edition import Edition
from clearway.publish.isolate import clean, unisolated
from clearway.publish.recommend import (
    at_most,
    decider_words,
    likely,
    others,
    recommendation,
    review_words,
    share_seen,
)
from clearway.publish.risk import people_out
from clearway.publish.risk_rows import price_rows
from clearway.publish.words import words
from clearway.simulate.simulate import simulate
from tests.publish.ensembles import changed, compared
from tests.publish.pages import decision, town, town_comparison, town_ensemble
from tests.publish.test_report_rows import edition, said_by, town_edition

WORDS = Text("Found 3.", "وُجد 3.")
LANGS = ("en", "ar")


def reason(state: str, topic: str = "consent", where: str = "") -> Reason:
    """Return a reason in a state."""
    return Reason(topic, where, state, WORDS, None if state == MET else WORDS)


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize("code", DECISIONS)
def test_every_decision_has_a_word_of_its_own(code: str, lang: str) -> None:
    found = recommendation(town_edition(lang), Decision(code, ()))
    assert found.code == code
    assert clean(found.word)
    others_said = {clean(words(lang).say(f"recommend.{one}")) for one in DECISIONS if one != code}
    assert clean(found.word) not in others_said
    if lang == "en":
        assert found.word == code.upper().replace("-", " ")


def test_reasons_stand_the_worst_first_and_in_their_order_within() -> None:
    states = [(MET, "a"), (BARRED, "b"), (CONDITION, "c"), (BARRED, "d"), (MET, "e")]
    given_ = Decision(GO, tuple(reason(state, topic) for state, topic in states))
    found = recommendation(town_edition(), given_)
    assert [row.topic for row in found.reasons] == ["b", "d", "c", "a", "e"]
    assert [row.topic for row in found.barred] == ["b", "d"]
    assert [row.topic for row in found.conditions] == ["c"]
    assert found.sentence == "2 reasons bar it, 1 is a condition; 2 are met."


@pytest.mark.parametrize(("count", "more"), [(5, None), (6, "1 more"), (9, "4 more")])
def test_the_first_screen_shows_five_of_a_kind(count: int, more: str | None) -> None:
    for state in (BARRED, CONDITION):
        found = recommendation(town_edition(), Decision(GO, (reason(state),) * count))
        shown, rest = (
            (found.barred, found.more_barred)
            if state == BARRED
            else (found.conditions, found.more_conditions)
        )
        assert len(shown) == 5
        assert (rest is None) if more is None else (rest or "").startswith(more)
        assert len(found.reasons) == count


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize("topic", TOPICS)
def test_every_topic_of_the_judge_has_words(topic: str, lang: str) -> None:
    found = recommendation(town_edition(lang), Decision(GO, (reason(MET, topic),)))
    assert found.reasons[0].topic == words(lang).say(f"topic.{topic}")


def test_a_topic_of_later_days_is_shown_as_it_is() -> None:
    found = recommendation(town_edition(), decision())
    assert found.reasons[-1].topic == "a topic of later days"
    assert found.reasons[-1].where == "whole pause"
    assert found.reasons[0].where == "C1"
    assert found.reasons[-1].turn is None
    assert found.reasons[0].turn == "A consent for C1."


def test_what_the_judge_says_of_a_simulated_plan_can_be_read() -> None:
    """Every reason that comes from the judge has words in both languages, and is isolated."""
    scenario, plan, _ = town()
    ensemble = simulate(scenario, plan, 4, 1)
    verdict = judge(scenario, plan, ensemble)
    assert verdict.decision is not None
    for lang in LANGS:
        found = recommendation(edition(scenario, plan, verdict, lang), verdict.decision)
        assert len(found.reasons) == len(verdict.decision.reasons) > 8
        if lang == "ar":
            assert [text for text in said_by(found.reasons) if unisolated(text)] == []


# -------------------------------------------------------------------------------- likely


def test_what_is_likely_is_of_the_members() -> None:
    ensemble, out = town_ensemble(), people_out(town_ensemble())
    rows = {row.id: row for row in likely(town_edition(), ensemble)}
    assert list(rows) == ["people", "worst", "promised", "caught"]
    assert rows["people"].figure == f"{out.spread.median:,.0f}"
    assert f"{round(out.spread.low):,} to {round(out.spread.high):,}" in rows["people"].note
    assert rows["worst"].figure == f"{out.worst:,.0f}"
    assert rows["promised"].figure == f"{town()[2].people_out:,}"
    hits = ensemble.anyone_caught.hits
    assert f"{hits} of 40 simulated courses (members), seed 1" in rows["caught"].note


@given(st.integers(0, 5000), st.integers(1, 5000))
def test_a_limit_is_never_said_lower_than_it_is(hits: int, of: int) -> None:
    share = Share(min(hits, of), of)
    text = at_most(words("en"), share)
    said = float(text.removeprefix("at most ").removesuffix("\u00a0%").removeprefix("<\u00a0"))
    assert said / 100 >= share.upper() - 1e-9
    assert said / 100 <= share.upper() + 0.001


@pytest.mark.parametrize(
    ("share", "expected"),
    [
        (Share(0, 200), "0 of 200 (≤\u00a01.5\u00a0%)"),
        (Share(0, 2000), "0 of 2,000 (≤\u00a00.15\u00a0%)"),
        (Share(10, 10), "10 of 10 (≤\u00a0100\u00a0%)"),
    ],
)
def test_how_often_is_said_with_its_limit(share: Share, expected: str) -> None:
    assert share_seen(words("en"), share) == expected
    assert unisolated(share_seen(words("ar"), share)) == []


# ------------------------------------------------------------------------------- decision


def with_decider(decider: Decider | None, lang: str = "en") -> Edition:
    """Return the town's edition with somebody who decides."""
    scenario, plan, verdict = town()
    return edition(scenario.replace(agreement=Agreement(decider=decider)), plan, verdict, lang)


def test_a_role_decides_and_the_software_recommends() -> None:
    role = Text("Head of office 3", "رئيس المكتب 3")
    found = with_decider(Decider(role))
    assert decider_words(found) == (
        "The software recommends; the decision is made by: Head of office 3."
    )
    assert review_words(found) == "no moment is on record"
    assert "not on record" in decider_words(with_decider(None))
    assert unisolated(decider_words(with_decider(Decider(role), "ar"))) == []


def test_the_review_is_told_in_local_time() -> None:
    start = town()[0].start
    found = with_decider(Decider(WORDS, start - timedelta(hours=2)))
    assert review_words(found) == "Thursday 20 October 2016, 06:00"


# ----------------------------------------------------------------------------- considered


def test_every_course_of_action_is_named() -> None:
    rows = list(others(town_edition(), town_comparison(), town_ensemble()))
    assert [row.name for row in rows] == [
        "This plan",
        "Plan for central values, usual rules",
        "The same, one margin at every gate: 1 h 30 min",
        "No pause",
    ]
    assert rows[0].promised == f"{town()[2].people_out:,}"
    means = [float(row.mean.replace(",", "")) for row in rows]
    assert means[1] > means[0] > means[2] > means[3] == 0
    caught = [int(row.caught.split()[0]) for row in rows[:-1]]
    assert caught[1] > caught[0] == caught[2]


def test_without_a_comparison_there_are_this_plan_and_none() -> None:
    rows = list(others(town_edition(), None, town_ensemble()))
    assert [row.name for row in rows] == ["This plan", "No pause"]
    flatless = compared(town_ensemble(), 700, flat=False)
    assert len(list(others(town_edition(), flatless, town_ensemble()))) == 3


def priced(comparison: Comparison, lang: str = "en") -> list[tuple[str, str, str]]:
    """Return name, mean and note of each price."""
    return [(row.name, row.mean, row.note) for row in price_rows(town_edition(lang), comparison)]


def test_prices_are_means_of_differences_member_by_member() -> None:
    found = priced(town_comparison())
    names = [name for name, _, _ in found]
    assert names == ["Price of robustness", "Gain over one flat margin", names[2]]
    assert names[2] == "Value of perfect information"
    means = [float(mean.replace(",", "")) for _, mean, _ in found]
    comparison, gain = town_comparison(), town_comparison().gain_over_flat
    assert gain is not None
    wanted = [comparison.price_of_robustness[0], gain[0], comparison.perfect_information[0]]
    assert means == pytest.approx(wanted, abs=0.5)
    assert means[1] > 0


def test_a_price_below_zero_is_written_with_a_minus() -> None:
    """The plan may bring out more, under the same draws, than the one for central values."""
    ensemble = town_ensemble()
    less = changed(ensemble, out=ensemble.out // 2)
    comparison = town_comparison()
    better = replace(comparison, deterministic=replace(comparison.deterministic, ensemble=less))
    for lang in LANGS:
        (_, mean, _), *_ = priced(better, lang)
        assert clean(mean).startswith("\u2212")
        assert lang == "en" or unisolated(mean) == []


def test_no_margin_that_keeps_the_risk_is_said() -> None:
    found = priced(compared(town_ensemble(), 700, flat=False))
    assert found[1] == (
        "Gain over one flat margin",
        "–",
        "No single margin keeps the accepted risk.",
    )
