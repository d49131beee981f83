"""Vehicles, patients and aid of a recipe go into the scenario as they are."""

from __future__ import annotations

import dataclasses
import tomllib
from pathlib import Path
from typing import Any

import pytest

from clearway.errors import Breach, ScenarioError
from clearway.model.care import Care
from clearway.model.corridor import NO_VEHICLES
from clearway.model.facts import Estimate
from clearway.model.fleet import Fleet
from clearway.model.population import Group
from clearway.model.scenario import NO_AID, NO_CARE, NO_FLEET, Scenario
from clearway.publish.scenario_folder import write_scenario
from clearway.publish.scenario_toml import scenario_to_toml
from clearway.read.identity import IDENTITY_RULE
from clearway.read.recipe import GroupShare, Recipe
from clearway.read.recipe_file import read_recipe
from clearway.read.scenario import read_scenario
from clearway.read.scenario_build import build_scenario
from tests.read import rides, town
from tests.read.test_import_recipe import SMALL

_RATE = "gate_persons_per_h ="
_LANE = 'vehicles_per_h = { low = 4, central = 12, high = 30, source = "assumed" }\n'
_MODES = 'persons_share = { low = 0, central = 0, high = 0, source = "assumed: for tests" }\n'
_CARS = (
    'modes = ["car", "ride"]\npersons_per_car = { low = 2, central = 3, high = 4, source = "x" }\n'
)
_HEADS = ("[[vehicle", "[[depot", "[fleet", "[care", "[[hospital", "[[convoy", "[[linked")


def outside() -> Scenario:
    """Return the scenario with everything that rides, no depot inside, all of C1."""
    made = rides.told()
    fleet = made.fleet
    types = (dataclasses.replace(fleet.types[0], corridors=("C1",)), *fleet.types[1:])
    own = Fleet(
        types, fleet.depots[:1], fleet.vehicles[:2], fleet.outside_m_per_s, fleet.outside_detour
    )
    return made.replace(fleet=own)


def tables() -> str:
    """Return the tables as a scenario writes them, for a recipe to take over."""
    blocks = scenario_to_toml(outside()).split("\n\n")
    return "\n\n".join(block for block in blocks if block.startswith(_HEADS))


def full() -> str:
    """Return the small recipe with everything that it can say about what rides."""
    walks = SMALL.replace("high = 1.4,", "high = 14,").replace(_MODES, f"{_MODES}{_CARS}")
    return walks.replace(_RATE, f"{_LANE}{_RATE}") + f"\n{tables()}\n"


def recipe(folder: Path, text: str, patients: str | None = None) -> Recipe:
    """Write a recipe, and patients beside it, and read it."""
    (folder / "recipe.toml").write_text(text, encoding="utf-8")
    if patients is not None:
        (folder / "patients.csv").write_text(patients, encoding="utf-8")
    return read_recipe(folder / "recipe.toml")


def listed(folder: Path) -> str:
    """Return ``patients.csv`` as a scenario writes it."""
    write_scenario(outside(), folder / "written")
    return (folder / "written" / "patients.csv").read_text(encoding="utf-8")


def breaches(folder: Path, text: str, patients: str | None = None) -> tuple[Breach, ...]:
    """Return what is told about a recipe."""
    with pytest.raises(ScenarioError) as caught:
        recipe(folder, text, patients)
    return caught.value.breaches


def test_a_recipe_says_what_a_scenario_says(tmp_path: Path) -> None:
    """The same tables and rows, the same nouns."""
    made, read = outside(), recipe(tmp_path, full(), listed(tmp_path))
    assert read.fleet == made.fleet
    assert read.care == made.care
    assert read.aid == made.aid
    group = read.groups[0].group
    assert group.modes == ("car", "ride")
    assert group.persons_per_car == Estimate(2, 3, 4, "x")
    assert read.mouths[0].vehicles_per_h.central == 12


def test_what_a_recipe_leaves_out_is_not_there(tmp_path: Path) -> None:
    """Old recipes mean what they meant."""
    read = recipe(tmp_path, SMALL)
    assert (read.fleet, read.care, read.aid) == (NO_FLEET, NO_CARE, NO_AID)
    assert read.mouths[0].vehicles_per_h == NO_VEHICLES
    assert read.groups[0].group.modes == ("walk",)


def test_groups_of_wheelchair_users(tmp_path: Path) -> None:
    told = 'modes = ["walk", "ride"]\nwheelchair_users = 1\n'
    read = recipe(tmp_path, SMALL.replace(_MODES, f"{_MODES}{told}"))
    assert read.groups[0].group.wheelchair_users == 1
    assert read.groups[0].group.rides


@pytest.mark.parametrize(
    ("old", "new", "field", "rule"),
    [
        ('modes = ["car", "ride"]', 'modes = ["walk", "ride"]', "persons_per_car", "1 or more"),
        ('modes = ["car", "ride"]', 'modes = ["fly"]', "group[0].modes[0]", "'walk'"),
        ('modes = ["car", "ride"]', "modes = []", "group[0].modes", "at least 1"),
        ("{ low = 4, central = 12", "{ low = 14, central = 12", "central", "low <= central"),
        ("speed_km_per_h", "speed_kph", "vehicle_type[0].speed_km_per_h", "required"),
        ("seats = 50", "seats = -1", "vehicle_type[0].seats", "0"),
        ('corridors = ["C1"]', 'corridors = ["C7"]', "vehicle_type bus.corridors", "of a mouth"),
        ("lat = 36.2\nsource", "node = 102\nsource", "depot D1.lat", "number from -90"),
        ("lat = 36.2\nsource", "lat = 36.2\nnode = 7\nsource", "depot D1.node", "left out"),
        ("lon = 37.19\nlat = 36.2\n", "lon = 37.158\nlat = 36.195\n", "D1.lon", "outside"),
        ("lon = 37.19\nlat = 36.21\n", "lon = 37.158\nlat = 36.195\n", "H1.lon", "outside"),
        ('type = "bus"', 'type = "tram"', "fleet.vehicles.type", "a vehicle type"),
        ('depot = "D1"\ntype = "truck"', 'depot = "D7"\ntype = "truck"', "A1.depot", "a depot"),
        ('depot = "D1"\ntype = "truck"', 'depot = "D1"\ntype = "tram"', "A1.type", "a vehicle"),
        ('then = "aid:A2"', 'then = "aid:A7"', "link K2.then", "must be a convoy"),
        ('"patients:2016-10-20"', '"patients:2016-10-23"', "K1.then", "corridors open"),
        ('closes = "20:01:30"', 'closes = "07:00"', "hospital H1.closes_s", "must be later"),
        ('system = "START"', 'system = "ABC"', "care.system", "'IITT'"),
    ],
)
def test_each_fault_is_told(tmp_path: Path, old: str, new: str, field: str, rule: str) -> None:
    text = full()
    assert old in text
    told = breaches(tmp_path, text.replace(old, new, 1))
    found = [one for one in told if one.field.endswith(field)]
    assert found, [str(one) for one in told]
    assert rule in found[0].rule
    assert {one.file for one in told} == {"recipe.toml"}


def test_vehicles_need_their_speed_outside(tmp_path: Path) -> None:
    lines = [line for line in full().split("\n") if not line.startswith(("[fleet]", "outside_"))]
    (told,) = breaches(tmp_path, "\n".join(lines))
    assert (told.file, told.field) == ("recipe.toml", "fleet")
    assert told.rule == "must be given where there are vehicles or convoys"


def test_patients_are_held_against_the_recipe(tmp_path: Path) -> None:
    """By row, as in a scenario; which zones there will be is not known yet."""
    text = listed(tmp_path).replace(",Z1,immediate,", ",Z77,red,").replace(",H2,H1,", ",H9,,")
    told = breaches(tmp_path, full(), text)
    assert [(one.file, one.row, one.field, one.value) for one in told] == [
        ("patients.csv", 2, "category", "red"),
        ("patients.csv", 4, "accepts", "H9"),
    ]


def test_identity_is_refused_beside_a_recipe_too(tmp_path: Path) -> None:
    rows = listed(tmp_path).splitlines()
    text = "\n".join([f"{rows[0]},phone", *(f"{row},1" for row in rows[1:])])
    (told,) = breaches(tmp_path, full(), text)
    assert (told.file, told.field, told.rule) == ("patients.csv", "phone", IDENTITY_RULE)


def test_patients_without_a_time_zone_to_tell_their_time_by(tmp_path: Path) -> None:
    text = full().replace("Asia/Damascus", "Asia/Nowhere")
    told = breaches(tmp_path, text, listed(tmp_path))
    assert [(one.file, one.field) for one in told] == [("recipe.toml", "timezone")]


def _cars(group: Group) -> Group:
    return dataclasses.replace(
        group,
        modes=("car", "ride"),
        persons_per_car=Estimate(2, 3, 4, town.ASSUMED),
        speed_m_per_s=Estimate(5, 10, 15, town.ASSUMED),
    )


def _recipe(**changes: Any) -> Recipe:
    plain, made = town.recipe(), outside()
    lane = Estimate(4, 12, 30, town.ASSUMED)
    first, *rest = (mouth.id for mouth in plain.mouths)
    types = tuple(
        dataclasses.replace(one, corridors=(first, *rest) if one.corridors else ())
        for one in made.fleet.types
    )
    told = {
        "mouths": tuple(dataclasses.replace(one, vehicles_per_h=lane) for one in plain.mouths),
        "groups": tuple(GroupShare(_cars(one.group), one.persons_share) for one in plain.groups),
        "fleet": dataclasses.replace(made.fleet, types=types),
        "care": made.care,
        "aid": NO_AID,
    }
    return town.recipe(**(told | changes))


def _zones() -> list[str]:
    return [zone.id for zone in build_scenario(town.town(), town.recipe()).zones]


def _moved(care: Care, zone: str) -> Care:
    patients = tuple(dataclasses.replace(one, zone=zone) for one in care.patients)
    return dataclasses.replace(care, patients=patients)


def test_the_scenario_has_it_all_and_is_read_back_the_same(tmp_path: Path) -> None:
    """From recipe to folder to scenario."""
    zone = _zones()[0]
    convoys = tuple(dataclasses.replace(one, zone=zone) for one in outside().aid.convoys)
    aid = dataclasses.replace(outside().aid, convoys=convoys)
    wanted = _recipe(care=_moved(outside().care, zone), aid=aid)
    built = build_scenario(town.town(), wanted)
    write_scenario(built, tmp_path / "town")
    for scenario in (built, read_scenario(tmp_path / "town")):
        assert scenario.fleet == wanted.fleet
        assert scenario.care == wanted.care
        assert scenario.aid == aid
        assert scenario.groups == tuple(one.group for one in wanted.groups)
        lanes = [corridor.vehicles_per_s.central * 3_600 for corridor in scenario.corridors]
        assert lanes == pytest.approx([12] * len(lanes))


def test_a_zone_that_the_import_does_not_make_is_told_by_the_patient() -> None:
    with pytest.raises(ScenarioError) as caught:
        build_scenario(town.town(), _recipe(care=_moved(outside().care, "Z99")))
    assert {breach.value for breach in caught.value.breaches} == {"Z99"}
    assert all("patient" in breach.field for breach in caught.value.breaches)


def test_a_town_without_vehicles_is_as_it_was(tmp_path: Path) -> None:
    write_scenario(build_scenario(town.town(), town.recipe()), tmp_path / "town")
    text = (tmp_path / "town" / "scenario.toml").read_text(encoding="utf-8")
    tables = set(tomllib.loads(text))
    assert not tables & {"vehicle_type", "depot", "vehicles", "fleet", "care", "hospital", "convoy"}
    assert "modes" not in text
    assert "vehicles_per_h" not in text
    assert not (tmp_path / "town" / "patients.csv").exists()
