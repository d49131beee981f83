"""The conditions as they are known: windows, gates, consents, and those who cannot be moved."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clearway.model.agreement import Agreement, Consent
from clearway.model.corridor import GateChange
from clearway.model.facts import Text
from clearway.model.rates import PERSONS, Shares
from clearway.model.scenario import Scenario
from clearway.operate.known import Known, known
from clearway.operate.state_gates import open_spans
from tests.operate.events import Pages, opened
from tests.scenarios import ASSUMED, at_hour, one_corridor, two_ambulances, two_days, two_gates

HOUR = 3600
PARTY = Text("Party A", "الطرف أ")


def _known(scenario: Scenario, pages: Pages, hour: float) -> Known:
    return known(scenario, pages.records, at_hour(hour))


def _spans(found: Known, corridor: int = 0) -> tuple[tuple[float, float], ...]:
    return open_spans(found.scenario, corridor, PERSONS)


def _hours(found: Known, row: int = 0) -> tuple[datetime, datetime]:
    window = found.scenario.windows[row]
    return window.opens, window.closes


def test_a_window_that_opened_as_announced_stays_as_it_was() -> None:
    scenario = one_corridor()
    found = _known(scenario, opened(scenario), 9)
    assert found.scenario.windows == scenario.windows
    assert found.scenario.changes == ()
    assert found.windows[0].opened
    assert not found.windows[0].late


def test_until_an_opening_is_told_the_gate_is_shut_and_expected_at_any_moment() -> None:
    scenario = one_corridor()
    found = _known(scenario, Pages(), 9)
    assert found.windows[0].late
    assert found.scenario.windows == scenario.windows
    assert _spans(found) == ((HOUR + 1, 2 * HOUR),)
    before = _known(scenario, Pages(), 7.5)
    assert not before.windows[0].late
    assert before.scenario.changes == ()
    assert _spans(_known(scenario, Pages(), 11)) == ()


def test_a_late_opening_keeps_the_start_and_shuts_the_gate_until_then() -> None:
    scenario = one_corridor()
    pages = Pages()
    pages.window("C1", "opened", 9.25, (9.25, 10))
    found = _known(scenario, pages, 9.5)
    assert found.scenario.start == scenario.start
    assert _hours(found) == (at_hour(8), at_hour(10))
    (change,) = found.scenario.changes
    assert (change.since, change.until) == (at_hour(8), at_hour(9.25))
    assert (change.persons_share, change.vehicles_share) == (0, 0)
    assert change.source.startswith("log:")


def test_a_later_opening_that_is_announced_is_no_opening() -> None:
    scenario = one_corridor()
    pages = Pages()
    pages.window("C1", "announced", 7, (9, 11))
    found = _known(scenario, pages, 8.5)
    assert not found.windows[0].late
    assert _spans(found) == ((HOUR, 3 * HOUR),)
    assert _hours(found) == (at_hour(8), at_hour(11))
    assert _known(scenario, pages, 9).windows[0].late


def test_an_earlier_opening_does_not_move_the_start() -> None:
    """Seconds in the plan count from the first opening that was announced."""
    scenario = two_days()
    pages = Pages()
    pages.window("C1", "announced", 7, (7.5, 9))
    pages.window("C1", "announced", 10, (31, 33))
    found = _known(scenario, pages, 11)
    assert found.scenario.start == scenario.start
    assert _hours(found, 1) == (at_hour(31), at_hour(33))


def test_a_cut_window_closes_when_it_is_told() -> None:
    scenario = one_corridor()
    pages = opened(scenario)
    pages.window("C1", "cut", 8.5, (8, 9))
    assert _hours(_known(scenario, pages, 8.4)) == (at_hour(8), at_hour(10))
    found = _known(scenario, pages, 8.5)
    assert _hours(found) == (at_hour(8), at_hour(9))
    assert "cut" in found.scenario.windows[0].source
    assert [closes for _, closes in found.windows[0].closings] == [2 * HOUR, 2 * HOUR, HOUR]


def test_a_window_cut_before_it_opened_can_still_open() -> None:
    scenario = one_corridor()
    pages = Pages()
    pages.window("C1", "cut", 7, (8, 9))
    assert _spans(_known(scenario, pages, 7.5)) == ((0, HOUR),)
    pages.window("C1", "closed", 7.6, (8, 8))
    assert _spans(_known(scenario, pages, 7.7)) == ()
    assert _hours(_known(scenario, pages, 7.7)) == (at_hour(8), at_hour(10))


def test_a_window_that_closed_and_opens_again_has_a_gap() -> None:
    scenario = one_corridor()
    pages = opened(scenario)
    pages.window("C1", "closed", 8.5, (8, 8.5))
    pages.window("C1", "opened", 9, (9, 10.5))
    found = _known(scenario, pages, 9.5)
    assert _spans(found) == ((0, HOUR / 2), (HOUR, 2.5 * HOUR))
    assert _hours(found) == (at_hour(8), at_hour(10.5))


def test_an_opening_told_twice_is_one() -> None:
    scenario = one_corridor()
    pages = opened(scenario)
    pages.window("C1", "opened", 8.2, (8.1, 11))
    found = _known(scenario, pages, 9)
    assert _spans(found) == ((HOUR / 10, 3 * HOUR),)


def test_a_window_of_a_day_that_was_not_announced_comes_last() -> None:
    scenario = one_corridor()
    pages = opened(scenario)
    pages.window("C1", "announced", 9, (32, 34))
    found = _known(scenario, pages, 9.5)
    assert found.scenario.windows[0] == scenario.windows[0]
    assert _hours(found, 1) == (at_hour(32), at_hour(34))
    assert _known(scenario, pages, 33).windows[1].late


def test_windows_that_grow_into_the_next_end_there() -> None:
    scenario = two_days()
    pages = opened(scenario)
    pages.window("C1", "announced", 8.5, (8, 40))
    found = _known(scenario, pages, 8.6)
    assert _hours(found) == (at_hour(8), at_hour(32))


def test_records_of_windows_that_make_no_sense_are_shown_and_not_used() -> None:
    scenario = one_corridor()
    pages = Pages()
    senseless = [
        pages.window("C1", "announced", 7, (10, 9)),
        pages.window("C1", "opened", 8, (9, 9)),
        pages.window("C1", "cut", 8, (30, 31)),
        pages.window("C7", "opened", 8, (8, 10)),
    ]
    found = _known(scenario, pages, 9)
    assert {one.hash for one in found.odd} == {one.hash for one in senseless}
    assert found.scenario.windows == scenario.windows


def test_a_day_that_is_no_date_is_taken_as_it_is_written() -> None:
    scenario = one_corridor()
    pages = Pages()
    for state, hours in (("announced", (20, 21)), ("cut", (20, 20.5))):
        opens, closes = (at_hour(one).isoformat() for one in hours)
        about = {"corridor": "C1", "day": "tonight ", "state": state}
        pages.tell("window", 9, **about, opens=opens, closes=closes)
    assert _hours(_known(scenario, pages, 9.5), 1) == (at_hour(20), at_hour(20.5))


def test_a_closed_gate_stays_closed_whatever_share_is_told_until_it_is_open_again() -> None:
    scenario = one_corridor()
    pages = opened(scenario)
    pages.tell("closure", 8.25, corridor="C1", closed=True, reason="shelling")
    pages.tell("gate", 8.5, corridor="C1", persons_share=0.5, vehicles_share=1)
    assert _known(scenario, pages, 8.6).closed == {"C1"}
    assert _spans(_known(scenario, pages, 8.6)) == ((0, HOUR / 4),)
    pages.tell("closure", 9, corridor="C1", closed=False, reason="")
    found = _known(scenario, pages, 9.5)
    assert found.closed == frozenset()
    assert _spans(found) == ((0, HOUR / 4), (HOUR, 2 * HOUR))
    assert Shares(found.scenario, "C1").at([HOUR * 1.5]).tolist() == [0.5]  # type: ignore[arg-type]


def test_a_stop_of_all_is_one_of_each_and_ends_where_it_is_resumed() -> None:
    scenario = two_gates()
    pages = opened(scenario)
    pages.tell("stop", 8.5, corridors=[], reason="")
    pages.tell("resume", 9, corridors=["C2"], reason="")
    found = _known(scenario, pages, 9.5)
    assert found.stopped == {"C1"}
    assert _spans(found, 0) == ((0, HOUR / 2),)
    assert _spans(found, 1) == ((0, HOUR / 2), (HOUR, 2 * HOUR))


def test_a_stop_told_twice_and_one_of_an_unknown_corridor() -> None:
    scenario = one_corridor()
    pages = opened(scenario)
    pages.tell("resume", 8.1, corridors=[], reason="")
    pages.tell("stop", 8.5, corridors=["C1"], reason="")
    strange = pages.tell("stop", 8.6, corridors=["C1", "C9"], reason="")
    pages.tell("resume", 8.75, corridors=[], reason="")
    found = _known(scenario, pages, 9)
    assert found.stopped == frozenset()
    assert _spans(found) == ((0, HOUR / 2), (0.75 * HOUR, 2 * HOUR))
    assert [one.hash for one in found.odd] == [strange.hash]


def test_a_closure_from_long_before_holds_still() -> None:
    scenario = one_corridor()
    pages = opened(scenario)
    pages.tell("closure", -200, corridor="C1", closed=True, reason="")
    found = _known(scenario, pages, 9)
    assert _spans(found) == ()
    assert found.closed == {"C1"}


def test_a_stop_and_its_end_at_one_moment_are_nothing() -> None:
    scenario = one_corridor()
    pages = opened(scenario)
    pages.tell("closure", 8.5, corridor="C1", closed=True, reason="")
    pages.tell("closure", 8.5, corridor="C1", closed=False, reason="")
    assert _known(scenario, pages, 9).scenario.changes == ()


def test_what_was_planned_for_a_gate_holds_until_something_else_is_told() -> None:
    planned = GateChange("C1", at_hour(9), at_hour(9.5), 0.5, 0.5, "the plan of the gate")
    scenario = one_corridor().replace(changes=(planned,))
    pages = opened(scenario)
    assert _known(scenario, pages, 8.5).scenario.changes == (planned,)
    pages.tell("gate", 8.5, corridor="C1", persons_share=2, vehicles_share=1)
    found = Shares(_known(scenario, pages, 8.6).scenario, "C1")
    at = [HOUR * (one - 8) for one in (8.25, 8.75, 9.25, 9.75)]
    assert found.at(at).tolist() == [1.0, 2.0, 0.5, 2.0]  # type: ignore[arg-type]


def test_changes_of_one_gate_are_apart_in_time() -> None:
    scenario = two_gates()
    pages = Pages()
    pages.window("C1", "opened", 8.3, (8.3, 10))
    for hour, share in ((8.1, 0.5), (8.5, 0.0), (8.7, 3)):
        pages.tell("gate", hour, corridor="C1", persons_share=share, vehicles_share=1)
    pages.tell("closure", 8.4, corridor="C1", closed=True, reason="")
    pages.tell("stop", 8.6, corridors=[], reason="")
    pages.tell("closure", 8.8, corridor="C1", closed=False, reason="")
    changes = [one for one in _known(scenario, pages, 9).scenario.changes if one.corridor == "C1"]
    spans = [(one.since, one.until) for one in changes]
    assert all(first[1] <= second[0] for first, second in pairwise(spans))
    assert [one.persons_share for one in changes] == [0, 0.5, 0, 0]


@settings(max_examples=25, deadline=None)
@given(st.lists(st.tuples(st.integers(-60, 130), st.integers(0, 6)), max_size=8))
def test_where_a_gate_serves_it_is_open_and_neither_closed_nor_stopped(
    told: list[tuple[int, int]],
) -> None:
    scenario = one_corridor()
    pages = opened(scenario)
    for minute, what in told:
        hour = 8 + minute / 60
        about = {"corridor": "C1", "closed": what == 0, "reason": ""}
        share = {"corridor": "C1", "persons_share": what / 2, "vehicles_share": 1}
        if what < 2:
            pages.tell("closure", hour, **about)
        elif what < 4:
            pages.tell(("stop", "resume")[what - 2], hour, corridors=[], reason="")
        else:
            pages.tell("gate", hour, **share)
    for minute in range(0, 121, 20):
        found = _known(scenario, pages, 8 + minute / 60)
        serves = any(since <= minute * 60 < until for since, until in _spans(found))
        assert serves == (minute < 120 and not found.closed and not found.stopped)


def test_patients_who_refused_or_died_are_not_to_be_moved_and_the_moved_stay_in_the_plan() -> None:
    scenario = two_ambulances()
    pages = opened(scenario)
    for code, state in (
        ("P1", "moved"),
        ("P2", "refused"),
        ("P3", "died waiting"),
        ("P4", "consented"),
        ("P9", "moved"),
    ):
        pages.tell("patient", 8.5, code=code, state=state, place="")
    states = {one.code: one.state for one in _known(scenario, pages, 9).scenario.care.patients}
    assert states == {
        "P1": "listed",
        "P2": "refused",
        "P3": "died waiting",
        "P4": "consented",
        "P5": "listed",
    }


def test_lost_vehicles_are_lost_until_something_is_heard_of_them() -> None:
    scenario = two_ambulances()
    pages = opened(scenario)
    pages.tell("vehicle", 8.5, vehicle="amb-01", trip=1, state="lost")
    pages.tell("vehicle", 8.6, vehicle="bus-01", trip=1, state="lost")
    pages.tell("vehicle", 8.7, vehicle="amb-01", trip=1, state="arrived")
    assert dict(_known(scenario, pages, 8.65).lost) == {"amb-01": 1800, "bus-01": 2160}
    assert dict(_known(scenario, pages, 9).lost) == {"bus-01": 2160}


def _agreed(**changes: object) -> Scenario:
    consent = Consent("A1", PARTY, "local", ("C1", "C2"), "notified", "", None, ASSUMED)
    return two_gates().replace(agreement=Agreement(consents=(replace(consent, **changes),)))  # type: ignore[arg-type]


def _consent(pages: Pages, hour: float, corridors: list[str], **changes: object) -> str:
    told = {
        "id": "A1",
        "party": "Party A",
        "level": "local",
        "corridors": corridors,
        "state": "given",
        "evidence": "letter",
        "expires": None,
        **changes,
    }
    return pages.tell("consent", hour, **told).hash


def test_a_consent_of_the_log_takes_the_place_of_what_was_said_of_its_corridors() -> None:
    pages = Pages()
    _consent(pages, 7, ["C1"])
    found = _known(_agreed(), pages, 8).scenario.agreement.consents
    assert [(one.id, one.corridors, one.state) for one in found] == [
        ("A1", ("C2",), "notified"),
        ("A1/2", ("C1",), "given"),
    ]
    assert found[1].party == PARTY
    _consent(pages, 7.5, ["C1", "C2"], state="withdrawn", party="الطرف أ", id="A2")
    (last,) = _known(_agreed(), pages, 8).scenario.agreement.consents
    assert (last.id, last.corridors, last.state) == ("A2", ("C1", "C2"), "withdrawn")


def test_a_party_that_nobody_knew_and_another_level_stand_beside() -> None:
    pages = Pages()
    _consent(pages, 7, ["C1"], party="Party B")
    _consent(pages, 7, ["C1"], level="gate", expires=at_hour(10).isoformat())
    found = _known(_agreed(), pages, 8).scenario.agreement.consents
    assert [one.corridors for one in found] == [("C1", "C2"), ("C1",), ("C1",)]
    assert found[1].party == Text("Party B", "Party B")
    assert found[2].expires == at_hour(10)
    assert len({one.id for one in found}) == 3


@pytest.mark.parametrize(
    "changes", [{"evidence": " "}, {"corridors": []}, {"corridors": ["C1", "C8"]}]
)
def test_a_consent_without_evidence_or_corridor_is_shown_and_not_used(
    changes: dict[str, object],
) -> None:
    pages = Pages()
    name = _consent(pages, 7, **{"corridors": ["C1"], **changes})  # type: ignore[arg-type]
    found = _known(_agreed(), pages, 8)
    assert [one.state for one in found.scenario.agreement.consents] == ["notified"]
    assert [one.hash for one in found.odd] == [name]
