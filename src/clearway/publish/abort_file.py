"""Write an abort as JSON: for each step, what everybody under way does (see ``docs/abort.md``)."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any, Final

from clearway.model.abort import AT_NODE, HOME, ON, Abort, AbortStep, Mover, Order, Turn
from clearway.model.scenario import Scenario
from clearway.publish.abort_basis import Basis

FORMAT: Final = "clearway-abort/1"


def abort_to_json(scenario: Scenario, abort: Abort, basis: Basis | None = None) -> str:
    """Return ``abort`` as JSON text: one turn-back and one order a line.

    The same abort gives the same text. Moments are local and carry their offset. ``basis`` is what
    the abort of a running pause rests on.
    """
    shelters = [
        {"id": one.id, "node": one.node, "places": one.places.central} for one in scenario.shelters
    ]
    keys = (
        ("format", _json(FORMAT)),
        ("scenario", _json(abort.scenario)),
        *([] if basis is None else [("rests_on", _json(basis.told()))]),
        ("shelters", _list(shelters)),
        ("turns", _list(_turn(abort, turn) for turn in abort.turns)),
        ("steps", "[\n" + ",\n".join(_step(scenario, abort, one) for one in abort.steps) + "\n]"),
    )
    return "{\n" + ",\n".join(f"{_json(key)}: {value}" for key, value in keys) + "\n}\n"


def _step(scenario: Scenario, abort: Abort, step: AbortStep) -> str:
    full = zip(abort.shelters, step.sheltered(len(abort.shelters)).tolist(), strict=True)
    told = {
        "at": _moment(scenario, step.at_s),
        "on_persons": _tenths(step.on),
        "back_persons": _tenths(step.back),
        "sheltered_persons": {name: _tenths(count) for name, count in full if count > 0},
        "gap": round(step.gap, 9),
    }
    orders = _list(_order(scenario, abort, order) for order in step.orders)
    return _json(told)[:-1] + f', "orders": {orders}}}'


def _order(scenario: Scenario, abort: Abort, order: Order) -> dict[str, Any]:
    return {
        **_who(abort.movers[order.mover]),
        "persons": _tenths(order.persons),
        "left": [
            _moment(scenario, order.first_left_s),
            _moment(scenario, order.last_left_s),
        ],
        "between_gate_and_exit": order.past,
        "goes": goes_to(abort, order.goes),
        "node": order.node,
        "link": None if order.link == AT_NODE else order.link,
        "seconds_since_node": round(order.into_s, 1),
        "toward": order.toward,
        "route": list(order.links),
        "by": _moment(scenario, order.by_s),
    }


def _turn(abort: Abort, turn: Turn) -> dict[str, Any]:
    return {
        **_who(abort.movers[turn.mover]),
        "after_min": round(turn.after_s / 60, 1),
        "node": turn.node,
        "link": None if turn.link == AT_NODE else turn.link,
        "lon": turn.lon,
        "lat": turn.lat,
        "goes": goes_to(abort, turn.goes),
    }


def goes_to(abort: Abort, goes: int) -> str:
    """Return ``on``, ``home`` or the id of a shelter."""
    return {ON: "on", HOME: "home"}.get(goes) or abort.shelters[goes]


def _who(mover: Mover) -> dict[str, Any]:
    return {mover.kind: mover.id, **({"trip": mover.trip} if mover.trip else {})}


def _moment(scenario: Scenario, seconds: int) -> str:
    return scenario.moment(seconds).isoformat(timespec="seconds")


def _tenths(persons: float) -> float:
    return round(persons, 1)


def _list(entries: Iterable[dict[str, Any]]) -> str:
    lines = [_json(entry) for entry in entries]
    return "[\n" + ",\n".join(lines) + "\n]" if lines else "[]"


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, allow_nan=False)
