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
    persons
        Shape (n,), persons that enter.
    capacity
        Shape (n,), persons that the link can take in one slot.
    """

    link: NDArray[np.int64]
    forward: NDArray[np.bool_]
    slot: NDArray[np.int64]
    persons: NDArray[np.float64]
    capacity: NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class _Entries:
    """Entries before they are added up: twice the link's row plus its way, slot, persons."""

    way: NDArray[np.int64]
    slot: NDArray[np.int64]
    persons: NDArray[np.float64]


def loads(scenario: Scenario, moves: Columns, walks: Walks, seen: Replay) -> Loads:
    """Add up all entries, before the gates as people leave home, behind them as they pass."""
    planning = scenario.planning
    parts = (_before_gates(planning, moves, walks), _behind_gates(planning, moves, walks, seen))
    way, slot = (np.concatenate([getattr(p, f) for p in parts]) for f in ("way", "slot"))
    persons = np.concatenate([part.persons for part in parts])
    way, slot, persons = total_by(way, slot, persons)
    capacity = scenario.network.links.foot_capacity_persons_per_s * planning.slot_s
    return Loads(way // 2, way % 2 == 0, slot, persons, capacity[way // 2])


def _before_gates(planning: Planning, moves: Columns, walks: Walks) -> _Entries:
    """Return the entries into links inside: a block enters over one slot, so in one slot or two."""
    movement = moves.movement
    place = np.arange(len(moves.link)) - moves.offset[movement]
    flat = np.flatnonzero(walks.usable[movement] & (place < walks.gate[movement]))
    of = movement[flat]
    enter = moves.depart_s[of] + walks.before[flat] * planning.tick_s
    slot, into = np.divmod(enter, planning.slot_s)
    count = planning.slot_s // planning.step_s
    share = -(-(planning.slot_s - into) // planning.step_s) / count
    way = 2 * moves.link[flat] + ~walks.forward[flat]
    rest = share < 1
    persons = moves.persons[of]
    return _Entries(
        np.concatenate([way, way[rest]]),
        np.concatenate([slot, slot[rest] + 1]),
        np.concatenate([persons * share, (persons * (1 - share))[rest]]),
    )


def _behind_gates(planning: Planning, moves: Columns, walks: Walks, seen: Replay) -> _Entries:
    """Return the entries behind the gates, of all that pass one in the same step together."""
    portions = seen.portions
    movement = seen.cohorts.movement[portions.cohort]
    movement, step, passing = total_by(movement, portions.step, portions.persons)
    first = moves.offset[movement] + walks.gate[movement]
    row, nth = spread_out(moves.offset[movement + 1] - first)
    flat = first[row] + nth
    ticks = walks.before[flat] - walks.before[first[row]]
    enter = step[row] * planning.step_s + ticks * planning.tick_s
    way = 2 * moves.link[flat] + ~walks.forward[flat]
    return _Entries(way, enter // planning.slot_s, passing[row])
