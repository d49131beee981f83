"""Whose order changed: every household's before and after, and whether the event touches it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import numpy as np
from numpy.typing import NDArray

from clearway.model.duty import Duty, Trip
from clearway.model.plan import Plan
from clearway.model.rates import VEHICLES, Shares, served
from clearway.model.replan import Changes, Replan
from clearway.model.scenario import Scenario, row_of

#: Who was gone when the plan was made anew, who had no order, and orders from here on.
_GONE, _NONE, _FIRST = -2, -1, 0
_CRUMB: Final = 1e-9

Orders = dict[tuple[int, int], NDArray[np.int64]]


def count_changes(scenario: Scenario, plan: Plan, revised: Scenario, replan: Replan) -> Changes:
    """Count households by what became of their order.

    An order is a movement's corridor and departure, or a vehicle, where it stands until when, and
    the corridor by which it leaves. It is touched if what the gate or its lane serves in that
    window from now on, or the window, is not as it was, or the vehicle is gone; a trip also if it
    comes in by such a gate.

    Parameters
    ----------
    scenario, plan
        As they were before.
    revised
        The scenario as it is known now.
    replan
        Its moment, its plan, and who turns.
    """
    now = replan.now_s
    numbers: dict[tuple[object, ...], int] = {}
    touched: set[int] = set()
    marks = _Marks(scenario, revised, now)
    lost = {duty.vehicle for duty in plan.duties} - {duty.vehicle for duty in replan.plan.duties}
    before = _orders(scenario, plan, numbers)
    for order, number in numbers.items():
        if marks.touches(order, lost):
            touched.add(number)
    after = _orders(revised, replan.plan, numbers)
    gone = {number for order, number in numbers.items() if _begins(order) < now}
    changes = np.zeros(5, dtype=np.int64)
    hit, past = np.array(sorted(touched)), np.array(sorted(gone))
    for at, old in before.items():
        new = after[at]
        same, had = old == new, old >= _FIRST
        ahead = had & ~np.isin(old, past)
        struck = ahead & np.isin(old, hit)
        free = ahead & ~struck
        changes += [
            int(struck.sum()),
            int((struck & ~same).sum()),
            int(free.sum()),
            int((free & ~same).sum()),
            int((~had & (new >= _FIRST)).sum()),
        ]
    return Changes(*(int(one) for one in changes))


def _orders(scenario: Scenario, plan: Plan, numbers: dict[tuple[object, ...], int]) -> Orders:
    """Return the number of every household's order; new orders get the next numbers."""
    zones, groups = row_of(scenario.zones), row_of(scenario.groups)
    counts = scenario.demand.households.sum(axis=2)
    found = {
        (z, g): np.full(int(counts[z, g]), _NONE)
        for z in range(len(zones))
        for g in range(len(groups))
    }
    for order, zone, group, first, count in _calls(plan):
        if zone in zones and group in groups:
            number = numbers.setdefault(order, len(numbers))
            found[zones[zone], groups[group]][first : first + count] = number
    return found


def _calls(plan: Plan) -> Iterator[tuple[tuple[object, ...], str, str, int, int]]:
    """Yield each order with zone, group, first household, and how many."""
    for move in plan.movements:
        order = (move.corridor, move.depart_s)
        yield order, move.zone, move.group, move.first_household, move.households
    for duty in plan.duties:
        for trip in duty.trips:
            for stop in trip.stops:
                for load in stop.loads:
                    order = _ride(duty, trip, stop.leave_s)
                    yield order, stop.zone, load.group, load.first_household, load.households


def _ride(duty: Duty, trip: Trip, leave_s: int) -> tuple[object, ...]:
    gates = (trip.corridor_in, trip.gate_in_s, trip.corridor_out, trip.gate_out_s)
    return (duty.vehicle, leave_s, *gates)


def _begins(order: tuple[object, ...]) -> float:
    """Return when an order begins to be carried out: departure, or the gate inward."""
    return float(str(order[1] if len(order) == 2 else order[3]))  # noqa: PLR2004 - see _calls


class _Marks:
    """Which gates and days are not as they were."""

    def __init__(self, scenario: Scenario, revised: Scenario, now_s: int) -> None:
        self._now, self._before, self._after = now_s, scenario, revised
        self._rows = row_of(revised.corridors)
        self._known: dict[tuple[str, int], bool] = {}
        closes = [one.closes for one in (*scenario.windows, *revised.windows)]
        self._steps = max(revised.seconds(at) for at in closes) // revised.planning.step_s + 1
        self._serves = [self._all(one) for one in (scenario, revised)]

    def touches(self, order: tuple[object, ...], lost: set[str]) -> bool:
        """Whether an order's gates or vehicle are not as they were."""
        if len(order) == 2:  # noqa: PLR2004 - corridor and departure
            return self._gate(str(order[0]), int(str(order[1])))
        vehicle, _, corridor_in, gate_in, corridor_out, gate_out = order
        if vehicle in lost:
            return True
        came = bool(corridor_in) and self._gate(str(corridor_in), int(str(gate_in)))
        return came or self._gate(str(corridor_out), int(str(gate_out)))

    def _gate(self, corridor: str, second: int) -> bool:
        """Whether the window of a corridor at a moment is not as it was."""
        opens, closes = self._window(self._before, corridor, second)
        at = (corridor, opens)
        if at not in self._known:
            now = self._window(self._after, corridor, max(opens, min(second, closes)))
            self._known[at] = now != (opens, closes) or self._serves_otherwise(corridor, now)
        return self._known[at]

    def _window(self, scenario: Scenario, corridor: str, second: int) -> tuple[int, int]:
        for one in scenario.windows:
            if one.corridor == corridor:
                opens, closes = scenario.seconds(one.opens), scenario.seconds(one.closes)
                if opens <= second < closes:
                    return opens, closes
        return -1, -1

    def _serves_otherwise(self, corridor: str, window: tuple[int, int]) -> bool:
        step_s, k = self._after.planning.step_s, self._rows[corridor]
        begin, end = max(window[0], self._now) // step_s, -(-window[1] // step_s)
        before, after = (one[:, k, begin:end] for one in self._serves)
        return bool((np.abs(before - after) > _CRUMB).any())

    def _all(self, scenario: Scenario) -> NDArray[np.float64]:
        at = np.arange(self._steps) * scenario.planning.step_s
        lanes = [Shares(scenario, one.id, VEHICLES).at(at) for one in scenario.corridors]
        nobody = np.zeros((len(scenario.corridors), 0))
        return np.stack([served(scenario, nobody, self._steps), np.stack(lanes)])
