"""Whatever the duties of a plan hold, the judge gives a verdict."""

from __future__ import annotations

import json
import math
from dataclasses import fields, replace
from typing import Any

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from clearway.errors import ScenarioError
from clearway.judge import judge
from clearway.judge.matter import NEEDS
from clearway.model.duty import ConvoyRun, Duty, Load, Stop, Trip
from clearway.model.plan import LEVELS, Level, Plan
from clearway.model.verdict import RULES, Verdict
from tests.judge.needed import became
from tests.judge.sound import sound
from tests.judge.test_any_plan import odd_names, odd_numbers

SCENARIO, SOUND = sound("aid_in")
MEMBERS = became(SCENARIO, members=4)
LINKS = SCENARIO.network.links.id.tolist()

near_times: st.SearchStrategy[Any] = st.integers(-600, 100_000)
nothing: st.SearchStrategy[Any] = st.sampled_from((7, "abc", None, [], (), {}, (None,), (1, "x")))
routes: st.SearchStrategy[Any] = st.one_of(
    st.lists(st.sampled_from(LINKS), max_size=9).map(tuple),
    st.lists(odd_numbers, max_size=3).map(tuple),
    st.just(tuple(LINKS) * 3),
    nothing,
)
places: st.SearchStrategy[Any] = st.one_of(
    st.sampled_from(("R1", "H1", "H2", "D1", "C1", "", "Z1", "Z2")), odd_names
)
codes: st.SearchStrategy[Any] = st.one_of(
    st.lists(st.sampled_from(("P1", "P2", "P3", "P4", "P5", "P6")), max_size=4).map(tuple), nothing
)
counts: st.SearchStrategy[Any] = st.one_of(st.integers(0, 30), st.floats(0, 1e9))


def value_for(name: str) -> st.SearchStrategy[Any]:
    """Return odd values for a field, some of them near to what it may be."""
    if name.endswith("_s"):
        return st.one_of(near_times, odd_numbers)
    if name.startswith("links"):
        return routes
    if name == "patients":
        return codes
    if name in {"stops", "loads", "trips"}:
        return nothing
    return places


def mangled(draw: st.DrawFn, noun: Any) -> Any:
    """Return a noun with one or no field changed to something odd that it does not refuse."""
    if draw(st.booleans()):
        return noun
    name = draw(st.sampled_from([field.name for field in fields(noun) if field.name != "id"]))
    try:
        return replace(noun, **{name: draw(value_for(name))})
    except ScenarioError:
        return noun


@st.composite
def loads(draw: st.DrawFn) -> Load:
    """Draw loads as odd as the noun allows."""
    households = draw(counts)
    try:
        persons = draw(st.sampled_from((1, 2.5, 9))) * households
        return Load(
            draw(odd_names | st.sampled_from(("G1", "G2"))), draw(counts), households, persons
        )
    except ScenarioError:
        return Load("G2", 0, 1, 1)


@st.composite
def stops(draw: st.DrawFn, stop: Stop) -> Stop:
    """Draw a stop as it was, or with other loads, or with one field changed."""
    extra = tuple(draw(st.lists(loads(), max_size=2)))
    changed: Stop = mangled(draw, replace(stop, loads=(*stop.loads, *extra)))
    return changed


@st.composite
def trips(draw: st.DrawFn, trip: Trip) -> Trip:
    """Draw a trip with some of its stops, mangled."""
    told = tuple(draw(stops(stop)) for stop in trip.stops)
    if draw(st.booleans()):
        told = told * 2
    changed: Trip = mangled(draw, replace(trip, stops=told))
    return changed


@st.composite
def plans(draw: st.DrawFn) -> Plan:
    """Draw the sound plan with duties and convoys mangled, left out, or there twice."""
    duties = []
    for n, duty in enumerate(draw(st.lists(st.sampled_from(SOUND.duties), max_size=4))):
        told: Any = tuple(draw(trips(trip)) for trip in duty.trips)
        duties.append(mangled(draw, replace(duty, id=f"{n}{duty.id}", trips=told)))
    sent = draw(st.lists(st.sampled_from(SOUND.convoys), max_size=2))
    runs = [mangled(draw, ConvoyRun(run.convoy, draw(trips(run.trip)))) for run in sent]
    levels = tuple(
        Level(name, draw(odd_numbers), draw(odd_numbers))
        for name in draw(st.lists(st.sampled_from(LEVELS), max_size=2, unique=True))
    )
    strange: Any = draw(st.sampled_from(((), (), (), (None,), ("A1",))))
    made = SOUND.replace(duties=tuple(duties), convoys=(*runs, *strange), levels=levels)
    return made if draw(st.booleans()) else made.replace(movements=())


@settings(max_examples=250, deadline=None)
@given(plans())
def test_any_duties_get_a_verdict(plan: Plan) -> None:
    verdict = judge(SCENARIO, plan, MEMBERS)
    _check(verdict)
    assert verdict.decision is not None
    assert {reason.topic for reason in verdict.decision.reasons} >= set(NEEDS)
    assert verdict.care is not None
    assert verdict.care.red_out <= verdict.care.red <= verdict.care.listed == 5
    assert verdict.care.red_out <= verdict.care.out <= verdict.care.listed
    assert verdict.care.out == sum(used for *_, used in verdict.care.beds)
    assert verdict.aid is not None
    assert 0 <= verdict.aid.arrived <= verdict.aid.convoys


@settings(max_examples=60, deadline=None)
@given(plans())
def test_places_stand_once_a_rule(plan: Plan) -> None:
    found = [(breach.rule, breach.where) for breach in judge(SCENARIO, plan).breaches]
    assert len(set(found)) == len(found)


@settings(max_examples=40, deadline=None)
@given(plans(), st.integers(0, 3))
def test_without_a_breach_of_a_trip_its_people_are_out(plan: Plan, take: int) -> None:
    duties = plan.duties[:take]
    assume(all(type(duty) is Duty for duty in duties))
    plan = plan.replace(duties=duties, convoys=(), levels=(), movements=())
    verdict = judge(SCENARIO, plan)
    unsound = {"reference", "trip", "lane", "margin", "duty", "patient", "supply", "household"}
    assume(not {breach.rule for breach in verdict.breaches} & unsound)
    loads = [load for duty in duties for trip in duty.trips for load in trip.loads]
    assert verdict.people_out == sum(load.persons for load in loads)
    assert verdict.care is not None
    assert verdict.care.out == len(plan.patients)


def _check(verdict: Verdict) -> None:
    for breach in verdict.breaches:
        assert breach.rule in RULES
        assert breach.where
        assert breach.text.endswith(".")
        assert breach.text[0].isalnum()
        json.dumps([breach.value, breach.limit], allow_nan=False)
    assert sum(verdict.out_by_zone) == sum(verdict.out_by_group) == verdict.people_out
    assert sum(count for _, count in verdict.out_by_day) == verdict.people_out
    assert math.isfinite(verdict.hours_until_out)
    assert verdict.exposure_person_hours >= 0
