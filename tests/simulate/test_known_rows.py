"""Rows of known columns: the same numbers, read and written in place, whatever the shape."""

from __future__ import annotations

from typing import Any

import numba
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numba.core.errors import TypingError
from numpy.typing import NDArray

from clearway.simulate.rows import rows
from clearway.simulate.state import CACHE_LINE, no_rows

COLUMNS = 5


@numba.njit
def add(told: Any, row: int, column: int, more: float) -> Any:
    known = rows(told, COLUMNS)
    known[row, column] += more
    return known[row, column]


@numba.njit
def pick(told: Any, row: int) -> Any:
    return rows(told, 0)[row]


@numba.njit
def count(told: Any) -> Any:
    return len(rows(told, COLUMNS))


@numba.njit
def unknown(told: Any, columns: int) -> Any:
    return len(rows(told, columns))


@settings(max_examples=60, deadline=None, derandomize=True)
@given(st.integers(1, 9), st.data())
def test_what_is_written_is_in_the_array_itself(height: int, data: st.DataObject) -> None:
    told = no_rows(height, COLUMNS, np.float64)
    told[:] = np.arange(height * COLUMNS).reshape(height, COLUMNS)
    row = data.draw(st.integers(0, height - 1))
    column = data.draw(st.integers(0, COLUMNS - 1))
    expected = told.copy()
    expected[row, column] += 0.5
    assert add(told, row, column, 0.5) == expected[row, column]
    assert (told == expected).all()


@pytest.mark.parametrize("kind", [np.int32, np.float64])
def test_a_list_is_one_row_of_which_nobody_asks(kind: type[np.int32]) -> None:
    told = np.arange(7, dtype=kind)
    assert [pick(told, row) for row in range(7)] == list(range(7))


def test_nobody_can_count_from_the_end() -> None:
    assert count(np.zeros((3, COLUMNS))) == 0


def test_columns_that_are_not_known_are_refused() -> None:
    with pytest.raises(TypingError):
        unknown(np.zeros((3, COLUMNS)), COLUMNS)


@pytest.mark.parametrize("kind", [np.int32, np.float64])
@pytest.mark.parametrize("columns", [8, 32])
@pytest.mark.parametrize("height", [1, 3, 1000])
def test_rows_begin_where_a_line_of_the_cache_does(
    kind: type[np.int32], columns: int, height: int
) -> None:
    found: NDArray[Any] = no_rows(height, columns, kind)
    assert found.shape == (height, columns)
    assert found.dtype == kind
    assert found.ctypes.data % CACHE_LINE == 0
    assert found.flags.c_contiguous
    assert found.flags.writeable
    assert not found.any()
