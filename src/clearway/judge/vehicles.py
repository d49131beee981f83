"""Rules on vehicles: who goes how, which vehicle is where, and whether its trips can be driven."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Final

import numpy as np

from clearway.judge.case import Case
from clearway.judge.driving import CRUMB_S, outside
from clearway.judge.journeys import Day, Journey
from clearway.judge.walking import NONE
from clearway.judge.words import capital
from clearway.model.fleet import Depot, Vehicles, VehicleType
from clearway.model.rates import VEHICLES, Shares, lane_limits
from clearway.model.verdict import PlanBreach

#: Vehicles by which a lane's number falls short of a whole one through rounding.
_CRUMB: Final = 1e-6


def check_mode(case: Case) -> Iterator[PlanBreach]:
    """Yield a breach for each movement or load of a group that does not go that way.

    A group without a way of its own is not called to walk, cars use streets for cars alone and
    in the direction allowed, and places are not given to a group to which none are offered.
    """
    moves, groups = case.moves, case.scenario.groups
    barred = np.bincount(moves.movement[case.walks.barred], minlength=len(moves))
    for m in np.flatnonzero(moves.group >= 0).tolist():
        group = groups[moves.group[m]]
        if group.own_way is None:
            text = f"{case.name(m)} sends group {group.id} by itself, which has no way of its own."
            yield PlanBreach("mode", case.name(m), 1, 0, "", text)
        elif barred[m]:
            first = int(np.flatnonzero(case.walks.barred & (moves.movement == m))[0])
            link = case.scenario.network.links.id[moves.link[first]]
            text = f"{case.name(m)} sends cars over link {link}, which is not for cars that way."
            yield PlanBreach("mode", case.name(m), float(barred[m]), 0, "links", text)
    for one, _ in case.rides.fleet:
        for load in one.boardings:
            if load.group >= 0 and not groups[load.group].rides:
                text = f"{load.name} is of group {groups[load.group].id}, which does not ride."
                yield PlanBreach("mode", load.name, 1, 0, "", text)


def check_duty(case: Case) -> Iterator[PlanBreach]:
    """Yield a breach for each duty that no vehicle can do, the first thing that is wrong.

    There must be a vehicle of that type and depot, free from its first departure to its return;
    a vehicle has one duty a day, all in windows of that day. A trip begins where and not before
    the one before is done; done is who has set down and rested. Nobody drives beyond the range.
    A vehicle whose depot is inside stays outside after each of its duties, where it ended.
    """
    there, clashes = _there(case), _clashes(case)
    for n, day in enumerate(case.rides.days):
        clash = clashes.get(n)
        problem = next(_wrong(case, day, there.get(day.vehicle, True), clash), None)
        if problem is not None:
            value, limit, unit, text = problem
            yield PlanBreach("duty", day.name, value, limit, unit, f"{day.name} {text}.")
    for one, driven in case.rides.convoys:
        if one.kind is not None and driven.metres > one.kind.range_m * (1 + _CRUMB):
            text = f"{capital(one.name)} drives {driven.metres:,.0f} m, beyond its range."
            yield PlanBreach("duty", one.name, driven.metres, one.kind.range_m, "m", text)


def check_trip(case: Case) -> Iterator[PlanBreach]:
    """Yield a breach for each trip whose way or times do not hold, the first thing wrong."""
    for one, driven in case.rides.trips:
        if driven.problem is not None:
            value, limit, unit, what = driven.problem
            text = f"{capital(one.name)} {what}."
            yield PlanBreach("trip", one.name, value, limit, unit, text)
        elif not one.timed and not one.strange:
            text = f"{capital(one.name)} has a moment that is no whole number of seconds."
            yield PlanBreach("trip", one.name, 1, 0, "", text)


def check_lane(case: Case) -> Iterator[PlanBreach]:
    """Yield a breach for each slot with too many vehicles at a gate, and each out of hours."""
    planning, opens = case.scenario.planning, case.seen.hours.opens_s
    through: Counter[tuple[int, int]] = Counter()
    lanes = [Shares(case.scenario, one.id, VEHICLES) for one in case.scenario.corridors]
    for one, driven in case.rides.trips:
        gates = ((one.corridor_in, driven.passes_in), (one.corridor_out, driven.passes_out))
        for k, passes in gates:
            through.update((k, int((at + CRUMB_S) // planning.slot_s)) for at in passes)
        if not driven.passes_out:
            continue
        shut = driven.window_out == NONE or (bool(driven.passes_in) and driven.window_in == NONE)
        shut = shut or any(not lanes[k].at(np.array(at)).all() for k, at in gates if at)
        days = {int(opens[w]) for w in (driven.window_in, driven.window_out) if w != NONE}
        if shut or len(days) > 1:
            how = "when it is not open" if shut else "on another day than it came in"
            text = f"{capital(one.name)} passes a gate {how}."
            yield PlanBreach("lane", one.name, driven.passes_out[-1], 0, "s", text)
    for (k, slot), count in sorted(through.items()):
        corridor = case.scenario.corridors[k]
        most = int(lane_limits(case.scenario, k, np.array([slot]))[0])
        if count > most:
            when = case.when(float(slot * planning.slot_s))
            text = (
                f"{count:,} vehicles pass gate {corridor.id} in the slot from {when}; its lane "
                f"checks {most:,g}."
            )
            yield PlanBreach("lane", f"{corridor.id} {when}", count, float(most), "vehicles", text)


_Wrong = tuple[float, float, str, str]


def _wrong(case: Case, day: Day, there: bool, clash: Day | None) -> Iterator[_Wrong]:
    """Yield what is wrong with a duty; the first is what causes the rest."""
    if day.kind is None or day.depot is None:
        yield 1, 0, "", "is of a type of vehicle or a depot that the fleet does not have"
        return
    if not day.journeys:
        yield 0, 1, "trips", "has no trips"
        return
    if day.back_s is None:
        yield 1, 0, "", "is back at no whole number of seconds"
        return
    if not there:
        yield 1, 0, "vehicles", f"has vehicle {day.vehicle}, which is not there or not free"
    if clash is not None:
        text = f"has vehicle {day.vehicle}, which has duty {clash.name} at that time or day"
        yield 2, 1, "duties", text
    opens = _opens(case, day)
    if len(opens) > 1:
        yield len(opens), 1, "days", "is spread over more than one day"
    journeys = [case.rides.journeys[row] for row in day.journeys]
    yield from _turns(journeys)
    yield from _tired(case, day, day.kind)
    yield from _early(case, day, day.depot, journeys[-1])


def _early(case: Case, day: Day, depot: Depot, last: Journey) -> Iterator[_Wrong]:
    """Yield whether a duty is over before its vehicle can be back at its depot.

    No drive leads to a depot inside: the vehicle stays where its last trip ended.
    """
    if last.destination is None or day.back_s is None:
        return
    home = float(last.moments["done_s"])
    text = "is over before its last trip is done"
    if depot.node is None:
        places = ((one.lon, one.lat) for one in (last.destination, depot))
        home += outside(case.scenario, *places)[1]
        text = "is back at its depot sooner than it can be"
    if day.back_s < home - CRUMB_S:
        yield day.back_s, home, "s", text


def _tired(case: Case, day: Day, kind: VehicleType) -> Iterator[_Wrong]:
    """Yield whether a trip goes beyond the range, or leaves no time to set down and rest."""
    for row in day.journeys:
        one, metres, reach = case.rides.journeys[row], case.rides.drives[row].metres, kind.range_m
        if metres > reach * (1 + _CRUMB):
            yield metres, reach, "m", f"drives {metres:,.0f} m on a trip, beyond its range"
        ready = one.moments["arrive_s"] + kind.alight_s.central + kind.rest_s
        if one.moments["done_s"] < ready - CRUMB_S:
            yield one.moments["done_s"], ready, "s", "is not given its time to set down and rest"


def _clashes(case: Case) -> dict[int, Day]:
    """Return, by row, duties of a vehicle that has another one that day, or still is on it."""
    found, before = {}, defaultdict[str, list[Day]](list)
    days = [(n, day) for n, day in enumerate(case.rides.days) if day.journeys]
    for n, day in sorted(days, key=lambda one: _begins(case, one[1])):
        begin, opens = _begins(case, day), _opens(case, day)
        for other in before[day.vehicle]:
            if (other.back_s or 0) > begin or opens & _opens(case, other):
                found[n] = other
        before[day.vehicle].append(day)
    return found


def _begins(case: Case, day: Day) -> int:
    return case.rides.journeys[day.journeys[0]].moments["leave_s"]


def _opens(case: Case, day: Day) -> set[int]:
    """Return the openings of the windows that a duty uses."""
    drives = [case.rides.drives[row] for row in day.journeys]
    windows = {w for one in drives for w in (one.window_in, one.window_out)} - {NONE}
    return {int(case.seen.hours.opens_s[w]) for w in windows}


def _turns(journeys: Sequence[Journey]) -> Iterator[_Wrong]:
    """Yield whether a trip begins before the one before it is done."""
    for before, after in pairwise(journeys):
        done, leaves = before.moments["done_s"], after.moments["leave_s"]
        if leaves < done:
            yield leaves, done, "s", "begins a trip before the one before it is done"


def _there(case: Case) -> dict[str, bool]:
    """Return for each vehicle by its name whether the fleet has it, all days together.

    Vehicles of one type and depot are matched to the rows of the fleet that hold when they are
    used, each row for as many as it counts: the most that can be matched are (augmenting paths).
    """
    days: dict[str, list[Day]] = defaultdict(list)
    for day in case.rides.days:
        if day.kind is not None and day.depot is not None and day.journeys:
            days[day.vehicle].append(day)
    rows = case.scenario.fleet.vehicles
    fits = {
        name: [n for n, row in enumerate(rows) if all(_holds(case, row, one) for one in own)]
        for name, own in days.items()
    }
    users: dict[int, list[str]] = defaultdict(list)
    return {name: _place(name, fits, users, rows, set()) for name in days}


def _holds(case: Case, row: Vehicles, day: Day) -> bool:
    """Whether a row of the fleet is of a duty's type and depot, and there for all of it."""
    if day.kind is None or day.depot is None:
        return False
    if (row.type, row.depot) != (day.kind.id, day.depot.id):
        return False
    begin, back = _begins(case, day), day.back_s or 0
    since = None if row.since is None else case.scenario.seconds(row.since)
    until = None if row.until is None else case.scenario.seconds(row.until)
    return (since is None or begin >= since) and (until is None or back <= until)


def _place(
    name: str,
    fits: dict[str, list[int]],
    users: dict[int, list[str]],
    rows: Sequence[Vehicles],
    tried: set[int],
) -> bool:
    """Find a row of the fleet for a vehicle, moving others to other rows if need be."""
    for row in fits[name]:
        if row in tried:
            continue
        tried.add(row)
        if len(users[row]) < rows[row].count:
            users[row].append(name)
            return True
        for other in users[row]:
            if _place(other, fits, users, rows, tried):
                users[row].remove(other)
                users[row].append(name)
                return True
    return False
