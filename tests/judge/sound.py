"""Sound plans with vehicles, made by hand: every time follows from the scenario by arithmetic.

``sound(name)`` gives a scenario of ``tests.scenarios`` with a plan that keeps every rule, claims
included. Vehicles leave as early as they can, or when the plan says; people on foot and in cars
are called by ``tests.plans.greedy_plan`` around them.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import ceil
from typing import Final

from clearway.model.care import metres_between
from clearway.model.corridor import Corridor
from clearway.model.duty import ConvoyRun, Duty, Load, Stop, Trip
from clearway.model.fleet import VehicleType
from clearway.model.network import INSIDE
from clearway.model.plan import EXPOSURE, HOURS, PATIENTS_OUT, PEOPLE, RED_OUT, Level, Plan
from clearway.model.scenario import Scenario
from tests.plans import Streets, greedy_plan, willing_persons
from tests.scenarios import aid_in, car_town, one_bus, two_ambulances

Case = tuple[Scenario, Plan]
Point = tuple[float, float]

DAY: Final = "2016-10-20"
NEXT: Final = "2016-10-21"
#: Households of G1 that ride the bus, of each zone (row): the last of those willing.
TAIL: Final = {0: 6, 1: 2}


@dataclass(frozen=True)
class Call:
    """Whom a vehicle fetches at one stop."""

    zone: str
    loads: tuple[Load, ...] = ()
    patients: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Errand:
    """One trip before its times are known.

    Attributes
    ----------
    kind
        Id of the vehicle type.
    calls
        The stops.
    to
        Id of the destination.
    leave_s
        When it sets out, at the earliest.
    start
        Id of the place that it sets out from.
    vehicles
        How many drive together.
    stand_s
        Seconds that it stands at each stop; None for the time of boarding.
    corridor
        By which it comes and goes; it comes from inside if it starts there.
    """

    kind: str
    calls: tuple[Call, ...]
    to: str
    leave_s: int = 0
    start: str = "D1"
    vehicles: int = 1
    stand_s: float | None = None
    corridor: str = "C1"


class Driver:
    """Drives errands of one scenario."""

    def __init__(self, scenario: Scenario) -> None:
        """Take the streets of ``scenario``."""
        self.scenario, self.streets = scenario, Streets(scenario)
        self.types = {kind.id: kind for kind in scenario.fleet.types}
        self.nodes = {zone.id: zone.node for zone in scenario.zones}

    def trip(self, errand: Errand) -> Trip:
        """Return the trip with the earliest times that driving, gates and boarding allow."""
        kind = self.types[errand.kind]
        corridor = next(c for c in self.scenario.corridors if c.id == errand.corridor)
        inside = next((d.node for d in self.scenario.fleet.depots if d.id == errand.start), None)
        lag = (errand.vehicles - 1) / corridor.vehicles_per_s.central
        first: tuple[int, ...] = ()
        now, node = float(errand.leave_s), inside
        if inside is None:
            now += self.outside_s(self.place(errand.start), self.exit(corridor))
            first = corridor.links[::-1]
            now, node = float(ceil(now + self.inside_s(kind, first) + lag)), corridor.mouth
        gate_in, stops = int(now), []
        assert node is not None
        for call in errand.calls:
            links = (*first, *self.way(node, self.nodes[call.zone]))
            arrive = ceil(now + self.inside_s(kind, links[len(first) :]))
            stand = kind.board_s.central if errand.stand_s is None else errand.stand_s
            now, node, first = float(ceil(arrive + stand)), self.nodes[call.zone], ()
            stops.append(Stop(call.zone, links, arrive, int(now), call.loads, call.patients))
        out = self.way(node, corridor.mouth)
        now += self.inside_s(kind, out)
        now += self.aboard(errand.calls) / corridor.gate_persons_per_s.central + lag
        gate_out = ceil(now)
        leaves = gate_out + self.inside_s(kind, corridor.links)
        arrive = ceil(leaves + self.outside_s(self.exit(corridor), self.place(errand.to)))
        return Trip(
            corridor_in="" if inside is not None else corridor.id,
            corridor_out=corridor.id,
            leave_s=errand.leave_s,
            gate_in_s=gate_in,
            stops=tuple(stops),
            gate_out_s=gate_out,
            links_out=(*out, *corridor.links),
            destination=errand.to,
            arrive_s=arrive,
            done_s=ceil(arrive + kind.alight_s.central + kind.rest_s),
        )

    def duty(self, vehicle: str, day: str, depot: str, errands: Sequence[Errand]) -> Duty:
        """Return a day of one vehicle, each errand begun when the one before is done or later."""
        trips: list[Trip] = []
        for errand in errands:
            later = errand
            if trips:
                ready = max(errand.leave_s, trips[-1].done_s)
                later = replace(errand, leave_s=ready, start=trips[-1].destination)
            trips.append(self.trip(later))
        home = self.outside_s(self.place(trips[-1].destination), self.place(depot))
        back = ceil(trips[-1].done_s + home)
        return Duty(f"{vehicle} {day}", vehicle, errands[0].kind, depot, tuple(trips), back)

    def aboard(self, calls: Sequence[Call]) -> int:
        """Return the persons that board: riders, patients and companions."""
        patients = {one.code: one.persons for one in self.scenario.care.patients}
        riders = sum(load.persons for call in calls for load in call.loads)
        return riders + sum(patients[code] for call in calls for code in call.patients)

    def way(self, start: int, end: int) -> tuple[int, ...]:
        """Return the shortest way for vehicles between two nodes inside."""
        return self.streets.follow(self.streets.tree(end, INSIDE, self.streets.metres, None), start)

    def inside_s(self, kind: VehicleType, links: Sequence[int]) -> float:
        """Return the seconds that a drive over links takes."""
        table, speed = self.scenario.network.links, kind.speed_m_per_s.central
        rows = self.scenario.network.link_index(links).tolist() if links else []
        return sum(
            float(table.length_m[row]) / min(float(table.speed_m_per_s[row]), speed) for row in rows
        )

    def outside_s(self, start: Point, end: Point) -> float:
        """Return the seconds of a drive outside."""
        fleet = self.scenario.fleet
        far = fleet.outside_detour.central * metres_between(*start, *end)
        return far / fleet.outside_m_per_s.central

    def exit(self, corridor: Corridor) -> Point:
        """Return where a corridor ends."""
        node = corridor.mouth
        for link in corridor.links:
            node = self.streets.other(link, node)
        return self._at(node)

    def place(self, name: str) -> Point:
        """Return where a depot, a hospital or a reception site is."""
        scenario = self.scenario
        known = {depot.id: (depot.lon, depot.lat) for depot in scenario.fleet.depots}
        known |= {one.id: (one.lon, one.lat) for one in scenario.care.hospitals}
        if name in known:
            return known[name]
        return self._at(next(site.node for site in scenario.receptions if site.id == name))

    def _at(self, node: int) -> Point:
        nodes = self.scenario.network.nodes
        row = int(self.scenario.network.node_index([node])[0])
        return float(nodes.lon[row]), float(nodes.lat[row])


def sound(name: str) -> Case:
    """Return ``one_bus``, ``two_ambulances``, ``aid_in`` or ``car_town`` with a sound plan."""
    return _CASES[name]()


def load(scenario: Scenario, zone: str, group: str, households: range) -> Load:
    """Return those households of a zone and group as one load."""
    rows = [one.id for one in scenario.zones].index(zone)
    column = [one.id for one in scenario.groups].index(group)
    sizes = scenario.demand.sequence(rows, column)[households.start : households.stop]
    return Load(group, households.start, len(households), int(sizes.sum()))


def with_duties(
    scenario: Scenario, duties: tuple[Duty, ...], convoys: tuple[ConvoyRun, ...] = ()
) -> Plan:
    """Return a plan with these duties and convoys, everybody else on foot, all levels claimed."""
    slot, riding = scenario.planning.slot_s, defaultdict[tuple[int, int], int](int)
    aboard = defaultdict[tuple[str, int], float](float)
    zones = [zone.id for zone in scenario.zones]
    groups = [group.id for group in scenario.groups]
    driver = Driver(scenario)
    for trip in (trip for duty in duties for trip in duty.trips):
        calls = [Call(stop.zone, stop.loads, stop.patients) for stop in trip.stops]
        aboard[trip.corridor_out, trip.gate_out_s // slot] += driver.aboard(calls)
        for stop in trip.stops:
            for one in stop.loads:
                riding[zones.index(stop.zone), groups.index(one.group)] += one.households
    plan = greedy_plan(scenario, aboard=aboard, riding=riding)
    plan = plan.replace(duties=duties, convoys=convoys)
    return plan.replace(levels=levels(scenario, plan))


def levels(scenario: Scenario, plan: Plan) -> tuple[Level, ...]:
    """Return the levels that a plan reaches whose people on foot are claimed already."""
    driver, patients = Driver(scenario), {one.code: one for one in scenario.care.patients}
    types = {duty.id: driver.types[duty.type] for duty in plan.duties}
    corridors = {one.id: one for one in scenario.corridors}
    value = {one.name: one.value for one in plan.levels}
    for duty in plan.duties:
        for trip in duty.trips:
            through = driver.inside_s(types[duty.id], corridors[trip.corridor_out].links)
            out = trip.gate_out_s + through
            for stop in trip.stops:
                persons = sum(one.persons for one in stop.loads)
                value[PEOPLE] += persons
                value[EXPOSURE] += persons * (out - stop.leave_s) / 3600
                value[HOURS] += persons * out / 3600
    out_of = [patients[code] for code in plan.patients]
    red = sum(scenario.care.colour(one) == "red" for one in out_of)
    first = (Level(RED_OUT, red, red), Level(PATIENTS_OUT, len(out_of), len(out_of)))
    return (
        *(first if patients else ()),
        Level(PEOPLE, value[PEOPLE], float(willing_persons(scenario))),
        Level(EXPOSURE, value[EXPOSURE], value[EXPOSURE] / 2),
        Level(HOURS, value[HOURS], value[HOURS] / 2),
    )


def bus_duty(scenario: Scenario) -> Duty:
    """Return the bus's day: to Z1, then to Z1 and Z2; all of G2 and the last of G1 ride."""
    last = [len(scenario.demand.sequence(z, 0)) for z in range(2)]
    early = range(last[0] - TAIL[0], last[0] - TAIL[0] + 3)
    late = range(early.stop, last[0])
    other = range(last[1] - TAIL[1], last[1])
    first = Call("Z1", (load(scenario, "Z1", "G2", range(4)), load(scenario, "Z1", "G1", early)))
    second = Call("Z1", (load(scenario, "Z1", "G1", late),))
    third = Call("Z2", (load(scenario, "Z2", "G2", range(4)), load(scenario, "Z2", "G1", other)))
    errands = (
        Errand(kind="M-bus", calls=(first,), to="R1"),
        Errand(kind="M-bus", calls=(second, third), to="R1"),
    )
    return Driver(scenario).duty("bus-01", DAY, "D1", errands)


def ambulance_duties(scenario: Scenario, leave_s: int = 0) -> tuple[Duty, ...]:
    """Return all five patients moved: four on the first day by two ambulances, one on the next.

    H1 opens at nine, an hour after the corridor: the first ambulance waits for that.
    """
    driver = Driver(scenario)
    red = Errand(
        kind="ambulance", calls=(Call("Z1", patients=("P1",)),), to="H1", leave_s=max(2700, leave_s)
    )
    yellow = Errand(kind="ambulance", calls=(Call("Z2", patients=("P3",)),), to="H1")
    two = Errand(
        kind="ambulance", calls=(Call("Z1", patients=("P2", "P5")),), to="H2", leave_s=leave_s
    )
    day = Errand(
        kind="ambulance", calls=(Call("Z2", patients=("P4",)),), to="H1", leave_s=86_400 + 3600
    )
    return (
        driver.duty("amb-01", DAY, "D1", (red, yellow)),
        driver.duty("amb-02", DAY, "D1", (two,)),
        driver.duty("amb-01", NEXT, "D1", (day,)),
    )


def convoy_run(scenario: Scenario) -> ConvoyRun:
    """Return what A1 does: three trucks to Z2 as early as they can, unloaded, and back."""
    errand = Errand(kind="truck", calls=(Call("Z2"),), to="D1", vehicles=3, stand_s=1200.0)
    return ConvoyRun("A1", Driver(scenario).trip(errand))


def _one_bus() -> Case:
    scenario = one_bus()
    return scenario, with_duties(scenario, (bus_duty(scenario),))


def _two_ambulances() -> Case:
    scenario = two_ambulances()
    duties = (bus_duty(scenario), *ambulance_duties(scenario))
    return scenario, with_duties(scenario, duties)


def _aid_in() -> Case:
    scenario = aid_in()
    run = convoy_run(scenario)
    reached = run.trip.stops[-1].arrive_s
    duties = (bus_duty(scenario), *ambulance_duties(scenario, reached))
    return scenario, with_duties(scenario, duties, (run,))


def _car_town() -> Case:
    scenario = car_town()
    return scenario, greedy_plan(scenario)


_CASES: Final = {
    "one_bus": _one_bus,
    "two_ambulances": _two_ambulances,
    "aid_in": _aid_in,
    "car_town": _car_town,
}
