"""How time grows: a power law through measurements, by least squares of logarithms."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True, slots=True)
class Power:
    """``seconds = scale x size ** exponent``.

    Attributes
    ----------
    exponent, scale
        Of the fit.
    error
        Standard error of the exponent.
    count
        Measurements.
    smallest, largest
        Sizes between which it was fitted.
    """

    exponent: float
    scale: float
    error: float
    count: int
    smallest: float
    largest: float


def fit_power(sizes: Sequence[float], seconds: Sequence[float]) -> Power | None:
    """Return the fitted power law, or None if fewer than three different sizes were measured.

    Parameters
    ----------
    sizes, seconds
        As many of one as of the other, all above zero.
    """
    x, y = np.log(np.asarray(sizes, float)), np.log(np.asarray(seconds, float))
    if len(np.unique(x)) < 3:
        return None
    away = x - x.mean()
    spread = float((away**2).sum())
    exponent = float((away * y).sum()) / spread
    rest = y - y.mean() - exponent * away
    error = math.sqrt(float((rest**2).sum()) / (len(x) - 2) / spread)
    scale = math.exp(float(y.mean()) - exponent * float(x.mean()))
    return Power(exponent, scale, error, len(x), float(min(sizes)), float(max(sizes)))
