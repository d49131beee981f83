"""The judge of plans made anew: sound from now on, and true to what has happened."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from types import MappingProxyType
from typing import Final

import numpy as np
from numpy.typing import NDArray

from clearway.judge.anew_orders import count_changes
from clearway.judge.anew_past import check_past, gone
from clearway.judge.case import Case, open_case
from clearway.judge.check import CHECKS, Check, breaches
from clearway.model.duty import Load
from clearway.model.plan import Movement, Plan
from clearway.model.replan import Replan
from clearway.model.scenario import Scenario, row_of
from clearway.model.verdict import PlanBreach

#: Rules of which a breach may be what has happened: no plan from now on can undo it.
FACTS: Final = frozenset(
    {
        "window",
        "margin",
        "link",
        "gate",
        "holding",
        "duty",
        "trip",
        "lane",
        "linked",
        "triage",
    }
)
#: Of those the rules at gates, which nobody on the way there must be let go on to break.
AT_GATES: Final = frozenset({"window", "margin", "holding"})


def judge_replan(
    scenario: Scenario, plan: Plan, revised: Scenario, replan: Replan
) -> tuple[PlanBreach, ...]:
    """Return every rule that a plan made anew breaks, by rule and then the worst first.

    The plan is judged against the scenario as it is known now, by every rule but the order of
    households: whoever was turned back or can no longer go as announced is called when there is
    room, after others of their zone. A breach that those who had left before now bring about
    alone, at the same place and not worse, is what has happened and no fault of the plan; at gates
    that is those alone who had come there: others could have been turned.
    Moreover nothing before now may have changed, nobody who turned may be called before being
    back, no household may be lost or called twice, and changed orders must be counted rightly.

    Parameters
    ----------
    scenario, plan
        As they were before.
    revised
        The scenario as it is known now.
    replan
        Any; nothing in it raises.
    """
    case = open_case(revised, replan.plan)
    found = breaches(case, RULES_ANEW)
    facts = {(one.rule, one.where): one for one in _facts(revised, replan)}
    found = tuple(one for one in found if not _is_fact(one, facts))
    return (
        *found,
        *check_past(scenario, plan, revised, replan),
        *_check_turned(revised, replan),
        *_check_count(scenario, plan, revised, replan),
    )


def _facts(revised: Scenario, replan: Replan) -> Iterator[PlanBreach]:
    """Yield what those who had left break, at gates only through those who had come to one.

    Whoever was still on the way there could have been turned.
    """
    past = open_case(revised, gone(replan.plan, replan.now_s))
    yield from breaches(past, {rule: CHECKS[rule] for rule in FACTS - AT_GATES})
    moves, walks = past.moves, past.walks
    walked = walks.before[moves.offset[walks.usable.nonzero()[0]] + walks.gate[walks.usable]]
    tick_s = revised.planning.tick_s
    usable = [move for move, there in zip(past.plan.movements, walks.usable, strict=True) if there]
    came = tuple(
        move
        for move, ticks in zip(usable, walked.tolist(), strict=True)
        if move.depart_s + ticks * tick_s < replan.now_s
    )
    at_gates = open_case(revised, past.plan.replace(movements=came))
    yield from breaches(at_gates, {rule: CHECKS[rule] for rule in FACTS & AT_GATES})


def _is_fact(one: PlanBreach, facts: Mapping[tuple[str, str], PlanBreach]) -> bool:
    if one.rule == "gate" and " slot " not in one.where:
        return False  # Who still waits when a gate closes could have been turned.
    fact = facts.get((one.rule, one.where))
    return fact is not None and abs(one.value - one.limit) <= abs(fact.value - fact.limit) + 1e-6


def _check_whole(case: Case) -> Iterator[PlanBreach]:
    """Yield a breach where persons are not those of whole households."""
    sums = _sums(case.scenario)
    zones, groups = row_of(case.scenario.zones), row_of(case.scenario.groups)
    for name, zone, group, first, count, persons in _called(case.plan):
        if zone not in zones or group not in groups:
            continue  # A breach of its own.
        total = sums[zones[zone], groups[group]]
        end = first + count
        if not 0 <= first <= end <= len(total) - 1:
            continue  # There are no such households: that is a breach of supply.
        right = int(total[end] - total[first])
        if persons != right:
            text = f"{name} has {persons:,} persons, its households have {right:,}."
            yield PlanBreach("household", name, persons, right, "persons", text)


def _called(plan: Plan) -> Iterator[tuple[str, str, str, int, int, int]]:
    """Yield name, zone, group, first household, households and persons of all who are called."""
    for move in plan.movements:
        size = (move.first_household, move.households, move.persons)
        yield (move.id, move.zone, move.group, *size)
    for duty in plan.duties:
        for n, trip in enumerate(duty.trips, 1):
            for stop in trip.stops:
                for load in stop.loads:
                    size = (load.first_household, load.households, load.persons)
                    yield (f"{duty.id} trip {n}", stop.zone, load.group, *size)


def _sums(scenario: Scenario) -> dict[tuple[int, int], NDArray[np.int64]]:
    pairs = [(z, g) for z in range(len(scenario.zones)) for g in range(len(scenario.groups))]
    return {
        (z, g): np.concatenate([[0], np.cumsum(scenario.demand.sequence(z, g))]) for z, g in pairs
    }


#: The check of every rule, with that of households as plans made anew must keep it.
RULES_ANEW: Final[Mapping[str, Check]] = MappingProxyType({**CHECKS, "household": _check_whole})


def _check_turned(revised: Scenario, replan: Replan) -> Iterator[PlanBreach]:
    """Yield a breach for each call of somebody who is on the way back then, on foot or aboard."""
    later = list(_left(replan.plan))
    for turn in (*replan.turns, *replan.earlier):
        end = turn.first_household + turn.households
        for name, run, (zone, group), at in later:
            mine = (zone, group) == (turn.zone, turn.group) and at < turn.back_s
            last = run.first_household + run.households
            if mine and run.first_household < end and turn.first_household < last:
                text = (
                    f"{name} calls households at {revised.moment(at):%Y-%m-%d %H:%M} that are"
                    f" back from {turn.movement} at {revised.moment(turn.back_s):%H:%M} only."
                )
                yield PlanBreach("household", name, at, turn.back_s, "s", text)


def _left(plan: Plan) -> Iterator[tuple[str, Movement | Load, tuple[str, str], float]]:
    """Yield name, households, zone and group, and the second in which they leave, of all calls."""
    for move in plan.movements:
        yield move.id, move, (move.zone, move.group), float(move.depart_s)
    for duty in plan.duties:
        for n, trip in enumerate(duty.trips, 1):
            for stop in trip.stops:
                for load in stop.loads:
                    yield f"{duty.id} trip {n}", load, (stop.zone, load.group), float(stop.leave_s)


def _check_count(
    scenario: Scenario, plan: Plan, revised: Scenario, replan: Replan
) -> Iterable[PlanBreach]:
    """Return a breach for each count of changed orders that is not what is found."""
    right = count_changes(scenario, plan, revised, replan)
    for field in ("affected", "affected_changed", "unaffected", "unaffected_changed"):
        told, found = getattr(replan.changes, field), getattr(right, field)
        if told != found:
            text = f"The plan says that {field} households are {told:,}; {found:,} are found."
            yield PlanBreach("claim", field, told, found, "households", text)
