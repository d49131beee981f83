"""Where commands write: what cannot be written is said first, and never by half."""

from __future__ import annotations

import errno
import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from clearway.cli import main
from clearway.cli.write import expect_file, expect_folder, named, scratch_in, write_text
from clearway.publish.scenario_folder import write_scenario
from tests import scenarios
from tests.cli.town_files import write_town
from tests.house.files import ROOT

Capture = pytest.CaptureFixture[str]
FILES = ["plan.json", "report.ar.html", "report.html", "summary.json"]

#: Ends as if the power failed, when a file is moved into its place for the n-th time.
KILLED = """
import os, pathlib, signal, sys
from clearway.cli import main

replace, left = pathlib.Path.replace, [int(sys.argv[1])]

def replace_or_die(self, target):
    if not left[0]:
        os.kill(os.getpid(), signal.SIGKILL)
    left[0] -= 1
    return replace(self, target)

pathlib.Path.replace = replace_or_die
sys.exit(main(sys.argv[2:]))
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return the folder of a tiny scenario, in a place with blanks and Arabic letters."""
    place = tmp_path / "my city حلب"
    write_scenario(scenarios.two_gates(), place)
    return place


def words(command: str, folder: Path, out: Path) -> list[str]:
    """Return a command on ``folder`` that writes to ``out``."""
    if command == "import":
        streets, recipe = write_town(folder)
        return [command, str(streets), "--recipe", str(recipe), "--out", str(out), "--quiet"]
    plan = [str(folder / "plan.json")] if command == "report" else []
    few = ["--members", "2"] if command == "run" else []
    return [command, str(folder), *plan, "--out", str(out), "--quiet", *few]


def test_a_path_with_blanks_and_arabic_letters(folder: Path, capsys: Capture) -> None:
    """From the scenario to the report, and the path is told as it is."""
    out = folder / "تقرير 1"
    assert main(["run", str(folder), "--out", str(out)]) == 0
    assert sorted(path.name for path in out.iterdir()) == FILES
    assert str(out / "summary.json") in capsys.readouterr().out


@pytest.mark.parametrize("command", ["import", "report", "run"])
def test_a_folder_that_is_a_file_is_refused_before_any_work(
    command: str, folder: Path, tmp_path: Path, capsys: Capture
) -> None:
    """The plan for the report is not even looked for."""
    blocked = tmp_path / "notes.txt"
    blocked.write_text("mine", "utf-8")
    assert main(words(command, folder, blocked)) == 1
    assert capsys.readouterr().err == f"clearway: {blocked}: Not a directory\n"
    assert main(words(command, folder, blocked / "deep" / "out")) == 1
    assert capsys.readouterr().err == f"clearway: {blocked}: Not a directory\n"
    assert blocked.read_text("utf-8") == "mine"


def test_a_file_that_is_a_folder_is_refused_before_any_work(
    folder: Path, tmp_path: Path, capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nobody waits for a plan that cannot be kept."""
    monkeypatch.setattr("clearway.cli.commands.solve", None)
    assert main(["solve", str(folder), "--out", str(tmp_path)]) == 1
    assert capsys.readouterr().err == f"clearway: {tmp_path}: Is a directory\n"


def test_a_folder_that_may_not_be_written_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also where it is only to be made; who runs the tests may be allowed everything."""
    asked: list[tuple[str, int]] = []

    def refuse(path: Path, mode: int) -> bool:
        asked.append((str(path), mode))
        return False

    monkeypatch.setattr(os, "access", refuse)
    for check, path in ((expect_folder, tmp_path / "a" / "b"), (expect_file, tmp_path / "a.json")):
        with pytest.raises(PermissionError) as caught:
            check(path)
        assert caught.value.filename == str(tmp_path)
    assert asked == [(str(tmp_path), os.W_OK | os.X_OK)] * 2


def test_a_relative_path_is_looked_at_from_where_one_stands(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One that is not there yet belongs to the folder one is in."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "file").write_text("", "utf-8")
    expect_folder(Path("new/er"))
    expect_file(Path("new.json"))
    with pytest.raises(NotADirectoryError):
        expect_folder(Path("file/er"))


@pytest.mark.parametrize("told", [None, "here/.plan.json-x1/plan.json", "here/plan.json"])
def test_an_error_names_the_file_that_was_asked_for(told: str | None) -> None:
    """Not nothing, and not a scratch file that nobody knows."""
    with pytest.raises(OSError, match="No space left") as caught, named(Path("here/plan.json")):
        raise OSError(errno.ENOSPC, "full", told)
    assert caught.value.filename == "here/plan.json"


def test_an_error_about_another_file_keeps_its_name() -> None:
    with pytest.raises(FileNotFoundError) as caught, named(Path("here/plan.json")):
        raise FileNotFoundError(errno.ENOENT, "gone", "there/template.html")
    assert caught.value.filename == "there/template.html"


def test_a_scratch_folder_is_private_and_gone_afterwards(tmp_path: Path) -> None:
    """After an error, too."""
    with scratch_in(tmp_path / "new", "plan") as scratch:
        assert scratch.stat().st_mode & 0o777 == 0o700
        (scratch / "half").write_text("half", "utf-8")
    blocked = tmp_path / "new"
    with pytest.raises(FileNotFoundError), scratch_in(blocked, "plan") as scratch:
        (scratch / "not" / "there").write_text("half", "utf-8")
    assert list(blocked.iterdir()) == []


def test_what_is_written_has_ordinary_permissions(tmp_path: Path) -> None:
    """Others of the team can read a plan as they can any file of the same person."""
    write_text(tmp_path / "plan.json", "{}")
    (tmp_path / "other").write_text("", "utf-8")
    modes = [(tmp_path / name).stat().st_mode for name in ("plan.json", "other")]
    assert modes[0] == modes[1]


@pytest.mark.parametrize("moved", [0, 1, 3, 5])
def test_what_is_killed_leaves_whole_files_alone(moved: int, folder: Path, tmp_path: Path) -> None:
    """Old ones or new ones, whenever the power fails; the next run succeeds."""
    out = tmp_path / "out"
    out.mkdir()
    for name in FILES:
        (out / name).write_text("old", "utf-8")
    program = [sys.executable, "-c", KILLED, str(moved), *words("run", folder, out)]
    end = subprocess.run(program, cwd=ROOT, capture_output=True, check=False, timeout=300)
    assert end.returncode == -signal.SIGKILL
    for name in FILES:
        text = (out / name).read_text("utf-8")
        assert text == "old" or text.rstrip().endswith(("}", "</html>"))
    assert main(words("run", folder, out)) == 0
    assert json.loads((out / "summary.json").read_text("utf-8"))["breaches"] == 0
