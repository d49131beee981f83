"""Everybody whom a plan moves, as the abort sees them: cohorts of blocks, drives of vehicles."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from clearway.model.abort import BLOCK, CONVOY, VEHICLE, Mover
from clearway.model.duty import Stop, Trip
from clearway.model.fleet import VehicleType
from clearway.model.plan import Movement, Plan
from clearway.model.scenario import Scenario, row_of
from clearway.operate.abort_gates import CRUMB, NEVER, Queued, queue_up
from clearway.operate.abort_tracks import TrackMaker, Tracks
from clearway.operate.abort_ways import NOWHERE, Ways


@dataclass(frozen=True, slots=True, eq=False)
class Cohorts:
    """What leaves home in one step of one block; one row each.

    Attributes
    ----------
    mover, corridor
        Shape (c,), rows.
    left_s
        Shape (c,), when it leaves home.
    persons
        Shape (c,), not whole.
    through_s
        Shape (c,), seconds from the gate to the exit.
    queued
        Who of them passes the gate when.
    pass_s, out_s
        Shape (c,), when the last of it passes the gate and is out of the exit; ``NEVER`` or later
        if it does not.
    """

    mover: NDArray[np.int64]
    corridor: NDArray[np.int64]
    left_s: NDArray[np.int64]
    persons: NDArray[np.float64]
    through_s: NDArray[np.int64]
    queued: Queued
    pass_s: NDArray[np.int64]
    out_s: NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Drive:
    """One drive of a vehicle from one stand to the next, or between gate and exit.

    Attributes
    ----------
    mover
        Row.
    track
        Row of its way; -1 between gate and exit.
    left_s
        When it began.
    since_s, until_s
        From which moment on, and before which, it is on this drive (or stands at the end of it).
    persons
        Aboard, without the crew.
    on_s
        When it is out of the exit if it goes on as the plan says.
    home
        Row of the node of the stop that all aboard come from, or of its own stop if it is empty;
        -1 for none.
    corridor
        Row of the corridor whose mouth it is at if it is between gate and exit.
    """

    mover: int
    track: int
    left_s: int
    since_s: int
    until_s: int
    persons: float
    on_s: float
    home: int
    corridor: int


@dataclass(frozen=True, slots=True, eq=False)
class Moved:
    """All that a plan moves.

    Attributes
    ----------
    movers
        By row.
    paces
        Name of the pace of each mover.
    homes
        Row of the node of the zone of each block.
    track
        Shape (blocks,), row of the way of each block; -1 where it was not laid out.
    tracks
        Ways.
    cohorts, drives
        Blocks and vehicles.
    """

    movers: tuple[Mover, ...]
    paces: tuple[str, ...]
    homes: tuple[int, ...]
    track: NDArray[np.int64]
    tracks: Tracks
    cohorts: Cohorts
    drives: tuple[Drive, ...]

    @property
    def moments(self) -> tuple[int, int]:
        """When the first of them sets out, and when the last is out of the exit."""
        begin = [*self.cohorts.left_s.tolist(), *(one.since_s for one in self.drives)]
        out = self.cohorts.out_s
        end = [*out[out < NEVER].tolist(), *(one.until_s for one in self.drives)]
        return min(begin, default=0), max(end, default=0)


def moved_by(scenario: Scenario, plan: Plan, ways: Ways, at_s: int | None = None) -> Moved:
    """Lay out everybody whom ``plan``, which keeps every rule, moves.

    Parameters
    ----------
    scenario, plan, ways
        Whom, and the streets.
    at_s
        A moment; the ways of those who cannot be under way then are not laid out.
    """
    maker, runs = TrackMaker(ways), tuple(_runs(scenario, plan))
    nodes = scenario.network.node_index([zone.node for zone in scenario.zones])
    zone_row = row_of(scenario.zones)
    homes = tuple(int(nodes[zone_row[move.zone]]) for move in plan.movements)
    cohorts = _cohorts(scenario, plan, ways)
    tracks = np.full(len(homes), NOWHERE)
    for m in _under_way(cohorts, len(homes), at_s).tolist():
        move = plan.movements[m]
        rows = ways.rows(_before(scenario, move))
        tracks[m] = maker.add(homes[m], rows, ways.pace(f"group:{move.group}"))
    drivers = _Drivers(scenario, maker, nodes)
    drives = [
        one
        for row, run in enumerate(runs, len(homes))
        if at_s is None or run.trip.leave_s <= at_s <= run.trip.arrive_s
        for one in drivers.drives(row, run)
    ]
    blocks = (Mover(BLOCK, move.id) for move in plan.movements)
    return Moved(
        movers=(*blocks, *(run.mover for run in runs)),
        paces=(
            *(f"group:{move.group}" for move in plan.movements),
            *(f"type:{run.kind.id}" for run in runs),
        ),
        homes=homes,
        track=tracks,
        tracks=maker.done(),
        cohorts=cohorts,
        drives=tuple(drives),
    )


def _under_way(cohorts: Cohorts, blocks: int, at_s: int | None) -> NDArray[np.int64]:
    if at_s is None:
        return np.arange(blocks)
    there = (cohorts.left_s < at_s) & (at_s < cohorts.out_s)
    return np.unique(cohorts.mover[there])


class _Run(NamedTuple):
    """One trip of a vehicle or convoy, its type, and where it stands if it is inside."""

    mover: Mover
    kind: VehicleType
    trip: Trip
    inside: int | None


def _runs(scenario: Scenario, plan: Plan) -> Iterator[_Run]:
    types = {one.id: one for one in scenario.fleet.types}
    depots = {one.id: one.node for one in scenario.fleet.depots}
    convoys = {one.id: one for one in scenario.aid.convoys}
    for duty in plan.duties:
        for number, trip in enumerate(duty.trips, 1):
            mover = Mover(VEHICLE, duty.id, number)
            yield _Run(mover, types[duty.type], trip, depots[duty.depot])
    for run in plan.convoys:
        convoy = convoys[run.convoy]
        mover = Mover(CONVOY, run.convoy, 1)
        yield _Run(mover, types[convoy.type], run.trip, depots[convoy.depot])


def _cohorts(scenario: Scenario, plan: Plan, ways: Ways) -> Cohorts:
    planning, moves = scenario.planning, plan.movements
    corridor_row = row_of(scenario.corridors)
    walked = np.zeros(len(moves), dtype=np.int64)
    through, corridors = walked.copy(), walked.copy()
    for m, move in enumerate(moves):
        k, pace = corridor_row[move.corridor], ways.pace(f"group:{move.group}")
        walked[m] = round(float(pace.seconds[ways.rows(_before(scenario, move))].sum()))
        through[m] = round(float(pace.seconds[ways.rows(scenario.corridors[k].links)].sum()))
        corridors[m] = k
    spans = [planning.slot_s if move.span_s is None else move.span_s for move in moves]
    count = -(-np.array(spans, dtype=np.int64) // planning.step_s)
    row = np.repeat(np.arange(len(moves)), count)
    nth = np.arange(len(row)) - np.repeat(np.cumsum(count) - count, count)
    left = np.array([move.depart_s for move in moves], dtype=np.int64)[row]
    left += nth * planning.step_s
    persons = (np.array([move.persons for move in moves], dtype=np.float64) / count)[row]
    join = -(-(left + walked[row]) // planning.step_s)
    queued = queue_up(scenario, plan, corridors[row], join, persons)
    passes = queued.when(np.ones(len(row))) * planning.step_s
    return Cohorts(
        mover=row,
        corridor=corridors[row],
        left_s=left,
        persons=persons,
        through_s=through[row],
        queued=queued,
        pass_s=passes,
        out_s=passes + through[row],
    )


def _before(scenario: Scenario, move: Movement) -> tuple[int, ...]:
    """Return ids of the links before the corridor's."""
    corridor = next(one for one in scenario.corridors if one.id == move.corridor)
    return move.links[: move.links.index(corridor.links[0])]


class _Drivers:
    """Lays out what vehicles do."""

    def __init__(self, scenario: Scenario, maker: TrackMaker, nodes: NDArray[np.int64]) -> None:
        self.scenario, self.maker, self.nodes = scenario, maker, nodes
        self.zones, self.corridors = row_of(scenario.zones), row_of(scenario.corridors)
        self.patients = {one.code: one.persons for one in scenario.care.patients}

    def drives(self, mover: int, run: _Run) -> Iterator[Drive]:
        """Yield the drives of one trip, in order."""
        trip, out = run.trip, self.corridors[run.trip.corridor_out]
        gate = trip.gate_out_s
        on_s = gate + self._through(run, out)
        at = self._row(run.inside) if run.inside is not None else NOWHERE
        if trip.corridor_in:
            k = self.corridors[trip.corridor_in]
            at = self._row(self.scenario.corridors[k].mouth)
            entered = math.floor(trip.gate_in_s - self._through(run, k))
            # In the open, inward: the way back out takes as long as it drove so far.
            yield Drive(mover, -1, entered, entered + 1, trip.gate_in_s, 0.0, -1.0, NOWHERE, k)
        left, since, aboard = trip.gate_in_s, trip.gate_in_s, 0.0
        zones: set[int] = set()
        for stop in trip.stops:
            stand = int(self.nodes[self.zones[stop.zone]])
            home, track = _home(zones, stand), self._track(run, at, stop.links)
            until = stop.leave_s + 1
            yield Drive(mover, track, left, since, until, aboard, on_s, home, NOWHERE)
            persons = self._boarding(stop)
            aboard, zones = aboard + persons, zones | ({stand} if persons else set())
            at, left, since = stand, stop.leave_s, until
        home, track = _home(zones, at), self._track(run, at, trip.links_out)
        yield Drive(mover, track, left, since, gate, aboard, on_s, home, NOWHERE)
        yield Drive(mover, -1, gate, gate, math.ceil(on_s - CRUMB), aboard, on_s, NOWHERE, out)

    def _row(self, node: int) -> int:
        return int(self.scenario.network.node_index([node])[0])

    def _track(self, run: _Run, start: int, links: tuple[int, ...]) -> int:
        rows = self.maker.ways.rows(links)
        inner = rows[self.maker.ways.inside[rows]]
        return self.maker.add(start, inner, self.maker.ways.pace(f"type:{run.kind.id}"))

    def _through(self, run: _Run, corridor: int) -> float:
        rows = self.maker.ways.rows(self.scenario.corridors[corridor].links)
        return float(self.maker.ways.pace(f"type:{run.kind.id}").seconds[rows].sum())

    def _boarding(self, stop: Stop) -> float:
        riders = sum(load.persons for load in stop.loads)
        return float(riders + sum(self.patients[code] for code in stop.patients))


def _home(zones: set[int], stand: int) -> int:
    """Return the node that all aboard come from; of an empty vehicle, its own stop."""
    if not zones:
        return stand
    return next(iter(zones)) if len(zones) == 1 else NOWHERE
