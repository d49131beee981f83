"""Street lines from OpenStreetMap files: PBF or XML, plain or compressed."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
import osmium
import shapely

from clearway.errors import Breach, ScenarioError
from clearway.model.checks import shown
from clearway.read.highway import HIGHWAYS, street_class
from clearway.read.streets import Streets

#: Ends of file names that osmium knows.
OSM_ENDINGS: Final = (".osm", ".pbf", ".osm.gz", ".osm.bz2", ".osm.xml")

_FORWARD: Final = frozenset({"yes", "true", "1"})
_BACKWARD: Final = frozenset({"-1", "reverse"})
_ONE_WAY_CLASSES: Final = frozenset({"motorway"})
_SHUT: Final = frozenset({"no", "private"})
_ON_FOOT: Final = frozenset({"yes", "designated", "permissive", "destination"})
_FAST: Final = frozenset({"motorway", "motorway_link", "trunk", "trunk_link"})
_MILE_KM: Final = 1.609344
_QUANTITY: Final = re.compile(r"^\s*(\d{1,4}(?:\.\d{1,4})?)\s*(mph|km/h|kmh|kph|m)?\s*$")


def read_osm(path: Path | str, *, source: str = "") -> Streets:
    """Read the streets of an OpenStreetMap file; ways meet where they share a node.

    Ways whose ``access`` or ``foot`` tag shuts people on foot out are left out, but motorways and
    trunk roads are kept: in a pause nothing else may run there. ``oneway`` holds for vehicles and
    is implied by motorways and roundabouts. Tagged ``lanes`` and ``width`` are of both directions
    together unless the way is one-way.

    Parameters
    ----------
    path
        A file of a kind in ``OSM_ENDINGS``.
    source
        What people read about where the streets come from.

    Raises
    ------
    ScenarioError
        If the file cannot be read or has no streets with places.
    """
    path = Path(path)
    ways = _ways(path)
    used = Counter(node for way in ways for node in way.nodes)
    parts = [part for way in ways for part in _parts(way, used)]
    if not parts:
        raise _breach(path, "must have ways with a highway tag and the places of their nodes")
    first = np.array([nodes[0] for _, nodes, _ in parts])
    last = np.array([nodes[-1] for _, nodes, _ in parts])
    ends = np.unique(np.concatenate([first, last]), return_inverse=True)[1].reshape(2, -1)
    lines = np.array([shapely.LineString(places) for _, _, places in parts], dtype=object)

    def column(field: str) -> np.ndarray:
        return np.array([getattr(way, field) for way, _, _ in parts])

    return Streets(
        crs="EPSG:4326",
        line=lines,
        start=ends[0],
        end=ends[1],
        highway=column("highway"),
        directed=column("directed"),
        lanes=column("lanes"),
        width_m=column("width_m"),
        speed_kph=column("speed_kph"),
        capacity_veh_per_h=np.full(len(parts), np.nan),
        source=source or f"OpenStreetMap ({path.name}, © OpenStreetMap contributors, ODbL 1.0)",
    )


@dataclass(frozen=True, slots=True)
class _Way:
    """A way with its nodes in the direction of travel, and what its tags say each way."""

    nodes: tuple[int, ...]
    places: tuple[tuple[float, float] | None, ...]
    highway: str
    directed: bool
    lanes: float
    width_m: float
    speed_kph: float


_Part = tuple[_Way, tuple[int, ...], tuple[tuple[float, float], ...]]


def _ways(path: Path) -> list[_Way]:
    try:
        with path.open("rb"):
            pass
        found = osmium.FileProcessor(str(path)).with_locations()
        ways = found.with_filter(osmium.filter.EntityFilter(osmium.osm.WAY))
        streets = ways.with_filter(osmium.filter.KeyFilter("highway"))
        return [way for one in streets if (way := _way(one)) is not None]
    except OSError as error:
        raise _breach(path, f"must be a readable file ({error.strerror or error})") from error
    except (RuntimeError, ValueError) as error:  # osmium's word for a broken file
        rule = f"must be a readable OpenStreetMap file ({shown(error)})"
        raise _breach(path, rule) from error


def _way(way: Any) -> _Way | None:
    """Return what is needed of a way before osmium reuses its memory; None if nobody walks it."""
    tags = {tag.k: tag.v for tag in way.tags}
    if not _walked(tags):
        return None
    nodes = tuple(node.ref for node in way.nodes)
    places = tuple(
        (node.location.lon, node.location.lat) if node.location.valid() else None
        for node in way.nodes
    )
    backward = tags.get("oneway") in _BACKWARD
    if backward:
        nodes, places = nodes[::-1], places[::-1]
    directed = backward or _one_way(tags)
    both = 1 if directed else 2
    return _Way(
        nodes=nodes,
        places=places,
        highway=tags["highway"],
        directed=directed,
        lanes=_quantity(tags.get("lanes", "")) / both,
        width_m=_quantity(tags.get("width", "")) / both,
        speed_kph=_quantity(tags.get("maxspeed", "")),
    )


def _walked(tags: Mapping[str, str]) -> bool:
    """Say whether the way is a street that people on foot can use."""
    name = tags.get("highway", "")
    if street_class(name) is None or tags.get("area") == "yes":
        return False
    if name in _FAST:
        return tags.get("access") not in _SHUT
    foot = tags.get("foot", "")
    return foot in _ON_FOOT or (foot not in _SHUT and tags.get("access") not in _SHUT)


def _one_way(tags: Mapping[str, str]) -> bool:
    kind = HIGHWAYS.get(tags["highway"])
    if kind is not None and not kind.lanes:
        return False
    said = tags.get("oneway", "")
    implied = tags["highway"] in _ONE_WAY_CLASSES or tags.get("junction") == "roundabout"
    return said in _FORWARD or (implied and said != "no")


def _quantity(text: str) -> float:
    found = _QUANTITY.match(text)
    if not found or not float(found[1]):
        return math.nan
    return float(found[1]) * (_MILE_KM if found[2] == "mph" else 1)


def _parts(way: _Way, used: Counter[int]) -> Iterator[_Part]:
    """Cut a way at nodes that it shares, and leave out what lies beyond the file's edge."""
    nodes: list[int] = []
    places: list[tuple[float, float]] = []
    for node, place in zip(way.nodes, way.places, strict=True):
        if place is not None:
            nodes.append(node)
            places.append(place)
        if len(nodes) > 1 and (place is None or used[node] > 1):
            yield way, tuple(nodes), tuple(places)
            nodes, places = nodes[-1:], places[-1:]
        if place is None:
            nodes, places = [], []
    if len(nodes) > 1:
        yield way, tuple(nodes), tuple(places)


def _breach(path: Path, rule: str) -> ScenarioError:
    return ScenarioError((Breach(path.name, 0, "file", "", rule),))
