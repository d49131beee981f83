"""Compile the kernels into their cache: ``python -m clearway.solve.warm``."""

from __future__ import annotations

import numpy as np

from clearway.solve.kernels import sweep, trace


def warm() -> None:
    """Run every kernel once, on one street of one tick."""
    start, head, ticks = np.array([0, 1, 1]), np.array([1]), np.array([1])
    row, toll = np.array([0]), np.zeros((1, 2))
    terminal = np.zeros(2)
    value = sweep(start, head, ticks, row, toll, terminal, 1)
    trace(start, head, ticks, row, toll, terminal, 1, value, 0, 0)


if __name__ == "__main__":
    warm()
