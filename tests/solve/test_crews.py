"""Crews: every vehicle is in one, with those that can do just what it can."""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clearway.model.fleet import Vehicles
from clearway.model.population import WALK
from clearway.model.scenario import Scenario
from clearway.solve.boarding import Riders, full_load
from clearway.solve.booking import days
from clearway.solve.crews import Crews, over, pickups
from clearway.solve.drives import between, drives, places
from clearway.solve.shifts import TICK_S
from clearway.solve.vehicles import Turn, turns
from tests.scenarios import ASSUMED, at_hour, one_bus, two_ambulances
from tests.solve.fleets import Wanted, wanted

rows = st.lists(
    st.tuples(
        st.integers(0, 3),
        st.sampled_from((None, None, 8.25, 9.0)),
        st.sampled_from((None, None, 11.0, 13.5, 40.0)),
    ),
    min_size=1,
    max_size=3,
    unique_by=lambda one: one[1],
)


def town(told: list[tuple[int, float | None, float | None]]) -> Scenario:
    """Return ``one_bus`` with rows of buses: how many, and hours between which they are there."""
    scenario = one_bus(windows=((1, 8, 12), (1, 32, 36)))
    vehicles = tuple(
        Vehicles(
            "M-bus",
            "D1",
            count,
            ASSUMED,
            since=None if since is None else at_hour(since),
            until=None if until is None else at_hour(until),
        )
        for count, since, until in told
    )
    return scenario.replace(fleet=replace(scenario.fleet, vehicles=vehicles))


def crews(scenario: Scenario) -> tuple[Crews, list[Turn]]:
    """Return them, and the turns that they are of."""
    tables = {kind.id: drives(scenario, kind) for kind in scenario.fleet.types}
    empty = [turn for day in days(scenario) for turn in turns(scenario, day)]
    return Crews(scenario, tables, empty), empty


@settings(max_examples=60, deadline=None, derandomize=True)
@given(rows)
def test_every_vehicle_that_has_time_is_in_one_crew(
    told: list[tuple[int, float | None, float | None]],
) -> None:
    scenario = town(told)
    found, empty = crews(scenario)
    assert sum(crew.count for crew in found.alike) == len(found.turns)
    place = [name for name, _, _ in places(scenario)]
    counted: Counter[tuple[int, int, int]] = Counter()
    for turn, one in found.turns:
        assert one.drives.type.id == turn.vehicle.kind.id
        assert one.day.opens.tolist() == turn.day.opens.tolist()
        counted[id(one), place.index(turn.place), one.minute(turn.free_s)] += 1
    mine = {(id(c.shift), c.place, c.tick): c.count for c in found.alike}
    assert mine == dict(counted)
    # Left out are those that are there only when the day is over.
    assert [t for t in empty if all(t is not kept for kept, _ in found.turns)] == [
        t for t in empty if t.free_s > min(t.day.out_by[np.isfinite(t.day.opens)]) + TICK_S
    ]


@settings(max_examples=60, deadline=None, derandomize=True)
@given(rows)
def test_who_must_be_back_leaves_in_time(
    told: list[tuple[int, float | None, float | None]],
) -> None:
    scenario = town(told)
    found, _ = crews(scenario)
    home = math.ceil(between(scenario, "R1", "D1"))
    for turn, one in found.turns:
        free = one.second(int(one.last_out[0]) + int(one.after[0]))
        assert one.last_out[0] < 0 or free + home <= turn.vehicle.until_s
        if turn.vehicle.until_s == math.inf:
            later = one.second(int(one.last_out[0]) + 1) + one.drives.outward[0]
            assert later > one.day.out_by[0]
        else:
            # A tick later it would be back too late, or out of the exit too late.
            out_late = one.second(int(one.last_out[0]) + 1) + one.drives.outward[0]
            back_late = free + TICK_S + home
            assert out_late > one.day.out_by[0] or back_late > turn.vehicle.until_s


def test_vehicles_that_are_alike_share_their_shift() -> None:
    scenario = town([(2, None, None), (3, 9.0, None), (1, 8.25, 13.5)])
    found, _ = crews(scenario)
    first = [crew for crew in found.alike if crew.shift.day.date == "2016-10-20"]
    by_count = {crew.count: crew for crew in first}
    assert sorted(by_count) == [1, 2, 3]
    assert by_count[3].shift is by_count[2].shift
    assert by_count[1].shift is not by_count[2].shift
    assert by_count[2].tick == 0
    assert by_count[3].shift.second(by_count[3].tick) == pytest.approx(3600, abs=TICK_S)


def test_ambulances_give_no_rides_and_who_walks_alone_gets_none() -> None:
    scenario = two_ambulances()
    bus, ambulance = scenario.fleet.types
    riders = Riders(scenario)
    assert len(pickups(scenario, drives(scenario, ambulance), riders).zone) == 0
    table = drives(scenario, bus)
    both = pickups(scenario, table, riders)
    assert list(zip(both.zone.tolist(), both.group.tolist(), strict=True)) == [
        (0, 0),
        (1, 0),
        (0, 1),
        (1, 1),
    ]
    walkers = replace(scenario.groups[0], modes=(WALK,))
    fewer = scenario.replace(groups=(walkers, scenario.groups[1]))
    assert pickups(fewer, table, riders).group.tolist() == [1, 1]


@settings(max_examples=40, deadline=None, derandomize=True)
@given(wanted())
def test_pick_ups_know_the_mean_and_the_most_of_each_place(wish: Wanted) -> None:
    scenario = wish.scenario()
    riders = Riders(scenario)
    for kind in scenario.fleet.types:
        found = pickups(scenario, drives(scenario, kind), riders)
        pairs = list(zip(found.zone.tolist(), found.group.tolist(), strict=True))
        assert len(set(pairs)) == len(pairs)
        most, each = over(riders, found, kind.id, scenario)
        for n, (zone, group) in enumerate(pairs):
            assert scenario.groups[group].rides
            assert found.persons[n] == riders.mean(kind, zone, group)
            assert found.checked[n] == full_load(kind, scenario.groups[group])
            assert (most[n], each[n]) == riders.excess(kind, zone, group)
            assert found.persons[n] + each[n] <= found.checked[n] + 1e-9
        assert most.shape == each.shape == (len(pairs),)
