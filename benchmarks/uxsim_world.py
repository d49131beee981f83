"""A case in UXsim's C++ engine, at its fastest: fixed routes, nothing logged."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

import numpy as np
import uxsim

from benchmarks import courses
from benchmarks.answer import answer
from benchmarks.child import limit_memory, peak_mb
from benchmarks.clock import Clock
from benchmarks.roads import Case, Floats, curve, full_flow

#: Share of the machine's memory that it may take.
MEMORY_SHARE: Final = 0.8


def run(case: Case, threads: int = 1) -> Iterator[dict[str, Any]]:
    """Yield times, memory and curve of a case.

    Parameters
    ----------
    case
        What moves where.
    threads
        That the engine may use.
    """
    clock = Clock()
    world = build(case, threads)
    yield {"build": clock.lap()}
    # In its first step the engine finds shortest ways for all nodes, for which nobody asks here.
    world.exec_simulation(duration_t2=world.DELTAT)
    yield {"first_step": clock.lap()}
    world.exec_simulation()
    yield {"run": clock.lap(), "peak_mb": peak_mb()}
    yield {"curve": curve(arrivals(world), case.unit, case.horizon_s).tolist()}


def build(case: Case, threads: int = 1) -> uxsim.World:
    """Return a world that is ready to run."""
    roads = case.roads
    world = uxsim.World(
        deltan=case.unit,
        reaction_time=roads.reaction_s,
        tmax=case.horizon_s,
        duo_update_time=2 * case.horizon_s,
        print_mode=0,
        save_mode=0,
        show_progress=0,
        vehicle_logging_timestep_interval=-1,
        reduce_memory_delete_vehicle_route_pref=True,
        random_seed=1,
        threads=threads,
        cpp=True,
    )
    for node, gate in enumerate(roads.gate_per_s.tolist()):
        world.addNode(
            f"n{node}",
            float(roads.x_m[node]),
            float(roads.y_m[node]),
            flow_capacity=gate if gate > 0 else None,
        )
    links = _links(world, case)
    ways = np.split(case.route, case.start[1:-1])
    for when, way in zip(case.depart_s.tolist(), ways, strict=True):
        tail, head = roads.tail[way[0]], roads.head[way[-1]]
        vehicle = world.addVehicle(f"n{tail}", f"n{head}", when)
        vehicle.enforce_route([links[at] for at in way.tolist()], set_avoid=True)
    world.finalize_scenario()
    return world


def arrivals(world: uxsim.World) -> Floats:
    """Return when each unit arrived; NaN for those who have not."""
    steps = np.array([one.arrival_time for one in world.VEHICLES.values()], dtype=np.float64)
    return np.where(steps >= 0, steps * world.DELTAT, np.nan)


def _links(world: uxsim.World, case: Case) -> list[Any]:
    roads = case.roads
    lanes = roads.lanes.astype(np.float64)
    full = full_flow(roads.speed_m_per_s, lanes, roads.jam_per_m, roads.reaction_s)
    links = []
    for at in range(len(roads.tail)):
        flow = float(roads.flow_per_s[at])
        most = flow if flow < full[at] * (1 - 1e-9) else None
        links.append(
            world.addLink(
                f"l{at}",
                f"n{roads.tail[at]}",
                f"n{roads.head[at]}",
                length=float(roads.length_m[at]),
                free_flow_speed=float(roads.speed_m_per_s[at]),
                jam_density=float(roads.jam_per_m[at]),
                number_of_lanes=int(roads.lanes[at]),
                capacity_in=most,
                capacity_out=most,
            )
        )
    return links


def _task(
    name: str, unit: int, folder: str, *, small: bool = False, threads: int = 1
) -> Iterator[dict[str, Any]]:
    limit_memory(MEMORY_SHARE)
    yield from run(courses.build(name, unit, folder, small=small), threads)


if __name__ == "__main__":
    answer({"run": _task})
