"""The slots of every gate: what blocks of people are fitted into."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from clearway.model.scenario import Scenario, row_of

#: Steps of a walk that does not exist; far beyond any horizon.
NEVER: Final = 1 << 40


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
        Shape (c,), length in steps: a whole slot, or less for a window's last.
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
    """

    corridor: NDArray[np.int64]
    window: NDArray[np.int64]
    first: NDArray[np.int64]
    steps: NDArray[np.int64]
    front: NDArray[np.int64]
    delay: NDArray[np.int64]
    wait_s: NDArray[np.float64]
    capacity: NDArray[np.float64]
    spare: NDArray[np.float64]

    def __len__(self) -> int:
        """Return the number of cells."""
        return len(self.corridor)


def gate_slots(
    scenario: Scenario,
    walk_steps: NDArray[np.int64],
    window_steps: tuple[NDArray[np.int64], NDArray[np.int64]],
    queues: NDArray[np.float64],
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
    """
    (opens, last), row = window_steps, row_of(scenario.corridors)
    cohorts = scenario.planning.slot_s // scenario.planning.step_s
    whole, real = np.empty(0, dtype=np.int64), np.empty(0)
    parts = [Cells(whole, whole, whole, whole, whole, whole, real, real, real)]
    for w, window in enumerate(scenario.windows):
        k = row[window.corridor]
        begin, end = int(opens[w] + walk_steps[:, :, k].min()), int(last[:, w].max()) + 1
        rate = scenario.corridors[k].gate_persons_per_s.central * scenario.planning.step_s
        if rate > 0 and end - begin >= cohorts:
            steps = np.full(-(-(end - begin) // cohorts), cohorts)
            steps[-1] += end - begin - steps.sum()
            parts.append(_window_slots((k, w, begin), steps, rate, float(queues[k])))
    columns = {
        field.name: np.concatenate([getattr(part, field.name) for part in parts])
        for field in dataclasses.fields(Cells)
    }
    return _with_seconds(Cells(**columns), scenario.planning.step_s)


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
        front=first + steps - cohorts,
        delay=delay,
        wait_s=wait,
        capacity=np.asarray(steps * rate, dtype=np.float64),
        spare=spare,
    )


def _with_seconds(cells: Cells, step_s: int) -> Cells:
    return dataclasses.replace(cells, wait_s=cells.wait_s * step_s)
