"""Rules are tried while bounds are proved; a plan without rides is looked for where it helps."""

from __future__ import annotations

import threading

import pytest

from clearway.solve.beside import _both, _without_rides
from clearway.solve.fleet import plan_fleet
from clearway.solve.options import SolveOptions, Watch
from clearway.solve.problem import pose
from clearway.solve.replay import Outcome
from clearway.solve.solve import solve
from tests.scenarios import one_bus


def test_both_are_done_at_once_and_each_gives_its_own() -> None:
    met = threading.Barrier(2, timeout=30)

    def one() -> str:
        met.wait()
        return "one"

    def other() -> int:
        met.wait()
        return 2

    assert _both(one, other, Watch(SolveOptions(), None, None)) == ("one", 2)


def test_what_is_interrupted_ends_the_other() -> None:
    watch = Watch(SolveOptions(), None, None)
    saw: list[bool] = []

    def one() -> None:
        raise KeyboardInterrupt

    def other() -> None:
        while not watch.over():
            threading.Event().wait(0.01)
        saw.append(True)

    with pytest.raises(KeyboardInterrupt):
        _both(one, other, watch)
    assert saw == [True]


def test_what_the_other_raises_is_raised() -> None:
    def other() -> None:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        _both(lambda: 1, other, Watch(SolveOptions(), None, None))


def test_a_plan_without_rides_is_looked_for_only_where_it_could_bring_out_more() -> None:
    scenario = one_bus()
    driven = plan_fleet(pose(scenario))
    assert driven.riders.persons > 0
    watch = Watch(SolveOptions(), None, None)
    assert _without_rides(driven, Outcome(10**6, 1e9, 0.0, 0.0), None, watch) is None
    alone = _without_rides(driven, Outcome(0, 0.0, 0.0, 0.0), None, watch)
    assert alone is not None
    assert alone.outcome.persons > 0


def test_rules_are_made_beside_vehicles_and_say_the_risk() -> None:
    plan = solve(one_bus(), risk=0.05)
    assert plan.rules is not None
    assert plan.rules.risk == 0.05
    assert solve(one_bus()).rules is None
