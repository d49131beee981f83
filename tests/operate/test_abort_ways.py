"""Ways back, and where on its way somebody is: against plain searches and by arithmetic."""

from __future__ import annotations

import heapq
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clearway.model.network import CLOSED, Links, Network
from clearway.model.scenario import Scenario
from clearway.operate.abort_tracks import NO_LINK, TrackMaker
from clearway.operate.abort_ways import NOWHERE, Ways
from tests.judge.sound import sound
from tests.scenarios import FIRST_LINK, car_town, one_bus, one_corridor, two_gates


def plain(scenario: Scenario, name: str, end: int) -> dict[int, float]:
    """Return the least seconds from each node (row) to one, by a search of its own."""
    ways = Ways(scenario)
    pace, links = ways.pace(name), scenario.network.links
    into: dict[int, list[tuple[int, float]]] = {}
    for row in range(len(links)):
        if links.side[row] == "inside" and np.isfinite(pace.seconds[row]):
            start, stop = ways.ends[row]
            for tail, head, may in ((start, stop, pace.ahead), (stop, start, pace.back)):
                if may[row]:
                    into.setdefault(head, []).append((tail, float(pace.seconds[row])))
    found, edge = {end: 0.0}, [(0.0, end)]
    while edge:
        far, node = heapq.heappop(edge)
        for tail, seconds in into.get(node, []):
            if far + seconds < found.get(tail, np.inf):
                found[tail] = far + seconds
                heapq.heappush(edge, (far + seconds, tail))
    return found


CASES = [
    (two_gates(), "group:G1"),
    (two_gates(), "group:G2"),
    (car_town(), "group:G2"),
    (one_bus(), "type:M-bus"),
]


@pytest.mark.parametrize(("scenario", "name"), CASES)
def test_ways_take_as_long_as_a_plain_search_says(scenario: Scenario, name: str) -> None:
    ways = Ways(scenario)
    for end in range(0, len(scenario.network.nodes), 3):
        (tree,) = ways.trees(name, [end])
        told = plain(scenario, name, end)
        for node in range(len(scenario.network.nodes)):
            assert tree.seconds[node] == pytest.approx(told.get(node, np.inf))


@pytest.mark.parametrize(("scenario", "name"), CASES)
def test_routes_are_connected_and_take_that_long(scenario: Scenario, name: str) -> None:
    ways, network = Ways(scenario), scenario.network
    pace = ways.pace(name)
    for end in (0, 2):
        (tree,) = ways.trees(name, [end])
        for start in np.flatnonzero(np.isfinite(tree.seconds)).tolist():
            at, seconds = start, 0.0
            for row in network.link_index(ways.route(name, start, end)).tolist():
                begin, stop = ways.ends[row]
                assert at in (begin, stop)
                assert (pace.ahead if at == begin else pace.back)[row]
                at, seconds = (stop if at == begin else begin), seconds + pace.seconds[row]
            assert at == end
            assert seconds == pytest.approx(float(tree.seconds[start]))


def with_state(scenario: Scenario, link: int, state: str) -> Scenario:
    """Return ``scenario`` with one link in another state."""
    links = scenario.network.links
    kept = {name: getattr(links, name) for name in Links.__slots__}
    kept["state"] = np.where(links.id == link, state, links.state)
    return scenario.replace(network=Network(scenario.network.nodes, Links(**kept)))


def test_closed_links_lead_nowhere() -> None:
    scenario = with_state(one_corridor(), FIRST_LINK, CLOSED)
    (tree,) = Ways(scenario).trees("group:G1", [0])
    assert tree.seconds[0] == 0
    assert np.isinf(tree.seconds[1:]).all()


def test_links_outside_lead_nowhere() -> None:
    scenario = one_corridor()
    site = scenario.network.node_index([scenario.receptions[0].node])[0]
    (tree,) = Ways(scenario).trees("group:G1", [int(site)])
    assert np.isfinite(tree.seconds).sum() == 1


def test_vehicles_do_not_use_classes_that_are_barred() -> None:
    scenario = one_bus()
    bus = replace(scenario.fleet.types[0], barred=("residential",))
    barred = scenario.replace(fleet=replace(scenario.fleet, types=(bus,)))
    assert np.isinf(Ways(barred).pace("type:M-bus").seconds).all()
    assert np.isfinite(Ways(scenario).pace("type:M-bus").seconds[0])


def test_cars_use_contraflow_against_the_sign_and_not_with_it() -> None:
    scenario = car_town()
    pace = Ways(scenario).pace("group:G2")
    links = scenario.network.links
    (turned,) = np.flatnonzero(np.isin(links.id, scenario.contraflow)).tolist()
    assert (bool(pace.ahead[turned]), bool(pace.back[turned])) == (False, True)
    (one_way, *_) = np.flatnonzero(links.directed & ~np.isin(links.id, scenario.contraflow))
    assert (bool(pace.ahead[one_way]), bool(pace.back[one_way])) == (True, False)


def test_people_on_foot_go_both_ways_everywhere() -> None:
    pace = Ways(car_town()).pace("group:G1")
    assert pace.ahead.all()
    assert pace.back.all()


def test_a_tree_ends_where_it_leads() -> None:
    ways = Ways(two_gates())
    first, again = ways.trees("group:G1", [4, 4])
    assert first is again
    assert first.following[4] < 0
    assert ways.route("group:G1", 4, 4) == ()
    assert NOWHERE < 0


# ------------------------------------------------------------------------------- along a way


def made() -> tuple[Scenario, TrackMaker]:
    """Return the street of three nodes and what lays ways on it."""
    scenario = one_corridor()
    return scenario, TrackMaker(Ways(scenario))


def test_an_entry_stands_for_each_node_of_a_way() -> None:
    scenario, maker = made()
    number = maker.add(0, np.array([0, 1]), maker.ways.pace("group:G1"))
    tracks = maker.done()
    assert (number, tracks.offset.tolist()) == (0, [0, 3])
    assert tracks.node.tolist() == [0, 1, 2]
    assert tracks.link.tolist() == [0, 1, NO_LINK]
    assert tracks.enter_s.tolist() == [0.0, 100.0, 200.0]
    assert tracks.turns.all()
    assert scenario.network.nodes.id[tracks.node].tolist() == [101, 102, 103]


def test_a_way_may_lead_against_how_its_links_are_written() -> None:
    _, maker = made()
    maker.add(2, np.array([1, 0]), maker.ways.pace("group:G1"))
    assert maker.done().node.tolist() == [2, 1, 0]


def test_a_way_without_links_is_a_place() -> None:
    _, maker = made()
    maker.add(1, np.empty(0, dtype=np.int64), maker.ways.pace("group:G1"))
    tracks = maker.done()
    assert tracks.where(np.array([0]), np.array([500.0])).tolist() == [0]


@settings(max_examples=40, deadline=None)
@given(st.lists(st.floats(0, 400), min_size=1, max_size=6), st.integers(1, 5))
def test_where_somebody_is_follows_from_the_seconds(elapsed: list[float], ways: int) -> None:
    _, maker = made()
    for _ in range(ways):
        maker.add(0, np.array([0, 1]), maker.ways.pace("group:G1"))
    tracks = maker.done()
    asked = np.array(elapsed)
    for track in range(ways):
        found = tracks.where(np.full(len(asked), track), asked) - tracks.offset[track]
        for at, seconds in zip(found.tolist(), elapsed, strict=True):
            assert at == min(int((seconds + 1e-6) // 100), 2)


def test_one_way_streets_let_no_vehicle_turn_round() -> None:
    scenario, plan = sound("car_town")
    ways = Ways(scenario)
    pace, maker = ways.pace("group:G2"), TrackMaker(ways)
    move = next(one for one in plan.movements if one.group == "G2")
    zone = next(one for one in scenario.zones if one.id == move.zone)
    start = int(scenario.network.node_index([zone.node])[0])
    rows = ways.rows(move.links)
    inner = rows[ways.inside[rows]]
    maker.add(start, inner, pace)
    tracks = maker.done()
    directed = scenario.network.links.directed[inner]
    assert (tracks.turns[:-1] == ~directed).all()
