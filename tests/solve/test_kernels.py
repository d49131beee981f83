"""The sweep and its trace against a search over every label in plain Python."""

from __future__ import annotations

import heapq
from dataclasses import dataclass

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clearway.solve.fleet import plan_fleet
from clearway.solve.kernels import Ground, sweep, trace
from clearway.solve.outings import sweep_day, trace_day
from clearway.solve.problem import pose
from clearway.solve.warm import warm
from tests.scenarios import one_bus


@dataclass(frozen=True)
class Town:
    """Arcs with ticks and tolls, and what being at the mouth costs at each tick."""

    nodes: int
    arcs: list[tuple[int, int, int, int]]
    toll: list[list[float]]
    terminal: list[float]
    mouth: int

    def ground(self) -> Ground:
        """Return the same as arrays; arcs sorted by tail."""
        arcs = sorted(self.arcs)
        tail, head, ticks, row = (
            np.array([arc[at] for arc in arcs], dtype=np.int64) for at in range(4)
        )
        start = np.searchsorted(tail, np.arange(self.nodes + 1))
        toll = np.array(self.toll, dtype=float).reshape(len(self.toll), len(self.terminal))
        return Ground(start, head, ticks, row, toll, np.array(self.terminal), self.mouth)


@st.composite
def towns(draw: st.DrawFn) -> Town:
    """Draw a few nodes, arcs, tolls that change with time, and slots that some ticks miss."""
    nodes, span = draw(st.integers(1, 6)), draw(st.integers(1, 14))
    rows = draw(st.integers(0, 3))
    node = st.integers(0, nodes - 1)
    arc = st.tuples(node, node, st.integers(1, 5), st.integers(-1, rows - 1))
    price = st.sampled_from((0.0, 0.25, 1.0, 3.5))
    cost = st.sampled_from((-4.0, -1.5, 0.0, 2.0, np.inf))
    return Town(
        nodes,
        draw(st.lists(arc, max_size=12)),
        [draw(st.lists(price, min_size=span, max_size=span)) for _ in range(rows)],
        draw(st.lists(cost, min_size=span, max_size=span)),
        draw(node),
    )


def cheapest(town: Town, node: int, tick: int) -> float:
    """Return the least cost from a node and tick, by labels that are never dropped but if seen."""
    best, heap, seen = np.inf, [(tick, 0.0, node)], set()
    while heap:
        label = heapq.heappop(heap)
        if label in seen:
            continue
        seen.add(label)
        now, paid, here = label
        if here == town.mouth:
            best = min(best, paid + town.terminal[now])
        for tail, head, ticks, row in town.arcs:
            if tail == here and now + ticks < len(town.terminal):
                toll = town.toll[row][now] if row >= 0 else 0.0
                heapq.heappush(heap, (now + ticks, paid + toll, head))
    return best


@settings(max_examples=150, deadline=None, derandomize=True)
@given(towns())
def test_the_sweep_is_exact(town: Town) -> None:
    value = sweep(town.ground())
    assert value.shape == (len(town.terminal), town.nodes)
    for tick in range(len(town.terminal)):
        for node in range(town.nodes):
            assert value[tick, node] == cheapest(town, node, tick)


@settings(max_examples=150, deadline=None, derandomize=True)
@given(towns())
def test_the_trace_is_a_walk_of_that_cost(town: Town) -> None:
    ground = town.ground()
    value = sweep(ground)
    tails = np.repeat(np.arange(town.nodes), np.diff(ground.start))
    for tick, node in zip(*np.nonzero(np.isfinite(value)), strict=True):
        here, now, paid = int(node), int(tick), 0.0
        path, end = trace(ground, value, here, now)
        for arc in path:
            assert tails[arc] == here
            if ground.toll_row[arc] >= 0:
                paid += ground.toll[ground.toll_row[arc], now]
            here, now = int(ground.head[arc]), now + int(ground.ticks[arc])
        assert (here, now) == (town.mouth, end)
        assert paid + ground.terminal[now] == pytest.approx(value[tick, node])


def test_a_toll_makes_the_longer_way_the_better_one() -> None:
    # From 0 straight to the mouth 2 in two ticks, or by 1 in four; the straight way has a toll of
    # 3 in tick 0 only. Every tick costs 1.
    town = Town(
        3,
        [(0, 2, 2, 0), (0, 1, 2, -1), (1, 2, 2, -1)],
        [[3.0] + [0.0] * 5],
        [float(tick) for tick in range(6)],
        2,
    )
    ground = town.ground()
    value = sweep(ground)
    assert value[:, 0].tolist() == [4, 3, 4, 5, np.inf, np.inf]
    path, end = trace(ground, value, 0, 0)
    assert ground.head[path].tolist() == [1, 2]
    assert end == 4


def test_a_mouth_that_is_nowhere_is_never_reached() -> None:
    town = Town(2, [(0, 1, 1, -1)], [], [0.0, 0.0, 0.0], -1)
    assert np.isinf(sweep(town.ground())).all()


def test_whoever_lives_at_the_mouth_walks_nowhere() -> None:
    ground = Town(1, [], [], [1.0, -2.0], 0).ground()
    path, end = trace(ground, sweep(ground), 0, 1)
    assert (len(path), end) == (0, 1)


def test_kernels_are_compiled_ahead() -> None:
    warm()
    assert sweep.signatures
    assert trace.signatures
    # A bus's day is looked for in tables of the same types: nothing is compiled anew.
    known = [list(kernel.signatures) for kernel in (sweep_day, trace_day)]
    plan_fleet(pose(one_bus(gates_persons_per_h=(600.0, 600.0), windows=((1, 8, 9), (2, 8, 9)))))
    assert [list(kernel.signatures) for kernel in (sweep_day, trace_day)] == known
