"""The Surf Coast Shire as a scenario to plan: everyone leaves in cars by the roads that lead out.

Network and zones are of the project EES (MIT), from OpenStreetMap (ODbL). Who leaves, and that all
roads are open, is assumed: this measures programs, and says nothing about any event.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final
from zoneinfo import ZoneInfo

import numpy as np
import pyproj
import shapely
from numpy.typing import NDArray
from scipy.sparse import csr_array
from scipy.sparse.csgraph import dijkstra

from benchmarks.roads import Roads
from benchmarks.surf_coast import (
    NETWORK,
    PERSONS_A_CAR,
    ZONES,
    outline_of,
    read_network,
    read_zones,
)
from clearway.model.corridor import Corridor, HoldingArea, Reception, Window
from clearway.model.facts import Estimate, Text
from clearway.model.network import CROSSING, INSIDE, Links, Network, Nodes
from clearway.model.population import CAR, Demand, Group, Zone
from clearway.model.scenario import Planning, Scenario

#: Hours in which the roads out may be used, assumed; and the households of 1 to 9 of 100.
HOURS: Final = 4.0
SIZES_OF_100: Final = (25, 33, 16, 15, 7, 3, 1, 0, 0)
ASSUMED: Final = "assumed: for a benchmark"
TIMEZONE: Final = "Australia/Melbourne"


def surf_coast_plan(folder: Path) -> Scenario:
    """Return the scenario; ``folder`` holds network and zones."""
    roads = read_network(folder / NETWORK)
    areas, persons = read_zones(folder / ZONES)
    outline = outline_of(areas)
    shire = _Shire.of(roads, outline)
    corridors = [_corridor(roads, exit_) for exit_ in shire.exits.tolist()]
    zones, people = shire.zones(areas, persons)
    return Scenario(
        id="surf-coast",
        title=Text("Surf Coast Shire, by car", "منطقة سيرف كوست بالسيارات"),
        timezone=TIMEZONE,
        attribution=("Network and zones: EES (MIT); © OpenStreetMap contributors, ODbL 1.0",),
        outline=_degrees(outline.exterior.simplify(200.0).coords[:-1]),
        planning=Planning(900, 60, 10, Estimate(1.0, 1.0, 1.0, ASSUMED)),
        network=shire.network(),
        groups=(_cars(),),
        zones=zones,
        demand=Demand(np.array([[_households(count)] for count in people])),
        corridors=tuple(corridors),
        receptions=tuple(
            Reception(
                f"R{exit_}",
                Text(f"Road {exit_}", f"الطريق {exit_}"),
                int(roads.head[exit_]),
                _exactly(1e6),
            )
            for exit_ in shire.exits.tolist()
        ),
        windows=tuple(_window(corridor.id) for corridor in corridors),
    )


@dataclass(frozen=True, slots=True, eq=False)
class _Shire:
    """Roads inside from which some road leads out, and the roads out."""

    roads: Roads
    exits: NDArray[np.int64]
    kept: NDArray[np.int64]
    reach: NDArray[np.bool_]

    @staticmethod
    def of(roads: Roads, outline: Any) -> _Shire:
        inside = shapely.contains_xy(outline, roads.x_m, roads.y_m)
        exits = np.flatnonzero(inside[roads.tail] & ~inside[roads.head])
        inner = np.flatnonzero(inside[roads.tail] & inside[roads.head] & (roads.tail != roads.head))
        shape = (len(inside), len(inside))
        back = csr_array((np.ones(len(inner)), (roads.head[inner], roads.tail[inner])), shape=shape)
        reach = np.isfinite(dijkstra(back, indices=roads.tail[exits], min_only=True))
        kept = np.r_[inner[reach[roads.tail[inner]] & reach[roads.head[inner]]], exits]
        return _Shire(roads, exits, kept, reach & inside)

    def network(self) -> Network:
        roads, rows = self.roads, self.kept
        nodes = np.unique(np.r_[roads.tail[rows], roads.head[rows]])
        degrees = np.array(_degrees(np.c_[roads.x_m[nodes], roads.y_m[nodes]]))
        place = dict(zip(nodes.tolist(), map(tuple, degrees.tolist()), strict=True))
        ends = zip(roads.tail[rows].tolist(), roads.head[rows].tolist(), strict=True)
        out = np.isin(rows, self.exits)
        links = Links(
            id=rows,
            from_node=roads.tail[rows],
            to_node=roads.head[rows],
            directed=np.ones(len(rows), dtype=bool),
            length_m=roads.length_m[rows],
            width_m=np.full(len(rows), 1.0),
            lanes=roads.lanes[rows].astype(float),
            speed_m_per_s=roads.speed_m_per_s[rows],
            capacity_veh_per_s=roads.flow_per_s[rows],
            facility=np.full(len(rows), "unclassified"),
            side=np.where(out, CROSSING, INSIDE),
            state=np.full(len(rows), "open"),
            line=tuple((place[a], place[b]) for a, b in ends),
        )
        return Network(Nodes(nodes, degrees[:, 0], degrees[:, 1]), links)

    def zones(self, areas: list[Any], persons: list[float]) -> tuple[tuple[Zone, ...], list[float]]:
        """Return zones where anyone lives; each joins the node from which most cars can leave."""
        roads, room = self.roads, np.zeros(len(self.roads.x_m))
        np.add.at(room, roads.tail[self.kept], roads.flow_per_s[self.kept])
        leads = np.flatnonzero(self.reach & (room > 0))
        x, y, found, people = roads.x_m[leads], roads.y_m[leads], [], []
        for number, (area, count) in enumerate(zip(areas, persons, strict=True)):
            if count < 1:
                continue
            within = np.flatnonzero(shapely.contains_xy(area, x, y))
            off = np.hypot(x - area.centroid.x, y - area.centroid.y)
            near = within if len(within) else np.array([off.argmin()])
            node = leads[near[np.lexsort((off[near], -room[leads[near]]))[0]]]
            ring = _degrees(max(shapely.get_parts(area), key=shapely.area).exterior.coords[:-1])
            found.append(Zone(f"Z{number}", int(node), 0.0, (ring,)))
            people.append(count)
        return tuple(found), people


def _cars() -> Group:
    speed = Estimate(20.0, 27.8, 30.0, ASSUMED)
    return Group(
        "cars", Text("In cars", "بالسيارات"), speed, 1.0, ASSUMED,
        modes=(CAR,), persons_per_car=_exactly(PERSONS_A_CAR),
    )  # fmt: skip


def _corridor(roads: Roads, exit_: int) -> Corridor:
    per_s = float(roads.flow_per_s[exit_]) * PERSONS_A_CAR
    return Corridor(
        id=f"C{exit_}",
        name=Text(f"Road {exit_}", f"الطريق {exit_}"),
        mouth=int(roads.tail[exit_]),
        links=(exit_,),
        gate_persons_per_s=_exactly(per_s),
        holding=HoldingArea(10_000, 10_000, ASSUMED),
        margin_s=0,
        reception=f"R{exit_}",
        source=ASSUMED,
    )


def _window(corridor: str) -> Window:
    opens = datetime(2021, 1, 15, 10, tzinfo=ZoneInfo(TIMEZONE))
    return Window(corridor, opens, opens + timedelta(hours=HOURS), ASSUMED)


def _households(persons: float) -> NDArray[np.int64]:
    shares = np.array(SIZES_OF_100) / sum(SIZES_OF_100)
    wanted = persons / float(shares @ np.arange(1, 10)) * shares
    whole = np.floor(wanted).astype(np.int64)
    missing = round(float(wanted.sum())) - int(whole.sum())
    whole[np.argsort(whole - wanted, kind="stable")[:missing]] += 1
    return whole


def _exactly(value: float) -> Estimate:
    return Estimate(value, value, value, ASSUMED)


def _degrees(places: Any) -> tuple[tuple[float, float], ...]:
    system = pyproj.Transformer.from_crs("EPSG:32754", "EPSG:4326", always_xy=True)
    lon, lat = system.transform(*np.asarray(places, dtype=float).T)
    return tuple(zip(lon.tolist(), lat.tolist(), strict=True))
