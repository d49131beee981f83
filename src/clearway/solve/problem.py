"""The scenario as the solver sees it: supplies, walks, and the slots of each gate."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from clearway.model.network import INSIDE, OUTSIDE
from clearway.model.scenario import Scenario, row_of
from clearway.solve.cells import NEVER, Cells, gate_slots
from clearway.solve.modes import BY_CAR, Modes
from clearway.solve.taken import Taken
from clearway.solve.walks import (
    Arcs,
    Tail,
    backward_trees,
    corridor_tail,
    drives,
    driving_arcs,
    link_ticks,
    walking_arcs,
)


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
    modes
        How groups go, and what streets hold.
    inside
        One a mode: the arcs that may be used inside.
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
        One a mode and corridor: the rest of every route through it; None if it leads nowhere.
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
    urgency
        Shape (g,), what an hour until out counts, a person: 1 for everyone in the objective; more
        where a table is to call those first who weigh more, in case later hours never come.
    taken
        What vehicles take of gates, sites and households; none of it is in ``supply``.
    """

    scenario: Scenario
    cohorts: int
    ticks_per_step: int
    supply: NDArray[np.float64]
    modes: Modes
    inside: tuple[Arcs, ...]
    ticks: NDArray[np.int64]
    walk_ticks: NDArray[np.float64]
    first_arc: NDArray[np.int64]
    zone_node: NDArray[np.int64]
    walk_steps: NDArray[np.int64]
    tails: tuple[tuple[Tail | None, ...], ...]
    corridor_ticks: NDArray[np.int64]
    open_step: NDArray[np.int64]
    last_step: NDArray[np.int64]
    gate_rate: NDArray[np.float64]
    site: NDArray[np.int64]
    cells: Cells
    urgency: NDArray[np.float64]
    taken: Taken

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

    @property
    def places(self) -> NDArray[np.float64]:
        """Shape (r,), persons that each reception site can still take."""
        places = np.array([site.places.central for site in self.scenario.receptions], dtype=float)
        return np.asarray(np.maximum(0.0, places - self.taken.places))


def pose(scenario: Scenario, taken: Taken | None = None) -> Problem:
    """Work out walks, times and gate slots of ``scenario``.

    Parameters
    ----------
    scenario
        What is to be planned.
    taken
        What vehicles take of it; nothing by default.
    """
    taken = taken or Taken.nothing(scenario)
    planning, network = scenario.planning, scenario.network
    modes = Modes.of(scenario)
    inside, tails = _ways(scenario, len(modes))
    groups = range(len(scenario.groups))
    ticks = np.stack([link_ticks(scenario, group) for group in groups])
    mouths = network.node_index([corridor.mouth for corridor in scenario.corridors])
    trees = [
        backward_trees(inside[modes.of_group[group]], ticks[group], mouths) for group in groups
    ]
    walk = np.stack([tree[0] for tree in trees])
    zone_node = network.node_index([zone.node for zone in scenario.zones])
    per_step = planning.step_s // planning.tick_s
    steps = _whole_steps(walk[:, :, zone_node].transpose(2, 0, 1), per_step)
    _bar(steps, modes, tails)
    corridor_ticks = _corridor_ticks(scenario, ticks)
    opens, last = _window_steps(scenario, corridor_ticks)
    supply = _supply(scenario, taken)
    cohorts = planning.slot_s // planning.step_s
    there = np.where(supply[:, :, None] > 0, steps, NEVER)
    queues = _queues(scenario, modes, tails)
    cells = gate_slots(scenario, there, (opens, last), queues, taken)
    rate = np.array([corridor.gate_persons_per_s.central for corridor in scenario.corridors])
    sites = row_of(scenario.receptions)
    site = np.array([sites[corridor.reception] for corridor in scenario.corridors])
    return Problem(
        scenario,
        cohorts,
        per_step,
        supply,
        modes,
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
        np.ones(len(scenario.groups)),
        taken,
    )


def _bar(
    steps: NDArray[np.int64], modes: Modes, tails: tuple[tuple[Tail | None, ...], ...]
) -> None:
    """Take away the walks of those who do not go by themselves, and those that lead nowhere."""
    for g, mode in enumerate(modes.of_group):
        for k, tail in enumerate(tails[mode]):
            if tail is None or not modes.able[g]:
                steps[:, g, k] = NEVER


def _corridor_ticks(scenario: Scenario, ticks: NDArray[np.int64]) -> NDArray[np.int64]:
    rows = [scenario.network.link_index(corridor.links) for corridor in scenario.corridors]
    return np.stack([ticks[:, row].sum(axis=1) for row in rows], axis=1)


def _whole_steps(ticks: NDArray[np.float64], per_step: int) -> NDArray[np.int64]:
    known = np.isfinite(ticks)
    return np.where(known, np.ceil(np.where(known, ticks, 0) / per_step), NEVER).astype(np.int64)


def _supply(scenario: Scenario, taken: Taken) -> NDArray[np.float64]:
    zones, groups = range(len(scenario.zones)), range(len(scenario.groups))
    rows = [[taken.willing(scenario, z, g).sum() for g in groups] for z in zones]
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


def _queues(
    scenario: Scenario, modes: Modes, tails: tuple[tuple[Tail | None, ...], ...]
) -> NDArray[np.float64]:
    """Return the persons that may wait at each gate: its holding area's limit, or none at all.

    Who waits comes later to the streets behind the gate than reckoned. That does no harm where
    those hold all that their gates let through, of every group at once; elsewhere nobody waits.
    A mode of one group alone keeps its order, so that no more enter a street than pass the gate.
    """
    count = len(scenario.corridors)
    leads, wide = np.zeros(count, dtype=bool), np.ones(count, dtype=bool)
    for mode, room in enumerate(modes.room):
        mine = modes.of_group == mode
        if not mine.any():
            continue
        load = np.zeros(len(room))
        for corridor, tail in zip(scenario.corridors, tails[mode], strict=True):
            if tail is not None:
                load[tail.links] += corridor.gate_persons_per_s.central
        alone = mode == BY_CAR and mine.sum() == 1
        most = load * float(modes.unit[mine].max()) * (1 if alone else int(mine.sum()) + 1)
        for k, tail in enumerate(tails[mode]):
            if tail is not None:
                leads[k] = True
                wide[k] &= bool((most <= room)[tail.links].all())
    limits = np.array([corridor.holding.limit_persons for corridor in scenario.corridors])
    return np.where(leads & wide, limits, 0.0)


def _ways(
    scenario: Scenario, modes: int
) -> tuple[tuple[Arcs, ...], tuple[tuple[Tail | None, ...], ...]]:
    """Return the arcs inside and the corridors' tails of each mode."""
    network, corridors = scenario.network, scenario.corridors
    outside = walking_arcs(network, OUTSIDE)
    inside = [walking_arcs(network, INSIDE)]
    tails = [tuple(corridor_tail(scenario, corridor, outside) for corridor in corridors)]
    if modes > 1:
        outside = driving_arcs(scenario, OUTSIDE)
        inside.append(driving_arcs(scenario, INSIDE))
        driven = [corridor_tail(scenario, corridor, outside) for corridor in corridors]
        tails.append(tuple(t if t is not None and drives(scenario, t) else None for t in driven))
    return tuple(inside), tuple(tails)
