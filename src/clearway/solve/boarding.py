"""Who boards: households that ride, whole and in the order of their zone."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from clearway.model.duty import Load
from clearway.model.fleet import VehicleType
from clearway.model.population import Group
from clearway.model.scenario import Scenario


def full_load(kind: VehicleType, group: Group) -> float:
    """Return the most persons of a group that a vehicle can take; no load of it takes more."""
    users = group.wheelchair_users
    if not users:
        return float(kind.seats)
    return float(min(kind.seats + kind.wheelchairs, 9 * (kind.wheelchairs // users)))


class Riders:
    """The households of each zone and group that may ride: the last of those who would go.

    Those who walk are called from the front of the order, those who ride from its end, so that
    neither waits for the other.
    """

    def __init__(self, scenario: Scenario) -> None:
        """Start with everybody at home."""
        uptake = scenario.planning.uptake.central
        self._groups = scenario.groups
        self._sizes = [
            [scenario.demand.willing(z, g, uptake) for g in range(len(scenario.groups))]
            for z in range(len(scenario.zones))
        ]
        self._left = np.array([[len(sizes) for sizes in row] for row in self._sizes])

    @property
    def taken(self) -> NDArray[np.int64]:
        """Shape (z, g), households at the end of the order that have one."""
        everyone = np.array([[len(sizes) for sizes in row] for row in self._sizes])
        return np.asarray(everyone - self._left)

    def everybody(self) -> NDArray[np.float64]:
        """Return the persons of all households, shape (z, g)."""
        return np.array([[float(sizes.sum()) for sizes in row] for row in self._sizes])

    def mean(self, kind: VehicleType, zone: int, group: int) -> float:
        """Return the persons of a full vehicle on average over all households of a zone and group.

        Fewer are on board where a household does not fit whole.
        """
        loads = self._loads(kind, zone, group)
        return float(np.mean(loads[:-1] if len(loads) > 1 else loads)) if loads else 0.0

    def excess(self, kind: VehicleType, zone: int, group: int) -> tuple[float, float]:
        """Return the most persons by which n trips can exceed n mean loads, in all and a trip.

        Households board in order from the end, so that no n trips take more than the first n of
        the fullest ones.
        """
        loads = np.array(self._loads(kind, zone, group), dtype=float)
        trips = np.arange(1, len(loads) + 1)
        ahead = np.cumsum(loads) - self.mean(kind, zone, group) * trips
        most = float(max(ahead.max(initial=0.0), 0.0))
        return most, float(max((ahead / trips).max(initial=0.0), 0.0))

    def _loads(self, kind: VehicleType, zone: int, group: int) -> list[int]:
        """Return the persons of each vehicle if all households rode, each as full as may be."""
        users = self._groups[group].wheelchair_users
        loads, seats, chairs, persons = list[int](), 0, 0, 0
        for size in self._sizes[zone][group][::-1].tolist():
            if persons and (seats + size - users > kind.seats or chairs + users > kind.wheelchairs):
                loads.append(persons)
                seats = chairs = persons = 0
            if size - users <= kind.seats and users <= kind.wheelchairs:
                seats, chairs, persons = seats + size - users, chairs + users, persons + size
        return [*loads, persons] if persons else loads

    def fit(self, kind: VehicleType, zone: int, group: int, most: float) -> int:
        """Return how many households, the last left, fit a vehicle and ``most`` persons."""
        users = self._groups[group].wheelchair_users
        sizes = self._sizes[zone][group][: self._left[zone, group]][::-1]
        seats = np.cumsum(sizes - users) <= kind.seats
        chairs = users * np.arange(1, len(sizes) + 1) <= kind.wheelchairs
        few = np.cumsum(sizes) <= most
        return int((seats & few & (chairs | (users == 0))).sum())

    def board(self, kind: VehicleType, zone: int, group: int, most: float) -> Load | None:
        """Take those households out of the order; None if there are none."""
        count, left = self.fit(kind, zone, group, most), int(self._left[zone, group])
        if not count:
            return None
        self._left[zone, group] = left - count
        persons = int(self._sizes[zone][group][left - count : left].sum())
        return Load(self._groups[group].id, left - count, count, persons)
