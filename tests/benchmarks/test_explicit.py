"""The explicit graph of the benchmarks has the optimum that Clearway's linear program has."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable

import numpy as np
import pytest

from benchmarks import explicit
from clearway.model.scenario import Scenario
from tests.crosscheck.instances import drawn
from tests.crosscheck.programs import optimum
from tests.scenarios import one_corridor, small_site, two_days, two_gates

MINUTES = {"slot_s": 60, "step_s": 60, "tick_s": 60}
#: Many small households, so that gates and windows bind.
MANY = (200, 200, 200, 50, 0, 0, 0, 0, 0)


def flow(scenario: Scenario) -> explicit.Flow:
    return explicit.solve(explicit.expand(scenario), scenario.planning.step_s)


@pytest.mark.parametrize("seed", [0, 1, 2, 6, 9, 12, 21, 28, 38, 47])
def test_streets_that_bind_bind_alike(seed: int) -> None:
    scenario = drawn(seed)
    found, program = flow(scenario), optimum(scenario)
    assert program.streets_bind
    assert found.people == pytest.approx(program.people, abs=1e-3)
    assert found.exposure_h * 60 == pytest.approx(program.exposure, rel=1e-5)


@pytest.mark.parametrize("build", [small_site, two_days])
def test_sites_and_days_bind_alike(build: Callable[..., Scenario]) -> None:
    scenario = build(households=MANY, **MINUTES)
    found, program = flow(scenario), optimum(scenario)
    assert 0 < found.people < explicit.expand(scenario).persons
    assert found.people == pytest.approx(program.people, abs=1e-3)
    assert found.exposure_h * 60 == pytest.approx(program.exposure, rel=1e-5)


def test_one_corridor_in_closed_form() -> None:
    """Four steps to the gate, five through: the gate serves ten a step in steps 4 to 85."""
    scenario = one_corridor(households=MANY, **MINUTES)
    assert flow(scenario) == explicit.Flow(people=82 * 10, exposure_h=82 * 10 * 9 / 60)


def test_who_all_come_out_take_the_nearer_gate() -> None:
    """Few people, a gate with room for them in each step: nobody walks further than they must."""
    scenario = one_corridor(households=(3, 0, 0, 0, 0, 0, 0, 0, 0), **MINUTES)
    assert flow(scenario) == explicit.Flow(people=3, exposure_h=3 * 9 / 60)


def test_every_place_in_a_step_can_be_reached_and_left() -> None:
    """Whatever cannot lie on a way from a home to a site is not written out."""
    graph = explicit.expand(drawn(6))
    enters, leaves = np.zeros(graph.nodes, dtype=bool), np.zeros(graph.nodes, dtype=bool)
    enters[graph.head], leaves[graph.tail] = True, True
    inner = np.arange(graph.nodes) > explicit.SINK
    assert enters[inner].all()
    assert leaves[inner].all()
    assert len(graph) == len(graph.head) == len(graph.capacity) == len(graph.cost)


def test_nobody_is_willing() -> None:
    assert flow(one_corridor(uptake=0.0, **MINUTES)) == explicit.Flow(people=0, exposure_h=0.0)


def test_a_longer_window_is_a_larger_graph_by_as_many_steps_of_each_street() -> None:
    """One hour more: sixty steps more of two streets both ways, of home, and of the gate."""
    short = explicit.expand(one_corridor(windows=((1, 8, 10),), **MINUTES))
    longer = explicit.expand(one_corridor(windows=((1, 8, 11),), **MINUTES))
    assert len(longer) - len(short) == 60 * (2 * 2 + 1 + 1)


@pytest.mark.parametrize(
    ("scenario", "says"),
    [
        (two_gates(**MINUTES), "one group"),
        (one_corridor(), "of one length"),
        (one_corridor(width_m=0.7, **MINUTES), "whole persons"),
        (one_corridor(gates_persons_per_h=(100.0,), **MINUTES), "whole persons"),
    ],
)
def test_what_is_no_such_flow_is_refused(scenario: Scenario, says: str) -> None:
    with pytest.raises(ValueError, match=says):
        explicit.expand(scenario)


def test_a_closed_street_is_left_out() -> None:
    scenario = one_corridor(**MINUTES)
    links = scenario.network.links
    state = links.state.copy()
    state[0] = "closed"
    shut = dataclasses.replace(scenario.network, links=dataclasses.replace(links, state=state))
    assert flow(scenario).people > 0
    assert flow(scenario.replace(network=shut)).people == 0
