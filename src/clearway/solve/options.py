"""What a caller may ask of ``solve``, and what it hears while it waits."""

from __future__ import annotations

from dataclasses import dataclass

from clearway.model.checks import Checks


@dataclass(frozen=True, slots=True)
class SolveOptions:
    """How far to go.

    Attributes
    ----------
    seconds
        Seconds after which the best plan so far is returned.
    gap
        Share of the bound below which a level counts as proved.
    """

    seconds: float = 600.0
    gap: float = 1e-3

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
        Name of the level that is being solved.
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
