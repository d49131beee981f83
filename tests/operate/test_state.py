"""What movements do by the plan, by what gates do, and by what was told of them."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import numpy as np
import pytest

from clearway.model.plan import Plan
from clearway.model.rules import GateRule, LastDeparture, Rules
from clearway.model.scenario import Scenario
from clearway.model.state import (
    ANNOUNCED,
    LATE,
    OPEN_NOW,
    OVER,
    SHUT,
    STOPPED,
    Many,
    State,
    Whereabouts,
)
from clearway.operate.state import state
from tests.operate.events import Pages, opened
from tests.plans import greedy_plan
from tests.scenarios import at_hour, one_corridor, two_days

MINUTE = 1 / 60


@cache
def _town() -> tuple[Scenario, Plan]:
    """Return 28 households, called at 08:00; 200 s to the gate, 300 s from it to the exit."""
    scenario = one_corridor()
    return scenario, greedy_plan(scenario)


def _at(
    hour: float, pages: Pages | None = None, town: tuple[Scenario, Plan] | None = None
) -> State:
    scenario, plan = town or _town()
    return state(scenario, plan, (pages or opened(scenario)).records, at_hour(hour))


def _left(found: State) -> int:
    where = found.movements[0].where
    return where.total.households - where.home.households


def test_a_block_leaves_evenly_over_its_slot_the_first_at_once() -> None:
    spacing = 900 / 28
    for count in (1, 2, 14, 27):
        hour = 8 + (count - 1) * spacing / 3600
        assert _left(_at(hour + 1e-6)) == count
    assert _left(_at(8 - 1e-6)) == 0
    assert _at(8.1).movements[0].left_s == 0.0
    assert _at(7.9).movements[0].left_s is None


def test_walking_takes_as_long_as_plans_count_it() -> None:
    """The first household of four persons: 200 s to the gate, 24 s to be served, 300 s through."""
    at_gate, through, out = 8 + 200 / 3600, 8 + 224 / 3600, 8 + 524 / 3600
    assert _at(at_gate - 0.0005).movements[0].waiting.persons == 0
    assert _at(at_gate + 0.0005).movements[0].waiting == Many(1, 4)
    assert _at(through - 0.0005).movements[0].where.corridor == Many()
    assert _at(through + 0.0005).movements[0].where.corridor == Many(1, 4)
    assert _at(out - 0.0005).where.out == Many()
    assert _at(out + 0.0005).where.out == Many(1, 4)


def test_whom_no_movement_is_for_is_at_home() -> None:
    scenario, plan = _town()
    few = plan.replace(movements=())
    found = state(scenario, few, opened(scenario).records, at_hour(9))
    assert found.where == Whereabouts(home=Many(28, 124))
    assert found.movements == ()


def test_until_an_opening_is_on_record_nobody_is_called() -> None:
    found = _at(8.5, Pages())
    assert found.where.home == Many(28, 124)
    assert found.gate("C1").phase == LATE
    assert found.gate("C1").planned > 0
    assert found.movement("M1").held
    assert _at(7.5, Pages()).gate("C1").phase == ANNOUNCED
    assert not _at(7.5, Pages()).movement("M1").held
    assert _at(10.5, Pages()).gate("C1").phase == OVER


def test_a_window_that_opens_late_calls_its_first_block_then() -> None:
    pages = Pages()
    pages.window("C1", "opened", 8.5, (8.5, 10))
    assert _left(_at(8.5 + 1e-6, pages)) == 1
    assert _left(_at(8.75, pages)) == 28
    assert _at(9, pages).movements[0].left_s == 1800.0


def test_while_a_gate_is_closed_nobody_leaves_and_nobody_passes() -> None:
    pages = opened(_town()[0])
    pages.tell("closure", 8 + 5 * MINUTE, corridor="C1", closed=True, reason="")
    first, later = _at(8 + 5 * MINUTE, pages), _at(8.5, pages)
    assert _left(later) == _left(first) == 10
    assert later.gate("C1").phase == SHUT
    assert later.where.out == first.where.corridor + first.where.out
    assert later.movements[0].held
    assert later.movements[0].waiting.households == 10 - later.where.out.households
    pages.tell("closure", 8.6, corridor="C1", closed=False, reason="")
    assert _at(9.2, pages).where.out == Many(28, 124)


def test_after_a_stop_those_past_the_gate_walk_on_and_nobody_else_moves() -> None:
    pages = opened(_town()[0])
    pages.tell("stop", 8.1, corridors=[], reason="")
    before, after = _at(8.1, pages), _at(9.5, pages)
    assert after.gate("C1").phase == STOPPED
    assert after.where.out == before.where.out + before.where.corridor
    assert after.where.home == before.where.home
    pages.tell("resume", 8.5, corridors=["C1"], reason="")
    assert _at(9.5, pages).where.out == Many(28, 124)


def test_a_gate_at_half_its_rate_lets_half_as_many_through() -> None:
    scenario = one_corridor(gates_persons_per_h=(300.0,))
    plan = greedy_plan(one_corridor(gates_persons_per_h=(600.0,)))
    pages = opened(scenario)
    slow = _at(8.25, pages, (scenario, plan)).gate("C1")
    told = opened(_town()[0])
    told.tell("gate", 8, corridor="C1", persons_share=0.5, vehicles_share=1)
    same = _at(8.25, told).gate("C1")
    assert (same.passed, same.waiting) == (slow.passed, slow.waiting)
    assert same.persons_share == 0.5
    assert same.planned > same.passed
    assert same.phase == OPEN_NOW


def test_who_has_not_passed_when_a_window_ends_is_sent_home() -> None:
    pages = opened(_town()[0])
    pages.window("C1", "cut", 8.1, (8, 8 + 10 * MINUTE))
    town = _town()[0], _rules(_town()[1])
    before, after = _at(8 + 10 * MINUTE - 1e-6, pages, town), _at(9, pages, town)
    assert before.where.turned == Many()
    assert after.where.out == before.where.corridor + before.where.out
    assert after.where.turned + after.where.home == before.where.under_way + before.where.home
    assert after.gate("C1").phase == OVER
    assert after.gate("C1").closes_s == 600
    assert after.movements[0].where.turned.households > 0


def test_nobody_is_admitted_whom_the_margin_would_not_let_out() -> None:
    """Told at 08:10 that it closes at 08:40 less the margin of 30 minutes: too late for all."""
    pages = opened(_town()[0])
    pages.window("C1", "cut", 8 + 10 * MINUTE, (8, 8 + 40 * MINUTE))
    told, later = _at(8 + 10 * MINUTE, pages), _at(9, pages)
    assert later.where.out == told.where.out + told.where.corridor
    assert told.where.turned.households > 0


def test_an_extension_does_not_undo_what_the_gate_did_before_it_was_told() -> None:
    pages = opened(_town()[0])
    pages.window("C1", "cut", 8.1, (8, 8.15))
    ended = _at(8.2, pages)
    pages.window("C1", "announced", 8.2, (8.3, 10))
    again = _at(8.25, pages)
    assert again.where.turned == ended.where.turned
    assert again.gate("C1").phase == SHUT
    pages.window("C1", "opened", 8.3, (8.3, 10))
    last = _at(9.5, pages)
    assert last.where.turned == ended.where.turned
    assert last.where.out.households == 28 - ended.where.turned.households


def test_a_held_block_stays_until_it_is_called_and_then_goes_on_evenly() -> None:
    pages = opened(_town()[0])
    pages.call("held", 8 + 5 * MINUTE, "M1")
    assert _left(_at(8.5, pages)) == 10
    assert _at(8.5, pages).movements[0].held
    pages.call("called", 9, "M1")
    assert _left(_at(9 + 1e-6, pages)) == 11
    assert _left(_at(9 + 9 * MINUTE, pages)) == 27
    assert not _at(9.2, pages).movements[0].held
    assert _at(9.6, pages).where.out == Many(28, 124)


def test_who_is_called_against_a_stop_leaves_until_it_is_told_again() -> None:
    pages = opened(_town()[0])
    pages.tell("stop", 8, corridors=[], reason="")
    pages.call("called", 8.25, "M1")
    assert _left(_at(8.5, pages)) == 28  # What the log says goes before what follows from it.
    pages.tell("stop", 8.25 + 5 * MINUTE, corridors=["C1"], reason="")
    assert _left(_at(8.5, pages)) == 10
    assert _at(8.5, pages).movements[0].held
    pages.tell("closure", 8.25 + 2 * MINUTE, corridor="C1", closed=True, reason="")
    assert _left(_at(8.5, pages)) == 4


def test_who_is_called_at_the_moment_of_a_stop_stays_at_home() -> None:
    pages = opened(_town()[0])
    pages.call("held", 8, "M1")
    pages.call("called", 8.25, "M1")
    pages.tell("stop", 8.25, corridors=[], reason="")
    assert _left(_at(9, pages)) == 0
    pages.tell("resume", 8.25, corridors=[], reason="")
    assert _left(_at(9, pages)) == 28


def test_a_call_on_record_later_than_printed_is_believed() -> None:
    pages = opened(_town()[0])
    pages.call("called", 8.5, "M1")
    assert _left(_at(8.49, pages)) == 28  # what was not told yet is taken to run as printed
    assert _left(_at(8.5 + 1e-6, pages)) == 1
    pages.call("called", 8.6, "M1")  # said twice: nothing new
    assert _at(8.7, pages).movements[0].left_s == 1800.0


def test_a_call_a_little_ahead_leaves_at_the_printed_time() -> None:
    scenario, plan = _town()
    later = plan.replace(movements=tuple(replace(one, depart_s=1800) for one in plan.movements))
    pages = opened(scenario)
    pages.call("called", 8 + 20 * MINUTE, "M1")
    assert _left(_at(8.49, pages, (scenario, later))) == 0
    assert _left(_at(8.5 + 1e-6, pages, (scenario, later))) == 1
    early = opened(scenario)
    early.call("called", 8 + 10 * MINUTE, "M1")
    assert _left(_at(8.49, early, (scenario, later))) == 28


def test_of_a_block_that_turns_only_those_past_the_mark_go_on() -> None:
    scenario, plan = _town()
    pages = opened(scenario)
    at = 8 + 8 * MINUTE
    pages.call("turned", at, "M1")
    before = _at(at, opened(scenario))
    after = _at(9, pages)
    assert after.where.out.households == _passed_mark(at)
    assert after.where.home == before.where.home
    assert after.where.turned.households == 28 - 13 - after.where.out.households
    everybody = _rules(plan, turn_m=0.0)
    gone_on = _at(9, pages, (scenario, everybody)).where.out
    assert gone_on == before.where.corridor + before.where.out
    nobody = _rules(plan, turn_m=1e6)
    assert _at(9, pages, (scenario, nobody)).where.out == before.where.out


def _passed_mark(hour: float) -> int:
    """Count who is half way through the corridor of 300 s: past the gate 150 s ago."""
    earlier = _at(hour - 150 / 3600).where
    return earlier.corridor.households + earlier.out.households


def _rules(plan: Plan, **changes: float) -> Plan:
    told = {
        "hold_queue_persons": np.inf,
        "hold_called_persons": np.inf,
        "open_persons": np.inf,
        "turn_m": 180.0,
        **changes,
    }
    rule = GateRule("C1", last_entry_s=(0.0,), **told)  # type: ignore[arg-type]
    return plan.replace(rules=Rules(1.0, (rule,), (LastDeparture("Z1", "G1", "C1", 0.0),)))


def test_who_is_said_to_be_home_is_home_and_can_be_called_again() -> None:
    pages = opened(_town()[0])
    pages.call("turned", 8 + 8 * MINUTE, "M1")
    pages.call("home", 8.3, "M1")
    found = _at(8.3, pages)
    assert found.where.turned == Many()
    assert found.where.home.households == 28 - found.where.corridor.households - (
        found.where.out.households
    )
    pages.call("called", 8.5, "M1")
    assert _at(9.5, pages).where.out == Many(28, 124)


def test_blocks_are_held_while_too_many_are_on_the_way() -> None:
    scenario = one_corridor()
    plan = greedy_plan(scenario, most_households=7)
    assert len(plan.movements) == 4
    at_once = plan.replace(movements=tuple(replace(one, depart_s=0) for one in plan.movements))
    held = _rules(at_once, hold_called_persons=20.0)
    found = _at(8.05, None, (scenario, held))
    assert [one.left_s is not None for one in found.movements] == [True, False, False, False]
    assert [one.held for one in found.movements] == [False, True, True, True]
    free = _rules(at_once)
    assert all(one.left_s == 0.0 for one in _at(8.1, None, (scenario, free)).movements)
    starts = [one.left_s for one in _at(9.9, None, (scenario, held)).movements]
    assert starts == sorted(one for one in starts if one is not None)
    assert all(one is not None and one % 60 == 0 for one in starts)


def test_what_was_not_called_in_one_window_comes_first_in_the_next() -> None:
    scenario = two_days()
    plan = greedy_plan(scenario)
    pages = Pages()
    pages.window("C1", "opened", 8, (8, 9))
    pages.call("held", 8, *[move.id for move in plan.movements])
    pages.call("called", 32, plan.movements[0].id)
    pages.window("C1", "opened", 32, (32, 33))
    assert _at(31, pages, (scenario, plan)).where.home.households == 28
    assert _at(32.1, pages, (scenario, plan)).movements[0].left_s == 86_400.0


def test_nobody_is_called_too_late_for_the_window() -> None:
    scenario, plan = _town()
    late = _rules(plan)
    assert late.rules is not None
    before = replace(late.rules, last_departures=(LastDeparture("Z1", "G1", "C1", 4000.0),))
    pages = Pages()
    pages.window("C1", "opened", 9, (9, 10))
    found = _at(9.5, pages, (scenario, late.replace(rules=before)))
    assert found.where.home == Many(28, 124)
    assert found.movements[0].held
    assert _at(9.5, pages, (scenario, late)).where.home == Many()


def test_movements_after_their_number_in_the_order_are_kept_apart_from_zones() -> None:
    """A plan may hold one household twice, as after a turn: what it did last counts."""
    scenario, plan = _town()
    first = plan.movements[0]
    again = replace(first, id="M2", depart_s=3600)
    twice = plan.replace(movements=(first, again))
    pages = opened(scenario)
    pages.call("turned", 8 + 2 * MINUTE, "M1")
    before = _at(8.9, pages, (scenario, twice))
    assert before.where.total == Many(28, 124)
    assert before.where.turned.households == 4
    after = _at(9.9, pages, (scenario, twice))
    assert after.where.out == Many(28, 124)
    assert after.movement("M1").where.turned.households == 4


@pytest.mark.parametrize(("hour", "phase"), [(7, ANNOUNCED), (9, OPEN_NOW), (10, OVER), (12, OVER)])
def test_the_phase_of_a_gate_that_opens_as_announced(hour: float, phase: str) -> None:
    assert _at(hour).gate("C1").phase == phase


def test_a_state_finds_its_parts_by_their_ids() -> None:
    found = _at(9)
    assert found.movement("M1").id == "M1"
    with pytest.raises(KeyError):
        found.movement("M9")
    with pytest.raises(KeyError):
        found.gate("C9")
