"""Rules on gates and holding areas, on what the replay found."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from clearway.judge.case import CRUMB, TOLERANCE, Case, exceeds
from clearway.judge.totals import total
from clearway.judge.walking import NONE
from clearway.judge.words import capital, people
from clearway.model.rates import slot_limits
from clearway.model.verdict import PlanBreach


def check_window(case: Case) -> Iterator[PlanBreach]:
    """Yield a breach for each movement that leaves home before the window it uses opens."""
    cohorts, hours = case.seen.cohorts, case.seen.hours
    never = cohorts.window == NONE
    early = never | (cohorts.depart_s < hours.opens_s[cohorts.window])
    rows = np.flatnonzero(early)
    found, firsts = np.unique(cohorts.movement[rows], return_index=True)
    for m, first in zip(found.tolist(), firsts.tolist(), strict=True):
        cohort = rows[first]
        depart, corridor = float(cohorts.depart_s[cohort]), case.plan.movements[m].corridor
        if never[cohort]:
            text = f"{case.name(m)} leaves for corridor {corridor}, which never opens."
            yield PlanBreach("window", case.name(m), depart, 0, "s", text)
            continue
        opens = float(hours.opens_s[cohorts.window[cohort]])
        text = (
            f"{case.name(m)} leaves home at {case.when(depart)}, before the window of corridor "
            f"{corridor} that it uses opens at {case.when(opens)}."
        )
        yield PlanBreach("window", case.name(m), depart, opens, "s", text)


def check_margin(case: Case) -> Iterator[PlanBreach]:
    """Yield a breach for each window after whose margin somebody is still inside the corridor.

    And for each trip that is.
    """
    seen = case.seen
    portions, hours = seen.portions, seen.hours
    window = seen.cohorts.window[portions.cohort]
    for w in np.unique(window[portions.late]).tolist():
        rows = np.flatnonzero(portions.late & (window == w))
        persons = float(portions.persons[rows].sum())
        if persons <= CRUMB:
            continue
        last = float(portions.out_s[rows].max())
        moves = np.unique(seen.cohorts.movement[portions.cohort[rows]])
        text = (
            f"{people(persons)} are out of corridor {_corridor(case, w)} as late as "
            f"{case.when(last)}, though by its margin all are to be out by "
            f"{case.when(hours.out_by_s[w])} ({_names(case, moves)})."
        )
        yield PlanBreach("margin", _place(case, w), last, float(hours.out_by_s[w]), "s", text)
    for one, driven in case.rides.trips:
        if not driven.late:
            continue
        limit = float(hours.out_by_s[driven.window_out])
        corridor = _corridor(case, driven.window_out)
        text = (
            f"{capital(one.name)} is out of corridor {corridor} at {case.when(driven.out_s)}, "
            f"though by its margin all are to be out by {case.when(limit)}."
        )
        yield PlanBreach("margin", one.name, driven.out_s, limit, "s", text)


def check_gate(case: Case) -> Iterator[PlanBreach]:
    """Yield a breach for each window at whose end people still wait at the gate.

    And for each slot in which more persons are aboard vehicles than the gate serves.
    """
    for w in np.flatnonzero(case.seen.left_waiting > CRUMB).tolist():
        left = float(case.seen.left_waiting[w])
        closes = case.when(float(case.seen.hours.closes_s[w]))
        text = f"{people(left)} still wait at gate {_corridor(case, w)} when it closes at {closes}."
        yield PlanBreach("gate", _place(case, w), left, 0, "persons", text)
    slot_s = case.scenario.planning.slot_s
    most = slot_limits(case.scenario, case.rides.aboard.shape[1])
    for corridor, aboard, limits in zip(
        case.scenario.corridors, case.rides.aboard, most, strict=True
    ):
        for slot in np.flatnonzero(aboard > limits * (1 + TOLERANCE) + CRUMB).tolist():
            when, persons, serves = (
                case.when(float(slot * slot_s)),
                float(aboard[slot]),
                limits[slot],
            )
            text = (
                f"{people(persons)} are aboard vehicles that leave by gate {corridor.id} in the "
                f"slot from {when}; it serves {serves:,g}."
            )
            yield PlanBreach("gate", f"{corridor.id} slot {when}", persons, serves, "persons", text)


def check_holding(case: Case) -> Iterator[PlanBreach]:
    """Yield a breach for each holding area that is overfull, at its worst step."""
    step = case.scenario.planning.step_s
    for corridor, record in zip(case.scenario.corridors, case.seen.gates, strict=True):
        limit = corridor.holding.limit_persons
        if not exceeds(float(record.waiting.max(initial=0)), limit):
            continue
        worst = int(np.argmax(record.waiting))
        when, value = case.when(float(worst * step)), float(record.waiting[worst])
        text = (
            f"{people(value)} wait in the holding area of corridor {corridor.id} at {when}; its "
            f"limit is {limit:,g}."
        )
        yield PlanBreach("holding", f"{corridor.id} {when}", value, limit, "persons", text)


def check_conservation(case: Case) -> Iterator[PlanBreach]:
    """Yield a breach for each movement whose people do not all come to a gate while it is open.

    Whoever leaves home passes a gate or still waits there when it closes. Who does neither came
    to a gate that had closed. A corridor that never opens is a breach of ``window``.
    """
    seen, count = case.seen, len(case.moves)
    left = _per_movement(case, np.where(seen.cohorts.window == NONE, 0.0, seen.cohorts.persons))
    out = total(seen.cohorts.movement[seen.portions.cohort], seen.portions.persons, count)
    kept = _waiting(case)
    lost = left - out - kept
    for m in np.flatnonzero(np.abs(lost) > CRUMB + left * 1e-9).tolist():
        corridor = case.plan.movements[m].corridor
        text = (
            f"{people(left[m])} leave home as {case.name(m)}, yet {people(abs(lost[m]))} of them "
            f"do not come to gate {corridor} while it is open."
        )
        yield PlanBreach(
            "conservation", case.name(m), float(out[m] + kept[m]), float(left[m]), "persons", text
        )


def _waiting(case: Case) -> NDArray[np.float64]:
    """Shape (m,), persons of each movement that still wait when their window closes."""
    seen = case.seen
    passed = total(seen.portions.cohort, seen.portions.persons, len(seen.cohorts.movement))
    there = ~seen.cohorts.missed & (seen.cohorts.window != NONE)
    return _per_movement(case, np.where(there, seen.cohorts.persons - passed, 0.0))


def _per_movement(case: Case, persons: NDArray[np.float64]) -> NDArray[np.float64]:
    return total(case.seen.cohorts.movement, persons, len(case.moves))


def _corridor(case: Case, window: int) -> str:
    return case.scenario.windows[window].corridor


def _place(case: Case, window: int) -> str:
    return f"{_corridor(case, window)} {case.when(float(case.seen.hours.closes_s[window]))}"


def _names(case: Case, moves: NDArray[np.int64]) -> str:
    names = ", ".join(case.name(m) for m in moves[:3].tolist())
    return f"{names} and {len(moves) - 3} more" if len(moves) > 3 else names
