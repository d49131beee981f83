"""How large a scenario or a plan is, in words. What is heavy to import stays out of ``say``."""

from __future__ import annotations

from clearway.model.plan import Plan
from clearway.model.scenario import Scenario


def size(scenario: Scenario) -> str:
    """Return how large a scenario is, in words."""
    others = (
        (scenario.fleet.count, "vehicle"),
        (len(scenario.care.patients), "patient"),
        (len(scenario.aid.convoys), "convoy"),
    )
    return (
        f"{int(scenario.demand.persons.sum()):,} people in {len(scenario.zones)} zones, "
        f"{len(scenario.corridors)} corridors, {len(scenario.network.links.id):,} links"
        + "".join(f", {count:,} {name}{'s' * (count > 1)}" for count, name in others if count)
    )


def moved(plan: Plan) -> str:
    """Return how many a plan brings out, in words."""
    patients = f", {len(plan.patients):,} patients" if plan.patients else ""
    return f"{plan.persons:,} people{patients}"
