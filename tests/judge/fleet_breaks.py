"""Sound plans with vehicles, patients, cars and convoys broken on purpose, one way at a time."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any, Final

from clearway.model.care import HANDED_OVER, Beds
from clearway.model.duty import ConvoyRun, Duty, Load, Stop, Trip
from clearway.model.fleet import Aid, LinkedMovement
from clearway.model.plan import PATIENTS_OUT, RED_OUT, Level, Plan
from clearway.model.population import RIDE, WALK
from clearway.model.scenario import Scenario
from tests.judge.breaks import Break
from tests.judge.changes import (
    BUS,
    Case,
    Change,
    all_later,
    both,
    broken,
    exactly,
    later,
    on_convoy,
    on_corridors,
    on_duty,
    on_link,
    on_patient,
    on_run,
    on_stop,
    on_trip,
    on_type,
    postponed,
    unhurried,
)
from tests.judge.sound import DAY, NEXT, Call, Driver, Errand, bus_duty, sound, with_duties
from tests.scenarios import ASSUMED, at_hour, one_bus

FIRST, SECOND, LAST = f"amb-01 {DAY}", f"amb-02 {DAY}", f"amb-01 {NEXT}"


# ------------------------------------------------------------------------------- households, sites


def _load_twice(scenario: Scenario, plan: Plan) -> Case:
    """Return a second trip that takes the last household of the first again."""
    duty = plan.duties[0]
    first = duty.trips[0].stops[0].loads[1]
    stop = duty.trips[1].stops[0]
    sizes = scenario.demand.sequence(0, 0)
    begin = first.first_household + first.households - 1
    load = stop.loads[0]
    again = Load("G1", begin, load.households + 1, load.persons + int(sizes[begin]))
    changed = both(unhurried(), on_stop(lambda one: replace(one, loads=(again,))))
    return both(changed, on_type("M-bus", seats=40))(scenario, plan)


def _person_more(stop: Stop) -> Stop:
    (load,) = stop.loads
    return replace(stop, loads=(replace(load, persons=load.persons + 1),))


def _out_of_turn(scenario: Scenario, plan: Plan) -> Case:
    """Return a bus that takes households 1, then 0, then 2 and 3 of G2, on three trips."""
    driver, sizes = Driver(scenario), scenario.demand.sequence(0, 1)
    calls = [
        Call("Z1", (Load("G2", first, count, int(sizes[first : first + count].sum())),))
        for first, count in ((1, 1), (0, 1), (2, 2))
    ]
    errands = [Errand(kind="M-bus", calls=(call,), to="R1") for call in calls]
    return scenario, plan.replace(duties=(driver.duty(BUS, DAY, "D1", errands),), movements=())


def _not_the_last(scenario: Scenario, plan: Plan) -> Case:
    """Return a plan that calls neither those before the last riders, nor the very last ones."""
    (duty,) = plan.duties
    stop = duty.trips[1].stops[1]
    kept, other = stop.loads
    sizes = scenario.demand.sequence(1, 0)
    fewer = Load("G1", other.first_household, 1, int(sizes[other.first_household]))
    trip = duty.trips[1]
    stops = (trip.stops[0], replace(stop, loads=(kept, fewer)))
    moves = tuple(
        one
        for one in plan.movements
        if one.zone != "Z2" or one.first_household + one.households < other.first_household
    )
    assert len(moves) < len(plan.movements)
    changed = on_trip(lambda one: replace(one, stops=stops))
    return changed(scenario, plan.replace(movements=moves))


def _few_places(scenario: Scenario, plan: Plan) -> Case:
    """Return a site with places for those on foot, and for some of those who ride."""
    places = exactly(float(plan.persons - 10))
    return scenario.replace(receptions=(replace(scenario.receptions[0], places=places),)), plan


def _slow_gate(scenario: Scenario, plan: Plan) -> Case:
    """Return a slot with more aboard than the gate serves; nobody walks, each waits its check."""
    gate = 30 / 900
    scenario, plan = on_corridors(gate_persons_per_s=exactly(gate))(scenario, plan)
    driver, sizes = Driver(scenario), scenario.demand.sequence(0, 0)
    load = Load("G1", 0, 3, int(sizes[:3].sum()))
    other = Load("G1", 3, 5, int(sizes[3:8].sum()))
    assert load.persons + other.persons > 30
    trips = [
        driver.trip(Errand(kind="M-bus", calls=(Call("Z1", (one,)),), to="R1"))
        for one in (load, other)
    ]
    last = max(trip.gate_out_s for trip in trips)
    duties = tuple(
        Duty(f"bus-0{n} {DAY}", f"bus-0{n}", "M-bus", "D1", (_gone(trip, last),), last + 9000)
        for n, trip in enumerate(trips, 1)
    )
    fleet = scenario.fleet
    two = replace(fleet, vehicles=tuple(replace(one, count=2) for one in fleet.vehicles))
    return scenario.replace(fleet=two), plan.replace(duties=duties, movements=())


def _gone(trip: Trip, gate_out_s: int) -> Trip:
    """Return a trip that leaves by its gate at a moment, and is there in time whatever it is."""
    return replace(
        trip, gate_out_s=gate_out_s, arrive_s=gate_out_s + 4000, done_s=gate_out_s + 8000
    )


# ------------------------------------------------------------------------------------ duties, trips


def _inside_out(scenario: Scenario, plan: Plan) -> Case:
    """Return a bus whose depot stands inside, and that comes in all the same."""
    depots = tuple(replace(one, node=101) for one in scenario.fleet.depots)
    fleet = replace(scenario.fleet, depots=depots)
    duty = plan.duties[0]
    trip = duty.trips[0]
    empty = replace(trip, stops=tuple(replace(stop, loads=()) for stop in trip.stops))
    alone = replace(duty, trips=(empty,))
    return scenario.replace(fleet=fleet), plan.replace(duties=(alone,))


def _second_ambulance(scenario: Scenario, plan: Plan) -> Case:
    """Return a third ambulance, where there are two."""
    trip = Driver(scenario).trip(
        Errand(kind="ambulance", calls=(Call("Z2"),), to="H2", leave_s=8000)
    )
    duty = Duty(f"amb-03 {DAY}", "amb-03", "ambulance", "D1", (trip,), 20_000)
    return scenario, plan.replace(duties=(*plan.duties, duty))


def _twice_a_day(scenario: Scenario, plan: Plan) -> Case:
    """Return another duty of the bus on the same day, after it is back."""
    trip = Driver(scenario).trip(Errand(kind="M-bus", calls=(Call("Z2"),), to="R1", leave_s=5000))
    duty = Duty(f"bus-01 {DAY} again", BUS, "M-bus", "D1", (trip,), 20_000)
    return scenario, plan.replace(duties=(*plan.duties, duty))


def _two_days(scenario: Scenario, plan: Plan) -> Case:
    """Return one duty of an ambulance with the trips of both days."""
    duties = {one.id: one for one in plan.duties}
    both = replace(
        duties[FIRST],
        trips=(*duties[FIRST].trips, later(duties[LAST].trips[0], -200, "leave_s")),
        back_s=duties[LAST].back_s,
    )
    kept = tuple(one for one in plan.duties if one.id not in {FIRST, LAST})
    return scenario, plan.replace(duties=(*kept, both))


def _half_a_second(trip: Trip) -> Trip:
    between: Any = trip.arrive_s + 0.5
    return replace(trip, arrive_s=between)


def _other_type(duty: Duty) -> Duty:
    return replace(duty, type="tram")


def _since(scenario: Scenario, plan: Plan) -> Case:
    vehicles = tuple(replace(one, since=at_hour(9)) for one in scenario.fleet.vehicles)
    return scenario.replace(fleet=replace(scenario.fleet, vehicles=vehicles)), plan


def _other_corridor() -> Case:
    """Return a bus that uses C1, and is for C2 alone."""
    scenario = one_bus(gates_persons_per_h=(600.0, 300.0), windows=((1, 8, 12), (2, 8, 12)))
    plan = with_duties(scenario, (bus_duty(scenario),))
    return on_type("M-bus", corridors=("C2",))(scenario, plan.replace(levels=()))


def _mixed(scenario: Scenario, plan: Plan) -> Case:
    """Return the last riders of Z2 beside patient P4, in an ambulance with seats enough."""
    stop = plan.duties[0].trips[1].stops[1]
    wheels, others = stop.loads
    with_patient = on_stop(lambda one: replace(one, loads=(others,)), LAST)
    scenario, plan = both(unhurried(LAST), with_patient)(scenario, plan)
    stops = (plan.duties[0].trips[1].stops[0], replace(stop, loads=(wheels,)))
    without = on_trip(lambda trip: replace(trip, stops=stops))
    return both(without, on_type("ambulance", seats=20))(scenario, plan)


# --------------------------------------------------------------------------------- patients, triage


def _left_behind(scenario: Scenario, plan: Plan) -> Case:
    """Return a plan that leaves P1, who is red, and fetches P3 and P4 from where P1 waits."""
    listed = tuple(
        replace(one, zone="Z2") if one.code == "P1" else one for one in scenario.care.patients
    )
    scenario = scenario.replace(care=replace(scenario.care, patients=listed))
    duties = tuple(
        replace(one, trips=one.trips[1:]) if one.id == FIRST else one for one in plan.duties
    )
    return scenario, plan.replace(duties=duties)


def _no_beds(scenario: Scenario, plan: Plan) -> Case:
    """Return one surgical bed in H1, for which two patients come."""
    first, other = scenario.care.hospitals
    beds = (Beds("surgical", exactly(1.0)), *first.beds[1:])
    hospitals = (replace(first, beds=beds), other)
    return scenario.replace(care=replace(scenario.care, hospitals=hospitals)), plan


def _elsewhere(trip: Trip) -> Trip:
    return replace(trip, destination="R1")


# ------------------------------------------------------------------------------------------ convoys


def _with_people(trip: Trip) -> Trip:
    slow = later(trip, 60, "gate_out_s", "arrive_s", "done_s")
    return replace(slow, stops=(replace(trip.stops[0], loads=(Load("G1", 0, 1, 1),)),))


def _again(scenario: Scenario, plan: Plan) -> Case:
    (run,) = plan.convoys
    return scenario, plan.replace(convoys=(run, ConvoyRun("A1", postponed(run.trip, 3600))))


def _unknown_convoy(scenario: Scenario, plan: Plan) -> Case:
    (run,) = plan.convoys
    return scenario, plan.replace(convoys=(run, replace(run, convoy="A9")))


def _reciprocal(scenario: Scenario, plan: Plan) -> Case:
    """Return a convoy and patients of whom each may only move after the other."""
    links = (*scenario.aid.links, LinkedMovement("L2", "aid:A1", f"patients:{DAY}", ASSUMED))
    return scenario.replace(aid=Aid(scenario.aid.convoys, links)), plan


def _without_convoy(scenario: Scenario, plan: Plan) -> Case:
    return scenario, plan.replace(convoys=())


# --------------------------------------------------------------------------------------------- cars


def _no_cars(scenario: Scenario, plan: Plan) -> Case:
    """Return a last street to C1 that carries one car in a slot."""
    return on_link("capacity_veh_per_s", 1012, 1 / 900)(scenario, plan)


def _walks(scenario: Scenario, plan: Plan) -> Case:
    """Return a group G1 that does not walk any more."""
    first, *others = scenario.groups
    return scenario.replace(groups=(replace(first, modes=(RIDE,)), *others)), plan


def _rides(scenario: Scenario, plan: Plan) -> Case:
    """Return a group G1 to which no places are offered any more."""
    first, *others = scenario.groups
    return scenario.replace(groups=(replace(first, modes=(WALK,)), *others)), plan


def _claimed(name: str, value: float) -> Callable[[], Case]:
    """Return the sound plan with another claim of one level."""

    def make() -> Case:
        scenario, plan = sound("two_ambulances")
        levels = tuple(
            Level(one.name, value, max(value, one.bound)) if one.name == name else one
            for one in plan.levels
        )
        return scenario, plan.replace(levels=levels)

    return make


def _bounded() -> Case:
    scenario, plan = sound("two_ambulances")
    levels = tuple(
        replace(one, bound=4.0) if one.name == PATIENTS_OUT else one for one in plan.levels
    )
    return scenario, plan.replace(levels=levels)


def _bus(name: str, rule: str, where: str, change: Change) -> Break:
    return Break(name, rule, where, broken("one_bus", change))


def _care(name: str, rule: str, where: str, change: Change) -> Break:
    return Break(name, rule, where, broken("two_ambulances", change))


def _aid(name: str, rule: str, where: str, change: Change) -> Break:
    return Break(name, rule, where, broken("aid_in", change))


TRIP: Final = f"bus-01 {DAY} trip 2"
START: Final = f"bus-01 {DAY} trip 1"

FLEET_BREAKS: Final = (
    _bus("a stop that nobody knows", "reference", TRIP, on_stop(lambda s: replace(s, zone="Z7"))),
    _bus("a site unknown", "reference", TRIP, on_trip(lambda t: replace(t, destination="R7"))),
    _bus("a household that boards twice", "supply", TRIP, _load_twice),
    _bus("a rider too many", "household", TRIP, both(unhurried(), on_stop(_person_more))),
    _bus("riders out of turn", "household", f"bus-01 {DAY}", _out_of_turn),
    _bus("riders who are picked", "household", TRIP, _not_the_last),
    _bus("a site too small for riders", "reception", "R1", _few_places),
    _bus("riders beyond the gate", "gate", "C1 slot 2016-10-20 08:", _slow_gate),
    _bus("out too late", "margin", TRIP, on_duty(lambda d: all_later(d, 11_000))),
    _bus("walks without a way", "mode", "M", _walks),
    _bus("rides without being offered", "mode", f"bus-01 {DAY} trip", _rides),
    _bus("no such vehicle", "duty", f"bus-01 {DAY}", on_duty(_other_type)),
    _bus("no such depot", "duty", f"bus-01 {DAY}", on_duty(lambda d: replace(d, depot="D7"))),
    _bus("a vehicle not there yet", "duty", f"bus-01 {DAY}", _since),
    _care("one ambulance too many", "duty", "amb-0", _second_ambulance),
    _care("two duties on one day", "duty", f"bus-01 {DAY} again", _twice_a_day),
    _care("a duty over two days", "duty", FIRST, _two_days),
    _bus("no rest", "duty", f"bus-01 {DAY}", on_trip(lambda t: later(t, -1, "done_s"))),
    _bus("beyond its range", "duty", f"bus-01 {DAY}", on_type("M-bus", range_m=2_000.0)),
    _bus(
        "back too soon", "duty", f"bus-01 {DAY}", on_duty(lambda d: replace(d, back_s=d.back_s - 1))
    ),
    _bus(
        "a trip before the last is done",
        "duty",
        f"bus-01 {DAY}",
        on_trip(lambda t: later(t, 30, "done_s"), number=0),
    ),
    _bus("drives too fast", "trip", START, on_stop(lambda s: replace(s, arrive_s=229), number=0)),
    _bus("boards too fast", "trip", START, on_stop(lambda s: replace(s, leave_s=829), number=0)),
    _bus("not checked", "trip", TRIP, on_trip(lambda t: later(t, -1, "gate_out_s"))),
    _bus("at its site too soon", "trip", TRIP, on_trip(lambda t: later(t, -1, "arrive_s"))),
    _bus(
        "at the gate too soon",
        "trip",
        START,
        on_trip(lambda t: later(t, -1, "gate_in_s"), number=0),
    ),
    _bus("half a second", "trip", TRIP, on_trip(_half_a_second)),
    _bus(
        "by a way that leads elsewhere",
        "trip",
        START,
        on_stop(lambda s: replace(s, links=s.links[:-1]), number=0),
    ),
    _bus(
        "out by half a corridor",
        "trip",
        TRIP,
        on_trip(lambda t: replace(t, links_out=t.links_out[:-1])),
    ),
    _bus("to another site", "trip", TRIP, on_trip(lambda t: replace(t, destination="D1"))),
    _bus(
        "a street too narrow for it",
        "trip",
        "bus-01",
        both(on_link("facility", 1001, "footway"), on_type("M-bus", barred=("footway",))),
    ),
    _bus("a street without lanes", "trip", "bus-01", on_link("lanes", 1001, 0.0)),
    _bus("a street against its direction", "trip", "bus-01", on_link("directed", 1001, True)),
    Break("a corridor that is not for it", "trip", "bus-01", _other_corridor),
    _bus("comes in from inside", "trip", START, _inside_out),
    _care("patients beside others", "trip", f"{LAST} trip 1", _mixed),
    _bus("no lane", "lane", "C1 2016-10-20 08:", on_corridors(vehicles_per_s=exactly(0.0))),
    _bus("before the gate opens", "lane", START, on_duty(lambda d: all_later(d, -600))),
    _bus("too few seats", "seat", TRIP, on_type("M-bus", seats=27)),
    _bus("too few wheelchair places", "seat", "bus-01", on_type("M-bus", wheelchairs=3)),
    _care("too few stretchers", "seat", "amb-0", on_type("ambulance", stretchers=0)),
    _care(
        "a patient unknown",
        "patient",
        f"{SECOND} trip 1",
        on_stop(lambda s: replace(s, patients=("P2", "P5", "P8")), SECOND),
    ),
    _care(
        "a patient moved twice",
        "patient",
        f"{LAST} trip 1",
        both(unhurried(LAST), on_stop(lambda s: replace(s, patients=("P4", "P3")), LAST)),
    ),
    _care("a patient not ready", "patient", f"{FIRST} trip 2", on_patient("P3", ready=at_hour(11))),
    _care(
        "a patient handed over already",
        "patient",
        f"{LAST} trip 1",
        on_patient("P4", state=HANDED_OVER),
    ),
    _care("a patient from elsewhere", "patient", f"{LAST} trip 1", on_patient("P4", zone="Z1")),
    _care("too little care", "patient", f"{FIRST} trip 1", on_type("ambulance", care="basic")),
    _care("a hospital refused", "bed", f"{FIRST} trip 1", on_patient("P1", refuses=("H1",))),
    _care("another hospital accepted", "bed", f"{LAST} trip 1", on_patient("P4", accepts="H2")),
    _care("too few beds", "bed", "H1 surgical", _no_beds),
    _care("no such bed", "bed", "H1 burns", on_patient("P4", bed="burns")),
    _care(
        "a hospital not open",
        "bed",
        f"{FIRST} trip 1",
        on_duty(lambda d: all_later(d, -600), FIRST),
    ),
    _care("patients to a reception site", "bed", f"{LAST} trip 1", on_trip(_elsewhere, LAST)),
    _care("red left for yellow", "triage", "amb-01", _left_behind),
    _aid("a convoy that nobody sends", "convoy", "convoy A9", _unknown_convoy),
    _aid("a convoy twice", "convoy", "convoy A1 run 2", _again),
    _aid(
        "a convoy after its hours",
        "convoy",
        "convoy A1",
        on_convoy(until=at_hour(8) + timedelta(seconds=300)),
    ),
    _aid(
        "a convoy before its hours",
        "convoy",
        "convoy A1",
        on_convoy(since=at_hour(8) + timedelta(seconds=200)),
    ),
    _aid("unloaded too fast", "convoy", "convoy A1", on_convoy(unload_s=exactly(1201.0))),
    _aid("unloaded elsewhere", "convoy", "convoy A1", on_convoy(zone="Z1")),
    _aid(
        "a convoy that does not return",
        "convoy",
        "convoy A1",
        on_run(lambda t: replace(later(t, 900, "arrive_s", "done_s"), destination="H1")),
    ),
    _aid(
        "a convoy with people",
        "convoy",
        "convoy A1",
        on_run(_with_people),
    ),
    _aid(
        "a convoy sooner than it drives",
        "trip",
        "convoy A1",
        on_run(lambda t: replace(t, leave_s=t.leave_s + 1)),
    ),
    _aid("patients before aid", "linked", "L1", on_run(lambda t: postponed(t, 2000))),
    _aid("patients without aid", "linked", "L1", _without_convoy),
    _aid("each waits for the other", "linked", "L2", _reciprocal),
    Break("cars in a narrow street", "link", "1012 from ", broken("car_town", _no_cars)),
    Break(
        "cars against the direction",
        "mode",
        "M",
        broken("car_town", on_link("directed", 1008, True)),
    ),
    Break(
        "cars where none can go",
        "mode",
        "M",
        broken("car_town", on_link("speed_m_per_s", 1012, 0.0)),
    ),
    Break("claims more red patients", "claim", RED_OUT, _claimed(RED_OUT, 3)),
    Break("claims fewer patients", "claim", PATIENTS_OUT, _claimed(PATIENTS_OUT, 4)),
    Break("more patients than its bound", "bound", PATIENTS_OUT, _bounded),
)
