"""What vehicles have taken of lanes and gates, where gates may serve otherwise for some hours."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from clearway.model.duty import Trip
from clearway.model.rates import VEHICLES, Shares, lane_limits, slot_limits
from clearway.model.scenario import Scenario, row_of

#: Share of a gate's service that vehicles which are sent anew may take of a slot.
ABOARD = 0.9


@dataclass(frozen=True, slots=True, eq=False)
class Hours:
    """One window of a corridor, in seconds from the scenario's start.

    Attributes
    ----------
    opens, closes, out_by
        When it opens and closes, and when the last is to be out of the exit.
    """

    opens: float
    closes: float
    out_by: float


class Lanes:
    """A ledger of the gates, by corridor and slot aligned to the start."""

    def __init__(self, scenario: Scenario) -> None:
        """Start with nothing taken."""
        self._scenario, self._slot_s = scenario, scenario.planning.slot_s
        closes = max(scenario.seconds(window.closes) for window in scenario.windows)
        count, slots = len(scenario.corridors), max(closes, 0) // self._slot_s + 2
        every = np.arange(slots)
        self._most = np.stack([lane_limits(scenario, k, every) for k in range(count)])
        self._serves = slot_limits(scenario, slots)
        self._lane = np.zeros((count, slots), dtype=np.int64)
        self.aboard = np.zeros((count, slots))
        self._open = [Shares(scenario, one.id, VEHICLES) for one in scenario.corridors]
        self._works = [Shares(scenario, one.id) for one in scenario.corridors]
        self._edges = [
            sorted(
                float(scenario.seconds(at))
                for change in scenario.changes
                if change.corridor == one.id
                for at in (change.since, change.until)
            )
            for one in scenario.corridors
        ]
        self._rate = [one.gate_persons_per_s.central for one in scenario.corridors]
        rows = row_of(scenario.corridors)
        self._hours: list[list[Hours]] = [[] for _ in range(count)]
        for window in scenario.windows:
            k, shut = rows[window.corridor], scenario.seconds(window.closes)
            margin = scenario.corridors[k].margin_s
            opens = scenario.seconds(window.opens)
            self._hours[k].append(Hours(float(opens), float(shut), float(shut - margin)))

    def hours(self, corridor: int, second: float) -> Hours | None:
        """Return the window of a corridor that is open at a moment; None if none is."""
        for one in self._hours[corridor]:
            if one.opens <= second < one.closes:
                return one
        return None

    def open_at(self, corridor: int, second: float) -> bool:
        """Whether a window is open at a moment, and the lane lets vehicles through."""
        if self.hours(corridor, second) is None:
            return False
        return bool(self._open[corridor].at(np.array([second]))[0] > 0)

    def take(self, corridor: int, second: float, persons: float = 0.0, *, times: int = 1) -> None:
        """Note that vehicles pass, with so many on board in all; -1 takes one back."""
        slot = int(second // self._slot_s)
        if 0 <= slot < self._lane.shape[1]:
            self._lane[corridor, slot] += times
            self.aboard[corridor, slot] += persons

    def room(self, corridor: int, second: float, persons: float = 0.0, share: float = 1.0) -> bool:
        """Whether a vehicle more may pass in the slot of a moment, with so many on board."""
        slot = int(second // self._slot_s)
        if not 0 <= slot < self._lane.shape[1]:
            return False
        most = self._serves[corridor, slot] * share
        lane = self._lane[corridor, slot] < self._most[corridor, slot]
        return bool(lane and self.aboard[corridor, slot] + persons <= most + 1e-9)

    def serves(self, corridor: int, second: float, more: float) -> bool:
        """Whether a gate serves so many persons more aboard in the slot of a moment."""
        slot = int(second // self._slot_s)
        if not 0 <= slot < self.aboard.shape[1]:
            return False
        return bool(self.aboard[corridor, slot] + more <= self._serves[corridor, slot] + 1e-9)

    def fits(self, corridor: int, seconds: Sequence[float]) -> bool:
        """Whether vehicles may pass at all of some moments together."""
        slots = Counter(int(at // self._slot_s) for at in seconds)
        return all(self.open_at(corridor, at) for at in seconds) and all(
            0 <= slot < self._lane.shape[1]
            and self._lane[corridor, slot] + count <= self._most[corridor, slot]
            for slot, count in slots.items()
        )

    def earliest(self, corridor: int, after_s: float, persons: float = 0.0) -> float:
        """Return the first whole second from ``after_s`` on at which a vehicle may pass a gate.

        In the window of that moment or the next of the same day; infinite if there is none.
        """
        at = float(math.ceil(after_s)) if math.isfinite(after_s) else math.inf
        while math.isfinite(at):
            hours = self.hours(corridor, at)
            if hours is None:
                return math.inf
            slot_end = (at // self._slot_s + 1) * self._slot_s
            if self.room(corridor, at, persons, ABOARD if persons else 1.0):
                end = min(slot_end, hours.closes)
                begin = self._opening(corridor, at, end) if self._edges[corridor] else at
                if begin is not None:
                    return begin
            at = slot_end
        return math.inf

    def _opening(self, corridor: int, at: float, end: float) -> float | None:
        """Return the first whole second in a span in which the lane lets vehicles through."""
        edges = self._edges[corridor]
        for second in (at, *(edge for edge in edges if at < edge < end)):
            if self._open[corridor].at(np.array([second]))[0] > 0:
                return float(math.ceil(second))
        return None

    def checked(self, corridor: int, second: float, persons: float) -> float:
        """Return when those on board are checked who come to a gate at a moment; or infinity."""
        if persons <= 0:
            return second
        rate = self._rate[corridor]
        return self._works[corridor].after(second, persons / rate) if rate > 0 else math.inf


def persons_aboard(scenario: Scenario) -> dict[str, int]:
    """Return the persons of each patient by code, companions included."""
    return {one.code: one.persons for one in scenario.care.patients}


def aboard_of(trip: Trip, patients: dict[str, int]) -> int:
    """Return the persons on board of a trip."""
    return sum(load.persons for load in trip.loads) + sum(patients[code] for code in trip.patients)


def riders_at(scenario: Scenario, trips: list[Trip]) -> NDArray[np.float64]:
    """Return the persons of the demand that trips bring to each reception site, shape (r,)."""
    sites = row_of(scenario.receptions)
    found = np.zeros(len(sites))
    for trip in trips:
        if trip.destination in sites:
            found[sites[trip.destination]] += sum(load.persons for load in trip.loads)
    return found
