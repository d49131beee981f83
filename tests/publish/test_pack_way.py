"""Ways in points: where they turn, in order, near enough to follow."""

from __future__ import annotations

import math
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from clearway.model.network import Network
from clearway.publish.pack.way import MOST_POINTS, STRAY_M, _farthest, _turns, way
from tests.plans import greedy_plan
from tests.scenarios import two_gates

LON, LAT = 37.15, 36.2
Degrees = NDArray[np.float64]


def line(points: list[tuple[float, float]]) -> tuple[Degrees, Degrees]:
    """Return degrees of points in metres east and north of Aleppo."""
    east, north = np.array(points, dtype=float).T
    lat = LAT + north / 111_320
    return LON + east / (111_320 * math.cos(math.radians(LAT))), lat


def test_a_straight_way_has_no_turn() -> None:
    assert _turns(*line([(0, 0), (100, 1), (200, -1), (900, 0)])) == []


def test_a_corner_is_named() -> None:
    assert _turns(*line([(0, 0), (300, 0), (600, 0), (600, 400), (600, 800)])) == [2]


def test_turns_stand_in_order_and_are_few() -> None:
    stairs = [(200.0 * (n // 2 + n % 2), 200.0 * (n // 2)) for n in range(40)]
    zigzag = [(150.0 * n, 400.0 * (n % 2)) for n in range(30)]
    for points in (stairs, zigzag):
        found = _turns(*line(points))
        assert found == sorted(set(found))
        assert len(found) <= MOST_POINTS
    assert len(_turns(*line(zigzag))) == MOST_POINTS


def test_a_way_that_comes_back_to_its_start_names_the_far_end() -> None:
    assert _turns(*line([(0, 0), (500, 0), (1000, 0), (500, 10), (0, 0)])) == [2]


@settings(max_examples=80)
@given(
    st.lists(st.tuples(st.integers(-3000, 3000), st.integers(-3000, 3000)), min_size=2, max_size=25)
)
def test_fewer_points_than_the_most_leave_nothing_far_from_the_line(
    points: list[tuple[int, int]],
) -> None:
    lon, lat = line([(float(x), float(y)) for x, y in points])
    named = _turns(lon, lat)
    assert all(0 < at < len(points) - 1 for at in named)
    if len(named) < MOST_POINTS:
        flat = np.array([complex(x, y) for x, y in points])
        ends = [0, *named, len(points) - 1]
        for start, end in pairwise(ends):
            assert _farthest(flat, start, end)[0] < STRAY_M * 1.01


def network() -> Network:
    return two_gates().network


def test_a_movements_way_is_as_long_as_its_links_in_either_direction() -> None:
    scenario = two_gates()
    for movement in greedy_plan(scenario).movements:
        told = way(scenario.network, movement.links)
        rows = scenario.network.link_index(movement.links)
        length = float(scenario.network.links.length_m[rows].sum())
        assert float(told["km"]) == pytest.approx(length / 1000, abs=0.051)
        back = way(scenario.network, movement.links[::-1])
        assert sorted(back["points"]) == sorted(told["points"])
        for point in told["points"]:
            letters, east, north = point.split()
            assert (len(letters), len(east), len(north)) == (2, 4, 4)


def test_one_link_is_a_way() -> None:
    told = way(network(), [int(network().links.id[0])])
    assert told["points"] == []
    assert float(told["km"]) > 0
