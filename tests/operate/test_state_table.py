"""A plan laid out for the state, and tables in a terminal: against plain re-workings of both."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clearway.model.facts import Text
from clearway.model.plan import Movement, Plan
from clearway.model.population import CAR
from clearway.model.rules import GateRule, LastDeparture, Rules
from clearway.model.scenario import Scenario
from clearway.operate.state_lines import table, width
from clearway.operate.state_table import lay_table
from clearway.publish.isolate import LRI, PDI
from clearway.publish.words import Said, words
from tests.judge.sound import sound
from tests.plans import greedy_plan
from tests.scenarios import one_corridor, two_gates

CELLS = st.text(st.sampled_from(f"ab 7é\u0301م{LRI}{PDI}"), max_size=6).map(Said)
HEAD = (Text("a", "أ"), Text("longer", "أطول"))


def walk_s(scenario: Scenario, move: Movement, links: tuple[int, ...]) -> float:
    """Return the seconds along links at a group's speed, each in whole ticks, one at least."""
    group = next(one for one in scenario.groups if one.id == move.group)
    rows = scenario.network.link_index(links)
    total = 0
    for row in rows.tolist():
        speed = group.speed_m_per_s.central
        limit = float(scenario.network.links.speed_m_per_s[row])
        if CAR in group.modes and limit > 0:
            speed = min(speed, limit)
        ticks = float(scenario.network.links.length_m[row]) / (speed * scenario.planning.tick_s)
        total += max(1, math.floor(ticks + 0.5))
    return float(total * scenario.planning.tick_s)


def cases() -> dict[str, tuple[Scenario, Plan]]:
    plain = two_gates()
    return {
        "two_gates": (plain, greedy_plan(plain)),
        "car_town": sound("car_town"),
        "aid_in": sound("aid_in"),
    }


@pytest.mark.parametrize("name", ["two_gates", "car_town", "aid_in"])
def test_every_household_of_a_plan_stands_in_the_table_once_with_its_way(name: str) -> None:
    scenario, plan = cases()[name]
    laid = lay_table(scenario, plan)
    assert laid.movements == len(plan.movements)
    assert sum(len(one.movement) for one in laid.corridors) == laid.movements
    zones = [one.id for one in scenario.zones]
    groups = [one.id for one in scenario.groups]
    for blocks in laid.corridors:
        corridor = scenario.corridors[blocks.corridor]
        for b, row in enumerate(blocks.movement.tolist()):
            move, rows = plan.movements[row], blocks.rows(b)
            assert move.corridor == corridor.id
            sizes = scenario.demand.sequence(zones.index(move.zone), groups.index(move.group))
            first, last = move.first_household, move.first_household + move.households
            assert blocks.size[rows].tolist() == sizes[first:last].tolist()
            assert int(blocks.size[rows].sum()) == move.persons
            assert blocks.household[rows].tolist() == list(range(first, last))
            assert set(blocks.block[rows].tolist()) == {b}
            cut = move.links.index(corridor.links[0])
            assert set(blocks.walk_s[rows].tolist()) == {walk_s(scenario, move, move.links[:cut])}
            assert set(blocks.through_s[rows].tolist()) == {walk_s(scenario, move, corridor.links)}
            assert blocks.spacing_s[b] * move.households == pytest.approx(900)
        assert blocks.depart_s == sorted(blocks.depart_s)
        assert blocks.offset[0] == 0
        assert blocks.offset[-1] == len(blocks.size) == len(blocks.walk_s)


@given(st.floats(0, 1000), st.integers(0, 3600), st.integers(1, 900))
def test_rules_and_spans_of_a_plan_are_those_of_its_table(
    turn_m: float, before_s: int, span_s: int
) -> None:
    scenario = one_corridor()
    plan = greedy_plan(scenario)
    length_m = 360.0  # of the corridor's crossing and open link
    gate = GateRule("C1", 50.0, 60.0, 70.0, (120.0,), turn_m)
    last = (LastDeparture("Z1", "G1", "C1", before_s),)
    moves = tuple(replace(one, span_s=span_s) for one in plan.movements)
    laid = lay_table(scenario, plan.replace(movements=moves, rules=Rules(0.01, (gate,), last)))
    (blocks,) = laid.corridors
    assert blocks.rule == gate
    assert set(blocks.before_s) == {float(before_s)}
    assert blocks.spacing_s == [span_s / one.households for one in moves]
    share = min(turn_m / length_m, 1.0)
    assert blocks.mark_s.tolist() == pytest.approx([300.0 * share] * len(blocks.size))


def test_households_beyond_the_order_count_one_person_each() -> None:
    scenario = one_corridor()
    (move, *_) = greedy_plan(scenario).movements
    beyond = replace(move, first_household=26, households=5, persons=6)
    (blocks,) = lay_table(scenario, greedy_plan(scenario).replace(movements=(beyond,))).corridors
    known = scenario.demand.sequence(0, 0)[26:28].tolist()
    assert blocks.size.tolist() == [*known, 1, 1, 1]


def test_of_blocks_called_together_the_plans_order_holds() -> None:
    scenario = two_gates(gates_persons_per_h=(600.0,))
    plan = greedy_plan(scenario)
    turned = plan.replace(movements=plan.movements[::-1])
    for one in (plan, turned):
        (blocks,) = lay_table(scenario, one).corridors
        keys = [(one.movements[row].depart_s, row) for row in blocks.movement.tolist()]
        assert keys == sorted(keys)


@given(st.lists(st.tuples(CELLS, CELLS), min_size=1, max_size=5))
def test_columns_of_a_table_begin_in_one_place_whatever_stands_in_them(
    rows: list[tuple[Said, Said]],
) -> None:
    title, *lines = list(table(words("en"), Text("T", "ع"), HEAD, rows))[1:]
    assert title == "T"
    cells = [("a", "longer"), *rows]
    assert len(lines) == len(cells)
    wide = max(width(one) for one, _ in cells)
    for line, (one, two) in zip(lines, cells, strict=True):
        assert line == line.rstrip()
        assert line == f"  {one}{' ' * (wide - width(one))}  {two}".rstrip()


@given(st.lists(st.tuples(CELLS, CELLS), min_size=1, max_size=4))
def test_an_arabic_table_has_bars_and_pads_nothing(rows: list[tuple[Said, Said]]) -> None:
    head, *lines = table(words("ar"), None, HEAD, rows)
    assert head == "  أ | أطول"
    assert lines == [f"  {one} | {two}" for one, two in rows]


@given(st.text(st.sampled_from("ab1م "), max_size=9), st.integers(0, 3))
def test_marks_that_nobody_sees_take_no_room(text: str, marks: int) -> None:
    assert width(text) == len(text)
    assert width(LRI * marks + text + "\u0301" * marks + PDI * marks) == len(text)
