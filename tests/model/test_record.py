"""A line of the log, and the end of a chain: what each must be, and what tells two apart."""

from __future__ import annotations

import dataclasses
from datetime import UTC, datetime, timedelta, timezone
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clearway.errors import ScenarioError
from clearway.model.event import CHAINS, Event
from clearway.model.record import Head, Record
from clearway.seal.chain import NOTHING_BEFORE, head_of
from tests.model.nouns import fields
from tests.seal.chains import written

AT = datetime(2016, 10, 20, 8, tzinfo=UTC)
EVENT = Event("closure", AT, {"corridor": "C1", "closed": True, "reason": ""})
PLAIN = datetime(2016, 10, 20, 8)  # noqa: DTZ001 - without a zone, to be refused
RECORD = Record("a" * 16, "operations", 1, AT, EVENT, (), "0" * 64, "1" * 64, "2" * 128)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"chain": "rumours"}, "aaaaaaaaaaaaaaaa/rumours/1.chain"),
        ({"chain": ""}, "aaaaaaaaaaaaaaaa//1.chain"),
        ({"number": 0}, "aaaaaaaaaaaaaaaa/operations/0.number"),
        ({"number": -3}, "aaaaaaaaaaaaaaaa/operations/-3.number"),
        ({"written": PLAIN}, "aaaaaaaaaaaaaaaa/operations/1.written"),
    ],
)
def test_a_record_is_refused_by_its_place_and_field(changes: dict[str, object], field: str) -> None:
    assert fields(RECORD, **changes) == [f"record {field}"]


def test_everything_wrong_with_a_record_is_told_at_once() -> None:
    found = fields(RECORD, chain="x", number=0, written=PLAIN)
    assert [one.rpartition(".")[2] for one in found] == ["chain", "number", "written"]


@given(st.sampled_from(CHAINS), st.integers(1, 10**9))
def test_every_chain_and_number_from_one_on_is_a_place(chain: str, number: int) -> None:
    made = dataclasses.replace(RECORD, chain=chain, number=number)
    assert head_of(made) == Head("a" * 16, chain, number, "1" * 64)


def test_a_record_may_be_written_in_any_zone() -> None:
    damascus = AT.astimezone(timezone(timedelta(hours=3)))
    made = dataclasses.replace(RECORD, written=damascus)
    assert made == RECORD  # the same moment
    with pytest.raises(dataclasses.FrozenInstanceError):
        made.number = 2  # type: ignore[misc]


def test_heads_are_told_apart_by_each_of_their_parts() -> None:
    head = head_of(RECORD)
    others = {
        dataclasses.replace(head, **{name: value})  # type: ignore[arg-type]
        for name, value in (
            ("writer", "b" * 16),
            ("chain", "monitors"),
            ("number", 2),
            ("hash", ""),
        )
    }
    assert len({head, *others}) == 5


@given(st.integers(1, 40), st.integers(1, 3))
def test_sealed_records_are_numbered_and_linked_within_their_chain(
    count: int, writers: int
) -> None:
    records = written(count, writers)
    chains: dict[tuple[str, str], list[Record]] = {}
    for one in records:
        chains.setdefault((one.writer, one.chain), []).append(one)
    for (writer, chain), own in chains.items():
        assert [one.number for one in own] == list(range(1, len(own) + 1))
        assert own[0].before == NOTHING_BEFORE
        assert all(two.before == one.hash for one, two in pairwise(own))
        seen = [{(head.writer, head.chain) for head in one.seen} for one in own]
        assert all((writer, chain) not in places for places in seen)
    known: dict[tuple[str, str], Head] = {}
    for one in records:
        others = {head for place, head in known.items() if place != (one.writer, one.chain)}
        assert set(one.seen) == others
        known[one.writer, one.chain] = head_of(one)
    assert len({one.hash for one in records}) == count


def test_an_event_that_cannot_be_is_no_part_of_a_record() -> None:
    with pytest.raises(ScenarioError, match="kind"):
        dataclasses.replace(RECORD, event=Event("x", AT, {}))
