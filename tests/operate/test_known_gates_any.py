"""What gates do over time, against looking at every minute by itself."""

from __future__ import annotations

from itertools import pairwise
from typing import NamedTuple

from hypothesis import given, settings
from hypothesis import strategies as st

from clearway.model.corridor import GateChange
from clearway.model.scenario import Scenario
from clearway.operate.known import Known, known
from tests.operate.events import Pages
from tests.scenarios import ASSUMED, at_hour, two_gates

MINUTE = 60
CORRIDORS = ("C1", "C2")
#: Events stand at whole minutes, moments that are looked at between them.
MINUTES = st.integers(-30, 130)
SHARES = st.sampled_from((0.0, 0.25, 1.0, 2.0))


class Told(NamedTuple):
    """One thing that a record says of a gate."""

    kind: str
    minute: int
    corridor: str
    share: float


TOLD = st.lists(
    st.builds(
        Told,
        st.sampled_from(("closed", "open", "gate", "stop", "resume", "stop all", "resume all")),
        MINUTES,
        st.sampled_from(CORRIDORS),
        SHARES,
    ),
    max_size=8,
    unique_by=lambda one: one.minute,
)


def pages(scenario: Scenario, told: list[Told]) -> Pages:
    """Return a log in which both windows opened as announced, and that was told."""
    book = Pages()
    book.open_all(scenario)
    for one in told:
        at = at_hour(8 + one.minute / 60)
        if one.kind in {"closed", "open"}:
            book.tell("closure", at, corridor=one.corridor, closed=one.kind == "closed", reason="")
        elif one.kind == "gate":
            shares = {"persons_share": one.share, "vehicles_share": one.share / 2}
            book.tell("gate", at, corridor=one.corridor, **shares)
        else:
            named = [] if one.kind.endswith("all") else [one.corridor]
            book.tell(one.kind.split()[0], at, corridors=named, reason="")
    return book


def plain(told: list[Told], corridor: str, minute: float) -> tuple[float, float]:
    """Return both shares at a moment: the last word on closing, on stopping and on the rate."""
    closed = stopped = False
    shares = (1.0, 1.0)
    for one in sorted(told, key=lambda one: one.minute):
        here = one.corridor == corridor or one.kind.endswith("all")
        if one.minute > minute or not here:
            continue
        if one.kind in {"closed", "open"}:
            closed = one.kind == "closed"
        elif one.kind == "gate":
            shares = (one.share, one.share / 2)
        else:
            stopped = one.kind.startswith("stop")
    return (0.0, 0.0) if closed or stopped else shares


def found(conditions: Known, corridor: str, minute: float) -> tuple[float, float]:
    """Return both shares at a moment by the changes that were worked out; at most one holds."""
    at = at_hour(8 + minute / 60)
    held = [
        (one.persons_share, one.vehicles_share)
        for one in conditions.scenario.changes
        if one.corridor == corridor and one.since <= at < one.until
    ]
    assert len(held) <= 1
    return held[0] if held else (1.0, 1.0)


@settings(max_examples=60)
@given(TOLD)
def test_at_every_minute_a_gate_does_what_was_told_last(told: list[Told]) -> None:
    scenario = two_gates()
    conditions = known(scenario, pages(scenario, told).records, at_hour(10.5))
    edges = sorted({-29, 121, *(one.minute for one in told)})
    for one, two in pairwise([*edges, 122]):
        for minute in (one, (one + two) / 2):
            if not 0 <= minute < 120:
                continue  # outside of its hours a gate lets nobody through anyway
            for corridor in CORRIDORS:
                assert found(conditions, corridor, minute) == plain(told, corridor, minute)


@settings(max_examples=40)
@given(TOLD, st.integers(0, 119))
def test_what_is_still_to_come_changes_nothing_now(told: list[Told], minute: int) -> None:
    scenario = two_gates()
    now = at_hour(8 + minute / 60)
    past = [one for one in told if one.minute <= minute]
    all_told = known(scenario, pages(scenario, told).records, now)
    some_told = known(scenario, pages(scenario, past).records, now)
    assert all_told.scenario.changes == some_told.scenario.changes
    assert (all_told.closed, all_told.stopped) == (some_told.closed, some_told.stopped)


@settings(max_examples=40)
@given(TOLD)
def test_changes_of_one_gate_lie_apart_and_say_something(told: list[Told]) -> None:
    scenario = two_gates()
    conditions = known(scenario, pages(scenario, told).records, at_hour(10.5))
    for corridor in CORRIDORS:
        own = [one for one in conditions.scenario.changes if one.corridor == corridor]
        assert all(one.until <= two.since for one, two in pairwise(own))
        assert all((one.persons_share, one.vehicles_share) != (1.0, 1.0) for one in own)
        joined = [(one, two) for one, two in pairwise(own) if one.until == two.since]
        assert all(
            (one.persons_share, one.vehicles_share, one.source)
            != (two.persons_share, two.vehicles_share, two.source)
            for one, two in joined
        )


@given(st.integers(0, 60), st.integers(61, 119), SHARES, SHARES)
def test_a_share_that_is_told_takes_the_place_of_the_one_planned(
    since: int, minute: int, planned: float, share: float
) -> None:
    begins, ends = at_hour(8 + since / 60), at_hour(10)
    scenario = two_gates()
    scenario = scenario.replace(
        changes=(GateChange("C1", begins, ends, planned, planned, ASSUMED),)
    )
    told = [Told("gate", minute, "C1", share)]
    conditions = known(scenario, pages(scenario, told).records, at_hour(10.5))
    assert found(conditions, "C1", since) == (planned, planned)
    assert found(conditions, "C1", minute - 1) == (planned, planned)
    assert found(conditions, "C1", minute) == (share, share / 2)
    if since:
        assert found(conditions, "C1", since - 1) == (1.0, 1.0)
    assert found(conditions, "C2", minute) == (1.0, 1.0)
