"""What a gate serves over time: its usual rate, times what is known to change it."""

from __future__ import annotations

from itertools import pairwise
from typing import Final

import numpy as np
from numpy.typing import NDArray

from clearway.model.scenario import Scenario

PERSONS, VEHICLES = "persons_share", "vehicles_share"
#: What changes: the rate of the gate, or that of its lane for vehicles.
SERVES: Final = (PERSONS, VEHICLES)
#: What a whole number of vehicles may be off by in floating point.
_CRUMB: Final = 1e-6


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
        return self.between(edges_s[:-1], edges_s[1:])

    def between(
        self,
        begin_s: NDArray[np.int64] | NDArray[np.float64],
        end_s: NDArray[np.int64] | NDArray[np.float64],
    ) -> NDArray[np.float64]:
        """Return the mean share of each span of time, shape (n,) as both are."""
        if not self:
            return np.ones(len(begin_s))
        done = self.worked(np.asarray(end_s, dtype=float))
        done = done - self.worked(np.asarray(begin_s, dtype=float))
        return np.asarray(done / (end_s - begin_s))

    def after(self, second: float, work_s: float) -> float:
        """Return when so many seconds' usual work that begins at a moment is done; or infinity."""
        if not self or work_s <= 0:
            return second + work_s
        edges = self._edges[self._edges > second]
        for begin, end in pairwise([second, *edges.tolist(), np.inf]):
            share = float(self.at(np.array([begin]))[0])
            if share > 0 and begin + work_s / share <= end:
                return float(begin + work_s / share)
            work_s -= (end - begin) * share if share > 0 else 0.0
        return np.inf

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


def served(scenario: Scenario, aboard: NDArray[np.float64], steps: int) -> NDArray[np.float64]:
    """Return the persons that each gate serves in each step beside those in vehicles.

    Those in vehicles are served first, evenly over what the gate serves in their slot.

    Parameters
    ----------
    scenario
        Whose gates they are.
    aboard
        Shape (k, slots), persons in vehicles that leave by each gate in each slot from the start;
        nobody after the last.
    steps
        How many.

    Returns
    -------
    persons
        Shape (k, steps), from the scenario's start.
    """
    planning, count = scenario.planning, aboard.shape[1]
    slot = np.arange(steps) * planning.step_s // planning.slot_s
    riders = np.zeros((len(scenario.corridors), steps))
    riders[:, slot < count] = aboard[:, slot[slot < count]] * (planning.step_s / planning.slot_s)
    rates = np.array([one.gate_persons_per_s.central for one in scenario.corridors])
    serves = np.repeat(rates[:, None] * planning.step_s, steps, axis=1)
    for k, one in enumerate(scenario.corridors):
        if shares := Shares(scenario, one.id):
            share = shares.mean(np.arange(steps + 1) * planning.step_s)
            edges = np.arange(int(slot.max(initial=-1)) + 2) * planning.slot_s
            whole = shares.mean(edges)[slot]
            riders[k] *= np.divide(share, whole, out=np.zeros(steps), where=whole > 0)
            serves[k] *= share
    return np.asarray(np.maximum(serves - riders, 0.0))


def slot_limits(scenario: Scenario, slots: int) -> NDArray[np.float64]:
    """Return the persons that each gate serves in each slot from the start, shape (k, slots)."""
    edges = np.arange(slots + 1) * scenario.planning.slot_s
    means = np.array([Shares(scenario, one.id).mean(edges) for one in scenario.corridors])
    rates = np.array([one.gate_persons_per_s.central for one in scenario.corridors])
    return np.asarray(rates[:, None] * scenario.planning.slot_s * means)


def lane_limits(scenario: Scenario, corridor: int, slots: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return the vehicles that a lane checks in each of some slots from the start, shape (n,)."""
    one, slot_s = scenario.corridors[corridor], scenario.planning.slot_s
    means = Shares(scenario, one.id, VEHICLES).between(slots * slot_s, (slots + 1) * slot_s)
    whole = one.vehicles_per_s.central * slot_s * means
    return np.asarray(np.floor(whole + _CRUMB).astype(np.int64))
