"""Where vehicles take a part of a gate, its slots are those of the scenario."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clearway.model.plan import EXPOSURE, HOURS, PEOPLE
from clearway.model.scenario import Scenario
from clearway.solve.go import go
from clearway.solve.options import SolveOptions, Watch
from clearway.solve.problem import Problem, pose
from clearway.solve.taken import Taken
from tests.scenarios import one_corridor, two_days, two_gates


def _taken(scenario: Scenario, shares: list[float]) -> Taken:
    """Return that vehicles take such shares of the first gate, slot after slot, and again."""
    nothing = Taken.nothing(scenario)
    slot_s = scenario.planning.slot_s
    last = max(scenario.seconds(window.closes) for window in scenario.windows)
    slots = int(last // slot_s) + 2
    rate = scenario.corridors[0].gate_persons_per_s.central
    gate = np.zeros((len(scenario.corridors), slots))
    gate[0] = np.resize(shares, slots) * rate * slot_s
    return Taken(gate, nothing.households, nothing.places)


def _cut(problem: Problem, corridor: int) -> list[tuple[int, int]]:
    cells = problem.cells
    mine = cells.corridor == corridor
    return list(zip(cells.first[mine].tolist(), cells.steps[mine].tolist(), strict=True))


def test_slots_are_cut_where_the_scenarios_are() -> None:
    scenario = one_corridor()
    problem = pose(scenario, _taken(scenario, [0.5, 0.0]))
    cells, cohorts = problem.cells, problem.cohorts
    plain = pose(scenario).cells
    cuts = cells.first[1:]
    assert (cuts % cohorts == 0).all()
    assert cells.first[0] == plain.first[0]
    assert cells.first[-1] + cells.steps[-1] == plain.first[-1] + plain.steps[-1]
    assert (cells.first[1:] == (cells.first + cells.steps)[:-1]).all()
    assert cells.cohorts.tolist() == cells.steps.tolist()
    assert (cells.steps[1:-1] == cohorts).all()


def test_every_slot_serves_evenly_what_vehicles_leave() -> None:
    scenario = one_corridor()
    problem = pose(scenario, _taken(scenario, [0.9, 0.0, 0.3]))
    cells = problem.cells
    assert not cells.late_share.any()
    assert np.isinf(cells.late_capacity).all()
    rate = scenario.corridors[0].gate_persons_per_s.central * scenario.planning.step_s
    left = 1.0 - np.resize([0.9, 0.0, 0.3], int(cells.first[-1]) // problem.cohorts + 1)
    expected = cells.steps * rate * left[cells.first // problem.cohorts]
    assert cells.capacity.tolist() == pytest.approx(expected.tolist())


def test_other_gates_keep_their_slots() -> None:
    scenario = two_gates()
    shared = pose(scenario, _taken(scenario, [0.4]))
    assert _cut(shared, 1) == _cut(pose(scenario), 1)
    assert _cut(shared, 0) != _cut(pose(scenario), 0)


def test_blocks_for_a_short_slot_leave_home_in_less_time_and_say_so() -> None:
    scenario = one_corridor(households=400)
    problem = pose(scenario, _taken(scenario, [0.5, 0.0]))
    afoot = go(problem, None, Watch(SolveOptions(), None, None))
    assert afoot is not None
    first = int(problem.cells.steps[0]) * scenario.planning.step_s
    spans = [movement.span_s for movement in afoot.movements]
    assert first < scenario.planning.slot_s
    assert first in spans
    assert None in spans
    assert scenario.planning.slot_s not in spans


@settings(max_examples=20, deadline=None)
@given(
    shares=st.lists(st.sampled_from([0.0, 0.2, 0.5, 0.9]), min_size=1, max_size=5),
    households=st.sampled_from([15, 90, 300]),
    scenario=st.sampled_from([one_corridor, two_gates, two_days]),
)
def test_what_is_planned_beside_vehicles_passes_the_gates_in_time(
    shares: list[float], households: int, scenario: type
) -> None:
    town: Scenario = scenario(households=households)
    taken = _taken(town, shares)
    afoot = go(pose(town, taken), None, Watch(SolveOptions(), None, None))
    if afoot is None:
        return
    most = afoot.relaxation.best(PEOPLE, weighted=False).value
    assert afoot.outcome.persons <= most * (1 + 1e-6)
    weight = afoot.outcome.weight
    for level, value in (
        (EXPOSURE, afoot.outcome.exposure_hours),
        (HOURS, afoot.outcome.out_hours),
    ):
        assert value >= afoot.relaxation.best(level, weight=weight).value * (1 - 1e-6)
