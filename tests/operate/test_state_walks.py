"""The replay of a gate's queue against a slow one that shares no code with it."""

from __future__ import annotations

import math
from dataclasses import replace
from datetime import timedelta
from typing import NamedTuple

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clearway.model.corridor import GateChange
from clearway.model.plan import Plan
from clearway.model.rules import GateRule, Rules
from clearway.model.scenario import Scenario
from clearway.operate.state_gates import Gate, lay_gates
from clearway.operate.state_table import lay_table
from clearway.operate.state_walks import Call, Hours, Told, Trace, trace
from tests.operate.slow_queue import Household, Stretch, replayed
from tests.plans import greedy_plan
from tests.scenarios import one_corridor, two_gates

END_S = 7200.0


class Shift(NamedTuple):
    """From when on a gate serves at which share of its rate."""

    since_s: int
    share: float


def _free(plan: Plan, scenario: Scenario) -> Plan:
    """Return a plan whose rules hold nobody, and turn nobody but at the closing."""
    nobody = (0.0,) * len(scenario.groups)
    gates = tuple(
        GateRule(one.id, math.inf, math.inf, math.inf, nobody, 0.0) for one in scenario.corridors
    )
    return plan.replace(rules=Rules(1.0, gates, ()))


def _slowed(scenario: Scenario, corridor: str, shifts: list[Shift]) -> Scenario:
    """Return a scenario in which a gate's share changes, each until the next."""
    ends = [*(one.since_s for one in shifts[1:]), int(END_S)]
    changes = tuple(
        GateChange(
            corridor,
            scenario.start + timedelta(seconds=one.since_s),
            scenario.start + timedelta(seconds=end),
            one.share,
            1.0,
            "assumed: drawn",
        )
        for one, end in zip(shifts, ends, strict=False)  # without shifts there is one end too many
    )
    return scenario.replace(changes=changes)


def _stretches(scenario: Scenario, shifts: list[Shift]) -> list[Stretch]:
    rate = scenario.corridors[0].gate_persons_per_s.central
    told = [Shift(0, 1.0), *shifts]
    ends = [*(float(one.since_s) for one in told[1:]), END_S]
    return [
        (float(one.since_s), end, rate * one.share)
        for one, end in zip(told, ends, strict=True)
        if one.since_s < end
    ]


def _trace(scenario: Scenario, plan: Plan, told: Told | None = None, now_s: float = END_S) -> Trace:
    aboard = np.zeros((len(scenario.corridors), int(now_s // scenario.planning.slot_s) + 1))
    gates = lay_gates(scenario, aboard, now_s)
    return trace(lay_table(scenario, plan), gates, told or Told(), now_s)


def _by_movement(plan: Plan, found: Trace) -> dict[str, list[tuple[float, float, float]]]:
    """Return when households left, passed and were sent back, movement by movement."""
    rows: dict[str, list[tuple[float, float, float]]] = {move.id: [] for move in plan.movements}
    columns = (found.movement, found.left_s, found.passed_s, found.turned_s)
    for move, *times in zip(*(one.tolist() for one in columns), strict=True):
        rows[plan.movements[move].id].append(tuple(times))
    return rows


def _slow(plan: Plan, found: list[Household]) -> dict[str, list[tuple[float, float, float]]]:
    rows: dict[str, list[tuple[float, float, float]]] = {move.id: [] for move in plan.movements}
    for one in found:
        rows[one.movement].append((one.left, one.passed, one.turned))
    return rows


@st.composite
def shifts(draw: st.DrawFn) -> list[Shift]:
    """Draw when a gate goes slower, faster, or stops and goes on."""
    since = draw(st.lists(st.integers(1, 6000), max_size=4, unique=True))
    return [Shift(one, draw(st.sampled_from((0.0, 0.0, 0.5, 1.0, 3.0)))) for one in sorted(since)]


@settings(max_examples=80, deadline=None)
@given(
    rate=st.sampled_from((60.0, 150.0, 600.0, 1800.0)),
    most=st.sampled_from((1, 3, 7, 100)),
    late=st.integers(0, 60),
    told=shifts(),
)
def test_households_leave_and_pass_as_the_slow_replay_has_it(
    rate: float, most: int, late: int, told: list[Shift]
) -> None:
    scenario = one_corridor(gates_persons_per_h=(rate,))
    fast = one_corridor(gates_persons_per_h=(3600.0,))
    plan = greedy_plan(fast, most_households=most)
    moves = [replace(one, depart_s=one.depart_s + 60 * late) for one in plan.movements]
    plan = _free(plan.replace(movements=tuple(moves)), scenario)
    slow = _slow(plan, replayed(scenario, plan, "C1", _stretches(scenario, told), END_S))
    found = _by_movement(plan, _trace(_slowed(scenario, "C1", told), plan))
    for name, expected in slow.items():
        assert np.array(found[name]) == pytest.approx(np.array(expected), abs=1e-3)


@settings(max_examples=25, deadline=None)
@given(told=shifts(), now_s=st.integers(0, 7200))
def test_what_is_found_until_a_moment_is_what_is_found_later_of_it(
    told: list[Shift], now_s: int
) -> None:
    scenario = _slowed(one_corridor(), "C1", told)
    plan = _free(greedy_plan(scenario.replace(changes=()), most_households=5), scenario)
    early, whole = _trace(scenario, plan, now_s=float(now_s)), _trace(scenario, plan)
    for column in ("left_s", "passed_s", "turned_s"):
        before, after = getattr(early, column), getattr(whole, column)
        done = after <= now_s
        assert before[done] == pytest.approx(after[done], abs=1e-6)
        assert (before[~done] > now_s).all()


def test_two_gates_do_not_know_of_each_other() -> None:
    scenario = two_gates()
    plan = _free(greedy_plan(scenario), scenario)
    both = _by_movement(plan, _trace(scenario, plan))
    for corridor in ("C1", "C2"):
        own = tuple(move for move in plan.movements if move.corridor == corridor)
        alone = plan.replace(movements=own)
        found = _by_movement(alone, _trace(scenario, alone))
        assert own
        assert all(both[name] == rows for name, rows in found.items())


def test_the_order_of_movements_in_the_plan_does_not_matter() -> None:
    scenario = one_corridor(gates_persons_per_h=(60.0,))
    plan = _free(greedy_plan(scenario, most_households=4), scenario)
    assert len({move.depart_s for move in plan.movements}) == len(plan.movements) > 2
    turned = plan.replace(movements=plan.movements[::-1])
    same = _by_movement(plan, _trace(scenario, plan))
    assert same == _by_movement(turned, _trace(scenario, turned))


def test_a_shorter_span_is_left_in_less_time() -> None:
    scenario = one_corridor()
    plan = _free(greedy_plan(scenario), scenario)
    short = plan.replace(movements=tuple(replace(one, span_s=300) for one in plan.movements))
    left = _trace(scenario, short).left_s
    assert left.max() == pytest.approx(300 * 27 / 28)
    assert _trace(scenario, plan).left_s.max() == pytest.approx(900 * 27 / 28)


def test_a_closing_counts_while_nothing_else_is_known() -> None:
    """Told at 600 that it closes at 900, told at 1200 that it closed at 900 and goes on."""
    scenario = one_corridor(gates_persons_per_h=(60.0,))
    plan = _free(greedy_plan(one_corridor(gates_persons_per_h=(3600.0,))), scenario)
    hours = Hours(0.0, ((-math.inf, END_S), (600.0, 900.0), (1200.0, END_S)))
    found = _trace(scenario, plan, Told((), {0: (hours,)}))
    assert hours.closes_at(599) == hours.closes_at(1200) == END_S
    assert hours.closes_at(600) == 900
    assert set(found.turned_s[np.isfinite(found.turned_s)].tolist()) == {900.0}
    late = Hours(0.0, ((-math.inf, END_S), (1000.0, 900.0)))
    told = _trace(scenario, plan, Told((), {0: (late,)}))
    assert set(told.turned_s[np.isfinite(told.turned_s)].tolist()) == {1000.0}


def test_calls_of_other_movements_change_nothing() -> None:
    scenario = two_gates()
    plan = _free(greedy_plan(scenario), scenario)
    own = [row for row, move in enumerate(plan.movements) if move.corridor == "C2"]
    told = Told(tuple(Call(row, 0.0, "held") for row in own))
    found, free = _trace(scenario, plan, told), _trace(scenario, plan)
    here = ~np.isin(found.movement, own)
    assert (found.passed_s[here] == free.passed_s[here]).all()
    assert np.isinf(found.left_s[~here]).all()
    assert found.held[own].all()
    assert not found.held[[row for row in range(len(plan.movements)) if row not in own]].any()


def test_a_plan_without_movements_has_an_empty_trace() -> None:
    scenario = one_corridor()
    plan = _free(greedy_plan(scenario), scenario).replace(movements=())
    found = _trace(scenario, plan)
    assert len(found.movement) == len(found.left_s) == len(found.held) == 0


def test_a_gate_works_as_long_as_it_serves() -> None:
    scenario = _slowed(one_corridor(), "C1", [Shift(600, 0.0), Shift(1200, 2.0)])
    gate: Gate = lay_gates(scenario, np.zeros((1, 9)), END_S)[0]
    assert gate.until(np.array([-60.0, 0.0, 600.0, 1200.0, 1500.0])) == pytest.approx(
        [0, 0, 100, 100, 200]
    )
    assert gate.when(np.array([50.0, 100.0, 101.0])) == pytest.approx([300, 600, 1203])
    assert gate.serves == ((0.0, 600.0), (1200.0, END_S))
    assert [gate.open_at(at) for at in (-1, 0, 599, 600, 1200, 7199, 7200)] == [
        False,
        True,
        True,
        False,
        True,
        True,
        False,
    ]


def test_before_the_start_nobody_did_anything() -> None:
    scenario = one_corridor()
    plan = _free(greedy_plan(scenario), scenario)
    aboard = np.zeros((1, 1))
    found = trace(lay_table(scenario, plan), lay_gates(scenario, aboard, -500.0), Told(), -500.0)
    assert np.isinf(found.left_s).all()
    assert not found.held.any()
