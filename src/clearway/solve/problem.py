"""The scenario as the solver sees it: supplies, walks, and the slots of each gate."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from clearway.model.network import INSIDE, OUTSIDE
from clearway.model.scenario import Scenario, row_of
from clearway.solve.walks import (
    Arcs,
    Tail,
    backward_trees,
    corridor_tail,
    link_ticks,
    walking_arcs,
)

#: Steps of a walk that does not exist; far beyond any horizon.
NEVER = 1 << 40


@dataclass(frozen=True, slots=True, eq=False)
class Cells:
    """The slots of every gate: one row a corridor, window and slot.

    A window's slots begin with the first step at which anyone who left home at the opening can be
    at the gate, and follow one another. The last is cut at the last step of entry; its block still
    takes a whole slot to leave home, so it begins to arrive early and waits a little.

    Attributes
    ----------
    corridor, window
        Shape (c,), rows in the scenario's corridors and windows.
    first
        Shape (c,), step at which the slot begins.
    steps
        Shape (c,), length in steps: a whole slot, or less for a window's last.
    front
        Shape (c,), step at which the first of a block for this slot reaches the gate.
    delay
        Shape (c,), steps that a block may be held up at the gate by those before it.
    wait_s
        Shape (c,), seconds that people of a full block wait at the gate on average.
    capacity
        Shape (c,), persons the gate lets through in the slot.
    spare
        Shape (c,), persons that may still be at the gate when the slot ends, to pass in the next.
    """

    corridor: NDArray[np.int64]
    window: NDArray[np.int64]
    first: NDArray[np.int64]
    steps: NDArray[np.int64]
    front: NDArray[np.int64]
    delay: NDArray[np.int64]
    wait_s: NDArray[np.float64]
    capacity: NDArray[np.float64]
    spare: NDArray[np.float64]

    def __len__(self) -> int:
        """Return the number of cells."""
        return len(self.corridor)


@dataclass(frozen=True, slots=True, eq=False)
class Problem:
    """Everything the linear program is written from; z zones, g groups, k corridors, w windows.

    Attributes
    ----------
    scenario
        As read.
    cohorts, ticks_per_step
        Steps a slot, ticks a step.
    supply
        Shape (z, g), persons in the households expected to go.
    inside
        The arcs that people may walk inside.
    ticks
        Shape (g, links), ticks a link.
    walk_ticks
        Shape (g, k, nodes), fewest ticks to the mouth; infinite where there is no way.
    first_arc
        Shape (g, k, nodes), how such a walk begins.
    zone_node
        Shape (z,), rows of nodes.
    walk_steps
        Shape (z, g, k), steps from home to the gate, rounded up; ``NEVER`` without a way.
    tails
        One a corridor: the rest of every route through it; None if it leads nowhere.
    corridor_ticks
        Shape (g, k), ticks from the gate to the exit.
    open_step
        Shape (w,), first step at which people may leave home.
    last_step
        Shape (g, w), last step at which a group may pass the gate.
    gate_rate
        Shape (k,), persons a second through each gate.
    site
        Shape (k,), row of the reception site of each corridor.
    cells
        The gates' slots.
    """

    scenario: Scenario
    cohorts: int
    ticks_per_step: int
    supply: NDArray[np.float64]
    inside: Arcs
    ticks: NDArray[np.int64]
    walk_ticks: NDArray[np.float64]
    first_arc: NDArray[np.int64]
    zone_node: NDArray[np.int64]
    walk_steps: NDArray[np.int64]
    tails: tuple[Tail | None, ...]
    corridor_ticks: NDArray[np.int64]
    open_step: NDArray[np.int64]
    last_step: NDArray[np.int64]
    gate_rate: NDArray[np.float64]
    site: NDArray[np.int64]
    cells: Cells

    @property
    def ticks_per_slot(self) -> int:
        """Ticks a call-forward slot."""
        return self.cohorts * self.ticks_per_step

    @property
    def street_slots(self) -> int:
        """Slots in which anyone may be on a street; a day after the last gate has closed."""
        latest = int(self.last_step.max(initial=0)) * self.ticks_per_step
        day = 86_400 // self.scenario.planning.tick_s
        return (latest + day) // self.ticks_per_slot + 2

    @property
    def weights(self) -> NDArray[np.float64]:
        """Shape (g,), weight of a person."""
        return np.array([group.weight for group in self.scenario.groups])


def pose(scenario: Scenario) -> Problem:
    """Work out walks, times and gate slots of ``scenario``."""
    planning, network = scenario.planning, scenario.network
    inside = walking_arcs(network, INSIDE)
    outside = walking_arcs(network, OUTSIDE)
    tails = tuple(corridor_tail(scenario, corridor, outside) for corridor in scenario.corridors)
    groups = range(len(scenario.groups))
    ticks = np.stack([link_ticks(scenario, group) for group in groups])
    mouths = network.node_index([corridor.mouth for corridor in scenario.corridors])
    trees = [backward_trees(inside, ticks[group], mouths) for group in groups]
    walk = np.stack([tree[0] for tree in trees])
    zone_node = network.node_index([zone.node for zone in scenario.zones])
    per_step = planning.step_s // planning.tick_s
    steps = _whole_steps(walk[:, :, zone_node].transpose(2, 0, 1), per_step)
    for k, tail in enumerate(tails):
        if tail is None:
            steps[:, :, k] = NEVER
    corridor_ticks = np.stack(
        [
            ticks[:, network.link_index(corridor.links)].sum(axis=1)
            for corridor in scenario.corridors
        ],
        axis=1,
    )
    opens, last = _window_steps(scenario, corridor_ticks)
    supply = _supply(scenario)
    cohorts = planning.slot_s // planning.step_s
    there = np.where(supply[:, :, None] > 0, steps, NEVER)
    cells = _cells(scenario, there, opens, last, cohorts)
    rate = np.array([corridor.gate_persons_per_s.central for corridor in scenario.corridors])
    sites = row_of(scenario.receptions)
    site = np.array([sites[corridor.reception] for corridor in scenario.corridors])
    return Problem(
        scenario,
        cohorts,
        per_step,
        supply,
        inside,
        ticks,
        walk,
        np.stack([tree[1] for tree in trees]),
        zone_node,
        steps,
        tails,
        corridor_ticks,
        opens,
        last,
        rate,
        site,
        cells,
    )


def _whole_steps(ticks: NDArray[np.float64], per_step: int) -> NDArray[np.int64]:
    known = np.isfinite(ticks)
    return np.where(known, np.ceil(np.where(known, ticks, 0) / per_step), NEVER).astype(np.int64)


def _supply(scenario: Scenario) -> NDArray[np.float64]:
    uptake = scenario.planning.uptake.central
    zones, groups = range(len(scenario.zones)), range(len(scenario.groups))
    rows = [[scenario.demand.willing(z, g, uptake).sum() for g in groups] for z in zones]
    return np.array(rows, dtype=float)


def _window_steps(
    scenario: Scenario, corridor_ticks: NDArray[np.int64]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    planning, row = scenario.planning, row_of(scenario.corridors)
    opens, last = [], []
    for window in scenario.windows:
        k = row[window.corridor]
        opens.append(-(-scenario.seconds(window.opens) // planning.step_s))
        out_by = scenario.seconds(window.closes) - scenario.corridors[k].margin_s
        entry = out_by - corridor_ticks[:, k] * planning.tick_s
        last.append(np.floor(entry / planning.step_s).astype(np.int64))
    return np.array(opens, dtype=np.int64), np.stack(last, axis=1)


def _cells(
    scenario: Scenario,
    walk_steps: NDArray[np.int64],
    opens: NDArray[np.int64],
    last: NDArray[np.int64],
    cohorts: int,
) -> Cells:
    row = row_of(scenario.corridors)
    whole, real = np.empty(0, dtype=np.int64), np.empty(0)
    parts = [Cells(whole, whole, whole, whole, whole, whole, real, real, real)]
    for w, window in enumerate(scenario.windows):
        k = row[window.corridor]
        begin, end = int(opens[w] + walk_steps[:, :, k].min()), int(last[:, w].max()) + 1
        serves = scenario.corridors[k].gate_persons_per_s.central > 0
        if serves and end - begin >= cohorts:
            parts.append(_window_cells(scenario, (k, w), (begin, end), cohorts))
    columns = {
        field.name: np.concatenate([getattr(part, field.name) for part in parts])
        for field in dataclasses.fields(Cells)
    }
    return Cells(**columns)


def _window_cells(
    scenario: Scenario, place: tuple[int, int], span: tuple[int, int], cohorts: int
) -> Cells:
    """Return the slots of one corridor and window, between its first and last steps of entry."""
    (k, w), (begin, end) = place, span
    step_s = scenario.planning.step_s
    limit = scenario.corridors[k].holding.limit_persons
    rate = scenario.corridors[k].gate_persons_per_s.central * step_s
    first = np.arange(begin, end, cohorts)
    steps = np.minimum(cohorts, end - first)
    short = cohorts - int(steps[-1])
    if short * steps[-1] / cohorts * rate > limit:
        # The last block would crowd the holding area before its slot begins.
        first, steps, short = first[:-1], steps[:-1], 0
    delay = np.full(len(first), min(1, cohorts - 1))
    wait_s = np.zeros(len(first))
    if short:
        wait_s[-1] = short / 2 * step_s
        delay[-2:-1] += -(-short * int(steps[-1]) // cohorts)
    spare = np.full(len(first), min(limit, rate * min(1, cohorts - 1)))
    spare[-1:] = 0.0
    return Cells(
        corridor=np.full(len(first), k),
        window=np.full(len(first), w),
        first=first,
        steps=steps,
        front=first + steps - cohorts,
        delay=delay,
        wait_s=wait_s,
        capacity=steps * rate,
        spare=spare,
    )
