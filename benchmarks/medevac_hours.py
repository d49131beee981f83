"""Hours between which a patient can be boarded, for programs that know time windows alone."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence

import numpy as np

from benchmarks.medevac_replay import Ride
from benchmarks.medevac_task import Day, Kind, Task, fits
from clearway.model.care import Patient

#: Seconds that drives may begin before the first opening; programs count from there.
EARLY_S = 4 * 3600
#: What stands for "no way leads there" among whole seconds.
FAR_S = 10_000_000


def boarding(task: Task, patient: Patient, day: Day) -> tuple[int, int] | None:
    """Return the first and the last moment at which boarding may begin; None if it cannot.

    The last is that of the slowest vehicle that fits: programs that know one pair of hours a
    patient would otherwise fill slow vehicles too late, and lose everybody in them.
    """
    spans = [_span(task, kind, patient, day) for kind in task.kinds if fits(patient, kind.type)]
    kept = [span for span in spans if span is not None]
    if not kept:
        return None
    first = max(min(span[0] for span in kept), task.ready_s(patient))
    last = min(span[1] for span in kept)
    return (math.ceil(first), math.floor(last)) if first <= last else None


def _span(task: Task, kind: Kind, patient: Patient, day: Day) -> tuple[float, float] | None:
    zone = task.zones[patient.zone]
    first = day.opens_s + kind.into_s[:, zone]
    margins = np.array([corridor.margin_s for corridor in task.scenario.corridors])
    checks = np.array([task.check_s(k, patient.persons) for k in range(len(margins))])
    out = kind.out_s[:, zone] + kind.through_out_s + checks + kind.type.board_s.central
    last = day.closes_s - margins - out
    span = (float(np.nanmin(first)), float(np.nanmax(last)))
    return span if all(map(math.isfinite, span)) else None


def check_s(task: Task, kind: Kind, patient: Patient, hospital: str) -> float:
    """Return how long a patient and companions are checked on the quickest way out."""
    zone, place = task.zones[patient.zone], task.places[hospital]
    ways = kind.through_out_s + kind.out_s[:, zone] + kind.outside_s[place]
    return task.check_s(int(ways.argmin()), patient.persons)


def square(task: Task, kind: Kind) -> np.ndarray:
    """Return whole seconds between all places outside and all zones, in this order.

    From one hospital to another nobody drives: a trip has one destination.
    """
    way = np.block([[kind.across_s, kind.fetch_s()], [kind.bring_s(), kind.between_s]])
    depots = len(task.scenario.fleet.depots)
    hospitals = slice(depots, len(task.places))
    way[hospitals, hospitals] = np.inf
    np.fill_diagonal(way, 0.0)
    return np.where(np.isfinite(way), np.ceil(way), FAR_S).astype(np.int64)


def rides(steps: Iterable[tuple[bool, str]], task: Task, chosen: dict[str, str]) -> list[Ride]:
    """Cut a vehicle's boardings and arrivals into trips, one for each time it unloads somewhere.

    A program that goes back in with people aboard, which no plan may, does no harm here: whoever
    it would have carried along boards on the trip on which they arrive. All who arrive together
    were aboard together, so their places suffice.

    Parameters
    ----------
    steps
        Pairs in order: whether it is a boarding, and the patient's code.
    task
        Whose patients they are.
    chosen
        Hospital of each.
    """
    zones = {one.code: one.zone for one in task.patients}
    order: dict[str, int] = {}
    unloads: list[list[str]] = []
    between = True
    for boards, code in steps:
        if boards:
            order[code] = len(order)
        elif between or chosen[unloads[-1][0]] != chosen[code]:
            unloads.append([code])
        else:
            unloads[-1].append(code)
        between = boards
    return [
        _ride(sorted(codes, key=order.__getitem__), zones, chosen[codes[0]]) for codes in unloads
    ]


def _ride(codes: Sequence[str], zones: dict[str, str], hospital: str) -> Ride:
    stops: dict[str, list[str]] = {}
    for code in codes:
        stops.setdefault(zones[code], []).append(code)
    return Ride(tuple((zone, tuple(who)) for zone, who in stops.items()), hospital)
