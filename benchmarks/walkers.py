"""A crowd at a bottleneck, body by body, in JuPedSim.

Of its models the collision-free speed model is used (Tordeux, Chraibi and Seyfried 2016), with
JuPedSim's own values: a time gap of 1 s and a free speed of 1.2 m/s. What a bottleneck lets through
depends in it on the size of bodies, for which sources differ.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any, Final

import jupedsim
import numpy as np
import shapely

from benchmarks.answer import answer

#: Radius of a body, metres: the 0.3 m across of Tordeux et al., what is assumed here (0.10 square
#: metres seen from above; range 0.07 to 0.13), and JuPedSim's own value.
SLIM_M: Final = 0.15
BODY_M: Final = math.sqrt(0.10 / math.pi)
STOUT_M: Final = 0.2
#: Persons before each metre of the bottleneck: from 115 on, what passes in all is about what passes
#: in a steady state (Liao et al. 2015).
PERSONS_A_METRE: Final = 115
#: Seconds after which a crowd that has not passed is left: circles of bodies may lock one another.
LIMIT_S: Final = 600.0
#: Seconds a step; and the part of a crowd that is counted, for it begins and thins out.
STEP_S: Final = 0.02
MIDDLE: Final = (0.2, 0.8)
#: Metres: width of the room for each metre of the bottleneck, its least, how long the bottleneck
#: is, how much room lies beyond, and how far apart people stand at first.
ROOM, LEAST_ROOM_M, DEEP_M, BEYOND_M, APART_M = 4.0, 8.0, 2.0, 6.0, 0.45


def crowd_flow(width_m: float, radius_m: float = BODY_M, seed: int = 1) -> float:
    """Return the persons who pass a bottleneck in a second, in the middle part of a crowd.

    Parameters
    ----------
    width_m
        Of the bottleneck.
    radius_m
        Of bodies.
    seed
        Of the places where people stand at first.
    """
    persons = round(PERSONS_A_METRE * width_m)
    when = _passed_s(width_m, radius_m, persons, seed)
    return middle_flow(when)


def middle_flow(when_s: np.ndarray[tuple[int], np.dtype[np.float64]]) -> float:
    """Return the passes a second between those of the first fifth and those of the last."""
    when = np.sort(when_s)
    first, last = (round(share * (len(when) - 1)) for share in MIDDLE)
    return float((last - first) / (when[last] - when[first]))


def _passed_s(
    width_m: float, radius_m: float, persons: int, seed: int
) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    """Return when each person came to the bottleneck's end, in any order."""
    half = max(LEAST_ROOM_M, ROOM * width_m) / 2
    room_m = persons * APART_M**2 * 2.2 / (2 * half) + 2
    room = shapely.box(-half, 0, half, room_m)
    neck = shapely.box(-width_m / 2, -DEEP_M - 1e-3, width_m / 2, 1e-3)
    beyond = shapely.box(-half, -DEEP_M - BEYOND_M, half, -DEEP_M)
    simulation = jupedsim.Simulation(
        model=jupedsim.CollisionFreeSpeedModel(),
        geometry=shapely.union_all([room, neck, beyond]),
        dt=STEP_S,
    )
    end = -DEEP_M - BEYOND_M
    out = simulation.add_exit_stage([(-half, end), (half, end), (half, end + 1), (-half, end + 1)])
    journey = simulation.add_journey(jupedsim.JourneyDescription([out]))
    places = jupedsim.distribute_by_number(
        polygon=shapely.box(-half, 1, half, room_m),
        number_of_agents=persons,
        distance_to_agents=APART_M,
        distance_to_polygon=0.3,
        seed=seed,
    )
    for place in places:
        simulation.add_agent(
            jupedsim.CollisionFreeSpeedModelAgentParameters(
                position=place, journey_id=journey, stage_id=out, radius=radius_m
            )
        )
    passed = dict[int, float]()
    while len(passed) < persons and simulation.elapsed_time() < LIMIT_S:
        simulation.iterate(10)
        now = simulation.elapsed_time()
        for agent in simulation.agents():
            if agent.position[1] <= -DEEP_M:
                passed.setdefault(agent.id, now)
    return np.array(list(passed.values()))


def _task(widths_m: list[float], seeds: list[int]) -> Iterator[dict[str, Any]]:
    flows = list[dict[str, Any]]()
    for width in widths_m:
        for radius in (SLIM_M, BODY_M, STOUT_M):
            drawn = seeds if radius == BODY_M else seeds[:1]
            found = [crowd_flow(width, radius, seed) for seed in drawn]
            flows.append({"width_m": width, "radius_m": radius, "persons_per_s": found})
            yield {"flows": flows}


if __name__ == "__main__":
    answer({"run": _task})
