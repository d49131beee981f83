"""Vehicles' days made whole: a dive in the linear program, then an integer program if small."""

from __future__ import annotations

import math
from concurrent.futures import ThreadPoolExecutor
from typing import Final

import numpy as np
from numpy.typing import NDArray

from clearway.solve.booking import Booking
from clearway.solve.highs import INFINITY
from clearway.solve.joint import Day, Joint, Trips, best_rounds, follow, room, size
from clearway.solve.options import SolveOptions, Watch
from clearway.solve.outings import Ground
from clearway.solve.relax import MIXED, Relaxed
from clearway.solve.shifts import Shift
from clearway.solve.whole_program import SMALL, improved

#: Share by which the program may be off its bound before days are settled.
CLOSE: Final = 2e-4
#: Parts of all vehicles: as many have a day settled in each step of a dive at least.
STEPS: Final = 25
#: Part of a vehicle from which a day is settled in any case, and below which it never is.
SURE, LITTLE = 0.8, 0.1
#: Rounds of pricing between two steps at most, and days of each crew in one.
ROUNDS, DIVERSE = 3, 2
#: Share that a round of pricing must win for another one.
GAIN: Final = 1e-5
#: What sums of persons may be off by.
ROUND: Final = 1e-6

#: Row of a crew, and the trips of one of its vehicles.
Given = tuple[int, Trips]


def whole_days(
    joint: Joint, booking: Booking, known: list[tuple[int, int, int, Trips]]
) -> list[Given]:
    """Return days of whole vehicles, at most one each, people first and then exposure.

    Parameters
    ----------
    joint
        The linear program; days are added to it.
    booking
        What is taken at the gates already, by patients and convoys; it is not changed.
    known
        Days of a plan, one a vehicle, that the program is to know of; as :meth:`Joint.seed`.
    """
    if not joint.crews:
        return []
    aboard = booking.persons_most.reshape(len(booking.lane), -1) - booking.aboard
    joint.restrict(aboard)
    joint.seed(known)
    joint.bound(MIXED, watch=Watch(SolveOptions(), None, None), near=CLOSE)
    dive = _Dive(joint, float(aboard.max(initial=0.0)))
    dive.run()
    days = dive.days()
    if joint.days and size(joint) <= SMALL:
        start = dict.fromkeys(range(len(known)), 1) if known else dive.count
        days = improved(joint, start) or days
    joint.release()
    return days


class _Dive:
    """Settles days step by step, those first on which the linear program is most decided.

    What was settled stays; the program is solved anew with what that leaves, and days are priced
    anew, with as many on board as are left and at gates that still have room.
    """

    def __init__(self, joint: Joint, most: float) -> None:
        """Prepare; nobody takes more than ``most`` persons through a gate at once."""
        self._joint, self._most = joint, most
        self._closed = set[int]()
        self.count: dict[int, int] = {}
        self._left = room(joint)

    def days(self) -> list[Given]:
        """Return what was settled."""
        days = self._joint.days
        return [(days[n].crew, days[n].trips) for n, c in self.count.items() for _ in range(c)]

    def run(self) -> None:
        """Settle days until no vehicle, or nothing that is worth a trip, is left."""
        quota = math.ceil(sum(crew.count for crew in self._joint.crews) / STEPS)
        moved = True
        while moved:
            relaxed = self._priced()
            part = self._joint.vehicles(relaxed)
            part = part - [self.count.get(n, 0) for n in range(len(part))]
            moved = self._settle(part, quota)
            moved = self._close(part) or moved

    def _priced(self) -> Relaxed:
        """Return an optimum of what is left after some rounds of pricing."""
        relaxed = self._joint.relaxation.best(MIXED)
        for _ in range(ROUNDS):
            before = relaxed.value
            if not self._price(relaxed):
                break
            relaxed = self._joint.relaxation.best(MIXED)
            if relaxed.value > before - GAIN * abs(before):
                break
        return relaxed

    def _settle(self, part: NDArray[np.float64], quota: int) -> bool:
        """Settle days until ``quota`` vehicles more have one; return whether any has."""
        done = 0
        for n in np.argsort(-part, kind="stable").tolist():
            if part[n] < LITTLE or (done >= quota and part[n] < SURE):
                break
            day, times = self._joint.days[n], max(1, math.floor(part[n] + ROUND))
            while times and not self._fits(day, times):
                times -= 1
            if times:
                np.subtract.at(self._left, day.row, times * day.share)
                self.count[n] = self.count.get(n, 0) + times
                self._joint.hold(day, float(self.count[n]), INFINITY)
                done += times
        return done > 0

    def _close(self, part: NDArray[np.float64]) -> bool:
        """Let no more vehicles have days that do not fit any more, but what is left of them.

        Returns whether the program wanted any of them.
        """
        shorter, wanted = list[Given](), False
        for n, day in enumerate(self._joint.days):
            if n in self._closed or self._fits(day, 1):
                continue
            self._closed.add(n)
            count = float(self.count.get(n, 0))
            self._joint.hold(day, count, count)
            wanted = wanted or (n < len(part) and bool(part[n] > ROUND))
            shorter.append((day.crew, day.trips))
        self._add(shorter)
        return wanted

    def _price(self, relaxed: Relaxed) -> bool:
        """Add the best days that can still be driven; return whether there are any."""
        joint = self._joint
        dues = relaxed.dual[joint.first : joint.lane]
        free = self._left[joint.first : joint.lane] > 1 - ROUND

        def rounds(one: Shift) -> list[Given]:
            mine = [n for n, crew in enumerate(joint.crews) if crew.shift is one and free[n]]
            ground = self._ground(one, relaxed.dual)
            every = best_rounds(joint, ground, mine, dues, DIVERSE if mine else 0)
            return [(n, trips) for days in every for n, _, trips in days]

        with ThreadPoolExecutor() as pool:
            shifts = {id(crew.shift): crew.shift for crew in joint.crews}.values()
            return self._add([given for some in pool.map(rounds, shifts) for given in some])

    def _ground(self, one: Shift, dual: NDArray[np.float64]) -> Ground:
        """Return what a day is chosen from, with what is left of people, lanes and gates."""
        joint, q = self._joint, one.pickups
        supply = self._left[: joint.problem.supply.size].reshape(joint.problem.supply.shape)
        persons = np.minimum(q.persons, supply[q.zone, q.group])
        persons = np.minimum(persons, self._most)
        persons = np.where(persons < 1 - ROUND, 0.0, persons)
        gain, prices = joint.prices(one, MIXED, dual)
        ground = one.ground(persons, persons * gain, prices)
        slots, count = joint.slots.rows(one), joint.slots.share.shape[0]
        lane = self._left[joint.lane : joint.lane + count][slots] > 1 - ROUND
        free = self._left[joint.aboard : joint.aboard + count][slots]
        return ground._replace(lane=np.ascontiguousarray(lane), room=np.ascontiguousarray(free))

    def _add(self, days: list[Given]) -> bool:
        """Add days as columns, less the trips for which there is no room; return if any is."""
        found = [(n, kept) for n, trips in days if (kept := self._cut(n, trips))]
        self._joint.add(found)
        return bool(found)

    def _cut(self, n: int, trips: Trips) -> Trips:
        """Return the trips of a day for which there is still room, one after another."""
        if self._left[self._joint.first + n] < 1 - ROUND:
            return []
        kept: Trips = []
        for told, persons in trips:
            trip = follow(self._joint.crews[n], kept, told)
            if trip is None:
                continue
            entries, _ = self._joint.column(n, [*kept, (trip, persons)])
            row = np.fromiter(entries, np.int64, len(entries))
            share = np.fromiter(entries.values(), float, len(entries))
            if (self._left[row] >= share - ROUND).all():
                kept.append((trip, persons))
        return kept

    def _fits(self, day: Day, times: int) -> bool:
        return bool((self._left[day.row] >= times * day.share - ROUND).all())
