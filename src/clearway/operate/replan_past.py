"""What a plan made anew starts from: the plan that holds, as the state says that it ran.

Who left home late leaves late here, who was held is at home and has no order any more, and who was
sent back is on the way home. What was announced for later stays as it was announced.
"""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from clearway.model.plan import Movement, Plan
from clearway.model.record import Record
from clearway.model.replan import Turn
from clearway.model.scenario import Scenario
from clearway.operate.known import Known
from clearway.operate.replan_rides import ridden
from clearway.operate.state import lay_out, ran
from clearway.operate.state_walks import Trace

#: Records of what holds from a moment on: those of the very moment of planning are not past yet.
_FROM_NOW: Final = frozenset({"window", "closure", "gate", "stop", "resume", "vehicle", "convoy"})
#: Seconds that sums of floating-point numbers may be off by.
_CRUMB_S: Final = 1e-3


@dataclass(frozen=True, slots=True)
class Past:
    """What of the past stands in no plan.

    Attributes
    ----------
    turns
        Those who were turned before now.
    late
        Ids of duties that did not run as printed.
    """

    turns: tuple[Turn, ...] = ()
    late: frozenset[str] = frozenset()


NOTHING: Final = Past()


def before_now(records: tuple[Record, ...], now: datetime) -> tuple[Record, ...]:
    """Return records without those that tell what holds from ``now`` on."""
    return tuple(one for one in records if one.event.at != now or one.event.kind not in _FROM_NOW)


def as_it_ran(scenario: Scenario, plan: Plan, conditions: Known) -> tuple[Plan, Past]:
    """Return a plan as it ran until now and is announced from now on, and who was sent back.

    A movement of which all left at once as printed, or nobody yet, stays as it is. Of any other
    what left stands with the step in which it left, the rest of it has no order; where a block left
    in parts each is a movement. Nobody is lost: who is in none is at home or among those sent back.

    Parameters
    ----------
    scenario
        As it was before the pause.
    plan
        The one that holds.
    conditions
        Known at a whole second, without what holds from then on only (:func:`before_now`).
    """
    run = ran(lay_out(scenario, plan), conditions)
    walks = _Walks(plan, conditions, run.walks)
    moves, turns = walks.movements(), list(walks.turns())
    driven = ridden(plan, run.vehicles, run.convoys, conditions)
    ordered = sorted(moves, key=lambda one: (one.depart_s, one.id))
    new = plan.replace(
        movements=plan.movements if ordered == list(plan.movements) else tuple(ordered),
        duties=driven.duties,
        convoys=driven.convoys,
    )
    return new, Past((*turns, *driven.turns), driven.late)


class _Walks:
    """Movements as the replay of the state has them."""

    def __init__(self, plan: Plan, conditions: Known, trace: Trace) -> None:
        self._plan, self._now_s, self._trace = plan, int(conditions.now_s), trace
        planning = conditions.scenario.planning
        self._step_s, self._slot_s = planning.step_s, planning.slot_s
        order = np.argsort(trace.movement, kind="stable")
        ends = np.searchsorted(trace.movement[order], np.arange(len(plan.movements) + 1))
        self._rows = [order[a:b] for a, b in pairwise(ends.tolist())]
        told = conditions.of("call")
        last = {
            name: one.event.about["state"] for one in told for name in one.event.about["movements"]
        }
        #: Movements of which a record says that nobody is to be called.
        self._barred = {name for name, state in last.items() if state != "called"}
        self._scenario = conditions.scenario
        self._names = {move.id for move in plan.movements}

    def movements(self) -> list[Movement]:
        """Return what left before now, and what is announced."""
        left = self._trace.left_s
        found = []
        for move, rows in zip(self._plan.movements, self._rows, strict=True):
            waits = move.depart_s >= self._now_s and move.id not in self._barred
            if self._as_printed(move, rows) or (waits and not (left[rows] < self._now_s).any()):
                found.append(move)
            else:
                found += self._parts(move, rows)
        return found

    def turns(self) -> Iterator[Turn]:
        """Yield those who were sent back, even if they are at home by now."""
        back = np.isfinite(self._trace.turned_s)
        for row in np.unique(self._trace.movement[back]).tolist():
            move, rows = self._plan.movements[row], self._rows[row]
            gone = np.flatnonzero(back[rows])
            edges = np.flatnonzero(np.diff(gone) > 1) + 1
            for part in np.split(gone, edges):
                yield self._turn(move, rows[part])

    def _as_printed(self, move: Movement, rows: NDArray[np.int64]) -> bool:
        """Whether all of a movement left, or leave, at their printed times, and none came back."""
        spacing = move.leaves_over_s(self._slot_s) / move.households
        printed = move.depart_s + spacing * np.arange(move.households)
        own = len(rows) == move.households and np.isinf(self._trace.turned_s[rows]).all()
        return bool(own and (np.abs(self._trace.left_s[rows] - printed) < _CRUMB_S).all())

    def _parts(self, move: Movement, rows: NDArray[np.int64]) -> Iterator[Movement]:
        """Yield the parts of a movement that left, or leave from now on, one after another."""
        left = self._trace.left_s
        goes = rows[np.isfinite(left[rows]) & np.isinf(self._trace.turned_s[rows])]
        if not len(goes):
            return
        spacing = move.leaves_over_s(self._slot_s) / move.households
        apart = np.diff(self._trace.household[goes]) > 1
        apart |= np.abs(np.diff(left[goes]) - spacing) > _CRUMB_S
        for n, part in enumerate(np.split(goes, np.flatnonzero(apart) + 1)):
            depart_s = self._depart(move, float(left[part[0]]))
            name = move.id if n == 0 else self._name(move.id, n)
            yield dataclasses.replace(
                move,
                id=name,
                depart_s=depart_s,
                span_s=self._span(depart_s, left[part], spacing),
                **self._size(part),
            )

    def _depart(self, move: Movement, left_s: float) -> int:
        """Return the step in which a part began to leave: not before its window opens."""
        step_s = self._step_s
        steps = math.floor(left_s / step_s) if left_s < self._now_s else math.ceil(left_s / step_s)
        for one in self._scenario.windows:
            opens, closes = (self._scenario.seconds(at) for at in (one.opens, one.closes))
            if one.corridor == move.corridor and opens <= left_s < closes:
                steps = max(steps, -(-opens // step_s))
        return steps * step_s

    def _span(self, depart_s: int, left_s: NDArray[np.float64], spacing: float) -> int | None:
        """Return over how long a part leaves: whole steps, none of it later than it did."""
        first, last = float(left_s[0]), float(left_s[-1])
        steps = math.floor((last + spacing - first) / self._step_s + _CRUMB_S)
        if last < self._now_s:
            steps = min(steps, math.ceil((self._now_s - depart_s) / self._step_s))
        span_s = min(max(steps, 1) * self._step_s, self._slot_s)
        return None if span_s == self._slot_s else span_s

    def _name(self, name: str, n: int) -> str:
        """Return an id for a later part of a movement that no other has."""
        while f"{name}.{n + 1}" in self._names:
            n += 1
        self._names.add(f"{name}.{n + 1}")
        return f"{name}.{n + 1}"

    def _size(self, rows: NDArray[np.int64]) -> dict[str, Any]:
        return {
            "first_household": int(self._trace.household[rows[0]]),
            "households": len(rows),
            "persons": int(self._trace.size[rows].sum()),
        }

    def _turn(self, move: Movement, rows: NDArray[np.int64]) -> Turn:
        """Return households that were sent back: they walk as far back as they had come."""
        trace = self._trace
        turned, left = trace.turned_s[rows], trace.left_s[rows]
        walk = np.minimum(trace.arrived_s[rows], turned) - left
        beyond = np.where(np.isfinite(trace.passed_s[rows]), turned - trace.passed_s[rows], 0.0)
        return Turn(
            movement=move.id,
            zone=move.zone,
            group=move.group,
            corridor=move.corridor,
            **self._size(rows),
            place=move.zone,
            back_s=math.ceil(float((turned + walk + np.maximum(beyond, 0.0)).max())),
        )
