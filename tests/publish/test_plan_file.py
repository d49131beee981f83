"""The plan file as it is written: its schema, its document, its bytes."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import jsonschema
import numpy as np
import pytest

from clearway.model.facts import Text
from clearway.model.plan import EXPOSURE, LIMITED, PEOPLE, Binding, Level, Plan, Status
from clearway.model.plan import PATIENTS_OUT as PATIENTS
from clearway.model.plan import RED_OUT as RED
from clearway.model.rules import Rules
from clearway.publish.plan_file import FORMAT, plan_to_json
from tests.plans import greedy_plan
from tests.read import rides, terms
from tests.scenarios import four_sides, two_days, two_gates

DOCS = Path(__file__).parents[2] / "docs"
SCHEMA = json.loads((DOCS / "plan.schema.json").read_text(encoding="utf-8"))
DOCUMENT = (DOCS / "plan-format.md").read_text(encoding="utf-8")


def full_plan() -> Plan:
    """Return a plan that uses every field."""
    plan = greedy_plan(two_gates())
    words = Text('A "gate" binds.\nSee C1.', "بوابة C1 هي العائق.")
    binding = Binding("gate", "C1", 0, 7200, 12.5, words)
    levels = (Level(RED, 1.0, 1.0), Level(PATIENTS, 3.0, 4.0), *plan.levels)
    *others, last = plan.movements
    return plan.replace(
        movements=(*others, replace(last, span_s=120)),
        levels=levels,
        status=Status(LIMITED, words, (binding, binding)),
        rules=terms.rules(),
        duties=rides.duties(two_gates()),
        convoys=rides.runs(two_gates()),
    )


def loaded(plan: Plan) -> Any:
    """Return what a strict JSON reader finds."""

    def refuse(constant: str) -> None:
        raise AssertionError(constant)

    return json.loads(plan_to_json(two_gates(), plan), parse_constant=refuse)


def keys_of(value: Any) -> Iterator[str]:
    """Yield every key of every object in ``value``, but for ids of groups."""
    if isinstance(value, dict):
        yield from (key for key in value if key not in {"G1", "G2"})
    for child in value.values() if isinstance(value, dict) else value:
        if isinstance(child, dict | list):
            yield from keys_of(child)


def test_a_plan_keeps_the_schema() -> None:
    jsonschema.Draft202012Validator.check_schema(SCHEMA)
    jsonschema.validate(loaded(full_plan()), SCHEMA, jsonschema.Draft202012Validator)


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("format",), "clearway-plan/2"),
        (("extra",), 1),
        (("uptake",), "0.8"),
        (("levels", 0, "name"), "cost"),
        (("movements", 0, "departure"), "2016-10-20T08:00"),
        (("movements", 0, "route"), []),
        (("movements", -1, "span_s"), 0),
        (("status", "reason", "ar"), ""),
        (("rules", "risk"), 2),
        (("rules", "risk"), None),
        (("rules", "gates", 0, "open_persons"), -1),
        (("rules", "gates", 0, "turn_m"), None),
        (("rules", "gates", 0, "last_entry_s", "G1"), 90_000),
        (("rules", "gates", 0, "last_entry_s"), [0, 0]),
        (("rules", "gates", 0, "last_entry_recheck_s", "G1"), -1),
        (("rules", "gates", 0, "open_recheck_persons"), "none"),
        (("rules", "gates", 0, "speed"), 1),
        (("rules", "last_departures", 0, "before_s"), -1),
        (("rules", "last_departures", 0, "zone"), ""),
        (("duties",), None),
        (("duties", 0, "id"), ""),
        (("duties", 0, "trips"), []),
        (("duties", 0, "back"), 9_000),
        (("duties", 0, "driver"), "somebody"),
        (("duties", 0, "trips", 0, "stops"), []),
        (("duties", 0, "trips", 0, "corridor_in"), ""),
        (("duties", 0, "trips", 0, "corridor_out"), None),
        (("duties", 0, "trips", 0, "gate_in"), "2016-10-20T08:00"),
        (("duties", 0, "trips", 0, "route_out"), [-1]),
        (("duties", 0, "trips", 0, "stops", 0, "patients"), ["P-001", 2]),
        (("duties", 0, "trips", 0, "stops", 0, "patients"), "P-001"),
        (("duties", 1, "trips", 0, "stops", 0, "loads", 0, "households"), 0),
        (("duties", 1, "trips", 0, "stops", 0, "loads", 0, "persons"), 2.5),
        (("duties", 1, "trips", 0, "stops", 0, "loads", 0, "names"), []),
        (("convoys", 0, "trip"), None),
        (("convoys", 0, "convoy"), 7),
    ],
)
def test_the_schema_refuses_what_the_format_does_not_allow(
    path: tuple[Any, ...], value: Any
) -> None:
    data = loaded(full_plan())
    at = data
    for part in path[:-1]:
        at = at[part]
    at[path[-1]] = value
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(data, SCHEMA, jsonschema.Draft202012Validator)


def test_every_key_is_documented_and_in_the_schema() -> None:
    written = set(keys_of(loaded(full_plan())))
    tables = " ".join(re.findall(r"^\|([^|]*)\|", DOCUMENT, re.MULTILINE))
    documented = set(re.findall(r"`(\w+)`", tables)) | {"en", "ar"}
    in_schema = {
        key
        for part in (SCHEMA, SCHEMA["properties"]["status"], *SCHEMA["$defs"].values())
        for key in part.get("properties", {})
    }
    assert written == in_schema == documented
    assert "`en`" in DOCUMENT
    assert "`ar`" in DOCUMENT


def test_the_example_in_the_document_keeps_the_schema() -> None:
    (example,) = re.findall(r"```json\n(.*?)```", DOCUMENT, re.DOTALL)
    jsonschema.validate(json.loads(example), SCHEMA, jsonschema.Draft202012Validator)


def test_the_document_names_every_level_and_code() -> None:
    for name in (
        *SCHEMA["$defs"]["level"]["properties"]["name"]["enum"],
        *SCHEMA["properties"]["status"]["properties"]["code"]["enum"],
        FORMAT,
    ):
        assert f"`{name}`" in DOCUMENT


def test_each_movement_stands_on_its_line() -> None:
    plan = full_plan()
    lines = plan_to_json(two_gates(), plan).splitlines()
    found = [json.loads(line.rstrip(","))["id"] for line in lines if '"departure"' in line]
    assert found == [movement.id for movement in plan.movements]


def test_each_duty_and_convoy_stands_on_its_line() -> None:
    plan = full_plan()
    lines = plan_to_json(two_gates(), plan).splitlines()
    found = [json.loads(line.rstrip(",")) for line in lines if '"gate_out"' in line]
    assert [one.get("id", one.get("convoy")) for one in found] == [
        *(duty.id for duty in plan.duties),
        *(run.convoy for run in plan.convoys),
    ]


def test_a_plan_without_vehicles_is_the_file_that_it_was() -> None:
    data = loaded(full_plan().replace(duties=(), convoys=()))
    assert list(data)[-1] == "movements"
    assert "duties" not in data
    assert "convoys" not in data
    jsonschema.validate(data, SCHEMA, jsonschema.Draft202012Validator)


def test_trips_are_written_with_their_times_and_ways() -> None:
    plan = full_plan()
    trip = loaded(plan)["duties"][0]["trips"][0]
    assert [trip[key] for key in ("leave", "gate_in", "gate_out", "arrive", "done")] == [
        f"2016-10-20T{clock}:00+03:00" for clock in ("07:45", "08:00", "08:40", "09:00", "09:15")
    ]
    assert trip["route_out"] == list(plan.duties[0].trips[0].links_out)
    (stop,) = trip["stops"]
    assert (stop["patients"], stop["loads"]) == (["P-001"], [])
    assert stop["route"] == list(plan.duties[0].trips[0].stops[0].links)


def test_a_vehicle_inside_has_no_corridor_in() -> None:
    first, second = loaded(full_plan())["duties"][1]["trips"]
    assert (first["corridor_in"], second["corridor_in"]) == (None, "C1")
    assert first["stops"][0]["loads"][0] == {
        "group": "G2",
        "first_household": 0,
        "households": 3,
        "persons": 12,
    }


def test_each_rule_stands_on_its_line() -> None:
    plan = full_plan()
    assert plan.rules is not None
    lines = plan_to_json(two_gates(), plan).splitlines()
    gates = [json.loads(line.rstrip(",")) for line in lines if '"turn_m"' in line]
    assert [gate["corridor"] for gate in gates] == ["C1", "C2"]
    last = [json.loads(line.rstrip(",")) for line in lines if '"before_s"' in line]
    assert [one["before_s"] for one in last] == [4_200, 604_800, 0]


def test_no_cap_is_null_and_last_entries_stand_by_group() -> None:
    first, second = loaded(full_plan())["rules"]["gates"]
    caps = ("hold_queue_persons", "hold_called_persons", "open_persons", "open_recheck_persons")
    assert [first[cap] for cap in caps] == [150, 400, 62.5, 30]
    assert [second[cap] for cap in caps] == [None] * 4
    assert first["last_entry_s"] == {"G1": 1_290, "G2": 2_580.5}
    assert first["last_entry_recheck_s"] == {"G1": 1_900, "G2": 3_000}
    assert second["last_entry_recheck_s"] is None


def test_a_plan_without_rules_has_no_key_for_them() -> None:
    data = loaded(full_plan().replace(rules=None))
    assert "rules" not in data
    jsonschema.validate(data, SCHEMA, jsonschema.Draft202012Validator)


def test_rules_without_gates_are_written() -> None:
    data = loaded(full_plan().replace(rules=Rules(1.0, (), ())))
    assert data["rules"] == {"risk": 1, "gates": [], "last_departures": []}
    jsonschema.validate(data, SCHEMA, jsonschema.Draft202012Validator)


def test_a_last_entry_too_few_is_not_written() -> None:
    rules = terms.rules()
    short = replace(rules.gates[1], last_entry_s=(60.0,))
    with pytest.raises(ValueError, match="shorter"):
        plan_to_json(two_gates(), full_plan().replace(rules=replace(rules, gates=(short,))))


def test_the_same_plan_gives_the_same_text() -> None:
    assert plan_to_json(two_gates(), full_plan()) == plan_to_json(two_gates(), full_plan())


def test_times_are_local_and_carry_their_offset() -> None:
    plan = greedy_plan(two_days())
    movements = json.loads(plan_to_json(two_days(), plan))["movements"]
    assert movements[0]["departure"] == "2016-10-20T08:00:00+03:00"
    assert movements[-1]["departure"].startswith("2016-10-21T08:")


def test_arabic_is_written_as_it_reads() -> None:
    assert "بوابة C1 هي العائق." in plan_to_json(two_gates(), full_plan())


def test_an_empty_plan_is_written() -> None:
    plan = full_plan().replace(movements=(), levels=())
    data = loaded(plan)
    assert data["movements"] == data["levels"] == []
    jsonschema.validate(data, SCHEMA, jsonschema.Draft202012Validator)


def test_a_bound_that_bounds_nothing_is_null() -> None:
    levels = (Level(PEOPLE, 10.0, math.inf), Level(EXPOSURE, 4.0, 0.0))
    data = loaded(full_plan().replace(levels=levels))
    assert [(level["bound"], level["gap"]) for level in data["levels"]] == [
        (None, None),
        (0.0, None),
    ]
    jsonschema.validate(data, SCHEMA, jsonschema.Draft202012Validator)


def test_a_value_that_is_no_number_is_not_written() -> None:
    plan = full_plan().replace(levels=(Level(PEOPLE, math.nan, 1.0),))
    with pytest.raises(ValueError, match="JSON"):
        plan_to_json(two_gates(), plan)


def test_numbers_of_arrays_are_written_as_numbers() -> None:
    scenario = four_sides()
    plan = greedy_plan(scenario)
    first = plan.movements[0]
    links: Any = tuple(np.array(first.links))
    depart: Any = np.int64(first.depart_s)
    persons: Any = np.int64(first.persons)
    same = replace(first, links=links, depart_s=depart, persons=persons)
    again = plan.replace(movements=(same, *plan.movements[1:]))
    assert plan_to_json(scenario, again) == plan_to_json(scenario, plan)


def test_numbers_of_arrays_in_duties_are_written_as_numbers() -> None:
    plan = full_plan()
    duty = plan.duties[1]
    trip = duty.trips[0]
    stop = trip.stops[1]
    numbers: Any = tuple(np.array(stop.links))
    at: Any = np.int64(stop.leave_s)
    persons: Any = np.int64(stop.loads[0].persons)
    load = replace(stop.loads[0], persons=persons)
    stops = (trip.stops[0], replace(stop, links=numbers, leave_s=at, loads=(load,)))
    back: Any = np.int64(duty.back_s)
    same = replace(duty, trips=(replace(trip, stops=stops), *duty.trips[1:]), back_s=back)
    again = plan.replace(duties=(plan.duties[0], same))
    assert plan_to_json(two_gates(), again) == plan_to_json(two_gates(), plan)
