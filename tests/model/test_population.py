"""Groups, zones and households: who is inside, in an order that favours nobody."""

from __future__ import annotations

import dataclasses
from collections import Counter
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clearway.model.population import SIZES, Demand
from tests.model.nouns import estimate, fields, group, refusal, zone

counts = st.lists(st.integers(0, 60), min_size=9, max_size=9)


def demand(sizes: list[int]) -> Demand:
    """Return the households of one zone and one group."""
    return Demand(np.array([[sizes]]))


@pytest.mark.parametrize(
    ("changes", "refused"),
    [
        ({"id": ""}, ["group .id"]),
        ({"weight": 0.99}, ["group able.weight"]),
        ({"weight": float("nan")}, ["group able.weight"]),
        ({"weight": 101}, ["group able.weight"]),
        ({"weight_source": " "}, ["group able.weight_source"]),
        ({"speed_m_per_s": estimate(0.04, 1, 2)}, ["group able.speed_m_per_s.low"]),
        ({"speed_m_per_s": estimate(1, 2, 3.1)}, ["group able.speed_m_per_s.high"]),
        ({"modes": ()}, ["group able.modes"]),
        ({"modes": ("fly",)}, ["group able.modes"]),
        ({"modes": ("ride", "ride")}, ["group able.modes"]),
        ({"modes": ("car",)}, ["group able.persons_per_car"]),
        ({"persons_per_car": estimate(2)}, ["group able.persons_per_car"]),
        ({"modes": ("walk", "car"), "persons_per_car": estimate(2)}, ["group able.modes"]),
        ({"modes": ("car",), "persons_per_car": estimate(0.9)}, ["group able.persons_per_car"]),
        ({"wheelchair_users": 2}, ["group able.wheelchair_users"]),
        ({"wheelchair_users": -1}, ["group able.wheelchair_users"]),
    ],
)
def test_groups_are_refused_by_field(changes: dict[str, Any], refused: list[str]) -> None:
    """Nobody weighs less than one: no group is worth less than another's able walkers."""
    assert fields(group(), **changes) == refused


@pytest.mark.parametrize(
    ("modes", "own_way", "rides"),
    [
        (("walk",), "walk", False),
        (("car",), "car", False),
        (("ride",), None, True),
        (("ride", "walk"), "walk", True),
        (("car", "ride"), "car", True),
    ],
)
def test_a_group_goes_its_own_way_or_rides(
    modes: tuple[str, ...], own_way: str | None, rides: bool
) -> None:
    """A group that neither walks nor drives goes only if places are offered to it."""
    cars = estimate(3) if "car" in modes else None
    made = dataclasses.replace(group(), modes=modes, persons_per_car=cars)
    assert (made.own_way, made.rides) == (own_way, rides)


def test_a_group_walks_unless_more_is_said() -> None:
    made = group()
    assert (made.modes, made.persons_per_car, made.wheelchair_users) == (("walk",), None, 0)


def test_those_with_cars_may_go_faster() -> None:
    """Up to 60 m/s: a street's own speed holds where it is lower."""
    drivers = dataclasses.replace(group(), modes=("car",), persons_per_car=estimate(3))
    fast = dataclasses.replace(drivers, speed_m_per_s=estimate(5, 10, 60))
    assert fast.speed_m_per_s.high == 60
    assert fields(drivers, speed_m_per_s=estimate(5, 10, 61)) == ["group able.speed_m_per_s.high"]


@pytest.mark.parametrize(
    ("changes", "refused"),
    [
        ({"id": "\t"}, "zone \t.id"),
        ({"residential_m": -0.1}, "zone N3.residential_m"),
        ({"residential_m": float("inf")}, "zone N3.residential_m"),
    ],
)
def test_zones_are_refused_by_field(changes: dict[str, Any], refused: str) -> None:
    assert fields(zone(), **changes) == [refused]


@pytest.mark.parametrize("shape", [(9,), (2, 9), (2, 1, 8), (2, 1, 9, 1), (0, 8)])
def test_demand_has_zones_groups_and_nine_sizes(shape: tuple[int, ...]) -> None:
    ((field, rule),) = refusal(lambda: Demand(np.zeros(shape, dtype=np.int64)))
    assert (field, rule) == ("demand.households", "must have shape (zones, groups, 9)")


@pytest.mark.parametrize("wrong", [0.5, -0.25, float("nan"), float("inf")])
def test_half_households_are_refused(wrong: float) -> None:
    """A count is never cut down to a whole number in silence."""
    households: Any = np.zeros((1, 2, 9))
    households[0, 1, 4] = wrong
    assert refusal(lambda: Demand(households)) == [("demand.households", "must be whole numbers")]


def test_counts_below_zero_are_refused() -> None:
    households = np.zeros((2, 1, 9), dtype=int)
    households[1, 0, 3] = -1
    assert refusal(lambda: Demand(households)) == [("demand.households", "must be 0 or more")]


def test_counts_are_kept_and_cannot_be_changed() -> None:
    """Whole numbers told as floats are the same whole numbers."""
    mine: Any = np.ones((1, 1, 9))
    kept = Demand(mine).households
    mine[:] = 7
    assert kept.dtype == np.int64
    assert kept.sum() == 9
    with pytest.raises(ValueError, match="read-only"):
        kept[0, 0, 0] = 2


@given(counts)
def test_persons_are_those_of_the_households(sizes: list[int]) -> None:
    """Two households of four are eight persons."""
    expected = sum(n * size for n, size in zip(sizes, SIZES, strict=True))
    assert demand(sizes).persons.tolist() == [[expected]]


@given(counts)
def test_the_order_holds_every_household_once(sizes: list[int]) -> None:
    """A permutation: nobody is left out or called twice."""
    order = demand(sizes).sequence(0, 0)
    assert Counter(order.tolist()) == Counter(
        {size: n for size, n in zip(SIZES, sizes, strict=True) if n}
    )


@given(counts, st.data())
def test_any_run_has_its_share_of_each_size(sizes: list[int], data: st.DataObject) -> None:
    """The first share of the order holds that share of each size, to less than one household each.

    So no run of the order is picked by size, and a prefix is a fair sample of the zone.
    """
    order = demand(sizes).sequence(0, 0)
    length = data.draw(st.integers(0, len(order)))
    head = Counter(order[:length].tolist())
    kinds = sum(1 for n in sizes if n)
    for size, n in zip(SIZES, sizes, strict=True):
        share = n * length / max(1, len(order))
        assert abs(head[size] - share) <= 1 + kinds * n / max(1, len(order))


def test_sizes_alternate_where_there_are_as_many_of_each() -> None:
    """Ties go to the smaller size."""
    assert demand([3, 0, 0, 0, 0, 3, 0, 0, 0]).sequence(0, 0).tolist() == [1, 6, 1, 6, 1, 6]


def test_the_one_large_household_stands_in_the_middle() -> None:
    """Not first, not last."""
    assert demand([4, 0, 0, 0, 0, 0, 0, 0, 1]).sequence(0, 0).tolist() == [1, 1, 9, 1, 1]


def test_a_zone_without_households_has_an_empty_order() -> None:
    order = demand([0] * 9).sequence(0, 0)
    assert order.dtype == np.int64
    assert len(order) == 0


@settings(deadline=None)
@given(counts, st.floats(0, 1), st.floats(0, 1))
def test_those_who_go_are_the_first_of_the_order(sizes: list[int], one: float, two: float) -> None:
    """More uptake adds households at the end; it never takes away who was among them before."""
    few, many = sorted((one, two))
    house = demand(sizes)
    order = house.sequence(0, 0).tolist()
    fewer, more = (house.willing(0, 0, share).tolist() for share in (few, many))
    assert more[: len(fewer)] == fewer
    assert order[: len(more)] == more
    assert abs(len(fewer) - few * len(order)) <= 0.5 + 1e-9


@pytest.mark.parametrize(
    ("uptake", "going"), [(0, 0), (0.049, 0), (0.05, 1), (0.15, 2), (0.5, 5), (1, 10)]
)
def test_the_count_of_those_who_go_is_rounded_half_up(uptake: float, going: int) -> None:
    """Ten households: half of one counts as one."""
    assert len(demand([10, 0, 0, 0, 0, 0, 0, 0, 0]).willing(0, 0, uptake)) == going


def test_each_zone_and_group_has_an_order_of_its_own() -> None:
    """Row and column are the scenario's."""
    households = np.zeros((2, 2, 9), dtype=int)
    households[0, 1, 2], households[1, 0, 6] = 2, 1
    both = Demand(households)
    found = [both.sequence(zone, one).tolist() for zone in (0, 1) for one in (0, 1)]
    assert found == [[], [3, 3], [7], []]
    assert both.persons.tolist() == [[0, 6], [7, 0]]
