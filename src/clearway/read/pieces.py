"""Streets in local metres, cut where an import must be able to choose a point along them."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyproj
import shapely
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components
from shapely.ops import substring

from clearway.errors import Breach, ScenarioError
from clearway.read.highway import HIGHWAYS, street_class
from clearway.read.recipe import ImportOptions
from clearway.read.streets import Streets

#: Lines shorter than this are a point drawn twice.
_LEAST_M = 0.05
#: Minor streets outside are seldom a way out: their pieces may be this many times longer.
_MINOR_PIECES = 4
#: UTM is not made for places nearer to a pole.
_UTM_DEGREES = 84


@dataclass(frozen=True, slots=True, eq=False)
class Pieces:
    """Pieces of street between nodes, in local metres, and which of them lie in the pocket.

    Attributes
    ----------
    crs
        EPSG code of the local metric system, such as ``EPSG:32637``.
    pocket
        The pocket as a shapely polygon, in metres.
    x, y
        Shape (n,), metres, the place of each node.
    inner
        Shape (n,), true where the node lies inside the pocket.
    start, end
        Shape (m,), rows of nodes, unequal.
    line
        Shape (m,), shapely lines from ``start`` to ``end``, in metres.
    length_m
        Shape (m,), metres on the ground.
    row
        Shape (m,), row of the street that the piece was cut from.
    highway
        Shape (m,), classes of ``HIGHWAYS``.
    """

    crs: str
    pocket: Any
    x: NDArray[np.float64]
    y: NDArray[np.float64]
    inner: NDArray[np.bool_]
    start: NDArray[np.int64]
    end: NDArray[np.int64]
    line: NDArray[np.object_]
    length_m: NDArray[np.float64]
    row: NDArray[np.int64]
    highway: NDArray[np.str_]

    @property
    def inside(self) -> NDArray[np.bool_]:
        """Shape (m,), both ends in the pocket; a piece that leaves in between counts as inside."""
        return np.asarray(self.inner[self.start] & self.inner[self.end])

    @property
    def crossing(self) -> NDArray[np.bool_]:
        """Shape (m,), one end in the pocket."""
        return np.asarray(self.inner[self.start] != self.inner[self.end])

    @property
    def outside(self) -> NDArray[np.bool_]:
        """Shape (m,), no end in the pocket."""
        return np.asarray(~self.inner[self.start] & ~self.inner[self.end])

    def flags(self, name: str) -> NDArray[np.bool_]:
        """Return a yes or no of each piece's class: ``major`` or ``residential``."""
        return np.array([getattr(HIGHWAYS[one], name) for one in self.highway], dtype=bool)

    def keep(self, pieces: NDArray[np.bool_]) -> Pieces:
        """Return these pieces alone; nodes stay as they are."""
        return Pieces(
            self.crs,
            self.pocket,
            self.x,
            self.y,
            self.inner,
            self.start[pieces],
            self.end[pieces],
            self.line[pieces],
            self.length_m[pieces],
            self.row[pieces],
            self.highway[pieces],
        )


def local_system(outline: tuple[tuple[float, float], ...]) -> str:
    """Return the UTM zone (WGS 84) of the outline's middle as an EPSG code.

    Parameters
    ----------
    outline
        Points (lon, lat) in degrees.
    """
    lon, lat = np.mean(np.asarray(outline, dtype=float), axis=0)
    zone = min(60, int((lon + 180) // 6) + 1)
    return f"EPSG:{(32600 if lat >= 0 else 32700) + zone}"


def cut_streets(
    streets: Streets, outline: tuple[tuple[float, float], ...], options: ImportOptions
) -> Pieces:
    """Project streets to local metres, keep those in reach, and cut them where that is needed.

    Streets that cross the outline and major streets outside are cut into pieces of at most
    ``options.piece_m``, minor streets outside into longer ones; a street that returns to where it
    began is cut at least once.

    Raises
    ------
    ScenarioError
        If the outline is no simple polygon, or no street lies in reach of it.
    """
    crs, pocket = _pocket(outline)
    line = project(streets.line, streets.crs, crs)
    highway = np.array([street_class(one) or "" for one in streets.highway])
    length = shapely.length(line)
    shapely.prepare(reach := pocket.buffer(options.reach_m))
    sound = np.isfinite(length) & (length >= _LEAST_M)
    rows = np.flatnonzero((highway != "") & sound & shapely.intersects(reach, line))
    if not len(rows):
        rule = "must have streets to walk along within reach of the outline (longitude comes first)"
        raise ScenarioError((Breach("", 0, "streets", streets.source, rule),))
    major = np.array([HIGHWAYS[one].major for one in highway[rows]])
    shapely.prepare(pocket)
    loop = streets.start[rows] == streets.end[rows]
    over = shapely.intersects(pocket.boundary, line[rows])
    beyond = ~shapely.intersects(pocket, line[rows])
    longest = np.where(major | over, 1, _MINOR_PIECES) * options.piece_m
    parts = np.where(over | beyond, np.ceil(length[rows] / longest), 1).astype(int)
    parts = np.where(loop, np.maximum(parts, 2), parts)
    return _pieces(crs, pocket, _Whole(line, streets.start, streets.end, highway, rows, parts))


def project(shapes: NDArray[np.object_], source: str, target: str) -> NDArray[np.object_]:
    """Return the shapes of coordinate system ``source`` in ``target``, x (or lon) first."""
    move = pyproj.Transformer.from_crs(source, target, always_xy=True)

    def moved(points: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.stack(move.transform(points[:, 0], points[:, 1]), axis=1)

    return np.asarray(shapely.transform(shapes, moved), dtype=object)


def main_part(
    pieces: Pieces, allowed: NDArray[np.bool_], weight: NDArray[np.float64]
) -> NDArray[np.bool_]:
    """Return which nodes belong to the heaviest part that allowed pieces connect.

    Parameters
    ----------
    pieces
        All of them.
    allowed
        Shape (m,), pieces that may be walked.
    weight
        Shape (m,), what a piece counts.
    """
    count, total = len(pieces.x), math.fsum(weight[allowed])
    if not total:
        return np.zeros(count, dtype=bool)
    ends = (pieces.start[allowed], pieces.end[allowed])
    graph = coo_array((np.ones(len(ends[0])), ends), shape=(count, count))
    label = connected_components(graph, directed=False)[1]
    heavy = np.bincount(label[ends[0]], weights=weight[allowed]).argmax()
    return np.asarray(label == heavy)


@dataclass(frozen=True, slots=True, eq=False)
class _Whole:
    """Streets before they are cut: columns for all, the rows in reach, and parts of each."""

    line: NDArray[np.object_]
    start: NDArray[np.int64]
    end: NDArray[np.int64]
    highway: NDArray[np.str_]
    rows: NDArray[np.int64]
    parts: NDArray[np.int64]


def _pocket(outline: tuple[tuple[float, float], ...]) -> tuple[str, Any]:
    """Return the local system and the pocket in it."""

    def breach(rule: str) -> ScenarioError:
        return ScenarioError((Breach("", 0, "outline", f"{len(outline)} points", rule),))

    if len(outline) < 3 or not np.isfinite(np.asarray(outline, dtype=float)).all():
        raise breach("must have at least three points")
    if max(abs(lat) for _, lat in outline) > _UTM_DEGREES:
        raise breach(f"must be longitude before latitude, at most {_UTM_DEGREES} degrees")
    crs = local_system(outline)
    shape = project(np.array([shapely.Polygon(outline)], dtype=object), "EPSG:4326", crs)[0]
    if not shape.is_valid or shape.area < 1:
        raise breach("must enclose an area and not cross itself")
    return crs, shape


def _pieces(crs: str, pocket: Any, whole: _Whole) -> Pieces:
    once = whole.rows[whole.parts == 1]
    nodes = int(max(whole.start.max(), whole.end.max())) + 1
    start, end = list(whole.start[once]), list(whole.end[once])
    line, row = list(whole.line[once]), list(once)
    for one, parts in zip(whole.rows, whole.parts, strict=True):
        if parts == 1:
            continue
        marks = [whole.start[one], *range(nodes, nodes + parts - 1), whole.end[one]]
        nodes += parts - 1
        for part in range(parts):
            span = (part / parts, (part + 1) / parts)
            line.append(substring(whole.line[one], *span, normalized=True))
            start.append(marks[part])
            end.append(marks[part + 1])
            row.append(one)
    return _numbered(crs, pocket, whole.highway, (start, end, line, row))


def _numbered(
    crs: str, pocket: Any, highway: NDArray[np.str_], parts: tuple[list[Any], ...]
) -> Pieces:
    line, row = np.asarray(parts[2], dtype=object), np.asarray(parts[3], dtype=np.int64)
    ends, both = np.unique(np.array([parts[0], parts[1]]), return_inverse=True)
    start, end = both.reshape(2, -1)
    x, y = np.empty(len(ends)), np.empty(len(ends))
    for at, rows in ((0, start), (-1, end)):
        point = shapely.get_coordinates(shapely.get_point(line, at))
        x[rows], y[rows] = point[:, 0], point[:, 1]
    inner = shapely.contains_xy(pocket, x, y)
    length = shapely.length(line)
    return Pieces(crs, pocket, x, y, inner, start, end, line, length, row, highway[row])
