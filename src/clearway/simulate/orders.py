"""What a plan tells vehicles, as the arrays that all members share."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC
from typing import Final
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from clearway.model.care import COLOURS, STRETCHER, WHEELCHAIR, Care, Patient
from clearway.model.duty import Duty, Load, Stop, Trip
from clearway.model.fleet import CARE, Convoy
from clearway.model.plan import Plan
from clearway.model.scenario import Scenario, row_of
from clearway.simulate.conditions import Conditions, conditions
from clearway.simulate.drives import DriveBook, Drives, Places
from clearway.simulate.folk import stretch
from clearway.simulate.slowed import slot_shares
from clearway.simulate.state import BIN_S
from clearway.simulate.traffic import (
    COMES_BY,
    END,
    FIRST,
    FROM_DEPOT,
    FROM_GATE,
    K_OUT,
    NONE,
    PATIENT,
    SEATS,
    STOP,
    STRETCHERS,
    SUBJECT,
    TRIP,
    VEHICLES,
    WAY,
    WAY_IN,
    WHEELS,
    Orders,
)
from clearway.simulate.within import Within

_PLACES: Final = {STRETCHER: STRETCHERS, WHEELCHAIR: WHEELS}


@dataclass(frozen=True, slots=True, eq=False)
class Roster:
    """The orders of one plan, and what is needed to draw for them.

    Attributes
    ----------
    orders
        See ``traffic.Orders``.
    drives
        Ways inside and through corridors.
    household
        Shape (r,), place of each household that rides among all households.
    zone, walks
        Shape (r,), its zone, and whether it might come of itself.
    day_s
        Shape (v, d, 2), seconds between which a vehicle is out by plan on each day.
    stand
        Shape (s + t,), number of each stop, then of each destination, among the times that its
        vehicle stands on its day.
    """

    orders: Orders
    drives: Drives
    household: NDArray[np.int64]
    zone: NDArray[np.int64]
    walks: NDArray[np.bool_]
    day_s: NDArray[np.float64]
    stand: NDArray[np.int64]


def draw_up(scenario: Scenario, plan: Plan) -> Roster | None:
    """Return what the plan tells vehicles; None if it has none."""
    if not plan.duties and not plan.convoys:
        return None
    sheet = _Sheet(scenario, plan)
    for convoy in scenario.aid.convoys:
        sheet.add_convoy(convoy)
    by_vehicle: dict[tuple[str, str, str], list[Duty]] = {}
    for duty in plan.duties:
        by_vehicle.setdefault((duty.vehicle, duty.type, duty.depot), []).append(duty)
    for duties in by_vehicle.values():
        sheet.add_vehicle(sorted(duties, key=lambda one: one.trips[0].leave_s))
    return sheet.roster()


@dataclass(slots=True)
class _Columns:
    """Rows of the arrays as they grow."""

    trip: list[list[int]] = field(default_factory=list)
    trip_s: list[tuple[float, ...]] = field(default_factory=list)
    stop: list[list[int]] = field(default_factory=list)
    stop_s: list[tuple[float, ...]] = field(default_factory=list)
    vehicle: list[tuple[int, ...]] = field(default_factory=list)
    able: list[list[int]] = field(default_factory=list)
    until_s: list[float] = field(default_factory=list)
    listed: list[int] = field(default_factory=list)
    rider: list[tuple[int, int, int]] = field(default_factory=list)
    household: list[int] = field(default_factory=list)
    zone: list[int] = field(default_factory=list)
    day_s: list[NDArray[np.float64]] = field(default_factory=list)
    stop_stand: list[int] = field(default_factory=list)
    trip_stand: list[int] = field(default_factory=list)


class _Sheet:
    """Writes the orders of one plan down, vehicle by vehicle."""

    def __init__(self, scenario: Scenario, plan: Plan) -> None:
        self.scenario, self.plan, self.rows = scenario, plan, _Columns()
        self.corridors, self.zones = row_of(scenario.corridors), row_of(scenario.zones)
        self.groups, self.types = row_of(scenario.groups), row_of(scenario.fleet.types)
        self.hospitals = row_of(scenario.care.hospitals)
        self.codes = {one.code: row for row, one in enumerate(scenario.care.patients)}
        self.places, self.ways = Places(scenario), DriveBook(scenario)
        self.begins = sorted({one.opens.astimezone(UTC).timestamp() for one in scenario.windows})
        self.window = self._windows()
        self.conditions: Conditions = conditions(scenario)
        self.first = _first_rows(scenario)
        self.riding: set[int] = set()
        self.own = np.full(len(self.codes), NONE, dtype=np.int64)
        self.depots = {one.id: one.node for one in scenario.fleet.depots if one.node is not None}
        self.within: dict[int, Within] = {}

    def _windows(self) -> NDArray[np.int64]:
        window = np.full((len(self.corridors), len(self.begins)), NONE, dtype=np.int64)
        for w, one in enumerate(self.scenario.windows):
            day = self.begins.index(one.opens.astimezone(UTC).timestamp())
            window[self.corridors[one.corridor], day] = w
        return window

    def add_convoy(self, convoy: Convoy) -> None:
        """Write down what a convoy does; one that the plan does not send has no trip."""
        c, first = len(self.rows.vehicle), len(self.rows.trip)
        for run in self.plan.convoys:
            if run.convoy == convoy.id and len(self.rows.trip) == first:
                self._trip(run.trip, c, self.types[convoy.type], 0)
        row = (
            self.types[convoy.type],
            self.places.row(convoy.depot),
            convoy.vehicles,
            c,
            first,
            len(self.rows.trip),
            0,
        )
        for t in range(first, len(self.rows.trip)):
            self.rows.trip[t][SUBJECT] = c
            for s in range(self.rows.trip[t][FIRST], self.rows.trip[t][END]):
                comes, goes_on, _ = self.rows.stop_s[s]
                self.rows.stop_s[s] = (comes, goes_on, convoy.unload_s.central)
        self.rows.vehicle.append(row)
        self.rows.able.append([1] * len(self.begins))
        self.rows.until_s.append(float(self.scenario.seconds(convoy.until)))
        self.rows.day_s.append(np.zeros((len(self.begins), 2)))

    def add_vehicle(self, duties: list[Duty]) -> None:
        """Write down the days of one vehicle."""
        v, first, one = len(self.rows.vehicle), len(self.rows.trip), duties[0]
        kind, depot = self.types[one.type], self.places.row(one.depot)
        spans = self._hours()
        able = self._able(one)
        for duty in duties:
            stands = 0
            for trip in duty.trips:
                day = self._trip(trip, v, kind, stands)
                stands += len(trip.stops) + 1
                if day != NONE:
                    able[day] = 1
                    spans[day] = (duty.trips[0].leave_s, duty.back_s)
        inside = int(one.depot in self.depots)
        self.rows.vehicle.append((kind, depot, 1, NONE, first, len(self.rows.trip), inside))
        if inside:
            trips = [trip for duty in duties for trip in duty.trips]
            for t, trip in enumerate(trips, first):
                _stands_inside(self, t, trip, (kind, self.depots[one.depot]))
        self.rows.able.append(able)
        self.rows.until_s.append(np.inf)
        self.rows.day_s.append(spans)

    def _hours(self) -> NDArray[np.float64]:
        """Return the announced hours of each day, shape (d, 2)."""
        spans = np.zeros((len(self.begins), 2))
        for day in range(len(self.begins)):
            mine = [self.scenario.windows[w] for w in self.window[:, day] if w != NONE]
            spans[day, 0] = min(self.scenario.seconds(one.opens) for one in mine)
            spans[day, 1] = max(self.scenario.seconds(one.closes) for one in mine)
        return spans

    def _able(self, duty: Duty) -> list[int]:
        """Return the days on which some row of the fleet says that such a vehicle is there."""
        mine = [
            one
            for one in self.scenario.fleet.vehicles
            if (one.type, one.depot) == (duty.type, duty.depot)
        ]
        found = []
        for opens, closes in self._hours():
            there = [
                (one.since is None or self.scenario.seconds(one.since) <= opens)
                and (one.until is None or self.scenario.seconds(one.until) >= closes)
                for one in mine
            ]
            found.append(int(any(there)))
        return found

    def _trip(self, trip: Trip, v: int, kind: int, stands: int) -> int:
        """Write down a trip, and return its day."""
        k_out, t = self.corridors[trip.corridor_out], len(self.rows.trip)
        k_in = self.corridors[trip.corridor_in] if trip.corridor_in else NONE
        day = self._day(k_out, trip.gate_out_s)
        if NONE not in (day, k_in) and self.window[k_in, day] == NONE:
            day = NONE
        way_in, beyond = NONE, self.scenario.corridors[k_out].links
        back = trip.links_out[: max(0, len(trip.links_out) - len(beyond))]
        way_back, way_out = self.ways.add(kind, back), self.ways.add(kind, beyond)
        first = len(self.rows.stop)
        for number, stop in enumerate(trip.stops):
            links = stop.links
            if k_in != NONE and number == 0:
                through = len(self.scenario.corridors[k_in].links)
                way_in, links = self.ways.add(kind, links[:through]), links[through:]
            self._stop(stop, t, self.ways.add(kind, links), kind)
            self.rows.stop_stand.append(stands + number)
        self.rows.trip_stand.append(stands + len(trip.stops))
        hospital = self.hospitals.get(trip.destination, NONE)
        goal = self.places.row(trip.destination)
        sick = int(bool(trip.patients))
        self.rows.trip.append(
            [
                *(v, day, k_in, k_out, goal, hospital, first, len(self.rows.stop)),
                *(way_in, way_back, way_out, self._persons(trip), NONE, sick),
                *(k_in, self.rows.stop[first][WAY], NONE),
            ]
        )
        times = (trip.leave_s, trip.gate_in_s, trip.gate_out_s, trip.arrive_s)
        self.rows.trip_s.append(tuple(float(one) for one in times))
        return day

    def _day(self, k: int, time: float) -> int:
        """Return the day on which the window of corridor ``k`` is announced open at ``time``."""
        for day, w in enumerate(self.window[k]):
            if w == NONE:
                continue
            one = self.scenario.windows[w]
            if self.scenario.seconds(one.opens) <= time <= self.scenario.seconds(one.closes):
                return day
        return NONE

    def _persons(self, trip: Trip) -> int:
        patients = [self.codes[code] for code in trip.patients if code in self.codes]
        sick = sum(self.scenario.care.patients[p].persons for p in patients)
        return sick + sum(load.persons for load in trip.loads)

    def _stop(self, stop: Stop, t: int, way: int, kind: int) -> None:
        rows, zone = self.rows, self.zones[stop.zone]
        riders, codes = len(rows.rider), len(rows.listed)
        seats = wheels = 0
        for load in stop.loads:
            users = self.scenario.groups[self.groups[load.group]].wheelchair_users
            wheels += users * load.households
            seats += load.persons - users * load.households
            self._load(load, zone, users)
        for code in stop.patients:
            if code in self.codes and self.own[self.codes[code]] == NONE:
                rows.listed.append(self.codes[code])
                self.own[self.codes[code]] = t
        board_s = self.scenario.fleet.types[kind].board_s.central
        rows.stop.append(
            [way, zone, riders, len(rows.rider), codes, len(rows.listed), seats, wheels]
        )
        rows.stop_s.append((float(stop.arrive_s), float(stop.leave_s), board_s))

    def _load(self, load: Load, zone: int, users: int) -> None:
        """Write down the households among whom those of a load are expected."""
        g = self.groups[load.group]
        order = self.scenario.demand.sequence(zone, g)
        first, last = stretch(load.first_household, load.households, self.plan.uptake, len(order))
        for place in range(first, last):
            household = int(self.first[zone, g]) + place
            if household in self.riding:
                continue
            self.riding.add(household)
            self.rows.rider.append((int(order[place]), users, g))
            self.rows.household.append(household)
            self.rows.zone.append(zone)

    def roster(self) -> Roster:
        """Return all that was written."""
        rows = self.rows
        walks = [group.own_way is not None for group in self.scenario.groups]
        riders = _table(rows.rider, 3)
        return Roster(
            orders=self._orders(riders),
            drives=self.ways.drives(),
            household=np.array(rows.household, dtype=np.int64),
            zone=np.array(rows.zone, dtype=np.int64),
            walks=np.array(walks, dtype=np.bool_)[riders[:, 2]],
            day_s=np.array(rows.day_s).reshape(-1, len(self.begins), 2),
            stand=np.array([*rows.stop_stand, *rows.trip_stand], dtype=np.int64),
        )

    def _orders(self, riders: NDArray[np.int64]) -> Orders:
        rows, scenario, care = self.rows, self.scenario, self.scenario.care
        kinds = sorted({beds.kind for one in care.hospitals for beds in one.beds})
        patients = [self._patient(p, one, kinds) for p, one in enumerate(care.patients)]
        planning, midnight = scenario.planning, _second_of_day(scenario)
        last = max(scenario.seconds(window.closes) for window in scenario.windows)
        lanes = np.array([one.vehicles_per_s.central for one in scenario.corridors])
        speed = np.array([one.speed_m_per_s.central for one in scenario.fleet.types])
        return Orders(
            trip=_table(rows.trip, TRIP),
            trip_s=_table(rows.trip_s, 4).astype(np.float64),
            stop=_table(rows.stop, STOP),
            stop_s=np.array(rows.stop_s, dtype=np.float64).reshape(-1, 3),
            vehicle=_table(rows.vehicle, VEHICLES),
            able=np.array(rows.able, dtype=np.int8).reshape(-1, len(self.begins)),
            kind=_table(
                [
                    (one.seats, one.wheelchairs, one.stretchers, CARE.index(one.care))
                    for one in scenario.fleet.types
                ],
                4,
            ),
            rest_s=np.array([one.rest_s for one in scenario.fleet.types], dtype=np.float64),
            patient=_table(patients, PATIENT),
            ready_s=_ready_s(scenario),
            takes=_takes(care),
            listed=np.array(rows.listed, dtype=np.int64),
            bed=_table(
                [[int(one.places(kind) + 1e-9) for kind in kinds] for one in care.hospitals],
                len(kinds),
            ),
            hours=np.array(
                [(one.opens_s, one.closes_s) for one in care.hospitals], dtype=np.float64
            ).reshape(-1, 2),
            rider=riders,
            drive_s=self.places.drive_s(),
            way_s=self.ways.drives().seconds(speed),
            window=self.window,
            margin_s=np.array([one.margin_s for one in scenario.corridors], dtype=np.float64),
            lane_s=np.divide(1.0, lanes, out=np.zeros(len(lanes)), where=lanes > 0),
            share=slot_shares(
                scenario, int(last // planning.slot_s) + 1 if scenario.changes else 0
            ),
            until_s=np.array(rows.until_s, dtype=np.float64),
            date=self.conditions.date,
            awaits=self.conditions.awaits,
            never=self.conditions.never,
            clock=np.array(
                [planning.slot_s, planning.step_s, last, BIN_S, midnight], dtype=np.float64
            ),
        )

    def _patient(self, p: int, one: Patient, kinds: list[str]) -> list[int]:
        return [
            self.zones[one.zone],
            COLOURS.index(self.scenario.care.colour(one)),
            _PLACES.get(one.posture, SEATS),
            one.companions,
            CARE.index(one.care),
            kinds.index(one.bed) if one.bed in kinds else NONE,
            int(self.own[p]),
        ]


def _stands_inside(sheet: _Sheet, t: int, trip: Trip, of: tuple[int, int]) -> None:
    """Write down how a trip begins if its vehicle is inside still, and how if it is not.

    ``of`` are the type of the vehicle and the node of its depot.
    """
    (kind, node), row = of, sheet.rows.trip[t]
    if kind not in sheet.within:
        sheet.within[kind] = Within(sheet.scenario, sheet.scenario.fleet.types[kind])
    within = sheet.within[kind]
    stop = sheet.scenario.zones[sheet.zones[trip.stops[0].zone]].node
    if trip.corridor_in:
        way = within.way(node, stop)
        row[FROM_DEPOT] = NONE if way is None else sheet.ways.add(kind, way)
        return
    row[FROM_DEPOT], row[COMES_BY] = row[FROM_GATE], NONE
    corridor = sheet.scenario.corridors[row[K_OUT]]
    way = within.way(corridor.mouth, stop) if within.comes_in(corridor) else None
    if way is not None:
        row[COMES_BY], row[FROM_GATE] = row[K_OUT], sheet.ways.add(kind, way)
        row[WAY_IN] = sheet.ways.add(kind, corridor.links[::-1])


def _ready_s(scenario: Scenario) -> NDArray[np.float64]:
    """Return when each patient may go, shape (patients,); minus infinity for at any time."""
    ready = [one.ready for one in scenario.care.patients]
    return np.array(
        [-np.inf if one is None else scenario.seconds(one) for one in ready], dtype=np.float64
    )


def _takes(care: Care) -> NDArray[np.int8]:
    """Return whether each patient may go to each hospital, shape (patients, hospitals)."""
    shape = len(care.patients), len(care.hospitals)
    takes = [[_accepts(one, hospital.id) for hospital in care.hospitals] for one in care.patients]
    return np.array(takes, dtype=np.int8).reshape(shape)


def _accepts(patient: Patient, hospital: str) -> bool:
    return patient.accepts in ("", hospital) and hospital not in patient.refuses


def _second_of_day(scenario: Scenario) -> float:
    start = scenario.start.astimezone(ZoneInfo(scenario.timezone))
    return start.hour * 3600.0 + start.minute * 60.0 + start.second


def _first_rows(scenario: Scenario) -> NDArray[np.int64]:
    """Return the place of each zone's and group's first household, shape (zones, groups)."""
    counts = scenario.demand.households.sum(axis=2)
    return np.asarray(np.concatenate([[0], np.cumsum(counts)[:-1]]).reshape(counts.shape))


def _table(rows: Sequence[Sequence[float]], columns: int) -> NDArray[np.int64]:
    return np.array(rows, dtype=np.int64).reshape(len(rows), columns)
