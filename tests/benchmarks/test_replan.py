"""The bench of replans: events are drawn alike each time, and figures are those of its rows."""

from __future__ import annotations

import json
from pathlib import Path

from benchmarks.replan import KINDS, answer, draw, record, write
from tests.operate.replans import case, replanner


def test_events_are_drawn_in_turn_and_alike() -> None:
    scenario, plan = case("four_sides")
    one, other = (draw(scenario, plan, 2 * len(KINDS), 7) for _ in range(2))
    assert one == other
    assert [each.kind for each in one] == list(KINDS) * 2
    assert all(each.now_s % 60 == 0 for each in one)
    assert one != draw(scenario, plan, 2 * len(KINDS), 8)


def test_figures_are_those_of_the_rows(tmp_path: Path) -> None:
    scenario, plan = case("four_sides")
    drawn = [one for one in draw(scenario, plan, 7, 3) if one.kind in {"closure", "half", "abort"}]
    again = replanner("four_sides")
    found = record([answer(again, scenario, plan, one) for one in drawn])
    assert found["events"] == len(drawn) == 3
    assert found["breaches"] == 0
    assert found["gap_worst"] == max(row["gap"] for row in found["rows"])
    assert found["weight_gap_worst"] == max(row["weight_gap"] for row in found["rows"])
    assert found["weight_gap_worst"] >= 0
    assert found["seconds_median"] <= found["seconds_worst"]
    place = tmp_path / "bench" / "operate.json"
    place.parent.mkdir()
    place.write_text('{"tampering": {"missed": 0}}', "utf-8")
    write(found, place)
    told = json.loads(place.read_text("utf-8"))
    assert told["tampering"] == {"missed": 0}
    assert told["replan"]["events"] == 3
    assert [one.name for one in place.parent.iterdir()] == ["operate.json"]
