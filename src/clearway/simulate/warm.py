"""Compile the kernels into their cache: ``python -m clearway.simulate.warm``."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, TypeVar

import numpy as np

from clearway.simulate.course import run_pause
from clearway.simulate.dispatch import run_fleet
from clearway.simulate.state import UNIT_INDEXES, UNIT_NUMBERS, Crowd, World, new_wheel
from clearway.simulate.streets import Streets, Units, drive, new_roads, no_pause
from clearway.simulate.traffic import Chances, Orders, Traffic, Yard

Part = TypeVar("Part", Orders, Chances, Yard)
_DTYPES: Final = ("int64", "int32", "int8", "float64")
_FLAT: Final = {
    "Orders": "rest_s ready_s listed way_s margin_s lane_s until_s date never clock",
    "Chances": "way_s outside stand_s alight_s goes dies_s refuses",
    "Yard": "rider rider_s patient_s total aid aid_s",
}
#: Axes of the arrays that have not two.
_AXES: Final = {
    **{(kind, name): 1 for kind, names in _FLAT.items() for name in names.split()},
    ("Orders", "share"): 3,
    ("Yard", "out"): 3,
}


def warm() -> None:
    """Run every kernel once: one unit on one link, and a pause without anybody or vehicles."""
    one = np.ones(1)
    streets = Streets(one, one, one, one, one, one, np.zeros(1, dtype=np.int64))
    drive(streets, Units(one, one, one, np.array([0, 1]), np.array([0]), one), 10.0)
    numbers, indexes = np.zeros((0, UNIT_NUMBERS)), np.zeros((0, UNIT_INDEXES), np.int32)
    nobody = Crowd(numbers, indexes, np.zeros(0, np.int32), np.zeros(0))
    run_pause(World(new_roads(streets, 0), nobody, new_wheel(60.0, 1.0), no_pause()), 60.0)
    run_fleet(Traffic(_nothing(Orders), _nothing(Chances), _nothing(Yard)))


def _nothing(kind: Callable[..., Part]) -> Part:
    """Return arrays without a row, of the types that members have."""
    fields = {}
    for name, told in kind.__annotations__.items():
        shape = (0,) * _AXES.get((kind.__name__, name), 2)
        fields[name] = np.zeros(shape, dtype=next(one for one in _DTYPES if one in str(told)))
    return kind(**fields)


if __name__ == "__main__":
    warm()
