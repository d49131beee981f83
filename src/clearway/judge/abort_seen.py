"""Who is under way when and where, as the judge's own replay of the plan has it."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from clearway.judge.abort_reach import Reach, Who
from clearway.judge.case import CRUMB, Case
from clearway.judge.columns import UNKNOWN
from clearway.judge.driving import Drive
from clearway.judge.journeys import Journey
from clearway.judge.totals import total
from clearway.model.abort import BLOCK, CONVOY, VEHICLE, Mover

NONE: Final = -1


class Spot(NamedTuple):
    """Where on its way somebody is: rows of nodes and of the link, -1 for none; seconds."""

    node: int
    ahead: int
    link: int
    into_s: float
    left_s: float
    turns: bool


class Way(NamedTuple):
    """A way inside: its nodes, its links, when each node is reached, where one may turn round."""

    node: NDArray[np.int64]
    link: NDArray[np.int64]
    enter_s: NDArray[np.float64]
    turns: NDArray[np.bool_]

    def spot(self, elapsed_s: float) -> Spot:
        """Return where one is after so many seconds; who is at the end stays there."""
        at = int(np.searchsorted(self.enter_s, elapsed_s + CRUMB, side="right")) - 1
        if at >= len(self.link):
            return Spot(int(self.node[-1]), NONE, NONE, 0.0, 0.0, True)
        into = max(0.0, elapsed_s - float(self.enter_s[at]))
        left = float(self.enter_s[at + 1]) - float(self.enter_s[at]) - into
        return Spot(
            int(self.node[at]),
            int(self.node[at + 1]),
            int(self.link[at]),
            into,
            left,
            bool(self.turns[at]),
        )


class Part(NamedTuple):
    """Somebody under way at a moment.

    ``spot`` is None between gate and exit, ``home`` the row of a node or -1, ``corridor`` the row
    of the corridor of those between gate and exit.
    """

    mover: int
    left_s: int
    past: bool
    persons: float
    spot: Spot | None
    on_s: float
    who: Who
    home: int
    corridor: int


class Last(NamedTuple):
    """The way of a mover to its gate: seconds until past it and out, who goes, and its home."""

    way: Way
    pass_s: float
    out_s: float
    who: Who
    home: int


class _Leg(NamedTuple):
    """One drive: from when on and before when, since when, and what stands in a part.

    ``begin`` is the row of the node where it begins, -1 between gate and exit.
    """

    since_s: int
    until_s: int
    left_s: int
    begin: int
    links: NDArray[np.int64]
    persons: float
    on_s: float
    home: int
    corridor: int


class Watch:
    """Sees who is under way at any moment."""

    def __init__(self, case: Case, reach: Reach) -> None:
        """Take a case, and how movers go."""
        self.case, self.reach = case, reach
        self.movers = tuple(_movers(case))
        nodes = [zone.node for zone in case.scenario.zones]
        self.zone_node = case.scenario.network.node_index(nodes)
        self._walked: dict[int, Way] = {}
        self._driven: dict[tuple[int, int], Way] = {}
        blocks = len(case.plan.movements)
        self.legs = {
            row: (journey, tuple(self._legs(journey, driven)))
            for row, (journey, driven) in enumerate(case.rides.trips, blocks)
            if journey.known
        }
        seen, step_s = case.seen, case.scenario.planning.step_s
        real = seen.portions.persons > CRUMB
        self.cohort = seen.portions.cohort[real]
        self.persons = seen.portions.persons[real]
        self.pass_s = seen.portions.step[real] * step_s
        self.out_s = seen.portions.out_s[real]
        count = len(seen.cohorts.movement)
        self.last_out = np.full(count, -1)
        np.maximum.at(self.last_out, self.cohort, self.out_s)
        self.last_pass = np.full(count, -1)
        np.maximum.at(self.last_pass, self.cohort, self.pass_s)
        # Where a gate shuts on the last of a cohort, its last is never out.
        served = total(self.cohort, self.persons, count)
        kept_out = served < seen.cohorts.persons - CRUMB
        self.last_out[kept_out] = self.last_pass[kept_out] = -1

    @property
    def moments(self) -> tuple[int, int]:
        """Before which moment nobody is under way, and after which."""
        begin = self.case.seen.cohorts.depart_s.tolist()
        end = self.out_s.tolist()
        begin += [legs[0].since_s for _, legs in self.legs.values()]
        end += [legs[-1].until_s for _, legs in self.legs.values()]
        return min(begin, default=0), max(end, default=0)

    def parts(self, at_s: int) -> Iterator[Part]:
        """Yield everybody under way at a moment."""
        yield from self._walking(at_s)
        for row, (journey, legs) in self.legs.items():
            for leg in legs if legs[0].since_s <= at_s < legs[-1].until_s else ():
                if leg.since_s <= at_s < leg.until_s:
                    yield self._part(row, journey, leg, at_s)

    def lasts(self, movers: set[int] | None) -> Iterator[tuple[int, Last]]:
        """Yield the way to its gate of each of ``movers`` (None: all).

        Of a block it is that of those who are out soonest.
        """
        cohorts, moves = self.case.seen.cohorts, self.case.moves
        took = np.where(
            self.last_out >= 0, self.last_out - cohorts.depart_s, np.iinfo(np.int64).max
        )
        for m in np.unique(cohorts.movement).tolist():
            mine = self._cohorts(m)
            if len(mine) and (movers is None or m in movers):
                one = int(mine[took[mine].argmin()])
                pass_s = float(self.last_pass[one] - cohorts.depart_s[one])
                home = int(self.zone_node[moves.zone[m]])
                who = int(moves.group[m])
                yield m, Last(self._walk(m), pass_s, float(took[one]), who, home)
        for row, (journey, legs) in self.legs.items():
            leg, kind = legs[-2], journey.kind
            if kind is not None and (movers is None or row in movers):
                pass_s, out_s = leg.until_s - leg.left_s, leg.on_s - leg.left_s
                way = self._drive(row, journey, leg)
                yield row, Last(way, float(pass_s), out_s, kind.id, leg.home)

    def _cohorts(self, m: int) -> NDArray[np.int64]:
        """Return the cohorts of a block that get through its gate."""
        cohorts = self.case.seen.cohorts
        low, high = np.searchsorted(cohorts.movement, [m, m + 1])
        return np.asarray(low + np.flatnonzero(self.last_out[low:high] >= 0))

    def _part(self, row: int, journey: Journey, leg: _Leg, at_s: int) -> Part:
        past, who = leg.begin == NONE, "" if journey.kind is None else journey.kind.id
        way = None if past else self._drive(row, journey, leg)
        spot = None if way is None else way.spot(float(at_s - leg.left_s))
        # On the way in between exit and gate, it is the way back out that counts.
        left = at_s - leg.left_s if leg.on_s < 0 else leg.on_s - at_s
        on_s = float(math.ceil(left - CRUMB))
        return Part(row, leg.left_s, past, leg.persons, spot, on_s, who, leg.home, leg.corridor)

    def _walking(self, at_s: int) -> Iterator[Part]:
        cohorts, moves = self.case.seen.cohorts, self.case.moves
        count = len(cohorts.movement)
        gone = self.pass_s <= at_s
        open_ = gone & (at_s < self.out_s)
        waiting = cohorts.persons - total(self.cohort[gone], self.persons[gone], count)
        between = total(self.cohort[open_], self.persons[open_], count)
        latest = np.zeros(count)
        np.maximum.at(latest, self.cohort[open_], self.out_s[open_])
        left = cohorts.depart_s < at_s
        for c in np.flatnonzero(left & ((waiting > CRUMB) | (between > CRUMB))).tolist():
            m, departed = int(cohorts.movement[c]), int(cohorts.depart_s[c])
            who, home = int(moves.group[m]), int(self.zone_node[moves.zone[m]])
            if between[c] > CRUMB:
                on_s, corridor = float(latest[c] - at_s), int(moves.corridor[m])
                yield Part(m, departed, True, float(between[c]), None, on_s, who, home, corridor)
            if waiting[c] > CRUMB:
                spot = self._walk(m).spot(float(at_s - departed))
                on_s = float(self.last_out[c] - at_s) if self.last_out[c] >= 0 else math.inf
                yield Part(m, departed, False, float(waiting[c]), spot, on_s, who, home, NONE)

    def _walk(self, m: int) -> Way:
        if m not in self._walked:
            self._walked[m] = self._way_on_foot(m)
        return self._walked[m]

    def _way_on_foot(self, m: int) -> Way:
        case = self.case
        begin = int(case.moves.offset[m])
        flat = slice(begin, begin + int(case.walks.gate[m]) + 1)
        links = case.moves.link[flat][:-1]
        going = self.reach.going(int(case.moves.group[m]))
        forward = case.walks.forward[flat][:-1]
        return Way(
            case.scenario.network.node_index(case.walks.node[flat]),
            links,
            (case.walks.before[flat] * case.scenario.planning.tick_s).astype(np.float64),
            np.where(forward, going.backward[links], going.forward[links]),
        )

    def _legs(self, journey: Journey, driven: Drive) -> Iterator[_Leg]:
        """Yield what a vehicle does from coming to the pocket to leaving it, in order."""
        told, kind = journey.moments, journey.kind
        inside = None if journey.start is None else journey.start.inside
        at = NONE if inside is None else self._row(inside)
        gate_in, nothing = told["gate_in_s"], np.empty(0, dtype=np.int64)
        if journey.corridor_in != UNKNOWN and kind is not None:
            at = self._row(self.case.scenario.corridors[journey.corridor_in].mouth)
            began = math.floor(gate_in - self._through(kind.id, journey.corridor_in))
            k = journey.corridor_in
            yield _Leg(began + 1, gate_in, began, NONE, nothing, 0.0, -1.0, NONE, k)
        since, left, out_s = gate_in, gate_in, driven.out_s
        homes: dict[int, float] = {}
        for n, stand in enumerate(journey.stands):
            here = int(self.zone_node[stand.zone])
            until, aboard, home = stand.leave_s + 1, sum(homes.values()), _home(homes, here)
            yield _Leg(since, until, left, at, stand.links, aboard, out_s, home, NONE)
            boards = sum(float(one.load.persons) for one in stand.boardings)
            boards += sum(patient.persons for patient, stop in journey.patients if stop == n)
            if boards:
                homes[here] = homes.get(here, 0.0) + boards
            since, left, at = until, stand.leave_s, here
        aboard, gate_out = sum(homes.values()), told["gate_out_s"]
        home, out = _home(homes, at), journey.links_out
        yield _Leg(since, gate_out, left, at, out, aboard, out_s, home, NONE)
        end, k = math.ceil(out_s - CRUMB), journey.corridor_out
        yield _Leg(gate_out, end, gate_out, NONE, nothing, aboard, out_s, NONE, k)

    def _row(self, node: int) -> int:
        return int(self.case.scenario.network.node_index([node])[0])

    def _through(self, who: Who, corridor: int) -> float:
        scenario = self.case.scenario
        rows = scenario.network.link_index(scenario.corridors[corridor].links)
        return float(self.reach.going(who).seconds[rows].sum())

    def _drive(self, row: int, journey: Journey, leg: _Leg) -> Way:
        if (row, leg.left_s) not in self._driven:
            self._driven[row, leg.left_s] = self._way(journey, leg)
        return self._driven[row, leg.left_s]

    def _way(self, journey: Journey, leg: _Leg) -> Way:
        """Return a drive inside, the links of a corridor left out."""
        going = self.reach.going("" if journey.kind is None else journey.kind.id)
        inner = leg.links[self.reach.inside[leg.links]]
        nodes, turns = [leg.begin], []
        for row in inner.tolist():
            forward = int(self.reach.start[row]) == nodes[-1]
            nodes.append(int((self.reach.end if forward else self.reach.start)[row]))
            turns.append(bool((going.backward if forward else going.forward)[row]))
        enter = np.append(0.0, np.cumsum(going.seconds[inner]))
        return Way(np.array(nodes), inner, enter, np.array(turns, dtype=np.bool_))


def _home(aboard: dict[int, float], stop: int) -> int:
    """Return the node that all aboard come from; of an empty vehicle its own stop."""
    if not aboard:
        return stop
    return next(iter(aboard)) if len(aboard) == 1 else NONE


def _movers(case: Case) -> Iterator[Mover]:
    plan = case.plan
    for move in plan.movements:
        yield Mover(BLOCK, move.id)
    for duty in plan.duties:
        for number, _ in enumerate(duty.trips, 1):
            yield Mover(VEHICLE, duty.id, number)
    for run in plan.convoys:
        yield Mover(CONVOY, run.convoy, 1)
