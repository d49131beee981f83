"""A duty is of one opening: vehicles serve every opening of a date, and never two at once."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from typing import Any

import pytest

from clearway.judge import judge
from clearway.model.plan import PEOPLE
from clearway.model.scenario import Scenario
from clearway.solve import solve
from clearway.solve.drives import drives
from clearway.solve.fleet import openings
from clearway.solve.vehicles import Turn
from tests.scenarios import at_hour, one_bus, two_ambulances
from tests.solve.fleets import with_buses
from tests.solve.test_joint import riding

TWICE = ((1, 8, 9.5), (1, 13, 14.5))
AT_ONCE = ((1, 8, 10), (2, 9, 11))
TWO_GATES: dict[str, Any] = {"gates_persons_per_h": (600.0, 600.0)}


def parts(scenario: Scenario) -> dict[str, list[list[Turn]]]:
    """Return the turns of each opening by date."""
    return openings(scenario, {one.id: drives(scenario, one) for one in scenario.fleet.types})


def test_a_gate_that_opens_once_a_date_has_all_vehicles_for_as_long_as_they_are_there() -> None:
    found = parts(two_ambulances(windows=((1, 8, 10), (1, 32, 34))))
    assert list(found) == ["2016-10-20", "2016-10-21"]
    for date, (turns,) in found.items():
        assert [turn.day.date for turn in turns] == [date] * 3
        assert {turn.vehicle.until_s for turn in turns} == {float("inf")}


def test_where_a_gate_opens_again_vehicles_are_back_before() -> None:
    ((date, (first, second)),) = parts(one_bus(windows=TWICE)).items()
    assert [turn.day.date for turn in (*first, *second)] == [date, f"{date} 2"]
    (before,), (after,) = first, second
    assert before.vehicle.until_s == after.vehicle.since_s == after.free_s
    # From the depot they can be at the gate when it opens.
    assert 4.5 * 3600 < after.free_s < 5 * 3600


@pytest.mark.parametrize("count", [1, 2, 3, 4])
def test_openings_that_overlap_share_the_vehicles(count: int) -> None:
    scenario = with_buses(one_bus(windows=AT_ONCE, **TWO_GATES), count)
    ((first, second),) = parts(scenario).values()
    names = sorted(turn.vehicle.name for turn in (*first, *second))
    assert names == [f"M-bus-{n:02d}" for n in range(1, count + 1)]
    assert 0 <= len(first) - len(second) <= 1


def test_three_openings_of_a_date_of_which_two_overlap() -> None:
    windows = ((1, 8, 10), (2, 9, 11), (1, 13, 15))
    scenario = with_buses(one_bus(windows=windows, **TWO_GATES), 4)
    ((first, second, third),) = parts(scenario).values()
    assert [len(first), len(second), len(third)] == [2, 2, 4]
    ends = {turn.vehicle.until_s for turn in (*first, *second)}
    assert ends == {turn.free_s for turn in third}


@pytest.mark.parametrize("base", [one_bus, two_ambulances])
@pytest.mark.parametrize(("windows", "more"), [(TWICE, {}), (AT_ONCE, TWO_GATES)])
def test_plans_of_several_openings_break_no_rule(
    base: Any, windows: tuple[tuple[int, float, float], ...], more: dict[str, Any]
) -> None:
    scenario = base(windows=windows, **more)
    plan = solve(scenario)
    assert judge(scenario, plan).breaches == ()
    once = solve(base(windows=windows[:1], **more))
    assert plan.level(PEOPLE).value >= once.level(PEOPLE).value
    for name in {duty.vehicle for duty in plan.duties}:
        mine = [duty for duty in plan.duties if duty.vehicle == name]
        for before, after in pairwise(mine):
            assert before.back_s <= after.trips[0].leave_s


def test_both_openings_are_used_where_one_does_not_suffice() -> None:
    once = riding(1)
    (window,) = once.windows
    again = replace(window, opens=at_hour(13), closes=at_hour(14))
    scenario = once.replace(windows=(window, again))
    plan = solve(scenario)
    assert judge(scenario, plan).breaches == ()
    assert [duty.id for duty in plan.duties] == ["M-bus-01 2016-10-20", "M-bus-01 2016-10-20 2"]
    assert [duty.trips[0].gate_in_s >= 18_000 for duty in plan.duties] == [False, True]
