"""The report's figures as plain values: what each corridor, day, zone and group comes to."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from clearway.model.corridor import Corridor, Window
from clearway.model.plan import EXPOSURE, HOURS, PEOPLE, Plan
from clearway.model.scenario import Scenario
from clearway.model.verdict import GateRecord, Verdict
from clearway.publish.rides import NO_RIDES, Rides
from clearway.publish.walks import Walks

#: A gate that serves this share of its rate or more is full.
_FULL = 0.99


@dataclass(frozen=True, slots=True)
class Measure:
    """One level of the objective: the judge's value beside the solver's bound.

    Attributes
    ----------
    name
        Of the level.
    value
        From the verdict.
    bound
        From the plan, finite; None if nothing was proved.
    """

    name: str
    value: float
    bound: float | None

    @property
    def gap(self) -> float | None:
        """Distance from the bound as a share of it; None without a bound above zero."""
        if self.bound is None or (self.bound == 0 and self.value != 0):
            return None
        return abs(self.value - self.bound) / abs(self.bound) if self.bound else 0.0


@dataclass(frozen=True, slots=True)
class CorridorDay:
    """One corridor in one of its windows.

    Attributes
    ----------
    corridor, window
        Which.
    opens_s, closes_s
        Seconds from the scenario's start.
    last_entry_s
        When the fastest group can pass the gate at the latest and be out in time.
    persons
        That pass the gate, on foot, in cars and in vehicles.
    capacity
        Persons that the gate could serve at its central rate until the last entry.
    full
        Runs of time (seconds from, until) in which the gate serves all it can.
    peak_waiting, peak_s
        Most persons at the mouth at the end of a step, and when.
    """

    corridor: Corridor
    window: Window
    opens_s: int
    closes_s: int
    last_entry_s: int
    persons: float
    capacity: float
    full: tuple[tuple[int, int], ...]
    peak_waiting: float
    peak_s: int

    @property
    def spare(self) -> float:
        """Persons that the gate could have served besides."""
        return max(0.0, self.capacity - self.persons)

    @property
    def use(self) -> float:
        """Persons as a share of what the gate could serve; 0 where it could serve nobody."""
        return self.persons / self.capacity if self.capacity else 0.0


def measures(plan: Plan, verdict: Verdict) -> tuple[Measure, Measure, Measure]:
    """Return people out, exposure and hours until out: judged values, proven bounds."""
    proved = bounds(plan)
    return (
        Measure(PEOPLE, verdict.people_out, proved.get(PEOPLE)),
        Measure(EXPOSURE, verdict.exposure_person_hours, proved.get(EXPOSURE)),
        Measure(HOURS, verdict.hours_until_out, proved.get(HOURS)),
    )


def bounds(plan: Plan) -> dict[str, float]:
    """Return the proven bounds of a plan's levels, by name; those that are finite."""
    return {level.name: level.bound for level in plan.levels if math.isfinite(level.bound)}


def corridor_days(
    scenario: Scenario, walks: Walks, verdict: Verdict, ridden: Rides = NO_RIDES
) -> tuple[CorridorDay, ...]:
    """Return each corridor's windows, corridor by corridor, in order of time."""
    aboard = _aboard(scenario, ridden)
    gates = {
        gate.corridor: _with(gate, aboard, (verdict.step_s, scenario.planning.slot_s))
        for gate in verdict.gates
    }
    found = []
    for row, corridor in enumerate(scenario.corridors):
        fastest = int(walks.corridor_s[row].min())
        windows = [window for window in scenario.windows if window.corridor == corridor.id]
        for window in sorted(windows, key=lambda one: one.opens):
            spans = (scenario.seconds(window.opens), scenario.seconds(window.closes), fastest)
            found.append(_day(corridor, window, spans, gates.get(corridor.id), verdict.step_s))
    return tuple(found)


def _aboard(scenario: Scenario, ridden: Rides) -> dict[tuple[str, int], int]:
    """Return persons in vehicles that leave by each corridor in each slot."""
    found: dict[tuple[str, int], int] = {}
    for ride in ridden.all:
        key = (ride.trip.corridor_out, ride.trip.gate_out_s // scenario.planning.slot_s)
        found[key] = found.get(key, 0) + ride.persons
    return found


def _with(
    gate: GateRecord, aboard: dict[tuple[str, int], int], spans: tuple[int, int]
) -> GateRecord:
    """Return a gate's record with those in vehicles, who pass evenly over their slot."""
    step_s, slot_s = spans
    passed = gate.passed.copy()
    for (corridor, slot), persons in aboard.items():
        if corridor == gate.corridor:
            steps = slice(max(0, slot * slot_s // step_s), max(0, (slot + 1) * slot_s // step_s))
            passed[steps] += persons * step_s / slot_s
    return replace(gate, passed=passed)


def _day(
    corridor: Corridor,
    window: Window,
    spans: tuple[int, int, int],
    gate: GateRecord | None,
    step_s: int,
) -> CorridorDay:
    opens, closes, fastest = spans
    last = max(opens, closes - round(corridor.margin_s) - fastest)
    rate = corridor.gate_persons_per_s.central
    first, end = -(-opens // step_s), -(-closes // step_s)
    passed = gate.passed[first:end] if gate else np.empty(0)
    waiting = gate.waiting[first:end] if gate else np.empty(0)
    peak = int(waiting.argmax()) if len(waiting) else 0
    steps = max(0, last // step_s - first + 1)
    return CorridorDay(
        corridor=corridor,
        window=window,
        opens_s=opens,
        closes_s=closes,
        last_entry_s=last,
        persons=float(passed.sum()),
        capacity=rate * step_s * steps,
        full=tuple(_runs(passed >= _FULL * rate * step_s, first, step_s)) if rate > 0 else (),
        peak_waiting=float(waiting[peak]) if len(waiting) else 0.0,
        peak_s=(first + peak + 1) * step_s,
    )


def _runs(full: NDArray[np.bool_], first: int, step_s: int) -> Iterator[tuple[int, int]]:
    """Yield runs of full steps, pauses below a quarter of an hour bridged, short runs left out."""
    quarter = 900 // step_s
    at = np.flatnonzero(full)
    if not len(at):
        return
    breaks = np.flatnonzero(np.diff(at) > quarter)
    begins = at[np.concatenate(([0], breaks + 1))]
    ends = at[np.concatenate((breaks, [len(at) - 1]))] + 1
    for begin, end in zip(begins.tolist(), ends.tolist(), strict=True):
        if end - begin >= quarter:
            yield (first + begin) * step_s, (first + end) * step_s


@dataclass(frozen=True, slots=True)
class GroupCount:
    """Persons of one group: inside, willing, out."""

    inside: int
    willing: int
    out: int

    @property
    def stay(self) -> int:
        """Persons still inside after the pause."""
        return self.inside - self.out


def group_counts(scenario: Scenario, plan: Plan, verdict: Verdict) -> tuple[GroupCount, ...]:
    """Return persons by group, in the scenario's order."""
    inside = scenario.demand.persons.sum(axis=0).tolist()
    zones = range(len(scenario.zones))
    willing = [
        int(sum(scenario.demand.willing(zone, group, plan.uptake).sum() for zone in zones))
        for group in range(len(scenario.groups))
    ]
    parts = zip(inside, willing, verdict.out_by_group, strict=True)
    return tuple(GroupCount(*counts) for counts in parts)


def site_loads(scenario: Scenario, walks: Walks, ridden: Rides = NO_RIDES) -> dict[str, int]:
    """Return persons by plan for each reception site's id, riders among them."""
    loads = {site.id: 0 for site in scenario.receptions}
    for row, corridor in enumerate(scenario.corridors):
        loads[corridor.reception] += int(walks.persons[walks.corridor == row].sum())
    for ride in ridden.all:
        if ride.trip.destination in loads:
            loads[ride.trip.destination] += ride.riders
    return loads
