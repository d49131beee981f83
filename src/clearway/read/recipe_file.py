"""Recipes as files: one TOML file that people write, checked field by field."""

from __future__ import annotations

import dataclasses
import os
import tomllib
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from clearway.errors import Breach, ScenarioError
from clearway.model.care import Patient
from clearway.model.checks import shown
from clearway.model.corridor import NO_VEHICLES
from clearway.model.facts import Estimate, Fact, Text
from clearway.model.population import Group
from clearway.model.scenario import Planning
from clearway.read.breaches import BreachLog
from clearway.read.day_build import changes_of, contacts_of
from clearway.read.day_schema import ContactTable, GateChangeTable, ShelterPlaceTable
from clearway.read.files import read_text
from clearway.read.fleet_build import aid_of, care_of, fleet_of
from clearway.read.fleet_schema import (
    CareTable,
    ConvoyTable,
    DepotTable,
    FleetTable,
    HospitalTable,
    LinkedMovementTable,
    VehiclesTable,
    VehicleTypeTable,
)
from clearway.read.patients import (
    PATIENT_FILE,
    PATIENT_LIMITS,
    check_patients,
    patients_of,
    read_patients,
)
from clearway.read.recipe import (
    HOUSEHOLD_SHARES,
    HOUSEHOLD_SOURCE,
    GroupShare,
    Hours,
    ImportOptions,
    Mouth,
    Recipe,
    ShelterPlace,
)
from clearway.read.schema import (
    ConsentTable,
    DeciderTable,
    HazardTable,
    Mode,
    NotificationTable,
    OpenLimitTable,
    ProvisionTable,
    Shape,
    ThresholdsTable,
    UncertaintyTable,
)
from clearway.read.terms import (
    agreement_of,
    estimate_of,
    text_of,
    thresholds_of,
    uncertainty_of,
)

_MOST_BYTES = 4_000_000
_MINUTE_S = 60


def read_recipe(path: Path | str) -> Recipe:
    """Read a recipe from a TOML file, and the patients from a ``patients.csv`` beside it.

    Parameters
    ----------
    path
        The file; its keys are told in ``docs/import.md``.

    Raises
    ------
    ScenarioError
        With every breach found: unreadable, no TOML, unknown or missing keys, values out of range.
    """
    path = Path(path)
    try:
        file = _File.model_validate(_toml(path))
    except ValidationError as error:
        found = tuple(
            Breach(path.name, 0, _dotted(one["loc"]), shown(one["input"]), one["msg"])
            for one in error.errors(include_url=False)
        )
        raise ScenarioError(found) from error
    try:
        return _recipe(file, _patients(path.parent, file))
    except ScenarioError as error:
        found = tuple(
            Breach(one.file or path.name, one.row, one.field, one.value, one.rule)
            for one in error.breaches
        )
        raise ScenarioError(found) from error


class _Part(BaseModel):
    """A table of the file: no unknown keys, no silent conversion of texts."""

    model_config = ConfigDict(extra="forbid", strict=True, allow_inf_nan=False)


_Number = Annotated[float, Field(strict=False)]
_Words = Annotated[str, Field(min_length=1, max_length=2_000)]
_Code = Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{1,40}$")]
_Lon = Annotated[float, Field(strict=False, ge=-180, le=180)]
_Lat = Annotated[float, Field(strict=False, ge=-90, le=90)]
# TOML has arrays alone, so tuples can not be strict.
_Place = Annotated[tuple[_Lon, _Lat], Field(strict=False)]
_Range = Annotated[tuple[_Number, _Number, _Number], Field(strict=False)]


class _Text(_Part):
    en: _Words
    ar: _Words

    def noun(self) -> Text:
        return Text(self.en, self.ar)


class _Estimate(_Part):
    low: _Number
    central: _Number
    high: _Number
    source: _Words
    shape: Shape = "split"

    def noun(self) -> Estimate:
        return Estimate(self.low, self.central, self.high, self.source, self.shape)


class _People(_Part):
    persons: int
    source: _Words
    household_shares: list[_Number] = Field(default=list(HOUSEHOLD_SHARES))
    household_source: _Words = HOUSEHOLD_SOURCE


class _Planning(_Part):
    slot_min: _Number = 15
    step_s: int = 60
    tick_s: int = 10
    spread: _Number = 1.0
    uptake: _Estimate


class _Group(_Part):
    id: _Code
    name: _Text
    speed_m_per_s: _Estimate
    weight: _Number
    weight_source: _Words
    persons_share: _Estimate
    modes: list[Mode] = Field(default=["walk"], min_length=1)
    persons_per_car: _Estimate | None = None
    wheelchair_users: int = 0


class _Hours(_Part):
    opens: datetime
    closes: datetime
    source: _Words


class _Mouth(_Part):
    id: _Code
    name: _Text
    lat: _Lat
    lon: _Lon
    gate_persons_per_h: _Estimate
    reception_name: _Text
    places_persons: _Estimate
    source: _Words
    check_points: int = 1
    vehicles_per_h: _Estimate | None = None
    open_limit: OpenLimitTable | None = None


class _Fact(_Part):
    topic: _Words
    text: _Text
    source: _Words


class _Options(_Part):
    zones: int = 70
    corridor_m: _Range = (800.0, 1_000.0, 1_300.0)
    onward_m: _Range = (1_000.0, 2_000.0, 3_000.0)
    mouth_m: _Number = 1_500.0
    apart_m: _Number = 400.0
    outside_m: _Number = 1_500.0
    reach_m: _Number = 6_000.0
    piece_m: _Number = 60.0
    simplify_m: _Number = 2.0
    margin_min: _Number = 30.0
    holding_m2_per_person: _Number = 2.0


class _File(_Part):
    format: Literal["clearway-recipe/1"]
    id: _Code
    timezone: _Words
    title: _Text
    attribution: list[_Words] = Field(min_length=1)
    outline_source: _Words
    outline: list[_Place] = Field(min_length=3)
    people: _People
    planning: _Planning
    group: list[_Group] = Field(min_length=1)
    hours: list[_Hours] = Field(min_length=1)
    mouth: list[_Mouth] = Field(min_length=1)
    uncertainty: UncertaintyTable = UncertaintyTable()
    thresholds: ThresholdsTable = ThresholdsTable()
    consent: list[ConsentTable] = []
    hazard: list[HazardTable] = []
    provision: list[ProvisionTable] = []
    notification: NotificationTable | None = None
    decider: DeciderTable | None = None
    contact: list[ContactTable] = []
    shelter: list[ShelterPlaceTable] = []
    gate_change: list[GateChangeTable] = []
    vehicle_type: list[VehicleTypeTable] = []
    depot: list[DepotTable] = []
    vehicles: list[VehiclesTable] = []
    fleet: FleetTable | None = None
    care: CareTable = CareTable()
    hospital: list[HospitalTable] = []
    convoy: list[ConvoyTable] = []
    linked_movement: list[LinkedMovementTable] = []
    fact: list[_Fact] = []
    options: _Options = Field(default_factory=_Options)


def _toml(path: Path) -> dict[str, object]:
    def breach(rule: str) -> ScenarioError:
        return ScenarioError((Breach(path.name, 0, "file", "", rule),))

    try:
        if path.stat().st_size > _MOST_BYTES:
            raise breach(f"must be at most {_MOST_BYTES:,} bytes")
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise breach(f"must be a readable file ({error.strerror})") from error
    except UnicodeDecodeError as error:
        raise breach("must be UTF-8 text") from error
    except tomllib.TOMLDecodeError as error:
        raise breach(f"must be TOML ({error})") from error


def _dotted(place: tuple[int | str, ...]) -> str:
    text = ""
    for one in place:
        text += f"[{one}]" if isinstance(one, int) else f".{one}"
    return text.lstrip(".") or "file"


def _patients(folder: Path, file: _File) -> tuple[Patient, ...]:
    """Return the patients listed beside the recipe; which zones there are is not known yet."""
    if not os.path.lexists(folder / PATIENT_FILE):
        return ()
    log = BreachLog([PATIENT_FILE])
    text = read_text(folder.resolve(), PATIENT_FILE, PATIENT_LIMITS, log)
    table = read_patients(text, log) if text is not None else None
    if table is not None:
        hospitals = {hospital.id for hospital in file.hospital}
        check_patients(table, log, system=file.care.system, zones=None, hospitals=hospitals)
    log.done()
    return patients_of(table, _zone(file.timezone)) if table is not None else ()


def _recipe(file: _File, patients: tuple[Patient, ...]) -> Recipe:
    record = (file.consent, file.hazard, file.provision, file.notification, file.decider)
    if (file.vehicles or file.convoy) and file.fleet is None:
        rule = "must be given where there are vehicles or convoys"
        raise ScenarioError((Breach("", 0, "fleet", "", rule),))
    local = _zone(file.timezone)
    return Recipe(
        id=file.id,
        title=file.title.noun(),
        timezone=file.timezone,
        attribution=tuple(file.attribution),
        outline=tuple(file.outline),
        outline_source=file.outline_source,
        persons=file.people.persons,
        persons_source=file.people.source,
        groups=tuple(_group(one) for one in file.group),
        hours=tuple(Hours(one.opens, one.closes, one.source) for one in file.hours),
        planning=Planning(
            round(file.planning.slot_min * _MINUTE_S),
            file.planning.step_s,
            file.planning.tick_s,
            file.planning.uptake.noun(),
            file.planning.spread,
        ),
        mouths=tuple(_mouth(one) for one in file.mouth),
        facts=tuple(Fact(one.topic, one.text.noun(), one.source) for one in file.fact),
        household_shares=tuple(file.people.household_shares),
        household_source=file.people.household_source,
        options=_options(file.options),
        uncertainty=uncertainty_of(file.uncertainty),
        thresholds=thresholds_of(file.thresholds),
        agreement=dataclasses.replace(
            agreement_of(*record, local), contacts=contacts_of(file.contact)
        ),
        fleet=fleet_of(
            file.vehicle_type, file.depot, file.vehicles, file.fleet, nodes={}, local=local
        ),
        care=care_of(file.care, file.hospital, patients),
        aid=aid_of(file.convoy, file.linked_movement, local),
        changes=changes_of(file.gate_change, local),
        shelters=tuple(
            ShelterPlace(
                one.id, text_of(one.name), one.lon, one.lat, estimate_of(one.places_persons)
            )
            for one in file.shelter
        ),
    )


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        rule = "must be a time zone's IANA name, such as Asia/Damascus"
        raise ScenarioError((Breach("", 0, "timezone", shown(name), rule),)) from None


def _group(one: _Group) -> GroupShare:
    persons = one.persons_per_car
    group = Group(
        id=one.id,
        name=one.name.noun(),
        speed_m_per_s=one.speed_m_per_s.noun(),
        weight=one.weight,
        weight_source=one.weight_source,
        modes=tuple(one.modes),
        persons_per_car=persons.noun() if persons is not None else None,
        wheelchair_users=one.wheelchair_users,
    )
    return GroupShare(group, one.persons_share.noun())


def _mouth(one: _Mouth) -> Mouth:
    limits: dict[str, Any] = {}
    if one.open_limit is not None:
        told = one.open_limit
        limits = {"open_limit_persons": told.persons, "open_limit_source": told.source}
    return Mouth(
        id=one.id,
        name=one.name.noun(),
        lon=one.lon,
        lat=one.lat,
        gate_persons_per_h=one.gate_persons_per_h.noun(),
        reception_name=one.reception_name.noun(),
        places_persons=one.places_persons.noun(),
        source=one.source,
        check_points=one.check_points,
        vehicles_per_h=one.vehicles_per_h.noun() if one.vehicles_per_h else NO_VEHICLES,
        **limits,
    )


def _options(one: _Options) -> ImportOptions:
    same = one.model_dump(exclude={"margin_min"})
    return ImportOptions(margin_s=one.margin_min * _MINUTE_S, **same)
