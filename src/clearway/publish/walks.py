"""Where a plan's movements walk: their routes as rows of the network's links, and how long."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from clearway.model.plan import Movement, Plan
from clearway.model.population import CAR
from clearway.model.scenario import Scenario, row_of


@dataclass(frozen=True, slots=True, eq=False)
class Walks:
    """The movements of a plan that name parts of the scenario, as columns.

    A movement that names an unknown zone, group, corridor or link, or that never comes to its
    corridor, is left out: the verdict names it.

    Attributes
    ----------
    movements
        Those kept, in the plan's order.
    zone, group, corridor, depart_s, span_s, households, persons
        Shape (n,), rows of the scenario's parts, seconds from its start, seconds over which they
        leave, and counts.
    start, mouth, end
        Shape (n,), where a movement's route begins in ``links``, where its corridor does, and
        where it ends.
    links
        Shape (total,), rows of the network's links, route after route.
    gate_s
        Shape (n,), seconds from home to the mouth.
    corridor_s
        Shape (corridors, groups), seconds from the gate to the exit.
    """

    movements: tuple[Movement, ...]
    zone: NDArray[np.int64]
    group: NDArray[np.int64]
    corridor: NDArray[np.int64]
    depart_s: NDArray[np.int64]
    span_s: NDArray[np.int64]
    households: NDArray[np.int64]
    persons: NDArray[np.int64]
    start: NDArray[np.int64]
    mouth: NDArray[np.int64]
    end: NDArray[np.int64]
    links: NDArray[np.int64]
    gate_s: NDArray[np.int64]
    corridor_s: NDArray[np.int64]


def walks(scenario: Scenario, plan: Plan) -> Walks:
    """Return the walks of ``plan`` in ``scenario``."""
    rows = {int(link): row for row, link in enumerate(scenario.network.links.id)}
    zones, groups = row_of(scenario.zones), row_of(scenario.groups)
    corridors = row_of(scenario.corridors)
    first = [corridor.links[0] for corridor in scenario.corridors]
    kept = tuple(
        movement
        for movement in plan.movements
        if movement.zone in zones
        and movement.group in groups
        and movement.corridor in corridors
        and first[corridors[movement.corridor]] in movement.links
        and rows.keys() >= set(movement.links)
    )
    corridor = np.array([corridors[m.corridor] for m in kept], dtype=np.int64)
    group = np.array([groups[m.group] for m in kept], dtype=np.int64)
    lengths = np.array([len(m.links) for m in kept], dtype=np.int64)
    end = np.cumsum(lengths)
    before = [m.links.index(first[k]) for m, k in zip(kept, corridor.tolist(), strict=True)]
    start = end - lengths
    mouth = start + np.array(before, dtype=np.int64)
    links = np.array([rows[link] for m in kept for link in m.links], dtype=np.int64)
    ticks, slot_s = _ticks(scenario), scenario.planning.slot_s
    return Walks(
        movements=kept,
        zone=np.array([zones[m.zone] for m in kept], dtype=np.int64),
        group=group,
        corridor=corridor,
        depart_s=np.array([m.depart_s for m in kept], dtype=np.int64),
        span_s=np.array([m.leaves_over_s(slot_s) for m in kept], dtype=np.int64),
        households=np.array([m.households for m in kept], dtype=np.int64),
        persons=np.array([m.persons for m in kept], dtype=np.int64),
        start=start,
        mouth=mouth,
        end=end,
        links=links,
        gate_s=_spans(ticks[np.repeat(group, lengths), links], start, mouth)
        * scenario.planning.tick_s,
        corridor_s=_corridor_ticks(scenario, ticks) * scenario.planning.tick_s,
    )


def _ticks(scenario: Scenario) -> NDArray[np.int64]:
    """Return ticks on each link, shape (groups, links), rounded half up, one at least."""
    tick_s = scenario.planning.tick_s
    links, pace = scenario.network.links, [one.speed_m_per_s.central for one in scenario.groups]
    speed = np.repeat(np.array(pace)[:, None], len(links), axis=1)
    drives = np.array([CAR in group.modes for group in scenario.groups])
    # Where no car may go, none is sent: its time there counts for nothing.
    limit = np.where(links.speed_m_per_s > 0, links.speed_m_per_s, np.inf)
    speed[drives] = np.minimum(speed[drives], limit)
    walked = links.length_m[None, :] / (speed * tick_s)
    return np.asarray(np.maximum(1, np.floor(walked + 0.5)), dtype=np.int64)


def _spans(
    values: NDArray[np.int64], start: NDArray[np.int64], stop: NDArray[np.int64]
) -> NDArray[np.int64]:
    total = np.concatenate(([0], np.cumsum(values)))
    return np.asarray(total[stop] - total[start])


def _corridor_ticks(scenario: Scenario, ticks: NDArray[np.int64]) -> NDArray[np.int64]:
    sums = [ticks[:, scenario.network.link_index(c.links)].sum(axis=1) for c in scenario.corridors]
    return np.array(sums, dtype=np.int64)
