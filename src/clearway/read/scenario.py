"""Read a scenario folder (see ``docs/scenario-format.md``), or tell everything wrong with it."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from clearway.errors import ScenarioError
from clearway.model.population import SIZES
from clearway.model.scenario import Scenario
from clearway.read import tables
from clearway.read.assemble import assemble, placed
from clearway.read.breaches import BreachLog
from clearway.read.crosschecks import Parts, check_plan, check_references
from clearway.read.day_checks import check_day
from clearway.read.document import Document
from clearway.read.files import Limits, held_text, read_text
from clearway.read.fleet_checks import check_fleet
from clearway.read.geojson import read_zones
from clearway.read.network import (
    LINK_COLUMNS,
    NODE_COLUMNS,
    check_links,
    check_nodes,
    part_network,
)
from clearway.read.patients import PATIENT_FILE, PATIENT_LIMITS, read_patients
from clearway.read.placement import check_places
from clearway.read.scenario_schema import ScenarioTable
from clearway.read.tables import Kind, Table, read_table
from clearway.read.toml import TomlLines, load_toml

PLAN_FILE: Final = "scenario.toml"
NODE_FILE: Final = "network/node.csv"
LINK_FILE: Final = "network/link.csv"
ZONE_FILE: Final = "zones.geojson"
DEMAND_FILE: Final = "demand.csv"

#: About ten times what a city of a million needs; a file beyond it is not read at all.
LIMITS: Final[dict[str, Limits]] = {
    PLAN_FILE: Limits(1_000_000, 100_000),
    NODE_FILE: Limits(16_000_000, 10_000),
    LINK_FILE: Limits(64_000_000, 200_000),
    ZONE_FILE: Limits(4_000_000, 4_000_000),
    DEMAND_FILE: Limits(16_000_000, 10_000),
    PATIENT_FILE: PATIENT_LIMITS,
}

DEMAND_COLUMNS: Final[dict[str, Kind]] = {
    "zone_id": tables.code(),
    "group": tables.code(),
    "size": tables.whole(SIZES[0], SIZES[-1]),
    "households": tables.whole(0, 10_000_000),
}


def read_scenario(folder: str | os.PathLike[str]) -> Scenario:
    """Read the scenario in ``folder``.

    Parameters
    ----------
    folder
        Folder with ``scenario.toml``, ``network/node.csv``, ``network/link.csv``,
        ``zones.geojson`` and ``demand.csv``, and ``patients.csv`` if patients are listed; other
        files in it are not looked at.

    Raises
    ------
    ScenarioError
        With every breach of every file: file, row, field, value and rule.
    """
    log = BreachLog(LIMITS)
    place = _place(folder, log)
    texts = {
        name: read_text(place, name, limits, log)
        for name, limits in LIMITS.items()
        # A link to nowhere is there, and told.
        if name != PATIENT_FILE or os.path.lexists(place / name)
    }
    return _checked(texts, log)


def scenario_in(files: Mapping[str, bytes]) -> Scenario:
    """Read the scenario whose files are held in memory.

    Parameters
    ----------
    files
        By their names in a scenario's folder; others are not looked at.

    Raises
    ------
    ScenarioError
        With every breach of every file, as :func:`read_scenario` tells them.
    """
    log = BreachLog(LIMITS)
    texts = {
        name: held_text(files, name, limits, log)
        for name, limits in LIMITS.items()
        if name != PATIENT_FILE or name in files
    }
    return _checked(texts, log)


def _checked(texts: dict[str, str | None], log: BreachLog) -> Scenario:
    parts = _parts(texts, log)
    if parts.plan is not None:
        check_plan(parts.plan)
    check_references(parts)
    check_places(parts)
    check_fleet(parts)
    check_day(parts)
    log.done()
    return _scenario(parts, texts[PLAN_FILE] or "")


def _place(folder: str | os.PathLike[str], log: BreachLog) -> Path:
    try:
        place = Path(folder).resolve()
        found = place.is_dir()
    except (OSError, RuntimeError, ValueError):
        place, found = Path(folder), False
    if not found:
        log.add_path("", "folder", folder, "must be a folder that can be read")
        log.done()
    return place


def _parts(texts: dict[str, str | None], log: BreachLog) -> Parts:
    nodes = _table(NODE_FILE, texts, NODE_COLUMNS, log)
    links = _table(LINK_FILE, texts, LINK_COLUMNS, log)
    demand = _table(DEMAND_FILE, texts, DEMAND_COLUMNS, log)
    if nodes is not None:
        check_nodes(nodes, log)
    if links is not None:
        check_links(links, nodes, log)
    zones, patients = texts[ZONE_FILE], texts.get(PATIENT_FILE)
    columns = _has_all(nodes, NODE_COLUMNS) and _has_all(links, LINK_COLUMNS)
    return Parts(
        plan=_plan(texts[PLAN_FILE], log),
        nodes=nodes,
        links=links,
        zones=read_zones(ZONE_FILE, zones, log) if zones is not None else None,
        demand=demand,
        patients=read_patients(patients, log) if patients is not None else None,
        network=part_network(nodes, links) if nodes and links and columns else None,
        log=log,
    )


def _table(
    file: str, texts: dict[str, str | None], kinds: dict[str, Kind], log: BreachLog
) -> Table | None:
    text = texts[file]
    return read_table(file, text, kinds, log) if text is not None else None


def _plan(text: str | None, log: BreachLog) -> Document[ScenarioTable] | None:
    data = load_toml(PLAN_FILE, text, log) if text is not None else None
    if text is None or data is None:
        return None
    return Document(PLAN_FILE, data, ScenarioTable, TomlLines(text), log)


def _has_all(table: Table | None, kinds: dict[str, Kind]) -> bool:
    return table is not None and table.has(*kinds)


def _scenario(parts: Parts, text: str) -> Scenario:
    """Return the scenario; what a noun refuses all the same is told as a breach of its file."""
    plan = parts.plan.model if parts.plan is not None else None
    rest = (parts.zones, parts.demand, parts.network)
    if plan is None or parts.zones is None or parts.demand is None or parts.network is None:
        # Every way to lose a part notes a breach, so this would be a defect of the reader.
        raise AssertionError(f"nothing noted, but a part is missing: {rest}")
    try:
        return assemble(plan, parts.zones, parts.demand, parts.network, parts.patients)
    except ScenarioError as error:
        lines = TomlLines(text)
        breaches = tuple(placed(one, plan, lines, PLAN_FILE) for one in error.breaches)
        raise ScenarioError(breaches) from error
