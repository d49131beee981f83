"""What may stand in tables of ``scenario.toml`` and in ``zones.geojson``: types, units, ranges.

Units stand in the names of keys. ``docs/scenario-format.md`` tells what each key means; a test
holds the two together.
"""

from __future__ import annotations

import unicodedata
from datetime import datetime
from typing import Annotated, Any, Final, Generic, Literal, TypeVar

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    ConfigDict,
    Field,
    ValidationInfo,
)
from pydantic_core import PydanticCustomError

FORMAT: Final = "clearway-scenario/1"

#: Ids stay whole in every program that may read them, those that count in floats included.
LARGEST_ID: Final = 2**53 - 1

#: Short codes: spoken over a radio, printed on gate sheets, used in tables.
CODE_PATTERN: Final = r"^\w[\w.-]{0,39}\Z"
CODE_RULE: Final = "must be 1 to 40 letters, digits, dots, dashes or underscores"

#: Characters of a text.
LONGEST_TEXT: Final = 4_000

YEARS: Final = (1990, 2199)

#: Error type of the rules below whose message is the rule itself.
OWN_RULE: Final = "clearway"

N = TypeVar("N", bound=float)


def _words(text: str) -> str:
    if not text.strip():
        raise PydanticCustomError(OWN_RULE, "must not be empty")
    if any(unicodedata.category(one) == "Cc" and one not in "\t\n" for one in text):
        raise PydanticCustomError(OWN_RULE, "must have no control characters")
    return text


def _moment(moment: datetime) -> datetime:
    if not YEARS[0] <= moment.year <= YEARS[1]:
        raise PydanticCustomError(OWN_RULE, f"must be in the years {YEARS[0]} to {YEARS[1]}")
    if moment.microsecond:
        raise PydanticCustomError(OWN_RULE, "must be a whole second")
    return moment


def _positive(shape: str, info: ValidationInfo) -> str:
    if shape == "split-log" and info.data.get("low", 1) <= 0:
        raise PydanticCustomError(OWN_RULE, "must be split or triangular where low is 0")
    return shape


def _not_below(bar: float, info: ValidationInfo) -> float:
    if bar < info.data.get("go", bar):
        raise PydanticCustomError(OWN_RULE, "must be go or more")
    return bar


def _below(bar: float, info: ValidationInfo) -> float:
    # At the same value both ways to read the pair would be open: which side is met?
    if bar >= info.data.get("go", bar + 1):
        raise PydanticCustomError(OWN_RULE, "must be below go")
    return bar


def _proved(evidence: str | None, info: ValidationInfo) -> str | None:
    if evidence is None and info.data.get("state") == "given":
        raise PydanticCustomError(OWN_RULE, "must be told where consent was given")
    return evidence


def _in_cars(of: Any, info: ValidationInfo) -> Any:
    drives = "car" in info.data.get("modes", ())
    if drives and of is None:
        raise PydanticCustomError(OWN_RULE, "must be given where modes has car")
    if of is not None and not drives and "modes" in info.data:
        raise PydanticCustomError(OWN_RULE, "must be left out where modes has no car")
    return of


Words = Annotated[str, Field(max_length=LONGEST_TEXT), AfterValidator(_words)]
Code = Annotated[str, Field(pattern=CODE_PATTERN)]
Id = Annotated[int, Field(ge=0, le=LARGEST_ID)]
Moment = Annotated[AwareDatetime, AfterValidator(_moment)]
Point = Annotated[list[float], Field(min_length=2, max_length=2)]
Share = Annotated[float, Field(ge=0, le=1)]
Minutes = Annotated[float, Field(ge=0, le=1440)]
Speed = Annotated[float, Field(ge=0.05, le=60)]
CarPersons = Annotated[float, Field(ge=1, le=100)]
GateRate = Annotated[float, Field(ge=0, le=360_000)]
Mode = Literal["walk", "car", "ride"]
Density = Annotated[float, Field(ge=0, le=20)]
Waiting = Annotated[float, Field(ge=0, le=44_640)]
Filled = Annotated[float, Field(ge=0, le=100)]
Places = Annotated[float, Field(ge=0, le=1e8)]
Shape = Annotated[Literal["split", "split-log", "triangular"], AfterValidator(_positive)]


class Table(BaseModel):
    """A table of keys; keys that it does not know are breaches."""

    # Python's own patterns, so that a code is the same in this file and in the tables.
    model_config = ConfigDict(
        strict=True,
        extra="forbid",
        allow_inf_nan=False,
        frozen=True,
        regex_engine="python-re",
    )


class BothTongues(Table):
    """The same words in English and in Arabic."""

    en: Words
    ar: Words


class Range(Table, Generic[N]):
    """A number with its range and source."""

    low: N
    central: N
    high: N
    source: Words
    shape: Shape = "split"


class PlanningTable(Table):
    """``[planning]``."""

    slot_min: Annotated[float, Field(gt=0, le=1440)]
    step_s: Annotated[int, Field(ge=1, le=86_400)]
    tick_s: Annotated[int, Field(ge=1, le=86_400)]
    spread: Share = 1.0
    uptake: Range[Share]


class GroupTable(Table):
    """``[[group]]``."""

    id: Code
    name: BothTongues
    speed_m_per_s: Range[Speed]
    weight: Annotated[float, Field(ge=1, le=100)]
    weight_source: Words
    modes: Annotated[list[Mode], Field(min_length=1, max_length=3)] = ["walk"]
    persons_per_car: Annotated[
        Range[CarPersons] | None, AfterValidator(_in_cars), Field(validate_default=True)
    ] = None
    wheelchair_users: Annotated[int, Field(ge=0, le=1)] = 0


class GateTable(Table):
    """``[corridor.gate]``."""

    rate_persons_per_h: Range[GateRate]
    check_points: Annotated[int, Field(ge=1, le=1000)] = 1
    vehicles_per_h: Range[GateRate] | None = None


class HoldingTable(Table):
    """``[corridor.holding_area]``."""

    area_m2: Annotated[float, Field(ge=1, le=1e7)]
    limit_persons: Annotated[float, Field(ge=0)]
    source: Words


class OpenLimitTable(Table):
    """``[corridor.open_limit]``."""

    persons: Annotated[float, Field(ge=1, le=1e8)]
    source: Words


class CorridorTable(Table):
    """``[[corridor]]``."""

    id: Code
    name: BothTongues
    mouth: Id
    links: Annotated[list[Id], Field(min_length=1, max_length=5000)]
    margin_min: Minutes
    reception: Code
    source: Words
    gate: GateTable
    holding_area: HoldingTable
    open_limit: OpenLimitTable | None = None


class ReceptionTable(Table):
    """``[[reception]]``."""

    id: Code
    name: BothTongues
    node: Id
    places_persons: Range[Places]


class WindowTable(Table):
    """``[[window]]``."""

    corridors: Annotated[list[Code], Field(min_length=1, max_length=1000)]
    opens: Moment
    closes: Moment
    source: Words


class FactTable(Table):
    """``[[fact]]``."""

    topic: Words
    text: BothTongues
    source: Words


class UncertaintyTable(Table):
    """``[uncertainty]``; what is left out comes as announced."""

    start_delay_h: Range[Annotated[float, Field(ge=0, le=720)]] | None = None
    stop_share: Range[Share] | None = None
    extend_share: Range[Share] | None = None
    extension_h: Range[Annotated[float, Field(ge=0, le=24)]] | None = None
    fail_share: Range[Share] | None = None
    unannounced_share: Range[Share] | None = None
    notice_min: Range[Minutes] | None = None
    recheck_share: Range[Share] | None = None
    recheck_factor: Range[Annotated[float, Field(ge=0.01, le=100)]] | None = None
    long_share: Range[Share] | None = None
    long_factor: Range[Annotated[float, Field(ge=1, le=100)]] | None = None
    service_cv: Range[Annotated[float, Field(ge=0, le=3)]] | None = None
    zone_factor: Range[Annotated[float, Field(ge=0, le=10)]] | None = None
    uncalled_share: Range[Share] | None = None
    pace_factor: Range[Annotated[float, Field(ge=0.1, le=2)]] | None = None
    lateness_min: Range[Annotated[float, Field(ge=0, le=360)]] | None = None
    boarding_factor: Range[Annotated[float, Field(ge=0.1, le=100)]] | None = None
    breakdown_share: Range[Share] | None = None
    refusal_share: Range[Share] | None = None
    under_triage_share: Range[Share] | None = None
    death_red_per_h: Range[Share] | None = None
    death_yellow_per_h: Range[Share] | None = None


class MostTable(Table, Generic[N]):
    """Two limits on a measure that should be low."""

    go: N
    bar: Annotated[N, AfterValidator(_not_below)]
    source: Words


class LeastTable(Table, Generic[N]):
    """Two limits on a measure that should be high."""

    go: N
    bar: Annotated[N, AfterValidator(_below)]
    source: Words


class WeightTable(Table):
    """A weight and who set it."""

    value: Annotated[float, Field(ge=0, le=10)]
    source: Words


class ThresholdsTable(Table):
    """``[thresholds]``; what is left out has the usual limits."""

    caught_share: MostTable[Share] | None = None
    density_persons_per_m2: MostTable[Density] | None = None
    wait_min: MostTable[Waiting] | None = None
    first_priority_share: LeastTable[Share] | None = None
    reception_share: MostTable[Filled] | None = None
    shelter_share: MostTable[Filled] | None = None
    open_share: MostTable[Filled] | None = None
    turned_back_share: MostTable[Filled] | None = None
    turned_back_weight: WeightTable | None = None


class ConsentTable(Table):
    """``[[consent]]``."""

    id: Code
    party: BothTongues
    level: Literal["headquarters", "local", "gate"]
    corridors: Annotated[list[Code], Field(min_length=1, max_length=1000)]
    state: Literal["notified", "acknowledged", "no reply", "given", "refused", "withdrawn"]
    evidence: Annotated[Words | None, AfterValidator(_proved), Field(validate_default=True)] = None
    expires: Moment | None = None
    source: Words


class HazardTable(Table):
    """``[[hazard]]``."""

    corridor: Code
    text: BothTongues
    bars: bool
    source: Words


class ProvisionTable(Table):
    """``[[provision]]``."""

    text: BothTongues
    source: Words


class NotificationTable(Table):
    """``[notification]``."""

    sent: Moment | None = None
    lead_h: Annotated[float, Field(ge=0, le=8760)]
    source: Words


class DeciderTable(Table):
    """``[decider]``."""

    role: BothTongues
    review: Moment | None = None


class ZoneProperties(Table):
    """``properties`` of a zone."""

    id: Code
    node_id: Id
    residential_m: Annotated[float, Field(ge=0, le=1e7)]


class ZoneGeometry(Table):
    """``geometry`` of a zone; the depth of its coordinates depends on its type."""

    type: Literal["Polygon", "MultiPolygon"]
    coordinates: list[Any]


class ZoneFeature(Table):
    """A zone as a GeoJSON feature (RFC 7946)."""

    type: Literal["Feature"]
    properties: ZoneProperties
    geometry: ZoneGeometry


class ZoneCollection(Table):
    """``zones.geojson``; ``name``, ``bbox`` and ``crs`` are what other programs add."""

    type: Literal["FeatureCollection"]
    features: Annotated[list[ZoneFeature], Field(min_length=1, max_length=5000)]
    name: Any = None
    bbox: Any = None
    crs: Any = None
