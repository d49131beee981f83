"""The medical task in VROOM: a shipment a patient, a vehicle a vehicle and day, priorities."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, Final

import numpy as np
import vroom

from benchmarks.medevac_hours import EARLY_S, boarding, check_s, rides, square
from benchmarks.medevac_replay import Tour
from benchmarks.medevac_task import Kind, Task, fits, needs
from clearway.model.care import Patient
from clearway.model.fleet import CARE

#: Weight of a patient where not all can be served, 0 to 100.
PRIORITY: Final = {"red": 100, "yellow": 20, "green": 4, "black": 1}
DAY_S: Final = 86_400


def solve(task: Task, *, threads: int = 2, effort: int = 5, limit_s: float = 60.0) -> list[Tour]:
    """Return VROOM's tours.

    Parameters
    ----------
    task
        What is asked.
    threads
        That it may use.
    effort
        Its exploration level, 0 to 5.
    limit_s
        Seconds at most.
    """
    asked = vroom.Input()
    for kind in task.kinds:
        asked.set_durations_matrix(profile=kind.type.id, matrix_input=square(task, kind))
    owners = _vehicles(task, asked)
    codes = {}
    for number, patient in enumerate(task.patients):
        shipment = _shipment(task, patient, number)
        if shipment is not None:
            asked.add_shipment(**shipment)
            codes[number] = patient.code
    if not codes:
        return []
    found = asked.solve(
        exploration_level=effort, nb_threads=threads, timeout=timedelta(seconds=limit_s)
    )
    return _tours(task, found.routes, owners, codes)


def _vehicles(task: Task, asked: vroom.Input) -> dict[int, tuple[Kind, str, int]]:
    owners: dict[int, tuple[Kind, str, int]] = {}
    for kind in task.kinds:
        one = kind.type
        for depot, count in kind.counts.items():
            for day, hours in enumerate(task.days):
                opens = int(np.nanmin(hours.opens_s))
                begin = EARLY_S + opens - EARLY_S // 2
                for _ in range(count):
                    owners[len(owners)] = (kind, depot, day)
                    asked.add_vehicle(
                        vroom.Vehicle(
                            id=len(owners) - 1,
                            start=task.places[depot],
                            end=task.places[depot],
                            profile=one.id,
                            type=one.id,
                            capacity=[one.seats, one.wheelchairs, one.stretchers],
                            # Care as skills: who gives advanced care gives basic care too.
                            skills=set(range(CARE.index(one.care) + 1)),
                            time_window=(begin, begin + DAY_S - EARLY_S // 2),
                        )
                    )
    return owners


def _shipment(task: Task, patient: Patient, number: int) -> dict[str, Any] | None:
    """Return what VROOM is told of a patient; None if no bed or no vehicle was there anyway."""
    hospital = task.hospital.get(patient.code)
    spans = [boarding(task, patient, day) for day in task.days]
    hours = [(EARLY_S + span[0], EARLY_S + span[1]) for span in spans if span is not None]
    kinds = [kind for kind in task.kinds if fits(patient, kind.type)]
    if hospital is None or not hours or not kinds:
        return None
    # Boarding and alighting are counted once a stop: VROOM's setup, which falls due on arrival.
    board = {kind.type.id: round(kind.type.board_s.central) for kind in kinds}
    stand = {kind.type.id: round(kind.stand_s) for kind in kinds}
    check = {kind.type.id: round(check_s(task, kind, patient, hospital)) for kind in kinds}
    pickup = vroom.ShipmentStep(
        number,
        location=len(task.places) + task.zones[patient.zone],
        setup_per_type=board,
        service_per_type=check,
        time_windows=hours,
    )
    delivery = vroom.ShipmentStep(number, location=task.places[hospital], setup_per_type=stand)
    return {
        "pickup": pickup,
        "delivery": delivery,
        "amount": vroom.Amount(list(needs(patient))),
        "skills": {CARE.index(patient.care)},
        "priority": PRIORITY[task.colour(patient)],
    }


def _tours(
    task: Task, routes: Any, owners: dict[int, tuple[Kind, str, int]], codes: dict[int, str]
) -> list[Tour]:
    tours = []
    for vehicle, steps in routes.groupby("vehicle_id", sort=True):
        told = steps[steps["type"].isin(["pickup", "delivery"])]
        pairs = [
            (kind == "pickup", codes[int(number)])
            for kind, number in zip(told["type"], told["id"], strict=True)
        ]
        kind, depot, day = owners[int(vehicle)]
        tours.append(Tour(kind.type.id, depot, day, tuple(rides(pairs, task, task.hospital))))
    return tours
