"""Patients first: by colour, when ready, with the care and the bed that they need."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clearway.judge import judge
from clearway.model.care import (
    COLOURS,
    DIED,
    RED,
    REFUSED,
    STRETCHER,
    WALKING,
    WHEELCHAIR,
    Beds,
    Care,
    Patient,
)
from clearway.model.duty import Trip
from clearway.model.fleet import ADVANCED, NO_CARE, Vehicles
from clearway.model.scenario import Scenario
from clearway.solve.booking import Booking, days
from clearway.solve.drives import drives
from clearway.solve.fleet import plan_fleet
from clearway.solve.medevac import Medevac, can_take, fetched
from clearway.solve.problem import pose
from clearway.solve.solve import solve
from clearway.solve.vehicles import Turn, turns
from tests.scenarios import ASSUMED, at_hour, two_ambulances
from tests.solve.fleets import Wanted, exactly, wanted

BEDS = 9.0


def ward(*patients: Patient, ambulances: int = 1, buses: int = 0, beds: float = BEDS) -> Scenario:
    """Return ``two_ambulances`` for a day, with these patients, and beds for all of them."""
    scenario = two_ambulances(windows=((1, 8, 12),))
    hospitals = tuple(
        replace(
            one,
            opens_s=0,
            beds=tuple(Beds(kind, exactly(beds)) for kind in ("surgical", "general")),
        )
        for one in scenario.care.hospitals
    )
    rows = (("M-bus", buses), ("ambulance", ambulances))
    fleet = replace(
        scenario.fleet, vehicles=tuple(Vehicles(kind, "D1", n, ASSUMED) for kind, n in rows)
    )
    return scenario.replace(fleet=fleet, care=Care("IITT", patients, hospitals))


def lying(code: str, category: str = RED, zone: str = "Z1") -> Patient:
    """Return a patient on a stretcher."""
    return Patient(code, zone, category, STRETCHER, 0, "surgical")


def moved(scenario: Scenario) -> tuple[list[Trip], Medevac]:
    """Give the vehicles of the first day their trips with patients; return them in order."""
    tables = {kind.id: drives(scenario, kind) for kind in scenario.fleet.types}
    medevac = Medevac(scenario, tables, Booking(scenario))
    first: list[Turn] = turns(scenario, days(scenario)[0])
    medevac.run(first)
    trips = [trip for turn in first for trip in turn.trips]
    return sorted(trips, key=lambda trip: trip.gate_out_s), medevac


def codes(trips: Sequence[Trip]) -> list[tuple[str, ...]]:
    """Return who is on each trip."""
    return [trip.patients for trip in trips]


def test_those_with_the_first_claim_go_first() -> None:
    some = [lying(f"P{n}", colour) for n, colour in enumerate(COLOURS[::-1] * 2)]
    trips, medevac = moved(ward(*some))
    ranks = {one.code: COLOURS.index(one.category) for one in some}
    order = [[ranks[code] for code in one] for one in codes(trips)]
    assert order == [[0, 0], [1, 1], [2, 2], [3, 3]]
    assert medevac.waiting == []


def test_a_stretcher_is_for_one() -> None:
    trips, _ = moved(ward(*[lying(f"P{n}") for n in range(5)]))
    assert [len(one) for one in codes(trips)] == [2, 2, 1]


def test_an_ambulance_goes_round_by_another_zone_for_its_second_stretcher() -> None:
    trips, _ = moved(ward(lying("P1"), lying("P2", zone="Z2")))
    (trip,) = trips
    assert {stop.zone: stop.patients for stop in trip.stops} == {"Z1": ("P1",), "Z2": ("P2",)}


def test_nobody_leaves_before_being_ready() -> None:
    late = replace(lying("P1"), ready=at_hour(10))
    trips, _ = moved(ward(late))
    (stop,) = trips[0].stops
    assert stop.leave_s >= 2 * 3600
    assert moved(ward(replace(late, ready=at_hour(12))))[0] == []


def test_a_bus_takes_nobody_who_lies_or_needs_more_care_than_it_has() -> None:
    seated = Patient("P1", "Z1", RED, WALKING, 1, "general")
    others = [lying("P2"), replace(seated, code="P3", care=ADVANCED)]
    scenario = ward(seated, *others, ambulances=0, buses=1)
    trips, medevac = moved(scenario)
    assert codes(trips) == [("P1",)]
    assert [one.code for one in medevac.waiting] == ["P2", "P3"]
    bus, ambulance = scenario.fleet.types
    assert [can_take(bus, one) for one in (seated, *others)] == [True, False, False]
    assert all(can_take(ambulance, one) for one in (seated, *others))
    plain = replace(ambulance, care=NO_CARE)
    assert can_take(plain, others[0])
    assert not can_take(plain, others[1])


def test_places_are_for_those_who_need_them() -> None:
    # One wheelchair place and three seats: the second wheelchair waits, companions sit.
    some = [Patient(f"P{n}", "Z1", RED, WHEELCHAIR, 1, "general") for n in range(2)]
    assert codes(moved(ward(*some))[0]) == [("P0",), ("P1",)]
    many = Patient("P9", "Z1", RED, STRETCHER, 4, "general")
    assert moved(ward(many))[0] == []


def test_one_who_refused_or_died_is_not_called() -> None:
    states = [replace(lying(f"P{n}"), state=state) for n, state in enumerate((REFUSED, DIED))]
    trips, medevac = moved(ward(*states, lying("P9")))
    assert codes(trips) == [("P9",)]
    assert medevac.waiting == []


def test_patients_go_where_they_agreed_to_go() -> None:
    some = [replace(lying("P1"), accepts="H2"), replace(lying("P2"), refuses=("H2",))]
    trips, _ = moved(ward(*some))
    assert sorted((one.patients, one.destination) for one in trips) == [
        (("P1",), "H2"),
        (("P2",), "H1"),
    ]


def test_no_more_come_than_there_are_beds_and_the_red_have_them() -> None:
    some = [lying(f"{colour}{n}", colour) for n in range(2) for colour in ("yellow", "red")]
    trips, medevac = moved(ward(*some, beds=1.0))
    assert sorted(code for one in codes(trips) for code in one) == ["red0", "red1"]
    assert [one.category for one in medevac.waiting] == ["yellow", "yellow"]


def test_a_bed_kept_in_vain_is_for_the_next() -> None:
    # The red one is ready when the gate has closed: nobody could know before the day was planned.
    late = replace(lying("P1"), ready=at_hour(12), accepts="H1")
    other = replace(lying("P2", "yellow"), accepts="H1")
    scenario = ward(late, other, beds=1.0)
    assert moved(scenario)[0] == []
    driven = plan_fleet(pose(scenario))
    trips = [trip for duty in driven.duties for trip in duty.trips if trip.patients]
    assert codes(trips) == [("P2",)]


def test_it_waits_at_a_hospital_that_is_not_open_yet() -> None:
    scenario = ward(replace(lying("P1"), accepts="H1"))
    first, second = scenario.care.hospitals
    hospitals = (replace(first, opens_s=11 * 3600), second)
    later = scenario.replace(care=replace(scenario.care, hospitals=hospitals))
    trips, _ = moved(later)
    assert trips[0].arrive_s == 3 * 3600
    shut = (replace(first, closes_s=8 * 3600), second)
    assert moved(scenario.replace(care=replace(scenario.care, hospitals=shut)))[0] == []


def test_an_ambulance_stays_in_range_and_is_back_in_time() -> None:
    scenario = ward(lying("P1"))
    bus, ambulance = scenario.fleet.types
    near = replace(scenario.fleet, types=(bus, replace(ambulance, range_m=2000.0)))
    assert moved(scenario.replace(fleet=near))[0] == []
    (row, own) = scenario.fleet.vehicles
    for hour, count in ((8.2, 0), (12, 1)):
        timed = replace(scenario.fleet, vehicles=(row, replace(own, until=at_hour(hour))))
        assert len(moved(scenario.replace(fleet=timed))[0]) == count


def test_who_cannot_be_fetched_is_known() -> None:
    scenario = ward(lying("P1"), Patient("P2", "Z2", RED, WALKING, 0, "general"))
    tables = {kind.id: drives(scenario, kind) for kind in scenario.fleet.types}
    assert [one.code for one in fetched(scenario, tables)] == ["P1", "P2"]
    buses = replace(
        scenario.fleet, vehicles=tuple(Vehicles("M-bus", "D1", n, ASSUMED) for n in (1,))
    )
    without = scenario.replace(fleet=buses)
    assert [one.code for one in fetched(without, tables)] == ["P2"]


@pytest.mark.parametrize("count", [1, 2])
def test_a_gate_that_checks_fewer_than_are_aboard_in_a_slot_lets_nobody_pass(count: int) -> None:
    # Two persons a slot: one who comes alone may pass, one with two companions never.
    scenario = ward(replace(lying("P1"), companions=count - 1, posture=WALKING))
    slow = tuple(replace(one, gate_persons_per_s=exactly(2 / 900)) for one in scenario.corridors)
    assert len(moved(scenario.replace(corridors=slow))[0]) == (1 if count == 1 else 0)


@settings(max_examples=40, deadline=None, derandomize=True)
@given(wanted(), st.integers(1, 3))
def test_any_patients_are_moved_by_the_rules(wish: Wanted, ambulances: int) -> None:
    wish = replace(wish, counts=(wish.counts[0], ambulances), links=())
    scenario = wish.scenario()
    scenario = scenario.replace(
        groups=tuple(replace(one, modes=("walk",)) for one in scenario.groups)
    )
    plan = solve(scenario)
    assert judge(scenario, plan).breaches == ()
    red = {one.code for one in scenario.care.patients if scenario.care.colour(one) == RED}
    out = [code for duty in plan.duties for trip in duty.trips for code in trip.patients]
    if plan.levels and scenario.care.patients:
        assert plan.levels[0].value == len(red.intersection(out)) <= plan.levels[0].bound
        assert plan.levels[1].value == len(out) <= plan.levels[1].bound
