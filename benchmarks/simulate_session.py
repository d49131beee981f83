"""A session for the simulation: the flagship, the kernel beside others, a bottleneck."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterable
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any, Final

import numpy as np

from benchmarks.cases import FLAGSHIP
from benchmarks.child import DONE, ROOT, run_child
from benchmarks.courses import GRID, SURF, Course, courses
from benchmarks.document import SIMULATE, document
from benchmarks.machine import OTHERS, machine
from benchmarks.records import save
from benchmarks.roads import apart
from benchmarks.session import best
from clearway.model.network import FOOT_FLOW_PERSONS_PER_M_S

FORMAT: Final = "clearway-bench-simulate/1"
#: Accepted risk, and the seed of the ensemble that is timed; the judging one has the next.
RISK: Final = 0.01
SEED: Final = 20_161_020
MEMBERS, FRESH = 1_000, 2_000
#: Repeats of a short measurement; the least counts, for all else on the machine only adds.
REPEATS: Final = 3
#: Seconds at most: for the flagship, and for one case in one program.
FLAGSHIP_S: Final = 3_600.0
COURSE_S: Final = 1_200.0
WIDTHS_M: Final = (1.0, 2.0, 3.0)
DRAWS: Final = (1, 2, 3)
#: What each program of a case is called in the record, and the module that runs it.
PROGRAMS: Final = {
    "clearway": "benchmarks.ours",
    "uxsim": "benchmarks.uxsim_world",
    "sumo": "benchmarks.sumo_meso",
}
FILES: Final = "surf-coast-shire-network-2021-epsg32754.xml.gz"


def main() -> int:
    """Measure what was asked for; exit code 1 if a measurement failed."""
    asked = _arguments()
    record: dict[str, Any] = {
        "format": FORMAT,
        "measured": datetime.now(UTC).isoformat(timespec="seconds"),
        "machine": machine(OTHERS),
        "risk": RISK,
        "flagship": None,
        "courses": [],
        "bottleneck": None,
    }
    target = asked.out / SIMULATE
    # Written after each case: a session that is ended early leaves what it has measured.
    for one in _wanted(asked):
        record["courses"].append(_course(one, asked))
        save(record, target)
    if asked.only in "bottleneck" and not asked.quick:
        record["bottleneck"] = _bottleneck()
        save(record, target)
    if asked.only in "flagship":
        record["flagship"] = _flagship(asked)
        save(record, target)
    _say(f"wrote {target}")
    if not (asked.quick or asked.only) and document(asked.out):
        _say("wrote docs/benchmarks.md")
    return int(any(row["end"] == "failed" for row in _ends(record)))


def beside(row: dict[str, Any]) -> dict[str, Any]:
    """Return how each other program of a case compares with ours.

    Parameters
    ----------
    row
        With what each program found under its name; processor seconds and memory are compared.

    Returns
    -------
    dict
        By program: ``ratio`` of seconds, ``memory_ratio``, and ``apart``, the largest difference
        of the curves of arrivals at a quarter of an hour, as a share of all.
    """
    mine, found = row["clearway"], dict[str, Any]()
    for name in PROGRAMS:
        other = row.get(name)
        if name == "clearway" or other is None or other["end"] != DONE or mine["end"] != DONE:
            continue
        one, two = (np.array(each["curve"]) for each in (mine, other))
        found[name] = {
            "ratio": other["run"]["cpu_s"] / mine["run"]["cpu_s"],
            "memory_ratio": other["peak_mb"] / mine["peak_mb"],
            "apart": apart(one, two, mine["travellers"]),
        }
    return found


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="benchmarks/simulate.py", description="Measure time, memory and risk of simulate."
    )
    parser.add_argument(
        "--surf-coast",
        type=Path,
        default=ROOT.parent / "shared" / "data" / "surf_coast",
        metavar="DIR",
        help="folder of the district's network and zones (default ../shared/data/surf_coast)",
    )
    parser.add_argument("--only", default="", help="measure only cases whose name holds this")
    parser.add_argument("--quick", action="store_true", help="a little, in less than a minute")
    parser.add_argument("--members", type=int, default=MEMBERS, help="of the timed ensemble")
    parser.add_argument("--fresh", type=int, default=FRESH, help="members the plan is judged by")
    parser.add_argument(
        "--repeats", type=int, default=REPEATS, help=f"of short measurements (default {REPEATS})"
    )
    parser.add_argument(
        "--out", type=Path, default=ROOT / "out" / "bench", help="folder for simulate.json"
    )
    asked = parser.parse_args()
    if asked.quick:
        asked.members, asked.fresh = min(asked.members, 10), min(asked.fresh, 20)
    return asked


def _wanted(asked: argparse.Namespace) -> Iterable[Course]:
    if asked.quick:
        return [one for one in [Course(GRID, 5, small=True)] if asked.only in one.id]
    return [one for one in courses() if asked.only in one.id]


def _course(one: Course, asked: argparse.Namespace) -> dict[str, Any]:
    """Let every program drive one case."""
    row: dict[str, Any] = {"id": one.id, "name": one.name, "unit": one.unit}
    if one.name == SURF and not (asked.surf_coast / FILES).exists():
        _say(f"{one.id}: {asked.surf_coast} has no {FILES}; left out (see --surf-coast)")
        return {**row, "end": "no data"}
    words = {"name": one.name, "unit": one.unit, "folder": str(asked.surf_coast)}
    words |= {"small": one.small}
    for name, module in PROGRAMS.items():
        # SUMO drives cars, one by one.
        if name != "sumo" or (one.name, one.unit) == (SURF, 1):
            row[name] = best(
                partial(run_child, "run", words, COURSE_S, module),
                ("run", "build", "first_step", "crowded"),
                asked.repeats,
            )
            _say(f"{one.id}: {name} {_brief(row[name])}")
    row["beside"] = beside(row)
    for name, told in row["beside"].items():
        _say(f"{one.id}: {name} took {told['ratio']:.0f} x, differs by {told['apart']:.2%}")
    return {**row, "end": DONE}


def _brief(found: dict[str, Any]) -> str:
    if found["end"] != DONE:
        return f"{found['end']} {found.get('why', '')}"
    return f"{found['run']['cpu_s']:.3f} s cpu, {found['peak_mb']:.0f} MB"


def _bottleneck() -> dict[str, Any]:
    """Measure JuPedSim's flows; ours is the figure of the IMO circular."""
    asked = {"widths_m": WIDTHS_M, "seeds": DRAWS}
    found = run_child("run", asked, COURSE_S, "benchmarks.walkers")
    for row in found.get("flows", ()):
        each = np.array(row["persons_per_s"]) / row["width_m"]
        _say(f"bottleneck {row['width_m']} m, bodies {row['radius_m']:.3f} m: {each.round(2)}")
    return {**found, "ours_persons_per_m_s": FOOT_FLOW_PERSONS_PER_M_S}


def _flagship(asked: argparse.Namespace) -> dict[str, Any]:
    words = {"folder": str(ROOT / FLAGSHIP), "risk": RISK, "seed": SEED}
    words |= {"members": asked.members, "fresh": asked.fresh}
    found = run_child("withstand", words, FLAGSHIP_S, "benchmarks.flagship")
    if "fresh" in found:
        ran, judged = found["ensemble"], found["fresh"]
        _say(f"flagship: planned in {found['solve']['wall_s']:.1f} s")
        _say(f"flagship: {ran['members']} members in {ran['wall_s']:.0f} s by the wall")
        _say(f"flagship: {judged['caught']} of {judged['members']} members catch anyone")
    if found["end"] != DONE:
        _say(f"flagship: {found['end']} {found.get('why', '')}")
    return found


def _ends(record: dict[str, Any]) -> Iterable[dict[str, Any]]:
    for row in record["courses"]:
        yield from (row[name] for name in PROGRAMS if name in row)
    yield from (record[name] for name in ("flagship", "bottleneck") if record[name])


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
