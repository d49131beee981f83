"""``docs/import.md`` says what the code does."""

from __future__ import annotations

import dataclasses
import re
from pathlib import Path

from clearway.read.highway import HIGHWAYS
from clearway.read.osm import OSM_ENDINGS
from clearway.read.recipe import ImportOptions
from clearway.read.street_lines import LINE_ENDINGS

TEXT = (Path(__file__).parents[2] / "docs" / "import.md").read_text(encoding="utf-8")


def test_the_table_of_classes_is_that_of_the_code() -> None:
    """Every class, every figure, nothing else."""
    rows = re.findall(r"^\| `(\w+)` ((?:\|[^|\n]*){6})\|$", TEXT, flags=re.MULTILINE)
    told = {
        name: [cell.strip().replace(",", "") for cell in cells.split("|")[1:]]
        for name, cells in rows
    }
    assert told == {
        name: [
            f"{kind.lanes:g}",
            f"{kind.width_m:g}",
            f"{kind.speed_kph:g}",
            f"{kind.capacity_veh_per_h:.0f}",
            "yes" if kind.major else "",
            "yes" if kind.residential else "",
        ]
        for name, kind in HIGHWAYS.items()
    }


def test_every_option_is_told_with_its_default() -> None:
    """The margin in minutes, as the recipe has it."""
    told = dict(re.findall(r"^\| `(\w+)` \| ([\d\[\], ]+) \|", TEXT, flags=re.MULTILINE))
    options = dataclasses.asdict(ImportOptions())
    options["margin_min"] = options.pop("margin_s") / 60
    shown = {
        name: f"[{', '.join(f'{one:g}' for one in value)}]"
        if isinstance(value, tuple)
        else f"{value:g}"
        for name, value in options.items()
    }
    assert {name: told.get(name) for name in shown} == shown


def test_every_kind_of_file_is_told() -> None:
    """By the end of its name."""
    assert all(f"`{ending}`" in TEXT for ending in (*OSM_ENDINGS, *LINE_ENDINGS))
