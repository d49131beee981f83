"""Plans in which some vehicles stand idle: one vehicle more never brings out fewer."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator
from dataclasses import replace
from typing import Final

from clearway.model.duty import Duty
from clearway.model.scenario import Scenario
from clearway.solve.crews import Crews
from clearway.solve.drives import drives
from clearway.solve.fleet import Driven, openings, plan_fleet
from clearway.solve.joint import Joint
from clearway.solve.problem import Problem, pose
from clearway.solve.vehicles import vehicles

#: Fleets up to which all of them are tried.
FLEETS: Final = 64
#: Zones and groups times slots of gates up to which they are tried.
CELLS: Final = 4000


def fewer(whole: Problem) -> list[Scenario]:
    """Return a pause with every smaller fleet, the largest first; none where that is too much.

    Whether it is too much depends on the fleet by how many smaller ones there are, and by nothing
    else: what is tried for a fleet is tried for each larger one as well.
    """
    scenario = whole.scenario
    counts = [row.count for row in scenario.fleet.vehicles]
    if not small(whole):
        return []
    ranges = [range(most, -1, -1) for most in counts]
    smaller = [some for some in itertools.product(*ranges) if sum(some) < sum(counts)]
    return [_with(scenario, some) for some in sorted(smaller, key=sum, reverse=True)]


def small(whole: Problem) -> bool:
    """Return whether plans of other fleets are tried too."""
    fleets = math.prod(row.count + 1 for row in whole.scenario.fleet.vehicles)
    return fleets <= FLEETS and whole.supply.size * len(whole.cells) <= CELLS


def stand_idle(whole: Problem, few: Scenario, all_: Driven, *, outside: bool = False) -> Driven:
    """Return what a smaller fleet does, as what the whole one does with some vehicles idle.

    Parameters
    ----------
    whole
        With nothing taken.
    few
        One of :func:`fewer`, or the whole scenario.
    all_
        What all vehicles do: its bounds hold for both.
    outside
        As in :func:`~clearway.solve.fleet.plan_fleet`.
    """
    found, names = plan_fleet(pose(few), outside=outside), dict(_names(whole.scenario, few))
    duties, before = (_renamed(some, names) for some in (found.duties, found.for_patients))
    # The bounds are of plans that leave patients the same trips; or else of all plans whatever.
    same = set(before) == set(all_.for_patients) and found.convoys == all_.convoys
    joint = all_.joint if same else _free(whole)
    levels = tuple(
        replace(one, bound=most.bound) for one, most in zip(found.levels, all_.levels, strict=True)
    )
    return replace(found, duties=duties, for_patients=before, joint=joint, levels=levels)


def _with(scenario: Scenario, counts: tuple[int, ...]) -> Scenario:
    fleet = scenario.fleet
    rows = zip(fleet.vehicles, counts, strict=True)
    some = tuple(replace(row, count=count) for row, count in rows)
    return scenario.replace(fleet=replace(fleet, vehicles=some))


def _names(scenario: Scenario, few: Scenario) -> Iterator[tuple[str, str]]:
    """Yield names of the vehicles of a smaller fleet, and which of all they are."""
    numbered, mine = iter(vehicles(scenario)), iter(vehicles(few))
    for row, less in zip(scenario.fleet.vehicles, few.fleet.vehicles, strict=True):
        names = [next(numbered).name for _ in range(row.count)]
        yield from ((next(mine).name, names[n]) for n in range(less.count))


def _renamed(duties: tuple[Duty, ...], names: dict[str, str]) -> tuple[Duty, ...]:
    """Return duties of the vehicles that are meant, in the order in which a plan has them."""
    told = [
        replace(
            one,
            vehicle=names[one.vehicle],
            id=names[one.vehicle] + one.id.removeprefix(one.vehicle),
        )
        for one in duties
    ]
    return tuple(sorted(told, key=lambda one: (one.trips[0].leave_s, one.id)))


def _free(whole: Problem) -> Joint:
    """Return the program of all vehicles' days as if there were no patients and no convoys."""
    scenario = whole.scenario
    tables = {kind.id: drives(scenario, kind) for kind in scenario.fleet.types}
    every = openings(scenario, tables).values()
    turns = [turn for parts in every for part in parts for turn in part]
    return Joint(whole, Crews(scenario, tables, turns).alike)
