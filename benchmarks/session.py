"""A whole session: build the scenarios, measure each case in a fresh process, write it all down."""

from __future__ import annotations

import argparse
import dataclasses
import shutil
import sys
import time
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from benchmarks.cases import CITIES, FLAGSHIP, Place, Race, places, quick, races
from benchmarks.child import DONE, ROOT, run_child
from benchmarks.document import SOLVE, document
from benchmarks.growth import fit_power
from benchmarks.machine import machine
from benchmarks.records import save
from benchmarks.streets import street_files

FORMAT: Final = "clearway-bench/1"
CACHE: Final = ROOT / ".cache" / "bench"
#: Repeats of a short measurement; the least counts, for all else on the machine only adds.
REPEATS: Final = 3
#: Seconds from which a measurement is long, and made once.
LONG_S: Final = 20.0
#: Seconds for reading a city and building its scenarios, and for one ``solve``.
BUILD_S: Final = 900.0
PLAN_S: Final = 300.0


def main() -> int:
    """Measure what was asked for; exit code 1 if a measurement failed."""
    asked = _arguments()
    some_places, some_races = quick() if asked.quick else (places(), races())
    wanted = [place for place in some_places if asked.only in place.id]
    raced = [race for race in some_races if asked.only in race.id]
    try:
        cities = _build(wanted, raced, asked.sdist)
    except ValueError as error:
        sys.stderr.write(f"{error}\n")
        return 2
    record: dict[str, Any] = {
        "format": FORMAT,
        "measured": datetime.now(UTC).isoformat(timespec="seconds"),
        "limit_s": asked.limit,
        "machine": machine(),
        "cities": cities,
        "plans": [],
        "races": [],
    }
    target = asked.out / SOLVE
    # Written after each case: a session that is ended early leaves what it has measured.
    for place in filter(_there, wanted):
        record["plans"].append(_plan(place, asked.repeats))
        _save(record, target)
    for race in raced:
        if _there(race.place):
            record["races"].append(_race(race, asked.limit, asked.repeats))
            _save(record, target)
    _say(f"wrote {target}")
    if not (asked.quick or asked.only) and document(asked.out):
        _say("wrote docs/benchmarks.md")
    return int(any(row["end"] == "failed" for row in _ends(record)))


def growth(record: dict[str, Any]) -> dict[str, Any]:
    """Return the fitted power laws of a record: processor seconds over the size."""
    plans = [row for row in record["plans"] if row["end"] == DONE]
    nodes = [row["nodes"] for row in plans]
    wide = [
        race
        for race in record["races"]
        if race["width"] == 1 and race["bound"] in ("exactly", "at least")
    ]
    full = [race for race in wide if race["explicit"]["end"] == DONE]
    fits = {
        "solve": fit_power(nodes, [row["solve"]["cpu_s"] for row in plans]),
        "pose": fit_power(nodes, [row["pose"]["cpu_s"] for row in plans]),
        "flow": fit_power(nodes, [row["flow"]["cpu_s"] for row in plans]),
        "race_flow": fit_power(
            [race["explicit"]["arcs"] for race in wide],
            [race["flow"]["pose"]["cpu_s"] + race["flow"]["flow"]["cpu_s"] for race in wide],
        ),
        "race_explicit": fit_power(
            [race["explicit"]["arcs"] for race in full],
            [race["explicit"]["mcf"]["cpu_s"] for race in full],
        ),
    }
    return {name: fit and dataclasses.asdict(fit) for name, fit in fits.items()}


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="benchmarks/solve.py", description="Measure time, memory and gap of solve."
    )
    parser.add_argument("--sdist", type=Path, help="neatnet-0.1.6.tar.gz; fetched if missing")
    parser.add_argument("--only", default="", help="measure only cases whose name holds this")
    parser.add_argument("--quick", action="store_true", help="a little, in less than a minute")
    parser.add_argument(
        "--limit", type=float, default=300.0, help="seconds for each explicit graph (default 300)"
    )
    parser.add_argument(
        "--repeats", type=int, default=REPEATS, help=f"of short measurements (default {REPEATS})"
    )
    parser.add_argument(
        "--out", type=Path, default=ROOT / "out" / "bench", help="folder for solve.json"
    )
    return parser.parse_args()


def _build(wanted: list[Place], raced: list[Race], sdist: Path | None) -> dict[str, Any]:
    """Build the scenarios anew; return what each city's street lines hold."""
    circles = {place for place in (*wanted, *(race.place for race in raced)) if place.city}
    names = [city for city in CITIES if any(place.city == city for place in circles)]
    if not names:
        return {}
    files, found = street_files(names, CACHE, sdist), {}
    for city in names:
        radii = sorted(place.radius_m for place in circles if place.city == city)
        for radius in radii:
            shutil.rmtree(CACHE / f"{city}-{radius}", ignore_errors=True)
        asked = {
            "streets": str(files[city]),
            "like": str(ROOT / FLAGSHIP / "recipe.toml"),
            "radii_m": radii,
            "out": str(CACHE),
        }
        found[city] = {"name": CITIES[city], **run_child("build", asked, BUILD_S)}
        _say(f"{city}: {found[city].get('nodes', 0):,} nodes; {len(radii)} circles")
    return found


def _plan(place: Place, repeats: int) -> dict[str, Any]:
    """Measure ``solve`` a few times; keep the quickest."""
    asked = {"folder": str(_folder(place))}
    row = best(lambda: run_child("plan", asked, PLAN_S), ("solve", "pose", "flow"), repeats)
    if row["end"] == DONE:
        gaps = ", ".join(f"{100 * level['gap']:.3f} %" for level in row["levels"].values())
        wall, cpu = row["solve"]["wall_s"], row["solve"]["cpu_s"]
        _say(f"{place.id}: {row['nodes']:,} nodes, {wall:.2f} s ({cpu:.2f} s cpu), gaps {gaps}")
    else:
        _say(f"{place.id}: {row['end']} {row.get('why', '')}")
    return {**dataclasses.asdict(place), **row}


def _race(race: Race, limit_s: float, repeats: int) -> dict[str, Any]:
    """Let both programs solve one instance."""
    size = {"hours": race.hours, "days": race.days, "width": race.width}
    asked = {"folder": str(_folder(race.place)), **size}
    flow = best(lambda: run_child("flow", asked, PLAN_S), ("pose", "flow"), repeats)
    full = best(lambda: run_child("explicit", asked, limit_s), ("expand", "mcf"), repeats)
    row = {"id": race.id, "city": race.place.city, **size}
    row |= {"flow": flow, "explicit": full, **compare(flow, full)}
    told = f"{row['ratio']:,.1f} x" if "ratio" in row else ""
    _say(f"{race.id}: {full.get('arcs', 0):,} arcs, {full['end']}, {row['bound']} {told}")
    return row


def compare(flow: dict[str, Any], full: dict[str, Any]) -> dict[str, Any]:
    """Return how many times longer the explicit graph took, and whether both agree.

    ``bound`` is ``exactly``, ``at least`` where the explicit graph hit its limit, or ``at most``
    where Clearway did. Both are counted in processor seconds; writing the graph out is left out,
    posing is counted.
    """
    if full["end"] == DONE and flow["end"] != DONE and "cpu_before_s" in flow:
        mine = flow["cpu_all_s"] - flow["cpu_before_s"]
        return {"bound": "at most", "ratio": full["mcf"]["cpu_s"] / mine}
    if flow["end"] != DONE or "cpu_before_s" not in full:
        return {"bound": "not measured"}
    mine = flow["pose"]["cpu_s"] + flow["flow"]["cpu_s"]
    if full["end"] != DONE:
        return {"bound": "at least", "ratio": (full["cpu_all_s"] - full["cpu_before_s"]) / mine}
    return {
        "bound": "exactly",
        "ratio": full["mcf"]["cpu_s"] / mine,
        "memory_ratio": full["peak_mb"] / flow["peak_mb"],
        "people_difference": flow["people"] - full["people"],
        "exposure_difference": _share(flow["exposure_h"], full["exposure_h"]),
    }


def _share(value: float, of: float) -> float:
    return abs(value - of) / of if of else abs(value)


def best(
    measure: Callable[[], dict[str, Any]], clocks: tuple[str, ...], repeats: int
) -> dict[str, Any]:
    """Measure ``repeats`` times or until it was long; return the first with each clock's least."""
    begin, rows = time.monotonic(), [measure()]
    while rows[-1]["end"] == DONE and len(rows) < repeats and time.monotonic() - begin < LONG_S:
        rows.append(measure())
    done = [row for row in rows if row["end"] == DONE] or rows[:1]
    least = {
        name: {unit: min(row[name][unit] for row in done) for unit in done[0][name]}
        for name in clocks
        if name in done[0]
    }
    return {**done[0], **least, "repeats": len(done)}


def _folder(place: Place) -> Path:
    return CACHE / place.id if place.city else ROOT / FLAGSHIP


def _there(place: Place) -> bool:
    """Return whether the scenario could be built."""
    return (_folder(place) / "scenario.toml").exists()


def _ends(record: dict[str, Any]) -> Iterable[dict[str, Any]]:
    yield from record["plans"]
    for race in record["races"]:
        yield from (race["flow"], race["explicit"])


def _save(record: dict[str, Any], target: Path) -> None:
    record["growth"] = growth(record)
    save(record, target)


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
