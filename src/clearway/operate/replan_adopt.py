"""A plan made anew becomes the plan of a running pause, and what it was made for stands in its log.

First what happened is written down, record by record, then the plan, and last the record that
names it. Whoever is stopped in between has true records in the log, and the plan before still
holds; the same command once more tells nothing twice.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import closing

from clearway.errors import Breach, LogError
from clearway.model.event import Event
from clearway.model.plan import Plan
from clearway.operate.log.opening import open_log
from clearway.operate.run_folder import LOG_FILE, Run, add_plan, open_run
from clearway.operate.state_said import said
from clearway.seal.keys import WriterKey


def adopt(run: Run, plan: Plan, events: Sequence[Event], key: WriterKey, now_s: int) -> int:
    """Let a plan made anew hold from now on, and write down what it was made for.

    Parameters
    ----------
    run
        As it was when the plan was made.
    plan
        Judged by whoever calls.
    events
        What the log does not tell yet, in order.
    key
        Of this laptop.
    now_s
        Seconds from the scenario's start.

    Returns
    -------
    int
        Number of the plan in the run's folder.

    Raises
    ------
    LogError
        If the log has other records by now, or names a plan for a later moment; nothing is written
        then. If it cannot be written to.
    OSError
        If the folder cannot be.
    """
    now = run.scenario.moment(now_s)
    there = open_run(run.folder, run.passphrase)
    if there.records != run.records:
        raise _refused("must be as it was when the plan was made; make it anew")
    if any(one.event.kind == "plan" and one.at > now for one in said(there.records).sayings):
        raise _refused("must name no plan that holds from a later moment than --now")
    with closing(open_log(run.folder / LOG_FILE, key, run.passphrase)) as log:
        for event in events:
            log.append(event)
    return add_plan(there, plan, key, now)


def _refused(rule: str) -> LogError:
    return LogError("nothing was adopted", (Breach(LOG_FILE, 0, "plan", "", rule),))
