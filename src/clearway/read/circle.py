"""The same recipe for any city: a round pocket where streets are densest, mouths all around."""

from __future__ import annotations

import dataclasses
import math

import numpy as np
import shapely
from scipy.spatial import cKDTree

from clearway.model.facts import Fact, Text
from clearway.model.scenario import NO_AID, NO_CARE, NO_FLEET
from clearway.read.pieces import local_system, project
from clearway.read.recipe import Recipe
from clearway.read.streets import Streets

#: Corners of the outline.
_CORNERS = 48


def circle_recipe(streets: Streets, like: Recipe, radius_m: float) -> Recipe:
    """Return ``like`` moved to other streets: the same people, gates, hours and options.

    Depots, hospitals, patients and aid stay behind: their places mean nothing elsewhere.

    The pocket is a circle about the place with the most street ends within ``radius_m``; the
    mouths are spread evenly around it, and each goes to the nearest crossing that leads on. Made
    for benchmarks: it says nothing about the place.

    Parameters
    ----------
    streets
        Lines, in any coordinate system.
    like
        Where people, groups, gates, hours and options come from.
    radius_m
        Of the circle, metres.
    """
    first = shapely.get_point(streets.line, 0)
    degrees = shapely.get_coordinates(project(first, streets.crs, "EPSG:4326"))
    crs = local_system((tuple(np.median(degrees, axis=0)),))
    places = np.unique(shapely.get_coordinates(project(first, streets.crs, crs)).round(1), axis=0)
    tree = cKDTree(places)
    # Every place is within half a cell's diagonal of the middle of its cell.
    cells = (np.unique(np.floor(places / (radius_m / 8)), axis=0) + 0.5) * (radius_m / 8)
    middle = cells[np.argmax(tree.query_ball_point(cells, radius_m, return_length=True))]
    mouths = tuple(
        dataclasses.replace(mouth, lon=float(lon), lat=float(lat))
        for mouth, (lon, lat) in zip(
            like.mouths, _ring(middle, radius_m, len(like.mouths), crs), strict=True
        )
    )
    note = Text(
        "A benchmark on real streets; it tells of no event.", "اختبار أداء على شوارع حقيقية."
    )
    return dataclasses.replace(
        like,
        id=f"{like.id}-circle-{radius_m:.0f}",
        outline=tuple(_ring(middle, radius_m, _CORNERS, crs)),
        outline_source=f"assumed: circle of {radius_m:g} m where street ends are densest",
        mouths=mouths,
        options=dataclasses.replace(like.options, mouth_m=2 * radius_m),
        facts=(Fact("benchmark", note, "assumed: moved to these streets for a benchmark"),),
        fleet=NO_FLEET,
        care=NO_CARE,
        aid=NO_AID,
        shelters=(),
    )


def _ring(middle: np.ndarray, radius_m: float, count: int, crs: str) -> list[tuple[float, float]]:
    turns = [2 * math.pi * corner / count for corner in range(count)]
    x = [middle[0] + radius_m * math.sin(turn) for turn in turns]
    y = [middle[1] + radius_m * math.cos(turn) for turn in turns]
    points = shapely.get_coordinates(project(shapely.points(x, y), crs, "EPSG:4326"))
    return [(round(float(lon), 6), round(float(lat), 6)) for lon, lat in points]
