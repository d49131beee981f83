"""The medical task in PyVRP: a shipment a patient, prizes, each day with those who are left."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
import pyvrp
from pyvrp.stop import MaxRuntime

from benchmarks.medevac_hours import EARLY_S, FAR_S, boarding, check_s, rides, square
from benchmarks.medevac_replay import Tour, lay
from benchmarks.medevac_task import PRIZE, Kind, Task, fits, needs
from clearway.model.care import Patient
from clearway.model.fleet import CARE

DAY_S: Final = 86_400
#: Room in a vehicle for patients whose care its crew can give: as many as may come.
ANY: Final = 1_000


def solve(task: Task, *, limit_s: float = 30.0, seed: int = 1) -> list[Tour]:
    """Return PyVRP's tours.

    It knows one window a patient, so each day is a problem of its own; reds of a later day could
    only be served before it.

    Parameters
    ----------
    task
        What is asked.
    limit_s
        Seconds in all, shared evenly between the days.
    seed
        Of its search.
    """
    left = [one for one in task.patients if one.code in task.hospital]
    tours: list[Tour] = []
    for day in range(len(task.days)):
        able = [
            one
            for one in left
            if boarding(task, one, task.days[day])
            and any(fits(one, kind.type) for kind in task.kinds)
        ]
        if able:
            tours += _one_day(task, able, day, (limit_s / len(task.days), seed))
            # Who was promised a place and would not be out in time is asked for again next day.
            served = lay(task, tours).out_s
            left = [one for one in left if one.code not in served]
    return tours


def _one_day(
    task: Task, patients: list[Patient], day: int, effort: tuple[float, int]
) -> list[Tour]:
    data, owners = _problem(task, patients, day)
    limit_s, seed = effort
    # Too much load must cost more than leaving a patient behind, or nothing found is feasible.
    params = pyvrp.SolveParams(penalty=pyvrp.PenaltyParams(max_penalty=10 * max(PRIZE.values())))
    stop = MaxRuntime(limit_s)
    found = pyvrp.solve(data, stop, seed=seed, collect_stats=False, params=params)
    if not found.is_feasible():
        return []
    tours = []
    for route in found.best.routes():
        steps = [
            (bool(step.is_pickup()), patients[step.idx].code)
            for step in route
            if step.is_pickup() or step.is_delivery()
        ]
        kind, depot = owners[route.vehicle_type()]
        tours.append(Tour(kind.type.id, depot, day, tuple(rides(steps, task, task.hospital))))
    return tours


def _problem(
    task: Task, patients: list[Patient], day: int
) -> tuple[pyvrp.ProblemData, list[tuple[Kind, str]]]:
    depots = [one.id for one in task.scenario.fleet.depots]
    places = len(task.places)
    opens = EARLY_S + int(np.nanmin(task.days[day].opens_s))
    types, owners = [], []
    for profile, kind in enumerate(task.kinds):
        for depot, count in kind.counts.items():
            at = depots.index(depot)
            owners.append((kind, depot))
            types.append(
                pyvrp.VehicleType(
                    num_available=count,
                    capacity=_offered(kind),
                    start_depot=at,
                    end_depot=at,
                    tw_early=opens - EARLY_S // 2,
                    tw_late=opens + DAY_S - EARLY_S,
                    unit_distance_cost=0,
                    unit_duration_cost=1,
                    profile=profile,
                )
            )
    ways: list[Any] = [_square(task, kind) for kind in task.kinds]
    data = pyvrp.ProblemData(
        locations=[pyvrp.Location(0, 0) for _ in range(places + len(task.zones))],
        clients=[],
        depots=[pyvrp.Depot(task.places[depot]) for depot in depots],
        vehicle_types=types,
        distance_matrices=[np.zeros_like(way) for way in ways],
        duration_matrices=ways,
        shipments=[_shipment(task, one, day) for one in patients],
    )
    return data, owners


def _square(task: Task, kind: Kind) -> np.ndarray:
    """Return seconds between places, with what each stop takes added to the ways that lead to it.

    So those who board at one place, or arrive at one, wait once and not one after another.
    """
    way = square(task, kind)
    depots, places = len(task.scenario.fleet.depots), len(task.places)
    way[:, depots:places] += round(kind.stand_s)
    way[:, places:] += round(kind.type.board_s.central)
    np.fill_diagonal(way, 0)
    return np.asarray(np.minimum(way, FAR_S))


def _offered(kind: Kind) -> list[int]:
    one = kind.type
    gives = [ANY * (CARE.index(one.care) >= level) for level in range(1, len(CARE))]
    return [one.seats, one.wheelchairs, one.stretchers, *gives]


def _shipment(task: Task, patient: Patient, day: int) -> pyvrp.Shipment:
    hospital = task.hospital[patient.code]
    span = boarding(task, patient, task.days[day])
    if span is None:
        raise AssertionError(patient.code)
    kinds = [kind for kind in task.kinds if fits(patient, kind.type)]
    # Boarding lies in the way that leads to the stop: hours count from when it is over.
    board = min(round(kind.type.board_s.central) for kind in kinds)
    asks = [int(CARE.index(patient.care) == level) for level in range(1, len(CARE))]
    return pyvrp.Shipment(
        pickup_location=len(task.places) + task.zones[patient.zone],
        delivery_location=task.places[hospital],
        pickup_tw_early=EARLY_S + span[0] + board,
        pickup_tw_late=EARLY_S + span[1] + board,
        pickup_service_duration=max(round(check_s(task, one, patient, hospital)) for one in kinds),
        amount=[*needs(patient), *asks],
        prize=PRIZE[task.colour(patient)],
        required=False,
    )
