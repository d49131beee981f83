"""What each household of one member draws."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from clearway.model.draws import CHECK, HOUSEHOLD, Draw, stream


@dataclass(frozen=True, slots=True, eq=False)
class HouseholdDraw:
    """What each household draws; every array has shape (households,).

    Attributes
    ----------
    goes, uncalled, hour, speed, lateness
        Shares of draws, 0 to 1, to be read by the quantiles of what they are about.
    work
        What its check takes beside an average one.
    """

    goes: NDArray[np.float64]
    uncalled: NDArray[np.float64]
    hour: NDArray[np.float64]
    speed: NDArray[np.float64]
    lateness: NDArray[np.float64]
    work: NDArray[np.float64]

    def of(self, rows: NDArray[np.int64]) -> HouseholdDraw:
        """Return what the households in ``rows`` draw, in that order."""
        return HouseholdDraw(
            *(getattr(self, field)[rows] for field in self.__slots__),
        )


def draw_households(count: int, draw: Draw, seed: int, member: int) -> HouseholdDraw:
    """Return what ``count`` households draw."""
    goes, uncalled, hour, speed, lateness = stream(seed, member, HOUSEHOLD).random((5, count))
    checks = stream(seed, member, CHECK)
    longer = checks.random(count) < draw.long_share
    work = np.where(longer, draw.long_factor, 1.0)
    if draw.service_cv > 0:
        # A gamma distribution of mean 1; of shape 1 it is the exponential.
        shape = 1.0 / draw.service_cv**2
        work *= checks.standard_gamma(shape, count) / shape
    return HouseholdDraw(goes, uncalled, hour, speed, lateness, work)
