"""What a caller may ask of ``solve``, and what it hears while it waits."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from clearway.model.checks import Checks
from clearway.model.plan import Plan

#: The stage that tries rules for gates; its value and bound are rules tried, and in all.
RULES: Final = "rules"


@dataclass(frozen=True, slots=True)
class SolveOptions:
    """How far to go.

    Attributes
    ----------
    seconds
        Seconds after which the best plan so far is returned.
    gap
        Share of the bound below which a level counts as proved.
    proof
        Whether to prove how good a plan with vehicles is; without, its bounds say next to nothing.
    vehicles
        A plan of the same scenario whose vehicles drive as they do there, and nothing is proved;
        None to plan them, too.
    """

    seconds: float = 600.0
    gap: float = 1e-3
    proof: bool = True
    vehicles: Plan | None = None

    def __post_init__(self) -> None:
        """Refuse times and gaps that make no sense."""
        checks = Checks("solve options")
        checks.number("seconds", self.seconds, 0, 1e7)
        checks.number("gap", self.gap, 0, 1)
        checks.done()


@dataclass(frozen=True, slots=True)
class Progress:
    """One round of one stage.

    Attributes
    ----------
    stage
        Name of the level that is being solved, or ``RULES``.
    round
        Round of pricing within the stage, from 1.
    value, bound
        Of the linear program so far, in the level's unit.
    gap
        Between the two, as a share of the bound.
    seconds
        Since the start.
    """

    stage: str
    round: int
    value: float
    bound: float
    gap: float
    seconds: float


class Watch:
    """Keeps the time, hears whether to stop, and tells how far solving has come."""

    def __init__(
        self,
        options: SolveOptions,
        progress: Callable[[Progress], None] | None,
        stop: Callable[[], bool] | None,
    ) -> None:
        """Start the clock."""
        self._options, self._progress, self._stop = options, progress, stop
        self._begin = time.monotonic()
        self._ended = False

    def over(self) -> bool:
        """Return whether to end with what there is: out of time, or asked to stop."""
        late = time.monotonic() - self._begin >= self._options.seconds
        return self._ended or late or (self._stop is not None and self._stop())

    def end(self) -> None:
        """Be over from now on, in whatever thread."""
        self._ended = True

    def silent(self) -> Watch:
        """Return a watch that ends with this one and tells nothing."""
        other = Watch(self._options, None, self.over)
        other._begin = self._begin
        return other

    def left_s(self) -> float:
        """Return the seconds that are left."""
        return max(0.0, self._options.seconds - (time.monotonic() - self._begin))

    @property
    def proves(self) -> bool:
        """Whether bounds were asked for."""
        return self._options.proof

    def near(self, value: float, bound: float) -> bool:
        """Return whether ``value`` is within a tenth of the gap; rounding has the rest."""
        return value - bound <= 0.1 * self._options.gap * abs(bound)

    def close(self, value: float, bound: float) -> bool:
        """Return whether ``value`` is within the gap that was asked for."""
        return value - bound <= self._options.gap * abs(bound)

    def tell(self, level: str, number: int, value: float, bound: float) -> None:
        """Report a round; people count below zero inside, above it outside."""
        if self._progress is None:
            return
        sign = -1.0 if value < 0 else 1.0
        gap = abs(value - bound) / abs(bound) if bound else 0.0
        seconds = time.monotonic() - self._begin
        self._progress(Progress(level, number, sign * value, sign * bound, gap, seconds))
