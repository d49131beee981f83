"""Vehicles that may give rides, grouped by what they could do: type, day, and where they stand."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from clearway.model.scenario import Scenario
from clearway.solve.boarding import Riders, full_load
from clearway.solve.drives import Drives, places
from clearway.solve.shifts import Pickups, Shift, shift
from clearway.solve.vehicles import Turn


@dataclass(frozen=True, slots=True, eq=False)
class Crew:
    """Vehicles on one day that are alike.

    Attributes
    ----------
    shift
        Drives of their type on that day.
    place, tick
        Where they stand, and from when on they are free.
    count
        How many they are.
    """

    shift: Shift
    place: int
    tick: int
    count: int


class Crews:
    """Every vehicle's day that may give rides, after what it does for patients.

    Attributes
    ----------
    turns
        With the shift of each.
    alike
        The same grouped.
    """

    def __init__(self, scenario: Scenario, tables: dict[str, Drives], turns: list[Turn]) -> None:
        """Work out the shifts."""
        place = {name: n for n, (name, _, _) in enumerate(places(scenario))}
        riders, shifts = Riders(scenario), dict[tuple[str, str], Shift]()
        self.turns: list[tuple[Turn, Shift]] = []
        counts: dict[tuple[int, int, int], int] = {}
        known: dict[int, Shift] = {}
        for turn in turns:
            drives = tables[turn.vehicle.kind.id]
            at = (turn.day.date, drives.type.id)
            if at not in shifts:
                shifts[at] = shift(drives, turn.day, pickups(scenario, drives, riders))
            one = shifts[at]
            if len(one.pickups.zone) and one.minute(turn.free_s) < one.minutes:
                self.turns.append((turn, one))
                known[id(one)] = one
                key = id(one), place[turn.place], one.minute(turn.free_s)
                counts[key] = counts.get(key, 0) + 1
        self.alike = tuple(
            Crew(known[one], where, tick, count) for (one, where, tick), count in counts.items()
        )


def pickups(scenario: Scenario, drives: Drives, riders: Riders) -> Pickups:
    """Return where one type of vehicle may let whom board."""
    zones, groups, mean, most = list[int](), list[int](), list[float](), list[float]()
    for g, group in enumerate(scenario.groups):
        # Vehicles with stretchers are for patients, and stand by for them when none is left.
        full = full_load(drives.type, group) if group.rides and not drives.type.stretchers else 0.0
        for z in range(len(scenario.zones)) if full else ():
            zones.append(z)
            groups.append(g)
            mean.append(riders.mean(drives.type, z, g))
            most.append(full)
    return Pickups(
        np.array(zones, np.int64), np.array(groups, np.int64), np.array(mean), np.array(most)
    )


def over(riders: Riders, pickups_: Pickups, kind: str, scenario: Scenario) -> NDArray[np.float64]:
    """Return by how many persons any number of trips may exceed so many mean loads, shape (q,)."""
    types = {one.id: one for one in scenario.fleet.types}
    return np.array(
        [
            riders.excess(types[kind], int(z), int(g))
            for z, g in zip(pickups_.zone, pickups_.group, strict=True)
        ]
    )
