"""The town of the import's tests as files: street lines in GeoParquet, and a recipe in TOML."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd

from tests.read.town import ASSUMED, CRS, HALF, degrees, square, town

_RECIPE = """
format = "clearway-recipe/1"
id = "town"
timezone = "Asia/Damascus"
title = {{ en = "Town", ar = "بلدة" }}
attribution = ["Streets made for tests"]
outline_source = "{assumed}"
outline = {outline}
people = {{ persons = 2000, source = "{assumed}" }}
options = {{ zones = 8 }}

[planning]
uptake = {{ low = 0.6, central = 0.8, high = 0.95, source = "{assumed}" }}

[[group]]
id = "able"
name = {{ en = "Able walkers", ar = "القادرون على المشي" }}
speed_m_per_s = {{ low = 1.0, central = 1.2, high = 1.4, source = "{assumed}" }}
persons_share = {{ low = 0, central = 0, high = 0, source = "{assumed}" }}
weight = 1
weight_source = "{assumed}"

[[hours]]
opens = 2016-10-20T08:00:00+03:00
closes = 2016-10-20T19:00:00+03:00
source = "{assumed}"
"""

_MOUTH = """
[[mouth]]
id = "C{number}"
name = {{ en = "Way {number}", ar = "ممر {number}" }}
lat = {lat}
lon = {lon}
gate_persons_per_h = {{ low = 60, central = 600, high = 1800, source = "{assumed}" }}
reception_name = {{ en = "Site {number}", ar = "موقع {number}" }}
places_persons = {{ low = 1000, central = 2000, high = 4000, source = "{assumed}" }}
source = "{assumed}"
"""


def write_town(folder: Path) -> tuple[Path, Path]:
    """Write the town into ``folder``; return the files of its streets and of its recipe."""
    streets = town()
    lines = gpd.GeoDataFrame({"highway": streets.highway}, geometry=list(streets.line), crs=CRS)
    lines.to_parquet(folder / "town.parquet")
    outline = [list(place) for place in square(HALF)]
    text = _RECIPE.format(assumed=ASSUMED, outline=outline)
    for number, (x, y) in enumerate(((1, 0), (0, 1), (-1, 0), (0, -1)), start=1):
        ((lon, lat),) = degrees([(x * HALF, y * HALF)])
        text += _MOUTH.format(number=number, lon=lon, lat=lat, assumed=ASSUMED)
    (folder / "recipe.toml").write_text(text, "utf-8")
    return folder / "town.parquet", folder / "recipe.toml"
