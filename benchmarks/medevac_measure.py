"""One program, one question, one process: ``python -m benchmarks.medevac_measure TASK ...``."""

from __future__ import annotations

import importlib
import warnings
from collections.abc import Iterator
from typing import Any

from benchmarks.answer import answer
from benchmarks.child import peak_mb
from benchmarks.clock import Clock
from benchmarks.medevac_replay import lay, score
from benchmarks.medevac_task import by_colour, medical, task
from clearway.read.scenario import read_scenario


def question(folder: str, days: int) -> Iterator[dict[str, Any]]:
    """Say what is asked, and how many could be served at most for want of beds."""
    asked = task(medical(read_scenario(folder), days))
    everybody = {one.code for one in asked.patients}
    yield {
        "patients": len(everybody),
        "listed": by_colour(asked, everybody),
        "with_a_bed": by_colour(asked, set(asked.hospital)),
        "vehicles": sum(sum(kind.counts.values()) for kind in asked.kinds),
        "hospitals": len(asked.scenario.care.hospitals),
        "days": len(asked.days),
    }


def other(folder: str, days: int, module: str, options: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Let another program solve it; posing and reading the answer are counted, data is not."""
    program = importlib.import_module(module)
    asked = task(medical(read_scenario(folder), days))
    yield {"before_mb": peak_mb()}
    clock = Clock()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # what it thinks of the instance is seen in the answer
        tours = program.solve(asked, **options)
    yield {"solve": clock.lap(), "peak_mb": peak_mb()}
    yield score(asked, lay(asked, tours))


def ours(folder: str, days: int) -> Iterator[dict[str, Any]]:
    """Let Clearway solve it."""
    program = importlib.import_module("benchmarks.medevac_ours")
    warm = importlib.import_module("clearway.solve.warm").warm
    asked = task(medical(read_scenario(folder), days))
    warm()
    yield {"before_mb": peak_mb()}
    clock = Clock()
    made = program.plan(asked)
    yield {"solve": clock.lap(), "peak_mb": peak_mb()}
    yield program.told(asked, made)
    yield score(asked, lay(asked, program.tours(asked, made)))


if __name__ == "__main__":
    answer({"question": question, "other": other, "ours": ours})
