"""Zones: they tile the pocket, weigh about the same, and can be spoken over a radio."""

from __future__ import annotations

import re

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from clearway.read.zones_build import Area, lay_zones

SQUARE = shapely.box(0, 0, 1_000, 1_000)
#: Narrow in the middle, with an arm: straight cuts fall apart here.
HOOK = shapely.Polygon(
    [(0, 0), (900, 0), (900, 900), (600, 900), (600, 300), (300, 300), (300, 900), (0, 900)]
)


def lattice(pocket: shapely.Polygon, count: int) -> np.ndarray:
    """Return the places of a square lattice that lie in ``pocket``."""
    side = np.linspace(0, 1_000, count)
    x, y = (axis.ravel() for axis in np.meshgrid(side, side))
    inside = shapely.contains_xy(pocket, x, y)
    return np.stack([x[inside], y[inside]], axis=1)


def laid(pocket: shapely.Polygon, count: int, seed: int = 1) -> tuple[Area, ...]:
    """Return zones over a lattice of nodes that weigh 50 to 150."""
    places = lattice(pocket, 40)
    weight = np.random.default_rng(seed).uniform(50, 150, len(places))
    return lay_zones(pocket, places, weight, count)


@pytest.mark.parametrize("pocket", [SQUARE, HOOK], ids=["square", "hook"])
@pytest.mark.parametrize("count", [1, 2, 7, 20])
def test_zones_tile_the_pocket(pocket: shapely.Polygon, count: int) -> None:
    """Together they are the pocket, and no two overlap."""
    shapes = [area.shape for area in laid(pocket, count)]
    assert len(shapes) == count
    assert sum(shape.area for shape in shapes) == pytest.approx(pocket.area, rel=1e-6)
    assert shapely.union_all(shapes).symmetric_difference(pocket).area < 1


@pytest.mark.parametrize("pocket", [SQUARE, HOOK], ids=["square", "hook"])
def test_a_zone_is_in_one_piece(pocket: shapely.Polygon) -> None:
    """Nobody is called forward together with people behind another zone."""
    assert all(area.shape.geom_type == "Polygon" for area in laid(pocket, 12))


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 10_000), st.integers(2, 15))
def test_zones_are_balanced(seed: int, count: int) -> None:
    """No zone is more than a twentieth from the mean, even on a regular lattice."""
    weights = np.array([area.weight for area in laid(SQUARE, count, seed)])
    assert np.abs(weights / weights.mean() - 1).max() < 0.05


def test_every_node_is_in_exactly_one_zone() -> None:
    """And in the zone that it lies in."""
    places, areas = lattice(SQUARE, 40), laid(SQUARE, 9)
    rows = np.concatenate([area.nodes for area in areas])
    assert sorted(rows.tolist()) == list(range(len(places)))
    for area in areas:
        assert shapely.distance(area.shape, shapely.points(places[area.nodes])).max() < 1e-6


def test_the_home_lies_in_its_zone_near_the_middle() -> None:
    """The node where a zone's people join the streets is one of its own."""
    for area in laid(SQUARE, 9):
        places = lattice(SQUARE, 40)
        off = places[area.home] - places[area.nodes].mean(axis=0)
        assert area.home in area.nodes
        assert np.hypot(*off) < 60


def test_the_home_is_where_people_live() -> None:
    """Of a zone with one residential node, that node."""
    places = lattice(SQUARE, 10)
    weight = np.zeros(len(places))
    weight[3] = 5.0
    (area,) = lay_zones(SQUARE, places, weight, 4)
    assert area.home == 3


def test_codes_are_short_unique_and_by_sector() -> None:
    """N, E, S, W or M and a number; N lies north of S, E east of W."""
    areas = laid(SQUARE, 25)
    codes = [area.code for area in areas]
    assert len(set(codes)) == 25
    assert all(re.fullmatch(r"[NESWM][1-9]\d?", code) for code in codes)
    middle = {
        letter: np.mean(
            [area.shape.centroid.coords[0] for area in areas if area.code[0] == letter], axis=0
        )
        for letter in "NESWM"
    }
    assert middle["N"][1] > middle["M"][1] > middle["S"][1]
    assert middle["E"][0] > middle["M"][0] > middle["W"][0]


def test_zones_come_in_the_order_of_their_codes() -> None:
    """E1, E2, ... E10: numbers count, not digits."""
    codes = [area.code for area in laid(SQUARE, 70)]
    assert codes == sorted(codes, key=lambda code: (code[0], int(code[1:])))


def test_there_are_no_more_zones_than_places_where_people_live() -> None:
    """Three houses make three zones at most."""
    places = lattice(SQUARE, 10)
    weight = np.zeros(len(places))
    weight[[0, 30, 60]] = 1.0
    assert len(lay_zones(SQUARE, places, weight, 70)) <= 3
