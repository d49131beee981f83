"""Rules on contacts, shelters and gates that change: whom and what they name."""

from __future__ import annotations

from clearway.read.crosschecks import (
    Parts,
    check_known,
    check_named,
    check_ordered,
    check_unique,
    corridor_ids,
    inside_nodes,
)
from clearway.read.document import Document
from clearway.read.scenario_schema import ScenarioTable


def check_day(parts: Parts) -> None:
    """Note what the tables for the day itself breach beside their schema."""
    plan = parts.plan
    if plan is None:
        return
    known = corridor_ids(plan)
    for n in range(plan.count("contact")):
        check_named(plan, ("contact", n, "corridors"), known)
    for n in range(plan.count("gate_change")):
        check_known(plan, ("gate_change", n, "corridor"), known, "must be the id of a corridor")
        since, until = plan.get("gate_change", n, "since"), plan.get("gate_change", n, "until")
        if None not in (since, until) and since >= until:
            plan.note(("gate_change", n, "until"), until, "must be after it begins")
    _check_shelters(parts, plan)


def _check_shelters(parts: Parts, plan: Document[ScenarioTable]) -> None:
    count, nodes, network = plan.count("shelter"), parts.node_ids(), parts.network
    check_unique(plan, [("shelter", n, "id") for n in range(count)])
    streets = inside_nodes(parts) if count else set()
    for n in range(count):
        path = ("shelter", n, "node")
        check_ordered(plan, ("shelter", n, "places_persons"))
        node = check_known(plan, path, nodes, "must be the id of a node")
        placed = network is not None and node is not None and node in network.nodes.id
        if placed and node not in streets:
            plan.note(path, node, "must be a node where an open inside link ends")
