"""What was said in plain words, as records of the log tell it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, Final

import numpy as np

from clearway.errors import Breach, LogError, ScenarioError
from clearway.model.event import Event
from clearway.model.plan import Plan
from clearway.model.rates import SERVES, Shares
from clearway.model.record import Record
from clearway.model.scenario import Scenario
from clearway.operate.known import Known, known
from clearway.operate.replan_events import moment_said, revise, window_on

#: Of records that nobody wrote down yet.
_NOBODY: Final = "0" * 16


def said_in_records(
    scenario: Scenario,
    plan: Plan,
    records: Sequence[Record],
    now_s: int,
    events: Iterable[str],
) -> tuple[Event, ...]:
    """Return the records that tell ``events`` and that the log does not have yet, in order.

    Once they stand in the log, what is known at ``now_s`` is what was said.

    Parameters
    ----------
    scenario
        As it was before the pause.
    plan
        Has the names of vehicles.
    records
        Of the log.
    now_s
        Seconds from the scenario's start at which they are said.
    events
        In the forms of :func:`~clearway.operate.replan_events.revise`.

    Raises
    ------
    ScenarioError
        With every event that cannot be read, or that names what is not there.
    """
    teller = _Teller(scenario, plan, tuple(records), now_s)
    wrong = list[Breach]()
    for one in events:
        try:
            teller.tell(one)
        except ScenarioError as error:
            wrong += error.breaches
    if wrong:
        raise ScenarioError(tuple(wrong))
    return tuple(teller.events)


def with_said(records: Sequence[Record], events: Iterable[Event]) -> tuple[Record, ...]:
    """Return records with those that are only said so far after them, without a seal."""
    last = max(one.written for one in records)
    return (
        *records,
        *(
            Record(
                writer=_NOBODY,
                chain="operations",
                number=number,
                written=last + timedelta(seconds=number),
                event=event,
                seen=(),
                before="",
                hash=f"{number:064x}",
                signature="",
            )
            for number, event in enumerate(events, len(records) + 1)
        ),
    )


def expect_openings(told: Known, plan: Plan, now_s: int) -> None:
    """Refuse to go on where by the plan people went to a gate of which no opening is on record.

    Parameters
    ----------
    told
        What is known now.
    plan
        As it is taken to have run until now.
    now_s
        Seconds from the scenario's start.

    Raises
    ------
    LogError
        With each such window.
    """
    wrong = list[Breach]()
    for one in told.windows:
        scenario, window = told.scenario, one.window
        opens, closes = (scenario.seconds(at) for at in (window.opens, window.closes))
        went = _went(plan, window.corridor, (opens, min(closes, now_s)))
        # The first of the closings is the announced one: nobody said anything else of it.
        silent = one.late or (not one.opened and len(one.closings) == 1)
        if went and silent:
            day = scenario.moment(opens).date().isoformat()
            rule = (
                f"must tell whether it opened: by the plan {went:,} people have gone to it by now,"
                " and no opening is on record; write a window record, or closed or cut if it did"
                " not open"
            )
            wrong.append(Breach("log.db", 0, "window", f"{window.corridor} {day}", rule))
    if wrong:
        msg = "the log does not tell what a plan made anew must start from"
        raise LogError(msg, tuple(wrong))


def _went(plan: Plan, corridor: str, span: tuple[int, int]) -> int:
    """Return the persons who by a plan left for a gate on foot or passed it aboard in a span."""
    walked = (
        move.persons
        for move in plan.movements
        if move.corridor == corridor and span[0] <= move.depart_s < span[1]
    )
    trips = (trip for duty in plan.duties for trip in duty.trips)
    rode = (
        sum(load.persons for load in trip.loads) + len(trip.patients)
        for trip in trips
        if trip.corridor_out == corridor and span[0] <= trip.gate_out_s < span[1]
    )
    return sum(walked) + sum(rode)


@dataclass(slots=True)
class _Teller:
    """Puts events into records, one after another, each by what is known after those before."""

    scenario: Scenario
    plan: Plan
    records: tuple[Record, ...]
    now_s: int
    events: list[Event] = field(default_factory=list)

    def tell(self, told: str) -> None:
        """Add the records that one event needs."""
        there = self._known()
        revise(there.scenario, self.plan, self.now_s, [told])  # Raises what is wrong with it.
        *names, last = told.split()
        if last in {"stop", "resume"}:
            every = {corridor.id for corridor in self.scenario.corridors}
            stopped = set(there.stopped)
            if stopped != every if last == "stop" else stopped:
                self._add(last, corridors=[], reason="")
        elif last == "lost":
            for name in dict.fromkeys(names):
                if name not in there.lost:
                    self._add("vehicle", vehicle=name, trip=self._trip(name), state="lost")
        elif last == "closed":
            if names[0] not in there.closed:
                self._add("closure", corridor=names[0], closed=True, reason="")
        elif len(names) == 1 or names[1] == "at":
            self._serve(there, names[0], 1.0 if last == "open" else int(last[:-1]) / 100)
        else:
            self._hours(there, names[0], names[1], last)

    def _known(self) -> Known:
        now = self.scenario.moment(self.now_s)
        return known(self.scenario, with_said(self.records, self.events), now)

    def _serve(self, there: Known, corridor: str, share: float) -> None:
        """Let a gate serve again that is shut, and at a share if it does not already."""
        self._lift(there, corridor)
        if any(one != share for one in self._served(corridor, self.now_s)):
            self._add("gate", corridor=corridor, persons_share=share, vehicles_share=share)

    def _lift(self, there: Known, corridor: str) -> None:
        """Let a stop and a closure of a gate be over."""
        if corridor in there.stopped:
            self._add("resume", corridors=[corridor], reason="")
        if corridor in there.closed:
            self._add("closure", corridor=corridor, closed=False, reason="")

    def _served(self, corridor: str, at_s: int) -> list[float]:
        """Return the shares at which a gate serves at a moment, by what is known now."""
        scenario = self._known().scenario
        return [float(Shares(scenario, corridor, by).at(np.array([at_s]))[0]) for by in SERVES]

    def _hours(self, there: Known, corridor: str, verb: str, said: str) -> None:
        """Announce the hours of a window; one that is open is cut first where it opens later.

        An opening lifts what shuts the gate.
        """
        scenario, now = self.scenario, self.scenario.moment(self.now_s)
        at = moment_said(there.scenario, self.now_s, said)
        window = window_on(there.scenario, corridor, at)
        stretch = next(one for one in there.windows if one.window is window)
        known_s = stretch.open_s[-1][0] if stretch.open_s and not stretch.late else None
        opens = window.opens if known_s is None else scenario.moment(known_s)
        hours = (at, window.closes) if verb == "opens" else (opens, at)
        day = scenario.moment(scenario.seconds(window.opens)).date().isoformat()
        about = {"corridor": corridor, "day": day}
        if verb == "opens":
            self._lift(there, corridor)
        if hours != (opens, window.closes) or stretch.late:
            if verb == "opens" and stretch.opened and opens <= now < at:
                until = {"opens": opens.isoformat(), "closes": now.isoformat()}
                self._add("window", **about, state="cut", **until)
            told = {"opens": hours[0].isoformat(), "closes": hours[1].isoformat()}
            self._add("window", **about, state="announced", **told)
        if verb == "opens" and not any(self._served(corridor, scenario.seconds(at))):
            self._add("gate", corridor=corridor, persons_share=1.0, vehicles_share=1.0)

    def _trip(self, name: str) -> int:
        """Return the number of the trip that a vehicle is on, or of its last."""
        trips = [trip for duty in self.plan.duties if duty.vehicle == name for trip in duty.trips]
        return max(1, sum(trip.leave_s <= self.now_s for trip in trips))

    def _add(self, kind: str, /, **about: Any) -> None:
        self.events.append(Event(kind, self.scenario.moment(self.now_s), about))
