"""Compile the kernels into their cache: ``python -m clearway.solve.warm``."""

from __future__ import annotations

import numpy as np

from clearway.solve.kernels import Ground, sweep, trace
from clearway.solve.outings import Ground as Outside
from clearway.solve.outings import sweep_day, trace_day
from clearway.solve.rehearse import rehearse
from clearway.solve.yard import Calls, Course, Gate


def warm() -> None:
    """Run every kernel once: one street of one tick, a household in a corridor, a bus's day."""
    rehearse(*_corridor())
    day = _day()
    trace_day(day, sweep_day(day), 0, 0)
    ground = Ground(
        np.array([0, 1, 1]),
        np.array([1]),
        np.array([1]),
        np.array([0]),
        np.zeros((1, 2)),
        np.zeros(2),
        1,
    )
    trace(ground, sweep(ground), 0, 0)


def _day() -> Outside:
    """Return two places, gates and pick-ups, a minute from one another, for nine minutes.

    Not one of each: a table of one row lies in memory in both orders, and would be another type.
    """
    drive, gate, minutes = np.ones((2, 2), np.int64), np.zeros(2, np.int64), np.zeros((2, 9))
    return Outside(
        to_gate=drive,
        gate_stop=drive,
        stop_gate=drive,
        after=drive[0],
        site=gate,
        opens=gate,
        closes=gate + 9,
        last_out=gate + 8,
        lane=minutes == 0,
        room=minutes + 1,
        persons=np.ones(2),
        worth=np.ones((2, 2)),
        price=minutes,
        toll=minutes,
    )


def _corridor() -> tuple[Calls, Course, Gate]:
    none, whole = np.zeros(1), np.zeros(1, dtype=np.int64)
    calls = Calls(none, none, none, none, np.array([0, 1]), whole, whole, np.ones(1), 60.0)
    window = np.array([[0.0, 3600.0, 3600.0, 3600.0, 0.0, 1.0, 0.0, 0.0]])
    even = np.ones(64)
    course = Course(
        window, np.ones(1), even.reshape(1, 64), even, np.array([0.0, 1.0]), even, 0.0, 1
    )
    gate = Gate(100.0, 50.0, 1, 9.0, 9.0, np.array([9.0, 0.0]), np.zeros((2, 1)))
    return calls, course, gate


if __name__ == "__main__":
    warm()
