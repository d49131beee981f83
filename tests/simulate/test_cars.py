"""Cars: lanes of their own, one-way streets, and the gate that they share with people on foot."""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np
import pytest

from clearway.model.network import Links, Network
from clearway.model.population import CAR, RIDE, WALK
from clearway.model.scenario import Scenario
from clearway.simulate.case import CAR_M, Case, lay_out
from clearway.simulate.simulate import simulate
from clearway.simulate.state import GROUP, OUT
from clearway.simulate.usual import usual_rules
from clearway.simulate.ways import nearest_mouths
from tests.judge.sound import sound
from tests.plans import greedy_plan
from tests.scenarios import car_town, one_bus, one_corridor
from tests.simulate.worlds import Ran, as_announced, blocks, exactly, ruled, run

#: Metres a second on the streets of the tiny scenarios.
STREET = 30 / 3.6
COUNT = 40


def driving(scenario: Scenario, **changes: Any) -> Scenario:
    """Return a scenario whose first group drives, two to a car, with changes of all links."""
    cars = dataclasses.replace(
        scenario.groups[0],
        modes=(CAR,),
        speed_m_per_s=exactly(20.0),
        persons_per_car=exactly(2.0),
    )
    links = scenario.network.links
    kept: dict[str, Any] = {name: getattr(links, name) for name in Links.__slots__}
    kept |= {name: np.full(len(links), value) for name, value in changes.items()}
    network = Network(scenario.network.nodes, Links(**kept))
    return scenario.replace(groups=(cars, *scenario.groups[1:]), network=network)


def town(**changes: Any) -> Case:
    """Return forty persons, one a household, called at once to a gate that is hardly a limit."""
    scenario = one_corridor(
        households=(COUNT, 0, 0, 0, 0, 0, 0, 0, 0), gates_persons_per_h=(360_000.0,)
    )
    scenario = driving(scenario, **changes)
    plan = blocks(scenario, 0)
    return lay_out(scenario, plan, ruled(scenario, plan))


def at_once(case: Case) -> Ran:
    """Return the member in which all leave in the first second."""
    folk = dataclasses.replace(case.folk, leave_s=np.zeros(len(case.folk.size)))
    case = dataclasses.replace(case, folk=folk)
    return run(case, as_announced(case.scenario))


def test_a_car_drives_at_the_street_s_speed() -> None:
    case = town()
    ran = run(case, as_announced(case.scenario))
    assert (ran.joined - ran.left)[:COUNT] == pytest.approx(np.full(COUNT, 240 / STREET))
    assert (ran.ended - ran.passed)[:COUNT] == pytest.approx(np.full(COUNT, 360 / STREET))
    assert ran.out == COUNT


def test_a_slow_car_drives_at_its_own_speed_whatever_the_pace_on_foot() -> None:
    case = town(speed_m_per_s=30.0)
    ran = run(case, as_announced(case.scenario, pace=0.5))
    assert (ran.joined - ran.left)[:COUNT] == pytest.approx(np.full(COUNT, 240 / 20.0))


def test_a_street_passes_its_capacity_in_cars_and_not_in_persons() -> None:
    case = town(capacity_veh_per_s=0.05)
    ran = at_once(case)
    came = np.sort(ran.joined[:COUNT])
    # Half a car a person, a car in twenty seconds.
    assert np.diff(came) == pytest.approx(np.full(COUNT - 1, 10.0))
    assert ran.out == COUNT


def test_a_street_holds_as_many_cars_as_stand_on_it() -> None:
    case = town()
    inside = case.streets.walkway_m2[: -2 * len(case.gate)] == 0
    cars = np.flatnonzero(inside)
    assert case.streets.storage[cars] == pytest.approx(case.streets.length_m[cars] / CAR_M)
    assert len(cars) == 4


def test_cars_and_people_on_foot_meet_at_the_gate_alone() -> None:
    scenario = car_town(households=(30, 0, 0, 0, 0, 0, 0, 0, 0), gates_persons_per_h=(1e5, 1e5))
    plan = greedy_plan(scenario)
    on_foot = plan.replace(movements=tuple(one for one in plan.movements if one.group == "G1"))
    walked = {}
    for name, chosen in (("both", plan), ("foot", on_foot)):
        case = lay_out(scenario, chosen, ruled(scenario, chosen))
        ran = run(case, as_announced(scenario))
        walkers = (ran.world.crowd.whole[:, GROUP] == 0) & (ran.phase == OUT)
        walked[name] = np.sort((ran.joined - ran.left)[walkers])
        assert ran.out == chosen.persons
    assert walked["both"] == pytest.approx(walked["foot"])


def test_cars_wait_at_a_gate_that_checks_persons() -> None:
    scenario = driving(
        one_corridor(households=(0, COUNT, 0, 0, 0, 0, 0, 0, 0), gates_persons_per_h=(600.0,))
    )
    plan = blocks(scenario, 0)
    ran = at_once(lay_out(scenario, plan, ruled(scenario, plan)))
    # Two persons a household, six seconds each.
    assert np.diff(np.sort(ran.passed[:COUNT])) == pytest.approx(np.full(COUNT - 1, 12.0))


def test_as_announced_a_sound_plan_with_cars_brings_all_out() -> None:
    scenario, plan = sound("car_town")
    found = simulate(scenario, plan, members=1)
    assert found.people_out[0] == plan.persons
    assert found.caught.sum() == found.turned_back.sum() == 0
    assert (found.out.sum(axis=(0, 1, 2)) > 0).all()


def test_usual_rules_admit_cars_as_long_as_they_drive() -> None:
    scenario, plan = sound("car_town")
    gate = usual_rules(scenario, plan).gates[0]
    margin = scenario.corridors[0].margin_s
    assert gate.last_entry_s == pytest.approx((margin + 360 / 1.2, margin + 360 / STREET))
    latest = {
        (one.zone, one.group): one.before_s
        for one in usual_rules(scenario, plan).last_departures
        if one.corridor == "C1"
    }
    assert all(before < margin + 200 for (_, group), before in latest.items() if group == "G2")


def test_the_nearest_mouth_by_car_keeps_one_way_streets() -> None:
    scenario = car_town()
    links = scenario.network.links
    _, ways = nearest_mouths(scenario, CAR)
    _, on_foot = nearest_mouths(scenario, WALK)
    for way in ways:
        rows, back = way.steps // 2, way.steps % 2 == 1
        turned = np.isin(links.id[rows], scenario.contraflow)
        assert (back[links.directed[rows] & ~turned] == 0).all()
        assert back[turned].all()
    assert all(len(way.steps) for way in ways)
    assert [way.length_m for way in on_foot] <= [way.length_m for way in ways]


def test_streets_that_are_not_for_cars_are_no_way_for_them() -> None:
    scenario = driving(one_corridor(), capacity_veh_per_s=0.0)
    near, ways = nearest_mouths(scenario, CAR)
    assert near.tolist() == [-1]
    assert len(ways[0].steps) == 0
    assert nearest_mouths(scenario, WALK)[0].tolist() == [0]


def test_groups_without_a_way_of_their_own_never_come_of_themselves() -> None:
    scenario = one_bus()
    assert scenario.groups[1].modes == (RIDE,)
    plan = greedy_plan(scenario)
    case = lay_out(scenario, plan, usual_rules(scenario, plan))
    rides = case.folk.group == 1
    assert (case.folk.near_way[rides] == -1).all()
    assert (case.folk.near_way[~rides] >= 0).all()
    ran = run(case, as_announced(scenario, uncalled_share=1.0))
    out = ran.world.crowd.whole[ran.phase == OUT, GROUP]
    assert set(out.tolist()) == {0}


@pytest.mark.parametrize("part", [0.25, 0.5, 0.95])
def test_a_gate_gives_people_on_foot_what_vehicles_leave(part: float) -> None:
    scenario = one_corridor(households=(COUNT, 0, 0, 0, 0, 0, 0, 0, 0))
    plan = blocks(scenario, 0)
    case = lay_out(scenario, plan, ruled(scenario, plan))
    folk = dataclasses.replace(case.folk, leave_s=np.zeros(len(case.folk.size)))
    case = dataclasses.replace(case, folk=folk)
    rate = scenario.corridors[0].gate_persons_per_s.central
    taken = np.full((1, 100), part * rate)
    ran = run(case, as_announced(scenario), taken=taken)
    passed = np.sort(ran.passed[:COUNT])
    if part > 0.9:
        # Hardly anything is left: nobody begins a check until the vehicles have gone.
        assert passed[0] == pytest.approx(100 * 60 + 1 / rate)
    else:
        assert np.diff(passed) == pytest.approx(np.full(COUNT - 1, 1 / rate / (1 - part)))
