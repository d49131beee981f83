"""The bound of the whole: proved and reached meet, and closed forms of a bus and a gate."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clearway.model.plan import EXPOSURE, HOURS
from clearway.model.population import RIDE
from clearway.model.scenario import Scenario
from clearway.solve.dues import COUNT, Slots
from clearway.solve.fleet import Driven, plan_fleet
from clearway.solve.joint import Joint
from clearway.solve.options import SolveOptions, Watch
from clearway.solve.problem import pose
from clearway.solve.relax import Relaxation
from tests.scenarios import one_bus
from tests.solve.fleets import Wanted, exactly, wanted, with_buses

GAP = 1e-4


def watch() -> Watch:
    """Return one that lets the search go on until the bound is near."""
    return Watch(SolveOptions(seconds=1e7, gap=GAP), None, None)


def joint(driven: Driven, *, seeded: bool = True) -> Joint:
    """Return the program of what was left, with the days that were given or without."""
    return driven.joint if seeded else Joint(driven.left, driven.crews)


@settings(max_examples=15, deadline=None, derandomize=True)
@given(wanted())
def test_what_is_proved_is_never_worse_than_what_is_reached(wish: Wanted) -> None:
    driven = plan_fleet(pose(wish.scenario()))
    people = joint(driven).bound(COUNT, watch=watch())
    assert people.proved >= people.reached * (1 - 1e-9) - 1e-6
    assert people.proved >= driven.riders.persons * (1 - 1e-6) - 1e-6
    weight = driven.riders.weight / 2
    for level in (EXPOSURE, HOURS):
        least = joint(driven).bound(level, weight=weight, watch=watch())
        assert least.proved <= least.reached * (1 + 1e-9) + 1e-6


@settings(max_examples=15, deadline=None, derandomize=True)
@given(wanted())
def test_where_the_search_begins_says_nothing_about_the_bound(wish: Wanted) -> None:
    driven = plan_fleet(pose(wish.scenario()))
    found = [joint(driven, seeded=seeded).bound(COUNT, watch=watch()) for seeded in (True, False)]
    alike = not driven.for_patients and not driven.convoys
    for one, other in (found, found[::-1])[: 1 + alike]:
        assert one.reached <= other.proved * (1 + 1e-9) + 1e-6


def riding(count: int, *, seats: int = 10, rate: float = 3600.0, lane: float = 1 / 60) -> Scenario:
    """Return singles of Z2 who only ride, an hour, and buses that take 810 s a trip, 60 s away.

    Inside Z2 is 20 s from the gate and the corridor takes a minute. A bus boards in 300 s, is
    checked at a person a second, and is free again 120 s after it has come to the site, where it
    stood before; the gate is open for an hour without a margin.
    """
    scenario = one_bus(
        households=(((0,) * 9,) * 2, ((900, 0, 0, 0, 0, 0, 0, 0, 0), (0,) * 9)),
        weights=(1.0, 1.0),
        gates_persons_per_h=(rate,),
        windows=((1, 8, 9),),
        margin_min=0.0,
    )
    wide = tuple(replace(one, vehicles_per_s=exactly(lane)) for one in scenario.corridors)
    alone = tuple(replace(one, modes=(RIDE,), wheelchair_users=0) for one in scenario.groups)
    nodes, site = scenario.network.nodes, scenario.receptions[0]
    row = int(np.flatnonzero(nodes.id == site.node)[0])
    (depot,) = scenario.fleet.depots
    depot = replace(depot, lon=float(nodes.lon[row]), lat=float(nodes.lat[row]))
    fleet = replace(scenario.fleet, depots=(depot,))
    return with_buses(
        scenario.replace(corridors=wide, groups=alone, fleet=fleet),
        count,
        seats=seats,
        wheelchairs=0,
        board_s=exactly(300.0),
        alight_s=exactly(120.0),
        rest_s=0.0,
    )


def most(scenario: Scenario) -> float:
    """Return the bound on persons."""
    return joint(plan_fleet(pose(scenario))).bound(COUNT, watch=watch()).proved


@pytest.mark.parametrize("count", [1, 2, 5])
def test_each_bus_makes_as_many_trips_as_its_hour_has_room_for(count: int) -> None:
    # Ticks of 30 s: in 11 to the stop and boarded, 1 back and checked, 7 out and free (60 s, some
    # 16 s outside, 120 s), 3 to the gate again: 22. The first is at the gate at the opening, and
    # the last out of it a minute before the closing: 5 x 22 + 12 = 122 ticks are 61 minutes.
    assert most(riding(count)) == pytest.approx(count * 5 * 10, rel=2 * GAP)


def test_a_gate_checks_no_more_than_it_can() -> None:
    # A person a minute, slots of a quarter of an hour: fifteen in each, whatever the buses.
    bound = most(riding(40, rate=60.0))
    assert bound <= 4 * 15 * (1 + 2 * GAP)


def test_a_lane_lets_no_more_in_and_out_than_it_has_room_for() -> None:
    # Two passages in each of four slots, so four trips at the most.
    assert most(riding(40, lane=2 / 900)) <= 4 * 10 * (1 + 2 * GAP)


@settings(max_examples=15, deadline=None, derandomize=True)
@given(st.integers(1, 6), st.sampled_from((4, 9, 30)))
def test_a_bus_more_never_lowers_the_bound(count: int, seats: int) -> None:
    less, more = (most(riding(n, seats=seats, rate=600.0)) for n in (count, count + 1))
    assert more >= less * (1 - 2 * GAP)


def test_slots_lie_on_the_blocks_of_the_gate() -> None:
    problem = pose(one_bus())
    relaxation = Relaxation(problem)
    slots = Slots.of(problem, relaxation)
    # The first on foot pass in the third minute, the last three hours and a half after opening.
    share = np.asarray(slots.share.sum(axis=1)).ravel()
    assert share[0] == pytest.approx(13 / 15)
    assert share[1:13] == pytest.approx(np.ones(12))
    assert slots.slots >= 16
    inside = slots.parts(0, 1800)
    assert sum(inside.values()) == pytest.approx(1.0)
    assert min(inside) >= relaxation.rows.serve
    assert max(inside) < relaxation.rows.site
    assert slots.parts(0, 15 * 900) == {}


def test_there_are_slots_where_nobody_goes_on_foot() -> None:
    problem = pose(riding(1))
    slots = Slots.of(problem, Relaxation(problem))
    assert slots.slots >= 4
    assert slots.parts(0, 0) == {}
    assert slots.share.shape[1] == 0
