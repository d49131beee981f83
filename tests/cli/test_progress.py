"""Progress on a terminal and on a pipe, with a clock that the test sets."""

from __future__ import annotations

import io
from dataclasses import dataclass, replace

import pytest

from clearway.cli.progress import ProgressLine, counted, described
from clearway.model.plan import PEOPLE
from clearway.solve.options import Progress
from tests.cli.streams import FullDisk

ROUND = Progress(PEOPLE, 3, 78_012.4, 78_900.0, 0.01125, 2.06)


@dataclass
class Clock:
    """Seconds that pass only when a test says so."""

    now: float = 100.0

    def __call__(self) -> float:
        return self.now


class Terminal(io.StringIO):
    """Text that someone watches."""

    def isatty(self) -> bool:
        return True


def test_a_round_in_words() -> None:
    assert described(ROUND) == (
        "   2.1 s  people out, weighted, round 3: 78,012, bound 78,900, gap 1.125 %"
    )


def test_an_unknown_stage_keeps_its_own_name() -> None:
    assert "whole households, round 3" in described(replace(ROUND, stage="whole_households"))


@pytest.mark.parametrize(
    ("done", "of", "hashes"),
    [(0, 200, 0), (1, 200, 0), (100, 200, 15), (199, 200, 29), (200, 200, 30), (0, 0, 0)],
)
def test_members_in_a_bar(done: int, of: int, hashes: int) -> None:
    bar = "#" * hashes + "." * (30 - hashes)
    assert counted("simulating", done, of) == f"simulating [{bar}] {done} of {of} members"


def test_members_are_counted_no_more_often_than_rounds_are_told() -> None:
    clock, stream = Clock(), io.StringIO()
    line = ProgressLine(stream, quiet=False, clock=clock)
    count = line.counter("simulating")
    for done in range(1, 31):
        clock.now = 100 + done / 10
        count(done, 30)
    told = [text.split("] ")[1] for text in stream.getvalue().splitlines()]
    assert told == ["1 of 30 members", "11 of 30 members", "21 of 30 members"]


def test_a_pipe_gets_one_line_a_second_at_most() -> None:
    clock, stream = Clock(), io.StringIO()
    line = ProgressLine(stream, quiet=False, clock=clock)
    for tenth in range(25):
        clock.now = 100 + tenth / 10
        line(replace(ROUND, round=tenth))
    lines = stream.getvalue().splitlines()
    assert [text.split("round ")[1].split(":")[0] for text in lines] == ["0", "10", "20"]
    assert "\r" not in stream.getvalue()
    assert "\x1b" not in stream.getvalue()


def test_a_terminal_gets_one_line_that_is_rewritten_and_taken_away() -> None:
    clock, stream = Clock(), Terminal()
    line = ProgressLine(stream, quiet=False, clock=clock)
    for tenth in range(3):
        clock.now = 100 + tenth / 10
        line(ROUND)
    line.close()
    assert "\n" not in stream.getvalue()
    assert stream.getvalue().count("people out") == 3
    assert stream.getvalue().endswith("\r\x1b[K")


def test_a_terminal_is_not_flooded() -> None:
    clock, stream = Clock(), Terminal()
    line = ProgressLine(stream, quiet=False, clock=clock)
    for hundredth in range(100):
        clock.now = 100 + hundredth / 100
        line(ROUND)
    assert stream.getvalue().count("people out") <= 11


def test_the_line_fits_the_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "40")
    stream = Terminal()
    ProgressLine(stream, quiet=False, clock=Clock())(ROUND)
    assert len(stream.getvalue().removeprefix("\r\x1b[K")) == 39


def test_a_message_stands_on_a_line_of_its_own() -> None:
    stream = Terminal()
    line = ProgressLine(stream, quiet=False, clock=Clock())
    line(ROUND)
    line.say("stopping")
    assert stream.getvalue().endswith("\r\x1b[Kstopping\n")


def test_quiet_says_nothing() -> None:
    stream = Terminal()
    line = ProgressLine(stream, quiet=True, clock=Clock())
    line(ROUND)
    line.say("stopping")
    line.close()
    assert stream.getvalue() == ""


def test_work_goes_on_when_nobody_can_be_told() -> None:
    clock = Clock()
    line = ProgressLine(FullDisk(), quiet=False, clock=clock)
    line(ROUND)
    clock.now += 5
    line(ROUND)
    line.say("still working")
    assert line._silent
