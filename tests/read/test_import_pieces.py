"""Pieces: projected, cut where the outline and the way out need it, and nothing lost."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
import shapely

from clearway.errors import ScenarioError
from clearway.read.pieces import Pieces, cut_streets, local_system, main_part
from clearway.read.recipe import ImportOptions
from tests.read import town
from tests.read.town import HALF, Line

OPTIONS = ImportOptions()


def cut(lines: list[Line], half: float = HALF) -> Pieces:
    """Return the pieces of some lines about a square pocket."""
    return cut_streets(town.streets_of(lines), town.square(half), OPTIONS)


def rules(outline: tuple[tuple[float, float], ...]) -> list[str]:
    """Return the rules that an outline breaks."""
    with pytest.raises(ScenarioError) as caught:
        cut_streets(town.town(), outline, OPTIONS)
    return [breach.rule for breach in caught.value.breaches]


@pytest.mark.parametrize(
    ("place", "crs"),
    [((37.15, 36.2), "EPSG:32637"), ((174.7, -36.9), "EPSG:32760"), ((-73.1, 7.1), "EPSG:32618")],
)
def test_the_local_system_is_the_utm_zone(place: tuple[float, float], crs: str) -> None:
    """Aleppo, Auckland and Bucaramanga."""
    assert local_system((place,)) == crs


def test_no_metre_is_lost() -> None:
    """Cutting keeps the length of every street."""
    streets = town.town()
    pieces = cut_streets(streets, town.square(HALF), OPTIONS)
    found = np.bincount(pieces.row, weights=pieces.length_m, minlength=len(streets))
    assert found == pytest.approx(shapely.length(streets.line), abs=0.01)


def test_streets_across_the_outline_are_cut_short() -> None:
    """A crossing is at most as long as a piece, so that a mouth is at the outline."""
    pieces = cut([("residential", ((0.0, 0.0), (1_500.0, 0.0)))])
    assert pieces.crossing.sum() == 1
    assert pieces.length_m.max() <= OPTIONS.piece_m + 1e-6


def test_minor_streets_away_from_the_outline_are_cut_less() -> None:
    """Only where an import must choose a point is a street cut: outside, rarely on a minor one."""
    pieces = cut(
        [
            ("residential", ((-500.0, 0.0), (500.0, 0.0))),
            ("residential", ((800.0, 0.0), (1_800.0, 0.0))),
            ("primary", ((800.0, 100.0), (1_800.0, 100.0))),
        ]
    )
    assert np.bincount(pieces.row).tolist() == [1, 5, 17]


def test_sides_follow_the_ends() -> None:
    """Inside, crossing and outside, by the ends of a piece."""
    pieces = cut_streets(town.town(), town.square(HALF), OPTIONS)
    sides = np.stack([pieces.inside, pieces.crossing, pieces.outside])
    assert (sides.sum(axis=0) == 1).all()
    assert pieces.crossing.sum() == 8
    beyond = np.maximum(np.abs(pieces.x - 333_000), np.abs(pieces.y - 4_007_000))
    assert (beyond[pieces.inner] <= HALF + 1).all()
    assert (beyond[~pieces.inner] >= HALF - 1).all()


def test_a_street_that_returns_to_its_start_is_cut_in_two() -> None:
    """A link never joins a node with itself."""
    ring = ((0.0, 0.0), (100.0, 0.0), (100.0, 100.0), (0.0, 0.0))
    pieces = cut([("residential", ring)])
    assert len(pieces.line) == 2
    assert (pieces.start != pieces.end).all()


def test_what_is_no_street_is_left_out() -> None:
    """A street that is being built carries nobody; neither does a line without length."""
    pieces = cut(
        [
            ("construction", ((0.0, 0.0), (100.0, 0.0))),
            ("residential", ((0.0, 50.0), (0.0, 50.0))),
            ("residential", ((0.0, 0.0), (0.0, 100.0))),
        ]
    )
    assert pieces.row.tolist() == [2]


def test_streets_beyond_reach_are_left_out() -> None:
    """What is 20 km away is not even cut."""
    far = ("primary", ((20_000.0, 0.0), (21_000.0, 0.0)))
    assert cut([far, ("residential", ((0.0, 0.0), (0.0, 100.0)))]).row.tolist() == [1]


def test_the_main_part_is_the_heaviest() -> None:
    """Of two parts the longer one, by what may be walked."""
    pieces = cut(
        [
            ("residential", ((0.0, 0.0), (100.0, 0.0))),
            ("residential", ((0.0, 200.0), (300.0, 200.0))),
        ]
    )
    everything = np.ones(2, dtype=bool)
    assert main_part(pieces, everything, pieces.length_m)[pieces.start].tolist() == [False, True]
    first = np.array([True, False])
    assert main_part(pieces, first, pieces.length_m)[pieces.start].tolist() == [True, False]
    assert not main_part(pieces, ~everything, pieces.length_m).any()


def test_another_coordinate_system_gives_the_same_pieces() -> None:
    """Degrees in, metres inside."""
    streets = town.town()
    moved = dataclasses.replace(
        streets,
        crs="EPSG:4326",
        line=np.array(
            [
                shapely.LineString(
                    town.degrees(shapely.get_coordinates(line) - np.array(town.MIDDLE))
                )
                for line in streets.line
            ],
            dtype=object,
        ),
    )
    here, there = (cut_streets(one, town.square(HALF), OPTIONS) for one in (streets, moved))
    assert there.length_m == pytest.approx(here.length_m, abs=0.001)
    assert np.array_equal(there.start, here.start)


def test_an_outline_that_crosses_itself_is_refused() -> None:
    """A bow tie encloses nothing that one can name."""
    west, south, east, north = (town.square(HALF)[corner] for corner in (0, 1, 2, 3))
    assert rules((west, east, south, north)) == ["must enclose an area and not cross itself"]


def test_an_outline_of_two_points_is_refused() -> None:
    """A line is no pocket."""
    assert rules(town.square(HALF)[:2]) == ["must have at least three points"]


def test_an_outline_with_a_number_missing_is_refused() -> None:
    """NaN is no place."""
    assert rules((*town.square(HALF), (float("nan"), 36.0))) == ["must have at least three points"]


def test_an_outline_with_latitude_first_finds_no_streets() -> None:
    """The message says what is probably wrong."""
    (rule,) = rules(tuple((lat, lon) for lon, lat in town.square(HALF)))
    assert "longitude comes first" in rule


def test_an_outline_beyond_the_grid_of_utm_is_refused() -> None:
    """Latitude 174 is longitude in the wrong place."""
    (rule,) = rules(tuple((lat, 174.0 + lon / 100) for lon, lat in town.square(HALF)))
    assert "longitude before latitude" in rule
