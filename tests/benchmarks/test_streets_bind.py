"""The rows of plans where streets bind."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from benchmarks import streets_bind
from benchmarks.medevac_session import keep
from benchmarks.streets_bind import measure, street_rows
from clearway.publish.scenario_folder import write_scenario
from tests.scenarios import car_town


def test_a_row_says_what_was_solved_and_how_well() -> None:
    scenario = car_town()
    row = measure("town", scenario)
    assert row["case"] == "town"
    assert row["zones"] == 3
    assert row["persons_inside"] == scenario.demand.persons.sum()
    assert row["breaches"] == 0
    level = row["levels"]["people_out"]
    assert 0 < level["value"] <= level["bound"]
    assert level["gap"] == pytest.approx(1 - level["value"] / level["bound"], abs=1e-5)
    assert json.loads(json.dumps(row)) == row


def test_cases_that_are_not_there_are_left_out(tmp_path: Path) -> None:
    assert street_rows(None, None) == []
    assert street_rows(tmp_path, tmp_path / "nothing") == []


def test_a_scenario_folder_is_measured_and_kept_beside_what_others_wrote(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write_scenario(car_town(), tmp_path / "town")
    assert streets_bind.main([str(tmp_path / "town"), "-"]) == 0
    assert [row["case"] for row in json.loads(capsys.readouterr().out)] == ["coquimbo"]
    assert not (tmp_path / "out").exists()
    record = tmp_path / "out" / "fleet.json"
    keep({"cases": []}, record)
    words = [str(tmp_path / "town"), "--out", str(tmp_path / "out")]
    assert streets_bind.main(words) == 0
    told = json.loads(record.read_text("utf-8"))
    assert told["medevac"] == {"cases": []}
    assert told["streets"]["gap"] == streets_bind.GAP
    assert [row["case"] for row in told["streets"]["cases"]] == ["coquimbo"]


def test_without_a_folder_nothing_is_measured_or_kept(tmp_path: Path) -> None:
    assert streets_bind.main(["--out", str(tmp_path / "out")]) == 2
    assert not (tmp_path / "out").exists()
