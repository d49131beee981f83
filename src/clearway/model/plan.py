"""A plan: who is called forward when, by which way, and how good that is at least."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import Any, Final, Self

from clearway.model.checks import Checks
from clearway.model.duty import ConvoyRun, Duty
from clearway.model.facts import Text
from clearway.model.rules import Rules

RED_OUT, PATIENTS_OUT = "red_out", "patients_out"
PEOPLE, EXPOSURE, HOURS = "people_out", "exposure_person_hours", "hours_until_out"
LEVELS: Final = (RED_OUT, PATIENTS_OUT, PEOPLE, EXPOSURE, HOURS)
OPTIMAL, LIMITED, PARTIAL, INFEASIBLE = "optimal", "time_limit", "partial", "infeasible"
CODES: Final = (OPTIMAL, LIMITED, PARTIAL, INFEASIBLE)


@dataclass(frozen=True, slots=True)
class Movement:
    """One block of one zone's households of one group, called forward together.

    Attributes
    ----------
    id
        Unique in the plan.
    zone, group, corridor
        Ids.
    links
        Ids of the links walked, in order, from the zone's node through the corridor to the
        reception site.
    depart_s
        Seconds from the scenario's start at which the block begins to leave; it leaves evenly,
        a share each step, over one slot.
    first_household
        Place of its first household in the order of the zone's households of that group.
    households, persons
        How many; the persons are those of the households.
    span_s
        Seconds over which it leaves; None for a whole slot. Shorter for a block of which a part
        had left when the rest was held back, and for one that is to meet a part of a slot at a
        gate.
    """

    id: str
    zone: str
    group: str
    corridor: str
    links: tuple[int, ...]
    depart_s: int
    first_household: int
    households: int
    persons: int
    span_s: int | None = None

    def __post_init__(self) -> None:
        """Refuse an empty block and an empty route."""
        checks = Checks(f"movement {self.id}")
        checks.that(bool(self.links), "links", "", "must have at least one link")
        if self.span_s is not None:
            checks.number("span_s", self.span_s, 1, 86_400)
        checks.number("first_household", self.first_household, 0, 1e9)
        checks.number("households", self.households, 1, 1e9)
        checks.number("persons", self.persons, self.households, 9 * self.households)
        checks.done()

    def leaves_over_s(self, slot_s: int) -> int:
        """Return the seconds over which it leaves, in a scenario with slots of ``slot_s``."""
        return slot_s if self.span_s is None else self.span_s


@dataclass(frozen=True, slots=True)
class Level:
    """One level of the objective: what the plan reaches, and what no plan can exceed.

    Attributes
    ----------
    name
        One of ``red_out``, ``patients_out`` (patients without companions, only where any are
        listed) and ``people_out`` (persons of the demand on foot, in cars and in the fleet; more is
        better), ``exposure_person_hours`` and ``hours_until_out`` (person-hours from the first
        opening, of the same persons; less is better).
    value
        Of the plan in whole households.
    bound
        Proved: no plan of these routes, slots and rules does better; at the second and third
        level, none that brings out as many people.
    """

    name: str
    value: float
    bound: float

    @property
    def gap(self) -> float:
        """How far the value may be from the best, as a share of the bound; 0 is proved best."""
        if self.bound == 0:
            return 0.0 if self.value == 0 else float("inf")
        return abs(self.value - self.bound) / abs(self.bound)


@dataclass(frozen=True, slots=True)
class Binding:
    """A limit that the plan fills, and what it would be worth to widen it.

    Attributes
    ----------
    kind
        ``gate``, ``link``, ``reception`` or ``window``.
    where
        Id of the corridor, link or reception site.
    from_s, until_s
        Seconds from the scenario's start between which it binds.
    worth_persons
        People more that one unit more would bring out: an hour more of a gate or window (at its
        rate), one place more at a site, one per cent more of a link.
    text
        The same in words.
    """

    kind: str
    where: str
    from_s: int
    until_s: int
    worth_persons: float
    text: Text


@dataclass(frozen=True, slots=True)
class Status:
    """How solving ended, and why the plan is no better.

    Attributes
    ----------
    code
        ``optimal`` (all who are expected to come are brought out), ``partial`` (as good as was
        asked for and can be proved, yet not all of them), ``time_limit`` (interrupted or out of
        time; the best plan so far), ``infeasible`` (nobody can be brought out). How near each
        level is to the best is its own gap.
    reason
        In plain words.
    binding
        What binds, the most valuable first.
    """

    code: str
    reason: Text
    binding: tuple[Binding, ...] = ()

    def __post_init__(self) -> None:
        """Refuse an unknown code."""
        checks = Checks("status")
        checks.that(self.code in CODES, "code", self.code, f"must be one of {CODES}")
        checks.done()


@dataclass(frozen=True, slots=True)
class Plan:
    """Movements with a proven distance from the best.

    Attributes
    ----------
    scenario
        Id of the scenario.
    movements
        In order of departure.
    levels
        The lexicographic objective, first level first; empty if nothing was proved.
    status
        How solving ended.
    willing_persons
        Persons in the households that are expected to go.
    uptake
        The share of households planned for.
    rules
        What gate teams do when the day goes otherwise; None if the plan was made without risk.
    duties, convoys
        What vehicles do, by moment of leaving.
    """

    scenario: str
    movements: tuple[Movement, ...]
    levels: tuple[Level, ...]
    status: Status
    willing_persons: int
    uptake: float
    rules: Rules | None = None
    duties: tuple[Duty, ...] = ()
    convoys: tuple[ConvoyRun, ...] = ()

    def __post_init__(self) -> None:
        """Refuse repeated movement and duty ids and unknown levels."""
        checks = Checks("plan")
        checks.unique("movements.id", [movement.id for movement in self.movements])
        checks.unique("duties.id", [duty.id for duty in self.duties])
        for level in self.levels:
            checks.that(level.name in LEVELS, "levels.name", level.name, f"must be in {LEVELS}")
        checks.done()

    @property
    def persons(self) -> int:
        """Persons of the demand that are brought out, on foot, in cars and in the fleet."""
        return sum(movement.persons for movement in self.movements) + self.riders

    @property
    def riders(self) -> int:
        """Those of them that ride in the fleet."""
        return sum(
            load.persons for duty in self.duties for trip in duty.trips for load in trip.loads
        )

    @property
    def patients(self) -> tuple[str, ...]:
        """Codes of the patients that are brought out, by duty and trip."""
        return tuple(code for duty in self.duties for trip in duty.trips for code in trip.patients)

    def level(self, name: str) -> Level:
        """Return the level of that name; ``KeyError`` if the plan has none."""
        for level in self.levels:
            if level.name == name:
                return level
        raise KeyError(name)

    def replace(self, **changes: Any) -> Self:
        """Return a copy with ``changes``, validated anew."""
        return dataclasses.replace(self, **changes)
