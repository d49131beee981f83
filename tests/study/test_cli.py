"""``clearway study history`` in this process: the table, JSON, Arabic, and every bad input."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from clearway.cli import main
from clearway.publish.isolate import unisolated
from tests.study import made

Capture = pytest.CaptureFixture[str]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a folder with one case of two records."""
    return made.case_folder(tmp_path)


def test_it_prints_a_row_a_record_and_the_count(folder: Path, capsys: Capture) -> None:
    assert main(["study", "history", str(folder), "--members", "4"]) == 0
    said = capsys.readouterr()
    lines = said.out.splitlines()
    assert lines[0] == "History as a test: people out, 4 members a case, seed 1"
    assert lines[2] == "Tiny scenario (tiny)"
    head = "when 80 % interval median recorded at or below"
    assert " ".join(lines[3].split()) == head
    assert lines[4].startswith("  first day ")
    assert lines[5].startswith("  second day ")
    assert lines[5].endswith("100,000        100 %  MISS")
    assert lines[7].startswith("hits: ")
    assert " of 2; " in lines[7]
    assert "tiny: 4 of 4 members" in said.err


def test_json_is_one_document(folder: Path, capsys: Capture) -> None:
    words = ["study", "history", str(folder), "--members", "4", "--seed", "5", "--json"]
    assert main(words) == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["members"], told["seed"], told["trials_in_all"]) == (4, 5, 2)
    assert told["trials"][1]["recorded"] == 100_000
    assert told["trials"][1]["hit"] is False


def test_arabic_keeps_its_numbers_whole(folder: Path, capsys: Capture) -> None:
    assert main(["study", "history", str(folder), "--members", "4", "--lang", "ar"]) == 0
    said = capsys.readouterr().out
    assert unisolated(said) == []
    assert "\\u2066" not in said
    assert "اليوم الثاني" in said
    assert "خارج المجال" in said


def test_quiet_says_nothing(folder: Path, capsys: Capture) -> None:
    assert main(["study", "history", str(folder), "--members", "4", "--quiet"]) == 0
    said = capsys.readouterr()
    assert (said.out, said.err) == ("", "")


@pytest.mark.parametrize("option", [["--members", "1"], ["--seed", "-1"]])
def test_numbers_that_make_no_sense_are_bad_input(
    option: list[str], folder: Path, capsys: Capture
) -> None:
    assert main(["study", "history", str(folder), *option]) == 2
    assert option[0].strip("-") in capsys.readouterr().err


def test_a_folder_without_cases_is_bad_input(tmp_path: Path, capsys: Capture) -> None:
    assert main(["study", "history", str(tmp_path)]) == 2
    assert capsys.readouterr().err == "clearway: outcomes.toml: file: must be there\n"


def test_every_breach_is_a_line(folder: Path, capsys: Capture) -> None:
    broken = made.OUTCOMES.replace("persons = 40", "persons = -1").replace("/1", "/9")
    (folder / "outcomes.toml").write_text(broken, "utf-8")
    assert main(["study", "history", str(folder)]) == 2
    lines = capsys.readouterr().err.splitlines()
    assert [line.split(":")[2] for line in lines] == ["1", "10"]


def test_another_subject_is_refused(capsys: Capture) -> None:
    with pytest.raises(SystemExit, match="2"):
        main(["study", "weather"])
    assert "weather" in capsys.readouterr().err
