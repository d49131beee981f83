"""The state of a running pause at any moment, rebuilt from scenario, plan and log alone."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

import numpy as np
from numpy.typing import NDArray

from clearway.model.facts import Text
from clearway.model.plan import Plan
from clearway.model.rates import VEHICLES
from clearway.model.record import Record
from clearway.model.scenario import Scenario, row_of
from clearway.model.state import (
    Many,
    MovementState,
    Odd,
    State,
    Whereabouts,
    ZoneState,
)
from clearway.operate.known import Known, known
from clearway.operate.state_cases import case_states
from clearway.operate.state_counts import Passed, count_states, gate_states
from clearway.operate.state_gates import lay_gates, open_spans
from clearway.operate.state_rides import (
    Errand,
    Heard,
    Ride,
    aboard,
    boarded,
    convoy_states,
    lay_errands,
    patient_times,
    ride,
    vehicle_states,
)
from clearway.operate.state_table import Table, lay_table
from clearway.operate.state_walks import Call, Hours, Told, Trace, trace

_HOME, _UNDER_WAY, _CORRIDOR, _OUT, _TURNED = range(5)
_UNKNOWN: Final = Text(
    "It names something that the plan does not have.", "يذكر ما لا وجود له في الخطة."
)


def state(scenario: Scenario, plan: Plan, records: Iterable[Record], now: datetime) -> State:
    """Return the state at ``now``.

    Where the log says nothing, the plan is taken to run as printed, given the windows and gates as
    they are known: blocks are called in their order while their gate serves and the rules allow
    it, vehicles wait at gates that do not. What the log says goes before the plan.

    Parameters
    ----------
    scenario
        As it was before the pause.
    plan
        The one that holds at ``now``; what happened under an earlier one is part of it.
    records
        Of the log, in any order; what happens after ``now`` is left aside.
    now
        A moment with a time zone.
    """
    return state_of(scenario, plan, known(scenario, records, now))


def state_of(scenario: Scenario, plan: Plan, conditions: Known) -> State:
    """Return the state under conditions that are known already.

    Parameters
    ----------
    scenario
        As it was before the pause.
    plan
        The one that holds.
    conditions
        Of :func:`~clearway.operate.known.known`, of the same scenario.
    """
    return state_in(lay_out(scenario, plan), conditions)


@dataclass(frozen=True, slots=True, eq=False)
class Layout:
    """What of a plan does not change while it runs.

    Attributes
    ----------
    scenario
        As it was before the pause.
    plan
        The one that holds.
    table
        Its movements.
    vehicles, convoys
        Their errands.
    """

    scenario: Scenario
    plan: Plan
    table: Table
    vehicles: tuple[Errand, ...]
    convoys: tuple[Errand, ...]


def lay_out(scenario: Scenario, plan: Plan) -> Layout:
    """Return what :func:`state_in` needs of a plan: made once, used for any number of moments."""
    return Layout(scenario, plan, lay_table(scenario, plan), *lay_errands(scenario, plan))


def state_in(layout: Layout, conditions: Known) -> State:
    """Return the state under conditions, of a plan that is laid out.

    Parameters
    ----------
    layout
        Of the plan.
    conditions
        As known, of the same scenario.
    """
    scenario, plan, now_s = layout.scenario, layout.plan, conditions.now_s
    heard = _heard(layout, conditions)
    run = _run(layout, conditions.scenario, heard, now_s)
    printed = _run(layout, scenario, _NOTHING, now_s)
    passed = (
        Passed.of(scenario, plan, run.walks, run.vehicles),
        Passed.of(scenario, plan, printed.walks, printed.vehicles),
    )
    return State(
        scenario=scenario.id,
        now_s=now_s,
        gates=gate_states(conditions, *passed),
        movements=_movements(plan, run.walks, now_s),
        people=_people(layout, run, now_s),
        counts=count_states(conditions, *passed),
        vehicles=vehicle_states(run.vehicles, now_s),
        convoys=convoy_states(run.convoys, now_s),
        cases=case_states(scenario, conditions, patient_times(run.vehicles)),
        lost=tuple(sorted(conditions.lost)),
        odd=(*conditions.odd, *heard.odd),
    )


@dataclass(frozen=True, slots=True, eq=False)
class Ran:
    """A plan as it ran until now.

    Attributes
    ----------
    walks
        Of its movements.
    vehicles, convoys
        Of its duties and convoys, in the plan's order.
    """

    walks: Trace
    vehicles: tuple[Ride, ...]
    convoys: tuple[Ride, ...]


def ran(layout: Layout, conditions: Known) -> Ran:
    """Return how a plan ran until now under conditions, as :func:`state_in` sees it."""
    return _run(layout, conditions.scenario, _heard(layout, conditions), conditions.now_s)


@dataclass(frozen=True, slots=True)
class _Heard:
    """What records say of a plan's movements, duties and convoys."""

    walks: Told
    vehicles: Mapping[str, Sequence[Heard]]
    convoys: Mapping[str, Sequence[Heard]]
    odd: tuple[Odd, ...]


_NOTHING: Final = _Heard(Told(), {}, {}, ())


def _run(layout: Layout, scenario: Scenario, heard: _Heard, now_s: float) -> Ran:
    """Run a plan until now under a scenario as announced, or as known."""
    lanes = [open_spans(scenario, k, VEHICLES) for k in range(len(scenario.corridors))]
    vehicles = tuple(ride(o, lanes, heard.vehicles.get(o.duty, ())) for o in layout.vehicles)
    convoys = tuple(ride(o, lanes, heard.convoys.get(o.name, ())) for o in layout.convoys)
    slots = max(math.floor(now_s / scenario.planning.slot_s), 0) + 1
    persons = {one.code: one.persons for one in scenario.care.patients}
    gates = lay_gates(scenario, aboard(scenario, vehicles, persons, slots), now_s)
    return Ran(trace(layout.table, gates, heard.walks, now_s), vehicles, convoys)


def _heard(layout: Layout, conditions: Known) -> _Heard:
    """Gather what records say of movements, vehicles and convoys; note what they do not know."""
    plan, seconds = layout.plan, conditions.scenario.seconds
    rows = {move.id: row for row, move in enumerate(plan.movements)}
    calls, odd = [], []
    for one in conditions.of("call"):
        about, at = one.event.about, float(seconds(one.at))
        calls += [
            Call(rows[name], at, about["state"]) for name in about["movements"] if name in rows
        ]
        if set(about["movements"]) - set(rows):
            odd.append(Odd(one.record.hash, _UNKNOWN))
    vehicles, strange = _heard_vehicles(layout, conditions)
    odd += strange
    convoys: dict[str, list[Heard]] = defaultdict(list)
    known_convoys = {run.convoy for run in plan.convoys}
    for one in conditions.of("convoy"):
        about = one.event.about
        if about["convoy"] in known_convoys:
            convoys[about["convoy"]].append(Heard(0, about["state"], float(seconds(one.at))))
        else:
            odd.append(Odd(one.record.hash, _UNKNOWN))
    corridors = row_of(conditions.scenario.corridors)
    hours: dict[int, list[Hours]] = defaultdict(list)
    for window in conditions.windows:
        opens = float(seconds(window.window.opens))
        hours[corridors[window.window.corridor]].append(Hours(opens, window.closings))
    ordered = {k: tuple(sorted(many)) for k, many in hours.items()}
    told = Told(tuple(calls), ordered, _told_shut(conditions))
    return _Heard(told, vehicles, convoys, tuple(odd))


def _told_shut(conditions: Known) -> dict[int, tuple[float, ...]]:
    """Return when each corridor, by row, was told to be stopped or closed."""
    corridors = row_of(conditions.scenario.corridors)
    found: dict[int, list[float]] = defaultdict(list)
    for one in (*conditions.of("stop"), *conditions.of("closure")):
        about, at = one.event.about, float(conditions.scenario.seconds(one.at))
        if one.event.kind == "stop":
            names = about["corridors"] or list(corridors)
        else:
            names = [about["corridor"]] if about["closed"] else []
        for name in names:
            if name in corridors:
                found[corridors[name]].append(at)
    return {k: tuple(many) for k, many in found.items()}


def _heard_vehicles(layout: Layout, conditions: Known) -> tuple[dict[str, list[Heard]], list[Odd]]:
    """Gather what records say of each duty; note those of a point that no trip of it has."""
    found, odd, duties = defaultdict(list), [], _Duties(layout.plan)
    points = {(one.duty, point.trip, point.name) for one in layout.vehicles for point in one.points}
    for one in conditions.of("vehicle"):
        about, at = one.event.about, float(conditions.scenario.seconds(one.at))
        lost = about["state"] == "lost"
        duty = duties.of(about["vehicle"], 0 if lost else about["trip"], at)
        told = Heard(about["trip"] - 1, about["state"], at)
        if duty is not None:
            found[duty].append(told)  # heard of since, and so not lost
        if duty is None or not (lost or (duty, told.trip, told.state) in points):
            odd.append(Odd(one.record.hash, _UNKNOWN))
    for name, lost_s in conditions.lost.items():
        for duty in duties.after(name, lost_s):
            found[duty].append(Heard(-1, "lost", float(lost_s)))
    return found, odd


class _Duties:
    """Which duty a record of a vehicle is about."""

    def __init__(self, plan: Plan) -> None:
        self._own = defaultdict(list)
        for duty in plan.duties:
            self._own[duty.vehicle].append(duty)

    def of(self, vehicle: str, trip: int, at_s: float) -> str | None:
        """Return the id of the vehicle's duty nearest in time that has such a trip (0 for any)."""
        fits = [one for one in self._own.get(vehicle, ()) if trip <= len(one.trips)]
        near = min(
            fits,
            key=lambda one: max(one.trips[0].leave_s - at_s, at_s - one.back_s, 0.0),
            default=None,
        )
        return None if near is None else near.id

    def after(self, vehicle: str, at_s: float) -> tuple[str, ...]:
        """Return the ids of the vehicle's duties that begin after a moment."""
        own = self._own.get(vehicle, ())
        return tuple(one.id for one in own if one.trips[0].leave_s > at_s)


def _movements(plan: Plan, walks: Trace, now_s: float) -> tuple[MovementState, ...]:
    count, code = len(plan.movements), _codes(walks, now_s)
    tables = [_by_code(walks.movement * 5 + code, amounts, count) for amounts in (None, walks.size)]
    mouth = (code == _UNDER_WAY) & (walks.arrived_s <= now_s)
    waiting = [
        np.bincount(walks.movement[mouth], amounts, count).astype(np.int64).tolist()
        for amounts in (None, walks.size[mouth])
    ]
    first = np.full(count, np.inf)
    np.minimum.at(first, walks.movement, walks.left_s)
    rows = zip(plan.movements, _whereabouts(*tables), *waiting, first.tolist(), strict=True)
    return tuple(
        MovementState(
            id=move.id,
            left_s=left if left <= now_s else None,
            where=where,
            waiting=Many(households, persons),
            held=bool(held) and where.home.households > 0,
        )
        for (move, where, households, persons, left), held in zip(
            rows, walks.held.tolist(), strict=True
        )
    )


def _codes(walks: Trace, now_s: float) -> NDArray[np.int64]:
    """Return where each household is."""
    return np.asarray(
        np.select(
            [
                walks.left_s > now_s,
                walks.turned_s <= now_s,
                walks.out_s <= now_s,
                walks.passed_s <= now_s,
            ],
            [_HOME, _TURNED, _OUT, _CORRIDOR],
            _UNDER_WAY,
        ),
        dtype=np.int64,
    )


def _people(layout: Layout, run: Ran, now_s: float) -> tuple[ZoneState, ...]:
    """Return where all who are willing are; what a household does last counts."""
    scenario, plan = layout.scenario, layout.plan
    zones, groups = row_of(scenario.zones), row_of(scenario.groups)
    pairs = [(z, g) for z in range(len(zones)) for g in range(len(groups))]
    # As many of each order as ``Demand.willing`` has.
    sizes = [order[: math.floor(plan.uptake * len(order) + 0.5)] for order in layout.table.sizes]
    offset = np.concatenate([[0], np.cumsum([len(one) for one in sizes])]).astype(np.int64)
    where = np.full(int(offset[-1]), _HOME)
    begun, place, code = _on_way(run, now_s)
    pair_of = np.array(
        [zones[move.zone] * len(groups) + groups[move.group] for move in plan.movements],
        dtype=np.int64,
    )
    walkers = pair_of[run.walks.movement] if len(pair_of) else np.empty(0, dtype=np.int64)
    loads = tuple(boarded(run.vehicles))
    riders = np.array(
        [zones[one.zone] * len(groups) + groups[one.group] for one in loads], dtype=np.int64
    )
    pair = np.concatenate(
        [walkers, np.repeat(riders, np.array([one.households for one in loads], dtype=np.int64))]
    )
    here = (code != _HOME) & (place < np.diff(offset)[pair])
    order = np.argsort(begun[here], kind="stable")
    where[(offset[pair] + place)[here][order]] = code[here][order]
    owner = np.repeat(np.arange(len(pairs)), np.diff(offset))
    size = np.concatenate(sizes)
    tables = [_by_code(owner * 5 + where, amounts, len(pairs)) for amounts in (None, size)]
    return tuple(
        ZoneState(scenario.zones[z].id, scenario.groups[g].id, one)
        for (z, g), one in zip(pairs, _whereabouts(*tables), strict=True)
    )


def _on_way(
    run: Ran, now_s: float
) -> tuple[NDArray[np.float64], NDArray[np.int64], NDArray[np.int64]]:
    """Return when each household left, its place, and where it is: those who walk, then riders."""
    begun, place, code = [run.walks.left_s], [run.walks.household], [_codes(run.walks, now_s)]
    for one in boarded(run.vehicles):
        at = (one.boarded_s, one.gate_s, one.exit_s)
        passed = sum(moment <= now_s for moment in at)
        begun.append(np.full(one.households, one.boarded_s))
        place.append(np.arange(one.first_household, one.first_household + one.households))
        code.append(np.full(one.households, (_HOME, _UNDER_WAY, _CORRIDOR, _OUT)[passed]))
    return np.concatenate(begun), np.concatenate(place), np.concatenate(code)


def _by_code(
    rows: NDArray[np.int64], amounts: NDArray[np.int64] | None, count: int
) -> NDArray[np.int64]:
    """Shape (count, 5), how many are where."""
    return np.bincount(rows, amounts, count * 5).astype(np.int64).reshape(count, 5)


def _whereabouts(households: NDArray[np.int64], persons: NDArray[np.int64]) -> list[Whereabouts]:
    rows = zip(households.tolist(), persons.tolist(), strict=True)
    return [Whereabouts(*(Many(*one) for one in zip(*row, strict=True))) for row in rows]
