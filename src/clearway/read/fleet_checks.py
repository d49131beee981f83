"""Rules between vehicles, patients, hospitals and convoys, and what they name elsewhere."""

from __future__ import annotations

from typing import Final
from zoneinfo import ZoneInfo

import numpy as np

from clearway.read.crosschecks import (
    Parts,
    check_known,
    check_named,
    check_ordered,
    check_unique,
    corridor_ids,
    ids_of,
    inside_nodes,
    zone_ids,
)
from clearway.read.document import Document, Path
from clearway.read.fleet_schema import seconds_of
from clearway.read.geometry import Cluster, metres_outside
from clearway.read.network import NODE_COLUMNS
from clearway.read.patients import check_patients
from clearway.read.scenario_schema import ScenarioTable

_OUTSIDE: Final = "must lie outside the outline"
_SWAPPED: Final = "latitude and longitude look swapped: longitude must come first"
_ON_FOOT_M_PER_S: Final = 3
_TABLES: Final = ("vehicle_type", "depot", "hospital", "convoy", "linked_movement")


def check_fleet(parts: Parts) -> None:
    """Note what vehicles, patients, hospitals and convoys breach beside their schemas."""
    plan = parts.plan
    if plan is not None:
        for table in _TABLES:
            check_unique(plan, [(table, n, "id") for n in range(plan.count(table))])
        _check_modes(plan)
        _check_types(plan)
        _check_depots(parts, plan)
        _check_vehicles(plan)
        _check_hospitals(plan)
        _check_convoys(parts, plan)
        _check_links(plan)
        _check_places(parts, plan)
        _check_contraflow(parts, plan)
    _check_patients(parts)


def _check_modes(plan: Document[ScenarioTable]) -> None:
    for n in range(plan.count("group")):
        path: Path = ("group", n, "modes")
        check_unique(plan, [(*path, at) for at in range(plan.count(*path))])
        check_ordered(plan, ("group", n, "persons_per_car"))
        modes = plan.get(*path) if plan.stands(*path) else ["walk"]
        if modes is None:
            continue
        if "walk" in modes and "car" in modes:
            plan.note(path, modes, "must not be walk and car at once")
        high = plan.get("group", n, "speed_m_per_s", "high")
        if high is not None and high > _ON_FOOT_M_PER_S and "car" not in modes:
            rule = f"must be {_ON_FOOT_M_PER_S} or less: without cars it is a walking speed"
            plan.note(("group", n, "speed_m_per_s", "high"), high, rule)


def _check_types(plan: Document[ScenarioTable]) -> None:
    known = corridor_ids(plan)
    for n in range(plan.count("corridor")):
        check_ordered(plan, ("corridor", n, "gate", "vehicles_per_h"))
    for name in ("outside_speed_km_per_h", "outside_detour"):
        check_ordered(plan, ("fleet", name))
    for n in range(plan.count("vehicle_type")):
        path: Path = ("vehicle_type", n)
        for name in ("speed_km_per_h", "board_min", "alight_min"):
            check_ordered(plan, (*path, name))
        check_named(plan, (*path, "corridors"), known)
        barred: Path = (*path, "barred")
        check_unique(plan, [(*barred, at) for at in range(plan.count(*barred))])


def _check_depots(parts: Parts, plan: Document[ScenarioTable]) -> None:
    known, streets = parts.node_ids(), inside_nodes(parts)
    for n in range(plan.count("depot")):
        path: Path = ("depot", n)
        placed = [plan.stands(*path, name) for name in ("lon", "lat")]
        if not plan.stands(*path, "node"):
            for name, told in zip(("lon", "lat"), placed, strict=True):
                if not told:
                    plan.note((*path, name), "", "must be given, or the node of a depot inside")
            continue
        if any(placed) and not all(placed):
            missing = ("lon", "lat")[placed.index(False)]
            plan.note((*path, missing), "", "must be given with the other, or neither")
        node = check_known(plan, (*path, "node"), known, "must be the id of a node")
        sound = parts.network is not None and node in parts.network.nodes.id
        if sound and node not in streets:
            plan.note((*path, "node"), node, "must be a node where an open inside link ends")


def _check_vehicles(plan: Document[ScenarioTable]) -> None:
    types, depots = ids_of(plan, "vehicle_type"), ids_of(plan, "depot")
    seen = set()
    for n in range(plan.count("vehicles")):
        path: Path = ("vehicles", n)
        check_known(plan, (*path, "type"), types, "must be the id of a vehicle type")
        check_known(plan, (*path, "depot"), depots, "must be the id of a depot")
        since = plan.get(*path, "since")
        _check_after(plan, path)
        key = (plan.get(*path, "type"), plan.get(*path, "depot"), since)
        known = since is not None or not plan.stands(*path, "since")
        if known and None not in key[:2] and key in seen:
            plan.note(path, f"{key[0]} at {key[1]}", "must be unique (type, depot, since)")
        seen.add(key)
    needed = plan.count("vehicles") or plan.count("convoy")
    if needed and not plan.stands("fleet"):
        plan.note(("fleet",), "", "must be given where there are vehicles or convoys")


def _check_after(plan: Document[ScenarioTable], path: Path) -> None:
    since, until = (plan.get(*path, name) for name in ("since", "until"))
    if None not in (since, until) and since >= until:
        plan.note((*path, "until"), until, "must be after since")


def _check_hospitals(plan: Document[ScenarioTable]) -> None:
    for n in range(plan.count("hospital")):
        path: Path = ("hospital", n)
        hours = {"opens": "00:00", "closes": "24:00"}
        for name, usual in hours.items():
            hours[name] = plan.get(*path, name) if plan.stands(*path, name) else usual
        if None not in hours.values() and seconds_of(hours["opens"]) >= seconds_of(hours["closes"]):
            plan.note((*path, "closes"), hours["closes"], "must be after it opens, on the same day")
        beds: Path = (*path, "beds")
        rows = range(plan.count(*beds))
        check_unique(plan, [(*beds, at, "kind") for at in rows])
        for at in rows:
            check_ordered(plan, (*beds, at, "places"))
    _check_sites(plan)


def _check_sites(plan: Document[ScenarioTable]) -> None:
    """Note codes of depots and hospitals that another place has: trips name where they go."""
    seen: dict[object, str] = {}
    for table in ("reception", "hospital", "depot"):
        for n in range(plan.count(table)):
            name = plan.get(table, n, "id")
            if name is not None and seen.get(name, table) != table:
                rule = "must be unique among reception sites, hospitals and depots"
                plan.note((table, n, "id"), name, rule)
            seen.setdefault(name, table)


def _check_convoys(parts: Parts, plan: Document[ScenarioTable]) -> None:
    types, depots, zones = ids_of(plan, "vehicle_type"), ids_of(plan, "depot"), zone_ids(parts)
    inside = {
        plan.get("depot", n, "id")
        for n in range(plan.count("depot"))
        if plan.stands("depot", n, "node")
    }
    for n in range(plan.count("convoy")):
        path: Path = ("convoy", n)
        check_ordered(plan, (*path, "unload_min"))
        check_known(plan, (*path, "type"), types, "must be the id of a vehicle type")
        check_known(plan, (*path, "zone"), zones, "must be the id of a zone in zones.geojson")
        depot = check_known(plan, (*path, "depot"), depots, "must be the id of a depot")
        if depot is not None and depot in inside:
            plan.note((*path, "depot"), depot, "must be a depot outside, without a node")
        _check_after(plan, path)


def _check_links(plan: Document[ScenarioTable]) -> None:
    convoys, days = ids_of(plan, "convoy"), _days(plan)
    for n in range(plan.count("linked_movement")):
        for name in ("then", "after"):
            path: Path = ("linked_movement", n, name)
            kind, _, of = (plan.get(*path) or "").partition(":")
            if kind == "aid" and convoys is not None and of not in convoys:
                plan.note(path, f"aid:{of}", "must name the id of a convoy")
            if kind == "patients" and days is not None and of not in days:
                plan.note(path, f"patients:{of}", "must name a day on which a window opens")


def _days(plan: Document[ScenarioTable]) -> set[str] | None:
    """Return the local dates on which windows open; None where one is not known."""
    opens = [plan.get("window", n, "opens") for n in range(plan.count("window"))]
    name = plan.get("timezone")
    if name is None or None in opens:
        return None
    try:
        local = ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        return None
    return {moment.astimezone(local).date().isoformat() for moment in opens}


def _check_places(parts: Parts, plan: Document[ScenarioTable]) -> None:
    """Note depots and hospitals outside whose place is inside the outline, or swapped."""
    outline = np.array(plan.get("outline") or [], dtype=np.float64).reshape(-1, 2)
    nodes = parts.nodes
    if not len(outline) or nodes is None or not nodes.has(*NODE_COLUMNS):
        return
    good = nodes.all_good(*NODE_COLUMNS)
    if not good.any():
        return
    streets = Cluster.of(
        np.column_stack([nodes.columns[name][good] for name in ("x_coord", "y_coord")])
    )
    for table in ("depot", "hospital"):
        for n in range(plan.count(table)):
            path: Path = (table, n)
            place = [plan.get(*path, name) for name in ("lon", "lat")]
            if None in place or plan.stands(*path, "node"):
                continue
            at = np.array([place], dtype=np.float64)
            if streets.strays(at)[0] and streets.is_swap(at[0]):
                plan.note((*path, "lon"), place, _SWAPPED)
            elif not metres_outside(at, outline)[0] > 0:
                plan.note((*path, "lon"), place, _OUTSIDE)


def _check_contraflow(parts: Parts, plan: Document[ScenarioTable]) -> None:
    path: Path = ("contraflow",)
    entries: list[Path] = [(*path, at) for at in range(plan.count(*path))]
    check_unique(plan, entries)
    known, links = parts.link_ids(), parts.links
    one_way: set[int] = set()
    if links is not None and links.has("link_id", "directed"):
        # A link that breaks a rule of its own may be the one that is meant.
        directed = links.columns["directed"].astype(bool) | ~links.good["directed"]
        one_way = set(links.columns["link_id"][directed].tolist())
    for entry in entries:
        link = check_known(plan, entry, known, "must be the id of a link")
        if link is not None and known is not None and one_way and link not in one_way:
            plan.note(entry, link, "must be a link with one direction")


def _check_patients(parts: Parts) -> None:
    if parts.patients is None:
        return
    plan = parts.plan
    system, hospitals = None, None
    if plan is not None:
        told = plan.stands("care", "system")
        system = plan.get("care", "system") if told else "IITT"
        hospitals = ids_of(plan, "hospital")
    check_patients(
        parts.patients, parts.log, system=system, zones=zone_ids(parts), hospitals=hospitals
    )
