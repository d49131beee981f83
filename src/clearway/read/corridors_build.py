"""Corridors: for each wanted mouth the crossing nearest to it that leads out into the open."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray

from clearway.errors import Breach, ScenarioError
from clearway.read.pieces import Pieces
from clearway.read.recipe import ImportOptions, Mouth
from clearway.read.ways import Streetmap, Tree

#: Metres on a minor street count as this many on a major one when a way out is chosen.
_MINOR_COST = 3.0
#: A metre off the wanted length counts as this many not gained away from the pocket. Above one,
#: so that a straight road out ends at the wanted length.
_LENGTH_COST = 2.0
#: Crossings tried for each mouth before the import gives up.
_TRIES = 200


@dataclass(frozen=True, slots=True)
class Way:
    """The way out that was found for one wanted mouth, in rows of pieces and nodes.

    Attributes
    ----------
    mouth, exit, reception
        Nodes: the crossing's end in the pocket, the end of the corridor, the reception site.
    pieces
        From the mouth to the exit; the first is the crossing.
    onward
        From the exit to the reception site.
    moved_m
        Distance between the wanted mouth and the crossing.
    """

    mouth: int
    exit: int
    reception: int
    pieces: tuple[int, ...]
    onward: tuple[int, ...]
    moved_m: float


def find_ways(
    pieces: Pieces,
    part: NDArray[np.bool_],
    mouths: tuple[Mouth, ...],
    at: NDArray[np.float64],
    options: ImportOptions,
) -> tuple[Way, ...]:
    """Return a way out for each mouth; no two share a piece.

    The crossing is the major one nearest to the wanted mouth from which major streets outside
    lead on far enough; a minor crossing is taken only where no major one does.

    Parameters
    ----------
    pieces
        Streets inside and outside.
    part
        Shape (n,), nodes of the connected part inside that people can start from.
    mouths
        What is wanted.
    at
        Shape (mouths, 2), where, in local metres.
    options
        Lengths and distances.

    Raises
    ------
    ScenarioError
        With one breach for each mouth that no crossing suits.
    """
    search = _Search(pieces, part, options)
    ways: list[Way] = []
    breaches = []
    for mouth, place in zip(mouths, at, strict=True):
        way = search.nearest(place, tuple(ways))
        if way is None:
            rule = (
                f"must lie within {options.mouth_m:g} m of a crossing of the outline from which "
                f"streets lead {options.corridor_m[0] + options.onward_m[0]:g} m on"
            )
            where = f"{mouth.lat:g} {mouth.lon:g}"
            breaches.append(Breach("", 0, f"mouth {mouth.id}", where, rule))
        else:
            ways.append(way)
    if breaches:
        raise ScenarioError(tuple(breaches))
    return tuple(ways)


class _Search:
    """The streets outside, ready to be searched from any crossing."""

    def __init__(self, pieces: Pieces, part: NDArray[np.bool_], options: ImportOptions) -> None:
        major = pieces.flags("major")
        cost = pieces.length_m * np.where(major, 1.0, _MINOR_COST)
        self._map = Streetmap(pieces.start, pieces.end, pieces.length_m, cost, len(pieces.x))
        self._pieces, self._options, self._major = pieces, options, major
        self._outside = pieces.outside
        reached = part[pieces.start] | part[pieces.end]
        self._crossings = np.flatnonzero(pieces.crossing & reached)
        inward = pieces.inner[pieces.start[self._crossings]]
        ends = (pieces.start[self._crossings], pieces.end[self._crossings])
        self._mouth, self._beyond = np.where(inward, *ends), np.where(inward, *ends[::-1])
        points = shapely.points(pieces.x, pieces.y)
        self._clear = np.where(pieces.inner, 0.0, shapely.distance(pieces.pocket, points))

    def nearest(self, place: NDArray[np.float64], taken: tuple[Way, ...]) -> Way | None:
        """Return the way out from the crossing nearest to ``place``, major crossings first."""
        x, y = self._pieces.x[self._mouth], self._pieces.y[self._mouth]
        distance = np.hypot(x - place[0], y - place[1])
        near = np.flatnonzero((distance <= self._options.mouth_m) & self._apart(x, y, taken))
        minor = ~self._major[self._crossings[near]]
        order = near[np.lexsort((near, distance[near], minor))]
        for crossing in order[:_TRIES]:
            way = self._way(int(crossing), float(distance[crossing]), taken)
            if way is not None:
                return way
        return None

    def _apart(
        self, x: NDArray[np.float64], y: NDArray[np.float64], taken: tuple[Way, ...]
    ) -> NDArray[np.bool_]:
        apart = np.ones(len(x), dtype=bool)
        for way in taken:
            gap = np.hypot(x - self._pieces.x[way.mouth], y - self._pieces.y[way.mouth])
            apart &= gap >= max(self._options.apart_m, 1e-6)
        return apart

    def _way(self, row: int, moved: float, taken: tuple[Way, ...]) -> Way | None:
        crossing, options = int(self._crossings[row]), self._options
        allowed = self._outside.copy()
        for way in taken:
            allowed[[*way.pieces, *way.onward]] = False
        first = float(self._pieces.length_m[crossing])
        out = self._map.tree(int(self._beyond[row]), allowed, options.corridor_m[2] * _MINOR_COST)
        leave = self._best(out, first, options.corridor_m)
        if leave is None:
            return None
        path = (crossing, *out.way(leave))
        allowed[list(path)] = False
        on = self._map.tree(leave, allowed, options.onward_m[2] * _MINOR_COST)
        site = self._best(on, 0.0, options.onward_m)
        if site is None:
            return None
        return Way(int(self._mouth[row]), leave, site, path, on.way(site), moved)

    def _best(self, tree: Tree, first: float, bounds: tuple[float, float, float]) -> int | None:
        """Return the node in range that is farthest from the pocket for its way, or None."""
        length = tree.length_m[tree.nodes] + first
        fits = tree.nodes[(length >= bounds[0]) & (length <= bounds[2])]
        if not len(fits):
            return None
        off = np.abs(tree.length_m[fits] + first - bounds[1])
        return int(fits[np.argmax(self._clear[fits] - _LENGTH_COST * off)])
