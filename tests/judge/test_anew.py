"""The judge of plans made anew: sound ones pass, and each way to break one is named."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import pytest

from clearway.judge.anew import judge_replan
from clearway.judge.anew_orders import count_changes
from clearway.judge.anew_past import PAST, gone
from clearway.model.plan import Movement, Plan
from clearway.model.replan import Changes, Replan, Turn
from clearway.model.scenario import Scenario
from clearway.model.verdict import PlanBreach
from clearway.operate.replan import replan
from clearway.operate.replan_events import revise
from clearway.solve.solve import solve
from tests.scenarios import one_bus, two_gates

NOW = 1_500

Made = tuple[Scenario, Plan, Scenario, Replan]


@cache
def made(event: str = "C1 closed", now_s: int = NOW) -> Made:
    """Return a scenario and plan, and what both are after an event."""
    scenario = two_gates()
    plan = solve(scenario)
    revised = revise(scenario, plan, now_s, [event]).scenario
    return scenario, plan, revised, replan(scenario, plan, revised, now_s).replan


@cache
def driven(event: str = "C1 at 50%") -> Made:
    """Return the same with a bus whose first trip is under way."""
    scenario = one_bus()
    plan = solve(scenario)
    now_s = plan.duties[0].trips[1].gate_in_s + 60
    revised = revise(scenario, plan, now_s, [event]).scenario
    return scenario, plan, revised, replan(scenario, plan, revised, now_s).replan


def broken(case: Made, **changes: object) -> list[PlanBreach]:
    """Return what the judge finds in a plan made anew with some of it changed."""
    scenario, plan, revised, one = case
    return list(judge_replan(scenario, plan, revised, replace(one, **changes)))  # type: ignore[arg-type]


def with_moves(case: Made, moves: list[Movement]) -> list[PlanBreach]:
    """Return what the judge finds with other movements."""
    return broken(case, plan=case[3].plan.replace(movements=tuple(moves)))


def rules(found: list[PlanBreach], where: str = "") -> set[str]:
    """Return the rules that are broken, at one place if it is told."""
    return {one.rule for one in found if not where or one.where == where}


@pytest.mark.parametrize("event", ["C1 closed", "C1 at 50%", "C2 closed", "stop"])
def test_sound_plans_pass(event: str) -> None:
    assert not broken(made(event))
    assert not broken(driven("stop" if event == "stop" else "C1 at 50%"))


def test_a_movement_that_had_left_may_not_be_lost() -> None:
    case = made()
    past = next(one for one in case[3].plan.movements if one.depart_s < NOW)
    found = with_moves(case, [one for one in case[3].plan.movements if one is not past])
    assert "conservation" in rules(found, past.id)


def test_a_movement_that_had_left_may_not_change() -> None:
    case = made()
    past = next(one for one in case[3].plan.movements if one.depart_s < NOW)
    moves = [
        replace(one, depart_s=one.depart_s + 60) if one is past else one
        for one in case[3].plan.movements
    ]
    assert PAST in rules(with_moves(case, moves), past.id)


def test_nobody_is_said_to_have_left_who_had_not() -> None:
    case = made()
    new = next(one for one in case[3].plan.movements if one.depart_s >= NOW)
    moves = [
        replace(one, id="made-up", depart_s=60) if one is new else one
        for one in case[3].plan.movements
    ]
    assert PAST in rules(with_moves(case, moves), "made-up")


def test_a_turn_may_not_be_left_out() -> None:
    case = made()
    assert case[3].turns
    found = broken(case, turns=())
    assert "conservation" in rules(found, case[3].turns[0].movement)


def test_nobody_who_turned_is_called_before_being_back() -> None:
    case = made()
    called = next(one for one in case[3].plan.movements if one.depart_s >= NOW)
    turn = Turn(
        movement="earlier",
        zone=called.zone,
        group=called.group,
        corridor="C1",
        first_household=called.first_household,
        households=called.households,
        persons=called.persons,
        place=called.zone,
        back_s=called.depart_s + 60,
    )
    found = broken(case, turns=(*case[3].turns, turn))
    assert "household" in rules(found, called.id)


def test_households_stay_whole() -> None:
    case = made()
    last = case[3].plan.movements[-1]
    moves = [*case[3].plan.movements[:-1], replace(last, persons=last.persons + 1)]
    assert "household" in rules(with_moves(case, moves), last.id)


def test_nobody_is_called_twice() -> None:
    case = made()
    last = case[3].plan.movements[-1]
    found = with_moves(case, [*case[3].plan.movements, replace(last, id="again")])
    assert "supply" in rules(found)


def test_a_gate_that_is_closed_lets_nobody_through() -> None:
    case = made()
    old = next(one for one in case[1].movements if one.corridor == "C1" and one.depart_s >= NOW)
    moves = [
        one
        for one in case[3].plan.movements
        if (one.zone, one.group) != (old.zone, old.group) or one.depart_s < NOW
    ]
    assert "gate" in rules(with_moves(case, [*moves, old]))


@pytest.mark.parametrize("field", ["affected", "affected_changed", "unaffected"])
def test_changed_orders_are_counted_rightly(field: str) -> None:
    case = made()
    right = case[3].changes
    told = replace(right, affected=right.affected + 5, unaffected=right.unaffected + 5)
    if field == "affected_changed":
        told = replace(told, affected_changed=right.affected_changed + 1)
    found = broken(case, changes=told)
    assert "claim" in rules(found, field)


def test_figures_are_those_of_the_replay() -> None:
    case = made()
    level = case[3].plan.levels[0]
    plan = case[3].plan.replace(
        levels=(replace(level, value=level.value + 1, bound=level.bound + 1),)
    )
    assert "claim" in rules(broken(case, plan=plan), "people_out")


def test_the_clock_may_not_be_put_back() -> None:
    scenario, plan, revised, one = made()
    windows = tuple(replace(each, opens=scenario.moment(600)) for each in revised.windows)
    found = judge_replan(scenario, plan, revised.replace(windows=windows), one)
    assert PAST in rules(list(found), "start")


def test_a_trip_that_was_over_may_not_change() -> None:
    case = driven()
    duty = case[3].plan.duties[0]
    first = replace(duty.trips[0], done_s=duty.trips[0].done_s + 60)
    plan = case[3].plan.replace(duties=(replace(duty, trips=(first, *duty.trips[1:])),))
    assert PAST in rules(broken(case, plan=plan), f"{duty.id}/1")


def test_a_trip_that_was_over_may_not_be_forgotten() -> None:
    case = driven()
    duty = case[3].plan.duties[0]
    plan = case[3].plan.replace(duties=(replace(duty, trips=duty.trips[1:]),))
    assert PAST in rules(broken(case, plan=plan), f"{duty.id}/1")


def test_no_trip_is_made_up() -> None:
    case = driven()
    duty = case[3].plan.duties[0]
    false = replace(duty.trips[0], gate_in_s=duty.trips[0].gate_in_s + 7)
    plan = case[3].plan.replace(
        duties=(replace(duty, trips=(duty.trips[0], false, *duty.trips[1:])),)
    )
    assert PAST in rules(broken(case, plan=plan), duty.id)


def test_what_had_gone_is_what_had_begun() -> None:
    scenario, plan, _, _ = driven()
    now = plan.duties[0].trips[1].gate_in_s + 60
    past = gone(plan, now)
    assert all(move.depart_s < now for move in past.movements)
    assert len(past.duties[0].trips) == 2
    assert not past.levels
    assert gone(plan, -1_000_000).duties == ()
    assert scenario.id == past.scenario


def test_where_nothing_changed_nothing_is_counted() -> None:
    scenario, plan, _, one = made()
    same = Replan(NOW, plan, (), Changes(0, 0, 0, 0, 0), one.weight, one.weight_bound)
    found = count_changes(scenario, plan, scenario, same)
    assert found.changed == found.affected == 0
    ahead = sum(move.households for move in plan.movements if move.depart_s >= NOW)
    assert found.unaffected == ahead


def test_another_hour_is_another_order() -> None:
    scenario, plan, _, one = made()
    last = plan.movements[-1]
    moves = (*plan.movements[:-1], replace(last, depart_s=last.depart_s + 60))
    later = Replan(NOW, plan.replace(movements=moves), (), one.changes, 0.0, 0.0)
    found = count_changes(scenario, plan, scenario, later)
    assert (found.unaffected_changed, found.affected_changed) == (last.households, 0)
    assert found.share == last.households / found.unaffected


def test_orders_at_a_gate_that_changed_are_affected() -> None:
    scenario, plan, revised, _ = made()
    same = Replan(NOW, plan, (), Changes(0, 0, 0, 0, 0), 0.0, 0.0)
    found = count_changes(scenario, plan, revised, same)
    mine = [m for m in plan.movements if m.corridor == "C1" and m.depart_s >= NOW]
    assert found.affected == sum(move.households for move in mine) > 0
    assert found.changed == 0


def test_orders_of_a_vehicle_that_is_lost_are_affected() -> None:
    scenario, plan, _, _ = driven()
    name = plan.duties[0].vehicle
    lost = Replan(0, plan, (), Changes(0, 0, 0, 0, 0), 0.0, 0.0, (name,))
    found = count_changes(scenario, plan, scenario, lost)
    riders = [load for duty in plan.duties for trip in duty.trips for load in trip.loads]
    assert found.affected == sum(load.households for load in riders) > 0


def test_counts_of_changes_are_possible_ones() -> None:
    changes = Changes(4, 3, 10, 1, 2)
    assert (changes.changed, changes.share) == (4, 0.1)
    assert Changes(0, 0, 0, 0, 0).share == 0
    with pytest.raises(Exception, match="affected_changed"):
        Changes(1, 2, 0, 0, 0)
