"""What no plan from now on exceeds: the relaxation of all that can still change."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from clearway.model.plan import PEOPLE, Plan
from clearway.model.rates import served
from clearway.model.replan import Turn
from clearway.model.scenario import Scenario, row_of
from clearway.solve.anew_blocks import Block, Known, blocks
from clearway.solve.anew_gates import Clock
from clearway.solve.anew_lanes import Lanes, aboard_of, persons_aboard
from clearway.solve.boarding import full_load
from clearway.solve.cells import NEVER
from clearway.solve.drives import Drives
from clearway.solve.problem import Problem
from clearway.solve.relax import Relaxation
from clearway.solve.residual import Line
from clearway.solve.taken import Taken

#: What the linear program's values may be off by, as a share.
_SOLVED = 1e-6


@dataclass(frozen=True, slots=True, eq=False)
class Facts:
    """Where everybody is who is expected to go.

    Attributes
    ----------
    out
        Shape (g,), persons who have passed a gate outward, on foot or aboard.
    under_way
        Shape (g,), persons who have left home or boarded and have not.
    home
        Shape (z, g), all others.
    site
        Shape (r,), of those who are out, by reception site.
    """

    out: NDArray[np.float64]
    under_way: NDArray[np.float64]
    home: NDArray[np.float64]
    site: NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Most:
    """What no plan from now on exceeds: persons, and weighted persons."""

    persons: float
    weight: float


def facts(
    problem: Problem, plan: Plan, turns: tuple[Turn, ...], windows: Known, clock: Clock
) -> Facts:
    """Return who is where when a plan was made anew, by that plan and those who turn.

    Who is served while the present step begins counts as out: then the bound errs upward.
    """
    scenario = problem.scenario
    zones, groups = row_of(scenario.zones), row_of(scenario.groups)
    sites = row_of(scenario.receptions)
    out, site = np.zeros(len(groups)), np.zeros(len(sites))
    gone = np.zeros((len(zones), len(groups)))
    rows = blocks(problem, scenario, plan, known_now(windows))
    for one in rows:
        if one.depart < clock.step:
            gone[one.zone, one.group] += one.movement.persons
    for turn in turns:
        gone[zones[turn.zone], groups[turn.group]] += turn.persons
    passed = _passed(problem, plan, rows, windows, clock)
    for one, persons in passed:
        out[one.group] += persons
        site[problem.site[one.corridor]] += persons
    for duty in plan.duties:
        for trip in duty.trips:
            begun, through = trip.gate_in_s < clock.now_s, trip.gate_out_s < clock.now_s
            for stop in trip.stops if begun else ():
                for load in stop.loads:
                    gone[zones[stop.zone], groups[load.group]] += load.persons
                    if through:
                        out[groups[load.group]] += load.persons
                        site[sites[trip.destination]] += load.persons
    willing = _willing(scenario)
    return Facts(out, gone.sum(axis=0) - out, np.maximum(willing - gone, 0.0), site)


def most(
    problem: Problem, there: Facts, plan: Plan, tables: Mapping[str, Drives], clock: Clock
) -> Most:
    r"""Return the most persons, and weighted persons, that any plan from now on brings out.

    Those who are out stay out. To the relaxation of those who go by themselves
    (:class:`~clearway.solve.relax.Relaxation`), begun now, are given as a zone at every gate those
    who are under way; and the groups that ride are let through as soon as a vehicle that stood at
    their zone would have brought them, until the slot ends in which the last vehicle may pass, as
    many as the gate serves. Every plan that leaves what has happened, leaves patients their trips
    and keeps the rules is a solution of it, so no such plan brings out more.
    """
    scenario = problem.scenario
    walk = np.concatenate(
        [_rides(problem, tables), np.zeros((1, *problem.walk_steps.shape[1:]), dtype=np.int64)]
    )
    planning = dataclasses.replace(scenario.planning, spread=1.0)
    free = scenario if scenario.planning.spread == 1 else scenario.replace(planning=planning)
    wide = dataclasses.replace(
        problem,
        scenario=free,
        supply=np.concatenate([there.home, there.under_way[None, :]]),
        walk_steps=walk,
        open_step=np.maximum(problem.open_step, clock.step),
        last_step=_last(problem, tables),
        taken=_patients(scenario, plan, there, clock),
    )
    relaxation = Relaxation(wide)
    weights = np.array([group.weight for group in scenario.groups])
    weight = relaxation.best(PEOPLE).value * (1 + _SOLVED) + float(there.out @ weights)
    persons = relaxation.best(PEOPLE, weighted=False).value * (1 + _SOLVED) + there.out.sum()
    return Most(float(np.floor(persons + _SOLVED)), weight)


def known_now(windows: Known) -> Known:
    """Return the same for a plan that was made for the revised windows."""
    return dataclasses.replace(windows, before=np.arange(len(windows.first)))


def _willing(scenario: Scenario) -> NDArray[np.float64]:
    uptake = scenario.planning.uptake.central
    zones, groups = range(len(scenario.zones)), range(len(scenario.groups))
    rows = [[scenario.demand.willing(z, g, uptake).sum() for g in groups] for z in zones]
    return np.array(rows, dtype=float)


def _passed(
    problem: Problem, plan: Plan, rows: list[Block], windows: Known, clock: Clock
) -> list[tuple[Block, float]]:
    """Return for each block that has begun the persons whose turn at the gate has come."""
    scenario = problem.scenario
    lanes, persons = Lanes(scenario), persons_aboard(scenario)
    corridors = row_of(scenario.corridors)
    for duty in plan.duties:
        for trip in duty.trips:
            aboard = aboard_of(trip, persons)
            lanes.take(corridors[trip.corridor_out], trip.gate_out_s, aboard)
    serves = served(scenario, lanes.aboard, int(windows.end.max(initial=0)))
    found = []
    for w, (first, end) in enumerate(zip(windows.first, windows.end, strict=True)):
        begun = [one for one in rows if one.window == w and one.depart < clock.step]
        if not begun:
            continue
        k = begun[0].corridor
        line = Line(int(first), serves[k, first:end], problem.last_step[:, w], np.inf, 1 << 40)
        there = [one for one in begun if line.holds(one.arrival)]
        for one in there:
            line.add(one.arrival)
        through = line.begun(clock.step)
        for one in there:
            begin = one.join - line.begin
            share = float(through[begin : begin + one.steps].sum()) / one.steps
            found.append((one, one.movement.persons * share))
    return found


def _rides(problem: Problem, tables: Mapping[str, Drives]) -> NDArray[np.int64]:
    """Return the fewest steps from home to each gate, on foot or aboard; shape (z, g, k)."""
    scenario = problem.scenario
    planning, cohorts = scenario.planning, problem.cohorts
    walk = problem.walk_steps.copy()
    for g, group in enumerate(scenario.groups):
        for drives in tables.values() if group.rides else ():
            if full_load(drives.type, group) <= 0:
                continue
            seconds = drives.type.board_s.central + drives.stop_gate.T
            known = np.isfinite(seconds) & np.isfinite(drives.outward)[None, :]
            steps = np.where(known, np.where(known, seconds, 0) // planning.step_s, NEVER)
            # Those aboard are served evenly over their slot, from its first step on.
            steps = np.where(known, np.maximum(steps - cohorts + 1, 0), NEVER)
            walk[:, g, :] = np.minimum(walk[:, g, :], steps.astype(np.int64))
    return walk


def _last(problem: Problem, tables: Mapping[str, Drives]) -> NDArray[np.int64]:
    """Return the last step in which each group may pass in each window, on foot or aboard."""
    scenario = problem.scenario
    rows, planning = row_of(scenario.corridors), scenario.planning
    last = problem.last_step.copy()
    for w, window in enumerate(scenario.windows):
        k = rows[window.corridor]
        out_by = scenario.seconds(window.closes) - scenario.corridors[k].margin_s
        for g, group in enumerate(scenario.groups):
            for drives in tables.values() if group.rides else ():
                gate = out_by - float(drives.outward[k])
                if full_load(drives.type, group) <= 0 or not np.isfinite(gate):
                    continue
                end = (int(gate // planning.slot_s) + 1) * problem.cohorts - 1
                last[g, w] = max(last[g, w], end)
    return last


def _patients(scenario: Scenario, plan: Plan, there: Facts, clock: Clock) -> Taken:
    """Return what patients' trips from now on take of the gates, and those who are out of sites."""
    lanes, persons = Lanes(scenario), persons_aboard(scenario)
    corridors = row_of(scenario.corridors)
    for duty in plan.duties:
        for trip in duty.trips:
            if trip.patients and trip.gate_out_s >= clock.now_s:
                aboard = sum(persons[code] for code in trip.patients)
                lanes.take(corridors[trip.corridor_out], trip.gate_out_s, aboard)
    shape = len(scenario.zones), len(scenario.groups)
    return Taken(lanes.aboard, np.zeros(shape, dtype=np.int64), there.site)

