"""The figures of the whole: how near, how long, and what becomes of patients."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from benchmarks import whole
from clearway.publish.scenario_folder import write_scenario
from clearway.read.plan_file import read_plan
from clearway.read.scenario import read_scenario
from clearway.simulate.simulate import simulate
from tests.scenarios import two_ambulances, two_gates


def test_the_record_has_levels_rules_and_what_becomes_of_patients(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write_scenario(two_ambulances(), tmp_path / "town")
    words = ["--scenario", str(tmp_path / "town"), "--members", "5", "--out", str(tmp_path / "out")]
    assert whole.main(words) == 0
    told = json.loads((tmp_path / "out" / "fleet.json").read_text("utf-8"))["whole"]
    assert json.loads(capsys.readouterr().out) == told
    assert told["breaches"] == told["withstands"]["breaches"] == 0
    assert set(told["levels"]) == set(told["withstands"]["levels"])
    assert {"red_out", "patients_out", "people_out"} <= set(told["levels"])
    scenario = read_scenario(tmp_path / "town")
    plan = read_plan(tmp_path / "out" / "plan.json", scenario)
    assert plan.rules is not None
    assert plan.rules.risk == whole.RISK
    again = whole.simulated(scenario, plan, 5)
    for name in ("members", "caught", "caught_upper_95", "p_all_red_out", "patients_out_mean"):
        assert again[name] == told["simulated"][name]
    ensemble = simulate(scenario, plan, members=5, seed=1)
    assert told["simulated"]["caught"] == ensemble.anyone_caught.hits
    assert 0 <= told["simulated"]["p_all_red_out"] <= 1


def test_without_patients_nothing_is_said_of_them() -> None:
    found = whole.whole(two_gates(), 3)
    assert found["simulated"]["members"] == 3
    assert "p_all_red_out" not in found["simulated"]
