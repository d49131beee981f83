"""The medical task in Clearway, as people call it; its duties become tours like anybody's."""

from __future__ import annotations

from typing import Any

import numpy as np

from benchmarks.medevac_replay import Ride, Tour
from benchmarks.medevac_task import Task
from clearway.judge.check import judge
from clearway.model.duty import Trip
from clearway.model.plan import PATIENTS_OUT, RED_OUT, Plan
from clearway.solve.solve import solve


def plan(task: Task) -> Plan:
    """Return Clearway's plan."""
    return solve(task.scenario)


def tours(task: Task, made: Plan) -> list[Tour]:
    """Return a plan's duties as tours; trips without patients are no part of the question."""
    found = []
    for duty in made.duties:
        rides = tuple(ride(trip) for trip in duty.trips if trip.patients)
        if rides:
            opens = [float(np.nanmin(day.opens_s)) for day in task.days]
            day = max(n for n, at in enumerate(opens) if at <= duty.trips[0].gate_in_s)
            found.append(Tour(duty.type, duty.depot, day, rides))
    return found


def ride(trip: Trip) -> Ride:
    """Return a trip without its hours."""
    stops = tuple((stop.zone, stop.patients) for stop in trip.stops if stop.patients)
    return Ride(stops, trip.destination)


def told(task: Task, made: Plan) -> dict[str, Any]:
    """Return what only Clearway tells: bounds, its own hours, and what its judge finds."""
    through = {one.id: row for row, one in enumerate(task.scenario.corridors)}
    kinds = {kind.type.id: kind for kind in task.kinds}
    out: dict[str, float] = {}
    for duty in made.duties:
        for trip in duty.trips:
            way = kinds[duty.type].through_out_s[through[trip.corridor_out]]
            out |= dict.fromkeys(trip.patients, trip.gate_out_s + float(way))
    levels = {level.name: level for level in made.levels if level.name in (RED_OUT, PATIENTS_OUT)}
    return {
        "status": made.status.code,
        "levels": {
            name: {"value": one.value, "bound": one.bound, "gap": one.gap}
            for name, one in levels.items()
        },
        "planned": len(out),
        "planned_hours_until_out": sum(out.values()) / 3600,
        "planned_last_out_h": max(out.values(), default=0.0) / 3600,
        "breaches": len(judge(task.scenario, made).breaches),
    }
