"""The search for marks: it finds what is planted, and nothing of an encrypted run."""

from __future__ import annotations

import json
from pathlib import Path

from benchmarks.canaries import KEY, MARKS, keep, marks, measure


def test_nothing_of_an_encrypted_run_is_in_the_clear_whole_or_killed(tmp_path: Path) -> None:
    found = measure(tmp_path, kills=2, seed=3)
    assert found["in_the_clear"] == []
    assert (found["marks"], found["commands"], found["failed"]) == (MARKS, 9, 0)
    assert found["planted_found"] == found["planted"] == 6
    assert found["files_searched"] >= 10
    assert found["kills"] <= 2


def test_marks_are_different_and_of_both_scripts() -> None:
    told = marks()
    assert len(set(told)) == MARKS
    assert sum("\u0600" <= one[0] <= "\u06ff" for one in told) == MARKS // 2
    assert not [one for one in told if [other for other in told if one in other] != [one]]


def test_the_figures_stand_beside_those_of_others(tmp_path: Path) -> None:
    target = tmp_path / "operate.json"
    keep({"marks": 1}, target)
    assert json.loads(target.read_text()) == {KEY: {"marks": 1}}
    target.write_text('{"log": {"lost": 0}, "canaries": {}}')
    keep({"marks": 2}, target)
    assert json.loads(target.read_text()) == {"log": {"lost": 0}, KEY: {"marks": 2}}
