"""Zones of any pocket: they tile it in one piece each, whatever its shape and who lives where."""

from __future__ import annotations

import math
import re

import numpy as np
import pytest
import shapely
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from clearway.read.zones_build import Area, _codes, lay_zones

#: A pocket, places in it, and what they weigh.
Ground = tuple[shapely.Polygon, NDArray[np.float64], NDArray[np.float64]]
some = settings(max_examples=40, deadline=None)


@st.composite
def grounds(draw: st.DrawFn) -> Ground:
    """Draw a star of 3 to 13 corners, up to 60 places in it, some of them where nobody lives."""
    random = np.random.default_rng(draw(st.integers(0, 10**6)))
    corners = draw(st.integers(3, 13))
    turns, reach = np.sort(random.uniform(0, 2 * np.pi, corners)), random.uniform(100, 1e3, corners)
    pocket = shapely.Polygon(np.stack([reach * np.cos(turns), reach * np.sin(turns)], axis=1))
    assume(pocket.is_valid and pocket.area > 5_000)
    left, low, right, high = pocket.bounds
    places = random.uniform([left, low], [right, high], (400, 2))
    if draw(st.booleans()):
        # In rows, so that cuts run along them and places lie on borders.
        places = np.unique(np.round(places, -1), axis=0)
        places = random.permutation(places)
    places = places[shapely.contains_xy(pocket, *places.T)][: draw(st.integers(1, 60))]
    weight = random.uniform(1, 100, len(places)) * (
        random.random(len(places)) < draw(st.sampled_from([0.2, 0.6, 1.0]))
    )
    assume(weight.sum() > 0)
    return pocket, places, weight


def laid(ground: Ground, count: int) -> tuple[Area, ...]:
    """Return the zones of a ground."""
    return lay_zones(*ground, count)


@some
@given(grounds(), st.integers(1, 30))
def test_zones_tile_any_pocket(ground: Ground, count: int) -> None:
    """No gap, no overlap, and one piece each."""
    shapes = [area.shape for area in laid(ground, count)]
    together = shapely.union_all(shapes, grid_size=0.001)
    assert together.symmetric_difference(ground[0]).area < 1e-3 * ground[0].area
    assert sum(shape.area for shape in shapes) == pytest.approx(ground[0].area, rel=1e-3)
    assert {shape.geom_type for shape in shapes} == {"Polygon"}


@some
@given(grounds(), st.integers(1, 30))
def test_every_place_is_in_one_zone_and_no_zone_is_empty(ground: Ground, count: int) -> None:
    """Weights add up; somebody lives in every zone; no more zones than asked for."""
    areas = laid(ground, count)
    rows = np.concatenate([area.nodes for area in areas])
    assert sorted(rows.tolist()) == list(range(len(ground[1])))
    assert math.fsum(area.weight for area in areas) == pytest.approx(ground[2].sum())
    assert all(area.weight > 0 for area in areas)
    assert 1 <= len(areas) <= min(count, int((ground[2] > 0).sum()))


@some
@given(grounds(), st.integers(1, 30))
def test_a_place_is_in_the_zone_that_it_lies_in(ground: Ground, count: int) -> None:
    """To a centimetre, where borders meet."""
    for area in laid(ground, count):
        points = shapely.points(ground[1][area.nodes])
        assert shapely.distance(area.shape, points).max() < 0.01


@some
@given(grounds(), st.integers(1, 30))
def test_codes_can_be_spoken_and_homes_are_lived_in(ground: Ground, count: int) -> None:
    """A letter and a number; numbers of a letter count from one without a hole."""
    areas = laid(ground, count)
    codes = [area.code for area in areas]
    assert all(re.fullmatch(r"[NESWM][1-9]\d?", code) for code in codes)
    for letter in {code[0] for code in codes}:
        numbers = sorted(int(code[1:]) for code in codes if code[0] == letter)
        assert numbers == list(range(1, len(numbers) + 1))
    for area in areas:
        assert area.home in area.nodes
        assert ground[2][area.home] > 0


def test_a_zone_without_homes_joins_its_neighbour() -> None:
    """Homes in two corners, and places where nobody lives between them: never an empty zone."""
    side = np.linspace(5, 95, 10)
    places = np.stack([axis.ravel() for axis in np.meshgrid(side, side)], axis=1)
    weight = np.zeros(len(places))
    weight[[0, 1, 98, 99]] = 1.0
    areas = lay_zones(shapely.box(0, 0, 100, 100), places, weight, 4)
    assert len(areas) == 4
    assert [area.weight for area in areas] == [1.0] * 4


def test_fragments_join_the_zone_they_border_on() -> None:
    """A comb is cut across its teeth; each tooth that falls off goes to the zone beside it."""
    teeth = [(x, y) for n in range(6) for x, y in ((40 * n, 300), (40 * n + 20, 300))]
    edge = [(x, y) for x, y in teeth]
    comb = shapely.Polygon(
        [(0, 0)]
        + [
            place
            for left, right in zip(edge[::2], edge[1::2], strict=True)
            for place in ((left[0], 20), left, right, (right[0], 20))
        ]
        + [(220, 0)]
    )
    assert comb.is_valid
    grid = np.stack(
        [a.ravel() for a in np.meshgrid(np.arange(4.0, 220, 8), np.arange(4.0, 300, 8))]
    )
    places = grid.T[shapely.contains_xy(comb, *grid)]
    areas = lay_zones(comb, places, np.ones(len(places)), 9)
    assert {area.shape.geom_type for area in areas} == {"Polygon"}
    assert sum(area.shape.area for area in areas) == pytest.approx(comb.area, rel=1e-6)


def test_a_zone_exactly_between_two_sectors_has_a_code() -> None:
    """To the north-west as far north as west, but for the last digit of a float."""
    corners = np.array([[-1.0000000000000002, 1.0], [1.0000000000000002, -1.0]])
    assert _codes(corners) == ["W1", "S1"]
