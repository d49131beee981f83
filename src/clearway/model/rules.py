"""Three rules that a gate team can follow by radio or by sight, fixed before the day."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

from clearway.model.checks import Checks

_CAPS: Final = (
    "hold_queue_persons",
    "hold_called_persons",
    "open_persons",
    "turn_m",
    "open_recheck_persons",
)


@dataclass(frozen=True, slots=True)
class GateRule:
    """What the team at one gate does.

    Attributes
    ----------
    corridor
        Id.
    hold_queue_persons
        Hold: no block is called while more people than this wait at the mouth.
    hold_called_persons
        Hold: no block is called while more people than this were called and have neither passed
        the gate nor been sent home (counted on the gate's tally).
    open_persons
        Hold: the gate admits nobody while this many are between it and the exit.
    last_entry_s
        One a group, in the scenario's order: nobody of it is admitted later than this many
        seconds before closing.
    turn_m
        Metres from the mouth to the marked point: on notice of a closing, those before it go
        back, those past it go on.
    last_entry_recheck_s, open_recheck_persons
        In place of ``last_entry_s`` (unless empty), and beside ``open_persons``, on days when
        people are checked again at the corridor's end. With 0 persons nobody is admitted then.
    """

    corridor: str
    hold_queue_persons: float
    hold_called_persons: float
    open_persons: float
    last_entry_s: tuple[float, ...]
    turn_m: float
    last_entry_recheck_s: tuple[float, ...] = ()
    open_recheck_persons: float = math.inf

    def __post_init__(self) -> None:
        """Refuse caps and times below zero."""
        checks = Checks(f"rule {self.corridor}")
        for field in _CAPS:
            value = getattr(self, field)
            checks.that(value >= 0, field, value, "must be 0 or more")  # infinite is no cap
        for field in ("last_entry_s", "last_entry_recheck_s"):
            for value in getattr(self, field):
                checks.number(field, value, 0, 86_400)
        pair = len(self.last_entry_recheck_s) in {0, len(self.last_entry_s)}
        checks.that(pair, "last_entry_recheck_s", "", "must be as many as last_entry_s, or none")
        checks.that(math.isfinite(self.turn_m), "turn_m", self.turn_m, "must be finite")
        checks.done()


@dataclass(frozen=True, slots=True)
class LastDeparture:
    """When people of one zone may leave for one corridor at the latest.

    Attributes
    ----------
    zone, group, corridor
        Ids.
    before_s
        Seconds before the corridor's closing.
    """

    zone: str
    group: str
    corridor: str
    before_s: float

    def __post_init__(self) -> None:
        """Refuse a departure after closing."""
        checks = Checks(f"last departure {self.zone} {self.corridor}")
        checks.number("before_s", self.before_s, 0, 7 * 86_400)
        checks.done()


@dataclass(frozen=True, slots=True)
class Rules:
    """The rules of a plan that is made to withstand what may come.

    Attributes
    ----------
    risk
        Accepted probability that anyone is caught, 0 to 1; 1 where none was set.
    gates
        One a corridor, in the scenario's order.
    last_departures
        For each zone, group and corridor that the plan uses; a block is not called later.
    """

    risk: float
    gates: tuple[GateRule, ...]
    last_departures: tuple[LastDeparture, ...]

    def __post_init__(self) -> None:
        """Refuse a risk that is no probability, and repeated rules."""
        checks = Checks("rules")
        checks.number("risk", self.risk, 0, 1)
        checks.unique("gates.corridor", [gate.corridor for gate in self.gates])
        keys = [(one.zone, one.group, one.corridor) for one in self.last_departures]
        checks.unique("last_departures", keys)
        checks.done()
