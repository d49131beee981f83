"""What holds for any ensemble: worse is never better, and the order of members says nothing."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from clearway.judge.decide import decide
from clearway.model.agreement import CONSENT_STATES, GIVEN, Hazard
from clearway.model.facts import Text
from clearway.model.outcome import Ensemble
from clearway.model.thresholds import STATES
from clearway.model.verdict import DECISIONS, Decision
from tests.judge.ensembles import BINS, consent, ensemble, pause, record
from tests.plans import greedy_plan
from tests.scenarios import ASSUMED

SCENARIO = pause()
PLAN = greedy_plan(SCENARIO)

#: Columns of which more is worse, with the scale on which they turn a decision.
MORE_IS_WORSE = {
    "queue": 3000.0,
    "open": 150.0,
    "longest_wait_s": 10_000.0,
    "caught": 1.0,
    "turned_back": 6.0,
    "in_open": 50.0,
    "arrived": 200.0,
}
SHAPES = {"queue": (BINS, 2), "open": (BINS, 2)}


def drawn(seed: int, members: int, scale: float) -> dict[str, NDArray[Any]]:
    """Return columns of an ensemble in which things go as badly as ``scale`` says."""
    rng = np.random.default_rng(seed)
    columns: dict[str, NDArray[Any]] = {
        name: np.floor(rng.random((members, *SHAPES.get(name, (2,)))) * most * scale)
        for name, most in MORE_IS_WORSE.items()
    }
    columns["caught"] *= rng.random((members, 2)) < scale / 100
    columns["willing"] = np.tile([40, 20], (members, 1))
    out = np.zeros((members, BINS, 2, 2))
    out[:, 0, 0, 0] = 40
    out[:, 1, 1, 1] = 20 - (rng.random(members) < scale / 5)
    columns["out"] = out
    return columns


def decided(columns: dict[str, Any]) -> Decision:
    return decide(SCENARIO, PLAN, (), _ensemble(columns))


def _ensemble(columns: dict[str, Any]) -> Ensemble:
    return ensemble(SCENARIO, members=len(columns["willing"]), **columns)


def worst(decision: Decision) -> dict[str, int]:
    """Return the worst state of each topic, as its place among the states."""
    found: dict[str, int] = {}
    for one in decision.reasons:
        found[one.topic] = max(found.get(one.topic, 0), STATES.index(one.state))
    return found


seeds = st.integers(0, 10**6)
scales = st.floats(0.2, 4.0)


@settings(max_examples=60, deadline=None)
@given(seeds, st.sampled_from((1, 20, 200, 500)), scales, st.sampled_from(sorted(MORE_IS_WORSE)))
def test_a_worse_ensemble_never_improves_the_decision(
    seed: int, members: int, scale: float, name: str
) -> None:
    columns = drawn(seed, members, scale)
    rng = np.random.default_rng(seed + 1)
    worse = columns | {name: columns[name] + rng.integers(0, 50, columns[name].shape)}
    before, after = decided(columns), decided(worse)
    assert DECISIONS.index(after.code) >= DECISIONS.index(before.code)
    assert all(worst(after)[topic] >= state for topic, state in worst(before).items())


@settings(max_examples=40, deadline=None)
@given(seeds, scales)
def test_fewer_people_out_never_improve_the_decision(seed: int, scale: float) -> None:
    columns = drawn(seed, 200, scale)
    rng = np.random.default_rng(seed + 1)
    fewer = columns["out"] - np.minimum(columns["out"], rng.integers(0, 3, columns["out"].shape))
    before, after = decided(columns), decided(columns | {"out": fewer})
    assert DECISIONS.index(after.code) >= DECISIONS.index(before.code)
    assert all(worst(after)[topic] >= state for topic, state in worst(before).items())


@settings(max_examples=40, deadline=None)
@given(seeds, st.sampled_from((2, 20, 300)), scales)
def test_the_order_of_members_changes_no_word(seed: int, members: int, scale: float) -> None:
    columns = drawn(seed, members, scale)
    order = np.random.default_rng(seed + 1).permutation(members)
    shuffled = {name: column[order] for name, column in columns.items()}
    assert decided(columns) == decided(shuffled)


@settings(max_examples=30, deadline=None)
@given(seeds, scales)
def test_the_code_follows_from_the_worst_reason(seed: int, scale: float) -> None:
    decision = decided(drawn(seed, 300, scale))
    worst_state = max(STATES.index(one.state) for one in decision.reasons)
    assert DECISIONS.index(decision.code) == worst_state
    assert STATES.index(decision.reasons[0].state) == worst_state


@settings(max_examples=60, deadline=None)
@given(
    states=st.lists(st.sampled_from(CONSENT_STATES), min_size=3, max_size=3),
    hazard=st.booleans(),
    place=st.integers(0, 2),
)
def test_taking_a_consent_back_never_improves_the_decision(
    states: list[str], *, hazard: bool, place: int
) -> None:
    levels = ("headquarters", "local", "gate")

    def code(told: list[str]) -> int:
        given_ = tuple(consent(*pair) for pair in zip(levels, told, strict=True))
        words = Text("Rounds fell.", "سقطت قذائف.")
        hazards = (Hazard("C1", words, False, ASSUMED),) if hazard else ()
        scenario = pause(agreement=record(consents=given_, hazards=hazards))
        return DECISIONS.index(decide(scenario, PLAN, (), ensemble(scenario)).code)

    better = [*states[:place], GIVEN, *states[place + 1 :]]
    assert code(states) >= code(better)
    assert code(states) == 2 or set(states) == {GIVEN}


@pytest.mark.parametrize("members", [300, 1000, 3000])
def test_more_members_without_anyone_caught_never_worsen_it(members: int) -> None:
    few, many = (decide(SCENARIO, PLAN, (), ensemble(SCENARIO, n)) for n in (members, 2 * members))
    assert worst(many)["caught"] <= worst(few)["caught"]
