"""Good plans with rules for their gates, and the same broken on purpose, one rule at a time."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any, Final

from clearway.model.plan import Plan
from clearway.model.rules import GateRule, LastDeparture, Rules
from clearway.model.scenario import Scenario
from tests.judge.breaks import Break, Case
from tests.plans import greedy_plan, ways_out
from tests.scenarios import two_gates


def rules_for(scenario: Scenario) -> Rules:
    """Return rules that are just good enough: last entries and departures without a second more."""
    tick, ways = scenario.planning.tick_s, ways_out(scenario)
    groups = range(len(scenario.groups))
    gates, through = [], {}
    for k, corridor in enumerate(scenario.corridors):
        for g in groups:
            (through[g, k],) = {
                way.through * tick for (_, h, used), way in ways.items() if (h, used) == (g, k)
            }
        gates.append(
            GateRule(
                corridor=corridor.id,
                hold_queue_persons=corridor.holding.limit_persons,
                hold_called_persons=2 * corridor.holding.limit_persons,
                open_persons=corridor.open_limit_persons,
                last_entry_s=tuple(float(through[g, k]) for g in groups),
                turn_m=180.0,
            )
        )
    departures = tuple(
        LastDeparture(
            scenario.zones[z].id,
            scenario.groups[g].id,
            scenario.corridors[k].id,
            float(through[g, k] + way.gate * tick),
        )
        for (z, g, k), way in ways.items()
    )
    return Rules(0.01, tuple(gates), departures)


def ruled(scenario: Scenario | None = None) -> Case:
    """Return a good plan with good rules: three zones, two groups, two corridors of 360 m."""
    made = scenario or two_gates()
    made = made.replace(
        corridors=tuple(replace(c, open_limit_persons=200.0) for c in made.corridors)
    )
    plan = greedy_plan(made)
    return made, plan.replace(rules=rules_for(made))


def _with(**changes: Any) -> Callable[[], Case]:
    """Return a plan whose rules have ``changes``."""

    def make() -> Case:
        scenario, plan = ruled()
        assert plan.rules is not None
        return scenario, plan.replace(rules=replace(plan.rules, **changes))

    return make


def _gate(corridor: str, **changes: Any) -> Callable[[], Case]:
    """Return a plan whose rule for one gate has ``changes``; they may be functions of it."""

    def make() -> Case:
        scenario, plan = ruled()
        assert plan.rules is not None
        gates = tuple(
            replace(one, **{name: told(one) if callable(told) else told for name, told in told_of})
            if one.corridor == corridor
            else one
            for one in plan.rules.gates
        )
        assert gates != plan.rules.gates
        return scenario, plan.replace(rules=replace(plan.rules, gates=gates))

    told_of = tuple(changes.items())
    return make


def _without_gate() -> Case:
    scenario, plan = ruled()
    assert plan.rules is not None
    return scenario, plan.replace(rules=replace(plan.rules, gates=plan.rules.gates[:1]))


def _strange_gate() -> Case:
    scenario, plan = ruled()
    assert plan.rules is not None
    strange = replace(plan.rules.gates[0], corridor="C9")
    return scenario, plan.replace(rules=replace(plan.rules, gates=(*plan.rules.gates, strange)))


def _turned_round() -> Rules:
    rules = ruled()[1].rules
    assert rules is not None
    return replace(rules, gates=rules.gates[::-1])


def _first_used(plan: Plan) -> tuple[str, str, str]:
    move = plan.movements[0]
    return move.zone, move.group, move.corridor


def _departure(change: Callable[[LastDeparture], LastDeparture | None]) -> Callable[[], Case]:
    """Return a plan whose last departure for its first movement is changed, or gone."""

    def make() -> Case:
        scenario, plan = ruled()
        assert plan.rules is not None
        told = []
        for one in plan.rules.last_departures:
            hit = (one.zone, one.group, one.corridor) == _first_used(plan)
            changed = change(one) if hit else one
            told += [] if changed is None else [changed]
        return scenario, plan.replace(rules=replace(plan.rules, last_departures=tuple(told)))

    return make


def _strange_departure() -> Case:
    scenario, plan = ruled()
    assert plan.rules is not None
    told = (*plan.rules.last_departures, LastDeparture("Q7", "G1", "C1", 3600.0))
    return scenario, plan.replace(rules=replace(plan.rules, last_departures=told))


def _shorter(gate: GateRule) -> tuple[float, ...]:
    """Return the last entries with ten seconds less for the second group."""
    return gate.last_entry_s[0], gate.last_entry_s[1] - 10


#: The plan's first movement.
_FIRST: Final = "zone Z1, group G1, corridor C"

RULE_BREAKS: Final = (
    Break("accepts more risk than is allowed", "rule", "risk", _with(risk=0.051)),
    Break("no rule for a gate", "rule", "C2", _without_gate),
    Break("a rule for no gate", "rule", "C9", _strange_gate),
    Break(
        "rules out of order",
        "rule",
        "C1 order",
        lambda: (ruled()[0], ruled()[1].replace(rules=_turned_round())),
    ),
    Break("no last entries", "rule", "C1 entry", _gate("C1", last_entry_s=())),
    Break(
        "a last entry too few",
        "rule",
        "C2 entry",
        _gate("C2", last_entry_s=lambda gate: gate.last_entry_s[:1]),
    ),
    Break(
        "a last entry too many",
        "rule",
        "C2 entry",
        _gate("C2", last_entry_s=lambda gate: (*gate.last_entry_s, 9000.0)),
    ),
    Break("a last entry too late", "rule", "C1 entry G2", _gate("C1", last_entry_s=_shorter)),
    Break(
        "a last entry too late on days with a second check",
        "rule",
        "C1 entry G2",
        _gate("C1", last_entry_recheck_s=_shorter),
    ),
    Break("a mark behind the exit", "rule", "C2 turn", _gate("C2", turn_m=360.1)),
    Break("a queue too long", "rule", "C1 queue", _gate("C1", hold_queue_persons=1000.5)),
    Break("a queue without cap", "rule", "C1 queue", _gate("C1", hold_queue_persons=float("inf"))),
    Break("too many in the open", "rule", "C2 open", _gate("C2", open_persons=201.0)),
    Break("no cap in the open", "rule", "C2 open", _gate("C2", open_persons=float("inf"))),
    Break("no last departure", "rule", _FIRST, _departure(lambda _: None)),
    Break(
        "a last departure too late",
        "rule",
        _FIRST,
        _departure(lambda one: replace(one, before_s=one.before_s - 1)),
    ),
    Break("a last departure of nobody", "rule", "zone Q7, group G1", _strange_departure),
)
