"""Vehicles whose depot is inside: where each of their duties begins, and when it is over."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import cache

import pytest

from clearway.judge import judge
from clearway.model.duty import Duty, begins
from clearway.model.plan import Plan
from clearway.model.scenario import Scenario
from tests.judge.sound import DAY, NEXT, Call, Driver, Errand, load, with_duties
from tests.scenarios import one_bus
from tests.solve.fleets import within

BUS = "bus-01"
#: Seconds of the second day's opening.
MORNING = 86_400


@cache
def town() -> Scenario:
    """Return a bus that stands inside, for two days."""
    return within(one_bus(windows=((1, 8, 12), (1, 32, 36))))


def duties(scenario: Scenario) -> tuple[Duty, Duty]:
    """Return its days: it leaves from inside, and comes in from the site on the next."""
    driver = Driver(scenario)
    call = Call("Z1", (load(scenario, "Z1", "G2", range(4)),))
    out = Errand(kind="M-bus", calls=(call,), to="R1", start="D2")
    again = Errand(kind="M-bus", calls=(Call("Z2"),), to="R1")
    first = driver.duty(BUS, DAY, "D2", (out, again))
    late = replace(again, start="R1", leave_s=MORNING)
    second = driver.duty(BUS, NEXT, "D2", (late,))
    return tuple(replace(one, back_s=one.trips[-1].done_s) for one in (first, second))  # type: ignore[return-value]


@cache
def planned() -> tuple[Scenario, Plan]:
    """Return a sound plan with both days."""
    scenario = town()
    return scenario, with_duties(scenario, duties(scenario))


def rules(first: Duty, second: Duty) -> set[tuple[str, str]]:
    """Return the rules that a plan of two duties breaks, and the duty or trip of each."""
    scenario, plan = planned()
    odd = plan.replace(duties=(first, second), levels=())
    return {(one.rule, one.where) for one in judge(scenario, odd).breaches}


def test_a_plan_may_end_a_day_outside_and_go_on_from_there() -> None:
    scenario, plan = planned()
    assert judge(scenario, plan).breaches == ()
    assert [duty.trips[0].corridor_in for duty in plan.duties] == ["", "C1"]
    # The order in which duties stand in a plan is no matter.
    turned = plan.replace(duties=plan.duties[::-1])
    assert judge(scenario, turned).breaches == ()


def test_a_second_duty_does_not_begin_inside() -> None:
    scenario, _ = planned()
    first, second = duties(scenario)
    errand = Errand(kind="M-bus", calls=(Call("Z2"),), to="R1", start="D2", leave_s=MORNING)
    (trip,) = Driver(scenario).duty(BUS, NEXT, "D2", (errand,)).trips
    assert trip.corridor_in == ""
    again = replace(second, trips=(trip,), back_s=trip.done_s)
    assert rules(first, again) == {("trip", f"{BUS} {NEXT} trip 1")}
    # Alone it does: the bus was not out before.
    assert {rule for rule, _ in rules(again, replace(first, vehicle="bus-02", depot="D1"))} == {
        "duty",
        "trip",
    }
    alone = planned()[1].replace(duties=(again,), levels=())
    assert "trip" not in {one.rule for one in judge(scenario, alone).breaches}


def test_a_first_duty_does_not_come_in() -> None:
    scenario, _ = planned()
    first, second = duties(scenario)
    assert rules(second, replace(first, vehicle="bus-02")) >= {("trip", f"{BUS} {NEXT} trip 1")}


def test_it_leaves_no_sooner_than_it_was_done_the_day_before() -> None:
    scenario, _ = planned()
    first, second = duties(scenario)
    long = replace(first, back_s=MORNING + 60)
    assert ("duty", f"{BUS} {NEXT}") in rules(long, second)
    (trip,) = second.trips
    soon = replace(trip, leave_s=first.back_s - 1)
    assert ("duty", f"{BUS} {NEXT}") in rules(first, replace(second, trips=(soon,)))


def test_it_is_at_the_gate_no_sooner_than_it_drives_from_where_it_ended() -> None:
    scenario, _ = planned()
    first, second = duties(scenario)
    (trip,) = second.trips
    late = replace(trip, leave_s=trip.leave_s + 1)
    assert rules(first, replace(second, trips=(late,))) == {("trip", f"{BUS} {NEXT} trip 1")}


@pytest.mark.parametrize("early", [1, 300])
def test_a_duty_is_over_when_its_last_trip_is_done(early: int) -> None:
    scenario, _ = planned()
    first, second = duties(scenario)
    hasty = replace(first, back_s=first.back_s - early)
    assert rules(hasty, second) == {("duty", f"{BUS} {DAY}")}
    # No drive to the depot is asked for, and time to spare is no breach.
    slow = replace(first, back_s=first.back_s + early)
    assert rules(slow, second) == set()


def _no_trips(duty: Duty) -> Duty:
    odd = replace(duty)
    object.__setattr__(odd, "trips", ())
    return odd


def _no_moment(duty: Duty) -> Duty:
    odd = replace(duty.trips[0])
    object.__setattr__(odd, "leave_s", "soon")
    return replace(duty, trips=(odd, *duty.trips[1:]))


def _nowhere(duty: Duty) -> Duty:
    return replace(duty, trips=(*duty.trips[:-1], replace(duty.trips[-1], destination="X9")))


@pytest.mark.parametrize("odd", [_no_trips, _no_moment, _nowhere])
def test_odd_duties_before_are_named_and_stop_nothing(odd: Callable[[Duty], Duty]) -> None:
    scenario, _ = planned()
    first, second = duties(scenario)
    assert any(DAY in where for _, where in rules(odd(first), second))


def test_where_duties_begin_is_told_by_the_one_before() -> None:
    scenario, plan = planned()
    first, second = plan.duties
    inside = scenario.fleet.inside
    assert inside == {"D2"}
    assert begins(plan.duties[::-1], inside) == {first.id: "D2", second.id: "R1"}
    assert begins(plan.duties, frozenset()) == {first.id: "D2", second.id: "D2"}
