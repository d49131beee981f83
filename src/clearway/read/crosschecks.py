"""Rules between the parts of a scenario: who names whom, what lies where, what follows what."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import chain
from typing import Any, Final
from zoneinfo import ZoneInfo

import numpy as np

from clearway.model.corridor import HOLDING_PERSONS_PER_M2
from clearway.model.network import INSIDE, OPEN, OUTSIDE, Network
from clearway.model.scenario import path_problem
from clearway.read.breaches import BreachLog
from clearway.read.document import Document, Path
from clearway.read.geojson import ZoneShapes
from clearway.read.network import LINK_COLUMNS
from clearway.read.scenario_schema import ScenarioTable
from clearway.read.schema import UncertaintyTable
from clearway.read.tables import Table

_NO_CORRIDOR: Final = "must be the id of a corridor"

#: Longest pause; the replay of a plan keeps a record of every minute of it.
LONGEST_DAYS: Final = 31


@dataclass(frozen=True, slots=True)
class Parts:
    """What was read of each file; None where nothing could be.

    Attributes
    ----------
    plan
        ``scenario.toml``.
    nodes, links, demand, patients
        The tables.
    zones
        ``zones.geojson``.
    network
        Those nodes and links that keep every rule; None where a column is missing.
    log
        Where breaches are noted.
    """

    plan: Document[ScenarioTable] | None
    nodes: Table | None
    links: Table | None
    zones: ZoneShapes | None
    demand: Table | None
    patients: Table | None
    network: Network | None
    log: BreachLog

    def node_ids(self) -> set[int] | None:
        """Return the ids of all nodes, those that break other rules too; None if unknown."""
        return _ids(self.nodes, "node_id")

    def link_ids(self) -> set[int] | None:
        """Return the ids of all links, as ``node_ids``."""
        return _ids(self.links, "link_id")

    def doubtful_nodes(self) -> set[int]:
        """Return the ends of links that break a rule: streets may end there that are not known."""
        if self.links is None or not self.links.has(*LINK_COLUMNS):
            return set()
        bad = ~self.links.all_good(*LINK_COLUMNS)
        ends = (self.links.columns[name][bad].tolist() for name in ("from_node_id", "to_node_id"))
        return set(chain.from_iterable(ends))


def _ids(table: Table | None, name: str) -> set[int] | None:
    known = table is not None and len(table) and table.has(name)
    return set(table.columns[name].tolist()) if table is not None and known else None


def check_plan(plan: Document[ScenarioTable]) -> None:
    """Note what ``scenario.toml`` breaches on its own, beside its schema."""
    _check_timezone(plan)
    for table in ("group", "corridor", "reception", "consent"):
        check_unique(plan, [(table, n, "id") for n in range(plan.count(table))])
    _check_ranges(plan)
    _check_planning(plan)
    _check_holding(plan)
    _check_windows(plan)
    _check_record(plan)


def check_references(parts: Parts) -> None:
    """Note every name that one part gives to another and that is not there."""
    if parts.plan is not None:
        _check_corridors(parts, parts.plan)
    if parts.zones is not None:
        _check_zones(parts, parts.zones)
    if parts.demand is not None:
        _check_demand(parts, parts.demand)


def _check_timezone(plan: Document[ScenarioTable]) -> None:
    name = plan.get("timezone")
    try:
        ZoneInfo(name or "UTC")
    except (KeyError, ValueError, OSError):
        plan.note(("timezone",), name, "must be a time zone's IANA name, such as Asia/Damascus")


def check_unique(document: Document[Any], paths: list[Path]) -> None:
    """Note each of ``paths`` at which stands what stood at an earlier one."""
    seen: set[object] = set()
    for path in paths:
        value = document.get(*path)
        if value is not None and value in seen:
            document.note(path, value, "must be unique")
        seen.add(value)


def _check_ranges(plan: Document[ScenarioTable]) -> None:
    ranges: list[Path] = [("planning", "uptake")]
    ranges += [("group", n, "speed_m_per_s") for n in range(plan.count("group"))]
    gate = ("gate", "rate_persons_per_h")
    ranges += [("corridor", n, *gate) for n in range(plan.count("corridor"))]
    ranges += [("reception", n, "places_persons") for n in range(plan.count("reception"))]
    ranges += [("uncertainty", name) for name in UncertaintyTable.model_fields]
    for path in ranges:
        check_ordered(plan, path)


def check_ordered(plan: Document[ScenarioTable], path: Path) -> None:
    """Note a number with a range, at ``path``, that lies outside of it."""
    values = [plan.get(*path, name) for name in ("low", "central", "high")]
    if None not in values and values != sorted(values):
        text = " / ".join(f"{value:.10g}" for value in values)
        plan.note((*path, "central"), text, "must be from low to high")


def _check_planning(plan: Document[ScenarioTable]) -> None:
    slot_min, step_s, tick_s = (
        plan.get("planning", name) for name in ("slot_min", "step_s", "tick_s")
    )
    if None not in (slot_min, step_s) and round(slot_min * 60, 6) % step_s:
        plan.note(("planning", "step_s"), step_s, "must divide slot_min")
    if None not in (step_s, tick_s) and step_s % tick_s:
        plan.note(("planning", "tick_s"), tick_s, "must divide step_s")


def _check_holding(plan: Document[ScenarioTable]) -> None:
    for n in range(plan.count("corridor")):
        path = ("corridor", n, "holding_area")
        area, limit = plan.get(*path, "area_m2"), plan.get(*path, "limit_persons")
        if None not in (area, limit) and limit > HOLDING_PERSONS_PER_M2 * area:
            rule = f"must be at most {HOLDING_PERSONS_PER_M2} persons a square metre of area_m2"
            plan.note((*path, "limit_persons"), limit, rule)


def _check_windows(plan: Document[ScenarioTable]) -> None:
    """Note windows that close first, overlap, are too far apart, or name no corridor."""
    known = corridor_ids(plan)
    spans: list[tuple[int, datetime, datetime]] = []
    for n in range(plan.count("window")):
        opens, closes = plan.get("window", n, "opens"), plan.get("window", n, "closes")
        if None not in (opens, closes) and opens >= closes:
            plan.note(("window", n, "closes"), closes, "must be after it opens")
        elif None not in (opens, closes):
            spans.append((n, opens, closes))
        check_named(plan, ("window", n, "corridors"), known)
    _check_overlaps(plan, sorted(spans, key=lambda span: span[1]))


def _check_record(plan: Document[ScenarioTable]) -> None:
    """Note consents and hazards that name no corridor."""
    known = corridor_ids(plan)
    for n in range(plan.count("consent")):
        check_named(plan, ("consent", n, "corridors"), known)
    for n in range(plan.count("hazard")):
        check_known(plan, ("hazard", n, "corridor"), known, _NO_CORRIDOR)


def check_named(plan: Document[ScenarioTable], path: Path, known: set[Any] | None) -> None:
    """Note what stands twice in the list of corridors at ``path``, or is none."""
    names: list[Path] = [(*path, at) for at in range(plan.count(*path))]
    check_unique(plan, names)
    for name in names:
        check_known(plan, name, known, _NO_CORRIDOR)


def corridor_ids(plan: Document[ScenarioTable]) -> set[Any] | None:
    """Return the ids of all corridors; None where one breaks a rule, and may be meant."""
    return ids_of(plan, "corridor")


def ids_of(plan: Document[ScenarioTable], table: str) -> set[Any] | None:
    """Return the ids of all entries of a table; None where one breaks a rule, and may be meant."""
    known = {plan.get(table, n, "id") for n in range(plan.count(table))}
    broken = not known and plan.stands(table) and plan.get(table) != []
    return None if broken or None in known else known


def _check_overlaps(
    plan: Document[ScenarioTable], spans: list[tuple[int, datetime, datetime]]
) -> None:
    last: dict[str, datetime] = {}
    for n, opens, closes in spans:
        if closes - spans[0][1] > timedelta(days=LONGEST_DAYS):
            rule = f"must be within {LONGEST_DAYS} days of the first opening"
            plan.note(("window", n, "closes"), closes, rule)
        for name in plan.get("window", n, "corridors") or ():
            if name in last and opens < last[name]:
                rule = "must not overlap another window of the same corridor"
                plan.note(("window", n, "opens"), f"{opens} ({name})", rule)
            last[name] = max(closes, last.get(name, closes))


def _check_corridors(parts: Parts, plan: Document[ScenarioTable]) -> None:
    nodes, links = parts.node_ids(), parts.link_ids()
    sites = {plan.get("reception", n, "id") for n in range(plan.count("reception"))}
    for n in range(plan.count("reception")):
        check_known(plan, ("reception", n, "node"), nodes, "must be the id of a node")
    for n in range(plan.count("corridor")):
        path: Path = ("corridor", n)
        mouth = check_known(plan, (*path, "mouth"), nodes, "must be the id of a node")
        check_known(
            plan,
            (*path, "reception"),
            None if None in sites else sites,
            "must be the id of a reception site",
        )
        way: list[Path] = [(*path, "links", at) for at in range(plan.count(*path, "links"))]
        check_unique(plan, way)
        rule = "must be the id of a link: the corridor does not touch the network"
        found = [check_known(plan, link, links, rule) for link in way]
        if found and None not in (mouth, *found) and parts.network is not None:
            _check_path(plan, n, parts.network, parts.doubtful_nodes())


def check_known(
    document: Document[Any], path: Path, known: set[Any] | None, rule: str
) -> object | None:
    """Return what stands at ``path`` if it is ``known``, or if what is known is not."""
    value: object | None = document.get(*path)
    if known is None or value is None or value in known:
        return value
    document.note(path, value, rule)
    return None


def _check_path(
    plan: Document[ScenarioTable], corridor: int, network: Network, doubtful: set[int]
) -> None:
    """Note a corridor that leads from its mouth in no way to its reception site.

    Where ``doubtful`` nodes are, links that break other rules may lead on.
    """
    path = ("corridor", corridor)
    mouth, way = plan.get(*path, "mouth"), tuple(plan.get(*path, "links"))
    streets = network.links
    # Nodes and links that break rules of their own are told already; no path goes over them.
    if not np.isin(way, streets.id).all() or mouth not in network.nodes.id:
        return
    problem = path_problem(network, mouth, way)
    if problem is not None:
        plan.note((*path, "links"), list(way), problem)
        return
    touched = _nodes_of(network, INSIDE) | doubtful
    if mouth not in touched:
        rule = "must be a node where an open inside link ends: it does not touch the network"
        plan.note((*path, "mouth"), mouth, rule)
    sites = {
        plan.get("reception", n, "id"): plan.get("reception", n, "node")
        for n in range(plan.count("reception"))
    }
    name = plan.get(*path, "reception")
    site = sites.get(name) if name is not None else None
    leaves = _exit(network, mouth, way)
    if site is None or doubtful or site not in network.nodes.id:
        return
    if not _joined(network, leaves, site):
        rule = "must be reached from the corridor's exit over open outside links"
        plan.note((*path, "reception"), name, rule)


def _exit(network: Network, mouth: int, way: tuple[int, ...]) -> int:
    node = mouth
    for row in network.link_index(way).tolist():
        ends = (int(network.links.from_node[row]), int(network.links.to_node[row]))
        node = ends[1] if node == ends[0] else ends[0]
    return node


def _nodes_of(network: Network, side: str) -> set[int]:
    rows = (network.links.side == side) & (network.links.state == OPEN)
    return {*network.links.from_node[rows].tolist(), *network.links.to_node[rows].tolist()}


def _joined(network: Network, start: int, end: int) -> bool:
    """Tell whether open outside links lead from one node to the other, on foot."""
    rows = (network.links.side == OUTSIDE) & (network.links.state == OPEN)
    pairs = zip(
        network.links.from_node[rows].tolist(), network.links.to_node[rows].tolist(), strict=True
    )
    beside: dict[int, list[int]] = {}
    for a, b in pairs:
        beside.setdefault(a, []).append(b)
        beside.setdefault(b, []).append(a)
    reached, edge = {start}, [start]
    while edge and end not in reached:
        edge = [
            node
            for node in set(chain.from_iterable(beside.get(at, ()) for at in edge))
            if node not in reached
        ]
        reached.update(edge)
    return end in reached


def _check_zones(parts: Parts, zones: ZoneShapes) -> None:
    document, nodes = zones.document, parts.node_ids()
    count = document.count("features")
    check_unique(document, [("features", n, "properties", "id") for n in range(count)])
    network, streets = parts.network, inside_nodes(parts)
    for n in range(count):
        path: Path = ("features", n, "properties", "node_id")
        node = check_known(document, path, nodes, "must be the id of a node")
        placed = network is not None and node is not None and node in network.nodes.id
        if placed and node not in streets:
            document.note(path, node, "must be a node where an open inside link ends")


def _check_demand(parts: Parts, demand: Table) -> None:
    zones, plan, key = parts.zones, parts.plan, ("zone_id", "group", "size")
    if demand.has(*key):
        demand.check_unique(parts.log, *key)
    known: dict[str, set[Any]] = {}
    if zones is not None:
        known["zone_id"] = _zone_ids(zones)
    if plan is not None:
        known["group"] = {plan.get("group", n, "id") for n in range(plan.count("group"))}
    places = {"zone_id": "a zone in zones.geojson", "group": "a group in scenario.toml"}
    for name, ids in known.items():
        # Where an id breaks a rule of its own, it may be the one that is meant.
        if demand.has(name) and None not in ids and ids:
            found = np.isin(demand.columns[name].astype(str), list(ids))
            rule = f"must be the id of {places[name]}"
            demand.note(parts.log, name, demand.good[name] & ~found, rule)
    if demand.has("zone_id") and zones is not None and demand.good["zone_id"].all():
        _check_everyone(zones, set(demand.columns["zone_id"].tolist()))


def _zone_ids(zones: ZoneShapes) -> set[Any]:
    count = zones.document.count("features")
    return {zones.document.get("features", n, "properties", "id") for n in range(count)}


def zone_ids(parts: Parts) -> set[Any] | None:
    """Return the ids of all zones; None where one breaks a rule, and may be meant."""
    known = _zone_ids(parts.zones) if parts.zones is not None else set()
    return known if known and None not in known else None


def inside_nodes(parts: Parts) -> set[Any]:
    """Return the nodes where open inside links end, or may end, and the mouths of corridors."""
    nodes = parts.doubtful_nodes()
    nodes |= _nodes_of(parts.network, INSIDE) if parts.network is not None else set()
    plan = parts.plan
    if plan is not None:
        nodes |= {plan.get("corridor", n, "mouth") for n in range(plan.count("corridor"))}
    return nodes


def _check_everyone(zones: ZoneShapes, told: set[str]) -> None:
    """Note the zones of which nothing is told: nobody is forgotten by an omission."""
    for n in range(zones.document.count("features")):
        zone = zones.document.get("features", n, "properties", "id")
        if zone is not None and zone not in told:
            rule = "must have a row in demand.csv, with 0 households if nobody is there"
            zones.document.note(("features", n, "properties", "id"), zone, rule)
