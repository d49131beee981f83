"""Where vehicles can drive: as networkx finds it, and as the links told are driven."""

from __future__ import annotations

import dataclasses
import math
from typing import Any

import networkx as nx  # type: ignore[import-untyped]
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from clearway.model.care import metres_between
from clearway.model.fleet import VehicleType
from clearway.model.network import CLOSED, INSIDE, OPEN, Network
from clearway.model.scenario import Scenario
from clearway.solve.drives import between, drives, exit_node, outside, places
from tests.scenarios import one_bus, two_ambulances
from tests.solve.fleets import exactly


@st.composite
def towns(draw: st.DrawFn) -> Scenario:
    """Draw a grid with one-way, closed and barred streets, contraflow, and streets of any speed."""
    base = one_bus(
        columns=3,
        rows=3,
        zones=((0, 0), (1, 1)),
        gates_persons_per_h=(600.0, 300.0),
        windows=((1, 8, 12), (2, 8, 12)),
    )
    links = base.network.links
    count = len(links)

    def column(values: tuple[Any, ...]) -> NDArray[Any]:
        return np.array(draw(st.lists(st.sampled_from(values), min_size=count, max_size=count)))

    closed, inside = links.state == CLOSED, links.side == INSIDE
    changed = dataclasses.replace(
        links,
        directed=column((False, False, True)),
        state=np.where(closed | (inside & column((False, False, False, True))), CLOSED, OPEN),
        speed_m_per_s=column((0.0, 3.0, 5.5, 8.0, 8.0, 30.0)),
        facility=column(("residential", "residential", "residential", "steps")),
        capacity_veh_per_s=column((0.5, 0.5, 0.5, 0.5, 0.5, 0.0)),
        lanes=column((1.0, 1.0, 1.0, 1.0, 1.0, 0.0)),
    )
    one_way = links.id[changed.directed].tolist()
    against = draw(st.lists(st.sampled_from(one_way), unique=True)) if one_way else []
    kind = dataclasses.replace(base.fleet.types[0], barred=("steps",))
    return base.replace(
        network=Network(base.network.nodes, changed),
        contraflow=tuple(against),
        fleet=dataclasses.replace(base.fleet, types=(kind,)),
    )


def streets(scenario: Scenario, kind: VehicleType, side: tuple[str, ...]) -> nx.MultiDiGraph:
    """Return the ways that a type may drive, each with its seconds and its link."""
    graph, links = nx.MultiDiGraph(), scenario.network.links
    graph.add_nodes_from(scenario.network.nodes.id.tolist())
    for row, link in enumerate(links.id.tolist()):
        speed = min(float(links.speed_m_per_s[row]), kind.speed_m_per_s.central)
        wide = links.lanes[row] > 0 and links.capacity_veh_per_s[row] > 0 and speed > 0
        there = links.side[row] in side and links.state[row] == OPEN
        if not wide or not there or links.facility[row] in kind.barred:
            continue
        ends = int(links.from_node[row]), int(links.to_node[row])
        seconds = float(links.length_m[row]) / speed
        turned = link in scenario.contraflow
        if not turned:
            graph.add_edge(*ends, seconds=seconds, link=link)
        if turned or not links.directed[row]:
            graph.add_edge(*ends[::-1], seconds=seconds, link=link)
    return graph


def shortest(graph: nx.MultiDiGraph, start: int, end: int) -> float:
    """Return seconds of the quickest way; infinite if there is none."""
    try:
        return float(nx.shortest_path_length(graph, start, end, weight="seconds"))
    except nx.NetworkXNoPath:
        return math.inf


def driven(graph: nx.MultiDiGraph, start: int, links: tuple[int, ...]) -> tuple[int, float]:
    """Drive links one after another; return where that leads, and the seconds."""
    seconds = 0.0
    for link in links:
        (edge,) = [e for e in graph.out_edges(start, data=True) if e[2]["link"] == link]
        start, seconds = edge[1], seconds + edge[2]["seconds"]
    return start, seconds


@settings(max_examples=40, deadline=None, derandomize=True)
@given(towns())
def test_drives_inside_are_the_quickest(scenario: Scenario) -> None:
    kind = scenario.fleet.types[0]
    found, graph = drives(scenario, kind), streets(scenario, kind, ("inside",))
    homes, mouths = ([z.node for z in scenario.zones], [c.mouth for c in scenario.corridors])
    for z, home in enumerate(homes):
        for k, mouth in enumerate(mouths):
            assert found.gate_stop[k, z] == pytest.approx(shortest(graph, mouth, home))
            assert found.stop_gate[k, z] == pytest.approx(shortest(graph, home, mouth))
        for other, to in enumerate(homes):
            assert found.stop_stop[z, other] == pytest.approx(shortest(graph, home, to))


@settings(max_examples=40, deadline=None, derandomize=True)
@given(towns())
def test_corridors_are_driven_where_every_link_of_them_may_be(scenario: Scenario) -> None:
    kind = scenario.fleet.types[0]
    found = drives(scenario, kind)
    graph = streets(scenario, kind, ("crossing", "outside"))
    for k, corridor in enumerate(scenario.corridors):
        nodes, far = scenario.network.nodes.id, exit_node(scenario, corridor)
        for start, links, value in (
            (int(nodes[far]), corridor.links[::-1], found.inward[k]),
            (corridor.mouth, corridor.links, found.outward[k]),
        ):
            try:
                _, seconds = driven(graph, start, links)
            except ValueError:
                seconds = math.inf
            assert value == pytest.approx(seconds)


@settings(max_examples=40, deadline=None, derandomize=True)
@given(towns())
def test_the_links_told_are_those_driven(scenario: Scenario) -> None:
    kind = scenario.fleet.types[0]
    found, graph = drives(scenario, kind), streets(scenario, kind, ("inside",))
    homes = [zone.node for zone in scenario.zones]
    for k, corridor in enumerate(scenario.corridors):
        count = len(corridor.links)
        for z, home in enumerate(homes):
            if math.isfinite(found.gate_stop[k, z]):
                way = found.links_in(k, z)
                assert way[:count] == corridor.links[::-1]
                end, seconds = driven(graph, corridor.mouth, way[count:])
                assert end == home
                assert seconds == pytest.approx(found.gate_stop[k, z])
            if math.isfinite(found.stop_gate[k, z]):
                way = found.links_out(z, k)
                assert way[-count:] == corridor.links
                end, seconds = driven(graph, home, way[:-count])
                assert end == corridor.mouth
                assert seconds == pytest.approx(found.stop_gate[k, z])
    if math.isfinite(found.stop_stop[0, 1]):
        end, seconds = driven(graph, homes[0], found.links_between(0, 1))
        assert end == homes[1]
        assert seconds == pytest.approx(found.stop_stop[0, 1])


def test_a_type_uses_the_corridors_that_it_is_for() -> None:
    scenario = one_bus(gates_persons_per_h=(600.0, 600.0), windows=((1, 8, 12), (2, 8, 12)))
    lane = scenario.corridors[0].vehicles_per_s
    both = tuple(dataclasses.replace(one, vehicles_per_s=lane) for one in scenario.corridors)
    scenario = scenario.replace(corridors=both)
    kind = dataclasses.replace(scenario.fleet.types[0], corridors=("C2",))
    assert np.isfinite(drives(scenario, kind).inward).tolist() == [False, True]
    nobody = tuple(dataclasses.replace(one, vehicles_per_s=exactly(0.0)) for one in both)
    shut = drives(scenario.replace(corridors=nobody), kind)
    assert not np.isfinite(shut.outward).any()


def test_places_outside_are_as_far_as_the_crow_flies_times_the_detour() -> None:
    scenario = two_ambulances()
    names = [name for name, _, _ in places(scenario)]
    assert names == ["D1", "R1", "H1", "H2"]
    fleet, nodes = scenario.fleet, scenario.network.nodes
    row = exit_node(scenario, scenario.corridors[0])
    at = float(nodes.lon[row]), float(nodes.lat[row])
    pace = fleet.outside_detour.central / fleet.outside_m_per_s.central
    for (_, lon, lat), seconds in zip(places(scenario), outside(scenario)[:, 0], strict=True):
        assert seconds == pytest.approx(pace * metres_between(lon, lat, *at))
    # D1 stands a kilometre beyond the exit: 1,300 m by road at 10 m/s, on a round earth.
    assert outside(scenario)[0, 0] == pytest.approx(130.0, rel=0.01)
    assert between(scenario, "D1", "D1") == 0.0
    assert (
        between(scenario, "D1", "H1") == between(scenario, "H1", "D1") == pytest.approx(130, 0.01)
    )


def test_who_may_drive_so_far_is_told_by_the_metres() -> None:
    scenario = one_bus()
    found = drives(scenario, scenario.fleet.types[0])
    # Inside 240 m each way to Z1, the corridor's 360 m twice.
    assert found.within(1200.0, 0, [0], 0)
    assert not found.within(1199.0, 0, [0], 0)
    assert found.within(1200.0, 0, [1, 0], 0)  # Z2 lies on the way
    assert not found.within(1200.0, 0, [0, 1, 0], 0)
    assert found.outside_m(0, 0) == pytest.approx(1300.0, rel=0.01)
