"""Figures of risk, from members whose course is written down by hand."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from clearway.model.outcome import (
    EXTENDED,
    FAILED,
    NEVER_OPENED,
    STOPPED,
    STOPPED_WITH_NOTICE,
    Ensemble,
)
from clearway.model.scenario import Scenario
from clearway.publish.needs import needs
from clearway.publish.risk import (
    ALARM_PERSONS_PER_M2,
    alarms,
    day_ends,
    exposures,
    harm_in_all,
    harms,
    peak_densities,
    people_out,
    spread_of,
)
from tests import scenarios
from tests.publish.ensembles import blank, changed, drawn
from tests.publish.pages import town, town_ensemble

FEW = st.lists(st.integers(0, 10**6), min_size=1, max_size=60)


def ten_out(scenario: Scenario, out: list[int]) -> Ensemble:
    """Return members that bring out so many, all in the second bin through the first corridor."""
    start = blank(scenario, len(out))
    persons = start.out.copy()
    persons[:, 1, 0, 0] = out
    return replace(start, out=persons)


@given(FEW)
def test_a_spread_is_in_order_and_within_its_values(values: list[int]) -> None:
    found = spread_of(values)
    ordered = [found.low, found.median, found.high, found.tail, found.most]
    assert ordered == sorted(ordered)
    assert min(values) <= found.low
    assert found.most == max(values)
    assert found.mean == pytest.approx(np.mean(values))


@given(FEW)
def test_the_worst_tenth_is_no_better_than_what_nine_in_ten_exceed(values: list[int]) -> None:
    out = people_out(ten_out(scenarios.one_corridor(), values))
    lowest = sorted(values)[: -(-len(values) // 10)]
    assert out.worst == pytest.approx(np.mean(lowest))
    assert min(values) <= out.worst <= out.spread.low + 1e-9


def test_people_out_of_twenty_members(one_corridor: Scenario) -> None:
    out = people_out(ten_out(one_corridor, list(range(0, 2000, 100))))
    assert out.worst == 50
    assert out.spread.median == 950
    assert out.spread.low == pytest.approx(190)
    assert out.spread.high == pytest.approx(1710)


def hurt(scenario: Scenario, **columns: Any) -> Ensemble:
    """Return four members of two corridors in which what is told happened."""
    return changed(blank(scenario), **columns)


def test_being_caught_is_counted_by_corridor_and_in_all(two_gates: Scenario) -> None:
    ensemble = hurt(two_gates, caught=[[0, 0], [3, 0], [0, 5], [2, 2]])
    first, second = harms(two_gates, ensemble)
    both = harm_in_all(two_gates, ensemble)
    assert (first.caught.hits, second.caught.hits, both.caught.hits) == (2, 2, 3)
    assert both.caught == ensemble.anyone_caught
    assert (first.caught_persons.most, both.caught_persons.most) == (3, 5)
    assert both.caught_persons.mean == pytest.approx(3.0)


def test_people_turned_back_are_added_up_over_corridors(two_gates: Scenario) -> None:
    ensemble = hurt(
        two_gates,
        turned_back=[[10, 0], [0, 20], [0, 0], [30, 40]],
        uncalled_back=[[1, 0], [0, 0], [0, 0], [0, 3]],
    )
    first, second = harms(two_gates, ensemble)
    both = harm_in_all(two_gates, ensemble)
    assert first.turned_back.mean == 10
    assert second.turned_back.mean == 15
    assert both.turned_back.mean == 25
    assert both.turned_back.most == 70
    assert both.uncalled_back.mean == 1


def test_in_the_open_counts_only_members_with_a_stop(two_gates: Scenario) -> None:
    """A stop that found nobody counts too; a failure counts if it found anyone."""
    ensemble = hurt(
        two_gates,
        in_open=[[40, 0], [0, 0], [0, 0], [0, 6]],
        ending=[[STOPPED, STOPPED], [STOPPED, STOPPED], [0, FAILED], [0, FAILED]],
    )
    first, second = harms(two_gates, ensemble)
    assert (first.stops.hits, second.stops.hits) == (2, 3)
    assert first.in_open is not None
    assert first.in_open.mean == 20
    assert second.in_open is not None
    assert second.in_open.mean == 2
    both = harm_in_all(two_gates, ensemble)
    assert both.in_open is not None
    assert both.in_open.mean == pytest.approx(46 / 3)


def test_without_a_stop_nothing_is_said_of_people_in_the_open(two_gates: Scenario) -> None:
    ensemble = hurt(two_gates, ending=[[STOPPED_WITH_NOTICE] * 2] * 4)
    assert harm_in_all(two_gates, ensemble).in_open is None
    assert harm_in_all(two_gates, ensemble).stops.hits == 0


def test_the_worst_mouth_stands_for_all(two_gates: Scenario) -> None:
    ensemble = hurt(two_gates, longest_wait_s=[[60, 600], [120, 0], [0, 0], [30, 90]])
    first, second = harms(two_gates, ensemble)
    assert first.wait_s.most == 120
    assert second.wait_s.most == 600
    assert harm_in_all(two_gates, ensemble).wait_s.median == pytest.approx(105)


def test_density_is_of_the_ground_and_the_alarm_is_above(two_gates: Scenario) -> None:
    area = two_gates.corridors[0].holding.area_m2
    start = blank(two_gates)
    queue = start.queue.copy()
    queue[0, 2, 0] = ALARM_PERSONS_PER_M2 * area
    queue[1, 3, 0] = ALARM_PERSONS_PER_M2 * area + area
    queue[2, 5, 0] = area
    ensemble = replace(start, queue=queue)
    found = peak_densities(two_gates, ensemble)
    assert found[:, 0] == pytest.approx([3.5, 4.5, 1.0, 0.0])
    first, second = harms(two_gates, ensemble)
    assert first.alarm.hits == 1
    assert second.alarm.hits == 0
    assert harm_in_all(two_gates, ensemble).alarm.hits == 1
    limits = alarms(two_gates)[0]
    assert limits.alarm == pytest.approx(3.5 * area)
    assert limits.limit == two_gates.corridors[0].holding.limit_persons


def test_exposure_is_in_hours_and_adds_up(one_corridor: Scenario) -> None:
    seconds = [[3600.0, 7200.0, 0.0], [0.0, 3600.0, 3600.0]]
    ensemble = changed(blank(one_corridor, 2), exposure_person_s=seconds)
    walking, waiting, corridor, whole = exposures(ensemble)
    assert (walking.mean, waiting.mean, corridor.mean) == (0.5, 1.5, 0.5)
    assert whole.mean == 2.5
    assert whole.low == pytest.approx(2.1)


def test_a_day_is_what_opens_at_one_moment(two_days: Scenario) -> None:
    ensemble = drawn(two_days, town()[1].replace(movements=()), 6)
    days = list(day_ends(two_days, ensemble))
    assert [one.day for one in days] == [date(2016, 10, 20), date(2016, 10, 21)]
    assert [one.opens_s for one in days] == [0, 86_400]


def test_how_a_day_went_is_counted_once_a_member(two_gates: Scenario) -> None:
    codes = [
        [NEVER_OPENED, NEVER_OPENED],
        [NEVER_OPENED, FAILED],
        [STOPPED, STOPPED],
        [EXTENDED, EXTENDED],
        [STOPPED_WITH_NOTICE, STOPPED_WITH_NOTICE],
    ]
    start = blank(two_gates, 5)
    opens = start.opens_s.copy()
    closes = start.closes_s.copy()
    opens[2] += 900
    opens[3] += 300
    closes[0] = opens[0]
    ensemble = replace(start, opens_s=opens, closes_s=closes, ending=np.array(codes))
    (day,) = day_ends(two_gates, ensemble)
    happened = (day.never, day.notice, day.stopped, day.extended, day.failed)
    assert [one.hits for one in happened] == [1, 1, 1, 1, 1]
    assert {one.of for one in happened} == {5}
    assert day.late_s is not None
    assert day.late_s.most == 900
    assert day.late_s.mean == pytest.approx(1200 / 4)


def test_a_day_that_never_opened_was_not_late(one_corridor: Scenario) -> None:
    start = blank(one_corridor)
    never = np.full(start.ending.shape, NEVER_OPENED)
    (day,) = day_ends(one_corridor, replace(start, closes_s=start.opens_s, ending=never))
    assert day.late_s is None
    assert day.never.value == 1


# --------------------------------------------------------------------------------- needs


def waiting(scenario: Scenario, persons: list[list[float]]) -> Ensemble:
    """Return members with so many at the first mouth, bin by bin."""
    queue = np.array(persons, dtype=np.float32)[:, :, None]
    start = blank(scenario, len(persons), bins=queue.shape[1], bin_s=3600)
    return replace(start, queue=queue)


def test_water_is_three_litres_for_a_day_of_waiting(one_corridor: Scenario) -> None:
    """Eight people for three hours are one person for a day."""
    (need,) = needs(one_corridor, waiting(one_corridor, [[0, 8, 8, 8, 0]]))
    assert need.corridor == "C1"
    assert need.water_l.median == 3
    assert need.places.median == 8
    assert need.toilets.median == 1


@pytest.mark.parametrize(
    ("most", "toilets"), [(0.0, 0), (0.2, 1), (1, 1), (50, 1), (50.5, 2), (51, 2), (100, 2)]
)
def test_one_toilet_to_fifty_people(one_corridor: Scenario, most: float, toilets: int) -> None:
    (need,) = needs(one_corridor, waiting(one_corridor, [[most, 0.0]]))
    assert need.toilets.most == toilets
    assert need.places.most == np.ceil(most)


def test_needs_are_told_for_the_worst_tenth(one_corridor: Scenario) -> None:
    (need,) = needs(one_corridor, waiting(one_corridor, [[10.0 * n] for n in range(11)]))
    assert need.places.median == 50
    assert need.places.high == 90


@given(st.floats(1, 9))
def test_a_longer_queue_needs_no_less(factor: float) -> None:
    scenario, _, _ = town()
    ensemble = town_ensemble()
    longer = replace(ensemble, queue=ensemble.queue * np.float32(factor))
    pairs = zip(needs(scenario, ensemble), needs(scenario, longer), strict=True)
    for before, after in pairs:
        assert after.water_l.median >= before.water_l.median
        assert after.toilets.high >= before.toilets.high
        assert after.places.high >= before.places.high
