"""Sums over rows that belong together."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray


def total(rows: NDArray[Any], amounts: NDArray[np.float64], count: int) -> NDArray[np.float64]:
    """Shape (count,), the sum of ``amounts`` for each row from 0 to ``count - 1``."""
    return np.bincount(rows, weights=amounts, minlength=count).astype(np.float64)


def total_by(
    first: NDArray[np.int64], second: NDArray[np.int64], amounts: NDArray[np.float64]
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float64]]:
    """Return each pair that occurs, sorted, with the sum of its ``amounts``."""
    order = np.lexsort((second, first))
    first, second = first[order], second[order]
    new = np.ones(len(order), dtype=np.bool_)
    new[1:] = (first[1:] != first[:-1]) | (second[1:] != second[:-1])
    return first[new], second[new], total(np.cumsum(new) - 1, amounts[order], int(new.sum()))


def spread_out(count: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return for each of ``count`` items of every row the row, and which of its items it is."""
    row = np.repeat(np.arange(len(count)), count)
    return row, np.arange(len(row)) - (np.cumsum(count) - count)[row]
