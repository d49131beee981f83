"""The judge's replay against a slow one in exact fractions, on random scenarios and plans."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clearway.judge import judge
from clearway.judge.case import Case, open_case
from clearway.model.facts import Text
from clearway.model.plan import PARTIAL, Movement, Plan, Status
from clearway.model.scenario import Scenario
from tests.judge.slow import Slow, replay_slowly
from tests.plans import ways_out
from tests.scenarios import Recipe, build

_EXACT = 1e-9
_HALF = 0.5

#: Seconds a slot, a step and a tick.
GRIDS = ((900, 60, 10), (600, 120, 20), (300, 300, 5))

windows = st.sampled_from(
    (
        ((1, 8, 9), (2, 8, 9)),
        ((1, 8, 8.75), (1, 9, 9.5), (2, 8.25, 9.25)),
        ((1, 8, 8.5), (1, 8.5, 9), (2, 8.1, 8.61), (2, 8.9, 9.3)),
        ((1, 8, 9), (1, 32, 32.5), (2, 8, 8.4)),
    )
)


@st.composite
def scenarios(draw: st.DrawFn) -> Scenario:
    """Draw a small scenario with two corridors, odd lengths, rates, speeds and margins."""
    slot_s, step_s, tick_s = draw(st.sampled_from(GRIDS))
    return build(
        Recipe(
            columns=draw(st.integers(2, 4)),
            rows=draw(st.integers(1, 2)),
            spacing_m=draw(st.floats(20, 400)),
            crossing_m=draw(st.floats(5, 300)),
            open_m=draw(st.floats(5, 500)),
            zones=((0, 0), (1, 0)),
            speeds_m_per_s=tuple(draw(st.lists(st.floats(0.3, 1.5), min_size=1, max_size=2))),
            gates_persons_per_h=(draw(st.integers(0, 2000)), draw(st.integers(0, 2000))),
            windows=draw(windows),
            margin_min=draw(st.floats(0, 20)),
            slot_s=slot_s,
            step_s=step_s,
            tick_s=tick_s,
        )
    )


@st.composite
def cases(draw: st.DrawFn) -> tuple[Scenario, Plan]:
    """Draw a scenario and a plan with right routes and any blocks at any time."""
    scenario = draw(scenarios())
    ways = ways_out(scenario)
    step = scenario.planning.step_s
    moves = []
    for n in range(draw(st.integers(0, 8))):
        z, g, k = draw(st.sampled_from(sorted(ways)))
        depart = draw(st.one_of(st.integers(0, 6000), st.integers(84_000, 88_000))) // step * step
        persons = draw(st.integers(1, 400))
        moves.append(
            Movement(
                id=f"M{n}",
                zone=scenario.zones[z].id,
                group=scenario.groups[g].id,
                corridor=scenario.corridors[k].id,
                links=ways[z, g, k].links,
                depart_s=depart,
                first_household=0,
                households=persons,
                persons=persons,
            )
        )
    status = Status(PARTIAL, Text("Drawn.", "عشوائي."))
    return scenario, Plan(scenario.id, tuple(moves), (), status, 0, 1.0)


@settings(max_examples=60, deadline=None, derandomize=True)
@given(cases())
def test_gates_are_replayed_exactly(drawn: tuple[Scenario, Plan]) -> None:
    slow, case = replay_slowly(*drawn), open_case(*drawn)
    for record in case.seen.gates:
        for field in ("arrived", "passed", "waiting"):
            found = getattr(record, field)
            expected = getattr(slow, field)
            exact = [float(expected[record.corridor, p]) for p in range(len(found))]
            assert found == pytest.approx(exact, rel=_EXACT, abs=_EXACT)


@settings(max_examples=60, deadline=None, derandomize=True)
@given(cases())
def test_people_and_their_time_are_counted_exactly(drawn: tuple[Scenario, Plan]) -> None:
    slow, case, verdict = replay_slowly(*drawn), open_case(*drawn), judge(*drawn)
    assert abs(verdict.people_out - slow.out) <= _HALF + _EXACT
    assert verdict.exposure_person_hours == pytest.approx(float(slow.exposed / 3600), rel=_EXACT)
    assert verdict.hours_until_out == pytest.approx(float(slow.until_out / 3600), rel=_EXACT)
    assert _late(case) == pytest.approx(float(slow.late), rel=_EXACT, abs=_EXACT)
    assert case.seen.left_waiting.sum() == pytest.approx(float(slow.left), rel=_EXACT, abs=_EXACT)
    left_home = sum(move.persons for move in drawn[1].movements)
    assert slow.out + slow.late + slow.left + slow.missed == left_home


@settings(max_examples=60, deadline=None, derandomize=True)
@given(cases())
def test_streets_are_counted_exactly(drawn: tuple[Scenario, Plan]) -> None:
    slow, case = replay_slowly(*drawn), open_case(*drawn)
    ids = drawn[0].network.links.id[case.loads.link].tolist()
    ways = (1 - case.loads.forward.astype(int)).tolist()
    slots = case.loads.slot.tolist()
    found = dict(zip(zip(ids, ways, slots, strict=True), case.loads.amount.tolist(), strict=True))
    exact = {key: float(persons) for key, persons in slow.entries.items() if persons}
    assert found == pytest.approx(exact, rel=_EXACT, abs=_EXACT)


@settings(max_examples=60, deadline=None, derandomize=True)
@given(cases())
def test_the_rules_at_gates_follow_from_the_replay(drawn: tuple[Scenario, Plan]) -> None:
    slow: Slow = replay_slowly(*drawn)
    rules = {breach.rule for breach in judge(*drawn).breaches}
    assert ("margin" in rules) == (slow.late > _EXACT)
    assert ("gate" in rules) == (slow.left > _EXACT)
    assert ("conservation" in rules) == (slow.missed > 0)


def _late(case: Case) -> float:
    return float(case.seen.portions.persons[case.seen.portions.late].sum())
