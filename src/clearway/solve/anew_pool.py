"""Households that may still be called: runs of the order of their zone and group."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from clearway.model.plan import Plan
from clearway.model.scenario import Scenario, row_of

#: Persons that a sum of floating-point numbers may be off by.
_CRUMB = 1e-6


@dataclass(frozen=True, slots=True, order=True)
class Run:
    """Households that follow one another in the order of a zone and group.

    Attributes
    ----------
    first, households
        Place of the first of them, and how many.
    ready_s
        Seconds from the scenario's start from which on they may be called.
    """

    first: int
    households: int
    ready_s: int


@dataclass(slots=True)
class Pool:
    """Runs of every zone and group, and the persons in any households.

    Attributes
    ----------
    sums
        By row of zone and group: shape (households + 1,), persons in the first so many.
    willing
        Shape (z, g), households that are expected to go.
    runs
        By row of zone and group, in order.
    away
        By row of zone and group, those on their way back: none of them is ready before they are.
    """

    sums: list[list[NDArray[np.int64]]]
    willing: NDArray[np.int64]
    runs: dict[tuple[int, int], list[Run]] = field(default_factory=dict)
    away: dict[tuple[int, int], list[Run]] = field(default_factory=dict)
    _soonest: NDArray[np.int64] = field(init=False)

    def __post_init__(self) -> None:
        """Note that nobody is ready yet, or when somebody is."""
        self._soonest = np.full(self.willing.shape, np.iinfo(np.int64).max)
        for zone, group in self.runs:
            self._note(zone, group)

    @staticmethod
    def of(scenario: Scenario) -> Pool:
        """Return one without runs."""
        zones, groups = range(len(scenario.zones)), range(len(scenario.groups))
        uptake = scenario.planning.uptake.central
        orders = [[scenario.demand.sequence(z, g) for g in groups] for z in zones]
        sums = [[np.append(0, np.cumsum(order)) for order in row] for row in orders]
        counts = [[int(np.floor(uptake * len(order) + 0.5)) for order in row] for row in orders]
        return Pool(sums, np.array(counts))

    def empty(self) -> Pool:
        """Return the same without runs."""
        return Pool(self.sums, self.willing, away=self.away)

    def send_back(self, zone: int, group: int, run: Run) -> None:
        """Note households that are back at home at the moment of their run, and not before."""
        self.away.setdefault((zone, group), []).append(run)

    def persons(self, zone: int, group: int, first: int, households: int) -> int:
        """Return how many persons some households have."""
        sums = self.sums[zone][group]
        return int(sums[first + households] - sums[first])

    def fit(self, zone: int, group: int, first: int, room: float) -> int:
        """Return how many households from ``first`` on have at most ``room`` persons."""
        sums = self.sums[zone][group]
        return int(np.searchsorted(sums, sums[first] + room + _CRUMB, side="right")) - 1 - first

    def fit_last(self, zone: int, group: int, end: int, room: float) -> int:
        """Return how many households before ``end``, the last of them, have at most ``room``."""
        sums = self.sums[zone][group]
        return end - int(np.searchsorted(sums[: end + 1], sums[end] - room - _CRUMB))

    def put(self, zone: int, group: int, run: Run) -> None:
        """Let households be called again."""
        end = run.first + run.households
        away = self.away.get((zone, group), ())
        edges = {at for one in away for at in (one.first, one.first + one.households)}
        cuts = sorted({run.first, end, *(at for at in edges if run.first < at < end)})
        for first, until in pairwise(cuts):
            back = (one.ready_s for one in away if one.first <= first < one.first + one.households)
            ready_s = max((run.ready_s, *back))
            self.runs.setdefault((zone, group), []).append(Run(first, until - first, ready_s))
        self._note(zone, group)

    def put_never_called(self, scenario: Scenario, plan: Plan, ready_s: int) -> None:
        """Put in every household that is expected to go and that a plan calls nowhere."""
        zones, groups = row_of(scenario.zones), row_of(scenario.groups)
        called = {
            (z, g): np.zeros(int(self.willing[z, g]), dtype=bool)
            for z in range(len(zones))
            for g in range(len(groups))
        }
        for move in plan.movements:
            mine = called[zones[move.zone], groups[move.group]]
            mine[move.first_household : move.first_household + move.households] = True
        stops = [stop for duty in plan.duties for trip in duty.trips for stop in trip.stops]
        for stop in stops:
            for load in stop.loads:
                mine = called[zones[stop.zone], groups[load.group]]
                mine[load.first_household : load.first_household + load.households] = True
        for (z, g), mine in called.items():
            for first, count in _free(mine):
                self.put(z, g, Run(first, count, ready_s))

    def settle(self) -> None:
        """Bring runs in order and join those that meet and are ready at once."""
        for at, runs in self.runs.items():
            joined: list[Run] = []
            for run in sorted(runs):
                last = joined[-1] if joined else None
                meets = last is not None and last.first + last.households == run.first
                if last is not None and meets and last.ready_s == run.ready_s:
                    joined[-1] = Run(last.first, last.households + run.households, run.ready_s)
                else:
                    joined.append(run)
            self.runs[at] = joined

    def ready(self, zone: int, group: int, depart_s: int) -> Run | None:
        """Return the first run that may leave at a moment; None if none may."""
        for run in self.runs.get((zone, group), ()):
            if run.ready_s <= depart_s:
                return run
        return None

    def take(self, zone: int, group: int, run: Run, households: int) -> None:
        """Call the first ``households`` of a run that is in the pool."""
        runs = self.runs[zone, group]
        at = runs.index(run)
        rest = run.households - households
        runs[at : at + 1] = [Run(run.first + households, rest, run.ready_s)] if rest else []
        self._note(zone, group)

    def soonest(self) -> NDArray[np.int64]:
        """Return the first moment at which anyone is ready, shape (z, g); far off if nobody is."""
        return self._soonest

    def _note(self, zone: int, group: int) -> None:
        never = np.iinfo(np.int64).max
        runs = self.runs.get((zone, group), ())
        self._soonest[zone, group] = min((run.ready_s for run in runs), default=never)


def _free(called: NDArray[np.bool_]) -> list[tuple[int, int]]:
    """Return first and length of each stretch that is false."""
    edges = np.flatnonzero(np.diff(np.concatenate([[True], called, [True]]).astype(np.int8)))
    return [(int(a), int(b - a)) for a, b in zip(edges[::2], edges[1::2], strict=True)]
