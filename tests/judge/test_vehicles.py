"""Sound plans with vehicles keep every rule, and what the judge counts of them is right."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from clearway.judge import judge
from clearway.judge.case import open_case
from clearway.model.duty import Duty, Load
from clearway.model.fleet import Depot
from clearway.model.plan import (
    EXPOSURE,
    HOURS,
    PATIENTS_OUT,
    PEOPLE,
    RED_OUT,
    Level,
    Movement,
    Plan,
)
from clearway.model.scenario import Scenario
from clearway.model.verdict import AidTally, FleetTally
from tests.judge.changes import (
    BUS,
    all_later,
    both,
    exactly,
    on_corridors,
    on_duty,
    on_link,
    on_patient,
    on_stop,
    on_trip,
    on_type,
)
from tests.judge.sound import (
    DAY,
    NEXT,
    Call,
    Driver,
    Errand,
    ambulance_duties,
    bus_duty,
    load,
    sound,
    with_duties,
)
from tests.scenarios import at_hour, car_town

EVERY = ("one_bus", "two_ambulances", "aid_in", "car_town")
FIRST = f"amb-01 {DAY}"


@pytest.mark.parametrize("name", EVERY)
def test_a_sound_plan_keeps_every_rule(name: str) -> None:
    scenario, plan = sound(name)
    verdict = judge(scenario, plan)
    assert verdict.breaches == ()
    assert verdict.people_out == plan.persons == verdict.people_willing


@pytest.mark.parametrize("name", EVERY)
def test_levels_are_those_of_arithmetic(name: str) -> None:
    scenario, plan = sound(name)
    verdict = judge(scenario, plan)
    assert verdict.exposure_person_hours == pytest.approx(plan.level(EXPOSURE).value, rel=1e-12)
    assert verdict.hours_until_out == pytest.approx(plan.level(HOURS).value, rel=1e-12)
    assert plan.level(PEOPLE).value == verdict.people_out


def test_riders_are_counted_by_zone_group_and_day(one_bus: Scenario) -> None:
    plan = with_duties(one_bus, (bus_duty(one_bus),)).replace(movements=(), levels=())
    verdict = judge(one_bus, plan)
    riders = {"Z1": 8 + 12 + 15, "Z2": 8 + 9}
    assert verdict.out_by_zone == tuple(riders.values())
    assert verdict.out_by_group == (12 + 15 + 9, 16)
    assert verdict.out_by_day == ((DAY, sum(riders.values())),)
    assert verdict.people_out == plan.riders == 52


def test_a_rider_is_exposed_from_leaving_the_stop_to_the_exit(one_bus: Scenario) -> None:
    (duty,) = (bus_duty(one_bus),)
    only = replace(duty, trips=duty.trips[:1])
    plan = with_duties(one_bus, (only,)).replace(movements=(), levels=())
    verdict = judge(one_bus, plan)
    # Leaves its stop at 830 s; 240 m at 6 m/s, then 20 persons at 10 a minute: out at 990 s, and
    # 360 m of corridor at 6 m/s.
    out_s = 830 + 40 + 120 + 60
    assert verdict.exposure_person_hours == pytest.approx(20 * (out_s - 830) / 3600)
    assert verdict.hours_until_out == pytest.approx(20 * out_s / 3600)


def test_patients_and_beds_are_counted(two_ambulances: Scenario) -> None:
    scenario, plan = sound("two_ambulances")
    care = judge(scenario, plan).care
    assert care is not None
    assert (care.listed, care.red, care.out, care.red_out, care.companions_out) == (5, 2, 5, 2, 5)
    assert care.colours == (("red", 2, 2), ("yellow", 2, 2), ("green", 1, 1), ("black", 0, 0))
    assert care.beds == (
        ("H1", "surgical", 2.0, 2),
        ("H1", "general", 1.0, 1),
        ("H2", "surgical", 1.0, 1),
        ("H2", "general", 3.0, 1),
    )
    nobody = judge(two_ambulances, plan.replace(duties=(), levels=())).care
    assert nobody is not None
    assert (nobody.listed, nobody.out, nobody.companions_out) == (5, 0, 0)


def test_patients_and_companions_are_no_part_of_the_demand() -> None:
    scenario, plan = sound("two_ambulances")
    with_bus = tuple(duty for duty in plan.duties if duty.vehicle == BUS)
    one, other = judge(scenario, plan), judge(scenario, plan.replace(duties=with_bus, levels=()))
    assert one.people_out == other.people_out
    assert one.exposure_person_hours == pytest.approx(other.exposure_person_hours, rel=1e-12)


def test_vehicles_and_convoys_are_counted() -> None:
    verdict = judge(*sound("aid_in"))
    assert verdict.fleet == FleetTally(3, 6, 2 * 34 + 4 * 6, 52 + 10, 52)
    assert verdict.aid == AidTally(1, 1, 500)
    scenario, plan = sound("aid_in")
    assert judge(scenario, plan.replace(convoys=())).aid == AidTally(1, 0, 0)


def test_a_scenario_without_vehicles_has_no_tallies(two_gates: Scenario) -> None:
    verdict = judge(two_gates, Plan(two_gates.id, (), (), sound("one_bus")[1].status, 0, 1.0))
    assert (verdict.care, verdict.fleet, verdict.aid) == (None, None, None)


def test_who_rides_a_trip_that_cannot_keep_its_times_stays_inside() -> None:
    scenario, plan = on_trip(lambda trip: replace(trip, gate_out_s=trip.gate_out_s - 1))(
        *sound("one_bus")
    )
    verdict = judge(scenario, plan)
    assert verdict.people_out == plan.persons - 15 - 17
    assert {breach.rule for breach in verdict.breaches} == {"trip", "claim"}


def test_patients_of_a_trip_that_cannot_keep_its_times_stay_inside() -> None:
    late = on_duty(lambda duty: replace(duty, trips=(duty.trips[0],)), FIRST)
    scenario, plan = late(*sound("two_ambulances"))
    verdict = judge(scenario, plan.replace(levels=()))
    assert verdict.care is not None
    assert verdict.care.out == 4
    broken = on_trip(lambda trip: replace(trip, links_out=()), FIRST)(scenario, plan)
    told = judge(*broken).care
    assert told is not None
    assert (told.out, told.red_out) == (3, 1)


# ------------------------------------------------------------------------------- gates and streets


def test_a_gate_serves_who_rides_before_who_walks(one_bus: Scenario) -> None:
    """Three a minute; eight are aboard in the second slot: 8 / 15 fewer walk through in each."""
    slow, plan = on_corridors(gate_persons_per_s=exactly(3 / 60))(one_bus, sound("one_bus")[1])
    call = Call("Z1", (load(slow, "Z1", "G2", range(4)),))
    trip = Driver(slow).trip(Errand(kind="M-bus", calls=(call,), to="R1"))
    assert 900 <= trip.gate_out_s < 1800
    duty = Duty("bus-01", "bus-01", "M-bus", "D1", (trip,), 20_000)
    sizes = slow.demand.sequence(0, 0)[:16]
    links = (1001, 1002, 1003, 1004, 1005)
    crowd = Movement("M1", "Z1", "G1", "C1", links, 720, 0, 16, int(sizes.sum()))
    plan = plan.replace(movements=(crowd,), duties=(duty,), levels=())
    (gate,) = judge(slow, plan).gates
    (alone,) = judge(slow, plan.replace(duties=())).gates
    assert gate.passed[16] == pytest.approx(3 - 8 / 15)
    assert alone.passed[16] == gate.passed[30] == pytest.approx(3)
    assert gate.passed.sum() == pytest.approx(alone.passed.sum()) == pytest.approx(crowd.persons)


def test_cars_and_people_on_foot_share_no_street() -> None:
    scenario, plan = sound("car_town")
    loads = open_case(scenario, plan).loads
    entries = {
        group: sum(move.persons * len(move.links) for move in plan.movements if move.group == group)
        for group in ("G1", "G2")
    }
    assert loads.amount[~loads.car].sum() == pytest.approx(entries["G1"])
    assert loads.amount[loads.car].sum() == pytest.approx(entries["G2"] / 2)  # two to a car
    assert (loads.capacity[loads.car] == 0.5 * 900).all()


def test_cars_go_against_a_one_way_only_where_that_was_said() -> None:
    """The street 1005 runs from 104 to 103; by contraflow cars go from 103 to 104 alone."""
    scenario = car_town(zones=((2, 0), (2, 1), (1, 2)))
    sizes = scenario.demand.sequence(0, 1)
    way = (1005, 1007, 1018, 1019, 1020)
    move = Movement("M1", "Z1", "G2", "C1", way, 0, 0, 2, int(sizes[:2].sum()))
    plan = sound("car_town")[1].replace(movements=(move,), levels=())
    assert judge(scenario, plan).breaches == ()
    (breach,) = judge(scenario.replace(contraflow=()), plan).breaches
    assert (breach.rule, breach.where) == ("mode", "M1")
    assert "1005" in breach.text
    there = car_town(zones=((3, 0), (2, 1), (1, 2)))
    back = (1005, 1006, 1012, 1018, 1019, 1020)
    other = plan.replace(movements=(replace(move, links=back),))
    assert {one.rule for one in judge(there, other).breaches} == {"mode"}
    assert judge(there.replace(contraflow=()), other).breaches == ()


def test_cars_drive_at_the_speed_of_the_street_where_that_is_lower() -> None:
    scenario, plan = sound("car_town")
    case = open_case(scenario, plan)
    # Streets let 30 km/h drive, cars could do 36: 120 m take 14.4 s, one tick of 10 s.
    row = scenario.network.link_index([1012])[0]
    assert case.walks.speed_m_per_s[1, row] == pytest.approx(30 / 3.6)
    assert case.walks.speed_m_per_s[0, row] == pytest.approx(1.2)
    slow, _ = on_link("speed_m_per_s", 1012, 1.0)(scenario, plan)
    walks = open_case(slow, plan).walks
    assert walks.speed_m_per_s[1, row] == pytest.approx(1.0)


# ---------------------------------------------------------------------------------- what is allowed


def test_waiting_is_allowed_everywhere() -> None:
    scenario, plan = on_duty(lambda duty: all_later(duty, 3000))(*sound("one_bus"))
    assert judge(scenario, plan.replace(levels=())).breaches == ()


def test_riders_may_board_from_the_end_of_the_order(one_bus: Scenario) -> None:
    driver = Driver(one_bus)
    calls = [
        Call("Z1", (load(one_bus, "Z1", "G2", households),))
        for households in (range(2, 4), range(2))
    ]
    errands = [Errand(kind="M-bus", calls=(call,), to="R1") for call in calls]
    plan = with_duties(one_bus, (driver.duty(BUS, DAY, "D1", errands),))
    assert judge(one_bus, plan.replace(movements=(), levels=())).breaches == ()


def test_some_may_be_left_between_those_who_walk_and_those_who_ride() -> None:
    scenario, plan = sound("one_bus")
    moves = tuple(
        move
        for move in plan.movements
        if move.zone != "Z2" or move.first_household + move.households < 20
    )
    assert len(moves) < len(plan.movements)
    assert judge(scenario, plan.replace(movements=moves, levels=())).breaches == ()


def test_a_vehicle_inside_begins_with_its_first_stop(one_bus: Scenario) -> None:
    fleet = one_bus.fleet
    depot = Depot("D1", fleet.depots[0].name, 37.15, 36.2, "assumed: for tests", node=101)
    scenario = one_bus.replace(fleet=replace(fleet, depots=(depot,)))
    call = Call("Z1", (load(scenario, "Z1", "G2", range(4)),))
    driver = Driver(scenario)
    errands = (
        Errand(kind="M-bus", calls=(call,), to="R1"),
        Errand(kind="M-bus", calls=(Call("Z2"),), to="R1"),
    )
    duty = driver.duty(BUS, DAY, "D1", errands)
    assert (duty.trips[0].corridor_in, duty.trips[1].corridor_in) == ("", "C1")
    assert duty.trips[0].stops[0].links == ()
    plan = with_duties(scenario, (duty,))
    assert judge(scenario, plan).breaches == ()
    late = replace(duty.trips[0], gate_in_s=duty.trips[0].gate_in_s + 60)
    odd = plan.replace(duties=(replace(duty, trips=(late, duty.trips[1])),), levels=())
    assert {breach.rule for breach in judge(scenario, odd).breaches} == {"trip"}
    again = replace(duty.trips[1], corridor_in="")
    outside = plan.replace(duties=(replace(duty, trips=(duty.trips[0], again)),), levels=())
    assert {breach.rule for breach in judge(scenario, outside).breaches} == {"trip"}


def test_vehicles_are_matched_to_rows_of_the_fleet(two_ambulances: Scenario) -> None:
    """Two rows of one ambulance: one is there on the first day alone, one on both."""
    fleet = two_ambulances.fleet
    bus, many = fleet.vehicles
    short = replace(many, count=1, until=at_hour(24))
    free = replace(many, count=1, since=at_hour(0))
    scenario = two_ambulances.replace(fleet=replace(fleet, vehicles=(bus, free, short)))
    duties = ambulance_duties(scenario)
    assert judge(scenario, with_duties(scenario, duties)).breaches == ()
    # The second ambulance comes again on the next day too: then one of them is not there.
    call = Errand(kind="ambulance", calls=(Call("Z1"),), to="H2", leave_s=86_400 + 6000)
    more = Driver(scenario).duty("amb-02", NEXT, "D1", (call,))
    found = judge(scenario, with_duties(scenario, (*duties, more))).breaches
    assert {breach.rule for breach in found} == {"duty"}
    assert all("amb-0" in breach.where for breach in found)


def test_a_convoy_takes_its_share_of_the_lane() -> None:
    """Four vehicles a slot: three trucks and two ambulances come in the first one."""
    scenario, plan = sound("aid_in")
    tight, plan = on_corridors(vehicles_per_s=exactly(4 / 900))(scenario, plan)
    found = judge(tight, plan.replace(levels=())).breaches
    assert "lane" in {breach.rule for breach in found}
    # At four a slot the first truck would have to pass seven minutes and a half before the last.
    assert "convoy A1" in {breach.where for breach in found if breach.rule == "trip"}


# --------------------------------------------------------------------------------------- triage


def left_behind(changes: dict[str, object], *, types: dict[str, object] | None = None) -> set[str]:
    """Return the rules broken where P1, with changes, is left and P3 and P4 go from its zone."""
    stays = on_duty(lambda duty: replace(duty, trips=duty.trips[1:]), FIRST)
    change = both(stays, on_patient("P1", **{"zone": "Z2", **changes}))
    scenario, plan = both(change, on_type("ambulance", **(types or {})))(*sound("two_ambulances"))
    return {breach.rule for breach in judge(scenario, plan.replace(levels=())).breaches}


def test_a_red_patient_left_where_a_yellow_one_boards_is_named() -> None:
    assert left_behind({}) == {"triage"}


@pytest.mark.parametrize(
    "changes",
    [
        {"zone": "Z1"},
        {"category": "green"},
        {"category": "black"},
        {"state": "refused"},
        {"ready": at_hour(40)},
        {"refuses": ("H1",)},
        {"accepts": "H2"},
        {"bed": "burns"},
        {"companions": 4},
    ],
    ids=str,
)
def test_nobody_is_passed_over_who_could_not_have_gone(changes: dict[str, object]) -> None:
    assert left_behind(changes) == set()


def test_who_needs_more_care_than_there_is_was_not_passed_over() -> None:
    assert "triage" not in left_behind({}, types={"care": "basic"})


def test_the_place_given_up_must_be_the_one_that_is_needed() -> None:
    """P1 lies: P3, who lies, would give up a stretcher; P4 leaves the only one free."""
    assert left_behind({}, types={"stretchers": 1}) == {"triage"}
    rolls: dict[str, object] = {"posture": "wheelchair"}
    assert left_behind(rolls) == {"triage"}
    assert "triage" not in left_behind(rolls, types={"wheelchairs": 0})


# --------------------------------------------------------------------------------- claims and names


def test_claims_of_patients_are_compared() -> None:
    scenario, plan = sound("two_ambulances")
    wrong = plan.replace(levels=(Level(RED_OUT, 1, 2), Level(PATIENTS_OUT, 5, 5)))
    (breach,) = judge(scenario, wrong).breaches
    assert (breach.rule, breach.where, breach.value, breach.limit) == ("claim", RED_OUT, 1, 2)
    assert breach.unit == "patients"


def test_a_breach_of_a_trip_names_duty_and_trip() -> None:
    change = on_stop(lambda stop: replace(stop, loads=(Load("G9", 0, 1, 1),)))
    scenario, plan = change(*sound("one_bus"))
    found = judge(scenario, plan.replace(levels=())).breaches
    (breach,) = [one for one in found if one.rule == "reference"]
    assert breach.where == f"bus-01 {DAY} trip 2"
    assert "group G9" in breach.text


@pytest.mark.parametrize(
    ("field", "rule"), [("loads", "reference"), ("links", "reference"), ("patients", "patient")]
)
@pytest.mark.parametrize("odd", [7, None, "", {}], ids=repr)
def test_what_is_no_list_is_named(field: str, rule: str, odd: object) -> None:
    told: Any = {field: odd}
    change = on_stop(lambda stop: replace(stop, **told), f"amb-01 {NEXT}")
    scenario, plan = change(*sound("two_ambulances"))
    assert rule in {breach.rule for breach in judge(scenario, plan.replace(levels=())).breaches}


def test_convoys_that_are_no_list_are_named() -> None:
    scenario, plan = sound("two_ambulances")
    odd: Any = 7
    found = judge(scenario, plan.replace(convoys=odd)).breaches
    assert {breach.rule for breach in found} >= {"convoy"}


def test_stops_that_are_none_are_named() -> None:
    none: Any = ("Z1",)
    change = on_trip(lambda trip: replace(trip, stops=none))
    scenario, plan = change(*sound("one_bus"))
    found = judge(scenario, plan.replace(levels=())).breaches
    assert {breach.rule for breach in found} == {"reference"}


def test_a_wider_fleet_breaks_no_rule_that_a_narrow_one_keeps() -> None:
    scenario, plan = sound("two_ambulances")
    many = tuple(replace(one, count=one.count + 5) for one in scenario.fleet.vehicles)
    wider = scenario.replace(fleet=replace(scenario.fleet, vehicles=many))
    assert judge(wider, plan).breaches == ()
