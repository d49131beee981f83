"""Turn-backs second by second, and printed orders against the parts that they are made of."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clearway.judge.abort_reach import Reach
from clearway.judge.abort_seen import NONE, Last, Watch
from clearway.judge.case import open_case
from clearway.model.abort import AT_NODE, HOME, ON
from clearway.model.care import metres_between
from clearway.model.plan import Plan
from clearway.model.scenario import Scenario
from clearway.operate.abort import abort
from tests.judge.sound import sound
from tests.operate.aborts import with_shelters
from tests.operate.test_abort_any import pauses
from tests.scenarios import FIRST_NODE

Case = tuple[Scenario, Plan]


def back_s(reach: Reach, last: Last, seconds: float, nodes: dict[int, int]) -> dict[int, float]:
    """Return the seconds back from where one is after some seconds, by where one goes."""
    spot = last.way.spot(seconds)
    found = {}
    for goes, node in nodes.items():
        to = reach.to(last.who, node)
        ways = [float(to[spot.node]) + spot.into_s] if spot.turns or not spot.into_s else []
        ways += [float(to[spot.ahead]) + spot.left_s] if spot.ahead != NONE else []
        found[goes] = min(ways, default=np.inf)
    return found


def targets(scenario: Scenario, last: Last) -> dict[int, int]:
    """Return the rows of the nodes to which one may go back."""
    rows = scenario.network.node_index([one.node for one in scenario.shelters]).tolist()
    return {**({HOME: last.home} if last.home != NONE else {}), **dict(enumerate(rows))}


def check_turns(case: Case) -> int:
    """Look at every second of every way; return how many turn-backs there were."""
    scenario, plan = case
    replayed = open_case(scenario, plan)
    reach = Reach(replayed)
    lasts = dict(Watch(replayed, reach).lasts(None))
    turns = {turn.mover: turn for turn in abort(scenario, plan).turns}
    for mover, last in lasts.items():
        nodes = targets(scenario, last)
        seconds = np.arange(0, int(last.pass_s) + 1, 7).tolist()
        turn = turns.get(mover)
        for one in [*seconds, *([] if turn is None else [turn.after_s, turn.after_s + 1])]:
            if one > last.pass_s:
                continue
            least = min(back_s(reach, last, float(one), nodes).values(), default=np.inf)
            quicker = least <= last.out_s - one + 1e-6
            assert quicker == (turn is not None and one <= turn.after_s)
    return len(turns)


@settings(max_examples=12, deadline=None)
@given(pauses())
def test_back_is_no_slower_up_to_the_turn_back_and_slower_behind_it(case: Case) -> None:
    assert check_turns(case) <= len(case[1].movements)


@pytest.mark.parametrize("name", ["one_bus", "aid_in", "car_town"])
def test_vehicles_and_cars_turn_back_as_late_as_they_can(name: str) -> None:
    scenario, plan = sound(name)
    assert check_turns((scenario, plan)) > 0
    assert check_turns((with_shelters(scenario, (FIRST_NODE + 1, 5)), plan)) > 0


@settings(max_examples=12, deadline=None)
@given(pauses())
def test_a_turn_back_lies_on_the_way_and_names_the_nearest(case: Case) -> None:
    scenario, plan = case
    replayed = open_case(scenario, plan)
    reach = Reach(replayed)
    lasts = dict(Watch(replayed, reach).lasts(None))
    network = scenario.network
    for turn in abort(scenario, plan).turns:
        links = plan.movements[turn.mover].links
        assert turn.link in (*links, AT_NODE)
        row = int(network.node_index([turn.node])[0])
        lon, lat = float(network.nodes.lon[row]), float(network.nodes.lat[row])
        speed = replayed.walks.speed_m_per_s.max()
        # Rounding of ticks lets nobody be farther from the node than a tick's walk more.
        assert metres_between(lon, lat, turn.lon, turn.lat) <= (turn.into_s + 10) * speed + 1
        last = lasts[turn.mover]
        found = back_s(reach, last, float(turn.after_s), targets(scenario, last))
        assert found[turn.goes] == min(found.values())


@settings(max_examples=12, deadline=None)
@given(pauses(), st.integers(60, 5000))
def test_orders_are_their_parts(case: Case, at_s: int) -> None:
    scenario, plan = case
    for step in abort(scenario, plan, at_s).steps:
        told: Counter[tuple[int, int, bool]] = Counter()
        for order in step.orders:
            mine = (step.mover == order.mover) & (step.past == order.past)
            mine &= (step.left_s >= order.first_left_s) & (step.left_s <= order.last_left_s)
            assert (step.goes[mine] == order.goes).all()
            assert order.persons == pytest.approx(step.persons[mine].sum())
            assert order.by_s == step.by_s[mine].max()
            for left_s in step.left_s[mine].tolist():
                told[order.mover, left_s, order.past] += 1
        assert len(told) == len(step)
        assert set(told.values()) <= {1}


@settings(max_examples=12, deadline=None)
@given(pauses(), st.integers(60, 5000))
def test_printed_ways_end_where_they_lead(case: Case, at_s: int) -> None:
    scenario, plan = case
    links = scenario.network.links
    ends = {
        int(one): {int(start), int(end)}
        for one, start, end in zip(links.id, links.from_node, links.to_node, strict=True)
    }
    zones = {zone.id: zone.node for zone in scenario.zones}
    for step in abort(scenario, plan, at_s).steps:
        for order in step.orders:
            if order.goes == ON:
                assert order.links == ()
                continue
            at = order.toward
            assert at == order.node or at in ends[order.link]
            for link in order.links:
                (at,) = ends[link] - {at}
            home = zones[plan.movements[order.mover].zone]
            assert at == (home if order.goes == HOME else scenario.shelters[order.goes].node)
