"""Seconds by the wall and of the processor."""

from __future__ import annotations

import time


class Clock:
    """Seconds by the wall and of the processor since the last lap."""

    def __init__(self) -> None:
        """Start."""
        self._wall, self._cpu = time.perf_counter(), time.process_time()

    def lap(self) -> dict[str, float]:
        """Return the seconds of this lap and start the next."""
        wall, cpu = time.perf_counter(), time.process_time()
        lap = {"wall_s": wall - self._wall, "cpu_s": cpu - self._cpu}
        self._wall, self._cpu = wall, cpu
        return lap
