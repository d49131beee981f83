"""Shapes as SpatiaLite stores them, read with nothing but the standard library and shapely."""

from __future__ import annotations

import struct
from typing import Any, Final

import numpy as np
import shapely

_START, _MBR_END, _ENTITY = 0x00, 0x7C, 0x69
_POINT, _LINE, _POLYGON, _COLLECTIONS = 1, 2, 3, (4, 5, 6)
#: Bytes before the type of the shape: start, byte order, system, bounds, mark.
_HEAD: Final = 39


def shape(blob: bytes) -> Any:
    """Return the shape in a SpatiaLite blob.

    Raises
    ------
    ValueError
        If it is none, or of a kind that is not read here.
    """
    if len(blob) < _HEAD + 4 or blob[0] != _START or blob[38] != _MBR_END:
        raise ValueError("is not a SpatiaLite shape")
    order = "<" if blob[1] == 1 else ">"
    (kind,) = struct.unpack_from(order + "I", blob, _HEAD)
    return _read(blob, order, kind, _HEAD + 4)[0]


def _read(blob: bytes, order: str, kind: int, at: int) -> tuple[Any, int]:
    if kind == _POINT:
        return shapely.Point(*struct.unpack_from(order + "2d", blob, at)), at + 16
    (count,) = struct.unpack_from(order + "I", blob, at)
    at += 4
    if kind == _LINE:
        points, at = _points(blob, order, count, at)
        return shapely.LineString(points), at
    if kind == _POLYGON:
        rings = []
        for _ in range(count):
            (size,) = struct.unpack_from(order + "I", blob, at)
            ring, at = _points(blob, order, size, at + 4)
            rings.append(ring)
        return shapely.Polygon(rings[0], rings[1:]), at
    if kind not in _COLLECTIONS:
        msg = f"holds a shape of kind {kind}"
        raise ValueError(msg)
    parts = []
    for _ in range(count):
        if blob[at] != _ENTITY:
            raise ValueError("has a part that does not begin as one")
        (inner,) = struct.unpack_from(order + "I", blob, at + 1)
        part, at = _read(blob, order, inner, at + 5)
        parts.append(part)
    gather = (shapely.MultiPoint, shapely.MultiLineString, shapely.MultiPolygon)[kind - 4]
    return gather(parts), at


def _points(blob: bytes, order: str, count: int, at: int) -> tuple[Any, int]:
    pairs = np.frombuffer(blob, dtype=order + "f8", count=2 * count, offset=at)
    return pairs.reshape(-1, 2).astype(float), at + 16 * count
