"""What gates do, who passed them, and what was counted beside what was expected."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Self

import numpy as np
from numpy.typing import NDArray

from clearway.model.plan import Plan
from clearway.model.rates import PERSONS, VEHICLES, Shares
from clearway.model.scenario import Scenario, row_of
from clearway.model.state import (
    ANNOUNCED,
    LATE,
    OPEN_NOW,
    OVER,
    SHUT,
    STOPPED,
    UNANNOUNCED,
    CountState,
    GateState,
)
from clearway.operate.known import Known
from clearway.operate.known_windows import Stretches
from clearway.operate.state_rides import Ride, trip_persons
from clearway.operate.state_walks import Trace


@dataclass(frozen=True, slots=True, eq=False)
class Passed:
    """Who came to gates and passed them, by corridor; seconds from the scenario's start.

    Attributes
    ----------
    corridor, persons
        Shape (p,), row and persons of each household, and of each trip.
    arrived_s, passed_s, out_s, turned_s
        Shape (p,), infinite for never.
    through
        One a corridor: the moments at which somebody passed, in order, and shape (n + 1,) how many
        had passed before each.
    """

    corridor: NDArray[np.int64]
    persons: NDArray[np.int64]
    arrived_s: NDArray[np.float64]
    passed_s: NDArray[np.float64]
    out_s: NDArray[np.float64]
    turned_s: NDArray[np.float64]
    through: tuple[tuple[NDArray[np.float64], NDArray[np.int64]], ...]

    @classmethod
    def of(
        cls,
        scenario: Scenario,
        plan: Plan,
        walks: Trace,
        vehicles: Sequence[Ride],
    ) -> Self:
        """Gather them from what became of movements and vehicles.

        Parameters
        ----------
        scenario
            With its corridors and patients.
        plan
            What ran.
        walks, vehicles
            As they ran.
        """
        rows = row_of(scenario.corridors)
        of = np.array([rows[move.corridor] for move in plan.movements], dtype=np.int64)
        codes = {one.code: one.persons for one in scenario.care.patients}
        trips = [
            (
                rows[trip.corridor_out],
                trip_persons(trip, codes),
                one.when(n, "gate out"),
                one.when(n, "exit"),
            )
            for one in vehicles
            for n, trip in enumerate(one.errand.trips)
        ]
        corridor, persons, gate_s, exit_s = zip(*trips, strict=True) if trips else ((),) * 4
        never = np.full(len(trips), np.inf)
        gate = np.array(gate_s, dtype=float)
        of = np.concatenate([of[walks.movement], np.array(corridor, dtype=np.int64)])
        size = np.concatenate([walks.size, np.array(persons, dtype=np.int64)])
        passed = np.concatenate([walks.passed_s, gate])
        return cls(
            of,
            size,
            np.concatenate([walks.arrived_s, gate]),
            passed,
            np.concatenate([walks.out_s, np.array(exit_s, dtype=float)]),
            np.concatenate([walks.turned_s, never]),
            tuple(_in_order(passed[of == k], size[of == k]) for k in rows.values()),
        )

    def between(self, corridor: int, since_s: float, until_s: float) -> int:
        """Return the persons who passed a gate from one moment until before another."""
        moments, before = self.through[corridor]
        first, last = np.searchsorted(moments, (since_s, max(since_s, until_s)))
        return int(before[last] - before[first])

    def waiting(self, corridor: int, now_s: float) -> int:
        """Return the persons who stand at a mouth."""
        there = (self.arrived_s <= now_s) & (self.passed_s > now_s) & (self.turned_s > now_s)
        return int(self.persons[(self.corridor == corridor) & there].sum())

    def inside(self, corridor: int, now_s: float) -> int:
        """Return the persons between a gate and its exit."""
        there = (self.passed_s <= now_s) & (self.out_s > now_s) & (self.turned_s > now_s)
        return int(self.persons[(self.corridor == corridor) & there].sum())


def gate_states(conditions: Known, passed: Passed, printed: Passed) -> tuple[GateState, ...]:
    """Return what every gate does.

    Parameters
    ----------
    conditions
        As known.
    passed, printed
        Who passed by this state, and by the plan as printed under the scenario as announced.
    """
    return tuple(
        _gate(conditions, k, passed, printed) for k in range(len(conditions.scenario.corridors))
    )


def count_states(conditions: Known, passed: Passed, printed: Passed) -> tuple[CountState, ...]:
    """Return every count beside what was expected.

    Parameters
    ----------
    conditions, passed, printed
        As for ``gate_states``.
    """
    rows = row_of(conditions.scenario.corridors)
    found = []
    for name, since, until, persons in _counts(conditions):
        span = (rows[name], since, until)
        found.append(
            CountState(name, since, until, persons, passed.between(*span), printed.between(*span))
        )
    return tuple(found)


def _counts(conditions: Known) -> list[tuple[str, int, int, int]]:
    """Return of every count the corridor, from when until when, and the persons."""
    seconds = conditions.scenario.seconds
    return [
        (
            one.event.about["corridor"],
            seconds(datetime.fromisoformat(one.event.about["since"])),
            seconds(datetime.fromisoformat(one.event.about["until"])),
            one.event.about["persons"],
        )
        for one in conditions.of("count")
    ]


def _gate(conditions: Known, k: int, passed: Passed, printed: Passed) -> GateState:
    scenario, now_s = conditions.scenario, conditions.now_s
    name = scenario.corridors[k].id
    window = _window(conditions, name)
    phase = _phase(conditions, name, window)
    opens, closes = (None, None) if window is None else _hours(scenario, window)
    since = now_s if window is None else min(scenario.seconds(window.window.opens), now_s)
    own = [
        persons
        for corridor, begin, end, persons in _counts(conditions)
        if corridor == name and opens is not None and closes is not None
        if begin < closes and end > opens
    ]
    at = np.array([now_s])
    shares = [
        float(Shares(scenario, name, serves).at(at)[0]) if phase == OPEN_NOW else 0.0
        for serves in (PERSONS, VEHICLES)
    ]
    until = np.nextafter(now_s, np.inf)  # those who pass now have passed
    return GateState(
        corridor=name,
        phase=phase,
        opens_s=opens,
        closes_s=closes,
        persons_share=shares[0],
        vehicles_share=shares[1],
        waiting=passed.waiting(k, now_s),
        inside=passed.inside(k, now_s),
        passed=passed.between(k, since, until),
        planned=printed.between(k, since, until),
        counted=sum(own) if own else None,
    )


def _hours(scenario: Scenario, window: Stretches) -> tuple[int, int]:
    """Return from when until when a window is: its opening as known, if it has one."""
    known_open = bool(window.open_s) and not window.late
    opens = window.open_s[0][0] if known_open else scenario.seconds(window.window.opens)
    return opens, scenario.seconds(window.window.closes)


def _window(conditions: Known, corridor: str) -> Stretches | None:
    """Return the window that is on, or the next, or the last one."""
    scenario, now_s = conditions.scenario, conditions.now_s
    own = [one for one in conditions.windows if one.window.corridor == corridor]
    own.sort(key=lambda one: scenario.seconds(one.window.opens))
    ahead = [one for one in own if scenario.seconds(one.window.closes) > now_s]
    return ahead[0] if ahead else own[-1] if own else None


def _phase(conditions: Known, corridor: str, window: Stretches | None) -> str:
    if window is None:
        return UNANNOUNCED
    scenario, now_s = conditions.scenario, conditions.now_s
    opens, closes = (scenario.seconds(at) for at in (window.window.opens, window.window.closes))
    serves = Shares(scenario, corridor, PERSONS).at(np.array([now_s]))[0] > 0
    found = (
        (closes <= now_s, OVER),
        (corridor in conditions.stopped, STOPPED),
        (corridor in conditions.closed, SHUT),
        (now_s < opens, ANNOUNCED),
        (not window.opened and bool(window.open_s), LATE),
        (window.opened and bool(serves), OPEN_NOW),
    )
    return next((phase for holds, phase in found if holds), SHUT)


def _in_order(
    passed_s: NDArray[np.float64], persons: NDArray[np.int64]
) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    order = np.argsort(passed_s, kind="stable")
    return passed_s[order], np.concatenate([[0], np.cumsum(persons[order])])
