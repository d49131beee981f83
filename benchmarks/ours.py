"""A case in our kernel."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

import numpy as np

from benchmarks.answer import answer
from benchmarks.child import peak_mb
from benchmarks.clock import Clock
from benchmarks.courses import GRID, build
from benchmarks.roads import Case, Floats, curve
from clearway.simulate.streets import Streets, Units, drive

#: At which walkways are full.
PERSONS_A_M2: Final = 4.0


def run(case: Case) -> Iterator[dict[str, Any]]:
    """Yield times, memory and curve of a case.

    Parameters
    ----------
    case
        What moves where.
    """
    streets, units = pose(case)
    # What is compiled, or loaded, once a machine is not counted.
    drive(*pose(first(case, 1)), 1.0)
    clock = Clock()
    arrive_s = drive(streets, units, case.horizon_s)
    yield {"run": clock.lap(), "peak_mb": peak_mb()}
    yield {"curve": curve(arrive_s, case.unit, case.horizon_s).tolist()}


def arrivals(case: Case, *, on_foot: bool = False) -> Floats:
    """Return when each unit arrives; infinite beyond the horizon."""
    return drive(*pose(case, on_foot=on_foot), case.horizon_s)


def first(case: Case, units: int) -> Case:
    """Return the case with its first units alone."""
    start = case.start[: units + 1]
    route = case.route[: start[-1]]
    return Case(case.roads, case.depart_s[:units], start, route, case.unit, case.horizon_s)


def pose(case: Case, *, on_foot: bool = False) -> tuple[Streets, Units]:
    """Return links and units; each gate becomes a link of no length, behind the one to its node."""
    roads, unit = case.roads, float(case.unit)
    into = np.flatnonzero(roads.gate_per_s[roads.head] > 0)
    none = np.zeros(len(into))
    row = np.full(len(roads.tail), -1)
    row[into] = len(row) + np.arange(len(into))
    walkway = roads.storage / PERSONS_A_M2 if on_foot else np.zeros(len(row))
    streets = Streets(
        length_m=np.r_[roads.length_m, none],
        speed_m_per_s=np.r_[roads.speed_m_per_s, none + np.inf],
        flow_per_s=np.r_[roads.flow_per_s, roads.gate_per_s[roads.head[into]]],
        storage=np.r_[roads.storage, none + unit],
        walkway_m2=np.r_[walkway, none],
        wave_m_per_s=np.r_[roads.wave_m_per_s, none + np.inf],
        check_points=np.zeros(len(row) + len(into), dtype=np.int64),
    )
    behind = np.flatnonzero(row[case.route] >= 0)
    added = np.searchsorted(behind, case.start)
    all_alike = np.ones(len(case))
    return streets, Units(
        size=unit * all_alike,
        speed_m_per_s=np.inf * all_alike,
        depart_s=case.depart_s,
        route_start=case.start + added,
        route=np.insert(case.route, behind + 1, row[case.route[behind]]),
        work=all_alike,
    )


def _task(name: str, unit: int, folder: str, *, small: bool = False) -> Iterator[dict[str, Any]]:
    case = build(name, unit, folder, small=small)
    yield {
        "nodes": len(case.roads.x_m),
        "links": len(case.roads.tail),
        "travellers": case.travellers,
        "units": len(case),
        "links_a_way": len(case.route) / len(case),
        "horizon_h": case.horizon_s / 3600.0,
    }
    # That people are slower in a crowd the engines beside ours do not know: time alone is told.
    yield from run(case)
    if name == GRID:
        streets, units = pose(case, on_foot=True)
        clock = Clock()
        drive(streets, units, case.horizon_s)
        yield {"crowded": clock.lap()}


if __name__ == "__main__":
    answer({"run": _task})
