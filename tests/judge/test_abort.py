"""Every broken abort is named by its rule; good ones pass, those of vehicles too."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest

from clearway.judge.abort import judge_abort
from clearway.model.abort import ABORT_RULES, HOME, ON, Abort, AbortStep
from clearway.model.plan import Plan
from clearway.model.scenario import Scenario
from clearway.model.verdict import PlanBreach
from clearway.operate.abort import abort
from tests.judge.abort_breaks import (
    ABORT_BREAKS,
    AbortBreak,
    good,
    good_fleet,
    on_part,
    on_step,
)
from tests.judge.breaks import BREAKS
from tests.judge.fleet_breaks import FLEET_BREAKS
from tests.plans import greedy_plan
from tests.scenarios import one_corridor

each = pytest.mark.parametrize("broken", ABORT_BREAKS, ids=lambda broken: broken.name)


def rules(found: tuple[PlanBreach, ...]) -> set[str]:
    """Return the rules that breaches name."""
    return {breach.rule for breach in found}


def test_a_good_abort_breaks_no_rule() -> None:
    assert judge_abort(*good()) == ()
    assert judge_abort(*good_fleet()) == ()


def test_the_good_abort_has_everything_that_can_be_broken() -> None:
    _, _, found = good()
    goes = {int(one) for step in found.steps for one in step.goes}
    assert goes >= {ON, HOME, 0}
    assert any((step.prices > 0).any() for step in found.steps)
    assert any(step.past.any() for step in found.steps)
    assert any(len(order.links) > 0 for step in found.steps for order in step.orders)


@each
def test_a_broken_abort_is_named(broken: AbortBreak) -> None:
    found = judge_abort(*broken.make())
    assert broken.rule in rules(found)
    assert rules(found) <= {broken.rule, *broken.also}


@each
def test_a_breach_is_said_in_a_plain_sentence(broken: AbortBreak) -> None:
    for breach in judge_abort(*broken.make()):
        assert breach.text.endswith(".")
        assert "\n" not in breach.text
        assert breach.where
        assert math.isfinite(breach.limit)


def test_every_rule_is_broken_by_some_abort() -> None:
    assert {broken.rule for broken in ABORT_BREAKS} == set(ABORT_RULES)
    assert len(ABORT_BREAKS) >= 10
    assert len({broken.name for broken in ABORT_BREAKS}) == len(ABORT_BREAKS)


def test_breaches_are_told_by_rule() -> None:
    scenario, plan, found = good()

    def worse(step: AbortStep) -> AbortStep:
        return replace(step, orders=(), by_s=step.by_s + 1, persons=step.persons + 1)

    told = [one.rule for one in judge_abort(scenario, plan, on_step(0, worse)(found))]
    assert told == sorted(told, key=ABORT_RULES.index)
    assert set(told) >= {"persons", "time", "order"}


# ------------------------------------------------------------------------------------- one moment


def test_one_moment_is_judged_alone() -> None:
    scenario, plan, found = good()
    at_s = found.moments[1] + 37
    alone = abort(scenario, plan, at_s)
    assert judge_abort(scenario, plan, alone, at_s) == ()
    # As a whole table it lacks every step.
    assert "step" in rules(judge_abort(scenario, plan, alone))


def test_a_moment_other_than_the_one_asked_for_is_named() -> None:
    scenario, plan, found = good()
    at_s = found.moments[1]
    alone = abort(scenario, plan, at_s)
    assert "step" in rules(judge_abort(scenario, plan, alone, at_s + 60))


def test_where_nobody_is_under_way_nothing_is_asked() -> None:
    scenario, plan, _ = good()
    assert judge_abort(scenario, plan, abort(scenario, plan, -60), -60) == ()
    late = 40 * 3600
    assert judge_abort(scenario, plan, abort(scenario, plan, late), late) == ()


def test_turn_backs_of_a_moment_are_those_of_who_is_under_way() -> None:
    scenario, plan, found = good()
    at_s = found.moments[1]
    alone = abort(scenario, plan, at_s)
    short = replace(alone, turns=alone.turns[1:])
    assert rules(judge_abort(scenario, plan, short, at_s)) == {"turn"}


@pytest.mark.parametrize("goes", [7, -3, 2**40])
def test_a_shelter_that_is_none_is_named_in_parts_and_orders(goes: int) -> None:
    scenario, plan, found = good()

    def nowhere(step: AbortStep) -> AbortStep:
        orders = tuple(replace(one, goes=goes) if one.goes == HOME else one for one in step.orders)
        return replace(step, goes=np.where(step.goes == HOME, goes, step.goes), orders=orders)

    row = next(n for n, step in enumerate(found.steps) if (step.goes == HOME).any())
    told = rules(judge_abort(scenario, plan, on_step(row, nowhere)(found)))
    assert "nowhere" in told


# ------------------------------------------------------------------------------------- vehicles


def test_a_vehicle_forgotten_is_named_with_its_trip() -> None:
    scenario, plan, found = good_fleet()
    blocks = len(plan.movements)
    row = next(n for n, step in enumerate(found.steps) if (step.mover >= blocks).any())

    def without(step: AbortStep) -> AbortStep:
        kept = np.flatnonzero(step.mover < blocks)
        names = ("mover", "left_s", "persons", "past", "node", "link", "into_s", "goes", "by_s")
        return replace(step, **{name: getattr(step, name)[kept] for name in names})

    told = judge_abort(scenario, plan, on_step(row, without)(found))
    forgotten = [one for one in told if one.rule == "forgotten"]
    assert forgotten
    assert all(" trip " in one.where for one in forgotten)


@pytest.mark.parametrize(
    ("rule", "values"),
    [
        ("time", {"by_s": lambda by: by + 1}),
        ("persons", {"persons": lambda persons: persons + 1}),
        ("place", {"node": 1}),
    ],
)
def test_what_is_said_of_a_vehicle_is_checked(rule: str, values: dict[str, object]) -> None:
    scenario, plan, found = good_fleet()
    blocks = len(plan.movements)
    broken = on_part(lambda step: (step.mover >= blocks) & ~step.past, **values)(found)
    assert rule in rules(judge_abort(scenario, plan, broken))


def test_a_turn_back_of_a_vehicle_is_checked() -> None:
    scenario, plan, found = good_fleet()
    last = found.turns[-1]
    later = replace(last, after_s=last.after_s + 1)
    broken = replace(found, turns=(*found.turns[:-1], later))
    (breach,) = judge_abort(scenario, plan, broken)
    assert (breach.rule, breach.where) == ("turn", "A1 trip 1")


# ------------------------------------------------------------------------------------- any input


def test_another_plan_is_not_its_own() -> None:
    scenario, plan, found = good()
    fewer = plan.replace(movements=plan.movements[:-1])
    assert rules(judge_abort(scenario, fewer, found)) == {"scenario"}


def test_more_places_in_the_scenario_show_that_somebody_could_be_nearer() -> None:
    scenario, plan, found = good()
    first = scenario.shelters[0]
    wider = replace(first, places=replace(first.places, central=1e4, high=1e4))
    roomy = scenario.replace(shelters=(wider, scenario.shelters[1]))
    assert rules(judge_abort(roomy, plan, found)) == {"sooner", "bound"}


def test_fewer_places_in_the_scenario_show_that_shelters_are_full() -> None:
    scenario, plan, found = good()
    first = scenario.shelters[0]
    smaller = replace(first, places=replace(first.places, low=0.0, central=0.0))
    narrow = scenario.replace(shelters=(smaller, scenario.shelters[1]))
    assert "full" in rules(judge_abort(narrow, plan, found))


def test_a_slower_gate_in_the_scenario_shows_in_the_times() -> None:
    scenario, plan, found = good()
    first = scenario.corridors[0]
    rate = replace(first.gate_persons_per_s, low=0.01, central=0.05)
    slow = scenario.replace(
        corridors=(replace(first, gate_persons_per_s=rate), *scenario.corridors[1:])
    )
    assert rules(judge_abort(slow, plan, found)) & {"time", "persons", "forgotten"}


def empty(scenario: Scenario) -> Abort:
    """Return an abort that says nothing."""
    return Abort(scenario.id, (), tuple(one.id for one in scenario.shelters), (), ())


def test_an_abort_that_says_nothing_is_good_for_a_plan_that_moves_nobody() -> None:
    scenario = one_corridor()
    plan = greedy_plan(scenario).replace(movements=())
    assert judge_abort(scenario, plan, empty(scenario)) == ()
    assert rules(judge_abort(scenario, greedy_plan(scenario), empty(scenario))) == {"scenario"}


@pytest.mark.parametrize("broken", [*BREAKS, *FLEET_BREAKS], ids=lambda broken: broken.name)
def test_plans_that_break_rules_are_judged_without_an_error(broken: object) -> None:
    scenario, plan = _made(broken)
    assert all(one.rule in ABORT_RULES for one in judge_abort(scenario, plan, empty(scenario)))


def _made(broken: object) -> tuple[Scenario, Plan]:
    made: tuple[Scenario, Plan] = broken.make()  # type: ignore[attr-defined]
    return made
