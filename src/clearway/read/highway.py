"""What a street of each class is assumed to carry: the one table that every import uses."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class HighwayClass:
    """Figures for one value of the OSM tag ``highway``.

    Attributes
    ----------
    lanes
        Lanes for vehicles in each direction; 0 where vehicles cannot go.
    width_m
        Metres that people on foot can use in each direction while no other traffic runs.
    speed_kph
        Free speed of vehicles in a built-up area.
    capacity_veh_per_h
        Vehicles an hour in each direction, all lanes together.
    major
        Whether crossings of this class are taken before others for corridors and receptions.
    residential
        Whether people live along it, so that it counts for zones and population.
    source
        Where the figures come from, or "assumed" with the reason.
    """

    lanes: float
    width_m: float
    speed_kph: float
    capacity_veh_per_h: float
    major: bool
    residential: bool
    source: str


_THROUGH: Final = (
    "assumed: 1,800 vehicles an hour of green a lane (Highway Capacity Manual: 1,900 at best), "
    "green all the time on motorways, five sixths of it on trunk roads, two thirds on primary, "
    "three fifths on secondary, half on tertiary streets; people use the lanes of one direction, "
    "3 to 3.5 m each, and part of the pavement; usual speeds in towns"
)
_RAMP: Final = "assumed: as one lane of the class itself, slower"
_LOCAL: Final = "assumed: one lane between parked vehicles; people use half of what is clear"
_FOOT: Final = "assumed: no vehicles; half of a usual clear width"


def _through(lanes: float, width_m: float, speed_kph: float, capacity: float) -> HighwayClass:
    return HighwayClass(lanes, width_m, speed_kph, capacity, True, False, _THROUGH)


def _ramp(width_m: float, speed_kph: float, capacity: float) -> HighwayClass:
    return HighwayClass(1, width_m, speed_kph, capacity, True, False, _RAMP)


def _local(
    width_m: float, speed_kph: float, capacity: float, *, residential: bool = False
) -> HighwayClass:
    return HighwayClass(1, width_m, speed_kph, capacity, False, residential, _LOCAL)


def _foot(width_m: float, *, residential: bool = False) -> HighwayClass:
    return HighwayClass(0, width_m, 0, 0, False, residential, _FOOT)


#: Every class that an import knows, in order of rank.
HIGHWAYS: Final[dict[str, HighwayClass]] = {
    "motorway": _through(2, 7.0, 80, 3_600),
    "trunk": _through(2, 7.0, 70, 3_000),
    "primary": _through(2, 6.0, 60, 2_400),
    "secondary": _through(1, 4.5, 50, 1_100),
    "tertiary": _through(1, 3.5, 40, 900),
    "motorway_link": _ramp(4.0, 50, 1_800),
    "trunk_link": _ramp(4.0, 50, 1_500),
    "primary_link": _ramp(3.5, 40, 1_200),
    "secondary_link": _ramp(3.5, 40, 1_100),
    "tertiary_link": _ramp(3.0, 30, 900),
    "unclassified": _local(2.5, 40, 600),
    "residential": _local(2.5, 30, 500, residential=True),
    "living_street": _local(2.0, 10, 200, residential=True),
    "road": _local(2.0, 30, 300),
    "service": _local(1.5, 15, 200),
    "services": _local(1.5, 15, 200),
    "track": _local(1.5, 15, 100),
    "busway": _local(3.0, 40, 600),
    "pedestrian": _foot(3.0, residential=True),
    "footway": _foot(1.0),
    "path": _foot(0.75),
    "cycleway": _foot(1.0),
    "bridleway": _foot(1.0),
    "steps": _foot(0.75),
    "corridor": _foot(1.0),
}

#: Values of ``highway`` that are no street to walk along; an import leaves them out.
NOT_STREETS: Final = frozenset(
    {
        "abandoned", "bus_stop", "construction", "crossing", "elevator", "emergency_bay",
        "give_way", "milestone", "no", "platform", "planned", "proposed", "raceway", "razed",
        "rest_area", "speed_camera", "stop", "street_lamp", "traffic_signals", "turning_circle",
        "via_ferrata",
    }
)  # fmt: skip

#: Class that streets of an unknown class are taken for.
UNKNOWN: Final = "road"


def street_class(highway: str) -> str | None:
    """Return the class of ``HIGHWAYS`` for an OSM value, or None for what is no street.

    A value that names several classes, as OSMnx writes them, is the highest of these; an unknown
    class is ``road``.
    """
    names = [name.strip(" '\"[]") for name in highway.split(",")]
    known = [name for name in HIGHWAYS if name in names]
    if known:
        return known[0]
    return None if not names[0] or set(names) & NOT_STREETS else UNKNOWN
