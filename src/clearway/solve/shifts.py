"""What a type of vehicle can do on a day, in ticks of half a minute: what trips are chosen from."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from clearway.model.scenario import Scenario
from clearway.solve.booking import Booking, Day
from clearway.solve.drives import Drives, places
from clearway.solve.outings import FAR, Ground

#: Seconds of a tick: half a minute, so that little is lost to rounding.
TICK_S = 30
#: What seconds times speed may be off by, as a share.
_EXACT = 1e-9


@dataclass(frozen=True, slots=True, eq=False)
class Pickups:
    """Where people of which group board; q rows.

    Attributes
    ----------
    zone, group
        Shape (q,), rows of the scenario.
    persons, checked
        Shape (q,), persons of a full vehicle on average, and those for whom the check is booked.
    """

    zone: NDArray[np.int64]
    group: NDArray[np.int64]
    persons: NDArray[np.float64]
    checked: NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Shift:
    """Drives of one type on one day, rounded to minutes, for its pick-ups.

    Attributes
    ----------
    drives, day, pickups
        What it is made of.
    begin_s, minutes
        Second of minute 0, and how many minutes there are.
    to_gate, gate_stop, stop_gate, after, site, opens, closes, last_out
        As in :class:`~clearway.solve.outings.Ground`.
    ride_h
        Shape (k, q), hours in which those on board are in the open: from leaving the stop until out
        of the exit.
    out_h
        Shape (k,), hours from the gate outward until out of the exit.
    depot_stop
        Shape (d, q), from a depot inside to a pick-up, with boarding; far from all others.
    """

    drives: Drives
    day: Day
    pickups: Pickups
    begin_s: int
    minutes: int
    to_gate: NDArray[np.int64]
    gate_stop: NDArray[np.int64]
    stop_gate: NDArray[np.int64]
    after: NDArray[np.int64]
    site: NDArray[np.int64]
    opens: NDArray[np.int64]
    closes: NDArray[np.int64]
    last_out: NDArray[np.int64]
    ride_h: NDArray[np.float64]
    out_h: NDArray[np.float64]
    depot_stop: NDArray[np.int64]

    def second(self, minute: int) -> int:
        """Return the second from the scenario's start of a minute."""
        return self.begin_s + TICK_S * int(minute)

    def minute(self, second: float) -> int:
        """Return the first whole minute from a second on."""
        return max(0, math.ceil((max(second, self.begin_s) - self.begin_s) / TICK_S))

    def ground(
        self,
        persons: NDArray[np.float64],
        worth: NDArray[np.float64],
        price: tuple[NDArray[np.float64], NDArray[np.float64]],
        booking: Booking | None = None,
    ) -> Ground:
        """Return what a vehicle's day is chosen from.

        Parameters
        ----------
        persons
            Shape (q,), persons that board; nobody stops for none.
        worth
            Shape (k, q).
        price
            Shape (k, t) each, of a person and of a vehicle.
        booking
            What is taken at the gates; None as if nothing were ever too much.
        """
        shape = (len(self.after), self.minutes)
        lane, room = np.ones(shape, dtype=np.bool_), np.full(shape, np.inf)
        if booking is not None:
            second = self.begin_s + TICK_S * np.arange(self.minutes)
            slot = np.clip(second // booking.slot_s, 0, booking.lane.shape[1] - 1)
            lane = (booking.lane < booking.lane_most)[:, slot]
            room = (booking.persons_most - booking.aboard)[:, slot]
        known = np.where(persons > 0, worth, -np.inf)
        return Ground(
            to_gate=self.to_gate,
            gate_stop=self.gate_stop,
            stop_gate=self.stop_gate,
            after=self.after,
            site=self.site,
            opens=self.opens,
            closes=self.closes,
            last_out=self.last_out,
            lane=np.ascontiguousarray(lane),
            room=np.ascontiguousarray(room),
            persons=persons.astype(np.float64),
            worth=np.ascontiguousarray(known),
            price=price[0],
            toll=price[1],
        )


def shift(drives: Drives, day: Day, pickups: Pickups) -> Shift:
    """Return the tables of one type on one day.

    Parameters
    ----------
    drives
        Of the type.
    day
        Which windows are open when.
    pickups
        Where it may stop.
    """
    scenario, kind = drives.scenario, drives.type
    rates = Booking(scenario).slowest
    site, stand = _sites(drives)
    stand = np.maximum(stand, TICK_S)
    q = pickups.zone
    check = np.divide(
        pickups.checked,
        rates[:, None],
        out=np.full((len(rates), len(q)), np.inf),
        where=rates[:, None] > 0,
    )
    to_gate = drives.outside + drives.inward
    inside = np.array([depot.node is not None for depot in scenario.fleet.depots], dtype=bool)
    to_gate[: len(inside)][inside] = np.inf
    # Plans have whole seconds: it stands from the second after it came.
    gate_stop = np.ceil(drives.gate_stop[:, q]) + math.ceil(kind.board_s.central)
    ride = drives.stop_gate[:, q]
    ride = (
        np.where(_in_range(drives, q), ride, np.inf)
        + np.where(np.isfinite(drives.outward), 0.0, np.inf)[:, None]
    )
    after = drives.outward + stand
    depot_stop = _from_depots(drives, q, site)
    reach = _most(to_gate)
    if np.isfinite(depot_stop).any():
        reach = max(reach, _most(depot_stop) + _most(ride + check))
    first = float(day.opens[np.isfinite(day.opens)].min()) - reach - TICK_S
    begin = int(first // TICK_S) * TICK_S
    last = float(day.out_by[np.isfinite(day.opens)].max())
    out = _ticks((day.out_by - drives.outward - begin) / TICK_S, last=True)
    return Shift(
        drives=drives,
        day=day,
        pickups=pickups,
        begin_s=begin,
        minutes=int((last - begin) // TICK_S) + 2,
        to_gate=_ticks(to_gate / TICK_S),
        gate_stop=_ticks(gate_stop / TICK_S),
        stop_gate=_ticks((ride + check) / TICK_S),
        after=_ticks(after / TICK_S),
        site=site,
        opens=_ticks((day.opens - begin) / TICK_S),
        closes=_ticks((day.closes - begin) / TICK_S, last=True),
        last_out=out,
        ride_h=(ride + check + drives.outward[:, None]) / 3600.0,
        out_h=drives.outward / 3600.0,
        depot_stop=_ticks(depot_stop / TICK_S),
    )


def _from_depots(
    drives: Drives, zones: NDArray[np.int64], site: NDArray[np.int64]
) -> NDArray[np.float64]:
    """Return seconds from depots inside to pick-ups, with boarding; infinite out of range."""
    kind = drives.type
    found = np.ceil(drives.depot_stop[:, zones]) + math.ceil(kind.board_s.central)
    for d, n in np.argwhere(np.isfinite(found)).tolist() if math.isfinite(kind.range_m) else ():
        zone = int(zones[n])
        ways = np.flatnonzero(np.isfinite(drives.stop_gate[:, zone] + drives.outward)).tolist()
        left = [kind.range_m - drives.outside_m(int(site[k]), k) for k in ways]
        pairs = zip(left, ways, strict=True)
        if not all(drives.within_from(metres, d, [zone], k) for metres, k in pairs):
            found[d, n] = np.inf
    return np.asarray(found)


def _most(seconds: NDArray[np.float64]) -> float:
    """Return the most of those that are not infinite; 0 for none."""
    return float(np.where(np.isfinite(seconds), seconds, 0.0).max(initial=0.0))


def _sites(drives: Drives) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Return each corridor's reception site as a place, and seconds from its exit until free."""
    scenario, kind = drives.scenario, drives.type
    row = {name: n for n, (name, _, _) in enumerate(places(scenario))}
    site = np.array([row[corridor.reception] for corridor in scenario.corridors])
    drive = drives.outside[site, np.arange(len(site))]
    return site, drive + math.ceil(kind.alight_s.central + kind.rest_s)


def _in_range(drives: Drives, zones: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Return which pick-ups and ways out stay in range from wherever a trip began; (k, q)."""
    kind = drives.type
    if not math.isfinite(kind.range_m):
        return np.ones((len(drives.inward), len(zones)), dtype=np.bool_)
    scenario = drives.scenario
    pace = scenario.fleet.outside_m_per_s.central
    reached = np.isfinite(drives.gate_stop) & np.isfinite(drives.inward)[:, None]
    gone = np.isfinite(drives.stop_gate) & np.isfinite(drives.outward)[:, None]
    beyond = drives.outside.max(axis=0) * pace
    # Nobody is faster than the type: most ways are short enough whatever links they take.
    fast = kind.speed_m_per_s.central * (1 + _EXACT)
    most_in = beyond[:, None] + fast * (drives.gate_stop + drives.inward[:, None])
    most_out = beyond[:, None] + fast * (drives.stop_gate + drives.outward[:, None])
    far = np.where(reached, most_in, 0.0).max(axis=0, initial=0.0)
    sure = gone & reached.any(axis=0) & (far + np.where(gone, most_out, 0.0) <= kind.range_m)
    allowed: NDArray[np.bool_] = sure[:, zones]
    for n, z in enumerate(zones.tolist()):
        if sure[gone[:, z], z].all():
            continue
        ins = [
            beyond[k] + _metres(scenario, drives.links_in(int(k), z))
            for k in np.flatnonzero(reached[:, z])
        ]
        for k in np.flatnonzero(gone[:, z]) if ins else ():
            out = _metres(scenario, drives.links_out(z, int(k))) + beyond[k]
            allowed[k, n] = max(ins) + out <= kind.range_m
    return allowed


def _metres(scenario: Scenario, links: tuple[int, ...]) -> float:
    network = scenario.network
    return float(network.links.length_m[network.link_index(links)].sum())


def _ticks(values: NDArray[np.float64], *, last: bool = False) -> NDArray[np.int64]:
    """Return whole ticks: drives rounded up, last moments down; infinite ones are far, or never."""
    known = np.isfinite(values)
    if last:
        return np.where(known, np.floor(np.where(known, values, 0.0)), -1).astype(np.int64)
    found = np.where(known, np.ceil(np.where(known, values, 0.0)), FAR)
    # As kernels are compiled for, whatever the order of what it was made of.
    return np.ascontiguousarray(np.maximum(found, 0).astype(np.int64))
