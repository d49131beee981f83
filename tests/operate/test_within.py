"""Vehicles that stand inside, on the day: where they are, where they go if all stops, and anew."""

from __future__ import annotations

from functools import cache

import pytest

from clearway.judge.abort import judge_abort
from clearway.judge.check import judge
from clearway.model.duty import begins
from clearway.model.plan import Plan
from clearway.model.scenario import Scenario
from clearway.model.state import AT_DEPOT, AT_END, AT_STOP, INSIDE_WAY, WAY_IN, VehicleState
from clearway.operate.abort import abort
from clearway.operate.state import state
from tests.operate.aborts import with_shelters
from tests.operate.events import Pages, opened
from tests.operate.replans import after, case
from tests.operate.test_replan import holds
from tests.scenarios import at_hour

NAME, BUS, AMBULANCE = "from_within", "M-bus-01", "ambulance-01"
DAY = 86_400
#: Events at moments before, at and after what vehicles do on both days.
EVENTS = (
    (0, "C1 closed"),
    (120, "C1 at 10%"),
    (120, "M-bus-01 lost"),
    (300, "C1 opens 2016-10-21T08:30"),
    (900, "ambulance-01 lost"),
    (2000, "C1 closed"),
    (30_000, "C1 opens 2016-10-21T08:20"),
    (DAY - 200, "C1 at 50%"),
    (DAY + 300, "C1 closed"),
    (DAY + 900, "stop"),
)


@cache
def town() -> tuple[Scenario, Plan]:
    """Return a bus and an ambulance inside, and an ambulance outside; two days."""
    return case(NAME)


def at(second: float, vehicle: str = BUS, pages: Pages | None = None) -> VehicleState:
    """Return where a vehicle is."""
    scenario, plan = town()
    records = (pages or opened(scenario)).records
    found = state(scenario, plan, records, at_hour(8 + second / 3600))
    return next(one for one in found.vehicles if one.vehicle == vehicle)


def test_before_its_first_trip_it_is_at_the_depot_inside() -> None:
    found = at(-1)
    assert (found.place, found.where, found.since_s) == (AT_DEPOT, "D2", None)


def test_it_goes_to_its_first_stop_by_no_gate() -> None:
    _, plan = town()
    (first, _) = (duty for duty in plan.duties if duty.vehicle == BUS)
    trip = first.trips[0]
    assert trip.corridor_in == ""
    found = at(trip.stops[0].leave_s - 1)
    assert (found.place, found.where) == (AT_STOP, trip.stops[0].zone)
    assert at(trip.stops[0].leave_s).place == INSIDE_WAY


def test_at_night_it_is_where_its_last_trip_ended() -> None:
    _, plan = town()
    first, second = (duty for duty in plan.duties if duty.vehicle == BUS)
    where = first.trips[-1].destination
    for moment in (first.trips[-1].arrive_s, first.back_s, first.back_s + 3600, DAY // 2):
        found = at(moment)
        assert (found.place, found.where) == (AT_END, where)
    coming = at(second.trips[0].leave_s)
    assert (coming.place, coming.where) == (WAY_IN, "C1")
    done = at(second.back_s + 60)
    assert (done.place, done.where) == (AT_END, second.trips[-1].destination)


def test_what_is_told_of_the_first_duty_changes_where_the_second_is_looked_for() -> None:
    scenario, plan = town()
    (first, _) = (duty for duty in plan.duties if duty.vehicle == BUS)
    pages = opened(scenario)
    hour = 8 + (first.trips[0].stops[0].leave_s + 60) / 3600
    pages.tell("vehicle", hour, vehicle=BUS, trip=1, state="lost")
    found = at(first.back_s + 600, pages=pages)
    assert found.place == "lost"
    assert found.riders == 0


def test_if_all_stops_it_is_told_where_to_go_from_inside() -> None:
    scenario, plan = town()
    covered = with_shelters(scenario, (scenario.zones[0].node, 500.0))
    found = abort(covered, plan)
    assert judge_abort(covered, plan, found) == ()
    (first, _) = (duty for duty in plan.duties if duty.vehicle == BUS)
    moment = first.trips[0].stops[0].leave_s + 5
    now = abort(covered, plan, moment)
    assert judge_abort(covered, plan, now, moment) == ()
    assert first.id in str(now)


@pytest.mark.parametrize(("now_s", "event"), EVENTS)
def test_a_plan_made_anew_keeps_every_rule(now_s: int, event: str) -> None:
    scenario, plan = town()
    revised, offer = after(NAME, now_s, event)
    holds(scenario, plan, revised, offer)
    new = offer.replan.plan
    starts = begins(new.duties, revised.fleet.inside)
    for duty in new.duties:
        inside = starts[duty.id] in revised.fleet.inside
        assert (duty.trips[0].corridor_in == "") == inside
        assert duty.depot not in revised.fleet.inside or duty.back_s >= duty.trips[-1].done_s


def test_who_could_not_leave_on_the_first_day_begins_inside_on_the_second() -> None:
    scenario, plan = town()
    revised, offer = after(NAME, 0, "C1 opens 2016-10-20T08:59")
    assert judge(scenario, plan).breaches == ()
    new = offer.replan.plan
    firsts = {one.vehicle: one for one in sorted(new.duties, key=lambda d: -d.trips[0].leave_s)}
    held = [one for one in firsts.values() if one.depot == "D2"]
    assert held
    for duty in held:
        assert duty.trips[0].corridor_in == ""
        assert duty.trips[0].gate_out_s >= DAY
    assert revised.fleet == scenario.fleet
