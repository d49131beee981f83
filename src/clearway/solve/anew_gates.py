"""What becomes of blocks at one gate: who goes on, who turns, and who is called as announced."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from clearway.model.plan import Movement
from clearway.model.replan import Turn
from clearway.solve.anew_blocks import Block
from clearway.solve.anew_pool import Pool, Run
from clearway.solve.residual import Arrival, Course, Line

#: Times as long as those who are called that those who have left may wait: turning is worse.
ENDURANCE: Final = 4


@dataclass(frozen=True, slots=True)
class Clock:
    """The moment from which on anything can change.

    Attributes
    ----------
    now_s, step_s
        Seconds from the scenario's start, and seconds a step.
    """

    now_s: int
    step_s: int

    @property
    def step(self) -> int:
        """First step that has not begun."""
        return -(-self.now_s // self.step_s)


@dataclass(slots=True)
class Kept:
    """What is left of a plan's movements.

    Attributes
    ----------
    movements
        As they were, or cut.
    turns
        Those who go back.
    pool
        Who may be called again.
    announced
        Blocks that are still to leave, cut as they are kept, by the window that they use.
    """

    pool: Pool
    movements: list[Movement] = field(default_factory=list)
    turns: list[Turn] = field(default_factory=list)
    announced: list[Block] = field(default_factory=list)


def keep(
    line: Line, mine: Sequence[Block], clock: Clock, weights: NDArray[np.float64], kept: Kept
) -> None:
    """Sort out the blocks of one window, and leave those who come on the line.

    Those who left before now go on if the gate will let them through in time, none too many wait
    and none for too long; else those who would come last turn until it does. What was announced is
    then kept as far as it fits, those who weigh more first, then those who leave first.

    Parameters
    ----------
    line
        Of the window, with nobody on it.
    mine
        All blocks of the window.
    clock
        Tells who has left.
    weights
        Shape (g,), of a person.
    kept
        Is added to.
    """
    begun = [one for one in mine if one.depart < clock.step]
    for block, steps in _begun(line, begun, clock):
        _note(block, steps, clock, kept)
    line.bear()
    ahead = [one for one in mine if one.depart >= clock.step]
    trial = [one for one in ahead if line.holds(one.arrival)]
    if len(trial) == len(ahead) and _all_fit(line, ahead):
        kept.announced += ahead
        return
    for block in sorted(ahead, key=lambda one: (-weights[one.group], one.depart)):
        _announced(line, block, clock, kept)


def drop(block: Block, clock: Clock, kept: Kept) -> None:
    """Take a block out of the plan whose window is no more: whoever left it turns."""
    _note(block, 0, clock, kept)


def _all_fit(line: Line, ahead: Sequence[Block]) -> bool:
    """Add all blocks if they fit together; else none."""
    for one in ahead:
        line.add(one.arrival)
    if line.holds_all():
        return True
    for one in ahead:
        line.remove(one.arrival)
    return False


def _announced(line: Line, block: Block, clock: Clock, kept: Kept) -> None:
    """Keep as many households of a block as fit, the first of them."""
    move, whole = block.movement, block.arrival
    persons = move.persons if line.fits(whole) else line.most(whole)
    room = kept.pool.fit(block.zone, block.group, move.first_household, float(persons))
    count = min(move.households, max(room, 0))
    if count:
        first = move.first_household
        persons = kept.pool.persons(block.zone, block.group, first, count)
        line.add(replace(whole, persons=float(persons)))
        kept.announced.append(
            replace(block, movement=replace(move, households=count, persons=persons))
        )
    run = Run(move.first_household + count, move.households - count, clock.now_s)
    kept.pool.put(block.zone, block.group, run)


def _begun(line: Line, begun: Sequence[Block], clock: Clock) -> list[tuple[Block, int]]:
    """Return blocks that have begun to leave, with in how many steps of each people go on.

    They are left on the line; those of the steps that do not go on turn, or stay at home. Who has
    passed the gate before now has passed, whatever is known of it since; and those who are still
    at home stay there before anybody turns.
    """
    going = {id(one): min(one.steps, line.steps_in(one.arrival)) for one in begun}
    there = [one for one in begun if going[id(one)] > 0]
    trial, course = _trial(line, there, going, clock)
    passed = {id(one): _passed(line, course, one, going[id(one)], clock) for one in there}
    while True:
        rest = [one for one in there if going[id(one)] > passed[id(one)]]
        worst = _worst((trial, line), course, rest, going, clock)
        if worst is None:
            break
        left = _left(worst, clock)
        going[id(worst)] = left if left < going[id(worst)] else passed[id(worst)]
        trial, course = _trial(line, there, going, clock)
    for one in there:
        if going[id(one)]:
            line.add(_part(one, going[id(one)]))
    return [(one, going[id(one)]) for one in begun]


def _left(block: Block, clock: Clock) -> int:
    """Return in how many steps of a block people have left home."""
    return min(block.steps, max(0, clock.step - block.depart))


def _trial(
    line: Line, there: Sequence[Block], going: dict[int, int], clock: Clock
) -> tuple[Line, Course]:
    """Return a line with those who go on, and what becomes of them."""
    trial = line.empty(clock.step, ENDURANCE)
    for one in there:
        if going[id(one)]:
            trial.add(_part(one, going[id(one)]))
    return trial, trial.course()


def _part(block: Block, steps: int) -> Arrival:
    whole = block.arrival
    return replace(whole, steps=steps, persons=whole.persons * steps / block.steps)


def _worst(
    lines: tuple[Line, Line],
    course: Course,
    there: Sequence[Block],
    going: dict[int, int],
    clock: Clock,
) -> Block | None:
    """Return the block to turn: of those for whom the gate is too slow the last to come.

    The first line is for those who have left home, the second for those who have not.
    """
    full = course.overfull(lines[0].room)
    failing = []
    for one in there:
        steps, left = going[id(one)], _left(one, clock)
        end = one.join + steps - 1
        rest = Arrival(one.join + left, steps - left, one.group, 0.0)
        if (
            lines[0].fails(course, _part(one, steps))
            or (steps > left and lines[1].fails(course, rest))
            or (full is not None and one.join <= full + lines[0].begin)
        ):
            failing.append((end, one.movement.id, one))
    return max(failing, key=lambda one: one[:2])[2] if failing else None


def _passed(line: Line, course: Course, block: Block, steps: int, clock: Clock) -> int:
    """Return in how many steps of a block all have passed the gate before now."""
    first = block.join - line.begin
    finish = course.finish[first : first + steps]
    return int(((finish < len(line)) & (finish + line.begin < clock.step)).sum())


def _note(block: Block, steps: int, clock: Clock, kept: Kept) -> None:
    """Note what goes on of a block that has begun to leave, who turns, and who stays at home."""
    move, pool = block.movement, kept.pool
    first, count = move.first_household, move.households
    if steps == block.steps:
        kept.movements.append(move)
        return
    gone = _share(block, pool, steps)
    if gone:
        persons = pool.persons(block.zone, block.group, first, gone)
        span = steps * clock.step_s
        kept.movements.append(replace(move, households=gone, persons=persons, span_s=span))
    left = max(gone, _share(block, pool, _left(block, clock)))
    if left > gone:
        turn = _turn(block, (first + gone, left - gone), clock, pool)
        kept.turns.append(turn)
        pool.put(block.zone, block.group, Run(first + gone, left - gone, turn.back_s))
    pool.put(block.zone, block.group, Run(first + left, count - left, clock.now_s))


def _share(block: Block, pool: Pool, steps: int) -> int:
    """Return how many whole households leave in the first so many steps of a block."""
    move = block.movement
    if steps >= block.steps:
        return move.households
    room = move.persons * max(steps, 0) / block.steps
    return min(move.households, pool.fit(block.zone, block.group, move.first_household, room))


def _turn(block: Block, run: tuple[int, int], clock: Clock, pool: Pool) -> Turn:
    """Return households that go back the way they came, as far as they had come by now."""
    move, (first, count) = block.movement, run
    walk_s = (block.join - block.depart) * clock.step_s
    away = min(walk_s, max(0, clock.now_s - move.depart_s))
    return Turn(
        movement=move.id,
        zone=move.zone,
        group=move.group,
        corridor=move.corridor,
        first_household=first,
        households=count,
        persons=pool.persons(block.zone, block.group, first, count),
        place=move.zone,
        back_s=clock.now_s + away,
    )
