"""Rules for gate teams: caps, last entries and the marked point."""

from __future__ import annotations

import dataclasses
import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clearway.model.plan import Plan
from clearway.model.rules import GateRule, LastDeparture, Rules
from tests.model.nouns import fields, plan, refusal

CAPS = ("hold_queue_persons", "hold_called_persons", "open_persons", "open_recheck_persons")


def gate(**changes: Any) -> GateRule:
    """Return the rule of C1 for two groups."""
    made = GateRule("C1", 150.0, 400.0, 450.0, (1_800.0, 2_400.0), 500.0)
    return dataclasses.replace(made, **changes)


def departure(**changes: Any) -> LastDeparture:
    """Return when able walkers of one zone leave for C1 at the latest."""
    return dataclasses.replace(LastDeparture("N3", "able", "C1", 5_400.0), **changes)


@pytest.mark.parametrize("field", [*CAPS, "turn_m"])
@pytest.mark.parametrize("value", [-1.0, -math.inf, math.nan])
def test_caps_are_not_below_zero(field: str, value: float) -> None:
    """NaN compares with nothing; it is refused too."""
    told = fields(gate(), **{field: value})
    assert set(told) == {f"rule C1.{field}"}


@given(st.sampled_from(CAPS), st.floats(min_value=0))
def test_any_cap_is_kept_and_infinite_is_none(field: str, value: float) -> None:
    assert getattr(gate(**{field: value}), field) == value


def test_the_marked_point_is_somewhere() -> None:
    assert refusal(lambda: gate(turn_m=math.inf)) == [("rule C1.turn_m", "must be finite")]


@pytest.mark.parametrize("value", [-1.0, 86_401.0, math.inf, math.nan])
def test_last_entries_are_within_a_day_before_closing(value: float) -> None:
    assert fields(gate(), last_entry_s=(0.0, value)) == ["rule C1.last_entry_s"]


def test_last_entries_where_people_are_checked_again_are_as_many_or_none() -> None:
    assert gate().last_entry_recheck_s == ()
    assert gate(last_entry_recheck_s=(2_000.0, 3_000.0)).last_entry_recheck_s == (2_000, 3_000)
    told = refusal(lambda: gate(last_entry_recheck_s=(2_000.0,)))
    assert told == [("rule C1.last_entry_recheck_s", "must be as many as last_entry_s, or none")]
    assert fields(gate(), last_entry_recheck_s=(0.0, -1.0)) == ["rule C1.last_entry_recheck_s"]


@pytest.mark.parametrize("value", [-1.0, 604_801.0, math.nan])
def test_last_departures_are_within_a_week_before_closing(value: float) -> None:
    assert fields(departure(), before_s=value) == ["last departure N3 C1.before_s"]


@pytest.mark.parametrize("risk", [-0.01, 1.01, math.nan])
def test_a_risk_is_a_probability(risk: float) -> None:
    assert fields(Rules(0.01, (gate(),), ()), risk=risk) == ["rules.risk"]


def test_a_gate_has_one_rule() -> None:
    told = refusal(lambda: Rules(0.01, (gate(), gate(turn_m=0)), ()))
    assert told == [("rules.gates.corridor", "must be unique")]


def test_a_zone_group_and_corridor_have_one_last_departure() -> None:
    others = (departure(group="slow"), departure(zone="N4"), departure(corridor="C2"))
    assert len(Rules(1, (), (departure(), *others)).last_departures) == 4
    told = refusal(lambda: Rules(1, (), (departure(), *others, departure(before_s=0))))
    assert told == [("rules.last_departures", "must be unique")]


def test_every_breach_is_told_at_once() -> None:
    told = refusal(lambda: Rules(2, (gate(), gate()), (departure(), departure())))
    assert [field for field, _ in told] == [
        "rules.risk",
        "rules.gates.corridor",
        "rules.last_departures",
    ]


def test_a_plan_is_made_without_rules_unless_it_has_them() -> None:
    rules = Rules(0.01, (gate(),), (departure(),))
    assert plan().rules is None
    ruled = plan(rules=rules)
    assert isinstance(ruled, Plan)
    assert ruled.rules == rules
    assert ruled.replace(rules=None) == plan()
