"""What a gate serves over time is its usual rate, times what is known to change it."""

from __future__ import annotations

import dataclasses
from datetime import timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from clearway.model.corridor import GateChange
from clearway.model.facts import Estimate
from clearway.model.rates import (
    PERSONS,
    VEHICLES,
    Shares,
    lane_limits,
    served,
    slot_limits,
)
from clearway.model.scenario import Scenario
from tests.scenarios import one_corridor


def _changed(*told: tuple[int, int, float, float]) -> Scenario:
    scenario = one_corridor()
    start, corridor = scenario.start, scenario.corridors[0].id
    return scenario.replace(
        changes=tuple(
            GateChange(
                corridor,
                start + timedelta(seconds=since),
                start + timedelta(seconds=until),
                persons,
                vehicles,
                "told by the gate",
            )
            for since, until, persons, vehicles in told
        )
    )


def _shares(scenario: Scenario, serves: str = PERSONS) -> Shares:
    return Shares(scenario, scenario.corridors[0].id, serves)


def test_without_changes_a_gate_always_serves_at_its_usual_rate() -> None:
    scenario = one_corridor()
    shares = _shares(scenario)
    assert not shares
    assert shares.mean(np.array([0, 60, 90])).tolist() == [1.0, 1.0]
    assert shares.at(np.array([-5, 0, 10**7])).tolist() == [1.0, 1.0, 1.0]
    assert shares.least(np.array([0, 60])).tolist() == [1.0]
    rate, planning = scenario.corridors[0].gate_persons_per_s.central, scenario.planning
    assert served(scenario, np.zeros((1, 0)), 3).tolist() == [[rate * planning.step_s] * 3]
    assert slot_limits(scenario, 2).tolist() == [[rate * planning.slot_s] * 2]


def test_those_in_vehicles_are_served_first_evenly_over_what_the_gate_serves() -> None:
    scenario = one_corridor()
    slot_s, step_s = scenario.planning.slot_s, scenario.planning.step_s
    cohorts, rate = slot_s // step_s, scenario.corridors[0].gate_persons_per_s.central
    aboard = np.array([[0.5 * rate * slot_s]])
    plain = served(scenario, aboard, 2 * cohorts)[0]
    assert plain[:cohorts].tolist() == pytest.approx([0.5 * rate * step_s] * cohorts)
    assert plain[cohorts:].tolist() == [rate * step_s] * cohorts
    shut = _changed((0, step_s, 0.0, 1.0))
    left = served(shut, aboard, 2 * cohorts)[0]
    assert left[0] == 0.0
    assert left[:cohorts].sum() == pytest.approx((0.5 * cohorts - 1) * rate * step_s)
    assert slot_limits(shut, 1)[0, 0] == pytest.approx(rate * (slot_s - step_s))


def test_nobody_is_served_in_a_slot_that_vehicles_fill_or_the_gate_is_shut_in() -> None:
    scenario = _changed((0, one_corridor().planning.slot_s, 0.0, 0.0))
    cohorts = scenario.planning.slot_s // scenario.planning.step_s
    assert not served(scenario, np.array([[3.0]]), cohorts).any()
    assert slot_limits(scenario, 2)[0].astype(bool).tolist() == [False, True]
    full = np.array([[1e9]])
    assert not served(one_corridor(), full, cohorts).any()


def test_a_lane_checks_whole_vehicles_of_what_is_left_to_it() -> None:
    scenario = _changed((0, 450, 1.0, 0.0))
    corridor = scenario.corridors[0]
    lane = Estimate(10 / 900, 10 / 900, 10 / 900, "assumed: for a test")
    changed = scenario.replace(corridors=(dataclasses.replace(corridor, vehicles_per_s=lane),))
    assert changed.planning.slot_s == 900
    assert lane_limits(changed, 0, np.array([0, 1, -1, 10**9])).tolist() == [5, 10, 10, 10]


def test_work_takes_as_long_as_the_gate_is_slow_or_shut() -> None:
    assert _shares(one_corridor()).after(50.0, 30.0) == 80.0
    shares = _shares(_changed((100, 200, 0.5, 1.0), (200, 300, 0.0, 1.0)))
    assert shares.after(50.0, 30.0) == 80.0
    assert shares.after(50.0, 70.0) == 140.0
    assert shares.after(150.0, 25.0) == 200.0
    assert shares.after(150.0, 35.0) == 310.0
    assert shares.after(250.0, 0.0) == 250.0
    never = _shares(_changed((0, 10**9, 0.0, 0.0)))
    assert never.after(5.0, 1.0) == 10**9 + 1.0


def test_a_change_of_another_corridor_is_none_of_this_one() -> None:
    scenario = _changed((0, 600, 0.0, 0.0))
    assert not Shares(scenario, "another")
    assert _shares(scenario)


def test_a_change_holds_from_its_first_second_until_its_last() -> None:
    shares = _shares(_changed((600, 1200, 0.5, 0.25)))
    assert shares.at(np.array([0, 599, 600, 1199, 1200, 5000])).tolist() == [1, 1, 0.5, 0.5, 1, 1]


def test_the_lane_and_the_gate_change_each_by_its_own_share() -> None:
    scenario = _changed((600, 1200, 0.5, 0.25))
    assert _shares(scenario, VEHICLES).at(np.array([700])).tolist() == [0.25]
    assert _shares(scenario, PERSONS).at(np.array([700])).tolist() == [0.5]


def test_a_mean_is_over_the_seconds_on_either_side() -> None:
    shares = _shares(_changed((600, 1200, 0.0, 0.0)))
    means = shares.mean(np.array([0, 600, 900, 1500, 2400]))
    assert means.tolist() == pytest.approx([1.0, 0.0, 0.5, 1.0])


def test_of_changes_that_overlap_the_one_that_began_last_holds() -> None:
    shares = _shares(_changed((0, 3000, 0.5, 1.0), (600, 1200, 0.0, 1.0)))
    assert shares.at(np.array([0, 600, 1199, 1200, 3000])).tolist() == [0.5, 0.0, 0.0, 0.5, 1.0]


def test_of_changes_that_begin_at_once_the_one_told_last_holds() -> None:
    shares = _shares(_changed((600, 1200, 0.2, 1.0), (600, 1200, 0.7, 1.0)))
    assert shares.at(np.array([700])).tolist() == [0.7]


def test_the_least_share_sees_a_change_of_a_moment_within() -> None:
    shares = _shares(_changed((610, 620, 0.0, 1.0)))
    assert shares.least(np.array([0, 600, 660, 700])).tolist() == [1.0, 0.0, 1.0]
    assert _shares(_changed((0, 600, 0.0, 1.0))).least(np.array([0, 600, 700])).tolist() == [0, 1]


@given(
    told=st.lists(
        st.tuples(
            st.integers(0, 5000), st.integers(1, 5000), st.sampled_from([0.0, 0.5, 1.0, 2.0])
        ),
        max_size=4,
    ),
    begin=st.integers(0, 4000),
    length=st.integers(1, 4000),
)
def test_means_are_those_of_all_seconds(
    told: list[tuple[int, int, float]], begin: int, length: int
) -> None:
    scenario = _changed(*((since, since + long, share, 1.0) for since, long, share in told))
    shares, seconds = _shares(scenario), np.arange(begin, begin + length)
    each = shares.at(seconds)
    edges = np.array([begin, begin + length])
    assert shares.mean(edges)[0] == pytest.approx(each.mean())
    assert shares.least(edges)[0] == each.min()
    worked = shares.worked(edges.astype(float))
    assert worked[1] - worked[0] == pytest.approx(each.sum())
