"""A fork before a slow gate, on which the queue for the gate grows back to the fork."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from benchmarks.roads import LANE_PERSONS_PER_M, REACTION_S, WALK_M_PER_S, Case, Roads, full_flow


def spillback(persons: int = 18_000) -> tuple[Case, NDArray[np.bool_]]:
    """Return the case, and who turns off at the fork: every other.

    A way of two lanes leads to a fork; on from there a lane of a kilometre to a gate that serves
    half a person a second, and another lane past it. Seven people in ten seconds come for each.
    """
    lanes = np.array([2, 1, 1, 2, 1])
    speed = np.full(5, WALK_M_PER_S)
    jam = lanes * LANE_PERSONS_PER_M
    gates = np.zeros(6)
    gates[3] = 0.5
    roads = Roads(
        # The way in, the fork, the lane's end, the gate, beyond it, and beyond the other lane.
        x_m=np.array([0.0, 500.0, 1500.0, 1600.0, 1700.0, 500.0]),
        y_m=np.array([0.0, 0.0, 0.0, 0.0, 0.0, 300.0]),
        gate_per_s=gates,
        tail=np.array([0, 1, 2, 3, 1]),
        head=np.array([1, 2, 3, 4, 5]),
        length_m=np.array([500.0, 1000.0, 100.0, 100.0, 300.0]),
        speed_m_per_s=speed,
        lanes=lanes,
        jam_per_m=jam,
        flow_per_s=full_flow(speed, lanes.astype(np.float64), jam, REACTION_S),
        reaction_s=REACTION_S,
    )
    aside = np.arange(persons) % 2 == 1
    ways = [[0, 1, 2, 3], [0, 4]]
    start = np.r_[0, np.cumsum([len(ways[int(turns)]) for turns in aside])]
    route = np.concatenate([ways[int(turns)] for turns in aside])
    depart_s = np.arange(persons) / 1.4
    return Case(roads, depart_s, start, route, unit=1, horizon_s=4.0 * 3600), aside
