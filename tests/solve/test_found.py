"""Scenarios that random search found to break a rule once, cut down to what it takes."""

from __future__ import annotations

import dataclasses

import pytest

from clearway.judge import judge
from clearway.model.plan import EXPOSURE, HOURS, INFEASIBLE, LIMITED, PEOPLE
from clearway.solve import SolveOptions, solve
from tests.scenarios import Recipe, build, one_corridor

#: The last slot of a window is short: its block comes early, to where others wait already.
CROWDED = Recipe(
    columns=2,
    zones=((1, 0), (0, 0)),
    households=[
        [[0, 0, 0, 0, 0, 0, 0, 0, 0], [0, 0, 1, 6, 0, 0, 0, 0, 0]],
        [[6, 0, 2, 4, 0, 0, 0, 0, 0], [6, 1, 7, 5, 0, 0, 0, 0, 0]],
    ],
    speeds_m_per_s=(0.6, 1.0),
    gates_persons_per_h=(120.0,),
    windows=((1, 8, 9),),
    margin_min=0.0,
    open_m=60.0,
    holding_persons=3.0,
    slot_s=300,
)

#: A step lets through more than the holding area takes.
LONG_STEPS = Recipe(
    columns=4,
    rows=2,
    zones=((3, 1),),
    households=[[[16, 0, 14, 5, 0, 8, 19, 15, 13]]],
    speeds_m_per_s=(0.8,),
    gates_persons_per_h=(47.3,),
    windows=((1, 8, 9.5),),
    margin_min=0.0,
    holding_persons=3.0,
    step_s=300,
)

#: The corridor takes 70 persons a slot, the gate lets 300 through: who waits enters it later.
NARROW_BEHIND = Recipe(
    columns=2,
    corridor_width_m=0.06,
    households=[[[0, 0, 2, 2, 1, 1, 2, 1, 0], [0, 1, 2, 2, 1, 2, 1, 0, 1]]],
    speeds_m_per_s=(0.6, 0.6),
    gates_persons_per_h=(300.0, 300.0, 1200.0),
    windows=((3, 8.0, 8.75), (2, 8.0 + 373 / 3600, 9.0 + 373 / 3600)),
    margin_min=0.0,
    step_s=180,
    tick_s=20,
)

#: A last slot that is hardly used: those in it wait less than those of a full one.
HARDLY_USED = Recipe(households=(600, 0, 0, 0, 0, 0, 0, 0, 0), corridor_width_m=0.05)

#: One household of four on streets of a centimetre.
CENTIMETRE = Recipe(
    columns=2,
    rows=2,
    width_m=0.01,
    zones=((1, 0),),
    households=[[[0, 0, 0, 3, 0, 0, 0, 0, 0]]],
    gates_persons_per_h=(1200.0,),
    margin_min=0.0,
)

ALL = {
    "crowded": CROWDED,
    "long steps": LONG_STEPS,
    "narrow behind the gate": NARROW_BEHIND,
    "hardly used": HARDLY_USED,
    "less hardly used": dataclasses.replace(HARDLY_USED, corridor_width_m=0.08),
    "a person short": dataclasses.replace(HARDLY_USED, corridor_width_m=0.1),
    "a centimetre": CENTIMETRE,
}


@pytest.mark.parametrize("name", ALL)
@pytest.mark.parametrize("stopped", [True, False])
def test_no_rule_is_broken(name: str, *, stopped: bool) -> None:
    scenario = build(ALL[name])
    plan = solve(scenario, stop=lambda: stopped)
    assert judge(scenario, plan).breaches == ()
    assert plan.persons > 0


@pytest.mark.parametrize("name", ALL)
def test_no_time_is_no_error(name: str) -> None:
    plan = solve(build(ALL[name]), SolveOptions(seconds=0.0))
    assert plan.status.code == LIMITED
    assert plan.persons <= plan.level(PEOPLE).bound


@pytest.mark.parametrize("limit", [0.0, 1.0, 5.0, 12.0, 30.0, 36.0, 37.0, 38.0, 45.0])
@pytest.mark.parametrize("minutes", [75, 78, 83, 89])
def test_holding_areas_of_any_size_are_never_crowded(minutes: int, limit: float) -> None:
    scenario = one_corridor(
        households=(600, 0, 0, 0, 0, 0, 0, 0, 0),
        windows=((1, 8, 8 + minutes / 60),),
        margin_min=0.0,
        holding_persons=limit,
    )
    verdict = judge(scenario, solve(scenario))
    assert verdict.breaches == ()
    assert verdict.gates[0].waiting.max() <= limit + 1e-6


def test_a_gate_that_is_shut_among_others() -> None:
    shut = Recipe(columns=4, zones=((1, 0),), gates_persons_per_h=(0.0, 300.0))
    plan = solve(build(shut))
    assert {move.corridor for move in plan.movements} == {"C2"}
    alone = solve(build(dataclasses.replace(shut, gates_persons_per_h=(0.0,))))
    assert alone.status.code == INFEASIBLE


def test_bounds_leave_out_waits_that_may_not_be() -> None:
    plan = solve(build(HARDLY_USED))
    for name in (EXPOSURE, HOURS):
        assert plan.level(name).bound <= plan.level(name).value * (1 + 1e-9)
        assert plan.level(name).gap < 0.05
