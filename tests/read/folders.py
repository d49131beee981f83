"""Scenario folders to break: write a good one, change its text, read what is told about it."""

from __future__ import annotations

import shutil
from pathlib import Path

from clearway.errors import Breach, ScenarioError
from clearway.model.scenario import Scenario
from clearway.publish.scenario_folder import write_scenario
from clearway.read.scenario import read_scenario

PLAN = "scenario.toml"
NODES = "network/node.csv"
LINKS = "network/link.csv"
ZONES = "zones.geojson"
DEMAND = "demand.csv"
PATIENTS = "patients.csv"
FILES = (PLAN, NODES, LINKS, ZONES, DEMAND)
ALL_FILES = (*FILES, PATIENTS)


def written(scenario: Scenario, folder: Path) -> Path:
    """Write ``scenario`` into ``folder`` and return that."""
    shutil.rmtree(folder, ignore_errors=True)
    write_scenario(scenario, folder)
    return folder


def change(folder: Path, name: str, old: str, new: str, count: int = 1) -> None:
    """Replace the first ``count`` times that ``old`` stands in a file; it must stand there."""
    text = (folder / name).read_text(encoding="utf-8")
    assert old in text, f"{old!r} is not in {name}"
    (folder / name).write_text(text.replace(old, new, count), encoding="utf-8", newline="")


def breaches(folder: Path) -> tuple[Breach, ...]:
    """Return the breaches that reading ``folder`` tells; none if it reads."""
    try:
        read_scenario(folder)
    except ScenarioError as error:
        return error.breaches
    return ()


def only(folder: Path) -> Breach:
    """Return the one breach that reading ``folder`` tells."""
    found = breaches(folder)
    assert len(found) == 1, "\n".join(map(str, found))
    return found[0]


def line_of(folder: Path, name: str, words: str, nth: int = 1) -> int:
    """Return the line at which ``words`` stand for the ``nth`` time in a file."""
    lines = (folder / name).read_text(encoding="utf-8").split("\n")
    return [row for row, line in enumerate(lines, start=1) if words in line][nth - 1]
