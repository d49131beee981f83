"""Compile the kernels into their cache: ``python -m clearway.simulate.warm``."""

from __future__ import annotations

import numpy as np

from clearway.simulate.course import run_pause
from clearway.simulate.state import UNIT_INDEXES, UNIT_NUMBERS, Crowd, World, new_wheel
from clearway.simulate.streets import Streets, Units, drive, new_roads, no_pause


def warm() -> None:
    """Run every kernel once: one unit on one link, and a pause without anybody."""
    one = np.ones(1)
    streets = Streets(one, one, one, one, one, one, np.zeros(1, dtype=np.int64))
    drive(streets, Units(one, one, one, np.array([0, 1]), np.array([0]), one), 10.0)
    numbers, indexes = np.zeros((0, UNIT_NUMBERS)), np.zeros((0, UNIT_INDEXES), np.int32)
    nobody = Crowd(numbers, indexes, np.zeros(0, np.int32))
    run_pause(World(new_roads(streets, 0), nobody, new_wheel(60.0, 1.0), no_pause()), 60.0)


if __name__ == "__main__":
    warm()
