"""What everybody under way does if all stops now: on to the exit, home, or to a shelter."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from clearway.model.checks import Checks, frozen_array

#: Where a part goes, as ``AbortStep.goes`` holds it; 0 and more are rows of the shelters.
ON, HOME = -1, -2
#: In place of the id of a link: stands at a node.
AT_NODE: Final = -1
BLOCK, VEHICLE, CONVOY = "block", "vehicle", "convoy"
KINDS: Final = (BLOCK, VEHICLE, CONVOY)

#: Names of the rules that an abort can break, as ``PlanBreach.rule`` spells them.
ABORT_RULES: Final = (
    "scenario",  # made for another scenario or plan: other ids of it, of movers, of shelters
    "step",  # a step is missing, stands twice, or nobody is under way at it
    "forgotten",  # somebody under way has no instruction
    "twice",  # somebody has more than one, or is not under way
    "persons",  # persons of a part who are not those under way
    "place",  # where a part is said to be, and it is not
    "past",  # past the gate, and not sent on
    "nowhere",  # sent to where no way leads, or to no shelter
    "time",  # there sooner than the way takes, or said to be there later than it takes
    "full",  # more people in a shelter than it holds
    "sooner",  # could be out or under cover sooner, where there is room
    "bound",  # a bound that the prices of the shelters do not prove, or a figure that is wrong
    "order",  # printed orders that do not say what their parts do
    "route",  # a printed way that is not connected, closed, longer than said, or leads elsewhere
    "turn",  # a turn-back that is not the latest, or is missing
)


@dataclass(frozen=True, slots=True)
class Mover:
    """Who goes by one order: a block on foot or in cars, or a vehicle or convoy on one trip.

    Attributes
    ----------
    kind
        One of ``KINDS``.
    id
        Of the movement, the duty or the convoy.
    trip
        Number of the trip in its duty, from 1; 0 of a block.
    """

    kind: str
    id: str
    trip: int = 0

    def __post_init__(self) -> None:
        """Refuse an unknown kind."""
        checks = Checks(f"mover {self.id}")
        checks.that(self.kind in KINDS, "kind", self.kind, f"must be one of {KINDS}")
        checks.done()


@dataclass(frozen=True, slots=True)
class Turn:
    """The last point of a mover's way up to which going back is no slower than going on.

    Attributes
    ----------
    mover
        Row among the movers.
    after_s
        Seconds since leaving home (vehicles: since leaving the last stop) until which it is so,
        of every part of the block.
    node, link, into_s
        Where that is: the node passed last, the link being used (``AT_NODE`` for none), and the
        seconds since its beginning.
    lon, lat
        The same in degrees, WGS 84.
    goes
        Where one goes back to from there: ``HOME`` or the row of a shelter.
    """

    mover: int
    after_s: int
    node: int
    link: int
    into_s: float
    lon: float
    lat: float
    goes: int


@dataclass(frozen=True, slots=True)
class Order:
    """One line of the abort card: parts of one mover, next to one another, that go to one place.

    Attributes
    ----------
    mover
        Row among the movers.
    goes, past
        As ``AbortStep.goes`` and ``AbortStep.past``.
    first_left_s, last_left_s
        When the first and the last of its parts left home.
    persons
        In all of its parts.
    node, link, into_s
        Where the one of its parts is that takes longest.
    links
        Ids of the links that this part still goes after ``link``, or in place of it where it turns
        round on it: from ``toward`` on; empty for who goes on as the plan says.
    toward
        Id of the node at which ``links`` begin.
    by_s
        When all of them are there.
    """

    mover: int
    goes: int
    past: bool
    first_left_s: int
    last_left_s: int
    persons: float
    node: int
    link: int
    into_s: float
    toward: int
    links: tuple[int, ...]
    by_s: int


@dataclass(frozen=True, slots=True, eq=False)
class AbortStep:
    """What everybody under way does if all stops at one moment; one row a part.

    A part is what left home in one step of a block and has not passed the gate, the same past the
    gate, or a vehicle with all aboard.

    Attributes
    ----------
    at_s
        The moment, seconds from the scenario's start.
    mover
        Shape (n,), rows among the movers.
    left_s
        Shape (n,), when it left home; of a vehicle, when its drive to where it goes began.
    persons
        Shape (n,), not whole; 0 of a vehicle with nobody but its crew.
    past
        Shape (n,), whether it has passed the gate outward, or not yet passed it inward: between
        gate and exit.
    node, link
        Shape (n,), ids of the node that was passed last and of the link being used, ``AT_NODE``
        for none; of those between gate and exit the mouth.
    into_s
        Shape (n,), seconds since that node.
    goes
        Shape (n,), ``ON``, ``HOME`` or the row of a shelter.
    by_s
        Shape (n,), when all of it is out of the exit or under cover.
    orders
        The same as it is printed, by mover and time of leaving.
    prices
        Shape (shelters,), seconds that a place in each shelter is worth; 0 where it is not full.
    person_s, bound_s
        Person-seconds until all are out or under cover, and how few they could be at least.
    """

    at_s: int
    mover: NDArray[np.int64]
    left_s: NDArray[np.int64]
    persons: NDArray[np.float64]
    past: NDArray[np.bool_]
    node: NDArray[np.int64]
    link: NDArray[np.int64]
    into_s: NDArray[np.float64]
    goes: NDArray[np.int64]
    by_s: NDArray[np.int64]
    orders: tuple[Order, ...]
    prices: NDArray[np.float64]
    person_s: float
    bound_s: float

    def __post_init__(self) -> None:
        """Freeze the columns; refuse unequal lengths."""
        whole = ("mover", "left_s", "node", "link", "goes", "by_s")
        kinds: dict[str, type] = dict.fromkeys(whole, np.int64)
        kinds |= {"persons": np.float64, "past": np.bool_, "into_s": np.float64}
        for field, kind in kinds.items():
            object.__setattr__(self, field, frozen_array(getattr(self, field), kind))
        object.__setattr__(self, "prices", frozen_array(self.prices, np.float64))
        checks = Checks(f"abort {self.at_s}")
        counts = {field: getattr(self, field).shape for field in kinds}
        same = set(counts.values()) == {(len(self.mover),)}
        checks.that(same, "rows", counts, "must be as many in every column")
        checks.done()

    def __len__(self) -> int:
        """Return the number of parts."""
        return len(self.mover)

    @property
    def on(self) -> float:
        """Persons who go on to the exit."""
        return float(self.persons[self.goes == ON].sum())

    @property
    def back(self) -> float:
        """Persons who go home or to a shelter."""
        return float(self.persons[self.goes != ON].sum())

    @property
    def gap(self) -> float:
        """How far the time in the open may be from the least, as a share; 0 is proved least."""
        return 0.0 if self.bound_s <= 0 else max(0.0, self.person_s / self.bound_s - 1)

    def sheltered(self, shelters: int) -> NDArray[np.float64]:
        """Shape (shelters,), persons who go to each."""
        kept = self.goes >= 0
        found = np.bincount(self.goes[kept], weights=self.persons[kept], minlength=shelters)
        return found.astype(np.float64)  # of nobody it counts in whole numbers


@dataclass(frozen=True, slots=True, eq=False)
class Abort:
    """What everybody does if all stops without notice, for each step of a plan.

    Attributes
    ----------
    scenario
        Its id.
    movers
        All that the plan moves: its movements, the trips of its duties, its convoys, in its order.
    shelters
        Ids, in the scenario's order.
    turns
        The latest turn-back of each mover that can turn back, by row.
    steps
        By moment.
    """

    scenario: str
    movers: tuple[Mover, ...]
    shelters: tuple[str, ...]
    turns: tuple[Turn, ...]
    steps: tuple[AbortStep, ...]

    def at(self, at_s: int) -> AbortStep:
        """Return the step of that moment; ``KeyError`` if there is none."""
        for step in self.steps:
            if step.at_s == at_s:
                return step
        raise KeyError(at_s)

    @property
    def moments(self) -> tuple[int, ...]:
        """The moments that there is a step for."""
        return tuple(step.at_s for step in self.steps)
