"""Gates as the abort serves them: by arithmetic, and against the judge's replay."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clearway.judge.case import open_case
from clearway.model.corridor import GateChange
from clearway.model.plan import Plan
from clearway.model.scenario import Scenario
from clearway.operate.abort_gates import NEVER, Queued, Service, queue_up
from tests.judge.sound import sound
from tests.plans import greedy_plan
from tests.scenarios import ASSUMED, four_sides, late_window, one_corridor, two_gates


def queued(
    scenario: Scenario, joins: list[int], persons: list[float], plan: Plan | None = None
) -> Queued:
    """Return who of some cohorts at the first corridor passes when."""
    empty = plan or greedy_plan(scenario).replace(movements=())
    corridor = np.zeros(len(joins), dtype=np.int64)
    return queue_up(scenario, empty, corridor, np.array(joins), np.array(persons, dtype=float))


def last(found: Queued) -> list[int]:
    """Return the step in which the last of each cohort passes."""
    return [int(step) for step in found.when(np.ones(len(found.first)))]


def test_who_finds_nobody_passes_at_once() -> None:
    # Ten persons a step.
    found = queued(one_corridor(), [3, 5, 9], [10.0, 4.0, 1.0])
    assert last(found) == [3, 5, 9]


def test_a_crowd_passes_ten_a_step() -> None:
    found = queued(one_corridor(), [3], [25.0])
    assert last(found) == [5]
    steps = [np.array([step]) for step in (2, 3, 4, 5, 6)]
    assert [found.share(step)[0] for step in steps] == [0.0, 0.4, 0.8, 1.0, 1.0]


def test_those_who_come_together_are_served_alike() -> None:
    found = queued(one_corridor(), [3, 3], [5.0, 15.0])
    assert last(found) == [4, 4]
    assert found.share(np.array([3, 3])).tolist() == [0.5, 0.5]


def test_who_comes_later_waits_for_those_before() -> None:
    found = queued(one_corridor(), [3, 4], [25.0, 5.0])
    assert last(found) == [5, 5]
    assert found.share(np.array([5, 4])).tolist() == [1.0, 0.0]


def test_order_of_rows_is_not_order_of_service() -> None:
    found = queued(one_corridor(), [4, 3], [5.0, 25.0])
    assert last(found) == [5, 5]


def test_nobody_passes_before_the_window_opens() -> None:
    scenario = late_window()
    corridor = np.array([1, 1])
    plan = greedy_plan(scenario).replace(movements=())
    found = queue_up(scenario, plan, corridor, np.array([10, 65]), np.array([4.0, 4.0]))
    # C2 opens an hour after C1: at step 60.
    assert last(found) == [60, 65]
    assert found.share(np.array([59, 64])).tolist() == [0.0, 0.0]


def test_who_is_not_served_by_closing_never_passes() -> None:
    scenario = one_corridor(windows=((1, 8, 8.5),))
    found = queued(scenario, [28], [30.0])
    assert last(found) == [NEVER]
    assert found.share(np.array([40]))[0] == pytest.approx(2 / 3)


def test_who_comes_after_the_last_closing_has_no_window() -> None:
    found = queued(one_corridor(), [500], [1.0])
    assert found.service.tolist() == [-1]
    assert last(found) == [NEVER]


def test_a_second_day_has_a_queue_of_its_own(two_days: Scenario) -> None:
    found = queued(two_days, [59, 24 * 60 + 1], [100.0, 2.0])
    # Two a step: the first day ends with 98 left; on the second nobody is in front.
    assert last(found) == [NEVER, 24 * 60 + 1]


def test_vehicles_take_their_part_first() -> None:
    scenario, plan = sound("one_bus")
    trip = plan.duties[0].trips[0]
    slot = trip.gate_out_s // 900
    aboard = sum(load.persons for load in trip.loads)
    begin = slot * 15
    bare = plan.replace(movements=())
    with_bus = queued(scenario, [begin], [10.0], bare).share(np.array([begin]))[0]
    without = queued(scenario, [begin], [10.0], bare.replace(duties=())).share(np.array([begin]))
    assert without[0] == 1.0
    assert with_bus == pytest.approx((10 - aboard / 15) / 10)


def test_patients_and_companions_are_checked_too() -> None:
    scenario, plan = sound("two_ambulances")
    trip = next(one for one in plan.duties if one.id.startswith("amb-02")).trips[0]
    begin = trip.gate_out_s // 900 * 15
    duties = tuple(one for one in plan.duties if one.id.startswith("amb-02"))
    found = queued(scenario, [begin], [10.0], plan.replace(movements=(), duties=duties))
    assert found.share(np.array([begin]))[0] == pytest.approx((10 - 4 / 15) / 10)


def test_a_gate_that_changes_serves_its_share() -> None:
    scenario = one_corridor()
    start = scenario.start
    change = GateChange(
        "C1",
        start + timedelta(minutes=5),
        start + timedelta(minutes=10),
        0.5,
        1.0,
        ASSUMED,
    )
    slow = scenario.replace(changes=(change,))
    assert last(queued(slow, [5], [20.0])) == [8]
    assert last(queued(slow, [10], [20.0])) == [11]


def test_a_service_counts_from_its_first_step() -> None:
    service = Service(4, np.array([0.0, 3.0, 3.0, 7.0]))
    assert [service.passed(step) for step in (0, 4, 5, 6, 7, 99)] == [0, 0, 3, 3, 7, 7]
    assert service.when(np.array([1.0, 3.0, 3.1, 7.0, 7.1])).tolist() == [5, 5, 7, 7, NEVER]


@st.composite
def cases(draw: st.DrawFn) -> tuple[Scenario, Plan]:
    """Draw a plan whose blocks may have to wait: gates are slower than it was made for."""
    make = draw(st.sampled_from((two_gates, four_sides)))
    scenario = make()
    plan = greedy_plan(scenario, most_households=draw(st.sampled_from((4, 11, 1000))))
    slower = draw(st.sampled_from((1.0, 0.73, 0.5)))
    corridors = tuple(
        replace(
            one,
            gate_persons_per_s=replace(
                one.gate_persons_per_s, low=0.0, central=one.gate_persons_per_s.central * slower
            ),
        )
        for one in scenario.corridors
    )
    return scenario.replace(corridors=corridors), plan


@settings(max_examples=15, deadline=None)
@given(cases(), st.integers(0, 150))
def test_as_many_have_passed_at_any_step_as_the_judge_says(
    case: tuple[Scenario, Plan], step: int
) -> None:
    seen = open_case(*case)
    cohorts, portions = seen.seen.cohorts, seen.seen.portions
    corridor = seen.moves.corridor[cohorts.movement]
    usable = ~cohorts.missed
    found = queue_up(
        case[0], case[1], corridor[usable], cohorts.join[usable], cohorts.persons[usable]
    )
    early = portions.step <= step
    passed = np.bincount(
        portions.cohort[early], portions.persons[early], minlength=len(cohorts.join)
    )[usable]
    share = found.share(np.full(int(usable.sum()), step))
    assert share * cohorts.persons[usable] == pytest.approx(passed, abs=1e-6)
