"""The way out: corridors with a gate and a holding area, their windows, and where they lead."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from clearway.model.checks import Checks
from clearway.model.facts import Estimate, Text

#: Source of a limit of which nobody said where it comes from.
NO_SOURCE: Final = "assumed: the scenario names no source"
#: Vehicles that a gate lets through if nobody said: none.
NO_VEHICLES: Final = Estimate(0.0, 0.0, 0.0, "assumed: the scenario names no lane for vehicles")

#: Persons a square metre that a holding area is planned for at most; 4 is crush.
HOLDING_PERSONS_PER_M2: Final = 1.5


@dataclass(frozen=True, slots=True)
class HoldingArea:
    """Where people stand before the gate.

    Attributes
    ----------
    area_m2
        Square metres that people can stand on.
    limit_persons
        Most persons that may wait there, by plan; at most 1.5 a square metre.
    source
        Where the figures come from.
    """

    area_m2: float
    limit_persons: float
    source: str

    def __post_init__(self) -> None:
        """Refuse a limit that would crowd the area."""
        checks = Checks("holding_area")
        checks.number("area_m2", self.area_m2, 1, 1e7)
        most = HOLDING_PERSONS_PER_M2 * self.area_m2
        checks.number("limit_persons", self.limit_persons, 0, most)
        checks.that(bool(self.source.strip()), "source", self.source, "must name a source")
        checks.done()


@dataclass(frozen=True, slots=True)
class Corridor:
    """A path from the mouth, where the gate stands, through the open to the exit.

    Attributes
    ----------
    id
        Short code, such as ``C1``.
    name
        What people read.
    mouth
        Id of the node where the holding area and the gate are.
    links
        Ids of the corridor's links, in order from the mouth to the exit.
    gate_persons_per_s
        Persons the gate lets through in a second.
    holding
        The holding area at the mouth.
    margin_s
        Seconds before closing by which the last person is out of the exit.
    reception
        Id of the reception site that it leads to.
    source
        Where the corridor's place comes from.
    check_points
        How many check in parallel at the gate; its rate is that of all together.
    open_limit_persons
        Most persons that may be between the gate and the exit at any time: nothing can protect
        them if the pause stops without notice. Infinite if no limit was set.
    open_limit_source
        Where that limit comes from.
    vehicles_per_s
        Vehicles of the fleet and of convoys that the gate checks in a second, both ways together,
        in a lane of their own; 0 lets none through. Those who ride are checked as persons, at the
        gate's rate, when they leave.
    """

    id: str
    name: Text
    mouth: int
    links: tuple[int, ...]
    gate_persons_per_s: Estimate
    holding: HoldingArea
    margin_s: float
    reception: str
    source: str
    check_points: int = 1
    open_limit_persons: float = math.inf
    open_limit_source: str = NO_SOURCE
    vehicles_per_s: Estimate = NO_VEHICLES

    def __post_init__(self) -> None:
        """Refuse a corridor without path, and rates and margins out of range."""
        checks = Checks(f"corridor {self.id}")
        checks.that(bool(self.id.strip()), "id", self.id, "must not be empty")
        checks.that(bool(self.links), "links", self.links, "must have at least one link")
        checks.unique("links", self.links)
        for field in ("low", "central", "high"):
            checks.number(
                f"gate_persons_per_s.{field}", getattr(self.gate_persons_per_s, field), 0, 100
            )
        for field in ("low", "high"):
            checks.number(f"vehicles_per_s.{field}", getattr(self.vehicles_per_s, field), 0, 100)
        checks.number("margin_s", self.margin_s, 0, 86_400)
        checks.number("check_points", self.check_points, 1, 1000)
        limit = self.open_limit_persons
        checks.that(limit >= 1, "open_limit_persons", limit, "must be 1 or more")  # nan: refused
        told = self.open_limit_source
        checks.that(bool(told.strip()), "open_limit_source", told, "must name a source")
        checks.that(bool(self.source.strip()), "source", self.source, "must name a source")
        checks.done()


@dataclass(frozen=True, slots=True)
class Reception:
    """A site outside that takes people in.

    Attributes
    ----------
    id
        Short code.
    name
        What people read.
    node
        Id of its node.
    places
        Persons it can take over the whole pause.
    """

    id: str
    name: Text
    node: int
    places: Estimate

    def __post_init__(self) -> None:
        """Refuse an empty code and negative places."""
        checks = Checks(f"reception {self.id}")
        checks.that(bool(self.id.strip()), "id", self.id, "must not be empty")
        checks.number("places.low", self.places.low, 0, 1e8)
        checks.done()


@dataclass(frozen=True, slots=True)
class Window:
    """Hours in which one corridor is open, as announced.

    Attributes
    ----------
    corridor
        Id of the corridor.
    opens, closes
        Moments with a time zone; it closes after it opens.
    source
        Who announced it, and where that was reported.
    """

    corridor: str
    opens: datetime
    closes: datetime
    source: str

    def __post_init__(self) -> None:
        """Refuse times without a zone and a window that closes before it opens."""
        checks = Checks(f"window {self.corridor}")
        zoned = self.opens.tzinfo is not None and self.closes.tzinfo is not None
        checks.that(zoned, "opens", self.opens, "must carry a time zone")
        checks.done()
        # Through UTC: two moments of one zone compare by the clock, which may be put back.
        after = self.opens.astimezone(UTC) < self.closes.astimezone(UTC)
        checks.that(after, "closes", self.closes, "must be after it opens")
        checks.that(bool(self.source.strip()), "source", self.source, "must name a source")
        checks.done()


@dataclass(frozen=True, slots=True)
class GateChange:
    """Hours in which a gate serves at another rate than its usual one: slower, or not at all.

    Attributes
    ----------
    corridor
        Id of the corridor.
    since, until
        Moments with a time zone between which it holds.
    persons_share, vehicles_share
        Share of the usual rate of the gate and of its lane for vehicles, 0 to 10; 0 lets none
        through, in or out. Where changes of one gate overlap, the one that begins last holds.
    source
        Who said so.
    """

    corridor: str
    since: datetime
    until: datetime
    persons_share: float
    vehicles_share: float
    source: str

    def __post_init__(self) -> None:
        """Refuse times without a zone or out of order, and shares out of range."""
        checks = Checks(f"gate change {self.corridor}")
        zoned = self.since.tzinfo is not None and self.until.tzinfo is not None
        checks.that(zoned, "since", self.since, "must carry a time zone")
        checks.done()
        after = self.since.astimezone(UTC) < self.until.astimezone(UTC)
        checks.that(after, "until", self.until, "must be after it begins")
        checks.number("persons_share", self.persons_share, 0, 10)
        checks.number("vehicles_share", self.vehicles_share, 0, 10)
        checks.that(bool(self.source.strip()), "source", self.source, "must name a source")
        checks.done()
