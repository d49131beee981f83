"""What no plan from now on exceeds: the relaxation of all that can still change."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from clearway.model.plan import PEOPLE, Plan
from clearway.model.population import SIZES, Demand, Group
from clearway.model.rates import served
from clearway.model.scenario import NO_AID, NO_CARE, NO_FLEET, Scenario, row_of
from clearway.solve.anew_blocks import Block, Known, blocks
from clearway.solve.anew_gates import Clock
from clearway.solve.anew_lanes import Lanes, aboard_of, persons_aboard
from clearway.solve.boarding import full_load
from clearway.solve.cells import NEVER
from clearway.solve.drives import Drives
from clearway.solve.highs import INFINITY, Sparse
from clearway.solve.problem import Problem
from clearway.solve.relax import Relaxation
from clearway.solve.residual import Line
from clearway.solve.taken import Taken

#: What the linear program's values may be off by, as a share.
_SOLVED = 1e-6
#: By how much finer than elsewhere the relaxation cuts the hours in which people begin to come.
FINER = 2
#: Where vehicles may start from that bring people to a gate.
ZONE, GATE, PLACE = "zone", "gate", "place"


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
    places
        Persons for whom vehicles have places that are inside, and others that have set out and are
        not in yet; infinite where vehicles may start inside.
    """

    out: NDArray[np.float64]
    under_way: NDArray[np.float64]
    home: NDArray[np.float64]
    site: NDArray[np.float64]
    places: tuple[float, float]


@dataclass(frozen=True, slots=True)
class Most:
    """What no plan from now on exceeds: persons, and weighted persons."""

    persons: float
    weight: float


def facts(problem: Problem, before: Plan, plan: Plan, windows: Known, clock: Clock) -> Facts:
    """Return who is where when a plan was made anew.

    Who is served while the present step begins counts as out, and who belongs to a block or a trip
    that has begun is under way, left or not: then the bound errs upward.

    Parameters
    ----------
    problem
        Of the revised scenario.
    before
        The plan as it ran until now: whoever it called may go on, whatever becomes of them.
    plan
        The plan made anew: it tells who of them has passed a gate.
    windows, clock
        Of both.
    """
    scenario = problem.scenario
    sites = row_of(scenario.receptions)
    out, site = np.zeros(len(scenario.groups)), np.zeros(len(sites))
    rows = blocks(problem, scenario, plan, known_now(windows))
    for one, persons in _passed(problem, plan, rows, windows, clock):
        out[one.group] += persons
        site[problem.site[one.corridor]] += persons
    groups = row_of(scenario.groups)
    for duty in plan.duties:
        for trip in duty.trips:
            for load in trip.loads if trip.gate_out_s < clock.now_s else ():
                out[groups[load.group]] += load.persons
                site[sites[trip.destination]] += load.persons
    gone = _gone(scenario, before, clock)
    home = np.maximum(_willing(scenario) - gone, 0.0)
    under_way = np.maximum(gone.sum(axis=0) - out, 0.0)
    return Facts(out, under_way, home, site, _places_out(scenario, before, clock))


def most(
    problem: Problem, there: Facts, plan: Plan, tables: Mapping[str, Drives], clock: Clock
) -> Most:
    r"""Return the most persons, and weighted persons, that any plan from now on brings out.

    Those who are out stay out. The rest is the relaxation of those who go by themselves
    (:class:`~clearway.solve.relax.Relaxation`), begun now, with more ways to go. Those who are
    under way may be at any gate now; on a later day they come as from the nearest zone. And groups
    that ride may pass as soon as a vehicle could have brought them: one that stands at their zone
    already, or one that comes in now, of which there are no more than have set out, once each; one
    that sets out now from the nearest place outside; or, on later days, one that comes in when the
    gates open. They may until the slot is over in which the last vehicle may pass, and but for the
    first two as many as the gate serves, whatever vehicles there are. With :math:`x^n` persons who
    go in the n-th of these ways, and vehicles that are inside or coming with :math:`P_1, P_2`
    places,

    .. math::

        \sum_{n, w} x^n_{igw} \le S_{ig}, \qquad \sum_{i, g, w} x^1_{igw} \le P_1, \qquad
        \sum_{i, g, w} x^1_{igw} + x^2_{igw} \le P_1 + P_2.

    Every plan that leaves what has happened, leaves patients the trips that they have and vehicles
    with stretchers to them, and keeps the rules is a solution of it: no such plan brings out more.
    """
    wide, copies, begun = _wide(problem, there, tables, clock)
    taken = _patients(problem.scenario, plan, there, clock)
    fine = max(1, problem.cohorts // FINER)
    relaxation = _Shared(dataclasses.replace(wide, taken=taken, cohorts=fine), copies)
    relaxation.let_ride(begun[0], there.places[0])
    relaxation.let_ride(np.concatenate(begun), sum(there.places))
    weights = np.array([group.weight for group in problem.scenario.groups])
    relaxation.prefer_primal()  # Everybody at home is feasible: half the time of the dual method.
    persons = relaxation.best(PEOPLE, weighted=False).value * (1 + _SOLVED) + there.out.sum()
    weight = relaxation.best(PEOPLE).value * (1 + _SOLVED) + float(there.out @ weights)
    return Most(float(np.floor(persons + _SOLVED)), weight)


class _Shared(Relaxation):
    """The relaxation where some groups are the same people as others, going another way."""

    def __init__(self, problem: Problem, copies: NDArray[np.int64]) -> None:
        """Write it; ``copies`` has shape (g,): whose people each group is."""
        super().__init__(problem)
        groups = problem.supply.shape[1]
        who = self._zone * groups + copies[self._group]
        order = np.argsort(who, kind="stable")
        rows, starts = np.unique(who[order], return_index=True)
        most_ = problem.supply.ravel()[rows]
        entries = Sparse(
            starts.astype(np.int32), order.astype(np.int32), np.ones(len(order), dtype=np.float64)
        )
        self._lp.add_rows(np.full(len(rows), -INFINITY), most_, entries)

    def let_ride(self, groups: NDArray[np.int64], places: float) -> None:
        """Let at most so many persons of some rows of groups go in all."""
        columns = np.flatnonzero(np.isin(self._group, groups)).astype(np.int32)
        if np.isfinite(places) and len(columns):
            row = Sparse(np.zeros(1, dtype=np.int32), columns, np.ones(len(columns)))
            self._lp.add_rows(np.full(1, -INFINITY), np.full(1, places), row)


def _wide(
    problem: Problem, there: Facts, tables: Mapping[str, Drives], clock: Clock
) -> tuple[Problem, NDArray[np.int64], list[NDArray[np.int64]]]:
    """Return the problem with a zone of those under way, and groups once more for each way.

    Groups that ride today with vehicles that are inside, that are coming, with others, and later,
    and all who are under way today; then whose people each group is, and the rows of the first two.
    """
    scenario = problem.scenario
    rides = [g for g, group in enumerate(scenario.groups) if _carriers(group, tables)]
    everyone = list(range(len(scenario.groups)))
    copies = np.array([*everyone, *(rides * 4), *everyone])
    names = [f"{scenario.groups[g].id} {n}" for n, g in enumerate(copies)]
    groups = tuple(
        dataclasses.replace(scenario.groups[g], id=name)
        for g, name in zip(copies, names, strict=True)
    )
    zones = (*scenario.zones, dataclasses.replace(scenario.zones[0], id="under way"))
    free = scenario.replace(
        groups=groups,
        zones=zones,
        demand=Demand(np.zeros((len(zones), len(groups), len(SIZES)), dtype=np.int64)),
        planning=dataclasses.replace(scenario.planning, spread=1.0),
        fleet=NO_FLEET,
        care=NO_CARE,
        aid=NO_AID,
    )
    supply = np.concatenate([there.home, there.under_way[None, :]])[:, copies]
    begun = [np.arange(len(rides)) + len(everyone) + n * len(rides) for n in range(2)]
    for rows, places in zip(begun, there.places, strict=True):
        supply[:, rows] = np.minimum(supply[:, rows], places)
    opens = np.maximum(problem.open_step, clock.step)
    today = problem.open_step < clock.step
    walk, last = [problem.walk_steps], [problem.last_step]
    later = ZONE if _stand_inside(scenario) else GATE
    begins = np.maximum(problem.open_step, clock.now_s // clock.step_s)
    for allowed, start in ((today, ZONE), (today, GATE), (today, PLACE), (~today, later)):
        moments = list(zip(opens[allowed].tolist(), begins[allowed].tolist(), strict=True))
        ride, end = _ride(problem, tables, rides, moments, start)
        walk.append(ride)
        last.append(np.where(allowed[None, :], end, -1))
    # Who is under way can be at a gate today; on a later day they come from a zone, as all do.
    walk.append(np.full_like(problem.walk_steps, NEVER))
    last.append(np.where(today[None, :], problem.last_step, -1))
    steps = np.concatenate(walk, axis=1)
    steps = np.concatenate([steps, steps.min(axis=0, keepdims=True)])
    steps[-1, -len(everyone) :] = 0
    wide = dataclasses.replace(
        problem,
        scenario=free,
        supply=supply,
        walk_steps=steps,
        corridor_ticks=problem.corridor_ticks[copies],
        open_step=opens,
        last_step=np.concatenate(last),
    )
    return wide, copies, begun


def _carriers(group: Group, tables: Mapping[str, Drives]) -> list[Drives]:
    """Return drives of the types of vehicle that can take people of a group.

    Vehicles with stretchers are for patients, and stand by for them, as everywhere in this solver.
    """
    usual = [one for one in tables.values() if not one.type.stretchers]
    return [one for one in usual if group.rides and full_load(one.type, group) > 0]


def _ride(
    problem: Problem,
    tables: Mapping[str, Drives],
    rides: list[int],
    moments: list[tuple[int, int]],
    start: str,
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return fewest steps from home to each gate aboard, and the last step in which to pass.

    Shapes (z, r, k) and (r, w). Those aboard are served evenly over their slot: from its first step
    on, and until its last. Steps count from the first of each pair of ``moments``; vehicles start
    at the second, empty from a ``GATE`` or a ``PLACE`` outside, or full from the ``ZONE``.
    """
    scenario, cohorts = problem.scenario, problem.cohorts
    step_s, slot_s = scenario.planning.step_s, scenario.planning.slot_s
    rows = row_of(scenario.corridors)
    shape = len(scenario.zones), len(rides), len(scenario.corridors)
    walk = np.full(shape, NEVER)
    last = np.full((len(rides), len(scenario.windows)), -1)
    for n, g in enumerate(rides):
        for drives in _carriers(scenario.groups[g], tables):
            seconds = drives.stop_gate.T
            if start != ZONE:
                come = drives.outside.min(axis=0) + drives.inward
                at_gate = come if start == PLACE else np.zeros(len(come))
                fetch = (at_gate[:, None] + drives.gate_stop).min(axis=0)
                seconds = seconds + (fetch + drives.type.board_s.central)[:, None]
            known = np.isfinite(seconds) & np.isfinite(drives.outward)[None, :]
            steps = np.where(known, seconds, 0).astype(np.int64) // step_s
            slots = [(begin + steps) // cohorts * cohorts - opens for opens, begin in moments]
            early = np.maximum(np.min(slots, axis=0), 0) if slots else steps
            walk[:, n, :] = np.minimum(walk[:, n, :], np.where(known, early, NEVER))
            for w, window in enumerate(scenario.windows):
                k = rows[window.corridor]
                gate = scenario.seconds(window.closes) - scenario.corridors[k].margin_s
                gate -= float(drives.outward[k])
                if np.isfinite(gate):
                    end = (int(gate // slot_s) + 1) * cohorts - 1
                    last[n, w] = max(int(last[n, w]), end)
    return walk, last


def known_now(windows: Known) -> Known:
    """Return the same for a plan that was made for the revised windows."""
    return dataclasses.replace(windows, before=np.arange(len(windows.first)))


def _willing(scenario: Scenario) -> NDArray[np.float64]:
    uptake = scenario.planning.uptake.central
    zones, groups = range(len(scenario.zones)), range(len(scenario.groups))
    rows = [[scenario.demand.willing(z, g, uptake).sum() for g in groups] for z in zones]
    return np.array(rows, dtype=float)


def _gone(scenario: Scenario, before: Plan, clock: Clock) -> NDArray[np.float64]:
    """Return the persons of blocks and trips that have begun, shape (z, g)."""
    zones, groups = row_of(scenario.zones), row_of(scenario.groups)
    gone = np.zeros((len(zones), len(groups)))
    for move in before.movements:
        if move.depart_s < clock.now_s:
            gone[zones[move.zone], groups[move.group]] += move.persons
    for duty in before.duties:
        for trip in duty.trips:
            for stop in trip.stops if trip.gate_in_s < clock.now_s else ():
                for load in stop.loads:
                    gone[zones[stop.zone], groups[load.group]] += load.persons
    return gone


def _places_out(scenario: Scenario, before: Plan, clock: Clock) -> tuple[float, float]:
    """Return the persons for whom vehicles inside, and others on their way in, have places."""
    if _stand_inside(scenario):
        return np.inf, np.inf
    usual = {one.id: one for one in scenario.fleet.types if not one.stretchers}
    inside = coming = 0
    for duty in before.duties:
        for trip in duty.trips if duty.type in usual else ():
            places = usual[duty.type].seats + usual[duty.type].wheelchairs
            if trip.gate_in_s < clock.now_s <= trip.gate_out_s:
                inside += places
            elif trip.leave_s < clock.now_s <= trip.gate_out_s:
                coming += places
    return float(inside), float(coming)


def _stand_inside(scenario: Scenario) -> bool:
    """Whether vehicles may start inside, from a depot there."""
    return any(one.depot in scenario.fleet.inside for one in scenario.fleet.vehicles)


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
