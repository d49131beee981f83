"""What contradicts is shown, whoever merges whose log; what merely follows is not."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest

from clearway.model.event import Event
from clearway.model.record import Head, Record
from clearway.operate.log.conflicts import Conflict, conflicts, in_order, knew
from clearway.seal.chain import event_to_json, head_of, seal
from tests.operate.log.events import at, closure, counted, event, key, observed, window


def apart(*events: tuple[int, Event]) -> list[Record]:
    """Return records of writers who know nothing of each other."""
    heads: dict[int, Head] = {}
    return [_sealed(who, one, heads) for who, one in events]


def told(records: Sequence[Record]) -> list[str]:
    """Return what conflicts, in words, with the numbers of the records."""
    return [one.what for one in conflicts(records)]


def plan(digit: str) -> Event:
    """Return that a plan holds from now on."""
    return event("plan", scenario="0" * 64, plan=digit * 64, version=2)


def patient(state: str, minute: float) -> Event:
    """Return what became of patient P-7."""
    return event("patient", minute, code="P-7", state=state, place="")


def vehicle(state: str, minute: float) -> Event:
    """Return what vehicle B1 does on its first trip."""
    return event("vehicle", minute, vehicle="B1", trip=1, state=state)


def called(state: str, minute: float, *movements: str) -> Event:
    """Return what became of movements."""
    return event("call", minute, movements=list(movements), state=state)


def notice(state: str, minute: float) -> Event:
    """Return what became of a notice."""
    about: dict[str, Any] = {"party": "A", "level": "gate", "corridors": ["C1"]}
    about |= {"window": "2016-10-20", "channel": "radio 3", "evidence": "", "state": state}
    return event("notice", minute, **about)


def stop(kind: str, minute: float, *corridors: str) -> Event:
    """Return that all stops, or goes on."""
    return event(kind, minute, corridors=list(corridors), reason="")


CONTRADICTIONS: list[tuple[Event, Event, str]] = [
    (plan("1"), plan("2"), "plan"),
    (counted(100), counted(90), "count C1"),
    (counted(100, 0, 15), counted(100, 10, 25), "count C1"),
    (window("opened", 5), window("opened", 6, opens=30), "window C1 2016-10-20"),
    (window("announced", 5), window("announced", 6, closes=60), "window C1 2016-10-20"),
    (window("cut", 5, closes=5), window("opened", 9), "window C1 2016-10-20"),
    (closure(closed=True, minute=5), closure(closed=False, minute=6), "closure C1"),
    (patient("moved", 5), patient("refused", 6), "patient P-7"),
    (patient("handed over", 5), patient("moved", 6), "patient P-7"),
    (vehicle("lost", 5), vehicle("arrived", 6), "vehicle B1 1"),
    (vehicle("arrived", 5), vehicle("boarded", 6), "vehicle B1 1"),
    (called("called", 5, "m1", "m2"), called("held", 6, "m2", "m3"), "call m2"),
    (notice("acknowledged", 5), notice("no reply", 6), "notice A gate 2016-10-20 radio 3 C1"),
    (stop("stop", 5, "C1", "C2"), stop("resume", 6, "C2"), "stop C2"),
    (stop("stop", 5), stop("resume", 6), "stop all"),
    (
        event("gate", 1, corridor="C1", persons_share=0.5, vehicles_share=1),
        event("gate", 2, corridor="C1", persons_share=0.4, vehicles_share=1),
        "gate C1",
    ),
    (
        event("convoy", 1, convoy="V1", state="turned"),
        event("convoy", 2, convoy="V1", state="delivered"),
        "convoy V1",
    ),
    (
        event("decision", 1, id="D1", text="go", alternatives=[], role="lead", review=None),
        event("decision", 2, id="D1", text="wait", alternatives=[], role="lead", review=None),
        "decision D1",
    ),
]
AGREEMENTS: list[tuple[Event, Event]] = [
    (plan("1"), plan("1")),
    (counted(100), counted(100)),
    (counted(100, 0, 15), counted(90, 15, 30)),
    (counted(100), counted(90, corridor="C2")),
    (window("announced", 5), window("opened", 6, opens=30)),
    (window("opened", 5), window("cut", 9, closes=9)),
    (closure(closed=True, minute=5), closure(closed=True, minute=6)),
    (closure(closed=True, minute=5), closure(closed=False, minute=6, corridor="C2")),
    (patient("assessed", 5), patient("consented", 6)),
    (patient("moved", 5), patient("handed over", 6)),
    (vehicle("left", 5), vehicle("gate in", 6)),
    (called("called", 5, "m1"), called("held", 6, "m2")),
    (called("called", 5, "m1"), called("turned", 6, "m1")),
    (notice("notified", 5), notice("acknowledged", 6)),
    (observed("one"), observed("two")),
    (stop("stop", 5, "C1"), stop("stop", 6, "C1")),
]


@pytest.mark.parametrize(("one", "other", "what"), CONTRADICTIONS)
def test_writers_who_were_apart_contradict(one: Event, other: Event, what: str) -> None:
    first, second = apart((0, one), (1, other))
    expected = Conflict(what, *in_order([first, second]))
    assert conflicts([first, second]) == conflicts([second, first]) == (expected,)


@pytest.mark.parametrize(("one", "other"), AGREEMENTS)
def test_what_agrees_or_follows_is_no_conflict(one: Event, other: Event) -> None:
    assert conflicts(apart((0, one), (1, other))) == ()


@pytest.mark.parametrize(("one", "other", "what"), CONTRADICTIONS)
def test_whoever_knew_the_other_has_changed_it(one: Event, other: Event, what: str) -> None:
    assert what
    heads: dict[int, Head] = {}
    first = _sealed(0, one, heads)
    second = _sealed(1, other, heads, seen=(head_of(first),))
    assert conflicts([first, second]) == ()
    assert knew(second, first)
    assert not knew(first, second)


@pytest.mark.parametrize(("one", "other", "what"), CONTRADICTIONS)
def test_one_writer_may_think_again(one: Event, other: Event, what: str) -> None:
    assert what
    assert conflicts(apart((0, one), (0, other))) == ()


def test_only_the_last_word_of_each_counts() -> None:
    records = apart(
        (0, closure(closed=True, minute=1)),
        (0, closure(closed=False, minute=3)),
        (1, closure(closed=False, minute=4)),
    )
    assert told(records) == []
    assert told(apart(*((who, closure(bool(who), m)) for who, m in ((0, 1), (1, 2), (0, 3))))) == [
        "closure C1",
        "closure C1",
    ]


def test_counts_all_stand() -> None:
    records = apart(
        (0, counted(10, 0, 5)),
        (0, counted(20, 5, 10)),
        (1, counted(31, 0, 10)),
        (2, counted(30, 9, 12)),
    )
    assert told(records) == ["count C1"] * 4


def test_moments_are_compared_whatever_their_zone() -> None:
    one, other = window("opened", 5), window("opened", 6)
    utc = {**other.about, "opens": "2016-10-20T05:00:00+00:00"}
    assert told(apart((0, one), (1, Event("window", other.at, utc)))) == []


def test_a_record_that_was_taken_back_contradicts_nobody() -> None:
    heads: dict[int, Head] = {}
    one, other = _sealed(0, plan("1"), heads), _sealed(1, plan("2"), heads)
    assert told([one, other]) == ["plan"]
    about = {"of": other.hash, "reason": "typed wrongly", "instead": event_to_json(plan("1"))}
    assert told([one, other, _sealed(1, Event("correction", at(9), about), heads)]) == []


def test_a_conflict_is_settled_by_who_knew_both() -> None:
    heads: dict[int, Head] = {}
    one, other = _sealed(0, plan("1"), heads), _sealed(1, plan("2"), heads)
    both = (head_of(one), head_of(other))
    beside = _sealed(2, observed("both plans are here", 3), heads, seen=both)
    half = _sealed(3, plan("3"), heads, seen=both[:1])
    found = conflicts([one, other, beside])
    assert [one.settled for one in found] == [None]
    settles = _sealed(2, plan("1"), heads, seen=both)
    (found_again,) = (
        each for each in conflicts([one, other, beside, settles]) if each.other == other
    )
    assert found_again.settled == settles
    with_half = conflicts([one, other, half, settles])
    assert [one.settled for one in with_half if one.other == half] == [None]


def test_a_fork_is_a_conflict_and_what_follows_it_is_not_told_again() -> None:
    heads: dict[int, Head] = {}
    common = _sealed(0, observed("a"), heads)
    branches = []
    for text in ("b", "c"):
        own = {0: head_of(common)}
        branches += [_sealed(0, observed(text), own), _sealed(0, observed(text * 2), own)]
    found = conflicts([common, *branches])
    assert [one.what for one in found] == [f"fork {key(0).fingerprint}/operations/2"]
    assert {found[0].one.number, found[0].other.number} == {2}


def test_the_order_is_that_of_what_happened() -> None:
    records = apart((0, observed("late", 30)), (1, observed("early", 10)), (0, observed("mid", 20)))
    assert [one.event.about["text"] for one in in_order(records)] == ["early", "mid", "late"]
    assert in_order(records[::-1]) == in_order(records)


def _sealed(who: int, one: Event, heads: dict[int, Head], seen: tuple[Head, ...] = ()) -> Record:
    written = at(len(heads) + (heads[who].number if who in heads else 0))
    record = seal(
        one, key(who), chain="operations", after=heads.get(who), seen=seen, written=written
    )
    heads[who] = head_of(record)
    return record
