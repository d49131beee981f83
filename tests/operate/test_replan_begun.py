"""What a plan made anew starts from: cases by hand, one kind of record after another."""

from __future__ import annotations

import numpy as np
import pytest

from clearway.errors import LogError
from clearway.model.plan import PEOPLE, Plan
from clearway.model.scenario import row_of
from clearway.operate.replan_begun import still_away
from clearway.operate.replan_past import NOTHING
from tests.operate.begun import Pause
from tests.operate.replans import after, case

SHUT = {"corridor": "C1", "closed": True, "reason": ""}
OPEN = {**SHUT, "closed": False}
ALL = {"corridors": [], "reason": ""}


def opened(name: str = "two_gates") -> Pause:
    """Return a pause whose windows opened as announced."""
    pause = Pause.of(name)
    pause.open_all()
    return pause


def later(plan: Plan, corridor: str, now_s: int) -> list[str]:
    """Return the movements that leave for a gate from a moment on."""
    return [m.id for m in plan.movements if m.corridor == corridor and m.depart_s >= now_s]


@pytest.mark.parametrize("name", ["two_gates", "one_bus", "four_sides", "aid_in", "car_town"])
def test_a_plan_that_ran_as_printed_stays_as_it_is(name: str) -> None:
    pause = opened(name)
    for now_s in (-600, 0, 700, 1500, 3000):
        begun = pause.begun(now_s)
        assert begun.plan.movements == pause.plans[1].movements
        assert begun.plan.duties == pause.plans[1].duties
        assert begun.plan.convoys == pause.plans[1].convoys
        assert begun.past == NOTHING
        assert begun.before.windows == pause.scenario.windows
        assert not begun.before.changes


@pytest.mark.parametrize("since_s", [1500, 1200, 300])
def test_a_closure_in_the_log_is_a_change(since_s: int) -> None:
    pause = opened()
    pause.tell(since_s, "closure", **SHUT)
    offer = pause.replan(pause.begun(1500))
    assert not offer.breaches
    assert later(pause.plans[1], "C1", 1500)
    assert not later(offer.replan.plan, "C1", 1500)
    assert offer.replan.changes.affected > 0


def test_a_closure_of_this_moment_is_the_same_in_words_and_in_the_log() -> None:
    pause = opened()
    by_words = pause.replan(pause.begun(1500, "C1 closed")).replan
    pause.tell(1500, "closure", **SHUT)
    begun = pause.begun(1500, "C1 closed")
    assert begun.events == ()
    assert pause.replan(begun).replan == by_words
    _, printed = after("two_gates", 1500, "C1 closed")
    assert by_words.plan.movements == printed.replan.plan.movements


def test_who_is_held_at_home_has_no_order_and_is_called_anew() -> None:
    pause = opened()
    pause.tell(300, "closure", **SHUT)
    begun = pause.begun(1500)
    ids = {move.id for move in begun.plan.movements}
    held = {
        m.id for m in pause.plans[1].movements if m.corridor == "C1" and 300 < m.depart_s < 1500
    }
    assert held
    assert not held & ids
    plan = pause.replan(pause.begun(1500, "C1 open")).replan.plan
    assert not held & {move.id for move in plan.movements}
    assert plan.persons == pause.plans[1].persons


def test_a_block_that_leaves_in_parts_is_as_many_movements() -> None:
    pause = opened()
    pause.tell(300, "closure", **SHUT)
    pause.tell(1500, "closure", **OPEN)
    plan = pause.begun(3600).plan
    printed = next(m for m in pause.plans[1].movements if m.id == "C1-0001")
    parts = [m for m in plan.movements if m.id.split(".")[0] == "C1-0001"]
    assert [m.id for m in parts] == ["C1-0001", "C1-0001.2"]
    first, second = parts
    assert (first.depart_s, first.span_s) == (0, 300)
    assert second.depart_s == 1500
    assert second.first_household == first.first_household + first.households
    assert first.households + second.households == printed.households
    assert first.persons + second.persons == printed.persons
    offer = pause.replan(pause.begun(3600))
    assert not offer.breaches
    assert {m.id for m in parts} <= {m.id for m in offer.replan.plan.movements}


def test_nobody_waiting_at_a_gate_that_opens_again_turns() -> None:
    pause = opened()
    pause.tell(600, "closure", **SHUT)
    pause.tell(2400, "closure", **OPEN)
    offer = pause.replan(pause.begun(2400))
    assert not offer.breaches
    assert not offer.replan.turns
    assert offer.replan.plan.level(PEOPLE).value == pause.plans[1].persons


def test_a_window_that_opened_late_calls_late() -> None:
    pause = Pause.of("two_gates")
    pause.window(0, "opened", 1200, 1200, 7200)
    pause.window(1, "opened", 0, 0, 7200)
    begun = pause.begun(1800)
    called = [move for move in begun.plan.movements if move.corridor == "C1"]
    assert called
    assert all(move.depart_s >= 1200 for move in called)
    others = [move for move in pause.plans[1].movements if move.corridor == "C2"]
    assert [move for move in begun.plan.movements if move.corridor == "C2"] == others
    assert not pause.replan(begun).breaches


def test_an_opening_that_nobody_told_is_asked_for() -> None:
    pause = Pause.of("two_gates")
    pause.window(1, "opened", 0, 0, 7200)
    with pytest.raises(LogError, match="does not tell"):
        pause.begun(1800)


def test_who_was_sent_back_when_a_window_was_cut_is_not_called_before_being_back() -> None:
    pause = opened()
    pause.window(0, "closed", 1200, 0, 1200)
    begun = pause.begun(1260)
    assert begun.past.turns
    assert {turn.corridor for turn in begun.past.turns} == {"C1"}
    assert still_away(pause.run, 1260) == begun.past.turns
    assert still_away(pause.run, 7200) == ()
    offer = pause.replan(begun)
    assert not offer.breaches
    assert offer.replan.earlier == begun.past.turns
    for turn in begun.past.turns:
        for move in offer.replan.plan.movements:
            mine = (move.zone, move.group) == (turn.zone, turn.group)
            first, end = turn.first_household, turn.first_household + turn.households
            if (
                mine
                and first < move.first_household + move.households
                and move.first_household < end
            ):
                assert move.depart_s >= turn.back_s


def test_a_call_that_was_taken_back_is_none() -> None:
    pause = opened()
    pause.tell(100, "call", movements=["C1-0005"], state="held")
    pause.tell(400, "call", movements=["C2-0001"], state="turned")
    begun = pause.begun(900)
    left = {move.id: move.persons for move in begun.plan.movements}
    assert "C1-0005" not in left
    printed = next(move for move in pause.plans[1].movements if move.id == "C2-0001")
    assert left["C2-0001"] < printed.persons  # Whoever had passed the marked point goes on.
    assert {turn.movement for turn in begun.past.turns} <= {"C2-0001"}
    offer = pause.replan(begun)
    assert not offer.breaches
    assert offer.replan.plan.persons == pause.plans[1].persons


def test_what_was_announced_before_a_stop_is_taken_up_by_itself() -> None:
    pause = opened()
    first = pause.adopt(1500, "stop")
    assert not later(first.replan.plan, "C2", 1500)
    pause.tell(2100, "resume", **ALL)
    begun = pause.begun(2400)
    offer = pause.replan(begun)
    assert not offer.breaches
    kept = {move.id: move for move in offer.replan.plan.movements}
    announced = [m for m in pause.plans[1].movements if m.depart_s >= 2400]
    assert announced
    assert all(kept.get(move.id) == move for move in announced)


def test_a_stop_that_no_plan_was_made_for_leaves_what_is_later_as_it_was() -> None:
    pause = opened()
    pause.tell(900, "stop", **ALL)
    pause.tell(1500, "resume", **ALL)
    offer = pause.replan(pause.begun(1500))
    assert not offer.breaches
    assert not offer.replan.turns
    kept = {move.id for move in offer.replan.plan.movements}
    ahead = {m.id for m in pause.plans[1].movements if m.depart_s > 3000}
    assert ahead <= kept


def test_a_record_from_before_the_plan_that_was_told_after_it_is_a_change() -> None:
    pause = opened()
    pause.adopt(900)
    pause.tell(600, "closure", **SHUT)
    begun = pause.begun(1500)
    assert not begun.before.changes
    offer = pause.replan(begun)
    assert not offer.breaches
    assert offer.replan.changes.affected > 0
    assert not later(offer.replan.plan, "C1", 1500)


def test_conditions_of_an_adopted_plan_are_those_of_its_log() -> None:
    pause = opened()
    pause.adopt(900, "C1 closed")
    begun = pause.begun(1500)
    rows = row_of(begun.before.corridors)
    assert [rows[one.corridor] for one in begun.before.changes] == [0]
    offer = pause.replan(begun)
    assert not offer.breaches
    assert offer.replan.changes.affected == 0


@pytest.mark.parametrize("point", ["gate in", "gate out"])
def test_a_vehicle_that_is_late_drives_on_from_where_it_is(point: str) -> None:
    pause = opened("one_bus")
    (duty,) = pause.plans[1].duties
    trip = duty.trips[0]
    told_s = 300 + (trip.gate_in_s if point == "gate in" else trip.gate_out_s)
    pause.tell(told_s, "vehicle", vehicle=duty.vehicle, trip=1, state=point)
    begun = pause.begun(told_s + 30)
    (driven,) = begun.plan.duties
    assert begun.past.late == {duty.id}
    first = driven.trips[0]
    assert (first.gate_in_s if point == "gate in" else first.gate_out_s) == told_s
    assert first.done_s >= trip.done_s + 300
    assert driven.trips[1:] == duty.trips[1:]
    offer = pause.replan(begun)
    assert not offer.breaches
    (new,) = offer.replan.plan.duties
    assert all(a.done_s <= b.leave_s for a, b in zip(new.trips, new.trips[1:], strict=False))


def test_vehicles_that_wait_at_a_closed_gate_have_not_passed_it() -> None:
    pause = opened("one_bus")
    (duty,) = pause.plans[1].duties
    out_s = duty.trips[1].gate_out_s
    pause.tell(out_s - 60, "closure", **SHUT)
    now_s = out_s + 1200
    begun = pause.begun(now_s)
    (driven,) = begun.plan.duties
    assert driven.trips[0] == duty.trips[0]
    assert driven.trips[1].gate_out_s >= now_s
    offer = pause.replan(begun)
    assert not offer.breaches
    assert {turn.movement for turn in offer.replan.turns} == {f"{duty.id}/2"}
    pause.tell(now_s, "closure", **OPEN)
    offer = pause.replan(pause.begun(now_s))
    assert not offer.breaches
    assert not offer.replan.turns
    assert offer.replan.plan.duties[0].trips[1].gate_out_s >= now_s


def test_who_was_aboard_a_lost_vehicle_is_on_the_way_back() -> None:
    pause = opened("one_bus")
    (duty,) = pause.plans[1].duties
    stop = duty.trips[1].stops[0]
    lost_s = stop.leave_s + 60
    pause.tell(lost_s, "vehicle", vehicle=duty.vehicle, trip=2, state="lost")
    begun = pause.begun(lost_s + 30)
    assert [one.trips for one in begun.plan.duties] == [duty.trips[:1]]
    assert begun.lost == (duty.vehicle,)
    loads = [(load.group, load.first_household, load.households) for load in stop.loads]
    found = [(t.group, t.first_household, t.households) for t in begun.past.turns]
    assert found == loads
    assert {turn.back_s for turn in begun.past.turns} == {lost_s + 60}
    assert not pause.replan(begun).breaches


def test_patients_who_died_or_refused_are_fetched_no_more() -> None:
    pause = opened("two_ambulances")
    plan = case("two_ambulances")[1]
    trip = next(t for d in plan.duties for t in d.trips if t.patients and t.gate_in_s > 600)
    code = trip.patients[0]
    pause.tell(300, "patient", code=code, state="refused", place="")
    begun = pause.begun(400)
    assert code not in begun.plan.patients
    assert set(begun.plan.patients) == set(plan.patients) - {code}
    offer = pause.replan(begun)
    assert not offer.breaches
    assert code not in offer.replan.plan.patients


def test_persons_are_counted_once_however_a_block_left() -> None:
    pause = opened()
    for n, state in enumerate(("held", "called", "turned", "called")):
        pause.tell(120 + 240 * n, "call", movements=["C1-0001"], state=state)
    plan = pause.begun(2400).plan
    own = [m for m in plan.movements if m.id.split(".")[0] == "C1-0001"]
    runs = np.concatenate(
        [np.arange(m.first_household, m.first_household + m.households) for m in own]
    )
    assert len(runs) == len(set(runs.tolist()))
    assert not pause.replan(pause.begun(2400)).breaches
