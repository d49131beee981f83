"""What withstanding costs and gains: the same draws under other plans."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from clearway.model.checks import Checks
from clearway.model.outcome import Ensemble, mean_interval


@dataclass(frozen=True, slots=True, eq=False)
class Alternative:
    """Another plan, simulated with the same seed and members.

    Attributes
    ----------
    promised
        Persons it brings out if all goes as announced.
    margin_s
        Its one margin before closing, the same at each gate; None if it has those of the scenario.
    ensemble
        What became of it.
    """

    promised: int
    margin_s: float | None
    ensemble: Ensemble


@dataclass(frozen=True, slots=True, eq=False)
class Comparison:
    """A plan beside the one made for the mean, and beside one flat margin at equal risk.

    Attributes
    ----------
    ensemble
        Of the plan itself.
    deterministic
        The plan made for central values, under the usual rules.
    flat
        The same with the least flat margin whose risk is no higher than the plan's accepted one;
        None if no margin reaches it.
    """

    ensemble: Ensemble
    deterministic: Alternative
    flat: Alternative | None

    def __post_init__(self) -> None:
        """Refuse members that were not drawn alike."""
        checks = Checks("comparison")
        others = (self.deterministic, *([self.flat] if self.flat else []))
        for other in others:
            same = np.array_equal(other.ensemble.numbers, self.ensemble.numbers)
            same = same and other.ensemble.seed == self.ensemble.seed
            checks.that(same, "numbers", other.ensemble.seed, "must be the same draws")
        checks.done()

    @property
    def price_of_robustness(self) -> tuple[float, float, float]:
        """Persons fewer than the deterministic plan, member by member: mean and 95 % interval."""
        other = self.deterministic.ensemble.people_out
        return mean_interval((other - self.ensemble.people_out).astype(np.float64))

    @property
    def gain_over_flat(self) -> tuple[float, float, float] | None:
        """Persons more than under the flat margin: mean and 95 % interval; None without one."""
        if self.flat is None:
            return None
        other = self.flat.ensemble.people_out
        return mean_interval((self.ensemble.people_out - other).astype(np.float64))

    @property
    def perfect_information(self) -> tuple[float, float, float]:
        """Persons more, at most, had each draw been known: mean and 95 % interval."""
        return mean_interval((self.ensemble.most - self.ensemble.people_out).astype(np.float64))
