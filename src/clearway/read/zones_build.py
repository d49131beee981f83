"""Zones: the pocket cut again and again where the cut is shortest and halves the people."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

#: Directions tried for each cut.
_ANGLES = 24
#: Every zone after the first so many of five is in the middle sector.
_MIDDLE_SHARE = 0.2
_SECTORS = "NESW"
#: Polygons closer than this share a border there, metres.
_BORDER_M = 0.01
#: A cut counts this share longer for each stretch more that it is made of, and this many times
#: longer for being off the wanted split by all of the weight.
_APART, _UNEVEN = 0.5, 40.0


@dataclass(frozen=True, slots=True, eq=False)
class Area:
    """One zone before it gets its node.

    Attributes
    ----------
    code
        Sector letter and number, such as ``N3``.
    shape
        Shapely polygon or multipolygon, in metres.
    nodes
        Shape (k,), rows of the nodes in it.
    weight
        Sum of their weights.
    home
        The node nearest to the weighted middle, of those with a weight.
    """

    code: str
    shape: Any
    nodes: NDArray[np.int64]
    weight: float
    home: int


def lay_zones(
    pocket: Any, places: NDArray[np.float64], weight: NDArray[np.float64], count: int
) -> tuple[Area, ...]:
    """Cut a pocket into zones of about equal weight that tile it.

    Each cut is a straight line: of the lines in 24 directions that split the weight as wanted,
    the shortest inside the pocket, so that zones are compact and follow its narrows.

    Parameters
    ----------
    pocket
        Shapely polygon in metres.
    places
        Shape (n, 2), metres, the nodes inside.
    weight
        Shape (n,), 0 or more: metres of residential street at each node.
    count
        Zones wanted; fewer come out where no straight cut splits what is left.
    """
    rows = np.arange(len(places))
    count = max(1, min(count, int((weight > 0).sum())))
    ground = _Ground(places, weight)
    whole = _whole(_cut(pocket, rows, count, ground), ground)
    codes = _codes(np.array([_middle(places, weight, nodes) for _, nodes in whole]))
    areas = [
        Area(code, shape, nodes, math.fsum(weight[nodes]), _home(places, weight, nodes))
        for code, (shape, nodes) in zip(codes, whole, strict=True)
    ]
    return tuple(sorted(areas, key=lambda area: (area.code[0], int(area.code[1:]))))


@dataclass(frozen=True, slots=True, eq=False)
class _Ground:
    """Where the nodes are and what they weigh."""

    places: NDArray[np.float64]
    weight: NDArray[np.float64]


_Cut = list[tuple[Any, NDArray[np.int64]]]


def _cut(shape: Any, rows: NDArray[np.int64], count: int, ground: _Ground) -> _Cut:
    """Return ``count`` parts of ``shape``, each with its nodes."""
    if count == 1:
        return [(shape, rows)]
    low = count // 2
    tried = [
        one
        for angle in range(_ANGLES)
        if (one := _line(shape, rows, (low / count, math.pi * angle / _ANGLES), ground))
    ]
    if not tried:
        return [(shape, rows)]
    _, edge, below = min(tried, key=lambda one: one[0])
    first, second = _sides(shape, edge)
    return [
        *_cut(first, rows[below], low, ground),
        *_cut(second, rows[~below], count - low, ground),
    ]


def _line(
    shape: Any, rows: NDArray[np.int64], share_angle: tuple[float, float], ground: _Ground
) -> tuple[float, tuple[float, float, float], NDArray[np.bool_]] | None:
    """Return the cut's cost, its line (direction and offset), and the nodes below it."""
    share, angle = share_angle
    direction = (math.cos(angle), math.sin(angle))
    # To a millimetre, so that nodes in a row along the cut stay on one side of it.
    along = np.round(ground.places[rows] @ np.array(direction), 3)
    order = np.argsort(along, kind="stable")
    summed = np.cumsum(ground.weight[rows][order])
    at = int(np.searchsorted(summed, share * summed[-1]))
    below = along <= along[order[min(at, len(rows) - 1)]]
    if below.all() or not 0 < ground.weight[rows][below].sum() < summed[-1]:
        return None
    edge = (*direction, float(along[below].max() + along[~below].min()) / 2)
    crossed = shape.intersection(_chord(shape, edge))
    pieces = len(getattr(crossed, "geoms", [crossed]))
    off = abs(float(ground.weight[rows][below].sum() / summed[-1]) - share)
    # A cut that falls apart makes zones that fall apart; where streets run along the cut, all of
    # them lie on one side of it, and the halves come out uneven.
    return float(crossed.length) * (1 + _APART * (pieces - 1) + _UNEVEN * off), edge, below


def _chord(shape: Any, edge: tuple[float, float, float]) -> Any:
    (x, y), far = _foot(shape, edge), _far(shape)
    dx, dy = -edge[1] * far, edge[0] * far
    return shapely.LineString([(x - dx, y - dy), (x + dx, y + dy)])


def _foot(shape: Any, edge: tuple[float, float, float]) -> tuple[float, float]:
    """Return the point of the line nearest to the middle of the shape's box."""
    left, low, right, high = shape.bounds
    x, y = (left + right) / 2, (low + high) / 2
    off = edge[2] - (x * edge[0] + y * edge[1])
    return x + off * edge[0], y + off * edge[1]


def _far(shape: Any) -> float:
    left, low, right, high = shape.bounds
    return 4 * float(math.hypot(right - left, high - low)) + 1


def _sides(shape: Any, edge: tuple[float, float, float]) -> tuple[Any, Any]:
    (x, y), far = _foot(shape, edge), _far(shape)
    dx, dy, nx, ny = -edge[1] * far, edge[0] * far, edge[0] * far, edge[1] * far
    ends = [(x - dx, y - dy), (x + dx, y + dy)]
    below = shapely.Polygon([*ends, (x + dx - nx, y + dy - ny), (x - dx - nx, y - dy - ny)])
    above = shapely.Polygon([*ends, (x + dx + nx, y + dy + ny), (x - dx + nx, y - dy + ny)])
    return shape.intersection(below), shape.intersection(above)


def _whole(cut: _Cut, ground: _Ground) -> _Cut:
    """Give fragments, and zones left without homes, to neighbours; return zones and their nodes."""
    kept, loose = [], []
    for shape, _ in cut:
        parts = sorted(_polygons(shape), key=lambda part: -part.area)
        kept.append(parts[0])
        loose += parts[1:]
    _give(sorted(loose, key=lambda one: (-one.area, one.bounds)), kept)
    points = shapely.points(ground.places)
    while True:
        near = np.argmin([shapely.distance(one, points) for one in kept], axis=0)
        lived = np.bincount(near, weights=ground.weight, minlength=len(kept))
        if lived.all():
            return [(one, np.flatnonzero(near == row)) for row, one in enumerate(kept)]
        # Its homes lay in a fragment, or on a border that the zone before it has as well.
        _give([kept.pop(int(np.argmin(lived)))], kept)


def _give(loose: list[Any], kept: list[Any]) -> None:
    """Join each loose polygon to the one of ``kept`` with which it shares most border."""
    while loose:
        left = []
        for part in loose:
            best, joined = _neighbour(part, kept)
            if joined.geom_type == "Polygon":
                kept[best] = joined
            else:
                left.append(part)
        if len(left) == len(loose):
            # Nothing borders on it, not even what was joined just now: it stays apart.
            best, joined = _neighbour(left.pop(0), kept)
            kept[best] = joined
        loose = left


def _neighbour(part: Any, kept: list[Any]) -> tuple[int, Any]:
    """Return the one with the longest border with ``part``, and the two joined."""
    # Cuts through the same corner differ in the last digit: a border is what lies this close.
    around = shapely.buffer(kept, _BORDER_M)
    shared = [shapely.length(shapely.intersection(part.boundary, one)) for one in around]
    best = int(np.argmax(shared))
    joined = _polygons(shapely.union_all([kept[best], part], grid_size=0.001))
    return best, joined[0] if len(joined) == 1 else shapely.MultiPolygon(joined)


def _polygons(shape: Any) -> list[Any]:
    parts = list(getattr(shape, "geoms", [shape]))
    return [part for part in parts if part.geom_type == "Polygon" and part.area > 0]


def _middle(
    places: NDArray[np.float64], weight: NDArray[np.float64], nodes: NDArray[np.int64]
) -> NDArray[np.float64]:
    return np.asarray(np.average(places[nodes], axis=0, weights=weight[nodes]))


def _home(
    places: NDArray[np.float64], weight: NDArray[np.float64], nodes: NDArray[np.int64]
) -> int:
    lived = nodes[weight[nodes] > 0]
    off = places[lived] - _middle(places, weight, nodes)
    return int(lived[np.argmin(np.hypot(off[:, 0], off[:, 1]))])


def _codes(middle: NDArray[np.float64]) -> list[str]:
    """Return a letter for the sector, M for the innermost fifth, and a number from north down."""
    off = middle - np.median(middle, axis=0)
    spread = np.maximum(off.std(axis=0), 1e-9)
    inner = np.argsort(np.hypot(*(off / spread).T), kind="stable")
    letters = [_SECTORS[math.floor(math.atan2(x, y) / (math.pi / 2) + 0.5) % 4] for x, y in off]
    for row in inner[: int(len(middle) * _MIDDLE_SHARE)]:
        letters[row] = "M"
    counts: dict[str, int] = {}
    codes = [""] * len(middle)
    for row in np.lexsort((middle[:, 0], -middle[:, 1])):
        letter = letters[row]
        counts[letter] = counts.get(letter, 0) + 1
        codes[row] = f"{letter}{counts[letter]}"
    return codes
