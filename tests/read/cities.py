"""Small cities that no two are alike, each from a number: the same number, the same city.

A city is a bent grid of streets with gaps, one-ways and classes at random, in an outline that cuts
through it, and three or four roads that lead out.
"""

from __future__ import annotations

import dataclasses
import functools
import math
from dataclasses import dataclass

import numpy as np
import pyproj
import shapely
from hypothesis import strategies as st
from numpy.typing import NDArray

from clearway.model.scenario import Scenario
from clearway.read.corridors_build import Way, find_ways
from clearway.read.network_build import Built, Stays, build_network, kept_pieces
from clearway.read.pieces import Pieces, cut_streets, main_part
from clearway.read.recipe import ImportOptions, Recipe
from clearway.read.scenario_build import build_scenario
from clearway.read.streets import Streets
from tests.read import town
from tests.read.town import Line

#: Numbers of the cities that tests draw from; few enough that most are built once.
SEEDS = st.integers(0, 23)
SIDE, SPACING = 7, 140.0
KINDS = ("residential", "residential", "residential", "service", "secondary", "pedestrian")
SIMPLIFY_M = 2.0


@dataclass(frozen=True, eq=False)
class City:
    """A city, its recipe, and the stages of its import.

    Attributes
    ----------
    streets, recipe
        What goes in.
    pieces, part, ways, kept, built
        What the steps of an import make of it, in order.
    """

    streets: Streets
    recipe: Recipe
    pieces: Pieces
    part: NDArray[np.bool_]
    ways: tuple[Way, ...]
    kept: NDArray[np.bool_]
    built: Built


@functools.cache
def city(seed: int) -> City:
    """Return the city of a number with the stages of its import, zones left out."""
    streets, recipe = streets_of(seed), recipe_of(seed)
    options = recipe.options
    pieces = cut_streets(streets, recipe.outline, options)
    part = main_part(pieces, pieces.inside, pieces.length_m)
    points = [(mouth.lon, mouth.lat) for mouth in recipe.mouths]
    ways = find_ways(pieces, part, recipe.mouths, in_metres(points), options)
    kept = kept_pieces(pieces, part, ways, options.outside_m)
    built = build_network(streets, pieces, kept, stays_of(ways), SIMPLIFY_M)
    return City(streets, recipe, pieces, part, ways, kept, built)


def stays_of(ways: tuple[Way, ...]) -> Stays:
    """Return what the ways need: their crossings open, their nodes kept."""
    nodes = tuple(node for way in ways for node in (way.mouth, way.exit, way.reception))
    return Stays(tuple(way.pieces[0] for way in ways), nodes)


@functools.cache
def scenario(seed: int) -> Scenario:
    """Return the scenario of a number."""
    return build_scenario(streets_of(seed), recipe_of(seed))


@functools.cache
def streets_of(seed: int) -> Streets:
    """Return the streets of a number."""
    random = np.random.default_rng(seed)
    middle = (SIDE - 1) / 2
    grid = {
        (x, y): (
            round((x - middle) * SPACING + random.uniform(-30, 30), 2),
            round((y - middle) * SPACING + random.uniform(-30, 30), 2),
        )
        for x in range(SIDE)
        for y in range(SIDE)
    }
    half = SIDE // 2
    lines: list[Line] = []
    for (x, y), here in grid.items():
        for beside in ((x + 1, y), (x, y + 1)):
            # Two streets through the middle stay whole, so that every road out is reached.
            main = x == beside[0] == half or y == beside[1] == half
            if beside in grid and (random.random() < 0.85 or main):
                kind = KINDS[random.integers(len(KINDS))]
                lines.append((kind, _bent(here, grid[beside], random)))
    for start, (x, y) in zip(
        ((SIDE - 1, half), (half, SIDE - 1), (0, half), (half, 0)),
        ((1, 0), (0, 1), (-1, 0), (0, -1)),
        strict=True,
    ):
        far = (x * 5_200.0 + random.uniform(-200, 200), y * 5_200.0 + random.uniform(-200, 200))
        kind = "primary" if random.random() < 0.7 else "residential"
        lines.append((kind, _bent(grid[start], far, random)))
    one_way = tuple(np.flatnonzero(random.random(len(lines)) < 0.25).tolist())
    return town.streets_of(lines, one_way=one_way)


@functools.cache
def recipe_of(seed: int) -> Recipe:
    """Return the recipe of a number: outline, people, zones and three mouths."""
    random = np.random.default_rng(seed + 10_000)
    turns = np.arange(12) * math.pi / 6 + random.uniform(-0.2, 0.2, 12)
    reach = random.uniform(330, 520, 12)
    corners = [(r * math.cos(t), r * math.sin(t)) for r, t in zip(reach, turns, strict=True)]
    mouths = tuple(
        town.mouth(f"C{number}", 430 * x, 430 * y)
        for number, (x, y) in enumerate(((1, 0), (0, 1), (-1, 0)), start=1)
    )
    return dataclasses.replace(
        town.recipe(),
        outline=town.degrees(corners),
        persons=int(random.integers(1, 5_000)),
        mouths=mouths,
        options=ImportOptions(zones=int(random.integers(1, 12)), simplify_m=SIMPLIFY_M),
    )


def in_metres(points: list[tuple[float, float]]) -> NDArray[np.float64]:
    """Return places in degrees in the metres of the town's system, shape (n, 2)."""
    move = pyproj.Transformer.from_crs("EPSG:4326", town.CRS, always_xy=True)
    return np.array([move.transform(lon, lat) for lon, lat in points])


def pocket_of(seed: int) -> shapely.Polygon:
    """Return the outline of a number in metres."""
    return shapely.Polygon(in_metres(list(recipe_of(seed).outline)))


def _bent(
    start: tuple[float, float], end: tuple[float, float], random: np.random.Generator
) -> tuple[tuple[float, float], ...]:
    """Return a line of three points, the middle one up to a twentieth of its length aside."""
    (ax, ay), (bx, by) = start, end
    off = random.uniform(-0.05, 0.05)
    middle = ((ax + bx) / 2 - off * (by - ay), (ay + by) / 2 + off * (bx - ax))
    return (start, middle, end)
