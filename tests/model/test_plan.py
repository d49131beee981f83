"""Plans and verdicts: what they refuse, and what they tell of themselves."""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from clearway.errors import ScenarioError
from clearway.model.plan import CODES, LEVELS, Level, Status
from clearway.model.verdict import RULES, GateRecord, PlanBreach, Verdict
from tests.model.nouns import NAME, fields, movement, plan, refusal


@pytest.mark.parametrize(
    ("changes", "refused"),
    [
        ({"links": ()}, ["links"]),
        ({"first_household": -1}, ["first_household"]),
        ({"households": 0, "persons": 0}, ["households"]),
        ({"persons": 1}, ["persons"]),
        ({"persons": 19}, ["persons"]),
        ({"persons": float("nan")}, ["persons"]),
        ({"links": (), "first_household": -5}, ["links", "first_household"]),
    ],
)
def test_movements_are_refused_by_field(changes: dict[str, Any], refused: list[str]) -> None:
    """Two households have two to eighteen persons."""
    assert fields(movement(), **changes) == [f"movement M1.{one}" for one in refused]


@given(st.integers(1, 1000), st.integers(1, 9))
def test_a_household_has_one_to_nine_persons(households: int, size: int) -> None:
    """Any number of households of one size is sound; one person fewer or more may not be."""
    made = movement(households=households, persons=households * size)
    assert made.persons == households * size
    assert fields(made, persons=households - 1) == ["movement M1.persons"]
    assert fields(made, persons=9 * households + 1) == ["movement M1.persons"]


@given(st.floats(0, 1e9), st.floats(0.001, 1e9))
def test_the_gap_is_a_share_of_the_bound(value: float, bound: float) -> None:
    """The same for a level where more is better and for one where less is."""
    gap = Level("people_out", value, bound).gap
    assert gap == pytest.approx(abs(value - bound) / bound)
    assert gap >= 0


def test_the_gap_of_a_bound_of_nothing() -> None:
    """Nobody can come out, and nobody does: proved. Anything else is no share of nothing."""
    assert Level("people_out", 0.0, 0.0).gap == 0
    assert Level("exposure_person_hours", 5.0, 0.0).gap == float("inf")


@pytest.mark.parametrize("code", CODES)
def test_each_status_is_known(code: str) -> None:
    assert Status(code, NAME).binding == ()


@pytest.mark.parametrize("code", ["", "OPTIMAL", "done"])
def test_an_unknown_status_is_refused_with_those_that_are_known(code: str) -> None:
    ((field, rule),) = refusal(lambda: Status(code, NAME))
    assert field == "status.code"
    assert all(one in rule for one in CODES)


def test_movements_have_codes_of_their_own() -> None:
    assert fields(plan(), movements=(movement(), movement(depart_s=0))) == ["plan.movements.id"]


def test_levels_are_those_of_the_objective() -> None:
    assert fields(plan(), levels=(Level("profit", 1.0, 1.0),)) == ["plan.levels.name"]


def test_a_level_is_found_by_its_name() -> None:
    """One that the plan does not have is an error, not a nought."""
    assert plan().level("hours_until_out").value == 9.0
    with pytest.raises(KeyError, match="exposure_person_hours"):
        plan().level("exposure_person_hours")
    assert LEVELS[:3] == ("red_out", "patients_out", "people_out")


def test_persons_are_those_of_all_movements() -> None:
    other = movement(id="M2", households=3, persons=11, first_household=2)
    assert plan(movements=(movement(), other)).persons == 18
    assert plan(movements=()).persons == 0


def test_a_plan_is_copied_with_changes_and_checked_anew() -> None:
    """The first one stays as it was."""
    made = plan()
    assert made.replace(uptake=0.5).uptake == 0.5
    assert made.uptake == 0.8
    assert made.replace() == made
    with pytest.raises(ScenarioError):
        made.replace(movements=made.movements * 2)
    with pytest.raises(dataclasses.FrozenInstanceError):
        made.uptake = 0.1  # type: ignore[misc]


def record() -> GateRecord:
    """Return three steps at a gate."""
    return GateRecord("C1", [1, 2, 0], [0, 1, 2], [1, 2, 0])  # type: ignore[arg-type]


def verdict(*breaches: PlanBreach) -> Verdict:
    """Return a verdict with these breaches."""
    return Verdict(
        breaches=breaches,
        people_inside=10,
        people_willing=8,
        people_out=3,
        out_by_day=(("2016-10-20", 3),),
        out_by_zone=(3,),
        willing_by_zone=(8,),
        out_by_group=(3,),
        hours_until_out=1.5,
        exposure_person_hours=0.5,
        step_s=60,
        gates=(record(),),
        peak_link_use=0.25,
    )


@pytest.mark.parametrize("field", ["arrived", "passed", "waiting"])
def test_records_are_frozen_numbers(field: str) -> None:
    column = getattr(record(), field)
    assert column.dtype == np.float64
    with pytest.raises(ValueError, match="read-only"):
        column[0] = 9


def test_a_plan_holds_if_no_rule_is_broken() -> None:
    """One breach is enough that it does not."""
    breach = PlanBreach("gate", "C1 08:15", 700, 600, "persons/h", "The gate serves 600.")
    assert verdict().feasible
    assert not verdict(breach).feasible
    assert str(breach) == "gate: C1 08:15: The gate serves 600."


def test_rules_have_names_of_one_word() -> None:
    """Each once; they are what a plan's breaches are called by in files and on screens."""
    assert len(set(RULES)) == len(RULES)
    assert all(rule.isalpha() and rule.islower() for rule in RULES)
    assert {"duty", "trip", "lane", "seat", "patient", "bed", "triage", "linked"} <= set(RULES)
    assert {"gate", "holding", "link", "margin", "supply", "household", "claim"} <= set(RULES)
