"""The slots of every gate: what blocks of people are fitted into."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from clearway.model.scenario import Scenario, row_of
from clearway.solve.taken import Taken, served, uneven

#: Steps of a walk that does not exist; far beyond any horizon.
NEVER: Final = 1 << 40
#: Share of a slot's persons by which a gate that serves evenly may seem not to.
EVEN: Final = 1e-9
#: Share of what a gate serves in a step that may still wait when a slot ends: whole households are
#: called by it, but who waits once keeps all after them waiting.
BEHIND: Final = 0.6


@dataclass(frozen=True, slots=True, eq=False)
class Cells:
    """The slots of every gate: one row a corridor, window and slot.

    A window's slots begin with the first step at which anyone who left home at the opening can be
    at the gate, and follow one another. The last is cut at the last step of entry; its block still
    takes a whole slot to leave home, so it begins to arrive early and waits a little.

    Attributes
    ----------
    corridor, window
        Shape (c,), rows in the scenario's corridors and windows.
    first
        Shape (c,), step at which the slot begins.
    steps
        Shape (c,), length in steps: a whole slot, or less for a window's last, and its first where
        vehicles pass.
    cohorts
        Shape (c,), steps over which a block for this slot leaves home.
    front
        Shape (c,), step at which the first of a block for this slot reaches the gate.
    delay
        Shape (c,), steps that a block may be held up at the gate by those before it.
    wait_s
        Shape (c,), seconds that people of a full block wait at the gate on average.
    capacity
        Shape (c,), persons the gate lets through in the slot.
    spare
        Shape (c,), persons that may still be at the gate when the slot ends, to pass in the next.
    late_share, late_capacity
        Shape (c,), share of a block that comes in the last part of the slot, and the persons that
        the gate lets through in that part: where vehicles take more of it than of the part before,
        some of those who come late wait for the next slot. 0 and infinite where they do not.
    overlap
        Shape (c,), whether the slot begins before the one before it ends, and both together serve
        what one serves: a window's last where nobody may wait for it.
    """

    corridor: NDArray[np.int64]
    window: NDArray[np.int64]
    first: NDArray[np.int64]
    steps: NDArray[np.int64]
    cohorts: NDArray[np.int64]
    front: NDArray[np.int64]
    delay: NDArray[np.int64]
    wait_s: NDArray[np.float64]
    capacity: NDArray[np.float64]
    spare: NDArray[np.float64]
    late_share: NDArray[np.float64]
    late_capacity: NDArray[np.float64]
    overlap: NDArray[np.bool_]

    def __len__(self) -> int:
        """Return the number of cells."""
        return len(self.corridor)

    def take(self, rows: NDArray[np.int64]) -> Cells:
        """Return some of the cells."""
        names = [field.name for field in dataclasses.fields(Cells)]
        return Cells(**{name: getattr(self, name)[rows] for name in names})

    def join(self, other: Cells) -> Cells:
        """Return these cells and, after them, the others."""
        names = [field.name for field in dataclasses.fields(Cells)]
        pairs = {name: (getattr(self, name), getattr(other, name)) for name in names}
        return Cells(**{name: np.concatenate(pair) for name, pair in pairs.items()})


def gate_slots(
    scenario: Scenario,
    walk_steps: NDArray[np.int64],
    window_steps: tuple[NDArray[np.int64], NDArray[np.int64]],
    queues: NDArray[np.float64],
    taken: Taken,
) -> Cells:
    """Return the slots of all gates that let anyone through.

    Parameters
    ----------
    scenario
        Whose corridors and windows they are.
    walk_steps
        Shape (z, g, k), steps from home to each gate; ``NEVER`` where there is no way or nobody.
    window_steps
        Shape (w,), first step at which people may leave home; and shape (g, w), last step at
        which each group may pass the gate.
    queues
        Shape (k,), persons that may wait at each gate.
    taken
        What vehicles take of the gates.
    """
    (opens, last), row = window_steps, row_of(scenario.corridors)
    cohorts = scenario.planning.slot_s // scenario.planning.step_s
    parts = [_no_cells()]
    for w, window in enumerate(scenario.windows):
        k = row[window.corridor]
        begin, end = int(opens[w] + walk_steps[:, :, k].min()), int(last[:, w].max()) + 1
        rate = scenario.corridors[k].gate_persons_per_s.central * scenario.planning.step_s
        if rate > 0 and end - begin >= cohorts:
            if uneven(scenario, taken, k):
                part = _aligned((k, w, begin), end, (cohorts, rate), float(queues[k]))
                part = _shared(scenario, part, taken, float(queues[k]))
            else:
                steps = np.full(-(-(end - begin) // cohorts), cohorts)
                steps[-1] += end - begin - steps.sum()
                part = _window_slots((k, w, begin), steps, rate, float(queues[k]))
                part = _last_overlapping(part, end, rate)
            parts.append(part)
    cells = parts[0]
    for part in parts[1:]:
        cells = cells.join(part)
    return _with_seconds(cells, scenario.planning.step_s)


def _no_cells() -> Cells:
    whole, real, told = np.empty(0, dtype=np.int64), np.empty(0), np.empty(0, dtype=bool)
    return Cells(
        whole, whole, whole, whole, whole, whole, whole, real, real, real, real, real, told
    )


def _last_overlapping(cells: Cells, end: int, rate: float) -> Cells:
    """Return one window's slots with one more up to its end if they end before.

    They do where nobody may wait at the gate from one slot to the next. Those of the last slot then
    come among the last of the one before, as many of both as the gate serves at once: no loss where
    streets are narrower than the gate.
    """
    cohorts, count = int(cells.steps[0]), len(cells)
    if cells.spare.any() or int(cells.first[-1] + cells.steps[-1]) >= end:
        return cells
    begin = end - cohorts
    more = {"first": begin, "front": begin, "steps": cohorts, "capacity": cohorts * rate}
    more |= {"overlap": True, "spare": 0.0, "wait_s": 0.0}
    last = cells.take(np.array([count - 1]))
    last = dataclasses.replace(last, **{name: np.array([value]) for name, value in more.items()})
    return cells.join(last)


def _window_slots(
    place: tuple[int, int, int], steps: NDArray[np.int64], rate: float, queue: float
) -> Cells:
    """Return one window's slots of so many steps each; ``wait_s`` is in steps still."""
    k, w, begin = place
    cohorts = int(steps[0])
    short = cohorts - int(steps[-1])
    # Those of a short last block who come before its slot begins.
    crowd = short * int(steps[-1]) / cohorts * rate
    if crowd > queue:
        steps, short, crowd = steps[:-1], 0, 0.0
    count = len(steps)
    first = begin + np.cumsum(steps) - steps
    delay, wait = np.full(count, min(1, cohorts - 1)), np.zeros(count)
    spare = np.full(count, min(queue, rate) if cohorts > 1 else 0.0)
    spare[-2:-1] = np.minimum(spare[-2:-1], queue - crowd)
    spare[-1:] = 0.0
    if short:
        wait[-1] = short / 2
        delay[-2:-1] += -(-short * int(steps[-1]) // cohorts)
    return Cells(
        corridor=np.full(count, k),
        window=np.full(count, w),
        first=first,
        steps=steps,
        cohorts=np.full(count, cohorts),
        front=first + steps - cohorts,
        delay=delay,
        wait_s=wait,
        capacity=np.asarray(steps * rate, dtype=np.float64),
        spare=spare,
        late_share=np.zeros(count),
        late_capacity=np.full(count, np.inf),
        overlap=np.zeros(count, dtype=bool),
    )


def _aligned(
    place: tuple[int, int, int], end: int, serves: tuple[int, float], queue: float
) -> Cells:
    """Return one window's slots, cut where those of the scenario are."""
    (k, w, begin), (cohorts, rate) = place, serves
    cuts = np.arange(begin // cohorts + 1, -(-end // cohorts)) * cohorts
    edges = np.concatenate([[begin], cuts, [end]])
    first, steps = edges[:-1], np.diff(edges)
    count = len(first)
    spare = np.full(count, min(queue, BEHIND * rate))
    spare[-1] = 0.0
    return Cells(
        corridor=np.full(count, k),
        window=np.full(count, w),
        first=first,
        steps=steps,
        cohorts=steps,
        front=first,
        delay=np.full(count, min(1, cohorts - 1)),
        wait_s=np.zeros(count),
        capacity=np.asarray(steps * rate, dtype=np.float64),
        spare=spare,
        late_share=np.zeros(count),
        late_capacity=np.full(count, np.inf),
        overlap=np.zeros(count, dtype=bool),
    )


def _shared(scenario: Scenario, cells: Cells, taken: Taken, queue: float) -> Cells:
    """Return one window's slots with what vehicles, and hours of another rate, leave of each.

    A block comes evenly, but a gate that is slow or shut for some hours may serve it unevenly. Whom
    it can not serve in time waits, in this slot or for the next, as far as the holding area has
    room.
    """
    k = int(cells.corridor[0])
    steps = np.arange(int(cells.first[0]), int(cells.first[-1] + cells.steps[-1]))
    left = served(scenario, taken, k, steps)
    parts = np.split(left, np.cumsum(cells.steps)[:-1])
    whole = np.array([part.sum() for part in parts])
    late = [_late(part) for part in parts]
    share, most = (np.array(column) for column in zip(*late, strict=True))
    behind = np.where(share > 0, share * whole - np.where(share > 0, most, 0.0), 0.0)
    spare = np.where(cells.spare > 0, np.minimum(np.maximum(cells.spare, behind), queue), 0.0)
    # Nobody waits for a gate that is shut, or for more than one slot.
    spare = np.minimum(spare, np.append(whole[1:], 0.0))
    before = np.append(0.0, spare[:-1])
    room = [_waiting(part, queue, q) for part, q in zip(parts, before, strict=True)]
    ahead = np.cumsum(left)
    ends = np.append(0.0, ahead)[np.cumsum(cells.steps)]
    until = np.searchsorted(ahead, ends + spare) + 1 - np.cumsum(cells.steps)
    return dataclasses.replace(
        cells,
        capacity=np.minimum(whole, room),
        spare=spare,
        delay=np.maximum(cells.delay, until),
        late_share=share,
        late_capacity=most,
    )


def _late(part: NDArray[np.float64]) -> tuple[float, float]:
    """Return the share of a block that comes in a slot's worst last part, and who passes then."""
    share = np.arange(1, len(part)) / len(part)
    after = np.cumsum(part[::-1])[:-1]
    short = share * part.sum() - after
    # Where a gate serves evenly, sums differ by rounding alone.
    if not len(short) or short.max() <= EVEN * part.sum():
        return 0.0, np.inf
    worst = int(short.argmax())
    return float(share[worst]), float(after[worst])


def _waiting(part: NDArray[np.float64], queue: float, before: float) -> float:
    """Return the persons that may come evenly in a slot so that never too many wait."""
    if queue <= 0:
        return float(part.min() * len(part))
    share = np.arange(1, len(part) + 1) / len(part)
    return float(((np.cumsum(part) + queue - before) / share).min(initial=np.inf))


def _with_seconds(cells: Cells, step_s: int) -> Cells:
    return dataclasses.replace(cells, wait_s=cells.wait_s * step_s)
