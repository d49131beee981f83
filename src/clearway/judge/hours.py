"""The windows as the judge counts them: steps and seconds from the scenario's start."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from clearway.model.scenario import Scenario, row_of


@dataclass(frozen=True, slots=True, eq=False)
class Hours:
    """The windows as steps and seconds from the scenario's start, in the scenario's order.

    Attributes
    ----------
    corridor
        Shape (w,), row of the corridor.
    opens_s, closes_s, out_by_s
        Shape (w,), seconds; the last person is to be out of the exit at ``out_by_s``.
    first, end
        Shape (w,), the first step in which the gate serves, and the first in which no more.
    """

    corridor: NDArray[np.int64]
    opens_s: NDArray[np.int64]
    closes_s: NDArray[np.int64]
    out_by_s: NDArray[np.float64]
    first: NDArray[np.int64]
    end: NDArray[np.int64]

    def window(self, corridor: int, first_s: float, last_s: float) -> int | None:
        """Return the row of the window of a corridor that is open from ``first_s`` to ``last_s``.

        It must be open still at ``last_s``; None if there is none.
        """
        within = (self.opens_s <= first_s) & (last_s < self.closes_s)
        rows = np.flatnonzero((self.corridor == corridor) & within)
        return int(rows[0]) if len(rows) else None


def open_hours(scenario: Scenario) -> Hours:
    """Return the windows of ``scenario``, in its order."""
    row, step = row_of(scenario.corridors), scenario.planning.step_s
    windows = scenario.windows
    corridor = np.array([row[window.corridor] for window in windows])
    opens = np.array([scenario.seconds(window.opens) for window in windows])
    closes = np.array([scenario.seconds(window.closes) for window in windows])
    margin = np.array([corridor.margin_s for corridor in scenario.corridors])
    return Hours(
        corridor=corridor,
        opens_s=opens,
        closes_s=closes,
        out_by_s=(closes - margin[corridor]).astype(np.float64),
        first=-(-opens // step),
        end=-(-closes // step),
    )
