"""What vehicles take of the gates, the sites and the households before anyone else is planned."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from clearway.model.rates import Shares
from clearway.model.scenario import Scenario


@dataclass(frozen=True, slots=True, eq=False)
class Taken:
    """What is no longer there for those who go by themselves.

    Attributes
    ----------
    gate
        Shape (k, slots), persons aboard vehicles that leave by each gate in each slot of the
        scenario; the gate serves them first, evenly over the slot. Nobody after the last slot.
    households
        Shape (z, g), households that ride: the last of those expected to go, in the order of their
        zone and group.
    places
        Shape (r,), persons whom vehicles bring to each reception site.
    """

    gate: NDArray[np.float64]
    households: NDArray[np.int64]
    places: NDArray[np.float64]

    @staticmethod
    def nothing(scenario: Scenario) -> Taken:
        """Return that vehicles take nothing."""
        shape = len(scenario.zones), len(scenario.groups)
        return Taken(
            np.zeros((len(scenario.corridors), 0)),
            np.zeros(shape, dtype=np.int64),
            np.zeros(len(scenario.receptions)),
        )

    def of_step(self, corridor: int, steps: NDArray[np.int64], cohorts: int) -> NDArray[np.float64]:
        """Return the persons that vehicles take at a gate in each of ``steps``.

        Parameters
        ----------
        corridor
            Row of the corridor.
        steps
            Shape (n,), from the scenario's start.
        cohorts
            Steps a slot.
        """
        if not self.gate.shape[1]:
            return np.zeros(len(steps))
        slot = steps // cohorts
        known = (slot >= 0) & (slot < self.gate.shape[1])
        slot = np.clip(slot, 0, self.gate.shape[1] - 1)
        return np.where(known, self.gate[corridor, slot], 0.0) / cohorts

    def willing(self, scenario: Scenario, zone: int, group: int) -> NDArray[np.int64]:
        """Return the sizes of the households that are expected to go by themselves, in order."""
        sizes = scenario.demand.willing(zone, group, scenario.planning.uptake.central)
        return sizes[: max(0, len(sizes) - int(self.households[zone, group]))]


def uneven(scenario: Scenario, taken: Taken, corridor: int) -> bool:
    """Return whether a gate does not always serve alike those who come by themselves."""
    name = scenario.corridors[corridor].id
    return bool(taken.gate[corridor].any()) or bool(Shares(scenario, name))


def served(
    scenario: Scenario, taken: Taken, corridor: int, steps: NDArray[np.int64]
) -> NDArray[np.float64]:
    """Return the persons, beside those in vehicles, that a gate serves in each of ``steps``.

    Those in vehicles are served evenly over what the gate serves in their slot.
    """
    planning, one = scenario.planning, scenario.corridors[corridor]
    step_s, slot_s = planning.step_s, planning.slot_s
    rate = one.gate_persons_per_s.central * step_s
    aboard = taken.of_step(corridor, steps, slot_s // step_s)
    if not (shares := Shares(scenario, one.id)):
        return np.asarray(np.maximum(0.0, rate - aboard))
    share = shares.between(steps * step_s, (steps + 1) * step_s)
    begin = steps * step_s // slot_s * slot_s
    whole = shares.between(begin, begin + slot_s)
    aboard *= np.divide(share, whole, out=np.zeros(len(steps)), where=whole > 0)
    return np.asarray(np.maximum(0.0, rate * share - aboard))
