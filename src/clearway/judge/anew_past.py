"""What had happened when a plan was made anew must stand in it as it was."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from clearway.model.duty import Duty, Trip
from clearway.model.plan import Movement, Plan
from clearway.model.replan import Replan, Turn
from clearway.model.scenario import Scenario, row_of
from clearway.model.verdict import PlanBreach

#: Rule that what has happened stays as it was.
PAST = "past"


def gone(plan: Plan, now_s: int) -> Plan:
    """Return what of a plan had begun before a moment, without its figures and rules."""
    duties = []
    for duty in plan.duties:
        trips = tuple(trip for trip in duty.trips if trip.gate_in_s < now_s)
        if trips:
            duties.append(replace(duty, trips=trips))
    return plan.replace(
        movements=tuple(move for move in plan.movements if move.depart_s < now_s),
        duties=tuple(duties),
        convoys=tuple(run for run in plan.convoys if run.trip.gate_in_s < now_s),
        levels=(),
        rules=None,
    )


def check_past(
    scenario: Scenario, plan: Plan, revised: Scenario, replan: Replan
) -> Iterator[PlanBreach]:
    """Yield a breach for each thing that happened before now and is told otherwise, or was not."""
    yield from _movements(scenario, plan, replan)
    yield from _trips(plan, replan)
    if revised.start != scenario.start:
        moved = (revised.start - scenario.start).total_seconds()
        yield PlanBreach(PAST, "start", moved, 0, "s", "The scenario's clock is not as it was.")


def _movements(scenario: Scenario, plan: Plan, replan: Replan) -> Iterator[PlanBreach]:
    now = replan.now_s
    new = {move.id: move for move in replan.plan.movements}
    turned: dict[str, list[Turn]] = {}
    for turn in replan.turns:
        turned.setdefault(turn.movement, []).append(turn)
    known = {move.id for move in plan.movements if move.depart_s < now}
    for move in replan.plan.movements:
        if move.depart_s < now and move.id not in known:
            text = f"{move.id} is said to have left before now; the plan before has no such."
            yield PlanBreach(PAST, move.id, move.depart_s, now, "s", text)
    sums = _Sums(scenario)
    for move in plan.movements:
        if move.depart_s >= now:
            continue
        kept = new.get(move.id)
        if kept is not None and not _part_of(kept, move):
            text = f"{move.id} had left before now and is not as it was."
            yield PlanBreach(PAST, move.id, kept.households, move.households, "households", text)
            continue
        held = 0 if kept is None else kept.households
        back = sum(turn.households for turn in turned.get(move.id, ()))
        left = sums.left(move, now)
        if held + back < left:
            text = (
                f"{left:,} households had left as {move.id}; {held:,} of them go on and {back:,}"
                " turn."
            )
            yield PlanBreach("conservation", move.id, held + back, left, "households", text)


def _part_of(kept: Movement, move: Movement) -> bool:
    """Whether a movement is another, or the first households of it."""
    whole = replace(kept, households=move.households, persons=move.persons, span_s=move.span_s)
    same = whole == move and kept.households <= move.households
    return same and (kept.households == move.households or kept.span_s is not None)


class _Sums:
    """How many households of a movement had left by a moment."""

    def __init__(self, scenario: Scenario) -> None:
        self._scenario = scenario
        self._zones, self._groups = row_of(scenario.zones), row_of(scenario.groups)

    def left(self, move: Movement, now_s: int) -> int:
        """Return the whole households of a movement that have left, evenly over its time."""
        planning = self._scenario.planning
        span = planning.slot_s if move.span_s is None else move.span_s
        steps = span // planning.step_s
        begun = min(steps, -(-(now_s - move.depart_s) // planning.step_s))
        if begun >= steps:
            return move.households
        zone, group = self._zones[move.zone], self._groups[move.group]
        order = self._scenario.demand.sequence(zone, group)
        mine = order[move.first_household : move.first_household + move.households]
        room = move.persons * begun / steps + 1e-6
        return int(np.searchsorted(np.cumsum(mine), room, side="right"))


def _trips(plan: Plan, replan: Replan) -> Iterator[PlanBreach]:
    now = replan.now_s
    new = {duty.id: duty for duty in replan.plan.duties}
    turned = {turn.movement for turn in replan.turns}
    for duty in plan.duties:
        kept = new[duty.id].trips if duty.id in new else ()
        begun = any(trip.gate_in_s < now for trip in duty.trips)
        if begun and duty.id in new and _vehicle(new[duty.id]) != _vehicle(duty):
            text = f"{duty.id} is driven by another vehicle than the one that drove before now."
            yield PlanBreach(PAST, duty.id, 1, 0, "vehicles", text)
        by_gate = {trip.gate_in_s: trip for trip in kept if trip.gate_in_s < now}
        for n, trip in enumerate(duty.trips, 1):
            if trip.gate_in_s >= now:
                continue
            name, found = f"{duty.id}/{n}", by_gate.pop(trip.gate_in_s, None)
            boarded = any(stop.loads and stop.leave_s < now for stop in trip.stops)
            if found is None:
                if trip.gate_out_s < now or (boarded and name not in turned):
                    text = f"{name} had begun before now and is not told any more."
                    yield PlanBreach(PAST, name, 0, 1, "trips", text)
            elif not _same_so_far(trip, found, now):
                text = f"{name} had begun before now and is not as it was."
                yield PlanBreach(PAST, name, found.gate_out_s, trip.gate_out_s, "s", text)
        for at in by_gate:
            text = f"{duty.id} is said to have come in before now; it had not."
            yield PlanBreach(PAST, duty.id, at, now, "s", text)


def _vehicle(duty: Duty) -> tuple[str, str, str]:
    return duty.vehicle, duty.type, duty.depot


def _same_so_far(trip: Trip, found: Trip, now_s: int) -> bool:
    """Whether a trip is as it was, as far as it had come."""
    if trip.gate_out_s < now_s:
        return found == trip
    pairs = zip(trip.stops, found.stops, strict=False)
    stops = all(one == other for one, other in pairs if one.leave_s < now_s)
    came = (trip.corridor_in, trip.gate_in_s) == (found.corridor_in, found.gate_in_s)
    return came and stops and found.gate_out_s >= now_s
