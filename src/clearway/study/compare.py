"""What withstanding costs and gains: other plans under the same draws."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from clearway.model.comparison import Alternative, Comparison
from clearway.model.draws import draw_course
from clearway.model.outcome import Ensemble
from clearway.model.plan import Plan
from clearway.model.rules import Rules
from clearway.model.scenario import Scenario
from clearway.simulate.case import Case, lay_out, ruled
from clearway.simulate.member import Member
from clearway.simulate.simulate import run_members
from clearway.simulate.usual import usual_rules
from clearway.solve.options import SolveOptions
from clearway.solve.solve import solve

#: Flat margins that are tried, in minutes before closing.
MARGINS_MIN: Final = (*range(30, 180, 15), *range(180, 481, 30))


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
    told = _Told(progress, 2 * len(ensemble))
    bench = _Bench(lay_out(scenario, mean, usual_rules(scenario, mean)), ensemble, told, stop)
    plain = bench.run(bench.case.rules)
    if plain is None:
        return None
    deterministic = Alternative(mean.persons, None, plain)
    if plan.rules is None:
        return Comparison(ensemble, deterministic, None)
    accepted = members_accepted(plan.rules.risk, len(ensemble))
    allowed = max(accepted, ensemble.anyone_caught.hits)
    order = _before(_caught(plain), slowest_first(scenario, ensemble))
    for minutes in MARGINS_MIN:
        rules = usual_rules(scenario, mean, minutes * 60.0)
        flat = bench.run(rules, order, allowed)
        if flat is None:
            return None
        if flat.anyone_caught.hits <= allowed:
            other = Alternative(mean.persons, minutes * 60.0, flat)
            return Comparison(ensemble, deterministic, other)
        # Where one margin catches people, the next likely does too: those members go first.
        order = _before(_caught(flat), order)
    return Comparison(ensemble, deterministic, None)


def _before(some: list[int], others: list[int]) -> list[int]:
    """Return ``some``, then those of ``others`` that are not among them."""
    ahead = set(some)
    return [*some, *(one for one in others if one not in ahead)]


def _caught(ensemble: Ensemble) -> list[int]:
    """Return the numbers of the members in which anyone is caught."""
    found: list[int] = ensemble.numbers[ensemble.caught.sum(axis=1) > 0].tolist()
    return found


def slowest_first(scenario: Scenario, ensemble: Ensemble) -> list[int]:
    """Return all members, those with the slowest second check first.

    Whoever is caught mostly stood in its queue: it is inside the corridor.
    """
    numbers: list[int] = ensemble.numbers.tolist()
    rates = {one: draw_course(scenario, ensemble.seed, one).recheck_rate for one in numbers}
    return sorted(numbers, key=lambda one: rates[one].min(where=rates[one] > 0, initial=np.inf))


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

    def __call__(self, done: int) -> None:
        """Hear that ``done`` members of a run are there; less than was told is never told."""
        self._most = max(self._most, min(self._before + done, self._expected))
        if self._progress is not None:
            self._progress(self._most, self._expected)

    def keep(self, members: int) -> None:
        """Count the members of a run to the end: they will not be run again."""
        self._before += members


@dataclass(slots=True)
class _Watch:
    """Counts the members of one run, and ends it when it has shown enough."""

    told: _Told
    stop: Callable[[], bool] | None
    allowed: float
    done: int = 0
    caught: int = 0

    def __call__(self, member: Member) -> bool:
        """Hear of one more member; return whether to run no others."""
        self.done += 1
        self.caught += member.catches
        self.told(self.done)
        return (self.stop is not None and self.stop()) or self.caught > self.allowed


@dataclass(frozen=True, slots=True)
class _Bench:
    """A table that is run by several rules under the draws of one ensemble."""

    case: Case
    ensemble: Ensemble
    told: _Told
    stop: Callable[[], bool] | None

    def run(
        self, rules: Rules, order: Sequence[int] = (), allowed: float = np.inf
    ) -> Ensemble | None:
        """Return what comes of some rules; None if it was stopped.

        All members are run, in ``order``, unless more than ``allowed`` catch anyone: then it ends
        with those that showed it.
        """
        watch = _Watch(self.told, self.stop, allowed)
        numbers, seed = self.ensemble.numbers.tolist(), self.ensemble.seed
        found = run_members(ruled(self.case, rules), numbers, seed, watch, first=order)
        if watch.caught > allowed:
            return found
        self.told.keep(len(found))
        return found if len(found) == len(numbers) else None
