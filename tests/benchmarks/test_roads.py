"""Cases: routes, curves, the grid, the district, and how they are posed to each program."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import numpy as np
import pytest

from benchmarks import ours, sumo_meso, uxsim_world
from benchmarks.courses import GRID, SURF, build, courses
from benchmarks.grid import Grid, grid
from benchmarks.roads import Case, apart, curve, follow, full_flow, routes_to
from benchmarks.surf_coast import NETWORK, ZONES, surf_coast
from tests.crosscheck.roads import spillback

TINY = Grid(side=4, walkers=480, gates=2, gate_per_s=1.0, hours=0.5, horizon_h=1.0)


def ends(case: Case) -> list[tuple[int, int]]:
    """Return the first and the last node of each unit's way, if its links join."""
    found = []
    for unit in range(len(case)):
        way = case.route[case.start[unit] : case.start[unit + 1]]
        assert (case.roads.head[way[:-1]] == case.roads.tail[way[1:]]).all()
        found.append((int(case.roads.tail[way[0]]), int(case.roads.head[way[-1]])))
    return found


def together(parts: Iterator[dict[str, Any]]) -> dict[str, Any]:
    """Return all that a run told."""
    return {name: value for part in parts for name, value in part.items()}


def test_the_top_of_the_fundamental_diagram() -> None:
    """Where free flow meets the line of gaps: u w k / (u + w), with w = lanes / (tau k)."""
    speed, jam, tau, lanes = 1.2, 4.8, 1.0, 2.0
    wave = lanes / (tau * jam)
    top = full_flow(np.array([speed]), np.array([lanes]), np.array([jam]), tau)
    assert top[0] == pytest.approx(speed * wave * jam / (speed + wave))


def test_a_curve_counts_all_who_came_by_the_end_of_a_quarter() -> None:
    when = np.array([10.0, 899.0, 900.5, 3599.0, 9000.0, np.nan, np.inf])
    assert curve(when, 5, 3600.0).tolist() == [10, 15, 15, 20]
    assert apart(np.array([0.0, 10.0]), np.array([0.0, 15.0]), 50) == pytest.approx(0.1)


def test_ways_are_the_cheapest_and_go_by_the_cheaper_of_two_links() -> None:
    case, _ = spillback()
    roads = case.roads
    cost = np.array([1.0, 2.0, 3.0, 4.0, 1.0])
    away, first = routes_to(roads, cost, 4)
    assert away.tolist() == [10, 9, 7, 4, 0, np.inf]
    assert follow(roads, first, 0) == [0, 1, 2, 3]
    assert (first[4], first[5]) == (-1, -1)
    # A second link from the fork to the lane's end, dearer, then cheaper.
    columns = {name: getattr(roads, name) for name in ("x_m", "y_m", "gate_per_s", "reaction_s")}
    for name in ("length_m", "speed_m_per_s", "lanes", "jam_per_m", "flow_per_s"):
        columns[name] = np.r_[getattr(roads, name), 1]
    both = type(roads)(**columns, tail=np.r_[roads.tail, 1], head=np.r_[roads.head, 2])
    for price, link in ((5.0, 1), (0.5, 5)):
        _, first = routes_to(both, np.r_[cost, price], 4)
        assert follow(both, first, 0) == [0, link, 2, 3]


def test_a_grid_sends_everybody_out_by_a_gate() -> None:
    case = grid(TINY)
    assert case.travellers == 480
    found = ends(case)
    origins = np.bincount([origin for origin, _ in found], minlength=16)
    assert set(origins.tolist()) == {30}
    gates = np.flatnonzero(case.roads.gate_per_s)
    assert len(gates) == 2
    assert {end for _, end in found} == {int(gate) + 1 for gate in gates}
    assert 0 <= case.depart_s[0] < case.depart_s[-1] < 1800.0 + 1800.0 / 30
    assert np.array_equal(case.route, grid(TINY).route)


def test_platoons_are_fewer_but_as_many_people() -> None:
    assert grid(Grid(side=4, walkers=480, unit=5)).travellers == 480
    assert len(build(GRID, 5, "", small=True)) * 5 == pytest.approx(20_000, rel=0.02)
    assert {(one.name, one.unit) for one in courses()} == {
        (GRID, 1),
        (GRID, 5),
        (SURF, 1),
        (SURF, 5),
    }


def test_gates_become_links_of_no_length_behind_the_way_to_them() -> None:
    case, _ = spillback(20)
    streets, units = ours.pose(case)
    assert streets.length_m.tolist() == [500, 1000, 100, 100, 300, 0]
    assert streets.flow_per_s[5] == 0.5
    ways = [
        units.route[units.route_start[unit] : units.route_start[unit + 1]].tolist()
        for unit in range(2)
    ]
    assert ways == [[0, 1, 2, 5, 3], [0, 4]]
    assert units.route_start[-1] == len(units.route) == 20 // 2 * 7


def test_people_on_foot_have_room_to_spread() -> None:
    case, _ = spillback(20)
    assert not ours.pose(case)[0].walkway_m2.any()
    walked = ours.pose(case, on_foot=True)[0].walkway_m2
    # 2.4 persons a metre and lane, at four persons a square metre: 0.6 m.
    assert walked.tolist() == pytest.approx([600.0, 600.0, 60.0, 120.0, 180.0, 0.0])


def test_a_first_few_are_a_case_of_their_own() -> None:
    case = ours.first(spillback(20)[0], 3)
    assert len(case) == 3
    assert ends(case) == [(0, 4), (0, 5), (0, 4)]


def test_both_programs_let_a_single_walker_through_in_the_same_time() -> None:
    case = ours.first(spillback(20)[0], 2)
    mine = ours.arrivals(case)
    assert mine[0] == pytest.approx(1700 / 1.2, rel=0.01)
    world = uxsim_world.build(case)
    world.exec_simulation()
    assert uxsim_world.arrivals(world) == pytest.approx(mine, abs=5.0)


def test_what_runs_in_each_program_is_told_alike() -> None:
    case = grid(TINY)
    found = [
        {name: part for told in run for name, part in told.items()}
        for run in (ours.run(case), uxsim_world.run(case))
    ]
    for told in found:
        assert told["run"]["cpu_s"] > 0
        assert told["peak_mb"] > 20
        assert len(told["curve"]) == 4
        assert told["curve"][-1] <= 480
    mine, theirs = (np.array(told["curve"]) for told in found)
    assert apart(mine, theirs, 480) < 0.05


def district(folder: Path) -> None:
    """Write a made-up district: a road that leads out of two zones, and a town beyond."""
    root = ET.Element("network")
    nodes, links = ET.SubElement(root, "nodes"), ET.SubElement(root, "links")
    east = [750_000.0, 751_000.0, 752_000.0, 753_000.0, 754_000.0]
    for number, x in enumerate(east):
        ET.SubElement(nodes, "node", id=f"{number}", x=f"{x}", y="5750000.0")
    for at in range(4):
        for one, other in ((at, at + 1), (at + 1, at)):
            words = {"id": f"{one}-{other}", "from": f"{one}", "to": f"{other}"}
            words |= {"length": "1000.0", "freespeed": "20.0", "capacity": "900.0"}
            ET.SubElement(links, "link", {**words, "permlanes": "1.0", "modes": "car"})
    with gzip.open(folder / NETWORK, "wb") as file:
        ET.ElementTree(root).write(file)
    # Around the first three nodes, two parts with a gap of some metres between them.
    lon, lat = np.array([143.861, 143.87225, 143.8723, 143.8905]), (-38.36, -38.39)
    features = []
    for west, far in ((lon[0], lon[1]), (lon[2], lon[3])):
        corners = [(west, lat[0]), (far, lat[0]), (far, lat[1]), (west, lat[1]), (west, lat[0])]
        persons = {"FR": 100, "PR": 50, "OV": 0, "RV": 0, "DV": 0, "T": 7}
        shape = {"type": "Polygon", "coordinates": [corners]}
        features.append({"type": "Feature", "properties": persons, "geometry": shape})
    text = json.dumps({"type": "FeatureCollection", "features": features})
    (folder / ZONES).write_text(text, "utf-8")


def test_a_district_drives_out_by_the_road_that_leaves_it(tmp_path: Path) -> None:
    district(tmp_path)
    case = surf_coast(tmp_path)
    # 300 people, 2.5 a car; the column T counts for nothing.
    assert case.travellers == 120
    assert len({end for _, end in ends(case)}) == 1
    # Three links of the road eastward, no link back, and the one on which trips end.
    assert sorted(case.roads.length_m.tolist()) == [100, 1000, 1000, 1000]
    assert case.roads.flow_per_s.tolist().count(0.25) == 3
    assert (np.diff(case.depart_s) >= 0).all()
    assert case.depart_s[-1] < 4 * 3600


def test_a_district_is_driven_alike_by_sumo(tmp_path: Path) -> None:
    district(tmp_path)
    case = surf_coast(tmp_path)
    told = together(sumo_meso.run(case))
    mine = curve(ours.arrivals(case), 1, case.horizon_s)
    assert told["curve"][-1] == 120
    assert apart(np.array(told["curve"]), mine, 120) < 0.05
    assert told["run"]["cpu_s"] > 0


def test_a_program_of_sumos_that_fails_says_so(tmp_path: Path) -> None:
    with pytest.raises(RuntimeError, match="netconvert: "):
        sumo_meso._call("netconvert", ["-n", "no.nod.xml", "-o", "net.xml"], tmp_path)
