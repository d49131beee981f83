"""A running pause as a plan made anew finds it: what its log tells, from plan to plan."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import pairwise

from clearway.model.event import Event
from clearway.model.plan import Plan
from clearway.model.record import Record
from clearway.model.replan import Turn
from clearway.model.scenario import Scenario
from clearway.operate.known import Known, known
from clearway.operate.replan_past import NOTHING, Past, as_it_ran, before_now
from clearway.operate.replan_records import expect_openings, said_in_records, with_said
from clearway.operate.replan_resume import taken_up
from clearway.operate.replan_turned import turned
from clearway.operate.run_folder import Run
from clearway.operate.state_said import Saying, said

#: Seconds after which whoever was turned is back in any case.
_BACK_S = 86_400


@dataclass(frozen=True, slots=True)
class Begun:
    """A pause that has begun.

    Attributes
    ----------
    before
        Conditions for which the plan was made.
    plan
        As it ran until now and is announced from now on.
    now_s
        Seconds from the scenario's start.
    told
        Conditions as they are known now.
    lost
        Names of vehicles that are gone.
    past
        Who was turned before, and which vehicles are late.
    events
        What was said and the log does not tell.
    """

    before: Scenario
    plan: Plan
    now_s: int
    told: Scenario
    lost: tuple[str, ...] = ()
    past: Past = NOTHING
    events: tuple[Event, ...] = ()


def begun(run: Run, now_s: int, words: Iterable[str]) -> Begun:
    """Return a running pause as its log and some words tell it.

    The plan that holds ran as the state says (:func:`~clearway.operate.state.state`). It was made
    for what the log told when it was adopted; the first for the scenario as announced. Whatever
    was told since is a change, whoever wrote it down and when. Where all was stopped when the plan
    was made and goes on now, what had been announced for later is taken up again.

    Parameters
    ----------
    run
        With its log.
    now_s
        Seconds from the scenario's start.
    words
        What the log does not tell, in the forms of
        :func:`~clearway.operate.replan_events.revise`.

    Raises
    ------
    ScenarioError
        With every event that cannot be read.
    LogError
        If the log does not tell whether a gate opened to which people have gone by the plan, with
        each; if a plan that it names is not in the folder.
    """
    scenario, now = run.scenario, run.scenario.moment(now_s)
    printed = run.plan(now)
    events = said_in_records(scenario, printed, run.records, now_s, words)
    told = known(scenario, with_said(run.records, events), now)
    expect_openings(told, printed, now_s)
    versions = _versions(run, now_s)
    conditions = known(scenario, before_now(run.records, now), now)
    plan, past = as_it_ran(scenario, printed, conditions)
    away = (*_turned_before(run, versions, now_s), *past.turns)
    past = Past(tuple(one for one in away if one.back_s > now_s), past.late)
    plan = _resumed(run, versions, told, plan)
    before = _made_for(run, versions[-1]).scenario
    return Begun(before, plan, now_s, told.scenario, tuple(told.lost), past, events)


def still_away(run: Run, now_s: int) -> tuple[Turn, ...]:
    """Return those who were turned before ``now_s`` and are not back by then.

    By plans that were adopted, or on the day under one of them.
    """
    scenario, now = run.scenario, run.scenario.moment(now_s)
    conditions = known(scenario, before_now(run.records, now), now)
    _, past = as_it_ran(scenario, run.plan(now), conditions)
    found = (*_turned_before(run, _versions(run, now_s), now_s), *past.turns)
    return tuple(one for one in found if one.back_s > now_s)


def _versions(run: Run, now_s: int) -> list[Saying]:
    """Return the records that name plans until now, the last of each moment, in order.

    The first holds before its moment as well.
    """
    found = [one for one in said(run.records).sayings if one.event.kind == "plan"]
    until = run.scenario.moment(now_s)
    last = {one.at: one for one in found if one.at <= until}
    return list(last.values()) or found[:1]


def _made_for(run: Run, version: Saying) -> Known:
    """Return the conditions for which a plan was made: of the first those announced."""
    first = next(one for one in said(run.records).sayings if one.event.kind == "plan")
    if version.record == first.record:
        return known(run.scenario, (), min(version.at, run.scenario.start))
    return known(run.scenario, _stood_before(run.records, version.record), version.at)


def _stood_before(records: Iterable[Record], one: Record) -> tuple[Record, ...]:
    """Return the records that a record's writer had when it was written."""
    seen = {(head.writer, head.chain): head.number for head in one.seen}
    seen[one.writer, one.chain] = one.number - 1
    return tuple(r for r in records if r.number <= seen.get((r.writer, r.chain), 0))


def _turned_before(run: Run, versions: list[Saying], now_s: int) -> Iterator[Turn]:
    """Yield those who were turned under plans before the one that holds, or by the next one."""
    scenario = run.scenario
    for one, after in pairwise(versions):
        at_s = scenario.seconds(after.at)
        if at_s + _BACK_S <= now_s:
            continue
        records = before_now(_stood_before(run.records, after.record), after.at)
        conditions = known(scenario, records, after.at)
        plan, past = as_it_ran(scenario, run.plan(one.at), conditions)
        yield from past.turns
        yield from turned(scenario, plan, run.plan(after.at), at_s)


def _resumed(run: Run, versions: list[Saying], told: Known, plan: Plan) -> Plan:
    """Return a plan with what was announced before a stop that is over; as it is if none is."""
    stopped = [_made_for(run, one).stopped for one in versions]
    if not stopped[-1] - told.stopped:
        return plan
    last = max((n for n, one in enumerate(stopped) if not one), default=None)
    if last is None:
        return plan
    announced, at_s = run.plan(versions[last].at), run.scenario.seconds(versions[last + 1].at)
    kept = {
        (duty.id, trip.gate_in_s)
        for duty in run.plan(versions[last + 1].at).duties
        for trip in duty.trips
    }
    held = {
        duty.vehicle
        for duty in announced.duties
        for trip in duty.trips
        if trip.gate_in_s < at_s <= trip.gate_out_s and (duty.id, trip.gate_in_s) not in kept
    }
    return taken_up(plan, announced, int(told.now_s), held=held)
