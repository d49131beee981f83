"""Build this scenario from the street lines of Aleppo in the source distribution of neatnet 0.1.6.

    python examples/aleppo-2016/build.py                          fetches it with pip
    python examples/aleppo-2016/build.py --sdist neatnet-0.1.6.tar.gz     takes the file

The same source distribution gives the same files, byte by byte. Needs ``clearway[import]``.
"""

from __future__ import annotations

import argparse
import dataclasses
import hashlib
import subprocess
import sys
import tarfile
import tempfile
import tomllib
from pathlib import Path

from patients import FILE, draw

from clearway.errors import ScenarioError
from clearway.model.scenario import Scenario
from clearway.publish.scenario_folder import write_scenario
from clearway.read.recipe_file import read_recipe
from clearway.read.scenario_build import build_scenario
from clearway.read.street_lines import read_street_lines

HERE = Path(__file__).resolve().parent
SDIST = "neatnet-0.1.6.tar.gz"
SHA256 = "a1f760e0875a7f42a778d86293c397b37ee61e71fba49769c2b3db30271a7fff"
MEMBER = "neatnet-0.1.6/data/aleppo_1133/original.parquet"
SOURCE = "OpenStreetMap, as shipped with neatnet 0.1.6 (aleppo_1133/original.parquet)"


def main() -> None:
    """Fetch the street lines, build, and write the scenario's files into this folder."""
    parser = argparse.ArgumentParser(description="Build the scenario aleppo-2016.")
    parser.add_argument("--sdist", type=Path, help=f"path of {SDIST}; fetched with pip if missing")
    parser.add_argument("--out", type=Path, default=HERE, help="folder to write (default: this)")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        lines = extract(asked.sdist or fetch(Path(scratch)), Path(scratch))
        streets = read_street_lines(lines, source=SOURCE)
    try:
        scenario = listed(build_scenario(streets, read_recipe(HERE / "recipe.toml")))
    except ScenarioError as error:
        sys.exit(str(error))
    write_scenario(scenario, asked.out)
    count = f"{len(scenario.network.nodes):,} nodes, {len(scenario.network.links):,} links"
    count += f", {len(scenario.zones)} zones, {len(scenario.corridors)} corridors"
    sys.stdout.write(f"{count}, {len(scenario.care.patients)} patients\n")


def listed(scenario: Scenario) -> Scenario:
    """Return the scenario with its patients drawn anew."""
    told = tomllib.loads(FILE.read_text("utf-8"))
    patients = draw(told, scenario.zones, scenario.care.hospitals)
    return scenario.replace(care=dataclasses.replace(scenario.care, patients=patients))


def fetch(folder: Path) -> Path:
    """Let pip download the source distribution into ``folder``."""
    asked = ["download", "--no-deps", "--no-binary", ":all:", "neatnet==0.1.6"]
    command = [sys.executable, "-m", "pip", *asked, "--dest", str(folder)]
    if subprocess.run(command, check=False).returncode:  # noqa: S603 - nothing from outside in it
        sys.exit(f"pip could not fetch {SDIST}; give its path with --sdist")
    return folder / SDIST


def extract(sdist: Path, folder: Path) -> Path:
    """Check the source distribution's hash and take the one file out of it."""
    try:
        data = sdist.read_bytes()
    except OSError as error:
        sys.exit(f"{sdist}: {error.strerror}")
    if hashlib.sha256(data).hexdigest() != SHA256:
        sys.exit(f"{sdist}: is not the file that this script was written for (sha256 differs)")
    with tarfile.open(sdist) as archive:
        member = archive.extractfile(MEMBER)
        if member is None:
            sys.exit(f"{sdist}: holds no {MEMBER}")
        lines = folder / "original.parquet"
        lines.write_bytes(member.read())
    return lines


if __name__ == "__main__":
    main()
