"""Street lines as they come, before anything is decided about them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from clearway.errors import Breach, ScenarioError
from clearway.model.checks import frozen_array, shown

#: What data may say of a line itself.
FIGURES: Final = ("lanes", "width_m", "speed_kph", "capacity_veh_per_h")


@dataclass(frozen=True, slots=True, eq=False)
class Streets:
    """Street lines between nodes, one row a line, in any coordinate system.

    Attributes
    ----------
    crs
        Coordinate system of ``line``, in any form that PROJ reads.
    line
        Shape (m,), shapely line strings from ``start`` to ``end``.
    start, end
        Shape (m,), whole numbers; equal numbers are the same node.
    highway
        Shape (m,), OSM ``highway`` values.
    directed
        Shape (m,), true where vehicles may go from start to end only.
    lanes, width_m, speed_kph, capacity_veh_per_h
        Shape (m,), what the data itself says of a line, as in
        :class:`~clearway.read.highway.HighwayClass`; NaN where it says nothing.
    source
        What people read about where the lines come from.
    """

    crs: str
    line: NDArray[np.object_]
    start: NDArray[np.int64]
    end: NDArray[np.int64]
    highway: NDArray[np.str_]
    directed: NDArray[np.bool_]
    lanes: NDArray[np.float64]
    width_m: NDArray[np.float64]
    speed_kph: NDArray[np.float64]
    capacity_veh_per_h: NDArray[np.float64]
    source: str

    def __post_init__(self) -> None:
        """Freeze the columns; refuse unequal lengths."""
        kinds = {"line": np.object_, "start": np.int64, "end": np.int64, "highway": np.str_}
        kinds |= {"directed": np.bool_} | dict.fromkeys(FIGURES, np.float64)
        for field, kind in kinds.items():
            object.__setattr__(self, field, frozen_array(getattr(self, field), kind))
        counts = {field: len(getattr(self, field)) for field in kinds}
        if len(set(counts.values())) != 1:
            rule = "must be as many in every column"
            raise ScenarioError((Breach("", 0, "streets", shown(counts), rule),))

    def __len__(self) -> int:
        """Return the number of lines."""
        return len(self.line)
