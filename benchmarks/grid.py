"""Walkers, or cars, on a grid of streets with gates at its rim, all made up."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from benchmarks.roads import (
    LANE_PERSONS_PER_M,
    REACTION_S,
    WALK_M_PER_S,
    Case,
    Floats,
    Roads,
    assemble,
    follow,
    full_flow,
    routes_to,
)

#: How many times as many lanes as the widest street the way to a gate, and on, has.
APPROACH_FACTOR: Final = 2


@dataclass(frozen=True, slots=True)
class Grid:
    """What the grid is like.

    Attributes
    ----------
    side
        Nodes a side.
    walkers
        Over all nodes alike: people on foot, or cars.
    gates
        Spread evenly around the rim.
    gate_per_s
        Persons that each lets through a second.
    hours
        In which walkers leave, evenly.
    horizon_h
        How long is simulated.
    second
        Share that walks to the second nearest gate, so that ways cross.
    spacing_m
        Between nodes.
    unit
        Persons that move as one.
    speed_m_per_s, lane_per_m
        Free speed, and travellers that stand on a metre of a lane.
    lanes
        Most a street may have; the least is one.
    seed
        Of the widths, and of who takes the second nearest gate.
    """

    side: int = 20
    walkers: int = 200_000
    gates: int = 6
    gate_per_s: float = 3.0
    hours: float = 3.0
    horizon_h: float = 6.0
    second: float = 0.2
    spacing_m: float = 100.0
    unit: int = 1
    speed_m_per_s: float = WALK_M_PER_S
    lane_per_m: float = LANE_PERSONS_PER_M
    lanes: int = 5
    seed: int = 1


def grid(asked: Grid) -> Case:
    """Return the case of a grid."""
    draw = np.random.default_rng(asked.seed)
    roads, exits = _roads(asked, draw)
    seconds = roads.length_m / roads.speed_m_per_s
    trees = [routes_to(roads, seconds, at) for at in exits]
    away = np.array([tree[0] for tree in trees])
    origins = np.arange(asked.side**2)
    nearest = np.argsort(away[:, origins], axis=0)
    ways = [
        follow(roads, trees[nearest[rank, origin]][1], origin)
        for origin in origins.tolist()
        for rank in (0, 1)
    ]
    units = asked.walkers // asked.unit
    each = units // len(origins)
    trips = list[tuple[float, int]]()
    for origin in origins.tolist():
        # Evenly over the hours; nodes begin one after the other.
        when = (np.arange(each) + origin / len(origins)) * asked.hours * 3600.0 / each
        other = draw.random(each) < asked.second
        trips += zip(when.tolist(), (2 * origin + other).tolist(), strict=True)
    return assemble(roads, trips, ways, asked.unit, asked.horizon_h * 3600.0)


def _roads(asked: Grid, draw: np.random.Generator) -> tuple[Roads, list[int]]:
    """Return the streets, and the node behind each gate."""
    side, inner = asked.side, asked.side**2
    pairs, lanes = list[tuple[int, int]](), list[int]()
    for node in range(inner):
        for other in ([node + 1] if (node + 1) % side else []) + [node + side]:
            if other < inner:
                wide = int(draw.integers(1, asked.lanes + 1))
                pairs += [(node, other), (other, node)]
                lanes += [wide, wide]
    x = [float(node % side) for node in range(inner)]
    y = [float(node // side) for node in range(inner)]
    rim, exits = _rim(side), list[int]()
    for number in range(asked.gates):
        mouth, gate = rim[round(number * len(rim) / asked.gates)], inner + 2 * number
        pairs += [(mouth, gate), (gate, gate + 1)]
        lanes += [APPROACH_FACTOR * asked.lanes] * 2
        exits.append(gate + 1)
        x += [x[mouth] + 0.3, x[mouth] + 0.6]
        y += [y[mouth] + 0.3, y[mouth] + 0.6]
    at_gate = np.zeros(len(x))
    at_gate[inner::2] = asked.gate_per_s
    count = np.array(lanes)
    jam: Floats = count * asked.lane_per_m
    speed = np.full(len(lanes), asked.speed_m_per_s)
    roads = Roads(
        x_m=asked.spacing_m * np.array(x),
        y_m=asked.spacing_m * np.array(y),
        gate_per_s=at_gate,
        tail=np.array([one for one, _ in pairs]),
        head=np.array([other for _, other in pairs]),
        length_m=np.full(len(lanes), asked.spacing_m),
        speed_m_per_s=speed,
        lanes=count,
        jam_per_m=jam,
        flow_per_s=full_flow(speed, count.astype(np.float64), jam, REACTION_S),
        reaction_s=REACTION_S,
    )
    return roads, exits


def _rim(side: int) -> list[int]:
    """Return the nodes of the rim, once around."""
    last = side - 1
    around = [(0, c) for c in range(last)] + [(r, last) for r in range(last)]
    around += [(last, c) for c in range(last, 0, -1)] + [(r, 0) for r in range(last, 0, -1)]
    return [row * side + column for row, column in around]
