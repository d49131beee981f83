"""Compile the kernels into their cache: ``python -m clearway.solve.warm``."""

from __future__ import annotations

import numpy as np

from clearway.solve.kernels import Ground, sweep, trace


def warm() -> None:
    """Run every kernel once, on one street of one tick."""
    ground = Ground(
        np.array([0, 1, 1]),
        np.array([1]),
        np.array([1]),
        np.array([0]),
        np.zeros((1, 2)),
        np.zeros(2),
        1,
    )
    trace(ground, sweep(ground), 0, 0)


if __name__ == "__main__":
    warm()
