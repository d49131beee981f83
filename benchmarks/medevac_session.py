"""The medical task of the flagship beside VROOM and PyVRP, in one run."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from benchmarks import records
from benchmarks.cases import FLAGSHIP
from benchmarks.child import DONE, ROOT, run_child
from benchmarks.machine import machine

FORMAT: Final = "clearway-bench-medevac/1"
RECORD: Final = "fleet.json"
PART: Final = "medevac"
MODULE: Final = "benchmarks.medevac_measure"
PACKAGES: Final = ("highspy", "numba", "numpy", "pyvroom", "pyvrp", "scipy")
#: Seconds that PyVRP searches, and after which VROOM stops improving.
SEARCH_S: Final = 30.0
#: Seconds at most for one program on one question.
CASE_S: Final = 600.0
COLOURS: Final = ("red", "yellow", "green", "black")
#: The other programs, as well as they can be asked.
OTHERS: Final[dict[str, tuple[str, dict[str, Any]]]] = {
    "vroom, least effort": (
        "benchmarks.medevac_vroom",
        {"effort": 0, "threads": 2, "limit_s": SEARCH_S},
    ),
    "vroom, most effort": (
        "benchmarks.medevac_vroom",
        {"effort": 5, "threads": 2, "limit_s": SEARCH_S},
    ),
    "pyvrp": ("benchmarks.medevac_pyvrp", {"limit_s": SEARCH_S}),
}
CLEARWAY: Final = "clearway"


def main(words: Sequence[str] | None = None) -> int:
    """Measure what was asked for; exit code 1 if a measurement failed."""
    asked = _arguments(words)
    cases = []
    for days in asked.days:
        cases.append(case(asked.folder, days, only=asked.only))
        keep(record(cases), asked.out / RECORD)
    _say(f"wrote {asked.out / RECORD}")
    failed = [row for one in cases for row in one["programs"].values() if row["end"] != DONE]
    return int(bool(failed))


def record(cases: list[dict[str, Any]]) -> dict[str, Any]:
    """Return what the record of this issue holds of the medical task."""
    return {
        "format": FORMAT,
        "measured": datetime.now(UTC).isoformat(timespec="seconds"),
        "machine": machine(PACKAGES),
        "search_s": SEARCH_S,
        "cases": cases,
    }


def case(folder: Path, days: int, *, only: str = "") -> dict[str, Any]:
    """Put the question of so many days to every program.

    Parameters
    ----------
    folder
        Of the scenario.
    days
        How many of its days.
    only
        Ask only programs whose name holds this.

    Returns
    -------
    dict
        ``question``, ``programs`` by name, and ``beside``.
    """
    words = {"folder": str(folder), "days": days}
    programs = {}
    question = run_child("question", words, CASE_S, MODULE)
    for name, (module, options) in OTHERS.items():
        if only in name:
            more = {**words, "module": module, "options": options}
            programs[name] = run_child("other", more, CASE_S, MODULE)
            _say(f"{days} day(s), {name}: {_brief(programs[name])}")
    if only in CLEARWAY:
        programs[CLEARWAY] = run_child("ours", words, CASE_S, MODULE)
        _say(f"{days} day(s), {CLEARWAY}: {_brief(programs[CLEARWAY])}")
    return {"days": days, "question": question, "programs": programs, "beside": beside(programs)}


def beside(programs: dict[str, dict[str, Any]]) -> dict[str, Any]:
    """Return whether Clearway serves no fewer than the better of the others, in no more time.

    The better serves more reds, then more yellows, and so on; of equal ones the quicker.

    Returns
    -------
    dict
        ``better``: its name; ``first_by_claim``: no fewer of the first colour in which both differ;
        ``no_fewer``: of no colour; ``no_later``; ``more``: patients more by colour; ``ratio``: its
        seconds by the wall over ours. Empty if nothing can be compared.
    """
    done = {name: row for name, row in programs.items() if row["end"] == DONE}
    mine = done.pop(CLEARWAY, None)
    if mine is None or not done:
        return {}
    better = max(done, key=lambda name: (served(done[name]), -done[name]["solve"]["wall_s"]))
    most, mine_s = done[better], mine["solve"]["wall_s"]
    return {
        "better": better,
        "first_by_claim": served(mine) >= served(most),
        "no_fewer": all(a >= b for a, b in zip(served(mine), served(most), strict=True)),
        "no_later": mine_s <= most["solve"]["wall_s"],
        "more": {name: mine["by_colour"][name] - most["by_colour"][name] for name in COLOURS},
        "ratio": most["solve"]["wall_s"] / mine_s,
    }


def served(row: dict[str, Any]) -> tuple[int, ...]:
    """Return how many were served, from the first colour to the last."""
    return tuple(row["by_colour"][name] for name in COLOURS)


def keep(part: dict[str, Any], target: Path, name: str = PART) -> None:
    """Write one part of the record; what others wrote beside it stays."""
    records.keep(name, part, target)


def _arguments(words: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="benchmarks/medevac.py",
        description="Measure the flagship's medical task beside VROOM and PyVRP.",
    )
    parser.add_argument("--folder", type=Path, default=ROOT / FLAGSHIP, help="of the scenario")
    parser.add_argument(
        "--days", type=int, nargs="+", default=[1, 3], help="of the pause (default 1 3)"
    )
    parser.add_argument("--only", default="", help="ask only programs whose name holds this")
    parser.add_argument(
        "--out", type=Path, default=ROOT / "out" / "bench", help=f"folder for {RECORD}"
    )
    return parser.parse_args(words)


def _brief(found: dict[str, Any]) -> str:
    if found["end"] != DONE:
        return f"{found['end']} {found.get('why', '')}"
    each = ", ".join(f"{count} {name}" for name, count in found["by_colour"].items() if count)
    return f"{found['served']} served ({each}) in {found['solve']['wall_s']:.1f} s"


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
