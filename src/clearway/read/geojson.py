"""Read ``zones.geojson``, and tell the line at which each zone stands."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from clearway.read.breaches import BreachLog
from clearway.read.document import Document, Path
from clearway.read.geometry import Line, Places
from clearway.read.json_text import ListLines, load_object
from clearway.read.schema import ZoneCollection

_POINT_RULE: Final = "must be [longitude, latitude] in degrees"


@dataclass(frozen=True, slots=True)
class ZoneShapes:
    """The zones of a file, as far as they keep its schema.

    Attributes
    ----------
    document
        The file.
    rings
        Outer rings of each zone, not closed; empty for a zone whose geometry breaks a rule.
    """

    document: Document[ZoneCollection]
    rings: tuple[tuple[Line, ...], ...]

    def places(self) -> Places:
        """Return all corners of all zones, shape (n, 2)."""
        points = [point for rings in self.rings for ring in rings for point in ring]
        return np.array(points, dtype=np.float64).reshape(-1, 2)


def read_zones(file: str, text: str, log: BreachLog) -> ZoneShapes | None:
    """Return the zones that GeoJSON ``text`` holds, or None where it is no JSON at all.

    Parameters
    ----------
    file
        Name of the file, for the log.
    text
        What stands in it.
    log
        Where breaches are noted.
    """
    data = load_object(file, text, log, "GeoJSON FeatureCollection")
    if data is None:
        return None
    document = Document(file, data, ZoneCollection, ListLines(text, "features"), log)
    count = document.count("features")
    return ZoneShapes(document, tuple(_rings(document, zone) for zone in range(count)))


def _rings(document: Document[ZoneCollection], zone: int) -> tuple[Line, ...]:
    path: Path = ("features", zone, "geometry")
    kind = document.get(*path, "type")
    places = document.get(*path, "coordinates")
    if kind is None or places is None:
        return ()
    path = (*path, "coordinates")
    parts = {path: places}
    if kind == "MultiPolygon":
        parts = {(*path, part): polygon for part, polygon in enumerate(places)}
    if not parts:
        document.note(path, places, "must have at least one polygon")
    rings = [_outer_ring(document, at, polygon) for at, polygon in parts.items()]
    return tuple(ring for ring in rings if ring) if all(rings) else ()


def _outer_ring(document: Document[ZoneCollection], path: Path, polygon: object) -> Line:
    """Return the corners of a polygon, the first not repeated; none if it breaks a rule."""
    if not isinstance(polygon, list) or not polygon or not isinstance(polygon[0], list):
        document.note(path, polygon, "must be a list of rings, each a list of points")
        return ()
    if len(polygon) > 1:
        document.note((*path, 1), polygon[1], "must have no hole: one outer ring alone")
        return ()
    for place, point in enumerate(polygon[0]):
        if not _is_point(point):
            document.note((*path, 0, place), point, _POINT_RULE)
            return ()
    ring = tuple((float(lon), float(lat)) for lon, lat in polygon[0])
    if len(ring) < 4 or ring[0] != ring[-1]:
        rule = "must have at least 4 points, the last as the first"
        document.note((*path, 0), f"{len(ring)} points", rule)
        return ()
    return ring[:-1]


def _is_point(point: object) -> bool:
    if not isinstance(point, list) or len(point) != 2:
        return False
    # Neither NaN nor infinity is at most a limit; a truth value is no number here.
    limits = zip(point, (180, 90), strict=True)
    return all(
        isinstance(x, int | float) and not isinstance(x, bool) and abs(x) <= most
        for x, most in limits
    )
