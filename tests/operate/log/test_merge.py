"""Laptops that were apart merge their logs: nothing is lost, and what contradicts is shown."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clearway.errors import LogError
from clearway.operate.log.log import Log
from clearway.operate.log.opening import create_log
from clearway.seal.verify import split, verify
from tests.operate.log.conftest import Logs
from tests.operate.log.events import at, clock, closure, counted, key, observed
from tests.operate.log.exported import Exported, exported


def test_merging_each_into_the_other_makes_the_same_log(logs: Logs) -> None:
    _, ours = logs.make(0)
    _, theirs = logs.make(1)
    here = [ours.append(counted(number, 15 * number, 15 * number + 15)) for number in range(3)]
    there = [theirs.append(observed("quiet", number), "monitors") for number in range(2)]
    merged = ours.merge(theirs)
    assert merged.new == tuple(there)
    assert (merged.conflicts, merged.faults) == ((), ())
    assert merged.writers == (key(1).fingerprint,)
    assert theirs.merge(ours).new == tuple(here)
    assert ours.lines() == theirs.lines()
    assert ours.faults() == theirs.faults() == ()
    assert ours.merge(theirs).new == ours.merge(ours).new == ()
    follows = ours.append(counted(7, 45, 60))
    assert {head.hash for head in follows.seen} == {there[-1].hash}


def test_a_fork_is_kept_on_both_sides_and_shown(logs: Logs) -> None:
    target, log = logs.make()
    common = log.append(counted(1))
    _, copy = logs.make()
    copy.merge(log)
    mine, its = log.append(counted(2, 15, 30)), copy.append(counted(3, 30, 45))
    assert mine.before == its.before == common.hash
    further = copy.append(counted(4, 45, 60))
    merged = log.merge(copy)
    assert merged.new == (its, further)
    fork = f"fork {key().fingerprint}/operations/2"
    assert [one.what for one in merged.conflicts] == [fork]
    assert {merged.conflicts[0].one.hash, merged.conflicts[0].other.hash} == {mine.hash, its.hash}
    assert {head.hash for head in log.heads()} == {mine.hash, further.hash}
    assert [(one.what, one.number) for one in log.faults()] == [("forked", 2)]
    copy.merge(log)
    assert copy.lines() == log.lines()
    again = logs.open(target, key())  # A fork is no damage: work goes on, from the longer end.
    onward = again.append(counted(5, 60, 75))
    assert (onward.number, onward.before) == (4, further.hash)
    assert {head.hash for head in onward.seen} == {mine.hash}
    assert {one.what for one in again.faults()} == {"forked"}


def test_a_damaged_log_is_refused_by_name_or_taken_despite_that(tmp_path: Path) -> None:
    ours, theirs = _pair(tmp_path)
    for number in range(5):
        theirs.append(counted(number, 15 * number, 15 * number + 15))
    data = exported(theirs).replace(b'"persons":2', b'"persons":8')
    with pytest.raises(LogError, match=r"flipped: .*/operations/3") as caught:
        ours.merge(Exported(data))
    assert [one.field for one in caught.value.breaches] == ["flipped"]
    assert ours.records() == ()
    merged = ours.merge(Exported(data), despite_faults=True)
    assert [one.number for one in merged.new] == [1, 2, 4, 5]
    assert [one.what for one in merged.faults] == ["flipped"]
    assert [(one.what, one.number) for one in ours.faults()] == [("dropped", 3)]
    assert [one.number for one in ours.merge(theirs).new] == [3]
    assert ours.faults() == ()


def test_a_truncated_copy_takes_nothing_away(tmp_path: Path) -> None:
    ours, theirs = _pair(tmp_path)
    theirs.append(counted(1))
    old = exported(theirs)
    theirs.append(counted(2, 15, 30))
    ours.merge(theirs)
    ours.append(counted(3, 30, 45))
    before = ours.lines()
    assert ours.merge(Exported(old)).new == ()
    assert ours.lines() == before


def test_what_a_record_had_seen_tells_of_a_chain_that_is_gone(tmp_path: Path) -> None:
    ours, theirs = _pair(tmp_path)
    theirs.append(counted(1))
    old = exported(theirs)
    theirs.append(counted(2, 15, 30))
    ours.merge(theirs)
    ours.append(counted(3, 30, 45))
    # The other laptop's log is put back to a copy that was whole once; ours is brought to it.
    mine = [line for line in ours.lines() if key(0).fingerprint.encode() in line[-120:]]
    lines = sorted({*mine, *split(old)[1:]}, key=_rank)
    header = b'{"clearway log":1,"heads":2,"keys":2,"records":2}'
    faults = verify(b"\n".join([header, *lines]) + b"\n")
    assert [(one.what, one.writer, one.number) for one in faults] == [
        ("truncated", key(1).fingerprint, 2)
    ]


def test_no_two_keys_have_one_fingerprint(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("clearway.seal.keys.fingerprint", lambda _: "0" * 16)
    ours, theirs = _pair(tmp_path)
    theirs.append(counted(1))
    with pytest.raises(LogError, match="different keys"):
        ours.merge(theirs)


STEPS = st.lists(
    st.tuples(st.sampled_from(["write", "merge"]), st.integers(0, 2), st.integers(0, 2)),
    min_size=1,
    max_size=14,
)


@settings(max_examples=25, deadline=None)
@given(steps=STEPS)
def test_any_course_of_merges_loses_nothing(
    tmp_path_factory: pytest.TempPathFactory, steps: list[tuple[str, int, int]]
) -> None:
    folder = tmp_path_factory.mktemp("three")
    logs = [create_log(folder / f"{who}", key(who)) for who in range(3)]
    written = []
    for number, (step, who, other) in enumerate(steps):
        logs[who].clock = clock(at(number))
        if step == "write":
            written.append(logs[who].append(closure(number % 2 == 0, number)))
        else:
            logs[who].merge(logs[other])
    for who, other in ((0, 1), (0, 2), (1, 0), (2, 0)):
        logs[who].merge(logs[other])
    assert {one.hash for one in logs[0].records()} == {one.hash for one in written}
    assert logs[0].lines() == logs[1].lines() == logs[2].lines()
    assert logs[0].faults() == ()
    assert logs[0].records() == logs[1].records()
    _close(logs)


def _pair(folder: Path) -> tuple[Log, Log]:
    made = [create_log(folder / f"{who}.log", key(who)) for who in range(2)]
    for log in made:
        log.clock = clock()
    return made[0], made[1]


def _close(logs: Sequence[Log]) -> None:
    for log in logs:
        log.close()


def _rank(line: bytes) -> tuple[int, bytes]:
    sort = 1 if b'"public"' in line else 2 if b'"before"' in line else 3
    return sort, line[line.rindex(b'"writer":"') + 10 :][:16]
