"""Recipes: what people write, and how each fault in it is told."""

from __future__ import annotations

import dataclasses
from datetime import timedelta
from pathlib import Path

import pytest

from clearway.errors import Breach, ScenarioError
from clearway.read.highway import HIGHWAYS, NOT_STREETS, UNKNOWN, street_class
from clearway.read.recipe import ImportOptions
from clearway.read.recipe_file import read_recipe
from tests.read import town

EXAMPLE = Path(__file__).parents[2] / "examples" / "aleppo-2016" / "recipe.toml"
SMALL = """
format = "clearway-recipe/1"
id = "town"
timezone = "Asia/Damascus"
title = { en = "Town", ar = "بلدة" }
attribution = ["Streets made for tests"]
outline_source = "assumed: for tests"
outline = [[37.14, 36.19], [37.16, 36.19], [37.16, 36.21]]

[people]
persons = 100
source = "assumed: for tests"

[planning]
uptake = { low = 0.5, central = 0.8, high = 1, source = "assumed: for tests" }

[[group]]
id = "able"
name = { en = "Able", ar = "قادرون" }
speed_m_per_s = { low = 1, central = 1.2, high = 1.4, source = "assumed: for tests" }
weight = 1
weight_source = "assumed: for tests"
persons_share = { low = 0, central = 0, high = 0, source = "assumed: for tests" }

[[hours]]
opens = 2016-10-20T08:00:00+03:00
closes = 2016-10-20T19:00:00+03:00
source = "assumed: for tests"

[[mouth]]
id = "C1"
name = { en = "East", ar = "الشرق" }
lat = 36.2
lon = 37.16
gate_persons_per_h = { low = 60, central = 600, high = 1800, source = "assumed: for tests" }
reception_name = { en = "Site", ar = "موقع" }
places_persons = { low = 10, central = 100, high = 1000, source = "assumed: for tests" }
source = "assumed: for tests"
"""


def breaches(folder: Path, *changes: tuple[str, str]) -> tuple[Breach, ...]:
    """Return the breaches of the small recipe with each (old, new) changed in its text."""
    text = SMALL
    for old, new in changes:
        assert old in text
        text = text.replace(old, new, 1)
    path = folder / "recipe.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ScenarioError) as caught:
        read_recipe(path)
    assert {breach.file for breach in caught.value.breaches} == {"recipe.toml"}
    return caught.value.breaches


def test_the_example_is_a_recipe() -> None:
    """Six mouths, three days, three groups, and an uptake below one."""
    recipe = read_recipe(EXAMPLE)
    assert recipe.persons == 275_000
    assert [mouth.id for mouth in recipe.mouths] == ["C1", "C2", "C3", "C4", "C5", "C6"]
    rates = [mouth.gate_persons_per_h for mouth in recipe.mouths]
    assert [rate.central for rate in rates] == [600, 1_500, 1_200, 1_800, 1_200, 900]
    assert all(rate.low * 10 == rate.central == rate.high / 3 for rate in rates)
    assert [one.closes - one.opens for one in recipe.hours] == [timedelta(hours=11)] * 3
    assert recipe.planning.uptake.central == 0.8
    assert len(recipe.outline) == 34


def test_what_a_recipe_leaves_out_has_a_default(tmp_path: Path) -> None:
    """Slots of 15 minutes, 70 zones, assumed households."""
    path = tmp_path / "recipe.toml"
    path.write_text(SMALL, encoding="utf-8")
    recipe = read_recipe(path)
    assert recipe.options == ImportOptions()
    assert (recipe.planning.slot_s, recipe.planning.step_s, recipe.planning.tick_s) == (900, 60, 10)
    assert sum(recipe.household_shares) == pytest.approx(1)
    assert recipe.household_source.startswith("assumed")


def test_the_margin_is_told_in_minutes(tmp_path: Path) -> None:
    """And kept in seconds."""
    path = tmp_path / "recipe.toml"
    path.write_text(SMALL + "\n[options]\nmargin_min = 45\nzones = 12\n", encoding="utf-8")
    assert read_recipe(path).options == ImportOptions(zones=12, margin_s=2_700)


@pytest.mark.parametrize(
    ("old", "new", "field"),
    [
        ('format = "clearway-recipe/1"', 'format = "clearway-recipe/9"', "format"),
        ('id = "town"', 'id = "a b"', "id"),
        ('timezone = "Asia/Damascus"\n', "", "timezone"),
        ('ar = "بلدة"', 'ar = ""', "title.ar"),
        ("persons = 100", 'persons = "many"', "people.persons"),
        ("persons = 100", "persons = 100\npeople = 3", "people.people"),
        ("[37.14, 36.19]", "[37.14, 136.19]", "outline[0][1]"),
        ("[37.14, 36.19]", "[37.14]", "outline[0][1]"),
        ("lat = 36.2", "lat = nan", "mouth[0].lat"),
        ("weight = 1", "weight = inf", "group[0].weight"),
        ("opens = 2016-10-20T08:00:00+03:00", 'opens = "08:00"', "hours[0].opens"),
    ],
)
def test_a_fault_is_told_by_its_key(tmp_path: Path, old: str, new: str, field: str) -> None:
    """Wrong, missing, unknown and unbounded values."""
    assert field in [breach.field for breach in breaches(tmp_path, (old, new))]


def test_every_fault_is_told_at_once(tmp_path: Path) -> None:
    """Not the first alone."""
    found = breaches(tmp_path, ("lat = 36.2", "lat = 99"), ("persons = 100", "persons = 1.5"))
    assert [breach.field for breach in found] == ["people.persons", "mouth[0].lat"]


@pytest.mark.parametrize(
    ("old", "new", "rule"),
    [
        ("persons = 100", "persons = 0", "must be a number from 1"),
        ("low = 60, central = 600", "low = 600, central = 60", "low <= central <= high"),
        ("weight = 1", "weight = 0.5", "must be a number from 1"),
        ("[planning]", "[planning]\nstep_s = 7", "must divide slot_s"),
        ("persons = 100", "persons = 100\nhousehold_shares = [1.0]", "nine shares"),
        ("low = 0, central = 0, high = 0", "low = 0, central = 2, high = 2", "from 0 to 1"),
    ],
)
def test_values_out_of_range_are_refused(tmp_path: Path, old: str, new: str, rule: str) -> None:
    """By the rules of the nouns."""
    assert any(rule in breach.rule for breach in breaches(tmp_path, (old, new)))


@pytest.mark.parametrize(
    ("content", "rule"),
    [(b"\xff\xfe", "UTF-8"), (b"a = = 1", "must be TOML"), (b"x" * 5_000_000, "at most")],
)
def test_a_file_that_is_no_recipe_is_refused(tmp_path: Path, content: bytes, rule: str) -> None:
    """Never a traceback."""
    path = tmp_path / "recipe.toml"
    path.write_bytes(content)
    with pytest.raises(ScenarioError, match=rule):
        read_recipe(path)


def test_a_missing_recipe_is_refused(tmp_path: Path) -> None:
    """With its name."""
    with pytest.raises(ScenarioError, match=r"gone\.toml"):
        read_recipe(tmp_path / "gone.toml")


@pytest.mark.parametrize(
    "wrong",
    [
        {"zones": 0},
        {"mouth_m": float("nan")},
        {"simplify_m": -1},
        {"corridor_m": (900.0, 800.0, 1_000.0)},
        {"holding_m2_per_person": 0.5},
    ],
)
def test_options_that_no_import_can_follow_are_refused(wrong: dict[str, float]) -> None:
    """A holding area of two persons a square metre would crowd people."""
    with pytest.raises(ScenarioError):
        dataclasses.replace(ImportOptions(), **wrong)  # type: ignore[arg-type]


@pytest.mark.parametrize("wrong", [{"mouths": ()}, {"hours": ()}, {"groups": ()}])
def test_a_recipe_needs_mouths_hours_and_groups(wrong: dict[str, tuple[()]]) -> None:
    """Without one of them there is nothing to plan."""
    with pytest.raises(ScenarioError):
        town.recipe(**wrong)


def test_a_code_stands_for_one_mouth() -> None:
    """Two corridors with one code could not be told apart over a radio."""
    mouths = (town.mouth("C1", 0, 0), town.mouth("C1", 1, 0))
    with pytest.raises(ScenarioError, match="must be unique"):
        town.recipe(mouths=mouths)


@pytest.mark.parametrize(
    ("value", "known"),
    [
        ("primary", "primary"),
        ("['residential', 'tertiary']", "tertiary"),
        ("something_new", UNKNOWN),
        ("construction", None),
        ("", None),
    ],
)
def test_classes_of_streets(value: str, known: str | None) -> None:
    """The highest of several; unknown ones are roads; a building site is none."""
    assert street_class(value) == known


def test_every_class_has_figures_and_a_source() -> None:
    """People can walk everywhere; where vehicles can go they have lanes, speed and capacity."""
    assert not set(HIGHWAYS) & NOT_STREETS
    assert UNKNOWN in HIGHWAYS
    for kind in HIGHWAYS.values():
        assert kind.width_m > 0
        assert bool(kind.lanes) == bool(kind.speed_kph) == bool(kind.capacity_veh_per_h)
        assert kind.capacity_veh_per_h <= 1_900 * kind.lanes
        assert kind.source.startswith("assumed")


def test_higher_classes_carry_no_less() -> None:
    """From motorway to tertiary, in order of rank."""
    ranks = [HIGHWAYS[name] for name in ("motorway", "trunk", "primary", "secondary", "tertiary")]
    for field in ("lanes", "width_m", "speed_kph", "capacity_veh_per_h"):
        values = [getattr(kind, field) for kind in ranks]
        assert values == sorted(values, reverse=True)
