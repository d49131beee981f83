"""In a simulation, too, a gate that is slow or shut for some hours serves fewer then."""

from __future__ import annotations

import dataclasses
from datetime import timedelta

import numpy as np
import pytest

from clearway.model.corridor import GateChange
from clearway.model.draws import draw_course
from clearway.model.scenario import Scenario
from clearway.simulate.case import lay_out
from clearway.simulate.simulate import simulate
from clearway.simulate.slowed import slot_shares, slowed
from clearway.simulate.usual import usual_rules
from clearway.solve.solve import solve
from tests.scenarios import one_bus, one_corridor


def _changed(scenario: Scenario, since: int, until: int, share: float) -> Scenario:
    """Return it with the first gate, from one minute to another, at a share of its rate."""
    start, corridor = scenario.start, scenario.corridors[0].id
    change = GateChange(
        corridor,
        start + timedelta(minutes=since),
        start + timedelta(minutes=until),
        share,
        share,
        "told by the gate",
    )
    return scenario.replace(changes=(change,))


def test_nothing_is_taken_where_nothing_changes() -> None:
    scenario = one_corridor()
    taken = np.zeros((1, 0))
    assert slowed(scenario, draw_course(scenario, 1, 0), taken) is taken
    assert slot_shares(scenario, 2).tolist() == [[[1.0, 1.0], [1.0, 1.0]]]


def test_what_a_change_takes_is_a_share_of_the_rate_drawn() -> None:
    scenario = _changed(one_corridor(), 10, 20, 0.25)
    draw = draw_course(scenario, 1, 0)
    found = slowed(scenario, draw, np.full((1, 5), 0.01))
    assert found.shape == (1, 20)
    assert found[0, :5].tolist() == [0.01] * 5
    assert not found[0, 5:10].any()
    assert found[0, 10:].tolist() == pytest.approx([0.75 * float(draw.rate[0])] * 10)


def test_a_faster_gate_has_less_than_nothing_taken() -> None:
    scenario = _changed(one_corridor(), 0, 5, 2.0)
    draw = draw_course(scenario, 1, 0)
    found = slowed(scenario, draw, np.zeros((1, 0)))
    assert found[0].tolist() == pytest.approx([-float(draw.rate[0])] * 5)


def test_slots_have_the_mean_of_what_holds_in_them() -> None:
    scenario = _changed(one_corridor(), 0, 5, 0.0)
    shares = slot_shares(scenario, 2)
    assert scenario.planning.slot_s == 900
    assert shares[0, :, 0].tolist() == pytest.approx([2 / 3, 1.0])
    assert shares[0, :, 1].tolist() == pytest.approx([2 / 3, 1.0])


def test_nobody_passes_a_gate_while_it_is_shut() -> None:
    scenario = one_corridor(households=100)
    plan = solve(scenario)
    open_, shut = (
        simulate(one, plan, members=3, seed=1)
        for one in (scenario, _changed(scenario, 0, 24 * 60, 0.0))
    )
    assert open_.people_out.mean() > 0
    assert shut.people_out.max() == 0


def test_fewer_are_out_when_a_gate_is_slow() -> None:
    scenario = one_corridor(households=400)
    plan = solve(scenario)
    usual = simulate(scenario, plan, members=3, seed=1).people_out.mean()
    slow = simulate(_changed(scenario, 0, 24 * 60, 0.5), plan, members=3, seed=1)
    assert 0.3 * usual < slow.people_out.mean() < 0.75 * usual


def test_a_bus_does_not_come_in_by_a_gate_that_is_shut_to_vehicles() -> None:
    scenario = one_bus()
    plan = solve(scenario)
    assert plan.riders > 0
    shut = _changed(scenario, -60, 48 * 60, 0.0)
    fleet = simulate(shut, plan, members=2, seed=1).fleet
    assert fleet is not None
    usual = simulate(scenario, plan, members=2, seed=1).fleet
    assert usual is not None
    assert usual.trips.max() > 0
    assert fleet.trips.max() == 0


def test_a_block_that_leaves_in_less_than_a_slot_leaves_evenly_in_that() -> None:
    scenario = one_corridor(households=40)
    plan = solve(scenario)
    short = plan.replace(
        movements=tuple(dataclasses.replace(one, span_s=120) for one in plan.movements)
    )
    whole, some = (lay_out(scenario, one, usual_rules(scenario, one)) for one in (plan, short))
    slot_s = scenario.planning.slot_s
    assert 0.9 * slot_s < whole.folk.leave_s.max() < slot_s
    assert 0.9 * 120 < some.folk.leave_s.max() < 120
    assert (some.folk.leave_s * slot_s).tolist() == pytest.approx(
        (whole.folk.leave_s * 120).tolist()
    )
