"""More of anything never lowers the bound: wider windows, faster gates, places, wider streets."""

from __future__ import annotations

import dataclasses

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clearway.model.plan import LIMITED, PEOPLE
from clearway.solve import SolveOptions, solve
from clearway.solve.problem import pose
from clearway.solve.relax import Relaxation
from tests.scenarios import Recipe, build, two_days
from tests.solve.draws import recipes, solved, wider_windows


def relaxed_people(recipe: Recipe, *, weighted: bool = False) -> float:
    """Return the relaxation's optimum."""
    return Relaxation(pose(build(recipe))).best(PEOPLE, weighted=weighted).value


def bound_of(recipe: Recipe) -> float | None:
    """Return the bound on people of a plan, None if it ran out of time; 0 without levels."""
    plan = solved(build(recipe))
    if plan.status.code == LIMITED:
        return None
    return plan.level(PEOPLE).bound if plan.levels else 0.0


def more_gates(recipe: Recipe) -> Recipe:
    """Return ``recipe`` with gates half as fast again."""
    rates = tuple(1.5 * rate for rate in recipe.gates_persons_per_h)
    return dataclasses.replace(recipe, gates_persons_per_h=rates)


def more_places(recipe: Recipe) -> Recipe:
    """Return ``recipe`` with 13 places more at each site."""
    return dataclasses.replace(recipe, places=tuple(count + 13 for count in recipe.places))


def more_uptake(recipe: Recipe) -> Recipe:
    """Return ``recipe`` with everyone willing to go."""
    return dataclasses.replace(recipe, uptake=1.0)


def less_margin(recipe: Recipe) -> Recipe:
    """Return ``recipe`` without closing margins."""
    return dataclasses.replace(recipe, margin_min=0.0)


CHANGES = st.sampled_from((more_gates, more_places, more_uptake, less_margin))


@settings(max_examples=60, deadline=None, derandomize=True)
@given(recipes(fair=False), CHANGES)
def test_more_of_anything_never_lowers_the_relaxation(recipe: Recipe, change: object) -> None:
    assert callable(change)
    less, more = relaxed_people(recipe), relaxed_people(change(recipe))
    assert more >= less - 1e-6 * max(1.0, less)


@settings(max_examples=60, deadline=None, derandomize=True)
@given(recipes(), st.integers(1, 40))
def test_a_wider_window_never_lowers_the_relaxation(recipe: Recipe, minutes: int) -> None:
    less, more = relaxed_people(recipe), relaxed_people(wider_windows(recipe, minutes))
    assert more >= less - 1e-6 * max(1.0, less)


@settings(max_examples=40, deadline=None, derandomize=True)
@given(recipes(wide=True), st.integers(1, 40))
def test_a_wider_window_never_lowers_the_bound(recipe: Recipe, minutes: int) -> None:
    less, more = bound_of(recipe), bound_of(wider_windows(recipe, minutes))
    assert less is None or more is None or more >= less


@settings(max_examples=40, deadline=None, derandomize=True)
@given(recipes(wide=True, fair=False), CHANGES)
def test_more_of_anything_never_lowers_the_bound(recipe: Recipe, change: object) -> None:
    assert callable(change)
    less, more = bound_of(recipe), bound_of(change(recipe))
    assert less is None or more is None or more >= less


@settings(max_examples=25, deadline=None, derandomize=True)
@given(recipes(wide=False, fair=False))
def test_wider_streets_never_lower_the_bound(recipe: Recipe) -> None:
    wider = dataclasses.replace(recipe, width_m=2.0, corridor_width_m=4.0)
    less, more = bound_of(recipe), bound_of(wider)
    # Rounds may end within a tenth of the gap.
    assert less is None or more is None or more >= less * (1 - 1e-4) - 1


@settings(max_examples=60, deadline=None, derandomize=True)
@given(recipes())
def test_a_fairness_rule_never_raises_the_relaxation(recipe: Recipe) -> None:
    free = dataclasses.replace(recipe, spread=1.0)
    assert relaxed_people(recipe) <= relaxed_people(free) * (1 + 1e-7) + 1e-6


@settings(max_examples=60, deadline=None, derandomize=True)
@given(recipes())
def test_weights_count_each_person_once_or_more(recipe: Recipe) -> None:
    heavy = relaxed_people(recipe, weighted=True)
    alike = relaxed_people(recipe)
    assert heavy >= alike * (1 - 1e-9) - 1e-6
    assert heavy <= alike * max(recipe.weights) * (1 + 1e-9) + 1e-6


@pytest.mark.parametrize("minutes", range(0, 100, 9))
def test_each_minute_more_brings_out_as_many_or_more(minutes: int) -> None:
    # The gate is the only limit, and one person each household: nothing is lost by rounding.
    singles = (400, 0, 0, 0, 0, 0, 0, 0, 0)
    ends = (minutes + 60) / 60, (minutes + 69) / 60
    plans = [
        solve(two_days(households=singles, windows=((1, 8, 8 + hours),)), SolveOptions(seconds=1e6))
        for hours in ends
    ]
    assert plans[1].persons >= plans[0].persons
    assert plans[1].level(PEOPLE).bound >= plans[0].level(PEOPLE).bound
