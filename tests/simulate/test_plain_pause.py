"""Whole pauses as the kernel is written, without a compiler: the same to the last digit."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from clearway.model.draws import draw_course
from clearway.simulate import course
from clearway.simulate.case import Case, lay_out
from clearway.simulate.households import draw_households
from clearway.simulate.member import _crowd, _pause, _roads
from clearway.simulate.state import GOES, STAYS, UNCALLED, World, new_wheel
from clearway.simulate.usual import usual_rules
from tests.simulate.draws import Drawn, drawn
from tests.simulate.plain import plain
from tests.simulate.worlds import run

COURSE: Final = plain(course, borrow=lambda held: held)


class Watched(np.ndarray[Any, Any]):
    """Rows of which none below zero may be used: compiled, that would be outside the array."""

    def __getitem__(self, where: Any) -> Any:
        """Return what is there."""
        _check_row(where)
        return super().__getitem__(where)

    def __setitem__(self, where: Any, value: Any) -> None:
        """Put something there."""
        _check_row(where)
        super().__setitem__(where, value)


def _check_row(where: Any) -> None:
    row = where[0] if isinstance(where, tuple) else where
    assert row >= 0


def watched(world: World) -> World:
    """Return the world with its rows watched, of the same memory."""
    roads, crowd, wheel = world.roads, world.crowd, world.wheel
    return world._replace(
        roads=type(roads)(*(one.view(Watched) for one in roads)),
        crowd=crowd._replace(
            real=crowd.real.view(Watched),
            whole=crowd.whole.view(Watched),
            route=crowd.route.view(Watched),
        ),
        wheel=wheel._replace(bucket=wheel.bucket.view(Watched)),
    )


def plainly(case: Case, told: Drawn, tick_s: float) -> World:
    """Return the world of a member after the kernel ran as it is written."""
    draw = draw_course(case.scenario, told.seed, 0)
    folk = draw_households(len(case.folk.size), draw, told.seed, 0).of(case.folk.row)
    goes = folk.goes < draw.uptake[case.folk.zone]
    will = np.where(goes, np.int8(GOES), np.int8(STAYS))
    will[goes & (folk.uncalled < draw.uncalled_share) & (case.folk.near_way >= 0)] = UNCALLED
    crowd = _crowd(case, draw, folk, will == UNCALLED)
    pause = _pause(case, draw, folk, will)
    world = World(_roads(case), crowd, new_wheel(case.horizon_s, tick_s), pause)
    COURSE.run_pause(watched(world), float(case.scenario.planning.step_s))
    return world


def same(one: NDArray[Any], other: NDArray[Any]) -> bool:
    """Return whether two arrays are the same to the last digit."""
    return one.dtype == other.dtype and np.array_equal(one, other, equal_nan=one.dtype.kind == "f")


@settings(max_examples=20, deadline=None, derandomize=True)
@given(drawn(), st.sampled_from((2.0, 4.0, 20.0)))
def test_the_kernel_does_what_is_written_whatever_the_tick(told: Drawn, tick_s: float) -> None:
    """Ticks of many seconds, in which many events fall, against the short ones in use."""
    scenario, plan = told.scenario, told.plan
    case = lay_out(scenario, plan, plan.rules or usual_rules(scenario, plan))
    draw = draw_course(scenario, told.seed, 0)
    folk = draw_households(len(case.folk.size), draw, told.seed, 0).of(case.folk.row)
    ran, world = run(case, draw, folk).world, plainly(case, told, tick_s)
    for name in ("out", "queue", "open", "tally", "total", "live", "called", "origin", "chain"):
        assert same(getattr(ran.pause, name), getattr(world.pause, name)), name
    assert same(ran.crowd.real, world.crowd.real)
    assert same(ran.roads.real, world.roads.real)


@pytest.mark.parametrize("where", [-1, (-1, 0), (np.int32(-3), 2)])
def test_a_row_below_zero_would_be_seen(where: Any) -> None:
    rows = np.zeros((4, 3)).view(Watched)
    with pytest.raises(AssertionError):
        rows[where]
    with pytest.raises(AssertionError):
        rows[where] = 1.0
    rows[2, 1] = 5.0
    assert rows[2, 1] == 5.0
