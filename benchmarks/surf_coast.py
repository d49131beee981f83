"""Cars that leave a district by its real roads: the Surf Coast Shire, Victoria.

Network and zones are of the project EES (MIT), from OpenStreetMap (ODbL). Who leaves and when is
assumed: this measures programs, and says nothing about any event.
"""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any, Final
from xml.etree import ElementTree as ET

import numpy as np
import pyproj
import shapely
from numpy.typing import NDArray

from benchmarks.roads import (
    LANE_CARS_PER_M,
    REACTION_S,
    Case,
    Floats,
    Roads,
    Rows,
    assemble,
    follow,
    full_flow,
    routes_to,
)

NETWORK: Final = "surf-coast-shire-network-2021-epsg32754.xml.gz"
ZONES: Final = "zones-epsg4326.geojson"
#: The columns of persons by type; the source does not define them. A sixth, T, is zero almost
#: everywhere and is left out.
PERSONS: Final = ("FR", "PR", "OV", "RV", "DV")
#: Assumed: persons a car (range 2 to 3), and hours over which cars leave, evenly (range 2 to 8).
PERSONS_A_CAR: Final = 2.5
HOURS: Final = 4.0
HORIZON_H: Final = 14.0
#: Parts of the cars that choose their ways one after the other.
SLICES: Final = 20
#: Gaps between zones up to twice this are closed, metres: 20 links then leave the district.
SLIVER_M: Final = 50.0
#: Of the road beyond each exit, on which nobody is held up.
BEYOND_M, BEYOND_LANES = 100.0, 8


def surf_coast(folder: Path, unit: int = 1) -> Case:
    """Return the case; only roads that some route uses are kept.

    Parameters
    ----------
    folder
        That holds network and zones.
    unit
        Cars that move as one.
    """
    whole = read_network(folder / NETWORK)
    areas, persons = read_zones(folder / ZONES)
    outline = outline_of(areas)
    inside = shapely.contains_xy(outline, whole.x_m, whole.y_m)
    exits = np.flatnonzero(inside[whole.tail] & ~inside[whole.head])
    roads, sink = _with_sink(whole, exits)
    _, leads = routes_to(roads, roads.length_m / roads.speed_m_per_s, sink)
    origins, when = list[int](), list[float]()
    for area, count in zip(areas, persons, strict=True):
        units = round(count / PERSONS_A_CAR / unit)
        nodes = _origins(roads, area, inside & (leads[: len(inside)] >= 0))
        if units and len(nodes):
            origins += [int(nodes[one % len(nodes)]) for one in range(units)]
            when += ((np.arange(units) + 0.5) * HOURS * 3600.0 / units).tolist()
    order = np.argsort(when, kind="stable")
    trips, ways = _assign(roads, sink, [origins[at] for at in order], unit)
    chosen = [(when[at], way) for at, way in zip(order, trips, strict=True)]
    return _used(assemble(roads, chosen, ways, unit, HORIZON_H * 3600.0))


def _assign(
    roads: Roads, sink: int, origins: list[int], unit: int
) -> tuple[list[int], list[list[int]]]:
    """Return each unit's row of the ways, and the ways: drivers know which roads are busy.

    Every so many units take the shortest ways at the loads so far, by the usual curve of the US
    Bureau of Public Roads (1964), t = t0 (1 + 0.15 (load / capacity)^4).
    """
    free = roads.length_m / roads.speed_m_per_s
    load, most = np.zeros(len(free)), roads.flow_per_s * HOURS * 3600.0
    trips, ways = [0] * len(origins), list[list[int]]()
    for part in range(SLICES):
        _, first = routes_to(roads, free * (1.0 + 0.15 * (load / most) ** 4), sink)
        known = dict[int, int]()
        for at in range(part, len(origins), SLICES):
            origin = origins[at]
            if origin not in known:
                known[origin] = len(ways)
                ways.append(follow(roads, first, origin))
            trips[at] = known[origin]
            load[ways[trips[at]]] += unit
    return trips, ways


def read_network(path: Path) -> Roads:
    """Read nodes and links of a MATSim network."""
    with gzip.open(path) as file:
        root = ET.parse(file).getroot()  # noqa: S314 - a file of the project's own choosing
    nodes, links = (list(root.iterfind(name)) for name in ("nodes/node", "links/link"))
    row = {node.attrib["id"]: number for number, node in enumerate(nodes)}

    def column(name: str) -> Floats:
        return np.array([float(link.attrib[name]) for link in links])

    lanes, speed = column("permlanes"), column("freespeed")
    whole = np.maximum(1, np.ceil(lanes)).astype(np.int64)
    jam = np.asarray(whole * LANE_CARS_PER_M, dtype=np.float64)
    most = full_flow(speed, whole.astype(np.float64), jam, REACTION_S)
    return Roads(
        x_m=np.array([float(node.attrib["x"]) for node in nodes]),
        y_m=np.array([float(node.attrib["y"]) for node in nodes]),
        gate_per_s=np.zeros(len(row)),
        tail=np.array([row[link.attrib["from"]] for link in links]),
        head=np.array([row[link.attrib["to"]] for link in links]),
        # A road shorter than a car holds one.
        length_m=np.maximum(column("length"), 1 / LANE_CARS_PER_M),
        speed_m_per_s=speed,
        lanes=whole,
        jam_per_m=jam,
        flow_per_s=np.minimum(column("capacity") / 3600.0, most),
        reaction_s=REACTION_S,
    )


def read_zones(path: Path) -> tuple[list[Any], list[float]]:
    """Return outlines in the network's metres, and persons, of zones where there are any."""
    to_metres = pyproj.Transformer.from_crs("EPSG:4326", "EPSG:32754", always_xy=True).transform
    areas, persons = list[Any](), list[float]()
    for feature in json.loads(path.read_text("utf-8"))["features"]:
        outline = shapely.make_valid(shapely.geometry.shape(feature["geometry"]))
        areas.append(shapely.transform(outline, to_metres, interleaved=False))
        persons.append(float(sum(feature["properties"][name] for name in PERSONS)))
    return areas, persons


def outline_of(areas: list[Any]) -> Any:
    """Return the outline of the largest piece of all zones together, slivers closed."""
    union = shapely.union_all([shapely.buffer(area, SLIVER_M) for area in areas])
    outline = shapely.Polygon(max(shapely.get_parts(union), key=shapely.area).exterior)
    shapely.prepare(outline)
    return outline


def _with_sink(roads: Roads, exits: Rows) -> tuple[Roads, int]:
    """Return the roads with a wide one from the end of each exit to a place where trips end."""
    sink = len(roads.x_m)
    ends = np.unique(roads.head[exits])
    extra = len(ends)
    kept = np.ones(len(roads.tail), dtype=bool)
    # Nobody who is out comes back in or drives on.
    kept[np.isin(roads.tail, ends)] = False
    lanes = np.full(extra, BEYOND_LANES)
    speed = np.full(extra, 100.0 / 3.6)
    jam = lanes * LANE_CARS_PER_M
    flow = full_flow(speed, lanes.astype(np.float64), jam, REACTION_S)
    joined = {
        "tail": ends,
        "head": np.full(extra, sink),
        "length_m": np.full(extra, BEYOND_M),
        "speed_m_per_s": speed,
        "lanes": lanes,
        "jam_per_m": jam,
        "flow_per_s": flow,
    }
    columns = {name: np.r_[getattr(roads, name)[kept], more] for name, more in joined.items()}
    here = {"x_m": np.r_[roads.x_m, roads.x_m.mean()], "y_m": np.r_[roads.y_m, roads.y_m.mean()]}
    return Roads(**here, **columns, gate_per_s=np.zeros(sink + 1), reaction_s=REACTION_S), sink


def _origins(roads: Roads, area: Any, usable: NDArray[np.bool_]) -> Rows:
    """Return the nodes of a zone from which there is a way out; if it has none, the nearest."""
    leads = np.flatnonzero(usable)
    within = leads[shapely.contains_xy(area, roads.x_m[leads], roads.y_m[leads])]
    if len(within):
        return np.asarray(within)
    centre = area.centroid
    off = np.hypot(roads.x_m[leads] - centre.x, roads.y_m[leads] - centre.y)
    return np.asarray(leads[[off.argmin()]])


def _used(case: Case) -> Case:
    """Return the case on the roads and nodes that its routes use."""
    roads = case.roads
    links, route = np.unique(case.route, return_inverse=True)
    nodes, ends = np.unique(np.r_[roads.tail[links], roads.head[links]], return_inverse=True)
    kept = Roads(
        x_m=roads.x_m[nodes],
        y_m=roads.y_m[nodes],
        gate_per_s=roads.gate_per_s[nodes],
        tail=ends[: len(links)],
        head=ends[len(links) :],
        length_m=roads.length_m[links],
        speed_m_per_s=roads.speed_m_per_s[links],
        lanes=roads.lanes[links],
        jam_per_m=roads.jam_per_m[links],
        flow_per_s=roads.flow_per_s[links],
        reaction_s=roads.reaction_s,
    )
    return Case(kept, case.depart_s, case.start, route, case.unit, case.horizon_s)
