"""What the judge found: whether a plan holds, and what it really does."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from clearway.model.checks import Checks, frozen_array
from clearway.model.facts import Text
from clearway.model.thresholds import STATES

#: Names of the rules that a plan can break, as ``PlanBreach.rule`` spells them.
RULES: Final = (
    "scenario",  # made for another scenario
    "reference",  # names an unknown zone, group, corridor or link
    "supply",  # more households than are willing, or a household called twice
    "household",  # persons that are not those of whole households, or out of order
    "route",  # not connected, not from the zone to the reception site
    "closed",  # uses a closed link, or leaves the pocket but by its corridor
    "slot",  # departs off the grid of steps
    "window",  # leaves home before the corridor opens
    "margin",  # still inside the corridor later than its closing margin allows
    "link",  # more people on a link in a slot than it can carry
    "gate",  # people whom the gate cannot serve while it is open
    "holding",  # more people in a holding area than its limit
    "reception",  # more people at a site than it has places
    "spread",  # shares brought out differ more between zones than the fairness rule allows
    "conservation",  # people who left do not add up to people who came out
    "claim",  # a figure that the plan claims is not what the replay finds
    "bound",  # a value better than its own bound
    "rule",  # a rule for a gate that is missing, or that could not keep people from being caught
    "mode",  # walks, drives or rides though its group does not
    "duty",  # a vehicle that is not there, or two duties, trips or places at once; rest, range
    "trip",  # a way that is not connected or not for vehicles, or times that driving cannot keep
    "lane",  # more vehicles through a gate than its lane checks, or outside the window
    "seat",  # more aboard than there are seats, wheelchair places or stretchers
    "patient",  # a patient unknown, moved twice, before being ready, or without the care needed
    "bed",  # a destination refused, closed, or without a bed of that kind
    "triage",  # left inside while somebody of a lower colour took the place
    "convoy",  # a convoy unknown, run twice, or outside its hours
    "linked",  # begun before that on which it depends was done
)

GO, CONDITIONS, DO_NOT_RUN = "go", "go-with-conditions", "do-not-run"
DECISIONS: Final = (GO, CONDITIONS, DO_NOT_RUN)


@dataclass(frozen=True, slots=True)
class Reason:
    """One thing looked at before recommending, and how it stands.

    Attributes
    ----------
    topic
        Short name of what was looked at, such as ``consent`` or ``caught``.
    where
        Id of the corridor, window or site it is about; empty for the whole pause.
    state
        ``met``, ``condition`` or ``barred``.
    text
        One plain sentence: what was found, beside its limit.
    turn
        What would have to change for it to be met; None where it is met.
    """

    topic: str
    where: str
    state: str
    text: Text
    turn: Text | None = None

    def __post_init__(self) -> None:
        """Refuse an unknown state."""
        checks = Checks(f"reason {self.topic}")
        checks.that(self.state in STATES, "state", self.state, f"must be one of {STATES}")
        checks.done()


@dataclass(frozen=True, slots=True)
class Decision:
    """What the software recommends; a named role decides.

    Attributes
    ----------
    code
        One of ``DECISIONS``.
    reasons
        Everything looked at, the worst first.
    """

    code: str
    reasons: tuple[Reason, ...]

    def __post_init__(self) -> None:
        """Refuse an unknown code."""
        checks = Checks("decision")
        checks.that(self.code in DECISIONS, "code", self.code, f"must be one of {DECISIONS}")
        checks.done()


@dataclass(frozen=True, slots=True)
class PlanBreach:
    """One rule that a plan breaks.

    Attributes
    ----------
    rule
        One of ``RULES``.
    where
        Id of the movement, gate, link, zone or site; with the time where there is one.
    value, limit
        What was found and what is allowed, in ``unit``.
    unit
        Unit of both; empty where there is none.
    text
        One plain sentence.
    """

    rule: str
    where: str
    value: float
    limit: float
    unit: str
    text: str

    def __str__(self) -> str:
        return f"{self.rule}: {self.where}: {self.text}"


@dataclass(frozen=True, slots=True, eq=False)
class GateRecord:
    """What the replay saw at one gate, step by step.

    Attributes
    ----------
    corridor
        Id.
    arrived, passed, waiting
        Shape (steps,), persons that came to the holding area and passed the gate in each step,
        and that were still waiting at its end. Step 0 begins at the scenario's start.
    """

    corridor: str
    arrived: NDArray[np.float64]
    passed: NDArray[np.float64]
    waiting: NDArray[np.float64]

    def __post_init__(self) -> None:
        """Freeze the columns."""
        for field in ("arrived", "passed", "waiting"):
            object.__setattr__(self, field, frozen_array(getattr(self, field), np.float64))


@dataclass(frozen=True, slots=True)
class CareTally:
    """Patients as the judge counted them.

    Attributes
    ----------
    listed, red, out, red_out
        Patients who may still be called, those of them who are red, and how many are brought out.
    companions_out
        Companions brought out with them.
    colours
        A row a colour, in the order of claims: colour, listed, out.
    beds
        A row a hospital and kind: hospital, kind, places, used.
    """

    listed: int
    red: int
    out: int
    red_out: int
    companions_out: int
    colours: tuple[tuple[str, int, int], ...]
    beds: tuple[tuple[str, str, float, int], ...]


@dataclass(frozen=True, slots=True)
class FleetTally:
    """Vehicles as the judge counted them.

    Attributes
    ----------
    vehicles, trips
        Vehicles of the fleet, and trips that bring anyone out.
    seats_offered, seats_used
        Places of any kind on those trips, and those that are taken.
    riders
        Persons of the demand brought out in them.
    """

    vehicles: int
    trips: int
    seats_offered: int
    seats_used: int
    riders: int


@dataclass(frozen=True, slots=True)
class AidTally:
    """Convoys as the judge counted them.

    Attributes
    ----------
    convoys, arrived
        Convoys that are to come in, and those that the plan brings to their zone.
    persons_served
        Persons whom the loads of those serve.
    """

    convoys: int
    arrived: int
    persons_served: int


@dataclass(frozen=True, slots=True, eq=False)
class Verdict:
    """The judge's findings about a plan; nothing in it comes from the solver.

    Attributes
    ----------
    breaches
        Every rule broken; empty if the plan can be carried out as it stands.
    people_inside, people_willing, people_out
        Persons.
    out_by_day
        Pairs of local date (ISO) and persons out on it, one for each day that has a window.
    out_by_zone, willing_by_zone
        Persons, in the order of the scenario's zones.
    out_by_group
        Persons, in the order of the scenario's groups.
    hours_until_out
        Person-hours from the scenario's start until out of the exit, over those brought out.
    exposure_person_hours
        Person-hours between leaving home and being out of the exit: walking, waiting at the
        mouth, and the corridor.
    step_s
        Seconds a step of the records.
    gates
        One record a corridor, in the scenario's order.
    peak_link_use
        Highest use of any open link in any slot, as a share of what it can carry.
    decision
        Whether to run, with every reason; None if no ensemble was looked at.
    care, fleet, aid
        Patients, vehicles and convoys; None where the scenario has none.
    """

    breaches: tuple[PlanBreach, ...]
    people_inside: int
    people_willing: int
    people_out: int
    out_by_day: tuple[tuple[str, int], ...]
    out_by_zone: tuple[int, ...]
    willing_by_zone: tuple[int, ...]
    out_by_group: tuple[int, ...]
    hours_until_out: float
    exposure_person_hours: float
    step_s: int
    gates: tuple[GateRecord, ...]
    peak_link_use: float
    decision: Decision | None = None
    care: CareTally | None = None
    fleet: FleetTally | None = None
    aid: AidTally | None = None

    @property
    def feasible(self) -> bool:
        """Whether no rule is broken."""
        return not self.breaches
