"""The recorded cases of the project: built from priors and facts, never from records."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import tomllib
from collections import Counter
from pathlib import Path
from typing import Any, Final

import pytest

from clearway.model.facts import SPLIT, SPLIT_LOG, Estimate
from clearway.model.scenario import Scenario
from clearway.read.scenario import read_scenario
from clearway.study.cases import read_cases
from tests.house.files import ROOT

HISTORY: Final = ROOT / "examples" / "history"
CASES: Final = sorted(path.stem for path in (HISTORY / "cases").glob("*.toml"))
FILES: Final = ("demand.csv", "network/link.csv", "network/node.csv", "scenario.toml")
#: Cases with patients.
LISTED: Final = ("aleppo-december-2016",)
#: Starts the script and prints every file that it opens.
WATCHED: Final = """
import runpy, sys
sys.addaudithook(
    lambda event, found: event == "open" and sys.stderr.write(f"OPENED {found[0]}\\n")
)
sys.argv = sys.argv[1:]
runpy.run_path(sys.argv[0], run_name="__main__")
"""


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[str]]:
    """Return the folder that the script built where no record was, and the files it opened."""
    work = tmp_path_factory.mktemp("work")
    shutil.copytree(HISTORY / "cases", work / "cases")
    for name in ("build.py", "priors.toml"):
        shutil.copy(HISTORY / name, work)
    (work / "outcomes.toml").write_text("a trap: whoever reads this fails", "utf-8")
    words = [sys.executable, "-c", WATCHED, str(work / "build.py"), "--out", str(work / "out")]
    said = subprocess.run(words, capture_output=True, text=True, check=True)
    opened = [line[7:] for line in said.stderr.splitlines() if line.startswith("OPENED ")]
    return work / "out", opened


@pytest.fixture(scope="module")
def priors() -> dict[str, Any]:
    """Return the priors as they stand in the file."""
    return tomllib.loads((HISTORY / "priors.toml").read_text("utf-8"))


def test_building_again_gives_the_same_bytes(built: tuple[Path, list[str]]) -> None:
    out, _ = built
    assert sorted(path.name for path in out.iterdir()) == CASES
    for case in CASES:
        names = sorted(
            path.relative_to(out / case).as_posix()
            for path in (out / case).rglob("*")
            if path.is_file()
        )
        listed = ["patients.csv"] if case in LISTED else []
        assert names == sorted([*FILES, *listed, "zones.geojson"])
        for name in names:
            assert (out / case / name).read_bytes() == (HISTORY / case / name).read_bytes(), name


def test_building_never_opens_what_was_recorded(built: tuple[Path, list[str]]) -> None:
    _, opened = built
    assert any(path.endswith("priors.toml") for path in opened)
    for case in CASES:
        assert any(path.endswith(f"cases/{case}.toml") for path in opened)
    assert not [path for path in opened if Path(path).name == "outcomes.toml"]


def test_no_recorded_figure_stands_in_what_is_known_before() -> None:
    for case in read_cases(HISTORY):
        known = (HISTORY / "cases" / f"{case.scenario.id}.toml").read_text("utf-8")
        known += (HISTORY / "priors.toml").read_text("utf-8")
        figures = set(re.findall(r"\d[\d,]*", known))
        for one in case.recorded:
            assert not {str(one.persons), f"{one.persons:,}"} & figures, one


def test_every_case_is_small_and_has_a_record() -> None:
    assert sorted(case.scenario.id for case in read_cases(HISTORY)) == CASES
    for case in CASES:
        size = sum(path.stat().st_size for path in (HISTORY / case).rglob("*") if path.is_file())
        assert size < 200_000


@pytest.mark.parametrize("case", CASES)
def test_every_case_has_the_same_priors(case: str, priors: dict[str, Any]) -> None:
    scenario = read_scenario(HISTORY / case)
    _same(scenario.planning.uptake, priors["uptake"])
    told = scenario.uncertainty
    _same(told.start_delay_s, priors["uncertainty"]["start_delay_h"], 3600)
    _same(told.stop_share, priors["uncertainty"]["stop_share"])
    _same(told.unannounced_share, priors["uncertainty"]["unannounced_share"])
    _same(told.notice_s, priors["uncertainty"]["notice_min"], 60)
    gates = [gate["rate_persons_per_h"] for gate in priors["gate"].values()]
    for corridor in scenario.corridors:
        rate = corridor.gate_persons_per_s
        assert rate.source in [gate["source"] for gate in gates]
        _same(rate, next(g for g in gates if g["source"] == rate.source), 1 / 3600)
    for group, one in zip(scenario.groups, priors["group"], strict=True):
        _same(group.speed_m_per_s, one["speed_m_per_s"])


@pytest.mark.parametrize("case", CASES)
def test_what_has_no_prior_comes_as_announced(case: str) -> None:
    told = read_scenario(HISTORY / case).uncertainty
    for name in ("extend_share", "fail_share", "recheck_share", "service_cv", "lateness_s"):
        assert getattr(told, name).high == 0, name
    for name in ("zone_factor", "pace_factor"):
        assert (getattr(told, name).low, getattr(told, name).high) == (1, 1), name


def test_the_kind_of_gate_decides_about_longer_checks() -> None:
    told = read_scenario(HISTORY / "gaza-2023").uncertainty
    assert told.long_share.high == 0
    assert told.uncalled_share.central == 1


def test_the_priors_are_those_that_were_fixed(priors: dict[str, Any]) -> None:
    fixed = {
        "uptake": (0, 0.5, 1),
        "uncertainty.start_delay_h": (0, 2, 12),
        "uncertainty.stop_share": (0.1, 0.25, 0.5),
        "uncertainty.notice_min": (15, 60, 180),
        "gate.permissive.rate_persons_per_h": (500, 3750, 10_000),
        "gate.checked.rate_persons_per_h": (25, 300, 1250),
        "gate.checked.long_share": (0, 0.1, 0.29),
        "vehicles.bus_persons": (40, 50, 70),
        "vehicles.ambulance_wounded": (1, 2, 2),
        "vehicles.companions_a_patient": (0.65, 0.8, 1),
        "vehicles.refuses_destination_share": (0, 0.05, 0.3),
        "vehicles.loading_min": (10, 15, 20),
        "vehicles.speed_km_per_h": (10, 25, 40),
        "vehicles.outside_speed_km_per_h": (15, 30, 40),
        "vehicles.outside_detour": (1.2, 1.4, 2),
        "vehicles.lane_per_h": (20, 60, 120),
    }
    for path, values in fixed.items():
        at: Any = priors
        for part in path.split("."):
            at = at[part]
        assert (at["low"], at["central"], at["high"]) == values, path
        assert at["source"].strip(), path


def test_gaza_is_planned_with_the_hours_announced() -> None:
    scenario = read_scenario(HISTORY / "gaza-2023")
    assert len(scenario.corridors) == 1
    hours = [(one.opens.isoformat(), one.closes.hour) for one in scenario.windows]
    assert hours == [(f"2023-11-{day:02}T10:00:00+02:00", 14) for day in (5, 6, 7, 8)]
    assert int(scenario.demand.persons.sum()) == 375_000
    assert _says_assumed(scenario, "streets")
    assert _says_assumed(scenario, "people")


@pytest.mark.parametrize("case", CASES)
def test_vehicles_are_those_of_the_priors(case: str, priors: dict[str, Any]) -> None:
    scenario, told = read_scenario(HISTORY / case), priors["vehicles"]
    with_vehicles = "[vehicles]" in (HISTORY / "cases" / f"{case}.toml").read_text("utf-8")
    assert (scenario.fleet.count > 0) == with_vehicles == (case != "gaza-2023")
    for kind in scenario.fleet.types:
        _same(kind.speed_m_per_s, told["speed_km_per_h"], 1 / 3.6)
        _same(kind.board_s, told["loading_min"], 60)
        _same(kind.alight_s, told["loading_min"], 60)
    if with_vehicles:
        bus, ambulance = scenario.fleet.types
        assert (bus.seats, bus.stretchers) == (told["bus_persons"]["central"], 0)
        assert ambulance.stretchers == told["ambulance_wounded"]["central"]
        _same(scenario.fleet.outside_m_per_s, told["outside_speed_km_per_h"], 1 / 3.6)
        _same(scenario.fleet.outside_detour, told["outside_detour"])
    for corridor in scenario.corridors:
        if with_vehicles:
            _same(corridor.vehicles_per_s, told["lane_per_h"], 1 / 3600)
        else:
            assert corridor.vehicles_per_s.high == 0


def test_aleppo_is_planned_with_what_stood_ready() -> None:
    scenario = read_scenario(HISTORY / "aleppo-december-2016")
    assert {one.type: one.count for one in scenario.fleet.vehicles} == {"bus": 20, "ambulance": 13}
    assert {group.modes for group in scenario.groups} == {("ride",)}
    opens, closes = (getattr(scenario.windows[0], name) for name in ("opens", "closes"))
    assert opens.isoformat() == "2016-12-15T06:00:00+02:00"
    assert (closes - opens).total_seconds() == 24 * 3600
    assert _says_assumed(scenario, "people")
    assert _says_assumed(scenario, "gate")


def test_the_patients_of_aleppo_have_codes_companions_and_beds(priors: dict[str, Any]) -> None:
    scenario = read_scenario(HISTORY / "aleppo-december-2016")
    patients = scenario.care.patients
    assert [one.code for one in patients[:2]] == ["P-001", "P-002"]
    assert len({one.code for one in patients}) == len(patients) == 400
    share = priors["vehicles"]["companions_a_patient"]["central"]
    assert sum(one.companions for one in patients) == pytest.approx(share * 400)
    assert sum(one.posture == "stretcher" for one in patients) == 200
    each = Counter(one.zone for one in patients)
    assert set(each.values()) == {40}
    (hospital,) = scenario.care.hospitals
    assert hospital.places("any") == 400
    _same(scenario.uncertainty.refusal_share, priors["vehicles"]["refuses_destination_share"])
    assert scenario.uncertainty.death_red_per_h.high == 0


def test_homs_is_planned_with_four_days_of_twelve_hours() -> None:
    scenario = read_scenario(HISTORY / "homs-2014")
    hours = [(one.opens.isoformat(), one.closes.hour) for one in scenario.windows]
    assert hours == [(f"2014-02-{day:02}T06:00:00+02:00", 18) for day in (7, 8, 9, 10)]
    assert int(scenario.demand.persons.sum()) == 2750
    assert scenario.uncertainty.long_share.high == 0.29
    assert scenario.uncertainty.uncalled_share.central == 0.1
    assert scenario.care.patients == ()
    assert {group.modes for group in scenario.groups} == {("walk", "ride")}
    assert _says_assumed(scenario, "people")


def test_what_was_recorded_of_vehicles_and_patients_is_read() -> None:
    recorded = {case.scenario.id: case.recorded for case in read_cases(HISTORY)}
    patients, busiest = recorded["aleppo-december-2016"]
    assert (patients.counts, patients.persons, patients.busiest_s) == ("patients", 194, None)
    assert (busiest.counts, busiest.persons, busiest.busiest_s) == ("persons", 3000, 7200)
    (homs,) = recorded["homs-2014"]
    assert (homs.persons, (homs.ends - homs.begins).days) == (1151, 4)


def _says_assumed(scenario: Scenario, topic: str) -> bool:
    return next(fact for fact in scenario.facts if fact.topic == topic).assumed


def _same(found: Estimate, told: dict[str, Any], factor: float = 1.0) -> None:
    """Hold an estimate against its prior: figures, source, and the shape that rule 2 gives it."""
    figures = [told[key] * factor for key in ("low", "central", "high")]
    assert [found.low, found.central, found.high] == pytest.approx(figures)
    assert found.source == told["source"]
    wide = told["low"] > 0 and told["high"] > 10 * told["low"]
    assert found.shape == (SPLIT_LOG if wide else SPLIT)
