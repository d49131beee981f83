"""The rules that gates keep where a plan states none."""

from __future__ import annotations

import numpy as np

from clearway.model.corridor import Corridor
from clearway.model.plan import Plan
from clearway.model.rules import GateRule, LastDeparture, Rules
from clearway.model.scenario import Scenario, row_of
from clearway.simulate.ways import corridor_way, to_mouth


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
    walk_m: dict[tuple[str, tuple[int, ...]], float] = {}
    for movement in plan.movements:
        key = movement.zone, movement.links
        if key not in walk_m:
            walk_m[key] = to_mouth(scenario, movement).length_m
    walks: dict[str, list[float]] = {corridor.id: [] for corridor in scenario.corridors}
    for movement in plan.movements:
        walks[movement.corridor].append(walk_m[movement.zone, movement.links])
    gates = tuple(_gate(scenario, one, walks[one.id], margin_s) for one in scenario.corridors)
    groups, corridors = row_of(scenario.groups), row_of(scenario.corridors)
    latest: dict[tuple[str, str, str], float] = {}
    for movement in plan.movements:
        g, k = groups[movement.group], corridors[movement.corridor]
        speed = scenario.groups[g].speed_m_per_s.central
        walk_s = walk_m[movement.zone, movement.links] / speed
        place = movement.zone, movement.group, movement.corridor
        before = gates[k].last_entry_s[g] + walk_s
        latest[place] = max(latest.get(place, 0.0), before)
    departures = tuple(LastDeparture(*place, before) for place, before in sorted(latest.items()))
    return Rules(1.0, gates, departures)


def _gate(
    scenario: Scenario, corridor: Corridor, walks_m: list[float], margin_s: float | None
) -> GateRule:
    length = corridor_way(scenario.network, corridor).length_m
    crossing = [length / group.speed_m_per_s.central for group in scenario.groups]
    fastest = max(group.speed_m_per_s.central for group in scenario.groups)
    walk_s = float(np.mean(walks_m)) / fastest if walks_m else 0.0
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
