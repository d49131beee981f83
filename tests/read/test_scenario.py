"""Reading what was written gives the scenario back; several breaches are told at once."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from clearway.errors import Breach, ScenarioError
from clearway.model.scenario import Scenario
from clearway.publish.scenario_folder import write_scenario
from clearway.read import scenario as reader
from clearway.read.scenario import read_scenario
from tests import scenarios
from tests.read.folders import (
    DEMAND,
    FILES,
    LINKS,
    NODES,
    PLAN,
    ZONES,
    breaches,
    change,
    only,
    written,
)

_NAMED = (
    scenarios.one_corridor,
    scenarios.two_gates,
    scenarios.late_window,
    scenarios.two_days,
    scenarios.narrow_street,
    scenarios.small_site,
    scenarios.four_sides,
)

_RECIPES = st.builds(
    scenarios.Recipe,
    columns=st.integers(2, 5),
    rows=st.integers(1, 3),
    spacing_m=st.floats(20, 400),
    width_m=st.floats(0.05, 8),
    crossing_m=st.floats(20, 300),
    open_m=st.floats(20, 1500),
    zones=st.sampled_from([((0, 0),), ((0, 0), (1, 0)), ((1, 0), (0, 0))]),
    households=st.tuples(*[st.integers(0, 60)] * 9),
    speeds_m_per_s=st.lists(st.floats(0.05, 3), min_size=1, max_size=3).map(tuple),
    gates_persons_per_h=st.lists(st.floats(0, 5000), min_size=1, max_size=5).map(tuple),
    margin_min=st.floats(0, 120),
    holding_persons=st.floats(0, 1500),
    uptake=st.floats(0, 1),
    spread=st.floats(0, 1),
)


def assert_same(one: Scenario, other: Scenario) -> None:
    """Assert that two scenarios say the same, to the digits that a folder keeps."""
    for field in ("id", "title", "timezone", "attribution", "facts"):
        assert getattr(one, field) == getattr(other, field)
    assert np.array(one.outline) == pytest.approx(np.array(other.outline), abs=1e-6)
    assert_same_streets(one, other)
    assert np.array_equal(one.demand.households, other.demand.households)
    for a, b in zip(one.zones, other.zones, strict=True):
        assert (a.id, a.node) == (b.id, b.node)
        assert a.residential_m == pytest.approx(b.residential_m, abs=0.06)
        assert [len(ring) for ring in a.rings] == [len(ring) for ring in b.rings]
        for ring, again in zip(a.rings, b.rings, strict=True):
            assert np.array(ring) == pytest.approx(np.array(again), abs=1e-6)
    # Moments compare as moments: a zone's name and its offset are the same time.
    assert one.windows == other.windows
    for parts in ("groups", "corridors", "receptions"):
        assert _figures(getattr(one, parts)) == pytest.approx(
            _figures(getattr(other, parts)), rel=1e-8
        )
        assert _words(getattr(one, parts)) == _words(getattr(other, parts))
    assert _figures(one.planning) == pytest.approx(_figures(other.planning), rel=1e-8)


def assert_same_streets(one: Scenario, other: Scenario) -> None:
    """Assert that two scenarios have the same streets, to the digits that a folder keeps."""
    nodes, links = one.network.nodes, one.network.links
    for field in ("lon", "lat"):
        assert getattr(nodes, field) == pytest.approx(getattr(other.network.nodes, field), abs=1e-6)
    assert np.array_equal(nodes.id, other.network.nodes.id)
    exact = ("id", "from_node", "to_node", "directed", "facility", "side", "state")
    for field in exact:
        assert np.array_equal(getattr(links, field), getattr(other.network.links, field))
    assert links.length_m == pytest.approx(other.network.links.length_m, abs=0.06)
    for field in ("width_m", "lanes", "speed_m_per_s", "capacity_veh_per_s"):
        again = getattr(other.network.links, field)
        assert getattr(links, field) == pytest.approx(again, rel=1e-8)
    for line, again in zip(links.line, other.network.links.line, strict=True):
        assert np.array(line) == pytest.approx(np.array(again), abs=1e-6)


def _figures(value: object) -> list[float]:
    if isinstance(value, tuple):
        return [figure for part in value for figure in _figures(part)]
    if isinstance(value, int | float):
        return [value]
    slots = getattr(value, "__slots__", ())
    return [figure for slot in slots for figure in _figures(getattr(value, slot))]


def _words(value: object) -> list[str]:
    if isinstance(value, tuple):
        return [word for part in value for word in _words(part)]
    if isinstance(value, str):
        return [value]
    slots = getattr(value, "__slots__", ())
    return [word for slot in slots for word in _words(getattr(value, slot))]


@pytest.mark.parametrize("build", _NAMED)
def test_named_scenario_comes_back(build: object, tmp_path: Path) -> None:
    assert callable(build)
    scenario = build()
    assert_same(read_scenario(written(scenario, tmp_path / "s")), scenario)


@settings(
    max_examples=40,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(recipe=_RECIPES)
def test_any_scenario_comes_back_and_is_written_the_same_again(
    tmp_path: Path, recipe: scenarios.Recipe
) -> None:
    scenario = scenarios.build(recipe)
    first = written(scenario, tmp_path / "first")
    again = read_scenario(first)
    assert_same(again, scenario)
    second = written(again, tmp_path / "second")
    for name in FILES:
        assert (first / name).read_bytes() == (second / name).read_bytes()


def test_windows_are_read_in_local_time(two_days: Scenario, tmp_path: Path) -> None:
    folder = written(two_days, tmp_path / "s")
    change(folder, PLAN, "2016-10-20T08:00:00+03:00", "2016-10-20T05:00:00Z")
    scenario = read_scenario(folder)
    assert scenario.windows == two_days.windows
    assert scenario.start.isoformat() == "2016-10-20T08:00:00+03:00"


def test_units_become_si(one_corridor: Scenario, tmp_path: Path) -> None:
    folder = written(one_corridor, tmp_path / "s")
    change(folder, PLAN, "margin_min = 30", "margin_min = 7.5")
    change(folder, PLAN, "low = 600, central = 600", "low = 36, central = 360")
    change(folder, LINKS, ",1,30,1800,", ",1,36,900,")
    scenario = read_scenario(folder)
    gate = scenario.corridors[0].gate_persons_per_s
    assert (gate.low, gate.central) == (0.01, 0.1)
    assert scenario.corridors[0].margin_s == 450
    assert scenario.network.links.speed_m_per_s[0] == 10
    assert scenario.network.links.capacity_veh_per_s[0] == 0.25


def test_spread_and_facts_may_be_left_out(one_corridor: Scenario, tmp_path: Path) -> None:
    folder = written(one_corridor, tmp_path / "s")
    change(folder, PLAN, "spread = 1\n", "")
    text = (folder / PLAN).read_text(encoding="utf-8")
    (folder / PLAN).write_text(text[: text.index("[[fact]]")], encoding="utf-8")
    scenario = read_scenario(folder)
    assert scenario.planning.spread == 1
    assert scenario.facts == ()


def test_outline_may_repeat_its_first_point(one_corridor: Scenario, tmp_path: Path) -> None:
    folder = written(one_corridor, tmp_path / "s")
    outline = read_scenario(folder).outline
    lon, lat = outline[0]
    change(folder, PLAN, "]\n\n[planning]", f"  [{lon}, {lat}],\n]\n\n[planning]")
    assert read_scenario(folder).outline == outline


def test_breaches_of_every_file_are_told_together(two_gates: Scenario, tmp_path: Path) -> None:
    folder = written(two_gates, tmp_path / "s")
    change(folder, PLAN, "weight = 1\n", "weight = 0\n")
    change(folder, PLAN, "low = 600", "low = -600")
    change(folder, PLAN, 'reception = "R2"', 'reception = "R7"')
    change(folder, NODES, "105,", "104,")
    change(folder, LINKS, ",residential,inside", ",residential,within")
    change(folder, LINKS, ",120,2,", ",nan,2,")
    change(folder, ZONES, '"residential_m": 120', '"residential_m": -1')
    change(folder, DEMAND, "Z1,G1,2,", "Z1,G1,0,")
    change(folder, DEMAND, "Z3,G1,3,", "Z3,G8,3,")
    told = [(one.file, one.field, one.value) for one in breaches(folder)]
    expected = [
        (PLAN, "group[1].weight", "0"),
        (PLAN, "corridor[1].gate.rate_persons_per_h.low", "-600"),
        (PLAN, "corridor[2].reception", "R7"),
        (NODES, "node_id", "104"),
        (LINKS, "length_m", "nan"),
        (LINKS, "side", "within"),
        (ZONES, "features[1].properties.residential_m", "-1"),
        (DEMAND, "size", "0"),
        (DEMAND, "group", "G8"),
    ]
    assert set(expected) <= set(told)
    # Node 105 is gone, and four streets that end there tell so; nothing else is told.
    rest = set(told) - set(expected)
    assert {value for _, _, value in rest} == {"105"}
    assert [one.file for one in breaches(folder)] == sorted(
        (file for file, _, _ in told), key=FILES.index
    )


def test_an_error_that_a_noun_finds_names_the_key(
    two_gates: Scenario, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> Scenario:
        raise ScenarioError(
            (
                Breach("", 0, "corridor C2.gate_persons_per_s.low", "-1", "must be a number"),
                Breach("", 0, "planning.slot_s", "7", "must be longer"),
                Breach("", 0, "scenario.corridor C1.links", "(1,)", "must be open"),
                Breach("", 0, "link.length_m", "id 7", "must be something"),
            )
        )

    folder = written(two_gates, tmp_path / "s")
    monkeypatch.setattr(reader, "assemble", refuse)
    told = [(one.file, one.row, one.field) for one in breaches(folder)]
    lines = (folder / PLAN).read_text(encoding="utf-8").split("\n")
    rate, slot = told[0][1], told[1][1]
    assert lines[rate - 1].startswith("rate_persons_per_h = { low = 300")
    assert lines[slot - 1] == "slot_min = 15"
    assert [field for _, _, field in told] == [
        "corridor[2].gate.rate_persons_per_h.low",
        "planning.slot_min",
        "corridor[1].links",
        "link.length_m",
    ]


def test_more_than_a_thousand_breaches_of_a_rule_are_counted(
    one_corridor: Scenario, tmp_path: Path
) -> None:
    folder = written(one_corridor, tmp_path / "s")
    with (folder / NODES).open("a", encoding="utf-8") as file:
        file.writelines(f"{5000 + n},37.15,nan\n" for n in range(1_700))
    told = breaches(folder)
    assert len(told) == 1_001
    assert all(one.file == NODES and one.field == "y_coord" for one in told[:1_000])
    assert told[-1].field == "and 700 more"
    assert told[-1].rule == told[0].rule


def test_value_that_steers_a_terminal_is_told_harmlessly(
    one_corridor: Scenario, tmp_path: Path
) -> None:
    folder = written(one_corridor, tmp_path / "s")
    change(folder, DEMAND, "Z1,G1,1,", "\x1b[2J\u202eZ1,G1,1,")
    breach = only(folder)
    assert (breach.file, breach.row, breach.field) == (DEMAND, 2, "zone_id")
    assert breach.value == "\\x1b[2J\\u202eZ1"


def test_written_folder_is_read_wherever_it_is(one_corridor: Scenario, tmp_path: Path) -> None:
    write_scenario(one_corridor, str(tmp_path / "a" / "b"))
    (tmp_path / "link").symlink_to(tmp_path / "a", target_is_directory=True)
    assert read_scenario(str(tmp_path / "link" / "b")).id == one_corridor.id
