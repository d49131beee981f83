"""Rules for gates that are good enough, and exactly where they stop being so."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from clearway.judge import judge
from clearway.model.plan import Plan
from clearway.model.rules import GateRule, LastDeparture, Rules
from clearway.model.scenario import Scenario
from clearway.model.verdict import PlanBreach
from tests import scenarios
from tests.judge.ruled import ruled, rules_for
from tests.plans import greedy_plan
from tests.scenarios import one_corridor, two_gates


def found(scenario: Scenario, plan: Plan) -> list[PlanBreach]:
    """Return the breaches of rules for gates."""
    return [one for one in judge(scenario, plan).breaches if one.rule == "rule"]


def with_rules(change: Callable[[Rules], Rules]) -> list[PlanBreach]:
    """Return the breaches of a good plan whose rules are changed."""
    scenario, plan = ruled()
    assert plan.rules is not None
    return found(scenario, plan.replace(rules=change(plan.rules)))


def with_gate(**changes: Any) -> list[PlanBreach]:
    """Return the breaches of a good plan whose rule for C1 is changed."""
    return with_rules(
        lambda rules: replace(rules, gates=(replace(rules.gates[0], **changes), rules.gates[1]))
    )


@pytest.mark.parametrize(
    "make",
    [
        scenarios.one_corridor,
        scenarios.two_gates,
        scenarios.late_window,
        scenarios.two_days,
        scenarios.narrow_street,
        scenarios.small_site,
        scenarios.four_sides,
    ],
    ids=lambda make: make.__name__,
)
def test_rules_without_a_second_to_spare_are_good(make: Callable[..., Scenario]) -> None:
    scenario, plan = ruled(make())
    assert plan.rules is not None
    assert judge(scenario, plan).breaches == ()


def test_a_plan_without_rules_is_judged_as_before() -> None:
    scenario, plan = ruled()
    assert judge(scenario, plan.replace(rules=None)).breaches == ()


def test_a_risk_up_to_what_bars_may_be_accepted() -> None:
    assert with_rules(lambda rules: replace(rules, risk=0.05)) == []
    (breach,) = with_rules(lambda rules: replace(rules, risk=0.06))
    assert (breach.where, breach.value, breach.limit, breach.unit) == ("risk", 0.06, 0.05, "share")
    assert breach.text == (
        "The plan accepts a probability of 0.06 that anyone is caught; the scenario accepts 0.05"
        " at most."
    )


def test_a_plan_with_rules_whose_risk_was_not_set_accepts_too_much() -> None:
    (breach,) = with_rules(lambda rules: replace(rules, risk=1.0))
    assert breach.where == "risk"


def test_a_corridor_that_the_plan_does_not_use_needs_a_rule_and_no_departures() -> None:
    scenario, plan = ruled()
    assert plan.rules is not None
    moves = tuple(move for move in plan.movements if move.corridor == "C1")
    told = tuple(one for one in plan.rules.last_departures if one.corridor == "C1")
    whole = plan.replace(movements=moves, rules=Rules(0.01, plan.rules.gates, told), levels=())
    assert found(scenario, whole) == []
    half = plan.replace(movements=moves, rules=Rules(0.01, plan.rules.gates[:1], told), levels=())
    (breach,) = found(scenario, half)
    assert breach.where == "C2"
    assert breach.text == "The plan has rules, and none for the gate of corridor C2."


def test_rules_stand_in_the_order_of_the_corridors() -> None:
    (breach,) = with_rules(lambda rules: replace(rules, gates=rules.gates[::-1]))
    assert breach.where == "C1 order"


@pytest.mark.parametrize(
    ("changes", "wrong"),
    [
        ({"last_entry_recheck_s": (300.0, 600.0)}, []),
        ({"last_entry_recheck_s": (299.0, 600.0)}, ["C1 entry G1"]),
        ({"last_entry_recheck_s": (3000.0, 590.0)}, ["C1 entry G2"]),
        ({"last_entry_recheck_s": (0.0, 0.0), "open_recheck_persons": 0.0}, []),
        ({"last_entry_recheck_s": (0.0, 0.0), "open_recheck_persons": 1.0},
         ["C1 entry G2", "C1 entry G1"]),
        ({"open_recheck_persons": 5.0}, []),
    ],
)  # fmt: skip
def test_last_entries_of_days_with_a_second_check_leave_time_too(
    changes: dict[str, Any], wrong: list[str]
) -> None:
    assert [breach.where for breach in with_gate(**changes)] == wrong


def test_rules_made_from_metres_are_as_good_as_those_of_the_grid() -> None:
    scenario = one_corridor(spacing_m=3.0)  # a tick of 10 s a street, though 2.5 s of walking
    plan = greedy_plan(scenario)
    rule = GateRule("C1", 100.0, 100.0, 100.0, (300.0,), 100.0)

    def breaches(before_s: float) -> list[PlanBreach]:
        told = LastDeparture("Z1", "G1", "C1", before_s)
        return found(scenario, plan.replace(rules=Rules(0.01, (rule,), (told,))))

    assert breaches(305.0) == []
    assert len(breaches(304.9)) == 1


def test_last_entries_are_in_the_order_of_the_groups() -> None:
    _, plan = ruled()
    assert plan.rules is not None
    first, second = plan.rules.gates[0].last_entry_s
    assert (first, second) == (300.0, 600.0)  # 360 m at 1.2 and at 0.6 m/s
    breach, *others = with_gate(last_entry_s=(second, first))
    assert all(one.where.startswith("zone ") for one in others)  # G1 would have to leave earlier
    assert (breach.where, breach.value, breach.limit) == ("C1 entry G2", 300.0, 600.0)
    assert breach.text == (
        "Gate C1 admits group G2 until 300 s before closing, and its walk to the exit takes 600 s."
    )


def test_a_group_that_does_not_use_a_corridor_may_enter_at_any_time() -> None:
    scenario, plan = ruled()
    assert plan.rules is not None
    moves = tuple(m for m in plan.movements if (m.corridor, m.group) != ("C1", "G2"))
    gates = (replace(plan.rules.gates[0], last_entry_s=(300.0, 0.0)), plan.rules.gates[1])
    rules = replace(plan.rules, gates=gates)
    assert found(scenario, plan.replace(movements=moves, rules=rules)) == []


@pytest.mark.parametrize(
    ("changes", "where", "limit"),
    [
        ({"turn_m": 361.0}, "C1 turn", 360.0),
        ({"hold_queue_persons": 1001.0}, "C1 queue", 1000.0),
        ({"open_persons": 200.5}, "C1 open", 200.0),
    ],
)
def test_a_cap_names_its_limit(changes: dict[str, float], where: str, limit: float) -> None:
    (breach,) = with_gate(**changes)
    assert (breach.where, breach.value) == (where, *changes.values())
    assert breach.limit == pytest.approx(limit)


@pytest.mark.parametrize(
    "changes",
    [
        {"turn_m": 360.0},
        {"turn_m": 0.0},
        {"hold_queue_persons": 1000.0},
        {"hold_queue_persons": 0.0},
        {"hold_called_persons": float("inf")},
        {"open_persons": 200.0},
    ],
)
def test_a_cap_at_its_limit_is_no_breach(changes: dict[str, Any]) -> None:
    assert with_gate(**changes) == []


def test_a_corridor_without_limit_needs_no_cap() -> None:
    scenario = two_gates()
    plan = greedy_plan(scenario).replace(rules=rules_for(scenario))
    assert plan.rules is not None
    assert plan.rules.gates[0].open_persons == float("inf")
    assert found(scenario, plan) == []


def test_a_last_departure_counts_the_walk_and_the_last_entry() -> None:
    scenario = one_corridor()
    plan = greedy_plan(scenario)
    rule = GateRule("C1", 100.0, 100.0, 100.0, (600.0,), 100.0)

    def breaches(before_s: float) -> list[PlanBreach]:
        told = LastDeparture("Z1", "G1", "C1", before_s)
        return found(scenario, plan.replace(rules=Rules(0.01, (rule,), (told,))))

    assert breaches(800.0) == []  # 240 m at 1.2 m/s
    (breach,) = breaches(790.0)
    assert (breach.value, breach.limit) == (790.0, 800.0)
    assert breach.text == (
        "The last departure for zone Z1, group G1, corridor C1 is 790 s before closing; to be at"
        " the gate by its last entry takes 800 s."
    )


def test_the_longest_route_that_the_plan_takes_counts() -> None:
    scenario = two_gates()
    plan = greedy_plan(scenario)
    move = next(m for m in plan.movements if m.zone == "Z2" and m.corridor == "C1")
    detour = _detour(scenario, move.links)
    moves = tuple(replace(m, links=detour) if m is move else m for m in plan.movements)
    rules = rules_for(scenario)
    other = plan.replace(movements=moves, rules=rules, levels=())
    assert found(scenario, plan.replace(rules=rules)) == []
    (breach,) = found(scenario, other)
    assert breach.where == f"zone Z2, group {move.group}, corridor C1"
    walk = 240 / (1.2 if move.group == "G1" else 0.6)  # two streets more
    assert breach.limit - breach.value == pytest.approx(walk)


def _detour(scenario: Scenario, links: tuple[int, ...]) -> tuple[int, ...]:
    """Return the route with its first street replaced by the three round the next block."""
    network = scenario.network.links
    ends = dict(
        zip(
            network.id.tolist(),
            zip(network.from_node.tolist(), network.to_node.tolist(), strict=True),
            strict=True,
        )
    )
    start, goal = ends[links[0]]
    inside = [one for one in ends if one < 1018 and one != links[0]]
    ways: list[tuple[int, tuple[int, ...]]] = [(start, ())]
    for _ in range(3):
        ways = [
            (sum(ends[one]) - node, (*way, one))
            for node, way in ways
            for one in inside
            if node in ends[one] and one not in way
        ]
    return next(way for node, way in ways if node == goal) + links[1:]


def test_everything_wrong_with_rules_is_told_at_once() -> None:
    scenario, plan = ruled()
    rules = Rules(
        0.5,
        (GateRule("C1", 9999.0, 1.0, 999.0, (0.0, 0.0), 9999.0), GateRule("X", 1, 1, 1, (), 1)),
        (LastDeparture("Z1", "G1", "C1", 0.0), LastDeparture("Z1", "G9", "C1", 0.0)),
    )
    told = {one.where for one in found(scenario, plan.replace(rules=rules))}
    assert {
        "risk",
        "X",
        "C1 queue",
        "C1 open",
        "C1 turn",
        "C1 entry G1",
        "C1 entry G2",
        "C2",
        "zone Z1, group G9, corridor C1",
    } <= told
    assert sum(where.startswith("zone ") for where in told) >= 6
