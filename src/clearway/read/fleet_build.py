"""Make nouns of vehicles, patients' destinations and aid; units become SI here."""

from __future__ import annotations

import math
from collections.abc import Mapping
from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

from clearway.model.care import Beds, Care, Hospital, Patient
from clearway.model.fleet import (
    Aid,
    Convoy,
    Depot,
    Fleet,
    LinkedMovement,
    Vehicles,
    VehicleType,
)
from clearway.read.fleet_schema import (
    CareTable,
    ConvoyTable,
    DepotTable,
    FleetTable,
    HospitalTable,
    LinkedMovementTable,
    VehiclesTable,
    VehicleTypeTable,
    seconds_of,
)
from clearway.read.terms import estimate_of, text_of

_HOUR_S: Final = 3600.0
_MINUTE_S: Final = 60.0
_KM_M: Final = 1000.0

Point = tuple[float, float]


def fleet_of(
    types: list[VehicleTypeTable],
    depots: list[DepotTable],
    vehicles: list[VehiclesTable],
    fleet: FleetTable | None,
    *,
    nodes: Mapping[int, Point],
    local: ZoneInfo,
) -> Fleet:
    """Return the fleet.

    Parameters
    ----------
    types, depots, vehicles, fleet
        The tables; all keep their rules.
    nodes
        Lon and lat of nodes by their id: a depot whose place is not told lies at its node.
    local
        Time zone of the moments.
    """
    outside = {}
    if fleet is not None:
        speed = estimate_of(fleet.outside_speed_km_per_h, times=_KM_M, per=_HOUR_S)
        outside = {"outside_m_per_s": speed, "outside_detour": estimate_of(fleet.outside_detour)}
    return Fleet(
        types=tuple(map(_type, types)),
        depots=tuple(_depot(one, nodes) for one in depots),
        vehicles=tuple(_vehicles(one, local) for one in vehicles),
        **outside,
    )


def care_of(care: CareTable, hospitals: list[HospitalTable], patients: tuple[Patient, ...]) -> Care:
    """Return patients and their destinations."""
    return Care(care.system, patients, tuple(map(_hospital, hospitals)))


def aid_of(convoys: list[ConvoyTable], links: list[LinkedMovementTable], local: ZoneInfo) -> Aid:
    """Return what is to come in, its moments in ``local`` time, and what depends on it."""
    return Aid(
        convoys=tuple(_convoy(one, local) for one in convoys),
        links=tuple(LinkedMovement(one.id, one.then, one.after, one.source) for one in links),
    )


def _type(table: VehicleTypeTable) -> VehicleType:
    return VehicleType(
        id=table.id,
        name=text_of(table.name),
        seats=table.seats,
        wheelchairs=table.wheelchairs,
        stretchers=table.stretchers,
        care=table.care,
        speed_m_per_s=estimate_of(table.speed_km_per_h, times=_KM_M, per=_HOUR_S),
        board_s=estimate_of(table.board_min, times=_MINUTE_S),
        alight_s=estimate_of(table.alight_min, times=_MINUTE_S),
        source=table.source,
        rest_s=table.rest_min * _MINUTE_S,
        range_m=math.inf if table.range_km is None else table.range_km * _KM_M,
        corridors=tuple(table.corridors),
        barred=tuple(table.barred),
    )


def _depot(table: DepotTable, nodes: Mapping[int, Point]) -> Depot:
    # What has no place breaks a rule of its file; the noun refuses it all the same.
    lon, lat = nodes.get(-1 if table.node is None else table.node, (math.nan, math.nan))
    if table.lon is not None and table.lat is not None:
        lon, lat = table.lon, table.lat
    return Depot(
        id=table.id,
        name=text_of(table.name),
        lon=lon,
        lat=lat,
        source=table.source,
        node=table.node,
    )


def _vehicles(table: VehiclesTable, local: ZoneInfo) -> Vehicles:
    return Vehicles(
        type=table.type,
        depot=table.depot,
        count=table.count,
        source=table.source,
        since=_moment(table.since, local),
        until=_moment(table.until, local),
    )


def _hospital(table: HospitalTable) -> Hospital:
    return Hospital(
        id=table.id,
        name=text_of(table.name),
        lon=table.lon,
        lat=table.lat,
        beds=tuple(Beds(one.kind, estimate_of(one.places)) for one in table.beds),
        source=table.source,
        opens_s=seconds_of(table.opens),
        closes_s=seconds_of(table.closes),
    )


def _convoy(table: ConvoyTable, local: ZoneInfo) -> Convoy:
    return Convoy(
        id=table.id,
        name=text_of(table.name),
        depot=table.depot,
        type=table.type,
        vehicles=table.vehicles,
        zone=table.zone,
        unload_s=estimate_of(table.unload_min, times=_MINUTE_S),
        since=table.since.astimezone(local),
        until=table.until.astimezone(local),
        persons=table.persons,
        source=table.source,
    )


def _moment(moment: datetime | None, local: ZoneInfo) -> datetime | None:
    return moment.astimezone(local) if moment is not None else None
