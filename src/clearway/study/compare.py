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

#: Members that are at least run together: each run makes its streets anew.
FEW: Final = 8


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
    # Where the plan for the mean catches people, a margin likely does too: those go first.
    suspects = ensemble.numbers[plain.caught.sum(axis=1) > 0]
    for minutes in MARGINS_MIN:
        if bench.catches_more(minutes * 60.0, suspects, allowed):
            continue
        flat = bench.run(minutes * 60.0, ensemble.numbers)
        if flat is None:
            return None
        if flat.anyone_caught.hits <= allowed:
            other = Alternative(bench.plan.persons, minutes * 60.0, flat)
            return Comparison(ensemble, deterministic, other)
    return Comparison(ensemble, deterministic, None)


def members_accepted(risk: float, members: int) -> int:
    """Return how many of ``members`` may catch anyone at a risk: the whole ones.

    29 % of 100 are 29, though the product of the two floats is a trifle less.
    """
    return int(np.floor(risk * members + 1e-9))


class _Told:
    """Counts members over several runs, up to what was expected."""

    def __init__(self, progress: Callable[[int, int], None] | None, expected: int) -> None:
        self._progress, self._expected, self._before = progress, expected, 0

    def __call__(self, done: int, of: int) -> None:
        """Hear that ``done`` members of a run of ``of`` are there."""
        if self._progress is not None:
            self._progress(min(self._before + done, self._expected), self._expected)
        if done == of:
            self._before += of


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
        all_of_it = len(members) == len(self.ensemble)
        found = simulate(
            self.scenario,
            ruled,
            members,
            seed,
            progress=self.told if all_of_it else None,
            stop=self.stop,
        )
        return found if len(found) == len(members) else None

    def catches_more(self, margin_s: float, numbers: NDArray[np.int64], allowed: int) -> bool:
        """Whether more than ``allowed`` of these members catch anyone; gives up as soon as known.

        False if stopped: the next run says so.
        """
        hits = 0
        few = max(allowed + 1, FEW)
        for first in range(0, len(numbers), few):
            found = self.run(margin_s, numbers[first : first + few])
            if found is None:
                return False
            hits += found.anyone_caught.hits
            if hits > allowed:
                return True
        return False
