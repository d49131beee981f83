"""What may stand in ``scenario.toml`` as a whole; its tables are those of ``schema``.

``docs/scenario-format.md`` tells what each key means; a test holds the two together.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from clearway.read.day_schema import ContactTable, GateChangeTable, ShelterTable
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
from clearway.read.schema import (
    BothTongues,
    Code,
    ConsentTable,
    CorridorTable,
    DeciderTable,
    FactTable,
    GroupTable,
    HazardTable,
    Id,
    NotificationTable,
    PlanningTable,
    Point,
    ProvisionTable,
    ReceptionTable,
    Table,
    ThresholdsTable,
    UncertaintyTable,
    WindowTable,
    Words,
)


class ScenarioTable(Table):
    """``scenario.toml``."""

    format: Literal["clearway-scenario/1"]
    id: Code
    timezone: Words
    attribution: Annotated[list[Words], Field(max_length=100)]
    title: BothTongues
    outline: Annotated[list[Point], Field(min_length=3, max_length=2000)]
    contraflow: Annotated[list[Id], Field(max_length=100_000, default_factory=list)]
    planning: PlanningTable
    group: Annotated[list[GroupTable], Field(min_length=1, max_length=100)]
    corridor: Annotated[list[CorridorTable], Field(min_length=1, max_length=1000)]
    reception: Annotated[list[ReceptionTable], Field(min_length=1, max_length=1000)]
    window: Annotated[list[WindowTable], Field(min_length=1, max_length=1000)]
    uncertainty: UncertaintyTable = UncertaintyTable()
    thresholds: ThresholdsTable = ThresholdsTable()
    consent: Annotated[list[ConsentTable], Field(max_length=1000, default_factory=list)]
    hazard: Annotated[list[HazardTable], Field(max_length=1000, default_factory=list)]
    provision: Annotated[list[ProvisionTable], Field(max_length=1000, default_factory=list)]
    notification: NotificationTable | None = None
    decider: DeciderTable | None = None
    contact: Annotated[list[ContactTable], Field(max_length=1000, default_factory=list)]
    shelter: Annotated[list[ShelterTable], Field(max_length=1000, default_factory=list)]
    gate_change: Annotated[list[GateChangeTable], Field(max_length=1000, default_factory=list)]
    vehicle_type: Annotated[list[VehicleTypeTable], Field(max_length=1000, default_factory=list)]
    depot: Annotated[list[DepotTable], Field(max_length=1000, default_factory=list)]
    vehicles: Annotated[list[VehiclesTable], Field(max_length=1000, default_factory=list)]
    fleet: FleetTable | None = None
    care: CareTable = CareTable()
    hospital: Annotated[list[HospitalTable], Field(max_length=1000, default_factory=list)]
    convoy: Annotated[list[ConvoyTable], Field(max_length=1000, default_factory=list)]
    linked_movement: Annotated[
        list[LinkedMovementTable], Field(max_length=1000, default_factory=list)
    ]
    fact: Annotated[list[FactTable], Field(max_length=1000, default_factory=list)]
