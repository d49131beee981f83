"""What is known of a running pause at one moment: who is where, and what the gates do."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from clearway.model.checks import Checks
from clearway.model.facts import Text

#: What a gate does: not announced for any time ahead, announced, open, shut for now within its
#: window, stopped by a general stop, or over for the day with a window still to come.
UNANNOUNCED, ANNOUNCED, LATE = "not announced", "announced", "not open yet"
OPEN_NOW, SHUT, STOPPED, OVER = "open", "closed", "stopped", "over"
GATE_PHASES: Final = (UNANNOUNCED, ANNOUNCED, LATE, OPEN_NOW, SHUT, STOPPED, OVER)

AT_DEPOT, WAY_IN, INSIDE_WAY, AT_STOP = "depot", "way in", "inside", "stop"
IN_CORRIDOR, WAY_ON, AT_END, LOST, BACK_TURNED = (
    "corridor",
    "way on",
    "destination",
    "lost",
    "turned",
)
#: Where a vehicle or convoy is.
PLACES: Final = (
    AT_DEPOT,
    WAY_IN,
    INSIDE_WAY,
    AT_STOP,
    IN_CORRIDOR,
    WAY_ON,
    AT_END,
    LOST,
    BACK_TURNED,
)


@dataclass(frozen=True, slots=True)
class Many:
    """Whole households and the persons in them.

    Attributes
    ----------
    households, persons
        How many.
    """

    households: int = 0
    persons: int = 0

    def __add__(self, other: Many) -> Many:
        return Many(self.households + other.households, self.persons + other.persons)


@dataclass(frozen=True, slots=True)
class Whereabouts:
    """Where the households of a movement, or of a zone and group, are.

    Attributes
    ----------
    home
        Not called, held, or home again.
    under_way
        From leaving home until passing the gate, waiting at the mouth included; those who ride,
        from boarding on.
    corridor
        Between the gate and the exit.
    out
        Beyond the exit.
    turned
        Sent back on the way, and not yet said to be home.
    """

    home: Many = Many()
    under_way: Many = Many()
    corridor: Many = Many()
    out: Many = Many()
    turned: Many = Many()

    def __add__(self, other: Whereabouts) -> Whereabouts:
        return Whereabouts(
            self.home + other.home,
            self.under_way + other.under_way,
            self.corridor + other.corridor,
            self.out + other.out,
            self.turned + other.turned,
        )

    @property
    def total(self) -> Many:
        """All of them: as many as are willing, at every moment."""
        return self.home + self.under_way + self.corridor + self.out + self.turned


@dataclass(frozen=True, slots=True)
class MovementState:
    """What the households of one movement do.

    They leave, pass and come out in their order: the first are out first, the last at home last.

    Attributes
    ----------
    id
        Of the movement.
    left_s
        When the first of them left home, in seconds from the scenario's start; None if none did.
    where
        Where they are.
    waiting
        Those under way who stand at the mouth.
    held
        Whether those at home are held: by a record, or because they were due and the gate does
        not serve, or more people wait there than the rules allow.
    """

    id: str
    left_s: float | None
    where: Whereabouts
    waiting: Many
    held: bool


@dataclass(frozen=True, slots=True)
class ZoneState:
    """Where those of one zone and group are who are willing to go.

    Attributes
    ----------
    zone, group
        Ids.
    where
        Where they are; those no movement or vehicle is for are at home.
    """

    zone: str
    group: str
    where: Whereabouts


@dataclass(frozen=True, slots=True)
class GateState:
    """What one gate does, and what went through it on its day.

    Attributes
    ----------
    corridor
        Id.
    phase
        One of ``GATE_PHASES``.
    opens_s, closes_s
        Of the window that is open, or the next one, or the last, as known now; seconds from the
        scenario's start. None if none was announced.
    persons_share, vehicles_share
        Of its usual rates, as it serves now; 0 while it does not.
    waiting, inside
        Persons at the mouth, and between gate and exit.
    passed
        Persons who passed since that window's announced opening, by this state: on foot, in cars,
        aboard vehicles.
    planned
        The same by the plan as it is printed, had the gate opened and served as announced.
    counted
        Persons told by counts of that window; None if there are none.
    """

    corridor: str
    phase: str
    opens_s: int | None
    closes_s: int | None
    persons_share: float
    vehicles_share: float
    waiting: int
    inside: int
    passed: int
    planned: int
    counted: int | None

    def __post_init__(self) -> None:
        """Refuse an unknown phase."""
        checks = Checks(f"gate {self.corridor}")
        checks.that(self.phase in GATE_PHASES, "phase", self.phase, f"must be in {GATE_PHASES}")
        checks.done()


@dataclass(frozen=True, slots=True)
class CountState:
    """One count at a gate beside what was expected.

    Attributes
    ----------
    corridor
        Id.
    since_s, until_s
        Between which was counted, seconds from the scenario's start.
    counted
        Persons, as told.
    passed
        Persons who passed then by this state.
    planned
        Persons who pass then by the plan as it is printed.
    """

    corridor: str
    since_s: int
    until_s: int
    counted: int
    passed: int
    planned: int

    @property
    def difference(self) -> int:
        """How many more were counted than the plan has."""
        return self.counted - self.planned


@dataclass(frozen=True, slots=True)
class VehicleState:
    """Where one vehicle is.

    Attributes
    ----------
    vehicle, duty
        As in the plan.
    trip
        From 1 in the duty; 0 before the first.
    place
        One of ``PLACES``.
    where
        Id of the corridor, zone, destination or depot that ``place`` speaks of.
    since_s
        Since when, seconds from the scenario's start; None at the depot before the first trip.
    told
        Whether a record says so; else it is so by the plan.
    late_s
        Seconds behind the plan.
    riders, patients
        Persons of the demand aboard, and codes of patients aboard.
    """

    vehicle: str
    duty: str
    trip: int
    place: str
    where: str
    since_s: float | None
    told: bool
    late_s: float
    riders: int
    patients: tuple[str, ...]

    def __post_init__(self) -> None:
        """Refuse an unknown place."""
        checks = Checks(f"vehicle {self.vehicle}")
        checks.that(self.place in PLACES, "place", self.place, f"must be one of {PLACES}")
        checks.done()


@dataclass(frozen=True, slots=True)
class ConvoyState:
    """Where one aid convoy is.

    Attributes
    ----------
    convoy
        Id.
    place, where, since_s, told, late_s
        As of a vehicle.
    delivered
        Whether it was unloaded.
    """

    convoy: str
    place: str
    where: str
    since_s: float | None
    told: bool
    late_s: float
    delivered: bool

    def __post_init__(self) -> None:
        """Refuse an unknown place."""
        checks = Checks(f"convoy {self.convoy}")
        checks.that(self.place in PLACES, "place", self.place, f"must be one of {PLACES}")
        checks.done()


@dataclass(frozen=True, slots=True)
class CaseSpan:
    """How long a patient was in one state.

    Attributes
    ----------
    state
        One of ``clearway.model.event.CASE_STATES``.
    since_s
        Seconds from the scenario's start; None for the state in which the log found them.
    seconds
        Until the next state, or until now; None where ``since_s`` is.
    """

    state: str
    since_s: int | None
    seconds: int | None


@dataclass(frozen=True, slots=True)
class CaseState:
    """One line of the case list.

    Attributes
    ----------
    code
        Of the patient.
    spans
        Each state that is on record, in order; the last is the present one.
    planned
        ``moved`` or ``handed over`` where that is so by the plan and the last record is older;
        else empty.
    vehicle
        Which fetches them by the plan; empty for none.
    place
        As the last record says; may be empty.
    """

    code: str
    spans: tuple[CaseSpan, ...]
    planned: str
    vehicle: str
    place: str

    @property
    def state(self) -> str:
        """The present state on record."""
        return self.spans[-1].state


@dataclass(frozen=True, slots=True)
class Odd:
    """Something in the log that was not used as it stands, and why.

    Attributes
    ----------
    hash
        Of the record.
    text
        Why.
    """

    hash: str
    text: Text


@dataclass(frozen=True, slots=True)
class State:
    """All that is known at one moment, rebuilt from scenario, plan and log alone.

    Attributes
    ----------
    scenario
        Id.
    now_s
        Seconds from the scenario's start.
    gates
        One a corridor, in the scenario's order.
    movements
        One a movement, in the plan's order.
    people
        One a zone and group, in the scenario's order.
    counts
        In the order of the log.
    vehicles
        One a vehicle of the plan, by name.
    convoys
        One a convoy run of the plan, in its order.
    cases
        One a patient, in the scenario's order.
    lost
        Vehicles that are lost, by name, those of no duty as well.
    odd
        What could not be used.
    """

    scenario: str
    now_s: float
    gates: tuple[GateState, ...]
    movements: tuple[MovementState, ...]
    people: tuple[ZoneState, ...]
    counts: tuple[CountState, ...]
    vehicles: tuple[VehicleState, ...]
    convoys: tuple[ConvoyState, ...]
    cases: tuple[CaseState, ...]
    lost: tuple[str, ...]
    odd: tuple[Odd, ...]

    @property
    def where(self) -> Whereabouts:
        """Where all who are willing are."""
        return sum((one.where for one in self.people), Whereabouts())

    def movement(self, name: str) -> MovementState:
        """Return the state of a movement by its id; ``KeyError`` if the plan has none."""
        for one in self.movements:
            if one.id == name:
                return one
        raise KeyError(name)

    def gate(self, corridor: str) -> GateState:
        """Return the state of a corridor's gate; ``KeyError`` if there is none."""
        for one in self.gates:
            if one.corridor == corridor:
                return one
        raise KeyError(corridor)
