"""A plan as columns: ids turned into rows of the scenario, odd values marked instead of raised."""

from __future__ import annotations

import math
import numbers
from dataclasses import dataclass
from itertools import chain
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from clearway.model.plan import Movement, Plan
from clearway.model.scenario import Scenario, row_of

UNKNOWN: Final = -1
#: Departures are cut to this many seconds either way: far beyond any pause, far within int64.
_FAR_S: Final = 1 << 40
_MOST: Final = (1 << 63) - 1


@dataclass(frozen=True, slots=True, eq=False)
class Columns:
    """The movements of a plan, one row each, their routes laid end to end.

    Attributes
    ----------
    zone, group, corridor
        Shape (m,), rows in the scenario; -1 where the id is unknown.
    timed
        Shape (m,), whether ``depart_s`` is a whole number of seconds.
    depart_s
        Shape (m,), seconds from the scenario's start; 0 where not ``timed``.
    on_grid
        Shape (m,), whether it departs on the grid of steps.
    cohorts
        Shape (m,), in how many steps it leaves: those of a slot, unless it says how long.
    first, households, persons
        Shape (m,), as the plan has them.
    offset
        Shape (m + 1,), where each route begins among ``link`` and where the last one ends.
    link
        Shape (f,), rows of links; -1 where the id is unknown.
    """

    zone: NDArray[np.int64]
    group: NDArray[np.int64]
    corridor: NDArray[np.int64]
    timed: NDArray[np.bool_]
    depart_s: NDArray[np.int64]
    on_grid: NDArray[np.bool_]
    cohorts: NDArray[np.int64]
    first: NDArray[np.float64]
    households: NDArray[np.float64]
    persons: NDArray[np.float64]
    offset: NDArray[np.int64]
    link: NDArray[np.int64]

    def __len__(self) -> int:
        """Return the number of movements."""
        return len(self.zone)

    @property
    def length(self) -> NDArray[np.int64]:
        """Shape (m,), links a route."""
        return np.diff(self.offset)

    @property
    def movement(self) -> NDArray[np.int64]:
        """Shape (f,), the movement that each link of ``link`` belongs to."""
        return np.repeat(np.arange(len(self)), self.length)

    @property
    def known(self) -> NDArray[np.bool_]:
        """Shape (m,), whether the zone, the group, the corridor and every link exist."""
        strange = np.bincount(self.movement[self.link == UNKNOWN], minlength=len(self))
        rows = np.minimum(np.minimum(self.zone, self.group), self.corridor)
        return np.asarray((rows != UNKNOWN) & (strange == 0))


def columns(scenario: Scenario, plan: Plan) -> Columns:
    """Return the movements of ``plan`` as columns; nothing that they hold raises."""
    moves = plan.movements
    step = scenario.planning.step_s
    departs = [whole_number(move.depart_s) for move in moves]
    routes = [_route(move) for move in moves]
    lengths = np.array([len(route) for route in routes], dtype=np.int64)
    return Columns(
        zone=_rows(row_of(scenario.zones), [move.zone for move in moves]),
        group=_rows(row_of(scenario.groups), [move.group for move in moves]),
        corridor=_rows(row_of(scenario.corridors), [move.corridor for move in moves]),
        timed=np.array([depart is not None for depart in departs], dtype=np.bool_),
        depart_s=np.array([near(depart or 0) for depart in departs], dtype=np.int64),
        on_grid=np.array([d is not None and d % step == 0 for d in departs], dtype=np.bool_),
        cohorts=np.array([_cohorts(scenario, move) for move in moves], dtype=np.int64),
        first=np.array([move.first_household for move in moves], dtype=np.float64),
        households=np.array([move.households for move in moves], dtype=np.float64),
        persons=np.array([move.persons for move in moves], dtype=np.float64),
        offset=np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64),
        link=link_rows(scenario.network.links.id, list(chain.from_iterable(routes))),
    )


def _cohorts(scenario: Scenario, move: Movement) -> int:
    """Return in how many steps a movement leaves; at most those of a slot."""
    planning = scenario.planning
    span = whole_number(planning.slot_s if move.span_s is None else move.span_s)
    return -(-min(max(span or 0, 1), planning.slot_s) // planning.step_s)


def number(value: Any) -> float:
    """Return ``value`` as a float; not-a-number where it is no number or beyond them."""
    try:
        return float(value) if isinstance(value, numbers.Real) else math.nan
    except OverflowError:
        return math.nan


def whole_number(value: Any) -> int | None:
    """Return ``value`` as an int; None where it is no whole number."""
    if isinstance(value, int | np.integer):
        return int(value)
    exact = number(value)
    return int(exact) if math.isfinite(exact) and exact == math.floor(exact) else None


def near(seconds: int) -> int:
    """Return ``seconds``, cut where they are far beyond any pause."""
    return min(max(seconds, -_FAR_S), _FAR_S)


def _route(move: Movement) -> tuple[Any, ...]:
    links: Any = move.links
    return tuple(links) if isinstance(links, tuple | list) else ()


def _rows(known: dict[str, int], ids: list[Any]) -> NDArray[np.int64]:
    rows = [known.get(one, UNKNOWN) if isinstance(one, str) else UNKNOWN for one in ids]
    return np.array(rows, dtype=np.int64)


def link_rows(
    known: NDArray[np.int64], ids: list[Any], order: NDArray[np.int64] | None = None
) -> NDArray[np.int64]:
    """Return the rows of links ``ids``, -1 for any that is none, whatever it is.

    Parameters
    ----------
    known
        Shape (links,), ids.
    ids
        Anything.
    order
        Shape (links,), the rows that sort ``known``, if that was done already.
    """
    if not ids or not len(known):
        return np.full(len(ids), UNKNOWN, dtype=np.int64)
    wanted, possible = _integers(ids)
    order = np.argsort(known, kind="stable") if order is None else order
    at = np.minimum(np.searchsorted(known, wanted, sorter=order), len(known) - 1)
    rows = order[at]
    return np.where(possible & (known[rows] == wanted), rows, UNKNOWN).astype(np.int64)


def _integers(values: list[Any]) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    """Return the values as int64, and which of them are whole numbers that fit."""
    if set(map(type, values)) <= {int, np.int64} and max(values) <= _MOST >= -min(values):
        return np.array(values, dtype=np.int64), np.ones(len(values), dtype=np.bool_)
    fits = [isinstance(one, int | np.integer) and -_MOST <= one <= _MOST for one in values]
    kept = [one if fit else 0 for one, fit in zip(values, fits, strict=True)]
    return np.array(kept, dtype=np.int64), np.array(fits, dtype=np.bool_)
