"""Who is on the way back when a plan is made anew once more: whom plans before it turned."""

from __future__ import annotations

from collections.abc import Iterator

from clearway.model.duty import Trip
from clearway.model.plan import Movement, Plan
from clearway.model.replan import Turn
from clearway.model.scenario import Scenario
from clearway.solve.anew_blocks import walk_ticks
from clearway.solve.anew_pool import Pool
from clearway.solve.problem import pose


def turned(scenario: Scenario, before: Plan, after: Plan, at_s: int) -> tuple[Turn, ...]:
    """Return those who had left when ``before`` gave way to ``after``, and whom that turned.

    Parameters
    ----------
    scenario
        Of both; its windows are not asked for.
    before, after
        Plans, the second made anew of the first.
    at_s
        Seconds from the scenario's start.
    """
    return (*_walkers(scenario, before, after, at_s), *_riders(before, after, at_s))


def _walkers(scenario: Scenario, before: Plan, after: Plan, at_s: int) -> Iterator[Turn]:
    kept = {move.id: move.households for move in after.movements}
    begun = tuple(one for one in before.movements if one.depart_s < at_s)
    lost = before.replace(movements=tuple(m for m in begun if kept.get(m.id, 0) < m.households))
    if not lost.movements:
        return
    problem, pool = pose(scenario), Pool.of(scenario)
    rows = {one.id: n for n, one in enumerate(scenario.zones)}
    groups = {one.id: n for n, one in enumerate(scenario.groups)}
    for move, ticks in zip(lost.movements, walk_ticks(problem, lost), strict=True):
        zone, group = rows[move.zone], groups[move.group]
        on = kept.get(move.id, 0)
        gone = _gone(scenario, pool, move, at_s)
        if gone <= on:
            continue
        walk_s = ticks * scenario.planning.tick_s + scenario.planning.step_s
        first = move.first_household + on
        yield Turn(
            movement=move.id,
            zone=move.zone,
            group=move.group,
            corridor=move.corridor,
            first_household=first,
            households=gone - on,
            persons=pool.persons(zone, group, first, gone - on),
            place=move.zone,
            back_s=at_s + min(walk_s, at_s - move.depart_s),
        )


def _gone(scenario: Scenario, pool: Pool, move: Movement, at_s: int) -> int:
    """Return how many whole households of a movement had left, evenly over its time."""
    step_s = scenario.planning.step_s
    span_s = scenario.planning.slot_s if move.span_s is None else move.span_s
    steps = span_s // step_s
    begun = min(steps, -(-(at_s - move.depart_s) // step_s))
    if begun >= steps:
        return move.households
    zone = next(n for n, one in enumerate(scenario.zones) if one.id == move.zone)
    group = next(n for n, one in enumerate(scenario.groups) if one.id == move.group)
    room = move.persons * begun / steps
    return min(move.households, pool.fit(zone, group, move.first_household, room))


def _riders(before: Plan, after: Plan, at_s: int) -> Iterator[Turn]:
    kept = {(duty.id, trip.gate_in_s) for duty in after.duties for trip in duty.trips}
    for duty in before.duties:
        for n, trip in enumerate(duty.trips, 1):
            if trip.gate_in_s < at_s and (duty.id, trip.gate_in_s) not in kept:
                yield from _aboard(f"{duty.id}/{n}", trip, at_s)


def _aboard(name: str, trip: Trip, at_s: int) -> Iterator[Turn]:
    for stop in trip.stops:
        for load in stop.loads if stop.leave_s < at_s else ():
            yield Turn(
                movement=name,
                zone=stop.zone,
                group=load.group,
                corridor=trip.corridor_out,
                first_household=load.first_household,
                households=load.households,
                persons=load.persons,
                place=stop.zone,
                back_s=at_s + (at_s - stop.leave_s),
            )
