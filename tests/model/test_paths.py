"""Corridor paths: connected, open, across the outline, from the mouth out."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from clearway.model.network import Network, Nodes
from clearway.model.scenario import path_problem
from tests.model.nouns import links

#: Streets of a row of nodes 1 to 6: link n joins nodes n and n + 1.
ROW = ("inside", "crossing", "outside", "outside", "outside")


def row(**changes: Any) -> Network:
    """Return the row of streets; columns may be changed."""
    count = len(ROW)
    first = links()
    columns: dict[str, Any] = {
        name: [getattr(first, name)[0]] * count
        for name in ("length_m", "width_m", "lanes", "speed_m_per_s", "capacity_veh_per_s")
    }
    columns |= {
        "id": range(1, count + 1),
        "from_node": range(1, count + 1),
        "to_node": range(2, count + 2),
        "directed": [False] * count,
        "facility": ["primary"] * count,
        "side": ROW,
        "state": ["open"] * count,
        "line": (((0.0, 0.0), (1.0, 1.0)),) * count,
    }
    places = np.linspace(0, 1, count + 1)
    nodes = Nodes(np.arange(1, count + 2), places, places)
    return Network(nodes, links(**(columns | changes)))


@pytest.mark.parametrize("way", [(2,), (2, 3), (2, 3, 4, 5)])
def test_a_way_across_the_outline_is_sound(way: tuple[int, ...]) -> None:
    """From the mouth at node 2, as far as it likes."""
    assert path_problem(row(), 2, way) is None


def test_direction_does_not_matter_on_foot() -> None:
    """Links drawn the other way round, and one-way streets against the traffic."""
    ends = {"from_node": [2, 3, 4, 5, 6], "to_node": [1, 2, 3, 4, 5]}
    assert path_problem(row(**ends, directed=[True] * 5), 2, (2, 3, 4)) is None


@pytest.mark.parametrize(
    ("start", "way", "words"),
    [
        (2, (2, 99, 98), "must be links of the network; 99 is none"),
        (2, (3,), "must be connected from the mouth on; link 3 is not"),
        (2, (2, 4), "must be connected from the mouth on; link 4 is not"),
        (2, (3, 2), "must be connected from the mouth on; link 3 is not"),
        (5, (2, 3), "must be connected from the mouth on; link 2 is not"),
        (99, (2, 3), "must be connected from the mouth on; link 2 is not"),
        (1, (1, 2, 3), "must begin at the outline and cross it"),
        (3, (3, 4), "must begin at the outline and cross it"),
        (2, (1,), "must begin at the outline and cross it"),
        (2, (), "must begin at the outline and cross it"),
    ],
)
def test_a_way_that_is_none_is_told_in_words(start: int, way: tuple[int, ...], words: str) -> None:
    """Unknown links, gaps, the wrong order, another mouth, the inside, no crossing."""
    assert path_problem(row(), start, way) == words


@pytest.mark.parametrize("shut", [2, 3, 4])
def test_a_closed_link_is_named(shut: int) -> None:
    """Wherever on the way it is; beyond the way it does not matter."""
    state = ["closed" if link == shut else "open" for link in range(1, 6)]
    assert path_problem(row(state=state), 2, (2, 3, 4)) == f"must be open; link {shut} is closed"
    sound = path_problem(row(state=state), 2, tuple(range(2, shut)))
    assert sound is None if shut > 2 else sound == "must begin at the outline and cross it"


@given(st.lists(st.integers(1, 5), min_size=1, max_size=5, unique=True), st.integers(1, 6))
def test_only_ways_that_can_be_walked_are_sound(way: list[int], start: int) -> None:
    """A plain walk by hand over the row agrees with the rule, for any links in any order."""
    node, walked = start, True
    for link in way:
        walked = walked and node in (link, link + 1)
        node = link + 1 if node == link else link
    crosses = 2 in way and 1 not in way
    assert (path_problem(row(), start, tuple(way)) is None) == (walked and crosses)
