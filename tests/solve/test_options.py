"""What a caller may ask for, and what it hears."""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest

from clearway.errors import ScenarioError
from clearway.solve.options import Progress, SolveOptions, Watch


@pytest.mark.parametrize(
    "wrong",
    [
        {"seconds": -1.0},
        {"seconds": float("nan")},
        {"seconds": float("inf")},
        {"gap": -0.1},
        {"gap": 1.5},
    ],
)
def test_senseless_options_are_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ScenarioError) as caught:
        dataclasses.replace(SolveOptions(), **wrong)
    (breach,) = caught.value.breaches
    assert breach.field == f"solve options.{next(iter(wrong))}"


def test_a_watch_is_over_when_asked_to_stop() -> None:
    answers = iter([False, True])
    watch = Watch(SolveOptions(), None, lambda: next(answers))
    assert not watch.over()
    assert watch.over()


def test_a_watch_is_over_when_no_time_is_left() -> None:
    assert Watch(SolveOptions(seconds=0.0), None, None).over()
    assert not Watch(SolveOptions(seconds=1e6), None, None).over()


@pytest.mark.parametrize(
    ("value", "bound", "near"),
    [(-999.95, -1000.0, True), (-999.0, -1000.0, False), (10.0005, 10.0, True), (0.0, 0.0, True)],
)
def test_near_is_a_tenth_of_the_gap(value: float, bound: float, *, near: bool) -> None:
    assert Watch(SolveOptions(gap=1e-3), None, None).near(value, bound) is near


def test_people_are_told_above_zero() -> None:
    heard: list[Progress] = []
    watch = Watch(SolveOptions(), heard.append, None)
    watch.tell("people_out", 1, -90.0, -100.0)
    watch.tell("hours_until_out", 2, 50.0, 40.0)
    assert [(one.stage, one.round) for one in heard] == [("people_out", 1), ("hours_until_out", 2)]
    assert [(one.value, one.bound) for one in heard] == [(90, 100), (50, 40)]
    assert [one.gap for one in heard] == pytest.approx([0.1, 0.25])
    assert 0 <= heard[0].seconds <= heard[1].seconds


def test_a_watch_is_over_when_it_is_ended() -> None:
    watch = Watch(SolveOptions(), None, None)
    assert not watch.over()
    watch.end()
    assert watch.over()


def test_a_silent_watch_ends_with_its_own_and_tells_nobody() -> None:
    told: list[Progress] = []
    watch = Watch(SolveOptions(seconds=1000), told.append, None)
    silent = watch.silent()
    silent.tell("rules", 1, 1.0, 2.0)
    assert not told
    watch.tell("rules", 1, 1.0, 2.0)
    assert len(told) == 1
    assert silent.left_s() <= 1000
    assert not silent.over()
    watch.end()
    assert silent.over()
    assert not Watch(SolveOptions(), None, None).silent().over()
