"""Corridors, holding areas, sites and windows: each rule is refused by name."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clearway.model.corridor import (
    HOLDING_PERSONS_PER_M2,
    NO_VEHICLES,
    Corridor,
    HoldingArea,
    Window,
)
from clearway.model.facts import Estimate
from tests.model.nouns import (
    ASSUMED,
    CLOCK,
    EIGHT,
    corridor,
    estimate,
    fields,
    holding,
    reception,
    refusal,
    window,
)

DAMASCUS = ZoneInfo("Asia/Damascus")
#: At midnight between 27 and 28 October 2016 clocks in Damascus went back to 23:00.
LATE = datetime(2016, 10, 27, 23, 30, tzinfo=DAMASCUS)


@given(st.floats(1, 1e7), st.floats(0, 2))
def test_a_holding_area_is_never_crowded(area: float, density: float) -> None:
    """At most one and a half persons a square metre, whatever the area."""
    if density * area <= HOLDING_PERSONS_PER_M2 * area:
        assert HoldingArea(area, density * area, ASSUMED).limit_persons == density * area
    else:
        ((field, rule),) = refusal(lambda: HoldingArea(area, density * area, ASSUMED))
        assert field == "holding_area.limit_persons"
        assert rule.startswith("must be a number from 0 to ")


def test_four_persons_a_square_metre_are_refused_in_words() -> None:
    """The density at which people are crushed; the rule tells what is allowed."""
    assert refusal(lambda: HoldingArea(100, 400, ASSUMED)) == [
        ("holding_area.limit_persons", "must be a number from 0 to 150")
    ]


@pytest.mark.parametrize(
    ("changes", "refused"),
    [
        ({"area_m2": 0.5, "limit_persons": 0.5}, ["area_m2"]),
        ({"area_m2": float("nan")}, ["area_m2", "limit_persons"]),
        ({"limit_persons": -1}, ["limit_persons"]),
        ({"source": " "}, ["source"]),
    ],
)
def test_holding_areas_are_refused_by_field(changes: dict[str, Any], refused: list[str]) -> None:
    assert fields(holding(), **changes) == [f"holding_area.{one}" for one in refused]


@pytest.mark.parametrize(
    ("changes", "refused"),
    [
        ({"links": ()}, ["links"]),
        ({"links": (11, 12, 11)}, ["links"]),
        ({"margin_s": -1}, ["margin_s"]),
        ({"margin_s": 86_401}, ["margin_s"]),
        ({"source": ""}, ["source"]),
        ({"gate_persons_per_s": estimate(-1, 0, 1)}, ["gate_persons_per_s.low"]),
        (
            {"gate_persons_per_s": estimate(0, 101, 102)},
            ["gate_persons_per_s.central", "gate_persons_per_s.high"],
        ),
        ({"vehicles_per_s": estimate(-0.1, 0, 1)}, ["vehicles_per_s.low"]),
        ({"vehicles_per_s": estimate(0, 1, 101)}, ["vehicles_per_s.high"]),
    ],
)
def test_corridors_are_refused_by_code_and_field(
    changes: dict[str, Any], refused: list[str]
) -> None:
    assert fields(corridor(), **changes) == [f"corridor C1.{one}" for one in refused]


def test_a_corridor_without_code_is_refused() -> None:
    """There is no other name to tell it by."""
    assert fields(corridor(), id="") == ["corridor .id"]


def test_every_breach_of_a_corridor_is_told_at_once() -> None:
    """Three fields, three breaches."""
    found = fields(corridor(), links=(), margin_s=float("inf"), source="")
    assert [one.partition(".")[2] for one in found] == ["links", "margin_s", "source"]


def test_no_vehicle_passes_unless_a_lane_is_told() -> None:
    """And the scenario says that this is assumed."""
    assert corridor().vehicles_per_s == NO_VEHICLES
    assert NO_VEHICLES.high == 0
    assert NO_VEHICLES.assumed


def test_a_gate_may_stand_still() -> None:
    """Nobody passes at best is a range that a negotiator may want to see."""
    shut = Estimate(0, 0, 0.2, ASSUMED)
    made = Corridor("C1", corridor().name, 1, (11,), shut, holding(), 0, "R1", ASSUMED)
    assert made.gate_persons_per_s.central == 0


@pytest.mark.parametrize(
    ("changes", "refused"),
    [({"id": " "}, "reception  .id"), ({"places": estimate(-5, 0, 5)}, "reception R1.places.low")],
)
def test_reception_sites_are_refused_by_field(changes: dict[str, Any], refused: str) -> None:
    assert fields(reception(), **changes) == [refused]


@pytest.mark.parametrize("hours", [0, -1, -24])
def test_a_window_closes_after_it_opens(hours: int) -> None:
    """Neither at once nor before."""
    assert refusal(lambda: Window("C1", EIGHT, EIGHT + timedelta(hours=hours), ASSUMED)) == [
        ("window C1.closes", "must be after it opens")
    ]


@pytest.mark.parametrize("field", ["opens", "closes"])
def test_a_moment_without_a_zone_is_refused(field: str) -> None:
    """Nothing else can be said of it: it cannot even be compared."""
    naive = getattr(window(), field).replace(tzinfo=None)
    assert fields(window(), **{field: naive}) == ["window C1.opens"]


def test_a_window_names_who_announced_it() -> None:
    assert fields(window(), source="") == ["window C1.source"]


def test_moments_of_two_zones_are_compared_as_moments() -> None:
    """Ten in Damascus is seven in UTC: later than six, whatever the clocks show."""
    closes = datetime(2016, 10, 20, 7, tzinfo=ZoneInfo("UTC"))
    opens = datetime(2016, 10, 20, 9, tzinfo=CLOCK)
    assert Window("C1", opens, closes, ASSUMED).closes == closes
    assert fields(window(), opens=closes, closes=opens) == ["window C1.closes"]


def test_a_window_may_span_the_hour_that_comes_twice() -> None:
    """From 23:30 before the change to 23:10 after it are forty minutes."""
    again = datetime(2016, 10, 27, 23, 10, tzinfo=DAMASCUS, fold=1)
    assert Window("C1", LATE, again, ASSUMED).closes == again


def test_a_window_may_not_end_before_it_begins_in_the_hour_that_comes_twice() -> None:
    """By the clock 23:40 comes after 23:30; the first 23:40 comes before the second 23:30."""
    second = LATE.replace(fold=1)
    first = datetime(2016, 10, 27, 23, 40, tzinfo=DAMASCUS)
    assert refusal(lambda: Window("C1", second, first, ASSUMED)) == [
        ("window C1.closes", "must be after it opens")
    ]


def test_by_default_one_checks_and_nobody_set_a_limit() -> None:
    """As corridors were before there were limits."""
    assert corridor().check_points == 1
    assert corridor().open_limit_persons == float("inf")
    assert corridor().open_limit_source.startswith("assumed")


@pytest.mark.parametrize(
    ("changes", "refused"),
    [
        ({"check_points": 0}, "check_points"),
        ({"check_points": 1_001}, "check_points"),
        ({"open_limit_persons": 0.5}, "open_limit_persons"),
        ({"open_limit_persons": -float("inf")}, "open_limit_persons"),
        ({"open_limit_persons": float("nan")}, "open_limit_persons"),
        ({"open_limit_source": " "}, "open_limit_source"),
    ],
)
def test_gates_and_limits_in_the_open_are_refused_by_field(
    changes: dict[str, Any], refused: str
) -> None:
    assert fields(corridor(), **changes) == [f"corridor C1.{refused}"]


@given(st.integers(1, 1_000), st.floats(min_value=1))
def test_any_limit_from_one_person_on_is_kept(points: int, persons: float) -> None:
    """Infinite included: then nobody set one."""
    made = replace(corridor(), check_points=points, open_limit_persons=persons)
    assert (made.check_points, made.open_limit_persons) == (points, persons)
