"""Every broken plan is named by its rule and place, and by no other rule."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest

from clearway.judge import judge
from clearway.judge.case import open_case
from clearway.judge.check import CHECKS, LISTED, breaches
from clearway.model.verdict import RULES, PlanBreach
from tests.judge.breaks import BREAKS, Break
from tests.judge.fleet_breaks import FLEET_BREAKS
from tests.judge.ruled import RULE_BREAKS
from tests.plans import greedy_plan
from tests.scenarios import one_corridor, two_gates

ALL = (*BREAKS, *RULE_BREAKS, *FLEET_BREAKS)
each = pytest.mark.parametrize("broken", ALL, ids=lambda broken: broken.name)


@each
def test_a_broken_plan_is_named(broken: Break) -> None:
    scenario, plan = broken.make()
    found = judge(scenario, plan).breaches
    assert {breach.rule for breach in found} == {broken.rule}
    assert all(breach.where.startswith(broken.where) for breach in found)


@each
def test_a_breach_says_what_was_found_in_a_plain_sentence(broken: Break) -> None:
    for breach in judge(*broken.make()).breaches:
        assert breach.text.endswith(".")
        assert breach.text[0].isalnum()
        assert "\n" not in breach.text
        assert math.isfinite(breach.value)
        assert math.isfinite(breach.limit)
        assert str(breach) == f"{breach.rule}: {breach.where}: {breach.text}"


@each
def test_without_the_check_of_its_rule_a_broken_plan_would_pass(broken: Break) -> None:
    case = open_case(*broken.make())
    others = {rule: check for rule, check in CHECKS.items() if rule != broken.rule}
    assert breaches(case, CHECKS) != ()
    assert breaches(case, others) == ()


def test_every_rule_is_checked_and_broken_by_some_plan() -> None:
    assert tuple(CHECKS) == RULES
    assert {broken.rule for broken in ALL} == set(RULES)
    assert len(ALL) >= 20


def test_places_are_told_once_a_rule_and_the_worst_first() -> None:
    scenario = one_corridor(corridor_width_m=0.02, width_m=0.03)
    found = judge(scenario, greedy_plan(one_corridor())).breaches
    links = [breach for breach in found if breach.rule == "link"]
    over = [breach.value - breach.limit for breach in links]
    assert len(links) == len({breach.where.split()[0] for breach in links}) == 5
    assert over == sorted(over, reverse=True)


def test_several_breaches_are_all_found() -> None:
    scenario = two_gates()
    plan = greedy_plan(scenario)
    first, second, *rest = plan.movements
    moves = (replace(first, zone="Q1"), replace(second, depart_s=second.depart_s + 1), *rest)
    plan = plan.replace(movements=moves, scenario="other", uptake=0.3)
    found = {(breach.rule, breach.where) for breach in judge(scenario, plan).breaches}
    assert {
        ("scenario", "other"),
        ("reference", first.id),
        ("slot", second.id),
        ("claim", "uptake"),
        ("claim", "people_out"),
    } <= found


def test_the_rest_is_judged_where_a_movement_is_unknown() -> None:
    scenario = two_gates()
    plan = greedy_plan(scenario)
    lost = plan.movements[-1]
    moves = (*plan.movements[:-1], replace(lost, corridor="nowhere"))
    verdict = judge(scenario, plan.replace(movements=moves, levels=()))
    assert [breach.rule for breach in verdict.breaches] == ["reference"]
    assert verdict.people_out == plan.persons - lost.persons


def test_a_breach_names_everything_unknown() -> None:
    scenario = one_corridor()
    plan = greedy_plan(scenario)
    strange = replace(plan.movements[0], zone="Q1", group="Q2", links=(5, 6, 1003, 7))
    (breach,) = judge(scenario, plan.replace(movements=(strange,), levels=())).breaches
    assert breach.rule == "reference"
    assert breach.value == 5
    for name in ("zone Q1", "group Q2", "link 5 and 2 more"):
        assert name in breach.text


def test_a_flood_of_breaches_ends_with_a_count() -> None:
    scenario = one_corridor()
    plan = greedy_plan(scenario)
    template = replace(plan.movements[0], zone="Q1")
    moves = tuple(replace(template, id=f"X{n}") for n in range(LISTED + 7))
    found = judge(scenario, plan.replace(movements=moves, levels=())).breaches
    assert len(found) == LISTED + 1
    assert found[-1] == PlanBreach(
        "reference",
        "",
        LISTED + 7,
        LISTED,
        "breaches",
        "7 more breaches of this rule are not listed.",
    )


def test_a_value_at_its_limit_is_no_breach() -> None:
    plan = greedy_plan(one_corridor())
    exact = one_corridor(places=(float(plan.persons),))
    assert judge(exact, plan).breaches == ()
    spread = two_gates(spread=0.0)
    assert judge(spread, greedy_plan(two_gates())).breaches == ()
