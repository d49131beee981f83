"""Trips driven link by link: whether the way holds, and whether driving can keep its times."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from clearway.judge.columns import UNKNOWN
from clearway.judge.hours import Hours
from clearway.judge.journeys import Journey, Place
from clearway.judge.walking import NONE, follow, for_vehicles
from clearway.model.care import metres_between
from clearway.model.corridor import Corridor, Reception
from clearway.model.fleet import VehicleType
from clearway.model.network import INSIDE
from clearway.model.rates import Shares
from clearway.model.scenario import Scenario

#: Seconds by which a moment may be early: the rounding of floating-point numbers.
CRUMB_S: Final = 1e-6


class Problem(NamedTuple):
    """What is wrong with a trip: the value found, its limit, their unit, and words after a name."""

    value: float
    limit: float
    unit: str
    text: str


@dataclass(frozen=True, slots=True, eq=False)
class Drive:
    """What becomes of one trip.

    Attributes
    ----------
    problem
        Why its way or its times do not hold; None if they do, or if it cannot be followed.
    metres
        How far it drives; 0 if it cannot be followed.
    passes_in, passes_out
        Moments at which its vehicles pass the gates; ``passes_in`` is empty of one that is inside,
        both are where it cannot be followed.
    window_in, window_out
        Rows of the windows that they use; -1 where none is open, or none is needed.
    out_s
        When the last is out of the corridor's exit.
    late
        Whether that is later than the margin before closing allows.
    kept
        Whether it can be done as the plan says: its people are out.
    """

    problem: Problem | None = None
    metres: float = 0.0
    passes_in: tuple[float, ...] = ()
    passes_out: tuple[float, ...] = ()
    window_in: int = NONE
    window_out: int = NONE
    out_s: float = 0.0
    late: bool = False
    kept: bool = False


def drive(scenario: Scenario, hours: Hours, journeys: Sequence[Journey]) -> tuple[Drive, ...]:
    """Drive every journey; those that cannot be followed have nothing but that."""
    known = {row: trip for row, one in enumerate(journeys) if (trip := _trip(one)) is not None}
    roads = _Roads(scenario, hours)
    legs = roads.legs([trip.journey for trip in known.values()])
    ways = zip(known.items(), legs, strict=True)
    driven = {row: roads.drive(trip, way) for (row, trip), way in ways}
    return tuple(driven.get(row, Drive()) for row in range(len(journeys)))


class _Trip(NamedTuple):
    """A journey of which everything that driving needs is known."""

    journey: Journey
    kind: VehicleType
    start: Place
    end: Place


def _trip(journey: Journey) -> _Trip | None:
    kind, start, end = journey.kind, journey.start, journey.destination
    if not journey.known or kind is None or start is None or end is None:
        return None
    return _Trip(journey, kind, start, end)


@dataclass(frozen=True, slots=True, eq=False)
class _Leg:
    """One way between two stands: its rows, how each is driven, and where it leads."""

    rows: NDArray[np.int64]
    forward: NDArray[np.bool_]
    gap: int
    end: int


class _Roads:
    """The streets of a scenario as vehicles use them."""

    def __init__(self, scenario: Scenario, hours: Hours) -> None:
        self.scenario, self.hours = scenario, hours
        links = scenario.network.links
        self.links, self.inside = links, links.side == INSIDE
        self.open = for_vehicles(links)
        self.against = np.isin(links.id, np.array(scenario.contraflow, dtype=np.int64))
        self.ways = [scenario.network.link_index(one.links) for one in scenario.corridors]
        self.exits = [self._exit(k) for k in range(len(scenario.corridors))]
        nodes, rows = scenario.network.nodes, scenario.network.node_index(self.exits)
        self.at_exit = list(zip(nodes.lon[rows].tolist(), nodes.lat[rows].tolist(), strict=True))
        self.seconds: dict[float, NDArray[np.float64]] = {}
        self.shut: dict[str, NDArray[np.bool_]] = {}
        self.nodes = [zone.node for zone in scenario.zones]
        self.serves = [Shares(scenario, one.id) for one in scenario.corridors]

    def legs(self, journeys: Sequence[Journey]) -> list[list[_Leg]]:
        """Return the ways of each journey: to its stops, and out."""
        starts, ways = [], []
        for one in journeys:
            at = self._start(one)
            for stand in one.stands:
                starts.append(at)
                ways.append(stand.links)
                at = self.nodes[stand.zone]
            starts.append(at)
            ways.append(one.links_out)
        if not ways:
            return []
        offset = np.concatenate([[0], np.cumsum([len(way) for way in ways])]).astype(np.int64)
        start = np.array(starts, dtype=np.int64)
        forward, _, gap, end = follow(self.links, start, offset, np.concatenate(ways))
        parts = zip(ways, np.split(forward, offset[1:-1]), gap.tolist(), end.tolist(), strict=True)
        legs = iter([_Leg(*part) for part in parts])
        return [[next(legs) for _ in range(len(one.stands) + 1)] for one in journeys]

    def drive(self, trip: _Trip, legs: list[_Leg]) -> Drive:
        """Return what becomes of one journey."""
        journey, way = trip.journey, next(self._way(trip, legs), None)
        course = self._course(trip, legs)
        problem = way or next(_early(trip, course), None)
        window_in, window_out = self._windows(journey, course)
        late = window_out != NONE and bool(course.out_s > self.hours.out_by_s[window_out] + CRUMB_S)
        opens = self.hours.opens_s
        in_hours = window_out != NONE and (
            not course.passes_in
            or (window_in != NONE and bool(opens[window_in] == opens[window_out]))
        )
        return Drive(
            problem=problem,
            metres=course.metres,
            passes_in=course.passes_in,
            passes_out=course.passes_out,
            window_in=window_in,
            window_out=window_out,
            out_s=course.out_s,
            late=late,
            kept=problem is None and in_hours and not late,
        )

    def _start(self, journey: Journey) -> int:
        """Return the node at which its first way inside the network begins."""
        inside = None if journey.start is None else journey.start.inside
        if journey.corridor_in != UNKNOWN:
            return self.exits[journey.corridor_in]
        return UNKNOWN if inside is None else inside

    def _exit(self, k: int) -> int:
        node = self.scenario.corridors[k].mouth
        for row in self.ways[k].tolist():
            start, end = int(self.links.from_node[row]), int(self.links.to_node[row])
            node = end if node == start else start
        return node

    def _way(self, trip: _Trip, legs: list[_Leg]) -> Iterator[Problem]:
        """Yield what is wrong with the way; the first is what causes the rest."""
        journey = trip.journey
        yield from self._entry(trip)
        yield from _errand(journey, self.scenario.corridors[journey.corridor_out])
        for n, (leg, stand) in enumerate(zip(legs, journey.stands, strict=False)):
            came = n == 0 and journey.corridor_in != UNKNOWN
            corridor = self.ways[journey.corridor_in][::-1] if came else leg.rows[:0]
            what = f"to stop {n + 1}"
            yield from self._leg(leg, what, corridor, leg.rows[: len(corridor)])
            yield from self._for(trip.kind, leg, what)
            yield from self._side(what, leg.rows[len(corridor) :])
            if leg.end != self.nodes[stand.zone]:
                zone = self.scenario.zones[stand.zone].id
                text = f"does not come to zone {zone}, where its stop {n + 1} is"
                yield Problem(0, 0, "", text)
        corridor, out = self.ways[journey.corridor_out], legs[-1]
        inner = max(0, len(out.rows) - len(corridor))
        yield from self._leg(out, "out", corridor, out.rows[inner:])
        yield from self._for(trip.kind, out, "out")
        yield from self._side("out", out.rows[:inner])

    def _entry(self, trip: _Trip) -> Iterator[Problem]:
        """Yield whether it comes in by no corridor, or by one that is not for it."""
        journey = trip.journey
        inside, comes = trip.start.inside is not None, journey.corridor_in != UNKNOWN
        if inside and comes:
            yield Problem(0, 0, "", f"comes in, though it stands inside at {trip.start.id}")
        if not inside and not comes:
            yield Problem(0, 0, "", f"comes in by no corridor from {trip.start.id}")
        allowed = trip.kind.corridors
        for k in (journey.corridor_in, journey.corridor_out):
            name = self.scenario.corridors[k].id
            if allowed and k != UNKNOWN and name not in allowed:
                text = f"uses corridor {name}, which is not for vehicles of type {trip.kind.id}"
                yield Problem(0, 0, "", text)

    def _leg(
        self, leg: _Leg, what: str, corridor: NDArray[np.int64], told: NDArray[np.int64]
    ) -> Iterator[Problem]:
        """Yield whether a way is not connected, or does not hold its corridor."""
        if len(leg.rows) > len(self.links):
            text = f"has a way {what} of more links than there are"
            yield Problem(len(leg.rows), len(self.links), "links", text)
        if leg.gap != NONE:
            text = (
                f"has a way {what} that link {self.links.id[leg.rows[leg.gap]]} does not continue"
            )
            yield Problem(0, 0, "", text)
        if not np.array_equal(corridor, told):
            text = f"has a way {what} that does not hold the links of its corridor in their order"
            yield Problem(0, 0, "", text)

    def _for(self, kind: VehicleType, leg: _Leg, what: str) -> Iterator[Problem]:
        """Yield whether a way uses a link that is not for such vehicles, or not that way."""
        rows, links = leg.rows, self.links
        if kind.id not in self.shut:
            self.shut[kind.id] = ~self.open | np.isin(links.facility, list(kind.barred))
        shut = self.shut[kind.id][rows]
        one_way = links.directed[rows] & (leg.forward == self.against[rows])
        wrong = np.flatnonzero(shut | one_way)
        if len(wrong):
            first = int(wrong[0])
            how = "is not for such vehicles" if shut[first] else "runs the other way"
            text = f"has a way {what} over link {links.id[rows[first]]}, which {how}"
            yield Problem(len(wrong), 0, "links", text)

    def _side(self, what: str, rows: NDArray[np.int64]) -> Iterator[Problem]:
        """Yield whether links beside the corridor's own do not lie inside."""
        wrong = rows[~self.inside[rows]]
        if len(wrong):
            text = f"has a way {what} over link {self.links.id[wrong[0]]}, which is not inside"
            yield Problem(len(wrong), 0, "links", text)

    def _course(self, trip: _Trip, legs: list[_Leg]) -> _Course:
        """Return what driving takes on each part of a journey, and when it passes the gates."""
        journey, speed = trip.journey, trip.kind.speed_m_per_s.central
        comes = journey.corridor_in != UNKNOWN
        before = len(self.ways[journey.corridor_in]) if comes else 0
        inner = max(0, len(legs[-1].rows) - len(self.ways[journey.corridor_out]))
        into = self._outside(trip.start, journey.corridor_in) if comes else (0.0, 0.0)
        away = self._outside(trip.end, journey.corridor_out)
        first, last = legs[0].rows, legs[-1].rows
        ways = [first[before:], *(leg.rows for leg in legs[1:-1]), last[:inner]]
        through = self._seconds(last[inner:], speed)
        rate = self.scenario.corridors[journey.corridor_out].gate_persons_per_s.central
        metres = sum(float(self.links.length_m[leg.rows].sum()) for leg in legs)
        return _Course(
            to_gate_s=into[1] + self._seconds(first[:before], speed),
            between_s=tuple(self._seconds(way, speed) for way in ways),
            check_s=_check_s(journey.persons, rate),
            serves=self.serves[journey.corridor_out],
            home_s=through + away[1],
            out_s=float(journey.moments["gate_out_s"]) + through,
            metres=metres + into[0] + away[0],
            passes_in=self._passes(journey, journey.corridor_in, "gate_in_s") if comes else (),
            passes_out=self._passes(journey, journey.corridor_out, "gate_out_s"),
        )

    def _seconds(self, rows: NDArray[np.int64], speed: float) -> float:
        if speed not in self.seconds:
            held = np.minimum(self.links.speed_m_per_s, speed)
            # Where no vehicle can go, which is a problem of its own, nothing is asked of times.
            self.seconds[speed] = self.links.length_m / np.where(held > 0, held, np.inf)
        return float(self.seconds[speed][rows].sum())

    def _outside(self, place: Place, corridor: int) -> tuple[float, float]:
        """Return metres and seconds between a place and the exit of a corridor."""
        return outside(self.scenario, (place.lon, place.lat), self.at_exit[corridor])

    def _passes(self, journey: Journey, k: int, field: str) -> tuple[float, ...]:
        """Return when each vehicle passes a gate: at the lane's rate, the last as the plan says."""
        rate = self.scenario.corridors[k].vehicles_per_s.central
        apart = 1 / rate if rate > 0 else 0.0
        count = journey.vehicles
        return tuple(journey.moments[field] - (count - 1 - j) * apart for j in range(count))

    def _windows(self, journey: Journey, course: _Course) -> tuple[int, int]:
        found = []
        for k, passes in (
            (journey.corridor_in, course.passes_in),
            (journey.corridor_out, course.passes_out),
        ):
            one = self.hours.window(k, passes[0] + CRUMB_S, passes[-1]) if passes else None
            found.append(NONE if one is None else one)
        return found[0], found[1]


@dataclass(frozen=True, slots=True)
class _Course:
    """What driving takes on one trip.

    Attributes
    ----------
    to_gate_s, home_s
        From setting out to the gate inward, and from the gate outward to the destination.
    between_s
        To the first stop, between stops, and from the last one to the gate outward.
    check_s, serves
        For the persons aboard at the gate outward at its usual rate, and when it serves at that.
    out_s, metres, passes_in, passes_out
        As in ``Drive``.
    """

    to_gate_s: float
    between_s: tuple[float, ...]
    check_s: float
    serves: Shares
    home_s: float
    out_s: float
    metres: float
    passes_in: tuple[float, ...]
    passes_out: tuple[float, ...]


def outside(
    scenario: Scenario, start: tuple[float, float], end: tuple[float, float]
) -> tuple[float, float]:
    """Return metres and seconds of a drive outside between two places in degrees."""
    fleet = scenario.fleet
    metres = fleet.outside_detour.central * metres_between(*start, *end)
    return metres, metres / fleet.outside_m_per_s.central


def _check_s(persons: float, rate: float) -> float:
    """Return the seconds for which persons are checked; a gate without rate serves nobody."""
    if persons <= 0:
        return 0.0
    return persons / rate if rate > 0 else np.inf


def _errand(journey: Journey, corridor: Corridor) -> Iterator[Problem]:
    """Yield whether riders are brought elsewhere than to their site, or beside patients."""
    riders, site = journey.boardings, journey.destination
    if riders and journey.patients:
        yield Problem(0, 0, "", "carries patients and other people together")
    if not riders or journey.convoy is not None:
        return
    right = site is not None and isinstance(site.of, Reception) and site.id == corridor.reception
    if not right:
        text = f"does not bring its people to reception site {corridor.reception}"
        yield Problem(0, 0, "", f"{text} of corridor {corridor.id}")


def _early(trip: _Trip, course: _Course) -> Iterator[Problem]:
    """Yield each moment that is earlier than driving, boarding and the checks allow.

    How long a convoy is unloaded is a rule of its own.
    """
    journey, moments = trip.journey, trip.journey.moments
    board_s = 0.0 if journey.convoy is not None else trip.kind.board_s.central
    ready, told = moments["leave_s"] + course.to_gate_s, moments["gate_in_s"]
    if journey.corridor_in == UNKNOWN and told != moments["leave_s"]:
        text = "stands inside already, and yet is at a gate later than it leaves"
        yield Problem(told, moments["leave_s"], "s", text)
    first = course.passes_in[0] if course.passes_in else float(told)
    yield from _sooner(first, ready, "passes the gate inward")
    at = float(told)
    for n, (stand, way) in enumerate(zip(journey.stands, course.between_s, strict=False), 1):
        yield from _sooner(stand.arrive_s, at + way, f"comes to stop {n}")
        yield from _sooner(stand.leave_s, stand.arrive_s + board_s, f"leaves stop {n}")
        at = float(stand.leave_s)
    ready = course.serves.after(at + course.between_s[-1], course.check_s)
    yield from _sooner(course.passes_out[0], ready, "passes the gate outward")
    yield from _sooner(
        moments["arrive_s"], moments["gate_out_s"] + course.home_s, "reaches its destination"
    )


def _sooner(told: float, least: float, what: str) -> Iterator[Problem]:
    if told < least - CRUMB_S:
        limit = least if np.isfinite(least) else 0.0
        text = f"{what} {min(least - told, 1e15):,.0f} s sooner than it can"
        yield Problem(told, limit, "s", text)
