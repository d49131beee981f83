"""Routes, and when a block on one of them uses which street."""

from __future__ import annotations

from collections import defaultdict

import numpy as np
import pytest
from hypothesis import assume, given, settings

from clearway.solve.problem import Problem, pose
from clearway.solve.routes import (
    NO_COLUMNS,
    Columns,
    Routes,
    exposure_hours,
    menu,
    out_hours,
    passes,
)
from clearway.solve.timetable import static_columns
from tests.plans import ways_out
from tests.scenarios import Recipe, build, four_sides, one_corridor, two_gates
from tests.solve.draws import recipes


def all_static(problem: Problem, routes: Routes) -> Columns:
    """Return every column on a shortest walk."""
    return static_columns(problem, routes, np.nonzero(menu(problem)))


def test_shortest_routes_are_those_of_a_slow_search() -> None:
    scenario = four_sides()
    problem = pose(scenario)
    routes = Routes(problem)
    for (z, g, k), way in ways_out(scenario).items():
        route = routes.shortest(z, g, k)
        assert routes.walk_ticks(route, g) == way.gate
        links = scenario.network.links.id[routes.links(route)].tolist()
        assert links[-3:] == list(way.links[-3:])
        assert len(links) == len(way.links)


def test_a_route_has_one_number() -> None:
    routes = Routes(pose(two_gates()))
    first = routes.shortest(0, 0, 0)
    assert routes.shortest(0, 0, 0) == first
    none = np.empty(0, dtype=np.int64)
    assert routes.add(0, 0, none) == routes.add(0, 0, none)
    assert routes.add(0, 1, none) != routes.add(0, 0, none)
    assert len(routes) == 3


def test_columns_are_taken_and_joined() -> None:
    problem = pose(two_gates())
    columns = all_static(problem, Routes(problem))
    half = len(columns) // 2
    rows = np.arange(len(columns))
    again = columns.take(rows < half).join(columns.take(rows[half:]))
    for field in ("zone", "group", "cell", "route", "depart"):
        assert getattr(again, field).tolist() == getattr(columns, field).tolist()
    assert len(NO_COLUMNS.join(columns)) == len(columns)
    assert len(Routes(problem).use(NO_COLUMNS).key) == 0


@settings(max_examples=60, deadline=None, derandomize=True)
@given(recipes())
def test_use_counts_every_cohort_on_every_street(recipe: Recipe) -> None:
    problem = pose(build(recipe))
    routes = Routes(problem)
    columns = all_static(problem, routes)
    assume(len(columns) > 0)
    columns = columns.take(np.arange(0, len(columns), max(1, len(columns) // 12)))
    use = routes.use(columns)
    found = defaultdict[tuple[int, int], float](float)
    for column, key, share in zip(use.column, use.key, use.share, strict=True):
        found[int(column), int(key)] += share
    assert dict(found) == pytest.approx(slow_use(problem, routes, columns))


def slow_use(problem: Problem, routes: Routes, columns: Columns) -> dict[tuple[int, int], float]:
    """Return the share of each column that enters each street in each slot, one by one."""
    planning = problem.scenario.planning
    found = defaultdict[tuple[int, int], float](float)
    for column in range(len(columns)):
        route, group = int(columns.route[column]), int(columns.group[column])
        for cohort in range(problem.cohorts):
            second = (int(columns.depart[column]) + cohort) * planning.step_s
            for place, way in enumerate(routes.ways[route]):
                if place == routes.inside[route]:
                    front = int(problem.cells.front[columns.cell[column]])
                    second = (front + cohort) * planning.step_s
                key = int(way) * routes.slots + second // planning.slot_s
                found[column, key] += 1 / problem.cohorts
                second += int(problem.ticks[group, way // 2]) * planning.tick_s
    return dict(found)


def test_capacity_is_width_by_the_flow_of_a_slot() -> None:
    problem = pose(one_corridor(width_m=0.5, corridor_width_m=3.0))
    routes = Routes(problem)
    way = routes.ways[routes.shortest(0, 0, 0)]
    persons = routes.capacity(way * routes.slots + 3)
    assert persons == pytest.approx(np.array([0.5, 0.5, 3, 3, 3]) * 1.3 * 900)


def test_the_menu_has_those_who_can_be_there_and_out_in_time() -> None:
    problem = pose(two_gates())
    can, cells = menu(problem), problem.cells
    for z, g, cell in np.ndindex(can.shape):
        w = int(cells.window[cell])
        walk = int(problem.walk_steps[z, g, cells.corridor[cell]])
        done = min(
            int(cells.front[cell]) + problem.cohorts - 1 + int(cells.delay[cell]),
            int(problem.last_step[:, w].max()),
        )
        in_time = done <= problem.last_step[g, w]
        assert can[z, g, cell] == (in_time and cells.front[cell] - walk >= problem.open_step[w])
        assert passes(problem)[g, cell] == in_time
    # G2 needs five minutes more in the corridor: it meets no last slot.
    assert not can[:, 1, [5, 11]].any()
    assert can[:, 0].any(axis=0).all()


def test_nobody_without_households_is_on_the_menu() -> None:
    households = np.ones((3, 2, 9), dtype=int)
    households[1, 0] = 0
    assert not menu(pose(two_gates(households=households)))[1, 0].any()


def test_hours_by_hand() -> None:
    # The second slot begins at step 19; its cohorts pass in steps 19 to 33, at 26 on average, and
    # are out 300 s later; they left home four steps before.
    problem = pose(one_corridor())
    columns = static_columns(
        problem, Routes(problem), (np.array([0]), np.array([0]), np.array([1]))
    )
    assert columns.depart.tolist() == [15]
    assert exposure_hours(problem, columns) == pytest.approx([(240 + 300) / 3600])
    assert out_hours(problem, columns) == pytest.approx([(26 * 60 + 300) / 3600])


def test_hours_of_a_short_last_slot() -> None:
    # Seven steps are left; a full block arrives over fifteen and waits four minutes on average.
    problem = pose(one_corridor())
    columns = static_columns(
        problem, Routes(problem), (np.array([0]), np.array([0]), np.array([5]))
    )
    assert columns.depart.tolist() == [67]
    assert exposure_hours(problem, columns) == pytest.approx([(240 + 240 + 300) / 3600])
    # It passes in steps 79 to 85: at 82 on average, less half of what a step is.
    assert out_hours(problem, columns) == pytest.approx([((71 + 7 + 4) * 60 + 300) / 3600])
