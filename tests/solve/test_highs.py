"""The door to HiGHS: optimum, duals, warm starts and failures."""

from __future__ import annotations

import numpy as np
import pytest

from clearway.errors import SolverError
from clearway.solve.highs import INFINITY, LinearProgram, Sparse


def columns_of(*entries: dict[int, float]) -> Sparse:
    """Return columns (or rows) given as dictionaries from row (or column) to value."""
    lengths = [len(one) for one in entries]
    return Sparse(
        np.cumsum([0, *lengths[:-1]]).astype(np.int32),
        np.array([at for one in entries for at in one], dtype=np.int32),
        np.array([value for one in entries for value in one.values()], dtype=float),
    )


def mix() -> LinearProgram:
    """Return max 3 x + 2 y subject to x + y <= 4, x + 3 y <= 6, x <= 3."""
    program = LinearProgram()
    program.add_rows(np.full(2, -INFINITY), np.array([4.0, 6.0]))
    program.add_columns(
        np.array([-3.0, -2.0]),
        np.array([3.0, INFINITY]),
        columns_of({0: 1.0, 1: 1.0}, {0: 1.0, 1: 3.0}),
    )
    return program


def test_optimum_and_duals_by_hand() -> None:
    optimum = mix().solve()
    assert optimum.objective == pytest.approx(-11)
    assert optimum.x == pytest.approx([3, 1])
    # One unit more in the first row lets y grow by one until the second row binds at 4.
    assert optimum.dual[0] == pytest.approx(-2) or optimum.dual[1] == pytest.approx(-2 / 3)


def test_a_dual_says_what_one_unit_more_adds() -> None:
    program = mix()
    program.set_row(1, -INFINITY, 100.0)
    before = program.solve()
    assert before.dual == pytest.approx([-2, 0])
    program.set_row(0, -INFINITY, 5.0)
    assert program.solve().objective == pytest.approx(before.objective + before.dual[0])


def test_rows_and_columns_may_come_later() -> None:
    program = mix()
    program.solve()
    program.add_rows(np.array([-INFINITY]), np.array([2.0]), columns_of({0: 1.0}))
    assert program.solve().x[0] == pytest.approx(2)
    program.add_columns(np.array([-10.0]), np.array([0.5]), columns_of({0: 1.0}))
    optimum = program.solve()
    assert optimum.x[2] == pytest.approx(0.5)
    assert (program.rows, program.columns) == (3, 3)


def test_costs_can_be_replaced() -> None:
    program = mix()
    program.solve()
    program.set_costs(np.array([0.0, -1.0]))
    assert program.solve().objective == pytest.approx(-2)


def test_no_columns_have_an_optimum_of_nothing() -> None:
    program = LinearProgram()
    program.add_rows(np.full(2, -INFINITY), np.array([4.0, 6.0]))
    optimum = program.solve()
    assert optimum.objective == 0
    assert len(optimum.x) == 0
    assert optimum.dual.tolist() == [0, 0]


def test_a_program_without_solution_is_an_error() -> None:
    program = mix()
    program.set_row(0, 9.0, INFINITY)
    with pytest.raises(SolverError, match="no optimum: Infeasible"):
        program.solve()


def test_a_program_without_limit_is_an_error() -> None:
    program = LinearProgram()
    program.add_rows(np.array([0.0]), np.array([INFINITY]))
    program.add_columns(np.array([-1.0]), np.array([INFINITY]), columns_of({0: 1.0}))
    with pytest.raises(SolverError, match="no optimum"):
        program.solve()


def test_a_program_that_failed_can_be_mended() -> None:
    program = mix()
    program.set_row(0, 9.0, INFINITY)
    with pytest.raises(SolverError):
        program.solve()
    program.set_row(0, -INFINITY, 4.0)
    assert program.solve().objective == pytest.approx(-11)
