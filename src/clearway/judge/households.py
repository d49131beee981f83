"""Rules on households: whole, in the order of their zone, willing, and called once.

Movements call households, and loads of vehicles do; both take them out of one order.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from clearway.judge.case import Case
from clearway.judge.columns import UNKNOWN
from clearway.judge.journeys import Boarding
from clearway.model.verdict import PlanBreach

#: Household that is beyond any order.
_NO_END: Final = float("inf")


@dataclass(frozen=True, slots=True)
class _Block:
    """Households that are called together, by a movement or a load.

    Attributes
    ----------
    name, whom
        Of the movement or load, and of its zone and group.
    first, households, persons
        As the plan has them.
    rides
        Whether they board a vehicle.
    since_s, until_s
        Between which they leave home: when they depart, or while their vehicle stands there.
    """

    name: str
    whom: str
    first: float
    households: float
    persons: float
    rides: bool
    since_s: float
    until_s: float

    @property
    def end(self) -> float:
        """The household after its last."""
        return self.first + self.households


def check_supply(case: Case) -> Iterator[PlanBreach]:
    """Yield a breach where more households are called than are willing, or one twice."""
    uptake = case.scenario.planning.uptake.central
    for (zone, group), blocks in _called(case).items():
        willing = len(case.scenario.demand.willing(zone, group, uptake))
        called = 0.0
        for block in blocks:
            excess, twice = block.end - willing, min(called, block.end) - block.first
            problems = []
            if excess > 0:
                problems.append(f"{_count(excess)} more than the {willing:,} willing")
            if twice > 0:
                other = "movement or vehicle" if block.rides else "movement"
                problems.append(f"{_count(twice)} that another {other} calls too")
            if problems:
                text = f"{block.name} calls {' and '.join(problems)}, of {block.whom}."
                yield PlanBreach(
                    "supply", block.name, max(excess, twice), 0, "households too many", text
                )
            called = max(called, block.end)


def check_household(case: Case) -> Iterator[PlanBreach]:
    """Yield a breach where persons are not those of whole households, or out of order.

    Nobody is picked: households that nobody calls form one run of the order. Those before it are
    called by movements and loads without a gap; those behind it ride, to the last who is willing.
    Who walks or drives departs in the order, who rides boards in it or from its end.
    """
    uptake = case.scenario.planning.uptake.central
    for (zone, group), blocks in _called(case).items():
        sizes = case.scenario.demand.sequence(zone, group)
        total = np.concatenate([[0], np.cumsum(sizes)])
        behind = _behind(blocks, len(case.scenario.demand.willing(zone, group, uptake)))
        late = _out_of_turn(blocks)
        expected, latest = 0.0, -np.inf
        for n, block in enumerate(blocks):
            gap = expected if block.first < behind else _NO_END
            said = _hole(block, gap) or _disorder(block, latest) or late.get(n)
            said = said or _wrong_count(block, total)
            if said is not None:
                yield said
            expected = max(expected, block.end)
            latest = latest if block.rides else max(latest, block.since_s)


def _called(case: Case) -> dict[tuple[int, int], list[_Block]]:
    """Return the blocks of each zone and group, in the order of their households."""
    found: dict[tuple[int, int], list[_Block]] = defaultdict(list)
    moves = case.moves
    for m in np.flatnonzero((moves.zone != UNKNOWN) & (moves.group != UNKNOWN)).tolist():
        at = float(moves.depart_s[m]) if moves.timed[m] else np.inf
        move, key = case.plan.movements[m], (int(moves.zone[m]), int(moves.group[m]))
        whom = f"zone {move.zone}, group {move.group}"
        size = (float(moves.first[m]), float(moves.households[m]), float(moves.persons[m]))
        found[key].append(_Block(case.name(m), whom, *size, rides=False, since_s=at, until_s=at))
    for one, _ in case.rides.fleet:
        for boarding in one.boardings:
            if UNKNOWN not in {boarding.zone, boarding.group}:
                found[boarding.zone, boarding.group].append(_boards(case, boarding))
    for blocks in found.values():
        blocks.sort(key=lambda block: (block.first, block.since_s))
    return dict(sorted(found.items()))


def _boards(case: Case, boarding: Boarding) -> _Block:
    load, scenario = boarding.load, case.scenario
    zone, group = scenario.zones[boarding.zone].id, scenario.groups[boarding.group].id
    return _Block(
        name=boarding.name,
        whom=f"zone {zone}, group {group}",
        first=float(load.first_household),
        households=float(load.households),
        persons=float(load.persons),
        rides=True,
        since_s=float(boarding.arrive_s),
        until_s=float(boarding.leave_s),
    )


def _behind(blocks: Sequence[_Block], willing: int) -> float:
    """Return from which household on all ride, without a gap, to the last who is willing."""
    reach = float(willing)
    for block in sorted(blocks, key=lambda one: one.end, reverse=True):
        if not block.rides or block.end < reach:
            break
        reach = min(reach, block.first)
    return reach


def _hole(block: _Block, expected: float) -> PlanBreach | None:
    """Say whether households are left out before a block."""
    if block.first <= expected:
        return None
    text = (
        f"{block.name} begins with household {block.first:,.0f} of {block.whom} (counted from "
        f"0), though nobody calls household {expected:,.0f}."
    )
    return PlanBreach("household", block.name, block.first, expected, "households", text)


def _disorder(block: _Block, latest: float) -> PlanBreach | None:
    """Say whether a movement departs before one that calls earlier households."""
    if block.rides or not block.since_s < latest or not np.isfinite(latest):
        return None
    text = (
        f"{block.name} takes later households of {block.whom} than a movement that departs after"
        " it."
    )
    return PlanBreach("household", block.name, block.since_s, latest, "s", text)


def _out_of_turn(blocks: Sequence[_Block]) -> dict[int, PlanBreach]:
    """Return breaches of loads that board neither in the order nor from its end, by their row."""
    rows = [n for n, block in enumerate(blocks) if block.rides]
    wrong = min((_sooner(blocks, turn) for turn in (rows, rows[::-1])), key=len)
    found = {}
    for n, after_s in wrong.items():
        block = blocks[n]
        text = f"{block.name} boards out of turn: others of {block.whom} board later, before them."
        found[n] = PlanBreach("household", block.name, block.until_s, after_s, "s", text)
    return found


def _sooner(blocks: Sequence[_Block], turn: Sequence[int]) -> dict[int, float]:
    """Return which of the blocks in ``turn`` have left before one ahead of them could board."""
    found, latest = {}, -np.inf
    for n in turn:
        if blocks[n].until_s < latest:
            found[n] = latest
        latest = max(latest, blocks[n].since_s)
    return found


def _wrong_count(block: _Block, total: NDArray[np.int64]) -> PlanBreach | None:
    """Say whether the persons of a block are not those of its households."""
    first, end = block.first, block.end
    if end > len(total) - 1:
        return None  # There are no such households: that is a breach of supply.
    if first % 1 or end % 1:
        text = f"{block.name} does not call whole households."
        return PlanBreach("household", block.name, block.households, 1, "households", text)
    persons = int(total[int(end)] - total[int(first)])
    if block.persons == persons:
        return None
    text = (
        f"{block.name} has {block.persons:,g} persons, its households of {block.whom} "
        f"have {persons:,}."
    )
    return PlanBreach("household", block.name, block.persons, persons, "persons", text)


def _count(households: float) -> str:
    return "1 household" if households == 1 else f"{households:,g} households"
