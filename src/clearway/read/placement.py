"""Rules of place: longitude and latitude the right way round, nothing far off, zones inside."""

from __future__ import annotations

from itertools import chain
from typing import Final

import numpy as np

from clearway.read.breaches import BreachLog
from clearway.read.crosschecks import Parts
from clearway.read.document import Document, Path
from clearway.read.geojson import ZoneShapes
from clearway.read.geometry import Cluster, Places, crossing_sides, metres_outside
from clearway.read.network import NODE_COLUMNS, check_lines
from clearway.read.scenario_schema import ScenarioTable
from clearway.read.tables import Table

#: A zone or its node may reach this far over the outline, in metres: outlines are drawn by hand.
ZONE_OUT_M: Final = 100.0

_SWAPPED: Final = "latitude and longitude look swapped: longitude must come first"
_NOWHERE: Final = np.zeros((0, 2))


def check_places(parts: Parts) -> None:
    """Note coordinates that are swapped or far off, and zones outside the outline.

    Where a whole file is swapped, this is said once, and nothing that follows from it. Nothing
    is held against an outline that breaks a rule itself.
    """
    outline = _outline(parts.plan)
    nodes = _nodes(parts.nodes)
    places = {
        "outline": outline,
        "nodes": nodes,
        "lines": _lines(parts.links),
        "zones": parts.zones.places() if parts.zones is not None else _NOWHERE,
    }
    swapped = _swapped(places)
    for name in sorted(swapped):
        lon, lat = np.median(places[name], axis=0).tolist()
        _note_swapped(parts, name, f"{lon:.4f}, {lat:.4f} in the middle")
    if parts.nodes is not None and len(nodes) and "nodes" not in swapped:
        _check_nodes(parts.nodes, Cluster.of(nodes), parts.log)
    if parts.plan is not None and len(outline) and "outline" not in swapped:
        _check_outline(parts.plan, outline, places["zones"] if "zones" not in swapped else nodes)
        outline = _outline(parts.plan)
    if len(outline) and not swapped:
        _check_zones(parts, outline)
    if parts.links is not None and parts.nodes is not None and not swapped & {"nodes", "lines"}:
        check_lines(parts.links, parts.nodes, parts.log)


def _outline(plan: Document[ScenarioTable] | None) -> Places:
    points = plan.get("outline") if plan is not None else None
    return np.array(points or [], dtype=np.float64).reshape(-1, 2)


def _nodes(nodes: Table | None) -> Places:
    if nodes is None or not nodes.has("x_coord", "y_coord"):
        return _NOWHERE
    good = nodes.all_good("x_coord", "y_coord")
    return np.column_stack([nodes.columns["x_coord"][good], nodes.columns["y_coord"][good]])


def _lines(links: Table | None) -> Places:
    if links is None or not links.has("geometry"):
        return _NOWHERE
    lines = links.columns["geometry"].tolist()
    points = list(chain.from_iterable(line[:1] for line in lines))
    return np.array(points, dtype=np.float64).reshape(-1, 2)


def _swapped(places: dict[str, Places]) -> set[str]:
    """Return the names of those places that look swapped beside every other that is there."""
    clusters = {name: Cluster.of(points) for name, points in places.items() if len(points)}
    swapped = set()
    for name, cluster in clusters.items():
        beside = [other for named, other in clusters.items() if named != name]
        # The larger part is right: two files that agree are not swapped because of a third.
        votes = sum(cluster.looks_swapped(other) for other in beside)
        if votes and 2 * votes >= len(beside):
            swapped.add(name)
    return swapped


def _note_swapped(parts: Parts, name: str, value: str) -> None:
    if name == "outline" and parts.plan is not None:
        parts.plan.note(("outline",), value, _SWAPPED)
    elif name == "zones" and parts.zones is not None:
        parts.zones.document.note(("features",), value, _SWAPPED)
    elif name == "nodes" and parts.nodes is not None:
        parts.log.add(parts.nodes.file, 0, "x_coord, y_coord", value, _SWAPPED)
    elif parts.links is not None:
        parts.log.add(parts.links.file, 0, "geometry", value, _SWAPPED)


def _check_nodes(nodes: Table, cluster: Cluster, log: BreachLog) -> None:
    lon, lat = nodes.columns["x_coord"], nodes.columns["y_coord"]
    places = np.column_stack([lon, lat])
    far = nodes.all_good("x_coord", "y_coord") & cluster.strays(places)
    for row in np.flatnonzero(far).tolist():
        value, rule = f"{lon[row]:.10g}, {lat[row]:.10g}", _stray(cluster, places[row])
        log.add(nodes.file, int(nodes.line[row]), "x_coord, y_coord", value, rule)
    # What follows from a node in the wrong place is no breach of its own.
    nodes.good["x_coord"] &= ~far


def _stray(cluster: Cluster, place: Places) -> str:
    return _SWAPPED if cluster.is_swap(place) else "must lie near the other places"


def _check_outline(plan: Document[ScenarioTable], outline: Places, others: Places) -> None:
    on_globe = (np.abs(outline) <= (180, 90)).all(axis=1)
    far = np.zeros(len(outline), dtype=bool)
    if len(others):
        cluster = Cluster.of(others)
        far = cluster.strays(outline)
        for n in np.flatnonzero(far).tolist():
            plan.note(("outline", n), outline[n].tolist(), _stray(cluster, outline[n]))
    for n in np.flatnonzero(~on_globe & ~far).tolist():
        plan.note(("outline", n), outline[n].tolist(), "must be [longitude, latitude] in degrees")
    sides = crossing_sides(_open_ring(outline))
    if sides is not None and not far.any() and on_globe.all():
        value = f"the sides from points {sides[0] + 1} and {sides[1] + 1}"
        plan.note(("outline", sides[0]), value, "must not cross itself")


def _open_ring(outline: Places) -> Places:
    return outline[:-1] if (outline[0] == outline[-1]).all() else outline


def _check_zones(parts: Parts, outline: Places) -> None:
    zones = parts.zones
    if zones is None:
        return
    rule = f"must lie inside the outline, or at most {ZONE_OUT_M:g} m out"
    corners = zones.places()
    out = metres_outside(corners, outline)
    end = 0
    for n, rings in enumerate(zones.rings):
        start, end = end, end + sum(map(len, rings))
        worst = start + int(out[start:end].argmax()) if end > start else -1
        if worst >= 0 and out[worst] > ZONE_OUT_M:
            value = f"{corners[worst].tolist()}, {out[worst]:,.0f} m out"
            zones.document.note(("features", n, "geometry", "coordinates"), value, rule)
    if parts.nodes is not None and parts.nodes.has(*NODE_COLUMNS):
        _check_zone_nodes(zones, parts.nodes, outline)


def _check_zone_nodes(zones: ZoneShapes, nodes: Table, outline: Places) -> None:
    good = nodes.all_good(*NODE_COLUMNS)
    places = np.column_stack([nodes.columns["x_coord"], nodes.columns["y_coord"]])
    place = dict(zip(nodes.columns["node_id"][good].tolist(), places[good].tolist(), strict=True))
    paths: list[Path] = [("features", n, "properties", "node_id") for n in range(len(zones.rings))]
    paths = [path for path in paths if zones.document.get(*path) in place]
    ids = [zones.document.get(*path) for path in paths]
    out = metres_outside(np.array([place[node] for node in ids]).reshape(-1, 2), outline)
    rule = f"must be a node inside the outline, or at most {ZONE_OUT_M:g} m out"
    for path, node, metres in zip(paths, ids, out.tolist(), strict=True):
        if metres > ZONE_OUT_M:
            zones.document.note(path, f"{node}, {metres:,.0f} m out", rule)
