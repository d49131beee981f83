"""Where people are adds up whatever the order; a ledger's window follows from its lines."""

from __future__ import annotations

import itertools
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from functools import reduce
from operator import add

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clearway.errors import ScenarioError
from clearway.model.event import NOTICE_STATES
from clearway.model.facts import Text
from clearway.model.ledger import (
    ABSENT,
    IN_TIME,
    LACKS,
    LEADS,
    NOBODY,
    NOT_YET,
    NOTIFIED_LATE,
    OVERDUE,
    Guarantee,
    Ledger,
    LedgerWindow,
    Notice,
)
from clearway.model.state import (
    CountState,
    GateState,
    Many,
    State,
    Whereabouts,
    ZoneState,
)

COUNTS = st.builds(Many, st.integers(0, 10**6), st.integers(0, 10**7))
WHERE = st.builds(Whereabouts, *[COUNTS] * 5)
PARTS = ("home", "under_way", "corridor", "out", "turned")
OPENS = datetime(2016, 10, 20, 5, tzinfo=UTC)
PARTY = Text("Party A", "الطرف أ")
SILENT = Notice("", None, None, "", None, "")
ROW = Guarantee(
    "C1", date(2016, 10, 20), PARTY, "gate", "given", "", "letter", None, None, "", "", SILENT
)


@given(st.lists(WHERE, max_size=6))
def test_where_people_are_adds_up_in_any_order(many: list[Whereabouts]) -> None:
    total = reduce(add, many, Whereabouts())
    assert reduce(add, reversed(many), Whereabouts()) == total
    for part in PARTS:
        told = [getattr(one, part) for one in many]
        assert getattr(total, part).persons == sum(one.persons for one in told)
        assert getattr(total, part).households == sum(one.households for one in told)
    assert total.total == reduce(add, (one.total for one in many), Many())


@given(WHERE, st.permutations(PARTS), st.integers(0, 100))
def test_who_goes_from_one_place_to_another_is_still_counted_once(
    where: Whereabouts, parts: list[str], persons: int
) -> None:
    start, end = parts[:2]
    moving = min(persons, getattr(where, start).persons)
    left = replace(getattr(where, start), persons=getattr(where, start).persons - moving)
    came = getattr(where, end) + Many(0, moving)
    assert replace(where, **{start: left, end: came}).total == where.total


def test_each_place_is_counted_in_the_total() -> None:
    for part in PARTS:
        assert Whereabouts(**{part: Many(2, 7)}).total == Many(2, 7)


@given(st.lists(WHERE, min_size=1, max_size=4))
def test_a_state_counts_every_zone_and_group(many: list[Whereabouts]) -> None:
    people = tuple(ZoneState(f"Z{n // 2}", f"G{n % 2}", where) for n, where in enumerate(many))
    state = State("tiny", 0.0, (), (), people, (), (), (), (), (), ())
    assert state.where == reduce(add, many, Whereabouts())


def test_gates_are_found_by_their_corridor_and_not_by_their_row() -> None:
    gates = tuple(GateState(f"C{n}", "open", 0, 60, 1.0, 1.0, 0, 0, n, 0, None) for n in (3, 1, 2))
    state = State("tiny", 0.0, gates, (), (), (), (), (), (), (), ())
    assert [state.gate(f"C{n}").passed for n in (1, 2, 3)] == [1, 2, 3]
    with pytest.raises(KeyError, match="C4"):
        state.gate("C4")


@given(st.integers(0, 10**7), st.integers(0, 10**7), st.integers(0, 10**7))
def test_a_count_is_held_against_the_plan_and_not_against_the_estimate(
    counted: int, passed: int, planned: int
) -> None:
    one = CountState("C1", 0, 900, counted, passed, planned)
    assert one.planned + one.difference == counted


@given(st.sampled_from(["", *NOTICE_STATES]), st.sampled_from(LEADS))
def test_somebody_sees_to_what_is_late_overdue_or_unanswered(state: str, lead: str) -> None:
    fine = {"", IN_TIME, NOT_YET}
    assert Notice(state, None, None, "", None, lead).warns is (lead not in fine)


def test_a_notice_in_other_words_is_refused_by_each_of_them() -> None:
    with pytest.raises(ScenarioError) as caught:
        replace(SILENT, state="agreed", lead="soon")
    assert [one.field for one in caught.value.breaches] == ["notice.state", "notice.lead"]


@given(st.lists(st.sampled_from(LACKS), max_size=5))
def test_a_window_is_agreed_if_it_has_lines_and_none_lacks_anything(lacks: list[str]) -> None:
    rows = tuple(replace(ROW, lacks=one) for one in lacks)
    window = LedgerWindow("C1", ROW.day, OPENS, OPENS + timedelta(hours=2), False, rows)
    assert window.agreed is (len(lacks) > 0 and set(lacks) == {""})
    assert [one.lacks for one in window.missing] == [one for one in lacks if one]
    assert len(window.missing) + sum(row.counts for row in rows) == len(rows)


def test_only_whom_somebody_listed_is_warned_of() -> None:
    late = replace(SILENT, state="notified", lead=NOTIFIED_LATE)
    overdue = replace(SILENT, lead=OVERDUE)
    rows = (
        replace(ROW, notice=late),
        replace(ROW, party=None, lacks=NOBODY, notice=overdue),
        replace(ROW, lacks=ABSENT, notice=overdue),
        ROW,
    )
    window = LedgerWindow("C1", ROW.day, OPENS, OPENS + timedelta(hours=2), False, rows)
    assert window.warnings == (rows[0], rows[2])


def test_a_window_is_found_by_corridor_and_day_together() -> None:
    days = (date(2016, 10, 20), date(2016, 10, 21))
    windows = tuple(
        LedgerWindow(
            corridor, day, OPENS, OPENS, False, (replace(ROW, corridor=corridor, day=day),)
        )
        for day, corridor in itertools.product(days, ("C2", "C1"))
    )
    ledger = Ledger("tiny", OPENS, windows)
    assert [row.corridor for row in ledger.rows] == ["C2", "C1", "C2", "C1"]
    for window in windows:
        assert ledger.window(window.corridor, window.day) is window
    with pytest.raises(KeyError):
        ledger.window("C1", date(2016, 10, 22))
