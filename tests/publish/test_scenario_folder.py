"""What ``write_scenario`` writes: the same bytes each time, readable, and never half of it."""

from __future__ import annotations

import dataclasses
import json
import stat
import tomllib
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clearway.model.agreement import Agreement, Decider, Notification
from clearway.model.facts import Estimate, Fact, Text
from clearway.model.population import Demand, Zone
from clearway.model.scenario import Scenario
from clearway.model.thresholds import Threshold
from clearway.publish import scenario_toml
from clearway.publish.scenario_folder import write_scenario
from tests import scenarios
from tests.read import rides, terms

_FILES = ("demand.csv", "network/link.csv", "network/node.csv", "scenario.toml", "zones.geojson")


def _content(folder: Path) -> dict[str, bytes]:
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in files}


def _written(scenario: Scenario, folder: Path) -> dict[str, str]:
    write_scenario(scenario, folder)
    return {name: content.decode() for name, content in _content(folder).items()}


def test_same_scenario_same_bytes(four_sides: Scenario, tmp_path: Path) -> None:
    write_scenario(four_sides, tmp_path / "one")
    write_scenario(four_sides, tmp_path / "deep" / "other")
    assert tuple(_content(tmp_path / "one")) == _FILES
    assert _content(tmp_path / "one") == _content(tmp_path / "deep" / "other")


def test_arabic_is_readable(one_corridor: Scenario, tmp_path: Path) -> None:
    text = _written(one_corridor, tmp_path / "s")["scenario.toml"]
    assert 'title = { en = "Tiny scenario", ar = "سيناريو صغير" }' in text


def test_units_are_those_of_the_field(one_corridor: Scenario, tmp_path: Path) -> None:
    files = _written(one_corridor, tmp_path / "s")
    data = tomllib.loads(files["scenario.toml"])
    corridor = data["corridor"][0]
    assert corridor["gate"]["rate_persons_per_h"]["central"] == 600
    assert corridor["margin_min"] == 30
    assert data["planning"]["slot_min"] == 15
    header, first = files["network/link.csv"].split("\n")[:2]
    row = dict(zip(header.split(","), first.split(","), strict=False))
    assert (row["free_speed_kph"], row["capacity_veh_per_h"]) == ("30", "1800")


def test_numbers_are_compact(one_corridor: Scenario, tmp_path: Path) -> None:
    links = one_corridor.network.links
    changed = dataclasses.replace(
        links,
        length_m=np.where(links.id == links.id[0], 119.96, 0.004),
        width_m=np.full(len(links), 1 / 3),
    )
    network = dataclasses.replace(one_corridor.network, links=changed)
    files = _written(one_corridor.replace(network=network), tmp_path / "s")
    first, second = files["network/link.csv"].split("\n")[1:3]
    assert first.split(",")[4:6] == ["120", "0.3333333333"]
    assert second.split(",")[4] == "0.1"
    assert files["network/node.csv"].split("\n")[1] == "101,37.15,36.2"
    assert "37.151334 36.2" in first


def test_zones_are_geojson_with_closed_rings(two_gates: Scenario, tmp_path: Path) -> None:
    zone = two_gates.zones[0]
    ring = zone.rings[0]
    parts = Zone(zone.id, zone.node, zone.residential_m, (ring, (*ring, ring[0])))
    scenario = two_gates.replace(zones=(parts, *two_gates.zones[1:]))
    text = _written(scenario, tmp_path / "s")["zones.geojson"]
    data = json.loads(text)
    assert data["type"] == "FeatureCollection"
    assert len(text.split("\n")) == len(scenario.zones) + 3
    first, second = data["features"][:2]
    assert first["properties"] == {"id": "Z1", "node_id": zone.node, "residential_m": 120}
    assert first["geometry"]["type"] == "MultiPolygon"
    assert second["geometry"]["type"] == "Polygon"
    closed = [part[0] for part in first["geometry"]["coordinates"]]
    assert [len(one) for one in closed] == [5, 5]
    assert all(one[0] == one[-1] for one in (*closed, *second["geometry"]["coordinates"]))


def test_zone_with_nobody_has_a_row(two_gates: Scenario, tmp_path: Path) -> None:
    households = np.array(two_gates.demand.households)
    households[1] = 0
    scenario = two_gates.replace(demand=Demand(households))
    rows = _written(scenario, tmp_path / "s")["demand.csv"].split("\n")
    assert [row for row in rows if row.startswith("Z2,")] == ["Z2,G1,1,0"]
    assert all(not row.endswith(",0") for row in rows if not row.startswith("Z2,"))


def test_windows_announced_together_stand_together(four_sides: Scenario, tmp_path: Path) -> None:
    data = tomllib.loads(_written(four_sides, tmp_path / "s")["scenario.toml"])
    assert [window["corridors"] for window in data["window"]] == [["C1", "C2", "C3", "C4"]] * 2
    assert data["window"][0]["opens"].isoformat() == "2016-10-20T08:00:00+03:00"


@settings(max_examples=200, deadline=None, derandomize=True)
@given(words=st.text(st.characters(codec="utf-8"), min_size=1).filter(str.strip))
def test_any_words_are_toml(words: str) -> None:
    # Written by hand, so every character that TOML escapes is tried against its reader.
    text = _toml_of(Fact(words, Text(words, words), words))
    assert tomllib.loads(text) == {
        "fact": [{"topic": words, "text": {"en": words, "ar": words}, "source": words}]
    }


def _toml_of(fact: Fact) -> str:
    return "\n".join(scenario_toml._fact(fact))


def test_tables_stand_in_the_order_of_the_document(tmp_path: Path) -> None:
    data = tomllib.loads(_written(terms.told(), tmp_path / "s")["scenario.toml"])
    assert list(data)[6:] == [
        "planning",
        "group",
        "corridor",
        "reception",
        "window",
        "uncertainty",
        "thresholds",
        "consent",
        "hazard",
        "provision",
        "notification",
        "decider",
        "contact",
        "shelter",
        "gate_change",
        "fact",
    ]
    assert list(data["corridor"][0])[-3:] == ["gate", "holding_area", "open_limit"]


def test_tables_of_vehicles_stand_before_the_facts(tmp_path: Path) -> None:
    data = tomllib.loads(_written(rides.told(), tmp_path / "s")["scenario.toml"])
    assert list(data)[5:7] == ["outline", "contraflow"]
    assert list(data)[-9:] == [
        *("vehicle_type", "depot", "vehicles", "fleet", "care", "hospital", "convoy"),
        *("linked_movement", "fact"),
    ]
    assert list(data["group"][0])[-2:] == ["modes", "persons_per_car"]
    assert list(data["group"][1])[-2:] == ["modes", "wheelchair_users"]
    assert list(data["corridor"][0]["gate"])[-1] == "vehicles_per_h"
    assert "vehicles_per_h" not in data["corridor"][1]["gate"]


def test_units_of_vehicles_are_those_of_the_field(tmp_path: Path) -> None:
    data = tomllib.loads(_written(rides.told(), tmp_path / "s")["scenario.toml"])
    bus, truck = data["vehicle_type"]
    assert bus["speed_km_per_h"]["central"] == 27
    assert (bus["board_min"]["high"], bus["rest_min"], bus["range_km"]) == (60, 20, 400)
    assert data["fleet"]["outside_speed_km_per_h"]["low"] == 18
    assert data["convoy"][0]["unload_min"]["central"] == 30
    assert data["corridor"][0]["gate"]["vehicles_per_h"]["high"] == 30
    kept = {"id", "name", "speed_km_per_h", "board_min", "alight_min", "source"}
    assert set(truck) == kept


def test_hours_of_hospitals_are_clocks(tmp_path: Path) -> None:
    """Open all day is not written."""
    first, second = tomllib.loads(_written(rides.told(), tmp_path / "s")["scenario.toml"])[
        "hospital"
    ]
    assert (first["opens"], first["closes"]) == ("08:00", "20:01:30")
    assert not {"opens", "closes"} & set(second)
    assert [beds["kind"] for beds in first["beds"]] == ["surgery", "general"]


def test_patients_stand_a_line_each(tmp_path: Path) -> None:
    text = _written(rides.told(), tmp_path / "s")["patients.csv"]
    assert text.split("\n") == [
        "code,zone_id,category,posture,companions,bed,care,ready,accepts,refuses,state",
        "P-001,Z1,immediate,stretcher,1,surgery,basic,,,,listed",
        "P-002,Z2,delayed,wheelchair,0,general,none,2016-10-20T09:00:00+03:00,,,listed",
        "P-003,Z3,minor,walking,9,general,none,,H2,H1,listed",
        "م-4,Z3,expectant,seated,2,general,advanced,,,H1 H2,died waiting",
        "",
    ]


def test_times_of_patients_are_local(tmp_path: Path) -> None:
    care = rides.care()
    ready = dataclasses.replace(care.patients[0], ready=datetime(2016, 10, 20, 6, tzinfo=UTC))
    scenario = rides.told(care=dataclasses.replace(care, patients=(ready,)))
    assert "2016-10-20T09:00:00+03:00" in _written(scenario, tmp_path / "s")["patients.csv"]


@pytest.mark.parametrize("without", ["fleet", "care", "aid", "contraflow"])
def test_what_is_not_there_is_not_written(without: str, tmp_path: Path) -> None:
    """Each part alone: aid needs the depots and types of the fleet."""
    plain = scenarios.two_gates()
    parts = {"fleet": ("fleet", "aid")}.get(without, (without,))
    changes: dict[str, Any] = {part: getattr(plain, part) for part in parts}
    files = _written(rides.told(**changes), tmp_path / "s")
    tables = {
        "fleet": {"vehicle_type", "depot", "vehicles", "fleet", "convoy", "linked_movement"},
        "care": {"care", "hospital"},
        "aid": {"convoy", "linked_movement"},
        "contraflow": {"contraflow"},
    }[without]
    assert not tables & set(tomllib.loads(files["scenario.toml"]))
    assert ("patients.csv" in files) == (without != "care")


def test_beds_without_patients_need_no_list(tmp_path: Path) -> None:
    care = dataclasses.replace(rides.care(), patients=())
    files = _written(rides.told(care=care), tmp_path / "s")
    assert "patients.csv" not in files
    assert len(tomllib.loads(files["scenario.toml"])["hospital"]) == 2


def test_a_depot_off_its_node_keeps_its_place(tmp_path: Path) -> None:
    outside, inside = tomllib.loads(_written(rides.told(), tmp_path / "s")["scenario.toml"])[
        "depot"
    ]
    assert (inside["lon"], inside["lat"], inside["node"]) == (37.15, 36.2, 102)
    assert "node" not in outside


def test_what_is_as_by_default_is_left_out(one_corridor: Scenario, tmp_path: Path) -> None:
    text = _written(one_corridor, tmp_path / "s")["scenario.toml"]
    words = ("uncertainty", "thresholds", "consent", "notification", "open_limit", "shape")
    for word in (*words, "vehicle", "fleet", "care", "hospital", "modes", "contraflow"):
        assert word not in text


def test_one_change_is_one_line(tmp_path: Path) -> None:
    made = terms.told()
    later = made.thresholds.replace(open_share=Threshold(0.5, 0.75, terms.SOURCE))
    before = _written(made, tmp_path / "s")["scenario.toml"].split("\n")
    after = _written(made.replace(thresholds=later), tmp_path / "s")["scenario.toml"].split("\n")
    changed = [line for line, old in zip(after, before, strict=True) if line != old]
    assert changed == [f'open_share = {{ go = 0.5, bar = 0.75, source = "{terms.SOURCE}" }}']


def test_a_source_alone_that_differs_is_written(one_corridor: Scenario, tmp_path: Path) -> None:
    usual = one_corridor.thresholds
    changed = usual.replace(
        turned_back_weight_source="the cluster", wait_s=Threshold(7_200, 14_400, "x")
    )
    text = _written(one_corridor.replace(thresholds=changed), tmp_path / "s")["scenario.toml"]
    assert tomllib.loads(text)["thresholds"] == {
        "wait_min": {"go": 120, "bar": 240, "source": "x"},
        "turned_back_weight": {"value": 0.25, "source": "the cluster"},
    }


def test_moments_that_were_not_recorded_are_left_out(tmp_path: Path) -> None:
    told = terms.agreement()
    waiting = told.consents[1]
    bare = Agreement(
        consents=(waiting,),
        notification=Notification(None, timedelta(hours=1.5), terms.SOURCE),
        decider=Decider(waiting.party),
    )
    text = _written(terms.told(agreement=bare), tmp_path / "s")["scenario.toml"]
    data = tomllib.loads(text)
    assert data["notification"] == {"lead_h": 1.5, "source": terms.SOURCE}
    assert list(data["decider"]) == ["role"]
    assert not {"evidence", "expires"} & set(data["consent"][0])


def test_moments_are_written_in_local_time(tmp_path: Path) -> None:
    told = terms.agreement()
    sent = datetime(2016, 10, 17, 9, tzinfo=UTC)
    there = dataclasses.replace(told, notification=Notification(sent, timedelta(), terms.SOURCE))
    text = _written(terms.told(agreement=there), tmp_path / "s")["scenario.toml"]
    assert "sent = 2016-10-17T12:00:00+03:00" in text


def test_sources_stand_beside_their_figures(one_corridor: Scenario, tmp_path: Path) -> None:
    uptake = Estimate(0, 0.5, 1, 'assumed: "half"\nof them')
    planning = dataclasses.replace(one_corridor.planning, uptake=uptake)
    files = _written(one_corridor.replace(planning=planning), tmp_path / "s")
    told = tomllib.loads(files["scenario.toml"])["planning"]["uptake"]
    assert told == {"low": 0, "central": 0.5, "high": 1, "source": 'assumed: "half"\nof them'}


def test_other_files_in_the_folder_stay(
    one_corridor: Scenario, two_gates: Scenario, tmp_path: Path
) -> None:
    folder = tmp_path / "s"
    write_scenario(one_corridor, folder)
    (folder / "build.py").write_text("mine", encoding="utf-8")
    (folder / "network" / "notes.txt").write_text("mine", encoding="utf-8")
    write_scenario(two_gates, folder)
    found = _content(folder)
    assert set(found) == {*_FILES, "build.py", "network/notes.txt"}
    write_scenario(two_gates, tmp_path / "fresh")
    fresh = _content(tmp_path / "fresh")
    assert {name: found[name] for name in _FILES} == fresh


def test_nothing_is_left_beside_the_folder(one_corridor: Scenario, tmp_path: Path) -> None:
    write_scenario(one_corridor, tmp_path / "s")
    write_scenario(one_corridor, tmp_path / "s")
    assert [path.name for path in tmp_path.iterdir()] == ["s"]


def test_disk_that_fills_up_leaves_the_old_folder_whole(
    one_corridor: Scenario, two_gates: Scenario, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "s"
    write_scenario(one_corridor, folder)
    before = _content(folder)
    write = Path.write_bytes

    def fail(path: Path, data: bytes) -> int:
        if path.name == "demand.csv":
            raise OSError(28, "No space left on device")
        return write(path, data)

    monkeypatch.setattr(Path, "write_bytes", fail)
    with pytest.raises(OSError, match="No space left"):
        write_scenario(two_gates, folder)
    assert _content(folder) == before
    assert [path.name for path in tmp_path.iterdir()] == ["s"]


def test_folder_can_be_read_by_others(one_corridor: Scenario, tmp_path: Path) -> None:
    write_scenario(one_corridor, tmp_path / "s")
    (tmp_path / "plain").mkdir()
    plain = stat.S_IMODE((tmp_path / "plain").stat().st_mode)
    assert stat.S_IMODE((tmp_path / "s").stat().st_mode) == plain
