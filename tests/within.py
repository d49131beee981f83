"""A tiny scenario with vehicles that stand inside."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from clearway.model.scenario import Scenario
from tests.scenarios import two_ambulances


def from_within(**changes: Any) -> Scenario:
    """``two_ambulances`` on two short days; the bus and an ambulance stand inside, at D2 in Z1.

    The other ambulance stands at D1, outside.
    """
    scenario = two_ambulances(**{"windows": ((1, 8, 9), (1, 32, 33)), **changes})
    zone, (bus, own) = scenario.zones[0], scenario.fleet.vehicles
    (outside,) = scenario.fleet.depots
    row = int(scenario.network.node_index(zone.node))
    lon, lat = float(scenario.network.nodes.lon[row]), float(scenario.network.nodes.lat[row])
    inside = replace(outside, id="D2", lon=lon, lat=lat, node=zone.node)
    rows = replace(bus, depot="D2"), replace(own, depot="D2", count=1), replace(own, count=1)
    return scenario.replace(fleet=replace(scenario.fleet, depots=(outside, inside), vehicles=rows))
