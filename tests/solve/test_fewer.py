"""A vehicle more never brings out fewer: exact in whole persons, whatever binds."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from importlib import import_module
from itertools import accumulate, pairwise
from typing import Any

import pytest

from clearway.judge import judge
from clearway.model.fleet import Depot, Vehicles
from clearway.model.plan import PATIENTS_OUT, PEOPLE, RED_OUT, Plan
from clearway.model.scenario import Scenario
from clearway.solve import solve
from clearway.solve.fewer import CELLS, FLEETS, fewer, small, stand_idle
from clearway.solve.fleet import plan_fleet
from clearway.solve.problem import pose
from clearway.solve.vehicles import vehicles
from tests.scenarios import ASSUMED, aid_in, one_bus, two_ambulances
from tests.solve.fleets import exactly, with_buses, within

#: A crowd of 1,480 persons in each zone and group, a small one of 370, and one of few large homes.
MANY = (20, 30, 40, 60, 50, 40, 20, 10, 10)
SOME = (5, 7, 10, 15, 12, 10, 5, 3, 2)
LARGE = (0, 0, 0, 0, 0, 0, 20, 30, 20)


@dataclass(frozen=True, kw_only=True)
class Pause:
    """A tiny pause: its gate, hours, people and lane, and the seats of its buses."""

    rate: float = 600.0
    hours: float = 1.25
    homes: tuple[int, ...] = SOME
    lane_per_h: float = 60.0
    seats: int = 30
    more: tuple[tuple[str, Any], ...] = ()

    def scenario(self, count: int) -> Scenario:
        base = one_bus(
            households=self.homes,
            weights=(1.0, 1.0),
            windows=((1, 8, 8 + self.hours),),
            gates_persons_per_h=(self.rate,),
            **dict(self.more),
        )
        lane = exactly(self.lane_per_h / 3600)
        corridors = tuple(replace(one, vehicles_per_s=lane) for one in base.corridors)
        return with_buses(base.replace(corridors=corridors), count, seats=self.seats)


#: The gate binds, the vehicles, the lane, or one after the other as vehicles are added.
PAUSES = (
    Pause(hours=3.0, homes=MANY),
    Pause(hours=2.0, homes=MANY, rate=300.0),
    Pause(hours=1.5, homes=MANY, rate=420.0, seats=50),
    Pause(hours=1.25, homes=MANY, rate=120.0, seats=9),
    Pause(hours=1.0, homes=MANY, rate=1200.0),
    Pause(hours=1.0, homes=MANY, rate=3000.0),
    Pause(hours=2.0, homes=LARGE, rate=300.0),
    Pause(hours=1.5, homes=LARGE, rate=600.0, seats=20),
    Pause(hours=1.5, homes=LARGE, rate=240.0, seats=50),
    Pause(hours=1.5, lane_per_h=12.0),
    Pause(hours=1.25, lane_per_h=20.0, homes=MANY, rate=900.0),
    Pause(rate=300.0),
    Pause(rate=60.0),
    Pause(rate=450.0, seats=12),
    Pause(rate=700.0, more=(("slot_s", 300),)),
    Pause(rate=333.0, hours=2.25, homes=MANY, more=(("margin_min", 10.0),)),
    Pause(rate=480.0, more=(("uptake", 0.7),), homes=MANY),
    Pause(rate=600.0, more=(("places", (420.0,)),), homes=MANY),
)
BUSES = range(9)


@pytest.mark.parametrize("number", range(len(PAUSES)))
def test_a_bus_more_never_brings_out_a_person_fewer(
    number: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    plans = [solve(PAUSES[number].scenario(count)) for count in BUSES]
    people = [plan.level(PEOPLE).value for plan in plans]
    assert all(after >= before for before, after in pairwise(people)), people
    assert people[0] > 0
    assert all(plan.level(PEOPLE).value <= plan.level(PEOPLE).bound for plan in plans)
    fullest = PAUSES[number].scenario(BUSES[-1])
    assert judge(fullest, plans[-1]).breaches == ()
    drop_smaller(monkeypatch)
    alone = [solve(PAUSES[number].scenario(count)).level(PEOPLE).value for count in BUSES]
    assert people == list(accumulate(alone, max))


def test_without_smaller_fleets_the_law_would_not_hold(monkeypatch: pytest.MonkeyPatch) -> None:
    drop_smaller(monkeypatch)
    lost = [
        PAUSES[number]
        for number in (0, 2, 3, 14, 15, 17)
        if any(
            solve(PAUSES[number].scenario(less)).level(PEOPLE).value
            > solve(PAUSES[number].scenario(less + 1)).level(PEOPLE).value
            for less in BUSES[:-1]
        )
    ]
    assert lost


def drop_smaller(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let no smaller fleet be tried."""
    # Not by its dotted name: ``clearway.solve`` is a function as well.
    monkeypatch.setattr(import_module("clearway.solve.beside"), "fewer", lambda _: [])


def weighed(plan: Plan, scenario: Scenario) -> float:
    """Return the persons of the demand whom a plan brings out, each by the group's weight."""
    weights = {group.id: group.weight for group in scenario.groups}
    walking = sum(weights[move.group] * move.persons for move in plan.movements)
    loads = [
        load
        for duty in plan.duties
        for trip in duty.trips
        for stop in trip.stops
        for load in stop.loads
    ]
    return walking + sum(weights[load.group] * load.persons for load in loads)


def test_by_weight_where_groups_weigh_differently() -> None:
    base = replace(PAUSES[2], homes=MANY).scenario(0)
    first, second = base.groups
    base = base.replace(groups=(first, replace(second, weight=2.5)))
    plans = [solve(with_buses(base, count, seats=50)) for count in range(6)]
    worth = [weighed(plan, base) for plan in plans]
    assert worth == sorted(worth)
    assert worth[-1] > worth[0]


Fleet = tuple[int, int]


def levels(base: Scenario, counts: Fleet) -> tuple[float, ...]:
    """Return patients, convoys and people by weight of the plan of so many buses and ambulances."""
    rows = tuple(
        replace(row, count=count) for row, count in zip(base.fleet.vehicles, counts, strict=True)
    )
    scenario = base.replace(fleet=replace(base.fleet, vehicles=rows))
    plan = solve(scenario)
    assert judge(scenario, plan).breaches == ()
    assert all(level.value <= level.bound for level in plan.levels[:-2])
    patients = (plan.level(name).value for name in (RED_OUT, PATIENTS_OUT))
    return (*patients, float(len(plan.convoys)), weighed(plan, scenario))


@pytest.mark.parametrize(
    "make",
    [
        lambda: two_ambulances(windows=((1, 8, 9.25),), gates_persons_per_h=(240.0,)),
        lambda: aid_in(windows=((1, 8, 10.25),), gates_persons_per_h=(120.0,)),
        lambda: aid_in(windows=((1, 8, 9.5), (1, 32, 33)), gates_persons_per_h=(300.0,)),
    ],
)
def test_patients_then_aid_then_people_with_a_vehicle_more_of_any_type(
    make: Callable[[], Scenario],
) -> None:
    base = make()
    found = {
        (buses, ambulances): levels(base, (buses, ambulances))
        for buses in range(3)
        for ambulances in range(3)
    }
    for (buses, ambulances), reached in found.items():
        assert reached >= found[max(buses - 1, 0), ambulances]
        assert reached >= found[buses, max(ambulances - 1, 0)]
    assert found[2, 2] > found[0, 0]


def with_rows(scenario: Scenario, *rows: tuple[str, int]) -> Scenario:
    """Return a scenario whose buses stand at several depots; D3 is inside."""
    fleet, (depot, *_) = scenario.fleet, scenario.fleet.depots
    inside = replace(depot, id="D3", node=int(scenario.network.nodes.id[0]))
    depots: tuple[Depot, ...] = (depot, replace(depot, id="D2"), inside)
    some = tuple(Vehicles(fleet.types[0].id, at, count, ASSUMED) for at, count in rows)
    return scenario.replace(fleet=replace(fleet, depots=depots, vehicles=some))


def test_every_smaller_fleet_is_tried_the_largest_first() -> None:
    scenario = with_rows(PAUSES[0].scenario(0), ("D1", 2), ("D2", 1))
    counts = [[row.count for row in few.fleet.vehicles] for few in fewer(pose(scenario))]
    assert counts == [[2, 0], [1, 1], [1, 0], [0, 1], [0, 0]]


def test_of_vehicles_inside_fewer_are_tried_too() -> None:
    scenario = with_rows(PAUSES[0].scenario(0), ("D3", 2), ("D2", 1))
    counts = [[row.count for row in few.fleet.vehicles] for few in fewer(pose(scenario))]
    assert counts == [[2, 0], [1, 1], [1, 0], [0, 1], [0, 0]]
    assert small(pose(scenario))


def test_a_bus_more_inside_never_brings_out_fewer() -> None:
    base = replace(PAUSES[0], homes=MANY).scenario(0)
    plans = [solve(within(with_buses(base, count))) for count in range(4)]
    out = [plan.level(PEOPLE).value for plan in plans]
    assert out == sorted(out)
    assert out[-1] > out[0]
    outside = [solve(with_buses(base, count)).level(PEOPLE).value for count in range(4)]
    assert all(one >= other for one, other in zip(out, outside, strict=True))


def test_no_smaller_fleet_is_tried_where_there_are_too_many() -> None:
    most = FLEETS - 1
    assert len(fewer(pose(PAUSES[0].scenario(most)))) == most
    assert fewer(pose(PAUSES[0].scenario(most + 1))) == []


def test_none_is_tried_in_a_large_pause_whatever_the_fleet() -> None:
    whole = pose(PAUSES[0].scenario(3))
    cells = CELLS // whole.supply.size
    assert len(whole.cells) <= cells
    long = replace(PAUSES[0], hours=15.0, more=(("slot_s", 60),))
    large = pose(long.scenario(3))
    assert large.supply.size * len(large.cells) <= CELLS
    assert len(fewer(large)) == 3
    wide = one_bus(zones=((0, 0), (1, 0), (2, 0)), windows=((1, 8, 23),), slot_s=60, columns=4)
    assert fewer(pose(with_buses(wide, 3))) == []


def test_idle_vehicles_are_the_last_of_their_row_and_keep_their_names() -> None:
    scenario = with_rows(PAUSES[0].scenario(0), ("D1", 2), ("D2", 2))
    whole = pose(scenario)
    everything = plan_fleet(whole)
    named = {one.name: one.depot for one in vehicles(scenario)}
    for few in fewer(whole):
        one, two = (row.count for row in few.fleet.vehicles)
        idle = stand_idle(whole, few, everything)
        there = {f"M-bus-0{n}" for n in (*range(1, one + 1), *range(3, two + 3))}
        assert {duty.vehicle for duty in idle.duties} <= there
        assert len(idle.duties) == one + two
        assert all(named[duty.vehicle] == duty.depot for duty in idle.duties)
        assert all(duty.id.startswith(f"{duty.vehicle} ") for duty in idle.duties)
        assert idle.joint is everything.joint


def test_bounds_are_of_all_vehicles_also_where_patients_go_otherwise() -> None:
    scenario = two_ambulances()
    whole = pose(scenario)
    everything = plan_fleet(whole)
    for few in fewer(whole):
        idle = stand_idle(whole, few, everything)
        same = set(idle.for_patients) == set(everything.for_patients)
        assert (idle.joint is everything.joint) == same
        bounds = [level.bound for level in idle.levels]
        assert bounds == [level.bound for level in everything.levels]
        crews = sum(crew.count for crew in idle.joint.crews)
        assert same or crews >= sum(crew.count for crew in everything.joint.crews)
    assert not any(duty for duty in stand_idle(whole, fewer(whole)[-1], everything).duties)
