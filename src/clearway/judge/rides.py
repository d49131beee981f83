"""What the vehicles of a plan do: duties, trips as driven, and who comes out in them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from clearway.judge.driving import Drive, drive
from clearway.judge.hours import Hours
from clearway.judge.journeys import Day, Journey, Reader
from clearway.model.plan import Plan
from clearway.model.scenario import Scenario


@dataclass(frozen=True, slots=True, eq=False)
class Riders:
    """Loads that are brought out: one row each.

    Attributes
    ----------
    zone, group
        Shape (r,), rows in the scenario.
    persons
        Shape (r,), as the plan has them.
    leave_s, out_s
        Shape (r,), when they leave their stop, and are out of the exit.
    """

    zone: NDArray[np.int64]
    group: NDArray[np.int64]
    persons: NDArray[np.float64]
    leave_s: NDArray[np.float64]
    out_s: NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Rides:
    """Everything that vehicles do.

    Attributes
    ----------
    days
        One a duty.
    journeys, drives
        One a trip, those of convoys last, and what becomes of each.
    riders
        Who is brought out.
    aboard
        Shape (corridors, slots), persons in vehicles that pass each gate outward in each slot.
    """

    days: tuple[Day, ...]
    journeys: tuple[Journey, ...]
    drives: tuple[Drive, ...]
    riders: Riders
    aboard: NDArray[np.float64]

    @property
    def trips(self) -> Iterator[tuple[Journey, Drive]]:
        """Every journey with what becomes of it."""
        return zip(self.journeys, self.drives, strict=True)

    @property
    def fleet(self) -> Iterator[tuple[Journey, Drive]]:
        """Those of the fleet's vehicles."""
        count = sum(len(day.journeys) for day in self.days)
        return zip(self.journeys[:count], self.drives[:count], strict=True)

    @property
    def convoys(self) -> Iterator[tuple[Journey, Drive]]:
        """Those of convoys, known or not."""
        count = sum(len(day.journeys) for day in self.days)
        return zip(self.journeys[count:], self.drives[count:], strict=True)


def ride(scenario: Scenario, plan: Plan, hours: Hours) -> Rides:
    """Read what vehicles are to do and drive it."""
    days, journeys = Reader(scenario).days(plan)
    drives = drive(scenario, hours, journeys)
    slots = -(-int(max(hours.closes_s.max(initial=0), 0)) // scenario.planning.slot_s) + 1
    aboard = np.zeros((len(scenario.corridors), slots))
    for one, driven in zip(journeys, drives, strict=True):
        slot = one.moments["gate_out_s"] // scenario.planning.slot_s
        if driven.passes_out and 0 <= slot < slots:
            aboard[one.corridor_out, slot] += one.persons
    return Rides(days, journeys, drives, _riders(journeys, drives), aboard)


def _riders(journeys: tuple[Journey, ...], drives: tuple[Drive, ...]) -> Riders:
    out = [
        (load.zone, load.group, float(load.load.persons), float(load.leave_s), driven.out_s)
        for one, driven in zip(journeys, drives, strict=True)
        if driven.kept and one.convoy is None
        for load in one.boardings
    ]
    columns = list(zip(*out, strict=True)) or [()] * _COLUMNS
    zone, group = (np.array(column, dtype=np.int64) for column in columns[:2])
    persons, leave_s, out_s = (np.array(column, dtype=np.float64) for column in columns[2:])
    return Riders(zone, group, persons, leave_s, out_s)


_COLUMNS: Final = 5
