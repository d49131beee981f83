"""What the documents promise is run as it stands."""

from __future__ import annotations

import json
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from tests.house.files import ROOT
from tests.house.texts import fences


@pytest.fixture
def desk(tmp_path: Path) -> Path:
    """Return a folder with the examples in it, in which programs may write."""
    (tmp_path / "examples").symlink_to(ROOT / "examples", target_is_directory=True)
    return tmp_path


def test_the_ten_lines_of_the_readme_run(desk: Path) -> None:
    said = _run(_python("README.md"), desk)
    summary = json.loads((desk / "out/aleppo-2016/summary.json").read_text("utf-8"))
    people, (first, second, third, last) = summary["people"], said.splitlines()
    assert first == f"{people['out']:,} of {people['willing']:,} come out if all goes as announced"
    assert second == f"no plan brings out more than {people['bound']:,.0f}"
    assert third == f"simulated: {people['out_mean']:,.0f} on average"
    assert last.startswith("do-not-run Corridors C1, C2, C3, C4, C5 and C6: 1 of 6 consents given")
    names = {path.name for path in (desk / "out/aleppo-2016").iterdir()}
    assert names == {"report.html", "report.ar.html", "plan.json", "summary.json"}


def test_the_readme_shows_ten_lines_of_python() -> None:
    lines = [line for line in _python("README.md").splitlines() if line.strip()]
    assert len(lines) <= 10


def test_the_python_of_the_tutorial_runs(desk: Path) -> None:
    said = _run(_python("docs/tutorial.md"), desk)
    assert said.endswith(" people come out if the corridors close at 16:00\n")
    assert int(said.split(" ")[0].replace(",", "")) > 0


def test_the_gate_that_the_tutorial_changes_is_the_flagships() -> None:
    text = (ROOT / "docs/tutorial.md").read_text("utf-8")
    before, after = (tomllib.loads(block) for _, block in fences(text, "toml"))
    scenario = tomllib.loads((ROOT / "examples/aleppo-2016/scenario.toml").read_text("utf-8"))
    gates = {one["id"]: one["gate"] for one in scenario["corridor"]}
    rate = "rate_persons_per_h"
    assert before["corridor"]["gate"][rate] == gates["C2"][rate]
    assert after["corridor"]["gate"][rate]["central"] == 2 * gates["C2"][rate]["central"]


def test_every_fenced_toml_of_the_documents_parses() -> None:
    blocks = [
        tomllib.loads(block)
        for path in ROOT.glob("docs/**/*.md")
        for _, block in fences(path.read_text("utf-8"), "toml")
    ]
    assert blocks


def test_every_library_of_the_lock_has_its_line() -> None:
    told = (ROOT / "docs/dependencies.md").read_text("utf-8").lower()
    lock = (ROOT / "requirements.lock").read_text("utf-8")
    names = [line.split("==")[0] for line in lock.splitlines() if "==" in line]
    assert len(names) > 20
    assert [name for name in names if name not in told] == []


def _python(name: str) -> str:
    (block,) = (block for _, block in fences((ROOT / name).read_text("utf-8"), "python"))
    return block


def _run(program: str, folder: Path) -> str:
    end = subprocess.run(
        [sys.executable, "-W", "error", "-c", program],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (end.returncode, end.stderr) == (0, "")
    return end.stdout
