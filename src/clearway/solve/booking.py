"""What vehicles have taken at the gates: passages of the lane, and persons checked on board."""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from clearway.model.rates import SERVES, Shares, lane_limits, slot_limits
from clearway.model.scenario import Scenario, row_of

#: Share of a gate's service that vehicles may take in a slot, so that those on foot keep moving.
ABOARD = 0.9


@dataclass(frozen=True, slots=True)
class Day:
    """The windows that open at the same moment.

    Attributes
    ----------
    date
        Local date (ISO).
    opens, closes
        Shape (k,), seconds from the start; a corridor without a window that day opens never.
    out_by
        Shape (k,), seconds by which whoever uses the corridor is out of its exit.
    """

    date: str
    opens: NDArray[np.float64]
    closes: NDArray[np.float64]
    out_by: NDArray[np.float64]


def days(scenario: Scenario) -> tuple[Day, ...]:
    """Return the days of a pause in order."""
    rows, count = row_of(scenario.corridors), len(scenario.corridors)
    moments = sorted({scenario.seconds(window.opens) for window in scenario.windows})
    found = []
    for moment in moments:
        opens, closes = np.full(count, math.inf), np.full(count, -math.inf)
        for window in scenario.windows:
            if scenario.seconds(window.opens) == moment:
                k = rows[window.corridor]
                opens[k], closes[k] = moment, scenario.seconds(window.closes)
        margins = np.array([corridor.margin_s for corridor in scenario.corridors])
        date = scenario.moment(moment).date().isoformat()
        found.append(Day(date, opens, closes, closes - margins))
    return tuple(found)


class Booking:
    """A ledger of the gates, by corridor and call-forward slot aligned to the start."""

    def __init__(self, scenario: Scenario) -> None:
        """Start with nothing taken."""
        self.slot_s = scenario.planning.slot_s
        closes = max(scenario.seconds(window.closes) for window in scenario.windows)
        shape = (len(scenario.corridors), closes // self.slot_s + 2)
        self.rate = np.array([one.gate_persons_per_s.central for one in scenario.corridors])
        self.lane_rate = np.array([one.vehicles_per_s.central for one in scenario.corridors])
        # Shape (k, slots): vehicles that may pass, and persons that may be checked on board.
        slots = np.arange(shape[1])
        lanes = [lane_limits(scenario, k, slots) for k in range(shape[0])]
        shut = _shut(scenario, shape)
        self.lane_most = np.where(shut, 0, np.stack(lanes))
        self.serves = slot_limits(scenario, shape[1])
        self.persons_most = np.where(shut, 0.0, self.serves * ABOARD)
        # Persons a second at which each gate serves when it is slowest, shape (k,).
        self.slowest = self.rate * _slowest(scenario)
        self.lane = np.zeros(shape, dtype=np.int64)
        self.aboard = np.zeros(shape)

    def earliest(self, corridor: int, after_s: float, persons: float = 0.0) -> float:
        """Return the first whole second from ``after_s`` on at which a vehicle may pass a gate.

        Infinite if there is none as far as the pause goes.
        """
        if not math.isfinite(after_s):
            return math.inf
        after_s = float(math.ceil(after_s))
        slot, slots = int(after_s // self.slot_s), self.lane.shape[1]
        while 0 <= slot < slots:
            aboard = self.aboard[corridor, slot] + persons
            free = self.lane[corridor, slot] < self.lane_most[corridor, slot]
            if free and aboard <= self.persons_most[corridor, slot]:
                return max(after_s, float(slot * self.slot_s))
            slot += 1
        return math.inf

    def take(self, corridor: int, at_s: float, persons: float = 0.0, *, times: int = 1) -> None:
        """Note that a vehicle passes with so many on board who are checked; -1 takes it back."""
        slot = int(at_s // self.slot_s)
        self.lane[corridor, slot] += times
        self.aboard[corridor, slot] += persons

    def fits(self, passes: tuple[tuple[int, int], ...]) -> bool:
        """Return whether the lanes have room for all of some passages: corridor and second."""
        slots = Counter((corridor, at_s // self.slot_s) for corridor, at_s in passes)
        return all(
            self.lane[corridor, slot] + count <= self.lane_most[corridor, slot]
            for (corridor, slot), count in slots.items()
        )

    def left(self, corridor: int, at_s: float) -> float:
        """Return the persons more whom a gate can check in a slot, if nobody goes on foot."""
        slot = int(at_s // self.slot_s)
        return float(self.serves[corridor, slot]) - float(self.aboard[corridor, slot])

    def check_s(self, corridor: int, persons: int) -> float:
        """Return the seconds that the check of those on board takes, when the gate is slowest."""
        rate = float(self.slowest[corridor])
        return persons / rate if rate > 0 else math.inf


def _shut(scenario: Scenario, shape: tuple[int, int]) -> NDArray[np.bool_]:
    """Return the slots in which vehicles pass no gate, or not all of it: nor in the one after.

    Who passes early in a slot was checked at the end of the one before.
    """
    edges = np.arange(-1, shape[1] + 1) * scenario.planning.slot_s
    least = np.ones((shape[0], shape[1] + 1))
    for k, one in enumerate(scenario.corridors):
        for serves in SERVES:
            least[k] = np.minimum(least[k], Shares(scenario, one.id, serves).least(edges))
    return np.asarray((least[:, 1:] == 0) | (least[:, :-1] == 0))


def _slowest(scenario: Scenario) -> NDArray[np.float64]:
    """Return the least share of its rate at which each gate serves anybody, shape (k,)."""
    found = np.ones(len(scenario.corridors))
    for k, one in enumerate(scenario.corridors):
        shares = [change.persons_share for change in scenario.changes if change.corridor == one.id]
        found[k] = min([1.0, *(share for share in shares if share > 0)])
    return found
