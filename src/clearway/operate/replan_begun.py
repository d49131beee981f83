"""A running pause as a plan made anew finds it: what its log tells, from plan to plan."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

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
from clearway.operate.state_said import said

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
    day = _Day(run, now_s)
    printed = day.plan(-1)
    events = said_in_records(scenario, printed, run.records, now_s, words)
    told = known(scenario, with_said(run.records, events), now)
    expect_openings(told, printed, now_s)
    plan, past = day.ran()
    return Begun(
        before=day.made_for(-1).scenario,
        plan=day.resumed(plan, told),
        now_s=now_s,
        told=told.scenario,
        lost=tuple(told.lost),
        past=past,
        events=events,
    )


def still_away(run: Run, now_s: int) -> tuple[Turn, ...]:
    """Return those who were turned before ``now_s`` and are not back by then.

    By plans that were adopted, or on the day under one of them.
    """
    return _Day(run, now_s).ran()[1].turns


class _Day:
    """The plans of a pause until now, the last of each moment, in order."""

    def __init__(self, run: Run, now_s: int) -> None:
        self._run, self._now_s = run, now_s
        found = [one for one in said(run.records).sayings if one.event.kind == "plan"]
        until = run.scenario.moment(now_s)
        last = {one.at: one for one in found if one.at <= until}
        #: The first plan holds before its moment as well; a run without any is told by itself.
        self._told, self._first = list(last.values()) or found[:1], found[:1]
        self._plans: dict[datetime, Plan] = {}

    def plan(self, n: int) -> Plan:
        """Return the n-th plan as printed."""
        at = self._told[n].at if self._told else self._run.scenario.moment(self._now_s)
        if at not in self._plans:
            self._plans[at] = self._run.plan(at)
        return self._plans[at]

    def made_for(self, n: int) -> Known:
        """Return the conditions for which the n-th plan was made: the first as announced."""
        scenario, told = self._run.scenario, self._told[n]
        if told.record == self._first[0].record:
            return known(scenario, (), min(told.at, scenario.start))
        return known(scenario, _stood_before(self._run.records, told.record), told.at)

    def ran(self) -> tuple[Plan, Past]:
        """Return the plan that holds as it ran until now, and who is not back yet."""
        now = self._run.scenario.moment(self._now_s)
        plan, past = self._ran(-1, self._run.records, now)
        away = (*self._turned_before(), *past.turns)
        return plan, Past(tuple(one for one in away if one.back_s > self._now_s), past.late)

    def resumed(self, plan: Plan, told: Known) -> Plan:
        """Return a plan with what was announced before a stop that is over; as it is if none is."""
        if not self.made_for(-1).stopped - told.stopped:
            return plan
        before = (n for n in range(len(self._told) - 2, -1, -1) if not self.made_for(n).stopped)
        n = next(before, None)
        if n is None:
            return plan
        at_s = self._run.scenario.seconds(self._told[n + 1].at)
        held = _held_inside(self.plan(n), self.plan(n + 1), at_s)
        return taken_up(plan, self.plan(n), self._now_s, held=held)

    def _ran(self, n: int, records: tuple[Record, ...], at: datetime) -> tuple[Plan, Past]:
        scenario = self._run.scenario
        conditions = known(scenario, before_now(records, at), at)
        return as_it_ran(scenario, self.plan(n), conditions)

    def _turned_before(self) -> Iterator[Turn]:
        """Yield those who were turned under plans before the one that holds, or by the next one."""
        scenario = self._run.scenario
        for n, after in enumerate(self._told[1:]):
            at_s = scenario.seconds(after.at)
            if at_s + _BACK_S > self._now_s:
                records = _stood_before(self._run.records, after.record)
                plan, past = self._ran(n, records, after.at)
                yield from past.turns
                yield from turned(scenario, plan, self.plan(n + 1), at_s)


def _stood_before(records: Iterable[Record], one: Record) -> tuple[Record, ...]:
    """Return the records that a record's writer had when it was written."""
    seen = {(head.writer, head.chain): head.number for head in one.seen}
    seen[one.writer, one.chain] = one.number - 1
    return tuple(r for r in records if r.number <= seen.get((r.writer, r.chain), 0))


def _held_inside(before: Plan, after: Plan, at_s: int) -> set[str]:
    """Return the vehicles that were inside when one plan gave way to another, and stayed there."""
    kept = {(duty.id, trip.gate_in_s) for duty in after.duties for trip in duty.trips}
    return {
        duty.vehicle
        for duty in before.duties
        for trip in duty.trips
        if trip.gate_in_s < at_s <= trip.gate_out_s and (duty.id, trip.gate_in_s) not in kept
    }
