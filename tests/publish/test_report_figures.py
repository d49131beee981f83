"""What the report computes for itself: the course of the pause, loads, shares, drawings."""

from __future__ import annotations

import base64
import re
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from clearway.judge.check import judge
from clearway.model.plan import EXPOSURE, HOURS, PEOPLE, Plan
from clearway.model.scenario import Scenario
from clearway.model.verdict import Verdict
from clearway.publish.axes import NARROW, WIDE, Size
from clearway.publish.course import Course, course, sessions
from clearway.publish.curve import Curve, curve
from clearway.publish.days import Calendar
from clearway.publish.figures import corridor_days, group_counts, measures, site_loads
from clearway.publish.map_data import map_data
from clearway.publish.packing import UNIT_DEGREES, packed, packed_steps, units
from clearway.publish.sketch import sketch
from clearway.publish.streets import BEYOND, MINOR, SHUT, street_lines
from clearway.publish.walks import Walks, walks
from clearway.publish.words import words
from tests import scenarios
from tests.plans import greedy_plan
from tests.publish.pages import town

BUILT = (
    scenarios.one_corridor,
    scenarios.two_gates,
    scenarios.late_window,
    scenarios.two_days,
    scenarios.narrow_street,
    scenarios.four_sides,
)


def seen(scenario: Scenario) -> tuple[Plan, Verdict, Walks, Course]:
    """Return a greedy plan of ``scenario``, judged, as columns, and its course."""
    plan = greedy_plan(scenario)
    verdict = judge(scenario, plan)
    walked = walks(scenario, plan)
    return plan, verdict, walked, course(scenario, walked, verdict)


def unpacked(text: str) -> list[int]:
    """Undo ``packed``, byte by byte."""
    values, value, shift = [], 0, 0
    for byte in base64.b64decode(text):
        value |= (byte & 127) << shift
        shift += 7
        if byte < 128:
            values.append((value >> 1) ^ -(value & 1))
            value = shift = 0
    return values


@given(st.lists(st.integers(-(2**50), 2**50)))
def test_packed_numbers_come_back(values: list[int]) -> None:
    column = np.array(values, dtype=np.int64)
    assert unpacked(packed(column)) == values
    assert np.cumsum(unpacked(packed_steps(column))).tolist() == values


def test_coordinates_are_kept_to_a_metre() -> None:
    degrees = np.array([37.1234567, -36.7654321, 0.0])
    back = np.cumsum(unpacked(packed_steps(units(degrees)))) * UNIT_DEGREES
    assert np.abs(back - degrees).max() <= UNIT_DEGREES / 2 + 1e-12


@pytest.mark.parametrize("built", BUILT)
def test_everybody_that_the_judge_counts_out_is_out_in_the_course(built: Any) -> None:
    _, verdict, _, happened = seen(built())
    assert happened.out[:, -1].sum() == pytest.approx(verdict.people_out)
    assert happened.passed.sum() == pytest.approx(verdict.people_out)
    assert happened.under_way[-1] == pytest.approx(0, abs=1e-6)


@pytest.mark.parametrize("built", BUILT)
def test_nobody_comes_back_in(built: Any) -> None:
    _, _, _, happened = seen(built())
    assert (np.diff(happened.out, axis=1) >= -1e-9).all()
    through = np.cumsum(happened.passed, axis=1)
    assert (happened.out <= through + 1e-6).all()
    assert (happened.under_way >= 0).all()


@pytest.mark.parametrize("built", BUILT)
def test_people_out_each_day_are_the_judges(built: Any) -> None:
    scenario = built()
    _, verdict, _, happened = seen(scenario)
    total, before = happened.out.sum(axis=0), 0.0
    by_day = dict(verdict.out_by_day)
    for number, session in enumerate(happened.sessions):
        end = total[np.flatnonzero(happened.session == number)[-1]]
        assert end - before == pytest.approx(by_day[session.day.isoformat()])
        before = end


def test_the_exit_is_a_corridors_walk_after_the_gate() -> None:
    scenario = scenarios.one_corridor(open_m=2400.0, margin_min=0.0, windows=((1, 8, 12),))
    plan = greedy_plan(scenario)
    first = plan.replace(movements=plan.movements[:1])
    verdict = judge(scenario, first)
    walked = walks(scenario, first)
    happened = course(scenario, walked, verdict)
    gate = int(np.flatnonzero(happened.passed[0])[0])
    out = int(np.flatnonzero(happened.out[0])[0])
    assert walked.corridor_s.tolist() == [[2100]]
    assert 2100 // happened.slot_s <= out - gate <= 2100 // happened.slot_s + 1


def test_sessions_join_windows_that_touch(late_window: Scenario, two_days: Scenario) -> None:
    assert [(one.opens_s, one.closes_s) for one in sessions(late_window)] == [(0, 7200)]
    spans = [(one.day.day, one.opens_s, one.closes_s) for one in sessions(two_days)]
    assert spans == [(20, 0, 3600), (21, 86_400, 90_000)]


def test_walks_leave_out_what_the_scenario_does_not_know(two_gates: Scenario) -> None:
    plan = greedy_plan(two_gates)
    first, second, *rest = plan.movements
    wrong = plan.replace(movements=(replace(first, zone="Q9"), second, *rest))
    kept = walks(two_gates, wrong)
    assert kept.movements == (second, *rest)
    assert kept.persons.sum() == sum(move.persons for move in kept.movements)


def test_walks_tell_routes_apart_at_the_mouth(two_gates: Scenario) -> None:
    walked = walks(two_gates, greedy_plan(two_gates))
    sides = two_gates.network.links.side[walked.links]
    for start, mouth, end in zip(walked.start, walked.mouth, walked.end, strict=True):
        assert set(sides[start:mouth]) <= {"inside"}
        assert sides[mouth] == "crossing"
        assert set(sides[mouth + 1 : end]) <= {"outside"}


def test_loads_by_corridor_and_day_add_up() -> None:
    scenario, plan, verdict = town()
    days = corridor_days(scenario, walks(scenario, plan), verdict)
    assert len(days) == len(scenario.windows)
    assert sum(day.persons for day in days) == pytest.approx(verdict.people_out)
    for day in days:
        assert 0 <= day.use <= 1 + 1e-6
        assert day.spare == pytest.approx(day.capacity - day.persons, abs=1e-6)
        assert day.peak_waiting <= day.corridor.holding.limit_persons
        assert day.opens_s <= day.last_entry_s <= day.closes_s - day.corridor.margin_s
        for since, until in day.full:
            assert day.opens_s <= since < until <= day.closes_s
            assert until - since >= 900


def test_a_gate_that_is_full_all_along_is_full_once() -> None:
    scenario = scenarios.one_corridor(gates_persons_per_h=(60.0,), margin_min=0.0)
    plan, verdict, walked, _ = seen(scenario)
    (day,) = corridor_days(scenario, walked, verdict)
    assert plan.persons < verdict.people_willing
    gate = verdict.gates[0]
    full = np.where(gate.passed > 0, 1.0, 0.0)
    busy = replace(verdict, gates=(replace(gate, passed=full),))
    (day,) = corridor_days(scenario, walked, busy)
    steps = np.flatnonzero(full)
    assert day.full == ((steps[0] * 60, (steps[-1] + 1) * 60),)


def test_short_pauses_are_bridged_and_short_runs_left_out(one_corridor: Scenario) -> None:
    _, verdict, walked, _ = seen(one_corridor)
    passed = np.zeros(120)
    passed[[*range(10, 40), *range(50, 60), *range(100, 110)]] = 10.0
    gate = replace(verdict.gates[0], passed=passed, arrived=passed, waiting=np.zeros(120))
    (day,) = corridor_days(one_corridor, walked, replace(verdict, gates=(gate,)))
    assert day.full == ((600, 3600),)


def test_groups_and_sites_add_up() -> None:
    scenario, plan, verdict = town()
    groups = group_counts(scenario, plan, verdict)
    assert sum(group.inside for group in groups) == verdict.people_inside
    assert sum(group.willing for group in groups) == verdict.people_willing
    assert sum(group.out for group in groups) == verdict.people_out
    stay = verdict.people_inside - verdict.people_out
    assert sum(group.stay for group in groups) == stay
    loads = site_loads(scenario, walks(scenario, plan))
    assert sum(loads.values()) == plan.persons
    assert set(loads) == {site.id for site in scenario.receptions}


def test_measures_take_the_value_from_the_judge() -> None:
    _, plan, verdict = town()
    found = measures(plan.replace(levels=plan.levels[1:]), verdict)
    assert [measure.name for measure in found] == [PEOPLE, EXPOSURE, HOURS]
    assert found[0].value == verdict.people_out
    assert found[0].bound is None
    assert found[1].bound == plan.level(EXPOSURE).bound


def drawn(lang: str, size: Size) -> Curve:
    """Return the town's curve."""
    scenario, plan, verdict = town()
    happened = course(scenario, walks(scenario, plan), verdict)
    lines = {"willing": float(verdict.people_willing), "bound": 1.1 * verdict.people_out}
    return curve(happened, Calendar(scenario, words(lang)), lines, size)


def points(path: str) -> NDArray[np.float64]:
    """Return the points of a path."""
    return np.array([float(part) for part in re.findall(r"-?[\d.]+", path)]).reshape(-1, 2)


@pytest.mark.parametrize("size", [WIDE, NARROW])
@pytest.mark.parametrize("lang", ["en", "ar"])
def test_the_curve_stays_inside_its_frame(lang: str, size: Size) -> None:
    found = drawn(lang, size)
    paths = [found.total, *(path for _, path in found.areas)]
    for path in paths:
        at = points(path)
        assert (at[:, 0] >= 0).all()
        assert (at[:, 0] <= size.width).all()
        assert (at[:, 1] >= size.head - 0.1).all()
        assert (at[:, 1] <= size.height - size.foot + 0.1).all()
    assert len(found.areas) == 4
    assert len(found.panels) == 2
    for panel in found.panels:
        low, high = sorted((panel.left, panel.right))
        assert all(low <= hour.at <= high for hour in panel.hours)
    assert any(panel.hours for panel in found.panels)
    assert 3 <= len(found.ticks) <= 12


def test_the_curve_ends_at_the_people_out_and_is_mirrored_in_arabic() -> None:
    _, _, verdict = town()
    english, arabic = points(drawn("en", WIDE).total), points(drawn("ar", WIDE).total)
    assert np.allclose(english[:, 0], WIDE.width - arabic[:, 0])
    assert np.allclose(english[:, 1], arabic[:, 1])
    foot = WIDE.height - WIDE.foot
    bound = next(line.y for line in drawn("en", WIDE).lines if line.name == "bound")
    assert (foot - english[-1, 1]) / (foot - bound) == pytest.approx(1 / 1.1, abs=0.01)
    assert english[0, 1] == foot
    assert verdict.people_out > 0


def test_the_sketch_draws_streets_zones_and_flows_in_its_frame() -> None:
    scenario, plan, verdict = town()
    walked, lines = walks(scenario, plan), street_lines(scenario)
    found = sketch(scenario, verdict, walked, lines)
    assert {zone.id for zone in found.zones} == {zone.id for zone in scenario.zones}
    for mark in (*found.mouths, *found.receptions):
        assert 0 < mark.x < found.width
        assert 0 < mark.y < found.height
    assert found.streets["minor"].startswith("M")
    assert found.flows
    assert max(stroke.width for stroke in found.flows) == 13.0
    north = {site.id: site for site in found.receptions}
    assert north["R3"].y < north["R4"].y
    assert north["R2"].x < north["R1"].x
    kinds = set(lines.kind.tolist())
    assert kinds == {MINOR, BEYOND, SHUT}


def test_map_data_holds_every_movement_and_its_route_once() -> None:
    scenario, plan, verdict = town()
    walked = walks(scenario, plan)
    happened = course(scenario, walked, verdict)
    data = map_data(scenario, verdict, walked, happened, street_lines(scenario))
    moves = data["moves"]
    route = np.cumsum(unpacked(moves["route"]))
    assert len(route) == len(plan.movements)
    assert unpacked(moves["persons"]) == [move.persons for move in plan.movements]
    lengths = unpacked(moves["routes"])
    links = np.cumsum(unpacked(moves["links"]))
    assert len(links) == sum(lengths)
    assert len(lengths) == len({tuple(links_inside(scenario, move)) for move in plan.movements})
    ends = np.cumsum(lengths)
    for row, move in enumerate(plan.movements):
        own = links[ends[route[row]] - lengths[route[row]] : ends[route[row]]]
        assert scenario.network.links.id[own].tolist() == links_inside(scenario, move)


def links_inside(scenario: Scenario, move: Any) -> list[int]:
    """Return the links of a movement before its corridor."""
    corridor = next(one for one in scenario.corridors if one.id == move.corridor)
    return list(move.links[: move.links.index(corridor.links[0])])
