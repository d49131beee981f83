"""Whatever an abort holds, the judge names what is wrong with it and never fails itself."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from clearway.judge.abort import judge_abort
from clearway.model.abort import ABORT_RULES, Abort, AbortStep, Order, Turn
from tests.judge.abort_breaks import good, good_fleet

SCENARIO, PLAN, GOOD = good()
FLEET = good_fleet()
LINKS = SCENARIO.network.links.id.tolist()
NODES = SCENARIO.network.nodes.id.tolist()

whole = st.one_of(
    st.integers(-3, 12),
    st.integers(-(2**62), 2**62),
    st.sampled_from((*NODES[:4], *LINKS[:4], 900, 1800)),
)
broken = st.one_of(
    st.floats(-1e3, 1e3), st.sampled_from((math.nan, math.inf, -math.inf, 1e300, -0.0))
)
WHOLE = ("mover", "left_s", "node", "link", "goes", "by_s")
BROKEN = ("persons", "into_s")


@st.composite
def steps(draw: st.DrawFn, step: AbortStep) -> AbortStep:
    """Draw a step that is as odd as the noun allows."""
    count = len(step)
    rows = draw(st.lists(st.integers(0, count - 1), min_size=0, max_size=count + 2))
    columns: dict[str, Any] = {}
    for name in (*WHOLE, *BROKEN, "past"):
        columns[name] = np.array(getattr(step, name))[rows]
    for name in draw(st.lists(st.sampled_from((*WHOLE, *BROKEN)), max_size=3)):
        if rows:
            at = draw(st.integers(0, len(rows) - 1))
            columns[name][at] = draw(whole if name in WHOLE else broken)
    prices = draw(st.sampled_from((step.prices, np.array([]), np.array([math.nan, 1.0]))))
    return replace(
        step,
        **columns,
        at_s=draw(st.one_of(st.just(step.at_s), st.integers(-(10**6), 10**6))),
        prices=prices,
        person_s=draw(broken),
        bound_s=draw(broken),
        orders=draw(st.lists(orders(step.orders), max_size=len(step.orders)).map(tuple)),
    )


@st.composite
def orders(draw: st.DrawFn, told: tuple[Order, ...]) -> Order:
    """Draw an order that was, with a field or two of its own."""
    order = draw(st.sampled_from(told))
    fields = ("mover", "goes", "first_left_s", "last_left_s", "node", "link", "toward", "by_s")
    changes: dict[str, Any] = {
        name: draw(whole) for name in draw(st.lists(st.sampled_from(fields), max_size=2))
    }
    if draw(st.booleans()):
        links = st.one_of(st.sampled_from(LINKS), whole)
        changes["links"] = tuple(draw(st.lists(links, max_size=5)))
    changes |= {name: draw(broken) for name in draw(st.sampled_from(((), BROKEN)))}
    return replace(order, **changes)


@st.composite
def turns(draw: st.DrawFn, turn: Turn) -> Turn:
    """Draw a turn-back that was, with some fields of its own."""
    names = draw(st.lists(st.sampled_from(("mover", "after_s", "node", "link", "goes"))))
    changes: dict[str, Any] = {name: draw(whole) for name in names}
    for name in draw(st.lists(st.sampled_from(("into_s", "lon", "lat")), max_size=2)):
        changes[name] = draw(broken)
    return replace(turn, **changes)


@st.composite
def aborts(draw: st.DrawFn, good_one: Abort) -> Abort:
    """Draw an abort of which a few steps and turn-backs are odd."""
    told = list(good_one.steps)
    for _ in range(draw(st.integers(1, 3))):
        at = draw(st.integers(0, len(told) - 1))
        told[at] = draw(steps(good_one.steps[at]))
    back = list(good_one.turns)
    for _ in range(draw(st.integers(0, 3))):
        at = draw(st.integers(0, len(back) - 1))
        back[at] = draw(turns(good_one.turns[at]))
    kept = draw(st.lists(st.integers(0, len(told) - 1), max_size=len(told)))
    return replace(good_one, steps=tuple(told[at] for at in kept), turns=tuple(back))


@settings(max_examples=60, deadline=None)
@given(aborts(GOOD))
def test_any_abort_on_foot_is_judged(found: Abort) -> None:
    for breach in judge_abort(SCENARIO, PLAN, found):
        assert breach.rule in ABORT_RULES
        assert breach.text.endswith(".")
        assert isinstance(breach.where, str)


@settings(max_examples=25, deadline=None)
@given(aborts(FLEET[2]))
def test_any_abort_with_vehicles_is_judged(found: Abort) -> None:
    scenario, plan, _ = FLEET
    assert all(one.rule in ABORT_RULES for one in judge_abort(scenario, plan, found))


@settings(max_examples=30, deadline=None)
@given(st.data(), st.sampled_from((*WHOLE, *BROKEN)))
def test_one_value_that_is_not_as_it_was_is_found(data: st.DataObject, name: str) -> None:
    row = data.draw(st.integers(0, len(GOOD.steps) - 1))
    step = GOOD.steps[row]
    part = data.draw(st.integers(0, len(step) - 1))
    column = np.array(getattr(step, name))
    was = column[part]
    column[part] = data.draw(whole if name in WHOLE else broken)
    unlike = not np.isclose(float(column[part]), float(was), atol=0.5, rtol=0)
    if not unlike:
        return
    told = list(GOOD.steps)
    told[row] = replace(step, **dict[str, Any]({name: column}))
    assert judge_abort(SCENARIO, PLAN, replace(GOOD, steps=tuple(told))) != ()


@settings(max_examples=20, deadline=None)
@given(st.data())
def test_one_turn_back_that_is_not_as_it_was_is_found(data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(GOOD.turns) - 1))
    turn = GOOD.turns[at]
    moved = data.draw(st.integers(-50, 50).filter(bool))
    back = list(GOOD.turns)
    back[at] = replace(turn, after_s=turn.after_s + moved)
    told = judge_abort(SCENARIO, PLAN, replace(GOOD, turns=tuple(back)))
    assert {one.rule for one in told} == {"turn"}
    assert {one.where for one in told} == {PLAN.movements[turn.mover].id}
