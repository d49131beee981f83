"""A plan's movements laid out for the state: whose households, how far, under which rules."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from clearway.model.plan import Movement, Plan
from clearway.model.population import CAR
from clearway.model.rules import GateRule, Rules
from clearway.model.scenario import Scenario, row_of
from clearway.simulate.usual import usual_rules


@dataclass(frozen=True, slots=True, eq=False)
class Blocks:
    """The movements of one corridor in the table's order, and their households end to end.

    Attributes
    ----------
    corridor
        Row.
    rule
        Of its gate.
    movement
        Shape (b,), row in the plan of each block.
    depart_s, before_s, spacing_s
        One a block: when it is called, how long before closing at the latest, and the seconds
        between two of its households.
    group, offset
        Row of each block's group; where its households begin, and where the last ends.
    block, size, household
        Shape (h,): row of the block, persons, and place in the order of zone and group.
    walk_s, through_s, mark_s
        Shape (h,), seconds to the gate, from it to the exit, and from it to the marked point.
    """

    corridor: int
    rule: GateRule
    movement: NDArray[np.int64]
    depart_s: list[float]
    before_s: list[float]
    spacing_s: list[float]
    group: NDArray[np.int64]
    offset: list[int]
    block: NDArray[np.int64]
    size: NDArray[np.int64]
    household: NDArray[np.int64]
    walk_s: NDArray[np.float64]
    through_s: NDArray[np.float64]
    mark_s: NDArray[np.float64]

    def rows(self, block: int) -> slice:
        """Return the households of a block."""
        return slice(self.offset[block], self.offset[block + 1])


@dataclass(frozen=True, slots=True, eq=False)
class Table:
    """The call-forward table of a plan.

    Attributes
    ----------
    corridors
        One a corridor that the plan uses.
    movements
        How many.
    slot_s, step_s
        Of the scenario.
    sizes
        For each zone and group, in the scenario's order, persons in every household of its order.
    """

    corridors: tuple[Blocks, ...]
    movements: int
    slot_s: int
    step_s: int
    sizes: tuple[NDArray[np.int64], ...]


def lay_table(scenario: Scenario, plan: Plan) -> Table:
    """Return the table of ``plan``; nothing in it depends on windows or on what gates do."""
    rules = plan.rules if plan.rules is not None else usual_rules(scenario, plan)
    corridors, planning = row_of(scenario.corridors), scenario.planning
    zones, groups = range(len(scenario.zones)), range(len(scenario.groups))
    sizes = tuple(scenario.demand.sequence(z, g) for z in zones for g in groups)
    rows: dict[int, list[int]] = defaultdict(list)
    for row, move in enumerate(plan.movements):
        rows[corridors[move.corridor]].append(row)
    maker = _Maker(scenario, plan, rules, sizes)
    blocks = tuple(
        maker.blocks(k, sorted(own, key=lambda row: (plan.movements[row].depart_s, row)))
        for k, own in sorted(rows.items())
    )
    return Table(blocks, len(plan.movements), planning.slot_s, planning.step_s, sizes)


class _Maker:
    """What blocks are made from."""

    def __init__(
        self, scenario: Scenario, plan: Plan, rules: Rules, sizes: Sequence[NDArray[np.int64]]
    ) -> None:
        self.scenario, self.plan, self.rules, self.sizes = scenario, plan, rules, sizes
        self.ways = _Ways(scenario)
        self.zones, self.groups = row_of(scenario.zones), row_of(scenario.groups)
        self.latest = {
            (one.zone, one.group, one.corridor): one.before_s for one in rules.last_departures
        }

    def blocks(self, k: int, own: Sequence[int]) -> Blocks:
        """Return the blocks of corridor ``k``: the plan's movements ``own``, in order."""
        scenario = self.scenario
        moves = [self.plan.movements[row] for row in own]
        groups = np.array([self.groups[move.group] for move in moves])
        counts = np.array([move.households for move in moves])
        slot_s = scenario.planning.slot_s
        spans = np.array([slot_s if one.span_s is None else one.span_s for one in moves])
        name = scenario.corridors[k].id
        rule = _rule(self.rules, scenario, name)
        through = np.array([self.ways.through_s(g, name) for g in range(len(scenario.groups))])
        share = min(max(rule.turn_m / self.ways.length_m(name), 0.0), 1.0)
        sizes, household = zip(*(self._households(move) for move in moves), strict=True)
        walks = [self.ways.to_mouth_s(move) for move in moves]
        passage = np.repeat(through[groups], counts)
        return Blocks(
            corridor=k,
            rule=rule,
            movement=np.array(own, dtype=np.int64),
            depart_s=[float(move.depart_s) for move in moves],
            before_s=[self.latest.get((m.zone, m.group, m.corridor), 0.0) for m in moves],
            spacing_s=(spans / counts).tolist(),
            group=groups,
            offset=np.concatenate([[0], np.cumsum(counts)]).tolist(),
            block=np.repeat(np.arange(len(moves)), counts),
            size=np.concatenate(sizes),
            household=np.concatenate(household),
            walk_s=np.repeat(walks, counts),
            through_s=passage,
            mark_s=passage * share,
        )

    def _households(self, move: Movement) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Return persons and places of a movement's households; beyond the order, one each."""
        pair = self.zones[move.zone] * len(self.groups) + self.groups[move.group]
        known = self.sizes[pair]
        place = np.arange(move.first_household, move.first_household + move.households)
        sizes = np.ones(len(place), dtype=np.int64)
        there = place < len(known)
        sizes[there] = known[place[there]]
        return sizes, place


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

    def through_s(self, group: int, corridor: str) -> float:
        """Return the seconds that a group (row) takes from the gate to the exit."""
        return float(self.seconds[group][self.rows[corridor]].sum()) * self.tick_s

    def length_m(self, corridor: str) -> float:
        """Return the metres from the gate to the exit."""
        return float(self.scenario.network.links.length_m[self.rows[corridor]].sum())


def _rule(rules: Rules, scenario: Scenario, corridor: str) -> GateRule:
    """Return the rule of a gate; one that holds nobody, with the mark at the gate, if none is."""
    nobody = (0.0,) * len(scenario.groups)
    none = GateRule(corridor, math.inf, math.inf, math.inf, nobody, 0.0)
    return next((one for one in rules.gates if one.corridor == corridor), none)
