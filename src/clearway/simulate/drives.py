"""Where vehicles drive: ways over links, and between places outside."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from clearway.model.care import metres_between
from clearway.model.scenario import Scenario
from clearway.simulate.ways import STANDSTILL_M_PER_S, corridor_way


@dataclass(frozen=True, slots=True, eq=False)
class Drives:
    """Ways that vehicles drive, all their links in one; n ways, f links.

    Attributes
    ----------
    kind
        Shape (n,), type of the vehicles that drive it.
    way
        Shape (f,), way of each link.
    length_m, speed_m_per_s
        Shape (f,), of each link.
    """

    kind: NDArray[np.int64]
    way: NDArray[np.int64]
    length_m: NDArray[np.float64]
    speed_m_per_s: NDArray[np.float64]

    def seconds(self, speed_m_per_s: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return what each way takes, shape (n,), at most speeds by type, shape (types,)."""
        speed = np.minimum(self.speed_m_per_s, speed_m_per_s[self.kind[self.way]])
        taken = self.length_m / np.maximum(speed, STANDSTILL_M_PER_S)
        return np.asarray(
            np.bincount(self.way, weights=taken, minlength=len(self.kind)), dtype=np.float64
        )


class DriveBook:
    """Distinct ways of each type of vehicle, numbered as they come."""

    def __init__(self, scenario: Scenario) -> None:
        """Take the streets of ``scenario``."""
        self._network = scenario.network
        self._rows: dict[tuple[int, tuple[int, ...]], int] = {}

    def add(self, kind: int, links: tuple[int, ...]) -> int:
        """Return the row of a way that vehicles of one type drive; it may have no links."""
        return self._rows.setdefault((kind, tuple(links)), len(self._rows))

    def drives(self) -> Drives:
        """Return all of them."""
        ids = [link for _, way in self._rows for link in way]
        rows = self._network.link_index(np.array(ids, dtype=np.int64))
        counts = [len(way) for _, way in self._rows]
        return Drives(
            np.array([kind for kind, _ in self._rows], dtype=np.int64),
            np.repeat(np.arange(len(counts)), np.array(counts, dtype=np.int64)),
            self._network.links.length_m[rows],
            self._network.links.speed_m_per_s[rows],
        )


class Places:
    """Depots, reception sites and hospitals by their ids."""

    def __init__(self, scenario: Scenario) -> None:
        """Take the places of ``scenario``."""
        self._scenario = scenario
        at = {site.id: self._point(site.node) for site in scenario.receptions}
        at |= {one.id: (one.lon, one.lat) for one in scenario.fleet.depots}
        at |= {one.id: (one.lon, one.lat) for one in scenario.care.hospitals}
        self._at = tuple(at.values())
        self._rows = {name: row for row, name in enumerate(at)}

    def row(self, name: str) -> int:
        """Return the row of a place."""
        return self._rows[name]

    def drive_s(self) -> NDArray[np.float64]:
        """Return the seconds to each corridor's exit by central figures, shape (places, k)."""
        fleet = self._scenario.fleet
        exits = [self._point(self._exit(k)) for k in range(len(self._scenario.corridors))]
        metres = [[metres_between(*place, *out) for out in exits] for place in self._at]
        each = fleet.outside_detour.central / fleet.outside_m_per_s.central
        return np.array(metres, dtype=np.float64).reshape(len(self._at), len(exits)) * each

    def _exit(self, k: int) -> int:
        links = self._scenario.network.links
        last = int(corridor_way(self._scenario.network, self._scenario.corridors[k]).steps[-1])
        return int((links.from_node if last % 2 else links.to_node)[last // 2])

    def _point(self, node: int) -> tuple[float, float]:
        nodes = self._scenario.network.nodes
        row = int(self._scenario.network.node_index(node))
        return float(nodes.lon[row]), float(nodes.lat[row])
