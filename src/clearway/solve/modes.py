"""How groups go by themselves: on foot or in cars, and what a street holds of either."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from clearway.model.facts import Estimate
from clearway.model.population import CAR
from clearway.model.scenario import Scenario

#: Rows of modes; that of cars is there only if some group has cars.
ON_FOOT, BY_CAR = 0, 1
#: Speed at which a link that carries no cars is reckoned, where its time is asked for all the same.
CRAWL_M_PER_S: Final = 0.1


@dataclass(frozen=True, slots=True, eq=False)
class Modes:
    """The modes in use; walkers and cars do not share the capacity of streets.

    Attributes
    ----------
    of_group
        Shape (g,), row of each group's mode; on foot for those who only ride.
    able
        Shape (g,), whether a group goes by itself at all.
    unit
        Shape (g,), what a person takes of a street: 1 on foot, a share of a car in one.
    room
        Shape (m, links), persons on foot a second, then vehicles a second, each way.
    """

    of_group: NDArray[np.int64]
    able: NDArray[np.bool_]
    unit: NDArray[np.float64]
    room: NDArray[np.float64]

    def __len__(self) -> int:
        """Return the number of modes."""
        return len(self.room)

    @staticmethod
    def of(scenario: Scenario) -> Modes:
        """Return the modes of a scenario's groups."""
        groups, links = scenario.groups, scenario.network.links
        cars = np.array([group.own_way == CAR for group in groups])
        rooms = [links.foot_capacity_persons_per_s]
        if cars.any():
            rooms.append(links.capacity_veh_per_s)
        return Modes(
            np.where(cars, BY_CAR, ON_FOOT),
            np.array([group.own_way is not None for group in groups]),
            np.array([_unit(group.persons_per_car) for group in groups]),
            np.stack(rooms),
        )


def _unit(persons_per_car: Estimate | None) -> float:
    return 1.0 if persons_per_car is None else 1.0 / persons_per_car.central


def pace_m_per_s(scenario: Scenario, group: int) -> NDArray[np.float64]:
    """Return the speed of a group on each link: its own, or a slower street's for cars."""
    one = scenario.groups[group]
    own = np.full(len(scenario.network.links), one.speed_m_per_s.central)
    if one.own_way != CAR:
        return own
    street = scenario.network.links.speed_m_per_s
    return np.asarray(np.minimum(own, np.where(street > 0, street, CRAWL_M_PER_S)))
