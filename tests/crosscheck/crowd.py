"""The crowd of the bottleneck, on our streets."""

from __future__ import annotations

import numpy as np

from benchmarks.walkers import DEEP_M, LEAST_ROOM_M, PERSONS_A_METRE, ROOM
from clearway.model.network import FOOT_FLOW_PERSONS_PER_M_S
from clearway.simulate.speed import STANDING_PERSONS_PER_M2, WAVE_M_PER_S
from clearway.simulate.streets import Streets, Units


def crowd(width_m: float) -> tuple[Streets, Units]:
    """Return a wide street that ends in a bottleneck, and people who all come at once."""
    persons = round(PERSONS_A_METRE * width_m)
    width = np.array([max(LEAST_ROOM_M, ROOM * width_m), width_m])
    length = np.array([20.0, DEEP_M])
    streets = Streets(
        length_m=length,
        speed_m_per_s=np.full(2, np.inf),
        flow_per_s=FOOT_FLOW_PERSONS_PER_M_S * width,
        storage=STANDING_PERSONS_PER_M2 * width * length,
        walkway_m2=width * length,
        wave_m_per_s=np.full(2, WAVE_M_PER_S),
        check_points=np.zeros(2, dtype=np.int64),
    )
    alike = np.ones(persons)
    return streets, Units(
        size=alike,
        speed_m_per_s=1.2 * alike,
        depart_s=0.0 * alike,
        route_start=2 * np.arange(persons + 1),
        route=np.tile([0, 1], persons),
        work=alike,
    )
