"""Rules on households: whole, in the order of their zone, willing, and called once."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from clearway.judge.case import Case
from clearway.judge.columns import UNKNOWN
from clearway.model.verdict import PlanBreach


def check_supply(case: Case) -> Iterator[PlanBreach]:
    """Yield a breach where more households are called than are willing, or one twice."""
    uptake = case.scenario.planning.uptake.central
    for zone, group, rows in _blocks(case):
        willing = len(case.scenario.demand.willing(zone, group, uptake))
        end = case.moves.first + case.moves.households
        called = 0.0
        for m in rows:
            excess, twice = end[m] - willing, min(called, end[m]) - case.moves.first[m]
            problems = []
            if excess > 0:
                problems.append(f"{_count(excess)} more than the {willing:,} willing")
            if twice > 0:
                problems.append(f"{_count(twice)} that another movement calls too")
            if problems:
                text = f"{case.name(m)} calls {' and '.join(problems)}, of {_whom(case, m)}."
                yield PlanBreach(
                    "supply", case.name(m), max(excess, twice), 0, "households too many", text
                )
            called = max(called, end[m])


def check_household(case: Case) -> Iterator[PlanBreach]:
    """Yield a breach where persons are not those of whole households, or out of order."""
    for zone, group, rows in _blocks(case):
        sizes = case.scenario.demand.sequence(zone, group)
        total = np.concatenate([[0], np.cumsum(sizes)])
        expected, latest = 0.0, -np.inf
        for m in rows:
            said = _disorder(case, m, expected, latest) or _wrong_count(case, m, total)
            if said is not None:
                yield said
            expected = max(expected, case.moves.first[m] + case.moves.households[m])
            latest = max(latest, case.moves.depart_s[m])


def _blocks(case: Case) -> Iterator[tuple[int, int, NDArray[np.int64]]]:
    """Yield each zone and group with its movements in the order of their households."""
    moves = case.moves
    order = np.lexsort((moves.depart_s, moves.first, moves.group, moves.zone))
    order = order[(moves.zone[order] != UNKNOWN) & (moves.group[order] != UNKNOWN)]
    zone, group = moves.zone[order], moves.group[order]
    cuts = np.flatnonzero((np.diff(zone) != 0) | (np.diff(group) != 0)) + 1
    for rows in np.split(order, cuts):
        if len(rows):
            yield int(moves.zone[rows[0]]), int(moves.group[rows[0]]), rows


def _disorder(case: Case, m: int, expected: float, latest: float) -> PlanBreach | None:
    """Say whether households are left out before movement ``m``, or it departs too early."""
    first, depart = case.moves.first[m], case.moves.depart_s[m]
    if first > expected:
        text = (
            f"{case.name(m)} begins with household {first:,.0f} of {_whom(case, m)} (counted from "
            f"0), though nobody calls household {expected:,.0f}."
        )
        return PlanBreach("household", case.name(m), first, expected, "households", text)
    if case.moves.timed[m] and depart < latest:
        text = (
            f"{case.name(m)} takes later households of {_whom(case, m)} than a movement that "
            "departs after it."
        )
        return PlanBreach("household", case.name(m), float(depart), float(latest), "s", text)
    return None


def _wrong_count(case: Case, m: int, total: NDArray[np.int64]) -> PlanBreach | None:
    """Say whether the persons of movement ``m`` are not those of its households."""
    moves = case.moves
    first, end = moves.first[m], moves.first[m] + moves.households[m]
    if end > len(total) - 1:
        return None  # There are no such households: that is a breach of supply.
    if first % 1 or end % 1:
        text = f"{case.name(m)} does not call whole households."
        return PlanBreach("household", case.name(m), moves.households[m], 1, "households", text)
    persons = int(total[int(end)] - total[int(first)])
    if moves.persons[m] == persons:
        return None
    text = (
        f"{case.name(m)} has {moves.persons[m]:,g} persons, its households of {_whom(case, m)} "
        f"have {persons:,}."
    )
    return PlanBreach("household", case.name(m), moves.persons[m], persons, "persons", text)


def _count(households: float) -> str:
    return "1 household" if households == 1 else f"{households:,g} households"


def _whom(case: Case, m: int) -> str:
    move = case.plan.movements[m]
    return f"zone {move.zone}, group {move.group}"
