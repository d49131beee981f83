"""A running pause as its abort starts from it: the plan as it ran, and the conditions known."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from clearway.model.plan import Plan
from clearway.model.scenario import Scenario
from clearway.operate.known import known
from clearway.operate.replan_begun import still_away
from clearway.operate.replan_past import as_it_ran
from clearway.operate.run_folder import Run
from clearway.operate.state_said import said
from clearway.publish.abort_basis import Basis


@dataclass(frozen=True, slots=True, eq=False)
class Begun:
    """A running pause at a moment.

    Attributes
    ----------
    scenario
        Its conditions as they are known.
    plan
        The plan that holds, as it ran until then and is announced from then on. It may break
        rules: it is what happened.
    basis
        What that rests on.
    """

    scenario: Scenario
    plan: Plan
    basis: Basis


def begun(run: Run, now: datetime) -> Begun:
    """Return a running pause as it is known at a moment.

    Parameters
    ----------
    run
        Of the pause.
    now
        A moment with a time zone, to the second.

    Raises
    ------
    LogError
        If the log names no plan, or the plan in the folder is not the one that it names.
    ScenarioError
        With every breach of the plan's file.
    """
    conditions = known(run.scenario, run.records, now)
    plan, _ = as_it_ran(run.scenario, run.plan(now), conditions)
    everything = said(run.records).sayings
    # Before the first record the first plan holds, and it is that record which names it.
    sayings = [one for one in everything if one.at <= now] or everything[:1]
    away = still_away(run, run.scenario.seconds(now))
    basis = Basis(
        plan=run.version(now),
        now=now,
        records=len(sayings),
        last_hash=sayings[-1].record.hash,
        last_kind=sayings[-1].event.kind,
        last_at=sayings[-1].at,
        unused=len(conditions.odd),
        lost=tuple(sorted(conditions.lost)),
        turned=sum(one.persons for one in away),
    )
    return Begun(conditions.scenario, plan, basis)
