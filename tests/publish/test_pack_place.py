"""Coordinates in three notations, against another program and against known places."""

from __future__ import annotations

import math
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyproj import Transformer

from clearway.publish.pack.place import decimal, mgrs, sexagesimal, utm

LATITUDES = st.floats(-80, 84)
LONGITUDES = st.floats(-180, 179.999)


@given(LATITUDES, LONGITUDES)
def test_the_grid_is_that_of_another_program(lat: float, lon: float) -> None:
    found = utm(lat, lon)
    there = Transformer.from_crs(
        4326, (32600 if found.north else 32700) + found.zone, always_xy=True
    )
    east, north = there.transform(lon, lat)
    assert found.east_m == pytest.approx(east, abs=1e-5)
    assert found.north_m == pytest.approx(north, abs=1e-5)


@pytest.mark.parametrize(
    ("lat", "lon", "square"),
    [
        (48.85837, 2.294481, "31U DQ 48251 11932"),  # Paris, Eiffel Tower
        (38.8895, -77.0353, "18S UJ 23480 06482"),  # Washington, Washington Monument
        (-33.8568, 151.2153, "56H LH 34900 52288"),  # Sydney, Opera House
        (36.2, 37.15, "37S CA 33"),  # Aleppo
    ],
)
def test_known_places_have_their_square(lat: float, lon: float, square: str) -> None:
    zone, letters, east, *north = square.split()
    found = mgrs(lat, lon).split()
    assert found[:2] == [zone, letters]
    assert found[2].startswith(east[:3])
    assert all(found[3].startswith(one[:3]) for one in north)


@pytest.mark.parametrize(
    ("lat", "lon", "zone"),
    [
        (60.0, 4.0, 32),  # south-western Norway is all in zone 32
        (55.9, 4.0, 31),
        (73.0, 8.9, 31),  # over Svalbard, zones 32, 34 and 36 are left out
        (73.0, 9.0, 33),
        (78.0, 21.0, 35),
        (80.0, 41.9, 37),
        (0.0, -180.0, 1),
        (0.0, 179.9, 60),
    ],
)
def test_zones_are_those_of_the_standard(lat: float, lon: float, zone: int) -> None:
    assert utm(lat, lon).zone == zone


@given(LATITUDES, LONGITUDES)
def test_a_square_tells_its_zone_band_and_metres(lat: float, lon: float) -> None:
    lat = round(lat, 6)
    told, grid = mgrs(lat, lon), utm(lat, lon)
    assert re.fullmatch(r"\d\d[C-HJ-NP-X] [A-HJ-NP-Z][A-HJ-NP-V] \d{5} \d{5}", told)
    assert int(told[:2]) == grid.zone
    assert int(told.split()[2]) == int(grid.east_m % 100_000)
    assert int(told.split()[3]) == int(grid.north_m % 100_000)
    assert (told[2] >= "N") == grid.north


def test_a_hair_south_of_the_equator_is_on_it() -> None:
    assert mgrs(-1e-15, 3) == mgrs(0, 3) == "31N EA 00000 00000"


def test_near_the_poles_there_is_no_square() -> None:
    assert (mgrs(84.1, 0), mgrs(-80.1, 0)) == ("–", "–")


@given(st.floats(-90, 90), LONGITUDES)
def test_degrees_minutes_and_seconds_are_the_same_place(lat: float, lon: float) -> None:
    told = sexagesimal(lat, lon)
    found = re.fullmatch(r"(\d+)°(\d\d)'(\d\d\.\d)\"([NS]) (\d+)°(\d\d)'(\d\d\.\d)\"([EW])", told)
    assert found is not None
    parts = found.groups()
    for degrees, (whole, minutes, seconds, side) in ((lat, parts[:4]), (lon, parts[4:])):
        value = int(whole) + int(minutes) / 60 + float(seconds) / 3600
        assert int(minutes) < 60
        assert float(seconds) < 60
        assert value * (1 if side in "NE" else -1) == pytest.approx(degrees, abs=0.051 / 3600)


def test_seconds_that_round_up_carry() -> None:
    assert sexagesimal(35.99999, -0.99999) == "36°00'00.0\"N 1°00'00.0\"W"


def test_latitude_stands_first() -> None:
    assert decimal(36.20123, 37.15123) == "36.20123, 37.15123"
    assert sexagesimal(36.2, 37.15).index("N") < sexagesimal(36.2, 37.15).index("E")
    assert math.isclose(float(decimal(1.000004, 2).split(",")[0]), 1.0)
