"""The residual line, the lanes and the pool against plain ones that look at every step."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from clearway.model.corridor import GateChange
from clearway.model.rates import VEHICLES, Shares
from clearway.model.scenario import Scenario
from clearway.solve.anew_lanes import ABOARD, Lanes
from clearway.solve.anew_pool import Pool, Run
from clearway.solve.residual import Arrival, Line
from tests.scenarios import late_window, one_bus, one_corridor, two_days, two_gates

STEPS = 16
GROUPS = 2


@dataclasses.dataclass
class SlowLine:
    """A gate where every step is looked at, one after another, with all who came in it."""

    budget: list[float]
    last: list[int]
    room: float
    patience: int

    def holds_all(self, coming: list[Arrival]) -> bool:
        """Whether all pass in time, none waits for too long and never too many wait."""
        cohorts = [0.0] * STEPS
        for one in coming:
            for step in range(one.first, one.first + one.steps):
                cohorts[step] += one.persons / one.steps
        done, most = self._replay(cohorts)
        there = [step for step in range(STEPS) if cohorts[step] > 1e-9]
        patient = all(done[step] - step <= self.patience for step in there)
        ends = [(one.first + one.steps - 1, self.last[one.group]) for one in coming]
        return most <= self.room + 1e-6 and patient and all(done[end] <= by for end, by in ends)

    def _replay(self, cohorts: list[float]) -> tuple[list[int], float]:
        """Return the step in which each cohort has passed, and the most who ever wait."""
        done, left, most = [STEPS] * STEPS, cohorts.copy(), 0.0
        for step in range(STEPS):
            serves = self.budget[step]
            for came in range(step + 1):
                taken = min(left[came], serves)
                left[came] -= taken
                serves -= taken
                if left[came] <= 1e-9:
                    done[came] = min(done[came], step)
            most = max(most, sum(left[: step + 1]))
        return done, most


@st.composite
def blocks(draw: st.DrawFn) -> Arrival:
    """Draw a block whose persons share out evenly over its steps."""
    first = draw(st.integers(0, STEPS - 1))
    steps = draw(st.integers(1, min(4, STEPS - first)))
    group = draw(st.integers(0, GROUPS - 1))
    return Arrival(first, steps, group, float(steps * draw(st.integers(1, 6))))


@st.composite
def gates(draw: st.DrawFn) -> tuple[SlowLine, Callable[[], Line]]:
    """Draw a gate, slow and quick."""
    budget = draw(st.lists(st.integers(0, 6).map(float), min_size=STEPS, max_size=STEPS))
    last = draw(st.lists(st.integers(3, STEPS - 1), min_size=GROUPS, max_size=GROUPS))
    room, patience = float(draw(st.integers(0, 40))), draw(st.integers(0, STEPS))

    def quick() -> Line:
        return Line(0, np.array(budget), np.array(last), room, patience)

    return SlowLine(budget, last, room, patience), quick


@given(gates(), st.lists(blocks(), max_size=4))
@settings(max_examples=200, deadline=None)
def test_all_hold_just_where_a_slow_gate_holds_them(
    gate: tuple[SlowLine, Callable[[], Line]], coming: list[Arrival]
) -> None:
    slow, quick = gate
    line = quick()
    for one in coming:
        line.add(one)
    assert line.holds_all() == slow.holds_all(coming)


@given(gates(), st.lists(blocks(), max_size=4), blocks())
@settings(max_examples=200, deadline=None)
def test_the_most_that_fit_is_the_most_that_a_slow_gate_takes(
    gate: tuple[SlowLine, Callable[[], Line]], coming: list[Arrival], more: Arrival
) -> None:
    slow, quick = gate
    line, there = quick(), list[Arrival]()
    for one in coming:
        if slow.holds_all([*there, one]):
            there.append(one)
            line.add(one)
    best = 0
    for persons in range(1, int(more.persons) + 1):
        if slow.holds_all([*there, dataclasses.replace(more, persons=float(persons))]):
            best = persons
        else:
            break
    assert line.most(more) == best


@given(gates(), st.lists(blocks(), min_size=1, max_size=4))
@settings(max_examples=100, deadline=None)
def test_more_people_never_hold_where_fewer_do_not(
    gate: tuple[SlowLine, Callable[[], Line]], coming: list[Arrival]
) -> None:
    _, quick = gate
    line, fewer = quick(), quick()
    for one in coming:
        line.add(one)
    for one in coming[:-1]:
        fewer.add(one)
    assert fewer.holds_all() or not line.holds_all()


@given(gates(), st.lists(blocks(), min_size=2, max_size=4), st.randoms())
@settings(max_examples=60, deadline=None)
def test_the_order_in_which_blocks_are_noted_does_not_matter(
    gate: tuple[SlowLine, Callable[[], Line]], coming: list[Arrival], random: st.DataObject
) -> None:
    _, quick = gate
    one, other = quick(), quick()
    for each in coming:
        one.add(each)
    shuffled = list(coming)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    for each in shuffled:
        other.add(each)
    np.testing.assert_allclose(one.course().waiting, other.course().waiting, atol=1e-9)
    assert one.holds_all() == other.holds_all()


@given(gates(), st.lists(blocks(), max_size=4))
@settings(max_examples=60, deadline=None)
def test_persons_wait_or_pass_and_no_more_pass_than_are_served(
    gate: tuple[SlowLine, Callable[[], Line]], coming: list[Arrival]
) -> None:
    slow, quick = gate
    line = quick()
    come: NDArray[np.float64] = np.zeros(STEPS)
    for one in coming:
        line.add(one)
        come[one.first : one.first + one.steps] += one.persons / one.steps
    passed = np.cumsum(come) - line.course().waiting
    each = np.diff(np.concatenate([[0.0], passed]))
    assert (each >= -1e-9).all()
    assert (each <= np.array(slow.budget) + 1e-9).all()


def test_a_block_that_is_borne_may_wait_and_those_after_it_may_not() -> None:
    line = Line(0, np.array([0.0] * 4 + [2.0] * 12), np.array([15]), 50.0, 1)
    line.add(Arrival(0, 2, 0, 4.0))
    line.bear()
    assert line.holds_all()
    assert not line.fits(Arrival(2, 1, 0, 1.0))
    assert line.fits(Arrival(6, 1, 0, 2.0))


def test_what_comes_outside_of_the_hours_does_not_fit() -> None:
    line = Line(5, np.full(4, 9.0), np.array([8]), 50.0, 4)
    assert not line.fits(Arrival(4, 1, 0, 1.0))
    assert not line.fits(Arrival(8, 2, 0, 1.0))
    assert line.fits(Arrival(8, 1, 0, 1.0))
    assert line.most(Arrival(4, 2, 0, 9.0)) == 0
    assert len(line) == 4


def changed(scenario: Scenario, *changes: tuple[str, int, int, float]) -> Scenario:
    """Return a scenario whose gates serve at a share between some seconds."""
    return scenario.replace(
        changes=tuple(
            GateChange(name, scenario.moment(since), scenario.moment(until), share, share, "told")
            for name, since, until, share in changes
        )
    )


def lane_limit(scenario: Scenario, corridor: int, slot: int) -> int:
    """Return the vehicles that a lane checks in a slot, second by second."""
    planning, one = scenario.planning, scenario.corridors[corridor]
    shares = Shares(scenario, one.id, VEHICLES)
    done = 0.0
    seconds = range(slot * planning.slot_s, (slot + 1) * planning.slot_s)
    for window in scenario.windows:
        opens, closes = scenario.seconds(window.opens), scenario.seconds(window.closes)
        if window.corridor == one.id:
            there = np.array([at for at in seconds if opens <= at < closes])
            done += float(shares.at(there).sum()) if len(there) else 0.0
    return int(np.floor(done * one.vehicles_per_s.central + 1e-9))


SHARES = ((), (("C1", 1800, 3600, 0.0),), (("C1", 900, 4500, 0.5), ("C1", 2700, 3600, 0.0)))


@pytest.mark.parametrize("changes", SHARES)
@pytest.mark.parametrize("build", [one_corridor, two_gates, late_window, two_days])
def test_a_lane_is_open_in_its_window_where_its_gate_serves(
    build: Callable[[], Scenario], changes: tuple[tuple[str, int, int, float], ...]
) -> None:
    scenario = changed(build(), *changes)
    lanes = Lanes(scenario)
    spans = [
        (scenario.seconds(one.opens), scenario.seconds(one.closes))
        for one in scenario.windows
        if one.corridor == "C1"
    ]
    for second in range(0, spans[-1][1] + 1800, 450):
        shut = any(a <= second < b and share == 0 for _, a, b, share in changes)
        inside = any(a <= second < b for a, b in spans)
        assert lanes.open_at(0, second) == (inside and not shut)
        assert (lanes.hours(0, second) is not None) == inside


@given(st.lists(st.tuples(st.integers(0, 7199), st.integers(0, 6)), max_size=12))
@settings(max_examples=60, deadline=None)
def test_what_is_taken_is_counted_by_slot_and_given_back(
    passing: list[tuple[int, int]],
) -> None:
    scenario = one_bus()
    lanes, slot_s = Lanes(scenario), scenario.planning.slot_s
    aboard: dict[int, int] = {}
    for second, persons in passing:
        lanes.take(0, second, persons)
        aboard[second // slot_s] = aboard.get(second // slot_s, 0) + persons
    assert {n: float(x) for n, x in enumerate(lanes.aboard[0]) if x} == {
        n: float(x) for n, x in aboard.items() if x
    }
    for second, persons in passing:
        lanes.take(0, second, -persons, times=-1)
    assert not lanes.aboard.any()
    assert all(lanes.room(0, second) == Lanes(scenario).room(0, second) for second, _ in passing)


@pytest.mark.parametrize("changes", SHARES)
def test_the_earliest_passage_is_the_first_second_with_room(
    changes: tuple[tuple[str, int, int, float], ...],
) -> None:
    scenario = changed(one_bus(), *changes)
    lanes = Lanes(scenario)
    end = max(scenario.seconds(one.closes) for one in scenario.windows)
    while lanes.room(0, 0):
        lanes.take(0, 0)  # Nobody more in the first slot.
    for after_s in (0, 1, 899, 901, 1799, 1801, 2700, 3599, 4400):
        free = (
            float(at) for at in range(after_s, end) if lanes.open_at(0, at) and lanes.room(0, at)
        )
        found = lanes.earliest(0, after_s)
        assert found == next(free, float("inf")) < end


@pytest.mark.parametrize("changes", SHARES)
def test_as_many_vehicles_have_room_as_the_lane_checks(
    changes: tuple[tuple[str, int, int, float], ...],
) -> None:
    scenario = changed(one_bus(), *changes)
    slot_s = scenario.planning.slot_s
    lanes, counts = Lanes(scenario), []
    for slot in range(8):
        count = 0
        while lanes.room(0, slot * slot_s):
            lanes.take(0, slot * slot_s)
            count += 1
        counts.append(count)
        assert not lanes.fits(0, [slot * slot_s])
    assert counts == [lane_limit(scenario, 0, slot) for slot in range(8)]
    assert max(counts) > 0


def test_who_rides_takes_no_more_than_its_share_of_a_slot_where_sent_anew() -> None:
    scenario = one_bus()
    assert lane_limit(scenario, 0, 0) > 0
    lanes = Lanes(scenario)
    most = 0
    while lanes.room(0, 0, most + 1):
        most += 1
    part = 0
    while lanes.room(0, 0, part + 1, ABOARD):
        part += 1
    assert 0 < part < most
    assert part == int(most * ABOARD + 1e-9) or abs(part - most * ABOARD) < 1
    assert lanes.serves(0, 0, most)
    assert not lanes.serves(0, 0, most + 1)
    assert not lanes.serves(0, 10**9, 0)
    assert not lanes.room(0, 10**9)


runs = st.lists(
    st.tuples(st.integers(0, 15), st.integers(1, 5), st.sampled_from([0, 600, 1200])),
    max_size=4,
)


@given(runs, st.integers(0, 15), st.integers(1, 5), st.sampled_from([0, 300, 900]))
@settings(max_examples=150, deadline=None)
def test_nobody_who_is_on_the_way_back_is_ready_before_being_there(
    away: list[tuple[int, int, int]], first: int, count: int, ready: int
) -> None:
    pool = Pool.of(one_corridor())
    for one in away:
        pool.send_back(0, 0, Run(*one))
    pool.put(0, 0, Run(first, count, ready))
    pool.settle()
    found = {
        household: run.ready_s
        for run in pool.runs[0, 0]
        for household in range(run.first, run.first + run.households)
    }
    slowly = {
        household: max([ready, *(t for a, n, t in away if a <= household < a + n)])
        for household in range(first, first + count)
    }
    assert found == slowly
    assert sum(run.households for run in pool.runs[0, 0]) == count


@given(st.permutations(range(8)), st.lists(st.integers(1, 4), min_size=3, max_size=3))
@settings(max_examples=60, deadline=None)
def test_households_that_are_put_and_taken_are_there_once(
    order: list[int], takes: list[int]
) -> None:
    pool = Pool.of(one_corridor())
    for household in order:
        pool.put(0, 0, Run(household, 1, 0))
    pool.settle()
    assert pool.runs[0, 0] == [Run(0, 8, 0)]
    seen: list[int] = []
    for count in takes:
        run = pool.ready(0, 0, 0)
        if run is None:
            break
        taken = min(count, run.households)
        pool.take(0, 0, run, taken)
        seen += range(run.first, run.first + taken)
    rest = [at for run in pool.runs[0, 0] for at in range(run.first, run.first + run.households)]
    assert sorted(seen + rest) == list(range(8))


def test_an_empty_pool_still_knows_who_is_away() -> None:
    pool = Pool.of(one_corridor())
    pool.send_back(0, 0, Run(0, 3, 900))
    bare = pool.empty()
    bare.put(0, 0, Run(0, 5, 0))
    bare.settle()
    assert bare.runs[0, 0] == [Run(0, 3, 900), Run(3, 2, 0)]
    assert not pool.runs


def test_a_block_fails_that_passes_too_late_or_waits_for_too_long() -> None:
    one = Arrival(0, 2, 0, 8.0)
    for last, patience, fails in ((3, 9, False), (2, 9, True), (3, 1, True), (3, 2, False)):
        line = Line(0, np.full(8, 2.0), np.array([last]), 50.0, patience)
        line.add(one)
        assert line.course().finish[:2].tolist() == [1, 3]
        assert line.fails(line.course(), one) == fails
