"""A session: cases, repeats, ratios, and a short one from end to end."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from benchmarks.cases import CITIES, HEADLINE_M, RADII_M, places, quick, races
from benchmarks.session import best, compare
from clearway.model.plan import LEVELS
from tests.benchmarks.records import flow, late, record, solved, time_s
from tests.house.files import ROOT


def test_the_flagship_and_four_other_cities_are_measured() -> None:
    found = places()
    assert found[0].city == ""
    others = {place.city for place in found if place.city and not place.city.startswith("aleppo")}
    assert len(others) >= 4
    assert others < CITIES.keys()
    assert {place.radius_m for place in found if place.city} == set(RADII_M)
    assert len({place.id for place in found}) == len(found)


def test_every_race_is_at_a_place_that_is_built() -> None:
    known = {place.id for place in places()}
    assert {race.place.id for race in races()} <= known
    assert {race.place.radius_m for race in races()} == {0, HEADLINE_M}
    assert len({race.id for race in races()}) == len(races())


def test_the_last_race_is_the_flagships_whole_pause() -> None:
    last = races()[-1]
    assert (last.place.city, last.hours, last.days) == ("", 11, 3)


def test_quick_needs_no_download() -> None:
    some_places, some_races = quick()
    assert not [one for one in some_places if one.city]
    assert not [one for one in some_races if one.place.city]


def test_a_ratio_counts_posing_and_leaves_out_what_came_before_the_flow() -> None:
    row = compare(flow(), solved(cpu_s=60.0))
    assert row["bound"] == "exactly"
    assert row["ratio"] == pytest.approx(60 / (0.1 + 0.4))
    assert row["memory_ratio"] == pytest.approx(5)
    assert (row["people_difference"], row["exposure_difference"]) == (0, 0)


@pytest.mark.parametrize("end", ["time limit", "memory limit"])
def test_a_process_that_was_ended_gives_a_bound(end: str) -> None:
    row = compare(flow(), late(end))
    assert row == {"bound": "at least", "ratio": pytest.approx(250 / 0.5)}


def test_what_never_began_gives_no_ratio() -> None:
    nothing: dict[str, Any] = {"end": "failed", "cpu_all_s": 1.0}
    assert compare(flow(), nothing) == {"bound": "not measured"}
    assert compare(nothing, solved()) == {"bound": "not measured"}


def test_where_clearway_hit_its_limit_the_ratio_is_at_most() -> None:
    ended = {"end": "time limit", "cpu_before_s": 2.0, "cpu_all_s": 152.0}
    row = compare(ended, solved(cpu_s=15.0))
    assert row == {"bound": "at most", "ratio": pytest.approx(0.1)}
    assert compare(ended, late()) == {"bound": "not measured"}


def test_differences_are_seen() -> None:
    row = compare(flow(people=810.0, exposure_h=246.0), solved(people=820, exposure_h=123.0))
    assert row["people_difference"] == -10
    assert row["exposure_difference"] == pytest.approx(1)


def test_each_clocks_least_is_kept() -> None:
    given = [time_s(3, 2), time_s(2, 2.5), time_s(4, 1)]
    left = [{"end": "done", "solve": one, "nodes": 7} for one in given]
    row = best(lambda: left.pop(0), ("solve",), 3)
    assert row == {"end": "done", "solve": time_s(2, 1), "nodes": 7, "repeats": 3}


def test_what_did_not_end_is_not_repeated() -> None:
    left = [{"end": "time limit", "arcs": 5}]
    assert best(lambda: left.pop(0), ("mcf",), 3)["end"] == "time limit"


def test_growth_is_of_what_was_measured() -> None:
    grown = record()["growth"]
    assert grown["solve"]["exponent"] == pytest.approx(0.5)
    assert grown["solve"]["count"] == 3
    assert grown["race_explicit"] is None


def test_a_short_session_from_end_to_end(tmp_path: Path) -> None:
    """The flagship, and one race in which both programs agree; the document is left alone."""
    before = (ROOT / "docs" / "benchmarks.md").read_bytes()
    words = ["--quick", "--repeats", "1", "--out", str(tmp_path)]
    said = _run(words)
    assert said.returncode == 0, said.stderr
    found = json.loads((tmp_path / "solve.json").read_text("utf-8"))
    assert found["format"] == "clearway-bench/1"
    assert set(found["machine"]["packages"]) >= {"ortools", "highspy", "numba"}
    (row,) = found["plans"]
    assert row["end"] == "done"
    gaps = {name: level["gap"] for name, level in row["levels"].items()}
    assert list(gaps) == list(LEVELS)
    assert max(gaps[name] for name in LEVELS[:3]) < 0.02
    assert row["pose"]["cpu_s"] + row["flow"]["cpu_s"] > 0
    assert row["peak_mb"] >= row["read_mb"] > 0
    (race,) = found["races"]
    assert race["bound"] == "exactly"
    assert race["people_difference"] == pytest.approx(0, abs=1e-3)
    assert race["exposure_difference"] < 1e-6
    assert race["explicit"]["people"] > 0
    assert [path.name for path in tmp_path.iterdir()] == ["solve.json"]
    assert (ROOT / "docs" / "benchmarks.md").read_bytes() == before


def test_a_source_distribution_that_is_not_there_is_said_in_one_line(tmp_path: Path) -> None:
    missing = tmp_path / "no.tar.gz"
    said = _run(["--only", "douala_809-1500", "--sdist", str(missing), "--out", str(tmp_path)])
    assert said.returncode == 2
    assert said.stderr.splitlines() == [f"{missing}: No such file or directory"]
    assert not list(tmp_path.iterdir())


def _run(words: list[str]) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, str(ROOT / "benchmarks" / "solve.py"), *words]
    return subprocess.run(command, capture_output=True, text=True, check=False)
