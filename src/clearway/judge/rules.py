"""Rules for gates: whether they are all there, and could keep people from being caught."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from clearway.judge.case import Case, exceeds
from clearway.judge.words import plain
from clearway.model.corridor import Corridor
from clearway.model.rules import GateRule, LastDeparture, Rules
from clearway.model.scenario import row_of
from clearway.model.verdict import PlanBreach

#: Zone, group and corridor, by their rows in the scenario.
Way = tuple[int, int, int]


def check_rule(case: Case) -> Iterator[PlanBreach]:
    """Yield a breach for each rule for a gate that is missing or could not do what it is for.

    Looked at where the plan has rules: the risk that it accepts, a rule for each corridor, used
    or not, because people come uncalled, and the last departure of each zone and group by each
    corridor that the plan uses. A last entry must leave time to be out by closing at central
    speeds, and a last departure time to walk to the gate until then, by the longest route that
    the plan takes. Whether gates and people are slower on the day is for the simulation to find.
    """
    rules = case.plan.rules
    if rules is None:
        return
    yield from _risk(case, rules)
    yield from _unknown(case, rules)
    yield from _order(case, rules)
    gates = {gate.corridor: gate for gate in rules.gates}
    walks = _walks(case)
    for k, corridor in enumerate(case.scenario.corridors):
        gate = gates.get(corridor.id)
        if gate is None:
            text = f"The plan has rules, and none for the gate of corridor {corridor.id}."
            yield _breach(corridor.id, 0, 1, "rules", text)
            continue
        yield from _caps(corridor, gate)
        yield from _turn(case, corridor, gate)
        yield from _last_entry(case, k, gate, sorted({g for _, g, used in walks if used == k}))
    yield from _last_departures(case, gates, walks, rules.last_departures)


def _walks(case: Case) -> dict[Way, float]:
    """Return the seconds of the longest walk to the gate, for each way that the plan uses."""
    moves, walks = case.moves, case.walks
    found: dict[Way, float] = {}
    for m in np.flatnonzero(walks.usable).tolist():
        way = (int(moves.zone[m]), int(moves.group[m]), int(moves.corridor[m]))
        first, gate = int(moves.offset[m]), int(moves.offset[m] + walks.gate[m])
        seconds = _central(case, way[1], moves.link[first:gate], int(walks.before[gate]))
        found[way] = max(found.get(way, 0.0), seconds)
    return found


def _central(case: Case, group: int, links: NDArray[np.int64], ticks: int) -> float:
    """Return the seconds of a way over ``links`` (rows) at central speed.

    The plan's grid rounds each link up or down, and short ones up to a tick; rules may be made
    from metres. The shorter of both is asked for.
    """
    speed = case.walks.speed_m_per_s[group, links]
    seconds = float((case.scenario.network.links.length_m[links] / speed).sum())
    return min(seconds, float(ticks * case.scenario.planning.tick_s))


def _risk(case: Case, rules: Rules) -> Iterator[PlanBreach]:
    limit = case.scenario.thresholds.caught_share.bar
    if rules.risk > limit:
        text = (
            f"The plan accepts a probability of {rules.risk:.3g} that anyone is caught; the"
            f" scenario accepts {limit:.3g} at most."
        )
        yield _breach("risk", rules.risk, limit, "share", text)


def _unknown(case: Case, rules: Rules) -> Iterator[PlanBreach]:
    """Yield a breach for each rule on something that the scenario does not have."""
    scenario = case.scenario
    corridors, zones, groups = (
        row_of(parts) for parts in (scenario.corridors, scenario.zones, scenario.groups)
    )
    for gate in rules.gates:
        if gate.corridor not in corridors:
            name = plain(gate.corridor)
            text = f"There is a rule for the gate of {name}, which the scenario does not have."
            yield _breach(name, 1, 0, "rules", text)
    for one in rules.last_departures:
        if one.zone not in zones or one.group not in groups or one.corridor not in corridors:
            name = _name(one.zone, one.group, one.corridor)
            text = f"A last departure is set for {name}, which the scenario does not have."
            yield _breach(name, 1, 0, "rules", text)


def _order(case: Case, rules: Rules) -> Iterator[PlanBreach]:
    """Yield a breach if the rules stand in another order than the scenario's corridors."""
    row = row_of(case.scenario.corridors)
    known = [gate.corridor for gate in rules.gates if gate.corridor in row]
    for before, after in pairwise(known):
        if row[before] > row[after]:
            text = f"The rule for gate {after} is to stand before that for gate {before}."
            yield _breach(f"{after} order", row[before], row[after], "", text)
            return


def _caps(corridor: Corridor, gate: GateRule) -> Iterator[PlanBreach]:
    limits = (
        ("queue", gate.hold_queue_persons, corridor.holding.limit_persons, "may wait there"),
        ("open", gate.open_persons, corridor.open_limit_persons, "may be in it at once"),
    )
    for cap, value, limit, what in limits:
        if exceeds(value, limit):
            text = (
                f"The rule for corridor {corridor.id} holds people back above {value:,.10g} alone;"
                f" {limit:,.10g} {what}."
            )
            yield _breach(f"{corridor.id} {cap}", value, limit, "persons", text)


def _turn(case: Case, corridor: Corridor, gate: GateRule) -> Iterator[PlanBreach]:
    length = _metres(case, corridor)
    if exceeds(gate.turn_m, length):
        text = (
            f"The mark of corridor {corridor.id} where people turn back is {gate.turn_m:,.10g} m"
            f" from its mouth, yet its exit is {length:,.10g} m from there."
        )
        yield _breach(f"{corridor.id} turn", gate.turn_m, length, "m", text)


def _last_entry(case: Case, k: int, gate: GateRule, groups: list[int]) -> Iterator[PlanBreach]:
    scenario = case.scenario
    told, wanted = len(gate.last_entry_s), len(scenario.groups)
    if told != wanted:
        text = f"The rule for gate {gate.corridor} has {told} last entries for {wanted} groups."
        yield _breach(f"{gate.corridor} entry", told, wanted, "last entries", text)
        return
    links = scenario.network.link_index(scenario.corridors[k].links)
    # With 0 persons nobody is admitted on a day with a second check, whatever the hour.
    again = gate.last_entry_recheck_s if gate.open_recheck_persons > 0 else ()
    for g in groups:
        walk = _central(case, g, links, int(case.walks.corridor_ticks[g, k]))
        value = min([gate.last_entry_s[g], *again[g : g + 1]])
        if exceeds(walk, value):
            group = scenario.groups[g].id
            text = (
                f"Gate {gate.corridor} admits group {group} until {value:,.10g} s before closing,"
                f" and its walk to the exit takes {walk:,.10g} s."
            )
            yield _breach(f"{gate.corridor} entry {group}", value, walk, "s", text)


def _metres(case: Case, corridor: Corridor) -> float:
    network = case.scenario.network
    return float(network.links.length_m[network.link_index(corridor.links)].sum())


def _last_departures(
    case: Case,
    gates: dict[str, GateRule],
    walks: dict[Way, float],
    told: tuple[LastDeparture, ...],
) -> Iterator[PlanBreach]:
    scenario = case.scenario
    known = {(one.zone, one.group, one.corridor): one.before_s for one in told}
    for (z, g, k), walk in sorted(walks.items()):
        key = (scenario.zones[z].id, scenario.groups[g].id, scenario.corridors[k].id)
        before = known.get(key)
        if before is None:
            text = f"No last departure is set for {_name(*key)}, which the plan uses."
            yield _breach(_name(*key), 0, 1, "last departures", text)
            continue
        gate = gates.get(key[2])
        if gate is None or g >= len(gate.last_entry_s):
            continue  # A breach of its own.
        least = gate.last_entry_s[g] + walk
        if exceeds(least, before):
            text = (
                f"The last departure for {_name(*key)} is {before:,.10g} s before closing; to be"
                f" at the gate by its last entry takes {least:,.10g} s."
            )
            yield _breach(_name(*key), before, least, "s", text)


def _name(zone: object, group: object, corridor: object) -> str:
    return f"zone {plain(zone)}, group {plain(group)}, corridor {plain(corridor)}"


def _breach(where: str, value: float, limit: float, unit: str, text: str) -> PlanBreach:
    finite = np.nan_to_num([value, limit], posinf=1e300)  # a verdict holds numbers alone
    return PlanBreach("rule", where, float(finite[0]), float(finite[1]), unit, text)
