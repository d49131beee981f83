"""Routes walked link by link: which way, connected or not, and when each link is entered."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from clearway.judge.columns import UNKNOWN, Columns
from clearway.model.scenario import Scenario

NONE = -1


@dataclass(frozen=True, slots=True, eq=False)
class Walks:
    """What becomes of the routes of a plan's movements.

    Attributes
    ----------
    forward
        Shape (f,), whether a link is walked the way it is written.
    node
        Shape (f,), id of the node at which each link is entered.
    gap
        Shape (m,), place in the route of the first link that does not continue it; -1 for none.
    end
        Shape (m,), id of the node where the route ends.
    gate
        Shape (m,), place in the route at which its corridor's links begin; -1 if they nowhere
        stand together in their order.
    before
        Shape (f,), ticks from leaving home to entering each link, without waiting.
    corridor_ticks
        Shape (groups, corridors), ticks from the gate to the exit.
    usable
        Shape (m,), whether the movement can be replayed: everything it names exists, it departs
        at a whole second and its route holds its corridor.
    """

    forward: NDArray[np.bool_]
    node: NDArray[np.int64]
    gap: NDArray[np.int64]
    end: NDArray[np.int64]
    gate: NDArray[np.int64]
    before: NDArray[np.int64]
    corridor_ticks: NDArray[np.int64]
    usable: NDArray[np.bool_]


def walk(scenario: Scenario, moves: Columns) -> Walks:
    """Walk every route of ``moves`` from its zone's node on."""
    forward, node, gap, end = _follow(scenario, moves)
    ticks = _ticks(scenario)
    flat = np.where(moves.link == UNKNOWN, 0, ticks[moves.group[moves.movement], moves.link])
    total = np.cumsum(flat)
    through = np.concatenate([[0], total])[moves.offset[:-1]]
    gate = _gates(scenario, moves)
    network = scenario.network
    rows = [network.link_index(corridor.links) for corridor in scenario.corridors]
    return Walks(
        forward=forward,
        node=node,
        gap=gap,
        end=end,
        gate=gate,
        before=(total - flat - through[moves.movement]).astype(np.int64),
        corridor_ticks=np.stack([ticks[:, row].sum(axis=1) for row in rows], axis=1),
        usable=moves.known & moves.timed & (gate != NONE),
    )


def _ticks(scenario: Scenario) -> NDArray[np.int64]:
    """Shape (groups, links), ticks to walk a link: to the nearest whole tick, at least one."""
    speeds = np.array([group.speed_m_per_s.central for group in scenario.groups])
    ticks = scenario.network.links.length_m / (speeds[:, None] * scenario.planning.tick_s)
    return np.asarray(np.maximum(1, np.floor(ticks + 0.5)), dtype=np.int64)


def _follow(
    scenario: Scenario, moves: Columns
) -> tuple[NDArray[np.bool_], NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
    """Walk all routes side by side, one link at a time."""
    links = scenario.network.links
    zones = np.array([zone.node for zone in scenario.zones])
    at = np.where(moves.zone == UNKNOWN, 0, zones[moves.zone])
    forward = np.ones(len(moves.link), dtype=np.bool_)
    entered = np.zeros(len(moves.link), dtype=np.int64)
    gap = np.full(len(moves), NONE)
    # A route longer than the network repeats a link, which is a breach of its own.
    length = np.where(moves.length <= len(links), moves.length, 0)
    order = np.argsort(-length, kind="stable")
    falling = -length[order]
    for place in range(int(length.max(initial=0))):
        active = order[: np.searchsorted(falling, -place)]
        flat = moves.offset[active] + place
        start, end = links.from_node[moves.link[flat]], links.to_node[moves.link[flat]]
        ahead, back = start == at[active], end == at[active]
        lost = ~(ahead | back) & (gap[active] == NONE)
        gap[active[lost]] = place
        forward[flat] = ahead | ~back
        entered[flat] = np.where(forward[flat], start, end)
        at[active] = np.where(forward[flat], end, start)
    return forward, entered, gap, at


def _gates(scenario: Scenario, moves: Columns) -> NDArray[np.int64]:
    """Find the place in each route at which the links of its corridor stand, in order."""
    gate = np.full(len(moves), NONE)
    of = moves.corridor[moves.movement]
    place = np.arange(len(moves.link)) - moves.offset[moves.movement]
    for k, corridor in enumerate(scenario.corridors):
        links = scenario.network.link_index(corridor.links)
        heads = np.flatnonzero((of == k) & (moves.link == links[0]))
        ends = moves.offset[moves.movement[heads] + 1]
        heads = heads[heads + len(links) <= ends]
        whole = (moves.link[heads[:, None] + np.arange(len(links))] == links).all(axis=1)
        heads = heads[whole][::-1]  # so that the first place of a route is written last
        gate[moves.movement[heads]] = place[heads]
    return gate
