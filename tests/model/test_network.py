"""Nodes and links: read-only columns, each with its rule, and ids found in any order."""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from clearway.errors import ScenarioError
from clearway.model.network import FOOT_FLOW_PERSONS_PER_M_S, Links, Network, Nodes
from tests.model.nouns import links, nodes, refusal

COLUMNS = [field.name for field in dataclasses.fields(Links) if field.name != "line"]


def network(ids: list[int]) -> Network:
    """Return nodes with these ids and a link from each to the next, numbered down from 1000."""
    count = len(ids) - 1
    many: dict[str, Any] = {
        name: [getattr(links(), name)[0]] * count for name in (*COLUMNS, "line")
    }
    many |= {"id": range(1_000, 1_000 - count, -1), "from_node": ids[:-1], "to_node": ids[1:]}
    places = np.linspace(0, 1, len(ids))
    return Network(Nodes(np.array(ids), places, places), links(**many))


@pytest.mark.parametrize("field", ["id", "lon", "lat"])
def test_columns_of_nodes_are_frozen_copies(field: str) -> None:
    column = getattr(nodes(), field)
    with pytest.raises(ValueError, match="read-only"):
        column[0] = 1


@pytest.mark.parametrize("field", COLUMNS)
def test_columns_of_links_are_frozen_copies(field: str) -> None:
    """Also from the caller's own arrays."""
    mine = np.array(getattr(links(), field))
    kept = getattr(links(**{field: mine}), field)
    mine[0] = mine[1]
    assert kept[0] == getattr(links(), field)[0]
    with pytest.raises(ValueError, match="read-only"):
        kept[0] = kept[1]


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"lon": [37.0, 180.1, 0]}, ("node.lon", "must be from -180 to 180 degrees")),
        ({"lat": [37.0, -90.1, 0]}, ("node.lat", "must be from -90 to 90 degrees")),
        ({"lat": [float("nan"), 0, 0]}, ("node.lat", "must be from -90 to 90 degrees")),
        ({"id": [30, 20, 30]}, ("node.id", "must be unique")),
        ({"lon": [1.0, 2.0]}, ("node.rows", "must be as many in every column")),
    ],
)
def test_nodes_are_refused_by_field(changes: dict[str, Any], expected: tuple[str, str]) -> None:
    assert refusal(lambda: dataclasses.replace(nodes(), **changes)) == [expected]


def test_a_node_off_the_globe_is_named() -> None:
    """By its id, not by its row."""
    with pytest.raises(ScenarioError, match="id 10"):
        dataclasses.replace(nodes(), lat=np.array([0, 91, 0]))


@pytest.mark.parametrize("field", ["length_m", "width_m"])
@pytest.mark.parametrize("value", [0, -1, float("nan"), float("inf")])
def test_a_street_has_length_and_width(field: str, value: float) -> None:
    """Above zero: one without length would be walked in no time."""
    assert refusal(lambda: links(**{field: [100.0, value]})) == [
        (f"link.{field}", "must be a finite number above 0")
    ]


@pytest.mark.parametrize("field", ["lanes", "speed_m_per_s", "capacity_veh_per_s"])
@pytest.mark.parametrize("value", [-0.5, float("nan"), float("inf")])
def test_what_vehicles_find_may_be_nothing_but_not_less(field: str, value: float) -> None:
    """A footway has no lane."""
    assert refusal(lambda: links(**{field: [value, 0.0]})) == [
        (f"link.{field}", "must be a finite number, 0 or more")
    ]


@pytest.mark.parametrize(
    ("changes", "field", "words"),
    [
        ({"side": ["inside", "Inside"]}, "side", "'inside', 'crossing', 'outside'"),
        ({"state": ["open", "shut"]}, "state", "'open', 'closed'"),
        ({"to_node": [10, 10]}, "to_node", "must not be from_node"),
        ({"id": [7, 7]}, "id", "must be unique"),
        ({"lanes": [1.0]}, "rows", "must be as many in every column"),
        ({"line": ()}, "rows", "must be as many in every column"),
    ],
)
def test_links_are_refused_by_field(changes: dict[str, Any], field: str, words: str) -> None:
    ((found, rule),) = refusal(lambda: links(**changes))
    assert found == f"link.{field}"
    assert words in rule


def test_every_bad_link_is_told_by_its_id() -> None:
    """In the order of columns, then of rows."""
    with pytest.raises(ScenarioError) as caught:
        links(length_m=[0, 0], state=["open", "ajar"])
    found = [(breach.field, breach.value) for breach in caught.value.breaches]
    assert found == [("link.length_m", "id 7"), ("link.length_m", "id 5"), ("link.state", "id 5")]


@pytest.mark.parametrize("field", ["from_node", "to_node"])
def test_a_link_joins_known_nodes(field: str) -> None:
    """Two links, one of them to nowhere."""
    streets = links(**{field: [30, 99] if field == "from_node" else [10, 99]})
    assert refusal(lambda: Network(nodes(), streets)) == [
        (f"link.{field}", "must be the id of a node")
    ]


def test_what_people_on_foot_can_use_is_by_width() -> None:
    """1.3 persons a metre and second, each way; closed or directed makes no difference here."""
    assert links().foot_capacity_persons_per_s == pytest.approx([2.6, 5.2])
    assert pytest.approx(1.3) == FOOT_FLOW_PERSONS_PER_M_S


def test_lengths_of_tables_are_told() -> None:
    assert (len(nodes()), len(links())) == (3, 2)


@given(st.lists(st.integers(-(2**62), 2**62), min_size=2, max_size=30, unique=True), st.data())
def test_ids_are_found_in_any_order(ids: list[int], data: st.DataObject) -> None:
    """Rows that lead back to the ids asked for, repeated ones and none at all as well."""
    made = network(ids)
    asked = data.draw(st.lists(st.sampled_from(ids), max_size=10))
    assert made.nodes.id[made.node_index(asked)].tolist() == asked
    roads = data.draw(st.lists(st.sampled_from(made.links.id.tolist()), max_size=10))
    assert made.links.id[made.link_index(roads)].tolist() == roads


def test_the_shape_of_what_is_asked_is_kept() -> None:
    """A table of ids gives a table of rows."""
    found = network([5, 3, 9]).node_index([[9, 5], [3, 3]])
    assert found.tolist() == [[2, 0], [1, 1]]


@pytest.mark.parametrize("stranger", [-1, 4, 10])
def test_an_unknown_id_is_named(stranger: int) -> None:
    """Below, between and above those that are known."""
    with pytest.raises(KeyError) as caught:
        network([5, 3, 9]).node_index([[9, stranger]])
    assert caught.value.args == (stranger,)


def test_an_unknown_link_is_named() -> None:
    with pytest.raises(KeyError) as caught:
        Network(nodes(), links()).link_index((7, 6))
    assert caught.value.args == (6,)
