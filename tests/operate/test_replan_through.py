"""From the log to what is known, to the state, to a plan made anew, and back: at every step."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clearway.model.event import Event
from clearway.model.plan import PEOPLE, Plan
from clearway.model.rates import SERVES, Shares
from clearway.model.record import Record
from clearway.model.scenario import Scenario
from clearway.model.state import State
from clearway.operate.known import known
from clearway.operate.replan import Offer, Replanner
from clearway.operate.replan_events import revise
from clearway.operate.replan_records import said_in_records, with_said
from clearway.operate.state import state
from clearway.publish.plan_file import plan_to_json
from clearway.read.plan_file import plan_in
from tests.operate.events import opened
from tests.operate.replans import after, calls, case, length_s, replanner

MINUTE = 60
TOWNS = ("one_corridor", "two_gates", "one_bus")
WORDS = ("{k} closed", "{k} open", "{k} at 50%", "{k} at 0%", "{k} at 150%", "stop", "resume")


@cache
def begun(name: str) -> tuple[Record, ...]:
    """Return the log of a pause whose windows opened as announced."""
    return tuple(opened(case(name)[0]).records)


def told(name: str, now_s: int, *events: str) -> tuple[Record, ...]:
    """Return the log once events were said at a moment."""
    scenario, plan = case(name)
    records = begun(name)
    return with_said(records, said_in_records(scenario, plan, records, now_s, events))


def served(scenario: Scenario, corridor: str, since: int, until: int) -> list[float]:
    """Return the shares at which a gate serves, minute by minute, in its windows."""
    windows = [one for one in scenario.windows if one.corridor == corridor]
    spans = [(scenario.seconds(one.opens), scenario.seconds(one.closes)) for one in windows]
    seconds = np.arange(since, until, MINUTE)
    inside = np.array([any(a <= at < b for a, b in spans) for at in seconds.tolist()])
    return [
        round(float(share), 9)
        for by in SERVES
        for share in np.where(inside, Shares(scenario, corridor, by).at(seconds), 0.0)
    ]


@st.composite
def said(draw: st.DrawFn, name: str) -> tuple[int, tuple[str, ...]]:
    """Draw a moment and some events about gates."""
    scenario = case(name)[0]
    names = [one.id for one in scenario.corridors]
    now_s = draw(st.integers(1, length_s(scenario) // MINUTE - 2)) * MINUTE
    words = st.tuples(st.sampled_from(WORDS), st.sampled_from(names))
    chosen = draw(st.lists(words, min_size=1, max_size=3))
    return now_s, tuple(word.format(k=corridor) for word, corridor in chosen)


@given(st.data(), st.sampled_from(["one_corridor", "two_gates", "one_bus"]))
@settings(max_examples=60, deadline=None)
def test_what_records_tell_is_what_was_said(data: st.DataObject, name: str) -> None:
    scenario, plan = case(name)
    now_s, events = data.draw(said(name))
    if "resume" in events:  # In words it lifts closures too; in the log it lifts a stop alone.
        events = tuple(one for one in events if one != "resume") or ("stop",)
    by_words = revise(scenario, plan, now_s, events).scenario
    records = told(name, now_s, *events)
    by_log = known(scenario, records, scenario.moment(now_s)).scenario
    for corridor in scenario.corridors:
        times = (corridor.id, now_s, length_s(scenario))
        assert served(by_log, *times) == served(by_words, *times)


@given(st.data(), st.sampled_from(["one_corridor", "two_gates"]))
@settings(max_examples=40, deadline=None)
def test_nothing_is_told_twice(data: st.DataObject, name: str) -> None:
    scenario, plan = case(name)
    now_s, events = data.draw(said(name))
    records = told(name, now_s, events[-1])
    assert said_in_records(scenario, plan, records, now_s, events[-1:]) == ()


@given(st.data(), st.sampled_from(["one_corridor", "two_gates", "late_window"]))
@settings(max_examples=40, deadline=None)
def test_hours_in_records_are_those_that_were_said(data: st.DataObject, name: str) -> None:
    scenario, plan = case(name)
    window = data.draw(st.sampled_from(scenario.windows))
    opens, closes = scenario.seconds(window.opens), scenario.seconds(window.closes)
    now_s = data.draw(st.integers(1, closes // MINUTE - 2)) * MINUTE
    verb = data.draw(st.sampled_from(["opens", "closes"]))
    first = max(now_s, opens if verb == "closes" else now_s) // MINUTE + 1
    at = data.draw(st.integers(first, closes // MINUTE - (verb == "opens"))) * MINUTE
    event = f"{window.corridor} {verb} {scenario.moment(at):%Y-%m-%dT%H:%M}"
    by_words = revise(scenario, plan, now_s, [event]).scenario
    records = [one for one in begun(name) if one.event.at <= scenario.moment(now_s)]
    extra = said_in_records(scenario, plan, records, now_s, [event])
    by_log = known(scenario, with_said(records, extra), scenario.moment(now_s)).scenario
    times = (window.corridor, now_s + MINUTE, length_s(scenario) + 3600)
    assert served(by_log, *times) == served(by_words, *times)
    assert by_log.start == scenario.start


@pytest.mark.parametrize("shut", ["C1 closed", "stop", "C1 at 0%", "C1 at 50%"])
@pytest.mark.parametrize("name", ["one_corridor", "two_gates"])
def test_an_opening_lifts_the_same_in_records_and_in_words(name: str, shut: str) -> None:
    scenario, plan = case(name)
    by_words = revise(scenario, plan, 900, [shut]).scenario
    by_words = revise(by_words, plan, 1200, ["C1 opens 08:40"]).scenario
    now = scenario.moment(1200)
    records = tuple(one for one in begun(name) if one.event.at <= now)
    for at_s, event in ((900, shut), (1200, "C1 opens 08:40")):
        records = with_said(records, said_in_records(scenario, plan, records, at_s, [event]))
    conditions = known(scenario, records, now)
    assert "C1" not in conditions.closed | conditions.stopped
    times = ("C1", 1200 + MINUTE, length_s(scenario))
    assert served(conditions.scenario, *times) == served(by_words, *times)
    assert said_in_records(scenario, plan, records, 1200, ["C1 opens 08:40"]) == ()


def at_now(scenario: Scenario, plan: Plan, records: tuple[Record, ...], now_s: int) -> State:
    """Return where everybody is."""
    return state(scenario, plan, records, scenario.moment(now_s))


def through(name: str, now_s: int, *events: str) -> tuple[State, State, Offer]:
    """Return the state before, the state under the plan made anew, and that."""
    scenario, plan = case(name)
    records = told(name, now_s, *events)
    conditions = known(scenario, records, scenario.moment(now_s)).scenario
    before = at_now(scenario, plan, records, now_s)
    offer = replanner(name).replan(scenario, plan, conditions, now_s)
    back = plan_in(
        {"plan.json": plan_to_json(scenario, offer.replan.plan).encode()}, "plan.json", scenario
    )
    return before, at_now(scenario, back, records, now_s), offer


@pytest.mark.parametrize("name", TOWNS)
def test_nobody_is_lost_when_all_stops_at_any_step(name: str) -> None:
    scenario, plan = case(name)
    step = scenario.planning.step_s
    last = min(length_s(scenario) - step, max(m.depart_s for m in plan.movements) + 1800)
    everyone = at_now(scenario, plan, begun(name), 0).where.total
    assert everyone.persons == plan.willing_persons
    for now_s in range(step, last, 4 * step):
        before, after_, offer = through(name, now_s, "stop")
        assert not offer.breaches
        assert before.where.total == after_.where.total == everyone
        # Who is past the gate stays so, but for the rounding to whole households.
        assert abs(past(before) - past(after_)) <= slack(scenario)
        # No more than that go on to a closed gate, and nobody more is at home than turned.
        assert after_.where.under_way.persons <= slack(scenario)
        came_home = after_.where.home.persons - before.where.home.persons
        turned = sum(turn.persons for turn in offer.replan.turns)
        assert abs(came_home - turned) <= slack(scenario)


def past(found: State) -> int:
    """Return the persons who have passed a gate."""
    return found.where.corridor.persons + found.where.out.persons


def slack(scenario: Scenario) -> float:
    """Return the persons by which whole households and whole steps may differ from halves.

    What a gate serves in a step, and a household of nine for each gate.
    """
    step_s = scenario.planning.step_s
    return sum(one.gate_persons_per_s.central * step_s + 9 for one in scenario.corridors)


@pytest.mark.parametrize("name", ["one_corridor", "two_gates", "four_sides"])
@pytest.mark.parametrize("minutes", [0, 7])
def test_who_has_passed_a_gate_has_passed_it_however_early_it_closes(
    name: str, minutes: int
) -> None:
    scenario, plan = case(name)
    for now_s in range(600, 5400, 1500):
        at = scenario.moment(now_s + minutes * MINUTE)
        _, offer = after(name, now_s, f"C1 closes {at:%Y-%m-%dT%H:%M}")
        assert not offer.breaches
        before = at_now(scenario, plan, begun(name), now_s)
        after_ = at_now(scenario, offer.replan.plan, begun(name), now_s)
        assert abs(past(before) - past(after_)) <= slack(scenario)
        turned = sum(turn.persons for turn in offer.replan.turns)
        assert turned <= before.where.under_way.persons + slack(scenario)


@pytest.mark.parametrize("name", TOWNS)
@pytest.mark.parametrize("event", ["C1 closed", "C1 at 50%", "C1 at 200%"])
def test_state_and_plan_agree_on_who_is_where(name: str, event: str) -> None:
    scenario, plan = case(name)
    for now_s in range(600, 4200, 900):
        before, after_, offer = through(name, now_s, event)
        assert not offer.breaches
        assert before.where.total == after_.where.total
        assert abs(past(before) - past(after_)) <= slack(scenario)
        level = offer.replan.plan.level(PEOPLE)
        assert level.value <= level.bound
        assert level.value >= past(before) - slack(scenario)
        assert level.value <= plan.willing_persons
        called = calls(scenario, offer.replan.plan)
        assert max(int(one.max(initial=0)) for one in called.values()) <= 1


def test_a_day_in_steps_ends_where_its_last_plan_says() -> None:
    scenario, plan = case("two_gates")
    again, records, before = Replanner(scenario), begun("two_gates"), scenario
    events = {900: "C1 at 50%", 1800: "stop", 2100: "resume", 2700: "C1 at 100%"}
    for now_s, event in events.items():
        extra: tuple[Event, ...] = said_in_records(scenario, plan, records, now_s, [event])
        assert extra
        records = with_said(records, extra)
        records = tuple(records)
        conditions = known(scenario, records, scenario.moment(now_s)).scenario
        offer = again.replan(before, plan, conditions, now_s)
        assert not offer.breaches
        before, plan = conditions, offer.replan.plan
    end = length_s(scenario) + 3600
    found = at_now(scenario, plan, records, end)
    assert found.where.total.persons == plan.willing_persons
    assert found.where.out.persons == pytest.approx(plan.level(PEOPLE).value, abs=1)


@pytest.mark.parametrize("name", ["two_gates", "one_bus", "four_sides", "two_ambulances"])
@pytest.mark.parametrize("event", ["C1 closed", "C1 at 50%", "stop"])
def test_the_same_input_gives_the_same_bytes(name: str, event: str) -> None:
    scenario, plan = case(name)
    revised = revise(scenario, plan, 1500, [event]).scenario
    texts = {
        plan_to_json(revised, one.replan.plan)
        for one in (
            Replanner(scenario).replan(scenario, plan, revised, 1500),
            replanner(name).replan(scenario, plan, revised, 1500),
            after(name, 1500, event)[1],
        )
    }
    assert len(texts) == 1
