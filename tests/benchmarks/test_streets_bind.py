"""The rows of plans where streets bind."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from benchmarks import streets_bind
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


def test_a_scenario_folder_is_measured(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    write_scenario(car_town(), tmp_path / "town")
    monkeypatch.setattr("sys.argv", ["streets_bind", str(tmp_path / "town"), "-"])
    assert streets_bind.main() == 0
    assert [row["case"] for row in json.loads(capsys.readouterr().out)] == ["coquimbo"]
    monkeypatch.setattr("sys.argv", ["streets_bind"])
    assert streets_bind.main() == 2
