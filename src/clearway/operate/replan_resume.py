"""Going on after a stop: what had been announced before it is taken up again."""

from __future__ import annotations

import dataclasses
from collections.abc import Collection
from typing import Final

from clearway.model.duty import Load, Trip
from clearway.model.plan import Movement, Plan

#: Seconds for which a vehicle that was held inside takes no more trips: the rest of a day.
HELD_S: Final = 43_200


def taken_up(stopped: Plan, announced: Plan, now_s: int, *, held: Collection[str] = ()) -> Plan:
    """Return a plan that was made when all stopped, with what had been announced for after now.

    So that people are called as they were told, as far as that can still be. Vehicles that are
    held inside take no more trips on that day.

    Parameters
    ----------
    stopped
        Made when all stopped; nothing left home between then and now.
    announced
        The plan before that.
    now_s
        Seconds from the scenario's start.
    held
        Names of vehicles that were held inside.
    """
    called = _Called(stopped)
    moves = [
        move
        for move in announced.movements
        if move.depart_s >= now_s and called.free(move.zone, move.group, move)
    ]
    until = now_s + HELD_S
    duties = {duty.id: duty for duty in stopped.duties}
    for duty in announced.duties:
        since = until if duty.vehicle in held else now_s
        later = [trip for trip in duty.trips if trip.gate_in_s >= since and called.open(trip)]
        kept = duties[duty.id].trips if duty.id in duties else ()
        if later and (not kept or kept[-1].gate_in_s < now_s):
            duties[duty.id] = dataclasses.replace(duty, trips=(*kept, *later))
    runs = {run.convoy for run in stopped.convoys}
    convoys = [
        run for run in announced.convoys if run.convoy not in runs and run.trip.gate_in_s >= now_s
    ]
    order = sorted(duties.values(), key=lambda one: (one.trips[0].leave_s, one.id))
    moves = sorted([*stopped.movements, *moves], key=lambda one: (one.depart_s, one.id))
    return stopped.replace(
        movements=tuple(moves), duties=tuple(order), convoys=(*stopped.convoys, *convoys)
    )


class _Called:
    """Who has an order in a plan."""

    def __init__(self, plan: Plan) -> None:
        self._runs: dict[tuple[str, str], list[tuple[int, int]]] = {}
        self._patients = set(plan.patients)
        for move in plan.movements:
            self._note(move.zone, move.group, move)
        for duty in plan.duties:
            for trip in duty.trips:
                for stop in trip.stops:
                    for load in stop.loads:
                        self._note(stop.zone, load.group, load)

    def _note(self, zone: str, group: str, run: Movement | Load) -> None:
        end = run.first_household + run.households
        self._runs.setdefault((zone, group), []).append((run.first_household, end))

    def free(self, zone: str, group: str, run: Movement | Load) -> bool:
        """Whether nobody of a run has an order."""
        first, end = run.first_household, run.first_household + run.households
        return all(b <= first or end <= a for a, b in self._runs.get((zone, group), ()))

    def open(self, trip: Trip) -> bool:
        """Whether nobody whom a trip fetches has an order."""
        loads = [(stop.zone, load) for stop in trip.stops for load in stop.loads]
        free = all(self.free(zone, load.group, load) for zone, load in loads)
        return free and not self._patients.intersection(trip.patients)
