"""The relaxation: closed forms, and the same program step by step."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import assume, given, settings

from clearway.model.plan import EXPOSURE, HOURS, PEOPLE
from clearway.model.scenario import Scenario
from clearway.solve.problem import pose
from clearway.solve.relax import Relaxation
from tests.scenarios import (
    Recipe,
    build,
    late_window,
    narrow_street,
    one_corridor,
    small_site,
    two_days,
    two_gates,
)
from tests.solve.draws import recipes
from tests.solve.slow import StepByStep

MANY = (2000, 0, 0, 0, 0, 0, 0, 0, 0)


def relaxed(scenario: Scenario, level: str = PEOPLE, weight: float = 0.0) -> float:
    """Return the optimum of a level."""
    return Relaxation(pose(scenario)).best(level, weight=weight).value


def test_a_bottleneck_passes_its_rate_for_as_long_as_it_can_be_used() -> None:
    # From step 4 (the walk) to step 85 (the margin, the corridor) are 82 steps of ten persons.
    assert relaxed(one_corridor(households=MANY)) == pytest.approx(820)


def test_two_gates_in_parallel_add_up() -> None:
    # Z1 is two steps from the western gate of five a minute, Z2 two steps from the eastern one of
    # ten: 84 steps each.
    scenario = late_window(
        households=MANY, gates_persons_per_h=(600.0, 300.0), windows=((1, 8, 10), (2, 8, 10))
    )
    assert relaxed(scenario) == pytest.approx(84 * 10 + 84 * 5)


def test_two_days_add_up() -> None:
    # An hour less half an hour's margin less the corridor: steps 4 to 25, two persons each.
    assert relaxed(two_days()) == pytest.approx(2 * 22 * 2)


def test_the_relaxation_knows_no_streets() -> None:
    assert relaxed(narrow_street()) == pytest.approx(124)


def test_a_site_takes_no_more_than_its_places() -> None:
    scenario = small_site(gates_persons_per_h=(600.0, 0.0))
    assert relaxed(scenario) == pytest.approx(40)
    found = Relaxation(pose(scenario)).best(PEOPLE)
    assert found.site_worth == pytest.approx([1, 0])
    assert found.persons.sum() == pytest.approx(40)


def test_exposure_is_the_walk_and_the_corridor() -> None:
    # Four steps to the gate and 300 s through the corridor, for each of 124.
    assert relaxed(one_corridor(), EXPOSURE, 124) == pytest.approx(124 * 540 / 3600)
    assert relaxed(one_corridor(), EXPOSURE, 62) == pytest.approx(62 * 540 / 3600)


def test_hours_count_from_the_opening_on() -> None:
    # Ten pass in each of the steps 4 to 15, four in step 16, and walk on for 300 s.
    steps = sum(10 * step for step in range(4, 16)) + 4 * 16
    assert relaxed(one_corridor(), HOURS, 124) == pytest.approx((steps * 60 + 124 * 300) / 3600)


def test_a_gate_that_binds_is_worth_what_it_passes() -> None:
    relaxation = Relaxation(pose(one_corridor(households=MANY)))
    found = relaxation.best(PEOPLE)
    assert found.gate_worth == pytest.approx(np.ones(len(relaxation.blocks.window)))
    assert Relaxation(pose(one_corridor())).best(PEOPLE).gate_worth == pytest.approx(
        np.zeros(len(relaxation.blocks.window))
    )


def test_the_heavier_group_goes_first_where_not_all_can() -> None:
    scenario = two_gates(
        households=MANY, gates_persons_per_h=(60.0,), speeds_m_per_s=(1.2, 1.2), weights=(1.0, 3.0)
    )
    found = Relaxation(pose(scenario)).best(PEOPLE)
    assert found.persons[:, 0].sum() == pytest.approx(0, abs=1e-6)
    assert found.value == pytest.approx(3 * found.persons.sum())


def test_levels_that_are_held_are_kept() -> None:
    relaxation = Relaxation(pose(two_gates()))
    most = relaxation.best(PEOPLE)
    exposure = relaxation.best(EXPOSURE, weight=most.value)
    hours = relaxation.best(HOURS, weight=most.value, exposure=exposure.value)
    free = relaxation.best(HOURS, weight=most.value)
    assert exposure.persons.sum() == pytest.approx(most.persons.sum(), rel=1e-6)
    assert free.value <= hours.value * (1 + 1e-9)


def test_a_fairness_rule_binds_by_hand() -> None:
    # Z2 is in the east at the gate; Z1, 22 steps away, has two steps less than a window needs for
    # all: with spread 0 no zone is ahead of another.
    scenario = one_corridor(
        columns=12,
        zones=((0, 0), (11, 0)),
        households=(60, 0, 0, 0, 0, 0, 0, 0, 0),
        gates_persons_per_h=(60.0,),
        windows=((1, 8, 9),),
        margin_min=0.0,
    )
    # The gate passes one a step: steps 0 to 55. Z1 comes from step 19 on: at most 37 of its 60.
    assert relaxed(scenario) == pytest.approx(56)
    fair = build_fair(scenario, 0.0)
    assert relaxed(fair) == pytest.approx(56)
    assert Relaxation(pose(fair)).best(PEOPLE).persons.sum(axis=(1, 2)) == pytest.approx([28, 28])


def build_fair(scenario: Scenario, spread: float) -> Scenario:
    """Return ``scenario`` with a fairness rule."""
    planning = scenario.planning
    return scenario.replace(
        planning=type(planning)(
            planning.slot_s, planning.step_s, planning.tick_s, planning.uptake, spread
        )
    )


def test_blocks_cover_each_window_without_overlap() -> None:
    problem = pose(two_gates())
    blocks = Relaxation(problem).blocks
    for w in range(2):
        mine = blocks.window == w
        first, end = blocks.first[mine], blocks.end[mine]
        assert first[0] == problem.walk_steps[:, :, w].min()
        assert end[-1] == problem.last_step[:, w].max() + 1
        assert (first[1:] == end[:-1]).all()
        assert (end > first).all()
        # A block ends where a group can pass no more.
        assert set(problem.last_step[:, w] + 1) <= set(end.tolist())


@settings(max_examples=60, deadline=None, derandomize=True)
@given(recipes(wide=True, fair=False))
def test_blocks_lose_no_bound_against_single_steps(recipe: Recipe) -> None:
    problem = pose(build(recipe))
    slow = StepByStep(problem)
    assume(0 < len(slow.rows) < 6_000)
    fast = Relaxation(problem)
    exact = slow.best(PEOPLE)
    found = fast.best(PEOPLE).value
    # Within a block nobody is asked who came first: never less, and little more.
    assert found >= exact * (1 - 1e-7) - 1e-6
    assert fast.best(PEOPLE, weighted=False).value >= slow.best(PEOPLE, weighted=False) - 1e-5
    for level in (EXPOSURE, HOURS):
        least, bound = slow.best(level, weight=exact), fast.best(level, weight=exact).value
        assert bound <= least * (1 + 1e-6) + 1e-6


@settings(max_examples=30, deadline=None, derandomize=True)
@given(recipes(wide=True, fair=False))
def test_fine_blocks_are_exact_where_steps_are_slots(recipe: Recipe) -> None:
    assume(recipe.slot_s <= 3 * recipe.step_s)
    problem = pose(build(recipe))
    slow = StepByStep(problem)
    assume(0 < len(slow.rows) < 6_000)
    assert Relaxation(problem).best(PEOPLE).value == pytest.approx(slow.best(PEOPLE), rel=1e-6)
