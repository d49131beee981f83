"""The figures of what the log withstands: how they come together, and where they are put."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from benchmarks.log_flips import edits, export, flips
from benchmarks.log_session import KILLS, kills, write
from clearway.seal.verify import verify


def test_figures_stand_beside_those_of_others(tmp_path: Path) -> None:
    target = tmp_path / "bench" / "operate.json"
    write("log", {"lost": 0}, target)
    write("replan", {"gap": 0.01}, target)
    write("log", {"lost": 1}, target)
    assert json.loads(target.read_text()) == {"log": {"lost": 1}, "replan": {"gap": 0.01}}
    assert [one.name for one in target.parent.iterdir()] == ["operate.json"]


@pytest.mark.parametrize("records", [0, 1, 7])
def test_the_log_that_is_tampered_with_is_sound(records: int) -> None:
    lines = export(records)
    assert verify(b"".join(line + b"\n" for line in lines)) == ()
    assert sum(b'"written"' in line for line in lines) == records


def test_every_bit_of_every_line_is_flipped_once() -> None:
    lines = export(2)
    parts = [next(flips(2, part, 3)) for part in range(3)]
    assert sum(one["flips"] for one in parts) == 8 * sum(len(line) + 1 for line in lines)
    assert [one["missed"] for one in parts] == [[], [], []]


def test_flips_that_go_unseen_would_be_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        "benchmarks.log_flips._is_found", lambda _, row, bit, __: (row, bit) != (1, 9)
    )
    assert next(flips(1, 1, 2))["missed"] == [[1, 9]]
    assert next(flips(1, 0, 2))["missed"] == []


def test_lines_are_dropped_repeated_swapped_and_cut() -> None:
    found = {name: value for part in edits(2, 1) for name, value in part.items()}
    lines = export(2)
    assert found["drops"] == found["repeats"] == len(lines)
    assert found["swaps"] == len(lines) * (len(lines) - 1) // 2
    assert found["swaps_of_the_file"] > found["swaps"]
    assert found["truncations"] == sum(len(line) + 1 for line in lines)
    assert {name: found[name] for name in found if name.endswith("missed")} == {
        "drops_missed": [],
        "repeats_missed": [],
        "swaps_missed": [],
        "swaps_of_the_file_missed": [],
        "truncations_missed": [],
        "flips_of_the_file_missed": [],
    }


def test_trials_of_several_processes_are_added_up() -> None:
    found = kills(8 / KILLS)
    assert found["trials"] == 8
    assert found["ended"] == {"-9": 8}
    assert found["acknowledged"] >= 4
    assert (found["lost"], found["faulty"], found["stuck"]) == (0, 0, 0)
    assert found["recovery_s"] > 0
