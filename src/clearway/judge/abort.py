"""Whether an abort holds: found from the plan alone, by code that did not make it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from clearway.judge.abort_orders import OrderCheck
from clearway.judge.abort_reach import Reach
from clearway.judge.abort_seen import Watch
from clearway.judge.abort_step import StepCheck
from clearway.judge.abort_turns import TurnCheck
from clearway.judge.case import Case, open_case
from clearway.judge.words import plain
from clearway.model.abort import ABORT_RULES, Abort
from clearway.model.plan import Plan
from clearway.model.scenario import Scenario
from clearway.model.verdict import PlanBreach


def judge_abort(
    scenario: Scenario, plan: Plan, abort: Abort, at_s: int | None = None
) -> tuple[PlanBreach, ...]:
    """Check what everybody does if all stops against the plan.

    Who is under way, and where, follows from the replay of the plan; how long each way to cover
    takes is worked out anew. Everybody under way has one instruction, and it can be kept in the
    time that it says; shelters hold those who are sent there; nobody could be out or under cover
    sooner where there is room; the prices of shelters prove the bound; what is printed is what is
    done; turn-backs are the latest.

    Parameters
    ----------
    scenario, plan
        The plan keeps every rule; of one that does not, what cannot be followed is left out.
    abort
        Any.
    at_s
        The moment that it is for, if it is for one.

    Returns
    -------
    tuple
        Every breach, by rule; empty if it holds. Rules are ``ABORT_RULES``.
    """
    case = open_case(scenario, plan)
    reach = Reach(case)
    watch = Watch(case, reach)
    problem = next(_names(scenario, abort, watch), None)
    if problem is not None:
        return (problem,)
    found = [*_steps(case, abort, watch, at_s)]
    under_way: set[int] = set()
    for step in abort.steps:
        check = StepCheck(watch, reach, step)
        found += check.breaches()
        found += OrderCheck(check).breaches()
        under_way |= {part.mover for part in check.seen.values() if not part.past}
    found += TurnCheck(watch, reach).breaches(abort, under_way if at_s is not None else None)
    return tuple(sorted(found, key=lambda one: (ABORT_RULES.index(one.rule), one.where)))


def _names(scenario: Scenario, abort: Abort, watch: Watch) -> Iterator[PlanBreach]:
    """Yield whether the abort is for another scenario or plan."""
    shelters = tuple(shelter.id for shelter in scenario.shelters)
    for told, right, what in (
        (abort.scenario, scenario.id, "scenario"),
        (abort.shelters, shelters, "shelters"),
        (abort.movers, watch.movers, "movers"),
    ):
        if told != right:
            text = f"The abort is for other {what} than these."
            yield PlanBreach("scenario", plain(abort.scenario), 0, 0, "", text)


def _steps(case: Case, abort: Abort, watch: Watch, at_s: int | None) -> Iterator[PlanBreach]:
    """Yield steps that are missing, stand twice, or at which nobody is under way."""
    slot = case.scenario.planning.slot_s
    first, last = watch.moments
    moments = range(first // slot * slot, last + slot, slot) if at_s is None else (at_s,)
    wanted = {at for at in moments if next(watch.parts(at), None) is not None}
    counts = Counter(step.at_s for step in abort.steps)
    for at in sorted(wanted - counts.keys()):
        text = f"Somebody is under way at {case.when(at)}, and nothing is said for then."
        yield PlanBreach("step", case.when(at), 0, 1, "steps", text)
    for at, count in counts.items():
        if count > 1 or at not in wanted:
            text = f"{case.when(at)} stands twice, is no step, or nobody is under way then."
            yield PlanBreach("step", case.when(at), count, int(at in wanted), "steps", text)
