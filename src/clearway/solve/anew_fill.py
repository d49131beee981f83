"""Those whom nobody calls any more: into what is left of the gates."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from clearway.model.plan import Movement
from clearway.model.population import SIZES
from clearway.solve.anew_blocks import Block
from clearway.solve.anew_gates import Clock
from clearway.solve.anew_pool import Pool, Run
from clearway.solve.cells import NEVER
from clearway.solve.problem import Problem
from clearway.solve.residual import Arrival, Line
from clearway.solve.routes import Routes

#: Persons of a household, at most: for fewer no order is changed.
LARGEST = max(SIZES)
#: Slots by which a block must be early at least for its order to be changed.
SOONER = 4


@dataclass(slots=True)
class Filler:
    """Calls households of the pool to gates that have time left, the soonest first.

    Attributes
    ----------
    problem, routes
        Of the revised scenario.
    gates
        Shape (w,), row of each window's corridor.
    pool
        Who may be called.
    clock
        The moment of planning.
    places
        Shape (r,), persons that each reception site still takes.
    lines
        By row of window, with those who come so far.
    loose
        Blocks that were announced and may come sooner, since their gate is not as it was.
    ids
        Of all movements so far: no two are called alike.
    made
        New movements.
    """

    problem: Problem
    routes: Routes
    gates: NDArray[np.int64]
    pool: Pool
    clock: Clock
    places: NDArray[np.float64]
    lines: dict[int, Line]
    loose: list[Block] = field(default_factory=list)
    ids: set[str] = field(default_factory=set)
    made: list[Movement] = field(default_factory=list)

    def fill(self, window: int) -> None:
        """Call as many as one window's gate can still let through, slot by slot.

        In each slot those who weigh more come first, then those who live nearer. Where none of
        them can be there in time, those come sooner who were announced for a gate that is not as it
        was: their place is for those who live farther away.
        """
        line = self.lines[window]
        for first in self._slots(window):
            self._slot(line, window, first)
            if self.loose:
                self._sooner(line, window, first)

    def exchange(self) -> None:
        """Give turns at gates that are not as they were to those who weigh more and have none.

        From those whose turn is farthest off; those who are to leave soon keep it.
        """
        p = self.problem
        soon = self.clock.step + p.cohorts * SOONER
        for one in sorted(self.loose, key=lambda one: (-one.join, one.movement.id)):
            if one.depart >= soon and one.steps == p.cohorts:
                heavier = p.weights > p.weights[one.group]
                if heavier.any() and self._may(one.window, one.join)[:, heavier].any():
                    self._give(one, heavier)

    def _give(self, one: Block, heavier: NDArray[np.bool_]) -> None:
        """Call some groups in the place of a block; what they leave of it stays with the first."""
        line, move = self.lines[one.window], one.movement
        self._cut(one, 0)
        before = len(self.made)
        self._slot(line, one.window, one.join, groups=heavier)
        room = line.most(one.arrival)
        if len(self.made) == before:
            room = move.persons  # Nobody came: all stay.
        count = min(
            move.households,
            self.pool.fit(one.zone, one.group, move.first_household, float(room)),
        )
        first, rest = move.first_household, move.households - count
        if count:
            persons = self.pool.persons(one.zone, one.group, first, count)
            kept = replace(one, movement=replace(move, households=count, persons=persons))
            self.loose.append(kept)
            line.add(kept.arrival)
            self.places[int(self.problem.site[one.corridor])] -= persons
        if rest:
            self.pool.put(one.zone, one.group, Run(first + count, rest, self.clock.now_s))

    def _sooner(self, line: Line, window: int, first: int) -> None:
        """Call those who were announced for later, as long as the slot has room."""
        p, k = self.problem, int(self.gates[window])
        light = int(np.argmin(p.weights))
        room = self._room(line, Arrival(first, p.cohorts, light, 0.0), int(p.site[k]))
        if room < LARGEST:
            return
        longest = p.cohorts * SOONER
        walk = p.walk_steps[:, :, k]
        begin = max(self.clock.step, int(p.open_step[window]))
        near = [
            one
            for one in self.loose
            if one.join >= first + longest
            and begin + walk[one.zone, one.group] <= first
            and first + p.cohorts - 1 <= p.last_step[one.group, window]
        ]
        # Those first whose own turn is farthest off: later slots are easier to fill again.
        for one in sorted(near, key=lambda one: (-one.join, one.movement.id)):
            if room < LARGEST:
                return
            if self._pool_beyond(one):
                room -= self._bring(line, one, (k, first), room)

    def _bring(self, line: Line, one: Block, where: tuple[int, int], room: int) -> int:
        """Call the last households of a block for an earlier slot; return the persons."""
        (k, first), move, p = where, one.movement, self.problem
        most = min(room, move.persons)
        arrival = Arrival(first, p.cohorts, one.group, float(most))
        most = most if line.fits(arrival) else line.most(arrival)
        last = move.first_household + move.households
        count = min(move.households, self.pool.fit_last(one.zone, one.group, last, float(most)))
        if not count:
            return 0
        self._cut(one, move.households - count)
        self.pool.put(one.zone, one.group, Run(last - count, count, 0))
        return self._call(line, (one.zone, one.group, k), first, room)

    def _cut(self, one: Block, households: int) -> None:
        """Leave the first households of a block as announced, and make room where others were."""
        move, line = one.movement, self.lines[one.window]
        line.remove(one.arrival)
        at = self.loose.index(one)
        persons = 0
        if households:
            persons = self.pool.persons(one.zone, one.group, move.first_household, households)
            rest = replace(one, movement=replace(move, households=households, persons=persons))
            self.loose[at] = rest
            line.add(rest.arrival)
        else:
            del self.loose[at]
        self.places[int(self.problem.site[one.corridor])] += move.persons - persons

    def _pool_beyond(self, one: Block) -> bool:
        """Whether anybody waits who could come in a block's place."""
        p = self.problem
        walk = p.walk_steps[:, :, one.corridor]
        soonest = self._earliest(one.window) + walk
        return bool((soonest <= one.join).any())

    def _slots(self, window: int) -> Iterator[int]:
        """Yield the steps at which blocks may begin to come; the last ones end with the window."""
        p = self.problem
        k = int(self.gates[window])
        walk = p.walk_steps[:, :, k]
        there = (walk < NEVER) & (self.pool.soonest() < NEVER)
        if not there.any():
            return
        soonest = (self._earliest(window) + walk)[there]
        # Who was announced for later may come before any of the pool can.
        opens = max(self.clock.step, int(p.open_step[window]))
        near = [opens + int(walk[one.zone, one.group]) for one in self.loose]
        begin = min(int(soonest.min()), *near) if near else int(soonest.min())
        ends = sorted(set((p.last_step[:, window] - p.cohorts + 1).tolist()))
        starts = set(range(begin, ends[-1] + 1, p.cohorts)) | {one for one in ends if one >= begin}
        yield from sorted(starts)

    def _earliest(self, window: int) -> NDArray[np.int64]:
        """Return the first step in which those of each zone and group may leave; shape (z, g)."""
        p = self.problem
        ready = self.pool.soonest()
        steps = np.where(ready > NEVER, NEVER, -(-ready // self.clock.step_s))
        return np.asarray(np.maximum(np.maximum(steps, self.clock.step), p.open_step[window]))

    def _may(self, window: int, first: int) -> NDArray[np.bool_]:
        """Return who of the pool may come in one slot, shape (z, g)."""
        p = self.problem
        walk = p.walk_steps[:, :, int(self.gates[window])]
        in_time = first + p.cohorts - 1 <= p.last_step[:, window]
        return (self._earliest(window) + walk <= first) & in_time[None, :]

    def _slot(
        self,
        line: Line,
        window: int,
        first: int,
        groups: NDArray[np.bool_] | None = None,
    ) -> None:
        p = self.problem
        k = int(self.gates[window])
        site = int(p.site[k])
        walk = p.walk_steps[:, :, k]
        may = self._may(window, first)
        if groups is not None:
            may &= groups[None, :]
        zones, rows = np.nonzero(may)
        order = np.lexsort((walk[may], -p.weights[rows]))
        group = -1
        room = 0
        for at in order.tolist():
            z, g = int(zones[at]), int(rows[at])
            if g != group:
                group, room = g, self._room(line, Arrival(first, p.cohorts, g, 0.0), site)
            taken = self._call(line, (z, g, k), first, room)
            room -= taken
            if taken:
                room = self._room(line, Arrival(first, p.cohorts, g, 0.0), site, room)

    def _room(self, line: Line, one: Arrival, site: int, most: float = np.inf) -> int:
        """Return the persons of a group that may come in one slot as well."""
        k_most = min(float(self.places[site]), most, float(line.budget.max() * one.steps))
        return line.most(Arrival(one.first, one.steps, one.group, k_most)) if k_most >= 1 else 0

    def _call(self, line: Line, where: tuple[int, int, int], first: int, room: int) -> int:
        """Call households of one zone and group for one slot; return the persons."""
        z, g, k = where
        p = self.problem
        depart = first - int(p.walk_steps[z, g, k])
        run = self.pool.ready(z, g, depart * self.clock.step_s)
        if run is None or room < 1:
            return 0
        count = min(run.households, self.pool.fit(z, g, run.first, float(room)))
        if count <= 0:
            return 0
        persons = self.pool.persons(z, g, run.first, count)
        self.pool.take(z, g, run, count)
        line.add(Arrival(first, p.cohorts, g, float(persons)))
        self.places[int(p.site[k])] -= persons
        self.made.append(self._movement(where, depart, run, (count, persons)))
        return persons

    def _movement(
        self, where: tuple[int, int, int], depart: int, run: Run, size: tuple[int, int]
    ) -> Movement:
        z, g, k = where
        scenario = self.problem.scenario
        rows = self.routes.links(self.routes.shortest(z, g, k))
        corridor = scenario.corridors[k].id
        return Movement(
            id=self._name(corridor),
            zone=scenario.zones[z].id,
            group=scenario.groups[g].id,
            corridor=corridor,
            links=tuple(scenario.network.links.id[rows].tolist()),
            depart_s=depart * self.clock.step_s,
            first_household=run.first,
            households=size[0],
            persons=size[1],
        )

    def _name(self, corridor: str) -> str:
        """Return an id that tells the corridor and the minute of planning, and is new."""
        head, number = f"{corridor}-{self.clock.now_s // 60}", len(self.made) + 1
        while f"{head}-{number:04d}" in self.ids:
            number += 1
        self.ids.add(f"{head}-{number:04d}")
        return f"{head}-{number:04d}"
