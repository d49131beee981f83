"""Write a plan as ``plan.json`` (see ``docs/plan-format.md``)."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable
from typing import Any, Final

from clearway.model.facts import Text
from clearway.model.plan import Binding, Level, Movement, Plan
from clearway.model.rules import GateRule, LastDeparture, Rules
from clearway.model.scenario import Scenario
from clearway.publish.duty_file import duty_json, run_json

FORMAT: Final = "clearway-plan/1"


def plan_to_json(scenario: Scenario, plan: Plan) -> str:
    """Return ``plan`` as the text of a ``plan.json``: one movement, duty or convoy a line.

    The same plan gives the same text. Times are local and carry their offset; a bound, gap or cap
    that is not finite is written as null.

    Parameters
    ----------
    scenario
        What the plan is for; its clock tells the times.
    plan
        What to write.

    Raises
    ------
    ValueError
        If another figure of the plan is not finite, or a gate's last entries are not one a group.
    """
    rules = plan.rules
    vehicles = {
        "duties": [duty_json(scenario, duty) for duty in plan.duties],
        "convoys": [run_json(scenario, run) for run in plan.convoys],
    }
    keys = (
        ("format", _json(FORMAT)),
        ("scenario", _json(plan.scenario)),
        ("slot_s", _json(scenario.planning.slot_s)),
        ("uptake", _json(float(plan.uptake))),
        ("willing_persons", _json(int(plan.willing_persons))),
        ("status", _status(scenario, plan)),
        ("levels", _list(_level(level) for level in plan.levels)),
        *((("rules", _rules(scenario, rules)),) if rules is not None else ()),
        ("movements", _list(_movement(scenario, movement) for movement in plan.movements)),
        # Only where there are any: a plan without vehicles is the file that it always was.
        *((key, _list(told)) for key, told in vehicles.items() if told),
    )
    return "{\n" + ",\n".join(f"{_json(key)}: {value}" for key, value in keys) + "\n}\n"


def _status(scenario: Scenario, plan: Plan) -> str:
    """Return the status, one limit that binds a line."""
    head = f'"code": {_json(plan.status.code)}, "reason": {_json(_text(plan.status.reason))}'
    binding = _list(_binding(scenario, one) for one in plan.status.binding)
    return f'{{{head}, "binding": {binding}}}'


def _binding(scenario: Scenario, binding: Binding) -> dict[str, Any]:
    return {
        "kind": binding.kind,
        "where": binding.where,
        "from": _moment(scenario, binding.from_s),
        "until": _moment(scenario, binding.until_s),
        "worth_persons": float(binding.worth_persons),
        "text": _text(binding.text),
    }


def _level(level: Level) -> dict[str, Any]:
    return {
        "name": level.name,
        "value": float(level.value),
        "bound": _finite(level.bound),
        "gap": _finite(level.gap),
    }


def _rules(scenario: Scenario, rules: Rules) -> str:
    """Return the rules, one gate and one last departure a line."""
    gates = _list(_gate(scenario, gate) for gate in rules.gates)
    last = _list(_last_departure(one) for one in rules.last_departures)
    risk = f'"risk": {_json(float(rules.risk))}'
    return f'{{{risk}, "gates": {gates}, "last_departures": {last}}}'


def _gate(scenario: Scenario, gate: GateRule) -> dict[str, Any]:
    again = gate.last_entry_recheck_s
    return {
        "corridor": gate.corridor,
        "hold_queue_persons": _finite(gate.hold_queue_persons),
        "hold_called_persons": _finite(gate.hold_called_persons),
        "open_persons": _finite(gate.open_persons),
        "last_entry_s": _by_group(scenario, gate.last_entry_s),
        "turn_m": float(gate.turn_m),
        "last_entry_recheck_s": _by_group(scenario, again) if again else None,
        "open_recheck_persons": _finite(gate.open_recheck_persons),
    }


def _by_group(scenario: Scenario, seconds: tuple[float, ...]) -> dict[str, float]:
    pairs = zip(scenario.groups, seconds, strict=True)
    return {group.id: float(one) for group, one in pairs}


def _last_departure(one: LastDeparture) -> dict[str, Any]:
    return {
        "zone": one.zone,
        "group": one.group,
        "corridor": one.corridor,
        "before_s": float(one.before_s),
    }


def _movement(scenario: Scenario, movement: Movement) -> dict[str, Any]:
    return {
        "id": movement.id,
        "zone": movement.zone,
        "group": movement.group,
        "corridor": movement.corridor,
        "departure": _moment(scenario, movement.depart_s),
        "first_household": int(movement.first_household),
        "households": int(movement.households),
        "persons": int(movement.persons),
        # Only where it is not a slot: other plans are the files that they always were.
        **({} if movement.span_s is None else {"span_s": int(movement.span_s)}),
        "route": [int(link) for link in movement.links],
    }


def _text(text: Text) -> dict[str, str]:
    return {"en": text.en, "ar": text.ar}


def _moment(scenario: Scenario, seconds: int) -> str:
    return scenario.moment(float(seconds)).isoformat()


def _finite(value: float) -> float | None:
    return float(value) if math.isfinite(value) else None


def _list(entries: Iterable[dict[str, Any]]) -> str:
    lines = ",\n".join(map(_json, entries))
    return f"[\n{lines}\n]" if lines else "[]"


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, allow_nan=False)
