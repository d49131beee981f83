"""``docs/benchmarks.md`` from the records that are there: ``python -m benchmarks.document``."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any, Final

from benchmarks.child import ROOT
from benchmarks.day_page import day_page
from benchmarks.page import page
from benchmarks.records import read, write
from benchmarks.simulate_page import simulate_page
from benchmarks.whole_page import whole_page

SOLVE: Final = "solve.json"
SIMULATE: Final = "simulate.json"
#: What not every session measures; each part of them that is missing is said to be.
FLEET: Final = "fleet.json"
OPERATE: Final = "operate.json"
PAGE: Final = ROOT / "docs" / "benchmarks.md"


def document(folder: Path, target: Path = PAGE) -> bool:
    """Write the document if the first two records are there; return whether it was written."""
    records = [read(folder / name) for name in (SOLVE, SIMULATE, FLEET, OPERATE)]
    if not all(records[:2]):
        return False
    write(target, whole(*records))
    return True


def whole(
    solved: dict[str, Any],
    simulated: dict[str, Any],
    fleet: dict[str, Any],
    operate: dict[str, Any],
) -> str:
    """Return the document for four records, of which the last two may lack parts."""
    parts = page(solved), whole_page(fleet), simulate_page(simulated), day_page(operate)
    return "\n".join(parts)


def main() -> int:
    """Write the document from what the last sessions measured; exit code 1 if nothing is there."""
    argparse.ArgumentParser(prog="python -m benchmarks.document", description=__doc__).parse_args()
    return int(not document(ROOT / "out" / "bench"))


if __name__ == "__main__":
    raise SystemExit(main())
