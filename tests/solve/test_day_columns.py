"""Days as columns: what pricing says that a day is worth is what its column says."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clearway.model.plan import EXPOSURE, HOURS, PEOPLE
from clearway.solve.booking import ABOARD, Booking
from clearway.solve.crews import Crew
from clearway.solve.dues import COUNT
from clearway.solve.highs import INFINITY
from clearway.solve.joint import Trips, follow, room, size
from clearway.solve.relax import MIXED, MIXED_HOURS
from tests.scenarios import one_bus
from tests.solve.fleets import Wanted, wanted, with_buses
from tests.solve.test_joint import riding
from tests.solve.test_whole import joint_of

LEVELS = (PEOPLE, COUNT, EXPOSURE, HOURS, MIXED)


def some_trips(crew: Crew, draw: Any) -> Trips:
    """Draw trips that may come in any order and at any time: prices do not ask."""
    one = crew.shift
    open_ways = np.argwhere(np.isfinite(one.ride_h)).tolist()
    trips: Trips = []
    for _ in range(draw(st.integers(1, 4)) if open_ways else 0):
        k_out, pickup = draw(st.sampled_from(open_ways))
        k_in = draw(st.integers(0, len(one.after) - 1))
        enter, out = (draw(st.integers(0, one.minutes - 1)) for _ in range(2))
        trip = [0, k_in, enter, pickup, 0, k_out, out]
        trips.append((trip, float(one.pickups.persons[pickup])))
    return trips


@settings(max_examples=60, deadline=None, derandomize=True)
@given(wanted(), st.sampled_from(LEVELS), st.data())
def test_a_day_costs_in_its_column_what_its_trips_pay(
    wish: Wanted, level: str, data: st.DataObject
) -> None:
    joint = joint_of(wish.scenario())
    if not joint.crews:
        return
    n = data.draw(st.integers(0, len(joint.crews) - 1))
    crew, rows = joint.crews[n], len(joint.relaxation.limits())
    dual = np.random.default_rng(data.draw(st.integers(0, 99))).normal(size=rows)
    trips = some_trips(crew, data.draw)
    entries, (weight, persons, exposure, hours) = joint.column(n, trips)
    cost = {
        PEOPLE: -weight,
        COUNT: -persons,
        EXPOSURE: exposure,
        HOURS: hours,
        MIXED: exposure - MIXED_HOURS * weight,
    }[level]
    assert entries[joint.first + n] == 1.0
    reduced = cost - sum(dual[row] * share for row, share in entries.items())
    ground = joint.ground(crew.shift, level, dual)
    worth = sum(
        ground.worth[t[5], t[3]]
        - ground.persons[t[3]] * ground.price[t[5], t[6]]
        - ground.toll[t[5], t[6]]
        - ground.toll[t[1], t[2]]
        for t, _ in trips
    )
    assert reduced == pytest.approx(-worth - dual[joint.first + n], abs=1e-6)


@settings(max_examples=30, deadline=None, derandomize=True)
@given(wanted(), st.data())
def test_a_column_takes_what_its_trips_take(wish: Wanted, data: st.DataObject) -> None:
    joint = joint_of(wish.scenario())
    if not joint.crews:
        return
    n = data.draw(st.integers(0, len(joint.crews) - 1))
    one, trips = joint.crews[n].shift, some_trips(joint.crews[n], data.draw)
    entries, (_, persons, exposure, _) = joint.column(n, trips)
    p, rows = joint.problem, joint.relaxation.rows
    booking = Booking(p.scenario)
    lane, aboard = np.zeros(booking.lane.shape), np.zeros(booking.lane.shape)
    supply, sites, last = np.zeros(p.supply.shape), np.zeros(len(p.places)), lane.shape[1] - 1
    for trip, count in trips:
        for k, tick in ((trip[1], trip[2]), (trip[5], trip[6])):
            lane[k, min(max(one.second(tick) // booking.slot_s, 0), last)] += 1
        k, slot = trip[5], min(max(one.second(trip[6]) // booking.slot_s, 0), last)
        aboard[k, slot] += count
        supply[one.pickups.zone[trip[3]], one.pickups.group[trip[3]]] += count
        sites[p.site[k]] += count

    def taken(first: int, shape: tuple[int, ...]) -> list[float]:
        count = int(np.prod(shape))
        return [entries.get(row, 0.0) for row in range(first, first + count)]

    assert taken(joint.lane, lane.shape) == pytest.approx(lane.ravel().tolist())
    assert taken(joint.aboard, lane.shape) == pytest.approx(aboard.ravel().tolist())
    assert taken(rows.supply, supply.shape) == pytest.approx(supply.ravel().tolist())
    assert taken(rows.site, sites.shape) == pytest.approx(sites.tolist())
    assert persons == pytest.approx(sum(count for _, count in trips))
    assert entries[rows.exposure] == pytest.approx(exposure)


@settings(max_examples=30, deadline=None, derandomize=True)
@given(wanted())
def test_there_is_as_much_room_as_scenario_and_fleet_say(wish: Wanted) -> None:
    scenario = wish.scenario()
    joint = joint_of(scenario)
    left, rows, p = room(joint), joint.relaxation.rows, joint.problem
    booking = Booking(scenario)
    lanes = booking.lane.size
    assert left[: p.supply.size] == pytest.approx(p.supply.ravel())
    assert left[rows.site : rows.weight] == pytest.approx(p.places)
    assert np.isinf(left[rows.weight : rows.added]).all()
    assert left[joint.first : joint.lane].tolist() == [crew.count for crew in joint.crews]
    assert left[joint.lane : joint.aboard].tolist() == booking.lane_most.ravel().tolist()
    serves = booking.persons_most.ravel() / ABOARD
    assert left[joint.aboard : joint.aboard + lanes] == pytest.approx(serves)
    blocks = joint.relaxation.blocks
    rates = {one.id: one.gate_persons_per_s.central for one in scenario.corridors}
    each = [rates[scenario.windows[w].corridor] * scenario.planning.step_s for w in blocks.window]
    steps = blocks.end - blocks.first
    assert left[rows.serve : rows.site] == pytest.approx(steps * np.array(each))


@settings(max_examples=20, deadline=None, derandomize=True)
@given(wanted(), st.sampled_from((0.0, 0.3, 0.9)))
def test_what_was_asked_for_is_taken_back(wish: Wanted, part: float) -> None:
    scenario = wish.scenario()
    joint = joint_of(scenario)
    joint.relaxation.best(MIXED)
    for _ in range(3):
        joint.price(MIXED, joint.relaxation.best(MIXED))
    before = joint.relaxation.best(MIXED).value
    aboard = part * Booking(scenario).serves
    joint.restrict(aboard)
    strict = joint.relaxation.best(MIXED)
    assert strict.value >= before - 1e-6 * abs(before)
    others = len(strict.extra) - len(joint.vehicles(strict))
    assert not strict.extra[:others].any()
    joint.release()
    assert joint.relaxation.best(MIXED).value == pytest.approx(before, abs=1e-6)


@settings(max_examples=20, deadline=None, derandomize=True)
@given(wanted(), st.integers(0, 3))
def test_as_many_have_a_day_as_are_held(wish: Wanted, times: int) -> None:
    joint = joint_of(wish.scenario())
    joint.price(MIXED, joint.relaxation.best(MIXED))
    if not joint.days:
        return
    day = joint.days[0]
    held = float(min(times, joint.crews[day.crew].count))
    joint.hold(day, 0.0, 0.0)
    assert joint.vehicles(joint.relaxation.best(MIXED))[0] == 0.0
    joint.hold(day, 0.0, held)
    assert joint.vehicles(joint.relaxation.best(MIXED))[0] <= held + 1e-9
    joint.hold(day, 0.0, INFINITY)
    used = joint.vehicles(joint.relaxation.best(MIXED))
    crews = np.bincount([one.crew for one in joint.days], used, len(joint.crews))
    assert (crews <= np.array([crew.count for crew in joint.crews]) + 1e-6).all()


def test_each_day_is_a_column_more() -> None:
    joint = joint_of(with_buses(one_bus(weights=(1.0, 1.0)), 2))
    before, first = size(joint), joint.relaxation.program()
    joint.price(MIXED, joint.relaxation.best(MIXED))
    added = len(joint.days)
    assert added > 0
    assert size(joint) == before + added
    program = joint.relaxation.program()
    assert (program.rows, program.columns) == (first.rows, first.columns + added)
    assert [day.column for day in joint.days] == list(
        range(first.columns - joint.relaxation.own, program.columns - joint.relaxation.own)
    )


def test_a_seed_is_of_the_crew_that_stands_there_then() -> None:
    joint = joint_of(riding(3))
    crew = joint.crews[0]
    trips: Trips = [([0, 0, 10, 0, 20, 0, 30], 7.0)]
    joint.seed([(id(crew.shift), crew.place, crew.tick, trips)])
    assert [(day.crew, day.trips) for day in joint.days] == [(0, trips)]
    with pytest.raises(KeyError):
        joint.seed([(id(crew.shift), crew.place, crew.tick + 1, trips)])


@settings(max_examples=100, deadline=None, derandomize=True)
@given(st.lists(st.tuples(*[st.integers(0, 90)] * 2), min_size=1, max_size=3))
def test_who_follows_is_free_and_there_in_time(told: list[tuple[int, int]]) -> None:
    joint = joint_of(riding(1))
    crew = joint.crews[0]
    one = crew.shift
    *before, (leave, enter) = told
    earlier: Trips = [([0, 0, a, 0, a, 0, b], 5.0) for a, b in before]
    free, place = crew.tick, crew.place
    if before:
        free, place = before[-1][1] + int(one.after[0]), int(one.site[0])
    found = follow(crew, earlier, [leave, 0, enter, 0, enter + 5, 0, enter + 9])
    drive = int(one.to_gate[place, 0])
    if found is None:
        assert free + drive > enter
    else:
        assert found[0] >= free
        assert found[0] + drive <= enter
        assert found[1:] == [0, enter, 0, enter + 5, 0, enter + 9]
        # As late as told, unless it would not be there in time.
        assert found[0] in {max(leave, free), enter - drive}
