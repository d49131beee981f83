"""The arrays of vehicles: what the plan orders, what one member draws, and what becomes of it."""

from __future__ import annotations

from typing import Any, Final, NamedTuple

import numba
import numpy as np
from numba import types
from numba.experimental import structref
from numpy.typing import NDArray

from clearway.borrow import borrowed

NONE: Final = -1

# Columns of ``Orders.trip`` and ``Orders.trip_s``, one row a trip, by vehicle and time.
VEHICLE, DAY, K_IN, K_OUT, GOAL, HOSPITAL, FIRST, END = 0, 1, 2, 3, 4, 5, 6, 7
WAY_IN, WAY_BACK, WAY_OUT, PERSONS, SUBJECT, SICK = 8, 9, 10, 11, 12, 13
COMES_BY, FROM_GATE, FROM_DEPOT = 14, 15, 16
TRIP: Final = 17
LEAVE, GATE_IN, GATE_OUT, ARRIVE = 0, 1, 2, 3
# Columns of ``Orders.stop`` and ``Orders.stop_s``.
WAY, ZONE, RIDER_FIRST, RIDER_END, CODE_FIRST, CODE_END, NEED_SEATS, NEED_WHEELS = range(8)
STOP: Final = 8
COMES, GOES_ON, STANDS_S = 0, 1, 2
# Columns of ``Orders.vehicle``: a convoy is a vehicle of several.
TYPE, DEPOT, CARS, CONVOY, TRIP_FIRST, TRIP_END, WITHIN = 0, 1, 2, 3, 4, 5, 6
VEHICLES: Final = 7
# Columns of ``Orders.kind`` and of ``Yard.at`` from ``SEATS_USED`` on.
SEATS, WHEELS, STRETCHERS, CARE = 0, 1, 2, 3
# Columns of ``Orders.patient``; ``PLACE`` is a column of ``Orders.kind``.
HOME_ZONE, COLOUR, PLACE, COMPANIONS, CARE_NEEDED, BED, OWN_TRIP = range(7)
PATIENT: Final = 7
# Columns of ``Orders.hours``, and the seconds of a day.
OPEN_DAY, CLOSED_DAY = 0, 1
DAY_S: Final = 86_400.0
# Columns of ``Orders.rider``.
SIZE, USERS, GROUP = 0, 1, 2
# Columns of ``Orders.clock``.
SLOT_S, STEP_S, END_S, BIN_S, DAWN_S = 0, 1, 2, 3, 4

# Columns of ``Chances.window``, seconds from the start and rates a second.
OPENS, ENDS, KNOWN, ANNOUNCED, BEGINS, RATE, AGAIN, LANE, SUDDEN, FAILS = range(10)
WINDOW: Final = 10

# Columns of ``Yard.at`` and ``Yard.at_s``, one row a vehicle.
STATE, NOW_TRIP, NOW_STOP, WHERE, TODAY, BROKEN, ABOARD, USED = 0, 1, 2, 3, 4, 5, 6, 7
AT: Final = USED + 3
TIME, CAME = 0, 1
# What a vehicle does next: looks for its next trip, goes in, stops, goes out; nothing more.
READY, COMES_IN, STOPS, GOES_OUT, GONE = 0, 1, 2, 3, 4
# Columns of ``Yard.trip`` and ``Yard.trip_s``, and what has become of a trip.
PHASE, RUN_DAY, SLID, TAKEN, GATE = 0, 1, 2, 3, 4
RUN: Final = 5
PASSED_IN, REACHED, PASSED_OUT, OUT_S, ARRIVED = 0, 1, 2, 3, 4
RUN_S: Final = 5
PENDING, UNDER_WAY, DONE, LOST = 0, 1, 2, 3
# What has become of a household that rides, and of a patient; the last four as they end.
AT_HOME, RIDING, CAME_OUT, HELD = 0, 1, 2, 3
WAITS, MISSED, UNCALLED, CARRIED, SAFE, REFUSAL, DEAD, SHUT_IN, APART = range(9)
# Columns of ``Yard.tally``, one row a corridor, and of ``Yard.total``.
CAUGHT, BACK, IN_OPEN = 0, 1, 2
WALKED, WAITED, CROSSED, CALLED, COMPANY, TRIPS = 0, 1, 2, 3, 4, 5


class Orders(NamedTuple):
    """What the plan tells vehicles, the same in all members; t trips, s stops, v vehicles.

    Attributes
    ----------
    trip, trip_s
        Shape (t, 17) and (t, 4): vehicle, day, corridors in (-1: it is inside) and out, place and
        hospital (-1: none) it goes to, stops, ways from the exit to the gate, from the last stop
        to the gate and on to the exit, persons planned aboard, row among the subjects of
        conditions (-1: none), whether it fetches patients; corridor by which it comes in if its
        vehicle is outside, ways to the first stop from that gate and from a depot inside (-1: none
        of each); seconds at which it leaves, passes both gates and arrives.
    stop, stop_s
        Shape (s, 8) and (s, 3): way to it, zone, households and patients that board, seats and
        wheelchair places planned; when it comes and goes on, and how long it stands by central
        figures.
    vehicle
        Shape (v, 7): type, depot, how many drive as one, convoy (-1: none), trips, and whether
        the depot is inside.
    able
        Shape (v, d), whether it may be used on a day.
    kind
        Shape (types, 4): seats, wheelchair places, stretchers, care.
    rest_s
        Shape (types,).
    patient
        Shape (p, 7): zone, colour, place that it takes, companions, care needed, kind of bed, trip
        that fetches it by plan (-1: none).
    ready_s
        Shape (p,), seconds before which it is not fetched.
    takes
        Shape (p, h), whether it would go to a hospital.
    listed
        Patients stop by stop.
    bed
        Shape (h, kinds), places.
    hours
        Shape (h, 2), seconds of the local day.
    rider
        Shape (r, 3), stop by stop: persons, wheelchair users, group.
    drive_s
        Shape (places, k), seconds between a place outside and a corridor's exit.
    way_s
        Shape (ways,), seconds by central figures.
    window
        Shape (k, d), window of a corridor on a day, -1 where it has none.
    margin_s
        Shape (k,).
    lane_s
        Shape (k,), seconds a vehicle by the central rate.
    share
        Shape (k, slots, 2), shares of their rates at which a gate serves persons, and its lane
        vehicles, in each slot; as usual after the last.
    until_s
        Shape (v,), after which a convoy does not come in.
    date
        Shape (d,), row among the subjects of the patients of a day, -1 where nobody asks.
    awaits
        Shape (subjects, subjects): whether one may begin only when the other is done; convoys
        first, then patients of a date.
    never
        Shape (subjects,), whether it waits for itself, through whatever others.
    clock
        Shape (5,): seconds a slot and a step, until when is waited, a bin, and from local midnight
        to the start.
    """

    trip: NDArray[np.int64]
    trip_s: NDArray[np.float64]
    stop: NDArray[np.int64]
    stop_s: NDArray[np.float64]
    vehicle: NDArray[np.int64]
    able: NDArray[np.int8]
    kind: NDArray[np.int64]
    rest_s: NDArray[np.float64]
    patient: NDArray[np.int64]
    ready_s: NDArray[np.float64]
    takes: NDArray[np.int8]
    listed: NDArray[np.int64]
    bed: NDArray[np.int64]
    hours: NDArray[np.float64]
    rider: NDArray[np.int64]
    drive_s: NDArray[np.float64]
    way_s: NDArray[np.float64]
    window: NDArray[np.int64]
    margin_s: NDArray[np.float64]
    lane_s: NDArray[np.float64]
    share: NDArray[np.float64]
    until_s: NDArray[np.float64]
    date: NDArray[np.int64]
    awaits: NDArray[np.int8]
    never: NDArray[np.int8]
    clock: NDArray[np.float64]


class Chances(NamedTuple):
    """What one member draws.

    Attributes
    ----------
    window
        Shape (w, 10): opens, ends, when that is known, announced closing and opening; persons a
        second through the gate, through the second check (0: none), vehicles a second; 1 if it
        ends without notice; 1 if its corridor has failed before.
    way_s
        Shape (ways,), seconds.
    outside
        Shape (1,), factor on drives outside.
    stand_s, alight_s
        Shape (s,) and (t,), seconds.
    break_s
        Shape (v, d), seconds from the start.
    goes
        Shape (r,), 1 if the household comes to the stop.
    dies_s
        Shape (p,).
    refuses
        Shape (p,).
    """

    window: NDArray[np.float64]
    way_s: NDArray[np.float64]
    outside: NDArray[np.float64]
    stand_s: NDArray[np.float64]
    alight_s: NDArray[np.float64]
    break_s: NDArray[np.float64]
    goes: NDArray[np.int8]
    dies_s: NDArray[np.float64]
    refuses: NDArray[np.int8]


class Yard(NamedTuple):
    """What becomes of it; all of it changes.

    Attributes
    ----------
    at, at_s
        Shape (v, 10) and (v, 2): what it does next, trip, stop, place, day, whether it is broken,
        persons aboard, places used; when, and when it came to the gate.
    trip, trip_s
        Shape (t, 5) and (t, 5): phase, day, whether it slid, persons taken aboard, corridor out;
        when it passed in, reached its last stop, passed out, was out and arrived.
    rider, rider_s
        Shape (r,): what became of each household, and when it left.
    patient, patient_s
        Shape (p, 2) and (p,): what became of it and the trip that carries it; when it was out.
    bed, kept
        Shape (h, kinds): beds taken, and kept for those whom the plan brings.
    lane, load
        Shape (k, slots): vehicles that pass a gate, and persons in those that leave.
    out
        Shape (bins, k, g), persons of the demand.
    tally
        Shape (k, 3): caught, turned back, in the open at a stop without notice.
    total
        Shape (6,): person-seconds to the gate, at it and in the corridor; persons who left home;
        companions out; trips that arrived.
    aid, aid_s
        Shape (c,): phase of each convoy, and when it reached its zone.
    """

    at: NDArray[np.int64]
    at_s: NDArray[np.float64]
    trip: NDArray[np.int64]
    trip_s: NDArray[np.float64]
    rider: NDArray[np.int8]
    rider_s: NDArray[np.float64]
    patient: NDArray[np.int64]
    patient_s: NDArray[np.float64]
    bed: NDArray[np.int64]
    kept: NDArray[np.int64]
    lane: NDArray[np.int64]
    load: NDArray[np.float64]
    out: NDArray[np.int32]
    tally: NDArray[np.float64]
    total: NDArray[np.float64]
    aid: NDArray[np.int64]
    aid_s: NDArray[np.float64]


class Traffic(NamedTuple):
    """All of it."""

    orders: Orders
    chances: Chances
    yard: Yard


@structref.register
class _OrdersKind(types.StructRef):
    """``Orders`` on the heap."""


@structref.register
class _ChancesKind(types.StructRef):
    """``Chances`` on the heap."""


@structref.register
class _YardKind(types.StructRef):
    """``Yard`` on the heap."""


@structref.register
class _TrafficKind(types.StructRef):
    """``Traffic`` on the heap."""


class _OrdersHeld(structref.StructRefProxy):
    """A handle of ``_OrdersKind``."""


class _ChancesHeld(structref.StructRefProxy):
    """A handle of ``_ChancesKind``."""


class _YardHeld(structref.StructRefProxy):
    """A handle of ``_YardKind``."""


class _TrafficHeld(structref.StructRefProxy):
    """A handle of ``_TrafficKind``."""


_define: Any = structref.define_proxy
_define(_OrdersHeld, _OrdersKind, list(Orders._fields))
_define(_ChancesHeld, _ChancesKind, list(Chances._fields))
_define(_YardHeld, _YardKind, list(Yard._fields))
_define(_TrafficHeld, _TrafficKind, list(Traffic._fields))


@numba.njit(cache=True, nogil=True)
def hold_all(traffic: Traffic) -> Any:
    """Return ``traffic`` as one address, its arrays uncounted; the caller keeps them as long.

    Compiled functions that are handed the arrays themselves, some fifty of them, take many times
    as long to compile.
    """
    orders, chances = traffic.orders, traffic.chances
    return _TrafficHeld(  # type: ignore[no-untyped-call]
        _OrdersHeld(  # type: ignore[no-untyped-call]
            borrowed(orders.trip),
            borrowed(orders.trip_s),
            borrowed(orders.stop),
            borrowed(orders.stop_s),
            borrowed(orders.vehicle),
            borrowed(orders.able),
            borrowed(orders.kind),
            borrowed(orders.rest_s),
            borrowed(orders.patient),
            borrowed(orders.ready_s),
            borrowed(orders.takes),
            borrowed(orders.listed),
            borrowed(orders.bed),
            borrowed(orders.hours),
            borrowed(orders.rider),
            borrowed(orders.drive_s),
            borrowed(orders.way_s),
            borrowed(orders.window),
            borrowed(orders.margin_s),
            borrowed(orders.lane_s),
            borrowed(orders.share),
            borrowed(orders.until_s),
            borrowed(orders.date),
            borrowed(orders.awaits),
            borrowed(orders.never),
            borrowed(orders.clock),
        ),
        _ChancesHeld(  # type: ignore[no-untyped-call]
            borrowed(chances.window),
            borrowed(chances.way_s),
            borrowed(chances.outside),
            borrowed(chances.stand_s),
            borrowed(chances.alight_s),
            borrowed(chances.break_s),
            borrowed(chances.goes),
            borrowed(chances.dies_s),
            borrowed(chances.refuses),
        ),
        _hold_yard(traffic.yard),
    )


@numba.njit(cache=True, nogil=True)
def _hold_yard(yard: Yard) -> Any:
    return _YardHeld(  # type: ignore[no-untyped-call]
        borrowed(yard.at),
        borrowed(yard.at_s),
        borrowed(yard.trip),
        borrowed(yard.trip_s),
        borrowed(yard.rider),
        borrowed(yard.rider_s),
        borrowed(yard.patient),
        borrowed(yard.patient_s),
        borrowed(yard.bed),
        borrowed(yard.kept),
        borrowed(yard.lane),
        borrowed(yard.load),
        borrowed(yard.out),
        borrowed(yard.tally),
        borrowed(yard.total),
        borrowed(yard.aid),
        borrowed(yard.aid_s),
    )
