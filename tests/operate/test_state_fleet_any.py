"""Whatever is told of vehicles, convoys and patients, nobody is lost or made."""

from __future__ import annotations

import random
from datetime import timedelta
from itertools import pairwise
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from clearway.model.event import CASE_STATES, CONVOY_STATES, VEHICLE_STATES
from clearway.model.plan import Plan
from clearway.model.scenario import Scenario
from clearway.model.state import LOST, State
from clearway.operate.known import known
from clearway.operate.state import Layout, lay_out, state_in
from tests.judge.sound import sound
from tests.operate.events import Pages, opened

_DAY_S = 14_400


def _town() -> tuple[Scenario, Plan]:
    scenario, plan = sound("aid_in")
    return scenario, plan


@st.composite
def logs(draw: st.DrawFn) -> Pages:
    """Draw what is told of a day's vehicles, convoys, patients and of the gate."""
    scenario, plan = _town()
    pages = opened(scenario)
    vehicles = st.sampled_from(sorted({one.vehicle for one in plan.duties} | {"bus-09"}))
    codes = st.sampled_from([one.code for one in scenario.care.patients])
    kinds: list[tuple[str, st.SearchStrategy[dict[str, Any]]]] = [
        (
            "vehicle",
            st.fixed_dictionaries(
                {
                    "vehicle": vehicles,
                    "trip": st.integers(0, 3),
                    "state": st.sampled_from(VEHICLE_STATES),
                }
            ),
        ),
        (
            "convoy",
            st.fixed_dictionaries(
                {"convoy": st.just("A1"), "state": st.sampled_from(CONVOY_STATES)}
            ),
        ),
        (
            "patient",
            st.fixed_dictionaries(
                {"code": codes, "state": st.sampled_from(CASE_STATES), "place": st.just("")}
            ),
        ),
        ("stop", st.just({"corridors": [], "reason": ""})),
        ("resume", st.just({"corridors": [], "reason": ""})),
        (
            "gate",
            st.fixed_dictionaries(
                {
                    "corridor": st.just("C1"),
                    "persons_share": st.sampled_from((0.0, 0.5, 1.0)),
                    "vehicles_share": st.sampled_from((0.0, 1.0)),
                }
            ),
        ),
    ]
    for _ in range(draw(st.integers(0, 8))):
        kind, about = kinds[draw(st.integers(0, len(kinds) - 1))]
        at = scenario.start + timedelta(seconds=draw(st.integers(0, _DAY_S)))
        pages.tell(kind, at, **draw(about))
    return pages


def _at(layout: Layout, pages: Pages, second: float) -> State:
    now = layout.scenario.start + timedelta(seconds=second)
    return state_in(layout, known(layout.scenario, pages.records, now))


@settings(max_examples=15, deadline=None)
@given(logs())
def test_people_are_conserved_whatever_vehicles_do(pages: Pages) -> None:
    scenario, plan = _town()
    layout = lay_out(scenario, plan)
    willing = _at(layout, Pages(), 0).where.total
    assert willing.persons == plan.willing_persons
    for second in range(-600, _DAY_S + 1200, 1500):
        found = _at(layout, pages, float(second))
        assert found.where.total == willing
        aboard = sum(one.riders for one in found.vehicles)
        assert aboard <= plan.riders
        assert all(one.place == LOST for one in found.vehicles if one.vehicle in found.lost)
        codes = [code for one in found.vehicles for code in one.patients]
        assert len(codes) == len(set(codes))
        assert [one.code for one in found.cases] == [one.code for one in scenario.care.patients]


@settings(max_examples=15, deadline=None)
@given(logs(), st.integers(0, _DAY_S), st.randoms(use_true_random=False))
def test_a_state_with_vehicles_is_the_same_again_and_in_any_order(
    pages: Pages, second: int, shuffler: random.Random
) -> None:
    layout = lay_out(*_town())
    found = _at(layout, pages, float(second))
    mixed = Pages(records=list(pages.records))
    shuffler.shuffle(mixed.records)
    assert _at(layout, mixed, float(second)) == found
    assert _at(lay_out(*_town()), pages, float(second)) == found


@settings(max_examples=25, deadline=None)
@given(logs(), st.integers(0, _DAY_S))
def test_a_case_list_tells_all_the_time_there_was(pages: Pages, second: int) -> None:
    layout = lay_out(*_town())
    for one in _at(layout, pages, float(second)).cases:
        first, *others = one.spans
        assert (first.since_s, first.seconds) == (None, None)
        ends = [span.since_s + span.seconds for span in others]  # type: ignore[operator]
        assert ends[:-1] == [span.since_s for span in others[1:]]
        assert not others or ends[-1] == second
        states = [span.state for span in one.spans]
        assert all(a != b for a, b in pairwise(states))
        assert one.planned in {"", "moved", "handed over"}
        if one.state in {"refused", "died waiting", "handed over"}:
            assert one.planned == ""


@settings(max_examples=15, deadline=None)
@given(logs())
def test_a_vehicle_goes_on_in_its_trip_and_never_back(pages: Pages) -> None:
    """Unless a record says so: without any, places follow one another as in the plan."""
    quiet = Pages(records=[one for one in pages.records if one.event.kind in {"window", "stop"}])
    layout = lay_out(*_town())
    before: dict[str, tuple[int, float]] = {}
    for second in range(0, _DAY_S, 900):
        for one in _at(layout, quiet, float(second)).vehicles:
            now = (one.trip, -1.0 if one.since_s is None else one.since_s)
            assert now >= before.get(one.vehicle, now)
            before[one.vehicle] = now
