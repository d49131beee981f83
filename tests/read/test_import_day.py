"""Recipes with contacts, shelters and gates that change, and where shelters then stand."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from clearway.errors import ScenarioError
from clearway.model.agreement import Agreement, Contact
from clearway.model.care import metres_between
from clearway.model.corridor import GateChange
from clearway.model.facts import Estimate, Text
from clearway.model.scenario import Scenario
from clearway.read.recipe import Recipe, ShelterPlace
from clearway.read.recipe_file import read_recipe
from clearway.read.scenario_build import build_scenario
from tests.read import town
from tests.read.test_import_recipe import SMALL

EXAMPLE = Path(__file__).parents[2] / "examples" / "aleppo-2016" / "recipe.toml"
LOST = Text("Nobody is called.", "لا يُنادى أحد.")
ROLE = Text("Gate team", "فريق البوابة")

MORE = """
[[contact]]
party = { en = "Gate team", ar = "فريق البوابة" }
level = "gate"
corridors = ["C1"]
role = { en = "Lead", ar = "المسؤول" }
channel = "VHF 1 (assumed)"
backup = "flag (assumed)"
if_lost = { en = "Nobody is called.", ar = "لا يُنادى أحد." }
source = "assumed: for tests"

[[shelter]]
id = "SH1"
name = { en = "Old market", ar = "السوق القديم" }
lon = 37.155
lat = 36.195
places_persons = { low = 50, central = 100, high = 200, source = "assumed: for tests" }

[[gate_change]]
corridor = "C1"
since = 2016-10-20T09:00:00+03:00
until = 2016-10-20T10:00:00+03:00
persons_share = 0.5
source = "assumed: for tests"
"""


def written(folder: Path, *changes: tuple[str, str]) -> Path:
    """Return the file of a small recipe with every table, each (old, new) changed in it."""
    text = SMALL + MORE
    for old, new in changes:
        assert old in text
        text = text.replace(old, new, 1)
    path = folder / "recipe.toml"
    path.write_text(text, encoding="utf-8")
    return path


def shelter(x: float, y: float, **changes: Any) -> ShelterPlace:
    """Return a shelter so many metres from the middle of the town."""
    ((lon, lat),) = town.degrees([(x, y)])
    places = Estimate(50, 100, 200, town.ASSUMED)
    one = ShelterPlace("SH1", Text("Old market", "السوق القديم"), lon, lat, places)
    return dataclasses.replace(one, **changes)


def built(*shelters: ShelterPlace, **changes: Any) -> Scenario:
    """Return the town with shelters."""
    return build_scenario(town.town(), town.recipe(shelters=shelters, **changes))


def test_a_recipe_file_carries_every_table(tmp_path: Path) -> None:
    recipe = read_recipe(written(tmp_path))
    (contact,) = recipe.agreement.contacts
    assert (contact.party.en, contact.corridors, contact.backup) == (
        "Gate team",
        ("C1",),
        "flag (assumed)",
    )
    (one,) = recipe.shelters
    assert (one.id, one.name.ar, one.lon, one.places.high) == ("SH1", "السوق القديم", 37.155, 200)
    (change,) = recipe.changes
    assert (change.persons_share, change.vehicles_share) == (0.5, 1.0)


@pytest.mark.parametrize(
    ("old", "new", "rule"),
    [
        ("lon = 37.155", "lon = 37.17", "must lie inside the outline"),
        ("lat = 36.195", "lat = 36.218", "must lie inside the outline"),
        ('corridors = ["C1"]\nrole', 'corridors = ["C9"]\nrole', "must be the id of a mouth"),
        ('corridors = ["C1"]\nrole', 'corridors = ["C1", "C1"]\nrole', "must be unique"),
        ('corridor = "C1"\nsince', 'corridor = "C9"\nsince', "must be the id of a mouth"),
        ('backup = "flag (assumed)"', 'backup = "VHF 1 (assumed)"', "must be another channel"),
        ("low = 50, central = 100", "low = 500, central = 100", "low <= central <= high"),
        ("places_persons = { low = 50", "places_persons = { low = -50", "greater than or equal"),
        ("until = 2016-10-20T10", "until = 2016-10-20T09", "must be after it begins"),
        ("lon = 37.155\n", "node = 5\n", "Extra inputs are not permitted"),
    ],
)
def test_each_fault_is_told(tmp_path: Path, old: str, new: str, rule: str) -> None:
    with pytest.raises(ScenarioError) as caught:
        read_recipe(written(tmp_path, (old, new)))
    assert {breach.file for breach in caught.value.breaches} == {"recipe.toml"}
    assert any(rule in breach.rule for breach in caught.value.breaches)


def test_shelters_of_one_id_are_told(tmp_path: Path) -> None:
    again = MORE[MORE.index("[[shelter]]") : MORE.index("[[gate_change]]")]
    path = written(tmp_path)
    path.write_text(path.read_text("utf-8") + again, encoding="utf-8")
    with pytest.raises(ScenarioError, match="must be unique"):
        read_recipe(path)


# ------------------------------------------------------------------------------- where they stand


def inside(scenario: Scenario) -> Iterator[int]:
    """Yield the rows of nodes where open inside links end."""
    links = scenario.network.links
    rows = (links.side == "inside") & (links.state == "open")
    ends = np.union1d(links.from_node[rows], links.to_node[rows])
    yield from scenario.network.node_index(ends).tolist()


@pytest.mark.parametrize(("x", "y"), [(0.0, 0.0), (310.0, -440.0), (600.0, 600.0)])
def test_a_shelter_stands_at_the_nearest_node_inside(x: float, y: float) -> None:
    wanted = shelter(x, y)
    scenario = built(wanted)
    (one,) = scenario.shelters
    nodes = scenario.network.nodes
    far = {
        int(nodes.id[row]): metres_between(
            float(nodes.lon[row]), float(nodes.lat[row]), wanted.lon, wanted.lat
        )
        for row in inside(scenario)
    }
    assert far[one.node] == pytest.approx(min(far.values()), abs=0.5)
    assert (one.id, one.name, one.places) == (wanted.id, wanted.name, wanted.places)


def test_shelters_change_nothing_else() -> None:
    with_one, without = built(shelter(310.0, -440.0)), built()
    for field in ("id", "lon", "lat"):
        one, other = (getattr(made.network.nodes, field) for made in (with_one, without))
        assert np.array_equal(one, other)
    assert np.array_equal(with_one.network.links.id, without.network.links.id)
    assert with_one.zones == without.zones
    assert with_one.corridors == without.corridors
    assert with_one.facts == without.facts


def test_contacts_and_changes_go_into_the_scenario() -> None:
    recipe: Recipe = town.recipe()
    corridor, hours = recipe.mouths[0].id, recipe.hours[0]
    contact = Contact(ROLE, "gate", (corridor,), ROLE, "VHF 1", "flag", LOST, town.ASSUMED)
    change = GateChange(corridor, hours.opens, hours.closes, 0.5, 0.5, town.ASSUMED)
    made = built(agreement=Agreement(contacts=(contact,)), changes=(change,))
    assert made.agreement.contacts == (contact,)
    assert made.changes == (change,)


# ------------------------------------------------------------------------------- the flagship


def test_the_flagship_has_shelters_for_more_than_are_ever_under_way() -> None:
    recipe = read_recipe(EXAMPLE)
    assert 8 <= len(recipe.shelters) <= 12
    assert sum(one.places.central for one in recipe.shelters) >= 10_000
    for one in recipe.shelters:
        assert one.places.assumed
        assert one.places.low < one.places.central < one.places.high
        assert one.name.en.startswith("Cover in")
        assert one.name.ar.startswith("مأوى")


def test_the_flagships_contacts_are_all_assumed_and_reach_every_party() -> None:
    agreement = read_recipe(EXAMPLE).agreement
    reached = {(one.party, one.level) for one in agreement.contacts}
    assert {(one.party, one.level) for one in agreement.consents} <= reached
    for one in agreement.contacts:
        assert one.source.startswith("assumed")
        assert "(assumed)" in one.channel
        assert "(assumed)" in one.backup
        assert not any(part.isdigit() and len(part) > 2 for part in one.channel.split())
