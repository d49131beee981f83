"""Duties and convoys of plan files: read back whole, and everything wrong with them told."""

from __future__ import annotations

import json
import math
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clearway.errors import Breach, ScenarioError
from clearway.model.duty import ConvoyRun, Duty, Load, Stop, Trip
from clearway.model.plan import PATIENTS_OUT, RED_OUT, Level, Plan
from clearway.publish.plan_file import plan_to_json
from clearway.read.plan_file import read_plan
from tests.plans import greedy_plan
from tests.read import rides
from tests.scenarios import two_gates

SCENARIO = two_gates()
PLAN = greedy_plan(SCENARIO).replace(
    duties=rides.duties(SCENARIO), convoys=rides.runs(SCENARIO), levels=()
)


def data() -> Any:
    """Return a good plan with vehicles as a file holds it."""
    return json.loads(plan_to_json(SCENARIO, PLAN))


def changed(*path: str | int, to: Any) -> Any:
    """Return a good plan with one value changed."""
    plan = data()
    at = plan
    for part in path[:-1]:
        at = at[part]
    at[path[-1]] = to
    return plan


def read(folder: Path, content: Any) -> Plan:
    """Write ``content`` as a plan and read it."""
    path = folder / "plan.json"
    text = content if isinstance(content, str) else json.dumps(content)
    path.write_text(text, encoding="utf-8")
    return read_plan(path, SCENARIO)


def rules(folder: Path, content: Any) -> dict[str, str]:
    """Write ``content`` as a plan; return the rules that it breaks by their fields."""
    with pytest.raises(ScenarioError) as caught:
        read(folder, content)
    return {breach.field: breach.rule for breach in caught.value.breaches}


def test_vehicles_come_back_as_they_were(tmp_path: Path) -> None:
    text = plan_to_json(SCENARIO, PLAN)
    again = read(tmp_path, text)
    assert again == PLAN
    assert plan_to_json(SCENARIO, again) == text


def test_a_file_without_vehicles_has_none(tmp_path: Path) -> None:
    plan = data()
    del plan["duties"], plan["convoys"]
    again = read(tmp_path, plan)
    assert (again.duties, again.convoys) == ((), ())
    assert read(tmp_path, {**plan, "duties": [], "convoys": []}) == again


def test_levels_of_patients_come_back(tmp_path: Path) -> None:
    """More is better: without a bound they are bounded by nothing above."""
    levels = (Level(RED_OUT, 3.0, 4.0), Level(PATIENTS_OUT, 10.0, math.inf))
    again = read(tmp_path, plan_to_json(SCENARIO, PLAN.replace(levels=levels)))
    assert again.levels == levels


def test_who_sits_where_is_for_the_judge_to_say(tmp_path: Path) -> None:
    """Well formed is enough here: ids that nobody has, times that run backwards, a trip twice."""
    plan = data()
    duty = plan["duties"][0]
    duty["type"] = duty["depot"] = "unheard-of"
    duty["back"] = "2016-10-19T00:00:00+03:00"
    duty["trips"] *= 2
    plan["convoys"] *= 2
    again = read(tmp_path, plan)
    assert again.duties[0].type == "unheard-of"
    assert again.duties[0].back_s < 0
    assert len(again.duties[0].trips) == len(again.convoys) == 2


seconds = st.integers(-86_400, 86_400 * 7)
names = st.text("abز -Z1'\"\\", min_size=1, max_size=8)
ways = st.lists(st.integers(0, 2**53 - 1), max_size=3).map(tuple)


@st.composite
def loads(draw: st.DrawFn) -> Load:
    """Draw loads of whole households."""
    households = draw(st.integers(1, 10**8))
    persons = draw(st.integers(households, 9 * households))
    return Load(draw(names), draw(st.integers(0, 10**9)), households, persons)


stops = st.builds(
    Stop,
    names,
    ways,
    seconds,
    seconds,
    st.lists(loads(), max_size=2).map(tuple),
    st.lists(names, max_size=2).map(tuple),
)
trips = st.builds(
    Trip,
    corridor_in=st.just("") | names,
    corridor_out=names,
    leave_s=seconds,
    gate_in_s=seconds,
    stops=st.lists(stops, min_size=1, max_size=2).map(tuple),
    gate_out_s=seconds,
    links_out=ways,
    destination=names,
    arrive_s=seconds,
    done_s=seconds,
)
days = st.builds(
    Duty, names, names, names, names, st.lists(trips, min_size=1, max_size=2).map(tuple), seconds
)


@settings(max_examples=60, deadline=None)
@given(
    st.lists(days, max_size=3, unique_by=lambda duty: duty.id),
    st.lists(st.builds(ConvoyRun, names, trips), max_size=2),
)
def test_any_duties_come_back_as_they_were(
    tmp_path_factory: pytest.TempPathFactory, duties: list[Duty], convoys: list[ConvoyRun]
) -> None:
    plan = PLAN.replace(duties=tuple(duties), convoys=tuple(convoys))
    folder = tmp_path_factory.mktemp("plan")
    assert read(folder, plan_to_json(SCENARIO, plan)) == plan


_TRIP = ("duties", 0, "trips", 0)
_STOP = (*_TRIP, "stops", 0)
_LOAD = ("duties", 1, "trips", 0, "stops", 0, "loads", 0)


@pytest.mark.parametrize(
    ("path", "value", "rule"),
    [
        (("duties",), {}, "must be a list"),
        (("duties",), None, "must be a list"),
        (("duties", 0), [], "must be a table of keys"),
        (("duties", 0, "id"), "", "must not be empty"),
        (("duties", 1, "id"), "bus-01 2016-10-20", "must be unique"),
        (("duties", 0, "vehicle"), 7, "must be text in quotes"),
        (("duties", 0, "type"), "bus\u001b[2J", "must have no control characters"),
        (("duties", 0, "depot"), "D" * 201, "must have at most 200 characters"),
        (("duties", 0, "trips"), [], "must have at least 1"),
        (("duties", 0, "back"), "late", "must be a moment"),
        (("duties", 0, "back"), 10**400, "must be a moment"),
        (("duties", 0, "driver"), "somebody", "must be a known key"),
        ((*_TRIP, "corridor_in"), "", "must not be empty"),
        ((*_TRIP, "corridor_in"), 1, "must be text in quotes"),
        ((*_TRIP, "corridor_out"), None, "must be text in quotes"),
        ((*_TRIP, "leave"), "2016-10-20T08:00:00", "must carry a time zone"),
        ((*_TRIP, "gate_in"), "2016-10-20T08:00:00.5+03:00", "must be a whole second"),
        ((*_TRIP, "gate_out"), "9999-12-31T23:59:59Z", "must be in the years"),
        ((*_TRIP, "route_out"), "1001", "must be a list"),
        ((*_TRIP, "route_out"), [1.5], "must be a whole number"),
        ((*_TRIP, "route_out"), [True], "must be a whole number"),
        ((*_TRIP, "destination"), [], "must be text in quotes"),
        ((*_TRIP, "arrive_s"), 0, "must be arrive: no other name or unit is known here"),
        ((*_TRIP, "stops"), [], "must have at least 1"),
        ((*_TRIP, "stops"), None, "must be a list"),
        ((*_STOP, "zone"), "", "must not be empty"),
        ((*_STOP, "route"), [-1], "must be 0 or more"),
        ((*_STOP, "route"), [2**53], "must be 9007199254740991 or less"),
        ((*_STOP, "arrive"), math.nan, "must be a moment"),
        ((*_STOP, "patients"), "P-001", "must be a list"),
        ((*_STOP, "patients"), [1], "must be text in quotes"),
        ((*_STOP, "patients"), [""], "must not be empty"),
        ((*_LOAD, "group"), None, "must be text in quotes"),
        ((*_LOAD, "first_household"), -1, "must be 0 or more"),
        ((*_LOAD, "households"), 0, "must be 1 or more"),
        ((*_LOAD, "households"), 10**30, "must be 1000000000 or less"),
        ((*_LOAD, "persons"), 12.5, "must be a whole number"),
        ((*_LOAD, "persons"), 2, "must be a number from 3 to 27"),
        ((*_LOAD, "persons"), 28, "must be a number from 3 to 27"),
        (("convoys",), 1, "must be a list"),
        (("convoys", 0, "convoy"), "", "must not be empty"),
        (("convoys", 0, "trip"), None, "must be a table of keys"),
        (("convoys", 0, "trip", "stops"), [], "must have at least 1"),
        (("convoys", 0, "trips"), [], "must be trip: no other name"),
        (("dutys",), [], "must be duties"),
    ],
)
def test_each_breach_is_named(
    tmp_path: Path, path: tuple[str | int, ...], value: Any, rule: str
) -> None:
    ((field, said),) = rules(tmp_path, changed(*path, to=value)).items()
    assert said.startswith(rule)
    assert field.startswith(str(path[0]))


@pytest.mark.parametrize("key", ["id", "vehicle", "type", "depot", "trips", "back"])
def test_a_missing_key_of_a_duty_is_named(tmp_path: Path, key: str) -> None:
    plan = data()
    del plan["duties"][1][key]
    assert rules(tmp_path, plan) == {f"duties[2].{key}": "must be given"}


@pytest.mark.parametrize(
    "key",
    [
        *("corridor_in", "corridor_out", "leave", "gate_in", "stops"),
        *("gate_out", "route_out", "destination", "arrive", "done"),
    ],
)
def test_a_missing_key_of_a_trip_is_named(tmp_path: Path, key: str) -> None:
    """One that is not told is not taken for null."""
    plan = data()
    del plan["convoys"][0]["trip"][key]
    assert rules(tmp_path, plan) == {f"convoys[1].trip.{key}": "must be given"}


def test_every_breach_is_told_with_its_line(tmp_path: Path) -> None:
    text = plan_to_json(SCENARIO, PLAN)
    broken = text.replace('"patients": ["P-001"]', '"patients": [7]', 1)
    broken = broken.replace('"persons": 12}', '"persons": 0}', 1).replace('"convoy": "A1", ', "", 1)
    (tmp_path / "plan.json").write_text(broken, encoding="utf-8")
    with pytest.raises(ScenarioError) as caught:
        read_plan(tmp_path / "plan.json", SCENARIO)
    lines = broken.splitlines()
    rows = [
        next(n for n, line in enumerate(lines, 1) if words in line)
        for words in ('"patients": [7]', '"persons": 0}', '{"trip"')
    ]
    assert [(breach.row, breach.field) for breach in caught.value.breaches] == [
        (rows[0], "duties[1].trips[1].stops[1].patients[1]"),
        (rows[1], "duties[2].trips[1].stops[1].loads[1].persons"),
        (rows[2], "convoys[1].convoy"),
    ]


def test_a_load_of_nobody_is_told_with_its_line(tmp_path: Path) -> None:
    """What no schema can say: persons that are not those of so many households."""
    text = plan_to_json(SCENARIO, PLAN).replace('"persons": 12}', '"persons": 28}', 1)
    (tmp_path / "plan.json").write_text(text, encoding="utf-8")
    with pytest.raises(ScenarioError) as caught:
        read_plan(tmp_path / "plan.json", SCENARIO)
    (breach,) = caught.value.breaches
    assert breach.field == "duties[2].trips[1].stops[1].loads[1].persons"
    assert '"persons": 28}' in text.splitlines()[breach.row - 1]


_JUNK = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(10**20), 10**20)
    | st.floats()
    | st.text(max_size=5)
    | st.sampled_from(["2016-10-20T08:00:00+03:00", "0001-01-01T00:00:00+23:59", "C1", "\x00"]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["zone", "stops", "trips", "id", "x"]), inner, max_size=3)
    ),
    max_leaves=6,
)
_PATHS = st.sampled_from(
    [
        *(("duties",), ("convoys",), ("duties", 0), ("convoys", 0), ("convoys", 0, "trip")),
        *((*_TRIP, key) for key in ("corridor_in", "leave", "stops", "route_out", "destination")),
        *((*_STOP, key) for key in ("zone", "route", "leave", "loads", "patients")),
        *((*_LOAD, key) for key in ("group", "first_household", "households", "persons")),
    ]
)


@settings(max_examples=200, deadline=None)
@given(_PATHS, _JUNK)
def test_junk_in_a_duty_gives_a_plan_or_breaches(
    tmp_path_factory: pytest.TempPathFactory, path: tuple[str | int, ...], junk: Any
) -> None:
    """Never a traceback; every breach is of this file and says where."""
    plan, told = outcome(tmp_path_factory.mktemp("plan"), changed(*path, to=junk))
    assert (plan is None) == bool(told)
    assert all(breach.file == "plan.json" and breach.field and breach.rule for breach in told)
    assert all(str(breach).isprintable() for breach in told)
    assert plan is None or plan_to_json(SCENARIO, plan)


def outcome(folder: Path, content: Any) -> tuple[Plan | None, tuple[Breach, ...]]:
    """Return the plan that ``content`` holds, or everything wrong with it."""
    try:
        return read(folder, content), ()
    except ScenarioError as error:
        return None, error.breaches


def test_a_duty_read_can_be_changed_and_written(tmp_path: Path) -> None:
    again = read(tmp_path, plan_to_json(SCENARIO, PLAN))
    later = replace(again.duties[0], back_s=90_000)
    text = plan_to_json(SCENARIO, again.replace(duties=(later, again.duties[1])))
    assert '"back": "2016-10-21T09:00:00+03:00"' in text
