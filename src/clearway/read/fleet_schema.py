"""What may stand in the tables of vehicles, hospitals and aid: types, units, ranges."""

from __future__ import annotations

import re
from datetime import date
from typing import Annotated, Final, Literal

from pydantic import AfterValidator, Field
from pydantic_core import PydanticCustomError

from clearway.read.schema import (
    CODE_PATTERN,
    OWN_RULE,
    BothTongues,
    Code,
    Id,
    Minutes,
    Moment,
    Range,
    Table,
    Words,
)

_CLOCK: Final = re.compile(r"(?:[01][0-9]|2[0-3]):[0-5][0-9](?::[0-5][0-9])?|24:00")
_DAY: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_CODE: Final = re.compile(CODE_PATTERN)


def seconds_of(clock: str) -> int:
    """Return the seconds of the day at which a clock shows ``HH:MM`` or ``HH:MM:SS``."""
    hours, minutes, seconds = (*map(int, clock.split(":")), 0)[:3]
    return 3600 * hours + 60 * minutes + seconds


def _clock(text: str) -> str:
    if not _CLOCK.fullmatch(text):
        raise PydanticCustomError(OWN_RULE, "must be a time of the day, such as 08:00")
    return text


def _subject(text: str) -> str:
    kind, _, name = text.partition(":")
    known = {"aid": _is_code, "patients": _is_day}
    if kind not in known or not known[kind](name):
        rule = "must be aid: and the code of a convoy, or patients: and a date, as 2016-10-20"
        raise PydanticCustomError(OWN_RULE, rule)
    return text


def _is_code(name: str) -> bool:
    return _CODE.fullmatch(name) is not None


def _is_day(name: str) -> bool:
    try:
        date.fromisoformat(name)
    except ValueError:
        return False
    return _DAY.fullmatch(name) is not None


Clock = Annotated[str, AfterValidator(_clock)]
Subject = Annotated[str, AfterValidator(_subject)]
Seats = Annotated[int, Field(ge=0, le=1000)]
RoadSpeed = Annotated[float, Field(ge=0.36, le=216)]
Unloading = Annotated[float, Field(ge=0, le=10_080)]
Lon = Annotated[float, Field(ge=-180, le=180)]
Lat = Annotated[float, Field(ge=-90, le=90)]


class VehicleTypeTable(Table):
    """``[[vehicle_type]]``."""

    id: Code
    name: BothTongues
    seats: Seats = 0
    wheelchairs: Seats = 0
    stretchers: Seats = 0
    care: Literal["none", "basic", "advanced"] = "none"
    speed_km_per_h: Range[RoadSpeed]
    board_min: Range[Minutes]
    alight_min: Range[Minutes]
    rest_min: Minutes = 0.0
    range_km: Annotated[float, Field(gt=0, le=100_000)] | None = None
    corridors: Annotated[list[Code], Field(max_length=1000, default_factory=list)]
    barred: Annotated[list[Code], Field(max_length=100, default_factory=list)]
    source: Words


class DepotTable(Table):
    """``[[depot]]``."""

    id: Code
    name: BothTongues
    lon: Lon | None = None
    lat: Lat | None = None
    node: Id | None = None
    source: Words


class VehiclesTable(Table):
    """``[[vehicles]]``."""

    type: Code
    depot: Code
    count: Annotated[int, Field(ge=0, le=10_000)]
    since: Moment | None = None
    until: Moment | None = None
    source: Words


class FleetTable(Table):
    """``[fleet]``."""

    outside_speed_km_per_h: Range[RoadSpeed]
    outside_detour: Range[Annotated[float, Field(ge=1, le=20)]]


class CareTable(Table):
    """``[care]``."""

    system: Literal["IITT", "START", "SALT"] = "IITT"


class BedsTable(Table):
    """``[[hospital.beds]]``."""

    kind: Code
    places: Range[Annotated[float, Field(ge=0, le=1e6)]]


class HospitalTable(Table):
    """``[[hospital]]``."""

    id: Code
    name: BothTongues
    lon: Lon
    lat: Lat
    opens: Clock = "00:00"
    closes: Clock = "24:00"
    source: Words
    beds: Annotated[list[BedsTable], Field(min_length=1, max_length=100)]


class ConvoyTable(Table):
    """``[[convoy]]``."""

    id: Code
    name: BothTongues
    depot: Code
    type: Code
    vehicles: Annotated[int, Field(ge=1, le=1000)]
    zone: Code
    unload_min: Range[Unloading]
    since: Moment
    until: Moment
    persons: Annotated[int, Field(ge=0, le=100_000_000)] = 0
    source: Words


class LinkedMovementTable(Table):
    """``[[linked_movement]]``."""

    id: Code
    then: Subject
    after: Subject
    source: Words
