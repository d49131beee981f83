"""Whatever the log tells, nobody is lost or made, and who is out stays out."""

from __future__ import annotations

import random
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from clearway.model.plan import Plan
from clearway.model.scenario import Scenario
from clearway.model.state import State
from clearway.operate.known import known
from clearway.operate.state import Layout, lay_out, state, state_in
from tests.operate.events import Pages
from tests.plans import greedy_plan
from tests.scenarios import build
from tests.solve.draws import recipes


@dataclass
class Day:
    """A drawn day: a scenario, a plan, and what the log tells of it."""

    scenario: Scenario
    plan: Plan
    pages: Pages

    def moments(self) -> list[float]:
        """Return seconds from the start, from before the first opening until after the last."""
        last = max(self.scenario.seconds(one.closes) for one in self.scenario.windows) + 3600
        return [float(round(at)) for at in np.linspace(-300, last, 14)]

    def states(self, at_s: list[float]) -> list[State]:
        """Return the state at each moment."""
        layout = lay_out(self.scenario, self.plan)
        return [_at(layout, self.pages, one) for one in at_s]


def _at(layout: Layout, pages: Pages, at_s: float) -> State:
    now = layout.scenario.start + timedelta(seconds=at_s)
    return state_in(layout, known(layout.scenario, pages.records, now))


@st.composite
def days(draw: st.DrawFn) -> Day:
    """Draw a day whose records tell of their own moment or later, none of the past."""
    scenario = build(replace(draw(recipes(fair=False)), spread=1.0))
    plan = greedy_plan(scenario, most_households=draw(st.sampled_from((2, 7, 1000))))
    told: list[tuple[int, str, dict[str, Any]]] = []
    for window in scenario.windows:
        told += draw(_hours(scenario, window.corridor, window.opens.date().isoformat(), window))
    last = max(scenario.seconds(one.closes) for one in scenario.windows)
    moment = st.integers(0, last + 600)
    for corridor in scenario.corridors:
        told += draw(_gates(corridor.id, moment))
    for _ in range(draw(st.integers(0, 2))):
        some = draw(st.sampled_from([[], [scenario.corridors[0].id]]))
        about = {"corridors": some, "reason": ""}
        told += [(draw(moment), kind, about) for kind in draw(_stops)]
    if plan.movements:
        told += draw(_calls([move.id for move in plan.movements], moment))
    pages = Pages()
    for at, kind, about in sorted(told, key=lambda one: one[0]):
        pages.tell(kind, scenario.start + timedelta(seconds=at), **about)
    return Day(scenario, plan, pages)


_stops = st.sampled_from([["stop"], ["stop", "resume"]])


@st.composite
def _hours(
    draw: st.DrawFn, scenario: Scenario, corridor: str, day: str, window: Any
) -> list[tuple[int, str, dict[str, Any]]]:
    """Draw what became of a window: opened on time or late, then cut or extended, or neither."""
    opens, closes = scenario.seconds(window.opens), scenario.seconds(window.closes)

    def told(at: int, state: str, until: int) -> tuple[int, str, dict[str, Any]]:
        moments = [(scenario.start + timedelta(seconds=one)).isoformat() for one in (opened, until)]
        about = {"corridor": corridor, "day": day, "state": state}
        return at, "window", {**about, "opens": moments[0], "closes": moments[1]}

    opened = opens + draw(st.sampled_from((0, 0, 0, 300, 1234, 4000)))
    if opened >= closes or not draw(st.sampled_from((True, True, True, False))):
        return []
    rows = [told(opened, "opened", closes)]
    ended = draw(st.sampled_from(("", "", "cut", "closed", "longer")))
    at = draw(st.integers(opened, closes))
    if ended == "cut":
        rows.append(told(at, "cut", draw(st.integers(at, closes))))
    elif ended == "closed":
        rows.append(told(at, "closed", at))
    elif ended == "longer" and at < closes:
        rows.append(told(at, "announced", closes + 900))
    return rows


@st.composite
def _gates(
    draw: st.DrawFn, corridor: str, moment: st.SearchStrategy[int]
) -> list[tuple[int, str, dict[str, Any]]]:
    rows: list[tuple[int, str, dict[str, Any]]] = []
    for closed in draw(st.sampled_from([[], [], [True], [True, False], [False, True]])):
        about = {"corridor": corridor, "closed": closed, "reason": ""}
        rows.append((draw(moment), "closure", about))
    for share in draw(st.lists(st.sampled_from((0.0, 0.5, 1.0, 2.0)), max_size=2)):
        about = {"corridor": corridor, "persons_share": share, "vehicles_share": 1.0}
        rows.append((draw(moment), "gate", about))
    return rows


@st.composite
def _calls(
    draw: st.DrawFn, movements: list[str], moment: st.SearchStrategy[int]
) -> list[tuple[int, str, dict[str, Any]]]:
    """Draw what becomes of some movements; who is called was held or turned before."""
    rows: list[tuple[int, str, dict[str, Any]]] = []
    for name in draw(st.lists(st.sampled_from(movements), max_size=4, unique=True)):
        about = {"movements": [name]}
        first, second = sorted((draw(moment), draw(moment)))
        rows.append((first, "call", {**about, "state": draw(_AWAY)}))
        if draw(st.booleans()):
            rows.append((second + 1, "call", {**about, "state": draw(_AFTER)}))
    return rows


_AWAY = st.sampled_from(("held", "turned", "home"))
_AFTER = st.sampled_from(("called", "called", "home"))


def _willing(day: Day) -> list[tuple[int, int]]:
    uptake, demand = day.plan.uptake, day.scenario.demand
    pairs = np.ndindex(len(day.scenario.zones), len(day.scenario.groups))
    orders = [demand.willing(z, g, uptake) for z, g in pairs]
    return [(len(one), int(one.sum())) for one in orders]


@settings(max_examples=25, deadline=None)
@given(days())
def test_people_are_conserved_and_who_is_out_stays_out(day: Day) -> None:
    expected = _willing(day)
    out = [0] * len(expected)
    for one in day.states(day.moments()):
        totals = [row.where.total for row in one.people]
        assert [(all_.households, all_.persons) for all_ in totals] == expected
        for row, move in zip(one.movements, day.plan.movements, strict=True):
            assert (row.where.total.households, row.where.total.persons) == (
                move.households,
                move.persons,
            )
            assert row.waiting.persons <= row.where.under_way.persons
        now_out = [row.where.out.persons for row in one.people]
        assert all(after >= before for after, before in zip(now_out, out, strict=True))
        out = now_out


@settings(max_examples=6, deadline=None)
@given(days())
def test_people_are_conserved_if_all_stops_at_any_step(day: Day) -> None:
    expected = _willing(day)
    layout = lay_out(day.scenario, day.plan)
    for at in day.moments()[::2]:
        stop = day.scenario.start + timedelta(seconds=at)
        pages = Pages(records=[one for one in day.pages.records if one.event.at <= stop])
        pages.tell("stop", stop, corridors=[], reason="")
        before = _at(layout, day.pages, at)
        for later in (0.0, 1800.0):
            one = _at(layout, pages, at + later)
            totals = [row.where.total for row in one.people]
            assert [(all_.households, all_.persons) for all_ in totals] == expected
            # Nobody leaves and nobody passes a gate any more; who had passed walks on.
            assert one.where.home.persons >= before.where.home.persons
            through = before.where.out.persons + before.where.corridor.persons
            assert one.where.out.persons <= through + before.where.turned.persons


@settings(max_examples=12, deadline=None)
@given(days(), st.randoms(use_true_random=False))
def test_the_order_of_records_and_doubles_do_not_matter(day: Day, shuffler: random.Random) -> None:
    now = day.scenario.start + timedelta(hours=1)
    first = state(day.scenario, day.plan, day.pages.records, now)
    again = [*day.pages.records, *day.pages.records[:3]]
    shuffler.shuffle(again)
    assert state(day.scenario, day.plan, again, now) == first


@settings(max_examples=12, deadline=None)
@given(days(), st.integers(0, 5000))
def test_what_happens_later_does_not_bear_on_a_state(day: Day, at_s: int) -> None:
    now = day.scenario.start + timedelta(seconds=at_s)
    known_by_then = [one for one in day.pages.records if one.event.at <= now]
    both = [state(day.scenario, day.plan, some, now) for some in (day.pages.records, known_by_then)]
    assert both[0] == both[1]


@settings(max_examples=12, deadline=None)
@given(recipes(fair=False))
def test_a_day_that_runs_as_announced_brings_out_all_whom_the_plan_does(recipe: Any) -> None:
    scenario = build(replace(recipe, spread=1.0, holding_persons=1000.0))
    plan = greedy_plan(scenario)
    pages = Pages()
    pages.open_all(scenario)
    last = max(one.closes for one in scenario.windows)
    # Who passes in the last step is out within that step, which may end after the closing.
    end = last + timedelta(seconds=scenario.planning.step_s)
    found = state(scenario, plan, pages.records, end)
    assert found.where.out.persons == plan.persons
    assert found.where.turned.persons == 0
    for gate in found.gates:
        assert gate.passed == gate.planned
