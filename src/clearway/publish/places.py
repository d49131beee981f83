"""Where depots and hospitals are: on the map, or how far beyond it and in which direction."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from clearway.model.care import metres_between
from clearway.model.scenario import Scenario
from clearway.publish.edition import Edition
from clearway.publish.words import Said

DEPOT, HOSPITAL = "depot", "hospital"
_WINDS: Final = ("n", "ne", "e", "se", "s", "sw", "w", "nw")
#: From here on, tenths of a kilometre say nothing.
_WHOLE_KM: Final = 10
Point = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Place:
    """A depot or a hospital."""

    id: str
    kind: str
    at: Point


@dataclass(frozen=True, slots=True)
class PlaceRow:
    """A depot or a hospital in words: what it is, and how far from the middle of the pocket."""

    code: Said
    kind: str
    what: Said
    name: Said
    far: Said


def places(scenario: Scenario) -> tuple[Place, ...]:
    """Return depots and hospitals, in the scenario's order."""
    depots = [Place(one.id, DEPOT, (one.lon, one.lat)) for one in scenario.fleet.depots]
    hospitals = [Place(one.id, HOSPITAL, (one.lon, one.lat)) for one in scenario.care.hospitals]
    return (*depots, *hospitals)


def middle(scenario: Scenario) -> Point:
    """Return the middle of the pocket's extent in degrees, lon and lat."""
    lon, lat = zip(*scenario.outline, strict=True)
    return (min(lon) + max(lon)) / 2, (min(lat) + max(lat)) / 2


def place_rows_outside(edition: Edition) -> Iterator[PlaceRow]:
    """Yield depots and hospitals with distance and direction as the crow flies."""
    scenario, words = edition.scenario, edition.words
    names = {one.id: one.name for one in scenario.fleet.depots}
    names |= {one.id: one.name for one in scenario.care.hospitals}
    centre = middle(scenario)
    for one in places(scenario):
        km = metres_between(*centre, *one.at) / 1000
        yield PlaceRow(
            code=words.code(one.id),
            kind=one.kind,
            what=words.say(f"places.{one.kind}"),
            name=words.name(names[one.id]),
            far=words.say(
                "places.far",
                km=words.number(km, 0 if km >= _WHOLE_KM else 1),
                wind=words.say(f"wind.{wind(centre, one.at)}"),
            ),
        )


def wind(start: Point, end: Point) -> str:
    """Return in which of eight directions ``end`` lies from ``start``."""
    east = (end[0] - start[0]) * math.cos(math.radians(start[1]))
    turn = math.degrees(math.atan2(east, end[1] - start[1])) % 360
    return _WINDS[round(turn / 45) % 8]
