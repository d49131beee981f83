"""Whatever the pause, an abort holds before the judge, loses nobody, and is as good as proved."""

from __future__ import annotations

import itertools
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clearway.judge.abort import judge_abort
from clearway.judge.abort_reach import Reach
from clearway.judge.abort_seen import Watch
from clearway.judge.case import open_case
from clearway.model.abort import HOME, ON, Abort, AbortStep
from clearway.model.plan import Plan
from clearway.model.population import CAR, RIDE, WALK
from clearway.model.scenario import Scenario
from clearway.operate.abort import abort
from clearway.operate.abort_parts import Parts, Returns
from clearway.operate.abort_places import place
from tests.judge.sound import sound
from tests.operate.aborts import with_shelters
from tests.plans import greedy_plan
from tests.scenarios import FIRST_NODE, car_town, four_sides, late_window, two_gates

Case = tuple[Scenario, Plan]

#: Places drawn: too few for anybody, for some, and for everybody.
ROOM = (0.0, 0.5, 3.0, 10.0, 40.0, 1e6)


@st.composite
def pauses(draw: st.DrawFn) -> Case:
    """Draw a small pause with shelters, and a greedy plan for it in blocks of some size."""
    make = draw(st.sampled_from((two_gates, four_sides, late_window, car_town)))
    changes: dict[str, Any] = {
        "crossing_m": draw(st.sampled_from((12.0, 120.0, 600.0))),
        "open_m": draw(st.sampled_from((12.0, 240.0))),
        "spacing_m": draw(st.sampled_from((40.0, 120.0, 333.0))),
    }
    scenario = make(**changes)
    inside = scenario.network.links.side == "inside"
    ends = np.unique(scenario.network.links.from_node[inside]).tolist()
    places = draw(st.lists(st.tuples(st.sampled_from(ends), st.sampled_from(ROOM)), max_size=3))
    scenario = with_shelters(scenario, *places)
    return scenario, greedy_plan(scenario, most_households=draw(st.sampled_from((3, 9, 1000))))


def under_way(case: Case, at_s: int) -> float:
    """Return who left home and is not out of the exit, by the judge's own replay."""
    replayed = open_case(*case)
    seen = replayed.seen
    left = seen.cohorts.persons[seen.cohorts.depart_s < at_s].sum()
    out = seen.portions.persons[seen.portions.out_s <= at_s].sum()
    return float(left - out)


@settings(max_examples=30, deadline=None)
@given(pauses(), st.integers(0, 100))
def test_an_abort_holds_at_every_step_and_in_between(case: Case, part: int) -> None:
    scenario, plan = case
    found = abort(scenario, plan)
    assert judge_abort(scenario, plan, found) == ()
    end = max(found.moments, default=0)
    at_s = int(end * part / 100)
    assert judge_abort(scenario, plan, abort(scenario, plan, at_s), at_s) == ()


@settings(max_examples=25, deadline=None)
@given(pauses())
def test_nobody_is_lost_and_nobody_is_added(case: Case) -> None:
    scenario, plan = case
    shelters = np.array([one.places.central for one in scenario.shelters])
    for step in abort(scenario, plan).steps:
        assert step.on + step.back == pytest.approx(step.persons.sum())
        assert step.persons.sum() == pytest.approx(under_way(case, step.at_s), abs=1e-3)
        assert (step.sheltered(len(shelters)) <= shelters + 1e-6).all()
        by_order = sum(order.persons for order in step.orders)
        assert by_order == pytest.approx(step.persons.sum())


@settings(max_examples=25, deadline=None)
@given(pauses())
def test_nobody_is_in_the_open_longer_than_it_takes_home_or_on(case: Case) -> None:
    scenario, plan = case
    replayed = open_case(scenario, plan)
    reach = Reach(replayed)
    watch = Watch(replayed, reach)
    for step in abort(scenario, plan).steps:
        seen = {(one.mover, one.left_s, one.past): one for one in watch.parts(step.at_s)}
        for row in range(len(step)):
            key = (int(step.mover[row]), int(step.left_s[row]), bool(step.past[row]))
            part = seen[key]
            least = part.on_s
            if part.spot is not None and part.home >= 0:
                home = float(reach.to(part.who, part.home)[part.spot.node]) + part.spot.into_s
                least = min(least, home) if part.spot.turns else least
            assert int(step.by_s[row]) - step.at_s <= np.ceil(least)


@settings(max_examples=20, deadline=None)
@given(pauses(), st.integers(0, 2), st.sampled_from((0.0, 1.0, 5.0)))
def test_more_places_never_lengthen_the_least_time(case: Case, which: int, more: float) -> None:
    scenario, plan = case
    if not scenario.shelters:
        return
    told = [(one.node, one.places.central) for one in scenario.shelters]
    row = which % len(told)
    wider = [(n, p + (more if at == row else 0)) for at, (n, p) in enumerate(told)]
    before, after = abort(scenario, plan), abort(with_shelters(scenario, *wider), plan)
    for one, other in zip(before.steps, after.steps, strict=True):
        assert other.bound_s <= one.bound_s + 1e-6 * (1 + one.bound_s)
        assert other.bound_s <= one.person_s + 1e-6 * (1 + one.person_s)


@settings(max_examples=8, deadline=None)
@given(
    st.sampled_from(("one_bus", "two_ambulances", "aid_in")),
    st.lists(st.tuples(st.integers(FIRST_NODE, FIRST_NODE + 2), st.sampled_from(ROOM)), max_size=2),
    st.integers(0, 14_000),
)
def test_vehicles_hold_too(name: str, places: list[tuple[int, float]], at_s: int) -> None:
    scenario, plan = sound(name)
    scenario = with_shelters(scenario, *places)
    assert judge_abort(scenario, plan, abort(scenario, plan)) == ()
    assert judge_abort(scenario, plan, abort(scenario, plan, at_s), at_s) == ()


def aboard(scenario: Scenario, plan: Plan, at_s: int) -> float:
    """Return who is aboard at a moment: boarded, and not out of the exit."""
    patients = {one.code: one.persons for one in scenario.care.patients}
    links = scenario.network.links
    length = dict(zip(links.id.tolist(), links.length_m.tolist(), strict=True))
    total = 0.0
    for duty in plan.duties:
        kind = next(one for one in scenario.fleet.types if one.id == duty.type)
        for trip in duty.trips:
            corridor = next(one for one in scenario.corridors if one.id == trip.corridor_out)
            metres = sum(length[link] for link in corridor.links)
            out = trip.gate_out_s + metres / kind.speed_m_per_s.central
            for stop in trip.stops:
                if stop.leave_s < at_s < out:
                    total += sum(one.persons for one in stop.loads)
                    total += sum(patients[code] for code in stop.patients)
    return total


@pytest.mark.parametrize("name", ["one_bus", "two_ambulances", "aid_in"])
def test_everybody_aboard_has_one_instruction_at_every_minute(name: str) -> None:
    scenario, plan = sound(name)
    walkers = len(plan.movements)
    for at_s in range(0, 3 * 3600, 333):
        found = abort(scenario, plan, at_s)
        riding = sum(float(one.persons[one.mover >= walkers].sum()) for one in found.steps)
        assert riding == aboard(scenario, plan, at_s)


# ------------------------------------------------------------------------------------- who where


def parts_of(persons: list[float], on_s: list[float]) -> Parts:
    """Return parts that are all before the gate, without a home unless returns say so."""
    count = len(persons)
    zero = np.zeros(count, dtype=np.int64)
    return Parts(
        mover=np.arange(count),
        left_s=zero,
        persons=np.array(persons, dtype=float),
        past=np.zeros(count, dtype=bool),
        entry=zero,
        into_s=np.zeros(count),
        mouth=zero - 1,
        on_s=np.array(on_s, dtype=float),
        home=zero,
    )


@st.composite
def crowds(draw: st.DrawFn) -> tuple[Parts, Returns, Any]:
    """Draw up to six parts and up to three shelters."""
    count, shelters = draw(st.integers(1, 6)), draw(st.integers(0, 3))
    times = st.integers(0, 40).map(float)
    persons = draw(st.lists(st.sampled_from((0.0, 1.0, 2.0, 2.5)), min_size=count, max_size=count))
    on = draw(st.lists(times, min_size=count, max_size=count))
    home = draw(st.lists(times, min_size=count, max_size=count))
    there = draw(st.lists(times, min_size=count * shelters, max_size=count * shelters))
    room = draw(st.lists(st.integers(0, 6).map(float), min_size=shelters, max_size=shelters))
    back = Returns(np.array(home), np.array(there).reshape(count, shelters))
    return parts_of(persons, on), back, np.array(room, dtype=float)


def best_of_all(parts: Parts, back: Returns, room: Any) -> float:
    """Return the least person-seconds of whole parts, by looking at every way to place them."""
    choices = [range(-1, len(room)) for _ in range(len(parts))]
    least = np.minimum(parts.on_s, back.home_s)
    best = np.inf
    for told in itertools.product(*choices):
        goes = np.array(told)
        kept = goes >= 0
        load = np.bincount(goes[kept], parts.persons[kept], len(room))
        if (load[: len(room)] <= room + 1e-9).all():
            cost = least.copy()
            cost[kept] = back.shelter_s[kept, goes[kept]]
            best = min(best, float((cost * parts.persons).sum()))
    return best


@settings(max_examples=60, deadline=None)
@given(crowds())
def test_the_bound_is_below_every_way_and_the_choice_near_the_best(
    crowd: tuple[Parts, Returns, Any],
) -> None:
    parts, back, room = crowd
    placed = place(parts, back, room)
    spent = float((placed.seconds * parts.persons).sum())
    best = best_of_all(parts, back, room)
    assert placed.bound_s <= best + 1e-6
    assert spent >= best - 1e-6
    # What is lost by wholeness is at most what one part a shelter could save.
    most = parts.persons.max() * 40 * max(len(room), 1)
    assert spent - placed.bound_s <= most + 1e-6
    kept = placed.goes >= 0
    load = np.bincount(placed.goes[kept], parts.persons[kept], len(room))
    assert (load[: len(room)] <= room + 1e-6).all()


@settings(max_examples=60, deadline=None)
@given(crowds())
def test_where_all_are_held_everybody_goes_to_the_nearest(
    crowd: tuple[Parts, Returns, Any],
) -> None:
    parts, back, room = crowd
    placed = place(parts, back, room + 1e6)
    options = np.column_stack([parts.on_s, back.home_s, back.shelter_s])
    assert placed.seconds.tolist() == options.min(axis=1).tolist()
    assert (placed.prices == 0).all()
    spent = float((placed.seconds * parts.persons).sum())
    assert placed.bound_s == pytest.approx(spent)


@settings(max_examples=40, deadline=None)
@given(crowds())
def test_nobody_could_go_somewhere_nearer_that_has_room(
    crowd: tuple[Parts, Returns, Any],
) -> None:
    parts, back, room = crowd
    placed = place(parts, back, room)
    kept = placed.goes >= 0
    left = room - np.bincount(placed.goes[kept], parts.persons[kept], len(room))[: len(room)]
    for row in range(len(parts)):
        fits = [s for s in range(len(room)) if parts.persons[row] <= left[s] - 1e-9]
        free = [float(back.shelter_s[row, s]) for s in fits]
        assert placed.seconds[row] <= min([parts.on_s[row], back.home_s[row], *free])


def test_who_is_past_the_gate_goes_on_however_near_a_shelter_is() -> None:
    parts = parts_of([2.0], [500.0])
    parts.past[0] = True
    placed = place(parts, Returns(np.array([np.inf]), np.array([[0.0]])), np.array([0.0]))
    assert placed.goes.tolist() == [ON]
    assert placed.bound_s == 1000.0


def test_as_quick_as_on_is_back() -> None:
    home = place(parts_of([1.0], [5.0]), Returns(np.array([5.0]), np.zeros((1, 0))), np.zeros(0))
    assert home.goes.tolist() == [HOME]
    near = Returns(np.array([np.inf]), np.array([[5.0]]))
    assert place(parts_of([1.0], [5.0]), near, np.array([1.0])).goes.tolist() == [0]


# ------------------------------------------------------------------------------------- turns


def seconds_back(case: Case, found: Abort, mover: int) -> dict[int, int]:
    """Return how long each minute's first cohort of a block takes back, wherever it is allowed."""
    times: dict[int, int] = {}
    scenario, plan = case
    depart = plan.movements[mover].depart_s
    for at_s in range(depart + 10, depart + 3600, 10):
        (step,) = abort(scenario, plan, at_s).steps or (None,)
        rows = _rows(step, mover, depart)
        if not rows:
            break
        assert step is not None
        if step.goes[rows[0]] != ON:
            times[at_s - depart] = int(step.by_s[rows[0]]) - at_s
    assert found.movers[mover].id == plan.movements[mover].id
    return times


def _rows(step: AbortStep | None, mover: int, left_s: int) -> list[int]:
    if step is None:
        return []
    mine = (step.mover == mover) & (step.left_s == left_s) & ~step.past
    return [int(one) for one in np.flatnonzero(mine)]


@pytest.mark.parametrize("crossing_m", [12.0, 120.0])
def test_who_left_first_goes_back_up_to_the_turn_back_and_not_later(crossing_m: float) -> None:
    scenario = with_shelters(two_gates(crossing_m=crossing_m, open_m=12.0), (FIRST_NODE + 3, 1e6))
    plan = greedy_plan(scenario, most_households=4)
    found = abort(scenario, plan)
    turns = {turn.mover: turn.after_s for turn in found.turns}
    back = seconds_back((scenario, plan), found, 0)
    assert max(back) <= turns[0] + 60  # its cohorts may wait a step longer than the quickest
    assert max(back) >= min(turns[0], max(back))
    assert all(moment <= turns[0] + 60 for moment in back)


def test_groups_of_every_mode_are_drawn() -> None:
    modes = {mode for one in car_town().groups for mode in one.modes}
    assert modes >= {WALK, CAR}
    assert RIDE in {mode for one in sound("one_bus")[0].groups for mode in one.modes}
