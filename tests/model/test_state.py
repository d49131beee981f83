"""A state's nouns add up, and refuse words that are not in their lists."""

from __future__ import annotations

from dataclasses import replace

import pytest

from clearway.errors import ScenarioError
from clearway.model.state import (
    GATE_PHASES,
    PLACES,
    CaseSpan,
    CaseState,
    ConvoyState,
    CountState,
    GateState,
    Many,
    MovementState,
    State,
    VehicleState,
    Whereabouts,
    ZoneState,
)

GATE = GateState("C1", "open", 0, 7200, 1.0, 1.0, 3, 4, 5, 6, None)
BUS = VehicleState(
    "bus-01", "bus-01 20", 1, "stop", "Z1", 0.0, told=True, late_s=0.0, riders=0, patients=()
)
TRUCKS = ConvoyState("A1", "stop", "Z1", 0.0, told=True, late_s=0.0, delivered=False)
HERE = Whereabouts(Many(5, 20), Many(4, 15), Many(3, 9), Many(2, 7), Many(1, 1))


def _state() -> State:
    move = MovementState("M1", 0.0, HERE, Many(1, 2), held=False)
    people = (ZoneState("Z1", "G1", HERE), ZoneState("Z1", "G2", HERE))
    return State("tiny", 60.0, (GATE,), (move,), people, (), (BUS,), (TRUCKS,), (), (), ())


def test_households_and_persons_add_up() -> None:
    assert HERE.total == Many(15, 52)
    assert (HERE + HERE).total == Many(30, 104)
    assert (HERE + Whereabouts()) == HERE
    assert _state().where == HERE + HERE


def test_parts_are_found_by_their_ids() -> None:
    state = _state()
    assert state.movement("M1").where == HERE
    assert state.gate("C1") == GATE
    with pytest.raises(KeyError):
        state.movement("M2")
    with pytest.raises(KeyError):
        state.gate("C2")


def test_a_gate_and_a_vehicle_have_only_words_of_the_lists() -> None:
    with pytest.raises(ScenarioError, match="phase"):
        replace(GATE, phase="approved")
    for noun in (BUS, TRUCKS):
        with pytest.raises(ScenarioError, match="place"):
            replace(noun, place="somewhere")
    assert [replace(GATE, phase=phase).phase for phase in GATE_PHASES] == list(GATE_PHASES)
    assert [replace(BUS, place=place).place for place in PLACES] == list(PLACES)


def test_a_count_differs_from_the_plan_and_a_case_is_in_its_last_state() -> None:
    assert CountState("C1", 0, 60, counted=7, passed=8, planned=10).difference == -3
    spans = (CaseSpan("listed", None, None), CaseSpan("moved", 60, 5))
    assert CaseState("P1", spans, "", "amb-01", "").state == "moved"
