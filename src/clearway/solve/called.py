"""Blocks in whole households: what rounding gives."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from clearway.solve.routes import Columns


@dataclass(frozen=True, slots=True, eq=False)
class Called:
    """Blocks in whole households.

    Attributes
    ----------
    columns
        Blocks, in order of departure for each zone and group.
    first, households, persons
        Shape (n,), place of the first household in the zone and group's order, and how many.
    """

    columns: Columns
    first: NDArray[np.int64]
    households: NDArray[np.int64]
    persons: NDArray[np.int64]
