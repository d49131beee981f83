"""Duties beside a mixed-integer program that has every minute of every vehicle."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from typing import Final

import numpy as np
import pytest

from clearway.judge import judge
from clearway.model.care import COLOURS, STRETCHER, WALKING, Beds, Care, Patient
from clearway.model.plan import PATIENTS_OUT, PEOPLE, RED_OUT, Plan
from clearway.model.population import RIDE
from clearway.model.scenario import Scenario
from clearway.solve import solve
from tests.crosscheck.duties_explicit import most_patients, most_people
from tests.scenarios import at_hour, one_bus, two_ambulances
from tests.solve.fleets import exactly, with_buses

#: Share by which the program may be off its own bound, and by which a plan may be off that.
GAP: Final = 1e-3
WITHIN: Final = 0.01
#: A street inside is driven in a minute at 6 m/s, and so is a corridor.
MINUTE_M: Final = 360.0
#: Draws that HiGHS solves in a second or two.
DRAWS: Final = (
    *(101, 102, 103, 105, 107, 108, 109, 110, 111, 113, 114, 115, 116, 118, 120),
    *(121, 122, 123, 124, 125, 127, 128, 130, 131, 132, 133, 137),
)
#: Draws in which the vehicles stand inside.
INSIDE: Final = DRAWS[:10]


def drawn(seed: int) -> Scenario:
    """Return two or three zones, a gate or two, one to three buses; G2 only rides."""
    draw = np.random.default_rng(seed)
    corridors, zones = int(draw.integers(1, 3)), int(draw.integers(2, 4))
    places = [(column, row) for column in range(3) for row in range(2)]
    at = tuple(places[n] for n in draw.choice(len(places), zones, replace=False))
    size = int(draw.integers(2))
    households = np.zeros((zones, 2, 9), dtype=int)
    households[:, 0, size] = draw.integers(40, 160, zones)
    households[:, 1, size] = draw.integers(20, 80, zones)
    hours = float(draw.choice([1.5, 2.0, 2.5]))
    scenario = one_bus(
        columns=3,
        rows=2,
        spacing_m=MINUTE_M,
        zones=at,
        households=households,
        weights=(1.0, float(draw.choice([1.0, 2.0]))),
        gates_persons_per_h=tuple(draw.choice([300.0, 600.0, 1200.0], corridors).tolist()),
        windows=tuple((k + 1, 8, 8 + hours) for k in range(corridors)),
        margin_min=float(draw.choice([0.0, 10.0, 30.0])),
    )
    seats, lane = int(draw.choice([10, 20, 30])), float(draw.choice([1 / 60, 1 / 180]))
    return with_buses(
        _near(scenario, lane),
        int(draw.integers(1, 4)),
        seats=seats,
        wheelchairs=0,
        board_s=exactly(300.0),
        rest_s=60.0,
        alight_s=exactly(120.0),
        range_m=1e6,
    )


def _near(scenario: Scenario, lane: float) -> Scenario:
    """Return the scenario with the depot at the first site, G2 on board alone, and lanes."""
    nodes, site = scenario.network.nodes, scenario.receptions[0]
    row = int(np.flatnonzero(nodes.id == site.node)[0])
    (depot,) = scenario.fleet.depots
    depot = replace(depot, lon=float(nodes.lon[row]), lat=float(nodes.lat[row]))
    walk, ride = scenario.groups
    return scenario.replace(
        fleet=replace(scenario.fleet, depots=(depot,), outside_m_per_s=exactly(2.7)),
        corridors=tuple(replace(one, vehicles_per_s=exactly(lane)) for one in scenario.corridors),
        groups=(walk, replace(ride, modes=(RIDE,), wheelchair_users=0)),
    )


@cache
def planned(seed: int) -> tuple[Scenario, Plan, float]:
    """Return a draw, its plan, and the most persons by weight that any plan brings out."""
    scenario = drawn(seed)
    return scenario, solve(scenario), most_people(scenario, GAP)


def within(scenario: Scenario, node: int) -> Scenario:
    """Return the scenario with its depot inside, at a node."""
    (depot,) = scenario.fleet.depots
    nodes, row = scenario.network.nodes, int(scenario.network.node_index(node))
    depot = replace(depot, lon=float(nodes.lon[row]), lat=float(nodes.lat[row]), node=node)
    return scenario.replace(fleet=replace(scenario.fleet, depots=(depot,)))


@pytest.mark.parametrize("seed", INSIDE)
def test_plans_of_vehicles_inside_are_near_the_optimum(seed: int) -> None:
    base = drawn(seed)
    scenario = within(base, base.zones[seed % 2].node)
    plan, most = solve(scenario), most_people(scenario, GAP)
    assert judge(scenario, plan).breaches == ()
    assert any(not duty.trips[0].corridor_in for duty in plan.duties)
    assert weight(scenario, plan) >= most * (1 - WITHIN)
    if {group.weight for group in scenario.groups} == {1.0}:
        assert plan.level(PEOPLE).bound >= most * (1 - GAP) - 1


def weight(scenario: Scenario, plan: Plan) -> float:
    """Return the persons of a plan by weight."""
    weights = {group.id: group.weight for group in scenario.groups}
    moved = sum(weights[move.group] * move.persons for move in plan.movements)
    trips = [trip for duty in plan.duties for trip in duty.trips]
    return moved + sum(weights[load.group] * load.persons for trip in trips for load in trip.loads)


@pytest.mark.parametrize("seed", DRAWS)
def test_plans_are_near_the_optimum(seed: int) -> None:
    scenario, plan, most = planned(seed)
    assert weight(scenario, plan) >= most * (1 - WITHIN)


@pytest.mark.parametrize("seed", DRAWS)
def test_no_rule_is_broken_and_no_bound_is_below_the_optimum(seed: int) -> None:
    scenario, plan, most = planned(seed)
    assert judge(scenario, plan).breaches == ()
    if {group.weight for group in scenario.groups} == {1.0}:
        assert plan.level(PEOPLE).bound >= most * (1 - GAP) - 1


def wards(seed: int) -> Scenario:
    """Return patients of three colours, ambulances, a bus, and fewer beds than patients."""
    draw = np.random.default_rng(seed)
    base = two_ambulances(
        columns=3,
        spacing_m=MINUTE_M,
        margin_min=10.0,
        windows=((1, 8, 8 + float(draw.choice([0.75, 1.0, 1.25]))),),
        households=0,
    )
    count = int(draw.integers(5, 11))
    patients = tuple(
        Patient(
            code=f"P{n:02d}",
            zone=str(draw.choice(["Z1", "Z2"])),
            category=str(draw.choice(COLOURS[:3])),
            posture=str(draw.choice([STRETCHER, WALKING])),
            companions=int(draw.integers(0, 2)),
            bed=str(draw.choice(["surgical", "general"])),
            ready=[None, None, None, at_hour(8.3)][int(draw.integers(4))],
            accepts=str(draw.choice(["", "", "", "H2"])),
        )
        for n in range(count)
    )
    hospitals = tuple(
        replace(
            one,
            opens_s=0,
            beds=tuple(
                Beds(kind, exactly(float(draw.integers(1, 5)))) for kind in ("surgical", "general")
            ),
        )
        for one in base.care.hospitals
    )
    types = tuple(
        replace(one, board_s=exactly(300.0), alight_s=exactly(120.0), speed_m_per_s=exactly(6.0))
        for one in base.fleet.types
    )
    return base.replace(
        fleet=replace(base.fleet, types=types), care=Care("IITT", patients, hospitals)
    )


@pytest.mark.parametrize("seed", [1, 2, 3, 5, 6, 7])
def test_no_patients_more_of_any_colour_could_be_served_before_the_next(seed: int) -> None:
    scenario = wards(seed)
    plan, care = solve(scenario), scenario.care
    assert judge(scenario, plan).breaches == ()
    moved = {code for duty in plan.duties for trip in duty.trips for code in trip.patients}
    served = tuple(
        float(sum(care.colour(one) == colour for one in care.patients if one.code in moved))
        for colour in COLOURS
    )
    best = most_patients(scenario, GAP)
    assert served >= best
    assert served[0] == plan.level(RED_OUT).value
    assert plan.level(RED_OUT).bound >= best[0]
    assert plan.level(PATIENTS_OUT).bound >= sum(best)
