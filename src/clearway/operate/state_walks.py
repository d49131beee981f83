"""The replay of movements until now: who left home, came to the mouth, passed and came out.

Households are whole. The k-th of the n households of a block leaves at its part of the slot and
walks as the plan has it; at the gate they are served in the order in which they come, each when
its last person is through. Nothing that happens later bears on what was before it.
"""

from __future__ import annotations

import heapq
import math
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from clearway.model.plan import Movement, Plan
from clearway.model.population import CAR
from clearway.model.rules import GateRule, Rules
from clearway.model.scenario import Scenario, row_of
from clearway.operate.state_gates import Gate
from clearway.simulate.usual import usual_rules

NEVER: Final = math.inf
_CRUMB: Final = 1e-6
#: What happens at one moment happens in this order.
_CLOSE, _SHUT, _LAST, _OPEN, _CALL, _DUE, _RETRY = range(7)


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


@dataclass(frozen=True, slots=True, eq=False)
class Told:
    """What the replay is told of the day.

    Attributes
    ----------
    calls
        In order.
    closing_told_s
        By row of the corridor and closing: when that closing was told, if it was not announced
        from the first; nobody was turned for it before.
    """

    calls: tuple[Call, ...] = ()
    closing_told_s: Mapping[tuple[int, float], float] = field(default_factory=dict)


def trace(scenario: Scenario, plan: Plan, gates: Sequence[Gate], told: Told, now_s: float) -> Trace:
    """Replay the movements of ``plan`` until ``now_s``.

    Blocks are called in the table's order, at its times or later: while their gate serves, not
    too many wait or are on the way (the plan's rules), and it is not too late for the window.

    Parameters
    ----------
    scenario
        As known.
    plan
        What is run.
    gates
        One a corridor, in the scenario's order.
    told
        What records say.
    now_s
        Seconds from the scenario's start.
    """
    rules = plan.rules if plan.rules is not None else usual_rules(scenario, plan)
    corridors = row_of(scenario.corridors)
    rows: dict[int, list[int]] = defaultdict(list)
    for row, move in enumerate(plan.movements):
        rows[corridors[move.corridor]].append(row)
    ways = _Ways(scenario)
    held = np.zeros(len(plan.movements), dtype=np.bool_)
    parts = []
    for k, rows_here in sorted(rows.items()):
        own = sorted(rows_here, key=lambda row: (plan.movements[row].depart_s, row))
        blocks = _blocks(scenario, plan, own, ways, rules)
        mouth = _Mouth(scenario, gates[k], _rule(rules, scenario, k), blocks)
        block_of = {row: block for block, row in enumerate(own)}
        mouth.run(_timeline(mouth, block_of, told, k), now_s)
        held[own] = [block in mouth.held or block in mouth.due for block in range(len(own))]
        parts.append(mouth.columns(np.array(own)))
    joined: dict[str, Any] = {
        name: np.concatenate([part[name] for part in parts]) if parts else np.empty(0, dtype=kind)
        for name, kind in _COLUMNS.items()
    }
    return Trace(**joined, held=held)


_COLUMNS: Final = {
    **dict.fromkeys(("movement", "size", "household"), np.int64),
    **dict.fromkeys(("left_s", "arrived_s", "passed_s", "out_s", "turned_s"), np.float64),
}


class _Ways:
    """Seconds that groups take, as plans count them: whole ticks a link, one at least."""

    def __init__(self, scenario: Scenario) -> None:
        links, tick_s = scenario.network.links, scenario.planning.tick_s
        self.scenario, self.groups = scenario, row_of(scenario.groups)
        self.rows = {one.id: scenario.network.link_index(one.links) for one in scenario.corridors}
        self.first = {one.id: one.links[0] for one in scenario.corridors}
        self.seconds = []
        for group in scenario.groups:
            speed = np.full(len(links.id), group.speed_m_per_s.central)
            if CAR in group.modes:
                own = links.speed_m_per_s
                speed = np.where(own > 0, np.minimum(speed, own), speed)
            self.seconds.append(np.maximum(1, np.floor(links.length_m / (speed * tick_s) + 0.5)))
        self.tick_s = tick_s
        self.known: dict[tuple[int, tuple[int, ...]], float] = {}

    def to_mouth_s(self, move: Movement) -> float:
        """Return the seconds from home to the gate."""
        before = move.links[: move.links.index(self.first[move.corridor])]
        key = self.groups[move.group], before
        if key not in self.known:
            row = self.scenario.network.link_index(before)
            self.known[key] = float(self.seconds[key[0]][row].sum()) * self.tick_s
        return self.known[key]

    def through_s(self, move: Movement) -> float:
        """Return the seconds from the gate to the exit."""
        row = self.rows[move.corridor]
        return float(self.seconds[self.groups[move.group]][row].sum()) * self.tick_s

    def length_m(self, corridor: str) -> float:
        """Return the metres from the gate to the exit."""
        return float(self.scenario.network.links.length_m[self.rows[corridor]].sum())


@dataclass(frozen=True, slots=True, eq=False)
class _Blocks:
    """The movements of one corridor in the table's order, and their households end to end."""

    depart_s: list[float]
    before_s: list[float]
    group: NDArray[np.int64]
    offset: list[int]
    spacing_s: list[float]
    block: NDArray[np.int64]
    size: NDArray[np.int64]
    household: NDArray[np.int64]
    walk_s: NDArray[np.float64]
    through_s: NDArray[np.float64]
    mark_s: NDArray[np.float64]

    def rows(self, block: int) -> slice:
        """Return the households of a block."""
        return slice(self.offset[block], self.offset[block + 1])


def _blocks(
    scenario: Scenario, plan: Plan, own: Sequence[int], ways: _Ways, rules: Rules
) -> _Blocks:
    moves = [plan.movements[row] for row in own]
    zones, groups = row_of(scenario.zones), row_of(scenario.groups)
    latest = {(one.zone, one.group, one.corridor): one.before_s for one in rules.last_departures}
    marks = {one.corridor: one.turn_m for one in rules.gates}
    orders: dict[tuple[int, int], NDArray[np.int64]] = {}
    sizes, household = [], []
    for move in moves:
        key = zones[move.zone], groups[move.group]
        if key not in orders:
            orders[key] = scenario.demand.sequence(*key)
        place = np.arange(move.first_household, move.first_household + move.households)
        known = orders[key]
        sizes.append(known[np.minimum(place, len(known) - 1)] if len(known) else place * 0 + 1)
        household.append(place)
    counts = np.array([move.households for move in moves])
    through = [ways.through_s(move) for move in moves]
    mark = [
        seconds * _part(marks.get(move.corridor), ways.length_m(move.corridor))
        for move, seconds in zip(moves, through, strict=True)
    ]
    return _Blocks(
        depart_s=[float(move.depart_s) for move in moves],
        before_s=[latest.get((move.zone, move.group, move.corridor), 0.0) for move in moves],
        group=np.array([groups[move.group] for move in moves]),
        offset=np.concatenate([[0], np.cumsum(counts)]).tolist(),
        spacing_s=(scenario.planning.slot_s / counts).tolist(),
        block=np.repeat(np.arange(len(moves)), counts),
        size=np.concatenate(sizes),
        household=np.concatenate(household),
        walk_s=np.repeat([ways.to_mouth_s(move) for move in moves], counts),
        through_s=np.repeat(through, counts),
        mark_s=np.repeat(mark, counts),
    )


def _part(mark_m: float | None, length_m: float) -> float:
    """Return the part of a corridor before its marked point; half where no rule says."""
    return 0.5 if mark_m is None else min(max(mark_m / length_m, 0.0), 1.0)


def _rule(rules: Rules, scenario: Scenario, k: int) -> GateRule:
    name = scenario.corridors[k].id
    nobody = (0.0,) * len(scenario.groups)
    usual = GateRule(name, math.inf, math.inf, math.inf, nobody, 0.0)
    return next((one for one in rules.gates if one.corridor == name), usual)


class _Item(NamedTuple):
    """Something that happens at one gate: when, in which place of that moment, and to whom."""

    at_s: float
    order: int
    about: int = -1
    state: str = ""


def _timeline(mouth: _Mouth, block_of: Mapping[int, int], told: Told, k: int) -> list[_Item]:
    """Return all that happens at a gate and is known beforehand."""
    items = [_Item(since, _OPEN) for since, _ in mouth.gate.serves]
    items += [_Item(until, _SHUT) for _, until in mouth.gate.serves]
    for _, closes in mouth.gate.windows:
        told_s = told.closing_told_s.get((k, closes), -math.inf)
        items.append(_Item(max(closes, told_s), _CLOSE))
        for g, before in enumerate(mouth.rule.last_entry_s):
            # A step later than the rule: plans count whole steps.
            last = min(closes, max(closes - before + mouth.step_s, told_s))
            items.append(_Item(last, _LAST, g))
    first: dict[int, Call] = {}
    for call in told.calls:
        if call.movement in block_of:
            items.append(_Item(call.at_s, _CALL, block_of[call.movement], call.state))
            first.setdefault(call.movement, call)
    for movement, block in block_of.items():
        depart, told_first = mouth.blocks.depart_s[block], first.get(movement)
        late = told_first is not None and told_first.state == "called" and told_first.at_s > depart
        items += [] if late else [_Item(depart, _DUE, block)]
    return items


class _Mouth:
    """One corridor while its day goes on."""

    def __init__(self, scenario: Scenario, gate: Gate, rule: GateRule, blocks: _Blocks) -> None:
        self.gate, self.rule, self.blocks = gate, rule, blocks
        self.slot_s, self.step_s = scenario.planning.slot_s, scenario.planning.step_s
        count = len(blocks.size)
        self.left = np.full(count, NEVER)
        self.arrive = np.full(count, NEVER)
        self.passed = np.full(count, NEVER)
        self.turned = np.full(count, NEVER)
        self.to_serve = blocks.size.astype(np.float64)
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

    def columns(self, own: NDArray[np.int64]) -> dict[str, NDArray[Any]]:
        """Return the columns of a trace by name; ``own`` are the rows of the movements."""
        return {
            "movement": own[self.blocks.block],
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
            late = self.blocks.group[self.blocks.block] == item.about
            self._stay(at, late if item.order == _LAST else slice(None))
            gone = (self.left <= at) & np.isinf(self.passed) & np.isinf(self.turned)
            self.turned[gone & (late if item.order == _LAST else True)] = at
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
                self._start(block, at)
            return
        self._stay(at, rows)
        self.due.discard(block)
        self.held.add(block)
        if item.state == "held":
            return
        self._serve(at)
        before_mark = self.passed[rows] + self.blocks.mark_s[rows] > at
        back = (self.left[rows] <= at) & np.isinf(self.turned[rows]) & before_mark
        self.turned[rows] = np.where(back, at, self.turned[rows])
        if item.state == "home":
            self._reset(np.flatnonzero(np.isfinite(self.turned[rows])) + rows.start)

    def _call_due(self, at: float, now_s: float) -> None:
        """Call those who are due, in the table's order, if the rules allow it."""
        window = self.gate.window_at(at)
        if window is None or not self.gate.open_at(at):
            return
        for block in sorted(self.due):
            if at > window[1] - self.blocks.before_s[block]:
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
        on_way = np.isinf(self.passed) & np.isinf(self.turned) & np.isfinite(self.left)
        waiting = int(self.blocks.size[on_way & (self.arrive <= at)].sum())
        called = int(self.blocks.size[on_way].sum())
        return waiting <= rule.hold_queue_persons and called <= rule.hold_called_persons

    def _start(self, block: int, at: float) -> None:
        """Let those of a block leave who are at home or were sent back, evenly."""
        rows = self.blocks.rows(block)
        stay = np.isinf(self.left[rows]) | np.isfinite(self.turned[rows])
        own = np.flatnonzero(stay) + rows.start
        self._reset(own)
        self.left[own] = at + self.blocks.spacing_s[block] * np.arange(len(own))
        self.arrive[own] = self.left[own] + self.blocks.walk_s[own]
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

    def _serve(self, until: float) -> None:
        """Let the gate serve those who come, in their order, up to a moment."""
        since, self.clock = self.clock, max(until, self.clock)
        on_way = (self.arrive < until) & np.isinf(self.passed) & np.isinf(self.turned)
        rows = np.flatnonzero(on_way)
        if until <= since or not len(rows):
            return
        rows = rows[np.argsort(self.arrive[rows], kind="stable")]
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
