"""Rules for gates where a plan made anew uses ways that it did not use before."""

from __future__ import annotations

import dataclasses
import math

from clearway.model.plan import Movement, Plan
from clearway.model.rules import LastDeparture, Rules
from clearway.model.scenario import Scenario, row_of
from clearway.solve.modes import pace_m_per_s
from clearway.solve.walks import link_ticks


def rules_anew(scenario: Scenario, plan: Plan) -> Rules | None:
    """Return a plan's rules, with last departures for every way that it uses; None if it has none.

    The gates' rules stay: they are on paper at the gates.
    """
    rules = plan.rules
    if rules is None:
        return None
    known = {(one.zone, one.group, one.corridor) for one in rules.last_departures}
    entries = {gate.corridor: gate.last_entry_s for gate in rules.gates}
    rows = row_of(scenario.groups)
    walks: dict[tuple[str, str, str], float] = {}
    for move in plan.movements:
        way = (move.zone, move.group, move.corridor)
        if way not in known and move.corridor in entries:
            walks[way] = max(walks.get(way, 0.0), _walk_s(scenario, move, rows[move.group]))
    new = tuple(
        LastDeparture(zone, group, corridor, math.ceil(entries[corridor][rows[group]] + seconds))
        for (zone, group, corridor), seconds in sorted(walks.items())
    )
    return dataclasses.replace(rules, last_departures=(*rules.last_departures, *new))


def _walk_s(scenario: Scenario, move: Movement, group: int) -> float:
    """Return the seconds from home to the gate, by the plan's grid or by metres, the longer."""
    corridor = next(one for one in scenario.corridors if one.id == move.corridor)
    inside = move.links[: move.links.index(corridor.links[0])]
    if not inside:
        return 0.0
    links = scenario.network.link_index(inside)
    metres = scenario.network.links.length_m[links]
    exact = float((metres / pace_m_per_s(scenario, group)[links]).sum())
    ticks = int(link_ticks(scenario, group)[links].sum())
    return max(exact, float(ticks * scenario.planning.tick_s))
