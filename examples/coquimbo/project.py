"""The project of La Serena and Coquimbo that ships with AequilibraE, as plain columns."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
import pyproj
import shapely
from numpy.typing import NDArray
from spatialite import shape

CENTROID: Final = "centroid_connector"
#: UTM zone of the place.
METRES: Final = "EPSG:32719"
DENSEST: Final = 74


@dataclass(frozen=True, slots=True)
class Street:
    """One link of the project; ``lanes`` each way, None where nobody mapped them."""

    id: int
    a: int
    b: int
    one_way: bool
    length_m: float
    kind: str
    name: str
    lanes: float | None
    speed_kph: float | None
    line: tuple[tuple[float, float], ...]


@dataclass(frozen=True, slots=True)
class Project:
    """What is used of the project.

    ``nodes`` gives lon and lat by id; zones are the densest, with their persons and shapes in
    degrees, by id; ``outline`` is their outline in degrees, gaps closed.
    """

    streets: tuple[Street, ...]
    nodes: dict[int, tuple[float, float]]
    zones: dict[int, tuple[float, Any]]
    outline: Any
    everyone: float


def read_project(path: Path) -> Project:
    """Read the project's database."""
    with sqlite3.connect(f"file:{path}?mode=ro", uri=True) as base:
        streets = tuple(_streets(base))
        nodes = {
            int(node): shape(blob).coords[0]
            for node, blob in base.execute("SELECT node_id, geometry FROM nodes")
        }
        rows = base.execute("SELECT zone_id, population, geometry FROM zones").fetchall()
    zones = {int(zone): (float(persons), shape(blob)) for zone, persons, blob in rows}
    densest = _densest(zones)
    everyone = sum(persons for persons, _ in zones.values())
    return Project(streets, nodes, densest, _outline(densest), everyone)


def to_metres(shapes: Any) -> NDArray[Any]:
    """Return shapes in metres."""
    system = pyproj.Transformer.from_crs("EPSG:4326", METRES, always_xy=True)
    return np.asarray(shapely.transform(shapes, system.transform, interleaved=False))


def to_degrees(shapes: Any) -> NDArray[Any]:
    """Return shapes in degrees."""
    system = pyproj.Transformer.from_crs(METRES, "EPSG:4326", always_xy=True)
    return np.asarray(shapely.transform(shapes, system.transform, interleaved=False))


def _streets(base: sqlite3.Connection) -> list[Street]:
    asked = (
        "SELECT link_id, a_node, b_node, direction, distance, link_type, name,"
        " lanes_ab, lanes_ba, speed_ab, geometry FROM links ORDER BY link_id"
    )
    found = []
    for link, a, b, direction, length, kind, name, ab, ba, speed, blob in base.execute(asked):
        if kind == CENTROID or a == b:
            continue
        # Of a street with two ways the narrower counts for both; one way is from a to b.
        both = [lanes for lanes in ((ab,) if direction else (ab, ba)) if lanes]
        line = tuple((float(lon), float(lat)) for lon, lat in shape(blob).coords)
        lanes = float(min(both)) if both else None
        found.append(
            Street(link, a, b, bool(direction), length, kind, name or "", lanes, speed, line)
        )
    return found


def _densest(zones: dict[int, tuple[float, Any]]) -> dict[int, tuple[float, Any]]:
    areas = shapely.area(to_metres([outline for _, outline in zones.values()]))
    density = {
        zone: persons / area
        for (zone, (persons, _)), area in zip(zones.items(), areas, strict=True)
    }
    first = sorted(zones, key=lambda zone: (-density[zone], zone))[:DENSEST]
    return {zone: zones[zone] for zone in sorted(first)}


def _outline(zones: dict[int, tuple[float, Any]]) -> Any:
    """Return the outline of the zones with bays of up to 800 m between them closed."""
    union = shapely.union_all(to_metres([outline for _, outline in zones.values()]))
    closed = shapely.buffer(shapely.buffer(union, 400), -350)
    largest = max(shapely.get_parts(closed), key=shapely.area)
    return to_degrees(shapely.simplify(shapely.Polygon(largest.exterior), 25))
