"""What a plan really does, summed up from the replay: people out, when, and how exposed.

People of the demand are counted on foot, in cars and in the fleet; patients and their companions
are no part of it and have figures of their own.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import numpy as np
from numpy.typing import NDArray

from clearway.judge.case import Case
from clearway.judge.tallies import brought_out
from clearway.judge.totals import total
from clearway.model.care import RED
from clearway.model.plan import EXPOSURE, HOURS, PATIENTS_OUT, PEOPLE, RED_OUT


def levels(case: Case) -> dict[str, float]:
    """Return the value of each level of the objective, by its name, over those brought out."""
    portions, cohorts = case.seen.portions, case.seen.cohorts
    out = ~portions.late
    persons, out_s = portions.persons[out], portions.out_s[out]
    depart = cohorts.depart_s[portions.cohort[out]]
    riders, patients, care = case.rides.riders, brought_out(case), case.scenario.care
    exposed = float(persons @ (out_s - depart)) + float(
        riders.persons @ (riders.out_s - riders.leave_s)
    )
    until_out = float(persons @ out_s) + float(riders.persons @ riders.out_s)
    return {
        RED_OUT: float(sum(care.colour(one) == RED for one in patients)),
        PATIENTS_OUT: float(len(patients)),
        PEOPLE: float(persons.sum()) + float(riders.persons.sum()),
        EXPOSURE: exposed / 3600,
        HOURS: until_out / 3600,
    }


def out_by_zone(case: Case) -> NDArray[np.float64]:
    """Shape (zones,), persons brought out."""
    return _out_by(case, case.moves.zone, case.rides.riders.zone, len(case.scenario.zones))


def out_by_group(case: Case) -> NDArray[np.float64]:
    """Shape (groups,), persons brought out."""
    return _out_by(case, case.moves.group, case.rides.riders.group, len(case.scenario.groups))


def out_by_day(case: Case) -> tuple[tuple[str, int], ...]:
    """Return persons brought out on each local date that has a window."""
    scenario, portions = case.scenario, case.seen.portions
    days = set()
    for window in scenario.windows:
        first, last = (
            scenario.moment(scenario.seconds(moment)).date()
            for moment in (window.opens, window.closes - timedelta(seconds=1))
        )
        days |= {first + timedelta(days=n) for n in range((last - first).days + 1)}
    ordered = sorted(days)
    out, riders = ~portions.late, case.rides.riders
    moments = np.concatenate([portions.out_s[out], riders.out_s])
    times, row = np.unique(moments, return_inverse=True)
    persons = total(row, np.concatenate([portions.persons[out], riders.persons]), len(times))
    by_day = dict.fromkeys(ordered, 0.0)
    for second, count in zip(times.tolist(), persons.tolist(), strict=True):
        day = scenario.moment(second).date()
        # Who is out at midnight, when the window closes, is out on the day that ends.
        by_day[day if day in by_day else day - timedelta(days=1)] += count
    counts = whole(np.array([by_day[day] for day in ordered]))
    return tuple((day.isoformat(), count) for day, count in zip(ordered, counts, strict=True))


def willing_by_zone(case: Case) -> tuple[int, ...]:
    """Return the persons in the households that are expected to go, a zone each."""
    scenario, uptake = case.scenario, case.scenario.planning.uptake.central
    return tuple(
        sum(int(scenario.demand.willing(z, g, uptake).sum()) for g in range(len(scenario.groups)))
        for z in range(len(scenario.zones))
    )


def whole(parts: NDArray[np.float64]) -> tuple[int, ...]:
    """Round ``parts`` so that they still add up to their rounded sum."""
    sums = np.floor(np.concatenate([[0.0], np.cumsum(parts)]) + 0.5)
    return tuple(int(part) for part in np.diff(sums))


def _out_by(
    case: Case, row: NDArray[Any], rode: NDArray[np.int64], count: int
) -> NDArray[np.float64]:
    portions, cohorts = case.seen.portions, case.seen.cohorts
    out = ~portions.late
    rows = row[cohorts.movement[portions.cohort[out]]]
    walked = total(rows, portions.persons[out], count)
    return walked + total(rode, case.rides.riders.persons, count)
