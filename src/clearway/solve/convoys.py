"""Aid that comes in: when each convoy passes which gate, and back."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from clearway.model.duty import ConvoyRun, Stop, Trip
from clearway.model.fleet import Convoy
from clearway.model.scenario import Scenario, row_of
from clearway.solve.booking import Booking, Day
from clearway.solve.drives import Drives, places

MINUTE_S = 60


def run_convoy(
    scenario: Scenario,
    convoy: Convoy,
    drives: Drives,
    booking: Booking,
    days: tuple[Day, ...],
    not_before_s: float = -math.inf,
) -> ConvoyRun | None:
    """Return the soonest run of a convoy, booked at its gates; None if no day has room for it.

    Its vehicles pass a gate one after another at the rate of the lane; the gate is passed when the
    last of them is through.

    Parameters
    ----------
    scenario, convoy
        What is planned.
    drives
        Of the convoy's type.
    booking
        What is taken at the gates; is added to.
    days
        Of the pause, in order.
    not_before_s
        It passes no gate earlier.
    """
    zone = row_of(scenario.zones)[convoy.zone]
    depot = [name for name, _, _ in places(scenario)].index(convoy.depot)
    entry = _in_first(scenario, convoy, drives, booking, days, not_before_s)
    if entry is None:
        return None
    arrive, k_in, gate_in, day = entry
    leave = math.ceil(arrive) + math.ceil(convoy.unload_s.central)
    # It takes its own places in the lane inward before it looks for some outward.
    _take(booking, k_in, convoy.vehicles, gate_in)
    back = _back(convoy, drives, booking, day, zone, leave)
    if back is None or not _in_range(drives, depot, (k_in, zone, back[0])):
        _take(booking, k_in, convoy.vehicles, gate_in, times=-1)
        return None
    k_out, gate_out = back
    _take(booking, k_out, convoy.vehicles, gate_out)
    inward = float(drives.outside[depot, k_in] + drives.inward[k_in])
    home = math.ceil(gate_out + float(drives.outward[k_out] + drives.outside[depot, k_out]))
    call = Stop(convoy.zone, drives.links_in(k_in, zone), math.ceil(arrive), leave)
    rate = float(booking.lane_rate[k_in])
    trip = Trip(
        corridor_in=scenario.corridors[k_in].id,
        corridor_out=scenario.corridors[k_out].id,
        leave_s=math.floor(gate_in - inward - (convoy.vehicles - 1) / rate),
        gate_in_s=int(gate_in),
        stops=(call,),
        gate_out_s=int(gate_out),
        links_out=drives.links_out(zone, k_out),
        destination=convoy.depot,
        arrive_s=home,
        done_s=home + math.ceil(drives.type.alight_s.central + drives.type.rest_s),
    )
    return ConvoyRun(convoy.id, trip)


def _in_first(
    scenario: Scenario,
    convoy: Convoy,
    drives: Drives,
    booking: Booking,
    days: tuple[Day, ...],
    not_before_s: float,
) -> tuple[float, int, float, Day] | None:
    """Return when it can first be in its zone, the corridor, when at its gate, and the day."""
    zone = row_of(scenario.zones)[convoy.zone]
    since = max(float(scenario.seconds(convoy.since)), not_before_s, 0.0)
    until = float(scenario.seconds(convoy.until))
    best: tuple[float, int, float, Day] | None = None
    for day in days:
        for k in range(len(scenario.corridors)):
            stop = float(drives.gate_stop[k, zone])
            if not math.isfinite(stop + float(drives.inward[k])):
                continue
            begin, end = max(since, float(day.opens[k])), min(until, float(day.closes[k]))
            gate = _file(booking, k, convoy.vehicles, begin, end)
            if gate is not None and (best is None or gate + stop < best[0]):
                best = gate + stop, k, gate, day
        if best is not None:
            break
    return best


def _back(
    convoy: Convoy, drives: Drives, booking: Booking, day: Day, zone: int, leave: int
) -> tuple[int, float] | None:
    """Return the corridor and moment at which the last vehicle is through the gate outward."""
    best: tuple[float, int, float] | None = None
    for k in range(len(day.opens)):
        drive = float(drives.stop_gate[k, zone])
        if not math.isfinite(drive + float(drives.outward[k])):
            continue
        end = min(float(day.closes[k]), float(day.out_by[k] - drives.outward[k]))
        gate = _file(booking, k, convoy.vehicles, leave + drive, end)
        if gate is not None and (best is None or gate + float(drives.outward[k]) < best[0]):
            best = gate + float(drives.outward[k]), k, gate
    return None if best is None else (best[1], best[2])


def _in_range(drives: Drives, depot: int, way: tuple[int, int, int]) -> bool:
    """Whether a convoy can drive from its depot by a corridor, zone and corridor back to it."""
    k_in, zone, k_out = way
    far = drives.outside_m(depot, k_in) + drives.outside_m(depot, k_out)
    return drives.within(drives.type.range_m - far, k_in, [zone], k_out)


def _file(booking: Booking, corridor: int, count: int, begin: float, end: float) -> float | None:
    """Return when the last of ``count`` vehicles is through, the first from ``begin`` on.

    None if that is ``end`` or later, or the lane never has the room.
    """
    rate = float(booking.lane_rate[corridor])
    if rate <= 0 or not math.isfinite(begin):
        return None
    long = (count - 1) / rate
    gate = math.ceil(begin + long)
    while gate < end:
        passed, needed = np.unique(_slots(booking, corridor, count, gate), return_counts=True)
        free = booking.lane_most[corridor, passed] - booking.lane[corridor, passed]
        if (needed <= free).all():
            return float(gate)
        gate += MINUTE_S
    return None


def _take(booking: Booking, corridor: int, count: int, gate_s: float, *, times: int = 1) -> None:
    np.add.at(booking.lane[corridor], _slots(booking, corridor, count, gate_s), times)


def _slots(booking: Booking, corridor: int, count: int, gate_s: float) -> NDArray[np.int64]:
    """Return the slot in which each vehicle passes, the last at ``gate_s``."""
    passes = gate_s - np.arange(count)[::-1] / booking.lane_rate[corridor]
    slot = np.floor(passes / booking.slot_s).astype(np.int64)
    return np.asarray(np.clip(slot, 0, booking.lane.shape[1] - 1))
