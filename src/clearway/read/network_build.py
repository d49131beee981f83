"""The network of a scenario from street pieces: what is kept, what is open, chains as links."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import shapely
from numpy.typing import NDArray

from clearway.model.network import CLOSED, CROSSING, INSIDE, OPEN, OUTSIDE, Links, Network, Nodes
from clearway.read.chains import Chain, join_chains
from clearway.read.corridors_build import Way
from clearway.read.highway import HIGHWAYS
from clearway.read.pieces import Pieces, main_part, project
from clearway.read.streets import FIGURES, Streets

#: About a metre; finer digits would say more than street lines know.
DEGREE_DIGITS: Final = 5
_KPH: Final = 3.6
_HOUR_S: Final = 3_600


@dataclass(frozen=True, slots=True, eq=False)
class Built:
    """The network, and where pieces and nodes went.

    Attributes
    ----------
    network
        Nodes and links, numbered from 1.
    node
        Shape (n,), id of each node of the pieces; 0 where it was left out.
    link
        Shape (m,), id of the link that each piece became part of; 0 where it was left out.
    """

    network: Network
    node: NDArray[np.int64]
    link: NDArray[np.int64]

    def path(self, pieces: tuple[int, ...]) -> tuple[int, ...]:
        """Return the ids of the links that pieces in a row became, each once."""
        return tuple(dict.fromkeys(self.link[list(pieces)].tolist()))


@dataclass(frozen=True, slots=True)
class Stays:
    """What the network must not close or join away.

    Attributes
    ----------
    crossings
        Pieces that cross the outline and stay open; every other crossing is closed.
    nodes
        Nodes that stay nodes: of zones, mouths, exits, reception sites.
    """

    crossings: tuple[int, ...]
    nodes: tuple[int, ...]


def kept_pieces(
    pieces: Pieces, part: NDArray[np.bool_], ways: tuple[Way, ...], outside_m: float
) -> NDArray[np.bool_]:
    """Return shape (m,), the pieces that a scenario needs.

    Kept are the streets inside that the connected part reaches, all crossings of the outline from
    it, the ways out, and outside the major streets within ``outside_m`` that join these ways.
    """
    used = np.zeros(len(pieces.line), dtype=bool)
    for way in ways:
        used[[*way.pieces, *way.onward]] = True
    reached = part[pieces.start] | part[pieces.end]
    near = shapely.dwithin(pieces.pocket, pieces.line, outside_m)
    around = (pieces.outside & pieces.flags("major") & near) | used
    joined = _joined(pieces, around, used)
    return np.asarray((reached & ~pieces.outside) | joined)


def build_network(
    streets: Streets,
    pieces: Pieces,
    kept: NDArray[np.bool_],
    stays: Stays,
    simplify_m: float,
) -> Built:
    """Join the kept pieces to links.

    Parameters
    ----------
    streets
        Whose own figures, where it has any, come before those of the class.
    pieces
        All of them.
    kept
        Shape (m,), those that become links.
    stays
        Open crossings, and nodes that must stay.
    simplify_m
        Farthest that a drawn line may leave the street's line.
    """
    rows = np.flatnonzero(kept)
    some = pieces.keep(kept)
    figures = _figures(streets, some)
    side = np.where(some.crossing, CROSSING, np.where(some.inside, INSIDE, OUTSIDE))
    fixed = np.zeros(len(some.x), dtype=bool)
    fixed[list(stays.nodes)] = True
    directed = streets.directed[some.row]
    kind = _kinds(side, some.highway, figures)
    chains = join_chains(some.start, some.end, kind, directed, fixed)
    used = np.unique([(chain.start, chain.end) for chain in chains])
    node = np.zeros(len(some.x), dtype=np.int64)
    node[used] = np.arange(1, len(used) + 1)
    link = np.zeros(len(pieces.line), dtype=np.int64)
    for number, chain in enumerate(chains, start=1):
        link[rows[list(chain.pieces)]] = number
    shut = (side == CROSSING) & ~np.isin(rows, stays.crossings)
    columns = {
        "directed": directed,
        "width_m": figures["width_m"],
        "lanes": figures["lanes"],
        "speed_m_per_s": figures["speed_kph"] / _KPH,
        "capacity_veh_per_s": figures["capacity_veh_per_h"] / _HOUR_S,
        "facility": some.highway,
        "side": side,
        "state": np.where(shut, CLOSED, OPEN),
    }
    links = _links(some, chains, node, columns, simplify_m)
    return Built(Network(_nodes(some, used), links), node, link)


def _links(
    pieces: Pieces,
    chains: tuple[Chain, ...],
    node: NDArray[np.int64],
    columns: dict[str, NDArray[Any]],
    simplify_m: float,
) -> Links:
    """Return one link a chain; ``columns`` of pieces are the same all along a chain."""
    first = [chain.pieces[0] for chain in chains]
    length = [pieces.length_m[list(chain.pieces)].sum() for chain in chains]
    return Links(
        id=np.arange(1, len(chains) + 1),
        from_node=node[[chain.start for chain in chains]],
        to_node=node[[chain.end for chain in chains]],
        length_m=np.maximum(np.round(length, 1), 0.1),
        line=_lines(pieces, chains, simplify_m),
        **{name: column[first] for name, column in columns.items()},
    )


def _joined(
    pieces: Pieces, around: NDArray[np.bool_], used: NDArray[np.bool_]
) -> NDArray[np.bool_]:
    """Return the pieces ``around`` that hang together with one that is ``used``."""
    joined = np.zeros(len(around), dtype=bool)
    left = around.copy()
    while (left & used).any():
        part = main_part(pieces, left, np.where(used, 1.0, 0.0) + 1e-9)
        here = left & part[pieces.start]
        if not (here & used).any():
            break
        joined |= here
        left &= ~here
    return joined | used


def _figures(streets: Streets, pieces: Pieces) -> dict[str, NDArray[np.float64]]:
    """Return what the data says of each piece, and where it says nothing, what its class has."""
    figures, usual = {}, {}
    for field in FIGURES:
        own = getattr(streets, field)[pieces.row]
        usual[field] = np.array([getattr(HIGHWAYS[one], field) for one in pieces.highway], float)
        sound = np.isfinite(own) & (own > 0 if field == "width_m" else own >= 0)
        figures[field] = np.where(sound, own, usual[field])
    # A lane more or less carries a lane's worth of vehicles more or less.
    lanes = figures["lanes"] / np.where(usual["lanes"] > 0, usual["lanes"], 1)
    told = np.isfinite(streets.capacity_veh_per_h[pieces.row])
    figures["capacity_veh_per_h"] *= np.where(told, 1, lanes)
    return figures


def _kinds(
    side: NDArray[np.str_], highway: NDArray[np.str_], figures: dict[str, NDArray[np.float64]]
) -> NDArray[np.int64]:
    """Return shape (m,), equal numbers where pieces may become one link; crossings never do."""
    columns = [side, highway, *figures.values()]
    codes = np.stack([np.unique(column, return_inverse=True)[1] for column in columns])
    kind = np.unique(codes, axis=1, return_inverse=True)[1].ravel()
    return np.asarray(np.where(side == CROSSING, -1 - np.arange(len(side)), kind))


def _nodes(pieces: Pieces, used: NDArray[np.int64]) -> Nodes:
    points = shapely.points(pieces.x[used], pieces.y[used])
    place = shapely.get_coordinates(project(points, pieces.crs, "EPSG:4326"))
    lon, lat = np.round(place, DEGREE_DIGITS).T
    return Nodes(np.arange(1, len(used) + 1), lon, lat)


def _lines(
    pieces: Pieces, chains: tuple[Chain, ...], simplify_m: float
) -> tuple[tuple[tuple[float, float], ...], ...]:
    drawn = np.array([shapely.LineString(_points(pieces, chain)) for chain in chains], dtype=object)
    plain = project(shapely.simplify(drawn, simplify_m), pieces.crs, "EPSG:4326")
    return tuple(_degrees(line) for line in plain)


def _points(pieces: Pieces, chain: Chain) -> NDArray[np.float64]:
    parts = []
    for piece, forward in zip(chain.pieces, chain.forward, strict=True):
        points = shapely.get_coordinates(pieces.line[piece])
        parts.append(points if forward else points[::-1])
    ends = (chain.start, chain.end)
    # Line ends may lie a centimetre from their node; the drawn line begins and ends at nodes.
    parts[0][0] = pieces.x[ends[0]], pieces.y[ends[0]]
    parts[-1][-1] = pieces.x[ends[1]], pieces.y[ends[1]]
    return np.concatenate([parts[0], *(part[1:] for part in parts[1:])])


def _degrees(line: object) -> tuple[tuple[float, float], ...]:
    points = [
        (float(x), float(y)) for x, y in np.round(shapely.get_coordinates(line), DEGREE_DIGITS)
    ]
    kept = [one for row, one in enumerate(points) if row == 0 or one != points[row - 1]]
    return tuple(kept if len(kept) > 1 else [points[0], points[-1]])
