"""A tiny scenario with everything that rides: cars, vehicles, patients, hospitals and aid."""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np

from clearway.model.care import Beds, Care, Hospital, Patient
from clearway.model.corridor import Corridor
from clearway.model.duty import ConvoyRun, Duty, Load, Stop, Trip
from clearway.model.facts import Text
from clearway.model.fleet import (
    Aid,
    Convoy,
    Depot,
    Fleet,
    LinkedMovement,
    Vehicles,
    VehicleType,
)
from clearway.model.scenario import Scenario
from tests import scenarios
from tests.read import terms
from tests.read.terms import SOURCE, estimate

WEST, EAST = 37.10, 37.19
DAY = "2016-10-20"


def told(**changes: Any) -> Scenario:
    """Return two gates with every table, vehicles and patients among them."""
    plain = terms.told()
    links = plain.network.links
    one_way = np.array(links.directed)
    one_way[:2] = True
    network = dataclasses.replace(plain.network, links=dataclasses.replace(links, directed=one_way))
    walkers, slow = plain.groups
    lane = estimate(4 / 3600, 12 / 3600, 30 / 3600)
    first, second = plain.corridors
    made = plain.replace(
        network=network,
        groups=(
            dataclasses.replace(
                walkers,
                modes=("car", "ride"),
                persons_per_car=estimate(2, 3.5, 5),
                speed_m_per_s=estimate(5, 10, 15),
            ),
            dataclasses.replace(slow, modes=("ride",), wheelchair_users=1),
        ),
        corridors=(dataclasses.replace(first, vehicles_per_s=lane), second),
        fleet=fleet(plain.network.nodes.id.tolist()[1]),
        care=care(),
        aid=aid(),
        contraflow=(int(links.id[0]), int(links.id[1])),
    )
    return made.replace(**changes)


def fleet(node: int) -> Fleet:
    """Return two types at three depots, one of them inside at ``node``."""
    lon, lat = scenarios.ORIGIN
    return Fleet(
        types=(
            VehicleType(
                id="bus",
                name=Text("Bus", "حافلة"),
                seats=50,
                wheelchairs=2,
                stretchers=1,
                care="basic",
                speed_m_per_s=estimate(5, 7.5, 12.5),
                board_s=estimate(600, 900, 3_600),
                alight_s=estimate(300, 900, 1_800),
                source=SOURCE,
                rest_s=1_200,
                range_m=400_000.0,
                corridors=("C1", "C2"),
                barred=("service", "track"),
            ),
            VehicleType(
                id="truck",
                name=Text("Truck", "شاحنة"),
                seats=0,
                wheelchairs=0,
                stretchers=0,
                care="none",
                speed_m_per_s=estimate(5, 5, 5),
                board_s=estimate(0, 0, 0),
                alight_s=estimate(0, 0, 0),
                source=SOURCE,
            ),
        ),
        depots=(
            Depot("D1", Text("East depot", "المرآب الشرقي"), EAST, lat, SOURCE),
            Depot("D2", Text("Inside depot", "المرآب الداخلي"), lon, lat, SOURCE, node=node),
        ),
        vehicles=(
            Vehicles("bus", "D1", 4, SOURCE),
            Vehicles("bus", "D1", 2, SOURCE, since=scenarios.at_hour(6)),
            Vehicles(
                "bus", "D2", 1, SOURCE, since=scenarios.at_hour(6), until=scenarios.at_hour(20)
            ),
        ),
        outside_m_per_s=estimate(5, 7.5, 10),
        outside_detour=estimate(1.2, 1.4, 2),
    )


def care() -> Care:
    """Return four patients and two hospitals, in categories of START."""
    name = Text("Hospital", "مشفى")
    return Care(
        system="START",
        patients=(
            Patient("P-001", "Z1", "immediate", "stretcher", 1, "surgery", "basic"),
            Patient(
                "P-002", "Z2", "delayed", "wheelchair", 0, "general", ready=scenarios.at_hour(9)
            ),
            Patient("P-003", "Z3", "minor", "walking", 9, "general", accepts="H2", refuses=("H1",)),
            Patient(
                code="م-4",
                zone="Z3",
                category="expectant",
                posture="seated",
                companions=2,
                bed="general",
                care="advanced",
                refuses=("H1", "H2"),
                state="died waiting",
            ),
        ),
        hospitals=(
            Hospital(
                id="H1",
                name=name,
                lon=EAST,
                lat=36.21,
                beds=(Beds("surgery", estimate(1, 2, 4)), Beds("general", estimate(5, 10, 20))),
                source=SOURCE,
                opens_s=8 * 3600,
                closes_s=20 * 3600 + 90,
            ),
            Hospital("H2", name, WEST, 36.22, (Beds("general", estimate(0, 3, 9)),), SOURCE),
        ),
    )


def aid() -> Aid:
    """Return a convoy a day, and patients who wait for it."""
    opens, closes = scenarios.at_hour(8), scenarios.at_hour(10)
    return Aid(
        convoys=(
            Convoy(
                id="A1",
                name=Text("Medicine", "أدوية"),
                depot="D1",
                type="truck",
                vehicles=5,
                zone="Z2",
                unload_s=estimate(1_200, 1_800, 3_600),
                since=opens,
                until=closes,
                persons=500,
                source=SOURCE,
            ),
            Convoy(
                id="A2",
                name=Text("Food", "أغذية"),
                depot="D1",
                type="truck",
                vehicles=1,
                zone="Z1",
                unload_s=estimate(0, 0, 0),
                since=opens,
                until=closes,
                persons=0,
                source=SOURCE,
            ),
        ),
        links=(
            LinkedMovement("K1", f"patients:{DAY}", "aid:A1", SOURCE),
            LinkedMovement("K2", "aid:A2", f"patients:{DAY}", SOURCE),
        ),
    )


def patient_trip(scenario: Scenario) -> Trip:
    """Return a trip of a vehicle that fetches one patient through C1."""
    way = first(scenario).links
    stop = Stop("Z1", (*reversed(way), 1003), 600, 1_500, patients=("P-001",))
    return Trip("C1", "C1", -900, 0, (stop,), 2_400, (1003, *way), "H1", 3_600, 4_500)


def rider_trip(scenario: Scenario) -> Trip:
    """Return a trip with two stops, of a vehicle that stands inside."""
    way = first(scenario).links
    stops = (
        Stop("Z1", (), 4_500, 5_400, loads=(Load("G2", 0, 3, 12), Load("G2", 3, 1, 9))),
        Stop("Z2", (1003, 1002), 5_460, 6_000, loads=(Load("G1", 0, 1, 1),)),
    )
    return Trip("", "C1", 4_500, 4_500, stops, 6_300, (1002, *way), "R1", 6_900, 7_800)


def first(scenario: Scenario) -> Corridor:
    """Return the first corridor."""
    return scenario.corridors[0]


def duties(scenario: Scenario) -> tuple[Duty, ...]:
    """Return two duties: one of a patient, one with two trips."""
    there, inside = patient_trip(scenario), rider_trip(scenario)
    return (
        Duty("bus-01 2016-10-20", "bus-01", "bus", "D1", (there,), 9_000),
        Duty("bus-02 2016-10-20", "bus-02", "bus", "D2", (inside, there), 86_400),
    )


def runs(scenario: Scenario) -> tuple[ConvoyRun, ...]:
    """Return what one convoy does."""
    way = first(scenario).links
    stop = Stop("Z2", tuple(reversed(way)), 600, 2_400)
    trip = Trip("C1", "C1", -900, 0, (stop,), 2_700, way, "D1", 3_600, 3_600)
    return (ConvoyRun("A1", trip),)
