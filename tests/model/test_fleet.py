"""Vehicles, depots, convoys and conditions: what they refuse, and rings that nothing leaves."""

from __future__ import annotations

import dataclasses
import math
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clearway.model.fleet import (
    Aid,
    Convoy,
    Depot,
    Fleet,
    LinkedMovement,
    Vehicles,
    VehicleType,
    deadlock,
)
from tests.model.nouns import ASSUMED, EIGHT, NAME, estimate, fields, refusal

NO_ZONE = datetime(2016, 10, 20, 8)  # noqa: DTZ001 - a moment without a zone is what is refused


def bus() -> VehicleType:
    """Return a bus with a place of each kind."""
    return VehicleType(
        id="bus",
        name=NAME,
        seats=50,
        wheelchairs=1,
        stretchers=2,
        care="basic",
        speed_m_per_s=estimate(5, 10, 15),
        board_s=estimate(600, 900, 1_200),
        alight_s=estimate(300),
        source=ASSUMED,
    )


def depot() -> Depot:
    """Return a depot outside."""
    return Depot("D1", NAME, 37.2, 36.2, ASSUMED)


def buses(**changes: Any) -> Vehicles:
    """Return four buses."""
    return dataclasses.replace(Vehicles("bus", "D1", 4, ASSUMED), **changes)


def convoy(name: str = "A1") -> Convoy:
    """Return a convoy of five that may come between eight and ten."""
    return Convoy(
        id=name,
        name=NAME,
        depot="D1",
        type="bus",
        vehicles=5,
        zone="N3",
        unload_s=estimate(0, 3_600, 7_200),
        since=EIGHT,
        until=EIGHT + timedelta(hours=2),
        persons=500,
        source=ASSUMED,
    )


def link(name: str, then: str, after: str) -> LinkedMovement:
    """Return a condition."""
    return LinkedMovement(name, then, after, ASSUMED)


@pytest.mark.parametrize(
    ("changes", "refused"),
    [
        ({"id": " "}, "vehicle type  .id"),
        ({"seats": -1}, "vehicle type bus.seats"),
        ({"wheelchairs": 1_001}, "vehicle type bus.wheelchairs"),
        ({"stretchers": math.nan}, "vehicle type bus.stretchers"),
        ({"care": "good"}, "vehicle type bus.care"),
        ({"speed_m_per_s": estimate(0.05, 1, 2)}, "vehicle type bus.speed_m_per_s.low"),
        ({"speed_m_per_s": estimate(1, 2, 61)}, "vehicle type bus.speed_m_per_s.high"),
        ({"board_s": estimate(-1, 0, 1)}, "vehicle type bus.board_s.low"),
        ({"alight_s": estimate(0, 0, 86_401)}, "vehicle type bus.alight_s.high"),
        ({"rest_s": -1}, "vehicle type bus.rest_s"),
        ({"range_m": 0}, "vehicle type bus.range_m"),
        ({"range_m": math.nan}, "vehicle type bus.range_m"),
        ({"source": ""}, "vehicle type bus.source"),
    ],
)
def test_types_are_refused_by_field(changes: dict[str, Any], refused: str) -> None:
    assert fields(bus(), **changes) == [refused]


def test_a_type_says_least_by_default() -> None:
    """No rest, no limit of range, every corridor and every street."""
    made = bus()
    assert (made.rest_s, made.range_m, made.corridors, made.barred) == (0, math.inf, (), ())


@pytest.mark.parametrize(
    ("changes", "refused"),
    [
        ({"id": ""}, "depot .id"),
        ({"lon": 180.1}, "depot D1.lon"),
        ({"lat": -91}, "depot D1.lat"),
        ({"lat": math.nan}, "depot D1.lat"),
        ({"source": "\t"}, "depot D1.source"),
    ],
)
def test_depots_are_refused_by_field(changes: dict[str, Any], refused: str) -> None:
    assert fields(depot(), **changes) == [refused]


@pytest.mark.parametrize(
    ("changes", "refused"),
    [
        ({"count": -1}, "vehicles bus at D1.count"),
        ({"since": NO_ZONE}, "vehicles bus at D1.since"),
        ({"until": NO_ZONE}, "vehicles bus at D1.until"),
        ({"source": ""}, "vehicles bus at D1.source"),
    ],
)
def test_vehicles_are_refused_by_field(changes: dict[str, Any], refused: str) -> None:
    assert fields(buses(), **changes) == [refused]


def test_a_fleet_counts_its_vehicles() -> None:
    fleet = Fleet((bus(),), (depot(),), (buses(), buses(count=3, since=EIGHT)))
    assert fleet.count == 7
    assert Fleet().count == 0


@pytest.mark.parametrize(
    ("changes", "refused"),
    [
        ({"types": (bus(), bus())}, ["fleet.types.id"]),
        ({"depots": (depot(), depot())}, ["fleet.depots.id"]),
        ({"vehicles": (buses(), buses(count=1))}, ["fleet.vehicles"]),
        ({"vehicles": (buses(type="tram"),)}, ["fleet.vehicles.type"]),
        ({"vehicles": (buses(depot="D7"),)}, ["fleet.vehicles.depot"]),
        ({"outside_m_per_s": estimate(0, 1, 2)}, ["fleet.outside_m_per_s.low"]),
        ({"outside_m_per_s": estimate(1, 2, 61)}, ["fleet.outside_m_per_s.high"]),
        ({"outside_detour": estimate(0.9, 1, 2)}, ["fleet.outside_detour.low"]),
        ({"outside_detour": estimate(1, 1, 21)}, ["fleet.outside_detour.high"]),
    ],
)
def test_fleets_are_refused_by_field(changes: dict[str, Any], refused: list[str]) -> None:
    fleet = Fleet((bus(),), (depot(),), (buses(),))
    assert fields(fleet, **changes) == refused


def test_without_vehicles_it_says_that_its_figures_are_assumed() -> None:
    told = Fleet()
    assert told.outside_m_per_s.assumed
    assert told.outside_detour.central == 1


@pytest.mark.parametrize(
    ("changes", "refused"),
    [
        ({"id": ""}, "convoy .id"),
        ({"vehicles": 0}, "convoy A1.vehicles"),
        ({"unload_s": estimate(-1, 0, 1)}, "convoy A1.unload_s.low"),
        ({"unload_s": estimate(0, 1, 700_000)}, "convoy A1.unload_s.high"),
        ({"persons": -1}, "convoy A1.persons"),
        ({"since": NO_ZONE, "until": NO_ZONE}, "convoy A1.since"),
        ({"until": EIGHT}, "convoy A1.until"),
        ({"source": " "}, "convoy A1.source"),
    ],
)
def test_convoys_are_refused_by_field(changes: dict[str, Any], refused: str) -> None:
    assert fields(convoy(), **changes) == [refused]


@pytest.mark.parametrize("wrong", ["", "aid", "aid:", "patients:", "people:2016-10-20", "A1"])
@pytest.mark.parametrize("side", ["then", "after"])
def test_conditions_are_about_convoys_and_days(side: str, wrong: str) -> None:
    made = link("K1", "patients:2016-10-20", "aid:A1")
    assert fields(made, **{side: wrong}) == [f"linked movement K1.{side}"]


def test_conditions_have_a_code_and_a_source() -> None:
    made = link("K1", "patients:2016-10-20", "aid:A1")
    assert fields(made, id="") == ["linked movement .id"]
    assert fields(made, source="") == ["linked movement K1.source"]


def test_aid_is_refused_by_field() -> None:
    """Convoys and conditions have codes of their own; conditions are on convoys that are sent."""
    condition = link("K1", "patients:2016-10-20", "aid:A1")
    aid = Aid((convoy(),), (condition,))
    assert aid.links == (condition,)
    assert fields(aid, convoys=(convoy(), convoy())) == ["aid.convoys.id"]
    assert fields(aid, links=(condition, condition)) == ["aid.links.id"]
    assert refusal(lambda: Aid((), (condition,))) == [("aid.link K1.after", "must be a convoy")]


def test_a_ring_is_found_and_named_in_order() -> None:
    """Patients only after aid, aid only after patients: nothing moves."""
    first = link("K1", "patients:2016-10-20", "aid:A1")
    second = link("K2", "aid:A1", "patients:2016-10-20")
    assert deadlock((first, second)) == ("K1", "K2")
    assert deadlock((first,)) == ()
    assert deadlock(()) == ()


def test_what_waits_for_itself_is_a_ring() -> None:
    assert deadlock((link("K1", "aid:A1", "aid:A1"),)) == ("K1",)


def test_the_shortest_ring_from_a_condition_is_told() -> None:
    links = (
        link("K1", "aid:A", "aid:B"),
        link("K2", "aid:B", "aid:C"),
        link("K3", "aid:C", "aid:A"),
        link("K4", "aid:B", "aid:A"),
    )
    assert deadlock(links) == ("K1", "K4")


def test_what_leads_into_a_ring_is_not_part_of_it() -> None:
    links = (
        link("K0", "patients:2016-10-20", "aid:A"),
        link("K1", "aid:A", "aid:B"),
        link("K2", "aid:B", "aid:A"),
    )
    assert deadlock(links) == ("K1", "K2")


_NAMES = st.sampled_from(["aid:A", "aid:B", "aid:C", "aid:D", "patients:2016-10-20"])


@given(st.lists(st.tuples(_NAMES, _NAMES), max_size=8))
def test_a_ring_is_told_if_and_only_if_there_is_one(pairs: list[tuple[str, str]]) -> None:
    """Against taking away, again and again, whatever waits for nothing that waits."""
    links = tuple(link(f"K{n}", *pair) for n, pair in enumerate(pairs))
    found, left = deadlock(links), list(links)
    while any(one.after not in {other.then for other in left} for one in left):
        waiting = {other.then for other in left}
        left = [one for one in left if one.after in waiting]
    assert bool(found) == bool(left)
    by_id = {one.id: one for one in links}
    ring = [by_id[name] for name in found]
    assert all(one.after == following.then for one, following in pairwise([*ring, *ring[:1]]))
