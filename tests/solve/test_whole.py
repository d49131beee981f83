"""Days made whole: nothing is promised twice, and small programs are as good as any plan."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings

from clearway.judge import judge
from clearway.model.plan import PEOPLE
from clearway.model.scenario import Scenario
from clearway.solve import SolveOptions, solve
from clearway.solve.booking import Booking, days
from clearway.solve.crews import Crews
from clearway.solve.drives import drives
from clearway.solve.highs import LinearProgram, Sparse
from clearway.solve.joint import Joint, follow
from clearway.solve.problem import pose
from clearway.solve.relax import MIXED
from clearway.solve.vehicles import turns
from clearway.solve.whole import Given, whole_days
from clearway.solve.whole_program import improved
from tests.scenarios import at_hour, one_bus
from tests.solve.fleets import Wanted, wanted, with_buses
from tests.solve.test_joint import riding


def joint_of(scenario: Scenario) -> Joint:
    """Return the program of a scenario's vehicles; there are no patients and no convoys."""
    tables = {kind.id: drives(scenario, kind) for kind in scenario.fleet.types}
    all_turns = [turn for day in days(scenario) for turn in turns(scenario, day)]
    crews = Crews(scenario, tables, all_turns)
    return Joint(pose(scenario), crews.alike, Booking(scenario))


def persons(found: list[Given]) -> float:
    """Return all who ride."""
    return sum(count for _, trips in found for _, count in trips)


@settings(max_examples=25, deadline=None, derandomize=True)
@given(wanted())
def test_no_vehicle_place_or_person_is_promised_twice(wish: Wanted) -> None:
    joint = joint_of(wish.scenario())
    booking = Booking(joint.problem.scenario)
    found = whole_days(joint, booking, [])
    used = Counter(n for n, _ in found)
    assert all(used[n] <= crew.count for n, crew in enumerate(joint.crews))
    lane, aboard = np.zeros(booking.lane.shape), np.zeros(booking.lane.shape)
    ride = np.zeros(joint.problem.supply.shape)
    for n, trips in found:
        one = joint.crews[n].shift
        for trip, count in trips:
            slots = [one.second(trip[at]) // booking.slot_s for at in (2, 6)]
            lane[trip[1], slots[0]] += 1
            lane[trip[5], slots[1]] += 1
            aboard[trip[5], slots[1]] += count
            ride[one.pickups.zone[trip[3]], one.pickups.group[trip[3]]] += count
    assert (lane <= booking.lane_most.reshape(len(lane), -1)).all()
    assert (aboard <= booking.persons_most.reshape(len(lane), -1) + 1e-4).all()
    assert (ride <= joint.problem.supply + 1e-4).all()


@settings(max_examples=25, deadline=None, derandomize=True)
@given(wanted())
def test_each_day_is_a_way_through_time(wish: Wanted) -> None:
    joint = joint_of(wish.scenario())
    for n, trips in whole_days(joint, Booking(joint.problem.scenario), []):
        crew = joint.crews[n]
        one, place, free = crew.shift, crew.place, crew.tick
        for (leave, k_in, enter, pickup, off, k_out, out), count in trips:
            assert count > 0
            assert leave >= free
            assert enter >= leave + one.to_gate[place, k_in]
            assert one.opens[k_in] <= enter < one.closes[k_in]
            assert off >= enter + one.gate_stop[k_in, pickup]
            assert out == off + one.stop_gate[k_out, pickup]
            assert out <= one.last_out[k_out]
            place, free = int(one.site[k_out]), out + int(one.after[k_out])


@settings(max_examples=20, deadline=None, derandomize=True)
@given(wanted())
def test_the_bound_is_asked_for_as_if_nothing_had_been_settled(wish: Wanted) -> None:
    joint = joint_of(wish.scenario())
    before = joint.relaxation.best(MIXED).value
    found = whole_days(joint, Booking(joint.problem.scenario), [])
    # All columns are free again: what days there are can only help.
    assert joint.relaxation.best(MIXED).value <= before * (1 - 1e-7) + 1e-6 or not found


@pytest.mark.parametrize("count", [1, 2, 5])
def test_buses_that_bind_are_used_to_the_last_trip(count: int) -> None:
    # Five trips of ten persons in the hour, as the bound has it (tests/solve/test_joint.py).
    found = whole_days(joint_of(riding(count)), Booking(riding(count)), [])
    assert persons(found) == pytest.approx(count * 5 * 10)


@pytest.mark.parametrize("buses", [1, 3])
def test_a_plan_to_begin_with_is_not_made_worse(buses: int) -> None:
    scenario = with_buses(one_bus(windows=((1, 8, 9.25),), weights=(1.0, 1.0)), buses)
    first = joint_of(scenario)
    days_ = whole_days(first, Booking(scenario), [])
    again = joint_of(scenario)
    known = [
        (id(again.crews[n].shift), again.crews[n].place, again.crews[n].tick, trips)
        for n, trips in days_
    ]
    again.seed(known)
    better = improved(again, dict.fromkeys(range(len(known)), 1))
    assert persons(better) >= persons(days_) - 1e-6


def test_there_may_be_no_days_at_all() -> None:
    scenario = with_buses(one_bus(), 0)
    assert whole_days(joint_of(scenario), Booking(scenario), []) == []
    # Nobody is back by half past seven.
    (row,) = one_bus().fleet.vehicles
    early = replace(row, until=at_hour(7.5))
    late = one_bus().replace(fleet=replace(one_bus().fleet, vehicles=(early,)))
    assert whole_days(joint_of(late), Booking(late), []) == []


def test_a_trip_before_that_is_left_out_changes_the_way_there() -> None:
    joint = joint_of(riding(1))
    ((_, trips),) = whole_days(joint, Booking(riding(1)), [])
    crew = joint.crews[0]
    first, second = trips[0][0], trips[1][0]
    assert follow(crew, [], first) == first
    assert follow(crew, trips[:1], second) == second
    alone = follow(crew, [], second)
    assert alone is not None
    assert alone[1:] == second[1:]
    assert alone[0] >= crew.tick
    assert follow(crew, trips[:2], second) is None


def test_the_same_scenario_has_the_same_plan() -> None:
    scenario = with_buses(one_bus(windows=((1, 8, 10),), weights=(1.0, 1.0)), 4)
    one, other = (solve(scenario, SolveOptions(proof=False)) for _ in range(2))
    assert one == other
    assert judge(scenario, one).breaches == ()


@pytest.mark.parametrize("hours", [1.25, 2.0])
def test_a_bus_more_is_never_a_loss_where_the_program_is_small(hours: float) -> None:
    base = one_bus(windows=((1, 8, 8 + hours),), weights=(1.0, 1.0))
    plans = [solve(with_buses(base, count), SolveOptions(proof=False)) for count in range(6)]
    people = [plan.level(PEOPLE).value for plan in plans]
    assert people == sorted(people)


def program() -> LinearProgram:
    """Return a knapsack of 10: three things of 6, 5 and 4 that are worth 13, 10 and 7."""
    found = LinearProgram()
    found.add_rows(np.full(1, -np.inf), np.full(1, 10.0))
    sizes = Sparse(np.arange(3, dtype=np.int32), np.zeros(3, np.int32), np.array([6.0, 5.0, 4.0]))
    found.add_columns(np.array([-13.0, -10.0, -7.0]), np.full(3, np.inf), sizes)
    return found


def test_whole_numbers_are_found_and_the_program_itself_stays_as_it_was() -> None:
    linear = program()
    whole = linear.copy().solve_whole(np.arange(3), np.array([0.0, 2.0, 0.0]), gap=0.0, nodes=100)
    assert whole is not None
    # Two of the second, or one of the first and one of the third: 20 each.
    assert float(whole @ np.array([13.0, 10.0, 7.0])) == pytest.approx(20.0)
    assert np.rint(whole) == pytest.approx(whole)
    assert linear.solve().objective == pytest.approx(-130 / 6)


def test_where_no_whole_numbers_do_there_is_no_answer() -> None:
    linear = program()
    linear.set_row(0, 9.5, 9.7)
    # 9.5 to 9.7 cannot be made of 6, 5 and 4.
    assert linear.solve_whole(np.arange(3), np.zeros(3), gap=0.0, nodes=100) is None


def test_rows_and_columns_are_limited_one_by_one() -> None:
    linear = program()
    assert linear.row_upper().tolist() == [10.0]
    linear.limit_column(0, 0.0, 1.0)
    linear.prefer_primal(primal=True)
    assert linear.solve().objective == pytest.approx(-21.0)
    linear.limit_column(0, 0.0, 0.0)
    linear.prefer_primal(primal=False)
    assert linear.solve().objective == pytest.approx(-20.0)
