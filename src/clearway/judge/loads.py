"""How many people enter each link, each way, in each slot."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from clearway.judge.columns import Columns
from clearway.judge.replay import Replay
from clearway.judge.totals import spread_out, total_by
from clearway.judge.walking import Walks
from clearway.model.scenario import Planning, Scenario


@dataclass(frozen=True, slots=True, eq=False)
class Loads:
    """Entries into links; one row a link, way and slot in which anyone enters.

    Attributes
    ----------
    link
        Shape (n,), row of the link.
    forward
        Shape (n,), whether they walk the way the link is written.
    slot
        Shape (n,), number of the slot, from the scenario's start.
    car
        Shape (n,), whether they drive; cars and people on foot share no capacity.
    amount
        Shape (n,), persons on foot or cars that enter.
    capacity
        Shape (n,), persons or cars that the link can take in one slot.
    """

    link: NDArray[np.int64]
    forward: NDArray[np.bool_]
    slot: NDArray[np.int64]
    car: NDArray[np.bool_]
    amount: NDArray[np.float64]
    capacity: NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class _Entries:
    """Entries before they are added up.

    A way is four times the link's row, plus two for cars, plus one against how it is written.
    """

    way: NDArray[np.int64]
    slot: NDArray[np.int64]
    group: NDArray[np.int64]
    amount: NDArray[np.float64]


def loads(scenario: Scenario, moves: Columns, walks: Walks, seen: Replay) -> Loads:
    """Add up all entries, before the gates as people leave home, behind them as they pass."""
    planning, links = scenario.planning, scenario.network.links
    told = [group.persons_per_car for group in scenario.groups]
    together = np.array([1.0 if one is None else one.central for one in told])
    car = np.array([one is not None for one in told])[moves.group]
    way = 4 * moves.link + 2 * car[moves.movement] + ~walks.forward
    parts = (
        _before_gates(planning, moves, walks, way),
        _behind_gates(planning, moves, walks, seen, way),
    )
    way, slot = (np.concatenate([getattr(p, f) for p in parts]) for f in ("way", "slot"))
    amount = np.concatenate([part.amount / together[part.group] for part in parts])
    way, slot, amount = total_by(way, slot, amount)
    row, drives = way // 4, way % 4 >= 2
    rate = np.stack([links.foot_capacity_persons_per_s, links.capacity_veh_per_s])
    capacity = rate[drives.astype(np.int64), row] * planning.slot_s
    return Loads(row, way % 2 == 0, slot, drives, amount, capacity)


def _before_gates(
    planning: Planning, moves: Columns, walks: Walks, way: NDArray[np.int64]
) -> _Entries:
    """Return the entries into links inside: a block takes a slot at most, so one or two."""
    movement = moves.movement
    place = np.arange(len(moves.link)) - moves.offset[movement]
    flat = np.flatnonzero(walks.usable[movement] & (place < walks.gate[movement]))
    of = movement[flat]
    enter = moves.depart_s[of] + walks.before[flat] * planning.tick_s
    slot, into = np.divmod(enter, planning.slot_s)
    fit = -(-(planning.slot_s - into) // planning.step_s)
    share = np.minimum(fit / moves.cohorts[of], 1.0)
    rest = share < 1
    persons, group = moves.persons[of], moves.group[of]
    return _Entries(
        np.concatenate([way[flat], way[flat][rest]]),
        np.concatenate([slot, slot[rest] + 1]),
        np.concatenate([group, group[rest]]),
        np.concatenate([persons * share, (persons * (1 - share))[rest]]),
    )


def _behind_gates(
    planning: Planning, moves: Columns, walks: Walks, seen: Replay, way: NDArray[np.int64]
) -> _Entries:
    """Return the entries behind the gates, of all that pass one in the same step together."""
    portions = seen.portions
    movement = seen.cohorts.movement[portions.cohort]
    movement, step, passing = total_by(movement, portions.step, portions.persons)
    first = moves.offset[movement] + walks.gate[movement]
    row, nth = spread_out(moves.offset[movement + 1] - first)
    flat = first[row] + nth
    ticks = walks.before[flat] - walks.before[first[row]]
    enter = step[row] * planning.step_s + ticks * planning.tick_s
    group = moves.group[movement[row]]
    return _Entries(way[flat], enter // planning.slot_s, group, passing[row])
