"""The whole of solving: closed forms, wiring, and its promises to those who wait."""

from __future__ import annotations

import pytest

from clearway.judge import judge
from clearway.model.plan import (
    EXPOSURE,
    HOURS,
    INFEASIBLE,
    LIMITED,
    OPTIMAL,
    PARTIAL,
    PEOPLE,
)
from clearway.model.scenario import Scenario
from clearway.publish.plan_file import plan_to_json
from clearway.solve import Progress, SolveOptions, solve
from tests import scenarios
from tests.plans import greedy_plan
from tests.scenarios import (
    late_window,
    narrow_street,
    one_corridor,
    small_site,
    two_days,
    two_gates,
)

ONES = (2000, 0, 0, 0, 0, 0, 0, 0, 0)
NAMED = ("one_corridor", "two_gates", "late_window", "two_days", "narrow_street", "small_site")


def test_a_bottleneck_brings_out_its_rate_by_its_usable_time() -> None:
    # From step 4, the walk, to step 85, the margin less the corridor: 82 steps of ten.
    plan = solve(one_corridor(households=ONES))
    assert plan.level(PEOPLE).value == plan.level(PEOPLE).bound == 820
    assert plan.status.code == PARTIAL


@pytest.mark.parametrize("rate", [60.0, 120.0, 300.0, 1200.0])
def test_a_gate_twice_as_fast_brings_out_twice_as_many(rate: float) -> None:
    plan = solve(one_corridor(households=ONES, gates_persons_per_h=(rate,)))
    assert plan.persons == pytest.approx(82 * rate / 60, abs=1)


@pytest.mark.parametrize("spacing_m", [12.0, 60.0, 120.0, 600.0])
def test_exposure_is_the_walk_to_the_gate_and_through_the_corridor(spacing_m: float) -> None:
    # Two streets at 12 m a tick, to the next step at the gate; no queue; 300 s of corridor.
    scenario = one_corridor(spacing_m=spacing_m, margin_min=0.0, windows=((1, 8, 12),))
    plan = solve(scenario)
    walk_s = -(-2 * spacing_m / 12 * 10 // 60) * 60
    assert plan.persons == 124
    assert plan.level(EXPOSURE).value == pytest.approx(124 * (walk_s + 300) / 3600, rel=1e-9)
    assert plan.level(EXPOSURE).gap < 1e-6


def test_two_gates_in_parallel_add_up() -> None:
    scenario = late_window(
        households=ONES, gates_persons_per_h=(600.0, 300.0), windows=((1, 8, 10), (2, 8, 10))
    )
    # Each zone is two steps from its gate: 84 steps of ten and of five.
    plan = solve(scenario)
    assert plan.persons == plan.level(PEOPLE).bound == 84 * 15
    by_corridor = dict.fromkeys(("C1", "C2"), 0)
    for move in plan.movements:
        by_corridor[move.corridor] += move.persons
    assert by_corridor == {"C1": 840, "C2": 420}


def test_all_go_by_the_near_gate_where_it_is_wide_enough() -> None:
    scenario = late_window(windows=((1, 8, 12), (2, 8, 12)), gates_persons_per_h=(1200.0, 1200.0))
    assert {(move.zone, move.corridor) for move in solve(scenario).movements} == {
        ("Z1", "C2"),
        ("Z2", "C1"),
    }


def test_two_days_add_up() -> None:
    plan = solve(two_days(households=ONES))
    assert plan.persons == plan.level(PEOPLE).bound == 2 * 22 * 2
    verdict = judge(two_days(households=ONES), plan)
    assert verdict.out_by_day == (("2016-10-20", 44), ("2016-10-21", 44))


def test_a_site_is_filled_to_its_last_place() -> None:
    plan = solve(small_site(households=ONES, gates_persons_per_h=(600.0, 0.0)))
    assert plan.persons == plan.level(PEOPLE).bound == 40


def test_a_street_carries_its_width_by_the_flow_by_the_time() -> None:
    # 46.8 persons a slot of the clock; blocks leave from 08:00 and the last cohort by step 81 - 4.
    plan = solve(narrow_street(households=ONES))
    assert plan.persons <= 6 * 46.8
    assert plan.persons >= 5 * 46
    assert judge(narrow_street(households=ONES), plan).peak_link_use <= 1 + 1e-6


def test_the_heavier_group_goes_first() -> None:
    changes = {"households": ONES, "speeds_m_per_s": (1.2, 1.2)}
    light = solve(two_gates(**changes, weights=(1.0, 3.0)))
    assert {move.group for move in light.movements} == {"G2"}
    heavy = solve(two_gates(**changes, weights=(3.0, 1.0)))
    assert {move.group for move in heavy.movements} == {"G1"}
    assert light.persons == heavy.persons


@pytest.mark.parametrize("name", [*NAMED, "four_sides"])
def test_named_scenarios_are_solved_without_breach(name: str) -> None:
    scenario: Scenario = getattr(scenarios, name)()
    plan = solve(scenario)
    verdict = judge(scenario, plan)
    assert verdict.breaches == ()
    assert tuple(level.name for level in plan.levels) == (PEOPLE, EXPOSURE, HOURS)
    assert plan.level(PEOPLE).gap <= (0.12 if name == "two_days" else 0.01)
    assert plan.status.code in {OPTIMAL, PARTIAL}


@pytest.mark.parametrize("name", NAMED)
def test_no_greedy_plan_is_better(name: str) -> None:
    scenario: Scenario = getattr(scenarios, name)()
    greedy, plan = greedy_plan(scenario), solve(scenario)
    assert plan.persons >= greedy.persons
    assert greedy.persons <= plan.level(PEOPLE).bound
    if greedy.persons == plan.persons:
        assert plan.level(EXPOSURE).bound <= greedy.level(EXPOSURE).value * (1 + 1e-9)
        assert plan.level(HOURS).bound <= greedy.level(HOURS).value * (1 + 1e-9)


def test_progress_tells_of_every_level_in_order() -> None:
    heard: list[Progress] = []
    solve(narrow_street(households=ONES), progress=heard.append)
    stages = list(dict.fromkeys(one.stage for one in heard))
    assert stages[:3] == [PEOPLE, EXPOSURE, HOURS]
    assert [one.seconds for one in heard] == sorted(one.seconds for one in heard)
    assert all(one.round >= 1 and one.gap >= 0 for one in heard)
    people = [one for one in heard if one.stage == PEOPLE]
    assert all(one.value <= one.bound * (1 + 1e-9) for one in people)


def test_progress_changes_nothing() -> None:
    heard: list[Progress] = []
    scenario = two_gates()
    told = solve(scenario, progress=heard.append)
    assert heard
    assert plan_to_json(scenario, told) == plan_to_json(scenario, solve(scenario))


@pytest.mark.parametrize("name", NAMED)
def test_a_stop_at_once_gives_a_plan_all_the_same(name: str) -> None:
    scenario: Scenario = getattr(scenarios, name)()
    asked = 0

    def stop() -> bool:
        nonlocal asked
        asked += 1
        return True

    plan = solve(scenario, stop=stop)
    assert asked > 0
    assert plan.status.code == LIMITED
    assert plan.persons > 0
    assert judge(scenario, plan).breaches == ()


def test_a_stop_ends_the_rounds() -> None:
    heard: list[Progress] = []
    solve(narrow_street(households=ONES), progress=heard.append, stop=lambda: len(heard) >= 2)
    full: list[Progress] = []
    solve(narrow_street(households=ONES), progress=full.append)
    assert 2 <= len(heard) <= len(full)
    assert [one.stage for one in heard[:2]] == [one.stage for one in full[:2]]


def test_no_time_at_all_is_still_a_plan() -> None:
    scenario = narrow_street(households=ONES)
    plan = solve(scenario, SolveOptions(seconds=0.0))
    assert plan.status.code == LIMITED
    assert plan.persons > 0
    assert judge(scenario, plan).breaches == ()


def test_a_wider_gap_is_found_sooner() -> None:
    rounds = []
    for gap in (0.5, 0.0):
        heard: list[Progress] = []
        plan = solve(narrow_street(households=ONES), SolveOptions(gap=gap), progress=heard.append)
        assert plan.status.code == PARTIAL
        rounds.append(len(heard))
    assert rounds[0] <= rounds[1]


def test_an_exception_of_the_listener_is_the_callers() -> None:
    def listen(_: Progress) -> None:
        msg = "the listener's own"
        raise RuntimeError(msg)

    with pytest.raises(RuntimeError, match="the listener's own"):
        solve(one_corridor(), progress=listen)


def test_nobody_is_asked_or_told_where_nobody_can_go() -> None:
    heard: list[Progress] = []
    plan = solve(one_corridor(uptake=0.0), progress=heard.append)
    assert plan.status.code == INFEASIBLE
    assert (heard, plan.levels, plan.movements) == ([], (), ())
    assert plan.willing_persons == 0
    assert judge(one_corridor(uptake=0.0), plan).breaches == ()


def test_movements_are_in_order_and_named_by_corridor() -> None:
    plan = solve(scenarios.four_sides())
    departs = [move.depart_s for move in plan.movements]
    assert departs == sorted(departs)
    for corridor in ("C1", "C2", "C3", "C4"):
        ids = [move.id for move in plan.movements if move.corridor == corridor]
        assert ids == [f"{corridor}-{number:04d}" for number in range(1, len(ids) + 1)]
        assert ids


def test_the_uptake_planned_for_is_written_down() -> None:
    plan = solve(one_corridor(uptake=0.5))
    assert plan.uptake == 0.5
    assert plan.willing_persons == plan.persons < 124


def test_a_fairness_rule_costs_people_and_keeps_zones_together() -> None:
    changes = {
        "columns": 12,
        "zones": ((0, 0), (11, 0)),
        "households": (60, 0, 0, 0, 0, 0, 0, 0, 0),
        "gates_persons_per_h": (60.0,),
        "windows": ((1, 8, 8.75),),
        "margin_min": 0.0,
    }
    free, fair = (solve(one_corridor(**changes, spread=spread)) for spread in (1.0, 0.1))
    verdict = judge(one_corridor(**changes, spread=0.1), fair)
    assert verdict.breaches == ()
    shares = [out / 60 for out in verdict.out_by_zone]
    assert abs(shares[0] - shares[1]) <= 0.1 + 1e-9
    assert 0 < fair.persons <= free.persons
