"""``docs/scenario-format.md`` names every key, its limits, and a folder that can be read."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from types import NoneType
from typing import Any, get_args

import pytest
from pydantic import BaseModel

from clearway.model.agreement import CONSENT_LEVELS, CONSENT_STATES
from clearway.model.care import SYSTEMS
from clearway.model.facts import SHAPES
from clearway.model.fleet import CARE
from clearway.model.population import MODES
from clearway.model.scenario import USUAL
from clearway.model.uncertainty import RANGES
from clearway.read import day_schema, fleet_schema, schema, tables
from clearway.read.network import LINK_COLUMNS, NODE_COLUMNS
from clearway.read.patients import PATIENT_COLUMNS
from clearway.read.scenario import DEMAND_COLUMNS, LIMITS, read_scenario
from clearway.read.scenario_schema import ScenarioTable
from clearway.read.terms import IN_SECONDS
from tests.read.folders import (
    DEMAND,
    FILES,
    LINKS,
    NODES,
    PATIENTS,
    PLAN,
    ZONES,
    breaches,
    change,
)

_PAGE = Path(__file__).parents[2] / "docs" / "scenario-format.md"

_TABLES: dict[str, type[BaseModel]] = {
    "Top level": ScenarioTable,
    "Words in two languages": schema.BothTongues,
    "Numbers with a range": schema.Range[float],
    "`[planning]`": schema.PlanningTable,
    "`[[group]]`": schema.GroupTable,
    "`[[corridor]]`": schema.CorridorTable,
    "`[corridor.gate]`": schema.GateTable,
    "`[corridor.holding_area]`": schema.HoldingTable,
    "`[corridor.open_limit]`": schema.OpenLimitTable,
    "`[[reception]]`": schema.ReceptionTable,
    "`[[window]]`": schema.WindowTable,
    "`[uncertainty]`": schema.UncertaintyTable,
    "`[thresholds]`": schema.ThresholdsTable,
    "Limits": schema.MostTable[float],
    "Weights": schema.WeightTable,
    "`[[consent]]`": schema.ConsentTable,
    "`[[hazard]]`": schema.HazardTable,
    "`[[provision]]`": schema.ProvisionTable,
    "`[notification]`": schema.NotificationTable,
    "`[decider]`": schema.DeciderTable,
    "`[[contact]]`": day_schema.ContactTable,
    "`[[shelter]]`": day_schema.ShelterTable,
    "`[[gate_change]]`": day_schema.GateChangeTable,
    "`[[vehicle_type]]`": fleet_schema.VehicleTypeTable,
    "`[[depot]]`": fleet_schema.DepotTable,
    "`[[vehicles]]`": fleet_schema.VehiclesTable,
    "`[fleet]`": fleet_schema.FleetTable,
    "`[care]`": fleet_schema.CareTable,
    "`[[hospital]]`": fleet_schema.HospitalTable,
    "`[[hospital.beds]]`": fleet_schema.BedsTable,
    "`[[convoy]]`": fleet_schema.ConvoyTable,
    "`[[linked_movement]]`": fleet_schema.LinkedMovementTable,
    "`[[fact]]`": schema.FactTable,
    "`zones.geojson`": schema.ZoneProperties,
}

_COLUMNS = {
    NODES: NODE_COLUMNS,
    LINKS: LINK_COLUMNS,
    DEMAND: DEMAND_COLUMNS,
    PATIENTS: PATIENT_COLUMNS,
}


def _page() -> str:
    return _PAGE.read_text(encoding="utf-8")


def _rows(heading: str) -> dict[str, list[str]]:
    """Return the cells of each row of the table below a heading, by its first cell."""
    section = re.split(rf"^#+ {re.escape(heading)}\n", _page(), flags=re.MULTILINE)[1]
    section = re.split(r"^#+ ", section, flags=re.MULTILINE)[0]
    lines = [line[1:-1].split("|") for line in section.split("\n") if line.startswith("| `")]
    rows = [[cell.strip() for cell in line] for line in lines]
    return {row[0].strip("`"): row for row in rows}


def _limits(model: type[BaseModel], key: str) -> set[str]:
    """Return the limits of a key as the page writes them."""
    found = set(_found(model.model_fields[key].annotation))
    found |= {limit for part in model.model_fields[key].metadata for limit in _of(part)}
    return found


def _found(annotation: Any) -> Iterator[str]:
    """Yield the limits of the numbers in a range, limits or weight, which may be left out."""
    for part in get_args(annotation):
        yield from _found(part)
        # Where a key may be left out, its limits stand inside; those of entries of lists do not.
        optional = NoneType in get_args(annotation)
        for told in get_args(part)[1:] if optional else ():
            yield from (limit for one in getattr(told, "metadata", ()) for limit in _of(one))
    if isinstance(annotation, type) and issubclass(annotation, schema.Table):
        for key in ("low", "go", "value"):
            field = annotation.model_fields.get(key)
            for part in field.metadata if field else ():
                yield from _of(part)


def _of(part: object) -> Iterator[str]:
    for name in ("ge", "gt", "le", "min_length", "max_length"):
        limit = getattr(part, name, None)
        # Those of ids and of texts are told once, for all of them.
        if limit not in {None, schema.LARGEST_ID, schema.LONGEST_TEXT}:
            yield f"{limit:.10g}"


@pytest.mark.parametrize("heading", list(_TABLES))
def test_page_names_every_key_and_no_other(heading: str) -> None:
    assert list(_rows(heading)) == list(_TABLES[heading].model_fields)


@pytest.mark.parametrize("heading", list(_TABLES))
def test_page_gives_the_limits_of_every_key(heading: str) -> None:
    model = _TABLES[heading]
    for key, row in _rows(heading).items():
        numbers = set(re.findall(r"-?\d[\d.]*", row[2]))
        asked = set() if "id of" in row[1] else _limits(model, key)
        assert asked <= numbers, key


def test_page_gives_the_limits_of_all_keys_of_a_kind() -> None:
    assert f"a whole number from 0 to {schema.LARGEST_ID}" in _page()
    assert f"at most {schema.LONGEST_TEXT:,} characters" in _page()
    assert f"at most {tables.MOST_ROWS:,} rows" in _page()


def test_limits_are_looked_at() -> None:
    assert _limits(schema.CorridorTable, "links") == {"1", "5000"}
    assert _limits(schema.GroupTable, "speed_m_per_s") == {"0.05", "60"}
    assert _limits(schema.GroupTable, "persons_per_car") == {"1", "100"}
    assert _limits(fleet_schema.VehicleTypeTable, "speed_km_per_h") == {"0.36", "216"}
    assert _limits(fleet_schema.VehicleTypeTable, "range_km") == {"0", "100000"}
    assert _limits(fleet_schema.BedsTable, "places") == {"0", "1000000"}
    assert _limits(schema.PlanningTable, "slot_min") == {"0", "1440"}
    assert _limits(schema.UncertaintyTable, "recheck_factor") == {"0.01", "100"}
    assert _limits(schema.ThresholdsTable, "wait_min") == {"0", "44640"}
    assert _limits(schema.ThresholdsTable, "turned_back_weight") == {"0", "10"}


def test_a_limit_reads_alike_whichever_way_is_better() -> None:
    most, least = schema.MostTable[float], schema.LeastTable[float]
    assert list(most.model_fields) == list(least.model_fields)


def test_page_gives_the_usual_limits_as_its_examples() -> None:
    usual: dict[str, tuple[float, ...]] = {"turned_back_weight": (USUAL.turned_back_weight,)}
    for key in schema.ThresholdsTable.model_fields:
        field, unit = IN_SECONDS.get(key, (key, 1.0))
        limits = getattr(USUAL, field)
        if key not in usual:
            usual[key] = (limits.go / unit, limits.bar / unit)
    for key, row in _rows("`[thresholds]`").items():
        assert tuple(map(float, re.findall(r"= ([\d.]+)", row[4]))) == usual[key], key


def test_page_names_every_word_of_a_choice() -> None:
    for heading, key, words in (
        ("`[[consent]]`", "level", CONSENT_LEVELS),
        ("`[[consent]]`", "state", CONSENT_STATES),
        ("`[[contact]]`", "level", CONSENT_LEVELS),
        ("Numbers with a range", "shape", SHAPES),
        ("`[[group]]`", "modes", MODES),
        ("`[[vehicle_type]]`", "care", CARE),
        ("`[care]`", "system", tuple(SYSTEMS)),
    ):
        told = _rows(heading)[key][2].partition(";")[0]
        assert tuple(re.findall(r"`([^`]+)`", told)) == words


def test_schema_has_the_limits_of_the_noun() -> None:
    told = {}
    for key in schema.UncertaintyTable.model_fields:
        field, unit = IN_SECONDS.get(key, (key, 1.0))
        limits = sorted(map(float, _limits(schema.UncertaintyTable, key)))
        told[field] = tuple(limit * unit for limit in limits)
    assert told == RANGES


@pytest.mark.parametrize("name", list(_COLUMNS))
def test_page_names_every_column_and_its_limits(name: str) -> None:
    rows = _rows(f"`{name}`")
    assert list(rows) == list(_COLUMNS[name])
    for column, kind in _COLUMNS[name].items():
        limits = re.search(r"from (\S+) to (\S+)", kind.rule)
        if limits and limits[2] != str(schema.LARGEST_ID):
            assert f"{limits[1]} to {limits[2]}" in rows[column][2], column
        words = re.search(r"must be one of (.*)", kind.rule)
        if words:
            assert rows[column][2].replace("`", "") == words[1], column


def test_page_gives_an_example_of_every_key() -> None:
    inner = {"planning", "group", "corridor", "reception", "window", "fact"}
    inner |= {"gate", "holding_area", "open_limit"}
    inner |= {"uncertainty", "thresholds", "consent", "hazard", "provision"}
    inner |= {"notification", "decider", "vehicle_type", "depot", "vehicles", "fleet", "care"}
    inner |= {"hospital", "beds", "convoy", "linked_movement"}
    inner |= {"contact", "shelter", "gate_change"}
    for heading in [*_TABLES, *(f"`{name}`" for name in _COLUMNS)]:
        for key, row in _rows(heading).items():
            assert len(row) == 5, row
            assert row[3], row
            assert key in inner or re.fullmatch(r"`[^`]+`", row[4]), row


def test_page_gives_the_limits_of_files() -> None:
    for name, limits in LIMITS.items():
        section = _page().split(f"## `{name}`\n")[1].split("\n## ")[0]
        assert f"{limits.file_bytes:,} bytes" in section
        if limits.line_bytes < limits.file_bytes:
            assert f"no line above {limits.line_bytes:,}" in section


def _example(folder: Path) -> Path:
    found = dict(
        re.findall(r"^`([\w./-]+)`\n\n```\w+\n(.*?)^```", _page(), re.MULTILINE | re.DOTALL)
    )
    assert set(found) == set(FILES)
    for name, text in found.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
    return folder


def test_folder_on_the_page_can_be_read(tmp_path: Path) -> None:
    scenario = read_scenario(_example(tmp_path / "s"))
    assert scenario.id == "two-streets"
    assert scenario.demand.persons.sum() == 20 + 240 + 180 + 50 + 250
    assert scenario.planning.spread == 1


def _with_vehicles(folder: Path) -> Path:
    """Return the folder of the page with what the page says can be added."""
    _example(folder)
    more = _page().partition("## Vehicles, patients and aid to add to it\n")[2]
    toml, patients = re.findall(r"^```\w+\n(.*?)^```", more, re.MULTILINE | re.DOTALL)[:2]
    (lane,) = re.findall(r"line\s+more in its `\[corridor.gate\]`:\s+`([^`]+)`", more)
    change(folder, PLAN, "[corridor.gate]\n", f"[corridor.gate]\n{lane}\n")
    with (folder / PLAN).open("a", encoding="utf-8") as file:
        file.write(f"\n{toml}")
    (folder / PATIENTS).write_text(patients, encoding="utf-8")
    return folder


def test_vehicles_and_patients_on_the_page_can_be_added(tmp_path: Path) -> None:
    scenario = read_scenario(_with_vehicles(tmp_path / "s"))
    assert scenario.corridors[0].vehicles_per_s.central * 3600 == pytest.approx(12)
    assert scenario.fleet.count == 2
    assert [one.code for one in scenario.care.patients] == ["P-001", "P-002"]
    assert scenario.care.hospitals[0].places("general") == 10
    assert [one.after for one in scenario.aid.links] == ["aid:A1"]


def test_page_gives_the_categories_of_every_system() -> None:
    told = _rows("`patients.csv`")["category"][2]
    found = {
        system: tuple(re.findall(r"`([^`]+)`", words))
        for system, words in re.findall(r"`([A-Z]+)`: ([^;]*)", told)
    }
    assert found == {system: tuple(words) for system, words in SYSTEMS.items()}


def test_breaches_on_the_page_are_told(tmp_path: Path) -> None:
    folder = _example(tmp_path / "s")
    change(folder, PLAN, "low = 60,", "low = -60,")
    change(folder, DEMAND, "able,4,60", "able,0,60")
    told = [f"{len(breaches(folder))} breaches", *map(str, breaches(folder))]
    assert "\n".join(["```", *told, "```"]) in _page()
    assert ZONES in _page()
