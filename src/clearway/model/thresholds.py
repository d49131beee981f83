"""How much of each harm is accepted: set by the scenario, never by the software."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import Any, Final, Self

from clearway.model.checks import Checks

MET, CONDITION, BARRED = "met", "condition", "barred"
STATES: Final = (MET, CONDITION, BARRED)
_UNSET: Final = "assumed: the scenario sets no other"


@dataclass(frozen=True, slots=True)
class Threshold:
    """Two limits on one measure: where conditions begin, and where running is barred.

    Attributes
    ----------
    go
        The measure is met up to here (from here on, where more is better).
    bar
        Beyond here the pause must not run; between the two it may, on conditions.
    source
        Who set them.
    """

    go: float
    bar: float
    source: str = _UNSET

    def __post_init__(self) -> None:
        """Refuse limits that are no numbers and a missing source."""
        checks = Checks("threshold")
        checks.number("go", self.go, 0, 1e9)
        checks.number("bar", self.bar, 0, 1e9)
        checks.that(bool(self.source.strip()), "source", self.source, "must name a source")
        checks.done()

    @property
    def more_is_better(self) -> bool:
        """Whether the measure should be high: its bar lies below the limit for go."""
        return self.bar < self.go

    def state(self, value: float) -> str:
        """Return ``met``, ``condition`` or ``barred`` for a measured value."""
        sign = -1.0 if self.more_is_better else 1.0
        if sign * value <= sign * self.go:
            return MET
        return CONDITION if sign * value <= sign * self.bar else BARRED


@dataclass(frozen=True, slots=True)
class Thresholds:
    """The limits that a recommendation to go is measured by.

    Attributes
    ----------
    caught_share
        Probability that anyone is caught in a corridor (upper 95 % limit).
    density_persons_per_m2
        Highest density at any mouth, in the worst tenth of members (alarm: 3.5, R21).
    wait_s
        Longest wait in the open at a mouth, in the worst tenth of members.
    first_priority_share
        Probability that all first-priority people who want to go are out; more is better.
    reception_share
        Most people at a reception site, as a share of its places, in the worst twentieth.
    shelter_share
        Most people waiting at a mouth, as a share of its holding area's limit, in the worst
        twentieth.
    open_share
        Most people between a gate and its exit, as a share of the corridor's limit, in the worst
        twentieth.
    turned_back_share
        People turned back as a share of those called, in the worst twentieth.
    turned_back_weight
        What one person turned back weighs against one brought out, when a plan is made.
    turned_back_weight_source
        Who set it.
    """

    caught_share: Threshold = Threshold(0.01, 0.05)
    density_persons_per_m2: Threshold = Threshold(3.5, 4.0)
    wait_s: Threshold = Threshold(7200.0, 14_400.0)
    first_priority_share: Threshold = Threshold(0.9, 0.5)
    reception_share: Threshold = Threshold(1.0, 1.2)
    shelter_share: Threshold = Threshold(1.0, 2.0)
    open_share: Threshold = Threshold(1.0, 1.2)
    turned_back_share: Threshold = Threshold(0.05, 0.2)
    turned_back_weight: float = 0.25
    turned_back_weight_source: str = _UNSET

    def __post_init__(self) -> None:
        """Refuse a weight off 0 to 10, and a probability of being caught off 0 to 1."""
        checks = Checks("thresholds")
        checks.number("turned_back_weight", self.turned_back_weight, 0, 10)
        for field in ("caught_share", "first_priority_share"):
            checks.number(f"{field}.go", getattr(self, field).go, 0, 1)
            checks.number(f"{field}.bar", getattr(self, field).bar, 0, 1)
        told = self.turned_back_weight_source
        checks.that(bool(told.strip()), "turned_back_weight_source", told, "must name a source")
        checks.done()

    def replace(self, **changes: Any) -> Self:
        """Return a copy with ``changes``, validated anew."""
        return dataclasses.replace(self, **changes)
