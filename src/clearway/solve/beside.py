"""The whole plan where something drives: vehicles first, then those who go by themselves."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

import numpy as np

from clearway.model.facts import Text
from clearway.model.plan import EXPOSURE, HOURS, PARTIAL, PEOPLE, Level, Plan, Status
from clearway.model.scenario import Scenario
from clearway.solve.dues import COUNT
from clearway.solve.explain import Shadow, explain
from clearway.solve.fewer import fewer, small, stand_idle
from clearway.solve.fleet import Driven
from clearway.solve.go import Afoot, go
from clearway.solve.highs import INFINITY
from clearway.solve.joint import Joint
from clearway.solve.options import Watch
from clearway.solve.problem import Problem, pose
from clearway.solve.relax import Relaxation
from clearway.solve.replay import Outcome
from clearway.solve.withstand import rules_for

#: What the linear program's values may be off by, as a share.
SOLVED = 1e-6
#: Share by which the bound of exposure may be off: a small part of what is asked of its gap.
NEAR = 1e-3
#: Share by which the bound of exposure may be off: rounding leaves little more at that level.
NEARER = 1e-3
_NOTHING = Outcome(0, 0.0, 0.0, 0.0)

One = TypeVar("One")
Other = TypeVar("Other")


def beside(whole: Problem, driven: Driven, risk: float | None, watch: Watch) -> Plan:
    """Return the plan of vehicles and of those who go by themselves in what is left.

    Parameters
    ----------
    whole
        With nothing taken, for the bounds.
    driven
        What vehicles do.
    risk
        As in :func:`clearway.solve.solve.solve`.
    watch
        Ends it early.
    """
    scenario = whole.scenario
    best, known = _both(
        lambda: _best(whole, driven, risk, watch),
        lambda: _reach(driven.joint, watch.silent()),
        watch,
    )
    if best.driven.joint is not driven.joint:
        known = _reach(best.driven.joint, watch.silent())
    driven, afoot, total = best.driven, best.afoot, best.total
    movements = () if afoot is None else afoot.movements
    levels, rules = _both(
        lambda: _levels(driven, total, known, watch),
        lambda: rules_for(scenario, movements, risk, watch.silent()),
        watch,
    )
    shadow = None
    if afoot is not None:
        people = afoot.relaxation.best(PEOPLE, weighted=False)
        shadow = Shadow.of_relaxation(afoot.relaxation, people)
    finished = afoot is None or afoot.flow.finished
    status = explain(whole, shadow, levels[0], finished=finished)
    if total.persons == 0 and (driven.duties or driven.convoys):
        status = Status(PARTIAL, status.reason, status.binding)
    return Plan(
        scenario=scenario.id,
        movements=movements,
        levels=(*driven.levels, *levels),
        status=_with_ring(status, driven.waiting),
        willing_persons=int(whole.supply.sum()),
        uptake=scenario.planning.uptake.central,
        duties=driven.duties,
        convoys=driven.convoys,
        rules=rules,
    )


@dataclasses.dataclass(frozen=True, slots=True, eq=False)
class _Found:
    """What vehicles do, what is found for those who go by themselves, and what both come to."""

    driven: Driven
    afoot: Afoot | None
    total: Outcome

    @property
    def worth(self) -> tuple[float, ...]:
        """What is compared, the first first: patients, aid, people, then exposure and hours."""
        patients = (level.value for level in self.driven.levels)
        total = self.total
        hours = -total.exposure_hours, -total.out_hours
        return (*patients, float(len(self.driven.convoys)), total.weight, *hours)

    def perfect(self, whole: Problem) -> bool:
        """Return whether everybody comes out who could at all."""
        everyone = float((whole.supply * whole.weights).sum())
        patients = all(level.value == level.bound for level in self.driven.levels)
        aid = len(self.driven.convoys) == len(whole.scenario.aid.convoys)
        return patients and aid and self.total.weight >= everyone


def _best(whole: Problem, driven: Driven, risk: float | None, watch: Watch) -> _Found:
    """Return what is best of all vehicles, and of every smaller fleet where those are tried.

    Rounding may cost more than a vehicle more brings, where a gate is what binds.
    """
    best = _found(whole.scenario, driven, risk, watch)
    for few, outside in _tries(whole):
        if best.perfect(whole) or watch.over():
            break
        other = _found(few, stand_idle(whole, few, driven, outside=outside), risk, watch)
        if other.worth > best.worth:
            best = other
    return best


def _tries(whole: Problem) -> Iterator[tuple[Scenario, bool]]:
    """Yield fleets that are tried too, and whether those inside are planned as if outside.

    So they never bring out fewer than if they came in for their first trip as well.
    """
    scenario = whole.scenario
    within = bool(scenario.fleet.inside) and small(whole)
    if within:
        yield scenario, True
    for few in fewer(whole):
        yield few, False
        if within:
            yield few, True


def _found(scenario: Scenario, driven: Driven, risk: float | None, watch: Watch) -> _Found:
    """Return what vehicles leave to those who go by themselves; without rides if that is more."""
    afoot, most = _both(
        lambda: go(pose(scenario, driven.taken), risk, watch),
        lambda: _most_without_rides(driven),
        watch,
    )
    total = _sum(driven.riders, _NOTHING if afoot is None else afoot.outcome)
    # Nobody rides in what is left: to look for that is worth while if it could bring out more.
    alone = go(driven.left, risk, watch) if most > total.weight else None
    if alone is not None and alone.outcome.weight > total.weight:
        # Where gates bind, slots that vehicles make uneven can cost more than rides bring.
        driven = dataclasses.replace(driven, duties=driven.for_patients)
        return _Found(driven, alone, alone.outcome)
    return _Found(driven, afoot, total)


def _most_without_rides(driven: Driven) -> float:
    """Return what a plan in which nobody rides can reach at most; 0 if this is none other."""
    return Relaxation(driven.left).best(PEOPLE).value if driven.riders.persons else 0.0


def _both(one: Callable[[], One], other: Callable[[], Other], watch: Watch) -> tuple[One, Other]:
    """Do two things at once that know nothing of each other; the other in a thread of its own."""
    with ThreadPoolExecutor(1) as pool:
        waits = pool.submit(other)
        try:
            return one(), waits.result()
        except BaseException:
            watch.end()
            raise


def _sum(one: Outcome, other: Outcome) -> Outcome:
    return Outcome(
        one.persons + other.persons,
        one.weight + other.weight,
        one.exposure_hours + other.exposure_hours,
        one.out_hours + other.out_hours,
    )


def _reach(joint: Joint, watch: Watch) -> tuple[float, float]:
    """Return the most persons that can come out, and the weight that days so far reach."""
    if not watch.proves:
        return INFINITY, INFINITY
    most = joint.bound(COUNT, watch=watch).proved
    return most, joint.bound(PEOPLE, watch=watch).reached


def _levels(
    driven: Driven, total: Outcome, known: tuple[float, float], watch: Watch
) -> tuple[Level, ...]:
    """Return the levels of the demand, with bounds for what patients leave."""
    if not watch.proves:
        values = {PEOPLE: float(total.persons), EXPOSURE: total.exposure_hours}
        values |= {HOURS: total.out_hours}
        most = float(driven.left.supply.sum())
        return tuple(Level(n, v, most if n == PEOPLE else 0.0) for n, v in values.items())
    joint, (most, reached) = driven.joint, known
    # Loads in the program are those of a trip on average: it may not quite reach the plan's weight.
    weight = min(total.weight, reached) * (1 - SOLVED)
    exposure = joint.bound(EXPOSURE, weight=weight, watch=watch, near=NEARER)
    spent = max(total.exposure_hours, exposure.reached) * (1 + SOLVED)
    hours = joint.bound(HOURS, weight=weight, exposure=spent, watch=watch)
    least = {EXPOSURE: exposure.proved, HOURS: hours.proved}
    people = Level(PEOPLE, float(total.persons), float(np.floor(most * (1 + SOLVED) + SOLVED)))
    open_air = Level(EXPOSURE, total.exposure_hours, least[EXPOSURE])
    return people, open_air, Level(HOURS, total.out_hours, least[HOURS])


def _with_ring(status: Status, waiting: tuple[str, ...]) -> Status:
    """Say which conditions wait for one another, if any do: nothing of them moves."""
    if not waiting:
        return status
    names = ", ".join(waiting)
    reason = Text(
        f"{status.reason.en} Conditions {names} wait for one another: none of what they name can"
        " begin until one of them is dropped.",
        f"{status.reason.ar} الشروط {names} ينتظر بعضها بعضًا: لا يمكن أن يبدأ شيء مما تذكره ما لم"
        " يُرفع أحدها.",
    )
    return Status(status.code, reason, status.binding)
