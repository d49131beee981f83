"""Gates that serve at another rate for some hours, whatever that rate was drawn to be."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from clearway.model.draws import Draw
from clearway.model.rates import SERVES, Shares
from clearway.model.scenario import Scenario, row_of


def slowed(scenario: Scenario, draw: Draw, taken: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return what is taken of each gate's rate, persons a second, shape (k, steps).

    Parameters
    ----------
    scenario
        Whose changes hold.
    draw
        Rates of the windows as they are drawn.
    taken
        Shape (k, n), what vehicles take in each of the first n steps; the result goes on for as
        long as anything changes. A gate that is faster than usual has less than nothing taken.
    """
    if not scenario.changes:
        return taken
    step_s = scenario.planning.step_s
    last = max(scenario.seconds(change.until) for change in scenario.changes)
    steps = max(taken.shape[1], -(-max(last, 0) // step_s))
    found = np.zeros((len(scenario.corridors), steps))
    found[:, : taken.shape[1]] = taken
    edges, row = np.arange(steps + 1) * step_s, row_of(scenario.corridors)
    for name, k in row.items():
        if shares := Shares(scenario, name):
            mine = [w for w, window in enumerate(scenario.windows) if window.corridor == name]
            mine.sort(key=lambda w: float(draw.ends_s[w]))
            # A window's rate holds until it ends; after the last nobody is served anyhow.
            window = np.searchsorted(draw.ends_s[mine], edges[:-1], side="right")
            rate = draw.rate[mine][np.minimum(window, len(mine) - 1)]
            found[k] += rate * (1.0 - shares.mean(edges))
    return found


def slot_shares(scenario: Scenario, slots: int) -> NDArray[np.float64]:
    """Return the shares of its rates at which each gate serves in each slot, shape (k, slots, 2).

    Those for persons, and for vehicles.
    """
    edges = np.arange(slots + 1) * scenario.planning.slot_s
    return np.array(
        [
            np.stack([Shares(scenario, one.id, serves).mean(edges) for serves in SERVES], axis=1)
            for one in scenario.corridors
        ]
    )
