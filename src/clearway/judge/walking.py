"""Routes walked or driven link by link: which way, connected or not, when each is entered."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from clearway.judge.columns import UNKNOWN, Columns
from clearway.model.network import OPEN, Links
from clearway.model.population import CAR
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
    speed_m_per_s
        Shape (groups, links), of cars the link's own where that is lower.
    barred
        Shape (f,), whether it is a group with cars that is sent over a link that is not for cars,
        or not in that direction.
    usable
        Shape (m,), whether the movement can be replayed: everything it names exists, it departs
        at a whole second, its route holds its corridor, and its group can go that way by itself.
    """

    forward: NDArray[np.bool_]
    node: NDArray[np.int64]
    gap: NDArray[np.int64]
    end: NDArray[np.int64]
    gate: NDArray[np.int64]
    before: NDArray[np.int64]
    corridor_ticks: NDArray[np.int64]
    speed_m_per_s: NDArray[np.float64]
    barred: NDArray[np.bool_]
    usable: NDArray[np.bool_]


def walk(scenario: Scenario, moves: Columns) -> Walks:
    """Walk every route of ``moves`` from its zone's node on."""
    zones = np.array([zone.node for zone in scenario.zones])
    start = np.where(moves.zone == UNKNOWN, 0, zones[moves.zone])
    forward, node, gap, end = follow(scenario.network.links, start, moves.offset, moves.link)
    speed = _speeds(scenario)
    ticks = _ticks(scenario, speed)
    flat = np.where(moves.link == UNKNOWN, 0, ticks[moves.group[moves.movement], moves.link])
    total = np.cumsum(flat)
    through = np.concatenate([[0], total])[moves.offset[:-1]]
    gate = _gates(scenario, moves)
    network = scenario.network
    rows = [network.link_index(corridor.links) for corridor in scenario.corridors]
    barred = _barred(scenario, moves, forward)
    refused = np.bincount(moves.movement[barred], minlength=len(moves)) > 0
    alone = np.array([group.own_way is not None for group in scenario.groups])
    return Walks(
        forward=forward,
        node=node,
        gap=gap,
        end=end,
        gate=gate,
        before=(total - flat - through[moves.movement]).astype(np.int64),
        corridor_ticks=np.stack([ticks[:, row].sum(axis=1) for row in rows], axis=1),
        speed_m_per_s=speed,
        barred=barred,
        usable=moves.known & moves.timed & (gate != NONE) & ~refused & alone[moves.group],
    )


def _ticks(scenario: Scenario, speed: NDArray[np.float64]) -> NDArray[np.int64]:
    """Shape (groups, links), ticks for a link: to the nearest whole tick, at least one."""
    ticks = scenario.network.links.length_m / (speed * scenario.planning.tick_s)
    return np.asarray(np.maximum(1, np.floor(ticks + 0.5)), dtype=np.int64)


def _speeds(scenario: Scenario) -> NDArray[np.float64]:
    """Shape (groups, links), metres a second: of cars the link's own where that is lower.

    Where no vehicle can go, that of the group stands: nobody is sent there.
    """
    own = np.array([[group.speed_m_per_s.central] for group in scenario.groups])
    cars = np.array([[CAR in group.modes] for group in scenario.groups])
    links = scenario.network.links
    held = cars & (links.speed_m_per_s > 0)
    return np.where(held, np.minimum(own, links.speed_m_per_s), own)


def for_vehicles(links: Links) -> NDArray[np.bool_]:
    """Shape (links,), whether vehicles can use a link at all."""
    fit = (links.speed_m_per_s > 0) & (links.lanes > 0) & (links.capacity_veh_per_s > 0)
    return np.asarray(fit & (links.state == OPEN))


def _barred(scenario: Scenario, moves: Columns, forward: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Shape (f,), which links cars are sent over that may not; closed ones are told elsewhere."""
    links = scenario.network.links
    cars = np.array([CAR in group.modes for group in scenario.groups])
    driven = cars[moves.group[moves.movement]] & (moves.group[moves.movement] != UNKNOWN)
    turned = np.isin(links.id, np.array(scenario.contraflow, dtype=np.int64))[moves.link]
    against = links.directed[moves.link] & (forward == turned)
    shut = ~for_vehicles(links)[moves.link] & (links.state[moves.link] == OPEN)
    return np.asarray(driven & (against | shut) & (moves.link != UNKNOWN))


def follow(
    links: Links, start: NDArray[np.int64], offset: NDArray[np.int64], link: NDArray[np.int64]
) -> tuple[NDArray[np.bool_], NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
    """Walk routes side by side, one link at a time.

    Parameters
    ----------
    links
        Of the network.
    start
        Shape (m,), id of the node where each route begins.
    offset, link
        Shapes (m + 1,) and (f,): where each route begins among the rows of links.

    Returns
    -------
    forward, node, gap, end
        As in ``Walks``. A route longer than the network is not followed: it repeats a link.
    """
    at = start.copy()
    count = len(start)
    forward = np.ones(len(link), dtype=np.bool_)
    entered = np.zeros(len(link), dtype=np.int64)
    gap = np.full(count, NONE)
    length = np.diff(offset)
    length = np.where(length <= len(links), length, 0)
    order = np.argsort(-length, kind="stable")
    falling = -length[order]
    for place in range(int(length.max(initial=0))):
        active = order[: np.searchsorted(falling, -place)]
        flat = offset[active] + place
        first, last = links.from_node[link[flat]], links.to_node[link[flat]]
        ahead, back = first == at[active], last == at[active]
        lost = ~(ahead | back) & (gap[active] == NONE)
        gap[active[lost]] = place
        forward[flat] = ahead | ~back
        entered[flat] = np.where(forward[flat], first, last)
        at[active] = np.where(forward[flat], last, first)
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
