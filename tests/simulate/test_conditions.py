"""Who waits for whom: a table, and those who wait for ever."""

from __future__ import annotations

import networkx as nx  # type: ignore[import-untyped]
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clearway.model.fleet import Aid, LinkedMovement
from clearway.model.scenario import Scenario
from clearway.simulate.conditions import _never, conditions
from clearway.simulate.traffic import NONE
from tests.scenarios import ASSUMED, aid_in, two_ambulances

SUBJECTS = ("aid:A1", "patients:2016-10-20", "patients:2016-10-21")

pairs = st.lists(st.tuples(st.integers(0, 6), st.integers(0, 6)), max_size=14, unique=True)


def linked(*told: tuple[str, str], scenario: Scenario | None = None) -> Scenario:
    """Return a scenario whose movements wait for one another: the first of each for the second."""
    scenario = scenario or aid_in()
    links = tuple(
        LinkedMovement(f"L{n}", then, after, ASSUMED) for n, (then, after) in enumerate(told)
    )
    return scenario.replace(aid=Aid(scenario.aid.convoys, links))


@settings(max_examples=200, deadline=None, derandomize=True)
@given(pairs)
def test_only_who_waits_for_a_ring_never_goes(told: list[tuple[int, int]]) -> None:
    awaits = np.zeros((7, 7), dtype=np.int8)
    graph = nx.DiGraph()
    graph.add_nodes_from(range(7))
    for one, other in told:
        awaits[one, other] = 1
        graph.add_edge(one, other)
    ring = {node for some in nx.simple_cycles(graph) for node in some}
    expected = [any(nx.has_path(graph, node, at) for at in ring) for node in range(7)]
    assert _never(awaits).astype(bool).tolist() == expected


def test_nobody_waits_where_nothing_is_told() -> None:
    found = conditions(two_ambulances())
    assert found.awaits.shape == (0, 0)
    assert found.never.tolist() == []
    assert found.date.tolist() == [NONE, NONE]


def test_convoys_come_first_and_then_the_dates_that_are_named() -> None:
    found = conditions(linked((SUBJECTS[1], SUBJECTS[0])))
    assert found.awaits.tolist() == [[0, 0], [1, 0]]
    assert found.never.tolist() == [0, 0]
    # The second day is named by nobody.
    assert found.date.tolist() == [1, NONE]


def test_a_day_may_wait_for_another_one() -> None:
    found = conditions(linked((SUBJECTS[2], SUBJECTS[1]), (SUBJECTS[1], SUBJECTS[0])))
    assert found.date.tolist() == [1, 2]
    assert found.awaits.tolist() == [[0, 0, 0], [1, 0, 0], [0, 1, 0]]
    assert not found.never.any()


def test_two_that_wait_for_each_other_wait_for_ever() -> None:
    found = conditions(linked((SUBJECTS[1], SUBJECTS[2]), (SUBJECTS[2], SUBJECTS[1])))
    assert found.never.tolist() == [0, 1, 1]


@pytest.mark.parametrize("hour", [8, 22.5])
def test_dates_are_those_of_the_place_and_not_of_greenwich(hour: float) -> None:
    # Half past ten in the evening in Aleppo is the same day still, and half past seven in London.
    scenario = aid_in(windows=((1, hour, hour + 1), (1, hour + 3, hour + 4)))
    found = conditions(linked((SUBJECTS[1], SUBJECTS[0]), scenario=scenario))
    later = hour + 3 >= 24
    assert found.date.tolist() == [1, NONE if later else 1]
