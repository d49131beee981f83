"""Blocks that leave over less than a slot: in the table, the curves, and on paper."""

from __future__ import annotations

import re
from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from clearway.judge.check import judge
from clearway.model.plan import Movement, Plan
from clearway.model.scenario import Scenario
from clearway.publish.calls import call_rows
from clearway.publish.course import Course, course
from clearway.publish.days import Calendar
from clearway.publish.edition import Edition
from clearway.publish.pack.day import day_of
from clearway.publish.pack.pack import Pack, pack
from clearway.publish.walks import walks
from clearway.publish.words import words
from tests import scenarios
from tests.plans import greedy_plan
from tests.publish.packs import DAY, MARKS

BUILT = (
    scenarios.one_corridor,
    scenarios.two_gates,
    scenarios.late_window,
    scenarios.two_days,
    scenarios.narrow_street,
    scenarios.four_sides,
)
STEP_S = 60
#: Seconds over which blocks leave: one step, some, all but one, a whole slot told as such.
SPANS = (60, 300, 840, 900)


def shortened(plan: Plan, spans: tuple[int | None, ...]) -> Plan:
    """Return ``plan`` whose blocks leave over ``spans``, by turns."""
    moves = (replace(one, span_s=spans[row % len(spans)]) for row, one in enumerate(plan.movements))
    return plan.replace(movements=tuple(moves))


def happened(scenario: Scenario, plan: Plan) -> Course:
    return course(scenario, walks(scenario, plan), judge(scenario, plan))


def edition(scenario: Scenario, plan: Plan, lang: str) -> Edition:
    said = words(lang)
    return Edition(
        scenario,
        plan,
        judge(scenario, plan),
        walks(scenario, plan),
        happened(scenario, plan),
        said,
        Calendar(scenario, said),
    )


def clock(scenario: Scenario, seconds: float) -> str:
    return f"{scenario.moment(seconds):%H:%M}"


def told_hours(scenario: Scenario, plan: Plan, lang: str) -> list[tuple[str, str]]:
    """Return the hours of leaving of each row of the report's table, in its order."""
    rows = str(call_rows(edition(scenario, plan, lang))).translate(MARKS).split("\n")
    found = []
    for row in rows:
        told = re.findall(r"<td>(\d\d:\d\d)(?=<td>)", row)
        assert len(told) == 2, row
        found.append((told[0], told[1]))
    return found


def by_departure(scenario: Scenario, plan: Plan) -> list[Movement]:
    """Return the movements in the table's order, by names and not by rows."""
    zones = [one.id for one in scenario.zones]
    groups = [one.id for one in scenario.groups]
    corridors = [one.id for one in scenario.corridors]
    return sorted(
        plan.movements,
        key=lambda one: (
            one.depart_s,
            zones.index(one.zone),
            groups.index(one.group),
            corridors.index(one.corridor),
        ),
    )


@pytest.mark.parametrize("lang", ["en", "ar"])
@pytest.mark.parametrize("build", BUILT)
def test_until_is_the_departure_and_the_span(build: object, lang: str) -> None:
    scenario = build()  # type: ignore[operator]
    plan = shortened(greedy_plan(scenario), (*SPANS, None))
    wanted = [
        (
            clock(scenario, one.depart_s),
            clock(
                scenario,
                one.depart_s + (scenario.planning.slot_s if one.span_s is None else one.span_s),
            ),
        )
        for one in by_departure(scenario, plan)
    ]
    assert told_hours(scenario, plan, lang) == wanted


def test_a_span_of_a_whole_slot_is_told_as_none_is() -> None:
    scenario = scenarios.two_gates()
    plan = greedy_plan(scenario)
    whole = shortened(plan, (scenario.planning.slot_s,))
    for lang in ("en", "ar"):
        assert told_hours(scenario, plan, lang) == told_hours(scenario, whole, lang)
    one, other = happened(scenario, plan), happened(scenario, whole)
    for column in ("waiting", "passed", "aboard", "out", "under_way"):
        assert np.array_equal(getattr(one, column), getattr(other, column)), column


def left_by(plan: Plan, slot_s: int, second: int) -> Fraction:
    """Return how many have left home by a moment: a share of a block in each step of its span."""
    total = Fraction(0)
    for one in plan.movements:
        span = slot_s if one.span_s is None else one.span_s
        steps = span // STEP_S
        gone = sum(one.depart_s + step * STEP_S < second for step in range(steps))
        total += Fraction(one.persons * gone, steps)
    return total


@given(
    st.sampled_from(BUILT),
    st.lists(st.sampled_from((60, 120, 300, 540, 900, None)), min_size=1, max_size=7),
)
def test_the_curves_conserve_persons(build: object, spans: list[int | None]) -> None:
    scenario = build()  # type: ignore[operator]
    plan = shortened(greedy_plan(scenario), tuple(spans))
    found = happened(scenario, plan)
    out: NDArray[np.float64] = found.out.sum(axis=0)
    for row, start in enumerate(found.from_s.tolist()):
        left = left_by(plan, scenario.planning.slot_s, start + found.slot_s)
        assert found.under_way[row] + out[row] == pytest.approx(float(left), abs=1e-6)
    assert np.all(np.diff(found.out, axis=1) >= -1e-9)
    assert out[-1] <= sum(one.persons for one in plan.movements) + 1e-6


@given(st.sampled_from(BUILT), st.sampled_from((60, 300, 600, None)))
def test_nobody_is_out_who_has_not_passed_a_gate(build: object, span: int | None) -> None:
    scenario = build()  # type: ignore[operator]
    plan = shortened(greedy_plan(scenario), (span,))
    found = happened(scenario, plan)
    passed = np.cumsum(found.passed, axis=1)
    assert np.all(found.out <= passed + 1e-6)
    persons = sum(one.persons for one in plan.movements)
    assert passed[:, -1].sum() <= persons + 1e-6


def test_everybody_of_a_short_block_is_out_in_the_end() -> None:
    scenario = scenarios.one_corridor()
    plan = greedy_plan(scenario)
    first = min(plan.movements, key=lambda one: one.depart_s)
    for span in (60, 300, None):
        alone = plan.replace(movements=(replace(first, span_s=span),))
        found = happened(scenario, alone)
        assert found.out[:, -1].sum() == pytest.approx(first.persons)
        assert found.passed.sum() == pytest.approx(first.persons)
        assert found.under_way[-1] == pytest.approx(0, abs=1e-6)


def test_who_leaves_at_once_waits_longer_at_the_mouth() -> None:
    scenario = scenarios.one_corridor()
    plan = greedy_plan(scenario)
    most = max(plan.movements, key=lambda one: one.persons)
    queue = []
    for span in (60, 300, 900):
        alone = plan.replace(movements=(replace(most, span_s=span),))
        queue.append(happened(scenario, alone).waiting.max())
    assert queue == sorted(queue, reverse=True)
    assert queue[0] > queue[-1]


def short_pack() -> tuple[Scenario, Plan, Pack]:
    scenario = scenarios.two_gates()
    plan = shortened(greedy_plan(scenario), (*SPANS, None))
    return scenario, plan, pack(scenario, plan, DAY)


def table_rows(found: Pack, kind: str, part: str) -> dict[str, dict[str, int]]:
    return {
        row.get("id", row.get("row")): row
        for page in found.pages
        if page.kind == kind
        for one in page.facts["parts"]
        if one["part"] == part
        for row in one["rows"]
    }


def test_orders_on_paper_end_when_the_block_has_left() -> None:
    scenario, plan, found = short_pack()
    zone, gate = table_rows(found, "zone", "calls"), table_rows(found, "gate", "calls")
    today = [one for one in plan.movements if scenario.moment(one.depart_s).date() == DAY]
    assert {one.id for one in today} == set(zone) == set(gate)
    for one in today:
        span = scenario.planning.slot_s if one.span_s is None else one.span_s
        assert zone[one.id]["until"] - zone[one.id]["from"] == span
        assert gate[one.id]["until"] - gate[one.id]["from"] == span
        assert gate[one.id]["leave"] == zone[one.id]["from"] == one.depart_s


def test_a_gates_tally_expects_short_blocks_when_they_come() -> None:
    scenario, plan, found = short_pack()
    for corridor in scenario.corridors:
        for row in (
            row
            for page in found.pages
            if page.kind == "tally-counts" and page.subject == corridor.id
            for one in page.facts["parts"]
            for row in one["rows"]
        ):
            came = Fraction(0)
            for call in day_of(scenario, plan, DAY).calls:
                move = call.movement
                if move.corridor != corridor.id:
                    continue
                span = scenario.planning.slot_s if move.span_s is None else move.span_s
                first, last = call.gate_s, call.gate_s + span
                inside = set(range(first, last)) & set(range(row["from"], row["until"]))
                came += Fraction(move.persons * len(inside), span)
            assert abs(row["walk"] - came) <= Fraction(1, 2) + Fraction(1, 10**6)
