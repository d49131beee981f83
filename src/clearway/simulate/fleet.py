"""Vehicles, patients and convoys of one member: draw, lay the arrays out, run the kernel."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from clearway.model.care import DIED, HANDED_OVER, Patient
from clearway.model.care import MOVED as MOVED_BEFORE
from clearway.model.care import REFUSED as REFUSED_BEFORE
from clearway.model.draws import STANDS, Draw, FleetDraw
from clearway.model.outcome import DIED as DIED_WAITING
from clearway.model.outcome import FAILED, LEFT, MOVED, REFUSED, STOPPED
from clearway.model.scenario import Scenario
from clearway.simulate.dispatch import run_fleet
from clearway.simulate.orders import Roster
from clearway.simulate.traffic import AGAIN as AGAIN_RATE
from clearway.simulate.traffic import (
    ANNOUNCED,
    APART,
    AT,
    BED,
    BEGINS,
    CALLED,
    COMPANY,
    CONVOY,
    DAY,
    DEAD,
    DONE,
    END_S,
    ENDS,
    FAILS,
    FIRST,
    GATE,
    HOSPITAL,
    KNOWN,
    LANE,
    LOST,
    NONE,
    OPENS,
    OUT_S,
    OWN_TRIP,
    PASSED_OUT,
    RATE,
    REFUSAL,
    RUN,
    RUN_DAY,
    RUN_S,
    SAFE,
    SLOT_S,
    SUDDEN,
    TAKEN,
    TRIP_END,
    TRIP_FIRST,
    TRIPS,
    TYPE,
    UNCALLED,
    VEHICLE,
    WAITS,
    WINDOW,
    Chances,
    Orders,
    Traffic,
    Yard,
)

_BEFORE = {MOVED_BEFORE: MOVED, HANDED_OVER: MOVED, REFUSED_BEFORE: REFUSED, DIED: DIED_WAITING}


@dataclass(frozen=True, slots=True, eq=False)
class FleetRun:
    """What became of vehicles, patients and convoys in one member.

    Attributes
    ----------
    patient_end, patient_out_s, beds, aid_arrived, companions_out, trips, riders
        As in ``FleetOutcome``, without the axis of members.
    out
        Shape (bins, k, g), persons of the demand that vehicles brought out.
    tally
        Shape (k, 3), persons caught, turned back and in the open at a stop without notice.
    exposure_person_s
        Shape (3,), of those who rode.
    called
        Persons who boarded, each time that they did.
    open
        Shape (bins, k), most persons in vehicles between gate and exit.
    load
        Shape (k, slots), persons in vehicles that passed each gate outward.
    yard
        All of it.
    """

    patient_end: NDArray[np.int8]
    patient_out_s: NDArray[np.float64]
    beds: NDArray[np.int64]
    aid_arrived: NDArray[np.bool_]
    companions_out: int
    trips: int
    riders: int
    out: NDArray[np.int32]
    tally: NDArray[np.float64]
    exposure_person_s: NDArray[np.float64]
    called: float
    open: NDArray[np.float64]
    load: NDArray[np.float64]
    yard: Yard


@dataclass(frozen=True, slots=True, eq=False)
class Drawn:
    """What one member draws for vehicles.

    Attributes
    ----------
    course, fleet
        How the pause runs, and what vehicles and patients meet.
    comes
        Shape (r,), whether each household that is to ride comes to its stop.
    """

    course: Draw
    fleet: FleetDraw
    comes: NDArray[np.bool_]


def run_vehicles(scenario: Scenario, roster: Roster, drawn: Drawn, bins: int) -> FleetRun:
    """Return what becomes of the vehicles of a plan in one member.

    Parameters
    ----------
    scenario, roster
        What they are told.
    drawn
        What they meet.
    bins
        How many bins of time are counted.
    """
    orders = roster.orders
    yard = _yard(scenario, orders, bins)
    run_fleet(Traffic(orders, _chances(scenario, roster, drawn), yard))
    fate = _fates(scenario, orders, drawn.fleet, yard)
    return FleetRun(
        patient_end=fate,
        patient_out_s=yard.patient_s,
        beds=yard.bed.sum(axis=1),
        aid_arrived=yard.aid == DONE,
        companions_out=int(yard.total[COMPANY]),
        trips=int(yard.total[TRIPS]),
        riders=int(yard.out.sum()),
        out=yard.out,
        tally=yard.tally,
        exposure_person_s=yard.total[:3],
        called=float(yard.total[CALLED]),
        open=_in_corridors(orders, yard, bins),
        load=yard.load,
        yard=yard,
    )


def taken_of_gates(run: FleetRun, course: Draw, slot_s: int, step_s: int) -> NDArray[np.float64]:
    """Return what vehicles take of each gate's rate, persons a second, shape (k, steps).

    Those aboard the vehicles of a slot are spread over it evenly; their checks are as long as
    those of others on average.
    """
    each = slower(course) / slot_s
    return np.repeat(run.load * each, slot_s // step_s, axis=1)


def slower(course: Draw) -> float:
    """Return how many times as long the mean check takes by those that are held longer."""
    return 1.0 + course.long_share * (course.long_factor - 1.0)


def _yard(scenario: Scenario, orders: Orders, bins: int) -> Yard:
    vehicles, trips, patients = len(orders.vehicle), len(orders.trip), len(orders.patient)
    corridors, groups = len(scenario.corridors), len(scenario.groups)
    slots = int(-(-bins * orders.clock[3] // orders.clock[SLOT_S]))
    at = np.zeros((vehicles, AT), dtype=np.int64)
    trip = np.zeros((trips, RUN), dtype=np.int64)
    trip[:, RUN_DAY], trip[:, GATE] = orders.trip[:, DAY], NONE
    trip_s = np.full((trips, RUN_S), np.inf)
    state = np.full((patients, 2), NONE, dtype=np.int64)
    state[:, 0] = np.where(orders.patient[:, OWN_TRIP] == NONE, UNCALLED, WAITS)
    listed = np.array([one.waiting for one in scenario.care.patients], dtype=np.bool_)
    state[~listed, 0] = APART
    kept = np.zeros(orders.bed.shape, dtype=np.int64)
    own = orders.patient[:, OWN_TRIP]
    planned = np.flatnonzero((own != NONE) & listed)
    hospital = orders.trip[own[planned], HOSPITAL]
    known = (hospital != NONE) & (orders.patient[planned, BED] != NONE)
    np.add.at(kept, (hospital[known], orders.patient[planned[known], BED]), 1)
    sent = orders.vehicle[:, TRIP_END] > orders.vehicle[:, TRIP_FIRST]
    aid = np.where(sent[orders.vehicle[:, CONVOY] != NONE], 0, LOST)
    return Yard(
        at=at,
        at_s=np.zeros((vehicles, 2)),
        trip=trip,
        trip_s=trip_s,
        rider=np.zeros(len(orders.rider), dtype=np.int8),
        rider_s=np.zeros(len(orders.rider)),
        patient=state,
        patient_s=np.full(patients, np.inf),
        bed=np.zeros(orders.bed.shape, dtype=np.int64),
        kept=kept,
        lane=np.zeros((corridors, slots), dtype=np.int64),
        load=np.zeros((corridors, slots)),
        out=np.zeros((bins, corridors, groups), dtype=np.int32),
        tally=np.zeros((corridors, 3)),
        total=np.zeros(6),
        aid=aid.astype(np.int64),
        aid_s=np.full(len(aid), np.inf),
    )


def _chances(scenario: Scenario, roster: Roster, drawn: Drawn) -> Chances:
    orders, fleet = roster.orders, drawn.fleet
    stops = len(orders.stop)
    trip_of_stop = np.repeat(
        np.arange(len(orders.trip)), orders.trip[:, FIRST + 1] - orders.trip[:, FIRST]
    )
    trip = np.concatenate([trip_of_stop, np.arange(len(orders.trip))]).astype(np.int64)
    vehicle = orders.trip[trip, VEHICLE]
    place = (vehicle, np.maximum(orders.trip[trip, DAY], 0), roster.stand % STANDS)
    share, factor = fleet.stand[place], fleet.factor[place]
    stand_s = np.empty(len(trip))
    for row, kind in enumerate(scenario.fleet.types):
        mine = orders.vehicle[vehicle, TYPE] == row
        boards = mine & (np.arange(len(trip)) < stops)
        leaves = mine & ~boards
        stand_s[boards] = kind.board_s.at(share[boards]) * factor[boards]
        stand_s[leaves] = kind.alight_s.at(share[leaves]) * factor[leaves]
    convoy = orders.vehicle[vehicle, CONVOY]
    for c, one in enumerate(scenario.aid.convoys):
        stand_s[convoy == c] = float(one.unload_s.at(fleet.unload[c]))
    begin, span = roster.day_s[:, :, 0], roster.day_s[:, :, 1] - roster.day_s[:, :, 0]
    never = np.isinf(fleet.breaks)
    breaks = np.where(never, np.inf, begin + np.where(never, 0.0, fleet.breaks) * span)
    breaks[orders.vehicle[:, CONVOY] != NONE] = np.inf
    return Chances(
        window=_windows(scenario, drawn),
        way_s=roster.drives.seconds(fleet.speed_m_per_s),
        outside=np.array([fleet.outside_factor]),
        stand_s=stand_s[:stops].copy(),
        alight_s=stand_s[stops:].copy(),
        break_s=breaks,
        goes=drawn.comes.astype(np.int8),
        dies_s=fleet.dies_s,
        refuses=fleet.refuses.astype(np.int8),
    )


def _windows(scenario: Scenario, drawn: Drawn) -> NDArray[np.float64]:
    course = drawn.course
    window = np.zeros((len(scenario.windows), WINDOW))
    window[:, OPENS], window[:, ENDS] = course.opens_s, course.ends_s
    window[:, KNOWN], window[:, LANE] = course.known_s, drawn.fleet.lane
    window[:, RATE] = course.rate / slower(course)
    window[:, AGAIN_RATE] = course.recheck_rate / slower(course)
    window[:, ANNOUNCED] = [scenario.seconds(one.closes) for one in scenario.windows]
    window[:, BEGINS] = [scenario.seconds(one.opens) for one in scenario.windows]
    sudden = np.isin(course.ending, (STOPPED, FAILED)) & (course.known_s == course.ends_s)
    window[:, SUDDEN] = sudden
    # Of a corridor that failed on an earlier day everybody knows.
    window[:, FAILS] = (course.ending == FAILED) & (course.opens_s >= course.ends_s)
    return window


def _fates(scenario: Scenario, orders: Orders, fleet: FleetDraw, yard: Yard) -> NDArray[np.int8]:
    """Return what became of each patient; who waits dies or not until the last closing."""
    state = yard.patient[:, 0]
    waits = (state != SAFE) & (state != REFUSAL) & (state != DEAD)
    died = (state == DEAD) | (waits & (fleet.dies_s <= orders.clock[END_S]))
    fate = np.where(state == SAFE, MOVED, np.where(died, DIED_WAITING, LEFT))
    fate[state == REFUSAL] = REFUSED
    for row, one in enumerate(scenario.care.patients):
        if not one.waiting:
            fate[row] = _before(one)
    return fate.astype(np.int8)


def _before(patient: Patient) -> int:
    """Return what had become of a patient when the pause began."""
    return _BEFORE[patient.state]


def _in_corridors(orders: Orders, yard: Yard, bins: int) -> NDArray[np.float64]:
    """Return the most persons in vehicles between each gate and its exit, shape (bins, k)."""
    most = np.zeros((bins, len(orders.margin_s)))
    bin_s = orders.clock[3]
    for k in range(most.shape[1]):
        mine = np.flatnonzero((yard.trip[:, GATE] == k) & (yard.trip[:, TAKEN] > 0))
        persons = yard.trip[mine, TAKEN].astype(np.float64)
        time = np.concatenate([yard.trip_s[mine, PASSED_OUT], yard.trip_s[mine, OUT_S]])
        step = np.concatenate([persons, -persons])
        order = np.lexsort((step, time))
        inside, time = np.cumsum(step[order]), time[order]
        first = np.minimum(time // bin_s, bins - 1).astype(np.int64)
        last = np.minimum(np.append(time[1:], time[-1:]) // bin_s, bins - 1).astype(np.int64)
        np.maximum.at(most[:, k], first, inside)
        np.maximum.at(most[:, k], last, inside)
    return most
