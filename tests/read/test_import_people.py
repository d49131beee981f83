"""People: whole households that add up exactly, whatever the shares."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clearway.model.facts import Estimate
from clearway.model.population import SIZES
from clearway.read.people_build import spread_people, whole_shares
from tests.read import town

weights = st.lists(st.floats(0, 1e5), min_size=1, max_size=12).filter(lambda one: sum(one) > 1)


@settings(deadline=None)
@given(st.integers(1, 300_000), weights)
def test_persons_add_up_exactly(persons: int, weight: list[float]) -> None:
    """Not one person is lost or invented by rounding."""
    demand = spread_people(town.recipe(persons=persons), np.array(weight))
    assert demand.persons.sum() == persons


@settings(deadline=None)
@given(st.integers(1, 300_000), weights)
def test_a_zone_has_its_share_of_persons(persons: int, weight: list[float]) -> None:
    """Each zone is within one person of its share by weight, exactly those of largest remainder."""
    demand = spread_people(town.recipe(persons=persons), np.array(weight))
    share = persons * np.array(weight) / sum(weight)
    assert np.abs(demand.persons.sum(axis=1) - share).max() < 1 + 1e-6


@settings(deadline=None)
@given(st.integers(0, 10**6), weights)
def test_whole_shares_add_up(total: int, weight: list[float]) -> None:
    """Largest remainders: whole, never more than one off, and exact in sum."""
    found = whole_shares(total, np.array(weight))
    assert found.sum() == total
    assert np.abs(found - total * np.array(weight) / sum(weight)).max() < 1 + 1e-6


def test_zones_without_weight_are_empty() -> None:
    """Nobody lives where there is no street."""
    demand = spread_people(town.recipe(), np.array([1.0, 0.0, 3.0]))
    assert demand.persons.sum(axis=1).tolist() == [500, 0, 1500]


def test_household_shares_are_kept() -> None:
    """In a large zone the sizes stand in the shares asked for, to a household or two in 100."""
    recipe = town.recipe(persons=100_000)
    counts = spread_people(recipe, np.array([1.0])).households.sum(axis=(0, 1))
    assert counts / counts.sum() == pytest.approx(recipe.household_shares, abs=0.001)


def test_larger_households_are_more_often_slow() -> None:
    """One slow member makes the household slow: chance 1 - (1 - p) ** n, as told."""
    households = spread_people(town.recipe(persons=200_000), np.array([1.0])).households[0]
    of_size = households / households.sum(axis=0)
    none = 1 - 0.01
    wheelchair = 1 - none ** np.array(SIZES)
    slow = none ** np.array(SIZES) * (1 - 0.9 ** np.array(SIZES))
    assert of_size[0] == pytest.approx(wheelchair, abs=0.005)
    assert of_size[1] == pytest.approx(slow, abs=0.005)


def test_a_group_that_nobody_belongs_to_is_empty() -> None:
    """A share of zero gives no household, not even to make the sum come out."""
    recipe = town.recipe()
    nobody = dataclasses.replace(recipe.groups[0], persons_share=Estimate(0, 0, 0, town.ASSUMED))
    demand = spread_people(
        dataclasses.replace(recipe, groups=(nobody, *recipe.groups[1:])), np.ones(5)
    )
    assert demand.persons[:, 0].sum() == 0


def test_one_group_takes_everyone() -> None:
    """A recipe with one group has everybody in it."""
    recipe = town.recipe()
    demand = spread_people(dataclasses.replace(recipe, groups=recipe.groups[2:]), np.ones(3))
    assert demand.persons.shape == (3, 1)
    assert demand.persons.sum() == recipe.persons
