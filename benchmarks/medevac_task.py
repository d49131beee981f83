"""The medical task of a scenario: who is to be fetched from where, by what, to which beds.

Driving times follow the rules that plans of Clearway keep, computed here anew: nothing of
Clearway's solver is used, so that every program gets the same question from a third hand.
"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from datetime import UTC
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment
from scipy.sparse import csr_array
from scipy.sparse.csgraph import dijkstra

from clearway.model.care import COLOURS, STRETCHER, WHEELCHAIR, Patient, metres_between
from clearway.model.fleet import CARE, Aid, VehicleType
from clearway.model.network import INSIDE, OPEN
from clearway.model.scenario import Scenario

Floats = NDArray[np.float64]
#: What leaving a patient behind costs, by colour, where a program needs a figure: far more than
#: any drive, and so much more for each colour that no number of the next outweighs it by chance.
PRIZE: Final = {"red": 1_000_000, "yellow": 300_000, "green": 100_000, "black": 50_000}
#: How much a second of a patient's drive weighs when beds are kept: the near ones for the worst.
NEAR: Final = {"red": 4, "yellow": 2, "green": 1, "black": 1}


@dataclass(frozen=True, slots=True)
class Day:
    """One day's windows.

    Attributes
    ----------
    opens_s, closes_s
        Shape (corridors,), seconds from the start; NaN where the corridor stays closed.
    """

    opens_s: Floats
    closes_s: Floats


@dataclass(frozen=True, slots=True)
class Kind:
    """Vehicles of one type and how long they drive: k corridors, z zones, p places outside.

    Attributes
    ----------
    type
        As in the scenario.
    counts
        How many at each depot, by the depot's id.
    into_s, out_s
        Shape (k, z), seconds from each mouth to each zone and back; infinite where no way leads.
    between_s
        Shape (z, z), from zone to zone.
    through_in_s, through_out_s
        Shape (k,), along the corridor inward and outward.
    outside_s
        Shape (p, k), between each place and each exit.
    across_s
        Shape (p, p), from place to place outside.
    """

    type: VehicleType
    counts: dict[str, int]
    into_s: Floats
    out_s: Floats
    between_s: Floats
    through_in_s: Floats
    through_out_s: Floats
    outside_s: Floats
    across_s: Floats

    @property
    def stand_s(self) -> float:
        """Seconds at a destination before it can leave again."""
        return self.type.alight_s.central + self.type.rest_s

    def fetch_s(self) -> Floats:
        """Shape (p, z), least seconds from a place to a zone, windows and gates left out."""
        way = self.outside_s[:, :, None] + (self.through_in_s[:, None] + self.into_s)[None]
        return np.asarray(way.min(axis=1))

    def bring_s(self) -> Floats:
        """Shape (z, p), least seconds from a zone to a place, windows and gates left out."""
        way = (self.through_out_s[:, None] + self.out_s)[None] + self.outside_s[:, :, None]
        return np.asarray(way.min(axis=1).T)


@dataclass(frozen=True, slots=True)
class Task:
    """Everything that a program is told.

    Attributes
    ----------
    scenario
        Whose task it is.
    patients
        Those who may still be called, in the scenario's order.
    zones, places
        Row of each zone, of each depot and hospital, by id.
    kinds
        Vehicle types that carry anybody.
    days
        In order.
    hospital
        Of each patient that a bed is kept for: the hospital's id. Programs that cannot choose
        beds themselves are told this one.
    """

    scenario: Scenario
    patients: tuple[Patient, ...]
    zones: dict[str, int]
    places: dict[str, int]
    kinds: tuple[Kind, ...]
    days: tuple[Day, ...]
    hospital: dict[str, str]

    def colour(self, patient: Patient) -> str:
        """Return a patient's colour."""
        return self.scenario.care.colour(patient)

    def ready_s(self, patient: Patient) -> float:
        """Return the seconds from the start before which a patient is not fetched."""
        return -np.inf if patient.ready is None else float(self.scenario.seconds(patient.ready))

    def check_s(self, corridor: int, persons: int) -> float:
        """Return how long the gate of a corridor checks so many persons."""
        return persons / self.scenario.corridors[corridor].gate_persons_per_s.central


def needs(patient: Patient) -> tuple[int, int, int]:
    """Return the seats, wheelchair places and stretchers of a patient with companions."""
    lying, wheels = patient.posture == STRETCHER, patient.posture == WHEELCHAIR
    return patient.persons - lying - wheels, int(wheels), int(lying)


def fits(patient: Patient, kind: VehicleType) -> bool:
    """Return whether an empty vehicle could take a patient with companions."""
    offered = (kind.seats, kind.wheelchairs, kind.stretchers)
    cared = CARE.index(patient.care) <= CARE.index(kind.care)
    return cared and all(need <= has for need, has in zip(needs(patient), offered, strict=True))


def medical(scenario: Scenario, days: int) -> Scenario:
    """Return the scenario's first days without aid and with nobody called but patients."""
    told = scenario.planning.uptake
    nobody = dataclasses.replace(told, low=0.0, central=0.0, high=0.0, source="assumed: left out")
    openings = sorted({one.opens.astimezone(UTC) for one in scenario.windows})[:days]
    kept = tuple(one for one in scenario.windows if one.opens.astimezone(UTC) in openings)
    planning = dataclasses.replace(scenario.planning, uptake=nobody)
    return scenario.replace(planning=planning, windows=kept, aid=Aid())


def task(scenario: Scenario) -> Task:
    """Return the medical task of a scenario."""
    zones = {zone.id: row for row, zone in enumerate(scenario.zones)}
    ids = [one.id for one in scenario.fleet.depots]
    ids += [one.id for one in scenario.care.hospitals]
    places = {name: row for row, name in enumerate(ids)}
    types = [one for one in scenario.fleet.types if one.seats + one.stretchers + one.wheelchairs]
    kinds = tuple(_kind(scenario, one) for one in types)
    patients = tuple(one for one in scenario.care.patients if one.waiting)
    days = tuple(_days(scenario))
    return Task(
        scenario, patients, zones, places, kinds, days, _beds(scenario, patients, kinds, places)
    )


def _days(scenario: Scenario) -> list[Day]:
    rows = {corridor.id: row for row, corridor in enumerate(scenario.corridors)}
    found: dict[int, Day] = {}
    for window in scenario.windows:
        opens, closes = scenario.seconds(window.opens), scenario.seconds(window.closes)
        none = np.full(len(rows), np.nan)
        day = found.setdefault(opens, Day(none, none.copy()))
        day.opens_s[rows[window.corridor]] = opens
        day.closes_s[rows[window.corridor]] = closes
    return [found[opens] for opens in sorted(found)]


def _kind(scenario: Scenario, kind: VehicleType) -> Kind:
    counts: dict[str, int] = {}
    for one in scenario.fleet.vehicles:
        if one.type == kind.id:
            counts[one.depot] = counts.get(one.depot, 0) + one.count
    graph = _streets(scenario, kind)
    network = scenario.network
    mouths = network.node_index([corridor.mouth for corridor in scenario.corridors])
    homes = network.node_index([zone.node for zone in scenario.zones])
    from_mouth, from_home = (dijkstra(graph, indices=rows) for rows in (mouths, homes))
    through_in, through_out, exits = _corridors(scenario, kind)
    at = [(one.lon, one.lat) for one in scenario.fleet.depots]
    at += [(one.lon, one.lat) for one in scenario.care.hospitals]
    return Kind(
        kind,
        counts,
        from_mouth[:, homes],
        from_home[:, mouths].T,
        from_home[:, homes],
        through_in,
        through_out,
        _drives(scenario, at, exits),
        _drives(scenario, at, at),
    )


def _streets(scenario: Scenario, kind: VehicleType) -> csr_array:
    """Return seconds between nodes along the inside links that a vehicle may use."""
    links = scenario.network.links
    speed = np.minimum(links.speed_m_per_s, kind.speed_m_per_s.central)
    use = (links.side == INSIDE) & (links.state == OPEN) & (speed > 0)
    use &= (
        (links.lanes > 0) & (links.capacity_veh_per_s > 0) & ~np.isin(links.facility, kind.barred)
    )
    use &= ~np.isin(links.id, scenario.contraflow)
    ends = [scenario.network.node_index(side[use]) for side in (links.from_node, links.to_node)]
    back = ~links.directed[use]
    start = np.concatenate([ends[0], ends[1][back]])
    end = np.concatenate([ends[1], ends[0][back]])
    seconds = links.length_m[use] / speed[use]
    seconds = np.concatenate([seconds, seconds[back]])
    # Of streets between the same two nodes the quickest; a sparse matrix would add them up.
    order = np.lexsort((seconds, end, start))
    pair = np.stack([start[order], end[order]])
    first = np.ones(len(order), dtype=bool)
    first[1:] = (pair[:, 1:] != pair[:, :-1]).any(axis=0)
    kept = order[first]
    size = len(scenario.network.nodes)
    return csr_array((seconds[kept], (start[kept], end[kept])), shape=(size, size))


def _corridors(
    scenario: Scenario, kind: VehicleType
) -> tuple[Floats, Floats, list[tuple[float, float]]]:
    """Return seconds along each corridor, in and out, and the places of the exits."""
    network, links = scenario.network, scenario.network.links
    ways: list[list[float]] = [[], []]
    exits = []
    for corridor in scenario.corridors:
        node, seconds = corridor.mouth, [0.0, 0.0]
        barred = bool(kind.corridors) and corridor.id not in kind.corridors
        for row in network.link_index(corridor.links).tolist():
            along = node == links.from_node[row]
            speed = min(float(links.speed_m_per_s[row]), kind.speed_m_per_s.central)
            lanes = float(links.lanes[row] * links.capacity_veh_per_s[row])
            closed = barred or speed * lanes <= 0 or links.facility[row] in kind.barred
            drive = np.inf if closed else float(links.length_m[row]) / speed
            one_way = bool(links.directed[row])
            seconds[0] += np.inf if one_way and along else drive
            seconds[1] += np.inf if one_way and not along else drive
            node = int(links.to_node[row] if along else links.from_node[row])
        for way, told in zip(ways, seconds, strict=True):
            way.append(told)
        (at,) = network.node_index([node]).tolist()
        exits.append((float(network.nodes.lon[at]), float(network.nodes.lat[at])))
    return np.array(ways[0]), np.array(ways[1]), exits


def _drives(
    scenario: Scenario, some: list[tuple[float, float]], others: list[tuple[float, float]]
) -> Floats:
    fleet = scenario.fleet
    factor = fleet.outside_detour.central / fleet.outside_m_per_s.central
    metres = [[metres_between(*one, *other) for other in others] for one in some]
    return np.array(metres, dtype=np.float64) * factor


def _beds(
    scenario: Scenario,
    patients: tuple[Patient, ...],
    kinds: tuple[Kind, ...],
    places: dict[str, int],
) -> dict[str, str]:
    """Keep a bed for as many as there are beds, reds first, near before far: an assignment."""
    rows = {zone.id: row for row, zone in enumerate(scenario.zones)}
    slots = [
        (hospital.id, bed.kind)
        for hospital in scenario.care.hospitals
        for bed in hospital.beds
        for _ in range(int(bed.places.central))
    ]
    prize = np.array([PRIZE[scenario.care.colour(one)] for one in patients])
    # Whoever gets no bed pays the prize: a column of their own.
    cost = np.full((len(patients), len(slots) + len(patients)), 1e9)
    cost[np.arange(len(patients)), len(slots) + np.arange(len(patients))] = prize
    bring = [kind.bring_s() for kind in kinds]
    for row, patient in enumerate(patients):
        able = [way for way, kind in zip(bring, kinds, strict=True) if fits(patient, kind.type)]
        for column, (hospital, bed) in enumerate(slots):
            refused = hospital in patient.refuses or patient.accepts not in ("", hospital)
            if able and bed == patient.bed and not refused:
                drive = min(way[rows[patient.zone], places[hospital]] for way in able)
                cost[row, column] = drive * NEAR[scenario.care.colour(patient)]
    chosen = zip(*linear_sum_assignment(cost), strict=True)
    return {patients[row].code: slots[column][0] for row, column in chosen if column < len(slots)}


def by_colour(task: Task, codes: set[str]) -> dict[str, int]:
    """Return how many patients of each colour are among ``codes``."""
    found = dict.fromkeys(COLOURS, 0)
    for patient in task.patients:
        found[task.colour(patient)] += patient.code in codes
    return found
