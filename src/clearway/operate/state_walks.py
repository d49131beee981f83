"""The replay of movements until now: who left home, came to the mouth, passed and came out.

Households are whole. The k-th of the n households of a block leaves at its part of the slot and
walks as the plan has it; at the gate they are served in the order in which they come, each when
its last person is through. Nothing that happens later bears on what was before it.
"""

from __future__ import annotations

import heapq
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from clearway.operate.state_gates import Gate
from clearway.operate.state_table import Blocks, Table

NEVER: Final = math.inf
_CRUMB: Final = 1e-6
#: What happens at one moment happens in this order: who is called as a gate is shut stays at home.
_CLOSE, _LAST, _CALL, _SHUT, _OPEN, _DUE, _RETRY = range(7)


class Call(NamedTuple):
    """What a record says of one movement: row of the movement, when, and the state told."""

    movement: int
    at_s: float
    state: str


@dataclass(frozen=True, slots=True, eq=False)
class Trace:
    """What became of each household of one plan's movements until now.

    Attributes
    ----------
    movement, size
        Shape (h,), row of the movement, and persons.
    household
        Shape (h,), place in the order of its zone and group.
    left_s, passed_s, turned_s
        Shape (h,), seconds from the scenario's start; infinite for not until now.
    arrived_s, out_s
        Shape (h,), at the mouth and out of the exit; infinite where they did not leave or pass,
        later than now where they are on the way.
    held
        Shape (m,), whether those at home of a movement are held.
    """

    movement: NDArray[np.int64]
    size: NDArray[np.int64]
    household: NDArray[np.int64]
    left_s: NDArray[np.float64]
    arrived_s: NDArray[np.float64]
    passed_s: NDArray[np.float64]
    out_s: NDArray[np.float64]
    turned_s: NDArray[np.float64]
    held: NDArray[np.bool_]


class Hours(NamedTuple):
    """A window as gate teams knew it: when it opens, and from when on which closing was known."""

    opens_s: float
    closings: tuple[tuple[float, float], ...]

    def closes_at(self, at_s: float) -> float:
        """Return the closing that was known at a moment."""
        return [closes for since, closes in self.closings if since <= at_s][-1]


@dataclass(frozen=True, slots=True, eq=False)
class Told:
    """What the replay is told of the day.

    Attributes
    ----------
    calls
        In order.
    hours
        For each corridor's row its windows in order; where there are none, those of the gate hold
        as they are.
    shut
        For each corridor's row when it was told to be shut, even if it was so already: whoever was
        called all the same, and did not leave yet, stays at home.
    """

    calls: tuple[Call, ...] = ()
    hours: Mapping[int, tuple[Hours, ...]] = field(default_factory=dict)
    shut: Mapping[int, tuple[float, ...]] = field(default_factory=dict)


def trace(table: Table, gates: Sequence[Gate], told: Told, now_s: float) -> Trace:
    """Replay a plan's movements until ``now_s``.

    Blocks are called in the table's order, at its times or later: while their gate serves, not
    too many wait or are on the way (the plan's rules), and it is not too late for the window.

    Parameters
    ----------
    table
        Of the plan.
    gates
        One a corridor, in the scenario's order.
    told
        What records say.
    now_s
        Seconds from the scenario's start.
    """
    held = np.zeros(table.movements, dtype=np.bool_)
    parts = []
    for blocks in table.corridors:
        gate = gates[blocks.corridor]
        always = tuple(Hours(opens, ((-NEVER, closes),)) for opens, closes in gate.windows)
        mouth = _Mouth(table, blocks, gate, told.hours.get(blocks.corridor, always))
        mouth.run(_timeline(mouth, told), now_s)
        count = len(blocks.movement)
        held[blocks.movement] = [one in mouth.held or one in mouth.due for one in range(count)]
        parts.append(mouth.columns())
    joined: dict[str, Any] = {
        name: np.concatenate([part[name] for part in parts]) if parts else np.empty(0, dtype=kind)
        for name, kind in _COLUMNS.items()
    }
    return Trace(**joined, held=held)


_COLUMNS: Final = {
    **dict.fromkeys(("movement", "size", "household"), np.int64),
    **dict.fromkeys(("left_s", "arrived_s", "passed_s", "out_s", "turned_s"), np.float64),
}


class _Item(NamedTuple):
    """Something that happens at one gate: when, in which place of that moment, and to whom."""

    at_s: float
    order: int
    about: int = -1
    state: str = ""


def _timeline(mouth: _Mouth, told: Told) -> list[_Item]:
    """Return all that happens at a gate and is known beforehand."""
    blocks = mouth.blocks
    block_of = {movement: block for block, movement in enumerate(blocks.movement.tolist())}
    items = [_Item(since, _OPEN) for since, _ in mouth.gate.serves]
    shut = (at for at in told.shut.get(blocks.corridor, ()) if not mouth.gate.open_at(at))
    items += [_Item(at, _SHUT) for at in (*(until for _, until in mouth.gate.serves), *shut)]
    for one in mouth.hours:
        ends = [since for since, _ in one.closings[1:]]
        for (since, closes), until in zip(one.closings, [*ends, NEVER], strict=True):
            # A closing counts while nothing else is known; not before it was told.
            found = [_Item(max(closes, since), _CLOSE)]
            for g, before in enumerate(blocks.rule.last_entry_s):
                # A step later than the rule: plans count whole steps.
                last = min(closes, closes - before + mouth.step_s)
                found.append(_Item(max(last, since), _LAST, g))
            items += [item for item in found if item.at_s < until]
    first: dict[int, Call] = {}
    for call in told.calls:
        if call.movement in block_of:
            items.append(_Item(call.at_s, _CALL, block_of[call.movement], call.state))
            first.setdefault(call.movement, call)
    for movement, block in block_of.items():
        depart, told_first = blocks.depart_s[block], first.get(movement)
        late = told_first is not None and told_first.state == "called" and told_first.at_s > depart
        items += [] if late else [_Item(depart, _DUE, block)]
    return items


class _Mouth:
    """One corridor while its day goes on."""

    def __init__(self, table: Table, blocks: Blocks, gate: Gate, hours: tuple[Hours, ...]) -> None:
        self.gate, self.hours, self.rule, self.blocks = gate, hours, blocks.rule, blocks
        self.slot_s, self.step_s = table.slot_s, table.step_s
        count = len(blocks.size)
        self.left = np.full(count, NEVER)
        self.arrive = np.full(count, NEVER)
        self.passed = np.full(count, NEVER)
        self.turned = np.full(count, NEVER)
        self.to_serve = blocks.size.astype(np.float64)
        #: Rows of those who left or are to leave, and neither passed nor were sent back.
        self.active = np.empty(0, dtype=np.int64)
        self.clock = -math.inf
        self.due: set[int] = set()
        self.held: set[int] = set()
        self.begun: set[int] = set()
        self.retry_s = -math.inf
        self.items: list[_Item] = []

    def run(self, items: Sequence[_Item], now_s: float) -> None:
        """Let everything happen until now."""
        self.items = [one for one in items if one.at_s <= now_s]
        heapq.heapify(self.items)
        while self.items:
            self._happen(heapq.heappop(self.items), now_s)
        self._serve(now_s)

    def columns(self) -> dict[str, NDArray[Any]]:
        """Return the columns of a trace by name."""
        return {
            "movement": self.blocks.movement[self.blocks.block],
            "size": self.blocks.size,
            "household": self.blocks.household,
            "left_s": self.left,
            "arrived_s": self.arrive,
            "passed_s": self.passed,
            "out_s": self.passed + self.blocks.through_s,
            "turned_s": self.turned,
        }

    def _happen(self, item: _Item, now_s: float) -> None:
        at = item.at_s
        if item.order == _CALL:
            self._called(item)
        elif item.order == _SHUT:
            self._stay(at, slice(None))
        elif item.order in {_CLOSE, _LAST}:
            self._serve(at)
            late = np.ones(len(self.left), dtype=np.bool_)
            if item.order == _LAST:
                late = self.blocks.group[self.blocks.block] == item.about
            self._stay(at, late)
            gone = self.active[late[self.active] & (self.left[self.active] <= at)]
            self._turn(gone, at)
        else:
            if item.order == _DUE and item.about not in self.begun | self.held:
                self.due.add(item.about)
            self._call_due(at, now_s)

    def _called(self, item: _Item) -> None:
        """Do as a record says."""
        at, block = item.at_s, item.about
        rows = self.blocks.rows(block)
        if item.state == "called":
            soon = 0 < self.blocks.depart_s[block] - at <= self.slot_s
            leaving = bool((np.isfinite(self.left[rows]) & (self.left[rows] > at)).any())
            self.held.discard(block)
            if not leaving and (block in self.begun or not soon):
                self._start(block, at, again=True)
            return
        self._stay(at, rows)
        self.due.discard(block)
        self.held.add(block)
        if item.state == "held":
            return
        self._serve(at)
        before_mark = self.passed[rows] + self.blocks.mark_s[rows] > at
        back = (self.left[rows] <= at) & np.isinf(self.turned[rows]) & before_mark
        self._turn(np.flatnonzero(back) + rows.start, at)
        if item.state == "home":
            self._reset(np.flatnonzero(np.isfinite(self.turned[rows])) + rows.start)

    def _call_due(self, at: float, now_s: float) -> None:
        """Call those who are due, in the table's order, if the rules allow it."""
        begun = [one for one in self.hours if one.opens_s <= at]
        if not begun or not self.gate.open_at(at):
            return
        closes = begun[-1].closes_at(at)
        for block in sorted(self.due):
            if at > closes - self.blocks.before_s[block]:
                continue
            if not self._room(at):
                if self.retry_s <= at <= now_s - self.step_s:
                    self.retry_s = at + self.step_s
                    heapq.heappush(self.items, _Item(self.retry_s, _RETRY))
                return
            self._start(block, at)

    def _room(self, at: float) -> bool:
        """Whether no more people wait, and are on the way, than the rules allow for a call."""
        rule = self.rule
        if math.isinf(rule.hold_queue_persons) and math.isinf(rule.hold_called_persons):
            return True
        self._serve(at)
        sizes = self.blocks.size[self.active]
        called = int(sizes.sum())
        waiting = int(sizes[self.arrive[self.active] <= at].sum())
        return waiting <= rule.hold_queue_persons and called <= rule.hold_called_persons

    def _start(self, block: int, at: float, *, again: bool = False) -> None:
        """Let those of a block leave who are at home, ``again`` also who was sent back, evenly."""
        rows = self.blocks.rows(block)
        stay = np.isinf(self.left[rows]) | (again & np.isfinite(self.turned[rows]))
        own = np.flatnonzero(stay) + rows.start
        self._reset(own)
        self.left[own] = at + self.blocks.spacing_s[block] * np.arange(len(own))
        self.arrive[own] = self.left[own] + self.blocks.walk_s[own]
        self.active = np.concatenate([self.active, own])
        self.due.discard(block)
        self.begun.add(block)

    def _stay(self, at: float, rows: slice | NDArray[np.bool_]) -> None:
        """Let those who are still to leave stay at home; their blocks are due again."""
        still = np.zeros(len(self.left), dtype=np.bool_)
        still[rows] = (self.left[rows] >= at) & np.isfinite(self.left[rows])
        self._reset(np.flatnonzero(still))
        self.due |= set(self.blocks.block[still].tolist()) - self.held

    def _reset(self, rows: NDArray[np.int64]) -> None:
        for column in (self.left, self.arrive, self.passed, self.turned):
            column[rows] = NEVER
        self.to_serve[rows] = self.blocks.size[rows]
        self._sort_out()

    def _turn(self, rows: NDArray[np.int64], at: float) -> None:
        self.turned[rows] = at
        self._sort_out()

    def _sort_out(self) -> None:
        rows = self.active
        on_way = np.isinf(self.passed[rows]) & np.isinf(self.turned[rows])
        self.active = rows[on_way & np.isfinite(self.left[rows])]

    def _serve(self, until: float) -> None:
        """Let the gate serve those who come, in their order, up to a moment."""
        since, self.clock = self.clock, max(until, self.clock)
        rows = self.active[self.arrive[self.active] < until]
        if until <= since or not len(rows):
            return
        rows = rows[np.lexsort((rows, self.arrive[rows]))]
        persons = self.to_serve[rows]
        total = np.cumsum(persons)
        # Each is done when the gate has served it since it came, or since the one before was done.
        ready = self.gate.until(np.maximum(self.arrive[rows], since)) - (total - persons)
        done = total + np.maximum.accumulate(ready)
        end = float(self.gate.until(until))
        count = int(np.searchsorted(done, end + _CRUMB, side="right"))
        self.passed[rows[:count]] = np.minimum(self.gate.when(done[:count]), until)
        if count < len(rows):
            self.to_serve[rows[count]] = min(persons[count], done[count] - end)
        if count:
            self._sort_out()
