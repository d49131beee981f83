"""``docs/benchmarks.md`` from the records of the last sessions."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any, Final

from benchmarks.child import ROOT
from benchmarks.page import page
from benchmarks.simulate_page import simulate_page

SOLVE: Final = "solve.json"
SIMULATE: Final = "simulate.json"
PAGE: Final = ROOT / "docs" / "benchmarks.md"


def document(folder: Path, target: Path = PAGE) -> bool:
    """Write the document if both records are there; return whether it was written."""
    files = [folder / name for name in (SOLVE, SIMULATE)]
    if not all(one.exists() for one in files):
        return False
    solved, simulated = (json.loads(one.read_text("utf-8")) for one in files)
    write(target, whole(solved, simulated))
    return True


def whole(solved: dict[str, Any], simulated: dict[str, Any]) -> str:
    """Return the document for two records."""
    return f"{page(solved)}\n{simulate_page(simulated)}"


def save(record: dict[str, Any], target: Path) -> None:
    """Write a record."""
    write(target, json.dumps(record, indent=1, ensure_ascii=False) + "\n")


def keep(name: str, part: dict[str, Any], target: Path) -> None:
    """Put figures under ``name`` into a record; what others wrote beside them stays."""
    there = json.loads(target.read_text("utf-8")) if target.exists() else {}
    save({**there, name: part}, target)


def write(target: Path, text: str) -> None:
    """Write a file whole or not at all."""
    target.parent.mkdir(parents=True, exist_ok=True)
    draft = target.with_name(f".{target.name}.{os.getpid()}")
    draft.write_text(text, "utf-8")
    draft.replace(target)
