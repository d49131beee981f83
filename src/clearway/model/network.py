"""The street network: nodes and links as read-only columns."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from clearway.model.checks import Checks, frozen_array

INSIDE, CROSSING, OUTSIDE = "inside", "crossing", "outside"
SIDES: Final = (INSIDE, CROSSING, OUTSIDE)
OPEN, CLOSED = "open", "closed"
STATES: Final = (OPEN, CLOSED)

#: Most persons a metre of walkway lets pass in a second (IMO MSC.1/Circ.1533, specific flow).
FOOT_FLOW_PERSONS_PER_M_S: Final = 1.3


@dataclass(frozen=True, slots=True, eq=False)
class Nodes:
    """Points where links meet.

    Attributes
    ----------
    id
        Shape (n,), unique whole numbers.
    lon, lat
        Shape (n,), degrees, WGS 84.
    """

    id: NDArray[np.int64]
    lon: NDArray[np.float64]
    lat: NDArray[np.float64]

    def __post_init__(self) -> None:
        """Freeze the columns; refuse unequal lengths, repeated ids, and points off the globe."""
        _freeze(self, {"id": np.int64, "lon": np.float64, "lat": np.float64})
        checks = Checks("node")
        _same_length(checks, self, ("id", "lon", "lat"))
        _all(checks, "lon", self.id, np.abs(self.lon) <= 180, "must be from -180 to 180 degrees")
        _all(checks, "lat", self.id, np.abs(self.lat) <= 90, "must be from -90 to 90 degrees")
        _unique(checks, self.id)
        checks.done()

    def __len__(self) -> int:
        """Return the number of nodes."""
        return len(self.id)


@dataclass(frozen=True, slots=True, eq=False)
class Links:
    """Stretches of street between two nodes, one row a street stretch (GMNS).

    A link with ``directed`` false may be used both ways, each way with the capacity given here.

    Attributes
    ----------
    id
        Shape (m,), unique whole numbers.
    from_node, to_node
        Shape (m,), node ids.
    directed
        Shape (m,), true where vehicles may go from ``from_node`` to ``to_node`` only. People on
        foot go both ways everywhere.
    length_m
        Shape (m,), metres, above zero.
    width_m
        Shape (m,), metres of walkway in each direction, above zero.
    lanes
        Shape (m,), for vehicles, in each direction.
    speed_m_per_s
        Shape (m,), free speed of vehicles.
    capacity_veh_per_s
        Shape (m,), vehicles a second in each direction.
    facility
        Shape (m,), class of street, an OSM ``highway`` value.
    side
        Shape (m,), ``inside`` the pocket, ``crossing`` its outline, or ``outside``.
    state
        Shape (m,), ``open`` or ``closed``; a closed link carries nobody.
    line
        One tuple a link: the points (lon, lat) in degrees from ``from_node`` to ``to_node``.
    """

    id: NDArray[np.int64]
    from_node: NDArray[np.int64]
    to_node: NDArray[np.int64]
    directed: NDArray[np.bool_]
    length_m: NDArray[np.float64]
    width_m: NDArray[np.float64]
    lanes: NDArray[np.float64]
    speed_m_per_s: NDArray[np.float64]
    capacity_veh_per_s: NDArray[np.float64]
    facility: NDArray[np.str_]
    side: NDArray[np.str_]
    state: NDArray[np.str_]
    line: tuple[tuple[tuple[float, float], ...], ...]

    def __post_init__(self) -> None:
        """Freeze the columns and refuse values that no street has."""
        kinds = {"id": np.int64, "from_node": np.int64, "to_node": np.int64, "directed": np.bool_}
        kinds |= dict.fromkeys(_LINK_NUMBERS, np.float64)
        kinds |= dict.fromkeys(("facility", "side", "state"), np.str_)
        _freeze(self, kinds)
        checks = Checks("link")
        _same_length(checks, self, (*kinds, "line"))
        for field in _LINK_NUMBERS:
            values = getattr(self, field)
            above = values > 0 if field in {"length_m", "width_m"} else values >= 0
            rule = (
                "must be a finite number above 0"
                if field in {"length_m", "width_m"}
                else ("must be a finite number, 0 or more")
            )
            _all(checks, field, self.id, np.isfinite(values) & above, rule)
        _all(checks, "side", self.id, np.isin(self.side, SIDES), f"must be one of {SIDES}")
        _all(checks, "state", self.id, np.isin(self.state, STATES), f"must be one of {STATES}")
        _all(checks, "to_node", self.id, self.from_node != self.to_node, "must not be from_node")
        _unique(checks, self.id)
        checks.done()

    def __len__(self) -> int:
        """Return the number of links."""
        return len(self.id)

    @property
    def foot_capacity_persons_per_s(self) -> NDArray[np.float64]:
        """Shape (m,), persons a second each way: width x 1.3 persons/m/s (IMO)."""
        return np.asarray(self.width_m * FOOT_FLOW_PERSONS_PER_M_S)


_LINK_NUMBERS: Final = ("length_m", "width_m", "lanes", "speed_m_per_s", "capacity_veh_per_s")


@dataclass(frozen=True, slots=True, eq=False)
class Network:
    """Streets inside the pocket, those that cross its outline, and those outside.

    Attributes
    ----------
    nodes, links
        Every link joins two of the nodes.
    """

    nodes: Nodes
    links: Links

    def __post_init__(self) -> None:
        """Refuse links whose ends are no nodes."""
        checks = Checks("link")
        for field in ("from_node", "to_node"):
            known = np.isin(getattr(self.links, field), self.nodes.id)
            _all(checks, field, self.links.id, known, "must be the id of a node")
        checks.done()

    def node_index(self, ids: Any) -> NDArray[np.int64]:
        """Return the rows of nodes ``ids`` (any shape, known ids)."""
        return _rows(self.nodes.id, ids)

    def link_index(self, ids: Any) -> NDArray[np.int64]:
        """Return the rows of links ``ids`` (any shape, known ids)."""
        return _rows(self.links.id, ids)


def _rows(known: NDArray[np.int64], ids: Any) -> NDArray[np.int64]:
    order = np.argsort(known, kind="stable")
    at = np.searchsorted(known, np.asarray(ids, dtype=np.int64), sorter=order)
    rows = order[np.minimum(at, len(known) - 1)]
    if not np.array_equal(known[rows], np.asarray(ids)):
        missing = np.asarray(ids).ravel()[(known[rows] != ids).ravel()]
        raise KeyError(int(missing[0]))
    return np.asarray(rows)


def _freeze(noun: object, kinds: dict[str, Any]) -> None:
    for field, kind in kinds.items():
        object.__setattr__(noun, field, frozen_array(getattr(noun, field), kind))


def _same_length(checks: Checks, noun: object, fields: tuple[str, ...]) -> None:
    counts = {field: len(getattr(noun, field)) for field in fields}
    checks.that(len(set(counts.values())) == 1, "rows", counts, "must be as many in every column")
    checks.done()


def _all(
    checks: Checks, field: str, ids: NDArray[np.int64], holds: NDArray[np.bool_], rule: str
) -> None:
    for one in ids[~holds]:
        checks.that(False, field, f"id {one}", rule)


def _unique(checks: Checks, ids: NDArray[np.int64]) -> None:
    values, counts = np.unique(ids, return_counts=True)
    for one in values[counts > 1]:
        checks.that(False, "id", one, "must be unique")
