"""Plans made anew: sound, people conserved, little changed, and never above the bound."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clearway.errors import ScenarioError
from clearway.judge.check import judge
from clearway.model.plan import PEOPLE, Plan
from clearway.model.scenario import Scenario
from clearway.operate.replan import Offer, replan
from clearway.operate.replan_events import revise
from clearway.operate.replan_resume import taken_up
from clearway.solve.solve import solve
from tests.operate.replans import NAMES, after, calls, case, left, length_s, replanner
from tests.scenarios import four_sides, one_corridor, two_gates

MINUTE = 60
WORDS = (
    "{k} closed",
    "{k} at 50%",
    "{k} at 10%",
    "{k} at 200%",
    "{k} opens {t}",
    "{k} closes {t}",
    "{v} lost",
    "stop",
)


def holds(scenario: Scenario, plan: Plan, revised: Scenario, offer: Offer) -> None:
    """Assert all that holds of every plan made anew."""
    made, now = offer.replan, offer.replan.now_s
    assert not offer.breaches, offer.breaches[0]
    level = made.plan.level(PEOPLE)
    assert level.value <= level.bound + 1e-6
    assert made.weight <= made.weight_bound * (1 + 1e-9) + 1e-6
    called = calls(revised, made.plan)
    assert all((one <= 1).all() for one in called.values())
    gone = {move.id: move for move in made.plan.movements if move.depart_s < now}
    told = {move.id: move for move in plan.movements}
    for name, move in gone.items():
        same = replace(
            move, households=told[name].households, persons=told[name].persons, span_s=None
        )
        assert replace(told[name], span_s=None) == same
    # Who has left goes on, is out, or turns: nobody is lost on the way.
    assert left(scenario, plan, now) <= left(revised, made.plan, now) + sum(
        turn.households for turn in made.turns
    )
    for turn in made.turns:
        assert turn.back_s >= now
        assert turn.persons >= turn.households > 0


@st.composite
def events(draw: st.DrawFn, name: str) -> tuple[int, str]:
    """Draw a moment and an event of a tiny scenario."""
    scenario, plan = case(name)
    now = draw(st.integers(1, length_s(scenario) // MINUTE - 1)) * MINUTE
    corridor = draw(st.sampled_from([one.id for one in scenario.corridors]))
    at = scenario.moment(now + draw(st.integers(1, 90)) * MINUTE)
    vehicles = [duty.vehicle for duty in plan.duties] or [""]
    words = draw(st.sampled_from(WORDS))
    return now, words.format(k=corridor, t=f"{at:%Y-%m-%dT%H:%M}", v=vehicles[0])


@given(st.data(), st.sampled_from(NAMES))
@settings(max_examples=60, deadline=None)
def test_any_event_leaves_a_sound_plan(data: st.DataObject, name: str) -> None:
    scenario, plan = case(name)
    now, event = data.draw(events(name))
    try:
        revised, offer = after(name, now, event)
    except ScenarioError:
        return  # An event about a window that is over, or of a vehicle that is not there.
    holds(scenario, plan, revised, offer)


@given(st.data(), st.sampled_from(NAMES))
@settings(max_examples=20, deadline=None)
def test_one_event_after_another_leaves_sound_plans(data: st.DataObject, name: str) -> None:
    scenario, plan = case(name)
    drawn = sorted(data.draw(st.lists(events(name), min_size=2, max_size=3)))
    for now, event in drawn:
        try:
            known = revise(scenario, plan, now, [event])
        except ScenarioError:
            continue
        offer = replanner(name).replan(
            scenario, plan, known.scenario, now, lost_vehicles=known.lost
        )
        holds(scenario, plan, known.scenario, offer)
        scenario, plan = known.scenario, offer.replan.plan


@pytest.mark.parametrize("name", ["one_corridor", "two_gates", "one_bus"])
def test_people_are_conserved_when_all_stops_at_any_step(name: str) -> None:
    scenario, plan = case(name)
    step, everyone = scenario.planning.step_s, sum(len(one) for one in calls(*case(name)).values())
    last = min(length_s(scenario), max(move.depart_s for move in plan.movements) + 3600)
    for now in range(step, last, 3 * step):
        revised, offer = after(name, now, "stop")
        holds(scenario, plan, revised, offer)
        made = offer.replan
        through = sum(one.sum() for one in calls(revised, made.plan).values())
        turned = sum(turn.households for turn in made.turns)
        assert through + turned <= everyone
        assert made.plan.persons == round(made.plan.level(PEOPLE).value)
        # Nobody is called while all is stopped.
        assert all(move.depart_s < now for move in made.plan.movements)


@pytest.mark.parametrize("name", NAMES)
def test_where_nothing_happened_nothing_changes(name: str) -> None:
    scenario, plan = case(name)
    made = replanner(name).replan(scenario, plan, scenario, 25 * MINUTE).replan
    old = {move.id: move for move in plan.movements}
    assert all(old[move.id] == move for move in made.plan.movements if move.id in old)
    assert made.plan.duties == plan.duties
    assert made.plan.convoys == plan.convoys
    assert made.plan.persons >= plan.persons
    assert not made.turns
    assert made.changes.affected == made.changes.unaffected_changed == 0


def test_the_same_event_gives_the_same_plan() -> None:
    scenario, plan = case("four_sides")
    known = revise(scenario, plan, 1500, ["C1 closed"]).scenario
    one, other = (replan(scenario, plan, known, 1500) for _ in range(2))
    assert one.replan == other.replan


@pytest.mark.parametrize(
    "event", ["C1 closed", "C1 at 50%", "C2 closed", "C1 closes 09:00", "C2 at 200%"]
)
@pytest.mark.parametrize("name", ["two_gates", "four_sides", "small_site", "one_bus"])
def test_no_plan_from_the_start_exceeds_the_bound(name: str, event: str) -> None:
    scenario, plan = case(name)
    if event.split(maxsplit=1)[0] not in {one.id for one in scenario.corridors}:
        event = event.replace("C2", "C1")
    known = revise(scenario, plan, 0, [event]).scenario
    level = replanner(name).replan(scenario, plan, known, 0).replan.plan.level(PEOPLE)
    whole = solve(known)
    assert not judge(known, whole).breaches
    assert whole.persons <= level.bound
    assert level.value <= whole.level(PEOPLE).bound


def test_whom_a_closed_gate_lets_through_no_more_turn_and_go_by_another() -> None:
    plan = case("two_gates")[1]
    mine = [move for move in plan.movements if move.corridor == "C1"]
    now = max(move.depart_s for move in mine) - 300
    _, offer = after("two_gates", now, "C1 closed")
    made = offer.replan
    assert {turn.corridor for turn in made.turns} <= {"C1"}
    assert not any(move.corridor == "C1" and move.depart_s >= now for move in made.plan.movements)
    assert made.changes.affected_changed == made.changes.affected > 0
    new = [move for move in made.plan.movements if move.id not in {one.id for one in mine}]
    assert {move.corridor for move in new} == {"C2"}


def test_a_gate_that_serves_more_takes_those_who_were_left() -> None:
    scenario = one_corridor(gates_persons_per_h=(60.0,))
    plan = solve(scenario)
    known = revise(scenario, plan, 600, ["C1 at 200%"]).scenario
    made = replan(scenario, plan, known, 600).replan
    assert made.plan.persons > plan.persons
    assert made.changes.newly_called > 0


def test_a_vehicle_that_is_lost_drives_no_more() -> None:
    plan = case("one_bus")[1]
    duty = plan.duties[0]
    now = duty.trips[0].gate_out_s + MINUTE
    _, offer = after("one_bus", now, f"{duty.vehicle} lost")
    (kept,) = offer.replan.plan.duties
    assert kept.trips == duty.trips[:1]
    assert offer.replan.lost == (duty.vehicle,)
    assert not offer.breaches


def test_what_was_announced_is_taken_up_again_after_a_stop() -> None:
    scenario = four_sides()
    plan = solve(scenario)
    stopped = revise(scenario, plan, 1200, ["stop"]).scenario
    first = replan(scenario, plan, stopped, 1200).replan
    assert first.plan.persons < plan.persons
    now = 86_400 + 60
    again = taken_up(first.plan, plan, now, held=first.held)
    resumed = revise(stopped, again, now, ["resume"]).scenario
    offer = replan(stopped, again, resumed, now)
    assert not offer.breaches
    ids = {move.id for move in offer.replan.plan.movements}
    later = {move.id for move in plan.movements if move.depart_s >= now}
    assert later
    assert later <= ids


def test_the_reason_tells_the_moment_in_both_languages() -> None:
    scenario, _ = case("two_gates")
    _, offer = after("two_gates", 1200, "C1 closed")
    reason = offer.replan.plan.status.reason
    moment = f"{scenario.moment(1200):%Y-%m-%d %H:%M}"
    assert moment in reason.en
    assert f"\u2068{moment}\u2069" in reason.ar
    assert f"{offer.replan.plan.persons:,} of" in reason.en


def test_slow_gates_keep_those_who_weigh_more() -> None:
    scenario = two_gates(weights=(1.0, 3.0), gates_persons_per_h=(120.0, 60.0))
    plan = solve(scenario)
    known = revise(scenario, plan, 600, ["C1 at 50%"]).scenario
    made = replan(scenario, plan, known, 600).replan
    heavy = {move.id for move in plan.movements if move.group == "G2" and move.depart_s >= 600}
    light = {move.id for move in plan.movements if move.group == "G1" and move.depart_s >= 600}
    kept = {move.id for move in made.plan.movements}
    assert heavy <= kept or not light & kept
