"""The solver's sample: the same draws as the simulation's, seen from one corridor."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from clearway.model.draws import Draw, draw_course
from clearway.model.outcome import FAILED, STOPPED, STOPPED_WITH_NOTICE
from clearway.model.plan import Plan
from clearway.model.scenario import Scenario
from clearway.simulate.folk import gather_folk
from clearway.solve.courses import SEED, call_list, courses
from clearway.solve.withstand import before_gate_m
from clearway.solve.yard import ANNOUNCED, BEGINS, ENDS, KNOWN, OPENS, RATE, RECHECK, SUDDEN, Calls
from tests.plans import greedy_plan
from tests.scenarios import at_hour, late_window, one_corridor, two_days, two_gates
from tests.solve.unsure import MUCH, est, two_unsure_gates

FEW = 40


def calls_of(scenario: Scenario, plan: Plan, corridor: str) -> Calls:
    """Return the call list of one corridor."""
    walks = before_gate_m(scenario, plan.movements)
    return call_list(scenario, plan.movements, corridor, walks)


def drawn(scenario: Scenario, members: int = FEW) -> list[Draw]:
    """Return the draws that a sample is made of."""
    return [draw_course(scenario, SEED, member) for member in range(members)]


def test_a_call_list_has_the_blocks_of_its_corridor_in_order() -> None:
    scenario = two_gates()
    plan = greedy_plan(scenario)
    lists = [calls_of(scenario, plan, corridor.id) for corridor in scenario.corridors]
    assert sum(len(calls.depart_s) for calls in lists) == len(plan.movements)
    for corridor, calls in zip(scenario.corridors, lists, strict=True):
        mine = [one for one in plan.movements if one.corridor == corridor.id]
        assert calls.depart_s.tolist() == sorted(one.depart_s for one in mine)
        assert calls.size.sum() == sum(one.persons for one in mine)
        zones = [scenario.zones[z].id for z in calls.zone.tolist()]
        groups = [scenario.groups[g].id for g in calls.group.tolist()]
        told = sorted((one.depart_s, one.zone, one.group) for one in mine)
        assert sorted(zip(calls.depart_s.tolist(), zones, groups, strict=True)) == told
    assert set(lists[0].span_s) == {900.0}
    assert lists[0].step_s == 60.0


def test_the_order_of_movements_in_the_plan_does_not_matter_but_for_ties() -> None:
    """Blocks called at the same moment stay in the plan's order, as the simulation has them."""
    scenario = two_gates()
    plan = greedy_plan(scenario)
    walks = before_gate_m(scenario, plan.movements)
    backward = call_list(scenario, plan.movements[::-1], "C1", walks[::-1])
    forward = call_list(scenario, plan.movements, "C1", walks)
    assert backward.depart_s.tolist() == forward.depart_s.tolist()
    assert sorted(backward.size.tolist()) == sorted(forward.size.tolist())


@pytest.mark.parametrize("uptake", [1.0, 0.8, 0.5, 0.33])
def test_a_block_calls_whom_the_simulation_calls(uptake: float) -> None:
    """Those expected and, in proportion, those who are not: who comes of it is drawn."""
    scenario = two_gates(uptake=uptake)
    plan = greedy_plan(scenario)
    for corridor in scenario.corridors:
        mine = sorted(
            (one for one in plan.movements if one.corridor == corridor.id),
            key=lambda one: one.depart_s,
        )
        nowhere = np.full(len(scenario.zones), -1)
        folk = gather_folk(scenario, plan, mine, np.zeros(len(mine), dtype=np.int64), nowhere)
        calls = calls_of(scenario, plan, corridor.id)
        assert calls.start.tolist() == folk.block_start[: len(mine) + 1].tolist()
        assert calls.size.tolist() == folk.size[: calls.start[-1]].tolist()
        assert calls.size.sum() >= sum(one.persons for one in mine)


def test_a_corridor_to_which_nobody_is_called_has_an_empty_list() -> None:
    calls = calls_of(two_gates(), greedy_plan(two_gates()).replace(movements=()), "C2")
    assert calls.start.tolist() == [0]
    assert [len(column) for column in calls[:-1]] == [0, 0, 0, 0, 1, 0, 0, 0]


def test_metres_before_the_gate_are_those_of_the_links_inside() -> None:
    """A street of 120 m between neighbours in the grid: two to the gate of C1."""
    scenario = one_corridor()
    plan = greedy_plan(scenario)
    assert before_gate_m(scenario, plan.movements) == pytest.approx([240] * len(plan.movements))
    at_the_mouth = one_corridor(zones=((2, 0),))
    plan = greedy_plan(at_the_mouth)
    assert before_gate_m(at_the_mouth, plan.movements) == [0] * len(plan.movements)


def test_with_nothing_uncertain_each_course_is_as_announced() -> None:
    scenario = two_days()
    ((*sample,),) = courses(scenario, 3)
    assert len(sample) == 3
    for course in sample:
        window = course.window
        assert window[:, OPENS].tolist() == window[:, BEGINS].tolist() == [0, 24 * 3600]
        assert window[:, ENDS].tolist() == window[:, ANNOUNCED].tolist() == [3600, 25 * 3600]
        assert window[:, KNOWN].tolist() == window[:, ENDS].tolist()
        assert window[:, RATE] == pytest.approx([120 / 3600] * 2)
        assert not window[:, [SUDDEN, RECHECK]].any()
        assert (course.speed == 1.2).all()
        assert (course.work == 1).all()
        assert (course.late == 0).all()
        assert course.long.tolist() == [0, 1]
        assert course.come.tolist() == [1]
        assert course.uncalled_per_s == 0
    assert len({course.key for course in sample}) == 3


def test_a_course_is_what_the_nouns_draw() -> None:
    """Every figure of every window, from the same function that the simulation draws by."""
    scenario = two_unsure_gates()
    sample = courses(scenario, FEW)
    for member, draw in enumerate(drawn(scenario)):
        for k, corridor in enumerate(scenario.corridors):
            course = sample[k][member]
            mine = [w for w, one in enumerate(scenario.windows) if one.corridor == corridor.id]
            assert course.window[:, OPENS].tolist() == draw.opens_s[mine].tolist()
            assert course.window[:, ENDS].tolist() == draw.ends_s[mine].tolist()
            assert course.window[:, KNOWN].tolist() == draw.known_s[mine].tolist()
            assert course.window[:, RATE].tolist() == draw.rate[mine].tolist()
            assert course.window[:, RECHECK].tolist() == draw.recheck_rate[mine].tolist()
            assert course.long.tolist() == [draw.long_share, draw.long_factor]
            come = draw.uptake * (1 - draw.uncalled_share)
            assert course.come.tolist() == pytest.approx(come.tolist())


def test_a_stop_is_sudden_where_nobody_knew_of_it() -> None:
    scenario = two_unsure_gates()
    sample = courses(scenario, 200)
    seen = set()
    for member, draw in enumerate(drawn(scenario, 200)):
        ending = draw.ending[[0, 2]]
        sudden = sample[0][member].window[:, SUDDEN]
        cut = draw.ends_s[[0, 2]] > draw.opens_s[[0, 2]]
        unknown = draw.known_s[[0, 2]] == draw.ends_s[[0, 2]]
        for n in np.flatnonzero(cut):
            assert sudden[n] == (ending[n] in (STOPPED, FAILED) and unknown[n])
            seen.add((int(ending[n]), bool(sudden[n])))
    assert {(STOPPED, True), (STOPPED_WITH_NOTICE, False), (FAILED, True), (FAILED, False)} <= seen


def test_windows_come_in_the_order_of_time() -> None:
    scenario = two_days()
    turned = scenario.replace(windows=scenario.windows[::-1])
    assert courses(turned, 1)[0][0].window[:, BEGINS].tolist() == [0, 24 * 3600]


def test_a_corridor_without_window_has_courses_without_windows() -> None:
    scenario = late_window(windows=((1, 8, 9.25),))
    first, second = courses(scenario, 2)
    assert [course.window.shape for course in first] == [(1, 8)] * 2
    assert [course.window.shape for course in second] == [(0, 8)] * 2


def test_walking_speeds_are_the_quantiles_of_each_group_at_the_pace_drawn() -> None:
    scenario = two_unsure_gates(MUCH.replace(pace_factor=est(0.5)))
    groups = tuple(replace(group, speed_m_per_s=est(0.5, 0.9, 1.1)) for group in scenario.groups)
    speed = courses(scenario.replace(groups=groups), 1)[0][0].speed
    assert speed.shape == (2, 64)
    assert (np.diff(speed, axis=1) > 0).all()
    assert speed[:, 0] == pytest.approx(0.25, abs=0.01)
    assert speed[:, -1] == pytest.approx(0.55, abs=0.01)
    assert speed.mean() == pytest.approx(0.5 * (0.7 + 1.0) / 2)


@pytest.mark.parametrize("spread", [0.0, 0.3, 1.0, 2.0])
def test_checks_take_their_mean_time_and_vary_as_told(spread: float) -> None:
    """Of 64 quantiles the tail is cut: the spread falls short by a fifth at most."""
    scenario = two_unsure_gates(MUCH.replace(service_cv=est(spread)))
    work = courses(scenario, 1)[0][0].work
    assert work.mean() == pytest.approx(1)
    assert 0.8 * spread <= work.std() <= spread + 1e-9
    assert (work >= 0).all()


def test_those_who_come_of_themselves_come_to_the_nearest_mouth() -> None:
    """Of 124 persons a zone Z1 lives on the western side; a tenth of the nine tenths that go."""
    certain = MUCH.replace(uncalled_share=est(0.1), zone_factor=est(1.0))
    scenario = two_unsure_gates(certain)
    planning = replace(scenario.planning, uptake=est(0.9))
    first, second = courses(scenario.replace(planning=planning), 1)
    hours = 6 * 3600
    persons = scenario.demand.persons.sum(axis=1)
    rates = [first[0].uncalled_per_s, second[0].uncalled_per_s]
    assert sum(rates) == pytest.approx(persons.sum() * 0.9 * 0.1 / hours)
    # Z2 at (2, 1) is nearer to the east; Z1 and Z3 at (1, ...) are nearer to the west.
    assert rates[0] == pytest.approx(persons[1] * 0.09 / hours)


def test_the_same_sample_comes_twice_and_grows_at_its_end() -> None:
    """Courses do not depend on how many are drawn: more of them are the same and others."""
    scenario = two_unsure_gates()
    few, many = courses(scenario, 4), courses(scenario, 9)
    for k in range(2):
        for one, two in zip(few[k], many[k], strict=False):
            assert np.array_equal(one.window, two.window)
            assert np.array_equal(one.come, two.come)
            assert one.key == two.key
    keys = [course.key for sample in many for course in sample]
    assert len(set(keys)) == len(keys)


def test_seeds_of_the_solver_are_not_those_that_certify() -> None:
    """A user's seed is a small number; the solver's draws are others, whatever the member."""
    scenario = two_unsure_gates()
    mine, theirs = drawn(scenario, 5), [draw_course(scenario, 1, n) for n in range(5)]
    assert not any(np.array_equal(one.rate, two.rate) for one in mine for two in theirs)
    assert scenario.start == at_hour(8)
