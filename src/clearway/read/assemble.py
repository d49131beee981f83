"""Make nouns of files that keep every rule; units become SI here and in ``network`` alone."""

from __future__ import annotations

import dataclasses
from typing import Any, Final
from zoneinfo import ZoneInfo

import numpy as np

from clearway.errors import Breach, ScenarioError
from clearway.model.corridor import NO_VEHICLES, Corridor, HoldingArea, Reception, Window
from clearway.model.facts import Fact
from clearway.model.fleet import Fleet
from clearway.model.network import Network
from clearway.model.population import SIZES, Demand, Group, Zone
from clearway.model.scenario import Planning, Scenario, row_of
from clearway.read.day_build import changes_of, contacts_of, shelters_of
from clearway.read.document import Path, dotted
from clearway.read.fleet_build import aid_of, care_of, fleet_of
from clearway.read.geojson import ZoneShapes
from clearway.read.patients import patients_of
from clearway.read.scenario_schema import ScenarioTable
from clearway.read.schema import (
    CorridorTable,
    GroupTable,
    PlanningTable,
    ReceptionTable,
    WindowTable,
)
from clearway.read.tables import Table
from clearway.read.terms import (
    IN_SECONDS,
    agreement_of,
    estimate_of,
    text_of,
    thresholds_of,
    uncertainty_of,
)
from clearway.read.toml import TomlLines

_HOUR_S: Final = 3600
_MINUTE_S: Final = 60

#: Keys of ``scenario.toml`` by the fields of nouns that are called otherwise.
_KEYS: Final = {
    **{field: key for key, (field, _) in IN_SECONDS.items()},
    "gate_persons_per_s": "gate.rate_persons_per_h",
    "check_points": "gate.check_points",
    "vehicles_per_s": "gate.vehicles_per_h",
    "open_limit_persons": "open_limit.persons",
    "open_limit_source": "open_limit.source",
    "lead": "lead_h",
    "margin_s": "margin_min",
    "places": "places_persons",
    "slot_s": "slot_min",
}


#: Tables of ``scenario.toml`` by nouns that are called otherwise.
_NOUNS: Final = {
    "vehicle type": "vehicle_type",
    "linked movement": "linked_movement",
    "gate change": "gate_change",
}


def assemble(
    plan: ScenarioTable,
    zones: ZoneShapes,
    demand: Table,
    network: Network,
    patients: Table | None = None,
) -> Scenario:
    """Return the scenario that the files and a network make.

    Parameters
    ----------
    plan
        ``scenario.toml``.
    zones, demand, network
        The other parts; all keep the rules of their files.
    patients
        ``patients.csv``; None if there is none.

    Raises
    ------
    ScenarioError
        If a noun refuses them all the same; its breaches name no file yet.
    """
    groups = tuple(map(_group, plan.group))
    places = _zones(zones)
    first, last = plan.outline[0], plan.outline[-1]
    outline = plan.outline[:-1] if first == last else plan.outline
    local = ZoneInfo(plan.timezone)
    record = (plan.consent, plan.hazard, plan.provision, plan.notification, plan.decider)
    return Scenario(
        id=plan.id,
        title=text_of(plan.title),
        timezone=plan.timezone,
        attribution=tuple(plan.attribution),
        outline=tuple((lon, lat) for lon, lat in outline),
        planning=_planning(plan.planning),
        network=network,
        groups=groups,
        zones=places,
        demand=_demand(demand, places, groups),
        corridors=tuple(map(_corridor, plan.corridor)),
        receptions=tuple(map(_reception, plan.reception)),
        windows=_windows(plan.window, local),
        facts=tuple(Fact(fact.topic, text_of(fact.text), fact.source) for fact in plan.fact),
        uncertainty=uncertainty_of(plan.uncertainty),
        thresholds=thresholds_of(plan.thresholds),
        agreement=dataclasses.replace(
            agreement_of(*record, local), contacts=contacts_of(plan.contact)
        ),
        fleet=_fleet(plan, network, local),
        care=care_of(
            plan.care, plan.hospital, patients_of(patients, local) if patients is not None else ()
        ),
        aid=aid_of(plan.convoy, plan.linked_movement, local),
        contraflow=tuple(plan.contraflow),
        changes=changes_of(plan.gate_change, local),
        shelters=shelters_of(plan.shelter),
    )


def placed(breach: Breach, plan: ScenarioTable, lines: TomlLines, file: str) -> Breach:
    """Return a noun's own ``breach`` with the file, line and key that it comes from.

    Parameters
    ----------
    breach
        What the noun noted, such as ``corridor C1.margin_s``.
    plan
        ``scenario.toml``.
    lines
        Its lines.
    file
        Its name.
    """
    noun, _, field = breach.field.removeprefix("scenario.").partition(".")
    for called, key in _NOUNS.items():
        noun = noun.replace(called, key, 1)
    kind, _, name = noun.partition(" ")
    if kind not in ScenarioTable.model_fields:
        return breach
    parts = getattr(plan, kind) if name else ()
    row = next((row for row, part in enumerate(parts) if _named(part) == name), None)
    head, *rest = field.split(".")
    keys = [*_KEYS.get(head, head).split("."), *rest]
    path: Path = (kind, *keys) if row is None else (kind, row, *keys)
    return Breach(file, lines(path), dotted(path), breach.value, breach.rule)


def _named(part: Any) -> object:
    """Return what a noun calls itself by: its id, or the corridor that it is about."""
    return getattr(part, "id", getattr(part, "corridor", None))


def _planning(planning: PlanningTable) -> Planning:
    slot_s = round(planning.slot_min * _MINUTE_S)
    uptake = estimate_of(planning.uptake)
    return Planning(slot_s, planning.step_s, planning.tick_s, uptake, planning.spread)


def _group(group: GroupTable) -> Group:
    persons = group.persons_per_car
    return Group(
        id=group.id,
        name=text_of(group.name),
        speed_m_per_s=estimate_of(group.speed_m_per_s),
        weight=group.weight,
        weight_source=group.weight_source,
        modes=tuple(group.modes),
        persons_per_car=estimate_of(persons) if persons is not None else None,
        wheelchair_users=group.wheelchair_users,
    )


def _corridor(corridor: CorridorTable) -> Corridor:
    holding, limit, lane = corridor.holding_area, corridor.open_limit, corridor.gate.vehicles_per_h
    limits: dict[str, Any] = {}
    if limit is not None:
        limits = {"open_limit_persons": limit.persons, "open_limit_source": limit.source}
    return Corridor(
        id=corridor.id,
        name=text_of(corridor.name),
        mouth=corridor.mouth,
        links=tuple(corridor.links),
        gate_persons_per_s=estimate_of(corridor.gate.rate_persons_per_h, per=_HOUR_S),
        holding=HoldingArea(holding.area_m2, holding.limit_persons, holding.source),
        margin_s=corridor.margin_min * _MINUTE_S,
        reception=corridor.reception,
        source=corridor.source,
        check_points=corridor.gate.check_points,
        vehicles_per_s=estimate_of(lane, per=_HOUR_S) if lane is not None else NO_VEHICLES,
        **limits,
    )


def _reception(site: ReceptionTable) -> Reception:
    return Reception(site.id, text_of(site.name), site.node, estimate_of(site.places_persons))


def _windows(windows: list[WindowTable], local: ZoneInfo) -> tuple[Window, ...]:
    return tuple(
        Window(name, window.opens.astimezone(local), window.closes.astimezone(local), window.source)
        for window in windows
        for name in window.corridors
    )


def _fleet(plan: ScenarioTable, network: Network, local: ZoneInfo) -> Fleet:
    return fleet_of(
        plan.vehicle_type,
        plan.depot,
        plan.vehicles,
        plan.fleet,
        nodes=_places(network),
        local=local,
    )


def _places(network: Network) -> dict[int, tuple[float, float]]:
    nodes = network.nodes
    places = zip(nodes.lon.tolist(), nodes.lat.tolist(), strict=True)
    return dict(zip(nodes.id.tolist(), places, strict=True))


def _zones(zones: ZoneShapes) -> tuple[Zone, ...]:
    model = zones.document.model
    if model is None:
        raise ScenarioError((Breach("", 0, "zones", "", "must keep the rules of their file"),))
    properties = [feature.properties for feature in model.features]
    return tuple(
        Zone(zone.id, zone.node_id, zone.residential_m, rings)
        for zone, rings in zip(properties, zones.rings, strict=True)
    )


def _demand(demand: Table, zones: tuple[Zone, ...], groups: tuple[Group, ...]) -> Demand:
    zone_row, group_row = row_of(zones), row_of(groups)
    households = np.zeros((len(zones), len(groups), len(SIZES)), dtype=np.int64)
    at_zone = [zone_row[name] for name in demand.columns["zone_id"].tolist()]
    at_group = [group_row[name] for name in demand.columns["group"].tolist()]
    at_size = demand.columns["size"] - SIZES[0]
    households[at_zone, at_group, at_size] = demand.columns["households"]
    return Demand(households)
