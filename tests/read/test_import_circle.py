"""The same recipe for any city: a circle where streets are densest."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import numpy as np
import shapely

from clearway.model.network import INSIDE
from clearway.model.scenario import NO_AID, NO_CARE, NO_FLEET
from clearway.read.circle import circle_recipe
from clearway.read.recipe_file import read_recipe
from clearway.read.scenario_build import build_scenario
from tests.read import town

FLAGSHIP: Final = Path(__file__).parents[2] / "examples" / "aleppo-2016" / "recipe.toml"


def metres(place: tuple[float, float]) -> np.ndarray:
    """Return a place in degrees as metres from the town's middle, roughly."""
    (middle,) = town.degrees([(0.0, 0.0)])
    return np.asarray((np.array(place) - middle) * np.array([89_800.0, 110_970.0]))


def test_the_circle_lies_where_streets_are_densest() -> None:
    """About the town, though its roads lead 4 km out."""
    recipe = circle_recipe(town.town(), town.recipe(), 700.0)
    middle = shapely.Polygon(recipe.outline).centroid.coords[0]
    assert np.hypot(*metres(middle)) < 250
    radius = [np.hypot(*(metres(point) - metres(middle))) for point in recipe.outline]
    assert np.allclose(radius, 700, atol=15)


def test_mouths_lie_evenly_around_the_circle() -> None:
    """Four at right angles, with the gates that the recipe had."""
    like = town.recipe()
    recipe = circle_recipe(town.town(), like, 700.0)
    middle = metres(shapely.Polygon(recipe.outline).centroid.coords[0])
    turns = [
        np.degrees(np.arctan2(*(metres((mouth.lon, mouth.lat)) - middle))) % 360
        for mouth in recipe.mouths
    ]
    off = (np.array(turns) - [0, 90, 180, 270] + 180) % 360 - 180
    assert np.abs(off).max() < 2
    gates = [mouth.gate_persons_per_h for mouth in recipe.mouths]
    assert gates == [mouth.gate_persons_per_h for mouth in like.mouths]


def test_people_hours_and_groups_are_those_of_the_recipe() -> None:
    """Only the place changes, and the scenario says that it tells of no event."""
    like = town.recipe()
    recipe = circle_recipe(town.town(), like, 700.0)
    same = ("persons", "groups", "hours", "planning", "household_shares", "timezone")
    assert all(getattr(recipe, field) == getattr(like, field) for field in same)
    assert recipe.id != like.id
    assert "no event" in recipe.facts[0].text.en


def test_what_has_a_place_of_its_own_stays_behind() -> None:
    """The flagship's depots, hospitals and zones mean nothing in another city."""
    like = read_recipe(FLAGSHIP)
    recipe = circle_recipe(town.town(), like, 700.0)
    assert like.fleet.count > 0
    assert like.care.hospitals
    assert like.aid.convoys
    assert like.shelters
    assert (recipe.fleet, recipe.care, recipe.aid) == (NO_FLEET, NO_CARE, NO_AID)
    assert recipe.shelters == ()


def test_a_larger_circle_holds_more_streets() -> None:
    """So that time can be told against the size of the network."""
    metres_inside = []
    for radius in (500.0, 700.0, 1_000.0):
        scenario = build_scenario(town.town(), circle_recipe(town.town(), town.recipe(), radius))
        links = scenario.network.links
        metres_inside.append(links.length_m[links.side == INSIDE].sum())
    assert metres_inside == sorted(set(metres_inside))
