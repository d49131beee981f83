"""What holds in every member of any pause, counted anew from the units themselves."""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np
from hypothesis import given, settings

from clearway.model.corridor import Reception
from clearway.model.draws import Draw, draw_course
from clearway.model.facts import Estimate
from clearway.model.outcome import Ensemble
from clearway.model.plan import Plan
from clearway.model.rules import GateRule
from clearway.model.scenario import Scenario
from clearway.simulate.case import Case, lay_out
from clearway.simulate.ensemble import gather
from clearway.simulate.households import draw_households
from clearway.simulate.state import (
    BUSY,
    CAUGHT,
    CHECKING,
    COUNT,
    GROUP,
    HOME,
    IN_OPEN,
    INSIDE,
    N_BACK,
    N_CAUGHT,
    N_IN_OPEN,
    N_RECALLED,
    N_UNCALLED_BACK,
    OUT,
    RUNNING,
    SENT_HOME,
    SIZE,
    STAYS,
    UNCALLED,
)
from clearway.simulate.usual import usual_rules
from tests.scenarios import ASSUMED
from tests.simulate.draws import Drawn, drawn, row_bytes
from tests.simulate.worlds import Ran, run

MEMBERS = 3
NOTHING = Estimate(0.0, 0.0, 0.0, ASSUMED)


def laid_out(scenario: Scenario, plan: Plan) -> Case:
    """Return the case of a plan, run by its rules or the usual ones."""
    return lay_out(scenario, plan, plan.rules or usual_rules(scenario, plan))


def gathered(scenario: Scenario, plan: Plan, seed: int, members: int = MEMBERS) -> Ensemble:
    """Return the first members of an ensemble."""
    return gather(laid_out(scenario, plan), range(members), seed, 1, lambda _: False)


def member(told: Drawn) -> Ran:
    """Return a drawn member with its units."""
    case = laid_out(told.scenario, told.plan)
    draw = draw_course(case.scenario, told.seed, 0)
    folk = draw_households(len(case.folk.size), draw, told.seed, 0)
    return run(case, draw, folk.of(case.folk.row))


@settings(max_examples=150, deadline=None, derandomize=True)
@given(drawn())
def test_every_person_is_counted_once(told: Drawn) -> None:
    ran = member(told)
    _check_fates(ran)
    for k in range(len(ran.case.gate)):
        _check_tally(ran, k)
    pause, size = ran.world.pause, ran.column(SIZE)
    itself, was_out = pause.will == UNCALLED, ran.left > 0
    assert pause.total[3] == size[was_out & ~itself].sum()
    assert pause.total[4] == size[was_out & itself].sum()
    _check_exposure(ran)
    _check_empty(ran)


def _check_fates(ran: Ran) -> None:
    """Look at households: one sent home and called again is two units, its last ends elsewhere."""
    assert np.isin(ran.phase, (HOME, OUT, SENT_HOME, CAUGHT, IN_OPEN)).all()
    count, there = len(ran.case.folk.size), ran.column(SIZE) > 0
    fate = np.zeros((count, IN_OPEN + 1), dtype=int)
    np.add.at(fate, (ran.world.pause.origin[there], ran.phase[there]), 1)
    ended = fate[:, [OUT, CAUGHT, IN_OPEN]].sum(axis=1)
    assert (ended <= 1).all()
    stays = ran.will == STAYS
    assert (fate[stays][:, HOME] == 1).all()
    assert (fate[stays].sum(axis=1) == 1).all()
    assert ran.column(SIZE)[:count].tolist() == ran.case.folk.size.tolist()
    assert ran.case.folk.size[ended == 1].sum() == ran.persons(OUT, CAUGHT, IN_OPEN)


def _check_tally(ran: Ran, k: int) -> None:
    size, here = ran.column(SIZE), ran.corridor == k
    back = here & (ran.phase == SENT_HOME) & (ran.left > 0)
    itself = ran.world.pause.will == UNCALLED
    assert ran.tally(N_CAUGHT, k) == ran.persons(CAUGHT, corridor=k)
    assert ran.tally(N_IN_OPEN, k) == ran.persons(IN_OPEN, corridor=k)
    assert ran.tally(N_BACK, k) == size[back & ~itself].sum()
    assert ran.tally(N_UNCALLED_BACK, k) == size[back & itself].sum()
    assert ran.tally(N_RECALLED, k) == size[back & (ran.passed > 0)].sum()
    for g in range(len(ran.case.scenario.groups)):
        mine = here & (ran.phase == OUT) & (ran.world.crowd.whole[:, GROUP] == g)
        assert ran.world.pause.out[:, k, g].sum() == size[mine].sum()


def _check_exposure(ran: Ran) -> None:
    total, size, through = ran.world.pause.total, ran.column(SIZE), ran.phase == OUT
    assert (total >= 0).all()
    least = (size * (ran.ended - ran.left))[through].sum()
    assert total[:3].sum() >= least * (1 - 1e-9)
    if not (ran.left > 0)[~through].any():
        assert total[:3].sum() <= least * (1 + 1e-9)


def _check_empty(ran: Ran) -> None:
    roads, live = ran.world.roads.real, ran.world.pause.live
    assert (roads[:, [COUNT, RUNNING]] == 0).all(), "persons left on a link"
    assert (roads[:, BUSY] == 0).all(), "a check point that nobody is at"
    assert (live[:, [INSIDE, CHECKING]] == 0).all()


@settings(max_examples=80, deadline=None, derandomize=True)
@given(drawn())
def test_nobody_passes_when_the_gate_is_shut(told: Drawn) -> None:
    ran = member(told)
    scenario, passed = ran.case.scenario, ran.passed > 0
    assert (ran.joined <= ran.passed)[passed].all()
    assert (ran.left <= ran.joined)[passed].all()
    for k, corridor in enumerate(scenario.corridors):
        mine = [w for w, one in enumerate(scenario.windows) if one.corridor == corridor.id]
        rule = ran.case.rules.gates[k]
        for g in range(len(scenario.groups)):
            group = ran.world.crowd.whole[:, GROUP] == g
            for at in ran.passed[passed & group & (ran.corridor == k)]:
                assert any(
                    _admits(scenario, ran.draw, w, at, _before(rule, ran.draw, w, g)) for w in mine
                )


def _before(rule: GateRule, draw: Draw, w: int, g: int) -> float:
    """Return the last entry of a group that holds in a window."""
    again = draw.recheck_rate[w] > 0 and rule.last_entry_recheck_s
    return (again or rule.last_entry_s)[g]


def _admits(scenario: Scenario, draw: Draw, w: int, at: float, before_s: float) -> bool:
    """Return whether the gate admits at ``at``, by what is known then, to a step."""
    step = scenario.planning.step_s
    opens, ends, known = int(draw.opens_s[w]), int(draw.ends_s[w]), int(draw.known_s[w])
    closes = [scenario.seconds(scenario.windows[w].closes)] if at <= known + step else []
    closes += [ends] if at >= known else []
    return opens <= at <= max(closes) - before_s + 1e-6 and at <= ends + step


@settings(max_examples=40, deadline=None, derandomize=True)
@given(drawn())
def test_an_ensemble_adds_up(told: Drawn) -> None:
    plan = told.plan
    found = gathered(told.scenario, plan, told.seed)
    for field in dataclasses.fields(found):
        value = getattr(found, field.name)
        if isinstance(value, np.ndarray):
            assert (value >= 0).all(), field.name
    harms = found.caught + found.turned_back + found.uncalled_back + found.in_open
    assert (found.called + found.uncalled == found.people_out + harms.sum(axis=1)).all()
    assert (found.out.sum(axis=(1, 2)) <= found.willing).all()
    assert (found.recalled <= found.turned_back + found.uncalled_back).all()
    assert (found.arrived.sum(axis=1) == found.people_out).all()
    assert plan.movements or (found.called == 0).all()


@settings(max_examples=40, deadline=None, derandomize=True)
@given(drawn())
def test_no_more_come_out_than_gates_could_let_through(told: Drawn) -> None:
    scenario = told.scenario
    even = scenario.uncertainty.replace(service_cv=NOTHING, long_share=NOTHING)
    scenario = scenario.replace(uncertainty=even, receptions=_large(scenario.receptions))
    found = gathered(scenario, told.plan, told.seed)
    rate = max(one.gate_persons_per_s.high for one in scenario.corridors)
    # Where a window does not end on a step, the gate may let people through until the next.
    loose = rate * scenario.planning.step_s * len(scenario.windows) if _off_step(scenario) else 0.0
    assert (found.people_out <= found.most + loose).all()


def _large(receptions: tuple[Reception, ...]) -> tuple[Reception, ...]:
    places = Estimate(1e6, 1e6, 1e6, ASSUMED)
    return tuple(dataclasses.replace(one, places=places) for one in receptions)


def _off_step(scenario: Scenario) -> bool:
    ends = [moment for one in scenario.windows for moment in (one.opens, one.closes)]
    return any(scenario.seconds(end) % scenario.planning.step_s for end in ends)


@settings(max_examples=25, deadline=None, derandomize=True)
@given(drawn())
def test_names_do_not_matter(told: Drawn) -> None:
    one = gathered(told.scenario, told.plan, told.seed, 2)
    other = gathered(*_renamed(told.scenario, told.plan), told.seed, 2)
    for row in range(2):
        assert row_bytes(one, row) == row_bytes(other, row)


def _renamed(scenario: Scenario, plan: Plan) -> tuple[Scenario, Plan]:
    """Return both with every id but those of streets written backwards."""
    named = scenario.replace(
        groups=_turned(scenario.groups, "id"),
        zones=_turned(scenario.zones, "id"),
        corridors=_turned(scenario.corridors, "id", "reception"),
        receptions=_turned(scenario.receptions, "id"),
        windows=_turned(scenario.windows, "corridor"),
    )
    rules = plan.rules and dataclasses.replace(
        plan.rules,
        gates=_turned(plan.rules.gates, "corridor"),
        last_departures=_turned(plan.rules.last_departures, "zone", "group", "corridor"),
    )
    moves = _turned(plan.movements, "id", "zone", "group", "corridor")
    return named, plan.replace(movements=moves, rules=rules)


def _turned(parts: tuple[Any, ...], *fields: str) -> tuple[Any, ...]:
    return tuple(
        dataclasses.replace(part, **{field: getattr(part, field)[::-1] for field in fields})
        for part in parts
    )
