"""Write the tables of vehicles, hospitals and aid in ``scenario.toml``; nothing of what is not."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Final
from zoneinfo import ZoneInfo

from clearway.model.care import DAY_S, Hospital
from clearway.model.fleet import (
    NO_CARE,
    Convoy,
    Depot,
    Fleet,
    LinkedMovement,
    Vehicles,
    VehicleType,
)
from clearway.model.network import Nodes
from clearway.model.scenario import NO_CARE as NO_PATIENTS
from clearway.model.scenario import NO_FLEET, Scenario
from clearway.publish.figures_text import (
    degrees,
    estimate_toml,
    figure,
    moment_line,
    string,
    text_toml,
)

_KM_PER_H: Final = 3.6
_MINUTE_S: Final = 60


def fleet_blocks(scenario: Scenario) -> Iterator[list[str]]:
    """Yield the lines of each table about vehicles, care and aid, in the order of the document."""
    local = ZoneInfo(scenario.timezone)
    fleet, care, aid = scenario.fleet, scenario.care, scenario.aid
    yield from map(_type, fleet.types)
    yield from (_depot(one, scenario.network.nodes) for one in fleet.depots)
    yield from (_vehicles(one, local) for one in fleet.vehicles)
    if fleet != NO_FLEET or aid.convoys:
        yield _outside(fleet)
    if care != NO_PATIENTS:
        yield ["[care]", f"system = {string(care.system)}"]
    yield from map(_hospital, care.hospitals)
    yield from (_convoy(one, local) for one in aid.convoys)
    yield from map(_link, aid.links)


def _type(one: VehicleType) -> list[str]:
    places = {name: getattr(one, name) for name in ("seats", "wheelchairs", "stretchers")}
    lists = {name: getattr(one, name) for name in ("corridors", "barred")}
    return [
        "[[vehicle_type]]",
        f"id = {string(one.id)}",
        f"name = {text_toml(one.name)}",
        *(f"{name} = {count}" for name, count in places.items() if count),
        *([] if one.care == NO_CARE else [f"care = {string(one.care)}"]),
        f"speed_km_per_h = {estimate_toml(one.speed_m_per_s, times=_KM_PER_H)}",
        f"board_min = {estimate_toml(one.board_s, per=_MINUTE_S)}",
        f"alight_min = {estimate_toml(one.alight_s, per=_MINUTE_S)}",
        *([f"rest_min = {figure(one.rest_s / _MINUTE_S)}"] if one.rest_s else []),
        *([] if math.isinf(one.range_m) else [f"range_km = {figure(one.range_m / 1000)}"]),
        *(f"{name} = [{', '.join(map(string, codes))}]" for name, codes in lists.items() if codes),
        f"source = {string(one.source)}",
    ]


def _depot(depot: Depot, nodes: Nodes) -> list[str]:
    place = (degrees(depot.lon), degrees(depot.lat))
    lines = [f"lon = {place[0]}", f"lat = {place[1]}"]
    if depot.node is not None:
        at = (nodes.id == depot.node).nonzero()[0]
        there = (degrees(float(nodes.lon[at][0])), degrees(float(nodes.lat[at][0])))
        lines = [*(lines if place != there else []), f"node = {depot.node}"]
    return [
        "[[depot]]",
        f"id = {string(depot.id)}",
        f"name = {text_toml(depot.name)}",
        *lines,
        f"source = {string(depot.source)}",
    ]


def _vehicles(one: Vehicles, local: ZoneInfo) -> list[str]:
    return [
        "[[vehicles]]",
        f"type = {string(one.type)}",
        f"depot = {string(one.depot)}",
        f"count = {one.count}",
        *moment_line("since", one.since, local),
        *moment_line("until", one.until, local),
        f"source = {string(one.source)}",
    ]


def _outside(fleet: Fleet) -> list[str]:
    speed = estimate_toml(fleet.outside_m_per_s, times=_KM_PER_H)
    return [
        "[fleet]",
        f"outside_speed_km_per_h = {speed}",
        f"outside_detour = {estimate_toml(fleet.outside_detour)}",
    ]


def _hospital(hospital: Hospital) -> list[str]:
    hours = {"opens": (hospital.opens_s, 0), "closes": (hospital.closes_s, DAY_S)}
    lines = [
        "[[hospital]]",
        f"id = {string(hospital.id)}",
        f"name = {text_toml(hospital.name)}",
        f"lon = {degrees(hospital.lon)}",
        f"lat = {degrees(hospital.lat)}",
        *(f"{key} = {string(_clock(at))}" for key, (at, usual) in hours.items() if at != usual),
        f"source = {string(hospital.source)}",
    ]
    for beds in hospital.beds:
        places = f"places = {estimate_toml(beds.places)}"
        lines += ["[[hospital.beds]]", f"kind = {string(beds.kind)}", places]
    return lines


def _clock(seconds: int) -> str:
    minutes, rest = divmod(seconds, 60)
    return f"{minutes // 60:02}:{minutes % 60:02}" + (f":{rest:02}" if rest else "")


def _convoy(one: Convoy, local: ZoneInfo) -> list[str]:
    return [
        "[[convoy]]",
        f"id = {string(one.id)}",
        f"name = {text_toml(one.name)}",
        f"depot = {string(one.depot)}",
        f"type = {string(one.type)}",
        f"vehicles = {one.vehicles}",
        f"zone = {string(one.zone)}",
        f"unload_min = {estimate_toml(one.unload_s, per=_MINUTE_S)}",
        *moment_line("since", one.since, local),
        *moment_line("until", one.until, local),
        *([f"persons = {one.persons}"] if one.persons else []),
        f"source = {string(one.source)}",
    ]


def _link(one: LinkedMovement) -> list[str]:
    return [
        "[[linked_movement]]",
        f"id = {string(one.id)}",
        f"then = {string(one.then)}",
        f"after = {string(one.after)}",
        f"source = {string(one.source)}",
    ]
