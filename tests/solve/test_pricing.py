"""Pricing against every column there is, in towns small enough to list them."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from clearway.model.facts import Estimate
from clearway.model.plan import EXPOSURE, HOURS, PEOPLE
from clearway.model.population import CAR
from clearway.model.scenario import Scenario
from clearway.solve.master import Duals, Goal
from clearway.solve.pricing import Pricing
from clearway.solve.problem import Problem, pose
from clearway.solve.routes import Columns, Routes
from tests.scenarios import Recipe, build
from tests.solve.slow import every_column, reduced_costs

GOALS = st.sampled_from((PEOPLE, EXPOSURE, HOURS))

towns = st.builds(
    Recipe,
    columns=st.just(2),
    rows=st.integers(1, 2),
    spacing_m=st.sampled_from((60.0, 120.0)),
    zones=st.sampled_from((((0, 0),), ((0, 0), (1, 0)))),
    speeds_m_per_s=st.sampled_from(((1.2,), (1.2, 0.6))),
    gates_persons_per_h=st.sampled_from(((600.0,), (600.0, 300.0))),
    windows=st.sampled_from((((1, 8, 9),), ((1, 8, 8.75), (1, 9, 9.5)))),
    margin_min=st.just(5.0),
    slot_s=st.sampled_from((300, 900)),
    step_s=st.just(60),
    tick_s=st.just(20),
)


def with_cars(scenario: Scenario, seed: int) -> Scenario:
    """Return a scenario whose last group has cars, on streets of which some are one-way."""
    draw = np.random.default_rng(seed)
    exactly = Estimate(2.0, 2.0, 2.0, "assumed: for tests")
    cars = dataclasses.replace(scenario.groups[-1], modes=(CAR,), persons_per_car=exactly)
    links = scenario.network.links
    one_way = (links.side == "inside") & (draw.random(len(links)) < 0.3)
    network = dataclasses.replace(
        scenario.network, links=dataclasses.replace(links, directed=one_way)
    )
    return scenario.replace(groups=(*scenario.groups[:-1], cars), network=network)


def drawn_duals(problem: Problem, routes: Routes, seed: int, *, tolls: bool) -> Duals:
    """Return duals of the signs that a minimum has, at random."""
    draw = np.random.default_rng(seed)
    shape, cells = problem.supply.shape, len(problem.cells)

    def below(*size: int) -> NDArray[np.float64]:
        return -draw.random(size) * (draw.random(size) < 0.5)

    ways = 2 * len(problem.scenario.network.links) * len(problem.modes)
    early = int(problem.last_step.max()) * problem.ticks_per_step // problem.ticks_per_slot + 2
    keys = [way * routes.slots + slot for way in range(ways) for slot in range(early)]
    some = np.array(keys, dtype=np.int64)[draw.random(len(keys)) < (0.4 if tolls else 0.0)]
    return Duals(
        below(*shape),
        below(cells),
        below(len(problem.scenario.receptions)),
        float(draw.random()),
        float(-draw.random()),
        np.zeros(shape[0]),
        some,
        -0.3 * draw.random(len(some)),
    )


@settings(max_examples=60, deadline=None, derandomize=True)
@given(towns, GOALS, st.integers(0, 2**20), st.booleans(), st.booleans())
def test_no_column_at_all_costs_less_than_pricing_says(
    recipe: Recipe, level: str, seed: int, tolls: bool, cars: bool
) -> None:
    problem = pose(with_cars(build(recipe), seed) if cars else build(recipe))
    routes = Routes(problem)
    duals = drawn_duals(problem, routes, seed, tolls=tolls)
    columns = every_column(problem, routes, 4)
    assume(len(columns) > 0)
    cost = reduced_costs(problem, routes, level, columns, duals)
    least = np.zeros(problem.supply.shape)
    np.minimum.at(least, (columns.zone, columns.group), cost)
    priced = Pricing(problem, routes).price(Goal(level), duals)
    # Walks of more arcs than were listed may be better still, but only where there are tolls.
    assert (priced.least <= least + 1e-9).all()
    if not tolls:
        assert priced.least == pytest.approx(least)


@settings(max_examples=60, deadline=None, derandomize=True)
@given(towns, GOALS, st.integers(0, 2**20), st.booleans(), st.booleans())
def test_priced_columns_cost_what_pricing_says(
    recipe: Recipe, level: str, seed: int, tolls: bool, cars: bool
) -> None:
    problem = pose(with_cars(build(recipe), seed) if cars else build(recipe))
    routes = Routes(problem)
    duals = drawn_duals(problem, routes, seed, tolls=tolls)
    priced = Pricing(problem, routes).price(Goal(level), duals)
    cost = reduced_costs(problem, routes, level, priced.columns, duals)
    assert (cost < 0).all()
    least = np.zeros(problem.supply.shape)
    np.minimum.at(least, (priced.columns.zone, priced.columns.group), cost)
    below = priced.least < -1e-6
    assert least[below] == pytest.approx(priced.least[below])
    _check_meets(problem, routes, priced.columns)


def _check_meets(problem: Problem, routes: Routes, columns: Columns) -> None:
    """Assert that blocks leave in their window and reach the gate in the step of their slot."""
    zone, group, cell, route, depart = (
        getattr(columns, field).tolist() for field in ("zone", "group", "cell", "route", "depart")
    )
    links = problem.scenario.network.links
    for z, g, c, r, d in zip(zone, group, cell, route, depart, strict=True):
        walk = -(-routes.walk_ticks(r, g) // problem.ticks_per_step)
        assert d + walk == problem.cells.front[c]
        assert d >= problem.open_step[problem.cells.window[c]]
        node = int(problem.zone_node[z])
        for way in routes.ways[r][: routes.inside[r]]:
            row = way // 2 % len(links)
            ends = problem.scenario.network.node_index([links.from_node[row], links.to_node[row]])
            assert not (way // 2 >= len(links) and links.directed[row] and way % 2)
            assert node == ends[way % 2]
            node = int(ends[1 - way % 2])
        tail = problem.tails[problem.modes.of_group[g]][problem.cells.corridor[c]]
        assert tail is not None
        assert node == tail.mouth


def test_nothing_is_worth_adding_where_all_is_paid_for() -> None:
    problem = pose(build(Recipe()))
    routes = Routes(problem)
    none = np.empty(0)
    duals = Duals(
        np.full((1, 1), -1.0),
        np.zeros(len(problem.cells)),
        np.zeros(1),
        0.0,
        0.0,
        np.zeros(1),
        none.astype(np.int64),
        none,
    )
    priced = Pricing(problem, routes).price(Goal(PEOPLE), duals)
    assert len(priced.columns) == 0
    assert priced.least.tolist() == [[0.0]]


def test_a_toll_on_one_way_leaves_the_other_way_round() -> None:
    # A block of two by two streets: from the south-west to the eastern gate by the south or north.
    problem = pose(build(Recipe(columns=2, rows=2, zones=((0, 0),))))
    routes = Routes(problem)
    shortest = routes.shortest(0, 0, 0)
    way = int(routes.ways[shortest][0])
    keys = way * routes.slots + np.arange(routes.slots)
    zeros = np.zeros((1, 1)), np.zeros(len(problem.cells)), np.zeros(1)
    duals = Duals(*zeros, 0.0, 0.0, np.zeros(1), keys, np.full(len(keys), -0.75))
    priced = Pricing(problem, routes).price(Goal(PEOPLE), duals)
    assert priced.least == pytest.approx(-1)
    best = reduced_costs(problem, routes, PEOPLE, priced.columns, duals)
    chosen = {int(route) for route in priced.columns.route[best < -1 + 1e-9]}
    assert chosen
    assert shortest not in chosen
    assert all(way not in routes.ways[route] for route in chosen)
