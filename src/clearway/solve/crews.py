"""Vehicles that may give rides, grouped by what they could do: type, day, and where they stand."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from clearway.model.scenario import Scenario
from clearway.solve.boarding import Riders, full_load
from clearway.solve.drives import Drives, home, places
from clearway.solve.shifts import TICK_S, Pickups, Shift, shift
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
    depot
        Row of the depot inside at which they stand, or may stand still if they had no trips before;
        below 0 for none.
    """

    shift: Shift
    place: int
    tick: int
    count: int
    depot: int = -1

    @property
    def inside(self) -> bool:
        """Whether they stand inside, and nowhere else."""
        return self.depot >= 0 and self.place == self.depot


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
        riders, shifts = Riders(scenario), dict[tuple[object, ...], Shift]()
        self.turns: list[tuple[Turn, Shift]] = []
        counts: dict[tuple[int, int, int], int] = {}
        depots: dict[tuple[int, int, int], int] = {}
        known: dict[int, Shift] = {}
        for turn in turns:
            drives = tables[turn.vehicle.kind.id]
            alike: tuple[object, ...] = turn.day.opens.tobytes(), turn.day.date, drives.type.id
            if alike not in shifts:
                shifts[alike] = shift(drives, turn.day, pickups(scenario, drives, riders))
            one = shifts[alike]
            if math.isfinite(turn.vehicle.until_s) or turn.vehicle.inside:
                alike = *alike, turn.vehicle.until_s, turn.vehicle.depot, turn.waits
                if alike not in shifts:
                    shifts[alike] = replace(one, last_out=_latest(turn, one))
                one = shifts[alike]
            if len(one.pickups.zone) and one.minute(turn.free_s) < one.minutes:
                self.turns.append((turn, one))
                known[id(one)] = one
                key = id(one), place[turn.place], one.minute(turn.free_s)
                counts[key] = counts.get(key, 0) + 1
                waits = turn.inside or (turn.waits and not turn.trips)
                depots[key] = place[turn.vehicle.depot] if waits else -1
        self.alike = tuple(
            Crew(known[key[0]], *key[1:], count, depots[key]) for key, count in counts.items()
        )


def _latest(turn: Turn, one: Shift) -> NDArray[np.int64]:
    """Return the last tick at each gate outward from which it is back in time, shape (k,)."""
    scenario, depot = one.drives.scenario, turn.vehicle.depot
    if not math.isfinite(turn.vehicle.until_s):
        return one.last_out
    homes = [home(scenario, corridor.reception, depot) for corridor in scenario.corridors]
    free = np.floor((turn.vehicle.until_s - one.begin_s - np.ceil(homes)) / TICK_S)
    return np.asarray(np.minimum(one.last_out, free.astype(np.int64) - one.after))


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


def over(
    riders: Riders, pickups_: Pickups, kind: str, scenario: Scenario
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return by how many persons trips may exceed as many mean loads: in all, and a trip; (q,)."""
    types = {one.id: one for one in scenario.fleet.types}
    pairs = zip(pickups_.zone.tolist(), pickups_.group.tolist(), strict=True)
    each = [riders.excess(types[kind], zone, group) for zone, group in pairs]
    table = np.array(each, dtype=float).reshape(-1, 2)
    return table[:, 0].copy(), table[:, 1].copy()
