"""Who has passed a gate by when, from the plan alone: work of the gate laid end to end."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from clearway.model.plan import Plan
from clearway.model.rates import served
from clearway.model.scenario import Scenario, row_of

#: Step in which nobody ever passes.
NEVER: Final = 1 << 40
#: Persons fewer than this are the rounding of floating-point numbers.
CRUMB: Final = 1e-6


@dataclass(frozen=True, slots=True, eq=False)
class Service:
    """What one gate serves in one window.

    Attributes
    ----------
    begin
        The step of its first entry.
    served
        Shape (steps,), persons who passed by the end of each step.
    """

    begin: int
    served: NDArray[np.float64]

    def passed(self, step: int) -> float:
        """Return how many passed in that step or before."""
        at = min(step - self.begin, len(self.served) - 1)
        return float(self.served[at]) if at >= 0 else 0.0

    def when(self, person: NDArray[np.float64]) -> NDArray[np.int64]:
        """Return the step in which so many have passed; ``NEVER`` if they do not."""
        at = np.searchsorted(self.served, person - CRUMB, side="left")
        return np.where(at < len(self.served), self.begin + at, NEVER)


@dataclass(frozen=True, slots=True, eq=False)
class Queued:
    """Cohorts at their gates, in the order in which they were given.

    Attributes
    ----------
    service
        Row among ``services`` of each; -1 where no window is left for it.
    first, last
        Their places in the order of those who pass: how many came before their step, and with it.
    services
        One a window.
    """

    service: NDArray[np.int64]
    first: NDArray[np.float64]
    last: NDArray[np.float64]
    services: tuple[Service, ...]

    def share(self, step: NDArray[np.int64]) -> NDArray[np.float64]:
        """Return the share of each cohort that has passed in ``step`` (one each) or before."""
        reached = np.zeros(len(self.first))
        for row, service in enumerate(self.services):
            mine = np.flatnonzero(self.service == row)
            at = np.clip(step[mine] - service.begin, -1, len(service.served) - 1)
            reached[mine] = np.append(service.served, 0.0)[at]
        return np.clip((reached - self.first) / np.maximum(self.last - self.first, CRUMB), 0, 1)

    def when(self, share: NDArray[np.float64]) -> NDArray[np.int64]:
        """Return the step in which that share of each cohort has passed."""
        found = np.full(len(self.first), NEVER)
        person = self.first + share * (self.last - self.first)
        for row, service in enumerate(self.services):
            mine = np.flatnonzero(self.service == row)
            found[mine] = service.when(person[mine])
        return found


def queue_up(
    scenario: Scenario,
    plan: Plan,
    corridor: NDArray[np.int64],
    join: NDArray[np.int64],
    persons: NDArray[np.float64],
) -> Queued:
    """Serve cohorts at their gates, first come first served, those of one step alike.

    Parameters
    ----------
    scenario, plan
        The plan's vehicles take their part of the gates before.
    corridor, join, persons
        Shape (c,), row of the corridor, step in which each joins its queue, and how many.
    """
    planning, rows = scenario.planning, row_of(scenario.corridors)
    aboard = _aboard(scenario, plan)
    service = np.full(len(join), -1)
    services: list[Service] = []
    first, last = np.zeros(len(join)), np.zeros(len(join))
    for window in sorted(scenario.windows, key=lambda one: scenario.seconds(one.opens)):
        k = rows[window.corridor]
        opens = -(-scenario.seconds(window.opens) // planning.step_s)
        end = -(-scenario.seconds(window.closes) // planning.step_s)
        mine = np.flatnonzero((corridor == k) & (join < end) & (service < 0))
        if not len(mine):
            continue
        begin = max(0, min(int(join[mine].min()), opens))
        at = join[mine] - begin
        came = np.bincount(at, weights=persons[mine], minlength=end - begin).astype(np.float64)
        budget = served(scenario, aboard, end)[k, begin:]
        budget[: max(opens - begin, 0)] = 0.0
        total = np.cumsum(came)
        service[mine] = len(services)
        last[mine] = total[at]
        first[mine] = last[mine] - came[at]
        services.append(Service(begin, _served(came, budget)))
    return Queued(service, first, last, tuple(services))


def _served(came: NDArray[np.float64], budget: NDArray[np.float64]) -> NDArray[np.float64]:
    done, total, found = 0.0, 0.0, np.zeros(len(came))
    for step, (new, most) in enumerate(zip(came.tolist(), budget.tolist(), strict=True)):
        total += new
        done = min(total, done + most)
        found[step] = done
    return found


def _aboard(scenario: Scenario, plan: Plan) -> NDArray[np.float64]:
    """Shape (corridors, slots), persons in vehicles that leave by each gate in each slot."""
    patients = {one.code: one.persons for one in scenario.care.patients}
    rows, slot_s = row_of(scenario.corridors), scenario.planning.slot_s
    trips = [trip for duty in plan.duties for trip in duty.trips]
    slots = [max(0, trip.gate_out_s // slot_s) for trip in trips]
    found = np.zeros((len(rows), max(slots, default=-1) + 1))
    for trip, slot in zip(trips, slots, strict=True):
        persons = sum(load.persons for load in trip.loads)
        persons += sum(patients[code] for code in trip.patients)
        found[rows[trip.corridor_out], slot] += persons
    return found
