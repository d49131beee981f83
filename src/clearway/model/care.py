"""Patients by code alone, and the beds that wait for them."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Final

from clearway.model.checks import Checks
from clearway.model.facts import Estimate, Text
from clearway.model.fleet import CARE, NO_CARE

RED, YELLOW, GREEN, BLACK = "red", "yellow", "green", "black"
#: Colours in the order in which they have a claim on a vehicle.
COLOURS: Final = (RED, YELLOW, GREEN, BLACK)

#: Categories of each triage system, and the colour that each is shown and planned as. The
#: interagency tool (WHO, ICRC, MSF 2019) has three; START and SALT five or four.
SYSTEMS: Final = MappingProxyType(
    {
        "IITT": MappingProxyType({"red": RED, "yellow": YELLOW, "green": GREEN, "black": BLACK}),
        "START": MappingProxyType(
            {"immediate": RED, "delayed": YELLOW, "minor": GREEN, "expectant": BLACK}
        ),
        "SALT": MappingProxyType(
            {"immediate": RED, "delayed": YELLOW, "minimal": GREEN, "expectant": BLACK}
        ),
    }
)

WALKING, SEATED, WHEELCHAIR, STRETCHER = "walking", "seated", "wheelchair", "stretcher"
POSTURES: Final = (WALKING, SEATED, WHEELCHAIR, STRETCHER)

LISTED, ASSESSED, CONSENTED = "listed", "assessed", "consented"
REFUSED, MOVED, HANDED_OVER, DIED = "refused", "moved", "handed over", "died waiting"
STATES: Final = (LISTED, ASSESSED, CONSENTED, REFUSED, MOVED, HANDED_OVER, DIED)
#: States in which a patient may still be called.
WAITING: Final = (LISTED, ASSESSED, CONSENTED)
DAY_S: Final = 86_400


@dataclass(frozen=True, slots=True)
class Patient:
    """One who is to be moved, known by a code alone.

    Attributes
    ----------
    code
        A pseudonym; whose it is stands in no file of this system.
    zone
        Id of the zone from which they are fetched.
    category
        In the scenario's triage system.
    posture
        One of ``POSTURES``; those who walk or sit take a seat.
    companions
        How many come along, each on a seat; never parted from the patient.
    care
        One of ``CARE``: what they need on the way, at least.
    bed
        Kind of bed that they need.
    ready
        Moment before which they are not fetched; None if at any.
    accepts
        Id of the only hospital that they agreed to; empty for any.
    refuses
        Ids of hospitals that they will not go to.
    state
        One of ``STATES``.
    """

    code: str
    zone: str
    category: str
    posture: str
    companions: int
    bed: str
    care: str = NO_CARE
    ready: datetime | None = None
    accepts: str = ""
    refuses: tuple[str, ...] = ()
    state: str = LISTED

    def __post_init__(self) -> None:
        """Refuse an empty code and words that are not in the lists."""
        checks = Checks(f"patient {self.code}")
        checks.that(bool(self.code.strip()), "code", self.code, "must not be empty")
        for field, known in (("posture", POSTURES), ("care", CARE), ("state", STATES)):
            told = getattr(self, field)
            checks.that(told in known, field, told, f"must be one of {known}")
        checks.number("companions", self.companions, 0, 9)
        checks.that(bool(self.bed.strip()), "bed", self.bed, "must name a kind of bed")
        zoned = self.ready is None or self.ready.tzinfo is not None
        checks.that(zoned, "ready", self.ready, "must carry a time zone")
        both = self.accepts in self.refuses
        checks.that(not both, "accepts", self.accepts, "must not be refused as well")
        checks.done()

    @property
    def persons(self) -> int:
        """The patient and the companions."""
        return 1 + self.companions

    @property
    def waiting(self) -> bool:
        """Whether the patient may still be called."""
        return self.state in WAITING


@dataclass(frozen=True, slots=True)
class Beds:
    """Beds of one kind in one hospital.

    Attributes
    ----------
    kind
        As patients name it.
    places
        How many are free over the whole pause.
    """

    kind: str
    places: Estimate

    def __post_init__(self) -> None:
        """Refuse an empty kind and negative places."""
        checks = Checks(f"beds {self.kind}")
        checks.that(bool(self.kind.strip()), "kind", self.kind, "must not be empty")
        checks.number("places.low", self.places.low, 0, 1e6)
        checks.done()


@dataclass(frozen=True, slots=True)
class Hospital:
    """A destination of patients, outside.

    Attributes
    ----------
    id, name
        Short code, and what people read.
    lon, lat
        Degrees, WGS 84.
    beds
        One row a kind.
    source
        Where the place and its beds come from.
    opens_s, closes_s
        Seconds of the local day between which patients are taken in.
    """

    id: str
    name: Text
    lon: float
    lat: float
    beds: tuple[Beds, ...]
    source: str
    opens_s: int = 0
    closes_s: int = DAY_S

    def __post_init__(self) -> None:
        """Refuse a hospital without beds or hours, and a place off the globe."""
        checks = Checks(f"hospital {self.id}")
        checks.that(bool(self.id.strip()), "id", self.id, "must not be empty")
        checks.number("lon", self.lon, -180, 180)
        checks.number("lat", self.lat, -90, 90)
        checks.that(bool(self.beds), "beds", "", "must have at least one kind")
        checks.unique("beds.kind", [one.kind for one in self.beds])
        checks.number("opens_s", self.opens_s, 0, DAY_S)
        checks.number("closes_s", self.closes_s, 0, DAY_S)
        checks.that(self.opens_s < self.closes_s, "closes_s", self.closes_s, "must be later")
        checks.that(bool(self.source.strip()), "source", self.source, "must name a source")
        checks.done()

    def places(self, kind: str) -> float:
        """Return the beds of a kind by their central estimate; 0 if it has none."""
        return sum((one.places.central for one in self.beds if one.kind == kind), 0.0)


@dataclass(frozen=True, slots=True)
class Care:
    """Everybody listed, and every destination.

    Attributes
    ----------
    system
        Triage system, one of ``SYSTEMS``: a setting, not a diagnosis.
    patients, hospitals
        The parts.
    """

    system: str = "IITT"
    patients: tuple[Patient, ...] = ()
    hospitals: tuple[Hospital, ...] = ()

    def __post_init__(self) -> None:
        """Refuse unknown systems and categories, repeated codes, and unknown hospitals."""
        checks = Checks("care")
        known = self.system in SYSTEMS
        checks.that(known, "system", self.system, f"must be one of {tuple(SYSTEMS)}")
        checks.unique("patients.code", [one.code for one in self.patients])
        checks.unique("hospitals.id", [one.id for one in self.hospitals])
        checks.done()
        categories = tuple(SYSTEMS[self.system])
        hospitals = {one.id for one in self.hospitals}
        for one in self.patients:
            name = f"patient {one.code}"
            fits = one.category in categories
            checks.that(fits, f"{name}.category", one.category, f"must be one of {categories}")
            for told in {one.accepts, *one.refuses} - {""} - hospitals:
                checks.that(False, f"{name}.accepts", told, "must be a hospital")
        checks.done()

    def colour(self, patient: Patient) -> str:
        """Return the colour of a patient's category."""
        return SYSTEMS[self.system][patient.category]


def metres_between(lon: float, lat: float, other_lon: float, other_lat: float) -> float:
    """Return metres between two points in degrees on a sphere of 6,371 km (haversine)."""
    phi, other = math.radians(lat), math.radians(other_lat)
    half = math.sin((other - phi) / 2) ** 2
    half += math.cos(phi) * math.cos(other) * math.sin(math.radians(other_lon - lon) / 2) ** 2
    return 2 * 6_371_000.0 * math.asin(min(1.0, math.sqrt(half)))
