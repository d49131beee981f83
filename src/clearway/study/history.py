"""History as a test: recorded cases beside what is simulated from priors fixed before."""

from __future__ import annotations

import os
from collections.abc import Callable

from clearway.model.checks import Checks
from clearway.simulate.simulate import simulate
from clearway.solve.solve import solve
from clearway.study.cases import read_cases
from clearway.study.trials import History, Trial, measured


def history(
    folder: str | os.PathLike[str],
    *,
    members: int = 400,
    seed: int = 1,
    progress: Callable[[str, int, int], None] | None = None,
) -> History:
    """Plan and simulate every recorded case as it was known before, then look at its record.

    Each case is solved for its central values and simulated under the usual rules. Its record is
    no input of either.

    Parameters
    ----------
    folder
        As :func:`~clearway.study.cases.read_cases` takes it.
    members
        Members of each ensemble.
    seed
        From which they are drawn; the same for every case.
    progress
        Called now and then with the id of the case, members done and members in all.

    Raises
    ------
    ScenarioError
        If the folder's files break rules, or ``members`` is not 2 to 100,000.
    """
    checks = Checks("history")
    checks.number("members", members, 2, 100_000)
    checks.number("seed", seed, 0, 2**53)
    checks.done()
    trials: list[Trial] = []
    for case in read_cases(folder):
        scenario = case.scenario
        plan = solve(scenario)
        watch = _named(scenario.id, progress)
        ensemble = simulate(scenario, plan, members=members, seed=seed, progress=watch)
        trials += [measured(scenario, ensemble, recorded) for recorded in case.recorded]
    return History(tuple(trials), members, seed)


def _named(
    case: str, progress: Callable[[str, int, int], None] | None
) -> Callable[[int, int], None] | None:
    if progress is None:
        return None
    tell = progress
    return lambda done, of: tell(case, done, of)
