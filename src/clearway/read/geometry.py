"""Plain geometry on degrees: lines as text, points in outlines, and swapped coordinates."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from clearway.read.tables import Kind, column_of

Point = tuple[float, float]
Line = tuple[Point, ...]
Places = NDArray[np.float64]

#: Metres of a degree of latitude (mean, WGS 84); good to half a percent, which checks allow.
M_PER_DEGREE: Final = 111_195.0

_FLOAT: Final = r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?"
_POINT: Final = re.compile(rf"\s*({_FLOAT})\s+({_FLOAT})\s*")
_LINESTRING: Final = re.compile(r"\s*LINESTRING\s*\(([^()]*)\)\s*", re.IGNORECASE)
_HEAD, _TAIL = "LINESTRING (", ")"
_DIGITS: Final = str.maketrans("", "", "0123456789.-+eE ,")


def linestring() -> Kind:
    """Return the kind of cells that hold a line in WKT; nothing stands for a straight line."""
    rule = "must be LINESTRING (lon lat, lon lat, ...), or empty for a straight line"
    return Kind(rule, _line, _lines, ())


def _line(text: str) -> Line | None:
    if not text:
        return ()
    match = _LINESTRING.fullmatch(text)
    parts = match[1].split(",") if match else []
    points = [_POINT.fullmatch(part) for part in parts]
    if len(points) < 2 or not all(points):
        return None
    line = tuple((float(point[1]), float(point[2])) for point in points if point)
    return line if all(abs(lon) <= 180 and abs(lat) <= 90 for lon, lat in line) else None


def _lines(cells: Sequence[str]) -> NDArray[Any] | None:
    """Return all lines at once if they are written as Clearway writes them, otherwise None."""
    if not all(cell.startswith(_HEAD) and cell.endswith(_TAIL) for cell in cells):
        return None
    bodies = [cell[len(_HEAD) : -len(_TAIL)] for cell in cells]
    points = ", ".join(bodies).split(", ")
    if "".join(bodies).translate(_DIGITS) or any(point.count(" ") != 1 for point in points):
        return None
    try:
        flat = list(map(float, " ".join(points).split(" ")))
    except ValueError:
        return None
    counts = [body.count(", ") + 1 for body in bodies]
    degrees = np.abs(np.array(flat))
    on_globe = degrees[::2].max() <= 180 and degrees[1::2].max() <= 90
    if not on_globe or min(counts) < 2:
        return None
    pairs = list(zip(flat[::2], flat[1::2], strict=True))
    ends = np.cumsum(counts).tolist()
    starts = [0, *ends[:-1]]
    return column_of([tuple(pairs[a:b]) for a, b in zip(starts, ends, strict=True)])


def metres(a: Places, b: Places) -> NDArray[np.float64]:
    """Return the distances between places ``a`` and ``b``, shape (..., 2), lon and lat.

    On a plane, so for places a few degrees apart at most.
    """
    shrink = np.cos(np.radians((a[..., 1] + b[..., 1]) / 2))
    east, north = (a[..., 0] - b[..., 0]) * shrink, a[..., 1] - b[..., 1]
    return np.asarray(np.hypot(east, north) * M_PER_DEGREE)


def metres_outside(places: Places, outline: Places) -> NDArray[np.float64]:
    """Return how far each of ``places``, shape (n, 2), lies outside the closed ``outline``.

    Returns
    -------
    NDArray
        Shape (n,), metres; 0 inside.
    """
    if not len(places):
        return np.zeros(0)
    shrink = np.array([math.cos(math.radians(float(outline[:, 1].mean()))), 1.0])
    points, corners = places * shrink * M_PER_DEGREE, outline * shrink * M_PER_DEGREE
    inside = np.zeros(len(points), dtype=bool)
    nearest = np.full(len(points), np.inf)
    for a, b in zip(corners, np.roll(corners, -1, axis=0), strict=True):
        spans = (a[1] > points[:, 1]) != (b[1] > points[:, 1])
        rise = b[1] - a[1] if b[1] != a[1] else 1.0
        at = a[0] + (points[:, 1] - a[1]) * (b[0] - a[0]) / rise
        inside ^= spans & (points[:, 0] < at)
        nearest = np.minimum(nearest, _to_segment(points, a, b))
    return np.where(inside, 0.0, nearest)


def _to_segment(points: Places, a: Places, b: Places) -> NDArray[np.float64]:
    along = b - a
    square = float(along @ along) or 1.0
    share = np.clip((points - a) @ along / square, 0, 1)
    off = points - a - share[:, None] * along
    return np.asarray(np.hypot(off[:, 0], off[:, 1]))


def crossing_sides(outline: Places) -> tuple[int, int] | None:
    """Return two sides of the closed ``outline``, shape (n, 2), that cross; None if none do."""
    starts, ends = outline, np.roll(outline, -1, axis=0)
    count = len(outline)
    for side in range(count - 2):
        # Neighbours share a corner; the last side is a neighbour of the first.
        others = np.arange(side + 2, count - 1 if side == 0 else count)
        a, b, c, d = starts[side], ends[side], starts[others], ends[others]
        apart = _turn(a, b, c) * _turn(a, b, d) < 0
        astride = _turn(c, d, a) * _turn(c, d, b) < 0
        if (apart & astride).any():
            return side, int(others[np.argmax(apart & astride)])
    return None


def _turn(a: Places, b: Places, c: Places) -> NDArray[np.float64]:
    """Return the sign of the turn from a over b to c; points of shape (2,) or (n, 2)."""
    one, two = b - a, c - b
    return np.asarray(np.sign(one[..., 0] * two[..., 1] - one[..., 1] * two[..., 0]))


@dataclass(frozen=True, slots=True)
class Cluster:
    """Where the places of one file lie.

    Attributes
    ----------
    centre
        Median lon and lat, degrees.
    reach
        Degrees from the centre within which nine of ten places lie.
    """

    centre: Point
    reach: float

    @classmethod
    def of(cls, places: Places) -> Cluster:
        """Return the cluster of at least one place, shape (n, 2)."""
        lon, lat = np.median(places, axis=0).tolist()
        reach = float(np.quantile(np.hypot(places[:, 0] - lon, places[:, 1] - lat), 0.9))
        return cls((lon, lat), reach)

    def looks_swapped(self, other: Cluster) -> bool:
        """Tell whether only the swap of this cluster's lon and lat brings it to the other."""
        (lon, lat), there = self.centre, other.centre
        apart = math.dist((lon, lat), there)
        near = max(self.reach, other.reach, 0.02) + apart / 10
        return apart > 2 * near and math.dist((lat, lon), there) < near

    def strays(self, places: Places) -> NDArray[np.bool_]:
        """Return, shape (n,), which of ``places`` lie absurdly far from this cluster."""
        off = np.hypot(places[:, 0] - self.centre[0], places[:, 1] - self.centre[1])
        return np.asarray(off > 5 * self.reach + 0.2)

    def is_swap(self, place: Places) -> bool:
        """Tell whether swapping lon and lat of a stray ``place`` brings it to the cluster."""
        return not bool(self.strays(place[None, ::-1])[0])
