"""Who is inside: groups, zones, and households that stay whole."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from clearway.model.checks import Checks, frozen_array
from clearway.model.facts import Estimate, Text

#: Sizes of household that a scenario counts.
SIZES: Final = (1, 2, 3, 4, 5, 6, 7, 8, 9)

#: How a group may go: on foot, in cars of its own, on places of the fleet.
WALK, CAR, RIDE = "walk", "car", "ride"
MODES: Final = (WALK, CAR, RIDE)


@dataclass(frozen=True, slots=True)
class Group:
    """Households that move alike; a household moves as its slowest member does.

    Attributes
    ----------
    id
        Short name, unique in the scenario.
    name
        What people read.
    speed_m_per_s
        Walking speed on the level; of a group with cars the most that they drive, where a link's
        own speed is not lower.
    weight
        Weight of a person of this group where not all can be brought out, 1 or more, by
        dependency alone.
    weight_source
        Why this weight.
    modes
        Of ``MODES``: ``walk`` or ``car`` or neither, and ``ride`` if places are offered to it.
    persons_per_car
        How many go in one car, on average; None without cars.
    wheelchair_users
        Wheelchair places that each household takes when it rides; its others sit.
    """

    id: str
    name: Text
    speed_m_per_s: Estimate
    weight: float
    weight_source: str
    modes: tuple[str, ...] = (WALK,)
    persons_per_car: Estimate | None = None
    wheelchair_users: int = 0

    def __post_init__(self) -> None:
        """Refuse speeds and weights that no group has, and modes that do not fit together."""
        checks = Checks(f"group {self.id}")
        checks.that(bool(self.id.strip()), "id", self.id, "must not be empty")
        most = 60 if CAR in self.modes else 3
        for field in ("low", "central", "high"):
            checks.number(f"speed_m_per_s.{field}", getattr(self.speed_m_per_s, field), 0.05, most)
        known = bool(self.modes) and set(self.modes) <= set(MODES)
        checks.that(known, "modes", self.modes, f"must be some of {MODES}")
        checks.unique("modes", self.modes)
        both = WALK in self.modes and CAR in self.modes
        checks.that(not both, "modes", self.modes, "must not be walk and car at once")
        told = self.persons_per_car
        right = (told is not None) == (CAR in self.modes) and (told is None or told.low >= 1)
        checks.that(right, "persons_per_car", told, "must be 1 or more with cars, absent without")
        checks.number("wheelchair_users", self.wheelchair_users, 0, 1)
        checks.number("weight", self.weight, 1, 100)
        checks.that(bool(self.weight_source.strip()), "weight_source", "", "must say why")
        checks.done()

    @property
    def own_way(self) -> str | None:
        """How it goes without the fleet: ``walk`` or ``car``; None if it cannot."""
        return next((mode for mode in self.modes if mode != RIDE), None)

    @property
    def rides(self) -> bool:
        """Whether places of the fleet are offered to it."""
        return RIDE in self.modes


@dataclass(frozen=True, slots=True)
class Zone:
    """A part of the pocket that is called forward as one.

    Attributes
    ----------
    id
        Short code that can be spoken over a radio, such as ``N3``.
    node
        Id of the node where its people join the streets (home or assembly point).
    residential_m
        Metres of residential street in it.
    rings
        One tuple a polygon part: its outer ring as (lon, lat) in degrees.
    """

    id: str
    node: int
    residential_m: float
    rings: tuple[tuple[tuple[float, float], ...], ...]

    def __post_init__(self) -> None:
        """Refuse an empty code and a negative length."""
        checks = Checks(f"zone {self.id}")
        checks.that(bool(self.id.strip()), "id", self.id, "must not be empty")
        checks.number("residential_m", self.residential_m, 0, 1e7)
        checks.done()


@dataclass(frozen=True, slots=True, eq=False)
class Demand:
    """Households inside, by zone, group and size.

    Attributes
    ----------
    households
        Shape (zones, groups, 9), whole numbers; the last axis is the size, 1 to 9 persons.
    """

    households: NDArray[np.int64]

    def __post_init__(self) -> None:
        """Freeze the counts; refuse a wrong shape, and counts that are broken or below zero."""
        checks = Checks("demand")
        told = np.asarray(self.households, dtype=np.float64)
        whole = bool((np.isfinite(told) & (told == np.floor(told))).all())
        checks.that(whole, "households", "", "must be whole numbers")
        checks.done()
        object.__setattr__(self, "households", frozen_array(self.households, np.int64))
        shape = self.households.shape
        right = len(shape) == 3 and shape[-1] == len(SIZES)
        checks.that(right, "households", shape, "must have shape (zones, groups, 9)")
        checks.that(bool((self.households >= 0).all()), "households", "", "must be 0 or more")
        checks.done()

    @property
    def persons(self) -> NDArray[np.int64]:
        """Shape (zones, groups), persons inside."""
        return np.asarray(self.households @ np.array(SIZES))

    def sequence(self, zone: int, group: int) -> NDArray[np.int64]:
        """Return the sizes of one zone's households of one group, in the order of its blocks.

        Sizes are spread evenly along the order, so that any run of it has about the average
        household: the j-th of n households of one size stands at (j + 1/2) / n, ties by size.
        Nobody is picked by household size; a plan takes households in this order.

        Parameters
        ----------
        zone, group
            Row in the scenario's zones, column in its groups.
        """
        counts = self.households[zone, group]
        sizes = np.repeat(np.array(SIZES), counts)
        parts = [(np.arange(n) + 0.5) / n for n in counts if n]
        at = np.concatenate(parts) if parts else np.empty(0)
        return np.asarray(sizes[np.lexsort((sizes, at))], dtype=np.int64)

    def willing(self, zone: int, group: int, uptake: float) -> NDArray[np.int64]:
        """Return the sizes of the households expected to go: the first share of the order.

        Parameters
        ----------
        zone, group
            Row in the scenario's zones, column in its groups.
        uptake
            Share of households, 0 to 1; the count is rounded half up.
        """
        order = self.sequence(zone, group)
        return order[: int(np.floor(uptake * len(order) + 0.5))]
