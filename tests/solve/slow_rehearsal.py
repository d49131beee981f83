"""A corridor rehearsed by plain loops over plain lists, and who became of whom."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

from clearway.solve.yard import (
    ANNOUNCED,
    BEGINS,
    ENDS,
    KNOWN,
    OPENS,
    RATE,
    RECHECK,
    SUDDEN,
    Calls,
    Course,
    Gate,
)

#: Persons of a household that comes of itself.
NEWCOMER = 5.0
_WORD = (1 << 64) - 1


def share(key: int, household: int, topic: int) -> float:
    """Return a number from 0 to 1 by SplitMix64, in Python's own whole numbers."""
    z = key * 0x9E3779B97F4A7C15 + (household * 8 + topic + 1) * 0xD1342543DE82EF95 & _WORD
    z = (z ^ z >> 30) * 0xBF58476D1CE4E5B9 & _WORD
    z = (z ^ z >> 27) * 0x94D049BB133111EB & _WORD
    return ((z ^ z >> 31) >> 11) / 2**53


@dataclass(eq=False)
class Household:
    """One household under way."""

    size: float
    number: int
    block: int
    group: int
    pace: float
    leaves: float
    arrives: float
    work: float
    passes: float = 0.0
    out: float = 0.0

    @property
    def called(self) -> bool:
        """Whether any block calls it."""
        return self.block >= 0


class SlowRehearsal:
    """Runs one course; ``told`` counts persons by what became of them.

    ``come`` are those who were called and came, or came of themselves, each time that they did:
    each is in the end one of ``out``, ``back``, ``uncalled back``, ``caught``, ``in open``, or
    ``heard at the door``.
    """

    def __init__(self, calls: Calls, course: Course, gate: Gate) -> None:
        """Run it."""
        self.calls, self.course, self.gate = calls, course, gate
        self.told: defaultdict[str, float] = defaultdict(float)
        self.uncalled_blocks = list(range(len(calls.depart_s)))
        self.newcomers = len(calls.size)
        self.first_call: dict[int, float] = {}
        self.most_inside = 0.0
        self.again: list[Household] = []
        for w in range(len(course.window)):
            if course.window[w, OPENS] < course.window[w, ENDS]:
                self._run(w)

    def result(self) -> list[float]:
        """Return persons out, turned back and caught."""
        return [self.told["out"], self.told["back"], self.told["caught"]]

    def _run(self, w: int) -> None:
        self.w, self.window = w, self.course.window[w]
        self.walking: list[Household] = []
        self.queue: list[Household] = []
        self.inside: list[Household] = []
        self.points = [self.window[OPENS]] * self.gate.points
        self.second = [self.window[OPENS]] * self.gate.points
        self.owed = self.course.uncalled_per_s * (self.window[OPENS] - self.window[BEGINS])
        self.turned = False
        step_s = self.calls.step_s
        for step in range(int(self.window[OPENS] / step_s), int(self.window[ENDS] / step_s)):
            self._step(step, step * step_s)
        self._close()

    def _step(self, step: int, time: float) -> None:
        self._let_out(time)
        shorter = self.window[ENDS] < self.window[ANNOUNCED]
        if shorter and not self.turned and time >= self.window[KNOWN]:
            self.turned = True
            self._turn(time)
        if time < self.window[ANNOUNCED]:
            self.owed += self.course.uncalled_per_s * self.calls.step_s
        while self.owed >= NEWCOMER:
            self.owed -= NEWCOMER
            _newcomer(self, time)
        self._call(time)
        here = [one for one in self.walking if int(one.arrives / self.calls.step_s) == step]
        self.walking = [one for one in self.walking if one not in here]
        self.queue += here
        while self.queue and self._admit(time):
            pass
        self.most_inside = max(self.most_inside, sum(one.size for one in self.inside))

    def _set_out(self, one: Household, leaves: float, metres: float) -> None:
        one.leaves, one.arrives = leaves, leaves + metres / one.pace
        self.walking.append(one)
        self.told["come"] += one.size

    def _call(self, time: float) -> None:
        while self.again and not _held(self) and _in_time(self, self.again[0].block, time):
            self._send(self.again.pop(0), time)
        for block in list(self.uncalled_blocks):
            if self.calls.depart_s[block] > time or _held(self):
                return
            if _in_time(self, block, time):
                self.uncalled_blocks.remove(block)
                self.first_call[block] = time
                self._call_block(block, time)

    def _call_block(self, block: int, time: float) -> None:
        calls, course = self.calls, self.course
        for number in range(int(calls.start[block]), int(calls.start[block + 1])):
            if share(course.key, number, 0) < course.come[calls.zone[block]]:
                size, group = float(calls.size[number]), int(calls.group[block])
                self._send(_household(self, number, size, block, group), time)

    def _send(self, one: Household, time: float) -> None:
        """Let one who was called leave: evenly, by its place in the block."""
        calls, course = self.calls, self.course
        first, last = (int(calls.start[one.block + n]) for n in (0, 1))
        leaves = time + (one.number - first + 0.5) / (last - first) * float(calls.span_s[one.block])
        leaves += course.late[int(64 * share(course.key, one.number, 1))]
        self._set_out(one, leaves, float(calls.walk_m[one.block]))

    def _let_out(self, time: float) -> None:
        for one in [one for one in self.inside if one.out <= time]:
            self.inside.remove(one)
            self.told["out"] += one.size

    def _admit(self, time: float) -> bool:
        """Return whether the first in line has begun its check, or was sent home."""
        one, inside = self.queue[0], sum(one.size for one in self.inside)
        most = _most(self)
        free = min(self.points)
        begins = max(free, one.arrives, time)
        crowded = most == 0 or (bool(self.inside) and inside + one.size > most)
        if crowded or begins >= time + self.calls.step_s:
            return False
        self.queue.pop(0)
        one.passes = begins + one.work * self.gate.points / self.window[RATE]
        if one.passes > _closes(self, time) - _last_s(self, one):
            self._home(one)
            return True
        self.points[self.points.index(free)] = one.passes
        one.out = one.passes + self.gate.length_m / one.pace
        if self.window[RECHECK] > 0:
            first = min(self.second)
            served = max(first, one.out) + one.work * self.gate.points / self.window[RECHECK]
            self.second[self.second.index(first)] = one.out = served
        self.inside.append(one)
        return True

    def _home(self, one: Household) -> None:
        """Send home who did not pass: the gate has shut to its group at one moment or another."""
        shut = self.window[ANNOUNCED] - _last_s(self, one)
        if self.window[ENDS] > self.window[ANNOUNCED] or shut > self.window[KNOWN]:
            shut = max(self.window[KNOWN], self.window[ENDS] - _last_s(self, one))
        if not one.called:
            self.told["uncalled back"] += one.size
        elif one.leaves >= min(shut, self.window[ENDS]):
            self.told["heard at the door"] += one.size
        else:
            self.told["back"] += one.size
        _keep(self, one)

    def _turn(self, time: float) -> None:
        for one in list(self.inside):
            since = time - one.passes
            if since < 0 and one.passes > self.window[ENDS] - _last_s(self, one):
                self.inside.remove(one)
                _turned_back(self, one)
            elif since >= 0 and since * one.pace < self.gate.turn_m:
                self.inside.remove(one)
                if time + since <= self.window[ENDS]:
                    _turned_back(self, one)
                else:
                    self.told["caught"] += one.size

    def _close(self) -> None:
        self._let_out(self.window[ENDS])
        for one in self.inside:
            if one.passes > self.window[ENDS]:
                _turned_back(self, one)
            else:
                self.told["in open" if self.window[SUDDEN] else "caught"] += one.size
        last = int(self.course.window[-1, [ENDS, ANNOUNCED]].max() / self.calls.step_s) + 1
        here = sorted(self.walking, key=lambda one: min(int(one.arrives / self.calls.step_s), last))
        for one in self.queue + here:
            self._home(one)


def _held(yard: SlowRehearsal) -> bool:
    waiting = sum(one.size for one in yard.queue)
    under_way = sum(one.size for one in yard.queue + yard.walking if one.called)
    full = waiting > yard.gate.hold_queue or under_way > yard.gate.hold_called
    return full or _most(yard) == 0


def _most(yard: SlowRehearsal) -> float:
    return float(yard.gate.most[int(yard.window[RECHECK] > 0)]) if yard.window[RATE] else 0.0


def _in_time(yard: SlowRehearsal, block: int, time: float) -> bool:
    left, group = _closes(yard, time) - time, int(yard.calls.group[block])
    last = yard.gate.last_s[int(yard.window[RECHECK] > 0), group]
    return bool(left >= yard.calls.late_s[block] and left > last)


def _last_s(yard: SlowRehearsal, one: Household) -> float:
    return float(yard.gate.last_s[int(yard.window[RECHECK] > 0), one.group])


def _closes(yard: SlowRehearsal, time: float) -> float:
    return float(yard.window[ENDS if time >= yard.window[KNOWN] else ANNOUNCED])


def _household(yard: SlowRehearsal, number: int, size: float, block: int, group: int) -> Household:
    key, course = yard.course.key, yard.course
    pace = course.speed[group, int(64 * share(key, number, 2))]
    work = size * course.work[int(64 * share(key, number, 3))]
    if share(key, number, 4) < course.long[0]:
        work *= course.long[1]
    return Household(size, number, block, group, pace, 0.0, 0.0, work)


def _keep(yard: SlowRehearsal, one: Household) -> None:
    """Call it first when there is time again."""
    if one.called:
        yard.again.append(one)


def _turned_back(yard: SlowRehearsal, one: Household) -> None:
    yard.told["back" if one.called else "uncalled back"] += one.size
    _keep(yard, one)


def _newcomer(yard: SlowRehearsal, time: float) -> None:
    number, group = yard.newcomers, yard.gate.last_s.shape[1] - 1
    yard.newcomers += 1
    one = _household(yard, number, NEWCOMER, -1, group)
    yard._set_out(one, time, 0.0)
