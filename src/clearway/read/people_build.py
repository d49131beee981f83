"""People by zone, group and household size, in whole households that add up exactly."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from clearway.model.population import SIZES, Demand
from clearway.read.recipe import Recipe


def spread_people(recipe: Recipe, weight: NDArray[np.float64]) -> Demand:
    """Return whole households whose persons add up to ``recipe.persons``.

    Persons go to zones by weight. A household of n persons moves as group g if one of its members
    makes it so and none makes it move as a group before g: each member does, independently, with
    the chance ``persons_share`` of that group; the last group takes those left. Counts are rounded
    down; then households are added where rounding took most; what is left of a zone's
    persons, 9 at most, is one household more of the last group.

    Parameters
    ----------
    recipe
        Persons, household shares and groups.
    weight
        Shape (zones,), 0 or more, not all 0.
    """
    share = _group_shares(recipe) * np.array(recipe.household_shares)
    mean = float((share @ np.array(SIZES)).sum())
    people = whole_shares(recipe.persons, weight)
    return Demand(np.stack([_zone(int(count), share * (count / mean)) for count in people]))


def whole_shares(total: int, weight: NDArray[np.float64]) -> NDArray[np.int64]:
    """Return whole numbers by weight that add up to ``total`` (largest remainders)."""
    exact = total * weight / weight.sum()
    floor: NDArray[np.int64] = np.floor(exact).astype(np.int64)
    rest = np.argsort(floor - exact, kind="stable")[: total - int(floor.sum())]
    floor[rest] += 1
    return floor


def _group_shares(recipe: Recipe) -> NDArray[np.float64]:
    """Return shape (groups, 9), the share of households of a size that are of a group."""
    shares, left = [], np.ones(len(SIZES))
    for one in recipe.groups[:-1]:
        none = (1 - one.persons_share.central) ** np.array(SIZES)
        shares.append(left * (1 - none))
        left = left * none
    return np.stack([*shares, left])


def _zone(persons: int, exact: NDArray[np.float64]) -> NDArray[np.int64]:
    counts = np.floor(exact).astype(np.int64)
    left = persons - int((counts @ np.array(SIZES)).sum())
    for cell in np.argsort((counts - exact).ravel(), kind="stable"):
        group, size = divmod(int(cell), len(SIZES))
        if SIZES[size] <= left and exact[group, size] > 0:
            counts[group, size] += 1
            left -= SIZES[size]
    while left > 0:
        size = min(left, SIZES[-1])
        counts[-1, size - 1] += 1
        left -= size
    return counts
