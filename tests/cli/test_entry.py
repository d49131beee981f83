"""Every way in which a command can fail: one clear line, the right code, never a traceback."""

from __future__ import annotations

import io
import logging
import re
import subprocess
import sys
from pathlib import Path

import pytest

import clearway
from clearway.cli import entry, main
from clearway.cli.arguments import COMMANDS, parser
from tests.cli.streams import FullDisk
from tests.house.files import ROOT

PROGRAM = """
import sys
from clearway.cli import entry, main
entry.COMMANDS["check-scenario"] = ("tests.cli.failures", "fail")
sys.exit(main(["check-scenario", *sys.argv[1:]]))
"""


@pytest.fixture
def failing(monkeypatch: pytest.MonkeyPatch) -> None:
    """Put the failing command in the place of ``check-scenario``."""
    monkeypatch.setitem(COMMANDS, "check-scenario", ("tests.cli.failures", "fail"))


@pytest.mark.usefixtures("failing")
@pytest.mark.parametrize(
    ("error", "code", "says"),
    [
        ("none", 0, ""),
        ("solver", 1, "clearway: the linear program has no optimum: unbounded\n"),
        ("disk", 1, "clearway: out/plan.json: No space left on device\n"),
        ("denied", 1, "clearway: out: Permission denied\n"),
        ("memory", 1, "clearway: not enough memory\n"),
        ("pipe", 1, ""),
        ("ctrl-c", 130, "clearway: interrupted\n"),
    ],
)
def test_an_error_is_one_line_and_a_code(
    error: str, code: int, says: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["check-scenario", error]) == code
    assert capsys.readouterr().err == says


@pytest.mark.usefixtures("failing")
def test_every_breach_of_a_scenario_is_a_line(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check-scenario", "scenario"]) == 2
    assert capsys.readouterr().err.splitlines() == [
        "clearway: network/node.csv:7: y_coord = 136.2: must be from -90 to 90 degrees",
        "clearway: demand.csv:3: size = 0: must be from 1 to 9",
    ]


@pytest.mark.usefixtures("failing")
def test_a_defect_is_one_line_that_says_where_to_report(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(["check-scenario", "defect"]) == 1
    said = capsys.readouterr().err
    assert said.startswith("clearway: unexpected KeyError: 'C7\\nC8'; ")
    assert "CONTRIBUTING.md" in said
    assert said.count("\n") == 1


@pytest.mark.usefixtures("failing")
def test_verbose_shows_the_traceback_and_the_log(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check-scenario", "--verbose", "defect"]) == 1
    said = capsys.readouterr().err
    assert "Traceback" in said
    assert "failures.py" in said
    assert "DEBUG clearway.tests: a step" in said


@pytest.mark.usefixtures("failing")
def test_the_log_is_left_as_it_was(capsys: pytest.CaptureFixture[str]) -> None:
    log = logging.getLogger("clearway")
    before = (log.level, list(log.handlers))
    main(["check-scenario", "--verbose", "none"])
    assert (log.level, list(log.handlers)) == before
    assert capsys.readouterr().out == "done\n"


@pytest.mark.usefixtures("failing")
def test_a_full_disk_under_stdout_is_an_error(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "stdout", FullDisk())
    assert main(["check-scenario", "none"]) == 1
    assert capsys.readouterr().err == "clearway: No space left on device\n"


def test_no_arguments_are_bad_input(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as end:
        main([])
    assert end.value.code == 2
    assert "COMMAND" in capsys.readouterr().err


def test_the_version(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as end:
        main(["--version"])
    assert end.value.code == 0
    assert capsys.readouterr().out == f"clearway {clearway.__version__}\n"


def test_help_names_every_command_and_code(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["--help"])
    said = capsys.readouterr().out
    assert [name for name in COMMANDS if not re.search(rf"^    {name}\b", said, re.MULTILINE)] == []
    assert "130 interrupted" in said


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_has_help_and_is_there(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as end:
        main([name, "--help"])
    assert end.value.code == 0
    assert f"clearway {name} " in capsys.readouterr().out
    assert callable(entry._command(name))


def test_loud_and_quiet_exclude_each_other(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as end:
        main(["run", "here", "--out", "there", "--quiet", "--verbose"])
    assert end.value.code == 2
    assert "not allowed with" in capsys.readouterr().err


def test_import_without_its_libraries_says_what_to_install(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setitem(COMMANDS, "import", ("geopandas_that_is_not_there", "import_streets"))
    assert main(["import", "a.parquet", "--recipe", "r.toml", "--out", "o"]) == 1
    said = capsys.readouterr().err
    assert "geopandas_that_is_not_there is not installed" in said
    assert "clearway[import]" in said
    assert said.count("\n") == 1


def test_a_command_that_lost_its_module_is_a_defect(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setitem(COMMANDS, "judge", ("clearway.cli.gone", "judge_plan"))
    assert main(["judge", "a", "b"]) == 1
    assert "unexpected ModuleNotFoundError" in capsys.readouterr().err


def test_letters_that_the_terminal_lacks_are_no_error(monkeypatch: pytest.MonkeyPatch) -> None:
    raw = io.BytesIO()
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(raw, encoding="ascii"))
    monkeypatch.setitem(COMMANDS, "check-scenario", ("tests.cli.failures", "fail_in_arabic"))
    assert main(["check-scenario", "none"]) == 0
    assert raw.getvalue() == b"\\u0627\n"


def test_a_reader_that_goes_away_ends_it_quietly() -> None:
    with subprocess.Popen(
        [sys.executable, "-c", PROGRAM, "none"],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as program:
        assert program.stdout is not None
        assert program.stderr is not None
        program.stdout.close()
        said = program.stderr.read()
        code = program.wait()
    assert (code, said) == (1, b"")


def test_a_full_disk_under_a_program_is_one_line() -> None:
    with Path("/dev/full").open("wb") as full:
        end = subprocess.run(
            [sys.executable, "-c", PROGRAM, "none"],
            cwd=ROOT,
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
        )
    assert (end.returncode, end.stderr) == (1, "clearway: No space left on device\n")


@pytest.mark.parametrize(
    "words",
    [
        "L closure a=1 b=2 --at T --chain monitors",
        "L closure --at T a=1 --chain monitors b=2",
        "L closure a=1 --at T b=2 --chain monitors",
        "--at T L --chain monitors closure a=1 b=2",
        "--chain=monitors --at T L closure a=1 b=2",
    ],
)
def test_options_may_stand_between_what_they_are_not_about(words: str) -> None:
    told = parser().parse_args(["log", "append", *words.split()])
    assert (told.log, told.kind, told.about) == ("L", "closure", ["a=1", "b=2"])
    assert (told.at, told.chain, told.key) == ("T", "monitors", None)


def test_options_may_stand_between_files_and_subjects() -> None:
    told = parser().parse_args(["bundle", "A", "--to", "x", "B", "--to", "y", "--out", "C"])
    assert (told.files, told.to, told.out) == ([Path("A"), Path("B")], ["x", "y"], Path("C"))
    assert (told.signer, told.profile) == ([], "full")
    told = parser().parse_args(["study", "contraflow", "--json", "D"])
    assert (told.subject, told.folder, told.json) == ("contraflow", Path("D"), True)


@pytest.mark.parametrize(
    ("words", "says"),
    [
        ("log append L closure --atx T a=1", "unrecognized arguments: --atx"),
        ("log append --at T", "required: LOG, KIND"),
        ("log show L --quiet --verbose", "not allowed with"),
        ("log show L M", "unrecognized arguments: M"),
        ("judge A --quiet", "required: PLAN"),
        ("log append L closure --at", "expected one argument"),
    ],
)
def test_words_that_do_not_parse_are_told_wherever_they_stand(
    words: str, says: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as end:
        main(words.split())
    assert end.value.code == 2
    assert says in capsys.readouterr().err
