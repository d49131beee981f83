"""Plans made anew for tests: scenarios that are solved once, and where everybody is afterwards."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

import numpy as np
from numpy.typing import NDArray

from clearway.model.plan import Plan
from clearway.model.scenario import Scenario, row_of
from clearway.operate.replan import Offer, Replanner
from clearway.operate.replan_events import revise
from clearway.solve.solve import solve
from tests import scenarios, within

NAMES = (
    "one_corridor",
    "two_gates",
    "late_window",
    "two_days",
    "small_site",
    "narrow_street",
    "four_sides",
    "one_bus",
    "two_ambulances",
    "aid_in",
    "from_within",
    "car_town",
)

Case = tuple[Scenario, Plan]


@cache
def case(name: str) -> Case:
    """Return a tiny scenario by its name, and its plan."""
    scenario: Scenario = getattr(within if name == "from_within" else scenarios, name)()
    return scenario, solve(scenario)


@cache
def replanner(name: str) -> Replanner:
    """Return what makes plans of a tiny scenario anew."""
    return Replanner(case(name)[0])


def after(name: str, now_s: int, *events: str) -> tuple[Scenario, Offer]:
    """Return the scenario as it is known after events, and the plan made anew."""
    scenario, plan = case(name)
    known = revise(scenario, plan, now_s, events)
    again = replanner(name)
    return known.scenario, again.replan(
        scenario, plan, known.scenario, now_s, lost_vehicles=known.lost
    )


def length_s(scenario: Scenario) -> int:
    """Return when the last window closes."""
    return max(scenario.seconds(one.closes) for one in scenario.windows)


def runs(plan: Plan) -> Iterator[tuple[str, str, int, int, int]]:
    """Yield zone, group, first household, households and persons of all who are called."""
    for move in plan.movements:
        size = (move.first_household, move.households, move.persons)
        yield (move.zone, move.group, *size)
    for duty in plan.duties:
        for trip in duty.trips:
            for stop in trip.stops:
                for load in stop.loads:
                    size = (load.first_household, load.households, load.persons)
                    yield (stop.zone, load.group, *size)


def calls(scenario: Scenario, plan: Plan) -> dict[tuple[int, int], NDArray[np.int64]]:
    """Return how often each willing household is called, by row of zone and group."""
    zones, groups = row_of(scenario.zones), row_of(scenario.groups)
    uptake = scenario.planning.uptake.central
    found = {
        (z, g): np.zeros(len(scenario.demand.willing(z, g, uptake)), dtype=np.int64)
        for z in range(len(zones))
        for g in range(len(groups))
    }
    for zone, group, first, count, persons in runs(plan):
        at = zones[zone], groups[group]
        found[at][first : first + count] += 1
        sizes = scenario.demand.sequence(*at)[first : first + count]
        assert len(sizes) == count
        assert int(sizes.sum()) == persons
    return found


def left(scenario: Scenario, plan: Plan, now_s: int) -> int:
    """Return the households that have left home or boarded by a moment, at least."""
    planning, total = scenario.planning, 0
    for move in plan.movements:
        span = planning.slot_s if move.span_s is None else move.span_s
        if move.depart_s + span <= now_s:
            total += move.households
    for duty in plan.duties:
        for trip in duty.trips:
            for stop in trip.stops:
                if stop.leave_s < now_s and trip.gate_in_s < now_s:
                    total += sum(load.households for load in stop.loads)
    return total
