"""A restricted integer program: whole vehicles over the days that were found, where it is small."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from clearway.solve.dues import day_entries
from clearway.solve.highs import INFINITY, LinearProgram, Sparse
from clearway.solve.joint import Joint, Trips, follow
from clearway.solve.relax import MIXED, MIXED_HOURS

#: Rows and columns up to which a program is small.
SMALL: Final = 2000
#: Share of the bound within which an integer program is good enough, and nodes at most.
GAP, NODES = 5e-5, 100
#: Persons below which nobody rides.
NOBODY: Final = 1e-6

#: Shift, pick-up, corridor outward and tick at its gate.
_Place = tuple[int, int, int, int]


def improved(joint: Joint, count: dict[int, int]) -> list[tuple[int, Trips]]:
    """Return days of whole vehicles over all days of ``joint``; none if none were found.

    A vehicle may leave with fewer on board than a day was priced with: where too few are left, or
    the gate has not the room.

    Parameters
    ----------
    joint
        With days.
    count
        Vehicles by row of the day, of a plan to begin with.
    """
    for day in joint.days:
        joint.hold(day, 0.0, INFINITY)
    joint.relaxation.best(MIXED)
    program, own = joint.relaxation.program(), joint.relaxation.own
    first = program.columns
    places = _places(joint)
    _let_be_short(joint, program, places)
    columns = np.array([own + day.column for day in joint.days])
    start = np.array([float(count.get(n, 0)) for n in range(len(joint.days))])
    found = program.solve_whole(columns, start, gap=GAP, nodes=NODES)
    if found is None:
        return []
    short = dict(zip(places, found[first:].tolist(), strict=True))
    return _told(joint, np.rint(found[columns]).astype(np.int64), short)


def _places(joint: Joint) -> dict[_Place, dict[int, float]]:
    """Return the persons whom each day brings out from where, by which gate, and when."""
    places: dict[_Place, dict[int, float]] = {}
    shifts = {id(crew.shift): n for n, crew in enumerate(joint.crews)}
    for n, day in enumerate(joint.days):
        of = shifts[id(joint.crews[day.crew].shift)]
        for trip, persons in day.trips:
            some = places.setdefault((of, trip[3], trip[5], trip[6]), {})
            some[n] = some.get(n, 0.0) + persons
    return places


def _let_be_short(
    joint: Joint, program: LinearProgram, places: dict[_Place, dict[int, float]]
) -> None:
    """Add a column for those who are not on board, for each place; at most who could be."""
    own, first = joint.relaxation.own, program.rows
    index = [own + joint.days[n].column for some in places.values() for n in some]
    value = [-persons for some in places.values() for persons in some.values()]
    starts = np.cumsum([0, *(len(some) for some in places.values())])[:-1]
    rows = Sparse(starts.astype(np.int32), np.array(index, np.int32), np.array(value))
    program.add_rows(np.full(len(places), -INFINITY), np.zeros(len(places)), rows)
    entries, cost = list[dict[int, float]](), list[float]()
    for row, (of, pickup, k, tick) in enumerate(places, start=first):
        shift = joint.crews[of].shift
        parts, totals = day_entries(joint.problem, joint.slots, shift, [(pickup, k, tick, 1.0)])
        parts[joint.aboard + int(joint.slots.rows(shift)[k, tick])] = 1.0
        entries.append({**{at: -share for at, share in parts.items()}, row: 1.0})
        cost.append(MIXED_HOURS * totals[0] - totals[2])
    starts = np.cumsum([0, *(len(one) for one in entries)])[:-1]
    index = [at for one in entries for at in one]
    value = [share for one in entries for share in one.values()]
    columns = Sparse(starts.astype(np.int32), np.array(index, np.int32), np.array(value))
    program.add_columns(np.array(cost), np.full(len(cost), INFINITY), columns)


def _told(
    joint: Joint, vehicles: NDArray[np.int64], short: dict[_Place, float]
) -> list[tuple[int, Trips]]:
    """Return the days that vehicles have, without those who are not on board."""
    shifts = {id(crew.shift): n for n, crew in enumerate(joint.crews)}
    found = list[tuple[int, Trips]]()
    for n in np.repeat(np.arange(len(vehicles)), vehicles).tolist():
        day, trips = joint.days[n], list[tuple[list[int], float]]()
        of = shifts[id(joint.crews[day.crew].shift)]
        for trip, persons in day.trips:
            place = of, trip[3], trip[5], trip[6]
            fewer = min(persons, short[place])
            short[place] -= fewer
            then = follow(joint.crews[day.crew], trips, trip)
            if then is not None and persons - fewer > NOBODY:
                trips.append((then, persons - fewer))
        if trips:
            found.append((day.crew, trips))
    return found
