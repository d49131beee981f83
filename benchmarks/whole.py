"""The flagship whole: people on foot, fleet, patients and aid; ``python -m benchmarks.whole``."""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import numpy as np

from benchmarks.machine import machine
from benchmarks.medevac_session import RECORD, keep
from benchmarks.streets_bind import PACKAGES, measure
from clearway.cli.write import write_text
from clearway.judge import judge
from clearway.model.care import RED
from clearway.model.outcome import MOVED
from clearway.model.plan import Plan
from clearway.model.scenario import Scenario
from clearway.publish.board import worst_tenth
from clearway.publish.plan_file import plan_to_json
from clearway.read.scenario import read_scenario
from clearway.simulate.simulate import simulate
from clearway.solve.solve import solve

FORMAT: Final = "clearway-bench-whole/1"
PART: Final = "whole"
RISK: Final = 0.01


def whole(scenario: Scenario, members: int, plan_to: Path | None = None) -> dict[str, Any]:
    """Return how well the whole is planned, with and without risk, and what becomes of it.

    Parameters
    ----------
    scenario
        With vehicles and patients.
    members
        Of the simulation of the plan that withstands.
    plan_to
        File for that plan; None for none.
    """
    row = measure(scenario.id, scenario)
    begun = time.perf_counter()
    plan = solve(scenario, risk=RISK)
    withstands = {
        "risk": RISK,
        "seconds": round(time.perf_counter() - begun, 2),
        "breaches": len(judge(scenario, plan).breaches),
        "levels": {one.name: round(one.gap, 6) for one in plan.levels},
    }
    if plan_to is not None:
        write_text(plan_to, plan_to_json(scenario, plan))
    return {**row, "withstands": withstands, "simulated": simulated(scenario, plan, members)}


def simulated(scenario: Scenario, plan: Plan, members: int) -> dict[str, Any]:
    """Return what becomes of patients and of anyone caught in ``members`` courses."""
    begun = time.perf_counter()
    ensemble = simulate(scenario, plan, members=members, seed=1)
    seconds = round(time.perf_counter() - begun, 2)
    caught = ensemble.anyone_caught
    found: dict[str, Any] = {"members": members, "seconds": seconds}
    found |= {"caught": caught.hits, "caught_upper_95": round(caught.upper(), 6)}
    fleet, patients = ensemble.fleet, scenario.care.patients
    if fleet is not None and patients:
        red = np.array([scenario.care.colour(one) == RED and one.waiting for one in patients])
        out = (fleet.patient_end == MOVED).sum(axis=1)
        found["p_all_red_out"] = round(fleet.all_out(red).value, 6)
        found["patients_out_mean"] = round(float(out.mean()), 2)
        found["patients_out_worst_tenth"] = round(worst_tenth(out), 2)
    return found


def main(words: Sequence[str] | None = None) -> int:
    """Print the figures, and keep them beside those of others."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.whole", description=__doc__)
    parser.add_argument("--scenario", type=Path, default=Path("examples/aleppo-2016"))
    parser.add_argument("--members", type=int, default=1000, help="(default: %(default)s)")
    parser.add_argument("--out", type=Path, default=Path("out/bench"), help="folder")
    asked = parser.parse_args(words)
    asked.out.mkdir(parents=True, exist_ok=True)
    row = whole(read_scenario(asked.scenario), asked.members, asked.out / "plan.json")
    measured = datetime.now(UTC).isoformat(timespec="seconds")
    part = {"format": FORMAT, "measured": measured, "machine": machine(PACKAGES), **row}
    keep(part, asked.out / RECORD, PART)
    sys.stdout.write(json.dumps(part, indent=2) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
