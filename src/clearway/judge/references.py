"""Rules on what a plan names: its scenario, zones, groups, corridors, links, and its clock."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from clearway.judge.case import Case
from clearway.judge.columns import UNKNOWN, number
from clearway.judge.words import capital, plain
from clearway.model.verdict import PlanBreach


def check_scenario(case: Case) -> Iterator[PlanBreach]:
    """Yield a breach if the plan was made for another scenario."""
    made_for, scenario = case.plan.scenario, case.scenario.id
    if made_for != scenario:
        text = f"The plan was made for scenario {plain(made_for)}, not for {scenario}."
        yield PlanBreach("scenario", plain(made_for), 0, 0, "", text)


def check_reference(case: Case) -> Iterator[PlanBreach]:
    """Yield a breach for each movement and trip that names something which does not exist.

    Vehicles, patients and convoys that do not exist are told by rules of their own.
    """
    moves = case.moves
    strange = np.bincount(moves.movement[moves.link == UNKNOWN], minlength=len(moves))
    for m in np.flatnonzero(~moves.known).tolist():
        move = case.plan.movements[m]
        rows = {"zone": moves.zone[m], "group": moves.group[m], "corridor": moves.corridor[m]}
        names = [f"{kind} {plain(getattr(move, kind))}" for kind, row in rows.items() if row < 0]
        if strange[m]:
            route = moves.link[moves.offset[m] : moves.offset[m + 1]]
            first = move.links[int(np.flatnonzero(route == UNKNOWN)[0])]
            more = f" and {strange[m] - 1} more" if strange[m] > 1 else ""
            names.append(f"link {plain(first)}{more}")
        text = f"{case.name(m)} names what the scenario does not have: {', '.join(names)}."
        yield PlanBreach(
            "reference", case.name(m), len(names) + max(strange[m] - 1, 0), 0, "", text
        )
    for one in case.rides.journeys:
        if one.strange:
            told = ", ".join(dict.fromkeys(one.strange))
            text = f"{capital(one.name)} names what the scenario does not have: {told}."
            yield PlanBreach("reference", one.name, len(one.strange), 0, "", text)


def check_slot(case: Case) -> Iterator[PlanBreach]:
    """Yield a breach for each movement that departs off the grid of steps, or for no such time."""
    planning = case.scenario.planning
    step = planning.step_s
    for m, move in enumerate(case.plan.movements):
        span = planning.slot_s if move.span_s is None else number(move.span_s)
        if not (0 < span <= planning.slot_s and span % step == 0):
            text = (
                f"{case.name(m)} leaves over {plain(move.span_s)} s, which is not on the grid of "
                f"{step} s or longer than a slot."
            )
            yield PlanBreach("slot", case.name(m), float(np.nan_to_num(span)), step, "s", text)
    for m in np.flatnonzero(~case.moves.on_grid).tolist():
        depart = number(case.plan.movements[m].depart_s)
        text = (
            f"{case.name(m)} departs {plain(case.plan.movements[m].depart_s)} s from the start, "
            f"which is not on the grid of {step} s."
        )
        value = float(np.nan_to_num(depart % step if np.isfinite(depart) else 0))
        yield PlanBreach("slot", case.name(m), value, 0, "s", text)
