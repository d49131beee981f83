"""A plan made anew on the day: what stays as it was, who turns, and whose order changed."""

from __future__ import annotations

from dataclasses import dataclass

from clearway.model.checks import Checks
from clearway.model.plan import Plan


@dataclass(frozen=True, slots=True)
class Turn:
    """Households under way that no gate will let through in time: they go back.

    Attributes
    ----------
    movement
        Id of the movement that they left with; of a vehicle's trip its duty and number.
    zone, group, corridor
        Ids: whose they are, and where they were going.
    first_household, households, persons
        As in :class:`~clearway.model.plan.Movement`.
    place
        Id of the zone or shelter to which they go back.
    back_s
        Seconds from the scenario's start by which the last of them is there; nobody of them is
        called before.
    """

    movement: str
    zone: str
    group: str
    corridor: str
    first_household: int
    households: int
    persons: int
    place: str
    back_s: int

    def __post_init__(self) -> None:
        """Refuse an empty turn, and one to nowhere."""
        checks = Checks(f"turn {self.movement}")
        checks.that(bool(self.place.strip()), "place", self.place, "must name a zone or shelter")
        checks.number("first_household", self.first_household, 0, 1e9)
        checks.number("households", self.households, 1, 1e9)
        checks.number("persons", self.persons, self.households, 9 * self.households)
        checks.done()


@dataclass(frozen=True, slots=True)
class Changes:
    """Households by what became of the order that they had before.

    Attributes
    ----------
    affected
        Not gone yet, and the event touches their gate in their window, or their vehicle.
    affected_changed
        Of those, how many are called otherwise now, or no more.
    unaffected
        Not gone yet, and the event touches nothing of theirs.
    unaffected_changed
        Of those, how many are called otherwise now, or no more.
    newly_called
        Households that nobody had called, and that are called now.
    """

    affected: int
    affected_changed: int
    unaffected: int
    unaffected_changed: int
    newly_called: int

    def __post_init__(self) -> None:
        """Refuse more changed than there are."""
        checks = Checks("changes")
        for field in ("affected", "unaffected"):
            count = getattr(self, field)
            checks.number(field, count, 0, 1e9)
            checks.number(f"{field}_changed", getattr(self, f"{field}_changed"), 0, count)
        checks.number("newly_called", self.newly_called, 0, 1e9)
        checks.done()

    @property
    def changed(self) -> int:
        """Households whose order changed."""
        return self.affected_changed + self.unaffected_changed

    @property
    def share(self) -> float:
        """Share of the unaffected whose order changed all the same."""
        return self.unaffected_changed / self.unaffected if self.unaffected else 0.0


@dataclass(frozen=True, slots=True)
class Replan:
    """A plan from a moment on.

    Attributes
    ----------
    now_s
        The moment, in seconds from the scenario's start. What left before it is kept as it was.
    plan
        The whole plan of the pause: what has happened, what is under way, what is still to come.
    turns
        Those who go back.
    changes
        How many households' orders changed.
    lost
        Names of vehicles that are gone.
    held
        Names of vehicles that are inside and that no gate lets out: they take no more trips today.
    earlier
        Those whom a plan before this one turned, and who may be on their way back still.
    weight_bound
        No plan from now on brings out more persons, each weighted by the group's weight; those
        who are out already are counted.
    weight
        What this plan reaches of that.
    """

    now_s: int
    plan: Plan
    turns: tuple[Turn, ...]
    changes: Changes
    weight: float
    weight_bound: float
    lost: tuple[str, ...] = ()
    held: tuple[str, ...] = ()
    earlier: tuple[Turn, ...] = ()

    @property
    def turned(self) -> int:
        """Persons who go back."""
        return sum(turn.persons for turn in self.turns)
