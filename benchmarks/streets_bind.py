"""Plans where streets bind: La Serena–Coquimbo and the Surf Coast Shire, as rows of a record."""

from __future__ import annotations

import argparse
import json
import resource
import sys
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from benchmarks.machine import machine
from benchmarks.medevac_session import RECORD, keep
from benchmarks.surf_coast_plan import surf_coast_plan
from clearway.judge import judge
from clearway.model.plan import Plan
from clearway.model.scenario import Scenario
from clearway.read.scenario import read_scenario
from clearway.solve.options import SolveOptions
from clearway.solve.solve import solve

FORMAT: Final = "clearway-bench-streets/1"
PART: Final = "streets"
PACKAGES: Final = ("highspy", "numba", "numpy", "scipy")
#: Share of the bound that counts as proved here.
GAP: Final = 0.01


def street_rows(coquimbo: Path | None, surf_coast: Path | None) -> list[dict[str, Any]]:
    """Return a row for each case whose folder is given and there.

    Parameters
    ----------
    coquimbo
        Scenario folder that ``examples/coquimbo/build.py`` wrote.
    surf_coast
        Folder with network and zones.
    """
    rows = []
    if coquimbo is not None and (coquimbo / "scenario.toml").exists():
        rows.append(measure("coquimbo", read_scenario(coquimbo)))
    if surf_coast is not None and surf_coast.exists():
        rows.append(measure("surf-coast", surf_coast_plan(surf_coast)))
    return rows


def measure(name: str, scenario: Scenario) -> dict[str, Any]:
    """Solve one scenario and judge its plan; seconds are those of solving alone."""
    wall, cpu = time.perf_counter(), time.process_time()
    plan = solve(scenario, SolveOptions(gap=GAP))
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    verdict = judge(scenario, plan)
    kilobytes = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return {
        "case": name,
        "links": len(scenario.network.links),
        "zones": len(scenario.zones),
        "corridors": len(scenario.corridors),
        "persons_inside": int(scenario.demand.persons.sum()),
        "persons_willing": plan.willing_persons,
        "seconds": round(wall, 2),
        "cpu_seconds": round(cpu, 2),
        "peak_mb": round(kilobytes / 1024, 0),
        "breaches": len(verdict.breaches),
        "peak_link_use": round(verdict.peak_link_use, 6),
        "levels": _levels(plan),
    }


def _levels(plan: Plan) -> dict[str, Any]:
    return {
        level.name: {"value": level.value, "bound": level.bound, "gap": round(level.gap, 6)}
        for level in plan.levels
    }


def main(words: Sequence[str] | None = None) -> int:
    """Print the rows of the folders given, and keep them if asked to; exit code 2 without any."""
    asked = _arguments(words)
    rows = street_rows(*(Path(told) if told != "-" else None for told in asked.folders))
    sys.stdout.write(json.dumps(rows, indent=2) + "\n")
    if rows and asked.out is not None:
        measured = datetime.now(UTC).isoformat(timespec="seconds")
        part = {"format": FORMAT, "measured": measured, "machine": machine(PACKAGES), "gap": GAP}
        keep({**part, "cases": rows}, asked.out / RECORD, PART)
    return 0 if rows else 2


def _arguments(words: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.streets_bind", description="Measure plans where streets bind."
    )
    for name, told in (
        ("coquimbo", "scenario that examples/coquimbo/build.py wrote; - for none"),
        ("surf_coast", "folder with network and zones; - for none"),
    ):
        parser.add_argument(name, nargs="?", default="-", help=told)
    parser.add_argument("--out", type=Path, help=f"folder for {RECORD}; only printed without")
    asked = parser.parse_args(words)
    asked.folders = (asked.coquimbo, asked.surf_coast)
    return asked


if __name__ == "__main__":
    sys.exit(main())
