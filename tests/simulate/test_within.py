"""Vehicles that stand inside: from there at first, and from where they ended afterwards."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import cache

import numpy as np
import pytest

from clearway.model.outcome import STOPPED
from clearway.model.plan import Plan
from clearway.model.scenario import Scenario
from clearway.simulate.simulate import simulate
from clearway.simulate.traffic import COMES_BY, DONE, FROM_DEPOT, FROM_GATE, LOST, NONE, WAY_IN
from clearway.simulate.within import Within
from clearway.solve.drives import drives
from clearway.solve.solve import solve
from tests.scenarios import car_town, one_bus
from tests.simulate.fleets import Went, laid, of_vehicle, went
from tests.solve.fleets import within
from tests.within import from_within

DAY = 86_400.0


@cache
def town() -> tuple[Scenario, Plan]:
    """Return a bus that stands inside for two days, and its plan."""
    scenario = within(one_bus(windows=((1, 8, 10), (1, 32, 34))))
    return scenario, solve(scenario)


def told(went_: Went, plan: Plan, name: str) -> list[int]:
    """Return a time of all trips, as the plan has them, by vehicle."""
    vehicles = dict.fromkeys(duty.vehicle for duty in plan.duties)
    assert len(went_.phases) == sum(len(duty.trips) for duty in plan.duties)
    return [
        getattr(trip, name)
        for vehicle in vehicles
        for duty in sorted(plan.duties, key=lambda one: one.trips[0].leave_s)
        if duty.vehicle == vehicle
        for trip in duty.trips
    ]


@pytest.mark.parametrize("make", [lambda: town()[0], from_within])
def test_as_announced_every_trip_keeps_its_times(make: Callable[[], Scenario]) -> None:
    scenario = make()
    plan = solve(scenario)
    ran = went(scenario, plan)
    assert ran.phases == [DONE] * len(ran.phases)
    assert ran.passed_in == told(ran, plan, "gate_in_s")
    assert ran.passed_out == told(ran, plan, "gate_out_s")
    assert ran.arrived == told(ran, plan, "arrive_s")
    assert ran.run.riders == plan.riders
    assert ran.harms() == [0, 0, 0]


def test_what_slid_to_a_day_on_which_it_left_already_comes_in_by_a_gate() -> None:
    scenario, plan = town()
    soon = {"ends_s": [300, 26 * 3600], "known_s": [-3600, 26 * 3600], "ending": [STOPPED, 0]}
    ran = went(scenario, plan, soon)
    count = len(plan.duties[0].trips)
    # Too late before it set out: on the next day it leaves from inside, for that day's first trip.
    assert ran.passed_in[count] == told(ran, plan, "leave_s")[count]
    assert ran.passed_out[count] == told(ran, plan, "gate_out_s")[count]
    assert ran.phases[0] == DONE
    assert ran.passed_in[0] > ran.passed_out[count]
    assert min(ran.passed_in) >= DAY - 600


def test_before_it_left_a_trip_that_slid_begins_inside() -> None:
    scenario, plan = town()
    first = next(duty for duty in plan.duties if not duty.trips[0].corridor_in)
    alone = plan.replace(duties=(replace(first, trips=first.trips[:1]),))
    soon = {"ends_s": [300, 26 * 3600], "known_s": [-3600, 26 * 3600], "ending": [STOPPED, 0]}
    ran = went(scenario, alone, soon)
    assert ran.phases == [DONE]
    assert ran.passed_in == [DAY]
    trip = first.trips[0]
    assert DAY < ran.passed_out[0] <= DAY + trip.gate_out_s - trip.leave_s


def test_shut_in_it_is_outside_from_when_it_comes_out_and_comes_in_again() -> None:
    scenario, plan = town()
    ends = {"ends_s": [400, 34 * 3600 - 8 * 3600], "known_s": [400, 34 * 3600 - 8 * 3600]}
    ran = went(scenario, plan, {**ends, "ending": [STOPPED, 0]})
    through = 360 / 6
    assert ran.phases[0] == DONE
    # Out by the corridor empty, and in again, for the trip that had begun inside.
    assert ran.passed_in[0] >= DAY + 2 * through
    assert (ran.harms()[0], ran.harms()[2]) == (0, 0)


def test_one_that_broke_down_inside_begins_there_on_the_next_day() -> None:
    scenario, plan = town()
    _, roster = laid(scenario, plan)
    ran = went(scenario, plan, breaks=of_vehicle(roster, 0, 0.0))
    count = len(plan.duties[0].trips)
    assert ran.phases[:count] == [LOST] * count
    assert ran.phases[count:] == [DONE] * (len(ran.phases) - count)
    later = told(ran, plan, "gate_out_s")[count:]
    # Those of the next day run as printed: it is at its first stop in time, without a gate.
    assert ran.passed_out[count:] == later
    assert ran.passed_in[count] == told(ran, plan, "leave_s")[count]


def test_trips_know_both_ways_to_begin() -> None:
    scenario, plan = town()
    _, roster = laid(scenario, plan)
    orders, count = roster.orders, len(plan.duties[0].trips)
    assert (orders.trip[:, FROM_DEPOT] != NONE).all()
    assert (orders.trip[:, COMES_BY] == 0).all()
    assert (orders.trip[:, FROM_GATE] != NONE).all()
    assert orders.trip[0, WAY_IN] == orders.trip[1, WAY_IN]
    table = drives(scenario, scenario.fleet.types[0])
    rows = {zone.id: n for n, zone in enumerate(scenario.zones)}
    trips = [trip for duty in plan.duties for trip in duty.trips]
    for t in (0, count, count + 1):
        z = rows[trips[t].stops[0].zone]
        from_depot = orders.way_s[orders.trip[t, FROM_DEPOT]]
        from_gate = orders.way_s[orders.trip[t, FROM_GATE]]
        assert from_depot == pytest.approx(float(table.depot_stop[1, z]))
        assert from_gate == pytest.approx(float(table.gate_stop[0, z]))


def test_vehicles_outside_are_told_nothing_more() -> None:
    scenario = one_bus(windows=((1, 8, 10),))
    _, roster = laid(scenario, solve(scenario))
    assert (roster.orders.trip[:, FROM_DEPOT] == NONE).all()
    assert (roster.orders.vehicle[:, -1] == 0).all()


def test_an_ensemble_runs() -> None:
    scenario, plan = town()
    found = simulate(scenario, plan, members=5)
    assert found.fleet is not None
    assert found.fleet.riders.max() > 0


@pytest.mark.parametrize("name", ["one_bus", "car_town"])
def test_ways_are_as_quick_as_those_of_the_plan(name: str) -> None:
    scenario = one_bus() if name == "one_bus" else car_town()
    kind = one_bus().fleet.types[0]
    town_, table = Within(scenario, kind), drives(scenario, kind)
    links = scenario.network.links
    for k, corridor in enumerate(scenario.corridors):
        assert town_.comes_in(corridor) == bool(np.isfinite(table.inward[k]))
        for z, zone in enumerate(scenario.zones):
            way = town_.way(corridor.mouth, zone.node)
            assert (way is not None) == bool(np.isfinite(table.gate_stop[k, z]))
            if way is not None:
                rows = scenario.network.link_index(np.array(way, dtype=np.int64))
                speed = np.minimum(links.speed_m_per_s[rows], kind.speed_m_per_s.central)
                taken = float((links.length_m[rows] / speed).sum())
                assert taken == pytest.approx(float(table.gate_stop[k, z]))


def test_a_corridor_that_is_not_for_the_type_is_no_way_in() -> None:
    scenario = one_bus()
    kind, (corridor, *_) = scenario.fleet.types[0], scenario.corridors
    assert Within(scenario, kind).comes_in(corridor)
    assert not Within(scenario, replace(kind, corridors=("C9",))).comes_in(corridor)
