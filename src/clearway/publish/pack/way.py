"""Ways on paper: how far, and the few points where a way turns, to be found on a gridded map.

Streets have no names in a scenario; a point on the grid is the same in every language.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import pairwise
from typing import Final

import numpy as np
from numpy.typing import NDArray

from clearway.model.network import Network
from clearway.publish.pack.place import mgrs
from clearway.publish.pack.sheet import Facts

#: Points that are named at most, and metres that a way may stray from the line through them.
MOST_POINTS: Final = 6
STRAY_M: Final = 60.0
_DEGREE_M: Final = 111_320.0


def way(network: Network, links: Sequence[int]) -> Facts:
    """Return a way as it is printed.

    Parameters
    ----------
    network
        Whose links they are.
    links
        Ids, in order, connected.

    Returns
    -------
    dict
        ``km`` to a tenth, and ``points``: where it turns, in MGRS to ten metres without its zone.
    """
    rows = network.link_index(links)
    km = float(network.links.length_m[rows].sum()) / 1000
    nodes = network.node_index(_nodes(network, rows))
    lon, lat = network.nodes.lon[nodes], network.nodes.lat[nodes]
    turns = _turns(lon, lat)
    return {"km": f"{km:.1f}", "points": [_square(lat[at], lon[at]) for at in turns]}


def _nodes(network: Network, rows: NDArray[np.int64]) -> list[int]:
    """Return the nodes of connected links in order."""
    starts = network.links.from_node[rows].tolist()
    ends = network.links.to_node[rows].tolist()
    first = starts[0]
    if len(starts) > 1 and first in (starts[1], ends[1]):
        first = ends[0]
    nodes = [first]
    for start, end in zip(starts, ends, strict=True):
        nodes.append(end if nodes[-1] == start else start)
    return nodes


def _turns(lon: NDArray[np.float64], lat: NDArray[np.float64]) -> list[int]:
    """Return where a line turns most: the point that strays most is named, until little does."""
    east = (lon - lon[0]) * _DEGREE_M * math.cos(math.radians(float(lat[0])))
    north = (lat - lat[0]) * _DEGREE_M
    line = east + 1j * north
    named = [0, len(line) - 1]
    while len(named) < MOST_POINTS + 2:
        found = [_farthest(line, a, b) for a, b in pairwise(named)]
        stray, at = max(found)
        if stray < STRAY_M:
            break
        named = sorted([*named, at])
    return named[1:-1]


def _farthest(line: NDArray[np.complex128], start: int, end: int) -> tuple[float, int]:
    """Return how far the point between two others is from their segment that is farthest."""
    if end - start < 2:
        return 0.0, start
    along, off = line[end] - line[start], line[start + 1 : end] - line[start]
    length = abs(along)
    if length == 0:
        stray = np.abs(off)
    else:
        share = np.clip((off * np.conj(along)).real / length**2, 0, 1)
        stray = np.abs(off - share * along)
    at = int(stray.argmax())
    return float(stray[at]), start + 1 + at


def _square(lat: float, lon: float) -> str:
    """Return a point as ``CA 3301 0758``; a dash near the poles."""
    parts = mgrs(float(lat), float(lon)).split()
    if len(parts) < 4:
        return "–"
    _, letters, east, north = parts
    return f"{letters} {east[:4]} {north[:4]}"
