"""Build this scenario from the project that ships in the wheel of aequilibrae 1.7.2.

    python examples/coquimbo/build.py                       fetches the wheel with pip
    python examples/coquimbo/build.py --wheel FILE.whl      takes the file

Nothing of AequilibraE is imported. The same wheel gives the same files, byte by byte. Needs
``clearway[import]``. What is written is not kept with the sources.
"""

from __future__ import annotations

import argparse
import hashlib
import io
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

from drill import make_scenario
from project import read_project

from clearway.errors import ScenarioError
from clearway.publish.scenario_folder import write_scenario

HERE = Path(__file__).resolve().parent
MEMBER = "aequilibrae/reference_files/coquimbo.zip"
DATABASE = "project_database.sqlite"
SHA256 = "43de7e2ac90e87eb8d9ea8149e16f48c0c4e5bdf3ac8946a8f116f3bc51dc2a2"


def main() -> None:
    """Fetch the project, build, and write the scenario's files into this folder."""
    parser = argparse.ArgumentParser(description="Build the scenario coquimbo.")
    parser.add_argument(
        "--wheel", type=Path, help="wheel of aequilibrae 1.7.2; else pip fetches it"
    )
    parser.add_argument("--out", type=Path, default=HERE, help="folder to write (default: this)")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        project = read_project(extract(asked.wheel or fetch(folder), folder))
    try:
        scenario = make_scenario(project)
    except ScenarioError as error:
        sys.exit(str(error))
    write_scenario(scenario, asked.out)
    links, persons = len(scenario.network.links), int(scenario.demand.persons.sum())
    sys.stdout.write(f"{links:,} links, {len(scenario.zones)} zones, {persons:,} people\n")


def fetch(folder: Path) -> Path:
    """Let pip download a wheel into ``folder``; its data are the same for every system."""
    asked = ["download", "--no-deps", "--only-binary", ":all:", "aequilibrae==1.7.2"]
    command = [sys.executable, "-m", "pip", *asked, "--dest", str(folder)]
    if subprocess.run(command, check=False).returncode:  # noqa: S603 - nothing from outside in it
        sys.exit("pip could not fetch aequilibrae 1.7.2; give the path of its wheel with --wheel")
    return next(folder.glob("aequilibrae-1.7.2-*.whl"))


def extract(wheel: Path, folder: Path) -> Path:
    """Take the project's database out of the wheel, and check that it is the one that is meant."""
    try:
        with zipfile.ZipFile(wheel) as archive:
            data = archive.read(MEMBER)
    except (OSError, KeyError, zipfile.BadZipFile) as error:
        sys.exit(f"{wheel}: holds no {MEMBER} ({error})")
    if hashlib.sha256(data).hexdigest() != SHA256:
        sys.exit(f"{wheel}: {MEMBER} is not the file that is meant (sha256 differs)")
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        archive.extract(DATABASE, folder)
    return folder / DATABASE


if __name__ == "__main__":
    main()
