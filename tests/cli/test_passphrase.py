"""Where a passphrase comes from, and where it never comes from."""

from __future__ import annotations

from pathlib import Path

import pytest

from clearway.cli.arguments import parser
from clearway.cli.passphrase import OTHER_VARIABLE, VARIABLE, passphrase
from clearway.errors import LogError


def test_a_file_goes_before_the_variable(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    held = tmp_path / "held"
    held.write_text("من الملف\nsecond line\n", "utf-8")
    monkeypatch.setenv(VARIABLE, "from the variable")
    assert passphrase(held, VARIABLE, "Passphrase") == "من الملف"
    assert passphrase(None, VARIABLE, "Passphrase") == "from the variable"


def test_it_is_asked_for_at_the_keyboard(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = []
    typed = iter(["typed", "typed", "typed"])

    def ask(prompt: str) -> str:
        asked.append(prompt)
        return next(typed)

    monkeypatch.delenv(VARIABLE, raising=False)
    monkeypatch.setattr("sys.stdin.isatty", lambda: True, raising=False)
    monkeypatch.setattr("getpass.getpass", ask)
    assert passphrase(None, VARIABLE, "Passphrase of x") == "typed"
    assert passphrase(None, VARIABLE, "New", twice=True) == "typed"
    assert asked == ["Passphrase of x: ", "New: ", "New (again): "]


@pytest.mark.parametrize("text", ["", "\n", "\nsecond"])
def test_an_empty_one_is_refused(tmp_path: Path, text: str) -> None:
    held = tmp_path / "held"
    held.write_text(text)
    with pytest.raises(LogError, match="must not be empty"):
        passphrase(held, VARIABLE, "Passphrase")


def test_where_nobody_can_be_asked_the_ways_are_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(OTHER_VARIABLE, raising=False)
    monkeypatch.setattr("sys.stdin.isatty", lambda: False, raising=False)
    with pytest.raises(LogError, match=f"set {OTHER_VARIABLE}"):
        passphrase(None, OTHER_VARIABLE, "Passphrase")


def test_a_file_that_is_not_there_is_an_error_of_its_own(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        passphrase(tmp_path / "none", VARIABLE, "Passphrase")


@pytest.mark.parametrize("step", ["init", "append", "show", "verify", "merge", "export"])
def test_no_step_takes_a_passphrase_as_an_argument(
    step: str, capsys: pytest.CaptureFixture[str]
) -> None:
    needed = {"merge": ["other"], "export": ["--out", "x"], "append": ["stop", "corridors="]}
    more = needed.get(step, [])
    for words in (["--passphrase", "secret"], ["--passphrase=secret"]):
        with pytest.raises(SystemExit):
            parser().parse_args(["log", step, "day.log", *more, *words])
    assert "unrecognized arguments" in capsys.readouterr().err
    told = parser().parse_args(["log", step, "day.log", *more, "--passphrase-file", "f"])
    assert told.passphrase_file == Path("f")
