"""One measurement a process: ``python -m benchmarks.measure TASK JSON ANSWER``."""

from __future__ import annotations

import dataclasses
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Final

from benchmarks import explicit
from benchmarks.answer import answer
from benchmarks.child import limit_memory, peak_mb
from benchmarks.clock import Clock
from benchmarks.streets import SOURCE
from benchmarks.variant import STEP_S, minute_variant
from clearway.errors import ScenarioError
from clearway.model.plan import EXPOSURE, HOURS, PEOPLE
from clearway.model.scenario import Scenario
from clearway.publish.scenario_folder import write_scenario
from clearway.read.circle import circle_recipe
from clearway.read.recipe_file import read_recipe
from clearway.read.scenario import read_scenario
from clearway.read.scenario_build import build_scenario
from clearway.read.street_lines import read_street_lines
from clearway.solve.flow import Search
from clearway.solve.options import Progress, SolveOptions, Watch
from clearway.solve.problem import pose
from clearway.solve.relax import Relaxation
from clearway.solve.routes import Routes
from clearway.solve.solve import solve
from clearway.solve.warm import warm

#: Share of the machine's memory that the explicit graph may take.
MEMORY_SHARE: Final = 0.7
#: Gap to which the linear program goes in a race: ten times nearer than this is called equal.
RACE_GAP: Final = 1e-6


def build(streets: str, like: str, radii_m: list[int], out: str) -> Iterator[dict[str, Any]]:
    """Write the scenario of each circle of a city into a folder of ``out``."""
    lines, recipe = read_street_lines(streets, source=SOURCE), read_recipe(like)
    nodes = len({*lines.start.tolist(), *lines.end.tolist()})
    yield {"lines": len(lines), "nodes": nodes}
    for radius in radii_m:
        begin = time.perf_counter()
        try:
            scenario = build_scenario(lines, circle_recipe(lines, recipe, radius))
        except ScenarioError as error:
            yield {str(radius): {"why": str(error).splitlines()[-1]}}
            continue
        write_scenario(scenario, Path(out) / f"{Path(streets).stem}-{radius}")
        yield {str(radius): {"build_s": time.perf_counter() - begin}}


def plan(folder: str) -> Iterator[dict[str, Any]]:
    """Time ``solve`` as people call it, and then its parts apart."""
    scenario = read_scenario(folder)
    warm()
    yield {**_size(scenario), "read_mb": peak_mb()}
    clock = Clock()
    made = solve(scenario)
    yield {"solve": clock.lap(), "peak_mb": peak_mb()}
    levels = {
        level.name: {"value": level.value, "bound": level.bound, "gap": level.gap}
        for level in made.levels
    }
    yield {"status": made.status.code, "movements": len(made.movements), "levels": levels}
    yield _parts(scenario, SolveOptions())


def flow(folder: str, hours: float, days: int, width: float = 1.0) -> Iterator[dict[str, Any]]:
    """Time Clearway's flow on the variant: most people, then least exposure."""
    scenario = minute_variant(read_scenario(folder), hours, days, width)
    warm()
    yield {**_size(scenario), "cpu_before_s": time.process_time()}
    # The third level is no part of the question: stop when it has begun.
    yield {**_parts(scenario, SolveOptions(gap=RACE_GAP), until=HOURS), "peak_mb": peak_mb()}


def full_graph(
    folder: str, hours: float, days: int, width: float = 1.0
) -> Iterator[dict[str, Any]]:
    """Time OR-Tools' minimum-cost flow on the variant's explicit graph."""
    yield {"memory_limit_mb": limit_memory(MEMORY_SHARE) / 1e6}
    scenario = minute_variant(read_scenario(folder), hours, days, width)
    clock = Clock()
    graph = explicit.expand(scenario)
    yield {"arcs": len(graph), "graph_nodes": graph.nodes, "expand": clock.lap()}
    yield {"cpu_before_s": time.process_time()}
    clock.lap()
    optimum = explicit.solve(graph, STEP_S)
    yield {"mcf": clock.lap(), "peak_mb": peak_mb(), **dataclasses.asdict(optimum)}


def _parts(scenario: Scenario, options: SolveOptions, *, until: str = "") -> dict[str, Any]:
    """Pose and find the flow, as ``solve`` does; the flow ends where the level ``until`` begins."""
    heard: dict[str, Progress] = {}
    clock, laps = Clock(), dict[str, float]()

    def hear(progress: Progress) -> None:
        if progress.stage != until:
            heard[progress.stage] = progress
            laps.update(clock.lap() if not laps else _sum(laps, clock.lap()))
        else:
            heard[until] = progress

    problem = pose(scenario)
    posed = clock.lap()
    watch = Watch(options, hear, lambda: until in heard)
    Search(problem, Routes(problem), Relaxation(problem)).best(watch)
    return {
        "pose": posed,
        "flow": laps,
        "people": heard[PEOPLE].value,
        "people_bound": heard[PEOPLE].bound,
        "exposure_h": heard[EXPOSURE].value,
        "exposure_bound_h": heard[EXPOSURE].bound,
        "rounds": {stage: progress.round for stage, progress in heard.items()},
    }


def _sum(one: dict[str, float], other: dict[str, float]) -> dict[str, float]:
    return {name: one[name] + other[name] for name in one}


def _size(scenario: Scenario) -> dict[str, int]:
    return {
        "nodes": len(scenario.network.nodes),
        "links": len(scenario.network.links),
        "zones": len(scenario.zones),
        "willing": sum(
            int(scenario.demand.willing(z, g, scenario.planning.uptake.central).sum())
            for z in range(len(scenario.zones))
            for g in range(len(scenario.groups))
        ),
    }


TASKS: Final[dict[str, Callable[..., Iterator[dict[str, Any]]]]] = {
    "build": build,
    "plan": plan,
    "flow": flow,
    "explicit": full_graph,
}


if __name__ == "__main__":
    answer(TASKS)
