"""The rules that gates keep where a plan states none."""

from __future__ import annotations

from typing import Final

import numpy as np

from clearway.model.corridor import Corridor
from clearway.model.plan import Plan
from clearway.model.population import CAR, WALK, Group
from clearway.model.rules import GateRule, LastDeparture, Rules
from clearway.model.scenario import Scenario, row_of
from clearway.simulate.ways import Way, corridor_way, drive_s, to_mouth

#: Metres a second on foot where no group walks.
_WALK_M_PER_S: Final = 1.2


def usual_rules(scenario: Scenario, plan: Plan, margin_s: float | None = None) -> Rules:
    """Return what gate teams do that were told none.

    Hold while the holding area is at its limit, or more people are under way than it takes and
    the gate needs on the walk; admit nobody who, at central speed, would not be out by the
    scenario's margin; the marked point half way.

    Parameters
    ----------
    scenario, plan
        What is simulated.
    margin_s
        If given, one margin for all: nobody is admitted later than this before closing.
    """
    way_of: dict[tuple[str, tuple[int, ...]], Way] = {}
    for movement in plan.movements:
        key = movement.zone, movement.links
        if key not in way_of:
            way_of[key] = to_mouth(scenario, movement)
    groups, corridors = row_of(scenario.groups), row_of(scenario.corridors)
    walks: dict[str, list[float]] = {corridor.id: [] for corridor in scenario.corridors}
    for movement in plan.movements:
        group, way = scenario.groups[groups[movement.group]], way_of[movement.zone, movement.links]
        # What a car drives counts as what would be walked in that time.
        drives = group.own_way == CAR
        driven = _seconds(scenario, way, group) * _fastest(scenario) if drives else way.length_m
        walks[movement.corridor].append(driven)
    gates = tuple(_gate(scenario, one, walks[one.id], margin_s) for one in scenario.corridors)
    latest: dict[tuple[str, str, str], float] = {}
    for movement in plan.movements:
        g, k = groups[movement.group], corridors[movement.corridor]
        way = way_of[movement.zone, movement.links]
        walk_s = _seconds(scenario, way, scenario.groups[g])
        place = movement.zone, movement.group, movement.corridor
        before = gates[k].last_entry_s[g] + walk_s
        latest[place] = max(latest.get(place, 0.0), before)
    departures = tuple(LastDeparture(*place, before) for place, before in sorted(latest.items()))
    return Rules(1.0, gates, departures)


def _gate(
    scenario: Scenario, corridor: Corridor, walks_m: list[float], margin_s: float | None
) -> GateRule:
    way = corridor_way(scenario.network, corridor)
    length = way.length_m
    crossing = [_seconds(scenario, way, group) for group in scenario.groups]
    walk_s = float(np.mean(walks_m)) / _fastest(scenario) if walks_m else 0.0
    limit = corridor.holding.limit_persons
    return GateRule(
        corridor=corridor.id,
        hold_queue_persons=limit,
        hold_called_persons=limit + corridor.gate_persons_per_s.central * walk_s,
        open_persons=corridor.open_limit_persons,
        last_entry_s=tuple(
            corridor.margin_s + one if margin_s is None else margin_s for one in crossing
        ),
        turn_m=length / 2,
    )


def _fastest(scenario: Scenario) -> float:
    """Return the central speed of the fastest who walk."""
    on_foot = [one.speed_m_per_s.central for one in scenario.groups if one.own_way == WALK]
    return max(on_foot, default=_WALK_M_PER_S)


def _seconds(scenario: Scenario, way: Way, group: Group) -> float:
    """Return what ``group`` takes for ``way`` at its central speed, nobody in its way."""
    speed = group.speed_m_per_s.central
    return drive_s(scenario, way, speed) if group.own_way == CAR else way.length_m / speed
