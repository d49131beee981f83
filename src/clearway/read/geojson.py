"""Read ``zones.geojson``, and tell the line at which each zone stands."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final

import numpy as np

from clearway.read.breaches import BreachLog
from clearway.read.document import Document, Path
from clearway.read.geometry import Line, Places
from clearway.read.schema import ZoneCollection

_FEATURES: Final = re.compile(r'"features"\s*:\s*\[')
_BETWEEN: Final = re.compile(r"[\s,]*")
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
    data = _load(file, text, log)
    if data is None:
        return None
    document = Document(file, data, ZoneCollection, JsonLines(text), log)
    count = document.count("features")
    return ZoneShapes(document, tuple(_rings(document, zone) for zone in range(count)))


def _load(file: str, text: str, log: BreachLog) -> object | None:
    def once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        table = dict(pairs)
        for key in table if len(table) < len(pairs) else ():
            times = sum(1 for other, _ in pairs if other == key)
            if times > 1:
                log.add(file, 0, key, f"{times} times", "must stand once in its object")
        return table

    try:
        data: object = json.loads(text, object_pairs_hook=once)
    except RecursionError:
        log.add(file, 0, "file", "", "must be JSON: it is nested too deep")
    except json.JSONDecodeError as error:
        log.add(file, error.lineno, "file", "", f"must be JSON: {error.msg}")
    except ValueError:
        log.add(file, 0, "file", "", "must be JSON: it has a number of thousands of digits")
    else:
        if isinstance(data, dict):
            return data
        log.add(file, 1, "file", data, "must be a GeoJSON FeatureCollection")
    return None


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


class JsonLines:
    """Lines of the features of a GeoJSON text, found when first asked for."""

    def __init__(self, text: str) -> None:
        """Keep ``text``, which is valid JSON."""
        self._text = text

    def __call__(self, path: Path) -> int:
        """Return the line at which the feature that holds ``path`` begins; 0 if unknown."""
        of_feature = len(path) > 1 and path[0] == "features" and isinstance(path[1], int)
        return self._lines[int(path[1])] if of_feature and int(path[1]) < len(self._lines) else 0

    @cached_property
    def _lines(self) -> list[int]:
        opening = _FEATURES.search(self._text)
        lines: list[int] = []
        decoder = json.JSONDecoder()
        line, counted, at = 1, 0, opening.end() if opening else len(self._text)
        while True:
            start = _BETWEEN.match(self._text, at)
            at = start.end() if start else at
            try:
                _, end = decoder.raw_decode(self._text, at)
            except ValueError:  # the end of the list
                return lines
            line += self._text.count("\n", counted, at)
            lines.append(line)
            counted, at = at, end
