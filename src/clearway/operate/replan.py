"""Replan: what happened stays, what was announced stays if it can, the rest is called anew."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import Final

import numpy as np

from clearway.judge.anew import judge_replan
from clearway.judge.anew_orders import count_changes
from clearway.judge.case import Case
from clearway.judge.outcome import levels as found_levels
from clearway.model.plan import (
    EXPOSURE,
    HOURS,
    OPTIMAL,
    PARTIAL,
    PATIENTS_OUT,
    PEOPLE,
    RED_OUT,
    Level,
    Plan,
    Status,
)
from clearway.model.replan import Changes, Replan, Turn
from clearway.model.scenario import Scenario, row_of
from clearway.model.verdict import PlanBreach
from clearway.operate.replan_past import NOTHING, Past
from clearway.operate.replan_streets import within_streets
from clearway.operate.replan_words import reason
from clearway.solve.anew import OnFoot, World, go_anew
from clearway.solve.anew_blocks import Known, known
from clearway.solve.anew_bound import Most, facts, known_now, most
from clearway.solve.anew_fleet import Driven, FleetAnew, key
from clearway.solve.anew_gates import Clock
from clearway.solve.anew_lanes import riders_at
from clearway.solve.anew_pool import Pool, Run
from clearway.solve.anew_rules import rules_anew
from clearway.solve.drives import drives
from clearway.solve.problem import Problem, pose


@dataclass(frozen=True, slots=True)
class Offer:
    """A plan made anew, as the judge found it.

    Attributes
    ----------
    replan
        The plan.
    breaches
        Every rule that it breaks; a plan that breaks any is not for use.
    """

    replan: Replan
    breaches: tuple[PlanBreach, ...]


class Replanner:
    """Makes a plan anew, any number of times on a day; what does not change is worked out once."""

    def __init__(self, scenario: Scenario) -> None:
        """Work out how long vehicles drive.

        Parameters
        ----------
        scenario
            Streets, places and vehicles do not change on the day; windows and gates may.
        """
        self._tables = {kind.id: drives(scenario, kind) for kind in scenario.fleet.types}

    def replan(
        self,
        scenario: Scenario,
        plan: Plan,
        revised: Scenario,
        now_s: int,
        *,
        lost_vehicles: tuple[str, ...] = (),
        past: Past = NOTHING,
    ) -> Offer:
        """Return a plan for all that can still change, judged.

        Parameters
        ----------
        scenario
            For which the plan was made.
        plan
            As it ran until now, and as it was announced from now on.
        revised
            The scenario as it is known now: the same clock, windows as they are announced now,
            and gates as they serve now.
        now_s
            Seconds from the scenario's start.
        lost_vehicles
            Names of vehicles that are gone.
        past
            Who was turned before now, and which vehicles are late.
        """
        problem = pose(revised)
        clock = Clock(now_s, revised.planning.step_s)
        windows = known(scenario, revised, clock.step)
        pool = _pool(revised, past.turns)
        fleet = FleetAnew(problem, self._tables, clock, pool)
        touched, lost = _touched(revised, windows), frozenset(lost_vehicles)
        driven = fleet.drive(plan, touched, lost, late=past.late)
        on_foot = _on_foot(problem, plan, windows, clock, driven, pool)
        turns = (*driven.turns, *on_foot.turns)
        new = plan.replace(
            movements=on_foot.movements, duties=driven.duties, convoys=driven.convoys, levels=()
        )
        case = within_streets(revised, plan, new, now_s)
        new = case.plan.replace(rules=rules_anew(revised, case.plan))
        there = facts(problem, plan, new, windows, clock)
        bound = most(problem, there, new, self._tables, clock)
        new = _with_levels(case, plan, new, bound, clock)
        weight = _weight(revised, new)
        made = Replan(now_s, new, turns, _NOT_COUNTED, weight, bound.weight)
        made = dataclasses.replace(made, lost=lost_vehicles, held=driven.held, earlier=past.turns)
        changes = count_changes(scenario, plan, revised, made)
        made = dataclasses.replace(made, changes=changes)
        return Offer(made, judge_replan(scenario, plan, revised, made))


def replan(
    scenario: Scenario,
    plan: Plan,
    revised: Scenario,
    now_s: int,
    *,
    lost_vehicles: tuple[str, ...] = (),
) -> Offer:
    """Return a plan for all that can still change, judged; see :meth:`Replanner.replan`."""
    return Replanner(scenario).replan(scenario, plan, revised, now_s, lost_vehicles=lost_vehicles)


#: Persons fewer than this are the rounding of floating-point numbers.
_CRUMB: Final = 1e-3
_NOT_COUNTED: Final = Changes(0, 0, 0, 0, 0)


def _pool(scenario: Scenario, earlier: tuple[Turn, ...]) -> Pool:
    """Return a pool of nobody that knows who is on the way back."""
    zones, groups = row_of(scenario.zones), row_of(scenario.groups)
    pool = Pool.of(scenario)
    for one in earlier:
        run = Run(one.first_household, one.households, one.back_s)
        pool.send_back(zones[one.zone], groups[one.group], run)
    return pool


def _touched(revised: Scenario, windows: Known) -> set[str]:
    """Return the gates and days that are not as they were."""
    touched = (revised.windows[w] for w in np.flatnonzero(windows.touched).tolist())
    return {key(revised, one.corridor, revised.seconds(one.opens)) for one in touched}


def _on_foot(
    problem: Problem, plan: Plan, windows: Known, clock: Clock, driven: Driven, pool: Pool
) -> OnFoot:
    """Return those who go by themselves, beside what vehicles do.

    A block uses the window in which it leaves as windows are known now; one that leaves in none is
    no order any more.
    """
    revised = problem.scenario
    trips = [trip for duty in driven.duties for trip in duty.trips]
    world = World(clock, driven.lanes.aboard, riders_at(revised, trips), pool)
    return go_anew(problem, revised, plan, known_now(windows), world)


def _weight(scenario: Scenario, plan: Plan) -> float:
    """Return the weighted persons that a plan brings out."""
    weights = {group.id: group.weight for group in scenario.groups}
    loads = (load for duty in plan.duties for trip in duty.trips for load in trip.loads)
    walked = sum(weights[move.group] * move.persons for move in plan.movements)
    return float(walked + sum(weights[load.group] * load.persons for load in loads))


def _with_levels(case: Case, before: Plan, plan: Plan, bound: Most, clock: Clock) -> Plan:
    """Return a plan with what it reaches and what no plan from now on exceeds.

    No bound is told for exposure and hours but that they are not below 0. What was proved of
    patients before holds still: an event brings no beds.
    """
    values = found_levels(case)
    proved = {level.name: level.bound for level in before.levels}
    names = [name for name in (RED_OUT, PATIENTS_OUT) if name in proved]
    found = [Level(name, values[name], max(proved[name], values[name])) for name in names]
    # Whole persons, but where of those who passed a gate in the same step some are out too late.
    people = values[PEOPLE]
    people = float(round(people)) if abs(people - round(people)) < _CRUMB else people
    most_people = max(people, bound.persons)
    found.append(Level(PEOPLE, people, most_people))
    found += [Level(name, values[name], 0.0) for name in (EXPOSURE, HOURS)]
    code = OPTIMAL if plan.persons >= plan.willing_persons else PARTIAL
    words = reason(case.scenario, clock.now_s, (int(people), plan.willing_persons), most_people)
    return plan.replace(levels=tuple(found), status=Status(code, words))
