"""Street lines from a folder in the General Modeling Network Specification (GMNS)."""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import numpy as np
import pyproj
import shapely

from clearway.read.breaches import BreachLog
from clearway.read.files import Limits, read_text
from clearway.read.streets import Streets

_NODE, _LINK, _CONFIG = "node.csv", "link.csv", "config.csv"
_LIMITS: Final = Limits(file_bytes=500_000_000, line_bytes=4_000_000)
_MILE_KM: Final = 1.609344
_TRUE: Final = frozenset({"1", "true", "t", "yes"})
_FALSE: Final = frozenset({"0", "false", "f", "no", ""})
#: Words for classes of street that GMNS data uses beside OSM's own.
_FACILITIES: Final = {
    "freeway": "motorway",
    "expressway": "trunk",
    "principal arterial": "primary",
    "major arterial": "primary",
    "arterial": "primary",
    "minor arterial": "secondary",
    "collector": "tertiary",
    "local": "residential",
    "ramp": "motorway_link",
    "sidewalk": "footway",
}
_PARTNER_LENGTH: Final = 0.05
#: A line's end may lie this share of its length from the node where it ends.
_LOOSE_END: Final = 0.25

_Row = Mapping[str, str]


def read_gmns(folder: Path | str, *, source: str = "") -> Streets:
    """Read the streets of a GMNS folder: ``node.csv``, ``link.csv`` and ``config.csv`` if there.

    Lengths are measured along the drawn line, straight where a link has none. Two directed links
    that join the same nodes both ways, about equally long, are one two-way street.

    Parameters
    ----------
    folder
        Nodes have ``node_id``, ``x_coord``, ``y_coord`` (in the ``crs`` of the configuration,
        otherwise longitude and latitude); links have ``link_id``, ``from_node_id``,
        ``to_node_id``, ``directed``, and may have ``geometry`` (WKT), ``facility_type``,
        ``lanes``, ``width_m``, ``free_speed`` or ``free_speed_kph``, and ``capacity`` or
        ``capacity_veh_per_h``.
    source
        What people read about where the streets come from.

    Raises
    ------
    ScenarioError
        With every breach found, by file and row.
    """
    folder = Path(folder).resolve()
    log = BreachLog((_CONFIG, _NODE, _LINK))
    config = _config(folder, log)
    nodes = _rows(folder, _NODE, ("node_id", "x_coord", "y_coord"), log)
    links = _rows(folder, _LINK, ("link_id", "from_node_id", "to_node_id", "directed"), log)
    log.done()
    places = _places(nodes, log)
    found = [_street(row, one, places, log) for row, one in enumerate(links, start=2)]
    log.done()
    if not found:
        log.add(_LINK, 0, "rows", "", "must have at least one link")
        log.done()
    columns = _paired({name: np.array([one[name] for one in found]) for name in found[0]})
    speed = _MILE_KM if config.get("speed", "").lower() == "mph" else 1.0
    columns["speed_kph"] = columns["speed_kph"] * np.where(columns["mapped"], speed, 1.0)
    del columns["mapped"]
    return Streets(
        crs=config.get("crs") or "EPSG:4326", source=source or f"GMNS ({folder.name})", **columns
    )


def _config(folder: Path, log: BreachLog) -> dict[str, str]:
    if not (folder / _CONFIG).exists():
        return {}
    rows = _rows(folder, _CONFIG, (), log)
    config = {key: value.strip() for key, value in rows[0].items()} if rows else {}
    try:
        pyproj.CRS(config.get("crs") or "EPSG:4326")
    except pyproj.exceptions.CRSError:
        log.add(_CONFIG, 2, "crs", config["crs"], "must be a coordinate system that PROJ knows")
    return config


def _rows(folder: Path, name: str, needed: tuple[str, ...], log: BreachLog) -> list[_Row]:
    text = read_text(folder, name, _LIMITS, log)
    if text is None:
        return []
    try:
        reader = csv.DictReader(io.StringIO(text, newline=""), restval="", restkey="", strict=True)
        missing = [field for field in needed if field not in (reader.fieldnames or ())]
        for field in missing:
            log.add(name, 1, field, "", "must be a column")
        return [] if missing else list(reader)
    except csv.Error as error:
        log.add(name, 0, "file", error, "must be comma-separated text")
        return []


def _places(nodes: list[_Row], log: BreachLog) -> dict[str, tuple[int, float, float]]:
    places: dict[str, tuple[int, float, float]] = {}
    for row, node in enumerate(nodes, start=2):
        name = node["node_id"].strip()
        x, y = _number(node["x_coord"]), _number(node["y_coord"])
        if name in places:
            log.add(_NODE, row, "node_id", name, "must be unique")
        if not (math.isfinite(x) and math.isfinite(y)):
            log.add(_NODE, row, "x_coord", node["x_coord"], "must be a number, as must y_coord")
        places[name] = (len(places), x, y)
    return places


def _street(
    row: int, link: _Row, places: dict[str, tuple[int, float, float]], log: BreachLog
) -> dict[str, Any]:
    """Return the columns of :class:`Streets` for one link."""
    for field in ("from_node_id", "to_node_id"):
        if link[field].strip() not in places:
            log.add(_LINK, row, field, link[field], "must be a node_id of node.csv")
    nowhere = (-1, 0.0, 0.0)
    start = places.get(link["from_node_id"].strip(), nowhere)
    end = places.get(link["to_node_id"].strip(), nowhere)
    said = link["directed"].strip().lower()
    if said not in _TRUE | _FALSE:
        log.add(_LINK, row, "directed", said, "must be true or false, 1 or 0")
    kind = link.get("facility_type", "").strip()
    return {
        "line": _line(row, link, (start[1:], end[1:]), log),
        "start": start[0],
        "end": end[0],
        "highway": _FACILITIES.get(kind.lower(), kind or "road"),
        "directed": said in _TRUE,
        "lanes": _number(link.get("lanes", "")),
        "width_m": _number(link.get("width_m", "")),
        "speed_kph": _number(link.get("free_speed_kph") or link.get("free_speed", "")),
        "capacity_veh_per_h": _number(link.get("capacity_veh_per_h") or link.get("capacity", "")),
        "mapped": not link.get("free_speed_kph"),
    }


def _line(
    row: int, link: _Row, ends: tuple[tuple[float, ...], ...], log: BreachLog
) -> shapely.LineString:
    text = link.get("geometry", "").strip()
    if not text:
        return shapely.LineString(ends)
    line = shapely.from_wkt(text, on_invalid="ignore")
    if line is None or line.geom_type != "LineString" or line.is_empty:
        log.add(_LINK, row, "geometry", text, "must be a LINESTRING in WKT")
        return shapely.LineString(ends)
    points = shapely.get_coordinates(line)
    gaps = [math.dist(point, end) for point, end in zip(points[[0, -1]], ends, strict=True)]
    if max(gaps) > _LOOSE_END * max(line.length, math.dist(*ends)):
        rule = "must lead from from_node_id to to_node_id"
        log.add(_LINK, row, "geometry", text, rule)
    return shapely.LineString([ends[0], *points[1:-1], ends[1]])


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return math.nan


def _paired(columns: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
    """Make one two-way street of two directed links that join the same nodes both ways."""
    directed, length = columns["directed"].copy(), shapely.length(columns["line"])
    waiting: dict[tuple[int, int, str], int] = {}
    kept = np.ones(len(directed), dtype=bool)
    ends = zip(columns["start"], columns["end"], columns["highway"], strict=True)
    for row, (start, end, kind) in enumerate(ends):
        if not directed[row]:
            continue
        other = waiting.pop((end, start, kind), None)
        if other is None:
            waiting[start, end, kind] = row
        elif abs(length[row] - length[other]) <= _PARTNER_LENGTH * length[other]:
            directed[other], kept[row] = False, False
    columns = {**columns, "directed": directed}
    return {name: column[kept] for name, column in columns.items()}
