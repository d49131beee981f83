"""The bound of plans made anew: where everybody is, and what those out with vehicles may add."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from clearway.model.plan import Plan
from clearway.model.scenario import Scenario
from clearway.solve.anew_blocks import known
from clearway.solve.anew_bound import Facts, Most, facts, most
from clearway.solve.anew_gates import Clock
from clearway.solve.drives import drives
from clearway.solve.problem import pose
from clearway.solve.solve import solve
from tests.operate.replans import NAMES, case, length_s
from tests.scenarios import one_bus, one_corridor

MINUTE = 60


def there(scenario: Scenario, plan: Plan, now_s: int, new: Plan | None = None) -> Facts:
    """Return where everybody is when nothing has happened but a plan, or one made anew of it."""
    clock = Clock(now_s, scenario.planning.step_s)
    windows = known(scenario, scenario, clock.step)
    return facts(pose(scenario), plan, new or plan, windows, clock)


def bound(scenario: Scenario, plan: Plan, now_s: int, found: Facts | None = None) -> Most:
    """Return the bound from a moment on."""
    tables = {kind.id: drives(scenario, kind) for kind in scenario.fleet.types}
    clock = Clock(now_s, scenario.planning.step_s)
    found = found or there(scenario, plan, now_s)
    return most(pose(scenario), found, plan, tables, clock)


def weight(scenario: Scenario, plan: Plan) -> float:
    """Return the weighted persons of a plan."""
    weights = {group.id: group.weight for group in scenario.groups}
    loads = [load for duty in plan.duties for trip in duty.trips for load in trip.loads]
    aboard = sum(weights[load.group] * load.persons for load in loads)
    return aboard + sum(weights[move.group] * move.persons for move in plan.movements)


@pytest.mark.parametrize("name", NAMES)
def test_a_plan_that_goes_on_as_it_is_never_exceeds_the_bound(name: str) -> None:
    scenario, plan = case(name)
    end = length_s(scenario)
    for now in range(0, end, max(MINUTE, end // 17 // MINUTE * MINUTE)):
        found = bound(scenario, plan, now)
        assert plan.persons <= found.persons, now
        assert weight(scenario, plan) <= found.weight + 1e-6, now


@pytest.mark.parametrize("name", NAMES)
def test_everybody_is_at_home_under_way_or_out(name: str) -> None:
    scenario, plan = case(name)
    willing = [
        scenario.demand.willing(z, g, scenario.planning.uptake.central).sum()
        for z in range(len(scenario.zones))
        for g in range(len(scenario.groups))
    ]
    end = length_s(scenario)
    last = 0.0
    for now in range(0, end + 1, max(MINUTE, end // 11 // MINUTE * MINUTE)):
        one = there(scenario, plan, now)
        parts = (one.out.sum(), one.under_way.sum(), one.home.sum())
        assert sum(parts) == pytest.approx(sum(willing))
        assert min(one.out.min(), one.under_way.min(), one.home.min()) >= 0
        assert one.site.sum() == pytest.approx(one.out.sum())
        assert parts[0] >= last - 1e-6
        last = parts[0]
    assert last == pytest.approx(plan.persons)


def test_whom_a_new_plan_leaves_at_home_may_still_go_on_in_another() -> None:
    # A block has begun, and the plan made anew calls nobody of it any more.
    scenario = one_corridor(gates_persons_per_h=(120.0,))
    plan = solve(scenario)
    first = plan.movements[0]
    now = first.depart_s + MINUTE
    nobody = plan.replace(movements=())
    one = there(scenario, plan, now, nobody)
    assert one.under_way.sum() >= first.persons
    assert bound(scenario, nobody, now, one).persons >= plan.persons


def test_vehicles_that_are_out_have_places_by_where_they_are() -> None:
    scenario, plan = case("one_bus")
    trip = plan.duties[0].trips[0]
    places = float(scenario.fleet.types[0].seats + scenario.fleet.types[0].wheelchairs)
    moments = (trip.gate_in_s + 1, trip.gate_out_s, trip.gate_out_s + 1)
    found = [there(scenario, plan, now).places for now in moments]
    assert found == [(places, 0.0), (places, 0.0), (0.0, 0.0)]
    second = plan.duties[0].trips[1]
    assert second.gate_in_s - second.leave_s > 1
    assert there(scenario, plan, second.leave_s + 1).places == (0.0, places)


def test_vehicles_that_stand_inside_may_be_anywhere() -> None:
    scenario, plan = case("one_bus")
    fleet = scenario.fleet
    node = scenario.zones[0].node
    inside = scenario.replace(
        fleet=replace(fleet, depots=tuple(replace(one, node=node) for one in fleet.depots))
    )
    assert there(inside, plan.replace(duties=()), MINUTE).places == (np.inf, np.inf)


def riders_only(minutes: float) -> tuple[Scenario, Plan]:
    """Return riders at home that far from closing, nobody called, and a bus that stands outside."""
    scenario = one_bus(windows=((1, 8, 8 + minutes / 60),), margin_min=5.0)
    groups = tuple(replace(group, modes=("ride",)) for group in scenario.groups)
    scenario = scenario.replace(groups=groups)
    plan = case("one_bus")[1].replace(movements=(), duties=(), levels=())
    return scenario, plan


def test_where_no_vehicle_can_come_in_time_nobody_rides() -> None:
    # To the gate, to the nearest zone, ten minutes to board, and back take more than that.
    scenario, plan = riders_only(60.0)
    tables = drives(scenario, scenario.fleet.types[0])
    fetch = tables.outside.min(axis=0) + tables.inward + tables.gate_stop.min(axis=1)
    fetch = float((fetch + tables.type.board_s.central + tables.stop_gate.min(axis=1)).min())
    slot_s = scenario.planning.slot_s
    shut = 55 * MINUTE - float(tables.outward[0])
    early = int((shut - fetch) // slot_s - 1) * slot_s
    late = int(-(-shut // slot_s)) * slot_s
    assert bound(scenario, plan, early).persons > 0
    assert bound(scenario, plan, late).persons == 0


def test_who_is_inside_brings_no_more_than_it_has_places() -> None:
    scenario, plan = riders_only(120.0)
    now = 113 * MINUTE
    found = there(scenario, plan, now)
    assert found.places == (0.0, 0.0)
    assert bound(scenario, plan, now, found).persons == 0
    some = [bound(scenario, plan, now, replace(found, places=(n, 0.0))) for n in (7.0, 12.0)]
    assert [one.persons for one in some] == [7.0, 12.0]
    # One that is still to come in cannot be back by then.
    assert bound(scenario, plan, now, replace(found, places=(0.0, 12.0))).persons == 0


def test_places_inside_and_coming_are_counted_together() -> None:
    scenario, plan = riders_only(120.0)
    now = 90 * MINUTE
    found = there(scenario, plan, now)
    more = [
        bound(scenario, plan, now, replace(found, places=places)).persons
        for places in ((0.0, 0.0), (5.0, 0.0), (5.0, 6.0), (np.inf, np.inf))
    ]
    assert more == sorted(more)
    assert more[-1] <= found.home.sum()
