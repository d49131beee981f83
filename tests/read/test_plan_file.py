"""Plan files read back, and everything wrong with them told."""

from __future__ import annotations

import json
import math
import os
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clearway.errors import Breach, ScenarioError
from clearway.judge import judge
from clearway.model.facts import Text
from clearway.model.plan import CODES, EXPOSURE, HOURS, LEVELS, Binding, Level, Plan, Status
from clearway.model.rules import GateRule, LastDeparture, Rules
from clearway.publish import plan_file as written
from clearway.publish.plan_file import plan_to_json
from clearway.read import plan_file, plan_schema
from clearway.read.plan_file import read_plan
from tests.plans import greedy_plan
from tests.read import terms
from tests.scenarios import four_sides, late_window, two_gates

SCENARIO = two_gates()
PLAN = greedy_plan(SCENARIO)
WORDS = Text('Words with "quotes",\na line end and \\.', "كلمات C1 08:00")


def data() -> Any:
    """Return a good plan as a file holds it."""
    return json.loads(plan_to_json(SCENARIO, PLAN))


def rules(folder: Path, content: Any, name: str = "plan.json") -> dict[str, str]:
    """Write ``content`` (data, text or bytes) as a plan; return the rules that it breaks."""
    text = content if isinstance(content, str | bytes) else json.dumps(content, indent=1)
    path = folder / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    with pytest.raises(ScenarioError) as caught:
        read_plan(path, SCENARIO)
    assert all(breach.file == name for breach in caught.value.breaches)
    return {breach.field: breach.rule for breach in caught.value.breaches}


def outcome(path: Path) -> Plan | Breach:
    """Return the plan in a file, or the first thing wrong with it."""
    try:
        return read_plan(path, SCENARIO)
    except ScenarioError as error:
        return error.breaches[0]


def ruled() -> Any:
    """Return a good plan with rules for its gates as a file holds it."""
    return json.loads(plan_to_json(SCENARIO, PLAN.replace(rules=terms.rules())))


def changed(*path: str | int, to: Any) -> Any:
    """Return a good plan with one value changed."""
    plan = ruled()
    at = plan
    for part in path[:-1]:
        at = at[part]
    at[path[-1]] = to
    return plan


def test_writer_and_reader_mean_the_same_version() -> None:
    assert plan_schema.FORMAT == written.FORMAT


def test_a_plan_comes_back_as_it_was(tmp_path: Path) -> None:
    for scenario in (two_gates(), late_window(), four_sides()):
        plan = greedy_plan(scenario)
        text = plan_to_json(scenario, plan)
        (tmp_path / "plan.json").write_text(text, encoding="utf-8")
        again = read_plan(tmp_path / "plan.json", scenario)
        assert again == plan
        assert plan_to_json(scenario, again) == text
        assert judge(scenario, again).breaches == ()


finite = st.floats(allow_nan=False, allow_infinity=False)
seconds = st.integers(-86_400, 86_400 * 7)


def any_rules() -> st.SearchStrategy[Rules]:
    """Draw rules for the gates of two gates."""
    cap, entry = st.floats(min_value=0), st.floats(0, 86_400)
    far = st.floats(min_value=0, allow_infinity=False)
    gates = [
        st.builds(
            GateRule,
            st.just(name),
            cap,
            cap,
            cap,
            st.tuples(entry, entry),
            far,
            st.just(()) | st.tuples(entry, entry),
            cap,
        )
        for name in ("C1", "C2")
    ]
    ids = (st.sampled_from(["Z1", "Z2", "Z3"]), st.sampled_from(["G1", "G2"]))
    last = st.builds(LastDeparture, *ids, st.sampled_from(["C1", "C2"]), st.floats(0, 7 * 86_400))
    lists = st.lists(last, max_size=4, unique_by=lambda one: (one.zone, one.group, one.corridor))
    return st.builds(Rules, st.floats(0, 1), st.tuples(*gates), lists.map(tuple))


@st.composite
def plans(draw: st.DrawFn) -> Plan:
    """Draw plans with any figures."""
    moves = tuple(
        replace(
            move,
            depart_s=draw(seconds),
            first_household=draw(st.integers(0, 10**9)),
            zone=draw(st.text("abز Z1'\"\\", min_size=1)),
        )
        for move in PLAN.movements[: draw(st.integers(0, 12))]
    )
    less = {EXPOSURE: -math.inf, HOURS: -math.inf}
    levels = tuple(
        Level(name, draw(finite), draw(st.one_of(finite, st.just(less.get(name, math.inf)))))
        for name in draw(st.lists(st.sampled_from(LEVELS), unique=True))
    )
    one = Binding("gate", "C1", draw(seconds), draw(seconds), draw(finite), WORDS)
    status = Status(draw(st.sampled_from(CODES)), WORDS, (one,) * draw(st.integers(0, 2)))
    willing = draw(st.integers(0, 10**9))
    uptake, rules = draw(st.floats(0, 1)), draw(st.none() | any_rules())
    return Plan("any id", moves, levels, status, willing, uptake, rules)


@settings(max_examples=50, deadline=None)
@given(plans())
def test_any_figures_come_back_as_they_were(
    tmp_path_factory: pytest.TempPathFactory, plan: Plan
) -> None:
    path = tmp_path_factory.mktemp("plan") / "plan.json"
    path.write_text(plan_to_json(SCENARIO, plan), encoding="utf-8")
    assert read_plan(path, SCENARIO) == plan


def test_a_plan_for_another_scenario_is_read_for_the_judge_to_name(tmp_path: Path) -> None:
    (tmp_path / "plan.json").write_text(json.dumps({**data(), "scenario": "elsewhere"}))
    plan = read_plan(tmp_path / "plan.json", SCENARIO)
    assert plan.scenario == "elsewhere"
    assert [breach.rule for breach in judge(SCENARIO, plan).breaches] == ["scenario"]


def test_a_byte_order_mark_and_another_layout_are_accepted(tmp_path: Path) -> None:
    path = tmp_path / "plan.json"
    path.write_bytes(b"\xef\xbb\xbf" + json.dumps(data(), indent=4).encode())
    assert read_plan(path, SCENARIO) == PLAN


def test_another_offset_tells_the_same_moment(tmp_path: Path) -> None:
    assert data()["movements"][0]["departure"] == "2016-10-20T08:00:00+03:00"
    path = tmp_path / "plan.json"
    path.write_text(json.dumps(changed("movements", 0, "departure", to="2016-10-20T05:00:00Z")))
    assert read_plan(path, SCENARIO).movements == PLAN.movements


@pytest.mark.parametrize(
    ("path", "value", "rule"),
    [
        (("format",), "clearway-plan/2", "must be 'clearway-plan/1'"),
        (("format",), None, "must be 'clearway-plan/1'"),
        (("scenario",), 7, "must be text in quotes"),
        (("slot_s",), 600, "must be 900, the scenario's length of a slot in seconds"),
        (("uptake",), 1.5, "must be 1 or less"),
        (("uptake",), True, "must be a number"),
        (("willing_persons",), 1e3, "must be a whole number"),
        (("willing_persons",), -1, "must be 0 or more"),
        (
            ("status", "code"),
            "approved",
            "must be 'optimal', 'time_limit', 'partial' or 'infeasible'",
        ),
        (("status", "reason", "ar"), " ", "must not be empty"),
        (("status", "binding"), None, "must be a list"),
        (("levels", 0, "value"), math.nan, "must be a finite number"),
        (("levels", 0, "bound"), math.inf, "must be a finite number"),
        (("levels", 0, "value"), "744", "must be a number"),
        (("movements", 0, "id"), "", "must not be empty"),
        (("movements", 0, "zone"), "Z\u001b1", "must have no control characters"),
        (("movements", 0, "departure"), "at eight", "must be a moment"),
        (("movements", 0, "departure"), 0, "must be a moment"),
        (("movements", 0, "departure"), "2016-10-20T08:00:00", "must carry a time zone"),
        (("movements", 0, "departure"), "2016-10-20T08:00:00.5+03:00", "must be a whole second"),
        (("movements", 0, "departure"), "0001-01-01T00:00:00Z", "must be in the years"),
        (("movements", 0, "households"), 0, "must be 1 or more"),
        (("movements", 0, "households"), 10**30, "must be 1000000000 or less"),
        (("movements", 0, "persons"), 12.5, "must be a whole number"),
        (("movements", 0, "persons"), 1, "must be a number from 28 to 252"),
        (("movements", 0, "route"), [], "must have at least 1"),
        (("movements", 0, "route", 2), "1004", "must be a whole number"),
        (("movements", 0, "route", 2), -5, "must be 0 or more"),
        (("movements", 0), None, "must be a table of keys"),
        (("movements", 1, "id"), "M1", "must be unique"),
        (("levels", 1, "name"), "people_out", "must be unique"),
        (("movements",), {}, "must be a list"),
        (("wishes",), 1, "must be a known key"),
        (("rules",), 7, "must be a table of keys"),
        (("rules", "risk"), 1.01, "must be 1 or less"),
        (("rules", "risk"), None, "must be a number"),
        (("rules", "gates"), {}, "must be a list"),
        (("rules", "gates", 0, "corridor"), "C9", "must be an id in the scenario"),
        (("rules", "gates", 1, "corridor"), "C1", "must be unique"),
        (("rules", "gates", 0, "hold_queue_persons"), -1, "must be 0 or more"),
        (("rules", "gates", 0, "open_persons"), "none", "must be a number"),
        (("rules", "gates", 0, "turn_m"), math.inf, "must be a finite number"),
        (("rules", "gates", 0, "turn_m"), None, "must be a number"),
        (("rules", "gates", 0, "last_entry_s", "G2"), 86_401, "must be 86400 or less"),
        (("rules", "gates", 0, "last_entry_s", "G7"), 60, "must be an id in the scenario"),
        (("rules", "gates", 0, "last_entry_s"), {"G1": 0}, "must be given"),
        (("rules", "gates", 0, "last_entry_s"), [0, 0], "must be a table of keys"),
        (("rules", "gates", 0, "last_entry_recheck_s"), {"G2": 0}, "must be given"),
        (("rules", "gates", 0, "last_entry_recheck_s", "G7"), 60, "must be an id in the scenario"),
        (("rules", "gates", 0, "last_entry_recheck_s", "G1"), -1, "must be 0 or more"),
        (("rules", "gates", 0, "last_entry_recheck_s"), 60, "must be a table of keys"),
        (("rules", "gates", 0, "open_recheck_persons"), -1, "must be 0 or more"),
        (("rules", "gates", 0, "queue"), 1, "must be a known key"),
        (("rules", "gates", 0, "turn_s"), 1, "must be turn_m: no other name or unit"),
        (("rules", "last_departures", 0, "zone"), "Z9", "must be an id in the scenario"),
        (("rules", "last_departures", 0, "group"), "G9", "must be an id in the scenario"),
        (("rules", "last_departures", 0, "corridor"), "C9", "must be an id in the scenario"),
        (("rules", "last_departures", 0, "before_s"), -1, "must be 0 or more"),
        (("rules", "last_departures", 1, "group"), "G1", "must be unique"),
    ],
)
def test_each_breach_is_named(
    tmp_path: Path, path: tuple[str | int, ...], value: Any, rule: str
) -> None:
    found = rules(tmp_path, changed(*path, to=value))
    assert len(found) == 1
    ((field, said),) = found.items()
    assert said.startswith(rule)
    assert field.startswith(str(path[0]))


def test_rules_come_back_as_they_were(tmp_path: Path) -> None:
    plan = PLAN.replace(rules=terms.rules())
    text = plan_to_json(SCENARIO, plan)
    (tmp_path / "plan.json").write_text(text, encoding="utf-8")
    again = read_plan(tmp_path / "plan.json", SCENARIO)
    assert again == plan
    assert plan_to_json(SCENARIO, again) == text


def test_a_file_without_rules_has_none(tmp_path: Path) -> None:
    (tmp_path / "plan.json").write_text(json.dumps(data()), encoding="utf-8")
    assert read_plan(tmp_path / "plan.json", SCENARIO).rules is None
    (tmp_path / "plan.json").write_text(json.dumps({**data(), "rules": None}), encoding="utf-8")
    assert read_plan(tmp_path / "plan.json", SCENARIO).rules is None


def test_gates_are_in_the_order_of_the_scenario_whatever_that_of_the_file(tmp_path: Path) -> None:
    plan = ruled()
    plan["rules"]["gates"].reverse()
    for gate in plan["rules"]["gates"]:
        gate["last_entry_s"] = dict(reversed(gate["last_entry_s"].items()))
    (tmp_path / "plan.json").write_text(json.dumps(plan), encoding="utf-8")
    assert read_plan(tmp_path / "plan.json", SCENARIO).rules == terms.rules()


def test_a_gate_without_a_rule_is_for_the_judge_to_name(tmp_path: Path) -> None:
    plan = ruled()
    del plan["rules"]["gates"][1]
    (tmp_path / "plan.json").write_text(json.dumps(plan), encoding="utf-8")
    rules_read = read_plan(tmp_path / "plan.json", SCENARIO).rules
    assert rules_read is not None
    assert [gate.corridor for gate in rules_read.gates] == ["C1"]


def test_every_breach_of_the_rules_is_told_with_its_line(tmp_path: Path) -> None:
    text = plan_to_json(SCENARIO, PLAN.replace(rules=terms.rules()))
    text = text.replace('"turn_m": 0.0', '"turn_m": -1.0').replace(
        '"zone": "Z3", "group": "G1"', "", 1
    )
    text = text.replace('{, "corridor": "C2"', '{"corridor": "C2"')
    path = tmp_path / "plan.json"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ScenarioError) as caught:
        read_plan(path, SCENARIO)
    lines = text.splitlines()
    gate = next(n for n, line in enumerate(lines, 1) if '"turn_m": -1.0' in line)
    last = next(n for n, line in enumerate(lines, 1) if line.startswith('{"corridor": "C2", "bef'))
    assert [(breach.row, breach.field) for breach in caught.value.breaches] == [
        (gate, "rules.gates[2].turn_m"),
        (last, "rules.last_departures[3].zone"),
        (last, "rules.last_departures[3].group"),
    ]


@pytest.mark.parametrize("key", ["format", "slot_s", "status", "levels", "movements"])
def test_a_missing_key_is_named(tmp_path: Path, key: str) -> None:
    plan = data()
    del plan[key]
    assert rules(tmp_path, plan) == {key: "must be given"}


def test_every_breach_is_told_with_its_line(tmp_path: Path) -> None:
    text = plan_to_json(SCENARIO, PLAN).replace('"Z1"', "5", 1).replace('"corridor": "C2", ', "", 1)
    path = tmp_path / "plan.json"
    path.write_text(text.replace('"uptake": 1.0', '"uptake": -1.0'), encoding="utf-8")
    with pytest.raises(ScenarioError) as caught:
        read_plan(path, SCENARIO)
    lines = text.splitlines()
    without = next(
        n for n, line in enumerate(lines, 1) if '"id"' in line and "corridor" not in line
    )
    found = [(breach.row, breach.field) for breach in caught.value.breaches]
    wrong = next(n for n, line in enumerate(lines, 1) if '"zone": 5' in line)
    assert found == [
        (0, "uptake"),
        (wrong, "movements[1].zone"),
        (without, "movements[3].corridor"),
    ]


@pytest.mark.parametrize(
    ("content", "rule"),
    [
        ("", "must be JSON"),
        ("{", "must be JSON"),
        ("[]", "must be a JSON object"),
        ("null", "must be a JSON object"),
        ("[" * 100_000, "must be JSON: it is nested too deep"),
        ('{"slot_s": ' + "9" * 5000 + "}", "must be JSON: it has a number of thousands of digits"),
        (b"\xff\xfe{}", "must be text in UTF-8"),
        (b"{\0}", "must be text in UTF-8"),
    ],
)
def test_what_is_no_plan_at_all_is_said(tmp_path: Path, content: str | bytes, rule: str) -> None:
    ((_, said),) = rules(tmp_path, content).items()
    assert said.startswith(rule)


def test_a_key_that_stands_twice_is_named(tmp_path: Path) -> None:
    text = plan_to_json(SCENARIO, PLAN).replace('"slot_s"', '"slot_s": 900,\n"slot_s"', 1)
    assert rules(tmp_path, text) == {"slot_s": "must stand once in its object"}


def test_a_file_that_is_too_large_is_not_read(tmp_path: Path) -> None:
    path = tmp_path / "plan.json"
    with path.open("wb") as file:
        file.truncate(plan_file.LIMITS.file_bytes + 1)
    with pytest.raises(ScenarioError, match="must have at most 64,000,000 bytes"):
        read_plan(path, SCENARIO)


def test_no_file_a_folder_a_pipe_and_a_link_elsewhere_are_refused(tmp_path: Path) -> None:
    folder = tmp_path / "folder"
    folder.mkdir()
    os.mkfifo(folder / "pipe")
    (tmp_path / "plan.json").write_text(plan_to_json(SCENARIO, PLAN), encoding="utf-8")
    (folder / "link").symlink_to(tmp_path / "plan.json")
    (folder / "circle").symlink_to(folder / "circle")
    refused = {
        folder / "none": "must be there",
        folder: "must be an ordinary file",
        folder / "pipe": "must be an ordinary file",
        folder / "link": "must not lead out of the scenario's folder",
        folder / "circle": "must be readable",
        folder / "nul\0": "must be the name of a file",
        Path("/dev/zero"): "must be an ordinary file",
    }
    for path, rule in refused.items():
        with pytest.raises(ScenarioError) as caught:
            read_plan(path, SCENARIO)
        assert [breach.rule for breach in caught.value.breaches] == [rule]


@settings(max_examples=100, deadline=None)
@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    ),
    st.data(),
)
def test_a_broken_file_never_gives_anything_but_breaches(
    tmp_path_factory: pytest.TempPathFactory, value: Any, chosen: st.DataObject
) -> None:
    plan = ruled()
    at, key = plan, chosen.draw(st.sampled_from(sorted(plan)))
    while isinstance(at[key], dict | list) and at[key] and chosen.draw(st.booleans()):
        at = at[key]
        keys = sorted(at) if isinstance(at, dict) else range(len(at))
        key = chosen.draw(st.sampled_from(keys))
    at[key] = value
    path = tmp_path_factory.mktemp("plan") / "plan.json"
    path.write_text(json.dumps(plan), encoding="utf-8")
    assert isinstance(outcome(path), Plan | Breach)
