"""Rules are tried while bounds are proved; a plan without rides is looked for where it helps."""

from __future__ import annotations

import math
import threading

import pytest

from clearway.model.plan import PEOPLE
from clearway.solve.beside import _both, _most_without_rides, _reach
from clearway.solve.fleet import plan_fleet
from clearway.solve.go import go
from clearway.solve.options import SolveOptions, Watch
from clearway.solve.problem import pose
from clearway.solve.solve import solve
from tests.scenarios import one_bus
from tests.solve.fleets import with_buses


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


def test_without_rides_no_more_come_out_than_was_told() -> None:
    driven = plan_fleet(pose(one_bus()))
    assert driven.riders.persons > 0
    alone = go(driven.left, None, Watch(SolveOptions(), None, None))
    assert alone is not None
    assert 0 < alone.outcome.weight <= _most_without_rides(driven) + 1e-6


def test_where_nobody_rides_there_is_no_other_plan_without_rides() -> None:
    assert _most_without_rides(plan_fleet(pose(with_buses(one_bus(), 0)))) == 0.0


def test_bounds_are_not_asked_for_where_nothing_is_to_be_proved() -> None:
    joint = plan_fleet(pose(one_bus())).joint
    watch = Watch(SolveOptions(proof=False), None, None)
    assert _reach(joint, watch) == (math.inf, math.inf)
    most, reached = _reach(joint, Watch(SolveOptions(), None, None))
    plan = solve(one_bus())
    assert plan.level(PEOPLE).value <= plan.level(PEOPLE).bound <= most + 1e-3
    # Those who ride alone weigh two.
    assert reached > most - 1e-6


def test_rules_are_made_beside_vehicles_and_say_the_risk() -> None:
    plan = solve(one_bus(), risk=0.05)
    assert plan.rules is not None
    assert plan.rules.risk == 0.05
    assert solve(one_bus()).rules is None
