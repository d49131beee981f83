"""The master program and its rounds, on problems whose optimum can be worked out."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import assume, given, settings

from clearway.model.plan import EXPOSURE, HOURS, PEOPLE
from clearway.model.scenario import Scenario
from clearway.solve.flow import Flow, Search
from clearway.solve.highs import INFINITY
from clearway.solve.master import COUNT, Goal, Master
from clearway.solve.options import Progress, SolveOptions, Watch
from clearway.solve.problem import Problem, pose
from clearway.solve.relax import Relaxation
from clearway.solve.routes import Columns, Routes, exposure_hours, menu
from clearway.solve.timetable import static_columns, timetable
from tests.scenarios import Recipe, build, narrow_street, one_corridor, small_site, two_gates
from tests.solve.draws import recipes

MANY = (2000, 0, 0, 0, 0, 0, 0, 0, 0)


def full_master(scenario: Scenario, spread: float = 1.0) -> tuple[Problem, Routes, Master]:
    """Return a master with every column on a shortest walk."""
    problem = pose(scenario)
    routes = Routes(problem)
    master = Master(problem, routes, spread)
    master.add(static_columns(problem, routes, np.nonzero(menu(problem))))
    return problem, routes, master


def searched(scenario: Scenario, options: SolveOptions | None = None) -> tuple[Flow, Search]:
    """Return the flow that a search finds."""
    problem = pose(scenario)
    search = Search(problem, Routes(problem), Relaxation(problem))
    return search.best(Watch(options or SolveOptions(), None, None)), search


def test_a_busy_gate_is_full_in_every_slot() -> None:
    problem, _, master = full_master(one_corridor(households=MANY))
    answer = master.solve(Goal(PEOPLE))
    assert -answer.objective == pytest.approx(problem.cells.capacity.sum()) == pytest.approx(820)
    assert answer.duals.cell == pytest.approx(-np.ones(6))
    assert answer.duals.supply == pytest.approx(0)


def test_where_all_can_go_only_their_number_is_worth_anything() -> None:
    answer = full_master(one_corridor())[2].solve(Goal(PEOPLE))
    assert -answer.objective == pytest.approx(124)
    assert answer.duals.supply == pytest.approx(-1)
    assert answer.duals.cell == pytest.approx(0)


def test_a_full_site_is_worth_a_person_a_place() -> None:
    answer = full_master(small_site(gates_persons_per_h=(600.0, 0.0)))[2].solve(Goal(PEOPLE))
    assert -answer.objective == pytest.approx(40)
    assert answer.duals.site == pytest.approx([-1, 0])


def test_weights_count_but_not_where_heads_are_counted() -> None:
    scenario = two_gates(weights=(1.0, 4.0))
    problem, _, master = full_master(scenario)
    weighted, heads = (-master.solve(Goal(level)).objective for level in (PEOPLE, COUNT))
    assert weighted == pytest.approx((problem.supply * problem.weights).sum())
    assert heads == pytest.approx(problem.supply.sum())


def test_a_row_is_added_for_a_street_that_is_overfull() -> None:
    # The street takes 0.04 m x 1.3 x 900 s = 46.8 persons a slot. In its first gate slot 60 might
    # go, but the first street is entered in two of its own slots.
    _, routes, master = full_master(narrow_street(households=MANY))
    assert master.watched == 0
    answer = master.solve(Goal(PEOPLE))
    assert master.watched > 0
    keys, persons = master.link_use(answer.x)
    assert (persons <= routes.capacity(keys) * (1 + 1e-6)).all()
    # Out of the zone leads one street, open to those who leave in steps 0 to 81 of 90: at most
    # 46.8 in each of six slots of the clock.
    assert -answer.objective <= 6 * 46.8 * (1 + 1e-6)
    assert len(answer.duals.keys) == len(answer.duals.link) == master.watched
    assert (answer.duals.link <= 1e-9).all()
    assert (np.diff(answer.duals.keys) > 0).all()


def test_columns_stand_once() -> None:
    problem, routes, master = full_master(two_gates())
    count = len(master.columns)
    again = static_columns(problem, routes, np.nonzero(menu(problem)))
    assert not master.adds(again)
    master.add(again)
    assert len(master.columns) == count
    assert len(master.solve(Goal(PEOPLE)).x) == count


def test_twins_among_new_columns_are_one() -> None:
    problem = pose(one_corridor())
    routes = Routes(problem)
    master = Master(problem, routes, 1.0)
    one = static_columns(problem, routes, (np.array([0]), np.array([0]), np.array([0])))
    master.add(one.join(one))
    assert len(master.columns) == 1


def test_levels_that_are_held_are_kept() -> None:
    problem, _, master = full_master(two_gates())
    people = -master.solve(Goal(PEOPLE)).objective
    master.hold(people, INFINITY)
    exposure = master.solve(Goal(EXPOSURE))
    assert exposure.x.sum() == pytest.approx(people)
    master.hold(people, exposure.objective * (1 + 1e-9))
    hours = master.solve(Goal(HOURS))
    assert exposure_hours(problem, master.columns) @ hours.x <= exposure.objective * (1 + 1e-6)
    master.hold(people, INFINITY)
    assert master.solve(Goal(HOURS)).objective <= hours.objective * (1 + 1e-9)


def test_a_bound_charges_no_waits() -> None:
    _, _, master = full_master(one_corridor(households=MANY))
    master.hold(-master.solve(Goal(PEOPLE)).objective * (1 - 1e-9), INFINITY)
    with_waits = master.solve(Goal(EXPOSURE)).objective
    without = master.solve(Goal(EXPOSURE, waiting=False)).objective
    # The last 70 wait 240 s each.
    assert with_waits - without == pytest.approx(70 * 240 / 3600, rel=1e-5)


def test_fairness_keeps_shares_together() -> None:
    scenario = one_corridor(
        columns=12, zones=((0, 0), (11, 0)), households=MANY, gates_persons_per_h=(60.0,)
    )
    problem, _, master = full_master(scenario, spread=0.001)
    answer = master.solve(Goal(PEOPLE))
    out = np.bincount(master.columns.zone, weights=answer.x)
    assert abs(np.diff(out / problem.supply[:, 0])) <= 0.001 + 1e-9
    master.set_spread(1.0)
    assert master.solve(Goal(PEOPLE)).objective <= answer.objective * (1 - 1e-9)


def test_a_walk_that_enters_a_street_twice_uses_it_twice() -> None:
    problem = pose(narrow_street())
    routes = Routes(problem)
    arcs = problem.inside[0]
    there = int(np.flatnonzero((arcs.link == 0) & arcs.forward)[0])
    back = int(np.flatnonzero((arcs.link == 0) & ~arcs.forward)[0])
    on = int(np.flatnonzero((arcs.link == 1) & arcs.forward)[0])
    route = routes.add(0, 0, np.array([there, back, there, on]))
    columns = Columns(*(np.array([at]) for at in (0, 0, 1, route, 19 - 7)))
    master = Master(problem, routes, 1.0)
    master.add(columns)
    answer = master.solve(Goal(PEOPLE))
    # The block leaves in steps 12 to 26 and comes back 200 s later: cohorts 0 to 2 enter once by
    # 15 minutes, none twice; in the next slot 12 of 15 enter at first and all the second time.
    assert answer.x == pytest.approx([46.8 / (12 / 15 + 15 / 15)])


@settings(max_examples=40, deadline=None, derandomize=True)
@given(recipes(wide=True, fair=False))
def test_a_timetable_and_rounds_reach_what_all_shortest_walks_do(recipe: Recipe) -> None:
    scenario = build(recipe)
    problem = pose(scenario)
    assume(len(problem.cells) and problem.supply.any())
    exact = SolveOptions(seconds=1e6, gap=0.0)
    flow, search = searched(scenario, exact)
    assert flow.finished
    assert not search.streets_bind()
    best = full_master(scenario)[2].solve(Goal(PEOPLE)).objective
    weight = problem.weights[flow.columns.group] @ flow.persons
    assert weight == pytest.approx(-best, rel=1e-5, abs=1e-5)


def test_rounds_tell_of_each_level_and_close_in() -> None:
    heard: list[Progress] = []
    problem = pose(narrow_street(households=MANY))
    search = Search(problem, Routes(problem), Relaxation(problem))
    assert search.best(Watch(SolveOptions(), heard.append, None)).finished
    assert search.streets_bind()
    stages = [one.stage for one in heard]
    assert list(dict.fromkeys(stages)) == [PEOPLE, EXPOSURE, HOURS]
    for stage in (PEOPLE, EXPOSURE, HOURS):
        mine = [one for one in heard if one.stage == stage]
        assert [one.round for one in mine] == list(range(1, len(mine) + 1))
        assert mine[-1].gap <= 1e-4
    people = [one for one in heard if one.stage == PEOPLE]
    assert [one.bound for one in people] == sorted((one.bound for one in people), reverse=True)
    assert [one.value for one in people] == sorted(one.value for one in people)


def test_a_search_out_of_time_has_a_first_flow() -> None:
    flow, _ = searched(two_gates(), SolveOptions(seconds=0.0))
    assert not flow.finished
    assert flow.persons.sum() > 0


def test_a_proof_bounds_every_flow_of_as_many_people() -> None:
    problem = pose(narrow_street())
    search = Search(problem, Routes(problem), Relaxation(problem))
    watch = Watch(SolveOptions(), None, None)
    flow = search.best(watch)
    cost = exposure_hours(problem, flow.columns) @ flow.persons
    proof = search.prove(EXPOSURE, float(flow.persons.sum()) * (1 - 1e-6), watch)
    assert proof.finished
    assert proof.bound <= cost * (1 + 1e-6)
    assert proof.answer is not None
    assert proof.bound <= proof.answer.objective * (1 + 1e-9)
    fewer = search.prove(EXPOSURE, 0.5 * float(flow.persons.sum()), watch)
    assert fewer.bound < proof.bound


def test_a_timetable_fills_the_nearest_first() -> None:
    problem = pose(one_corridor(columns=12, zones=((0, 0), (11, 0)), households=MANY))
    routes = Routes(problem)
    persons = np.full((2, 1, 1), 300.0)
    columns = timetable(problem, routes, menu(problem), persons)
    # Whoever lives at the mouth can meet slots that the others can not; both are served in time.
    assert columns.zone[0] == 1
    assert set(columns.zone.tolist()) == {0, 1}
    first = {zone: int(columns.cell[columns.zone == zone].min()) for zone in (0, 1)}
    assert first[0] >= first[1]
    departs = problem.cells.front[columns.cell] - np.where(columns.zone == 0, 19, 0)
    assert columns.depart.tolist() == departs.tolist()
    assert timetable(problem, routes, menu(problem), 0 * persons).zone.tolist() == []
