"""Rows and columns that others add to the relaxation: what they count, limit and bring."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clearway.model.plan import EXPOSURE, HOURS, PEOPLE
from clearway.solve.highs import INFINITY, Sparse
from clearway.solve.problem import pose
from clearway.solve.relax import MIXED, MIXED_HOURS, Added, Relaxation
from tests.scenarios import one_corridor, two_gates

#: As in tests/solve/test_relax.py: of two thousand people the gate lets 820 through.
MANY, PASS = (2000, 0, 0, 0, 0, 0, 0, 0, 0), 820


def crowd() -> Relaxation:
    """Return the relaxation of a gate that binds."""
    return Relaxation(pose(one_corridor(households=MANY)))


def column(
    relaxation: Relaxation, entries: dict[int, float], *, weight: float = 1.0, hours: float = 0.0
) -> int:
    """Add a column that brings out one person: with a weight, and hours in the open."""
    rows = relaxation.rows
    told = {rows.supply: 1.0, rows.weight: weight, rows.exposure: hours} | entries
    sparse = Sparse(
        np.zeros(1, np.int32), np.array([*told], np.int32), np.array([*told.values()], float)
    )
    each = (np.array([value]) for value in (weight, 1.0, hours, 2 * hours))
    return relaxation.add(Added(sparse, *each))


def people(relaxation: Relaxation, *, weighted: bool = True) -> float:
    """Return the best on people."""
    return relaxation.best(PEOPLE, weighted=weighted).value


def test_columns_from_outside_are_numbered_after_its_own() -> None:
    relaxation = crowd()
    own = relaxation.own
    assert [column(relaxation, {}), column(relaxation, {})] == [own, own + 1]
    assert relaxation.own == own
    assert len(relaxation.best(PEOPLE).extra) == 2


@settings(max_examples=40, deadline=None, derandomize=True)
@given(st.floats(0, 300), st.floats(0, 300), st.floats(0.5, 4))
def test_each_limit_binds(by_column: float, by_row: float, share: float) -> None:
    relaxation = crowd()
    row = len(relaxation.limits())
    relaxation.add_limits(np.array([by_row]))
    added = column(relaxation, {row: share})
    relaxation.limit(added, 0.0, by_column)
    most = min(by_column, by_row / share)
    assert people(relaxation) == pytest.approx(PASS + most)
    assert relaxation.best(PEOPLE).extra == pytest.approx([most])
    relaxation.limit_row(row, 0.0)
    assert people(relaxation) == pytest.approx(PASS)
    assert relaxation.limits()[row] == 0.0
    relaxation.limit_row(row, INFINITY)
    relaxation.fix(added, 7.5)
    assert people(relaxation) == pytest.approx(PASS + 7.5)


def test_nobody_is_brought_out_twice() -> None:
    relaxation = crowd()
    column(relaxation, {})
    assert people(relaxation) == pytest.approx(2000)
    assert relaxation.best(PEOPLE).persons.sum() <= 2000 + 1e-6


def test_places_of_a_site_are_for_those_from_outside_too() -> None:
    relaxation = Relaxation(pose(one_corridor(households=MANY, places=(100.0,))))
    column(relaxation, {relaxation.rows.site: 1.0})
    assert people(relaxation) == pytest.approx(100)


@settings(max_examples=30, deadline=None, derandomize=True)
@given(st.floats(0.1, 5.0), st.floats(0.0, 0.5), st.integers(1, 200))
def test_what_a_column_counts_is_what_it_is_told(weight: float, hours: float, most: int) -> None:
    relaxation = crowd()
    relaxation.limit(column(relaxation, {}, weight=weight, hours=hours), float(most), float(most))
    assert people(relaxation) == pytest.approx(PASS + weight * most, rel=1e-6)
    assert people(relaxation, weighted=False) == pytest.approx(PASS + most)
    # Nobody else has to go: what is left of the least is theirs alone.
    assert relaxation.best(EXPOSURE).value == pytest.approx(hours * most, abs=1e-6)
    assert relaxation.best(HOURS).value == pytest.approx(2 * hours * most, abs=1e-6)


@settings(max_examples=30, deadline=None, derandomize=True)
@given(st.floats(50.0, 700.0))
def test_levels_that_are_held_count_those_from_outside(weight: float) -> None:
    relaxation = crowd()
    plain = relaxation.best(EXPOSURE, weight=weight).value
    relaxation.limit(column(relaxation, {}, hours=0.0), 0.0, 20.0)
    # Twenty of them are out for nothing: so many fewer have to walk.
    found = relaxation.best(EXPOSURE, weight=weight)
    assert found.extra == pytest.approx([20.0])
    assert found.value == pytest.approx(plain * (weight - 20.0) / weight, rel=1e-6)


def test_mixed_is_people_first_and_then_exposure() -> None:
    relaxation = Relaxation(pose(two_gates()))
    mixed = relaxation.best(MIXED)
    most = relaxation.best(PEOPLE).value
    least = relaxation.best(EXPOSURE, weight=most).value
    assert mixed.value == pytest.approx(least - MIXED_HOURS * most, rel=1e-7)


def test_a_copy_goes_its_own_way() -> None:
    relaxation = crowd()
    added = column(relaxation, {})
    relaxation.limit(added, 0.0, 10.0)
    before = people(relaxation)
    program = relaxation.program()
    program.limit_column(added, 0.0, 100.0)
    assert program.solve().objective == pytest.approx(-before - 90)
    assert people(relaxation) == pytest.approx(before)


@pytest.mark.parametrize("first", [True, False])
def test_either_simplex_method_finds_the_same(first: bool) -> None:
    relaxation = crowd()
    relaxation.prefer_primal(primal=first)
    one = people(relaxation)
    column(relaxation, {relaxation.rows.serve: 1.0})
    relaxation.prefer_primal(primal=not first)
    assert one == pytest.approx(PASS)
    fresh = crowd()
    column(fresh, {fresh.rows.serve: 1.0})
    assert people(relaxation) == pytest.approx(people(fresh))
