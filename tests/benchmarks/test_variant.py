"""The variant that both programs solve keeps people, streets and gates."""

from __future__ import annotations

from datetime import timedelta

import numpy as np
import pytest

from benchmarks import explicit
from benchmarks.variant import minute_variant
from tests.crosscheck.programs import optimum
from tests.scenarios import four_sides, two_days, two_gates


def test_one_group_at_the_pace_of_the_quickest_with_everybody_in_it() -> None:
    scenario = two_gates()
    variant = minute_variant(scenario, 2, 1)
    assert [group.speed_m_per_s.central for group in variant.groups] == [1.2]
    assert variant.demand.persons.sum() == scenario.demand.persons.sum()
    assert variant.demand.households.shape == (3, 1, 9)


def test_all_grids_are_a_minute() -> None:
    planning = minute_variant(two_gates(spread=0.5), 2, 1).planning
    assert (planning.slot_s, planning.step_s, planning.tick_s, planning.spread) == (60, 60, 60, 1.0)


def test_streets_carry_whole_persons_a_minute_never_more_than_before() -> None:
    scenario = two_gates(width_m=0.7)
    before = scenario.network.links.foot_capacity_persons_per_s * 60
    after = minute_variant(scenario, 2, 1).network.links.foot_capacity_persons_per_s * 60
    assert np.allclose(after, np.rint(after), atol=1e-9)
    assert (after <= before + 1e-6).all()
    assert (after > before - 1).all()


def test_narrow_streets_are_narrow_inside_alone_and_carry_one_person_at_least() -> None:
    scenario = two_gates(width_m=0.2)
    inside = scenario.network.links.side == "inside"
    before = scenario.network.links.foot_capacity_persons_per_s * 60
    links = minute_variant(scenario, 2, 1, width=0.1).network.links
    after = links.foot_capacity_persons_per_s * 60
    assert np.allclose(after[inside], np.maximum(1, np.floor(before[inside] / 10)))
    assert np.allclose(after[~inside], before[~inside])


def test_whole_capacities_stay_as_they_are() -> None:
    scenario = two_gates(width_m=2.0)
    after = minute_variant(scenario, 2, 1).network.links
    assert np.allclose(after.width_m, scenario.network.links.width_m)


@pytest.mark.parametrize(("hours", "kept"), [(0.5, 0.5), (1, 1), (9, 1)])
def test_windows_are_cut_and_never_made_longer(hours: float, kept: float) -> None:
    windows = minute_variant(two_days(), hours, 2).windows
    assert [window.closes - window.opens for window in windows] == [timedelta(hours=kept)] * 2


def test_the_first_days_are_kept() -> None:
    scenario = two_days()
    (window,) = minute_variant(scenario, 1, 1).windows
    assert window.opens == scenario.start


def test_both_programs_agree_on_it() -> None:
    variant = minute_variant(four_sides(gates_persons_per_h=(600, 300, 480, 180)), 1.5, 2)
    found, program = explicit.solve(explicit.expand(variant), 60), optimum(variant)
    assert found.people == pytest.approx(program.people, abs=1e-3)
    assert found.exposure_h * 60 == pytest.approx(program.exposure, rel=1e-5)
