"""What reaches the terminal."""

from __future__ import annotations

import argparse
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clearway.cli.say import complain, printable, tell
from clearway.cli.sizes import size
from clearway.model.scenario import Scenario
from tests.cli.streams import FullDisk


def test_letters_that_steer_a_terminal_are_shown_by_number() -> None:
    assert printable("a\x1b[2Jb\u202ec") == "a\\x1b[2Jb\\u202ec"


def test_arabic_stays_as_it_is() -> None:
    assert printable("الممر 3") == "الممر 3"


@given(st.text())
def test_whatever_is_shown_can_be_printed(text: str) -> None:
    assert printable(text).isprintable()


def test_a_complaint_is_one_line_whatever_is_in_it(capsys: pytest.CaptureFixture[str]) -> None:
    complain(["one\ntwo", "three"])
    assert capsys.readouterr().err == "clearway: one\\ntwo\nclearway: three\n"


def test_a_complaint_that_nobody_hears_is_no_error(monkeypatch: pytest.MonkeyPatch) -> None:
    stream = FullDisk()
    monkeypatch.setattr(sys, "stderr", stream)
    complain(["no room"])
    assert stream.getvalue() == ""


@pytest.mark.parametrize(("quiet", "said"), [(False, "a\nb\n"), (True, "")])
def test_quiet_tells_nothing(quiet: bool, said: str, capsys: pytest.CaptureFixture[str]) -> None:
    tell(argparse.Namespace(quiet=quiet), "a\nb")
    assert capsys.readouterr().out == said


def test_the_size_of_a_scenario_in_words(two_gates: Scenario) -> None:
    people = int(two_gates.demand.persons.sum())
    assert size(two_gates).startswith(f"{people:,} people in 3 zones, 2 corridors, ")
