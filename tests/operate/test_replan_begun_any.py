"""Whatever a log tells, a plan made anew starts from what the state says, and breaks no rule."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from clearway.errors import LogError
from clearway.model.plan import Plan
from clearway.model.state import LOST, State
from clearway.operate.replan import Offer
from clearway.operate.replan_begun import Begun
from clearway.operate.replan_past import before_now
from clearway.operate.state import state
from tests.operate.begun import MINUTE, Pause, last_s, told
from tests.operate.replans import NAMES, calls


@st.composite
def pauses(draw: st.DrawFn) -> tuple[Pause, Plan, int]:
    """Draw a pause, the plan that holds, and a moment; a plan may have been adopted before it."""
    name = draw(st.sampled_from(NAMES))
    now_s = draw(st.integers(1, last_s(name) // 30)) * 30
    pause = draw(told(name, now_s))
    if not draw(st.booleans()):
        return pause, pause.plans[1], now_s
    middle_s, again = draw(st.integers(1, now_s // 30)) * 30, Pause.of(name)
    rows = pause.pages.records[1:]
    later = [one for one in rows if again.scenario.seconds(one.event.at) > middle_s]
    for one in rows[: len(rows) - len(later)]:
        again.pages.write(one.event)
    try:
        offer = again.adopt(middle_s)
    except LogError:
        return pause, pause.plans[1], now_s  # Nobody told whether a gate had opened.
    assert not offer.breaches, offer.breaches[0]
    for one in later:
        again.pages.write(one.event)
    return again, offer.replan.plan, now_s


def at(pause: Pause, plan: Plan, now_s: int) -> State:
    """Return where everybody is by a plan, before what holds from that moment on."""
    now = pause.scenario.moment(now_s)
    return state(pause.scenario, plan, before_now(tuple(pause.pages.records), now), now)


def where(found: State) -> tuple[int, int, int]:
    """Return the persons at home or sent back, those under way, and those past a gate.

    Who was aboard a vehicle that is lost is under way by the state, for nobody told what became of
    them; a plan made anew takes them to be on the way back.
    """
    there = found.where
    aboard = sum(one.riders for one in found.vehicles if one.place == LOST)
    home = there.home.persons + there.turned.persons + aboard
    under_way = there.under_way.persons - aboard
    return home, under_way, there.corridor.persons + there.out.persons


def slack(begun: Begun) -> float:
    """Return the persons by which a state and a plan may differ.

    A plan knows whole steps and the state knows seconds: at each gate what it serves in a step and
    a household, and a household of each block that is leaving.
    """
    planning = begun.told.planning
    leaving = sum(
        move.depart_s < begun.now_s < move.depart_s + move.leaves_over_s(planning.slot_s)
        for move in begun.plan.movements
    )
    gates = begun.told.corridors
    return 9 * leaving + sum(k.gate_persons_per_s.central * planning.step_s + 9 for k in gates)


def agrees(pause: Pause, plan: Plan, begun: Begun, offer: Offer) -> None:
    """Assert that state and plan tell the same of the past, and nobody is lost or called twice."""
    most = slack(begun)
    was = where(at(pause, plan, begun.now_s))
    ran = where(at(pause, begun.plan, begun.now_s))
    assert sum(was) == sum(ran) == plan.willing_persons
    assert max(abs(a - b) for a, b in zip(was, ran, strict=True)) <= most
    new = where(at(pause, offer.replan.plan, begun.now_s))
    assert sum(new) == plan.willing_persons
    assert abs(new[2] - was[2]) <= most
    assert abs(new[1] + offer.replan.turned - was[1]) <= most
    called = calls(begun.told, offer.replan.plan)
    assert max(int(one.max(initial=0)) for one in called.values()) <= 1


@settings(max_examples=70, deadline=None)
@given(pauses())
def test_whatever_is_told_the_new_plan_starts_from_the_state_and_breaks_no_rule(
    drawn: tuple[Pause, Plan, int],
) -> None:
    pause, plan, now_s = drawn
    try:
        begun = pause.begun(now_s)
    except LogError:
        return  # Nobody told whether a gate had opened.
    offer = pause.replan(begun)
    assert not offer.breaches, offer.breaches[0]
    agrees(pause, plan, begun, offer)
    for turn in begun.past.turns:
        assert turn.back_s > now_s


@settings(max_examples=20, deadline=None)
@given(st.data(), st.sampled_from(NAMES))
def test_what_was_adopted_is_no_change_any_more(data: st.DataObject, name: str) -> None:
    now_s = data.draw(st.integers(1, last_s(name) // MINUTE)) * MINUTE
    pause = data.draw(told(name, now_s))
    try:
        first = pause.adopt(now_s)
    except LogError:
        return
    assert not first.breaches, first.breaches[0]
    begun = pause.begun(now_s)
    again = pause.replan(begun)
    assert not again.breaches, again.breaches[0]
    assert begun.events == ()
    assert again.replan.changes.affected == 0
    kept = {move.id: move for move in again.replan.plan.movements}
    assert all(kept.get(move.id) == move for move in first.replan.plan.movements)
