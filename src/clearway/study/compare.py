"""What withstanding costs and gains: other plans under the same draws."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from clearway.model.comparison import Alternative, Comparison
from clearway.model.outcome import Ensemble
from clearway.model.plan import Plan
from clearway.model.scenario import Scenario
from clearway.simulate.simulate import simulate
from clearway.simulate.usual import usual_rules
from clearway.solve.options import SolveOptions
from clearway.solve.solve import solve

#: Flat margins that are tried, in minutes before closing.
MARGINS_MIN: Final = (*range(30, 180, 15), *range(180, 481, 30))

#: Members that are at least run together, and those of which nothing is suspected: each run makes
#: its streets anew.
FEW: Final = 4
MANY: Final = 48


def compare(
    scenario: Scenario,
    plan: Plan,
    ensemble: Ensemble,
    *,
    progress: Callable[[int, int], None] | None = None,
    stop: Callable[[], bool] | None = None,
) -> Comparison | None:
    """Return ``plan`` beside the one made for the mean, and beside one flat margin.

    The deterministic plan runs by the usual rules with the scenario's margins. With the flat one
    no gate admits anybody later than one margin before closing, the same for every corridor and
    group: the least of ``MARGINS_MIN`` with which no more members catch anyone than the plan's
    accepted risk allows, or than the plan's own do if those are more.

    Parameters
    ----------
    scenario, plan, ensemble
        What was simulated, and what came of it; the same members are drawn again.
    progress
        Told how many members are done, of how many.
    stop
        Asked after each member; true gives up.

    Returns
    -------
    Comparison
        None if it was stopped.
    """
    # Vehicles drive by the same orders in every plan: risk is met by those who are called.
    driven = plan if plan.duties or plan.convoys else None
    mean = solve(scenario, SolveOptions(proof=False, vehicles=driven))
    bench = _Bench(scenario, mean, ensemble, _Told(progress, 2 * len(ensemble)), stop)
    plain = bench.run(None, ensemble.numbers)
    if plain is None:
        return None
    deterministic = Alternative(bench.plan.persons, None, plain)
    if plan.rules is None:
        return Comparison(ensemble, deterministic, None)
    accepted = members_accepted(plan.rules.risk, len(ensemble))
    allowed = max(accepted, ensemble.anyone_caught.hits)
    # Where a plan or margin catches people, the next likely does too: those members go first.
    suspects = _caught(plain)
    for minutes in MARGINS_MIN:
        flat = bench.within(minutes * 60.0, suspects, allowed)
        if flat is None:
            return None
        if flat.anyone_caught.hits <= allowed:
            other = Alternative(bench.plan.persons, minutes * 60.0, flat)
            return Comparison(ensemble, deterministic, other)
        suspects = [*(one for one in _caught(flat) if one not in suspects), *suspects]
    return Comparison(ensemble, deterministic, None)


def _caught(ensemble: Ensemble) -> list[int]:
    """Return the numbers of the members in which anyone is caught."""
    found: list[int] = ensemble.numbers[ensemble.caught.sum(axis=1) > 0].tolist()
    return found


def members_accepted(risk: float, members: int) -> int:
    """Return how many of ``members`` may catch anyone at a risk: the whole ones.

    29 % of 100 are 29, though the product of the two floats is a trifle less.
    """
    return int(np.floor(risk * members + 1e-9))


class _Told:
    """Counts members over several runs, up to what was expected; what was in vain not twice."""

    def __init__(self, progress: Callable[[int, int], None] | None, expected: int) -> None:
        self._progress, self._expected, self._before = progress, expected, 0
        self._most = 0

    def __call__(self, done: int, of: int) -> None:
        """Hear that ``done`` members of a run of ``of`` are there."""
        self._most = max(self._most, min(self._before + done, self._expected))
        if self._progress is not None:
            self._progress(self._most, self._expected)
        if done == of:
            self._before += of

    def forget(self, members: int) -> None:
        """Take back members that have to be run anew; less than was told is never told."""
        self._before -= members


@dataclass(frozen=True, slots=True)
class _Bench:
    """A table that is run by several rules under the draws of one ensemble."""

    scenario: Scenario
    plan: Plan
    ensemble: Ensemble
    told: _Told
    stop: Callable[[], bool] | None

    def run(self, margin_s: float | None, numbers: NDArray[np.int64]) -> Ensemble | None:
        """Return what came of the usual rules, with one margin if given; None if stopped."""
        rules = usual_rules(self.scenario, self.plan, margin_s)
        ruled = self.plan.replace(rules=rules)
        members = numbers.tolist()
        seed = self.ensemble.seed
        found = simulate(
            self.scenario,
            ruled,
            members,
            seed,
            progress=self.told,
            stop=self.stop,
        )
        return found if len(found) == len(members) else None

    def within(self, margin_s: float, suspects: list[int], allowed: int) -> Ensemble | None:
        """Return what comes of one margin; None if stopped.

        Suspects go first, a few at a time. All members are run unless more than ``allowed`` catch
        anyone: then it ends with those that showed it.
        """
        few = max(allowed + 1, FEW)
        parts = [suspects[first : first + few] for first in range(0, len(suspects), few)]
        rest = [one for one in self.ensemble.numbers.tolist() if one not in set(suspects)]
        parts += [rest[first : first + MANY] for first in range(0, len(rest), MANY)]
        found: Ensemble | None = None
        for numbers in parts:
            more = self.run(margin_s, np.array(numbers))
            if more is None:
                return None
            found = more if found is None else found.joined(more)
            if found.anyone_caught.hits > allowed:
                self.told.forget(len(found))
                return found
        # Members are compared one by one: if the ensemble has another order, so does this.
        every = self.ensemble.numbers
        same = found is not None and np.array_equal(found.numbers, every)
        return found if same else self.run(margin_s, every)
