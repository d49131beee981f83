"""Write what vehicles do as part of a ``plan.json`` (see ``docs/plan-format.md``)."""

from __future__ import annotations

from typing import Any

from clearway.model.duty import ConvoyRun, Duty, Load, Stop, Trip
from clearway.model.scenario import Scenario


def duty_json(scenario: Scenario, duty: Duty) -> dict[str, Any]:
    """Return one entry of ``duties``; the scenario's clock tells the times."""
    return {
        "id": duty.id,
        "vehicle": duty.vehicle,
        "type": duty.type,
        "depot": duty.depot,
        "trips": [_trip(scenario, trip) for trip in duty.trips],
        "back": _moment(scenario, duty.back_s),
    }


def run_json(scenario: Scenario, run: ConvoyRun) -> dict[str, Any]:
    """Return one entry of ``convoys``."""
    return {"convoy": run.convoy, "trip": _trip(scenario, run.trip)}


def _trip(scenario: Scenario, trip: Trip) -> dict[str, Any]:
    return {
        "corridor_in": trip.corridor_in or None,
        "corridor_out": trip.corridor_out,
        "leave": _moment(scenario, trip.leave_s),
        "gate_in": _moment(scenario, trip.gate_in_s),
        "stops": [_stop(scenario, stop) for stop in trip.stops],
        "gate_out": _moment(scenario, trip.gate_out_s),
        "route_out": [int(link) for link in trip.links_out],
        "destination": trip.destination,
        "arrive": _moment(scenario, trip.arrive_s),
        "done": _moment(scenario, trip.done_s),
    }


def _stop(scenario: Scenario, stop: Stop) -> dict[str, Any]:
    return {
        "zone": stop.zone,
        "route": [int(link) for link in stop.links],
        "arrive": _moment(scenario, stop.arrive_s),
        "leave": _moment(scenario, stop.leave_s),
        "loads": [_load(load) for load in stop.loads],
        "patients": list(stop.patients),
    }


def _load(load: Load) -> dict[str, Any]:
    return {
        "group": load.group,
        "first_household": int(load.first_household),
        "households": int(load.households),
        "persons": int(load.persons),
    }


def _moment(scenario: Scenario, seconds: int) -> str:
    return scenario.moment(float(seconds)).isoformat()
