"""What becomes of each patient, and why one is left."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from clearway.model.care import Patient
from clearway.model.fleet import LinkedMovement
from clearway.model.network import Links, Network
from clearway.model.plan import Plan
from clearway.model.scenario import Scenario
from clearway.publish.fates import ENDED, WHY, Fate, fates, fits
from clearway.publish.reach import reached
from clearway.publish.rides import rides
from tests.publish.driven import aided, short
from tests.scenarios import ASSUMED, at_hour, two_ambulances


def found(scenario: Scenario, plan: Plan) -> dict[str, Fate]:
    """Return fates by code."""
    rows = fates(scenario, plan, rides(scenario, plan))
    return {one.patient.code: one for one in rows}


def changed(scenario: Scenario, code: str, **changes: Any) -> Scenario:
    """Return the scenario with one patient changed."""
    care = scenario.care
    rows = tuple(replace(p, **changes) if p.code == code else p for p in care.patients)
    return scenario.replace(care=replace(care, patients=rows))


def nobody_moves() -> tuple[Scenario, Plan]:
    """Return a scenario whose plan has no duty."""
    scenario, plan, _ = aided()
    return scenario, plan.replace(duties=())


def test_those_who_are_moved_have_a_vehicle_and_no_reason() -> None:
    scenario, plan, _ = aided()
    rows = found(scenario, plan)
    assert all(one.moved and one.why == "" for one in rows.values())
    assert [one.row for one in rows.values()] == list(range(5))
    first = rows["P1"]
    assert first.colour == "red"
    assert first.ride is not None
    assert first.stop is not None
    assert (first.ride.vehicle, first.stop.zone) == ("amb-01", "Z1")
    assert first.ride.trip.destination == "H1"
    assert rows["P4"].ride is not None
    assert rows["P4"].ride.day.isoformat() == "2016-10-21"


@pytest.mark.parametrize(
    ("state", "why"),
    [
        ("refused", "refused"),
        ("died waiting", "died"),
        ("moved", "gone"),
        ("handed over", "gone"),
    ],
)
def test_those_who_can_not_be_called_any_more_are_told_apart(state: str, why: str) -> None:
    scenario, plan = nobody_moves()
    one = found(changed(scenario, "P1", state=state), plan)["P1"]
    assert (one.moved, one.why) == (False, why)
    assert why in ENDED


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"bed": "burns"}, "no_hospital"),
        ({"refuses": ("H1", "H2"), "accepts": ""}, "no_hospital"),
        ({"accepts": "H1", "refuses": (), "bed": "intensive"}, "no_hospital"),
        ({"posture": "stretcher", "companions": 4}, "no_vehicle"),
        ({"posture": "wheelchair", "companions": 5, "care": "advanced"}, "no_vehicle"),
        ({"ready": at_hour(40)}, "not_ready"),
    ],
)
def test_the_first_reason_that_holds_is_told(changes: dict[str, Any], why: str) -> None:
    scenario, plan = nobody_moves()
    assert found(changed(scenario, "P3", **changes), plan)["P3"].why == why


def test_without_any_hindrance_there_was_no_time() -> None:
    scenario, plan, _ = short()
    assert {one.why for one in found(scenario, plan).values() if not one.moved} == {"no_time"}


def test_who_waits_for_an_aid_convoy_that_never_comes_is_told_so() -> None:
    scenario, plan = nobody_moves()
    days = ("2016-10-20", "2016-10-21")
    links = tuple(
        LinkedMovement(f"L{n}", f"patients:{day}", "aid:A1", ASSUMED) for n, day in enumerate(days)
    )
    waits = scenario.replace(aid=replace(scenario.aid, links=links))
    stopped = plan.replace(convoys=())
    assert {one.why for one in found(waits, stopped).values()} == {"linked"}
    # On the second day nothing binds.
    half = scenario.replace(aid=replace(scenario.aid, links=links[:1]))
    assert {one.why for one in found(half, stopped).values()} == {"no_time"}
    # The convoy came: nothing binds on either.
    assert {one.why for one in found(waits, plan).values()} == {"no_time"}


def test_patients_of_a_ring_of_conditions_wait_for_ever() -> None:
    scenario, plan = nobody_moves()
    links = (
        LinkedMovement("L1", "patients:2016-10-20", "aid:A1", ASSUMED),
        LinkedMovement("L2", "aid:A1", "patients:2016-10-20", ASSUMED),
        LinkedMovement("L3", "patients:2016-10-21", "patients:2016-10-20", ASSUMED),
    )
    ring = scenario.replace(aid=replace(scenario.aid, links=links))
    assert {one.why for one in found(ring, plan).values()} == {"linked"}


def test_beds_that_others_took_are_the_reason() -> None:
    scenario, plan, _ = aided()
    last = Patient("P6", "Z1", "green", "walking", 0, "surgical")
    care = replace(scenario.care, patients=(*scenario.care.patients, last))
    full = scenario.replace(care=care)
    assert found(full, plan)["P6"].why == "beds_taken"
    roomy = replace(last, bed="general", accepts="H2")
    care = replace(scenario.care, patients=(*scenario.care.patients, roomy))
    assert found(scenario.replace(care=care), plan)["P6"].why == "no_time"


def test_a_zone_that_no_vehicle_reaches_is_the_reason() -> None:
    scenario, plan = nobody_moves()
    kinds = tuple(replace(one, barred=("residential",)) for one in scenario.fleet.types)
    shut = scenario.replace(fleet=replace(scenario.fleet, types=kinds))
    assert {one.why for one in found(shut, plan).values()} == {"unreachable"}


def test_every_reason_can_come() -> None:
    told = {
        *("refused", "died", "gone", "no_hospital", "no_vehicle", "not_ready"),
        *("unreachable", "linked", "beds_taken", "no_time"),
    }
    assert set(WHY) == told


def test_a_vehicle_fits_by_care_and_by_places() -> None:
    bus, ambulance = two_ambulances().fleet.types
    lies = Patient("X", "Z1", "red", "stretcher", 1, "surgical", care="advanced")
    assert fits(ambulance, lies)
    assert not fits(bus, lies)
    walks = replace(lies, posture="walking", care="basic", companions=5)
    assert fits(bus, walks)
    assert not fits(ambulance, walks)
    assert not fits(replace(bus, care="none"), walks)


def links_with(scenario: Scenario, **columns: Any) -> Scenario:
    """Return the scenario with columns of its links replaced."""
    links = scenario.network.links
    kept: dict[str, Any] = {name: getattr(links, name) for name in Links.__slots__}
    return scenario.replace(network=Network(scenario.network.nodes, Links(**kept | columns)))


def test_zones_are_reached_by_streets_that_vehicles_may_use() -> None:
    scenario = two_ambulances()
    kind = scenario.fleet.types[0]
    assert reached(scenario, kind) == {"Z1", "Z2"}
    links = scenario.network.links
    no_lanes = np.where(links.id == 1001, 0.0, links.lanes)
    assert reached(links_with(scenario, lanes=no_lanes), kind) == {"Z2"}
    one_way = links.id == 1001
    assert reached(links_with(scenario, directed=one_way), kind) == {"Z2"}
    still = scenario.replace(
        corridors=tuple(
            replace(one, vehicles_per_s=replace(one.vehicles_per_s, low=0, central=0, high=0))
            for one in scenario.corridors
        )
    )
    assert reached(still, kind) == frozenset()
    assert reached(scenario, replace(kind, corridors=("C9",))) == frozenset()


def test_contraflow_turns_a_street_round() -> None:
    scenario = two_ambulances()
    kind, links = scenario.fleet.types[0], scenario.network.links
    one_way = links_with(scenario, directed=np.isin(links.id, (1001, 1002)))
    turned = one_way.replace(contraflow=(1001, 1002))
    # Either way round, a vehicle comes in or goes out, and not both.
    assert reached(one_way, kind) == reached(turned, kind) == frozenset()
