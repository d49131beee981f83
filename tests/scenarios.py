"""Tiny scenarios as nouns, built in code: a grid of streets with corridors on its sides.

``build(Recipe(...))`` gives any of them; the named functions below give those that tests share,
each open to changes: ``two_gates(gates_persons_per_h=(600, 60))``.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np

from clearway.model.care import Beds, Care, Hospital, Patient
from clearway.model.corridor import Corridor, HoldingArea, Reception, Window
from clearway.model.facts import Estimate, Fact, Text
from clearway.model.fleet import (
    ADVANCED,
    BASIC,
    Aid,
    Convoy,
    Depot,
    Fleet,
    LinkedMovement,
    Vehicles,
    VehicleType,
)
from clearway.model.network import CLOSED, CROSSING, INSIDE, OPEN, OUTSIDE, Links, Network, Nodes
from clearway.model.population import CAR, RIDE, SIZES, WALK, Demand, Group, Zone
from clearway.model.scenario import Planning, Scenario

TIMEZONE = "Asia/Damascus"
ORIGIN = (37.15, 36.2)
FIRST_NODE, FIRST_LINK = 101, 1001
ASSUMED = "assumed: for tests"

#: East, west, north, south: where the first four corridors leave the grid.
_SIDES = ((1, 0), (-1, 0), (0, 1), (0, -1))
_LON_M = 111_412.84 * math.cos(math.radians(ORIGIN[1])) - 93.5 * math.cos(
    3 * math.radians(ORIGIN[1])
)
_LAT_M = 111_132.92 - 559.82 * math.cos(2 * math.radians(ORIGIN[1]))

Place = tuple[float, float]


@dataclass(frozen=True, kw_only=True)
class Recipe:
    """What a tiny scenario is built from.

    Nodes count from 101 and links from 1001, row by row: the streets inside, then for each
    corridor its crossing link, its link in the open and the link on to its reception site, then
    one closed crossing.

    Attributes
    ----------
    columns, rows
        Size of the grid of streets inside; the place ``(0, 0)`` is its south-western corner.
    spacing_m, width_m
        Length and walkway width of each street inside.
    crossing_m, open_m, beyond_m, corridor_width_m
        Length of each corridor's crossing link, of its link in the open, of the street from its
        exit to the reception site; walkway width of all three.
    zones
        Places in the grid where zones Z1, Z2, ... join the streets.
    households
        Anything that broadcasts to shape (zones, groups, 9).
    speeds_m_per_s, weights
        One number a group: G1, G2, ...
    gates_persons_per_h
        One rate a corridor: C1 in the middle of the east side, C2 west, C3 north, C4 south, C5
        one place further on the east side, and so on. A mouth is a node of the grid.
    places
        Persons that each corridor's own reception site R1, R2, ... takes.
    windows
        Triples (number of the corridor from 1, opens, closes) in hours after local midnight
        of 20 October 2016.
    margin_min, holding_m2, holding_persons
        Of every corridor.
    uptake, spread, slot_s, step_s, tick_s
        The rules of planning.
    """

    columns: int = 3
    rows: int = 1
    spacing_m: float = 120.0
    width_m: float = 2.0
    crossing_m: float = 120.0
    open_m: float = 240.0
    beyond_m: float = 120.0
    corridor_width_m: float = 4.0
    zones: tuple[tuple[int, int], ...] = ((0, 0),)
    households: Any = (2, 3, 4, 6, 5, 4, 2, 1, 1)
    speeds_m_per_s: tuple[float, ...] = (1.2,)
    weights: tuple[float, ...] = ()
    gates_persons_per_h: tuple[float, ...] = (600.0,)
    places: tuple[float, ...] = ()
    windows: tuple[tuple[int, float, float], ...] = ()
    margin_min: float = 30.0
    holding_m2: float = 1000.0
    holding_persons: float = 1000.0
    uptake: float = 1.0
    spread: float = 1.0
    slot_s: int = 900
    step_s: int = 60
    tick_s: int = 10


def one_corridor(**changes: Any) -> Scenario:
    """One zone of 28 households, two streets from the gate of C1, open from 08:00 to 10:00."""
    return build(replace(Recipe(), **changes))


def two_gates(**changes: Any) -> Scenario:
    """Three zones and two groups between an eastern gate and one half as fast in the west."""
    recipe = Recipe(
        columns=4,
        rows=3,
        zones=((1, 0), (2, 1), (1, 2)),
        speeds_m_per_s=(1.2, 0.6),
        gates_persons_per_h=(600.0, 300.0),
    )
    return build(replace(recipe, **changes))


def late_window(**changes: Any) -> Scenario:
    """Two corridors: C1 from 08:00 to 09:15, C2 opens late, from 09:00 to 10:00."""
    recipe = Recipe(
        columns=4,
        zones=((1, 0), (2, 0)),
        gates_persons_per_h=(300.0, 600.0),
        windows=((1, 8, 9.25), (2, 9, 10)),
    )
    return build(replace(recipe, **changes))


def two_days(**changes: Any) -> Scenario:
    """One corridor, open for an hour on each of two days, too short for all on the first."""
    recipe = Recipe(gates_persons_per_h=(120.0,), windows=((1, 8, 9), (1, 32, 33)))
    return build(replace(recipe, **changes))


def narrow_street(**changes: Any) -> Scenario:
    """One street carries 47 persons a slot, where the gate would serve 900: streets bind."""
    recipe = Recipe(width_m=0.04, gates_persons_per_h=(3600.0,))
    return build(replace(recipe, **changes))


def small_site(**changes: Any) -> Scenario:
    """Two corridors, the faster of which leads to a reception site with 40 places."""
    recipe = Recipe(
        columns=4, zones=((1, 0), (2, 0)), gates_persons_per_h=(600.0, 300.0), places=(40.0, 1e6)
    )
    return build(replace(recipe, **changes))


def four_sides(**changes: Any) -> Scenario:
    """Nine zones, two groups and four corridors on the four sides of a 5 by 5 grid, two days."""
    recipe = Recipe(
        columns=5,
        rows=5,
        zones=tuple((column, row) for row in (1, 2, 3) for column in (1, 2, 3)),
        speeds_m_per_s=(1.2, 0.7),
        gates_persons_per_h=(600.0, 300.0, 450.0, 150.0),
        windows=tuple((k, day + 8, day + 9.5) for day in (0, 24) for k in (1, 2, 3, 4)),
    )
    return build(replace(recipe, **changes))


def one_bus(**changes: Any) -> Scenario:
    """Two zones; G1 walks or rides, G2 rides alone, in wheelchairs; a bus outside, C1 till noon.

    The bus B has 30 seats and 4 wheelchair places; its depot D1 is a kilometre beyond the exit.
    Its type is M-bus; it may use every street, rests a minute, and drives 20 km on a trip at most.
    """
    recipe = Recipe(
        zones=((0, 0), (1, 0)),
        households=((2, 3, 4, 6, 5, 4, 2, 1, 1), (1, 2, 1, 0, 0, 0, 0, 0, 0)),
        speeds_m_per_s=(1.2, 0.6),
        weights=(1.0, 2.0),
        windows=((1, 8, 12),),
    )
    scenario = build(replace(recipe, **changes))
    first, second = scenario.groups
    groups = (
        replace(first, modes=(WALK, RIDE)),
        replace(second, modes=(RIDE,), wheelchair_users=1),
    )
    lane = _exactly(1 / 60)  # a vehicle a minute
    corridors = tuple(replace(one, vehicles_per_s=lane) for one in scenario.corridors)
    return scenario.replace(groups=groups, corridors=corridors, fleet=_fleet((_bus(), 1)))


def two_ambulances(**changes: Any) -> Scenario:
    """``one_bus`` with two ambulances A, five patients (two red) and two hospitals, two days.

    P1 red lies and needs advanced care, P2 red lies and accepts H2 alone, P3 yellow lies and is
    ready at nine, P4 green walks, P5 yellow in a wheelchair refuses H1. H1 has two surgical and one
    general bed from nine on, H2 one surgical and three general.
    """
    scenario = one_bus(**{"windows": ((1, 8, 12), (1, 32, 36)), **changes})
    fleet = _fleet((_bus(), 1), (_ambulance(), 2))
    return scenario.replace(fleet=fleet, care=Care("IITT", _patients(), _hospitals()))


def aid_in(**changes: Any) -> Scenario:
    """``two_ambulances``, and a convoy A1 of three trucks to Z2; patients may go only after it."""
    scenario = two_ambulances(**changes)
    truck = replace(_bus(), id="truck", name=Text("Truck", "شاحنة"), seats=2, wheelchairs=0)
    fleet = replace(scenario.fleet, types=(*scenario.fleet.types, truck))
    convoy = Convoy(
        id="A1",
        name=Text("Medicine", "أدوية"),
        depot="D1",
        type="truck",
        vehicles=3,
        zone="Z2",
        unload_s=_exactly(1200.0),
        since=at_hour(8),
        until=at_hour(10),
        persons=500,
        source=ASSUMED,
    )
    link = LinkedMovement("L1", "patients:2016-10-20", "aid:A1", ASSUMED)
    return scenario.replace(fleet=fleet, aid=Aid((convoy,), (link,)))


def car_town(**changes: Any) -> Scenario:
    """Three zones and two corridors on a grid; G1 walks, G2 drives at 10 m/s, two to a car.

    The southern street runs one way from east to west; C1 is in the east and C2 in the west, its
    middle row both ways. The last link of the southern street is used against its direction.
    """
    recipe = Recipe(
        columns=4,
        rows=3,
        zones=((1, 0), (2, 1), (1, 2)),
        speeds_m_per_s=(1.2, 1.2),
        gates_persons_per_h=(1200.0, 600.0),
    )
    scenario = build(replace(recipe, **changes))
    cars = replace(
        scenario.groups[1],
        speed_m_per_s=_exactly(10.0),
        modes=(CAR,),
        persons_per_car=_exactly(2.0),
    )
    links, south = scenario.network.links, (1001, 1003, 1005)
    kept: dict[str, Any] = {name: getattr(links, name) for name in Links.__slots__}
    kept["directed"] = back = np.isin(links.id, south)
    kept["from_node"] = np.where(back, links.to_node, links.from_node)
    kept["to_node"] = np.where(back, links.from_node, links.to_node)
    lines = zip(links.line, back.tolist(), strict=True)
    kept["line"] = tuple(line[::-1] if turned else line for line, turned in lines)
    network = Network(scenario.network.nodes, Links(**kept))
    return scenario.replace(
        network=network, groups=(scenario.groups[0], cars), contraflow=(south[-1],)
    )


def build(recipe: Recipe) -> Scenario:
    """Return the scenario that ``recipe`` describes."""
    streets = _streets(recipe)
    corridors = tuple(_corridor(recipe, streets, k) for k in _numbers(recipe))
    groups = tuple(_group(recipe, g) for g in range(len(recipe.speeds_m_per_s)))
    shape = (len(recipe.zones), len(groups), len(SIZES))
    return Scenario(
        id="tiny",
        title=Text("Tiny scenario", "سيناريو صغير"),
        timezone=TIMEZONE,
        attribution=("Streets invented for tests",),
        outline=tuple(_degrees(*place) for place in _outline(recipe)),
        planning=Planning(
            recipe.slot_s, recipe.step_s, recipe.tick_s, _exactly(recipe.uptake), recipe.spread
        ),
        network=streets.network(),
        groups=groups,
        zones=tuple(_zone(recipe, streets, z) for z in range(len(recipe.zones))),
        demand=Demand(np.broadcast_to(np.asarray(recipe.households), shape)),
        corridors=corridors,
        receptions=tuple(_reception(recipe, streets, k) for k in _numbers(recipe)),
        windows=tuple(_windows(recipe)),
        facts=(Fact("streets", Text("Invented for tests.", "من وضع الاختبارات."), ASSUMED),),
    )


def at_hour(hour: float) -> datetime:
    """Return the local moment ``hour`` hours after midnight of 20 October 2016."""
    return datetime(2016, 10, 20, tzinfo=ZoneInfo(TIMEZONE)) + timedelta(hours=hour)


@dataclass(frozen=True)
class _Streets:
    """Nodes by place in metres, and link rows, while the network grows."""

    nodes: dict[Place, int] = field(default_factory=dict)
    rows: list[tuple[int, int, float, float, str, str]] = field(default_factory=list)

    def node(self, place: Place) -> int:
        return self.nodes.setdefault(place, FIRST_NODE + len(self.nodes))

    def join(self, start: Place, end: Place, width_m: float, side: str, state: str = OPEN) -> int:
        ends = (self.node(start), self.node(end))
        self.rows.append((*ends, math.dist(start, end), width_m, side, state))
        return FIRST_LINK + len(self.rows) - 1

    def network(self) -> Network:
        lon, lat = zip(*(_degrees(*place) for place in self.nodes), strict=True)
        points = {number: _degrees(*place) for place, number in self.nodes.items()}
        start, end, length, width, side, state = (list(c) for c in zip(*self.rows, strict=True))
        count = len(self.rows)
        links = Links(
            id=np.arange(FIRST_LINK, FIRST_LINK + count),
            from_node=np.array(start),
            to_node=np.array(end),
            directed=np.zeros(count, dtype=bool),
            length_m=np.array(length),
            width_m=np.array(width),
            lanes=np.ones(count),
            speed_m_per_s=np.full(count, 30 / 3.6),
            capacity_veh_per_s=np.full(count, 0.5),
            facility=np.full(count, "residential"),
            side=np.array(side),
            state=np.array(state),
            line=tuple((points[a], points[b]) for a, b in zip(start, end, strict=True)),
        )
        return Network(
            Nodes(np.array(list(self.nodes.values())), np.array(lon), np.array(lat)), links
        )


def _streets(recipe: Recipe) -> _Streets:
    streets, step = _Streets(), recipe.spacing_m
    for row in range(recipe.rows):
        for column in range(recipe.columns):
            streets.node((column * step, row * step))
    for row in range(recipe.rows):
        for column in range(recipe.columns):
            here = (column * step, row * step)
            if column + 1 < recipe.columns:
                streets.join(here, ((column + 1) * step, row * step), recipe.width_m, INSIDE)
            if row + 1 < recipe.rows:
                streets.join(here, (column * step, (row + 1) * step), recipe.width_m, INSIDE)
    for k in _numbers(recipe):
        stops = _stops(recipe, k)
        for start, end, side in zip(stops, stops[1:], (CROSSING, OUTSIDE, OUTSIDE), strict=False):
            streets.join(start, end, recipe.corridor_width_m, side)
    site = _stops(recipe, 0)[-1]
    streets.join((0.0, 0.0), site, recipe.corridor_width_m, CROSSING, CLOSED)
    return streets


def _numbers(recipe: Recipe) -> range:
    return range(len(recipe.gates_persons_per_h))


def _stops(recipe: Recipe, k: int) -> list[Place]:
    """Return corridor k's mouth, the far end of its crossing link, its exit and its site."""
    dx, dy = _SIDES[k % 4]
    column = (recipe.columns // 2 + k // 4) % recipe.columns
    row = (recipe.rows // 2 + k // 4) % recipe.rows
    if dx:
        column = recipe.columns - 1 if dx > 0 else 0
    else:
        row = recipe.rows - 1 if dy > 0 else 0
    mouth = (column * recipe.spacing_m, row * recipe.spacing_m)
    ways = (0.0, recipe.crossing_m, recipe.open_m, recipe.beyond_m)
    reach = [sum(ways[: n + 1]) for n in range(len(ways))]
    return [(mouth[0] + dx * way, mouth[1] + dy * way) for way in reach]


def _corridor(recipe: Recipe, streets: _Streets, k: int) -> Corridor:
    first = FIRST_LINK + len(streets.rows) - 1 - 3 * (len(recipe.gates_persons_per_h) - k)
    number = k + 1
    return Corridor(
        id=f"C{number}",
        name=Text(f"Corridor {number}", f"الممر {number}"),
        mouth=streets.node(_stops(recipe, k)[0]),
        links=(first, first + 1),
        gate_persons_per_s=_exactly(recipe.gates_persons_per_h[k] / 3600),
        holding=HoldingArea(recipe.holding_m2, recipe.holding_persons, ASSUMED),
        margin_s=recipe.margin_min * 60,
        reception=f"R{number}",
        source=ASSUMED,
    )


def _reception(recipe: Recipe, streets: _Streets, k: int) -> Reception:
    places = recipe.places[k] if recipe.places else 1e6
    name = Text(f"Site {k + 1}", f"موقع الاستقبال {k + 1}")
    return Reception(f"R{k + 1}", name, streets.node(_stops(recipe, k)[-1]), _exactly(places))


def _group(recipe: Recipe, g: int) -> Group:
    weight = recipe.weights[g] if recipe.weights else 1.0
    name = Text(f"Group {g + 1}", f"المجموعة {g + 1}")
    return Group(f"G{g + 1}", name, _exactly(recipe.speeds_m_per_s[g]), weight, ASSUMED)


def _zone(recipe: Recipe, streets: _Streets, z: int) -> Zone:
    x, y = (recipe.spacing_m * at for at in recipe.zones[z])
    half = 0.4 * min(recipe.spacing_m, recipe.crossing_m)
    corners = (
        (x - half, y - half),
        (x + half, y - half),
        (x + half, y + half),
        (x - half, y + half),
    )
    ring = tuple(_degrees(*corner) for corner in corners)
    return Zone(f"Z{z + 1}", streets.node((x, y)), recipe.spacing_m, (ring,))


def _windows(recipe: Recipe) -> list[Window]:
    hours = recipe.windows or tuple((k + 1, 8, 10) for k in _numbers(recipe))
    return [Window(f"C{k}", at_hour(opens), at_hour(closes), ASSUMED) for k, opens, closes in hours]


def _outline(recipe: Recipe) -> tuple[Place, ...]:
    off = 0.45 * min(recipe.spacing_m, recipe.crossing_m)
    east = (recipe.columns - 1) * recipe.spacing_m + off
    north = (recipe.rows - 1) * recipe.spacing_m + off
    return ((-off, -off), (east, -off), (east, north), (-off, north))


def _degrees(x_m: float, y_m: float) -> tuple[float, float]:
    """Return lon and lat of a place in metres, to 1e-7 degrees (a centimetre)."""
    return round(ORIGIN[0] + x_m / _LON_M, 7), round(ORIGIN[1] + y_m / _LAT_M, 7)


def _exactly(value: float) -> Estimate:
    return Estimate(value, value, value, ASSUMED)


def _fleet(*many: tuple[VehicleType, int]) -> Fleet:
    """Return so many vehicles of each type, all at D1: 1 km east of the exit of ``one_bus``."""
    return Fleet(
        types=tuple(kind for kind, _ in many),
        depots=(Depot("D1", Text("Depot", "مرآب"), *_degrees(1600.0, 0.0), ASSUMED),),
        vehicles=tuple(Vehicles(kind.id, "D1", count, ASSUMED) for kind, count in many),
        outside_m_per_s=_exactly(10.0),
        outside_detour=_exactly(1.3),
    )


def _bus() -> VehicleType:
    return VehicleType(
        id="M-bus",
        name=Text("Bus", "حافلة"),
        seats=30,
        wheelchairs=4,
        stretchers=0,
        care=BASIC,
        speed_m_per_s=_exactly(6.0),
        board_s=_exactly(600.0),
        alight_s=_exactly(300.0),
        source=ASSUMED,
        rest_s=60.0,
        range_m=20_000.0,
    )


def _ambulance() -> VehicleType:
    return replace(
        _bus(),
        id="ambulance",
        name=Text("Ambulance", "سيارة إسعاف"),
        seats=3,
        wheelchairs=1,
        stretchers=2,
        care=ADVANCED,
        speed_m_per_s=_exactly(8.0),
    )


def _patients() -> tuple[Patient, ...]:
    return (
        Patient("P1", "Z1", "red", "stretcher", 1, "surgical", care=ADVANCED),
        Patient("P2", "Z1", "red", "stretcher", 1, "surgical", accepts="H2"),
        Patient("P3", "Z2", "yellow", "stretcher", 0, "surgical", ready=at_hour(9)),
        Patient("P4", "Z2", "green", "walking", 2, "general"),
        Patient("P5", "Z1", "yellow", "wheelchair", 1, "general", care=BASIC, refuses=("H1",)),
    )


def _hospitals() -> tuple[Hospital, ...]:
    def hospital(name: str, place: Place, beds: tuple[float, float], opens_s: int) -> Hospital:
        kinds = zip(("surgical", "general"), beds, strict=True)
        rows = tuple(Beds(kind, _exactly(places)) for kind, places in kinds)
        title = Text(f"Hospital {name}", f"المستشفى {name}")
        return Hospital(name, title, *_degrees(*place), rows, ASSUMED, opens_s=opens_s)

    return (
        hospital("H1", (2600.0, 0.0), (2.0, 1.0), 9 * 3600),
        hospital("H2", (2600.0, 500.0), (1.0, 3.0), 0),
    )
