"""What is measured: cities, sizes, and the ladder of windows for the explicit graph."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

FLAGSHIP: Final = "examples/aleppo-2016"

#: Folder of each city in the source distribution, and what people call it.
CITIES: Final = {
    "aleppo_1133": "Aleppo",
    "auckland_869": "Auckland",
    "bucaramanga_4617": "Bucaramanga",
    "douala_809": "Douala",
    "liege_1656": "Liège",
    "slc_4881": "Salt Lake City",
    "wuhan_8989": "Wuhan",
}
#: Of the circles, metres; the first covers about as much ground as the flagship's outline.
HEADLINE_M: Final = 3_500
RADII_M: Final = (1_500, 3_500, 7_000)


@dataclass(frozen=True, slots=True)
class Place:
    """A scenario to measure: the flagship, or the same recipe in a circle of a city.

    Attributes
    ----------
    id
        Name of its folder.
    city
        Folder in the source distribution; empty for the flagship.
    radius_m
        Of the circle; 0 for the flagship.
    """

    id: str
    city: str
    radius_m: int


@dataclass(frozen=True, slots=True)
class Race:
    """One instance that both programs solve.

    Attributes
    ----------
    place
        Where.
    hours
        Length of each window.
    days
        How many of the windows' days.
    width
        Of streets inside, as a share of what it is.
    """

    place: Place
    hours: float
    days: int
    width: float = 1.0

    @property
    def id(self) -> str:
        """Name of the instance."""
        narrow = "" if self.width == 1 else f"-width-{self.width:g}"
        return f"{self.place.id}/{self.days}x{self.hours:g}h{narrow}"


THE_FLAGSHIP: Final = Place("aleppo-2016", "", 0)


def places() -> list[Place]:
    """Return the flagship and every circle."""
    circles = [Place(f"{city}-{radius}", city, radius) for city in CITIES for radius in RADII_M]
    return [THE_FLAGSHIP, *circles]


def races() -> list[Race]:
    """Return the instances for the explicit graph, the small first.

    All days of the flagship at once come last: that is the size at which Clearway plans. Two have
    streets a tenth as wide, so that streets bind and not gates alone.
    """
    cities = [
        Race(Place(f"{city}-{HEADLINE_M}", city, HEADLINE_M), 4, 1)
        for city in CITIES
        if not city.startswith("aleppo")
    ]
    narrow = [Race(THE_FLAGSHIP, hours, 1, width=0.1) for hours in (2, 3)]
    ladder = [Race(THE_FLAGSHIP, hours, 1) for hours in (2, 3, 4, 11)]
    return [*ladder[:3], *narrow, *cities, ladder[3], Race(THE_FLAGSHIP, 11, 3)]


def quick() -> tuple[list[Place], list[Race]]:
    """Return a little of everything that needs no download."""
    return [THE_FLAGSHIP], [Race(THE_FLAGSHIP, 1.5, 1)]
