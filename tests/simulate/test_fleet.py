"""Vehicles, patients and convoys of one member, where every number can be worked out by hand."""

from __future__ import annotations

import dataclasses
import math
from datetime import timedelta
from typing import Any

import numpy as np
import pytest

from clearway.model.care import Patient
from clearway.model.draws import STANDS
from clearway.model.fleet import LinkedMovement
from clearway.model.outcome import (
    DIED,
    FAILED,
    LEFT,
    MOVED,
    NEVER_OPENED,
    REFUSED,
    STOPPED,
    STOPPED_WITH_NOTICE,
)
from clearway.model.plan import Plan
from clearway.model.scenario import Scenario
from clearway.simulate.dispatch import run_fleet
from clearway.simulate.simulate import simulate
from clearway.simulate.traffic import DONE, LOST, RUN_DAY
from clearway.simulate.warm import warm
from tests.judge.sound import DAY, Call, Driver, Errand, sound, with_duties
from tests.scenarios import at_hour, one_bus, two_ambulances
from tests.simulate.fleets import HOUR, Went, as_told, laid, of_vehicle, went

RESCUE = 3600.0
#: Seconds that the corridor of the tiny scenarios takes a bus and an ambulance.
BUS_THROUGH, AMBULANCE_THROUGH = 360 / 6, 360 / 8


def trips(plan: Plan) -> list[Any]:
    """Return all trips, in the order in which the simulation has them."""
    return [run.trip for run in plan.convoys] + [
        trip
        for name in dict.fromkeys(duty.vehicle for duty in plan.duties)
        for duty in plan.duties
        if duty.vehicle == name
        for trip in duty.trips
    ]


def shuttle(count: int) -> tuple[Scenario, Plan]:
    """Return a bus that is to fetch nobody, as often as ``count`` times, one trip after another."""
    scenario = one_bus()
    errands = [Errand(kind="M-bus", calls=(Call("Z1"),), to="R1")] * count
    return scenario, with_duties(scenario, (Driver(scenario).duty("bus-01", DAY, "D1", errands),))


def beds(scenario: Scenario) -> list[int]:
    """Return all beds of each hospital."""
    return [int(sum(row.places.central for row in one.beds)) for one in scenario.care.hospitals]


@pytest.mark.parametrize("name", ["one_bus", "two_ambulances", "aid_in"])
def test_as_announced_every_trip_keeps_its_times(name: str) -> None:
    scenario, plan = sound(name)
    ran = went(scenario, plan)
    told = trips(plan)
    assert ran.phases == [DONE] * len(told)
    assert ran.passed_in == [trip.gate_in_s for trip in told]
    assert ran.passed_out == [trip.gate_out_s for trip in told]
    assert ran.arrived == [trip.arrive_s for trip in told]
    assert ran.run.trips == len(told) - len(plan.convoys)
    assert ran.run.riders == plan.riders == ran.run.called
    assert ran.harms() == [0, 0, 0]
    assert ran.ends == [MOVED] * len(scenario.care.patients)
    companions = sum(one.companions for one in scenario.care.patients)
    assert ran.run.companions_out == companions
    assert ran.run.aid_arrived.tolist() == [True] * len(plan.convoys)


@pytest.mark.parametrize("name", ["one_bus", "two_ambulances", "aid_in"])
def test_as_announced_all_are_out(name: str) -> None:
    scenario, plan = sound(name)
    found = simulate(scenario, plan, members=2)
    assert found.people_out.tolist() == [plan.persons] * 2
    assert found.called.tolist() == [plan.persons] * 2
    assert found.fleet is not None
    assert found.fleet.riders.tolist() == [plan.riders] * 2
    assert found.caught.sum() == found.turned_back.sum() == found.in_open.sum() == 0
    assert (found.willing.sum(axis=1) == scenario.demand.persons.sum()).all()


def test_a_plan_without_vehicles_has_no_fleet() -> None:
    scenario, plan = sound("two_ambulances")
    assert simulate(scenario, plan.replace(duties=()), members=1).fleet is None


def test_patients_are_out_when_the_corridor_is_behind_them() -> None:
    scenario, plan = sound("two_ambulances")
    ran = went(scenario, plan)
    out = {
        one.code: s for one, s in zip(scenario.care.patients, ran.run.patient_out_s, strict=True)
    }
    for trip in trips(plan):
        for code in trip.patients:
            assert out[code] == pytest.approx(trip.gate_out_s + AMBULANCE_THROUGH)
    assert ran.run.beds.tolist() == [3, 2]


def test_riders_are_exposed_from_the_stop_to_the_exit() -> None:
    scenario, plan = sound("one_bus")
    ran = went(scenario, plan)
    walked = waited = 0.0
    for trip in trips(plan):
        for stop in trip.stops:
            persons = sum(load.persons for load in stop.loads)
            walked += persons * (trip.gate_out_s - stop.leave_s)
            waited += persons * BUS_THROUGH
    total = ran.run.exposure_person_s
    assert total[0] + total[1] == pytest.approx(walked)
    assert total[2] == pytest.approx(waited)


@pytest.mark.parametrize("late_s", [0, 1800, 5400, 12_000])
def test_a_shuttle_makes_as_many_trips_as_its_day_has_room_for(late_s: int) -> None:
    scenario, plan = shuttle(30)
    ran = went(scenario, plan, {"opens_s": [late_s]})
    first, second = trips(plan)[:2]
    every = second.gate_out_s - first.gate_out_s
    # A late bus waits at the exit, and then drives the corridor first.
    begins = first.gate_out_s + (late_s - first.gate_in_s + BUS_THROUGH if late_s else 0)
    last = 4 * HOUR - scenario.corridors[0].margin_s - BUS_THROUGH
    room = int((last - begins) // every) + 1 if last >= begins else 0
    assert ran.run.trips in (room, room + (late_s > 0))
    assert ran.phases.count(DONE) == ran.run.trips
    gone = [one for one in ran.passed_out if np.isfinite(one)]
    assert all(one <= last for one in gone)
    assert late_s or gone == pytest.approx([begins + n * every for n in range(room)])


def test_slow_boarding_makes_trips_longer_by_as_much() -> None:
    scenario, plan = sound("one_bus")
    _, roster = laid(scenario, plan)
    slow = np.full(as_told(scenario, roster).factor.shape, 1.5)
    ran = went(scenario, plan, factor=slow)
    first, second = trips(plan)
    assert ran.passed_out[0] == pytest.approx(first.gate_out_s + 300.0, abs=2.0)
    late = 300.0 + 150.0 + 2 * 300.0
    assert ran.passed_out[1] == pytest.approx(second.gate_out_s + late, abs=2.0)
    assert slow.size == STANDS


def test_slow_gates_check_those_aboard_longer() -> None:
    scenario, plan = sound("one_bus")
    rate = scenario.corridors[0].gate_persons_per_s.central
    ran = went(scenario, plan, {"rate": [rate / 2]})
    first = trips(plan)[0]
    persons = sum(load.persons for load in first.loads)
    assert ran.passed_out[0] == pytest.approx(first.gate_out_s + persons / rate, abs=1.0)


def test_a_gate_that_checks_nobody_lets_no_riders_out() -> None:
    scenario, plan = sound("one_bus")
    ran = went(scenario, plan, {"rate": [0.0]})
    assert ran.run.riders == 0
    assert ran.run.called == 0


def test_a_second_check_holds_those_aboard_inside_the_corridor() -> None:
    scenario, plan = sound("one_bus")
    ran = went(scenario, plan, {"recheck_rate": [0.5]})
    persons = [sum(load.persons for load in trip.loads) for trip in trips(plan)]
    held = [out - passed for out, passed in zip(ran.out, ran.passed_out, strict=True)]
    assert held == pytest.approx([BUS_THROUGH + 2 * one for one in persons])


def test_a_lane_lets_so_many_vehicles_through_a_slot() -> None:
    scenario, plan = sound("two_ambulances")
    ran = went(scenario, plan, {"opens_s": [7200, 86_400]}, lane=np.array([1 / 450, 1 / 60]))
    passes = [one for one in (*ran.passed_in, *ran.passed_out) if one < 86_400]
    slots = np.bincount((np.array(passes) // scenario.planning.slot_s).astype(int))
    assert slots.max() == 2
    assert slots[:8].sum() == 0


def test_those_on_a_trip_that_never_comes_stay_at_home() -> None:
    scenario, plan = sound("one_bus")
    closes = 4 * 3600
    never = {"opens_s": [closes], "ending": [NEVER_OPENED]}
    ran = went(scenario, plan, never)
    assert ran.phases == [LOST, LOST]
    assert ran.run.riders == ran.run.called == 0
    assert ran.harms() == [0, 0, 0]


def test_patients_of_a_day_that_never_opens_go_the_next_day() -> None:
    scenario, plan = sound("two_ambulances")
    never = {"opens_s": [4 * 3600, 86_400], "ending": [NEVER_OPENED, 0]}
    ran = went(scenario, plan, never)
    assert ran.ends == [MOVED] * 5
    assert (ran.run.patient_out_s > 86_400).all()
    assert ran.run.riders == plan.riders
    assert set(ran.run.yard.trip[:, RUN_DAY].tolist()) == {1}


def test_a_vehicle_that_is_there_on_one_day_alone_does_not_come_on_the_next() -> None:
    scenario, plan = sound("two_ambulances")
    until = scenario.start + timedelta(hours=12)
    rows = tuple(dataclasses.replace(one, until=until) for one in scenario.fleet.vehicles)
    scenario = scenario.replace(fleet=dataclasses.replace(scenario.fleet, vehicles=rows))
    never = {"opens_s": [4 * 3600, 86_400], "ending": [NEVER_OPENED, 0]}
    ran = went(scenario, plan, never)
    assert ran.run.riders == 0
    assert ran.ends == [MOVED, LEFT, MOVED, MOVED, LEFT]


def test_a_corridor_that_failed_is_used_no_more() -> None:
    scenario, plan = sound("two_ambulances")
    ends = 2000
    failed = {"ends_s": [ends, 100_800], "known_s": [ends, 100_800], "ending": [FAILED, FAILED]}
    ran = went(scenario, plan, {**failed, "opens_s": [0, 100_800]})
    assert ran.ends == [LEFT, MOVED, LEFT, LEFT, MOVED]
    assert max(one for one in ran.out if np.isfinite(one)) <= ends


def _stopped(ends: int, known: int, ending: int) -> dict[str, Any]:
    return {"ends_s": [ends], "known_s": [known], "ending": [ending]}


def test_a_stop_with_notice_brings_a_full_bus_out_in_time() -> None:
    scenario, plan = sound("one_bus")
    first = trips(plan)[0]
    known, out = first.stops[0].leave_s, first.gate_out_s + int(BUS_THROUGH)
    ends = known + math.ceil((out - known) / 0.75)  # a quarter of the notice is a margin
    ran = went(scenario, plan, _stopped(ends, known, STOPPED_WITH_NOTICE))
    assert ran.run.riders == sum(load.persons for load in first.loads)
    assert ran.harms() == [0, 0, 0]


def test_in_the_last_quarter_of_a_notice_nobody_sets_out() -> None:
    scenario, plan = sound("one_bus")
    first = trips(plan)[0]
    out = first.gate_out_s + int(BUS_THROUGH)
    ran = went(scenario, plan, _stopped(out, first.stops[0].leave_s, STOPPED_WITH_NOTICE))
    assert ran.harms() == [0, sum(load.persons for load in first.loads), 0]


def test_a_stop_with_notice_leaves_those_who_still_board_at_home() -> None:
    scenario, plan = sound("one_bus")
    stop = trips(plan)[0].stops[0]
    known = stop.leave_s - 200
    ran = went(scenario, plan, _stopped(known + 150, known, STOPPED_WITH_NOTICE))
    assert ran.run.riders == ran.run.called == 0
    assert ran.passed_out[0] == pytest.approx(known + 40)
    assert ran.harms() == [0, 0, 0]


def test_a_stop_without_notice_meets_those_between_gate_and_exit_in_the_open() -> None:
    scenario, plan = sound("one_bus")
    first = trips(plan)[0]
    persons = sum(load.persons for load in first.loads)
    ends = first.gate_out_s + 30
    ran = went(scenario, plan, _stopped(ends, ends, STOPPED))
    assert ran.harms() == [0, 0, persons]
    assert ran.run.riders == 0
    assert ran.run.exposure_person_s[2] == pytest.approx(30 * persons)
    assert ran.run.open.max() == persons


def test_too_short_a_notice_catches_those_between_gate_and_exit() -> None:
    scenario, plan = sound("one_bus")
    first = trips(plan)[0]
    ends = first.gate_out_s + 30
    ran = went(scenario, plan, _stopped(ends, ends - 10, STOPPED_WITH_NOTICE))
    assert ran.harms() == [sum(load.persons for load in first.loads), 0, 0]


def test_patients_in_the_corridor_at_a_stop_count_with_their_companions() -> None:
    scenario, plan = sound("two_ambulances")
    second = next(duty.trips[0] for duty in plan.duties if duty.vehicle == "amb-02")
    ends = second.gate_out_s + 10
    stop = {"ends_s": [ends, 100_800], "known_s": [ends, 100_800], "ending": [STOPPED, 0]}
    ran = went(scenario, plan, stop)
    assert ran.run.tally[0, 2] == 4
    # Who was met in the corridor is not fetched again; the others go on the next day.
    assert ran.ends == [MOVED, LEFT, MOVED, MOVED, LEFT]
    assert ran.run.beds.tolist() == [3, 0]


def test_a_bus_shut_in_sends_its_people_home() -> None:
    scenario, plan = sound("one_bus")
    first = trips(plan)[0]
    persons = sum(load.persons for load in first.loads)
    ends = first.stops[0].leave_s + 10
    ran = went(scenario, plan, _stopped(ends, ends, STOPPED))
    assert ran.harms() == [0, persons, 0]
    assert ran.run.called == persons
    assert ran.phases == [LOST, LOST]


def test_a_bus_shut_in_comes_out_the_next_day_and_goes_on() -> None:
    scenario, plan = sound("two_ambulances")
    ends = trips(plan)[0].stops[0].leave_s + 10
    stop = {"ends_s": [ends, 100_800], "known_s": [ends, 100_800], "ending": [STOPPED, 0]}
    ran = went(scenario, plan, stop)
    assert ran.run.riders == plan.riders
    assert ran.run.called > plan.riders
    assert ran.run.called == ran.run.riders + ran.harms()[1]
    assert ran.ends == [MOVED] * 5


def test_a_vehicle_that_breaks_down_before_boarding_leaves_its_people_at_home() -> None:
    scenario, plan = sound("one_bus")
    _, roster = laid(scenario, plan)
    ran = went(scenario, plan, breaks=of_vehicle(roster, 0, 0.01))
    assert ran.phases == [LOST, LOST]
    assert ran.run.riders == ran.run.called == 0


def test_those_aboard_a_vehicle_that_breaks_down_come_out_an_hour_later() -> None:
    scenario, plan = sound("one_bus")
    duty = plan.duties[0]
    first = duty.trips[0]
    _, roster = laid(scenario, plan)
    moment = first.stops[0].leave_s + 20
    ran = went(scenario, plan, breaks=of_vehicle(roster, 0, moment / duty.back_s))
    assert ran.run.riders == sum(load.persons for load in first.loads)
    assert ran.out[0] == pytest.approx(first.gate_out_s + BUS_THROUGH + RESCUE, abs=1.0)
    assert ran.run.trips == 0
    assert ran.phases == [LOST, LOST]


def test_those_aboard_a_broken_vehicle_stay_if_the_window_closes() -> None:
    scenario, plan = sound("one_bus")
    duty = plan.duties[0]
    first = duty.trips[0]
    _, roster = laid(scenario, plan)
    moment = first.stops[0].leave_s + 20
    ends = first.gate_out_s + 1800
    ran = went(
        scenario,
        plan,
        _stopped(ends, ends - 600, STOPPED_WITH_NOTICE),
        breaks=of_vehicle(roster, 0, moment / duty.back_s),
    )
    assert ran.run.riders == 0
    assert ran.harms() == [0, sum(load.persons for load in first.loads), 0]


def test_a_patient_whose_ambulance_broke_down_goes_with_the_next_that_has_a_place() -> None:
    scenario, plan = _two_for_one_zone()
    _, roster = laid(scenario, plan)
    ran = went(scenario, plan, breaks=of_vehicle(roster, 0, 0.0))
    # The second ambulance fetches its own, and of those who were missed the red one first.
    assert ran.ends == [LEFT, MOVED, MOVED]
    assert ran.run.beds.sum() == 2


def _two_for_one_zone() -> tuple[Scenario, Plan]:
    """Return two ambulances to one zone: one fetches a yellow and a red, the other a green."""
    scenario = two_ambulances()
    patients = tuple(
        Patient(f"Q{n}", "Z1", colour, "stretcher", 1, "general")
        for n, colour in enumerate(("yellow", "red", "green"))
    )
    scenario = scenario.replace(care=dataclasses.replace(scenario.care, patients=patients))
    driver = Driver(scenario)
    both = Errand(kind="ambulance", calls=(Call("Z1", patients=("Q0", "Q1")),), to="H2")
    other = Errand(kind="ambulance", calls=(Call("Z1", patients=("Q2",)),), to="H2", leave_s=3600)
    duties = (driver.duty("amb-01", DAY, "D1", (both,)), driver.duty("amb-02", DAY, "D1", (other,)))
    return scenario, with_duties(scenario, duties)


def test_who_refuses_gives_place_and_bed_free() -> None:
    scenario, plan = sound("two_ambulances")
    refuses = np.array([one.code == "P5" for one in scenario.care.patients])
    ran = went(scenario, plan, refuses=refuses)
    assert ran.ends == [MOVED, MOVED, MOVED, MOVED, REFUSED]
    assert ran.run.beds.tolist() == [3, 1]
    assert ran.run.companions_out == 4


def test_who_dies_before_the_vehicle_comes_is_counted_so() -> None:
    scenario, plan = sound("two_ambulances")
    fetched = trips(plan)[2].stops[0].arrive_s
    for dies, end in ((fetched - 1.0, DIED), (fetched + 1.0, MOVED)):
        dies_s = np.array([dies, np.inf, np.inf, np.inf, np.inf])
        ran = went(scenario, plan, dies_s=dies_s)
        assert ran.ends[0] == end
        assert ran.ends[1:] == [MOVED] * 4


def test_who_is_never_fetched_lives_or_dies_until_the_last_closing() -> None:
    scenario, plan = sound("two_ambulances")
    bus = plan.replace(duties=plan.duties[:1])
    last = 100_800.0
    dies_s = np.array([0.0, last - 1, last + 1, np.inf, np.inf])
    ran = went(scenario, bus, dies_s=dies_s)
    assert ran.ends == [DIED, DIED, LEFT, LEFT, LEFT]


def test_patients_of_other_states_stay_what_they_were() -> None:
    scenario, plan = sound("two_ambulances")
    states = ("moved", "handed over", "refused", "died waiting", "listed")
    patients = tuple(
        dataclasses.replace(one, state=state)
        for one, state in zip(scenario.care.patients, states, strict=True)
    )
    scenario = scenario.replace(care=dataclasses.replace(scenario.care, patients=patients))
    ran = went(scenario, plan)
    assert ran.ends == [MOVED, MOVED, REFUSED, DIED, MOVED]
    assert np.isfinite(ran.run.patient_out_s).tolist() == [False, False, False, False, True]


def test_more_come_to_a_stop_than_expected_and_households_stay_whole() -> None:
    scenario, plan = sound("one_bus")
    duty = plan.duties[0]
    small = dataclasses.replace(scenario.fleet.types[0], seats=9)
    fleet = dataclasses.replace(scenario.fleet, types=(small,))
    ran = went(scenario.replace(fleet=fleet), plan)
    assert 0 < ran.run.riders < plan.riders
    assert len(duty.trips) == ran.run.trips
    sizes = ran.roster.orders.rider[:, 0]
    assert sizes[ran.run.yard.rider == 2].sum() == ran.run.riders


def test_patients_wait_for_the_convoy_on_which_they_depend() -> None:
    scenario, plan = sound("aid_in")
    _, roster = laid(scenario, plan)
    slower = np.full(as_told(scenario, roster).factor.shape, 1.0)
    course = {"opens_s": [1800, 86_400]}
    ran = went(scenario, plan, course, factor=slower)
    reached = float(ran.run.yard.aid_s[0])
    assert reached > 1800
    first = min(one for one in ran.run.patient_out_s.tolist())
    assert first - AMBULANCE_THROUGH >= reached


def test_patients_stay_that_day_if_the_convoy_does_not_come() -> None:
    scenario, plan = sound("aid_in")
    course = {"opens_s": [7400, 86_400]}
    ran = went(scenario, plan, course)
    # It was to be in by ten: 7,200 s. The condition names the first day alone.
    assert ran.run.aid_arrived.tolist() == [False]
    assert ran.ends == [MOVED] * 5
    assert (ran.run.patient_out_s > 86_400).all()


def test_a_ring_of_conditions_holds_all_that_is_in_it() -> None:
    scenario, plan = sound("aid_in")
    back = LinkedMovement("L2", "aid:A1", "patients:2016-10-20", scenario.aid.links[0].source)
    aid = dataclasses.replace(scenario.aid, links=(*scenario.aid.links, back))
    ran = went(scenario.replace(aid=aid), plan)
    assert ran.run.aid_arrived.tolist() == [False]
    assert (ran.run.patient_out_s > 86_400).all()
    assert ran.run.riders == plan.riders


def test_a_convoy_waits_until_the_patients_of_the_day_are_out() -> None:
    scenario, plan = sound("aid_in")
    turned = LinkedMovement("L1", "aid:A1", "patients:2016-10-20", scenario.aid.links[0].source)
    convoy = dataclasses.replace(scenario.aid.convoys[0], until=at_hour(12))
    scenario = scenario.replace(
        aid=dataclasses.replace(scenario.aid, convoys=(convoy,), links=(turned,))
    )
    ran = went(scenario, plan)
    out = [one for one in ran.run.patient_out_s.tolist() if one < 86_400]
    assert len(out) == 4
    assert ran.run.aid_arrived.tolist() == [True]
    assert ran.passed_in[0] >= max(out) - 1e-6


def test_a_convoy_that_cannot_be_out_again_does_not_go_in() -> None:
    scenario, plan = sound("aid_in")
    ran = went(scenario, plan, {"ends_s": [3400, 100_800], "known_s": [0, 100_800]})
    assert ran.run.aid_arrived.tolist() == [False]
    assert not np.isfinite(ran.passed_in[0])


def _opened_late(minutes: int) -> Went:
    scenario, plan = sound("two_ambulances")
    return went(scenario, plan, {"opens_s": [60 * minutes, 86_400 + 60 * minutes]})


@pytest.mark.parametrize("minutes", [5, 45, 120, 200])
def test_nothing_passes_a_gate_before_it_opens(minutes: int) -> None:
    ran = _opened_late(minutes)
    passed = np.array([*ran.passed_in, *ran.passed_out])
    passed = passed[np.isfinite(passed)]
    assert (passed % 86_400 >= 60 * minutes).all()
    assert (ran.run.beds <= beds(ran.case.scenario)).all()


def test_what_is_compiled_beforehand_is_what_members_need() -> None:
    scenario, plan = sound("aid_in")
    warm()
    before = len(run_fleet.signatures)
    assert went(scenario, plan).run.trips > 0
    assert len(run_fleet.signatures) == before == 1
