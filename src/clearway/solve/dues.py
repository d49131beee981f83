"""What a trip is worth by the duals of the relaxation, and its part in every row."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from clearway.model.plan import EXPOSURE, HOURS, PEOPLE
from clearway.model.scenario import row_of
from clearway.solve.problem import Problem
from clearway.solve.relax import MIXED, MIXED_HOURS, Relaxation
from clearway.solve.shifts import TICK_S, Shift

#: The level that counts every person alike.
COUNT: Final = "persons"
SECONDS_PER_HOUR: Final = 3600.0

#: Pick-up, corridor outward, minute at its gate, and persons on board.
Aboard = tuple[int, int, int, float]


@dataclass(frozen=True, slots=True, eq=False)
class Slots:
    """How the gates' slots lie on the blocks of a relaxation.

    Attributes
    ----------
    relaxation
        Which.
    share
        Shape (k x slots, blocks), part of a slot's steps that is in each block: whoever is on board
        is checked evenly over the slot.
    slot_s, slots
        Seconds of a slot, and slots a corridor.
    seen
        What :meth:`rows` and :meth:`hours` found for a shift: they are asked for each of its days.
    """

    relaxation: Relaxation
    share: csr_array
    slot_s: int
    slots: int
    seen: dict[int, tuple[Shift, NDArray[np.int64], NDArray[np.float64]]] = field(
        default_factory=dict
    )

    @staticmethod
    def of(problem: Problem, relaxation: Relaxation) -> Slots:
        """Lay the slots of the scenario on the blocks of ``relaxation``."""
        scenario, found = problem.scenario, relaxation.blocks
        corridors, cohorts = row_of(scenario.corridors), problem.cohorts
        # Vehicles may pass when nobody on foot can any more, or ever could.
        closes = max(scenario.seconds(window.closes) for window in scenario.windows)
        slots = closes // scenario.planning.slot_s + 2
        row, block, share = list[int](), list[int](), list[float]()
        for b, (w, first, end) in enumerate(zip(found.window, found.first, found.end, strict=True)):
            k = corridors[scenario.windows[w].corridor]
            for slot in range(int(first) // cohorts, int(end - 1) // cohorts + 1):
                steps = min(end, (slot + 1) * cohorts) - max(first, slot * cohorts)
                row.append(k * slots + slot)
                block.append(b)
                share.append(float(steps) / cohorts)
        shape = (len(scenario.corridors) * slots, len(found.window))
        return Slots(
            relaxation, csr_array((share, (row, block)), shape), scenario.planning.slot_s, slots
        )

    def rows(self, one: Shift) -> NDArray[np.int64]:
        """Return the row of ``share`` of each minute at each gate, shape (k, t)."""
        return self._known(one)[1]

    def hours(self, one: Shift) -> NDArray[np.float64]:
        """Return what a rider's hours until out are beside those of the steps of the gate, (k, t).

        The relaxation counts the moment of every person who passes; of one on board it knows it to
        a slot, so that a slot is taken off.
        """
        return self._known(one)[2]

    def _known(self, one: Shift) -> tuple[Shift, NDArray[np.int64], NDArray[np.float64]]:
        # The shift is kept with what was found: as long as it is, its id is its own.
        if id(one) not in self.seen:
            slot = (one.begin_s + TICK_S * np.arange(one.minutes)) // self.slot_s
            slot = np.clip(slot, 0, self.slots - 1)
            rows = np.arange(len(one.after))[:, None] * self.slots + slot[None, :]
            covered = np.asarray(self.share.sum(axis=1)).ravel()[rows]
            moment = (one.begin_s + TICK_S * np.arange(one.minutes)) / SECONDS_PER_HOUR
            out = np.where(np.isfinite(one.out_h), one.out_h, 0.0)[:, None]
            whole = self.slot_s / SECONDS_PER_HOUR
            hours = out + (1.0 - covered) * moment[None, :] - covered * whole
            self.seen[id(one)] = one, rows, np.asarray(hours)
        return self.seen[id(one)]

    def parts(self, corridor: int, second: int) -> dict[int, float]:
        """Return the rows of the relaxation in which one person passing a gate counts, and how."""
        row = corridor * self.slots + min(second // self.slot_s, self.slots - 1)
        some = slice(self.share.indptr[row], self.share.indptr[row + 1])
        first = self.relaxation.rows.serve
        return {
            first + int(b): float(value)
            for b, value in zip(self.share.indices[some], self.share.data[some], strict=True)
        }


def dues(
    problem: Problem, slots: Slots, one: Shift, level: str, dual: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return what letting a person ride saves, and what passing a gate costs.

    Parameters
    ----------
    problem, slots
        Of the relaxation whose duals they are.
    one
        Drives of the type on the day.
    level
        A level of the objective, ``COUNT``, or ``MIXED``.
    dual
        Shape (rows,).

    Returns
    -------
    gain
        Shape (k, q), apart from the moment.
    price
        Shape (k, t), by the minute at the gate.
    """
    p, rows, q = problem, slots.relaxation.rows, one.pickups
    zones, groups = p.supply.shape
    weight = p.weights[q.group]
    home = dual[rows.supply + q.zone * groups + q.group] + dual[rows.weight] * weight
    if p.scenario.planning.spread < 1:
        first = rows.exposure + 1 + q.zone
        share = 1.0 / np.maximum(p.supply.sum(axis=1)[q.zone], 1.0)
        home = home + (dual[first] + dual[first + zones]) * share
    counted = {PEOPLE: weight, COUNT: np.ones(len(weight)), MIXED: MIXED_HOURS * weight}
    home = home + counted.get(level, np.zeros(len(weight)))
    open_air = dual[rows.exposure] - (1.0 if level in {EXPOSURE, MIXED} else 0.0)
    ride = np.where(np.isfinite(one.ride_h), one.ride_h, 0.0)
    gain = home[None, :] + open_air * ride + dual[rows.site + p.site][:, None]
    price = -(slots.share @ dual[rows.serve : rows.serve + slots.share.shape[1]])
    price = price[slots.rows(one)]
    if level == HOURS:
        price = price + slots.hours(one)
    return gain, np.ascontiguousarray(price)


def day_entries(
    problem: Problem, slots: Slots, one: Shift, aboard: list[Aboard]
) -> tuple[dict[int, float], tuple[float, float, float, float]]:
    """Return a day's parts in rows, and its weighted persons, persons, exposure and hours."""
    p, rows, groups = problem, slots.relaxation.rows, problem.supply.shape[1]
    entries: dict[int, float] = {}
    totals, hours_out = np.zeros(4), slots.hours(one)
    for pickup, k, minute, persons in aboard:
        zone, group = int(one.pickups.zone[pickup]), int(one.pickups.group[pickup])
        out = float(hours_out[k, minute])
        counts = np.array([p.weights[group], 1.0, float(one.ride_h[k, pickup]), out])
        totals += persons * counts
        at = {rows.supply + zone * groups + group: 1.0, rows.site + int(p.site[k]): 1.0}
        at |= slots.parts(k, one.second(minute))
        for row, share in at.items():
            entries[row] = entries.get(row, 0.0) + persons * share
        if p.scenario.planning.spread < 1:
            for row in (rows.exposure + 1 + zone, rows.exposure + 1 + zone + len(p.supply)):
                share = persons / float(p.supply.sum(axis=1)[zone])
                entries[row] = entries.get(row, 0.0) + share
    entries[rows.weight], entries[rows.exposure] = float(totals[0]), float(totals[2])
    weight, persons, exposure, hours = totals.tolist()
    return entries, (weight, persons, exposure, hours)
