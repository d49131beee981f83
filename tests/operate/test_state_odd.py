"""Nothing is dropped in silence: what cannot be used is listed, and changes nothing."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clearway.model.agreement import Agreement, Notification
from clearway.model.event import CASE_STATES, CONVOY_STATES, VEHICLE_STATES
from clearway.model.state import State
from clearway.operate.ledger import ledger
from clearway.operate.state import state
from tests.judge.sound import sound
from tests.operate.events import Pages, opened
from tests.scenarios import at_hour

DAY = "2016-10-20"
NOTICE = {
    "party": "Party A",
    "level": "gate",
    "corridors": ["C1"],
    "window": DAY,
    "channel": "VHF 1",
    "state": "notified",
    "evidence": "",
}
CONSENT = {
    "id": "K1",
    "party": "Party A",
    "level": "gate",
    "corridors": ["C1"],
    "state": "given",
    "evidence": "letter",
    "expires": None,
}
SHARES = {"corridor": "C9", "persons_share": 0.5, "vehicles_share": 0.5}
HOURS = {"since": at_hour(8).isoformat(), "until": at_hour(9).isoformat()}

#: What is told of something that is not there, or fits nothing.
STRANGE: tuple[tuple[str, dict[str, Any]], ...] = (
    ("patient", {"code": "P99", "state": "moved", "place": ""}),
    ("patient", {"code": "p1", "state": "moved", "place": ""}),
    ("vehicle", {"vehicle": "bus-09", "trip": 1, "state": "left"}),
    ("vehicle", {"vehicle": "bus-09", "trip": 0, "state": "lost"}),
    ("vehicle", {"vehicle": "bus-01", "trip": 3, "state": "left"}),
    ("vehicle", {"vehicle": "bus-01", "trip": 0, "state": "boarded"}),
    ("vehicle", {"vehicle": "bus-01", "trip": 1, "state": "back"}),
    ("convoy", {"convoy": "A9", "state": "left"}),
    ("call", {"movements": ["M404"], "state": "held"}),
    ("closure", {"corridor": "C9", "closed": True, "reason": ""}),
    ("gate", SHARES),
    ("count", {"corridor": "C9", "persons": 5, **HOURS}),
    ("stop", {"corridors": ["C9"], "reason": ""}),
    ("consent", {**CONSENT, "evidence": " "}),
    ("consent", {**CONSENT, "corridors": ["C9"]}),
    ("notice", {**NOTICE, "corridors": ["C9"]}),
    ("notice", {**NOTICE, "window": "20.10.2016"}),
    ("notice", {**NOTICE, "window": "2016-10-22"}),
    ("notice", {**NOTICE, "window": "C1", "corridors": []}),
    ("confirmation", {"of": "0" * 64, "role": "lead", "agrees": True}),
    ("correction", {"of": "0" * 64, "reason": "wrong", "instead": None}),
)


def _told(pages: Pages, hour: float = 9.0) -> State:
    return state(*sound("aid_in"), pages.records, at_hour(hour))


@pytest.mark.parametrize(("kind", "about"), STRANGE)
def test_a_record_that_fits_nothing_is_listed_and_changes_nothing(
    kind: str, about: dict[str, Any]
) -> None:
    pages = opened(sound("aid_in")[0])
    before = _told(pages)
    record = pages.tell(kind, 8.5, **about)
    after = _told(pages)
    assert [one.hash for one in after.odd] == [record.hash]
    assert all(one.text.en and one.text.ar for one in after.odd)
    lost = ("bus-09",) if about.get("state") == "lost" else ()
    assert replace(after, odd=(), lost=()) == before
    assert after.lost == lost


@pytest.mark.parametrize(("kind", "about"), STRANGE)
def test_what_is_not_yet_so_is_not_listed(kind: str, about: dict[str, Any]) -> None:
    pages = opened(sound("aid_in")[0])
    before = _told(pages, 8.4)
    pages.tell(kind, 8.5, **about)
    found = _told(pages, 8.4)
    # What a record corrects or stands for is of no moment: it is said at once.
    expected = 1 if kind in {"confirmation", "correction"} else 0
    assert len(found.odd) == expected
    assert replace(found, odd=()) == before


@pytest.mark.parametrize(
    ("kind", "about"),
    [
        ("notice", NOTICE),
        ("notice", {**NOTICE, "corridors": []}),
        ("notice", {**NOTICE, "window": " 2016-10-21 "}),
        ("notice", {**NOTICE, "window": "20161020"}),
        ("consent", CONSENT),
        ("vehicle", {"vehicle": "bus-01", "trip": 2, "state": "back"}),
        ("vehicle", {"vehicle": "bus-01", "trip": 0, "state": "lost"}),
        ("observation", {"corridor": "C9", "zone": "Z9", "text": "smoke"}),
        ("decision", {"id": "1", "text": "go", "alternatives": [], "role": "x", "review": None}),
    ],
)
def test_what_is_used_or_only_kept_is_not_listed(kind: str, about: dict[str, Any]) -> None:
    pages = opened(sound("aid_in")[0])
    pages.tell(kind, 8.5, **about)
    assert _told(pages).odd == ()


@pytest.mark.parametrize("state_told", CASE_STATES)
def test_every_state_of_a_listed_patient_is_used(state_told: str) -> None:
    pages = opened(sound("aid_in")[0])
    pages.tell("patient", 8.5, code="P1", state=state_told, place="")
    found = _told(pages)
    assert found.odd == ()
    (case,) = (one for one in found.cases if one.code == "P1")
    assert case.state == state_told


@given(st.sampled_from(VEHICLE_STATES), st.integers(0, 4), st.sampled_from(["bus-01", "amb-02"]))
@settings(max_examples=40)
def test_a_vehicle_is_heard_of_at_the_points_of_its_trips_alone(
    told: str, trip: int, vehicle: str
) -> None:
    trips = {"bus-01": 2, "amb-02": 1}[vehicle]
    pages = opened(sound("aid_in")[0])
    pages.tell("vehicle", 8.5, vehicle=vehicle, trip=trip, state=told)
    fits = told == "lost" or (trip == trips if told == "back" else 1 <= trip <= trips)
    assert len(_told(pages).odd) == (0 if fits else 1)


@pytest.mark.parametrize("told", CONVOY_STATES)
def test_every_state_of_a_convoy_is_used(told: str) -> None:
    pages = opened(sound("aid_in")[0])
    pages.tell("convoy", 8.2, convoy="A1", state=told)
    found = _told(pages, 8.2)
    assert found.odd == ()
    assert found.convoys[0].told


def test_a_notice_that_is_listed_as_odd_is_none_in_the_ledger() -> None:
    scenario = sound("aid_in")[0]
    told = Notification(None, at_hour(48) - at_hour(0), "assumed: for tests")
    scenario = scenario.replace(agreement=Agreement(notification=told))
    for window, states in ((DAY, ["notified", ""]), ("20161021", ["", "notified"]), ("x", None)):
        pages = Pages()
        pages.tell("notice", 7, **{**NOTICE, "window": window})
        found = ledger(scenario, pages.records, at_hour(7.5))
        rows = [[row for row in one.rows if row.party is not None] for one in found.windows]
        if states is None:
            assert rows == [[], []]
        else:
            assert [row.notice.state for many in rows for row in many] == states
