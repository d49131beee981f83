"""Any OpenStreetMap ways: cut where they share nodes, nowhere else, and no stretch lost."""

from __future__ import annotations

import itertools
from collections import Counter
from pathlib import Path

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from clearway.read.highway import HIGHWAYS, NOT_STREETS, street_class
from clearway.read.osm import _parts, _quantity, _Way, read_osm

#: Ways over few nodes, so that they meet, return and repeat; node 0 lies beyond the file's edge.
ways = st.lists(st.lists(st.integers(0, 9), min_size=1, max_size=7), min_size=1, max_size=5)


def parts(routes: list[list[int]]) -> list[list[tuple[int, ...]]]:
    """Return, for each way, the nodes of the streets that it is cut into."""
    used = Counter(node for route in routes for node in route)
    return [[nodes for _, nodes, _ in _parts(_way(route), used)] for route in routes]


def _way(route: list[int]) -> _Way:
    places = tuple((float(node), 0.0) if node else None for node in route)
    return _Way(tuple(route), places, "road", False, np.nan, np.nan, np.nan)


def steps(route: list[int] | tuple[int, ...]) -> Counter[tuple[int, int]]:
    """Return the steps from node to node, none of them to or from beyond the edge."""
    return Counter(pair for pair in itertools.pairwise(route) if all(pair))


@given(ways)
def test_every_step_of_a_way_is_in_one_street(routes: list[list[int]]) -> None:
    """In its direction, as often as the way takes it."""
    for route, streets in zip(routes, parts(routes), strict=True):
        found: Counter[tuple[int, int]] = Counter()
        for street in streets:
            found += steps(street)
        assert found == steps(route)


@given(ways)
def test_streets_meet_at_their_ends_alone(routes: list[list[int]]) -> None:
    """A node inside a street belongs to no other, and to this one once."""
    used = Counter(node for route in routes for node in route)
    for streets in parts(routes):
        for street in streets:
            assert len(street) > 1
            assert all(used[node] == 1 for node in street[1:-1])


@given(ways)
def test_streets_are_as_long_as_they_can_be(routes: list[list[int]]) -> None:
    """A way is cut only at a node that is shared, or where the file ends."""
    used = Counter(node for route in routes for node in route)
    for route, streets in zip(routes, parts(routes), strict=True):
        for street in streets:
            begins, ends = street[0], street[-1]
            both = [*itertools.pairwise(route), *itertools.pairwise(route[::-1])]
            at_edge = {route[0], route[-1], *(node for node, beside in both if not beside)}
            assert used[begins] > 1 or begins in at_edge
            assert used[ends] > 1 or ends in at_edge


@given(st.floats(0.0001, 9999), st.sampled_from(["", " m", "m", " km/h", " mph"]))
def test_quantities_are_read_with_their_unit(value: float, unit: str) -> None:
    """To four decimals; miles become kilometres."""
    text = f"{value:.4f}"
    expected = float(text) * (1.609344 if unit == " mph" else 1)
    found = _quantity(text + unit)
    assert found == pytest.approx(expected) if expected else np.isnan(found)


@given(st.text(max_size=30))
def test_no_text_breaks_a_quantity(text: str) -> None:
    """A number above zero, or nothing."""
    found = _quantity(text)
    assert np.isnan(found) or 0 < found < 20_000


@given(st.text(max_size=40))
def test_no_text_breaks_a_class(text: str) -> None:
    """A class that there is, or none; a class is its own class."""
    found = street_class(text)
    assert found is None or found in HIGHWAYS
    assert found is None or street_class(found) == found


@given(st.lists(st.sampled_from(sorted(HIGHWAYS)), min_size=1, max_size=4))
def test_of_several_classes_the_highest_counts(names: list[str]) -> None:
    """In any order, as OSMnx writes lists."""
    order = list(HIGHWAYS)
    highest = min(names, key=order.index)
    for told in (str(names), ",".join(names), str(names[::-1]).replace("'", '"')):
        assert street_class(told) == highest


@pytest.mark.parametrize("name", sorted(NOT_STREETS))
def test_what_is_no_street_stays_none(name: str) -> None:
    """Alone, or beside a class that nobody knows; beside a known class the class counts."""
    assert street_class(name) is None
    assert street_class(f"{name}, something") is None
    assert street_class(f"{name}, footway") == "footway"


def test_a_node_drawn_twice_is_no_street(tmp_path: Path) -> None:
    """Editors leave such steps behind; the way goes on."""
    text = (
        '<osm version="0.6"><node id="1" lon="37.15" lat="36.2" version="1"/>'
        '<node id="2" lon="37.151" lat="36.2" version="1"/>'
        '<way id="1" version="1"><nd ref="1"/><nd ref="1"/><nd ref="2"/>'
        '<tag k="highway" v="residential"/></way></osm>'
    )
    (tmp_path / "town.osm").write_text(text, "utf-8")
    streets = read_osm(tmp_path / "town.osm")
    long = shapely.length(streets.line) > 0
    assert long.sum() == 1
    ends = shapely.get_coordinates(streets.line[long]).ravel()
    assert ends == pytest.approx([37.15, 36.2, 37.151, 36.2])
