"""Ways that vehicles drive in a simulation: each one once, at the speed of street and vehicle."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clearway.model.care import metres_between
from clearway.model.scenario import Scenario
from clearway.simulate.drives import DriveBook, Places
from clearway.simulate.ways import STANDSTILL_M_PER_S
from clearway.solve.drives import outside, places
from tests.scenarios import car_town, two_ambulances

TOWN = car_town()
IDS = TOWN.network.links.id.tolist()

ways = st.lists(
    st.tuples(st.integers(0, 2), st.lists(st.sampled_from(IDS), max_size=5).map(tuple)),
    min_size=1,
    max_size=12,
)


def seconds(scenario: Scenario, links: tuple[int, ...], speed: float) -> float:
    """Drive link by link."""
    table, total = scenario.network.links, 0.0
    for link in links:
        (row,) = np.flatnonzero(table.id == link)
        total += float(table.length_m[row]) / min(float(table.speed_m_per_s[row]), speed)
    return total


@settings(max_examples=80, deadline=None, derandomize=True)
@given(ways, st.tuples(*[st.floats(1.0, 20.0)] * 3))
def test_each_way_has_one_row_and_the_seconds_of_its_links(
    told: list[tuple[int, tuple[int, ...]]], speeds: tuple[float, float, float]
) -> None:
    book = DriveBook(TOWN)
    rows = [book.add(kind, links) for kind, links in told]
    known = dict.fromkeys(told)
    assert [list(known).index(way) for way in told] == rows
    drives = book.drives()
    assert drives.kind.tolist() == [kind for kind, _ in known]
    taken = drives.seconds(np.array(speeds))
    assert taken == pytest.approx([seconds(TOWN, links, speeds[kind]) for kind, links in known])


def test_a_way_of_no_links_takes_no_time() -> None:
    book = DriveBook(TOWN)
    assert (book.add(0, ()), book.add(0, (IDS[0],)), book.add(0, ())) == (0, 1, 0)
    assert book.drives().seconds(np.array([10.0]))[0] == 0.0
    assert DriveBook(TOWN).drives().seconds(np.array([10.0])).tolist() == []


def test_a_type_that_stands_still_has_an_end_of_its_way_all_the_same() -> None:
    book = DriveBook(TOWN)
    book.add(0, (IDS[0],))
    length = float(TOWN.network.links.length_m[0])
    found = book.drives().seconds(np.array([0.0]))
    assert found.tolist() == pytest.approx([length / STANDSTILL_M_PER_S])


def test_places_have_the_rows_and_the_drives_that_plans_have() -> None:
    scenario = two_ambulances()
    found, planned = Places(scenario), [name for name, _, _ in places(scenario)]
    mine = [found.row(name) for name in planned]
    assert sorted(mine) == list(range(len(planned)))
    assert found.drive_s()[mine] == pytest.approx(outside(scenario))


def test_a_drive_outside_is_the_way_as_the_crow_flies_and_its_detour() -> None:
    scenario = two_ambulances()
    found, (one,) = Places(scenario), [h for h in scenario.care.hospitals if h.id == "H1"]
    nodes = scenario.network.nodes
    links, far = scenario.network.links, scenario.corridors[0].links[-1]
    (row,) = np.flatnonzero(links.id == far)
    (end,) = np.flatnonzero(nodes.id == links.to_node[row])
    metres = metres_between(one.lon, one.lat, float(nodes.lon[end]), float(nodes.lat[end]))
    assert found.drive_s()[found.row("H1"), 0] == pytest.approx(metres * 1.3 / 10.0)
