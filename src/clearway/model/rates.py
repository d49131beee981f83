"""What a gate serves over time: its usual rate, times what is known to change it."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from clearway.model.scenario import Scenario

PERSONS, VEHICLES = "persons_share", "vehicles_share"
#: What changes: the rate of the gate, or that of its lane for vehicles.
SERVES: Final = (PERSONS, VEHICLES)


class Shares:
    """The share of its usual rate at which one gate serves, moment by moment.

    Constant between moments at which a change begins or ends; where several hold, the one that
    began last does. Without any change it is 1.
    """

    def __init__(self, scenario: Scenario, corridor: str, serves: str = PERSONS) -> None:
        """Lay out the changes of a corridor's gate.

        Parameters
        ----------
        scenario
            Whose changes they are.
        corridor
            Id.
        serves
            One of ``SERVES``.
        """
        told = [
            (scenario.seconds(one.since), scenario.seconds(one.until), float(getattr(one, serves)))
            for one in scenario.changes
            if one.corridor == corridor
        ]
        edges = sorted({at for since, until, _ in told for at in (since, until)})
        self._edges = np.array(edges, dtype=float)
        # Of those that begin at once the one told last; ``max`` would keep the first.
        latest = sorted(told, key=lambda one: one[0])
        between = [[s for since, until, s in latest if since <= at < until] for at in edges]
        self._share = np.array([1.0, *(held[-1] if held else 1.0 for held in between)])
        # Usual seconds' work done until each edge, from the first on.
        work = np.diff(self._edges) * self._share[1:-1]
        self._work = np.append(0.0, np.cumsum(work))

    def __bool__(self) -> bool:
        """Return whether anything changes."""
        return bool(len(self._edges))

    def at(self, seconds: NDArray[np.int64] | NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the share at each moment, in seconds from the scenario's start."""
        return np.asarray(self._share[np.searchsorted(self._edges, seconds, side="right")])

    def mean(self, edges_s: NDArray[np.int64] | NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the mean share between each two of ``edges_s``, shape (n,) for n + 1 edges."""
        count = len(edges_s) - 1
        if not self:
            return np.ones(count)
        done = self.worked(np.asarray(edges_s, dtype=float))
        return np.asarray(np.diff(done) / np.diff(edges_s))

    def least(self, edges_s: NDArray[np.int64] | NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the least share between each two of ``edges_s``, shape (n,)."""
        begin, end = edges_s[:-1], edges_s[1:]
        least = self.at(begin)
        for edge, share in zip(self._edges, self._share[1:], strict=True):
            within = (begin < edge) & (edge < end)
            least = np.where(within, np.minimum(least, share), least)
        return least

    def worked(self, seconds: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return how many seconds at the usual rate the gate has worked from the start until then.

        It grows by the share in each second; differences alone have a meaning.
        """
        if not self:
            return np.asarray(seconds, dtype=float)
        row = np.searchsorted(self._edges, seconds, side="right")
        since = self._edges[np.maximum(row - 1, 0)]
        before = self._work[np.maximum(row - 1, 0)]
        return np.asarray(before + (seconds - since) * self._share[row])


def served_persons(scenario: Scenario, corridor: int, steps: int) -> NDArray[np.float64]:
    """Return the persons that a gate serves in each step of ``step_s`` from the start, (steps,)."""
    one, step_s = scenario.corridors[corridor], scenario.planning.step_s
    edges = np.arange(steps + 1) * step_s
    rate = one.gate_persons_per_s.central
    return np.asarray(Shares(scenario, one.id).mean(edges) * rate * step_s)
