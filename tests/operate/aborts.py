"""Small scenarios with shelters, and plans for them, for tests of aborts."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from clearway.model.facts import Estimate, Text
from clearway.model.plan import Movement, Plan
from clearway.model.scenario import Scenario
from clearway.model.shelter import Shelter
from tests.plans import greedy_plan
from tests.scenarios import ASSUMED, one_corridor

#: Seconds to walk one street of ``one_corridor`` at 1.2 m/s, and its corridor.
STREET_S, CORRIDOR_S = 100, 300


def with_shelters(scenario: Scenario, *places: tuple[int, float]) -> Scenario:
    """Return ``scenario`` with shelters SH1, SH2, ... at nodes (ids) for so many persons."""
    return scenario.replace(
        shelters=tuple(
            Shelter(
                f"SH{n}",
                Text(f"Shelter {n}", f"المأوى {n}"),
                node,
                Estimate(persons, persons, persons, ASSUMED),
            )
            for n, (node, persons) in enumerate(places, 1)
        )
    )


def street(*places: tuple[int, float], **changes: Any) -> tuple[Scenario, Plan]:
    """Return the street of nodes 101, 102, 103 (home to mouth), and one block of 30 persons.

    The block leaves in the first 15 minutes, two persons a minute; the gate takes ten a minute.
    The corridor's reception is node 106, behind its exit 105.
    """
    scenario = with_shelters(one_corridor(households=(30, *[0] * 8), **changes), *places)
    plan = greedy_plan(scenario, most_households=30)
    (move, *_) = plan.movements
    assert (move.depart_s, move.persons, move.links[:2]) == (0, 30, (1001, 1002))
    return scenario, plan.replace(movements=(move,))


def only(plan: Plan, **changes: Any) -> Plan:
    """Return a plan whose one movement has ``changes``."""
    (move,) = plan.movements
    return plan.replace(movements=(replace(move, **changes),))


def moved(plan: Plan, name: str) -> Movement:
    """Return the movement of that id."""
    return next(move for move in plan.movements if move.id == name)
