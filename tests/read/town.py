"""A small town of straight streets, and a recipe for it, built in code.

The town's middle is at (0, 0) in metres. Streets inside form a grid; four primary roads lead out
of it to the east, north, west and south; residential streets stick out of the outline beside them.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable
from datetime import datetime, timedelta, timezone
from typing import Any

import numpy as np
import pyproj
import shapely

from clearway.model.facts import Estimate, Text
from clearway.model.population import Group
from clearway.model.scenario import Planning
from clearway.read.recipe import GroupShare, Hours, ImportOptions, Mouth, Recipe
from clearway.read.streets import FIGURES, Streets

CRS = "EPSG:32637"
MIDDLE = (333_000.0, 4_007_000.0)
ASSUMED = "assumed: for tests"
STEP, HALF, FAR = 150.0, 675.0, 4_200.0

Line = tuple[str, tuple[tuple[float, float], ...]]


def town(extra: Iterable[Line] = ()) -> Streets:
    """Return the streets of the town and ``extra`` ones."""
    return streets_of([*_grid(), *_roads(), *_stubs(), *extra])


def streets_of(lines: Iterable[Line], *, one_way: tuple[int, ...] = (), crs: str = CRS) -> Streets:
    """Return streets of lines (class and points in metres from the middle) that meet at ends."""
    lines = list(lines)
    node: dict[tuple[float, float], int] = {}
    ends = [[node.setdefault(points[at], len(node)) for at in (0, -1)] for _, points in lines]
    return Streets(
        crs=crs,
        line=np.array([shapely.LineString(placed(points)) for _, points in lines], dtype=object),
        start=np.array([one[0] for one in ends]),
        end=np.array([one[1] for one in ends]),
        highway=np.array([kind for kind, _ in lines]),
        directed=np.isin(np.arange(len(lines)), one_way),
        source="a town made for tests",
        **{field: np.full(len(lines), np.nan) for field in FIGURES},
    )


def placed(points: Iterable[tuple[float, float]]) -> list[tuple[float, float]]:
    """Return points in metres from the middle as UTM coordinates."""
    return [(MIDDLE[0] + x, MIDDLE[1] + y) for x, y in points]


def degrees(points: Iterable[tuple[float, float]]) -> tuple[tuple[float, float], ...]:
    """Return points in metres from the middle as (lon, lat)."""
    move = pyproj.Transformer.from_crs(CRS, "EPSG:4326", always_xy=True)
    return tuple(move.transform(x, y) for x, y in placed(points))


def square(half: float) -> tuple[tuple[float, float], ...]:
    """Return the corners of a square about the middle as (lon, lat)."""
    return degrees([(-half, -half), (half, -half), (half, half), (-half, half)])


def recipe(**changes: Any) -> Recipe:
    """Return a recipe for the town: four mouths, three groups, 2,000 people, one day."""
    clock = timezone(timedelta(hours=3))
    opens = datetime(2016, 10, 20, 8, tzinfo=clock)
    made = Recipe(
        id="town",
        title=Text("Town", "بلدة"),
        timezone="Asia/Damascus",
        attribution=("Streets made for tests",),
        outline=square(HALF),
        outline_source=ASSUMED,
        persons=2_000,
        persons_source=ASSUMED,
        groups=(
            _share("wheelchair", 0.8, 0.01),
            _share("slow", 0.95, 0.1),
            _share("able", 1.2, 0.0),
        ),
        hours=(Hours(opens, opens + timedelta(hours=11), ASSUMED),),
        planning=Planning(900, 60, 10, Estimate(0.6, 0.8, 0.95, ASSUMED)),
        mouths=tuple(
            mouth(f"C{number}", x * HALF, y * HALF)
            for number, (x, y) in enumerate(((1, 0), (0, 1), (-1, 0), (0, -1)), start=1)
        ),
        options=ImportOptions(zones=8),
    )
    return dataclasses.replace(made, **changes)


def mouth(code: str, x: float, y: float) -> Mouth:
    """Return a wanted mouth at a place in metres from the middle."""
    (place,) = degrees([(x, y)])
    return Mouth(
        id=code,
        name=Text(f"Way {code}", f"ممر {code}"),
        lon=place[0],
        lat=place[1],
        gate_persons_per_h=Estimate(60, 600, 1_800, ASSUMED),
        reception_name=Text(f"Site {code}", f"موقع {code}"),
        places_persons=Estimate(1_000, 2_000, 4_000, ASSUMED),
        source=ASSUMED,
    )


def _share(code: str, speed: float, share: float) -> GroupShare:
    group = Group(code, Text(code, code), Estimate(0.5, speed, 1.5, ASSUMED), 1.0, ASSUMED)
    return GroupShare(group, Estimate(share / 2, share, share * 2, ASSUMED))


def _marks() -> list[float]:
    return [STEP * step for step in range(-4, 5)]


def _grid() -> list[Line]:
    lines: list[Line] = []
    for across in _marks():
        kind = "primary" if across == 0 else "residential"
        for begin in _marks()[:-1]:
            lines.append((kind, ((begin, across), (begin + STEP, across))))
            lines.append((kind, ((across, begin), (across, begin + STEP))))
    return lines


def _roads() -> list[Line]:
    edge = _marks()[-1]
    return [
        ("primary", ((x * edge, y * edge), (x * FAR, y * FAR)))
        for x, y in ((1, 0), (0, 1), (-1, 0), (0, -1))
    ]


def _stubs() -> list[Line]:
    edge = _marks()[-1]
    return [
        ("residential", ((side * edge, across), (side * (edge + 200), across)))
        for side in (1, -1)
        for across in (-300.0, 300.0)
    ]
