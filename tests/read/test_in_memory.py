"""Scenarios and plans that never stand on a disk: read as from a folder, and refused alike."""

from __future__ import annotations

from pathlib import Path

import pytest

from clearway.errors import ScenarioError
from clearway.publish.plan_file import plan_to_json
from clearway.publish.scenario_folder import write_scenario
from clearway.publish.scenario_toml import scenario_to_toml
from clearway.read.plan_file import LIMITS, plan_in, read_plan
from clearway.read.scenario import LIMITS as SCENARIO_LIMITS
from clearway.read.scenario import read_scenario, scenario_in
from tests.plans import greedy_plan
from tests.scenarios import aid_in


def held(folder: Path) -> dict[str, bytes]:
    return {
        str(one.relative_to(folder)): one.read_bytes()
        for one in sorted(folder.rglob("*"))
        if one.is_file()
    }


def test_a_scenario_in_memory_is_that_of_its_folder(tmp_path: Path) -> None:
    write_scenario(aid_in(), tmp_path / "run")
    files = held(tmp_path / "run")
    assert set(files) == set(SCENARIO_LIMITS)
    ours, theirs = scenario_in(files), read_scenario(tmp_path / "run")
    assert scenario_to_toml(ours) == scenario_to_toml(theirs)
    assert ours.care == theirs.care
    assert len(ours.care.patients) == 5
    del files["patients.csv"]
    assert scenario_in(files).care.patients == ()


def test_a_plan_in_memory_is_that_of_its_file(tmp_path: Path) -> None:
    scenario = aid_in()
    text = plan_to_json(scenario, greedy_plan(scenario))
    (tmp_path / "plan.json").write_text(text)
    ours = plan_in({"x/plan.json": text.encode()}, "x/plan.json", scenario)
    assert ours == read_plan(tmp_path / "plan.json", scenario)
    assert ours.movements


@pytest.mark.parametrize(
    ("name", "content", "rule"),
    [
        ("demand.csv", None, "must be there"),
        ("demand.csv", b"\xff\xfe", "UTF-8"),
        ("zones.geojson", b"[" * 4_000_001, "at most"),
        ("scenario.toml", b"id = ", "TOML"),
    ],
)
def test_breaches_are_told_as_of_a_folder(
    name: str, content: bytes | None, rule: str, tmp_path: Path
) -> None:
    write_scenario(aid_in(), tmp_path / "run")
    files = held(tmp_path / "run")
    path = tmp_path / "run" / name
    del files[name]
    path.unlink()
    if content is not None:
        files[name] = content
        path.write_bytes(content)
    with pytest.raises(ScenarioError, match=rule) as ours:
        scenario_in(files)
    with pytest.raises(ScenarioError) as theirs:
        read_scenario(tmp_path / "run")
    assert ours.value.breaches == theirs.value.breaches


def test_a_broken_plan_is_told() -> None:
    for files in ({}, {"plan.json": b"{"}, {"plan.json": b"x" * (LIMITS.file_bytes + 1)}):
        with pytest.raises(ScenarioError):
            plan_in(files, "plan.json", aid_in())
