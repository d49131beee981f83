"""UXsim's C++ engine and ours on the same roads: the same people arrive at the same time."""

from __future__ import annotations

import dataclasses
import functools
from typing import Final

import numpy as np
import pytest

from benchmarks import ours, uxsim_world
from benchmarks.grid import Grid, grid
from benchmarks.roads import CAR_M_PER_S, LANE_CARS_PER_M, Case, apart, curve
from tests.crosscheck.roads import spillback

#: The share of all travellers by which the curves may differ at any quarter of an hour.
AGREED: Final = 0.05

#: People on foot, and cars, on grids whose streets and gates are too narrow for them.
WALK: Final = Grid(
    side=8, walkers=30_000, gates=3, gate_per_s=2.5, hours=1.0, horizon_h=4.0, lanes=3
)
DRIVE: Final = Grid(
    side=8,
    walkers=12_000,
    gates=3,
    gate_per_s=0.6,
    hours=1.0,
    horizon_h=3.5,
    second=0.1,
    spacing_m=250.0,
    speed_m_per_s=CAR_M_PER_S,
    lane_per_m=LANE_CARS_PER_M,
    lanes=2,
)
CASES: Final = {
    "on foot": WALK,
    "on foot, five together": dataclasses.replace(WALK, unit=5),
    "on foot, other widths": dataclasses.replace(WALK, seed=2),
    "on foot, slow gates": dataclasses.replace(WALK, gate_per_s=1.8, lanes=5),
    "cars": DRIVE,
    "cars, other widths": dataclasses.replace(DRIVE, seed=2),
}


@pytest.mark.parametrize("name", CASES)
def test_as_many_arrive_by_each_quarter_of_an_hour(name: str) -> None:
    case, theirs = _case(name)
    mine = ours.arrivals(case)
    assert _late(case, mine) > 0.25, "nobody waits: nothing is compared"
    assert _apart(case, mine, theirs) < AGREED


def test_a_queue_spills_back_and_holds_up_those_who_go_elsewhere() -> None:
    """Only if the queue takes up as much road in both is who turns off held up at the same time."""
    case, aside = spillback()
    mine, theirs = ours.arrivals(case), _uxsim(case)
    free = np.quantile(mine[aside] - case.depart_s[aside], 0.1)
    assert (mine[aside] - case.depart_s[aside]).max() > free + 600.0, "it never spilt back"
    assert _apart(case, mine, theirs) < AGREED
    some = np.where(aside, mine, np.inf), np.where(aside, theirs, np.inf)
    one, other = (curve(when, case.unit, case.horizon_s) for when in some)
    assert apart(one, other, int(aside.sum()) * case.unit) < AGREED


def test_wrong_flows_are_caught() -> None:
    """The check can fail: with streets that let a third less through the curves part."""
    case, theirs = _case("on foot")
    narrow = dataclasses.replace(case.roads, flow_per_s=case.roads.flow_per_s * 2 / 3)
    other = ours.arrivals(dataclasses.replace(case, roads=narrow))
    assert _apart(case, other, theirs) > AGREED


def test_wrong_gates_are_caught() -> None:
    case, theirs = _case("on foot, slow gates")
    quick = dataclasses.replace(case.roads, gate_per_s=case.roads.gate_per_s * 1.2)
    other = ours.arrivals(dataclasses.replace(case, roads=quick))
    assert _apart(case, other, theirs) > AGREED


@functools.cache
def _case(name: str) -> tuple[Case, np.ndarray[tuple[int], np.dtype[np.float64]]]:
    """Return a case and when each unit arrives in UXsim."""
    case = grid(CASES[name])
    return case, _uxsim(case)


def _uxsim(case: Case) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    world = uxsim_world.build(case)
    world.exec_simulation()
    when = uxsim_world.arrivals(world)
    return np.where(np.isnan(when), np.inf, when)


def _apart(
    case: Case,
    mine: np.ndarray[tuple[int], np.dtype[np.float64]],
    theirs: np.ndarray[tuple[int], np.dtype[np.float64]],
) -> float:
    one, other = (curve(when, case.unit, case.horizon_s) for when in (mine, theirs))
    return apart(one, other, case.travellers)


def _late(case: Case, arrive_s: np.ndarray[tuple[int], np.dtype[np.float64]]) -> float:
    """Return the share of units that took half as long again as on free roads, or never came."""
    free_s = case.roads.length_m / case.roads.speed_m_per_s
    way = np.add.reduceat(free_s[case.route], case.start[:-1])
    return float((arrive_s - case.depart_s > 1.5 * way).mean())
