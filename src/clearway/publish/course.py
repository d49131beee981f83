"""The course of the pause, slot by slot: who is under way, waits at a mouth, and is out."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray

from clearway.model.scenario import Scenario, row_of
from clearway.model.verdict import Verdict
from clearway.publish.rides import NO_RIDES, Rides
from clearway.publish.walks import Walks


@dataclass(frozen=True, slots=True)
class Session:
    """Hours in which at least one corridor is open without a break.

    Attributes
    ----------
    day
        Local date on which it begins.
    opens_s, closes_s
        Seconds from the scenario's start.
    """

    day: date
    opens_s: int
    closes_s: int


@dataclass(frozen=True, slots=True, eq=False)
class Course:
    """What happens in each slot of the sessions; slots between sessions are left out.

    Attributes
    ----------
    sessions
        In order of time.
    slot_s
        Seconds a slot.
    session
        Shape (slots,), the session of each slot.
    from_s
        Shape (slots,), when each begins, seconds from the scenario's start.
    waiting
        Shape (corridors, slots), most persons that wait at the mouth at the end of a step.
    passed
        Shape (corridors, slots), persons that pass the gate on foot or in cars.
    aboard
        Shape (corridors, slots), riders that pass the gate in vehicles.
    out
        Shape (corridors, slots), persons out of the exit by the end of the slot, in vehicles too.
    under_way
        Shape (slots,), persons that have left home and are not yet out, at the end of the slot.
    """

    sessions: tuple[Session, ...]
    slot_s: int
    session: NDArray[np.int64]
    from_s: NDArray[np.int64]
    waiting: NDArray[np.float64]
    passed: NDArray[np.float64]
    aboard: NDArray[np.float64]
    out: NDArray[np.float64]
    under_way: NDArray[np.float64]


def course(scenario: Scenario, walks: Walks, verdict: Verdict, ridden: Rides = NO_RIDES) -> Course:
    """Return the course of the pause as the verdict's gates saw it.

    The exit is reached a corridor's walk after the gate. Which groups pass is told from their
    order of arrival, as the gate serves first come, first served. Those who ride leave home when
    their vehicle leaves the stop.
    """
    found = sessions(scenario)
    slot_s = scenario.planning.slot_s
    begins = [np.arange(one.opens_s // slot_s * slot_s, one.closes_s, slot_s) for one in found]
    from_s = np.concatenate(begins)
    session = np.repeat(np.arange(len(found)), [len(part) for part in begins])
    steps = -(-int(from_s[-1] + slot_s) // verdict.step_s)
    passed = np.array([_fitted(gate.passed, steps) for gate in verdict.gates])
    waiting = np.array([_fitted(gate.waiting, steps) for gate in verdict.gates])
    at = from_s // verdict.step_s
    width = max(1, slot_s // verdict.step_s)
    cells = at[:, None] + np.arange(width)
    began, gates, came = _ridden(scenario, ridden, steps, verdict.step_s)
    walked = _out(scenario, walks, passed, verdict.step_s)
    out = np.cumsum(walked + came, axis=1)[:, cells[:, -1]]
    left = np.cumsum(_left(scenario, walks, steps, verdict.step_s) + began)[cells[:, -1]]
    return Course(
        sessions=found,
        slot_s=slot_s,
        session=session,
        from_s=from_s,
        waiting=waiting[:, cells].max(axis=2),
        passed=passed[:, cells].sum(axis=2),
        aboard=gates[:, cells].sum(axis=2),
        out=out,
        under_way=np.maximum(left - out.sum(axis=0), 0.0),
    )


def sessions(scenario: Scenario) -> tuple[Session, ...]:
    """Return the unbroken runs of hours in which any corridor is open."""
    spans: list[list[int]] = []
    for window in sorted(scenario.windows, key=lambda one: one.opens):
        opens, closes = scenario.seconds(window.opens), scenario.seconds(window.closes)
        if spans and opens <= spans[-1][1]:
            spans[-1][1] = max(spans[-1][1], closes)
        else:
            spans.append([opens, closes])
    return tuple(Session(scenario.moment(span[0]).date(), span[0], span[1]) for span in spans)


def _fitted(column: NDArray[np.float64], steps: int) -> NDArray[np.float64]:
    fitted = np.zeros(steps)
    fitted[: min(steps, len(column))] = column[:steps]
    return fitted


def _left(scenario: Scenario, walks: Walks, steps: int, step_s: int) -> NDArray[np.float64]:
    """Return persons that leave home in each step, shape (steps,)."""
    begins, persons = _leaving(scenario, walks)
    left = np.zeros(steps)
    np.add.at(left, np.clip(begins // step_s, 0, steps - 1), persons)
    return left


def _leaving(scenario: Scenario, walks: Walks) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Return when a part of each movement leaves home, and its persons: shape (n, cohorts)."""
    planning = scenario.planning
    cohort, cohorts = np.arange(planning.slot_s // planning.step_s), walks.span_s // planning.step_s
    begins = walks.depart_s[:, None] + cohort * planning.step_s
    each = walks.persons / np.maximum(cohorts, 1)
    return begins, np.where(cohort < cohorts[:, None], each[:, None], 0.0)


def _ridden(
    scenario: Scenario, ridden: Rides, steps: int, step_s: int
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    """Return riders that leave a stop, shape (steps,), a gate and an exit, (corridors, steps)."""
    began = np.zeros(steps)
    gates, came = np.zeros((2, len(scenario.corridors), steps))
    rows = row_of(scenario.corridors)

    def at(seconds: float) -> int:
        return min(steps - 1, max(0, int(seconds) // step_s))

    for ride in (one for one in ridden.all if one.riders):
        row = rows[ride.trip.corridor_out]
        gates[row, at(ride.trip.gate_out_s)] += ride.riders
        came[row, at(ride.out_s)] += ride.riders
        for stop in ride.trip.stops:
            began[at(stop.leave_s)] += sum(load.persons for load in stop.loads)
    return began, gates, came


def _out(
    scenario: Scenario, walks: Walks, passed: NDArray[np.float64], step_s: int
) -> NDArray[np.float64]:
    """Return persons out of the exit in each step, shape (corridors, steps)."""
    steps = passed.shape[1]
    out = np.zeros_like(passed)
    came = np.cumsum(_came(scenario, walks, steps, step_s), axis=2)
    for corridor, by_group in enumerate(came):
        served = np.cumsum(passed[corridor])
        total = by_group.sum(axis=0)
        for group, arrived in enumerate(by_group):
            share = np.diff(np.interp(served, total, arrived), prepend=0.0)
            later = int(walks.corridor_s[corridor, group]) // step_s
            out[corridor, min(later, steps) :] += share[: max(0, steps - later)]
    return out


def _came(scenario: Scenario, walks: Walks, steps: int, step_s: int) -> NDArray[np.float64]:
    """Return persons that join each holding area, shape (corridors, groups, steps)."""
    begins, persons = _leaving(scenario, walks)
    joins = np.clip(-(-(begins + walks.gate_s[:, None]) // step_s), 0, steps - 1)
    came = np.zeros((len(scenario.corridors), len(scenario.groups), steps))
    where = (walks.corridor[:, None], walks.group[:, None], joins)
    np.add.at(came, where, persons)
    return came
