"""One sound noun of each kind, to be changed in one place, and what is said when it is refused."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from datetime import datetime, timedelta, timezone
from typing import Any

import pytest

from clearway.errors import ScenarioError
from clearway.model.corridor import Corridor, HoldingArea, Reception, Window
from clearway.model.facts import Estimate, Fact, Text
from clearway.model.network import Links, Nodes
from clearway.model.plan import Binding, Level, Movement, Plan, Status
from clearway.model.population import Group, Zone
from clearway.model.scenario import Planning

ASSUMED = "assumed: for tests"
NAME = Text("East gate", "البوابة الشرقية")
CLOCK = timezone(timedelta(hours=3))
EIGHT = datetime(2016, 10, 20, 8, tzinfo=CLOCK)


def refusal(make: Callable[[], object]) -> list[tuple[str, str]]:
    """Return field and rule of each breach that ``make`` raises."""
    with pytest.raises(ScenarioError) as caught:
        make()
    found = caught.value.breaches
    assert {(breach.file, breach.row) for breach in found} == {("", 0)}
    return [(breach.field, breach.rule) for breach in found]


def fields(noun: Any, **changes: Any) -> list[str]:
    """Return the fields that are refused when a sound noun is changed."""
    return [field for field, _ in refusal(lambda: dataclasses.replace(noun, **changes))]


def estimate(low: float, central: float | None = None, high: float | None = None) -> Estimate:
    """Return an assumed estimate; one number stands for all three."""
    middle = low if central is None else central
    return Estimate(low, middle, middle if high is None else high, ASSUMED)


def holding() -> HoldingArea:
    """Return a holding area of 100 m2 for 150 persons, as many as it may take."""
    return HoldingArea(100.0, 150.0, ASSUMED)


def corridor() -> Corridor:
    """Return a corridor of two links."""
    return Corridor("C1", NAME, 1, (11, 12), estimate(0.5), holding(), 1_800.0, "R1", ASSUMED)


def reception() -> Reception:
    """Return a reception site with 500 places."""
    return Reception("R1", NAME, 9, estimate(500))


def window() -> Window:
    """Return the hours from eight to ten."""
    return Window("C1", EIGHT, EIGHT + timedelta(hours=2), ASSUMED)


def group() -> Group:
    """Return a group that walks at 1.2 m/s."""
    return Group("able", NAME, estimate(1.0, 1.2, 1.4), 1.0, ASSUMED)


def zone() -> Zone:
    """Return a zone with a triangle for a border."""
    return Zone("N3", 1, 1_200.0, (((37.1, 36.1), (37.2, 36.1), (37.2, 36.2)),))


def planning() -> Planning:
    """Return slots of 15 minutes, steps of one, ticks of ten seconds."""
    return Planning(900, 60, 10, estimate(0.6, 0.8, 0.95))


def fact() -> Fact:
    """Return a fact that is assumed."""
    return Fact("streets", NAME, ASSUMED)


def nodes() -> Nodes:
    """Return three nodes whose ids are not in order."""
    return Nodes([30, 10, 20], [37.0, 37.1, 37.2], [36.0, 36.1, 36.2])  # type: ignore[arg-type]


def links(**changes: Any) -> Links:
    """Return two links, 30 to 10 inside and 10 to 20 across the outline."""
    columns: dict[str, Any] = {
        "id": [7, 5],
        "from_node": [30, 10],
        "to_node": [10, 20],
        "directed": [False, True],
        "length_m": [100.0, 50.0],
        "width_m": [2.0, 4.0],
        "lanes": [1.0, 0.0],
        "speed_m_per_s": [8.0, 0.0],
        "capacity_veh_per_s": [0.5, 0.0],
        "facility": ["residential", "footway"],
        "side": ["inside", "crossing"],
        "state": ["open", "closed"],
        "line": (((37.0, 36.0), (37.1, 36.1)), ((37.1, 36.1), (37.2, 36.2))),
    }
    return Links(**(columns | changes))


def movement(**changes: Any) -> Movement:
    """Return a movement of two households with seven persons."""
    made = Movement("M1", "N3", "able", "C1", (7, 5), 900, 0, 2, 7)
    return dataclasses.replace(made, **changes)


def plan(**changes: Any) -> Plan:
    """Return a plan of one movement, proved best at the first level."""
    binding = Binding("gate", "C1", 0, 3_600, 12.5, NAME)
    made = Plan(
        scenario="tiny",
        movements=(movement(),),
        levels=(Level("people_out", 7.0, 7.0), Level("hours_until_out", 9.0, 8.0)),
        status=Status("partial", NAME, (binding,)),
        willing_persons=20,
        uptake=0.8,
    )
    return dataclasses.replace(made, **changes)
