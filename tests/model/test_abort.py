"""The noun of an abort: columns that fit together, sums, and what it refuses."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from clearway.errors import ScenarioError
from clearway.model.abort import (
    ABORT_RULES,
    AT_NODE,
    BLOCK,
    HOME,
    KINDS,
    ON,
    Abort,
    AbortStep,
    Mover,
)


def step(at_s: int = 900, **changes: Any) -> AbortStep:
    """Return four parts: one past the gate, one that goes on, one home, one to shelter 1 of 2."""
    columns: dict[str, Any] = {
        "mover": [0, 0, 1, 2],
        "left_s": [0, 60, 0, 120],
        "persons": [1.5, 2.5, 3.0, 4.0],
        "past": [True, False, False, False],
        "node": [103, 103, 102, 101],
        "link": [AT_NODE, AT_NODE, 1002, 1001],
        "into_s": [0, 0, 20, 30],
        "goes": [ON, ON, HOME, 1],
        "by_s": [1000, 1100, 1020, 930],
        "orders": (),
        "prices": [0, 0],
        "person_s": 900.0,
        "bound_s": 800.0,
    }
    return AbortStep(at_s, **{**columns, **changes})


def test_a_step_counts_who_goes_where() -> None:
    one = step()
    assert (one.on, one.back, len(one)) == (4.0, 7.0, 4)
    assert one.sheltered(2).tolist() == [0.0, 4.0]
    assert one.on + one.back == one.persons.sum()


def test_shelters_to_which_nobody_goes_hold_nobody() -> None:
    assert step(goes=[ON, ON, HOME, HOME]).sheltered(3).tolist() == [0.0, 0.0, 0.0]
    assert step(goes=[ON, ON, HOME, HOME]).sheltered(0).tolist() == []


@pytest.mark.parametrize(
    ("spent", "least", "gap"), [(900, 800, 0.125), (800, 800, 0), (0, 0, 0), (799, 800, 0)]
)
def test_the_gap_is_a_share_of_the_bound(spent: float, least: float, gap: float) -> None:
    assert step(person_s=spent, bound_s=least).gap == pytest.approx(gap)


def test_columns_are_read_only() -> None:
    one = step()
    for name in ("mover", "persons", "past", "goes", "by_s", "prices"):
        with pytest.raises(ValueError, match="read-only"):
            getattr(one, name)[0] = 1


def test_columns_are_copies() -> None:
    goes = np.array([ON, ON, HOME, 1])
    one = step(goes=goes)
    goes[:] = HOME
    assert one.goes.tolist() == [ON, ON, HOME, 1]


@pytest.mark.parametrize("name", ["mover", "left_s", "persons", "past", "node", "goes", "by_s"])
def test_columns_of_unequal_length_are_refused(name: str) -> None:
    with pytest.raises(ScenarioError, match="must be as many in every column"):
        step(900, **dict[str, Any]({name: [1]}))


def test_a_step_is_found_by_its_moment() -> None:
    steps = (step(900), step(1800))
    abort = Abort("tiny", (Mover(BLOCK, "M1"),), ("S1", "S2"), (), steps)
    assert abort.moments == (900, 1800)
    assert abort.at(1800) is steps[1]
    with pytest.raises(KeyError):
        abort.at(2700)


def test_a_mover_has_a_known_kind() -> None:
    assert [Mover(kind, "M1").kind for kind in KINDS] == list(KINDS)
    with pytest.raises(ScenarioError, match="must be one of"):
        Mover("crowd", "M1")


def test_movers_are_told_apart_by_trip() -> None:
    assert Mover("vehicle", "bus-01", 1) != Mover("vehicle", "bus-01", 2)
    assert Mover(BLOCK, "M1") == Mover(BLOCK, "M1", 0)


def test_rules_have_names_of_their_own() -> None:
    assert len(set(ABORT_RULES)) == len(ABORT_RULES) >= 10
    assert ON != HOME
    assert max(ON, HOME, AT_NODE) < 0
