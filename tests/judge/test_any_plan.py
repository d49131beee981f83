"""Whatever a plan holds, the judge gives a verdict."""

from __future__ import annotations

import json
import math
from typing import Any

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from clearway.errors import ScenarioError
from clearway.judge import judge
from clearway.model.facts import Text
from clearway.model.plan import LEVELS, PARTIAL, Level, Movement, Plan, Status
from clearway.model.rules import GateRule, LastDeparture, Rules
from clearway.model.verdict import RULES, Verdict
from tests.plans import ways_out
from tests.scenarios import four_sides

SCENARIO = four_sides()
ROUTES = [way.links for way in ways_out(SCENARIO).values()]
LINKS = SCENARIO.network.links.id.tolist()

odd_numbers: st.SearchStrategy[Any] = st.one_of(
    st.integers(),
    st.integers(-(10**40), 10**40),
    st.floats(),
    st.sampled_from((None, "900", True, 2**63, -(2**63), math.nan, math.inf, 1e308)),
)
odd_names: st.SearchStrategy[Any] = st.one_of(
    st.text(), st.none(), st.integers(), st.sampled_from(("Z1", "G1", "C1", "\ud800", "a\nb"))
)


def names(*known: str) -> st.SearchStrategy[Any]:
    """Mostly names that exist."""
    return st.one_of(st.sampled_from(known), st.sampled_from(known), odd_names)


routes: st.SearchStrategy[Any] = st.one_of(
    st.sampled_from(ROUTES),
    st.sampled_from(ROUTES).map(lambda route: route[1:]),
    st.sampled_from(ROUTES).map(lambda route: route + route[::-1]),
    st.lists(st.sampled_from(LINKS), min_size=1, max_size=40).map(tuple),
    st.lists(odd_numbers, min_size=1, max_size=4).map(tuple),
    st.sampled_from((7, "abc", [1001, 1002], ((1001,),), (True, 1001), tuple(range(5000)))),
)
departures: st.SearchStrategy[Any] = st.one_of(
    st.integers(-100, 2000).map(lambda n: n * 60), odd_numbers
)
counts: st.SearchStrategy[Any] = st.one_of(st.integers(0, 60), st.floats(0, 1e9), st.just(10**9))


@st.composite
def movements(draw: st.DrawFn) -> list[Movement]:
    """Draw movements as odd as the noun allows."""
    found = []
    for n in range(draw(st.integers(0, 6))):
        households = draw(counts)
        try:
            found.append(
                Movement(
                    id=f"{n}{draw(st.text(max_size=3))}",
                    zone=draw(names("Z1", "Z2", "Z9")),
                    group=draw(names("G1", "G2")),
                    corridor=draw(names("C1", "C2", "C4")),
                    links=draw(routes),
                    depart_s=draw(departures),
                    first_household=draw(counts),
                    households=households,
                    persons=draw(st.sampled_from((1, 2.5, 9))) * households,
                )
            )
        except ScenarioError:
            continue  # The noun refuses it: there is no such plan.
    return found


amounts: st.SearchStrategy[Any] = st.one_of(
    st.floats(0, 1e6), st.sampled_from((0.0, math.inf, 200.0, 1e300))
)
times: st.SearchStrategy[Any] = st.lists(st.floats(0, 86_400), max_size=3).map(tuple)


def odd_gate(draw: st.DrawFn, corridor: Any) -> GateRule:
    """Draw a rule for one gate."""
    entries = draw(times)
    again = draw(st.sampled_from(((), entries, (0.0,) * len(entries))))
    return GateRule(
        corridor=corridor,
        hold_queue_persons=draw(amounts),
        hold_called_persons=draw(amounts),
        open_persons=draw(amounts),
        last_entry_s=entries,
        turn_m=draw(st.floats(0, 1e6)),
        last_entry_recheck_s=again,
        open_recheck_persons=draw(amounts),
    )


@st.composite
def odd_rules(draw: st.DrawFn) -> Rules:
    """Draw rules for gates as odd as the nouns allow."""
    corridors = draw(st.lists(names("C1", "C2", "C3", "C4"), max_size=5, unique=True))
    gates = tuple(odd_gate(draw, one) for one in corridors)
    key = st.tuples(names("Z1", "Z2"), names("G1", "G2"), names("C1", "C2"))
    keys = draw(st.lists(key, max_size=4, unique=True))
    departures = tuple(LastDeparture(*one, draw(st.floats(0, 604_800))) for one in keys)
    return Rules(draw(st.floats(0, 1)), gates, departures)


@st.composite
def plans(draw: st.DrawFn) -> Plan:
    """Draw plans as odd as the noun allows."""
    moves = draw(movements())
    assume(len({move.id for move in moves}) == len(moves))
    rules = draw(st.none() | odd_rules())
    levels = tuple(
        Level(name, draw(odd_numbers), draw(odd_numbers))
        for name in draw(st.lists(st.sampled_from(LEVELS), max_size=4))
    )
    status = Status(PARTIAL, Text("Drawn.", "عشوائي."))
    willing, uptake = draw(odd_numbers), draw(odd_numbers)
    return Plan(draw(odd_names), tuple(moves), levels, status, willing, uptake, rules)


@settings(max_examples=200, deadline=None)
@given(plans())
def test_any_plan_gets_a_verdict(plan: Plan) -> None:
    verdict = judge(SCENARIO, plan)
    _check(verdict)
    assert 0 <= verdict.people_out <= sum(move.persons for move in plan.movements) + 1
    assert verdict.exposure_person_hours >= 0


@settings(max_examples=50, deadline=None)
@given(plans())
def test_places_stand_once_a_rule(plan: Plan) -> None:
    found = [(breach.rule, breach.where) for breach in judge(SCENARIO, plan).breaches]
    levels = [level.name for level in plan.levels]
    assume(len(set(levels)) == len(levels))
    assert len(set(found)) == len(found)


def _check(verdict: Verdict) -> None:
    assert verdict.feasible == (not verdict.breaches)
    for breach in verdict.breaches:
        assert breach.rule in RULES
        assert breach.where
        assert breach.text.endswith(".")
        json.dumps([breach.value, breach.limit], allow_nan=False)
    assert sum(verdict.out_by_zone) == sum(verdict.out_by_group) == verdict.people_out
    assert sum(count for _, count in verdict.out_by_day) == verdict.people_out
    json.dumps([verdict.hours_until_out, verdict.exposure_person_hours], allow_nan=False)
