"""Whose order changed: every household's before and after, and whether the event touches it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

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

    An order is a movement's corridor and departure, or a vehicle, the moment at which it leaves the
    stop, and the corridor by which it goes out. It is touched if the window, or what its gate or
    lane serves in it from now on, is not as it was, or the vehicle is gone; a trip also if it comes
    in by such a gate.

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
    numbers: dict[_Order, int] = {}
    marks = _Marks(scenario, revised, now, frozenset(replan.lost))
    before = _orders(scenario, plan, numbers)
    calls = [(numbers[call.order], call) for call in _calls(plan)]
    touched = {number for number, call in calls if marks.touches(call)}
    gone = {number for number, call in calls if call.begins_s < now}
    after = _orders(revised, replan.plan, numbers)
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


def _orders(scenario: Scenario, plan: Plan, numbers: dict[_Order, int]) -> Orders:
    """Return the number of every household's order; new orders get the next numbers."""
    zones, groups = row_of(scenario.zones), row_of(scenario.groups)
    counts = scenario.demand.households.sum(axis=2)
    found = {
        (z, g): np.full(int(counts[z, g]), _NONE)
        for z in range(len(zones))
        for g in range(len(groups))
    }
    for call in _calls(plan):
        if call.zone in zones and call.group in groups:
            number = numbers.setdefault(call.order, len(numbers))
            mine = found[zones[call.zone], groups[call.group]]
            mine[call.first : call.first + call.households] = number
    return found


class _Order(NamedTuple):
    """What households are told: with which vehicle if any, when, and by which corridor."""

    vehicle: str
    at_s: int
    corridor: str


class _Call(NamedTuple):
    """An order to some households, the gates that it needs and when, and when it begins."""

    order: _Order
    zone: str
    group: str
    first: int
    households: int
    gates: tuple[tuple[str, int], ...]
    begins_s: int


def _calls(plan: Plan) -> Iterator[_Call]:
    """Yield every order of a plan."""
    for move in plan.movements:
        order = _Order("", move.depart_s, move.corridor)
        size = (move.first_household, move.households)
        way = (move.corridor, move.depart_s)
        yield _Call(order, move.zone, move.group, *size, (way,), move.depart_s)
    for duty in plan.duties:
        for trip in duty.trips:
            ways = ((trip.corridor_out, trip.gate_out_s), (trip.corridor_in, trip.gate_in_s))
            gates = tuple(way for way in ways if way[0])
            for stop in trip.stops:
                order = _Order(duty.vehicle, stop.leave_s, trip.corridor_out)
                for load in stop.loads:
                    size = (load.first_household, load.households)
                    yield _Call(order, stop.zone, load.group, *size, gates, trip.gate_in_s)


class _Marks:
    """Which gates and days are not as they were."""

    def __init__(
        self, scenario: Scenario, revised: Scenario, now_s: int, lost: frozenset[str]
    ) -> None:
        self._lost = lost
        self._now, self._before, self._after = now_s, scenario, revised
        self._rows = row_of(revised.corridors)
        self._known: dict[tuple[str, int], bool] = {}
        closes = [one.closes for one in (*scenario.windows, *revised.windows)]
        self._steps = max(revised.seconds(at) for at in closes) // revised.planning.step_s + 1
        self._serves = [self._all(one) for one in (scenario, revised)]

    def touches(self, call: _Call) -> bool:
        """Whether an order's gates or vehicle are not as they were."""
        if call.order.vehicle in self._lost:
            return True
        return any(self._gate(corridor, at) for corridor, at in call.gates)

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
