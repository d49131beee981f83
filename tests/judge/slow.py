"""The gates replayed the slow way, in exact fractions, cohort by cohort and step by step.

It shares nothing with the judge but the nouns: no arrays, no sums over steps, no rounding.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from fractions import Fraction
from math import floor

from clearway.model.corridor import Corridor
from clearway.model.plan import Movement, Plan
from clearway.model.scenario import Scenario

Way = tuple[int, int, int]


@dataclass
class _Cohort:
    """People who left home together and are on their way together."""

    move: Movement
    leaves: int
    comes: int
    persons: Fraction


@dataclass
class Slow:
    """What the slow replay found.

    Attributes
    ----------
    arrived, passed, waiting
        By corridor and step: persons.
    entries
        By link, way (0 as written) and slot: persons that enter.
    out, exposed, until_out
        Persons out in time, their person-seconds since home and since the start.
    late, left, missed
        Persons out too late, waiting at closing, and never at an open gate.
    """

    arrived: dict[tuple[str, int], Fraction] = field(default_factory=lambda: defaultdict(Fraction))
    passed: dict[tuple[str, int], Fraction] = field(default_factory=lambda: defaultdict(Fraction))
    waiting: dict[tuple[str, int], Fraction] = field(default_factory=lambda: defaultdict(Fraction))
    entries: dict[Way, Fraction] = field(default_factory=lambda: defaultdict(Fraction))
    out: Fraction = Fraction(0)
    exposed: Fraction = Fraction(0)
    until_out: Fraction = Fraction(0)
    late: Fraction = Fraction(0)
    left: Fraction = Fraction(0)
    missed: Fraction = Fraction(0)


def replay_slowly(scenario: Scenario, plan: Plan) -> Slow:
    """Replay a plan whose routes are right and whose corridors all open."""
    slow = Slow()
    for corridor in scenario.corridors:
        _replay_gate(scenario, corridor, plan, slow)
    return slow


def _replay_gate(scenario: Scenario, corridor: Corridor, plan: Plan, slow: Slow) -> None:
    step = scenario.planning.step_s
    coming: dict[int, list[_Cohort]] = defaultdict(list)
    for move in plan.movements:
        if move.corridor == corridor.id:
            for cohort in _leave(scenario, corridor, move, slow):
                coming[-(-cohort.comes // step)].append(cohort)
    hours = sorted(
        (scenario.seconds(w.opens), scenario.seconds(w.closes))
        for w in scenario.windows
        if w.corridor == corridor.id
    )
    last = max(scenario.seconds(window.closes) for window in scenario.windows)
    queue: list[list[_Cohort]] = []
    for p in range(max([last, *(n * step for n in coming)]) // step + 2):
        now = p * step
        if any(closes <= now < closes + step for _, closes in hours):
            slow.left += sum(cohort.persons for bundle in queue for cohort in bundle)
            queue = []
        staying = []
        for cohort in coming[p]:
            slow.arrived[corridor.id, p] += cohort.persons
            if _too_late(hours, cohort.leaves, now):
                slow.missed += cohort.persons
            else:
                staying.append(cohort)
        queue.append(staying)
        closes = next((c for o, c in hours if o <= now < c), None)
        if closes is not None:
            budget = Fraction(corridor.gate_persons_per_s.central * step)
            _serve(scenario, corridor, (p, closes), queue, budget, slow)
        slow.waiting[corridor.id, p] = sum(
            (cohort.persons for bundle in queue for cohort in bundle), Fraction(0)
        )


def _leave(scenario: Scenario, corridor: Corridor, move: Movement, slow: Slow) -> list[_Cohort]:
    planning = scenario.planning
    count = planning.slot_s // planning.step_s
    inside = move.links[: move.links.index(corridor.links[0])]
    zone = next(zone for zone in scenario.zones if zone.id == move.zone)
    cohorts = []
    for n in range(count):
        leaves, persons = move.depart_s + n * planning.step_s, Fraction(move.persons, count)
        comes = _walk(scenario, move, (inside, zone.node, leaves), persons, slow)
        cohorts.append(_Cohort(move, leaves, comes, persons))
    return cohorts


def _walk(
    scenario: Scenario,
    move: Movement,
    start: tuple[tuple[int, ...], int, int],
    persons: Fraction,
    slow: Slow,
) -> int:
    """Walk ``persons`` over the links of ``start`` from its node and second on; say until when."""
    links, (route, node, now) = scenario.network.links, start
    speed = next(g.speed_m_per_s.central for g in scenario.groups if g.id == move.group)
    for link in route:
        row = links.id.tolist().index(link)
        a, b = int(links.from_node[row]), int(links.to_node[row])
        slow.entries[link, 0 if a == node else 1, now // scenario.planning.slot_s] += persons
        node = b if a == node else a
        tick = scenario.planning.tick_s
        now += max(1, floor(float(links.length_m[row]) / (speed * tick) + 0.5)) * tick
    return now


def _too_late(hours: list[tuple[int, int]], leaves: int, now: int) -> bool:
    """Whether somebody who comes at ``now`` finds the window closed that they left home for."""
    if any(opens <= now < closes for opens, closes in hours):
        return False
    over = [closes for _, closes in hours if closes <= now]
    return bool(over) and (leaves < over[-1] or len(over) == len(hours))


def _serve(
    scenario: Scenario,
    corridor: Corridor,
    step: tuple[int, int],
    queue: list[list[_Cohort]],
    budget: Fraction,
    slow: Slow,
) -> None:
    """Let people pass in their order, those who came in the same step in proportion."""
    p, closes = step
    while queue and (budget > 0 or not queue[0]):
        bundle = queue[0]
        there = sum((cohort.persons for cohort in bundle), Fraction(0))
        share = min(Fraction(1), budget / there) if there else Fraction(1)
        for cohort in bundle:
            taken = cohort.persons * share
            cohort.persons -= taken
            _pass(scenario, corridor, (p, closes), cohort, taken, slow)
        budget -= there * share
        if share == 1:
            queue.pop(0)


def _pass(
    scenario: Scenario,
    corridor: Corridor,
    step: tuple[int, int],
    cohort: _Cohort,
    persons: Fraction,
    slow: Slow,
) -> None:
    p, closes = step
    now, links = p * scenario.planning.step_s, cohort.move.links
    slow.passed[corridor.id, p] += persons
    begin = links.index(corridor.links[0])
    behind = Slow()
    out = _walk(scenario, cohort.move, (corridor.links, corridor.mouth, now), persons, behind)
    _walk(scenario, cohort.move, (links[begin:], corridor.mouth, now), persons, slow)
    if out > closes - corridor.margin_s:
        slow.late += persons
        return
    slow.out += persons
    slow.exposed += persons * (out - cohort.leaves)
    slow.until_out += persons * out
